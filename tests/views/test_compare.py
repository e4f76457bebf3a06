"""Two settings compared, against live models: what differs, aligned, and the reason from the origins."""

from __future__ import annotations

import pytest

from explainers.core.dims import Value
from explainers.core.registry import all_explainers
from explainers.core.results import Explanation
from tests.explained import explained
from views import compare as view
from views import shape_flow
from views.compare import Comparison, DimChange, compare

LESSONS = all_explainers()


def both(name: str, a: dict[str, Value], b: dict[str, Value]) -> Comparison:
    return compare(explained(name, **a), explained(name, **b))


def whys(found: Comparison) -> dict[str, str]:
    return {f"{row.layer} {row.name}".strip(): row.why for row in found.weights}


def test_each_weight_says_which_axis_made_it_grow():
    found = both("stacked_lstm", {}, {"features": 9, "units_1": 10})
    assert found.dims == (DimChange("features", "3", "9"), DimChange("units_1", "5", "10"))
    assert whys(found) == {
        "level_1 kernel": "60 → 360 because features 3 → 9 (sequence.shape[1]) and units 5 → 10 (level_1.units).",
        "level_1 recurrent_kernel": "100 → 400 because units 5 → 10 (level_1.units).",
        "level_1 bias": "20 → 40 because units 5 → 10 (level_1.units).",
        "level_2 kernel": "80 → 160 because features 5 → 10 (level_1.units).",
    }
    assert found.totals == (345, 1045)
    assert found.total_why == "+700: level_1 +620 and level_2 +80."
    assert found.same_weights == 4


@pytest.mark.parametrize("name", LESSONS)
def test_the_tables_tell_a_reason_once(name):
    spec = LESSONS[name].dims.spec(LESSONS[name].journey.change)
    found = both(name, {}, {spec.name: int(spec.default or 3) + 2})
    shapes, weights = ([row["why"] for row in table["rows"] if row["why"]] for table in view.data(found)["tables"])
    reasons = {reason for row in found.weights for reason in row.reasons}
    assert reasons
    for reason in reasons - {part for part in reasons for whole in reasons if part in whole and part != whole}:
        in_shapes, in_weights = (sum(reason in why for why in told) for told in (shapes, weights))
        assert in_weights == (0 if in_shapes else 1), (reason, shapes, weights)
    assert len({*shapes, *weights}) == len(shapes) + len(weights)


def test_only_the_axes_that_differ_are_marked():
    rows = {row.name: row for row in both("stacked_lstm", {}, {"units_1": 10}).layers}
    assert rows["level_1"].moved_a == rows["level_1"].moved_b == {(0, 2)}
    assert rows["level_1"].why == "units 5 → 10 (level_1.units)."
    assert not rows["level_2"].moved_b
    assert rows["level_2"].why == ""


def test_a_layer_in_one_setting_only():
    found = both("stacked_lstm", {}, {"levels": 3})
    rows = {row.name: row for row in found.layers}
    assert [row.name for row in found.layers] == ["sequence", "level_1", "level_2", "level_3", "dense"]
    assert rows["level_3"].a is None
    assert rows["level_3"].why == "Only now, because levels 2 → 3."
    assert rows["level_2"].why == "The axis timesteps is new, because return_sequences=True is new."
    assert whys(found)["level_3"] == "kernel, recurrent_kernel and bias. Only now, because levels 2 → 3."


def test_several_changed_dims_claim_no_single_cause():
    rows = {row.name: row for row in both("stacked_lstm", {"levels": 3}, {"units_1": 9}).layers}
    assert rows["level_3"].b is None
    assert rows["level_3"].why == "Only in the pinned setting."


def test_an_axis_that_went_missing_further_up():
    rows = {row.name: row for row in both("stacked_lstm", {"return_sequences": True}, {}).layers}
    assert rows["level_2"].why == "The axis timesteps is gone, because return_sequences=True is gone."
    assert rows["dense"].why == "The axis timesteps is gone, as in its input."
    assert rows["dense"].moved_a == {(0, 1)}
    assert rows["dense"].moved_b == frozenset()


def test_another_class_has_other_axes():
    found = both("stacked_lstm", {}, {"layer_1": "GRU", "timesteps": None})
    assert whys(found)["level_1 kernel"] == (
        "60 → 45 because its axes are features × 3 × units instead of features × 4 × units (GRU instead of LSTM)."
    )
    row = next(row for row in found.layers if row.name == "level_1")
    assert row.why == "timesteps 6 → None (sequence.shape[0]). Also different: GRU instead of LSTM."


def test_the_same_shape_with_another_argument():
    found = both("stacked_lstm", {"layer_1": "GRU"}, {"layer_1": "GRU", "reset_after": False})
    assert "No layer differs in shape, and 315 parameters become 300 (−15)." in view.text(found)
    assert next(row.why for row in found.layers if row.name == "level_1") == (
        "The same shape; what differs: reset_after=False is new."
    )


def test_a_joined_axis_says_which_part_grew():
    found = both("multi_output_cell", {}, {"extra_units": 9})
    row = next(row for row in found.layers if row.name == "rnn")
    assert row.why == "units + extra_units 8 → 12: extra_units 5 → 9 (rnn.extra_units)."


@pytest.mark.parametrize("swapped", [False, True])
def test_a_failing_side_is_compared_as_far_as_it_stood(swapped):
    good, bad = explained("stacked_lstm"), explained("stacked_lstm", return_sequences_1=False)
    found = compare(bad, good) if swapped else compare(good, bad)
    which = "pinned" if swapped else "current"
    assert [error is not None for error in found.errors] == [swapped, not swapped]
    assert f"Keras can't build the {which} setting. Only the layers before the failure are compared." in view.text(
        found
    )
    dense = next(row for row in found.layers if row.name == "dense")
    assert dense.why == f"The {which} setting can't be built up to this layer."
    assert found.totals[0 if swapped else 1] is None
    drawn = view.data(found)["tables"]
    cell = drawn[0]["rows"][-1]["cells"][0 if swapped else 1]
    assert (cell["text"], cell["state"]) == ("not built", "refused")
    assert drawn[1]["rows"][-1]["cells"][0 if swapped else 1]["text"] == "not built"


def test_both_sides_fail():
    found = both("stacked_lstm", {"return_sequences_1": False}, {"return_sequences_1": False, "features": 9})
    assert view.text(found) == (
        "1 dim differs: **features** 3 → 9. Keras can't build the pinned setting and the current setting."
    )


def test_a_setting_with_itself():
    found = both("simple_rnn", {"units": 9}, {"units": 9})
    assert view.text(found).startswith("Nothing differs yet")
    assert (found.dims, found.weights, found.code, found.summary) == ((), (), (), ())


def test_a_dim_that_does_not_reach_the_model():
    told = view.text(both("simple_rnn", {}, {"samples": 99}))
    assert told.endswith("It changes nothing in the model: all shapes and weights are the same.")


def test_summary_and_code_as_a_diff():
    found = both("stacked_lstm", {}, {"units_1": 10})
    assert found.code[:2] == ("--- pinned", "+++ now")
    assert any(line.startswith("-level_1 = layers.LSTM(units=5") for line in found.code)
    assert any(line.startswith("+level_1 = layers.LSTM(units=10") for line in found.code)
    assert any(line.startswith("+") and "(None, 6, 10)" in line for line in found.summary)


def drawn_steps(found: Comparison, name: str, here: Explanation, side: int) -> dict[str, object]:
    drawn = shape_flow.data(here.inspection, marks=found.flows[side])
    return next(step for step in drawn["steps"] if step["layer"] == name)


def test_the_pictures_mark_the_axes_and_counts_that_differ():
    a, b = explained("stacked_lstm"), explained("stacked_lstm", units_1=10)
    found = compare(a, b)
    for side, here in enumerate((a, b)):
        one = drawn_steps(found, "level_1", here, side)
        assert [axis["moved"] for axis in one["shapes"][0]] == [False, False, True]
        assert one["mark"]["params"]
        assert one["mark"]["why"].startswith("units 5 → 10 (level_1.units). kernel 60 → 120 because units 5 → 10")
        two = drawn_steps(found, "level_2", here, side)
        assert not any(axis["moved"] for axis in two["shapes"][0])
        assert two["mark"]["params"]  # its kernel reads more features
        assert drawn_steps(found, "dense", here, side)["mark"] == {"params": False, "note": "", "why": ""}
    told = shape_flow.data(b.inspection, marks=found.flows[1])["text"]
    assert told.endswith(
        " Different from the other picture: level_1 (units 10, its parameters), level_2 (its parameters)."
    )


def test_a_picture_names_the_layer_that_the_other_does_not_have():
    a, b = explained("stacked_lstm", levels=3), explained("stacked_lstm")
    found = compare(a, b)
    assert drawn_steps(found, "level_3", a, 0)["mark"]["note"] == "only here"
    assert 3 in found.flows[0]
    assert not any(mark.note for mark in found.flows[1].values())
    bad = explained("stacked_lstm", return_sequences_1=False)
    notes = {here.flow[i].layer: mark.note for here, marks in zip((b.inspection, bad.inspection),
             compare(b, bad).flows, strict=True) for i, mark in marks.items() if mark.note}  # fmt: skip
    assert notes == {"level_2": "fails in the other", "dense": "not built in the other"}


def test_lines_of_a_diff_mark_their_words_and_give_the_reason_once():
    found = both("stacked_lstm", {}, {"features": 9, "units_1": 10})
    (summary,), (code,) = view.summary_diff(found)["diffs"], view.code_diff(found)["diffs"]
    lines = {line["sign"]: line for line in code["lines"] if "level_1 = " in text_of(line)}
    assert [piece["text"] for piece in lines["+"]["pieces"] if piece["moved"]] == ["10", "10"]
    assert [piece["text"] for piece in lines["-"]["pieces"] if piece["moved"]] == ["5", "5"]
    assert lines["-"]["why"] == ""
    assert lines["+"]["why"].startswith("units 5 → 10 (level_1.units). kernel 60 → 360 because features 3 → 9")
    total = next(line for line in summary["lines"] if text_of(line).startswith("+ Total params"))
    assert total["why"] == "+700: level_1 +620 and level_2 +80."
    assert "".join(text_of(line) for line in code["lines"]) == "".join(found.code)


def text_of(line: dict[str, object]) -> str:
    return "".join(piece["text"] for piece in line["pieces"])


@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_every_preset_against_the_defaults_explains_every_difference(name):
    here = explained(name)
    for preset in LESSONS[name].presets:
        found = compare(here, explained(name, **preset.dims))
        for row in found.layers:
            differs = row.moved_a or row.moved_b or row.a is None or row.b is None
            assert row.why or not differs, (preset.name, row.name)
        if not any(found.errors):
            totals = [
                sum(int(layer.params) for layer in side if layer)
                for side in zip(*[(r.a, r.b) for r in found.layers], strict=True)
            ]
            assert tuple(totals) == found.totals
            assert bool(found.total_why) == any(
                (r.a.params if r.a else 0) != (r.b.params if r.b else 0) for r in found.layers
            )
        assert view.data(found)["tables"][0]["rows"]
        both = [*view.summary_diff(found)["diffs"], *view.code_diff(found)["diffs"]]
        told = [line for each in both for line in each["lines"] if line["why"]]
        assert told or not found.code, preset.name
        if found.layers and any(row.moved_b for row in found.layers):
            assert any(mark.places for mark in found.flows[1].values())
