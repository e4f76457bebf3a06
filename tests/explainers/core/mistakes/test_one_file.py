"""Adding a mistake is one file: a made-up one, in a folder of its own, is read, judged, made live, mended and found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keras
import pytest

from explainers.core import mistakes
from explainers.core.inspection import inspect_live
from explainers.reading.diagnosing import diagnose, read
from views import search

A_MISTAKE = '''
"""An array of odd length, where a layer folds it in two."""

from explainers.core.finding import Change
from explainers.core.mistakes.kit.judged import Judged, who
from explainers.core.mistakes.kit.scene import entry
from explainers.core.mistakes.kit.sheet import Family, Mistake
from explainers.core.spec import LayerSpec, chain


def judge(layer, inputs):
    if not layer.name.startswith("fold") or inputs[0][-1].size % 2 == 0:
        return None
    return Judged(f"{who(layer)} folds {inputs[0][-1].size} numbers in two.", found=inputs[0], axis=1)


def live(scene):
    numbers = scene.finding.number("odd")
    halves = LayerSpec("Reshape", "fold", (("target_shape", (2, numbers // 2)),))
    return chain(entry((None, numbers)), (halves,))


def fixes(finding, dims):
    return (Change(f"Give it {finding.number('odd') + 1} numbers."),)


MISTAKE = Mistake(
    name="odd_fold",
    title="Something odd is folded in two",
    searched=("cannot fold an odd zebra",),
    misconception="reshape-turns-axes",
    order=3,
    families=(
        Family(
            sees=("cannot fold",),
            says=("cannot fold {odd} zebras",),
            causes=("{odd} can't be halved.",),
        ),
    ),
    judge=judge,
    live=live,
    fixes=fixes,
)
'''
MESSAGE = "ValueError: cannot fold 17 zebras"


@pytest.fixture(autouse=True)
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The file of the made-up mistake, beside the others for as long as a test runs."""
    (tmp_path / "odd_fold.py").write_text(A_MISTAKE, encoding="utf-8")
    monkeypatch.setattr(mistakes, "__path__", [*mistakes.__path__, str(tmp_path)])
    mistakes.forget_mistakes()
    yield
    monkeypatch.undo()
    mistakes.forget_mistakes()


def test_it_is_read_from_its_message() -> None:
    found = read(f"Traceback (most recent call last):\n{MESSAGE}")
    assert (found.kind, found.mistake, found.dims["odd"]) == ("error", "odd_fold", 17)
    assert found.cause == "17 can't be halved."


def test_its_fix_is_offered() -> None:
    assert [fix.label for fix in read(MESSAGE).fixes] == ["Give it 18 numbers."]


def test_a_live_failure_is_judged() -> None:
    def build() -> keras.Model:
        tensor = keras.Input((9,), name="numbers")
        return keras.Model(tensor, keras.layers.Reshape((2, 4), name="fold_in_two")(tensor))

    error = inspect_live(build).inspection.error
    assert error is not None
    assert (error.mistake, error.cause) == ("odd_fold", "Reshape fold_in_two folds 9 numbers in two.")


def test_it_is_made_live_and_fails_there_as_it_says() -> None:
    found = diagnose(MESSAGE)
    assert found.model is not None
    error = found.model["error"]
    assert (error["mistake"], error["layer"], error["cause"]) == (
        "odd_fold",
        "fold",
        "Reshape fold folds 17 numbers in two.",
    )


def test_the_search_finds_it() -> None:
    index = search.index_of(search.entries({}))
    assert search.search("fold zebra", index)[0].entry.title == "Something odd is folded in two"


def test_the_page_calls_it_by_its_title() -> None:
    assert read(MESSAGE).verdict == "Something odd is folded in two"


def test_without_its_file_nobody_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mistakes, "__path__", mistakes.__path__[:-1])
    mistakes.forget_mistakes()
    assert mistakes.find_mistake("odd_fold") is None
    assert read(MESSAGE).mistake is None
