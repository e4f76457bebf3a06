"""What stands below a traceback comes at once, and whatever goes wrong in our own code is nobody's business."""

from __future__ import annotations

import linecache
import time
import warnings
from types import SimpleNamespace
from typing import Any

import pytest

from shape_explainer import after_a_cell
from tests.shape_explainer.cases import CASES

IMPORTS = "import numpy as np\nimport keras\nimport tensorflow as tf\nfrom keras import layers, ops\n"
QUICK = 0.05  # seconds until the cause stands there
MOST_RUNS = 5


def failed(name: str) -> tuple[BaseException, str]:
    """The error of a case's cell, as IPython would have it, and the cell."""
    names: dict[str, Any] = {"__name__": "__main__"}
    before, cell = IMPORTS + CASES[name].before, CASES[name].cell
    place = f"<before {name}>"
    linecache.cache[place] = (len(before), None, before.splitlines(keepends=True), place)
    exec(compile(before, place, "exec"), names)
    with (
        warnings.catch_warnings(action="ignore"),  # of Keras, that the data's structure is another; a notebook goes on
        pytest.raises(Exception) as caught,  # noqa: PT011 - which one it is, the notebook's test says
    ):
        exec(compile(cell, "<cell>", "exec"), names)
    error = caught.value
    assert error.__traceback__ is not None
    return error.with_traceback(error.__traceback__.tb_next), cell


@pytest.mark.parametrize("name", CASES)
def test_the_cause_comes_within_fifty_milliseconds(name: str) -> None:
    after_a_cell._warm()
    error, cell = failed(name)
    times = []
    for _ in range(MOST_RUNS):
        begun = time.process_time()
        first = next(after_a_cell.told(error, cell))
        times.append(time.process_time() - begun)
        assert "Why: " in first
        if times[-1] < QUICK:
            break
    assert min(times) < QUICK


def test_an_error_of_our_own_is_swallowed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    error, cell = failed("arrays of NumPy")
    result = SimpleNamespace(error_in_exec=error, info=SimpleNamespace(raw_cell=cell))
    after_a_cell.after(result)
    assert "Shape Explainer" in capsys.readouterr().out
    monkeypatch.setattr(after_a_cell, "judge", lambda *_: 1 / 0)
    after_a_cell.after(result)
    after_a_cell.after(SimpleNamespace())
    assert capsys.readouterr().out == ""


def test_the_hook_leaves_other_listeners_alone() -> None:
    heard: list[str] = []

    class Events:
        def register(self, event: str, listener: Any) -> None:
            heard.append(f"+{event}")

        def unregister(self, event: str, listener: Any) -> None:
            heard.append(f"-{event}")
            raise ValueError("somebody has taken it out")

    class Shell:
        events = Events()

    shell = Shell()
    after_a_cell.start(shell)
    after_a_cell.start(shell)
    after_a_cell.stop(shell)
    after_a_cell.stop(shell)
    assert heard == ["+post_run_cell", "-post_run_cell"]
