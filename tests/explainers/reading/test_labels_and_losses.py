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


def test_one_unit_and_rows_of_labels_keep_their_one_unit() -> None:
    result = diagnose(FIRST.format(3 * 26, 1, 26))
    assert result.spec is not None
    assert result.spec.layers[-1].get("units") == 1


def test_labels_of_steps_next_to_one_output_for_each_sample_are_told_so() -> None:
    result = diagnose(FIRST.format(16, 271_573, 416))
    assert result.fixes[0].label == "If each sample has 26 labels, one for each step, give an output for each step."
    assert result.fixes[1].code == "y = y[:, -1]"


OWN_LOSS = """InvalidArgumentError: Incompatible shapes: [16,{}] vs. [16,{}]

def far_apart_loss(y_true, y_pred):
    return K.mean({})
"""


@pytest.mark.parametrize(
    ("first", "second", "product"),
    [(1, 38, "y_true * K.square(y_pred)"), (38, 1, "y_pred * K.square(y_true)"), (1, 38, "K.square(y_true - y_pred)")],
)
def test_the_order_in_an_own_loss_says_which_of_the_two_is_the_target(first: int, second: int, product: str) -> None:
    result = diagnose(OWN_LOSS.format(first, second, product))
    assert result.cause.startswith("The loss compares outputs (16, 38) with targets (16, 1)")
    assert not any("classes" in fix.means for fix in result.fixes)


def test_more_numbers_in_the_masks_are_channels_of_the_masks() -> None:
    dice = "def dice(y_true, y_pred):\n    return K.sum(K.flatten(y_true) * K.flatten(y_pred))"
    text = "InvalidArgumentError: Incompatible shapes: [{}] vs. [{}]\n\n" + dice
    more_masks = [fix.code for fix in diagnose(text.format(19_200, 4_800)).fixes]
    assert more_masks[:2] == ["masks = masks[..., :1]", 'layers.Conv2D(4, 1, activation="softmax")']
    more_outputs = [fix.code for fix in diagnose(text.format(4_800, 19_200)).fixes]
    assert more_outputs[0] == 'layers.Conv2D(1, 1, activation="sigmoid")'


def test_the_path_of_a_node_names_the_layer_that_ends_the_model() -> None:
    text = (
        "ValueError: Dimensions must be equal, but are 26 and 38 for '{{node compile_loss/mean_squared_error/sub}} = "
        "Sub[T=DT_FLOAT](data_1, sequential_1/lstm_1/strided_slice)' with input shapes: [?,26], [?,38]."
    )
    result = diagnose(text)
    assert result.spec is not None
    assert result.spec.layers[-1].class_name == "LSTM"
    assert result.fixes[0].label == "End with a Dense of units=26, one for each column of the target, behind lstm_1."


def test_a_message_that_says_no_order_is_read_by_the_output_of_the_code() -> None:
    code = (
        "model = Sequential([Input((11,)), Dense(9, activation='softmax')])\n"
        "model.compile('adam', 'sparse_categorical_crossentropy', metrics=[AUC()])\n"
    )
    result = diagnose(f"ValueError: Shapes (26, 9) and (26, 1) are incompatible\n\n{code}")
    assert result.title == "A metric got targets of a different shape"
    assert result.cause.startswith("A metric compares outputs (26, 9) with targets (26, 1)")
    assert result.fixes[0].code == 'metrics=["sparse_categorical_accuracy"]'


def test_pixels_in_a_row_are_no_steps() -> None:
    text = (
        "IMAGE_W = 134, IMAGE_H = 100\nError when checking target: expected activation_3 to have shape (12288, 1) "
        "but got array with shape (13400, 1)"
    )
    first = diagnose(text).fixes[0]
    assert first.code == "layers.Resizing(128, 160)"
    assert "13,400 (100 × 134)" in first.means


def test_images_end_with_a_convolution_and_no_fix_is_told_twice() -> None:
    text = (
        "A target array with shape (9, 48, 38, 3) was passed for an output of shape (None, 48, 38, 1) while using as "
    )
    result = diagnose(f"{text}loss `binary_crossentropy`.")
    assert result.spec is not None
    assert result.spec.layers[-1].class_name == "Conv2D"
    assert [fix.code for fix in result.fixes] == ["mask = mask[..., :1]", "layers.Conv2D(3, …)"]


@pytest.mark.parametrize(
    ("message", "title"),
    [
        (
            "Found a sample_weight array with shape (260,). In order to use timestep-wise sample weighting, you should "
            "pass a 2D sample_weight array.",
            "The sample weights and the losses have different shapes",
        ),
        (
            "ValueError: `class_weight` is only supported for Models with a single output.",
            "class_weight is for models with one output",
        ),
    ],
)
def test_weights_of_steps_and_of_several_outputs_are_told(message: str, title: str) -> None:
    result = diagnose(message)
    assert (result.mistake, result.title) == ("target_shape", title)
    assert not result.fixes[0].label.startswith("Or ")


def test_an_output_without_columns_meets_targets_of_one_column() -> None:
    text = (
        "ValueError: Shapes (None, 1) and (None,) must have the same rank\nDuring handling of the above exception:\n"
        "labels.get_shape().merge_with(logits.get_shape())\nValueError: Shapes (None, 1) and (None,) are not compatible"
    )
    result = diagnose(text)
    assert result.cause == "The loss compares outputs (None,) with targets (None, 1): 1 axis versus 2."
    assert result.fixes[0].code == "y = y[..., 0]"


SPARSE = (
    "ValueError: Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape={}, "
    "output.shape=(None, {})"
)


def test_one_label_for_each_sample_keeps_the_classes_where_the_steps_are_dropped() -> None:
    result = diagnose(SPARSE.format("(None, 1)", "26, 9"))
    assert result.fixes[0].tried is not None
    assert result.fixes[0].tried.output == (None, 9)
    assert not any("units=1" in fix.label for fix in result.fixes)


def test_rows_for_a_sparse_loss_are_one_hot_rows_of_their_own_width() -> None:
    first, second = diagnose(SPARSE.format("(None, 4)", "9")).fixes[:2]
    assert first.code == 'layers.Dense(4, activation="softmax")\nloss="categorical_crossentropy"'
    assert second.code == "y = y.argmax(axis=-1)"
    assert first.tried is not None
    assert second.tried is not None


def test_a_column_of_labels_for_each_image_gets_one_vector_and_the_sparse_loss() -> None:
    text = (
        "Arguments `target` and `output` must have the same rank (ndim). Received: target.shape=({}), output.shape=({})"
    )
    fixes = diagnose(text.format("None, 1", "None, 6, 12, 14, 9") + " loss='categorical_crossentropy'").fixes
    assert any("And use the loss for integer labels." in fix.label and fix.tried is not None for fix in fixes)
