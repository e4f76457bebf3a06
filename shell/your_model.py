"""Your model: a model of the learner's own, edited part by part. The whole of it is in the link.

Each edit is a new document in the address; what Keras makes of it is drawn beside the list. Undo and redo are earlier
and later addresses of this visit.
"""

from __future__ import annotations

import base64
import binascii
import tempfile
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainers.core.results import Explanation, Inspection
from explainers.yours import editing
from explainers.yours.document import DTYPES, Document, DocumentError
from explainers.yours.link import from_json, packed, to_json, unpacked
from explainers.yours.literals import read_argument, read_shape, shown_shape
from explainers.yours.results import Built, Offer, Opened
from explainers.yours.templates import TEMPLATES
from shell import big_flow, class_own, components, engine, pages, waiting, your_compare
from shell.frame import foot
from shell.sections import concrete
from views import calls, export, ledger, summary
from views import your_model as view
from views.markup import verbatim
from workers.pool import WorkerError

LINK = your_compare.LINK  # what of the address is the model
CHOSEN, PROBLEM, MORE, NOTE = "yours_chosen", "yours_problem", "yours_more", "yours_note"
PAST, FUTURE = "yours_past", "yours_future"
LIST, TEXT, FILE, ASKED = "yours_list", "yours_text", "yours_file", "yours_asked"
MOST_SENT = 700_000  # letters of what a browser sends of a file: below Streamlit's maxWidgetStateSize
LARGEST_FILE = 16_000_000  # bytes of that, inflated; a worker has its own, smaller limit for a configuration
MOST_STEPS = 200
EMPTY = "An empty Input"

Edit = Callable[[Document], Document]
EditByText = Callable[[Document, str], Document]
EditByNames = Callable[[Document, tuple[str, ...]], Document]


def your_model_page() -> None:
    """The list of parts, and what Keras makes of them."""
    st.title("Your model", anchor=False)
    document = _document()
    if document is None:
        _start()
        foot()
        return
    if NOTE in st.session_state:
        st.info(verbatim(st.session_state[NOTE]))
    with st.container(key="yours"):
        left, right = st.columns([5, 7], gap="large")
    # The fields are there at once; the list waits for the shapes that it shows, and keeps the old ones meanwhile.
    with left:
        parts = _editor(document)
    with right:
        found = _built(document)
    with parts:
        inspection = found.inspection if found is not None else None
        components.your_model(view.data(document, inspection, st.session_state[CHOSEN]), LIST, on_act=_act)
    foot()


def _document() -> Document | None:
    """The model of the address; None where there is none, or where it can't be read (and the page says why)."""
    text = st.query_params.get(LINK)
    if not text:
        return None
    try:
        return unpacked(text)
    except DocumentError as error:
        st.error(verbatim(str(error)))
        return None


# -- changing it ---------------------------------------------------------------------------------------------


def _keep(document: Document, chosen: str | None = None) -> None:
    """The document is what the page shows from now on."""
    text, before = packed(document), st.query_params.get(LINK)
    if before and before != text:
        st.session_state[PAST] = [*st.session_state.get(PAST, []), before][-MOST_STEPS:]
        st.session_state[FUTURE] = []
    st.query_params[LINK] = text
    st.session_state.pop(PROBLEM, None)
    st.session_state.pop(NOTE, None)
    if chosen is not None:
        st.session_state[CHOSEN] = chosen


def _try(change: Edit, field: str = "", chosen: Callable[[Document], str] | None = None) -> None:
    """Change the document of the address; where that can't be, say why at the field, and lose nothing."""
    try:
        document = change(unpacked(st.query_params.get(LINK, "")))
        _keep(document, chosen(document) if chosen is not None else None)
    except DocumentError as error:
        st.session_state[PROBLEM] = (field, str(error))


def _step(back: bool) -> None:
    """Undo, or redo."""
    here, there = (PAST, FUTURE) if back else (FUTURE, PAST)
    steps, now = [*st.session_state.get(here, [])], st.query_params.get(LINK)
    if steps and now:
        st.session_state[there] = [*st.session_state.get(there, []), now]
        st.query_params[LINK] = steps.pop()
        st.session_state[here] = steps
        st.session_state.pop(PROBLEM, None)


def _anew() -> None:
    """Leave the model; undo leads back to it."""
    now = st.query_params.get(LINK)
    st.session_state[PAST] = [*st.session_state.get(PAST, []), *([now] if now else [])]
    st.query_params.pop(LINK, None)
    st.session_state.pop(NOTE, None)


# -- where it starts -----------------------------------------------------------------------------------------


def _start() -> None:
    """An empty Input, a template, a program."""
    st.markdown("Build a model layer by layer. Keras builds it with you: every shape and count here is live.")
    st.subheader("Start with", anchor=False)
    with st.container(horizontal=True):
        st.button(EMPTY, type="primary", on_click=_keep, args=(Document(), "input"))
        for name, document in TEMPLATES.items():
            st.button(name, on_click=_keep, args=(document, document.layers[0].name))
    if st.session_state.get(PAST):
        st.button("Back to the model I left", on_click=_back)
    st.subheader("Or with your code", anchor=False)
    st.text_area(
        "Code that builds a model, or a printed summary",
        key=TEXT,
        height=180,
        max_chars=20_000,
        placeholder="model = keras.Sequential([keras.Input((20, 8)), layers.LSTM(5), layers.Dense(1)])",
    )
    st.button("Open it here", key="yours_read", on_click=_ask)
    if ASKED in st.session_state:
        _read(st.session_state[ASKED])
    st.subheader("Or with your file", anchor=False)
    _file()


def _back() -> None:
    steps = [*st.session_state[PAST]]
    st.query_params[LINK] = steps.pop()
    st.session_state[PAST] = steps


def _ask() -> None:
    """Note what is to be read: it stays noted until there is a reply."""
    st.session_state[ASKED] = st.session_state[TEXT]


def _read(text: str) -> None:
    """The model of a program, as a document."""
    try:
        asked = partial(engine.own_from_text, text)
        document = from_json(waiting.patiently(asked, "Reading your text …"))
        del st.session_state[ASKED]
        _open(document)
    except (DocumentError, WorkerError) as error:
        st.session_state.pop(ASKED, None)
        st.error(verbatim(getattr(error, "sentence", str(error))))


def _open(document: Document, note: str = "") -> None:
    """Go on with this document: the page from its beginning, with another address, and this note above it."""
    text = packed(document)
    if note:
        st.session_state[NOTE] = note
    st.session_state[CHOSEN] = document.names[-1]
    st.switch_page(pages.place("your_model"), query_params={LINK: text})


def _file() -> None:
    """A saved model. Its configuration is read and built anew; no code in it runs, and its weights aren't touched."""
    st.caption("Your file is read, never run or stored: the model is rebuilt from its configuration.")
    told = "Whatever the size of the file, only its configuration is sent; the weights stay on your device."
    label = "A .keras or .h5 file, or the JSON of model.to_json()"
    sent = components.model_file({"label": label, "told": told, "most": MOST_SENT}, FILE)
    content = unsqueezed(sent)
    if content is None:
        if sent:  # the browser says so itself; this is for what reaches the server all the same
            st.error(f"No configuration of up to {LARGEST_FILE:,} bytes reached the server. Choose the file again.")
        return
    opened = _opened(content)
    if opened is None:
        return
    if opened.document is None:
        _as_saved(opened, opened.note)
        return
    try:
        _open(from_json(opened.document), opened.note)
    except DocumentError as error:
        _as_saved(opened, str(error))


def unsqueezed(sent: object) -> bytes | None:
    """What the browser sent of a file; None where nothing came, or what is none. It inflates to a bounded size."""
    gzip = sent.get("gzip") if isinstance(sent, dict) else None
    if not isinstance(gzip, str) or len(gzip) > MOST_SENT:
        return None
    try:
        inflater = zlib.decompressobj(wbits=31)  # gzip
        content = inflater.decompress(base64.b64decode(gzip, validate=True), LARGEST_FILE)
    except (binascii.Error, zlib.error, ValueError):
        return None
    return content if inflater.eof else None


def _as_saved(opened: Opened, why: str) -> None:
    """A model that can't be edited here, with why, and all that can be told of it."""
    st.info(verbatim(f"{why} Here it is as it was saved; you can look at it, but not edit it."))
    _shown(opened.inspection, Built(opened.inspection, "", (), ""))
    with st.expander("Keras' summary"):
        components.summary(summary.data(opened.inspection), key="summary:yours:saved")


def _opened(content: bytes) -> Opened | None:
    """What a worker reads in a file, which is on the disk no longer than that takes."""
    with tempfile.NamedTemporaryFile() as kept:
        kept.write(content)
        kept.flush()
        try:
            return waiting.patiently(partial(engine.own_from_file, kept.name), "Reading your file …")
        except WorkerError as error:
            st.error(verbatim(error.sentence))
            return None


# -- the list and its fields ---------------------------------------------------------------------------------


def _editor(document: Document) -> DeltaGenerator:
    """Undo and redo, a place for the parts, a field to add a layer, and the fields of the part that is chosen."""
    if st.session_state.get(CHOSEN) not in document.names:
        st.session_state[CHOSEN] = document.names[-1]
    chosen = st.session_state[CHOSEN]
    with st.container(horizontal=True):
        st.button("Undo", on_click=_step, args=(True,), disabled=not st.session_state.get(PAST))
        st.button("Redo", on_click=_step, args=(False,), disabled=not st.session_state.get(FUTURE))
        st.button("Start over", on_click=_anew)
    parts = st.empty()
    _add(document, chosen)
    field, problem = st.session_state.get(PROBLEM, ("", ""))
    if problem and not field:
        st.error(verbatim(problem))
    with st.container(border=True):
        if chosen in [tensor.name for tensor in document.inputs]:
            _input_fields(document, document.names.index(chosen))
        else:
            _layer_fields(document, document.names.index(chosen) - len(document.inputs))
    return parts


def _act() -> None:
    """What was done in the list. It comes from outside: anything may stand there."""
    act: Any = st.session_state[LIST].get("act")
    if not isinstance(act, dict):
        return
    document = _quietly_read()
    what, place, to = act.get("do"), act.get("place"), act.get("to")
    parts = [*document.inputs] if act.get("kind") == "input" else [*document.layers]
    if not isinstance(place, int) or not 0 <= place < len(parts):
        return
    name = parts[place].name
    changes: dict[Any, Edit] = {
        "up": lambda doc: editing.moved(doc, place, place - 1),
        "down": lambda doc: editing.moved(doc, place, place + 1),
        "to": lambda doc: editing.moved(doc, place, to if isinstance(to, int) else place),
        "copy": lambda doc: editing.duplicated(doc, place),
        "remove": lambda doc: editing.removed(doc, place),
    }
    if what == "choose":
        st.session_state[CHOSEN] = name
        st.session_state.pop(PROBLEM, None)
    elif what in changes and act.get("kind") == "layer":
        _try(changes[what], chosen=lambda doc: doc.layers[place + 1].name if what == "copy" else name)


def _quietly_read() -> Document:
    """The document of the address, which was read when the page was drawn."""
    return unpacked(st.query_params[LINK])


def _add(document: Document, chosen: str) -> None:
    """All of Keras' layers, by the sections of its documentation; the new one comes behind the chosen part."""
    sections = editing.addable()
    place = max(document.names.index(chosen) - len(document.inputs) + 1, 0)
    st.selectbox(
        f"Add a layer after {chosen}",
        list(sections),
        index=None,
        key="yours_add",
        placeholder="Type its name: LSTM, Conv2D, Concatenate …",
        format_func=lambda name: f"{name} · {sections[name]}",
        on_change=_added,
        args=(place,),
    )


def _added(place: int) -> None:
    name = st.session_state["yours_add"]
    st.session_state["yours_add"] = None
    if name is not None:
        _try(lambda doc: editing.added(doc, name, place), chosen=lambda doc: doc.layers[place].name)


def _input_fields(document: Document, place: int) -> None:
    tensor = document.inputs[place]
    st.markdown(f"**Input {verbatim(tensor.name)}**")
    _text(
        "Name", f"name:{tensor.name}", tensor.name, lambda doc, text: editing.with_input(doc, place, name=text.strip())
    )
    _text(
        "Shape of one sample, without the batch",
        f"shape:{tensor.name}",
        shown_shape(tensor.shape),
        lambda doc, text: editing.with_input(doc, place, read_shape(text)),
    )
    key = f"yours:dtype:{tensor.name}"
    st.session_state[key] = tensor.dtype
    st.selectbox(
        "dtype",
        DTYPES,
        key=key,
        on_change=_typed,
        args=(key, lambda doc, text: editing.with_input(doc, place, dtype=text)),
    )
    with st.container(horizontal=True):
        st.button("Add another Input", on_click=_try, args=(editing.with_new_input,))
        if len(document.inputs) > 1:
            st.button("Remove this Input", on_click=_try, args=(lambda doc: editing.without_input(doc, place),))


def _layer_fields(document: Document, place: int) -> None:
    layer = document.layers[place].layer
    st.markdown(f"**{layer.class_name} {verbatim(layer.name)}**")
    _text("Name", f"name:{layer.name}", layer.name, lambda doc, text: editing.with_name(doc, place, text.strip()))
    _reads(document, place)
    of = document.layers[place].of
    if of:
        st.caption(f"The same layer as {verbatim(of)}, with the same weights. Change {verbatim(of)}: both change.")
        return
    more = tuple(st.session_state.get(f"{MORE}:{layer.name}", ()))
    shown = view.fields(layer, more)
    told = _told(layer.class_name)
    for field in shown:
        _field(place, layer.name, field, told.get(field.name, ""))
    others = view.others(layer, shown)
    if others:
        key = f"yours:more:{layer.name}"
        st.selectbox(
            "Set another argument", others, index=None, key=key, placeholder=f"{len(others)} more, at their defaults",
            on_change=_more, args=(key, layer.name),
        )  # fmt: skip
    if not view.can_be_called_again(layer.class_name):
        return
    st.button(
        "Use this layer again", key=f"yours:again:{layer.name}",
        on_click=_try, args=(lambda doc: editing.used_again(doc, place), "", lambda doc: doc.layers[place + 1].name),
        help="A second call with the same weights, as in a Siamese network. It reads what you choose.",
    )  # fmt: skip


def _more(key: str, name: str) -> None:
    chosen = st.session_state[key]
    st.session_state[key] = None
    if chosen is not None:
        kept = f"{MORE}:{name}"
        st.session_state[kept] = [*st.session_state.get(kept, []), chosen]


def _told(class_name: str) -> dict[str, str]:
    """What Keras says of each argument; nothing while it is still starting."""
    if not engine.state().ready:
        return {}
    try:
        return engine.layer_arguments(class_name)
    except WorkerError:
        return {}


def _field(place: int, layer: str, field: view.Field, told: str) -> None:
    """One argument: a switch, a choice, or a text that is read as a literal."""
    help_text = verbatim(told) + (f" Default: {verbatim(field.default)}." if field.default else "") or None

    def change(doc: Document, text: str) -> Document:
        return editing.with_argument(doc, place, field.name, read_argument(text))

    key = f"yours:{layer}:{field.name}"
    if field.kind == "text":
        _text(field.label, f"{layer}:{field.name}", field.text, change, help_text)
    elif field.kind == "switch":
        st.session_state[key] = field.text == "True"
        st.toggle(field.label, key=key, help=help_text, on_change=_typed, args=(key, change))
    else:
        st.session_state[key] = field.text if field.text in field.options else None
        st.selectbox(field.label, field.options, key=key, help=help_text, on_change=_typed, args=(key, change))


def _text(
    label: str,
    name: str,
    now: str,
    change: EditByText,
    help_text: str | None = None,
) -> None:
    """A field for a text. What can't be read stays in it, with the reason below."""
    key = f"yours:{name}"
    field, problem = st.session_state.get(PROBLEM, ("", ""))
    if field != key:
        st.session_state[key] = now
    st.text_input(label, key=key, help=help_text, max_chars=400, on_change=_typed, args=(key, change))
    if problem and field == key:
        st.error(verbatim(problem))


def _typed(key: str, change: EditByText) -> None:
    text = str(st.session_state[key])
    at = _quietly_read().names.index(st.session_state[CHOSEN])
    _try(lambda doc: change(doc, text), key, chosen=lambda doc: doc.names[at])


def _reads(document: Document, place: int) -> None:
    """What the layer is called on: one tensor, several, or a query and a value; a recurrent one may get states."""
    placed, before = document.layers[place], view.names_before(document, place)
    now, name = document.reads(place), placed.name
    kind = view.reading(placed.layer, now)
    if kind == "several":
        _names(
            "Reads",
            f"reads:{name}",
            before,
            now,
            lambda doc, names: editing.with_reads(doc, place, names, placed.states),
        )
    else:
        labels = ("Query", "Value") if kind == "query" else ("Reads",)
        padded = (*now, *[now[-1]] * len(labels))
        for number, label in enumerate(labels):
            key = f"yours:reads{number}:{name}"
            st.session_state[key] = padded[number] if padded[number] in before else None

            def change(doc: Document, text: str, number: int = number) -> Document:
                changed = tuple(text if i == number else padded[i] for i in range(len(labels)))
                return editing.with_reads(doc, place, changed, placed.states)

            st.selectbox(label, before, key=key, on_change=_typed, args=(key, change))
    if view.can_start_from(placed.layer.class_name) and any("[" in other for other in before):
        _names(
            "initial_state",
            f"states:{name}",
            before,
            placed.states,
            lambda doc, names: editing.with_reads(doc, place, now, names),
        )


def _names(
    label: str,
    name: str,
    options: list[str],
    now: tuple[str, ...],
    change: EditByNames,
) -> None:
    key = f"yours:{name}"
    st.session_state[key] = [one for one in dict.fromkeys(now) if one in options]
    st.multiselect(label, options, key=key, on_change=_chosen_names, args=(key, change))


def _chosen_names(key: str, change: EditByNames) -> None:
    names = tuple(st.session_state[key])
    _try(lambda doc: change(doc, names), key)


# -- what Keras makes of it ----------------------------------------------------------------------------------


def _built(document: Document) -> Built | None:
    """The live model, or why there is none, and all that it shows."""
    if not document.layers:
        st.info("Add a layer: Keras builds the model as you go, and every shape and count appears here.")
    try:
        plain = to_json(document)
        found = waiting.asked(partial(engine.own_model, plain), "Building it …", where="yours")
    except DocumentError as error:
        st.error(verbatim(str(error)))
        return None
    if found is None:
        return None
    if found.refused:
        st.error(verbatim(found.refused))
        return found
    if found.inspection is not None and found.inspection.flow:
        _shown(found.inspection, found)
    return found


def _shown(inspection: Inspection, found: Built) -> None:
    st.markdown(f"**{verbatim(view.sentence(inspection))}**")
    if inspection.error is not None:
        _failure(inspection, found.offers)
    big_flow.draw(inspection, "yours")
    if any(layer.weights for layer in inspection.layers):
        st.header("Parameters", anchor="parameters")
        components.ledger(ledger.data(inspection), key="ledger:yours")
    if inspection.run is not None and inspection.run.calls:
        st.header("Step through time", anchor="calls")
        components.calls(calls.data(inspection.run, inspection.layers), key="calls:yours")
    if found.code:
        if inspection.error is None:
            st.header("What None becomes", anchor="concrete")
            concrete.runs("yours", partial(engine.own_concrete, to_json(_quietly_read())))
        past = st.session_state.get(PAST) or [None]
        your_compare.draw(_quietly_read(), inspection, past[-1])
        _taken(inspection, found)


def _failure(inspection: Inspection, offers: tuple[Offer, ...]) -> None:
    """Keras' words, the cause, and changes that were tried; one click makes one."""
    error = inspection.error
    assert error is not None
    if error.cause:
        st.markdown(verbatim(error.cause))
    st.error(verbatim(f"Keras says: {error.type}: {error.message}"))
    for number, offer in enumerate(offers):
        means = f" {verbatim(offer.means)}" if offer.means else ""
        st.markdown(f"{verbatim(offer.label)}{means} Tested live: it runs and returns {verbatim(str(offer.output))}.")
        st.button("Make this change", key=f"yours:offer:{number}", on_click=_take, args=(offer,))


def _take(offer: Offer) -> None:
    document = from_json(offer.document)
    _keep(document)


def _taken(inspection: Inspection, found: Built) -> None:
    """Code, Keras' own summary, the link, and questions for a class."""
    st.header("Code, summary and link", anchor="take-away")
    labels = ["Code", *(["Summary"] if inspection.summary else []), "Link", "Ask a class"]
    tabs = dict(zip(labels, st.tabs(labels), strict=True))
    with tabs["Code"]:
        components.listing(found.code, "The same model as code", "yours:code", numbered=True)
        st.download_button("Download model.py", found.code, "model.py", "text/x-python", on_click="ignore")
        if export.can_be_taken(inspection):
            st.download_button(
                "Download notebook", _notebook(inspection), "model.ipynb", "application/x-ipynb+json",
                help="The same model, with an assert for every shape and every count on this page.", on_click="ignore",
            )  # fmt: skip
    if "Summary" in tabs:
        with tabs["Summary"]:
            components.summary(summary.data(inspection), key="summary:yours")
    with tabs["Link"]:
        st.markdown("The whole model is in this link. Whoever opens it sees what you see, and can change it.")
        components.listing(_address(), "Link to this model", "yours:link", "text")
    with tabs["Ask a class"]:
        class_own.draw(_quietly_read(), inspection)


def _notebook(inspection: Inspection) -> Callable[[], bytes]:
    """Writes it when somebody asks for it. That is outside a run of the page, so the address is read now."""
    address, versions = _address(), engine.state().versions

    def write() -> bytes:
        explanation = Explanation("", {}, view.sentence(inspection), inspection, "")
        return export.notebook(export.Taken(explanation, "Your model", address, versions.get("keras", ""))).encode()

    return write


def _address() -> str:
    """The link that holds the whole model."""
    return f"{(st.context.url or 'your_model').split('?')[0]}?{LINK}={st.query_params[LINK]}"
