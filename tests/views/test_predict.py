"""Predict first: what learners type is read, and each difference gets its reason from the origins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explainers.core.axes import Axis, spoken
from explainers.core.results import Layer, Weight
from tests.views import samples
from views import predict

HELP = "Each size is a whole number, or None where it is left open: (None, 5, 4)."


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("(None, 5, 4)", (None, 5, 4)),
        ("none,5,4", (None, 5, 4)),
        ("  [ None 5 4 ] ", (None, 5, 4)),
        ("{?; 5; 4}", (None, 5, 4)),
        ("-1 x 5 x 4", (None, 5, 4)),
        ("7x5x4", (7, 5, 4)),
        ("null × 5×4", (None, 5, 4)),
        ("(3,)", (3,)),
        ("(None,)", (None,)),
        ("()", ()),
        ("(None, 133,906, 2)", (None, 133906, 2)),
        ("(None, 1,000)", (None, 1000)),
        ("None,1,000", (None, 1000)),
        ("1 000", (1000,)),
        ("None 1_000 2'500", (None, 1000, 2500)),
        ("(20,512)", (20, 512)),
        ("(None,100,300)", (None, 100, 300)),
        ("(100, 20)", (100, 20)),
    ],
)
def test_a_shape_is_read_however_it_is_written(text: str, guess: predict.Guess) -> None:
    assert predict.parse_shape(text) == guess


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("  ", "Type a shape, one size per axis, like (None, 5, 4). Use None where the size is left open."),
        ("(None, five)", f"“five” is not a size. {HELP}"),
        ("(None, -4)", f"“-4” is not a size. {HELP}"),
        ("(None, 4.5)", f"“4.5” is not a size. {HELP}"),
        ("9" * 200, "That is longer than any shape: 200 characters."),
        ("(None, 6, x)", f"“x” is not a size. {HELP}"),
        ("²", f"“²” is not a size. {HELP}"),
    ],
)  # fmt: skip
def test_what_is_no_shape_gets_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(predict.GuessError) as error:
        predict.parse_shape(text)
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("text", "count"),
    [("4,224", 4224), ("4224", 4224), (" 4 224 ", 4224), ("4_224", 4224), ("4.224", 4224), ("1,048,576", 1048576),
     ("0", 0), ("none", 0), ("96 parameters", 96)],
)  # fmt: skip
def test_a_count_is_read(text: str, count: int) -> None:
    assert predict.parse_count(text) == count


@pytest.mark.parametrize("text", ["", "many", "-5", "4.5", "3+4"])
def test_what_is_no_count_gets_a_sentence(text: str) -> None:
    with pytest.raises(predict.GuessError, match=r"A count is one whole number, like 4,224\."):
        predict.parse_count(text)


def question(index: int) -> predict.Question:
    """Of Input (None, 20, 1) -> LSTM(5) lstm_1 -> LSTM(4) lstm_2 -> Dense(3)."""
    first, second, dense = predict.questions(samples.chain())
    keeps = replace(first, why="return_sequences=True keeps timesteps.")
    drops = replace(second, why="return_sequences=False drops timesteps: only the last output is returned.")
    return (keeps, drops, dense)[index]


def test_every_step_but_the_input_is_asked_in_order() -> None:
    asked = predict.questions(samples.chain())
    assert [(each.step, each.title) for each in asked] == [(1, "LSTM(5)"), (2, "LSTM(4)"), (3, "Dense(3)")]
    assert asked[1].inputs == asked[0].shapes


def test_a_model_that_fails_asks_nothing() -> None:
    assert predict.questions(samples.failing()) == ()


def test_a_shared_layer_is_counted_once() -> None:
    found = samples.branching()
    twice = replace(found.flow[6], layer="shared")
    asked = predict.questions(replace(found, flow=(*found.flow[:6], twice, found.flow[7])))
    assert [each.layer is None for each in asked if each.name == "shared"] == [False, True]


def test_right() -> None:
    rows = predict.compare((None, 20, 5), question(0))
    assert [(row.axis, row.right, row.reason) for row in rows] == [
        ("batch", True, ""), ("timesteps", True, ""), ("units", True, ""),
    ]  # fmt: skip


def test_a_wrong_number_names_the_argument_and_what_was_written_instead() -> None:
    row = predict.compare((None, 20, 20), question(0))[2]
    assert (row.said, row.keras, row.right) == ("20", "5", False)
    assert row.reason == ("This is units: units=5 of LSTM lstm_1. 20 is timesteps: shape[0]=20 of sequence.")


def test_a_number_of_nowhere_gets_the_origin_alone() -> None:
    assert predict.compare((None, 20, 77), question(0))[2].reason == "This is units: units=5 of LSTM lstm_1."


def test_a_shape_of_the_right_rank_is_compared_place_by_place() -> None:
    rows = predict.compare((None, 5, 20), question(0))
    assert [(row.axis, row.said, row.keras) for row in rows] == [
        ("batch", "None", "None"), ("timesteps", "5", "20"), ("units", "20", "5"),
    ]  # fmt: skip
    assert "5 is units: units=5 of LSTM lstm_1." in rows[1].reason


def test_a_missing_axis_is_named_with_why_it_was_kept() -> None:
    rows = predict.compare((None, 5), question(0))
    assert [(row.axis, row.said, row.keras) for row in rows] == [
        ("batch", "None", "None"), ("timesteps", "", "20"), ("units", "5", "5"),
    ]  # fmt: skip
    assert rows[1].reason == (
        "The axis timesteps is missing: it is kept (shape[0]=20 of sequence). return_sequences=True keeps timesteps."
    )


def test_a_missing_batch_is_told_what_it_is() -> None:
    row = predict.compare((20, 5), question(0))[0]
    assert (row.axis, row.said, row.keras) == ("batch", "", "None")
    assert row.reason == (
        "The axis batch is missing. It is the first axis of every shape, because a layer computes an output "
        "for each sample separately "
        "(batch_size of Input sequence is left open: any number of samples)."
    )


def test_an_extra_axis_that_was_dropped() -> None:
    rows = predict.compare((None, 20, 4), question(1))
    assert [(row.axis, row.said, row.keras) for row in rows] == [
        ("batch", "None", "None"), ("", "20", ""), ("units", "4", "4"),
    ]  # fmt: skip
    assert rows[1].reason == (
        "One axis too many: timesteps (20) is not in the output. The output has 2 axes (batch, units). "
        "return_sequences=False drops timesteps: only the last output is returned."
    )


def test_an_extra_axis_of_nowhere() -> None:
    row = next(row for row in predict.compare((None, 77, 20, 5), question(0)) if not row.right)
    assert row.reason.startswith("One axis too many. The output has 3 axes (batch, timesteps, units).")


def test_none_and_numbers_are_told_apart() -> None:
    rows = predict.compare((32, None, 5), question(0))
    assert rows[0].reason == "Batch is None: batch_size of Input sequence is left open: any number of samples."
    assert rows[1].reason == "Timesteps is not left open: shape[0]=20 of sequence."


def test_an_argument_in_the_place_of_a_size() -> None:
    conv = predict.questions(samples.long_chain())[0]
    row = predict.compare((None, 3, 17), conv)[1]
    assert row.reason.endswith("3 is kernel_size of conv_1.")


def test_the_empty_guess_misses_every_axis() -> None:
    assert [row.axis for row in predict.compare((), question(1))] == ["batch", "units"]


def lstm() -> Layer:
    """LSTM(5) on (None, 20, 3): 60 + 100 + 20."""
    found = samples.chain(features=3).layers[1]
    gates = ("input", "forget", "cell", "output")
    weights = (
        Weight("kernel", (), "features × 4 × units", "3 × 4 × 5", 60, gates),
        Weight("recurrent_kernel", (), "units × 4 × units", "5 × 4 × 5", 100, gates),
        Weight("bias", (), "4 × units", "4 × 5", 20, gates),
    )
    return replace(found, weights=weights, params=180)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (160, "160 is kernel and recurrent_kernel alone; bias (4 × units) is missing."),
        (60, "60 is kernel alone; recurrent_kernel (units × 4 × units) and bias (4 × units) are missing."),
        (45, "45 is one block of weights; LSTM has 4 side by side, one per gate."),
        (3600, "3,600 is 180 × 20 timesteps. All timesteps share the same weights: no weight has that axis."),
        (7, "Each weight holds as many numbers as the product of its axes; the layer's count is their sum."),
    ],
)
def test_a_wrong_count_is_recognised(said: int, reason: str) -> None:
    result = predict.compare_count(said, lstm())
    assert not result.right
    assert result.reason == reason


def test_a_right_count_shows_the_formulas() -> None:
    result = predict.compare_count(180, lstm())
    assert result.right
    assert result.reason == ""
    assert result.formulas == (
        "kernel: features × 4 × units = 3 × 4 × 5 = 60",
        "recurrent_kernel: units × 4 × units = 5 × 4 × 5 = 100",
        "bias: 4 × units = 4 × 5 = 20",
    )


def test_a_layer_without_weights_says_so() -> None:
    flatten = samples.layer(
        "flat", "Flatten", (), (), why=("Lays all axes of a sample end to end; the batch axis stays.")
    )
    assert predict.compare_count(12, flatten).reason == (
        "Flatten has no weights: it learns nothing. Lays all axes of a sample end to end; the batch axis stays."
    )


def test_the_table_says_in_words_what_colours_say() -> None:
    table = predict.shape_table(predict.compare((None, 20, 4), question(1)))
    assert table.splitlines()[2:] == [
        "| batch | :gray[**None**] | :gray[**None**] | :green[right] |",
        "| – | :red[**20**] | nothing | :red[differs] |",
        "| units | :green[**4**] | :green[**4**] | :green[right] |",
    ]


def test_what_is_asked_gives_nothing_away() -> None:
    assert predict.asked_text(question(1)) == (
        "**lstm_2** · LSTM(units=4) reads (:gray[**None**] batch, :blue[**20**] timesteps, :green[**5**] units)."
    )


def test_an_axis_of_size_one_that_is_named_after_it_is_said_once() -> None:
    one = Axis("1", 1, "1 in the kernel", ("hadamard.per",))
    first = question(1)
    assert predict.asked_text(replace(first, inputs=((one, *first.inputs[0][1:]),))).endswith(
        "reads (**1**, :blue[**20**] timesteps, :green[**5**] units)."
    )
    assert spoken((one, *first.inputs[0][1:])) == "1, timesteps 20, units 5"
