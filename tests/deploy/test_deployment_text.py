"""docs/DEPLOYMENT.md and docs/SECURITY.md say what is so: every variable, every file and command that they name."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from explainers.core.limits import Limits as CostLimits
from shell.headers import VARIABLE
from workers.limits import PREFIX, Limits

ROOT = Path(__file__).parents[2]
TEXTS = ("DEPLOYMENT.md", "SECURITY.md")


def text(name: str) -> str:
    """One file of docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def rows() -> dict[str, list[str]]:
    """Variable -> the other cells of its row, in the table of all settings."""
    found = re.findall(rf"^\| `({PREFIX}\w+)` \| (.*) \|$", text("DEPLOYMENT.md"), re.MULTILINE)
    return {name: cells.split(" | ") for name, cells in found}


def test_the_table_has_every_variable_and_no_other() -> None:
    workers = {PREFIX + field.name.upper() for field in dataclasses.fields(Limits)}
    costs = {f"{PREFIX}MAX_{field.name.upper()}" for field in dataclasses.fields(CostLimits)}
    assert set(rows()) == workers | costs | {VARIABLE}


@pytest.mark.parametrize("field", dataclasses.fields(Limits), ids=lambda field: field.name)
def test_a_row_says_what_the_code_says(field: dataclasses.Field[object]) -> None:
    default, allowed, about = rows()[PREFIX + field.name.upper()]
    assert allowed == f"{field.metadata['low']:,} to {field.metadata['high']:,}"
    assert about == field.metadata["help"]
    if field.default is not dataclasses.MISSING:
        assert float(default.replace(",", "")) == field.default


@pytest.mark.parametrize("field", dataclasses.fields(CostLimits), ids=lambda field: field.name)
def test_a_limit_of_costs_has_its_default(field: dataclasses.Field[object]) -> None:
    default = rows()[f"{PREFIX}MAX_{field.name.upper()}"][0]
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
