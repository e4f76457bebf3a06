"""Files that wait are spread among the others, and nothing else changes places."""

from __future__ import annotations

from tests.order import spread


def test_files_that_wait_are_no_neighbors() -> None:
    files = ["a", "b", "wait 1", "wait 2", "wait 3", "c", "d", "e", "f"]
    assert spread(files, lambda file: file.startswith("wait")) == [
        "a", "wait 1", "b", "c", "wait 2", "d", "e", "wait 3", "f",
    ]  # fmt: skip


def test_files_of_one_kind_stay_as_they_are() -> None:
    assert spread(["b", "a", "c"], lambda file: False) == ["b", "a", "c"]
    assert spread([], lambda file: True) == []
