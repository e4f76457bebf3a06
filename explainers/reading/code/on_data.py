"""Models that are called on data themselves, as a training loop calls them, and the losses beside them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from explainers.core.spec import Check, Ref, Sizes
from explainers.reading.code.given import tensor
from explainers.reading.code.losses import loss_name
from explainers.reading.code.objects import call_object, run_object
from explainers.reading.code.sequential import call_model, realize
from explainers.reading.code.subclassed import is_model, model_of
from explainers.reading.code.values import NOT_READ, Arr, Missing, ModelV, ObjV, Sym, Ten, Value

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

LOSSES = (  # as `loss_name` writes them: those that compare one target with one output
    "mean_squared_error", "mean_absolute_error", "mse", "mae", "binary_crossentropy", "categorical_crossentropy",
    "sparse_categorical_crossentropy", "huber", "kl_divergence", "poisson", "hinge",
)  # fmt: skip


def model_on(reader: Reader, model: ModelV, positional: list[Value], node: ast.Call) -> Value:
    """``model(x_batch, training=True)``: data are a check of the model, whose own output stands for what comes out."""
    arrays = _arrays(positional[:1])
    if arrays is None:
        return call_model(reader, model, positional, node)
    shapes = [array.sizes for array in arrays]
    if model.sequential and model.declared is None and shapes[0] is not None and not model.realized:
        model.declared = (None, *shapes[0][1:])
    realize(reader, model)
    if not model.outputs:
        return Missing(reader.short(node))
    _try(reader, model, shapes, node)
    ends = [Ten(ref) for ref in model.outputs]
    return ends[0] if len(ends) == 1 else ends


def object_on(reader: Reader, made: ObjV, node: ast.Call) -> Value:
    """``model(x_batch)`` of a Model class of the text."""
    if not is_model(made):
        return call_object(reader, made, node)
    positional, named = reader.arguments(node)
    arrays = _arrays(positional[:1])
    if any(isinstance(value, Ten | Arr) for value in positional[1:]):  # its call reads several tensors
        return run_object(reader, made, [tensor(reader, value) for value in positional], named)
    if arrays is None or any(array.sizes is None or None in array.sizes[1:] for array in arrays):
        known = [NOT_READ if isinstance(v, Arr) and v.sizes is None else v for v in positional]
        return run_object(reader, made, known, named)
    model = model_of(reader, made, [array.sizes or () for array in arrays], len(arrays) == 1, reader.line(node))
    return model_on(reader, model, positional, node) if model is not None else Missing(reader.short(node))


def _arrays(positional: Sequence[Value]) -> list[Arr] | None:
    """The arrays that a model is called on; None where it is called on a tensor, or on what isn't known."""
    first = positional[0] if positional else None
    parts = list(first) if isinstance(first, list | tuple) else [first]
    arrays = [part for part in parts if isinstance(part, Arr)]
    return arrays if arrays and len(arrays) == len(parts) else None


def _try(reader: Reader, model: ModelV, shapes: Sequence[Sizes | None], node: ast.AST) -> None:
    """The data as a check, once: a loop that is read again says nothing new."""
    known = tuple(sizes for sizes in shapes if sizes)
    if len(known) < len(shapes) or any(None in sizes[1:] for sizes in known):
        return
    line = reader.line(node)
    check = Check("predict", known, line=line, text=reader.source(line), batch_size=known[0][0] or 0)
    if not any(owner is model and made == check for owner, made in reader.checks):
        reader.checks.append((model, check))


def loss_of(reader: Reader, callee: Missing | Sym, positional: list[Value], node: ast.Call) -> Value:
    """``loss_fn(y_batch, predictions)``: the targets beside the data that the model was called on; NOT_READ for any
    other call."""
    name = loss_name(callee)
    if name not in LOSSES or len(positional) < 2:
        return NOT_READ
    target, output = positional[:2]
    if isinstance(target, Arr) and target.sizes and isinstance(output, Ten):
        _compared(reader, target.sizes, output.ref, name, node)
    return Missing(reader.short(node))


def _compared(reader: Reader, target: Sizes, output: Ref, loss: str, node: ast.AST) -> None:
    for place, (owner, check) in reversed(list(enumerate(reader.checks))):
        if owner is None or owner.outputs != [output] or check.kind != "predict" or check.targets:
            continue
        same = check.shapes and check.shapes[0][0] == target[0]
        if same and None not in target[1:]:
            line = reader.line(node)
            tried = replace(check, kind="fit", targets=(target,), loss=loss, line=line, text=reader.source(line))
            reader.checks[place] = (owner, tried)
        return
