"""Images that lose their channel or their batch on the way, another image size behind a Flatten, old kernels."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from explainers.reading.diagnosing import diagnose

RESIZED = """
model = keras.Sequential([
    keras.Input((40, 52)),
    {before}layers.{resize},
    layers.Conv2D(4, 3),
    layers.Flatten(),
    layers.Dense(5),
])
"""


@pytest.mark.parametrize("before", ["", "layers.Rescaling(1 / 255),\n    ", "layers.RandomFlip(),\n    "])
@pytest.mark.parametrize("resize", ["Resizing(20, 24)", "CenterCrop(20, 24)"])
def test_the_channel_comes_before_the_resize(before: str, resize: str) -> None:
    found = diagnose(RESIZED.format(before=before, resize=resize))
    assert found.mistake == "layer_rank"
    first = found.fixes[0]
    assert first.label == f"Give each image its channel before {resize.split('(')[0]} reads it: (40, 52, 1)."
    assert "+    layers.Reshape((40, 52, 1))," in first.diff
    assert first.tried is not None
    assert first.tried.output == (None, 5)
    assert not any("(24, 52, 1)" in fix.diff for fix in found.fixes)  # the batch was resized by then


def test_images_without_a_resize_get_their_channel_where_it_is_read() -> None:
    found = diagnose("model = keras.Sequential([keras.Input((40, 52)), layers.Conv2D(4, 3)])")
    assert "Resizing" not in found.fixes[0].label
    assert found.fixes[0].tried is not None


def test_a_model_class_that_is_called_on_one_image() -> None:
    code = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(6, 3)
        self.flat = layers.Flatten()
        self.out = layers.Dense(5)
    def call(self, x):
        return self.out(self.flat(self.conv(x)))

net = Net()
image = np.random.rand(18, 22, 3)
net(image)
"""
    found = diagnose(code)
    assert found.fixes[0].code == "x = x[np.newaxis]"
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.output == (None, 5)


def flat(side: int) -> int:
    made = keras.Sequential(
        [keras.Input((side, side, 3)), layers.Conv2D(16, 3), layers.MaxPooling2D(), layers.Flatten()]
    )
    return int(made.output_shape[1])


@pytest.mark.parametrize(("declared", "came"), [(42, 62), (62, 42)])
def test_a_product_of_a_flat_image_and_a_kernel(declared: int, came: int) -> None:
    wanted, found = flat(declared), flat(came)
    message = f"Matrix size-incompatible: In[0]: [8,{found}], In[1]: [{wanted},64]"
    told = f"The CNN was trained on {declared}x{declared} images and now gets {came}x{came}."
    first = diagnose(f"InvalidArgumentError: {message}\n{told}").fixes[0]
    assert first.code == f"x = keras.ops.image.resize(x, ({declared}, {declared}))"
    assert f"{found} is {found / wanted:.3g} times {wanted}" in first.means
    one = diagnose(f"InvalidArgumentError: {message}\nFlatten and Dense come last").fixes[0]
    assert "model.input_shape[1:3]" in one.code
    bare = diagnose(f"InvalidArgumentError: {message}")
    assert not any("resize" in fix.code for fix in bare.fixes)


def test_kernels_of_two_numbers() -> None:
    """In Keras 2 and later Conv2D(8, 3, 3) has strides of 3."""
    assert keras.Sequential([keras.Input((40, 40, 3)), layers.Conv2D(8, 3, 3)]).output_shape == (None, 13, 13, 8)
    code = "model.add(Convolution2D(8, 3, 3, input_shape=(40, 40, 3)))\nmodel.add(MaxPooling2D((2, 2)))\n"
    said = "Negative dimension size caused by subtracting 2 from 1 for '{layer}/MaxPool' (op: 'MaxPool') with input "
    said += "shapes: [?,1,1,8]."
    found = diagnose(f"{code}ValueError: {said.format(layer='max_pooling2d_3')}")
    assert found.fixes[0].code == "layers.Conv2D(8, (3, 3))"
    for other in (f"{code.replace('8, 3, 3', '8, (3, 3)')}ValueError: {said.format(layer='max_pooling2d_3')}",
                  f"{code}ValueError: {said.format(layer='maxpooling2d_3')}"):  # fmt: skip
        assert all("(3, 3))" not in fix.code for fix in diagnose(other).fixes)


def test_a_transposed_kernel_is_filters_and_channels() -> None:
    layer = layers.Conv2DTranspose(6, 4)
    layer.build((None, 9, 9, 11))
    expected = tuple(layer.kernel.shape)
    assert expected == (4, 4, 6, 11)
    found = diagnose(
        "ValueError: Shape mismatch in layer #5 (named conv2d_transpose_1) for weight conv2d_transpose_1/kernel:0. "
        f"Weight expects shape {expected}. Received saved weight with shape (4, 4, 6, 23)"
    )
    assert found.class_name == "Conv2DTranspose"
    assert [axis.axis for axis in found.shapes[0]][2:] == ["filters", "channels"]
    assert "Conv2DTranspose" in found.today
    assert np.prod(expected) == layer.kernel.numpy().size


@pytest.mark.parametrize("shape", ["(None, 26, 30)", "(None, 26, 30, 1)", "(None, 26, 30, 3)"])
@pytest.mark.parametrize("colors", [3, 4])
def test_one_photo_of_which_predict_took_rows(shape: str, colors: int) -> None:
    found = diagnose(
        f'ValueError: Input 0 of layer "sequential" is incompatible with the layer: expected shape={shape}, '
        f"found shape=(32, 640, {colors})"
    )
    first = found.fixes[0]
    assert "If this is one photo" in first.label
    assert ("make it gray" in first.label) == (shape[-3:] != " 3)")
    assert first.tried is not None
    assert first.tried.ran
    photo = np.ones((480, 640, colors), "float32")
    given = {"x": photo, "np": np, "keras": keras}
    exec(first.code, given)
    wanted = tuple(int(n) for n in shape[7:-1].split(","))
    assert given["x"].shape == (1, *wanted)  # type: ignore[attr-defined]


def test_volumes_without_a_channel_are_no_maps() -> None:
    said = 'Input 0 of layer "{name}" is incompatible with the layer: expected min_ndim=5, found ndim=4. '
    said += "Full shape received: "
    first = diagnose(f"ValueError: {said.format(name='conv3d')}(None, 64, 64, 40)").fixes[0]
    assert "keras.Input(shape=(64, 64, 40, 1))" in first.code
    assert first.tried is not None
    maps = diagnose(f"ValueError: {said.format(name='conv3d')}(None, 64, 64, 3)").fixes
    assert "(64, 64, 3, 1)" not in maps[0].code


def test_a_vector_that_is_laid_out_gets_a_dense() -> None:
    said = "The total size of the tensor must be unchanged. Received: input_shape=(2050,), target_shape=(7, 9, 33)"
    for before in ("", "x = Reshape((7, 9, 33))(x)\n"):
        assert diagnose(f"{before}ValueError: {said}").fixes[0].code == "layers.Dense(2079)"


def test_calls_and_shapes_of_networks() -> None:
    network = {"include_top": False, "weights": None, "input_shape": (50, 60)}
    for wrong, code in ((lambda: layers.GlobalAveragePooling2D()(), "(x)"),
                        (lambda: keras.applications.VGG16(**network), "(50, 60, 3)")):  # fmt: skip
        try:
            wrong()
        except Exception as error:
            found = diagnose(f"base = VGG16(include_top=False, input_shape=(50, 60))\nValueError: {error}")
            assert code in found.fixes[0].code
        else:
            raise AssertionError("Keras accepts it")
