"""What one process of a run has made the others take, as long as the sources are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import shared as sharing


def test_it_is_made_once_and_anew_when_the_sources_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sharing.FOLDER, str(tmp_path))
    made: list[str] = []

    def ask(question: str) -> tuple[str, int]:
        return sharing.shared(question, lambda: (made.append(question), (question, len(made)))[1])

    assert [ask("a"), ask("b"), ask("a")] == [("a", 1), ("b", 2), ("a", 1)]
    assert made == ["a", "b"]
    monkeypatch.setattr(sharing, "_sources", lambda: "others")
    assert ask("a") == ("a", 3)
    assert len(list(tmp_path.iterdir())) == 3  # and no half of one


def test_without_a_folder_everybody_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(sharing.FOLDER)
    made: list[int] = []
    for _ in range(2):
        sharing.shared("a", lambda: made.append(7))
    assert made == [7, 7]


def test_a_changed_source_is_another_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "SOURCES", tmp_path)
    words = set()
    for text in ("units = 4", "units = 9"):
        (tmp_path / "lesson.py").write_text(text)
        sharing._sources.cache_clear()
        words.add(sharing._sources())
    sharing._sources.cache_clear()
    assert len(words) == 2
