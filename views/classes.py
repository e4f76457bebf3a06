"""A class in plain data: what a student's page and the teacher's board draw (class_student.js, class_board.js)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from explainers.core.axes import spoken
from explainers.core.words import untagged
from rooms import asked, tally
from rooms.asked import Asked, Field, Prepared
from rooms.desk import Answer
from rooms.tally import AxisTally, TaskTally
from views.classroom import CONTROLS, HIDE, LOCKED

# Neutral names that a student is offered; nobody has to think of one, or give theirs.
_COLORS = ("Amber", "Blue", "Coral", "Green", "Indigo", "Jade", "Olive", "Pearl", "Ruby", "Silver", "Teal", "Violet")
_BIRDS = ("Heron", "Finch", "Kestrel", "Lark", "Martin", "Osprey", "Plover", "Robin", "Swift", "Tern", "Wren", "Crane")


def offered_name(number: int) -> str:
    """``Blue Heron``: one of 144."""
    return f"{_COLORS[number % len(_COLORS)]} {_BIRDS[number // len(_COLORS) % len(_BIRDS)]}"


NAMES = len(_COLORS) * len(_BIRDS)


def asked_data(found: Asked) -> dict[str, Any]:
    """What is asked. Nothing of the answer is in here."""
    return {
        "kind": found.kind,
        "title": found.title,
        "prompt": found.prompt,
        "code": found.code,
        "message": found.message,
        "choices": list(found.choices),
        "fields": [_field(each) for each in found.fields],
        "lines": found.code.splitlines() if found.numbered else [],
    }


def _field(found: Field) -> dict[str, Any]:
    spec = found.spec
    return {
        "name": spec.name, "label": spec.label, "kind": spec.kind, "axis": spec.axis, "now": found.now,
        "spare": found.spare, "choices": list(spec.choices) if spec.kind != "bool" else ["True", "False"],
    }  # fmt: skip


def verdict_data(prepared: Prepared, answer: Answer | None) -> dict[str, Any]:
    """After the reveal: the truth, and beside it what was said, axis by axis. answer: None where there is none.

    pending: a live model is still to be asked about the answer; look again.
    """
    truth = prepared.truth
    found: dict[str, Any] = {"lead": asked.lead(prepared.asked), "keras": asked.told(truth), "why": truth.why}
    if truth.question is not None and not truth.answer:
        found["spoken"] = spoken(truth.question.shapes[truth.output])
    if answer is None:
        return found
    verdict = tally.judged(prepared, answer)
    if verdict.pending:
        return found | {"pending": True}
    rows = [
        {"axis": row.axis, "said": row.said, "keras": row.keras, "right": row.right, "reason": untagged(row.reason)}
        for row in verdict.rows
    ]
    return found | {"right": verdict.right, "rows": rows, "why": verdict.why}


def explore(prepared: Prepared, free: bool, show_all: bool) -> str:
    """A link to the lesson of a revealed task, below the page's own address; "" where there is none.

    free: with its dims to change. show_all: with the button that shows what is hidden.
    """
    if not prepared.figure:
        return ""
    hidden = [] if free else [CONTROLS]
    if not show_all:
        hidden.append(LOCKED)
    query = {**prepared.dims, **({HIDE: ",".join(hidden)} if hidden else {})}
    return f"{prepared.figure}?{urlencode(query, safe=',')}"


def tally_data(found: TaskTally) -> dict[str, Any]:
    """The distribution, axis by axis, and the commonest wrong answers."""
    return {
        "answered": found.answered,
        "pending": found.pending,
        "right": found.right,
        "told": tally.told(found),
        "axes": [_axis(axis, found.answered) for axis in found.axes],
        "wrong": [
            {"answer": wrong.answer, "count": wrong.count, "behind": wrong.behind, "believed": wrong.believed,
             "slug": wrong.misconception}
            for wrong in found.wrong
        ],
        "slips": [
            {"count": slip.count, "behind": slip.behind, "believed": slip.believed, "slug": slip.misconception}
            for slip in found.slips
        ],
    }  # fmt: skip


def _axis(axis: AxisTally, answered: int) -> dict[str, Any]:
    bars = [{"said": bar.said, "count": bar.count, "right": bar.right} for bar in axis.bars]
    right = sum(bar.count for bar in axis.bars if bar.right)
    return {"axis": axis.axis, "bars": bars, "right": right, "answered": answered}
