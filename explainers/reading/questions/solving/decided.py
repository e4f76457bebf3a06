"""Questions that want a yes or a no, where the live model decides: does one size change another, has a layer weights.

``does the number of timesteps change the parameters of an LSTM`` is tried: with twice the steps, the count is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from explainers.core.layers import axis_names
from explainers.core.layers.signatures import arguments_of
from explainers.core.spec import Argument, LayerSpec, Sizes
from explainers.core.words import listed
from explainers.reading.questions.models import as_sentence, size_told
from explainers.reading.questions.parsed.network import Network, network, of_layers
from explainers.reading.questions.parsed.parts import Parts
from explainers.reading.questions.parsed.replies import counts_told, made_told
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import Told

_ASKS = re.compile(
    r"(?:^\W{0,3}|[.?!,:] |\b(?:so|but|and|if|whether|wonder(?:ing)?|know|that) )"
    r"(?:is|are|does|do|will|would|can|has|have|did|could)\b|\b(?:if|whether) (?:the |an? |a )"
)
# What may be changed: the words for it, and the axis of the input or the argument of the layer.
_CAUSES: tuple[tuple[str, str, str], ...] = (
    ("batch", "batch", r"batch[ _-]?sizes?|number of (?:samples|epochs)|epochs|samples"),
    ("axis", "timesteps", r"(?:number of )?time ?-?_?steps?|sequence length|(?:input|window) length|look[ _-]?back|"
     r"length of the (?:sequences?|inputs?|series)"),
    ("side", "height", r"(?:image|input|picture|spatial)(?:'s)? (?:size|dimensions?|resolution|shape)|resolution|"
     r"size of the (?:images?|inputs?|pictures?)|height|width"),
    ("last", "features", r"(?:number of )?(?:input )?(?:features|channels|colou?rs|variables|columns)|input_dim"),
    ("argument", "units", r"(?:number of )?(?:hidden |lstm |gru )?(?:units|neurons|nodes|cells)|hidden size"),
    ("argument", "filters", r"(?:number of )?(?:filters|kernels|feature maps)"),
    ("argument", "kernel_size", r"(?:kernel|filter)[ _]?sizes?|size of the (?:kernels?|filters?)"),
    ("argument", "strides", r"strides?"),
    ("argument", "padding", r"(?:same |valid )?padding"),
    ("argument", "pool_size", r"pool(?:ing)?[ _]?sizes?"),
    ("argument", "return_sequences", r"return[ _]sequences?"),
    ("argument", "activation", r"activations?(?: functions?)?"),
)  # fmt: skip
_CAUSE = re.compile("|".join(rf"(?P<{kind}_{key}>\b(?:{words})\b)" for kind, key, words in _CAUSES))
_EFFECT = re.compile(
    r"\b(?:(?P<count>param(?:eter)?s?|weights)|(?P<channels>channels|depth)|(?P<batch>batch)|"
    r"(?P<shape>outputs?|shapes?|dimensions?|size|length|steps))\b"
)
_ACTIVE = re.compile(
    r"\b(?:chang|affect|influenc|increas|decreas|determin|alter|impact|reduc|add|matter|doubl)(?:e|es|ed|ing|s)?\b|"
    r"\bha(?:s|ve) (?:an? |any )?(?:effect|influence|impact)\b"
)
_PASSIVE = re.compile(
    r"\b(?:depend(?:s|ent|ing)? (?:up)?on|independent of|affected by|influenced by|determined by|"
    r"(?:chang|var)(?:e|es|y|ies|ed) (?:with|when|if|for|depending))\b"
)
_HAS_WEIGHTS = re.compile(
    r"\b(?:ha(?:s|ve)|add|adds|contain|contains|learn|learns)\b(?: \w{1,9}){0,2} (?:trainable |learnable |own )?"
    r"(?:param(?:eter)?s?|weights)\b(?! (?:than|as|of))"
)
_OTHERS: dict[str, tuple[Argument, Argument]] = {
    "padding": ("valid", "same"),
    "return_sequences": (False, True),
    "activation": (None, "relu"),
}


def decided(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """Yes or no, and the live model that says so; None where that isn't asked, or a model doesn't decide it."""
    if (learned := _nothing_learned(parts, entries)) is not None:
        return learned
    if (
        not _ASKS.search(parts.words)
        or _EITHER.search(parts.words)
        or parts.apart
        or not parts.mentions
        or parts.shapes("out", "to")
    ):
        return None
    found = network(parts, entries)
    if found is None:
        return None
    if len(parts.mentions) == 1 and _HAS_WEIGHTS.search(parts.words) and "how many" not in parts.aims:
        if any(one.role == "count" for one in parts.said):
            return None
        yes = "Yes: " if found.count else "No: "
        return _with(found, f"{yes}{counts_told(parts, found) if found.count else made_told(found).sentence}")
    sized = bool(parts.shaped or len(parts.mentions) > 1)
    if _MAY.search(parts.words) and not _HOW_TO.search(parts.words) and sized and not found.added:
        return _with(found, f"Yes. {made_told(found).sentence}")
    return _tried(parts, found)


_NO_WEIGHTS = re.compile(
    r"\b(?:0|no|zero)(?: \w{1,9})? (?:param\w*|weights)\b|\b(?:param\w*|weights)\b.{0,16}\b(?:0|zero)\b"
)


def _nothing_learned(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``why do MaxPooling2D, Dropout and Flatten have 0 parameters``: each, and what it does instead."""
    if not _NO_WEIGHTS.search(parts.words) or len(parts.mentions) < 2:
        return None
    made = [network(parts, entries, (one,)) for one in parts.mentions]
    rows = [one.rows[0] for one in made if one is not None and not one.count]
    if len(rows) < len(parts.mentions):
        return None
    names = listed([row.layer.class_name for row in rows])
    told = " ".join(
        f"{row.layer.class_name}: {as_sentence(row.why)}"
        for row in rows
        if row.why and row.layer.class_name != "Flatten"
    )
    first = next(one for one in made if one is not None)
    return _with(first, f"{names} learn nothing, so they have no parameters: they have no kernel and no bias. {told}")


_EITHER = re.compile(r"\bor (?:is|are|does|do|will|has|have) (?:it|they|there|the|each|only)\b")  # no yes or no

_MAY = re.compile(r"\b(?:can|could|may) (?:i|we|one)\b|\bis it (?:possible|ok|okay|allowed|valid)\b|\bpossible to\b")
_HOW_TO = re.compile(
    r"\b(?:how|what|why|which|where) (?:can|could|may|do|should|is)\b|\binstead\b|\bwithout\b.{0,30}\blos"
)


def _with(found: Network, sentence: str) -> Told:
    return replace(made_told(found), sentence=sentence)


def _tried(parts: Parts, found: Network) -> Told | None:
    """What changes when the cause does."""
    told = _cause_and_effect(parts.words)
    if told is None:
        return _of_the_layer(parts, found)
    cause, effect = told
    changed = _changed(found, *cause)
    if changed is None:
        return None
    other, now, then = changed
    rows = ", then ".join(call(row.layer) for row in found.rows)
    if effect == "count":
        if other.count == found.count:
            has = f"the same {found.count:,} parameters" if found.count else "no parameters"
            return _with(found, f"No: with {now} or {then}, {rows} has {has}. {counts_told(parts, found)}")
        return _with(found, f"Yes: {rows} has {found.count:,} parameters with {now}, and {other.count:,} with {then}. "
                            f"{counts_told(parts, found)}")  # fmt: skip
    if other.after == found.after:
        return _with(found, f"No: with {now} or {then}, the output is {found.after}. {made_told(found).sentence}")
    return _with(found, f"Yes: with {now} the output is {found.after}, with {then} it is {other.after}. "
                        f"{made_told(found).sentence}")  # fmt: skip


def _cause_and_effect(words: str) -> tuple[tuple[str, str], str] | None:
    """``does A change B`` and ``does B depend on A``."""
    passive, active = _PASSIVE.search(words), _ACTIVE.search(words)
    verb = passive or active
    if verb is None:
        return None
    before, after = words[max(0, verb.start() - 90) : verb.start()], words[verb.end() : verb.end() + 90]
    first, second = (after, before) if passive is not None else (before, after)
    cause = next(iter(_CAUSE.finditer(first)), None)
    effect = next((kind for found in _EFFECT.finditer(second) for kind in _EFFECT.groupindex if found[kind]), None)
    if cause is None or effect is None or cause.lastgroup is None:
        return None
    kind, _, key = cause.lastgroup.partition("_")
    return (kind, key), "count" if effect == "count" else "shape"


def _changed(found: Network, kind: str, key: str) -> tuple[Network, str, str] | None:
    """The model with another cause, and the two in words."""
    layers = tuple(row.layer for row in found.rows)
    if kind == "batch":
        return None  # no model has it: a fact says so
    shape = _other_shape(found.shape, kind, found.rows[0].layer)
    if shape is not None:
        place = next(i for i, (one, other) in enumerate(zip(found.shape, shape, strict=True)) if one != other)
        word = axis_names(layers[0].class_name, len(shape))[place] if kind != "side" else "pixels a side"
        other = of_layers(shape, layers)
        now, then = found.shape[place], shape[place]
        return (other, f"{now} {word}", f"{then}") if other is not None and now is not None else None
    for place, layer in enumerate(layers):
        value = _other_value(layer, key) if kind == "argument" and key in arguments_of(layer.class_name) else None
        if value is None:
            continue
        is_, is_then = value
        with_other = layer.but(**{key: is_then})
        other = of_layers(found.shape, (*layers[:place], with_other, *layers[place + 1 :]))
        if other is not None:
            return other, _said(key, is_), _said(key, is_then)
    return None


def _said(key: str, value: Argument) -> str:
    return size_told(value, key) if isinstance(value, int) and not isinstance(value, bool) else f"{key}={value!r}"


def _other_value(layer: LayerSpec, key: str) -> tuple[Argument, Argument] | None:
    """What an argument is, and another value for it."""
    if key in _OTHERS:
        first, second = _OTHERS[key]
        now = layer.get(key, first)
        return now, second if now != second else first
    now = layer.get(key, 1 if key == "strides" else None)
    if isinstance(now, int):
        return now, now + 2 if key == "kernel_size" else 2 * now
    return None


def _other_shape(shape: Sizes, kind: str, layer: LayerSpec) -> Sizes | None:
    """The input with another size of that kind."""
    if kind == "last" and shape[-1] is not None:
        return (*shape[:-1], 2 * shape[-1])
    if kind == "axis" and len(shape) == 3 and shape[1] is not None:
        return (shape[0], 2 * shape[1], shape[2])
    if kind == "side" and len(shape) == 4 and None not in shape[1:3]:
        return (shape[0], *(2 * (side or 1) for side in shape[1:3]), shape[3])
    return None


@dataclass(frozen=True)
class _Side:
    """What a layer does to one part of a shape."""

    now: object
    then: object
    word: str


def _of_the_layer(parts: Parts, found: Network) -> Told | None:
    """``does MaxPooling2D change the number of channels``: the layer's own input and output are compared."""
    verb = _ACTIVE.search(parts.words)
    if verb is None or not any(one.end <= verb.start() for one in parts.mentions):
        return None
    inner = found.rows[-1].layer.get("layer")
    if isinstance(inner, LayerSpec) and re.match(r".{0,30}\b(?:param|weights)", parts.words[verb.end() :]):
        return _of_a_wrapper(found, inner)
    side = next(_sides(parts.words[verb.end() : verb.end() + 60], found), None)
    if side is None:
        return None
    if side.now == side.then:
        return _with(found, f"No: the {side.word} stay{'s' * (not side.word.endswith('s'))} {side.now}. "
                            f"{made_told(found).sentence}")  # fmt: skip
    change = f"{side.now} become{'s' * (not side.word.endswith('s'))} {side.then}"
    return _with(found, f"Yes: {side.word} {change}. {made_told(found).sentence}")


def _of_a_wrapper(found: Network, inner: LayerSpec) -> Told | None:
    """``does Bidirectional double the parameters``."""
    alone = of_layers(found.shape, (inner,))
    if alone is None or not alone.count:
        return None
    yes = "No: both have" if alone.count == found.count else "Yes:"
    counts = f"{call(inner)} alone has {alone.count:,} parameters, {call(found.rows[-1].layer)} {found.count:,}"
    counts = f"{found.count:,} parameters" if alone.count == found.count else counts
    return _with(found, f"{yes} {counts}. {made_told(found).sentence}")


def _sides(words: str, found: Network) -> Iterator[_Side]:
    effect = _EFFECT.search(words)
    if effect is None or effect["count"]:
        return
    if effect["channels"] and len(found.shape) > 2:
        yield _Side(found.shape[-1], found.after[-1], "channels")
    elif effect["batch"]:
        yield _Side(found.shape[0], found.after[0], "batch axis")
    elif effect["shape"]:
        yield _Side(found.shape, found.after, "shape")
