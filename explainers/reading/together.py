"""Code and a message in one paste: the code's own model, given what the message says came to it."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from explainers.core.finding import Finding, name_axes
from explainers.core.layers import Sheet, sheet
from explainers.core.mistakes import find_mistake
from explainers.core.mistakes.kit.metrics import METRIC_TITLE
from explainers.core.mistakes.kit.sheet import Family
from explainers.core.spec import Check, LayerSpec, ModelSpec, Sizes
from explainers.reading.by_sight import IN_THE_TEXT
from explainers.reading.causes import cause_of
from explainers.reading.misfits import Misfit, axis_beyond, misfit
from explainers.reading.shapes import walk
from explainers.reading.target_first import by_the_output, maker, target_is_first
from explainers.reading.targets_met import of_label, of_rows, whole, with_data_for

SAMPLES = 8  # where the message says nothing of them
STEPS = 7  # in place of an open axis
MOST = 20_000_000  # numbers in one array
_WHOLE = (None, "Sequential", "Functional", "InputLayer", "Activation")


def together(spec: ModelSpec, error: Finding, loss: str) -> ModelSpec | None:
    """The model with a check that does what failed; None where the message isn't about the ends of this model."""
    if len(spec.inputs) > 1 and spec.calls:
        return _one_of_several(spec, error)
    if not spec.inputs or not spec.calls:
        return None
    if error.family is not None and error.family.counts_samples:
        return _cardinality(spec, error, loss)
    mistake = find_mistake(error.mistake)
    end = mistake.end if mistake is not None else ""
    if end == "target":
        return _target(spec, error, loss)
    if mistake is not None and mistake.of_a_batch:
        return _whole_batches(spec, error)
    nameless = error.layer is None and error.class_name is None and mistake is not None and mistake.of_ranks
    of_data = end == "data" or error.class_name in ("Sequential", "Functional") or nameless
    return _data(spec, error) if of_data and not (nameless and _made_inside(spec, error)) else None


def _one_of_several(spec: ModelSpec, error: Finding) -> ModelSpec | None:
    """What was found, put into the Input that the message names; the others are given what they take."""
    mistake, found = find_mistake(error.mistake), error.shape("found")
    place = next((i for i, tensor in enumerate(spec.inputs) if tensor.name == error.layer), None)
    if place is None or found is None or mistake is None or mistake.end != "data":
        return None
    sample = len(found) == len(spec.inputs[place].shape) - 1
    fed: list[Sizes] = [(SAMPLES, *(STEPS if n is None else n for n in tensor.shape[1:])) for tensor in spec.inputs]
    fed[place] = _samples(found, sample)
    fed = [(fed[place][0], *sizes[1:]) for sizes in fed]
    return replace(spec, checks=(Check("predict", tuple(fed)),))


def _made_inside(spec: ModelSpec, error: Finding) -> bool:
    """Whether a layer of the model returns what was found: then no data were that shape."""
    found = error.shape("found")
    return found is None or any(_close(found, shape) for _, _, made in walk(spec) for shape in made or ())


def in_the_loss(spec: ModelSpec | None, error: Finding) -> Finding:
    """Two operands that meet in the loss: the model's output and the target. As any other operands they say less.

    spec: the model of the text, whose output says which of the two it is; TensorFlow prints the output first.
    """
    shapes = tuple(shape for shape in error.named.get("both", ()) if shape)
    if error.family is _family_of_targets() and spec is not None and spec.calls:
        swapped = by_the_output(error, output_of(spec))
        if swapped is error:
            return error
        family = replace(error.family, title=METRIC_TITLE)  # only metrics print the output first
        cause = cause_of(error.family, swapped).replace("The loss compares", "A metric compares", 1)
        return replace(swapped, family=family, cause=cause)
    if (
        error.family is None
        or not error.family.in_loss
        or not _of_its_own(error.family, error)
        or {"product", "noise"} & error.values.keys()
        or len(shapes) != 2
        or (error.output_operand is None and _INSIDE.match(error.layer or ""))
    ):
        return error
    out = output_of(spec) if spec is not None and spec.calls else None
    if error.output_operand is not None and _only_the_batch(shapes):
        return _of_a_batch(error, shapes)
    if out is not None and out[-1] == 1 and any(_ends_alike(shape, out[:-1]) for shape in shapes):
        shapes = tuple((*shape, 1) for shape in shapes)  # a loss drops the last axis of 1, or takes the mean over it
    outputs = [shape for shape in shapes if out is not None and _ends_alike(shape, out)]
    if not outputs and error.output_operand is None:
        return error
    labels = next(
        (place for place in (0, 1) if shapes[place] == shapes[1 - place][:-1] and len(shapes[place]) > 2), None
    )
    written = target_is_first(error.around) if error.output_operand is None or "def " in error.around else None
    first = error.output_operand or 0 if written is None else int(written)
    likely = 1 - labels if labels is not None else first  # a class for each pixel, and its scores
    expected = outputs[0] if outputs else shapes[likely]
    found = shapes[1] if expected is shapes[0] else shapes[0]
    if not outputs and _SQUEEZED.search(error.around):  # Keras took a last axis of 1 off the output
        expected = (*expected, 1)
    if not outputs and "own_output" in error.values:
        return _of_an_own_operation(error, expected, found)
    family = _family_of_targets()
    values = {name: value for name, value in error.values.items() if name not in ("left", "right", "layer", "op")}
    layer, class_name = (maker(error.around) if spec is None else None) or (None, None)
    told = replace(error, mistake="target_shape", family=family, layer=layer, class_name=class_name, values=values,
                   named={"expected": (expected,), "found": (found,)})  # fmt: skip
    return replace(told, cause=cause_of(family, told), questions=())


def _of_an_own_operation(error: Finding, expected: Sizes, found: Sizes) -> Finding:
    """No last layer says how many columns the output has: the two stay operands, of which one is the target."""
    told = replace(error, layer=None, class_name=None, named={"expected": (expected,), "found": (found,)})
    return replace(told, cause=cause_of(error.family, told) if error.family is not None else error.cause)


def _of_its_own(family: Family, error: Finding) -> bool:
    """Whether the message is about the mistake that its wording stands with, not about another one's."""
    mistake = find_mistake(error.mistake)
    return mistake is not None and family in mistake.families


def fails_by_itself(spec: ModelSpec, error: Finding) -> Misfit:
    """What is wrong in the code's own data, states or targets, where none of its layers can have said the message."""
    beyond = axis_beyond(spec)
    if beyond[0] is not None:
        return beyond
    return (None, "") if place_of(spec, error) is not None else misfit(spec)


# attention_2/mul: an operation inside of a layer with a name of its own; those of losses, metrics and steps are not
_INSIDE = re.compile(
    r"(?!\w*(?:loss|metric|error|entropy|accuracy|train|test|gradient|step))[a-z]\w*_\d{1,4}/\w{1,40}$"
)
_SQUEEZED = re.compile(r"loss\w{0,20}/[\w/]{0,40}Squeeze[),:]")


def _only_the_batch(shapes: tuple[Sizes, ...]) -> bool:
    """Whether an output and a target differ in the number of samples alone."""
    one, other = shapes
    return len(one) == len(other) > 0 and one[1:] == other[1:] and None not in (one[0], other[0]) and one[0] != other[0]


def _of_a_batch(error: Finding, shapes: tuple[Sizes, ...]) -> Finding:
    """The model gives its fixed batch, whatever number of samples the last batch holds."""
    mistake = find_mistake("stateful_batch")
    assert mistake is not None
    family = next(family for family in mistake.families if any("{outputs}" in cause for cause in family.causes))
    batch, samples = sorted((shape[0] or 0 for shape in shapes), reverse=True)
    values = {name: value for name, value in error.values.items() if name not in ("left", "right", "layer", "op")}
    told = replace(error, mistake="stateful_batch", family=family, layer=None, class_name=None,
                   values={**values, "batch_size": batch, "found_samples": samples, "outputs": batch},
                   named={"expected": ((batch, *shapes[0][1:]),), "found": ((samples, *shapes[0][1:]),)})  # fmt: skip
    return replace(told, cause=cause_of(family, told), questions=())


def as_declared(said: Finding, spec: ModelSpec) -> Finding:
    """What a live run said of two operands, with the axes open that the program leaves open: the run fed examples."""
    both = said.named.get("both", ())[:2]
    if len(both) != 2 or said.family is None:
        return said
    for _, inputs, _ in walk(spec):
        if len(inputs) == 2 and inputs != both and all(map(_the_same, inputs, both)):
            named = {"left_shape": inputs[:1], "right_shape": inputs[1:], "both": inputs}
            told = replace(said, named={**said.named, **named})
            shapes = tuple(name_axes(sizes, (), IN_THE_TEXT) for sizes in inputs)
            return replace(told, cause=cause_of(said.family, told), shapes=shapes)
    return said


def _the_same(declared: Sizes, came: Sizes) -> bool:
    return len(declared) == len(came) and _same(declared, came)


def contradicted(spec: ModelSpec | None, error: Finding) -> str:
    """Where the code (or table) makes another shape of what the message prints: both are told, neither is believed."""
    found, expected = error.shape("found"), error.shape("expected")
    if spec is None or not spec.calls or spec.assumed or place_of(spec, error) is not None:
        return ""  # what rests on an example contradicts nobody
    mistake = find_mistake(error.mistake)
    fed = mistake is not None and mistake.end == "data" and error.of_samples
    if fed or (mistake is not None and mistake.end in ("target", "weights")):
        return ""  # its shapes are those of data, of targets, or of weights: none of them reaches a layer
    if error.class_name in ("Sequential", "Functional") and expected is not None and len(spec.inputs) == 1:
        takes = spec.inputs[0].shape
        if not _the_same(takes, expected):
            return f"The message is about a model for {expected}; the model in the code takes {takes}. {_VERSIONS}"
        return ""
    named = any(layer.name == error.layer for layer in spec.layers)
    reached = [
        inputs[0]
        for i, inputs, _ in walk(spec)
        if inputs and _of_class(spec, i, error) and (not named or spec.layers[spec.calls[i].layer].name == error.layer)
    ]
    if found is None or not reached or any(_may_be(shape, found) or None in shape[1:] for shape in reached):
        return ""
    here = " and ".join(dict.fromkeys(map(str, reached[:3])))
    layer = error.layer or error.class_name
    return f"In the message {found} reaches {layer}; in the code it is {here}. {_VERSIONS}"


def _may_be(reached: Sizes, found: Sizes) -> bool:
    """Whether a message can print this shape so: whole, one sample of it, or one step, which a wrapper passes on."""
    return _the_same(reached, found) or reached[1:] == found or (found[:1] == (None,) and found[1:] == reached[2:])


_VERSIONS = "They may come from different versions of the program."


def _of_class(spec: ModelSpec, call: int, error: Finding) -> bool:
    layer = spec.layers[spec.calls[call].layer]
    return error.class_name is not None and error.class_name in (layer.class_name, *_wrapped(layer))


def _family_of_targets() -> Family:
    """The wordings that say both shapes: the output, and the target."""
    mistake = find_mistake("target_shape")
    assert mistake is not None
    return next(family for family in mistake.families if any("{found}" in cause for cause in family.causes))


def _ends_alike(shape: Sizes, out: Sizes) -> bool:
    """Whether a shape is the output's, its batch aside."""
    return len(shape) == len(out) and len(out) > 1 and _same(shape[1:], out[1:])


def place_of(spec: ModelSpec, error: Finding) -> int | None:
    """The call of the code's model at which the message can have come up; None where none of them fits it."""
    for i, inputs, _ in walk(spec):
        layer = spec.layers[spec.calls[i].layer]
        if inputs and _is_the_layer(layer, error) and _reached_by(layer, inputs, error):
            return i
    return None


def _is_the_layer(layer: LayerSpec, error: Finding) -> bool:
    """Whether the message can be about this layer: by its class, or where it says none by the shapes alone."""
    if error.class_name is None:
        facts, mistake = sheet(layer.class_name), find_mistake(error.mistake)
        group = mistake.group if mistake is not None else ""
        return not group or (facts is not None and facts.group == group)
    return error.class_name.removesuffix("Cell") in (layer.class_name, *_wrapped(layer))


def _wrapped(layer: LayerSpec) -> tuple[str, ...]:
    inner = layer.get("layer")
    return (inner.class_name,) if isinstance(inner, LayerSpec) else ()


def _reached_by(layer: LayerSpec, inputs: tuple[Sizes, ...], error: Finding) -> bool:
    """Whether these are the shapes that the message prints, and they are what the layer can't take."""
    both, found = error.named.get("both", ()), error.shape("found")
    if len(both) > 1 and len(inputs) > 1:
        product = layer.class_name == "ops.matmul"  # a message may print an operand as it was before it was turned
        pairs = list(zip(both, inputs, strict=False))
        if all(len(a) + 1 == len(b) > 2 and _same(a, b[1:]) for a, b in pairs):
            return True  # one sample of each, without the batch, as merge layers print them
        return all(_close(a, b) or (product and _close(a, _turned(b))) for a, b in pairs)
    facts = sheet(layer.class_name)
    if error.number("input_dim") is not None:  # an id beyond a vocabulary: of the layer that has so many
        return layer.get("input_dim") == error.number("input_dim")
    if found is not None:
        return _close(found, inputs[0]) and _refused(facts, error, inputs[0])
    rank = error.number("found_ndim")
    return rank is not None and rank == len(inputs[0]) and facts is not None and facts.rank not in (None, rank)


def _turned(sizes: Sizes) -> Sizes:
    """The last two axes in the other order."""
    return (*sizes[:-2], *sizes[-2:][::-1])


def _refused(facts: Sheet | None, error: Finding, came: Sizes) -> bool:
    """A rank that the layer doesn't read; other messages than those of ranks say nothing more here."""
    mistake = find_mistake(error.mistake)
    return mistake is None or not mistake.of_ranks or facts is None or facts.rank is None or facts.rank != len(came)


def _close(one: Sizes, other: Sizes) -> bool:
    """The same shape, the batch aside."""
    return len(one) == len(other) and _same(one[1:], other[1:])


def _data(spec: ModelSpec, error: Finding) -> ModelSpec | None:
    """What was found, put into the model."""
    shape, found = spec.inputs[0].shape, error.shape("found")
    sample = _fits(error, shape, spec.layers[spec.calls[0].layer])
    if found is None or sample is None:
        return None
    return replace(spec, checks=(Check("predict", (_samples(found, sample),)),))


def _target(spec: ModelSpec, error: Finding, loss: str) -> ModelSpec | None:
    """The targets that were found, against the model's own output."""
    out, found = output_of(spec), error.shape("found")
    if out is not None and found is None:
        met = of_label(out, error) or of_rows(out, error)
        return replace(spec, checks=(with_data_for(spec, met, SAMPLES, STEPS),)) if met is not None else None
    if out is None or found is None or (found := whole(found, out, error.around)) is None:
        return None
    expected = error.shape("expected")
    if loss.startswith("sparse") and expected is not None and expected[-1:] == (1,) and len(expected) == len(out):
        error = replace(error, named={**error.named, "expected": (out,)})  # it expects labels, not what the model gives
    sample = _fits(error, out, spec.layers[spec.calls[-1].layer])
    if sample is None:
        return None
    target = _samples(found, sample)
    takes = spec.inputs[0].shape
    if len(takes) == len(target) == 3 and takes[1] is None:  # as many steps as the data have; else as the targets
        fed = (check.shapes[0] for check in spec.checks if len(check.shapes) == 1 and len(check.shapes[0]) == 3)
        takes = (takes[0], next((sizes[1] for sizes in fed if sizes[1] is not None), target[1]), takes[2])
    data = _samples((target[0], *takes[1:]), False)
    return replace(spec, checks=(Check("fit", (data,), (target,), loss),))


def _cardinality(spec: ModelSpec, error: Finding, loss: str) -> ModelSpec | None:
    """So many samples of data, and another number of targets."""
    out, left, right = output_of(spec), error.number("left"), error.number("right")
    if out is None or left is None or right is None or error.number("second") is not None:
        return None
    data, target = _samples((left, *spec.inputs[0].shape[1:]), False), _samples((right, *out[1:]), False)
    if math.prod(n or 1 for n in data) > MOST or math.prod(n or 1 for n in target) > MOST:
        return None
    weights = error.number("weights")
    weighed = None if weights is None else (weights, *out[1:-1])
    return replace(spec, checks=(Check("fit", (data,), (target,), loss, weights=weighed),))


def output_of(spec: ModelSpec) -> Sizes | None:
    """The shape of the model's only output, as far as it is worked out without Keras."""
    outputs = {i: shapes for i, _, shapes in walk(spec)}
    if len(spec.outputs) != 1 or spec.outputs[0].source != "call":
        return None
    shapes = outputs.get(spec.outputs[0].index)
    return shapes[0] if shapes and None not in (shapes[0][-1:]) else None


def _whole_batches(spec: ModelSpec, error: Finding) -> ModelSpec | None:
    """So many samples, given to a model whose code fixes the batch: in the old message that number is all there is."""
    shape, samples = spec.inputs[0].shape, error.number("found_samples")
    told = error.number("batch_size")
    batch = shape[0]
    if batch is None or samples is None or told not in (None, batch) or None in shape[1:]:
        return None
    if told is None and samples % batch == 0:
        return None  # the code fixes another batch than the program had
    check = Check("predict", ((samples, *shape[1:]),), batch_size=batch if told is None else samples)
    return replace(spec, checks=(check,)) if math.prod(n or 1 for n in check.shapes[0]) <= MOST else None


def _fits(error: Finding, shape: Sizes, layer: LayerSpec) -> bool | None:
    """Whether the message is about this end of the model: one sample (True), with the batch (False), or not (None)."""
    expected, rank = error.shape("expected"), error.number("expected_ndim")
    same = expected is not None and expected in (shape[1:], shape) and len(expected) > 1 and None not in shape[1:]
    if error.class_name not in (*_WHOLE, layer.class_name) and not same:
        return None
    if expected is None:
        return False if rank == len(shape) else None
    if len(expected) == len(shape):
        return False if _same(expected, shape) else None
    return True if len(expected) == len(shape) - 1 and _same(expected, shape[1:]) else None


def _same(one: Sizes, other: Sizes) -> bool:
    return all(a == b or a is None or b is None for a, b in zip(one, other, strict=True))


def _samples(sizes: Sizes, sample: bool) -> Sizes:
    """An array's shape: with samples in front, and no axis open."""
    whole = (SAMPLES, *sizes) if sample else (sizes[0] if sizes and sizes[0] is not None else SAMPLES, *sizes[1:])
    return tuple(STEPS if n is None else n for n in whole)
