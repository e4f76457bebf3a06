"""The model that the parts of a question describe: its layers, what it reads, its shapes and counts."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from explainers.core.axes import IMAGE_CHANNELS, TIMES, Shape
from explainers.core.axes import sizes as sizes_of
from explainers.core.finding import name_axes
from explainers.core.layers import LOOPS, MERGES, axis_names, output_names, sheet
from explainers.core.layers.planned import Unfit
from explainers.core.layers.signatures import arguments_of, needed
from explainers.core.mistakes.kit.scene import EXAMPLES
from explainers.core.spec import Argument, CallSpec, InputSpec, LayerSpec, ModelSpec, Ref, Sizes, snake
from explainers.reading.questions.names import of_rank
from explainers.reading.questions.parsed.mentions import Mention
from explainers.reading.questions.parsed.parts import Parts
from explainers.reading.shapes import named, ruled, too_many

_EXAMPLES = {
    **EXAMPLES, "height": 32, "width": 24, "depth": 16, "frames": 10, "num_heads": 2, "key_dim": 8, "query steps": 7,
    "input_dim": 1000, "output_dim": 16, "channels": 3, "rate": 0.5, "stddev": 0.1,
}  # fmt: skip
_LARGEST = 10**7
_MOST = 12  # layers in a row


@dataclass(frozen=True)
class Weight:
    """One weight: its name, its sizes as they are multiplied ("4 × 32" for four gates), how many numbers it holds."""

    name: str
    told: tuple[str, ...]
    sizes: Sizes
    count: int
    trained: bool = True


@dataclass(frozen=True)
class Row:
    """One layer of the model: what it reads, what it makes, its weights."""

    layer: LayerSpec
    before: Sizes
    after: tuple[Sizes, ...]
    weights: tuple[Weight, ...]
    why: str = ""

    @property
    def count(self) -> int:
        """Its parameters."""
        return sum(weight.count for weight in self.weights)


@dataclass(frozen=True)
class Network:
    """A model of a question. examples: sizes that it doesn't say. added: settings that the layers need to fit."""

    shape: Sizes
    rows: tuple[Row, ...]
    examples: Mapping[str, int] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    values: Sizes | None = None  # what attention looks at, where that isn't its own query

    @property
    def spec(self) -> ModelSpec:
        """The model as plain data."""
        ids = self.rows[0].layer.class_name == "Embedding"
        tensor = InputSpec("input", self.shape, "int32" if ids else "float32", (), "the question")
        layers = tuple(replace(row.layer, name=name) for row, name in zip(self.rows, self._names(), strict=True))
        inputs = (tensor,) if self.values is None else (tensor, replace(tensor, name="value", shape=self.values))
        calls, last = [], Ref("input", 0)
        for place, row in enumerate(self.rows):
            second = Ref("input", 1) if self.values is not None and not place else last
            calls.append(CallSpec(place, (last, second) if reads_two(row.layer) else (last,)))
            last = Ref("call", place)
        assumed = tuple(f"{name} = {size}" for name, size in self.examples.items())
        return ModelSpec(inputs, layers, tuple(calls), (last,), assumed=assumed, said=self.said)

    def _names(self) -> list[str]:
        names = [snake(row.layer.class_name) for row in self.rows]
        return [
            name if names.count(name) == 1 else f"{name}_{names[: i + 1].count(name)}" for i, name in enumerate(names)
        ]

    @property
    def after(self) -> Sizes:
        """What comes out of the last layer."""
        return self.rows[-1].after[0]

    @property
    def count(self) -> int:
        """All parameters."""
        return sum(row.count for row in self.rows)


def reads_two(layer: LayerSpec) -> bool:
    """Whether it is called on two tensors: attention on a query and a value, a merging layer on what it joins."""
    found = sheet(layer.class_name)
    return found is not None and (found.group == "attention" or layer.class_name in MERGES)


class _Examples(dict[str, int]):
    """Sizes that nobody said; an entry of the learner comes before them."""

    def __init__(self, entries: Mapping[str, int]) -> None:
        super().__init__()
        self.entries = entries
        self.used: dict[str, int] = {}

    def take(self, key: str, name: str) -> int:
        """The size under a key: what was entered, or an example."""
        if key in self.entries:
            self.used[key] = self.entries[key]
            return self.entries[key]
        return self.setdefault(key, int(_EXAMPLES.get(name, 5)))


def network(parts: Parts, entries: Mapping[str, int] | None = None, mentions: tuple[Mention, ...] | None = None,
            reads: Sizes | None = None, **changed: Argument) -> Network | None:  # fmt: skip
    """The model of a question; None where it describes none, or none that can be made.

    mentions: of which layers, where that isn't all of them. reads: what the first one is called on, where that isn't
    the question's. changed: an argument that every layer has which takes it.
    """
    chosen = list(mentions if mentions is not None else parts.mentions or _implied(parts))
    if not chosen or len(chosen) > _MOST or any(one.name in MERGES or _unmade(one.name) for one in chosen):
        return None
    examples = _Examples(entries or {})
    layers = _padded(parts, _made(chosen, examples))
    layers = [_along_steps(_changed(layer, changed), parts) for layer in layers]
    shape = reads or entering(parts, layers[0], examples)
    if shape is None or any(size is not None and not 0 < size <= _LARGEST for size in shape[1:]):
        return None
    values = _values(parts, layers[0], shape)
    rows, added = _rows(shape, layers, values)
    if not rows:
        return None
    said = tuple(f"{key} = {size}" for key, size in examples.used.items())
    found = Network(shape, tuple(rows), dict(examples), said, added, values)
    return None if too_many(found.spec) else found


def _along_steps(layer: LayerSpec, parts: Parts) -> LayerSpec:
    """``max pooling 3 on 100 time steps`` is a MaxPooling1D, where nothing is said of images."""
    facts = sheet(layer.class_name)
    images = parts.squares or parts.shaped or "image" in parts.words or any("2D" in one.name and one.given and
        "Conv" in one.name for one in parts.mentions)  # fmt: skip
    if images or parts.size("steps") is None or facts is None or facts.group not in ("pool", "global_pool", "up"):
        return layer
    return LayerSpec(of_rank(layer.class_name, 3), layer.name, layer.arguments)


def _unmade(name: str) -> bool:
    facts = sheet(name)
    return facts is None or facts.group in ("abstract", "foreign", "input", "custom", "cell", "einsum", "encoding")


_LAST = re.compile(r"\b(?:last|final|output|classification) layer\b|\bclassifier\b|\bhead\b")


def _implied(parts: Parts) -> list[Mention]:
    """Layers of which only the sizes are said: filters and a kernel, heads, or the widths of a net of Dense layers."""
    roles = {one.role for one in parts.said}
    if roles & {"filters", "kernel"} or ("strides" in roles and (parts.squares or one_side(parts))):
        name = "Conv1D" if not parts.squares and parts.size("steps") else "Conv2D"
        given: dict[str, Argument] = {}
        for role, argument in (("filters", "filters"), ("kernel", "kernel_size"), ("strides", "strides")):
            if (size := parts.size(role)) is not None:
                given[argument] = size
        if re.search(r"\bsame\b", parts.words):
            given["padding"] = "same"
        return [Mention(name, 0, 0, given)] if "strides" in given or len(given) > 1 else []
    if parts.size("count") and _LAST.search(parts.words) and (classes := parts.size("classes", "outputs", "units")):
        return [Mention("Dense", 0, 0, {"units": classes})]
    heads, key_dim = parts.size("heads"), parts.size("key_dim")
    if heads is not None and key_dim is not None:
        return [Mention("MultiHeadAttention", 0, 0, {"num_heads": heads, "key_dim": key_dim})]
    widths = [*parts.sizes("units"), *(parts.sizes("outputs") or parts.sizes("classes"))]
    if parts.size("inputs", "features") is not None and widths and (parts.sizes("units") or parts.size("inputs")):
        return [Mention("Dense", 0, 0, {"units": width}) for width in widths]
    return []


def _changed(layer: LayerSpec, changed: Mapping[str, Argument]) -> LayerSpec:
    own = {key: value for key, value in changed.items() if key in arguments_of(layer.class_name)}
    return layer.but(**own) if own else layer


def _made(chosen: list[Mention], examples: _Examples) -> list[LayerSpec]:
    """The layers with all that they need; what isn't said is an example, under a name that says of which layer."""
    made: list[LayerSpec] = []
    missing = [name for one in chosen for name in needed(one.name) if name not in one.given]
    for one in chosen:
        layer = one.layer
        for name in needed(one.name):
            if name in one.given or name in ("layer", "activation"):
                continue
            if name in ("rate", "stddev"):
                layer = layer.but(**{name: float(_EXAMPLES[name])})
                continue
            key = name if missing.count(name) == 1 else f"{name} of {snake(one.name)}"
            layer = layer.but(**{name: examples.take(key, name)})
        inner = layer.get("layer")
        if isinstance(inner, LayerSpec):
            for name in needed(inner.class_name):
                if inner.get(name) is None:
                    inner = inner.but(**{name: examples.take(name, name)})
            layer = layer.but(layer=inner)
        made.append(layer)
    return made


def _padded(parts: Parts, layers: list[LayerSpec]) -> list[LayerSpec]:
    """``padding 3``: zeros that are counted, as PyTorch does, are a layer in front of the convolution."""
    zeros = parts.size("padded")
    if not zeros or any(layer.class_name.startswith("ZeroPadding") for layer in layers):
        return layers
    padded: list[LayerSpec] = []
    for layer in layers:
        name = f"ZeroPadding{layer.class_name[4:6]}" if re.fullmatch(r"Conv[123]D", layer.class_name) else ""
        padded += [LayerSpec(name, snake(name), (("padding", zeros),))] if name else []
        padded.append(layer)
    return padded


def _rank(layer: LayerSpec) -> tuple[int | None, bool]:
    facts = sheet(layer.class_name)
    return (facts.rank, facts.least) if facts is not None else (None, True)


def entering(parts: Parts, layer: LayerSpec, examples: _Examples) -> Sizes | None:
    """What the first layer reads: a shape of the question, else the sizes in its words, else examples."""
    rank, least = _rank(layer)
    for shape in parts.shapes("whole"):
        return shape
    for shape in parts.shapes("declared"):
        return shape if shape[:1] == (None,) and rank == len(shape) else (None, *shape)
    given = [found for found in parts.shaped if found.part in ("in", "data")]
    if _reads_ids(layer) and given and len(given[0].sizes) == 2 and None not in given[0].sizes:
        return (None, given[0].sizes[1])  # ids have no axis but samples and steps
    if given and all(_fitting(found.sizes, found.part, rank, least) is None for found in given):
        return None
    for found in given:
        if (fitting := _fitting(found.sizes, found.part, rank, least)) is not None:
            return fitting
    if _of_images(parts, rank, layer):
        return _image(parts, rank, examples)
    return _by_words(parts, layer, rank, examples)


def _reads_ids(layer: LayerSpec) -> bool:
    facts = sheet(layer.class_name)
    return facts is not None and facts.group == "embedding"


def _fitting(shape: Sizes, part: str, rank: int | None, least: bool) -> Sizes | None:
    """A shape of the question as the layer reads it, with the batch in front; None where it can't."""
    if rank == 4 and part == "data" and len(shape) == 3 and shape[-1] not in IMAGE_CHANNELS:
        return None  # many images without channels
    if least and len(shape) > 3 and None not in shape:
        part = "data"
    if shape[:1] == (None,):
        return shape if rank is None or len(shape) == rank or (least and len(shape) >= rank) else None
    if rank is None:
        return (None, *shape[1:]) if part == "data" or len(shape) > 3 else (None, *shape)
    if len(shape) == rank - 1 and (part != "data" or rank > 3):
        return (None, *shape)
    if len(shape) == rank:
        return (None, *shape[1:]) if part == "data" or not least else (None, *shape)
    return (None, *(shape[1:] if part == "data" else shape)) if least and len(shape) > rank else None


def _of_images(parts: Parts, rank: int | None, layer: LayerSpec) -> bool:
    return (
        rank in (4, 5)
        or (rank is None and bool(parts.squares))
        or (layer.class_name == "Flatten" and bool(parts.squares))
    )


def _image(parts: Parts, rank: int | None, examples: _Examples) -> Sizes:
    """Height, width and channels, with frames in front for a layer that reads them."""
    square = max(parts.squares, key=math.prod, default=())
    if rank == 5 and len(square) == 4:
        return (None, *square)
    if not square and (side := one_side(parts)):
        square = (side, side)
    known = (28, 28, 1) if not square and "mnist" in parts.words else square
    known = (32, 32, 3) if not known and "cifar" in parts.words else known
    height, width = (
        (known[0], known[1]) if known else (examples.take("height", "height"), examples.take("width", "width"))
    )
    channels = known[2] if len(known) > 2 else parts.size("channels", "features") or parts.colors
    if channels is None:
        channels = parts.size("filters")
    depth = channels if channels is not None else examples.take("channels", "channels")
    if rank != 5:
        return (None, height, width, depth)
    return (None, parts.size("steps") or examples.take("frames", "frames"), height, width, depth)


_SIDE = re.compile(r"\b(?:on|images? of(?: size)?|input(?: size| image)?(?: of| is)?) (\d{2,4})\b(?! ?(?:x|\w))")


def one_side(parts: Parts) -> int | None:
    """``on 224``: an image of which one side is said."""
    found = _SIDE.search(parts.words)
    return int(found[1]) if found is not None else parts.size("from")


def _by_words(parts: Parts, layer: LayerSpec, rank: int | None, examples: _Examples) -> Sizes:
    """A row or a sequence, of the sizes in the words."""
    steps = parts.size("queries", "steps", "days", "keys", "from")
    width = parts.size("features", "inputs", "channels", "output_dim", "units", "filters")
    if _reads_ids(layer):
        length = re.search(r"input_length ?=? ?(\d{1,6})", parts.words)
        known = int(length[1]) if length is not None else steps or parts.size("inputs", "features")
        return (None, known or examples.take("timesteps", "timesteps"))
    names = axis_names(layer.class_name, rank) if rank else ()
    sequence = (rank or 0) >= 3 or (steps is not None and (rank is None or "Dense" in layer.class_name))
    if len(names) < 2 or (sequence and len(names) < 3):
        names = ("batch", "timesteps", "features") if sequence else ("batch", "features")
    if (
        layer.class_name in LOOPS
        and steps is None
        and re.search(r"variable length|any length|different length", parts.words)
    ):
        return (None, None, width or examples.take("features", "features"))
    square = next((sides for sides in parts.squares if len(sides) == 2), None)
    if square is not None and len(names) == 3 and steps is None and width is None:
        return (None, *square)  # ``MultiHeadAttention on 100 x 128``
    if len(names) == 2:
        return (None, width if width is not None else examples.take(names[1], names[1]))
    if len(names) > 3:
        return (None, *(examples.take(name, name) for name in names[1:]))
    wide = width if width is not None else 1 if "univariate" in parts.words else None
    among_itself = names[1] == "query steps" and parts.size("keys") is None  # its figure has timesteps
    word = "timesteps" if among_itself else names[1]
    long = steps if steps is not None else examples.take(word, word)
    return (None, long, wide if wide is not None else examples.take(names[2], names[2]))


def _values(parts: Parts, layer: LayerSpec, shape: Sizes) -> Sizes | None:
    """What attention looks at: a second shape, or as many steps as are said of the keys."""
    if not reads_two(layer) or len(shape) != 3:
        return None
    others = [other for other in parts.shapes("in", "data") if len(other) == 3 and other != shape]
    if others:
        return (None, *others[0][1:])
    steps = parts.size("keys")
    return (None, steps, shape[-1]) if steps else None


def _rows(shape: Sizes, layers: list[LayerSpec], values: Sizes | None) -> tuple[list[Row], tuple[str, ...]]:
    """Each layer on what the one before makes; a recurrent layer gives its steps where the next one needs them."""
    rows: list[Row] = []
    added: list[str] = []
    before = shape
    for place, planned in enumerate(layers):
        layer = _of_this_rank(planned, before)
        row = _row(layer, before, values if not place else None)
        following = next((one for one in layers[place + 1 :] if _rank(one)[0] is not None), None)
        if row is not None and following is not None and _needs_steps(layer, row, following):
            with_steps = _row(_giving_steps(layer), before)
            if with_steps is not None:
                row = with_steps
                added.append(layer.class_name)
        if row is None or any(size is not None and size <= 0 for made in row.after for size in made):
            return [], ()
        rows.append(row)
        before = row.after[0]
    return rows, tuple(added)


def _of_this_rank(layer: LayerSpec, shape: Sizes) -> LayerSpec:
    """``max pooling`` after a Conv1D is a MaxPooling1D, where it was only spoken of."""
    facts = sheet(layer.class_name)
    if (
        facts is not None
        and facts.group in ("pool", "global_pool", "up")
        and 3 <= len(shape) <= 5
        and facts.rank != len(shape)
    ):
        return LayerSpec(of_rank(layer.class_name, len(shape)), layer.name, layer.arguments)
    return layer


def _needs_steps(layer: LayerSpec, row: Row, following: LayerSpec) -> bool:
    rank, least = _rank(following)
    inner = layer.get("layer")
    recurrent = (inner if isinstance(inner, LayerSpec) else layer).class_name in LOOPS
    return recurrent and rank is not None and len(row.after[0]) < rank and not (least and rank <= 2)


def _giving_steps(layer: LayerSpec) -> LayerSpec:
    inner = layer.get("layer")
    if isinstance(inner, LayerSpec):
        return layer.but(layer=inner.but(return_sequences=True))
    return layer.but(return_sequences=True)


def _row(layer: LayerSpec, before: Sizes, values: Sizes | None = None) -> Row | None:
    """One layer on one shape, by the rule of its class."""
    entering_shapes = (before, values or before) if reads_two(layer) else (before,)
    try:
        ruling = ruled(layer, tuple(named(layer, shape, place) for place, shape in enumerate(entering_shapes)))
    except Unfit:
        return None
    if ruling is None or not ruling.outputs:
        return None
    weights = []
    for weight in ruling.weights:
        sizes = [axis.size or 1 for axis in weight.shape]
        told = [f"{size:,}" for size in sizes]
        if len(weight.gates) > 1 and sizes and sizes[-1] % len(weight.gates) == 0:
            told[-1] = f"{len(weight.gates)}{TIMES}{sizes[-1] // len(weight.gates)}"
        weights.append(
            Weight(weight.name, tuple(told), tuple(sizes), math.prod(sizes), not weight.name.startswith("moving_"))
        )
    return Row(layer, before, tuple(sizes_of(shape) for shape in ruling.outputs), tuple(weights), ruling.why)


def of_layers(shape: Sizes, layers: tuple[LayerSpec, ...], values: Sizes | None = None) -> Network | None:
    """The model of these layers on a shape; None where they don't fit."""
    rows: list[Row] = []
    before = shape
    for layer in layers:
        row = _row(layer, before, values if not rows else None)
        if row is None or any(size is not None and size <= 0 for made in row.after for size in made):
            return None
        rows.append(row)
        before = row.after[0]
    found = Network(shape, tuple(rows), values=values) if rows else None
    return None if found is None or too_many(found.spec) else found


def named_ends(found: Network) -> tuple[Shape, ...]:
    """What goes in and what comes out, with the names of their axes."""
    first, last = found.rows[0], found.rows[-1]
    return (
        name_axes(found.shape, axis_names(first.layer.class_name, len(found.shape)), "the question"),
        name_axes(
            found.after, output_names(last.layer.class_name, len(found.after)), f"the output of {last.layer.name}"
        ),
    )
