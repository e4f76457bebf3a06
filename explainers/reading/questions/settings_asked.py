"""Questions about settings: padding, batch size and epochs, the vocabulary of an Embedding, a Dense over steps."""

from __future__ import annotations

import math
import re

from explainers.core.finding import Value, name_axes
from explainers.core.layers import CONVOLUTIONS, axis_names
from explainers.core.spec import InputSpec, LayerSpec, Sizes, chain, snake
from explainers.reading.questions.models import STEPS as SOME_STEPS
from explainers.reading.questions.models import on_one_input, told_examples, with_examples
from explainers.reading.questions.words import (
    BATCH,
    BATCHES,
    KERNEL,
    SAMPLES,
    STEPS,
    UNITS,
    VOCABULARY,
    Asked,
    Forms,
    Told,
)
from explainers.reading.shapes import output_shapes, too_big, weight_shapes

_PADDINGS = re.compile(r"\bsame\b.{0,60}\bvalid\b|\bvalid\b.{0,60}\bsame\b|\bpadding\b")
_ONE_KERNEL = re.compile(KERNEL.pattern + r"(?!\s?[x×])")
_STRIDE = re.compile(r"strides?(?: of| is|=|:)?\s{0,2}(\d{1,2})\b")
_EPOCHS = re.compile(r"\bepochs?\b")
_BATCH_WORDS = re.compile(r"\bbatch(?:es)?\b|\biterations?\b|\bsteps\b")
_OF_PROGRESS = re.compile(r"\b(\d{1,6})/\1\b")
_WHICH_IS_WHICH = re.compile(r"differ|\bvs\b|versus|\bmeans?\b|meaning|explain|confus|what is an epoch")
_EMBEDDING_ASKED = re.compile(r"input_dim|output_dim|vocab|\bmeans?\b|\bwords?\b|\bset\b|choose")
_STAYS = re.compile(
    r"\b(?:keep|keeps|preserve|preserves|stay|stays|same) (?:the )?(?:size|shape|dimensions?|spatial)\b"
)
_OUTPUT = re.compile(r"\boutputs?\b|\bgives?\b|\breturns?\b|\bpredict")
SOME_WIDTH, SOME_SAMPLES, SOME_BATCH = 16, 1000, 32  # examples; 32 is Keras' own batch_size


def paddings(asked: Asked) -> Told | None:
    """What "same" and "valid" make of a side."""
    kernel = _ONE_KERNEL.search(asked.words)
    if not asked.has(_PADDINGS) or asked.called:
        return None
    two = [side for side in asked.sides if len(side) in (2, 3)]
    small = next((side for side in two if side[0] == side[1] < 12 and len(two) > 1), None)
    said = int(kernel[1]) if kernel is not None else small[0] if small is not None else None
    if said is None and asked.layer not in ("", *CONVOLUTIONS):
        return None
    size = said or 3
    shape = next((side for side in two if side != small), None)
    shape = shape or next((tuple(n or 1 for n in s) for s in asked.shapes if len(s) in (2, 3) and None not in s), None)
    side_said = shape is not None
    if shape is None and asked.has(_STAYS) and not asked.shapes and asked.number(STEPS) is None:
        shape = (27, 27)
    if shape is None or not 0 < size <= min(n or 1 for n in shape[:2]):
        return None
    stride = _STRIDE.search(asked.words)
    step = int(stride[1]) if stride is not None and int(stride[1]) else 1
    channels = shape[2] if len(shape) == 3 else 1
    name = asked.layer if asked.layer in CONVOLUTIONS else "Conv2D"
    sample: Sizes = (None, *shape[:2], channels)
    made = {}
    for padding in ("valid", "same"):
        given = (("filters", 8), ("kernel_size", size), ("strides", step), ("padding", padding))
        layer = LayerSpec(name, snake(name), given)
        outputs = output_shapes(layer, (sample,))
        if not outputs or too_big(on_one_input(sample, layer)):
            return None
        made[padding] = outputs[0][1:3]
    strided = f", strides={step}" if step > 1 else ""
    here = f"on {shape[0]} × {shape[1]}, kernel_size={size}{strided}"
    with_valid, with_same = (" × ".join(map(str, made[padding])) for padding in ("valid", "same"))
    inside, added = "the kernel stays inside", "zeros are added at the border"
    sentence = f'With padding="valid" {inside}: {with_valid} ({here}). With padding="same" {added}: {with_same}. '
    if "valid" not in asked.words and "same" in asked.words:
        sentence = f'With padding="same" {added}: {with_same} ({here}). With padding="valid" {inside}: {with_valid}. '
    sentence += _rule_of_a_side(name, step)
    if not side_said:
        stays = "No" if step > 1 else "Yes"
        sentence = (
            f"{stays}: with strides={step} same padding makes n / {step}, rounded up. {sentence} 27 x 27 is an example."
        )
    sentence += "" if said else f" kernel_size={size} is an example."
    given_kernel = () if said else (f"kernel_size = {size}",)
    assumed = (
        "filters = 8",
        *given_kernel,
        *(("channels = 1",) if len(shape) == 2 else ()),
        *(() if side_said else ("height = 27", "width = 27")),
    )
    named = name_axes(sample, axis_names(name, 4), "the question")
    return Told(sentence, on_one_input(sample, layer, assumed), {"kernel_size": size}, (named,))


def _rule_of_a_side(name: str, step: int) -> str:
    """What comes of a side of n: a transposed convolution makes it longer, the others shorter."""
    if name.endswith("Transpose"):
        return f"valid: n x {step} + max(kernel_size - {step}, 0); same: n x {step}."
    if step > 1:
        return f"valid: (n - kernel_size) // {step} + 1; same: n / {step}, rounded up."
    return "valid: n - kernel_size + 1; same: n."


def epochs(asked: Asked) -> Told | None:
    """What an epoch is, and what a batch."""
    if asked.has(_OF_PROGRESS) or not all(map(asked.has, (_EPOCHS, _BATCH_WORDS, _WHICH_IS_WHICH))):
        return None
    given, given_batch = asked.number(SAMPLES), asked.number(BATCH, BATCHES)
    samples, batch = given or SOME_SAMPLES, given_batch or SOME_BATCH
    count = -(-samples // batch)
    examples = told_examples(samples=(samples, given), **{"per batch": (batch, given_batch)})
    sentence = (
        "batch_size is how many samples are used for one update of the weights; an epoch is one pass over all samples. "
        f"{samples:,} samples in batches of {batch} are {count:,} updates in each epoch{examples}. "
        "Neither changes a shape of the model: the batch stays None."
    )
    tensor = InputSpec("input", (None, 5), "float32", (), "an example")
    spec = chain(tensor, (LayerSpec("Dense", "dense", (("units", 3),)),), assumed=("features = 5", "units = 3"))
    values: dict[str, Value] = {"batches": count} if given and given_batch else {}
    return Told(sentence, spec, values)


_DIFFERENT_IDS: Forms = (
    re.compile(r"\b(\d[\d,]{0,11}) (?:different |unique |distinct )?(?:words|tokens|ids|items|users|categories)\b"),
)
_WIDTHS: Forms = (
    re.compile(r"\b(\d{1,5})[ -]?(?:dims?|dimensions?|dimensional|d)\b"),
    re.compile(r"\bvectors? of (?:size |length )?(\d{1,5})\b"),
)


def vocabulary(asked: Asked) -> Told | None:
    """What an Embedding is told: how many different ids there are, and how wide a vector is."""
    words, width = asked.number(VOCABULARY) or asked.number(_DIFFERENT_IDS), asked.number(_WIDTHS)
    counts = asked.counts and words is not None and width is not None
    if asked.layer != "Embedding" or asked.called or not (counts or asked.has(_EMBEDDING_ASKED)):
        return None
    counted = (int(found[1].replace(",", "")) for form in STEPS for found in form.finditer(asked.words))
    steps = next((count for count in counted if count != words), None)  # "800 words" may be those of the vocabulary
    written = next((layer.get("output_dim") for layer in asked.partly), None)
    given = written if isinstance(written, int) and not isinstance(written, bool) else width
    number, long, wide = words or SOME_SAMPLES, steps or SOME_STEPS, given or SOME_WIDTH
    if number > 10**6 or long > 10**5:
        return None
    examples = told_examples(
        **{"different ids": (number, words), "timesteps": (long, steps), "output_dim": (wide, given)}
    )
    sentence = (
        f"input_dim is how many different ids there are: with {number:,} the ids go from 0 to {number - 1:,}, so it is "
        f"the largest id + 1. output_dim is how many numbers each id becomes; you choose it. "
        f"Embedding({number}, {wide}) turns ids (None, {long}) into (None, {long}, {wide}){examples}."
    )
    layer = LayerSpec("Embedding", "embedding", (("input_dim", number), ("output_dim", wide)))
    if counts:
        total = sum(math.prod(n or 1 for n in shape) for shape in weight_shapes(layer, ((None, long),)))
        sentence = (
            f"Embedding({number}, {wide}) has {number:,} x {wide:,} = {total:,} parameters: a vector of {wide:,} "
            "numbers for each of the different ids, and no bias. The length of the sequences changes nothing."
        )
    spec = with_examples(
        on_one_input((None, long), layer),
        input_dim=(number, words), timesteps=(long, steps), output_dim=(wide, given),
    )  # fmt: skip
    named = name_axes((None, long), ("batch", "timesteps"), "the question")
    return Told(sentence, spec, {"input_dim": number} if words else {}, (named,))


def steps_that_stay(asked: Asked) -> Told | None:
    """(None, 10, 1) where (None, 1) was expected: a Dense leaves the steps as they are."""
    three = next((s for s in asked.shapes if len(s) == 3 and s[0] is None), None)
    two = next((s for s in asked.shapes if len(s) == 2 and s[0] is None), None)
    if three is None or two is None or three[2] != two[1] or not (asked.has(_OUTPUT) or three in asked.outputs):
        return None
    steps, units = three[1], three[2]
    if any(layer.class_name != "Dense" or layer.get("units") != units for layer in asked.called):
        return None
    if asked.layer not in ("", "Dense") or units is None or asked.number(UNITS) not in (None, units):
        return None
    sentence = (
        f"A Dense works on the last axis only, so the {steps} steps before it stay: {three} is an output for each "
        f"step. To get {two}, drop the steps before the last Dense: return_sequences=False in the last recurrent "
        "layer, or GlobalAveragePooling1D() or Flatten()."
    )
    tensor = InputSpec("input", (None, steps, 3), "float32", (), "an example")
    layers = (
        LayerSpec("LSTM", "lstm", (("units", 4), ("return_sequences", True))),
        LayerSpec("Dense", "dense", (("units", units),)),
    )
    named = name_axes(three, ("batch", "timesteps", "units"), "the question")
    return Told(sentence, chain(tensor, layers, assumed=("features = 3", "units = 4")), {}, (named,))
