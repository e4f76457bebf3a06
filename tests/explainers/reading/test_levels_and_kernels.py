"""Images that meet on their way through a network, kernels of other frameworks, and models that are joined."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from explainers.core.mistakes.kit.mending.kernels import filters_last
from explainers.core.spec import Sizes
from explainers.reading.diagnosing import diagnose, read
from explainers.reading.rlang.python import in_python

_JOINED = (
    "ValueError: A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. "
    "Received: input_shape="
)


def test_volumes_too_large_to_be_fed_are_tried_by_their_shapes() -> None:
    found = diagnose(f"{_JOINED}[(None, 101, 120, 117, 40), (None, 100, 120, 116, 72)]")
    fix = found.fixes[0]
    assert fix.code == "layers.ZeroPadding3D(((0, 1), (0, 0), (0, 1)))"
    assert fix.tried is not None
    assert fix.tried.output == (None, 101, 120, 117, 112)


def test_no_border_explains_sides_that_are_far_apart() -> None:
    found = diagnose(f"{_JOINED}[(None, 90, 20, 24, 6), (None, 22, 20, 24, 9)]")
    assert "same level" in found.fixes[0].label
    assert not any("Padding" in fix.code or "Cropping" in fix.code for fix in found.fixes)


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ("my images are 384x384", "384, halved 3 times, is 48 without a rest"),
        ("my images are 94x94", "47 is odd"),
    ],
)
def test_how_a_pixel_was_lost_follows_from_the_size_of_the_images(size: str, told: str) -> None:
    assert told in read(f"{size}\n{_JOINED}[(None, 48, 48, 40), (None, 47, 48, 20)]").cause


def test_the_images_of_the_text_are_made_divisible_and_no_level_inside() -> None:
    found = diagnose(f"images: (500, 300, 3)\n{_JOINED}[(None, 30, 18, 48), (None, 31, 18, 24)]")
    assert "512 × 320" in found.fixes[0].label
    assert not any("keras.Input" in fix.code for fix in found.fixes)


@pytest.mark.parametrize(
    ("found", "expected", "last"),
    [
        ((48, 3, 7, 5), (7, 5, 3, 48), (7, 5, 3, 48)),
        ((48, 3, 7), (7, 3, 48), (7, 3, 48)),
        ((48, 1, 7, 5), (7, 5, 3, 48), (7, 5, 1, 48)),
        ((20, 2, 5, 4, 3), (5, 4, 3, 2, 20), (5, 4, 3, 2, 20)),
        ((48, 6, 7, 5), (7, 5, 3, 40), (48, 6, 7, 5)),
        ((3, 3, 3, 3), (3, 3, 3, 3), (3, 3, 3, 3)),
    ],
)
def test_filters_in_front_are_told_by_the_sides_behind_them(found: Sizes, expected: Sizes, last: Sizes) -> None:
    assert filters_last(found, expected) == last


def test_a_kernel_of_another_framework_is_turned_and_its_channels_are_told() -> None:
    layer = keras.layers.Conv2D(18, (5, 3))
    layer.build((None, 24, 20, 6))
    kernel, bias = np.zeros((18, 2, 5, 3)), np.zeros(18)
    with pytest.raises(ValueError, match="weight shape") as caught:
        layer.set_weights([kernel, bias])
    found = diagnose(f"ValueError: {caught.value}")
    assert "Turned, it is (5, 3, 2, 18); it reads 2 channels, the layer 6." in found.cause
    assert [axis.axis for axis in found.shapes[1]][:2] == ["filters", "channels"]
    fix = found.fixes[0]
    assert "transpose(2, 3, 1, 0)" in fix.code
    assert fix.tried is not None
    assert fix.tried.ran
    fitting = keras.layers.Conv2D(18, (5, 3))
    fitting.build((None, 24, 20, 2))
    fitting.set_weights([kernel.transpose(2, 3, 1, 0), bias])


def test_colors_in_front_are_the_first_guess_where_one_side_is_used_up() -> None:
    words = (
        "Negative dimension size caused by subtracting 2 from 1 for 'p/MaxPool3D' (op: 'MaxPool3D') with input shapes: "
    )
    assert "(channels, depth, height, width)" in read(f"{words}[?,1,5,26,96].").fixes[0].label
    assert "channels" not in read(f"{words}[?,1,2,2,96].").fixes[0].label


def test_a_merge_in_a_sequential_knows_the_inputs_of_its_branches() -> None:
    found = diagnose(
        "left = Sequential()\nleft.add(Dense(6, input_dim=9))\nright = Sequential()\nright.add(Dense(4, input_dim=9))\n"
        "model = Sequential()\nmodel.add(Merge([left, right], mode='concat'))\nmodel.add(Dense(3))\n"
        "model.compile('sgd', 'mse')\nmodel.fit(np.zeros((20, 9)), np.zeros((20, 3)))\n"
        "IndexError: list index out of range\n"
    )
    assert found.mistake == "input_count"
    assert "takes 2 arrays; you passed 1" in found.cause
    assert found.fixes[0].tried is not None


def test_a_target_isnt_fitted_by_stretching_an_axis() -> None:
    found = diagnose(
        "ValueError: Error when checking model target: expected c_2 to have shape (None, 1, 40, 2) but got array "
        "with shape (30, 2, 40, 40)\nmodel = Sequential()\n"
        "model.add(Conv2D(6, 3, padding='same', input_shape=(1, 40, 40)))\n"
        "model.add(Conv2D(2, 3, padding='same'))\n"
    )
    assert "Put the channels last" in found.fixes[0].label
    assert not any(fix.tried and fix.tried.output == (None, 1, 40, 40) for fix in found.fixes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("segmentation, expected conv2d_7 to have 4 dimensions, but got array with shape (16, 1)", "y.shape =="),
        (
            "masks from flow_from_directory: expected conv2d_7 to have 4 dimensions, but got array with shape (16, 1)",
            "zip(images, masks)",
        ),
        (
            "MobileNet(include_top=True)\nError when checking target: expected r to have shape (1000,) but got array "
            "with shape (1,)",
            'Dense(1, activation="sigmoid")',
        ),
        (
            "MobileNet(include_top=True), class_mode='sparse'\nError when checking target: expected r to have shape "
            "(1000,) but got array with shape (1,)",
            'Dense(classes, activation="softmax")',
        ),
        (
            "interpreter: ValueError: Cannot set tensor: Dimension mismatch. Got 256 but expected 129 for dimension 2 "
            "of input 0.\n[{'name': 'in', 'shape': array([  1,   1, 129], dtype=int32)}]",
            "np.fft.rfft(block)",
        ),
        (
            "model.add(Lambda(lambda x: shrink))\nAttributeError: 'function' object has no attribute 'get_shape'",
            "layers.Lambda(lambda x: function(x))",
        ),
        (
            "both = Sequential([concatenate([eyes, ears], axis=1), Dense(3)])\nValueError: A `Concatenate` layer "
            "should be called on a list of at least 2 inputs",
            "Concatenate()([eyes.output, ears.output])",
        ),
    ],
)
def test_what_the_text_says_of_its_task_comes_first(text: str, code: str) -> None:
    assert code in read(text).fixes[0].code, read(text).fixes


def test_the_model_takes_several_arrays_and_one_was_passed() -> None:
    words = "The model expects 3 input arrays, but only received one array. Found: array with shape (32, 3, 40, 24)"
    assert read(f"ValueError: {words}").cause == "The model takes 3 arrays; you passed one, (32, 3, 40, 24)."


def test_a_way_out_that_returns_a_number_isnt_taken() -> None:
    found = read(
        "def count(path):\n    if not os.path.exists(path):\n        return 0\n    return len(os.listdir(path))\n"
        "samples = count('train')\nx = keras.layers.Dense(5)(keras.Input((3,)))\n"
    )
    assert "samples" not in found.dims


def test_trained_networks_in_r() -> None:
    text = "base <- application_resnet50(include_top = FALSE, input_shape = c(96, 64, 3))\nbase %>% fit(x, y)"
    assert "keras.applications.ResNet50(include_top=False, input_shape=(96, 64, 3))" in str(in_python(text))


_BLOCKS = """x = Input(shape=(24, 20, 3))
x = Conv2D(6, 3, padding='same')(x)
first = MaxPool2D(2, padding='same')(x)
y = Conv2D(6, 3, padding='same')(first)
y = MaxPool2D(2, padding='same')(y)
second = Add()([y, first])
y = Conv2D(9, 3, padding='same')(second)
y = MaxPool2D(2, padding='same')(y)
third = Add()([y, second])
"""


def test_a_shortcut_is_made_at_every_block_that_needs_one() -> None:
    fix = diagnose(_BLOCKS).fixes[0]
    assert fix.code.split("\n") == [
        "layers.Conv2D(6, 1, strides=2)(b)",
        "layers.Conv2D(9, 1, strides=2)(b)  # in front of add_1",
    ]
    assert "at 2 places" in fix.means
    assert fix.tried is not None
    assert fix.tried.output == (None, 3, 3, 9)


def test_a_message_in_other_words_belongs_to_the_code_whose_shapes_it_prints() -> None:
    found = diagnose(
        f"{_BLOCKS}\nValueError: Operands could not be broadcast together with shapes (6, 5, 6) (12, 10, 6)\n"
    )
    assert not found.notes
    assert "at 2 places" in found.fixes[0].means


def test_a_program_that_runs_today_needs_a_newer_keras() -> None:
    code = (
        "i = layers.Input((9, 4))\nq = layers.Conv1D(5, 1)(i)\nv = layers.Conv1D(7, 1)(i)\n"
        "o = layers.Dense(1)(layers.Flatten()(layers.Attention()([q, v, q])))\nm = keras.Model(i, o)\n"
        "m.predict(np.zeros((2, 9, 4)))\n"
    )
    message = "InvalidArgumentError: Matrix size-incompatible: In[0]: [1,63], In[1]: [45,1]\n"
    assert "Update Keras" in diagnose(code + message).fixes[0].label
    open_size = code.replace("np.zeros((2, 9, 4))", "data")
    assert not any("Update Keras" in fix.label for fix in diagnose(open_size + message).fixes)


def test_lines_around_code_dont_keep_a_fix_out_of_it() -> None:
    found = diagnose(
        "It gives me [None, 8, 8, 1], and I want another shape, can you help?\n\nwide = 20\n"
        "x = Input(shape=(8, 8, 3))\n"
        "y = Conv2D(wide / 2, 3)(x)\nm = Model(x, y)\n"
    )
    assert found.title == "Today's Keras refuses this code"
    assert "+y = Conv2D(wide // 2, 3)(x)" in found.fixes[0].diff


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (
            "Error when checking target: expected model_2 to have shape (None, 92, 92, 1) but got array with shape "
            "(30, 46, 46, 3)",
            "3 filters",
            "46 × 46",
        ),
        ("ValueError: The channel dimension of the inputs should be defined. Found `None`.", "channels", "tf.data"),
        (
            "a = Input((9,))\nb = Input((4,), name='side')\nb = Dense(9)(b)\nm = Model([a, b], add([a, b]))\n"
            'ValueError: Graph disconnected: cannot obtain value for tensor Tensor("side:0", shape=(?, 4), '
            'dtype=float32) at layer "side".',
            "b is overwritten",
            "",
        ),
    ],
)
def test_images_channels_and_names_get_fixes_of_their_own(text: str, first: str, second: str) -> None:
    labels = [fix.label for fix in read(text).fixes]
    assert first in labels[0]
    assert not second or second in labels[1]


def test_a_product_isnt_called_a_sum() -> None:
    found = diagnose("a = Input((9,))\nb = Input((36,))\nm = Model([a, b], multiply([a, b]))\n")
    assert "Or concatenate them instead." in [fix.label for fix in found.fixes]


@pytest.mark.parametrize(
    ("text", "told", "code"),
    [
        (
            "total size of new array must be unchanged, input_shape = [21, 6, 128], output_shape = [21, 256]",
            "",
            "layers.Reshape((21, 768))",
        ),
        ("cannot reshape array of size 451584 into shape (9,1024)", "", "x.reshape((9, 50176))"),
        ("cannot reshape array of size 450 into shape (9,10)", "", "x.reshape((-1, 10))"),
        (
            "InvalidArgumentError: Input to reshape is a tensor with 3072000 values, but the requested shape has "
            "256000",
            "can't be laid out",
            "x.reshape((-1, 256000))",
        ),
        (
            "Incompatible shapes at component 0: expected [?,96,80,3] but got [1,64,56,3]",
            "declared for (None, 96, 80, 3), and yields (1, 64, 56, 3): axis 1",
            "tf.image.resize(x, (96, 80))",
        ),
        (
            "ValueError: You are trying to load a weight file containing 7 layers into a model with 0 layers.",
            "no layers with weights, or isn't built yet; the file has 7 layers",
            "model.build",
        ),
        (
            'ValueError: Layer #0 (named "hub" in the current model) was found to correspond to layer hub in the save '
            "file. However the new layer hub expects 41 weights, but the saved weights have 39 elements.",
            "hub has 41 weights; you passed 39",
            "get_weights",
        ),
        (
            "could not broadcast input array from shape (3,40,36) into shape (3,80,72)",
            "",
            "cv2.resize(x.transpose(1, 2, 0), (72, 80)).transpose(2, 0, 1)",
        ),
        (
            "Dimension 2 in both shapes must be equal, but are 6 and 40 for 'Assign' (op: 'Assign') with input shapes: "
            "[7,7,6,40], [7,7,40,6].",
            "",
            "swapaxes(-1, -2)",
        ),
    ],
)
def test_factors_counts_and_orders_are_told(text: str, told: str, code: str) -> None:
    found = read(text)
    assert told in found.cause, found.cause
    assert code in found.fixes[0].code, found.fixes


def test_how_many_times_too_many_numbers_there_are() -> None:
    text = "InvalidArgumentError: Input to reshape is a tensor with 3072000 values, but the requested shape has "
    assert "12 times as many" in read(f"{text}256000").fixes[-1].label
    assert "4 × 4" in read(f"{text}192000").fixes[-1].label


def test_models_arent_tensors() -> None:
    found = diagnose(
        "left = Sequential([Input((9,)), Dense(4)])\nright = Sequential([Input((7,)), Dense(5)])\n"
        "both = Sequential([concatenate([left, right], axis=1), Dense(3)])\n"
    )
    assert found.mistake == "input_count"
    assert "left and right are models" in found.cause
    assert "[left.output, right.output]" in found.fixes[0].code
    assert "the one you meant" in found.notes[-1]
    assert found.model is not None
    assert [layer["params"] for layer in found.model["layers"] if layer["params"]] == [40, 40, 30]


def test_an_axis_that_the_loss_drops_belongs_to_the_output() -> None:
    found = diagnose(
        "i = Input((16, 22, 1))\nx = Conv2D(6, 3, strides=4, padding='same')(i)\n"
        "x = Conv2DTranspose(1, 3, strides=4, padding='same')(x)\nm = Model(i, x)\nm.compile('adam', 'mse')\n"
        "InvalidArgumentError: Incompatible shapes: [8,16,24] vs. [8,16,22]\n\t [[{{node loss/x_loss/sub}}]]\n"
    )
    assert "outputs (8, 16, 24, 1) with targets (8, 16, 22, 1)" in found.cause
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.output == (None, 16, 22, 1)


@pytest.mark.parametrize(("found", "code"), [(1000, "base.layers[-2].output"), (2048, "VGG16, VGG19"), (37, "")])
def test_features_of_trained_networks(found: int, code: str) -> None:
    words = f"Input 0 is incompatible with layer model_3: expected shape=(None, 4096), found shape=(None, {found})"
    codes = [fix.code for fix in read(f"ValueError: {words}").fixes]
    assert (code in codes[0]) if code else not any("base." in one or "VGG16" in one for one in codes)


@pytest.mark.parametrize(
    ("layer", "declared", "last", "side"),
    [("Conv2D(6, 3", (1, 26, 18), (26, 18, 1), "height"), ("Conv3D(6, 4", (3, 24, 20, 9), (24, 20, 9, 3), "depth")],
)
def test_colors_in_front_of_sides_of_any_length(layer: str, declared: Sizes, last: Sizes, side: str) -> None:
    fix = diagnose(f"m = Sequential()\nm.add({layer}, input_shape={declared}))\nm.add(Dense(2))\n").fixes[0]
    assert f"input_shape={last}" in fix.diff
    assert f"a {side} of {declared[0]}" in fix.means
    assert fix.tried is not None
    assert fix.tried.ran
