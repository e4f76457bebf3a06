"""Targets and outputs have different shapes."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.mending.targets import TARGETS
from explainers.core.mistakes.kit.scene import (
    EXAMPLES,
    Scene,
    entry,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake
from explainers.core.spec import Check, LayerSpec, ModelSpec, Sizes, chain


def _live(scene: Scene) -> ModelSpec | None:
    """A model with the output that was expected, trained on the target that was found."""
    finding = scene.finding
    logits, labels = finding.shape("logits"), finding.shape("labels")
    found = finding.shape("found") or labels
    if finding.number("classes") is not None and found is None:
        found = (EXAMPLES["samples"], 1)
    if found is None:
        return None
    expected = finding.shape("expected") or logits or _expected_output(scene, found)
    if len(expected) == len(found) and expected[:1] != (None,) and finding.of_samples:
        expected, found = (None, *expected), (EXAMPLES["samples"], *found)
    if not expected or expected[-1] is None or None in found[1:]:
        return None
    found = tuple(EXAMPLES["samples"] if n is None else n for n in found) or (1,)
    batch = logits[0] if logits is not None else None
    name = finding.layer if finding.layer and re.fullmatch(r"\w{1,60}", finding.layer) else "dense"
    dense = LayerSpec("Dense", name, (("units", expected[-1]),))
    before: Sizes = (batch if batch != found[0] else None, *expected[1:-1], scene.example("features"))
    loss = _loss(scene, expected, found)
    return chain(
        entry(before, origin="an example"),
        (*_steps_in_front(scene, expected, found), dense),
        sequential=True,
        checks=(Check("fit", (_concrete(before, found[0]),), (found,), loss),),
    )


def _steps_in_front(scene: Scene, expected: Sizes, found: Sizes) -> tuple[LayerSpec, ...]:
    """An output for each step against a target for each sample: most often a recurrent layer that gives every step."""
    if len(expected) != 3 or len(found) > 2:
        return ()
    units = scene.example("units in front")
    return (LayerSpec("LSTM", "lstm", (("units", units), ("return_sequences", True))),)


def _expected_output(scene: Scene, found: Sizes) -> Sizes:
    rank = scene.finding.number("expected_ndim") or len(found) + 1
    classes = scene.finding.number("classes") or (found[-1] if len(found) > 1 else None) or scene.example("units")
    names = ("timesteps",) if rank == 3 else tuple(f"axis {i + 1}" for i in range(rank - 2))
    middle = tuple(scene.example(name) for name in names)
    return (None, *middle, classes)


def _concrete(shape: Sizes, samples: int | None) -> Sizes:
    batch = shape[0] if shape[0] is not None else samples
    return (batch, *(EXAMPLES["timesteps"] if n is None else n for n in shape[1:]))


def _loss(scene: Scene, expected: Sizes, found: Sizes) -> str:
    """The loss in the message; else one that compares shapes as old Keras did for every loss."""
    said = str(scene.finding.values.get("loss", "")).strip("`'\".")
    if said in (
        "mean_squared_error",
        "mean_absolute_error",
        "categorical_crossentropy",
        "binary_crossentropy",
        "sparse_categorical_crossentropy",
        "mse",
        "mae",
        "huber",
    ):
        return said
    if "target.ndim" in scene.text or scene.finding.shape("logits") is not None or "label value" in scene.text:
        return "sparse_categorical_crossentropy"
    return "categorical_crossentropy" if (expected[-1] or 1) > 1 else "binary_crossentropy"


def _fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    expected, found = finding.shape("expected"), finding.shape("found")
    classes = expected[-1] if expected else finding.number("classes")
    ranks = (finding.number("expected_ndim") or len(expected or ()), len(found or ()))
    if found and ranks[0] > ranks[1]:
        return (
            Change(
                "One output per sample: drop the steps before the last Dense.",
                code="layers.LSTM(units)  # return_sequences=False",
            ),
            Change("One output per step: give one target per step.", code="y.shape == (samples, timesteps, units)"),
        )
    sparse = Change("Integer labels go with the sparse loss.", code='loss="sparse_categorical_crossentropy"')
    onehot = Change(
        f"One-hot labels{f' of {classes} columns' if classes else ''} go with the plain one.",
        code=f"y = keras.utils.to_categorical(y, {classes or 'classes'})",
    )
    width = Change(
        "Or let the last layer have as many units as the target has columns.",
        code=f"layers.Dense({found[-1] if found else 'columns'})",
    )
    return (sparse, onehot, width) if (found and found[-1] == 1) or finding.shape("logits") else (width, sparse, onehot)


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
    families=(
        Family(
            sees=(
                "target array",
                "logits and labels",
                "`logits` and `labels`",
                "`target` and `output`",
                "argument `output`",
                "are incompatible",
                "outside the valid range",
                "logits_size",
                "passing a target",
                "can not squeeze",
                "different structures",
                "`y_true` are expected",
                "`y_pred` are expected",
                "sample_weight",
            ),
            says=(
                "A target array with shape {found:shape} was passed for an output of shape {expected:shape} while using as loss {loss}",
                "A target array with shape {found:shape} was passed for an output of shape {expected:shape}",
                "You are passing a target array of shape {found:shape} while using as loss {loss}",
                "logits and labels must have the same first dimension, got logits shape {logits:shape} and labels shape {labels:shape}",
                "logits and labels must be <broadcastable|same size>: logits_size={expected:shape} labels_size={found:shape}",
                "`logits` and `labels` must have the same shape, received ({expected:shape} vs<.>? {found:shape}",
                "logits and labels must have the same shape ({expected:shape} vs {found:shape}",
                "logits and labels must have the same <shape|first dimension>",
                "Arguments `target` and `output` must have the same <shape|rank (ndim)>. Received: target.shape={found:shape}, output.shape={expected:shape}",
                "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape={found:shape}, output.shape={expected:shape}",
                "Arguments `target` and `output` must have the same shape up until the last dimension: target.shape={found:shape}, output.shape={expected:shape}",
                "Shapes {found:shape} and {expected:shape} are incompatible",
                "y_true and y_pred have different structures",
                "Can not squeeze dim[{axis}], expected a dimension of 1, got {classes}",
                "Received a label value of {label} which is outside the valid range of [{low}, {classes})",
                "Targets `y_true` are expected to be a tensor of shape ... Received: y_true.shape={found:shape}",
                "Logits `y_pred` are expected to be a tensor of shape ... Received: y_pred.shape={expected:shape}",
                "Found a sample_weight array with shape {found:shape} for an input with shape {expected:shape}",
                "Found a sample_weight array with shape {found:shape}",
            ),
            causes=(
                "The loss {loss} compares targets {found} with outputs {expected}{difference}.",
                "The loss {loss} can't use targets of shape {found}.",
                "The loss compares targets {found} with outputs {expected}{difference}.",
                "The loss compares {logits} outputs with {labels} labels; with integer labels there must be one label for each row of outputs.",
                "The label {label} is outside 0 … {last_class}: the output has {classes} classes.",
                "The targets don't have one label for each output of the model, or one array for each of its outputs.",
            ),
            has_node=True,
        ),
    ),
    end="target",
    live=_live,
    fixes=_fixes,
    mends=TARGETS,
)
