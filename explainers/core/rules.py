"""What each layer class does to the axes: one small rule per class, held against the live layer.

A rule gets the layer and the named shapes that go in; it returns the named shapes that come out and the named
axes of each weight. `apply_rule` compares all of it with the live shapes: a rule that disagrees is a bug, and
fails loudly (`RuleError`). A class without a rule is shown honestly: shapes from Keras, axis names unknown.

A custom layer brings its rule beside its class: its module has a dict ``AXIS_RULES = {"ClassName": rule}``
(and ``CELL_RULES`` for recurrent cells).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from explainers.core.axes import Axis, Shape, joined, product, sizes
from explainers.core.operations import broadcast, is_operation, operated

UNKNOWN = "unknown"


class RuleError(AssertionError):
    """A rule says one thing and the live model another."""


@dataclass(frozen=True)
class NamedWeight:
    """A live variable with the names of its axes; `gates` stand side by side on the last axis."""

    variable: Any
    name: str
    shape: Shape
    gates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ruling:
    """What a rule says: the shapes that come out, the weights, one sentence why."""

    outputs: tuple[Shape, ...]
    weights: tuple[NamedWeight, ...] = ()
    why: str = ""
    known: bool = True


@dataclass(frozen=True)
class CellRuling:
    """What a recurrent cell does: (batch, output), states (batch, state) each, and its weights.

    A cell that packs several tensors in one says how: input_parts and output_parts name the pieces of the last
    axis, in order (("x_t", features), ("Δt", elapsed)). gates: the axis of each recomputed gate by its name,
    where that is not the output's. formulas: what the cell computes, by the name of the gate, state or output that it
    gives ("c_t"), written with such names, weights and ⊙; "key" says what the letters stand for.
    """

    output: Axis
    states: tuple[Axis, ...]
    weights: tuple[NamedWeight, ...]
    state_names: tuple[str, ...]
    input_parts: tuple[tuple[str, Axis], ...] = ()
    output_parts: tuple[tuple[str, Axis], ...] = ()
    gates: Mapping[str, Axis] = field(default_factory=dict)
    formulas: Mapping[str, str] = field(default_factory=dict)


Rule = Callable[[Any, Sequence[Shape]], Ruling]
CellRule = Callable[[Any, Axis, str], CellRuling]


# -- small words ---------------------------------------------------------------------------------------------


def argument(layer: Any, name: str, value: Any, axis: str, owner: str = "") -> Axis:
    """The axis that an argument makes: ``units=5 of LSTM lstm_1``."""
    owner = owner or layer.name
    return Axis(axis, value, f"{name}={value} of {type(layer).__name__} {owner}", (f"{owner}.{name}",))


def times(factor: int, axis: Axis) -> Axis:
    """``4·units``: several blocks of the same axis side by side."""
    if factor == 1:
        return axis
    size = None if axis.size is None else factor * axis.size
    return replace(axis, axis=f"{factor}·{axis.axis}", size=size, origin=f"{factor} blocks of {axis.origin}")


def as_role(axis: Axis, role: str) -> Axis:
    """An incoming axis in its role as the rows of a weight: units of one layer are features of the next."""
    if axis.axis == role:
        return axis
    return replace(axis, axis=role, origin=f"{axis.axis} of the input: {axis.origin}")


# -- recurrent cells -----------------------------------------------------------------------------------------

GATES = {
    "SimpleRNNCell": (),
    "LSTMCell": ("input", "forget", "cell", "output"),
    "GRUCell": ("update", "reset", "candidate"),
}
STATES = {"SimpleRNNCell": ("h",), "LSTMCell": ("h", "c"), "GRUCell": ("h",)}


def _gated_cell(cell: Any, features: Axis, owner: str) -> CellRuling:
    kind = type(cell).__name__
    gates = GATES[kind]
    units = Axis("units", cell.units, f"units={cell.units} of {kind.removesuffix('Cell')} {owner}", (f"{owner}.units",))
    blocks = times(max(len(gates), 1), units)
    weights = [
        NamedWeight(cell.kernel, "kernel", (as_role(features, "features"), blocks), gates),
        NamedWeight(cell.recurrent_kernel, "recurrent_kernel", (units, blocks), gates),
    ]
    if cell.use_bias:
        weights.append(NamedWeight(cell.bias, "bias", (*_bias_rows(cell, owner), blocks), gates))
    states = STATES[kind]
    return CellRuling(units, (units,) * len(states), tuple(weights), states)


def _bias_rows(cell: Any, owner: str) -> Shape:
    """GRU with reset_after=True keeps two biases, one for the input and one for the state."""
    if not getattr(cell, "reset_after", False):
        return ()
    return (Axis("input and recurrent", 2, f"reset_after=True of GRU {owner}", (f"{owner}.reset_after",)),)


def _stacked_cells(stack: Any, features: Axis, owner: str) -> CellRuling:
    rulings: list[CellRuling] = []
    for index, cell in enumerate(stack.cells):
        rulings.append(cell_ruling(cell, features, f"{owner}[{index}]"))
        features = rulings[-1].output  # what one cell sends is what the next one reads
    return CellRuling(
        features,
        tuple(axis for ruling in rulings for axis in ruling.states),
        tuple(replace(w, name=f"cells[{i}]/{w.name}") for i, r in enumerate(rulings) for w in r.weights),
        tuple(f"{name}[{i}]" for i, r in enumerate(rulings) for name in r.state_names),
    )


CELL_RULES: dict[str, CellRule] = {
    "SimpleRNNCell": _gated_cell,
    "LSTMCell": _gated_cell,
    "GRUCell": _gated_cell,
    "StackedRNNCells": _stacked_cells,
}


def cell_ruling(cell: Any, features: Axis, owner: str) -> CellRuling:
    """The rule of a cell; KeyError where there is none."""
    beside = getattr(sys.modules.get(type(cell).__module__), "CELL_RULES", {})
    name = type(cell).__name__
    rule = CELL_RULES[name] if type(cell).__module__.startswith("keras.") else beside[name]
    return rule(cell, features, owner)


# -- recurrent layers ----------------------------------------------------------------------------------------


def _rnn(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, timesteps, features = inputs[0]  # further inputs are initial states
    ruling = cell_ruling(layer.cell, features, layer.name)
    sequence: Shape = (batch, timesteps, ruling.output)
    first = sequence if layer.return_sequences else (batch, ruling.output)
    states = tuple((batch, axis) for axis in ruling.states) if layer.return_state else ()
    kept = (
        f"return_sequences=True keeps {timesteps.axis}: one answer at every step"
        if layer.return_sequences
        else f"return_sequences=False drops {timesteps.axis}: only the last answer leaves"
    )
    return Ruling((first, *states), ruling.weights, f"Reads {timesteps.axis} one by one; {kept}.")


def _bidirectional(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    forward = apply_rule(layer.forward_layer, inputs[:1], check_outputs=False)
    backward = apply_rule(layer.backward_layer, inputs[:1], check_outputs=False)
    weights = tuple(replace(w, name=f"forward/{w.name}") for w in forward.weights) + tuple(
        replace(w, name=f"backward/{w.name}") for w in backward.weights
    )
    merged = _merge_directions(layer, forward.outputs[0], backward.outputs[0])
    why = f"Two layers read in both directions; merge_mode={layer.merge_mode!r} joins what they say."
    return Ruling(merged + forward.outputs[1:] + backward.outputs[1:], weights, why)


def _merge_directions(layer: Any, forward: Shape, backward: Shape) -> tuple[Shape, ...]:
    if layer.merge_mode is None:
        return (forward, backward)
    if layer.merge_mode != "concat":
        return (forward,)
    one, other = forward[-1], backward[-1]
    both = times(2, one)
    joined = replace(
        both,
        origin=f"merge_mode='concat' of Bidirectional {layer.name}: {one.axis} forward + {other.axis} backward",
        sources=(*one.sources, *other.sources, f"{layer.name}.merge_mode"),
    )
    return ((*forward[:-1], joined),)


def _time_distributed(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, steps, *rest = inputs[0]
    inner = apply_rule(layer.layer, [(batch, *rest)], check_outputs=False)
    outputs = tuple((shape[0], steps, *shape[1:]) for shape in inner.outputs)
    why = f"Runs {type(layer.layer).__name__} once for each of the {steps.axis}, always with the same weights."
    return Ruling(outputs, inner.weights, why, inner.known)


# -- layers that mix the last axis ---------------------------------------------------------------------------


def _dense(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    *kept, features = inputs[0]
    units = argument(layer, "units", layer.units, "units")
    weights = [NamedWeight(layer.kernel, "kernel", (as_role(features, "features"), units))]
    if layer.use_bias:
        weights.append(NamedWeight(layer.bias, "bias", (units,)))
    return Ruling(((*kept, units),), tuple(weights), f"Replaces the last axis, {features.axis}, by units.")


def _embedding(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    rows = argument(layer, "input_dim", layer.input_dim, "input_dim")
    columns = argument(layer, "output_dim", layer.output_dim, "output_dim")
    weight = NamedWeight(layer.embeddings, "embeddings", (rows, columns))
    features = replace(columns, axis="features")
    return Ruling(((*inputs[0], features),), (weight,), "Looks up each id and adds an axis: output_dim numbers for it.")


# -- convolution and pooling ---------------------------------------------------------------------------------


def convolved(size: int | None, kernel: int, stride: int, padding: str, dilation: int = 1) -> int | None:
    """Steps left after a kernel slid over `size` steps. Source: the Keras docs of Conv1D and MaxPooling1D."""
    if size is None:
        return None
    reach = dilation * (kernel - 1) + 1  # the effective kernel
    covered = size if padding in ("same", "causal") else size - reach + 1
    return -(-covered // stride)  # rounded up


def _slid(axis: Axis, layer: Any, kernel: int, stride: int, padding: str, dilation: int, argument_name: str) -> Axis:
    size = convolved(axis.size, kernel, stride, padding, dilation)
    if padding in ("same", "causal") and stride == 1:
        return axis  # nothing was taken away
    sources = (*axis.sources, *(f"{layer.name}.{name}" for name in (argument_name, "strides", "padding")))
    given = f"{argument_name}={kernel}, strides={stride}, padding={padding!r}"
    dilated = f", dilation_rate={dilation}" if dilation != 1 else ""
    return Axis(axis.axis, size, f"{axis.size} {axis.axis} after {given}{dilated} of {layer.name}", sources)


def _parted(layer: Any, shape: Shape) -> tuple[Axis, Shape, Axis]:
    """Batch, the axes that a window slides over, and channels: with data_format="channels_first" those come second."""
    if layer.data_format == "channels_first":
        return shape[0], shape[2:], shape[1]
    return shape[0], shape[1:-1], shape[-1]


def _put_back(layer: Any, batch: Axis, places: Sequence[Axis], channels: Axis) -> Shape:
    """The axes in the layer's own order."""
    if layer.data_format == "channels_first":
        return (batch, channels, *places)
    return (batch, *places, channels)


def _conv(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, places, channels = _parted(layer, inputs[0])
    filters = argument(layer, "filters", layer.filters, "filters")
    slid = [
        _slid(axis, layer, layer.kernel_size[i], layer.strides[i], layer.padding, layer.dilation_rate[i], "kernel_size")
        for i, axis in enumerate(places)
    ]
    weights = [NamedWeight(layer.kernel, "kernel", (*_kernel_axes(layer), _grouped(layer, channels), filters))]
    if layer.use_bias:
        weights.append(NamedWeight(layer.bias, "bias", (filters,)))
    why = f"Slides {layer.filters} kernels along {', '.join(axis.axis for axis in places)}; channels become filters."
    return Ruling((_put_back(layer, batch, slid, filters),), tuple(weights), why)


def _kernel_axes(layer: Any) -> Shape:
    if len(layer.kernel_size) == 1:
        return (argument(layer, "kernel_size", layer.kernel_size[0], "kernel_size"),)
    return tuple(
        Axis(f"kernel_size[{i}]", n, f"kernel_size={layer.kernel_size} of {layer.name}", (f"{layer.name}.kernel_size",))
        for i, n in enumerate(layer.kernel_size)
    )


def _grouped(layer: Any, channels: Axis) -> Axis:
    rows = as_role(channels, "channels")
    if layer.groups == 1 or rows.size is None:
        return rows
    return replace(rows, axis="channels/groups", size=rows.size // layer.groups)


def _pool(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, places, channels = _parted(layer, inputs[0])
    slid = [
        _slid(axis, layer, _nth(layer.pool_size, i), _nth(layer.strides, i), layer.padding, 1, "pool_size")
        for i, axis in enumerate(places)
    ]
    shape = _put_back(layer, batch, slid, channels)
    return Ruling((shape,), why=f"Keeps one of every {_nth(layer.pool_size, 0)} {places[0].axis}.")


def _nth(value: Any, index: int) -> int:
    return int(value[index]) if isinstance(value, tuple | list) else int(value)


def _global_pool(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, places, channels = _parted(layer, inputs[0])
    kept = [replace(axis, size=1, origin=f"keepdims=True of {layer.name}") for axis in places] if layer.keepdims else []
    shape = _put_back(layer, batch, kept, channels)
    return Ruling((shape,), why=f"One number per {channels.axis}, over all {places[0].axis}.")


def _pad_steps(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, steps, *rest = inputs[0]
    amount = layer.padding if hasattr(layer, "padding") else layer.cropping
    change = sum(amount) if hasattr(layer, "padding") else -sum(amount)
    size = None if steps.size is None else steps.size + change
    word = "padding" if hasattr(layer, "padding") else "cropping"
    longer = Axis(steps.axis, size, f"{word}={tuple(amount)} of {layer.name}", (*steps.sources, f"{layer.name}.{word}"))
    return Ruling(((batch, longer, *rest),), why=f"{word} changes only {steps.axis}.")


def _upsample(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, steps, *rest = inputs[0]
    size = None if steps.size is None else steps.size * layer.size
    longer = Axis(steps.axis, size, f"size={layer.size} of {layer.name}", (*steps.sources, f"{layer.name}.size"))
    return Ruling(((batch, longer, *rest),), why=f"Repeats each of the {steps.axis} {layer.size} times.")


# -- layers that move axes -----------------------------------------------------------------------------------


def _flatten(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, *rest = inputs[0]
    if len(rest) == 1:
        return Ruling((inputs[0],), why="Nothing to lay flat: the sample has one axis.")
    flat = product(tuple(rest), f"Flatten {layer.name}: {' × '.join(axis.axis for axis in rest)} laid end to end")
    flat = replace(flat, sources=(*flat.sources, f"{layer.name}.output"))  # so that its own line lights up too
    return Ruling(((batch, flat),), why="Lays all axes of a sample end to end; the batch stays.")


def _repeat_vector(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, features = inputs[0]
    timesteps = argument(layer, "n", layer.n, "timesteps")
    return Ruling(((batch, timesteps, features),), why=f"Copies the vector {layer.n} times: a new timesteps axis.")


def _permute(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    moved = tuple(inputs[0][index] for index in layer.dims)
    return Ruling(((inputs[0][0], *moved),), why=f"Turns the axes: {', '.join(axis.axis for axis in moved)}.")


def _reshape(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, *rest = inputs[0]
    target = _resolved(tuple(layer.target_shape), tuple(rest))
    named = tuple(regroup(tuple(rest), target, layer.name))
    return Ruling(((batch, *named),), why="Re-cuts the numbers in reading order; it never turns axes.")


def _resolved(target: tuple[int | None, ...], rest: Shape) -> tuple[int | None, ...]:
    """Fill in the -1 of a target shape."""
    total = product(rest, "").size
    if -1 not in target:
        return target
    if total is None:
        return tuple(None if n == -1 else n for n in target)
    known = 1
    for n in target:
        known *= n if n not in (-1, None) else 1
    return tuple(total // known if n == -1 else n for n in target)


def regroup(axes: Shape, target: tuple[int | None, ...], owner: str) -> list[Axis]:
    """Name the axes of a reshape: those that stay keep their names, merged ones become products.

    Reading order is kept by a reshape, so old and new axes are matched from the left, group by group.
    """
    named: list[Axis] = []
    old = [axis for axis in axes if axis.size != 1]
    for position, size in enumerate(target):
        named.append(_next_axis(old, size, owner, position))
    return named


def _next_axis(old: list[Axis], size: int | None, owner: str, position: int) -> Axis:
    source = (f"{owner}.target_shape[{position}]",)
    fresh = Axis("1" if size == 1 else "reshaped", size, f"target_shape[{position}]={size} of Reshape {owner}", source)
    if size == 1 or not old:
        return fresh
    if old[0].size == size:
        return old.pop(0)
    taken: list[Axis] = []
    while old and old[0].size is not None and size is not None:
        taken.append(old.pop(0))
        merged = product(tuple(taken), fresh.origin)
        if merged.size == size:
            return merged
        if merged.size is not None and merged.size > size:
            old.clear()  # an axis was cut in two: from here on names would be guesses
    return fresh


# -- layers that keep the shape ------------------------------------------------------------------------------


def _identity(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    return Ruling((inputs[0],), why="Changes values, never the shape.")


def _normalization(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    positions = layer.axis if isinstance(layer.axis, list | tuple) else [layer.axis]
    axes = tuple(inputs[0][index] for index in positions)
    named = tuple(NamedWeight(v, v.name, axes) for v in layer.weights)
    return Ruling((inputs[0],), named, f"One set of numbers per {axes[-1].axis}; the shape stays.")


# -- layers with several inputs ------------------------------------------------------------------------------


def _concatenate(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    position = layer.axis % len(inputs[0])
    meeting = tuple(shape[position] for shape in inputs)
    origin = f"Concatenate {layer.name}: " + " + ".join(f"{a.axis} {a.size}" for a in meeting)
    axis = joined(meeting, origin, (f"{layer.name}.axis",))
    rest = list(broadcast(inputs))
    rest[position] = axis
    return Ruling((tuple(rest),), why=f"Joins its inputs along {axis.axis}; all other axes must agree.")


def _merge(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    return Ruling((broadcast(inputs),), why="Element by element: the axes must agree, and an axis of 1 stretches.")


# By class name. graph.py, which walks models, adds the rule for a model inside a model.
RULES: dict[str, Rule] = {
    **dict.fromkeys(("SimpleRNN", "LSTM", "GRU", "RNN"), _rnn),
    "Bidirectional": _bidirectional,
    "TimeDistributed": _time_distributed,
    "Dense": _dense,
    "Embedding": _embedding,
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), _conv),
    **dict.fromkeys(("MaxPooling1D", "AveragePooling1D", "MaxPooling2D", "AveragePooling2D"), _pool),
    **dict.fromkeys(
        ("GlobalAveragePooling1D", "GlobalMaxPooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling2D"), _global_pool
    ),
    **dict.fromkeys(("ZeroPadding1D", "Cropping1D"), _pad_steps),
    "UpSampling1D": _upsample,
    "Flatten": _flatten,
    "RepeatVector": _repeat_vector,
    "Permute": _permute,
    "Reshape": _reshape,
    **dict.fromkeys(("BatchNormalization", "LayerNormalization"), _normalization),
    **dict.fromkeys(
        (
            "Dropout",
            "SpatialDropout1D",
            "GaussianNoise",
            "GaussianDropout",
            "Activation",
            "Masking",
            "ReLU",
            "LeakyReLU",
            "ELU",
            "Softmax",
            "ActivityRegularization",
            "Identity",
            "Rescaling",
        ),
        _identity,
    ),
    "Concatenate": _concatenate,
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), _merge),
}


# -- the rule against the live layer -------------------------------------------------------------------------


def rule_of(layer: Any) -> Rule | None:
    """The rule of a layer's class: from its own module for a custom class, else from the table."""
    beside = getattr(sys.modules.get(type(layer).__module__), "AXIS_RULES", {})
    name = type(layer).__name__
    if name in beside:
        return beside[name]  # type: ignore[no-any-return]
    if is_operation(layer):
        return None  # `apply_rule` asks operations.py: some have the name of a layer
    return RULES.get(name) if type(layer).__module__.startswith("keras.") else None


def apply_rule(
    layer: Any, inputs: Sequence[Shape], live: Sequence[tuple[int | None, ...]] = (), check_outputs: bool = True
) -> Ruling:
    """The layer's ruling, checked against its live output shapes and weights.

    RuleError where the rule and the live layer disagree; an honest "unknown" where there is no rule.
    """
    if is_operation(layer):
        return _operation(layer, inputs, live)
    rule = rule_of(layer)
    try:
        ruling = rule(layer, inputs) if rule else unknown(layer, inputs, live)
    except KeyError:  # a recurrent cell without a rule
        ruling = unknown(layer, inputs, live)
    if check_outputs:
        _check_outputs(layer, ruling, live)
    _check_weights(layer, ruling)
    return ruling


def _operation(layer: Any, inputs: Sequence[Shape], live: Sequence[tuple[int | None, ...]]) -> Ruling:
    """A bare operation: its rule where the live shape agrees, an honest "unknown" where a constant changed it."""
    found = operated(layer, inputs)
    if found is not None and [sizes(found[0])] == [tuple(shape) for shape in live]:
        return Ruling((found[0],), why=found[1])
    return unknown(layer, inputs, live)


def unknown(layer: Any, inputs: Sequence[Shape], live: Sequence[tuple[int | None, ...]]) -> Ruling:
    """No rule: Keras' shapes, with the batch axis and nothing else named."""
    name = f"{type(layer).__name__} {layer.name}"
    return Ruling(
        tuple(nameless(shape, f"the live shape of {name}", inputs) for shape in live),
        tuple(NamedWeight(v, v.name, nameless(tuple(v.shape), f"a weight of {name}")) for v in weights_of(layer)),
        f"{type(layer).__name__} is not a layer that we know: its shapes are Keras', its axis names unknown.",
        known=False,
    )


def nameless(shape: tuple[int | None, ...], origin: str, inputs: Sequence[Shape] = ()) -> Shape:
    """A shape whose axes nobody named; the first axis of a tensor is the batch if it entered as the batch."""
    axes = [Axis(UNKNOWN, size, origin) for size in shape]
    if axes and inputs and inputs[0] and inputs[0][0].axis == "batch" and inputs[0][0].size == axes[0].size:
        axes[0] = inputs[0][0]
    return tuple(axes)


def weights_of(layer: Any) -> list[Any]:
    """The variables that Keras counts; an Operation that is no Layer has none."""
    return list(getattr(layer, "weights", []))


def _check_outputs(layer: Any, ruling: Ruling, live: Sequence[tuple[int | None, ...]]) -> None:
    claimed = [sizes(shape) for shape in ruling.outputs]
    if claimed != [tuple(shape) for shape in live]:
        raise RuleError(f"{type(layer).__name__} {layer.name}: the rule says {claimed}, the live model {list(live)}.")


def _check_weights(layer: Any, ruling: Ruling) -> None:
    claimed = {id(weight.variable): sizes(weight.shape) for weight in ruling.weights}
    live = {id(variable): tuple(variable.shape) for variable in weights_of(layer)}
    if claimed != live:
        raise RuleError(
            f"{type(layer).__name__} {layer.name}: the rule has weights {sorted(claimed.values())}, "
            f"the live layer {sorted(live.values())}."
        )
