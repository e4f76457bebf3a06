"""return_sequences with the sizes of a question: what comes out with it and without it, for its data or its batch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from explainers.core.layers import RECURRENT
from explainers.core.spec import LayerSpec, Sizes, snake
from explainers.reading.questions.parsed.counts import examples_told
from explainers.reading.questions.parsed.layers_compared import side_by_side
from explainers.reading.questions.parsed.layout import layout_of
from explainers.reading.questions.parsed.network import Network, of_layers
from explainers.reading.questions.parsed.parts import Parts
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import Told

_SETTING = re.compile(r"\breturn[ _]sequences?\b|\bmany[- ]to[- ](?:one|many)\b")
_ASKED = re.compile(
    r"\bwhat\b|\bmean(?:s|ing)?\b|\bdiffer|\bexplain|\bunderst[ao]\w+|\bwhen\b|\bshould\b|\bneed\b|\bwhy\b|"
    r"\bhow does\b|\b(?:right|correct|true)\b ?\?|\bis it true\b|\bam i right\b|\bwhether\b|\bdo i\b"
)
_ELSE = re.compile(
    r"\bparam(?:eter)?s?\b|\bweights\b|\breturn[ _]states?\b|\bstateful\b|\bstack|\bbidirectional|\bdense\b|"
    r"\btime ?distributed|\bmask|\b(?:two|2|second|another|next) (?:\w+ )?(?:lstm|gru|rnn)|\bembedding|\battention|"
    r"\brepeat ?vector|\bencoder|\bdecoder|\bdropout|\bconv"
)
OF_TARGETS = re.compile(
    r"\b(?:shape|dimensions?|size) (?:of|for) (?:the |my )?(?:y\b|y_|labels?|targets?)|\by(?:_\w{2,6})? shape"
)
_VECTOR = re.compile(r"\b(\d{1,5})[ -]dim(?:ension(?:al)?)?s? (?:output )?(?:vector|output)s?\b")
_PER_BATCH = re.compile(
    r"\b(?:one|1|a|single|an?) (?:[\w-]{1,16} ){0,3}(?:per|for each|for every|for the whole|for a) batch\b"
)
_IF_RIGHT = re.compile(
    r"\b(?:right|correct|true)\b ?\?|\bis (?:it|that|this) (?:true|right|correct|so)\b|\bam i right\b"
)
EACH_STEP = re.compile(r"\b(?:each|every|all|per)(?: of the| the)?(?: \d{1,5})? ?(?:single )?(?:time ?-?)?steps?\b")


def of_every_step(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """What return_sequences changes; None where the question has no size, or asks for a whole network."""
    words = parts.words
    if not _SETTING.search(words) or not _ASKED.search(words) or _ELSE.search(words) or parts.shapes("out", "labels"):
        return None
    if any(one.name not in RECURRENT for one in parts.mentions) or OF_TARGETS.search(words):
        return None
    layout, batch = layout_of(parts), parts.size("batch")
    given = next((one.given["units"] for one in parts.mentions if "units" in one.given), None)
    vector = _VECTOR.search(words)
    units = given if isinstance(given, int) else int(vector[1]) if vector else parts.size("units")
    if units is None and layout.steps is None and batch is None:
        return None
    features = layout.features if vector is None or layout.features != units else None
    sizes = {"timesteps": layout.steps, "features": features, "units": units}
    examples = {name: entries.get(name, _USUAL[name]) for name, size in sizes.items() if size is None}
    steps, width, wide = ({**sizes, **examples}[name] or 1 for name in sizes)
    name = next((one.name for one in parts.mentions), "LSTM")
    with_it, without = _made(name, wide, (None, steps, width), True), _made(name, wide, (None, steps, width), False)
    if with_it is None or without is None:
        return None
    many = layout.samples or batch
    made_up = {key: size for key, size in examples.items() if key not in entries}
    whole = f" For {many:,} samples that is {(many, steps, wide)} and {(many, wide)}." if many else ""
    sentence = (
        f"{_verdict(words)}return_sequences=True returns the output of every step, and without it you get only that of "
        f"the last: {call(with_it.rows[0].layer)} turns {with_it.shape} into {with_it.after}, and "
        f"{call(without.rows[0].layer)} into {without.after}{examples_told(made_up)}.{whole} Set it "
        "where the next layer reads steps, or where you predict something at every step."
    )
    shown = [replace(one, examples=made_up) for one in (with_it, without)]
    return Told(sentence, side_by_side([one.spec for one in shown]), {})


_USUAL = {"timesteps": 7, "features": 5, "units": 6}


def _made(name: str, units: int, shape: Sizes, every: bool) -> Network | None:
    more = (("return_sequences", True),) if every else ()
    return of_layers(shape, (LayerSpec(name, snake(name), (("units", units), *more)),))


def _verdict(words: str) -> str:
    """Yes or no to what is supposed of it."""
    if not _IF_RIGHT.search(words):
        return ""
    if _PER_BATCH.search(words):
        return "No: each sample of a batch has its own output, never one for the whole batch. "
    return "Yes. " if EACH_STEP.search(words) else ""
