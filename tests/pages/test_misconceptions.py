"""The page of misconceptions: the index, one of them with its live trials, and a question judged by the live model."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explainers.practice.misconceptions import catalogue
from tests.apptest import component_data, open_page, tables


def opened(**query: str) -> AppTest:
    return open_page("misconceptions", **query)


def prose(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def said(element: object) -> str:
    """The text of a box as it is read: its letters are escaped, so that no Markdown is made of them."""
    return element.value.replace("\\", "")


def headers(app: AppTest) -> list[str]:
    return [element.value for element in app.header]


def test_the_index_has_all_themes():
    app = opened()
    assert not app.exception
    assert app.title[0].value == "Common misconceptions about shapes"
    assert headers(app) == list(catalogue.THEMES)


def test_the_index_can_be_searched():
    app = opened()
    app = app.text_input(key="find:misconceptions").set_value("padding").run()
    assert headers(app) == ["Found"]
    app = app.text_input(key="find:misconceptions").set_value("zzzqqq").run()
    assert headers(app) == []
    assert app.info[0].value.startswith("No misconception matches.")


def test_an_unknown_misconception_gets_a_suggestion_and_the_index():
    app = opened(misconception="more-steps-more-weight")
    assert not app.exception
    assert "Did you mean more-steps-more-weights?" in said(app.warning[0])
    assert app.title[0].value == "Common misconceptions about shapes"


def test_a_misconception_is_tried_at_the_dims_of_the_link():
    app = opened(misconception="more-steps-more-weights", timesteps="9", features="7", units="5")
    assert not app.exception
    assert app.title[0].value == "“More steps means more weights.”"
    assert "260 weights at :blue[**9**], 500 or an open number of timesteps" in prose(app)


def test_a_bad_dim_in_the_link_gives_way_and_says_so():
    app = opened(misconception="more-steps-more-weights", units="0")
    assert "units=0 was given" in said(app.warning[0])
    assert app.query_params["misconception"] == "more-steps-more-weights"
    assert "units" not in app.query_params


def test_keras_own_words_are_shown():
    app = opened(misconception="an-rnn-passes-its-sequence-on")
    assert any("expected ndim=3, found ndim=2" in said(error) for error in app.error)


@pytest.mark.parametrize("slug", [theme[0].slug for theme in catalogue.THEMES.values()])
def test_one_misconception_of_each_theme_opens(slug: str):
    app = opened(misconception=slug)
    assert not app.exception
    assert headers(app) == ["Live test", "Your turn, with new sizes", "What to read next"]


def asked() -> AppTest:
    """Question 3: an LSTM that keeps its timesteps."""
    return opened(misconception="an-rnn-passes-its-sequence-on", question="3")


def answered(app: AppTest, text: str) -> AppTest:
    key = "given:an-rnn-passes-its-sequence-on:3"
    app.text_input(key=key).set_value(text)
    return next(button for button in app.button if button.label == "Check").click().run()


def button(app: AppTest, label: str):
    return next(one for one in app.button if one.label == label)


def truth() -> str:
    from explainers.practice.misconceptions.asking import question

    dims = question("an-rnn-passes-its-sequence-on", 3).dims
    return f"none {dims['timesteps']} {dims['units_1']}"


def test_a_right_answer_is_read_kindly_and_found_right():
    app = answered(asked(), truth())
    assert not app.exception
    assert app.success[0].value.startswith("Right: **(None, ")


def test_a_wrong_answer_is_told_axis_by_axis():
    app = answered(asked(), "(None, 99)")
    assert app.warning[0].value.startswith("Not quite: you said **(None, 99)**, Keras says **(None, ")
    assert "You wrote 2 axes, there are 3." in prose(app)
    assert list(tables(app)[-1][0]) == ["you said", "Keras says", "axis", "where it comes from"]


def test_what_cannot_be_read_gets_a_sentence_and_no_answer():
    app = answered(asked(), "three axes")
    assert "is not a size" in said(app.warning[0])
    assert "Keras says" not in prose(app)


def test_an_empty_answer_is_asked_for():
    app = answered(asked(), "")
    assert said(app.warning[0]) == "Answer first. A guess teaches you more than the answer."


def test_giving_up_shows_the_truth():
    app = button(asked(), "Show the answer").click().run()
    assert any(info.value.startswith("Keras says **(None, ") for info in app.info)


def test_the_next_question_has_other_dims_and_an_own_link():
    app = asked()
    before = component_data(app, "model:an-rnn-passes-its-sequence-on:3")["text"]
    app = button(app, "Next question").click().run()
    assert app.query_params["question"] == "4"
    assert component_data(app, "model:an-rnn-passes-its-sequence-on:4")["text"] != before
    assert not app.success


def test_the_old_address_leads_to_the_same_misconception():
    app = open_page("beliefs", belief="more-steps-more-weights", question="3")
    assert not app.exception
    assert app.query_params == {"misconception": "more-steps-more-weights", "question": "3"}
    assert app.title[0].value == "“More steps means more weights.”"
