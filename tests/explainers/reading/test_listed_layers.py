"""Layers as other things than `summary()` print them: shapes alone, and the shapes of their weights."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from explainers.reading.diagnosing import diagnose, read
from explainers.reading.diagnosis import Diagnosis
from explainers.reading.printed import printed_shapes
from explainers.reading.text import clean


def words(k: Any) -> Any:
    names = k.layers
    blocks = [
        names.Embedding(50, 64, name="embedding_7"),
        names.Conv1D(96, 5),
        names.MaxPooling1D(2),
        names.LSTM(33),
        names.Dense(4),
    ]
    return k.Sequential([k.Input((120,)), *blocks])


def pictures(k: Any) -> Any:
    names = k.layers
    blocks = [names.Conv2D(12, 3), names.MaxPooling2D(), names.Conv2D(20, 4), names.Flatten(), names.Dense(6)]
    return k.Sequential([k.Input((62, 46, 3)), *blocks])


def in_a_loop(model: Any) -> str:
    lines = [
        f"{layer.name} {(None, *layer.input.shape[1:])} {(None, *layer.output.shape[1:])}" for layer in model.layers
    ]
    return "\n".join(("for layer in model.layers: print(layer.name, layer.input_shape, layer.output_shape)", *lines))


def in_boxes(model: Any) -> str:
    boxes = (
        f"{layer.name}: {type(layer).__name__}\ninput:\n{layer.input.shape}\noutput:\n{layer.output.shape}"
        for layer in model.layers
    )
    return "\n".join(boxes)


def built(found: Diagnosis) -> int:
    assert found.model is not None
    assert found.model["error"] is None
    return int(found.model["total_params"])


@pytest.mark.parametrize("listed", [in_a_loop, in_boxes], ids=lambda listed: listed.__name__)
@pytest.mark.parametrize("build", [words, pictures], ids=lambda build: build.__name__)
def test_shapes_without_counts_give_the_model_back(build: Any, listed: Any) -> None:
    model = build(import_module("keras"))
    found = diagnose(listed(model))
    assert found.kind == "summary"
    assert found.cause.startswith("These are shapes without counts of parameters.")
    assert built(found) == model.count_params()


def test_how_many_ids_there_are_is_an_example_where_only_shapes_are_printed() -> None:
    found = read(in_a_loop(words(import_module("keras"))))
    assert found.assumed == ("embedding_7.input_dim = 50",)


def test_two_lists_of_shapes_and_classes_are_one_table() -> None:
    text = (
        ">>> [l.output_shape for l in model.layers]\n"
        "[(None, 62, 46, 24), (None, 31, 23, 24), (None, 29, 21, 40), (None, 24360), (None, 9)]\n"
        ">>> [l.__class__.__name__ for l in model.layers]\n['Conv2D', 'MaxPooling2D', 'Conv2D', 'Flatten', 'Dense']"
    )
    found = read(text)
    assert found.cause == (
        "These are shapes without counts of parameters. The shapes fit: flatten_4: 29 × 21 × 40 = 24,360."
    )
    assert found.unread == ("conv2d_1: neither its count nor what it reads is printed",)
    assert found.spec is not None
    assert [layer.get("kernel_size") for layer in found.spec.layers if layer.class_name == "Conv2D"] == [3]


def test_what_a_shape_alone_leaves_open_is_asked() -> None:
    text = (
        "source: InputLayer\ninput: [(None, 80, 100, 3)]\noutput: [(None, 80, 100, 3)]\n"
        "halved: Conv2D\ninput: (None, 80, 100, 3)\noutput: (None, 39, 49, 12)\n"
    )
    asked = next(ask for ask in read(text).asks if ask.key == "halved")
    assert asked.options == (
        "filters 12, kernel_size 3, strides 2, 3 channels",
        "filters 12, kernel_size 4, strides 2, 3 channels",
    )


def weights(k: Any) -> list[Any]:
    names = k.layers
    both = names.Bidirectional(names.LSTM(11, return_sequences=True))
    return [
        k.Sequential([k.Input((None, 5)), names.LSTM(12), names.Dense(7), names.Dense(3, use_bias=False)]),
        k.Sequential([k.Input((None, 5)), names.GRU(9, return_sequences=True), names.GRU(8), names.Dense(2)]),
        k.Sequential([k.Input((None, 6)), both, names.SimpleRNN(4)]),
        k.Sequential(
            [k.Input((None, None, 3)), names.Conv2D(8, (5, 3)), names.BatchNormalization(), names.Conv2D(6, 2)]
        ),
    ]


@pytest.mark.parametrize("which", range(4))
def test_the_shapes_of_weights_give_the_layers_that_hold_them(which: int) -> None:
    keras = import_module("keras")
    model = weights(keras)[which]
    shapes = [weight.shape for weight in model.get_weights()]
    found = diagnose(f"print([w.shape for w in model.get_weights()])\n{shapes}")
    assert built(found) == model.count_params()
    assert found.unread == ()
    assert found.spec is not None
    classes = [type(layer).__name__ for layer in model.layers]
    assert [layer.class_name for layer in found.spec.layers] == classes


def test_weights_are_told_with_their_axes() -> None:
    found = read("[i.shape for i in model.get_weights()]\n> [(2, 28), (7, 28), (28,)]\nwhere does 280 come from")
    assert found.verdict == "These are the weights of LSTM(units=7)"
    assert found.why == (
        "They hold 280 parameters. lstm: kernel (features = 2, 4 × units = 28), recurrent_kernel (units = 7, 4 × "
        "units = 28), bias (4 × units = 28): 280 numbers. 4 × units is 4 blocks side by side, one for each gate."
    )


def test_weights_with_names_are_those_of_the_named_layer() -> None:
    text = (
        "Вот их описание:\n[<tf.Variable 'gru_4/kernel:0' shape=(30, 36) dtype=float32_ref>,\n"
        "<tf.Variable 'gru_4/recurrent_kernel:0' shape=(12, 36) dtype=float32_ref>,\n"
        "<tf.Variable 'gru_4/bias:0' shape=(36,) dtype=float32_ref>]"
    )
    found = diagnose(text)
    assert found.cause.startswith("These are the weights of GRU(units=12). They hold 1,548 parameters.")
    assert built(found) == 36 * (30 + 12 + 1)


def test_weights_behind_a_flatten_get_their_own_input() -> None:
    found = diagnose("model.get_weights() has the shapes [(3, 3, 1, 8), (8,), (1352, 10), (10,)]")
    assert found.unread == (
        "dense: its weights don't fit the width before it; a Flatten or a pooling may be between them, so it gets its "
        "own input",
    )
    assert built(found) == 80 + 13530


def test_a_long_kernel_is_offered_where_the_length_before_it_is_round() -> None:
    text = (
        "Layer (type)                 Output Shape              Param #\n"
        "conv1d_1 (Conv1D)            (None, 975, 320)          33600\n"
        "dense_1 (Dense)              (None, 975, 7)            2247\n"
    )
    found = read(text)
    assert found.spec is not None
    assert found.spec.inputs[0].shape == (None, 1000, 4)
    assert found.asks[0].options[0] == "filters 320, kernel_size 26, 4 channels"


@pytest.mark.parametrize("letter", ["X", "N", "n_samples", "batch"])
def test_a_letter_for_the_samples_is_an_open_batch(letter: str) -> None:
    start = "ValueError: Error when checking target: expected dense_8 to have 2 dimensions, but got array with shape"
    message = f"{start} ({letter}, 170, 3)"
    found = read(message)
    assert found.mistake == "target_shape"
    assert "(None, 170, 3)" in found.cause


def test_a_translated_message_among_sentences_with_other_shapes_is_read() -> None:
    text = (
        "エラーが出ます。\nValueError: 形状 (None, 1) と (None, 14) は互換性がありません\n"
        "ラベルはintの配列で y_train.shape は (3400, 1) です。どうすればいいですか?"
    )
    found = read(text)
    assert found.mistake == "target_shape"
    assert any("Shapes (None, 1) and (None, 14) are incompatible" in note for note in found.renamed)


@pytest.mark.parametrize(
    "told", ["X_train.shape 는 (1200, 28) 이고", "X_train.shapeは(1200, 28)です", "X.shape ist (9, 4)"]
)
def test_the_shape_of_data_is_known_with_a_small_word_before_it(told: str) -> None:
    assert len(printed_shapes(clean(told))) == 1


def test_letters_that_look_like_digits_are_read_in_a_message() -> None:
    message = (
        'ValueError: lnput O of layer "dense_3" is incompatible with the layer: expected axis -l of input shape to '
        "have value 5l2, but received input with shape (None, 2O48)"
    )
    found = read(message)
    assert found.mistake == "data_size"
    assert "512 features; (None, 2048)" in found.cause


def test_an_input_in_r_is_where_the_program_has_it() -> None:
    message = (
        "Error in py_call_impl(callable, dots$args) :\n  ValueError: Error when checking input: expected "
        "dense_1_input to have shape (88,) but got array with shape (87,)"
    )
    start = "library(keras)\nmodel <- keras_model_sequential()"
    inside = f"{start} %>% layer_dense(units = 44, input_shape = 88) %>% layer_dense(units = 1)\n{message}"
    assert diagnose(inside).fixes[0].code == "input_shape = c(87)  # in the first layer"
