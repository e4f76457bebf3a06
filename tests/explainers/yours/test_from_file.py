"""A model's file opens as a document that builds the same model; what can't be edited is shown, and says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import pytest
from keras import layers

from explainers.core.axes import sizes
from explainers.saved.files import Refused
from explainers.yours.document import DocumentError
from explainers.yours.from_file import document_of, opened
from explainers.yours.link import from_json
from explainers.yours.live import built

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


def half() -> Any:
    start = keras.Input((6, 4))
    return keras.Model(start, layers.LSTM(3)(keras.ops.flip(start, axis=1)))


def with_an_array() -> Any:
    start = keras.Input((6,))
    return keras.Model(start, layers.Dense(3)(start * keras.ops.ones((6,))))


@pytest.mark.parametrize("make", [half, with_an_array])
def test_an_operation_that_no_layer_does_is_shown_and_not_edited(make: Any) -> None:
    with pytest.raises(DocumentError, match="can't be edited here yet"):
        document_of(make())


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text("{}")
    with pytest.raises(Refused):
        opened(str(tmp_path / "m.json"))
