"""A layer that got too few or too many axes, one that is too short, or one that is open where a number is needed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from explainers.core.editing import with_arguments, with_data, with_input, with_layer, with_layer_before
from explainers.core.layers import SEQUENCE_READERS, sheet
from explainers.core.mistakes.kit.colors import COLORS, MOST_CHANNELS, colors_in_front
from explainers.core.mistakes.kit.mending.broken import SEVEN, Broken, Mend, fed_with_examples, of_call, written
from explainers.core.mistakes.kit.mending.left_out import embedding_left_out, flatten_left_out, one_id_for_each_step
from explainers.core.mistakes.kit.mending.one_axis import ONE_AXIS
from explainers.core.mistakes.kit.mending.pictures import (
    PICTURES,
    batch_was_resized,
    frames_are_missing,
    has_channels,
    laid_out,
    laid_out_in_code,
    picture_called_on,
    picture_of_torch,
)
from explainers.core.mistakes.kit.mending.sisters import of_as_many_dimensions
from explainers.core.mistakes.kit.mending.steps import axis_of_one_dropped, outputs_at_every_step, vector_repeated
from explainers.core.spec import Argument, LayerSpec, ModelSpec, Ref, Sizes
from explainers.core.words import agreeing


def sample_without_batch(broken: Broken) -> Iterator[Mend]:
    """One sample by itself, every axis of it a number: the batch in front is what is missing."""
    found, source = broken.first, broken.source() if broken.call is not None else None
    if source is None or not found or {None, 0} & {*found} or broken.spec.inputs[source].shape != found:
        return
    if picture_of_torch(found) or (_lacks_channels(broken, found) and found[-1] == found[-2]):
        return
    yield Mend(
        "Put the batch axis in front: this is one sample.",
        "x = x[np.newaxis]",
        with_input(broken.spec, source, (None, *found)),
        f"{written(found)} is one sample; a batch of it is {written((1, *found))}.",
        2 if _lacks_channels(broken, found) else 1,
    )


def numbers_as_steps(broken: Broken) -> Iterator[Mend]:
    """Rows in front of a layer of sequences: each number is one step, or each row is one."""
    found = broken.first
    if len(found) != 2 or broken.call is None or found[1] is None or any(True for _ in broken.before()):
        return
    numbers = ((found[1], 1), f"Each of the {found[1]} numbers is one step with one value.")
    rows = ((1, found[1]), agreeing(f"Each row is one step with {found[1]} value(s)."))
    for shape, means in (numbers, rows) if found[1] != 1 else (rows,):
        yield Mend(
            f"Read each row as {written(shape)}.",
            f"layers.Reshape({written(shape)})",
            with_layer_before(broken.spec, broken.call, laid_out(shape)),
            means,
        )


def channels_behind(broken: Broken) -> Iterator[Mend]:
    """Pictures (or volumes) without their axis of channels."""
    found = broken.first
    if len(found) < 3 or broken.call is None or None in found[1:] or _lacks_no_channels(broken, found):
        return
    if found[0] is not None and not _lacks_channels(broken, found):
        return
    if batch_was_resized(broken) or picture_called_on(broken) is not None:
        return
    shape = (*(n or 0 for n in found[1:]), 1)
    yield Mend(
        "Give each value its own axis at the end: one channel.",
        laid_out_in_code(broken, "x = x[..., np.newaxis]", shape) if found[0] is None else "x = x[..., np.newaxis]",
        with_layer_before(broken.spec, broken.call, laid_out(shape)),
        f"{written(found[1:])} has one channel.",
        1,
    )


def channel_declared(broken: Broken) -> Iterator[Mend]:
    """The same pictures without channels, with the axis declared: first where a second Input has it already."""
    found, source = broken.first, broken.source() if broken.call is not None else None
    if source is None or len(found) < 3 or found[0] is not None or broken.spec.inputs[source].shape != found:
        return
    if _lacks_no_channels(broken, found):
        return
    shape = (*found, 1)
    alike = any(tensor.shape == shape for tensor in broken.spec.inputs)
    spec = with_input(broken.spec, source, shape)
    for i, check in broken.fed():
        if len(check.shapes) == len(spec.inputs) and check.shapes[source][1:] == found[1:]:
            spec = with_data(spec, i, source, (*check.shapes[source], 1))
    yield Mend(
        "Declare the axis of the channels in the Input; the data need it, too.",
        f"x = x[..., np.newaxis]\nkeras.Input(shape={written(shape[1:])})",
        spec,
        f"{written(shape[1:])} is what the other Input declares."
        if alike
        else f"{written(found[1:])} has one channel.",
        0 if alike else 2,
    )


def channels_put_last(broken: Broken) -> Iterator[Mend]:
    """Images (or volumes) declared with their channels in front: the window slides over the one channel."""
    for place, tensor in enumerate(broken.spec.inputs):
        if not colors_in_front(tensor.shape) or (tensor.origin == "the message" and len({*tensor.shape[2:]}) > 1):
            continue  # of a message alone it may be a map deep in the model: 14 × 32 are a width and its channels
        sides = ("depth", "height", "width")[5 - len(tensor.shape) :]
        axes = f"({', '.join(sides)}, channels)"
        shape = (*tensor.shape[2:], tensor.shape[1])
        spec = with_input(broken.spec, place, (tensor.shape[0], *shape))
        for i, check in broken.fed():
            if len(check.shapes) == len(spec.inputs) and check.shapes[place][1:] == tensor.shape[1:]:
                spec = with_data(spec, i, place, (check.shapes[place][0], *shape))
        yield Mend(
            "Put the channels last, in the data and in the Input.",
            f"x = np.moveaxis(x, 1, -1)\nkeras.Input(shape={written(shape)})",
            spec,
            f"{written(tensor.shape[1:])} is read as {axes}: a {sides[0]} of {tensor.shape[1]}.",
            0,
        )


def _lacks_no_channels(broken: Broken, found: Sizes) -> bool:
    """(None, 64, 64, 3) for a layer of films or volumes, (3, 224, 224) for one of images: the channels are there."""
    facts = sheet(broken.layer.class_name)
    maps = facts is not None and facts.rank == 5 and has_channels(found)
    return picture_of_torch(found) or maps or frames_are_missing(broken, found)


def _lacks_channels(broken: Broken, found: Sizes) -> bool:
    """Whether an array is a batch of pictures without channels rather than one sample: by its last axis."""
    facts = sheet(broken.layer.class_name)
    if facts is None or facts.axes[-1:] != ("channels",) or len(found) != (facts.rank or 0) - 1 or len(found) < 3:
        return False
    return (found[-1] or 0) > MOST_CHANNELS


def batch_not_declared(broken: Broken) -> Iterator[Mend]:
    """The number of samples was declared as an axis: an Input is declared for one sample."""
    source = broken.source() if broken.call is not None else None
    shape = broken.spec.inputs[source].shape if source is not None else ()
    if source is None or len(shape) < 3 or len(broken.first) < 3:
        return
    one = shape[2:]
    whole = any(sizes == shape[1:] for _, sizes in broken.spec.told)  # the shape of all the data was declared
    facts = sheet(broken.layer.class_name)
    far = facts is not None and facts.rank is not None and len(broken.first) > facts.rank + 1
    if not whole and (far or shape[1] == shape[2]):  # height and width, not the number of samples
        return
    yield Mend(
        "Declare the shape of one sample, without the number of samples.",
        f"keras.Input(shape={written(one)})",
        with_input(broken.spec, source, (None, *one)),
        f"{shape[1]} is the number of samples, not an axis of each.",
        1 if whole else 3,
    )


def axes_before_merged(broken: Broken) -> Iterator[Mend]:
    """One axis too many in front of a layer of sequences: the inner ones become its features."""
    found = broken.first
    if len(found) < 4 or broken.call is None or None in found[2:]:
        return
    inside = math.prod(n or 1 for n in found[2:])
    shape = (found[1] if found[1] is not None else -1, inside)
    yield Mend(
        f"Lay the axes after the first one out as {inside} features.",
        f"layers.Reshape({written(shape)})",
        with_layer_before(broken.spec, broken.call, laid_out(shape)),
        "The one slice becomes one timestep."
        if found[1] == 1
        else f"Each of the {found[1] or 'open'} slices becomes one timestep.",
    )


def _slices(count: int | None) -> str:
    return "the only slice" if count == 1 else f"each of the {count or 'open'} slices"


def each_by_itself(broken: Broken) -> Iterator[Mend]:
    """One axis too many: the layer reads each slice by itself."""
    found = broken.first
    if len(found) < 3 or broken.call is None or broken.layer.class_name == "TimeDistributed":
        return
    call = broken.spec.calls[broken.call]
    wrapped = LayerSpec("TimeDistributed", f"each_{broken.layer.name}", (("layer", broken.layer),), broken.layer.line)
    yield Mend(
        "Read each slice of the first axis by itself.",
        f"layers.TimeDistributed(layers.{broken.layer.class_name}(…))",
        with_layer(broken.spec, call.layer, wrapped),
        f"{broken.layer.name} runs once for {_slices(found[1])}.",
        2,
    )


def each_frame(broken: Broken) -> Iterator[Mend]:
    """Frames reach layers that read one picture: these, and all up to a layer that reads steps, run on each frame."""
    facts = sheet(broken.layer.class_name) if broken.call is not None else None
    if broken.call is None or facts is None or facts.rank is None or len(broken.first) != facts.rank + 1:
        return
    pictures, reader = _up_to_the_steps(broken.spec, broken.call, facts.rank)
    if reader is None:
        return
    spec, names = broken.spec, list[str]()
    for call in pictures:
        layer = of_call(spec, call)
        inner = sheet(layer.class_name)
        if inner is not None and inner.rank is not None:
            names.append(layer.name)
            wrapped = LayerSpec("TimeDistributed", f"each_{layer.name}", (("layer", layer),), layer.line)
            spec = with_layer(spec, spec.calls[call].layer, wrapped)
    last = sheet(of_call(broken.spec, pictures[-1]).class_name)
    if last is not None and last.rank == facts.rank and last.group != "global_pool":  # still a picture for each frame
        flat = LayerSpec("TimeDistributed", "each_flat", (("layer", LayerSpec("Flatten", "flat")),))
        spec = with_layer_before(spec, reader, flat)
    yield Mend(
        f"Run {_listed(names)} on each frame, up to {of_call(broken.spec, reader).name}.",
        f"layers.TimeDistributed(layers.{broken.layer.class_name}(…))",
        spec,
        f"Each of the {broken.first[1] or 'open'} frames becomes one timestep.",
        1,
    )


def _up_to_the_steps(spec: ModelSpec, call: int, rank: int) -> tuple[list[int], int | None]:
    """The calls from one on that read pictures or their numbers, each the one before; and the call that reads steps."""
    found = [call]
    for place in range(call + 1, len(spec.calls)):
        facts = sheet(of_call(spec, place).class_name)
        if spec.calls[place].inputs != (Ref("call", place - 1),) or facts is None:
            return found, None
        if facts.name in SEQUENCE_READERS:
            return found, place
        if facts.rank not in (None, rank) and facts.group != "flatten":
            return found, None
        found.append(place)
    return found, None


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def flattened(broken: Broken) -> Iterator[Mend]:
    """Too many axes for a layer that reads one vector: flatten them, or take their mean."""
    found = broken.first
    facts = sheet(broken.layer.class_name) if broken.call is not None else None
    if len(found) < 3 or broken.call is None or (facts is not None and (facts.rank or 2) > 2):
        return
    spatial = len(found) - 2
    layers: list[tuple[LayerSpec, str, str]] = [(LayerSpec("Flatten", "flat"), "Flatten()", "every number is kept")]
    if spatial <= 3:
        pool = f"GlobalAveragePooling{spatial}D"
        layers.append((LayerSpec(pool, "pooled"), f"{pool}()", "one mean for each of the last axis"))
    for layer, code, means in layers:
        yield Mend(
            f"Make one vector of each sample: {layer.class_name}.",
            f"layers.{code}",
            with_layer_before(broken.spec, broken.call, layer),
            f"{written(found)} becomes one row: {means}.",
        )


def borders_kept(broken: Broken) -> Iterator[Mend]:
    """A window that is too long for its axis: zeros at the border, or a shorter window."""
    if broken.call is None:
        return
    layer, place = broken.layer, broken.spec.calls[broken.call].layer
    name = "kernel_size" if layer.get("kernel_size") is not None else "pool_size"
    window, axes = layer.get(name), broken.first[1:-1]
    yield Mend(
        'Keep the length with zeros at the border: padding="same".',
        _same(layer),
        with_arguments(broken.spec, place, padding="same"),
        "The window then reaches over the border, too.",
        1,
    )
    if None in axes or not axes or window is None:
        return
    sizes = window if isinstance(window, tuple) else (window,) * len(axes)
    shorter: tuple[Argument, ...] = tuple(
        min(w, max(n, 1)) for w, n in zip(sizes, axes, strict=False) if isinstance(w, int) and n is not None
    )
    argument: Argument = shorter if isinstance(window, tuple) else min(n for n in shorter if isinstance(n, int))
    yield Mend(
        f"Use a window that fits: {name}={argument}.",
        f"layers.{layer.class_name}(…, {name}={argument})",
        with_arguments(broken.spec, place, **{name: argument}),
        f"It isn't longer than the {' × '.join(map(str, axes))} that {'is' if axes == (1,) else 'are'} left.",
    )


def _same(layer: LayerSpec) -> str:
    return f'layers.{layer.class_name}(…, padding="same")'


def less_shrunk_before(broken: Broken) -> Iterator[Mend]:
    """The layers in front shrank the axis: let the nearest of them keep it."""
    if broken.call is None:
        return
    for call in broken.before():
        layer = of_call(broken.spec, call)
        if ("Conv" in layer.class_name or "Pooling" in layer.class_name) and layer.get("padding") in (None, "valid"):
            spec = with_arguments(broken.spec, broken.spec.calls[call].layer, padding="same")
            yield Mend(f'Let {layer.name} keep the length: padding="same" there.', _same(layer), spec)
            return


def nothing_shrunk(broken: Broken) -> Iterator[Mend]:
    """One layer that keeps the length isn't enough: all windows up to this one do."""
    if broken.call is None:
        return
    spec, changed = broken.spec, 0
    for call in (*broken.before(), broken.call):
        layer = of_call(spec, call)
        if "Conv" in layer.class_name and layer.get("padding") in (None, "valid"):
            spec, changed = with_arguments(spec, spec.calls[call].layer, padding="same"), changed + 1
    if changed > 1:
        label = f'Let all {changed} convolutions keep the length: padding="same".'
        yield Mend(label, 'layers.Conv…(…, padding="same")', spec, "Then only pooling and strides shrink it.", 3)


CHANNELS_DECLARED = "Declare the channels in the Input; the other sides may stay open."


def channels_declared(broken: Broken) -> Iterator[Mend]:
    """A convolution whose channels are open: its kernel needs no other number."""
    source = broken.source() if broken.call is not None else None
    shape, facts = broken.first, sheet(broken.layer.class_name) if broken.call is not None else None
    if source is None or facts is None or facts.group != "conv" or broken.spec.inputs[source].shape != shape:
        return
    if len(shape) < 3 or shape[-1] is not None:
        return
    first = len(shape) == 4 and shape[1] is not None and shape[1:].count(None) == 2 and shape[1] <= MOST_CHANNELS
    series = len(shape) == 3
    channels = (shape[1] or 1) if first else 1 if series else COLORS
    whole = (shape[0], None, None, channels) if first else (*shape[:-1], channels)
    yield Mend(
        "Put the channels last, where Keras reads them." if first else CHANNELS_DECLARED,
        f"keras.Input(shape={written(whole[1:])})",
        with_input(broken.spec, source, whole),
        f"{written(shape[1:])} has its {channels} channel(s) in front, as with data_format='channels_first'."
        if first
        else "1 for a single series; otherwise as many numbers as each step has."
        if series
        else "3 for color images, 1 for gray ones.",
        0,
    )


def length_said(broken: Broken) -> Iterator[Mend]:
    """An open axis where a weight needs a number: say it."""
    source = broken.source() if broken.call is not None else None
    shape = broken.spec.inputs[source].shape if source is not None else ()
    if source is None or None not in shape[1:]:
        return
    facts = sheet(broken.layer.class_name)
    if facts is not None and facts.group == "conv" and broken.first == shape and shape[-1] is None:
        return  # the channels alone: `channels_declared`
    last = facts is not None and facts.group == "dense" and broken.first == shape and shape[-1] is None
    whole = (*shape[:-1], SEVEN) if last else (shape[0], *(SEVEN if n is None else n for n in shape[1:]))
    yield Mend(
        "Declare how many numbers the last axis has; the others may stay open."
        if last and None in shape[1:-1]
        else "Fix the length of the open axis.",
        f"keras.Input(shape={written(whole[1:])})",
        with_input(broken.spec, source, whole),
        f"{SEVEN} is an example: use your own.",
        1,
    )


def pooled_instead(broken: Broken) -> Iterator[Mend]:
    """Flatten needs to know every axis; a mean over the steps doesn't."""
    for call in broken.before() if broken.call is not None else ():
        layer = of_call(broken.spec, call)
        rank = len((broken.made or {}).get(broken.spec.calls[call].inputs[0].index, ())) or 3
        if layer.class_name == "Flatten" and 3 <= rank <= 5:
            pool = LayerSpec(f"GlobalAveragePooling{rank - 2}D", "pooled", (), layer.line)
            yield Mend(
                "Take the mean over the open axis instead of flattening it.",
                f"layers.{pool.class_name}()",
                with_layer(broken.spec, broken.spec.calls[call].layer, pool),
                "The model then reads sequences of any length.",
            )
            return


def _square(numbers: int, sizes: tuple[int, ...]) -> tuple[int, int, int] | None:
    """A picture with equal sides and the channels that were wanted, that holds these numbers."""
    if len(sizes) != 3 or sizes[0] != sizes[1] or sizes[2] < 1 or numbers % sizes[2]:
        return None
    side = math.isqrt(numbers // sizes[2])
    return (side, side, sizes[2]) if side * side * sizes[2] == numbers and side != sizes[0] else None


_FAR_LESS = 8  # times fewer numbers than come: they are to be worked out, not laid out


def as_many_numbers(broken: Broken) -> Iterator[Mend]:
    """A Reshape that holds more or fewer numbers than come: as many units in front, or another last axis."""
    found = broken.first
    if broken.call is None or broken.layer.class_name != "Reshape" or None in found[1:] or fed_with_examples(broken):
        return
    target, numbers = broken.layer.get("target_shape"), math.prod(n or 1 for n in found[1:])
    sizes = tuple(n for n in target if isinstance(n, int)) if isinstance(target, tuple) else ()
    before = next(broken.before(), None)
    dense = of_call(broken.spec, before) if before is not None else None
    if dense is not None and dense.class_name == "Dense" and len(found) == 2 and -1 not in sizes:
        units = math.prod(sizes)
        yield Mend(
            f"Give {dense.name} {units} units: {' × '.join(map(str, sizes))}.",
            f"layers.Dense({units})",
            with_arguments(broken.spec, broken.spec.calls[before or 0].layer, units=units),
            f"{numbers} numbers become {units}.",
            1,
        )
    wanted = math.prod(sizes)
    if before is not None and len(found) > 2 and -1 not in sizes and 0 < wanted <= numbers // _FAR_LESS:
        yield _made_by_a_dense(broken, sizes, numbers, 0)
        return
    square = _square(numbers, sizes)
    if square is not None:
        yield Mend(
            f"Cut the {numbers} numbers into {written(square)}: a square with the same {sizes[2]} channels.",
            f"layers.Reshape({written(square)})",
            with_arguments(broken.spec, broken.spec.calls[broken.call].layer, target_shape=square),
            "",
            1,
        )
    for place in range(len(sizes) - 1, -1, -1):
        rest = math.prod(n for i, n in enumerate(sizes) if i != place)
        if rest > 0 and numbers % rest == 0:
            other = (*sizes[:place], numbers // rest, *sizes[place + 1 :])
            yield Mend(
                f"Cut the {numbers} numbers into {written(other)}.",
                f"layers.Reshape({written(other)})",
                with_arguments(broken.spec, broken.spec.calls[broken.call].layer, target_shape=other),
                "",
                2,
            )
            return
    if square is None and wanted > 0 and (dense is None or dense.class_name != "Dense"):
        yield _made_by_a_dense(broken, sizes, numbers, 3)


def _made_by_a_dense(broken: Broken, sizes: tuple[int, ...], numbers: int, cost: int) -> Mend:
    """As many numbers as the Reshape has room for, from a Dense in front of it."""
    wanted, flat, call = math.prod(sizes), len(broken.first) == 2, broken.call or 0
    spec = with_layer_before(broken.spec, call, LayerSpec("Dense", "numbers", (("units", wanted),)))
    return Mend(
        f"Let a Dense make the {wanted} numbers: {'' if flat else 'Flatten, '}Dense({wanted}), then the Reshape.",
        f"{'' if flat else 'layers.Flatten()' + chr(10)}layers.Dense({wanted})",
        spec if flat else with_layer_before(spec, call, LayerSpec("Flatten", "in_a_row")),
        f"A Reshape keeps all {numbers} numbers; {' × '.join(map(str, sizes))} are {wanted}.",
        cost,
    )


RANKS = (
    flatten_left_out,
    one_id_for_each_step,
    embedding_left_out,
    of_as_many_dimensions,
    sample_without_batch,
    outputs_at_every_step,
    *PICTURES,
    *ONE_AXIS,
    channels_behind,
    channel_declared,
    numbers_as_steps,
    vector_repeated,
    axis_of_one_dropped,
    axes_before_merged,
    flattened,
    batch_not_declared,
    each_frame,
    each_by_itself,
)
WINDOWS = (channels_put_last, borders_kept, less_shrunk_before, nothing_shrunk)
OPEN = (channels_declared, length_said, pooled_instead)
