"""Every misconception, tried at the dims of the report that it was found in: Keras must still say and do the same."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from explainers.core.axes import plain
from explainers.core.trial import Tried
from explainers.core.words import untagged
from explainers.practice.misconceptions.asking import show_misconception
from explainers.practice.misconceptions.catalogue import BY_SLUG
from explainers.practice.misconceptions.misconception import Shown


@dataclass(frozen=True)
class Expected:
    """A trial by its title: its kind, and pieces of what must be in it."""

    title: str
    kind: str
    pieces: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    dims: dict[str, str]
    trials: tuple[Expected, ...]
    verdict: tuple[str, ...] = field(default=())


def run(*trials: Expected, verdict: tuple[str, ...] = (), **dims: str) -> Run:
    return Run(dims, trials, verdict)


def refused(title: str, *pieces: str) -> Expected:
    return Expected(title, "loud", pieces)


def silent(title: str, *pieces: str) -> Expected:
    return Expected(title, "silent", pieces)


def runs(title: str, *pieces: str) -> Expected:
    return Expected(title, "run", pieces)


NDIM = (
    "Input 0 with name 'None' of layer '{}' is incompatible with the layer: expected ndim=3, found ndim={}. "
    "Full shape received: {}"
)
DEFINED = "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape={}"
CARDINALITY = (
    "Data cardinality is ambiguous. Make sure all arrays contain the same number of samples.'x' sizes: {} 'y' sizes: {}"
)

RUNS: dict[str, Run] = {
    "a-row-is-a-sequence": run(
        refused("Feed the table as it is", "x (6, 2)", "Expected shape (None, 3, 2)"),
        runs("Slide a window over the table", "((2.0, 3.0), (4.0, 5.0), (6.0, 7.0))"),
        runs("Feed the windows", "x (4, 3, 2)", "y (4, 4)"),
        units="4",
    ),
    "any-batch-for-a-stateful-model": run(
        refused(
            "A fresh stateful model",
            "If an RNN is stateful, the batch size of the input sequences must be the same as the batch size of the "
            "initial state.",
            "Expected batch size: 4",
            "Received batch size: 1",
        ),
        silent("The same, after two full batches", "x (1, 5, 3)", "y (4, 2)"),
        runs("Its twin without state, same weights", "x (1, 5, 3)", "y (1, 2)"),
    ),
    "labels-are-a-matter-of-taste": run(
        refused(
            "categorical_crossentropy, digits",
            "Arguments `target` and `output` must have the same shape. Received: target.shape=(None, 1), "
            "output.shape=(None, 3)",
        ),
        runs("sparse_categorical_crossentropy, digits", "y (2, 1)"),
        refused(
            "sparse_categorical_crossentropy, one-hot rows",
            "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape=(None, 3), "
            "output.shape=(None, 3)",
        ),
        runs("categorical_crossentropy, one-hot rows", "y (2, 3)"),
    ),
    "convolution-keeps-the-length": run(
        refused(
            'padding="valid"',
            "(None, 7, 3); (None, 5, 4); (None, 2, 4)",
            "Computed output size would be zero or negative. Received `inputs shape=(None, 2, 4)`, "
            "`kernel shape=(3, 4, 4)`, `dilation_rate=[1]`, `strides=(1,)`, `padding=valid`.",
        ),
        runs('padding="same"', "(None, 7, 4); (None, 3, 4); (None, 3, 4)"),
        channels="3",
    ),
    "a-state-is-any-tensor": run(
        runs("LSTM", "(None, 4) (None, 4) (None, 4)"),
        runs("GRU", "(None, 4) (None, 4)"),
        refused("Unpack a GRU like an LSTM", "not enough values to unpack (expected 3, got 2)"),
        runs("Start from states of 2", "(None, 4)"),
        refused("Run it", "Dimensions must be equal, but are 2 and 4", "[1,2], [4,16]"),
    ),
    "more-steps-more-weights": run(
        runs("5 timesteps", "128 parameters"),
        runs("500 timesteps", "128 parameters"),
        runs("None timesteps", "128 parameters"),
        runs("The three kinds", "LSTM 128", "GRU 108", "SimpleRNN 32"),
        verdict=("128 weights at 5, 500 or an open number",),
    ),
    "it-trained-so-it-is-right": run(
        silent("3 outputs, one target", "y (64, 1)"),
        silent("A perfect first column", "loss 1.6666667", "((1.0, 0.0, 0.0), (2.0, 0.0, 0.0))"),
    ),
    "shape-is-the-whole-array": run(
        refused("The shape of the whole array", NDIM.format("lstm", 4, "(None, 32, 10, 3)")),
        runs("The shape of one sample", "(None, 10, 3); (None, 4)"),
        runs("Feed the whole array", "y (32, 4)"),
    ),
    "the-last-dense-is-a-free-choice": run(
        refused("Dense(4)", "Dimensions must be equal, but are 3 and 4"),
        runs("Dense(3)"),
        silent("Dense(1)"),
    ),
    "an-rnn-passes-its-sequence-on": run(
        refused("return_sequences=False", "(None, 4)", NDIM.format("lstm_1", 2, "(None, 4)")),
        runs("return_sequences=True", "(None, 7, 4); (None, 2)"),
    ),
    "dense-mixes-everything": run(
        runs("Dense on a sequence", "(None, 5, 7)", "28 parameters", "3 × 7 = 21"),
        runs("Flatten first", "(None, 15); (None, 7)", "112 parameters", "15 × 7 = 105"),
    ),
    "embedding-takes-vectors": run(
        runs("Whole numbers", "(None, 5, 4)"),
        silent("One-hot rows", "(None, 5, 10, 4)"),
        refused("Look up id 10", "indices[0,0] = 10 is not in [0, 10)"),
    ),
    "units-is-the-number-of-steps": run(
        runs("units=4", "(None, 7, 4)"), runs("units=1", "(None, 7, 1)"), runs("units=100", "(None, 7, 100)")
    ),
    "per-step-and-per-sample": run(
        silent("return_sequences=True, mse", "output (None, 45, 1)"),
        refused(
            "return_sequences=True, binary_crossentropy",
            "Arguments `target` and `output` must have the same rank (ndim). Received: target.shape=(32,), "
            "output.shape=(32, 45, 1)",
        ),
        runs("return_sequences=False, mse", "output (None, 1)"),
    ),
    "steps-and-features-are-interchangeable": run(
        runs("Timesteps first", "kernel (3, 16)", "128 parameters", "runs 7 times"),
        silent("The same numbers, axes swapped", "kernel (7, 16)", "192 parameters", "runs 3 times"),
    ),
    "none-allows-different-lengths": run(
        refused("Both lengths in one array", "Invalid dtype: object"),
        runs("Pad to the longest", "x (2, 3, 1)", "y (2, 2)"),
        runs("A different batch, a different length", "x (2, 7, 1)", "y (2, 2)"),
    ),
    "an-rnn-reads-nested-sequences": run(
        refused("An LSTM on sequences of sequences", NDIM.format("lstm", 4, "(None, 6, 5, 3)")),
        runs("TimeDistributed reads the small sequences", "(None, 6, 4); (None, 2)"),
        runs("Or one long sequence", "(None, 30, 3); (None, 4)"),
        runs("Or wider steps", "(None, 6, 15); (None, 4)"),
    ),
    "channels-may-stand-first": run(
        silent("Channels first", "(None, 1, 30, 8)"),
        runs("Channels last", "(None, 30, 30, 8)"),
        rows="32",
        columns="32",
        channels="3",
    ),
    "reshape-turns-axes": run(
        runs("The readings", "((1.0, 2.0, 3.0), (10.0, 20.0, 30.0))"),
        silent("a.reshape(3, 2)", "((1.0, 2.0), (3.0, 10.0), (20.0, 30.0))"),
        runs("a.T", "((1.0, 10.0), (2.0, 20.0), (3.0, 30.0))"),
    ),
    "none-is-a-number": run(
        runs("3 timesteps", "x (5, 3, 2)", "y (5, 4)"),
        runs("7 timesteps", "x (5, 7, 2)", "y (5, 4)"),
        refused(
            "Without the open axis", "Expected shape (None, None, 2), but input has incompatible shape (5, 2)"
        ),
    ),
    "bidirectional-keeps-the-width": run(
        runs('merge_mode="concat"', "(None, 8)", "256 parameters"),
        runs('merge_mode="sum"', "(None, 4)"),
        runs("With its states", "(None, 8) (None, 4) (None, 4) (None, 4) (None, 4)"),
    ),
    "padding-zeros-do-not-count": run(
        silent("no mask"), runs("Masking"), silent("Embedding"), runs("Embedding, mask_zero"), units="2", padded="2"
    ),
    "as-many-targets-as-rows": run(
        refused("All rows as targets", "x (6, 4, 1)", "y (10,)", CARDINALITY.format("6", "10")),
        runs("y starts at row 4", "x (6, 4, 1)", "y (6,)", "[0, 1, 2, 3]; the value after it is 4"),
    ),
    "predict-takes-any-columns": run(
        runs("The trained model", "kernel (4, 128)"),
        refused("Data with 34 features", "Dimensions must be equal, but are 34 and 4", "[2,34], [4,128]"),
        runs("Data with 4 features", "y (3, 32)"),
    ),
    "one-sample-as-it-is": run(
        refused("The sample as it is", "Expected shape (None, 10, 3), but input has incompatible shape (10, 3)"),
        runs("With a batch axis", "y (1, 1)"),
        silent("One feature, the sample as it is", "x (10, 1)", "y (10, 1)"),
        runs("One feature, with a batch axis", "x (1, 10, 1)", "y (1, 1)"),
    ),
    "a-weight-contains-the-batch": run(
        refused("Batch too", DEFINED.format("(None, 5, 3)")),
        runs("Whole sample", "kernel (1, 5, 3)", "(None, 5, 3)"),
        runs("Last axis", "kernel (3,)", "(None, 5, 3)"),
    ),
    "broadcasting-from-the-left": run(
        runs("times (100, 1)", "(None, 100, 256)"),
        runs("times (256,)", "(None, 100, 256)"),
        refused("times (100,)", "Inputs have incompatible shapes. Received shapes (100, 256) and (100,)"),
    ),
    "input-shape-on-a-later-layer": run(
        silent("With input_shape on the second layer", "(None, 2)", "kernel (4, 8)", "Do not pass an `input_shape`"),
        runs("Without it", "kernel (4, 8)"),
    ),
    "a-list-is-an-array": run(
        refused("List of arrays", CARDINALITY.format("3, 3", "2")),
        refused(
            "List of lists", "Unrecognized data type: x=[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]] (of type <class 'list'>)"
        ),
        runs("np.array"),
    ),
    "a-summary-knows-the-shapes": run(
        runs("Before it has seen a shape", "Built: False, False, False", "0 (unbuilt)"),
        runs("After build((None, 5, 3))", "lstm 128", "dense 5"),
        verdict=("133 after",),
    ),
    "an-rnn-changes-the-length": run(
        silent("An output per timestep", "(None, 10, 5)"),
        runs("All at once, from the last state", "(None, 5)"),
        runs("A second sequence", "(None, 5, 1)"),
    ),
    "tf-data-batches-by-itself": run(
        refused("No batch", "Expected shape (None, 10, 3), but input has incompatible shape (10, 3)"),
        runs(".batch(4)", "(None, 10, 3)"),
        refused(
            ".batch(4).batch(2)",
            "Expected shape (None, 10, 3), but input has incompatible shape (None, None, 10, 3)",
        ),
    ),
    "flatten-works-with-open-steps": run(
        refused("Flatten", "(None, None)", DEFINED.format("(None, 4)")),
        runs("GlobalAveragePooling1D", "(None, 4)"),
        runs("LSTM", "(None, 4)"),
    ),
    "a-kernel-slides-over-the-values": run(
        runs("Readings along the first axis", "(None, 92, 64)", "kernel (10, 1, 64)"),
        refused(
            "The same numbers, axes swapped",
            "Computed output size would be zero or negative. Received `inputs shape=(None, 1, 101)`, "
            "`kernel shape=(10, 101, 64)`",
        ),
    ),
    "a-number-in-brackets-is-a-shape": run(
        refused("shape=(784)", "Cannot convert '784' to a shape."),
        refused("shape=784", "Cannot convert '784' to a shape."),
        runs("shape=(784,)", "(None, 784)"),
        features="784",
    ),
}  # fmt: skip


def facts(trial: Tried) -> str:
    """Everything a trial showed, as one text with single spaces."""
    told = [trial.code, untagged(trial.verdict), trial.error.message if trial.error else ""]
    told += [f"{tensor.name} {plain(tensor.shape)} {tensor.values}" for tensor in trial.tensors]
    told += [f"{figure.label} {figure.value}" for figure in trial.figures]
    if trial.inspection:
        told.append("; ".join(" ".join(map(plain, step.outputs)) for step in trial.inspection.flow))
        for layer in trial.inspection.layers:
            told.append(f"{layer.params} parameters")
            told += [f"{weight.name} {plain(weight.shape)}" for weight in layer.weights]
    return " ".join("\n".join(told).split())


def titled(shown: Shown, title: str) -> Tried:
    return next(trial for trial in shown.trials if trial.title == title)


def test_every_misconception_has_its_smallest_run() -> None:
    assert set(RUNS) == set(BY_SLUG)


@pytest.mark.parametrize("slug", RUNS)
def test_keras_says_and_does_what_the_misconception_shows(slug: str) -> None:
    expected = RUNS[slug]
    shown = show_misconception(slug, expected.dims)
    for wanted in expected.trials:
        trial = titled(shown, wanted.title)
        assert trial.kind == wanted.kind, trial
        told = facts(trial)
        assert [piece for piece in wanted.pieces if piece not in told] == [], told
    for piece in expected.verdict:
        assert piece in untagged(shown.verdict)
