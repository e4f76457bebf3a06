"""Misconceptions as a page shows them: the index, a trial, a question, and what the live model says about an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explainers.core.axes import sized
from explainers.core.results import Tensor
from explainers.core.trial import Tried
from explainers.core.words import untagged
from explainers.practice.misconceptions.catalogue import THEMES, all_misconceptions
from explainers.practice.misconceptions.misconception import Judgement, Misconception
from views import palette, predict
from views.search import Entry, index_of, search

REPORTS = 323  # public reports that were read
PLACEHOLDERS = {"shape": "its sizes, like (None, 7, 9)", "count": "a whole number", "choice": ""}
Grouped = dict[str, tuple[Misconception[Any], ...]]


def groups(text: str = "") -> Grouped:
    """The misconceptions by theme, the most frequent first; with a text, those that it finds, best first."""
    if not text.strip():
        return {
            theme: tuple(sorted(misconceptions, key=lambda misconception: misconception.number))
            for theme, misconceptions in THEMES.items()
        }
    by_slug = {misconception.slug: misconception for misconception in all_misconceptions()}
    entries = tuple(_entry(misconception) for misconception in by_slug.values())
    found = search(text, index_of(entries), most=len(entries))
    return {"Found": tuple(by_slug[one.entry.query["misconception"]] for one in found)} if found else {}


def _entry(misconception: Misconception[Any]) -> Entry:
    words = (*misconception.words, *(name.replace("_", " ") for name in misconception.mistakes))
    return Entry(
        "Misconception",
        misconception.believed,
        misconception.truth,
        "",
        {"misconception": misconception.slug},
        words,
        (misconception.look,),
    )


def how_often(misconception: Misconception[Any]) -> str:
    """``in 13 of 323 reports``."""
    return f"in {misconception.seen} of {REPORTS} reports"


def quoted(misconception: Misconception[Any]) -> str:
    """``“More steps means more weights.”``: a misconception is what people say."""
    return f"“{misconception.believed}”"


def neighbours(misconception: Misconception[Any]) -> tuple[Misconception[Any] | None, Misconception[Any] | None]:
    """The misconception before and the one after, by number."""
    every = all_misconceptions()
    place = every.index(misconception)
    return (every[place - 1] if place else None, every[place + 1] if place + 1 < len(every) else None)


def tensors(trial: Tried) -> str:
    """The arrays of a trial as a list in Markdown: name, sizes in colour, the first numbers where they matter."""
    return "\n".join(f"- {_tensor(tensor)}{_values(tensor) if trial.values else ''}" for tensor in trial.tensors)


def _tensor(tensor: Tensor) -> str:
    sizes = ", ".join(palette.directive(axis.axis, sized(axis)) for axis in tensor.shape)
    return f"`{tensor.name}` ({sizes})"


def _values(tensor: Tensor) -> str:
    """`` [[1, 2], [3, …` with an ellipsis where more rows or columns are than are shown."""
    rows = ["[" + ", ".join(_number(n) for n in row) + _more(tensor, -1, len(row)) + "]" for row in tensor.values]
    text = ", ".join(rows) + _more(tensor, -2, len(rows))
    return f": `[{text}]`"


def _more(tensor: Tensor, place: int, shown: int) -> str:
    size = tensor.shape[place].size if len(tensor.shape) >= -place else shown
    return ", …" if size is not None and size > shown else ""


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def words(trial: Tried) -> str:
    """Keras' own words about a trial; "" where it said nothing."""
    return f"{trial.error.type}: {trial.error.message}" if trial.error else ""


def why(trial: Tried) -> str:
    """The cause that belongs to Keras' words, where it says more than the trial's own sentence."""
    if trial.error is None or untagged(trial.error.cause) == untagged(trial.verdict):
        return ""
    return trial.error.cause


def read_answer(kind: str, typed: str) -> str:
    """What the learner typed, as the engine reads it: "none 5 4" becomes "(None, 5, 4)".

    Raises GuessError with a sentence for the learner.
    """
    if kind == "shape":
        return str(predict.parse_shape(typed))
    if kind == "count":
        return str(predict.parse_count(typed))
    return typed


def verdict(judged: Judgement, gave_up: bool) -> str:
    """One sentence on the answer."""
    choice = not judged.truth[:1].isdigit() and not judged.truth.startswith("(")  # words, as “Keras refuses it”
    if gave_up:
        return f"The right choice: **{judged.truth}**." if choice else f"Keras says **{judged.truth}**."
    if judged.right:
        return f"Right: **{judged.truth}**."
    if choice:
        return f"Not quite: you said **{judged.said}**. The right choice: **{judged.truth}**."
    return f"Not quite: you said **{judged.said}**, Keras says **{judged.truth}**."


def axes(judged: Judgement, gave_up: bool) -> list[dict[str, str]]:
    """One row per axis of a shape: what was said, what is so, and where the number comes from."""
    rows: list[dict[str, str]] = []
    for row in judged.axes:
        said = {} if gave_up else {"you said": row.said + ("" if row.right else "  ✗")}
        coloured = palette.directive(row.axis, row.truth) if row.axis else row.truth
        rows.append({**said, "Keras says": coloured, "axis": row.axis, "where it comes from": row.origin})
    return rows


def seed_from(texts: Mapping[str, str], most: int = 9999) -> int:
    """The number of the question in a link, 1 where there is none or it is no such number."""
    text = texts.get("question", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= most else 1


def sentences(parts: Sequence[str]) -> str:
    """Parts that are not empty, one after another."""
    return " · ".join(part for part in parts if part)
