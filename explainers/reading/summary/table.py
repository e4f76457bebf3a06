"""A printed model.summary() -> rows. ASCII tables of Keras 1, 2 and TF2, box tables of Keras 3, wrapped or cut off."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from explainers.core.layers import class_of
from explainers.core.spec import Sizes
from explainers.reading.literal import BY_NAME, KNOWN, today_name
from explainers.reading.summary.listed import listed
from explainers.reading.text import shapes_in

MOST_ROWS = 400
_HEADER = re.compile(r"Layer \(type\)|Output Shape|Param #")
_COLUMN_NAMES = tuple(map(re.compile, (r"Layer \(type\)", "Output Shape", r"Par(?:am?)?(?: #|\b)", "Connected to")))
_RULE = re.compile(r"^[\s_=─━┄\-+|│┃┏┓┗┛┡┩╇┳┻├┤┼└┘┬┴┌┐╞╡╪╒╕¯]{6,}$")
# Rows of a model inside the model (expand_nested=True): Keras 2 frames them, Keras 3 puts a hook in front.
_FRAME = re.compile(r"^(\|{1,8})([^|\n]{3,400})(\|{1,8})\s{0,200}$")
_HOOK = re.compile(r"^[│┃|]( {1,40})└ ")
_HOOK_STEP = 3  # blanks in front of a hook, for each level
_ROW = re.compile(
    r"^\s{0,60}(?P<name>[A-Za-z_][\w./-]{0,80}) ?\((?P<type>[A-Za-z_][\w.]{0,60})\)?\s{1,80}"
    r"(?P<shape>\[?\(?\([^()\n]{0,120}\)(?:, ?\([^()\n]{0,120}\)){0,8}[)\]]{0,2}|"
    r"\[[^()\[\]\n]{1,120}\]|multiple|\?|\(\))\s{1,80}"
    r"(?P<params>\d[\d,]{0,20})(?: \(unbuilt\))?(?P<rest>\s{1,60}\S[^\n]{0,160})?\s{0,200}$"
)
# A row that somebody put into a sentence: "why does dense_1 (Dense) (None, 128) have 401536?"
_IN_A_SENTENCE = re.compile(
    r"\b(?P<name>[A-Za-z_][\w./-]{0,80}) ?\((?P<type>[A-Z]\w{2,60})\)[\s,:]{1,8}"
    r"(?P<shape>\(None(?:, ?(?:None|\d{1,7})){1,6}\))"
    r"(?:[\s,:=]{1,8}|\s(?:has|have|with|and|says|shows)\s(?:params? )?)(?P<params>\d[\d,]{0,20}\b)"
)
# A column that is too narrow cuts a link anywhere: "lstm_1[0][2]", "lstm_1[0][…", "lstm_1[…", "lst…".
_LINK = re.compile(r"([A-Za-z_][\w./:-]{0,80}…?)(?:\[\d{1,4}\]?…?(?:\[(\d{1,4}|…)\]?…?)?|\[…|(?<=…))")
_TOTAL = re.compile(r"(Total|Trainable|Non-trainable) params: ?([\d,]{1,24})")


@dataclass
class Row:
    """One row of the table. outputs: None where the table says "multiple" or "?". place: start and end in the text.

    links: names (with "…" behind one that is cut off) and which of its outputs; None where that is cut off.
    """

    name: str
    type: str
    class_name: str | None
    outputs: tuple[Sizes, ...] | None
    params: int | None
    links: list[tuple[str, int | None]] = field(default_factory=list)
    place: tuple[int, int] = (0, 0)
    written: str = ""  # the shape as it stands there
    level: int = 0  # how many models this row's layer is inside of, besides the table's own


@dataclass
class Table:
    """All rows, and what stands under them."""

    rows: list[Row]
    connected: bool
    totals: dict[str, int]
    old: bool = False  # Keras 1 and 2 printed no line "Model:"; their GRU had one bias


def read_table(text: str) -> Table | None:
    """The first summary in a text; None where there is none."""
    raw = _collect(text) or _in_sentences(text)
    rows = [row for row in map(_row, raw) if row is not None][:MOST_ROWS]
    if not rows or not _is_summary(text, rows):
        rows = _of_a_list(text)
    if not rows:
        return None
    totals = {
        match[1].lower(): int(match[2].replace(",", "") or 0) for match in _TOTAL.finditer(text) if len(match[2]) < 18
    }
    connected = "connected to" in text.lower()
    old = _HEADER.search(text) is not None and "Model:" not in text and "│" not in text
    return Table(rows, connected, totals, old)


def _of_a_list(text: str) -> list[Row]:
    """The rows of a list without counts, with what its first layer reads in front of them."""
    rows: list[Row] = []
    for name, kind, read, made, place in listed(text):
        row = _row(_Cells([f"{name} ({kind})" if kind else name, made, ""], *place))
        if row is None:
            continue
        if not rows and read and row.class_name != "InputLayer":
            inputs = tuple(found.sizes for found in shapes_in(read))
            rows.append(Row(f"{name}_input", "InputLayer", "InputLayer", inputs, 0, place=place))
        rows.append(row)
    return rows


def _is_summary(text: str, rows: list[Row]) -> bool:
    """A header, two rows of layers, or one that is whole: name, class, shape and count."""
    known = [row for row in rows if row.class_name]
    whole = [row for row in known if row.type and row.outputs and row.params is not None]
    return len(_HEADER.findall(text)) >= 2 or len(known) >= 2 or (len(rows) == 1 and bool(whole))


@dataclass
class _Cells:
    """A row's four cells, put together from its lines."""

    cells: list[str]
    start: int
    end: int
    level: int = 0


def _collect(text: str) -> list[_Cells]:
    """Lines -> cells. A box table has bars; an ASCII table has columns where its header's words begin."""
    collected: list[_Cells] = []
    columns: list[int] | None = None
    closed, place, seen_header = True, 0, False
    for line in text.split("\n"):
        start, end = place, place + len(line)
        place, known = end + 1, len(collected)
        line, level = _unframed(line) if seen_header else (line, 0)
        if len(collected) > MOST_ROWS or len(line) > 2000:
            break
        if len(_HEADER.findall(line)) >= 2:
            if collected:
                break  # a second table: the first is read
            columns, seen_header, closed = _columns(line), True, True
            continue
        if _RULE.match(line):
            closed = True
            continue
        if "│" in line or "┃" in line or (seen_header and line.count("|") >= 3):
            closed = _box_line(line, start, end, closed, collected)
        elif match := _ROW.match(line):
            collected.append(
                _Cells(
                    [f"{match['name']} ({match['type']})", match["shape"], match["params"], match["rest"] or ""],
                    start,
                    end,
                )
            )
            closed = False
        elif (
            columns
            and line.strip()
            and (collected or seen_header)
            and not _TOTAL.search(line)
            and not re.match(r"\s*(Traceback|File|Model:)", line)
        ):
            closed = _column_line(line, columns, start, end, closed, collected)
        elif _TOTAL.search(line):
            closed, columns = True, None
        if len(collected) > known:
            collected[-1].level = level
    return collected


def _unframed(line: str) -> tuple[str, int]:
    """The line without the frame or the hook of a model inside the model, in its columns, and how deep it is."""
    frame, hook = _FRAME.match(line), _HOOK.match(line)
    if frame is not None and len(frame[1]) == len(frame[3]) and not _RULE.match(frame[2]):
        return " " * len(frame[1]) + frame[2], len(frame[1])
    if hook is not None:
        return line.replace("└", " ", 1), max(1, len(hook[1]) // _HOOK_STEP)
    return line, 0


def _in_sentences(text: str) -> list[_Cells]:
    """Whole rows within sentences."""
    return [
        _Cells([f"{row['name']} ({row['type']})", row["shape"], row["params"], ""], row.start(), row.end())
        for row in islice(_IN_A_SENTENCE.finditer(text), MOST_ROWS)
    ]


def _columns(line: str) -> list[int]:
    """Where the columns begin, by the words of the header."""
    return [found.start() for word in _COLUMN_NAMES if (found := word.search(line))]


def _box_line(line: str, start: int, end: int, closed: bool, collected: list[_Cells]) -> bool:
    parts = re.split(r"[│┃|]", line.strip().strip("│┃|"))
    cells = [part.strip() for part in parts][:4]
    if len(cells) < 2:
        return closed
    cells += [""] * (4 - len(cells))
    whole = (
        bool(re.match(r"[A-Za-z_][\w./-]{0,80} ?\(", cells[0])) and bool(cells[1]) and bool(re.match(r"\d", cells[2]))
    )
    if closed or whole or not collected:  # a table of a mail or a note has no rules between its rows
        collected.append(_Cells(cells, start, end))
    else:
        last = collected[-1]
        last.cells = [f"{a} {b}".strip() for a, b in zip(last.cells, cells, strict=True)]
        last.end = end
    return False


def _column_line(line: str, columns: list[int], start: int, end: int, closed: bool, collected: list[_Cells]) -> bool:
    """A line that isn't a whole row: a wrapped part of the row above, or a row whose name stands alone."""
    ends = [*columns[1:], len(line)]
    offset = min(columns[0], len(line) - len(line.lstrip()))
    cells = [
        line[max(a - (columns[0] - offset), 0) : max(b - (columns[0] - offset), 0)].strip()
        for a, b in zip(columns, ends, strict=True)
    ]
    cells += [""] * (4 - len(cells))
    begins = bool(re.match(r"[A-Za-z_][\w./-]* ?\(", cells[0])) and bool(cells[1] or cells[2])
    if begins or (closed and cells[0]):
        collected.append(_Cells(cells, start, end))
    elif collected:
        last = collected[-1]
        last.cells = [a + b for a, b in zip(last.cells, cells, strict=True)]  # cut anywhere, inside a number too
        last.end = end
    return False


def _row(cells: _Cells) -> Row | None:
    label, shape, params, links = [*cells.cells, ""][:4]
    match = re.match(r"([A-Za-z_][\w./-]{0,120}?)(?:…|\.{2,3})? ?\(([A-Za-z_][\w.]{0,60})?", f"{label}(")
    if match is None or (not shape and not params) or not re.search(r"\d|\?|multiple", shape + params):
        return None
    name = match[1]
    kind = match[2] or ""
    number = re.match(r"\d[\d,]{0,20}", params)
    outputs = tuple(found.sizes for found in shapes_in(shape))
    if not outputs and shape.startswith("(") and ")" not in shape:  # cut off by the column: its last number isn't whole
        outputs = tuple((*found.sizes[:-1], None) for found in shapes_in(shape.rstrip(", ") + ")"))
    return Row(
        name,
        kind,
        _class(name, kind, outputs),
        outputs or None,
        int(number[0].replace(",", "")) if number and len(number[0]) < 18 else None,
        list(map(_link, _LINK.finditer(links))),
        (cells.start, cells.end),
        shape,
        cells.level,
    )


def _link(found: re.Match[str]) -> tuple[str, int | None]:
    """``lstm_1[0][2]`` -> ("lstm_1", 2)."""
    output = found[2]
    if output is not None:
        return found[1], None if output == "…" else int(output)
    return found[1], None if "…" in found[0] else 0


def _class(name: str, kind: str, outputs: tuple[Sizes, ...] = ()) -> str | None:
    """The class by the type that is printed (it may be cut off), else by the layer's name.

    ``AveragePoo…`` with four axes behind it is an AveragePooling2D.
    """
    if kind in ("InputLayer", "Sequential", "Functional", "Model"):
        return {"Model": "Functional"}.get(kind, kind)
    exact = today_name(kind)
    if exact and kind in (*BY_NAME, *(old for k in KNOWN for old in k.old), "Merge"):
        return exact
    by_name = class_of(name)
    if by_name and (by_name.startswith(kind) or any(old.startswith(kind) for old in _old(by_name))):
        return by_name
    begin = _beginning_with(kind)
    if len(begin) > 1 and outputs:
        begin = [n for n in begin if n in BY_NAME and BY_NAME[n].rank == len(outputs[0])]
    if len(begin) == 1:
        return begin[0]
    return "InputLayer" if kind and len(kind) >= 5 and "InputLayer".startswith(kind) else by_name if not kind else None


def _beginning_with(kind: str) -> list[str]:
    """Today's names of the classes that a type which was cut off may be the beginning of."""
    names = (*BY_NAME, *(old for known in KNOWN for old in known.old))
    return sorted({today_name(name) or name for name in names if len(kind) >= 5 and name.startswith(kind)})


def class_by_rank(row: Row, before: Sizes) -> str | None:
    """The class of a row whose type was cut off, by the axes of what it reads: ``GlobalAveragePool…`` of 3 axes."""
    begin = [name for name in _beginning_with(row.type) if name in BY_NAME and BY_NAME[name].rank == len(before)]
    return begin[0] if len(begin) == 1 else None


def _old(name: str) -> tuple[str, ...]:
    rules = BY_NAME.get(name)
    return rules.old if rules else ()
