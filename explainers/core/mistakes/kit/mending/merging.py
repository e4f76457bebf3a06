"""Tensors that are joined and differ where they must agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from explainers.core.editing import with_arguments, with_input, with_layer, with_layer_before
from explainers.core.layers import sheet
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, written
from explainers.core.mistakes.kit.mending.kept import borders_kept_before_a_sum, upsampled_without_borders
from explainers.core.spec import LayerSpec, Sizes

INSIDE = "a level inside the network"  # where an Input of the live model is no image


def _two(broken: Broken) -> tuple[Sizes, Sizes] | None:
    """The two shapes that disagree: of more than two, the first one that most share, and the only one that differs."""
    pair = _pair(broken)
    return (broken.reaching[pair[0]], broken.reaching[pair[1]]) if pair is not None else None


def _pair(broken: Broken) -> tuple[int, int] | None:
    """The places of the two among what reaches the layer."""
    if broken.call is None or len(broken.reaching) < 2:
        return None
    axis = broken.layer.get("axis", -1) if broken.layer.class_name == "Concatenate" else None
    return disagreeing(broken.reaching, axis if isinstance(axis, int) else None)


def disagreeing(shapes: tuple[Sizes, ...], axis: int | None) -> tuple[int, int] | None:
    """The places of the two shapes that disagree, of more than two the only odd one; None where none is.

    axis: the one along which they are joined, where they may differ; None for layers that work element by element.
    """
    if len(shapes) == 2:
        return 0, 1
    alike = [_without(shape, axis) for shape in shapes]
    usual, times = Counter(alike).most_common(1)[0]
    odd = [place for place, shape in enumerate(alike) if shape != usual]
    return (alike.index(usual), odd[0]) if len(odd) == 1 and times > 1 else None


def two_apart(shapes: tuple[Sizes, ...]) -> tuple[Sizes, ...]:
    """Of the shapes that a message lists: the two that disagree, apart from the last axis where that is enough."""
    if len(shapes) < 3:
        return shapes
    by_the_rest = disagreeing(shapes, -1) if len({_without(shape, -1) for shape in shapes}) > 1 else None
    pair = by_the_rest or disagreeing(shapes, None) or (0, 1)
    return shapes[pair[0]], shapes[pair[1]]


def _without(shape: Sizes, axis: int | None) -> Sizes:
    if axis is None or not -len(shape) <= axis < len(shape):
        return shape
    return tuple(size for place, size in enumerate(shape) if place != axis % len(shape))


def _at(broken: Broken, which: int) -> int:
    """The place of the first or the second of the two."""
    pair = _pair(broken)
    return pair[which] if pair is not None else which


def _apart(one: Sizes, other: Sizes) -> list[int]:
    """The axes behind the batch on which two shapes of one rank differ."""
    return [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if i and a != b]


def _far(one: int | None, other: int | None) -> bool:
    """Sizes that no border explains: nobody pads 64 to 512."""
    return one is not None and other is not None and max(one, other) > 1.5 * min(one, other) + 2


def far_apart(one: Sizes, other: Sizes) -> bool:
    """Whether images or volumes of one rank have sides that no border explains."""
    return any(_far(a, b) for a, b in zip(one[1:-1], other[1:-1], strict=True))


def joined_where_they_differ(broken: Broken) -> Iterator[Mend]:
    """Concatenate along the only axis on which they differ."""
    shapes = broken.reaching
    if broken.call is None or broken.layer.class_name != "Concatenate" or len({len(shape) for shape in shapes}) != 1:
        return
    apart = sorted({axis for shape in shapes[1:] for axis in _apart(shapes[0], shape)})
    if len(shapes) > 1 and len(apart) == 1:
        spec = with_arguments(broken.spec, broken.spec.calls[broken.call].layer, axis=apart[0])
        lengths = [shape[apart[0]] for shape in shapes]
        far = any(_far(lengths[0], length) for length in lengths[1:])
        yield Mend(
            f"Join them along axis {apart[0]}, the only one in which they differ.",
            f"layers.Concatenate(axis={apart[0]})([{', '.join('abcdefgh'[: len(shapes)])}])",
            spec,
            "",
            0 if far else 2,
        )


def channels_differ_in_front(two: tuple[Sizes, ...]) -> bool:
    """(64, 16, 16) and (32, 16, 16): images whose sides agree, with their channels in front."""
    if len(two) != 2 or len(two[0]) != len(two[1]) or len(two[0]) < 3 or two[0][1:] != two[1][1:]:
        return False
    return two[0][0] != two[1][0] and two[0][-1] == two[0][-2] and None not in (*two[0], *two[1])


def channels_in_front_made_equal(broken: Broken) -> Iterator[Mend]:
    """Channels in front that differ: a convolution of 1 × 1 that knows where they are."""
    two = _two(broken)
    if two is None or broken.call is None or not channels_differ_in_front((two[0][1:], two[1][1:])):
        return
    few = 0 if (two[0][1] or 0) < (two[1][1] or 0) else 1
    filters, rank = two[1 - few][1], len(two[0]) - 2
    given = (("filters", filters), ("kernel_size", 1), ("data_format", "channels_first"))
    layer = LayerSpec(f"Conv{rank}D", "same_channels", given)
    yield Mend(
        f"Give the {('first', 'second')[few]} one {filters} channels, too: a convolution of size 1.",
        f'layers.Conv{rank}D({filters}, 1, data_format="channels_first")({"ab"[few]})',
        with_layer_before(broken.spec, broken.call, layer, _at(broken, few)),
        "The channels are in front here, right after the batch.",
        0,
    )


def _times(large: Sizes, small: Sizes) -> int:
    """How many times the sides of the larger one are those of the smaller; 0 if that isn't one whole number above 1."""
    ratios = {(a // b if a and b and a % b == 0 else 0) for a, b in zip(large, small, strict=True)}
    return ratios.pop() if len(ratios) == 1 and 1 not in ratios else 0


def _in_words(sides: Sizes) -> str:
    """``(19, 14)``, or ``75 steps long`` for sequences."""
    return written(sides) if len(sides) > 1 else f"{sides[0]} steps long"


def sides_made_equal(broken: Broken) -> Iterator[Mend]:
    """Pictures or sequences whose sides differ: cut the larger one, or add zeros to the smaller one."""
    two = _two(broken)
    if two is not None and channels_differ_in_front((two[0][1:], two[1][1:])):
        return
    if two is None or len(two[0]) != len(two[1]) or not 3 <= len(two[0]) <= 5 or broken.call is None:
        return
    rank = len(two[0]) - 2
    pairs = list(zip(two[0][1:-1], two[1][1:-1], strict=True))
    if any(None in pair for pair in pairs):
        return
    more = [(a or 0) - (b or 0) for a, b in pairs]
    if not any(more) or (min(more) < 0 < max(more)):
        return
    larger = 0 if max(more) > 0 else 1
    times = _times(two[larger][1:-1], two[1 - larger][1:-1])
    if times and rank < 3:
        grown = LayerSpec(f"UpSampling{rank}D", "larger", (("size", times),))
        yield Mend(
            f"Make the smaller one {times} times as large.",
            f"layers.UpSampling{rank}D({times})",
            with_layer_before(broken.spec, broken.call, grown, _at(broken, 1 - larger)),
            f"Then both are {_in_words(two[larger][1:-1])}.",
            1,
        )
    if (rank > 1 and (times > 1 or far_apart(*two))) or times > 2:
        return  # nobody means a border as wide as the image
    gaps = tuple((abs(n) // 2, abs(n) - abs(n) // 2) for n in more)
    argument = gaps[0] if rank == 1 else gaps
    for what, name, place, label in (
        ("ZeroPadding", "padding", 1 - larger, "Add zeros to the smaller one."),
        ("Cropping", "cropping", larger, "Or cut the larger one."),
    ):
        layer = LayerSpec(f"{what}{rank}D", "sides", ((name, argument),))
        then = two[larger if what == "ZeroPadding" else 1 - larger][1:-1]
        yield Mend(
            label,
            f"layers.{what}{rank}D({argument})",
            with_layer_before(broken.spec, broken.call, layer, _at(broken, place)),
            f"Then both are {_in_words(then)}.",
            1,
        )


def widths_made_equal(broken: Broken) -> Iterator[Mend]:
    """A layer that gives the narrower one as many columns (or channels) as the other has."""
    two = _two(broken)
    if two is None or len(two[0]) != len(two[1]) or broken.call is None or _apart(*two) != [len(two[0]) - 1]:
        return
    if broken.layer.class_name == "Dot" or two[0][-1] is None or two[1][-1] is None:
        return
    if broken.layer.get("axis") == 0:
        return  # the samples of both would stand one behind the other
    narrow = 0 if (two[0][-1] or 0) < (two[1][-1] or 0) else 1
    wanted, rank = two[1 - narrow][-1], len(two[0]) - 2
    which = ("first", "second")[narrow]
    if rank == 2:
        layer = LayerSpec("Conv2D", "same_width", (("filters", wanted), ("kernel_size", 1)))
        label, code = (
            f"Give the {which} one {wanted} channels, too, with a 1 × 1 convolution.",
            f"layers.Conv2D({wanted}, 1)",
        )
    else:
        layer = LayerSpec("Dense", "same_width", (("units", wanted),))
        label, code = f"Give the {which} one {wanted} columns, too.", f"layers.Dense({wanted})"
    yield Mend(
        label, f"{code}({'ab'[narrow]})", with_layer_before(broken.spec, broken.call, layer, _at(broken, narrow)), "", 1
    )
    if broken.layer.class_name == "Concatenate":
        return
    adds = broken.layer.class_name in ("Add", "ops.add")
    yield Mend(
        "Or concatenate them instead of adding them." if adds else "Or concatenate them instead.",
        "layers.Concatenate()([a, b])",
        with_layer(broken.spec, broken.spec.calls[broken.call].layer, LayerSpec("Concatenate", broken.layer.name)),
        f"The result has {two[0][-1]} + {two[1][-1]} of them.",
        3,
    )


def shortcut(broken: Broken) -> Iterator[Mend]:
    """A residual block whose path got smaller and wider: a convolution of 1 × 1 with strides on the shortcut."""
    two = _two(broken)
    if two is None or len(two[0]) != len(two[1]) or not 3 <= len(two[0]) <= 5 or broken.call is None:
        return
    if broken.layer.class_name == "Concatenate" or None in (*two[0][1:], *two[1][1:]):
        return
    large = 0 if (two[0][1] or 0) > (two[1][1] or 0) else 1
    steps = [-(-(a or 1) // (b or 1)) for a, b in zip(two[large][1:-1], two[1 - large][1:-1], strict=True)]
    stride, filters, rank = steps[0], two[1 - large][-1] or 1, len(two[0]) - 2
    if stride < 2 or any(
        -(-(a or 1) // stride) != b for a, b in zip(two[large][1:-1], two[1 - large][1:-1], strict=True)
    ):
        return
    given = (("filters", filters), ("kernel_size", 1), ("strides", stride))
    layer = LayerSpec(f"Conv{rank}D", "shortcut", given)
    yield Mend(
        f"Bring the shortcut to the same shape: a convolution of size 1 with strides={stride}.",
        f"layers.Conv{rank}D({filters}, 1, strides={stride})({'ab'[large]})",
        with_layer_before(broken.spec, broken.call, layer, _at(broken, large)),
        f"{written(two[large][1:])} becomes {written(two[1 - large][1:])}, as in residual networks.",
        0,
    )


def input_divisible(broken: Broken) -> Iterator[Mend]:
    """A skip connection over poolings: a side that every pooling halves without a rest comes back as it was."""
    two = _two(broken)
    if two is None or len(two[0]) != len(two[1]) or not 3 <= len(two[0]) <= 5 or broken.call is None:
        return
    source = broken.source()
    shape = broken.spec.inputs[source].shape if source is not None else ()
    halvings = sum(_halves(broken.spec.layers[call.layer]) for call in broken.spec.calls)
    if source is None or len(shape) != len(two[0]) or not halvings or None in shape[1:-1]:
        return
    if broken.spec.inputs[source].origin == INSIDE:
        return
    step = 2**halvings
    sides = tuple(-(-(n or 1) // step) * step for n in shape[1:-1])
    if sides == shape[1:-1]:
        return
    often = "once" if halvings == 1 else f"{halvings} times"
    resize = f"; layers.Resizing{written(sides)} resizes the images to that" if len(sides) == 2 else ""
    yield Mend(
        f"Use an input whose sides can be halved {often}: {written(sides)}."
        if len(sides) > 1
        else f"Use sequences whose length can be halved {often}: {sides[0]} steps.",
        f"keras.Input(shape={written((*sides, shape[-1]))})",
        with_input(broken.spec, source, (shape[0], *sides, shape[-1])),
        f"Sides that can be halved at every pooling come back unchanged (256 can, eight times){resize}.",
        2,
    )


def _halves(layer: LayerSpec) -> bool:
    """Whether it makes sides half as long: a pooling of 2, a convolution with strides of 2."""
    facts = sheet(layer.class_name)
    if facts is None or facts.group not in ("pool", "conv") or "Transpose" in layer.class_name:
        return False
    step = layer.get("strides") or (layer.get("pool_size", 2) if facts.group == "pool" else 1)
    return step in (2, (2,), (2, 2), (2, 2, 2))


def ranks_made_equal(broken: Broken) -> Iterator[Mend]:
    """A vector and a sequence: repeat the one, or take the mean of the other."""
    two = _two(broken)
    if two is None or sorted(map(len, two)) != [2, 3] or broken.call is None:
        yield from _one_vector_of_pictures(broken)
        return
    vector, sequence = (0, 1) if len(two[0]) == 2 else (1, 0)
    steps = two[sequence][1]
    if steps is not None:
        repeat = LayerSpec("RepeatVector", "repeated", (("n", steps),))
        yield Mend(
            f"Repeat the vector for each of the {steps} steps.",
            f"layers.RepeatVector({steps})",
            with_layer_before(broken.spec, broken.call, repeat, _at(broken, vector)),
            "",
            2,
        )
    pool = LayerSpec("GlobalAveragePooling1D", "mean_over_steps")
    yield Mend(
        "Or take the mean of the sequence over its steps.",
        "layers.GlobalAveragePooling1D()",
        with_layer_before(broken.spec, broken.call, pool, _at(broken, sequence)),
        "",
        3,
    )


def _one_vector_of_pictures(broken: Broken) -> Iterator[Mend]:
    """Pictures (or volumes) and a vector side by side: one vector of each picture."""
    two = _two(broken)
    if two is None or broken.call is None or min(map(len, two)) != 2 or not 4 <= max(map(len, two)) <= 5:
        return
    pictures = 0 if len(two[0]) > 2 else 1
    if broken.layer.class_name != "Concatenate":
        return
    rank = len(two[pictures]) - 2
    for class_name, means in (
        (f"GlobalAveragePooling{rank}D", "One mean for each channel is left."),
        ("Flatten", "Every number is kept, and the next layer gets many more weights."),
    ):
        layer = LayerSpec(class_name, "one_vector")
        yield Mend(
            f"Turn each image into one vector first: {class_name}.",
            f"layers.{class_name}()({'ab'[pictures]})",
            with_layer_before(broken.spec, broken.call, layer, _at(broken, pictures)),
            means,
            1,
        )


def vector_as_wide(broken: Broken) -> Iterator[Mend]:
    """A vector that scales the channels of pictures or steps: it has a number for each of them."""
    two = _two(broken)
    if two is None or broken.call is None or min(map(len, two)) != 2 or max(map(len, two)) < 3:
        return
    place = 0 if len(two[0]) == 2 else 1
    width = two[1 - place][-1]
    if width is None or two[place][-1] == width or broken.layer.class_name == "Concatenate":
        return
    dense = LayerSpec("Dense", "as_wide", (("units", width),))
    ref = broken.spec.calls[broken.call].inputs[_at(broken, place)]
    made_by = broken.spec.calls[ref.index].layer if ref.source == "call" else None
    last = broken.spec.layers[made_by] if made_by is not None else None
    means = f"Each of the {width} channels has its own factor."
    if made_by is not None and last is not None and last.class_name == "Dense":
        spec = with_arguments(broken.spec, made_by, units=width)
        yield Mend(f"Give the Dense that makes the vector {width} units.", f"layers.Dense({width})", spec, means, 0)
        return
    spec = with_layer_before(broken.spec, broken.call, dense, _at(broken, place))
    yield Mend(f"Make the vector {width} wide, one number per channel.", f"layers.Dense({width})(b)", spec, means, 0)


def _width_of(class_name: str) -> str:
    """The argument that says how wide the output of a layer is; "" if it has none."""
    facts = sheet(class_name)
    names = ("units", "filters") if facts is not None and facts.group in ("dense", "conv") else ()
    return next((name for name in names if facts is not None and name in facts.order), "")


def _made_by(broken: Broken, which: int) -> int | None:
    """The layer that says how wide one of the two is; None where none of them does so by its own argument."""
    if broken.call is None:
        return None
    ref = broken.spec.calls[broken.call].inputs[_at(broken, which)]
    while ref.source == "call":
        place = broken.spec.calls[ref.index].layer
        class_name = broken.spec.layers[place].class_name
        facts = sheet(class_name)
        if _width_of(class_name):
            return place
        if facts is None or facts.group not in ("same", "norm"):
            return None
        ref = broken.spec.calls[ref.index].inputs[0]
    return None


def _by_elements(class_name: str) -> bool:
    """Whether a merge works number by number: it isn't told along which axis."""
    facts = sheet(class_name.removeprefix("ops.").capitalize() if class_name.startswith("ops.") else class_name)
    return facts is not None and facts.group == "merge" and not facts.order


def made_as_wide(broken: Broken) -> Iterator[Mend]:
    """A branch that is added to what it began with, and was made wider or narrower by its last Dense or convolution."""
    two = _two(broken)
    if two is None or not _by_elements(broken.layer.class_name) or len(two[0]) != len(two[1]):
        return
    if _apart(*two) != [len(two[0]) - 1] or 1 in (two[0][-1], two[1][-1]):
        return
    makers = [(which, place) for which in (1, 0) if (place := _made_by(broken, which)) is not None]
    if len(makers) != 1:
        return
    which, place = makers[0]
    layer, wanted = broken.spec.layers[place], two[1 - which][-1]
    if wanted is None or sum(call.layer == place for call in broken.spec.calls) > 1:
        return
    argument = _width_of(layer.class_name)
    yield Mend(
        f"Give {layer.name} {wanted} {argument}, like the tensor that it is joined with.",
        f"layers.{layer.class_name}({wanted}, …)",
        with_arguments(broken.spec, place, **{argument: wanted}),
        f"A sum needs equal shapes: {written(two[1 - which][1:])}.",
        0,
    )


def factors_in_place(broken: Broken) -> Iterator[Mend]:
    """One factor for each channel, (1, 1, channels), where the channels are in front: squeeze-and-excite."""
    two = _two(broken)
    if two is None or broken.call is None or [len(shape) for shape in two] != [4, 4]:
        return
    which = 0 if two[0][1:3] == (1, 1) else 1
    channels = two[which][3]
    if two[which][1:3] != (1, 1) or channels is None or two[1 - which][1] != channels or two[1 - which][3] == channels:
        return
    ref = broken.spec.calls[broken.call].inputs[_at(broken, which)]
    made_by = broken.spec.calls[ref.index].layer if ref.source == "call" else None
    shape = (channels, 1, 1)
    means = f"The channels are in front: {written(two[1 - which][1:])}."
    if made_by is not None and broken.spec.layers[made_by].class_name == "Reshape":
        spec = with_arguments(broken.spec, made_by, target_shape=shape)
        yield Mend("Put the channels in front here, too.", f"layers.Reshape({written(shape)})", spec, means, 0)
        return
    turned = LayerSpec("Permute", "channels_in_front", (("dims", (3, 1, 2)),))
    spec = with_layer_before(broken.spec, broken.call, turned, _at(broken, which))
    yield Mend("Put the channels in front here, too.", "layers.Permute((3, 1, 2))", spec, means, 0)


JOINED = (
    borders_kept_before_a_sum,
    upsampled_without_borders,
    factors_in_place,
    made_as_wide,
    shortcut,
    vector_as_wide,
    channels_in_front_made_equal,
    sides_made_equal,
    input_divisible,
    joined_where_they_differ,
    widths_made_equal,
    ranks_made_equal,
)
