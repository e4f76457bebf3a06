"""A message, with what code lines or a table around it add -> the model that shows it live."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

from explainers.core.axes import Shape, is_named, sizes
from explainers.core.finding import Ask, Finding, name_axes
from explainers.core.mistakes import find_mistake
from explainers.core.mistakes.kit.losses import named_loss
from explainers.core.mistakes.kit.scene import MOST, Scene
from explainers.core.spec import LayerSpec, ModelSpec, Sizes
from explainers.reading.asking import Entries
from explainers.reading.by_sight import IN_THE_TEXT
from explainers.reading.causes import shapes_of
from explainers.reading.code.choice import main_model, shapes_asked
from explainers.reading.code.evaluator import Reader
from explainers.reading.code.statements import Statements
from explainers.reading.code_lines import only_code
from explainers.reading.flattened import of_flattened
from explainers.reading.from_code import code_numbers, code_shapes, fixes_for
from explainers.reading.in_general import in_general
from explainers.reading.in_keras_ops import about_functions, of_the_old_backend
from explainers.reading.known_operations import of_operations
from explainers.reading.lambdas import mended_lambda, of_a_lambda, shown_live
from explainers.reading.misfits import misfit
from explainers.reading.not_of_shapes import not_of_shapes
from explainers.reading.own_losses import of_own_loss
from explainers.reading.stopped import stopped
from explainers.reading.text import (
    Cleaned,
)
from explainers.reading.together import contradicted, fails_by_itself, in_the_loss, output_of, place_of, together
from explainers.reading.unread_end import in_the_unread_end
from explainers.reading.weights_met import in_the_weights


def of_message(
    cleaned: Cleaned,
    error: Finding,
    summary: Finding | None,
    reader: Reader,
    parsed: Statements,
    spec: ModelSpec | None,
) -> Finding:
    """The message, with what code lines or a table around it add."""
    of_loss = of_own_loss(cleaned, error)
    if of_loss is error:
        of_loss = of_flattened(cleaned, error, spec or (summary.spec if summary is not None else None))
    if of_loss is not error:
        code = only_code(cleaned.shown, parsed) if spec is not None else ""
        return dataclasses.replace(of_loss, spec=spec, code=code, renamed=tuple(dict.fromkeys(reader.renamed)))
    unread = in_the_unread_end(reader, spec, error) if not about_functions(error) else None
    if unread is not None:
        return dataclasses.replace(unread, renamed=tuple(dict.fromkeys(reader.renamed)))
    told = in_the_loss(spec or (summary.spec if summary is not None else None), error)
    if told is not error:
        error = dataclasses.replace(told, shapes=shapes_of(cleaned, told))
    error, with_weights = in_the_weights(spec, error)
    if with_weights is not None:
        error = dataclasses.replace(error, shapes=shapes_of(cleaned, error))
    written = (*reader.graph.layers, *(layer.written.spec for layer in reader.loose))
    values = {**(summary.values if summary is not None else {}), **code_numbers(reader), **error.values}
    made = _made_live(error, cleaned.shown, written, reader.entries)
    of_text = spec or (summary.spec if summary is not None else None)
    of_an_example = spec is not None and spec.assumed and _renamed(error)  # the message says it all
    by_itself = fails_by_itself(spec, error) if spec is not None and not of_an_example else (None, "")
    other_version = contradicted(of_text, error) if by_itself[0] is None else ""
    inside = spec is not None and place_of(spec, error) is not None
    whole = spec is not None and (inside or (len(spec.calls) > 1 and not (made is not None and _own_sizes(error))))
    asks: tuple[Ask, ...] = ()
    own = main_model(reader)
    if by_itself[0] is not None and with_weights is None:
        error, joined = _as_the_code_says(error, *by_itself), spec
    else:
        loss = (own.loss if own is not None else "") or named_loss(cleaned.shown)
        joined = together(spec, error, loss) if spec is not None else None
        if _end(error) == "target":
            error = _with_the_output(error, joined, loss)
        named = find_mistake(error.mistake)
        of_a_batch = named is not None and named.of_a_batch and error.number("batch_size") is None
        if of_a_batch and joined is not None:
            error = dataclasses.replace(error, cause=misfit(joined)[1] or error.cause)
        joined = joined or with_weights
    spec, whole = (joined, True) if joined is not None else (spec, whole)
    mistake = find_mistake(error.mistake)
    of_table = mistake is not None and mistake.of_the_whole and not _own_sizes(error)
    if summary is not None and summary.spec is not None and joined is None:
        of_rows = together(summary.spec, error, "")
        if of_rows is not None or made is None or of_table:
            made, asks = of_rows or summary.spec, summary.asks
    table = summary.shapes if summary is not None else ()
    questions = error.questions
    helped = error.family is not None and error.family.advice(error, {})
    if made is None and spec is None and not questions and not helped and "sizes" not in error.named:
        questions = ("Which layers are in front of this one? Paste the code or the summary of the model.",)
    of_code = whole or (made is None and spec is not None)
    made_up = spec is not None and spec.assumed and not of_code  # shapes that rest on examples of another model
    of_layers = [] if made_up else code_shapes(reader, spec)
    shapes = tuple(dict.fromkeys((*(_as_made(shape, of_layers) for shape in error.shapes), *of_layers, *table)))
    if (
        joined is not None and mistake is not None and mistake.of_ranks
    ):  # the model that the code makes says what it takes
        error = _of_the_model(error, joined)
    if of_a_lambda(error):
        error = dataclasses.replace(error, fixes=mended_lambda(cleaned.shown, only_code(cleaned.shown, parsed)))
        spec, made = (spec if whole else None), shown_live(cleaned.shown)
        of_code, questions = spec is not None, ()
    if about_functions(error):
        error, questions = of_the_old_backend(error, cleaned.shown, only_code(cleaned.shown, parsed)), ()
    alone = made if of_code and made is not None and made.calls and joined is None else None
    return dataclasses.replace(
        error,
        cause=f"{error.cause} {other_version}".strip(),
        spec=spec if of_code else made,
        alone=alone,
        own=spec if not of_code and made is not None else None,
        asks=(*error.asks, *(shapes_asked(reader) if of_code else asks)),
        values=values,
        shapes=shapes,
        questions=questions,
        code=only_code(cleaned.shown, parsed) if of_code or spec is not None else "",
        renamed=tuple(dict.fromkeys(reader.renamed)),
    )


def _as_the_code_says(error: Finding, mistake: str | None, cause: str) -> Finding:
    """The message, where the code next to it fails by itself: for the same mistake the message says it best."""
    about = find_mistake(mistake)
    said = find_mistake(error.mistake)
    of_data = about is not None and said is not None and about.end == "data" and (said.end == "data" or said.hides_axes)
    same = of_data or (about is not None and about.name == error.mistake and not about.told_by_code)
    return error if same else dataclasses.replace(error, mistake=mistake, cause=cause, family=None, questions=())


def _with_the_output(error: Finding, joined: ModelSpec | None, loss: str) -> Finding:
    """A message about targets with the loss of the code, and the output where it gives only its number of axes."""
    values = {"loss": loss, **error.values} if loss else error.values
    out = output_of(joined) if joined is not None and error.shape("expected") is None else None
    named = {**error.named, "output": (out,)} if out is not None and not _assumes(joined, out) else error.named
    return dataclasses.replace(error, values=values, named=named)


def _assumes(spec: ModelSpec | None, out: Sizes) -> bool:
    """Whether a size of the output is an example."""
    numbers = {note.rpartition(" = ")[2] for note in spec.assumed} if spec is not None else set()
    return any(str(size) in numbers for size in out)


def _renamed(error: Finding) -> bool:
    """Whether the message is about an argument, not about shapes."""
    mistake = find_mistake(error.mistake)
    return mistake is not None and mistake.renamed


def _end(error: Finding) -> str:
    """The end of the model that the message is about; "" for what is inside."""
    mistake = find_mistake(error.mistake)
    return mistake.end if mistake is not None else ""


def _as_made(shape: Shape, of_layers: list[Shape]) -> Shape:
    """A shape of the message under the names that the layer gives it which makes it; the message keeps its origin."""
    made = (other for other in of_layers if len(other) == len(shape) > 2 and sizes(other)[1:] == sizes(shape)[1:])
    named = next((other for other in made if all(is_named(axis.axis) for axis in other)), None)
    if named is None or shape[0].axis not in ("batch", "samples", named[0].axis):
        return shape
    return (shape[0], *(replace(axis, axis=other.axis) for axis, other in zip(shape[1:], named[1:], strict=True)))


def _made_live(finding: Finding, text: str, written: tuple[LayerSpec, ...], entries: Entries) -> ModelSpec | None:
    """The model that shows one message; None where there is nothing to build."""
    mistake = find_mistake(finding.mistake)
    own = finding.family.live if finding.family is not None else None
    work = own or (mistake.live if mistake is not None else None)
    scene = Scene(finding, text, written, answers=entries.number)
    made = work(scene) if work is not None else None
    if made is None or any(n is not None and n > MOST for tensor in made.inputs for n in tensor.shape):
        return None
    return replace(made, assumed=(*made.assumed, *scene.assumed), said=tuple(scene.said))


def _of_the_model(error: Finding, spec: ModelSpec) -> Finding:
    """What the model takes beside what came: then the fixes are those for data."""
    takes = spec.inputs[0].shape
    as_data = dataclasses.replace(error, mistake="data_rank", named={**error.named, "expected": (takes,)})
    return dataclasses.replace(
        error, cause=f"{error.cause} The model in the code takes {takes}.", fixes=fixes_for(as_data, {})
    )


def _own_sizes(error: Finding) -> bool:
    """Whether the message itself gives sizes (not only ranks)."""
    return bool(error.named) or "left" in error.values


def _of_no_wording(cleaned: Cleaned, code: str, spec: ModelSpec | None) -> Finding | None:
    return of_operations(cleaned) or in_general(cleaned) or not_of_shapes(cleaned, code, spec) or stopped(cleaned)


def of_unknown_message(cleaned: Cleaned, reader: Reader, parsed: Statements, spec: ModelSpec | None) -> Finding:
    """An error of no family: say so, show the shapes, and the model of its code lines."""
    shapes = tuple(name_axes(found.sizes, (), IN_THE_TEXT) for found in cleaned.shapes[:64])
    cause = (
        "This is an error, but not one of the messages about shapes that this app knows; it may be cut off or "
        "translated. Paste it as Keras wrote it."
    )
    ask = "What does the last line of the message say?"
    mistake, why = misfit(spec) if spec is not None else (None, "")
    code = only_code(cleaned.shown, parsed)
    general = _of_no_wording(cleaned, code, spec) if mistake is None else None
    if general is not None:
        code = code if spec is not None else ""
        return dataclasses.replace(general, spec=spec, values={**code_numbers(reader), **general.values}, code=code)
    return Finding(
        "error",
        mistake,
        shapes=(*shapes, *(s for s in code_shapes(reader, spec) if s not in shapes)),
        cause=why or cause,
        questions=() if mistake else (ask,),
        spec=spec,
        values=code_numbers(reader),
        code=code if spec is not None else "",
    )
