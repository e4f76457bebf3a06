"""For a class: links that hide parts of a lesson's page, and the page as slides for a projector. Logic alone.

    hide=calls,units     the section "calls" and the dim "units" (its value stays as in the link)
    hide=locked          no “Show everything” (a class that is live sends its students here with it)
    hide=controls        every dim; hide=answers: each step must be predicted, nothing shows all at once
    predict=on           "Predict first" is switched on
    view=projector       large type, one section at a time; section=calls: which one

What is hidden, no button of the page changes either: no preset, no fix, no swap. Hiding keeps a page clear.
It is no lock: the same link without ``hide=`` shows everything.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from explainers.core.dims import DimsBase, DimSpec, Value
from explainers.core.explainer import Preset
from explainers.core.words import listed

HIDE, PREDICT, VIEW, SECTION = "hide", "predict", "view", "section"
PROJECTOR = "projector"
CONTROLS, ANSWERS = "controls", "answers"
LOCKED = "locked"
OWN = "own"  # the section that only this lesson has, and that begins with its own heading
ASKING = "predict"  # the section that asks: hidden, there is no switch either

# Sections that have no heading of their own on the page.
_UNTITLED = {
    "flow": "Shape flow",
    "failure": "What Keras says",
    OWN: "This lesson's own figure",
    "predict": "Predict first",
}
_LONGEST = 40  # characters of an unknown name that are repeated
_MOST_NAMES = 60


@dataclass(frozen=True)
class Hidden:
    """What a link hides. dims: single dims; unknown: names that the page doesn't have."""

    sections: frozenset[str] = frozenset()
    dims: frozenset[str] = frozenset()
    controls: bool = False
    answers: bool = False
    locked: bool = False
    unknown: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sections or self.dims or self.controls or self.answers)

    @property
    def asking(self) -> bool:
        """Whether "Predict first" is out of question. Where answers are hidden it isn't: they come by predicting."""
        return ASKING in self.sections and not self.answers

    def shows(self, section: str) -> bool:
        """Whether a section stands on the page."""
        return section not in self.sections or (section == ASKING and self.answers)


def read_hidden(said: str, sections: Sequence[str], dims: Sequence[str]) -> Hidden:
    """``hide=`` of a link. A dim and a section of the same name (there is none today) would both be hidden."""
    names = list(dict.fromkeys(name.strip().lower() for name in said.split(",")[:_MOST_NAMES] if name.strip()))
    known = {*sections, *dims, CONTROLS, ANSWERS, LOCKED}
    return Hidden(
        sections=frozenset(name for name in names if name in sections),
        dims=frozenset(name for name in names if name in dims),
        controls=CONTROLS in names,
        answers=ANSWERS in names,
        locked=LOCKED in names,
        unknown=tuple(name for name in names if name not in known),
    )


def unknown_told(hidden: Hidden, sections: Sequence[str], dims: Sequence[str]) -> str:
    """One sentence about names that can't be hidden here; "" where there are none."""
    if not hidden.unknown:
        return ""
    there = [*sections, CONTROLS, ANSWERS, LOCKED, *dims]
    names = listed([f"“{name[:_LONGEST]}”" for name in hidden.unknown])
    close = difflib.get_close_matches(hidden.unknown[0][:_LONGEST], there, 1)
    hint = f"Did you mean {close[0]}?" if close else f"It can hide {listed(there)}."
    return f"This link hides {names}, which this page does not have. {hint}"


def usable(presets: Sequence[Preset], specs: Sequence[DimSpec], dims: DimsBase, hidden: Hidden) -> tuple[Preset, ...]:
    """The presets that leave every hidden dim as it is: a click on one must not move what can't be seen."""
    fixed = {spec.name: spec.default for spec in specs if spec.name in hidden.dims}
    values = dims.values()
    return tuple(
        p for p in presets if all(p.dims.get(name, default) == values[name] for name, default in fixed.items())
    )


def fixed(specs: Sequence[DimSpec], hidden: Hidden) -> frozenset[str]:
    """The dims that nothing on the page may change."""
    return frozenset(spec.name for spec in specs) if hidden.controls else hidden.dims


def moves(changes: Mapping[str, Value], dims: DimsBase, held: Collection[str]) -> bool:
    """Whether these changes would move a dim that is held fast."""
    values = dims.values()
    return any(name in held and values[name] != value for name, value in changes.items())


def label(name: str, title: str) -> str:
    """What a section is called where its heading is not beside it."""
    return title or _UNTITLED.get(name, name)


# -- building a link -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Setting:
    """What a teacher chose. hide: names as in ``hide=``; section: where the projector begins, "" for the start."""

    hide: tuple[str, ...] = ()
    predict: bool = False
    projector: bool = False
    section: str = ""


def query(dims: DimsBase, setting: Setting) -> dict[str, str]:
    """The parameters of the link, dims first."""
    found = dict(dims.changed())
    if setting.hide:
        found[HIDE] = ",".join(setting.hide)
    if setting.predict or ANSWERS in setting.hide:
        found[PREDICT] = "on"
    if setting.projector:
        found[VIEW] = PROJECTOR
        if setting.section:
            found[SECTION] = setting.section
    return found


def link(address: str, lesson: str, parameters: Mapping[str, str]) -> str:
    """``https://host/conv1d?steps=9&hide=calls,units``. address: of the app, without a slash at its end."""
    asked = urlencode(parameters, safe=",")
    return f"{address}/{lesson}?{asked}" if asked else f"{address}/{lesson}"


def app_address(page: str) -> str:
    """``https://host/shapes`` of ``https://host/shapes/classroom?…``: what all pages' addresses begin with."""
    return page.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[0]


# -- slides --------------------------------------------------------------------------------------------------


def turned(spec: DimSpec, value: Value, by: int) -> str:
    """The text of a dim one step further: a number by one, a switch the other way, the next of several choices."""
    if spec.kind == "bool":
        return str(not value).lower()
    if spec.kind == "choice":
        return spec.choices[(spec.choices.index(str(value)) + by) % len(spec.choices)]
    if value is None:
        return str(spec.min if spec.min is not None else 1)
    return str(value + by) if isinstance(value, int | float) else str(value)


@dataclass(frozen=True)
class Slide:
    """Where the projector stands among the sections that there are now."""

    names: tuple[str, ...]
    index: int

    @property
    def name(self) -> str:
        return self.names[self.index]

    @property
    def told(self) -> str:
        """``3 of 6``."""
        return f"{self.index + 1} of {len(self.names)}"

    def moved(self, by: int) -> str:
        """The section that many slides further; the ends hold."""
        return self.names[min(max(self.index + by, 0), len(self.names) - 1)]


def slide(names: Sequence[str], wanted: str) -> Slide:
    """The slide that a link asks for; the first where it asks for none, or for one that isn't there."""
    return Slide(tuple(names), names.index(wanted) if wanted in names else 0)
