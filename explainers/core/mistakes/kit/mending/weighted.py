"""Sample weights: one for each loss, so one for each sample, and for each step where the target has steps."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.editing import with_weights
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, written
from explainers.core.spec import Check, Sizes


def _losses(broken: Broken, check: Check) -> Sizes | None:
    """The shape of the losses: that of the output without its last axis, for as many samples as are fed."""
    samples = check.shapes[0][0] if check.shapes and check.shapes[0] else None
    if not broken.outputs or samples is None or None in broken.outputs[0][1:]:
        return None
    return (samples, *broken.outputs[0][1:-1])


def _weighted(broken: Broken) -> Iterator[tuple[int, Check, Sizes, Sizes]]:
    """Each check with weights of another shape than the losses: its place, it, the losses, the weights."""
    for i, check in broken.fed():
        losses = _losses(broken, check)
        if check.weights is not None and losses is not None and check.weights != losses:
            yield i, check, losses, check.weights


def a_weight_for_each_sample(broken: Broken) -> Iterator[Mend]:
    """More or fewer weights than samples."""
    for i, _, losses, weights in _weighted(broken):
        samples, came = losses[0] or 0, weights[0] or 0
        if samples == came:
            continue
        spec = with_weights(broken.spec, i, (samples, *weights[1:]))
        if came > samples:
            over = f"{came - samples} are left over: x and y were cut or split, and the weights were not."
            code = f"sample_weight = sample_weight[:{samples}]"
            yield Mend(f"Keep the weights of the {samples} samples.", code, spec, over, 1)
            continue
        made = str(samples) if len(weights) == 1 else written((samples, *weights[1:]))
        missing = f"{samples - came} are missing: x and y have more rows than the weights."
        code = f"sample_weight = np.ones({made})  # your weights"
        yield Mend(f"Give each of the {samples} samples a weight.", code, spec, missing, 1)


def a_weight_for_each_step(broken: Broken) -> Iterator[Mend]:
    """One weight for each sample, where each step has a loss."""
    for i, _, losses, weights in _weighted(broken):
        if len(losses) != 2 or losses[1] is None:
            continue
        spec, steps = with_weights(broken.spec, i, losses), losses[1]
        if len(weights) == 1:
            yield Mend(
                f"Repeat each sample's weight for its {steps} steps.",
                f"sample_weight = np.repeat(sample_weight[:, np.newaxis], {steps}, axis=1)",
                spec,
                "class_weight also makes one weight for each sample: omit it and pass sample_weight.",
                1,
            )
            continue
        yield Mend(
            f"Give each of the {steps} steps its own weight.",
            f"sample_weight = np.ones((len(x), {steps}))  # your weights: one row for each sample",
            spec,
            "Weights of classes are looked up by label: np.take(weight_of_class, y), y of shape (samples, steps).",
            1,
        )


def one_weight_alone(broken: Broken) -> Iterator[Mend]:
    """Several weights for each sample, where it has one loss."""
    for i, _, losses, weights in _weighted(broken):
        if len(losses) == 1 and len(weights) == 2 and weights[1] is not None:
            yield Mend(
                "Give each sample one weight.",
                "sample_weight = sample_weight.mean(axis=1)",
                with_weights(broken.spec, i, (losses[0],)),
                f"The loss is one number for each sample; here its {weights[1]} weights are averaged.",
                1,
            )


WEIGHTED = (a_weight_for_each_sample, a_weight_for_each_step, one_weight_alone)
