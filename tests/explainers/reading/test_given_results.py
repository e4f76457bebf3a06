"""Questions that give a result: weights, a sum, a shape that became another. The layer is solved for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explainers.reading.diagnosing import diagnose
from explainers.reading.questions.solving.sums import sums_in


def _cause(question: str) -> str:
    found = diagnose(question)
    assert found.kind == "question"
    assert found.model is not None or found.spec is not None
    return found.cause


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("4*(13+9+1)*9", 4 * (13 + 9 + 1) * 9),
        ("3 * [5 * (5 + 7) + 5]", 3 * (5 * (5 + 7) + 5)),
        ("(5x5x6 + 1) x 16", (5 * 5 * 6 + 1) * 16),
        ("4((21+1)*50 + 50^2)", 4 * ((21 + 1) * 50 + 50**2)),
    ],
)
def test_a_sum_has_the_value_that_python_gives_it(written: str, value: int) -> None:
    (found,) = sums_in(f"the count is {written} = {value}, why")
    assert found.value == value


@pytest.mark.parametrize("words", ["28x28x3 images", "(None, 30, 4)", "3 to 4", "9-8", "((((((((((1", "5*" * 90])
def test_sizes_and_broken_sums_are_no_sums(words: str) -> None:
    assert sums_in(words) == ()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("LSTM weights are (6, 52), (13, 52), (52,), why?", "These are the weights of LSTM(13) on 6 features."),
        ("GRU get_weights gives (6, 39), (13, 39), (2, 39)", "These are the weights of GRU(13) on 6 features."),
        (
            "why is the kernel of my Conv2D of shape (3, 5, 7, 11)?",
            "This is the shape of a weight of Conv2D(11, (3, 5))",
        ),
        (
            "what do the weights (84, 17), (17,), (17, 6), (6,) mean?",
            "These are the weights of Dense(17), then Dense(6)",
        ),
    ],
)
def test_weights_tell_their_layer(question: str, told: str) -> None:
    cause = _cause(question)
    assert cause.startswith(told)


def test_the_count_of_weights_is_the_sum_of_their_products() -> None:
    shapes = [(6, 52), (13, 52), (52,)]
    assert f"= {sum(math.prod(shape) for shape in shapes):,} parameters" in _cause(f"LSTM with weights {shapes}?")


def test_a_table_for_a_layer_is_no_kernel() -> None:
    assert "weights of" not in _cause("number of weights of an LSTM with 13 units on (70, 6)")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("LSTM: 4*(6+13+1)*13 = 1040, is this correct?", "Yes: LSTM(13) on 6 features has"),
        ("For a GRU I calculate 3*(13*(13+6)+13) = 780 but see 819. Why?", "GRU(13) on 6 features has"),
        ("Conv2D: (5*5*6+1)*17 = 2567, why times 6?", "Conv2D(17, 5) on 6 channels has"),
        ("Is it 40*17 = 680 for a Dense layer? The summary says 697", "No, not 680: Dense(17) on 40 features has"),
        ("embedding 4000*17 = 68000, right?", "Yes: Embedding(4000, 17) has 4,000 × 17 = 68,000 parameters."),
    ],
)
def test_a_sum_is_judged_on_the_layer_that_it_is_of(question: str, told: str) -> None:
    assert _cause(question).startswith(told)


def test_the_channels_of_a_filter_are_told() -> None:
    told = "Each of the 17 filters has a 5 × 5 kernel for each of 6 channels."
    assert told in _cause("Conv2D: (5*5*6+1)*17 = 2567, why times 6?")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("why does a conv layer change (27, 21, 2) to (25, 19, 9)?", "Conv2D(9, 3) turns (None, 27, 21, 2) into"),
        ("pooling goes from (None, 24, 20, 7) to (None, 12, 10, 7)", "MaxPooling2D() turns (None, 24, 20, 7) into"),
        ("How does an LSTM turn (None, 20, 5) into (None, 13)?", "LSTM(13) turns (None, 20, 5) into (None, 13)"),
        ("why does Flatten turn (None, 7, 6, 5) into (None, 210)?", "Flatten() turns (None, 7, 6, 5) into (None, 210)"),
        (
            "Conv2DTranspose from (None, 7, 6, 12) to (None, 14, 12, 5)?",
            "Conv2DTranspose(5, 3, strides=2, padding='same') turns (None, 7, 6, 12) into (None, 14, 12, 5)",
        ),
        ("RepeatVector changed my (None, 13) to (None, 9, 13)", "RepeatVector(9) turns (None, 13) into (None, 9, 13)"),
    ],
)
def test_a_shape_that_became_another_is_told_by_its_layer(question: str, told: str) -> None:
    assert _cause(question).startswith(told)


@pytest.mark.parametrize(
    ("layer", "size", "sum_"),
    [
        ("Conv1D(4, 5, strides=3)", 41, "(41 - 5) // 3 + 1"),
        ("Conv1D(4, 5, padding='same', strides=3)", 41, "41 / 3, rounded up"),
        ("Conv1D(4, 3, dilation_rate=6)", 41, "41 - 13 + 1"),
        ("MaxPooling1D(3)", 41, "(41 - 3) // 3 + 1"),
        ("Conv1DTranspose(4, 5, strides=2)", 21, "(21 - 1) × 2 + 5"),
    ],
)
def test_how_a_side_comes_about_is_what_keras_returns(layer: str, size: int, sum_: str) -> None:
    import keras

    made = eval(f"keras.layers.{layer}", {"keras": keras})(np.zeros((1, size, 2))).shape[1]
    assert f"Along steps: {sum_} = {made}" in _cause(f"Why is the output of {layer} on (None, {size}, 2) this size?")


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("Does the number of timesteps change the number of parameters of an LSTM?", "No: with 7 timesteps or 14, "),
        ("Do the parameters of Conv2D depend on the image size?", "No: with 32 pixels a side or 64, "),
        ("Does the number of units change the parameters of a GRU?", "Yes: "),
        ("Does padding affect the output shape of Conv2D?", "Yes: "),
        ("Do strides change the number of parameters of Conv1D?", "No: "),
        ("Does MaxPooling2D change the number of channels?", "No: the channels stay 3."),
        ("Does Flatten have any trainable parameters?", "No: "),
        ("Does LayerNormalization have weights?", "Yes: "),
        ("Does Bidirectional double the number of parameters?", "Yes: LSTM("),
        ("Does an LSTM with 9 units have more parameters than a GRU with 9 units?", "Yes. "),
        ("Does a SimpleRNN with 9 units have more parameters than a GRU with 9 units?", "No. "),
        ("Can I use a Dense layer on (None, 10, 4) without Flatten?", "Yes. Dense("),
        ("Is it right that Conv2D(8, 3) on 28x26x1 has 80 parameters?", "Yes: "),
        ("Is it right that Conv2D(8, 3) on 28x26x1 has 72 parameters?", "No, not 72: "),
    ],
)
def test_yes_and_no_come_first_where_the_live_model_decides(question: str, lead: str) -> None:
    assert _cause(question).startswith(lead)


@pytest.mark.parametrize(
    "question",
    [
        "Does a Dense(9) after LSTM(7, return_sequences=True) connect to all steps or is it the same weights for each?",
        "Could you please tell me how many parameters Dense(9) has on (None, 4)?",
        "Can you explain what LSTM(7) makes of (None, 5, 3)?",
    ],
)
def test_what_asks_for_no_yes_gets_none(question: str) -> None:
    assert not _cause(question).startswith(("Yes", "No"))


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("filters (5,5,2)x3: how many parameters does the conv layer have?", "Conv2D(3, (5, 5)) on 2 channels has"),
        ("conv layer with 17 filters of size [3x3x2], parameters?", "Conv2D(17, (3, 3)) on 2 channels has"),
        ("Dense(8*7*5, 12) as in pytorch: how many weights does it have", "Dense(12) on 280 features has"),
        ("What do the arguments mean in: Embedding(input_dim, output_dim)? How many parameters?", "An Embedding reads"),
    ],
)
def test_layers_in_prose_are_read_as_people_write_them(question: str, told: str) -> None:
    assert _cause(question).startswith(told)
