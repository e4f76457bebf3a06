"""What helps where targets and outputs differ in their axes: told where there is no program to try it on."""

from __future__ import annotations

from explainers.core.finding import Change
from explainers.core.spec import Sizes


def axis_of_labels(found: Sizes, expected: Sizes | None) -> Change:
    """Integer labels, as older versions read them: with an axis of 1 behind."""
    classes = f" The output then needs one number for each class: {expected[-1]} here." if expected else ""
    return Change(
        "Give the integer labels an axis of 1 at the end.",
        code="y = y[..., np.newaxis]",
        means=f"{found} becomes {(*found, 1)}: older versions of Keras need as many axes as the output has.{classes}",
    )


def declared(expected: Sizes, found: Sizes) -> Change:
    """Sizes that the output leaves open, which older versions compared with the target's as if they were sizes."""
    steps = next(size for size, wanted in zip(found[1:], expected[1:], strict=True) if wanted is None)
    return Change(
        f"Declare the size that the output leaves open: the Input, or input_length, says {steps}.",
        code=f"keras.Input(shape=({steps}, …))",
        means=f"No size of {expected} differs from {found}. Older versions of Keras refuse None where the target has "
        f"{steps}; today's accepts it.",
    )


def encoder_and_decoder(steps: int | None, columns: int | None) -> Change:
    """Another number of steps than the data have, with columns of their own."""
    return Change(
        f"Read all steps into one vector, then write the {steps} steps of the target.",
        code=f"layers.LSTM(units)\nlayers.RepeatVector({steps})\nlayers.LSTM(units, return_sequences=True)\n"
        f"layers.Dense({columns or 'columns'})",
        means="One recurrent layer reads, the other writes: an encoder and a decoder.",
    )


def one_number_or_a_class(expected: Sizes | None, loss: str) -> tuple[Change, ...]:
    """One number for each sample as the target, a row for each as the output: a column, or the number of a class."""
    units = expected[1] if expected else None
    column = Change("Make the targets a column: one row for each sample.", code="y = y.reshape(-1, 1)")
    if units == 1:
        return (column,)
    classes = units or "classes"
    sparse = Change(
        "If each target is the number of a class, use the loss for integer labels.",
        code='loss="sparse_categorical_crossentropy"\nmetrics=["sparse_categorical_accuracy"]',
        means=f"The output has {units} numbers for each sample, one for each class." if units else "",
    )
    one_hot = Change(
        f"Or one-hot encode the labels: {units} numbers each." if units else "Or one-hot encode the labels.",
        code=f"y = keras.utils.to_categorical(y, {classes})",
    )
    if units is None:
        return (column, one_hot)
    number = Change("If it is a number to predict, end with one unit.", code="layers.Dense(1)")
    return (number, sparse) if loss.startswith("mean") else (sparse, one_hot, number)


def labels_for_each_row(logits: Sizes | None, labels: Sizes | None) -> tuple[Change, ...]:
    """Several labels for each row of outputs, or several rows for each label: what their ratio says."""
    if not logits or not labels or len(labels) != 1 or not logits[0] or not labels[0] or logits[0] == labels[0]:
        return ()
    rows, count = logits[0], labels[0]
    if count % rows == 0:
        return (
            Change(
                f"If each sample has {count // rows} labels, one for each step, give an output for each step.",
                code="layers.LSTM(units, return_sequences=True)",
                means=f"{count:,} labels are {count // rows} for each of {rows:,} outputs.",
            ),
            Change("If only the last of them is predicted, keep that one.", code="y = y[:, -1]"),
        )
    if rows % count == 0:
        return (
            Change(
                f"There are {rows // count} outputs for each label: give one output for each sample.",
                code="layers.Flatten()  # before the last Dense; or omit return_sequences=True",
                means=f"{rows:,} rows of outputs are {rows // count} for each of {count:,} samples.",
            ),
        )
    return ()
