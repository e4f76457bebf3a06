"""A second setting, pinned for comparison. It lives in the link, as ``pin=`` with the other setting's own query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st

from explainers.core.dims import DimsBase
from explainers.core.explainer import Explainer
from shell import dims_state

PARAMETER = "pin"
DEFAULTS = "defaults"  # a setting with nothing changed has an empty query, and an empty parameter looks like none
_MOST_FIELDS = 100


@dataclass(frozen=True)
class Pinned:
    """The pinned dims, None where nothing is pinned; and sentences about what a link said wrongly."""

    dims: DimsBase | None
    notices: tuple[str, ...] = ()


def read(explainer: Explainer[Any]) -> Pinned:
    """The pinned setting from the link. What can't be used gives way to its default, and the link is corrected."""
    said = st.query_params.get(PARAMETER)
    if said is None:
        return Pinned(None)
    try:
        texts = {} if said == DEFAULTS else dict(parse_qsl(said, strict_parsing=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        unpin()
        return Pinned(None, ("The pinned setting in this link can't be read, so nothing is pinned.",))
    dims, errors = explainer.dims.read_kindly(texts)
    if errors:
        pin(dims)
    return Pinned(dims, tuple(f"In the pinned setting: {error} It was ignored." for error in errors))


def pin(dims: DimsBase) -> None:
    """Keep this setting beside the one on the page."""
    st.query_params[PARAMETER] = dims.query() or DEFAULTS


def unpin() -> None:
    """Let the pinned setting go."""
    st.query_params.pop(PARAMETER, None)


def swap(explainer: Explainer[Any], pinned: DimsBase, current: DimsBase) -> None:
    """The pinned setting onto the page, and the one on the page pinned."""
    dims_state.write(pinned, forget=explainer)
    pin(current)
