"""Pinning, swapping, and the runs on demand, through the pages' own buttons. The pool's workers are real."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from explainers.core.registry import all_explainers
from tests.apptest import component_data, open_page

every_lesson = pytest.mark.parametrize("name", all_explainers())


def button(app: AppTest, label: str):
    return next(element for element in app.button if element.label == label)


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def said(element) -> str:
    """What a learner reads: without the backslashes that keep Markdown from reading anything into it."""
    return re.sub(r"\\(\W|_)", r"\1", element.value)


def labels(app: AppTest) -> list[str]:
    return [element.label for element in app.button]


@every_lesson
def test_run_it_pin_it_change_it_and_read_the_reason(name):
    app = open_page(name)
    assert "One model, built once" not in texts(app)
    app.session_state[f"concrete:{name}"] = True  # None made concrete runs when it is opened
    app = button(app, "Pin these dims").click().run()
    assert not app.exception
    assert "One model, built once, has just run on" in texts(app)
    assert "weights are the same numbers before the first run and after each" in texts(app)
    assert app.query_params["pin"] == "defaults"
    assert "Nothing differs yet" in texts(app)
    app.session_state[f"concrete:{name}"] = False
    spec = next(s for s in all_explainers()[name].dims.specs() if s.kind == "int" and s.sets)
    wanted = (spec.default or 3) + 1
    app.query_params[spec.name] = str(wanted)
    app = app.run()
    assert not app.exception
    assert f"1 dim differs: **{spec.name}** {spec.default} → {wanted}." in texts(app)


def test_the_link_keeps_what_was_pinned():
    app = open_page("stacked_lstm", features="7", units_1="9")
    app = button(app, "Pin these dims").click().run()
    assert parse_qs(app.query_params["pin"]) == {"features": ["7"], "units_1": ["9"]}
    again = open_page("stacked_lstm", units_1="11", pin=app.query_params["pin"])
    assert "2 dims differ: **features** 7 → 3 and **units_1** 9 → 11." in texts(again)


def test_swap_and_unpin():
    app = open_page("stacked_lstm", units_1="9", pin="features=7")
    app = button(app, "Swap").click().run()
    assert (app.query_params["features"], app.query_params["pin"]) == ("7", "units_1=9")
    assert "units_1" not in app.query_params
    assert "**features** 3 → 7" in texts(app)
    app = button(app, "Unpin").click().run()
    assert "pin" not in app.query_params
    assert "Pin these dims" in labels(app)
    assert "features" in app.query_params


def test_pin_the_present_setting_instead():
    app = open_page("stacked_lstm", units_1="9", pin="features=7")
    app = button(app, "Pin the current dims instead").click().run()
    assert app.query_params["pin"] == "units_1=9"
    assert "Nothing differs yet" in texts(app)
    assert button(app, "Swap").disabled


@pytest.mark.parametrize(
    ("pin", "notice", "left"),
    [
        ("units_1=many&features=7", "units_1=many was given", "features=7"),
        ("hidden_size=4", "There is no dim called 'hidden_size'.", "defaults"),
        ("%%%;;", "can't be read, so nothing is pinned.", None),
        ("units_1=9&" * 200, "can't be read, so nothing is pinned.", None),
    ],
)
def test_a_bad_pin_gets_a_notice_never_a_crash(pin, notice, left):
    app = open_page("stacked_lstm", units_1="9", pin=pin)
    assert not app.exception
    assert notice in said(app.warning[0])
    assert app.query_params.get("pin") == left


def test_a_failing_side_shows_keras_words():
    app = open_page("stacked_lstm", pin="return_sequences_1=False")
    assert not app.exception
    assert any("expected ndim=3, found ndim=2" in said(error) for error in app.error)
    assert "Keras can't build the pinned setting." in texts(app)


def test_a_stateful_model_shows_keras_refusal():
    app = open_page("stacked_lstm", batch_size="8", stateful="True")
    app.session_state["concrete:stacked_lstm"] = True
    app = app.run()
    assert "Keras refuses batch 1, 2 and 7. ValueError: If an RNN is stateful" in said(app.error[0])


def test_nothing_to_run_where_nothing_is_built():
    app = open_page("stacked_lstm", return_sequences_1="False")
    assert "What None becomes" not in [header.value for header in app.header]


def test_the_summaries_are_asked_for_and_compared_behind_their_tab():
    app = open_page("stacked_lstm", features="7", pin="units_1=9")
    app.session_state["ways:stacked_lstm"] = "Summary"
    app = app.run()
    assert not app.exception
    (diff,) = component_data(app, "summary-diff:stacked_lstm")["diffs"]
    lines = ["".join(piece["text"] for piece in line["pieces"]) for line in diff["lines"]]
    assert any(line.startswith("-") and "(None, 6, 9)" in line for line in lines)
    assert any(line.startswith("+") and "(None, 6, 7)" in line for line in lines)  # the Input


def test_a_model_that_fails_has_no_summary_to_compare():
    app = open_page("stacked_lstm", pin="return_sequences_1=False")
    assert "Summary" not in [tab.label for tab in app.tabs]
