"""What pasted programs read from elsewhere, for the time in which they are run: files, data sets, libraries.

A data set has Keras' own shapes with few samples (nothing is loaded from a network). Of scikit-learn, which isn't
installed here, the functions that programs about shapes begin with: their shapes are those of the real ones.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

SAMPLES = 24  # of a data set, in place of tens of thousands


@contextlib.contextmanager
def elsewhere(files: dict[str, str]) -> Iterator[None]:
    """A folder with the files that a program reads, stand-ins of libraries, and Keras' data sets without a network."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        for name, told in files.items():
            _write(Path(folder) / name, told)
        stack.enter_context(mock.patch.dict(sys.modules, _libraries()))
        for owner, made in _datasets():
            stack.enter_context(mock.patch.object(owner, "load_data", made))
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def _write(path: Path, told: str) -> None:
    """``"60 Open Close"``: sixty rows of numbers between 0 and 1 under these names."""
    import numpy as np

    rows, *columns = told.split()
    values = np.random.default_rng(0).random((int(rows), len(columns))).round(4)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in values)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _datasets() -> list[tuple[Any, Any]]:
    import keras
    import numpy as np

    def images(*shape: int, column: bool = False) -> Any:
        def load_data(**_: Any) -> Any:
            y = np.arange(SAMPLES) % 10
            part = np.zeros((SAMPLES, *shape), "uint8"), y[:, None] if column else y
            return part, part

        return load_data

    found = keras.datasets
    return [
        (found.mnist, images(28, 28)),
        (found.fashion_mnist, images(28, 28)),
        (found.cifar10, images(32, 32, 3, column=True)),
        (found.cifar100, images(32, 32, 3, column=True)),
        (found.boston_housing, images(13)),
        (found.california_housing, images(8)),
    ]


class Scaler:
    """MinMaxScaler and StandardScaler: the same shape, two axes alone."""

    def __init__(self, *_: Any, **__: Any) -> None:
        """Options change no shape."""

    def fit(self, x: Any) -> Scaler:
        """Nothing is learned."""
        self.transform(x)
        return self

    def transform(self, x: Any) -> Any:
        """As scikit-learn refuses: two axes or nothing."""
        import numpy as np

        values = np.asarray(x, "float32")
        if values.ndim != 2:
            raise ValueError(f"Expected 2D array, got {values.ndim}D array instead")
        return values

    inverse_transform = transform

    def fit_transform(self, x: Any) -> Any:
        """Both."""
        return self.transform(x)


class LabelEncoder:
    """A number for each different label."""

    def fit_transform(self, labels: Any) -> Any:
        """In the order of the alphabet, as the real one."""
        import numpy as np

        return np.unique(np.asarray(labels), return_inverse=True)[1]


def load_iris() -> Any:
    """As many rows, columns and classes as the real one has."""
    import numpy as np

    return types.SimpleNamespace(data=np.zeros((150, 4)), target=np.repeat(np.arange(3), 50))


def train_test_split(*arrays: Any, test_size: float = 0.25, **_: Any) -> list[Any]:
    """The first rows and the rest, of each."""
    count = len(arrays[0])
    first = count - -(-int(count * test_size * 1000) // 1000)
    return [part for array in arrays for part in (array[:first], array[first:])]


def _libraries() -> dict[str, Any]:
    """Modules by their names."""
    made: dict[str, dict[str, Any]] = {
        "sklearn": {},
        "sklearn.datasets": {"load_iris": load_iris},
        "sklearn.preprocessing": {"MinMaxScaler": Scaler, "StandardScaler": Scaler, "LabelEncoder": LabelEncoder},
        "sklearn.model_selection": {"train_test_split": train_test_split},
        "matplotlib": {},
        "matplotlib.pyplot": {"plot": _nothing, "show": _nothing, "figure": _nothing, "imshow": _nothing},
    }
    modules = {}
    for name, held in made.items():
        modules[name] = types.ModuleType(name)
        modules[name].__dict__.update(held)
    return modules


def _nothing(*_: Any, **__: Any) -> None:
    """A picture isn't drawn."""
