"""All of it put together: a pasted text -> Diagnosis.

read(text)      what stands in it; no Keras, fast, safe for a web process
diagnose(text)  the same with the live model; only in a worker or on the command line
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from explainers.core.axes import Shape, sizes
from explainers.core.finding import Attempt, Change, Finding, Value, link
from explainers.core.mistakes import find_mistake
from explainers.core.results import BuildError, Explanation
from explainers.reading.asked_of_code import asked_of_code, with_mask_told
from explainers.reading.asking import Entries, Entry, Example, equal, numbers_asked, roomy, unlike
from explainers.reading.by_sight import named_by_sight
from explainers.reading.code.calling import NOT_THERE, OF_CELL
from explainers.reading.code.found import CALL_TOO, MAKE_FIRST, NO_TARGET, ONE_LIST, OUTPUTS
from explainers.reading.code.models import LEFT_OUT
from explainers.reading.diagnosis import Diagnosis
from explainers.reading.from_code import fixes_for
from explainers.reading.gaps import excused
from explainers.reading.in_general import in_general
from explainers.reading.in_keras_ops import IN_OPS
from explainers.reading.kinds import WHAT_IS_IT, find
from explainers.reading.lessons import lesson_fixes, lesson_of
from explainers.reading.messages import read_error
from explainers.reading.misfits import data_apart, misfit
from explainers.reading.origins import AN_EXAMPLE, Origins
from explainers.reading.other_models import MOST_COUNTED, counted, others, that_fails
from explainers.reading.refusals import finding_of
from explainers.reading.rlang.back import in_r
from explainers.reading.rlang.python import of_r
from explainers.reading.tensor_operations import SWAP_FIRST
from explainers.reading.text import (
    LONGEST,
    MOST_UNWRAPPED,
    Cleaned,
    clean,
    unwrapped,
)
from explainers.reading.today import todays_code
from explainers.reading.together import as_declared, in_the_loss

if TYPE_CHECKING:
    from explainers.reading.live import Live, Running

BY_ITSELF = (
    "As far as it could be read, the code next to the message runs in today's Keras; the live model is built from "
    "the message alone."
)
UPDATE = Change(
    "Update Keras: this program runs in today's version as it is.",
    code="pip install --upgrade keras",
    means="It was built and run here with data of these shapes.",
    tried=Attempt(True, True),
)
FAILS_ELSEWHERE = (
    "The code next to the message fails for a different reason; the live model is built from the message alone."
)
AS_MEANT = {
    MAKE_FIRST: "The live model is the one you meant: each layer is made, then called.",
    ONE_LIST: "The live model is the one you meant: the layer reads all of the tensors.",
    OUTPUTS: "The live model is the one you meant: it joins what the models return.",
    CALL_TOO: "The live model is the one you meant: the layer is called, too.",
    SWAP_FIRST: "The live model is the one you meant: the operand is turned, then multiplied.",
    IN_OPS: "The live model is the one you meant: it is built with keras.ops.",
    NO_TARGET: "The live model is the one you meant: its targets come from the data set.",
}
_OLD = re.compile(r"batch_input_shape|nb_epoch|_generator\(|CuDNN|\blr ?=|\bkeras\.layers\.(?:core|convolutional)\b")
REFUSED = "Today's Keras refuses this code"
ACCEPTED = "The live model doesn't fail: today's Keras accepts this, or the text doesn't include what made it fail."
NO_CELL = "The cell in the code isn't rebuilt here: the live model begins with what it returns."
RUNS = " Today's Keras still runs this: no layer needs the size that the Input declares."


def read(
    text: str, which: int | None = None, entries: Mapping[str, Entry] | None = None, example: Example = unlike
) -> Diagnosis:
    """Read a pasted text without Keras. Never raises for what was pasted.

    which: the number of the model to rebuild (from 1), where code makes several; None chooses the main one.
    entries: what the learner said about what the text leaves open, by the keys of `Diagnosis.asks`.
    example: what is used for a number that neither the text nor the learner gives.
    """
    if len(text) > LONGEST:
        return Diagnosis(
            "unknown",
            cause=f"The text has {len(text):,} characters; up to {LONGEST:,} are read. Paste the part that matters.",
        )
    cleaned = clean(text)
    if not cleaned.shown.strip():
        return Diagnosis("unknown", cause="There is no text to read.", questions=(WHAT_IS_IT,))
    try:
        found = _diagnosis(cleaned, find(cleaned, which, Entries(entries, example=example)))
        return _joined_lines(found, cleaned, entries)
    except (RecursionError, MemoryError, OverflowError):
        return Diagnosis(
            "unknown",
            cause="This text nests too deeply or holds numbers too large to be read.",
            text=cleaned.shown,
            questions=(WHAT_IS_IT,),
        )


def _joined_lines(found: Diagnosis, cleaned: Cleaned, entries: Mapping[str, Entry] | None) -> Diagnosis:
    """Once more, as a text that a narrow window cut off inside its words, where that shows a message or its shapes."""
    if len(cleaned.shown) > MOST_UNWRAPPED or (found.mistake is not None and found.kind != "error"):
        return found
    whole = unwrapped(cleaned.shown)
    if whole == cleaned.shown:
        return found
    joined = clean(whole)
    more = len(joined.shapes) > len(cleaned.shapes)
    if found.mistake is not None and not more:
        return found
    again = _diagnosis(joined, find(joined, None, Entries(entries)))
    return again if again.kind == "error" and again.mistake is not None else found


def _diagnosis(cleaned: Cleaned, finding: Finding) -> Diagnosis:
    explainer, lesson, misfits = lesson_of(finding, cleaned.shown)
    dims: dict[str, Value] = {k: v for k, v in finding.values.items() if not isinstance(v, str)}
    fixes = finding.fixes or fixes_for(finding, lesson if finding.spec is not None else {})
    advice = finding.family.advice(finding, lesson) if finding.family is not None else ()
    fixes = (*lesson_fixes(explainer, lesson), *(advice or fixes))
    assumed, said = (finding.spec.assumed, finding.spec.said) if finding.spec is not None else ((), ())
    beyond = () if finding.kind == "question" else misfits.values()  # the model of a question stands for itself
    notes = (*(f"{note}{AN_EXAMPLE}" for note in assumed), *beyond)
    return Diagnosis(
        finding.kind,
        _named(finding),
        finding.layer,
        finding.class_name,
        named_by_sight(finding.shapes, cleaned.shown, finding.class_name if finding.kind == "error" else None),
        {**dims, **lesson},
        finding.cause,
        fixes,
        finding.questions,
        explainer,
        link(explainer, {k: v for k, v in lesson.items() if k not in misfits}) if explainer else None,
        None,
        finding.marks,
        cleaned.shown,
        finding.unread,
        finding.renamed,
        notes,
        todays_code(finding.spec) if finding.spec is not None else "",
        None,
        finding.spec,
        finding.models,
        (*finding.asks, *numbers_asked(assumed, said)),
        finding.alone,
        dims,
        finding.code,
        advice,
        _title(finding),
        finding.elsewhere,
        _diagnosis(cleaned, dataclasses.replace(finding, spec=finding.own, own=None)) if finding.own else None,
    )


def _named(finding: Finding) -> str | None:
    """The name of the mistake; None for an error that isn't one of shapes."""
    mistake = find_mistake(finding.mistake)
    return finding.mistake if mistake is None or mistake.about_shapes else None


def _title(finding: Finding) -> str:
    """The mistake as a beginner would call it: that of the message, where it says more than its kind does."""
    mistake = find_mistake(finding.mistake)
    if finding.family is not None and finding.family.title:
        return finding.family.title
    return mistake.title if mistake is not None else ""


def diagnose(text: str, which: int | None = None, entries: Mapping[str, Entry] | None = None) -> Diagnosis:
    """Read a pasted text and rebuild its model live. Imports Keras where there is something to build."""
    found, explanation = diagnose_live(text, which, entries=entries)
    if explanation is None:
        return found
    from explainers.core.tell import Told, as_json

    return dataclasses.replace(found, model=as_json(Told(explanation, ())))


def diagnose_live(
    text: str, which: int | None = None, run: Running = True, entries: Mapping[str, Entry] | None = None
) -> tuple[Diagnosis, Explanation | None]:
    """As `diagnose`, with the live model beside it as a lesson tells it, for its picture: not yet in `model`.

    run="through" builds the model and tries what the text tries, and its forward pass records no cell calls.
    """
    found = read(text, which, entries)
    if found.spec is None:
        return _with_lesson(found)
    from explainers.reading import live

    seen = live.look(found.spec, run)
    found, seen = _with_other_examples(text, found, seen, which, entries, run)
    if found.own is not None:
        found, seen = _the_own_model(found, seen, run)
    found, first = _behind_old_names(found, seen)
    excuse = excused(seen.spec, seen.error, found.text) if seen.error is not None and found.mistake is None else ""
    if excuse and seen.inspection is not None:
        where = f"Line {seen.line}: " if seen.line is not None else ""
        found = dataclasses.replace(found, notes=(*found.notes, f"{where}{excuse}"))
        sound = dataclasses.replace(seen.inspection, error=None)
        seen = dataclasses.replace(seen, inspection=sound if any(layer.params for layer in sound.layers) else None)
    if found.alone is not None and not _says_the_same(seen.error, found):
        by_itself = live.look(found.alone, run)
        if by_itself.error:
            note = BY_ITSELF if not seen.error else FAILS_ELSEWHERE
            found = dataclasses.replace(found, notes=(*found.notes, note), spec=found.alone, code="")
            seen = by_itself
    found = _in_lines_tried(_after(_unless_accepted(found, seen), seen))
    found = _mended(dataclasses.replace(found, cause=f"{found.cause} Besides: {first}") if first else found, seen)
    origins = Origins(found.text, found.assumed)
    found = dataclasses.replace(found, fixes=_from_the_first(tuple(map(origins.marked, found.fixes))))
    if found.kind == "code" and seen.inspection is not None and not seen.error and not excuse:
        beside = [choice for choice in found.models if not choice.shown][:MOST_COUNTED]
        made = others([(choice, read(text, choice.number)) for choice in beside])
        fails = that_fails(made) if which is None and found.mistake is None and not found.elsewhere else None
        again = diagnose_live(text, fails, run, entries) if fails is not None else None
        if again is not None and again[0].mistake is not None:
            return again
        found = counted(found, made, seen.inspection, _read_whole(found))
        found = asked_of_code(found, seen.inspection) if found.mistake is None and not found.elsewhere else found
        found = with_mask_told(found)
    elif found.kind == "summary" and seen.inspection is not None and not seen.error and found.mistake is None:
        found = asked_of_code(found, seen.inspection)
    note = _beside_the_model(found) if seen.inspection is not None and not seen.error else ""
    if note:
        found = dataclasses.replace(found, notes=(*found.notes, note))
    if of_r(found.text):
        found = dataclasses.replace(found, fixes=tuple(in_r(fix, found.text) for fix in found.fixes))
    return found, live.explained(seen, found.mistake, found.cause, found.dims, found.explainer, found.url or "")


def _from_the_first(fixes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The first of them is no alternative: what stood in front of "Or …" didn't run."""
    label = fixes[0].label.removeprefix("Or ") if fixes else ""
    return (dataclasses.replace(fixes[0], label=label[:1].upper() + label[1:]), *fixes[1:]) if fixes else ()


def _behind_a_cell(found: Diagnosis) -> bool:
    """Whether the model begins with what a cell of the text returns."""
    return found.spec is not None and any(tensor.origin.startswith(OF_CELL) for tensor in found.spec.inputs)


def _beside_the_model(found: Diagnosis) -> str:
    """What a live model that doesn't fail has to be told with."""
    if found.elsewhere:
        return ""
    meant = next((AS_MEANT[fix.label] for fix in found.fixes if fix.label in AS_MEANT), "")
    if found.mistake is None or not meant:
        return NO_CELL if _behind_a_cell(found) else ACCEPTED if found.mistake is not None else ""
    return meant


def _with_other_examples(
    text: str, found: Diagnosis, seen: Live, which: int | None, entries: Mapping[str, Entry] | None, run: Running
) -> tuple[Diagnosis, Live]:
    """Code that runs with other examples than ours has no mistake: it is shown with those."""
    from explainers.reading import live

    if seen.error is None or found.kind != "code" or not found.assumed:
        return found, seen
    for example in (roomy, equal):
        other = read(text, which, entries, example)
        if other.spec is None or other.mistake is not None or other.spec == found.spec:
            continue
        again = live.look(other.spec, run)
        if again.error is None and again.inspection is not None:
            return other, again
    return found, seen


def _behind_old_names(found: Diagnosis, seen: Live) -> tuple[Diagnosis, str]:
    """What stops a program once its arguments have today's names, and what was said of these.

    The model that is rebuilt has today's names already: what Keras refuses there comes next.
    """
    sheet = find_mistake(found.mistake)
    if sheet is None or not sheet.renamed or seen.error is None or seen.spec is not found.spec:
        return found, ""
    if misfit(seen.spec)[0] == found.mistake:  # what fails is told already
        return found, ""
    said = read_error(clean(seen.error.message))
    second = seen.error.mistake or (said.mistake if said is not None else None)
    if second in (None, found.mistake) or excused(seen.spec, seen.error, found.text):
        return found, ""
    return dataclasses.replace(found, mistake=None, title="", cause="", fixes=(), advice=(), alone=None), found.cause


def _the_own_model(found: Diagnosis, seen: Live, run: Running) -> tuple[Diagnosis, Live]:
    """The code's own model in place of the message's, where today's Keras refuses it for the same mistake."""
    from explainers.reading import live

    alone, inside = dataclasses.replace(found, own=None, code=""), found.own
    if inside is None or inside.spec is None:
        return alone, seen
    own = live.look(inside.spec, run)
    if own.error is None and own.inspection is not None and _tried_whole(inside):
        return dataclasses.replace(alone, notes=(*alone.notes, BY_ITSELF), fixes=(UPDATE, *alone.fixes)), seen
    if own.error is None or own.inspection is None:
        return alone, seen
    said = read_error(clean(own.error.message)) if own.error.mistake is None else None
    said = in_the_loss(inside.spec, said) if said is not None else None
    if found.mistake is None or found.mistake not in (own.error.mistake, said.mistake if said is not None else None):
        return alone, seen
    return dataclasses.replace(inside, layer=own.error.layer or found.layer, line=own.line), own


def _tried_whole(inside: Diagnosis) -> bool:
    """Whether the code next to a message was run with its own data, and no size of it is an example."""
    spec = inside.spec
    fed = spec is not None and any(check.kind in ("fit", "predict") for check in spec.checks)
    return fed and spec is not None and not spec.assumed and not inside.unread and _read_whole(inside)


def _says_the_same(error: BuildError | None, found: Diagnosis) -> bool:
    """Whether today's Keras refuses the code's own model for what the message says."""
    if error is None:
        return False
    same = error.mistake in (None, found.mistake) or error.layer is None or error.layer == found.layer
    return same or _of_these_shapes(error, found)


def _of_these_shapes(error: BuildError, found: Diagnosis) -> bool:
    """Whether the two shapes that disagree are those of the message, with the batch or without it."""
    two, told = [sizes(shape) for shape in (error.expected, error.found)], [sizes(shape) for shape in found.shapes[:2]]
    return (all(two) and two[0] != two[1] and sorted(map(str, two)) == sorted(str((None, *one)) for one in told)) or (
        two == told
    )


def _read_whole(found: Diagnosis) -> bool:
    """Whether no part of the model is missing here: a layer that is left out, or what an example stands for."""
    inputs = found.spec.inputs if found.spec is not None else ()
    gaps = any(tensor.origin.endswith(NOT_THERE) for tensor in inputs)
    return not gaps and not _behind_a_cell(found) and not any(LEFT_OUT in told for told in found.unread)


def _with_lesson(found: Diagnosis) -> tuple[Diagnosis, Explanation | None]:
    """Where the text's own model can't be rebuilt (a cell of its own), its lesson's model has the learner's dims."""
    if found.explainer is None:
        return found, None
    from explainers.reading import live

    explanation = live.lesson(found.explainer, found.url or "")
    note = f"The live model is that of the lesson {found.explainer}, with the sizes from your text."
    return dataclasses.replace(found, notes=(*found.notes, note)), explanation


def _mended(found: Diagnosis, seen: Live) -> Diagnosis:
    """What was tried and works, in place of advice; dims of a lesson stay."""
    if found.spec is None or seen.inspection is None:
        return found
    if any(fix.tried for fix in found.fixes) and not found.code:  # tried in the asker's own lines, it says more
        return found
    sheet = find_mistake(found.mistake)
    before = (sheet is not None and sheet.built_silently) or (
        found.mistake is None and (bool(found.renamed) or _OLD.search(found.text) is not None)
    )
    once = sheet is not None and sheet.once  # what helped then still runs
    fed = found.kind == "error" and sheet is not None and bool(sheet.end) and bool(seen.spec.checks)
    meant = any(fix.label in AS_MEANT for fix in found.fixes)
    silent = (before or found.kind == "code") and found.mistake is not None and misfit(found.spec)[0] == found.mistake
    if seen.error is None and (found.kind != "code" or not before) and not (once or fed or meant or silent):
        return found
    from explainers.reading.mended import in_todays_words, mended

    if found.kind == "code" and (sheet is None or sheet.renamed):
        today = in_todays_words(found.text)
        if today is not None:
            return dataclasses.replace(found, fixes=(today, *found.fixes))
    worked = mended(seen.spec, seen.inspection, found.mistake, found.code)
    opened = {fix.label: fix.dims for fix in found.fixes if fix.dims}
    worked = tuple(dataclasses.replace(fix, dims=opened.get(fix.label, fix.dims)) for fix in worked)
    tried = {fix.label for fix in worked}
    in_lines, others = [fix for fix in worked if fix.diff], [fix for fix in worked if not fix.diff]
    by_label = {fix.label: fix for fix in others}
    by_code = {fix.code: fix.label for fix in others}  # the same change in other words
    written = {fix.label for fix in in_lines}
    said = [by_label.pop(by_code.get(fix.code, fix.label), fix) for fix in found.advice if fix.label not in written]
    kept = (fix for fix in found.fixes if fix.dims and fix.label not in tried)
    left = tuple(by_label.values())
    if sheet is not None and sheet.group and not sheet.end and _at_the_data(seen):  # what the message says comes first
        return dataclasses.replace(found, fixes=(*found.fixes, *in_lines)) if worked else found
    return dataclasses.replace(found, fixes=(*in_lines, *said, *left, *kept)) if worked else found


def _in_lines_tried(found: Diagnosis) -> Diagnosis:
    """What a message's fix writes into the asker's lines is tried with their model, as every other change is."""
    if found.kind != "error" or not found.code or not any(fix.diff and fix.tried is None for fix in found.fixes):
        return found
    from explainers.reading.mended import tried_in_lines

    return dataclasses.replace(found, fixes=tuple(tried_in_lines(fix, found.code) for fix in found.fixes))


def _at_the_data(seen: Live) -> bool:
    """Whether the live model fails for its data: with a message about its inside that is another matter."""
    failed = find_mistake(seen.error.mistake) if seen.error is not None else None
    return failed is not None and failed.end == "data" and seen.error is not None and seen.error.layer is None


def _new(shapes: tuple[Shape, ...], found: Diagnosis) -> tuple[Shape, ...]:
    """The shapes of a live failure that the text has not, with names for their axes."""
    told = {sizes(shape) for shape in found.shapes}
    return named_by_sight([shape for shape in shapes if sizes(shape) not in told], found.text, found.class_name)


def _unless_accepted(found: Diagnosis, seen: Live) -> Diagnosis:
    """Data that no layer refuses are no mistake: a Sequential never compares them with its Input."""
    if found.kind != "code" or found.spec is None or seen.inspection is None or seen.error or seen.refused:
        return found
    mistake, cause = data_apart(found.spec)
    if mistake is None or (found.mistake, found.cause) != (mistake, cause):
        return found
    return dataclasses.replace(found, mistake=None, title="", cause="", fixes=(), notes=(*found.notes, cause + RUNS))


def _told_layer(said: Finding | None, classes: dict[str, str]) -> str | None:
    """The layer that a message names, where it is one of the program's and not an operation inside."""
    return said.layer if said is not None and said.layer in classes else None


def _own_title(said: Finding | None, mistake: str | None) -> str:
    """What the words of a refusal are called, where they are about one thing; "" where their mistake says it."""
    family = said.family if said is not None and said.mistake == mistake else None
    return family.title if family is not None else ""


def _of_arrays(found: Diagnosis, seen: Live) -> tuple[Change, ...]:
    """What was tried with the numbers of a refusal, where code makes arrays and no model."""
    if found.kind != "code" or seen.error is None or (seen.spec is not None and seen.spec.inputs):
        return ()
    said = read_error(clean(seen.error.message))
    made = fixes_for(said, found.dims) if said is not None else ()
    return made if any(fix.tried for fix in made) else ()


def _after(found: Diagnosis, seen: Live) -> Diagnosis:
    """What the live model adds: in code, Keras' own refusal says which mistake it is."""
    if seen.refused:
        return dataclasses.replace(found, notes=(*found.notes, seen.refused))
    error = seen.error
    if error is None or found.kind == "summary" or (found.kind == "error" and found.mistake is not None):
        return found
    layers = found.spec.layers if found.spec is not None else ()
    classes = {layer.name: layer.class_name for layer in layers}
    said = finding_of(error, classes) or read_error(clean(error.message)) or in_general(clean(error.message))
    said = as_declared(said, seen.spec) if said is not None else None
    mistake = found.mistake or (said.mistake if said is not None else None)
    refused = f"Today's Keras refuses this: {error.message.splitlines()[0][:300]}"
    return dataclasses.replace(
        found,
        class_name=classes.get(error.layer or "", found.class_name),
        mistake=mistake,
        title=_own_title(said, mistake)
        or found.title
        or _title(Finding("error", mistake))
        or ("" if found.kind == "error" else REFUSED),
        cause=found.cause if found.mistake else said.cause if said is not None else refused,
        fixes=_of_arrays(found, seen)
        or found.fixes
        or (fixes_for(dataclasses.replace(said, mistake=mistake), found.dims) if said else ()),
        layer=error.layer or found.layer or _told_layer(said, classes),
        line=seen.line,
        shapes=(*found.shapes, *_new(said.shapes if said is not None else (), found)),
        questions=() if found.kind == "error" and mistake else found.questions,  # the live model has said it
    )
