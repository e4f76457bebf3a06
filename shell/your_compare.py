"""Compare, on the page Your model: a pinned model beside the one that is edited. As on the pages of lessons.

The pinned one is in the link too, as ``pin=``: this model as it is, or as it was before the last change, a template,
or the model of a pasted link.
"""

from __future__ import annotations

from functools import partial
from urllib.parse import parse_qs, urlsplit

import streamlit as st

from explainers.core.results import Explanation, Inspection
from explainers.yours.document import Document, DocumentError
from explainers.yours.link import packed, to_json, unpacked
from explainers.yours.templates import TEMPLATES
from shell import engine, waiting
from shell.pages import MODEL
from shell.sections.compare import differences
from views import compare as view
from views import your_model as own
from views.markup import verbatim

LINK, PIN = MODEL, "pin"  # what of the address is the model, and what the pinned one
TEMPLATE, PASTED, WRONG = "yours_compare_template", "yours_compare_link", "yours_compare_wrong"


def draw(document: Document, inspection: Inspection, before: str | None) -> None:
    """The section. before: the address of the model before the last change."""
    st.header("Compare", anchor="compare")
    pinned = _pinned()
    if pinned is None:
        _choose(document, before)
        return
    with st.container(horizontal=True):
        st.button("Pin this model instead", on_click=_pin, args=(packed(document),), disabled=pinned == document)
        st.button("Swap", key="yours_swap", on_click=_swap, args=(pinned, document), disabled=pinned == document)
        st.button("Unpin", key="yours_unpin", on_click=_unpin)
    other = waiting.asked(
        partial(engine.own_model, to_json(pinned)), "Building the pinned model …", where="yours_pinned"
    )
    if other is None:
        return
    if other.inspection is None:
        st.error(verbatim(other.refused))
        return
    _both(pinned, other.inspection, document, inspection)


def _pinned() -> Document | None:
    """The pinned model; None where there is none, or where the link can't be read (and the page says why)."""
    text = st.query_params.get(PIN)
    if not text:
        return None
    try:
        return unpacked(text)
    except DocumentError as error:
        st.warning(verbatim(f"The pinned model: {error}"))
        _unpin()
        return None


def _choose(document: Document, before: str | None) -> None:
    """What can be pinned."""
    st.markdown("Pin a model, then change yours to see both side by side, with the reason for each difference.")
    with st.container(horizontal=True):
        st.button("Pin this model", on_click=_pin, args=(packed(document),))
        st.button("Pin it as it was before my last change", on_click=_pin, args=(before,), disabled=not before)
    st.selectbox(
        "Or a template", list(TEMPLATES), index=None, key=TEMPLATE, placeholder="One of the templates",
        on_change=_pin_template,
    )  # fmt: skip
    st.text_input("Or the link to another model", key=PASTED, max_chars=40_000, on_change=_pin_link)
    if WRONG in st.session_state:
        st.error(verbatim(st.session_state.pop(WRONG)))


def _pin(text: str) -> None:
    st.query_params[PIN] = text


def _unpin() -> None:
    st.query_params.pop(PIN, None)


def _swap(pinned: Document, document: Document) -> None:
    st.query_params[LINK], st.query_params[PIN] = packed(pinned), packed(document)


def _pin_template() -> None:
    name = st.session_state[TEMPLATE]
    if name in TEMPLATES:
        _pin(packed(TEMPLATES[name]))


def _pin_link() -> None:
    """The model of a link, wherever the link leads: only the model in it is read."""
    pasted = str(st.session_state[PASTED]).strip()
    try:
        found = parse_qs(urlsplit(pasted).query, max_num_fields=20).get(LINK, [pasted])
        _pin(packed(unpacked(found[0])))
    except (DocumentError, ValueError) as error:
        st.session_state[WRONG] = f"No model was found in this link. {error}"


def _both(pinned: Document, other: Inspection, document: Document, here: Inspection) -> None:
    """The differences; nothing but a sentence while there are none."""
    a, b = own.settings(pinned, document)
    then, now = _as_explanation(a, other), _as_explanation(b, here)
    compared = view.compare(then, now)
    st.markdown(own.differing(compared.dims))
    if not compared.dims:
        return
    differences("yours", compared, then, now)


def _as_explanation(settings: dict[str, str], inspection: Inspection) -> Explanation:
    return Explanation("", dict(settings), "", inspection, "")
