"""What can't be right in a model that was read, before it is built: data and states against what the layers take.

Today's Keras accepts some of it without a word (it adds a missing last axis, or fails only while training).
"""

from __future__ import annotations

import math

from explainers.core.finding import written
from explainers.core.layers import QUERY_AND_VALUE
from explainers.core.layers.operations import INDEX
from explainers.core.mistakes.kit.mending.several import alike as _alike
from explainers.core.mistakes.kit.mending.several import in_their_order
from explainers.core.spec import OF_SLICES, Check, LayerSpec, ModelSpec, Ref, Sizes
from explainers.core.words import agreeing, listed
from explainers.reading.backbones import is_backbone
from explainers.reading.by_sight import words_for
from explainers.reading.cutting import axes_named
from explainers.reading.gaps import examples
from explainers.reading.literal import BY_NAME
from explainers.reading.masks_kept import mask_of_more_axes
from explainers.reading.operation_shapes import letter_apart, operands
from explainers.reading.shapes import walk
from explainers.reading.sizes_given import shape_for_a_number
from explainers.reading.states import names_apart, states_apart

Misfit = tuple[str | None, str]


def misfit(spec: ModelSpec) -> Misfit:
    """The name of the mistake and its cause; (None, "") where nothing is known to be wrong."""
    if any(check.kind in ("reshape", "values") for check in spec.checks):
        return None, ""  # NumPy stops there already, and says why
    for found in (
        shape_for_a_number(spec),
        axis_beyond(spec),
        _index_beyond(spec),
        names_apart(spec),
        states_apart(spec),
        _mask(spec),
        mask_of_more_axes(spec),
        _attention(spec),
        _attended(spec),
        _letters(spec),
        _keys(spec),
        _names_of_outputs(spec),
        data_apart(spec),
        _samples(spec),
        _weights(spec),
        _loss(spec),
        _targets_missing(spec),
        _targets(spec),
        _metric(spec),
    ):
        if found[0] is not None:
            return found
    return _batches(spec)


def _batches(spec: ModelSpec) -> Misfit:
    """A fixed batch against the samples that fit and predict take at a time: only states are kept for so many."""
    fixed = spec.inputs[0].shape[0] if spec.inputs and spec.inputs[0].shape else None
    if not any(map(_stateful, spec.layers)):
        return None, ""
    for check in spec.checks:
        samples = check.shapes[0][0] if check.shapes and check.shapes[0] else None
        if check.kind not in ("fit", "predict") or fixed is None or samples is None or check.batch_size == 0:
            continue
        taken = min(check.batch_size or 32, samples)
        if check.line is None and not check.batch_size:
            continue  # a message doesn't say how many samples it was given at a time
        if taken != fixed and check.batch_size != fixed:
            own = "" if check.batch_size else " (Keras' default batch_size, since none is given)"
            return "stateful_batch", f"The batch is fixed at {fixed}, but {taken} samples are used at a time{own}."
        if samples % fixed:
            return "stateful_batch", (
                f"{samples} samples can't be cut into batches of {fixed}: {samples % fixed} are left for the last "
                "batch."
            )
    return None, ""


def _stateful(layer: LayerSpec) -> bool:
    inner = layer.get("layer")
    return layer.get("stateful") is True or (isinstance(inner, LayerSpec) and inner.get("stateful") is True)


def data_apart(spec: ModelSpec) -> Misfit:
    """The arrays of fit and predict against the Inputs. What rests on an example is no mistake."""
    made_up = examples(spec)
    for check in spec.checks:
        if check.kind not in ("fit", "predict") or len(check.shapes) != len(spec.inputs):
            continue
        for tensor, sizes in zip(spec.inputs, check.shapes, strict=True):
            if "example" in tensor.origin or tensor.origin == "the data":
                continue
            sizes = _last_axis(sizes, tensor.shape)
            if len(sizes) != len(tensor.shape):
                return "data_rank", f"The model takes {written(tensor.shape)}; the data are {written(sizes)}."
            apart = [i for i, (a, b) in enumerate(zip(tensor.shape, sizes, strict=True)) if i and _differ(a, b)]
            apart = [i for i in apart if not {tensor.shape[i], sizes[i]} & made_up]
            if apart:
                mistake = "channels" if apart == [_channels(spec, tensor.name)] else "data_size"
                names = _axes(tensor.shape, reader_of(spec, tensor.name))
                at = ", ".join(f"{names[i]} is {tensor.shape[i]} versus {sizes[i]}" for i in apart)
                return mistake, f"The model takes {written(tensor.shape)}; the data are {written(sizes)}: {at}."
    return None, ""


def _samples(spec: ModelSpec) -> Misfit:
    """So many samples, and another number of targets."""
    for check in spec.checks:
        plain = check.kind == "fit" and len(check.shapes) == len(check.targets) == 1 and check.text != OF_SLICES
        if not plain or check.of_tensor or not check.shapes[0] or not check.targets[0]:
            continue
        samples, targets = check.shapes[0][0], check.targets[0][0]
        if samples is None or targets is None or samples == targets:
            continue
        times = ""
        if targets % samples == 0 and samples > 1:
            times = f" {targets} is {targets // samples} × {samples}: is it one target for each step or window?"
        told = f"The data have {samples} sample(s), the targets {targets}: each sample needs one.{times}"
        return "target_shape", agreeing(told)
    return None, ""


def reader_of(spec: ModelSpec | None, name: str) -> LayerSpec | None:
    """The layer that reads an input."""
    if spec is None:
        return None
    index = next(i for i, tensor in enumerate(spec.inputs) if tensor.name == name)
    return next((spec.layers[call.layer] for call in spec.calls if Ref("input", index) in call.inputs), None)


def _axes(sizes: Sizes, reader: LayerSpec | None) -> tuple[str, ...]:
    """A word for each axis of an Input, with its place: ``height (axis 1)``."""
    if reader is None or reader.get("data_format") == "channels_first":
        return tuple(f"axis {i}" for i in range(len(sizes)))
    return tuple(f"{name} (axis {i})" for i, name in enumerate(words_for(sizes, "", reader.class_name)))


def _last_axis(sizes: Sizes, shape: Sizes) -> Sizes:
    """The data as Keras feeds them: it adds a missing last axis of 1, and drops one too many, where they fit then."""
    fed = sizes
    if len(sizes) + 1 == len(shape) and shape[-1] == 1:
        fed = (*sizes, 1)
    elif len(sizes) == len(shape) + 1 and sizes[-1] == 1:
        fed = sizes[:-1]
    fits = len(fed) == len(shape) and not any(_differ(a, b) for a, b in zip(shape[1:], fed[1:], strict=True))
    return fed if fits else sizes


_ELEMENT_BY_ELEMENT = ("mse", "mae", "mean_squared_error", "mean_absolute_error", "huber", "binary_crossentropy")


def _loss(spec: ModelSpec) -> Misfit:
    """A loss that compares number by number stretches an axis of 1: it trains without a word, on the wrong pairs."""
    made = {i: outputs for i, _, outputs in walk(spec)}
    ends = made.get(spec.outputs[0].index) if len(spec.outputs) == 1 and spec.outputs[0].source == "call" else None
    for check in spec.checks:
        if check.kind != "fit" or check.loss not in _ELEMENT_BY_ELEMENT or not ends or len(check.targets) != 1:
            continue
        output, target = ends[0], check.targets[0]
        if _stretched(output, target) and check.loss != "binary_crossentropy":  # which Keras refuses
            return "target_shape", (
                f"The output is {written(output)}, the target {written(target)}: {check.loss} stretches the axis of 1 "
                "and compares one number with several. Keras trains without a warning."
            )
        if len(target) == 1 and len(output) == 3 and output[-1] == 1 and (output[1] or 0) > 1:
            return "target_shape", (
                f"The output is {written(output)}, the target {written(target)}: {check.loss} stretches the axis of 1 "
                "and compares each step with the targets of all samples of the batch. Keras trains without a warning."
            )
        if _repeated(output, target, check):
            return "target_shape", (
                f"The output is {written(output)}, one for each sample; the target {written(target)} has one for each "
                f"of {target[1]} steps. {check.loss} compares each step with the same output. Keras trains without a "
                "warning."
            )
        if None in output[1:] or None in target or len(output) < 3 or len(output) != len(target) + 1 or output[-1] != 1:
            continue
        lined = (target[0], *output[1:-1])  # Keras drops the last axis of 1
        if lined != target and len(lined) == 2 and (target[1] == 1 or lined[1] == 1):
            return "target_shape", (
                f"The output is {written(output)}, the target {written(target)}: {check.loss} stretches the axis of 1 "
                "and compares each step with the target of its sample. Keras trains without a warning."
            )
    return None, ""


def _repeated(output: Sizes, target: Sizes, check: Check) -> bool:
    """Whether one output meets the targets of all steps: a batch of one sample, or of as many as there are steps."""
    if len(output) != 2 or len(target) != 3 or None in target or output[-1] != target[-1] or target[1] == 1:
        return False
    return min(check.batch_size or 32, target[0] or 1) in (1, target[1])


def _stretched(output: Sizes, target: Sizes) -> bool:
    """Whether output and target have as many axes, and differ only where one of them is 1."""
    if len(output) != len(target) or len(output) < 2 or None in (*output[1:], *target[1:]):
        return False
    apart = [{one, other} for one, other in zip(output[1:], target[1:], strict=True) if one != other]
    return bool(apart) and all(1 in pair for pair in apart)


def stretches(spec: ModelSpec) -> bool:
    """Whether a target and its output fit only because an axis of 1 is stretched, whatever the loss is."""
    ends = ends_of(spec)
    return any(
        _stretched(output, target)
        for check in spec.checks
        if check.kind == "fit" and not check.loss.startswith("sparse")
        for output, target in zip(check.of_outputs(ends), check.targets, strict=False)
    )


def ends_of(spec: ModelSpec) -> tuple[Sizes, ...]:
    """The shapes of the outputs, as far as they are worked out without Keras."""
    made = {(i, k): sizes for i, _, outputs in walk(spec) for k, sizes in enumerate(outputs or ())}
    return tuple(made.get((ref.index, ref.output), ()) for ref in spec.outputs)


def _targets_missing(spec: ModelSpec) -> Misfit:
    """Fewer targets than outputs, each of which has a loss."""
    count = len(spec.outputs)
    for check in spec.checks:
        if check.kind == "fit" and check.output is None and 0 < len(check.targets) < count == len(check.losses):
            given = f"{len(check.targets)} target{'s' * (len(check.targets) > 1)}"
            return "target_shape", f"The model has {count} outputs, each with a loss; fit is given {given}."
    return None, ""


def _targets(spec: ModelSpec) -> Misfit:
    """The targets of several outputs in another order than these."""
    ends = ends_of(spec)
    for check in spec.checks:
        if check.kind != "fit" or len(check.targets) != len(ends) or len(ends) < 2 or not all(ends):
            continue
        compared = [loss in (*_ELEMENT_BY_ELEMENT, "categorical_crossentropy") for loss in check.losses]
        apart = [i for i, pair in enumerate(zip(ends, check.targets, strict=True)) if not _alike(*pair)]
        plain = bool(check.losses) and all(compared[i] for i in apart)
        if apart and plain:
            turned = in_their_order(ends, check.targets) is not None
            told = " and ".join(
                f"output {i + 1} is {written(ends[i])}, its target {written(check.targets[i])}" for i in apart
            )
            order = "The targets aren't in the order of the outputs" if turned else "A target doesn't fit its output"
            return "target_shape", f"{order}: {told}."
    return None, ""


def _metric(spec: ModelSpec) -> Misfit:
    """A metric that compares number by number, where the target has another number of them."""
    ends = ends_of(spec)
    for check in spec.checks:
        if check.kind != "fit" or not check.metrics or len(ends) != 1 or len(check.targets) != 1 or None in ends[0][1:]:
            continue
        outputs, labels = (math.prod(n or 1 for n in sizes[1:]) for sizes in (ends[0], check.targets[0]))
        if ends[0] and outputs != labels and None not in check.targets[0]:
            return "target_shape", (
                f"{check.metrics[0]} compares each number of the output with one of the target: for each sample there "
                f"are {outputs} output{'s' * (outputs != 1)} and {labels} label{'s' * (labels != 1)}."
            )
    return None, ""


def _keys(spec: ModelSpec) -> Misfit:
    """A dict of data without the name of an Input."""
    for check in (c for c in spec.checks if c.keys):
        names = [tensor.name for tensor in spec.inputs]
        missing, over = [n for n in names if n not in check.keys], [k for k in check.keys if k not in names]
        if missing:
            told = (
                f"; {listed([repr(key) for key in over])} {'is' if len(over) == 1 else 'are'} not the name of any Input"
                if over
                else ""
            )
            return "input_count", f"The model has an Input named {missing[0]}, but the dict has no such key{told}."
    return None, ""


def _names_of_outputs(spec: ModelSpec) -> Misfit:
    """Losses or targets by names that no output has."""
    names = output_names(spec)
    for check in spec.checks:
        for what, keys in (("loss", check.loss_keys), ("The dict of targets", check.target_keys)):
            over, left = [k for k in keys if k not in names], [n for n in names if n not in keys]
            if over and left:
                called = f"the output{'s' * (len(names) > 1)} {'are' if len(names) > 1 else 'is'} called"
                told = f"{what} names {listed([repr(k) for k in over])}, but {called} {listed(list(map(repr, names)))}"
                return "target_shape", f"{told}. An output has the name of the layer that makes it."
    return None, ""


def output_names(spec: ModelSpec) -> list[str]:
    """The names of a model's outputs: those of the layers that make them."""
    return [spec.layers[spec.calls[ref.index].layer].name for ref in spec.outputs if ref.source == "call"]


def _weights(spec: ModelSpec) -> Misfit:
    """So many samples, and another number of sample weights."""
    for check in spec.checks:
        samples = check.shapes[0][0] if check.kind == "fit" and check.shapes and check.shapes[0] else None
        weights = check.weights[0] if check.weights else None
        if check.line is not None and samples is not None and weights is not None and samples != weights:
            return "target_shape", (
                f"sample_weight has {weights} weight{'s' * (weights != 1)}, the data have {samples} samples: each "
                "sample needs one."
            )
    return None, ""


def axis_beyond(spec: ModelSpec) -> Misfit:
    """A layer that is told an axis which its input doesn't have; one that joins says something else about it."""
    for i, inputs, _ in walk(spec):
        layer = spec.layers[spec.calls[i].layer]
        axis, ranks = layer.get("axis"), {len(sizes) for sizes in inputs}
        if (
            layer.class_name.startswith("ops.")
            or not isinstance(axis, int)
            or isinstance(axis, bool)
            or len(ranks) != 1
        ):
            continue
        rank = ranks.pop()
        if rank and not -rank <= axis < rank:
            return "axis_range", (
                f"{layer.name} ({layer.class_name}) has axis={axis}, but its input has {rank} axes: 0 to {rank - 1}, "
                f"of which 0 is the batch. The last one is axis={rank - 1}, or -1."
            )
    return None, ""


def _index_beyond(spec: ModelSpec) -> Misfit:
    """``x[:, -1, :]`` of a tensor that has fewer axes than the index names."""
    for i, inputs, _ in walk(spec):
        layer = spec.layers[spec.calls[i].layer]
        named = axes_named(layer.get("key")) if layer.class_name == INDEX else 0
        if inputs and named > len(inputs[0]):
            return "layer_rank", (
                f"[{layer.get('key')}] names {named} axes, but the tensor has {len(inputs[0])}: {written(inputs[0])}."
            )
    return None, ""


def _attention(spec: ModelSpec) -> Misfit:
    """A query or a value without steps: Keras builds it, and refuses the first data, or takes samples for steps."""
    for i, inputs, _ in walk(spec):
        layer = spec.layers[spec.calls[i].layer]
        if not _attends(layer.class_name) or len(inputs) < 2:
            continue
        for name, sizes in zip(("query", "value"), inputs, strict=False):
            if len(sizes) == 2:
                return "layer_rank", (
                    f"{layer.name} ({layer.class_name}) expects a {name} of 3 axes, (batch, {name} steps, features); "
                    f"it got 2: {written(sizes)}."
                )
    return None, ""


def _attended(spec: ModelSpec) -> Misfit:
    """Query, value, key and mask of an attention layer that don't fit: Keras builds it, and refuses the first data."""
    made: dict[Ref, Sizes] = {Ref("input", i): tensor.shape for i, tensor in enumerate(spec.inputs)}
    for i, inputs, outputs in walk(spec):
        call = spec.calls[i]
        made |= {Ref("call", i, k): sizes for k, sizes in enumerate(outputs or ())}
        layer = spec.layers[call.layer]
        if not _attends(layer.class_name) or len(inputs) < 2 or any(len(sizes) != 3 for sizes in inputs):
            continue
        query, value, key = (*inputs[:2], inputs[2] if len(inputs) > 2 else inputs[1])
        if _differ(value[1], key[1]):
            return "attention_shapes", (
                f"The value of {layer.name} ({layer.class_name}) has {value[1]} steps and its key {key[1]}. Each key "
                "step has one value, so both need equally many; only the query may be longer or shorter."
            )
        if layer.class_name not in QUERY_AND_VALUE and _differ(query[2], key[2]):
            widths = f"the query has {query[2]} features, the {'key' if len(inputs) > 2 else 'value'} {key[2]}"
            return "attention_shapes", (
                f"{layer.name} ({layer.class_name}) compares each query step with each key step, number by number: "
                f"{widths}{'.' if len(inputs) > 2 else ', and the value is the key, too.'}"
            )
        mask = made.get(call.mask) if call.mask is not None else None
        if mask is not None and not _looks_at(mask, query[1], key[1]):
            return "attention_shapes", (
                f"attention_mask is {written(mask)}; {layer.name} ({layer.class_name}) reads one of (batch, query "
                f"steps, key steps), here {written((query[0], query[1], key[1]))}: for each query step, which key "
                "steps it may look at."
            )
    return None, ""


def _letters(spec: ModelSpec) -> Misfit:
    """Two axes of one letter in an einsum that differ: Keras builds it, and refuses the first data."""
    made_up = examples(spec)
    for i, inputs, _ in walk(spec):
        layer = spec.layers[spec.calls[i].layer]
        apart = letter_apart(layer, inputs) if layer.class_name == "ops.einsum" else None
        if apart is not None and not set(apart[1:]) & made_up:
            letter, one, other = apart
            return "operand_sizes", (
                f"In einsum('{layer.get('subscripts')}') the letter {letter} names axes of the same length; here "
                f"they are {one} and {other}, in {' and '.join(map(written, operands(layer, inputs)))}."
            )
    return None, ""


def _attends(class_name: str) -> bool:
    facts = BY_NAME.get(class_name)
    return facts is not None and facts.group == "attention"


def _looks_at(mask: Sizes, query: int | None, key: int | None) -> bool:
    """Whether a mask spreads over (batch, query steps, key steps); of two axes, Keras takes the first for the query."""
    if len(mask) < 2 or (len(mask) == 2 and mask[0] is None):
        return False
    pairs = zip(mask[-2:], (query, key), strict=True)
    return all(n in (1, None) or steps is None or n == steps for n, steps in pairs)


def _mask(spec: ModelSpec) -> Misfit:
    """A mask that has another shape than the steps of its sequence."""
    made: dict[Ref, Sizes] = {Ref("input", i): tensor.shape for i, tensor in enumerate(spec.inputs)}
    for i, inputs, outputs in walk(spec):
        call = spec.calls[i]
        made |= {Ref("call", i, k): sizes for k, sizes in enumerate(outputs or ())}
        mask = made.get(call.mask) if call.mask is not None else None
        if mask is None or not inputs or len(inputs[0]) < 3 or _attends(spec.layers[call.layer].class_name):
            continue
        if len(mask) != 2 or _differ(mask[1], inputs[0][1]):
            return "mask", (
                f"The mask is {written(mask)}, its input is {written(inputs[0])}: a mask says yes or no for each "
                "timestep of each sample, (batch, timesteps)."
            )
    return None, ""


def _channels(spec: ModelSpec, name: str) -> int | None:
    """The axis of the channels where a convolution reads this Input."""
    index = next(i for i, tensor in enumerate(spec.inputs) if tensor.name == name)
    for call in spec.calls:
        layer = spec.layers[call.layer]
        rules = BY_NAME.get(layer.class_name)
        if Ref("input", index) not in call.inputs:
            continue
        if is_backbone(layer):
            return 3
        if rules is not None and rules.group == "conv":
            return 1 if layer.get("data_format") == "channels_first" else len(spec.inputs[index].shape) - 1
    return None


def _differ(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one != other
