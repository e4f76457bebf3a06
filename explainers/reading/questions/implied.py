"""Layers that a question means without naming them, or names beside what they hold."""

from __future__ import annotations

import re

from explainers.core.layers import RECURRENT
from explainers.core.spec import LayerSpec, Sizes

_BOTH_WAYS = re.compile(
    r"\b(?:bidirectional|bi-?(?=lstm|gru))[ -]?(?:layer )?(?:lstm|gru|rnn|simplernn)\(", re.IGNORECASE
)
_OF_A_KERNEL = re.compile(r"\b(?:filters?|kernels?|kernel_size|strides?|convolutions?|conv)\b")
_ALONG_STEPS = re.compile(r"\b(?:time)?steps\b|\bsequences?\b|\bsignals?\b|\blength\b|\b1-?d\b")
_MERGED = {
    "Add": re.compile(r"\badd(?:ed|ing)?\b|\bsum\b|\bresidual\b|\bskip connection\b"),
    "Multiply": re.compile(r"\bmultipl\w{1,4}\b"),
    "Subtract": re.compile(r"\bsubtract\w{0,4}\b"),
    "Average": re.compile(r"\baverag\w{1,3}\b"),
    "Concatenate": re.compile(r"\bconcat\w{0,10}\b|\bmerg\w{1,3}\b|\bcombin\w{1,3}\b|\bjoin\w{0,3}\b|\bstack\b"),
}


def implied(words: str, sides: tuple[tuple[int, ...], ...]) -> tuple[str, ...]:
    """The layer that is meant where only its parts are spoken of: filters, a kernel, heads; () where none are."""
    if re.search(r"\battention\b", words) and re.search(r"\bheads?\b", words):
        return ("MultiHeadAttention",)
    if not _OF_A_KERNEL.search(words) or re.search(r"\bpool", words):
        return ()
    return ("Conv1D",) if not sides and _ALONG_STEPS.search(words) else ("Conv2D",) if sides else ()


def merged(words: str, shapes: tuple[Sizes, ...]) -> tuple[str, ...]:
    """The layer that two shapes are to go into: ``add (None, 32) and (None, 1)``."""
    if len([shape for shape in shapes if shape[:1] == (None,)]) < 2:
        return ()
    return tuple(name for name, said in _MERGED.items() if said.search(words))[:1]


def in_both_directions(called: tuple[LayerSpec, ...], names: tuple[str, ...], text: str) -> tuple[LayerSpec, ...]:
    """``a Bidirectional GRU(32)`` is called in the wrapper that is named right in front of it."""
    if len(called) != 1 or "Bidirectional" not in names or called[0].class_name not in RECURRENT:
        return called
    if not _BOTH_WAYS.search(text):
        return called
    return (LayerSpec("Bidirectional", "bidirectional", (("layer", called[0]),)),)
