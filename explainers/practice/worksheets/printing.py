"""What is printed of a model's code: the model itself, without imports and the classes of its own. No Keras here."""

from __future__ import annotations

from explainers.core.results import Inspection

COMMENT = "  # ("  # how the shape comment of a line begins


def parted(found: Inspection) -> tuple[list[str], list[str]]:
    """(imports and classes, the lines of the model); empty lines of the model are left out."""
    lines = found.code.rstrip().splitlines()
    first = min(found.code_lines.values()) - 1
    while first and lines[first - 1].strip() and not lines[first - 1].startswith(("import", "from", " ")):
        first -= 1  # a shared layer is made above the line that calls it
    return lines[:first], [line for line in lines[first:] if line.strip()]


def bare(line: str) -> str:
    """The line without its shape comment."""
    return line.split(COMMENT)[0]
