"""The page of the glossary: every term, the one of the link first, and a search over all names."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from explainers.practice.glossary.terms import GROUPS, all_terms
from tests.apptest import component_data, open_page


def opened(**query: str) -> AppTest:
    return open_page("glossary", **query)


def tables(app: AppTest) -> dict[str, list[dict[str, Any]]]:
    return {group["name"]: group["rows"] for group in component_data(app, "glossary")["groups"]}


def words(app: AppTest) -> list[str]:
    return [row["word"] for rows in tables(app).values() for row in rows]


def test_all_terms_appear_under_their_groups():
    app = opened()
    assert not app.exception
    assert list(tables(app)) == list(GROUPS)
    assert words(app) == [term.word for term in all_terms()]


def test_the_term_of_the_link_comes_first():
    app = opened(term="time-major")
    assert next(iter(tables(app))) == "Your word"
    assert words(app)[0] == "time_major"
    assert len(words(app)) == len(all_terms()) + 1


def test_an_unknown_term_shows_all():
    app = opened(term="nothing")
    assert not app.exception
    assert list(tables(app)) == list(GROUPS)


def test_the_words_of_others_find_it():
    app = opened().text_input(key="find:words").set_value("seq_len").run()
    assert words(app)[0] == "timesteps"
    app = app.text_input(key="find:words").set_value("zzzqqq").run()
    assert words(app) == []
    assert app.info[0].value.startswith("No entry has that word.")


def test_each_term_says_what_others_call_it():
    app = opened().text_input(key="find:words").set_value("hidden_size").run()
    first = tables(app)["Found"][0]
    assert ["PyTorch", "hidden_size, or out_features of Linear"] in first["others"]


def test_the_search_of_the_home_page_answers():
    app = open_page("home", ask="zzzqqq")
    assert not app.exception
    assert any(info.value.startswith("Nothing found.") for info in app.info)
    app = open_page("home", ask="seq_len")
    assert not app.exception
    assert not any(info.value.startswith("Nothing found.") for info in app.info)
