"""The lesson sequence_set: counts of SYSTEMS, both ways, masks against unpadded runs, every mistake made live."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from explainers.core import explaining
from explainers.core.axes import names, sizes
from explainers.core.registry import find_explainer
from explainers.sequence_set import Dims
from tests.explained import explained_at, tried_at
from views import sequence_set as view

EXPLAINER = find_explainer("sequence_set")

PRESETS = {preset.name: Dims(**preset.dims) for preset in EXPLAINER.presets}


def inspected(dims: Dims, run: bool = False):
    return explaining.inspect_lesson(EXPLAINER, dims, run=run)


def demo(name: str, dims: Dims):
    return tried_at(EXPLAINER.name, name, dims)


def figures(shown) -> dict[str, object]:
    return {figure.label: figure.value for figure in shown.figures}


def params(found) -> dict[str, int]:
    return {layer.name: layer.params for layer in found.layers}


def shapes(found) -> dict[str, tuple]:
    return {layer.name: layer.outputs[0] for layer in found.layers}


@pytest.mark.parametrize(
    ("preset", "counts"),
    [
        ("16-x-100", {"rnn": 84, "dense": 160, "prediction": 33}),
        ("printed-summary", {"rnn": 864, "dense": 136, "prediction": 9}),
        ("todays-gru", {"rnn": 912, "dense": 136, "prediction": 9}),
    ],
)
def test_counts_of_the_presets(preset, counts):
    found = params(inspected(PRESETS[preset]))
    assert {name: found[name] for name in counts} == counts


@pytest.mark.parametrize(("cell", "gates", "biases"), [("LSTM", 4, 1), ("SimpleRNN", 1, 1), ("GRU", 3, 2)])
def test_counts_in_closed_form(cell, gates, biases):
    found = params(inspected(Dims(features=3, units=7, cell=cell)))
    assert found["rnn"] == gates * (3 * 7 + 7 * 7 + biases * 7)


def test_axes_of_the_squeeze():
    found = shapes(inspected(PRESETS["16-x-100"]))
    assert [(names(found[n]), sizes(found[n])) for n in ("sample", "take_out", "rnn", "put_back", "average")] == [
        (("batch", "sequences", "timesteps", "features"), (1, 16, 100, 1)),
        (("sequences", "timesteps", "features"), (16, 100, 1)),
        (("sequences", "units"), (16, 4)),
        (("batch", "sequences", "units"), (1, 16, 4)),
        (("batch", "units"), (1, 4)),
    ]


def test_axes_of_time_distributed():
    found = shapes(inspected(PRESETS["time-distributed"]))
    assert (names(found["each_sequence"]), sizes(found["each_sequence"])) == (
        ("batch", "sequences", "units"),
        (None, 4, 5),
    )


def test_axes_and_code_when_both_vary():
    found = inspected(PRESETS["both-vary"])
    assert found.error is None
    assert list(shapes(found)) == ["sample", "masking", "each_sequence", "average", "dense", "prediction"]
    assert sizes(shapes(found)["sample"]) == (None, None, None, 1)
    space: dict[str, object] = {}
    exec(compile(found.code, "shown", "exec"), space)
    assert space["model"].count_params() == found.total_params


def test_in_the_squeeze_the_cell_reads_all_sequences_at_once():
    run = inspected(PRESETS["16-x-100"], run=True).run
    assert run is not None
    assert run.calls_made == 101
    (read,) = run.calls[1].inputs
    assert (names(read.shape), sizes(read.shape)) == (("sequences", "features"), (16, 1))
    assert run.largest_difference is not None
    assert run.largest_difference < 1e-6


def test_time_distributed_calls_the_cell_for_each_sequence():
    run = inspected(PRESETS["time-distributed"], run=True).run
    assert run is not None
    assert run.calls_made == 4 * (6 + 1)


def test_a_run_that_would_take_too_long_says_so():
    run = inspected(PRESETS["16-x-100"].but(form="time_distributed"), run=True).run
    assert run is not None
    assert run.calls == ()
    assert run.note == (
        "One forward pass would call the cell 1,616 times, sequence after sequence, so it was not run here."
    )


# -- made live -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["GRU", "LSTM", "SimpleRNN"])
def test_both_ways_give_the_same_numbers(cell):
    shown = demo("two_ways", Dims(cell=cell, projected=7))
    values = figures(shown)
    assert values["weights, squeeze"] == values["weights, TimeDistributed"]
    assert values["largest difference"] < 1e-6
    one, two = shown.tensors[1].values, shown.tensors[2].values
    assert len(two) == 2
    assert one[0][0] == pytest.approx(two[0][0], abs=1e-5)
    assert abs(two[0][0] - two[1][0]) > 1e-4


def test_two_samples_into_the_squeeze():
    shown = demo("batch_of_two", Dims())
    assert shown.error is not None
    assert "squeeze" in shown.error.message.lower()
    assert "(2, 4, 6, 2) has 2 there" in shown.verdict


@pytest.mark.parametrize("cell", ["GRU", "LSTM"])
def test_gradients_flow(cell):
    norms = figures(demo("gradients", Dims(cell=cell)))
    assert len(norms) == 7
    assert all(norm > 0 for norm in norms.values())


@pytest.mark.parametrize("cell", ["GRU", "LSTM", "SimpleRNN"])
def test_padding_with_a_mask_is_no_padding(cell):
    shown = demo("padded_and_masked", Dims(cell=cell))
    assert figures(shown)["largest difference"] < 1e-6
    assert sizes(shown.tensors[0].shape) == (None, None, None, 2)


def test_padding_without_a_mask_counts():
    shown = demo("padded_and_counted", Dims())
    assert shown.error is None
    assert figures(shown)["largest difference"] > 1e-3
    assert "no error says so" in shown.verdict


def test_lstm_states():
    shown = demo("lstm_states", Dims())
    assert [tensor.name for tensor in shown.tensors] == ["output", "h", "c", "h and c"]
    assert shown.tensors[0].values == shown.tensors[1].values
    assert shown.tensors[1].values != shown.tensors[2].values
    joined = shown.tensors[3].shape
    assert (names(joined), joined[-1].size) == (("sequences", "2 × units"), 10)
    assert "is the same tensor as the output" in shown.verdict


def test_projection():
    shown = demo("projection", Dims(units=5, projected=3))
    assert figures(shown)["weights of W_hr"] == 15
    assert sizes(shown.tensors[0].shape) == (1, 4, 3)


def test_average_of_predictions_is_another_model():
    values = figures(demo("average_predictions", PRESETS["16-x-100"]))
    assert values["difference"] > 1e-6


def test_reset_after_then_and_now():
    assert list(figures(demo("reset_after", PRESETS["printed-summary"])).values()) == [864, 912, 864, 912]


def test_every_demonstration_is_what_it_says():
    for entry in EXPLAINER.trials:
        shown = tried_at(EXPLAINER.name, entry.name, Dims())
        assert shown.kind == entry.kind
        assert (shown.error is not None) == (entry.kind == "loud"), entry.name


# -- views ---------------------------------------------------------------------------------------------------


def test_picture_and_words():
    explanation = explained_at(EXPLAINER.name, Dims(sequences=3))
    extra = msgspec.to_builtins(explanation.extra)
    outputs = np.array(extra["answers"])
    assert outputs.shape == (3, 5)
    assert np.allclose(outputs.mean(axis=0), extra["average"], atol=1e-5)
    assert explanation.inspection.run.outputs[0].values[0][0] == pytest.approx(extra["prediction"], rel=1e-4)
    rows = view.ways(extra)
    assert rows[0]["squeeze: the set becomes the batch"] == (
        "sample: **(1,\xa03,\xa06,\xa02)** batch, sequences, timesteps, features"
    )
    assert rows[2]["TimeDistributed: the set is an axis"].startswith(
        "each_sequence: **(None,\xa03,\xa05)** batch, sequences, units; 135"
    )
    drawn = view.data(extra)
    assert (drawn["outputs"], drawn["average"]) == (list(extra["answers"]), list(extra["average"]))
    assert drawn["text"] == view.text(extra)
    assert view.text(extra).startswith("A sample of 3 sequences of 6 timesteps and 2 features. Unit 0 returns ")
