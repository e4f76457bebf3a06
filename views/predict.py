"""Predict first: what was guessed, held against what Keras says, axis by axis, each difference with its reason.

parse_shape("none, 5 4")  -> (None, 5, 4)
compare(guess, question)  -> one `Row` per axis
compare_count(180, layer) -> one `Count`
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations

from explainers.core.axes import Axis, Shape, names, plain
from explainers.core.results import Inspection, Layer, Step, Weight
from explainers.core.words import given as said_back
from explainers.core.words import listed
from views import palette
from views.shape_flow import INPUT, title

Guess = tuple[int | None, ...]

_CROSS = re.compile(r"(?<=[\del?*])\s*x\s*(?=[\dn?*-])", re.IGNORECASE)  # 7x5, None x 5
_LONGEST = 120  # characters of a guess that are read
_MOST_DIGITS = 18
_OPEN = ("none", "null", "?", "-1", "*", "any")
_NOTHING = ("none", "no", "nothing")
_MOST_WEIGHTS = 8  # of a layer, for which every way to leave some out is tried


class GuessError(ValueError):
    """What was typed can't be read as a guess; its text is for the learner."""


# -- reading what was typed ----------------------------------------------------------------------------------


def parse_shape(text: str) -> Guess:
    """``(None, 5, 4)`` however it is written: any brackets or none; commas, spaces, × or x between the sizes; None,
    ? or -1 for what is open; 1,000 or 1_000 for a thousand. GuessError says what can't be read.

    A comma is taken as part of a number where a group with a leading zero follows ("1,000"), or where the writer
    puts a space behind all other commas ("None, 20,512").
    """
    given = text.strip()
    inside = given.strip("()[]{}<>").strip().rstrip(",")
    if not given:
        raise GuessError("Type a shape, one size per axis, like (None, 5, 4). Use None where the size is left open.")
    if len(given) > _LONGEST:
        raise GuessError(f"That is longer than any shape: {len(given)} characters.")
    if not inside:
        return ()  # "()": a single number
    return tuple(_size(word) for word in re.split(r"[\s,;×]+", _CROSS.sub(" ", _joined(inside))) if word)


def _joined(text: str) -> str:
    """The text with the thousands of its numbers joined: ``None, 1,000`` -> ``None, 1000``."""
    text = re.sub(r"(?<=\d)[_'\u00a0\u2009\u202f](?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(?<=\d)[, ](?=0\d\d(?!\d))", "", text)  # no size begins with a zero
    if re.search(r",\s", text):
        text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return text


def _size(word: str) -> int | None:
    if word.lower() in _OPEN:
        return None
    if word.isascii() and word.isdigit() and len(word) <= _MOST_DIGITS:
        return int(word)
    raise GuessError(
        f"“{said_back(word, 24)}” is not a size. "
        "Each size is a whole number, or None where it is left open: (None, 5, 4)."
    )


def parse_count(text: str) -> int:
    """``4,224``, ``4 224``, ``4_224``, ``none`` for 0. GuessError says what can't be read."""
    given = text.strip().lower().removesuffix("parameters").removesuffix("params").strip()
    if given in _NOTHING:
        return 0
    digits = re.sub(r"(?<=\d)[,._'\s](?=\d{3}(?!\d))", "", given)
    if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS:
        return int(digits)
    shown = f"“{said_back(text.strip(), 24)}” is not a count. " if given else ""
    raise GuessError(f"{shown}A count is one whole number, like 4,224. Type 0 if there is nothing to learn.")


# -- what is asked -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """One step of the flow to predict.

    inputs: the shapes that go in. shapes: those that come out. layer: None where no count is asked, because the
    layer has been asked about before (a shared layer).
    """

    step: int
    name: str
    title: str
    inputs: tuple[Shape, ...]
    shapes: tuple[Shape, ...]
    why: str
    arguments: tuple[tuple[str, str], ...]
    layer: Layer | None


def questions(inspection: Inspection) -> tuple[Question, ...]:
    """Every step but the Inputs, in the order of the flow. A model that can't be built asks nothing: Keras' message
    speaks of the shapes."""
    if inspection.error is not None:
        return ()
    layers = {layer.name: layer for layer in inspection.layers}
    asked: list[Question] = []
    for index, step in enumerate(inspection.flow):
        if step.class_name != INPUT:
            again = any(question.name == step.layer for question in asked)
            asked.append(_question(index, step, layers[step.layer], again))
    return tuple(asked)


def _question(index: int, step: Step, layer: Layer, again: bool) -> Question:
    return Question(
        step=index,
        name=step.layer,
        title=title(step, layer),
        inputs=tuple(link.shape for link in step.inputs),
        shapes=step.outputs,
        why=layer.why,
        arguments=tuple(layer.arguments.items()),
        layer=None if again else layer,
    )


def hidden_layers(inspection: Inspection, hidden: Collection[int]) -> frozenset[str]:
    """The layers that have a step whose answer is still hidden."""
    return frozenset(inspection.flow[index].layer for index in hidden)


# -- shapes, axis by axis ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One axis: its name, what was said and what Keras says ("" where there is none), and why they differ."""

    axis: str
    said: str
    keras: str
    right: bool
    reason: str = ""


def compare(guess: Guess, question: Question, output: int = 0) -> tuple[Row, ...]:
    """The guess beside the shape, axis by axis. What is missing or too much stands in a row of its own."""
    shape = question.shapes[output]
    return tuple(_row(said, axis, shape, question) for said, axis in _aligned(guess, shape))


def _row(said: tuple[int | None] | None, axis: Axis | None, shape: Shape, question: Question) -> Row:
    if said is None:
        assert axis is not None
        return Row(axis.axis, "", _spell(axis.size), False, _missing(axis, shape, question))
    if axis is None:
        return Row("", _spell(said[0]), "", False, _extra(said[0], shape, question))
    right = said[0] == axis.size
    return Row(axis.axis, _spell(said[0]), _spell(axis.size), right, "" if right else _differs(said[0], axis, question))


def _aligned(guess: Guess, shape: Shape) -> list[tuple[tuple[int | None] | None, Axis | None]]:
    """Pairs (what was said, axis) with as few differences as possible; None where one side has nothing.

    A shape of the right rank is compared place by place: to leave out an axis costs a little more than to mistake it.
    """
    gap = 1.01
    rows, columns = len(guess), len(shape)
    cost = [[gap * (i + j) for j in range(columns + 1)] for i in range(rows + 1)]
    for i in range(rows):
        for j in range(columns):
            differs = 0 if guess[i] == shape[j].size else 1
            cost[i + 1][j + 1] = min(cost[i][j] + differs, cost[i][j + 1] + gap, cost[i + 1][j] + gap)
    pairs: list[tuple[tuple[int | None] | None, Axis | None]] = []
    i, j = rows, columns
    while i or j:
        differs = 0 if i and j and guess[i - 1] == shape[j - 1].size else 1
        if i and j and cost[i][j] == cost[i - 1][j - 1] + differs:
            i, j = i - 1, j - 1
            pairs.append(((guess[i],), shape[j]))
        elif j and cost[i][j] == cost[i][j - 1] + gap:
            j -= 1
            pairs.append((None, shape[j]))
        else:
            i -= 1
            pairs.append(((guess[i],), None))
    return pairs[::-1]


def _differs(said: int | None, axis: Axis, question: Question) -> str:
    """You wrote 20 where Keras has 5: where the 5 comes from, and what the 20 is."""
    here = f"This is {axis.axis}: {axis.origin}."
    if axis.size is None:
        here = f"{axis.axis.capitalize()} is None: {axis.origin}."
    elif said is None:
        here = f"{axis.axis.capitalize()} is not left open: {axis.origin}."
    return _sentences(here, _what_is(said, axis, question))


def _missing(axis: Axis, shape: Shape, question: Question) -> str:
    if axis is shape[0] and axis.axis in {name for given in question.inputs for name in names(given)[:1]}:
        return (
            f"The axis {axis.axis} is missing. It is the first axis of every shape, because a layer computes an output "
            f"for each sample separately{_origin(axis)}."
        )
    kept = any(axis.axis == given.axis for each in question.inputs for given in each)
    verb = "is kept" if kept else "is new"
    return _sentences(f"The axis {axis.axis} is missing: it {verb}{_origin(axis)}.", question.why)


def _extra(said: int | None, shape: Shape, question: Question) -> str:
    gone = [a for given in question.inputs for a in given if a.axis not in names(shape)]
    dropped = next((axis for axis in gone if axis.size == said), None)
    count = "1 axis" if len(shape) == 1 else f"{len(shape)} axes"
    have = f"The output has {count} ({', '.join(names(shape))})."
    if dropped is not None:
        return _sentences(
            f"One axis too many: {dropped.axis} ({_spell(said)}) is not in the output.", have, question.why
        )
    return _sentences("One axis too many.", have, _what_is(said, None, question), question.why)


def _what_is(said: int | None, here: Axis | None, question: Question) -> str:
    """What the guessed size really is, where it is one that stands elsewhere: the most telling part of a mistake."""
    if said is None:
        return ""
    known = [axis for shape in (*question.inputs, *question.shapes) for axis in shape if axis.size == said]
    for axis in known:
        if here is None or axis.axis != here.axis:
            return f"{_spell(said)} is {axis.axis}: {axis.origin}."
    for axis in known:
        return f"{_spell(said)} is in the input: {axis.origin}."
    for name, value in question.arguments:
        if value == str(said):
            return f"{_spell(said)} is {name} of {question.name}."
    return ""


def _origin(axis: Axis) -> str:
    return f" ({axis.origin})" if axis.origin else ""


def _sentences(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _spell(size: int | None) -> str:
    return "None" if size is None else f"{size:,}"


# -- counts --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """What was said (None: nothing), what Keras counts, the formula of each weight, and why they differ."""

    said: int | None
    keras: int
    formulas: tuple[str, ...]
    reason: str = ""

    @property
    def right(self) -> bool:
        return self.said == self.keras


def compare_count(said: int | None, layer: Layer) -> Count:
    """The guessed count beside the weights' formulas: ``kernel: features × 4 × units = 3 × 4 × 5 = 60``."""
    formulas = tuple(_formula(weight) for weight in layer.weights)
    reason = "" if said is None or said == layer.params else _count_reason(said, layer)
    return Count(said, layer.params, formulas, reason)


def _formula(weight: Weight) -> str:
    parts = dict.fromkeys((weight.formula, weight.numbers, f"{weight.count:,}"))
    return f"{weight.name}: {' = '.join(parts)}"


def _count_reason(said: int, layer: Layer) -> str:
    if not layer.weights:
        return f"{layer.class_name} has no weights: it learns nothing. {layer.why}".strip()
    if missing := left_out(said, layer):
        kept = [weight.name for weight in layer.weights if weight not in missing]
        return (
            f"{_spell(said)} is {listed(kept)} alone; "
            f"{listed([f'{weight.name} ({weight.formula})' for weight in missing])} "
            f"{'is' if len(missing) == 1 else 'are'} missing."
        )
    if gates := one_of_gates(said, layer):
        return f"{_spell(said)} is one block of weights; {layer.class_name} has {gates} side by side, one per gate."
    if (axis := multiplied_by(said, layer)) is not None:
        return (
            f"{_spell(said)} is {layer.params:,} × {_spell(axis.size)} {axis.axis}. All "
            f"{axis.axis} share the same weights: no weight has that axis."
        )
    return "Each weight holds as many numbers as the product of its axes; the layer's count is their sum."


def left_out(said: int, layer: Layer) -> tuple[Weight, ...]:
    """The weights that are missing, where the guess is the sum of the others; else ()."""
    if len(layer.weights) > _MOST_WEIGHTS:
        return ()
    for size in range(len(layer.weights) - 1, 0, -1):
        for kept in combinations(layer.weights, size):
            if sum(weight.count for weight in kept) == said:
                return tuple(weight for weight in layer.weights if weight not in kept)
    return ()


def one_of_gates(said: int, layer: Layer) -> int:
    """How many gates there are, where the guess is the weights of one; else 0."""
    gates = max((len(weight.gates) for weight in layer.weights), default=0)
    one = sum(weight.count // max(len(weight.gates), 1) for weight in layer.weights)
    return gates if gates > 1 and one == said else 0


def multiplied_by(said: int, layer: Layer) -> Axis | None:
    """The axis that weights were counted once for each of, though all of it shares the same ones."""
    axes = (axis for shape in layer.inputs for axis in shape[:-1])
    return next((axis for axis in axes if axis.size and axis.size > 1 and said == axis.size * layer.params), None)


# -- as Markdown ---------------------------------------------------------------------------------------------


def shape_table(rows: Iterable[Row]) -> str:
    """A table "axis, you said, Keras says": sizes in the colour of their axis, what differs in red and in words."""
    lines = ["| axis | you said | Keras says | compared |", "|---|---|---|---|"]
    for row in rows:
        keras = palette.directive(row.axis, row.keras) if row.keras else "nothing"
        said = (palette.directive(row.axis, row.said) if row.right else f":red[**{row.said}**]") if row.said else "–"
        verdict = ":green[right]" if row.right else ":red[differs]"
        lines.append(f"| {row.axis or '–'} | {said} | {keras} | {verdict} |")
    return "\n".join(lines)


def reasons(rows: Iterable[Row]) -> tuple[str, ...]:
    """One sentence or two for each difference."""
    return tuple(row.reason for row in rows if row.reason)


def asked_text(question: Question) -> str:
    """What goes in, for the learner to reason from: ``LSTM(5) level_1 reads (None, 6, 3)``. Markdown."""
    given = " and ".join(_painted(shape) for shape in question.inputs)
    arguments = ", ".join(f"{name}={value}" for name, value in question.arguments)
    return f"**{question.name}** · {question.title.split('(')[0]}({arguments}) reads {given}."


def _painted(shape: Shape) -> str:
    return f"({', '.join(map(_sized, shape))})"


def _sized(axis: Axis) -> str:
    """The size in its colour, and the name: but for a 1 that is named after it."""
    size = _spell(axis.size)
    return palette.directive(axis.axis, size) + ("" if axis.axis == size else f" {axis.axis}")


def told(question: Question) -> str:
    """The answer in one line: ``(None, 6, 5), 180 parameters``."""
    shapes = " and ".join(plain(shape) for shape in question.shapes)
    if question.layer is None:
        return shapes
    params = question.layer.params
    return f"{shapes}, {params:,} parameter{'' if params == 1 else 's'}"
