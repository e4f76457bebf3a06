"""The learner's dims live in the URL: a link reproduces the page, Back undoes the last change.

What was typed but can't be used is kept beside them until it is mended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import streamlit as st

from explainers.core.dims import DimsBase, DimsError, Value

LONGEST_KEPT = 200  # characters of a text that can't be used; a person typed it, so it is short
MOST_UNKNOWN = 3  # names that are no dims, of which a message is told; more come from no learner


class Chooser(Protocol):
    """Whatever has dims of its own and a name to keep them by: a lesson, a misconception."""

    @property
    def name(self) -> str: ...

    @property
    def dims(self) -> type[DimsBase]: ...


@dataclass(frozen=True)
class Chosen:
    """The dims to draw, sentences about values in the link that were corrected, and texts that can't be used yet."""

    dims: DimsBase
    notices: tuple[str, ...]
    problems: dict[str, tuple[str, str]]  # dim -> (typed text, sentence)


def read(chooser: Chooser) -> Chosen:
    """Dims from the URL. A bad value in a link gives way to the default, and a notice says so."""
    names = {spec.name for spec in chooser.dims.specs()}
    texts = {name: st.query_params[name] for name in st.query_params if name in names}
    dims, errors = chooser.dims.read_kindly(texts)
    if errors:
        write(dims)
    notices = tuple(f"{error} The link was corrected: {error.dim}={getattr(dims, error.dim)}." for error in errors)
    return Chosen(dims, notices, st.session_state.get(_problems_key(chooser), {}))


def write(dims: DimsBase, forget: Chooser | None = None) -> None:
    """Put dims into the URL: only those that differ from their defaults; other parameters stay."""
    names = {spec.name for spec in dims.specs()}
    others = {key: value for key, value in st.query_params.to_dict().items() if key not in names}
    wanted = {**others, **dims.changed()}
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)
    if forget is not None:
        st.session_state.pop(_problems_key(forget), None)


def change(chooser: Chooser, texts: dict[str, Any]) -> None:
    """The learner changed controls: take what is good, keep what is not with a sentence about it."""
    current = read(chooser).dims
    names = {spec.name for spec in chooser.dims.specs()}
    values: dict[str, Value] = {}
    problems: dict[str, tuple[str, str]] = {}
    for name, text in texts.items():
        try:
            values[name] = chooser.dims.spec(name).parse(str(text))
        except DimsError as error:
            unknown = len(problems.keys() - names)
            if name in names or unknown < MOST_UNKNOWN:
                problems[name] = (str(text)[:LONGEST_KEPT], str(error))
    write(current.but(**values))
    st.session_state[_problems_key(chooser)] = problems


def apply(chooser: Chooser, changes: dict[str, Value], start_over: bool = False) -> None:
    """A preset or a fix was clicked. A preset starts over from the defaults; a fix changes what is there."""
    base = chooser.dims() if start_over else read(chooser).dims
    write(base.but(**changes), forget=chooser)


def texts_of(dims: DimsBase) -> tuple[tuple[str, str], ...]:
    """What the engine is asked with, and what its reply is remembered by."""
    return tuple(dims.changed().items())


def _problems_key(chooser: Chooser) -> str:
    return f"problems:{chooser.name}"
