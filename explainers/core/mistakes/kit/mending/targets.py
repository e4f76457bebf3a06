"""A target that doesn't fit the output: one more or less for each step, other columns, another loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explainers.core.editing import (
    with_arguments,
    with_data,
    with_input,
    with_layer,
    with_layer_before,
    with_layer_behind,
    with_target,
)
from explainers.core.layers import LOOPS, VIDEOS, sheet
from explainers.core.mistakes.kit.mending.broken import IN_FRONT, Broken, Mend, ends_in_classes, fits, of_call, written
from explainers.core.mistakes.kit.mending.data import as_many_samples
from explainers.core.mistakes.kit.mending.one_sample import rows_out_of_one_sample
from explainers.core.mistakes.kit.mending.sides import SIDES, pairs
from explainers.core.mistakes.kit.mending.widths import LABELS, WIDTHS, of_width
from explainers.core.spec import Argument, LayerSpec, ModelSpec, Ref, Sizes


def one_output_for_each_sample(broken: Broken) -> Iterator[Mend]:
    """A target for each sample, an output for each step: the last recurrent layer gives one output."""
    for _, output, target, _loss in pairs(broken):
        if len(output) != 3 or len(target) > 2:
            continue
        for call in broken.before():
            layer = of_call(broken.spec, call)
            inner = layer.get("layer") if layer.class_name == "Bidirectional" else layer
            if not isinstance(inner, LayerSpec) or inner.class_name not in LOOPS:
                continue
            if inner.get("return_sequences") is True:
                place, last = broken.spec.calls[call].layer, inner.but(return_sequences=None)
                changed = last if inner is layer else layer.but(layer=last)
                one = f"{inner.class_name}({inner.get('units', '…')})"
                guessed = layer.name == IN_FRONT
                told = "If a recurrent layer makes the output, let it" if guessed else f"Let {layer.name}"
                yield Mend(
                    f"{told} return only its last output: omit return_sequences.",
                    f"layers.{one}" if inner is layer else f"layers.Bidirectional(layers.{one})",
                    _without_steps(with_layer(broken.spec, place, changed)),
                    "One output for each sample, as there is one target for each.",
                    1 if len(target) < 2 or target[1] != output[1] else 2,  # as many labels as steps
                )
                return


def _without_steps(spec: ModelSpec) -> ModelSpec:
    """A Dense alone in place of one for each step: there are no steps behind the last output."""
    for place, layer in enumerate(spec.layers):
        inner = layer.get("layer")
        if layer.class_name == "TimeDistributed" and isinstance(inner, LayerSpec) and inner.class_name == "Dense":
            spec = with_layer(spec, place, LayerSpec("Dense", layer.name, inner.arguments, layer.line))
    return spec


def one_vector_of_a_sequence(broken: Broken) -> Iterator[Mend]:
    """A target for each sample, an output for each step: one vector of all steps before the last layer."""
    for i, output, target, _loss in pairs(broken):
        end = _last_layer(broken.spec)
        alone = len(target) == 3 and target[1] == 1 != output[1]  # one target for each sample, as one step
        if len(output) != 3 or (len(target) > 2 and not alone) or end is None:
            continue
        recurrent = any(of_call(broken.spec, call).class_name in LOOPS for call in broken.before())
        spec = with_target(broken.spec, i, (target[0], target[2])) if alone else broken.spec
        for class_name, means in (
            ("GlobalAveragePooling1D", "There is one output for each sample, made from all steps alike."),
            ("Flatten", "Every number is kept in its place, and the last layer gets many more weights."),
        ):
            layer = LayerSpec(class_name, "one_vector")
            yield Mend(
                f"Turn the steps into one vector before the last layer: {class_name}."
                f"{' And drop axis 1 of the target, whose size is 1.' if alone else ''}",
                f"layers.{class_name}(){'  # and y = y[:, 0]' if alone else ''}",
                with_layer_before(_without_steps(spec), end, layer),
                means,
                0 if alone and not recurrent else 3 if recurrent else 1,
            )


def _last_layer(spec: ModelSpec) -> int | None:
    """The call that makes the output's shape: an Activation or a Dropout behind it changes nothing."""
    ref, last = spec.outputs[0], None
    while ref.source == "call":
        last = ref.index if last is None else last
        facts = sheet(of_call(spec, ref.index).class_name)
        if facts is None or facts.group != "same":
            return ref.index
        ref = spec.calls[ref.index].inputs[0]
    return last


def one_number_for_each_step(broken: Broken) -> Iterator[Mend]:
    """A row of numbers as the target, several outputs for each of its steps: one output for each."""
    for _, output, target, loss in pairs(broken):
        end = next(broken.before(), None)
        layer = of_call(broken.spec, end) if end is not None else None
        if layer is None or layer.class_name != "Dense" or len(output) != 3 or len(target) != 2 or loss in LABELS:
            continue
        if output[1] is None or output[1] != target[1] or output[2] == 1:
            continue
        one = with_arguments(broken.spec, broken.spec.calls[end or 0].layer, units=1)
        flat = LayerSpec("Reshape", "one_for_each_step", (("target_shape", (output[1],)),))
        yield Mend(
            f"Predict one number for each of the {output[1]} steps.",
            f"layers.Dense(1), then layers.Reshape(({output[1]},))",
            with_layer_behind(one, flat),
            f"{written(output[1:])} becomes {written(target[1:])}.",
        )


def pooled_over_pictures(broken: Broken) -> Iterator[Mend]:
    """A target for each picture, an output for each place in it: one vector before the last layer."""
    for i, output, target, loss in pairs(broken):
        end = _last_layer(broken.spec)
        rank = len(output) - 2
        if rank < 2 or len(target) > 2 or end is None:
            continue
        for class_name, code, means in (
            (
                f"GlobalAveragePooling{rank}D",
                f"layers.GlobalAveragePooling{rank}D()",
                "Only the mean over all positions is kept.",
            ),
            ("Flatten", "layers.Flatten()", "Every number is kept, and the last layer gets many more weights."),
        ):
            spec = with_layer_before(broken.spec, end, LayerSpec(class_name, "one_vector"))
            mend = Mend(f"Turn each image into one vector before the last layer: {class_name}.", code, spec, means, 1)
            if loss == LABELS[1] and target[1:] == (1,):
                mend = with_integer_labels(mend, i, target)
            elif len(target) == 2:
                mend = _with_columns(mend, target, output, loss)
            yield mend


def one_output_for_each_step(broken: Broken) -> Iterator[Mend]:
    """A target for each step, an output for each sample: the last recurrent layer gives all of its outputs.

    Where the target has another number of steps than the data, what was read is repeated for each of them.
    """
    for _, output, target, loss in pairs(broken):
        if len(target) != 3 or len(output) not in (2, 3):
            continue
        call = next((call for call in broken.before() if _recurrent(of_call(broken.spec, call)) is not None), None)
        steps = _steps_into(broken, call) if call is not None else None
        if call is None or (len(output) == 3 and target[1] in (output[1], None)):
            continue
        layer = of_call(broken.spec, call)
        place, inner = broken.spec.calls[call].layer, _recurrent(layer)
        assert inner is not None
        if len(output) == 2 and (steps is None or steps == target[1]):
            spec = with_layer(broken.spec, place, _with_sequences(layer, True))
            mend = Mend(
                f"Let {layer.name} return an output at every step: return_sequences=True.",
                f"layers.{_in_code(layer, True)}",
                spec,
                "One output for each step, as there is one target for each.",
                1,
            )
        elif steps is not None and not any(other.class_name == "RepeatVector" for other in broken.spec.layers):
            decoder = LayerSpec(
                inner.class_name, "decoder", (("units", inner.get("units")), ("return_sequences", True))
            )
            spec = with_layer(broken.spec, place, _with_sequences(layer, False))
            for front in (decoder, LayerSpec("RepeatVector", "repeat_vector", (("n", target[1]),))):
                spec = _behind(spec, call, front)
            mend = Mend(
                f"Read all {steps} steps into one vector, then write {target[1]} with RepeatVector and another "
                f"{inner.class_name}.",
                f"layers.{_in_code(layer, False)}\nlayers.RepeatVector({target[1]})\nlayers.{_in_code(decoder, True)}",
                spec,
                f"The output then has {target[1]} steps, like the target.",
                1,
            )
        else:
            continue
        yield _with_columns(mend, target, output, loss)
        return


def _recurrent(layer: LayerSpec) -> LayerSpec | None:
    """The layer that runs along time: itself, or the one in a Bidirectional."""
    inner = layer.get("layer") if layer.class_name == "Bidirectional" else layer
    return inner if isinstance(inner, LayerSpec) and inner.class_name in LOOPS else None


def _with_sequences(layer: LayerSpec, all_steps: bool) -> LayerSpec:
    """The recurrent layer with its outputs of all steps, or with the last one only."""
    said = True if all_steps else None
    inner = layer.get("layer")
    if layer.class_name == "Bidirectional" and isinstance(inner, LayerSpec):
        return layer.but(layer=inner.but(return_sequences=said))
    return layer.but(return_sequences=said)


def _in_code(layer: LayerSpec, all_steps: bool) -> str:
    inner = _recurrent(layer) or layer
    one = f"{inner.class_name}({inner.get('units', '…')}{', return_sequences=True' if all_steps else ''})"
    return one if inner is layer else f"Bidirectional(layers.{one})"


def _steps_into(broken: Broken, call: int) -> int | None:
    """How many steps reach a recurrent layer."""
    ref = broken.spec.calls[call].inputs[0]
    shape = broken.spec.inputs[ref.index].shape if ref.source == "input" else (broken.made or {}).get(ref.index, ())
    fed = next((check.shapes[0] for _, check in broken.fed() if len(check.shapes) == 1), ())
    if ref.source == "input" and len(shape) == len(fed) == 3 and shape[1] is None:
        shape = fed
    return shape[1] if len(shape) == 3 else None


def _behind(spec: ModelSpec, call: int, layer: LayerSpec) -> ModelSpec:
    """One layer more, behind a call: in front of the first that reads it, or at the end."""
    made = Ref("call", call)
    reader = next((i for i, other in enumerate(spec.calls) if made in other.inputs), None)
    if reader is None:
        return with_layer_behind(spec, layer)
    return with_layer_before(spec, reader, layer, spec.calls[reader].inputs.index(made))


def with_integer_labels(mend: Mend, check: int, target: Sizes) -> Mend:
    """The same change, and the loss for one integer for each sample."""
    return replace(
        mend,
        label=f"{mend.label} And use the loss for integer labels.",
        code=f'{mend.code}\nloss="{LABELS[0]}"',
        spec=with_target(mend.spec, check, target, LABELS[0]),
        cost=mend.cost - 2,
    )


def _with_columns(mend: Mend, target: Sizes, output: Sizes, loss: str) -> Mend:
    """The same change with a last Dense that has a unit for each column of the target, where it has others."""
    columns = target[-1]
    spec = of_width(mend.spec, columns) if loss != LABELS[0] and columns not in (None, output[-1]) else None
    if spec is None:
        return mend
    word = "column" if columns == 1 else "columns"
    return replace(
        mend,
        label=f"{mend.label} And give the last Dense units={columns}: the target has {columns} {word}.",
        code=f"{mend.code}\nlayers.Dense({columns})",
        spec=spec,
    )


def frames_as_targets(broken: Broken) -> Iterator[Mend]:
    """A target for each frame, one image as the output: the last frame is the target, or each frame is predicted."""
    for i, output, target, _loss in pairs(broken):
        if len(output) != 4 or len(target) != 5 or not fits(output[1:], target[2:]):
            continue
        yield Mend(
            "Predict the last frame only: take it as the target.",
            "y = y[:, -1]",
            with_target(broken.spec, i, (target[0], *target[2:])),
            f"{written(target[1:])} are {target[1]} frames; the model returns one image, {written(output[1:])}.",
            1,
        )
        spec, last = broken.spec, None
        for call in broken.before():
            layer = of_call(spec, call)
            if layer.get("return_sequences") is not None or layer.class_name in VIDEOS:
                last = call
                break
            if layer.class_name == "Conv2D":
                each = LayerSpec("TimeDistributed", f"each_{layer.name}", (("layer", layer),), layer.line)
                spec = with_layer(spec, spec.calls[call].layer, each)
        if last is not None:
            yield Mend(
                "Predict every frame: return_sequences=True in the last ConvLSTM2D, and a TimeDistributed after it.",
                "layers.ConvLSTM2D(…, return_sequences=True)\nlayers.TimeDistributed(layers.Conv2D(…))",
                with_arguments(spec, spec.calls[last].layer, return_sequences=True),
                "One output for each frame.",
                2,
            )


def labels_as_they_are(broken: Broken) -> Iterator[Mend]:
    """Integer labels in one column, several classes: the sparse loss, or one-hot rows."""
    for i, output, target, loss in pairs(broken):
        classes = output[-1]
        column = target[-1:] == (1,) and len(target) == len(output)
        whole = loss in (LABELS[1], "binary_crossentropy")  # the latter of two units with a softmax
        whole = whole or (not loss and ends_in_classes(broken.spec))
        last = next(broken.before(), None)
        if last is not None and of_call(broken.spec, last).class_name in LOOPS and not ends_in_classes(broken.spec):
            continue  # its units are a state, no classes
        if not whole or classes is None or classes < 2 or not (column or len(target) == len(output) - 1):
            continue
        means = f"The target holds the number of one of {classes} classes for each sample."
        yield Mend(
            "Use the loss for integer labels.",
            f'loss="{LABELS[0]}"',
            with_target(broken.spec, i, target, LABELS[0]),
            means,
            1,
        )
        rows = (*(target[:-1] if column else target), classes)
        yield Mend(
            f"Or one-hot encode the labels, {classes} numbers each.",
            f"y = keras.utils.to_categorical(y, {classes})",
            with_target(broken.spec, i, rows),
            means,
        )


def rows_need_the_plain_loss(broken: Broken) -> Iterator[Mend]:
    """One-hot rows with the loss for integer labels."""
    for i, output, target, loss in pairs(broken):
        columns, classes = target[-1] if target else None, output[-1]
        labels = columns is not None and columns * 100 < (classes or 0)  # for so many classes: one for each step
        other = not labels and columns not in (None, 1, classes) and fits(output[:-1], (None, *target[1:-1]))
        if loss == LABELS[0] and other and columns is not None and len(target) == len(output):
            wide = of_width(broken.spec, columns)
            if wide is not None:
                yield Mend(
                    f"Use the loss for one-hot rows, and give the last layer {columns} units: one for each column.",
                    f'layers.Dense({columns}, activation="softmax")\nloss="{LABELS[1]}"',
                    with_target(wide, i, target, LABELS[1]),
                    f"The targets are rows of {columns}; a sparse loss reads one integer instead of a row.",
                    1,
                )
            if columns < (classes or 0):
                integers = with_target(broken.spec, i, target[:-1])
                yield Mend("Or turn the rows into integer labels.", "y = y.argmax(axis=-1)", integers)
        if loss == LABELS[0] and len(target) == len(output) and target[-1] == output[-1]:
            end = next(broken.before(), None)
            if end is not None and of_call(broken.spec, end).get("activation") == "sigmoid":
                yield Mend(
                    "Use the loss for several labels at once: each output of a sigmoid is a yes or no.",
                    'loss="binary_crossentropy"',
                    with_target(broken.spec, i, target, "binary_crossentropy"),
                    "",
                    0,
                )
            yield Mend(
                "Use the loss for one-hot rows.",
                f'loss="{LABELS[1]}"',
                with_target(broken.spec, i, target, LABELS[1]),
                "",
                1,
            )
            spec = with_target(broken.spec, i, target[:-1])
            yield Mend("Or turn the rows into integer labels.", "y = y.argmax(axis=-1)", spec)


def last_steps_only(broken: Broken) -> Iterator[Mend]:
    """More steps than the target has: the last ones of the output; of an autoencoder those in its middle."""
    for i, output, target, _loss in pairs(broken):
        if len(output) != 3 or len(target) != 3 or None in (output[1], target[1]) or output[2] != target[2]:
            continue
        more = (output[1] or 0) - (target[1] or 0)
        if more > 0 and broken.spec.checks[i].shapes == (target,):
            both = (more // 2, more - more // 2)
            yield Mend(
                "Crop the output to the length of the target.",
                f"layers.Cropping1D({both})",
                with_layer_behind(broken.spec, LayerSpec("Cropping1D", "cropped", (("cropping", both),))),
                f"{output[1]} steps become {target[1]}.",
                1,
            )
        elif more > 0:
            yield Mend(
                "Keep the last step of the output."
                if target[1] == 1
                else f"Keep the last {target[1]} steps of the output.",
                f"layers.Cropping1D(({more}, 0))",
                with_layer_behind(broken.spec, LayerSpec("Cropping1D", "last_steps", (("cropping", (more, 0)),))),
                f"Of the {output[1]} steps of the output, the target has {target[1]}.",
                1,
            )


def length_that_returns(broken: Broken) -> Iterator[Mend]:
    """An autoencoder for series whose length can't be halved as often as it is doubled again: a length that can."""
    times = 1
    for layer in broken.spec.layers:
        factor: Argument = 1
        if layer.class_name.startswith("UpSampling"):
            factor = layer.get("size", 2)
        elif "Transpose" in layer.class_name:
            factor = layer.get("strides", 1)
        times *= factor if isinstance(factor, int) else 1
    for i, output, target, _loss in pairs(broken):
        steps, shapes = target[1] if len(target) == 3 else None, broken.spec.checks[i].shapes
        if len(output) != 3 or steps is None or shapes != (target,) or times < 2 or steps % times == 0 or steps < times:
            continue
        kept = steps // times * times
        shape = (target[0], kept, target[2])
        spec = with_input(broken.spec, 0, (broken.spec.inputs[0].shape[0], kept, target[2]))
        yield Mend(
            f"Or use series of {kept} steps: {kept} is divisible by {times}.",
            f"x = x[:, :{kept}]\ny = y[:, :{kept}]\nkeras.Input(shape={written(shape[1:])})",
            with_target(with_data(spec, i, 0, shape), i, shape),
            f"Such a length stays the same when it is halved and doubled again; {steps} isn't divisible by {times}.",
            2,
        )


def as_many_steps_as_the_target(broken: Broken) -> Iterator[Mend]:
    """Another number of steps than the target has, where a RepeatVector makes them."""
    for _, output, target, _loss in pairs(broken):
        if len(output) != 3 or len(target) != 3 or None in (output[1], target[1]) or output[1] == target[1]:
            continue
        for place, layer in enumerate(broken.spec.layers):
            if layer.class_name == "RepeatVector" and layer.get("n") == output[1]:
                yield Mend(
                    f"Repeat the vector for each of the {target[1]} steps of the target.",
                    f"layers.RepeatVector({target[1]})",
                    with_arguments(broken.spec, place, n=target[1]),
                    "The output is as long as the target.",
                    0,
                )


def turned_around(broken: Broken) -> Iterator[Mend]:
    """(1, 54) for 54 samples: the targets lie on their side."""
    for i, check in broken.fed():
        plain = len(check.shapes) == len(check.targets) == 1 and check.shapes[0] and len(check.targets[0]) == 2
        samples, target = check.shapes[0][0] if plain else None, check.targets[0] if plain else ()
        if samples in (None, 1) or target[1] != samples or target[0] in (None, samples):
            continue
        yield Mend(
            "Transpose the targets: one row for each sample.",
            "y = y.T",
            with_target(broken.spec, i, (samples, target[0])),
            f"{written(target)} becomes {written((samples, target[0]))}.",
            0,
        )


TARGETS = (
    turned_around,
    as_many_steps_as_the_target,
    last_steps_only,
    length_that_returns,
    one_output_for_each_sample,
    one_output_for_each_step,
    pooled_over_pictures,
    frames_as_targets,
    rows_out_of_one_sample,
    as_many_samples,
    labels_as_they_are,
    rows_need_the_plain_loss,
    *WIDTHS,
    *SIDES,
    one_number_for_each_step,
    one_vector_of_a_sequence,
)
