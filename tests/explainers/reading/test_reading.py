"""Code of many kinds, read only: which layers are made out, and which mistakes are sure before anything is built."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from explainers.reading.code.reader import read_code
from explainers.reading.diagnosing import diagnose, read

CODE: tuple[tuple[str, str | None, tuple[str, ...], str], ...] = (
    (
        "func loops",
        None,
        (
            "Conv1D",
            "BatchNormalization",
            "ReLU",
            "Conv1D",
            "BatchNormalization",
            "ReLU",
            "Conv1D",
            "BatchNormalization",
            "ReLU",
            "GlobalAveragePooling1D",
            "Dense",
        ),
        """
from tensorflow import keras
from tensorflow.keras import layers
def make_model(input_shape, num_classes, filters=(32, 48, 64)):
    inputs = keras.Input(input_shape)
    x = inputs
    for f in filters:
        x = layers.Conv1D(filters=f, kernel_size=3, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    x = layers.GlobalAveragePooling1D()(x)
    outputs = layers.Dense(num_classes, activation="softmax")(x)
    return keras.models.Model(inputs=inputs, outputs=outputs)
model = make_model(input_shape=(500, 1), num_classes=2)
""",
    ),
    (
        "subclass",
        None,
        ("Embedding", "GRU", "Dense"),
        """
class Net(tf.keras.Model):
    def __init__(self, hidden):
        super().__init__()
        self.emb = tf.keras.layers.Embedding(3000, 40)
        self.rnn = tf.keras.layers.GRU(hidden, return_sequences=True)
        self.out = tf.keras.layers.Dense(11)
    def call(self, x):
        x = self.emb(x)
        x = self.rnn(x)
        return self.out(x)
model = Net(64)
model.build((None, 25))
""",
    ),
    (
        "data rank",
        "data_rank",
        ("LSTM", "Dense"),
        """
import numpy as np
X = np.random.rand(1000, 24)
y = np.random.rand(1000, 1)
model = Sequential()
model.add(LSTM(32, input_shape=(12, 2)))
model.add(Dense(1))
model.compile('adam', 'mse')
model.fit(X, y, epochs=3)
""",
    ),
    (
        "unpack",
        "output_count",
        ("GRU",),
        """
enc_in = Input(shape=(None, 30))
out, h, c = GRU(16, return_state=True)(enc_in)
""",
    ),
    (
        "init",
        "initial_state",
        ("LSTM", "LSTM", "Dense"),
        """
enc = Input((None, 12)); dec = Input((None, 14))
_, h, c = LSTM(20, return_state=True)(enc)
d = LSTM(24, return_sequences=True)(dec, initial_state=[h, c])
model = Model([enc, dec], Dense(9)(d))
""",
    ),
    (
        "wrong feat",
        "data_size",
        ("LSTM", "Dense"),
        """
model = Sequential([LSTM(16, input_shape=(10, 6)), Dense(2)])
model.compile(loss="mse")
X = np.zeros((64, 10, 8)); Y = np.zeros((64, 2))
model.fit(X, Y)
""",
    ),
    (
        "emb range",
        None,
        ("Embedding", "LSTM", "Dense"),
        """
vocab = 120
model = Sequential([Embedding(vocab, 8), LSTM(6), Dense(1)])
model.compile(loss="mse")
model.predict(np.array([[3, 119, 120, 7]]))
""",
    ),
    (
        "set weights",
        None,
        ("Embedding", "LSTM", "Dense"),
        """
embedding_matrix = np.zeros((4000, 100))
layer = Embedding(5000, 100, weights=[embedding_matrix], input_length=40, trainable=False)
model = Sequential([layer, LSTM(12), Dense(1)])
""",
    ),
    (
        "np reshape",
        None,
        ("LSTM",),
        """
data = np.zeros((1000, 13))
data = data.reshape(100, 10, 14)
model = Sequential([LSTM(5, input_shape=(10, 14))])
""",
    ),
    (
        "dims by name",
        None,
        ("Bidirectional", "TimeDistributed", "ops.take", "Dense"),
        """
BATCH, STEPS, DIM, H = 32, 7 * 24, 5, 2 ** 6
inp = keras.layers.Input(batch_shape=(BATCH, STEPS, DIM))
x = keras.layers.Bidirectional(keras.layers.LSTM(H, return_sequences=True), merge_mode="concat")(inp)
x = keras.layers.TimeDistributed(keras.layers.Dense(H // 4, activation="relu"))(x)
x = keras.layers.Lambda(lambda t: t[:, -1, :])(x)
y = keras.layers.Dense(1)(x)
m = keras.Model(inp, y)
""",
    ),
    (
        "dict cfg",
        None,
        ("GRU", "Dense"),
        """
cfg = {"units": 48, "steps": 15, "n_features": 9, "dropout": 0.3}
model = tf.keras.models.Sequential([
    tf.keras.layers.InputLayer(input_shape=(cfg["steps"], cfg["n_features"])),
    tf.keras.layers.GRU(cfg["units"], dropout=cfg["dropout"]),
    tf.keras.layers.Dense(1),
])
""",
    ),
    (
        "class layer",
        None,
        (
            "LSTM",
            "ops.matmul",
            "ops.add",
            "ops.tanh",
            "ops.squeeze",
            "ops.softmax",
            "ops.expand_dims",
            "ops.multiply",
            "ops.sum",
            "Dense",
        ),
        """
class Attention(Layer):
    def __init__(self, **kwargs):
        super(Attention, self).__init__(**kwargs)
    def build(self, input_shape):
        self.W = self.add_weight(name="att_weight", shape=(input_shape[-1], 1), initializer="normal")
        self.b = self.add_weight(name="att_bias", shape=(input_shape[1], 1), initializer="zeros")
        super(Attention, self).build(input_shape)
    def call(self, x):
        et = K.squeeze(K.tanh(K.dot(x, self.W) + self.b), axis=-1)
        at = K.softmax(et)
        at = K.expand_dims(at, axis=-1)
        output = x * at
        return K.sum(output, axis=1)
i = Input(shape=(40, 6))
h = LSTM(18, return_sequences=True)(i)
a = Attention()(h)
o = Dense(5)(a)
model = Model(i, o)
""",
    ),
    (
        "two in func",
        None,
        ("Flatten", "Dense", "Dense"),
        """
def encoder():
    i = Input((28, 28, 1)); x = Flatten()(i); return Model(i, Dense(12)(x), name="enc")
def decoder():
    i = Input((12,)); return Model(i, Dense(784)(i), name="dec")
enc = encoder(); dec = decoder()
i = Input((28, 28, 1))
auto = Model(i, dec(enc(i)))
""",
    ),
    (
        "while",
        None,
        ("Dense", "Dense", "Dense", "Dense"),
        """
n = 0
m = Sequential([Input((6,))])
while n < 3:
    m.add(Dense(8))
    n += 1
m.add(Dense(2))
""",
    ),
    (
        "walrus etc",
        None,
        ("Dense", "Dense", "Dense"),
        """
layers_list = [Dense(u, activation=a) for u, a in zip([64, 32], ["relu", "tanh"])]
model = Sequential([Input(shape=(20,)), *layers_list, Dense(1)])
""",
    ),
    (
        "fstr",
        None,
        (
            "Conv1D",
            "GlobalMaxPooling1D",
            "Conv1D",
            "GlobalMaxPooling1D",
            "Conv1D",
            "GlobalMaxPooling1D",
            "Concatenate",
            "Dense",
        ),
        """
inputs = Input((50, 3))
branches = []
for i, k in enumerate([3, 5, 7]):
    c = Conv1D(8 + i, k, padding="same", name=f"conv_{i}")(inputs)
    branches.append(GlobalMaxPooling1D(name="pool_%d" % i)(c))
x = Concatenate()(branches)
model = Model(inputs, Dense(4)(x))
""",
    ),
    (
        "aug",
        "channels",
        ("Conv2D", "Flatten", "Dense"),
        """
x = np.zeros((10, 64, 64, 1))
model = Sequential()
model.add(Conv2D(32, (3, 3), input_shape=(64, 64, 3)))
model.add(Flatten())
model.add(Dense(1))
model.compile(loss="mse", optimizer="sgd")
model.predict(x)
""",
    ),
)


@pytest.mark.parametrize(("mistake", "classes", "text"), [row[1:] for row in CODE], ids=[row[0] for row in CODE])
def test_code_gives_its_layers_and_the_mistakes_that_are_sure(
    mistake: str | None, classes: tuple[str, ...], text: str
) -> None:
    found = read(text)
    assert found.kind == "code"
    assert found.unread == ()
    assert found.mistake == mistake
    assert found.spec is not None
    assert tuple(layer.class_name for layer in found.spec.layers) == classes


def test_the_names_of_a_loop_are_worked_out() -> None:
    text = next(row[3] for row in CODE if row[0] == "fstr")
    reader, _ = read_code(text)
    assert [layer.name for layer in reader.graph.layers][:4] == ["conv_0", "pool_0", "conv_1", "pool_1"]


def test_a_loop_that_never_ends_is_read_a_few_times() -> None:
    found = read("m = Sequential([Input((6,))])\nn = 1\nwhile n > 0:\n    m.add(Dense(8))\n    n += 1\n")
    assert found.spec is not None
    assert 1 <= len(found.spec.layers) <= 40


def test_data_that_do_not_fit_say_on_which_axis() -> None:
    text = next(row[3] for row in CODE if row[0] == "wrong feat")
    assert (
        read(text).cause == "The model takes (None, 10, 6); the data are (64, 10, 8): features (axis 2) is 6 versus 8."
    )


def test_a_traceback_without_its_message_is_explained_by_the_live_model() -> None:
    found = diagnose(
        ">>> m = Sequential()\n>>> m.add(Conv1D(32, 8, input_shape=(5, 3)))\nTraceback (most recent call last):\n"
    )
    assert (found.kind, found.mistake) == ("error", "kernel_exceeds_steps")
    assert found.questions == ()


def test_todays_code_of_a_weight_of_the_texts_own_runs() -> None:
    text = next(row[3] for row in CODE if row[0] == "class layer")
    space: dict[str, object] = {}
    exec(read(text).today, space)  # our own text, written from the spec
    assert space["model"].count_params() == 4 * 18 * (6 + 18 + 1) + 18 + 40 + 18 * 5 + 5  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("shape", "fed"),
    [((9, 1), (4, 9)), ((9, 2), (4, 9)), ((9,), (4, 9, 1)), ((9,), (4, 9, 2)), ((5, 7, 1), (4, 5, 7)), ((1,), (4,))],
)
def test_a_last_axis_of_one_is_a_mistake_only_where_keras_says_so(shape: tuple[int, ...], fed: tuple[int, ...]) -> None:
    inputs = keras.Input(shape)
    model = keras.Model(inputs, keras.layers.Flatten()(inputs))
    try:
        model.predict(np.zeros(fed), verbose=0)
        refused = False
    except ValueError:
        refused = True
    text = (
        f"import numpy as np\nimport keras\nfrom keras import layers\ninputs = keras.Input({shape})\n"
        f"model = keras.Model(inputs, layers.Flatten()(inputs))\nmodel.predict(np.zeros({fed}))\n"
    )
    assert (read(text).mistake is not None) is refused


@pytest.mark.parametrize(
    ("lines", "units"),
    [
        ("import argparse\np = argparse.ArgumentParser()\np.add_argument('--n-units', default=14)\n"
         "n = p.parse_args().n_units", 14),
        ("class Config:\n    base = 9\n    units = base\nn = Config().units", 9),
        ("wide = False\nn = 31 if wide or 2 > 3 else 12", 12),
        ("import pandas as pd\nt = pd.DataFrame(np.zeros((5, 8)))\nn = t.drop(columns=['a', 'b']).shape[1]", 6),
    ],
)  # fmt: skip
def test_a_size_is_the_one_that_python_gives(lines: str, units: int) -> None:
    text = (
        f"import numpy as np\nimport keras\n{lines}\n"
        "model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(n)])\n"
    )
    spec = read(text)
    assert any([axis.size for axis in shape] == [None, units] for shape in spec.shapes)
