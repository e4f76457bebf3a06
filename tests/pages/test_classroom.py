"""The page for teachers, and lessons' pages as its links ask for them. The pool's workers are real."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explainers.core.registry import all_explainers
from tests.apptest import component_data, open_page

every_lesson = pytest.mark.parametrize("name", all_explainers())
with_and_without_own_section = pytest.mark.parametrize("name", ["stacked_lstm", "windowed_forecast"])


def opened(page: str, **query: str) -> AppTest:
    app = open_page(page, **query)
    assert not app.exception
    return app


def headers(app: AppTest) -> list[str]:
    return [header.value for header in app.header]


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def toggled(app: AppTest) -> dict[str, bool]:
    return {toggle.label: toggle.value for toggle in app.toggle}


def link(app: AppTest) -> str:
    return str(component_data(app, "classroom:link")["text"])


@with_and_without_own_section
def test_hidden_sections_are_not_there_and_a_note_says_so(name):
    app = opened(name, hide="parameters,take-away,controls")
    assert not {"Where the parameters are", "Code, summary and export"} & set(headers(app))
    assert "Break it" in headers(app)
    assert any(caption.value == "Your teacher has hidden parts of this page." for caption in app.caption)
    assert not app.warning


def test_an_unknown_name_is_a_notice():
    app = opened("simple_rnn", hide="parametres")
    assert "parametres" in app.warning[0].value
    assert "Where the parameters are" in headers(app)
    assert not any("Your teacher" in caption.value for caption in app.caption)


@every_lesson
def test_hidden_answers_ask_for_a_guess_and_offer_no_way_round(name):
    app = opened(name, hide="answers")
    assert "Check" in labels(app)
    assert not {"Show all", "Skip this"} & set(labels(app))
    assert "Predict first" not in toggled(app)
    assert "Break it" not in headers(app)


FAILING = {"return_sequences_1": "False"}


def test_no_fix_moves_a_hidden_dim():
    told = "change dims that your teacher has hidden"
    app = opened("stacked_lstm", **FAILING)
    fixing = [label for label in labels(app) if label.startswith("return_sequences_1=True")]
    assert fixing
    assert not any(told in caption.value for caption in app.caption)
    app = opened("stacked_lstm", **FAILING, hide="return_sequences_1")
    assert not any(label.startswith("return_sequences_1") for label in labels(app))
    said = [caption.value for caption in app.caption if "your teacher has hidden" in caption.value]
    assert len(said) == 1
    assert "return_sequences" not in said[0]
    app = opened("stacked_lstm", **FAILING, hide="units_1")  # another dim's fix stays
    assert fixing[0] in labels(app)


def test_with_all_dims_hidden_nothing_is_offered():
    app = opened("stacked_lstm", **FAILING, hide="controls", pin="units_1=9")
    assert not [button for button in app.button if str(button.key).startswith("fix:")]
    assert any(caption.value.startswith("Every fix changes dims") for caption in app.caption)
    assert app.button(key="swap:stacked_lstm").disabled


def test_swapping_never_moves_a_hidden_dim():
    app = opened("stacked_lstm", units_1="9", hide="units_1", pin="features=7")
    assert app.button(key="swap:stacked_lstm").disabled
    assert any(caption.value.startswith("Swapping would change") for caption in app.caption)
    app = opened("stacked_lstm", units_1="9", hide="units_1", pin="units_1=9&features=7")
    assert not app.button(key="swap:stacked_lstm").disabled


def test_a_demonstration_offers_no_fix_of_a_hidden_dim():
    with_fixes = ("forgotten", "wrong_features", "other_batch_stateful")
    for hide in ("", "controls"):
        app = opened("stacked_lstm", hide=hide)
        for demo in with_fixes:
            app.session_state["try:stacked_lstm"] = demo
            app = app.run()
            assert not app.exception
            assert any(f"fix:stacked_lstm:{demo}:" in str(button.key) for button in app.button) == (not hide)


def test_the_link_to_pass_on_still_hides():
    app = opened("stacked_lstm", units_1="9", hide="units_1,calls", at="export")
    assert component_data(app, "link:stacked_lstm")["text"].endswith("?units_1=9&hide=units_1,calls")


def test_hidden_questions_switch_predicting_off():
    app = opened("simple_rnn", hide="predict", predict="on")
    assert "Check" not in labels(app)
    assert "Predict first" not in toggled(app)
    assert "Break it" in headers(app)


@with_and_without_own_section
def test_the_projector_shows_one_section_and_goes_on(name):
    app = opened(name, view="projector")
    assert "1 of " in app.markdown[0].value
    assert len(headers(app)) == 0
    assert app.button(key="projector:Previous").disabled
    app = app.button(key="projector:Next").click().run()
    assert not app.exception
    assert "2 of " in app.markdown[0].value
    assert app.query_params["section"] != "flow"


def test_the_projector_stays_where_the_link_says_and_knows_what_is_hidden():
    app = opened("simple_rnn", view="projector", section="calls", hide="parameters")
    assert app.markdown[0].value.startswith("2 of ")
    assert app.markdown[0].value.endswith("**Step through time**")
    app = opened("simple_rnn", view="projector", section="no-such")
    assert app.markdown[0].value.startswith("1 of ")


def test_a_teacher_builds_a_link():
    app = opened("classroom", lesson="stacked_lstm", units_1="9")
    assert link(app).endswith("/stacked_lstm?units_1=9")
    app.multiselect(key="classroom:sections:stacked_lstm").select("calls")
    app.multiselect(key="classroom:dims:stacked_lstm").select("units_1")
    app.toggle(key="classroom:answers").set_value(True)
    app.toggle(key="classroom:projector").set_value(True)
    app = app.run()
    assert link(app).endswith("?units_1=9&hide=calls,units_1,answers&predict=on&view=projector")
    app.selectbox(key="classroom:section:stacked_lstm").select("take-away")
    app.toggle(key="classroom:controls").set_value(True)
    app = app.run()
    assert link(app).endswith("&hide=calls,controls,answers&predict=on&view=projector&section=take-away")


def test_another_lesson_starts_with_its_own_dims():
    app = opened("classroom", lesson="simple_rnn", units="9")
    app = app.selectbox(key="classroom:lesson").select("t_lstm").run()
    assert link(app).endswith("/t_lstm")
    assert set(app.query_params) == {"lesson"}


def test_what_a_link_says_wrongly_is_no_crash():
    app = opened("classroom", lesson="<script>", sheet="many", exercises="99999999")
    assert not app.error


def test_a_worksheet_by_link_has_a_key_of_its_own():
    app = opened("classroom", lesson="simple_rnn", sheet="7", exercises="4")
    assert not app.error
    sheets = [element.proto.body for element in app.get("html") if "worksheet" in element.proto.body]
    assert len(sheets) == 2
    exercises, key = sheets
    assert "Which axis is the batch?" in exercises
    assert 'class="blank"' in exercises
    assert 'class="answer"' in key
    assert 'class="answer"' not in exercises
