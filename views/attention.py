"""Which step looks where: one matrix of live scores per head, a row for each query step, a column for each key step.

data: what attention.js draws.  text: the same in sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from views.own import Caption, Drawing, Own, Prose


def section(extra: Mapping[str, Any]) -> Own | None:
    """The scores of one sample; None where nothing was run."""
    found = extra.get("scored")
    if not found:
        return None
    prose = (
        "The live scores of one sample, one matrix for each head. A row says how much of each key step's value goes "
        "into that query step. Point at or tap a cell, or step through the query with the buttons or the arrow keys."
    )
    return Own(
        ("Which step looks where"), "scores", (Prose(prose), Drawing("attention", data(extra)), Caption(source(found)))
    )


def data(extra: Mapping[str, Any]) -> dict[str, Any]:
    """What attention.js draws; `sums` are those of whole rows, where all of a row is drawn."""
    found = extra["scored"]
    whole = len(found["scores"][0][0]) == found["key_steps"]
    return {
        **{name: found[name] for name in ("heads", "query_steps", "key_steps", "scores", "hidden")},
        "whole": whole,
        "text": text(extra),
    }


def source(found: Mapping[str, Any]) -> str:
    """Where the numbers come from, what Keras declares, and what isn't drawn."""
    recomputed = f"Recomputed in NumPy as softmax(query · key / √{found['key_dim']})"
    said = [f"{recomputed}; the largest difference is {found['difference']:.1g}."]
    live = (found["heads"], found["query_steps"], found["key_steps"])
    if tuple(found["declared"][1:]) != live:
        said.append(
            f"Until data arrive, Keras declares the scores as {_tuple(found['declared'])}, with the query's length "
            f"twice. The real scores are (batch, {', '.join(str(n) for n in live)})."
        )
    drawn = (len(found["scores"]), len(found["scores"][0]), len(found["scores"][0][0]))
    words = ("heads", "query steps", "key steps")
    cut = [f"{n} of {all_:,} {word}" for n, all_, word in zip(drawn, live, words, strict=True) if n < all_]
    if cut:
        said.append(f"Drawn: {', '.join(cut)}.")
    return " ".join(said)


def _tuple(shape: list[int | None]) -> str:
    return str(tuple(shape))


def text(extra: Mapping[str, Any]) -> str:
    """The figure in full sentences."""
    found = extra["scored"]
    strongest = [max(range(len(row)), key=row.__getitem__) for row in found["scores"][0]]
    looks = ", ".join(f"query step {i} most at key step {at}" for i, at in enumerate(strongest[:5]))
    return (
        f"Scores of {found['heads']} heads, {found['query_steps']} query steps by {found['key_steps']} key steps; each "
        f"row sums to 1. In head 0 {looks}."
    )
