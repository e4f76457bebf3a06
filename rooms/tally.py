"""What came of it: answers axis by axis, the commonest wrong one and what is behind it, tables, CSV, the gain.

Everything is worked out from the answers as they are kept, by the same judge that each student's page asks.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from explainers.core.axes import plain
from explainers.practice.misconceptions.catalogue import BY_SLUG
from rooms import asked
from rooms.asked import Judged, Prepared, Tried
from rooms.desk import Answer, Book, TaskRow
from rooms.tasks import AFTER, BEFORE, MISCONCEPTION

MISSING, TOO_MANY, NO_MODEL = "no such axis", "one axis too many", "no model"
MOST_WRONG = 3  # different wrong answers that are told
REPEAT_BELOW = 0.7  # a task that fewer had right is worth repeating


@dataclass(frozen=True)
class Bar:
    """How many said this."""

    said: str
    count: int
    right: bool


@dataclass(frozen=True)
class AxisTally:
    """What was said about one axis; axis: its name, "" for an answer that isn't a shape."""

    axis: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Wrong:
    """A wrong answer and how many gave it. behind: "put units where timesteps are"; "" where no rule knows it.

    misconception: its slug, with what people say; "" for none.
    """

    answer: str
    count: int
    behind: str
    misconception: str
    believed: str


@dataclass(frozen=True)
class TaskTally:
    """One task in numbers. slips: what is behind the wrong answers and how often, the most frequent first.

    pending: answers that a live model is still to be asked about; they are neither right nor wrong yet.
    """

    place: int
    title: str
    truth: str
    answered: int
    right: int
    axes: tuple[AxisTally, ...]
    wrong: tuple[Wrong, ...]
    slips: tuple[Wrong, ...]
    pending: int = 0

    @property
    def share(self) -> float:
        """The share that was right; 0 where nobody answered."""
        return self.right / self.answered if self.answered else 0.0


@lru_cache(maxsize=20_000)
def _judged(key: _Key) -> Judged:
    return asked.judge(key.prepared, key.text, key.tried)


@dataclass(frozen=True, eq=False)
class _Key:
    """An answer to a task; tasks are told apart by identity, which `rooms.desk` keeps."""

    prepared: Prepared
    text: str
    tried: Tried | None

    def __hash__(self) -> int:
        return hash((id(self.prepared), self.text))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Key)
            and other.prepared is self.prepared
            and (other.text, other.tried) == (self.text, self.tried)
        )


def judged(prepared: Prepared, answer: Answer) -> Judged:
    """An answer, judged; the same one only once."""
    return _judged(_Key(prepared, answer.text, answer.tried))


def tally(task: TaskRow, answers: Sequence[Answer]) -> TaskTally:
    """The answers to one task."""
    prepared = task.prepared
    counted = Counter(answer.text for answer in answers)
    verdicts = {answer.text: judged(prepared, answer) for answer in answers}
    pending = sum(count for text, count in counted.items() if verdicts[text].pending)
    known = Counter({text: count for text, count in counted.items() if not verdicts[text].pending})
    wrong = [(text, count) for text, count in known.most_common() if not verdicts[text].right]
    return TaskTally(
        place=task.place,
        title=title(prepared),
        truth=truth_in_a_table(prepared),
        answered=len(answers),
        right=sum(count for text, count in known.items() if verdicts[text].right),
        axes=_axes(prepared, known, verdicts),
        wrong=tuple(_wrong(text, count, verdicts[text]) for text, count in wrong[:MOST_WRONG]),
        slips=_slips(wrong, verdicts),
        pending=pending,
    )


def title(prepared: Prepared) -> str:
    """What a question is called once it is no secret any more: that of a misconception by what people say."""
    slug = prepared.task.about if prepared.task.kind == MISCONCEPTION else ""
    return f"“{BY_SLUG[slug].believed}”" if slug in BY_SLUG else prepared.asked.title


def truth_in_a_table(prepared: Prepared) -> str:
    """The truth below "Keras says"."""
    said = asked.told(prepared.truth)
    return f"one way: {said}" if prepared.asked.kind == asked.DIMS else said


def _wrong(text: str, count: int, verdict: Judged) -> Wrong:
    slug = verdict.slip.misconception if verdict.slip else ""
    behind = verdict.slip.text if verdict.slip else ""
    return Wrong(text, count, behind, slug, BY_SLUG[slug].believed if slug in BY_SLUG else "")


def _slips(wrong: Sequence[tuple[str, int]], verdicts: dict[str, Judged]) -> tuple[Wrong, ...]:
    """Different answers can come from the same slip: 11 of 27, though three texts say it."""
    counted: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], str] = {}
    for text, count in wrong:
        slip = verdicts[text].slip
        if slip is not None and slip.text:
            counted[slip.text, slip.misconception] += count
            example.setdefault((slip.text, slip.misconception), text)
    return tuple(
        Wrong(example[behind, slug], count, behind, slug, BY_SLUG[slug].believed if slug in BY_SLUG else "")
        for (behind, slug), count in counted.most_common()
    )


def _axes(prepared: Prepared, counted: Counter[str], verdicts: dict[str, Judged]) -> tuple[AxisTally, ...]:
    """For each axis of the truth, what was said about it; for all else one row of what was said."""
    question = prepared.truth.question
    if question is None:
        bars = Counter({(verdicts[text].rows[0].said, verdicts[text].right): count for text, count in counted.items()})
        for choice in prepared.asked.choices:
            bars.setdefault((choice, choice == prepared.truth.answer), 0)
        return (AxisTally("", _bars(bars)),)
    shape = question.shapes[prepared.truth.output]
    names = [axis.axis for axis in shape]
    # What is right has a bar, also where nobody said it.
    said: list[Counter[tuple[str, bool]]] = [Counter({(plain((axis,)).strip("(),"), True): 0}) for axis in shape]
    extra: Counter[tuple[str, bool]] = Counter()
    for text, count in counted.items():
        place = 0
        for counter in said if not verdicts[text].rows else ():
            counter[NO_MODEL, False] += count
        for row in verdicts[text].rows:
            if not row.keras:
                extra[row.said, False] += count
            else:
                said[place][row.said or MISSING, row.right] += count
                place += 1
    rows = [AxisTally(name, _bars(bars)) for name, bars in zip(names, said, strict=True)]
    return (*rows, AxisTally(TOO_MANY, _bars(extra))) if extra else tuple(rows)


def _bars(counted: Counter[tuple[str, bool]]) -> tuple[Bar, ...]:
    return tuple(Bar(said, count, right) for (said, right), count in counted.most_common())


def told(found: TaskTally) -> str:
    """The commonest wrong answer in one sentence: “11 of 27 put units where timesteps are.” "" where all is right."""
    if found.slips and found.slips[0].count >= (found.wrong[0].count if found.wrong else 0):
        return f"{found.slips[0].count} of {found.answered} {found.slips[0].behind}."
    if not found.wrong:
        return ""
    first = found.wrong[0]
    return f"{first.count} of {found.answered} said {first.answer}" + (
        f": they {first.behind}." if first.behind else "."
    )


# -- afterwards ----------------------------------------------------------------------------------------------


def tallies(book: Book) -> tuple[TaskTally, ...]:
    """Every task that was asked."""
    return tuple(
        tally(task, [answer for answer in book.answers if answer.place == task.place])
        for task in book.tasks
        if task.opened is not None
    )


@dataclass(frozen=True)
class Line:
    """One student. verdicts: for each task asked, whether it was right; None where there is no answer."""

    name: str
    answers: tuple[str, ...]
    verdicts: tuple[bool | None, ...]

    @property
    def right(self) -> int:
        return sum(verdict is True for verdict in self.verdicts)

    @property
    def answered(self) -> int:
        return sum(verdict is not None for verdict in self.verdicts)


def lines(book: Book, named: bool = True) -> tuple[Line, ...]:
    """Every student, in the order they joined. named: by their nicknames, else “Student 3”."""
    said = {(answer.student, answer.place): answer for answer in book.answers}
    tasks = [task for task in book.tasks if task.opened is not None]
    found = []
    for number, student in enumerate(book.students, 1):
        given = [said.get((student.id, task.place)) for task in tasks]
        verdicts = [
            None if each is None else judged(task.prepared, each).right for task, each in zip(tasks, given, strict=True)
        ]
        name = student.name if named else f"Student {number}"
        found.append(Line(name, tuple(each.text if each else "" for each in given), tuple(verdicts)))
    return tuple(found)


@dataclass(frozen=True)
class Gain:
    """A question asked before and after, with other sizes, among those who answered both.

    gained, lost: wrong before and right after, and the other way round.
    """

    title: str
    students: int
    before: int
    after: int
    gained: int
    lost: int

    @property
    def normalized(self) -> float | None:
        """Hake's gain: the part of what could be gained that was. None where all were right before, or nobody both."""
        could = self.students - self.before
        return (self.after - self.before) / could if could else None


def gains(book: Book) -> tuple[Gain, ...]:
    """Each pair of a task before and a task after."""
    return tuple(_gain(book, first, second) for first, second in _pairs(book))


def _pairs(book: Book) -> list[tuple[TaskRow, TaskRow]]:
    """The same question before and after; where one is asked about twice, in the order they were asked."""
    after = [row for row in book.tasks if row.prepared.task.part == AFTER]
    found = []
    for first in book.tasks:
        if first.prepared.task.part == BEFORE:
            wanted = first.prepared.task.pair()
            second = next((row for row in after if row.prepared.task.pair() == wanted), None)
            if second is not None:
                after.remove(second)
                found.append((first, second))
    return found


def _gain(book: Book, first: TaskRow, second: TaskRow) -> Gain:
    def verdicts(task: TaskRow) -> dict[int, bool]:
        return {a.student: judged(task.prepared, a).right for a in book.answers if a.place == task.place}

    before, after = verdicts(first), verdicts(second)
    both = sorted(set(before) & set(after))
    return Gain(
        title(first.prepared),
        len(both),
        sum(before[one] for one in both),
        sum(after[one] for one in both),
        sum(after[one] and not before[one] for one in both),
        sum(before[one] and not after[one] for one in both),
    )


def to_repeat(book: Book, found: Sequence[TaskTally]) -> tuple[TaskTally, ...]:
    """The tasks that too few had right, the worst first. What was asked again is judged by the second time."""
    answered = {each.place for each in found if each.answered}
    judged_later = {first.place for first, second in _pairs(book) if second.place in answered}
    weak = [each for each in found if each.place in answered - judged_later and each.share < REPEAT_BELOW]
    return tuple(sorted(weak, key=lambda each: each.share))


# -- CSV -----------------------------------------------------------------------------------------------------

COLUMNS = (
    *("class", "student", "task", "part", "question", "kind", "answer", "Keras says"),
    *("answered", "right", "slip", "received (UTC)"),
)


def as_csv(book: Book, named: bool = True) -> str:
    """One row for each student and each task that was asked, with an empty answer where there is none."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    said = {(answer.student, answer.place): answer for answer in book.answers}
    for number, student in enumerate(book.students, 1):
        name = student.name if named else f"Student {number}"
        for task in book.tasks:
            if task.opened is not None:
                writer.writerow(_row(book, name, task, said.get((student.id, task.place))))
    return out.getvalue()


def _row(book: Book, name: str, task: TaskRow, answer: Answer | None) -> list[str]:
    prepared = task.prepared
    verdict = judged(prepared, answer) if answer else None
    cells = [
        *(book.room.title, name, str(task.place + 1), prepared.task.part, title(prepared), prepared.asked.kind),
        answer.text if answer else "",
        truth_in_a_table(prepared),
        "1" if answer else "0",
        "1" if verdict and verdict.right else "0",
        verdict.slip.text if verdict and verdict.slip else "",
        datetime.fromtimestamp(answer.received, UTC).isoformat(timespec="milliseconds") if answer else "",
    ]
    return [harmless(cell) for cell in cells]


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: a nickname may be “=HYPERLINK(…)”."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
