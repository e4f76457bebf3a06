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
