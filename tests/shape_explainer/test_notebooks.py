"""One real notebook in one kernel: ten kinds of shape errors, their causes, and silence everywhere else."""

from __future__ import annotations

from dataclasses import dataclass

import nbformat
import pytest

from tests.shape_explainer.cases import CASES

START = """
import sys
sys.path.insert(0, {root!r})
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from shape_explainer import explain
"""


SILENT = {
    "division": "1 / 0",
    "a name": "nobody",
    "a number": "int('shape')",
    "an index": "np.zeros((3, 4))[7]",
    "a key": "{}['shape']",
    "one's own": "raise ValueError('the shape of things to come')",
    "a cell that works": "np.zeros((3, 4)) @ np.zeros((4, 5))",
}


@dataclass(frozen=True)
class Ran:
    """What a cell printed, and the error that it raised."""

    printed: str
    error: str


@pytest.fixture(scope="module")
def ran() -> dict[str, Ran]:
    """Every cell's output, from one start of one kernel."""
    from pathlib import Path

    from nbclient import NotebookClient

    cells = {"start": START.format(root=str(Path(__file__).parents[2])), "load": "%load_ext shape_explainer"}
    for name, case in CASES.items():
        cells |= {f"before {name}": case.before, name: case.cell}
    cells |= SILENT
    cells["random"] = "import random; late = layers.LSTM(7); random.seed(5); numbers = [random.random()]"
    cells["random error"] = "late(short)"
    cells["random after"] = (
        "numbers += [random.random()]; random.seed(5)\nprint(numbers == [random.random(), random.random()])"
    )
    cells["picture"] = (
        "class Net(keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.d = layers.Dense(5, name='inner')\n\n"
        "    def call(self, x):\n"
        "        return self.d(x)\n\n"
        "explain(Net(), input_shape=(9,))"
    )
    cells["unload"] = "%unload_ext shape_explainer"
    cells["after unloading"] = CASES["arrays of NumPy"].cell
    cells["loaded again"] = "%load_ext shape_explainer\n%reload_ext shape_explainer"
    cells["once"] = CASES["arrays of NumPy"].cell
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells.values()])
    NotebookClient(book, timeout=150, kernel_name="python3", allow_errors=True).execute()
    return {name: _ran(cell) for name, cell in zip(cells, book.cells, strict=True)}


def _ran(cell: nbformat.NotebookNode) -> Ran:
    printed = "".join(out.text for out in cell.outputs if out.output_type == "stream" and out.name == "stdout")
    shown = "".join(out.data.get("text/html", "") for out in cell.outputs if out.output_type == "execute_result")
    return Ran(printed + shown, next((out.ename for out in cell.outputs if out.output_type == "error"), ""))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_shape_error_is_followed_by_its_cause_and_a_fix(ran: dict[str, Ran], name: str) -> None:
    assert not ran[f"before {name}"].error
    assert ran[name].error in ("ValueError", "InvalidArgumentError")
    assert ran[name].printed.count("Shape Explainer\n") == 1, ran[name].printed
    for part in CASES[name].says:
        unwanted = part.startswith("not: ")
        assert (part.removeprefix("not: ") in ran[name].printed) != unwanted, (part, ran[name].printed)


@pytest.mark.slow
@pytest.mark.parametrize("name", SILENT)
def test_everything_else_stays_silent(ran: dict[str, Ran], name: str) -> None:
    assert ran[name].printed == ""
    assert bool(ran[name].error) == (name != "a cell that works")


@pytest.mark.slow
def test_unloading_ends_it_and_loading_twice_tells_once(ran: dict[str, Ran]) -> None:
    assert ran["after unloading"] == Ran("", "ValueError")
    assert ran["once"].printed.count("Shape Explainer\n") == 1


@pytest.mark.slow
def test_random_numbers_go_on_as_if_nothing_had_been(ran: dict[str, Ran]) -> None:
    assert "Shape Explainer" in ran["random error"].printed
    assert ran["random after"].printed == "True\n"


@pytest.mark.slow
def test_a_class_of_a_cell_is_shown_as_a_picture(ran: dict[str, Ran]) -> None:
    html = ran["picture"].printed
    assert "<svg" in html
    assert "inner" in html
    assert "features × units" in html
