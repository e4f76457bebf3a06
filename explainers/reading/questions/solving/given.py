"""The replies to questions that give a result: weights, a count with its sum, a shape that became another."""

from __future__ import annotations

import re
from dataclasses import replace

from explainers.core.layers import sheet
from explainers.core.spec import Sizes
from explainers.reading.questions.names import layers_named
from explainers.reading.questions.parsed.counts import counted, examples_told
from explainers.reading.questions.parsed.mentions import Mention
from explainers.reading.questions.parsed.network import Network
from explainers.reading.questions.parsed.parts import Parts
from explainers.reading.questions.parsed.replies import counts_told, made_told
from explainers.reading.questions.read_by import call
from explainers.reading.questions.solving.arithmetic import arithmetic
from explainers.reading.questions.solving.changes import changed_shape, solved_change
from explainers.reading.questions.solving.formulas import owner_of_count
from explainers.reading.questions.solving.sums import Sum, sums_in
from explainers.reading.questions.solving.weights import owner_of
from explainers.reading.questions.words import Told

_OF_WEIGHTS = re.compile(r"\bweights?\b|\bkernels?\b|\bget_weights\b|\bbias(?:es)?\b|\bmatri\w+\b|\bparam")
_OF_A_KERNEL = re.compile(
    r"\b(?:kernels?|weights?|matri\w+)\b[^()\[\]]{0,50}[(\[]\d|[)\]][^()\[\]]{0,20}\b(?:kernel|weights?|matri\w+)\b"
)
_EXAMPLE_WORDS = 1000  # of an Embedding whose vocabulary nobody says


def solved(parts: Parts) -> Told | None:
    """The reply where the question gives a result that one layer makes; None where it gives none."""
    return _of_weights(parts) or _of_sums(parts) or _of_a_change(parts)


def _name(parts: Parts) -> str:
    """The class that the question is about."""
    names = dict.fromkeys(one.name for one in parts.mentions) or dict.fromkeys(layers_named(parts.words))
    return next(iter(names)) if len(names) == 1 else ""


# -- weights -----------------------------------------------------------------------------------------------------


def _of_weights(parts: Parts) -> Told | None:
    """``shapes [(1, 36), (9, 36), (36,)]``."""
    shapes = tuple(one.sizes for one in parts.shaped if None not in one.sizes)
    name = _name(parts)
    if not shapes or (len(shapes) < 3 and not _OF_WEIGHTS.search(parts.words)):
        return None
    if len(shapes) == 1 and not _OF_A_KERNEL.search(parts.words):
        return None
    made = owner_of(shapes, name)
    if made is None or not _as_said(parts, made):
        return None
    return _told(f"{_whose(made, shapes)} {_row_by_row(made)}", made)


def _as_said(parts: Parts, made: Network) -> bool:
    """Whether the layers have the sizes that the question gives them."""
    own = [dict(row.layer.arguments) for row in made.rows if row.layer.class_name == _name(parts)]
    said = [one.given for one in parts.mentions if one.given]
    return all(any(layer.get(key, value) == value for layer in own) for given in said for key, value in given.items())


def _whose(made: Network, shapes: tuple[Sizes, ...]) -> str:
    calls = ", then ".join(call(row.layer) for row in made.rows)
    facts = sheet(made.rows[0].layer.class_name)
    reads = "" if facts is None or facts.group == "embedding" else f" on {made.shape[-1]} {_word(made)}"
    one = "This is the shape of a weight" if len(shapes) == 1 else "These are the weights"
    return f"{one} of {calls}{reads}."


def _word(made: Network) -> str:
    facts = sheet(made.rows[0].layer.class_name)
    word = "channels" if facts is not None and facts.group == "conv" else "features"
    return word.removesuffix("s") if made.shape[-1] == 1 else word


def _row_by_row(made: Network) -> str:
    """Each weight with its axes, and the count."""
    told = []
    for row in made.rows:
        names = ", ".join(f"{weight.name} {weight.sizes}" for weight in row.weights)
        told.append(f"{call(row.layer)} has {names}: {counted(row)}.{_axes(row.layer.class_name, row.weights[0].told)}")
    total = f" Together they have {made.count:,} parameters." if len(made.rows) > 1 else ""
    return " ".join(told) + total


def _axes(name: str, kernel: tuple[str, ...]) -> str:
    """What the axes of a kernel are."""
    facts = sheet(name)
    group = facts.group if facts is not None else ""
    if group == "rnn" and "×" in kernel[-1]:
        return f" {kernel[-1]} is a column for each unit of each gate, and each feature has a row."
    if group == "dense":
        return " The kernel has a row for each feature and a column for each unit."
    if group == "conv" and len(kernel) > 2:
        sides = " × ".join(kernel[:-2])
        last, other = ("channels", "filters") if "Transpose" in name else ("filters", "channels")
        return f" The kernel is {sides}, for {kernel[-2]} {other} and {kernel[-1]} {last}."
    return ""


# -- a count and its sum -----------------------------------------------------------------------------------------


def _of_sums(parts: Parts) -> Told | None:
    """``4*(10+64+1)*64 = 19200``."""
    sums = sums_in(parts.words)
    name = _name(parts)
    if not sums or not name:
        return None
    counts = tuple(one.value for one in parts.said if one.value > 99 or one.role == "count")
    known = tuple(one.value for one in parts.said if one.role not in ("count", "rank"))
    known += tuple(size for square in parts.squares for size in square)
    made = owner_of_count(name, sums, counts, known)
    if made is None:
        return None
    return _told(f"{_judged(parts, made, sums)}{counts_told(replace(parts, shaped=(), squares=()), made)}{_each(made)}",
                 made)  # fmt: skip


def _judged(parts: Parts, made: Network, sums: tuple[Sum, ...]) -> str:
    """Yes or no, where the question asks whether its sum is right."""
    if "right" not in parts.aims:
        return ""
    if any(one.value == made.count for one in sums):
        return "Yes: "
    return f"No, not {sums[-1].value:,}: "


def _each(made: Network) -> str:
    """Why the channels are a factor: each filter has a kernel for every one of them."""
    row = made.rows[0]
    facts = sheet(row.layer.class_name)
    if facts is None or facts.group != "conv" or facts.made != "filters":
        return ""
    kernel = row.weights[0].told
    sides, channels = " × ".join(kernel[:-2]), made.shape[-1]
    return f" Each of the {row.layer.get('filters')} filters has a {sides} kernel for each of {channels} channels."


# -- a shape that became another ---------------------------------------------------------------------------------


def _of_a_change(parts: Parts) -> Told | None:
    """``from (28, 28, 1) to (26, 26, 32)``."""
    mention = parts.mentions[0] if len(parts.mentions) == 1 else None
    change = changed_shape(parts, mention.name) if mention is not None else None
    if mention is None or change is None:
        return None
    made = solved_change(mention, *change)
    if made is None:
        return None
    layer = made.rows[0].layer
    made = replace(made, examples=_unsaid(mention, made))
    told = made_told(made)
    side = arithmetic(layer, *change)
    maybe = _one_of_several(mention, made)
    yes = "Yes: " if mention.whole and parts.aims & {"right", "allowed"} else ""
    return Told(f"{yes}{told.sentence}{side}{maybe}", told.spec, told.values, told.shapes)


def _unsaid(mention: Mention, made: Network) -> dict[str, int]:
    """The vocabulary of an Embedding follows from no shape."""
    return {"input_dim": _EXAMPLE_WORDS} if mention.name == "Embedding" and "input_dim" not in mention.given else {}


def _one_of_several(mention: Mention, made: Network) -> str:
    """That other settings make the same, where the question says none."""
    facts = sheet(mention.name)
    if facts is None or facts.group != "conv" or "kernel_size" in mention.given:
        return ""
    return " Other kernels, strides and paddings may make the same shape; the Param # in your summary tells which."


def _told(sentence: str, made: Network) -> Told:
    told = made_told(made)
    return Told(f"{sentence.removesuffix(' ')}{examples_told(made.examples)}", told.spec, told.values, told.shapes)
