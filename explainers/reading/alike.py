"""A change of the data for one call, made for all calls that are given data of the same kind.

Who reshapes the images for fit must reshape those of validation_data, evaluate and predict as well.
"""

from __future__ import annotations

from dataclasses import replace

from explainers.core.mistakes.kit.mending.broken import Mend
from explainers.core.spec import Check, ModelSpec, Sizes

_FED = ("fit", "predict")


def everywhere(spec: ModelSpec, mend: Mend) -> Mend:
    """The changed program, with what it changes in one call changed in those that are like it."""
    before, after = spec.checks, mend.spec.checks
    if len(before) != len(after):
        return mend
    for old, new in zip(before, after, strict=True):
        if repr(old) != repr(new) and old.kind in _FED:
            pairs = zip(before, mend.spec.checks, strict=True)
            checks = tuple(_as_that(one, now, old, new) for one, now in pairs)
            mend = replace(mend, spec=replace(mend.spec, checks=checks))
    return mend


def _as_that(one: Check, now: Check, old: Check, new: Check) -> Check:
    """A check with the change from old to new, where it is of the same kind and wasn't changed itself."""
    if now.kind not in _FED or repr(one) != repr(now):
        return now
    shapes = _changed(now.shapes, old.shapes, new.shapes)
    if old.output != now.output:
        return replace(now, shapes=shapes)
    same_loss = now.loss == old.loss
    return replace(
        now,
        shapes=shapes,
        targets=_changed(now.targets, old.targets, new.targets) if same_loss else now.targets,
        loss=new.loss if same_loss else now.loss,
    )


def _changed(sizes: tuple[Sizes, ...], old: tuple[Sizes, ...], new: tuple[Sizes, ...]) -> tuple[Sizes, ...]:
    """Shapes in the new form, where each sample was like the old ones and no sample came or went."""
    if len(old) != len(new) or [one[1:] for one in sizes] != [one[1:] for one in old]:
        return sizes
    if any(a[:1] != b[:1] for a, b in zip(old, new, strict=True)):
        return sizes
    return tuple((*one[:1], *made[1:]) for one, made in zip(sizes, new, strict=True))
