"""Vectors where attention compares steps: a sequence of one step, or the outputs of all steps."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.editing import with_input, with_layer, with_layer_before
from explainers.core.layers import LOOPS, sheet
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, of_call
from explainers.core.spec import LayerSpec, Ref, Sizes
from explainers.core.words import listed


def one_step_to_attend(broken: Broken) -> Iterator[Mend]:
    """A vector as the query or value of attention: a sequence of one step."""
    for i, call in enumerate(broken.spec.calls):
        if not _attends(of_call(broken.spec, i)):
            continue
        shapes = _shapes_of(broken, call.inputs)
        for place, name in enumerate(("query", "value")[: len(shapes)]):
            sizes = shapes[place]
            if sizes is not None and len(sizes) == 2 and sizes[1] is not None:
                layer = LayerSpec("Reshape", f"{name}_of_one_step", (("target_shape", (1, sizes[1])),))
                yield Mend(
                    f"Give the {name} an axis for its steps: one step.",
                    f"layers.Reshape((1, {sizes[1]}))({name})",
                    with_layer_before(broken.spec, i, layer, place),
                    f"(batch, {sizes[1]}) becomes (batch, 1, {sizes[1]}).",
                    0,
                )


def _attends(layer: LayerSpec) -> bool:
    facts = sheet(layer.class_name)
    return facts is not None and facts.group == "attention"


def every_step_to_attend(broken: Broken) -> Iterator[Mend]:
    """The last outputs of recurrent layers as query, value or key of attention: their outputs at every step."""
    for i, call in enumerate(broken.spec.calls):
        if not _attends(of_call(broken.spec, i)):
            continue
        read = zip(call.inputs, _shapes_of(broken, call.inputs), strict=True)
        short = dict.fromkeys(ref.index for ref, sizes in read if sizes and len(sizes) == 2 and ref.source == "call")
        spec, names = broken.spec, list[str]()
        for place in short:
            layer = of_call(spec, place)
            inner = layer.get("layer")
            inside = inner if isinstance(inner, LayerSpec) and layer.class_name == "Bidirectional" else None
            if (inside or layer).class_name not in LOOPS or spec.calls[place].layer >= len(spec.layers):
                continue
            every = layer.but(layer=inside.but(return_sequences=True)) if inside else layer.but(return_sequences=True)
            spec, names = with_layer(spec, spec.calls[place].layer, every), [*names, layer.name]
        if names:
            yield Mend(
                f"Let {listed(names)} return {'its' if len(names) == 1 else 'their'} output at every timestep.",
                "layers.LSTM(units, return_sequences=True)",
                spec,
                f"{of_call(broken.spec, i).name} compares the steps of two sequences; without return_sequences=True "
                "only the last step is left.",
                0 if len(short) == 1 and len(set(call.inputs)) == 1 else 1,
            )


def numbers_to_attend(broken: Broken) -> Iterator[Mend]:
    """A row of numbers that attends to itself: each number is one step, which the Input says."""
    for call in broken.spec.calls:
        refs = {ref for ref in call.inputs if ref.source == "input"}
        attends = _attends(broken.spec.layers[call.layer]) and len(refs) == 1 and len(set(call.inputs)) == 1
        place = next(iter(refs)).index if attends else None
        sizes = broken.spec.inputs[place].shape if place is not None else ()
        if place is not None and len(sizes) == 2 and sizes[1] is not None:
            shape = (sizes[1], 1)
            yield Mend(
                f"Declare each of the {sizes[1]} numbers as one step: {shape}.",
                f"keras.Input(shape={shape})",
                with_input(broken.spec, place, (*sizes, 1)),
                f"The data then need the axis, too: x[..., np.newaxis] is (samples, {sizes[1]}, 1).",
                0,
            )


def _shapes_of(broken: Broken, refs: tuple[Ref, ...]) -> list[Sizes | None]:
    made = broken.made or {}
    return [broken.spec.inputs[r.index].shape if r.source == "input" else made.get(r.index) for r in refs]
