"""Targets and outputs have different shapes."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import math
import re
from dataclasses import replace

from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.labels import OUT_OF_RANGE
from explainers.core.mistakes.kit.loaders import IMAGES_ALONE
from explainers.core.mistakes.kit.losses import KEYS, LOSSES, METRICS, THRESHOLDS, metrics_for_labels, named_loss
from explainers.core.mistakes.kit.mending.broken import fits
from explainers.core.mistakes.kit.mending.forms import FORMS
from explainers.core.mistakes.kit.mending.kept import steps_kept_for_labels
from explainers.core.mistakes.kit.mending.labels import OF_LABELS
from explainers.core.mistakes.kit.mending.meeting import (
    one_output_with_its_columns,
    only_the_targets_columns,
)
from explainers.core.mistakes.kit.mending.several import (
    a_target_for_each_output,
    images_put_channels_last,
    metric_for_labels,
    targets_in_order,
)
from explainers.core.mistakes.kit.mending.targets import TARGETS
from explainers.core.mistakes.kit.mending.weighted import WEIGHTED
from explainers.core.mistakes.kit.mending.widths import OF_NUMBERS
from explainers.core.mistakes.kit.metrics import COLUMN_METRICS, R2_SCORE
from explainers.core.mistakes.kit.pixels import as_the_target, in_validation, of_images, pixels_in_rows, rows_of_pixels
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said
from explainers.core.mistakes.kit.told_of_targets import (
    axis_of_labels,
    declared,
    encoder_and_decoder,
    labels_for_each_row,
    one_number_or_a_class,
)
from explainers.core.mistakes.kit.trained import RECURRENT, SPARSE, trained
from explainers.core.mistakes.kit.weighing import CLASS_WEIGHTS, CLASS_WEIGHTS_OF_ONE, SAMPLE_WEIGHTS, WEIGHTS_OF_ARRAYS
from explainers.core.spec import Sizes


def _flat_rows(finding: Finding, said: Said) -> Finding:
    """(288,) labels beside (32, 9) outputs: the rows of 9 were laid out one behind the other, so they are one-hot."""
    logits, labels = finding.shape("logits"), finding.shape("labels")
    if logits is None or labels is None or len(labels) != 1 or None in (*logits, *labels) or len(logits) < 2:
        return finding
    if labels[0] != math.prod(n or 1 for n in logits) or logits[-1] == 1:
        return finding
    return replace(finding, named={**finding.named, "found": (logits,), "expected": (logits,)})


def _one_hot_rows(finding: Finding, said: Said) -> Finding:
    """A squeeze in a sparse loss: it takes the last axis off the labels, which would have to be 1 long."""
    classes = finding.number("classes")
    if classes is None or finding.number("axis") is None or not SPARSE.search(finding.around) or finding.named:
        return finding
    rows: Sizes = (None, classes)
    return replace(finding, named={**finding.named, "found": (rows,), "expected": (rows,)})


_ONE_BY_ONE = re.compile(r"[(\[](\d{1,7}(?:, ?\d{1,7}){2,4})[)\]]")


def _laid_flat(finding: Finding, said: Said) -> Finding:
    """(966, 256) and (1008, 256), printed beside (42, 23, 256) and (42, 24, 256): the same numbers with their axes."""
    wide = [tuple(map(int, part[1].split(","))) for part in list(_ONE_BY_ONE.finditer(said.near(900, 900)))[:24]]
    whole = {}
    for role in ("expected", "found"):
        rows = finding.shape(role)
        alike = [s for s in wide if rows and len(rows) == 2 and (math.prod(s[:-1]), s[-1]) == rows]
        whole[role] = alike[:1]
    if not all(whole.values()) or len(whole["expected"][0]) != len(whole["found"][0]):
        return finding
    return replace(finding, named={**finding.named, **{role: tuple(shapes) for role, shapes in whole.items()}})


def _only_the_samples(finding: Finding, said: Said) -> Finding:
    """Targets of a smaller last batch, where the outputs keep the batch that was fixed."""
    expected, found = finding.shape("expected"), finding.shape("found")
    if not expected or not found or expected[1:] != found[1:] or None in (expected[0], found[0]) or expected == found:
        return finding
    if rows_of_pixels(expected, found):
        return finding
    counts: dict[str, Value] = {"batch_size": expected[0], "found_samples": found[0], "outputs": expected[0]}
    return replace(finding, values={**finding.values, **counts}) if len(expected) > 1 else finding


def _decides(finding: Finding, said: Said) -> str | None:
    return "stateful_batch" if finding.number("outputs") is not None else None


def _words(finding: Finding) -> dict[str, str]:
    """What flat labels are; how many outputs and targets there are, where Keras draws both as a tree of stars."""
    logits, labels, found = finding.shape("logits"), finding.shape("labels"), finding.shape("found")
    if logits and labels and found == logits:
        return {"flat": f"{labels[0]} = {' × '.join(map(str, logits))}", "columns": str(logits[-1])}
    if found == ():
        return {"scalars": "single numbers without an axis"}
    if finding.number("classes") is not None and SPARSE.search(finding.around):
        return {"one_hot": str(finding.number("classes"))}
    if found and found == finding.shape("expected") and len(found) > 1:
        return {"rows_of": str(found[-1]), "integers": str(found[:-1])}
    stars = {name: str(finding.values.get(name, "")).count("*") for name in ("wanted_tree", "given_tree")}
    return {name: str(count) for name, count in stars.items() if count} if all(stars.values()) else {}


def _rows_advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """So many rows of outputs, so many labels: what their ratio says."""
    images = of_images(finding, dims)
    if images:
        return images
    validated = in_validation(finding)
    if validated:
        return validated
    if finding.shape("found") == ():
        return (
            Change(
                "Give the targets as one array, with a row for each sample.",
                code='y = np.array(y, dtype="float32").reshape(-1, 1)',
                means="Keras reads a Python list of numbers as separate targets, one for each number.",
            ),
        )
    logits, labels = finding.shape("logits"), finding.shape("labels")
    if not logits or not labels or finding.shape("found") or None in (logits[0], labels[0]) or len(labels) != 1:
        return ()
    rows, count = logits[0] or 1, labels[0] or 1
    if count % rows == 0 and count > rows:
        times = count // rows
        if times not in (3, 4):
            return ()
        masks = Change(
            f"The masks are read with {times} channels: keep only one, the number of the class.",
            code="y = y[..., 0]",
            means=f"{count:,} labels are {times} for each of {rows:,} pixels.",
        )
        steps = Change(
            f"If each sample has {times} labels, one for each step, give an output for each step.",
            code="layers.LSTM(units, return_sequences=True)",
        )
        return (masks, steps)
    return ()


def _advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """As many targets as the model has outputs."""
    words = _words(finding)
    if not {"wanted_tree", "given_tree"} <= words.keys() or words["wanted_tree"] == words["given_tree"]:
        return ()
    outputs, targets = int(words["wanted_tree"]), int(words["given_tree"])
    if targets > outputs == 1:
        return (Change("The model has one output: pass one target.", code="model.fit(x, y)"),)
    names = ", ".join(f"y{i + 1}" for i in range(min(outputs, 6)))
    return (
        Change(f"Pass one target for each of the {outputs} outputs, in their order.", code=f"model.fit(x, [{names}])"),
        Change(
            "Or keep only the output that you train in the model.",
            code="model = keras.Model(inputs, one_of_the_outputs)",
        ),
    )


_SAID_OF_LABELS = re.compile(r"target\.ndim|up until the last dimension")  # by the loss for integer labels alone


def _fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    expected, found = finding.shape("expected") or finding.shape("output"), finding.shape("found")
    if expected and found and len(expected) == len(found) and finding.without_batch:
        expected, found = (None, *expected), (None, *found)
    classes = expected[-1] if expected else finding.number("classes")
    ranks = (finding.number("expected_ndim") or len(expected or ()), len(found or ()))
    loss = str(finding.values.get("loss", "")) or named_loss(finding.around)
    if found and len(found) > 1 and found[-1] != 1 and ranks[0] == ranks[1] + 1 and loss.startswith("sparse"):
        return (axis_of_labels(found, expected),)
    if not loss and _SAID_OF_LABELS.search(finding.around):
        loss = "sparse_categorical_crossentropy"
    rows = found and expected and len(found) == len(expected) and (found[-1] or 0) > 1
    if rows and loss.startswith("sparse"):
        return (
            Change("Use the loss for one-hot rows.", code='loss="categorical_crossentropy"',
                   means="A sparse loss reads one number for each sample, whatever the output has."),
            Change("Or turn the rows into integer labels.", code="y = y.argmax(axis=-1)"),
        )  # fmt: skip
    if found and len(found) == 1 and expected and len(expected) == 2 and loss in OF_NUMBERS:
        return (Change("Let the last layer return one number for each sample, as there is one target for each.",
                       code="layers.Dense(1)"),)  # fmt: skip
    if found and expected and (expected == (*found, 1) or expected[1:] == (*found[1:], 1)):
        return (
            Change("Give the target an axis of size 1, too.", code="y = y[..., np.newaxis]",
                   means=f"{found} becomes {(*found, 1)}: one number for each step."),
            Change("Or remove that axis from the output.", code=f"layers.Reshape({tuple(n or -1 for n in found[1:])})"),
        )  # fmt: skip
    if found and expected and None in expected[1:] and fits(expected, found):
        return (declared(expected, found),)
    if loss.startswith("sparse") and found and expected and found == (found[0], *expected[1:-1], 1) and classes != 1:
        return metrics_for_labels(expected[-1] or 0)
    if ranks == (2, 1) and found:
        return one_number_or_a_class(expected, loss)
    if found and expected and (in_rows := pixels_in_rows(expected, found, finding.around)):
        return in_rows
    if not found and (each := labels_for_each_row(finding.shape("logits"), finding.shape("labels"))):
        return each
    both = found and expected and len(found) == len(expected) == 3
    steps_differ = found and expected and both and None not in (found[1], expected[1]) and found[1] != expected[1]
    if found and expected and steps_differ and found[2] == expected[2]:
        return (
            Change(f"Return an output for each of the {found[1]} steps of the target.",
                   code=f"layers.RepeatVector({found[1]})  # where a RepeatVector makes the steps"),
            Change(f"Or give the target {expected[1]} steps, like the output.", code=f"y = y[:, -{expected[1]}:]",
                   means="The last steps of each target are kept."),
        )  # fmt: skip
    if found and expected and steps_differ:
        return (encoder_and_decoder(found[1], found[2]),)
    if found and ranks[0] > ranks[1] and (ranks[0] > 3 or not RECURRENT.search(finding.around)):
        return (
            Change(
                "For one output per sample, make one vector of each before the last Dense.", code="layers.Flatten()"
            ),
        )
    if found and ranks[0] > ranks[1]:
        return (
            Change(
                "One output per sample: drop the steps before the last Dense.",
                code="layers.LSTM(units)  # return_sequences=False",
            ),
            Change("One output per step: give one target per step.", code="y.shape == (samples, timesteps, units)"),
            Change("Or give integer labels, one for each step, an axis of 1.", code="y = y[..., np.newaxis]"),
        )
    if found and expected and found[1:] == (*expected[1:], 1):
        return (
            Change("Remove the target's last axis, whose size is 1.", code="y = y[..., 0]",
                   means=f"{found} becomes {found[:-1]}, as the output."),
            Change("Or let the model return every step.", code="layers.LSTM(units, return_sequences=True)\nlayers.Dense(1)")
            if len(expected) > 1
            else Change("Or give the output that axis, too.", code="layers.Reshape((1,))"),
        )  # fmt: skip
    each_step = ranks == (2, 3) and RECURRENT.search(finding.around)
    if ranks[0] < ranks[1] and (loss in OF_NUMBERS or each_step):
        return (
            Change(
                "One output per step: let the last recurrent layer return every step.",
                code=f"layers.LSTM(units, return_sequences=True)\nlayers.Dense({found[-1] if found else 'columns'})",
            ),
        )
    pictures = as_the_target(expected, found) if expected and found else ()
    if pictures:
        return pictures
    width = Change(
        "Give the last layer as many units as the target has columns.",
        code=f"layers.Dense({found[-1] if found else 'columns'})",
    )
    if found and expected and loss in OF_NUMBERS:
        columns = Change(f"Or give each target {expected[-1]} columns, like the output.")
        return (width, columns) if expected[-1] != found[-1] else ()
    if found and len(found) == 2 and classes == 1 and (found[-1] or 0) > 1:
        return (width,)  # rows of several numbers and one unit: no loss makes them fit
    sparse = Change("Integer labels go with the sparse loss.", code='loss="sparse_categorical_crossentropy"')
    onehot = Change(
        f"One-hot labels{f' of {classes} columns' if classes else ''} go with the plain one.",
        code=f"y = keras.utils.to_categorical(y, {classes or 'classes'})",
    )
    labels = (found and found[-1] == 1) or finding.shape("logits")
    return (sparse, onehot, replace(width, label=f"Or g{width.label[1:]}")) if labels else (width, sparse, onehot)


MISTAKE = Mistake(
    name="target_shape",
    title="Targets and outputs have different shapes",
    searched=(
        "target.shape, output.shape",
        "must have the same shape",
        "must have the same rank",
        "logits and labels",
    ),
    misconception="the-last-dense-is-a-free-choice",
    order=30,
    built_silently=True,
    families=(
        IMAGES_ALONE,
        SAMPLE_WEIGHTS,
        WEIGHTS_OF_ARRAYS,
        THRESHOLDS,
        R2_SCORE,
        CLASS_WEIGHTS,
        CLASS_WEIGHTS_OF_ONE,
        LOSSES,
        METRICS,
        KEYS,
        *OUT_OF_RANGE,
        Family(
            sees=("different structures",),
            says=(
                "y_true and y_pred have different structures. y_true: {given_tree:tree} y_pred: {wanted_tree:tree}",
                "y_true and y_pred have different structures",
            ),
            causes=(
                (
                    "The model has {wanted_tree} output(s), but you passed {given_tree} target(s). Each output needs "
                    "its own target."
                ),
                "The targets don't contain one array for each output of the model.",
            ),
            words=_words,
            advice=_advice,
            title="The number of targets isn't the number of outputs",
        ),
        Family(
            sees=(
                "target array",
                "logits and labels",
                "`logits` and `labels`",
                "`target` and `output`",
                "argument `output`",
                "are incompatible",
                "are not compatible",
                "`labels.shape` must equal",
                "should equal the shape of logits",
                "logits_size",
                "passing a target",
                "can not squeeze",
                "`y_true` are expected",
                "`y_pred` are expected",
            ),
            says=(
                "A target array with shape {found:shape} was passed for an output of shape {expected:shape} while using as loss {loss}",
                "A target array with shape {found:shape} was passed for an output of shape {expected:shape}",
                "You are passing a target array of shape {found:shape} while using as loss {loss}",
                "logits and labels must have the same first dimension, got logits shape {logits:shape} and labels shape {labels:shape}",
                "`labels.shape` must equal `logits.shape` except for the last dimension. Received: labels.shape={labels:shape} and logits.shape={logits:shape}",
                "The shape of labels (received {labels:shape}) should equal the shape of logits except for the last dimension (received {logits:shape}",
                "logits and labels must be <broadcastable|same size>: logits_size={expected:shape} labels_size={found:shape}",
                "`logits` and `labels` must have the same shape, received ({expected:shape} vs<.>? {found:shape}",
                "logits and labels must have the same shape, received ({expected:shape} vs<.>? {found:shape}",
                "logits and labels must have the same shape ({expected:shape} vs {found:shape}",
                "logits and labels must have the same <shape|first dimension>",
                "Arguments `target` and `output` must have the same <shape|rank (ndim)>. Received: target.shape={found:shape}, output.shape={expected:shape}",
                "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape={found:shape}, output.shape={expected:shape}",
                "Arguments `target` and `output` must have the same shape up until the last dimension: target.shape={found:shape}, output.shape={expected:shape}",
                "Shapes {found:shape} and {expected:shape} are incompatible",
                "labels.get_shape().merge_with(logits.get_shape())...Shapes {found:shape} and {expected:shape} are not compatible",
                "Can not squeeze dim[{axis}], expected a dimension of 1, got {classes}",
                "Targets `y_true` are expected to be a tensor of shape ... Received: y_true.shape={found:shape}",
                "Logits `y_pred` are expected to be a tensor of shape ... Received: y_pred.shape={expected:shape}",
            ),
            causes=(
                (
                    "A sparse loss drops the last axis of the labels, so its size must be 1; here it is {one_hot}: "
                    "the labels are rows of {one_hot}, like one-hot labels."
                ),
                (
                    "The model returns its fixed batch of {outputs} samples, but there are {found_samples} targets, "
                    "as in a smaller last batch: the outputs are {expected}, the targets {found}."
                ),
                (
                    "The targets are {scalars}, which is how Keras reads a Python list of numbers; the outputs are "
                    "{expected}: one row for each sample is needed."
                ),
                (
                    "The outputs are {logits}. There are as many labels, {labels}, as numbers in the outputs "
                    "({flat}): these are one-hot rows of {columns}, but this loss reads one integer for each row."
                ),
                (
                    "The targets {found} are rows of {rows_of}, like one-hot labels; a sparse loss reads one integer "
                    "for each row: {integers}."
                ),
                "The loss {loss} compares outputs {expected} with targets {found}{difference}.",
                "The loss {loss} can't use targets of shape {found}.",
                "The loss compares outputs {expected} with targets {found}{difference}.",
                "The loss compares {logits} outputs with {labels} labels; with integer labels there must be one label for each row of outputs.",
                "The targets don't have one label for each output of the model, or one array for each of its outputs.",
            ),
            has_node=True,
            completes=(_flat_rows, _one_hot_rows, _laid_flat, _only_the_samples),
            decides=_decides,
            words=_words,
            advice=_rows_advice,
        ),
        COLUMN_METRICS,
    ),
    end="target",
    live=trained,
    fixes=_fixes,
    mends=(
        steps_kept_for_labels,
        images_put_channels_last,
        a_target_for_each_output,
        metric_for_labels,
        targets_in_order,
        *OF_LABELS,
        *WEIGHTED,
        *FORMS,
        *TARGETS,
        one_output_with_its_columns,
        only_the_targets_columns,
    ),
)
