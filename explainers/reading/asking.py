"""What a text leaves open, and what the learner says about it. Until then an example stands in its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from explainers.core.finding import Ask
from explainers.reading.text import Sizes, read_sizes

Entry = int | str
LARGEST_ENTRY = 10**7
MESSAGE = "message"  # the key under which one of several messages is chosen
SHAPE = ".shape"  # how the key of an array's shape ends
_SIZES = re.compile(
    r"[\[(]?\s{0,9}(?:None|\?|\d{1,8})(?:\s{0,9},\s{0,9}(?:None|\?|\d{1,8})){0,7}\s{0,9},?\s{0,9}[\])]?"
)


_EXAMPLES = (7, 11, 13, 5, 17, 19, 23, 9, 29, 31, 37, 41)
_OF_A_WINDOW = re.compile(r"kernel|pool|stride|dilation|crop|heads|levels|ksize|filter_size", re.IGNORECASE)
_SIDE = 32  # can be halved five times
Example = Callable[[str, int], int]  # of a number's name, and how many examples there are already


def unlike(name: str, place: int) -> int:
    """Examples that are easily told apart."""
    return _EXAMPLES[place % len(_EXAMPLES)] + 40 * (place // len(_EXAMPLES))


def roomy(name: str, place: int) -> int:
    """Examples that differ, can be halved again and again, and have room for each window."""
    return 2 + place % 2 if _OF_A_WINDOW.search(name) else _SIDE * (place + 2)


def equal(name: str, place: int) -> int:
    """One example for all sizes: some programs need two of theirs to be the same."""
    return 2 if _OF_A_WINDOW.search(name) else _SIDE


class Entries:
    """The learner's entries by their keys. One that doesn't fit its question counts as not given.

    printed: the shapes of arrays that the text itself shows, beside code that doesn't.
    solved: numbers that the code leaves open, worked out from the rest of the text.
    example: what is used for a number that nothing of the text tells.
    """

    def __init__(
        self,
        given: Mapping[str, Entry] | None = None,
        printed: Mapping[str, Sizes] | None = None,
        solved: Mapping[str, int] | None = None,
        example: Example = unlike,
    ) -> None:
        self.given = {str(key): value for key, value in (given or {}).items()}
        self.printed = dict(printed or {})
        self.solved = dict(solved or {})
        self.example = example

    def beside(self, printed: Mapping[str, Sizes], solved: Mapping[str, int]) -> Entries:
        """The same entries beside what the text itself shows, and what follows from it."""
        return Entries(self.given, {**self.printed, **printed}, {**self.solved, **solved}, self.example)

    def number(self, key: str) -> int | None:
        """A size from 1 to LARGEST_ENTRY."""
        value = self.given.get(key)
        text = str(value).strip()
        if value is None or isinstance(value, bool) or not re.fullmatch(r"\d{1,8}", text):
            return None
        return int(text) if 1 <= int(text) <= LARGEST_ENTRY else None

    def choice(self, key: str, options: tuple[str, ...]) -> int | None:
        """The place of the option that was chosen, by its words or by its number from 1 on."""
        value = self.given.get(key)
        if isinstance(value, str) and value in options:
            return options.index(value)
        number = self.number(key)
        return number - 1 if number is not None and number <= len(options) else None

    def shapes(self) -> dict[str, Sizes]:
        """The shapes of arrays by the arrays' names."""
        found = {}
        for key, value in self.given.items():
            if key.endswith(SHAPE) and _SIZES.fullmatch(str(value).strip()):
                found[key.removesuffix(SHAPE)] = read_sizes(str(value).strip().strip("[]()"))
        return found


def numbers_asked(assumed: tuple[str, ...], said: tuple[str, ...]) -> tuple[Ask, ...]:
    """One number for each ``"units = 4"``: examples that the learner may change, and what the learner said."""
    asks = [
        Ask(key, "number", f"What is {key}?", value, (), answered)
        for notes, answered in ((said, True), (assumed, False))
        for key, _, value in (note.rpartition(" = ") for note in notes)
        if key and value.isdigit()
    ]
    return tuple(sorted({ask.key: ask for ask in reversed(asks)}.values(), key=lambda ask: ask.key))
