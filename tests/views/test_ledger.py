"""The ledger's data: counts that add up, blocks of gates, and sentences that follow from the axes."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from explainers.core.axes import Axis, product
from explainers.core.results import Inspection, Layer
from tests.views import samples_calls as samples
from views import ledger


def layer(inspection: Inspection, name: str) -> Layer:
    return next(layer for layer in inspection.layers if layer.name == name)


@pytest.mark.parametrize("inspection", [samples.two_lstms(run=False), samples.odd_layers()], ids=["lstms", "odd"])
def test_weights_add_up_to_layers_and_layers_to_the_total(inspection: Inspection) -> None:
    drawn = ledger.data(inspection)
    assert json.loads(json.dumps(drawn)) == drawn
    for row in drawn["layers"]:
        assert sum(weight["count"]["size"] for weight in row["weights"]) == row["params"]
    assert sum(row["params"] for row in drawn["layers"]) == drawn["total"] == inspection.total_params


def test_every_part_of_a_formula_has_its_axis() -> None:
    for row in ledger.data(samples.odd_layers())["layers"]:
        for weight in row["weights"]:
            assert len(weight["words"]) == len(weight["numbers"]) == len(weight["shape"])


def test_gates_share_the_last_axis() -> None:
    kernel = ledger.data(samples.two_lstms(run=False))["layers"][0]["weights"][0]
    assert kernel["gates"] == ["input", "forget", "cell", "output"]
    assert [(axis["axis"], axis["size"]) for axis in kernel["shape"]] == [("features", 3), ("4 × units", 20)]
    assert [(axis["axis"], axis["size"]) for axis in kernel["block"]] == [("features", 3), ("units", 5)]


def test_a_count_comes_from_all_its_axes() -> None:
    kernel = ledger.data(samples.two_lstms(run=False))["layers"][1]["weights"][0]
    assert kernel["count"]["sources"] == ["lstm_1.units", "lstm_2.units"]
    assert kernel["count"]["origin"] == "units × 4 × units = 5 × 4 × 4: all the numbers in kernel"


def test_layers_without_weights_are_only_named() -> None:
    drawn = ledger.data(samples.odd_layers())
    assert drawn["light"] == ["Dropout dropout"]
    assert "dropout" not in [row["name"] for row in drawn["layers"]]


def test_frozen_weights_are_counted_apart() -> None:
    norm = next(row for row in ledger.data(samples.odd_layers())["layers"] if row["name"] == "norm")
    assert (norm["params"], norm["frozen"]) == (64, 32)


def test_remark_names_the_axes_that_no_weight_has() -> None:
    inspection = samples.two_lstms(run=False)
    assert ledger.remark(layer(inspection, "lstm_1")) == (
        "No weight of lstm_1 has an axis for batch or timesteps: whatever their sizes, its 180 numbers stay the same."
    )
    assert ledger.remark(layer(inspection, "dense")) == (
        "No weight of dense has an axis for batch: whatever its size, its 10 numbers stay the same."
    )


def test_remark_says_when_a_weight_grows_with_timesteps() -> None:
    fed = samples.shape(("timesteps", 7), ("features", 3))
    flat = product(fed, "Flatten")
    dense = samples.dense_layer("dense", replace(flat, axis="features"), 2)  # Dense calls what it reads features
    grown = replace(dense, inputs=((samples.batch(None), flat),))
    assert ledger.remark(grown) == (
        "The size of kernel in dense depends on the number of timesteps: a different length needs different weights."
    )


UNNAMED = (Axis("axis 1", 7, ""), Axis("same size as units", 3, ""))


@pytest.mark.parametrize("change", [{"known": False}, {"inputs": ()}, {"inputs": (UNNAMED,)}])
def test_no_remark_where_the_axes_are_unknown(change: dict[str, object]) -> None:
    assert ledger.remark(replace(layer(samples.two_lstms(run=False), "lstm_1"), **change)) == ""  # type: ignore[arg-type]


def test_hidden_ledger_gives_nothing_away() -> None:
    hidden = ledger.data(samples.two_lstms(run=False), hide=True)
    assert hidden["total"] is None
    told = re.sub(r"lstm_[12]", "", json.dumps(hidden, ensure_ascii=False))
    assert not re.search(r"kernel|bias|units|features|×", told), told
    assert not re.search(r"\d", told), told


def test_a_hidden_layer_does_not_say_whether_it_has_weights() -> None:
    shown = ledger.data(samples.odd_layers())
    assert "dropout" not in [row["name"] for row in shown["layers"]]
    hidden = ledger.data(samples.odd_layers(), hide=["dropout"])
    row = next(row for row in hidden["layers"] if row["name"] == "dropout")
    assert (row["params"], row["weights"], row["remark"]) == (None, [], "")
    assert hidden["light"] == []
    everything = ledger.data(samples.odd_layers(), hide=True)["layers"]
    assert [row["name"] for row in everything] == [
        layer.name for layer in samples.odd_layers().layers if layer.class_name != "InputLayer"
    ]


def test_text_says_formulas_and_sums() -> None:
    assert ledger.text(samples.two_lstms(run=False)) == (
        "lstm_1 (LSTM): kernel features × 4 × units = 3 × 4 × 5 = 60; "
        "recurrent_kernel units × 4 × units = 5 × 4 × 5 = 100; "
        "bias 4 × units = 4 × 5 = 20; together 180. "
        "lstm_2 (LSTM): kernel units × 4 × units = 5 × 4 × 4 = 80; "
        "recurrent_kernel units × 4 × units = 4 × 4 × 4 = 64; "
        "bias 4 × units = 4 × 4 = 16; together 160. "
        "dense (Dense): kernel units × units = 4 × 2 = 8; bias units = 2 = 2; together 10. "
        "The model has 350 parameters."
    )
