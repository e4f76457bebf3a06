"""Messages of TensorFlow's operations and of tf.data, raised here: what they mean, with their numbers, and a fix."""

# ruff: noqa: E501  (a message stands on one line, as it is printed)

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from explainers.reading.diagnosing import diagnose, read

layers: Any = keras.layers


def images_of_two_sizes() -> Iterator[tf.Tensor]:
    yield tf.zeros((24, 20, 3))
    yield tf.zeros((30, 20, 3))


def batched_images() -> object:
    spec = tf.TensorSpec((None, None, 3), tf.float32)
    return list(tf.data.Dataset.from_generator(images_of_two_sizes, output_signature=spec).batch(2))


def undeclared() -> object:
    spec = tf.TensorSpec((None, None, 1), tf.float32)
    return list(tf.data.Dataset.from_generator(images_of_two_sizes, output_signature=spec))


def loss_by_a_wrong_name() -> object:
    inputs = keras.Input((5,))
    model = keras.Model(inputs, [layers.Dense(2, name="age")(inputs), layers.Dense(3, name="kind")(inputs)])
    model.compile(loss={"age": "mse", "color": "mse"})
    return model.fit(np.zeros((4, 5)), {"age": np.zeros((4, 2)), "kind": np.zeros((4, 3))}, verbose=0)


@pytest.mark.parametrize(
    ("wrong", "mistake", "told", "code"),
    [
        (lambda: tf.matmul(tf.zeros((4, 7)), tf.zeros(7)), "operand_sizes", "(4, 7) and (7,) have 2 versus 1 axis", "b[..., None]"),
        (lambda: tf.transpose(tf.zeros((4, 7, 5)), [0, 2, 3, 1]), "axis_range", "lists 4 axes, but the tensor has 3", "[0, 2, 1]"),
        (lambda: tf.pad(tf.zeros((4, 7, 5)), [[0, 0], [1, 1]]), "layer_rank", "2 pairs, but (4, 7, 5) has 3 axes", "[[1, 1], [1, 1], [0, 0]]"),
        (lambda: tf.tile(tf.zeros((4, 7)), [1, 1, 3]), "layer_rank", "the tensor has 2, and 3 were given", "tf.tile"),
        (lambda: tf.image.random_crop(tf.zeros((20, 24, 3)), (26, 26, 3)), None, "larger than its image", "random_crop"),
        (lambda: tf.split(tf.zeros((4, 7)), [2, 3], 1), "operand_sizes", "add up to 5", "[5, -1]"),
        (lambda: tf.slice(tf.zeros((4, 7)), [0], [2, 3]), "operand_sizes", "have (1,) and (2,) entries", "x[:, 2:5]"),
        (lambda: tf.gather_nd(tf.zeros((4, 7)), [[3, 9]]), "embedding_range", "[3, 9] is outside (4, 7)", "reduce_max"),
        (lambda: tf.reshape(tf.zeros((4, 7)), [-1, -1]), "reshape", "one size", "tf.shape(x)[0]"),
        (lambda: tf.nn.top_k(tf.zeros(4), 5), "target_shape", "The 5 largest of 4", "k=4"),
        (lambda: tf.raw_ops.Split(axis=1, value=tf.zeros((4, 11)), num_split=3), "operand_sizes", "11 / 3 leaves 2", ":9]"),
        (lambda: tf.image.resize(tf.zeros((20, 24)), (5, 7)), "layer_rank", "(height, width, channels)", "tf.newaxis"),
        (batched_images, "ragged_data", "axis 0 is 24 versus 30", "tf.image.resize"),
        (undeclared, "data_size", "elements of (None, None, 1), and the generator yields (24, 20, 3)", "shape=(24, 20, 3)"),
        (loss_by_a_wrong_name, "target_shape", "", "age"),
        (lambda: np.zeros(3).shape.rank, None, "a plain tuple", "len(x.shape)"),
        (lambda: keras.Input(shape=((28, 26), 1)), "old_argument", "((28, 28), 1) instead of (28, 28, 1)", "*size"),
        (lambda: keras.applications.VGG16(classes=7), "target_shape", "1,000 classes of ImageNet", "weights=None"),
    ],
)  # fmt: skip
def test_what_is_raised(wrong: Callable[[], object], mistake: str | None, told: str, code: str) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011  (TensorFlow's own classes, and Python's)
        wrong()
    found = read(f"{type(raised.value).__name__}: {raised.value}")
    assert (found.kind, found.mistake) == ("error", mistake), raised.value
    assert told in found.cause, found.cause
    assert any(code in fix.code for fix in found.fixes), found.fixes


@pytest.mark.parametrize(
    ("text", "mistake", "told", "code"),
    [
        ("UnboundLocalError: cannot access local variable 'logs' where it is not associated with a value",
         "data_size", "not even one batch", "len(x)"),
        ("InvalidArgumentError: In[0] ndims must be >= 2 [Op:MatMul]", "layer_rank", "two axes or more", "x[None]"),
        ("InvalidArgumentError: Default MaxPoolingOp only supports NHWC on device type CPU [[{{node pool/MaxPool}}]]",
         "channels", "channels last", "moveaxis(x, 1, -1)"),
        ("InvalidArgumentError: scale must have the same number of elements as the channels of x, got 48 and 20",
         "channels", "was built for, 48; the tensor that reaches it has 20", "axis=1"),
        ("InvalidArgumentError: Conv2DSlowBackpropInput: Size of out_backprop doesn't match computed: actual = 15, computed"
         " = 30 spatial_dim: 1", "operand_sizes", "would return 30 steps, but the input has 15", "Conv2DTranspose"),
        ("ValueError: Incompatible shapes between op input and calculated input gradient. Forward operation: up/d. Input "
         "index: 2. Original input shape: (?, 40, 36, 9). Calculated input gradient shape: (?, 80, 72, 9)",
         "operand_sizes", "reads (None, 40, 36, 9), but its output_shape and strides belong to an input of (None, 80, 72, 9)",
         "Conv2DTranspose"),
        ("InvalidArgumentError: var and delta do not have the same shape[3,3,20,48] [3,3,20,40] [Op:ResourceApplyAdam]",
         "weights_shape", "A weight is (3, 3, 20, 48)", "zip(grads"),
        ("InvalidArgumentError: Assign requires shapes of both tensors to match. lhs shape= [96,7] rhs shape= [96,11]",
         "weights_shape", "The weight of the layer is (96, 7); you passed (96, 11)", "num_classes"),
        ("ValueError: Received incompatible tensor with shape (11,) when attempting to restore variable with shape (7,) and "
         "name dense/bias:0.", "weights_shape", "is (7,); you passed (11,)", ""),
        ("InvalidArgumentError: Computed output size would be negative: -2 [input_size: 3, effective_filter_size: 5, stride: "
         "1] [Op:Conv2D]", "kernel_exceeds_steps", "window of 5 slides over 3", ""),
        ("InvalidArgumentError: Not enough time for target transition sequence (required: 19, available: 12)You can turn",
         "target_shape", "19 here, but the model returns 12 timesteps", "MaxPooling2D((2, 1))"),
        ("InvalidArgumentError: Saw a non-null label (index >= num_classes - 1) following a null label, batch: 0 "
         "num_classes: 27 labels: 3", "target_shape", "labels may be 0 to 25", "len(letters) + 1"),
        ("TypeError: Invalid shape (28, 26, 1) for image data", "layer_rank", "this array is (28, 26, 1)", "axis=2"),
        ("AttributeError: 'Functional' object has no attribute 'add'", "old_argument", "lists of layers", "base.output"),
        ("TypeError: Unrecognized keyword arguments passed to MultiHeadAttention: {'return_attention_scores': True}",
         "old_argument", "belongs to the call of MultiHeadAttention", "(x, x, return_attention_scores=True)"),
        ("ValueError: A merge layer should be called on a list of at least 2 inputs. Got 1 inputs.", "input_count",
         "joins the tensors of a list", "Concatenate()([a, b])"),
        ("ValueError: Layer dense_3 expects 1 input(s), but it received 2 input tensors. Inputs received: []", "input_count",
         "takes 1 input; you passed 2", "Concatenate()([a, b])"),
        ("ValueError: Layer #5 (named \"head\"), weight <x> has shape (7, 7, 3, 48), but the saved weight has shape "
         "(48, 3, 7, 7).", "weights_shape", "you passed (48, 3, 7, 7)", "transpose(2, 3, 1, 0)"),
        ("InvalidArgumentError: Incompatible shapes: [6,40,36] vs. [6,40,36,5] [[node dice_coef/mul (defined at a.py:3) ]]",
         "target_shape", "outputs (6, 40, 36, 5) with targets (6, 40, 36)", "to_categorical(mask, 5)"),
        ("ValueError: Error when checking target: expected conv2d_9 to have shape (40, 36, 11) but got array with shape "
         "(40, 36, 3)", "target_shape", "(40, 36, 3)", "(mask[..., None, :] == colors)"),
        ("InvalidArgumentError: Incompatible shapes: [6,40,36,1] vs. [6,40,36,3] [[{{node loss/conv2d_9_loss/mul}}]]",
         "target_shape", "(6, 40, 36, 1)", "mask[..., :1]"),
        ("InvalidArgumentError: Incompatible shapes: [40000] vs. [120000] [[{{node loss/dice_loss/mul}}]]", "target_shape",
         "40,000 with 120,000 numbers: one has 3 numbers", "to_categorical(masks, 3)"),
        ("x is (None, 40, 50, 5)\ndice: InvalidArgumentError: Incompatible shapes: [10000] vs. [60000] [[{{node loss/mul}}]]",
         "target_shape", "10,000 with 60,000 numbers: one has 6", "batch_size=1"),
        ("InvalidArgumentError: All dimensions except 3 must match. Input 1 has shape [1 30 41 256] and doesn't match input 0 "
         "with shape [1 30 42 512]. My images are (90, 470, 660, 3).", "merge_shapes", "41 is odd", "(480, 672)"),
        ("ValueError: Input 0 is incompatible with layer flatten_4: expected min_ndim=3, found ndim=2", "layer_rank", "flatten_4",
         "GlobalAveragePooling2D"),
        ("ValueError: Error when checking target: expected activation_49 to have 4 dimensions, but got array with shape (24, 7). "
         "ResNet50(include_top=False, classes=7)", "target_shape", "(24, 7)", "layers.Dense(7, activation"),
        ("ValueError: Error when checking input: expected conv2d_1_input to have 4 dimensions, but got array with shape (900, 1)"
         "\nConv2D(9, 3, input_shape=(40, 36, 1))\nx = df[[\"pixels\"]].values", "data_rank", "(900, 1)", "reshape(40, 36, 1)"),
        ("ValueError: Error when checking input: expected conv2d_1_input to have 4 dimensions, but got array with shape (90, 1)"
         "\nConv2D(9, 3, input_shape=(40, 36, 1))", "data_rank", "(90, 1)", "resize(one, (40, 36))"),
        ("ValueError: Input 0 is incompatible with layer model_1: expected shape=(None, None, 7), found shape=(None, 7)\n"
         "head = make_head(base.output_shape)", "data_rank", "(None, None, 7)", "output_shape[1:]"),
        ("ValueError: Error when checking model target: the list of Numpy arrays that you are passing to your model is not the "
         "size the model expected. Expected to see 1 array(s), but instead got the following list of 2 arrays: []",
         "target_shape", "takes 1 array; you passed 2", "np.concatenate([y1, y2], axis=-1)"),
        ("ValueError: All target arrays (y) should have the same number of samples. Got array shapes: [(900, 1), (24, 1)]",
         "data_size", "(900, 1) and (24, 1)", "len(part)"),
        ("ValueError: Error when checking input: expected conv2d_59_input to have 4 dimensions, but got an array with shape "
         "(90, 40, 36)", "data_rank", "(90, 40, 36)", ""),
        ("ValueError: Error when checking target: expected conv2d_3 to have 4 dimensions, but got array with shape (0, 1)",
         "target_shape", "(0, 1)", "how many images it found"),
        ("MobileNet(include_top=True)\nValueError: Error when checking target: expected reshape_2 to have shape (1000,) but got "
         "array with shape (12,)", "target_shape", "(12,)", "MobileNet(include_top=False"),
        ("AttributeError: 'list' object has no attribute 'shape'\nmodel.add(Concatenate([left, right]))", "input_count",
         "Concatenate([…]) makes a layer", "Concatenate()([a, b])"),
        ("AttributeError: 'Sequential' object has no attribute 'get_shape'\nmerged = concatenate([left, right])",
         "old_argument", "A model's tensor is its output", "[left.output, right.output]"),
        ("InvalidArgumentError: ConcatOp : Dimensions of inputs should match: shape[0] = [5,90] vs. shape[1] = [3,7]",
         "merge_shapes", "samples (axis 0) is 5 versus 3", "len(x1) == len(x2)"),
        ("ValueError: Shape must be rank 2 but is rank 3 for 'concat' (op: 'ConcatV2') with input shapes: [?,12], [?,5,3], [].",
         "merge_shapes", "(None, 12) and (None, 5, 3), have different numbers of axes", ""),
        ("ValueError: The shape of the target variable and the shape of the target value in `variable.assign(value)` must match. "
         "variable.shape=(48,), Received: value.shape=(20,). Target variable: <Variable path=batch_normalization_3/gamma>",
         "weights_shape", "channels (axis 0) is 48 versus 20", "trained.summary()"),
        ("model = Sequential(Input((28,)), Dense(7), Dense(3))\nTypeError: __init__() takes from 1 to 3 positional arguments but "
         "4 were given", "old_argument", "one list of layers; here 3 of them", "keras.Sequential(["),
        ("logits and labels must be broadcastable: logits_size=[24,9] labels_size=[24,7] [Op:__inference_test_function_2417]\n"
         "InvalidArgumentError: Graph execution error", "target_shape", "(24, 9) with targets (24, 7)", "train.class_indices"),
        ("InvalidArgumentError: Input to reshape is a tensor with 3200 values, but the requested shape requires a multiple of 48",
         "reshape", "3200", "layers.Dense(48 * channels)"),
        ("InvalidArgumentError: Incompatible shapes: [26,9] vs. [40,9]\n[[node lambda_3/add (defined at vae.py:5) ]]",
         "operand_sizes", "26 versus 40", "ops.shape(z_mean)"),
        ("ValueError: Input 0 of layer \"decoder\" is incompatible with the layer: expected shape=(None, 7), found shape=(None, 2)",
         "data_size", "7 versus 2", "size=(1, 7)"),
        ("ValueError: Dimension 0 in both shapes must be equal, but are 3 and 48 for 'Assign' (op: 'Assign') with input shapes: "
         "[3,3,1,48], [48,3,3,3].", "weights_shape", "(3, 3, 1, 48)", "np.repeat(x, 3, axis=-1)"),
        ("ValueError: Input 0 of layer \"sequential\" is incompatible with the layer: expected shape=(None, 40, 36, 3), found "
         "shape=(None, 36)", "data_rank", "(None, 36)", "np.repeat(image[np.newaxis, ..., np.newaxis], 3, axis=-1)"),
        ("ValueError: Error when checking target: expected softmax_1 to have shape (1,) but got array with shape (3,)\n"
         "loss='sparse_categorical_crossentropy'", "target_shape", "(3,)", 'loss="categorical_crossentropy"'),
        ("ValueError: Error when checking model target: expected dense_1 to have 3 dimensions, but got array with shape (90, 7)\n"
         "loss='sparse_categorical_crossentropy'", "target_shape", "(90, 7)", "layers.GlobalMaxPooling1D()"),
        ("def keras_model(side):\n    return Sequential([Input((side, side)), Flatten(), Dense(7)])\nmodel = keras_model(9)\n"
         "model.compile(loss='categorical_crossentropy')\n"
         "ValueError: Error when checking target: expected dense_1 to have shape (7,) but got array with shape (1,)",
         "target_shape", "(1,)", 'loss="sparse_categorical_crossentropy"'),
    ],
)  # fmt: skip
def test_what_older_versions_say(text: str, mistake: str, told: str, code: str) -> None:
    found = read(text)
    assert (found.kind, found.mistake) == ("error", mistake)
    assert told in found.cause, found.cause
    assert any(code in fix.code for fix in found.fixes), found.fixes


def test_a_hostile_message_is_read_in_time() -> None:
    for part in (
        "[" * 4000,
        "(1, " * 4000,
        "got an image with shape (" + "1, " * 4000,
        "First element had shape [" * 900,
    ):
        assert read(f"InvalidArgumentError: Cannot batch tensors {part}").kind in ("error", "unknown")


def test_brackets_are_put_behind_a_class() -> None:
    with pytest.raises(ValueError, match="Only instances") as raised:
        keras.Sequential().add(layers.Flatten)
    found = read(f"ValueError: {raised.value}\n\nmodel.add(Flatten)\nmodel.add(Dense(7))")
    assert found.title == "A layer without its brackets"
    assert "+model.add(Flatten())" in found.fixes[0].diff.splitlines()


def test_a_dense_makes_the_numbers_of_a_small_output() -> None:
    program = "m = keras.Sequential([keras.Input((6, 5, 40)), layers.Conv2D(48, 1), layers.Reshape((3, 7))])"
    found = diagnose(f"import keras\nfrom keras import layers\n{program}")
    first = found.fixes[0]
    assert found.mistake == "reshape"
    assert first.tried is not None
    assert (first.tried.ran, first.tried.output) == (True, (None, 3, 7))
    assert "Dense(21)" in first.label


IMAGES_FIRST = """
import numpy as np
from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D, UpSampling2D, Flatten, Dense
x, y = np.zeros((9, 1, 24, 24)), np.zeros((9, {channels}, 24, 24))
model = Sequential()
model.add(Conv2D(5, 3, padding="same", input_shape=(1, 24, 24)))
model.add(Conv2D({channels}, 3, padding="same"))
model.compile(loss="mse", optimizer="adam")
model.fit(x, y)
"""


@pytest.mark.parametrize("channels", [1, 2])
def test_images_with_their_channels_first_are_moved_with_their_targets(channels: int) -> None:
    first = diagnose(IMAGES_FIRST.format(channels=channels)).fixes[0]
    assert first.label == "Put the channels last, in the Input, in the data and in the targets."
    assert first.tried is not None
    assert (first.tried.ran, first.tried.output) == (True, (None, 24, 24, channels))


def test_a_small_output_is_made_larger_not_padded_with_zeros() -> None:
    found = diagnose(
        "InvalidArgumentError: Incompatible shapes: [3,8,6,5] vs. [3,32,24,5] [[{{node loss/out_loss/mul_4}}]]"
    )
    labels = [fix.label for fix in found.fixes if fix.tried is not None and fix.tried.ran]
    assert labels == ["Make the output 4 times as large as it is."]


def test_an_argument_that_is_set_elsewhere_has_no_place_in_the_lines() -> None:
    """data_format comes from the global setting: no line can be changed, and the fix is still told."""
    program = """
ValueError: Error when checking input: expected conv2d_1_input to have shape (3, 44, 36) but got array with shape (44, 36, 3)
from keras import backend as K
K.set_image_data_format('channels_first')
model = Sequential()
model.add(Conv2D(5, (3, 3), input_shape=(3, 44, 36)))
model.add(Flatten())
model.add(Dense(7))
model.compile(loss='categorical_crossentropy', optimizer='rmsprop')
data = ImageDataGenerator().flow_from_directory('train', target_size=(44, 36), batch_size=9)
model.fit_generator(data)
"""
    found = diagnose(program)
    assert found.mistake == "data_size"
    assert [fix.code for fix in found.fixes][:1] == ["x = np.moveaxis(x, -1, 1)"]


SQUEEZE = """
import keras
from keras import layers
x = keras.Input((20, 14, 18))
h = layers.Conv2D(16, 3, padding="same", data_format="channels_first")(x)
s = layers.GlobalAveragePooling2D(data_format="channels_first")(h)
s = layers.Reshape((1, 1, 16))(layers.Dense(16)(s))
y = layers.Multiply()([h, s])
"""
BRANCH = """
import keras
from keras import layers
x = keras.Input((9, 24))
h = layers.Dense(40, activation="relu")(x)
h = layers.Dropout(0.1)(layers.Dense(36)(h))
y = layers.Add()([x, h])
"""
FEATURES = """
import keras
from keras import layers
image = keras.Input((40, 24, 3))
small = layers.MaxPooling2D(8)(layers.Conv2D(5, 3, padding="same")(image))
both = layers.Concatenate()([image, small])
"""


@pytest.mark.parametrize(
    ("program", "line", "output"),
    [
        (SQUEEZE, "+s = layers.Reshape((16, 1, 1))(layers.Dense(16)(s))", (None, 16, 14, 18)),
        (BRANCH, "+h = layers.Dropout(0.1)(layers.Dense(24)(h))", (None, 9, 24)),
        (FEATURES, "+both = layers.Concatenate()([image, layers.UpSampling2D(8)(small)])", (None, 40, 24, 8)),
    ],
)
def test_the_layer_that_made_the_difference_is_changed(program: str, line: str, output: tuple[int | None, ...]) -> None:
    fixes = diagnose(program).fixes[:2]
    found = next(fix for fix in fixes if line in fix.diff.splitlines())
    assert found.tried is not None
    assert (found.tried.ran, found.tried.output) == (True, output)
