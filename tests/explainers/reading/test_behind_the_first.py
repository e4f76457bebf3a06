"""Old arguments hide no second mistake; states of both directions; models inside of TimeDistributed."""

from __future__ import annotations

import keras
import pytest

from explainers.reading.diagnosing import diagnose, read
from explainers.reading.diagnosis import Diagnosis
from explainers.reading.patching.patch import applied


def runs(found: Diagnosis, text: str) -> bool:
    """Whether the first change, put into the asker's lines, is a program that Keras runs. The programs are ours."""
    changed = applied(text, found.fixes[0].diff)
    try:
        exec(compile(changed, "program", "exec"), {})
    except Exception:
        return False
    return True


BOTH_WAYS = """import numpy as np
from keras.layers import {cell}, Bidirectional
states = [np.zeros((3, 6)), {more}]
x = np.zeros((3, 8, 5))
layer = Bidirectional({cell}(6, return_sequences=True, {old}))
y = layer(x, initial_state={given})
"""


def test_a_bidirectional_starts_from_the_states_of_both_directions() -> None:
    text = BOTH_WAYS.format(cell="LSTM", more="np.ones((3, 6))", old="time_major=False", given="states")
    found = diagnose(text)
    assert found.mistake == "initial_state"
    assert found.cause == (
        "bidirectional (Bidirectional) has 4 states: h and c of its forward layer, then h and c of its backward layer; "
        "2 were given. Besides: time_major no longer exists in today's Keras."
    )
    assert "states * 2" in found.fixes[0].diff
    assert runs(found, text)


def test_a_gru_has_one_state_for_each_direction() -> None:
    text = BOTH_WAYS.format(cell="GRU", more="", old="", given="[states[0]]")
    found = diagnose(text)
    assert "has 2 states: h of its forward layer, then h of its backward layer; 1 was given." in found.cause
    assert runs(found, text)
    both = BOTH_WAYS.format(cell="GRU", more="np.ones((3, 6))", old="", given="states")
    assert read(both).mistake is None


OLD = """from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense
import numpy as np
model = Sequential()
model.add(LSTM(13, batch_input_shape=(None, 9, 4){first}))
model.add({second})
model.compile(loss="mse", optimizer="adam")
model.fit(np.zeros((30, 9, 4)), np.zeros((30, 5)))
"""


@pytest.mark.parametrize(
    ("second", "mistake", "told"),
    [
        ("LSTM(5)", "layer_rank", "it got (None, 13), 2: (batch, units)"),
        ("Dense(7)", "target_shape", "outputs (None, 7) with targets (30, 5)"),
        ("Dense(5)", "old_argument", "batch_input_shape isn't an argument of LSTM anymore"),
    ],
)
def test_behind_an_old_argument_the_rest_is_judged_too(second: str, mistake: str, told: str) -> None:
    text = OLD.format(first="", second=second)
    found = diagnose(text)
    assert found.mistake == mistake
    assert told in found.cause
    assert "batch_input_shape isn't an argument of LSTM anymore" in found.cause
    assert runs(found, text)


def test_behind_a_message_about_an_old_argument_too() -> None:
    text = OLD.format(first="", second="LSTM(5)")
    message = "ValueError: Unrecognized keyword arguments passed to LSTM: {'batch_input_shape': (None, 9, 4)}\n\n"
    found = diagnose(message + text)
    assert found.mistake == "layer_rank"
    assert found.cause.endswith("Besides: LSTM doesn't know these arguments in today's Keras; older versions had them.")


INSIDE = """from keras.models import Sequential, Model
from keras.layers import *
{part}
frames = Input((4, 18, 16, 2))
x = TimeDistributed(part)(frames)
model = Model(frames, Dense(3)(LSTM(7)(x)))
"""
PARTS = {
    "a Sequential": "part = Sequential([Input((18, 16, 2)), Conv2D(5, 3), MaxPooling2D(), Flatten(), Dense(11)])",
    "a functional model": "i = Input((18, 16, 2))\npart = Model(i, Dense(11)(Flatten()(Conv2D(5, 3)(i))))",
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_a_model_inside_of_time_distributed_is_read(part: str) -> None:
    text = INSIDE.format(part=part)
    found, names = diagnose(text), dict[str, object]()
    exec(compile(text, "program", "exec"), names)
    model = names["model"]
    assert isinstance(model, keras.Model)
    assert found.mistake is None
    assert found.model is not None
    assert found.model["total_params"] == model.count_params()
    assert len(found.models) <= 1 or next(one for one in found.models if one.shown).name == "model"
