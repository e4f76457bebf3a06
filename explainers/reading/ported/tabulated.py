"""The table of flax's ``nn.Module.tabulate``, written as a program that makes and calls its layers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_HEAD = re.compile(r"[┃|]\s*path\s*[┃|]\s*module\s*[┃|]\s*inputs\s*[┃|]\s*outputs\s*[┃|]")
_ARRAY = re.compile(r"\b(?:float|int|uint|bfloat)\d{1,2}\[([\d, ]{1,60})")
_KERNEL = re.compile(r"\b(kernel|scale|embedding|bias): (?:float|bfloat)\d{1,2}\[([\d, ]{1,60})")
_BARS = re.compile(r"[│┃|]")


@dataclass
class _Row:
    line: int
    path: str
    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    kept: dict[str, tuple[int, ...]] = field(default_factory=dict)


def is_tabulated(text: str) -> bool:
    """Whether a text has such a table."""
    return _HEAD.search(text) is not None


def of_table(text: str) -> str:
    """One line for each row of a layer, in the line where it begins; the text where none was read."""
    rows = [row for row in _rows(text) if row.path and row.inputs and _made(row)]
    if not rows:
        return text
    lines = [""] * len(text.split("\n"))
    lines[rows[0].line - 1] = f"x = jnp.ones({_tuple(rows[0].inputs)}); "
    before = rows[0].inputs
    for row in rows:
        lines[row.line - 1] += f"{_between(before, row.inputs)}x = nn.{row.kind}({_made(row)})(x)"
        before = _after(row)
    return "\n".join(lines)


def _rows(text: str) -> list[_Row]:
    rows: list[_Row] = []
    for number, line in enumerate(text.split("\n"), 1):
        cells = [cell.strip() for cell in _BARS.split(line[:400])]
        if len(cells) < 7 or _HEAD.search(line):
            continue
        path, kind, inputs, outputs, kept = cells[1:6]
        if kind and "Total" not in line:
            rows.append(_Row(number, path, kind, _shape(inputs), _shape(outputs)))
        for found in _KERNEL.finditer(kept) if rows else ():
            rows[-1].kept[found[1]] = tuple(int(n) for n in re.findall(r"\d{1,9}", found[2]))
    return rows


def _shape(cell: str) -> tuple[int, ...]:
    found = _ARRAY.search(cell)
    if found is None:
        return ()
    sizes = tuple(int(n) for n in re.findall(r"\d{1,9}", found[1]))
    cut = cell[found.end() : found.end() + 1] == "…" and found[1][-1:].isdigit()
    return sizes[:-1] if cut else sizes  # a cell that is too narrow ends in the middle of a number


def _tuple(sizes: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, sizes))},)"


def _made(row: _Row) -> str:
    """The arguments of a layer, from the axes of what it keeps."""
    kernel = row.kept.get("kernel", ())
    if row.kind == "Dense" and len(kernel) == 2:
        return f"{kernel[1]}" + ("" if "bias" in row.kept else ", use_bias=False")
    if row.kind == "Conv" and len(kernel) > 2:
        given = f"{kernel[-1]}, {_tuple(kernel[:-2])}"
        return given + _strided(row, kernel)[0] + ("" if "bias" in row.kept else ", use_bias=False")
    if row.kind == "Embed" and "embedding" in row.kept:
        return f"{row.kept['embedding'][0]}, {row.kept['embedding'][1]}"
    if row.kind == "BatchNorm":
        return "use_running_average=True"
    return "epsilon=1e-06" if row.kind == "LayerNorm" else ""


def _strided(row: _Row, kernel: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """Strides and padding for which the sides come out, and these sides; those that a cut cell shows are enough."""
    for stride in (1, 2, 4):
        for padding in ("SAME", "VALID"):
            made = tuple(-(-n // stride) if padding == "SAME" else (n - k) // stride + 1
                         for n, k in zip(row.inputs[1:-1], kernel[:-2], strict=False))  # fmt: skip
            shown = row.outputs[1 : 1 + len(made)]
            if shown and made[: len(shown)] == shown:
                step = f", strides={_tuple((stride,) * len(made))}" if stride > 1 else ""
                return step + ("" if padding == "SAME" else ', padding="VALID"'), made
    return "", row.inputs[1:-1]


def _after(row: _Row) -> tuple[int, ...]:
    """What a layer returns, where its cell may be cut."""
    kernel = row.kept.get("kernel", row.kept.get("embedding", ()))
    if row.kind == "Conv" and len(kernel) > 2:
        return (row.inputs[0], *_strided(row, kernel)[1], kernel[-1])
    if row.kind == "Dense":
        return (*row.inputs[:-1], kernel[-1])
    return (*row.inputs, kernel[-1]) if row.kind == "Embed" else row.inputs


def _between(before: tuple[int, ...], after: tuple[int, ...]) -> str:
    """What __call__ does between two layers, which the table doesn't show: pooling, and a flatten."""
    if before == after or len(before) < 3:
        return ""
    count = 1
    for n in after[1:]:
        count *= n
    if len(after) == len(before) and len(before) > 2:
        factor = before[1] // after[1] if after[1] else 1
        return _pooled(len(before) - 2, factor) if factor > 1 else ""
    if len(after) != 2:
        return ""
    flat = "x = x.reshape((x.shape[0], -1)); "
    for factor in (1, 2, 3, 4):
        sides = [n // factor for n in before[1:-1]]
        inside = before[-1]
        for n in sides:
            inside *= n
        if inside == count:
            return (_pooled(len(sides), factor) if factor > 1 else "") + flat
    return flat


def _pooled(rank: int, factor: int) -> str:
    window = _tuple((factor,) * rank)
    return f"x = nn.max_pool(x, {window}, strides={window}); "
