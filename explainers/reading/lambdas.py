"""A Lambda whose function Keras 3 can't follow: the same function in keras.ops, in the asker's own line."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from explainers.core.finding import Change, Finding
from explainers.core.mistakes.unknown_axis import OF_A_LAMBDA
from explainers.core.spec import ModelSpec
from explainers.reading.code.choice import chosen
from explainers.reading.code.old_backend import IN_KERAS_OPS
from explainers.reading.code.reader import read_code
from explainers.reading.in_keras_ops import written_in_ops
from explainers.reading.patching.foreign import OF_BACKEND, OF_TF

# A function of Keras 2's backend or of TensorFlow, as it is called in code.
_FOREIGN = re.compile(
    r"\b(?P<owner>K|(?:keras\.|tf\.keras\.)?backend|tf(?:\.(?:math|nn|linalg))?)\.(?P<name>[a-z]\w{0,40})\("
)
MOST_LINES = 2000


def of_a_lambda(finding: Finding) -> bool:
    """Whether the message says that a Lambda's output shape can't be worked out."""
    return finding.family is OF_A_LAMBDA


def mended_lambda(text: str, code: str) -> tuple[Change, ...]:
    """The asker's function with keras.ops, as a diff of their lines; and the way to say the shape instead.

    code: the lines of the text that are code.
    """
    said = Change("Or give the output's shape, without the batch.", code="layers.Lambda(function, output_shape=(…))",
                  means="The function must then be able to run on the backend of your Keras.")  # fmt: skip
    own = written_in_ops(text, code, (*OF_BACKEND, *OF_TF))
    if own is not None:
        return replace(own, means=f"{own.means} {_meaning(text)}".strip()), said
    return (Change("Write the function with keras.ops: Keras then works out its shape.", code="keras.ops.…"), said)


def _in_keras_ops(code: str) -> str:
    """A piece of code with the functions of the backend or of TensorFlow as keras.ops calls them."""
    return _FOREIGN.sub(lambda at: f"keras.ops.{IN_KERAS_OPS.get(at['name'], at['name'])}(", code)


def _meaning(text: str) -> str:
    """What the function does to the axes, where the reader knows it."""
    added = re.search(r"expand_dims\([^()\n]{1,80}?axis ?= ?(-?\d)", text)
    if added is not None:
        where = "at the end" if added[1] == "-1" else "in front" if added[1] == "0" else f"at position {added[1]}"
        return f"It adds an axis of 1 {where}: (None, 5) becomes {_with_one(int(added[1]))}; 5 is an example."
    return ""


def _with_one(axis: int) -> str:
    sizes: list[int | None] = [None, 5]
    sizes.insert(axis if axis >= 0 else len(sizes) + 1 + axis, 1)
    return str(tuple(sizes))


def shown_live(text: str) -> ModelSpec | None:
    """The Lambda's function alone, in keras.ops on an example: what it does to the shape."""
    for line in text.split("\n")[:MOST_LINES]:
        found = re.search(r"\bLambda\(\s{0,9}lambda (?P<x>\w{1,30}) ?: ?(?P<body>.{1,300})", line[:600])
        body = _expression(found["body"]) if found is not None else None
        if found is None or body is None:
            continue
        code = _in_keras_ops(body)
        program = f"{found['x']} = keras.Input((5,))\noutput = {code}\nmodel = keras.Model({found['x']}, output)"
        reader, _ = read_code(program)
        spec = chosen(reader)
        return replace(spec, assumed=(*spec.assumed, "features = 5")) if spec is not None and spec.calls else None
    return None


def _expression(text: str) -> str | None:
    """The longest beginning of a text that is an expression: up to the bracket that closes the Lambda."""
    for end in range(len(text), 0, -1):
        try:
            ast.parse(text[:end].strip(), mode="eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            continue
        return text[:end].strip()
    return None
