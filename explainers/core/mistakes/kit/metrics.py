"""Metrics that compare targets and outputs column by column, and what they say where the columns differ."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.sheet import Family, nothing_live


def _columns_of_a_metric(finding: Finding) -> dict[str, str]:
    expected, found = finding.shape("expected"), finding.shape("found")
    return {"expected_columns": str(expected[-1]), "found_columns": str(found[-1])} if expected and found else {}


def _metric_words(finding: Finding) -> dict[str, str]:
    """The class whose message it is; F1Score is an FBetaScore."""
    name = str(finding.values.get("cls", ""))
    return {"metric": "F1Score (or FBetaScore)" if name == "FBetaScore" else name} if name else {}


def _metric_advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """One-hot targets for a metric that reads a column for each class."""
    output = finding.shape("expected")
    if not output or len(output) != 2 or not output[1]:
        return ()
    columns = output[1]
    if columns == 1:
        return (Change("Make the labels one column.", code="y = y.reshape(-1, 1)", means="One row for each sample."),)
    return (
        Change(
            f"One-hot encode the labels (rows of {columns}), and use the loss for them.",
            code=f'y = keras.utils.to_categorical(y, {columns})\nloss="categorical_crossentropy"',
            means="Loss and metric read the same targets.",
        ),
        Change("Or use a metric for integer labels.", code='metrics=["sparse_categorical_accuracy"]'),
    )


METRIC_TITLE = "A metric got targets of a different shape"
OF_CLASS_NUMBERS = re.compile(r"iou_metrics|Mean_?IoU|\bm?IoU\b|confusion_matrix/", re.IGNORECASE)


def class_numbers(classes: int) -> tuple[Change, ...]:
    """What an IoU metric needs, which reads the number of a class for each pixel."""
    return (
        Change(
            "Let the metric choose the class with the largest output: sparse_y_pred=False.",
            code=f"keras.metrics.MeanIoU(num_classes={classes}, sparse_y_pred=False)",
            means=f"MeanIoU reads the number of a class; the model returns {classes} numbers for each pixel. If the masks "
            "are one-hot, too, take OneHotMeanIoU.",
        ),
        Change(
            "In versions of Keras without that argument, choose it yourself.",
            code="class IoU(tf.keras.metrics.MeanIoU):\n    def update_state(self, y_true, y_pred, sample_weight=None):\n"
            "        return super().update_state(y_true, tf.argmax(y_pred, axis=-1), sample_weight)",
        ),
    )


R2_SCORE = Family(
    sees=("target variable: <variable path=r2_score",),
    says=(
        "variable.shape={expected:shape}, Received: value.shape={found:shape}. Target variable: \\<Variable path=r2_score",
    ),
    causes=(
        (
            "The metric counts {expected_columns} column(s), as in the first batch; the targets or outputs "
            "have {found_columns}: outputs and targets need equally many columns."
        ),
    ),
    weight=3,
    words=_columns_of_a_metric,
    live=nothing_live,
    title=METRIC_TITLE,
)

COLUMN_METRICS = Family(
    sees=("expects 2d inputs with shape",),
    says=(
        "{cls} expects 2D inputs with shape (batch_size, output_dim)...Received input shapes: y_pred.shape={expected:shape} and y_true.shape={found:shape}",
    ),
    causes=(
        (
            "The metric {metric} needs a column for each class in targets and outputs: the outputs are "
            "{expected}, the targets {found}."
        ),
    ),
    words=_metric_words,
    advice=_metric_advice,
    live=nothing_live,
    title=METRIC_TITLE,
)
