"""Where a number of a diagnosis is from: read in the text, worked out from it, or an example of ours.

Page, text and JSON mark them alike, so that nothing made up can be taken for a number of the asker's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum

from explainers.core.finding import Change, Value
from explainers.reading.text import LONGEST

AN_EXAMPLE = ": an example, the text doesn't say"  # how a note about one ends
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?![\w.]\d)|\d{1,15}")
_TIGHT = re.compile(r"(?<=[(\[,])\d{1,9}(?:,\d{1,9}){1,7}(?=[,)\]])")
_OWN = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?![\w.]\d)|(?<![A-Za-z_\d])\d{1,15}(?![A-Za-z_\d])")  # not Conv2D's 2
_PRODUCT = re.compile(r"\d{1,9}(?: × \d{1,9}){1,4} = \d{1,12}")
_NOTE = re.compile(r"(?P<name>.{1,80}) = (?P<value>\d{1,12})")


class How(StrEnum):
    """How a number came into a diagnosis."""

    READ = "read"
    WORKED_OUT = "worked out"
    EXAMPLE = "an example"


class Origins:
    """The numbers of one text, and the examples that its model needed."""

    def __init__(self, text: str, assumed: tuple[str, ...]) -> None:
        found = _NUMBER.findall(text[:LONGEST])
        shapes = _TIGHT.findall(text[:LONGEST])  # (224,224) is no number with thousands
        self.read = {int(number.replace(",", "")) for number in found}
        self.read |= {int(number) for shape in shapes for number in shape.split(",")}
        notes = [_NOTE.fullmatch(note) for note in assumed]
        self.examples = {note["name"]: int(note["value"]) for note in notes if note is not None}

    def of(self, number: int, name: str = "") -> How:
        """How this number came here. name: that of the number, where an example may have the same size as one read."""
        if name and self.examples.get(name) == number:
            return How.EXAMPLE
        if number in self.read:
            return How.READ
        return How.EXAMPLE if number in self.examples.values() else How.WORKED_OUT

    def numbers(self, dims: Mapping[str, Value]) -> dict[str, dict[str, int | str]]:
        """Every whole number by its name, with how it came here: ``{"units": {"value": 32, "how": "read"}}``."""
        whole = {name: n for name, n in dims.items() if isinstance(n, int) and not isinstance(n, bool)}
        told: dict[str, dict[str, int | str]] = {}
        for name, n in whole.items():
            told[name] = {"value": n, "how": str(self.of(n, name.rpartition(".")[2]))}
        for name, n in self.examples.items():
            told[name] = {"value": n, "how": str(How.EXAMPLE)}
        return told

    def made_up(self, numbers: Iterable[int | None]) -> tuple[int, ...]:
        """Those of the numbers that are examples and in the text don't occur."""
        return tuple(sorted({n for n in numbers if n is not None and self.of(n) is How.EXAMPLE}))

    def marked(self, change: Change) -> Change:
        """A fix that says which of its numbers are examples."""
        said = {int(n.replace(",", "")) for n in _OWN.findall(f"{change.label} {change.code}")}
        factors = {int(n) for product in _PRODUCT.findall(change.means) for n in _NUMBER.findall(product)}
        made_up = self.made_up(said - factors)
        if not made_up or "example" in change.means:
            return change
        note = f"{are_examples(made_up)}: use your own."
        return replace(change, means=f"{change.means} {note}".strip())


def are_examples(numbers: tuple[int, ...]) -> str:
    """``4 and 7 are examples``."""
    return f"{' and '.join(map(str, numbers))} {'is an example' if len(numbers) == 1 else 'are examples'}"
