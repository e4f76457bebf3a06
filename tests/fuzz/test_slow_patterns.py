"""No regular expression of the program can be made to hang: the time of each grows no faster than its text."""

from __future__ import annotations

import re

import pytest

from explainers.core.mistakes import all_mistakes
from explainers.reading.diagnosing import read
from explainers.reading.errors_elsewhere import WORDINGS
from explainers.reading.in_general import KINDS
from explainers.reading.messages import _spaced
from explainers.reading.text import clean
from tests.fuzz.patterns import ANY_WAY, Found, every_pattern, unseen
from tests.fuzz.slow import SIZES, slow_text
from tests.fuzz.strategies import EXAMPLES
from tests.speed import within

# `make fuzz` goes through all repetitions of each pattern many times, and with longer texts.
TURNS, LENGTHS = (EXAMPLES // 100, SIZES) if EXAMPLES >= 200 else (1, (SIZES[0], SIZES[2]))

SLOW = {
    "exponential": r"(a+)+$",
    "shared by two blanks": r"\[(?:\d\s{0,4}\)?(?:\s{0,9},\s{0,9}\d\s{0,4}\)?){0,11})\]",
    "two ways to the same": r"(?:\d|\d\d){1,40}x",
    "quadratic": r"\d+x",
    "three times anything": r"<.*<.*<.*>",
    "in a lookahead": r"(?=(\w+\s?)+:)\w",
    "in a branch": r"one|(?:b+c?)+d",
}
LINEAR = (r"\d{1,9}x", r"(?>a+)b", r"^(?:\s*+\d++,)*+x", r"\b(\w++)=(None|\d++)\b", r"^\s*$")


def held() -> list[Found]:
    """All patterns, with those that are made of the families' words when they are first needed."""
    families = [family for mistake in all_mistakes() for family in mistake.families]
    words = {word for family in families for word in family.sees}
    wordings = {pattern for family in families for pattern in family.patterns}
    return [
        *every_pattern(),
        *(Found(pattern, "a message's wording", ANY_WAY) for pattern in wordings),
        *(Found(_spaced(word), f"the word {word!r}", ANY_WAY) for word in sorted(words)),
        *(Found(wording.pattern, "a message of another framework", ANY_WAY) for wording in WORDINGS),
        *(Found(form, "what messages ask", ANY_WAY) for kind in KINDS for form in kind.forms),
    ]


@pytest.mark.timeout(7200)
def test_no_pattern_takes_more_than_linear_time() -> None:
    found = [slow_text(one.pattern, one.ways, TURNS, len(one.pattern.pattern), LENGTHS) for one in held()]
    assert not list(filter(None, found)), "\n".join(map(str, filter(None, found)))


def test_each_pattern_of_the_program_is_tried() -> None:
    assert len(held()) > 400
    assert unseen() == {
        "explainers.practice.challenges.failing._masked",  # a name between two word boundaries, escaped
        "explainers.reading.elsewhere._of_the_model",  # a number twice
        "explainers.reading.errors_elsewhere._wording",  # in held()
        "explainers.reading.ported.edits.argument",  # the name of an argument
        "explainers.reading.ported.edits._at_its_name",  # a name of the text, escaped
        "explainers.reading.ported.edits.call_of",  # the class of a layer, over one line
        "explainers.reading.in_general._forms",  # in held()
        "explainers.reading.known.said_by",  # what it makes is held in the tables of the module's users
        "explainers.reading.known._changed",  # a class's name between a word boundary and a sign, over short lines
        "explainers.reading.own_losses._of_one_sample",  # names, escaped, and a number in brackets
        "explainers.core.mistakes.old_argument._argument_of_the_call",  # a name of Keras between word boundaries
        "explainers.reading.messages._spaced",  # in held()
        "explainers.reading.questions.words._next_to",  # what it makes is held in names of the module
        "explainers.reading.questions.names._pattern",  # the same
        "explainers.reading.questions.by_words._after",  # the same
        "explainers.reading.questions.by_words._behind_its_name",  # a name of Keras and a number behind it
        "explainers.reading.questions.by_words._is_second",  # a name of Keras and a bracket
        "explainers.reading.patching.patch._data",  # a name between two word boundaries
        "explainers.reading.patching.patch._words",  # a number between two word boundaries
        "explainers.reading.code.hints._of_the_array",  # a few names and a sign behind them
        "explainers.reading.asked_of_code._names",  # the names of a layer between two word boundaries
        "explainers.core.mistakes.input_count._overwritten",  # a name at the start of a line, and one behind it
        "views.way_in._says",  # a number and a name between two word boundaries
        "explainers.core.mistakes.kit.wording.compile_wording",  # in held()
        "explainers.core.mistakes.data_size._behind_the_window",  # a number between two that are no digits
        "explainers.core.mistakes.operand_sizes._says",  # words, over the few characters that a message marked
        "explainers.reading.questions.sizes._flattened",  # a number between word boundaries
        "explainers.core.mistakes.kit.columns.rows_as_steps",  # two numbers in brackets
        "explainers.reading.questions.parsed.facts.spoken_of",  # a number and a word between two word boundaries
        "explainers.reading.languages.english._patterns",  # words, with at most eight letters in front or behind
        "explainers.reading.code.outputs.other_keys",  # a name of the text, escaped
        "explainers.reading.patching.unpacked._is_read",  # a name between two word boundaries
        "explainers.reading.questions.parsed.supposed.verdict",  # words, over at most seventy characters
        "explainers.reading.questions.parsed.supposed._is_wrong",  # the same
        "explainers.reading.questions.parsed.supposed.of_claims",  # one of a few words between two word boundaries
    }


@pytest.mark.parametrize("pattern", SLOW.values(), ids=SLOW)
def test_the_search_finds_patterns_that_are_slow(pattern: str) -> None:
    assert slow_text(re.compile(pattern), ANY_WAY, turns=3, seed=5) is not None


@pytest.mark.parametrize("pattern", LINEAR)
def test_the_search_accuses_no_pattern_that_is_not(pattern: str) -> None:
    assert slow_text(re.compile(pattern), ANY_WAY, turns=3, seed=5) is None


PRINTED = {
    "a NumPy print with wide columns": "[[" + ", ".join(f"{n}      " for n in range(21)) + " 21]",
    "a shape that never closes": "input has shape (" + "17     ,   " * 14 + "and so on",
    "of dimensions": "shape=(" + "Dimension( 4   ) ,   " * 13 + "!",
    "in a message": "expected shape=(" + "None    ,    8   ," * 9 + " x, found shape=(" + "3   ,  " * 14,
    "a layer's name of numbers": "Input 0 of layer dense" + "_10" * 50 + "x is incompatible with the layer: expected",
}


@pytest.mark.parametrize("text", PRINTED.values(), ids=PRINTED)
def test_honest_texts_that_do_not_fit_are_given_up_at_once(text: str) -> None:
    read("Dense(3)")  # loads what the first text of a process loads
    within(0.5, lambda: read(text))


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("shape ( None  , 17 ,3 )", (None, 17, 3)),
        ("(Dimension(None), Dimension( 23 ), Dimension(4))", (None, 23, 4)),
        ("[ 5L,   ?, 12 000 ]", (5, None, 12000)),
        ("TensorShape([None, 1_250])", (None, 1250)),
        ("shape (9 , )", (9,)),
    ],
)
def test_shapes_are_read_in_every_spelling(text: str, sizes: tuple[int | None, ...]) -> None:
    assert [shape.sizes for shape in clean(text).shapes] == [sizes]
