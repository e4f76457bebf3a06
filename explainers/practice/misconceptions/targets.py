"""Misconceptions about targets and losses: what y must look like, and what passes in silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from explainers.core.axes import Axis
from explainers.core.dims import DimsBase, choice, dim
from explainers.core.results import Figure
from explainers.core.trial import Tried, first, trial
from explainers.core.words import tag
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.live import (
    Array,
    chain,
    count_truth,
    keras,
    layers,
    named,
    np,
    predicted,
    refusal,
    shape_truth,
    titles,
    train,
    trained,
    waves,
)
from explainers.practice.misconceptions.misconception import REFUSES, TRAINS, Ask, Misconception, Truth, distinct


def _verdict(error: BaseException | None, trains: str, refuses: str) -> Truth:
    if error is None:
        return Truth(TRAINS, trains)
    return Truth(REFUSES, refuses, words=refusal(error, None, "").message)


# -- 3 ---------------------------------------------------------------------------------------------------------

LOSSES = ("categorical_crossentropy", "sparse_categorical_crossentropy")
LABELS = ("digits", "one-hot rows")


@dataclass(frozen=True)
class Labels(DimsBase):
    samples: int = fields.samples(2, high=64)
    features: int = fields.features(4)
    classes: int = dim(3, low=2, high=64, axis="classes", sets=("dense.units",), help="How many classes there are.")
    loss: str = choice(LOSSES[0], LOSSES, help="How the output is compared with the label.")
    labels: str = choice(LABELS[0], LABELS, help="How a label is written.")


def _labels(dims: Labels, labels: str) -> Array:
    """(samples, 1) digits, or (samples, classes) one-hot rows."""
    digits = np.arange(dims.samples) % dims.classes
    return digits[:, None] if labels == "digits" else np.eye(dims.classes)[digits]


def _classify(dims: Labels, loss: str, labels: str) -> BaseException | None:
    model = chain((dims.features,), layers.Dense(dims.classes, activation="softmax", name="dense"))  # (batch, classes)
    return train(model, waves((dims.samples, dims.features)), _labels(dims, labels), loss)


def _pairs(dims: Labels) -> tuple[tuple[str, str], ...]:
    """Every loss with every way to write a label, the learner's own pair first."""
    return first((dims.loss, dims.labels), [(loss, labels) for loss in LOSSES for labels in LABELS])


@trial(
    "{}", "loud", says="must have the same shape. Received: target.shape=(None, 1), output.shape=(None, 3)", each=_pairs
)
def paired(dims: Labels, pair: tuple[str, str]) -> Tried:
    """Train with one of the losses, and labels written in one of the ways."""
    loss, labels = pair
    y = _labels(dims, labels)
    wanted = "one row of classes per sample" if loss == LOSSES[0] else "one digit per sample"
    return trained(
        _classify(dims, loss, labels),
        f'model.compile(loss="{loss}")\nmodel.fit(x, y)  # y.shape == {y.shape}',
        f"{loss} expects {wanted}.",
        tensors=(named("y", y, "samples classes" if labels != "digits" else "samples digit"),),
        title=f"{loss}, {labels}",
    )


def _labels_verdict(dims: Labels, tried: tuple[Tried, ...]) -> str:
    return f"Two of the four pairs belong together: {'; '.join(titles(tried, 'run'))}."


LABELLED = Misconception(
    slug="labels-are-a-matter-of-taste",
    number=3,
    seen=14,
    believed="Labels as digits or as one-hot rows: a matter of taste.",
    truth=(
        "The loss decides the form. `categorical_crossentropy` expects `(batch, classes)`, "
        "`sparse_categorical_crossentropy` expects `(batch,)` or `(batch, 1)`."
    ),
    look="Change loss or labels, and read what Keras compares.",
    dims=Labels,
    trials=(paired,),
    verdict=_labels_verdict,
    ask=Ask(
        "choice",
        lambda rng: Labels(
            loss=rng.choice(LOSSES),
            labels=rng.choice(LABELS),
            **distinct(rng, samples=(4, 9), features=(2, 9), classes=(3, 9)),
        ),
        lambda d: f"{d.classes} classes, labels as {d.labels}. Does it train?",
        lambda d: (
            f'layers.Dense({d.classes}, activation="softmax")\nmodel.compile(loss="{d.loss}")\n'
            f"model.fit(x, y)  # y.shape == ({d.samples}, {1 if d.labels == 'digits' else d.classes})"
        ),
        lambda d: "“sparse” means: only the number of the class is written.",
        lambda d: _verdict(
            _classify(d, d.loss, d.labels), "Loss and labels have the same form.", "Loss and labels differ in form."
        ),
        (TRAINS, REFUSES),
    ),
    lesson="multi_output_cell",
    mistakes=("target_shape",),
    words=("must have the same shape", "target.shape", "to_categorical", "logits and labels", "sparse_categorical"),
)

# -- 7 ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItTrained(DimsBase):
    samples: int = fields.samples(64, low=2)
    features: int = fields.features(9)
    units: int = fields.units(3, "dense", high=64)


def _difference(dims: ItTrained) -> tuple[float, tuple[int, ...]]:
    """The loss where the first column is perfect and the others are 0, and the shape of y − p."""
    y = np.arange(1.0, dims.samples + 1)[:, None]  # (samples, 1)
    p = np.zeros((dims.samples, dims.units))  # (samples, units)
    p[:, 0] = y[:, 0]
    loss = float(keras.losses.MeanSquaredError()(y, p))
    return loss, tuple(keras.ops.subtract(y, p).shape)


def _for_two(dims: ItTrained) -> tuple[float, tuple[int, ...]]:
    """The same for two samples, which can be read."""
    return _difference(ItTrained(samples=2, features=dims.features, units=dims.units))


@trial("Many outputs, one target", "silent")
def one_target(dims: ItTrained) -> Tried:
    """Train it."""
    y = waves((dims.samples, 1))
    model = chain((dims.features,), layers.Dense(dims.units, name="dense"))  # (batch, units)
    return trained(
        train(model, waves((dims.samples, dims.features)), y, "mse"),
        f'model.compile(loss="mse")\nmodel.fit(x, y)  # output (None, {dims.units}), y {y.shape}',
        f"It trains: every one of the {tag(dims.units, 'units')} outputs learns the same number.",
        tensors=(named("y", y, "samples targets"),),
        wrong=dims.units > 1,
        title=f"{dims.units} outputs, one target",
    )


@trial("A perfect first column", "silent")
def perfect_column(dims: ItTrained) -> Tried:
    """Its loss, although the first column is right."""
    loss, shape = _for_two(dims)
    y, p = (np.array([[1.0], [2.0]]), np.array([[float(n), *[0.0] * (dims.units - 1)] for n in (1, 2)]))
    return Tried(
        "keras.losses.MeanSquaredError()(y, p)",
        f"y − p has the shape {shape}: the one column of y was copied {tag(dims.units, 'units')} times.",
        (named("y", y, "samples targets"), named("p", p, "samples units")),
        (Figure("loss", round(loss, 7), "0 would be perfect"),),
        values=True,
        kind="silent" if dims.units > 1 else "run",
    )


def _it_trained_verdict(dims: ItTrained, tried: tuple[Tried, ...]) -> str:
    return (
        f"Although the first column is a perfect prediction, the loss is {_for_two(dims)[0]:.4g}: the shapes were "
        "stretched."
    )


def _it_trained_truth(dims: ItTrained) -> Truth:
    _, (rows, columns) = _difference(dims)
    return count_truth(
        rows * columns, f"y − p has the shape ({rows}, {columns}): the one column of y was copied {columns} times."
    )


IT_TRAINED = Misconception(
    slug="it-trained-so-it-is-right",
    number=7,
    seen=13,
    believed="It trained, so the shapes are right.",
    truth=(
        "mse and mae **broadcast**: one column of y is copied over all outputs. A model with one feature silently "
        "adds or drops an axis. Compare `y.shape` with `model.output_shape` before you train."
    ),
    look="Set units to 1: the loss of the perfect prediction becomes 0.",
    dims=ItTrained,
    trials=(one_target, perfect_column),
    verdict=_it_trained_verdict,
    ask=Ask(
        "count",
        lambda rng: ItTrained(**distinct(rng, samples=(20, 60), features=(2, 9), units=(2, 9))),
        lambda d: (
            f"y is ({d.samples}, 1), the output p is ({d.samples}, {d.units}), the loss is mse. It is the mean of how "
            "many squares?"
        ),
        lambda d: "keras.ops.mean(keras.ops.square(y - p))",
        lambda d: "What is the shape of y − p? From the right, 1 meets the width of p, and stretches.",
        _it_trained_truth,
    ),
    lesson="fit_batches",
    mistakes=("target_shape",),
    words=("loss does not decrease", "silent broadcasting", "mse", "wrong loss", "predicts the mean"),
)

# -- 9 ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LastDense(DimsBase):
    samples: int = fields.samples(64, low=2)
    features: int = fields.features(10)
    targets: int = dim(3, high=32, axis="targets", help="How many columns y has.")
    units: int = fields.units(4, "dense", high=64)


def _regress(dims: LastDense, units: int) -> BaseException | None:
    model = chain((dims.features,), layers.Dense(units, name="dense"))  # (batch, units)
    return train(model, waves((dims.samples, dims.features)), waves((dims.samples, dims.targets)), "mse")


@trial(
    "Dense({})",
    "loud",
    says="Dimensions must be equal, but are 3 and 4",
    each=lambda dims: dict.fromkeys((dims.units, dims.targets, 1)),
)
def as_wide(dims: LastDense, units: int) -> Tried:
    """A last layer of so many units."""
    told = (
        f"{tag(units, 'units')} outputs for {tag(dims.targets, 'targets')} target columns: one each."
        if units == dims.targets
        else f"{tag(units, 'units')} outputs for {tag(dims.targets, 'targets')} target columns."
    )
    return trained(
        _regress(dims, units),
        f'layers.Dense({units})\nmodel.compile(loss="mse")\n'
        f"model.fit(x, y)  # y.shape == ({dims.samples}, {dims.targets})",
        told,
        wrong=units != dims.targets,
    )


def _last_dense_verdict(dims: LastDense, tried: tuple[Tried, ...]) -> str:
    silent = titles(tried, "silent")
    and_so = f" {', '.join(silent)} trains silently: the sizes were stretched." if silent else ""
    return f"y has {tag(dims.targets, 'targets')} columns, so the last layer needs as many units.{and_so}"


def _last_dense_drawn(rng: Any) -> LastDense:
    drawn = distinct(rng, samples=(10, 40), features=(5, 9), targets=(2, 4))
    return LastDense(units=rng.choice((1, drawn["targets"], drawn["targets"] + 3)), **drawn)


LAST_DENSE = Misconception(
    slug="the-last-dense-is-a-free-choice",
    number=9,
    seen=11,
    believed="The width of the last Dense is a free choice.",
    truth="It is the number of target columns, or of classes. Any other width is refused, except 1, which is "
    "silently stretched.",
    look="Set units to targets, then to 1.",
    dims=LastDense,
    trials=(as_wide,),
    verdict=_last_dense_verdict,
    ask=Ask(
        "choice",
        _last_dense_drawn,
        lambda d: f"y has {d.targets} columns, the last layer is Dense({d.units}), the loss is mse. What does fit do?",
        lambda d: (
            f'layers.Dense({d.units})\nmodel.compile(loss="mse")\n'
            f"model.fit(x, y)  # y.shape == ({d.samples}, {d.targets})"
        ),
        lambda d: "Are the two widths equal? If not: is one of them 1?",
        lambda d: _verdict(
            _regress(d, d.units),
            "The widths are equal." if d.units == d.targets else "A width of 1 is stretched: it trains, and wrongly.",
            f"{d.targets} and {d.units} are not equal, and neither is 1.",
        ),
        (TRAINS, REFUSES),
    ),
    lesson="windowed_forecast",
    lesson_dims={"targets": 2},
    mistakes=("target_shape", "operand_sizes"),
    words=("Dimensions must be equal", "number of classes", "output layer units", "Incompatible shapes"),
)

# -- 14 --------------------------------------------------------------------------------------------------------

STEP_LOSSES = ("mse", "binary_crossentropy")


@dataclass(frozen=True)
class PerStep(DimsBase):
    samples: int = fields.samples(64, low=2, high=128)
    timesteps: int = fields.timesteps(45, high=64)
    features: int = fields.features(2)
    units: int = fields.units(8, "rnn", high=64)
    return_sequences: bool = fields.return_sequences(True)


def _per_step(dims: PerStep, keeps: bool) -> Any:
    """A SimpleRNN and a Dense(1): (batch, timesteps, 1) or (batch, 1).

    A SimpleRNN, because it trains in half the time of an LSTM, and what is said about shapes is the same.
    """
    rnn = layers.SimpleRNN(dims.units, return_sequences=keeps, name="rnn")
    return chain((dims.timesteps, dims.features), rnn, layers.Dense(1, activation="sigmoid", name="dense"))


def _labels_per_sample(dims: PerStep) -> tuple[tuple[bool, str, Array], ...]:
    """return_sequences, a loss, and one label for each sample."""
    return (
        (dims.return_sequences, "mse", np.ones((dims.samples, 1))),
        (dims.return_sequences, "binary_crossentropy", np.ones(dims.samples)),
        (not dims.return_sequences, "mse", np.ones((dims.samples, 1))),
    )


@trial("{}", "silent", each=_labels_per_sample)
def compared(dims: PerStep, case: tuple[bool, str, Array]) -> Tried:
    """Train with one label per sample."""
    keeps, loss, y = case
    model = _per_step(dims, keeps)
    error = train(model, waves((dims.samples, dims.timesteps, dims.features)), y, loss)
    told = (
        f"{tag(dims.timesteps, 'timesteps')} outputs per sample meet one label"
        if keeps
        else "One output per sample meets one label"
    )
    told += "." if error is not None or not keeps else ": it is copied over all of them."
    return trained(
        error,
        f'model.compile(loss="{loss}")\nmodel.fit(x, y)  # output {model.output_shape}, y {y.shape}',
        told,
        tensors=(named("y", y, "samples targets" if y.ndim == 2 else "samples"),),
        wrong=keeps,
        title=f"return_sequences={keeps}, {loss}",
    )


def _per_step_verdict(dims: PerStep, tried: tuple[Tried, ...]) -> str:
    return (
        f"return_sequences of the last RNN decides: {_per_step(dims, True).output_shape} or "
        f"{_per_step(dims, False).output_shape}."
    )


def _per_step_truth(dims: PerStep) -> Truth:
    y, words = predicted(_per_step(dims, dims.return_sequences), waves((dims.samples, dims.timesteps, dims.features)))
    assert y is not None, words
    names = ("samples", "timesteps", "units") if y.ndim == 3 else ("samples", "units")
    axes = tuple(
        Axis(name, n, ("what the model returned for these samples")) for name, n in zip(names, y.shape, strict=True)
    )
    return shape_truth(axes, f"The model was fed {dims.samples} samples and returned {y.shape}: y has the same shape.")


PER_STEP = Misconception(
    slug="per-step-and-per-sample",
    number=14,
    seen=10,
    believed="One output per step and one output per sample can be compared.",
    truth="`return_sequences` of the **last** RNN decides: `(batch, timesteps, k)` or `(batch, k)`; y must have the "
    "same form. mse copies a single label over all steps, without a warning.",
    look="Switch return_sequences and compare which trials pass.",
    dims=PerStep,
    trials=(compared,),
    verdict=_per_step_verdict,
    ask=Ask(
        "shape",
        lambda rng: PerStep(
            return_sequences=rng.random() < 0.5,
            **distinct(rng, samples=(20, 60), timesteps=(5, 15), features=(2, 4), units=(3, 9)),
        ),
        lambda d: f"{d.samples} samples are in x. What shape must y have so that every output has its target?",
        lambda d: (
            f"x = keras.Input(({d.timesteps}, {d.features}))\n"
            f"h = layers.SimpleRNN({d.units}, return_sequences={d.return_sequences})(x)\ny = layers.Dense(1)(h)"
        ),
        lambda d: "The shape of the output, with the number of samples in front.",
        _per_step_truth,
    ),
    lesson="windowed_forecast",
    mistakes=("target_shape",),
    words=(
        "same rank",
        "target and output must have the same rank",
        "sequence labeling",
        "many to one",
        "many to many",
    ),
)

TARGETS: tuple[Misconception[Any], ...] = (LABELLED, IT_TRAINED, LAST_DENSE, PER_STEP)
