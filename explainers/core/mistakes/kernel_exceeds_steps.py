"""The kernel (or pool) is longer than the steps that reach it."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape
from explainers.core.finding import Change, Finding, Value
from explainers.core.layers import SHEETS, convolved
from explainers.core.layers.sliding import channels_first, parted
from explainers.core.mistakes.kit.cropping import CROPPED, less_cropping
from explainers.core.mistakes.kit.judged import Judged, who
from explainers.core.mistakes.kit.mending.data import DATA
from explainers.core.mistakes.kit.mending.layers import WINDOWS
from explainers.core.mistakes.kit.old_kernels import kernel_as_strides
from explainers.core.mistakes.kit.scene import (
    Scene,
    entry,
    guessed_class,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said
from explainers.core.spec import Argument, ModelSpec, Sizes, chain


def _sliding(finding: Finding, said: Said) -> Finding:
    """What is known of a convolution that ran out of steps. A dummy axis of a Conv2D op that serves a Conv1D goes."""
    values, named = dict(finding.values), dict(finding.named)
    both = named.pop("both", ())
    kernel = named.get("kernel", (None,))[0] or (both[1] if len(both) > 1 else None)
    found = named.get("found", (None,))[0] or (both[0] if both else None)
    class_name = finding.class_name
    if class_name is None and finding.layer and "conv" in finding.layer.lower() and kernel:
        class_name = f"Conv{len(kernel) - 2}D"
    if found and class_name and class_name.endswith("1D") and len(found) == 4:
        drop = 2 if found[2] == 1 and found[1] != 1 else 1
        if kernel is not None and len(kernel) == 4:
            drop = 1 if kernel[0] == 1 and kernel[1] != 1 else 2 if kernel[1] == 1 and kernel[0] != 1 else drop
            kernel = tuple(n for i, n in enumerate(kernel) if i != drop - 1)
        found = tuple(n for i, n in enumerate(found) if i != drop)
    if found:
        named["found"] = (found,)
    if kernel:
        named["kernel"] = (kernel,)
        values |= {"filters": kernel[-1], "channels": kernel[-2]}
        values.setdefault("kernel_size", kernel[0])
    if found and len(found) == 3:
        values.setdefault("steps", found[1])
        values.setdefault("channels", found[2])
    word = "step" if class_name is None or class_name.endswith("1D") else "pixel"
    values["step_word"] = word if values.get("steps") == 1 else f"{word}s"
    return replace(finding, class_name=class_name, values=values, named=named)


def _words(finding: Finding) -> dict[str, str]:
    """``5 × 5`` and ``3 × 3``, for windows over pictures and volumes."""
    found, kernel, pool = finding.shape("found"), finding.shape("kernel"), finding.shape("pool")
    room = found[1:-1] if found and len(found) > 3 else ()
    window = (kernel[: len(room)] if kernel else pool) or ()
    if not room or len(window) != len(room) or None in (*room, *window):
        return {}
    return {"window": " × ".join(map(str, window)), "room": " × ".join(map(str, room))}


def _live(scene: Scene) -> ModelSpec | None:
    """A convolution or pooling on the axis that is too short."""
    finding = scene.finding
    class_name = guessed_class(finding) if finding.class_name in SHEETS else "Conv1D"
    rules = SHEETS[class_name]
    found, kernel, pool = finding.shape("found"), finding.shape("kernel"), finding.shape("pool")
    if rules.group not in ("conv", "pool"):
        return None
    rank = (rules.rank or 3) - 2
    size = finding.number("kernel_size")
    spatial = (
        kernel[:rank]
        if kernel is not None and len(kernel) == rank + 2
        else pool
        if pool
        else (size,) * rank
        if size
        else None
    )
    if found is None or len(found) != rank + 2:
        steps = finding.number("steps")
        if steps is None and spatial is None:
            return None
        found = (None, *((steps if steps is not None else 1,) * rank), scene.example("channels"))
    window = tuple(n or 1 for n in spatial) if spatial else (_too_long(scene, found[1:-1]),) * rank
    argument: Argument = window[0] if rank == 1 else window
    given: dict[str, Argument] = {"pool_size": argument} if rules.group == "pool" else {"kernel_size": argument}
    if kernel is not None and rules.group == "conv" and "Depthwise" not in class_name:
        given["filters"] = kernel[-1]
    dilation = re.search(r"dilation_rate=[\[(]?(\d{1,4})", scene.text)
    if dilation and dilation[1] != "1" and rules.group == "conv":
        given["dilation_rate"] = int(dilation[1])
    return chain(entry((found[0], *found[1:])), (scene.layer(class_name, **given),), sequential=False)


def _too_long(scene: Scene, axes: Sizes) -> int:
    """A window that has no place there, where the message doesn't say how long it is: an example."""
    return scene.example("kernel_size", least=1 + min((n for n in axes if n is not None), default=0))


def _judge(layer: Any, inputs: Sequence[Shape]) -> Judged | None:
    kernel = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if kernel is None or not inputs or len(inputs[0]) < 3:
        return None
    kernel = tuple(kernel) if isinstance(kernel, tuple | list) else (int(kernel),)
    dilation = getattr(layer, "dilation_rate", (1,) * len(kernel))
    first = 2 if channels_first(layer) else 1
    for i, (size, axis) in enumerate(zip(kernel, parted(layer, inputs[0])[1], strict=False)):
        if axis.size is None:
            continue
        place = first + i
        reach = dilation[i] * (size - 1) + 1
        left = convolved(axis.size, size, 1, layer.padding, dilation[i])
        if left is not None and left <= 0:
            word = "kernel_size" if hasattr(layer, "kernel_size") else "pool_size"
            spans = f", which spans {reach} {axis.axis} with its dilation_rate" if reach != size else ""
            return Judged(
                f"{who(layer)} has {word} {size}{spans}, but only {_many(axis.size, axis.axis)} it: with "
                f"padding={layer.padding!r} it doesn't fit ({axis.size} − {reach} + 1 = {left}).",
                (Axis(axis.axis, reach, f"at least {word}={size} of {layer.name}", (f"{layer.name}.{word}",)),),
                inputs[0],
                place,
            )
    return None


def _many(size: int, axis: str) -> str:
    """``1 step reaches``, ``2 steps reach``, ``a height of 3 reaches``."""
    if not axis.endswith("s"):
        return f"a {axis} of {size:,} reaches"
    return f"1 {axis.removesuffix('s')} reaches" if size == 1 else f"{size:,} {axis} reach"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _whole(dims: dict[str, Value], name: str) -> int | None:
    value = dims.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A window that is too long: a shorter one, the axes the other way round, or zeros at the border."""
    steps, kernel, channels = _whole(dims, "steps"), _whole(dims, "kernel_size"), _whole(dims, "channels")
    if steps is None or kernel is None or kernel <= steps:  # then a layer further on ran out of steps
        return (
            Change('Use padding="same" on the layers that shrink the axis.', code='padding="same"'),
            Change("Use a smaller kernel or pool, or fewer of these layers."),
            Change(
                ("Check which axis the window slides along: channels belong last."),
                code="x = x.reshape(samples, steps, channels)"
                if (finding.class_name or "1D").endswith("1D")
                else "x = np.moveaxis(x, 1, -1)  # if they are right after the batch",
            ),
        )
    found = [
        Change(
            f"Use kernel_size={max(steps, 1)}, for samples of {_counted(steps, 'step')}.",
            {"kernel_size": max(steps, 1)},
        )
    ]
    if channels is not None and (convolved(channels, kernel, 1, "valid") or 0) > 0:
        found.append(
            Change(
                f"Swap the axes: {_counted(channels, 'step')} of {_counted(steps, 'channel')}.",
                {"steps": channels, "channels": steps},
                code="x = np.swapaxes(x, 1, 2)",
            )
        )
    found.append(Change('padding="same": zeros at the border keep the number of steps.', {"padding": "same"}))
    return tuple(found)


_DATASET = re.compile(r"from_tensor_slices|tf\.data|from_generator|image_dataset", re.IGNORECASE)
_BATCHED = re.compile(r"\.batch\(|batch_size=", re.IGNORECASE)
_WHOLE = re.compile(r"\((\d{1,7}(?:, ?\d{1,7}){2,4})\)")


def _as_the_data_are(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """The shape of the data stands in the text, and another one reached the layer: single samples, or turned axes."""
    if strides := kernel_as_strides(finding):
        return strides
    found = finding.shape("found") or ()
    written_in = [tuple(map(int, part[1].split(","))) for part in list(_WHOLE.finditer(finding.around))[:12]]
    samples = [shape[1:] for shape in written_in if len(shape) == len(found)]
    alone = next((sample for sample in samples if (*sample, 1) == found), None)
    if found[-1:] == (1,) and _DATASET.search(finding.around) and not _BATCHED.search(finding.around):
        alone = alone or tuple(n or 0 for n in found[:-1])
    if alone is not None and 0 not in alone:
        return (
            Change(
                "Let the data set yield batches instead of single samples.",
                code="ds = ds.batch(32)",
                means=f"A single sample {alone} was passed: its first axis was read as the batch.",
            ),
        )
    turned = next((s for s in samples if s != found[1:] and sorted(s) == sorted(n or 0 for n in found[1:])), None)
    if turned is None and not samples and _used_up_in_front(found):
        return _channels_in_front(found)
    if turned is None or found[0] is not None:
        return ()
    return (
        Change(
            f"Declare the Input like the data in the text: {turned}, with the channels last.",
            code=f"keras.Input(shape={turned})",
            means=f"{found[1:]} has the same sizes in a different order.",
        ),
    )


_MOST_IN_FRONT, _TIMES = 4, 12  # colors that are left of an axis in front, and how much longer the last side is


def _used_up_in_front(found: Sizes) -> bool:
    """(None, 1, 112, 128): nothing is left of the first side and much of the last one, as if colors were a height."""
    first, last = (found[1] or 0, found[-2] or 0) if len(found) > 3 else (0, 0)
    return 0 < first <= _MOST_IN_FRONT and last >= _TIMES * first and all((n or 0) >= first for n in found[2:-1])


def _channels_in_front(found: Sizes) -> tuple[Change, ...]:
    sides = ("height", "width") if len(found) == 4 else ("depth", "height", "width")
    left = " × ".join(map(str, found[1:-1]))
    return (
        Change(
            f"If your data are (channels, {', '.join(sides)}), move the channels to the end, in the data and in the Input.",
            code=f"x = np.moveaxis(x, 1, -1)\nkeras.Input(shape=({', '.join(sides)}, channels))",
            means=f"Of the sides only {left} are left: channels in front are read as the {sides[0]}, which is soon used up.",
        ),
    )


MISTAKE = Mistake(
    name="kernel_exceeds_steps",
    title="The kernel is longer than the steps that reach it",
    searched=(
        "Computed output size would be zero or negative",
        "Negative dimension size caused by subtracting 3 from 2",
    ),
    misconception="convolution-keeps-the-length",
    order=40,
    made="left a kernel longer than the steps that reach it",
    families=(
        CROPPED,
        Family(
            sees=(
                "negative dimension",
                "negative output",
                "output size would be",
                "due to downsampling",
                "kernel size can't",
                "empty output",
            ),
            says=(
                "Negative dimension size caused by subtracting {kernel_size} from {steps} for {layer} (op: {op}) with input shapes: {both:shapes}",
                "Negative dimension size caused by subtracting {kernel_size} from {steps} for <'|\"|`>?{{node {layer}}} = {op}[...with input shapes: {both:shapes}",
                "Negative dimension size caused by subtracting {kernel_size} from {steps} for <'|\"|`>?{{node {layer}}}",
                "Negative dimension size caused by subtracting {kernel_size} from {steps} for {layer}",
                "Negative dimension size caused by subtracting {kernel_size} from {steps}",
                "Computed output size would be negative: {n} [input_size: {steps}, effective_filter_size: {kernel_size}, stride: {stride}]",
                "Computed output size would be <zero or >?negative. Received<:>? ?`inputs<.| >shape={found:shape}`, `kernel shape={kernel:shape}`",
                "Computed output size would be <zero or >?negative. Received<:>? ?`inputs<.| >shape={found:shape}`<,| and>? ?<and >?`pool_size={pool:shape}`",
                "Computed output size would be <zero or >?negative. Received<:>? ?`inputs<.| >shape={found:shape}`",
                "One of the dimensions in the output is \\<= 0 due to downsampling in {layer}. Consider increasing the input size. Received input shape {found:shape}",
                "negative output dimension: the filter size {kernel_size} is larger than the input size {steps}",
                "negative output dimension",
                "negative dimensions are not allowed",
                "convolution operation resulted in an empty output. Output shape: {result:shape}",
            ),
            causes=(
                "The window of {kernel_size} slides over {steps} {step_word}: it fits nowhere.",
                "The window of {window} doesn't fit into the {room} that reach it.",
                "The layer's window is longer than what is left of the axis that it slides over: {found}.",
                "A convolution or pooling ran out of steps: its window is longer than what is left of the axis.",
            ),
            completes=(_sliding,),
            words=_words,
            advice=_as_the_data_are,
        ),
    ),
    judge=_judge,
    live=_live,
    fixes=_fixes,
    mends=(less_cropping, *WINDOWS, *DATA),
)
