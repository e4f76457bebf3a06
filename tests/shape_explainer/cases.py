"""Shape errors as people meet them in notebooks, and what must be said of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A cell before, the cell that fails, and what must stand below its traceback (or, with "not", must not)."""

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
        ("axis that is missing: timesteps", "return_sequences=True in LSTM front", "gives (None, 7)"),
    ),
    "targets along time": Case(
        "t = keras.Sequential([layers.Input((11, 6)), layers.GRU(9, name='memory'), layers.Dense(4)])\n"
        "t.compile(loss='mse')\nX2, goal = np.zeros((26, 11, 6)), np.zeros((26, 11, 4))",
        "t.fit(X2, goal, verbose=0)",
        ("gives (batch None, units 4)", "goal is (26, 11, 4)", "return_sequences=True in memory"),
    ),
    "tensors that don't join": Case(
        "left, right = keras.Input((12, 6)), keras.Input((10, 6))",
        "layers.Add()([left, right])",
        ("(None, 12, 6) and (None, 10, 6)", "Cropping1D((2, 0))(left)", "gives (None, 10, 6)"),
    ),
    "a window longer than the steps": Case(
        "few = keras.Input((3, 6))",
        "layers.Conv1D(8, 5)(few)",
        ("kernel_size 5", "only 3 steps", 'padding="same"', "gives (None, 3, 8)"),
    ),
    "a reshape that loses numbers": Case(
        "grid = keras.Input((6, 10))",
        "layers.Reshape((4, 11))(grid)",
        ("can't cut (6, 10) into (4, 11)", "Reshape((4, -1))(grid)", "gives (None, 4, 15)"),
    ),
    "weights that stand the other way round": Case(
        "dense = layers.Dense(5)\ndense.build((None, 8))",
        "dense.set_weights([np.zeros((5, 8)), np.zeros(5)])",
        ("is (8, 5)", "given is (5, 8)", "the other way round"),
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
        ("are 6 and 5", "a @ b.T gives (7, 5)"),
    ),
    "an open axis in a weight": Case(
        "open_ = keras.Input((None, 6))\nflat = layers.Flatten(name='laid_out')(open_)",
        "layers.Dense(5)(flat)",
        ("their number is None", "GlobalAveragePooling1D() in place of Flatten laid_out", "gives (None, 5)"),
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
}
