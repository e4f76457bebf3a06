"""What somebody gives to a model, as arrays with names: one array, a list or a dict of them, a tf.data.Dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

_MOST_PADDED = 10_000  # rows that are filled up to see what comes out


class NotArrays(TypeError):
    """It can't be seen what shapes these data have; the sentence says why."""


@dataclass(frozen=True)
class Given:
    """One array: what it is called in sentences, its shape, its values."""

    name: str
    values: Any

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(int(n) for n in self.values.shape)

    def first(self, samples: int) -> NDArray[Any]:
        """The first samples, as NumPy."""
        return np.asarray(self.values[:samples])


@dataclass(frozen=True)
class Element:
    """One part of what a Dataset gives: a size is None where the Dataset leaves it open."""

    name: str
    shape: tuple[int | None, ...]


class Shaped(Protocol):
    """An array or a part of a Dataset."""

    @property
    def name(self) -> str: ...

    @property
    def shape(self) -> tuple[int | None, ...]: ...


def arrays(data: Any, what: str, names: Sequence[str]) -> list[Given]:
    """The arrays in the order of the model's Inputs or outputs, which have these names."""
    if isinstance(data, Mapping):
        missing = [name for name in names if name not in data]
        if missing:
            raise NotArrays(
                f"{what} is a dict with the keys {', '.join(map(str, data))}; the model also needs "
                f"{', '.join(missing)}."
            )
        return [_given(f"{what}[{name!r}]", data[name]) for name in names]
    if isinstance(data, list | tuple):
        if not any(hasattr(part, "shape") for part in data):
            raise NotArrays(f"{what} is a {type(data).__name__} of {len(data)} Python values. {_as_array(data, what)}")
        if len(data) != len(names):
            raise NotArrays(
                f"{what} is a list of {len(data)} arrays, but the model has {len(names)} there ({', '.join(names)})."
            )
        return [_given(f"{what}[{place}]", part) for place, part in enumerate(data)]
    if len(names) > 1:
        raise NotArrays(f"{what} is one array, but the model has {len(names)} there: {', '.join(names)}.")
    return [_given(what, data)]


def elements(data: Any, what: str, names: Sequence[str]) -> list[Element] | None:
    """What a tf.data.Dataset says that it gives to the Inputs of these names. Nothing is read from it.

    None for anything else, and where it gives another number of parts or doesn't say their shapes.
    """
    spec = getattr(data, "element_spec", None)
    x = spec[0] if isinstance(spec, tuple) and spec else spec
    if isinstance(x, Mapping):
        parts = [x.get(name) for name in names]
    else:
        parts = list(x) if isinstance(x, list | tuple) else [x]
    shapes = [getattr(part, "shape", None) for part in parts]
    if len(parts) != len(names) or any(shape is None or shape.rank is None for shape in shapes):
        return None
    return [Element(what, tuple(shape)) for shape in shapes if shape is not None]


def batch_of(data: Any) -> tuple[Any, Any] | None:
    """The first batch of a tf.data.Dataset, or None for anything else. A Dataset isn't used up by looking."""
    if not hasattr(data, "element_spec"):
        if hasattr(data, "__next__"):
            raise NotArrays("x is a generator, and looking into it would use up a batch: check(model, *next(x)).")
        return None
    batch = next(iter(data.take(1)), None)
    if batch is None:
        raise NotArrays("x is a Dataset without a single batch.")
    return (batch[0], batch[1]) if isinstance(batch, tuple) and len(batch) > 1 else (batch, None)


def _as_array(data: Sequence[Any], what: str) -> str:
    """How a list becomes an array; rows of different lengths are filled up first."""
    lengths = {len(row) for row in data if isinstance(row, list | tuple)}
    if len(lengths) > 1 and len(data) <= _MOST_PADDED:
        import keras

        try:
            padded = keras.utils.pad_sequences(data).shape
        except (ValueError, TypeError):  # rows that hold lists or words again
            return f"Its rows have different lengths ({min(lengths)} to {max(lengths)}), so it can't be an array."
        return (
            f"Its rows have different lengths ({min(lengths)} to {max(lengths)}); keras.utils.pad_sequences({what}) "
            f"pads the shorter ones with zeros in front and returns {padded}."
        )
    return f"Keras reads each entry of a list as a separate input: write np.array({what})."


def _given(name: str, value: Any) -> Given:
    value = getattr(value, "values", value) if type(value).__module__.startswith("pandas") else value
    if not hasattr(value, "shape"):
        value = np.asarray(value)
    if str(getattr(value, "dtype", "")) == "object":
        raise NotArrays(f"{name} is an array of Python objects, so its rows have different lengths or aren't numbers.")
    if not len(value.shape):
        raise NotArrays(f"{name} is a single number; the first axis must count the samples.")
    if value.shape[0] == 0:
        raise NotArrays(f"{name} has no samples: its shape is {tuple(value.shape)}.")
    return Given(name, value)
