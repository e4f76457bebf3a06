"""The sizes in a question: "105 samples", "units of 5", ``LSTM(128)``, "784 inputs", "causal padding"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from explainers.core.dims import DimSpec
from explainers.core.layers import SHEETS
from views import search
from views.search import Entry

_SIZES = {"units", "filters", "input_dim", "num_heads"}  # what people write without its name
_FIRST = {name.lower(): sheet.order[0] for name, sheet in SHEETS.items() if _SIZES.intersection(sheet.order[:1])}
_CALLED = re.compile(rf"\b({'|'.join(_FIRST)})\s{{0,2}}\(\s{{0,2}}(\d{{1,6}})\b(?!\.\d)", re.IGNORECASE)
# "Bidirectional LSTM 32 output shape"; "LSTM 2 layers" and "conv2d 3x3" say something else.
_BARE = re.compile(
    rf"\b({'|'.join(_FIRST)})\s{{1,2}}(\d{{1,6}})(?=\s{{0,2}}(?:$|[?!,]|output\b|on\b|with\b|return|and\b|then\b))",
    re.IGNORECASE,
)
# "3x3 filters", "kernel size 5x5"
_KERNEL = re.compile(
    r"\b(\d{1,2})\s?[x×]\s?\1\s{0,2}(?:kernel|filter|conv)|\b(?:kernel|filter)s?[\s_](?:of\s)?(?:size\s)?(\d{1,2})\s?[x×]\s?\2\b",
    re.IGNORECASE,
)
_SQUARE = re.compile(r"\d{1,2}\s?[x×]\s?\d{1,2}")
# Other words for a dim, as they are used in questions.
_ALSO = {
    "samples": ("images", "rows", "examples", "observations"),
    "points": ("days",),
    "timesteps": ("window", "steps", "words", "days", "hours", "months", "weeks"),
    "features": ("variables", "columns", "inputs", "sensors"),
    "units": ("neurons",),
    "input_dim": ("vocabulary", "vocab", "tokens"),
    "output_dim": ("dimensions",),
    "kernel_size": ("kernel",),
    "strides": ("stride",),
    "num_heads": ("heads",),
}
_NUMBER = re.compile(r"(?<![\w.])-?\d{1,12}(?![\w.]|/\d)|(?<=\dx)\d{1,6}\b|\b\d{1,6}(?=x\d)")
_STRUCTURE = (search.AT, search.TRY, "levels", "layer_1", "sample", "bidirectional", "self_attention", search.EXAMPLE)
_LEVELS = ("_2", "_3", "_4")  # of several levels the first is meant


def spelled(text: str) -> str:
    """The words of a question as dims are called: ``LSTM(128)`` has units. A kernel's square is left out."""
    text = without_kernel(text)
    for pattern in (_CALLED, _BARE):
        text = pattern.sub(lambda call: f"{call[1]} {_FIRST[call[1].lower()]}={call[2]} ", text)
    return text


def numbers_said(text: str, names: Mapping[str, Any]) -> dict[str, int]:
    """``"105 samples, batch_size=10"`` -> {"samples": 105, "batch_size": 10}, for the names that are asked for."""
    words = search.words(text)
    found: dict[str, int] = {}
    for name in names:
        if name[-2:] in _LEVELS:
            continue
        plain = name.removesuffix("_1")
        said = (_next_to(word.split("_"), words) for word in (plain, *_ALSO.get(plain, ())))
        number = next((number for number in said if number is not None), None)
        if number is not None:
            found[name] = number
    return found


def kernel_said(text: str) -> dict[str, int]:
    """``"24 filters 3x3"`` -> {"kernel_size": 3}; {} where no square is said of a kernel."""
    found = _KERNEL.search(text)
    return {"kernel_size": int(found[1] or found[2])} if found else {}


def without_kernel(text: str) -> str:
    """The text without the square that is a kernel's."""
    return _KERNEL.sub(lambda found: _SQUARE.sub(" ", found[0]), text)


def _next_to(name: list[str], words: list[str]) -> int | None:
    """The number after a name ("units=5", "units of 5"), else the one before it ("5 units")."""
    for at in range(len(words) - len(name) + 1):
        if [word.rstrip("s") for word in words[at : at + len(name)]] == [part.rstrip("s") for part in name]:
            after = [word for word in words[at + len(name) : at + len(name) + 2] if word not in ("of", "is")][:1]
            for word in (*after, *words[max(at - 1, 0) : at]):
                if word.isdigit() and len(word) < 8:
                    return int(word)
    return None


def choices_said(text: str, specs: Sequence[DimSpec]) -> dict[str, str]:
    """``"causal padding"`` -> {"padding": "causal"}: a dim and one of its choices, both named."""
    words = search.words(text)
    found = {}
    for spec in specs:
        if spec.kind == "choice" and spec.name in words:
            said = [option for option in spec.choices if option.lower() in words]
            if len(said) == 1:
                found[spec.name] = said[0]
    return found


def numbers_left(text: str, entry: Entry) -> list[str]:
    """The numbers in a text that an entry's sizes don't have."""
    said = dict.fromkeys(number for number in _NUMBER.findall(text) if number not in ("0", "1"))
    return [number for number in said if number not in entry.query.values()]


def unsaid(text: str, entry: Entry) -> list[str]:
    """The settings of an entry, beside its place on the page, that a text doesn't name."""
    said = set(search.words(text))
    settings = (value for key, value in entry.query.items() if key not in _STRUCTURE)
    return [value for value in settings if value.lower() not in said]
