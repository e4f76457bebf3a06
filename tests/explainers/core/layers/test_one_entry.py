"""Adding a layer is one sheet: a made-up class is then known to inspection, to the reader, and to search."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import keras
import pytest
from keras import layers

from explainers.core.axes import names
from explainers.core.inspection import inspect_model
from explainers.core.layers import added, axis_names, class_of, search_words, today_name
from explainers.core.layers.sheet import Ruling, Sheet, as_role, reading, times, weights
from explainers.core.layers.signatures import signature_of, signatures
from explainers.reading.diagnosing import diagnose


class Mirrored(layers.Layer):
    """What the next Keras might bring: every feature twice, each with a scale."""

    def __init__(self, copies: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.copies = copies

    def build(self, shape: Any) -> None:
        self.scale = self.add_weight(shape=(shape[-1],), name="scale")

    def call(self, x: Any) -> Any:
        return keras.ops.concatenate([x * self.scale] * self.copies, axis=-1)

    def compute_output_shape(self, shape: Any) -> Any:
        return (*shape[:-1], self.copies * shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "copies": self.copies}


def _rule(layer: Any, inputs: Any) -> Ruling:
    *kept, features = inputs[0]
    both = times(layer.copies, as_role(features, "features"))
    return Ruling(((*kept, both),), weights(layer, scale=(features,)), "Copies the features.")


SHEET = Sheet("Mirrored", "mirror", _rule, old=("Mirror1D",), **reading("batch timesteps features", made="features"))


@pytest.fixture
def mirrored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if Keras had the class: in its namespace, with its signature read by the generator's own function."""
    monkeypatch.setattr(keras.layers, "Mirrored", Mirrored, raising=False)
    monkeypatch.setattr(Mirrored, "__module__", "keras.src.layers.mirrored")
    monkeypatch.setitem(signatures(), "Mirrored", signature_of(Mirrored))
    with added(SHEET):
        yield


@pytest.mark.usefixtures("mirrored")
def test_inspection_names_its_axes_and_its_weights():
    def build() -> Any:
        x = keras.Input((7, 3), name="x")
        return keras.Model(x, Mirrored(4, name="mirrored")(x), name="m")

    found = inspect_model(build)
    assert names(found.layers[0].outputs[0]) == ("batch", "timesteps", "features")
    assert names(found.layers[1].outputs[0]) == ("batch", "timesteps", "4 × features")
    assert [(w.formula, w.count) for w in found.layers[1].weights] == [("features", 3)]
    assert found.layers[1].known


@pytest.mark.usefixtures("mirrored")
def test_the_reader_makes_it_from_code_by_any_of_its_names():
    for name in ("Mirrored", "Mirror1D"):
        found = diagnose(f"x = Input(shape=(7, 3))\ny = {name}(5)(x)\nmodel = Model(x, y)\n")
        assert found.model is not None
        assert found.model["error"] is None
        assert [size for _, size in _last(found.model)] == [None, 7, 15]


@pytest.mark.usefixtures("mirrored")
def test_the_reader_makes_it_from_a_summary_that_keras_prints():
    x = keras.Input((7, 3), name="x")
    lines: list[str] = []
    keras.Model(x, keras.layers.Dense(11)(Mirrored()(x)), name="m").summary(print_fn=lines.append)
    found = diagnose("\n".join(lines))
    assert found.model is not None
    assert found.model["error"] is None
    assert [layer["class"] for layer in found.model["layers"]] == ["InputLayer", "Mirrored", "Dense"]
    assert [layer["params"] for layer in found.model["layers"]] == [0, 3, 6 * 11 + 11]
    assert [size for _, size in _last(found.model)] == [None, 7, 11]


def _last(model: dict[str, Any]) -> list[tuple[str, int | None]]:
    return [(axis["axis"], axis["size"]) for axis in model["layers"][-1]["outputs"][0]]


@pytest.mark.usefixtures("mirrored")
def test_names_search_and_messages_know_it():
    assert search_words()["Mirrored"] == ("Mirrored", "Mirror1D")
    assert today_name("Mirror1D") == "Mirrored"
    assert class_of("mirrored_3") == "Mirrored"
    assert axis_names("Mirrored", 3) == ("batch", "timesteps", "features")
    assert SHEET.order[:1] == ("copies",)


def test_nobody_knows_it_afterwards():
    with added(replace(SHEET, name="Once", old=())):
        assert today_name("Once") == "Once"
    assert today_name("Once") is None
    assert today_name("Mirror1D") is None


def test_the_sheets_load_no_keras():
    code = "import explainers.core.layers, sys; sys.exit('keras' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
