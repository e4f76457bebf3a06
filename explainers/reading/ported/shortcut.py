"""A shortcut that is added unchanged where its block changes the channels or the sides: a convolution of kernel 1."""

from __future__ import annotations

import ast
import re

from explainers.reading.ported.edits import Piece, line_start, put

_MOST = 200_000  # characters of a text that is looked through


def with_projection(text: str, line: int) -> str:
    """The diff that adds ``self.shortcut`` to the block whose addition is in this line; "" where it isn't plain."""
    block = _block(text, line)
    if block is None:
        return ""
    made, forward, first = block
    given = [argument.arg for argument in forward.args.args[1:2]]
    kept = set(given)
    for node in ast.walk(forward):  # identity = x
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in given:
            kept |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    skip = _added(forward, line - first + 1, kept)
    layers = [node for node in ast.walk(made) if isinstance(node, ast.Call) and _is_conv(node)]
    if skip is None or not layers or any(len(node.args) < 2 for node in layers):
        return ""
    layers.sort(key=lambda node: node.lineno)
    kind = ast.unparse(layers[0].func)
    strides = [ast.unparse(word.value) for node in layers for word in node.keywords if word.arg == "stride"]
    strides += [ast.unparse(node.args[3]) for node in layers if len(node.args) > 3]
    strides = [one for one in dict.fromkeys(strides) if one != "1"]
    if len(strides) > 1:
        return ""
    stride = f", stride={strides[0]}" if strides else ""
    sizes = f"{ast.unparse(layers[0].args[0])}, {ast.unparse(layers[-1].args[1])}"
    last = made.body[-1]
    end = line_start(text, first + (last.end_lineno or last.lineno))
    if end < 0:
        return ""
    margin = " " * last.col_offset
    start = line_start(text, first + skip.lineno - 1) + skip.col_offset
    return put(
        text,
        (Piece(start, start + len(skip.id), skip.id), f"self.shortcut({skip.id})"),
        (Piece(end, end, ""), f"{margin}self.shortcut = {kind}({sizes}, 1{stride})\n"),
    )


def _block(text: str, line: int) -> tuple[ast.FunctionDef, ast.FunctionDef, int] | None:
    """(__init__, forward, the class's line) of the class that a line is in, where it can be read by itself."""
    lines = text[:_MOST].split("\n")
    starts = [n for n in range(1, min(line, len(lines)) + 1) if re.match(r"class \w", lines[n - 1])]
    if not starts:
        return None
    first = starts[-1]
    end = next((n for n in range(first, len(lines)) if lines[n].strip() and not lines[n][0].isspace()), len(lines))
    try:
        (node,) = ast.parse("\n".join(lines[first - 1 : end])).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    methods = {one.name: one for one in getattr(node, "body", []) if isinstance(one, ast.FunctionDef)}
    made, forward = methods.get("__init__"), methods.get("forward")
    return (made, forward, first) if made is not None and forward is not None else None


def _is_conv(node: ast.Call) -> bool:
    return re.search(r"\bConv[123]d$", ast.unparse(node.func)) is not None


def _added(forward: ast.FunctionDef, line: int, kept: set[str]) -> ast.Name | None:
    """The name that is added to the block's output in a line."""
    found = []
    for node in ast.walk(forward):
        pair: list[ast.expr] = []
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and node.lineno == line:
            pair = [node.value]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and node.lineno == line:
            pair = [node.left, node.right]
        found += [one for one in pair if isinstance(one, ast.Name) and one.id in kept]
    return found[0] if len(found) == 1 else None
