"""Weights in the loss: one for each sample, for each of its steps or pixels, or one for each class."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

from explainers.core.finding import Finding
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.scene import EXAMPLES, Scene, entry
from explainers.core.mistakes.kit.sheet import Family, nothing_live
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
