"""A `Conv1D` slides small kernels along the steps of a sequence; what it sees there it sums over all channels.

    y[j, f] = bias[f] + Σ over t, c of  x[j × strides + t × dilation_rate − padding, c] × kernel[t, c, f]

    x   (batch, steps, channels)      kernel   (kernel_size, channels, filters)
    y   (batch, steps, filters)       bias     (filters,)

A kernel needs `dilation_rate × (kernel_size − 1) + 1` steps to stand on. With padding="valid" a sequence that is
shorter than that has no place for it: the error of this lesson, and mostly it means that the two axes were swapped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from explainers.core.axes import plain
from explainers.core.dims import DimsBase, Value, choice, dim
from explainers.core.explainer import Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.layers import CONVOLUTIONS, POOLS
from explainers.core.limits import CostError
from explainers.core.results import BuildError, Fix, Inspection, Layer
from explainers.core.sliding import Slide, both_ends, live_conv_places, live_pool_places
from explainers.core.trying import try_build
from explainers.core.words import tag

if TYPE_CHECKING:
    from explainers.core.sliding import Places

INPUTS = {"signal": "batch steps channels"}
CONVS = ("conv_1", "conv_2", "conv_3", "conv_4")


def _of_all(argument: str) -> tuple[str, ...]:
    return tuple(f"{name}.{argument}" for name in CONVS)


@dataclass(frozen=True)
class Dims(DimsBase):
    steps: int | None = dim(
        14,
        high=200_000,
        allows_none=True,
        axis="steps",
        sets=("signal.shape[0]",),
        help="How many readings one sample has. The kernel slides along them. None leaves it open.",
    )
    channels: int = dim(
        4,
        high=200_000,
        axis="channels",
        sets=("signal.shape[1]",),
        help="How many numbers one reading has. The kernel always sees all of them at once.",
    )
    filters: int = dim(
        5,
        high=512,
        axis="filters",
        sets=_of_all("filters"),
        help="How many kernels slide: the output's last axis.",
    )
    kernel_size: int = dim(
        3, high=512, axis="kernel_size", sets=_of_all("kernel_size"), help="How many steps one kernel looks at."
    )
    strides: int = dim(
        2, high=512, axis="strides", sets=_of_all("strides"), help="How many steps the kernel moves each time."
    )
    padding: str = choice(
        "valid",
        ("valid", "same", "causal"),
        sets=_of_all("padding"),
        help="valid: only where the whole kernel fits. same: zeros on both sides. causal: zeros before the first step.",
    )
    dilation_rate: int = dim(
        1,
        high=512,
        axis="dilation_rate",
        sets=_of_all("dilation_rate"),
        help="The distance between the steps that a kernel looks at; 1 means adjacent steps.",
    )
    layers: str = choice("1", ("1", "2", "3", "4"), label="Conv1D layers", help="How many Conv1D layers there are.")
    pool_size: int | None = dim(
        None,
        high=512,
        low=2,
        allows_none=True,
        axis="pool_size",
        sets=tuple(f"pool_{number}.pool_size" for number in (1, 2, 3, 4)),
        help="A MaxPooling1D of this size after each Conv1D; None for no pooling.",
    )
    head: str = choice(
        "none",
        ("none", "Flatten", "GlobalAveragePooling1D"),
        help="What joins the steps before a Dense(1). none: the model ends with the steps.",
    )


PRESETS = (
    Preset(
        "one-step-133906-channels",
        "one step, 133,906 channels",
        {"steps": 1, "channels": 133_906, "filters": 1, "kernel_size": 3, "strides": 1},
        "Subtracting 3 from 1: samples of 133,906 readings, and the readings are on the wrong axis.",
    ),
    Preset(
        "133906-steps-one-channel",
        "133,906 steps, one channel",
        {"steps": 133_906, "channels": 1, "filters": 1, "kernel_size": 3, "strides": 1, "head": "Flatten"},
        "The same samples with the axes in the right order, then Flatten and Dense(1).",
    ),
    Preset(
        "out-of-steps",
        "a stack runs out of steps",
        {"steps": 7, "channels": 3, "filters": 4, "kernel_size": 3, "strides": 1, "layers": "2", "pool_size": 2},
        "Each kernel and each pool leaves fewer steps: which layer gets too few?",
    ),
    Preset(
        "causal",
        "causal and dilated",
        {"steps": 15, "channels": 1, "filters": 6, "kernel_size": 2, "strides": 1, "padding": "causal",
         "dilation_rate": 4, "layers": "2"},
        "No output step sees a later input step; dilation_rate makes the kernel reach further back.",
    ),
    Preset("any-length", "any length", {"steps": None, "head": "GlobalAveragePooling1D"},
           "None steps: the same kernels slide along any length."),
)  # fmt: skip


def build(dims: Dims) -> keras.Model:
    """Input -> Conv1D (-> MaxPooling1D), one to four times -> head, as one would write it in a notebook."""
    signal = keras.Input((dims.steps, dims.channels), name="signal")  # (batch, steps, channels)
    x = signal
    for number in range(1, int(dims.layers) + 1):
        x = layers.Conv1D(
            dims.filters,
            dims.kernel_size,
            strides=dims.strides,
            padding=dims.padding,
            dilation_rate=dims.dilation_rate,
            name=f"conv_{number}",
        )(x)  # (batch, fewer steps, filters)
        if dims.pool_size is not None:
            x = layers.MaxPooling1D(dims.pool_size, name=f"pool_{number}")(x)  # (batch, steps / pool_size, filters)
    if dims.head == "Flatten":
        x = layers.Flatten(name="flatten")(x)  # (batch, steps × filters)
    elif dims.head == "GlobalAveragePooling1D":
        x = layers.GlobalAveragePooling1D(name="average")(x)  # (batch, filters)
    if dims.head != "none":
        x = layers.Dense(1, name="dense")(x)  # (batch, 1)
    return keras.Model(signal, x, name="conv1d")


def sentence(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    error = found.error
    if error is None:
        return _told_built(dims, found)
    if error.mistake == "kernel_exceeds_steps" and error.axis is not None:
        return _told_no_place(dims, error)
    return f"This model can't be built: {error.cause}"


def _told_no_place(dims: Dims, error: BuildError) -> str:
    """The kernel has no place to stand: which layer, how many steps, and where the readings are."""
    reached = error.found[error.axis or 0].size
    needed = error.expected[0].size
    word = "pool_size" if (error.layer or "").startswith("pool") else "kernel_size"
    size = dims.pool_size if word == "pool_size" else dims.kernel_size
    spans = f" (it spans {tag(needed, 'steps')} steps)" if needed != size else ""
    sentence = (
        f"The {word} of {error.layer} is {tag(size, word)}{spans}, but only {tag(reached, 'steps')} "
        f"{'step reaches' if reached == 1 else 'steps reach'} it: the kernel doesn't fit anywhere."
    )
    if error.layer == "conv_1" and _looks_swapped(dims):
        sentence += (
            f" Your {tag(dims.channels, 'channels')} are where Keras reads **channels**. Are they readings one "
            "after the "
            f"other, so a time series? Then they are **steps**: the shape of a sample is ({dims.channels}, "
            f"{dims.steps})."
        )
    return sentence


def _told_built(dims: Dims, found: Inspection) -> str:
    """Why the question's error would come, why it does not come here, and what the kernel costs."""
    conv = found.layer("conv_1")
    steps, left = conv.inputs[0][1].size, conv.outputs[0][1].size
    reach = Slide(dims.kernel_size, dims.strides, dims.padding, dims.dilation_rate).reach
    spans = tag(reach, "kernel_size" if reach == dims.kernel_size else "steps")
    zeros = f"padding={dims.padding!r} adds zeros"
    why = (
        f"a kernel fits only where each of its cells covers a step: with fewer than {spans} steps, no output step is "
        "left"
        if dims.padding == "valid"
        else f"with padding='valid' fewer than {spans} steps leave no place where the kernel fits; {zeros}"
    )
    if steps is None:
        here = "any number of steps will do" + (f", from {spans} on" if dims.padding == "valid" else "")
    elif left == steps:
        here = f"the number of steps stays {tag(steps, 'steps')}"
    else:
        here = f"{tag(steps, 'steps')} steps become {tag(left, 'steps')}"
    alone = (
        " A kernel of one step sees no adjacent steps: this is a Dense layer over the channels, not a convolution."
        if dims.kernel_size == 1
        else ""
    )
    return (
        f"Because {why}. Here {here}. The {tag(dims.filters, 'filters')} filters × "
        f"{tag(dims.kernel_size, 'kernel_size')} steps × {tag(dims.channels, 'channels')} channels, and a bias for "
        f"each filter, make **{conv.params:,}** parameters, whatever the number of steps.{alone}"
    )


def _looks_swapped(dims: Dims) -> bool:
    """More numbers per reading than readings: rarely meant."""
    return dims.steps is not None and dims.channels > dims.steps


# -- what makes a failing build work -------------------------------------------------------------------------


def fixes(dims: Dims, error: BuildError) -> tuple[Fix, ...]:
    """What makes a failing build work again, each with the shapes that it really gives."""
    if error.mistake == "strides_and_dilation":
        return (
            _fix(
                dims,
                "dilation_rate=1",
                {"dilation_rate": 1},
                "The kernel moves in strides, without gaps.",
                recommended=True,
            ),
            _fix(dims, "strides=1", {"strides": 1}, "The kernel keeps its gaps and moves one step at a time."),
        )
    if error.mistake == "kernel_exceeds_steps":
        return _room_for_the_kernel(dims, error)
    if error.mistake == "unknown_axis":
        return (
            _fix(dims, "GlobalAveragePooling1D", {"head": "GlobalAveragePooling1D"},
                 "One number per filter, however many steps there are.", recommended=True),
            _fix(dims, "steps=100", {"steps": 100}, "With a fixed length Flatten knows how many numbers there are."),
        )  # fmt: skip
    return ()


def _room_for_the_kernel(dims: Dims, error: BuildError) -> tuple[Fix, ...]:
    swapped = _looks_swapped(dims)
    found: list[Fix] = []
    if swapped:
        found.append(_fix(dims, "swap the axes", {"steps": dims.channels, "channels": dims.steps},
            f"The samples are time series of {dims.channels:,} readings: readings one after the other are steps, and "
            "one "
            "reading has one channel for each number in it.", recommended=True))  # fmt: skip
    if dims.pool_size is not None:
        found.append(_fix(dims, "no pooling", {"pool_size": None},
            "A pool divides the steps; without it more are left.", recommended=not swapped))  # fmt: skip
    found.append(_fix(dims, 'padding="same"', {"padding": "same"},
        "Zeros fill what is missing, so the kernel sees mostly padding where steps are few.",
        recommended=not found))  # fmt: skip
    if int(dims.layers) > 1:
        found.append(_fix(dims, "one Conv1D", {"layers": "1"}, "Fewer layers leave more steps."))
    if dims.kernel_size > 1:
        found.append(_fix(dims, "kernel_size=1", {"kernel_size": 1},
            "This only silences the error: a kernel of one step looks at no adjacent steps, so it is "
            "no longer a convolution but a Dense layer over the channels."))  # fmt: skip
    needed = _steps_needed(dims)
    if dims.steps is not None and needed <= 200_000 and not swapped:
        found.append(_fix(dims, f"steps={needed}", {"steps": needed}, "The shortest samples that this stack can read."))
    return tuple(found)


def _steps_needed(dims: Dims) -> int:
    """How many steps must come in so that one comes out of the whole stack."""
    needed = 1
    for _ in range(int(dims.layers)):
        if dims.pool_size is not None:
            needed = Slide(dims.pool_size, dims.pool_size).least(needed)
        needed = Slide(dims.kernel_size, dims.strides, dims.padding, dims.dilation_rate).least(needed)
    return needed


def _fix(dims: Dims, label: str, changes: dict[str, Value], why: str, recommended: bool = False) -> Fix:
    """A fix, with what its live model gives at the end of each Conv1D."""
    try:
        found = try_build(lambda: build(dims.but(**changes)), INPUTS)
    except CostError:
        return Fix(label, changes, why, recommended)  # the service drops it: it does not build here
    shapes = [
        f"{layer.name} {plain(layer.outputs[0])}" + (f" with {layer.params:,} parameters" if layer.params else "")
        for layer in found.layers
        if _slides(layer)
    ]
    return Fix(label, changes, f"{why} It gives {', '.join(shapes)}.", recommended)


def _slides(layer: Layer) -> bool:
    return layer.class_name in (*CONVOLUTIONS, *POOLS)


# -- tried for real ------------------------------------------------------------------------------------------


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def repaired(dims: Dims) -> Dims:
    """The learner's dims with the least change that lets one Conv1D build.

    The axes swapped, or longer samples; a kernel without holes where no sample can be that long.
    """
    alone = dims.but(layers="1", pool_size=None, head="none", strides=1 if dims.dilation_rate > 1 else dims.strides)
    if _steps_needed(alone) + 4 > (Dims.spec("steps").max or 0) and alone.dilation_rate > 1:
        return repaired(dims.but(dilation_rate=1))
    if alone.steps is None:
        alone = alone.but(steps=_steps_needed(alone) + 4)
    slide = Slide(alone.kernel_size, alone.strides, alone.padding, alone.dilation_rate)
    assert alone.steps is not None
    if slide.length(alone.steps) > 0:
        return alone
    if slide.length(alone.channels) > 0:
        return alone.but(steps=alone.channels, channels=alone.steps)
    return alone.but(steps=slide.reach)


# -- the picture: which steps feed which ---------------------------------------------------------------------

CELLS = 40  # of one row that are drawn; of a longer one its two ends
TAPS = 24  # of one kernel that are told apart; of a larger one its two ends


@dataclass(frozen=True)
class Row:
    """One row of the picture: the steps of one tensor, and how the layer that made it stands on the row above.

    shown: the numbers of the steps that are drawn. places: for each of them the steps of the row above under `taps`,
    -1 for a zero of the padding; asked of the live layer. unread: how many steps of the row above nobody reads (None
    where not all taps were asked). agrees: whether the formula says the same for every output step and tap asked.
    """

    layer: str
    class_name: str
    steps: int
    shown: tuple[int, ...]
    size_name: str = ""
    size: int = 0
    reach: int = 0
    strides: int = 1
    padding: str = ""
    dilation_rate: int = 1
    taps: tuple[int, ...] = ()
    places: tuple[tuple[int, ...], ...] = ()
    zeros_before: int = 0
    unread: int | None = None
    formula: str = ""
    agrees: bool = True


@dataclass(frozen=True)
class Stuck:
    """The layer that found no place: how many steps it spans, how many there are."""

    layer: str
    class_name: str
    size_name: str
    size: int
    reach: int
    dilation_rate: int
    steps: int


def extra(dims: Dims, found: Inspection) -> dict[str, object]:
    """{"rows": one per tensor that has steps, "stuck": the layer that found no place, or None, "open": ...}."""
    if not found.layers:  # it would have cost too much: nothing was built
        return {"rows": [], "stuck": None, "open": False}
    given = dims.steps if dims.steps is not None else _fed_steps(found)
    rows = [Row("signal", "Input", given, tuple(_shown(given)))]
    for layer in found.layers:
        if _slides(layer):
            rows.append(_row(dims, layer, rows[-1].steps))
    return {
        "rows": [asdict(row) for row in rows],
        "stuck": _stuck(dims, found, rows[-1].steps),
        "open": dims.steps is None,
    }


def _fed_steps(found: Inspection) -> int:
    """How many steps were fed where the model leaves them open."""
    fed = found.run.fed[0].shape[1].size if found.run else None
    return fed if fed is not None else 12


def _shown(steps: int) -> Sequence[int]:
    return both_ends(steps, CELLS)


def _row(dims: Dims, layer: Layer, steps: int) -> Row:
    """Ask the live layer where its kernel stands on `steps` steps."""
    conv = layer.class_name == "Conv1D"
    size = dims.kernel_size if conv else dims.pool_size or 1
    slide = Slide(size, dims.strides, dims.padding, dims.dilation_rate) if conv else Slide(size, size)
    taps = both_ends(size, TAPS)
    places = live_conv_places(slide, steps, taps) if conv else live_pool_places(slide, steps)[:, taps]
    shown = _shown(len(places))
    return Row(
        layer.name, layer.class_name, len(places), tuple(shown),
        "kernel_size" if conv else "pool_size", size, slide.reach, slide.strides, slide.padding, slide.dilation_rate,
        tuple(taps), tuple(tuple(int(n) for n in places[j]) for j in shown),
        slide.padded_before(steps), _unread(places, steps) if len(taps) == size else None,
        slide.formula(steps, len(places)),
        bool(np.array_equal(slide.places(steps, range(len(places)), taps), places)),
    )  # fmt: skip


def _unread(places: Places, steps: int) -> int:

    read = np.unique(places)
    return steps - int((read >= 0).sum())


def _stuck(dims: Dims, found: Inspection, steps: int) -> dict[str, object] | None:
    error = found.error
    if error is None or error.mistake != "kernel_exceeds_steps" or error.layer is None:
        return None
    conv = error.layer.startswith("conv")
    size = dims.kernel_size if conv else dims.pool_size or 1
    rate = dims.dilation_rate if conv else 1
    return asdict(Stuck(error.layer, "Conv1D" if conv else "MaxPooling1D", "kernel_size" if conv else "pool_size",
                        size, rate * (size - 1) + 1, rate, steps))  # fmt: skip


EXPLAINER = Explainer(
    name="conv1d",
    title="Conv1D",
    question="Why does my Conv1D say that its output size would be zero or negative?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    sentence=sentence,
    journey=Journey(change="filters", open="steps", axis="steps", steps="conv1d"),
    fixes=fixes,
    extra=extra,
    label="Kernel, steps and channels",
    group="Basics",
    about="A Conv1D slides `filters` kernels of `kernel_size` steps along a sequence; each kernel sees all channels.",
    picture="conv1d",
    order=30,
)
