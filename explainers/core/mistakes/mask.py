"""Padding is read as data, or the mask is lost."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.scene import (
    Scene,
    entry,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake
from explainers.core.spec import LayerSpec, ModelSpec, chain


def _live(scene: Scene) -> ModelSpec | None:
    """Masking in front of an LSTM, as it works on today's CPU."""
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
    families=(
        Family(
            sees=(
                "mask",
                "cudnn_status_bad_param",
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
                "CUDNN_STATUS_BAD_PARAM",
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
                "{layer} can't pass on the mask that came with its input.",
                "A mask doesn't fit the sequences: a row that is masked from its first step, or padding in front, is refused by the fast GPU code.",
            ),
        ),
    ),
    live=_live,
    fixes=just(
        ("Pad behind the sequence, and keep at least one step in every row.", 'pad_sequences(x, padding="post")'),
        ("Or use a layer that passes masks on.", "layer.supports_masking = True"),
    ),
)
