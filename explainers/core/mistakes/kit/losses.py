"""What is said of losses and metrics: as many as there are outputs, and targets of the form that they read."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.sheet import Family, nothing_live
from explainers.core.spec import Sizes


def _outputs_for_a_label(finding: Finding) -> int | None:
    """Classes, where the outputs are that many times the labels."""
    labels, outputs = finding.number("left"), finding.number("right")
    whole = labels and outputs and outputs > labels and outputs % labels == 0
    return outputs // labels if whole and outputs and labels else None


def _words_of_thresholds(finding: Finding) -> dict[str, str]:
    times = _outputs_for_a_label(finding)
    return {"times": str(times)} if times is not None else {}


def _names_of_thresholds(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    """(1, 128): all numbers of the batch in one row, for each threshold."""
    named = {"labels": ("thresholds", "labels"), "logits": ("thresholds", "outputs")}.get(role)
    return named if len(sizes) == 2 else None


def _metric_for_labels(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A metric that reads integer labels, or labels with a column for each class."""
    classes = _outputs_for_a_label(finding)
    if classes is None:
        return ()
    return (
        Change("Use a metric for integer labels.", code='metrics=["sparse_categorical_accuracy"]'),
        Change(
            f"Or write the labels as rows of {classes}, with the loss for such rows.",
            code=f'y = keras.utils.to_categorical(y, {classes})\nloss="categorical_crossentropy"',
            means="Each output then has its own yes or no.",
        ),
    )


_QUOTED = re.compile(r"['\"]([^'\"\n]{1,60})['\"]")


def _losses_advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """One loss for each output: in their order, or by the names of the layers that make them."""
    weights, losses = finding.number("right"), finding.number("left")
    if weights is not None and losses is not None:
        return (Change(f"Give each of the {losses} losses one weight.", code="loss_weights=[1.0, 0.5, …]"),)
    place = finding.number("place")
    names = _QUOTED.findall(str(finding.values.get("rest", "")))[:6]
    by_name = ", ".join(f'"{name}": "…"' for name in names) if names else '"name_of_a_layer": "mse", …'
    in_order = (
        Change(f"Keep {place} losses: one for each output, in the order of keras.Model(inputs, [outputs]).",
               code='model.compile(optimizer, loss=["mse", …])')
        if place is not None
        else Change("Give one loss for each output, in the order of keras.Model(inputs, [outputs]).",
                    code='model.compile(optimizer, loss=["mse", …])')
    )  # fmt: skip
    named = Change(
        "Or by the names of the layers that make the outputs.",
        code=f"model.compile(optimizer, loss={{{by_name}}})",
        means="model.output_names lists them.",
    )
    return (named, in_order) if names else (in_order, named)


THRESHOLDS = Family(
    sees=("logicaland",),
    says=(
        "Dimensions must be equal, but are {left} and {right} for <'|\"|`>?{{node <{layer}/>?LogicalAnd}} = LogicalAnd[](Tile_2, Greater<{rest:word}>?) with input shapes: {labels:shape}, {logits:shape}",
        "Dimensions must be equal, but are {left} and {right} for <'|\"|`>?{{node LogicalAnd}} = LogicalAnd[](Tile<_2>?, ...with input shapes: {labels:shape}, {logits:shape}",
    ),
    causes=(
        "A yes-or-no metric (Precision, Recall, AUC …) compares each number of the output with one of the target: {right} outputs, {left} labels, so {times} outputs for each label.",
        "A yes-or-no metric (Precision, Recall, AUC …) compares each number of the output with one of the target: {left} and {right} of them.",
    ),
    weight=3,
    words=_words_of_thresholds,
    names=_names_of_thresholds,
    advice=_metric_for_labels,
    live=nothing_live,
    title="A metric got targets of another shape",
)

LOSSES = Family(
    sees=("in the `loss` argument", "in loss dict", "`loss_weights` must match", "list as loss", "unexpected losses"),
    says=(
        "The path: ({place},) in the `loss` argument, can't be found in",
        "The path: ({what},) in the `loss` argument, can't be found in",
        "in the `loss` argument, can't be found in",
        "Expected keys {rest:tree} in loss dict, but found",
        "`loss_weights` must match the number of losses, got {left} losses and {right} weights",
        "list as loss, it should have one entry per model output<s>?. The model has {place} outputs",
        "Found unexpected losses or metrics that do not correspond to any Model output",
    ),
    causes=(
        "There are {left} losses and {right} loss_weights: each loss needs one weight.",
        "Only {place} of the losses belong to an output, and there is one more: each output needs one loss.",
        "loss names {what}, but no output of the model has that name.",
        "loss is a dict with other names than the outputs have: {rest}.",
        "The losses don't belong to the outputs one by one: each output needs one loss.",
    ),
    weight=3,
    advice=_losses_advice,
    live=nothing_live,
    title="Another number of losses than the model has outputs",
)
