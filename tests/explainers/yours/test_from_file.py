"""A model's file opens as a document that builds the same model; what can't be edited is shown, and says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import pytest
from keras import layers

from explainers.core.axes import sizes
from explainers.saved.files import Refused
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


def test_a_shared_layer_is_shown_and_not_edited(tmp_path: Path) -> None:
    a, b, shared = keras.Input((6,)), keras.Input((6,)), layers.Dense(4, name="twin")
    keras.Model([a, b], layers.Concatenate()([shared(a), shared(b)])).save(tmp_path / "m.keras")
    found = opened(str(tmp_path / "m.keras"))
    assert found.document is None
    assert "twin is called more than once" in found.note
    assert found.inspection.total_params == 28


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text("{}")
    with pytest.raises(Refused):
        opened(str(tmp_path / "m.json"))
