"""The page of misconceptions: an index by what people say, and one at a time, tried live and asked back."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from explainers.core.registry import find_explainer
from explainers.core.trial import Tried
from explainers.practice.misconceptions.catalogue import (
    UnknownMisconception,
    all_misconceptions,
    find_misconception,
    theme_of,
)
from explainers.practice.misconceptions.misconception import Judgement, Misconception, Question, Shown
from shell import components, dims_state, engine, links, pages, waiting
from shell.frame import beside_controls, foot
from shell.pages import MISCONCEPTION
from shell.prose import painted
from views import controls, misconceptions, shape_flow, tables, trials
from views.links import Target
from views.markup import verbatim, whole_shapes
from views.predict import GuessError

PAGE = "misconceptions"
SLUG = MISCONCEPTION  # in links: ?misconception=more-steps-more-weights
OLD_SLUG = "belief"  # in links that were made when the page was called beliefs


def shown(slug: str, texts: engine.Texts) -> Shown:
    """A misconception tried at one choice of dims. Raises WorkerError."""
    return engine.reply("misconception", {"slug": slug, "dims": dict(texts)}, Shown)


def question(slug: str, seed: int) -> Question:
    """The question of a misconception. Raises WorkerError."""
    return engine.reply("misconception_question", {"slug": slug, "seed": seed}, Question)


def judged(slug: str, seed: int, answer: str) -> Judgement:
    """What the live model says about an answer; "" gives up. Raises WorkerError."""
    return engine.reply("misconception_judge", {"slug": slug, "seed": seed, "answer": answer}, Judgement)


def misconceptions_page() -> None:
    """The misconception of the link, or all of them."""
    slug = st.query_params.get(SLUG, "")
    try:
        misconception = find_misconception(slug) if slug else None
    except UnknownMisconception as error:
        st.warning(verbatim(str(error)))
        misconception = None
    if misconception is None:
        _index()
    else:
        _one(misconception)
    foot()


def moved() -> None:
    """The old address of the page: its links lead to the new one, with all that stands in them."""
    query = st.query_params.to_dict()
    if OLD_SLUG in query:
        query[SLUG] = query.pop(OLD_SLUG)
    st.switch_page(pages.place(PAGE), query_params=query)


# -- the index -------------------------------------------------------------------------------------------------


def _index() -> None:
    st.title("Common misconceptions about shapes", anchor=False)
    st.markdown(
        f"We read {misconceptions.REPORTS} public reports of models that failed, or that trained but were wrong. The "
        "same few misconceptions explain most of them. Test each with a live model, then answer a question about it. "
        "Does one sound like you?"
    )
    text = st.text_input(
        "Find a misconception",
        key="find:misconceptions",
        placeholder="steps, padding, expected ndim=3, hidden_size …",
        live=True,
        type="search",
    )
    grouped = misconceptions.groups(text or "")
    if not grouped:
        st.info("No misconception matches. Try one word, or the name of an argument, such as units.")
    for theme, found in grouped.items():
        st.header(theme, anchor=False)
        _list(theme, found)


def _list(theme: str, found: tuple[Misconception[Any], ...]) -> None:
    targets = [_target(misconception, line=misconceptions.how_often(misconception)) for misconception in found]
    links.show(targets, theme, key=f"misconceptions:{theme}", cards=True)


def _target(misconception: Misconception[Any], line: str = "", arrow: str = "") -> Target:
    return Target(misconceptions.quoted(misconception), PAGE, {"misconception": misconception.slug}, line, arrow=arrow)


# -- one misconception ------------------------------------------------------------------------------------------------


def _one(misconception: Misconception[Any]) -> None:
    chosen = dims_state.read(misconception)
    links.show([Target("All misconceptions", PAGE, arrow="back")], "Up", key="misconceptions:up")
    st.title(whole_shapes(misconceptions.quoted(misconception)), anchor=False)
    st.caption(
        misconceptions.sentences(
            (
                f"Misconception {misconception.number} of {len(all_misconceptions())}",
                theme_of(misconception),
                misconceptions.how_often(misconception),
            )
        )
    )
    st.markdown(whole_shapes(f"**What actually happens.** {misconception.truth}"))
    for notice in chosen.notices:
        st.warning(verbatim(notice))
    left, right = beside_controls()
    with left:
        _controls(misconception, chosen)
        st.info(whole_shapes(misconception.look))
    with right:
        st.header("Live test", anchor="tried")
        _tried(misconception, chosen)
        st.header("Your turn, with new sizes", anchor="question")
        _ask(misconception)
        _further(misconception)


def _controls(misconception: Misconception[Any], chosen: dims_state.Chosen) -> None:
    key = f"controls:{misconception.name}"

    def changed() -> None:
        texts = components.typed(key)
        if texts is not None:
            dims_state.change(misconception, texts)

    data = controls.data(misconception.dims.specs(), chosen.dims.values(), (), chosen.problems)
    components.controls(data, key, on_change=changed)


def _tried(misconception: Misconception[Any], chosen: dims_state.Chosen) -> None:
    ask = partial(shown, misconception.slug, dims_state.texts_of(chosen.dims))
    found = waiting.asked(ask, "Running it …", where=misconception.name)
    if found is None:
        st.button("Try again", key=f"again:{misconception.slug}")
        return
    st.markdown(painted(found.verdict))
    for number, trial in enumerate(found.trials):
        _trial(misconception, trial, number)


def _trial(misconception: Misconception[Any], trial: Tried, number: int) -> None:
    """What was done, what came of it, and the flow where there is a model to look at."""
    with st.container(border=True):
        st.markdown(f"**{trial.title}** {trials.BADGES[trial.kind]}")
        if trial.inspection is not None and trial.inspection.flow:
            components.shape_flow(shape_flow.data(trial.inspection), key=f"flow:{misconception.slug}:{number}")
        elif trial.code:
            components.listing(trial.code, "The code", f"code:{misconception.slug}:{number}")
        if trial.error is not None:
            st.error(verbatim(misconceptions.words(trial)))
        st.markdown(painted(trial.verdict))
        if trial.tensors:
            st.markdown(misconceptions.tensors(trial))
        if trial.figures:
            counts = [{"what": f.label, "how many": f"{f.value:,}", "how": f.how} for f in trial.figures]
            st.markdown(tables.markdown(counts))
        if trial.inspection is not None and trial.inspection.flow and trial.code:
            with st.expander("The code"):
                components.listing(trial.code, "The code", f"code:{misconception.slug}:{number}")


# -- the question ----------------------------------------------------------------------------------------------


@st.fragment
def _ask(misconception: Misconception[Any]) -> None:
    seed = misconceptions.seed_from(st.query_params.to_dict())
    asked = waiting.asked(partial(question, misconception.slug, seed))
    if asked is None:
        return
    place = f"{misconception.slug}:{seed}"
    with st.container(border=True):
        st.markdown(whole_shapes(asked.prompt))
        components.listing(asked.code, "The model", f"model:{place}")
        _form(asked, place)
        with st.container(horizontal=True):
            st.button("Show the answer", key=f"give-up:{place}", on_click=partial(_keep, place, ""))
            st.button("Next question", key=f"next:{place}", on_click=partial(_turn_to, seed + 1))
        with st.expander("A hint"):
            st.markdown(whole_shapes(asked.hint))
        _said(asked, place)


def _form(asked: Question, place: str) -> None:
    with st.form(f"form:{place}", border=False):
        if asked.kind == "choice":
            st.radio("Your answer", asked.choices, index=None, key=f"given:{place}")
        else:
            st.text_input(
                "Your answer",
                key=f"given:{place}",
                placeholder=misconceptions.PLACEHOLDERS[asked.kind],
                autocomplete="off",
                max_chars=120,
            )
        st.form_submit_button("Check", type="primary", on_click=partial(_check, asked.kind, place))
    problem = st.session_state.get(f"problem:{place}")
    if problem:
        st.warning(verbatim(problem))


def _check(kind: str, place: str) -> None:
    """Read what was given; what can't be read gets a sentence, and no answer is kept."""
    given = st.session_state.get(f"given:{place}")
    try:
        if not given:
            raise GuessError("Answer first. A guess teaches you more than the answer.")
        _keep(place, misconceptions.read_answer(kind, given))
    except GuessError as error:
        st.session_state.pop(f"answer:{place}", None)
        st.session_state[f"problem:{place}"] = str(error)


def _keep(place: str, answer: str) -> None:
    """Keep an answer; the empty one gives up."""
    st.session_state.pop(f"problem:{place}", None)
    st.session_state[f"answer:{place}"] = answer


def _turn_to(seed: int) -> None:
    st.query_params["question"] = str(seed)


def _said(asked: Question, place: str) -> None:
    """What the live model says, once an answer was given or given up."""
    answer = st.session_state.get(f"answer:{place}")
    if answer is None:
        return
    told = waiting.asked(partial(judged, asked.misconception, asked.seed, answer), "Asking the live model …")
    if told is None:
        return
    if not told.read:
        st.warning(verbatim(told.why))
        return
    tone = st.success if told.right else st.info if not answer else st.warning
    tone(misconceptions.verdict(told, gave_up=not answer))
    st.markdown(whole_shapes(told.why))
    if told.axes:
        st.markdown(tables.markdown(misconceptions.axes(told, gave_up=not answer)))
    if told.words:
        st.error(verbatim(told.words))


# -- where to go from here -------------------------------------------------------------------------------------


def _further(misconception: Misconception[Any]) -> None:
    """The lesson behind it, and the neighbours in the list."""
    before, after = misconceptions.neighbours(misconception)
    lesson = find_explainer(misconception.lesson)
    query = {name: str(value) for name, value in misconception.lesson_dims.items()}
    targets = [Target(lesson.question, misconception.lesson, query, f"Lesson: {lesson.title}")]
    if after is not None:
        targets.append(_target(after, "The next misconception", "on"))
    if before is not None:
        targets.append(_target(before, "The previous misconception", "back"))
    st.header("What to read next", anchor=False)
    links.show(targets, "What to read next", key=f"further:{misconception.slug}")
