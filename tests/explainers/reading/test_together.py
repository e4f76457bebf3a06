"""A message with code beside it: the live model is the learner's own, and fails as the message says."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import BY_ITSELF, diagnose, read

TWO = """
model = Sequential()
model.add(LSTM(12, input_shape=(None, 16), return_sequences=True))
model.add(LSTM(9))
model.add(Dense(3, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam")
"""


def test_the_data_of_the_message_meet_the_model_of_the_code() -> None:
    message = "Error when checking input: expected lstm_1_input to have 3 dimensions, but got array with shape (321, 7)"
    found = diagnose(f"{TWO}\nValueError: {message}")
    assert (found.kind, found.mistake) == ("error", "data_rank")
    assert found.model is not None
    assert [layer["name"] for layer in found.model["layers"]] == ["input", "lstm", "lstm_1", "dense"]
    assert "Expected shape (None, None, 16)" in found.model["error"]["message"]


def test_the_target_of_the_message_meets_the_output_of_the_code() -> None:
    found = read(
        f"{TWO}\nError when checking target: expected dense_1 to have shape (3,) but got array with shape (1,)"
    )
    assert found.spec is not None
    assert [(check.kind, check.targets, check.loss) for check in found.spec.checks] == [
        ("fit", ((8, 1),), "categorical_crossentropy")
    ]


def test_the_samples_of_the_message_meet_the_model_of_the_code() -> None:
    found = diagnose(f"{TWO}\nValueError: Data cardinality is ambiguous:\n  x sizes: 50\n  y sizes: 47\nMake sure")
    assert found.model is not None
    assert "'x' sizes: 50 'y' sizes: 47" in found.model["error"]["message"].replace("\n", " ")


@pytest.mark.parametrize(("columns", "code"), [(48, "x = x.reshape(-1, timesteps, 16)"), (11, "")])
def test_what_the_model_of_the_code_takes_is_said_and_helps(columns: int, code: str) -> None:
    """Rows of 48 numbers hold steps of 16, those of 11 don't."""
    found = read(
        f"{TWO}\nInput 0 of layer sequential is incompatible with the layer: expected ndim=3, found ndim=2. "
        f"Full shape received: (57, {columns})"
    )
    assert found.mistake == "layer_rank"
    assert found.cause.endswith(f"it got 2: (57, {columns}). The model in the code takes (None, None, 16).")
    assert found.fixes[0].code == code


@pytest.mark.parametrize(
    "message",
    [
        "expected gru_4_input to have 3 dimensions, but got array with shape (321, 7)",  # another layer
        "expected lstm_1_input to have shape (40, 11) but got array with shape (50, 11)",  # another shape
        "Error when checking target: expected dense_9 to have shape (5,) but got array with shape (1,)",
    ],
)
def test_a_message_about_another_model_keeps_its_own(message: str) -> None:
    found = read(f"{TWO}\nValueError: {message}")
    assert found.spec is not None
    assert len(found.spec.layers) == 1


def test_a_layer_that_the_code_names_has_its_class() -> None:
    found = read(
        "reads = LSTM(20, return_state=True, name='reader_')\nout = reads(frames)\n"
        "ValueError: Input 0 of layer reader_ is incompatible with the layer: expected ndim=3, found ndim=4. "
        "Full shape received: (None, 64, 4, 85)"
    )
    assert (found.layer, found.class_name) == ("reader_", "LSTM")
    assert found.cause == "reader_ (LSTM) expects 3 axes, (batch, timesteps, features); it got 4: (None, 64, 4, 85)."


def test_a_live_model_that_does_not_fail_says_so() -> None:
    found = diagnose("AssertionError: Incompatible shapes: layer expected input with ndim=2 but previous layer has "
                     "output_shape (None, 16, 128)\nmodel.add(Embedding(50, 8, input_length=16))\n"
                     "model.add(GRU(128, return_sequences=True))\nmodel.add(Dense(12))")  # fmt: skip
    assert found.mistake == "layer_rank"
    assert found.notes[-1] == BY_ITSELF  # the code beside it runs
