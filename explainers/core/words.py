"""Other people's words, made readable without changing what they say: Keras' messages, and what a learner typed."""

from __future__ import annotations

import re
from collections.abc import Callable

_COUNTED = re.compile(r"(?<![\d.,])(\d[\d,]*) (\w+)\(s\)")

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_ARGUMENTS = re.compile(r"(?<!\n)\n++Arguments received by .*", re.DOTALL)
# Keras 2: a stack trace with this server's paths
_TRACED = re.compile(r"^in user code:\n.*\n(?:\n|[^\S\n]++)\w*Error: ", re.DOTALL)
# TensorFlow: where the node was made, with this server's paths
_DETECTED = re.compile(r'^(?:Detected at node [^\n]*:|  File "[^\n]*", line \d+, in [^\n]*)\n+', re.MULTILINE)
# TensorFlow: which of this machine's processors refused, with its address
_PLACED = re.compile(r"\{\{function_node __wrapped__[^{}\n]*\}\} ?")
_CALLING = re.compile(r"^Exception encountered when calling [^\n]*\n+", re.DOTALL)


def spoken_by_keras(error: BaseException) -> str:
    """Keras' own words: no ANSI codes, no stack trace, no address of this machine, no list of arguments at the end."""
    text = _ANSI.sub("", str(error))
    text = _TRACED.sub("", text)
    text = _DETECTED.sub("", text)
    text = _CALLING.sub("", text)
    text = _PLACED.sub("", text)
    text = _ARGUMENTS.sub("", text)
    return text.strip() or type(error).__name__


def given(text: str, longest: int) -> str:
    """What somebody typed, cut to be said back; half a character, as JSON can carry it, can't be sent."""
    shown = text if len(text) <= longest else text[:longest] + "…"
    return shown.encode("utf-8", "replace").decode()


def listed(words: list[str], last: str = "and") -> str:
    """``a, b and c``, or with another word in front of the last."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


_TAG = re.compile(r"⟦([^|⟦⟧]*+)\|([^⟦⟧]*+)⟧")


def agreeing(text: str) -> str:
    """``1 step(s), 3 output(s)`` -> ``1 step, 3 outputs``: a noun agrees with the number before it."""
    return _COUNTED.sub(lambda found: f"{found[1]} {found[2]}{'' if found[1] == '1' else 's'}", text)


# What sentences count. After exactly one it has no s: ``1 features`` is what a template gives.
_NOUNS = (
    "timestep|step|feature|unit|sample|sequence|number|weight|parameter|channel|filter|kernel|row|column|head|point|"
    "prediction|window|value|key|reading|visit|time|epoch|update|batche|output"
)
_ORDINALS = "".join(
    rf"(?<!{name} )" for name in ("axis", "level", "step", "line", "layer", "unit", "head", "epoch", "case")
)
_ONE = re.compile(
    rf"(?P<code>`[^`]*`)|(?<![\w.,|])(?<![×·+/−] ){_ORDINALS}(?P<one>⟦1\|[^⟦⟧]*⟧|\*\*1\*\*|1)"
    rf"(?P<noun>(?: (?:new|latent|empty|query|key|full))? (?:{_NOUNS}))s\b"
)


def singular(text: str) -> str:
    """``1 features, 3 units`` -> ``1 feature, 3 units``, tagged or bold as well; code stays as it is."""
    return _ONE.sub(lambda found: found["code"] or found["one"] + found["noun"].replace("batche", "batch"), text)


def tag(value: object, axis: str) -> str:
    """A number in prose that belongs to an axis: views give it the axis' colour."""
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return f"⟦{text}|{axis}⟧"


def tags(text: str) -> list[tuple[str, str]]:
    """The (number, axis) pairs in a text."""
    return _TAG.findall(text)


def untagged(text: str) -> str:
    """The text without tags, for terminals and JSON."""
    return _TAG.sub(r"\1", text)


def retagged(text: str, paint: Callable[[str, str], str]) -> str:
    """The text with each tagged number painted by `paint(number, axis)`."""
    return _TAG.sub(lambda found: paint(found[1], found[2]), text)
