"""A message that comes up in the end of a model that wasn't read: a layer of another library, for one."""

from __future__ import annotations

import re
from dataclasses import replace

from explainers.core.finding import Change, Finding, written
from explainers.core.layers import LOOPS
from explainers.core.mistakes import find_mistake
from explainers.core.spec import LayerSpec, ModelSpec
from explainers.reading.code.evaluator import Reader
from explainers.reading.code.models import NOT_READ_ON
from explainers.reading.together import output_of, place_of

_NAME = re.compile(r"\w{1,60}")


def in_the_unread_end(reader: Reader, spec: ModelSpec | None, error: Finding) -> Finding | None:
    """The message, told of what reaches the part that wasn't read; None where it can be about what was read."""
    ends = [why.removesuffix(NOT_READ_ON) for _, why in reader.unread if why.endswith(NOT_READ_ON)]
    mistake = find_mistake(error.mistake)
    if (
        not ends
        or spec is None
        or not spec.calls
        or mistake is None
        or mistake.end
        or place_of(spec, error) is not None
    ):
        return None
    out, name = output_of(spec), _NAME.search(ends[-1])
    if out is None or name is None or error.layer in {layer.name for layer in spec.layers}:
        return None
    last = spec.layers[spec.calls[spec.outputs[0].index].layer]
    rank = error.number("found_ndim")
    if rank is not None and rank != len(out):
        return None
    reaches = f"{name[0]} isn't read here. What reaches it is {written(out)}, the output of {last.name}."
    compare = Change(f"Compare that with what {name[0]} takes.")
    every = _every_step(last, name[0])
    return replace(
        error, cause=f"{error.cause} {reaches}", spec=spec, fixes=(compare,) if every is None else (every, compare)
    )


def _every_step(last: LayerSpec, reader: str) -> Change | None:
    """A recurrent layer that returns its last output alone, in front of what may read sequences."""
    inner = last.get("layer") if last.class_name == "Bidirectional" else last
    if not isinstance(inner, LayerSpec) or inner.class_name not in LOOPS or inner.get("return_sequences") is True:
        return None
    return Change(
        f"If {reader} reads sequences, let {last.name} return an output at every step: return_sequences=True.",
        code=f"layers.{inner.class_name}({inner.get('units', '…')}, return_sequences=True)",
        means=f"{last.name} returns its last output alone: the steps are gone.",
    )
