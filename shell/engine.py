"""The way from a page to the Keras workers: ask, wait, remember. Nothing here imports Keras."""

from __future__ import annotations

import os
from typing import Any

import streamlit as st

from explainers.core.results import Concrete, Demonstration, Explanation
from workers.limits import limits_from
from workers.pool import Pool, PoolState, Stream

Texts = tuple[tuple[str, str], ...]  # dims that differ from their defaults, as they stand in a link


@st.cache_resource(show_spinner=False)
def pool() -> Pool:
    """The one pool of this server. The first visitor (or the health check) starts it; it loads Keras meanwhile."""
    started = Pool(limits_from(os.environ))
    started.start()
    return started


def state() -> PoolState:
    """Whether Keras is ready, and for how long it has been starting."""
    return pool().state()


# The same settings are computed once for all learners (cache_resource holds one lock per key), and the frozen
# results are shared, not copied. WorkerError is raised through and not remembered.


@st.cache_resource(show_spinner=False, max_entries=512)
def explanation(name: str, texts: Texts) -> Explanation:
    """One lesson at one choice of dims. Raises WorkerError."""
    return pool().call("show", {"name": name, "dims": dict(texts)}, type=Explanation)


@st.cache_resource(show_spinner=False, max_entries=512)
def demonstration(name: str, texts: Texts, demo: str) -> Demonstration:
    """One thing tried for real. Raises WorkerError."""
    return pool().call("demonstrate", {"name": name, "dims": dict(texts), "demo": demo}, type=Demonstration)


@st.cache_resource(show_spinner=False, max_entries=256)
def concrete(name: str, texts: Texts) -> Concrete:
    """The same weights run with several sizes of data. Raises WorkerError."""
    return pool().call("concrete", {"name": name, "dims": dict(texts)}, type=Concrete)


@st.cache_resource(show_spinner=False, max_entries=256)
def asked(op: str, arguments: str) -> Any:
    """Any other question to the workers; `arguments` is JSON, so that it can be remembered. Raises WorkerError."""
    import msgspec

    return pool().call(op, msgspec.json.decode(arguments))


def stream(op: str, arguments: dict[str, Any]) -> Stream[Any]:
    """Long work that tells how far it is; close it to stop."""
    return pool().stream(op, arguments)
