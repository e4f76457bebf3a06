"""What holds for one mistake alone stands in its file: nobody else asks a mistake for its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from explainers.core.mistakes import all_mistakes

ROOT = Path(__file__).parents[4]
PLACES = ("explainers/core", "explainers/reading", "explainers/practice", "views", "shell", "pages", "rooms", "workers")
NAMES = {mistake.name for mistake in all_mistakes()}

# The one place that needs more than a fact of one file.
ALLOWED = {
    "explainers/practice/challenges/behind.py": "which of two misconceptions it is hangs on the model as well",
}


def asked(source: str) -> Iterator[int]:
    """The lines that compare something called a mistake with the name of one."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Compare):
            continue
        words = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
        if words & NAMES and "mistake" in ast.unparse(node.left):
            yield node.lineno


def test_nobody_branches_on_the_name_of_a_mistake() -> None:
    found = [
        f"{name}:{line}"
        for place in PLACES
        for path in (ROOT / place).rglob("*.py")
        if not (name := path.relative_to(ROOT).as_posix()).startswith(("explainers/core/mistakes/", *ALLOWED))
        for line in asked(path.read_text(encoding="utf-8"))
    ]
    assert not found, "make it a fact of the mistake's own file (kit/sheet.py): " + ", ".join(sorted(found))


def test_every_exception_is_one() -> None:
    for name in ALLOWED:
        assert list(asked((ROOT / name).read_text(encoding="utf-8"))), name


def test_the_rule_sees_such_a_branch() -> None:
    seen = 'if finding.mistake == "mask": ...\nif mistake in ("reshape", "other"): ...\nif word == "mask": ...'
    assert list(asked(seen)) == [1, 2]
