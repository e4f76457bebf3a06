"""A text -> what stands in it: an error message, a printed summary, or code."""

from __future__ import annotations

import dataclasses
import re

from explainers.core.finding import WINDOWS, Finding, name_axes
from explainers.core.spec import Check, ModelSpec, Sizes
from explainers.reading.asking import Entries
from explainers.reading.by_sight import IN_THE_TEXT
from explainers.reading.calls_in_prose import speaks_of_a_call
from explainers.reading.code.budget import UsedUp
from explainers.reading.code.choice import choices, chosen, main_model, of_what_is_shown
from explainers.reading.code.evaluator import Reader
from explainers.reading.code.patterns import pattern_of
from explainers.reading.code.reader import read_code
from explainers.reading.code.statements import Statements
from explainers.reading.code_lines import only_code, outside_code, without_code
from explainers.reading.elsewhere import framework, of_elsewhere
from explainers.reading.from_code import has_states, is_cut_off, of_code
from explainers.reading.from_message import of_message, of_unknown_message
from explainers.reading.gaps import before_gaps, ranked, with_room
from explainers.reading.languages.english import has_other_words, in_english
from explainers.reading.languages.messages import as_keras_writes, is_of_message
from explainers.reading.messages import read_error
from explainers.reading.misfits import misfit
from explainers.reading.not_of_shapes import not_of_shapes
from explainers.reading.printed import printed_shapes
from explainers.reading.questions import in_other_words, question
from explainers.reading.questions.unsure import NOT_SURE
from explainers.reading.received import of_the_call
from explainers.reading.rlang.python import in_python
from explainers.reading.solved import solved
from explainers.reading.summary.reader import read_summary
from explainers.reading.summary.weights import read_weights, weights_beside
from explainers.reading.text import (
    Cleaned,
    clean,
)

_FAILED = re.compile(
    r"\b\w{0,60}(?:Error|Exception)\b(?:\s?:|\s?\()|Traceback \(most recent call|CUDNN_STATUS|\bin user code:|"
    r"\binput ran out of data\b|\bIncompatible shapes at component \d"
)
_TOLD = re.compile(r"(?m)^\w{1,40}(?:Error|Exception): ")  # a message whose words happen to be Python
MOST_CHECKS = 16
MOST_SOLVED = 8  # numbers that are worked out from the rest of the text: each may bring up another
READ_AS_ENGLISH = "The message in your text is translated. In English, Keras writes: {message}"
READ_AS_PYTHON = "R is read as Keras in Python: layer_lstm(units = 9) is layers.LSTM(units=9)"
COSTS_TOO_MUCH = "The layers in this text call one another more often than this app follows."
ONLY_SOME_RUN = f"Of {{count}} different calls on data, only the first {MOST_CHECKS} were run."
WHAT_IS_IT = "Which is it: the text of an error, a printed model.summary(), or Keras code?"


_IN_WORDS = re.compile(r"\?\s{0,9}$|^\W{0,9}(?:in r\b|what|why|how|which|is|does|do|can|should)\b", re.IGNORECASE)
# A layer and the shapes it is to read, which Python could take for a call: ``Concatenate (None, 8) and (None, 4)``
_SHAPES_JOINED = re.compile(
    r"[A-Z]\w{2,30} \((?:None|\d{1,6}),[^()\n]{0,60}\) (?:and|with) \((?:None|\d{1,6}),[^()\n]{0,60}\)\W?"
)


def find(cleaned: Cleaned, which: int | None, entries: Entries) -> Finding:
    """Error, summary or code: by what stands in the text, not by its first line."""
    try:
        in_words_of_python = in_python(cleaned.shown)
        if in_words_of_python is not None:
            return _asked_of_r(cleaned, entries) or _of_r(_find(clean(in_words_of_python), which, entries))
        found = _find(cleaned, which, entries)
        words = in_english(cleaned.shown) if _may_be_translated(found, cleaned) else None
        return found if words is None else _of_other_words(cleaned, words, found, which, entries)
    except UsedUp:  # what was read may cost more to put together than to read
        return Finding("unknown", cause=COSTS_TOO_MUCH, questions=(WHAT_IS_IT,))


def _may_be_translated(found: Finding, cleaned: Cleaned) -> bool:
    """Whether the words of a text may say more than was read: those of a message are foreign, or none was read."""
    if found.elsewhere or found.kind not in ("unknown", "question", "error"):
        return False
    read = (cleaned.shown[mark.start : mark.end] for mark in found.marks if mark.what == "the message")
    return found.mistake is None or any(has_other_words(part) for part in read)


def _of_other_words(cleaned: Cleaned, words: str, found: Finding, which: int | None, entries: Entries) -> Finding:
    """A text in another language, by its words in English: a message as Keras writes it, or a question."""
    message = as_keras_writes(words)
    if message is not None:
        _, parsed = _code(cleaned, entries)
        around = without_code(words, parsed).split("\n")
        kept = (line for line in around if line.strip() and not is_of_message(line))
        code = only_code(cleaned.shown, parsed)
        told = _find(clean("\n".join([code, message, *kept])), which, entries)
        if told.mistake is not None:
            told = dataclasses.replace(told, marks=(), renamed=(*told.renamed, READ_AS_ENGLISH.format(message=message)))
            return told if code.strip() else dataclasses.replace(told, code="")
    if found.kind == "error":
        return found
    if (held := read_weights(cleaned)) is not None:
        return held
    asked = question(clean(words), entries)
    return dataclasses.replace(in_other_words(asked), marks=found.marks) if asked is not None else found


def _asked_of_r(cleaned: Cleaned, entries: Entries) -> Finding | None:
    """A question about a layer as R calls it: one line that has words around the call."""
    words = cleaned.shown.strip()
    if "\n" in words or not _IN_WORDS.search(words):
        return None
    return question(cleaned, entries)


def _of_r(found: Finding) -> Finding:
    """What was read of R: it has no places in the text, and nothing can be written into its lines."""
    if found.kind in ("unknown", "question"):
        cause, ask = "This is Keras code in R, but none of its layers could be read.", "What does summary(model) print?"
        return Finding("unknown", shapes=found.shapes, cause=cause, questions=(ask,))
    return dataclasses.replace(found, marks=(), code="", renamed=(*found.renamed, READ_AS_PYTHON))


def _find(cleaned: Cleaned, which: int | None, entries: Entries) -> Finding:
    if _SHAPES_JOINED.fullmatch(cleaned.shown.strip()) and (asked := question(cleaned, entries)) is not None:
        return asked
    other = framework(cleaned.shown)
    if other:
        found = of_elsewhere(cleaned, other)
        asked = question(cleaned, entries) if found.kind == "unknown" else None
        return asked if asked is not None and asked.spec is not None else found
    entries, whole = entries.beside(printed_shapes(cleaned), {}), cleaned
    summary = read_summary(cleaned, entries)
    reader, parsed = _code(cleaned, entries)
    cleaned = outside_code(cleaned, parsed)
    error = read_error(cleaned, _classes(reader, summary), entries)
    spec, gap = (None, "") if summary is not None else _chosen(reader, which)
    own = main_model(reader, which)
    more = (
        solved(spec, reader.assumed, error, own.loss if own is not None else "")
        if len(entries.solved) < MOST_SOLVED
        else {}
    )
    if more:
        return _find(whole, which, entries.beside({}, more))
    told = error is not None and error.mistake is not None and _TOLD.search(cleaned.shown) is not None
    code = parsed.whole and _is_keras(reader, spec) and not told
    if error is None and summary is None and (held := weights_beside(whole, spec)) is not None:
        return held
    asked = question(cleaned, entries) if spec is not None and speaks_of_a_call(cleaned, parsed, spec) else None
    if asked is not None and asked.spec is not None and not asked.cause.startswith(NOT_SURE[:12]):
        return asked
    if code:
        return _told(_with_code(of_code(cleaned, reader, parsed, spec, error), reader, which), gap)
    if summary is not None and (error is None or is_cut_off(error)):
        return summary
    received = of_the_call(cleaned) if spec is None or misfit(spec)[0] is None else None
    if received is not None and (error is None or error.mistake in (None, received.mistake, *_SAID_OF_ANYTHING)):
        return _with_code(received, reader, which)
    if error is not None and (error.mistake is not None):
        return _with_code(of_message(cleaned, error, summary, reader, parsed, spec), reader, which)
    if _FAILED.search(cleaned.shown) or not_of_shapes(cleaned) is not None:
        return _with_code(of_unknown_message(cleaned, reader, parsed, spec), reader, which)
    if _is_keras(reader, spec):
        return _told(_with_code(of_code(cleaned, reader, parsed, spec, error), reader, which), gap)
    asked = read_weights(cleaned) or (question(cleaned, entries) if not reader.ended else None)
    if asked is not None:
        return asked
    shapes = tuple(name_axes(found.sizes, (), IN_THE_TEXT) for found in cleaned.shapes[:64])
    line, why = reader.ended or (0, "")
    cause = f"Line {line}: {why}." if why else "Nothing of Keras was recognized in this text."
    return Finding("unknown", shapes=shapes, cause=cause, questions=(WHAT_IS_IT,))


# Mistakes whose words fit many calls: the call itself, printed below them, says more.
_SAID_OF_ANYTHING = ("operand_sizes", "layer_rank", "target_shape")

# The line of a program that a traceback prints below "File …, line 31, in <module>": it isn't the program itself.
_FRAME = re.compile(
    r"(?m)^[ ]{0,12}File \"[^\"\n]{1,300}\", line \d{1,7}(?:, in [^\n]{1,120})?\n"
    r"(?:[ ]{2,40}(?!File \")[^\n]{0,400}\n){1,3}"
)


def _code(cleaned: Cleaned, entries: Entries) -> tuple[Reader, Statements]:
    """The code of a text without what its traceback repeats; where nothing else is code, with it."""
    bare = _FRAME.sub(lambda found: re.sub(r"[^\n]", "", found.group()), cleaned.shown)
    reader, parsed = read_code(bare, entries)
    if bare == cleaned.shown or reader.graph.layers or reader.loose or any(m.layers for m in reader.models):
        return reader, parsed
    own = _FRAME.sub(lambda found: found.group() if not _OF_A_PACKAGE.match(found.group()) else
                     re.sub(r"[^\n]", "", found.group()), cleaned.shown)  # fmt: skip
    return read_code(own, entries)


_OF_A_PACKAGE = re.compile(r"\s{0,12}File \"[^\"\n]{0,300}(?:site-packages|dist-packages|\.egg|[/\\]lib[/\\]python)")


def _classes(reader: Reader, summary: Finding | None) -> dict[str, str]:
    """The classes of the layers by their names, in code and table."""
    table = summary.spec.layers if summary is not None and summary.spec is not None else ()
    written = (*(entry.written.spec for entry in reader.loose), *reader.graph.layers, *table)
    return {layer.name: layer.class_name for layer in written if layer.name}


def _chosen(reader: Reader, which: int | None) -> tuple[ModelSpec | None, str]:
    """The model that the code makes, and what couldn't be followed behind it."""
    try:
        spec = chosen(reader, which)
        spec, gap = before_gaps(reader.graph, spec) if spec is not None else (None, "")
        spec = with_room(ranked(of_what_is_shown(spec))) if spec is not None else None
    except UsedUp:
        return None, COSTS_TOO_MUCH
    except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError, AssertionError):
        return None, ""
    if spec is None or not (spec.calls or spec.checks):
        return None, gap  # Inputs alone are no model
    checks = _each_once(spec.checks)
    if len(checks) > MOST_CHECKS:
        gap = f"{gap} {ONLY_SOME_RUN.format(count=len(checks))}".strip()
    said = tuple(f"{name} = {size}" for name, size in reader.said.items())
    told: tuple[tuple[str, Sizes | int], ...] = (*reader.hints.items(), *reader.entries.solved.items())
    return dataclasses.replace(spec, said=said, told=told, checks=checks[:MOST_CHECKS], number=which), gap


def _each_once(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """What is done with the model, without what is done again: a loop is written out, and each is run for real."""
    first: dict[Check, Check] = {}
    for check in checks:
        first.setdefault(dataclasses.replace(check, line=None, text=""), check)
    return tuple(first.values())


def _told(finding: Finding, gap: str) -> Finding:
    """The finding with the reader's own gap beside it."""
    if not gap:
        return finding
    cause = finding.cause if finding.mistake else gap
    return dataclasses.replace(finding, cause=cause, unread=(*finding.unread, gap))


def _with_code(finding: Finding, reader: Reader, which: int | None) -> Finding:
    """What the code says beside its main model: the other models, and a pattern that a lesson is about."""
    pattern = pattern_of(reader.custom, reader.classes())
    spec = None if pattern is not None and reader.custom.calls else finding.spec  # the cell itself isn't rebuilt
    models = choices(reader, which) if finding.spec is not None else ()
    models = models if len(models) > 1 else ()
    others = [f"{m.name} (line {m.line})" for m in models if not m.shown and not m.part]
    questions = finding.questions
    if others and which is None:
        shown = next(f"{m.name} (line {m.line})" for m in models if m.shown)
        ask = f"Which model do you mean? You see {shown}; the code also makes {', '.join(others[:8])}."
        questions = (ask, *questions)
    window = reader.custom if reader.custom.windows else None
    if pattern is None and window is not None:
        found = {"points": window.points, "timesteps": window.timesteps, "features": window.features}
        pattern = WINDOWS, {name: n for name, n in found.items() if n is not None}
    cause = finding.cause
    if not cause and spec is None and pattern is None and finding.kind == "code":
        cause = "No layers of this code could be put together into a model."
    return dataclasses.replace(finding, spec=spec, pattern=pattern, models=models, questions=questions, cause=cause)


def _is_keras(reader: Reader, spec: ModelSpec | None) -> bool:
    return bool(
        spec is not None
        or reader.graph.layers
        or reader.graph.inputs
        or reader.loose
        or reader.mistake
        or reader.first_tensorflow
        or has_states(reader)
        or any(model.layers or model.nodes for model in reader.models)
        or reader.classes()
    )
