"""Calls with states, masks, dicts, several inputs and outputs: the message that Keras really raises, beside the program.

What is offered is put into the asker's lines, and these are run by Python itself.
"""

# ruff: noqa: E501  (a program of the table stands as it would be pasted)

from __future__ import annotations

import json
import re
import traceback
from typing import Any

import keras
import numpy as np
import pytest

from explainers.core.finding import Change
from explainers.reading.diagnosing import diagnose, read
from explainers.reading.diagnosis import Diagnosis
from explainers.reading.patching.patch import applied

START = "import numpy as np\nimport keras\nimport tensorflow as tf\nfrom keras import layers, ops\n"

# name: (the mistake, what the cause says, the program)
PROGRAMS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "one state of two": (
        "initial_state", ("2 states", "1 was given"),
        """source = keras.Input((None, 11))
_, h, c = layers.LSTM(26, return_state=True)(source)
target = keras.Input((None, 7))
decoded = layers.LSTM(26, return_sequences=True)(target, initial_state=[h])
model = keras.Model([source, target], decoded)
model.predict([np.zeros((3, 5, 11)), np.zeros((3, 4, 7))], verbose=0)""",
    ),
    "the states of both directions": (
        "initial_state", ("2 states", "4 were given"),
        """source = keras.Input((13, 5))
_, a, b, d, e = layers.Bidirectional(layers.LSTM(9, return_state=True))(source)
target = keras.Input((8, 4))
decoded = layers.LSTM(9)(target, initial_state=[a, b, d, e])
model = keras.Model([source, target], decoded)
model.predict([np.zeros((3, 13, 5)), np.zeros((3, 8, 4))], verbose=0)""",
    ),
    "a mask that is too short": (
        "mask", ("(None, 6)", "(None, 17, 5)"),
        """x = keras.Input((17, 5))
known = keras.Input((6,), dtype="bool")
y = layers.GRU(12)(x, mask=known)
model = keras.Model([x, known], y)
model.predict([np.zeros((4, 17, 5)), np.ones((4, 6), bool)], verbose=0)""",
    ),
    "a query without steps": (
        "layer_rank", ("query of 3 axes", "(None, 48)"),
        """memory = keras.Input((15, 48))
query = keras.Input((48,))
seen = layers.MultiHeadAttention(3, 8)(query, memory)
model = keras.Model([query, memory], seen)
model.predict([np.zeros((5, 48)), np.zeros((5, 15, 48))], verbose=0)""",
    ),
    "a metric and integer labels": (
        "target_shape", ("7 outputs",),
        """model = keras.Sequential([keras.Input((13,)), layers.Dense(7, activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy", keras.metrics.AUC()])
model.fit(np.zeros((20, 13)), np.zeros((20,), int), verbose=0)""",
    ),
    "a dict with another name": (
        "input_count", ("named color", "'colour'"),
        """size = keras.Input((4,), name="size")
color = keras.Input((9,), name="color")
model = keras.Model([size, color], layers.Dense(1)(layers.Concatenate()([size, color])))
model.predict({"size": np.zeros((6, 4)), "colour": np.zeros((6, 9))}, verbose=0)""",
    ),
    "arrays in another order": (
        "data_size", ("(None, 21, 4)",),
        """walk = keras.Input((21, 4))
person = keras.Input((6,))
model = keras.Model([walk, person], layers.Concatenate()([layers.LSTM(5)(walk), person]))
model.predict([np.zeros((8, 6)), np.zeros((8, 21, 4))], verbose=0)""",
    ),
    "targets in another order": (
        "target_shape", ("(None, 9)", "(None, 1)"),
        """x = keras.Input((14,))
kind = layers.Dense(9, activation="softmax")(x)
price = layers.Dense(1)(x)
model = keras.Model(x, [kind, price])
model.compile("sgd", loss=["categorical_crossentropy", "mse"])
model.fit(np.zeros((24, 14)), [np.zeros((24, 1)), np.zeros((24, 9))], verbose=0)""",
    ),
    "a loss under another name": (
        "target_shape", ("names aren't those of the outputs", "kind"),
        """x = keras.Input((14,))
kind = layers.Dense(9, activation="softmax", name="kind")(x)
price = layers.Dense(1, name="price")(x)
model = keras.Model(x, [kind, price])
model.compile("sgd", loss={"kinds": "categorical_crossentropy", "price": "mse"})
model.fit(np.zeros((24, 14)), [np.zeros((24, 9)), np.zeros((24, 1))], verbose=0)""",
    ),
    "an axis that isn't there": (
        "axis_range", ("axis=3", "3 axes"),
        """x = keras.Input((12, 18))
y = layers.BatchNormalization(axis=3)(x)
model = keras.Model(x, y)""",
    ),
    "an axis to join on that isn't there": (
        "axis_range", ("axis=2", "2 axes"),
        """a, b = keras.Input((5,)), keras.Input((8,))
model = keras.Model([a, b], layers.Concatenate(axis=2)([a, b]))""",
    ),
    "groups that don't divide the channels": (
        "channels", ("groups=5", "24 channels"),
        """model = keras.Sequential([keras.Input((9, 9, 24)), layers.GroupNormalization(groups=5)])""",
    ),
    "one sample and its target": (
        "data_rank", ("(None, 19, 3)",),
        """def one():
    while True:
        yield np.zeros((19, 3)), np.zeros((4,))
model = keras.Sequential([keras.Input((19, 3)), layers.GRU(6), layers.Dense(4)])
model.compile("sgd", "mse")
model.fit(one(), steps_per_epoch=2, verbose=0)""",
    ),
    "a data set of single samples": (
        "data_rank", ("(None, 10, 10, 1)",),
        """data = tf.data.Dataset.from_tensor_slices((np.zeros((30, 10, 10, 1)), np.zeros((30, 3))))
model = keras.Sequential([keras.Input((10, 10, 1)), layers.Conv2D(4, 2), layers.Flatten(), layers.Dense(3)])
model.compile("sgd", "mse")
model.fit(data, shuffle=False, verbose=0)""",
    ),
    "a shortcut of another shape": (
        "merge_shapes", ("(18, 18, 10)", "(9, 9, 20)"),
        """x = keras.Input((18, 18, 10))
y = layers.Conv2D(20, 3, strides=2, padding="same")(x)
y = layers.Conv2D(20, 3, padding="same")(y)
model = keras.Model(x, layers.Add()([x, y]))""",
    ),
    "a target too few": (
        "target_shape", ("2 output", "1 target"),
        """x = keras.Input((14,))
model = keras.Model(x, [layers.Dense(3)(x), layers.Dense(1)(x)])
model.compile("sgd", ["mse", "mse"])
model.fit(np.zeros((24, 14)), np.zeros((24, 3)), verbose=0)""",
    ),
    "a target under another name": (
        "target_shape", ("aren't the names",),
        """x = keras.Input((14,))
model = keras.Model(x, [layers.Dense(3, name="place")(x), layers.Dense(1, name="price")(x)])
model.compile("sgd", {"place": "mse", "price": "mse"})
model.fit(np.zeros((24, 14)), {"place": np.zeros((24, 3)), "prize": np.zeros((24, 1))}, verbose=0)""",
    ),
    "one of three is shorter": (
        "merge_shapes", ("(14, 6)", "(9, 6)"),
        """a, b, c = keras.Input((14, 6)), keras.Input((9, 6)), keras.Input((14, 6))
model = keras.Model([a, b, c], layers.Average()([a, b, c]))""",
    ),
    "pictures beside a vector": (
        "merge_shapes", ("(None, 20, 20, 5)", "(None, 4)"),
        """picture, facts = keras.Input((20, 20, 5)), keras.Input((4,))
model = keras.Model([picture, facts], layers.Dense(1)(layers.Concatenate()([picture, facts])))""",
    ),
    "nothing is left after cropping": (
        "kernel_exceeds_steps", ("6 + 9", "14"),
        """model = keras.Sequential([keras.Input((14, 3)), layers.Cropping1D((6, 9)), layers.Dense(2)])""",
    ),
    "a Flatten too early, in a list": (
        "layer_rank", ("4 axes", "(None, 605)"),
        """model = keras.Sequential([keras.Input((11, 11, 5)), layers.Flatten(), layers.AveragePooling2D(2), layers.Dense(3)])""",
    ),
    "a Flatten too early, on a tensor": (
        "layer_rank", ("3 axes", "(None, 84)"),
        """x = keras.Input((12, 7))
y = layers.Flatten()(x)
y = layers.Conv1D(4, 3)(y)
model = keras.Model(x, y)""",
    ),
    "a pooling too early, added": (
        "layer_rank", ("3 axes", "(None, 9)"),
        """model = keras.Sequential()
model.add(keras.Input((26, 4)))
model.add(layers.Conv1D(9, 3))
model.add(layers.GlobalAveragePooling1D())
model.add(layers.GRU(6))
model.add(layers.Dense(2))""",
    ),
    "more places than steps": (
        "operand_sizes", ("22", "31"),
        """class Placed(layers.Layer):
    def __init__(self, length, width):
        super().__init__()
        self.place = layers.Embedding(length, width)
        self.length = length
    def call(self, x):
        return x + self.place(ops.arange(self.length))
x = keras.Input((22, 10))
y = Placed(31, 10)(x)""",
    ),
    "a key of another width": (
        "operand_sizes", ("12", "20"),
        """class Look(layers.Layer):
    def __init__(self):
        super().__init__()
        self.query = layers.Dense(12)
        self.key = layers.Dense(20)
    def call(self, x):
        scores = tf.matmul(self.query(x), self.key(x), transpose_b=True)
        return tf.matmul(tf.nn.softmax(scores), x)
seen = Look()(np.zeros((3, 6, 7), "float32"))""",
    ),
}  # fmt: skip


pytestmark = pytest.mark.filterwarnings("ignore")  # the programs of the table warn as those of beginners do


def raised(program: str) -> str:
    """What Python prints last of a program that fails."""
    with pytest.raises(Exception, match=r"[\s\S]") as told:
        exec(compile(START + program, "program", "exec"), {"__name__": "__main__"})
    return "".join(traceback.format_exception_only(told.type, told.value))


def first_in_lines(found: Diagnosis) -> Change:
    """The first change that is offered: it has to be one of the asker's own lines, and to have been tried."""
    first = found.fixes[0]
    told = [fix.label for fix in found.fixes]
    assert first.tried is not None, told
    assert first.tried.ran, told
    assert first.diff, told
    return first


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_first_change_makes_the_program_run(name: str) -> None:
    mistake, says, program = PROGRAMS[name]
    message = raised(program)
    found = diagnose(f"{program}\n\n{message}")
    assert found.mistake == mistake
    assert all(part in found.cause for part in says), found.cause
    code = "\n".join(
        [*program.split("\n"), *[""] * message.count("\n"), "", "", ""]
    )  # the lines that aren't code are empty
    mended = applied(code, first_in_lines(found).diff)
    exec(compile(START + mended, "mended", "exec"), {"__name__": "__main__"})


ALONE: dict[str, tuple[str, tuple[str, ...], str]] = {  # what raises it; nothing but the message is pasted
    "a mask with an axis too many": (
        "mask", ("(None, 6, 5)",), "layers.LSTM(4)(np.zeros((2, 6, 5), 'float32'), mask=np.ones((2, 6, 5), bool))",
    ),
    "a mask of the normalization": (
        "mask", ("(3, 8, 4)",), "layers.BatchNormalization()(np.zeros((3, 8, 4), 'float32'), mask=np.ones((3, 8, 4), bool))",
    ),
    "a mask of a mean": (
        "mask", ("(None, 9)", "(None, 14, 3)"),
        "layers.GlobalAveragePooling1D()(np.zeros((2, 14, 3), 'float32'), mask=np.ones((2, 9), bool))",
    ),
    "weights of a whole model": (
        "weights_shape", ("(6, 3)", "(6, 7)"),
        "keras.Sequential([keras.Input((6,)), layers.Dense(3)]).set_weights([np.zeros((6, 7)), np.zeros(7)])",
    ),
    "one state": (
        "initial_state", ("2 states",),
        "layers.LSTM(13)(np.zeros((2, 6, 5), 'float32'), initial_state=np.zeros((2, 13), 'float32'))",
    ),
    "a state with steps": (
        "initial_state", ("(None, 6, 13)",),
        "layers.GRU(13)(np.zeros((2, 6, 5), 'float32'), initial_state=np.zeros((2, 6, 13), 'float32'))",
    ),
    "a vector to attend to": (
        "layer_rank", ("value of 3 axes",),
        "layers.MultiHeadAttention(2, 4)(np.zeros((2, 6, 5), 'float32'), np.zeros((2, 5), 'float32'))",
    ),
    "a sum over an axis that isn't there": ("axis_range", ("no axis 3", "2 axes"), "ops.sum(np.zeros((4, 9)), axis=3)"),
    "an axis of an array": ("axis_range", ("no axis 2",), "np.concatenate([np.zeros((4, 9))] * 2, axis=2)"),
    "groups": ("channels", ("groups=7", "30 channels"), "layers.GroupNormalization(groups=7)(keras.Input((4, 4, 30)))"),
    "a product of two arrays": ("operand_sizes", ("(…, 9)",), "ops.matmul(np.zeros((6, 9)), np.zeros((6, 4)))"),
    "a missing name": (
        "input_count", ("named beta",),
        "a, b = keras.Input((3,), name='alpha'), keras.Input((4,), name='beta')\n"
        "keras.Model([a, b], layers.Concatenate()([a, b])).predict({'alpha': np.zeros((2, 3))}, verbose=0)",
    ),
    "cropping": ("kernel_exceeds_steps", ("5 + 5", "9"), "layers.Cropping2D(5)(keras.Input((9, 20, 2)))"),
    "a metric": (
        "target_shape", ("3 outputs for each label",),
        "m = keras.Sequential([keras.Input((6,)), layers.Dense(3, activation='softmax')])\n"
        "m.compile('sgd', 'sparse_categorical_crossentropy', metrics=[keras.metrics.Precision()])\n"
        "m.fit(np.zeros((32, 6)), np.zeros((32,)), verbose=0)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ALONE)
def test_a_message_alone_is_shown_live_and_mended(name: str) -> None:
    mistake, says, program = ALONE[name]
    found = diagnose(raised(program))
    assert found.mistake == mistake
    assert all(part in found.cause for part in says), found.cause
    assert found.model is not None
    assert found.model["error"] is not None
    assert any(fix.tried is not None and fix.tried.ran for fix in found.fixes[:2])


SOUND: dict[str, str] = {
    "states in order": """source = keras.Input((None, 11))
_, h, c = layers.LSTM(26, return_state=True)(source)
target = keras.Input((None, 7))
model = keras.Model([target, source], layers.LSTM(26)(target, initial_state=[h, c]))
model.predict([np.zeros((3, 4, 7)), np.zeros((3, 5, 11))], verbose=0)""",
    "a mask as long as the sequence": """x, known = keras.Input((17, 5)), keras.Input((17,), dtype="bool")
model = keras.Model([x, known], layers.GRU(12)(x, mask=known))
model.predict([np.zeros((4, 17, 5)), np.ones((4, 17), bool)], verbose=0)""",
    "a metric with its rows": """model = keras.Sequential([keras.Input((13,)), layers.Dense(7, activation="softmax")])
model.compile("sgd", "categorical_crossentropy", metrics=[keras.metrics.Precision()])
model.fit(np.zeros((20, 13)), np.zeros((20, 7)), verbose=0)""",
    "more in the dict than the model reads": """size, color = keras.Input((4,), name="size"), keras.Input((9,), name="color")
model = keras.Model([color, size], layers.Concatenate()([size, color]))
model.predict({"size": np.zeros((6, 4)), "color": np.zeros((6, 9)), "id": np.zeros((6,))}, verbose=0)""",
    "two targets": """x = keras.Input((14,))
model = keras.Model(x, [layers.Dense(9, activation="softmax")(x), layers.Dense(1)(x)])
model.compile("sgd", loss=["sparse_categorical_crossentropy", "mse"])
model.fit(np.zeros((24, 14)), [np.zeros((24,)), np.zeros((24,))], verbose=0)""",
    "the last axis by its number": """x = keras.Input((12, 18))
model = keras.Model(x, layers.LayerNormalization(axis=2)(x))""",
    "gray pictures and no weights": """model = keras.applications.MobileNetV2(input_shape=(96, 96, 1), include_top=False, weights=None)""",
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_program_is_not_accused(name: str) -> None:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(START + SOUND[name], "program", "exec"), space)
    found = diagnose(SOUND[name])
    assert (found.mistake, found.model["error"] if found.model else "nothing was built") == (None, None)


@pytest.mark.parametrize("class_name", ["VGG16", "EfficientNetB0", "DenseNet121"])
def test_gray_pictures_do_not_fit_trained_weights(class_name: str) -> None:
    program = (
        f"base = keras.applications.{class_name}(weights='imagenet', include_top=False, input_shape=(64, 64, 1))\n"
        "model = keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(3)])"
    )
    for text in (program, f"{program}\n\n{raised(program)}"):
        found = diagnose(text)
        assert found.mistake == "channels"
        assert "Conv2D(3, 1)" in found.fixes[0].diff
        assert found.fixes[0].tried is not None
        assert found.fixes[0].tried.output == (None, 3)


def test_trained_weights_with_their_classifier_say_the_size_they_take() -> None:
    found = read(raised("keras.applications.VGG19(weights='imagenet', input_shape=(160, 96, 3))"))
    assert found.mistake == "data_size"
    assert "(224, 224, 3)" in found.cause
    assert "(160, 96, 3)" in found.cause
    assert "include_top=False, input_shape=(160, 96, 3)" in found.fixes[0].code


def test_a_cell_without_a_state_size_is_told_so() -> None:
    cell = "class Keep(layers.Layer):\n    def call(self, x, states):\n        return x, states\n"
    found = read(raised(f"{cell}layers.RNN(Keep())(keras.Input((6, 5)))"))
    assert found.mistake == "initial_state"
    assert "Keep has no state_size" in found.cause
    assert found.fixes[0].code == "self.state_size = units"
    assert "LSTMCell" in read(raised("layers.RNN(layers.Dense(4))(keras.Input((6, 5)))")).fixes[0].code


OLD: dict[str, tuple[str, str, str]] = {  # a message of older versions: the mistake, what its cause says, the first fix
    "one row of a table": (
        "ValueError: Error when checking model input: expected dense_input_2 to have shape (None, 740) but got array with shape (740, 1)",
        "data_size", "x[np.newaxis]",
    ),
    "a list of numbers": (
        "ValueError: logits and labels must have the same shape ((48, 1) vs ())", "target_shape", ".reshape(-1, 1)",
    ),
    "a smaller last batch": (
        "InvalidArgumentError: logits and labels must be broadcastable: logits_size=[24,6] labels_size=[11,6]",
        "stateful_batch", "// 24 * 24",
    ),
    "rows for a sparse loss": (
        "I compile with sparse_categorical_crossentropy.\nInvalidArgumentError: Can not squeeze dim[1], expected a dimension of 1, got 12\n\t [[node Squeeze (defined at a.py:6) ]]",
        "target_shape", "categorical_crossentropy",
    ),
    "a mask that is handed on": (
        "ValueError: Dimension 1 in both shapes must be equal, but are 60 and 900. Shapes are [?,60] and [?,900]. for 'lstm_4/while/Select' (op: 'Select') with input shapes: [?,900], [?,60], [?,60].",
        "mask", "compute_mask",
    ),
    "a metric of TensorFlow 2": (
        "InvalidArgumentError: Incompatible shapes: [1,480] vs. [1,60]\n\t [[node LogicalAnd (defined at a.py:2) ]]",
        "target_shape", "sparse_categorical_accuracy",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OLD)
def test_messages_of_older_versions(name: str) -> None:
    message, mistake, code = OLD[name]
    found = diagnose(message)
    assert found.mistake == mistake
    assert code in found.fixes[0].code


WEIGHTS = """model = keras.Sequential([keras.Input((None, 5)), layers.{layer}(7, name="loop")])
kernel, recurrent, bias = np.zeros(({rows}, 5)), np.zeros(({rows}, 7)), np.zeros(({rows},))
model.get_layer("loop").set_weights([kernel, recurrent, bias])"""


@pytest.mark.parametrize(("layer", "gates"), [("LSTM", 4), ("GRU", 3)])
def test_weights_of_another_library_are_turned(layer: str, gates: int) -> None:
    program = WEIGHTS.format(layer=layer, rows=7 * gates)
    found = diagnose(f"{program}\n\n{raised(program)}")
    first = found.fixes[0]
    assert first.tried is not None
    assert first.tried.ran
    space: dict[str, Any] = {}
    exec(START + program.replace("set_weights", "get_weights").replace("[kernel, recurrent, bias]", ""), space)
    names = {"layer": space["model"].get_layer("loop"), "kernel": space["kernel"], "np": space["np"],
             "recurrent_kernel": space["recurrent"], "bias_ih": space["bias"], "bias_hh": space["bias"]}  # fmt: skip
    exec(first.code, names)
    assert ("swap the first two blocks" in first.means) == (layer == "GRU")


def test_a_cell_that_is_not_rebuilt_accuses_nobody() -> None:
    cell = """class Both(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.state_size = [units, units]
    def call(self, x, states):
        return states[0], {states}
model = keras.Sequential([keras.Input((6, 5)), layers.RNN(Both(4)), layers.Dense(1)])
model.predict(np.zeros((2, 6, 5)), verbose=0)"""
    assert diagnose(cell.format(states="states")).mistake is None
    program = cell.format(states="states[:1]")
    found = diagnose(f"{program}\n\n{raised(program)}")
    assert found.mistake == "initial_state"
    assert "began with 2 states and got back 1" in found.cause


def test_a_gather_is_no_embedding() -> None:
    found = read(raised("tf.gather(np.zeros((8, 3)), [2, 11])"))
    assert "8 entries along that axis, 0 to 7" in found.cause
    assert "11" in found.cause
    assert not any("Embedding" in fix.code for fix in found.fixes)


def test_arrays_that_cannot_be_stacked_and_metrics_of_several_outputs() -> None:
    stacked = read(raised("np.stack([np.zeros((9, 2)), np.zeros((7, 2))])"))
    assert stacked.mistake == "ragged_data"
    assert "np.stack" in stacked.cause
    program = """x = keras.Input((4,))
model = keras.Model(x, [layers.Dense(1, name="up")(x), layers.Dense(2, name="down")(x)])
model.compile("sgd", ["mse", "mse"], metrics=["mae"])
model.fit(np.zeros((8, 4)), [np.zeros((8, 1)), np.zeros((8, 2))], verbose=0)"""
    code = read(raised(program)).fixes[0].code
    assert code == 'model.compile(…, metrics={"up": ["…"], "down": ["…"]})'


def test_what_cannot_be_squeezed_and_a_mask_for_other_steps() -> None:
    assert "axis 2 is longer" in read(raised("ops.squeeze(np.zeros((4, 5, 6)), axis=2)")).cause
    call = "layers.MultiHeadAttention(2, 3)(x, x, attention_mask=np.ones((8, 11), bool))"
    first = diagnose(raised(f"x = np.zeros((3, 8, 5), 'float32')\n{call}")).fixes[0]
    assert "(8, 8)" in first.label
    assert "11" in first.means
    of_keys = call.replace("(8, 11)", "(3, 12)")
    mask = diagnose(raised(f"x = np.zeros((3, 8, 5), 'float32')\n{of_keys}")).fixes[0]
    exec(mask.code, scope := {"mask": np.ones((3, 12), bool)})
    x = np.zeros((3, 8, 5), "float32")
    assert keras.layers.MultiHeadAttention(2, 3)(x, x, attention_mask=scope["attention_mask"]).shape == (3, 8, 5)


def test_a_table_of_places_is_as_long_as_the_sequence() -> None:
    first = read(raised("keras.Input((33, 12)) + np.zeros((21, 12), 'float32')")).fixes[0]
    assert first.code == "layers.Embedding(33, 12)(ops.arange(33))"


def test_a_call_whose_parts_fit_accuses_nobody() -> None:
    call = "Exception encountered when calling LSTM.call().\n\nsomething else failed\n\nArguments received by LSTM.call():\n"
    fits = "  • sequences=tf.Tensor(shape=(2, 6, 5), dtype=float32)\n  • mask=tf.Tensor(shape=(2, 6), dtype=bool)"
    assert read(f"ValueError: {call}{fits}").mistake is None
    assert read(f"ValueError: {call}{re.sub('2, 6[)]', '2, 9)', fits)}").mistake == "mask"


def test_a_message_of_one_sample_contradicts_no_code() -> None:
    program = "model = keras.Sequential([keras.Input((36,)), layers.Dense(50), layers.Reshape((5, 11))])"
    assert "different versions" not in diagnose(f"{program}\n\n{raised(program)}").cause


def test_a_function_of_another_library_is_no_layer() -> None:
    """Only what a tensor reaches, or what stands among layers, may be one that isn't known here."""
    told = read(
        "from rdkit import Chem\nfrom keras import layers, Sequential, Input\n"
        "found = Chem.MolFromSmiles('CCO')\natoms = found.GetAtoms()\n"
        "model = Sequential([Input((9,)), layers.Dense(4)])\n"
    )
    assert told.unread == ()


def test_an_input_of_a_model_class_has_the_axes_that_its_first_layer_reads() -> None:
    told = diagnose(
        "import keras\nfrom keras import layers\n\n"
        "class Embed(layers.Layer):\n"
        "    def __init__(self, n):\n        super().__init__()\n        self.conv = layers.Conv1D(n, 5)\n"
        "    def call(self, x):\n        return self.conv(x)\n\n"
        "class Listener(keras.Model):\n"
        "    def __init__(self):\n        super().__init__()\n        self.encoder = keras.Sequential([Embed(14)])\n"
        "    def call(self, inputs):\n        return self.encoder(inputs[0])\n\n"
        "model = Listener()\nmodel.compile(loss='mse')\nmodel.fit(load())\n"
    )
    assert told.mistake is None
    assert not told.fixes


def test_lambda_around_a_function_of_a_library_is_read() -> None:
    told = read(
        "from keras import Sequential, layers\nfrom keras.applications.vgg16 import preprocess_input\n"
        "model = Sequential([layers.Input((40, 30, 3)), layers.Lambda(preprocess_input), layers.Conv2D(5, 3)])\n"
    )
    assert told.unread == ()


def test_a_stored_notebook_is_read_cell_by_cell() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# What is a Dense(9)?\n"]},
        {"cell_type": "code", "source": "%matplotlib inline\nimport keras\nfrom keras import layers", "outputs": []},
        {
            "cell_type": "code",
            "source": ["m = keras.Sequential()\n", "m.add(layers.Dense(6, input_dim=13))\n", "m.add(layers.Dense(2))"],
            "outputs": [{"output_type": "stream", "text": ["ready\n"]}],
        },
    ]
    told = diagnose(json.dumps({"cells": cells, "nbformat": 4}, indent=1))
    assert (told.kind, told.mistake) == ("code", None)
    assert told.model is not None
    assert told.model["total_params"] == 13 * 6 + 6 + 6 * 2 + 2


@pytest.mark.parametrize(
    "call",
    [
        "def call(self, both):\n        one, other = both\n        return self.d(one) + self.e(other)",
        "def call(self, both, training=False):\n        return self.d(both[0]) + self.e(both[1])",
        "def call(self, one, other):\n        return self.d(one) + self.e(other)",
    ],
)
def test_a_model_class_that_nobody_calls_is_shown_on_examples(call: str) -> None:
    told = read(
        "import keras\nfrom keras import layers\n\nclass Two(keras.Model):\n    def __init__(self):\n"
        f"        super().__init__()\n        self.d = layers.Dense(5)\n        self.e = layers.Dense(5)\n    {call}\n"
    )
    assert told.mistake is None
    assert told.spec is not None
    assert len(told.spec.inputs) == 2
    assert [layer.class_name for layer in told.spec.layers] == ["Dense", "Dense", "ops.add"]


def test_one_step_of_a_cell_is_a_gap_and_no_mistake() -> None:
    told = diagnose(
        "import keras\nfrom keras import layers\ncell = layers.LSTMCell(8)\nx = keras.Input((12, 3))\n"
        "h, *state = layers.RNN(cell, return_state=True)(x)\ny = layers.Dense(3)(h)\n"
        "z, state = cell(y, states=state)\n"
    )
    assert told.mistake is None
    assert any("one step of a cell" in words for words in told.unread)


@pytest.mark.parametrize("epsilon", ["keras.backend.epsilon()", "keras.config.epsilon()"])
def test_keras_small_number_is_a_number(epsilon: str) -> None:
    found = read(
        "import keras\nfrom keras import ops\nx = keras.Input((9, 4))\n"
        f"y = keras.layers.Dense(3)(x / (ops.sum(x, axis=-1, keepdims=True) + {epsilon}))\nm = keras.Model(x, y)"
    )
    assert found.verdict == "No mistake found in the shapes of this code"
    assert found.spec is not None
    assert found.spec.layers[-1].class_name == "Dense"
