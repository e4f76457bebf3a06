"""A task made ready: what students see, and the truth, which a live model gave once for everyone.

Students are sent `Asked` alone. `Truth` stays on the server until the teacher reveals it: it is kept with the room, so
every copy of the server judges alike, also while no worker can be asked. How an answer is judged is the matter of
`views.predict`, as in "Predict first".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from explainers.core.axes import plain
from explainers.core.results import Layer
from rooms.limits import LONGEST_ANSWER
from rooms.slips import Slip, slip_in_shape
from rooms.tasks import Task
from views import predict
from views.predict import GuessError, Question

SHAPE, COUNT, CHOICE, LINE = "shape", "count", "choice", "line"


@dataclass(frozen=True)
class Asked:
    """What students see. kind: how it is answered. prompt: Markdown, numbers tagged. lines: of `code`, for a LINE."""

    kind: str
    title: str
    prompt: str
    code: str = ""
    message: str = ""
    choices: tuple[str, ...] = ()
    numbered: bool = False


@dataclass(frozen=True)
class Truth:
    """What a live model says. answer: "(None, 9, 7)", "140", one of the choices, the number of a line.

    question: the layer and its shapes, where a shape is asked. layer: the one whose parameters are counted. why: one
    sentence or two. slug: the misconception that the task is about.
    """

    answer: str
    why: str = ""
    question: Question | None = None
    output: int = 0
    layer: Layer | None = None
    slug: str = ""


@dataclass(frozen=True)
class Prepared:
    """A task with what is asked and what is true. figure: the lesson and the dims that draw it on reveal."""

    task: Task
    asked: Asked
    truth: Truth
    figure: str = ""
    dims: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """One axis of an answer beside the truth; "" where one of them has nothing."""

    axis: str
    said: str
    keras: str
    right: bool
    reason: str = ""


@dataclass(frozen=True)
class Judged:
    """An answer, judged."""

    right: bool
    rows: tuple[Said, ...] = ()
    why: str = ""
    slip: Slip | None = None


def read(asked: Asked, text: str) -> str:
    """An answer as it is kept: "none 9 7" becomes "(None, 9, 7)". Raises GuessError with a sentence."""
    given = text.strip()
    if not given:
        raise GuessError("Answer first. A guess teaches you more than the answer.")
    if len(given) > LONGEST_ANSWER:
        raise GuessError(f"That is longer than any answer: {len(given)} characters.")
    if asked.kind == SHAPE:
        return str(predict.parse_shape(given))
    if asked.kind == COUNT:
        return str(predict.parse_count(given))
    if asked.kind == CHOICE:
        if given not in asked.choices:
            raise GuessError("Choose one of the answers.")
        return given
    lines = len(asked.code.splitlines())
    if not (given.isascii() and given.isdigit() and len(given) < 6 and 1 <= int(given) <= lines):
        raise GuessError(f"Choose a line from 1 to {lines}.")
    return str(int(given))


def judge(prepared: Prepared, answer: str) -> Judged:
    """An answer that `read` has taken, beside the truth."""
    truth, kind = prepared.truth, prepared.asked.kind
    if kind == SHAPE and truth.question is not None:
        return _judge_shape(truth, truth.question, answer)
    right = answer == truth.answer
    if kind == COUNT:
        why = "" if right or truth.layer is None else predict.compare_count(int(answer), truth.layer).reason
        return Judged(right, (Said("", _number(answer), _number(truth.answer), right),), why or truth.why, _slip(truth))
    return Judged(right, (Said("", answer, truth.answer, right),), truth.why, _slip(truth))


def _judge_shape(truth: Truth, question: Question, answer: str) -> Judged:
    guess = predict.parse_shape(answer)
    rows = predict.compare(guess, question, truth.output)
    said = tuple(Said(row.axis, row.said, row.keras, row.right, row.reason) for row in rows)
    right = all(row.right for row in rows)
    shape = question.shapes[truth.output]
    slip = None if right else slip_in_shape(guess, shape, question.inputs)
    return Judged(right, said, truth.why, slip or (None if right else _slip(truth)))


def _slip(truth: Truth) -> Slip | None:
    """What a wrong answer to the question of a misconception shows."""
    return Slip("", truth.slug) if truth.slug else None


def _number(text: str) -> str:
    return f"{int(text):,}" if text.isdigit() else text


def told(truth: Truth) -> str:
    """The truth in one line."""
    return plain(truth.question.shapes[truth.output]) if truth.question is not None else _number(truth.answer)
