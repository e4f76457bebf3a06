"""Weights in the loss: one for each sample, for each of its steps or pixels, or one for each class."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import math
from dataclasses import replace

from explainers.core.finding import Change, Finding, Value, written
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.scene import EXAMPLES, Scene, entry
from explainers.core.mistakes.kit.sheet import Family, Said, nothing_live
from explainers.core.spec import Check, LayerSpec, ModelSpec, Sizes, chain


def _names_of_weights(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    """One loss for each sample, or for each of its steps."""
    if role not in ("left_shape", "right_shape") or len(sizes) > 2:
        return None
    losses = finding.shape("left_shape")
    return ("batch", "timesteps" if losses == sizes else "columns")[: len(sizes)]


def _live_weights(scene: Scene) -> ModelSpec | None:
    """A model with so many losses, and weights of that shape."""
    losses, weights = scene.finding.shape("left_shape"), scene.finding.shape("right_shape")
    if not losses or not weights or len(losses) > 2 or None in losses[1:] or None in weights[1:]:
        return None
    samples, features = EXAMPLES["samples"], scene.example("features")
    data: Sizes = (samples, *losses[1:], features)
    dense = LayerSpec("Dense", "dense", (("units", 1),))
    target, weighed = (samples, *losses[1:], 1), (samples, *weights[1:])
    check = Check("fit", (data,), (target,), "mse", weights=weighed)
    return chain(entry((None, *data[1:]), origin="an example"), (dense,), checks=(check,))


SAMPLE_WEIGHTS = Family(
    sees=("data_2", "weighted_loss", "mul}}]]", "mul/broadcastgradientargs"),
    says=(
        "Dimensions must be equal, but are {left} and {right} for <'|\"|`>?{{node ...loss...mul...data_2...with input shapes: {left_shape:shape}, {right_shape:shape}",
        "Incompatible shapes: {right_shape:few} vs. {left_shape:few} [[{{node ...loss...mul}}]]",
        "Incompatible shapes: {left_shape:few} vs. {right_shape:few} [[{{node gradient_tape/...loss...mul/BroadcastGradientArgs}}]]",
        "Dimensions must be equal, but are {left} and {right} for <'|\"|`>?{{node ...weighted_loss...mul...with input shapes: {left_shape:shape}, {right_shape:shape}",
    ),
    causes=(
        "Each loss is multiplied by its weight (sample_weight, or what class_weight makes): the losses are {left_shape}, the weights {right_shape}.",
    ),
    weight=3,
    names=_names_of_weights,
    live=_live_weights,
    title="The sample weights and the losses have different shapes",
)


def _losses_of_target(finding: Finding, said: Said) -> Finding:
    """One loss for each row of the target's last axis, which the weights must match."""
    target = finding.shape("target")
    losses = target[:-1] if target and len(target) > 1 else target
    return replace(finding, named={**finding.named, "left_shape": (losses,)}) if losses else finding


def _weights_advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """The same weights with the axes of the losses, where their numbers are as many; else how many there must be."""
    losses, weights = finding.shape("left_shape"), finding.shape("right_shape")
    if weights and not losses and len(weights) > 1 and weights[-1] == 1:
        losses = weights[:-1]
    if not losses or not weights:
        return _FOR_STEPS
    if len(losses) < 3 and len(weights) < 3:
        return ()  # a live model tries it
    each = {3: "pixel", 4: "voxel"}.get(len(losses), "step")
    old = f'Keras 2 reads weights for each {each} only with sample_weight_mode="temporal" and a target of three axes.'
    if weights == (*losses, 1):
        return (
            Change("Drop the weights' last axis, whose size is 1.", code="sample_weight = sample_weight[..., 0]",
                   means=f"{written(weights)} becomes {written(losses)}: one weight for each {each}. {old}"),
            _ONE_FOR_EACH_SAMPLE,
        )  # fmt: skip
    known = None not in (*losses[1:], *weights[1:])
    if known and math.prod(n or 1 for n in losses[1:]) == math.prod(n or 1 for n in weights[1:]):
        return (
            Change(f"Give the weights the axes of the losses: one for each {each}.",
                   code=f"sample_weight = sample_weight.reshape({written((-1, *losses[1:]))})",
                   means=f"{written(weights)} becomes {written(losses)}. {old}"),
            _ONE_FOR_EACH_SAMPLE,
        )  # fmt: skip
    return (
        Change(f"Give each {each} a weight: the weights need the shape {written(losses)}.",
               code="sample_weight = weight_of_class[labels]", means=old),
        _ONE_FOR_EACH_SAMPLE,
    )  # fmt: skip


_ONE_FOR_EACH_SAMPLE = Change("Or pass one weight for each sample.", code="sample_weight.shape == (len(x),)")

_FOR_STEPS = (
    Change(
        "Give each step of each sample a weight: repeat the weight of the sample.",
        code="sample_weight = np.repeat(sample_weight[:, np.newaxis], steps, axis=1)",
        means="The model was compiled for weights of steps; the weights need the shape (samples, steps).",
    ),
    Change(
        "For one weight for each sample, compile without the mode for steps.",
        code="model.compile(optimizer, loss)  # no sample_weight_mode",
    ),
)

WEIGHTS_OF_ARRAYS = Family(
    sees=("found a sample_weight array",),
    says=(
        "Found a sample_weight array with shape {right_shape:shape} for an input with shape {target:shape}",
        "Found a sample_weight array with shape {right_shape:shape}",
    ),
    causes=(
        "The targets {target} give losses of shape {left_shape}: one for each row of their last axis. The weights are {right_shape}; they must have that shape, or be one for each sample.",
        "The weights are {right_shape}; sample_weight holds one weight for each sample, or one for each of its steps or pixels.",
    ),
    weight=3,
    names=_names_of_weights,
    completes=(_losses_of_target,),
    told_as={
        "target": "the targets, in the message",
        "left_shape": "the losses (worked out)",
        "right_shape": "the weights, in the message",
    },
    advice=_weights_advice,
    live=_live_weights,
    title="The sample weights and the losses have different shapes",
)

CLASS_WEIGHTS_OF_ONE = Family(
    sees=("class_weight",),
    says=("class_weight<`>? is only supported for Models with a single output", "class_weight<`>?...only supported for <models|`?y`?>...single output"),
    causes=(
        "class_weight looks up one weight by the label of each sample, so the model may have one output; yours has several.",
    ),
    weight=3,
    advice=just(
        (
            "Give each output its weights with sample_weight, by the names of the outputs.",
            "weights = np.array([0.5, 2.0])  # one for each class of that output\n"
            'model.fit(x, {"kind": y_kind}, sample_weight={"kind": weights[y_kind]})',
        ),
        (
            "Or weigh the classes in the loss of that output.",
            'loss={"kind": keras.losses.CategoricalFocalCrossentropy(alpha=[0.5, 2.0])}',
        ),
    ),
    live=nothing_live,
    title="class_weight is for models with one output",
)  # fmt: skip

CLASS_WEIGHTS = Family(
    sees=("class_weight", "`class_weight`"),
    says=("class_weight<`>? <is >?not supported for 3+ dimensional targets",),
    causes=(
        "class_weight takes one label for each sample; here each pixel (or step) has a label: give each of them its weight "
        "with sample_weight.",
    ),
    weight=3,
    advice=just(
        (
            "Look up the weight of each label, and pass it as sample_weight: (samples, height, width).",
            "weights = np.array([0.05, 0.95])  # one for each class\n"
            "w = weights[y.astype(int)[..., 0]]  # one-hot labels: weights[y.argmax(axis=-1)]\n"
            "model.fit(x, y, sample_weight=w)",
        ),
        (
            "Or weigh the classes in the loss.",
            'keras.losses.CategoricalFocalCrossentropy(alpha=[0.05, 0.95])  # or Dice: keras.losses.Dice()',
        ),
    ),
    live=nothing_live,
    title="class_weight is for one label in each sample",
)  # fmt: skip
