"""A layer that a question only names: made with the sizes in its words, on a shape; examples where there are none."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace

from explainers.core.axes import Shape
from explainers.core.finding import name_axes
from explainers.core.layers import MERGES, RECURRENT, WRAPPERS, axis_names, sheet
from explainers.core.layers.signatures import arguments_of, needed
from explainers.core.mistakes.kit.scene import EXAMPLES
from explainers.core.spec import Argument, CallSpec, InputSpec, LayerSpec, ModelSpec, Ref, Sizes, snake
from explainers.reading.questions.images_asked import channels_said
from explainers.reading.questions.models import are_examples, as_sentence, size_told
from explainers.reading.questions.names import of_rank, wrapped_by
from explainers.reading.questions.other_counts import other_counts
from explainers.reading.questions.read_by import call, shape_of
from explainers.reading.questions.words import (
    CHANNELS,
    FEATURES,
    FILTERS,
    INPUTS,
    KERNEL,
    LAST,
    STEPS,
    UNITS,
    VOCABULARY,
    Asked,
    Forms,
    Told,
)
from explainers.reading.shapes import as_named, output_shapes, too_big, weights_of

_SIDES = {"height": 32, "width": 24, "depth": 16, "frames": 10}  # examples, beside those of Scene
_RANGE = 10**5
_SAME = re.compile(r"padding\s?=?\s?['\"]?same|same padding|\bpadding same")


def _after(word: str) -> Forms:
    """``num_heads=8``, ``8 heads``."""
    return (
        re.compile(rf"\b(?:{word})(?: of| is|=|:)?\s{{0,2}}=?\s{{0,2}}[(\[]?(\d{{1,6}})\b"),
        re.compile(rf"\b(\d{{1,6}}) (?:{word})\b"),
    )


_SAID: dict[str, tuple[Forms, ...]] = {
    "units": (UNITS,),
    "filters": (FILTERS,),
    "kernel_size": ((KERNEL,),),
    "strides": (_after(r"strides?"),),
    "pool_size": (_after(r"pool(?:ing)?(?:_size| size)?"),),
    "num_heads": (_after(r"(?:num_)?heads?"),),
    "key_dim": (_after(r"key_dim|key dim(?:ension)?"),),
    "input_dim": (VOCABULARY, _after("input_dim")),
    "output_dim": (_after(r"output_dim|embedding (?:dim(?:ension)?|size)|dim(?:ensions|ensional|s)?"),),
    "n": (_after("times"),),
    "groups": (_after("groups"),),
}


@dataclass(frozen=True)
class InWords:
    """A layer and what it reads, and which of the sizes are examples."""

    layer: LayerSpec
    shapes: tuple[Sizes, ...]
    examples: dict[str, int] = field(default_factory=dict)

    @property
    def assumed(self) -> tuple[str, ...]:
        """The examples as a model keeps them."""
        return tuple(f"{name} = {size}" for name, size in self.examples.items())

    @property
    def told(self) -> str:
        """`` (7 timesteps and units=4 are examples)``."""
        return are_examples([size_told(size, name) for name, size in self.examples.items()])

    @property
    def spec(self) -> ModelSpec:
        """The layer alone on its Inputs; attention that is given one tensor attends to itself."""
        ids = self.layer.class_name == "Embedding"
        inputs = tuple(
            InputSpec("input" if len(self.shapes) == 1 else f"input_{place}", shape, "int32" if ids else "float32", (),
                      "the question")
            for place, shape in enumerate(self.shapes, 1)
        )  # fmt: skip
        refs = tuple(Ref("input", place) for place in range(len(inputs)))
        refs = refs * 2 if len(refs) == 1 and reads_two(self.layer) else refs
        return ModelSpec(inputs, (self.layer,), (CallSpec(0, refs),), (Ref("call", 0),), assumed=self.assumed)

    @property
    def entering(self) -> tuple[Sizes, ...]:
        """The shapes of one call."""
        return self.shapes * 2 if len(self.shapes) == 1 and reads_two(self.layer) else self.shapes

    @property
    def outputs(self) -> tuple[Sizes, ...] | None:
        """What it makes of them; None where that isn't worked out here, or is too big to be built."""
        made = output_shapes(self.layer, self.entering)
        return None if made is None or too_big(self.spec) else made


_FRAMES = re.compile(
    r"\bframes?\b|\bvideos?\b|time_? ?distributed|each (?:step|image|slice)|every (?:step|image|slice)"
)


def _for_each_frame(asked: Asked, layer: LayerSpec) -> LayerSpec:
    """A layer for images on a shape with one axis more, where frames are spoken of: it runs on each of them."""
    rank = _rank(layer.class_name)
    five = next((shape for shape in asked.shapes if shape[:1] == (None,)), ())
    if rank is None or layer.class_name in WRAPPERS or len(five) != rank + 1 or not asked.has(_FRAMES):
        return layer
    return LayerSpec("TimeDistributed", "time_distributed", (("layer", layer),))


_AFTER = re.compile(r"\b(?:after|following|on top of|on the output of|that follows)\b")


def _comes_after(asked: Asked) -> bool:
    """``BatchNormalization after Dense(64)``: the question is about the first, which reads what the second makes."""
    return _in_a_row(asked) and not _is_second(asked)


def _in_a_row(asked: Asked) -> bool:
    """Whether a layer that is called and one that is named follow each other."""
    called = {layer.class_name for layer in asked.called}
    other = next((name for name in (asked.named, *asked.others) if name not in called), "")
    return bool(called) and bool(other) and asked.has(_AFTER)


def _is_second(asked: Asked) -> bool:
    """Whether it is the called layer that comes second: ``Dense(10) after GlobalAveragePooling2D``."""
    after = _AFTER.search(asked.words)
    called = re.search(rf"\b{asked.called[0].class_name.lower()}\s?\(", asked.words)
    return after is not None and called is not None and called.start() < after.start()


_IS_ASKED = re.compile(
    r"\boutputs?\b|\bshapes?\b|\bdo(?:es)?\b|\bwhat\b|\bparam|\bweights\b|\bdimension|\breturns?\b|\bmean|"
    r"\bchange|\bwork"
)


def reads_two(layer: LayerSpec) -> bool:
    """Whether it is called on a query and a value."""
    found = sheet(layer.class_name)
    return found is not None and found.group == "attention"


def in_words(asked: Asked, name: str = "") -> InWords | None:
    """The layer that the question is about, with the sizes of its words; None where it can't be made of them."""
    examples: dict[str, int] = {}
    if asked.called and not name and not _comes_after(asked):
        layer: LayerSpec | None = asked.called[0]
    else:
        layer = _made(asked, name or (asked.named if _comes_after(asked) else asked.layer), examples)
    if layer is None:
        return None
    layer = _for_each_frame(asked, layer)
    shapes = _several(asked) if layer.class_name in MERGES or reads_two(layer) else ()
    if layer.class_name in MERGES and len(shapes) < 2:
        return None
    if not shapes:
        shape = shape_of(asked, layer) or _example(asked, layer, examples)
        if shape is None:
            return None
        shapes = (shape,)
    return InWords(layer, shapes, examples)


def _several(asked: Asked) -> tuple[Sizes, ...]:
    """Shapes with the batch in front, as two layers hand them on."""
    return tuple(shape for shape in asked.shapes if shape[:1] == (None,) and len(shape) > 1)[:4]


def _made(asked: Asked, name: str, examples: dict[str, int]) -> LayerSpec | None:
    facts = sheet(name)
    if facts is None or facts.group in ("abstract", "foreign", "input", "custom", "cell", "einsum", "encoding"):
        return None
    rank = next((len(shape) for shape in asked.shapes if shape[:1] == (None,)), 0)
    if 3 <= rank <= 5 and facts.group in ("pool", "global_pool", "conv", "up") and not asked.has(_FRAMES):
        name = of_rank(name, rank)
    if name in WRAPPERS:
        return _wrapper(asked, name, examples)
    given: list[tuple[str, Argument]] = []
    for argument in arguments_of(name):
        value = _said(asked, argument, name)
        if value is None and argument in needed(name):
            if argument in _RATES:
                given.append((argument, _RATES[argument]))
                continue
            if argument not in EXAMPLES and argument not in _OF_HEADS:
                return None
            value = examples.setdefault(argument, _OF_HEADS.get(argument) or EXAMPLES[argument])
        if value is not None:
            given.append((argument, value))
    return LayerSpec(name, snake(name), tuple(given))


_OF_HEADS = {"num_heads": 2, "key_dim": 8}  # examples, beside those of Scene
_NESTED = re.compile(r"\(\s?\(\d{1,5}\s?,\s?\d{1,5}\)(?:\s?,\s?\(\d{1,5}\s?,\s?\d{1,5}\)){1,2}\s?\)")
_RATES = {"rate": 0.5, "stddev": 0.1}


def _wrapper(asked: Asked, name: str, examples: dict[str, int]) -> LayerSpec | None:
    """What it wraps is named too, or is what it mostly wraps."""
    usual = "LSTM" if name == "Bidirectional" else "Dense"
    held = next(wrapped_by(tuple(n for n in (asked.named, *asked.others) if n)), usual)
    if name == "Bidirectional" and held not in RECURRENT:
        held = usual
    inner = _made(asked, held, examples)
    return None if inner is None else LayerSpec(name, snake(name), (("layer", inner),))


def _said(asked: Asked, argument: str, name: str) -> Argument:
    """One argument as the question says it; None where it doesn't."""
    if argument in ("return_sequences", "return_state"):
        flat = asked.words.replace(" ", "")
        return True if argument in flat and f"{argument}=false" not in flat else None
    nested = _NESTED.search(asked.words)
    if argument in ("padding", "cropping") and nested is not None and name.startswith(("ZeroPadding", "Cropping")):
        pairs = re.findall(r"\((\d{1,5})\s?,\s?(\d{1,5})\)", nested.group())
        return tuple((int(one), int(other)) for one, other in pairs)
    if argument in ("padding", "cropping") and name.startswith(("ZeroPadding", "Cropping")):
        return asked.number((re.compile(r"(?:padding|cropping)(?:[123]d)?(?: of| by|=|:)? ?\(?(\d{1,4})\b"),))
    if argument == "padding":
        return "same" if asked.has(_SAME) and sheet(name) else None
    if argument == "kernel_size" or (argument == "pool_size" and len(asked.sides) > 0):
        rank = (_rank(name) or 4) - 2
        small = kernel_of(asked, rank)
        if small is not None:
            return small
    written = next((layer.get(argument) for layer in asked.partly if layer.class_name == name), None)
    if written is not None:
        return written
    forms = _SAID.get(argument)
    value = asked.number(*forms) if forms else None
    if value is None and argument == next(iter(needed(name)), None):
        value = asked.number(_behind_its_name(name))
    return value if value is not None and 0 < value <= 10**6 else None


_SQUARE = (
    re.compile(r"\b(\d{1,2})x(\d{1,2}) (?:\w{1,12} )?(?:kernel|filter|conv|window|pool)"),
    re.compile(r"(?:kernel|filter|window)s?(?: ?_?size)?(?: of)?(?: size)? ?=? ?\(?(\d{1,2})(?:x|, ?)(\d{1,2})\b"),
)


def kernel_of(asked: Asked, rank: int) -> tuple[int, ...] | None:
    """The sides of a kernel: those next to its word, else the smallest of several."""
    said = next((found for form in _SQUARE if (found := form.search(asked.words)) is not None), None)
    if said is not None and rank == 2:
        return int(said[1]), int(said[2])
    several = [side for side in asked.sides if len(side) == rank]
    if not several or (len(asked.sides) < 2 and not asked.shapes):
        return None
    small = min(several, key=math.prod)
    return small if max(small) < 12 else None


def _behind_its_name(name: str) -> Forms:
    """``repeat vector 10``: what a layer needs is right behind its name."""
    parts = "[ _-]?".join(re.findall(r"[123]D|[A-Z]+(?![a-z])|[A-Z][a-z]+", name)).lower()
    return (
        re.compile(rf"\b{parts}s? ?(?:\(|of |with )?(\d{{1,6}})\b(?!x)(?! (?:steps|timesteps|features|layers?)\b)"),
    )


def _rank(name: str) -> int | None:
    found = sheet(name)
    return found.rank if found is not None else None


def _example(asked: Asked, layer: LayerSpec, examples: dict[str, int]) -> Sizes | None:
    """A shape that the layer reads, with the sizes in the words; the others are examples."""
    words = _reading(asked, layer)
    made = next((layer.get(name) for layer in asked.called for name in ("units", "filters") if layer.get(name)), None)
    width = made if isinstance(made, int) and layer not in asked.called else None
    sizes: list[int] = []
    image = _image(asked, layer) if "height" in words else {}
    for word in words[1:]:
        said = width if word == words[-1] and width else asked.number(*_SIZE_OF.get(word, ()))
        said = image.get(word, said)
        example = _SIDES.get(word) or EXAMPLES.get(word, 5)
        sizes.append(said if said is not None else examples.setdefault(word, example))
    return (None, *sizes) if sizes and max(sizes) <= _RANGE else None


def _image(asked: Asked, layer: LayerSpec) -> dict[str, int]:
    """The sides of an image in the words, which aren't those of the kernel; and its channels."""
    kernel = layer.get("kernel_size") or layer.get("pool_size")
    sides = [side for side in asked.sides if side != kernel and len(side) in (2, 3)]
    found = dict(zip(("height", "width", "channels"), max(sides, key=math.prod), strict=False)) if sides else {}
    colors = channels_said(asked)
    return {"channels": colors, **found} if colors is not None else found


_SIZE_OF: dict[str, tuple[Forms, ...]] = {
    "timesteps": (LAST, STEPS),
    "steps": (LAST, STEPS),
    "query steps": (LAST, STEPS),
    "features": (FEATURES, INPUTS, CHANNELS),
    "channels": (CHANNELS, FEATURES),
}


def _reading(asked: Asked, layer: LayerSpec) -> tuple[str, ...]:
    """The axes of an example: what the class reads, else a row or a sequence."""
    inner = layer.get("layer")
    if layer.class_name == "TimeDistributed" and isinstance(inner, LayerSpec):
        return ("batch", "timesteps", *axis_names(inner.class_name, _rank(inner.class_name) or 2)[1:])
    rank = _rank(layer.class_name)
    names = axis_names(layer.class_name, rank) if rank else ()
    if len(names) < 2:
        names = ("batch", "timesteps", "features") if asked.number(STEPS) else ("batch", "features")
    if layer.class_name == "Flatten":
        names = ("batch", "height", "width", "channels")
    return names


def a_layer(asked: Asked) -> Told | None:
    """What the layer that is named makes of a shape, and what it has learned: for all that no other reading fits."""
    if not asked.layer:
        return None
    found = in_words(asked)
    made = found.outputs if found is not None else None
    if found is None or made is None:
        return None
    if any(size is not None and size < 1 for shape in made for size in shape[1:]):
        return _exhausted(found)
    count = weights_of(found.layer, found.entering)
    reads = " and ".join(map(str, found.shapes))
    into = " and ".join(map(str, dict.fromkeys(made))) if len(made) > 1 else str(made[0])
    why = as_sentence(as_named(found.layer, found.entering)[1])
    counted = f"{count:,} parameters" if count else "no parameters"
    claimed = other_counts(asked, found.layer, found.shapes[0], count) if len(found.shapes) == 1 else ""
    sentence = f"{call(found.layer)} turns {reads} into {into}; it has {counted}{found.told}. {why}{claimed}".strip()
    if not asked.has(_IS_ASKED) and len(found.examples) > 1 and not asked.numbers:
        sentence = f"I'm not sure what you're asking about {asked.layer}. As an example: {sentence}"
    return Told(sentence, found.spec, {"params": count} if count else {}, named(found))


def _exhausted(found: InWords) -> Told | None:
    """A window that is longer than what it slides over: Keras refuses it, unless zeros are added at the border."""
    padded = found.layer.but(padding="same")
    made = output_shapes(padded, found.shapes) if "padding" in arguments_of(padded.class_name) else None
    if not made or any(size is not None and size < 1 for size in made[0][1:]):
        return None
    sentence = (
        f"Keras refuses it: the window of {call(found.layer)} is longer than what it slides over in "
        f'{found.shapes[0]}{found.told}, so no place for it is left. With padding="same" zeros are added at the border '
        f"and it returns {made[0]}; or choose a smaller window."
    )
    return Told(sentence, replace(found, layer=padded).spec, {}, named(replace(found, layer=padded)))


_CHANNELS_MADE = re.compile(
    r"\bhow many (?:output )?(?:channels?|feature maps?)\b|\bnumber of (?:output )?(?:channels|feature maps)\b|"
    r"\boutput (?:channels|depth)\b"
)


def channels_made(asked: Asked) -> Told | None:
    """How many channels a convolution makes: as many as it has filters."""
    facts = sheet(asked.layer)
    if facts is None or facts.made != "filters" or not asked.has(_CHANNELS_MADE) or asked.counts:
        return None
    found = in_words(asked)
    made = found.outputs if found is not None else None
    if found is None or not made:
        return None
    filters = found.layer.get("filters")
    sentence = (
        f"As many as it has filters, however many the input has: {call(found.layer)} turns {found.shapes[0]} into "
        f"{made[0]}{found.told}. Each of its {filters} filters covers all channels of the input and makes one."
    )
    return Told(sentence, found.spec, {}, named(found))


def named(found: InWords) -> tuple[Shape, ...]:
    """What it reads and what it makes, in its own words."""
    entering = (
        name_axes(shape, axis_names(found.layer.class_name, len(shape)), "the question") for shape in found.shapes
    )
    return (*entering, *as_named(found.layer, found.entering)[0])
