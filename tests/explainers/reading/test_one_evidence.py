"""Message, code, printed shapes, table and the words around are one evidence; Keras itself is asked what is true."""

from __future__ import annotations

import re

import keras
import numpy as np
import pytest

from explainers.core.axes import names, sizes
from explainers.reading.diagnosing import diagnose, read
from explainers.reading.diagnosis import as_text
from explainers.reading.kinds import find
from explainers.reading.text import clean


def refused(work: object) -> str:
    """Keras' own words for what it refuses."""
    with pytest.raises(Exception) as caught:  # noqa: PT011  (whatever Keras raises)
        work()  # type: ignore[operator]
    return str(caught.value)


STACKED = """
model = Sequential()
model.add(Input((33, 6)))
model.add(GRU(19))
model.add(GRU(14))
model.add(Dense(2))
"""


def stack() -> None:
    keras.Sequential([keras.Input((33, 6)), keras.layers.GRU(19), keras.layers.GRU(14)])


def test_a_message_next_to_its_code_is_mended_in_the_askers_own_line() -> None:
    found = diagnose(f"{STACKED}\nValueError: {refused(stack)}")
    assert (found.kind, found.mistake) == ("error", "layer_rank")
    first = found.fixes[0]
    assert "-model.add(GRU(19))\n+model.add(GRU(19, return_sequences=True))" in first.diff
    assert first.tried is not None
    assert first.tried.ran


def test_the_lines_that_a_traceback_repeats_are_no_code() -> None:
    frames = (
        'Traceback (most recent call last):\n  File "C:\\\\work\\\\run.py", line 12, in <module>\n'
        '    model.add(GRU(14))\n  File "keras/models/sequential.py", line 122, in add\n    self._maybe_rebuild()\n'
    )
    found = read(f"{frames}ValueError: {refused(stack)}\n{STACKED}")
    assert found.spec is not None
    assert [layer.class_name for layer in found.spec.layers] == ["GRU", "GRU", "Dense"]
    assert not found.models  # the frame's own `model.add` isn't a second model


@pytest.mark.parametrize(
    "printed",
    [
        "print(X.shape, y.shape)\n>>> (950, 4) (950, 11)",
        "In [7]: X.shape\nOut[7]: (950, 4)\nIn [8]: y.shape\nOut[8]: (950, 11)",
        "print(X.shape)\nprint(y.shape)\n(950, 4)\n(950, 11)",
        "X shape: (950, 4)\ny shape: (950, 11)",
    ],
)
def test_shapes_that_were_printed_are_those_of_the_data(printed: str) -> None:
    code = "model = Sequential()\nmodel.add(LSTM(8, input_shape=(20, X.shape[1])))\nmodel.add(Dense(y.shape[1]))\n"
    found = read(f"{printed}\n{code}")
    assert found.spec is not None
    assert found.spec.inputs[0].shape == (None, 20, 4)
    assert found.spec.layers[-1].get("units") == 11
    assert not found.spec.assumed


def test_operands_that_meet_in_the_loss_are_the_output_of_the_code_and_its_target() -> None:
    code = (
        "model = Sequential()\nmodel.add(LSTM(17, return_sequences=True, input_shape=(48, 5)))\n"
        "model.add(Dense(9))\nmodel.compile(loss='mse', optimizer='adam')\n"
    )
    found = diagnose(f"{code}\nInvalidArgumentError: Incompatible shapes: [16,48,9] vs. [16,9]")
    assert found.mistake == "target_shape"
    assert "outputs (16, 48, 9) with targets (16, 9)" in found.cause
    assert "return_sequences=True" in found.fixes[0].diff.split("+model")[0]


@pytest.mark.parametrize(
    ("operands", "output"),
    [("(data_1, sequential_1/dense_1/Add)", 1), ("(sequential_1/dense_1/BiasAdd, IteratorGetNext:1)", 0)],
)
def test_the_names_of_the_operands_say_which_is_the_target(operands: str, output: int) -> None:
    shapes = ["[?,13,4]", "[?,13]"]
    found = read(
        "Dimensions must be equal, but are 13 and 4 for '{{node compile_loss/mse/sub}} = Sub[T=DT_FLOAT]"
        f"{operands}' with input shapes: {', '.join(shapes)}."
    )
    assert found.mistake == "target_shape"
    assert sizes(found.shapes[0]) == ((None, 13, 4), (None, 13))[output]


def test_a_table_gives_the_model_that_its_message_is_about() -> None:
    table = (
        "lstm_7 (LSTM)                (None, 22, 10)            720\n"
        "dense_7 (Dense)              (None, 22, 3)             33\n"
    )
    message = "Error when checking target: expected dense_7 to have 3 dimensions, but got array with shape (640, 3)"
    found = diagnose(f"Layer (type)   Output Shape   Param #\n{table}\nValueError: {message}")
    assert found.spec is not None
    assert found.spec.inputs[0].shape == (None, 22, 7)  # 4 * 10 * (7 + 10 + 1) = 720
    assert not found.spec.assumed
    assert found.fixes[0].code == "layers.LSTM(10)"


@pytest.mark.parametrize(
    ("text", "expected", "first"),
    [
        ("ValueError: Input 0 of layer conv2d is incompatible with the layer: expected min_ndim=4, found ndim=3. Full "
         "shape received: 【90, 120, 3】", ("height", "width", "channels"), "x = x[np.newaxis]"),
        ("Input 0 of layer “conv1d” is incompatible with the layer： expected min_ndim=3, found ndim=2. Full shape "
         "received： （None， １４３）", ("batch", "features"), "layers.Reshape((143, 1))"),
        ("&gt; Input 0 of layer &quot;gru&quot; is incompatible with the layer: expected ndim=3, found ndim=4. Full "
         "shape received: (None, 6, 21, 50)", ("batch", "sequences", "timesteps", "features"),
         "layers.Reshape((6, 1050))"),
    ],
)  # fmt: skip
def test_shapes_between_foreign_signs_are_read_and_named(text: str, expected: tuple[str, ...], first: str) -> None:
    found = diagnose(text)
    assert names(found.shapes[0]) == expected
    assert found.fixes[0].code == first


def test_a_log_and_a_printer_of_r_leave_their_marks_out() -> None:
    logged = "\n".join(
        f"2025-02-03 04:05:06,789 ERROR train[9]: {line}"
        for line in ("ValueError: Exception", "Input 0 of layer lstm_4 is incompatible with the layer: expected ",
                     "ndim=3, found ndim=2. Full shape received: (None, 37)")
    )  # fmt: skip
    assert read(logged).class_name == "LSTM"
    assert sizes(read(logged).shapes[0]) == (None, 37)
    model = keras.Sequential([keras.Input((None, 7)), keras.layers.GRU(13), keras.layers.Dense(3)])
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    marked = "\n".join(f"## {line}" for line in "\n".join(lines).split("\n"))
    assert diagnose(marked).model["total_params"] == model.count_params()  # type: ignore[index]
    assert "## a comment" in clean("## a comment\nx = 3\n## another\n## third\n").shown


def test_samples_that_were_declared_as_timesteps_are_told() -> None:
    found = diagnose(
        'Input 0 of layer "sequential_3" is incompatible with the layer: expected shape=(None, 48211, 9), '
        "found shape=(None, 9)"
    )
    assert found.mistake == "data_rank"
    assert "48211 timesteps look like the number of rows" in found.cause
    assert [fix.code.split("\n")[0] for fix in found.fixes[:2]] == ["x = x[:, np.newaxis]", "x = x[..., np.newaxis]"]
    assert not any("batch axis" in fix.label for fix in found.fixes)  # (None, 9) has its batch


def test_pictures_larger_than_declared_are_found_behind_the_flatten() -> None:
    """The same network on 96 x 144 pictures and on pictures of three times the side: Keras' own message."""
    dense = keras.layers.Dense(5)
    inside = [keras.layers.MaxPooling2D(4), keras.layers.Conv2D(8, 1), keras.layers.Flatten(), dense]
    small = keras.Sequential([keras.Input((96, 144, 3)), *inside])
    flat = small.layers[-1].input.shape[-1]
    message = refused(lambda: dense(keras.ops.zeros((2, 9 * flat))))
    fed = "\n\nArguments received by Sequential.call():\n  • inputs=tf.Tensor(shape=(None, 288, 432, 3), dtype=float32)"
    found = read(message + fed)
    assert "9 times as many" in found.cause
    assert "declared for 96 × 144" in found.cause
    assert [fix.code for fix in found.fixes[:2]] == [
        "keras.Input(shape=(288, 432, 3))",
        "x = layers.Resizing(96, 144)(x)",
    ]


def test_a_pixel_that_a_pooling_lost_is_explained_and_kept() -> None:
    skip = keras.Input((45, 63, 6))
    up = keras.layers.UpSampling2D(2)(keras.layers.MaxPooling2D(2)(skip))
    found = diagnose(f"ValueError: {refused(lambda: keras.layers.Concatenate()([up, skip]))}")
    assert "45 is odd: pooling by 2 turns it into 22, and upsampling turns that into 44" in found.cause
    assert [fix.tried.ran for fix in found.fixes if fix.tried is not None] == [True] * 2


def test_a_mask_of_more_axes_than_a_sequence_is_a_mask() -> None:
    found = diagnose(
        "model.add(Masking(mask_value=0., input_shape=(11, 24, 32, 2)))\n"
        "ValueError: Dimension must be 4 but is 3 for 'lstm_2/transpose_1' (op: 'Transpose') with input shapes: "
        "[?,11,24,32], [3]."
    )
    assert found.mistake == "mask"
    assert found.spec is not None
    assert found.spec.inputs[0].shape == (None, 11, 24, 32, 2)
    assert found.fixes[0].label.startswith("Put the Masking right before")
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.ran


@pytest.mark.parametrize(("call", "today"), [("K.squeeze(t, axis=2)", "squeeze"), ("tf.reduce_mean(t, 1)", "mean")])
def test_a_lambda_of_the_backend_is_written_in_keras_ops(call: str, today: str) -> None:
    found = read(f"z = Lambda(lambda t: {call})(h)\nWe could not automatically infer the shape of the Lambda's output.")
    assert found.verdict == "Keras can't work out what a Lambda returns"
    assert f"+z = Lambda(lambda t: keras.ops.{today}(" in found.fixes[0].diff


def test_volumes_in_a_network_of_pictures_are_called_so() -> None:
    found = read(
        'Input 0 of layer "batch_normalization_4" is incompatible with the layer: expected ndim=4, found ndim=5. Full '
        "shape received: (None, None, None, None, 48)"
    )
    assert names(found.shapes[0]) == ("batch", "depth", "height", "width", "channels")
    assert "built for images" in found.cause
    assert found.fixes[0].code.startswith("layers.Conv3D")


@pytest.mark.parametrize(
    ("wanted", "came", "code"),
    [(3, 1, "np.repeat(x, 3, axis=-1)"), (1, 3, "x.mean(axis=-1, keepdims=True)"), (3, 4, "x[..., :3]")],
)
def test_other_colors_are_made_those_of_the_model(wanted: int, came: int, code: str) -> None:
    model = keras.Sequential([keras.Input((34, 46, wanted)), keras.layers.Conv2D(5, 3)])
    found = diagnose(f"ValueError: {refused(lambda: model(np.zeros((2, 34, 46, came), 'float32')))}")
    assert code in found.fixes[0].code
    x = np.zeros((2, 34, 46, came), "float32")
    changed = eval(code, {"np": np, "x": x})
    assert model(changed).shape == (2, 32, 44, 5)


def test_the_channels_that_came_and_those_of_the_kernel_keep_their_places() -> None:
    convolution = keras.layers.Conv2D(11, (3, 2))
    convolution.build((None, 20, 21, 4))
    message = refused(lambda: convolution.call(np.zeros((1, 20, 21, 7), "float32")))
    found = read(
        "The number of input channels must be evenly divisible by kernel's in-channels. Received input channels 7 and "
        "kernel in-channels 4 (kernel shape (3, 2, 4, 11))."
    )
    assert "made for 4 channels; the input has 7" in found.cause
    assert found.class_name == "Conv2D"
    assert message


def test_no_identifier_is_on_screen_and_every_example_is_marked() -> None:
    found = diagnose("Input 0 is incompatible with layer lstm_9: expected ndim=3, found ndim=2")
    told = as_text(found)
    assert told.startswith("A layer got too few or too many axes\n")
    assert "layer_rank" not in told
    assert found.spec is not None
    examples = {name: int(size) for name, _, size in (note.rpartition(" = ") for note in found.spec.assumed)}
    numbers = found.to_json()["numbers"]
    assert {name: numbers[name] for name in examples} == {
        name: {"value": size, "how": "an example"} for name, size in examples.items()
    }
    for fix in found.fixes:
        made_up = {int(n) for n in re.findall(r"\d+", fix.label + fix.code)} & set(examples.values())
        assert all(re.search(rf"\b{number}\b.*example", fix.means) for number in made_up), fix


def test_what_is_worked_out_is_told_from_what_is_read() -> None:
    found = read(
        "Layer (type)  Output Shape  Param #\ngru_5 (GRU)   (None, 31)   3,627\ndense_5 (Dense) (None, 4) 128\n"
    )
    axes = {axis["axis"]: axis["how"] for axis in found.to_json()["shapes"][0]}
    assert axes["features"] == "worked out"
    assert axes["batch"] is None
    units = found.to_json()["shapes"][1][1]
    assert (units["size"], units["how"]) == (31, "read")


def test_numbers_of_a_call_in_code_are_no_shape() -> None:
    found = find(clean("x = Conv2D(8, (3, 5))(Input((40, 41, 2)))  # gives (None, 38, 37, 8)"), None, _no_entries())
    told = {sizes(shape) for shape in found.shapes}
    assert (3, 5) not in told
    assert (None, 38, 37, 8) in told


def _no_entries():  # type: ignore[no-untyped-def]
    from explainers.reading.asking import Entries

    return Entries()
