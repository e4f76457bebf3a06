"""Layers of PyTorch that a sentence only names with their arguments: ``nn.Conv2d(3, 16, 3) on 32x32 images``.

The calls become lines of code for the reader of PyTorch's code, and the sizes beside them the data; what comes out is
told in PyTorch's order of axes, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from explainers.core.spec import ModelSpec, Sizes
from explainers.reading.errors_kit import ints
from explainers.reading.ported.recurrent import RECURRENT_THERE
from explainers.reading.questions.models import are_examples, size_told
from explainers.reading.questions.words import LAST, STEPS, asked_in
from explainers.reading.shapes import walk, weights_of
from explainers.reading.text import Cleaned, clean

_NAME = re.compile(
    r"(?<![\w.])((?:torch\.)?(?:nn\.)?)((?:Linear|Conv[123]d|LSTM|GRU|RNN|Embedding|(?:Max|Avg)Pool[123]d|"
    r"BatchNorm[123]d|LayerNorm|Flatten|Dropout|ReLU|AdaptiveAvgPool[12]d|Sequential))\("
)
_TUPLE = re.compile(r"[(\[](\d{1,7}(?:, ?\d{1,7}){1,4})[)\]]")
_COUNTED = re.compile(r"\b(?:param|weights?\b|trainable)")
_OF_STATES = re.compile(r"\b(?:h_?n|c_?n|h_?t|hidden(?:[ _]states?)?|hn|last state)\b(?!_size)")
_LONGEST_CALL = 300
_MOST = 12
_IMAGES = re.compile(r"[23]d$")
_ALONG = re.compile(r"1d$")


def calls_in(text: str) -> str:
    """The layers of a sentence as lines of code, and its data; "" where it calls none."""
    calls = list(islice(_calls(text), _MOST))
    if not calls:
        return ""
    if len(calls) == 2 and re.search(r"\)[^()]{0,40}\bafter\b[^()]{0,40}\(", text):
        calls.reverse()  # nn.Flatten() after nn.Conv2d(1, 8, 3)
    lines = [f"layer_{place} = nn.{call}" for place, call in enumerate(calls, 1)]
    data = _data(text, calls[0])
    return "\n".join(("import torch", *lines, *([f"x = torch.zeros({', '.join(map(str, data))})"] if data else [])))


def _calls(text: str) -> Iterator[str]:
    end = 0
    prefixed = re.search(r"(?<![\w.])(?:torch\.)?nn\.[A-Z]\w{1,30}\(", text) is not None
    for found in _NAME.finditer(text):
        if found.start() < end or (prefixed and not found[1]):  # beside nn.LSTM(32, 64) an LSTM(64) is Keras'
            continue
        depth = 0
        for place in range(found.end() - 1, min(len(text), found.end() + _LONGEST_CALL)):
            depth += (text[place] == "(") - (text[place] == ")")
            if depth == 0:
                end = place + 1
                yield f"{found[2]}{text[found.end() - 1 : end]}"
                break


def _data(text: str, call: str) -> tuple[int, ...]:
    """The data that the sentence names, in PyTorch's order, with a batch of 1 where it names none; () for none."""
    bare = text
    for each in islice(_calls(text), _MOST):
        bare = bare.replace(each, " ")
    name = call.partition("(")[0]
    rank = {"1": 3, "2": 4, "3": 5}.get(name[-2:-1], 0) if name.endswith("d") else 3 * (name in RECURRENT_THERE)
    plain = [sizes for found in _TUPLE.finditer(bare) if len(sizes := ints(found[1])) == rank and 0 not in sizes]
    if len(dict.fromkeys(plain)) == 1:
        return plain[0]
    asked = asked_in(clean(f"{bare} shape"))
    if asked is None:
        return ()
    width = re.search(r"\((?:in_channels\s?=\s?|input_size\s?=\s?|in_features\s?=\s?)?(\d{1,6})", call)
    for shape in asked.shapes:
        sizes = tuple(1 if size is None else size for size in shape)
        if 0 in sizes or not rank:
            continue
        if len(sizes) == rank:
            return sizes
        if len(sizes) == rank - 1 and name in RECURRENT_THERE and "batch_first=True" not in call.replace(" ", ""):
            return (sizes[0], 1, sizes[1])
        if len(sizes) == rank - 1:
            return (1, *sizes)
    side = next((side for side in asked.sides if len(side) == rank - 2), None)
    if side is not None and width is not None and _IMAGES.search(name):
        return (1, int(width[1]), *side)
    steps = asked.number(LAST, STEPS)
    if name in RECURRENT_THERE and steps is not None and width is not None:
        first = "batch_first=True" in call.replace(" ", "")
        return (1, steps, int(width[1])) if first else (steps, 1, int(width[1]))
    return ()


def told(cleaned: Cleaned, spec: ModelSpec, there: int | None = None) -> str:
    """What goes in and comes out, in PyTorch's order and in Keras'; "" where it isn't worked out here.

    What the question names comes first: the states, or the count. there: the parameters that PyTorch counts.
    """
    steps = list(walk(spec))
    if not steps or any(outputs is None for _, _, outputs in steps):
        return ""
    calls = list(islice(_calls(cleaned.shown), _MOST))
    last = steps[-1][2]
    before, after = spec.inputs[0].shape, last[0] if last else ()
    count = sum(weights_of(spec.layers[spec.calls[i].layer], entering) for i, entering, _ in steps)
    first_in = any("batch_first=True" in call.replace(" ", "") for call in calls)
    recurrent = any(call.startswith(tuple(RECURRENT_THERE)) for call in calls)
    spatial = any(_IMAGES.search(call.partition("(")[0]) or _ALONG.search(call.partition("(")[0]) for call in calls)
    into, out = (_in_torch(shape, recurrent, first_in, spatial) for shape in (before, after))
    notes = (note.removeprefix("the input's ").partition(" = ") for note in spec.assumed)
    examples = are_examples([size_told(int(size), name) for name, _, size in notes if size.isdigit()])
    name = f"nn.{calls[0]}" if len(calls) == 1 else "Together they"
    turns = f"{name} turn{'s' if len(calls) == 1 else ''} {into} into {out}{examples}."
    keras = f"In Keras {before} becomes {after}, with {count:,} parameters."
    states = _states(calls[0])
    if _COUNTED.search(cleaned.shown) and there is not None and len(calls) == 1:
        return f"{_counts(calls[0], there, count)} {turns}"
    if states and _OF_STATES.search(cleaned.shown):
        return f"{states} {turns} {keras}"
    return " ".join(filter(None, (turns, states, keras)))


def _counts(call: str, there: int, here: int) -> str:
    """The parameters of one layer in PyTorch and in Keras, and where they differ."""
    first = f"nn.{call} has {there:,} parameters in PyTorch"
    units = re.fullmatch(r"GRU\(\d{1,6}, ?(\d{1,6})(?:, ?batch_first=\w{4,5})?\)", call)
    if there == here and units is not None:
        return (
            f"{first}, and as many in Keras, whose default reset_after=True keeps two biases for each gate, too; with "
            f"reset_after=False there is one, and {here - 3 * int(units[1]):,} parameters."
        )
    if there == here:
        return f"{first}, and as many in Keras."
    if call.startswith(("LSTM", "RNN")):
        return (
            f"{first} and {here:,} in Keras: PyTorch keeps two biases for each gate (bias_ih and bias_hh), Keras one. "
            f"They are only ever added, so {there - here:,} of the numbers do nothing more."
        )
    if call.startswith("BatchNorm"):
        return f"{first} and {here:,} in Keras, which counts the moving mean and variance, too."
    return f"{first} and {here:,} in Keras."


def _states(call: str) -> str:
    """The shape of h_n, which has an axis for the layers."""
    if not call.startswith(tuple(RECURRENT_THERE)):
        return ""
    flat = call.replace(" ", "")
    numbers = re.findall(r"[(,](\d{1,6})(?=[,)])", flat)
    hidden = re.search(r"hidden_size=(\d{1,6})", flat)
    layers = re.search(r"num_layers=(\d{1,3})", flat)
    wide = hidden[1] if hidden is not None else numbers[1] if len(numbers) > 1 else None
    count = int(layers[1] if layers is not None else numbers[2] if len(numbers) > 2 else 1)
    count *= 2 if "bidirectional=True" in flat else 1
    both = "h_n and c_n are" if call.startswith("LSTM") else "h_n is"
    if wide is None:
        return ""
    also = ", also with batch_first=True" if "batch_first=True" in flat else ""
    return f"{both} ({count}, batch, {wide}){also}: a row for each layer and direction."


def _in_torch(shape: Sizes, recurrent: bool, batch_first: bool, spatial: bool) -> str:
    """``(batch, 3, 32, 32)`` for Keras' ``(None, 32, 32, 3)``."""
    rest = [str(size) if size is not None else "None" for size in shape[1:]]
    if recurrent and len(rest) == 2 and not batch_first:
        return f"({rest[0]}, batch, {rest[1]})"
    if not spatial or len(rest) < 2:
        return f"(batch, {', '.join(rest)})"
    return f"(batch, {rest[-1]}, {', '.join(rest[:-1])})"
