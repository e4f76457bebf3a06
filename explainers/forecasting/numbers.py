"""A learner's own numbers: a pasted column or a CSV file, checked and bounded. Nothing is stored.

    table = read_table("date,sold\\n2024-01-01,5\\n2024-01-02,7.5\\n")
    table.names                  ("date", "sold")
    column(table, 1)             (5.0, 7.5)

Every refusal is one `NumbersError` with a sentence that names the line and says what to do.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

MOST_NUMBERS = 5_000
MOST_CHARACTERS = 400_000
MOST_COLUMNS = 50
LARGEST = 1e12  # beyond it float32 training says nothing any more
_LONGEST_SHOWN = 24  # characters of a bad entry that are repeated
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE | re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(e[+-]?\d{1,3})?", re.IGNORECASE | re.ASCII)


class NumbersError(ValueError):
    """These numbers can't be used, and why. ambiguous: whether saying what a comma means would help."""

    def __init__(self, sentence: str, ambiguous: bool = False) -> None:
        super().__init__(sentence)
        self.ambiguous = ambiguous


@dataclass(frozen=True)
class Table:
    """Cells as texts, column by column. first_line: the line of the text in which the first row stands.

    decimal: the sign before the decimals, "." or ",".
    """

    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    first_line: int
    decimal: str


def read_file(content: bytes, decimal: str = "") -> Table:
    """A CSV file's bytes. NumbersError where they are no text, or where there is nothing in them."""
    if not content.strip():
        raise NumbersError("The file is empty. Choose one with a number on each line.")
    if len(content) > MOST_CHARACTERS:
        raise NumbersError(f"The file has {len(content):,} bytes; at most {MOST_CHARACTERS:,} can be read here.")
    if b"\0" in content:
        raise NumbersError("This is not a text file. Save the table as “CSV UTF-8” and choose that file.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # digits and signs are the same there; only names may look odd
    return read_table(text, decimal)


def read_table(text: str, decimal: str = "") -> Table:
    """Rows and columns of a pasted text. Separators: line ends, and semicolons, tabs, commas or spaces.

    decimal: "." or "," where the learner has said so; "" reads a comma as whichever is not in doubt, and
    refuses (``ambiguous``) where it is.
    """
    if len(text) > MOST_CHARACTERS:
        raise NumbersError(f"The text has {len(text):,} characters; at most {MOST_CHARACTERS:,} can be read here.")
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    skipped = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    lines = lines[skipped:]
    if not lines:
        raise NumbersError("There is nothing to read yet. Paste one number per line, or choose a CSV file.")
    separator = _separator(lines, decimal)
    rows = _rows(lines, separator)
    if len(rows) == 1:
        rows = [[cell] for cell in rows[0]]  # one line of numbers is a column, too
    return _table(rows, skipped + 1, decimal or _decimal(rows, separator))


def column(table: Table, index: int) -> tuple[float, ...]:
    """The numbers of one column, in order; NumbersError names the first line that is none."""
    cells = table.columns[index]
    if len(cells) > MOST_NUMBERS:
        raise NumbersError(
            f"These are {len(cells):,} numbers; at most {MOST_NUMBERS:,} can be used here. Use a part of them."
        )
    return tuple(_number(cell, table.first_line + i, table.decimal) for i, cell in enumerate(cells))


def likely(table: Table) -> int:
    """The column that is most likely meant: the last of those with the most numbers (dates stand first)."""
    numbers = [sum(_plain(cell, table.decimal) is not None for cell in cells) for cells in table.columns]
    most = max(numbers, default=0)
    return max(index for index, count in enumerate(numbers) if count == most) if most else 0


def checked(numbers: Sequence[float], fewest: int) -> tuple[float, ...]:
    """Numbers from outside once more, on the side that trains: how many, how large. NumbersError otherwise."""
    if len(numbers) > MOST_NUMBERS:
        raise NumbersError(f"These are {len(numbers):,} numbers; at most {MOST_NUMBERS:,} can be used here.")
    if len(numbers) < fewest:
        raise NumbersError(
            f"These are {len(numbers):,} numbers: too few. This window and horizon need at least {fewest:,}; paste "
            "more, "
            "or choose fewer timesteps."
        )
    for place, value in enumerate(numbers, start=1):
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise NumbersError(f"Number {place:,} is {str(value)[:_LONGEST_SHOWN]!r}; each must be a finite number.")
        if abs(value) > LARGEST:
            raise NumbersError(f"Number {place:,} is {value:g}; the largest that can be used here is {LARGEST:g}.")
    return tuple(float(value) for value in numbers)


def _separator(lines: Sequence[str], decimal: str) -> str:
    """What stands between two columns; "" where there is one column."""
    for sign in (";", "\t"):
        if any(sign in line for line in lines):
            return sign
    if any("," in line for line in lines) and decimal != ",":
        if not decimal and len(lines) > 1 and all(_DECIMAL_COMMA.fullmatch(line.strip()) for line in lines):
            raise NumbersError(
                f"Line 1 reads {_shown(lines[0])}: is that one number with a decimal comma, or two columns? "
                "Choose what the comma means.",
                ambiguous=True,
            )
        return ","
    return " " if any(len(line.split()) > 1 for line in lines) else ""


def _rows(lines: Sequence[str], separator: str) -> list[list[str]]:
    if separator == " ":
        return [line.split() or [""] for line in lines]
    if not separator:
        return [[line.strip().strip('"')] for line in lines]
    try:
        return [[cell.strip() for cell in next(csv.reader([line], delimiter=separator), [""])] for line in lines]
    except csv.Error as error:
        raise NumbersError(f"This isn't a table that can be read ({error}). Paste one number per line.") from None


def _decimal(rows: Sequence[Sequence[str]], separator: str) -> str:
    """Between semicolons or tabs, 1,5 can only be a decimal comma."""
    if separator in (";", "\t") and any(_DECIMAL_COMMA.fullmatch(cell) for row in rows for cell in row):
        return ","
    return "."


def _table(rows: list[list[str]], first_line: int, decimal: str) -> Table:
    width = max(len(row) for row in rows)
    if width > MOST_COLUMNS:
        raise NumbersError(f"Line {first_line} has {width} columns; at most {MOST_COLUMNS} can be read here.")
    header = rows[0] if _is_header(rows, decimal) else []
    body = rows[1:] if header else rows
    names = tuple((header[i] if i < len(header) else "") or f"column {i + 1}" for i in range(width))
    return Table(names, tuple(zip_longest(*body, fillvalue="")), first_line + bool(header), decimal)


def _is_header(rows: Sequence[Sequence[str]], decimal: str) -> bool:
    """Names above the numbers: no number in the first row, and one below it."""

    def has_number(row: Sequence[str]) -> bool:
        return any(_plain(cell, decimal) is not None for cell in row)

    return len(rows) > 1 and not has_number(rows[0]) and any(rows[0]) and has_number(rows[1])


def _plain(cell: str, decimal: str) -> float | None:
    text = cell.replace("−", "-")  # as word processors and web pages write it
    text = text.replace(",", ".") if decimal == "," else text
    return float(text) if _NUMBER.fullmatch(text) else None


def _number(cell: str, line: int, decimal: str) -> float:
    if not cell:
        raise NumbersError(
            f"Line {line} is blank. A gap would move all later numbers one point forward: fill it in, or delete the "
            "line."
        )
    value = _plain(cell, decimal)
    if value is None and decimal == "." and _DECIMAL_COMMA.fullmatch(cell):
        raise NumbersError(
            (
                f"Line {line} holds {_shown(cell)}: is that a decimal comma? Choose so above, or write "
                f"{cell.replace(',', '.')}."
            ),
            ambiguous=True,
        )
    if value is None:
        raise NumbersError(f"Line {line} holds {_shown(cell)}, which isn't a number. Write digits, like 12 or -3.5.")
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise NumbersError(f"Line {line} holds {_shown(cell)}; the largest that can be used here is {LARGEST:g}.")
    return value


def _shown(text: str) -> str:
    text = text.strip()
    return repr(text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…")
