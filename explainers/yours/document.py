"""The document behind "Your model": inputs and layers in order, each with what it reads. Plain data, without Keras.

Whatever comes in from outside (a link, a field, a program) is checked here. What Keras makes of it, a worker says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from explainers.core.layers import book, operations
from explainers.core.spec import Argument, CallSpec, InputSpec, LayerSpec, ModelSpec, Ref

MOST_INPUTS, MOST_LAYERS, MOST_ARGUMENTS = 8, 800, 40
LONGEST_NAME, LONGEST_TEXT, LARGEST, DEEPEST, WIDEST = 60, 200, 10**9, 3, 16
DTYPES = ("float32", "int32")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,59}")
_PART = re.compile(r"([A-Za-z_][A-Za-z0-9_.\-]{0,59})(?:\[(\d{1,2})\])?")
LITERAL = book.Literal()
HELD = ("ops.constant", operations.ONES)  # an array: of a program, or of a model


class DocumentError(ValueError):
    """What was given isn't a model that can be edited here; the sentence says what and why."""


@dataclass(frozen=True)
class Placed:
    """One layer, and the names of what it reads: () is what stands before it. ``encoder[1]`` is a second output.

    states: what a recurrent layer starts from (initial_state). of: the layer whose weights this is another use of;
    `layer` then has the name of the use, and no arguments.
    """

    layer: LayerSpec
    reads: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    of: str = ""

    @property
    def name(self) -> str:
        return self.layer.name


@dataclass(frozen=True)
class Document:
    """A whole model. Raises DocumentError where it is none. outputs: () is whatever nothing reads."""

    inputs: tuple[InputSpec, ...] = (InputSpec("input", (None, 20, 8)),)
    layers: tuple[Placed, ...] = ()
    outputs: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if not 1 <= len(self.inputs) <= MOST_INPUTS:
            raise DocumentError(f"A model here has 1 to {MOST_INPUTS} Inputs; this one has {len(self.inputs)}.")
        if len(self.layers) > MOST_LAYERS:
            raise DocumentError(f"A model here has at most {MOST_LAYERS} layers; this one has {len(self.layers)}.")
        for tensor in self.inputs:
            _check_input(tensor)
        for placed in self.layers:
            _check_layer(placed.layer)
        names = self.names
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise DocumentError(f"Two parts of the model are called {twice}; each needs its own name.")

    @property
    def names(self) -> list[str]:
        """Of Inputs and layers, in order."""
        return [*(tensor.name for tensor in self.inputs), *(placed.name for placed in self.layers)]

    def reads(self, place: int) -> tuple[str, ...]:
        """What the layer at a place reads, by name."""
        placed = self.layers[place]
        return placed.reads or ((self.layers[place - 1].name,) if place else (self.inputs[0].name,))


def _check_input(tensor: InputSpec) -> None:
    _check_name(tensor.name)
    if tensor.dtype not in DTYPES:
        raise DocumentError(f"An Input here holds {' or '.join(DTYPES)}, not {tensor.dtype[:30]!r}.")
    if not 2 <= len(tensor.shape) <= 6:
        raise DocumentError(f"Input {tensor.name} needs 1 to 5 axes after the batch; it has {len(tensor.shape) - 1}.")
    for n in tensor.shape:
        if n is not None and not 1 <= n <= LARGEST:
            raise DocumentError(f"Input {tensor.name} has the size {n}; sizes are None or 1 to {LARGEST:,}.")


def _check_layer(layer: LayerSpec, depth: int = 0) -> None:
    _check_name(layer.name)
    if layer.class_name not in LITERAL and layer.class_name not in HELD and not operations.is_known(layer.class_name):
        raise DocumentError(f"{layer.class_name[:60]!r} isn't a layer that this app can make.")
    if len(layer.arguments) > MOST_ARGUMENTS:
        raise DocumentError(f"{layer.name} has {len(layer.arguments)} arguments; at most {MOST_ARGUMENTS} are allowed.")
    for name, value in layer.arguments:
        if not name.isidentifier() or len(name) > LONGEST_NAME:
            raise DocumentError(f"{name[:60]!r} can't be the name of an argument.")
        check_argument(value, depth)


def check_argument(value: Argument, depth: int = 0) -> None:
    """Refuse what is too large or too deep to be an argument of a layer."""
    if depth > DEEPEST:
        raise DocumentError(f"Arguments can be nested at most {DEEPEST} deep.")
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise DocumentError(
            f"A text of {len(value):,} characters is too long for an argument; at most {LONGEST_TEXT} are allowed."
        )
    if isinstance(value, int | float) and not abs(value) <= LARGEST:
        raise DocumentError(f"{value!r} is too large for an argument; the limit is {LARGEST:,}.")
    if isinstance(value, tuple):
        if len(value) > WIDEST:
            raise DocumentError(f"A list of {len(value)} is too long for an argument; at most {WIDEST} are allowed.")
        for part in value:
            check_argument(part, depth + 1)
    if isinstance(value, LayerSpec):
        _check_layer(value, depth + 1)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise DocumentError(
            f"{name[:60]!r} can't be a name: letters, digits, _ and -, at most {LONGEST_NAME} characters, "
            "starting with a letter."
        )


# -- the document and the spec that a worker builds ----------------------------------------------------------


def to_spec(document: Document) -> ModelSpec:
    """The model as the reader knows one. Raises DocumentError where a layer reads what isn't there before it."""
    known = {tensor.name: Ref("input", i) for i, tensor in enumerate(document.inputs)}
    calls: list[CallSpec] = []
    layers: list[LayerSpec] = []
    made: dict[str, int] = {}
    for place, placed in enumerate(document.layers):
        reads = tuple(_ref(document, placed.name, name, known) for name in document.reads(place))
        states = tuple(_ref(document, placed.name, name, known) for name in placed.states)
        if not placed.of:
            made[placed.name] = len(layers)
            layers.append(placed.layer)
        elif placed.of not in made:
            raise DocumentError(f"{placed.name} is another use of {placed.of[:60]}, which must come before it.")
        calls.append(CallSpec(made[placed.of or placed.name], reads, states))
        known[placed.name] = Ref("call", place)
    outputs = tuple(_ref(document, "the model", name, known) for name in document.outputs) or tuple(_ends(calls))
    chain = len(document.inputs) == 1 and all(
        call.layer == i and not call.states and call.inputs == (Ref("call", i - 1) if i else Ref("input", 0),)
        for i, call in enumerate(calls)
    )
    stacked = chain and bool(calls) and all(layer.class_name in LITERAL for layer in layers)  # no operation is a layer
    return ModelSpec(document.inputs, tuple(layers), tuple(calls), outputs or (Ref("input", 0),), sequential=stacked)


def _ref(document: Document, reader: str, name: str, known: dict[str, Ref]) -> Ref:
    found = _PART.fullmatch(name)
    if found is None or found[1] not in known:
        later = found is not None and found[1] in document.names
        why = "which comes after it" if later else "but nothing in the model has that name"
        raise DocumentError(f"{reader} reads {name[:60]}, {why}.")
    return replace(known[found[1]], output=int(found[2] or 0))


def _ends(calls: list[CallSpec]) -> Iterator[Ref]:
    """What no layer reads."""
    read = {(ref.source, ref.index) for call in calls for ref in (*call.inputs, *call.states)}
    return (Ref("call", i) for i in range(len(calls)) if ("call", i) not in read)


def from_spec(spec: ModelSpec) -> Document:
    """The document of a model that was read. Raises DocumentError for what can't be edited here."""
    inputs = tuple(
        InputSpec(name, tensor.shape, "int32" if tensor.dtype.startswith("int") else "float32")
        for tensor, name in zip(spec.inputs, _fresh([tensor.name for tensor in spec.inputs]), strict=True)
    )
    if any(layer.get("*") is not None or layer.get("weight") is not None for layer in spec.layers):
        raise DocumentError("A layer of the program's own class can't be edited here yet.")
    taken = [tensor.name for tensor in inputs]
    names = _fresh([*taken, *(spec.layers[call.layer].name for call in spec.calls)])[len(taken) :]
    called = {Ref("input", i): name for i, name in enumerate(taken)} | {Ref("call", i): n for i, n in enumerate(names)}

    def told(refs: tuple[Ref, ...]) -> tuple[str, ...]:
        return tuple(called[replace(ref, output=0)] + (f"[{ref.output}]" if ref.output else "") for ref in refs)

    layers: list[Placed] = []
    first: dict[int, str] = {}
    for i, (call, name) in enumerate(zip(spec.calls, names, strict=True)):
        layer = replace(spec.layers[call.layer], name=name, line=None)
        of = first.get(call.layer, "")
        layer = replace(layer, arguments=()) if of else layer
        first.setdefault(call.layer, name)
        before = (Ref("call", i - 1) if i else Ref("input", 0),)
        layers.append(Placed(layer, () if call.inputs == before else told(call.inputs), told(call.states), of))
    document = Document(inputs, tuple(layers))
    open_ends = to_spec(document).outputs
    return (
        document
        if set(spec.outputs) <= set(open_ends) or not spec.outputs
        else replace(document, outputs=told(spec.outputs))
    )


def _fresh(names: list[str]) -> list[str]:
    """The names, made such that each is allowed and none comes twice."""
    made: list[str] = []
    for name in names:
        made.append(fresh(name, made))
    return made


def fresh(wish: str, taken: Sequence[str]) -> str:
    """A name that is allowed and not taken, as near as can be to the wish."""
    base = re.sub(r"[^A-Za-z0-9_.\-]", "_", wish)[:50]
    base = base if _NAME.fullmatch(base) else f"layer_{base}"[:50]
    return next(name for name in (base, *(f"{base}_{n}" for n in range(2, 999))) if name not in taken)


def fresh_name(document: Document, wish: str) -> str:
    """A name that nothing in the model has yet."""
    return fresh(wish, document.names)
