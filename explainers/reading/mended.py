"""Changes that make the program run: made by its mistake, each built and run live before it is offered."""

from __future__ import annotations

import time
from collections.abc import Iterator

from explainers.core.axes import sizes
from explainers.core.finding import Attempt, Change
from explainers.core.mistakes import find_mistake
from explainers.core.mistakes.kit.mending.broken import Broken, Mend
from explainers.core.results import Inspection
from explainers.core.spec import ModelSpec, Sizes
from explainers.reading.live import attempt

MOST_TRIED = 10  # changes of one program
MOST_OFFERED = 4
PATIENCE = 2.5  # seconds for all of them


def mended(spec: ModelSpec, found: Inspection, mistake: str | None) -> tuple[Change, ...]:
    """What helps, the smallest change first. Each was built and run on data of the text's shapes."""
    sheet = find_mistake(mistake)
    if sheet is None or not sheet.mends or not spec.inputs:
        return ()
    broken = broken_at(spec, found)
    begun = time.monotonic()
    offered: list[Change] = []
    for mend in _once(mend for mender in sheet.mends for mend in mender(broken)):
        tried = attempt(mend.spec)
        if tried.ran:
            offered.append(_change(mend, tried))
        if len(offered) == MOST_OFFERED or time.monotonic() - begun > PATIENCE:
            break
    return tuple(offered)


def _once(mends: Iterator[Mend]) -> list[Mend]:
    """Each changed program once, the smallest changes first."""
    by_spec: dict[str, Mend] = {}
    for mend in sorted(mends, key=lambda mend: mend.cost):
        by_spec.setdefault(repr(mend.spec), mend)
    return list(by_spec.values())[:MOST_TRIED]


def _change(mend: Mend, tried: Attempt) -> Change:
    return Change(mend.label, code=mend.code, means=mend.means, tried=tried)


def broken_at(spec: ModelSpec, found: Inspection) -> Broken:
    """The program with the call at which it failed, and the live shapes around it."""
    name = found.error.layer if found.error is not None else None
    calls = [i for i, call in enumerate(spec.calls) if spec.layers[call.layer].name == name]
    done = sum(step.layer == name and not step.failed for step in found.flow)  # calls of a shared layer that worked
    call = calls[min(done, len(calls) - 1)] if calls else None
    failed = next((step for step in found.flow if step.failed), None)
    reaching = tuple(sizes(link.shape) for link in failed.inputs) if failed is not None else ()
    outputs = {step.layer: sizes(step.outputs[0]) for step in found.flow if step.outputs}
    made = {i: outputs[key] for i, call_ in enumerate(spec.calls) if (key := spec.layers[call_.layer].name) in outputs}
    ends: list[Sizes] = [made[ref.index] for ref in spec.outputs if ref.source == "call" and ref.index in made]
    return Broken(spec, call, reaching, made, tuple(ends))
