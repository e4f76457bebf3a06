"""Padding is read as data, or the mask is lost."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from explainers.core.editing import with_layer_before
from explainers.core.finding import Change, Finding, Value
from explainers.core.layers import SEQUENCE_READERS, sheet
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, of_call
from explainers.core.mistakes.kit.mending.several import mask_of_the_steps
from explainers.core.mistakes.kit.scene import (
    MOST,
    Scene,
    entry,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, nothing_live
from explainers.core.spec import CallSpec, Check, LayerSpec, ModelSpec, Ref, Sizes, chain


def _past_the_mask(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A layer that ends the sequence, and reads the mask while it does."""
    if not finding.layer or finding.shape("left_shape") is not None:
        return ()
    return (
        Change(
            "Return only the last output of the recurrent layer: that of the last step that isn't padding.",
            code=f"layers.LSTM(units)  # without return_sequences, and without {finding.class_name or finding.layer}",
        ),
        Change(
            "Or take the mean over the steps that aren't padding.",
            code=f"layers.GlobalAveragePooling1D()  # instead of {finding.class_name or finding.layer}",
        ),
        Change(
            "Or do without the mask: padding is then read as data.",
            code="layers.Embedding(words, size)  # no mask_zero",
        ),
    )


def masking_behind(broken: Broken) -> Iterator[Mend]:
    """Masking right in front of the layer that uses the mask, behind what changes the axes."""
    masks = [i for i, call in enumerate(broken.spec.calls) if of_call(broken.spec, i).class_name == "Masking"]
    reads = [i for i, call in enumerate(broken.spec.calls) if of_call(broken.spec, i).class_name in SEQUENCE_READERS]
    if not masks or not reads or reads[0] < masks[0] + 2:
        return
    first = broken.spec.calls[masks[0]]
    moved = replace(broken.spec, calls=tuple(
        replace(call, inputs=tuple(first.inputs[0] if ref == Ref("call", masks[0]) else ref for ref in call.inputs))
        for call in broken.spec.calls
    ))  # fmt: skip
    mask = broken.spec.layers[first.layer]
    spec = with_layer_before(moved, reads[0], LayerSpec(mask.class_name, f"{mask.name}_behind", mask.arguments))
    layer = of_call(broken.spec, reads[0])
    yield Mend(
        f"Put the Masking right before {layer.name}, after the layer that flattens the steps.",
        "layers.Masking(mask_value=…)",
        spec,
        "The mask then has one entry for each timestep, (batch, timesteps).",
        1,
    )


def _beside_its_mask(scene: Scene, sizes: Sizes, mask: Sizes) -> ModelSpec:
    """The layer, or an LSTM, on a sequence with a mask of that shape beside it."""
    class_name = scene.finding.class_name or ""
    facts = sheet(class_name)
    takes = facts is not None and facts.group in ("rnn", "norm") and class_name != "GroupNormalization"
    inputs = (entry((None, *sizes[1:]), "sequence"), entry((None, *mask[1:]), "mask", "bool"))
    layer = scene.layer(class_name if takes else "LSTM")
    call = CallSpec(0, (Ref("input", 0),), mask=Ref("input", 1))
    batch = sizes[0] or 2
    check = Check("predict", ((batch, *sizes[1:]), (batch, *mask[1:])))
    return ModelSpec(inputs, (layer,), (call,), (Ref("call", 0),), checks=(check,))


def masked(scene: Scene) -> ModelSpec | None:
    """Masking in front of an LSTM, as it works on today's CPU; behind a Flatten where the data have more axes."""
    both = scene.finding.named.get("both", ())
    of_input, of_mask = scene.finding.shape("right_shape"), scene.finding.shape("left_shape")
    if of_input and of_mask and len(of_input) == 3 and None not in (*of_input[1:], *of_mask[1:]):
        return _beside_its_mask(scene, of_input, of_mask)
    if scene.finding.mistake == "mask" and both and len(both[0]) > 2 and None not in both[0][1:]:
        inside = both[0][1:]  # the mask has an entry for each of these; the data have one axis more
        texts = [tuple(axis.size for axis in shape) for shape in scene.finding.shapes]
        last = next((sizes[-1] for sizes in texts if sizes[-len(inside) - 1 : -1] == inside), 1) or 1
        flat = (inside[0] or 1, math.prod(n or 1 for n in inside[1:]) * last)
        layers = (
            LayerSpec("Masking", "masking", (("mask_value", 0.0),)),
            LayerSpec("Reshape", "flat", (("target_shape", flat),)),
            scene.layer("LSTM"),
        )
        if math.prod(flat) <= MOST:
            return chain(entry((None, *inside, last)), layers, sequential=False)
    shape = scene.sizes(("batch", "timesteps", "features"))
    found = next((tuple(a.size for a in s) for s in scene.finding.shapes if len(s) == 3), None)
    return chain(
        entry((None, *(found or shape)[1:])),
        (LayerSpec("Masking", "masking", (("mask_value", 0.0),)), scene.layer("LSTM")),
        sequential=False,
    )


MISTAKE = Mistake(
    name="mask",
    title="Padding is read as data, or the mask is lost",
    searched=(
        "does not support masking",
        "mask_zero",
        "padded zeros change the output",
    ),
    misconception="padding-zeros-do-not-count",
    order=130,
    once=True,
    lists_axes=True,
    families=(
        Family(
            sees=("cudnn_status_bad_param",),
            says=("CUDNN_STATUS_BAD_PARAM",),
            causes=(
                (
                    "A mask doesn't fit the sequences: a row that is masked from its first step, or that starts with "
                    "padding, is refused by the fast GPU code."
                ),
            ),
            weight=1,
        ),
        Family(
            sees=("/while/select", "_while/select"),
            says=(
                "Dimension {axis} in both shapes must be equal, but are {left} and {right}. Shapes are {left_shape:shape} and {right_shape:shape}. for <'>?{layer:word}/while/Select",
            ),
            causes=(
                (
                    "{layer} uses the mask, (batch, timesteps), to choose between new and old states step by step; "
                    "here {right} numbers of the mask meet {left} units. A layer in front passes on a mask that "
                    "doesn't fit its output."
                ),
                (
                    "The loop uses the mask to choose between new and old states step by step; the mask that reaches "
                    "it isn't (batch, timesteps). A layer in front passes on a mask that doesn't fit its output."
                ),
            ),
            weight=3,
            advice=just(
                (
                    "Let the custom layer in front drop its mask if it returns one vector for a sequence.",
                    "def compute_mask(self, inputs, mask=None):\n    return None",
                ),
                ("Or make the Embedding without a mask.", "layers.Embedding(words, dim, mask_zero=False)"),
            ),
            live=nothing_live,
            title="A mask that doesn't belong to its sequence",
        ),
        Family(
            sees=(
                "mask",
                "cannot unstack",
                "`mask` passed",
                "mask provided",
                "`mask` must be",
                "inputs` and `mask",
                "mask passed",
                "masking is not supported",
                "layer mask must",
            ),
            says=(
                "Layer {layer} does not support masking, but was passed an input_mask",
                "does not support masking",
                "mask that does not correspond to <strictly >?right-padded sequences",
                "mask should have <the same >?shape",
                "mask must have <the same >?shape",
                "mask ... shape {left_shape:shape} ... {right_shape:shape}",
                "Cannot unstack {left} tensors into a TensorArray of static size {right}",
                "The mask provided should be one dimension less than the inputs. Received: mask.shape={left_shape:shape}, inputs.shape={right_shape:shape}",
                "The `mask` passed to the {cls} layer has a shape {left_shape:shape} that is incompatible with the input shape {right_shape:shape}",
                "The `mask` passed to the {cls} layer must be at least",
                "The `mask` must be broadcastable to `inputs`...inputs.shape={right_shape:shape}, mask.shape={left_shape:shape}",
                "The lists `inputs` and `mask` should have the same length",
                "Masking is not supported for CuDNN",
                "layer mask must be a list",
            ),
            causes=(
                "The mask is {left_shape}, its input is {right_shape}: a mask says yes or no for each timestep of each sample, (batch, timesteps).",
                "The mask has {left} timesteps, the sequence has {right}; each timestep needs one entry in the mask.",
                "{layer} can't pass on the mask of its input: older versions of Keras refuse that, today's drops the mask with a warning.",
                (
                    "A mask doesn't fit the sequences: a row that is masked from its first step, or that starts with "
                    "padding, is refused by the fast GPU code."
                ),
            ),
            advice=_past_the_mask,
        ),
    ),
    live=masked,
    mends=(mask_of_the_steps, masking_behind),
    fixes=just(
        (
            ("Put the Masking right before the recurrent layer."),
            "layers.Masking()(flat)  # flat: (batch, timesteps, features)",
        ),
        (
            ("Pad at the end of each sequence, and keep at least one step in every row."),
            'pad_sequences(x, padding="post")',
        ),
        ("Or use a layer that passes masks on.", "layer.supports_masking = True"),
    ),
)
