"""A Model class of the text that is given data: what its call makes of an Input of their shape is its model."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from explainers.core.spec import Sizes
from explainers.reading.code.losses import loss_name
from explainers.reading.code.models import FED, feed, stream_of
from explainers.reading.code.objects import run_object
from explainers.reading.code.values import Arr, Missing, ModelV, ObjV, Ten, Value, function_of

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

_OWN_LOOP = ("train_step", "compute_loss", "fit", "compile")  # the loss that is compiled isn't all of it
FROM_DATA = "the data"


def object_of_data(reader: Reader, made: ObjV, name: str, node: ast.Call) -> Value:
    """compile, fit and predict of an object whose class is a Model."""
    positional, named = reader.arguments(node)
    if name == "compile":
        made.attributes["compile.loss"] = loss_name(named.get("loss", positional[1] if len(positional) > 1 else ""))
    if name in FED and function_of(made.cls.node, "call") is not None:
        _feed(reader, made, name, positional, named, node)
    return Missing(name)


def _feed(
    reader: Reader, made: ObjV, name: str, positional: list[Value], named: dict[str, Value], node: ast.Call
) -> None:
    x = positional[0] if positional else named.get("x")
    stream = stream_of(reader, x)
    if stream is not None and len(stream.parts) > 2 and function_of(made.cls.node, "train_step") is not None:
        return  # what its own train_step makes of several arrays isn't x, y and weights
    first = stream.parts[0] if stream is not None and stream.batched else x
    parts = [first] if isinstance(first, Arr) else list(first) if isinstance(first, list | tuple) else []
    arrays = [part for part in parts if isinstance(part, Arr) and part.sizes and None not in part.sizes[1:]]
    if not arrays or len(arrays) != len(parts):
        return
    shapes = tuple((None, *(a.sizes or ())[1:]) for a in arrays)
    model = model_of(reader, made, shapes, isinstance(first, Arr), reader.line(node))
    if model is None or shapes != tuple(reader.graph.inputs[ref.index].shape for ref in model.inputs):
        return  # a class takes data of any shape that its layers take: what a later call makes of others isn't read
    model.loss = str(made.attributes.get("compile.loss", ""))
    own = any(function_of(made.cls.node, method) for method in _OWN_LOOP)
    fed = "predict" if own or not model.loss else name
    feed(reader, model, fed, positional, named, node)


def model_of(reader: Reader, made: ObjV, shapes: Sequence[Sizes], alone: bool, line: int) -> ModelV | None:
    """What call makes of Inputs of the shapes of its first data; None where a part of it can't be followed."""
    if "model of its data" not in made.attributes:
        made.attributes["model of its data"] = _model_of(reader, made, shapes, alone, line)
    model = made.attributes["model of its data"]
    return model if isinstance(model, ModelV) else None


def _model_of(reader: Reader, made: ObjV, shapes: Sequence[Sizes], alone: bool, line: int) -> Value:
    refs = [reader.graph.add_input((None, *shape[1:]), "", "float32", FROM_DATA) for shape in shapes]
    inputs: list[Value] = [Ten(ref) for ref in refs]
    made_of = run_object(reader, made, inputs if alone else [inputs])
    outputs = reader.tensors(made_of)
    if not outputs:
        return None
    model = ModelV(False, line=line, inputs=refs, outputs=[tensor.ref for tensor in outputs])
    reader.budget.model(len(reader.graph.needed(model.outputs)))
    reader.models.append(model)
    return model


def is_model(made: ObjV) -> bool:
    """Whether the class says that it is a Model."""
    return any(ast.unparse(base).rsplit(".", 1)[-1] == "Model" for base in made.cls.node.bases)
