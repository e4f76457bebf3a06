"""A layer that is called again, on a size that its weights weren't made for: which axis, and what it expected."""

from __future__ import annotations

import keras
import pytest

from explainers.core.axes import Axis
from explainers.core.failures import explain_failure

SAMPLE = (24, 18, 14, 6)


def _made(layer: keras.layers.Layer, rank: int) -> keras.layers.Layer:
    layer(keras.Input(SAMPLE[-rank + 1 :]))
    return layer


def _named(*sizes: int | None) -> tuple[Axis, ...]:
    return tuple(Axis(f"axis {place}", size, "the test") for place, size in enumerate(sizes))


@pytest.mark.parametrize(
    ("layer", "rank"),
    [(keras.layers.Dense(3), 2), (keras.layers.Dense(3), 3), (keras.layers.Conv1D(2, 5), 3),
     (keras.layers.Conv2D(2, 5), 4), (keras.layers.SeparableConv2D(2, 5), 4), (keras.layers.Conv3D(2, 5), 5)],
)  # fmt: skip
def test_the_axis_that_its_weights_were_made_for_is_named(layer: keras.layers.Layer, rank: int) -> None:
    made = _made(layer, rank)
    other = (*SAMPLE[-rank + 1 : -1], 11)
    with pytest.raises(ValueError, match="expected axis -1") as refused:
        made(keras.Input(other))
    told = explain_failure(refused.value, made, [_named(None, *other)])
    assert told.mistake == "data_size"
    assert told.cause == f"{type(made).__name__} {made.name} was built for axis {rank - 1}=6; it got 11."
    assert (told.axis, told.expected[-1].size, told.found[-1].size) == (rank - 1, 6, 11)


def test_a_size_that_fits_is_not_judged_so() -> None:
    made = _made(keras.layers.Dense(3), 3)
    assert explain_failure(ValueError("something else"), made, [_named(None, 14, 6)]).mistake != "data_size"
