"""``explain.check``: what it says is held against what Keras does with the same data."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from shape_explainer import explain
from shape_explainer.checking import Checked


def model(loss: str | None = "mse", sequences: bool = False, units: int = 4) -> Any:
    made = keras.Sequential(
        [layers.Input((9, 5)), layers.GRU(7, return_sequences=sequences, name="memory"), layers.Dense(units)]
    )
    if loss is not None:
        made.compile(loss=loss, optimizer="sgd", run_eagerly=True)
    return made


def kinds(found: Checked) -> list[str]:
    return [verdict.kind for verdict in found.verdicts]


DATA = np.random.default_rng(3).random((17, 9, 5), dtype="float32")


@pytest.mark.parametrize(
    ("loss", "shape", "units"),
    [
        ("mse", (17, 4), 4), ("mse", (17, 3), 4), ("mse", (17, 1), 4), ("mse", (17,), 4), ("mse", (17,), 1),
        ("mae", (17, 9, 4), 4), ("huber", (17, 2), 4), ("categorical_crossentropy", (17, 4), 4),
        ("categorical_crossentropy", (17,), 4), ("sparse_categorical_crossentropy", (17,), 4),
        ("sparse_categorical_crossentropy", (17, 1), 4), ("binary_crossentropy", (17, 1), 1),
    ],
)  # fmt: skip
def test_what_doesnt_fit_is_what_fit_refuses(loss: str, shape: tuple[int, ...], units: int) -> None:
    made, targets = model(loss, units=units), np.zeros(shape, "float32")
    found = explain.check(made, DATA, targets)
    try:
        made.fit(DATA, targets, verbose=0)
        refused = False
    except Exception:  # whichever it is
        refused = True
    assert ("wrong" in kinds(found)) == refused, found


def test_a_silent_broadcast_is_the_loss_that_numpy_gives_for_stretched_arrays() -> None:
    made, targets = model(), np.random.default_rng(5).random((17, 1), dtype="float32")
    found = explain.check(made, DATA, targets)
    assert kinds(found) == ["fits", "broadcasts"]
    assert "(17, 4)" in found.verdicts[1].text
    stretched = np.mean((np.broadcast_to(targets, (17, 4)) - made(DATA).numpy()) ** 2)
    assert made.evaluate(DATA, targets, verbose=0, batch_size=17) == pytest.approx(float(stretched), rel=1e-4)


def test_one_target_for_all_timesteps_is_stretched_over_them() -> None:
    made, targets = model(sequences=True, units=1), np.random.default_rng(7).random((17, 1), dtype="float32")
    found = explain.check(made, DATA, targets)
    assert kinds(found) == ["fits", "broadcasts"]
    assert "(17, 9)" in found.verdicts[1].text
    assert "return_sequences=False" in found.verdicts[1].fix
    stretched = np.mean((np.broadcast_to(targets, (17, 9)) - made(DATA).numpy()[..., 0]) ** 2)
    assert made.evaluate(DATA, targets, verbose=0, batch_size=17) == pytest.approx(float(stretched), rel=1e-4)


def test_an_order_that_could_be_two_is_not_told() -> None:
    square = keras.Sequential([layers.Input((8, 8, 5)), layers.Conv2D(3, 2)])
    assert "its axes are" not in repr(explain.check(square, np.zeros((4, 5, 8, 8), "float32")))


def test_ids_beyond_the_vocabulary_are_told_in_words() -> None:
    made = keras.Sequential([layers.Input((6,), dtype="int32"), layers.Embedding(50, 4)])
    assert "input_dim=50 allows ids from 0 to 49" in repr(explain.check(made, np.full((3, 6), 77)))


def test_one_axis_less_is_put_right_by_keras_and_not_by_numpy() -> None:
    made, targets = model(units=1), np.zeros(17)
    found = explain.check(made, DATA, targets)
    assert kinds(found) == ["fits", "fits"]
    assert str((targets - made(DATA).numpy()).shape) in found.verdicts[1].text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (DATA[0], "without the samples axis"),
        (np.swapaxes(DATA, 1, 2), "np.swapaxes"),
        (np.swapaxes(DATA, 1, 2), "its axes are (batch, features, timesteps)"),
        (DATA[..., :4], "features=5"),
        ([[1, 2], [3, 4]], "np.array(x)"),
        ([DATA, DATA], "list of 2 arrays"),
        (np.array([[1], [2, 3]], object), "Python objects"),
        (np.zeros((0, 9, 5)), "no samples"),
    ],
)
def test_data_that_dont_fit_are_told_with_the_fix(data: Any, says: str) -> None:
    found = explain.check(model(), data, np.zeros((17, 4)))
    assert not found.ok
    assert says in repr(found)


@pytest.mark.parametrize(
    ("loss", "targets", "says"),
    [
        ("sparse_categorical_crossentropy", np.eye(4)[np.arange(17) % 4], "argmax"),
        ("sparse_categorical_crossentropy", np.arange(17) % 6, "run from 0 to 5"),
        ("sparse_categorical_crossentropy", np.full(17, 1.5), "fractions"),
        ("categorical_crossentropy", np.arange(17) % 4, "to_categorical(y, 4)"),
        ("binary_crossentropy", np.arange(17) % 3, "from 0 to 2"),
    ],
)
def test_a_loss_that_reads_targets_otherwise(loss: str, targets: Any, says: str) -> None:
    found = explain.check(model(None), DATA, targets, loss=loss)
    assert "wrong" in kinds(found)
    assert says in repr(found)


def test_neither_weights_nor_states_nor_random_numbers_are_touched() -> None:
    made = keras.Sequential([layers.Input(batch_shape=(6, 9, 5)), layers.GRU(7, stateful=True), layers.Dropout(0.5)])
    made.compile(loss="mse")
    before = [variable.numpy() for variable in made.variables]
    found = explain.check(made, DATA[:6], np.zeros((6, 7)))
    assert found.ok, found
    assert all(np.array_equal(old, new.numpy()) for old, new in zip(before, made.variables, strict=True))


def test_more_samples_than_targets_no_targets_and_no_loss() -> None:
    assert "x has 17, y has 16" in repr(explain.check(model(), DATA, np.zeros((16, 4))))
    assert kinds(explain.check(model(), DATA)) == ["fits", "open"]
    assert kinds(explain.check(model(None), DATA, np.zeros((17, 4)))) == ["fits", "open"]


def test_several_inputs_and_outputs_by_name_and_by_place() -> None:
    a, b = keras.Input((3,), name="a"), keras.Input((5,), name="b")
    both = layers.Concatenate()([a, b])
    made = keras.Model([a, b], [layers.Dense(2, name="one")(both), layers.Dense(6, name="other")(both)])
    made.compile(loss="mse")
    x = {"b": np.zeros((7, 5)), "a": np.zeros((7, 3))}
    assert explain.check(made, x, [np.zeros((7, 2)), np.zeros((7, 6))]).ok
    assert explain.check(made, [x["a"], x["b"]], [np.zeros((7, 2)), np.zeros((7, 6))]).ok
    crossed = explain.check(made, [x["b"], x["a"]], [np.zeros((7, 2)), np.zeros((7, 6))])
    assert kinds(crossed) == ["differs", "differs", "fits", "fits"]  # 5 + 3 joined are 3 + 5: Keras takes it
    assert "the model also needs b" in repr(explain.check(made, {"a": x["a"]}, None))


def test_a_dataset_is_looked_into_and_not_used_up() -> None:
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices((DATA, np.zeros((17, 1), "float32"))).batch(6)
    assert kinds(explain.check(model(), data)) == ["fits", "broadcasts"]
    assert sum(1 for _ in data) == 3
    single = tf.data.Dataset.from_tensor_slices((DATA, np.zeros((17, 4))))
    assert "x.batch(32)" in repr(explain.check(model(), single))


def test_a_model_that_was_never_built_is_checked_by_the_shape_of_the_data() -> None:
    made = keras.Sequential([layers.GRU(7), layers.Dense(4)])
    assert explain.check(made, DATA, np.zeros((17, 4)), loss="mse").ok
    assert not made.built
