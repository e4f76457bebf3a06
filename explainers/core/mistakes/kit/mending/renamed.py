"""Names of older versions: what today's Keras calls it, or what to write in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explainers.core.editing import with_arguments
from explainers.core.finding import Change
from explainers.core.layers import sheet
from explainers.core.layers.old_names import OF_METHODS, RENAMED
from explainers.core.mistakes.kit.mending.broken import Broken, Mend
from explainers.core.spec import Check, LayerSpec, ModelSpec, Sizes

OF_SHAPES = ("input_shape", "batch_input_shape", "input_dim", "input_length", "batch_size")
ENDS = ("input", "output")  # of a Model
_SAMPLES = 4  # an example, as the message has no data


def _one(label: str, code: str, means: str = "") -> tuple[Change, ...]:
    return (Change(label, code=code, means=means),)


_FAST = "It uses the fast code of a GPU by itself."
# Methods, classes and attributes that are gone: what does the same today.
SUCCESSORS: dict[str, tuple[Change, ...]] = {
    "predict_classes": (
        Change("Take the class with the largest output.", code="classes = model.predict(x).argmax(axis=-1)"),
        Change("If the model has one sigmoid output, ask whether it is above 0.5.",
               code='classes = (model.predict(x) > 0.5).astype("int32")'),
    ),
    "predict_proba": _one("predict returns the probabilities.", "model.predict(x)"),
    "fit_generator": _one("fit takes generators, too.", "model.fit(generator, steps_per_epoch=steps, epochs=epochs)"),
    "evaluate_generator": _one("evaluate takes generators, too.", "model.evaluate(generator, steps=steps)"),
    "predict_generator": _one("predict takes generators, too.", "model.predict(generator, steps=steps)"),
    "Merge": _one("Use the layer for the way in which you merge.", "x = layers.Concatenate()([a, b])",
                  "The others are Add, Multiply, Average, Maximum and Dot."),
    "merge": _one("Use the layer for the way in which you merge.", "x = layers.Concatenate()([a, b])",
                  "The others are Add, Multiply, Average, Maximum and Dot."),
    "TimeDistributedDense": _one("Use a Dense: on a sequence it works on every timestep.", "layers.Dense(units)"),
    "CuDNNLSTM": _one("Use LSTM.", "layers.LSTM(units)", _FAST),
    "CuDNNGRU": _one("Use GRU.", "layers.GRU(units)", _FAST),
    "np_utils": _one("to_categorical is in keras.utils.", "y = keras.utils.to_categorical(y)"),
    "output_shape": _one("Ask the tensor that the layer returns.", "layer.output.shape"),
    "input_shape": _one("Ask the tensor that the layer reads.", "layer.input.shape"),
}  # fmt: skip
_METHODS = {"predict_classes": "predict", "predict_proba": "predict", "predict_generator": "predict",
            "fit_generator": "fit", "evaluate_generator": "fit"}  # fmt: skip


def named(change: Change, spec: ModelSpec) -> Mend:
    """A change that the message itself shows, with the program that it makes."""
    return Mend(change.label, change.code, spec, change.means, 1)


def of_a_method(argument: str) -> Change:
    """``nb_epoch`` in fit: the name that it has today."""
    if argument in ENDS:
        return Change("Write inputs and outputs.", code="keras.Model(inputs=…, outputs=…)")
    new = OF_METHODS[argument]
    return Change(f"Write {new} instead of {argument}.", code=f"{new}=…")


def successors(broken: Broken) -> Iterator[Mend]:
    """What does today what a missing method, class or argument of a method did."""
    for place, check in enumerate(broken.spec.checks):
        if check.kind != "attribute":
            continue
        if check.text == "argument" and check.layer in OF_METHODS:
            yield named(of_a_method(check.layer), _trained(broken.spec, place, "fit"))
        for change in SUCCESSORS.get(check.layer, ()):
            made = _in_its_place(broken.spec, place, check.layer)
            if made is not None:
                yield named(change, made)


def _in_its_place(spec: ModelSpec, place: int, name: str) -> ModelSpec | None:
    """The model without what is missing: it predicts or trains, or has the layer of today."""
    if name in _METHODS:
        return _trained(spec, place, _METHODS[name])
    alone = replace(spec, checks=(*spec.checks[:place], *spec.checks[place + 1 :]))
    if name == "TimeDistributedDense":
        return alone
    if name not in ("CuDNNLSTM", "CuDNNGRU") or len(spec.inputs) != 1 or len(spec.layers) != 1:
        return None
    (read,), (dense,) = spec.inputs, spec.layers
    loop = LayerSpec(name.removeprefix("CuDNN"), dense.name, (("units", dense.get("units")),))
    return replace(alone, inputs=(replace(read, shape=(None, None, read.shape[-1])),), layers=(loop,))


def _trained(spec: ModelSpec, place: int, kind: str) -> ModelSpec:
    """The model, and what it does with a few samples."""
    data: Sizes = (_SAMPLES, *(n or 1 for n in spec.inputs[0].shape[1:]))
    units = spec.layers[-1].get("units")
    targets = (((_SAMPLES, units),) if isinstance(units, int) else ()) if kind == "fit" else ()
    check = Check(kind, (data,), targets, "mean_squared_error" if targets else "")
    return replace(spec, checks=(*spec.checks[:place], check, *spec.checks[place + 1 :]))


def arguments_of_today(broken: Broken) -> Iterator[Mend]:
    """Arguments that a layer doesn't have: under today's name, in an Input, or left out."""
    for place, layer in enumerate(broken.spec.layers):
        facts = sheet(layer.class_name)
        unknown = [name for name, _ in layer.arguments if facts is not None and name not in facts.order]
        if facts is None or not unknown:
            continue
        spec, told, code = broken.spec, [], []
        for old in unknown:
            new = RENAMED.get(old)
            new = new if new in facts.order else None
            value = layer.get(old)
            spec = with_arguments(spec, place, **{old: None, **({new: value} if new else {})})
            told.append(_told(old, new))
            code += [f"{new}=…"] if new else []
        inside = any(old in OF_SHAPES for old in unknown)
        first = "keras.Input(shape=(…))\n" if inside else ""
        yield Mend(" ".join(told), f"{first}layers.{layer.class_name}({', '.join(['…', *code])})", spec, "", 1)


def _told(old: str, new: str | None) -> str:
    if new is not None:
        return f"Write {new} instead of {old}."
    return f"Put the shape into an Input in front, and omit {old}." if old in OF_SHAPES else f"Omit {old}."


RENAMED_TODAY = (successors, arguments_of_today)
