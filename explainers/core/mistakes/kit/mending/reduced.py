"""What meets at the wrong axes: a mean or a sum over another axis helps, or an axis of 1 behind a weight."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.editing import with_arguments
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, of_call, written
from explainers.core.spec import LayerSpec, Sizes

_REDUCES = {"ops.sum": "Sum", "ops.mean": "Average", "ops.max": "Take the maximum", "ops.min": "Take the minimum"}


def other_axis(broken: Broken) -> Iterator[Mend]:
    """Sum, mean or maximum over the axis behind which both operands line up."""
    met = _met(broken)
    if met is None:
        return
    place, came, other = met
    layer = of_call(broken.spec, place)
    for axis in range(1, len(came)):
        left = (*came[:axis], *came[axis + 1 :])
        if axis == layer.get("axis") or not _line_up(left, other) or layer.get("keepdims") is True:
            continue
        yield Mend(
            f"{_REDUCES[layer.class_name]} over axis={axis}: {written(left)} is left.",
            f"{layer.class_name}(x, axis={axis})",
            with_arguments(broken.spec, broken.spec.calls[place].layer, axis=axis),
            f"{written(left)} and {written(other)} line up from the right; axis 0 is the batch.",
            1,
        )


def an_axis_behind_the_weight(broken: Broken) -> Iterator[Mend]:
    """A layer's own weight whose sizes are in the data, but not at their end: axes of 1 behind it line them up."""
    held = broken.layer.get("weight") if broken.call is not None else None
    data = broken.first
    if not isinstance(held, tuple) or not held or len(data) <= len(held) + 1:
        return
    weight = tuple(n for n in held if isinstance(n, int))
    for missing in range(1, len(data) - len(weight)):
        if data[-missing - len(weight) : -missing] != weight:
            continue
        more = (*weight, *(1,) * missing)
        axes = "an axis" if missing == 1 else f"{missing} axes"
        yield Mend(
            f"Give the weight {axes} of size 1 at the end: {written(more)}.",
            f"self.add_weight(shape={written(more)})",
            with_arguments(broken.spec, broken.spec.calls[broken.call or 0].layer, weight=more),
            f"{written(data)} and {written(more)} line up from the right; axis 0 is the batch.",
            1,
        )


def _met(broken: Broken) -> tuple[int, Sizes, Sizes] | None:
    """The call that removed an axis, what reached it, and the operand that its result met."""
    if broken.call is None:
        return None
    call, layer = broken.spec.calls[broken.call], broken.layer
    held = layer.get("weight")
    for i, ref in enumerate(call.inputs):
        before = of_call(broken.spec, ref.index) if ref.source == "call" else LayerSpec("", "")
        axis = before.get("axis")
        if before.class_name not in _REDUCES or not isinstance(axis, int) or isinstance(axis, bool):
            continue
        first = broken.spec.calls[ref.index].inputs[0]
        inputs = broken.spec.inputs
        came = inputs[first.index].shape if first.source == "input" else (broken.made or {}).get(first.index)
        other = tuple(held) if isinstance(held, tuple) else next(iter(broken.reaching[1 - i : 2 - i]), ())
        if came and other and all(isinstance(n, int) or n is None for n in other):
            return ref.index, came, tuple(n if isinstance(n, int) else None for n in other)
    return None


def _line_up(one: Sizes, other: Sizes) -> bool:
    """Whether two shapes broadcast, lined up from the right."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return all(a in (1, None) or b in (1, None) or a == b for a, b in pairs)


REDUCED = (other_axis, an_axis_behind_the_weight)
