"""The hero diagram: every step of the flow as a box whose edges are its axes.

data: what shape_flow.js draws.  text: the same in full sentences, for those who don't see the figure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explainers.core.axes import Shape, spoken
from explainers.core.dims import DimSpec, Value
from explainers.core.results import BuildError, Inspection, Layer, Step
from views.numbers import code_by_layer, shape_data

# Arguments that people write without their name: LSTM(5), Conv1D(32, 3).
POSITIONAL = (
    *("units", "filters", "kernel_size", "pool_size", "rate"),
    *("input_dim", "output_dim", "target_shape", "layer"),
)
INPUT = "InputLayer"
WRAPS = "wraps"  # among a layer's arguments: what is inside it; no argument of Keras


@dataclass(frozen=True)
class Mark:
    """How a step differs from the same step of another picture beside this one.

    places: (output, axis) that differ. params: whether its count does. note: two or three words above the box;
    why: a sentence for who points at the step. "" for neither.
    """

    places: frozenset[tuple[int, int]] = frozenset()
    params: bool = False
    note: str = ""
    why: str = ""


def data(
    inspection: Inspection,
    hide: Collection[int] = (),
    marks: Mapping[int, Mark] | None = None,
    repeated: Mapping[int, str] | None = None,
    whole: int = 0,
) -> dict[str, Any]:
    """What shape_flow.js draws: steps, links, the columns of the layout, the failure, and the alt text.

    hide: indexes of the steps whose output shape and count the learner is still to predict; nothing of them is sent.
    marks: by step, what is not the same in another picture. repeated: by step, how often its block is there, in words.
    whole: of how many steps these are a part; 0 where they are all.
    """
    marks, repeated = marks or {}, repeated or {}
    layers = {layer.name: layer for layer in inspection.layers}
    code = code_by_layer(inspection)
    return {
        "steps": [
            _step(step, layers.get(step.layer), index, index in hide, code, marks.get(index, Mark()))
            | {"repeated": repeated.get(index, ""), "fold": None}
            for index, step in enumerate(inspection.flow)
        ],
        "links": [
            {"from": link.step, "to": index} for index, step in enumerate(inspection.flow) for link in step.inputs
        ],
        "columns": columns(inspection.flow),
        "large": False,  # a large one has a frame in which it is scrolled and zoomed: see folding.data
        "highest": None,  # in pixels, where the page has only so much room for it
        "failure": _failure(inspection.error, code),
        "text": text(inspection, hide, whole) + _marks_text(inspection, marks) + _repeated_text(inspection, repeated),
    }


def draggable(
    specs: Sequence[DimSpec], values: Mapping[str, Value], held: Collection[str] = ()
) -> dict[str, dict[str, Any]]:
    """By the source of a number, the dim that decides it and that may be changed in the picture itself.

    held: dims that nothing on the page may change.
    """
    free = [spec for spec in specs if spec.kind == "int" and spec.name not in held]
    return {
        source: {"dim": spec.name, "value": values[spec.name], "min": spec.min, "max": spec.max}
        for spec in free
        if isinstance(values[spec.name], int)
        for source in spec.sets
    }


def text(inspection: Inspection, hide: Collection[int] = (), whole: int = 0) -> str:
    """The figure in full sentences: "Input sequence is (batch None, timesteps 20, features 1). …"."""
    if not inspection.flow:
        return "No layer was built." + _failure_text(inspection.error)
    layers = {layer.name: layer for layer in inspection.layers}
    count = len(inspection.flow)
    steps = f"{count} step{'' if count == 1 else 's'}"
    opening = (
        f"Shape flow of {steps} of a model that has {whole}."
        if whole > count
        else (f"Shape flow of a model with {steps}.")
    )
    sentences = [
        _sentence(step, layers.get(step.layer), inspection.flow, index in hide)
        for index, step in enumerate(inspection.flow)
    ]
    return " ".join((opening, *sentences)) + _failure_text(inspection.error)


def title(step: Step, layer: Layer | None) -> str:
    """``LSTM(5)``, ``Conv1D(32, 3)``, ``Bidirectional(LSTM(4))``, ``Input``: as people write the layer."""
    if step.class_name == INPUT:
        return "Input"
    arguments = layer.arguments if layer else {}
    main = ", ".join(arguments[name] for name in POSITIONAL if name in arguments)
    wrapped = arguments[WRAPS].split("/") if WRAPS in arguments else []
    for name in reversed(wrapped):
        main = f"{name}({main})"
    return f"{step.class_name}({main})" if main else step.class_name


def columns(flow: tuple[Step, ...]) -> list[list[dict[str, int]]]:
    """A layered layout, left to right: per column from top to bottom ``{"step": i}``, or ``{"link": k}`` where
    link number k (in the order of `data`'s links) passes through on its way to a later column.
    """
    depth = _depths(flow)
    placed: list[list[dict[str, int]]] = [[] for _ in range(max(depth, default=-1) + 1)]
    above: dict[tuple[str, int], float] = {}  # where the predecessors of an entry stand, as a mean row
    for index, column in enumerate(depth):
        placed[column].append({"step": index})
    links = [(link.step, index) for index, step in enumerate(flow) for link in step.inputs]
    for number, (start, end) in enumerate(links):
        for column in range(depth[start] + 1, depth[end]):
            placed[column].append({"link": number})
    for column, entries in enumerate(placed):
        if column:
            entries.sort(key=lambda entry: _mean_row(entry, flow, links, above))
        for row, entry in enumerate(entries):
            kind, value = next(iter(entry.items()))
            above[kind, value] = row - (len(entries) - 1) / 2
    return placed


def _depths(flow: tuple[Step, ...]) -> list[int]:
    """The column of each step: one after its latest parent. An input stands right before its first reader."""
    depth: list[int] = []
    for step in flow:
        depth.append(max((depth[link.step] + 1 for link in step.inputs), default=0))
    for index, step in enumerate(flow):
        if not step.inputs:
            readers = [depth[i] for i, s in enumerate(flow) if any(link.step == index for link in s.inputs)]
            depth[index] = max(min(readers, default=1) - 1, 0)
    return depth


def _mean_row(
    entry: dict[str, int],
    flow: tuple[Step, ...],
    links: list[tuple[int, int]],
    above: dict[tuple[str, int], float],
) -> float:
    if "link" in entry:
        number = entry["link"]
        return above.get(("link", number), above.get(("step", links[number][0]), 0.0))
    numbers = [k for k, (_, end) in enumerate(links) if end == entry["step"]]
    rows = [above.get(("link", k), above.get(("step", links[k][0]), 0.0)) for k in numbers]
    return sum(rows) / len(rows) if rows else float(entry["step"])


def _step(
    step: Step, layer: Layer | None, index: int, hidden: bool, code: dict[str, str], mark: Mark
) -> dict[str, Any]:
    shapes = () if hidden else step.outputs
    return {
        "index": index,
        "layer": step.layer,
        "title": title(step, layer),
        "notes": _notes(step, layer),
        "why": layer.why if layer else "",
        "verb": "" if layer is None or hidden or step.failed else layer.verb,
        "code": code.get(step.layer, ""),
        "params": None if hidden or layer is None or step.class_name == INPUT or step.failed else layer.params,
        "shapes": [
            [{**axis, "moved": (row, place) in mark.places} for place, axis in enumerate(shape_data(shape, code))]
            for row, shape in enumerate(shapes)
        ],
        "mark": {"params": mark.params, "note": mark.note, "why": mark.why},
        "hidden": hidden,
        "failed": step.failed,
    }


def _notes(step: Step, layer: Layer | None) -> list[str]:
    """The arguments that the title leaves out, as written in code; for an Input its name."""
    if step.class_name == INPUT:
        return [step.layer]
    arguments = layer.arguments if layer else {}
    return [f"{name}={value}" for name, value in arguments.items() if name not in (*POSITIONAL, WRAPS)]


def _failure(error: BuildError | None, code: dict[str, str]) -> dict[str, Any] | None:
    if error is None:
        return None
    return {
        "expected": shape_data(error.expected, code),
        "found": shape_data(error.found, code),
        "axis": error.axis,
        "cause": error.cause,
    }


def _sentence(step: Step, layer: Layer | None, flow: tuple[Step, ...], hidden: bool) -> str:
    who = f"Input {step.layer}" if step.class_name == INPUT else f"{step.class_name} {step.layer}"
    if layer and layer.arguments and step.class_name != INPUT:
        told = (f"{name} {value}" if name == WRAPS else f"{name}={value}" for name, value in layer.arguments.items())
        who += f" ({', '.join(told)})"
    if step.failed:
        return f"{who} can't be built."
    if hidden:
        return f"{who} returns a shape that you are asked to predict."
    takes = " and ".join(flow[link.step].layer for link in step.inputs)
    does = f", {layer.verb}," if layer and layer.verb and not step.failed else ""
    verb = f"takes {takes}{does} and returns" if takes else "is"
    shapes = " and ".join(_spoken(shape) for shape in step.outputs)
    return f"{who} {verb} {shapes}{_params_text(step, layer)}."


def _params_text(step: Step, layer: Layer | None) -> str:
    if layer is None or step.class_name == INPUT:
        return ""
    return f", with {layer.params:,} parameter{'' if layer.params == 1 else 's'}"


def _spoken(shape: Shape) -> str:
    return f"({spoken(shape)})"


def _failure_text(error: BuildError | None) -> str:
    if error is None:
        return ""
    if not error.expected and not error.found:
        return f" It fails: {error.cause}"
    where = f" at {error.layer}" if error.layer else ""
    return f" It fails{where}: expected {_spoken(error.expected)}, found {_spoken(error.found)}."


def _marks_text(inspection: Inspection, marks: Mapping[int, Mark]) -> str:
    """ " Different from the other picture: level_1 (units 10, its parameters)."; "" where nothing is marked."""
    told = [f"{inspection.flow[index].layer} ({_mark_told(inspection.flow[index], mark)})" for index, mark in
            sorted(marks.items())]  # fmt: skip
    return f" Different from the other picture: {', '.join(told)}." if told else ""


def _repeated_text(inspection: Inspection, repeated: Mapping[int, str]) -> str:
    """ " Drawn once: from layer_1, this and the next 7 × 12."; "" where nothing is."""
    told = [f"from {inspection.flow[index].layer}, {times}" for index, times in sorted(repeated.items())]
    return f" Repeated blocks are drawn once: {'; '.join(told)}." if told else ""


def _mark_told(step: Step, mark: Mark) -> str:
    if mark.note:
        return mark.note
    axes = [step.outputs[row][place] for row, place in sorted(mark.places)]
    parts = [spoken((axis,)) for axis in axes] + (["its parameters"] if mark.params else [])
    return ", ".join(parts) or "a different shape"  # an axis that only the other one has
