"""Labels that the classes of the output don't reach: a class more, a count from 0, or pixels that belong to none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explainers.core.editing import with_check, with_layer, with_target
from explainers.core.mistakes.kit.mending.broken import Broken, Mend
from explainers.core.mistakes.kit.mending.widths import of_width, widest, width_of
from explainers.core.spec import Check, LayerSpec

VOID = (255, -1)  # how data sets mark what belongs to no class: in masks of 8 bits, and in other arrays


def _outside(broken: Broken) -> Iterator[tuple[int, Check, int, int, LayerSpec]]:
    """Each check with a label outside the classes: its place, it, the label, the classes, the last layer with units."""
    last = widest(broken.spec) if broken.spec.outputs else None
    for i, check in broken.fed():
        classes = last[1].get(width_of(last[1])) if last is not None else None
        if last is None or check.label is None or not isinstance(classes, int):
            continue
        if check.label < 0 or check.label >= classes:
            yield i, check, check.label, classes, last[1]


def labels_in_range(broken: Broken) -> Iterator[Mend]:
    """A label outside the classes of the output: labels that count from 0, or a class more."""
    for i, _check, label, classes, layer in _outside(broken):
        if classes == 1 or label in VOID:
            continue
        if label == classes:
            yield Mend(
                f"If your labels are 1 to {classes}, make them start at 0.",
                "y = y - 1",
                with_check(broken.spec, i, label=classes - 1),
                f"The output has classes 0 to {classes - 1}.",
                1,
            )
        else:
            yield Mend(
                "Renumber the labels, starting from 0.",
                "classes, y = np.unique(y, return_inverse=True)",
                with_check(broken.spec, i, label=classes - 1),
                f"Use this if there are {classes} different labels; `classes` keeps what each number meant.",
                1,
            )
        yield from _a_unit_for_each(broken, label, layer)


def _a_unit_for_each(broken: Broken, label: int, layer: LayerSpec) -> Iterator[Mend]:
    more, argument = label + 1, width_of(layer)
    spec = of_width(broken.spec, more) if label > 0 else None
    if spec is None:
        return
    word = argument.removesuffix("s")
    code = f"layers.{layer.class_name}({more})" if argument == "units" else f"layers.{layer.class_name}({more}, …)"
    means = f"Labels from 0 to {label} are {more} classes."
    yield Mend(f"Give the last {layer.class_name} a {word} for each label: {more}.", code, spec, means)


def one_unit_for_labels(broken: Broken) -> Iterator[Mend]:
    """A sparse loss on an output of one unit, which knows no class but 0."""
    for i, check, label, classes, layer in _outside(broken):
        place = widest(broken.spec)
        if classes != 1 or place is None or label < 0:
            continue
        if label == 1 and broken.spec.layers[place[0]] is layer:
            yes_or_no = with_layer(broken.spec, place[0], layer.but(activation="sigmoid"))
            argument = width_of(layer)
            rest = "" if argument == "units" else "…, "
            yield Mend(
                "For two classes, keep the one unit: a sigmoid and the binary loss.",
                f'layers.{layer.class_name}(1, {rest}activation="sigmoid")\nloss="binary_crossentropy"',
                with_check(yes_or_no, i, loss="binary_crossentropy", label=None, targets=_columns(check)),
                "The output is then the probability of class 1.",
                0,
            )
        for mend in _a_unit_for_each(broken, label, layer):
            wide = widest(mend.spec)
            if wide is not None and mend.spec.layers[wide[0]] is wide[1] and layer.get("activation") != "softmax":
                softmax = with_layer(mend.spec, wide[0], wide[1].but(activation="softmax"))
                mend = replace(mend, spec=softmax, code=mend.code.replace(")", ', activation="softmax")'))
            yield replace(mend, label=f"{mend.label[:-1]}, with a softmax.", cost=1)
        if label > 1:
            yield Mend(
                "If the labels are numbers to predict, not classes, use a loss for numbers.",
                'loss="mse"  # and no softmax in the last layer',
                with_check(broken.spec, i, loss="mse", label=None, targets=_columns(check)),
                "The output is then one number for each sample.",
                2,
            )


def _columns(check: Check) -> tuple[tuple[int | None, ...], ...]:
    """Targets with an axis of 1 behind, as losses that compare number by number read them."""
    return tuple(target if target[-1:] == (1,) else (*target, 1) for target in check.targets)


def void_labels(broken: Broken) -> Iterator[Mend]:
    """255 or -1: the mark of what belongs to no class; or, next to two classes, white next to black."""
    for i, _check, label, classes, _layer in _outside(broken):
        if label not in VOID:
            continue
        two = classes <= 2
        if two and label > 0 and classes == 2:
            yield Mend(
                "If the masks hold 0 and 255, divide them: then they hold 0 and 1.",
                "y = y // 255",
                with_check(broken.spec, i, label=1),
                "Black and white are 0 and 255 in an image file.",
                0,
            )
        elif two and classes == 2:
            yield Mend(
                "If your labels are -1 and 1, make them 0 and 1.",
                "y = (y + 1) // 2",
                with_check(broken.spec, i, label=1),
                "The output has classes 0 and 1.",
                0,
            )
        if classes < 2:
            continue
        yield Mend(
            f"If {label} marks what belongs to no class, let the loss skip it: ignore_class={label}.",
            f"loss=keras.losses.SparseCategoricalCrossentropy(ignore_class={label})",
            with_check(broken.spec, i, ignored=label),
            "Data sets often mark borders and unlabeled pixels this way. If no softmax is in the last layer, add "
            "from_logits=True.",
            1,
        )
        yield Mend(
            f"Or count {label} as class 0.",
            f"y = np.where(y == {label}, 0, y)",
            with_check(broken.spec, i, label=0),
            "Class 0 is often the background.",
            2,
        )


def one_hot_from_zero(broken: Broken) -> Iterator[Mend]:
    """One-hot rows with one column more than there are classes: labels that count from 1."""
    for i, check in broken.fed():
        target, output = (shapes[0] if len(shapes) == 1 else () for shapes in (check.targets, broken.outputs))
        classes = output[-1] if output else None
        if check.loss != "categorical_crossentropy" or not classes or classes < 2 or target[-1:] != (classes + 1,):
            continue
        yield Mend(
            f"If your labels are 1 to {classes}, make them start at 0.",
            f"labels = labels - 1  # then to_categorical(labels, {classes})",
            with_target(broken.spec, i, (*target[:-1], classes)),
            f"to_categorical makes a column for 0, too: labels up to {classes} get {classes + 1} columns.",
            0,
        )


OF_LABELS = (void_labels, one_unit_for_labels, labels_in_range, one_hot_from_zero)
