"""What helps, in the words of R: layers, Inputs and the usual changes of an array. Anything else stays in Python."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from explainers.core.finding import Change
from explainers.core.layers import WRAPPERS
from explainers.core.spec import snake
from explainers.reading.literal import BY_NAME

_WORDS = {True: "TRUE", False: "FALSE", None: "NULL"}
_BEFORE = re.compile(r"(?<=[a-z])=(?=True|False|\d|\()")


class _NoR(ValueError):
    """There is no plain way to say it."""


_AN_INPUT = re.compile(r"layer_input\(shape = (.{1,80})\)")


def in_r(change: Change, text: str = "") -> Change:
    """The same change for somebody who writes R; it was tried as it is. text: the program that is changed."""
    label = change.label.replace("=True", " = TRUE").replace("=False", " = FALSE")
    lines = (_where_it_belongs(_line(line), text) for line in change.code.split("\n"))
    return replace(change, label=label, code="\n".join(lines), diff="")


def _where_it_belongs(line: str, text: str) -> str:
    """An Input in the way of the program: as an argument of its first layer, or of keras_model_sequential()."""
    alone = _AN_INPUT.fullmatch(line)
    if alone is None or "layer_input(" in text or "keras_model_sequential(" not in text:
        return line
    argument = f"input_shape = {alone[1]}"
    return f"{argument}  # in the first layer" if "input_shape" in text else f"keras_model_sequential({argument})"


def _line(line: str) -> str:
    bare, mark, comment = line.partition("  #")
    bare, then, rest = bare.partition(", then ")
    try:
        words = _statement(bare) + (f", then {_statement(rest)}" if then else "")
    except (_NoR, SyntaxError, ValueError, RecursionError):
        return line
    return words + mark + comment


def _statement(line: str) -> str:
    node = ast.parse(line.strip(), mode="exec").body
    if len(node) != 1:
        raise _NoR
    if isinstance(node[0], ast.Assign):
        return f"{_said(node[0].targets[0])} <- {_said(node[0].value)}"
    if isinstance(node[0], ast.Expr):
        return _said(node[0].value)
    raise _NoR


def _said(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool) or node.value is None:
            return _WORDS[node.value]
        if node.value is Ellipsis:
            return "…"
        return f'"{node.value}"' if isinstance(node.value, str) else repr(node.value)
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Tuple | ast.List):
        return f"{'c' if isinstance(node, ast.Tuple) else 'list'}({', '.join(map(_said, node.elts))})"
    if isinstance(node, ast.Subscript):
        return _longer(node)
    if isinstance(node, ast.Call):
        return _called(node)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return f"t({_said(node.value)})"
    raise _NoR


def _longer(node: ast.Subscript) -> str:
    """``x[..., np.newaxis]`` and its like: an axis of 1 more."""
    data, place = _said(node.value), ast.unparse(node.slice)
    sizes = {
        "np.newaxis": f"1, dim({data})",
        "(..., np.newaxis)": f"dim({data}), 1",
        "(:, np.newaxis)": f"nrow({data}), 1, dim({data})[-1]",
    }
    plain = place if place in sizes else f"({place})"
    if not sizes.get(plain):
        raise _NoR
    return f"array_reshape({data}, c({sizes[plain]}))"


def _swapped(node: ast.Call) -> str:
    """``np.swapaxes(x, 1, 2)``: aperm lists all axes, counted from 1. The later of the two is taken for the last."""
    places = [part.value for part in node.args[1:] if isinstance(part, ast.Constant) and type(part.value) is int]
    if len(places) != 2 or min(places) < 0:
        raise _NoR
    order = [*range(1, max(places) + 2)]
    order[places[0]], order[places[1]] = order[places[1]], order[places[0]]
    return f"aperm({_said(node.args[0])}, c({', '.join(map(str, order))}))"


def _called(node: ast.Call) -> str:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "reshape" and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return f"array_reshape({node.func.value.id}, c({', '.join(_said(part) for part in node.args)}))"
    if name == "swapaxes":
        return _swapped(node)
    sheet = BY_NAME.get(name)
    if sheet is None and name not in (*WRAPPERS, "Input"):
        raise _NoR
    function = snake(name) if name in WRAPPERS else f"layer_{snake(name)}"
    function = re.sub(r"([a-z])([123])d$", r"\1_\2d", function)
    order = sheet.order if sheet is not None else ()
    parts = []
    for i, value in enumerate(node.args):
        named = i < len(order) and not (isinstance(value, ast.Constant) and value.value is Ellipsis)
        parts.append(f"{order[i]} = {_said(value)}" if named else _said(value))
    parts += [f"{keyword.arg} = {_said(keyword.value)}" for keyword in node.keywords]
    return f"{function}({', '.join(parts)})"
