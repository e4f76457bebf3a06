"""What people try with attention and ask about it, and how the lesson recognizes one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from explainers.core.asked import count_of, count_told, shape_told, shapes_of
from explainers.core.axes import plain
from explainers.core.bounds import bounded
from explainers.core.dims import Value
from explainers.core.explainer import Asked, Explainer
from explainers.core.later import layers
from explainers.core.results import BuildError, Figure, Fix, Inspection, Tensor
from explainers.core.signs import Level, Recognised, Seen, known
from explainers.core.spec import CallSpec, LayerSpec
from explainers.core.trial import Tried, trial
from explainers.core.trying import Array, named, try_build
from explainers.core.waves import waves
from explainers.core.words import spoken_by_keras, tag
from explainers.multi_head_attention import INPUTS, OPEN_STEPS, Dims, build, padding_mask

_LONG, _WIDE = 32, 64  # steps and features that a demonstration takes
_BATCH = 4
_QUERY, _KEY = "batch|query steps|features", "batch|key steps|features"


def _small(dims: Dims) -> Dims:
    """Two sequences, quick to run."""
    dims = bounded(dims, query_steps=_LONG, key_steps=_LONG, features=_WIDE)
    return dims.but(self_attention=False, mask="none", key_steps=dims.key_steps or OPEN_STEPS)


def _pair(dims: Dims) -> tuple[Array, Array]:
    """A batch of queries and one of values."""
    return waves((_BATCH, dims.query_steps, dims.features)), waves((_BATCH, dims.key_steps or 1, dims.features))


def _layer(dims: Dims) -> Any:
    return layers.MultiHeadAttention(dims.num_heads, dims.key_dim, value_dim=dims.value_dim, name="attention")


def _refused(act: Callable[[], Any], mistake: str | None, cause: str) -> BuildError | None:
    """What Keras says where it refuses; None where it doesn't."""
    try:
        act()
    except Exception as error:  # whatever Keras or its backend raises is the lesson
        return BuildError(type(error).__name__, spoken_by_keras(error), "attention", mistake, cause)
    return None


@trial("Call it with one tensor", "loud", says="missing a required argument: 'value'")
def one_tensor(dims: Dims) -> Tried:
    """layer(x): query and value are two arguments, also where both are x."""
    small = _small(dims)
    x = waves((_BATCH, small.query_steps, small.features))
    verdict = "The layer asks for a query and a value, even where a sequence looks at itself: layer(x, x)."
    error = _refused(lambda: _layer(small)(x), None, verdict)
    return Tried(f"layers.MultiHeadAttention({small.num_heads}, {small.key_dim})(x)", verdict,
                 (named("x", x, "batch timesteps features"),), error=error,
                 fixes=(Fix("layer(x, x)", {"self_attention": True}),))  # fmt: skip


@trial("A key with more steps than its value", "loud", says="All dimensions of `value` and `key`, except the last one")
def other_keys(dims: Dims) -> Tried:
    """Each key step belongs to one value step."""
    small = _small(dims)
    query, value = _pair(small)
    key = waves((_BATCH, (small.key_steps or 1) + 1, small.features))
    verdict = (
        f"A score says how much of the value at a step is taken, so there is one key for each value: {key.shape[1]} "
        f"keys and {value.shape[1]} values don't pair up. Only the query may have a different number of steps."
    )
    error = _refused(lambda: _layer(small)(query, value, key), "merge_shapes", verdict)
    return Tried("layer(query, value, key)", verdict,
                 (named("query", query, _QUERY), named("value", value, _KEY), named("key", key, _KEY)),
                 error=error)  # fmt: skip


def _no_other_way(dims: Dims) -> str:
    small = _small(dims)
    if small.query_steps == small.key_steps:
        return "Query and key have equally many steps here: the mask is accepted either way."
    return "A mask of one key step fits by broadcasting." if 1 in (small.query_steps, small.key_steps) else ""


@trial("A mask of (key steps, query steps)", "loud", says="ncompatible shapes", needs=_no_other_way)
def turned_mask(dims: Dims) -> Tried:
    """The mask has a row for each query step."""
    small = _small(dims)
    query, value = _pair(small)
    mask = np.ones((_BATCH, value.shape[1], query.shape[1]), "float32")
    verdict = (
        f"The mask covers the scores, (batch, heads, query steps, key steps): it needs a row for each of "
        f"{query.shape[1]} query steps and a column for each of {value.shape[1]} key steps."
    )
    error = _refused(lambda: _layer(small)(query, value, attention_mask=mask), "mask", verdict)
    return Tried("layer(query, value, attention_mask=mask)", verdict,
                 (named("query", query, _QUERY), named("value", value, _KEY),
                  named("mask", mask, "batch|key steps|query steps")), error=error)  # fmt: skip


def _one_sequence(dims: Dims) -> str:
    return "Where a sequence looks at itself, both are the same." if dims.self_attention else ""


@trial("The declared shape of the scores, and the real one", "silent", needs=_one_sequence)
def declared_scores(dims: Dims) -> Tried:
    """Keras takes the query's length for both axes until data arrive."""
    small = _small(dims)
    found = try_build(lambda: build(small.but(return_attention_scores=True)), INPUTS)
    query, value = _pair(small)
    _, live = _layer(small)(query, value, return_attention_scores=True)
    scores = np.asarray(live)
    told = found.layer("attention").outputs[1]
    same = told[3].size == scores.shape[3]
    verdict = (
        f"The model says {plain(told)}, the data give {scores.shape}: (batch, heads, query steps, key steps). "
        + ("Both agree here, because query and key have equally many steps. " if same else "Keras declares the query's "
           "length for the key steps, too; trust the data. ")
        + f"Each row of {scores.shape[3]} scores sums to {scores.sum(-1).mean():.4g}."
    )  # fmt: skip
    return Tried(
        "output, scores = layer(query, value, return_attention_scores=True)",
        verdict,
        (Tensor("scores, declared", told), named("scores, with data", scores, "batch|heads|query steps|key steps")),
        kind="run" if same else "silent",
    )


@trial("Must key_dim × num_heads equal the features?", "run")
def other_widths(dims: Dims) -> Tried:
    """Any key_dim and any number of heads give the same output shape."""
    small = _small(dims)
    chosen = (small, small.but(key_dim=min(2 * small.key_dim, 512)), small.but(num_heads=min(small.num_heads + 1, 64)))
    found = [try_build(lambda one=one: build(one), INPUTS).layer("attention") for one in chosen]  # type: ignore[misc]
    same = len({plain(layer.outputs[0]) for layer in found}) == 1
    verdict = (
        f"No. All of them return {plain(found[0].outputs[0])}: the last projection brings the heads back to the "
        f"{tag(small.features, 'features')} features of the query. features / num_heads is a convention that keeps the "
        "cost the same; PyTorch's layer insists on it, Keras' doesn't."
        if same
        else "The shapes differ."
    )
    figures = tuple(
        Figure(f"parameters with num_heads={one.num_heads}, key_dim={one.key_dim}", layer.params)
        for one, layer in zip(chosen, found, strict=True)
    )
    return Tried("layers.MultiHeadAttention(num_heads, key_dim)", verdict, figures=figures)


@trial("More steps, the same weights", "run")
def any_length(dims: Dims) -> Tried:
    """No weight has steps in it; the scores have."""
    small = _small(dims)
    layer, figures, tensors = _layer(small), [], []
    for steps in (small.key_steps or 1, 2 * (small.key_steps or 1)):
        query, value = waves((_BATCH, small.query_steps, small.features)), waves((_BATCH, steps, small.features))
        output, scores = layer(query, value, return_attention_scores=True)
        figures.append(Figure(f"scores with {steps} key steps", int(np.prod(scores.shape[1:])),
                              " × ".join(str(n) for n in scores.shape[1:])))  # fmt: skip
        tensors.append(named(f"output, {steps} key steps", np.asarray(output), _QUERY))
    figures.append(Figure("parameters, both times", layer.count_params()))
    verdict = (
        f"The same {layer.count_params():,} parameters read both lengths, and the output keeps its shape. Only the "
        "scores grow: there is one for each query step and each key step, so doubling the steps of a sequence that "
        "looks at itself makes four times as many."
    )
    return Tried("layer(query, value)\nlayer(query, longer_value)", verdict, tuple(tensors), tuple(figures))


def _one_key_step(dims: Dims) -> str:
    alone = _small(dims).key_steps == 1
    return "One key step can't be hidden: there would be nothing to look at." if alone else ""


@trial("Hide the padding", "run", needs=_one_key_step)
def hidden_padding(dims: Dims) -> Tried:
    """A mask changes the scores, and no shape."""
    small = _small(dims)
    query, value = _pair(small)
    mask = padding_mask((_BATCH, 1, value.shape[1]))
    layer = _layer(small)
    output, scores = layer(query, value, attention_mask=mask, return_attention_scores=True)
    hidden = int((mask[0, 0] == 0).sum())
    left = float(np.asarray(scores)[..., -hidden:].max())
    verdict = (
        f"The last {hidden} of {value.shape[1]} key steps are hidden: their scores are {left:.3g}, the others still "
        f"sum to 1, and the output is {tuple(output.shape)} as before. A mask for all query steps is (batch, 1, key "
        "steps): write mask[:, None, :]."
    )
    return Tried("layer(query, value, attention_mask=mask[:, None, :])", verdict,
                 (named("mask", mask, "batch|query steps|key steps"), named("output", np.asarray(output), _QUERY)),
                 (Figure("largest hidden score", left),))  # fmt: skip


# -- what people ask -----------------------------------------------------------------------------------------


def _roles_told(dims: Dims, found: Inspection) -> str:
    layer = found.layer("attention")
    query, value = layer.inputs[0], layer.inputs[1]
    return (
        f"The query asks, {shape_told(query)}; the keys are what it is compared with; the values are what it gets. In "
        f"Keras you pass query and value, {shape_told(value)}, and the key is the value unless you pass a third tensor."
    )


def _key_dim_told(dims: Dims, found: Inspection) -> str:
    layer = found.layer("attention")
    heads, width = tag(dims.num_heads, "heads"), tag(dims.key_dim, "key_dim")
    return (
        f"Each head ({heads} heads) projects a step to key_dim={width} numbers before it compares it: a width inside "
        f"the layer, so the output stays {shape_told(layer.outputs[0])}. {count_told(layer)}"
    )


def _scores_told(dims: Dims, found: Inspection) -> str:
    layer = found.layer("attention")
    return (
        f"The scores are (batch, {tag(dims.num_heads, 'heads')} heads, {tag(dims.query_steps, 'query steps')} query "
        f"steps, key steps): one for each pair of steps in each head. Keras declares {plain(layer.outputs[1])}."
    )


def of_count(count: int) -> Iterator[dict[str, Value]]:
    """Dims at which the layer has so many parameters: (4 × features + 3) × heads × key_dim + features."""
    for wide in (64, 128, 32, 256, 16, 512, 8, 6):  # num_heads × key_dim
        features, left = divmod(count - 3 * wide, 4 * wide + 1)
        if not left and 1 <= features <= 2048:
            heads = next(heads for heads in (4, 2, 1) if wide % heads == 0)
            yield {"num_heads": heads, "key_dim": wide // heads, "features": features}


ASKED: tuple[Asked[Dims], ...] = (
    Asked("What is the output shape of attention?", {}, "", shapes_of("attention"),
          ("MultiHeadAttention output shape", "attention output", "transformer", "nn.MultiheadAttention")),
    Asked("What are query, key and value?", {}, "scores", _roles_told, ("query key value", "cross-attention")),
    Asked("What does key_dim mean?", {}, "parameters", _key_dim_told,
          ("key_dim", "num_heads", "heads", "embed_dim", "value_dim")),
    Asked("What is self-attention?", {"self_attention": True}, "scores", None, ("self-attention", "layer(x, x)")),
    Asked("How many parameters does MultiHeadAttention have?", {}, "parameters", count_of("attention"),
          ("attention parameters",)),
    Asked("What is the shape of the attention scores?", {"return_attention_scores": True}, "scores", _scores_told,
          ("attention weights", "return_attention_scores", "attention matrix")),
    Asked("What is the shape of an attention mask?", {"mask": "padding"}, "break-it", None,
          ("attention_mask", "mask shape", "padding mask"), trial="hidden_padding"),
    Asked("What does a causal mask do?", {"self_attention": True, "mask": "causal"}, "scores", None,
          ("use_causal_mask", "look ahead mask", "decoder")),
    Asked("Must features be a multiple of num_heads?", {}, "break-it", None, ("divisible by num_heads",),
          trial="other_widths"),
)  # fmt: skip


def _attends(seen: Seen) -> Recognised | None:
    """The first MultiHeadAttention, in a model without a layer that another lesson is about."""
    spec = seen.finding.spec
    if spec is None or seen.main() is not None:
        return None
    call = next((call for call in spec.calls if spec.layers[call.layer].class_name == "MultiHeadAttention"), None)
    if call is None:
        return None
    layer = spec.layers[call.layer]
    shape = next((read for one, read in seen.calls if one is layer), ())
    dims = known(**{name: _whole(layer, name) for name in ("num_heads", "key_dim", "value_dim")})
    if len(shape) == 3:
        dims |= known(query_steps=shape[1], features=shape[2])
    return dims | _of_value(seen, call)


def _of_value(seen: Seen, call: CallSpec) -> Recognised:
    """Whether the sequence looks at itself; else the key steps, where they are those of an Input."""
    spec = seen.finding.spec
    if spec is None or len(call.inputs) < 2:
        return {}
    if call.inputs[0] == call.inputs[1]:
        return {"self_attention": True}
    ref = call.inputs[1]
    shape = spec.inputs[ref.index].shape if ref.source == "input" else ()
    return {"key_steps": shape[1]} if len(shape) == 3 else {}


def _whole(layer: LayerSpec, name: str) -> int | None:
    value = layer.get(name)
    return value if isinstance(value, int) else None


def complete(lesson: Explainer[Dims]) -> Explainer[Dims]:
    """The lesson with its trials and signs."""
    return dataclasses.replace(
        lesson,
        asked=ASKED,
        of_count=of_count,
        trials=(
            one_tensor,
            other_keys,
            turned_mask,
            hidden_padding,
            declared_scores,
            other_widths,
            any_length,
        ),
        signs={Level.LAYER: _attends},
    )
