"""``%load_ext shape_explainer``: below the traceback of a shape error, its cause and what helps.

It listens to IPython's event `post_run_cell`, so that nobody's own handlers are replaced. Whatever goes wrong in here
is swallowed: a person with an error needs no second one.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from explainers.core.axes import spoken
from shape_explainer.frames import scene
from shape_explainer.home import at_home
from shape_explainer.judging import Judgement, judge
from shape_explainer.models import nothing_left_behind

T = TypeVar("T")
_listening: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()  # shell -> what listens to it


def start(shell: Any) -> None:
    """Listen to a shell, once."""
    if shell in _listening:
        return
    _warm()
    shell.events.register("post_run_cell", after)
    _listening[shell] = after


def stop(shell: Any) -> None:
    """Listen no more."""
    listener = _listening.pop(shell, None)
    if listener is not None:
        with contextlib.suppress(ValueError):  # somebody has taken it out already
            shell.events.unregister("post_run_cell", listener)


def _warm() -> None:
    """What is slow the first time, done while the extension is loaded: imports and patterns."""
    from explainers.core import failures, graph  # noqa: F401
    from explainers.reading.diagnosing import read

    read("ValueError: Dimensions must be equal, but are 3 and 4 for shapes [2,3], [4,5].")


def after(result: Any) -> None:
    """After each cell: nothing, but for a shape error."""
    error = getattr(result, "error_in_exec", None)
    if error is None:
        return
    try:
        for line in told(error, getattr(result.info, "raw_cell", "") or ""):
            print(line, flush=True)
    except Exception:  # never in the way
        return


def told(error: BaseException, source: str) -> Iterator[str]:
    """What is printed, piece by piece; nothing for an error that isn't about shapes.

    The cause comes first and at once. What helps is tried after it.
    """
    found = _quietly(lambda: judge(error, scene(error, source)))
    if found is None:
        return
    yield _cause(found)
    changes = iter(found.tries())
    while (change := _quietly(lambda: next(changes, None))) is not None:
        gives = f"  It builds, and returns {change.output}." if change.output is not None else ""
        yield f"Fix: {change.text}{gives}"


@at_home
def _quietly(work: Callable[[], T]) -> T:
    """Whatever a library prints belongs to nobody, and random numbers go on as if nothing had been."""
    with contextlib.redirect_stdout(io.StringIO()), nothing_left_behind():
        return work()


def _cause(found: Judgement) -> str:
    lines = [f"Why: {found.cause}"] if found.cause else []
    lines += [f"  {word}: ({spoken(shape)})" for word, shape in found.shapes if shape]
    return "\n".join(["", "Shape Explainer", *lines])
