"""What a word, an argument or a choice means: one fact each, shown on a live model with the sizes of the question.

A fact has the terms that a question about it speaks of. The one with the most of them is told; where none has enough of
what the question speaks of, nobody is told anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from explainers.core.layers import RECURRENT
from explainers.core.spec import Argument, LayerSpec, Sizes, snake
from explainers.reading.questions.parsed.counts import examples_told
from explainers.reading.questions.parsed.fact import Fact
from explainers.reading.questions.parsed.fact_list import FACTS
from explainers.reading.questions.parsed.network import Network, of_layers
from explainers.reading.questions.parsed.parts import NO_PARTS, Parts
from explainers.reading.questions.parsed.terms import terms_in, topics_in
from explainers.reading.questions.words import Told

# The sizes of a fact: the roles that say them, an example, and what the example is called.
_SIZES: dict[str, tuple[tuple[str, ...], int, str]] = {
    "batch": (("batch",), 32, "batch_size"),
    "samples": (("samples",), 100, "samples"),
    "steps": (("steps", "days"), 7, "timesteps"),
    "features": (("features", "inputs", "channels", "output_dim"), 3, "features"),
    "queries": (("queries", "steps"), 7, "query steps"),
    "keys": (("keys",), 9, "key steps"),
    "units": (("units", "outputs"), 16, "units"),
    "filters": (("filters",), 8, "filters"),
    "kernel": (("kernel",), 3, "kernel_size"),
    "strides": (("strides",), 2, "strides"),
    "pool": (("pool",), 2, "pool_size"),
    "classes": (("classes", "outputs"), 4, "classes"),
    "heads": (("heads",), 2, "num_heads"),
    "key_dim": (("key_dim",), 8, "key_dim"),
    "vocabulary": (("vocabulary",), 1000, "input_dim"),
    "output_dim": (("output_dim",), 12, "output_dim"),
    "height": ((), 28, "height"),
    "width": ((), 26, "width"),
    "channels": (("channels",), 3, "channels"),
    "horizon": (("horizon",), 24, "steps ahead"),
    "longer": ((), 12, "other timesteps"),
    "others": ((), 5, "other features"),
}
_ARGUMENTS = {
    "units": "units", "filters": "filters", "kernel": "kernel_size", "strides": "strides", "pool": "pool_size",
    "heads": "num_heads", "key_dim": "key_dim", "vocabulary": "input_dim", "output_dim": "output_dim",
}  # fmt: skip


_LISTED = re.compile(r"\[ ?0 ?, ?1(?: ?, ?\d{1,3}){0,20}")


_IN_BRACKETS = {  # ``kernel_size=(5, 5)``
    name: re.compile(rf"\b{name}(?:[ _]?size)? ?=? ?\((\d{{1,3}}), ?\d") for name in ("kernel", "pool")
}


@dataclass
class _Known:
    """The sizes of one question; those that it doesn't say are examples."""

    parts: Parts
    entries: Mapping[str, int]
    examples: dict[str, int] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        roles, example, key = _SIZES[name]
        given = self._given(name, roles)
        if given is not None:
            return given
        if key in self.entries:
            self.said[key] = self.entries[key]
            return self.entries[key]
        return self.examples.setdefault(key, example)

    def _given(self, name: str, roles: tuple[str, ...]) -> int | None:
        argument = _ARGUMENTS.get(name)
        for one in self.parts.mentions:
            value = one.given.get(argument or "")
            if isinstance(value, int):
                return value
        if name == "vocabulary" and (largest := self.parts.size("largest_id")) is not None:
            return largest + 1
        numbers = [one.value for role in roles for one in self.parts.said if one.role == role]
        if name == "longer":
            steps = [one.value for one in self.parts.said if one.role in ("steps", "")]
            return steps[1] if len(steps) > 1 else None
        if name == "classes" and (not numbers or not numbers[0]) and (classes := self._of_labels()) is not None:
            return classes
        if not numbers and name in _IN_BRACKETS and (side := _IN_BRACKETS[name].search(self.parts.words)) is not None:
            return int(side[1])
        if numbers:
            return numbers[0] if 0 < numbers[0] < 10**6 else None
        return self._of_shape(name)

    def _of_labels(self) -> int | None:
        """How many classes labels have: ``(70, 3)``, or ``[0, 1, 2]``."""
        listed = _LISTED.search(self.parts.words)
        if listed is not None:
            return max(map(int, re.findall(r"\d+", listed.group()))) + 1
        for sizes in self.parts.shapes("to", "labels"):
            if len(sizes) == 2 and (sizes[1] or 0) > 1:
                return sizes[1]
        return None

    def _of_shape(self, name: str) -> int | None:
        one = next((one for one in self.parts.shaped if one.part in ("in", "declared", "data", "whole")), None)
        shape = one.sizes if one is not None else ()
        rows = one is not None and one.part == "data" and len(shape) == 2
        rows = rows or (len(shape) == 3 and name in ("steps", "features") and None not in shape)
        sample = shape[1:] if shape[:1] == (None,) or len(shape) == 4 or rows else shape
        square = next(iter(self.parts.squares), ())
        if name in ("height", "width", "channels"):
            sizes: Sizes = square or (sample if len(sample) == 3 else ())
            known = dict(zip(("height", "width", "channels"), sizes, strict=False)).get(name)
            return known or (self.parts.colors if name == "channels" else None)
        if len(sample) == 2 and not square:
            return {"steps": sample[0], "features": sample[1]}.get(name)
        return sample[0] if name == "features" and len(sample) == 1 else None


def near(parts: Parts) -> Iterator[tuple[Fact, float]]:
    """The facts that a question may ask for and how much of it they have, the best first."""
    terms, spoken = terms_in(parts.words), spoken_of(parts)
    unmeant = {"other size"} if "recurrent" in terms and "image" not in terms else set()  # that is of images
    found = [(fact, [one for one in fact.needs if terms >= one and not one & unmeant]) for fact in FACTS]
    shares = [(fact, max((_weight(each & spoken), _weight(each)) for each in needs)) for fact, needs in found if needs]
    yield from ((fact, share) for fact, (_, share) in sorted(shares, key=lambda each: each[1], reverse=True))


def spoken_of(parts: Parts) -> frozenset[str]:
    """The terms of a question without those that only count its data, ``15 timesteps``, where it has others."""
    words = parts.words
    for one in parts.said:
        if one.word and one.role != "rank":
            words = re.sub(rf"\b{one.value}[ -]?(?:\w{{1,12}} )?{re.escape(one.word)}\b", " ", words)
    spoken = terms_in(words)
    return spoken if spoken - COMMON else terms_in(parts.words)


SURE = 2.0  # how much a fact must have of a question, to be told before all else


def asked_for(parts: Parts) -> Fact | None:
    """The fact that a question surely asks for: it has most of the terms, or all that the question speaks of."""
    found = next(near(parts), None)
    if found is None:
        return None
    fact, share = found
    return fact if share >= SURE or speaks_of_nothing_else(fact, parts) else None


def speaks_of_nothing_else(fact: Fact, parts: Parts) -> bool:
    """Whether a fact has all that a question speaks of."""
    terms, spoken = terms_in(parts.words), spoken_of(parts)
    topics = topics_in(parts.words) & spoken
    alone = (needs for needs in fact.needs if needs <= terms and topics - needs <= BESIDE - needs)
    return any((needs - COMMON) & spoken or not topics_in(parts.words) - topics for needs in alone)


def nearest(parts: Parts) -> Iterator[Fact]:
    """All facts that have a term of the question, the best first."""
    terms = terms_in(parts.words)
    shares = {
        fact.asks: max(_weight(needs & terms) - 0.5 * _weight(needs - terms) for needs in fact.needs) for fact in FACTS
    }
    yield from sorted((fact for fact in FACTS if shares[fact.asks] > 0), key=lambda fact: -shares[fact.asks])


def _weight(needs: frozenset[str]) -> float:
    """How special some terms are: each counts, those that many questions have count little."""
    return sum(0.3 if need in COMMON else 1.0 for need in needs)


COMMON = frozenset(("may", "what", "how many", "why", "apart", "shape", "recurrent", "dense", "conv", "image"))
# What a question may also name that a fact is told of: layers and what they return.
BESIDE = COMMON | {"gru", "conv_1d", "conv_2d", "output"}


def fact_told(fact: Fact, parts: Parts, entries: Mapping[str, int]) -> Told:
    """One fact with the sizes of a question, and its live model."""
    known = _Known(parts, entries)
    recurrent = next((one.name for one in parts.mentions if one.name in RECURRENT), "LSTM")
    named = [one.name for one in parts.mentions]
    if _of_any_sequence(fact) and named[:1] == ["Conv1D"] and recurrent not in named:
        recurrent = "Conv1D"
    shape = tuple(known[size] if isinstance(size, str) else size for size in fact.reads)
    convolved = {"filters": "$filters", "kernel_size": "$kernel"}
    layers = tuple(
        _layer(name.replace("RNN", recurrent), convolved if recurrent == "Conv1D" else arguments, known)
        for name, arguments in fact.layers
    )
    values = (None, *(known[size] for size in fact.values)) if fact.values else None
    model = of_layers((None, *shape), layers, values)
    if model is None and parts is not NO_PARTS:
        return fact_told(fact, NO_PARTS, {})  # such sizes don't fit: examples do
    sizes = _Fields(known, recurrent, model)
    sentence = fact.says.format_map(sizes)
    if model is None:
        return Told(sentence + examples_told(known.examples))
    said = tuple(f"{key} = {size}" for key, size in known.said.items())
    found = replace(model, examples=dict(known.examples), said=said)
    return Told(f"{sentence.removesuffix('.')}{examples_told(known.examples)}.", found.spec, {})


_ONLY_RECURRENT = re.compile(r"recurrent|cell|state|units|return_sequences|timestep[^s]|\\{params")


def _of_any_sequence(fact: Fact) -> bool:
    """Whether what a fact says of a recurrent layer is true of a Conv1D."""
    return not _ONLY_RECURRENT.search(fact.says) and len(fact.layers) == 1 and "{rnn}" in fact.says


def _layer(name: str, arguments: Mapping[str, Argument], known: _Known) -> LayerSpec:
    given = tuple(
        (key, known[value[1:]] if isinstance(value, str) and value.startswith("$") else value)
        for key, value in arguments.items()
    )
    return LayerSpec(name, snake(name), given)


class _Fields(dict[str, object]):
    """The fields of a sentence: sizes, the recurrent layer, and what the model makes."""

    def __init__(self, known: _Known, recurrent: str, model: Network | None) -> None:
        super().__init__(rnn=recurrent)
        self.known = known
        if model is not None:
            self |= {"reads": model.shape, "out": model.after, "params": f"{model.count:,}"}
            self |= {f"out{place}": row.after[0] for place, row in enumerate(model.rows, 1)}
            self |= {f"params{place}": f"{row.count:,}" for place, row in enumerate(model.rows, 1)}

    def __missing__(self, key: str) -> object:
        name, _, less = key.partition("_minus_")
        return self.known[name] - int(less or 0)
