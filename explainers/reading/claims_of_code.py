"""What a question next to sound code claims or compares, judged by the live layers: yes, no, and why.

A shape that the question expects, two layers of one class with other counts, and the order of a layer's states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from explainers.core.axes import sizes
from explainers.core.finding import written
from explainers.core.layers import MERGES, sheet
from explainers.core.layers.signatures import arguments_of
from explainers.core.results import Layer
from explainers.core.spec import LayerSpec, ModelSpec, Sizes
from explainers.core.words import listed
from explainers.reading.numbers_of_code import counts_judged, numbers_judged, units_meant
from explainers.reading.shapes import output_shapes, walk
from explainers.reading.text import shapes_in

_PRODUCT = re.compile(r"(?<=[(\[, ])(\d{1,5}) ?[*x×] ?(\d{1,5})(?=\s?[,)\]])")
_CLAIMED = re.compile(
    r"\b(?:should|shouldn'?t|thought|think|expect(?:ed|ing)?|correct|right|true|isn'?t it|am i|is it|is this|is that|"
    r"instead of|but not|and not|why not|would(?:n'?t)?|supposed|wrong|assum\w+)\b",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(
    r"\b(?:correct(?:ly)?|right|true|isn'?t it|am i|is it|is this|is that|shouldn'?t|i think|assum\w+)\b|"
    r"\bshould\b[^.?]{0,80}\?",
    re.IGNORECASE,
)
_WHY = re.compile(r"\bwhy\b(?! not)|\bhow come\b", re.IGNORECASE)
_MORE = re.compile(
    r"\b(?:more|fewer|less|higher|larger|bigger|different|same|so many|increase\w*)\b.{0,30}\b(?:param|weights)|"
    r"\b(?:param\w*|weights)\b.{0,40}\b(?:more|fewer|less|different|increase\w*|jump\w*|grow\w*)\b",
    re.IGNORECASE,
)
_STATES = re.compile(r"\bstates?\b|\bhidden\b|\bcell\b|\bwhich (?:one )?is\b|\border\b|\boutputs?\b", re.IGNORECASE)
_NAMES = re.compile(r"(?m)^[ \t]{0,40}([A-Za-z_]\w{0,40}(?:\s?,\s?[A-Za-z_]\w{0,40}){1,4})\s?=[^=\n][^\n]{0,300}$")


def claimed_of(question: str, code: str, layers: list[Layer], spec: ModelSpec | None) -> list[str]:
    """Sentences that judge what the question claims; none where it claims nothing that a layer decides."""
    told = [*_shapes_judged(question, layers, spec)] if _CLAIMED.search(question) else []
    if _YES_OR_NO.search(question):
        told += numbers_judged(question, layers)
    told += units_meant(question, layers, spec)
    told += counts_judged(question, spec)
    if _MORE.search(question):
        told += _counts_compared(layers)
    if _STATES.search(question):
        told += _states_named(code, layers)
    return told


def shapes_said(question: str) -> tuple[Sizes, ...]:
    """The shapes of a question, with products worked out: ``(1, 24, 24, 32*64)``."""
    flat = _PRODUCT.sub(lambda found: str(int(found[1]) * int(found[2])), question)
    return tuple(dict.fromkeys(found.sizes for found in shapes_in(flat)[:4] if len(found.sizes) > 1))


def _shapes_judged(question: str, layers: list[Layer], spec: ModelSpec | None) -> Iterator[str]:
    """Yes for a shape that a layer returns, if that is asked; for another one, what is there instead, and why."""
    for said in shapes_said(question):
        same = next(((one, made) for one in layers for made in _returned(one) if _agree(said, made)), None)
        if same is not None:
            if _YES_OR_NO.search(question) and not _WHY.search(question):
                yield f"Yes, {written(said)} is right: {same[0].name} returns {written(same[1])}."
            continue
        if along := next(_along_another_axis(said, layers), ""):
            yield along
            continue
        if without := next(_of_one_step(said, layers), ""):
            yield without
            continue
        near = [layer for layer in layers for made in _returned(layer) if _nearly(said, made)]
        near = near or [layer for layer in layers[-1:] if len(_returned(layer)[0]) == len(said) > 2]
        if near:
            made = _returned(near[-1])[0]
            why = _why_not(said, near[-1]) or _with_padding(said, spec)
            yield f"No, not {written(said)}: {near[-1].name} returns {written(made)}.{why}"


def _of_one_step(said: Sizes, layers: list[Layer]) -> Iterator[str]:
    """A shape without the steps, where a recurrent layer hands them all on."""
    giving = [one for one in layers if one.arguments.get("return_sequences") == "True"]
    for layer in layers if giving else []:
        made = _returned(layer)[0]
        if len(made) == 3 and said[1:] == made[2:] and len(said) == 2:
            yield (
                f"Not {written(said)} but {written(made)}: {giving[-1].name} has return_sequences=True, so there is an "
                f"output for each of the {made[1] or 'open number of'} steps. Without it, {layer.name} returns "
                f"{(None, made[-1])}."
            )


def _with_padding(said: Sizes, spec: ModelSpec | None) -> str:
    """That the shape is what padding="same" would make."""
    if spec is None or not any("padding" in arguments_of(layer.class_name) for layer in spec.layers):
        return ""
    padded = tuple(
        layer.but(padding="same") if layer.get("padding") is None and _pads(layer) else layer for layer in spec.layers
    )
    made = [one for *_, outputs in walk(replace(spec, layers=padded)) for one in outputs or ()]
    hit = any(_agree(said, one) for one in made)
    return f' With padding="same" in its convolutions it would be {written((None, *said[1:]))}.' if hit else ""


def _pads(layer: LayerSpec) -> bool:
    facts = sheet(layer.class_name)
    return facts is not None and facts.group == "conv"


def _returned(layer: Layer) -> list[Sizes]:
    return [sizes(shape) for shape in layer.outputs]


def _agree(said: Sizes, made: Sizes) -> bool:
    """The same sizes, whatever the batch is called, or without the batch."""
    return said[1:] == made[1:] if len(said) == len(made) else said == made[1:]


def _nearly(said: Sizes, made: Sizes) -> bool:
    """As many axes, and most of the sizes: one is claimed to be another."""
    if len(said) != len(made) or len(said) < 3:
        return False
    return sum(one != other for one, other in zip(said[1:], made[1:], strict=True)) == 1


def _why_not(said: Sizes, layer: Layer) -> str:
    """Why filters don't multiply: each kernel reads all channels and adds them up."""
    read, made = sizes(layer.inputs[0]), _returned(layer)[0]
    facts = sheet(layer.class_name)
    plain = facts is not None and facts.group == "conv" and facts.made == "filters"
    if plain and read[-1] and made[-1] and said[-1] == read[-1] * made[-1]:
        return (
            f" Each of its {made[-1]} kernels reads all {read[-1]} channels and adds them up to one, so the channels "
            f"become {made[-1]}, not {read[-1]} × {made[-1]}."
        )
    return ""


def _along_another_axis(said: Sizes, layers: list[Layer]) -> Iterator[str]:
    """A shape that a merging layer returns along another axis."""
    for layer in layers:
        if layer.class_name not in MERGES or "axis" not in layer.arguments or len(layer.inputs) < 2:
            continue
        reads = tuple(sizes(shape) for shape in layer.inputs)
        for axis in (-1, *range(1, len(reads[0]) - 1)):
            other = LayerSpec(layer.class_name, layer.name, (("axis", axis),))
            made = output_shapes(other, reads)
            if made and _agree(said, made[0]):
                now = written(_returned(layer)[0])
                yield (
                    f"{written(said)} is what axis={axis} makes; with axis={layer.arguments['axis']} {layer.name} "
                    f"returns {now}."
                )
                break


def _counts_compared(layers: list[Layer]) -> Iterator[str]:
    """Two layers of one class with other counts: which size of the kernel is another one."""
    by_class: dict[str, list[Layer]] = {}
    for layer in layers:
        if layer.weights:
            by_class.setdefault(layer.class_name, []).append(layer)
    for alike in by_class.values():
        first, *others = alike
        second = next((layer for layer in others if layer.params != first.params), None)
        if second is None:
            continue
        kernels = first.weights[0].shape, second.weights[0].shape
        apart = [
            (one.axis, one.size, other.size)
            for one, other in zip(*kernels, strict=False)
            if one.size != other.size and None not in (one.size, other.size)
        ]
        if not apart:
            continue
        most, least = sorted((second, first), key=lambda layer: -layer.params)
        turned = most is first
        named = [(name, *(sides if turned else sides[::-1])) for name, *sides in apart if "[" not in name]
        whys = listed([f"{here} {name} instead of {there}" for name, here, there in named])
        yield (
            f"{most.name} has {most.params:,} parameters and {least.name} {least.params:,}, because its kernel is "
            f"{most.weights[0].numbers}, not {least.weights[0].numbers}{f': {whys}' if whys else ''}."
        )
        return


def _states_named(code: str, layers: list[Layer]) -> Iterator[str]:
    """What a recurrent layer returns with return_state, in its order; under the names that the code gives it."""
    for layer in layers:
        if len(layer.outputs) < 2 or layer.arguments.get("return_state") != "True":
            continue
        order = ["the output", *_state_names(layer)]
        if len(order) != len(layer.outputs):
            continue
        names = next((found[1] for found in _NAMES.finditer(code) if found[1].count(",") == len(order) - 1), "")
        called = [name.strip() for name in names.split(",")] if names else []
        told = [f"{name} is {what}" for name, what in zip(called, order, strict=True)] if called else order
        verb = "" if called else f"{layer.name} returns, in this order, "
        yield f"{verb}{listed(told)}; each state is {written(sizes(layer.outputs[-1]))}."
        return


def _state_names(layer: Layer) -> list[str]:
    """The states in Keras' order."""
    both = layer.class_name == "Bidirectional"
    number = len(layer.outputs) - 1
    each = number // 2 if both else number
    names = ["the last hidden state h", "the last cell state c"][:each]
    if both:
        return [f"{name} ({way})" for way in ("forward", "backward") for name in names]
    return names if number == len(names) else []
