"""What is behind an answer whose model can't be built: in words that can follow "11 of 27", and the misconception.

Each mistake names the misconception that explains it. Two of them have several faces: there the axes decide.
"""

from __future__ import annotations

from dataclasses import dataclass

from explainers.core.axes import names
from explainers.core.mistakes import find_mistake
from explainers.core.mistakes.layer_rank import absent_axes
from explainers.core.results import BuildError, Inspection
from explainers.core.words import listed

NO_MODEL = "made a model that can't be built"
TOO_LARGE = "made a model that is too large to build"
NONE_IS_NUMBER = "none-is-a-number"
_TIMES = ("timesteps", "steps")


@dataclass(frozen=True)
class Behind:
    """text: ``left LSTM without timesteps``. misconception: its slug; "" where none fits."""

    text: str
    misconception: str = ""


def behind(found: Inspection) -> Behind:
    """What is behind this failure of a live model."""
    error = found.error
    assert error is not None
    if error.type == "CostError":
        return Behind(TOO_LARGE)
    mistake = find_mistake(error.mistake)
    if mistake is None:
        return Behind(NO_MODEL)
    if mistake.of_ranks:
        return _rank(found, error, mistake.misconception)
    flattened = any(step.class_name == "Flatten" for step in found.flow)
    if mistake.name == "unknown_axis" and not flattened:
        return Behind(mistake.made, NONE_IS_NUMBER)
    return Behind(mistake.made or NO_MODEL, mistake.misconception)


def _rank(found: Inspection, error: BuildError, misconception: str) -> Behind:
    """The misconception is about a sequence that isn't passed on; an image without channels is another matter."""
    refused = next((step.class_name for step in found.flow if step.failed), "a layer")
    if len(error.found) >= len(error.expected):
        return Behind(f"gave {refused} one axis too many")
    missing = absent_axes(names(error.expected), error.found)
    slug = misconception if set(missing) & set(_TIMES) else ""
    return Behind(f"left {refused} without {listed(missing)}", slug)
