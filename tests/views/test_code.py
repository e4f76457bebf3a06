"""Code on the wall of a class: the lines that there is room for."""

from __future__ import annotations

import pytest

from views import code


@pytest.mark.parametrize(
    ("number", "shown"),
    [(20, range(18, 23)), (1, range(1, 6)), (31, range(27, 32)), (99, range(27, 32))],
)
def test_a_wall_shows_the_lines_around_one_as_far_as_there_is_room(number: int, shown: range) -> None:
    short = "\n".join(f"x{at} = 1" for at in range(1, 32))
    assert code.around(short, number, rows=5, wide=40) == shown


def test_a_long_line_takes_the_room_of_several() -> None:
    long = "a = 1\nb = 2\n" + "c" * 70 + "\nd = 4"
    assert code.around(long, 3, rows=4, wide=30) == range(2, 4)
    assert code.around(long, 3, rows=5, wide=30) == range(2, 5)
    drawn = code.plain(long, "The code", numbered=True, only=range(2, 5))
    assert [line["number"] for line in drawn["lines"]] == [2, 3, 4]
    assert drawn["text"] == long
