"""What each kind of expression stands for."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from explainers.reading.code.any_operation import COMPARED, any_operation
from explainers.reading.code.arithmetic import binary, compared, unary
from explainers.reading.code.budget import MOST_ITEMS, MOST_TURNS
from explainers.reading.code.calling import call_cell, call_layer
from explainers.reading.code.functions import result_of
from explainers.reading.code.library import library
from explainers.reading.code.methods import read_method
from explainers.reading.code.names import read_attribute, read_name
from explainers.reading.code.objects import call_function, make_object
from explainers.reading.code.on_data import loss_of, model_on, object_on
from explainers.reading.code.pretrained import BackboneV
from explainers.reading.code.steps import bind, unsure
from explainers.reading.code.subscripts import subscript
from explainers.reading.code.values import (
    NOT_READ,
    Arr,
    CellV,
    ClassV,
    FuncV,
    Items,
    Keyed,
    LayerV,
    Missing,
    ModelV,
    ObjV,
    Sym,
    Ten,
    Value,
    count_of,
    keyed,
    of_lambda,
)

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

_NO_LAYERS = (  # what code imports beside layers; nothing of its shapes depends on it
    *("Adam", "AdamW", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl"),
    *("EarlyStopping", "ModelCheckpoint", "TensorBoard", "ReduceLROnPlateau", "LearningRateScheduler", "CSVLogger"),
    *("MinMaxScaler", "StandardScaler", "LabelEncoder", "OneHotEncoder", "Tokenizer", "DataFrame", "Series"),
    *("MeanSquaredError", "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "BinaryCrossentropy", "Path"),
)


_OF_LAYERS = ("layers", "keras", "tf", "tensorflow", "nn", "tfa", "tfp", "tfl")  # where a layer's class is kept

_QUIET = (
    "print",
    "summary",
    "plot_model",
    "seed",
    "set_seed",
    "load_data",
    "save",
    "save_weights",
    "get_config",
    "set_random_seed",
    "figure",
    "plot",
    "show",
    "format",
    "append",
    "super",
    "__init__",
    "isinstance",
)


def read_text(reader: Reader, node: ast.JoinedStr) -> Value:
    """An f-string of literals: the name of a layer in a loop."""
    parts = [reader.value(p.value if isinstance(p, ast.FormattedValue) else p) for p in node.values]
    if all(isinstance(part, str | int) for part in parts):
        return "".join(map(str, parts))[:400]
    return Missing(reader.short(node))


def comprehension(reader: Reader, node: ast.ListComp | ast.GeneratorExp) -> Value:
    """``[Dense(4)(x) for x in branches]``, and with one ``for`` inside of another."""
    made = _gathered(reader, node, node.generators)
    return made if made is not None else Missing(reader.short(node))


def _gathered(
    reader: Reader, node: ast.ListComp | ast.GeneratorExp, generators: list[ast.comprehension]
) -> Items | None:
    """What is left of the generators, turn by turn; None where it isn't known what they go through."""
    if not generators:
        return Items([reader.value(node.elt)], 1)
    generator, *rest = generators
    values = reader.value(generator.iter)
    if isinstance(values, Arr) and values.sizes:
        values = Items([Arr(values.name, values.sizes[1:])], values.sizes[0])
    if isinstance(values, dict):
        values = Items(values, count_of(values))
    if not isinstance(values, list | tuple):
        return None
    out, totals, told = list[Value](), list[int | None](), count_of(values) is not None
    for turn in list(values)[:MOST_TURNS]:
        bind(reader, generator.target, turn)
        tests = [reader.value(test) if not unsure(reader, test) else None for test in generator.ifs]
        told = told and None not in tests
        if not all(test is None or test for test in tests):
            continue
        inner = _gathered(reader, node, rest)
        if inner is None:
            return None
        out, totals = [*out, *inner][:MOST_ITEMS], [*totals, inner.total]
    if not rest and not generator.ifs:
        return Items(out, count_of(values))
    whole = told and len(values) <= MOST_TURNS and None not in totals
    return Items(out, sum(total or 0 for total in totals) if whole else None)


def _as_printed(reader: Reader, node: ast.Call) -> None:
    """``print(x.shape)``: what the text says of x is what x is here, whatever was done with it before."""
    shown = (
        node.args[0] if isinstance(node.func, ast.Name) and node.func.id == "print" and len(node.args) == 1 else None
    )
    if not isinstance(shown, ast.Attribute) or shown.attr != "shape" or not isinstance(shown.value, ast.Name):
        return
    name, value = shown.value.id, reader.env.get(shown.value.id)
    told = reader.hints.get(name)
    if isinstance(value, Arr) and told is not None and value.sizes != told:
        bind(reader, shown.value, Arr(name, told, value.largest))


def read_call(reader: Reader, node: ast.Call) -> Value:
    """A call: of a method, a layer, a model, a library's function, a function of the text."""
    _as_printed(reader, node)
    of_method = read_method(reader, node)
    if of_method is not NOT_READ:
        return of_method
    if isinstance(node.func, ast.Name) and node.func.id == "getattr" and len(node.args) in (2, 3):
        return _by_its_name(reader, node)
    callee = reader.value(node.func)
    read = CALLS.get(type(callee))
    return read(reader, callee, node) if read is not None else result_of(reader, node)


def _by_its_name(reader: Reader, node: ast.Call) -> Value:
    """``getattr(layers, "LSTM")``: as ``layers.LSTM`` is read."""
    name = reader.value(node.args[1])
    if not isinstance(name, str) or not name.isidentifier():
        return Missing(reader.short(node))
    return read_attribute(reader, ast.copy_location(ast.Attribute(node.args[0], name, ast.Load()), node))


def _call_model(reader: Reader, callee: ModelV, node: ast.Call) -> Value:
    return model_on(reader, callee, reader.arguments(node)[0], node)


def _call_unknown(reader: Reader, callee: Missing, node: ast.Call) -> Value:
    """What isn't known; a name that looks like a layer's class is told."""
    positional, named = reader.arguments(node)
    compared = loss_of(reader, callee, positional, node)
    if compared is not NOT_READ:
        return compared
    last = callee.name.rsplit(".", 1)[-1]
    layer = last[:1].isupper() and last.isidentifier() and last not in _NO_LAYERS
    layer = layer and ("." not in callee.name or any(part in _OF_LAYERS for part in callee.name.split(".")))
    reached = any(reader.tensors(value) for value in (*positional, *named.values()))
    if layer and last not in _QUIET and (reached or not _configured(positional, named)):
        reader.skip(node, f"{last} isn't a layer that this app knows, and its class isn't in the text")
    return result_of(reader, node, positional, named)


def _configured(positional: list[Value], named: dict[str, Value]) -> bool:
    """Whether a call is given functions, objects or data: a tool around the model (a tuner, a wrapper, a pipeline)."""
    return any(isinstance(value, FuncV | ClassV | ObjV | ModelV | Arr) for value in (*positional, *named.values()))


CALLS: dict[type, Callable[[Reader, Any, ast.Call], Value]] = {
    LayerV: call_layer,
    ModelV: _call_model,
    BackboneV: _call_model,
    CellV: call_cell,
    FuncV: call_function,
    ClassV: make_object,
    ObjV: object_on,
    Sym: library,
    Missing: _call_unknown,
}


def _constant(reader: Reader, node: ast.Constant) -> Value:
    return node.value if isinstance(node.value, int | float | str) else None


def _sequence(reader: Reader, node: ast.Tuple | ast.List) -> Value:
    parts: list[Value] = []
    for element in node.elts:
        value = reader.value(element.value if isinstance(element, ast.Starred) else element)
        parts += value if isinstance(element, ast.Starred) and isinstance(value, list | tuple) else [value]
    return tuple(parts[:MOST_ITEMS]) if isinstance(node, ast.Tuple) else Items(parts[:MOST_ITEMS], len(parts))


def _dict(reader: Reader, node: ast.Dict) -> Value:
    """``{"units": 9, **more, name: 4}``: keys that the text gives."""
    made = Keyed()
    for key, value in zip(node.keys, node.values, strict=True):
        read, word = reader.value(value), reader.value(key) if key is not None else None
        more = keyed(read, {}) if key is None else keyed([(word, read)], {})
        made.update(more)
        made.grow(more.unread)
    return made


def _dict_of(reader: Reader, node: ast.DictComp) -> Value:
    """``{name: Dense(4) for name in names}``: as a list of pairs is read."""
    pair = ast.copy_location(ast.Tuple([node.key, node.value], ast.Load()), node)
    pairs = comprehension(reader, ast.copy_location(ast.ListComp(pair, node.generators), node))
    return keyed(pairs, {}) if isinstance(pairs, list) else Missing(reader.short(node))


def _binary(reader: Reader, node: ast.BinOp) -> Value:
    return binary(reader, type(node.op), reader.value(node.left), reader.value(node.right), node)


def _compared(reader: Reader, node: ast.Compare) -> Value:
    """``x > 0`` of a tensor is a tensor; anything else is true or not."""
    left, right = reader.value(node.left), reader.value(node.comparators[0])
    word = COMPARED.get(type(node.ops[0])) if isinstance(left, Ten) or isinstance(right, Ten) else None
    made = any_operation(reader, f"ops.{word}", [left, right], {}, node) if word is not None else NOT_READ
    return made if isinstance(made, Ten) else compared(node, left, right)


def _chosen(reader: Reader, node: ast.IfExp) -> Value:
    """The arm whose test holds; the first where the text doesn't say."""
    test = reader.value(node.test)
    told = isinstance(test, bool | int | float) and not unsure(reader, node.test)
    return reader.value(node.orelse if told and not test else node.body)


def _joined(reader: Reader, node: ast.BoolOp) -> Value:
    """``and`` and ``or`` of what the text gives; a side that it doesn't give leaves the whole open."""
    for side in node.values:
        value = reader.value(side)
        if not isinstance(value, bool | int | float | str) or unsure(reader, side):
            return Missing(reader.short(node))
        if bool(value) is isinstance(node.op, ast.Or):
            return value
    return value


def _named(reader: Reader, node: ast.NamedExpr) -> Value:
    """``(n := x.shape[-1])``."""
    bind(reader, node.target, value := reader.value(node.value))
    return value


def _lambda(reader: Reader, node: ast.Lambda) -> Value:
    return replace(of_lambda(node), around=reader.env if reader.inside else None)


EXPRESSIONS: dict[type[ast.expr], Callable[[Reader, Any], Value]] = {
    ast.Constant: _constant,
    ast.Name: read_name,
    ast.Attribute: read_attribute,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Dict: _dict,
    ast.DictComp: _dict_of,
    ast.UnaryOp: unary,
    ast.BinOp: _binary,
    ast.Call: read_call,
    ast.Subscript: subscript,
    ast.IfExp: _chosen,
    ast.BoolOp: _joined,
    ast.Compare: _compared,
    ast.ListComp: comprehension,
    ast.GeneratorExp: comprehension,
    ast.Lambda: _lambda,
    ast.NamedExpr: _named,
    ast.JoinedStr: read_text,
}
