"""Pasted text -> Python statements. Whole files first; else what can be saved line by line. Nothing is executed."""

from __future__ import annotations

import ast
import re
import textwrap
import time
import warnings
from dataclasses import dataclass

MOST_LINES = 6000
LONGEST_WHOLE = 120_000  # characters that are parsed in one go; longer texts statement by statement
MOST_TRIES = 1500  # parses of pieces
MOST_SECONDS = 0.7
MOST_FIELDS = 2000  # braces in a text that has f-strings
LONGEST_PIECE = 80  # lines of one statement
LONGEST_LINE = 4000  # characters; longer lines are data, not code

_PROMPT = re.compile(r"(?m)^[ ]{0,40}(?:>>>|\.{3,8}:?|In \[\d{0,6}\]:|Out\[\d{0,6}\]:) ?")
# ``my code: x = LSTM(9)(x)``: what is said in front of a statement
_LABEL = re.compile(
    r"(?mi)^[ ]{0,8}(?:(?:my|the|this is my|here is my) )?(?:code|model|program|snippet) ?: ?(?=\w[\w.]{0,60} ?[=(])"
)
_PRINT = re.compile(r"(?m)^([ ]{0,80})print +([^(=\s][^\n]{0,2000})$")
_MAGIC = re.compile(r"(?m)^[ ]{0,40}[%!][^\n]{0,2000}$")
_LONG = re.compile(r"\b(\d{1,18})L\b")
_CODE_LIKE = re.compile(
    r"\s{0,80}(?:[A-Za-z_(][\w.\[\]'\", ()]{0,120}\s?=(?!=)|[A-Za-z_][\w.]{0,100}\(|"
    r"(?:from|import|class|def|for|if|with|return)\b|@)"
)
_HEADER = re.compile(r"\s{0,80}(?:class|def|for|if|with|while|try)\b")


@dataclass(frozen=True)
class Statement:
    """One top-level statement and the line (from 1) of the shown text where it starts."""

    node: ast.stmt
    first_line: int

    def line(self, node: ast.AST) -> int:
        """The line of a part of it in the shown text."""
        return self.first_line + int(getattr(node, "lineno", 1)) - 1


@dataclass(frozen=True)
class Statements:
    """What could be parsed. whole: the text is code from end to end. unread: (line, why) of what isn't."""

    found: tuple[Statement, ...]
    whole: bool
    unread: tuple[tuple[int, str], ...] = ()


def statements(text: str) -> Statements:
    """All Python statements in a text."""
    prepared = _prepare(text)
    lines = prepared.split("\n")
    if len(lines) <= MOST_LINES and len(prepared) <= LONGEST_WHOLE:
        tree = _parse(textwrap.dedent(prepared))
        if tree is not None:
            return Statements(tuple(Statement(node, 1) for node in tree.body), bool(tree.body))
    return _saved(lines[:MOST_LINES])


def _prepare(text: str) -> str:
    """Old prints, prompts and notebook magics give way; every line keeps its number."""
    text = _LABEL.sub("", _MAGIC.sub("", _PROMPT.sub("", text)))
    return _LONG.sub(r"\1", _PRINT.sub(r"\1print(\2)", text))


def _parse(piece: str) -> ast.Module | None:
    if piece.count("{") > MOST_FIELDS and re.search(r"(?i)\b[rb]?f[rb]?['\"]", piece):
        return None  # Python's own parser takes quadratic time for an f-string of many fields
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(piece)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _saved(lines: list[str]) -> Statements:
    """Statement by statement; what doesn't parse is skipped and, where it looks like Keras code, named."""
    found: list[Statement] = []
    unread: list[tuple[int, str]] = []
    place, tries, end = 0, 0, time.monotonic() + MOST_SECONDS
    while place < len(lines) and tries < MOST_TRIES and time.monotonic() < end:
        line = lines[place]
        if len(line) > LONGEST_LINE or not _CODE_LIKE.match(line):
            place += 1
            continue
        length = _piece(lines, place)
        tree = _parse(textwrap.dedent("\n".join(lines[place : place + length]))) if length else None
        tries += 1
        if tree is None and length > 1 and _HEADER.match(line):
            length = 1  # a header whose body is broken: its lines are tried one by one
        if tree is None:
            if re.search(r"\w\(", line) and not line.rstrip().endswith(("...", ":")):
                unread.append((place + 1, "this line isn't complete Python"))
            place += 1
            continue
        found += [Statement(node, place + 1) for node in tree.body]
        place += length
    return Statements(tuple(found), False, tuple(unread[:20]))


def _piece(lines: list[str], start: int) -> int:
    """How many lines the statement at `start` has: until its brackets close, and the body of a header. 0: never."""
    if _HEADER.match(lines[start]):
        indent = len(lines[start]) - len(lines[start].lstrip())
        length = 1
        while start + length < len(lines) and length < 4 * LONGEST_PIECE:
            line = lines[start + length]
            if (
                line.strip()
                and len(line) - len(line.lstrip()) <= indent
                and not line.strip().startswith((")", "]", "else", "elif", "except"))
            ):
                break
            length += 1
        return length
    depth = 0
    for length, line in enumerate(lines[start : start + LONGEST_PIECE], start=1):
        bare = re.sub(r"#.*|'[^'\n]{0,500}'|\"[^\"\n]{0,500}\"", "", line[:LONGEST_LINE])
        depth += sum(bare.count(sign) for sign in "([{") - sum(bare.count(sign) for sign in ")]}")
        if depth <= 0:
            return length
    return 0
