"""What is behind a wrong answer. The slips are told by hand; the shapes are those of layers as Keras has them."""

from __future__ import annotations

import pytest

from explainers.core.axes import Axis, Shape
from explainers.core.results import Layer, Weight
from explainers.practice.misconceptions.catalogue import BY_SLUG
from rooms import slips
from rooms.slips import slip_in_count, slip_in_line, slip_in_shape


def shape(**sizes: int | None) -> Shape:
    return tuple(Axis(name, size, "") for name, size in sizes.items())


SEQUENCE = shape(batch=None, timesteps=11, features=3)
KEPT = shape(batch=None, timesteps=11, units=7)
LAST = shape(batch=None, units=7)
SIGNAL = shape(batch=None, steps=20, channels=4)
CONV = shape(batch=None, steps=18, filters=6)
FIXED = shape(batch=5, timesteps=11, units=7)


@pytest.mark.parametrize(
    ("guess", "truth", "given", "told", "slug"),
    [
        ((None, 11, 7), LAST, SEQUENCE, "kept timesteps, which the output doesn't have", slips.KEPT_STEPS),
        (
            (11, 7),
            LAST,
            SEQUENCE,
            "left out the batch axis and kept timesteps, which the output doesn't have",
            slips.KEPT_STEPS,
        ),
        ((None, 7), KEPT, SEQUENCE, "left out timesteps", slips.NO_STEPS),
        ((11, 7), KEPT, SEQUENCE, "left out the batch axis", slips.WHOLE_ARRAY),
        ((32, 11, 7), KEPT, SEQUENCE, "wrote a number where the batch is None", slips.NONE_IS_NUMBER),
        ((None, 11, 7), FIXED, SEQUENCE, "wrote None where the batch is 5", slips.NONE_IS_NUMBER),
        ((None, 7, 7), KEPT, SEQUENCE, "put units where timesteps are", slips.UNITS_FOR_STEPS),
        ((None, 11, 3), KEPT, SEQUENCE, "put features where units are", ""),
        ((None, 11, 11), KEPT, SEQUENCE, "put timesteps where units are", slips.UNITS_FOR_STEPS),
        ((None, 7, 11), KEPT, SEQUENCE, "swapped timesteps and units", slips.UNITS_FOR_STEPS),
        ((None, 6, 18), CONV, SIGNAL, "swapped steps and filters", slips.CHANNELS_FIRST),
        ((None, 20, 6), CONV, SIGNAL, "kept steps at the input's 20", slips.KEEPS_LENGTH),
        ((None, 17, 6), CONV, SIGNAL, "missed steps by one", slips.KEEPS_LENGTH),
        ((None, 18, 4), CONV, SIGNAL, "put channels where filters are", ""),
        ((None, None, 7), KEPT, SEQUENCE, "wrote None where timesteps are fixed", slips.NONE_IS_NUMBER),
    ],
)
def test_slips(guess: tuple[int | None, ...], truth: Shape, given: Shape, told: str, slug: str) -> None:
    found = slip_in_shape(guess, truth, (given,))
    assert found is not None
    assert (found.text, found.misconception) == (told, slug)


@pytest.mark.parametrize("guess", [(None, 11, 7), (None, 98, 97), (None, 40, 7), (), (None,)])
def test_what_no_rule_knows_is_only_wrong(guess: tuple[int | None, ...]) -> None:
    assert slip_in_shape(guess, KEPT, (SEQUENCE,)) is None


def test_every_misconception_that_is_named_is_in_the_catalogue() -> None:
    named = {value for name, value in vars(slips).items() if name.isupper() and isinstance(value, str)}
    assert len(named) == 9
    assert named <= set(BY_SLUG)


U, F = 7, 3
GATES = ("i", "f", "c", "o")


def weight(name: str, *sizes: int) -> Weight:
    axes = tuple(Axis(f"axis{place}", size, "") for place, size in enumerate(sizes))
    count = 1
    for size in sizes:
        count *= size
    return Weight(name, axes, "", "", count, GATES)


def lstm() -> Layer:
    """LSTM(7) over (5, 11, 3): 4 · 7 · (3 + 7 + 1) = 308 parameters."""
    weights = (weight("kernel", F, 4 * U), weight("recurrent_kernel", U, 4 * U), weight("bias", 4 * U))
    given = shape(batch=5, timesteps=11, features=F)
    return Layer("lstm", "LSTM", {}, (given,), (FIXED,), weights, 308)


@pytest.mark.parametrize(
    ("said", "told", "slug"),
    [
        (4 * U * (F + U), "left out bias", ""),
        (4 * U * F, "left out recurrent_kernel and bias", ""),
        (U * (F + U + 1), "counted one gate of 4", ""),
        (11 * 308, "counted the weights once for each of the timesteps", slips.MORE_STEPS),
        (5 * 308, "counted the weights once for each of the batch", slips.HOLDS_BATCH),
    ],
)
def test_slips_in_a_count(said: int, told: str, slug: str) -> None:
    found = slip_in_count(said, lstm())
    assert found is not None
    assert (found.text, found.misconception) == (told, slug)


def test_a_count_that_no_rule_knows_is_only_wrong() -> None:
    assert slip_in_count(309, lstm()) is None


def test_a_line_is_too_early_or_too_late() -> None:
    early, right, late = (slip_in_line(said, 3) for said in (2, 3, 4))
    assert early is not None
    assert early.text == "chose a line that runs"
    assert right is None
    assert late is not None
    assert late.text == "chose a line after it, which never runs"
