"""Models as Keras stores them, and models inside of models: read from what Keras itself writes, and built again."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from explainers.reading.diagnosing import diagnose, read
from explainers.reading.diagnosis import Diagnosis
from tests.explainers.reading.test_summaries import BUILDERS, MORE, printed


def inner(k: Any) -> Any:
    names = k.layers
    block = k.Sequential([k.Input((12, 20, 3)), names.Conv2D(8, 5), names.BatchNormalization()], name="encoder")
    source = k.Input((12, 20, 3))
    return k.Model(source, names.Dense(7)(names.Flatten()(block(source))))


def shared(k: Any) -> Any:
    names = k.layers
    one, two, layer = k.Input((9,)), k.Input((9,)), names.Dense(4)
    return k.Model([one, two], names.Dense(2)(names.Concatenate()([layer(one), layer(two)])))


def reshaped(k: Any) -> Any:
    names = k.layers
    return k.Sequential([k.Input((49,)), names.Reshape((7, 7)), names.LeakyReLU(), names.Conv1D(5, 3, strides=2)])


def built(found: Diagnosis) -> int:
    assert found.model is not None
    assert found.model["error"] is None
    assert found.unread == ()
    return int(found.model["total_params"])


@pytest.mark.parametrize("package", ["keras", "tf_keras"])
@pytest.mark.parametrize("build", [*BUILDERS, *MORE, inner, shared, reshaped], ids=lambda build: build.__name__)
def test_a_stored_model_is_built_again(package: str, build: Any) -> None:
    model = build(import_module(package))
    assert built(diagnose(model.to_json())) == model.count_params()
    assert built(diagnose(f"print(model.get_config())\n{model.get_config()}")) == model.count_params()


KERAS_1 = """{"class_name": "Sequential", "keras_version": "1.0.3", "config": [
{"class_name": "GRU", "config": {"output_dim": 90, "batch_input_shape": [null, 40, 57], "return_sequences": true}},
{"class_name": "Dropout", "config": {"p": 0.3}},
{"class_name": "Convolution1D", "config": {"nb_filter": 13, "filter_length": 5, "border_mode": "same", "bias": true,
 "subsample_length": 2, "W_constraint": null}},
{"class_name": "Flatten", "config": {}}, {"class_name": "Dense", "config": {"output_dim": 21}}]}"""


def test_the_arguments_of_keras_1_have_their_names_of_today() -> None:
    found = read(f"What does this model read?\n{KERAS_1}")
    assert found.mistake is None
    assert found.spec is not None
    assert found.spec.inputs[0].shape == (None, 40, 57)
    assert [dict(layer.arguments).get("units") for layer in found.spec.layers] == [90, None, None, None, 21]
    convolution = found.spec.layers[2]
    assert [convolution.get(key) for key in ("filters", "kernel_size", "padding", "strides")] == [13, 5, "same", 2]


@pytest.mark.parametrize("package", ["keras", "tf_keras"])
def test_the_rows_of_an_inner_model_are_put_in_line(package: str) -> None:
    model = inner(import_module(package))
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line), expand_nested=True)
    assert built(found := diagnose("\n".join(lines))) == model.count_params()
    assert found.spec is not None
    assert [layer.class_name for layer in found.spec.layers] == ["Conv2D", "BatchNormalization", "Flatten", "Dense"]


@pytest.mark.parametrize("trainable", [False, True])
def test_inner_rows_that_branch_are_no_mistake(trainable: bool) -> None:
    """Keras prints them without what each reads, and their counts are in the total already."""
    k = import_module("tf_keras")
    source = k.Input((12, 20, 3))
    both = k.layers.Add()([k.layers.Conv2D(8, 3, padding="same")(source), k.layers.Conv2D(8, 1)(source)])
    block, read_by, more = k.Model(source, both, name="block"), k.Input((12, 20, 3)), k.Input((7,))
    joined = k.layers.Concatenate()([k.layers.Flatten()(block(read_by)), more])
    lines: list[str] = []
    model = k.Model([read_by, more], k.layers.Dense(5)(joined))
    model.summary(print_fn=lines.append, expand_nested=True, show_trainable=trainable)
    found = diagnose("\n".join(lines))
    assert "more than the total" not in found.cause
    assert "can't be right" not in found.cause
    assert found.unread == (
        "block is a model inside this one, with 256 parameters inside; its rows are printed without what each of them "
        "reads, so its output is an Input here",
    )
    assert found.model is not None
    assert found.model["total_params"] == 5 * (12 * 20 * 8 + 7 + 1)


@pytest.mark.parametrize("width", [76, 110])
def test_the_mask_that_a_table_prints_is_no_input(width: int) -> None:
    """``not_equal``: Embedding(mask_zero=True) adds it, and each layer that reads the mask is linked to it."""
    keras = import_module("keras")
    names = keras.layers
    ids = keras.Input((35,), name="ids")
    words = names.Bidirectional(names.LSTM(28, return_sequences=True))(names.Embedding(500, 48, mask_zero=True)(ids))
    model = keras.Model(ids, names.Dense(5)(names.GlobalAveragePooling1D()(words)))
    found = diagnose(printed(model, width))
    assert built(found) == model.count_params()
    assert [axis.axis for axis in found.shapes[0]] == ["batch", "timesteps"]


def test_a_join_whose_other_rows_are_cut_off_is_an_input() -> None:
    text = (
        "Layer (type)                     Output Shape          Param #     Connected to\n"
        "res3b_branch2c (Conv2D)          (None, 28, 27, 52)    6708\n"
        "add_5 (Add)                      [(None, 28, 27, 52),  0\n"
        "res3c_branch2a (Conv2D)          (None, 28, 27, 12)    636\n"
    )
    found = read(text)
    assert found.unread == ("add_5: the table doesn't show all rows that it joins",)


def test_a_table_as_a_notebook_stores_it_in_html() -> None:
    blue, green = '<span style="color: #0087ff; text-decoration-color: #0087ff">', '<span style="color: #00af00">'
    text = (
        '<pre style="white-space:pre;overflow-x:auto">┏━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┓\n'
        '┃<span style="font-weight: bold"> Layer (type) </span>┃<span> Output Shape </span>┃<span> Param # </span>┃\n'
        f"│ dense_8 ({blue}Dense</span>) │ ({blue}None</span>, {green}26</span>) │ {green}910</span> │\n"
        f"│ dense_9 ({blue}Dense</span>) │ ({blue}None</span>, {green}3</span>) │ {green}81</span> │\n</pre>"
    )
    assert built(diagnose(text)) == 991
