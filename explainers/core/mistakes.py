"""Tell a live failure as a lesson: which kind of mistake, which axes disagree, and why.

Nothing is read out of Keras' sentence here: the layer, its class and the named shapes that reached it are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explainers.core.axes import Axis, Shape, plain, sizes, spoken
from explainers.core.layers import convolved
from explainers.core.results import BuildError
from explainers.core.words import spoken_by_keras

MISTAKES = (
    "layer_rank",
    "data_rank",
    "data_size",
    "target_shape",
    "kernel_exceeds_steps",
    "operand_sizes",
    "merge_shapes",
    "stateful_batch",
    "initial_state",
    "input_count",
    "unknown_axis",
    "mask",
    "embedding_range",
    "weights_shape",
    "reshape",
    "ragged_data",
    "old_argument",
    "output_count",
    "channels",
    "strides_and_dilation",
)

# How many axes a layer reads, batch included, and what they are called.
EXPECTED_AXES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("SimpleRNN", "LSTM", "GRU", "RNN", "Bidirectional"), ("batch", "timesteps", "features")),
    **dict.fromkeys(
        ("Conv1D", "MaxPooling1D", "AveragePooling1D", "GlobalAveragePooling1D", "GlobalMaxPooling1D"),
        ("batch", "steps", "channels"),
    ),
    **dict.fromkeys(("Conv2D", "MaxPooling2D", "AveragePooling2D"), ("batch", "rows", "columns", "channels")),
    "RepeatVector": ("batch", "features"),
}


@dataclass(frozen=True)
class _Judged:
    mistake: str | None
    cause: str
    expected: Shape = ()
    found: Shape = ()
    axis: int | None = None


def explain_failure(error: BaseException, layer: Any, inputs: Sequence[Shape]) -> BuildError:
    """What went wrong at `layer`, which got the named shapes `inputs`."""
    judged = _judge(layer, inputs, str(error)) if layer is not None else _Judged(None, "The model could not be built.")
    return BuildError(
        type=type(error).__name__,
        message=spoken_by_keras(error),
        layer=layer.name if layer is not None else None,
        mistake=judged.mistake,
        cause=judged.cause,
        expected=judged.expected,
        found=judged.found,
        axis=judged.axis,
    )


def _judge(layer: Any, inputs: Sequence[Shape], said: str) -> _Judged:
    for judge in (_strides_and_dilation, _rank, _stateful, _no_steps_left, _open_axis, _merge, _reshape):
        judged = judge(layer, inputs)
        if judged is not None:
            return judged
    found = inputs[0] if inputs else ()
    return _Judged(None, f"{_who(layer)} refused what reached it: {spoken(found) or 'nothing'}.", found=found)


def _who(layer: Any) -> str:
    return f"{type(layer).__name__} {layer.name}"


def _strides_and_dilation(layer: Any, inputs: Sequence[Shape]) -> _Judged | None:
    """A kernel that hops (strides) and has holes (dilation_rate): no implementation does both."""
    strides, dilation = (_numbers_of(getattr(layer, name, 1)) for name in ("strides", "dilation_rate"))
    if max(strides) == 1 or max(dilation) == 1:
        return None
    return _Judged(
        "strides_and_dilation",
        f"{_who(layer)} has strides={max(strides)}, so that its kernel hops, and dilation_rate={max(dilation)}, so "
        "that its kernel has holes. Keras does one or the other: one of the two must be 1.",
        found=inputs[0] if inputs else (),
    )


def _numbers_of(value: Any) -> tuple[int, ...]:
    """``(2,)`` from 2, (2,) or [2]; 1 stands for what is not set."""
    return tuple(value) if isinstance(value, tuple | list) else (int(value or 1),)


def _rank(layer: Any, inputs: Sequence[Shape]) -> _Judged | None:
    words = EXPECTED_AXES.get(type(layer).__name__)
    if words is None or not inputs or len(inputs[0]) == len(words):
        return None
    found = inputs[0]
    expected = tuple(Axis(word, None, f"what {type(layer).__name__} reads") for word in words)
    return _Judged(
        "layer_rank",
        f"{_who(layer)} reads ({', '.join(words)}), {len(words)} axes; it got {plain(found)}, {len(found)}: "
        f"({', '.join(axis.axis for axis in found)}). {_missing(words, found)}",
        expected,
        found,
    )


def _stateful(layer: Any, inputs: Sequence[Shape]) -> _Judged | None:
    """A stateful layer keeps one row of state per sample: it must know how many."""
    inner = getattr(layer, "forward_layer", layer)
    if not getattr(inner, "stateful", False) or not inputs or inputs[0][0].size is not None:
        return None
    return _Judged(
        "stateful_batch",
        f"{_who(layer)} is stateful: it keeps one row of state for each sample of a batch, from one batch to the next. "
        f"So the batch needs a number, and it is None ({inputs[0][0].origin}).",
        (Axis("batch", None, "a number, known at build time"),),
        inputs[0],
        0,
    )


def _missing(words: tuple[str, ...], found: Shape) -> str:
    names = [axis.axis for axis in found]
    if len(found) < len(words):
        absent = [word for word in words if word not in names][: len(words) - len(found)] or [words[-1]]
        if "units" in names and len(absent) >= 1 and words[-1] in absent:
            absent = [word for word in absent if word != words[-1]] or [words[1]]  # units serve as features
        return f"The axis that is missing: {' and '.join(absent)}."
    return f"There are {len(found) - len(words)} axes too many."


def _no_steps_left(layer: Any, inputs: Sequence[Shape]) -> _Judged | None:
    kernel = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if kernel is None or not inputs or len(inputs[0]) < 3:
        return None
    kernel = tuple(kernel) if isinstance(kernel, tuple | list) else (int(kernel),)
    dilation = getattr(layer, "dilation_rate", (1,) * len(kernel))
    for place, size in enumerate(kernel, start=1):
        axis = inputs[0][place] if place < len(inputs[0]) - 1 else None
        if axis is None or axis.size is None:
            continue
        reach = dilation[place - 1] * (size - 1) + 1
        left = convolved(axis.size, size, 1, layer.padding, dilation[place - 1])
        if left is not None and left <= 0:
            word = "kernel_size" if hasattr(layer, "kernel_size") else "pool_size"
            spans = f", which spans {reach} {axis.axis} with its dilation_rate" if reach != size else ""
            return _Judged(
                "kernel_exceeds_steps",
                f"{_who(layer)} has {word} {size}{spans}, but only {_many(axis.size, axis.axis)} it: with "
                f"padding={layer.padding!r} there is no place for it to stand ({axis.size} − {reach} + 1 = {left}).",
                (Axis(axis.axis, reach, f"at least {word}={size} of {layer.name}", (f"{layer.name}.{word}",)),),
                inputs[0],
                place,
            )
    return None


def _many(size: int, axis: str) -> str:
    """``1 step reaches``, ``2 steps reach``."""
    return f"1 {axis.removesuffix('s')} reaches" if size == 1 else f"{size:,} {axis} reach"


def _open_axis(layer: Any, inputs: Sequence[Shape]) -> _Judged | None:
    """A weight needs a number on every axis; None can't be one."""
    if not inputs or not hasattr(layer, "add_weight"):
        return None
    found = inputs[0]
    last = len(found) - 1
    if found and found[last].size is None and last > 0:
        axis = found[last]
        return _Judged(
            "unknown_axis",
            f"{_who(layer)} makes a weight with one row for each of the {axis.axis} that reach it, but their number is "
            f"None ({axis.origin}). A weight is made before data arrive: it needs a number there.",
            (Axis(axis.axis, None, "a number, known at build time"),),
            found,
            last,
        )
    open_axes = [i for i, axis in enumerate(found) if axis.size is None and i > 0]
    if type(layer).__name__ not in EXPECTED_AXES and type(layer).__module__.startswith("explainers.") and found:
        place = open_axes[0] if open_axes else 0
        if found[place].size is None:
            return _Judged(
                "unknown_axis",
                f"{_who(layer)} makes a weight as large as {found[place].axis}, and that is None. A weight is made "
                f"once, before data arrive: it can't have an axis of unknown length.",
                (Axis(found[place].axis, None, "a number, known at build time"),),
                found,
                place,
            )
    return None


def _merge(layer: Any, inputs: Sequence[Shape]) -> _Judged | None:
    if type(layer).__name__ not in (
        "Concatenate",
        "Add",
        "Subtract",
        "Multiply",
        "Average",
        "Maximum",
        "Minimum",
        "Dot",
    ):
        return None
    if len(inputs) < 2:
        return _Judged("input_count", f"{_who(layer)} joins two tensors or more; it got {len(inputs)}.")
    shapes = " and ".join(plain(shape) for shape in inputs)
    place = next(
        (i for i, pair in enumerate(zip(*map(sizes, inputs[:2]), strict=False)) if pair[0] != pair[1] and i), 1
    )
    return _Judged(
        "merge_shapes",
        f"{_who(layer)} got {shapes}: apart from the axis it joins, all axes must agree.",
        inputs[0],
        inputs[1],
        place,
    )


def _reshape(layer: Any, inputs: Sequence[Shape]) -> _Judged | None:
    if type(layer).__name__ != "Reshape" or not inputs:
        return None
    return _Judged(
        "reshape",
        f"{_who(layer)} can't cut {plain(inputs[0][1:])} into {tuple(layer.target_shape)}: "
        "a reshape keeps the number of elements.",
        found=inputs[0],
    )


def explain_data(error: BaseException, expected: Shape, found: tuple[int, ...], layer: str | None = None) -> BuildError:
    """Data that a model refused: its input's named shape against the shape that was fed."""
    names = [axis.axis for axis in expected]
    if len(found) != len(expected):
        mistake, place = "data_rank", None
        cause = f"The model reads ({', '.join(names)}), {len(expected)} axes; the data have {len(found)}: {found}."
    else:
        place = next((i for i, a in enumerate(expected) if i and a.size not in (None, found[i])), 0)
        axis = expected[place]
        mistake = "stateful_batch" if place == 0 else "data_size"
        cause = f"The model was built for {axis.axis}={axis.size} ({axis.origin}); the data have {found[place]} there."
    named = tuple(
        Axis(names[i] if len(found) == len(names) else "unknown", n, "the data that were fed")
        for i, n in enumerate(found)
    )
    return BuildError(type(error).__name__, spoken_by_keras(error), layer, mistake, cause, (), expected, named, place)
