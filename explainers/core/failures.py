"""Tell a live failure as a lesson: which mistake, which axes disagree, and why.

Nothing is read out of Keras' sentence here: the layer, its class and the named shapes that reached it are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explainers.core.axes import Axis, Shape, by_place, spoken
from explainers.core.mistakes import all_mistakes
from explainers.core.mistakes.kit.judged import Judged, who
from explainers.core.results import BuildError
from explainers.core.words import spoken_by_keras


def explain_failure(error: BaseException, layer: Any, inputs: Sequence[Shape]) -> BuildError:
    """What went wrong at `layer`, which got the named shapes `inputs`."""
    mistake, judged = _judged(layer, inputs) if layer is not None else (None, Judged("The model could not be built."))
    return BuildError(
        type=type(error).__name__,
        message=spoken_by_keras(error),
        layer=layer.name if layer is not None else None,
        mistake=mistake,
        cause=judged.cause,
        expected=judged.expected,
        found=judged.found,
        axis=judged.axis,
    )


def _judged(layer: Any, inputs: Sequence[Shape]) -> tuple[str | None, Judged]:
    """The first mistake that knows this failure."""
    for mistake in all_mistakes():
        judged = mistake.judge(layer, inputs) if mistake.judge is not None else None
        if judged is not None:
            return mistake.name, judged
    found = inputs[0] if inputs else ()
    return None, Judged(f"{who(layer)} refused what reached it: {spoken(found) or 'nothing'}.", found=found)


def judge_data(expected: Shape, found: tuple[int | None, ...]) -> tuple[str, Judged]:
    """Which mistake it is to feed this shape to an input of that named shape; they do disagree."""
    names = [axis.axis for axis in expected]
    place: int | None = None
    if len(found) != len(expected):
        mistake = "data_rank"
        cause = f"The model reads ({', '.join(names)}), {len(expected)} axes; the data have {len(found)}: {found}."
    else:
        place = next((i for i, a in enumerate(expected) if i and a.size not in (None, found[i])), 0)
        axis = expected[place]
        mistake = "stateful_batch" if place == 0 else "data_size"
        cause = f"The model was built for {axis.axis}={axis.size} ({axis.origin}); the data have {found[place]} there."
    named = tuple(
        Axis(names[i] if len(found) == len(names) else by_place(i), n, "the data that were fed")
        for i, n in enumerate(found)
    )
    return mistake, Judged(cause, expected, named, place)


def explain_data(error: BaseException, expected: Shape, found: tuple[int, ...], layer: str | None = None) -> BuildError:
    """Data that a model refused: its input's named shape against the shape that was fed."""
    mistake, judged = judge_data(expected, found)
    said = spoken_by_keras(error)
    shapes = (judged.expected, judged.found, judged.axis)
    return BuildError(type(error).__name__, said, layer, mistake, judged.cause, (), *shapes)
