"""Which of two shapes in a loss is the target: by the asker's own loss, the code's output, or the path of a node."""

from __future__ import annotations

import re
from dataclasses import replace

from explainers.core.finding import Finding
from explainers.core.layers import SHEETS, class_of
from explainers.core.spec import Sizes

_TRUE, _PRED = r"\b\w{0,20}true\w{0,20}\b", r"\b\w{0,20}pred\w{0,20}\b"
_CALLS = r"(?:[\w.]{1,30}\(){0,3}"
_TARGET_LEFT = re.compile(rf"{_TRUE}\)? ?[*+-] ?{_CALLS}{_PRED}")
_OUTPUT_LEFT = re.compile(rf"{_PRED}\)? ?[*+-] ?{_CALLS}{_TRUE}")
_OPERANDS = re.compile(r"\]\(([^()\n]{1,300})\)'? with input shapes")


def target_is_first(text: str) -> bool | None:
    """Whether the asker's own loss writes the target in front of the output; None where it shows neither order."""
    left, right = _TARGET_LEFT.search(text), _OUTPUT_LEFT.search(text)
    if left is None and right is None:
        return None
    return right is None or (left is not None and left.start() < right.start())


def by_the_output(error: Finding, out: Sizes | None) -> Finding:
    """The two shapes of a message that doesn't say which is which: the output is the one that the code makes."""
    expected, found = error.shape("expected"), error.shape("found")
    if not out or not expected or not found or "are incompatible" not in error.around or "target.shape" in error.around:
        return error
    if expected[1:] == out[1:] or found[1:] != out[1:] or None in out[1:]:
        return error
    return replace(error, named={**error.named, "expected": (found,), "found": (expected,)})


def maker(text: str) -> tuple[str, str] | None:
    """The layer that makes the output, by the path of its node: ``sequential_1/lstm_1/strided_slice``."""
    operands = _OPERANDS.search(text)
    for path in operands[1].split(",") if operands is not None else ():
        for part in reversed(path.strip().split("/")[:-1]):
            class_name = class_of(part)
            if class_name in SHEETS:
                return part, str(class_name)
    return None
