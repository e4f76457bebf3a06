"""Tasks made by hand, so that the truth in these tests is not the engine's. Sizes are pairwise different."""

from __future__ import annotations

from explainers.core.axes import Axis
from rooms.asked import COUNT, SHAPE, Asked, Prepared, Truth
from rooms.tasks import Task, TaskSet
from views.predict import Question

BATCH = Axis("batch", None, "left open by the Input", ("s.batch_size",))
STEPS = Axis("timesteps", 11, "timesteps=11 of the Input", ("s.shape[0]",))
FEATURES = Axis("features", 3, "features=3 of the Input", ("s.shape[1]",))
UNITS = Axis("units", 7, "units=7 of LSTM lstm", ("lstm.units",))
READS = (BATCH, STEPS, FEATURES)


def shape_task(keeps_steps: bool, minutes: float = 0.0, part: str = "", seed: int = 0) -> Prepared:
    """What comes out of an LSTM: (None, 11, 7) where it keeps the timesteps, else (None, 7)."""
    output = (BATCH, STEPS, UNITS) if keeps_steps else (BATCH, UNITS)
    question = Question(1, "lstm", "LSTM(7)", (READS,), (output,), "Reads timesteps one by one.", (), None)
    task = Task(SHAPE, "stacked_lstm", "lstm", seed=seed, minutes=minutes, part=part)
    return Prepared(
        task, Asked(SHAPE, "Output shape of lstm", "What comes out?", "lstm = LSTM(7)"), Truth("", "", question)
    )


def count_task() -> Prepared:
    """4 · 7 · (3 + 7 + 1) = 308."""
    return Prepared(
        Task(COUNT, "stacked_lstm", "lstm"), Asked(COUNT, "Parameters of lstm", "How many?"), Truth("308", "4")
    )


def as_set(*prepared: Prepared, title: str = "Thursday") -> TaskSet:
    return TaskSet(title, tuple(each.task for each in prepared))
