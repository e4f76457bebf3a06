"""More or fewer results than names on the left."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.mending.small import as_many_names_as_tensors, states_left_out
from explainers.core.mistakes.kit.scene import (
    Scene,
    entry,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake
from explainers.core.spec import Check, ModelSpec, chain


def _live(scene: Scene) -> ModelSpec | None:
    """A layer with its states in a Sequential, or taken apart into a wrong number of names."""
    wanted = scene.finding.number("expected_outputs")
    class_name = "GRU" if "gru" in scene.text.lower() and "lstm" not in scene.text.lower() else "LSTM"
    shape = scene.sizes(("batch", "timesteps", "features"))
    if wanted is None:
        layer = scene.layer(class_name, return_state=True)
        return chain(entry(shape, origin="an example"), (layer, scene.layer("Dense", "dense")), sequential=True)
    got = scene.finding.number("found_outputs")
    if got is not None and got > 1:
        layer = scene.layer("GRU" if got == 2 else "LSTM", return_state=True)
    else:
        layer = scene.layer(class_name, return_sequences=True)
    check = Check("unpack", layer=layer.name, number=min(max(wanted, 2), 5))
    return chain(entry(shape, origin="an example"), (layer,), sequential=False, checks=(check,))


MISTAKE = Mistake(
    name="output_count",
    title="More or fewer results than names on the left",
    searched=(
        "not enough values to unpack (expected 3, got 2)",
        "too many values to unpack",
    ),
    misconception="a-state-is-any-tensor",
    order=180,
    families=(
        Family(
            sees=("single output tensor", "to unpack", "iterating over", "iterable", "cannot iterate"),
            says=(
                "All layers in a Sequential model should have a single output tensor",
                "too many values to unpack (expected {expected_outputs})",
                "not enough values to unpack (expected {expected_outputs}, got {found_outputs})",
                "too many values to unpack",
                "need more than {found_outputs} value<s>? to unpack",
                "Tensor objects are <only|not> iterable",
                "Iterating over a symbolic KerasTensor is not supported",
                "Cannot iterate over a <tensor with unknown first dimension|scalar>",
            ),
            causes=(
                "{expected_outputs} tensors are taken, but the layer returns {found_outputs}.",
                "{expected_outputs} tensors are taken, but the layer gives another number: an RNN gives one, an LSTM with return_state=True three, a GRU two.",
                "A layer with return_state=True gives several tensors; Sequential passes on one.",
            ),
        ),
    ),
    live=_live,
    fixes=just(
        ("Take as many tensors as the layer gives.", "y, h, c = layers.LSTM(units, return_state=True)(x)"),
        ("In a Sequential, leave return_state out.", "layers.LSTM(units)"),
    ),
    mends=(as_many_names_as_tensors, states_left_out),
)
