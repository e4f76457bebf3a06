"""Two things that meet and don't fit: operands, an output and its labels, a batch and a state, a layer and weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explainers.core.editing import with_arguments, with_layer_before, with_layer_behind, with_target
from explainers.core.layers import LOOPS, POOLS, blocks, names_of, sheet, two_biases
from explainers.core.mistakes.kit.mending.broken import IN_FRONT, SEVEN, Broken, Mend, fits, of_call, written
from explainers.core.mistakes.kit.mending.one_sample import PREDICTED
from explainers.core.mistakes.kit.mending.sides import pairs
from explainers.core.mistakes.kit.mending.targets import (
    one_output_for_each_sample,
    one_vector_of_a_sequence,
    with_integer_labels,
)
from explainers.core.mistakes.kit.mending.widths import LABELS, OF_NUMBERS, of_width
from explainers.core.spec import CallSpec, Check, LayerSpec, ModelSpec, Ref, Sizes

FEW = 5  # features of a layer that isn't in the text: an example
_AROUND_STEPS = ("TimeDistributed", "Bidirectional")
_DOTS = ("Dot", "Attention", "AdditiveAttention")


def changed(spec: ModelSpec, place: int, check: Check) -> ModelSpec:
    """The program with something else in the place of one of its checks."""
    return replace(spec, checks=(*spec.checks[:place], check, *spec.checks[place + 1 :]))


def whole_batches(broken: Broken) -> Iterator[Mend]:
    """A model with a fixed batch, and a number of samples that leaves a smaller last one: only whole batches."""
    batch = broken.spec.inputs[0].shape[0] if broken.spec.inputs else None
    for i, check in broken.fed():
        samples = check.shapes[0][0] if check.shapes and check.shapes[0] else None
        if batch is None or batch < 2 or samples is None or samples % batch == 0:
            continue
        if check.line is not None and 1 < samples < batch:
            continue  # there is no whole one
        whole = max(samples // batch, 1) * batch
        alone = samples == 1 and check.kind == "predict"  # all that there is: cut to whole batches, nothing is left
        shapes = tuple((whole, *shape[1:]) for shape in check.shapes)
        targets = tuple((whole, *shape[1:]) for shape in check.targets)
        yield Mend(
            f"Use whole batches only: a multiple of {batch} samples.",
            _cut(batch, whole if check.line is not None else None, bool(targets)),
            changed(broken.spec, i, replace(check, shapes=shapes, targets=targets, batch_size=batch)),
            f"The model was built for {batch} samples at a time; the last batch held fewer.",
            3 if alone else 1,
        )


def _cut(batch: int, whole: int | None, targets: bool) -> str:
    """The first samples of data and targets: so many, or by the rule where their number isn't in the text."""
    if whole is None:
        return f"n = len(x) // {batch} * {batch}\nx, y = x[:n], y[:n]"
    return f"x = x[:{whole}]" + (f"\ny = y[:{whole}]" if targets else "")


def _two(broken: Broken) -> tuple[Sizes, Sizes] | None:
    return (broken.reaching[0], broken.reaching[1]) if broken.call is not None and len(broken.reaching) == 2 else None


def _factors(broken: Broken) -> tuple[Sizes, Sizes] | None:
    """The two operands of a product of matrices; the second may be a weight."""
    if broken.call is None or broken.layer.class_name != "ops.matmul" or not broken.reaching:
        return None
    weight = broken.layer.get("weight")
    second = tuple(map(_whole, weight)) if isinstance(weight, tuple) else broken.reaching[-1]
    first = broken.reaching[0]
    return (first, second) if min(len(first), len(second)) > 1 else None


def product_made_possible(broken: Broken) -> Iterator[Mend]:
    """A product whose inner sizes differ: one operand turned, or a layer that makes the first as wide."""
    two = _factors(broken)
    if two is None or broken.call is None:
        return
    first, second = two
    weight = len(broken.reaching) == 1
    for place, agree in ((1, first[-1] == second[-1]), (0, first[-2] == second[-2])):
        if agree and two[place][-1] is not None and not (weight and place == 0):
            rank = len(two[place])
            turned = LayerSpec("ops.transpose", "turned", (("axes", (*range(rank - 2), rank - 1, rank - 2)),))
            layer = broken.spec.calls[broken.call].layer
            swapped = (*second[:-2], second[-1], second[-2])
            operands = ["a", "b"]
            operands[place] = f"ops.swapaxes({operands[place]}, -1, -2)"
            yield Mend(
                f"Transpose the {('first', 'second')[place]} operand: swap its last two axes.",
                f"ops.matmul({', '.join(operands)})",
                with_arguments(broken.spec, layer, weight=swapped)
                if weight
                else with_layer_before(broken.spec, broken.call, turned, place),
                "The last axis of the first must be as long as the next-to-last axis of the second; now it is.",
                1,
            )
    if second[-2] is not None and first[-1] is not None:
        width = second[-2]
        yield Mend(
            f"Make the first operand {width} wide, because the second has {width} rows.",
            f"layers.Dense({width})",
            with_layer_before(broken.spec, broken.call, LayerSpec("Dense", "as_wide", (("units", width),)), 0),
            f"Or give the second {first[-1]} rows: {written((*second[:-2], first[-1], second[-1]))}.",
        )


def units_of_an_operand(broken: Broken) -> Iterator[Mend]:
    """A product of what two Dense layers make: one of them as wide as the other operand needs it."""
    two = _factors(broken)
    if two is None or broken.call is None or len(broken.reaching) != 2:
        return
    wanted = (two[1][-2], two[0][-1])
    for place in (1, 0):
        call = _made_by_a_dense(broken.spec, broken.spec.calls[broken.call].inputs[place])
        width = wanted[place]
        layer = of_call(broken.spec, call) if call is not None else None
        if call is None or layer is None or width is None or layer.get("units") == width:
            continue
        if layer.get("units") != wanted[1 - place]:
            continue  # the axis that disagrees isn't the one that its units make
        yield Mend(
            f"Give {layer.name} {width} units, as the other operand has.",
            f"layers.Dense({width})",
            with_arguments(broken.spec, broken.spec.calls[call].layer, units=width),
            "Query and key are compared number by number, so both need the same width.",
            0 if place else 1,
        )


def _made_by_a_dense(spec: ModelSpec, ref: Ref) -> int | None:
    """The call of the Dense whose output this is, turned or not."""
    while ref.source == "call":
        call, layer = spec.calls[ref.index], of_call(spec, ref.index)
        if layer.class_name == "Dense":
            return ref.index
        if layer.class_name != "ops.transpose":
            return None
        ref = call.inputs[0]
    return None


def _at_a_dot(broken: Broken) -> Broken:
    """Attention looks at widths when it runs, so Keras names no layer for it."""
    if broken.call is not None:
        return broken
    for place, call in enumerate(broken.spec.calls):
        if broken.spec.layers[call.layer].class_name not in _DOTS:
            continue
        reaching = tuple(_shape_of(broken, ref) for ref in call.inputs)
        if len(reaching) == 2 and all(reaching) and reaching[0][-1] != reaching[1][-1]:
            return replace(broken, call=place, reaching=reaching)
    return broken


def _shape_of(broken: Broken, ref: Ref) -> Sizes:
    """The live shape of a tensor; () where it isn't known."""
    made = broken.made or {}
    return broken.spec.inputs[ref.index].shape if ref.source == "input" else made.get(ref.index, ())


def other_axes_of_a_dot(broken: Broken) -> Iterator[Mend]:
    """A Dot along axes of different lengths: along two that are equal, or with a layer that makes them equal."""
    broken = _at_a_dot(broken)
    two = _two(broken)
    if two is None or broken.call is None or broken.layer.class_name not in _DOTS:
        return
    if broken.layer.class_name == "Dot":
        pairs = [(i, j) for i, a in enumerate(two[0]) for j, b in enumerate(two[1]) if i and j and a == b is not None]
        for axes in pairs[:1]:
            yield Mend(
                f"Multiply along axes of the same length: {two[0][axes[0]]}.",
                f"layers.Dot(axes={axes})([a, b])",
                with_arguments(broken.spec, broken.spec.calls[broken.call].layer, axes=axes),
                "",
                1,
            )
    if two[0][-1] is not None and two[1][-1] is not None and two[0][-1] != two[1][-1]:
        width = two[0][-1]
        spec = with_layer_before(broken.spec, broken.call, LayerSpec("Dense", "as_wide", (("units", width),)), 1)
        yield Mend(f"Make the second input {width} wide, like the first.", f"layers.Dense({width})(b)", spec)


def one_output_with_its_columns(broken: Broken) -> Iterator[Mend]:
    """A target for each sample, with other columns than the outputs for each step have: both changes at once."""
    for i, output, target, loss in pairs(broken):
        last = next(broken.before(), None)
        layer = of_call(broken.spec, last) if last is not None else None
        if layer is None or layer.class_name != "Dense" or len(output) != 3 or len(target) not in (1, 2):
            continue
        columns = target[1] if len(target) == 2 else 1
        both = (*one_output_for_each_sample(broken), *one_vector_of_a_sequence(broken))
        if loss == LABELS[1] and columns == 1:
            yield from (with_integer_labels(mend, i, target) for mend in both)
        if loss == LABELS[0] or columns in (None, layer.get("units")) or (len(target) == 1 and loss not in OF_NUMBERS):
            continue
        later = 2 if len(target) == 2 and columns == output[1] else -1  # one number for each step is more likely
        for mend in both:
            place = next(k for k, other in enumerate(mend.spec.layers) if other.name == layer.name)
            word = "column" if columns == 1 else "columns"
            yield replace(
                mend,
                label=f"{mend.label} And give the last Dense units={columns}, as the target has {columns} {word}.",
                code=f"{mend.code}, then layers.Dense({columns})",
                spec=with_arguments(mend.spec, place, units=columns),
                cost=mend.cost + later,  # neither change helps by itself
            )


# Layers of sequences that aren't the first of a model: something made what they read.
def only_the_targets_columns(broken: Broken) -> Iterator[Mend]:
    """More columns than the target has, and no Dense that says how many: the loss compares those of the target."""
    for i, output, target, loss in pairs(broken):
        more, columns = output[-1], target[-1]
        alike = len(output) == len(target) > 1 and fits(output[:-1], (None, *target[1:-1]))
        if loss not in OF_NUMBERS or not alike or more is None or columns is None or more <= columns:
            continue
        if of_width(broken.spec, columns) is not None:
            continue
        cut = LayerSpec("ops.get_item", "columns", (("key", f"..., :{columns}"),))
        yield Mend(
            f"Compare only the target's {columns} columns of the output.",
            f"y_pred[..., :{columns}]  # in the loss, or as the last step of your model",
            with_layer_behind(replace(broken.spec, sequential=False), cut),
            f"The output has {more}. Choose the columns that the target has: here the first {columns}.",
            1,
        )
        yield Mend(
            f"Or give the target all {more} columns.",
            "",
            with_target(broken.spec, i, (*target[:-1], more)),
            "Each column of the output is then trained.",
        )


_BEHIND_OTHERS = (*POOLS, *names_of("global_pool"), "SpatialDropout1D")


def _reads_steps(class_name: str) -> bool:
    """Whether it reads (batch, steps, numbers)."""
    facts = sheet(class_name)
    return class_name in (*LOOPS, *_AROUND_STEPS) or (facts is not None and facts.axes[1:2] == ("steps",))


def sequence_kept_in_front(broken: Broken) -> Iterator[Mend]:
    """A recurrent layer on (batch, features), nothing in front of it: most often another one that gave its last output.

    Only where a message says the shape: in code the layer in front is there to see.
    """
    two_axes = len(broken.reaching) == 1 and len(broken.reaching[0]) == 2
    if broken.call is None or not two_axes or not _reads_steps(broken.layer.class_name):
        return
    width, ref = broken.reaching[0][1], broken.spec.calls[broken.call].inputs[0]
    if ref.source != "input" or width in (None, 1) or broken.spec.inputs[ref.index].origin != "the message":
        return
    name = broken.layer.class_name if broken.layer.class_name in LOOPS else "LSTM"
    front = LayerSpec(name, IN_FRONT, (("units", width), ("return_sequences", True)))
    both_ways = broken.layer.class_name == "Bidirectional" and width % 2 == 0
    if both_ways:  # they are stacked with their like
        half = front.but(units=width // 2)
        front = LayerSpec("Bidirectional", IN_FRONT, (("layer", half),))
    first = replace(broken.spec.inputs[ref.index], shape=(None, SEVEN, FEW), origin="an example")
    spec = with_layer_before(replace(broken.spec, inputs=(first,)), broken.call, front)
    front_told = f"in both directions, {width // 2} units each," if both_ways else f"with {width} units"
    one_sample = broken.reaching[0][0] not in (None, PREDICTED)  # a batch is open, or what predict takes at a time
    later = broken.layer.name.rpartition("_")[2].isdigit() and not one_sample  # lstm_1 isn't the first of its kind
    yield Mend(
        f"If a recurrent layer {front_told} is in front of it, let that layer return every step.",
        f"layers.Bidirectional(layers.{name}({width // 2}, return_sequences=True))"
        if both_ways
        else f"layers.{name}({width}, return_sequences=True)",
        spec,
        f"(batch, {width}) is what such a layer returns without return_sequences=True.",
        0 if later or broken.layer.class_name in _BEHIND_OTHERS else 2 if name == broken.layer.class_name else 3,
    )


def last_output_in_front(broken: Broken) -> Iterator[Mend]:
    """A sequence in front of a RepeatVector, which repeats one vector: the recurrent layer in front gave every step.

    Only where a message says no more than that.
    """
    if broken.call is None or len(broken.reaching) != 1 or len(broken.reaching[0]) != 3:
        return
    facts, ref = sheet(broken.layer.class_name), broken.spec.calls[broken.call].inputs[0]
    width = broken.reaching[0][2]
    if facts is None or facts.rank != 2 or not _makes_steps(broken.layer) or ref.source != "input" or width is None:
        return
    front = LayerSpec("LSTM", IN_FRONT, (("units", width),))
    yield Mend(
        "If a recurrent layer is in front of it, let that layer return only its last output: omit return_sequences.",
        "layers.LSTM(units)",
        with_layer_before(broken.spec, broken.call, front),
        f"{broken.layer.name} reads one vector per sample.",
        0,
    )


def _makes_steps(layer: LayerSpec) -> bool:
    """Whether it makes a sequence of one vector."""
    return layer.get("n") is not None


def weights_turned(broken: Broken) -> Iterator[Mend]:
    """Weights whose axes are in the other order, as other libraries keep them."""
    for i, check in enumerate(broken.spec.checks):
        layer = next((layer for layer in broken.spec.layers if layer.name == check.layer), None)
        call = next((call for call in broken.spec.calls if broken.spec.layers[call.layer].name == check.layer), None)
        if check.kind != "weights" or layer is None or call is None or not check.shapes or len(check.shapes[0]) != 2:
            continue
        features, units = _read_by(broken.spec, call), layer.get("units")
        yield from _turned_cell(broken, i, check, layer)
        if layer.class_name == "Dense" and check.shapes[0] == (units, features) and units != features:
            shapes = ((features, units), *check.shapes[1:])
            yield Mend(
                "Transpose the matrix: Keras puts features first, PyTorch puts units first.",
                "layer.set_weights([kernel.T, bias])",
                changed(broken.spec, i, replace(check, shapes=tuple(tuple(map(_whole, s)) for s in shapes))),
                f"{written(check.shapes[0])} becomes {written((features, _whole(units)))}.",
                0,
            )


def _turned_cell(broken: Broken, place: int, check: Check, layer: LayerSpec) -> Iterator[Mend]:
    """Weights of a recurrent layer as PyTorch keeps them: gates in rows, features in columns."""
    gates, units = blocks(layer.class_name), _whole(layer.get("units"))
    if not gates or units is None or len(check.shapes) < 2:
        return
    rows = gates * units
    (first, features), recurrent = check.shapes[0], check.shapes[1]
    if first != rows or features == rows or recurrent != (rows, units):
        return
    both = two_biases(layer.class_name, layer.get("reset_after"))
    bias = ((2, rows) if both else (rows,)) if len(check.shapes) > 2 else None
    shapes: tuple[Sizes, ...] = ((features, rows), (units, rows), *((bias,) if bias is not None else ()))
    third = "" if bias is None else ", np.stack([bias_ih, bias_hh])" if both else ", bias_ih + bias_hh"
    order = (
        ("PyTorch orders the gates r, z, n, and Keras z, r, h: swap the first two blocks of each, too.") if both else ""
    )
    yield Mend(
        "Transpose both matrices: Keras puts features first, PyTorch puts the gates first.",
        f"layer.set_weights([kernel.T, recurrent_kernel.T{third}])",
        changed(broken.spec, place, replace(check, shapes=shapes)),
        f"{written(check.shapes[0])} becomes {written(shapes[0])}. {order}".strip(),
        0,
    )


def _read_by(spec: ModelSpec, call: CallSpec) -> int | None:
    ref: Ref = call.inputs[0]
    return spec.inputs[ref.index].shape[-1] if ref.source == "input" else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


OPERANDS = (units_of_an_operand, product_made_possible, other_axes_of_a_dot)
