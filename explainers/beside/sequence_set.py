"""What people try with a set of sequences, and how the lesson recognises one."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

import numpy as np

from explainers.core import then
from explainers.core.explainer import Explainer
from explainers.core.later import keras, layers
from explainers.core.recording import largest_gap
from explainers.core.results import Figure, Tensor
from explainers.core.signs import RECURRENT, Level, Recognised, Seen, inner, known
from explainers.core.spec import LayerSpec, Sizes
from explainers.core.trial import Tried, trial
from explainers.core.trying import built, named, try_build, try_feed
from explainers.core.trying import gradients as gradients_of
from explainers.core.waves import waves
from explainers.sequence_set import INPUTS, Dims, build, shape_of_set, small_enough


@trial("Squeeze, TimeDistributed: same numbers", "run")
def two_ways(dims: Dims) -> Tried:
    """Squeeze and TimeDistributed with equal weights; then a batch of two, which only the second takes."""
    small = small_enough(dims).but(mask=False)
    squeezed = built(lambda: build(small.but(form="squeeze")), INPUTS)
    distributed = built(lambda: build(small.but(form="time_distributed")), INPUTS)
    distributed.set_weights(squeezed.get_weights())
    x = waves((2, *shape_of_set(small)))  # (batch, sequences, timesteps, features)
    one = squeezed.predict(x[:1], verbose=0)  # (1, 1)
    two = distributed.predict(x, verbose=0)  # (2, 1)
    gap = largest_gap(one, two[:1])
    verdict = (
        f"With the same {squeezed.count_params():,} weights the two ways {then.agreement(gap)}. TimeDistributed also "
        f"takes this batch of {len(x)} samples; the squeeze can't, because its batch is the set. Run here on "
        f"{small.sequences} "
        "sequences of "
        f"{small.timesteps} timesteps: no weight depends on either number."
    )
    return Tried(
        "distributed.set_weights(squeezed.get_weights())",
        verdict,
        (
            named("sample", x, INPUTS["sample"]),
            named("squeeze, first sample", one, "batch units"),
            named("TimeDistributed, both samples", two, "batch units"),
        ),
        (
            Figure("weights, squeeze", squeezed.count_params()),
            Figure("weights, TimeDistributed", distributed.count_params()),
            Figure("largest difference", gap),
        ),
    )


@trial("Two samples into the squeeze", "loud", says="Cannot squeeze axis=0, because the dimension is not 1.")
def batch_of_two(dims: Dims) -> Tried:
    """A batch of two samples into the squeeze."""
    small = small_enough(dims).but(form="squeeze")
    x = waves((2, *shape_of_set(small)))
    shape = try_build(lambda: build(small), INPUTS).layers[0].outputs[0]
    _, error = try_feed(built(lambda: build(small), INPUTS), x, shape)
    verdict = (
        f"The squeeze removes an axis of length 1. {x.shape} has 2 there: two sets can't both become the batch. Use "
        "TimeDistributed, or feed one sample at a time."
    )
    return Tried(
        f"model.predict(np.zeros({x.shape}))",
        verdict,
        (named("x", x, INPUTS["sample"]),),
        error=error,
    )


@trial("Do the gradients flow?", "run")
def gradients(dims: Dims) -> Tried:
    """The gradient of every weight, live, through the average."""

    small = small_enough(dims).but(form="squeeze")
    found = gradients_of(built(lambda: build(small), INPUTS), waves((1, *shape_of_set(small))))
    norms = {path: float(np.linalg.norm(gradient)) for path, gradient in found}
    moved = sum(norm > 0 for norm in norms.values())
    verdict = (
        f"Yes: {moved} of {len(norms)} weights get a gradient that is not 0. Squeezing, expanding and averaging are "
        f"differentiable operations like any other: through the average every sequence gets "
        f"1/{small.sequences} of it, and the RNN's weights, which all sequences share, get the sum."
    )
    return Tried(
        "loss = ops.mean(model(x) ** 2)\ntape.gradient(loss, model.trainable_weights)",
        verdict,
        (),
        tuple(Figure(f"norm of the gradient of {path}", norm) for path, norm in norms.items()),
    )


def _padded(dims: Dims) -> tuple[list[Any], Any]:
    """Two samples of different size, and both in one array, filled up with zeros."""

    samples = [waves((1, 2, 5, dims.features)) + 2.0, waves((1, 4, 3, dims.features)) + 2.0]  # no timestep is all zeros
    padded = np.zeros((2, 4, 5, dims.features), "float32")  # (batch, most sequences, most timesteps, features)
    for row, sample in enumerate(samples):
        padded[row, : sample.shape[1], : sample.shape[2]] = sample[0]
    return samples, padded


def _predictions(dims: Dims, mask: bool) -> tuple[Any, Any]:
    """(each sample alone and unpadded, both padded in one batch), with the same weights."""

    open_dims = dims.but(sequences=None, timesteps=None, mask=False)
    samples, padded = _padded(dims)
    alone = built(lambda: build(open_dims.but(form="squeeze")), INPUTS)
    together = built(lambda: build(open_dims.but(form="time_distributed", mask=mask)), INPUTS)
    together.set_weights(alone.get_weights())
    one_by_one = np.concatenate([np.asarray(alone(sample)) for sample in samples])  # (2, 1)
    return one_by_one, together.predict(padded, verbose=0)  # (2, 1) each


@trial("m and T both vary: padding and a mask", "run")
def padded_and_masked(dims: Dims) -> Tried:
    """Samples of different size in one batch, with a mask: checked against each sample alone."""
    alone, together = _predictions(dims, mask=True)
    gap = largest_gap(alone, together)
    open_dims = dims.but(sequences=None, timesteps=None, form="time_distributed", mask=True)
    shape = try_build(lambda: build(open_dims), INPUTS).layers[0].outputs[0]
    verdict = (
        "A sample of 2 sequences of 5 timesteps and one of 4 sequences of 3, padded with zeros to (2, 4, 5, "
        f"{dims.features}). "
        "Masking marks the padding, the RNN skips padded timesteps, and the average divides by the number of "
        "real "
        f"sequences: padded and unpadded predictions {then.agreement(gap)}."
    )
    return Tried(
        f"keras.Input((None, None, {dims.features}))\nlayers.Masking()\nMaskedMean()",
        verdict,
        (
            Tensor("the Input", shape),
            named("padded batch", _padded(dims)[1], INPUTS["sample"]),
            named("each sample alone", alone, "batch units"),
            named("both in one padded batch", together, "batch units"),
        ),
        (Figure("largest difference", gap),),
    )


@trial("Padding without a mask", "silent")
def padded_and_counted(dims: Dims) -> Tried:
    """The same without a mask: padding counts as if it were data."""
    alone, together = _predictions(dims, mask=False)
    gap = largest_gap(alone, together)
    verdict = (
        "Without a mask the zeros are read as data: the RNN keeps reading padded timesteps, and the average counts 2 "
        "padded "
        f"sequences of the first sample. The predictions are off by up to {gap:.2g}, and no error says so."
    )
    return Tried(
        "layers.GlobalAveragePooling1D()",
        verdict,
        (
            named("each sample alone", alone, "batch units"),
            named("both in one padded batch, no mask", together, "batch units"),
        ),
        (Figure("largest difference", gap),),
    )


@trial("LSTM returns two states", "run")
def lstm_states(dims: Dims) -> Tried:
    """LSTM has two states: what each is, and both side by side."""
    from explainers.core.inspection import inspect_model

    def both() -> Any:
        sequence = keras.Input((7, dims.features), name="sequence")  # (sequences, timesteps, features)
        output, h, c = layers.LSTM(dims.units, return_state=True, name="lstm")(sequence)  # (sequences, units) each
        joined = layers.Concatenate(name="both_states")([h, c])  # (sequences, 2 × units)
        return keras.Model(sequence, [output, h, c, joined], name="states")

    found = inspect_model(both, {"sequence": "sequences timesteps features"})
    assert found.run is not None
    output, h, c, joined = found.run.outputs
    named_ = tuple(
        Tensor(name, t.shape, t.values)
        for name, t in zip(("output", "h", "c", "h and c"), (output, h, c, joined), strict=True)
    )
    wide = joined.shape[-1]
    same = "is the same tensor as the output" if output.values == h.values else "differs from the output"
    verdict = (
        f"LSTM(return_state=True) returns three tensors: the output, h and c. h, what the cell returns, {same}; c is "
        f"the memory that it keeps to itself. Concatenated they are {wide.axis} = {wide.size} numbers for each "
        "sequence, and the average takes both."
    )
    return Tried(
        f"output, h, c = layers.LSTM({dims.units}, return_state=True)(one)\nlayers.Concatenate()([h, c])",
        verdict,
        named_,
        (Figure("numbers for each sequence, h and c", wide.size or 0, f"2 × {dims.units}"),),
    )


@trial("A projection W_hr before the average", "run")
def projection(dims: Dims) -> Tried:
    """A learned projection before the average: and after it, where a linear map gives the same."""

    wide = dims.projected or 7
    layer = try_build(lambda: build(dims.but(projected=wide)), INPUTS).layer("w_hr")
    rng = np.random.default_rng(0)
    outputs, w = rng.normal(size=(4, dims.units)), rng.normal(size=(dims.units, wide))
    gap = float(np.abs((outputs @ w).mean(axis=0) - outputs.mean(axis=0) @ w).max())
    verdict = (
        f"W_hr ({dims.units}, {wide}), {layer.params:,} weights, maps every output to {wide} numbers, and then they "
        "are averaged. It has no bias and no activation, so projecting before or after the average gives the same "
        f"result up to rounding ({gap:.0e}); after the average it is cheaper. With an activation the order matters."
    )
    return Tried(
        f'layers.Dense({wide}, use_bias=False, name="w_hr")',
        verdict,
        (Tensor("projected outputs", layer.outputs[0]),),
        (
            Figure("weights of W_hr", layer.params, f"{dims.units} × {wide}"),
            Figure("difference, before and after the average", gap),
        ),
    )


@trial("Average the predictions instead", "run")
def average_predictions(dims: Dims) -> Tried:
    """Averaging predictions is another model than predicting from the average."""

    small = small_enough(dims).but(form="squeeze", mask=False)
    model = built(lambda: build(small), INPUTS)
    parts = keras.Model(model.input, [model.get_layer("average").input, model.output], name="parts")
    outputs, from_average = parts.predict(waves((1, *shape_of_set(small))), verbose=0)  # (1, sequences, units), (1, 1)
    dense, last = model.get_layer("dense"), model.get_layer("prediction")
    each = np.asarray(last(dense(outputs[0])))  # (sequences, 1)
    of_average, average_of = float(from_average[0, 0]), float(each.mean())
    verdict = (
        f"Predict from the average output: {of_average:.4g}. Average the {len(each)} predictions: {average_of:.4g}. "
        "Same weights, "
        "a different model: the relu in between acts once on the average, or on each sequence separately. The two "
        "agree only if all layers after the RNN are linear."
    )
    return Tried(
        "ops.mean(prediction(dense(outputs)), axis=0)",
        verdict,
        (),
        (
            Figure("prediction from the average", of_average),
            Figure("average of the predictions", average_of),
            Figure("difference", abs(of_average - average_of)),
        ),
    )


@trial("GRU: reset_after and the older summary", "run")
def reset_after(dims: Dims) -> Tried:
    """Why an older summary shows fewer GRU weights."""
    small = small_enough(dims).but(cell="GRU", form="squeeze")
    models = {flag: built(partial(build, small.but(reset_after=flag)), INPUTS) for flag in (False, True)}
    counts = {flag: model.get_layer("rnn").count_params() for flag, model in models.items()}
    shape = (None, small.timesteps, dims.features)
    older = {
        flag: then.sequential([("GRU", {"units": dims.units, "reset_after": flag})], shape).count_params()
        for flag in (False, True)
    }
    f, u = dims.features, dims.units
    verdict = (
        f"reset_after=False has one bias, 3 × ({f} × {u} + {u} × {u} + {u}) = {counts[False]:,}; reset_after=True has "
        f"a second one for the state, 3 × {u} more: {counts[True]:,}. Older summaries were printed with False; "
        f"today's default is True. Keras 2 counts the same: {older[False]:,} and {older[True]:,}."
    )
    return Tried(
        f"layers.GRU({u}, reset_after=False)",
        verdict,
        (),
        (
            Figure("reset_after=False", counts[False], f"3 × ({f} × {u} + {u} × {u} + {u})"),
            Figure("reset_after=True", counts[True], f"3 × ({f} × {u} + {u} × {u} + 2 × {u})"),
            Figure("Keras 2, reset_after=False", older[False]),
            Figure("Keras 2, reset_after=True", older[True]),
        ),
    )


_AVERAGES = ("GlobalAveragePooling1D", "ops.mean")


def _sequences(seen: Seen) -> Recognised | None:
    """Several sequences per sample: four axes that a recurrent layer, or a TimeDistributed one, reads."""
    for place, (layer, shape) in enumerate(seen.calls):
        wrapped = inner(layer)
        if wrapped.class_name not in RECURRENT or layer.class_name == "Bidirectional":
            continue
        spec = seen.finding.spec
        whole = shape
        if len(shape) == 3 and spec is not None and len(spec.inputs[0].shape) == 4:
            whole = spec.inputs[0].shape  # its batch of one was taken away in front of the layer
            if not any(later.class_name in _AVERAGES for later, _ in seen.calls[place:]):
                return None
        if len(whole) != 4:
            return None
        return _set_dims(seen, layer, wrapped, whole, place)
    return None


def _set_dims(seen: Seen, layer: LayerSpec, wrapped: LayerSpec, whole: Sizes, place: int) -> Recognised:
    units, reset = wrapped.get("units"), wrapped.get("reset_after")
    later = [entry.get("units") for entry, _ in seen.calls[place + 1 :] if entry.class_name == "Dense"]
    dims: Recognised = {
        "sequences": whole[1],
        "timesteps": whole[2],
        **known(features=whole[3]),
        "cell": wrapped.class_name,
    }
    dims |= {"units": units} if isinstance(units, int) else {}
    dims |= {"reset_after": reset} if isinstance(reset, bool) else {}
    dims["form"] = "time_distributed" if layer.class_name == "TimeDistributed" else "squeeze"
    return dims | ({"dense_units": later[0]} if len(later) > 1 and isinstance(later[0], int) else {})


def complete(lesson: Explainer[Dims]) -> Explainer[Dims]:
    """The lesson with its trials and signs."""
    return dataclasses.replace(
        lesson,
        trials=(
            two_ways,
            batch_of_two,
            gradients,
            padded_and_masked,
            padded_and_counted,
            reset_after,
            lstm_states,
            projection,
            average_predictions,
        ),
        signs={Level.STRUCTURE: _sequences},
    )
