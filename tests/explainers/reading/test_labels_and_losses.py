"""Labels outside the classes, labels for a loss of one-hot rows, weights and metrics: what they say, and what helps."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from explainers.core.mistakes.kit.labels import classes_said
from explainers.reading.diagnosing import diagnose

RANGE = (
    "InvalidArgumentError: Received a label value of {} which is outside the valid range of [0, {}).  Label values: 0 3"
)


def _pixels(classes: int, label: int, ignored: int | None) -> None:
    model = keras.Sequential([keras.Input((6, 4, 2)), keras.layers.Dense(classes, activation="softmax")])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(ignore_class=ignored))
    model.fit(np.zeros((3, 6, 4, 2)), np.full((3, 6, 4), label), verbose=0)


@pytest.mark.parametrize(("label", "classes"), [(255, 19), (-1, 9)])
def test_a_label_for_what_belongs_to_no_class_is_skipped(label: int, classes: int) -> None:
    with pytest.raises(Exception, match="outside the valid range"):
        _pixels(classes, label, None)
    _pixels(classes, label, label)
    first, second = diagnose(RANGE.format(label, classes)).fixes[:2]
    assert first.code == f"loss=keras.losses.SparseCategoricalCrossentropy(ignore_class={label})"
    assert second.code == f"y = np.where(y == {label}, 0, y)"
    assert first.tried is not None
    assert first.tried.ran


@pytest.mark.parametrize(("label", "code"), [(255, "y = y // 255"), (-1, "y = (y + 1) // 2")])
def test_two_classes_that_count_otherwise_become_0_and_1(label: int, code: str) -> None:
    assert diagnose(RANGE.format(label, 2)).fixes[0].code == code


def test_labels_from_1_count_from_0_and_others_are_renumbered() -> None:
    assert diagnose(RANGE.format(13, 13)).fixes[0].code == "y = y - 1"
    codes = [fix.code for fix in diagnose(RANGE.format(38, 13)).fixes]
    assert codes == ["classes, y = np.unique(y, return_inverse=True)", "layers.Dense(39)"]


def test_one_unit_gets_a_sigmoid_for_two_classes_and_more_units_for_more() -> None:
    two, many = diagnose(RANGE.format(1, 1)), diagnose(RANGE.format(23, 1))
    assert two.cause.startswith(
        "The last layer has 1 unit, so 0 is the only class that the loss knows; one label is 1."
    )
    assert two.fixes[0].label == "For two classes, keep the one unit: a sigmoid and the binary loss."
    assert many.fixes[0].code == "layers.Dense(24)"
    assert all(found.fixes[0].tried is not None and found.fixes[0].tried.ran for found in (two, many))


def test_the_label_meets_the_last_layer_of_the_code_next_to_the_message() -> None:
    code = (
        "model = keras.Sequential([layers.Input((11,)), layers.Dense(23), layers.Dense(1, activation='softmax')])\n"
        "model.compile('adam', 'sparse_categorical_crossentropy')\n"
    )
    first = diagnose(f"{RANGE.format(5, 1)}\n\n{code}").fixes[0]
    assert (
        "+model = keras.Sequential([layers.Input((11,)), layers.Dense(23), layers.Dense(6, activation='softmax')])"
        in first.diff
    )


@pytest.mark.parametrize(
    ("words", "classes"),
    [
        ("Found 912 files belonging to 6 classes.", 6),
        ("n_classes=9, 64 units", 9),
        ("num_classes = 14", 14),
        ("I have 3 categories", 3),
        ("7 classes here and 9 classes there", None),
        ("nothing of the kind: 7 features", None),
    ],
)
def test_the_number_of_classes_is_read_from_words(words: str, classes: int | None) -> None:
    assert classes_said(words) == classes


@pytest.mark.parametrize(("target", "output"), [("(640, 1)", (None, 9)), ("(3, 2209, 1)", (None, 2209, 9))])
def test_a_column_of_integer_labels_needs_the_sparse_loss(target: str, output: tuple[int | None, ...]) -> None:
    text = (
        f"You are passing a target array of shape {target} while using as loss `categorical_crossentropy`. "
        "`categorical_crossentropy` expects targets to be binary matrices. There are 9 classes."
    )
    result = diagnose(text)
    assert [fix.code for fix in result.fixes[:2]] == [
        'loss="sparse_categorical_crossentropy"',
        "y = keras.utils.to_categorical(y, 9)",
    ]
    assert result.fixes[0].tried is not None
    assert result.fixes[0].tried.output == output


FIRST = "logits and labels must have the same first dimension, got logits shape [{},{}] and labels shape [{}]"


def test_rows_of_outputs_are_put_back_into_the_samples_of_the_code() -> None:
    code = (
        "model = keras.Sequential([layers.Input((26, 11)), layers.Dense(23), layers.Dense(9, activation='softmax')])\n"
        "model.compile('adam', 'sparse_categorical_crossentropy')\n"
    )
    result = diagnose(f"{FIRST.format(16 * 26, 9, 16)}\n\n{code}")
    assert result.fixes[0].diff
    assert all(fix.tried is not None and fix.tried.output == (None, 9) for fix in result.fixes[:2])


def test_rows_of_outputs_alone_are_steps_of_samples_and_no_larger_batch() -> None:
    result = diagnose(FIRST.format(16 * 26, 9, 16))
    assert result.spec is not None
    assert result.spec.inputs[0].shape[:2] == (None, 26)
    assert "x = x[:16]" not in [fix.code for fix in result.fixes]
    assert result.fixes[0].tried is not None


DIRECTORY = (
    "ValueError: Shapes (None, None) and (None, 4) are incompatible\n\n"
    "train = image_dataset_from_directory('data', label_mode='categorical', image_size=(90, 96))\n{}\n"
    "model = Sequential([Input((90, 96, 3)), Flatten(), Dense(4, activation='softmax')])\n"
    "model.compile('adam', 'categorical_crossentropy')\nmodel.fit(train)\n"
)


def test_an_open_number_of_columns_is_what_the_text_says_and_never_an_example() -> None:
    said = diagnose(DIRECTORY.format("Found 3670 files belonging to 6 classes."))
    assert said.fixes[0].label == "Give the last Dense units=6: one for each column of the target."
    unsaid = diagnose(DIRECTORY.format(""))
    assert not any("units=7" in fix.label for fix in unsaid.fixes)


def test_weights_of_pixels_are_weights_and_no_targets() -> None:
    text = (
        "Found a sample_weight array with shape (26, 1824) for an input with shape (26, 48, 38, 1). sample_weight "
        "cannot be broadcast."
    )
    result = diagnose(text)
    assert result.title == "The sample weights and the losses have different shapes"
    assert result.fixes[0].code == "sample_weight = sample_weight.reshape((-1, 48, 38))"
    last = diagnose(text.replace("(26, 1824)", "(26, 48, 38, 1)"))
    assert last.fixes[0].code == "sample_weight = sample_weight[..., 0]"


def test_an_example_is_no_size_of_the_message() -> None:
    result = diagnose("`logits` and `labels` must have the same shape, received ((32, 5) vs (32, 1)).")
    assert result.spec is not None
    assert result.spec.inputs[0].shape[-1] not in (5, 1, 32)


def test_metrics_that_read_class_numbers_choose_the_largest_output() -> None:
    model = keras.Sequential([keras.Input((6, 4, 2)), keras.layers.Dense(5, activation="softmax")])
    metric = keras.metrics.MeanIoU(5)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[metric])
    with pytest.raises(Exception, match="LogicalAnd") as raised:
        model.fit(np.zeros((9, 6, 4, 2)), np.zeros((9, 6, 4, 1)), verbose=0)
    result = diagnose(str(raised.value))
    assert result.fixes[0].code == "keras.metrics.MeanIoU(num_classes=5, sparse_y_pred=False)"
    old = "Dimension 0 in both shapes must be equal, but are 1824 and 9120. Shapes are [1824] and [9120].\n"
    old += "metrics=[MeanIoU(5)]"
    assert diagnose(old).fixes[0].code == "keras.metrics.MeanIoU(num_classes=5, sparse_y_pred=False)"


def test_an_f1_score_needs_one_hot_targets() -> None:
    text = (
        "FBetaScore expects 2D inputs with shape (batch_size, output_dim), with output_dim fully defined (not None). "
        "Received input shapes: y_pred.shape=(None, 9) and y_true.shape=(None,)."
    )
    result = diagnose(text)
    assert result.mistake == "target_shape"
    assert result.fixes[0].code == 'y = keras.utils.to_categorical(y, 9)\nloss="categorical_crossentropy"'


def test_no_flatten_makes_a_row_of_outputs_fit_one_number_for_each_sample() -> None:
    fed = "Cannot feed value of shape (90,) for Tensor 'dense_3_target:0', which has shape '(?, ?)'"
    assert diagnose(fed).fixes[0].code == "y = y.reshape(-1, 1)"
