"""A task set: what a class is asked, in which order and for how long. Plain data that fits into a link.

A task is drawn from a lesson (a layer's output shape, or its number of parameters), from a program of one's own,
from the challenges or from the misconceptions. What it asks and what is true of it is `rooms.asked`'s matter.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from rooms.limits import LONGEST_TITLE, MOST_TASKS

SHAPE, COUNT, MISCONCEPTION, CHALLENGE = "shape", "count", "misconception", "challenge"
KINDS = (SHAPE, COUNT, MISCONCEPTION, CHALLENGE)
BEFORE, AFTER = "before", "after"
LONGEST_TEXT = 4000  # characters of a program of one's own
SEEDS = 10_000  # a seed is a whole number below this
MOST_MINUTES = 60.0
_LONGEST_LINK = 16_000
_LONGEST_SET = 200_000  # bytes, unpacked: what a link may become in memory
_LONGEST_WORD = 80


class TaskSetError(ValueError):
    """A link holds no task set; the text is for the teacher."""


@dataclass(frozen=True)
class Task:
    """One task. about: the lesson, the slug of a misconception; "" where `text` is a program of one's own, or `model`
    a model of the page Your model, as in its link.

    layer: the one that is asked about. dims: of the lesson, as texts. seed: of a challenge or a misconception; of a
    lesson, 0 for the dims as they are, else what new dims are drawn from. challenge: its kind. minutes: 0 for no end.
    part: BEFORE and AFTER make a pair that a lesson's gain is measured by: the same task with another seed.
    """

    kind: str
    about: str = ""
    layer: str = ""
    dims: dict[str, str] = field(default_factory=dict)
    seed: int = 0
    challenge: str = ""
    text: str = ""
    minutes: float = 0.0
    part: str = ""
    model: str = ""

    def pair(self) -> tuple[str, ...]:
        """What a task before and the task after have in common."""
        return (self.kind, self.about, self.layer, self.challenge, self.text, self.model)


@dataclass(frozen=True)
class TaskSet:
    """Tasks in their order, with the name that students see."""

    title: str
    tasks: tuple[Task, ...]

    def __len__(self) -> int:
        return len(self.tasks)


def asked_again(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """The set with every task BEFORE asked again at the end, with new dims."""
    before = [task for task in tasks if task.part == BEFORE]
    again = tuple(replace(task, part=AFTER, seed=_other(task.seed)) for task in before)
    return (*(task for task in tasks if task.part != AFTER), *again)


def repeated(title: str, tasks: Sequence[Task]) -> TaskSet:
    """These tasks for another day, with new sizes where they can have some."""
    return TaskSet(
        f"{title[: LONGEST_TITLE - 7]}: again", tuple(replace(t, part="", seed=_other(t.seed)) for t in tasks)
    )


def _other(seed: int) -> int:
    return (seed + 101) % SEEDS or 1


# -- in a link -----------------------------------------------------------------------------------------------


def packed(tasks: TaskSet) -> str:
    """The set as a word of a link."""
    plain = msgspec.json.encode(_short(tasks))
    return base64.urlsafe_b64encode(zlib.compress(plain, 9)).decode().rstrip("=")


def _short(tasks: TaskSet) -> dict[str, object]:
    """Without what is as usual: links are long enough."""
    usual = msgspec.to_builtins(Task(""))
    return {
        "title": tasks.title,
        "tasks": [
            {name: value for name, value in msgspec.to_builtins(task).items() if value != usual[name]}
            for task in tasks.tasks
        ],
    }


def unpacked(word: str) -> TaskSet:
    """The set of a link. Raises TaskSetError for anything else."""
    try:
        if len(word) > _LONGEST_LINK:
            raise ValueError
        plain = zlib.decompressobj()
        data = plain.decompress(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)), _LONGEST_SET)
        found = msgspec.json.decode(data, type=TaskSet)
    except (ValueError, binascii.Error, zlib.error, msgspec.MsgspecError, RecursionError):
        raise TaskSetError("This link holds no task set. It may have been cut off when it was copied.") from None
    return checked(found)


def checked(tasks: TaskSet) -> TaskSet:
    """The set, cut to what a class may have. Raises TaskSetError where it can't be used."""
    if not tasks.tasks:
        raise TaskSetError("This task set is empty. Add a task first.")
    if len(tasks.tasks) > MOST_TASKS:
        raise TaskSetError(f"This set has {len(tasks.tasks)} tasks; a class can have up to {MOST_TASKS}.")
    for number, task in enumerate(tasks.tasks, 1):
        if problem := _problem(task):
            raise TaskSetError(f"Task {number} can't be used: {problem}.")
    shown = "".join(letter if letter.isprintable() else " " for letter in tasks.title[: 10 * LONGEST_TITLE])
    return replace(tasks, title=" ".join(shown.split())[:LONGEST_TITLE] or "A class")


def _problem(task: Task) -> str:
    words = (task.about, task.layer, task.challenge, *task.dims, *task.dims.values())
    if task.kind not in KINDS:
        return "there is no such kind of task"
    if any(len(word) > _LONGEST_WORD for word in words) or len(task.dims) > 60:
        return "a word in it is too long"
    if len(task.model) > LONGEST_TEXT:
        return "its model is too large"
    if len(task.text) > LONGEST_TEXT:
        return f"its program has more than {LONGEST_TEXT:,} characters"
    if not 0 <= task.seed < SEEDS:
        return f"its seed must be from 0 to {SEEDS - 1:,}"
    if not 0 <= task.minutes <= MOST_MINUTES:
        return f"it may take up to {MOST_MINUTES:g} minutes"
    if task.part not in ("", BEFORE, AFTER):
        return "it can be asked before or after, or neither"
    return ""


# -- ready-made ----------------------------------------------------------------------------------------------


def _shape(about: str, layer: str, minutes: float = 3, part: str = "", seed: int = 0, **dims: object) -> Task:
    return Task(SHAPE, about, layer, {k: str(v) for k, v in dims.items()}, seed, minutes=minutes, part=part)


def _count(about: str, layer: str, minutes: float = 3.5, part: str = "", seed: int = 0, **dims: object) -> Task:
    return Task(COUNT, about, layer, {k: str(v) for k, v in dims.items()}, seed, minutes=minutes, part=part)


def _believed(slug: str, seed: int = 1, minutes: float = 2.5) -> Task:
    return Task(MISCONCEPTION, slug, seed=seed, minutes=minutes)


_FLATTEN = """\
from keras import Sequential, layers
model = Sequential([
    layers.Input(shape=(28, 24, 3)),
    layers.Conv2D(8, kernel_size=5, name="conv"),
    layers.MaxPooling2D(pool_size=2, name="pool"),
    layers.Flatten(name="flatten"),
    layers.Dense(10, name="dense"),
])
"""

READY: Mapping[str, TaskSet] = {
    "shapes-in-20-minutes": TaskSet(
        "Shapes in 20 minutes",
        asked_again(
            (
                _shape("simple_rnn", "rnn", part=BEFORE, timesteps=9, features=5, units=7),
                _shape("stacked_lstm", "level_1", timesteps=8, features=3, units_1=6),
                _believed("none-is-a-number"),
                _shape("conv1d", "conv_1", steps=17, channels=4, filters=6, kernel_size=3, strides=2),
                _count("simple_rnn", "rnn", minutes=3, timesteps=9, features=5, units=7),
                _believed("units-is-the-number-of-steps"),
            )
        ),
    ),
    "rnn-shapes": TaskSet(
        "RNN shapes",
        asked_again(
            (
                _shape("stacked_lstm", "level_1", part=BEFORE, timesteps=11, features=3, units_1=6, units_2=4),
                _shape("stacked_lstm", "level_2", timesteps=11, features=3, units_1=6, units_2=4),
                _believed("an-rnn-passes-its-sequence-on"),
                _count("stacked_lstm", "level_1", timesteps=11, features=3, units_1=6, units_2=4),
                _believed("more-steps-more-weights"),
                _believed("bidirectional-keeps-the-width"),
            )
        ),
    ),
    "conv-and-flatten": TaskSet(
        "Conv and Flatten",
        asked_again(
            (
                _shape("conv1d", "conv_1", part=BEFORE, steps=17, channels=4, filters=6, kernel_size=3, strides=2),
                _believed("convolution-keeps-the-length"),
                Task(SHAPE, layer="conv", text=_FLATTEN, minutes=2),
                Task(SHAPE, layer="pool", text=_FLATTEN, minutes=2),
                Task(SHAPE, layer="flatten", text=_FLATTEN, minutes=2),
                Task(COUNT, layer="conv", text=_FLATTEN, minutes=3),
                _believed("flatten-works-with-open-steps"),
            )
        ),
    ),
}
