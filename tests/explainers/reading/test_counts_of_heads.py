"""Counts of attention and of convolutions along time, from tables that Keras printed; nothing unknown is denied."""

from __future__ import annotations

from typing import Any

import keras
import pytest
from keras import layers

from explainers.core.spec import LayerSpec
from explainers.reading.diagnosing import diagnose
from explainers.reading.shapes import output_shapes, weights_of


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")  # else rich cuts the table at the terminal's edge


def printed(layer: Any, *sample: int) -> tuple[str, int]:
    x = keras.Input(sample)
    attends = type(layer).__name__.endswith("Attention")
    model = keras.Model(x, layer(x, x) if attends else layer(x))
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line), line_length=110)
    return "\n".join(lines), model.count_params()


@pytest.mark.parametrize(
    ("make", "sample"),
    [
        (lambda: layers.ConvLSTM2D(24, 5, padding="same"), (7, 10, 12, 3)),
        (lambda: layers.ConvLSTM1D(6, 4, return_sequences=True), (7, 11, 3)),
        (lambda: layers.MultiHeadAttention(4, 12), (9, 48)),
        (lambda: layers.MultiHeadAttention(3, 64, use_bias=False), (9, 40)),
    ],
)
def test_the_live_model_has_the_count_of_the_table(make: Any, sample: tuple[int, ...]) -> None:
    text, params = printed(make(), *sample)
    found = diagnose(text)
    assert found.model is not None
    assert (found.model["error"], found.model["total_params"]) == (None, params)
    assert found.unread == ()


def test_a_layer_that_is_not_taken_apart_is_not_denied() -> None:
    text, params = printed(layers.GroupQueryAttention(5, 4, 2), 9, 48)
    found = diagnose(text)
    assert "can't be right" not in found.cause
    (gap,) = [line for line in found.unread if "GroupQueryAttention" in line]
    assert f"gets {params:,} parameters" in gap
    assert "this app can't work out how" in gap


def test_a_count_that_no_such_layer_has_is_still_denied() -> None:
    text, params = printed(layers.LSTM(6), 9, 4)
    assert "can't be right" in diagnose(text.replace(f"{params}", f"{params + 1}")).cause


@pytest.mark.parametrize(
    ("name", "given", "inputs"),
    [
        ("SeparableConv2D", {"filters": 7, "kernel_size": 3, "depth_multiplier": 2}, ((None, 12, 14, 5),)),
        ("Conv2DTranspose", {"filters": 7, "kernel_size": 4, "strides": 3, "padding": "same"}, ((None, 12, 14, 5),)),
        ("GlobalAveragePooling2D", {"data_format": "channels_first"}, ((None, 5, 12, 14),)),
        ("Attention", {"use_scale": True}, ((None, 8, 5), (None, 9, 7), (None, 9, 5))),
        ("GroupNormalization", {"groups": 3}, ((None, 12, 14, 9),)),
        ("Resizing", {"height": 6, "width": 8}, ((None, 12, 14, 3),)),
        ("AveragePooling3D", {"pool_size": (2, 3, 2)}, ((None, 6, 12, 14, 3),)),
        ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (6, 11), "bias_axes": "d"}, ((None, 6, 5),)),
    ],
)
def test_a_layer_in_a_text_has_the_shape_and_the_count_of_the_live_one(
    name: str, given: dict[str, Any], inputs: tuple[tuple[int | None, ...], ...]
) -> None:
    live = getattr(layers, name)(**given)
    tensors = [keras.Input(batch_shape=shape) for shape in inputs]
    output = live(tensors if len(tensors) > 1 else tensors[0])
    spec = LayerSpec(name, "l", tuple(given.items()))
    assert output_shapes(spec, inputs) == (tuple(output.shape),)
    assert weights_of(spec, inputs) == live.count_params()
