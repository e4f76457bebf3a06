"""More or fewer results than names on the left."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re

from explainers.core.finding import Finding
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.mending.small import as_many_names_as_tensors, states_left_out
from explainers.core.mistakes.kit.scene import (
    Scene,
    entry,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, nothing_live
from explainers.core.spec import Check, ModelSpec, chain

_OF_LAYERS = re.compile(r"lstm|gru\b|rnn|return_state|layers\.|encoder|decoder|keras", re.IGNORECASE)


def _words(finding: Finding) -> dict[str, str]:
    """Whether a layer is spoken of at all, or one tensor is taken for several."""
    said = "".join(finding.around[mark.start : mark.end] for mark in finding.marks)
    if re.search(r"iterat|iterable", said, re.IGNORECASE):
        return {"iterated": "One tensor is unpacked like a list: there are more names on the left than tensors that "
                            "the layer returns, or a loop runs over a tensor."}  # fmt: skip
    return {} if _OF_LAYERS.search(finding.around) else {"given_back": "what is on the right"}


def _live(scene: Scene) -> ModelSpec | None:
    """A layer with its states in a Sequential, or taken apart into a wrong number of names."""
    wanted = scene.finding.number("expected_outputs")
    if wanted is not None and not _OF_LAYERS.search(scene.text):
        return None  # any tuple can be taken apart: no layer is spoken of
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
    told_by_code=True,
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
                "There are {expected_outputs} names on the left, but {given_back} has {found_outputs} values.",
                "There are {expected_outputs} names on the left, but {given_back} has a different number of values.",
                "{expected_outputs} tensors are unpacked, but the layer returns {found_outputs}.",
                (
                    "{expected_outputs} tensors are unpacked, but the layer returns a different number: one, or with "
                    "return_state=True two for a GRU, three for an LSTM, and five for a Bidirectional LSTM."
                ),
                "{iterated}",
                "A layer with return_state=True returns several tensors; Sequential passes on only one.",
            ),
            words=_words,
        ),
        Family(
            sees=("_step",),
            says=(
                "in <train_step|test_step>...= data...not enough values to unpack (expected {expected_outputs}, got {found_outputs})",
                "in <train_step|test_step>...= data...too many values to unpack (expected {expected_outputs})",
            ),
            causes=(
                (
                    "The step unpacks {expected_outputs} arrays from data, but fit passes it {found_outputs}: x and "
                    "y, and sample_weight only if fit is given one."
                ),
                "The step unpacks {expected_outputs} arrays from data, but fit passes it more: x, y and sample_weight.",
            ),
            weight=3,
            advice=just(
                (
                    "Unpack what is there: the third is None when no weights were given.",
                    "x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)",
                ),
                ("Or unpack two, and call fit without sample_weight.", "x, y = data"),
            ),
            live=nothing_live,
            title="train_step doesn't unpack as many arrays as fit passes",
        ),
    ),
    live=_live,
    fixes=just(
        ("Unpack as many tensors as the layer returns.", "y, h, c = layers.LSTM(units, return_state=True)(x)"),
        ("In a Sequential model, omit return_state.", "layers.LSTM(units)"),
    ),
    mends=(as_many_names_as_tensors, states_left_out),
)
