"""PyTorch and JAX: recognised as such, and answered in their own words with the same model in Keras beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from explainers.core.finding import Change, Finding, Mark, Value, name_axes
from explainers.core.spec import InputSpec, LayerSpec, ModelSpec, Sizes, chain
from explainers.reading.errors_elsewhere import error_elsewhere, whose
from explainers.reading.in_their_lines import in_their_lines
from explainers.reading.losses_elsewhere import loss_asked, order_asked
from explainers.reading.ported import Ported, ported
from explainers.reading.ported.clashes import told
from explainers.reading.ported.clashes import written as in_order
from explainers.reading.ported.graph import Clash
from explainers.reading.ported.listed import is_listed, note_of
from explainers.reading.ported.mending import Followed, checked
from explainers.reading.ported.tabulated import is_tabulated
from explainers.reading.ported_calls import calls_in
from explainers.reading.ported_calls import told as shapes_told
from explainers.reading.printed import printed_shapes
from explainers.reading.text import Cleaned

_TORCH = re.compile(
    r"\bimport torch\b|\bfrom torch\b|\btorch\.(?:nn|Tensor|Size|randn?|zeros|ones|tensor|flatten)\b|\bnn\.Module\b|"
    r"(?<![\w.])nn\.(?:(?:Linear|LSTM|GRU|RNN|Embedding|ReLU|Flatten)\(|(?:LSTM|GRU|RNN|Linear|Conv[123]d|"
    r"(?:Max|Avg|AdaptiveAvg)Pool[123]d|BatchNorm[123]d|CrossEntropyLoss|NLLLoss|BCEWithLogitsLoss|MSELoss)\b)|"
    r"(?<![\w.])Linear\((?:in_features|\d{1,7}, ?\d)|"
    r"\bmat1 and mat2\b|\bm1: \[|\bsize mismatch, m1\b|\btorch/nn/modules\b|"
    r"\bExpected [345]D (?:\(\w{1,12}\) )?(?:or [345]D (?:\(\w{1,12}\) )?)?input\b|\binput\.size\(-1\) must be equal\b|"
    r"\bExpected [345]-dimensional input for [345]-dimensional weight\b|"
    r"\bFor (?:un)?batched [23]-D input\b|\bThe size of tensor a \(\d|\bGiven groups=\d{1,5}, weight of size\b|"
    r"\brunning_mean should contain \d|\bExpected input batch_size \(\d|\bexpected scalar type \w{1,20} but found\b|"
    r"\bExpected hidden(?:\[[01]\])? size \(|\bshape '\[[-\d, ]{1,60}\]' is invalid for input of size\b|"
    r"\bmulti-target not supported\b|\bTarget \d{1,9} is out of bounds\b|\btorch\.Size\(|"
    r"\bSizes of tensors must match except in dimension\b|\bstack expects each tensor to be equal size\b|"
    r"\bview size is not compatible with input tensor|\bExpected target size [(\[]|"
    r"\bembed_dim must be divisible by num_heads\b|(?<![\w.])nn\.(?:MultiheadAttention|Transformer\w{0,20})\(|"
    r"(?<![\w.])nn\.(?:LSTM|GRU|RNN)Cell\(\d{1,6}, ?\d|"
    r"\bExpected input to be 2D or 3D, got\b|\binput must have 3 dimensions, got\b|"
    r"\bsize shape must match input shape\. Input is \dD|"
    r"\bCalculated output size: \(|\bCalculated padded input size per channel\b|\bcannot be broadcast to indexing\b"
)
_JAX = re.compile(
    r"\bimport (?:jax|flax|equinox|haiku)\b|\b(?:eqx|hk)\.[a-zA-Z]|"
    r"\bfrom (?:jax|flax)\b|\b(?:jax|flax)\.[a-z]"
)
_FLAX = re.compile(
    r"\bScopeParamShapeError\b|\bshapes between value and initializer\b|"
    r"\bconv_general_dilated lhs\b|"
    r"\bflax\b|\blinen\b|\bnn\.compact\b|\bnnx\.|\bjnp\.|\bjax\.|flax\.errors\.|\bdot_general requires\b|"
    r"\b[Ii]ncompatible shapes for broadcasting: (?:shapes=\[)?\("
)
_OF_TORCH = re.compile(r"\btorch\b")
# Code of Keras or its paths; the word alone may be what is asked for: "the same in Keras?"
_KERAS = re.compile(
    r"\bkeras[./]|\b(?:import|from) (?:tensorflow[\w.]{0,40} )?(?:import )?keras\b|\btensorflow\b|"
    r"\bmodel\.(?:add|compile|fit)\(",
    re.IGNORECASE,
)
_MATRICES = re.compile(
    r"mat1 and mat2 shapes cannot be multiplied \((\d{1,9})x(\d{1,9}) and (\d{1,9})x(\d{1,9})\)|"
    r"size mismatch, m1: \[(\d{1,9}) x (\d{1,9})\], m2: \[(\d{1,9}) x (\d{1,9})\]"
)
_AXES = re.compile(
    r"Expected (?:(?P<most>\d)D \((?:un)?batched\) or )?(?P<wanted>\d)(?:D|-dimensional) ?(?:\(\w{1,12}\))? ?input"
    r"[^.]{0,60}?(?:got (?:input of size: )?(?:(?P<got>\d)-?(?:D|dimensional)|\[(?P<sizes>[\d, ]{1,60})\]))"
)
_CHANNELS = re.compile(
    r"weight of size \[(?P<weight>[\d, ]{3,60})\], expected input ?\[(?P<input>[\d, ]{3,60})\] to have "
    r"(?P<wanted>\d{1,9}) channels, but got (?P<got>\d{1,9}) channels"
)
_WIDTH = re.compile(r"input\.size\(-1\) must be equal to input_size\. Expected (\d{1,9}), got (\d{1,9})")
_LINEAR = re.compile(r"\bin_features\b|\bnn\.Linear\(|linear\.py")
_IN_A_FILE = re.compile(r"\bFile \"|site-packages|dist-packages|\bgot prompt\b")
_LOSS = re.compile(
    r"\b(?:nn\.)?(mse_loss|l1_loss|binary_cross_entropy\w{0,12}|MSELoss|L1Loss|SmoothL1Loss|BCELoss|BCEWithLogitsLoss)\b"
)
_FLATTENED = 16_384  # features; an embedding has fewer
_SIDE = 8  # fewer are no sides of an image that was halved
_SHAPE = re.compile(r"[(\[](\d{1,9}(?:, ?\d{1,9}){1,5})[)\]]")
_TOKENS = re.compile(r"\b(?:[Tt]okeniz|transformers\b|[Bb]ert|position_embedding)|bert\b")
_BROADCAST = re.compile(
    r"size of tensor a \((\d{1,9})\) must match the size of tensor b \((\d{1,9})\) at non-singleton dimension (\d)"
)


def framework(text: str) -> str:
    """ "PyTorch", "JAX/flax", or "" for anything else: a text that also speaks of Keras' own models is Keras'."""
    if is_tabulated(text):
        return "JAX/flax"
    if is_listed(text):
        return "PyTorch"
    if _FLAX.search(text) and not _OF_TORCH.search(text):
        return "" if _KERAS.search(text) else "JAX/flax"
    if _TORCH.search(text):
        return "" if _KERAS.search(text) and not re.search(r"\btorch\b|\bmat1\b", text) else "PyTorch"
    if _KERAS.search(text):
        return ""
    return "JAX/flax" if _JAX.search(text) else whose(text)


def of_elsewhere(cleaned: Cleaned, name: str) -> Finding:
    """What a text of another framework says, and its model in Keras."""
    text = cleaned.shown
    model = ported(text, name, _reached(cleaned.flat), printed_shapes(cleaned))
    in_words = calls_in(cleaned.shown) if model is None or (model.spec is None and not model.clashes) else ""
    model = ported(in_words, name, around=text) if in_words else model
    error = _error(cleaned.flat)
    clash = _clash(model, error)
    if error is not None and clash is None:
        error = in_their_lines(error, text)
    kind = "error" if error is not None else "code" if model is not None else "unknown"
    found = error or Finding(kind, cause="")
    if clash is not None:
        found = _joined(error, _mended(clash, text, name, model, _reached(cleaned.flat)))
    said = " ".join(filter(None, (f"This is {name}, not Keras.", found.cause, note_of(cleaned.shown))))
    if in_words and model is not None and model.spec is not None and error is None:
        kind, said = "question", shapes_told(cleaned, model.spec, model.there) or said
    found = replace(found, elsewhere=name)
    if model is None or (model.spec is None and not model.clashes):
        asked = (loss_asked(text) or order_asked(text)) if error is None and not in_words else None
        if asked is not None:
            return replace(asked, elsewhere=name, cause=asked.cause)
        return _without_model(found, kind, said, model)
    spec = model.spec if model.spec is not None else found.spec
    marks = tuple(Mark(at.start, at.end, "a shape") for at in cleaned.shapes[:40])
    return replace(
        found,
        kind=kind,
        cause=" ".join((said, *_of_the_model(model, name, cleaned.shown, kind, clash), *_below(spec, model))),
        spec=spec,
        values={**model.values, **found.values},
        shapes=tuple(dict.fromkeys((*found.shapes, *model.shapes))),
        renamed=model.differences,
        marks=marks,
        unread=tuple(entry for entry in model.unread if clash is None or f"line {clash.line}:" not in entry),
    )


def _mended(clash: Clash, text: str, name: str, model: Ported | None, reached: tuple[int, int, int] | None) -> Finding:
    """A contradiction, and the changes that end it where the shapes are followed with them."""
    found = told(clash, text)
    if model is None or is_listed(text):
        return found

    def followed(changed: str) -> Followed | None:
        again = ported(changed, name, reached, known=model.known)
        return Followed(tuple(_sure(again, clash)), again.unread, again.output) if again is not None else None

    return replace(found, fixes=checked(found.fixes, text, name, followed))


def _sure(model: Ported, about: Clash | None = None) -> list[Clash]:
    """The contradictions that don't rest on an example, and those of a kind that a message tells of."""
    also = about.kind if about is not None else ""
    return [c for c in model.clashes if not model.on_examples or c.kind in (*_OF_THE_PROGRAM, also)]


def _without_model(found: Finding, kind: str, said: str, model: Ported | None) -> Finding:
    unread = model.unread if model is not None else ()
    if found.spec is not None:
        return replace(found, kind=kind, cause=f"{said} Below is the same layer in Keras, live.", unread=unread)
    own = "" if found.cause else "Paste the code of its layers to get the same model in Keras, live."
    return replace(found, kind=kind, cause=f"{said} {own}".strip(), unread=unread)


def _of_the_model(model: Ported, name: str, text: str, kind: str, clash: Clash | None) -> Iterator[str]:
    """What comes out, what it counts there, and where the size of the images is from."""
    if kind == "question":
        return
    side = model.side
    if side is not None and not re.search(rf"\b{side}\s?[x×*,]\s?{side}\b", text):
        yield (
            f"The text doesn't give the size of the images: {model.side} × {model.side} is worked out from what the "
            "layers after them read."
        )
    if kind == "error" or clash is not None:
        return
    yield from model.facts
    if model.output is not None and not model.unread:
        yield f"The output is {in_order(model.output)} in {name}."
    if model.there is not None and not model.unread:
        yield f"{name} counts {model.there:,} parameters."


def _below(spec: ModelSpec | None, model: Ported) -> Iterator[str]:
    if spec is None:
        return
    what = "as far as it was read" if model.unread else "in Keras, live"
    yield f"Below is the same model {what}." if not model.unread else f"Below is the model in Keras {what}, live."


def _reached(flat: str) -> tuple[int, int, int] | None:
    """(declared, came, units) of a message about a product: what a layer is made for, what reached it, its outputs."""
    found = _MATRICES.search(flat)
    if found is None:
        return None
    _, came, declared, units = (int(n) for n in found.groups() if n is not None)
    return declared, came, units


# Contradictions that no size of the data changes: both numbers stand in the program.
_OF_THE_PROGRAM = (
    "channels",
    "norm",
    "width",
    "heads",
    "layer_norm",
    "embed",
    "state_rows",
    "state_units",
    "output_padding",
)


def _clash(model: Ported | None, error: Finding | None) -> Clash | None:
    """The contradiction in the program that a message is about; without a message, its first."""
    if model is None:
        return None
    if error is None:
        return next(iter(_sure(model)), None)
    numbers = {n for n in error.values.values() if isinstance(n, int)}
    numbers |= {axis.size for shape in error.shapes for axis in shape if axis.size is not None}
    if not numbers:
        return next((c for c in _sure(model) if told(c, "").mistake == error.mistake), None)
    return next((c for c in model.clashes if _is_about(c, numbers)), None)


def _is_about(clash: Clash, numbers: set[int]) -> bool:
    """Whether a message has the numbers of a contradiction: both of one pair of axes."""
    pairs = [(clash.made, clash.came), *zip(clash.shape, clash.before, strict=False)]
    return any(one != other and {one, other} <= numbers for one, other in pairs)


def _joined(error: Finding | None, clash: Finding) -> Finding:
    """The message and the place in the program where it arises."""
    if error is None:
        return clash
    shapes = error.shapes or clash.shapes
    return replace(error, cause=clash.cause, fixes=clash.fixes, values={**error.values, **clash.values},
                   shapes=shapes, spec=None)  # fmt: skip


def _linear(came: int) -> Change:
    return Change(
        f"Declare the layer for what reaches it: in_features={came}.",
        code=f"nn.Linear({came}, …)",
        means="nn.LazyLinear(…) works it out from the first batch, as Keras' Dense does.",
    )


def _error(flat: str) -> Finding | None:
    for read in (_matrices, _channels, _width, _axes, _broadcast, error_elsewhere):
        found = read(flat)
        if found is not None:
            return found
    return None


def _ints(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d{1,9}", text))


def _matrices(flat: str) -> Finding | None:
    found = _MATRICES.search(flat)
    if found is None:
        return None
    rows, came, declared, made = (int(n) for n in found.groups() if n is not None)
    values: dict[str, Value] = {"batch": rows, "came": came, "features": declared, "units": made}
    cause = (
        f"{rows}x{came} is what reaches nn.Linear: {rows} row{'s' * (rows != 1)} of {came} features. "
        f"{declared}x{made} is its weight: "
        f"it is nn.Linear({declared}, {made}), made for {declared} features. {came} and {declared} must be equal."
    )
    declare = replace(_linear(came), code=f"nn.Linear({came}, {made})")
    fixes = [declare]
    whole = declared > came > 0 and rows > 1 and rows * came % declared == 0
    if whole and rows % (rows * came // declared) == 0:
        flat_rows = _unflattened(rows, came, declared)
        batch = rows & (rows - 1) == 0  # 32 rows look like a batch of their own, 1792 = 64 x 28 don't
        of_one = f"Or, if {declared // came} rows belong to one sample, flatten it."
        apart = batch and rows * came != declared
        fixes = [declare, replace(flat_rows[0], label=of_one)] if apart else flat_rows
    elif whole:
        fixes.append(
            replace(_flat(), means=f"{rows * came:,} numbers are {rows * came // declared} rows of {declared}.")
        )
    elif came < declared:
        fixes.append(_flat())
    if made == came and not _LINEAR.search(flat):
        fixes.insert(0, Change("If you multiply two tensors yourself, swap the axes of the second.", code="a @ b.T"))
    if min(came, declared) > _FLATTENED:
        sized = "Or use images of the size that the layer was made for: so many features are flattened images."
        fixes.insert(1, Change(sized, code="transforms.Resize((height, width))"))
    loaded = (
        min(came, declared) <= _FLATTENED
        and _IN_A_FILE.search(flat) is not None
        and not re.search(r"\bnn\.Linear\(", flat)
    )
    if loaded and declared and came % declared and declared % came and rows * came % declared:
        own = f"If the layer belongs to a model that you loaded, feed it the {declared:,} features that it reads."
        fixes.insert(0, Change(own, means=f"What you feed it is from a part with {came:,}, such as another encoder."))
    shapes = (
        name_axes((rows, came), ("batch", "features"), "mat1, what reaches the layer"),
        name_axes((declared, made), ("features", "units"), "mat2, the layer's weight"),
    )
    fixes.append(
        Change(
            (
                "In Keras you give the layer only its units; it takes the number of features from the first input "
                "that reaches it."
            ),
            code=f"layers.Dense({made})",
        )
    )
    return Finding("error", "operand_sizes", class_name="Linear", values=values, shapes=shapes, cause=cause,
                   fixes=tuple(fixes), spec=_dense(came, made))  # fmt: skip


def _dense(came: int, made: int) -> ModelSpec | None:
    """The layer in Keras, made for what came."""
    if came * made > 10**7:
        return None
    tensor = InputSpec("features", (None, came), "float32", (), "what reaches the layer")
    return chain(tensor, (LayerSpec("Dense", "dense", (("units", made),)),))


def _unflattened(rows: int, came: int, declared: int) -> list[Change]:
    """(3584x7) for 25088 features: all numbers of a sample, whose axes weren't laid out in a row."""
    samples = rows * came // declared
    told = f"{rows} × {came} = {rows * came:,} numbers are {samples} row{'s' * (samples != 1)} of {declared:,}."
    fixes = [replace(_flat(), label="Flatten each sample, and keep the batch axis.", means=told)]
    if samples == 1 and came > 1 and math.isqrt(came) ** 2 == came:  # (10, 7, 7), flattened to (10, 49)
        first = Change("This is one sample without a batch axis: put it in front of the whole model.",
                       code="y = model(x.unsqueeze(0))",
                       means=f"{told} Flatten keeps axis 0: without a batch that is the channels.")  # fmt: skip
        return [first, replace(fixes[0], label="Or, if axis 0 is the batch, flatten only the axes after it.", means="")]
    return fixes


def _flat() -> Change:
    return Change(
        "Or flatten each sample, and keep the batch axis.",
        code="x = torch.flatten(x, 1)  # not x.view(-1): axis 0 is the batch",
    )


def _channels(flat: str) -> Finding | None:
    found = _CHANNELS.search(flat)
    if found is None:
        return None
    wanted, got, came = int(found["wanted"]), int(found["got"]), _ints(found["input"])
    rank = len(came) - 2
    names = ("batch", "channels", *("depth", "height", "width")[3 - rank :]) if rank in (1, 2, 3) else ()
    names = ("batch", "channels", "timesteps") if rank == 1 else names
    cause = (
        f"The convolution is made for {wanted} channels; its input has {got}. PyTorch reads {written(came)} as "
        f"({', '.join(names)}): axis 1 is the channels."
    )
    fixes = []
    if wanted in came[2:]:
        order = (0, came.index(wanted, 2), *(i for i in range(1, len(came)) if i != came.index(wanted, 2)))
        fixes.append(Change("Put the channels right after the batch.", code=f"x = x.permute{order}",
                            means=f"The {wanted} channels are last, as in Keras."))  # fmt: skip
    fixes.append(Change(f"Or make the convolution for {got} channels.", code=f"nn.Conv{rank}d({got}, …)"))
    values: dict[str, Value] = {"channels": wanted, "came": got}
    return Finding("error", "channels", class_name=f"Conv{rank}d", values=values, cause=cause, fixes=tuple(fixes),
                   shapes=(name_axes(came, names, "what reaches the layer"),))  # fmt: skip


def written(sizes: Sizes) -> str:
    """``(64, 3, 28, 28)``."""
    return str(tuple(sizes))


_ONE_CHANNEL = re.compile(r"\(\d{1,6}, 1, \d{1,5}, \d{1,5}\)")


def _width(flat: str) -> Finding | None:
    found = _WIDTH.search(flat)
    if found is None:
        return None
    wanted, got = int(found[1]), int(found[2])
    cause = f"The recurrent layer is made for input_size={wanted}; the last axis of its input is {got}."
    fixes = (
        *([Change("If axis 1 holds the one channel of an image, drop it: each row is then a step.",
                  code="x = x.squeeze(1)")] if _ONE_CHANNEL.search(flat) else []),
        Change(f"Make it for {got} feature{'s' * (got != 1)}: input_size={got}.", code=f"nn.LSTM(input_size={got}, …)"),
        Change("Or put the features last.", code="x = x.transpose(1, 2)",
               means=f"The axis of {wanted} then moves to the end."),
    )  # fmt: skip
    return Finding("error", "data_size", values={"features": wanted, "came": got}, cause=cause, fixes=fixes)


def _axes(flat: str) -> Finding | None:
    found = _AXES.search(flat)
    if found is None:
        return None
    sizes = _ints(found["sizes"] or "")
    wanted, got = int(found["wanted"]), int(found["got"] or len(sizes))
    cause = (
        f"The layer reads {wanted} axes, batch first; its input has {got}"
        + (f": {written(sizes)}." if sizes else ".")
        + (" The missing axis is the batch, the steps or the channels." if got < wanted else "")
    )
    fixes = (
        (
            Change("Put the batch axis in front: this is one sample.", code="x = x.unsqueeze(0)"),
            Change("Or give each value its own axis: one feature (or channel).", code="x = x.unsqueeze(1)",
                   means="Recurrent layers with batch_first=True read (batch, timesteps, features): x.unsqueeze(-1)."),
        )
        if got < wanted
        else (Change("Drop an axis of size 1, or flatten two into one.", code="x = x.squeeze(1)"),)
    )  # fmt: skip
    shapes = (name_axes(sizes, (), "what reaches the layer"),) if sizes else ()
    values: dict[str, Value] = {"expected_ndim": wanted, "found_ndim": got}
    return Finding("error", "layer_rank", values=values, cause=cause, fixes=fixes, shapes=shapes)


def _broadcast(flat: str) -> Finding | None:
    found = _BROADCAST.search(flat)
    if found is None:
        return None
    one, other, axis = (int(n) for n in found.groups())
    both = _both(flat, one, other, axis)
    shown = f" They are {written(both[0])} and {written(both[1])}." if both else ""
    cause = (
        f"Two tensors meet and must agree on axis {axis} (or one of them must be 1 there): {one} in the first, {other} "
        f"in the second.{shown}"
    )
    fixes = [Change("Print both shapes on the line that fails: one of them isn't what you expect.",
                    code="print(a.shape, b.shape)")]  # fmt: skip
    less, axis_of = min(one, other), "-1" if both and axis == len(both[0]) - 1 else str(axis)
    loss = _LOSS.search(flat)
    if loss is not None and max(one, other) == less**2:
        cause = f"{cause} {max(one, other)} = {less} × {less}: one of them is flattened, the other has its sides."
        fixes.insert(0, Change("Give both the same shape.", code="loss = criterion(output, x.view_as(output))"))
    elif loss is not None:
        cause = f"{cause} {loss[1]} compares output and target number by number, so both have one shape."
        fixes[:0] = [
            Change("If the target holds one class for each sample, use the loss for classes.",
                   code="criterion = nn.CrossEntropyLoss()",
                   means="It reads outputs (batch, classes) and targets (batch,)."),
            Change("Or give the target the output's shape: a column for each class.",
                   code=f"y = F.one_hot(y, num_classes={one}).float()"),
        ]  # fmt: skip
    elif _TOKENS.search(flat) and axis and one > other:
        fixes.insert(0, Change(f"The model has {other} positions: cut each text to that many tokens.",
                               code=f"tokenizer(text, truncation=True, max_length={other})"))  # fmt: skip
    elif axis and 0 < abs(one - other) <= 3 and less >= _SIDE:
        fixes.insert(0, Change("Sides that are halved and doubled don't come back to an odd size: cut the longer one.",
                               code=f"a = a.narrow({axis_of}, 0, {less})"))  # fmt: skip
        fixes.insert(1, Change("Or use sizes that can be halved as often as the network halves them."))
    elif axis == 0:
        fixes.insert(0, Change("Axis 0 is the batch: look for a view(-1, …) or a reshape that takes numbers into it.",
                               code="x = x.view(x.size(0), -1)"))  # fmt: skip
    shapes = tuple(name_axes(sizes, (), label) for sizes, label in zip(both, ("the first", "the second"), strict=False))
    return Finding("error", "operand_sizes", values={"left": one, "right": other}, cause=cause, fixes=tuple(fixes),
                   shapes=shapes)  # fmt: skip


def _both(flat: str, one: int, other: int, axis: int) -> tuple[Sizes, ...]:
    """Two shapes of the text that have these sizes on this axis."""
    found = [_ints(shape[1]) for shape in islice(_SHAPE.finditer(flat), 20)]
    for first in found:
        for second in found:
            if len(first) == len(second) > axis and (first[axis], second[axis]) == (one, other):
                return first, second
    return ()
