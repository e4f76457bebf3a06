"""print(model) and the tables of torchsummary and torchinfo, written as a program that makes and calls these layers.

Each layer keeps the line that it has in the text.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from explainers.core.layers import blocks
from explainers.reading.ported.recurrent import RECURRENT_THERE
from explainers.reading.ported.tabulated import is_tabulated, of_table

_MODULE = re.compile(r"^\s{0,40}\((\w{1,40})\): (?:\d{1,3} x )?([A-Z]\w{1,40})\(([^\n]{0,300})$")
_CLOSED = re.compile(r"^\s{0,40}\)\s{0,9}$")
_WRITTEN = re.compile(r"\bnn\.[A-Z]\w{1,40}\(|\bdef forward\b")
_ROW = re.compile(
    r"^[\s│├└─|*+-]{0,60}([A-Z]\w{1,40})(?:\s\(\w{1,40}\))?(?:-(\d{1,4})|: ?(\d{1,3}-\d{1,4}))\s{1,80}"
    r"(?:\[(-?\d[\d, ]{0,60})\]\s{1,80})?\[(-?\d[\d, ]{0,60})\]\s{1,80}([\d,]{1,20}|--)"
)
_SIDES = (32, 28, 224, 64, 96, 128, 256, 299, 227, 48, 100, 150, 512)
_CHANNELS = (3, 1, 2, 4, 6, 12, 16, 32, 64)
LISTED = "A print of a model lists its layers, not the lines that call them: here they are called in this order."
IN_FLAX = "Such a table has the layers, not what __call__ does between them: that is worked out from the shapes."
IN_A_TABLE = (
    "Kernel, stride, padding and functions such as F.max_pool2d aren't in such a table: they are worked out from its "
    "shapes and counts."
)


def as_program(text: str) -> str:
    """The text as code where it lists a model; as it is where it is code already."""
    if is_tabulated(text):
        return of_table(text)
    if _WRITTEN.search(text):
        return text
    rows = _rows(text)
    if len(rows) > 1:
        return _of_rows(text, rows)
    return _of_print(text)


def note_of(text: str) -> str:
    """What a list of layers leaves open."""
    if is_tabulated(text):
        return IN_FLAX
    if _WRITTEN.search(text):
        return ""
    if len(_rows(text)) > 1:
        return IN_A_TABLE
    return LISTED if sum(_MODULE.match(line) is not None for line in text.split("\n")) > 1 else ""


def is_listed(text: str) -> bool:
    """Whether a text lists the layers of PyTorch in one of these forms."""
    return bool(note_of(text))


# -- print(model) ------------------------------------------------------------------------------------------------


def _of_print(text: str) -> str:
    lines: list[str] = []
    path: list[str] = []
    found = 0
    for line in text.split("\n"):
        module = _MODULE.match(line)
        if module is not None and module[3].rstrip().endswith(")"):
            name = "_".join((*path, module[1]))
            name = name if name[0].isalpha() else f"layer_{name}"
            lines.append(f"self.{name} = nn.{module[2]}({module[3].rstrip()}")
            found += 1
            continue
        if module is not None and not module[3].strip():
            path.append(module[1])
        elif _CLOSED.match(line) and path:
            path.pop()
        lines.append("")
    return "\n".join(lines) if found > 1 else text


# -- a table -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    line: int
    kind: str
    before: tuple[int, ...]
    shape: tuple[int, ...]
    count: int


def _rows(text: str) -> list[_Row]:
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        found = _ROW.match(line[:300])
        if found is None:
            continue
        leaf = _is_leaf(found[1])
        if not leaf and found[6] == "--":
            continue  # the row of a module that holds others
        before = _ints(found[4] or "")
        count = 0 if found[6] == "--" else int(found[6].replace(",", ""))
        rows.append(_Row(number, found[1], before, _ints(found[5]), count))
    return rows


def _is_leaf(kind: str) -> bool:
    from explainers.reading.ported.torch_layers import PORTS  # that module reads nothing of this one

    return kind in PORTS or kind in RECURRENT_THERE or kind == "MultiheadAttention"


def _ints(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"-?\d{1,9}", text))


def _of_rows(text: str, rows: list[_Row]) -> str:
    """One line for each row: the layer is made and called."""
    lines = [""] * len(text.split("\n"))
    before = _entering(rows[0])
    start = f"x = torch.{'randint' if rows[0].kind == 'Embedding' else 'zeros'}(({', '.join(map(str, before))},)); "
    for place, row in enumerate(rows):
        between, before = _between(row, before)
        made = _made(row, before)
        name = f"{row.kind.lower()}_{place + 1}"
        call = f"x, state = {name}(x)" if row.kind in RECURRENT_THERE else f"x = {name}(x)"
        lines[row.line - 1] = f"{start}{between}{name} = nn.{row.kind}({made}); {call}"
        start, before = "", row.shape
    return "\n".join(lines)


def _between(row: _Row, before: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """What the lines between two rows do, which no table shows: a pooling function, a flatten, the last step taken."""
    if len(before) == 3 and len(row.shape) == 2 and (row.kind == "Linear" or before[-1] == row.shape[-1]):
        return "x = x[:, -1]; ", (before[0], before[2])
    rank = len(before) - 2
    turned = row.kind.startswith("ConvT")
    if row.kind.startswith("Conv") and not turned and len(row.shape) == len(before) and not _conv(row, before, True):
        pooled = _pooled(before, 2)
        return (_POOL.format(rank, 2), pooled) if _conv(row, pooled, True) else ("", before)
    if len(before) < 4 or len(row.shape) != 2 or not row.shape[-1] or row.kind == "Flatten":
        return "", before
    widths = _widths(row)
    for factor in (1, 2, 3, 4):
        pooled = _pooled(before, factor)
        if math.prod(pooled[1:]) in widths:
            first = _POOL.format(rank, factor) if factor > 1 else ""
            return f"{first}x = x.flatten(1); ", (before[0], math.prod(pooled[1:]))
    if before[1] in widths:
        return f"x = F.adaptive_avg_pool{rank}d(x, 1); x = x.flatten(1); ", before[:2]
    return "x = x.flatten(1); ", (before[0], math.prod(before[1:]))


def _widths(row: _Row) -> tuple[int, ...]:
    """How many features a row can read: by its parameters, with and without a bias; else what it returns."""
    if row.kind != "Linear":
        return (row.shape[-1],)
    whole = row.count // row.shape[-1]
    return (whole - 1, whole) if row.count % row.shape[-1] == 0 else (whole,)


_POOL = "x = F.max_pool{}d(x, {}); "


def _pooled(shape: tuple[int, ...], factor: int) -> tuple[int, ...]:
    return (*shape[:2], *(n // factor for n in shape[2:]))


def _entering(row: _Row) -> tuple[int, ...]:
    """The shape of the data: printed next to the first row, or worked out from it."""
    if row.before:
        return (2, *row.before[1:])
    if row.kind.startswith("Conv") and not row.kind.startswith("ConvT"):
        return _before_a_conv(row)
    if row.kind == "Linear" and row.shape[-1] and row.count:
        bias = 1 if row.count % row.shape[-1] == 0 else 0
        return (2, *row.shape[1:-1], max(1, row.count // row.shape[-1] - bias))
    if row.kind in RECURRENT_THERE and row.shape[-1]:
        units = row.shape[-1]
        width = row.count // (blocks(RECURRENT_THERE[row.kind]) * units) - units - 2
        return (2, *row.shape[1:-1], max(1, width))
    if row.kind == "Embedding":
        return (2, *row.shape[1:-1])
    return (2, *row.shape[1:])


def _before_a_conv(row: _Row) -> tuple[int, ...]:
    rank = len(row.shape) - 2
    plain = [(channels, found) for channels in _CHANNELS if (found := _kernel(row, channels)) is not None]
    for channels, found in sorted(plain, key=lambda one: one[1][2] > 1):  # an ordinary convolution first
        side, size = row.shape[2], found[0]
        likely = [side + size - 1 - 2 * p for p in (0, size // 2)]  # without padding, and with as much as keeps it
        halved = [2 * side]
        wide = next((n for n in (*likely, *halved) if n in _SIDES), likely[1])
        return (2, channels, *(wide + (n - side) * (2 if wide == 2 * side else 1) for n in row.shape[2 : 2 + rank]))
    return (2, 3, *row.shape[2:])


def _kernel(row: _Row, channels: int) -> tuple[int, int, int] | None:
    """(kernel, bias, groups) for which the count is right."""
    rank, filters = len(row.shape) - 2, row.shape[1]
    for groups in dict.fromkeys((1, channels)):
        for size in (3, 5, 1, 7, 2, 4, 6, 9, 11, 8, 10, 13, 15):
            for bias in (1, 0):
                if (
                    filters % groups == 0
                    and filters * (size**rank * channels // groups + bias) == row.count
                    and channels % groups == 0
                ):
                    return size, bias, groups
    return None


def _made(row: _Row, before: tuple[int, ...]) -> str:
    """The arguments of a row's layer."""
    if row.kind.startswith("Conv"):
        return _conv(row, before)
    if row.kind == "Linear":
        flat = len(row.shape) == 2 and len(before) > 3
        width = math.prod(before[1:]) if flat else before[-1]
        return f"{width}, {row.shape[-1]}" + ("" if row.count != width * row.shape[-1] else ", bias=False")
    if row.kind.startswith(("BatchNorm", "InstanceNorm")):
        return str(row.shape[1]) + (", affine=True" if row.kind.startswith("Inst") and row.count else "")
    if row.kind.startswith(("MaxPool", "AvgPool")):
        window, pad = _pool(before[2:], row.shape[2:])
        return f"{window[0]}, {window[1]}, {pad}"
    if row.kind.startswith("Adaptive"):
        return repr(tuple(row.shape[2:]))
    if row.kind in RECURRENT_THERE:
        one = blocks(RECURRENT_THERE[row.kind]) * row.shape[-1] * (before[-1] + row.shape[-1] + 2)
        both = ", bidirectional=True" if row.count != one and row.shape[-1] % 2 == 0 else ""
        units = row.shape[-1] // 2 if both else row.shape[-1]
        return f"{before[-1]}, {units}, batch_first=True{both}"
    if row.kind == "Embedding":
        return f"{row.count // row.shape[-1]}, {row.shape[-1]}"
    return repr(row.shape[-1]) if row.kind == "LayerNorm" else ""


def _conv(row: _Row, before: tuple[int, ...], usual: bool = False) -> str:
    """Its arguments. usual: only strides of 1 and 2, with no padding or as much as keeps the size."""
    channels = before[1] if len(before) > 1 else 1
    found = _kernel(row, channels)
    if found is None or len(before) != len(row.shape):
        return ""  # what this row reads isn't the row before it: a gap is told where it is called
    size, bias, groups = found
    tail = (", bias=False" if not bias else "") + (f", groups={groups}" if groups > 1 else "")
    for stride in (1, 2) if usual else (1, 2, 4, 3):
        for pad in dict.fromkeys((size // 2, 0) if usual else (size // 2, 0, *range(size))):
            turned = row.kind.startswith("ConvT")
            made = [(n - 1) * stride - 2 * pad + size if turned else (n + 2 * pad - size) // stride + 1
                    for n in before[2:]]  # fmt: skip
            if made == list(row.shape[2:]):
                return f"{channels}, {row.shape[1]}, {size}, {stride}, {pad}{tail}"
    return ""


def _pool(before: tuple[int, ...], after: tuple[int, ...]) -> tuple[tuple[int, int], int]:
    """((kernel, stride), padding)."""
    for window, stride, pad in ((2, 2, 0), (3, 2, 1), (3, 2, 0), (3, 3, 0), (4, 4, 0), (5, 5, 0), (2, 1, 0), (3, 1, 1)):
        if [(n + 2 * pad - window) // stride + 1 for n in before] == list(after):
            return (window, stride), pad
    wide = max(1, before[0] // max(1, after[0])) if before and after else 1
    return (wide, wide), 0
