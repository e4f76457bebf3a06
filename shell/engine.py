"""The way from a page to the Keras workers: ask, wait, remember. Nothing here imports Keras."""

from __future__ import annotations

import contextlib
import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import partial
from typing import Any, TypeVar

import msgspec
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explainers.core.results import Concrete, Explanation, Run, Structure
from explainers.core.trial import Tried
from explainers.reading.results import Pasted
from explainers.yours.results import Built, Opened
from shell import beginnings
from workers import shared
from workers.pool import Meanwhile, Pool, PoolState, Stream, Who

T = TypeVar("T")
_streams = itertools.count()
Texts = tuple[tuple[str, str], ...]  # dims that differ from their defaults, as they stand in a link


def pool() -> Pool:
    """The one pool of this server. The first visitor (or the health check) starts it; it loads Keras meanwhile."""
    return shared.pool()


def state() -> PoolState:
    """Whether Keras is ready, and for how long it has been starting."""
    return pool().state()


_look: ContextVar[Meanwhile | None] = ContextVar("look", default=None)


@contextlib.contextmanager
def meanwhile(look: Meanwhile) -> Iterator[None]:
    """While something is asked in here, `look` is called several times a second with the place in the line.

    Who looks waits as long as it takes; what `look` raises ends the request. Others wait as long as the limits say.
    """
    token = _look.set(look)
    try:
        yield
    finally:
        _look.reset(token)


def asker() -> Who:
    """The tab that this run belongs to, and the network address it comes from, as far as they are known."""
    run = get_script_run_ctx(suppress_warning=True)
    return Who() if run is None else Who(run.session_id, st.context.ip_address or "")


def _asked(op: str, arguments: Mapping[str, Any], seconds: float | None = None) -> bytes:
    """The worker's reply, not remembered. Raises WorkerError."""
    return pool().call_bytes(op, arguments, timeout=seconds, who=asker(), meanwhile=_look.get())


def _packed(op: str, arguments: bytes, seconds: float | None) -> bytes:
    """The worker's reply, packed, to a question whose `arguments` are JSON; remembered. Raises WorkerError."""
    look = _look.get() or (lambda place: None)
    return shared.replies.get((op, arguments), lambda: _known_or_asked(op, arguments, seconds), lambda: look(None))


def _known_or_asked(op: str, arguments: bytes, seconds: float | None) -> bytes:
    packed = beginnings.known(op, arguments)
    if packed is None:
        packed = zlib.compress(_asked(op, msgspec.json.decode(arguments), seconds), level=1)
        beginnings.keep(op, arguments, packed)
    return packed


def reply(op: str, arguments: Mapping[str, Any], type: type[T], seconds: float | None = None) -> T:
    """One question to the short workers, as a `type`; remembered for all learners. Raises WorkerError.

    seconds: how long the worker may take, where it is more than usual.
    """
    asked = beginnings.encoded(dict(arguments))
    return msgspec.json.decode(zlib.decompress(_packed(op, asked, seconds)), type=type)


def structure(name: str, texts: Texts) -> Structure:
    """What a lesson's page begins with, at one choice of dims. Raises WorkerError."""
    return reply("structure", {"name": name, "dims": dict(texts)}, Structure)


def summary(name: str, texts: Texts) -> str:
    """Keras' own summary; "" where the model can't be built. Raises WorkerError."""
    return reply("summary", {"name": name, "dims": dict(texts)}, str)


def calls(name: str, texts: Texts) -> Run | None:
    """One forward pass, with every call of its recurrent cells. Raises WorkerError."""
    return reply("calls", {"name": name, "dims": dict(texts)}, Run | None)  # type: ignore[arg-type]


def extra(name: str, texts: Texts) -> dict[str, Any]:
    """What a lesson alone has, where its structure comes without. Raises WorkerError."""
    return reply("extra", {"name": name, "dims": dict(texts)}, dict[str, Any])


def explanation(name: str, texts: Texts) -> Explanation:
    """All of a lesson at one choice of dims, its run included. Raises WorkerError."""
    return reply("show", {"name": name, "dims": dict(texts)}, Explanation)


def tried(name: str, texts: Texts, trial: str) -> Tried:
    """One thing tried for real. Raises WorkerError."""
    return reply("tried", {"name": name, "dims": dict(texts), "trial": trial}, Tried)


def concrete(name: str, texts: Texts) -> Concrete:
    """The same weights run with several sizes of data. Raises WorkerError."""
    return reply("concrete", {"name": name, "dims": dict(texts)}, Concrete)


def pasted(text: str, which: int | None, entries: Mapping[str, str]) -> Pasted:
    """A pasted text, read and rebuilt. Not remembered: nothing pasted is kept. Raises WorkerError."""
    asked = {"text": text, "which": which, "entries": dict(entries)}
    return msgspec.json.decode(_asked("pasted", asked), type=Pasted)


def own_model(document: Mapping[str, Any]) -> Built:
    """A model of the learner's own, built live. Raises WorkerError."""
    return reply("own_model", {"document": document}, Built)


def own_concrete(document: Mapping[str, Any]) -> Concrete:
    """A model of the learner's own, run on data of several sizes. Raises WorkerError."""
    return reply("own_concrete", {"document": document}, Concrete)


def own_from_text(text: str) -> dict[str, Any]:
    """The document of a pasted program. Not remembered: nothing pasted is kept. Raises WorkerError."""
    return msgspec.json.decode(_asked("own_from_text", {"text": text}), type=dict[str, Any])


def own_from_file(path: str) -> Opened:
    """A model from a file of this server. Not remembered. Raises WorkerError."""
    return msgspec.json.decode(_asked("own_from_file", {"path": path}), type=Opened)


def layer_arguments(class_name: str) -> dict[str, str]:
    """What Keras' own documentation says of each argument of a layer. Raises WorkerError."""
    return reply("layer_arguments", {"class_name": class_name}, dict[str, str])


def stream(op: str, arguments: Mapping[str, Any]) -> Callable[[], Stream[Any]]:
    """Long work that tells how far it is: call what this returns to ask for it, from any thread.

    That raises WorkerError; close the stream to stop. Others may share it, so it has a place in the line of its own,
    which nothing that this session asks for later takes away.
    """
    place = Who(f"stream {next(_streams)}", asker().address)
    return partial(pool().stream, op, arguments, who=place, patient=True)
