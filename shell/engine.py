"""The way from a page to the Keras workers: ask, wait, remember. Nothing here imports Keras."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from explainers.core.results import Concrete, Explanation
from explainers.core.trial import Tried
from workers import shared
from workers.pool import Pool, PoolState, Stream

T = TypeVar("T")
Texts = tuple[tuple[str, str], ...]  # dims that differ from their defaults, as they stand in a link


def pool() -> Pool:
    """The one pool of this server. The first visitor (or the health check) starts it; it loads Keras meanwhile."""
    return shared.pool()


def state() -> PoolState:
    """Whether Keras is ready, and for how long it has been starting."""
    return pool().state()


def _packed(op: str, arguments: bytes, seconds: float | None) -> bytes:
    """The worker's answer, packed, to a question whose `arguments` are JSON. Raises WorkerError."""

    def ask() -> bytes:
        return zlib.compress(pool().call_bytes(op, msgspec.json.decode(arguments), timeout=seconds), level=1)

    return shared.answers.get((op, arguments), ask)


def answer(op: str, arguments: Mapping[str, Any], type: type[T], seconds: float | None = None) -> T:
    """One question to the short workers, as a `type`; remembered for all learners. Raises WorkerError.

    seconds: how long the worker may take, where it is more than usual.
    """
    asked = msgspec.json.encode(arguments, order="sorted")
    return msgspec.json.decode(zlib.decompress(_packed(op, asked, seconds)), type=type)


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
