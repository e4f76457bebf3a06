"""Ways in which programs give their numbers; the layers that are read have the sizes that Python would give them."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import read

HEAD = "import numpy as np\nfrom tensorflow import keras\nfrom tensorflow.keras import layers\n"
WAYS = {  # the code, and the units of its Dense layers
    "a tuner's first value": (
        "def build(hp):\n    m = keras.Sequential([keras.Input((6,))])\n    for i in range(hp.Int('layers', 2, 5)):\n"
        "        m.add(layers.Dense(hp.Int(f'units_{i}', min_value=12, max_value=96, step=12)))\n"
        "    if hp.Boolean('more'):\n        m.add(layers.Dense(50))\n"
        "    m.add(layers.Dense(hp.Choice('last', [3, 4])))\n"
        "    return m\n",
        [12, 12, 3],
    ),
    "a dataclass with a list": (
        "from dataclasses import dataclass, field\n@dataclass\nclass C:\n    n: int = 6\n"
        "    units: list = field(default_factory=lambda: [18, 9])\n"
        "c = C()\nm = keras.Sequential([keras.Input((c.n,))])\nfor u in c.units:\n    m.add(layers.Dense(u))\n",
        [18, 9],
    ),
    "layers by their names": (
        "m = keras.Sequential([keras.Input((6,))])\nfor word in 'dense_14,dense_9'.split(','):\n"
        "    name, units = word.split('_')\n    m.add(getattr(layers, name.capitalize())(int(units)))\n",
        [14, 9],
    ),
    "a dict that is put together": (
        "base = {'activation': 'relu'}\nall_of_them = {n: {**base, 'units': n + 3} for n in (5, 8)}\n"
        "m = keras.Sequential([keras.Input((6,))])\nfor kwargs in all_of_them.values():\n"
        "    m.add(layers.Dense(**kwargs))\n",
        [8, 11],
    ),
    "a function that is given its arguments in part": (
        "from functools import partial\nWide = partial(layers.Dense, activation='relu', units=12)\n"
        "m = keras.Sequential([keras.Input((6,)), Wide(), Wide(units=5)])\n",
        [12, 5],
    ),
    "a function that is made by another": (
        "def tower(*units):\n    def f(x):\n        for u in units:\n            x = layers.Dense(u)(x)\n"
        "        return x\n"
        "    return f\nx = keras.Input((6,))\nm = keras.Model(x, tower(max(2, 8), 7)(x))\n",
        [8, 7],
    ),
    "the setting that Keras begins with": (
        "from keras import backend as K\nif K.image_data_format() == 'channels_first':\n    n = 3\nelse:\n    n = 4\n"
        "m = keras.Sequential([keras.Input((6,)), layers.Dense(n)])\n",
        [4],
    ),
    "shapes that are compared": (
        "x = keras.Input((6,))\ny = layers.Dense(9)(x)\nz = layers.Dense(8 if x.shape[1:] == y.shape[1:] else 2)(y)\n"
        "m = keras.Model(x, z)\n",
        [9, 2],
    ),
    "a class around a model": (
        "class Net:\n    def build(self, hp):\n        m = keras.Sequential([keras.Input((6,))])\n"
        "        m.add(layers.Dense(hp.Int('units', 16, 64)))\n        return m\n",
        [16],
    ),
    "a list backwards": (
        "m = keras.Sequential([keras.Input((6,))])\nfor u in [4, 7, 9][::-1]:\n    m.add(layers.Dense(u))\n",
        [9, 7, 4],
    ),
    "decorators of the text": (
        "import functools\ndef times(n):\n    def around(f):\n        @functools.wraps(f)\n"
        "        def inner(x, *sizes, **more):\n            for _ in range(n):\n"
        "                x = f(x, *sizes, **more)\n"
        "            return x\n        return inner\n    return around\n"
        "@times(3)\ndef block(x, units, extra=0):\n    return layers.Dense(units + extra)(x)\n"
        "x = keras.Input((6,))\nm = keras.Model(x, block(x, 9, extra=2))\n",
        [11, 11, 11],
    ),
    "names within expressions": (
        "x = keras.Input((6,))\nif (n := x.shape[-1]) > 4:\n    x2 = layers.Dense(n // 2)(x)\n"
        "m = keras.Model(x, layers.Dense(n + 1)(x2))\n",
        [3, 7],
    ),
    "cases that match": (
        "def width(kind):\n    match kind:\n        case 'wide' | 'huge':\n            return 40\n"
        "        case (a, b):\n            return a * b\n        case int(_) if False:\n            return 1\n"
        "        case None:\n            return 3\n        case _:\n            return 8\n"
        "m = keras.Sequential([keras.Input((6,))])\nfor kind in ('huge', (2, 7), None, 'small'):\n"
        "    m.add(layers.Dense(width(kind)))\n",
        [40, 14, 3, 8],
    ),
    "names for the first and for the rest": (
        "m = keras.Sequential([keras.Input((6,))])\nfor kind, *sizes in [('a', 5, 9), ('b',), ('c', 4)]:\n"
        "    for n in sizes:\n        m.add(layers.Dense(n))\n*_, last = [3, 11]\nm.add(layers.Dense(last))\n",
        [5, 9, 4, 11],
    ),
    "an option that nobody gives": (
        "def stack(*units, norm=None):\n    for u in units:\n        yield_to.append(layers.Dense(u))\n"
        "        if norm == 'layer':\n            yield_to.append(layers.Dense(u + 50))\n"
        "yield_to = [keras.Input((6,))]\nstack(9, 4)\nstack(3, norm='layer')\nm = keras.Sequential(yield_to)\n",
        [9, 4, 3, 53],
    ),
    "words that were counted": (
        "ids = {}\nfor word in ['a', 'b', 'a', 'c']:\n    if word not in ids:\n        ids[word] = len(ids)\n"
        "seen = set()\nseen.add('x')\nseen.update(['x', 'y'])\npairs = dict(zip('abcd', range(4)))\n"
        "m = keras.Sequential([keras.Input((6,))])\nfor h in (ids, seen, pairs):\n    m.add(layers.Dense(len(h)))\n",
        [3, 2, 4],
    ),
    "a while that skips turns": (
        "n, kept = 0, []\nwhile len(kept) < 5:\n    n += 1\n    if n % 2:\n        continue\n    kept.append(n)\n"
        "m = keras.Sequential([keras.Input((6,)), layers.Dense(n), layers.Dense(len(kept))])\n",
        [10, 5],
    ),
    "a part of lists in one": (
        "many = [0] * 30 + [1] * 15\nm = keras.Sequential([keras.Input((6,)), layers.Dense(len(many[:-4]))])\n",
        [41],
    ),
    "as wide as a tensor with a border": (
        "x = keras.Input((8, 8, 5))\ny = keras.ops.pad(x, [[0, 0], [3, 3], [3, 3], [0, 1]])\n"
        "m = keras.Model(x, layers.Dense(y.shape[-1])(y))\n",
        [6],
    ),
}


@pytest.mark.parametrize("name", WAYS)
def test_sizes_are_those_that_python_gives(name: str) -> None:
    text, units = WAYS[name]
    spec = read(HEAD + text).spec
    assert spec is not None
    assert [layer.get("units") for layer in spec.layers if layer.class_name == "Dense"] == units


@pytest.mark.parametrize(
    "made",
    [
        "held = {}\nfor line in open('words.txt'):\n    held[line.strip()] = len(held)\n",
        "held = set()\nfor line in open('words.txt'):\n    held.add(line)\n",
        "held = []\nwhile more():\n    held.append(4)\n",
        "held = dict((c, i) for i, c in enumerate(words()))\n",
        "held = {c: i for i, c in enumerate(open('words.txt'))}\n",
        "held = [line for line in open('words.txt')][:50]\n",
    ],
)
def test_what_grows_with_data_from_elsewhere_is_as_long_as_an_example(made: str) -> None:
    """A loop over a file is read once: what it fills isn't empty, and hasn't one item either."""
    found = read(f"{HEAD}{made}m = keras.Sequential([keras.Input((6,)), layers.Dense(len(held))])\n")
    assert found.spec is not None
    assert found.spec.layers[0].get("units") == 7
    assert found.assumed == ("len(held) = 7",)


def test_a_number_that_an_unread_loop_counts_on_is_unknown() -> None:
    text = "n = 3\nfor line in open('a.txt'):\n    n += 1\nm = keras.Sequential([keras.Input((6,)), layers.Dense(n)])\n"
    assert read(HEAD + text).assumed == ("n = 7",)


def test_weights_of_which_some_are_unknown_accuse_nobody() -> None:
    text = (
        "m = keras.Sequential([keras.Input((6,)), layers.Dense(4, name='last')])\n"
        "m.get_layer('last').set_weights([other(), np.zeros(4)])\n"
    )
    spec = read(HEAD + text).spec
    assert spec is not None
    assert spec.checks == ()


def test_a_pipeline_of_another_library_is_no_layer() -> None:
    """Keras has a layer called Pipeline, too: no example is made up for what scikit-learn's is given."""
    text = (
        "from sklearn.pipeline import Pipeline\nfrom sklearn.preprocessing import StandardScaler\n"
        "m = keras.Sequential([keras.Input((6,)), layers.Dense(3)])\n"
        "p = Pipeline([('scale', StandardScaler()), ('net', m)])\n"
    )
    assert read(HEAD + text).assumed == ()


def test_tables_side_by_side_have_the_columns_of_both() -> None:
    text = (
        "import pandas as pd\na = pd.DataFrame(np.zeros((30, 4)))\n"
        "b = pd.concat([a.shift(i) for i in range(3)], axis=1)\n"
        "m = keras.Sequential([keras.Input((11,)), layers.Dense(3)])\nm.predict(b.values)\n"
    )
    found = read(HEAD + text)
    assert found.mistake == "data_size"
    assert "12" in found.cause


@pytest.mark.parametrize(("stateful", "mistake"), [("False", None), ("True", "stateful_batch")])
def test_only_a_stateful_layer_needs_whole_batches(stateful: str, mistake: str | None) -> None:
    """Keras runs a last batch that is smaller than the batch_size of an Input, unless a layer keeps its states."""
    text = (
        f"x = keras.Input((5, 4), batch_size=12)\nm = keras.Model(x, layers.LSTM(3, stateful={stateful})(x))\n"
        "m.predict(np.zeros((30, 5, 4)), batch_size=12)\n"
    )
    assert read(HEAD + text).mistake == mistake


def test_what_an_own_train_step_makes_of_three_arrays_is_not_guessed() -> None:
    text = (
        "import tensorflow as tf\na, b = keras.Input((4,)), keras.Input((4,))\n"
        "two = keras.Model([a, b], layers.add([a, b]))\n"
        "class Own(keras.Model):\n    def __init__(self, two):\n        super().__init__()\n        self.two = two\n"
        "    def call(self, x):\n        return self.two(x)\n    def train_step(self, data):\n        a, b, c = data\n"
        "        return {}\nd = tf.data.Dataset.from_tensor_slices((np.zeros((9, 4)),) * 3).batch(3)\n"
        "own = Own(two)\nown.compile('adam')\nown.fit(d)\n"
    )
    assert read(HEAD + text).mistake is None


def test_an_input_that_the_text_does_not_describe_has_the_axes_that_its_layer_reads() -> None:
    text = "m = keras.Sequential([keras.Input(shape=pictures.shape[1:]), layers.Conv2D(5, 3)])\n"
    between = text.replace("layers.Conv2D", "layers.Rescaling(1 / 255), layers.Resizing(9, 9), layers.Conv2D")
    for spec in (read(HEAD + text).spec, read(HEAD + between).spec):
        assert spec is not None
        assert len(spec.inputs[0].shape) == 4
