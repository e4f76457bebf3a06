"""How many parameters a layer has that isn't counted by one product: normalizations, attention, what is wrapped."""

from __future__ import annotations

import re

from explainers.core.finding import Value
from explainers.core.words import listed
from explainers.reading.questions.by_words import in_words, named
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import Asked, Told
from explainers.reading.shapes import held_by

_ASKED = re.compile(r"\bparam(?:eter)?s?\b|\bweights\b|param #|trainable")
_MOVING = ("moving_mean", "moving_variance", "mean", "variance")
_MOST = 10  # weights that a sentence can name


def counted(asked: Asked) -> Told | None:
    """The weights one by one, as the layer's own rule says them."""
    if not asked.has(_ASKED) or not asked.layer:
        return None
    found = in_words(asked)
    if found is None or found.outputs is None:
        return None
    held = held_by(found.layer, found.entering)
    total = sum(size for _, size in held)
    if not held or not total or len(held) > _MOST:
        return None
    parts = listed([f"{name} {size:,}" for name, size in held])
    kept = [name for name, _ in held if name in _MOVING]
    still = sum(size for name, size in held if name in _MOVING)
    moving = f" {listed(kept)} are measured, not trained: {still:,} non-trainable." if kept else ""
    reads = f"{found.shapes[0]}"
    sentence = f"{call(found.layer)} on {reads}{found.told} has {total:,} parameters: {parts}.{moving}"
    values: dict[str, Value] = {"params": total}
    return Told(sentence, found.spec, values, named(found))
