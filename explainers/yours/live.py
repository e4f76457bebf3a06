"""A document built live: what is there up to the layer that fails, why it fails, and changes that were tried."""

from __future__ import annotations

import inspect
import re
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

from explainers.core.concrete import run_model
from explainers.core.layers import operations, sheet
from explainers.core.limits import CostError
from explainers.core.mistakes import find_mistake
from explainers.core.mistakes.kit.mending.broken import Mend
from explainers.core.results import Concrete, Inspection
from explainers.core.spec import ModelSpec
from explainers.reading.build import TooBig, build
from explainers.reading.diagnosing import read
from explainers.reading.live import attempt, look
from explainers.reading.mended import broken_at
from explainers.reading.today import todays_code
from explainers.yours.document import DocumentError, from_spec, to_spec
from explainers.yours.link import from_json, to_json
from explainers.yours.results import Built, Offer

_MOST_TRIED, _MOST_OFFERED, _PATIENCE = 8, 4, 2.0  # changes of one document; seconds for all of them


def built(plain: dict[str, Any]) -> Built:
    """Build a document live. Raises DocumentError for what is no document."""
    document = from_json(plain)
    spec = to_spec(document)
    live = look(spec)
    if live.inspection is None or not spec.calls:
        return Built(live.inspection, live.refused, (), "")
    failed = live.inspection.error is not None
    return Built(
        live.inspection, "", tuple(_offers(spec, live.inspection)) if failed else (), _code(spec, live.inspection)
    )


def _code(spec: ModelSpec, found: Inspection) -> str:
    """The script that builds the same: of operations as the live model says them, with whatever they return."""
    operates = any(operations.is_known(layer.class_name) for layer in spec.layers)
    return found.code if operates else todays_code(spec)


def concrete(plain: dict[str, Any]) -> Concrete:
    """A document's model run on data of several sizes. Raises CostError, and DocumentError for what is no document."""
    spec = to_spec(from_json(plain))
    try:
        return run_model(lambda: build(spec))
    except TooBig as error:
        raise CostError(str(error)) from None


def _offers(spec: ModelSpec, found: Inspection) -> Iterator[Offer]:
    """Changes by the mistake that was made, the smallest first; each was built and run."""
    mistake = find_mistake(found.error.mistake if found.error is not None else None)
    if mistake is None:
        return
    broken, begun, told = broken_at(spec, found), time.monotonic(), 0
    mends = sorted((mend for mender in mistake.mends for mend in mender(broken)), key=lambda mend: mend.cost)
    for mend in mends[:_MOST_TRIED]:
        offer = _offer(mend)
        if offer is not None:
            told += 1
            yield offer
        if told == _MOST_OFFERED or time.monotonic() - begun > _PATIENCE:
            return


def _offer(mend: Mend) -> Offer | None:
    try:
        document = from_spec(mend.spec)
    except DocumentError:
        return None
    tried = attempt(mend.spec)
    if not tried.ran or tried.output is None:
        return None
    return Offer(mend.label, mend.means, tried.output, to_json(document))


def from_text(text: str, which: int | None = None) -> dict[str, Any]:
    """The document of a pasted program or summary. Raises DocumentError where there is none to edit."""
    found = read(text, which)
    asked = found.kind == "question" and found.spec is not None and found.spec.assumed  # a model of examples
    if found.spec is None or not found.spec.inputs or asked:
        raise DocumentError("No model was found in this text. Paste code that builds one, or a printed summary.")
    return to_json(from_spec(found.spec))


@cache
def described(class_name: str) -> dict[str, str]:
    """What Keras' own documentation says of each argument of a layer or an operation: its first sentence."""
    import keras

    known = sheet(class_name)
    documented: Any = getattr(keras.layers, known.name, None) if known is not None else None
    if operations.is_known(class_name):
        documented = keras
        for part in class_name.split("."):
            documented = getattr(documented, part)
    return _arguments_told(inspect.getdoc(documented) or "") if documented is not None else {}


def _arguments_told(doc: str) -> dict[str, str]:
    """The entries of "Args:" in a docstring."""
    section = re.search(r"^(?:Args|Arguments):\n((?:[ \t]+.*\n?|\n)*)", doc, re.MULTILINE)
    if section is None:
        return {}
    told: dict[str, list[str]] = {}
    name = ""
    for line in section[1].splitlines():
        entry = re.match(r" {4}(\w+):\s*(.*)", line)
        if entry:
            name = entry[1]
            told[name] = [entry[2]]
        elif name and line.strip():
            told[name].append(line.strip())
    return {name: _first_sentence(" ".join(lines)) for name, lines in told.items()}


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0][:300]
