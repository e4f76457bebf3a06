"""Practise: the way to challenges about this lesson, with new dims each time."""

from __future__ import annotations

from shell import links
from shell.page import Page, Section
from views.links import Target


def draw(page: Page) -> None:
    title = f"Challenges: {page.explainer.title}"
    line = "New sizes each time; a live model checks your answer."
    links.show([Target(title, "challenges", {"lesson": page.name}, line)], "Practice", "practise")


PRACTISE = Section("practise", "Practice", draw, hides=True)
