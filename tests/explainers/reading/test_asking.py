"""What a text leaves open is an example until the learner says it; then everything follows from what was said."""

from __future__ import annotations

import json

import pytest

from explainers.cli import main
from explainers.reading.asking import Entries
from explainers.reading.diagnosing import diagnose, read

RANK = "ValueError: Input 0 of layer lstm_3 is incompatible with the layer: expected ndim=3, found ndim=2"
TRAINED = """
model = Sequential([LSTM(6, input_shape=(9, 4)), Dense(2)])
model.compile(loss="mse")
model.fit(x_train, y_train)
"""


def test_each_example_is_asked_for() -> None:
    found = read(RANK)
    assert {(ask.key, ask.kind, ask.value, ask.answered) for ask in found.asks} == {
        ("features", "number", "5", False),
        ("timesteps", "number", "7", False),
        ("units", "number", "4", False),
        ("units in front", "number", "6", False),
    }
    assert found.to_json()["open"][0]["key"] == "features"


def test_what_the_learner_says_stands_in_place_of_the_example() -> None:
    found = read(RANK, entries={"timesteps": "30", "units": 12})
    assert found.spec is not None
    assert found.spec.inputs[0].shape == (None, 30, 5)
    assert found.spec.layers[-1].get("units") == 12
    assert found.notes == (
        "units in front = 6: an example, the text doesn't say",
        "features = 5: an example, the text doesn't say",
    )
    assert {ask.key for ask in found.asks if ask.answered} == {"timesteps", "units"}


@pytest.mark.parametrize("wrong", ["0", "-3", "seven", "", "99999999999", 10**9, "3.5"])
def test_an_answer_that_is_no_size_leaves_the_example(wrong: str | int) -> None:
    assert read(RANK, entries={"timesteps": wrong}).spec == read(RANK).spec


def test_an_example_is_no_number_of_the_text() -> None:
    found = read(RANK)
    assert {"timesteps", "features"} <= set(found.dims)
    assert found.numbers == {"input_number": 0, "expected_ndim": 3, "found_ndim": 2}


def test_an_answer_to_nothing_changes_nothing() -> None:
    assert read(RANK, entries={"colour": "7"}) == read(RANK)


def test_the_shape_of_an_array_can_be_said() -> None:
    assert [(ask.key, ask.kind, ask.value) for ask in read(TRAINED).asks] == [
        ("x_train.shape", "shape", ""),
        ("y_train.shape", "shape", ""),
    ]
    found = read(TRAINED, entries={"x_train.shape": "(70, 9)", "y_train.shape": "70, 2"})
    assert found.mistake == "data_rank"
    assert found.cause == "The model takes (None, 9, 4); the data are (70, 9)."
    assert [ask.answered for ask in found.asks] == [True, True]


def test_a_name_without_a_value_is_asked_for_in_code() -> None:
    code = "model = Sequential([Input((timesteps, 3)), LSTM(hidden)])"
    assert {ask.key for ask in read(code).asks} == {"timesteps", "hidden"}
    found = diagnose(code, entries={"timesteps": "21", "hidden": "8"})
    assert found.model is not None
    assert found.model["total_params"] == 4 * 8 * (3 + 8 + 1)
    assert not [note for note in found.notes if "example" in note]


def test_entries_are_checked() -> None:
    entries = Entries({"a": True, "b": " 7 ", "c.shape": "(3, None, 2)", "d.shape": "(3; 2)", "e": "two"})
    assert (entries.number("a"), entries.number("b"), entries.number("none")) == (None, 7, None)
    assert entries.shapes() == {"c": (3, None, 2)}
    assert (entries.choice("e", ("one", "two")), entries.choice("e", ("three",))) == (1, None)


def test_the_command_line_takes_entries(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "error.txt"
    file.write_text(RANK)
    assert main(["diagnose", str(file), "--answer", "units=17", "--answer", "features=8", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["dims"]["units_2"] == 17
    assert {entry["key"]: entry["value"] for entry in told["open"]}["features"] == "8"


TWO_MESSAGES = """\
First I got this:
ValueError: When using `stateful=True` in a RNN, the batch size must be static. Found dynamic batch size: (None, 9, 2)
Then I gave a batch_shape, and now it says
ValueError: Input 0 of layer "lstm" is incompatible with the layer: expected ndim=3, found ndim=4. Got (8, 1, 9, 2)
"""


def test_of_several_messages_the_learner_says_which_is_meant() -> None:
    ask = read(TWO_MESSAGES).asks[0]
    assert (ask.key, ask.kind, len(ask.options), ask.answered) == ("message", "choice", 2, False)
    first, second = (read(TWO_MESSAGES, None, {"message": option}) for option in ask.options)
    assert [first.mistake, second.mistake] == ["stateful_batch", "layer_rank"]
    assert second.numbers["found_ndim"] == 4
    assert read(TWO_MESSAGES, None, {"message": 2}).mistake == "layer_rank"


def test_one_message_told_twice_on_its_way_up_is_one() -> None:
    told = "Negative dimension size caused by subtracting 3 from 1 for 'conv1d_1/Conv2D' (op: 'Conv2D') "
    shapes = "with input shapes: [?,1,1,40], [1,3,40,8]."
    text = (
        f"InvalidArgumentError: {told}{shapes}\n\nDuring handling of the above exception:\n\nValueError: {told}{shapes}"
    )
    assert not [ask for ask in read(text).asks if ask.key == "message"]


HEAD = "import numpy as np\nfrom keras import Input, Model, Sequential, layers\n"


@pytest.mark.parametrize(
    "text",
    [
        "def make(filters, pool_size):\n    return Sequential([Input((9, 9, 3)), layers.Conv2D(filters, 3), "
        "layers.MaxPooling2D(pool_size)])\n",
        "x = Input((side, side, 1))\ny = layers.UpSampling2D()(layers.MaxPooling2D()(x))\n"
        "m = Model(x, layers.Concatenate()([x, y]))\n",
        "x = Input((12, cfg.width))\nm = Model(x, layers.Add()([x, layers.Dense(args.model_dim)(x)]))\n",
    ],
)
def test_code_that_runs_with_other_examples_is_shown_with_those(text: str) -> None:
    """Our examples are too large for a window, can't be halved, or differ where two must be equal."""
    found = diagnose(HEAD + text)
    assert found.mistake is None
    assert found.model is not None
    assert found.model["error"] is None
    assert found.assumed


def test_a_mistake_that_no_example_ends_is_told() -> None:
    text = "m = Sequential([Input((steps, 4)), layers.LSTM(width), layers.LSTM(6)])\n"
    assert diagnose(HEAD + text).mistake == "layer_rank"


def test_targets_whose_rows_are_open_have_as_many_as_the_data() -> None:
    text = (
        "m = Sequential([Input((4,), batch_size=5), layers.Dense(1)])\nm.compile('sgd', 'mse')\n"
        "m.fit(np.zeros((20, 4)), np.asarray(labels()).reshape(-1, 1), batch_size=5)\n"
    )
    assert diagnose(HEAD + text).mistake is None
