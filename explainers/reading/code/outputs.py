"""A model with several outputs: which target and which loss belong to which of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from explainers.core.mistakes.kit.mending.several import in_their_order
from explainers.core.spec import Check, Ref
from explainers.reading.code.losses import loss_name, losses_of
from explainers.reading.code.values import Arr, ModelV, Value

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def names_of(reader: Reader, outputs: Value, refs: Sequence[Ref]) -> list[str]:
    """The names of a model's outputs: the keys of a dict, else those of the layers; "" where the text gives none."""
    if isinstance(outputs, dict) and len(outputs) == len(refs):
        return [str(key) for key in outputs]
    layers = (reader.graph.calls[ref.index].layer if ref.source == "call" else None for ref in refs)
    return [reader.graph.layers[layer].name if layer is not None else "" for layer in layers]


def of_each_output(
    reader: Reader, model: ModelV, xs: Sequence[Arr], y: Value, node: ast.Call, batch: Value
) -> list[Check]:
    """A check for each output whose target and loss are known; () where they can't be told apart."""
    line = reader.line(node)
    shapes = tuple(array.sizes for array in xs if array.sizes is not None)
    if not shapes or len(shapes) < len(xs):
        return []
    checks = []
    for place, name in enumerate(model.names):
        loss, target = _of(model.losses, model, place, True), _of(y, model, place, _alone(model, place))
        if loss is None or not isinstance(target, Arr) or not target.sizes or None in target.sizes[1:]:
            continue
        checks.append(
            Check(
                "fit",
                shapes,
                (target.sizes,),
                loss_name(loss),
                layer=name,
                line=line,
                text=reader.source(line),
                batch_size=batch if isinstance(batch, int) and not isinstance(batch, bool) else None,
                output=place,
            )
        )
    return checks


def other_keys(reader: Reader, model: ModelV, given: Value) -> tuple[str, ...]:
    """The keys of a dict of losses or targets, where one of them names no output and the text names all outputs."""
    if not isinstance(given, dict) or len(model.outputs) < 2 or not all(isinstance(key, str) for key in given):
        return ()
    squeezed = "".join(reader.text.split())
    named = all(name and re.search(rf"name=(['\"]){re.escape(name)}\1", squeezed) for name in model.names)
    return tuple(map(str, given)) if named and not set(given) <= set(model.names) else ()


def named_otherwise(
    reader: Reader, model: ModelV, xs: Sequence[Arr], y: Value, node: ast.Call, batch: Value
) -> list[Check]:
    """What fit is given, where losses or targets go by names that no output has; () where all names are right."""
    losses, targets = other_keys(reader, model, model.losses), other_keys(reader, model, y)
    shapes = tuple(array.sizes for array in xs if array.sizes is not None)
    held = [*y.values()] if isinstance(y, dict) else [*y] if isinstance(y, list | tuple) else []
    ends = tuple(array.sizes for array in held if isinstance(array, Arr) and array.sizes is not None)
    if not (losses or targets) or not shapes or len(shapes) < len(xs) or len(ends) != len(model.outputs):
        return []
    line = reader.line(node)
    return [
        Check(
            "fit",
            shapes,
            ends,
            model.loss,
            line=line,
            text=reader.source(line),
            batch_size=batch if isinstance(batch, int) and not isinstance(batch, bool) else None,
            losses=losses_of(model.losses) or (model.loss,) * len(ends),
            loss_keys=losses,
            target_keys=targets,
        )
    ]


def in_another_order(reader: Reader, model: ModelV, y: Value) -> bool:
    """Whether the targets fit the outputs in another order: then they are told together."""
    targets = [array.sizes for array in y if isinstance(array, Arr)] if isinstance(y, list | tuple) else []
    ends = [reader.graph.made.get(ref) for ref in model.outputs]
    known = [sizes for sizes in (*ends, *targets) if sizes]
    return (
        len(known) == 2 * len(ends) and in_their_order(tuple(known[: len(ends)]), tuple(known[len(ends) :])) is not None
    )


def _of(given: Value, model: ModelV, place: int, alone: bool) -> Value:
    """What belongs to an output: by its name, by its place, or one for it by itself."""
    if isinstance(given, dict):
        return given.get(model.names[place])
    if isinstance(given, list | tuple):
        return given[place] if len(given) == len(model.outputs) else None
    return given if alone else None


def _alone(model: ModelV, place: int) -> bool:
    """Whether it is the only output with a loss."""
    with_loss = [i for i in range(len(model.outputs)) if _of(model.losses, model, i, True) is not None]
    return with_loss == [place]
