"""Challenges in words and tables: plain data in, Markdown and rows out."""

from __future__ import annotations

from collections.abc import Iterable

from explainers.core.axes import Shape, names
from explainers.core.results import Inspection
from explainers.core.words import listed
from explainers.practice.challenges.challenge import Verdict
from views import palette
from views.predict import compare_count


def model_lines(found: Inspection) -> str:
    """The model's code from its first Input on, without the comments that tell its shapes."""
    lines = found.code.rstrip().splitlines()[min(found.code_lines.values(), default=1) - 1 :]
    return "\n".join(line.split("  # ")[0] for line in lines)


def axes(wanted: Shape, got: Shape) -> str:
    """A Markdown table, axis by axis, where both shapes have as many; else which axes make the difference."""
    if len(wanted) != len(got):
        return _ranks(wanted, got)
    lines = ["| axis | expected | yours | |", "|---|---|---|---|"]
    for one, other in zip(wanted, got, strict=True):
        right = one.size == other.size
        verdict = ":green[right]" if right else ":red[differs]"
        yours = _painted(other.axis, other.size) if right else f":red[**{_spell(other.size)}**]"
        lines.append(f"| {one.axis} | {_painted(one.axis, one.size)} | {yours} | {verdict} |")
    return "\n".join(lines)


def _ranks(wanted: Shape, got: Shape) -> str:
    missing = [name for name in names(wanted) if name not in names(got)]
    extra = [name for name in names(got) if name not in names(wanted)]
    told = [f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing"] if missing else []
    told += [f"{listed(extra)} {'is' if len(extra) == 1 else 'are'} too many"] if extra else []
    return f"Expected: {_many(len(wanted))}, yours has {len(got)}" + (f": {' and '.join(told)}." if told else ".")


def _many(count: int) -> str:
    return "1 axis" if count == 1 else f"{count} axes"


def _painted(axis: str, size: int | None) -> str:
    return palette.directive(axis, _spell(size))


def _spell(size: int | None) -> str:
    return "None" if size is None else f"{size:,}"


def why_not(verdict: Verdict) -> str:
    """What a wrong count might come from, by the weights of the layer; "" where there is nothing to say."""
    if verdict.said is None or verdict.layer is None:
        return ""
    return compare_count(verdict.said, verdict.layer).reason


def score(hints_of_solved: Iterable[int]) -> str:
    """``3 solved, 2 of them without a hint``; hints_of_solved: how many hints each solved challenge took."""
    taken = list(hints_of_solved)
    if not taken:
        return "You haven't solved any yet in this visit."
    alone = sum(hints == 0 for hints in taken)
    return f"Solved in this visit: **{len(taken)}**, without a hint: **{alone}**."
