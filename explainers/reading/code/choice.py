"""Which of the models that a text makes is shown, and what it leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from explainers.core.finding import Ask, ModelChoice
from explainers.core.mistakes.kit.losses import named_loss
from explainers.core.spec import Check, ModelSpec, Sizes
from explainers.reading.asking import SHAPE
from explainers.reading.code.calling import NOT_THERE, OF_CELL, apply, declared_shape, dtype_of, example_shape
from explainers.reading.code.constants import made_at_once, with_constants, with_used_ends
from explainers.reading.code.given import OF_ARRAY
from explainers.reading.code.values import (
    LayerV,
    ModelV,
    Ten,
    line_of,
)

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

NO_KERAS_TENSOR = "doesn't take a tensor of Keras: keras.ops has a function for it"
OF_WIDTH = "the input's width"  # of an Input of its own, whose shape the text doesn't give
OF_INPUT = "the input's "  # begins what is assumed of an Input that the text doesn't describe
_TARGETS = ("target", "targets", "labels", "label", "y", "Y", "y_train", "Y_train", "trainY", "train_y", "train_Y")
_DATA = ("x", "X", "x_train", "X_train", "trainX", "train_x", "train_X", "data", "inputs", "features")


def chosen(reader: Reader, which: int | None = None) -> ModelSpec | None:
    """The model to show: the `which`-th that the text makes; else the one with data, else the one with most layers.

    Loose tensors where no model was made.
    """
    own = [c for owner, c in reader.checks if owner is None] + _given(reader)
    best = main_model(reader, which)
    assumed = tuple(f"{name} = {number}" for name, number in reader.assumed.items())
    if best is not None and not _unfinished(reader, best):
        checks = (*own, *(c for owner, c in reader.checks if owner is best))
        if not any(check.kind == "fit" for check in checks):
            checks = (*checks, *_as_told(reader, best))
        checks = tuple(_filled(reader, best, check) for check in checks)
        made_at_once(reader, best.outputs)
        _functions_of_tf(reader, best)
        simple = best.sequential and all(isinstance(layer, LayerV | Ten) for layer in best.layers)
        spec = reader.graph.model(best.outputs, best.inputs, simple, checks, assumed, best.name)
        spec = of_what_is_shown(spec)
        spec = with_used_ends(_placed(reader, spec))
        spec = with_constants(spec) if best.inputs else spec
        if (best.inputs and _made_on_the_way(spec)) or _behind_a_gap(reader, best) or _behind_a_cell(spec):
            spec = replace(spec, checks=tuple(check for check in checks if check.kind not in ("fit", "predict")))
        return spec
    ends = reader.graph.loose_ends()
    if ends:
        spec = _placed(reader, of_what_is_shown(reader.graph.model(ends, [], False, tuple(own), assumed, "model")))
        declared = any(tensor.origin == "Input" for tensor in spec.inputs)  # then an array beside it is no Input
        return with_constants(spec) if declared else spec
    if reader.loose:
        return _alone(reader, tuple(own), assumed)
    return ModelSpec((), (), (), (), False, tuple(own), assumed) if own else None


def on_an_example(spec: ModelSpec | None) -> bool:
    """Whether what the model reads is an example of ours."""
    return spec is not None and (not spec.inputs or any("example" in tensor.origin for tensor in spec.inputs))


def of_what_is_shown(spec: ModelSpec) -> ModelSpec:
    """Without the sizes of an example Input behind a gap, or of another model: the one that is shown has its own."""
    if on_an_example(spec):
        return spec
    widths = {f"{OF_WIDTH} = {n}" for tensor in spec.inputs for n in tensor.shape[1:]}
    kept = (note for note in spec.assumed if not note.startswith(OF_INPUT) or note in widths)
    return replace(spec, assumed=tuple(kept))


def _functions_of_tf(reader: Reader, model: ModelV) -> None:
    """``tf.concat([a, b], -1)`` of the model's own tensors, outside of a layer: today's Keras refuses it."""
    if not model.inputs or reader.first_tensorflow:
        return
    names = dict.fromkeys(
        reader.of_tf[number] for number in reader.graph.needed(model.outputs) if number in reader.of_tf
    )
    reader.renamed += [f"{name} {NO_KERAS_TENSOR}" for name in names]


def _as_told(reader: Reader, model: ModelV) -> Iterator[Check]:
    """Training on the arrays whose shapes the text gives by their usual names, where it shows no fit."""
    target = next((sizes for name, sizes in reader.hints.items() if name in _TARGETS), None)
    data = next((sizes for name, sizes in reader.hints.items() if name in _DATA), ())
    loss = model.loss or named_loss(reader.text)
    if reader.custom.windows:
        return  # these are the series: what is fed are its windows
    if not loss or target is None or None in (*target, *data):
        return
    both = len(model.inputs) == 1 and data[:1] == target[:1]
    yield Check("fit", (data,) if both else (), (target,), loss)


def _made_on_the_way(spec: ModelSpec) -> bool:
    """Whether an array of the program goes into the model next to its Inputs, which can be a batch: it takes an
    Input's place here, so data that are fed can't be tried."""
    arrays = [tensor.origin.startswith(OF_ARRAY) for tensor in spec.inputs]
    return any(arrays) and not all(arrays)


def _behind_a_gap(reader: Reader, model: ModelV) -> bool:
    """Whether an example takes the place of what couldn't be read (a backbone, for one): data go into that, not into
    the example, so they can't be tried either."""
    return any(reader.graph.inputs[i].origin.endswith(NOT_THERE) for i in _inputs_read(reader, model))


def _behind_a_cell(spec: ModelSpec) -> bool:
    """Whether an Input takes the place of what a cell of the text returns, which isn't rebuilt: no data go in there."""
    return any(tensor.origin.startswith(OF_CELL) for tensor in spec.inputs)


def _inputs_read(reader: Reader, model: ModelV) -> set[int]:
    calls = (reader.graph.calls[number] for number in reader.graph.needed(model.outputs))
    return {
        ref.index for call in calls for ref in (*call.inputs, *call.states, call.mask) if ref and ref.source == "input"
    }


def _filled(reader: Reader, model: ModelV, check: Check) -> Check:
    """Data whose width isn't in the text are as wide as the model reads them."""
    if check.kind not in ("fit", "predict") or len(check.shapes) != len(model.inputs):
        return check
    wanted = [reader.graph.inputs[ref.index].shape for ref in model.inputs]
    return replace(check, shapes=tuple(_like(came, shape) for came, shape in zip(check.shapes, wanted, strict=True)))


def _like(came: Sizes, shape: Sizes) -> Sizes:
    if len(came) != len(shape):
        return came
    return (*came[:1], *(b if a is None else a for a, b in zip(came[1:], shape[1:], strict=True)))


def shapes_asked(reader: Reader) -> tuple[Ask, ...]:
    """The shapes of arrays that the text doesn't give, and those that the learner gave."""
    said = {name: str(sizes) for name, sizes in reader.entries.shapes().items() if name in reader.text}
    names = dict.fromkeys((*said, *reader.unshaped))
    return tuple(
        Ask(f"{name}{SHAPE}", "shape", f"What does print({name}.shape) say?", said.get(name, ""), (), name in said)
        for name in names
    )


def _given(reader: Reader) -> list[Check]:
    """Embedding(…, weights=[matrix]) of older versions: the matrix put into the layer."""
    return [
        Check("weights", shapes, layer=reader.graph.layers[layer.index].name, line=line, text=reader.source(line))
        for layer, shapes, line in reader.given
        if layer.index is not None
    ]


def made_models(reader: Reader) -> list[ModelV]:
    """The models of the text that were made out, in its order; one that is only a part of a Sequential counts too."""
    return [model for model in reader.models if model.outputs]


def main_model(reader: Reader, which: int | None = None) -> ModelV | None:
    """The one that is asked for, counted from 1; else the one with data, else the one with most layers."""
    models = made_models(reader)
    if which is not None and 0 < which <= len(models):
        return models[which - 1]
    best: ModelV | None = None
    for model in models:
        if best is None or _rank(reader, model) >= _rank(reader, best):
            best = model
    return best


def choices(reader: Reader, which: int | None = None) -> tuple[ModelChoice, ...]:
    """Every model of the text by its name and line; `shown` is the one that is rebuilt."""
    models, best = made_models(reader), main_model(reader, which)
    whole = set(reader.graph.needed(best.outputs)) if best is not None else set()
    return tuple(
        ModelChoice(
            number,
            model.variable or model.name or "model",
            model.line,
            len(calls := reader.graph.needed(model.outputs)),
            model is best,
            part=model is not best and set(calls) <= whole,
        )
        for number, model in enumerate(models, start=1)
    )


def _unfinished(reader: Reader, model: ModelV) -> bool:
    """Whether calls were made outside of the model that are more than it has: the text goes on after it."""
    inside = len(reader.graph.needed(model.outputs))
    return inside == 0 and bool(reader.graph.calls)


def _rank(reader: Reader, model: ModelV) -> tuple[bool, bool, int]:
    misused = any(part is model for part in reader.misused)
    used = model.trained or any(owner is model for owner, _ in reader.checks)
    return misused, used, len(reader.graph.needed(model.outputs))


def _placed(reader: Reader, spec: ModelSpec) -> ModelSpec:
    """Unpackings name the call by its number in the whole graph: give the layer's name instead."""

    def named(check: Check) -> Check:
        if check.kind != "unpack":
            return check
        call = reader.graph.calls[int(check.layer)]
        return replace(check, layer=reader.graph.layers[call.layer].name)

    return replace(spec, checks=tuple(named(c) for c in spec.checks))


def _alone(reader: Reader, checks: tuple[Check, ...], assumed: tuple[str, ...]) -> ModelSpec:
    """Layers that were made but never called: each on an example of its own, the last one shown."""
    layer = reader.loose[-1]
    declared = declared_shape(reader, layer)
    shape = declared if declared is not None else example_shape(reader, layer)
    end = apply(
        reader, layer, [Ten(reader.graph.add_input(shape, "", dtype_of(layer), "an example"))], [], line_of(layer)
    )
    assumed = tuple(f"{name} = {number}" for name, number in reader.assumed.items())
    outputs = [end.ref] if isinstance(end, Ten) else []
    return reader.graph.model(outputs, [], False, checks, assumed, "model")
