"""The lesson multi_output_cell: shapes of SYSTEMS, the cell against NumPy and Keras 2, every mistake made live."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from explainers.core import explaining
from explainers.core.axes import names, sizes
from explainers.core.trying import built
from explainers.multi_output_cell import EXPLAINER, INPUTS, Dims
from tests.explained import explained_at, tried_at
from views import multi_output_cell as view

PRESETS = {preset.name: Dims(**preset.dims) for preset in EXPLAINER.presets}


def explained(dims: Dims):
    return explained_at(EXPLAINER.name, dims)


def demo(name: str, dims: Dims):
    return tried_at(EXPLAINER.name, name, dims)


def layer(found, name):
    return next(entry for entry in found.layers if entry.name == name)


@pytest.mark.parametrize(
    ("preset", "sequences", "extra", "state"),
    [("3-steps", (4, 3, 10), (4, 3, 15), (4, 10)), ("6-steps-no-latent", (4, 6, 10), (4, 6, 5), (4, 10))],
)
def test_shapes_of_the_presets(preset, sequences, extra, state):
    found = explained(PRESETS[preset]).inspection
    assert [sizes(shape) for shape in layer(found, "split").outputs] == [sequences, extra]
    assert sizes(layer(found, "rnn").outputs[1]) == state
    assert found.run is not None
    assert [sizes(tensor.shape) for tensor in found.run.outputs] == [sequences, extra, state]


def test_axes_are_named_on_the_whole_road():
    found = explained(PRESETS["3-steps"]).inspection
    assert names(layer(found, "latent").outputs[0]) == ("batch", "latent")
    assert names(layer(found, "latent_every_step").outputs[0]) == ("batch", "timesteps", "latent")
    assert names(layer(found, "packed").outputs[0]) == ("batch", "timesteps", "features + latent")
    assert names(layer(found, "rnn").outputs[0]) == ("batch", "timesteps", "units + extra_units")
    assert [names(shape)[-1] for shape in layer(found, "split").outputs] == ["units", "extra_units"]
    mix = next(weight for weight in layer(found, "rnn").weights if weight.name == "mix_kernel")
    assert (mix.formula, mix.numbers, mix.count) == ("(units + latent) × units", "(10 + 8) × 10", 180)


@pytest.mark.parametrize(("f", "z", "u", "e"), [(5, 2, 3, 4), (1, 7, 2, 6), (4, 0, 3, 2)])
def test_counts_in_closed_form(f, z, u, e):
    dims = Dims(features=f, latent=z, units=u, extra_units=e)
    found = explaining.inspect_lesson(EXPLAINER, dims, run=False)
    gru = 3 * (f * u + u * u + 2 * u)
    mix = (u + z) * u + u if z else 0
    assert found.total_params == gru + mix + u * e + e


@pytest.mark.parametrize("dims", [Dims(), Dims(latent=0), Dims(timesteps=None)])
def test_both_outputs_are_recomputed_in_numpy(dims):
    run = explained(dims).inspection.run
    assert run is not None
    assert run.largest_difference is not None
    assert 0 < run.largest_difference < 1e-6
    gates = {gate.name: gate for gate in run.calls[1].gates}
    outputs = {tensor.name: tensor for tensor in run.calls[1].outputs}
    assert np.allclose(gates["extra"].values, np.array(outputs["extra"].values)[:3], atol=1e-5)


def test_every_call_sees_the_latent_and_gives_both_outputs():
    explanation = explained(PRESETS["3-steps"])
    run = explanation.inspection.run
    assert run is not None
    assert [call.probe for call in run.calls] == [True, False, False, False]
    fed = next(tensor for tensor in run.fed if tensor.name == "latent")
    for call in run.calls:
        assert [(t.name, sizes(t.shape)) for t in call.inputs] == [
            ("x_t, packed", (4, 20)),
            ("x_t", (4, 12)),
            ("latent", (4, 8)),
        ]
        assert [(t.name, sizes(t.shape)) for t in call.outputs] == [
            ("y_t, packed", (4, 25)),
            ("h", (4, 10)),
            ("extra", (4, 15)),
        ]
        assert call.inputs[2].values == fed.values
    assert msgspec.to_builtins(explanation.extra)["latent_at_every_call"] is True


def test_the_cell_with_weights_set_by_hand():
    """With a zero GRU kernel the update gate is 1/2 and the candidate 0: h is half the mixed state."""
    dims = Dims(timesteps=1, features=2, latent=1, units=1, extra_units=3)
    model = built(lambda: EXPLAINER.build(dims), INPUTS)
    weights = {weight.path.split("cell/")[1]: weight for weight in model.weights}
    for weight in weights.values():
        weight.assign(np.zeros(weight.shape))
    weights["mix_kernel"].assign([[0.0], [2.0]])
    weights["mix_bias"].assign([1.0])
    weights["extra_kernel"].assign([[1.0, 2.0, 3.0]])
    sequences, extra, state = model.predict([np.ones((2, 1, 2)), np.array([[3.0], [5.0]])], verbose=0)
    assert sequences.ravel().tolist() == pytest.approx([3.5, 5.5])
    assert extra[0, 0].tolist() == pytest.approx([3.5, 7.0, 10.5])
    assert state.ravel().tolist() == pytest.approx([3.5, 5.5])


def test_the_code_runs_as_shown():
    found = explained(Dims()).inspection
    space: dict[str, object] = {}
    exec(compile(found.code, "shown", "exec"), space)
    assert space["model"].count_params() == found.total_params


@pytest.mark.parametrize("dims", [Dims(), PRESETS["3-steps"], PRESETS["6-steps-no-latent"]])
def test_then_and_now(dims):
    shown = demo("then_and_now", dims)
    values = {figure.label: figure.value for figure in shown.figures}
    assert values["weights in Keras 2"] == values["weights today"]
    for word in ("sequences", "extra", "last state"):
        assert values[f"largest difference in {word}"] < 1e-6
    assert len(shown.tensors) == 6
    assert np.abs(np.array(shown.tensors[2].values)).max() > 0.01
    assert names(shown.tensors[2].shape)[-1] == "extra_units"


def test_a_list_output_size_today():
    shown = demo("list_output_now", PRESETS["3-steps"])
    assert shown.error.message == "output_size must be an integer."
    assert "output_size = 10 + 15 = 25" in shown.verdict


def test_constants_today():
    shown = demo("constants_now", PRESETS["3-steps"])
    assert "unexpected keyword argument 'constants'" in shown.error.message


def test_without_the_split_it_trains_silently():
    shown = demo("no_split", Dims())
    assert shown.kind == "silent"
    assert shown.error is None
    assert names(shown.tensors[0].shape)[-1] == "units + extra_units"
    assert shown.figures[0].value == 3 + 5
    assert shown.figures[1].value > 0


def test_picture_and_words():
    extra = msgspec.to_builtins(explained(PRESETS["3-steps"]).extra)
    packing = extra["packings"][1]
    assert view.text(packing) == (
        "Call for timestep 1: the input has 12 features and 8 latent, the state has 10 units, "
        "and the output has 10 units and 15 extra_units."
    )
    drawn = view.data(extra)
    assert [[(p["name"], p["start"], p["length"]) for p in row["pieces"]] for row in drawn["rows"]] == [
        [("x_t", 0, 12), ("latent", 12, 8)],
        [("h_t-1", 0, 10)],
        [("h", 0, 10), ("extra", 10, 15)],
    ]
    assert drawn["longest"] == 25
    assert len(drawn["calls"]) == 3
    values = packing["leaving"][1]["values"]
    shown = drawn["calls"][1]["values"][2][1].removesuffix(", …").replace("−", "-").split(", ")
    assert [float(text) for text in shown] == pytest.approx(values[:6], rel=6e-3)
    assert view.latent_sentence(extra) == "All 3 calls saw the same latent vector."
    none = msgspec.to_builtins(explained(Dims(latent=0)).extra)
    assert view.latent_sentence(none) == "There is no latent vector here (latent=0)."
