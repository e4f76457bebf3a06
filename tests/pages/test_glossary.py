"""The page of the glossary: every term, the one of the link first, and a search over all names."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from explainers.practice.glossary.terms import GROUPS, all_terms
from tests.apptest import open_page


def opened(**query: str) -> AppTest:
    return open_page("glossary", **query)


def words(app: AppTest) -> list[str]:
    return [element.value for element in app.subheader]


def test_all_terms_stand_under_their_groups():
    app = opened()
    assert not app.exception
    assert [element.value for element in app.header] == list(GROUPS)
    assert len(words(app)) == len(all_terms())
    assert ":green[**units**]" in words(app)


def test_the_term_of_the_link_stands_first():
    app = opened(term="time-major")
    assert app.header[0].value == "Your word"
    assert words(app)[0] == "**time_major**"


def test_an_unknown_term_shows_all():
    app = opened(term="nothing")
    assert not app.exception
    assert [element.value for element in app.header] == list(GROUPS)


def test_the_words_of_others_find_it():
    app = opened().text_input(key="find:words").set_value("seq_len").run()
    assert words(app)[0] == ":blue[**timesteps**]"
    app = app.text_input(key="find:words").set_value("zzzqqq").run()
    assert words(app) == []
    assert app.info[0].value.startswith("No entry has that word.")


def test_each_term_says_what_others_call_it():
    app = opened().text_input(key="find:words").set_value("hidden_size").run()
    assert any("| PyTorch | hidden_size, or out_features of Linear |" in one.value for one in app.markdown)


def test_the_search_of_the_home_page_answers():
    app = open_page("home", ask="zzzqqq")
    assert not app.exception
    assert any(info.value.startswith("Nothing found.") for info in app.info)
    app = open_page("home", ask="seq_len")
    assert not app.exception
    assert not any(info.value.startswith("Nothing found.") for info in app.info)
