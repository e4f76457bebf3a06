"""A diff is put into the text that it was made of, and into no other."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from views import code
from views.diffs import applied, unified

LINES = st.lists(st.text(string.ascii_lowercase + "+- @", max_size=6), min_size=1, max_size=12)


@given(LINES, LINES)
def test_the_new_text_comes_back(before: list[str], now: list[str]) -> None:
    old, new = "\n".join(before), "\n".join(now)
    diff = "\n".join(unified(f"{old}\n", f"{new}\n", "a", "b"))
    assert not diff or applied(old, diff) == new


def test_another_text_is_left_alone() -> None:
    diff = "\n".join(unified("a\nb\nc", "a\nx\nc", "yours", "mended"))
    assert applied("a\nq\nc", diff) is None
    assert applied("a\nb\nc", "no diff") is None


def test_the_signs_of_a_diff_are_drawn_and_its_head_is_not() -> None:
    diff = "\n".join(unified("units = 3\n", "units = 8\n", "yours", "mended"))
    lines = code.diff(diff, "a fix")["lines"]
    assert [line["sign"] for line in lines] == ["-", "+"]
    assert ["".join(piece[1] for piece in line["pieces"]) for line in lines] == ["units = 3", "units = 8"]
