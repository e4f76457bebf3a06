"""A model's file opens as a document that builds the same model; what can't be edited is shown, and says so."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from explainers.core.axes import sizes
from explainers.core.spec import LayerSpec
from explainers.saved.files import Refused
from explainers.yours import editing
from explainers.yours.document import DocumentError
from explainers.yours.from_file import document_of, opened
from explainers.yours.link import from_json, packed, to_json, unpacked
from explainers.yours.literals import read_argument, written
from explainers.yours.live import built, concrete
from tests.explainers.core.test_operations import NAMED

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras warns that .h5 is legacy, and of NumPy when it saves


def chain() -> Any:
    return keras.Sequential(
        [
            keras.Input((28, 24, 3)),
            layers.Conv2D(6, 5, strides=2, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(10, use_bias=False),
        ]
    )


def states() -> Any:
    source, target = keras.Input((12, 9), name="source"), keras.Input((7, 5), name="target")
    _, h, c = layers.LSTM(8, return_state=True, name="reader")(source)
    told = layers.LSTM(8, return_sequences=True, name="writer")(target, initial_state=[h, c])
    return keras.Model([source, target], layers.TimeDistributed(layers.Dense(4), name="each")(told))


def branches() -> Any:
    start = keras.Input((20, 8), name="start")
    left = layers.Bidirectional(layers.GRU(6, return_sequences=True), merge_mode="sum", name="left")(start)
    right = layers.Conv1D(6, 3, padding="causal", name="right")(start)
    seen = layers.MultiHeadAttention(2, 5, name="seen")(left, right)
    return keras.Model(start, [layers.Add(name="sum")([left, seen]), right])


@pytest.mark.parametrize("make", [chain, states, branches])
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_a_saved_model_comes_back_with_its_counts_and_shapes(make: Any, ending: str, tmp_path: Path) -> None:
    model = make()
    path = tmp_path / f"model{ending}"
    model.save(path)
    found = opened(str(path))
    assert found.document is not None, found.note
    again = built(found.document).inspection
    assert again is not None
    assert again.error is None
    assert again.total_params == model.count_params()
    shapes = {layer.name: sizes(layer.outputs[0]) for layer in again.layers}
    for layer in model.layers:
        output = layer.output[0] if isinstance(layer.output, list | tuple) else layer.output
        assert shapes[layer.name] == tuple(output.shape)
    document = from_json(found.document)
    assert len(document.outputs or model.outputs) == len(model.outputs)


def test_defaults_stay_out_of_the_document() -> None:
    document = document_of(chain())
    assert dict(document.layers[1].layer.arguments) == {}
    assert dict(document.layers[4].layer.arguments) == {"units": 10, "use_bias": False}
    assert dict(document.layers[2].layer.arguments)["pool_size"] == (3, 3)


def twins() -> Any:
    a, b, shared = keras.Input((6,), name="a"), keras.Input((6,), name="b"), layers.Dense(4, name="twin")
    return keras.Model([a, b], layers.Concatenate(name="both")([shared(a), shared(b)]))


def towers() -> Any:
    """A model called twice in a model, with a layer that has the name of one outside, and with a model of its own."""
    deep = keras.Sequential([keras.Input((7,)), layers.Dense(3, name="deep")], name="inmost")
    tower = keras.Sequential([keras.Input((9,)), layers.Dense(7, name="dense"), deep], name="tower")
    left, right = keras.Input((9,), name="left"), keras.Input((9,), name="right")
    met = layers.Multiply(name="met")([tower(left), tower(right)])
    return keras.Model([left, right], layers.Dense(2, name="dense")(keras.ops.relu(met + tower(left))))


@pytest.mark.parametrize(("make", "calls"), [(twins, 3), (towers, 10)])
def test_shared_layers_and_models_inside_are_edited_as_layers(make: Any, calls: int, tmp_path: Path) -> None:
    model = make()
    model.save(tmp_path / "m.keras")
    found = opened(str(tmp_path / "m.keras"))
    assert found.document is not None, found.note
    assert ("tower" in found.note) == (make is towers)
    document = from_json(found.document)
    again = built(found.document).inspection
    assert again is not None
    assert again.total_params == model.count_params()
    assert sizes(again.flow[-1].outputs[0]) == tuple(model.output.shape)
    assert len(document.layers) == calls
    assert {layer.name for layer in model.layers if layer.weights} - {"tower"} <= set(document.names)
    assert document.layers[-1].name == model.layers[-1].name


def of_operations() -> Any:
    """Each kind of call: a number beside a tensor, in front of it, an index, a list, several outputs, an array."""
    keras.utils.clear_session(free_memory=False)
    start = keras.Input((6, 4), name="start")
    ops = keras.ops
    halves = ops.split(ops.reshape(start * 2.0, (-1, 3, 8)), 2, axis=-1)
    last = ops.concatenate([halves[1][:, -1], ops.mean(1.0 - halves[0], axis=1)], axis=-1)
    seen = ops.einsum("btf,bsf->bts", layers.LSTM(3, return_sequences=True, name="lstm")(start), start[..., 1:])
    return keras.Model(start, [layers.Dense(3, name="dense")(last), seen])


def with_an_array() -> Any:
    start = keras.Input((6,), name="start")
    return keras.Model(start, layers.Dense(3, name="dense")(start * keras.ops.ones((6,))))


def test_operations_are_rows_of_their_own_and_their_code_builds_the_same_model(tmp_path: Path) -> None:
    model = of_operations()
    model.save(tmp_path / "m.keras")
    found = opened(str(tmp_path / "m.keras"))
    assert found.document is not None, found.note
    document = unpacked(packed(from_json(found.document)))  # as the link holds it
    rows = {placed.name: placed.layer for placed in document.layers}
    assert rows["multiply"] == LayerSpec("ops.multiply", "multiply", (("x2", 2.0),))
    assert rows["subtract"] == LayerSpec("ops.subtract", "subtract", (("x1", 1.0),))
    assert rows["get_item"].get("key") == ":, -1"
    assert rows["einsum"].get("subscripts") == "btf,bsf->bts"
    again = built(found.document)
    assert again.inspection is not None
    assert again.inspection.error is None
    shapes = [tuple(tensor.shape) for tensor in model.outputs]
    assert [sizes(again.inspection.flow[place].outputs[0]) for place in (-1,)] == shapes[1:]
    assert again.inspection.run is not None
    assert again.inspection.run.calls  # the LSTM is stepped through
    assert concrete(found.document).runs
    space: dict[str, Any] = {}
    exec(again.code, space)  # our own text about a model made above
    ours = space["model"]
    assert [tuple(tensor.shape) for tensor in ours.outputs] == shapes
    ours.set_weights(model.get_weights())
    x = np.random.default_rng(3).normal(size=(2, 6, 4)).astype("float32")
    for one, other in zip(model(x), ours(x), strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=1e-5)


def test_an_operation_is_moved_removed_and_named_like_a_layer() -> None:
    keras.utils.clear_session(free_memory=False)
    start = keras.Input((6, 4), name="start")
    flipped = keras.ops.flip(start, axis=1)
    document = document_of(keras.Model(start, layers.GRU(3, name="gru")(keras.ops.exp(flipped))))
    assert [placed.name for placed in document.layers] == ["flip", "exp", "gru"]
    named = editing.with_name(document, 0, "backwards")
    assert built(to_json(named)).code.count("backwards") == 2  # made, and read
    swapped = editing.moved(document, 0, 1)
    assert [placed.name for placed in swapped.layers] == ["exp", "flip", "gru"]
    assert built(to_json(editing.removed(document, 1))).inspection.total_params == 3 * (4 + 3 + 2) * 3
    shorter = editing.with_argument(document, 0, "axis", 2)
    assert "axis=2" in built(to_json(shorter)).code
    asked = editing.added(document, "ops.mean", 1)
    assert sizes(built(to_json(asked)).inspection.flow[2].outputs[0]) == (None, 4)


@pytest.mark.parametrize(("samples", "call"), [row[1:3] for row in NAMED], ids=[row[0] for row in NAMED])
def test_a_document_of_an_operation_builds_the_live_shape(samples: Any, call: Any) -> None:
    keras.utils.clear_session(free_memory=False)
    inputs = [keras.Input(sample, name=f"input_{i}") for i, sample in enumerate(samples)]
    model = keras.Model(inputs, call(*inputs), name="pasted")
    if () in samples or "ones((1, 2, 12))" in inspect.getsource(call):  # single numbers; an array among tensors
        with pytest.raises(DocumentError, match=r"1 to 5 axes after the batch|can't be edited here yet"):
            document_of(model)
        return
    document = unpacked(packed(document_of(model)))
    for placed in document.layers:
        assert all(read_argument(written(value)) == value for _, value in placed.layer.arguments)
    code = built(to_json(document)).code
    space: dict[str, Any] = {}
    exec(code, space)  # our own text about a model made above
    assert space["model"].outputs[0].shape == model.outputs[0].shape


def test_an_array_of_the_model_is_one_of_ones_and_it_is_said() -> None:
    document = document_of(with_an_array())
    held = LayerSpec("ops.ones", "ones", (("shape", (6,)),))
    assert document.layers[0].layer.arguments == (("x2", held),)
    assert "ops.ones" in built(to_json(document)).code
    start = keras.Input((6,), name="start")
    with pytest.raises(DocumentError, match="can't be edited here yet"):
        document_of(keras.Model(start, keras.ops.concatenate([start, keras.ops.ones((1, 2))], axis=-1)))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text("{}")
    with pytest.raises(Refused):
        opened(str(tmp_path / "m.json"))
