"""Shapes of data in pasted programs, held against what NumPy makes of the same lines."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from explainers.reading.code.choice import chosen
from explainers.reading.code.reader import read_code

HEAD = "import numpy as np\n"
LINES = [
    "x = np.zeros((31, 7, 4))[:, -1, :2] / 3.0",
    "x = np.hstack([np.ones((13, 2)), np.arange(13).reshape(-1, 1)])",
    "x = np.array([np.zeros((9, 5))[i:i + 3] for i in range(6)])",
    "s = np.zeros((217, 3))\nw = []\nfor i in range(len(s) - 11):\n    w.append(s[i:i + 11])\nx = np.array(w)",
    "x = np.stack([np.zeros((4, 5))] * 3, axis=-1)",
    "x = np.eye(6)[np.array([0, 3, 5, 2])]",
    "x = np.swapaxes(np.zeros((5, 8, 3)), 1, 2).reshape(-1, 12)",
    "x = np.repeat(np.zeros((4, 3)), 5, axis=1)",
    "x = np.tile(np.zeros((4, 3)), (2, 1))",
    "x = np.concatenate([np.zeros((4, 3)), np.ones((6, 3))])[..., np.newaxis]",
    "def cut(a, n):\n    out = list()\n    for i in range(len(a)):\n        if i + n > len(a):\n            break\n"
    "        out.append(a[i:i + n])\n    return np.array(out)\nx = cut(np.zeros((17, 2)), 5)",
]


@pytest.mark.parametrize("lines", LINES)
def test_a_shape_is_the_one_that_numpy_makes(lines: str) -> None:
    names: dict[str, object] = {}
    exec(HEAD + lines, names)  # lines of this file
    made = names["x"]
    assert isinstance(made, np.ndarray)
    assert read_code(HEAD + lines)[0].data["x"] == made.shape


TABLES = [
    "x = pd.DataFrame(np.zeros((40, 5)), columns=list('abcde')).drop('c', axis=1)",
    "x = pd.DataFrame(np.zeros((40, 5)), columns=['a', 'b', 'c', 'd', 'e']).drop(columns=['a', 'e'])",
    "x = pd.DataFrame({'a': range(7), 'b': range(7), 'c': range(7)})\nx['sum'] = x['a'] + x['b']\nx['a'] = 0",
    "t = pd.DataFrame(np.zeros((23, 6)))\nt['label'] = 1\nx = t.drop('label', axis=1).values",
    "x = pd.DataFrame({'a': [1, 2], 'y': [3, 4], 'z': [5, 6]})\ny = x.pop('y')",
    "x = pd.DataFrame(np.zeros((9, 4)))\nx.drop([1, 3], axis=1, inplace=True)",
    "x = pd.DataFrame(np.zeros((9, 4)))\ndel x[2]",
    "x = pd.DataFrame(np.zeros((9, 4))).drop(index=[0, 5])",
    "x = pd.DataFrame(np.zeros((9, 4)), columns=['i', 'j', 'k', 'l']).set_index('i').assign(m=1, n=2)",
    "t = pd.DataFrame(np.zeros((9, 4)), columns=['i', 'j', 'k', 'l'])[['j', 'l']]\nt['k'] = 2\nx = t",
    "t = pd.DataFrame(np.zeros((12, 8)))\nx = np.zeros((5, len(t.columns)))",
]


@pytest.mark.parametrize("lines", TABLES)
def test_a_table_has_the_shape_that_pandas_gives_it(lines: str) -> None:
    names: dict[str, object] = {}
    text = f"{HEAD}import pandas as pd\n{lines}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas will drop inplace; people still write it
        exec(text, names)  # lines of this file
    made = names["x"]
    assert isinstance(made, np.ndarray | pd.DataFrame)
    assert read_code(text)[0].data["x"] == made.shape


def test_a_column_of_a_file_may_be_a_new_one_so_the_width_stays_open() -> None:
    reader, _ = read_code("import pandas as pd\ndf = pd.read_csv('a.csv')\ndf['ratio'] = 2\nx = df.drop('y', axis=1)\n")
    assert reader.data["x"] == (None, None)


SETTINGS = """
import argparse
from dataclasses import dataclass, field
from types import SimpleNamespace
@dataclass
class Config:
    window: int = 18
    units: int = field(default=31)
class Names:
    BATCH = 12
parser = argparse.ArgumentParser()
group = parser.add_argument_group("model")
group.add_argument("-H", "--hidden-size", type=int, default=48)
parser.add_argument("--bias", action="store_true")
parser.add_argument("--layers", dest="depth", default=3)
args = parser.parse_args([])
args.hidden_size = args.hidden_size + 1
cfg, other = Config(window=7), SimpleNamespace(width=5)
table = {"rate": 2}
table["rows"] = 29
sizes = [1, 2]
sizes[-1] = 11
x = np.zeros((args.hidden_size, args.depth, cfg.window, cfg.units, Names.BATCH, other.width, table["rows"], sizes[1]))
"""


def test_settings_have_the_values_that_python_gives_them() -> None:
    reader, _ = read_code(HEAD + SETTINGS)
    assert reader.data["x"] == (49, 3, 7, 31, 12, 5, 29, 11)
    assert not reader.assumed


def test_what_is_open_only_while_the_program_runs_is_no_size_of_ours() -> None:
    text = "x = keras.Input((21, 4))\ny = keras.ops.arange(start=2, stop=keras.ops.shape(x)[1], step=3)\n"
    assert read_code(text)[0].data["y"] == (7,)
    reader, _ = read_code("x = keras.Input((None, 4))\nb = np.zeros((keras.ops.shape(x)[1], 3))\n")
    assert reader.data["b"] == (None, 3)
    assert not reader.assumed


BATCHES = {
    "a PyDataset": "class Data(keras.utils.PyDataset):\n    def __init__(self, n):\n        super().__init__()\n"
    "        self.n = n\n    def __len__(self):\n        return 3\n    def __getitem__(self, i):\n"
    "        return np.zeros((self.n, 13, 4)), np.zeros((self.n, 2))\ndata = Data(6)",
    "a generator": "def batches(n):\n    while True:\n        yield np.zeros((n, 13, 4)), np.zeros((n, 2))\n"
    "data = batches(6)",
    "a data set that is described": "data = tf.data.Dataset.from_generator(lambda: None, output_signature=("
    "tf.TensorSpec((13, 4)), tf.TensorSpec(shape=(2,)))).batch(6)",
}


@pytest.mark.parametrize("kind", BATCHES)
def test_the_first_batch_says_what_a_model_is_fed(kind: str) -> None:
    model = (
        "model = keras.Sequential([layers.LSTM(5), layers.Dense(2)])\nmodel.compile('sgd', 'mae')\nmodel.fit(data)\n"
    )
    spec = chosen(read_code(f"{HEAD}{BATCHES[kind]}\n{model}")[0])
    assert spec is not None
    (check,) = spec.checks
    assert (check.shapes, check.targets, check.loss) == (((6, 13, 4),), ((6, 2),), "mae")


def test_what_a_file_decides_stays_open() -> None:
    reader, _ = read_code("import pandas as pd\ndf = pd.read_csv('a.csv')\nx = df[['u', 'v', 'w']].values[5:]\n")
    assert reader.data["x"] == (None, 3)
    assert not reader.assumed


def test_a_model_class_is_fed_by_a_generator_too() -> None:
    text = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.rnn = layers.GRU(6)
        self.out = layers.Dense(2)
    def call(self, x):
        return self.out(self.rnn(x))
net = Net()
net.compile("sgd", "mae")
net.fit(data)
"""
    spec = chosen(read_code(f"{HEAD}{BATCHES['a generator']}\n{text}")[0])
    assert spec is not None
    assert [tensor.shape for tensor in spec.inputs] == [(None, 13, 4)]
    (check,) = spec.checks
    assert (check.shapes, check.targets, check.loss) == (((6, 13, 4),), ((6, 2),), "mae")
