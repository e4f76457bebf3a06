"""Pictures that come out larger or smaller than their targets: what is lost at the border, or too much of it."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.editing import with_arguments, with_layer_behind
from explainers.core.layers import sheet
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, of_call, written
from explainers.core.spec import Argument, LayerSpec, Sizes

Sides = tuple[int, int]  # height, width


def pairs(broken: Broken) -> Iterator[tuple[int, Sizes, Sizes, str]]:
    """Each target beside the output: the check, the output, the target, the loss."""
    for i, check in broken.fed():
        for output, target in zip(check.of_outputs(broken.outputs), check.targets, strict=False):
            yield i, output, target, check.loss


def _pictures(broken: Broken) -> Iterator[tuple[Sides, Sides]]:
    """The sides of an output and of its target, where their channels agree."""
    first = _channels_first(broken)
    channels, height, width = (1, 2, 3) if first else (3, 1, 2)
    for _, output, target, _loss in pairs(broken):
        if len(output) != 4 or len(target) != 4 or output[channels] != target[channels]:
            continue
        if None not in (*output[1:], *target[1:]):
            one, other = ((sizes[height] or 0, sizes[width] or 0) for sizes in (output, target))
            yield one, other


def _channels_first(broken: Broken) -> bool:
    """Whether the layers of the model have their channels right behind the batch."""
    return any(layer.get("data_format") == "channels_first" for layer in broken.spec.layers)


def _layer(broken: Broken, class_name: str, name: str, argument: str, value: Argument) -> LayerSpec:
    order: tuple[tuple[str, Argument], ...] = (("data_format", "channels_first"),) if _channels_first(broken) else ()
    return LayerSpec(class_name, name, ((argument, value), *order))


def _code(layer: LayerSpec) -> str:
    order = ', data_format="channels_first"' if layer.get("data_format") else ""
    return f"layers.{layer.class_name}({layer.arguments[0][1]}{order})"


def _times_larger(output: Sides, target: Sides) -> int:
    """How many times the target's sides are those of the output; 0 if that isn't one whole number above 1."""
    ratios = {(b // a if a and b % a == 0 else 0) for a, b in zip(output, target, strict=True)}
    times = ratios.pop()
    return times if not ratios and times > 1 else 0


def _scaled(broken: Broken, output: Sides, target: Sides) -> tuple[str, LayerSpec, str] | None:
    """What makes the output a whole number of times as large, or as small, with what to write instead."""
    if times := _times_larger(output, target):
        layer = _layer(broken, "UpSampling2D", "larger", "size", times)
        return f"Make the output {times} times as large as it is.", layer, "or more layers with strides on the way up"
    if times := _times_larger(target, output):
        layer = _layer(broken, "AveragePooling2D", "smaller", "pool_size", times)
        return (
            f"Shrink the sides of the output by a factor of {times}.",
            layer,
            f"or one more layer with strides={times}",
        )
    return None


def sides_cropped_or_padded(broken: Broken) -> Iterator[Mend]:
    """Pictures that came out larger or smaller than their targets: cut off what is too much, or add it."""
    for output, target in _pictures(broken):
        means = f"{written(output)} becomes {written(target)}."
        scaled = _scaled(broken, output, target)
        if scaled is not None:
            label, layer, comment = scaled
            yield Mend(label, f"{_code(layer)}  # {comment}", with_layer_behind(broken.spec, layer), means)
            continue
        more = tuple(a - b for a, b in zip(output, target, strict=True))
        sides = tuple((abs(n) // 2, abs(n) - abs(n) // 2) for n in more)
        if min(more) >= 0 < max(more):
            layer = _layer(broken, "Cropping2D", "sides", "cropping", sides)
            label = "Crop the output to the size of the target."
        elif max(more) <= 0 > min(more):
            layer = _layer(broken, "ZeroPadding2D", "sides", "padding", sides)
            label = "Pad the output to the size of the target."
        else:
            continue
        yield Mend(label, _code(layer), with_layer_behind(broken.spec, layer), means)


def borders_kept(broken: Broken) -> Iterator[Mend]:
    """An autoencoder of which one convolution loses the border: padding="same" in it, and what is too much cut off."""
    for output, target in _pictures(broken):
        times, gained = 1, 0
        spec = broken.spec
        names: list[str] = []
        for call in broken.before():
            layer = of_call(spec, call)
            if layer.class_name == "UpSampling2D" or layer.class_name == "Conv2DTranspose":
                times *= _step(layer)
            elif (facts := sheet(layer.class_name)) is not None and (facts.group == "pool" or _step(layer) > 1):
                break
            elif layer.class_name == "Conv2D" and layer.get("padding") in (None, "valid") and _side(layer) > 1:
                gained += (_side(layer) - 1) * times
                names.append(layer.name)
                spec = with_arguments(spec, spec.calls[call].layer, padding="same")
        more = [a + gained - b for a, b in zip(output, target, strict=True)]
        if not names or min(more) < 0:
            continue
        label = f'Keep the border in {" and ".join(names)}: padding="same", as in the other convolutions.'
        code, means = 'layers.Conv2D(…, padding="same")', f"The sides grow by {gained}."
        if max(more):
            cropping = _layer(broken, "Cropping2D", "sides", "cropping", ((0, more[0]), (0, more[1])))
            spec = with_layer_behind(spec, cropping)
            code += f"\n{_code(cropping)}  # at the end"
            means += f" {written(target)} is left after the cropping, like the target."
        yield Mend(label, code, spec, means, 1)


def _step(layer: LayerSpec) -> int:
    """By how much it makes sides larger or smaller."""
    value = layer.get("size", 2) if layer.class_name == "UpSampling2D" else layer.get("strides", 1)
    first = value[0] if isinstance(value, tuple) and value else value
    return first if isinstance(first, int) else 1


def _side(layer: LayerSpec) -> int:
    value = layer.get("kernel_size")
    first = value[0] if isinstance(value, tuple) and value else value
    return first if isinstance(first, int) else 1


SIDES = (borders_kept, sides_cropped_or_padded)
