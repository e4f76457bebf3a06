"""All of it put together: a pasted text -> Diagnosis.

read(text)      what stands in it; no Keras, fast, safe for a web process
diagnose(text)  the same with the live model; only in a worker or on the command line
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explainers.core.axes import Shape
from explainers.core.finding import Ask, Change, Finding, Mark, ModelChoice, Value, link, name_axes
from explainers.core.results import Inspection
from explainers.core.spec import LayerSpec, ModelSpec, Ref
from explainers.reading.asking import Answer, Answers, numbers_asked
from explainers.reading.code.patterns import pattern_of
from explainers.reading.code.reader import Reader, choices, chosen, main_model, read_code, shapes_asked
from explainers.reading.error_reader import read_error
from explainers.reading.families import FAMILIES
from explainers.reading.fixes import fixes_for
from explainers.reading.layers import axis_names, output_names
from explainers.reading.lessons import lesson_fixes, lesson_of
from explainers.reading.misfits import misfit
from explainers.reading.recipes import recipe
from explainers.reading.shapes import walk
from explainers.reading.summary.reader import read_summary
from explainers.reading.text import LARGEST, LONGEST, MOST_UNWRAPPED, Cleaned, clean, unwrapped
from explainers.reading.today import todays_code
from explainers.reading.together import together

_R_CODE = re.compile(r"keras_model(?:_sequential)?\(|\blayer_[a-z0-9_]{2,40}\((?=[^\n]{0,300}(?:%>%|\|>|<-|c\())")
BY_ITSELF = "The code beside the message runs in today's Keras; the live model shows what the message says by itself."
MAKE_FIRST = "Make the layer first, then call it with its tensors."
AS_MEANT = "The live model is the one that was meant: each layer is made, then called."
ACCEPTED = "The live model doesn't fail: today's Keras accepts this, or the text leaves out what made it fail."
MOST_COUNTED = 3  # other models of the same code that are built for their counts
_FAILED = re.compile(
    r"\b\w{0,60}(?:Error|Exception)\b(?:\s?:|\s?\()|Traceback \(most recent call|CUDNN_STATUS|\bin user code:"
)


@dataclass(frozen=True)
class Diagnosis:
    """The answer to a pasted text. All plain data.

    text: the cleaned text that `marks` refer to. dims: every number that was recognised, by its name.
    unread: lines that weren't read, and why. renamed: what today's Keras calls differently. today: the code for it.
    line: the line of the pasted code at which the live model failed. model: what `show` gives, or None.
    models: the models that the code makes, where there are several; one of them is shown.
    asks: what the text leaves open, with what stands in its place; the learner can say it.
    alone: the message without the code around it, where that code is what is built first.
    numbers: those of `dims` that stand in the text or follow from it; the others are the lesson's, examples among them.
    """

    kind: str
    mistake: str | None = None
    layer: str | None = None
    class_name: str | None = None
    shapes: tuple[Shape, ...] = ()
    dims: dict[str, Value] = field(default_factory=dict)
    cause: str = ""
    fixes: tuple[Change, ...] = ()
    questions: tuple[str, ...] = ()
    explainer: str | None = None
    url: str | None = None
    model: dict[str, Any] | None = None
    marks: tuple[Mark, ...] = ()
    text: str = ""
    unread: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    today: str = ""
    line: int | None = None
    spec: ModelSpec | None = None
    models: tuple[ModelChoice, ...] = ()
    asks: tuple[Ask, ...] = ()
    alone: ModelSpec | None = None
    numbers: dict[str, Value] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The interface for scripts; a shape is ``[{"axis", "size", "origin"}, ...]``."""
        return {
            "kind": self.kind,
            "mistake": self.mistake,
            "layer": self.layer,
            "class_name": self.class_name,
            "shapes": [[{"axis": a.axis, "size": a.size, "origin": a.origin} for a in shape] for shape in self.shapes],
            "dims": self.dims,
            "cause": self.cause,
            "fixes": [
                {"label": f.label, **({"dims": f.dims} if f.dims else {}), **({"code": f.code} if f.code else {})}
                for f in self.fixes
            ],
            "questions": list(self.questions),
            "explainer": self.explainer,
            "url": self.url,
            "model": self.model,
            "recognised": [{"start": m.start, "end": m.end, "what": m.what} for m in self.marks],
            "unread": list(self.unread),
            "renamed": list(self.renamed),
            "notes": list(self.notes),
            "today": self.today,
            "line": self.line,
            "models": [{"number": m.number, "name": m.name, "line": m.line, "shown": m.shown} for m in self.models],
            "open": [dataclasses.asdict(ask) for ask in self.asks],
        }


_ASK = "Which is it: the text of an error, a printed model.summary(), or Keras code?"


def read(text: str, which: int | None = None, answers: Mapping[str, Answer] | None = None) -> Diagnosis:
    """Read a pasted text without Keras. Never raises for what was pasted.

    which: the number of the model to rebuild (from 1), where code makes several; None chooses the main one.
    answers: what the learner said about what the text leaves open, by the keys of `Diagnosis.asks`.
    """
    if len(text) > LONGEST:
        return Diagnosis(
            "unknown",
            cause=f"The text has {len(text):,} characters; up to {LONGEST:,} are read. Paste the part that matters.",
        )
    cleaned = clean(text)
    if not cleaned.shown.strip():
        return Diagnosis("unknown", cause="There is no text to read.", questions=(_ASK,))
    try:
        found = _diagnosis(cleaned, _finding(cleaned, which, Answers(answers)))
        return found if found.mistake is not None else _joined_lines(found, cleaned, answers)
    except (RecursionError, MemoryError, OverflowError):
        return Diagnosis(
            "unknown",
            cause="This text nests too deeply or holds numbers too large to be read.",
            text=cleaned.shown,
            questions=(_ASK,),
        )


def _joined_lines(found: Diagnosis, cleaned: Cleaned, answers: Mapping[str, Answer] | None) -> Diagnosis:
    """Where no message was recognised: once more, as a text that a narrow window cut off inside its words."""
    if len(cleaned.shown) > MOST_UNWRAPPED:
        return found
    whole = unwrapped(cleaned.shown)
    if whole == cleaned.shown:
        return found
    joined = clean(whole)
    again = _diagnosis(joined, _finding(joined, None, Answers(answers)))
    return again if again.kind == "error" and again.mistake is not None else found


def diagnose(text: str, which: int | None = None, answers: Mapping[str, Answer] | None = None) -> Diagnosis:
    """Read a pasted text and rebuild its model live. Imports Keras where there is something to build."""
    return diagnose_live(text, which, answers=answers)[0]


def diagnose_live(
    text: str, which: int | None = None, run: bool = True, answers: Mapping[str, Answer] | None = None
) -> tuple[Diagnosis, Inspection | None]:
    """As `diagnose`, and the inspection of the live model beside it, for its picture.

    run=False builds the model and tries what the text tries, without the forward pass that records cell calls.
    """
    found = read(text, which, answers)
    if found.spec is None:
        return _with_lesson(found)
    from explainers.reading import live

    seen = live.look(found.spec, run)
    if found.alone is not None and not seen.error:
        by_itself = live.look(found.alone, run)
        if by_itself.error:
            seen = by_itself
            found = dataclasses.replace(found, notes=(*found.notes, BY_ITSELF))
    found = _after(found, seen.error, seen.layer, seen.line, seen.refused)
    if found.kind == "code" and seen.inspection is not None and not seen.error:
        found = _counted(found, text, seen.inspection)
    if found.mistake is not None and seen.inspection is not None and not seen.error:
        note = AS_MEANT if any(fix.label == MAKE_FIRST for fix in found.fixes) else ACCEPTED
        found = dataclasses.replace(found, notes=(*found.notes, note))
    model = live.model_json(seen, found.mistake, found.cause, found.dims, found.explainer, found.url or "")
    return dataclasses.replace(found, model=model), seen.inspection


def _counted(found: Diagnosis, text: str, inspection: Inspection) -> Diagnosis:
    """The counts of the live model, and those of the other models that the code makes: code prints none."""
    from explainers.reading import live

    counts = {layer.name: layer.params for layer in inspection.layers if layer.params}
    dims: dict[str, Value] = {f"{name}.params": count for name, count in counts.items()}
    dims["total_params"] = inspection.total_params
    told = ", ".join(f"{name} {count:,}" for name, count in list(counts.items())[:8])
    sentence = f"The model has {inspection.total_params:,} parameters" + (f": {told}." if len(counts) > 1 else ".")
    for model in [m for m in found.models if not m.shown][:MOST_COUNTED]:
        spec = read(text, model.number).spec
        total = live.count(spec) if spec is not None else None
        if total is not None:
            dims[f"{model.name} (line {model.line}).params"] = total
            sentence += f" {model.name} (line {model.line}) has {total:,}."
    cause = found.cause if found.mistake else f"{found.cause} {sentence}".strip()
    return dataclasses.replace(found, cause=cause, dims={**found.dims, **dims}, numbers={**found.numbers, **dims})


def _with_lesson(found: Diagnosis) -> tuple[Diagnosis, Inspection | None]:
    """Where the text's own model can't be rebuilt (a cell of its own), its lesson's model has the learner's dims."""
    if found.explainer is None:
        return found, None
    from explainers.reading import live

    explanation = live.lesson(found.explainer, found.url or "")
    note = f"The live model is that of the lesson {found.explainer}, with the dims of the text."
    model = live.lesson_json(explanation)
    return dataclasses.replace(found, model=model, notes=(*found.notes, note)), explanation.inspection


def _after(found: Diagnosis, error: str, layer: str | None, line: int | None, refused: str) -> Diagnosis:
    """What the live model adds: in code, Keras' own refusal says which mistake it is."""
    if refused:
        return dataclasses.replace(found, notes=(*found.notes, refused))
    if not error or found.kind == "summary" or (found.kind == "error" and found.mistake is not None):
        return found
    said = read_error(clean(error))
    mistake = found.mistake or _in_loss(error, said)
    if mistake == "data_size" and said is not None and said.number("expected_ndim") != said.number("found_ndim"):
        mistake = "data_rank"
    cause = (
        found.cause
        if found.mistake
        else (said.cause if said else f"Today's Keras refuses this: {error.splitlines()[0][:300]}")
    )
    fixes = (
        fixes_for(dataclasses.replace(said, mistake=mistake), found.dims) if said and not found.fixes else found.fixes
    )
    shapes = (*found.shapes, *(s for s in (said.shapes if said else ()) if s not in found.shapes))
    named = found.spec.layers if found.spec is not None else ()
    return dataclasses.replace(
        found,
        class_name=next((entry.class_name for entry in named if entry.name == layer), found.class_name),
        mistake=mistake,
        cause=cause,
        fixes=fixes,
        layer=layer or found.layer,
        line=line,
        shapes=shapes,
        questions=() if found.kind == "error" and mistake else found.questions,  # the live model has said it
    )


def _in_loss(error: str, said: Finding | None) -> str | None:
    """Two operands that meet in the loss are a target that doesn't fit the output."""
    if said is not None and said.mistake == "operand_sizes" and "compile_loss" in error:
        return "target_shape"
    if said is None and "positional arguments but" in error:
        return "layer_rank" if "Permute" in error else "old_argument"
    return said.mistake if said else None


# -- which kind of text --------------------------------------------------------------------------------------


def _finding(cleaned: Cleaned, which: int | None, answers: Answers) -> Finding:
    """Error, summary or code: by what stands in the text, not by its first line."""
    summary = read_summary(cleaned, answers)
    reader, parsed = read_code(cleaned.shown, answers)
    error = read_error(cleaned, _classes(reader, summary), answers)
    spec = None if summary is not None else _chosen(reader, which)
    code = parsed.whole and _is_keras(reader, spec)
    if code:
        return _with_code(_code(cleaned, reader, spec, error), reader, which)
    if summary is not None and (error is None or error.family in ("rank_cut_off",)):
        return summary
    if error is not None and (error.mistake is not None):
        return _with_code(_error(cleaned, error, summary, reader, spec), reader, which)
    if _FAILED.search(cleaned.shown):
        return _with_code(_unnamed_error(cleaned, reader, spec), reader, which)
    if _is_keras(reader, spec):
        return _with_code(_code(cleaned, reader, spec, error), reader, which)
    shapes = tuple(name_axes(found.sizes, (), "in the text") for found in cleaned.shapes[:64])
    if _R_CODE.search(cleaned.shown):
        cause, ask = "This is Keras code in R; only Python is read here.", "What does summary(model) print?"
        return Finding("unknown", shapes=shapes, cause=cause, questions=(ask,))
    return Finding("unknown", shapes=shapes, cause="Nothing of Keras was recognised in this text.", questions=(_ASK,))


def _classes(reader: Reader, summary: Finding | None) -> dict[str, str]:
    """The classes of the layers by their names, in code and table."""
    table = summary.spec.layers if summary is not None and summary.spec is not None else ()
    written = (*(entry.written.spec for entry in reader.loose), *reader.graph.layers, *table)
    return {layer.name: layer.class_name for layer in written if layer.name}


def _chosen(reader: Reader, which: int | None) -> ModelSpec | None:
    try:
        spec = chosen(reader, which)
    except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError, AssertionError):
        return None
    if spec is None or not (spec.calls or spec.checks):
        return None  # Inputs alone are no model
    return dataclasses.replace(spec, said=tuple(f"{name} = {size}" for name, size in reader.said.items()))


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
        ask = f"Which model do you mean? Shown is {shown}; the code also makes {', '.join(others[:8])}."
        questions = (ask, *questions)
    window = reader.custom if reader.custom.windows else None
    if pattern is None and window is not None:
        found = {"points": window.points, "timesteps": window.timesteps, "features": window.features}
        pattern = "windowed_forecast", {name: n for name, n in found.items() if n is not None}
    cause = finding.cause
    if not cause and spec is None and pattern is None and finding.kind == "code":
        cause = "No layers of this code could be put together to a model."
    return dataclasses.replace(finding, spec=spec, pattern=pattern, models=models, questions=questions, cause=cause)


def _is_keras(reader: Reader, spec: ModelSpec | None) -> bool:
    return bool(
        spec is not None
        or reader.graph.layers
        or reader.graph.inputs
        or reader.loose
        or reader.mistake
        or _states(reader)
        or any(model.layers or model.nodes for model in reader.models)
        or reader.classes()
    )


def _states(reader: Reader) -> bool:
    return "state_size" in reader.text and bool(reader.classes())


def _error(
    cleaned: Cleaned, error: Finding, summary: Finding | None, reader: Reader, spec: ModelSpec | None
) -> Finding:
    """The message, with what code lines or a table around it add."""
    family = next(f for f in FAMILIES if f.name == error.family)
    written = (*reader.graph.layers, *(layer.written.spec for layer in reader.loose))
    values = {**(summary.values if summary is not None else {}), **_code_numbers(reader), **error.values}
    made = recipe(error, cleaned.shown, written, family.recipe, reader.answers)
    whole = spec is not None and len(spec.calls) > 1 and not (made is not None and _own_sizes(error))
    asks: tuple[Ask, ...] = ()
    own = main_model(reader)
    joined = together(spec, error, own.loss if own is not None else "") if spec is not None else None
    spec, whole = (joined, True) if joined is not None else (spec, whole)
    of_table = error.mistake in ("input_count", "unknown_axis") and not _own_sizes(error)
    if summary is not None and summary.spec is not None and (made is None or of_table):
        made, asks = summary.spec, summary.asks
    table = summary.shapes if summary is not None else ()
    shapes = tuple(dict.fromkeys((*error.shapes, *_code_shapes(reader, spec), *table)))
    questions = error.questions
    if made is None and spec is None and not questions and "sizes" not in error.named:
        questions = ("Which layers stand in front of this one? Paste the code or the summary of the model.",)
    of_code = whole or (made is None and spec is not None)
    if joined is not None and error.mistake == "layer_rank":  # the model that the code makes says what it takes
        error = _of_the_model(error, joined)
    alone = made if of_code and made is not None and made.calls and joined is None else None
    return dataclasses.replace(
        error,
        spec=spec if of_code else made,
        alone=alone,
        asks=(*error.asks, *(shapes_asked(reader) if of_code else asks)),
        values=values,
        shapes=shapes,
        questions=questions,
        renamed=tuple(dict.fromkeys(reader.renamed)),
    )


def _of_the_model(error: Finding, spec: ModelSpec) -> Finding:
    """What the model takes beside what came: then the fixes are those for data."""
    takes = spec.inputs[0].shape
    as_data = dataclasses.replace(error, mistake="data_rank", named={**error.named, "expected": (takes,)})
    return dataclasses.replace(
        error, cause=f"{error.cause} The model of the code takes {takes}.", fixes=fixes_for(as_data, {})
    )


def _own_sizes(error: Finding) -> bool:
    """Whether the message itself gives sizes (not only ranks)."""
    return bool(error.named) or "left" in error.values


def _unnamed_error(cleaned: Cleaned, reader: Reader, spec: ModelSpec | None) -> Finding:
    """An error of no family: say so, show the shapes, and the model of its code lines."""
    shapes = tuple(name_axes(found.sizes, (), "in the text") for found in cleaned.shapes[:64])
    cause = "This is an error, but none of the messages about shapes that are known here; it may be cut off."
    ask = "What does the last line of the message say?"
    return Finding(
        "error",
        shapes=(*shapes, *(s for s in _code_shapes(reader, spec) if s not in shapes)),
        cause=cause,
        questions=(ask,),
        spec=spec,
        values=_code_numbers(reader),
    )


def _code(cleaned: Cleaned, reader: Reader, spec: ModelSpec | None, error: Finding | None) -> Finding:
    """Code: the model, what was renamed, what wasn't read, and a mistake that shows without building."""
    mistake, cause = _mistake_in_code(reader, error)
    if mistake is None and spec is not None:
        mistake, cause = misfit(spec)
    shapes = [*_code_shapes(reader, spec)]
    shapes += [
        named
        for named in (name_axes(found.sizes, (), "in the text") for found in cleaned.shapes[:64])
        if tuple(a.size for a in named) not in {tuple(a.size for a in s) for s in shapes}
    ]
    unread = tuple(dict.fromkeys(f"line {line}: {why}" for line, why in reader.unread))
    layer = spec.layers[0] if spec is not None and spec.layers else None
    values: dict[str, Value] = {
        **_code_numbers(reader),
        **({k: v for k, v in error.values.items() if isinstance(v, int)} if error else {}),
    }
    return Finding(
        "code",
        mistake=mistake,
        layer=layer.name if layer else None,
        class_name=layer.class_name if layer else None,
        values=values,
        shapes=tuple(shapes),
        cause=cause,
        spec=spec,
        questions=tuple(reader.asked.values())[:6],
        unread=unread[:30],
        renamed=tuple(dict.fromkeys((*reader.renamed, *reader.notes))),
        marks=_code_marks(cleaned, spec),
        asks=shapes_asked(reader),
        fixes=_fixes_in_code(reader, mistake),
    )


def _fixes_in_code(reader: Reader, mistake: str | None) -> tuple[Change, ...]:
    if reader.meant and reader.mistake == mistake:
        return (Change(MAKE_FIRST, code=reader.meant),)
    return fixes_for(Finding("code", mistake=mistake), {}) if mistake else ()


def _mistake_in_code(reader: Reader, error: Finding | None) -> tuple[str | None, str]:
    """A mistake that is sure before anything is built: a message in a comment, an argument that has gone."""
    if error is not None and error.mistake is not None and error.family not in ("rank_cut_off",):
        return error.mistake, error.cause
    if reader.mistake is not None:
        return reader.mistake, reader.cause
    if _states(reader) and reader.nested_state():
        return (
            "initial_state",
            "state_size is a flat list: for each state one size (or shape) without the batch. Nested ones are refused.",
        )
    if reader.removed:
        names = ", ".join(dict.fromkeys(argument for _, argument in reader.removed))
        layers = ", ".join(dict.fromkeys(cls for cls, _ in reader.removed))
        stateful = any(layer.get("stateful") is True for layer in reader.graph.layers)
        return (
            "stateful_batch" if stateful and "batch_input_shape" in names else "old_argument",
            f"{names} isn't an argument of {layers} any more; the shape, with its batch, stands in an Input.",
        )
    merged = [entry for entry in reader.ignored if reader.behind_merge(entry[0])]
    if merged:
        return "merge_shapes", next(note for note in reader.notes if "is ignored" in note)
    return None, ""


def _code_numbers(reader: Reader) -> dict[str, Value]:
    """Numbers of the code by their names: those assigned, and each layer's arguments."""
    found: dict[str, Value] = dict(reader.numbers)
    for layer in (*reader.graph.layers[:60], *(entry.written.spec for entry in reader.loose[:20])):
        found |= _layer_numbers(layer, layer.name or layer.class_name)
    for written in reader.written():
        for key, value in written.shape_arguments.items():
            if isinstance(value, int) and not isinstance(value, bool):
                found[f"{written.spec.class_name}.{key}"] = value
    return {key: value for key, value in found.items() if not isinstance(value, int) or abs(value) <= LARGEST}


_SECOND = ("backward_layer",)  # a wrapper's other layer: its numbers stand beside those of the first


def _layer_numbers(layer: LayerSpec, prefix: str) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, value in layer.arguments:
        if isinstance(value, LayerSpec):
            found |= _layer_numbers(value, f"{prefix}.{key}" if key in _SECOND else prefix)
        elif isinstance(value, tuple):
            found |= {f"{prefix}.{key}_{i + 1}": v for i, v in enumerate(value) if isinstance(v, int)}
        elif isinstance(value, int | float):
            found[f"{prefix}.{key}"] = value
    return found


def _code_shapes(reader: Reader, spec: ModelSpec | None) -> list[Shape]:
    """Declared input shapes, data, and the shapes between layers as far as they are worked out here."""
    shapes: list[Shape] = []
    for tensor in (spec.inputs if spec is not None else reader.graph.inputs)[:12]:
        layer = _reader_of(spec, tensor.name)
        cls = "RNN" if tensor.name in reader.custom.read else layer.class_name if layer is not None else None
        names = _in_order(axis_names(cls, len(tensor.shape)), layer)
        shapes.append(name_axes(tensor.shape, names, tensor.origin or "Input"))
    fed = {sizes for check in (spec.checks if spec is not None else ()) for sizes in check.shapes}
    read_by = _reader_of(spec, spec.inputs[0].name) if spec is not None and len(spec.inputs) == 1 else None
    for name, sizes in list(reader.data.items())[:12]:
        known_names = axis_names(read_by.class_name if read_by is not None else None, len(sizes))
        names = _in_order(known_names, read_by)[1:] if sizes in fed else ()
        shapes.append(name_axes(sizes, ("samples", *names), f"the data {name}"))
    for written in reader.written():
        for key, value in written.shape_arguments.items():
            if isinstance(value, tuple | list) and all(v is None or isinstance(v, int) for v in value):
                names = axis_names(written.spec.class_name, len(value) + (key == "input_shape"))
                plain = tuple(v if isinstance(v, int) else None for v in value)
                shapes.append(
                    name_axes(
                        plain, names[1:] if key == "input_shape" else names, f"{key} of {written.spec.class_name}"
                    )
                )
    for i, _, outputs in walk(spec) if spec is not None else ():
        layer = spec.layers[spec.calls[i].layer] if spec is not None else LayerSpec("", "")
        for sizes in outputs or ():
            names = _in_order(output_names(layer.class_name, len(sizes)), layer)
            shapes.append(name_axes(sizes, names, f"the output of {layer.name}"))
    return list(dict.fromkeys(shapes))


def _in_order(names: tuple[str, ...], layer: LayerSpec | None) -> tuple[str, ...]:
    """data_format="channels_first" puts the channels (or filters) behind the batch."""
    if layer is None or layer.get("data_format") != "channels_first" or len(names) < 3:
        return names
    return (names[0], names[-1], *names[1:-1])


def _reader_of(spec: ModelSpec | None, name: str) -> LayerSpec | None:
    """The layer that reads an input."""
    if spec is None:
        return None
    index = next(i for i, tensor in enumerate(spec.inputs) if tensor.name == name)
    return next((spec.layers[c.layer] for c in spec.calls if Ref("input", index) in c.inputs), None)


def _code_marks(cleaned: Cleaned, spec: ModelSpec | None) -> tuple[Mark, ...]:
    """Each line that calls a layer."""
    if spec is None:
        return ()
    starts = [0]
    for line in cleaned.shown.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    found = {}
    for call in spec.calls:
        if call.line is not None and 0 < call.line < len(starts):
            found[call.line] = Mark(starts[call.line - 1], starts[call.line] - 1, spec.layers[call.layer].class_name)
    return tuple(found.values())


# -- the answer ----------------------------------------------------------------------------------------------


def _diagnosis(cleaned: Cleaned, finding: Finding) -> Diagnosis:
    explainer, lesson, misfits = lesson_of(finding, cleaned.shown)
    dims: dict[str, Value] = {k: v for k, v in finding.values.items() if not isinstance(v, str)}
    fixes = finding.fixes or fixes_for(finding, lesson if finding.spec is not None else {})
    fixes = (*lesson_fixes(explainer, lesson), *fixes)
    assumed, said = (finding.spec.assumed, finding.spec.said) if finding.spec is not None else ((), ())
    notes = (*(f"{note}: an example, the text doesn't say" for note in assumed), *misfits.values())
    return Diagnosis(
        finding.kind,
        finding.mistake,
        finding.layer,
        finding.class_name,
        finding.shapes,
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
    )


# -- the command line ----------------------------------------------------------------------------------------


def diagnose_files(
    files: Sequence[str], as_json: bool, which: int | None = None, answers: Mapping[str, Answer] | None = None
) -> int:
    """Read each file (- or none: standard input) and print the answers in order. 2 where a file can't be read."""
    code = 0
    for name in files or ["-"]:
        try:
            text = sys.stdin.read(LONGEST + 1) if name == "-" else _file(name)
        except OSError as error:
            print(f"{name}: {error.strerror or error}", file=sys.stderr)
            code = 2
            continue
        found = diagnose(text, which, answers)
        if as_json:
            print(json.dumps(found.to_json(), ensure_ascii=False), flush=True)
        else:
            print(as_text(found), flush=True)
    return code


def _file(name: str) -> str:
    with Path(name).open("rb") as stream:
        return stream.read(4 * LONGEST + 4).decode("utf-8", errors="replace")


def _to_say(ask: Ask) -> list[tuple[str, str]]:
    """Each answer that the command line takes, and what it means."""
    if ask.kind != "choice":
        return [(ask.value, "")]
    return [(str(place), f"   {option}") for place, option in enumerate(ask.options, 1)]


def as_text(found: Diagnosis) -> str:
    """The answer for a terminal."""
    lines = [f"{found.kind}: {found.mistake or 'no mistake of shapes recognised'}"]
    if found.layer:
        lines.append(f"Layer: {found.layer}" + (f" ({found.class_name})" if found.class_name else ""))
    for shape in found.shapes[:12]:
        if shape:
            lines.append("  " + ", ".join(f"{axis.axis} {axis.size}" for axis in shape) + f"   {shape[0].origin}")
    if found.cause:
        lines += ["", found.cause]
    for fix in found.fixes:
        lines.append(f"- {fix.label}" + (f"   {fix.code}" if fix.code else ""))
    lines += [f"? {question}" for question in found.questions]
    lines += [f"  --model {m.number}: {m.name}, line {m.line}{' (shown)' if m.shown else ''}" for m in found.models]
    for ask in found.asks:
        lines += [f"? {ask.question}"] if ask.kind == "choice" and ask.question not in found.questions else []
        lines += [f"  --answer '{ask.key}={value}'{what}" for value, what in _to_say(ask)]
    lines += [f"Not read, {entry}" for entry in found.unread]
    error = (found.model or {}).get("error")
    if error:
        lines += ["", f"Today's Keras says: {error['message']}"]
    if found.today:
        lines += ["", "In today's Keras:", "", found.today.rstrip()]
        lines += [f"# {entry}" for entry in found.renamed]
    if found.url:
        lines += ["", f"Open it live: {found.url}"]
    return "\n".join(lines) + "\n"
