"""The words of a wait."""

from __future__ import annotations

import pytest

from views.waiting import TRAINING_BY_ITSELF, in_line, ordinal


@pytest.mark.parametrize(
    ("number", "seconds", "said"),
    [
        (1, 0.4, "You're next in line. This page will fill in automatically."),
        (2, 3.6, "You're 2nd in line, about 4 s. This page will fill in automatically."),
        (7, 41.0, "You're 7th in line, about 40 s. This page will fill in automatically."),
        (23, 130.0, "You're 23rd in line, about 2 minutes. This page will fill in automatically."),
    ],
)
def test_the_place_in_the_line(number: int, seconds: float, said: str) -> None:
    assert in_line(number, seconds) == said


def test_the_place_of_a_training() -> None:
    said = in_line(3, 17.0, TRAINING_BY_ITSELF)
    assert said == "You're 3rd in line, about 15 s. The training will start automatically; “Stop” leaves the line."


def test_ordinals_as_they_are_spoken() -> None:
    told = "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 101st 111th 1,002nd"
    numbers = (1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111, 1002)
    assert " ".join(ordinal(number) for number in numbers) == told
