"""Questions in words: what is asked, by the words and the numbers in the sentence; one sentence and a live model.

parsed/      first of all: the question as one model of all its layers, or a fact by its terms; see there
words.py     what is in a question: numbers by the words next to them, shapes, layers as they are called
names.py     layers as people name them
read_by.py   what a layer reads in the question; by_words.py: a layer that is made of its words
models.py    small models of these sizes
sizes.py     questions about shapes and counts: which input_shape, which output, how many parameters
batches_asked.py  how many batches an epoch has, what stateful needs
images_asked.py  which input_shape pictures need
data_asked.py  which shape signals, videos, spectrograms and rows in time have
meanings.py  questions about meanings: None, three axes, units and timesteps, return_sequences
settings_asked.py  questions about settings: padding, batch size and epochs, a vocabulary
targets_asked.py  the last layer and its loss, states, other frameworks; counts_asked.py: weights one by one
count_given.py  sizes that make a given count; alone.py  a shape or a count with no question around it
labels_asked.py  the shape of labels and targets; elements_asked.py: the same numbers in another form
solving/     questions that give a result: weights, a count with its sum, a shape that became another
nets_asked.py  several layers: widths in a row, two that are compared, sides that became smaller
axes_asked.py  two sizes that are confused; unsure.py: where none of these fits; outside.py: what no shape tells
spans.py     how many readings a span of time has
written.py   one way of writing for numbers, shapes and misspelled words; accounted.py: which of them a reply uses
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from explainers.core.finding import Finding, Mark
from explainers.core.words import listed
from explainers.reading.asking import Entries
from explainers.reading.questions import (
    alone,
    axes_asked,
    batches_asked,
    by_words,
    count_given,
    counts_asked,
    data_asked,
    elements_asked,
    images_asked,
    labels_asked,
    meanings,
    nets_asked,
    settings_asked,
    sizes,
    targets_asked,
)
from explainers.reading.questions.accounted import left_by_model, left_over
from explainers.reading.questions.outside import outside
from explainers.reading.questions.parsed.data import of_data
from explainers.reading.questions.parsed.fact import Fact
from explainers.reading.questions.parsed.facts import SURE, fact_told, near, speaks_of_nothing_else
from explainers.reading.questions.parsed.parts import Parts
from explainers.reading.questions.parsed.replies import replied
from explainers.reading.questions.parsed.supposed import verdict
from explainers.reading.questions.parsed.terms import NO_MODELS, OF_MODELS, terms_in, topics_in
from explainers.reading.questions.solving.decided import decided
from explainers.reading.questions.solving.given import solved
from explainers.reading.questions.spans import in_readings
from explainers.reading.questions.unsure import unsure
from explainers.reading.questions.words import Asked, Intent, Told, asked_in
from explainers.reading.text import Cleaned, clean

A_SHAPE = "what a shape is"

INTENTS: tuple[Intent, ...] = (
    Intent(A_SHAPE, alone.shape),
    Intent("which layers have so many parameters", alone.count),
    Intent("why a loss is nan", labels_asked.not_a_number),
    Intent("why a layer has no parameters", labels_asked.no_parameters),
    Intent("what the difference between reshape and flatten is", elements_asked.reshape_or_flatten),
    Intent("what -1 means in a reshape", elements_asked.minus_one),
    Intent("what a view of PyTorch is in Keras", elements_asked.viewed),
    Intent("which shape Flatten had in front of it", elements_asked.flattened_number),
    Intent("how to drop an axis of 1", nets_asked.superfluous_axis),
    Intent("whether a reshape fits", elements_asked.reshaped),
    Intent("why the sides became smaller", nets_asked.smaller_sides),
    Intent("how many parameters a net of these widths has", nets_asked.widths),
    Intent("what an epoch and a batch are", settings_asked.epochs),
    Intent("what layers in a row make", nets_asked.in_a_row),
    Intent("how many windows a series has", data_asked.windows_of_points),
    Intent("how many batches an epoch has", batches_asked.batches),
    Intent("what stateful keeps", batches_asked.stateful),
    Intent("which last layer so many numbers need", targets_asked.regression),
    Intent("how a prediction fits its labels", labels_asked.beside_each_other),
    Intent("why labels and output don't fit", labels_asked.widths_apart),
    Intent("which shape labels need", labels_asked.labels),
    Intent("why one sample needs a batch axis", targets_asked.one_sample),
    Intent("which shape videos have", data_asked.videos),
    Intent("which shape spectrograms have", data_asked.spectrograms),
    Intent("how many channels a convolution makes", by_words.channels_made),
    Intent("what same and valid padding make", settings_asked.paddings),
    Intent("what a layer makes of a shape", sizes.output_of_a_layer),
    Intent("how many parameters the layer has", sizes.parameters),
    Intent("what an Embedding is told", settings_asked.vocabulary),
    Intent("what to do with sequences of different lengths", meanings.variable_lengths),
    Intent("why there is an output for each step", meanings.every_step),
    Intent("why the steps stay in the output", settings_asked.steps_that_stay),
    Intent("what the shape means", meanings.meaning),
    Intent("which input_shape recordings need", data_asked.signals),
    Intent("which shape images have", images_asked.images),
    Intent("how rows become windows", data_asked.rows_in_time),
    Intent("which input_shape these data need", sizes.three_numbers),
    Intent("how a table becomes sequences", sizes.table),
    Intent("why a recurrent layer counts its weights several times", meanings.gates),
    Intent("what return_sequences and return_state do", meanings.sequences),
    Intent("what units and timesteps are", meanings.units),
    Intent("which axis a number of a shape is", axes_asked.one_of_a_shape),
    Intent("what two sizes count", axes_asked.apart),
    Intent("how one row of numbers becomes sequences", data_asked.one_row),
    Intent("why a layer needs three axes", meanings.three_axes),
    Intent("what None is", meanings.none_alone),
)


OF_IMAGES = (A_SHAPE, "which shape images have", "what same and valid padding make")
# What a shape alone may be asked for.
ABOUT_A_SHAPE = (A_SHAPE, "what the shape means", "what None is", "which input_shape these data need")

# Where none of these fits: the layer that is named, by its own rule.
OF_ANY_LAYER: tuple[Intent, ...] = (
    Intent("which sizes make so many parameters", count_given.made_of),
    Intent("how many parameters the layer has for a width", counts_asked.known_width),
    Intent("how many parameters the layer has", counts_asked.counted),
    Intent("what the layer does to a shape", by_words.a_layer),
)


PART_OF_AN_ERROR = (
    "This looks like part of an error message, but the part that names the layer and the shapes is missing or "
    "shortened. Paste the whole message, with the lines of your model if you can."
)
_OF_AN_ERROR = re.compile(
    r"\b(?:is|are) (?:incompatible|not compatible)\b.{0,200}\b(?:expected|received|found)\b|"
    r"\bexpected\b.{3,80}\b(?:but )?(?:got|found|received)\b.{0,60}\bshape\b",
    re.DOTALL,
)


def is_part_of_an_error(text: str) -> bool:
    """Whether a text is what an error says, without its beginning: no question in words."""
    return _OF_AN_ERROR.search(text.lower()) is not None


@dataclass(frozen=True)
class Reading:
    """One way to read a question: what is asked, the reply, and the sizes in the question that the reply doesn't use.

    special: whether it is more than what any layer or word would be told. whole: the model of all its layers.
    sure: a fact that has most of what the question speaks of.
    """

    asked: str
    told: Told
    left: tuple[int, ...]
    special: bool
    whole: bool = False
    sure: bool = False


def readings(asked: Asked, entries: Mapping[str, int] | None = None) -> tuple[Reading, ...]:
    """All ways to read a question, the best first: the one that uses most of its sizes, then the most special one."""
    if (other := outside(asked, asked.parts, entries or {}, surely=True)) is not None:
        return (Reading(OUTSIDE, other, (), True),)
    modelled = _modelled(asked, entries or {})
    fact = _of_facts(asked, entries or {})
    told = fact is not None and fact[1] >= SURE and not fact[0].left
    topics = topics_in(asked.words)
    beyond = topics & NO_MODELS or (not asked.numbers and topics - OF_MODELS) or (fact is not None and fact[2])
    differ = asked.has(_DIFFERENCE) and asked.parts.mentions and told  # of layers that don't stand side by side
    beyond = told and not asked.parts.apart and bool(beyond or differ)
    if modelled is not None and modelled.told.sure:
        return (modelled,)
    if modelled is not None and (modelled.asked == RESULT or (not modelled.left and not beyond)):
        if modelled.asked == RESULT or not _of_examples_alone(asked, modelled):
            return (modelled,)
        special = [one for one in _read_as(INTENTS[:-1], asked) if not one.left]
        return (*special, modelled)
    if fact is not None and told:
        return (fact[0],)
    found = list(_read_as(INTENTS, asked))
    alone = len(found) == 1 and found[0].asked == INTENTS[-1].words
    if (not found or alone) and (other := outside(asked, asked.parts, entries or {})) is not None:
        return (Reading(OUTSIDE, other, (), True),)
    if not found or alone:
        found = [*_read_as(OF_ANY_LAYER, asked), *found]
    elif all(reading.left for reading in found):
        found += _read_as(OF_ANY_LAYER, asked)
    if fact is not None and not fact[0].left:
        found.append(fact[0])
    found.sort(key=lambda reading: len(reading.left))
    both = _two_in_one(asked, found) if found and found[0].left else None
    return (both, *found) if both is not None else tuple(found)


def _of_examples_alone(asked: Asked, modelled: Reading) -> bool:
    """Whether a model has no size of the question: another reading says more."""
    bare = not asked.numbers and not asked.shapes and not any(one.given for one in asked.parts.mentions)
    return bare and modelled.asked == WHOLE and "?" in asked.words and len(asked.parts.mentions) == 1


_DIFFERENCE = re.compile(r"\bdifferen(?:ce|t)\b")


def _two_in_one(asked: Asked, found: list[Reading]) -> Reading | None:
    """Two questions at once: where one reply leaves sizes over and another uses just these, both are told."""
    special = [reading for reading in found if reading.special and reading.left]
    for first in special[:3]:
        for second in special:
            if set(first.left) & set(second.left) or first.told.spec is None:
                continue
            shown = min((first, second), key=lambda reading: len(left_by_model(asked, reading.told)))
            told = Told(
                f"{first.told.sentence} {second.told.sentence}",
                shown.told.spec,
                {**(first.told.values or {}), **(second.told.values or {})},
                (*first.told.shapes, *second.told.shapes),
            )
            return Reading(first.asked, told, (), True)
    return None


OUTSIDE = "what no shape tells"
RESULT = "which layer makes this result"
WHOLE = "what these layers make"
OF_DATA = "what a number or a shape of the question is"


def _modelled(asked: Asked, entries: Mapping[str, int]) -> Reading | None:
    """The question as one model of all its layers."""
    result = solved(asked.parts) or decided(asked.parts, entries)
    if result is not None:
        return Reading(RESULT, result, (), True, True)
    data = of_data(asked.parts, entries)
    told = data or replied(asked.parts, entries)
    if told is None:
        return None
    counted = {one.value for one in asked.parts.said if one.start in asked.parts.used}
    left = [number for number in left_over(asked, told) if number not in counted and not told.sure]
    known = _of_batch(asked.parts) | set(asked.parts.sizes("samples")) | set(asked.parts.sizes("batch"))
    known |= {size for role in ("seconds", "hertz") for size in asked.parts.sizes(role)} if data is not None else set()
    left = [number for number in left if number not in known]
    return Reading(WHOLE if data is None else OF_DATA, told, tuple(left), True, True)


def _of_batch(parts: Parts) -> set[int | None]:
    """The sizes in front of shapes that hold the data: how many samples there are, which no model has."""
    return {shape[0] for shape in parts.shapes("in", "data") if len(shape) > 1 and None not in shape}


def _of_facts(asked: Asked, entries: Mapping[str, int]) -> tuple[Reading, float, bool] | None:
    """The fact that a question asks for, how much of the question it has, and whether it is asked why.

    It is the first that uses all sizes.
    """
    found = list(islice(near(asked.parts), 3))
    read = [_of_fact(asked, entries, *one) for one in found]
    whole = (one for one in read if one[1] >= SURE and not one[0].left)
    return next(whole, read[0] if read else None)


def _of_fact(asked: Asked, entries: Mapping[str, int], fact: Fact, share: float) -> tuple[Reading, float, bool]:
    terms = terms_in(asked.words)
    if speaks_of_nothing_else(fact, asked.parts):
        share = max(share, SURE)  # the question speaks of nothing else
    told = fact_told(fact, asked.parts, entries)
    known = {size for shape in asked.parts.shapes("labels", "to") for size in shape} | _of_batch(asked.parts)
    known = known if len(asked.shapes) < 2 else set()  # two shapes are compared
    known |= set(asked.parts.sizes("largest_id"))
    known |= set(asked.parts.sizes("count")) if any("trainable" in needs for needs in fact.needs) else set()
    left = tuple(number for number in left_over(asked, told) if number not in known)
    why = any("why" in needs and needs <= terms for needs in fact.needs)
    return Reading(fact.asks, told, left, share >= SURE, sure=share >= SURE), share, why


def best_reading(cleaned: Cleaned) -> Reading | None:
    """The best way to read a text as a question; None where nothing is recognized as one."""
    asked = asked_in(cleaned)
    return next(iter(readings(asked)), None) if asked is not None and not asked.has(_OF_AN_ERROR) else None


def _read_as(intents: tuple[Intent, ...], asked: Asked) -> Iterator[Reading]:
    for intent in intents:
        told = intent.read(asked)
        if told is not None:
            yield Reading(intent.words, told, left_over(asked, told), intents is INTENTS)


def question(cleaned: Cleaned, entries: Entries) -> Finding | None:
    """What a question in words asks, told; None where the text doesn't speak of Keras.

    entries: sizes that were examples, as the learner says them; they are read as if the question gave them.
    """
    found = _as_written(cleaned)
    assumed = found.spec.assumed if found is not None and found.spec is not None else ()
    keys = dict.fromkeys(note.rpartition(" = ")[0] for note in assumed)
    said = {key: number for key in keys if (number := entries.number(key)) is not None}
    if found is None or not said:
        return found
    entered = _as_written(cleaned, said)
    if entered is not None and entered.spec is not None and entered.spec.said:
        return entered
    again = _as_written(clean(cleaned.shown + "".join(f", {key}={number}" for key, number in said.items())))
    if again is None or again.spec is None or {note.rpartition(" = ")[0] for note in again.spec.assumed} & set(said):
        return found
    notes = tuple(f"{key} = {number}" for key, number in said.items())
    return replace(again, marks=found.marks, spec=replace(again.spec, said=notes))


NOT_READ = "Your sentence isn't in English, so only its sizes and the words next to them were read."


def in_other_words(asked: Finding) -> Finding:
    """What was found in a sentence that isn't in English: said so, where it isn't sure what the sentence asks."""
    sure = not asked.cause.startswith("I'm not sure")
    return asked if sure else replace(asked, cause=f"{NOT_READ} {asked.cause}")


def _as_written(cleaned: Cleaned, entries: Mapping[str, int] | None = None) -> Finding | None:
    asked = asked_in(cleaned)
    if asked is None:
        return None
    marks = tuple(Mark(at.start, at.end, "a shape") for at in cleaned.shapes[:40])
    if asked.has(_OF_AN_ERROR):
        return Finding("question", cause=PART_OF_AN_ERROR, marks=marks)
    found = readings(asked, entries)
    if not found:
        return unsure(asked.parts, marks, entries)
    best = found[0]
    told = best.told
    counted = _of_batch(asked.parts) | set(asked.parts.sizes("samples")) | set(asked.parts.sizes("epochs"))
    left = tuple(number for number in best.left if number not in counted)
    apart = (reading for reading in found[1:] if reading.told.spec != told.spec)
    others = tuple(f"Or are you asking {reading.asked}?" for reading in apart)[:1]
    counted_as = in_readings(cleaned.shown)[1]
    told_all = f"{counted_as}{_judged(asked, told)}{told.sentence}"
    cause = told_all if not left or told.spec is None else f"{_leaving_out(left)} {told_all}"
    return Finding("question", cause=cause, spec=told.spec, values=told.values or {}, shapes=told.shapes,
                   marks=marks, questions=(*_unused(left, told), *others))  # fmt: skip


_JUDGED = re.compile(r"^(?:Yes|No|Not|Neither|Both)\b")


def _judged(asked: Asked, told: Told) -> str:
    """Yes or no to what the question supposes, where the reply itself doesn't say so."""
    return "" if _JUDGED.match(told.sentence) else verdict(asked.parts)


def _leaving_out(left: tuple[int, ...]) -> str:
    """That a reply isn't sure, as it has no place for a size of the question."""
    numbers = listed([f"{number:,}" for number in left[:4]])
    return f"I'm not sure what you're asking, as this leaves your {numbers} out."


def _unused(left: tuple[int, ...], told: Told) -> tuple[str, ...]:
    """The sizes that the reply leaves out, as a question back."""
    if not left or told.spec is None:
        return ()
    numbers = listed([f"{number:,}" for number in left[:4]])
    return (f"What does your {numbers} count? This reply doesn't use {'it' if len(left) == 1 else 'them'}.",)
