"""Adding a question to a set: of a lesson at any dims, of a model of one's own, a misconception, a challenge."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from explainers.core.dims import DimsBase, DimsError, Value
from explainers.core.explainer import Explainer
from explainers.core.registry import all_explainers, find_explainer
from explainers.core.results import Inspection
from explainers.practice.challenges.challenge import KINDS as CHALLENGES
from explainers.practice.challenges.challenge import kinds_of
from explainers.practice.misconceptions.catalogue import all_misconceptions
from rooms.tasks import CHALLENGE, COUNT, LONGEST_TEXT, MISCONCEPTION, SEEDS, SHAPE, Task
from shell import components, engine, waiting
from views import controls, predict
from views.misconceptions import quoted

Add = Callable[[Task], None]
_OWN_MODEL = "own model"
_KINDS = {
    SHAPE: "Output shape",
    COUNT: "Parameters",
    MISCONCEPTION: "Misconception",
    CHALLENGE: "Challenge",
    _OWN_MODEL: "Your model",
}


def draw(add: Add) -> None:
    """The form. `add` is called in a callback, with a task."""
    with st.expander("Add a question", key="class:add"):
        kind = st.selectbox("Kind of question", list(_KINDS), format_func=_KINDS.__getitem__, key="class:add:kind")
        minutes = st.number_input("Minutes (0: no time limit)", 0.0, 60.0, 2.0, 0.5, key="class:add:minutes")
        forms = {MISCONCEPTION: _misconception, CHALLENGE: _challenge, _OWN_MODEL: _own}
        if kind in forms:
            forms[str(kind)](add, float(minutes))
        else:
            _prediction(str(kind), add, float(minutes))


def _button(task: Task, add: Add) -> None:
    st.button("Add this question", key="class:add:do", type="primary", on_click=add, args=(task,))


def _lesson() -> Explainer[Any]:
    lessons = all_explainers()
    name = st.selectbox("Lesson", list(lessons), format_func=lambda each: lessons[each].title, key="class:add:lesson")
    return find_explainer(str(name))


def _prediction(kind: str, add: Add, minutes: float) -> None:
    """A layer of a lesson at dims of one's choice; the live model says which layers there are."""
    explainer = _lesson()
    dims = _dims(explainer)
    texts = dims.changed()
    found = waiting.asked(partial(engine.explanation, explainer.name, tuple(texts.items())), where="class:add")
    if found is not None and (layer := _layer(found.inspection, kind)):
        _button(Task(kind, explainer.name, layer, dict(texts), minutes=minutes), add)


def _dims(explainer: Explainer[Any]) -> DimsBase:
    """Dims as on the lesson's page; they are kept in the session until the question is added."""
    kept, key = f"class:dims:{explainer.name}", f"class:controls:{explainer.name}"
    dims, problems = st.session_state.get(kept, (explainer.dims(), {}))

    def changed() -> None:
        texts = st.session_state[key].get("values")
        if isinstance(texts, dict):
            st.session_state[kept] = _taken(explainer, dims, texts)

    def preset() -> None:
        wanted = st.session_state[key].get("preset")
        for entry in explainer.presets:
            if entry.name == wanted:
                st.session_state[kept] = (explainer.dims(**entry.dims), {})

    data = controls.data(
        explainer.dims.specs(), dims.values(), explainer.presets, problems, hidden=explainer.unused(dims)
    )
    components.controls(data, key, on_change=changed, on_preset=preset)
    found: DimsBase = dims
    return found


def _taken(
    explainer: Explainer[Any], dims: DimsBase, texts: dict[str, Any]
) -> tuple[DimsBase, dict[str, tuple[str, str]]]:
    """The dims with what is good of the texts, and a sentence for what isn't."""
    values: dict[str, Value] = {}
    problems: dict[str, tuple[str, str]] = {}
    for name, text in texts.items():
        try:
            values[name] = explainer.dims.spec(str(name)).parse(str(text))
        except DimsError as error:
            problems[str(name)] = (str(text), str(error))
    return dims.but(**values), problems


def _layer(found: Inspection, kind: str) -> str:
    """Which layer is asked about; "" where none can be."""
    questions = predict.questions(found)
    names = [each.name for each in questions if kind == SHAPE or (each.layer is not None and each.layer.params)]
    if not names:
        st.markdown("With these sizes there is nothing to ask: the model can’t be built, or it has no such layer.")
        return ""
    titles = {each.name: f"{each.name} · {each.title}" for each in questions}
    return str(st.selectbox("Layer", names, format_func=titles.__getitem__, key=f"class:add:layer:{kind}"))


def _seed() -> int:
    return int(st.number_input("Seed (the same seed makes the same sizes)", 0, SEEDS - 1, 1, key="class:add:seed"))


def _misconception(add: Add, minutes: float) -> None:
    every = {each.slug: quoted(each) for each in all_misconceptions()}
    slug = st.selectbox("Misconception", list(every), format_func=every.__getitem__, key="class:add:slug")
    _button(Task(MISCONCEPTION, str(slug), seed=_seed(), minutes=minutes), add)


def _challenge(add: Add, minutes: float) -> None:
    explainer = _lesson()
    kinds = kinds_of(explainer.name)
    kind = st.selectbox("Challenge", kinds, format_func=CHALLENGES.__getitem__, key="class:add:challenge")
    _button(Task(CHALLENGE, explainer.name, seed=_seed(), challenge=str(kind), minutes=minutes), add)


def _own(add: Add, minutes: float) -> None:
    """A program of one's own: it is read, never run, and travels in the link of the set."""
    text = st.text_area(
        "A few lines of Keras",
        key="class:add:text",
        height=160,
        max_chars=LONGEST_TEXT,
        placeholder="model = Sequential(…",
    )
    if not text.strip():
        return
    found = waiting.asked(partial(engine.pasted, text, None, {}), "Reading your program …")
    if found is None:
        return
    if found.inspection is None:
        st.warning("No model was found in this text. Try it on the page “Fix an error” first.")
        return
    kind = str(
        st.radio("Ask for", [SHAPE, COUNT], format_func=_KINDS.__getitem__, horizontal=True, key="class:add:what")
    )
    if layer := _layer(found.inspection, kind):
        _button(Task(kind, "", layer, text=text, minutes=minutes), add)
