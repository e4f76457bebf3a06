"""Keras code of all eras is read without being executed, rebuilt live, and its mistakes are those that Keras shows."""

# ruff: noqa: E501  (an entry of the table stands on one line)

from __future__ import annotations

from itertools import pairwise

import pytest

from explainers.reading.code.statements import statements
from explainers.reading.diagnosing import diagnose, read

# name, the mistakes that are right, the code
CODES: tuple[tuple[str, tuple[str | None, ...], str], ...] = (
    (
        "null keras0",
        (None,),
        """
from keras.models import Sequential
from keras.layers.core import Dense, Dropout, Activation
from keras.layers.embeddings import Embedding
from keras.layers.recurrent import LSTM
model = Sequential()
model.add(Embedding(max_features, 256, input_length=maxlen))
model.add(LSTM(output_dim=128, activation='sigmoid', inner_activation='hard_sigmoid'))
model.add(Dropout(0.5))
model.add(Dense(1))
model.add(Activation('sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='rmsprop')
print 'done'
""",
    ),
    (
        "stack no rs",
        ("layer_rank",),
        """
data_dim = 16
timesteps = 8
model = Sequential()
model.add(LSTM(32, input_shape=(timesteps, data_dim)))
model.add(LSTM(33))
model.add(Dense(10, activation='softmax'))
""",
    ),
    (
        "target",
        ("target_shape",),
        """
import numpy as np
from keras.models import Sequential
from keras.layers import LSTM, Dense
model = Sequential([LSTM(32, return_sequences=True, input_shape=(8, 16)), Dense(10, activation='softmax')])
model.compile(loss='categorical_crossentropy', optimizer='adam')
x = np.random.random((100, 8, 16)); y = np.random.random((100, 10))
model.fit(x, y, epochs=5)
""",
    ),
    (
        "data rank",
        ("data_rank",),
        """
x = np.zeros((100, 16))
inp = Input(shape=(8, 16))
out = LSTM(4)(inp)
model = Model(inp, out)
model.predict(x)
""",
    ),
    (
        "kernel",
        ("kernel_exceeds_steps",),
        """
model = Sequential()
model.add(Conv1D(64, 3, activation='relu', input_shape=(1, 128)))
model.add(MaxPooling1D(2))
""",
    ),
    (
        "kernel loop",
        ("kernel_exceeds_steps",),
        """
x = inp = tf.keras.Input((20, 3))
for f in [8, 16, 32]:
    x = tf.keras.layers.Conv1D(f, 5)(x)
    x = tf.keras.layers.MaxPool1D(2)(x)
m = tf.keras.Model(inp, x)
""",
    ),
    (
        "merge",
        ("merge_shapes",),
        """
a = Input((10, 4)); b = Input((12, 4))
c = concatenate([LSTM(5, return_sequences=True)(a), LSTM(6, return_sequences=True)(b)])
""",
    ),
    (
        "old Merge",
        (None,),
        """
left = Sequential(); left.add(Dense(32, input_dim=784))
right = Sequential(); right.add(Dense(31, input_dim=783))
model = Sequential()
model.add(Merge([left, right], mode='concat'))
model.add(Dense(10, activation='softmax'))
""",
    ),
    (
        "func def",
        (None,),
        """
def build(vocab=1000, dim=64, n=20):
    model = tf.keras.Sequential()
    model.add(tf.keras.layers.Embedding(vocab, dim))
    for i in range(2):
        model.add(tf.keras.layers.GRU(dim, return_sequences=i < 1))
    model.add(tf.keras.layers.Dense(vocab))
    return model
m = build(n=30)
""",
    ),
    (
        "uncalled",
        (None,),
        """
def create_model(units):
    inputs = keras.layers.Input(shape=(30, 4))
    x = keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True))(inputs)
    x = keras.layers.Attention()([x, x])
    x = keras.layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, keras.layers.Dense(1)(x))
""",
    ),
    (
        "subclass",
        (None,),
        """
class Net(tf.keras.Model):
    def __init__(self, units=7):
        super().__init__()
        self.a = tf.keras.layers.LSTM(units, return_sequences=True)
        self.b = tf.keras.layers.Dense(3)
    def call(self, x):
        return self.b(self.a(x))
net = Net(8)
y = net(tf.zeros((2, 5, 4)))
""",
    ),
    (
        "s2s",
        (None,),
        """
encoder_inputs = Input(shape=(None, 71))
encoder = LSTM(256, return_state=True)
encoder_outputs, state_h, state_c = encoder(encoder_inputs)
encoder_states = [state_h, state_c]
decoder_inputs = Input(shape=(None, 93))
decoder_lstm = LSTM(256, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
decoder_outputs = Dense(93, activation='softmax')(decoder_outputs)
model = Model([encoder_inputs, decoder_inputs], decoder_outputs)
""",
    ),
    (
        "s2s wrong",
        ("operand_sizes", "initial_state"),
        """
e = Input(shape=(5, 71))
_, h, c = LSTM(200, return_state=True)(e)
d = Input(shape=(6, 93))
y = LSTM(256, return_sequences=True)(d, initial_state=[h, c])
model = Model([e, d], y)
""",
    ),
    (
        "gru 3",
        ("output_count",),
        """
e = Input(shape=(5, 71))
o, h, c = GRU(20, return_state=True)(e)
""",
    ),
    (
        "stateful",
        ("stateful_batch",),
        """
model = Sequential()
model.add(LSTM(4, stateful=True, input_shape=(10, 3)))
model.add(Dense(1))
""",
    ),
    (
        "stateful batch",
        ("stateful_batch", "data_size", "operand_sizes"),
        """
model = Sequential()
model.add(LSTM(4, stateful=True, batch_input_shape=(32, 10, 3)))
model.compile('adam', 'mse')
model.fit(np.zeros((50, 10, 3)), np.zeros((50, 4)), batch_size=25)
""",
    ),
    (
        "dense none",
        ("unknown_axis",),
        """
inp = Input(shape=(None, 5))
x = Flatten()(inp)
x = Dense(3)(x)
""",
    ),
    (
        "reshape",
        ("reshape",),
        """
model = Sequential()
model.add(Dense(100, input_dim=10))
model.add(Reshape((7, 7, 2)))
""",
    ),
    (
        "sparse",
        ("target_shape",),
        """
y = to_categorical(np.zeros((50,)), 4)
m = Sequential([Dense(4, input_shape=(9,), activation='softmax')])
m.compile(loss='sparse_categorical_crossentropy', optimizer='sgd')
m.fit(np.zeros((50, 9)), y)
""",
    ),
    (
        "conv2d old",
        (None,),
        """
model = Sequential()
model.add(Convolution2D(32, 3, 3, border_mode='same', input_shape=(3, 32, 32), dim_ordering='th'))
model.add(MaxPooling2D(pool_size=(2, 2), dim_ordering='th'))
model.add(Flatten())
model.add(Dense(512, init='uniform', W_regularizer=l2(0.01)))
""",
    ),
    (
        "hadamard",
        (None,),
        """
class Hadamard(Layer):
    def build(self, input_shape):
        self.kernel = self.add_weight(name='kernel', shape=(1,) + input_shape[1:], initializer='uniform', trainable=True)
        super().build(input_shape)
    def call(self, x):
        return x * self.kernel
inp = Input((6, 4))
m = Model(inp, Hadamard()(inp))
""",
    ),
    (
        "hadamard batch",
        ("unknown_axis",),
        """
class Hadamard(Layer):
    def build(self, input_shape):
        self.kernel = self.add_weight(name='kernel', shape=input_shape, initializer='uniform')
    def call(self, x):
        return tf.multiply(x, self.kernel)
m = Sequential([Hadamard(input_shape=(16,))])
""",
    ),
    (
        "unread",
        (None,),
        """
import mylib
model = Sequential()
model.add(mylib.Strange(5, input_shape=(3,4)))
model.add(LSTM(8))
model.add(Dense(2))
""",
    ),
    (
        "x_train",
        (None,),
        """
model = Sequential()
model.add(LSTM(50, input_shape=(X_train.shape[1], X_train.shape[2])))
model.add(Dense(1))
model.compile(loss='mae', optimizer='adam')
history = model.fit(X_train, y_train, epochs=50, batch_size=72)
""",
    ),
    (
        "td",
        (None,),
        """
model = Sequential()
model.add(TimeDistributed(Conv2D(16, (3, 3), activation='relu'), input_shape=(10, 32, 32, 3)))
model.add(TimeDistributed(Flatten()))
model.add(LSTM(20))
""",
    ),
    (
        "emb lstm td cell",
        (None,),
        """
cells = [keras.layers.LSTMCell(10), keras.layers.LSTMCell(12)]
rnn = keras.layers.RNN(cells, return_sequences=True)
out = rnn(keras.Input((5, 3)))
""",
    ),
    (
        "addmm",
        ("merge_shapes",),
        """
a = Input((10,)); b = Input((12,))
m = Model([a, b], Add()([Dense(5)(a), Dense(6)(b)]))
""",
    ),
    (
        "inputcount",
        ("input_count",),
        """
a = Input((10,)); b = Input((12,))
m = Model(inputs=[a, b], outputs=Concatenate()([a, b]))
m.predict(np.zeros((4, 10)))
""",
    ),
    (
        "embrange",
        ("embedding_range",),
        """
m = Sequential([Embedding(10, 4, input_length=3)])
m.predict(np.array([[3, 12, 5]]))
""",
    ),
    (
        "dims",
        ("data_size",),
        """
i = Input((8, 3)); m = Model(i, GRU(4)(i))
m.predict(np.random.rand(5, 8, 4))
""",
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "mistakes", "code"), CODES, ids=[name for name, _, _ in CODES])
def test_pasted_code_is_rebuilt_live(name: str, mistakes: tuple[str | None, ...], code: str) -> None:
    found = diagnose(code)
    assert found.kind == "code"
    assert found.mistake in mistakes
    assert found.model is not None
    assert (found.model["error"] is None) == (found.mistake is None)


@pytest.mark.slow
def test_the_failing_line_is_named() -> None:
    code = next(code for name, _, code in CODES if name == "stack no rs")
    found = diagnose(code)
    assert found.line is not None
    assert found.text.split("\n")[found.line - 1] == "model.add(LSTM(33))"


def test_what_was_renamed_is_told_and_todays_code_is_given() -> None:
    found = read(
        "model = Sequential()\nmodel.add(Convolution1D(nb_filter=6, filter_length=3, border_mode='same', input_shape=(9, 5)))"
    )
    assert found.renamed == (
        "Convolution1D is Conv1D",
        "nb_filter is filters",
        "filter_length is kernel_size",
        "border_mode is padding",
    )
    assert "keras.Input(shape=(9, 5)),  # (None, 9, 5)" in found.today
    assert "layers.Conv1D(filters=6, kernel_size=3, padding='same'),  # (None, 9, 6)" in found.today


def test_todays_code_is_valid_python() -> None:
    for name, _, code in CODES:
        assert compile(read(code).today or "pass", name, "exec")


def test_lines_that_cannot_be_read_are_named_and_the_rest_lives() -> None:
    found = read(
        "model = Sequential()\nmodel.add(Strange(7))\nmodel.add(LSTM(8, input_shape=(6, 3)))\nmodel.add(Dense(2))"
    )
    assert [layer.class_name for layer in found.spec.layers] == ["LSTM", "Dense"]  # type: ignore[union-attr]
    assert any(entry.startswith("line 2: ") and "Strange" in entry for entry in found.unread)


def test_a_shape_that_the_text_lacks_is_asked_for() -> None:
    found = read(
        "model = Sequential([LSTM(8, input_shape=(6, 3))])\nmodel.compile('sgd', 'mse')\nmodel.fit(x_train, y_train)"
    )
    assert found.questions == ("What does print(x_train.shape) say?", "What does print(y_train.shape) say?")


def test_an_example_is_never_passed_off_as_read() -> None:
    found = read("model = Sequential([LSTM(units, input_shape=(6, 3))])")
    assert found.questions == ("What is units? The text doesn't say; 7 is used instead.",)
    assert found.notes == ("units = 7: an example, the text doesn't say",)


def test_nothing_is_executed(capsys: pytest.CaptureFixture[str]) -> None:
    found = diagnose(
        "print('run')\n__import__('os').abort()\nraise SystemExit\nm = Sequential([Dense(2, input_shape=(3,))])"
    )
    assert capsys.readouterr().out == ""
    assert found.model is not None
    assert found.model["total_params"] == 8


def test_prompts_python_2_prints_and_magics_are_read_over() -> None:
    text = ">>> %matplotlib inline\n>>> print 'x'\n>>> model = Sequential([Dense(2, input_shape=(3L,))])"
    assert read(text).kind == "code"
    assert read(text).spec.inputs[0].shape == (None, 3)  # type: ignore[union-attr]


def test_statements_are_saved_out_of_prose() -> None:
    found = statements(
        "I tried this:\n    x = Dense(3)(y)\nand then (see above)\nmodel.add(LSTM(4,\n   return_sequences=True))\nbut no"
    )
    assert [statement.first_line for statement in found.found] == [2, 4]
    assert not found.whole


def test_a_list_in_the_brackets_of_a_merge_layer_is_a_mistake_of_its_own() -> None:
    found = read(
        "a = Sequential([Dense(4, input_dim=6)])\nb = Sequential([Dense(5, input_dim=7)])\n"
        "model = Sequential()\nmodel.add(Concatenate([a, b]))\nmodel.add(Dense(1))\n"
    )
    assert found.mistake == "input_count"
    assert found.cause.endswith("Pass the tensors to merge in a second pair of parentheses: Concatenate()([a, b]).")
    assert found.spec is not None
    assert [layer.class_name for layer in found.spec.layers] == ["Dense", "Dense", "Concatenate", "Dense"]


@pytest.mark.parametrize(("channels", "mistake"), [(5, None), (2, "channels")])
def test_a_model_in_a_sequential_reads_what_its_input_says(channels: int, mistake: str | None) -> None:
    """Keras builds the outer model without a word and refuses the first data."""
    found = read(
        "a = Sequential([Input((6,)), Dense(90), Reshape((3, 6, 5))])\n"
        f"b = Sequential([Input((3, 6, {channels})), Conv2D(4, 2), Flatten()])\nmodel = Sequential([a, b])\n"
    )
    assert found.mistake == mistake


def test_sequential_without_its_brackets_is_a_model() -> None:
    found = read("model = Sequential\nmodel.add(LSTM(6, input_shape=(10, 3)))\nmodel.add(Dense(2))")
    assert found.spec is not None
    assert [layer.class_name for layer in found.spec.layers] == ["LSTM", "Dense"]


TWO_COUNTS = """
s = Sequential()
s.add(LSTM(2, input_dim=3))
i = Input(shape=(5, 1))
f = Model(i, LSTM(2)(i))
"""


def test_the_counts_of_code_are_shown() -> None:
    found = diagnose("model = Sequential([LSTM(9, input_shape=(12, 5)), Dense(4)])")
    assert found.cause == "The model has 580 parameters: lstm 540, dense 40."
    assert {name: found.dims[name] for name in ("lstm.params", "dense.params", "total_params")} == {
        "lstm.params": 540,
        "dense.params": 40,
        "total_params": 580,
    }


def test_each_of_several_models_is_counted() -> None:
    found = diagnose(TWO_COUNTS)
    assert found.cause == "The model has 32 parameters. s (line 2) has 48."
    assert found.dims["s (line 2).params"] == 48


def test_samples_that_do_not_fill_the_batch_of_a_stateful_layer() -> None:
    code = """
    x, y = np.zeros((50, 7, 3)), np.zeros((50, 4))
    model = Sequential([LSTM(6, batch_input_shape=(16, 7, 3), stateful=True), Dense(4)])
    model.fit(x, y{batch})
    """
    found = read(code.format(batch=", batch_size=16"))
    assert (found.mistake, found.cause) == (
        "stateful_batch",
        "50 samples can't be cut into batches of 16: 2 are left for the last batch.",
    )
    assert read(code.format(batch="")).cause == (
        "The batch is fixed at 16, but 32 samples are used at a time (Keras' default batch_size, since none is given)."
    )
    assert read(code.format(batch=", batch_size=size")).mistake is None  # nobody says how many
    assert read(code.format(batch=", batch_size=16").replace("50", "48")).mistake is None


def test_a_shape_in_a_sentence_is_the_shape_of_that_array() -> None:
    found = read(
        "model=Sequential()\nmodel.add(LSTM(100,input_shape=(6,30)))\nmodel.fit(Inputs,Labels,nb_epoch=9)\n\n"
        "the shape of Inputs variable is (6,30)"
    )
    assert (found.mistake, found.cause) == ("data_rank", "The model takes (None, 6, 30); the data are (6, 30).")


def test_both_layers_of_a_bidirectional_give_their_units() -> None:
    found = read(
        "inp = Input((9, 4))\n"
        "out = Bidirectional(LSTM(5, return_sequences=True), backward_layer=LSTM(6, return_sequences=True,"
        " go_backwards=True))(inp)\nmodel = Model(inp, out)\n"
    )
    assert {found.numbers["bidirectional.units"], found.numbers["bidirectional.backward_layer.units"]} == {5, 6}


@pytest.mark.parametrize(
    ("line", "meant", "classes"),
    [
        ("x = Flatten(x)", "Flatten()(x)", ["LSTM", "Flatten"]),
        ("x = Attention([x, x])", "Attention()([x, x])", ["LSTM", "Attention"]),
        ("x = TimeDistributed(Dense(3)(x))", "TimeDistributed(Dense(3))(x)", ["LSTM", "TimeDistributed"]),
        ("x = Dropout(Activation('relu')(x))", "Dropout()(Activation('relu')(x))", ["LSTM", "Activation", "Dropout"]),
    ],
)
def test_a_tensor_where_a_layer_is_made_is_read_as_it_was_meant(line: str, meant: str, classes: list[str]) -> None:
    found = read(f"inp = Input((9, 4))\nx = LSTM(5, return_sequences=True)(inp)\n{line}\nmodel = Model(inp, x)\n")
    assert found.mistake == "input_count"
    assert meant in found.cause
    assert [fix.code for fix in found.fixes] == [meant]
    assert found.spec is not None
    assert [layer.class_name for layer in found.spec.layers] == classes
    assert not found.asks


def test_the_first_of_two_such_places_is_told() -> None:
    found = read(
        "inp = Input((9, 4))\nx = Bidirectional(LSTM(5, return_sequences=True)(inp))\n"
        "x = TimeDistributed(Dense(3)(x))\nmodel = Model(inp, x)\n"
    )
    assert [fix.code for fix in found.fixes] == ["Bidirectional(LSTM(5, return_sequences=True))(inp)"]
    assert found.spec is not None
    assert [layer.class_name for layer in found.spec.layers] == ["Bidirectional", "TimeDistributed"]


def test_a_rate_that_the_text_does_not_give_is_one_half() -> None:
    found = read("model = Sequential([LSTM(6, input_shape=(10, 3)), Dropout(drop), Dense(2)])")
    assert found.spec is not None
    assert found.spec.layers[1].get("rate") == 0.5


def test_keras_code_in_r_of_which_nothing_is_read_is_named_as_such() -> None:
    found = read("model <- keras_model_sequential() %>%\n  my_own_block(units = c(10, 3), \n")
    assert (found.kind, found.cause) == ("unknown", "This is Keras code in R, but none of its layers could be read.")
    assert found.questions == ("What does summary(model) print?",)


def test_a_wrapper_around_a_tensor_is_the_mistake_that_it_is() -> None:
    """There is no layer in it whose axes could be read."""
    found = read("w = Input((9, 4))\nu = Bidirectional(w)\nm = Model(w, u)\n")
    assert found.mistake == "input_count"
    assert "Bidirectional()(w)" in found.cause


def test_operations_by_their_short_name_are_followed() -> None:
    """``from keras import ops``: as most of today's programs write it."""
    found = diagnose(
        "from keras import Input, Model, layers, ops\n"
        "x = Input((14, 6))\n"
        "y = ops.relu(ops.mean(layers.Dense(9)(x), axis=1))\n"
        "model = Model(x, layers.Dense(2)(y))\n"
    )
    assert found.unread == ()
    assert found.model is not None
    assert found.model["total_params"] == (6 + 1) * 9 + (9 + 1) * 2


def test_a_product_with_a_weight_of_made_up_size_is_no_mistake() -> None:
    found = diagnose(
        "import keras\nfrom keras import ops\n"
        "class Scaled(keras.layers.Layer):\n"
        "    def build(self, input_shape):\n"
        "        self.w = self.add_weight(shape=(input_shape[-1], 4))\n"
        "    def call(self, inputs):\n"
        "        return ops.matmul(inputs, self.w)\n"
        "model = keras.Sequential([keras.Input((15,)), keras.layers.Dense(18), Scaled()])\n"
    )
    assert found.mistake is None


BACKBONE = """
base = keras.applications.ResNet50(False, None, None, (64, 48, 3))
x = layers.Flatten()(base.output)
model = keras.Model(base.input, layers.Dense(7, activation="softmax")(x))
model.compile("adam", "categorical_crossentropy")
model.fit(np.zeros((6, 64, 48, 3)), np.zeros((6, 7)))
"""
AT_THE_FRONT = """
base = keras.applications.MobileNetV2((64, 48, 3), 1.0, False, None)
model = keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(7)])
model.compile("adam", "mse")
model.fit(np.zeros((6, 64, 48, 3)), np.zeros((6, 7)))
"""


@pytest.mark.parametrize("text", [BACKBONE, AT_THE_FRONT])
def test_a_backbone_whose_arguments_are_not_read_accuses_nobody_and_no_total_is_claimed(text: str) -> None:
    told = diagnose(f"import keras\nimport numpy as np\nfrom keras import layers\n{text}")
    assert told.mistake is None
    assert "The part of the model that was read has" in told.cause
    assert "The model has" not in told.cause
    assert any(("ResNet50" in gap and "can't be read here" in gap) or "it is left out" in gap for gap in told.unread)
    assert not any("()" in question for question in told.questions)


def test_the_counts_of_a_long_model_add_up() -> None:
    widths = (3, 4, 5, 6, 7, 8, 9, 10, 11, 2)
    lines = "".join(f"layers.Dense({width}), " for width in widths)
    found = diagnose(f"model = keras.Sequential([keras.Input((12,)), {lines}])")
    counts = [(before + 1) * width for before, width in pairwise((12, *widths))]
    assert found.cause.startswith(f"The model has {sum(counts):,} parameters: dense {counts[0]:,}, ")
    assert found.cause.endswith(f", and 2 more layers with {sum(counts[8:]):,}.")


STATES_APART = """
words = keras.Input((None,))
out, h, c = layers.LSTM(17, return_state=True)(layers.Embedding(90, 11)(words))
answer = keras.Input((None,))
told = layers.LSTM(23, return_sequences=True)(layers.Embedding(70, 13)(answer), initial_state=[h, c])
model = keras.Model([words, answer], layers.Dense(70)(told))
"""


def test_the_layer_is_the_one_that_fails_or_none() -> None:
    assert diagnose(STATES_APART).layer != "embedding"
    assert diagnose("model = keras.Sequential([keras.Input((5,)), layers.Dense(3)])").layer is None


PLACES = (
    "import keras\nfrom keras import layers, ops\n"
    "class Places(layers.Layer):\n"
    "    def __init__(self, n, width):\n        super().__init__()\n        self.n = n\n"
    "        self.table = layers.Embedding(n, width)\n"
    "    def call(self, x):\n        return x + self.table(ops.arange(self.n))\n"
)
PATCHES = (
    "class Patches(layers.Layer):\n    def call(self, pictures):\n"
    "        cut = ops.image.extract_patches(pictures, 4)\n"
    "        return ops.reshape(cut, newshape=(ops.shape(pictures)[0], -1, 32))\n"
    "i = keras.Input((20, 12, 2))\n"
)


@pytest.mark.parametrize(
    ("program", "weights"),
    [
        ("a, b = keras.Input((6,)), keras.Input((6,))\nm = keras.Model([a, b], Places(2, 6)(ops.stack([a, b], axis=1)))\n", 12),
        (PATCHES + "m = keras.Model(i, layers.Dense(7)(Places(15, 32)(Patches()(i))))\n", 15 * 32 + 33 * 7),
    ],
    ids=["stack", "patches"],
)  # fmt: skip
def test_the_code_that_is_given_runs_and_has_the_same_weights(program: str, weights: int) -> None:
    exec(read(PLACES + program).today, space := {})  # type: ignore[var-annotated]
    assert space["model"].count_params() == weights


def test_patches_that_do_not_match_their_places_are_counted_from_the_right() -> None:
    found = diagnose(PLACES + PATCHES + "m = keras.Model(i, Places(16, 32)(Patches()(i)))\n")
    assert found.mistake == "operand_sizes"
    assert found.cause.endswith(
        "(None, 15, 32) and (16, 32) don't fit: counted from the right, axis -2 is 15 versus 16."
    )
