"""What every section of a lesson's page gets to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explainers.core.dims import DimsBase
from explainers.core.explainer import Explainer
from explainers.core.results import Explanation, Inspection


@dataclass(frozen=True)
class Page:
    """One lesson at one choice of dims, as the engine answered."""

    explainer: Explainer[Any]
    dims: DimsBase
    explanation: Explanation  # without what comes later: its run is planned only
    cells: bool = False  # whether the run, asked for when it is on screen, calls recurrent cells
    predicting: bool = False  # whether the switch "Predict first" is on
    hidden: frozenset[int] = frozenset()  # steps of the flow that are still to be predicted
    must_guess: bool = False  # a teacher's link: nothing shows without a guess
    fixed: frozenset[str] = frozenset()  # dims that a teacher's link holds fast: nothing on the page may change them
    left_out: frozenset[str] = frozenset()  # sections and parts of sections that a teacher's link hides

    @property
    def name(self) -> str:
        return self.explainer.name

    @property
    def found(self) -> Inspection:
        return self.explanation.inspection

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """What the engine is asked with: the dims that differ from their defaults."""
        return tuple(self.dims.changed().items())


@dataclass(frozen=True)
class Section:
    """A part of the page. `name` is its anchor and its word in links (``hide=calls``).

    title: its heading; "" for none. wanted: whether there is anything to show at these dims.
    later: whether it asks the engine for more. Then it is drawn after all others, and only while it is on screen.
    hides: it keeps to itself what is still to be predicted (`Page.hidden`); a section that doesn't waits until all is.
    parts: names of what is in it, by which a link can lead to it or hide it (``at=summary``, ``hide=export``).
    fills: what happens as soon as a section that comes later is on screen.
    high: about how many pixels that will be high; so much room it is given before it was drawn.
    """

    name: str
    title: str
    draw: Callable[[Page], None]
    wanted: Callable[[Page], bool] = lambda page: True
    later: Callable[[Page], bool] = lambda page: False
    hides: bool = False
    parts: tuple[str, ...] = ()
    fills: str = "The model runs for this part"
    high: Callable[[Page], int] = lambda page: 480

    @property
    def names(self) -> tuple[str, ...]:
        """All that a link may call it."""
        return (self.name, *self.parts)
