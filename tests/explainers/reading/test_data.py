"""Shapes of data in pasted programs, held against what NumPy makes of the same lines."""

from __future__ import annotations

import numpy as np
import pytest

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


def test_what_a_file_decides_stays_open() -> None:
    reader, _ = read_code("import pandas as pd\ndf = pd.read_csv('a.csv')\nx = df[['u', 'v', 'w']].values[5:]\n")
    assert reader.data["x"] == (None, 3)
    assert not reader.assumed
