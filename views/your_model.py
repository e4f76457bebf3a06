"""Your model: its parts as rows of a list, and the fields of the one that is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explainers.core.axes import Shape
from explainers.core.layers import operations, states_of
from explainers.core.layers.signatures import arguments_of, defaults_of, needed
from explainers.core.results import Inspection
from explainers.core.spec import LayerSpec
from explainers.yours.document import LITERAL, Document, Placed
from explainers.yours.literals import written
from views.compare import DimChange
from views.markup import verbatim
from views.numbers import shape_data

# What people set most often, in this order; the others are behind "Set another argument".
_OFTEN = (
    *("units", "filters", "kernel_size", "pool_size", "strides", "padding", "activation", "return_sequences"),
    *("return_state", "num_heads", "key_dim", "input_dim", "output_dim", "mask_zero", "rate", "axis", "target_shape"),
    *("n", "dims", "size", "cropping", "merge_mode", "layer"),
)
_CHOICES = {
    "padding": ("valid", "same", "causal"),
    "merge_mode": ("concat", "sum", "mul", "ave"),
    "activation": ("relu", "softmax", "sigmoid", "tanh", "linear", "gelu", "softplus", "elu"),
}
_MOST_OUTPUTS = 100  # of one part that are read by number
_NO_CAUSAL = ("2D", "3D", "Pooling")


@dataclass(frozen=True)
class Field:
    """One argument to be edited. text: what its field shows. kind: "switch", "choice" or "text"."""

    name: str
    text: str
    kind: str
    default: str
    options: tuple[str, ...] = ()
    given: bool = False

    @property
    def label(self) -> str:
        return self.name


@dataclass(frozen=True)
class _Now:
    """What is known beside the document: the shapes that stand, the part at which Keras stops, the one being edited."""

    shapes: Mapping[str, Shape]
    failing: str | None
    chosen: str


def data(document: Document, inspection: Inspection | None, chosen: str) -> dict[str, Any]:
    """What your_model.js draws: a row for each Input and layer. chosen: the name of the part that is being edited."""
    now = _Now(*_shapes(document, inspection), chosen)
    rows: list[dict[str, Any]] = []
    for place, tensor in enumerate(document.inputs):
        told = f"{written(tensor.shape[1:])}, {tensor.dtype}"
        rows.append(_row("input", place, tensor.name, "Input", told, now))
    for place, placed in enumerate(document.layers):
        told = ", ".join(f"{name}={written(value)}" for name, value in placed.layer.arguments)
        row = _row("layer", place, placed.name, placed.layer.class_name, told, now)
        rows.append(row | {"reads": _reads(document, placed)})
    return {"rows": rows, "label": "The parts of your model, in order"}


def _row(kind: str, place: int, name: str, title: str, told: str, now: _Now) -> dict[str, Any]:
    return {
        "kind": kind,
        "place": place,
        "name": name,
        "title": title,
        "told": told,
        "reads": "",
        "shape": shape_data(now.shapes[name]) if name in now.shapes else None,
        "failed": name == now.failing,
        "chosen": name == now.chosen,
    }


def _shapes(document: Document, inspection: Inspection | None) -> tuple[dict[str, Shape], str | None]:
    """What comes out of each part that stands, and the part at which Keras stops: each use of a layer is one."""
    if inspection is None:
        return {}, None
    uses: dict[str, list[str]] = {}
    for placed in document.layers:
        uses.setdefault(placed.of or placed.name, []).append(placed.name)
    shapes: dict[str, Shape] = {}
    failing = inspection.error.layer if inspection.error is not None else None
    for step in inspection.flow:
        left = uses.get(step.layer, [])
        part = left.pop(0) if left else step.layer
        if step.outputs:
            shapes[part] = step.outputs[0]
        if step.failed:
            failing = part
    return shapes, failing


def _reads(document: Document, placed: Placed) -> str:
    """``reads a and b``, where that isn't just what is above; and whose weights it has."""
    told = f"reads {' and '.join(placed.reads)}" if placed.reads else ""
    states = f"starts from {' and '.join(placed.states)}" if placed.states else ""
    again = sum(other.of == placed.name for other in document.layers)
    shared = f"the same layer as {placed.of}" if placed.of else f"used {again + 1} times" if again else ""
    return ", ".join(part for part in (told, states, shared) if part)


def fields(layer: LayerSpec, more: tuple[str, ...] = ()) -> list[Field]:
    """The arguments to be shown: those without a default, those people set often, those given, and `more`."""
    known, given = arguments_of(layer.class_name), dict(layer.arguments)
    wanted = {*needed(layer.class_name), *given, *more, *(name for name in _OFTEN if name in known)}
    order = sorted(wanted, key=lambda name: _OFTEN.index(name) if name in _OFTEN else len(_OFTEN))
    return [_field(layer, name) for name in order if name not in _hidden(layer)]


def others(layer: LayerSpec, shown: list[Field]) -> list[str]:
    """The arguments that aren't shown yet."""
    there = {field.name for field in shown}
    return [name for name in arguments_of(layer.class_name) if name not in there and name not in _hidden(layer)]


def _hidden(layer: LayerSpec) -> tuple[str, ...]:
    """Arguments that aren't edited here. The dtype of an operation is what it is about."""
    return ("name", "dtype", "trainable") if layer.class_name in LITERAL else ()


def _field(layer: LayerSpec, name: str) -> Field:
    given, defaults = dict(layer.arguments), defaults_of(layer.class_name)
    default = _told(defaults[name]) if name in defaults else ""
    text = written(given[name]) if name in given else default
    if isinstance(defaults.get(name), bool):
        return Field(name, text, "switch", default, given=name in given)
    options = _options(layer.class_name, name, text.strip('"'))
    if options:
        return Field(name, text.strip('"'), "choice", default.strip('"'), options, name in given)
    return Field(name, text, "text", default, given=name in given)


def _options(class_name: str, name: str, now: str) -> tuple[str, ...]:
    """What can be chosen. One that isn't known here and stands there now is among it."""
    choices = _CHOICES.get(name, ())
    if name == "padding":
        choices = choices[:2] if any(part in class_name for part in _NO_CAUSAL) else choices
        if class_name.startswith("ZeroPadding"):
            return ()
    return (*choices, *([now] if now and now not in choices else [])) if choices else ()


def _told(value: Any) -> str:
    return written(tuple(value)) if isinstance(value, list) else written(value)


def names_before(document: Document, place: int) -> list[str]:
    """What the layer at a place may read; of a layer with return_state its states, too."""
    names = [tensor.name for tensor in document.inputs]
    read = {name for placed in document.layers for name in (*placed.reads, *placed.states)}
    for placed in document.layers[:place]:
        names.append(placed.name)
        more = [f"{placed.name}[{number}]" for number in range(1, _MOST_OUTPUTS) if f"{placed.name}[{number}]" in read]
        if placed.layer.get("return_state") is True:
            states = states_of(placed.layer.class_name) or ("state",)
            more += [f"{placed.name}[{number}]" for number in range(1, len(states) + 1)]
        names += dict.fromkeys(more)
    return names


def reading(layer: LayerSpec, now: Sequence[str]) -> str:
    """How a layer reads: "several" (a merge), "query" (attention), "one". now: what it reads."""
    if layer.class_name not in LITERAL:
        several = len(now) > 1 or operations.reads_several(layer.class_name, dict(layer.arguments))
        return "several" if several else "one"
    group = LITERAL[layer.class_name].group
    return {"merge": "several", "attention": "query"}.get(group, "one")


def can_be_called_again(class_name: str) -> bool:
    """Whether another call with the same weights means anything: an operation has none."""
    return class_name in LITERAL


def can_start_from(class_name: str) -> bool:
    """Whether a layer takes an initial_state."""
    return class_name in LITERAL and LITERAL[class_name].group == "rnn"


def sentence(inspection: Inspection) -> str:
    """What the model is, in one sentence."""
    count = sum(layer.class_name != "InputLayer" for layer in inspection.layers)
    layers = f"{count} layer{'' if count == 1 else 's'}"
    if inspection.error is not None:
        where = inspection.error.layer
        return f"Keras stops at {where}." if where else "Keras can't build this."
    return f"Your model has {layers} and {inspection.total_params:,} parameters."


# -- two models side by side ---------------------------------------------------------------------------------

_NONE, _MOST_TOLD = "none", 6  # a setting that one of them doesn't have; settings that a sentence lists


def settings(a: Document, b: Document) -> tuple[dict[str, str], dict[str, str]]:
    """All that is said in two models, by place: ``lstm.units``. Both have the same keys."""
    one, two = _said(a), _said(b)
    names = [*one, *(name for name in two if name not in one)]
    return {name: one.get(name, _NONE) for name in names}, {name: two.get(name, _NONE) for name in names}


def _said(document: Document) -> dict[str, str]:
    said = {f"{tensor.name}.shape": written(tensor.shape[1:]) for tensor in document.inputs}
    said |= {f"{tensor.name}.dtype": tensor.dtype for tensor in document.inputs}
    for place, placed in enumerate(document.layers):
        said[placed.name] = placed.layer.class_name
        said[f"{placed.name} reads"] = ", ".join((*document.reads(place), *placed.states))
        said |= {f"{placed.name}.{name}": written(value) for name, value in placed.layer.arguments}
    return said


def differing(changes: Sequence[DimChange]) -> str:
    """What differs, in one sentence."""
    if not changes:
        return "Nothing differs yet: this is the pinned model. Change yours to see both side by side."
    told = [f"**{verbatim(c.name)}** {verbatim(c.a)} → {verbatim(c.b)}" for c in changes[:_MOST_TOLD]]
    more = len(changes) - len(told)
    rest = f" and {more} more" if more else ""
    return f"{len(changes)} setting{' differs' if len(changes) == 1 else 's differ'}: {', '.join(told)}{rest}."
