"""Links to pages of this app, as links.js draws them: real anchors, so that they can be copied and opened beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from views import palette
from views.markup import whole_shapes

HOME = "home"


@dataclass(frozen=True)
class Target:
    """One link. title: its text; line: one line under it; badge: a word behind it, in the tone of an axis colour.

    page: its address, "glossary". arrow: "back" or "on" puts an arrow beside the title.
    """

    title: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)
    line: str = ""
    badge: str = ""
    tone: str = "gray"
    arrow: str = ""


def href(target: Target) -> str:
    """``glossary?term=units``: relative, so that it also holds under a path of its own."""
    place = "./" if target.page == HOME else target.page
    return f"{place}?{urlencode(target.query)}" if target.query else place


def data(targets: Sequence[Target], label: str, cards: bool = False) -> dict[str, Any]:
    """What links.js draws. label: what the list is, for those who don't see it. cards: two to a row, with a frame."""
    for target in targets:
        assert target.tone in palette.COLOURS, target.tone
    return {
        "label": label,
        "cards": cards,
        "items": [
            {
                "title": whole_shapes(target.title),
                "line": whole_shapes(target.line),
                "badge": target.badge,
                "tone": target.tone,
                "arrow": target.arrow,
                "href": href(target),
            }
            for target in targets
        ],
    }
