"""Messages about pictures, attention and stored weights, most raised by Keras and NumPy, which try the fixes too."""

# ruff: noqa: E501  (a message stands on one line, as it is printed)

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest

from explainers.reading.diagnosing import diagnose, read
from explainers.reading.diagnosis import Diagnosis


def refused(run: Callable[[], object]) -> str:
    """What is said where it fails."""
    with pytest.raises(Exception) as caught:  # noqa: PT011  (Keras', TensorFlow's and NumPy's own)
        run()
    return f"{type(caught.value).__name__}: {caught.value}"


def axes(found: Diagnosis) -> list[list[str]]:
    """The names of the axes of each shape that is told."""
    return [[axis.axis for axis in shape] for shape in found.shapes]


def data(*sizes: int) -> np.ndarray:
    return np.zeros(sizes, "float32")


@pytest.mark.parametrize("class_name", ["MultiHeadAttention", "Attention"])
def test_value_and_key_have_equally_many_steps(class_name: str) -> None:
    multi = class_name == "MultiHeadAttention"
    layer = keras.layers.MultiHeadAttention(2, 6) if multi else keras.layers.Attention()
    query, value, key = data(3, 7, 16), data(3, 5, 16), data(3, 9, 16)
    message = refused(lambda: layer(query, value, key) if multi else layer([query, value, key]))
    found = diagnose(message)
    assert found.mistake == "attention_shapes"
    assert "5 steps" in found.cause
    assert " 9" in found.cause
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.ran
    assert "Concatenate" not in found.today
    assert "Padding" not in found.fixes[0].code
    fixed = layer(query, key) if multi else layer([query, key])
    assert fixed.shape == (3, 7, 16)


def test_a_mask_with_its_axes_turned() -> None:
    layer, x, y = keras.layers.MultiHeadAttention(3, 8), data(2, 7, 16), data(2, 5, 16)
    mask = np.ones((2, 5, 7), bool)
    found = diagnose(refused(lambda: layer(x, y, attention_mask=mask)))
    assert found.mistake == "attention_shapes"
    assert ["batch", "query steps", "key steps"] in axes(found)
    assert "swapaxes" in found.fixes[0].code
    assert layer(x, y, attention_mask=np.swapaxes(mask, -1, -2)).shape == (2, 7, 16)


def test_a_mask_in_the_words_of_the_softmax_inside() -> None:
    found = diagnose(
        "InvalidArgumentError: Exception encountered when calling layer 'softmax_4' (type Softmax).\n\n"
        "{{function_node __wrapped__AddV2_device_/job:localhost}} Incompatible shapes: [6,4,11,9] vs. [1,1,6,9] [Op:AddV2]\n\n"
        "Call arguments received by layer 'softmax_4' (type Softmax):\n"
        "  • inputs=tf.Tensor(shape=(6, 4, 11, 9), dtype=float32)\n  • mask=tf.Tensor(shape=(1, 1, 6, 9), dtype=bool)"
    )
    assert found.mistake == "attention_shapes"
    assert axes(found)[0] == ["batch", "heads", "query steps", "key steps"]
    assert "mask[:, None, :]" in found.fixes[0].code
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.ran
    assert "num_heads=4" in found.today


def test_attention_axes_may_be_one_number() -> None:
    """Keras takes attention_axes=2 as it takes (2,)."""
    code = (
        "x = keras.Input((12, 20, 32))\n"
        "y = keras.layers.MultiHeadAttention(num_heads=2, key_dim=16, attention_axes=2)(x, x)\n"
        "model = keras.Model(x, y)\n"
    )
    exec(code, {"keras": keras}, scope := {})
    found = diagnose(f"import keras\n{code}")
    assert found.model is not None
    assert found.mistake is None
    assert found.model["total_params"] == scope["model"].count_params()


@pytest.mark.parametrize(
    ("place", "array", "mistake", "mend"),
    [
        ((28, 28, 1), (28, 28), "operand_sizes", lambda x: x[..., np.newaxis]),
        ((64, 48, 3), (64, 48, 4), "operand_sizes", lambda x: x[..., :3]),
        ((64, 48, 3), (64, 48), "operand_sizes", lambda x: np.repeat(x[..., np.newaxis], 3, axis=-1)),
        ((64, 48), (64, 48, 1), "operand_sizes", lambda x: x[..., 0]),
        ((64, 48), (48, 64), "operand_sizes", lambda x: x.T),
    ],
)
def test_an_array_is_put_into_a_place_of_another_shape(
    place: tuple[int, ...], array: tuple[int, ...], mistake: str, mend: Callable[[np.ndarray], np.ndarray]
) -> None:
    room, x = data(5, *place), data(*array)
    found = read(refused(lambda: room.__setitem__(0, x)))
    assert found.mistake == mistake
    assert str(place) in found.cause
    assert str(array) in found.cause
    exec(found.fixes[0].code, {"np": np}, {"a": room, "i": 1, "x": x})
    assert mend(x).shape == place


def test_pictures_that_differ_make_no_array() -> None:
    found = read("ValueError: could not broadcast input array from shape (224,224,3) into shape (224,224)")
    assert found.mistake == "ragged_data"


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_in_front_are_told_as_channels(channels: int) -> None:
    found = diagnose(
        f"ValueError: Error when checking input: expected conv2d_1_input to have shape (None, {channels}, 40, 40) but got "
        f"array with shape (64, 40, 40, {channels})"
    )
    assert axes(found)[0] == ["batch", "channels", "height", "width"]
    assert axes(found)[1] == ["batch", "height", "width", "channels"]
    scope = {"np": np, "x": data(64, 40, 40, channels)}
    exec(found.fixes[0].code, scope)
    assert scope["x"].shape == (64, channels, 40, 40)
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.ran
    assert "channels_first" in found.today


def test_gray_pictures_without_a_channel_for_three() -> None:
    inputs = keras.Input((48, 40, 3))
    model = keras.Model(inputs, keras.layers.Conv2D(5, 3)(inputs))
    found = diagnose(refused(lambda: model.predict(data(24, 48, 40), verbose=0)))
    repeated = [fix for fix in found.fixes if "np.repeat" in fix.code]
    assert repeated
    exec(repeated[0].code, scope := {"np": np, "x": data(24, 48, 40)})
    assert model(scope["x"]).shape == (24, 46, 38, 5)


def test_one_convolution_of_an_autoencoder_loses_the_border() -> None:
    code = (
        "x = inputs = keras.Input((24, 24, 1))\n"
        "x = keras.layers.Conv2D(4, 3, padding='same')(x)\n"
        "x = keras.layers.MaxPooling2D(2)(x)\n"
        "x = keras.layers.Conv2D(6, 3)(x)\n"
        "x = keras.layers.UpSampling2D(2)(x)\n"
        "x = keras.layers.Conv2D(1, 3, padding='same')(x)\n"
        "model = keras.Model(inputs, x)\n"
        "model.compile('sgd', 'mse')\n"
        "pictures = np.zeros((16, 24, 24, 1))\n"
        "model.fit(pictures, pictures)\n"
    )
    found = diagnose(f"import keras, numpy as np\n{code}")
    assert found.mistake == "target_shape"
    assert 'padding="same"' in found.fixes[0].code
    assert "Cropping" not in found.fixes[0].code
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.output == (None, 24, 24, 1)


@pytest.mark.parametrize(
    ("text", "mistake", "words"),
    [
        ('  weights[0] = np.transpose(weights[0], (3, 2, 0, 1))\nValueError: axes don\'t match array\nmodel.load_weights("a.h5")',
         "weights_shape", "4 axes"),
        ("ValueError: Input size must be at least 75x75; got `input_shape=(48, 48, 3)`", "kernel_exceeds_steps", "75 × 75"),
        ("VGG16(weights=None, include_top=False, input_shape=(1, 96, 96))\nValueError: The input must have 3 channels; got "
         "`input_shape=(1, 96, 96)`", "channels", "96 channels"),
        ('Exception: "concat" mode can only merge layers with matching output shapes except for the concat axis. Layer shapes: '
         "[(None, 0, 24, 128), (None, 0, 24, 64)]", "merge_shapes", "Axis 1 has size 0"),
        ("size mismatch for stem.weight: copying a param with shape torch.Size([48, 3, 5, 5]) from checkpoint, the shape in "
         "current model is torch.Size([48, 1, 5, 5]).", "weights_shape", "channels (axis 1) is 3 versus 1"),
        ('flax.errors.ScopeParamShapeError: Initializer expected to generate shape (512, 4) but got shape (512, 6) instead for '
         'parameter "kernel" in "/Dense_1".', "weights_shape", "for 4 units"),
    ],
)  # fmt: skip
def test_stored_weights_and_trained_networks(text: str, mistake: str, words: str) -> None:
    found = read(text)
    assert found.mistake == mistake
    assert words in found.cause
    assert not any("timesteps" in fix.label for fix in found.fixes)


def test_lines_of_a_library_in_a_traceback_are_no_program() -> None:
    found = read(
        'Traceback (most recent call last):\n  File "Unet.py", line 58, in _main\n    model = unet(n_classes=9)\n'
        '  File "/usr/lib/python3/dist-packages/keras_segmentation/models/unet.py", line 83, in _unet\n'
        "    o = (concatenate([o, f3], axis=MERGE_AXIS))\n"
        "ValueError: A `Concatenate` layer requires inputs with matching shapes except for the concat axis. Got inputs shapes: "
        "[(None, 112, 74, 512), (None, 112, 75, 256)]"
    )
    assert found.mistake == "merge_shapes"
    assert not found.assumed


def test_a_generator_of_labels_for_a_model_that_gives_pictures() -> None:
    found = read(
        "autoencoder.fit_generator(train_generator)\nException: Error when checking model target: expected convolution2d_7 to "
        "have 4 dimensions, but got array with shape (32L, 1L)."
    )
    assert found.mistake == "target_shape"
    assert 'class_mode="input"' in found.fixes[0].code


@pytest.mark.parametrize("sides", [(600, 400), (24, 31)])
def test_one_image_of_another_size(sides: tuple[int, int]) -> None:
    found = diagnose(
        "model = keras.Sequential([keras.Input((48, 40, 3)), keras.layers.Conv2D(5, 3), keras.layers.Flatten()])\n"
        f"ValueError: Error when checking input: expected conv2d_input to have 4 dimensions, but got array with shape {(*sides, 3)}"
    )
    scope = {"keras": keras, "np": np, "x": data(*sides, 3)}
    exec(found.fixes[0].code, scope)
    assert scope["x"].shape == (1, 48, 40, 3)


def test_one_image_of_which_predict_took_some_rows() -> None:
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, keras.layers.Conv2D(5, 3)(inputs))
    found = diagnose(refused(lambda: model.predict(data(70, 41, 3), verbose=0)))
    assert found.fixes[0].code == "x = x[np.newaxis]"
    assert not any("np.repeat" in fix.code for fix in found.fixes)
    assert model.predict(data(70, 41, 3)[np.newaxis], verbose=0).shape == (1, 68, 39, 5)


@pytest.mark.parametrize("wide", [24, 64])
def test_what_a_merge_layer_prints_has_no_batch(wide: int) -> None:
    a, b = keras.Input((None, None, 3)), keras.Input((None, None, wide))
    found = diagnose(
        f"ValueError: Operands could not be broadcast together with shapes (None, None, 3) (None, None, {wide})"
    )
    assert axes(found)[0] == ["height", "width", "channels"]
    assert f"Conv2D({wide}, 1)" in found.fixes[0].code
    assert keras.layers.Add()([keras.layers.Conv2D(wide, 1)(a), b]).shape == (None, None, None, wide)


def test_the_own_model_is_found_by_one_sample_of_each() -> None:
    code = (
        "a = keras.Input((40, 40, 3))\nb = keras.layers.Conv2D(6, 3, strides=2, padding='same')(a)\n"
        "c = keras.layers.MaxPooling2D(2)(b)\nd = keras.layers.Add()([c, b])\nmodel = keras.Model(a, d)\n"
    )
    found = diagnose(f"{code}ValueError: Operands could not be broadcast together with shapes (10, 10, 6) (20, 20, 6)")
    assert "layers.MaxPooling2D" in found.today


def test_patches_are_no_image_in_another_form() -> None:
    found = diagnose(
        'ValueError: Input 0 of layer "model" is incompatible with the layer: expected shape=(None, 96, 96, 3), found shape=(None, 36, 768)'
    )
    assert "16 × 16" in found.fixes[0].means
    assert not any("reshape" in fix.code for fix in found.fixes)


@pytest.mark.parametrize(("rows", "came", "declared"), [(512 * 7, 7, 25088), (10, 49, 490), (6 * 16, 14, 6 * 14)])
def test_numbers_that_were_not_laid_out_in_a_row(rows: int, came: int, declared: int) -> None:
    found = read(f"RuntimeError: mat1 and mat2 shapes cannot be multiplied ({rows}x{came} and {declared}x8)")
    whole = (rows, came) == (10, 49)  # one sample of (10, 7, 7), of which a Flatten kept the channels
    assert ("unsqueeze(0)" if whole else "flatten") in found.fixes[0].code
    assert f"{rows * came // declared} row" in found.fixes[0].means


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (
            'Input 0 of layer "sequential" is incompatible with the layer: expected shape = (None, 256,256,1), found shape = (32,128,1)',
            "data_size",
        ),
        (
            "ValueError: Error when checking input: expected input to have 5 dimensions, but got array with shape(160,  1)",
            "data_rank",
        ),
    ],
)
def test_a_message_that_was_typed_by_hand(text: str, mistake: str) -> None:
    assert read(text).mistake == mistake


@pytest.mark.parametrize(
    ("text", "mistake", "words"),
    [
        ("Exception: class_weight not supported for 3+ dimensional targets.", "target_shape", "sample_weight"),
        ("InvalidArgumentError: logits and labels must be broadcastable: logits_size=[90000,3] labels_size=[92416,3]", "target_shape", "2,416 fewer"),
        ("ValueError: logits and labels must have the same shape ((None, 1) vs (None, 96, 80, 1))", "target_shape", "each pixel"),
        ("InvalidArgumentError: Incompatible shapes: [20,8] vs. [64,8]\n\t [[Node: lambda_1/add = Add]]\nepsilon = K.random_normal(shape=(batch_size, 8))",
         "operand_sizes", "noise"),
        ("ValueError: conv_general_dilated lhs feature dimension size divided by feature_group_count must equal the rhs input feature dimension size, but 1 // 1 != 3.",
         "channels", "repeat"),
        ("ValueError: Cannot do batch_dot on inputs with shapes (None, 6, 5) and (None, 9, 5) with axes=[1, 1]. x.shape[1] != y.shape[1] (6 != 9).",
         "merge_shapes", "axes=(2, 2)"),
        ("RuntimeError: Sizes of tensors must match except in dimension 1. Got 16 and 17 in dimension 2\n torch.cat", "merge_shapes", "17 is odd"),
        ("ValueError: `decode_predictions` expects a batch of predictions (i.e. a 2D array of shape (samples, 1000)). Found array with shape: (1, 7)",
         "data_size", "argmax"),
        ("ConcatOp : Dimensions of inputs should match: shape[0] = [1,136,240,256] vs. shape[1] = [1,135,240,336]", "merge_shapes", "135 is odd"),
    ],
)  # fmt: skip
def test_what_is_said_of_it_and_what_helps(text: str, mistake: str, words: str) -> None:
    found = read(text)
    assert found.mistake == mistake
    told = " ".join([found.cause, *(f"{fix.label} {fix.code} {fix.means}" for fix in found.fixes)])
    assert words in told
    assert "stateful" not in told
    assert "LSTM" not in told
    assert "axis 3 is 256" not in told


def test_a_program_with_its_channels_in_front_is_read_so() -> None:
    code = (
        "from keras import backend as K\nK.set_image_data_format('channels_first')\nmodel = Sequential()\n"
        "model.add(Conv2D(6, 3, input_shape=(3, 40, 34)))\nmodel.add(MaxPooling2D(2))\nmodel.add(Flatten())\nmodel.add(Dense(4))\n"
    )
    found = diagnose(code)
    layers = [
        keras.layers.Conv2D(6, 3, data_format="channels_first"),
        keras.layers.MaxPooling2D(2, data_format="channels_first"),
    ]
    model = keras.Sequential([keras.Input((3, 40, 34)), *layers, keras.layers.Flatten(), keras.layers.Dense(4)])
    assert found.mistake is None
    assert found.model is not None
    assert found.model["total_params"] == model.count_params()


def test_channels_in_front_are_put_last_where_a_window_finds_no_room() -> None:
    code = "model = Sequential()\nmodel.add(Conv2D(8, (3, 3), input_shape=(1, 30, 30)))\nmodel.add(Flatten())\nmodel.add(Dense(5))\n"
    found = diagnose(
        f"{code}ValueError: Negative dimension size caused by subtracting 3 from 1 for 'Conv2D' (op: 'Conv2D') with input shapes: [?,1,30,30], [3,3,30,8]."
    )
    assert found.fixes[0].label.startswith("Put the channels last")
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.ran


def test_a_window_beyond_an_example_accuses_nobody() -> None:
    found = diagnose(
        "model = Sequential()\nmodel.add(Conv2D(8, 12, input_shape=(rows, cols, 3)))\nmodel.add(Flatten())\nmodel.add(Dense(5))"
    )
    assert found.mistake is None


def test_frames_as_targets_of_one_image() -> None:
    code = (
        "model = keras.Sequential([keras.Input((5, 12, 10, 3)), keras.layers.ConvLSTM2D(4, 3, padding='same'), keras.layers.Conv2D(3, 1)])\n"
        "model.compile('sgd', 'mse')\nframes = np.zeros((6, 5, 12, 10, 3))\nmodel.fit(frames, frames)\n"
    )
    found = diagnose(f"import keras, numpy as np\n{code}")
    tried = {fix.label.split()[0:3][-1]: fix for fix in found.fixes if fix.tried is not None and fix.tried.ran}
    assert any("return_sequences=True" in fix.code or "return_sequences=True" in fix.diff for fix in tried.values())
    assert any(fix.tried.output == (None, 5, 12, 10, 3) for fix in tried.values() if fix.tried is not None)


def test_numbers_of_an_image_in_a_row_are_no_small_image() -> None:
    found = diagnose(
        "model.add(Conv2D(50, (4, 4), input_shape=(30, 40, 1)))\n"
        "Error when checking : expected conv2d_1_input to have 4 dimensions, but got array with shape (1, 1200)"
    )
    assert "reshape(-1, 30, 40, 1)" in found.fixes[0].code


def test_a_query_and_a_value_of_different_widths_are_no_mistake_today() -> None:
    """Keras 3 printed the names of its variables instead of their shapes; the program itself has all the sizes."""
    found = diagnose(
        "q, v = keras.Input((14, 18)), keras.Input((9, 7))\nout = keras.layers.MultiHeadAttention(2, 6)(q, v)\n"
        "ValueError: The last dimension of `query_shape` and `value_shape` must be equal, but are 18, 7. "
        "Received: query_shape={query_shape}, value_shape={value_shape}"
    )
    assert found.mistake == "attention_shapes"
    assert found.cause.startswith("The query has 18 features, the value 7.")
    assert found.model is not None
    assert [axis["size"] for axis in found.model["layers"][-1]["outputs"][0]] == [None, 14, 18]
    assert found.model["error"] is None


@pytest.mark.parametrize("said", ["image_dim_ordering is th", '"image_data_format": "channels_first"', "no word of it"])
def test_an_autoencoder_whose_channels_are_in_front_keeps_its_sides(said: str) -> None:
    """keras.json is told in a sentence; without it, Keras' own message shows where the channels are."""
    found = diagnose(
        f"my keras.json: {said}\n"
        "img = Input(shape=(1, 42, 66))\n"
        "x = Convolution2D(9, 3, 3, border_mode='same')(img)\n"
        "x = MaxPooling2D((2, 2), border_mode='same')(x)\n"
        "x = Convolution2D(7, 3, 3)(x)\n"
        "x = UpSampling2D((2, 2))(x)\n"
        "out = Convolution2D(1, 3, 3, border_mode='same')(x)\n"
        "model = Model(img, out)\nmodel.compile('adam', 'mse')\nmodel.fit(x_train, x_train)\n"
        "Exception: Error when checking model target: expected convolution2d_3 to have shape (None, 1, 38, 62) "
        "but got array with shape (500, 1, 42, 66)"
    )
    assert found.cause.endswith("height (axis 2) is 38 versus 42, width (axis 3) is 62 versus 66.")
    assert found.fixes[0].label.startswith("Keep the border in conv2d_1")
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.output == (None, 1, 42, 66)


@pytest.mark.parametrize("said", ["training images have a shape of (512, 40, 30, 3)", "x has shape (512, 40, 30, 3)"])
def test_all_the_data_declared_as_one_sample(said: str) -> None:
    found = diagnose(
        f"{said}\nmodel.add(Convolution2D(9, 3, 3, input_shape=x.shape))\n"
        "ValueError: Input 0 is incompatible with layer conv2d_1: expected ndim=4, found ndim=5"
    )
    assert found.fixes[0].label == "Declare the shape of one sample, without the number of samples."
    assert "input_shape=(40, 30, 3)" in found.fixes[0].diff
    assert all("how many numbers the layer returns" not in fix.label for fix in found.fixes)


def test_the_shape_that_the_text_names_for_the_model_is_what_flat_data_become() -> None:
    found = diagnose(
        "so I will have input as (96, 7, 1), the 1 is the channel\n"
        "Error when checking input: expected input_1 to have 4 dimensions, but got array with shape (5300, 672)"
    )
    assert found.fixes[0].code == "x = x.reshape(-1, 96, 7, 1)"
    assert found.fixes[0].tried is not None
