"""The glossary: any of a term's names finds it, and every pointer leads somewhere."""

from __future__ import annotations

from typing import Any

import pytest

from explainers.core.registry import find_explainer
from explainers.practice.glossary.terms import GROUPS, Term, all_terms, find_term
from explainers.practice.misconceptions.catalogue import BY_SLUG
from views import glossary, palette
from views.links import href

every_term = pytest.mark.parametrize("term", all_terms(), ids=lambda term: term.slug)


def test_slugs_are_anchors_and_differ() -> None:
    slugs = [term.slug for term in all_terms()]
    assert len(set(slugs)) == len(slugs)
    assert all(slug.replace("-", "").isalnum() and slug == slug.lower() for slug in slugs)


@every_term
def test_a_term_points_to_things_that_are_there(term: Term) -> None:
    lesson = find_explainer(term.lesson)
    assert lesson.dims(**term.dims) is not None
    assert not term.misconception or term.misconception in BY_SLUG
    assert not term.axis or palette.colour(term.axis) != "neutral"


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("hidden_size", "units"),
        ("seq_len", "timesteps"),
        ("num_steps", "timesteps"),
        ("B", "batch"),
        ("embedding_dim", "output_dim"),
        ("input_size", "features"),
        ("out_channels", "filters"),
        ("time_major", "time_major"),
        ("NCHW", "channels first"),
    ],
)
def test_the_words_of_others_find_the_term(typed: str, word: str) -> None:
    (found,) = glossary.groups(typed).values()
    assert word in [term.word for term in found[:2]]


def test_without_a_text_all_groups_are_shown() -> None:
    assert glossary.groups() == GROUPS
    assert glossary.groups("zzzqqq") == {}


def rows(text: str = "") -> dict[str, dict[str, Any]]:
    return {row["slug"]: row for group in glossary.data(glossary.groups(text))["groups"] for row in group["rows"]}


def test_a_term_wears_the_color_of_its_axis_and_names_its_words_elsewhere() -> None:
    assert rows()["units"]["tone"] == "green"
    assert rows()["mask"]["tone"] == ""
    assert ["PyTorch", "hidden_size, or out_features of Linear"] in rows()["units"]["others"]
    assert find_term("nothing") is None


@pytest.mark.parametrize("text", ["", "hidden_size"])
def test_a_link_leads_where_its_number_says(text: str) -> None:
    targets = glossary.targets(glossary.groups(text))
    links = [link for row in rows(text).values() for link in row["links"]]
    assert [link["at"] for link in links] == list(range(len(targets)))
    assert [(link["title"], link["href"]) for link in links] == [(one.title, href(one)) for one in targets]
    assert len(links) > len(rows(text)) / 2


def test_what_is_linked_shows_the_word_live() -> None:
    assert rows()["heads"]["links"][0]["href"] == "multi_head_attention?num_heads=4"
