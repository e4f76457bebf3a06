"""Every page opens, answers its dims, and never shows an exception. The pool's workers are real."""

from __future__ import annotations

import json

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from explainers.core import explaining
from explainers.core.registry import all_explainers, find_explainer
from explainers.core.results import Explanation, Inspection, Structure
from shell import engine, on_screen
from shell.prose import painted
from tests.apptest import component_data, open_page
from tests.explained import explained_at
from views.markup import unbroken, verbatim, whole_shapes

every_lesson = pytest.mark.parametrize("name", all_explainers())


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def test_home_opens():
    app = open_page("home")
    assert not app.exception
    assert app.title[0].value == "Where does every number in a tensor shape come from?"


@every_lesson
def test_a_lesson_opens_with_its_question_and_gives_files_and_a_link(name):
    app = open_page(name, at="export")
    assert not app.exception
    assert app.title[0].value == unbroken(find_explainer(name).asks(find_explainer(name).dims()))
    assert not app.error
    labels = [button.label for button in app.get("download_button")]
    assert labels == ["Script (.py)", "Notebook (.ipynb)"]
    frame = component_data(app, f"frame:{name}")["text"]
    assert "<iframe src=" in frame
    assert "embed=true" in frame


def test_the_code_the_summary_and_the_files_are_tabs_and_only_the_open_one_is_sent():
    def sent(app: AppTest) -> set[str]:
        """What is behind the tabs and on the page."""
        drawn = " ".join(part.proto.id for part in app.get("bidi_component")) + " "
        files = {"export"} if app.get("download_button") else set()
        return files | {name for name in ("code", "summary") if f"-{name}:conv1d " in drawn}

    assert sent(open_page("conv1d")) == set()  # not on screen
    app = open_page("conv1d", at="take-away")
    assert [tab.label for tab in app.tabs] == ["Code", "Summary", "Export"]
    assert sent(app) == {"code"}
    for name in ("code", "summary", "export"):
        assert sent(open_page("conv1d", at=name)) == {name}
    app = open_page("conv1d", at="take-away", hide="code,export")  # a teacher's link hides a tab
    assert [tab.label for tab in app.tabs] == ["Summary"]
    assert not app.warning
    assert sent(app) == {"summary"}
    app = open_page("conv1d", hide="code,summary,export")
    assert "Code, summary and export" not in [header.value for header in app.header]
    app = open_page("conv1d", view="projector", section="summary")  # an old link, and a part's own name
    assert sent(app) == {"summary"}


def test_a_model_that_fails_has_no_summary_and_the_open_tab_gives_way():
    app = open_page("stacked_lstm", at="summary")
    assert app.session_state["tabs:stacked_lstm"] == "Summary"
    app.query_params["return_sequences_1"] = "False"
    app = app.run()
    assert not app.exception
    assert [tab.label for tab in app.tabs] == ["Code", "Export"]
    assert app.session_state["tabs:stacked_lstm"] == "Code"


@pytest.fixture
def from_here(monkeypatch):
    """What a worker would send, built in this process once for all tests; and the whole page is on screen."""

    def shown(name: str, texts: engine.Texts) -> Explanation:
        found = explained_at(name, find_explainer(name).dims.read(dict(texts)))
        return msgspec.json.decode(msgspec.json.encode(found), type=Explanation)

    def structure(name: str, texts: engine.Texts) -> Structure:
        found = shown(name, texts)
        return Structure(found, found.inspection.run is not None and bool(found.inspection.run.calls))

    monkeypatch.setattr(engine, "structure", structure)
    monkeypatch.setattr(engine, "calls", lambda name, texts: shown(name, texts).inspection.run)
    monkeypatch.setattr(engine, "extra", lambda name, texts: shown(name, texts).extra)
    monkeypatch.setattr(on_screen, "is_on", lambda section, key: True)


def everything(app: AppTest) -> str:
    """All that the page tells: its texts and tables, and what its components draw."""
    drawn = [json.dumps(json.loads(part.proto.json), ensure_ascii=False) for part in app.get("bidi_component")]
    said = [element.value for kind in (app.markdown, app.caption, app.error) for element in kind]
    return "\n".join([*said, *drawn]).replace("\N{NO-BREAK SPACE}", " ")


def drawn_in(app: AppTest, name: str) -> tuple[list[object], dict[str, object], object]:
    """Of the diagram each step with its named shapes and its count, of the ledger each weight's count, and the sum."""
    flow, ledger = component_data(app, f"flow:{name}"), {"layers": [], "total": 0}
    if any(part.proto.id.endswith(f"-ledger:{name}") for part in app.get("bidi_component")):
        ledger = component_data(app, f"ledger:{name}")  # a page without any weight has none
    steps = [
        (step["layer"], [[(axis["axis"], axis["size"]) for axis in shape] for shape in step["shapes"]], step["params"])
        for step in flow["steps"]
    ]
    weights = {f"{at['name']}/{w['name']}": w["count"]["size"] for at in ledger["layers"] for w in at["weights"]}
    return steps, weights, ledger["total"]


def counted(found: Inspection) -> tuple[list[object], dict[str, object], object]:
    """The same of the live model."""
    layers = {layer.name: layer for layer in found.layers}
    steps = [
        (
            step.layer,
            [[(axis.axis, axis.size) for axis in shape] for shape in step.outputs],
            None if step.failed or step.class_name == "InputLayer" else layers[step.layer].params,
        )
        for step in found.flow
    ]
    return steps, {f"{x.name}/{w.name}": w.count for x in found.layers for w in x.weights}, found.total_params


# What stands in the section that only this lesson has, at its presets.
OWN = {
    ("conv1d", "one-step-133906-channels"): ('"steps": 1,', '"reach": 3', "133904", "133,907", "401,719"),
    ("conv1d", "133906-steps-one-channel"): ("133,906 − 3 + 1 = 133,904",),
    ("conv1d", "out-of-steps"): ('"layer": "conv_2"',),
    ("hadamard", "first-layer"): ("(1, 10, 64)",),
    ("windowed_forecast", "600-points-windows"): (
        "600 − 10 − 1 + 1 = 590", "**(1, 600, 25)** series, timesteps, features",
        "**(1, 600, 1)** series, timesteps, targets", "**(600, 25, 1)** samples, timesteps, features",
        "**(10, 25, 1)** samples, timesteps, features", "**(590, 10, 25)** windows, timesteps, features",
        "**(590,)** windows", "**(1, 10, 25)** windows, timesteps, features",
        "Window i holds points i to i + 9; its target is point i + 10.",
    ),
    ("windowed_forecast", "a-day-ahead"): ("the next 24 points are its targets in y",),
    ("t_lstm", "first-gap-0"): ("From timestep 0 on the memory holds inf or nan.",),
    ("sequence_set", "16-x-100"): (
        "sample: **(None, 16, 100, 1)** batch, sequences, timesteps, features",
        "rnn: **(16, 4)** sequences, units; 84 parameters",
    ),
    ("multi_output_cell", "3-steps"): ("All 3 calls saw the same latent vector.", "10 units and 15 extra_units"),
}  # fmt: skip


@every_lesson
def test_every_preset_shows_its_numbers(name, from_here):
    """Each shape and each count of the live model, the answer, and what Keras says where it does not build."""
    lesson = find_explainer(name)
    for preset in lesson.presets:
        app = open_page(name, **{key: str(value) for key, value in preset.dims.items()})
        assert not app.exception, preset.name
        explanation = explained_at(name, lesson.dims(**preset.dims))
        told, error = everything(app), explanation.inspection.error
        assert whole_shapes(painted(explanation.sentence)) in texts(app)
        assert drawn_in(app, name) == counted(explanation.inspection), preset.name
        assert [shown.value for shown in app.error] == ([verbatim(f"{error.type}: {error.message}")] if error else [])
        if error:
            assert {painted(fix.why) for fix in error.fixes} <= {caption.value for caption in app.caption}
        assert [words for words in OWN.get((name, preset.name), ()) if words not in told] == [], preset.name


@pytest.mark.parametrize("demo", ["what_fit_does", "wrong_features"])
def test_what_was_tried_is_told_whole(demo, monkeypatch, from_here):
    lesson = find_explainer("stacked_lstm")
    shown = explaining.run_trial(next(entry for entry in lesson.trials if entry.name == demo), lesson.dims())
    monkeypatch.setattr(engine, "tried", lambda *asked: shown)
    app = open_page("stacked_lstm")
    app.session_state["try:stacked_lstm"] = demo
    app = app.run()
    told = everything(app)
    assert painted(shown.verdict).replace("\N{NO-BREAK SPACE}", " ") in told
    for tensor in shown.tensors:
        assert all(f"{axis.size} {axis.axis}" in told for axis in tensor.shape)
    assert all(figure.label in told and f"{figure.value:,}" in told for figure in shown.figures)
    if shown.error is not None:
        assert app.error[0].value == verbatim(f"{shown.error.type}: {shown.error.message}")
        assert {fix.label for fix in shown.fixes} <= {button.label for button in app.button}


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
