"""A call of something from a library, by its name."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from explainers.reading.backbones import BACKBONES
from explainers.reading.code.functions import of_function, windows_of
from explainers.reading.code.higher_order import reduced
from explainers.reading.code.losses import loss_name
from explainers.reading.code.making import custom_cell, misplaced_tensor, new_lambda, new_layer
from explainers.reading.code.merges import MERGES, merge_function, misplaced_merge, of_models
from explainers.reading.code.models import MODELS
from explainers.reading.code.on_data import LOSSES, loss_of
from explainers.reading.code.operations import OPERATIONS
from explainers.reading.code.options import new_namespace, new_parser
from explainers.reading.code.pretrained import new_backbone
from explainers.reading.code.tensorflow_one import of_first_tensorflow
from explainers.reading.code.values import (
    NOT_READ,
    Missing,
    Sym,
    Value,
    of_lambda,
)
from explainers.reading.literal import today_name

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def _rnn(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """RNN around a cell that is a class of the text; around any other it is a layer like others."""
    cell = custom_cell(reader, node)
    return cell if cell is not None else of_layer(reader, symbol, node)


def of_layer(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """A layer class, or one of the functions that are named after a merge layer."""
    name = symbol.last
    if name in _MERGE_FUNCTIONS:
        return merge_function(reader, symbol, node)
    if name in _MERGE_LAYERS and of_models(reader, node):
        return misplaced_merge(reader, name, node)
    if not name[0].isupper():
        return of_function(reader, symbol, node) if name in OPERATIONS else new_layer(reader, symbol, node)
    starred = not node.args or isinstance(node.args[0], ast.Starred)
    wrong = None if starred else misplaced_tensor(reader, symbol, node)
    return wrong if wrong is not None else new_layer(reader, symbol, node)


def _partial(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``partial(layers.Conv2D, padding="same")``: a function that calls it with these arguments besides its own."""
    if not node.args:
        return NOT_READ
    rest, more = ast.Starred(ast.Name("args", ast.Load()), ast.Load()), ast.Name("kwargs", ast.Load())
    call = ast.Call(node.args[0], [*node.args[1:], rest], [*node.keywords, ast.keyword(None, more)])
    given = ast.arguments([], [], ast.arg("args"), [], [], ast.arg("kwargs"), [])
    return of_lambda(ast.copy_location(ast.Lambda(given, ast.copy_location(call, node)), node))


def _loaded(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``load_model("own.keras")``: a model of a file."""
    reader.skip(node, "load_model reads a model from a file: its layers aren't in the text")
    return Missing(reader.short(node))


_MERGE_FUNCTIONS = ("add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate", "dot")
_MERGE_LAYERS = ("Concatenate", "Add", "Multiply", "Average", "Maximum")
LIBRARY: dict[str, Callable[[Reader, Sym, ast.Call], Value]] = {
    **MODELS,
    **MERGES,
    "Lambda": new_lambda,
    "partial": _partial,
    "reduce": reduced,
    "RNN": _rnn,
    "ArgumentParser": new_parser,
    "load_model": _loaded,
    **dict.fromkeys(("SimpleNamespace", "Namespace"), new_namespace),
    "TimeDistributedDense": of_layer,
    "TimeseriesGenerator": windows_of,
    **dict.fromkeys(BACKBONES, new_backbone),
    "timeseries_dataset_from_array": windows_of,
}


_NO_LAYERS_THERE = ("sklearn", "pandas", "numpy", "math", "argparse", "types")


def library(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """What a call of a library's name gives: the table's entry, a layer, else a function."""
    old = of_first_tensorflow(reader, symbol, node)
    if old is not NOT_READ:
        return old
    if loss_name(symbol) in LOSSES and symbol.last[:1].islower() and len(node.args) > 1:
        return loss_of(reader, symbol, reader.arguments(node)[0], node)
    if symbol.name.partition(".")[0] in _NO_LAYERS_THERE:  # sklearn.pipeline.Pipeline, which Keras has a layer of
        return (LIBRARY.get(symbol.last) or of_function)(reader, symbol, node)
    read = LIBRARY.get(symbol.last) or (of_layer if today_name(symbol.last) is not None else of_function)
    return read(reader, symbol, node)
