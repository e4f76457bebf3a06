"""The page for teachers: a link for the class, built while one chooses, and a worksheet to print.

The lesson, its dims and the worksheet's seed stand in this page's own URL; what is hidden stands in the link it makes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from explainers.core.explainer import Explainer
from explainers.core.registry import all_explainers, find_explainer
from explainers.practice.worksheets.results import FEWEST, HIGHEST_SEED, MOST, Worksheet
from shell import components, dims_state, engine, waiting
from shell.frame import foot, versions_told
from shell.lesson import sections
from shell.page import Section
from views import classroom, controls, worksheet
from views.classroom import ANSWERS, CONTROLS, Setting

LESSON, SEED, EXERCISES = "lesson", "sheet", "exercises"  # parameters of this page
USUAL_EXERCISES = 6
_WORKSHEET_SECONDS = 60.0  # twelve exercises on a busy machine


def made(name: str, seed: int, exercises: int) -> Worksheet:
    """A worksheet from the engine; the same for all who ask for the same. Raises WorkerError."""
    arguments = {"name": name, "seed": seed, "exercises": exercises}
    return engine.reply("worksheet", arguments, Worksheet, _WORKSHEET_SECONDS)


def classroom_page() -> None:
    """Choose a lesson; a link and a worksheet follow."""
    st.title("For teachers", anchor=False)
    st.markdown(
        "Choose a lesson and its dims, then hide what your class should find out. Everything is in the link. "
        "Hiding keeps the page simple; it isn't a lock: a learner can still show everything."
    )
    explainer = find_explainer(_lesson())
    left, right = st.columns([1, 2.2], gap="large")
    with left:
        chosen = _dims(explainer)
    with right:
        st.header("A link for your class", anchor="link")
        _link(explainer, chosen)
        st.header("A worksheet to print", anchor="worksheet")
        _worksheet(explainer)
    foot()


def _lesson() -> str:
    lessons = all_explainers()
    asked = st.query_params.get(LESSON, "")
    key = "classroom:lesson"
    st.session_state[key] = asked if asked in lessons else next(iter(lessons))

    def changed() -> None:  # the dims of another lesson mean nothing here
        st.query_params.from_dict({LESSON: st.session_state[key]})

    return str(
        st.selectbox(
            "Lesson", list(lessons), format_func=lambda name: lessons[name].question, key=key, on_change=changed
        )
    )


def _dims(explainer: Explainer[Any]) -> dims_state.Chosen:
    """The same column of presets and dims as on the lesson's page."""
    chosen = dims_state.read(explainer)
    key = f"classroom:controls:{explainer.name}"

    def changed() -> None:
        texts = components.typed(key)
        if texts is not None:
            dims_state.change(explainer, texts)

    def preset() -> None:
        wanted = st.session_state[key].get("preset")
        for entry in explainer.presets:
            if entry.name == wanted:
                dims_state.apply(explainer, dict(entry.dims), start_over=True)

    specs, unused = explainer.dims.specs(), explainer.unused(chosen.dims)
    data = controls.data(specs, chosen.dims.values(), explainer.presets, chosen.problems, hidden=unused)
    components.controls(data, key, on_change=changed, on_preset=preset)
    return chosen


# -- the link ------------------------------------------------------------------------------------------------


def _sections(explainer: Explainer[Any]) -> dict[str, str]:
    """Name -> label of every section that can be hidden. A lesson with data of its own has a section for them."""
    every: tuple[Section, ...] = sections(explainer, None if explainer.extra is None else lambda explanation: None)
    return {each.name: classroom.label(each.name, each.title) for each in every if each.name != classroom.ASKING}


def _link(explainer: Explainer[Any], chosen: dims_state.Chosen) -> None:
    setting = _setting(explainer)
    address = classroom.app_address(st.context.url or "")
    link = classroom.link(address, explainer.name, classroom.query(chosen.dims, setting))
    components.listing(link, "The link for the class", "classroom:link", "text")
    st.link_button("Preview the class view", link, icon=":material/open_in_new:")


def _setting(explainer: Explainer[Any]) -> Setting:
    labels, name = _sections(explainer), explainer.name
    hidden = st.multiselect(
        "Sections to hide", list(labels), format_func=labels.__getitem__, key=f"classroom:sections:{name}"
    )
    with st.container(horizontal=True):
        no_controls = st.toggle("Hide all dims", key="classroom:controls", help="Learners see the dims set here.")
        predict = st.toggle("Predict first", key="classroom:predict", help="Shapes and counts appear after a guess.")
        answers = st.toggle(
            "Require a guess for every answer",
            key="classroom:answers",
            help="Predict first, without “Skip this” and “Show all”, and without a switch to turn it off.",
        )
        projecting = st.toggle("Projector", key="classroom:projector", help="Large type, one section at a time.")
    dims = st.multiselect(
        "Dims to hide",
        [spec.name for spec in explainer.dims.specs()],
        key=f"classroom:dims:{name}",
        disabled=no_controls,
    )
    begins = _begins(name, labels, hidden) if projecting else ""
    hide = (*hidden, *((CONTROLS,) if no_controls else dims), *((ANSWERS,) if answers else ()))
    return Setting(tuple(hide), predict, projecting, begins)


def _begins(name: str, labels: dict[str, str], hidden: list[str]) -> str:
    names = [each for each in labels if each not in hidden]
    return str(
        st.selectbox(
            "Start the projector at",
            ["", *names],
            format_func=lambda each: labels.get(each, "the first section"),
            key=f"classroom:section:{name}",
        )
    )


# -- the worksheet -------------------------------------------------------------------------------------------


def _worksheet(explainer: Explainer[Any]) -> None:
    st.markdown(
        "Shapes and counts to fill in, a program that fails and a question about the batch, all with new sizes. Live "
        "models provide the answer key. The same seed makes the same worksheet."
    )
    with st.form("worksheet"):
        left, right = st.columns(2)
        seed = left.number_input("Seed", 0, HIGHEST_SEED, _from_link(SEED, 1, 0, HIGHEST_SEED))
        exercises = right.number_input("Exercises", FEWEST, MOST, _from_link(EXERCISES, USUAL_EXERCISES, FEWEST, MOST))
        if st.form_submit_button("Make the worksheet", type="primary"):
            st.query_params[SEED] = str(seed)
            st.query_params[EXERCISES] = str(exercises)
    if SEED in st.query_params:
        _sheet(explainer, int(seed), int(exercises))


def _from_link(parameter: str, usual: int, low: int, high: int) -> int:
    said = st.query_params.get(parameter, "")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else usual
    return min(max(number, low), high)


def _sheet(explainer: Explainer[Any], seed: int, exercises: int) -> None:
    found = waiting.asked(partial(made, explainer.name, seed, exercises), "Building a model for each exercise …")
    if found is None:
        return
    versions = ", ".join(versions_told())
    sheet = worksheet.Sheet(found, explainer.title, explainer.question, versions)
    left, right = st.columns(2)
    with left:
        _download("Printable worksheet (.html)", partial(worksheet.document, sheet), sheet.file_name)
    with right:
        _download("Printable answer key (.html)", partial(worksheet.key_document, sheet), sheet.key_file_name)
    st.caption(
        "Open a file in a browser and print it. Six exercises take two pages (three for long programs), their key one, "
        "in black and white."
    )
    st.html(f"<style>{worksheet.STYLE}</style>{worksheet.on_page(sheet)}")
    with st.expander("Answer key", key=f"classroom:key:{explainer.name}"):
        st.html(worksheet.fragment(sheet, key=True))


def _download(label: str, document: Callable[[], str], file_name: str) -> None:
    st.download_button(
        label,
        lambda: document().encode(),
        file_name=file_name,
        mime="text/html",
        on_click="ignore",
        icon=":material/download:",
        key=f"classroom:download:{file_name}",
    )
