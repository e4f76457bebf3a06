"""Patterns in pasted code that a lesson is about: a custom cell's widths, one series cut into windows."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from explainers.core.finding import ELAPSED_TIME, SEVERAL_OUTPUTS, Value
from explainers.reading.code.values import CellCall, ClassV, ObjV


@dataclass
class Custom:
    """What the text does beyond layers of Keras. points, timesteps, features: of a series that is cut into windows."""

    calls: list[CellCall] = field(default_factory=list)
    read: set[str] = field(default_factory=set)  # names of the Inputs that a cell reads step by step
    windows: bool = False
    points: int | None = None
    timesteps: int | None = None
    features: int | None = None

    def cut(self, points: int | None, timesteps: int | None) -> None:
        """A series of so many points is cut into windows of so many timesteps."""
        self.windows = True
        self.points = points if points is not None else self.points
        self.timesteps = timesteps if timesteps is not None else self.timesteps


def window_of(loop: ast.For) -> tuple[ast.expr, ast.expr] | None:
    """The series and the length in ``for i in …: …append(series[i : i + length])``; None for another loop."""
    if not isinstance(loop.target, ast.Name):
        return None
    for node in (inner for statement in loop.body for inner in ast.walk(statement)):
        if isinstance(node, ast.Subscript):
            place = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
            length = _length(place, loop.target.id) if isinstance(place, ast.Slice) else None
            if length is not None:
                return node.value, length
    return None


def _length(place: ast.Slice, turn: str) -> ast.expr | None:
    """``length`` of ``i : i + length`` or ``i - length : i``."""
    low, high = place.lower, place.upper
    if _is(low, turn) and isinstance(high, ast.BinOp) and isinstance(high.op, ast.Add):
        return high.right if _is(high.left, turn) else high.left if _is(high.right, turn) else None
    if _is(high, turn) and isinstance(low, ast.BinOp) and isinstance(low.op, ast.Sub) and _is(low.left, turn):
        return low.right
    return None


def _is(node: ast.expr | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def cell_widths(cell: ObjV) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The widths of a cell's outputs and of its states, as output_size and state_size of its class say."""
    states = _widths(cell.attributes.get("state_size"))
    outputs = _widths(cell.attributes.get("output_size"))
    return outputs or states[:1], states


def _widths(value: object) -> tuple[int, ...]:
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    if isinstance(value, list | tuple):
        last = [n[-1] if isinstance(n, list | tuple) and n else n for n in value]
        return tuple(n for n in last if isinstance(n, int)) if all(isinstance(n, int) for n in last) else ()
    return ()


def is_cell(cls: ClassV) -> bool:
    """Whether a class of the text is a recurrent cell: it has a state_size, or comes from a cell."""
    bases = " ".join(ast.unparse(base) for base in cls.node.bases)
    return "Cell" in bases or any(
        getattr(node, "attr", getattr(node, "name", "")) == "state_size" for node in ast.walk(cls.node)
    )


def takes_pair(cls: ClassV) -> bool:
    """Whether its call takes two inputs apart: ``x, dt = inputs``, or ``inputs[0]`` and ``inputs[1]``."""
    call = next((n for n in cls.node.body if isinstance(n, ast.FunctionDef) and n.name == "call"), None)
    if call is None or len(call.args.args) < 2:
        return False
    name = call.args.args[1].arg
    places = set()
    for node in ast.walk(call):
        if isinstance(node, ast.Assign) and _is(node.value, name):
            return any(isinstance(t, ast.Tuple | ast.List) and len(t.elts) == 2 for t in node.targets)
        if isinstance(node, ast.Subscript) and _is(node.value, name) and isinstance(node.slice, ast.Constant):
            places.add(node.slice.value)
    return {0, 1} <= places


def knows_time(cls: ClassV) -> bool:
    """Whether a cell is named after elapsed time, or holds weights that are."""
    if re.search(r"t_?lstm|time_?aware", cls.node.name, re.IGNORECASE):
        return True
    names = {getattr(node, "attr", getattr(node, "arg", getattr(node, "id", ""))) for node in ast.walk(cls.node)}
    return any(re.search(r"elapsed|decay|delta_?t|time_?gap|time_?delta", str(name), re.IGNORECASE) for name in names)


def constants_of(cls: ClassV) -> bool:
    """Whether its call takes constants."""
    call = next((n for n in cls.node.body if isinstance(n, ast.FunctionDef) and n.name == "call"), None)
    return call is not None and "constants" in [a.arg for a in (*call.args.args, *call.args.kwonlyargs)]


# -- what a cell is good for, as a lesson may ask for it -----------------------------------------------------


def pattern_of(custom: Custom, classes: list[ClassV]) -> tuple[str, dict[str, Value]] | None:
    """What a cell of the text does, and the learner's dims for it; None where no cell is recognised."""
    for call in custom.calls:
        cls, widths = call.cell.cls, cell_widths(call.cell)[0]
        if takes_pair(cls) or knows_time(cls):
            return ELAPSED_TIME, _elapsed(call)
        if len(widths) > 1 or constants_of(cls):
            return SEVERAL_OUTPUTS, _several_outputs(call, widths)
    if custom.calls:
        return None
    cells = [cls for cls in classes if is_cell(cls)]
    if any(knows_time(cls) or takes_pair(cls) for cls in cells):
        return ELAPSED_TIME, {}
    return (SEVERAL_OUTPUTS, {}) if cells else None


def _sequence(call: CellCall) -> dict[str, Value]:
    """batch_size, timesteps and features of what the cell reads."""
    if not call.inputs or len(call.inputs[0]) != 3:
        return {}
    batch, timesteps, features = call.inputs[0]
    dims: dict[str, Value] = {"batch_size": batch} if batch is not None else {}
    return {**dims, "timesteps": timesteps, **({"features": features} if features is not None else {})}


def _elapsed(call: CellCall) -> dict[str, Value]:
    dims = _sequence(call)
    features = dims.get("features")
    if len(call.inputs) == 1 and isinstance(features, int) and features > 1:
        dims["features"] = features - 1  # the elapsed time is packed in as the last one
    states = cell_widths(call.cell)[1]
    return {**dims, **({"units": states[0]} if states else {}), "return_sequences": call.sequences}


def _several_outputs(call: CellCall, widths: tuple[int, ...]) -> dict[str, Value]:
    dims = _sequence(call)
    latent = call.constants[0][-1] if call.constants and call.constants[0] else 0 if not call.constants else None
    if latent is not None:
        dims["latent"] = latent
    return {**dims, **dict(zip(("units", "extra_units"), widths, strict=False))}
