"""The diagnosis of a pasted text: plain data, JSON, and words for a terminal."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from explainers.core.axes import Shape
from explainers.core.finding import Ask, Change, Mark, ModelChoice, Value
from explainers.core.spec import ModelSpec


@dataclass(frozen=True)
class Diagnosis:
    """What a pasted text turned out to be. All plain data.

    text: the cleaned text that `marks` refer to. dims: every number that was recognised, by its name.
    unread: lines that weren't read, and why. renamed: what today's Keras calls differently. today: the code for it.
    line: the line of the pasted code at which the live model failed. model: what `show` gives, or None.
    models: the models that the code makes, where there are several; one of them is shown.
    asks: what the text leaves open, with what stands in its place; the learner can say it.
    alone: the message without the code around it, where that code is what is built first.
    code: the lines of the text that are code, where the model is the code's own: a fix is written into them.
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


def as_text(found: Diagnosis) -> str:
    """The diagnosis for a terminal."""
    nothing = "" if found.kind == "question" else ": no mistake of shapes recognized"
    lines = [found.kind + (f": {found.mistake}" if found.mistake else nothing)]
    if found.layer:
        lines.append(f"Layer: {found.layer}" + (f" ({found.class_name})" if found.class_name else ""))
    for shape in found.shapes[:12]:
        if shape:
            lines.append("  " + ", ".join(f"{axis.axis} {axis.size}" for axis in shape) + f"   {shape[0].origin}")
    if found.cause:
        lines += ["", found.cause]
    for fix in found.fixes:
        lines.append(f"- {fix.label}" + (f"   {fix.code}" if fix.code and "\n" not in fix.code else ""))
        lines += [f"    {line}" for line in fix.code.split("\n")] if "\n" in fix.code else []
        lines += [f"  {fix.means}"] if fix.means else []
        lines += [f"    {line}" for line in fix.diff.split("\n")] if fix.diff else []
        lines += [f"  Tried live: it runs, and gives {fix.tried.output}."] if fix.tried is not None else []
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
