"""Take it away: the code that runs as shown, Keras' own summary, and files and links, each behind a tab.

What is behind a tab is sent when the tab is open and the section on screen, and then only.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from shell import components, engine, tabs, waiting
from shell.page import Page, Section
from shell.sections import export
from shell.tabs import Tab
from views import code, summary
from views import export as files

PARTS = ("code", "summary", "export")


def _code(page: Page) -> None:
    components.code(code.data(page.found, page.hidden), key=f"code:{page.name}")


def _summary(page: Page) -> None:
    text = waiting.asked(partial(engine.summary, page.name, page.texts), where=f"summary:{page.name}")
    if text is not None:
        found = replace(page.found, summary=text)
        components.summary(summary.data(found, page.hidden), key=f"summary:{page.name}")


def _shown(page: Page) -> list[Tab]:
    """The tabs that there are: a model that failed has no summary, and a teacher's link may hide any of them."""
    draws = dict(zip(PARTS, (_code, _summary, export.draw), strict=True))
    there = [name for name in PARTS if name not in page.left_out and (name != "summary" or page.found.error is None)]
    return [Tab(name, name.capitalize(), partial(draws[name], page)) for name in there]


def draw(page: Page) -> None:
    tabs.show(_shown(page), f"tabs:{page.name}")


TAKE_AWAY = Section(
    "take-away",
    "Code, summary and export",
    draw,
    wanted=lambda page: files.can_be_taken(page.found) and bool(_shown(page)),
    later=lambda page: True,
    hides=True,
    parts=PARTS,
    fills="This part is filled in",
    high=lambda page: 300,
)
