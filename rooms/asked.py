"""A task made ready: what students see, and the truth, which a live model gave once for everyone.

Students are sent `Asked` alone. `Truth` stays on the server until the teacher reveals it: it is kept with the room, so
every copy of the server judges alike, also while no worker can be asked. How an answer is judged is the matter of
`views.predict`, as in "Predict first".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from explainers.core.axes import plain, sizes
from explainers.core.dims import DimsError, DimSpec
from explainers.core.results import Inspection, Layer
from explainers.practice.misconceptions.misconception import REFUSES
from rooms.limits import LONGEST_ANSWER
from rooms.slips import Slip, slip_in_count, slip_in_line, slip_in_shape
from rooms.tasks import Task
from views import predict
from views.predict import GuessError, Question

SHAPE, COUNT, CHOICE, LINE, DIMS = "shape", "count", "choice", "line", "dims"


@dataclass(frozen=True)
class Field:
    """A dim that an answer may change. now: its text where everybody begins. spare: it decides nothing there."""

    spec: DimSpec
    now: str
    spare: bool = False


@dataclass(frozen=True)
class Asked:
    """What students see. kind: how it is answered. prompt: Markdown, numbers tagged.

    numbered: the answer is a line of `code`. fields: what can be changed, where the answer is DIMS.
    """

    kind: str
    title: str
    prompt: str
    code: str = ""
    message: str = ""
    choices: tuple[str, ...] = ()
    numbered: bool = False
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Truth:
    """What a live model says. answer: "140", one of the choices, the number of a line, "units=7" where it is DIMS
    (one way of several); "" where `question` says it.

    question: the layer and its shapes, where a shape is asked, or is to be reached. layer: the one whose parameters
    are counted. why: one sentence or two. slug: the misconception that the task is about.
    """

    answer: str
    why: str = ""
    question: Question | None = None
    output: int = 0
    layer: Layer | None = None
    slug: str = ""


@dataclass(frozen=True)
class Prepared:
    """A task with what is asked and what is true. figure, dims: the lesson that draws it on reveal, and its dims.

    layer: the one that it is about, "" for all of the model.
    """

    task: Task
    asked: Asked
    truth: Truth
    figure: str = ""
    dims: dict[str, str] = field(default_factory=dict)
    layer: str = ""

    @property
    def failing_line(self) -> int | None:
        """The number of the line that fails, where that is asked."""
        return int(self.truth.answer) if self.asked.kind == LINE else None


@dataclass(frozen=True)
class Said:
    """One axis of an answer beside the truth; "" where one of them has nothing."""

    axis: str
    said: str
    keras: str
    right: bool
    reason: str = ""


@dataclass(frozen=True)
class Tried:
    """What a live model made of an answer in dims. got: the shape it gave, None where it has none.

    behind: for a wrong one, what can follow "11 of 27" where no shape says it. misconception: its slug, "" for none.
    """

    right: bool
    told: str
    got: tuple[int | None, ...] | None = None
    behind: str = ""
    misconception: str = ""


@dataclass(frozen=True)
class Judged:
    """An answer, judged. pending: a live model is still to be asked, so nothing is known yet."""

    right: bool
    rows: tuple[Said, ...] = ()
    why: str = ""
    slip: Slip | None = None
    pending: bool = False


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
    if asked.kind == DIMS:
        return _read_dims(asked, given)
    lines = len(asked.code.splitlines())
    if not (given.isascii() and given.isdigit() and len(given) < 6 and 1 <= int(given) <= lines):
        raise GuessError(f"Choose a line from 1 to {lines}.")
    return str(int(given))


def _read_dims(asked: Asked, given: str) -> str:
    """``units=7, steps=9``: what differs from the beginning, in the order of the fields."""
    fields = {field.spec.name: field for field in asked.fields}
    changed: dict[str, str] = {}
    for piece in given.split(","):
        name, sign, text = piece.partition("=")
        field = fields.get(name.strip())
        if not sign or field is None:
            raise GuessError("Each change is a name and a value, such as units=7.")
        try:
            value = str(field.spec.parse(text))
        except DimsError as error:
            raise GuessError(str(error)) from error
        if value != field.now:
            changed[field.spec.name] = value
    if not changed:
        raise GuessError("You haven't changed anything yet. Change a size first.")
    kept = ", ".join(f"{name}={changed[name]}" for name in fields if name in changed)
    if len(kept) > LONGEST_ANSWER:
        raise GuessError("That changes more than any solution needs. Undo some of the changes.")
    return kept


def dims_of(asked: Asked, answer: str) -> dict[str, str]:
    """All dims of an answer that `read` has taken, as texts: the beginning with what it changes."""
    changed = dict(piece.strip().split("=", 1) for piece in answer.split(","))
    return {field.spec.name: changed.get(field.spec.name, field.now) for field in asked.fields}


def judge(prepared: Prepared, answer: str, tried: Tried | None = None) -> Judged:
    """An answer that `read` has taken, beside the truth. tried: for one in dims, what a live model made of it."""
    truth, kind = prepared.truth, prepared.asked.kind
    if kind == DIMS:
        return Judged(False, pending=True) if tried is None else _judge_dims(truth, answer, tried)
    if kind == SHAPE and truth.question is not None:
        return _judge_shape(truth, truth.question, predict.parse_shape(answer))
    right = answer == truth.answer
    if kind == COUNT:
        return _judge_count(truth, int(answer), right)
    slip = slip_in_line(int(answer), int(truth.answer)) if kind == LINE else None
    return Judged(right, (Said("", answer, truth.answer, right),), truth.why, slip or _slip(truth))


def _judge_count(truth: Truth, said: int, right: bool) -> Judged:
    why, slip = "", _slip(truth)
    if not right and truth.layer is not None:
        why = predict.compare_count(said, truth.layer).reason
        slip = slip_in_count(said, truth.layer) or slip
    return Judged(right, (Said("", _number(str(said)), _number(truth.answer), right),), why or truth.why, slip)


def _judge_dims(truth: Truth, answer: str, tried: Tried) -> Judged:
    """By the shape that the live model gave, axis by axis, where one is to be reached; else by what Keras said."""
    slip = None if tried.right or not tried.behind else Slip(tried.behind, tried.misconception)
    if truth.question is None:
        return Judged(tried.right, (Said("", answer, truth.answer, tried.right),), tried.told, slip)
    if tried.got is None:
        return Judged(False, (), tried.told, slip)
    found = _judge_shape(truth, truth.question, tried.got)
    rows = tuple(replace(row, reason="") for row in found.rows)  # they speak of what was written, not of a model
    return Judged(tried.right, rows, tried.told, found.slip)


def _judge_shape(truth: Truth, question: Question, guess: tuple[int | None, ...]) -> Judged:
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
    if truth.question is not None and not truth.answer:
        return plain(truth.question.shapes[truth.output])
    return _number(truth.answer)


def lead(asked: Asked) -> str:
    """What stands before it: other dims may do as well."""
    leads = {DIMS: "One way:", LINE: "Keras stops at line", CHOICE: "The right choice:"}
    return leads.get(asked.kind, "Keras says")


def agreeing(truth: Truth, tried: Sequence[Inspection]) -> Inspection | None:
    """The model that shows what is true: the question's own program, where it can be read, or one of several trials.

    None where no picture says it: better none than one that contradicts the answer.
    """
    if truth.question is not None:
        wanted = sizes(truth.question.shapes[truth.output])
        built = (each for each in tried if each.error is None)
        return next((each for each in built if sizes(each.flow[-1].outputs[0]) == wanted), None)
    if truth.answer == REFUSES:
        refused = [each for each in tried if each.error is not None]
        return refused[0] if len(refused) == 1 else None
    return next((each for each in tried if str(each.total_params) == truth.answer), None)
