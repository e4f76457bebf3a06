"""Every mistake: what its file says is whole, and what it leads to is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from explainers.core import mistakes
from explainers.core.mistakes import all_mistakes, find_mistake
from explainers.core.mistakes.kit.sheet import Mistake
from explainers.practice.misconceptions.catalogue import BY_SLUG

FOLDER = Path(mistakes.__file__).parent
every = pytest.mark.parametrize("mistake", all_mistakes(), ids=lambda mistake: mistake.name)


def test_there_is_one_file_for_each_mistake() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert files == {mistake.name for mistake in all_mistakes()}


def test_no_two_want_the_same_turn() -> None:
    orders = [mistake.order for mistake in all_mistakes()]
    assert len(set(orders)) == len(orders)
    assert orders == sorted(orders)


@every
def test_it_is_found_by_its_name(mistake: Mistake) -> None:
    assert find_mistake(mistake.name) is mistake


@every
def test_it_is_read_from_a_message_or_judged_live(mistake: Mistake) -> None:
    assert mistake.families or mistake.judge is not None
    assert all(mistake.searched)
    assert len(mistake.searched) >= 1


@every
def test_it_leads_to_a_misconception_that_there_is(mistake: Mistake) -> None:
    assert mistake.misconception in BY_SLUG


@pytest.mark.parametrize("name", [None, "", "no_such_mistake"])
def test_a_name_that_nobody_has_finds_nothing(name: str | None) -> None:
    assert find_mistake(name) is None
