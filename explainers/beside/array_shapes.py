"""What people try with arrays and shapes and ask about them, and how the lesson recognizes one."""

from __future__ import annotations

import dataclasses

import numpy as np

from explainers.array_shapes import INPUTS, ROW, Dims, build, sample_shape
from explainers.core.asked import none_told, shape_told, shapes_of
from explainers.core.axes import Shape, plain
from explainers.core.bounds import bounded
from explainers.core.explainer import Asked, Explainer
from explainers.core.later import keras, layers
from explainers.core.results import Figure, Inspection, Tensor
from explainers.core.signs import Level, Recognised, Seen, known
from explainers.core.trial import Tried, trial
from explainers.core.trying import Array, built, like, named, try_build, try_feed
from explainers.core.words import listed, tag

_SAMPLES, _LONG = 64, 24  # that a demonstration takes of the learner's samples and timesteps
_OPEN = 5  # timesteps where the dims leave them open


def _small(dims: Dims) -> Dims:
    """The learner's dims, quick to run and without what a demonstration has no use for."""
    dims = bounded(dims, samples=_SAMPLES, timesteps=_LONG, features=_LONG)
    return dims.but(timesteps=dims.timesteps or _OPEN, batch_size=None, flatten=False)


def _data(dims: Dims) -> Array:
    """Numbered from 0 on, so that each number can be told apart."""
    shape = (dims.samples, *(n or _OPEN for n in sample_shape(dims)))
    return np.arange(np.prod(shape), dtype="float32").reshape(shape)


def _words(dims: Dims) -> str:
    return "samples features" if dims.sample == ROW else "samples timesteps features"


def _of_sample(dims: Dims) -> str:
    return _words(dims).removeprefix("samples ")


def _shapes(dims: Dims) -> tuple[Shape, Shape]:
    """What enters and what leaves the live model."""
    found = try_build(lambda: build(dims), INPUTS)
    return found.layers[0].outputs[0], found.layers[-1].outputs[0]


def _row_alone(dims: Dims) -> str:
    return "A row of one feature has no second axis to swap." if dims.sample == ROW else ""


@trial("Give the model one sample", "loud", says="expected shape=(None, 5, 3), found shape=(5, 3)")
def one_sample(dims: Dims) -> Tried:
    """x[0] has no batch axis."""
    dims = _small(dims)
    x = _data(dims)[0]
    out, error = try_feed(built(lambda: build(dims), INPUTS), x, _shapes(dims)[0])
    code = f"one = x[0]  # {x.shape}\nmodel.predict(one)"
    tensors: tuple[Tensor, ...] = (named("one", x, _of_sample(dims)),)
    if out is not None:
        verdict = (
            f"With one feature, Keras reads {x.shape} as {len(x)} samples and adds the missing axis itself: it runs, "
            "but it isn't what you meant. Write x[:1]."
        )
        return Tried(code, verdict, (*tensors, like("y", out, _shapes(dims)[1])), kind="silent")
    verdict = f"The model reads batches. {x.shape} is one sample: the first axis, the batch, is missing."
    return Tried(code, verdict, tensors, error=error)


@trial("Give it a batch of one", "run")
def batch_of_one(dims: Dims) -> Tried:
    """x[:1] and x[0][None] both have a batch axis of size 1."""
    dims = _small(dims)
    x = _data(dims)
    model = built(lambda: build(dims), INPUTS)
    entering, leaving = _shapes(dims)
    sliced, added = model.predict(x[:1], verbose=0), model.predict(x[0][None], verbose=0)
    same = bool(np.array_equal(sliced, added))
    verdict = (
        f"x[:1] keeps the axis that x[0] removes, and x[0][None] puts one in front again: both are {x[:1].shape}, "
        f"and the model returns {sliced.shape} for each{', the same numbers' if same else ''}."
    )
    return Tried(
        "model.predict(x[:1])\nmodel.predict(x[0][None])",
        verdict,
        (like("x[:1]", x[:1], entering), like("y", sliced, leaving)),
        (Figure("rank of x[0]", x[0].ndim), Figure("rank of x[:1]", x[:1].ndim)),
    )


@trial("Name the batch in the Input", "loud", says="expected shape=(None, 7, 5, 3), found shape=(7, 5, 3)")
def batch_in_the_input(dims: Dims) -> Tried:
    """Input((7, 5, 3)): one axis too many."""
    dims = _small(dims)
    x = _data(dims)

    def wrong() -> keras.Model:
        data = keras.Input(x.shape, name="data")  # (batch, samples, timesteps, features)
        return keras.Model(data, layers.Dense(dims.units, name="dense")(data), name="one_axis_more")

    names = {"data": f"batch {_words(dims)}"}
    _, error = try_feed(built(wrong, names), x, try_build(wrong, names).layers[0].outputs[0])
    verdict = (
        f"Input takes the shape of one sample, {sample_shape(dims)}. Keras puts the batch in front of it; given "
        f"{x.shape} the model has {x.ndim + 1} axes, and the data have {x.ndim}."
    )
    return Tried(f"keras.Input({x.shape})\nmodel.predict(x)  # {x.shape}", verdict, (named("x", x, _words(dims)),),
                 error=error)  # fmt: skip


@trial("Swap two axes", "loud", says="expected shape=(None, 5, 3), found shape=(7, 3, 5)", needs=_row_alone)
def swapped(dims: Dims) -> Tried:
    """(samples, features, timesteps): the same numbers, the axes in another order."""
    dims = _small(dims)
    x = _data(dims).transpose(0, 2, 1)
    _, error = try_feed(built(lambda: build(dims), INPUTS), x, _shapes(dims)[0])
    verdict = (
        f"The order of the axes is part of the shape: {x.shape} isn't {_data(dims).shape}."
        if dims.timesteps != dims.features
        else "timesteps and features are equal here, so a swap goes unseen: the model mixes up times and features."
    )
    return Tried("model.predict(x.transpose(0, 2, 1))", verdict, (named("x", x, "samples features timesteps"),),
                 error=error, kind="" if error else "silent")  # fmt: skip


@trial("Swap two axes by reshape", "silent", needs=_row_alone)
def reshape_is_no_transpose(dims: Dims) -> Tried:
    """reshape counts the numbers off anew; transpose moves the axes. Both give the same shape."""
    dims = _small(dims)
    x = _data(dims)
    turned, counted = x.transpose(0, 2, 1), x.reshape(len(x), dims.features, -1)
    alike = int((turned == counted).sum())
    axes = "samples features timesteps"
    verdict = (
        f"Both are {turned.shape}, and only {alike:,} of {x.size:,} numbers are in the same place. transpose moves the "
        "axes. reshape keeps the order of the numbers and only regroups them, so one row now mixes several "
        "features. No shape shows it, and no error."
    )
    return Tried(
        f"x.transpose(0, 2, 1)\nx.reshape({len(x)}, {dims.features}, -1)",
        verdict,
        (named("x[0]", x[0], "timesteps features"), named("transpose", turned, axes), named("reshape", counted, axes)),
        (Figure("numbers in the same place", alike), Figure("numbers in all", x.size)),
        values=True,
        kind="silent" if alike < x.size else "run",
    )


@trial("Reshape to a different number of values", "loud", says="The total size of the tensor must be unchanged")
def other_count(dims: Dims) -> Tried:
    """Reshape keeps every number."""
    dims = _small(dims)
    sample = tuple(n or _OPEN for n in sample_shape(dims))
    wrong = (sample[0] + 1, *sample[1:])

    def reshaped() -> keras.Model:
        x = keras.Input(sample, name="x")
        return keras.Model(x, layers.Reshape(wrong, name="reshape")(x), name="reshaped")

    error = try_build(reshaped, {"x": f"batch {_of_sample(dims)}"}).error
    verdict = (
        f"A sample of {sample} has {np.prod(sample):,} numbers; {wrong} would need {np.prod(wrong):,}. reshape only "
        "regroups the numbers: none may be missing, none left over."
    )
    return Tried(f"layers.Reshape({wrong})(x)  # x: {(None, *sample)}", verdict, error=error)


@trial("Subtract targets that lack an axis", "silent")
def missing_axis(dims: Dims) -> Tried:
    """(n, 1) minus (n,) is (n, n): NumPy stretches both."""
    dims = bounded(dims, samples=_SAMPLES)
    predicted = built(lambda: build(_small(dims).but(sample=ROW, units=1)), INPUTS).predict(
        _data(_small(dims).but(sample=ROW)), verbose=0
    )
    y = np.arange(len(predicted), dtype="float32")
    difference = predicted - y
    verdict = (
        f"The predictions are {predicted.shape}, the targets {y.shape}. NumPy stretches both to {difference.shape}: "
        f"{difference.size:,} differences where {len(y):,} were meant. A size of 1 is still an axis; write "
        "y[:, None]."
    )
    if len(y) == 1:
        verdict = "With one sample both ways give one number: nothing is stretched."
    return Tried(
        f"model.predict(x) - y  # {predicted.shape} - {y.shape}",
        verdict,
        (
            named("predictions", predicted, "samples units"),
            named("y", y, "samples"),
            named("difference", difference, "samples samples"),
        ),
        kind="run" if len(y) == 1 else "silent",
    )


# -- what people ask -----------------------------------------------------------------------------------------


def _rank_told(dims: Dims, found: Inspection) -> str:
    shape = found.layers[0].outputs[0]
    named_axes = listed([axis.axis for axis in shape])
    return (
        f"The rank is the number of axes, what NumPy calls ndim: {shape_told(shape)} has rank {len(shape)}: "
        f"{named_axes}. It isn't how many numbers there are."
    )


def _axis_told(dims: Dims, found: Inspection) -> str:
    shape = found.layers[0].outputs[0]
    places = [f"axis {place} is {axis.axis}, {tag(axis.size, axis.axis)}" for place, axis in enumerate(shape)]
    return (
        "An axis is one of the directions along which the numbers of an array are counted. "
        f"In {plain(shape)}, {listed(places)}."
    )


def _sample_told(dims: Dims, found: Inspection) -> str:
    shape = found.layers[0].outputs[0]
    return (
        f"A sample is one example, here {shape_told(shape[1:])}. The batch is how many samples go through together: "
        f"the first number of {shape_told(shape)}. The data set here has {dims.samples:,} samples."
    )


ASKED: tuple[Asked[Dims], ...] = (
    Asked("What is a shape in Keras?", {}, "", None, ("tensor shape", "array shape", "what does the shape mean")),
    Asked("What is the rank of a tensor?", {}, "one-array", _rank_told, ("ndim", "rank", "number of axes")),
    Asked("What is an axis?", {}, "one-array", _axis_told, ("axes", "axis=0", "axis=-1", "dimension")),
    Asked("What is the difference between a sample and a batch?", {}, "one-array", _sample_told, ("batch axis",)),
    Asked("What does None mean in a shape?", {}, "concrete", none_told, ("batch None", "None, 20, 5")),
    Asked(
        "How do I predict one sample?",
        {},
        "break-it",
        None,
        ("expand_dims", "single sample", "batch dimension", "add a batch axis", "x[None]"),
        trial="batch_of_one",
    ),
    Asked("expected shape=(None, 5, 3), found shape=(5, 3)", {}, "break-it", None, ("missing batch axis",),
          trial="one_sample"),
    Asked("What is the difference between reshape and transpose?", {}, "break-it", None, ("swapaxes", "np.reshape"),
          trial="reshape_is_no_transpose"),
    Asked("Why is (7,) not (7, 1)?", {"sample": ROW, "features": 1}, "break-it", None,
          ("broadcasting", "(n,) and (n, 1)"), trial="missing_axis"),
    Asked("What does Flatten do to a shape?", {"flatten": True}, "one-array", shapes_of("flatten")),
)  # fmt: skip


def _plain_net(seen: Seen) -> Recognised | None:
    """One Dense, behind a Flatten or not, and nothing else."""
    classes = [layer.class_name for layer, _ in seen.calls]
    if classes not in (["Dense"], ["Flatten", "Dense"]):
        return None
    units, shape = seen.dense(), seen.calls[0][1]
    if len(shape) not in (2, 3) or not units:
        return None
    dims: Recognised = known(features=shape[-1], units=units[0])
    if len(shape) == 2:
        return {"sample": ROW, **dims}
    return {"timesteps": shape[1], **dims, **({"flatten": True} if len(classes) == 2 else {})}


def complete(lesson: Explainer[Dims]) -> Explainer[Dims]:
    """The lesson with its trials and signs."""
    return dataclasses.replace(
        lesson,
        asked=ASKED,
        trials=(
            one_sample,
            batch_of_one,
            batch_in_the_input,
            swapped,
            reshape_is_no_transpose,
            other_count,
            missing_axis,
        ),
        signs={Level.LAYER: _plain_net},
    )
