"""Which classes are recurrent, which convolve, which wrap others: the sheets say so, and no list beside them does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from inspect import signature
from pathlib import Path

import keras
import pytest

from explainers.core.layers import (
    BY_GATES,
    RECURRENT,
    SHEETS,
    WRAPPERS,
    blocks,
    cell_of,
    class_of,
    states_of,
    two_biases,
)

ROOT = Path(__file__).parents[4]
PLACES = ("explainers", "views", "shell", "pages", "rooms", "workers", "settings", "shape_explainer")
CLASSES = {name for name in dir(keras.layers) if isinstance(getattr(keras.layers, name), type)}

# Lists that say nothing about a class, file by file, and why. In a file that is not here, two classes are too many.
ALLOWED = {
    "explainers/reading/early.py": "the two merges that don't go number by number",
    "explainers/reading/in_their_lines.py": "PyTorch's layers, which are called so, too",
    "explainers/reading/summary/weights.py": "what two equally long vectors may be the weights of",
    "explainers/core/operating.py": "operations of keras.ops, some of which are called like a layer",
    "explainers/core/mistakes/kit/mending/small.py": "which argument makes which axis of a weight",
    "explainers/core/mistakes/kit/mending/meeting.py": "what a product of two layers is mended around",
    "explainers/core/mistakes/operand_sizes.py": "the layers that score queries against keys, in one message",
    "explainers/core/gates.py": "which function recomputes which cell: they are written there, in NumPy",
    "explainers/core/signs.py": "what the lessons of this app are about, a choice of ours",
    "explainers/conv1d.py": "the choices of a control, in its order",
    "explainers/conv2d.py": "the choices of a control",
    "explainers/beside/fit_batches.py": "the layers of the nets that this lesson takes for its own",
    "explainers/beside/array_shapes.py": "the two models that this lesson takes for its own",
    "explainers/practice/misconceptions/memory.py": "the cases of a trial, in their order, and the code of each",
    "explainers/practice/misconceptions/other_layers.py": "the choices of a control, and how each is built",
    "explainers/practice/misconceptions/weights.py": "a hint for each choice of a control",
    "explainers/reading/code/library.py": "what each word of a program calls: a table of the evaluator",
    "explainers/reading/code/names.py": "names of Keras that are no layers of a graph, or are read in another way",
    "explainers/reading/evidence.py": "names of TensorFlow's operations, some of which are called like a layer",
    "explainers/reading/ported": "which class of PyTorch is which of Keras",
    "explainers/reading/together.py": "classes that stand for a whole model in a message",
    "explainers/reading/questions/implied.py": "which words of a sentence mean which merge",
    "explainers/reading/questions/meanings.py": "what the gates of two cells are called in a sentence",
    "explainers/reading/questions/nets_asked.py": "what a question about a net of Dense layers may name",
    "explainers/reading/questions/names.py": "how a layer is named in a sentence: which names are words, too",
    "explainers/reading/summary/chain.py": "how an unknown layer inside a wrapper is solved for: a table of solvers",
    "explainers/reading/summary/solve.py": "how a count is solved for: a table of solvers",
    "explainers/reading/summary/weightless.py": "the two merges that have an axis to be found",
    "explainers/yours/editing.py": "what a new layer is given as an example, a choice of ours",
    "views/calls.py": "the letters that books give to the gates",
    "views/conv1d.py": "which of its layers slides what, in the picture of one lesson",
    "views/way_in.py": "what the lessons of this app are about, a choice of ours",
}


def lists(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every tuple, list, set and dict (by its keys) that names two classes or more, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else ()
        parts = node.keys if isinstance(node, ast.Dict) else parts
        named = [part.value for part in parts if isinstance(part, ast.Constant) and part.value in CLASSES]
        if len(named) > 1:
            yield node.lineno, [str(name) for name in named]


def test_no_list_of_classes_stands_beside_the_sheets() -> None:
    found = {
        f"{name}:{line} {named}"
        for place in PLACES
        for path in (ROOT / place).rglob("*.py")
        if not (name := str(path.relative_to(ROOT))).startswith(("explainers/core/layers/", *ALLOWED))
        for line, named in lists(path)
    }
    assert not found, "ask the sheets (RECURRENT, WRAPPERS, names_of, Sheet.group):\n" + "\n".join(sorted(found))


def test_every_exception_is_one() -> None:
    for name in ALLOWED:
        place = ROOT / name
        assert any(list(lists(path)) for path in ([place] if place.is_file() else place.rglob("*.py"))), name


def test_the_rule_sees_such_a_list(tmp_path: Path) -> None:
    file = tmp_path / "some.py"
    file.write_text('A = {"ConvLSTM1D", "GRU"}\nB = {"GRU": 1, "LSTM": 2}\nC = ("GRU", "other")\n', encoding="utf-8")
    assert [line for line, _ in lists(file)] == [1, 2]


def test_wrappers_are_made_with_a_layer_and_cells_are_ordered_by_their_weights() -> None:
    of_a_layer = {name for name in CLASSES if "layer" in list(signature(getattr(keras.layers, name)).parameters)[:1]}
    # a SpectralNormalization changes one weight of its layer, and nothing of what that reads
    assert of_a_layer - {"Wrapper", "SpectralNormalization"} == set(WRAPPERS)
    widths = []
    for name in BY_GATES:
        layer = getattr(keras.layers, name)(5)
        layer.build((None, 7, 3))
        widths.append(layer.count_params())
    assert widths == sorted(widths)


@pytest.mark.parametrize("name", RECURRENT)
def test_gates_are_side_by_side_in_the_live_kernel(name: str) -> None:
    layer = getattr(keras.layers, name)(7)
    layer.build((None, 5, 3))
    assert layer.cell.kernel.shape == (3, blocks(name) * 7)
    cell = cell_of(name)
    assert cell is not None
    assert blocks(cell.name) == blocks(name)
    sizes = layer.cell.state_size
    assert len(states_of(name)) == (len(sizes) if isinstance(sizes, list | tuple) else 1)


@pytest.mark.parametrize(
    ("name", "said"), [("GRU", None), ("GRU", True), ("GRU", False), ("LSTM", None), ("GRUCell", None)]
)
def test_two_biases_are_those_of_the_live_bias(name: str, said: bool | None) -> None:
    gru = name.startswith("GRU")
    layer = getattr(keras.layers, name)(7, **({"reset_after": said} if gru and said is not None else {}))
    layer.build((None, 5, 3) if name in RECURRENT else (None, 3))
    bias = getattr(layer, "cell", layer).bias
    assert two_biases(name, said if gru else None) == (len(bias.shape) == 2)


@pytest.mark.parametrize("name", ["RNN", "Dense", "Bidirectional", "unknown", None])
def test_what_has_no_cell_has_no_gates(name: str | None) -> None:
    assert blocks(name) == 0


@pytest.mark.parametrize("name", [name for name, sheet in SHEETS.items() if sheet.group == "cell"])
def test_a_cell_is_known_by_the_name_that_keras_gives_it(name: str) -> None:
    keras.utils.clear_session()  # so that its name has no number
    units = [keras.layers.LSTMCell(3)] if name == "StackedRNNCells" else 3
    called = getattr(keras.layers, name)(units).name
    assert class_of(called) == name
    assert class_of(f"forward_{called}_4") == name
    assert class_of(f"my{called.replace('_', '')}") is None
