"""What stands in a traceback: which layer or model was called with what, and how the cell calls its tensors and arrays.

Keras takes its own frames out of a traceback, but for the one around each of its methods (`error_handler`), whose
arguments are the layer and what it was given.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

_AROUND = "error_handler"  # keras/src/utils/traceback_utils.py
_MOST_FRAMES = 200
_LIBRARY = re.compile(r"[/\\\\](?:site-packages|dist-packages|IPython)[/\\\\]|[/\\\\]lib[/\\\\]python3|^<frozen")


@dataclass(frozen=True)
class Called:
    """One method of a layer or a model that was running when the error came: ``fit``, ``__call__``."""

    method: str
    layer: Any
    arguments: dict[str, Any]

    def given(self, name: str) -> Any:
        """One argument by its name."""
        return self.arguments.get(name)

    @property
    def first(self) -> Any:
        """What the layer was called on."""
        return next(iter(self.arguments.values()), None)


@dataclass(frozen=True)
class Scene:
    """The methods that were running, from outside in, and the names in the line that failed.

    inside: the line is in a function or class of the notebook, and not in the cell itself.
    statement: what that line does, None where it can't be parsed.
    """

    running: tuple[Called, ...]
    inside: bool = False
    names: Mapping[str, Any] = field(default_factory=dict)
    statement: ast.stmt | None = None

    def name_of(self, value: Any) -> str | None:
        """How the failing line calls a tensor or an array."""
        return next((name for name, other in self.names.items() if other is value), None)

    def shapes(self) -> dict[str, tuple[int | None, ...]]:
        """The arrays and tensors of the failing line."""
        return {name: tuple(value.shape) for name, value in self.names.items() if _has_shape(value)}


def scene(error: BaseException, source: str) -> Scene:
    """What the traceback of an error in a cell holds."""
    frames = list(_frames(error))
    running = tuple(called for frame, _ in frames if (called := _called(frame)) is not None)
    own = [(frame, line) for frame, line in frames if not _LIBRARY.search(frame.f_code.co_filename)]
    if not own:
        return Scene(running)
    frame, line = own[-1]  # the innermost code that somebody wrote in this notebook
    inside = frame.f_code.co_name != "<module>"
    text = "".join(linecache.getlines(frame.f_code.co_filename)) if inside else source
    statement = _statement(text, line)
    known = {**frame.f_globals, **frame.f_locals}
    return Scene(running, inside, {} if statement is None else _named(statement, known), statement)


def _frames(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    trace = error.__traceback__
    for _ in range(_MOST_FRAMES):
        if trace is None:
            return
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _called(frame: FrameType) -> Called | None:
    import keras

    if frame.f_code.co_name != _AROUND:
        return None
    args, kwargs, method = (frame.f_locals.get(name) for name in ("args", "kwargs", "fn"))
    if not args or not isinstance(args[0], keras.layers.Layer) or method is None:
        return None
    layer, *rest = args
    called = layer.call if getattr(method, "__name__", "") == "__call__" else method
    given = _by_name(called, rest if called is not method else args, kwargs or {})
    given = {name: value for name, value in given.items() if value is not layer}
    return Called(getattr(method, "__name__", ""), layer, given)


def _by_name(method: Any, args: Any, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return dict(inspect.signature(method).bind_partial(*args, **kwargs).arguments)
    except (TypeError, ValueError):  # a signature that isn't there, or arguments that don't fit it
        return {**{f"argument {place}": value for place, value in enumerate(args)}, **kwargs}


def _statement(source: str, line: int) -> ast.stmt | None:
    """The innermost statement at a line; None where the cell holds what isn't Python (a magic command)."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    around = [
        node for node in ast.walk(tree) if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max(around, key=lambda node: node.lineno, default=None)


def _named(statement: ast.stmt, known: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that a statement reads, attributes of them too (`self.w`, `data.x`)."""
    found = {}
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and node.id in known and isinstance(node.ctx, ast.Load):
            found[node.id] = known[node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in known:
            found[ast.unparse(node)] = getattr(known[node.value.id], "__dict__", {}).get(node.attr)
    return found


def _has_shape(value: Any) -> bool:
    shape = getattr(value, "shape", None)
    return isinstance(shape, tuple) or type(shape).__name__ == "TensorShape"
