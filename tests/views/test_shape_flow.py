"""What the diagram is given: titles, columns, hidden answers, the failure, and the same in sentences."""

from __future__ import annotations

import json

import pytest

from explainers.core.results import Inspection
from explainers.stacked_lstm import Dims
from tests.views import samples
from views import shape_flow

SAMPLES = [
    samples.chain, samples.fixed_batch, samples.failing, samples.many_channels,
    samples.long_chain, samples.branching, samples.windows,
]  # fmt: skip


def test_a_step_has_title_notes_shape_and_count() -> None:
    step = shape_flow.data(samples.chain())["steps"][1]
    assert step["title"] == "LSTM(5)"
    assert step["notes"] == ["return_sequences=True"]
    assert step["params"] == 140
    assert step["why"] == "Reads the timesteps one by one and answers at every one."
    assert step["code"] == 'line 2: x = layers.LSTM(5, return_sequences=True, name="lstm_1")(sequence)'
    assert [(a["axis"], a["size"]) for a in step["shapes"][0]] == [("batch", None), ("timesteps", 20), ("units", 5)]


def test_a_number_knows_its_origin_and_its_line_of_code() -> None:
    units = shape_flow.data(samples.chain())["steps"][1]["shapes"][0][2]
    assert units["origin"] == "units=5 of LSTM lstm_1"
    assert units["sources"] == ["lstm_1.units"]
    assert units["code"].startswith("line 2: ")
    features = shape_flow.data(samples.chain())["steps"][0]["shapes"][0][2]
    assert features["code"] == 'line 1: sequence = keras.Input((20, 1), name="sequence")'


def test_titles_as_people_write_them() -> None:
    titles = [step["title"] for step in shape_flow.data(samples.long_chain())["steps"]]
    assert titles[:2] == ["Input", "Conv1D(17, 3)"]
    assert titles[-3:] == ["Flatten", "FeaturesAndElapsedTime", "Dense(3)"]
    assert shape_flow.data(samples.windows())["steps"][1]["title"] == "TimeDistributed(LSTM(6))"


def test_a_chain_has_one_step_in_each_column() -> None:
    assert shape_flow.data(samples.chain())["columns"] == [[{"step": i}] for i in range(4)]


def test_branches_stand_above_each_other_and_a_passing_link_has_its_place() -> None:
    drawn = shape_flow.data(samples.branching())
    assert drawn["columns"] == [
        [{"step": 0}, {"step": 1}],
        [{"step": 4}, {"step": 2}],
        [{"step": 6}, {"step": 3}],
        [{"link": 7}, {"step": 5}],
        [{"step": 7}],
    ]
    assert drawn["links"][7] == {"from": 6, "to": 7}
    assert len(drawn["links"]) == 8


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_step_stands_once_after_its_parents_and_all_is_json(sample: object) -> None:
    assert callable(sample)
    inspection: Inspection = sample()
    drawn = shape_flow.data(inspection)
    column = {entry["step"]: c for c, entries in enumerate(drawn["columns"]) for entry in entries if "step" in entry}
    assert sorted(column) == list(range(len(inspection.flow)))
    assert all(column[link["from"]] < column[link["to"]] for link in drawn["links"])
    assert json.loads(json.dumps(drawn)) == drawn


def test_what_is_hidden_is_not_sent_at_all() -> None:
    drawn = shape_flow.data(samples.chain(first=37), hide={1})
    assert drawn["steps"][1]["shapes"] == []
    assert drawn["steps"][1]["params"] is None
    assert "units 37" not in drawn["text"]
    assert "with 5,772 parameters" in shape_flow.text(samples.chain(first=37))
    assert "5,772" not in drawn["text"]
    assert "5772" not in json.dumps(drawn["steps"][1])
    assert ("LSTM lstm_1 (units=37, return_sequences=True) returns a shape that you are asked to predict.") in drawn[
        "text"
    ]


def test_the_failure_says_expected_and_found() -> None:
    drawn = shape_flow.data(samples.failing())
    assert [axis["axis"] for axis in drawn["failure"]["expected"]] == ["batch", "timesteps", "features"]
    assert [axis["axis"] for axis in drawn["failure"]["found"]] == ["batch", "units"]
    assert drawn["steps"][2]["failed"] is True
    assert drawn["steps"][2]["params"] is None
    assert drawn["text"].endswith(
        "LSTM lstm_2 (units=4) can't be built. It fails at lstm_2: "
        "expected (batch None, timesteps None, features None), found (batch None, units 5)."
    )
    assert shape_flow.data(samples.chain())["failure"] is None


def test_the_text_says_what_the_figure_shows() -> None:
    assert shape_flow.text(samples.fixed_batch()) == (
        "Shape flow of a model with 3 steps. Input sequence is (batch 1000, timesteps 64, features 1). SimpleRNN rnn "
        "(units=64) takes sequence and returns (batch 1000, units 64), with 4,224 parameters. Dense dense (units=1) "
        "takes rnn and returns (batch 1000, units 1), with 65 parameters."
    )
    assert "takes visits and elapsed and returns" in shape_flow.text(samples.branching())


def test_a_model_that_never_began() -> None:
    empty = Inspection((), (), 0, "", None, samples.failing().error, "", {})
    drawn = shape_flow.data(empty)
    assert drawn["steps"] == []
    assert drawn["columns"] == []
    assert drawn["text"].startswith("No layer was built. It fails at lstm_2: expected")


def test_a_size_that_a_dim_decides_can_be_dragged_unless_it_is_held() -> None:
    dims = Dims(timesteps=None, features=7)
    drags = shape_flow.draggable(dims.specs(), dims.values(), held={"units_2"})
    assert drags["sequence.shape[1]"] == {"dim": "features", "value": 7, "min": 1, "max": 512}
    assert "sequence.shape[0]" not in drags  # None has no edge to pull
    assert "level_2.units" not in drags
    assert drags["level_1.units"]["dim"] == "units_1"
