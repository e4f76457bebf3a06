"""docs/DEPLOYMENT.md and docs/SECURITY.md say what is so: every variable, every file and command that they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from explainers.core import limits as costs
from rooms.limits import ClassLimits
from settings import PREFIX, variables
from shell.headers import Embedding
from shell.start import known
from workers.kept import Keeping
from workers.limits import Limits

ROOT = Path(__file__).parents[2]
TEXTS = ("DEPLOYMENT.md", "SECURITY.md")


def text(name: str) -> str:
    """One file of docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def rows() -> dict[str, list[str]]:
    """Variable -> the other cells of its row, in the table of all settings."""
    found = re.findall(rf"^\| `({PREFIX}\w+)` \| (.*) \|$", text("DEPLOYMENT.md"), re.MULTILINE)
    return {name: cells.split(" | ") for name, cells in found}


DECLARED = {
    **variables(Limits),
    **variables(costs.Limits, costs.PREFIX),
    **variables(Embedding),
    **variables(ClassLimits),
    **variables(Keeping),
}


def test_the_table_has_every_variable_and_no_other() -> None:
    assert set(rows()) == set(known()) == set(DECLARED)


@pytest.mark.parametrize("name", DECLARED)
def test_a_row_says_what_the_code_says(name: str) -> None:
    field = DECLARED[name]
    default, allowed, about = rows()[name]
    assert allowed == field.metadata["allowed"]
    assert about.startswith(field.metadata["help"])
    if isinstance(field.default, int | float):
        assert float(default.replace(",", "")) == field.default


@pytest.mark.parametrize("name", TEXTS)
def test_every_file_that_is_named_is_there(name: str) -> None:
    named = re.findall(r"`((?:tests|deploy|shell|views|explainers|scripts)/[\w./-]*)`", text(name))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", TEXTS)
def test_every_target_of_make_that_is_named_is_there(name: str) -> None:
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)", text(name)))
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert named - targets == set()
