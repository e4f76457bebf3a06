"""One number that is wrong: a batch, a vocabulary, how many tensors come out, how many states go in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explainers.core.editing import with_arguments, with_input, with_layer
from explainers.core.layers import VIDEOS, sheet
from explainers.core.mistakes.kit.mending.broken import Broken, Mend
from explainers.core.spec import Check, LayerSpec, ModelSpec, Ref, Sizes

FOUR = 4  # an example, where a batch is open


def _is_stateful(layer: LayerSpec) -> bool:
    inner = layer.get("layer")
    return layer.get("stateful") is True or (isinstance(inner, LayerSpec) and inner.get("stateful") is True)


MOST_AT_ONCE = 100_000  # samples in one batch; nobody fixes more


def _states(layer: LayerSpec) -> int:
    """How many states the cell of a recurrent layer has; 0 where it has no cell."""
    found = sheet(layer.class_name)
    cell = sheet(found.cell) if found is not None and found.cell else None
    return len(cell.states) if cell is not None else 0


def batch_said(broken: Broken) -> Iterator[Mend]:
    """A stateful layer keeps one row of state for each sample: the Input says how many there are."""
    if not any(map(_is_stateful, broken.spec.layers)) or not broken.spec.inputs:
        return
    fed = next((check for _, check in broken.fed() if check.shapes and check.shapes[0]), None)
    batch = (fed.batch_size or fed.shapes[0][0] if fed is not None else None) or FOUR
    if broken.spec.inputs[0].shape[0] == batch or batch > MOST_AT_ONCE:
        return
    shape = (batch, *broken.spec.inputs[0].shape[1:])
    checks = tuple(replace(check, batch_size=batch) if check.shapes else check for check in broken.spec.checks)
    spec = replace(with_input(broken.spec, 0, shape), checks=checks)
    example = "" if fed is not None else f"{FOUR} is an example: use your own."
    code = f"keras.Input(batch_shape={shape})"
    if fed is not None and fed.batch_size != batch:
        code += f"\n{_fed_so(fed, batch)}"
    yield Mend(f"Fix how many samples a batch holds: {batch}.", code, spec, example, 1)


def fed_as_fixed(broken: Broken) -> Iterator[Mend]:
    """The batch is fixed and divides the samples: fit and predict need only be told to take so many at a time."""
    batch = broken.spec.inputs[0].shape[0] if broken.spec.inputs else None
    data = [check for _, check in broken.fed() if check.line is not None and check.shapes and check.shapes[0]]
    other = [check for check in data if check.batch_size not in (batch, 0)]
    if batch is None or not other or any((check.shapes[0][0] or 0) % batch for check in data):
        return
    checks = tuple(replace(check, batch_size=batch) if check in other else check for check in broken.spec.checks)
    yield Mend(
        f"Take as many samples at a time as the model was built for: batch_size={batch}.",
        "\n".join(dict.fromkeys(_fed_so(check, batch) for check in other)),
        replace(broken.spec, checks=checks),
        f"The Input fixes the batch at {batch}; without batch_size, Keras takes 32 samples."
        if any(check.batch_size is None for check in other)
        else f"The Input fixes the batch at {batch}.",
        0,
    )


def _fed_so(check: Check, batch: int) -> str:
    return f"model.{check.kind}(x, {'y, ' if check.targets else ''}batch_size={batch})"


def not_stateful(broken: Broken) -> Iterator[Mend]:
    """Without stateful=True any batch is accepted."""
    spec = broken.spec
    for place, layer in enumerate(spec.layers):
        inner = layer.get("layer")
        if layer.get("stateful") is True:
            spec = with_arguments(spec, place, stateful=None)
        elif isinstance(inner, LayerSpec) and inner.get("stateful") is True:
            spec = with_arguments(spec, place, layer=inner.but(stateful=None))
    if spec is not broken.spec and spec.inputs:
        spec = with_input(spec, 0, (None, *spec.inputs[0].shape[1:]))
        yield Mend(
            "Omit stateful=True: then any batch size is accepted.",
            "stateful=False",
            spec,
            "Each batch starts from zeros; nothing is kept from one to the next.",
            2,
        )


def larger_vocabulary(broken: Broken) -> Iterator[Mend]:
    """An Embedding needs a row for the largest id."""
    largest = max((check.number for check in broken.spec.checks if check.number is not None), default=None)
    for place, layer in enumerate(broken.spec.layers):
        words = layer.get("input_dim")
        if layer.class_name == "Embedding" and isinstance(words, int) and largest is not None and largest >= words:
            spec = with_arguments(broken.spec, place, input_dim=largest + 1)
            yield Mend(
                f"Give the Embedding a row for the id {largest}: input_dim={largest + 1}.",
                f"layers.Embedding({largest + 1}, {layer.get('output_dim')})",
                spec,
                "",
                1,
            )


def as_many_names_as_tensors(broken: Broken) -> Iterator[Mend]:
    """A layer with return_state gives its states beside its output."""
    for i, check in enumerate(broken.spec.checks):
        layer = next((layer for layer in broken.spec.layers if layer.name == check.layer), None)
        wanted = 1 + _states(layer) if layer is not None and _states(layer) else None
        if check.kind != "unpack" or layer is None or wanted is None:
            continue
        if check.line is not None and layer.get("return_state") is True:
            continue  # it is written into the line itself
        checks = list(broken.spec.checks)
        checks[i] = replace(check, number=wanted)
        place = broken.spec.layers.index(layer)
        spec = with_arguments(replace(broken.spec, checks=tuple(checks)), place, return_state=True)
        names, states = ", ".join(("output", "h", "c")[:wanted]), "its state" if wanted == 2 else "two states"
        code = f"{names} = layers.{layer.class_name}({layer.get('units', '…')}, return_state=True)(x)"
        yield Mend(
            f"Take {wanted} tensors: {layer.class_name} returns its output and {states}.",
            code,
            spec,
        )


def states_left_out(broken: Broken) -> Iterator[Mend]:
    """Sequential passes on one tensor, not the states."""
    place = next((i for i, layer in enumerate(broken.spec.layers) if layer.get("return_state") is True), None)
    if place is not None and broken.spec.sequential:
        layer = broken.spec.layers[place]
        yield Mend(
            f"Leave return_state out of {layer.name}.",
            f"layers.{layer.class_name}({layer.get('units', '…')})",
            with_arguments(broken.spec, place, return_state=None),
        )


def states_of_its_size(broken: Broken) -> Iterator[Mend]:
    """As many states as the cell has, each as wide as its units."""
    for i, call in enumerate(broken.spec.calls):
        layer = broken.spec.layers[call.layer]
        wanted, units = _states(layer), layer.get("units")
        inputs = [ref.index for ref in call.states if ref.source == "input"]
        if not call.states or not wanted or not isinstance(units, int) or len(inputs) != len(call.states):
            continue
        places = (inputs * wanted)[:wanted]
        spec = broken.spec
        for place in set(places):
            spec = with_input(spec, place, (None, units))
        states = tuple(replace(call.states[0], index=place) for place in places)
        calls = (*spec.calls[:i], replace(call, states=states), *spec.calls[i + 1 :])
        names = "[h, c]" if wanted == 2 else "[h]"
        yield Mend(
            f"Give {layer.name} {wanted} state{'s' if wanted > 1 else ''} of {units} units.",
            f"initial_state={names}  # each (batch, {units})",
            replace(spec, calls=calls, checks=()),
            "",
            1,
        )


def units_of_its_states(broken: Broken) -> Iterator[Mend]:
    """As many units as the states are wide that reach the layer."""
    for i, call in enumerate(broken.spec.calls):
        layer = broken.spec.layers[call.layer]
        widths = {_width(broken.spec, ref) for ref in call.states}
        units = layer.get("units")
        width = next(iter(widths)) if len(widths) == 1 else None
        if _states(layer) == len(call.states) and width is not None and width != units:
            yield Mend(
                f"Give {layer.name} as many units as the states are wide: {width}.",
                f"layers.{layer.class_name}({width}, …)",
                with_arguments(broken.spec, broken.spec.calls[i].layer, units=width),
                "The layer that returns the states and the layer that starts from them need the same units.",
                1,
            )


def half_the_units_in_front(broken: Broken) -> Iterator[Mend]:
    """The states of both directions, joined for a layer of as many units as each has: half of them in each."""
    for call in broken.spec.calls:
        units = broken.spec.layers[call.layer].get("units")
        joins = [broken.spec.calls[ref.index] for ref in call.states if ref.source == "call"]
        fronts = {ref.index for join in joins for ref in join.inputs if ref.source == "call"}
        place = broken.spec.calls[next(iter(fronts))].layer if len(fronts) == 1 else None
        front = broken.spec.layers[place] if place is not None else None
        inner = front.get("layer") if front is not None else None
        if place is None or front is None or not isinstance(inner, LayerSpec) or not isinstance(units, int):
            continue
        if front.class_name == "Bidirectional" and inner.get("units") == units and units % 2 == 0:
            half = inner.but(units=units // 2)
            yield Mend(
                f"Or give each direction of {front.name} half of the units: {units // 2}.",
                f"layers.Bidirectional(layers.{inner.class_name}({units // 2}, return_state=True))",
                with_layer(broken.spec, place, front.but(layer=half)),
                f"Joined, the states of both directions are {units} wide, as the layer that starts from them.",
                2,
            )


def states_like_its_frames(broken: Broken) -> Iterator[Mend]:
    """A ConvLSTM starts from states as large as a frame of its output: Inputs of that size, or as many filters."""
    for i, call in enumerate(broken.spec.calls):
        layer, frame = broken.spec.layers[call.layer], _frame(broken, i)
        given = {_frame_given(broken, ref) for ref in call.states}
        if layer.class_name not in VIDEOS or not frame or len(given) != 1 or given == {frame}:
            continue
        sizes = next(iter(given))
        spec, places = broken.spec, sorted({ref.index for ref in call.states if ref.source == "input"})
        for place in places:
            spec = with_input(spec, place, (None, *frame[1:]))
        if places:
            yield Mend(
                f"Give {layer.name} states as large as a frame of its output: {frame[1:]}.",
                f"state = keras.Input(shape={frame[1:]})",
                replace(spec, checks=tuple(check for check in spec.checks if not check.shapes)),
                f"filters={frame[-1]} makes {frame[-1]} channels; the states have as many.",
                1,
            )
        if sizes[:-1] == frame[:-1] and layer.get("data_format") != "channels_first" and sizes[-1] is not None:
            yield Mend(
                f"{'Or give' if places else 'Give'} {layer.name} as many filters as the states have channels: "
                f"{sizes[-1]}.",
                f"layers.{layer.class_name}({sizes[-1]}, …)",
                with_arguments(broken.spec, call.layer, filters=sizes[-1]),
                "A layer that starts from the states of another one needs as many filters.",
                2,
            )


def _frame(broken: Broken, call: int) -> Sizes:
    """One frame of what a ConvLSTM returns, which is what its states are, too."""
    layer, made = broken.spec.layers[broken.spec.calls[call].layer], (broken.made or {}).get(call, ())
    if layer.class_name not in VIDEOS or not made:
        return ()
    return (made[0], *made[2:]) if layer.get("return_sequences") is True else made


def _frame_given(broken: Broken, ref: Ref) -> Sizes:
    return broken.spec.inputs[ref.index].shape if ref.source == "input" else _frame(broken, ref.index)


def _width(spec: ModelSpec, ref: Ref) -> int | None:
    """How wide a state is: its Input's last axis, or the units of the layer that gives it."""
    if ref.source == "input":
        return spec.inputs[ref.index].shape[-1]
    layer = spec.layers[spec.calls[ref.index].layer]
    inner = layer.get("layer")
    if layer.class_name == "Concatenate":  # of the states of both directions
        parts = [_width(spec, part) for part in spec.calls[ref.index].inputs]
        return sum(part for part in parts if part is not None) if None not in parts else None
    if layer.class_name == "Bidirectional" and isinstance(inner, LayerSpec):
        half = inner.get("units")
        joined = ref.output == 0 and layer.get("merge_mode") in (None, "concat")
        return half * (2 if joined else 1) if isinstance(half, int) else None
    units = layer.get("units")
    return units if isinstance(units, int) else None


def _counted_states(count: int) -> str:
    """``the 2 states that are passed``."""
    return "the state that is passed" if count == 1 else f"the {count} states that are passed"


def kind_of_its_states(broken: Broken) -> Iterator[Mend]:
    """One state belongs to a GRU, two to an LSTM: the layer of the kind that hands them on."""
    for call in broken.spec.calls:
        layer = broken.spec.layers[call.layer]
        kind = {1: "GRU", 2: "LSTM"}.get(len(call.states))
        if kind is None or not _states(layer) or _states(layer) == len(call.states):
            continue
        other = LayerSpec(kind, layer.name, layer.arguments, layer.line)
        yield Mend(
            f"Take {'an' if kind.startswith('L') else 'a'} {kind}: it starts from {_counted_states(len(call.states))}.",
            f"layers.{kind}({layer.get('units', '…')}, …)",
            with_layer(broken.spec, call.layer, other),
            "Encoder and decoder are then of the same kind.",
            2,
        )


def states_of_both_directions(broken: Broken) -> Iterator[Mend]:
    """Bidirectional starts from the states of its forward layer and those of its backward layer."""
    for i, call in enumerate(broken.spec.calls):
        inner = broken.spec.layers[call.layer].get("layer")
        one = _states(inner) if isinstance(inner, LayerSpec) else 0
        if not one or len(call.states) != one or broken.spec.layers[call.layer].class_name != "Bidirectional":
            continue
        calls = (*broken.spec.calls[:i], replace(call, states=call.states * 2), *broken.spec.calls[i + 1 :])
        names = "h, c, h, c" if one == 2 else "h, h"
        yield Mend(
            f"Pass the {'states' if one == 2 else 'state'} twice: for the forward layer, then for the backward layer.",
            f"initial_state=[{names}]",
            replace(broken.spec, calls=calls),
            f"Both directions then start alike. A Bidirectional encoder has {2 * one} states: pass all of them.",
            1,
        )


def states_without_outputs(broken: Broken) -> Iterator[Mend]:
    """All that a layer with return_state gives was passed on: its first tensor is no state."""
    for i, call in enumerate(broken.spec.calls):
        layer, rest = broken.spec.layers[call.layer], call.states[1:]
        first = call.states[0] if call.states else None
        if first is None or first.source != "call" or first.output != 0:
            continue
        before = broken.spec.layers[broken.spec.calls[first.index].layer]
        if not rest and before.get("return_state") is True:  # what it gives is passed on under one name
            rest = tuple(replace(first, output=place + 1) for place in range(_states(before)))
        if (
            not rest
            or len(rest) != _states(layer)
            or any(ref.index != first.index or ref.source != "call" for ref in rest)
        ):
            continue
        calls = (*broken.spec.calls[:i], replace(call, states=rest), *broken.spec.calls[i + 1 :])
        yield Mend(
            f"Pass on the {'state' if len(rest) == 1 else 'states'} only, without the outputs in front.",
            "initial_state=encoder_outputs[1:]  # what return_state=True gives behind the outputs",
            replace(broken.spec, calls=calls),
            "",
            0,
        )


_SIZES_OF_WEIGHTS: dict[str, tuple[tuple[str, int], ...]] = {  # argument, and its axis of the first weight
    "Embedding": (("input_dim", 0), ("output_dim", 1)),
    "Dense": (("units", -1),),
    "Conv1D": (("filters", -1),),
    "Conv2D": (("filters", -1),),
}


def as_large_as_the_weights(broken: Broken) -> Iterator[Mend]:
    """A layer that is as large as the weights that are put into it."""
    for check in (check for check in broken.spec.checks if check.kind == "weights" and check.shapes):
        place = next((i for i, layer in enumerate(broken.spec.layers) if layer.name == check.layer), None)
        layer = broken.spec.layers[place] if place is not None else None
        sizes = check.shapes[0]
        named = _SIZES_OF_WEIGHTS.get(layer.class_name, ()) if layer is not None else ()
        changes = {name: sizes[axis] for name, axis in named if -len(sizes) <= axis < len(sizes)}
        if layer is None or place is None or not changes or None in changes.values():
            continue
        spec = with_arguments(broken.spec, place, **{k: v for k, v in changes.items() if layer.get(k) != v})
        reads = next((call.inputs[0] for call in spec.calls if call.layer == place), None)
        if layer.class_name == "Dense" and reads is not None and reads.source == "input":
            spec = with_input(spec, reads.index, (*spec.inputs[reads.index].shape[:-1], sizes[0]))
        words = ", ".join(f"{name}={size}" for name, size in changes.items())
        code = f"layers.{layer.class_name}({words})"
        label = f"Make {layer.name} as large as the weights are: {words}."
        yield Mend(label, code, spec, f"The first of the weights you passed is {sizes}.", 1)


def built_for_their_features(broken: Broken) -> Iterator[Mend]:
    """Kernels that differ in their rows alone: an Input with as many features as the weights were made for."""
    for check in (check for check in broken.spec.checks if check.kind == "weights" and check.shapes):
        layer = next((layer for layer in broken.spec.layers if layer.name == check.layer), None)
        found = sheet(layer.class_name) if layer is not None else None
        call = next((c for c in broken.spec.calls if layer is not None and broken.spec.layers[c.layer] is layer), None)
        if found is None or call is None or found.group not in ("dense", "rnn", "conv"):
            continue
        rows, ref = check.shapes[0][-2] if len(check.shapes[0]) > 1 else None, call.inputs[0]
        if rows is None or ref.source != "input" or broken.spec.inputs[ref.index].shape[-1] == rows:
            continue
        shape = (*broken.spec.inputs[ref.index].shape[:-1], rows)
        yield Mend(
            f"Build the model for {rows} {found.axes[-1]}, like the model that these weights come from.",
            f"keras.Input(shape={shape[1:]})",
            with_input(broken.spec, ref.index, shape),
            f"The data then need as many {found.axes[-1]}, too.",
            1,
        )


STATES = (
    states_without_outputs,
    states_of_both_directions,
    units_of_its_states,
    half_the_units_in_front,
    kind_of_its_states,
    states_of_its_size,
    states_like_its_frames,
)
BATCHES = (fed_as_fixed, batch_said, not_stateful)
