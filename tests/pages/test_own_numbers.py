"""A learner's own numbers on the page of the windowed forecast: what was pasted and said is not forgotten."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from shell.sections.forecast import MADE, NAME, OWN
from tests.apptest import component_data, open_page

COMMAS = "\n".join(f"{10 + point % 5},5" for point in range(60))


def shown(app: AppTest) -> list[float]:
    """The series that the windows lie on."""
    series: list[float] = component_data(app, f"windows:{NAME}")["series"]
    return series


def choose(app: AppTest, source: str) -> None:
    app.session_state[f"source:{NAME}"] = source
    app.run()


@pytest.fixture(scope="module")
def app() -> AppTest:
    opened = open_page(NAME, timesteps="6", horizon="1")
    choose(opened, OWN)
    return opened


def test_what_a_comma_means_is_asked_once_and_can_be_said_anew(app: AppTest) -> None:
    app.text_area[0].set_value(COMMAS).run()
    assert len(shown(app)) == 240  # until it is said, the series made here
    app.radio[0].set_value("a decimal comma").run()
    assert shown(app)[:2] == [10.5, 11.5]
    told = (
        "A small LSTM learns from the first 48 points and forecasts the held-out 12, one step ahead. It has to beat "
        "the simplest possible forecast: repeat the last value. Your numbers are one column: one feature, one "
        "target."
    )
    assert told in [element.value for element in app.markdown]
    app.run()
    assert shown(app)[:2] == [10.5, 11.5]  # another change of the page asks nothing again
    app.radio[0].set_value("between two columns").run()
    assert shown(app)[:2] == [5, 5]  # the last column is proposed
    app.selectbox[0].set_value(0).run()
    assert shown(app)[:2] == [10, 11]


def test_what_was_pasted_and_said_is_there_after_a_look_at_the_other_series(app: AppTest) -> None:
    app.text_area[0].set_value(COMMAS).run()
    app.radio[0].set_value("between two columns").run()
    app.selectbox[0].set_value(0).run()
    choose(app, MADE)
    assert len(shown(app)) == 240
    choose(app, OWN)
    assert app.text_area[0].value == COMMAS
    assert shown(app)[:2] == [10, 11]
    app.text_area[0].set_value(COMMAS.replace("10", "9")).run()  # another text: it is asked again
    assert app.radio[0].value is None
    assert len(shown(app)) == 240


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is nothing to read yet."),
        ("hello", "Line 1 holds 'hello', which isn't a number"),
        ("sold\n1\nNaN", "Line 3 holds 'NaN', which isn't a number"),
        ("1\n1e13", "Line 2 holds '1e13'; the largest"),
    ],
)
def test_a_bad_column_is_one_sentence_and_the_page_goes_on(app: AppTest, text: str, sentence: str) -> None:
    app.text_area[0].set_value(text).run()
    assert not app.exception
    assert app.info[0].value.replace("\\", "").startswith(sentence)
    assert len(shown(app)) == 240


def test_one_number_is_too_few(app: AppTest) -> None:
    app.text_area[0].set_value("5").run()
    assert app.warning[0].value.startswith("1 point makes fewer than two windows of 6 timesteps.")
