"""The lesson t_lstm: the counts of SYSTEMS, the cell against NumPy and Keras 2, every mistake made live."""

from __future__ import annotations

import keras
import msgspec
import numpy as np
import pytest
from keras import layers

from explainers.core import explaining
from explainers.core.axes import names, sizes
from explainers.core.registry import find_explainer
from explainers.core.words import untagged
from explainers.layers.t_lstm import TLSTMCell, discount
from explainers.t_lstm import Dims, elapsed_times, feed
from tests.explained import explained_at, tried_at
from views import t_lstm as view

EXPLAINER = find_explainer("t_lstm")

PRESETS = {preset.name: Dims(**preset.dims) for preset in EXPLAINER.presets}


def explained(dims: Dims):
    return explained_at(EXPLAINER.name, dims)


def demo(name: str, dims: Dims):
    return tried_at(EXPLAINER.name, name, dims)


def figures(shown) -> dict[str, object]:
    return {figure.label: figure.value for figure in shown.figures}


@pytest.mark.parametrize(
    ("preset", "params"), [("23-features-7-visits", 2592), ("matrix-decay", 2832), ("last-answer", 2592)]
)
def test_counts_of_the_presets(preset, params):
    found = explained(PRESETS[preset]).inspection
    assert found.total_params == params
    assert {layer.name: layer.params for layer in found.layers}["t_lstm"] == params


@pytest.mark.parametrize(("features", "units"), [(1, 2), (5, 3), (11, 7)])
@pytest.mark.parametrize("decay", ["per_unit", "matrix"])
def test_counts_in_closed_form(features, units, decay):
    found = explaining.inspect_lesson(EXPLAINER, Dims(features=features, units=units, decay=decay), run=False)
    extra = 2 * units if decay == "per_unit" else units * units + units
    assert found.total_params == 4 * (features * units + units * units + units) + extra


def test_axes_of_the_packed_road():
    found = explained(PRESETS["23-features-7-visits"]).inspection
    shapes = {layer.name: layer.outputs[0] for layer in found.layers}
    assert names(shapes["elapsed"]) == ("batch", "timesteps", "elapsed time")
    assert names(shapes["packed"]) == ("batch", "timesteps", "features + elapsed time")
    assert sizes(shapes["packed"]) == (20, 7, 24)
    assert names(shapes["t_lstm"]) == ("batch", "timesteps", "units")
    assert sizes(shapes["t_lstm"]) == (20, 7, 16)
    assert shapes["packed"][-1].parts[1].sources == ("elapsed.shape[1]",)


def test_seven_calls_and_a_probe_with_named_parts():
    run = explained(PRESETS["23-features-7-visits"]).inspection.run
    assert run is not None
    assert [call.probe for call in run.calls] == [True] + [False] * 7
    for call in run.calls:
        assert [(t.name, sizes(t.shape)) for t in call.inputs] == [
            ("x_t, packed", (20, 24)),
            ("x_t", (20, 23)),
            ("Δt", (20, 1)),
        ]
        assert names(call.inputs[2].shape) == ("batch", "elapsed time")
    gates = {gate.name: names(gate.shape)[1] for gate in run.calls[1].gates}
    assert gates["g(Δt)"] == "elapsed time"
    assert gates["discounted short-term memory"] == "units"


@pytest.mark.parametrize("decay", ["per_unit", "matrix"])
@pytest.mark.parametrize("g", ["log", "inverse"])
def test_recomputed_in_numpy(decay, g):
    run = explained(Dims(decay=decay, g=g)).inspection.run
    assert run is not None
    assert run.largest_difference is not None
    assert 0 < run.largest_difference < 1e-6


def test_the_cell_against_a_hand_made_step():
    """One unit, one feature, weights set by hand: the paper's equations on paper."""
    cell = TLSTMCell(1, g="inverse")
    cell.build((None, 2))
    cell.set_weights([np.zeros((1, 4)), np.zeros((1, 4)), np.zeros(4), np.array([2.0]), np.array([0.1])])
    c, gap = 0.3, 4.0
    short = np.tanh(2.0 * c + 0.1)
    adjusted = (c - short) + short / gap
    h, (_, new_c) = cell(np.array([[9.0, gap]]), [np.zeros((1, 1)), np.array([[c]])])
    assert float(new_c[0, 0]) == pytest.approx(0.5 * adjusted, abs=1e-6)  # all gates are 1/2, the candidate 0
    assert float(h[0, 0]) == pytest.approx(0.5 * np.tanh(0.5 * adjusted), abs=1e-6)


def test_even_gaps_of_one_day_are_an_lstm():
    """g(1) = 1 for 1/Δt: nothing fades, and Keras' own LSTM with the same weights gives the same numbers."""
    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    rnn = layers.RNN(TLSTMCell(4, g="inverse"), return_sequences=True)
    ours = np.asarray(rnn(np.concatenate([x, np.ones((2, 5, 1), "float32")], axis=-1)))
    lstm = layers.LSTM(4, return_sequences=True)
    lstm.build((None, 5, 3))
    lstm.set_weights(rnn.get_weights()[:3])
    assert np.abs(ours - np.asarray(lstm(x))).max() < 1e-6


def test_discount():
    assert discount("inverse", np.array([4.0]))[0] == 0.25
    assert discount("inverse", np.array([0.0]))[0] == np.inf
    assert discount("log", np.array([0.0]))[0] == pytest.approx(1.0)
    assert np.all(np.diff(discount("log", np.array([0.0, 1.0, 10.0, 300.0]))) < 0)


def test_wrong_choices_are_refused():
    with pytest.raises(ValueError, match=r"decay must be 'per_unit' or 'matrix'.*got 'all' and 'log'"):
        TLSTMCell(3, decay="all")


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras' own saving
def test_the_cell_can_be_saved(tmp_path):
    dims = Dims(decay="matrix", g="inverse")
    model = EXPLAINER.build(dims)
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    data = [np.ones((2, 6, 3), "float32"), np.ones((2, 6, 1), "float32")]
    assert np.array_equal(model.predict(data, verbose=0), again.predict(data, verbose=0))


def test_elapsed_times_are_irregular_and_zero_where_asked():
    assert len(set(elapsed_times(Dims(), (2, 6, 1))[0, :, 0])) == 6
    assert set(elapsed_times(Dims(gaps="even"), (2, 6, 1)).ravel()) == {7.0}
    assert (elapsed_times(Dims(gaps="zero_first"), (2, 6, 1))[:, 0] == 0).all()
    assert (elapsed_times(Dims(gaps="zero_later"), (2, 6, 1))[:, 3] == 0).all()
    assert feed(Dims(), "visits", (2, 6, 3)) is None


# -- the decay path ------------------------------------------------------------------------------------------


def test_the_path_adds_up_and_follows_the_states():
    extra = msgspec.to_builtins(explained(Dims(timesteps=5, units=3)).extra)
    assert len(extra["visits"]) == 5
    for before, visit in zip([None, *extra["visits"]], extra["visits"], strict=False):
        memory, short, long = (np.array(visit[part]) for part in ("memory", "short", "long"))
        assert np.allclose(short + long, memory, atol=1e-5)
        assert np.allclose(np.array(visit["discounted"]), short * visit["g"], atol=1e-5)
        assert np.allclose(np.array(visit["adjusted"]), long + np.array(visit["discounted"]), atol=1e-5)
        if before is not None:
            assert np.allclose(memory, before["after"], atol=1e-5)
            assert visit["day"] == pytest.approx(before["day"] + visit["elapsed"])


def test_nan_is_seen_from_the_first_visit_on():
    explanation = explained(PRESETS["first-gap-0"])
    extra = msgspec.to_builtins(explanation.extra)
    assert extra["spoiled_since"] == 0
    assert extra["visits"][0]["g"] == "inf"
    assert set(extra["visits"][-1]["after"]) == {"nan"}
    assert extra["largest_difference"] == 0  # NumPy finds the same nan
    assert "From timestep 0 on the memory holds inf or nan. All states recomputed in NumPy: no diff" in view.text(extra)
    assert untagged(explanation.sentence).endswith(
        "But from timestep 0 on its memory is **nan**: g(Δt) = 1/Δt is inf where Δt is 0. g=log, 1/log(e + Δt), is 1 "
        "there."
    )


def test_a_sound_memory_needs_no_warning():
    assert "memory" not in explained(Dims()).sentence


def test_inf_hides_behind_healthy_answers():
    extra = msgspec.to_builtins(explained(PRESETS["two-visits-a-day"]).extra)
    assert extra["spoiled_since"] == 3
    assert {*extra["visits"][-1]["after"]} <= {"inf", "-inf"}


# -- made live -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown():
    dims = PRESETS["23-features-7-visits"]
    return {entry.name: tried_at(EXPLAINER.name, entry.name, dims) for entry in EXPLAINER.trials}


def test_every_demonstration_is_what_it_says(shown):
    assert {name: entry.kind for name, entry in shown.items()} == {entry.name: entry.kind for entry in EXPLAINER.trials}
    for entry in shown.values():
        assert (entry.error is not None) == (entry.kind == "loud"), entry.name


def test_call_counts(shown):
    assert list(figures(shown["how_often_called"]).values()) == [0, 8, 7, 2, 0]


def test_decay_choices(shown):
    assert list(figures(shown["decay_choices"]).values()) == [2592, 2832]


def test_zero_first(shown):
    values = list(figures(shown["zero_first"]).values())
    assert values[0] == "nan"
    assert isinstance(values[1], float)
    assert values[2] > 0
    assert values[3] == 0
    assert "0 × inf is nan" in shown["zero_first"].verdict


def test_zero_later(shown):
    values = list(figures(shown["zero_later"]).values())
    assert values[0] in ("inf", "-inf")
    assert values[2] > 0
    assert values[3] == 0


def test_the_other_g_is_the_fix(shown):
    (fix,) = shown["zero_first"].fixes
    mended = explained(PRESETS["first-gap-0"].but(**fix.dims))
    assert mended.extra["spoiled_since"] is None


def test_flatten(shown):
    known, unknown = shown["flatten_known"], shown["flatten_unknown"]
    assert figures(known) == {"numbers after Flatten": 112}
    assert [sizes(t.shape) for t in known.tensors] == [(None, 7, 16), (None, 112), (None, 16)]
    assert sizes(unknown.tensors[0].shape) == (None, None)
    assert "fully-defined (no `None` dimensions)" in unknown.error.message
    assert [fix.label for fix in unknown.fixes] == [
        "timesteps=7",
        "return_sequences=False",
        "without Flatten and Dense",
    ]


def test_open_timesteps_with_dense_fail_as_a_whole_page():
    explanation = explained(PRESETS["any-number-of-visits"])
    error = explanation.inspection.error
    assert error is not None
    assert error.layer == "dense"
    assert error.mistake == "unknown_axis"
    assert explanation.sentence.startswith("This model can't be built: Dense dense makes a weight")
    for fix in error.fixes:
        assert explained(PRESETS["any-number-of-visits"].but(**fix.dims)).inspection.error is None


def test_flatten_then_dense_counts():
    found = explained(PRESETS["flatten-dense"]).inspection
    assert found.total_params == 2592 + 112 + 1


def test_elapsed_without_its_axis(shown):
    assert "requires inputs with matching shapes" in shown["elapsed_without_axis"].error.message
    assert "elapsed[..., None] makes (None, 7, 1)" in shown["elapsed_without_axis"].verdict


def test_a_pair_today(shown):
    assert shown["pair_now"].error.message == "Cannot convert '16' to a shape."


def test_a_pair_then_gives_the_numbers_of_today(shown):
    values = figures(shown["pair_then"])
    assert values["weights in Keras 2"] == values["weights today"] == 2592
    assert values["largest difference"] < 1e-6
    assert np.abs(np.array(shown["pair_then"].tensors[2].values)).max() > 0.01


@pytest.mark.parametrize("decay", ["per_unit", "matrix"])
@pytest.mark.parametrize("g", ["log", "inverse"])
def test_then_and_now_for_each_cell(decay, g):
    assert figures(demo("pair_then", Dims(decay=decay, g=g)))["largest difference"] < 1e-6


# -- views ---------------------------------------------------------------------------------------------------


def test_the_picture_has_every_line_and_says_which_g_was_chosen():
    extra = msgspec.to_builtins(explained(Dims(timesteps=4, units=3)).extra)
    drawn = view.data(extra)
    assert (drawn["units"], drawn["start"], drawn["function"]) == (3, 2, "1/log(e + Δt)")
    assert [(one["name"], one["chosen"]) for one in drawn["functions"]] == [("1/log(e + Δt)", True), ("1/Δt", False)]
    for visit in drawn["visits"]:
        c, short, left = (np.array(visit[name]) for name in ("memory", "short", "discounted"))
        assert np.allclose(c - short + left, visit["adjusted"], atol=1e-5)
        assert np.allclose(short / np.log(np.e + visit["elapsed"]), left, atol=1e-5)
        assert all(len(visit[line["field"]]) == 3 for line in drawn["lines"])
    assert len({(line["dash"], line["mark"]) for line in drawn["lines"]}) == 5  # never told apart by colour alone
    alone = msgspec.to_builtins(explained(Dims(timesteps=1, units=2, g="inverse")).extra)
    assert view.data(alone)["start"] == 0
    assert view.data(alone)["function"] == "1/Δt"
    assert view.text(extra).startswith("4 visits over 35 days. The elapsed times are 1, 3, 30, 2 days, the ")
