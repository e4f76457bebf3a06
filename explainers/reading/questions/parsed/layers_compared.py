"""Layers that are compared, each on the same input: what differs, and what doesn't."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from explainers.core.layers import axis_names
from explainers.core.layers.signatures import arguments_of
from explainers.core.spec import CallSpec, InputSpec, LayerSpec, ModelSpec, Ref
from explainers.core.words import listed
from explainers.reading.questions.parsed.counts import claims, counted, examples_told
from explainers.reading.questions.parsed.mentions import Mention
from explainers.reading.questions.parsed.network import Network, named_ends, network
from explainers.reading.questions.parsed.parts import OR, Parts, side_by_side_counts
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import Told


def compared_layers(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """Layers that are compared, each on the same input: what differs, and what doesn't."""
    several = list(_compared(parts, entries))
    if len(several) < 2:
        return None
    outputs = tuple(dict.fromkeys(found.after for found in several))
    both = "Both" if len(several) == 2 else f"All {('three', 'four')[len(several) - 3]}"
    same = f"{both} return the same shape" if len(outputs) == 1 else (
        f"They return different shapes, {listed([str(shape) for shape in outputs])}"
    )  # fmt: skip
    counts = _counts_apart(several)
    shapes = tuple(shape for found in several for shape in named_ends(found))
    examples = {key: size for found in several for key, size in found.examples.items()}
    lead = _more_asked(parts, several) if len(several) == 2 else ""
    told = (
        f"{lead}{same}{counts}. {'; '.join(map(_in_short, several))}{examples_told(examples)}.{_read(parts, several)}"
    )
    told += "".join(dict.fromkeys(claims(parts, found) for found in several))
    if _BETTER.search(parts.words):
        told += " Which of them learns better, shapes can't tell: compare their validation losses."
    return Told(told, side_by_side([found.spec for found in several]), {}, shapes)


_THAN = re.compile(
    r"\b(?:does|do|has|have|is|are|will|would)\b.{0,60}\b(?:(?P<more>more|larger|bigger|higher)|(?P<less>less|fewer|smaller|"
    r"lower)|(?P<same>same))\b.{0,30}\b(?:param\w*|weights)\b.{0,30}\b(?:than|as)\b"
)


def _more_asked(parts: Parts, several: list[Network]) -> str:
    """``does an LSTM have more parameters than a GRU``: yes or no."""
    asked = _THAN.search(parts.words)
    if asked is None:
        return ""
    first, second = several[0].count, several[1].count
    holds = first > second if asked["more"] else first < second if asked["less"] else first == second
    return "Yes. " if holds else "No. "


def _counts_apart(several: list[Network]) -> str:
    """Which of them has the most parameters, and how many the others have."""
    ordered = sorted(several, key=lambda found: -found.count)
    most, least = ordered[0], ordered[-1]
    if most.count == least.count:
        none = "neither has" if len(several) == 2 else "none of them has"
        return ", and they have the same number of parameters" if most.count else f", and {none} parameters"
    if len(several) == 2:
        return f", and {call(most.rows[-1].layer)} has {most.count - least.count:,} parameters more"
    return f"; {call(most.rows[-1].layer)} has the most parameters, {call(least.rows[-1].layer)} the fewest"


_BETTER = re.compile(r"\bbetter\b|\bbest\b|\bprefer\w*|\bmore accurate\b")


def _read(parts: Parts, several: list[Network]) -> str:
    """What each of the layers that are compared reads, where that is asked."""
    if not re.search(r"\binputs?\b", parts.words):
        return ""
    names = {found.rows[-1].layer.class_name: len(found.rows[-1].before) for found in several}
    axes: dict[str, list[str]] = {}
    for name, rank in names.items():
        axes.setdefault(f"({', '.join(axis_names(name, rank))})", []).append(name)
    told = [f"{listed(those)} read{'s' * (len(those) == 1)} {read}" for read, those in axes.items()]
    return f" {listed(told)}."


def _in_short(found: Network) -> str:
    """What one of the models that are compared makes, and with how many parameters."""
    with_count = f" with {counted(found.rows[0])}" if found.count else ""
    if len(found.rows) == 1:
        return f"{call(found.rows[0].layer)} turns {found.shape} into {found.after}{with_count}"
    names = ", ".join(call(row.layer) for row in found.rows)
    return f"{names} turn {found.shape} into {found.after} with {found.count:,} parameters"


def _compared(parts: Parts, entries: Mapping[str, int]) -> Iterator[Network]:
    """A model for each of the layers; what stands behind an "after" is in front of both."""
    mentions = parts.mentions
    after = re.search(r"\b(?:after|on top of)\b", parts.words)
    front = tuple(one for one in mentions[1:] if after is not None and one.start > after.end())
    whole = [one for one in mentions if one not in front]
    alone = side_by_side_counts(parts.words, mentions)
    tail = [] if alone else [one for one in whole[2:] if not OR.search(parts.words[whole[1].end : one.start])]
    chosen = [
        (*front, *[_like(replace(one, times=1), whole)] * one.times, *tail)
        for one in [one for one in whole if one not in tail][:3]
    ]
    built = [(one, found) for one in chosen if (found := network(parts, entries, one)) is not None]
    widest = max((found for _, found in built), key=lambda found: len(found.shape), default=None)
    for one, found in built:
        yield _on_the_same(parts, entries, one, found, widest) if widest is not None else found


def _on_the_same(parts: Parts, entries: Mapping[str, int], one: tuple[Mention, ...], found: Network,
                 widest: Network) -> Network:  # fmt: skip
    """A layer that reads any number of axes, called on what the other one reads, where both are examples."""
    if len(found.shape) == len(widest.shape) or not (found.examples and widest.examples):
        return found
    again = network(parts, entries, one, reads=widest.shape)
    return replace(again, examples={**again.examples, **widest.examples}) if again is not None else found


def _like(one: Mention, others: list[Mention]) -> Mention:
    """A layer that is only named has the sizes of the one that it is compared with."""
    if one.given or one.whole:
        return one
    sizes = {key: value for other in others for key, value in other.given.items() if key in arguments_of(one.name)}
    return replace(one, given=sizes)


def side_by_side(specs: list[ModelSpec]) -> ModelSpec:
    """Several models as one figure, each on its own Input."""
    inputs: list[InputSpec] = []
    layers: list[LayerSpec] = []
    calls: list[CallSpec] = []
    outputs: list[Ref] = []
    for number, spec in enumerate(specs, 1):
        at_input, at_layer, at_call = len(inputs), len(layers), len(calls)
        inputs += [replace(tensor, name=f"{tensor.name}_{number}") for tensor in spec.inputs]
        layers += [replace(layer, name=f"{layer.name}_{number}") for layer in spec.layers]
        moved = {"input": at_input, "call": at_call}
        calls += [
            replace(
                one,
                layer=one.layer + at_layer,
                inputs=tuple(replace(ref, index=ref.index + moved[ref.source]) for ref in one.inputs),
            )
            for one in spec.calls
        ]
        outputs += [replace(ref, index=ref.index + moved[ref.source]) for ref in spec.outputs]
    notes = dict.fromkeys(itertools.chain.from_iterable(spec.assumed for spec in specs))
    said = dict.fromkeys(itertools.chain.from_iterable(spec.said for spec in specs))
    return ModelSpec(tuple(inputs), tuple(layers), tuple(calls), tuple(outputs), assumed=tuple(notes), said=tuple(said))
