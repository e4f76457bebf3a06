"""The one input of the home page: whatever is typed is answered in place, with a sentence and a live figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import streamlit as st

from explainers.core.asked import failure_told
from explainers.core.dims import DimsBase
from explainers.core.explainer import Asked
from explainers.core.programs import told
from explainers.core.registry import all_explainers, find_explainer
from explainers.core.results import Explanation, Inspection
from explainers.core.words import listed, singular
from explainers.practice.glossary.terms import find_term
from explainers.reading.results import Pasted
from explainers.reading.text import LONGEST
from shell import components, engine, links, pages, pasting, waiting
from shell.prose import painted
from views import search, shape_flow, way_in
from views.links import Target
from views.markup import verbatim
from views.search import AT, TRY, Entry

ASK = "ask"  # in links: ?ask=why 4,224 parameters
LABEL = "Ask anything: a question, a number, a shape, an error, your code"
EXAMPLES = (
    "Why 4,224 parameters?",
    "What does None mean in (None, 20, 5)?",
    "input_shape for 28x28 grayscale images?",
    "batches per epoch with 105 samples?",
)
NOTHING = "Nothing found. Try one word, the name of an argument such as units, or part of the error."
NO_MODEL = (
    "None of our models has a layer with exactly {count:,} parameters within its range of sizes. Paste your "
    "`model.summary()` here to see how each count is made up."
)
NEAREST = (
    "I'm not sure what you're asking: none of our models has your {numbers}. These are the closest. Say what each "
    "number counts, for example *12 timesteps, 5 features*, or paste your code."
)
NOT_SURE = (
    "I'm not sure what you're asking. These are the closest. Name the layer and its sizes, for example *LSTM(32) on 12 "
    "timesteps of 5 features*, or paste your code."
)
_KEY = "ask"


@dataclass(frozen=True)
class Live:
    """What answers the question: the sentence, the live model it is about, and where the app explains it."""

    sentence: str
    found: Inspection | None
    entry: Entry


@lru_cache(maxsize=4)
def _index(lessons: tuple[str, ...]) -> search.Index:
    """The index over everything; made again when a lesson's page comes or goes."""
    return search.index_of(search.entries(all_explainers()))


def way(text: str) -> way_in.Way:
    """What answers a text."""
    lessons = all_explainers()
    return way_in.way(text, lessons, _index(tuple(lessons)))


def ask_box() -> bool:
    """The input, and under it the answer; whether there is something to answer."""
    text = _typed()
    if not text.strip():
        return False
    found = way(text)
    if found.pasted:
        _pasted(text)
    else:
        _answered(found)
    return True


def _typed() -> str:
    """What is in the field. A question is in the link, too; a pasted text never is."""
    before = st.session_state.get("asked_before", st.query_params.get(ASK, ""))
    data = {"label": LABEL, "text": before, "placeholder": "Why 4,224 parameters?", "examples": list(EXAMPLES)}
    typed = components.ask(data, _KEY)
    text = (typed if isinstance(typed, str) else before)[: LONGEST + 1]
    st.session_state["asked_before"] = text
    short = text.strip() if "\n" not in text and len(text) <= way_in.LONGEST_QUESTION else ""
    if short and st.query_params.get(ASK) != short:
        st.query_params[ASK] = short
    elif not short and ASK in st.query_params:
        del st.query_params[ASK]
    return text


# -- a question ------------------------------------------------------------------------------------------------


def _answered(found: way_in.Way) -> None:
    if not found.found and found.count is None:
        st.info(NOTHING)
        return
    if found.near and found.found:
        st.info(NOT_SURE)
        links.show([_target(entry) for entry in found.found[:2]], "Nearest", key="search:results")
        return
    if found.left:
        st.info(NEAREST.format(numbers=listed([f"{int(number):,}" for number in found.left[:4]])))
        links.show([_target(entry) for entry in found.found[:2]], "Nearest", key="search:results")
        return
    with st.container(border=True):
        ask = partial(lives, found)
        live = waiting.asked(ask, "Building a live model …", where="ask") or []
        if live:
            _draw(live[0])
        elif found.count is not None:
            st.markdown(NO_MODEL.format(count=found.count))
    rest = [entry for entry in _results(found, live) if not live or entry != live[0].entry]
    if rest:
        targets = [_target(entry) for entry in rest]
        links.show(targets, f"{len(targets)} result{'s' * (len(targets) != 1)}", key="search:results")


def _results(found: way_in.Way, live: list[Live]) -> list[Entry]:
    """Of the models for a count only those that really have it."""
    return [one.entry for one in live] if found.count is not None else list(found.found)


def lives(found: way_in.Way) -> list[Live]:
    """The live answer; of the models for a count all that really have it. Raises WorkerError."""
    if found.count is None:
        live = live_for(found.found[0])
        return [live] if live is not None else []
    having = []
    for entry in found.found[: way_in.MOST_MODELS]:
        live = live_for(entry)
        layer = way_in.layer_with(found.count, live.found) if live is not None and live.found is not None else None
        if live is not None and layer is not None:
            having.append(Live(way_in.count_sentence(layer), live.found, entry))
    return having


def live_for(entry: Entry) -> Live | None:
    """What a live model says to one entry; None for an entry without a model. Raises WorkerError."""
    if (program := way_in.program_of(entry.query)) is not None:
        inspection = engine.pasted(program[1], None, {}).inspection
        return Live(told(program[0], inspection), inspection, entry) if inspection is not None else None
    if entry.asked is None:
        return _of_other(entry)
    explained = engine.explanation(entry.page, _dims(entry.page, entry.query))
    return Live(_sentence(entry, entry.asked, explained), explained.inspection, entry)


def _of_other(entry: Entry) -> Live | None:
    """A misconception (or the one behind an error) is tried live; a word is shown in a model of its lesson."""
    if (slug := entry.query.get("misconception")) is not None:
        from shell.misconceptions import shown  # with all misconceptions and what tries them: not for the first page

        tried = shown(slug, ())
        model = next((trial.inspection for trial in tried.trials if trial.inspection is not None), None)
        return Live(tried.verdict, model, entry)
    term = find_term(entry.query.get("term", ""))
    if term is None or not term.lesson:
        return None
    dims = find_explainer(term.lesson).dims(**term.dims)
    return Live(term.what, _model(term.lesson, dims), entry)


def _model(lesson: str, dims: DimsBase) -> Inspection:
    return engine.structure(lesson, tuple(dims.changed().items())).explanation.inspection


def _dims(page: str, query: Mapping[str, str]) -> engine.Texts:
    """The dims in a link, as the engine is asked for them."""
    dims, _ = find_explainer(page).dims.read_kindly({k: v for k, v in query.items() if k not in (AT, TRY)})
    return tuple(dims.changed().items())


def _sentence(entry: Entry, asked: Asked[Any], explained: Explanation) -> str:
    """The answer to the very question, and which of its sizes are examples."""
    dims = find_explainer(entry.page).dims(**explained.dims)
    told = _told_live(entry, asked, explained)
    return told + way_in.examples_told(entry, dims, told) if explained.inspection.error is None else told


def _told_live(entry: Entry, asked: Asked[Any], explained: Explanation) -> str:
    """The trial's verdict, the question's sentence, or the lesson's own."""
    if TRY in entry.query:
        return engine.tried(entry.page, _dims(entry.page, entry.query), entry.query[TRY]).verdict
    lesson = find_explainer(entry.page)
    if explained.inspection.error is not None:  # whatever was asked, this is what there is to know
        return explained.inspection.error.cause
    if asked.sentence in (None, failure_told):
        return explained.sentence
    assert asked.sentence is not None
    return singular(asked.sentence(lesson.dims(**explained.dims), explained.inspection))


def _draw(live: Live) -> None:
    links.show([_link(live.entry)], "Answer", key="ask:explain")
    st.markdown(painted(live.sentence))
    if live.found is not None and live.found.flow:
        components.shape_flow(shape_flow.data(live.found), key="flow:ask")


def _link(entry: Entry) -> Target:
    """The question, as a link to the section that explains it."""
    return Target(entry.title, entry.page, entry.query, "Open the explanation and change the sizes")


def _target(entry: Entry) -> Target:
    return Target(entry.title, entry.page, entry.query, entry.line, entry.kind.lower(), search.TONES[entry.kind])


# -- a pasted text ---------------------------------------------------------------------------------------------


def _pasted(text: str) -> None:
    """An error, a summary or code: what it is in one sentence, its live model, and the page that fixes it."""
    if len(text) > LONGEST:
        st.warning(f"That is longer than {LONGEST:,} characters. Paste only the part with the error or the model.")
        return
    with st.container(border=True):
        found = waiting.asked(partial(engine.pasted, text, None, {}), "Reading your text …", where="ask")
        if found is None:
            return
        _told(found)
        label = "Open the explanation" if found.kind == "question" else "Open it in Fix an error"
        st.button(label, key="ask:fix", type="primary", on_click=pasting.keep, args=(text, found))
    if st.session_state.pop(pasting.GO, False):
        st.switch_page(pages.place("diagnose"))


def _told(found: Pasted) -> None:
    if found.cause:
        st.markdown(verbatim(found.cause))
        if found.kind == "question" and found.questions:
            st.caption(verbatim(" ".join(found.questions[:2])))
    elif found.inspection is None:
        st.markdown("Not recognized yet. Open it to see what we could read and what is missing.")
    if found.inspection is not None and found.inspection.flow:
        components.shape_flow(shape_flow.data(found.inspection), key="flow:ask")
