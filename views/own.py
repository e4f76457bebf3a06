"""The section that only one lesson has, as plain parts: its view makes them, the shell draws them in this order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Prose:
    """A paragraph (Markdown)."""

    text: str


@dataclass(frozen=True)
class Heading:
    """A heading inside the section."""

    text: str
    anchor: str


@dataclass(frozen=True)
class Drawing:
    """A component, ``views/assets/<name>.js``, and what it draws."""

    name: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Table:
    """Rows with the same columns; cells are Markdown."""

    rows: list[dict[str, str]]


@dataclass(frozen=True)
class Caption:
    """The picture above it in words, in small type."""

    text: str


Part = Prose | Heading | Drawing | Table | Caption


@dataclass(frozen=True)
class Own:
    """What stands on one lesson's page alone, right after the shape flow."""

    title: str
    anchor: str
    parts: tuple[Part, ...]
