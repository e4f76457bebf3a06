"""Refusals by Keras itself, raised here: the first advice is the one that makes the program run."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from explainers.reading.diagnosing import Diagnosis, diagnose


def refused(run: Callable[[], object], sentence: str = "") -> Diagnosis:
    """What is said of Keras' own words."""
    try:
        run()
    except Exception as error:
        return diagnose(f"{sentence}\n{type(error).__name__}: {error}")
    raise AssertionError("Keras accepts it")


def per_step(**how: object) -> Callable[[], object]:
    """A model with a label for each of 11 steps, trained with weights."""
    model = keras.Sequential([keras.Input((11, 2)), layers.Dense(3, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    return lambda: model.fit(np.zeros((24, 11, 2)), np.zeros((24, 11), int), verbose=0, **how)


def test_weights_of_samples_aren_t_targets() -> None:
    for wrong in ({"sample_weight": np.ones((24, 4))}, {"class_weight": {0: 1.0, 1: 2.0, 2: 3.0}}):
        found = refused(per_step(**wrong))
        assert "weight" in found.title
        assert "11), the weights" in found.cause
        assert "11" in found.fixes[0].code
        assert not any("loss=" in (fix.code or "") for fix in found.fixes)
    for right in (np.ones((24, 11)), np.repeat(np.ones(24)[:, np.newaxis], 11, axis=1),
                  np.vectorize({0: 1.0, 1: 2.0, 2: 3.0}.get)(np.zeros((24, 11), int))):  # fmt: skip
        per_step(sample_weight=right)()


def test_one_sample_of_which_predict_took_some_rows() -> None:
    model = keras.Sequential([keras.Input((90, 5)), layers.GRU(3)])
    sample = np.zeros((90, 5))
    found = refused(lambda: model.predict(sample, verbose=0))
    assert found.fixes[0].code == "x = x[np.newaxis]"
    assert "(1, 90, 5)" in found.fixes[0].means
    assert "windows of 90 rows" in found.fixes[1].label
    assert model.predict(sample[np.newaxis], verbose=0).shape == (1, 3)


def test_a_data_set_of_single_pictures_needs_batches() -> None:
    def fit(data: object) -> object:
        model = keras.Sequential([keras.Input((17, 17, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1)])
        model.compile(loss="mse")
        return model.fit(data, shuffle=False, verbose=0)

    ds = tf.data.Dataset.from_tensor_slices((np.zeros((6, 17, 17, 1)), np.zeros((6, 1))))
    found = refused(lambda: fit(ds), "ds = tf.data.Dataset.from_tensor_slices((x, y))")
    assert found.fixes[0].code == "ds = ds.batch(32)"
    fit(ds.batch(32))
    within = refused(lambda: fit(ds), "ds = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)")
    assert not any(".batch(" in (fix.code or "") for fix in within.fixes)


def test_turned_axes_are_seen_by_the_shape_of_the_data() -> None:
    def build(*shape: int) -> keras.Sequential:
        return keras.Sequential([keras.Input(shape), layers.Conv1D(4, 9)])

    found = refused(lambda: build(6, 70), "x_train.shape = (310, 70, 6)")
    assert found.fixes[0].code == "keras.Input(shape=(70, 6))"
    assert build(70, 6).output_shape == (None, 62, 4)
    assert "70, 6" not in (refused(lambda: build(6, 70), "x_train.shape = (310, 6, 70)").fixes[0].code or "")


def test_a_matrix_with_other_rows_is_a_vocabulary_or_features() -> None:
    old, new = (
        keras.Sequential([keras.Input((4,)), layers.Embedding(rows, 6)], name=f"sequential_{rows}") for rows in (41, 57)
    )
    found = refused(lambda: new.set_weights(old.get_weights()))
    assert [fix.code for fix in found.fixes][:2] == ["layers.Embedding(41, 6)", "keras.Input(shape=(…, 41))"]
    assert not any("units" in (fix.code or "") for fix in found.fixes)


def test_a_single_sequence_for_a_stateful_model() -> None:
    model = keras.Sequential([keras.Input(batch_shape=(9, 13, 2)), layers.LSTM(5, stateful=True)])
    found = refused(lambda: model.predict(np.zeros((1, 13, 2)), verbose=0))
    assert "set_weights" in (found.fixes[0].code or "")
    assert any(fix.code == "keras.Input(batch_shape=(1, 13, 2))" for fix in found.fixes)
    one = keras.Sequential([keras.Input(batch_shape=(1, 13, 2)), layers.LSTM(5, stateful=True)])
    one.set_weights(model.get_weights())
    assert one.predict(np.zeros((1, 13, 2)), verbose=0).shape == (1, 5)


def test_a_fixed_batch_in_the_words_of_tensorflow_1() -> None:
    text = "Cannot feed value of shape (%s, 12, 7) for Tensor 'gru_2_input:0', which has shape '(%s, 12, %s)'"
    assert diagnose("ValueError: " + text % (5, 20, 7)).mistake == "stateful_batch"
    assert diagnose("ValueError: " + text % (5, "?", 9)).mistake == "data_size"


def test_a_reshape_keeps_channels_and_equal_sides() -> None:
    build = lambda *target: keras.Sequential([keras.Input((576,)), layers.Reshape(target)])  # noqa: E731
    found = refused(lambda: build(7, 7, 16))
    assert found.fixes[0].code == "layers.Reshape((6, 6, 16))"
    assert build(6, 6, 16).output_shape == (None, 6, 6, 16)


def test_a_metric_of_rows_and_one_hot_rows_for_a_sparse_loss() -> None:
    def fit(loss: str, y: object, *metrics: object) -> Callable[[], object]:
        model = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="softmax")])
        model.compile(loss=loss, metrics=list(metrics))
        return lambda: model.fit(np.zeros((8, 3)), y, verbose=0)

    integers = np.arange(8) % 4
    rows = keras.utils.to_categorical(integers, 4)
    found = refused(fit("sparse_categorical_crossentropy", integers, keras.metrics.F1Score()))
    assert "to_categorical(y, 4)" in (found.fixes[0].code or "")
    fit("categorical_crossentropy", rows, keras.metrics.F1Score())()
    assert "one-hot" in refused(fit("sparse_categorical_crossentropy", rows)).cause


@pytest.mark.parametrize(
    ("expected", "code"),
    [("{'price': 'price', 'text': 'text'}", '{"price": x1, "text": x2}'), ("['left', 'right']", "[x1, x2]")],
)
def test_a_warning_of_another_structure_is_told(expected: str, code: str) -> None:
    found = diagnose(
        "UserWarning: The structure of `inputs` doesn't match the expected structure.\n"
        f"Expected: {expected}\nReceived: inputs=Tensor(shape=(None, 9))"
    )
    assert found.mistake == "input_count"
    assert found.fixes[0].code == f"model.predict({code})"


def test_whichever_node_fails_first_it_is_the_weights() -> None:
    """TensorFlow runs the product and its gradient at once; either may be the one that is told."""
    node = "compile_loss/mean_squared_error/mul"
    for words in (
        f"Incompatible shapes: [19] vs. [19,8]\n\t [[{{{{node {node}}}}}]] [Op:__inference_7]",
        f"Incompatible shapes: [19,8] vs. [19]\n\t [[{{{{node gradient_tape/{node}/BroadcastGradientArgs}}}}]]",
    ):
        found = diagnose(f"InvalidArgumentError: Graph execution error:\n\n{words}")
        assert "weight" in found.title
        assert "the losses are (19, 8), the weights (19)" in found.cause.replace(",)", ")")
