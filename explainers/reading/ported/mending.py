"""Which changes of a PyTorch or flax program end its contradiction: the shapes are followed again with each of them.

The framework itself isn't run: a change is offered where the shapes then fit as far as the program can be followed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from explainers.core.finding import Change
from explainers.core.spec import Sizes
from explainers.reading.ported.clashes import told, written
from explainers.reading.ported.edits import applied, diff_between
from explainers.reading.ported.graph import Clash

MOST_CHANGED = 4  # places that one fix may change
MOST_TRIED = 5


@dataclass(frozen=True)
class Followed:
    """What came of following a program: its contradictions, what stopped it, and its output."""

    clashes: tuple[Clash, ...]
    gaps: tuple[str, ...]
    output: Sizes | None


Follow = Callable[[str], Followed | None]


def checked(changes: tuple[Change, ...], text: str, name: str, follow: Follow) -> tuple[Change, ...]:
    """The changes in their order, each with what else it asks for; one that still fails isn't offered."""
    kept = list[Change]()
    for change in changes[:MOST_TRIED]:
        kept += _to_the_end(change, text, name, follow) if change.diff else (change,)
    return (*kept, *changes[MOST_TRIED:])


def _to_the_end(change: Change, text: str, name: str, follow: Follow) -> tuple[Change, ...]:
    """The change with what else it asks for: a layer behind it that reads another size then."""
    after = applied(text, change.diff)
    for _ in range(MOST_CHANGED):
        found = follow(after)
        if found is None:
            return ()
        if not found.clashes:
            diff = diff_between(text, after)
            return (replace(change, diff=diff, means=" ".join(filter(None, (change.means, _said(found, name))))),)
        further = next((one for one in told(found.clashes[0], after).fixes if one.diff), None)
        if further is None:
            return ()
        after = applied(after, further.diff)
    return ()


def _said(found: Followed, name: str) -> str:
    if found.gaps or found.output is None:
        return f"Checked by following the shapes as far as the program could be read; {name} itself wasn't run."
    return f"Checked by following the shapes to the output, {written(found.output)}; {name} itself wasn't run."
