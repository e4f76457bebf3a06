"""The glossary: any of a term's names finds it, and every pointer leads somewhere."""

from __future__ import annotations

import pytest

from explainers.core.registry import find_explainer
from explainers.practice.glossary.terms import GROUPS, Term, all_terms, find_term
from explainers.practice.misconceptions.catalogue import BY_SLUG
from views import glossary, palette

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


def test_a_term_wears_the_colour_of_its_axis() -> None:
    units, mask = find_term("units"), find_term("mask")
    assert units is not None
    assert glossary.heading(units) == ":green[**units**]"
    assert mask is not None
    assert glossary.heading(mask) == "**mask**"
    assert find_term("nothing") is None
    assert "| PyTorch | hidden_size, or out_features of Linear |" in glossary.elsewhere(units)


@every_term
def test_no_word_breaks_the_table(term: Term) -> None:
    assert all(line.count("|") == 3 for line in glossary.elsewhere(term).splitlines())
