"""The page of a lesson: the same parts in the same order for all of them.

Question and answer, controls, shape flow, what only this lesson has, parameters, calls, what breaks it, what to
take away. A page file says which lesson, and brings its own section.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explainers.core.explainer import Explainer
from explainers.core.registry import find_explainer
from explainers.core.results import BuildError, Demonstration, Explanation, Fix, Inspection, Tensor
from shell import components, dims_state, engine
from shell.frame import foot
from shell.prose import painted
from views import calls, controls, ledger, palette, shape_flow
from views import demonstrations as demo_view
from workers.pool import WorkerError

OwnSection = Callable[[Explanation], None]


def lesson_page(name: str, own_section: OwnSection | None = None) -> None:
    """Draw one lesson. `own_section` draws what only this lesson has, right after the shape flow."""
    explainer = find_explainer(name)
    chosen = dims_state.read(explainer)
    st.title(explainer.question, anchor=False)
    answer = st.empty()
    for notice in chosen.notices:
        st.warning(notice)
    left, right = st.columns([1, 3.3], gap="large")
    with left:
        _controls(explainer, chosen)
    with right:
        explanation = _ask(explainer, chosen, answer)
        if explanation is not None:
            _body(explainer, explanation, own_section)
    foot()


def _controls(explainer: Explainer[Any], chosen: dims_state.Chosen) -> None:
    key = f"controls:{explainer.name}"

    def changed() -> None:
        texts = st.session_state[key].get("values")
        if isinstance(texts, dict):
            dims_state.change(explainer, texts)

    def preset() -> None:
        wanted = st.session_state[key].get("preset")
        for entry in explainer.presets:
            if entry.name == wanted:
                dims_state.apply(explainer, dict(entry.dims), start_over=True)

    data = controls.data(
        explainer.dims.specs(),
        chosen.dims.values(),
        explainer.presets,
        chosen.problems,
        hidden=explainer.unused(chosen.dims),
    )
    components.controls(data, key, on_change=changed, on_preset=preset)


def _ask(explainer: Explainer[Any], chosen: dims_state.Chosen, answer: Any) -> Explanation | None:
    """The engine's answer; while Keras is still loading the page is there and says so."""
    waiting = st.empty()
    if not engine.state().ready:
        waiting.info(
            "Keras is starting on this server (a few seconds, once). The page is ready and fills in by itself."
        )
    try:
        explanation = engine.explanation(explainer.name, dims_state.texts_of(chosen.dims))
    except WorkerError as error:
        waiting.error(error.sentence)
        st.button("Try again", key=f"again:{explainer.name}")
        return None
    waiting.empty()
    answer.markdown(painted(explanation.answer))
    return explanation


def _body(explainer: Explainer[Any], explanation: Explanation, own_section: OwnSection | None) -> None:
    found = explanation.inspection
    name = explainer.name
    if found.flow:
        components.shape_flow(shape_flow.data(found), key=f"flow:{name}")
    if found.error is not None:
        _failure(explainer, found.error)
    if own_section is not None:
        own_section(explanation)
    if any(layer.weights for layer in found.layers):
        st.header("Where the parameters are", anchor="parameters")
        components.ledger(ledger.data(found), key=f"ledger:{name}")
    if found.run is not None and found.run.calls:
        st.header("Call by call", anchor="calls")
        components.calls(calls.data(found.run, found.layers), key=f"calls:{name}")
    _break_it(explainer, explanation)
    _take_away(found)


# -- what breaks it ------------------------------------------------------------------------------------------


def _failure(explainer: Explainer[Any], error: BuildError) -> None:
    """Keras' own words, the cause, and fixes that are one click."""
    st.markdown("**Keras says**" if error.type != "CostError" else "**Not built**")
    st.error(f"{error.type}: {error.message}" if error.type != "CostError" else error.message)
    if error.cause != error.message:
        st.markdown(f"**Why.** {painted(error.cause)}")
    _fixes(explainer, error.fixes, "now")


def _fixes(explainer: Explainer[Any], fixes: tuple[Fix, ...], where: str) -> None:
    if not fixes:
        return
    st.markdown("**What helps**")
    for index, fix in enumerate(fixes):
        st.button(
            fix.label + (" (what you probably want)" if fix.recommended and len(fixes) > 1 else ""),
            key=f"fix:{explainer.name}:{where}:{index}",
            type="primary" if fix.recommended else "secondary",
            on_click=dims_state.apply,
            args=(explainer, dict(fix.dims)),
        )
        if fix.why:
            st.caption(painted(fix.why))


def _break_it(explainer: Explainer[Any], explanation: Explanation) -> None:
    if not explainer.demos:
        return
    st.header("Break it", anchor="break-it")
    st.markdown("What people try with such a model, done for real with your dims.")
    _try_out(explainer, dims_state.texts_of(explainer.dims.read({k: str(v) for k, v in explanation.dims.items()})))


@st.fragment
def _try_out(explainer: Explainer[Any], texts: engine.Texts) -> None:
    titles = {demo.name: demo.title for demo in explainer.demos}
    chosen = st.pills(
        "What to try",
        list(titles),
        format_func=lambda name: titles[name],
        key=f"try:{explainer.name}",
        label_visibility="collapsed",
    )
    if chosen is None:
        return
    try:
        with st.spinner("Trying it …"):
            shown = engine.demonstration(explainer.name, texts, chosen)
    except WorkerError as error:
        st.error(error.sentence)
        return
    _demonstration(explainer, shown)


_KINDS = {"loud": ":red-badge[Keras refuses]", "silent": ":orange-badge[accepted, but wrong]", "run": ":green-badge[it runs]"}


def _demonstration(explainer: Explainer[Any], demo: Demonstration) -> None:
    with st.container(border=True):
        st.markdown(f"**{demo.title}** {_KINDS.get(demo.kind, '')}")
        if demo.code:
            st.code(demo.code, language="python")
        if demo.error is not None:
            st.error(f"{demo.error.type}: {demo.error.message}")
        st.markdown(painted(demo.verdict))
        if demo.tensors:
            st.markdown("\n".join(f"- {_tensor_told(tensor)}" for tensor in demo.tensors))
        if demo.figures:
            st.table(demo_view.figures(demo))
        _fixes(explainer, demo.fixes, demo.name)


def _tensor_told(tensor: Tensor) -> str:
    sizes = ", ".join(palette.directive(axis.axis, f"{axis.size} {axis.axis}") for axis in tensor.shape)
    return f"**{tensor.name}** ({sizes})"


# -- what to take away ---------------------------------------------------------------------------------------


def _take_away(found: Inspection) -> None:
    st.header("Take it away", anchor="take-away")
    if found.summary:
        st.markdown("**Keras' own summary**")
        st.code(found.summary, language=None)
    if found.code:
        st.markdown("**The code that runs as shown**")
        st.code(found.code, language="python", line_numbers=True, wrap_lines=True)
