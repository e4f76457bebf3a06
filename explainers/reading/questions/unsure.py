"""Where no reading fits: said so, with the two nearest, each shown on a live model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from explainers.core.finding import Finding, Mark
from explainers.reading.questions.parsed.fact_list import FACTS
from explainers.reading.questions.parsed.facts import fact_told, nearest
from explainers.reading.questions.parsed.layers_compared import side_by_side
from explainers.reading.questions.parsed.network import network
from explainers.reading.questions.parsed.parts import Parts
from explainers.reading.questions.parsed.replies import made_told
from explainers.reading.questions.words import Told

NOT_SURE = "I'm not sure what you're asking. There are two possible readings."
_MODEL = "what these layers make"
_USUAL = ("why a recurrent layer reads three axes", "what units are")  # where nothing is near at all


def unsure(parts: Parts, marks: tuple[Mark, ...], entries: Mapping[str, int] | None = None) -> Finding:
    """The two nearest readings, side by side."""
    found = list(_nearest(parts, entries or {}))[:2]
    told = [f"Are you asking {asks}? {reply.sentence}" for asks, reply in found]
    specs = [reply.spec for _, reply in found if reply.spec is not None]
    spec = side_by_side(specs) if len(specs) > 1 else specs[0] if specs else None
    cause = " ".join((NOT_SURE, told[0], told[1].replace("Are", "Or are", 1)))
    return Finding("question", cause=cause, spec=spec, marks=marks)


def _nearest(parts: Parts, entries: Mapping[str, int]) -> Iterator[tuple[str, Told]]:
    """The model of the layers that are named, then facts by their terms, then what is asked most."""
    made = network(parts, entries)
    if made is not None:
        yield _MODEL, made_told(made)
    facts = list(nearest(parts))
    facts += [fact for fact in FACTS if fact.asks in _USUAL and fact not in facts]
    yield from ((fact.asks, fact_told(fact, parts, entries)) for fact in facts)
