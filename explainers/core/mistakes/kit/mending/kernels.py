"""Kernels of a convolution as another framework keeps them: filters first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explainers.core.editing import with_input
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, written
from explainers.core.mistakes.kit.mending.meeting import changed
from explainers.core.spec import Sizes
from explainers.core.words import agreeing


def filters_last(found: Sizes, expected: Sizes) -> Sizes:
    """(64, 3, 7, 5) -> (7, 5, 3, 64), where the layer expects a kernel of these sides; any other shape as it is."""
    if not 3 <= len(found) == len(expected) or found[2:] != expected[:-2] or found[:-2] == expected[:-2]:
        return found
    turned = (*found[2:], found[1], found[0])
    return turned if turned[-1] == expected[-1] or turned[-2] == expected[-2] else found


def kernel_turned(broken: Broken) -> Iterator[Mend]:
    """The filters of a kernel moved to its end; an Input with the channels that it was made for, where these differ."""
    for i, check in enumerate(broken.spec.checks):
        call = next((call for call in broken.spec.calls if broken.spec.layers[call.layer].name == check.layer), None)
        if check.kind != "weights" or call is None or not check.shapes:
            continue
        layer, ref = broken.spec.layers[call.layer], call.inputs[0]
        kernel, filters = layer.get("kernel_size"), layer.get("filters")
        shape = broken.spec.inputs[ref.index].shape if ref.source == "input" else (broken.made or {}).get(ref.index, ())
        if not isinstance(kernel, tuple) or not isinstance(filters, int) or not shape:
            continue
        found, sides = check.shapes[0], tuple(n for n in kernel if isinstance(n, int))
        turned = filters_last(found, (*sides, shape[-1], filters))
        if turned == found:
            continue
        spec = changed(broken.spec, i, replace(check, shapes=(turned, *check.shapes[1:])))
        means = f"{written(found)} becomes {written(turned)}."
        if turned[-2] != shape[-1]:
            if ref.source != "input":
                continue
            spec = with_input(spec, ref.index, (*shape[:-1], turned[-2]))
            reads = agreeing(f"The kernel reads {turned[-2]} channel(s)")
            means += f" {reads}: the Input needs as many, in its last axis."
        yield Mend(TURN_IT, code_to_turn(found), spec, means, 0)


TURN_IT = "Turn the kernel: PyTorch, Theano and Caffe keep the filters first, Keras last."


def code_to_turn(found: Sizes) -> str:
    """The order of axes that moves the filters and channels of a kernel to its end."""
    order = ", ".join(str(axis) for axis in (*range(2, len(found)), 1, 0))
    return f"kernel = kernel.transpose({order})\nlayer.set_weights([kernel, bias])"
