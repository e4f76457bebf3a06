"""A loss function of the asker's own that mixes the samples of a batch: what in it does, and the line that doesn't."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from explainers.core.finding import Change, Finding
from explainers.core.mistakes.kit.sheet import Family
from explainers.reading.patching.patch import diff_of
from explainers.reading.text import Cleaned

_DEF = re.compile(r"^(?P<indent>[ \t]{0,40})def \w{1,60}\((?P<arguments>[^()\n]{1,200})\) {0,3}:", re.MULTILINE)
_LOSSES = 8  # functions that are looked at
_LINES = 60  # lines of one of them
_REDUCED = ("sum", "mean", "max", "min", "reduce_sum", "reduce_mean", "prod", "any", "all", "argmax")
_LONGEST = 600  # letters of a line that is changed
_TITLE = "A loss that mixes the samples of a batch"


@dataclass(frozen=True)
class _Slip:
    """What a loss does to the axis of the samples, and what helps. wrong, right: the change in its lines."""

    cause: str
    fix: str
    code: str
    lines: range
    wrong: re.Pattern[str] | None = None
    right: str = ""


def of_own_loss(text: Cleaned, error: Finding) -> Finding:
    """The message again, where two numbers of rows meet and a loss in the text takes or mixes rows; else as it was."""
    both = error.named.get("both", ()) or (*error.named.get("expected", ()), *error.named.get("found", ()))
    rows = [shape for shape in both if len(shape) == 1]
    if len(rows) < 2:
        return error
    slip = next(_slips(text.shown), None)
    if slip is None:
        return error
    fix = Change(slip.fix, code=slip.code, diff=_diff(text.shown, slip))
    met = f"Here {rows[0][0]} and {rows[1][0]} numbers meet."
    return replace(
        error,
        mistake="target_shape",
        family=Family((), (), (), title=_TITLE),
        layer=None,
        class_name=None,
        named={},
        values={name: value for name, value in error.values.items() if name == "loss"},
        cause=f"{slip.cause} Keras needs one loss for each sample, so a loss must keep axis 0. {met}",
        fixes=(fix,),
        questions=(),
    )


def _slips(shown: str) -> Iterator[_Slip]:
    lines = shown.split("\n")
    for found in list(_DEF.finditer(shown))[:_LOSSES]:
        names = [name.partition(":")[0].partition("=")[0].strip() for name in found["arguments"].split(",")]
        pair = [name for name in names if re.search(r"true|pred|target|label|output", name, re.IGNORECASE)]
        if len(pair) < 2:
            continue
        first = shown.count("\n", 0, found.start())
        body = _body(lines, first, len(found["indent"].expandtabs()))
        try:
            tree = ast.parse("\n".join(_dedented(body)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        yield from _in_function(tree, set(pair), range(first, first + len(body)))


def _body(lines: list[str], first: int, indent: int) -> list[str]:
    """The lines of a function: as long as they stand further to the right."""
    body = [lines[first]]
    for line in lines[first + 1 : first + _LINES]:
        if line.strip() and len(line.expandtabs()) - len(line.expandtabs().lstrip()) <= indent:
            break
        body.append(line)
    return body


def _dedented(body: list[str]) -> list[str]:
    indent = len(body[0].expandtabs()) - len(body[0].expandtabs().lstrip())
    return [line.expandtabs()[indent:] for line in body]


def _in_function(tree: ast.Module, pair: set[str], lines: range) -> Iterator[_Slip]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in pair:
            place = node.slice.value if isinstance(node.slice, ast.Constant) else None
            if type(place) is int:
                yield _of_one_sample(node.value.id, place, pair, lines)
        elif isinstance(node, ast.Call):
            yield from _in_call(node, pair, lines)


def _of_one_sample(name: str, place: int, pair: set[str], lines: range) -> _Slip:
    """y_true[2] where y_true[:, 2] is meant."""
    return _Slip(
        f"{name}[{place}] is sample number {place} of the batch, not column {place}: axis 0 holds the samples.",
        "Take a column of all samples.",
        f"{name}[:, {place}]",
        lines,
        re.compile(rf"\b({'|'.join(map(re.escape, sorted(pair)))})\[(-?\d{{1,4}})\]"),
        r"\1[:, \2]",
    )


def _in_call(node: ast.Call, pair: set[str], lines: range) -> Iterator[_Slip]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    axis = next((keyword.value for keyword in node.keywords if keyword.arg == "axis"), None)
    if name in _REDUCED and isinstance(axis, ast.Constant) and type(axis.value) is int and axis.value == 0:
        yield _Slip(
            f"{name}(…, axis=0) runs over the samples of the batch and leaves one number for each column.",
            "Run over the columns: then each sample keeps its own loss.",
            f"{name}(…, axis=-1)",
            lines,
            re.compile(r"\baxis {0,2}= {0,2}0\b"),
            "axis=-1",
        )
    of_pair = any(isinstance(part, ast.Name) and part.id in pair for part in ast.walk(node))
    if of_pair and name == "reshape" and _first_is_open(node):
        yield _Slip(
            "The loss reshapes the whole batch to [-1, …], so it returns more or fewer numbers than there are samples.",
            "Keep the samples in front when you reshape, and return one number for each.",
            "y_pred = ops.reshape(y_pred, (ops.shape(y_pred)[0], -1, 2))\nreturn ops.mean(loss, axis=-1)",
            lines,
        )


def _first_is_open(node: ast.Call) -> bool:
    """reshape(y, [-1, 2]): the samples go where the rest leaves room. reshape(y, [-1]) is summed up afterwards."""
    for shape in (*node.args[1:], *(keyword.value for keyword in node.keywords)):
        if isinstance(shape, ast.List | ast.Tuple) and len(shape.elts) > 1:
            first = shape.elts[0]
            return (
                isinstance(first, ast.UnaryOp) and isinstance(first.operand, ast.Constant) and first.operand.value == 1
            )
    return False


def _diff(shown: str, slip: _Slip) -> str:
    """The asker's own lines, changed wherever that function has the slip."""
    if slip.wrong is None:
        return ""
    lines = shown.split("\n")
    for place in slip.lines:
        if place < len(lines) and len(lines[place]) < _LONGEST:
            lines[place] = slip.wrong.sub(slip.right, lines[place])
    return diff_of(shown, "\n".join(lines))
