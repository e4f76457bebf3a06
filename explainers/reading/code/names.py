"""Names and attributes: what the text gave them, or what of a library they stand for."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from explainers.core.spec import Ref
from explainers.reading.backbones import BACKBONES
from explainers.reading.code.objects import attribute_of
from explainers.reading.code.options import constant_of
from explainers.reading.code.pretrained import BackboneV, InsideV, output_of
from explainers.reading.code.samples import SAMPLES
from explainers.reading.code.sequential import realize
from explainers.reading.code.values import (
    NOT_READ,
    Arr,
    ClassV,
    Items,
    LayerV,
    Missing,
    ModelV,
    ObjV,
    Options,
    Sym,
    Ten,
    Value,
)
from explainers.reading.literal import today_name

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

_OF_LIBRARIES = (  # names that stand for themselves where the text doesn't give them a value
    "ArgumentParser",
    "Bidirectional",
    "Graph",
    "Input",
    "InputLayer",
    "InputSpec",
    "K",
    "Lambda",
    "Merge",
    "Model",
    "Sequential",
    "TimeDistributedDense",
    "TimeseriesGenerator",
    "ops",
    "pd",
    "pandas",
    "train_test_split",
    "pad_sequences",
    "load_data",
    "dict",
    "abs",
    "argparse",
    "enumerate",
    "float",
    "functools",
    "int",
    "keras",
    "kl",
    "layers",
    "len",
    "list",
    "math",
    "max",
    "merge",
    "min",
    "models",
    "np",
    "numpy",
    "print",
    "map",
    "reduce",
    "slice",
    "range",
    "reversed",
    "round",
    "self",
    "set",
    "sorted",
    "str",
    "sum",
    "super",
    "tensorflow",
    "iter",
    "next",
    "tf",
    "timeseries_dataset_from_array",
    "to_categorical",
    "tuple",
    "zip",
)
_VIEWS = ("values", "iloc", "loc", "str", "real")
_IMPORTED = ("Sequential", "Model", "Input", "layers", "keras", "models")


def read_name(reader: Reader, node: ast.Name) -> Value:
    """A name: what was assigned, a library's, or nothing that the text says."""
    if node.id in reader.env:
        return reader.env[node.id]
    if node.id in reader.hints:
        reader.data[node.id] = reader.hints[node.id]
        return Arr(node.id, reader.hints[node.id])
    if node.id in reader.later:
        return reader.later[node.id]
    known = today_name(node.id) or node.id in _OF_LIBRARIES or node.id in BACKBONES or node.id in SAMPLES
    return Sym(node.id) if known else Missing(node.id)


def read_attribute(reader: Reader, node: ast.Attribute) -> Value:
    """``x.shape``, ``self.units``, ``tf.keras.layers.LSTM``."""
    owner = reader.value(node.value)
    read = _ATTRIBUTES.get(type(owner))
    return read(reader, owner, node) if read is not None else Missing(reader.short(node))


def _of_object(reader: Reader, owner: ObjV, node: ast.Attribute) -> Value:
    return attribute_of(reader, owner, node.attr)


def _of_class(reader: Reader, owner: ClassV, node: ast.Attribute) -> Value:
    made = constant_of(reader, owner, node.attr)
    return made if made is not NOT_READ else Missing(reader.short(node))


def _of_options(reader: Reader, owner: Options, node: ast.Attribute) -> Value:
    return owner.values.get(node.attr, Missing(reader.short(node)))


def _of_array(reader: Reader, owner: Arr, node: ast.Attribute) -> Value:
    if node.attr == "shape" and owner.sizes is not None:
        sizes = enumerate(owner.sizes)
        return tuple(n if n is not None else Missing(f"{owner.name}.shape[{i}]", open=True) for i, n in sizes)
    if node.attr in _VIEWS:
        return owner
    if node.attr == "columns" and owner.sizes is not None and len(owner.sizes) == 2:
        return Items(owner.columns or (), owner.sizes[1])
    if node.attr == "ndim" and owner.sizes is not None:
        return len(owner.sizes)
    if node.attr == "T":
        return Arr(f"{owner.name}.T", tuple(reversed(owner.sizes)) if owner.sizes is not None else None)
    return Missing(f"{owner.name}.{node.attr}")


def _of_tensor(reader: Reader, owner: Ten, node: ast.Attribute) -> Value:
    if node.attr not in ("shape", "_keras_shape"):
        return Missing(reader.short(node))
    made = reader.graph.made.get(owner.ref)
    return made if made is not None else Missing(f"{reader.short(node.value)}.shape")


def _of_model(reader: Reader, owner: ModelV, node: ast.Attribute) -> Value:
    """``model.output``, ``model.input_shape``, ``model.layers``."""
    if node.attr == "layers":
        layers = [layer for layer in owner.layers if not isinstance(layer, Ten)]  # Keras counts no Input
        return InsideV(owner) if isinstance(owner, BackboneV) else layers or Missing(reader.short(node))
    kind = node.attr.removesuffix("_shape").removesuffix("s")
    if kind not in ("input", "output"):
        return Missing(reader.short(node))
    realize(reader, owner)
    refs = owner.inputs if kind == "input" else owner.outputs
    if isinstance(owner, BackboneV) and kind == "output":
        return _ends(reader, [output_of(reader, InsideV(owner, ""))], node)
    return _ends(reader, [Ten(ref) for ref in refs], node)


def _ends(reader: Reader, tensors: list[Value], node: ast.Attribute) -> Value:
    """Tensors, or their shapes: one by itself, several as a list."""
    made: list[Value] = tensors
    if node.attr.endswith("_shape"):
        made = [reader.graph.made.get(end.ref) for end in tensors if isinstance(end, Ten)]
    if not made or None in made:
        return Missing(reader.short(node))
    return made if node.attr.endswith("s") or len(made) > 1 else made[0]


def _of_layer(reader: Reader, owner: LayerV, node: ast.Attribute) -> Value:
    """``layer.output`` of a layer that was called: of its last call."""
    calls = [i for i, call in enumerate(reader.graph.calls) if call.layer == owner.index]
    if node.attr not in ("output", "input") or not calls:
        return Missing(reader.short(node))
    return Ten(Ref("call", calls[-1])) if node.attr == "output" else Ten(reader.graph.calls[calls[-1]].inputs[0])


def _of_inside(reader: Reader, owner: InsideV, node: ast.Attribute) -> Value:
    return output_of(reader, owner) if node.attr == "output" else Missing(reader.short(node))


def _of_library(reader: Reader, owner: Sym, node: ast.Attribute) -> Value:
    return Sym(f"{owner.name}.{node.attr}")


def _of_unknown(reader: Reader, owner: Missing, node: ast.Attribute) -> Value:
    dotted = f"{owner.name}.{node.attr}"
    imported = today_name(node.attr) or node.attr in _IMPORTED  # by a line that isn't in the text
    return Sym(dotted) if imported else Missing(dotted)


_ATTRIBUTES: dict[type, Callable[[Reader, Any, ast.Attribute], Value]] = {
    ObjV: _of_object,
    ClassV: _of_class,
    Options: _of_options,
    Arr: _of_array,
    Ten: _of_tensor,
    ModelV: _of_model,
    BackboneV: _of_model,
    InsideV: _of_inside,
    LayerV: _of_layer,
    Sym: _of_library,
    Missing: _of_unknown,
}


def dotted(node: ast.expr) -> str:
    """``np.random.rand`` of a call's function."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < 8:
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ".".join(reversed(parts))
