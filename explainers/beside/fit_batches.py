"""What people try with fit, and how the lesson recognizes a fit that it can show."""

from __future__ import annotations

import dataclasses
import warnings
from typing import Any

from explainers.core.bounds import bounded
from explainers.core.explainer import Asked, Explainer
from explainers.core.later import keras, layers
from explainers.core.results import BuildError, Figure
from explainers.core.signs import Level, Recognised, Seen, known
from explainers.core.trial import Tried, trial
from explainers.core.trying import built, fit_batches, named
from explainers.core.waves import waves
from explainers.core.words import spoken_by_keras
from explainers.fit_batches import INPUTS, Dims, build, data_of

_SAMPLES = 500  # that a demonstration takes
_DEFAULT = 32  # batch_size where fit isn't told


def _small(dims: Dims) -> Dims:
    """The learner's dims, quick to run."""
    return bounded(dims, samples=_SAMPLES).but(declared_batch=None)


def _batch(dims: Dims) -> int:
    """The batch size, but not so small that a demonstration would take hundreds of steps."""
    return max(dims.batch_size or _DEFAULT, -(-dims.samples // 60))


def _compiled(dims: Dims) -> Any:
    model = built(lambda: build(dims), INPUTS)
    model.compile(optimizer="sgd", loss="mse")
    return model


def _refused(error: Exception, cause: str, mistake: str | None = None) -> BuildError:
    return BuildError(type(error).__name__, spoken_by_keras(error), None, mistake, cause)


def _one_sample(dims: Dims) -> str:
    return "With one sample there is nothing to leave out." if dims.samples == 1 else ""


@trial("Fewer targets than samples", "loud", says="Data cardinality is ambiguous.", needs=_one_sample)
def fewer_targets(dims: Dims) -> Tried:
    """x and y have different first axes."""
    small = _small(dims)
    x, y = data_of(small)
    y = y[:-1]
    verdict = (
        f"Every sample needs its target: x has {len(x):,} samples, y has {len(y):,}. Check how y was cut or shifted."
    )
    tensors = (named("x", x, "samples features"), named("y", y, "samples targets"))
    code = f"model.fit(x, y)  # {x.shape} and {y.shape}"
    try:
        _compiled(small).fit(x, y, batch_size=_batch(small), verbose=0)
    except ValueError as error:
        return Tried(code, verdict, tensors, error=_refused(error, verdict, "target_shape"))
    return Tried(code, "Keras accepts it.", tensors)


@trial("Give several outputs one target", "silent")
def narrow_targets(dims: Dims) -> Tried:
    """(samples, 1) against (samples, units): the loss broadcasts."""
    small = _small(dims)
    x, y = data_of(small)
    units = max(2, small.units)

    def wide() -> keras.Model:
        given = keras.Input((small.features,), name="x")
        return keras.Model(given, layers.Dense(units, name="dense")(given), name="wide")

    model = built(wide, INPUTS)
    model.compile(optimizer="sgd", loss="mse")
    loss = model.fit(x, y, batch_size=_batch(small), verbose=0).history["loss"][0]
    out = model.predict(x, batch_size=len(x), verbose=0)
    verdict = (
        f"It trains, loss {loss:.3g}, and nothing complains: the outputs are {out.shape}, the targets {y.shape}, and "
        f"mse stretches each target over all {units} outputs. All of them learn the same number."
    )
    return Tried(f"layers.Dense({units})\nmodel.fit(x, y)  # y: {y.shape}", verdict,
                 (named("x", x, "samples features"), named("y", y, "samples targets"),
                  named("outputs", out, "samples units")))  # fmt: skip


@trial("A batch_size larger than the data set", "run")
def larger_than_all(dims: Dims) -> Tried:
    """The batch is as large as there are samples."""
    small = _small(dims)
    x, _ = data_of(small)
    batch = small.samples + 7
    batches = fit_batches(x, batch)
    verdict = (
        f"batch_size={batch:,} is only a limit: the only batch holds all the data, {batches[0][0]:,} samples, "
        f"{batches[0]}. Nothing is padded, nothing repeated."
    )
    return Tried(f"model.fit(x, y, batch_size={batch})", verdict, (named("x", x, "samples features"),),
                 (Figure("steps per epoch", len(batches)), Figure("samples in it", batches[0][0])))  # fmt: skip


@trial("predict with the same batch_size", "run")
def predict_too(dims: Dims) -> Tried:
    """predict cuts, too, and puts the outputs together again."""
    small = _small(dims)
    x, _ = data_of(small)
    out = built(lambda: build(small), INPUTS).predict(x, batch_size=_batch(small), verbose=0)
    verdict = (
        f"predict takes {_batch(small):,} samples at a time, too, and joins the outputs: {out.shape}, one row per "
        f"sample. batch_size affects memory and time, never a shape."
    )
    return Tried(f"model.predict(x, batch_size={_batch(small)})", verdict,
                 (named("x", x, "samples features"), named("y", out, "samples units")))  # fmt: skip


@trial("Ask for more steps than there are", "silent")
def too_many_steps(dims: Dims) -> Tried:
    """steps_per_epoch above the number of batches: the data run out."""
    small = _small(dims)
    x, y = data_of(small)
    there = len(fit_batches(x, _batch(small)))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        _compiled(small).fit(x, y, batch_size=_batch(small), steps_per_epoch=there + 2, epochs=2, verbose=0)
    words = next((str(w.message) for w in said if "ran out of data" in str(w.message)), "")
    verdict = (
        f"The epoch has {there:,} batches; steps_per_epoch={there + 2} asks for two more. Keras stops the epoch and "
        f"only warns on the console: “{words}” Leave steps_per_epoch out for arrays; it is meant for data that "
        "never end."
    )
    return Tried(f"model.fit(x, y, batch_size={_batch(small)}, steps_per_epoch={there + 2})", verdict,
                 figures=(Figure("batches there are", there), Figure("batches asked for", there + 2)))  # fmt: skip


def _no_rest(dims: Dims) -> str:
    small = _small(dims)
    left = small.samples % _batch(small)
    return "" if left else "No sample is left over at these dims: every batch is full."


@trial("Drop the rest: drop_remainder=True", "silent", needs=_no_rest)
def dropped(dims: Dims) -> Tried:
    """tf.data's drop_remainder leaves the last samples out, in every epoch."""
    import tensorflow as tf

    small = _small(dims)
    x, _ = data_of(small)
    data = tf.data.Dataset.from_tensor_slices(x).batch(_batch(small), drop_remainder=True)
    batches = [tuple(batch.shape) for batch in data.as_numpy_iterator()]
    seen = sum(batch[0] for batch in batches)
    verdict = (
        f"{len(batches):,} full {'batch' if len(batches) == 1 else 'batches'} with {seen:,} samples: the last "
        f"{len(x) - seen:,} of {len(x):,} are never used, in any epoch, and nothing says so. Shuffle before you batch, "
        "or keep the rest: the batch axis is None, so a smaller last batch is no problem."
    )
    return Tried("tf.data.Dataset.from_tensor_slices((x, y)).batch(…, drop_remainder=True)", verdict,
                 (named("x", x, "samples features"),),
                 (Figure("samples used", seen), Figure("samples never used", len(x) - seen)))  # fmt: skip


@trial(
    "A stateful layer and the rest",
    "loud",
    says="the batch size of the input sequences must be the same as the batch size of the initial state",
    needs=_no_rest,
)
def stateful_rest(dims: Dims) -> Tried:
    """A stateful layer keeps one row of state for each sample of a batch; the last batch has too few."""
    small = _small(dims)
    batch, steps = _batch(small), 3
    x = waves((small.samples, steps, small.features))

    def remembering() -> keras.Model:
        given = keras.Input((steps, small.features), batch_size=batch, name="x")
        return keras.Model(given, layers.SimpleRNN(2, stateful=True, name="rnn")(given), name="stateful")

    model = built(remembering, {"x": "batch timesteps features"})
    rest = small.samples % batch
    verdict = (
        f"The layer keeps {batch:,} rows of state from batch to batch; the last batch has {rest:,} samples. Here, and "
        "only here, the samples must be a multiple of batch_size."
    )
    made = f"Input(({steps}, {small.features}), batch_size={batch})\nSimpleRNN(2, stateful=True)"
    code = f"{made}\nmodel.predict(x[-{rest}:])"
    fed = (named("x", x[-rest:], "samples timesteps features"),)
    try:
        model.predict(x[-rest:], batch_size=rest, verbose=0)
    except ValueError as error:
        return Tried(code, verdict, fed, error=_refused(error, verdict, "stateful_batch"))
    return Tried(code, "Keras accepts it.", fed)


# -- what people ask -----------------------------------------------------------------------------------------

ASKED: tuple[Asked[Dims], ...] = (
    Asked("How many batches are in an epoch?", {}, "steps", None,
          ("epoch", "batches per epoch", "steps per epoch", "steps_per_epoch", "iterations", "batches", "samples",
           "fit", "1875/1875")),
    Asked("Why is the last batch smaller?", {}, "steps", None, ("last batch", "incomplete batch", "remainder")),
    Asked("How often are the weights updated?", {}, "steps", None, ("update", "gradient step", "iteration")),
    Asked("What does batch_size do in fit?", {"batch_size": 10}, "steps", None, ("batch_size", "batch size")),
    Asked("What does validation_split do?", {"validation_split": 0.2}, "steps", None, ("validation", "val_loss")),
    Asked("What does steps_per_epoch do?", {}, "break-it", None,
          ("Your input ran out of data; interrupting training", "repeat()"), trial="too_many_steps"),
    Asked("What does drop_remainder do?", {}, "break-it", None, ("tf.data batch", "drop last"), trial="dropped"),
    Asked("Must the samples be a multiple of batch_size?", {}, "break-it", None, ("divisible by batch_size",),
          trial="stateful_rest"),
)  # fmt: skip


def _fitted(seen: Seen) -> Recognised | None:
    """A fit of a net of Dense layers, with the shape of its data."""
    spec = seen.finding.spec
    if spec is None or not seen.calls or {layer.class_name for layer, _ in seen.calls} - {"Dense", "Dropout"}:
        return None
    fit = next((check for check in spec.checks if check.kind == "fit" and check.shapes), None)
    if fit is None or len(fit.shapes[0]) != 2 or len(seen.dense()) != 2:
        return None
    samples, features = fit.shapes[0]
    return known(samples=samples, features=features, batch_size=fit.batch_size or None, units=seen.dense()[0])


def complete(lesson: Explainer[Dims]) -> Explainer[Dims]:
    """The lesson with its trials and signs."""
    return dataclasses.replace(
        lesson,
        asked=ASKED,
        trials=(
            larger_than_all,
            predict_too,
            fewer_targets,
            narrow_targets,
            too_many_steps,
            dropped,
            stateful_rest,
        ),
        signs={Level.DATA: _fitted},
    )
