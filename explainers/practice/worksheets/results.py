"""What a worksheet is made of: plain data, no Keras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from explainers.core.axes import Shape
from explainers.core.results import Dims, Inspection

FEWEST, MOST = 4, 12  # exercises on one worksheet
HIGHEST_SEED = 9999

Kind = Literal["shapes", "counts", "fails", "batch"]


class WorksheetError(ValueError):
    """No such worksheet; the sentence says what there is."""


@dataclass(frozen=True)
class Broken:
    """A program with one thing wrong, and the line where it really stopped.

    lines: the program as printed, without the classes of its own. line: the first that failed, from 1.
    """

    lines: tuple[str, ...]
    line: int
    error: str  # "ValueError: ..." in Keras' own words
    why: str  # what was changed, as a sentence


@dataclass(frozen=True)
class Fed:
    """Data that really went through: the named shape of each Input, and what the last layer gave."""

    batch_axis: str
    inputs: tuple[tuple[str, Shape], ...]  # (Input, what was fed)
    last: str
    outputs: tuple[Shape, ...]


@dataclass(frozen=True)
class Exercise:
    """One exercise. `inspection` is the live model at these dims; nothing was fed to it.

    url: the page that shows the answer. broken: for "fails". fed: for "batch".
    """

    kind: Kind
    dims: Dims
    url: str
    inspection: Inspection
    broken: Broken | None = None
    fed: Fed | None = None


@dataclass(frozen=True)
class Worksheet:
    """The same lesson, seed and number of exercises give the same worksheet."""

    explainer: str
    seed: int
    exercises: tuple[Exercise, ...]
