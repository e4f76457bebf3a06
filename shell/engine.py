"""The way from a page to the Keras workers: ask, wait, remember. Nothing here imports Keras."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
import streamlit as st

from explainers.core.results import Concrete, Explanation
from explainers.core.trial import Tried
from workers.limits import limits_from
from workers.pool import Pool, PoolState, Stream

T = TypeVar("T")
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


# The same question is answered once for all learners (cache_resource holds one lock per key). What is remembered is the
# worker's JSON, packed: a tenth of the JSON, a fortieth of the objects it becomes, which a rerun unpacks in a
# millisecond. WorkerError is raised through and not remembered.
REMEMBERED = 2048  # answers: about 20 MB when full


@st.cache_resource(show_spinner=False, max_entries=REMEMBERED)
def packed(op: str, arguments: str, _seconds: float | None = None) -> bytes:
    """The answer to a question whose `arguments` are JSON. Raises WorkerError."""
    return zlib.compress(pool().call_bytes(op, msgspec.json.decode(arguments), timeout=_seconds), level=1)


def answer(op: str, arguments: Mapping[str, Any], type: type[T], seconds: float | None = None) -> T:
    """One question to the short workers, as a `type`; remembered. Raises WorkerError.

    seconds: how long the worker may take, where it is more than usual.
    """
    text = msgspec.json.encode(arguments, order="sorted").decode()
    return msgspec.json.decode(zlib.decompress(packed(op, text, seconds)), type=type)


def explanation(name: str, texts: Texts) -> Explanation:
    """One lesson at one choice of dims. Raises WorkerError."""
    return answer("show", {"name": name, "dims": dict(texts)}, Explanation)


def demonstration(name: str, texts: Texts, demo: str) -> Tried:
    """One thing tried for real. Raises WorkerError."""
    return answer("demonstrate", {"name": name, "dims": dict(texts), "demo": demo}, Tried)


def concrete(name: str, texts: Texts) -> Concrete:
    """The same weights run with several sizes of data. Raises WorkerError."""
    return answer("concrete", {"name": name, "dims": dict(texts)}, Concrete)


def stream(op: str, arguments: dict[str, Any]) -> Stream[Any]:
    """Long work that tells how far it is; close it to stop."""
    return pool().stream(op, arguments)
