"""Every page opens, answers its dims, and never shows an exception. The pool's workers are real."""

from __future__ import annotations

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from explainers.core.registry import all_explainers, find_explainer
from explainers.core.results import Explanation
from shell import engine
from tests.apptest import component_data, open_page
from tests.explained import explained_at
from views.markup import unbroken, verbatim

every_lesson = pytest.mark.parametrize("name", all_explainers())


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def test_home_opens():
    app = open_page("home")
    assert not app.exception
    assert app.title[0].value == "Where does every number in a tensor shape come from?"


@every_lesson
def test_a_lesson_opens_with_its_question_and_gives_files_and_a_link(name):
    app = open_page(name)
    assert not app.exception
    assert app.title[0].value == unbroken(all_explainers()[name].question)
    assert not app.error
    labels = [button.label for button in app.get("download_button")]
    assert labels == ["Script (.py)", "Notebook (.ipynb)"]
    frame = component_data(app, f"frame:{name}")["text"]
    assert "<iframe src=" in frame
    assert "embed=true" in frame


def from_here(name: str, texts: engine.Texts) -> Explanation:
    """What a worker would send for it, built in this process once for all tests."""
    shown = explained_at(name, find_explainer(name).dims.read(dict(texts)))
    return msgspec.json.decode(msgspec.json.encode(shown), type=Explanation)


# What draws the same page in less time: the presets themselves are explained in tests/explainers.
SMALLER = {"points": {600: 90}, "timesteps": {100: 40}}


@every_lesson
def test_every_preset_opens(name, monkeypatch):
    monkeypatch.setattr(engine, "explanation", from_here)
    lesson = find_explainer(name)
    for preset in lesson.presets:
        dims = {key: SMALLER.get(key, {}).get(value, value) for key, value in preset.dims.items()}
        app = open_page(name, **{key: str(value) for key, value in dims.items()})
        assert not app.exception, preset.name
        assert bool(app.error) == bool(explained_at(name, lesson.dims(**dims)).inspection.error), preset.name


@pytest.mark.parametrize("name", ["simple_rnn", "windowed_forecast"])
def test_a_bad_link_gets_a_notice_and_a_page(name):
    spec = all_explainers()[name].dims.specs()[0]
    app = open_page(name, **{spec.name: "<script>"})
    assert not app.exception
    assert verbatim(f"{spec.name}=<script> was given") in app.warning[0].value
    assert spec.name not in app.query_params


def test_the_answer_follows_the_dims():
    assert "**305**" not in texts(open_page("simple_rnn"))
    assert "**4,224**" in texts(open_page("simple_rnn", batch_size="1000", timesteps="64", features="1", units="64"))


def test_a_failing_build_shows_keras_words_and_fixes():
    app = open_page("stacked_lstm", return_sequences_1="False")
    assert verbatim("expected ndim=3, found ndim=2") in app.error[0].value
    labels = [button.label for button in app.button]
    assert any(label.startswith("return_sequences_1=True") for label in labels)


def test_a_fix_is_one_click():
    app = open_page("stacked_lstm", return_sequences_1="False")
    fix = next(button for button in app.button if button.label.startswith("return_sequences_1=True"))
    app = fix.click().run()
    assert not app.error
    assert "return_sequences_1" not in app.query_params


def test_a_model_too_costly_gets_a_sentence():
    app = open_page(
        "stacked_lstm", units_1="1024", units_2="1024", units_3="1024", units_4="1024", levels="4", bidirectional="True"
    )
    assert not app.exception
    assert "this server builds up to" in app.error[0].value
