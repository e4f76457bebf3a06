"""What a question supposes of shapes, words and sizes: yes or no, decided by what it says of its data and Keras."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from explainers.reading.diagnosing import Diagnosis, diagnose, read

Layers = keras.layers


def asked(text: str) -> Diagnosis:
    found = read(text)
    assert found.kind == "question", found.kind
    return found


def made(layer: keras.layers.Layer, shape: tuple[int, ...]) -> tuple[int | None, ...]:
    return tuple(layer(keras.Input(shape)).shape)


@pytest.mark.parametrize(
    ("offer", "lead"),
    [
        ("is (410, 9, 13) the right shape or (9, 410, 13)?", "(410, 9, 13), not (9, 410, 13): "),
        ("Is (410, 9, 13) correct?", "Yes: "),
        ("Should it be (9, 410, 13)?", "No: "),
        ("I think it should be (13, 9). Is that right?", "No: "),
        ("Is input_shape=(9, 13) correct?", "Yes: "),
    ],
)
def test_an_offered_shape_is_judged_by_the_data(offer: str, lead: str) -> None:
    cause = asked(
        f"I have 410 shops, 9 months for each and 13 variables per month, from 2016 to 2018, for an LSTM. {offer}"
    ).cause
    assert cause.startswith(lead), cause
    assert "input_shape=(9, 13)" in cause
    assert "2,016" not in cause


@pytest.mark.parametrize(
    ("claim", "lead"), [("(31, 22)", "Yes"), ("(22, 31)", "No, not (22, 31). "), ("(None, 31, 22)", "Yes")]
)
def test_an_offered_output_is_judged_by_keras(claim: str, lead: str) -> None:
    cause = asked(
        f"My data is (640, 31, 6): 640 patients. x = GRU(22, return_sequences=True)(inp). What is the shape of its "
        f"output? Is it {claim}?"
    ).cause
    assert cause.startswith(lead)
    assert f"into {made(Layers.GRU(22, return_sequences=True), (31, 6))}" in cause
    assert "(640, 31, 22)" in cause


def test_none_stays_in_the_place_of_the_steps() -> None:
    cause = asked(
        "The input_shape of my LSTM was (None, 14) and I want 3 timesteps. Is it (3, 14) or (3, 5) now?"
    ).cause
    assert cause.startswith("(3, 14), not (3, 5): ")


def test_the_batch_size_is_no_part_of_the_input_shape() -> None:
    cause = asked("With batch_size=48 my GRU gets data of shape (48, 21, 6). Is input_shape=(48, 21, 6) right?").cause
    assert cause.startswith("No: input_shape is one sample")
    assert "it is (21, 6)" in cause
    flat = asked("With batch_size=48 my GRU gets arrays of shape (48, 21), is (48, 21) the input shape?").cause
    assert "input_shape=(21, 1)" in flat
    assert "input_shape=(1, 21)" in flat


X_AND_Y = {
    ((90, 12, 5), (90, 12, 2)): (Layers.LSTM, "return_sequences=True"),
    ((90, 12, 5), (90, 17, 2)): (Layers.LSTM, "RepeatVector(17)"),
    ((90, 12, 5), (90, 4)): (Layers.LSTM, "Dense(4)"),
    ((90, 12, 5), (90,)): (Layers.LSTM, "Dense(1)"),
    ((90, 24, 26, 3), (90, 4)): (Layers.Conv2D, "Dense(4)"),
    ((90, 12), (90, 4)): (Layers.Dense, "Dense(4)"),
}


@pytest.mark.parametrize("shapes", X_AND_Y)
def test_a_model_between_two_arrays_runs_on_them(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    x, y = shapes
    found = diagnose(f"I have an input array of shape {x} and labels of shape {y}. How do I design the model in Keras?")
    assert X_AND_Y[shapes][1] in found.cause
    assert found.model is not None
    sizes = [axis["size"] for axis in found.model["layers"][-1]["outputs"][0]]
    assert sizes == [None, *(y[1:] or (1,))]


def test_both_have_one_shape() -> None:
    cause = asked("My x and y shape are both (75, 16, 1): how should I structure this LSTM?").cause
    assert "turns (None, 16, 1) into (None, 16, 1)" in cause


def test_units_need_not_equal_anything() -> None:
    cause = asked("Must the number of units of my GRU be the same as the 9 timesteps? I use GRU(33).").cause
    assert cause.startswith("No: units needn't equal the timesteps")
    assert f"into {made(Layers.GRU(33), (9, 5))}" in cause


@pytest.mark.parametrize(
    ("claim", "lead"),
    [
        ("timesteps is the length of a sequence, features is the number of variables, am I right?", "Yes, "),
        ("units is the number of timesteps of the LSTM, is that correct?", "No: units is how many numbers"),
        ("batch_size is the number of timesteps that an LSTM reads, am I right?", "No: batch_size is how many samples"),
    ],
)  # fmt: skip
def test_what_a_word_is_thought_to_mean(claim: str, lead: str) -> None:
    assert asked(f"In Keras I think {claim}").cause.startswith(lead)


def test_a_batch_and_the_number_of_batches() -> None:
    cause = asked(
        "I have 7200 samples and batch_size=16, so each batch will contain 450 samples per epoch, correct me if wrong"
    ).cause
    assert cause.startswith("No: each batch holds 16 samples, and 450 is how many batches an epoch has.")


def test_return_sequences_with_a_batch() -> None:
    cause = asked(
        "What does return_sequences mean in LSTM(21)? Does it give one vector per batch of 24, is it true?"
    ).cause
    assert cause.startswith("No: each sample of a batch")
    assert f"into {made(Layers.LSTM(21, return_sequences=True), (7, 5))}" in cause
    assert "(24, 7, 21) and (24, 21)" in cause


def test_rows_in_time_of_which_nobody_says_how_many() -> None:
    cause = asked("Each row is one day with 6 features. How do I reshape that for an LSTM with 8 timesteps?").cause
    data = np.arange(30 * 6).reshape(30, 6)
    assert len(np.stack([data[i : i + 8] for i in range(len(data) - 8 + 1)])) == 30 - 8 + 1
    assert "range(len(data) - 8 + 1)" in cause
    assert "(samples, 8, 6)" in cause


def test_flat_rows_are_images() -> None:
    cause = asked(
        "A csv of flattened images: 3073 columns with the label, 9000 rows. How do I reshape for Conv2D?"
    ).cause
    assert np.zeros((2, 3072)).reshape(-1, 32, 32, 3).shape == (2, 32, 32, 3)
    assert "(9000, 32, 32, 3)" in cause
    assert "the label" in cause


@pytest.mark.parametrize(
    ("shape", "layer", "told"),
    [
        ("(nb_samples, input_dim)", "LSTM", "input_shape=(n, input_dim)"),
        ("(samples, time)", "GRU", "input_shape=(time, 1)"),
        ("(n_samples, n_features)", "Conv1D", "input_shape=(1, n_features)"),
    ],
)
def test_shapes_in_words(shape: str, layer: str, told: str) -> None:
    assert told in asked(f"My data has the shape {shape}. How can I give it to a {layer}?").cause


def test_a_layer_that_is_spoken_of_again_is_no_second_one() -> None:
    found = asked("How can I use an LSTM with arrays of different input sizes? I want my LSTM to read all of them.")
    assert "pad" in found.cause
    assert found.spec is not None
    assert len(found.spec.layers) == 1


@pytest.mark.parametrize(
    ("text", "lead", "told"),
    [
        (
            "To predict the 9th day with an LSTM, shouldn't I use timesteps=9?",
            "No: timesteps is how far back",
            "Dense(9)",
        ),
        (
            "I think input_shape should be (look_back, 1) instead of (1, look_back) for a GRU, right?",
            "Yes: ",
            "1 timestep",
        ),
        (
            "I gave the LSTM the input shape (None, None, features), is that correct?",
            "Not as input_shape",
            "(None, features)",
        ),
        (
            "Data of shape (400, 1, x) where x changes go into an LSTM, can it be done?",
            "Not in that order",
            "(400, x, 1)",
        ),
        (
            "Should the batch size be equal to the number of samples? 320 samples, 12 timesteps, LSTM",
            "It may be",
            "makes 10.",
        ),
        (
            "My signals have X timesteps and only 1 signal. Does that make input_dim just 1?",
            "Yes: ",
            "(samples, timesteps, 1)",
        ),
        ("Is each unit of an LSTM(41) processing one of the 23 timesteps?", "No: units needn't", "(None, 23, 5)"),
        (
            "If batch size == number of batches, am I misunderstanding Keras?",
            "No: batch_size is how many samples",
            "update",
        ),
        (
            "If we set timesteps as K, Keras will look back K steps in an LSTM. Is it correct?",
            "Yes, that is right. ",
            "LSTM",
        ),
        (
            "What do nb_samples, timesteps and input_dim mean for an LSTM?",
            "timesteps is how many",
            "samples is how many",
        ),
    ],
)
def test_sizes_that_are_mixed_up(text: str, lead: str, told: str) -> None:
    cause = asked(text).cause
    assert cause.startswith(lead), cause
    assert told in cause


def test_lengths_that_differ_are_left_open() -> None:
    cause = asked("Shapes (190, 14), (320, 14) and (260, 14): 870 utterances of different length. LSTM input?").cause
    assert cause.startswith("Leave the steps open: input_shape=(None, 14). ")
    assert "(870, 320, 14)" in cause
    assert str(made(Layers.LSTM(16), (None, 14))) in cause  # type: ignore[arg-type]


WINDOWS = {
    "I have collected 210 days of data from 8 suppliers and want to predict 5 days ahead with an LSTM. "
    "Do I prepare [210, 5, 8]?": (210, 10, 5, 8),
    "I have 3 time series, one value every 10 minutes for 20 days, and predict 1 hour ahead from the past 12 hours. "
    "LSTM input shape?": (2880, 72, 6, 3),
    "11 features and 1 year of data ie 365 rows, daily: should I reshape to (365, 365, 11) for my LSTM to predict one "
    "value?": (365, 10, 1, 11),
}


@pytest.mark.parametrize("text", WINDOWS)
def test_recorded_time_is_cut_into_windows(text: str) -> None:
    rows, back, ahead, columns = WINDOWS[text]
    data = np.zeros((rows, columns))
    windows = np.stack([data[i : i + back] for i in range(rows - back - ahead + 1)])
    assert str(windows.shape) in asked(text).cause


def test_lags_are_steps() -> None:
    cause = asked(
        "x is (640, 9): 640 samples with 9 lagged values. How do I make the 9 lags time steps of an LSTM?"
    ).cause
    assert "(640, 9, 1)" in cause


def test_arrays_in_arrays() -> None:
    cause = asked("A numpy array of 130 inner arrays, each one having 70 different items. input_shape for a GRU?").cause
    assert "(130, 70, 1)" in cause


def test_the_shape_of_y_for_every_step() -> None:
    cause = asked(
        "What is the shape of y_train for an LSTM that predicts 4 values at each time step of (300, 26, 7)?"
    ).cause
    assert cause.startswith("y is (300, 26, 4). ")


def test_batches_that_fit_says_so_first() -> None:
    cause = asked("Can I use batch size 40 for a stateful LSTM with 810 samples?").cause
    assert cause.startswith("Only with 800 of the 810 samples. ")
    assert 810 // 40 * 40 == 800


def test_vectors_for_a_convolution() -> None:
    cause = asked("I have vectors of length 190 for a Conv1D. Which input_shape, (190, 1) or (1, 190)?").cause
    assert cause.startswith("(190, 1), not (1, 190): ")


def test_rows_that_hold_steps_and_features() -> None:
    rows = np.arange(2 * 18).reshape(2, 18)  # six steps of one feature, then of the next
    cause = asked(
        "My data is (700, 18): 6 hours of rain followed by 6 of wind, 6 of sun. LSTM input shape (6, 3)?"
    ).cause
    assert cause.startswith("Yes: 6 × 3 = 18")
    assert "x.reshape(700, 3, 6).transpose(0, 2, 1)" in cause
    assert rows.reshape(2, 3, 6).transpose(0, 2, 1)[0, :, 1].tolist() == list(range(6, 12))


def test_a_shape_is_no_mistake_where_a_width_is_only_in_it() -> None:
    cause = asked(
        "8 clips (samples), 5 steps per sample, so my tensor is (8, 5, 900). What input_shape for an LSTM?"
    ).cause
    assert not cause.startswith(("No", "Yes"))
    assert "input_shape=(5, 900)" in cause


def test_a_dense_in_a_wrapper_keeps_its_units() -> None:
    found = diagnose("With 40 time steps, TimeDistributed(Dense(1)) for 40 outputs or Dense(40)?")
    assert found.kind == "question"
    assert "TimeDistributed(Dense(1))" in found.cause


def test_rows_of_which_nobody_says_whether_they_follow() -> None:
    cause = asked("My dataset has 41000 rows with 6 features. I need to reshape it for a GRU, how?").cause
    assert cause.startswith("It depends on what a row is.")
    assert "(40991, 10, 6)" in cause
    assert "(41000, 1, 6)" in cause


def test_sizes_next_to_the_words_are_the_question() -> None:
    cause = asked(
        "I find the shape of the input of a GRU hard to understand: (nb_samples, timesteps, input_dim). If I have 700 "
        "songs, each song has 12 notes and each note is a 5-dim vector, then 700 is nb_samples, 12 the timesteps and "
        "5 is the input_dim, am I right?"
    ).cause
    assert "(700, 12, 5)" in cause
    assert "input_shape=(12, 5)" in cause
