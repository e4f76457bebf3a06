"""Shape errors as people meet them in notebooks, and what must be said of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A cell before, the cell that fails, and what must stand below its traceback (or, after "not: ", must not)."""

    before: str
    cell: str
    says: tuple[str, ...]


CASES = {
    "another number of features": Case(
        "m = keras.Sequential([layers.Input((11, 6)), layers.LSTM(9), layers.Dense(4)])\nX = np.zeros((13, 11, 5))",
        "m.predict(X, verbose=0)",
        (
            "built for features=6",
            "the data have 5",
            "expected: (batch None, timesteps 11, features 6)",
            "Input((11, 5))",
        ),
    ),
    "an axis too few for a layer": Case(
        "start = keras.Input((11, 6))\nshort = layers.LSTM(9, name='front')(start)",
        "end = layers.LSTM(7)(short)",
        ("missing axis: timesteps", "return_sequences=True in LSTM front", "returns (None, 7)"),
    ),
    "targets along time": Case(
        "t = keras.Sequential([layers.Input((11, 6)), layers.GRU(9, name='memory'), layers.Dense(4)])\n"
        "t.compile(loss='mse')\nX2, goal = np.zeros((26, 11, 6)), np.zeros((26, 11, 4))",
        "t.fit(X2, goal, verbose=0)",
        ("returns (batch None, units 4)", "goal is (26, 11, 4)", "return_sequences=True in memory"),
    ),
    "tensors that don't join": Case(
        "left, right = keras.Input((12, 6)), keras.Input((10, 6))",
        "layers.Add()([left, right])",
        ("(None, 12, 6) and (None, 10, 6)", "Cropping1D((2, 0))(left)", "returns (None, 10, 6)"),
    ),
    "a window longer than the steps": Case(
        "few = keras.Input((3, 6))",
        "layers.Conv1D(8, 5)(few)",
        ("kernel_size 5", "only 3 steps", 'padding="same"', "returns (None, 3, 8)"),
    ),
    "a reshape that loses numbers": Case(
        "grid = keras.Input((6, 10))",
        "layers.Reshape((4, 11))(grid)",
        ("can't cut (6, 10) into (4, 11)", "Reshape((4, -1))(grid)", "returns (None, 4, 15)"),
    ),
    "weights that stand in the other order": Case(
        "dense = layers.Dense(5)\ndense.build((None, 8))",
        "dense.set_weights([np.zeros((5, 8)), np.zeros(5)])",
        ("is (8, 5)", "you passed (5, 8)", "the two are swapped"),
    ),
    "a layer of one's own": Case(
        "class Mix(layers.Layer):\n"
        "    def build(self, shape):\n"
        "        self.w = self.add_weight(shape=(6, 5), name='w')\n\n"
        "    def call(self, x):\n"
        "        return ops.matmul(x, self.w)\n\n"
        "mixed = np.ones((4, 11, 7), 'float32')",
        "Mix()(mixed)",
        ("x is (4, 11, 7) and self.w is (6, 5)", "self.w needs 7 rows"),
    ),
    "arrays of NumPy": Case(
        "a, b = np.zeros((7, 6)), np.zeros((5, 6))",
        "a @ b",
        ("a is (7, 6) and b is (5, 6)", "b needs 6 rows", "a @ b.T  It builds, and returns (7, 5)"),
    ),
    "a sum of two arrays": Case(
        "scores, bias = np.zeros((9, 4, 6)), np.zeros((9, 6))",
        "scores + bias",
        ("scores is (9, 4, 6) and bias is (9, 6)", "bias[:, np.newaxis, :]", "returns (9, 4, 6)"),
    ),
    "a sum that no change of one place mends": Case(
        "up, down = keras.Input((8, 5)), keras.Input((7, 3))",
        "up + down",
        ("axis -1 is 5 versus 3, axis -2 is 8 versus 7", "not: Fix"),
    ),
    "arrays joined along the wrong axis": Case(
        "wide, wider = np.zeros((6, 4)), np.zeros((6, 9))",
        "np.concatenate([wide, wider])",
        (
            "wide is (6, 4) and wider is (6, 9)",
            "np.concatenate([wide, wider], axis=1)",
            "returns (6, 13)",
            "not: Dense",
        ),
    ),
    "numbers that fill no such table": Case(
        "series = np.arange(35.0)",
        "series.reshape(6, 5)",
        ("series is (35,)", "series.reshape(-1, 5)", "returns (7, 5)"),
    ),
    "operands in the wrong order": Case(
        "matrix, rows = np.zeros((6, 4)), np.zeros((3, 6))",
        "tf.matmul(matrix, rows)",
        ("matrix is (6, 4) and rows is (3, 6)", "tf.matmul(rows, matrix)", "returns (3, 4)"),
    ),
    "a Dot along axes that differ": Case(
        "query, key = keras.Input((6, 4)), keras.Input((5, 4))",
        "layers.Dot(axes=(1, 2))([query, key])",
        ("axis 1 of the first and axis 2 of the second, and these are 6 and 4", "axes=(2, 2)", "returns (None, 6, 5)"),
    ),
    "a picture without channels": Case(
        "photo = keras.Input((17, 19))",
        "layers.Conv2D(4, 3)(photo)",
        ("missing axis: channels", "keras.Input((17, 19, 1))", "returns (None, 15, 17, 4)"),
    ),
    "a Dataset without batches": Case(
        "d = keras.Sequential([layers.Input((7, 5)), layers.LSTM(3)])\nd.compile(loss='mse')\n"
        "rows_of = tf.data.Dataset.from_tensor_slices((np.zeros((8, 7, 5)), np.zeros((8, 3))))",
        "d.fit(rows_of, verbose=0)",
        ("rows_of", "(7, 5)", "rows_of.batch(", "not: Python objects"),
    ),
    "rows of different lengths": Case(
        "w = keras.Sequential([layers.Input((4,)), layers.Dense(2)])\nragged = [[1, 2, 3, 4], [5, 6]]",
        "w.predict(ragged, verbose=0)",
        ("ragged", "different lengths", "keras.utils.pad_sequences(ragged)", "returns (2, 4)"),
    ),
    "inputs that changed places": Case(
        "i1, i2 = keras.Input((3,)), keras.Input((4,))\n"
        "both = keras.Model([i1, i2], layers.Concatenate()([i1, i2]))\n"
        "four, three = np.zeros((5, 4)), np.zeros((5, 3))",
        "both.predict([four, three], verbose=0)",
        ("features=3", "swap the arrays: [three, four]"),
    ),
    "a class that has no place": Case(
        "c = keras.Sequential([layers.Input((9,)), layers.Dense(4, activation='softmax')])\n"
        "c.compile(loss='sparse_categorical_crossentropy')\nlabels = np.array([1, 2, 3, 4, 2, 1])",
        "c.fit(np.zeros((6, 9)), labels, verbose=0)",
        ("classes run from 1 to 4", "allows 0 to 3", "5 units in the last layer", "not: loss="),
    ),
    "an open axis in a weight": Case(
        "open_ = keras.Input((None, 6))\nflat = layers.Flatten(name='laid_out')(open_)",
        "layers.Dense(5)(flat)",
        ("their number is None", "GlobalAveragePooling1D() instead of Flatten laid_out", "returns (None, 5)"),
    ),
    "one input of two": Case(
        "p, q = keras.Input((3,), name='p'), keras.Input((4,), name='q')\n"
        "two = keras.Model([p, q], layers.Concatenate()([p, q]))\nonly = np.zeros((2, 3))",
        "two(only)",
        ("only is one array", "p, q"),
    ),
    "ids beyond the vocabulary": Case(
        "words = keras.Sequential([layers.Input((6,)), layers.Embedding(50, 4)])\nids = np.full((3, 6), 77)",
        "words(ids)",
        ("id 77", "input_dim=78"),
    ),
    "more samples than targets": Case(
        "s = keras.Sequential([layers.Input((8,)), layers.Dense(3)])\ns.compile(loss='mse')\n"
        "rows, answers = np.zeros((64, 8)), np.zeros((61, 3))",
        "s.fit(rows, answers, verbose=0)",
        ("rows has 64 samples and answers has 61", "rows[:61]"),
    ),
    "pictures with the channels first": Case(
        "net = keras.Sequential([layers.Input((30, 26, 3)), layers.Conv2D(4, 5), layers.Flatten(), layers.Dense(2)])\n"
        "pictures = np.zeros((7, 3, 30, 26), 'float32')",
        "net(pictures)",
        (
            "its axes are (batch, channels, height, width)",
            "np.transpose(pictures, (0, 2, 3, 1))",
            "found: (batch 7, channels 3, height 30, width 26)",
        ),
    ),
    "a skip that lost a row": Case(
        "high, low = keras.Input((45, 31, 6)), keras.Input((44, 30, 9))",
        "layers.Concatenate()([high, low])",
        ("Cropping2D(((1, 0), (1, 0)))(high)", "1 row and 1 column", "returns (None, 44, 30, 15)"),
    ),
}
