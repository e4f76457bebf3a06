"""In `MultiHeadAttention` every query step looks at every key step, once in each head.

    query  (batch, query steps, features)     scores = softmax(query · key / √key_dim)
    value  (batch, key steps, features)                (batch, heads, query steps, key steps), each row sums to 1
    output (batch, query steps, features)     the values at all key steps, mixed by the scores

`key` is `value` unless you say otherwise. Each head projects both to `key_dim` numbers; the last projection brings all
heads back to the features of the query. No weight has steps in it, so the same layer reads any length.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainers.core.asked import shape_told
from explainers.core.dims import DimsBase, choice, dim, switch
from explainers.core.explainer import Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.results import Inspection
from explainers.core.trying import built
from explainers.core.waves import waves
from explainers.core.words import tag

INPUTS = {
    "query": "batch|query steps|features",
    "value": "batch|key steps|features",
    "mask": "batch|query steps|key steps",
    "sequence": "batch timesteps features",
}
OPEN_STEPS = 9  # key steps that the picture takes where the dims leave them open
CAUSAL, PADDING = "causal", "padding"


@dataclass(frozen=True)
class Dims(DimsBase):
    self_attention: bool = switch(
        False, help="True: the sequence looks at itself, layer(x, x). False: a query looks at another sequence."
    )
    query_steps: int = dim(
        5,
        high=512,
        axis="query steps",
        sets=("query.shape[0]", "sequence.shape[0]"),
        help="How many steps the query has. The output has the same number.",
    )
    key_steps: int | None = dim(
        7,
        high=512,
        allows_none=True,
        axis="key steps",
        sets=("value.shape[0]",),
        help="How many steps each query step can look at. None leaves it open.",
    )
    features: int = dim(
        6,
        high=2048,
        axis="features",
        sets=("query.shape[1]", "value.shape[1]", "sequence.shape[1]"),
        help="How many numbers each step has.",
    )
    num_heads: int = dim(
        2,
        high=64,
        axis="heads",
        sets=("attention.num_heads",),
        help="How many times the steps look at each other in parallel.",
    )
    key_dim: int = dim(
        3,
        high=512,
        axis="key_dim",
        sets=("attention.key_dim",),
        help="How many numbers each head turns a step of query and key into before it compares them.",
    )
    value_dim: int | None = dim(
        None,
        high=512,
        allows_none=True,
        axis="value_dim",
        sets=("attention.value_dim",),
        help="How many numbers each head turns a value into. None: as many as key_dim.",
    )
    mask: str = choice(
        "none",
        ("none", CAUSAL, PADDING),
        help="causal: no query step sees a later key step. padding: an attention_mask hides the last key steps.",
    )
    return_attention_scores: bool = switch(
        False,
        sets=("attention.return_attention_scores",),
        help="True: the layer returns its scores next to the output.",
    )


PRESETS = (
    Preset("self-attention", "self-attention", {"self_attention": True}, "layer(x, x): the query steps are the key "
    "steps."),
    Preset("causal", "causal", {"self_attention": True, "mask": CAUSAL}, "As in GPT: no step sees a later one."),
    Preset("padding-mask", "padding hidden", {"mask": PADDING}, "The last key steps are padding: their scores are 0."),
    Preset("with-scores", "with its scores", {"return_attention_scores": True}, "One score per query and key step."),
    Preset("a-transformer", "as in a transformer", {"self_attention": True, "query_steps": 20, "features": 64,
           "num_heads": 4, "key_dim": 16}, "key_dim = features / num_heads is a convention, not a rule."),
)  # fmt: skip


def build(dims: Dims) -> keras.Model:
    """Input(s) -> MultiHeadAttention, as one would write it in a notebook."""
    attention = layers.MultiHeadAttention(dims.num_heads, dims.key_dim, value_dim=dims.value_dim, name="attention")
    how: dict[str, Any] = {"use_causal_mask": True} if dims.mask == CAUSAL else {}
    if dims.return_attention_scores:
        how["return_attention_scores"] = True
    if dims.self_attention:
        inputs = [keras.Input((dims.query_steps, dims.features), name="sequence")]  # (batch, timesteps, features)
    else:
        query = keras.Input((dims.query_steps, dims.features), name="query")  # (batch, query steps, features)
        value = keras.Input((dims.key_steps, dims.features), name="value")  # (batch, key steps, features)
        inputs = [query, value]
    if dims.mask == PADDING:
        mask = keras.Input((dims.query_steps, _keys(dims)), name="mask")  # (batch, query steps, key steps)
        how["attention_mask"] = mask
    output = attention(inputs[0], inputs[-1], **how)  # (batch, query steps, features)
    fed = [*inputs, how["attention_mask"]] if dims.mask == PADDING else inputs
    return keras.Model(fed if len(fed) > 1 else fed[0], output, name="multi_head_attention")


def _keys(dims: Dims) -> int | None:
    return dims.query_steps if dims.self_attention else dims.key_steps


def feed(dims: Dims, name: str, shape: tuple[int, ...]) -> Any:
    """The mask: 1 where a key step may be looked at; the last third of the key steps is padding."""
    return padding_mask(shape) if name == "mask" else None


def padding_mask(shape: tuple[int, ...]) -> NDArray[Any]:
    """(batch, query steps, key steps): 0 for the last third of the key steps, at least one, and never for all."""
    seen = np.ones(shape, "float32")
    hidden = max(1, shape[-1] // 3) if shape[-1] > 1 else 0
    if hidden:
        seen[..., -hidden:] = 0
    return seen


def unused(dims: Dims) -> tuple[str, ...]:
    """A sequence that looks at itself has one number of steps."""
    return ("key_steps",) if dims.self_attention else ()


def sentence(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        return f"This model can't be built: {found.error.cause}"
    attention = found.layer("attention")
    leaving = attention.outputs[0]
    keys = _keys(dims)
    looks = (
        f"{_each('step', dims)} looks at {'itself and those before it' if dims.mask == CAUSAL else 'all of them'}"
        if dims.self_attention
        else f"{_each('query step', dims)} looks at {'the' if dims.mask != 'none' else 'all'} "
        f"{'' if keys is None else tag(keys, 'key steps') + ' '}key steps"
        f"{' that the mask leaves' if dims.mask != 'none' else ''}"
    )
    gone = "" if dims.self_attention else " The key steps are mixed into it, so their number isn't part of its shape."
    return (
        f"The output has the shape of the query: {shape_told(leaving)}. {looks}, once per head "
        f"({tag(dims.num_heads, 'heads')} heads).{gone} key_dim="
        f"{tag(dims.key_dim, 'key_dim')} is a width inside the layer: it determines the **{attention.params:,}** "
        "parameters, not the shape."
    )


def _each(step: str, dims: Dims) -> str:
    """Who looks: ``Each of the 5 query steps``, ``The only step``."""
    many = f"Each of the {tag(dims.query_steps, 'query steps')} {step}s"
    return f"The only {step}" if dims.query_steps == 1 else many


# -- the picture: who looks at whom --------------------------------------------------------------------------

STEPS = 14  # of one axis that are drawn; of more the first ones
HEADS = 4  # that are drawn
MOST = 1_000_000  # scores, and weights, of the picture's own forward pass


@dataclass(frozen=True)
class Scored:
    """The live scores of one sample. scores: (heads, query steps, key steps), as many as are drawn.

    hidden: per query step, which key steps the mask hides. declared: the shape that Keras declares before data arrive.
    difference: the largest between the layer and NumPy's softmax(query · key / √key_dim), over all scores.
    """

    heads: int
    query_steps: int
    key_steps: int
    key_dim: int
    scores: list[list[list[float]]]
    hidden: list[list[bool]]
    declared: list[int | None]
    difference: float


def extra(dims: Dims, found: Inspection) -> dict[str, object]:
    """{"scored": the scores of one sample, from the live layer; None where nothing was run}."""
    keys = _keys(dims) or OPEN_STEPS
    cost = dims.num_heads * dims.query_steps * keys
    if found.error is not None or max(cost, found.total_params) > MOST:
        return {"scored": None}
    return {"scored": asdict(scored(dims, keys))}


def scored(dims: Dims, keys: int) -> Scored:
    """Ask the live layer for its scores, and work them out again in NumPy."""
    layer = built(lambda: build(dims), INPUTS).get_layer("attention")
    query = waves((1, dims.query_steps, dims.features))
    value = query if dims.self_attention else waves((1, keys, dims.features))[:, ::-1]
    seen = _seen(dims, keys)
    mask = seen[None] if dims.mask == PADDING else None
    causal = dims.mask == CAUSAL
    _, live = layer(query, value, attention_mask=mask, use_causal_mask=causal, return_attention_scores=True)
    scores = np.asarray(live)[0]  # (heads, query steps, key steps)
    declared = layer(keras.Input(query.shape[1:]), keras.Input(value.shape[1:]), return_attention_scores=True)[1].shape
    return Scored(
        dims.num_heads, dims.query_steps, keys, dims.key_dim,
        [[[round(float(n), 4) for n in row[:STEPS]] for row in head[:STEPS]] for head in scores[:HEADS]],
        [[not n for n in row[:STEPS]] for row in seen[:STEPS]],
        list(declared),
        float(np.abs(scores - by_numpy(layer, query[0], value[0], seen)).max()),
    )  # fmt: skip


def _seen(dims: Dims, keys: int) -> NDArray[Any]:
    """(query steps, key steps): True where the mask lets a query step look."""
    if dims.mask == CAUSAL:
        return np.tri(dims.query_steps, keys, dtype=bool)
    if dims.mask == PADDING:
        return np.asarray(padding_mask((dims.query_steps, keys)), bool)
    return np.ones((dims.query_steps, keys), bool)


def by_numpy(layer: Any, query: NDArray[Any], key: NDArray[Any], seen: NDArray[Any]) -> NDArray[Any]:
    """(heads, query steps, key steps): softmax(query · key / √key_dim) over the key steps that may be seen."""
    weights = {"/".join(weight.path.split("/")[-2:]): np.asarray(weight) for weight in layer.weights}
    queries = np.einsum("qf,fhd->hqd", query, weights["query/kernel"]) + weights["query/bias"][:, None]
    keys = np.einsum("kf,fhd->hkd", key, weights["key/kernel"]) + weights["key/bias"][:, None]
    scores = np.einsum("hqd,hkd->hqk", queries, keys) / np.sqrt(layer.key_dim)
    scores = np.where(seen, scores, -np.inf)
    shifted = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(-1, keepdims=True))


EXPLAINER = Explainer(
    name="multi_head_attention",
    title="MultiHeadAttention",
    question="What is the output shape of MultiHeadAttention?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    sentence=sentence,
    journey=Journey(change="features", open="key_steps", axis="key steps", steps="attention"),
    extra=extra,
    extra_later=True,
    feed=feed,
    unused=unused,
    label="Attention: query, key, heads",
    group="Advanced",
    about="Attention compares each step of a query with each step of a key, and mixes the values accordingly.",
    picture="attention",
    order=45,
    always_builds=True,
)
