"""A stateful layer got a batch of a different size."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape
from explainers.core.finding import Change, Finding, Value
from explainers.core.layers import RECURRENT
from explainers.core.mistakes.kit.judged import Judged, who
from explainers.core.mistakes.kit.mending.meeting import whole_batches
from explainers.core.mistakes.kit.mending.small import BATCHES
from explainers.core.mistakes.kit.scene import (
    Scene,
    entry,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said
from explainers.core.spec import Check, ModelSpec, Sizes, chain


def _names(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    """A state as the GPU code prints it: with the layers in front."""
    of_state = role in ("left_shape", "right_shape") and len(sizes) == 3
    return ("layers", "batch", "units") if of_state else None


_CALLED_ON = re.compile(r"(?:sequences|inputs)=.{0,60}?shape=\((?P<sizes>\d{1,7}(?:, ?\d{1,7}){2})\)")


def _called_on(finding: Finding, said: Said) -> Finding:
    """What reached the layer, which Keras prints behind the message."""
    shape = _CALLED_ON.search(said.near(0, 700))
    if shape is None or "found" in finding.named:
        return finding
    return replace(finding, named={**finding.named, "found": (tuple(map(int, shape["sizes"].split(","))),)})


def _of_few(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A single sample: the same weights in a model for batches of one."""
    if finding.number("found_samples") != 1 or not finding.number("batch_size"):
        return ()
    return (
        Change(
            "To predict one sample at a time, make the same model for batches of 1 and copy the weights.",
            code="one.set_weights(model.get_weights())  # one: built with keras.Input(batch_shape=(1, …))",
            means="The weights don't depend on the batch; only the state does.",
        ),
    )


def _live(scene: Scene) -> ModelSpec | None:
    """A stateful LSTM: without a fixed batch, or fed with another one."""
    finding = scene.finding
    class_name = finding.class_name if finding.class_name in RECURRENT else "LSTM"
    both = _two_shapes(finding)
    states = bool(both) and len(both[0]) == 3 and len(both[1]) == 3
    layer = scene.layer(class_name, stateful=True, **({"units": both[0][2]} if states and both[0][2] else {}))
    sample = (finding.shape("found") or ())[1:]
    of_text = sample if len(sample) == 2 and finding.number("outputs") is None else (None, None)
    steps, features = (n or scene.example(name) for n, name in zip(of_text, ("timesteps", "features"), strict=True))
    samples, batch = finding.number("found_samples"), finding.number("batch_size")
    if states:
        batch, samples = both[0][1], both[1][1]  # the state that is kept, the one that the data would need
    if samples is None:
        return chain(entry((None, steps, features), origin="an example"), (layer,), sequential=False)
    batch = batch if batch is not None else scene.example("batch_size")
    return chain(
        entry((batch, steps, features)),
        (layer,),
        checks=(Check("predict", ((samples, steps, features),), batch_size=samples),),
    )


def _two_shapes(finding: Finding) -> tuple[Sizes, ...]:
    left, right = finding.shape("left_shape"), finding.shape("right_shape")
    return (left, right) if left is not None and right is not None else ()


def _judge(layer: Any, inputs: Sequence[Shape]) -> Judged | None:
    """A stateful layer keeps one row of state per sample: it must know how many."""
    inner = getattr(layer, "forward_layer", layer)
    if not getattr(inner, "stateful", False) or not inputs or inputs[0][0].size is not None:
        return None
    return Judged(
        f"{who(layer)} is stateful: it keeps one row of state for each sample of a batch, from one batch to the "
        f"next. So the batch must be a number, but it is None ({inputs[0][0].origin}).",
        (Axis("batch", None, "a number, known at build time"),),
        inputs[0],
        0,
    )


def _fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    batch = finding.number("batch_size")
    return (
        Change(
            "Fix how many samples a batch holds.",
            {"batch_size": batch} if batch else {},
            "keras.Input(batch_shape=(batch_size, timesteps, features))",
        ),
        Change(
            "Give fit and predict that batch_size, and a number of samples that it divides.",
            code=f"model.predict(x, batch_size={batch or 'batch_size'})",
        ),
        Change("Omit stateful=True: then any batch size is accepted.", {"stateful": False}),
    )


MISTAKE = Mistake(
    name="stateful_batch",
    title="A stateful layer got a batch of a different size",
    searched=(
        "If an RNN is stateful, the batch size must be the same",
        "number of samples divisible by the batch size",
    ),
    misconception="any-batch-for-a-stateful-model",
    order=90,
    made="left a stateful layer without a fixed batch",
    renamed=True,
    built_silently=True,
    of_a_batch=True,
    families=(
        Family(
            sees=(
                "stateful",
                "of the initial state",
                "only pass inputs",
                "rows but",
                "shape mismatch: x has",
                "incompatible with the specified batch",
                "input_h shape",
                "expected batch size",
                "batch output shape",
                "layer must be stateful",
                "specified a list with shape",
            ),
            says=(
                "In a stateful network, you should only pass inputs with a number of samples that can be divided by the batch size. Found: {found_samples} samples. Batch size: {batch_size}",
                "In a stateful network, you should only pass inputs with a number of samples that can be divided by the batch size. Found: {found_samples} samples",
                "you should only pass inputs with a number of samples that can be divided by the batch size. Found: {found_samples} samples",
                "must be the same as the batch size of the initial state. ...Expected batch size: {batch_size} ...Received batch size: {found_samples}",
                "If a<n>? RNN is stateful, it needs to know its batch size",
                "If a<n>? RNN is stateful, a complete <`>?input_shape<`>? must be provided",
                "When using `stateful=True` in a RNN, the batch size must be static<. Found dynamic batch size: sequence.shape={found:shape}>?",
                "Shape mismatch: x has {found_samples} rows but z has {batch_size} rows",
                "Shape mismatch: x has {found_samples} r",
                "The `batch_size` argument value {found_samples} is incompatible with the specified batch size of your Input Layer: {batch_size}",
                "Invalid input_h shape: {left_shape:shape} {right_shape:shape}",
                "RNN ... stateful ... batch size",
                "Mismatch between expected batch size and model output batch size. Output shape = {left_shape:shape}, expected output shape = shape {right_shape:shape}",
                "batch output shape of your `Dataset` is {found_samples}, which is incompatible with the specified batch size of your Input Layer: {batch_size}",
                "Specified a list with shape [{batch_size}...from a tensor with shape [{found_samples}",
                "Layer must be stateful",
            ),
            causes=(
                (
                    "The loss got {outputs} outputs for {found_samples} targets. A model whose batch is fixed "
                    "returns {batch_size} rows, however few samples the last batch holds; so does a Reshape that "
                    "mixes samples."
                ),
                (
                    "The state has one row for each of the {batch_size} samples of a batch; this batch has "
                    "{found_samples}."
                ),
                "The state was made for a batch of a different size, not for the {found_samples} samples given.",
                "A stateful layer keeps one row of state per sample, so the batch must be a number: {found} leaves it open.",
                "{left_shape} meets {right_shape}: a stateful layer keeps one row of state for each sample of the batch that it was made for.",
                "A stateful layer keeps one row of state per sample, so it must know the number of samples in a batch.",
            ),
            completes=(_called_on,),
            advice=_of_few,
            question="How many samples does one batch hold (batch_size)?",
            names=_names,
        ),
    ),
    judge=_judge,
    live=_live,
    fixes=_fixes,
    mends=(whole_batches, *BATCHES),
)
