"""Two settings of one lesson side by side: what differs, and why, from the origins of the axes.

`a` is the pinned setting, `b` the one on the page. Layers are aligned by name; what was not built is not compared.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explainers.core.axes import Axis, Shape, blocks, names, sizes
from explainers.core.results import BuildError, Explanation, Inspection, Layer, Step, Weight
from explainers.core.words import listed
from views import diffs as lines_of
from views import grid
from views.shape_flow import Mark

A, B = "pinned", "now"
SIDES = "- pinned, + now"
INPUT = "InputLayer"
KEY = "Shaded: different. Plain: the same."
PICTURE_KEY = (
    "Thick edges and underlined numbers differ between the two pictures. Point at or tap a layer's name for the reason."
)
Places = frozenset[tuple[int, int]]  # (shape, axis)


@dataclass(frozen=True)
class DimChange:
    """A dim with its two values, as they stand in a link."""

    name: str
    a: str
    b: str


@dataclass(frozen=True)
class LayerRow:
    """One layer in both settings; None where it isn't there. moved: the axes that differ. why: "" where none does."""

    name: str
    a: Layer | None
    b: Layer | None
    moved_a: Places
    moved_b: Places
    why: str


@dataclass(frozen=True)
class WeightRow:
    """One weight that differs, or all weights of a layer that is in one setting only (then `name` is "").

    a, b: ``"3 × 4 × 5 = 60"``; "" where it isn't there. reasons: those in `why`, one by one.
    """

    layer: str
    name: str
    a: str
    b: str
    why: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All that differs. totals: parameters, None for a side that can't be built. same_weights: how many are equal.

    summary, code: the lines of a unified diff; () where both are the same. flows: by step, what differs in
    each picture.
    """

    dims: tuple[DimChange, ...]
    layers: tuple[LayerRow, ...]
    weights: tuple[WeightRow, ...]
    same_weights: int
    totals: tuple[int | None, int | None]
    total_why: str
    errors: tuple[BuildError | None, BuildError | None]
    summary: tuple[str, ...]
    code: tuple[str, ...]
    flows: tuple[dict[int, Mark], dict[int, Mark]]


def compare(a: Explanation, b: Explanation) -> Comparison:
    """What differs between two settings of the same lesson, each difference with its reason."""
    one, two = a.inspection, b.inspection
    dims = tuple(
        DimChange(name, str(a.dims[name]), str(value)) for name, value in b.dims.items() if a.dims[name] != value
    )
    pairs = aligned(one.layers, two.layers)
    layers = tuple(_layer_row(x, y, dims, (one, two)) for x, y in pairs)
    weights = [weight for row in layers for weight in _weight_rows(row)]
    differing = tuple(row for row in weights if row.why)
    return Comparison(
        dims=dims,
        layers=layers,
        weights=differing,
        same_weights=len(weights) - len(differing),
        totals=(_total(one), _total(two)),
        total_why=_total_why(pairs, one, two),
        errors=(one.error, two.error),
        summary=lines_of.unified(one.summary, two.summary, A, B),
        code=lines_of.unified(one.code, two.code, A, B),
        flows=_marked(one, two, _reasons(layers, differing)),
    )


def aligned(a: Sequence[Layer], b: Sequence[Layer]) -> list[tuple[Layer | None, Layer | None]]:
    """Layers of the same name together, in the order of the flow; one that has no partner stands alone."""
    left, right = {layer.name: layer for layer in a}, {layer.name: layer for layer in b}
    order: list[str] = []
    matcher = difflib.SequenceMatcher(None, list(left), list(right), autojunk=False)
    for _, i, j, k, m in matcher.get_opcodes():
        order += [*list(left)[i:j], *list(right)[k:m]]
    return [(left.get(name), right.get(name)) for name in dict.fromkeys(order)]


def text(found: Comparison) -> str:
    """What differs, in one or two sentences."""
    if not found.dims:
        return "Nothing differs yet: this is the pinned setting. Change a dim to see both models side by side."
    changes = listed([f"**{c.name}** {c.a} → {c.b}" for c in found.dims])
    one = f"{_count(len(found.dims), 'dim differs', 'dims differ')}: {changes}."
    if any(found.errors):
        return f"{one} {_failed(found.errors)}"
    if not found.code:
        return f"{one} It changes nothing in the model: all shapes and weights are the same."
    moved = sum(bool(row.moved_a or row.moved_b) or row.a is None or row.b is None for row in found.layers)
    shapes = f"{moved} of {_count(len(found.layers), 'layer')} {'differs' if moved == 1 else 'differ'} in shape"
    before, after = (total or 0 for total in found.totals)
    counts = (
        f"the model keeps its {_count(after, 'parameter')}"
        if before == after
        else f"{before:,} parameters become {after:,} ({_signed(after - before)})"
    )
    return f"{one} {shapes if moved else 'No layer differs in shape'}, and {counts}."


def _failed(errors: tuple[BuildError | None, BuildError | None]) -> str:
    sides = [f"the {side} setting" for side, error in zip((A, "current"), errors, strict=True) if error is not None]
    both = " Only the layers before the failure are compared." if len(sides) < 2 else ""
    return f"Keras can't build {listed(sides)}.{both}"


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _total(found: Inspection) -> int | None:
    return None if found.error is not None else found.total_params


# -- shapes --------------------------------------------------------------------------------------------------


def _layer_row(
    a: Layer | None, b: Layer | None, dims: tuple[DimChange, ...], both: tuple[Inspection, Inspection]
) -> LayerRow:
    if a is None or b is None:
        there = a or b
        assert there is not None
        return LayerRow(there.name, a, b, frozenset(), frozenset(), _alone(a is None, dims, both))
    moved_a, moved_b = _moved(a.outputs, b.outputs)
    return LayerRow(b.name, a, b, moved_a, moved_b, _layer_why(a, b))


def _alone(only_b: bool, dims: tuple[DimChange, ...], both: tuple[Inspection, Inspection]) -> str:
    """Why a layer is in one setting only. With a single dim changed there is only one thing it can be."""
    missing = both[0] if only_b else both[1]
    if missing.error is not None:
        return f"The {'pinned' if only_b else 'current'} setting can't be built up to this layer."
    where = "now" if only_b else "in the pinned setting"
    why = f", because {dims[0].name} {dims[0].a} → {dims[0].b}" if len(dims) == 1 else ""
    return f"Only {where}{why}."


def pairs_of(a: Shape, b: Shape) -> list[tuple[int, int]]:
    """Which axis of `a` is which of `b`: by place, or by name where one has more axes."""
    if len(a) == len(b):
        return [(place, place) for place in range(len(a))]
    blocks = difflib.SequenceMatcher(None, names(a), names(b), autojunk=False).get_matching_blocks()
    return [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]


def _moved(a: Sequence[Shape], b: Sequence[Shape]) -> tuple[Places, Places]:
    """The places that differ: another size, another name, or no partner."""
    same_a, same_b = set(), set()
    for row, (one, two) in enumerate(zip(a, b, strict=False)):
        for i, j in pairs_of(one, two):
            if _alike(one[i], two[j]):
                same_a.add((row, i))
                same_b.add((row, j))
    return _places(a) - same_a, _places(b) - same_b


def _alike(a: Axis, b: Axis) -> bool:
    return (a.axis, a.size) == (b.axis, b.size)


def _places(shapes: Sequence[Shape]) -> Places:
    return frozenset((row, place) for row, shape in enumerate(shapes) for place in range(len(shape)))


def _layer_why(a: Layer, b: Layer) -> str:
    """Axis by axis what came in, with its source; then the arguments that differ and are no such source."""
    changes = [told for one, two in zip(a.outputs, b.outputs, strict=False) for told in _shape_changes(a, b, one, two)]
    if len(a.outputs) != len(b.outputs):
        changes.append(f"{_count(len(b.outputs), 'tensor')} instead of {len(a.outputs)}")
    told = "; ".join(dict.fromkeys(changes))
    rest = [part for name, part in _said(a, b).items() if f"{b.name}.{name}" not in told and part not in told]
    if rest and b.class_name != INPUT:  # an Input's arguments are its shape
        told += f"{'. Also different: ' if told else 'the same shape; what differs: '}{listed(rest)}"
    return f"{told[0].upper() if told.startswith('the ') else told[0]}{told[1:]}." if told else ""


def _shape_changes(a: Layer, b: Layer, one: Shape, two: Shape) -> list[str]:
    """``the axis timesteps is gone, because return_sequences=True is gone``; ``units 5 → 10 (level_1.units)``."""
    changes = []
    for axes, (before, after), verb in (
        (_without_partner(one, two), (a, b), "gone"),
        (_without_partner(two, one), (b, a), "new"),
    ):
        if axes:
            read = {axis.axis for shape in before.inputs for axis in shape}
            read -= {axis.axis for shape in after.inputs for axis in shape}
            upstream = all(axis.axis in read for axis in axes)
            said = "" if upstream else listed(list(_said(a, b).values()))
            because = ", as in its input" if upstream else f", because {said}" if said else ""
            changes.append(f"the {_axes([axis.axis for axis in axes])} {verb}{because}")
    return [*changes, *(told for i, j in pairs_of(one, two) if (told := change(one[i], two[j])))]


def _axes(axes: list[str]) -> str:
    return f"axis {axes[0]} is" if len(axes) == 1 else f"axes {listed(axes)} are"


def _without_partner(a: Shape, b: Shape) -> list[Axis]:
    matched = {i for i, _ in pairs_of(a, b)}
    return [axis for place, axis in enumerate(a) if place not in matched]


def _said(a: Layer, b: Layer) -> dict[str, str]:
    """What was written differently, by argument: ``return_sequences=True is gone``; ``kernel_size 3 → 2``."""
    parts = {"class": f"{b.class_name} instead of {a.class_name}"} if a.class_name != b.class_name else {}
    for name in dict.fromkeys((*a.arguments, *b.arguments)):
        before, after = a.arguments.get(name), b.arguments.get(name)
        if before is None:
            parts[name] = f"{name}={after} is new"
        elif after is None:
            parts[name] = f"{name}={before} is gone"
        elif before != after:
            parts[name] = f"{name} {before} → {after}"
    return parts


def change(a: Axis, b: Axis) -> str:
    """``units 5 → 10 (level_1.units)``, also for the 4 × units of it; "" where both are the same."""
    if _alike(a, b):
        return ""
    if b.parts and names(a.parts) == names(b.parts):
        inside = [told for one, two in zip(a.parts, b.parts, strict=True) if (told := change(one, two))]
        return f"{b.axis} {_spelled(a.size)} → {_spelled(b.size)}: {listed(inside)}"
    where = f" ({', '.join(b.sources)})" if 0 < len(b.sources) < 3 else f" ({b.origin})" if b.origin else ""
    if a.axis != b.axis:
        return f"{a.axis} {a.size} → {b.axis} {b.size}{where}"
    times, base = blocks(b)
    if times > 1 and a.size is not None and b.size is not None:
        return f"{base} {a.size // times:,} → {b.size // times:,}{where}"
    return f"{b.axis} {_spelled(a.size)} → {_spelled(b.size)}{where}"


def _spelled(size: int | None) -> str:
    return "None" if size is None else f"{size:,}"


# -- pictures ------------------------------------------------------------------------------------------------


def _marked(one: Inspection, two: Inspection, whys: dict[str, str]) -> tuple[dict[int, Mark], dict[int, Mark]]:
    """Step by step what a picture shows that the other doesn't; a layer's calls are matched in their order."""
    left, right = _calls(one), _calls(two)
    params = {layer.name: layer.params for layer in two.layers}
    heavier = {layer.name for layer in one.layers if params.get(layer.name) not in (None, layer.params)}
    both: tuple[dict[int, Mark], dict[int, Mark]] = ({}, {})
    for call in dict.fromkeys((*left, *right)):
        why = whys.get(call[0], "")
        if call not in left or call not in right:
            side, steps, other = (0, left, two) if call in left else (1, right, one)
            index, step = steps[call]
            note = "only here" if other.error is None else "not built in the other"
            both[side][index] = Mark(_places(step.outputs), note=note, why=why)
            continue
        (i, a), (j, b) = left[call], right[call]
        moved_a, moved_b = _moved(a.outputs, b.outputs)
        if a.failed != b.failed:
            both[0 if b.failed else 1][i if b.failed else j] = Mark(note="fails in the other", why=why)
        elif not a.failed and (moved_a or moved_b or call[0] in heavier):
            both[0][i] = Mark(moved_a, call[0] in heavier, why=why)
            both[1][j] = Mark(moved_b, call[0] in heavier, why=why)
    return both


def _calls(found: Inspection) -> dict[tuple[str, int], tuple[int, Step]]:
    """(layer, which call of it) -> (index in the flow, step)."""
    calls: dict[tuple[str, int], tuple[int, Step]] = {}
    for index, step in enumerate(found.flow):
        number = sum(layer == step.layer for layer, _ in calls)
        calls[step.layer, number] = (index, step)
    return calls


# -- weights -------------------------------------------------------------------------------------------------


def _weight_rows(row: LayerRow) -> list[WeightRow]:
    """A row for each weight of a layer; one for all of them where the layer has no partner."""
    if row.a is None or row.b is None:
        there = row.a or row.b
        assert there is not None
        if not there.weights:
            return []
        told = f"{listed([weight.name for weight in there.weights])}. {row.why}"
        return [
            WeightRow(row.name, "", f"{row.a.params:,}" if row.a else "", f"{row.b.params:,}" if row.b else "", told)
        ]
    left = {weight.name: weight for weight in row.a.weights}
    right = {weight.name: weight for weight in row.b.weights}
    return [_weight_row(row.a, row.b, left.get(name), right.get(name)) for name in dict.fromkeys((*left, *right))]


def _weight_row(a: Layer, b: Layer, one: Weight | None, two: Weight | None) -> WeightRow:
    there = one or two
    assert there is not None
    reasons = () if one is None or two is None else _weight_reasons(a, b, one, two)
    return WeightRow(b.name, there.name, _product(one), _product(two), _weight_why(a, b, one, two, reasons), reasons)


def _product(weight: Weight | None) -> str:
    if weight is None:
        return ""
    return f"{weight.numbers} = {weight.count:,}" if weight.numbers != f"{weight.count:,}" else weight.numbers


def _weight_why(a: Layer, b: Layer, one: Weight | None, two: Weight | None, reasons: Sequence[str]) -> str:
    """``60 → 120 because features 3 → 6 (sequence.shape[1])``; "" where both have the same axes."""
    if one is None or two is None:
        return f"only {'now' if one is None else 'in the pinned setting'}{_written(a, b)}."
    if not reasons:
        return ""
    counts = f"{one.count:,} → {two.count:,}" if one.count != two.count else f"{two.count:,} both times"
    return f"{counts} because {listed(list(reasons))}."


def _weight_reasons(a: Layer, b: Layer, one: Weight, two: Weight) -> tuple[str, ...]:
    """``features 3 → 6 (sequence.shape[1])`` for each axis that differs; () where none does."""
    if (names(one.shape), sizes(one.shape)) == (names(two.shape), sizes(two.shape)):
        return ()
    renamed = one.formula != two.formula
    other = [f"its axes are {two.formula} instead of {one.formula}{_written(a, b)}"] if renamed else []
    pairs = [(one.shape[i], two.shape[j]) for i, j in pairs_of(one.shape, two.shape)]
    grown = [told for x, y in pairs if x.axis == y.axis and (told := change(x, y))]
    return tuple(dict.fromkeys([*other, *grown]))


def _written(a: Layer, b: Layer) -> str:
    said = listed(list(_said(a, b).values()))
    return f" ({said})" if said else ""


def _total_why(pairs: list[tuple[Layer | None, Layer | None]], one: Inspection, two: Inspection) -> str:
    """``+185: level_1 +125, level_2 +60``: which layers the difference comes from."""
    if one.error is not None or two.error is not None:
        return ""
    gained = [((b or a).name, (b.params if b else 0) - (a.params if a else 0)) for a, b in pairs if a or b]  # type: ignore[union-attr]
    told = [f"{name} {_signed(more)}" for name, more in gained if more]
    return f"{_signed(two.total_params - one.total_params)}: {listed(told)}." if told else ""


def _signed(n: int) -> str:
    return f"{n:+,}".replace("-", "−")


# -- drawn ---------------------------------------------------------------------------------------------------


def data(found: Comparison) -> dict[str, Any]:
    """What grid.js draws: the shapes of all layers, then the weights that differ, and the totals.

    A reason is told once: where the shapes have said that units went from 5 to 10, the kernel doesn't say it again.
    """
    columns = [(A, ""), (B, "")]
    told: list[str] = []
    layers, weights = [], []
    for layer in found.layers:
        layers.append(_drawn_layer(layer, found.errors, "" if layer.why in told else layer.why))
        told.append(layer.why)
    for row in found.weights:
        cells = [_drawn_weight(row.a), _drawn_weight(row.b)]
        weights.append(grid.row(f"{row.layer} {row.name}".strip(), cells, "", _news(row, told)))
        told.append(row.why)
    if found.same_weights and found.weights:
        weights.append(
            grid.row("the others", [grid.text_cell("the same", grid.SAME)] * 2, _count(found.same_weights, "weight"))
        )
    tables = [("Shapes", layers), ("Parameters", [*weights, _drawn_total(found)])]
    return grid.data([grid.table(label, columns, rows) for label, rows in tables], KEY)


def _news(row: WeightRow, told: Sequence[str]) -> str:
    """Why a weight differs, without the reasons that were told above it; the cells beside it say how much."""
    if not row.reasons:
        return "" if row.why in told else row.why
    news = [reason for reason in row.reasons if not any(reason in sentence for sentence in told)]
    return f"because {listed(news)}." if news else ""


def code_diff(found: Comparison) -> dict[str, Any]:
    """What grid.js draws of the code: the lines that differ, and those around them."""
    return _diff(found, f"The code: {SIDES}", found.code)


def summary_diff(found: Comparison) -> dict[str, Any]:
    """The same of Keras' summaries."""
    return _diff(found, f"Keras' own summary: {SIDES}", found.summary)


def _diff(found: Comparison, label: str, lines: Sequence[str]) -> dict[str, Any]:
    whys = {**_reasons(found.layers, found.weights), lines_of.TOTAL: found.total_why}
    return grid.data(diffs=[grid.diff(label, lines_of.explained(lines, whys))])


def _reasons(layers: Sequence[LayerRow], weights: Sequence[WeightRow]) -> dict[str, str]:
    """Layer -> why it differs: its shape, then its weights."""
    told: dict[str, list[str]] = {row.name: [row.why] for row in layers}
    for weight in weights:
        if weight.name:  # where a layer stands alone, its own row has said why
            told[weight.layer].append(f"{weight.name} {weight.why}")
    return {name: " ".join(filter(None, parts)) for name, parts in told.items()}


def _drawn_layer(row: LayerRow, errors: tuple[BuildError | None, BuildError | None], why: str) -> dict[str, Any]:
    cells = [
        grid.text_cell("not built" if error else "not there", grid.REFUSED if error else grid.ABSENT)
        if layer is None
        else grid.shapes_cell(layer.outputs, moved)
        for layer, moved, error in ((row.a, row.moved_a, errors[0]), (row.b, row.moved_b, errors[1]))
    ]
    classes = dict.fromkeys(layer.class_name for layer in (row.a, row.b) if layer is not None)
    return grid.row(row.name, cells, " → ".join(classes), why)


def _drawn_weight(product: str) -> dict[str, Any]:
    return grid.text_cell(product, grid.CHANGED) if product else grid.text_cell("not there", grid.ABSENT)


def _drawn_total(found: Comparison) -> dict[str, Any]:
    state = grid.SAME if found.totals[0] == found.totals[1] else grid.CHANGED
    cells = [
        grid.text_cell("not built", grid.REFUSED) if total is None else grid.text_cell(f"{total:,}", state)
        for total in found.totals
    ]
    return grid.row("in all", cells, "count_params()", found.total_why)
