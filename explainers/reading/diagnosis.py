"""The diagnosis of a pasted text: plain data, JSON, and words for a terminal."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import Any

from explainers.core.axes import Axis, Shape
from explainers.core.finding import Ask, Change, Mark, ModelChoice, Value
from explainers.core.spec import ModelSpec
from explainers.reading.origins import AN_EXAMPLE, How, Origins, are_examples

_UNKNOWN_FROM = re.compile(r"\bfrom line (\d{1,6}) on, the shapes are unknown")  # told by `gaps.before_gaps`
_FIRST_SENTENCE = re.compile(r"(.{3,240}?[^.])\.(?:\s+(?=[^a-z]|[xy] )|$)", re.DOTALL)


@dataclass(frozen=True)
class Diagnosis:
    """What a pasted text turned out to be. All plain data.

    text: the cleaned text that `marks` refer to. dims: every number that was recognised, by its name.
    unread: lines that weren't read, and why. renamed: what today's Keras calls differently. today: the code for it.
    line: the line of the pasted code at which the live model failed. model: what `show` gives, or None.
    models: the models that the code makes, where there are several; one of them is shown.
    asks: what the text leaves open, with what stands in its place; the learner can say it.
    alone: the message without the code around it, where that code is what is built first.
    own: the same with the model of the code around the message, which is shown where it fails in the same way.
    code: the lines of the text that are code, where the model is the code's own: a fix is written into them.
    advice: fixes that the message itself shows; they stand in front of those that were tried.
    title: the mistake in words. elsewhere: the other framework that the text is about, or "".
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
    code: str = ""
    advice: tuple[Change, ...] = ()
    title: str = ""
    elsewhere: str = ""
    own: Diagnosis | None = None

    @property
    def assumed(self) -> tuple[str, ...]:
        """The examples that the model needed: ``units = 4``."""
        return self.spec.assumed if self.spec is not None else ()

    @property
    def verdict(self) -> str:
        """What it is, in words: the first line of a diagnosis."""
        if self.title:
            return self.title
        if self.kind == "question":
            first = _FIRST_SENTENCE.match(self.cause)
            return first[1] if first is not None else "A question"
        gap = _UNKNOWN_FROM.search(self.cause) if self.kind == "code" else None
        if gap is not None:
            return f"No mistake found before line {gap[1]}"
        fits = self.cause.startswith("The counts fit")
        unknown = "An error that this app doesn't know yet" if self.shapes else "An error that names no shapes"
        return {
            "summary": "A printed summary whose counts fit" if fits else "A printed summary",
            "code": "No mistake found in the shapes of this code",
            "error": unknown,
        }.get(self.kind, "Not recognized")

    @property
    def why(self) -> str:
        """The cause, without what the verdict says already."""
        return self.cause.removeprefix(self.verdict).lstrip(".: ") if self.kind == "question" else self.cause

    def to_json(self) -> dict[str, Any]:
        """The interface for scripts; a shape is ``[{"axis", "size", "origin", "how"}, ...]``.

        numbers: each with its value and how it came here: "read", "worked out", "an example".
        """
        origins = Origins(self.text, self.assumed)
        return {
            "kind": self.kind,
            "mistake": self.mistake,
            "layer": self.layer,
            "class_name": self.class_name,
            "title": self.verdict,
            "framework": self.elsewhere or "Keras",
            "shapes": [[_axis_json(axis, origins) for axis in shape] for shape in self.shapes],
            "dims": self.dims,
            "numbers": origins.numbers(self.numbers),
            "cause": self.cause,
            "fixes": [_fix_json(f) for f in self.fixes],
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


def _axis_json(axis: Axis, origins: Origins) -> dict[str, Any]:
    """One axis for scripts. how: null where the axis is open."""
    how = str(origins.of(axis.size, axis.axis)) if axis.size is not None else None
    return {"axis": axis.axis, "size": axis.size, "origin": axis.origin, "how": how}


def _to_say(ask: Ask) -> list[tuple[str, str]]:
    """Each entry that the command line takes, and what it means."""
    if ask.kind != "choice":
        return [(ask.value, "")]
    return [(str(place), f"   {option}") for place, option in enumerate(ask.options, 1)]


def _fix_json(fix: Change) -> dict[str, Any]:
    """A fix for scripts. tried: null where it is advice that no live model was there to try it with."""
    told: dict[str, Any] = {"label": fix.label}
    parts = (("dims", fix.dims), ("code", fix.code), ("means", fix.means), ("diff", fix.diff))
    told |= {name: value for name, value in parts if value}
    return told | {"tried": dataclasses.asdict(fix.tried) if fix.tried is not None else None}


def head(found: Diagnosis) -> str:
    """The verdict, the layer and the cause: what is known before a live model is built."""
    lines = [found.verdict]
    if found.layer:
        lines.append(f"Layer: {found.layer}" + (f" ({found.class_name})" if found.class_name else ""))
    return "\n".join([*lines, *([found.why] if found.why else [])])


def as_text(found: Diagnosis) -> str:
    """The diagnosis for a terminal: the verdict, what helps, the numbers and where they are from, the model."""
    origins = Origins(found.text, found.assumed)
    lines = head(found).split("\n")
    for fix in found.fixes:
        lines += ["", *_fix_lines(fix, origins)]
    if found.shapes:
        lines += ["", "Shapes:"]
    for shape in found.shapes[:12]:
        if shape:
            lines.append("  " + ", ".join(_axis_in_words(axis, origins) for axis in shape) + f"   {shape[0].origin}")
    lines += _open_lines(found)
    lines += [f"Not read: {entry}" for entry in found.unread]
    examples = [f"{name} = {size}" for name, size in origins.examples.items()]
    lines += [f"Examples, because the text doesn't say: {', '.join(examples)}."] if examples else []
    lines += [f"Note: {note}" for note in found.notes if not note.endswith(AN_EXAMPLE)]
    error = (found.model or {}).get("error")
    if error:
        lines += ["", f"Today's Keras says: {error['message']}"]
    if found.today:
        lines += ["", "In today's Keras:", "", found.today.rstrip()]
        lines += [f"# {entry}" for entry in found.renamed]
    if found.url:
        lines += ["", f"Open it live: {found.url}"]
    return "\n".join(lines) + "\n"


def _axis_in_words(axis: Axis, origins: Origins) -> str:
    """``timesteps 40``, ``features 10 (worked out)``: what is read needs no mark."""
    how = origins.of(axis.size, axis.axis) if axis.size is not None else How.READ
    return f"{axis.axis} {axis.size}" + (f" ({how})" if how is not How.READ else "")


def _fix_lines(fix: Change, origins: Origins) -> list[str]:
    """What to do, why, the diff or the code, and whether it was tried."""
    lines = [f"- {fix.label}" + (f"   {fix.code}" if fix.code and "\n" not in fix.code and not fix.diff else "")]
    lines += [f"    {line}" for line in fix.code.split("\n")] if "\n" in fix.code and not fix.diff else []
    lines += [f"  {fix.means}"] if fix.means else []
    lines += [f"    {line}" for line in fix.diff.split("\n")] if fix.diff else []
    if fix.tried is not None:
        made_up = origins.made_up(fix.tried.output or ())
        note = f" ({are_examples(made_up)})" if made_up else ""
        output = f", and its output is {fix.tried.output}{note}" if fix.tried.output is not None else ""
        lines.append(f"  Tried live: it runs{output}.")
    return lines


def _open_lines(found: Diagnosis) -> list[str]:
    """What the text leaves open, and how to say it on the command line."""
    lines = [f"? {question}" for question in found.questions]
    lines += [f"  --model {m.number}: {m.name}, line {m.line}{' (shown)' if m.shown else ''}" for m in found.models]
    for ask in found.asks:
        lines += [f"? {ask.question}"] if ask.kind == "choice" and ask.question not in found.questions else []
        example = "   (an example)" if ask.kind != "choice" and not ask.answered else ""
        lines += [f"  --answer '{ask.key}={value}'{what or example}" for value, what in _to_say(ask)]
    return ["", *lines] if lines else []
