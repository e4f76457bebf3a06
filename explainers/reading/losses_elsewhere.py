"""What PyTorch's losses and convolutions read, for a question that names one of them and calls no layer."""

from __future__ import annotations

import re
from itertools import islice

from explainers.core.finding import Change, Finding, name_axes

_LOSS = re.compile(r"\b(?:nn\.)?(CrossEntropyLoss|NLLLoss|BCEWithLogitsLoss|BCELoss|MSELoss|L1Loss)\b")
_SHAPE = re.compile(r"[(\[] ?([A-Za-z_]\w{0,20}(?:, ?[A-Za-z_]\w{0,20}){1,3}|\d{1,7}(?:, ?\d{1,7}){0,3}),? ?[)\]]")
_OF_CLASSES = ("CrossEntropyLoss", "NLLLoss")


def loss_asked(text: str) -> Finding | None:
    """The shapes that a loss reads, with those of the text; None where it names no loss."""
    found = _LOSS.search(text)
    if found is None:
        return None
    shapes = [_sizes(one[1]) for one in islice(_SHAPE.finditer(text), 8)]
    if found[1] not in _OF_CLASSES:
        return Finding(
            "question",
            cause=f"nn.{found[1]} reads outputs and targets of one shape, both floats. A target without the output's "
            "axis of 1 is broadcast: each output is then compared with each target.",
            fixes=(Change("Give the target the output's shape.", code="loss = criterion(output, y.view_as(output))"),),
        )
    whole = next((one for one in shapes if len(one) > 2), ())
    rule = (
        f"nn.{found[1]} reads the classes on axis 1: outputs (batch, classes) with targets (batch,); with more axes "
        "outputs (batch, classes, …) with targets (batch, …). The targets are whole numbers and have no axis for the "
        "classes."
    )
    keras = Change("In Keras the classes are the last axis.",
                   code="loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)")  # fmt: skip
    if len(whole) not in (3, 4):
        return Finding("question", cause=rule, fixes=(keras,))
    own = f"({', '.join(whole)})"
    moved = (whole[0], whole[-1], *whole[1:-1])
    order = "transpose(1, 2)" if len(whole) == 3 else "permute(0, 3, 1, 2)"
    numbers = tuple(int(one) for one in whole if one.isdigit())
    return Finding(
        "question",
        cause=f"Move the classes to axis 1: {own} becomes ({', '.join(moved)}), and the targets stay "
        f"({', '.join(whole[:-1])}). {rule}",
        fixes=(
            Change("Put the classes on axis 1.", code=f"loss = criterion(output.{order}, targets)"),
            Change("Or make one row of each step.",
                   code=f"loss = criterion(output.flatten(0, {len(whole) - 2}), targets.flatten())"),
            keras,
        ),
        shapes=(name_axes(numbers, (), "the output"),) if len(numbers) == len(whole) else (),
    )  # fmt: skip


def _sizes(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(","))


_CONV = re.compile(r"\bnn\.Conv([123])d\b")
_ORDER = re.compile(
    r"\b(?:keras|tensorflow|channels?[ _-]?(?:first|last)|n[ch][hcw]{2,3}|feed|permute|order|reshape)\b", re.IGNORECASE
)


def order_asked(text: str) -> Finding | None:
    """Data with the channels last, as Keras has them, for a convolution of PyTorch; None for anything else."""
    conv = _CONV.search(text)
    if conv is None or _ORDER.search(text) is None:
        return None
    rank = int(conv[1]) + 2
    for one in islice(_SHAPE.finditer(text), 8):
        sizes = _sizes(one[1])
        if len(sizes) not in (rank, rank - 1) or not all(size.isdigit() for size in sizes):
            continue
        batch = len(sizes) == rank
        if sizes[1 if batch else 0] in ("1", "3", "4"):
            where = "right after the batch" if batch else "in front"
            own = f"({', '.join(sizes)}) has the channels where nn.Conv{conv[1]}d reads them, {where}."
            return Finding("question", cause=f"{own} Keras reads them last.")
        order = (0, rank - 1, *range(1, rank - 1)) if batch else (rank - 2, *range(rank - 2))
        moved = ", ".join(sizes[axis] for axis in order)
        whole = tuple(int(size) for size in sizes)
        return Finding(
            "question",
            cause=f"Move the channels from the end to {'axis 1' if batch else 'the front'}: ({', '.join(sizes)}) "
            f"becomes ({moved}). nn.Conv{conv[1]}d reads (batch, channels, …), Keras (batch, …, channels).",
            fixes=(
                Change("Put the channels right after the batch." if batch else "Put the channels in front.",
                       code=f"x = torch.as_tensor(x).permute{order}"),
                *(() if batch else (Change("Then give the sample a batch axis.", code="x = x.unsqueeze(0)"),)),
            ),
            shapes=(name_axes(whole, (), "the data of the text"),),
        )  # fmt: skip
    return None
