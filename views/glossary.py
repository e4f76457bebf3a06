"""The glossary as a page shows it: the terms a text finds, each with its color, its words elsewhere and its links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from explainers.core.registry import find_explainer
from explainers.practice.glossary.terms import GROUPS, Term, all_terms
from explainers.practice.misconceptions.catalogue import find_misconception
from views import misconceptions, palette
from views.links import Target, href
from views.markup import whole_shapes
from views.search import Entry, index_of, search

Grouped = dict[str, tuple[Term, ...]]
FOUND = "Found"


def groups(text: str = "") -> Grouped:
    """The terms by group; with a text, those that it finds, best first."""
    if not text.strip():
        return dict(GROUPS)
    by_slug = {term.slug: term for term in all_terms()}
    entries = tuple(_entry(term) for term in by_slug.values())
    found = search(text, index_of(entries), most=len(entries))
    return {FOUND: tuple(by_slug[one.entry.query["term"]] for one in found)} if found else {}


def _entry(term: Term) -> Entry:
    others = tuple(word for _, word in term.others)
    return Entry("Word", term.word, term.what, "", {"term": term.slug}, (*others, term.keras), ())


def targets(grouped: Grouped) -> tuple[Target, ...]:
    """Where the links of these tables lead, in the order of the page."""
    return tuple(target for terms in grouped.values() for term in terms for target in _links(term))


def data(grouped: Grouped) -> dict[str, Any]:
    """What glossary.js draws; a link says by its place in `targets` where it leads."""
    place = iter(range(len(targets(grouped))))
    return {
        "groups": [
            {"name": name, "rows": [_row(term) | {"links": _numbered(term, place)} for term in terms]}
            for name, terms in grouped.items()
        ]
    }


def _row(term: Term) -> dict[str, Any]:
    tone = palette.colour(term.axis) if term.axis else ""
    others = [[who, whole_shapes(word)] for who, word in term.others]
    what, keras = whole_shapes(term.what), whole_shapes(term.keras)
    row = {"slug": term.slug, "word": term.word, "tone": tone, "keras": keras, "what": what}
    return row | {"others": others}


def _numbered(term: Term, place: Iterator[int]) -> list[dict[str, Any]]:
    return [{"title": target.title, "href": href(target), "at": next(place)} for target in _links(term)]


def _links(term: Term) -> tuple[Target, ...]:
    """A live model that shows the word, and the misconception about it."""
    found = []
    if term.lesson:
        query = {name: str(value) for name, value in term.dims.items()}
        found.append(Target(f"See it live: {find_explainer(term.lesson).title}", term.lesson, query))
    if term.misconception:
        wrong = find_misconception(term.misconception)
        found.append(
            Target(f"Not true: {misconceptions.quoted(wrong)}", "misconceptions", {"misconception": wrong.slug})
        )
    return tuple(found)
