"""Data sets, generators and loaders that hand on something other than batches of pairs; messages raised by Keras."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from explainers.reading.diagnosing import Diagnosis, diagnose, read
from explainers.reading.live import look

SIDE, COUNT = 18, 12
QUIET: dict[str, Any] = {"verbose": 0, "shuffle": False}
IMAGES, LABELS = np.zeros((COUNT, SIDE, SIDE, 3), "float32"), np.zeros(COUNT, int)


def model() -> Any:
    made = keras.Sequential([keras.Input((SIDE, SIDE, 3)), layers.Conv2D(5, 3), layers.Flatten(), layers.Dense(4)])
    made.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return made


def refused(run: Callable[[], object], before: str = "") -> Diagnosis:
    try:
        run()
    except Exception as error:
        return diagnose(f"{before}\n{type(error).__name__}: {error}")
    raise AssertionError("Keras accepts it")


def yielding(form: Callable[[Any, Any], object]) -> Iterator[Any]:
    for _ in range(3):
        yield form(IMAGES[:4], LABELS[:4])


def pairs() -> Any:
    return tf.data.Dataset.from_tensor_slices((IMAGES, LABELS))


@pytest.mark.parametrize(
    "before",
    [
        "ds = tf.data.Dataset.from_tensor_slices((paths, labels)).map(load)\nmodel.fit(ds, epochs=3)",
        "train = tfds.load('cats', split='train')\ntrain = train.map(scale)\nmodel.fit(train)",
        "data = tf.data.TFRecordDataset(files).map(parse)",
    ],
)
def test_a_data_set_without_batches(before: str) -> None:
    found = refused(lambda: model().fit(pairs(), **QUIET), before)
    name = before.split(" ")[0] if "fit" in before else "dataset"
    assert found.mistake == "data_rank"
    assert found.fixes[0].code == f"{name} = {name}.batch(32)"
    assert found.fixes[0].means == (
        f"({SIDE}, {SIDE}, 3) is one element of the data set; the model reads (None, {SIDE}, {SIDE}, 3)."
    )
    model().fit(pairs().batch(3), **QUIET)


@pytest.mark.parametrize(
    "before",
    [
        "ds = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)\nmodel.fit(ds)\nmodel.predict(image)",
        "ds = tf.data.Dataset.from_tensor_slices((x, y))\nimage = load('a.png')\nmodel.predict(image)",
        "ds = image_dataset_from_directory('a')\nmodel.predict(image)",
    ],
)
def test_one_image_beside_a_pipeline_is_no_data_set(before: str) -> None:
    found = refused(lambda: model().predict(IMAGES[0], verbose=0), before)
    assert "batch(32)" not in found.fixes[0].code
    assert "newaxis" in found.fixes[0].code


def test_batches_of_batches() -> None:
    twice = lambda: model().fit(pairs().batch(4).batch(2), **QUIET)  # noqa: E731
    found = refused(twice, "ds = keras.utils.image_dataset_from_directory('a', image_size=(18, 18)).batch(16)")
    assert found.fixes[0].label == "Omit .batch(16): image_dataset_from_directory yields batches already."
    found = refused(twice)
    assert found.fixes[0].label == "Cut the data set into batches once: omit one batch(…)."


def test_a_list_of_images() -> None:
    found = refused(lambda: model().fit(list(IMAGES), LABELS, **QUIET))
    assert found.fixes[0].code.startswith("x = np.stack(x)")
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.ran
    assert f"The first axis of each, {SIDE}, was read as samples" in found.cause
    assert not any(f"[:{COUNT}]" in fix.code for fix in found.fixes)
    listed = ", ".join(f"<tf.Tensor '{i}' shape=({SIDE}, {SIDE}, 3) dtype=float32>" for i in range(COUNT))
    found = diagnose(
        f'ValueError: Layer "net" expects 1 input(s), but it received {COUNT} input tensors. Inputs: [{listed}]'
    )
    assert found.fixes[0].code == f"x = np.stack(x)  # (samples, {SIDE}, {SIDE}, 3)"
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.ran


def test_two_arrays_for_one_input_stay_two_arrays() -> None:
    found = diagnose(
        'ValueError: Layer "net" expects 1 input(s), but it received 2 input tensors. Inputs received: '
        "[<tf.Tensor 'a' shape=(None, 7) dtype=float32>, <tf.Tensor 'b' shape=(None, 7) dtype=float32>]"
    )
    assert "stack" not in found.fixes[0].code


@pytest.mark.parametrize(
    ("form", "told", "code"),
    [
        (lambda x, y: [x, y], "yields a list", "yield x, y  # not [x, y]"),
        (lambda x, y: {"img": x, "kind": y}, "yields a dict", "yield "),
        (lambda x, y: x, "yields one array", "yield x, y"),
    ],
)
def test_a_generator_that_yields_no_tuple(form: Callable[[Any, Any], object], told: str, code: str) -> None:
    found = refused(lambda: model().fit(yielding(form), **QUIET))
    assert found.mistake == "input_count"
    assert told in found.cause
    assert found.fixes[0].code.startswith(code)


def test_other_words_of_generators() -> None:
    found = refused(lambda: model().fit(yielding(lambda x, y: (x[0], y[0])), **QUIET))
    assert "single samples" in found.title
    found = refused(lambda: model().fit(yielding(lambda x, y: (x, y, y, y)), **QUIET))
    assert "4 came" in found.cause
    old = "ValueError: the list of Numpy arrays that you are passing to your model is not the size the model expected. "
    old += "Expected to see 1 array(s), but instead got the following list of 2 arrays: ..."
    assert diagnose(f"def batches():\n    yield [images, labels]\n{old}").fixes[0].code == "yield images, labels"
    assert "yield" not in diagnose(old).fixes[0].code


def test_a_dict_of_image_and_label() -> None:
    whole = pairs().map(lambda x, y: {"photo": x, "label": y}).batch(4)
    found = refused(lambda: model().fit(whole, **QUIET))
    assert "got a dict of 'photo' and 'label'" in found.cause
    assert found.fixes[0].code == 'dataset = dataset.map(lambda d: (d["photo"], d["label"]))'
    found = refused(lambda: model().fit(whole, **QUIET), "ds = tfds.load('mnist')")
    assert "as_supervised=True" in found.fixes[0].code
    model().fit(whole.map(lambda d: (d["photo"], d["label"])), **QUIET)


def test_a_loader_without_labels() -> None:
    alone = tf.data.Dataset.from_tensor_slices(IMAGES).batch(4)
    found = refused(lambda: model().fit(alone, **QUIET), "ds = image_dataset_from_directory('a', label_mode=None)")
    assert found.mistake == "target_shape"
    assert "(x, x)" in found.fixes[0].code


def test_networks_for_larger_color_images() -> None:
    """Gray and too small at once: the first change makes both right."""
    for code in ("VGG16(weights='imagenet', include_top=False, input_shape=(20, 24, 1))",
                 "Xception(weights='imagenet', include_top=False, input_shape=(40, 44, 1))"):  # fmt: skip
        name = code.split("(")[0]
        message = f"ValueError: The input must have 3 channels; Received `input_shape={code.split('shape=')[1][:-1]}`"
        found = diagnose(f"base = {code}\n{message}")
        assert found.fixes[0].diff
        assert found.fixes[0].tried is not None
        assert found.fixes[0].tried.ran
        least = 71 if name == "Xception" else 32
        assert f"Resize to {least} × {least}, the least that {name} takes" in found.fixes[0].label
    alone = diagnose("ValueError: The input must have 3 channels; got `input_shape=(20, 24, 1)`")
    assert "input_shape=(32, 32, 3)" in alone.fixes[0].code
    assert "image.resize(x, (32, 32))" in alone.fixes[0].code
    large = diagnose("ValueError: The input must have 3 channels; got `input_shape=(50, 60, 1)`")
    assert "resize" not in large.fixes[0].code


def test_other_classes_for_the_classifier_of_imagenet() -> None:
    spec = read("base = MobileNetV2(weights='imagenet', classes=9)").spec
    assert spec is not None
    error = look(spec).error
    assert error is not None
    assert "classes=9" in error.message
    for sound in ("MobileNetV2(weights=None, classes=9)", "MobileNetV2(include_top=False)"):
        assert diagnose(f"base = {sound}").mistake is None


def test_a_layer_of_the_hub() -> None:
    said = "Only instances of `keras.Layer` can be added to a Sequential model. Received: <tensorflow_hub.keras_layer."
    found = diagnose(
        f"ValueError: {said}KerasLayer object at 0x7f> (of type <class 'tensorflow_hub.keras_layer.KerasLayer'>)"
    )
    assert "Hub" in found.title
    assert "TF_USE_LEGACY_KERAS" in found.fixes[0].code


def test_types_and_output_padding() -> None:
    found = diagnose(
        "ValueError: Cannot set tensor: Got value of type FLOAT64 but expected type FLOAT32 for input 0, name: x"
    )
    assert found.fixes[0].code == 'x = x.astype("float32")'
    found = diagnose(
        "ValueError: Cannot set tensor: Got value of type FLOAT32 but expected type UINT8 for input 0, name: x"
    )
    assert "quantized" in found.fixes[0].means
    found = refused(lambda: layers.Conv2DTranspose(4, 3, strides=3, output_padding=4)(keras.Input((8, 8, 5))))
    assert "output_padding=2" in found.fixes[0].code
    layers.Conv2DTranspose(4, 3, strides=3, output_padding=2)(keras.Input((8, 8, 5)))


@pytest.mark.parametrize(
    "said",
    [
        "TypeError: GlobalAveragePooling2D.call() missing 1 required positional argument: 'inputs'",
        "ValueError: The first argument to `GlobalAveragePooling2D.call` must always be passed.",
    ],
)
def test_a_layer_that_is_called_on_nothing_is_told_so_in_both_messages(said: str) -> None:
    found = diagnose(said)
    assert found.mistake == "input_count"
    assert found.cause == (
        "A layer is first made, then called on a tensor: layer(x). Here the second pair of brackets is empty."
    )
    assert found.fixes[0].code == "x = layer(x)"
