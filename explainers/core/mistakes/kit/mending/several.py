"""Several arrays: their names in a dict, the order of targets, a mask beside its sequence; and a metric's targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from explainers.core.editing import (
    with_data,
    with_input,
    with_keys,
    with_metrics,
    with_target,
    with_targets,
)
from explainers.core.mistakes.kit.colors import channels_first
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, fits, written
from explainers.core.spec import Sizes

MOST_OUTPUTS = 5  # whose targets are tried in every order


def alike(output: Sizes, target: Sizes) -> bool:
    """Whether a target can be that of an output: Keras drops and adds a last axis of 1."""
    return any(fits(one[1:], target[1:]) for one in (output, output[:-1] if output[-1:] == (1,) else output))


def in_their_order(outputs: tuple[Sizes, ...], targets: tuple[Sizes, ...]) -> tuple[int, ...] | None:
    """The targets' places in the order of the outputs; None where no order fits, or they are in order."""
    if len(outputs) != len(targets) or len(outputs) > MOST_OUTPUTS:
        return None
    for order in permutations(range(len(targets))):
        if all(alike(output, targets[place]) for output, place in zip(outputs, order, strict=True)):
            return order if order != tuple(range(len(targets))) else None
    return None


def images_put_channels_last(broken: Broken) -> Iterator[Mend]:
    """An autoencoder for images with their channels in front, in layers that read channels last."""
    inputs = broken.spec.inputs
    if broken.call is not None or len(inputs) != 1 or not channels_first(inputs[0].shape):
        return
    sizes = inputs[0].shape
    shape = (*sizes[2:], sizes[1])
    for i, check in broken.fed():
        if check.kind != "fit" or len(check.shapes) != 1 or len(check.targets) != 1:
            continue
        came, target = check.shapes[0], check.targets[0]
        if came[1:] != sizes[1:] or len(target) != 4 or target[2:] != sizes[2:]:
            continue
        spec = with_data(with_input(broken.spec, 0, (sizes[0], *shape)), i, 0, (came[0], *shape))
        yield Mend(
            "Put the channels last, in the Input, in the data and in the targets.",
            f"keras.Input(shape={written(shape)})\nx, y = np.moveaxis(x, 1, -1), np.moveaxis(y, 1, -1)",
            with_target(spec, i, (target[0], *target[2:], target[1])),
            f"{written(sizes[1:])} is read as (height, width, channels): a height of {sizes[1]}.",
            0,
        )


def targets_in_order(broken: Broken) -> Iterator[Mend]:
    """Targets of several outputs, each with the output that it fits."""
    for i, check in broken.fed():
        order = in_their_order(broken.outputs, check.targets) if len(check.targets) > 1 else None
        if order is not None:
            names = ", ".join(f"y{place + 1}" for place in order)
            yield Mend(
                "Give the targets in the order of the outputs, keras.Model(inputs, [first, second]).",
                f"model.fit(x, [{names}])",
                with_targets(broken.spec, i, tuple(check.targets[place] for place in order)),
                "Or use a dict with the names of the output layers: then the order doesn't matter.",
                0,
            )


def names_of_the_inputs(broken: Broken) -> Iterator[Mend]:
    """A dict whose keys aren't the names of the Inputs: each array under the name of the one that takes it."""
    names = [tensor.name for tensor in broken.spec.inputs]
    for i, check in broken.fed():
        if not check.keys:
            continue
        if len(check.keys) < len(names) and set(check.keys) < set(names):
            lacking = [name for name in names if name not in check.keys]
            several = tuple((check.shapes[0][0], *tensor.shape[1:]) for tensor in broken.spec.inputs)
            checks = list(broken.spec.checks)
            checks[i] = replace(check, keys=(), shapes=several)
            told = " and ".join(f'"{name}"' for name in lacking)
            code = f"x = {{…, {', '.join(f'{chr(34)}{name}{chr(34)}: …' for name in lacking)}}}"
            yield Mend(f"Pass an array for {told}, too.", code, replace(broken.spec, checks=tuple(checks)), "", 1)
        if len(check.keys) != len(names):
            continue
        free = [name for name in names if name not in check.keys]
        keys = []
        for key, sizes in zip(check.keys, check.shapes, strict=False):
            takes = (n for n in free if fits(broken.spec.inputs[names.index(n)].shape, (None, *sizes[1:])))
            keys.append(key if key in names else next(takes, key))
            free = [name for name in free if name not in keys]
        renamed = [(old, new) for old, new in zip(check.keys, keys, strict=True) if old != new]
        if set(keys) == set(names):
            yield Mend(
                " ".join(f'Call the array "{new}" instead of "{old}", as its Input is named.' for old, new in renamed),
                f"x = {{{', '.join(f'{chr(34)}{new}{chr(34)}: …' for _, new in renamed)}, …}}",
                with_keys(broken.spec, i, tuple(keys)),
                "",
                1,
            )


def metric_for_labels(broken: Broken) -> Iterator[Mend]:
    """A metric that compares number by number, and integer labels: another metric, or rows of labels."""
    for i, check in broken.fed():
        classes = broken.outputs[0][-1] if len(broken.outputs) == 1 and broken.outputs[0] else None
        if not check.metrics or not check.loss.startswith("sparse") or classes is None or not check.targets:
            continue
        yield Mend(
            "Use a metric for integer labels.",
            'metrics=["sparse_categorical_accuracy"]',
            with_metrics(broken.spec, i),
            f"A yes-or-no metric would need a yes or no for each of the {classes} classes.",
            1,
        )
        labels = check.targets[0][:-1] if check.targets[0][-1:] == (1,) else check.targets[0]
        yield Mend(
            f"Or one-hot encode the labels, {classes} numbers each, and use the loss for that.",
            f'y = keras.utils.to_categorical(y, {classes})\nloss="categorical_crossentropy"',
            with_target(broken.spec, i, (*labels, classes), "categorical_crossentropy"),
            "Each output then gets its own yes or no.",
        )


def mask_of_the_steps(broken: Broken) -> Iterator[Mend]:
    """A mask with one entry for each timestep of its sequence."""
    for call in broken.spec.calls:
        mask, source = call.mask, call.inputs[0]
        if mask is None or mask.source != "input" or source.source != "input":
            continue
        shape, came = broken.spec.inputs[source.index].shape, broken.spec.inputs[mask.index].shape
        if len(shape) < 3 or came == shape[:2]:
            continue
        spec = with_input(broken.spec, mask.index, shape[:2])
        for i, check in broken.fed():
            if len(check.shapes) == len(spec.inputs):
                spec = with_data(spec, i, mask.index, check.shapes[source.index][:2])
        wide = len(came) > 2
        yield Mend(
            f"Make the mask {written(shape[:2])}: one entry for each timestep.",
            "mask = np.any(x != 0, axis=-1)" if wide else f'keras.Input(shape={written(shape[1:2])}, dtype="bool")',
            spec,
            "A step counts where any of its features is not 0; layers.Masking() in front makes this mask for you."
            if wide
            else f"The sequence has {shape[1]} steps.",
            1,
        )


def arrays_in_order(broken: Broken) -> Iterator[Mend]:
    """Arrays that fit the Inputs in another order."""
    inputs = tuple(tensor.shape for tensor in broken.spec.inputs)
    for i, check in broken.fed():
        order = in_their_order(inputs, check.shapes) if len(check.shapes) > 1 and not check.keys else None
        if order is not None:
            names = ", ".join(f"x{place + 1}" for place in order)
            checks = list(broken.spec.checks)
            checks[i] = replace(check, shapes=tuple(check.shapes[place] for place in order))
            yield Mend(
                "Pass the arrays in the order of the Inputs, keras.Model([first, second], …).",
                f"model.{check.kind}([{names}])",
                replace(broken.spec, checks=tuple(checks)),
                "model.input_names lists the order; with a dict of these names the order doesn't matter.",
                0,
            )


def a_target_for_each_output(broken: Broken) -> Iterator[Mend]:
    """Fewer targets than outputs: one for each."""
    for i, check in broken.fed():
        outputs = broken.outputs
        if (
            check.kind != "fit"
            or check.output is not None  # each output has a check with its own target
            or not 0 < len(check.targets) < len(outputs)
            or any(None in sizes[1:] for sizes in outputs)
        ):
            continue
        samples = check.targets[0][0]
        targets = tuple((samples, *sizes[1:]) for sizes in outputs)
        names = ", ".join(f"y{place + 1}" for place in range(len(outputs)))
        spec = with_targets(broken.spec, i, targets)
        yield Mend(
            f"Pass one target for each of the {len(outputs)} outputs, in their order.",
            f"model.fit(x, [{names}])",
            spec,
            "The outputs are " + " and ".join(written(sizes) for sizes in outputs) + ".",
            1,
        )
