"""A mask that TimeDistributed refuses: of another number of steps, or compared with sizes that aren't known yet."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding, Value, written
from explainers.core.mistakes.kit.scene import Scene, entry
from explainers.core.mistakes.kit.sheet import Family
from explainers.core.spec import CallSpec, Check, LayerSpec, ModelSpec, Ref, Sizes

_READ = re.compile(r"inputs=[^\n]{0,60}?shape=\((?P<sizes>[\w, ]{1,80})\)")


def _words(finding: Finding) -> dict[str, str]:
    """Whether the mask is what it should be, in a version that compares it with open sizes."""
    mask, steps = finding.shape("left_shape"), finding.number("right")
    if mask is None:
        return {}
    if steps is None:
        return {"right_mask": written(mask)} if len(mask) == 2 else {}
    return {"steps": str(steps), "in_mask": str(mask[1])} if len(mask) > 1 and mask[1] != steps else {}


def _names(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    return ("batch", "timesteps") if role == "left_shape" and len(sizes) == 2 else None


def _advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    mask, batch, steps = finding.shape("left_shape"), finding.number("left"), finding.number("right")
    if steps is not None and mask is not None:
        samples = "batch_size" if batch is None else str(batch)
        return (
            Change(
                f"Give the mask one entry for each of the {steps} timesteps: ({samples}, {steps}).",
                code=f"mask = np.ones(({samples}, {steps}), bool)  # your mask",
                means=f"The mask is {written(mask)}.",
            ),
        )
    alone = Change(
        "Call the Dense without TimeDistributed: it reads the last axis of every step by itself.",
        code="x = layers.Dense(units)(x)  # instead of layers.TimeDistributed(layers.Dense(units))(x)",
        means="The outputs and the parameters are the same.",
    )
    update = Change(
        "Update Keras: only early versions of Keras 3 refuse this mask.",
        code="pip install --upgrade keras",
    )
    return (alone, update) if "Dense" in finding.around else (update,)


def _live(scene: Scene) -> ModelSpec | None:
    """TimeDistributed around a Dense, with the mask of the message beside its input."""
    finding = scene.finding
    mask, steps = finding.shape("left_shape"), finding.number("right")
    if mask is None or steps is None or len(mask) != 2 or mask[1] is None:
        return None
    read = _READ.search(finding.around)
    last = read["sizes"].split(",")[-1].strip() if read is not None else ""
    features = int(last) if last.isdigit() and len(last) < 6 else scene.example("features")
    inner = LayerSpec("Dense", "dense", (("units", scene.example("units")),))
    layer = LayerSpec("TimeDistributed", "time_distributed", (("layer", inner),))
    samples = finding.number("left") or scene.example("batch_size")
    inputs = (entry((None, steps, features), "sequence"), entry((None, mask[1]), "mask", "bool"))
    call = CallSpec(0, (Ref("input", 0),), mask=Ref("input", 1))
    fed = ((samples, steps, features), (samples, mask[1]))
    return ModelSpec(inputs, (layer,), (call,), (Ref("call", 0),), checks=(Check("predict", fed),))


TIME_DISTRIBUTED = Family(
    sees=("should be passed a `mask` of shape", "should be passed a mask of shape"),
    says=(
        "`TimeDistributed` Layer should be passed a `mask` of shape (<None|{left}>, {right}, ...), received: mask.shape={left_shape:shape}",
        "Layer should be passed a <`>?mask<`>? of shape (<None|{left}>, {right}, ...), received: mask.shape={left_shape:shape}",
        "Layer should be passed a <`>?mask<`>? of shape (None, None, ...), received: mask.shape={left_shape:shape}",
    ),
    causes=(
        "The mask has {in_mask} timesteps, the sequence has {steps}: a mask has one entry for each timestep, (batch, timesteps).",
        "The mask {right_mask} is right: one entry for each timestep, (batch, timesteps). This version of Keras compares it "
        "with sizes that it doesn't know yet, (None, None), and refuses it.",
        "TimeDistributed needs a mask with one entry for each timestep, (batch, timesteps).",
    ),
    weight=3,
    told_as={"left_shape": "the mask, in the message"},
    words=_words,
    names=_names,
    advice=_advice,
    live=_live,
    title="TimeDistributed refuses the mask",
)
