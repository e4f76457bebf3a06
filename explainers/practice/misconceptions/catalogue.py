"""All beliefs: by theme as a page lists them, and by name as a link opens them."""

from __future__ import annotations

import difflib
from typing import Any

from explainers.practice.misconceptions.belief import Belief
from explainers.practice.misconceptions.feeding import FEEDING
from explainers.practice.misconceptions.memory import MEMORY
from explainers.practice.misconceptions.other_layers import OTHER_LAYERS
from explainers.practice.misconceptions.reading import READING
from explainers.practice.misconceptions.recurrent import RECURRENT
from explainers.practice.misconceptions.targets import TARGETS

THEMES: dict[str, tuple[Belief[Any], ...]] = {
    "What you feed": FEEDING,
    "Which axis is which": READING,
    "What a recurrent layer gives back": RECURRENT,
    "What the layers around it do": OTHER_LAYERS,
    "Weights, states and masks": MEMORY,
    "Targets and losses": TARGETS,
}
MAIN = 25  # beliefs numbered 1 to 25 stand behind most reports; the others were seen too


class UnknownBelief(ValueError):
    """No belief of that name."""


def all_beliefs() -> tuple[Belief[Any], ...]:
    """Every belief, by number: the most frequent first."""
    return tuple(sorted((belief for theme in THEMES.values() for belief in theme), key=lambda belief: belief.number))


BY_SLUG: dict[str, Belief[Any]] = {belief.slug: belief for belief in all_beliefs()}


def find_belief(slug: str) -> Belief[Any]:
    """The belief of that name; UnknownBelief with a suggestion otherwise."""
    if slug in BY_SLUG:
        return BY_SLUG[slug]
    close = difflib.get_close_matches(slug[:60], BY_SLUG, 1)
    hint = f"Did you mean {close[0]}?" if close else "The page lists all of them."
    raise UnknownBelief(f"There is no belief called {slug[:60]!r}. {hint}")


def theme_of(belief: Belief[Any]) -> str:
    """The heading that a belief stands under."""
    return next(name for name, beliefs in THEMES.items() if belief in beliefs)
