"""Attention: every query step looks at every key step. The scores are (heads, query steps, key steps)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape
from explainers.core.layers.sheet import NamedWeight, Ruling, Sheet, argument, as_role, given, held, reading, weights

SECTION = "Attention layers"
QUERY_AND_VALUE = ("MultiHeadAttention", "GroupQueryAttention")  # called on two tensors, Attention on a list of them
MASK = 9  # the place of an attention_mask among what it reads
WHY = "Each query step gets a mixture of the values at all key steps."


def _reads(layer: Any, rank: int, place: int) -> tuple[str, ...]:
    """The query comes first; value and key share their steps. place -1: one tensor that is all of them."""
    if place == MASK:
        return ("batch", "query steps", "key steps") if rank == 3 else ()
    word = "timesteps" if place < 0 else "key steps" if place else "query steps"
    if rank == 3:
        return ("batch", word, "features")
    asked = given(layer, "attention_axes") if layer is not None else None
    if rank < 3:
        return ()
    asked = (asked,) if isinstance(asked, int) else asked  # Keras takes a single axis as well
    along = [axis % rank for axis in asked] if asked else list(range(1, rank - 1))
    names = [f"{word}_{along.index(i) + 1}" if len(along) > 1 else word for i in range(rank) if i in along]
    middle = [names.pop(0) if i in along else "sequences" for i in range(1, rank - 1)]
    return ("batch", *middle, "features")


def _steps(axis: Axis, word: str) -> Axis:
    """An axis in its role in the scores: both are timesteps where a sequence attends to itself."""
    return replace(axis, axis=word, origin=f"{axis.axis} of the {word.split()[0]}: {axis.origin}")


def _attention(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """Scores by dot products."""
    concat = () if layer.score_mode == "concat" else None
    return _one_head(inputs, weights(layer, scale=() if layer.use_scale else None, concat_score_weight=concat))


def _additive(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """Scores by a sum and a tanh, each feature with a scale of its own."""
    scale = (as_role(inputs[0][-1], "features"),) if layer.use_scale else None
    return _one_head(inputs, weights(layer, scale=scale))


def _one_head(inputs: Sequence[Shape], found: tuple[NamedWeight, ...]) -> Ruling:
    query, value = inputs[0], inputs[1]
    scores = (*query[:-2], _steps(query[-2], "query steps"), _steps(value[-2], "key steps"))
    return Ruling(((*query[:-1], value[-1]), scores), found, WHY, optional=1, verb="looks at all keys")


# -- with heads ----------------------------------------------------------------------------------------------


def _projection(layer: Any, name: str, into: Shape, out: Shape) -> tuple[NamedWeight, ...]:
    """The weights of one of its inner dense layers: ``query/kernel`` and ``query/bias``."""
    dense = given(layer, "output_dense" if name == "attention_output" else f"{name}_dense")
    found = [NamedWeight(held(dense, "kernel"), f"{name}/kernel", (*into, *out))]
    if given(layer, "use_bias"):
        found.append(NamedWeight(held(dense, "bias"), f"{name}/bias", out))
    return tuple(found)


def _multi_head(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    query, value = inputs[0], inputs[1]
    key = _key(inputs)
    heads, key_dim = (argument(layer, name, given(layer, name), word) for name, word in _HEADS)
    size = given(layer, "value_dim") or key_dim.size
    value_dim = key_dim if size == key_dim.size else argument(layer, "value_dim", size, "value_dim")
    made = _made(layer, query)
    found = (
        *_projection(layer, "query", _rows(query), (heads, key_dim)),
        *_projection(layer, "key", _rows(key), (heads, key_dim)),
        *(_projection(layer, "gate", _rows(query), (heads, value_dim)) if given(layer, "use_gate") else ()),
        *_projection(layer, "value", _rows(value), (heads, value_dim)),
        *_projection(layer, "attention_output", (heads, value_dim), made),
    )
    return Ruling(
        ((*query[:-1], *made), _scores(query, value, heads)), found, WHY, optional=1, verb="looks at all keys"
    )


def _key(inputs: Sequence[Shape]) -> Shape:
    """The third tensor it reads, unless that is an attention mask; else the value is the key, too."""
    value = inputs[1]
    if len(inputs) < 3:
        return value
    third = inputs[2]
    is_mask = third[-1].axis == "key steps" or len(third) != len(value) or third[-2].size != value[-2].size
    return value if is_mask else third


_HEADS = (("num_heads", "heads"), ("key_dim", "key_dim"))


def _rows(shape: Shape) -> Shape:
    return (as_role(shape[-1], "features"),)


def _made(layer: Any, query: Shape) -> Shape:
    """The last axis that comes out: as wide as the query, unless output_shape says something else."""
    # A live layer has Keras' own property output_shape, too; its argument is kept under a private name.
    asked = layer._output_shape if hasattr(layer, "_output_shape") else layer.output_shape
    if not asked:
        return (query[-1],)
    wanted = tuple(asked) if isinstance(asked, tuple | list) else (asked,)
    names = ["features"] if len(wanted) == 1 else [f"features_{i + 1}" for i in range(len(wanted))]
    return tuple(argument(layer, "output_shape", size, name) for name, size in zip(names, wanted, strict=True))


def _scores(query: Shape, value: Shape, heads: Axis) -> Shape:
    """(batch, heads, query steps, key steps), as Keras declares it: it takes the query's length for both.

    With data the last axis has the length of the key. Both are one number where a sequence attends to itself.
    """
    asking, looked_at = _steps(query[1], "query steps"), _steps(value[1], "key steps")
    if looked_at.size != asking.size:
        said = f"declared by Keras as long as the query steps; with data it is as long as {value[1].origin}"
        looked_at = replace(looked_at, size=asking.size, origin=said)
    return (query[0], heads, asking, looked_at)


def _grouped(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """Several query heads share the keys and values of one head."""
    query, value = inputs[0], inputs[1]
    key = _key(inputs)
    heads = argument(layer, "num_query_heads", layer.num_query_heads, "query heads")
    shared = argument(layer, "num_key_value_heads", layer.num_key_value_heads, "key heads")
    head_dim = argument(layer, "head_dim", layer.head_dim, "head_dim")
    found = (
        *_projection(layer, "query", _rows(query), (heads, head_dim)),
        *_projection(layer, "key", _rows(key), (shared, head_dim)),
        *(_projection(layer, "gate", _rows(query), (heads, head_dim)) if given(layer, "use_gate") else ()),
        *_projection(layer, "value", _rows(value), (shared, head_dim)),
        *_projection(layer, "attention_output", (heads, head_dim), query[-1:]),
    )
    scores = (query[0], heads, _steps(query[1], "query steps"), _steps(value[1], "key steps"))
    return Ruling((query, scores), found, WHY, optional=1, verb="looks at all keys")


def _sheet(name: str, rule: Any, *old: str) -> Sheet:
    facts = reading("batch query.steps features", made="features", old=old, least=True)
    facts["axes"] = tuple(word.replace(".", " ") for word in facts["axes"])
    return Sheet(name, "attention", rule, reads=_reads, **facts)


SHEETS = (
    _sheet("GroupQueryAttention", _grouped, "GroupedQueryAttention"),
    _sheet("MultiHeadAttention", _multi_head),
    _sheet("Attention", _attention),
    _sheet("AdditiveAttention", _additive),
)
