"""Paste it: one box that takes whatever a learner has. Nothing pasted is stored on the server or sent anywhere."""

from __future__ import annotations

import re
from functools import partial

import streamlit as st

from explainers.core.finding import Ask, Change
from explainers.core.registry import find_explainer
from explainers.reading.asking import LARGEST_ENTRY
from explainers.reading.results import Pasted
from explainers.reading.text import LONGEST
from shell import components, engine, links, pasting, waiting
from shell.frame import foot
from shell.pasting import ASKED, FOUND, KEPT, SAID, TEXT, VERDICT, WHICH
from views import diagnose as view
from views import ledger, shape_flow, tables
from views.diffs import applied
from views.links import Target
from views.markup import verbatim
from views.way_in import program_of
from workers.pool import WorkerError

LINKED = "pasted_linked"  # the link whose program is in the box
MOST_ASKS = 12  # of them are shown
EXAMPLES = {
    "An error": (
        "ValueError: Negative dimension size caused by subtracting 3 from 1 for 'conv1d_1/convolution/Conv2D' "
        "(op: 'Conv2D') with input shapes: [?,1,1,133906], [1,3,133906,1]."
    ),
    "A summary": (
        "Layer (type)                 Output Shape              Param #\n"
        "=================================================================\n"
        "lstm_1 (LSTM)                (None, 20, 5)             140\n"
        "lstm_2 (LSTM)                (None, 4)                 160\n"
        "dense_1 (Dense)              (None, 1)                 5\n"
    ),
    "A few lines of Keras": (
        "model = Sequential()\n"
        "model.add(LSTM(output_dim=32, input_shape=(10, 3)))\n"
        "model.add(LSTM(16))\n"
        "model.add(Dense(1))\n"
    ),
}
BOX = "Your error, code or summary"
# The box is as high as its text; once answered it makes room (its corner makes it larger again).
STYLE = """<style>
pre.pasted { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.85rem; padding: 0.8rem; border-radius: 8px;
  border: 1px solid light-dark(#e2e8f0, #334155); max-height: 22rem; overflow: auto; }
pre.pasted mark { background: light-dark(#fef3c7, #4a3a06); color: inherit; border-radius: 3px; padding: 0 2px; }
pre.pasted.table { white-space: pre; }  /* its columns stay columns */
pre.pasted .here { white-space: nowrap; }
pre.pasted .fails { background: light-dark(#fee2e2, #4c1414); }
</style>"""

# Drawn with what was found, so that the box is small from the same moment on and nothing moves later.
SMALL_BOX = """<style>
.st-key-pasted_text [data-baseweb=textarea], .st-key-pasted_text textarea {
  height: 6.2rem !important; min-height: 6.2rem;
}
</style>"""


def diagnose_page() -> None:
    """The box, and what was found under it."""
    st.title("Fix an error", anchor=False)
    st.markdown(
        "Paste an error, a summary or a few lines of Keras: it is explained at once. Your text is read, never run or "
        "stored. You get a live model with your sizes."
    )
    st.html(STYLE)
    _from_link()
    box()
    _hear()
    if st.session_state.get(FOUND) is not None:
        _found(st.session_state[FOUND])
    foot()


def _from_link() -> None:
    """A link with the name of a small program and its sizes: it is in the box and explained, once."""
    linked = st.query_params.to_dict()
    program = program_of(linked)
    if program is None or st.session_state.get(LINKED) == linked:
        return
    st.session_state[LINKED] = linked
    _example(program[1])


def box() -> bool:
    """The text area with its button and three examples; whether something was asked in this very run."""
    if TEXT not in st.session_state:
        st.session_state[TEXT] = st.session_state.get(KEPT, "")
    st.text_area(
        BOX,
        key=TEXT,
        height=180,
        max_chars=LONGEST,
        on_change=_explain,
        placeholder="ValueError: Input 0 of layer lstm is incompatible with the layer: expected ndim=3, found …",
    )
    components.paste(BOX, key="pasted:paste")
    with st.container(horizontal=True, vertical_alignment="center"):
        asked = [st.button("Explain it", type="primary", key="explain", on_click=_explain)]
        st.markdown("Try", width="content")
        for title, text in EXAMPLES.items():
            asked.append(st.button(title, key=f"example:{title}", on_click=_example, args=(text,)))
        if st.session_state.get(pasting.BEFORE):
            asked.append(st.button("Undo", key="pasted:undo", on_click=_undo, help="Back to the text before this one"))
    return any(asked)


def _example(text: str) -> None:
    st.session_state[TEXT] = text
    _explain()


def _undo() -> None:
    """An example, a fix or a text of one's own replaced what was in the box: here it is again."""
    pasting.bring_back()
    _explain()


def _choose() -> None:
    """Another model of the same text."""
    st.session_state[SAID] = {}
    _ask(st.session_state[KEPT], st.session_state[WHICH])


def _say(key: str, widget: str) -> None:
    """Something that the text leaves open, said by the learner."""
    value = st.session_state[widget]
    st.session_state[SAID] = {**st.session_state.get(SAID, {}), key: "" if value is None else str(value)}
    _ask(st.session_state[KEPT], st.session_state.get(WHICH))


def _explain() -> None:
    """What was typed stays in the box whatever happens."""
    text = st.session_state.get(TEXT, "")
    pasting.note(text if len(text) <= LONGEST else "")  # what can't be read needn't be kept
    st.session_state.pop(WHICH, None)
    st.session_state[SAID] = {}
    _ask(text, None)


def _ask(text: str, which: int | None) -> None:
    """Note what is to be asked: the page asks, where it can say how it waits."""
    st.session_state[ASKED] = (text, which, dict(st.session_state.get(SAID, {})))


def _hear() -> None:
    """Ask a worker, if there is something to ask. It stays noted until there is a reply: a change interrupts this."""
    place = waiting.Place(floats=st.session_state.get(FOUND) is not None)  # always: what follows keeps its place
    if ASKED not in st.session_state:
        return
    try:
        asked = partial(engine.pasted, *st.session_state[ASKED])
        known = partial(_known_already, st.session_state[ASKED][0])
        st.session_state[FOUND] = waiting.patiently(asked, "Reading your text …", place=place, known=known)
    except WorkerError as error:
        st.session_state[FOUND] = error.sentence
    del st.session_state[ASKED]


def _known_already(text: str) -> str:
    """The verdict that is sure from reading alone, while the live model is built and fixes are tried."""
    from explainers.reading.early import known_early  # a reply that is there soon doesn't need it

    early = known_early(text)
    if early is None:
        return ""
    verdict, why = early
    return f"**{verbatim(verdict)}** {verbatim(why)} Fixes are being tried …"


def _found(found: Pasted | str) -> None:
    st.html(SMALL_BOX)
    if isinstance(found, str):
        st.error(verbatim(found))
        return
    # Each part has a container: one with more or fewer lines than before doesn't make Streamlit draw all after it anew.
    for part in (_cause, _models, _fixes, _asks, _picture, _open_it, _read, _today):
        with st.container():
            part(found)


def _cause(found: Pasted) -> None:
    """The verdict first, large; then why."""
    st.header(verbatim(found.verdict), anchor=VERDICT)
    kind = view.kind(found)
    about = found.layer if found.mistake or found.kind == "error" else None
    if kind != found.verdict:
        st.markdown(f":blue-badge[{kind}]" + (f" in {verbatim(about)}" if about else ""))
    if found.why:
        st.markdown(verbatim(found.why))
    for question in view.questions(found):
        st.info(verbatim(question))


def _models(found: Pasted) -> None:
    """Code that makes several models: a choice of which one is shown."""
    if not found.models:
        return
    names = {model.number: verbatim(f"{model.name}, line {model.line}") for model in found.models}
    shown = next(model.number for model in found.models if model.shown)
    st.session_state[WHICH] = shown
    st.radio("Model to show", list(names), format_func=names.__getitem__, key=WHICH, on_change=_choose)


def _asks(found: Pasted) -> None:
    """What the text leaves open: choices between readings, shapes of data, and sizes with an example in their place."""
    for ask in view.messages(found):
        _choice(ask)
    asks = view.open_sizes(found)[:MOST_ASKS]
    if not asks:
        return
    st.markdown("**Missing from your text**")
    choices_only = all(ask.kind == "choice" for ask in asks)
    first = (
        "You see the first reading that fits." if choices_only else "Not found in your text, so we used example values."
    )
    st.caption(f"{first} Enter yours and everything below updates.")
    for ask in asks:
        if ask.kind == "choice":
            _choice(ask)
    with st.container(horizontal=True):
        for ask in asks:
            if ask.kind != "choice":
                _size(ask)


def _choice(ask: Ask) -> None:
    """One of a few readings that the text allows."""
    widget = f"pasted_ask:{ask.kind}:{ask.key}"
    st.session_state[widget] = ask.value
    st.radio(
        verbatim(ask.question), ask.options, key=widget, format_func=verbatim, on_change=_say, args=(ask.key, widget)
    )


def _size(ask: Ask) -> None:
    """A size, or the shape of an array, as text or number."""
    widget = f"pasted_ask:{ask.kind}:{ask.key}"
    if ask.kind == "shape":
        st.session_state[widget] = ask.value
        st.text_input(
            verbatim(ask.key), key=widget, placeholder="(80, 5, 3)", on_change=_say, args=(ask.key, widget), width=190
        )
        return
    st.session_state[widget] = int(ask.value)
    st.number_input(verbatim(ask.key), 1, LARGEST_ENTRY, key=widget, on_change=_say, args=(ask.key, widget), width=190)


def _open_it(found: Pasted) -> None:
    if found.explainer is None:
        return
    lesson = find_explainer(found.explainer)
    target = Target("Open it live with your sizes", found.explainer, view.query(found.url), lesson.question, arrow="on")
    links.show([target], "The lesson", key="pasted:open")


def _fixes(found: Pasted) -> None:
    """Fixes that are dims open the lesson with them; fixes that are code stand as code."""
    if not found.fixes:
        return
    st.markdown("**How to fix it**")
    for number, fix in enumerate(found.fixes):
        if not (fix.dims and found.explainer):
            _fix(found, fix, number)
    targets = [
        Target(fix.label, found.explainer, _changed(found, fix)) for fix in found.fixes if fix.dims and found.explainer
    ]
    if targets:
        st.caption("In the lesson, with your sizes:")
        links.show(targets, "How to fix it", key="pasted:fixes")


def _fix(found: Pasted, fix: Change, number: int) -> None:
    """What to do and what it means, then the change: in the asker's own lines where it has a place there."""
    st.markdown(f"- {verbatim(view.fix_told(fix))}")
    if fix.diff:
        components.diff(fix.diff, fix.label, f"pasted:fix:{number}")
    elif fix.code:
        components.listing(fix.code, fix.label, f"pasted:fix:{number}")
    tested = view.tried(fix, view.origins_of(found))
    if tested:
        st.caption(verbatim(tested))
    mended = applied(found.code, fix.diff) if fix.diff else None
    if mended is not None:
        st.button("Put it into my code", key=f"pasted:apply:{number}", on_click=_example, args=(_tidy(mended),))


def _tidy(code: str) -> str:
    """Without the empty lines in place of what isn't code."""
    return re.sub(r"\n{3,}", "\n\n", code).strip("\n") + "\n"


def _changed(found: Pasted, fix: Change) -> dict[str, str]:
    """The dims of the lesson's link, with those of the fix put in."""
    return {**view.query(found.url), **{name: str(value) for name, value in fix.dims.items()}}


def _picture(found: Pasted) -> None:
    inspection = found.inspection
    if inspection is None or not inspection.flow:
        return
    st.header("The live model", anchor="model")
    components.shape_flow(shape_flow.data(inspection), key="flow:pasted")
    if inspection.error is not None:
        st.markdown("**Today's Keras says**")
        st.error(verbatim(f"{inspection.error.type}: {inspection.error.message}"))
    if any(layer.weights for layer in inspection.layers):
        components.ledger(ledger.data(inspection), key="ledger:pasted")


def _read(found: Pasted) -> None:
    st.header("What we read", anchor="read")
    st.html(view.marked(found.text, found.marks, found.line if found.kind == "code" else None, found.kind == "summary"))
    if found.shapes:
        origins = view.origins_of(found)
        shapes = " · ".join(view.told(shape, origins) for shape in found.shapes if shape)
        st.markdown(f"Shapes in it: {shapes}")
    if found.numbers or found.assumed:
        st.markdown(tables.markdown(view.recognised(found)))
    for line in view.notes(found):
        st.caption(verbatim(line))


def _today(found: Pasted) -> None:
    if not found.today:
        return
    st.header("The same in today's Keras", anchor="today")
    for renamed in found.renamed:
        st.markdown(f"- {verbatim(renamed)}")
    components.listing(found.today, "The same in today's Keras", "pasted:today", numbered=True)
