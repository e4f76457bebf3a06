"""All misconceptions: by theme as a page lists them, and by name as a link opens them."""

from __future__ import annotations

import difflib
from typing import Any

from explainers.practice.misconceptions.containers import CONTAINERS
from explainers.practice.misconceptions.feeding import FEEDING
from explainers.practice.misconceptions.memory import MEMORY
from explainers.practice.misconceptions.misconception import Misconception
from explainers.practice.misconceptions.notation import NOTATION
from explainers.practice.misconceptions.other_layers import OTHER_LAYERS
from explainers.practice.misconceptions.reading import READING
from explainers.practice.misconceptions.recurrent import RECURRENT
from explainers.practice.misconceptions.targets import TARGETS
from explainers.practice.misconceptions.weights import WEIGHTS

THEMES: dict[str, tuple[Misconception[Any], ...]] = {
    "What you feed": (*FEEDING, *CONTAINERS),
    "Which axis is which": (*READING, *NOTATION),
    "What a recurrent layer returns": RECURRENT,
    "What the layers around it do": OTHER_LAYERS,
    "Weights, states and masks": (*MEMORY, *WEIGHTS),
    "Targets and losses": TARGETS,
}
MAIN = 25  # misconceptions numbered 1 to 25 stand behind most reports; the others were seen too


class UnknownMisconception(ValueError):
    """No misconception of that name."""


def all_misconceptions() -> tuple[Misconception[Any], ...]:
    """Every misconception, by number: the most frequent first."""
    return tuple(
        sorted(
            (misconception for theme in THEMES.values() for misconception in theme),
            key=lambda misconception: misconception.number,
        )
    )


BY_SLUG: dict[str, Misconception[Any]] = {misconception.slug: misconception for misconception in all_misconceptions()}


def find_misconception(slug: str) -> Misconception[Any]:
    """The misconception of that name; UnknownMisconception with a suggestion otherwise."""
    if slug in BY_SLUG:
        return BY_SLUG[slug]
    close = difflib.get_close_matches(slug[:60], BY_SLUG, 1)
    hint = f"Did you mean {close[0]}?" if close else "The page lists all of them."
    raise UnknownMisconception(f"There is no misconception called {slug[:60]!r}. {hint}")


def theme_of(misconception: Misconception[Any]) -> str:
    """The heading that a misconception stands under."""
    return next(name for name, misconceptions in THEMES.items() if misconception in misconceptions)
