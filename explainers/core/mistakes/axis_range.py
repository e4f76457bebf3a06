"""An axis is named that the tensor doesn't have."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from explainers.core.axes import Shape
from explainers.core.editing import with_arguments
from explainers.core.finding import Finding
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.judged import Judged, who
from explainers.core.mistakes.kit.mending.broken import Broken, Mend
from explainers.core.mistakes.kit.scene import Scene, entry
from explainers.core.mistakes.kit.sheet import Family, Mistake, nothing_live
from explainers.core.spec import Argument, LayerSpec, ModelSpec, chain

_MOST_AXES = 6  # of a tensor that is shown


def _judge(layer: Any, inputs: Sequence[Shape]) -> Judged | None:
    """A layer whose `axis` is beyond the axes of what reached it."""
    rank = len(inputs[0]) if inputs else 0
    outside = [axis for axis in _axes_of(getattr(layer, "axis", None)) if not -rank <= axis < rank]
    if not rank or not outside or any(len(shape) != rank for shape in inputs):
        return None
    return Judged(
        f"{who(layer)} has axis={outside[0]}, but its input has {rank} axes: 0 to {rank - 1}, of which 0 is the batch. "
        f"The last one is axis={rank - 1}, or -1.",
        found=inputs[0],
    )


def _axes_of(value: object) -> tuple[int, ...]:
    """``axis=3`` and ``axis=(1, 2)`` alike."""
    several = value if isinstance(value, tuple | list) else (value,)
    return tuple(axis for axis in several if isinstance(axis, int) and not isinstance(axis, bool))


def last_axis(broken: Broken) -> Iterator[Mend]:
    """The last axis in place of one that isn't there."""
    places = [broken.spec.calls[broken.call].layer] if broken.call is not None else range(len(broken.spec.layers))
    for place in places:
        layer = broken.spec.layers[place]
        axes = _axes_of(layer.get("axis"))
        if not axes or axes == (-1,):
            continue
        several = isinstance(layer.get("axis"), tuple) and len(axes) > 1
        value: Argument = tuple(range(-len(axes), 0)) if several else -1
        yield Mend(
            f"Take the last {'axes' if several else 'axis'}: axis={value}.",
            f"axis={value}",
            with_arguments(broken.spec, place, axis=value),
            "The last axis holds the features (or channels), however many axes come before it.",
            1,
        )


def _live(scene: Scene) -> ModelSpec | None:
    """The mean over that axis, of a tensor with as many axes as the message says."""
    axis, rank = scene.finding.number("axis"), scene.finding.number("found_ndim")
    if axis is None or rank is None or not 1 < rank <= _MOST_AXES or -rank <= axis < rank:
        return None
    sizes = tuple(scene.example(f"axis {place}") + place for place in range(1, rank))
    return chain(
        entry((None, *sizes), origin="an example"),
        (LayerSpec("ops.mean", "mean", (("axis", axis),)),),
        sequential=False,
    )


def _words(finding: Finding) -> dict[str, str]:
    rank = finding.number("found_ndim")
    return {"last_axis": str(rank - 1)} if rank is not None else {}


MISTAKE = Mistake(
    name="axis_range",
    title="An axis that the tensor doesn't have",
    searched=("axis 3 is out of bounds for array of dimension 3", "tuple index out of range"),
    misconception="shape-is-the-whole-array",
    order=4,
    families=(
        Family(
            sees=(
                "is out of bounds for a",
                "invalid reduction dimension",
                "in the range [",
                "`axis` values must be",
                "tried to expand dim",
                "normalization.py",
                "tried to squeeze dim",
                "using input dim",
                "too many indices for array",
                "for input rank",
            ),
            says=(
                "axis {axis} is out of bounds for <an >?array <of|with> dimension {found_ndim}",
                "Invalid reduction dimension ({axis} for input with {found_ndim} dimension",
                "Invalid reduction dimension {axis} for input with {found_ndim} dimension",
                "Expected <concatenating dimensions|dimension|scan axis> in the range [{low}, {found_ndim}), but got {axis}",
                "`dim` must be in the range [{low}, {found_ndim}) where ... Received: dim={axis}",
                "`axis` values must be in the range [-ndim, ndim). Received inputs with ndim={found_ndim}, while axis=({axis},)",
                "Tried to <expand|squeeze> dim index {axis} for tensor with {found_ndim} dimension",
                "Index out of range using input dim {axis}; input has only {found_ndim} dim",
                "Invalid axis: {axis} for input rank: {found_ndim}",
                "too many indices for array: array is {found_ndim}-dimensional, but {indices} were indexed",
                'normalization.py", line ...tuple index out of range',
            ),
            causes=(
                "There is no axis {axis}: the tensor has {found_ndim} axes, 0 to {last_axis}. The last one is also axis=-1.",
                "{indices} axes are indexed, but the array has {found_ndim}: x[i, j] needs two axes, x[i, j, k] three.",
                (
                    "A normalization layer was given an axis that its input doesn't have. Axes are counted from 0, "
                    "the batch included; the last one is axis=-1."
                ),
            ),
            words=_words,
        ),
        Family(
            sees=("cannot squeeze axis", "to squeeze out which has size"),
            says=(
                "Cannot squeeze axis<=| >{axis}, because the dimension is not 1",
                "cannot select an axis to squeeze out which has size not equal to one",
            ),
            causes=(
                "squeeze removes an axis of size 1; axis {axis} is longer.",
                "squeeze removes an axis of size 1; this one is longer.",
            ),
            advice=just(
                ("See which axis has size 1.", "print(x.shape)"),
                ("Without axis it removes every axis of size 1.", "x = ops.squeeze(x)"),
                ("Or take one entry along the axis, or the mean over it.", "x = x[:, 0]  # or ops.mean(x, axis=1)"),
            ),
            live=nothing_live,
            title="An axis that is too long to be squeezed",
        ),
    ),
    judge=_judge,
    live=_live,
    fixes=just(
        ("Take the last axis, which is there however many there are.", "axis=-1"),
        ("Count the axes of what reaches it.", "print(x.shape)  # axes are counted from 0; 0 is the batch"),
    ),
    mends=(last_axis,),
)
