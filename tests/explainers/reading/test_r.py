"""Keras in R: read as the same program in Python, and answered in R's words."""

from __future__ import annotations

import time

import pytest

from explainers.core.finding import Change
from explainers.reading.diagnosing import diagnose, read
from explainers.reading.rlang.back import in_r
from explainers.reading.rlang.python import in_python

PIPED = """library(keras)
x <- array(rnorm(90 * 12 * 4), dim = c(90, 12, 4))
y <- matrix(0, nrow = 90, ncol = {columns})
model <- keras_model_sequential() %>%
  bidirectional(layer_lstm(units = 20, return_sequences = {sequences}), input_shape = dim(x)[2:3]) %>%
  layer_lstm(7) %>%  # the last one
  layer_dense(units = 3L)
model %>% compile(loss = "mse", optimizer = optimizer_adam(lr = 0.01), metrics = c("mae"))
history <- model %>% fit(x, y, epochs = 2, validation_data = list(x[1:30, , ], y[1:30, ]))
"""


def test_a_piped_model_is_read_with_its_data() -> None:
    found = diagnose(PIPED.format(columns=3, sequences="TRUE"))
    lstm = 2 * 4 * 20 * (4 + 20 + 1) + 4 * 7 * (40 + 7 + 1)
    assert (found.kind, found.mistake) == ("code", None)
    assert found.model is not None
    assert found.model["total_params"] == lstm + 3 * (7 + 1)
    assert "R is read as Keras in Python" in found.renamed[-1]


def test_a_mistake_in_r_is_told_and_mended_in_r() -> None:
    found = diagnose(PIPED.format(columns=3, sequences="FALSE"))
    assert found.mistake == "layer_rank"
    assert "return_sequences = TRUE" in found.fixes[0].code
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.ran
    assert all(not fix.diff for fix in found.fixes)


def test_targets_in_r() -> None:
    found = diagnose(PIPED.format(columns=5, sequences="TRUE"))
    assert found.mistake == "target_shape"
    assert "outputs (None, 3) with targets (90, 5)" in found.cause
    assert found.fixes[0].code == "layer_dense(units = 5)"


def test_tensors_and_what_r_prints() -> None:
    text = """> dim(x.train)
[1] 80 14  6
inputs <- layer_input(shape = c(14, 6))
a <- inputs |> layer_gru(units = 5)
b <- layer_simple_rnn(inputs, units = 9)
out <- layer_concatenate(list(a, b)) |> layer_dense(2)
model <- keras_model(inputs, out)
model |> predict(x.train)
"""
    found = diagnose(text)
    assert found.mistake is None
    assert found.model is not None
    assert found.model["total_params"] == 3 * 5 * (6 + 5 + 2) + 9 * (6 + 9 + 1) + 2 * (14 + 1)
    assert found.spec is not None
    assert found.spec.checks[0].shapes == ((80, 14, 6),)


def test_a_message_of_r_is_joined_with_its_code() -> None:
    text = """model <- keras_model_sequential() %>%
  layer_lstm(units = 32, input_shape = c(21, 1)) %>%
  layer_dense(1)
model %>% fit(x, y)
{message}
"""
    message = "expected lstm_1_input to have 3 dimensions, but got array with shape (70, 21)"
    text = text.format(message=f"Error: ValueError: Error when checking input: {message}")
    found = diagnose(text)
    assert found.mistake == "data_rank"
    assert found.fixes[0].code == "x <- array_reshape(x, c(dim(x), 1))"


@pytest.mark.parametrize(
    ("python", "r"),
    [
        ("layers.Conv1D(9, kernel_size=3)", "layer_conv_1d(filters = 9, kernel_size = 3)"),
        ("keras.Input(shape=(7, None))", "layer_input(shape = c(7, NULL))"),
        ("y = y.T", "y <- t(y)"),
        ("y = y.reshape(30, 4)", "y <- array_reshape(y, c(30, 4))"),
        ("x = np.stack([x[i] for i in range(3)])", "x = np.stack([x[i] for i in range(3)])"),
    ],
)
def test_what_is_offered_is_in_the_words_of_r(python: str, r: str) -> None:
    assert in_r(Change("", code=python)).code == r


@pytest.mark.parametrize("piece", ["layer_dense(" * 900, "x <- (" * 2000, "{" * 3000, "a %>% " * 3000, "f('\n" * 9000])
def test_hostile_r_is_bounded(piece: str) -> None:
    text = "keras_model_sequential() %>% layer_dense(3)\n" + piece + "\n" + (piece[:300] + "\n") * 60
    started = time.process_time()
    in_python(text)
    read(text)
    assert time.process_time() - started < 6


def test_what_the_asker_leaves_open_is_asked() -> None:
    text = """dim(x)

[1] 300  14
model <- keras_model_sequential() %>%
  layer_lstm(units = 5, input_shape = c(?, ?)) %>%
  layer_dense(units = 2)
model %>% fit(x, y)
"""
    found = diagnose(text)
    assert found.mistake == "data_rank"
    assert "the data are (300, 14)" in found.cause
    assert "input_shape = c(14, 1)" in found.fixes[0].code


def test_python_is_left_alone() -> None:
    assert in_python("model = Sequential([LSTM(9, input_shape=(5, 3))])\nlayer_1 = Dense(4)") is None
