"""Messages of PyTorch, flax and JAX about shapes: what they say, why, and what helps there and in Keras."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from explainers.core.finding import Change, Finding, Value, name_axes
from explainers.core.spec import Sizes


def ints(text: str) -> tuple[int, ...]:
    """All whole numbers of a piece of text."""
    return tuple(int(n) for n in re.findall(r"\d{1,9}", text))


@dataclass(frozen=True)
class Wording:
    """A message, and what is made of its numbers."""

    pattern: re.Pattern[str]
    told: Callable[[re.Match[str]], Finding]


def _of(mistake: str, cause: str, values: dict[str, Value], *fixes: Change, shape: Sizes = (),
        names: tuple[str, ...] = ()) -> Finding:  # fmt: skip
    shapes = (name_axes(shape, names, "in the message"),) if shape else ()
    return Finding("error", mistake, values=values, cause=cause, fixes=fixes, shapes=shapes)


def _running_mean(found: re.Match[str]) -> Finding:
    declared, came = int(found[2]), int(found[1])
    return _of(
        "channels",
        f"nn.BatchNorm is made for {declared} channels; {came} reach it. The number is that of axis 1.",
        {"channels": declared, "came": came},
        Change(f"Make it for what reaches it: num_features={came}.", code=f"nn.BatchNorm2d({came})"),
        Change("In Keras it takes the number from its input.", code="layers.BatchNormalization()"),
    )


def _batch_sizes(found: re.Match[str]) -> Finding:
    came, targets = int(found[1]), int(found[2])
    times = (
        f" {came} is {came // targets} times {targets}: " if targets and came % targets == 0 and came > targets else ""
    )
    folded = "another axis was folded into the batch, most often by view(-1, …)." if times else ""
    return _of(
        "target_shape",
        f"The loss gets {came} outputs and {targets} targets; each output needs one.{times}{folded}",
        {"outputs": came, "targets": targets},
        Change("Keep the batch axis when you flatten.", code="x = x.view(x.size(0), -1)"),
        Change("In Keras, Flatten keeps the batch by itself.", code="layers.Flatten()"),
    )


def _hidden(found: re.Match[str]) -> Finding:
    wanted, came = ints(found[1]), ints(found[2])
    names = ("layers · directions", "batch", "hidden_size")[-len(wanted) :]
    apart = [f"{name} is {a} against {b}" for name, a, b in zip(names, wanted, came, strict=False) if a != b]
    return _of(
        "initial_state",
        f"The hidden state must be {wanted}, ({', '.join(names)}); {came} was given: {', '.join(apart)}.",
        {"batch": wanted[-2] if len(wanted) > 1 else None},
        Change("Make the state for the batch at hand.",
               code="h0 = torch.zeros(num_layers * directions, x.size(0), hidden_size)"),
        Change("Or drop the last batch, which is smaller.", code="DataLoader(dataset, batch_size=…, drop_last=True)"),
        Change("In Keras a state is (batch, units), and zeros are the default.", code="layers.LSTM(units)(x)"),
        shape=came, names=names,
    )  # fmt: skip


def _view(found: re.Match[str]) -> Finding:
    target, numbers = ints(found[1]), int(found[2])
    room = 1
    for size in target:
        room *= size
    return _of(
        "reshape",
        f"{numbers:,} numbers can't be laid out as {target}: that is {room:,}.",
        {"values": numbers, "room": room},
        Change("Let one axis be worked out.", code="x = x.view(x.size(0), -1)"),
        Change("In Keras, Flatten works it out.", code="layers.Flatten()"),
        shape=target,
    )


def _kernel(found: re.Match[str]) -> Finding:
    sides, kernel = ints(found[1]), ints(found[2])
    return _of(
        "kernel_exceeds_steps",
        f"The window of {' × '.join(map(str, kernel))} is larger than the {' × '.join(map(str, sides))} that are left.",
        {"kernel_size": kernel[0], "steps": sides[0]},
        Change("Keep the size with zeros at the border.", code=f"nn.Conv{len(sides)}d(…, padding={kernel[0] // 2})"),
        Change("Or pool less in front, or take a smaller window."),
        Change("In Keras:", code=f'layers.Conv{len(sides)}D(…, padding="same")'),
    )


def _parameter(found: re.Match[str]) -> Finding:
    new, kept = ints(found[1]), ints(found[2])
    name = found[3]
    return _of(
        "data_size",
        f"The parameters were made by init for {kept[0]} features; the data now have {new[0]} ({name} would be {new}).",
        {"features": kept[0], "came": new[0]},
        Change("Call init with data of the same last axis as those of apply.", code="params = model.init(key, x[:1])"),
        Change(f"Or give the data {kept[0]} features."),
        shape=kept, names=("features", "units") if len(kept) == 2 else (),
    )  # fmt: skip


def _contracted(found: re.Match[str]) -> Finding:
    one, other = ints(found[1]), ints(found[2])
    return _of(
        "operand_sizes",
        f"In the product the last axis of the first, {one[-1]}, meets {other[0]} of the second; they must be equal.",
        {"left": one[-1], "right": other[0]},
        Change("Print both shapes on the line that fails.", code="print(a.shape, b.shape)"),
        Change("Transpose the second where its axes are the other way round.", code="a @ b.swapaxes(-1, -2)"),
    )


def _broadcast(found: re.Match[str]) -> Finding:
    one, other = ints(found[1]), ints(found[2])
    pairs = [(a, b) for a, b in zip(one[::-1], other[::-1], strict=False) if a != b and 1 not in (a, b)]
    apart = f": {pairs[0][0]} against {pairs[0][1]}" if pairs else ""
    return _of(
        "operand_sizes",
        f"{one} and {other} don't line up. From the right, each pair of axes must be equal or one of them 1{apart}.",
        {"left": pairs[0][0], "right": pairs[0][1]} if pairs else {},
        Change("Print both shapes on the line that fails.", code="print(a.shape, b.shape)"),
        shape=one,
    )


_TUPLE = r"\(([\d, ]{1,60})\)"


def _wording(pattern: str, told: Callable[[re.Match[str]], Finding]) -> Wording:
    """A message; ``{shape}`` is a tuple of sizes, ``{n}`` a number."""
    return Wording(re.compile(pattern.replace("{shape}", _TUPLE).replace("{n}", r"(\d{1,12})")), told)


WORDINGS: tuple[Wording, ...] = (
    _wording(r"running_mean should contain {n} elements not {n}", _running_mean),
    _wording(r"Expected input batch_size \({n}\) to match target batch_size \({n}\)", _batch_sizes),
    _wording(r"Expected hidden(?:\[[01]\])? size {shape}, got [\[(]([\d, ]{1,60})[\])]", _hidden),
    _wording(r"shape '\[([\d, ]{1,60})\]' is invalid for input of size {n}", _view),
    _wording(r"padded input size per channel: \(([\dx ]{1,40})\)\. Kernel size: \(([\dx ]{1,40})\)", _kernel),
    _wording(r"to generate shape {shape} but got shape {shape} instead for parameter \"(\w{1,40})\"", _parameter),
    _wording(r"contracting dimensions to have the same shape, got {shape} and {shape}", _contracted),
    _wording(r"incompatible shapes for broadcasting: {shape}, {shape}", _broadcast),
)


def error_elsewhere(flat: str) -> Finding | None:
    """The first of these messages in a text."""
    for wording in WORDINGS:
        found = wording.pattern.search(flat)
        if found is not None:
            return wording.told(found)
    return None
