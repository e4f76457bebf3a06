"""Padding is read as data, or the mask is lost."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

from explainers.core.editing import with_arguments, with_layer_before
from explainers.core.finding import Change, Finding, Value
from explainers.core.layers import BY_GATES, SEQUENCE_READERS, sheet
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.masks_along_time import TIME_DISTRIBUTED
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, of_call
from explainers.core.mistakes.kit.mending.left_out import without
from explainers.core.mistakes.kit.mending.several import mask_of_the_steps
from explainers.core.mistakes.kit.scene import (
    MOST,
    Scene,
    entry,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, nothing_live
from explainers.core.spec import CallSpec, Check, LayerSpec, ModelSpec, Ref, Sizes, chain

ONE_FOR_EACH_STEP = "A recurrent layer needs one entry for each timestep, (batch, timesteps)."
_PADDED = re.compile(r"\bpad_sequences\((?P<given>[^()\n]{1,160})\)")
_CUDNN_LAYER = re.compile(r"\bCu[Dd][Nn][Nn](?P<name>LSTM|GRU)\b")


def _right_padded(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """What the fast code for GPUs can read: padding at the end, and one step or more in every row."""
    padded = _PADDED.search(finding.around)
    at_the_end = re.search(r"padding ?= ?.post", finding.around) is not None
    given = re.sub(r",? ?padding ?= ?.pre.", "", padded["given"]) if padded is not None else "x"
    end = Change(
        "Pad at the end of each sequence.",
        code=f'pad_sequences({given}, padding="post")',
        means='Without padding="post", pad_sequences pads at the start.',
    )
    layer = next((name for name in BY_GATES[1:] if name.lower() in finding.around.lower()), BY_GATES[-1])
    return (
        *(() if at_the_end else (end,)),
        Change(
            "Leave out the rows that hold nothing but padding.",
            code="kept = (x != 0).any(axis=1)  # for ids; for features: .any(axis=(1, 2))\nx, y = x[kept], y[kept]",
            means="At least one step must be left in every row, and none between two others may be masked.",
        ),
        Change(
            "Or let the layer do without cuDNN: slower, and any mask will do.",
            code=f"layers.{layer}(units, use_cudnn=False)  # in Keras 2: layers.RNN(layers.{layer}Cell(units))",
        ),
    )


def _plain_layer(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """CuDNNLSTM was a class that knew no masks; today's LSTM uses cuDNN by itself where it can."""
    written = _CUDNN_LAYER.search(finding.around)
    name = written["name"] if written is not None else "LSTM"
    return (
        Change(
            f"Use {name} instead of CuDNN{name}.",
            code=f"layers.{name}(units)",
            means="It reads masks, and today it uses cuDNN by itself, if the padding is at the end.",
        ),
        Change("Or do without the mask: padding is then read as data.", code="# no Masking, no mask_zero=True"),
    )


def _past_the_mask(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A layer that ends the sequence, and reads the mask while it does."""
    if not finding.layer or finding.shape("left_shape") is not None:
        return ()
    of_masking = re.search(r"\bMasking\b|\bmasking_\d", finding.around) and "mbedding" not in finding.around
    without = Change(
        "Do without the mask: padding is then read as data.",
        code="# no Masking in front of it" if of_masking else "layers.Embedding(words, size)  # no mask_zero",
    )
    facts = sheet(finding.class_name)
    if facts is not None and facts.group in ("conv", "pool"):
        return (
            without,
            Change(
                f"Or read the sequence with a recurrent layer, which uses the mask, instead of {finding.class_name}.",
                code="layers.LSTM(units)",
            ),
        )
    mean = Change(
        "Or take the mean over the steps that aren't padding.",
        code=f"layers.GlobalAveragePooling1D()  # instead of {finding.class_name or finding.layer}",
    )
    if "mbedding(" in finding.around and not re.search(r"LSTM|GRU|RNN", finding.around):
        return without, mean
    last = Change(
        "Return only the last output of the recurrent layer: that of the last step that isn't padding.",
        code=f"layers.LSTM(units)  # without return_sequences, and without {finding.class_name or finding.layer}",
    )
    return last, mean, without


_OF_BIASES = (
    " Layers in between that have a bias or a normalization turn the padding into other numbers: then pass the mask of the "
    "input instead, as mask=keras.ops.any(keras.ops.not_equal(inputs, 0), axis=(2, …))."
)


def _has_weights(layer: LayerSpec) -> bool:
    """Whether a layer, or the one inside, changes what was padding."""
    inner = layer.get("layer")
    if isinstance(inner, LayerSpec):
        return _has_weights(inner)
    facts = sheet(layer.class_name)
    return facts is None or facts.group in ("conv", "dense", "norm")


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
    between = (of_call(broken.spec, i) for i in range(masks[0] + 1, reads[0]))
    biased = any(_has_weights(one) for one in between)
    yield Mend(
        f"Put the Masking right before {layer.name}, after the layer that flattens the steps.",
        "layers.Masking(mask_value=…)",
        spec,
        f"The mask then has one entry for each timestep, (batch, timesteps).{_OF_BIASES if biased else ''}",
        1,
    )


def without_a_mask(broken: Broken) -> Iterator[Mend]:
    """What makes a mask of more axes than steps is left out, or makes none: padding is then read as data."""
    means = "To keep one for the steps, pass it where the sequence is read: mask=keras.ops.any(keras.ops.not_equal({}, 0), {})."
    for i, call in enumerate(broken.spec.calls):
        layer, ref = of_call(broken.spec, i), call.inputs[0]
        came = broken.spec.inputs[ref.index].shape if ref.source == "input" else (broken.made or {}).get(ref.index, ())
        if len(came) < (3 if layer.class_name == "Embedding" else 4):
            continue  # its mask is (batch, timesteps)
        label = f"Make {layer.name} without a mask: padding is then read as data."
        if layer.get("mask_zero") is True:
            code = f"layers.{layer.class_name}(…)  # without mask_zero=True"
            spec = with_arguments(broken.spec, call.layer, mask_zero=None)
            yield Mend(label, code, spec, means.format("ids", "axis=-1"), 2)
        elif layer.class_name == "Masking":
            label = f"Leave {layer.name} out: padding is then read as data."
            code = "keras.Input(…)  # followed by what reads it, without Masking"
            yield Mend(label, code, without(broken.spec, i), means.format("inputs", "axis=(2, …)"), 3)


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


def _of_what_is_in_front(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """The layer in front that passes on a mask which doesn't fit: by what the text names."""
    behind = Change(
        "Put the Masking right before the recurrent layer, after what flattens the steps.",
        code="x = layers.TimeDistributed(layers.Flatten())(x)\nx = layers.Masking(mask_value=0.0)(x)",
        means="Masking drops only the last axis of its input: before the Flatten its mask has an entry for each row.",
    )
    custom = Change(
        "Let the custom layer in front drop its mask if it returns one vector for a sequence.",
        code="def compute_mask(self, inputs, mask=None):\n    return None",
    )
    embedding = Change("Or make the Embedding without a mask.", code="layers.Embedding(words, dim, mask_zero=False)")
    return (behind,) if "Masking" in finding.around else (custom, embedding)


def _where_the_mask_ends(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A warning: nothing has to be changed, unless the padding matters."""
    cls = str(finding.values.get("cls", "") or finding.class_name or "layer")
    facts = sheet(cls)
    moved = facts is not None and facts.group in ("reshape", "permute", "repeat")
    keep = (
        Change(f"Put a Masking after the {cls}, if a recurrent layer follows.", code="x = layers.Masking(mask_value=0.0)(x)")
        if moved
        else Change("To skip the padding, read the sequence with a layer that uses masks.",
                    code=f"layers.LSTM(units)  # or layers.GlobalAveragePooling1D(), without {cls}")
    )  # fmt: skip
    without = Change("If padding may be read as data, leave out the mask: the warning goes, and the outputs stay.",
                     code="# no mask_zero=True, no Masking in front of it")  # fmt: skip
    return (keep, without) if moved else (without, keep)


_OF_CUDNN = (
    "A mask doesn't fit the fast GPU code, cuDNN: in every row, the steps must come first and the padding last. A row that "
    "starts with padding, has a gap, or holds nothing but padding is refused."
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
            causes=(_OF_CUDNN,),
            weight=1,
            advice=_right_padded,
        ),
        Family(
            sees=("right-padded",),
            says=("mask that does not correspond to <strictly >?right-padded sequences",),
            causes=(_OF_CUDNN,),
            advice=_right_padded,
            title="The fast GPU code needs the padding at the end",
        ),
        Family(
            sees=("masking is not supported",),
            says=("Masking is not supported for CuDNN",),
            causes=("CuDNNLSTM and CuDNNGRU can't read a mask, and a layer in front passes one on.",),
            advice=_plain_layer,
            title="A layer that reads no masks",
        ),
        Family(
            sees=("/while/select", "_while/select"),
            says=(
                "Dimension {axis} in both shapes must be equal, but are {left} and {right}. Shapes are {left_shape:shape} and {right_shape:shape}. for <'>?{layer:word}/while/Select",
                "Dimensions must be equal, but are {right} and {left} for ...{layer:word}/while/Select...with input shapes: {right_shape:shape}, {left_shape:shape}",
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
            advice=_of_what_is_in_front,
            live=nothing_live,
            title="A mask that doesn't belong to its sequence",
        ),
        TIME_DISTRIBUTED,
        Family(
            sees=("with a mask attached",),
            says=("Layer {layer} (of type {cls}) was passed an input with a mask attached to it",),
            causes=(
                "{layer} ({cls}) doesn't pass on masks. This is a warning: the model runs, and from here on padding is read "
                "as data.",
            ),
            weight=3,
            advice=_where_the_mask_ends,
            live=nothing_live,
            title="A layer drops the mask",
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
                "layer mask must",
            ),
            says=(
                "Layer {layer} does not support masking, but was passed an input_mask",
                "does not support masking",
                "mask should have <the same >?shape",
                "mask must have <the same >?shape",
                "mask ... shape {left_shape:shape} ... {right_shape:shape}",
                "Cannot unstack {left} tensors into a TensorArray of static size {right}",
                "The mask provided should be one dimension less than the inputs. Received: mask.shape={left_shape:shape}, inputs.shape={right_shape:shape}",
                "The `mask` passed to the {cls} layer has a shape {left_shape:shape} that is incompatible with the input shape {right_shape:shape}",
                "The `mask` passed to the {cls} layer must be at least",
                "The `mask` must be broadcastable to `inputs`...inputs.shape={right_shape:shape}, mask.shape={left_shape:shape}",
                "The lists `inputs` and `mask` should have the same length",
                "layer mask must be a list",
            ),
            causes=(
                "The mask is {left_shape}, its input is {right_shape}: a mask says yes or no for each timestep of each sample, (batch, timesteps).",
                "The mask has {left} timesteps, the sequence has {right}; each timestep needs one entry in the mask.",
                "{layer} can't pass on the mask of its input: older versions of Keras refuse that, today's drops the mask with a warning.",
                "A mask doesn't fit its sequences: it says yes or no for each timestep of each sample, (batch, timesteps).",
            ),
            advice=_past_the_mask,
        ),
    ),
    live=masked,
    mends=(mask_of_the_steps, masking_behind, without_a_mask),
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
