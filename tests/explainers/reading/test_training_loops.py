"""Programs that train by themselves: what a loop hands on, what a loss compares, where a change belongs."""

from __future__ import annotations

import pytest

from benchmarks.programs import Program, run
from explainers.reading.diagnosing import diagnose
from explainers.reading.patching.patch import applied

HEAD = "import numpy as np\nimport tensorflow as tf\nimport keras\nfrom keras import layers\n"
LOOP = """
for epoch in range(1):
    for step, (xb, yb) in enumerate(data):
        with tf.GradientTape() as tape:
            loss = loss_fn(yb, model(xb, training=True))
        grads = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))
"""
TRAINED = """
x, y = np.random.rand(24, 9).astype("float32"), {y}
data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(24).batch(6)
optimizer, loss_fn = keras.optimizers.SGD(), keras.losses.{loss}
"""
PLAIN = "model = keras.Sequential([keras.Input((9,)), layers.Dense(12, activation='relu'), layers.Dense(5)])\n"
OWN = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = layers.Dense(12), layers.Dense(5)

    def call(self, inputs, training=False):
        return self.out(self.hidden(inputs))


model = Net()
"""
ROWS = "np.eye({})[np.arange(24) % {}].astype('float32')"
CROSS = "CategoricalCrossentropy(from_logits=True)"
SPARSE = "SparseCategoricalCrossentropy(from_logits=True)"


@pytest.mark.parametrize("model", [PLAIN, OWN], ids=["Sequential", "a class"])
@pytest.mark.parametrize(("y", "loss"), [(ROWS.format(5, 5), CROSS), ("np.arange(24) % 5", SPARSE)])
def test_a_sound_loop_is_not_accused_and_has_its_count(model: str, y: str, loss: str) -> None:
    told = diagnose(HEAD + TRAINED.format(y=y, loss=loss) + model + LOOP)
    assert told.mistake is None
    assert told.model is not None
    assert told.model["total_params"] == (9 + 1) * 12 + (12 + 1) * 5


@pytest.mark.parametrize("model", [PLAIN, OWN], ids=["Sequential", "a class"])
@pytest.mark.parametrize(("y", "loss"), [(ROWS.format(4, 4), CROSS), (ROWS.format(5, 5), SPARSE)])
def test_a_loss_that_compares_other_shapes_is_named_and_mended(model: str, y: str, loss: str) -> None:
    text = HEAD + TRAINED.format(y=y, loss=loss) + model + LOOP
    told = diagnose(text)
    assert told.mistake == "target_shape"
    assert told.cause
    assert run(Program("loop", applied(text, told.fixes[0].diff))).error is None


GENERATOR = """
def batches(pictures, labels):
    while True:
        yield pictures[:6].reshape(6, 8 * 10), keras.utils.to_categorical(labels[:6], 3)


model = keras.Sequential([keras.Input((8, 10, 1)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(3)])
model.compile("sgd", "mse")
model.fit(batches(np.zeros((12, 8, 10)), np.zeros(12)), steps_per_epoch=2, verbose=0)
"""
CHAIN = """
def front():
    model = keras.Sequential()
    model.add(keras.Input((7,)))
    model.add(layers.Dense(6 * 6 * 2))
    model.add(layers.Reshape((6, 6, 2)))
    return model


def behind():
    return keras.Sequential([keras.Input(({side}, {side}, 2)), layers.Flatten(), layers.Dense(1)])


first, second = front(), behind()
z = keras.Input((7,))
made = first(z)
both = keras.Model(z, second(made))
"""
PLACES = """
class Places(layers.Layer):
    def __init__(self, length):
        super().__init__()
        self.length = length
        self.words, self.places = layers.Embedding(40, 6), layers.Embedding(length, 6)

    def call(self, ids):
        return self.words(ids) + self.places(keras.ops.arange(0, self.length))


LENGTH = 15
inputs = keras.Input((LENGTH,), dtype="int32")
x = layers.GlobalMaxPooling1D()(Places(12)(inputs))
model = keras.Model(inputs, layers.Dense(1)(x))
"""
PAIRS = """
a, b = keras.Input((9,)), keras.Input((9,))
model = keras.Model([a, b], layers.Dense(1)(layers.Subtract()([a, b])))
model.compile("sgd", "mse")
pairs = np.zeros((8, 2, 9))
model.fit(pairs, np.zeros((8, 1)), verbose=0)
"""


@pytest.mark.parametrize(
    ("text", "mistake", "written"),
    [
        (GENERATOR, "data_rank", "reshape(-1, 8, 10, 1), keras"),
        (CHAIN.format(side=5), "data_size", "model.add(layers.Cropping2D(((0, 1), (0, 1))))"),
        (CHAIN.format(side=9), "data_size", "model.add(layers.ZeroPadding2D(((1, 2), (1, 2))))"),
        (PLACES, "operand_sizes", "Places(15)"),
        (PAIRS, "input_count", "model.fit([pairs[:, 0], pairs[:, 1]]"),
    ],
    ids=["what a generator yields", "a model in front", "a smaller one", "one number", "pairs"],
)
def test_the_change_stands_where_the_shape_is_made(text: str, mistake: str, written: str) -> None:
    told = diagnose(HEAD + text)
    assert told.mistake == mistake
    changed = applied(HEAD + text, told.fixes[0].diff)
    assert written in changed
    assert run(Program("mended", HEAD + text)).error is not None
    assert run(Program("mended", changed)).error is None


OPERATIONS = """
inputs = keras.Input((12, 10, 3))
patches = keras.ops.image.extract_patches(inputs, size=2)
batch = keras.ops.shape(patches)[0]
x = keras.ops.reshape(patches, (batch, 6 * 5, 12))
x = keras.ops.stack([keras.ops.maximum(x, 0.1), -x ** 2], axis=1)
x = keras.ops.einsum("bkpc->bpc", x)
x = keras.ops.std(x, axis=1)
model = keras.Model(inputs, layers.Dense(4)(keras.activations.get("gelu")(x)))
"""


def test_the_shapes_of_operations_are_those_of_keras() -> None:
    real = run(Program("operations", HEAD + OPERATIONS))
    assert real.error is None
    told = diagnose(HEAD + OPERATIONS)
    assert told.mistake is None
    assert told.model is not None
    assert told.model["total_params"] == real.count("model") == (12 + 1) * 4
