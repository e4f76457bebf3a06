"""The glossary as a page shows it: the terms a text finds, each with its colour and its words elsewhere."""

from __future__ import annotations

from explainers.practice.glossary.terms import GROUPS, Term, all_terms
from views import palette
from views.search import Entry, index_of, search

Grouped = dict[str, tuple[Term, ...]]


def groups(text: str = "") -> Grouped:
    """The terms by group; with a text, those that it finds, best first."""
    if not text.strip():
        return dict(GROUPS)
    by_slug = {term.slug: term for term in all_terms()}
    entries = tuple(_entry(term) for term in by_slug.values())
    found = search(text, index_of(entries), most=len(entries))
    return {"Found": tuple(by_slug[one.entry.query["term"]] for one in found)} if found else {}


def _entry(term: Term) -> Entry:
    others = tuple(word for _, word in term.others)
    return Entry("Word", term.word, term.what, "", {"term": term.slug}, (*others, term.keras), ())


def heading(term: Term) -> str:
    """The word in the colour of its axis."""
    return palette.directive(term.axis, term.word) if term.axis else f"**{term.word}**"


def elsewhere(term: Term) -> str:
    """A table in Markdown: who says it, and what they say; "" where nobody has another word.

    Markdown, because a real table brings a library to the browser, 28 times on this page.
    """
    if not term.others:
        return ""
    rows = "\n".join(f"| {who} | {word} |" for who, word in term.others)
    return f"| elsewhere | they say |\n| --- | --- |\n{rows}"
