"""Cropping that takes off as much as there is, or more."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.core.editing import with_arguments
from explainers.core.finding import Finding
from explainers.core.layers import sheet
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, written
from explainers.core.mistakes.kit.scene import Scene, entry
from explainers.core.mistakes.kit.sheet import Family
from explainers.core.spec import Argument, LayerSpec, ModelSpec, chain

_NUMBERS = re.compile(r"cropping=(\([\d, ()]{1,60}\))")


def _pairs(value: Argument, rank: int) -> tuple[tuple[int, int], ...]:
    """``8``, ``(8, 8)`` and ``((4, 4), (8, 8))`` as what is cut off on both sides of each axis."""
    if isinstance(value, int):
        return ((value, value),) * rank
    parts = value if isinstance(value, tuple) else ()
    if rank == 1 and len(parts) == 2 and all(isinstance(part, int) for part in parts):
        parts = (parts,)
    pairs = [(part, part) if isinstance(part, int) else part for part in parts]
    whole = [(a, b) for pair in pairs if isinstance(pair, tuple) and len(pair) == 2 for a, b in [pair]]
    return tuple((a, b) for a, b in whole if isinstance(a, int) and isinstance(b, int))


def _said(finding: Finding) -> tuple[tuple[int, int], ...]:
    found, numbers = finding.shape("found"), _NUMBERS.search(finding.around)
    values = [int(n) for n in re.findall(r"\d{1,6}", numbers[1])] if numbers is not None else []
    rank = len(found or ()) - 2
    return tuple((values[2 * i], values[2 * i + 1]) for i in range(rank)) if len(values) == 2 * rank > 0 else ()


def _words(finding: Finding) -> dict[str, str]:
    found, pairs = finding.shape("found"), _said(finding)
    for size, (before, behind) in zip((found or ())[1:-1], pairs, strict=False):
        if size is not None and before + behind >= size:
            return {"cut": f"{before} + {behind}", "room": str(size)}
    return {}


def _live(scene: Scene) -> ModelSpec | None:
    found, pairs = scene.finding.shape("found"), _said(scene.finding)
    if found is None or not 3 <= len(found) <= 5 or not pairs or None in found[1:]:
        return None
    rank = len(found) - 2
    given: Argument = pairs[0] if rank == 1 else pairs
    return chain(entry((None, *found[1:])), (LayerSpec(f"Cropping{rank}D", "cropping", (("cropping", given),)),))


def less_cropping(broken: Broken) -> Iterator[Mend]:
    """As much cut off as leaves half of each axis."""
    if broken.call is None or not broken.reaching or not broken.layer.class_name.startswith("Cropping"):
        return
    sizes, facts = broken.reaching[0][1:-1], sheet(broken.layer.class_name)
    pairs = _pairs(broken.layer.get("cropping"), len(sizes))
    if facts is None or None in sizes or len(pairs) != len(sizes):
        return
    less = tuple(
        (size // 4, size // 4) if a + b >= size else (a, b)
        for (a, b), size in zip(pairs, [n or 0 for n in sizes], strict=True)
    )
    same = len(set(less)) == 1 and less[0][0] == less[0][1]
    value: Argument = less[0][0] if same else less[0] if len(less) == 1 else less
    left = tuple(size - a - b for size, (a, b) in zip([n or 0 for n in sizes], less, strict=True))
    yield Mend(
        f"Cut off less: cropping={value}.",
        f"layers.{broken.layer.class_name}({value})",
        with_arguments(broken.spec, broken.spec.calls[broken.call].layer, cropping=value),
        f"{written(left)} of {written(sizes)} is left. The amount is an example: use your own.",
        0,
    )


CROPPED = Family(
    sees=("smaller than the input length", "`cropping` argument", "cropping parameter"),
    says=(
        "`cropping` parameter of {cls} layer must be smaller than the input length. Received: <input_shape|inputs.shape>={found:shape}",
        "`cropping` argument should be smaller than the corresponding spatial dimension of the input. Received: <input_shape|inputs.shape>={found:shape}",
        "cropping parameter of Cropping layer must be greater than the input shape. Received: inputs.shape={found:shape}",
    ),
    causes=(
        "Cropping removes {cut} from an axis of {room}, so nothing is left of it. The input is {found}.",
        "Cropping removes as much as there is, or more: the input is {found}.",
    ),
    words=_words,
    live=_live,
    title="Cropping leaves nothing",
)
