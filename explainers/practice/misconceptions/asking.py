"""A question with new dims from a seed, and the judgement of an answer by the live model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import Any

from explainers.core.dims import DimsBase
from explainers.practice.misconceptions.catalogue import find_misconception
from explainers.practice.misconceptions.misconception import AxisSaid, Judgement, Misconception, Question, Shown, Truth

Sizes = tuple[int | None, ...]
LONGEST = 200  # characters of an answer that are read
_PART = re.compile(r"None|[0-9]{1,9}")


def show_misconception(slug: str, dims: Mapping[str, str]) -> Shown:
    """One tried at the given dims (texts, as in a link). Raises UnknownMisconception, DimsError or CostError."""
    misconception = find_misconception(slug)
    return shown(misconception, misconception.dims.read(dims))


def shown(misconception: Misconception[Any], dims: DimsBase) -> Shown:
    """The same for dims that were read already."""
    trials = misconception.tried(dims)
    query = dims.query()
    return Shown(
        misconception.slug,
        dims.values(),
        misconception.verdict(dims, trials),
        trials,
        f"/misconceptions?misconception={misconception.slug}{'&' * bool(query)}{query}",
    )


def question(slug: str, seed: int) -> Question:
    """The question of a misconception with the dims that this seed gives. The same seed gives the same question."""
    misconception = find_misconception(slug)
    dims, ask = _drawn(misconception, seed), misconception.ask
    return Question(
        misconception=slug,
        seed=seed,
        dims=dims.values(),
        prompt=ask.prompt(dims),
        code=ask.code(dims),
        kind=ask.kind,
        choices=ask.choices,
        hint=ask.hint(dims),
    )


def judge(slug: str, seed: int, answer: str) -> Judgement:
    """Run the model of the question and compare. An empty answer gives up: the truth is told, and it isn't right.

    Answers are read as Python writes them; a page that lets people type reads more kindly before it asks.
    """
    misconception = find_misconception(slug)
    given = answer.strip()[:LONGEST]
    problem = _unreadable(misconception, given)
    if problem:
        return Judgement(False, False, given, "", problem)
    truth = _truth(slug, seed)
    if misconception.ask.kind == "shape":
        return _judge_shape(given, truth)
    said = str(read_count(given)) if misconception.ask.kind == "count" and given else given
    return Judgement(True, said == truth.answer, said, truth.answer, truth.why, words=truth.words)


@lru_cache(maxsize=64)
def _truth(slug: str, seed: int) -> Truth:
    """What the live model says; kept, because whoever was wrong answers once more."""
    misconception = find_misconception(slug)
    truth: Truth = misconception.ask.truth(_drawn(misconception, seed))
    return truth


def _drawn(misconception: Misconception[Any], seed: int) -> Any:
    return misconception.ask.draw(Random(f"{misconception.slug}:{seed}"))


def _unreadable(misconception: Misconception[Any], given: str) -> str:
    """How to write the answer, if this can't be read; "" if it can, or if nothing was said."""
    if not given:
        return ""
    if misconception.ask.kind == "shape" and read_shape(given) is None:
        return "Write a shape as numbers with commas between them, such as (None, 5, 4). Brackets may be left out."
    if misconception.ask.kind == "count" and read_count(given) is None:
        return "Write one whole number, such as 128."
    if misconception.ask.kind == "choice" and given not in misconception.ask.choices:
        return "Choose one of: " + ", ".join(misconception.ask.choices) + "."
    return ""


def read_shape(text: str) -> Sizes | None:
    """``(None, 5, 4)`` as Python writes it, with or without brackets and commas; None if it is no shape."""
    parts = re.sub(r"[()\[\],]", " ", text).split()
    if not parts or not all(_PART.fullmatch(part) for part in parts):
        return None
    return tuple(int(part) if part.isdigit() else None for part in parts)


def read_count(text: str) -> int | None:
    """``4224`` from "4,224" or "4224"; None if it is no whole number."""
    digits = text.replace(",", "").strip()
    return int(digits) if re.fullmatch(r"[0-9]{1,12}", digits) else None


def _judge_shape(given: str, truth: Truth) -> Judgement:
    live = tuple(axis.size for axis in truth.shape)
    said = read_shape(given)
    if said is None:
        return Judgement(True, False, "", truth.answer, truth.why, _axes((), truth), truth.words)
    told = _by_rank(said, live)
    why = f"{told} {truth.why}".strip()
    return Judgement(True, said == live, str(said), truth.answer, why, _axes(said, truth), truth.words)


def _axes(said: Sizes, truth: Truth) -> tuple[AxisSaid, ...]:
    """Axis by axis: what was said, what is so, and where the number comes from."""
    rows = []
    for place in range(max(len(said), len(truth.shape))):
        word = str(said[place]) if place < len(said) else "–"
        if place >= len(truth.shape):
            rows.append(AxisSaid(word, "–", "", "there is no such axis", False))
            continue
        axis = truth.shape[place]
        right = place < len(said) and said[place] == axis.size
        rows.append(AxisSaid(word, str(axis.size), axis.axis, axis.origin, right))
    return tuple(rows)


def _by_rank(said: Sizes, live: Sizes) -> str:
    """One sentence about the most frequent slips."""
    if said == live:
        return ""
    if live[0] is None and said == live[1:]:
        return "Only the batch is missing: Keras puts None in front."
    if said[0] is None and said[1:] == live:
        return "Here the batch is not part of the shape."
    if sorted(map(str, said)) == sorted(map(str, live)):
        return "The right numbers in the wrong order."
    if len(said) != len(live):
        return f"You wrote {len(said)} {'axis' if len(said) == 1 else 'axes'}, there are {len(live)}."
    return ""
