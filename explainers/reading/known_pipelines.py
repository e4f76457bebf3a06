"""What Keras says of generators and data sets that don't yield pairs, and of layers and models made elsewhere."""

# ruff: noqa: E501  (a wording, and the sentence about it, stand on one line)

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.core.finding import Change
from explainers.reading.known import Known, Said, said_by

_MOST_KEYS = 6
_PAIR = Change("Yield a tuple of the inputs and the targets.", code="yield x, y")


def _yielded(said: Said) -> dict[str, str]:
    begins = said.words.get("got", "")
    dictionary, nested = begins.startswith("{"), begins.startswith("[[")
    told = (
        "a dict" if dictionary else "one array" if nested else "a list" if begins.startswith("[") else "something else"
    )
    return {"told": told}


def _as_a_pair(said: Said) -> Iterator[Change]:
    """A tuple in the place of a list, a dict or an array alone."""
    begins = said.words.get("got", "")
    if begins.startswith("{"):
        keys = re.findall(r"'(\w{1,40})': ?(?:array|<tf|\[)", begins)[:_MOST_KEYS]
        pair = ", ".join(f'batch["{key}"]' for key in keys) if len(keys) == 2 else 'batch["image"], batch["label"]'
        yield Change("Yield a tuple: take the inputs and the targets out of the dict.", code=f"yield {pair}")
        yield Change("For a model with several Inputs, the dict of inputs comes first.", code="yield inputs, y")
    elif begins.startswith("[["):
        yield Change("Yield the targets, too.", code="yield x, y")
        yield Change("To predict, yield a tuple of one.", code="yield (x,)")
        yield Change("An autoencoder's targets are its inputs.", code="yield x, x")
    else:
        yield Change("Yield a tuple instead of the list.", code="yield x, y  # not [x, y]")
        yield Change("The inputs of a model with several Inputs stay together.", code="yield (x1, x2), y")


def _parts(said: Said) -> dict[str, str]:
    return {"count": str(len(re.findall(r"shape=\(", said.words.get("parts", ""))) or "more than three")}


PIPELINES: tuple[Known, ...] = (
    Known(
        "A generator doesn't yield a tuple",
        said_by(r"the generator must return a tuple, either .{1,120}?Received: ?(?P<got>[\[{(].{0,300})"),
        "Keras tells inputs and targets apart by their place in a tuple, (inputs, targets). Your generator yields {told}.",
        _as_a_pair,
        "input_count",
        more=_yielded,
    ),
    Known(
        "A generator doesn't yield a tuple",
        said_by(r"the generator must return a tuple, either"),
        "Keras tells inputs and targets apart by their place in a tuple, (inputs, targets). Your generator yields something else.",
        (_PAIR, Change("To predict, yield a tuple of one.", code="yield (x,)")),
        "input_count",
    ),
    Known(
        "A generator or data set yields single samples",
        said_by(r"When passing a dataset to a Keras model, the arrays must be at least rank 1\. Received: (?P<got>[^\n]{1,40}?) of rank 0"),
        "fit reads batches: every array begins with an axis of samples. Here a single number, {got}, came as a label or as "
        "an input, so single samples are yielded, or lists of numbers instead of arrays.",
        (
            Change("Yield whole batches: arrays of several samples and of their labels.",
                   code="yield np.stack(images), np.array(labels)"),
            Change("A data set puts samples together itself.", code="dataset = dataset.batch(32)"),
        ),
        "data_rank",
    ),
    Known(
        "A data set yields more parts than fit reads",
        said_by(r"Data is expected to be in format `?x`?, .{1,60}?sample_weight\)`?, found: \((?P<parts>.{0,900})"),
        "fit reads up to three parts: inputs, targets and weights of samples. {count} came. Several inputs, or several "
        "targets, stay together in one tuple.",
        (
            Change("Put what belongs together into one tuple.",
                   code="dataset = dataset.map(lambda a, b, c, y: ((a, b, c), y))"),
            Change("Several targets are put together, too.", code="dataset = dataset.map(lambda x, y1, y2, y3: (x, (y1, y2, y3)))"),
        ),
        "input_count",
        more=_parts,
    ),
    Known(
        "A layer of TensorFlow Hub in a model of Keras 3",
        said_by(
            r"(?:Only instances of `?keras\.Layer`? can be added|must be an instance of class Layer).{0,200}?"
            r"(?:tensorflow_hub|hub)\.(?:keras_layer\.)?KerasLayer"
        ),
        "hub.KerasLayer is a layer of Keras 2. Keras 3, which TensorFlow has had since 2.16, takes only its own layers.",
        (
            Change("Use Keras 2 for this program: install tf_keras, and set this before the first import.",
                   code='import os\nos.environ["TF_USE_LEGACY_KERAS"] = "1"\nimport tensorflow as tf'),
            Change("Or wrap the hub's layer in a Lambda of Keras 3.",
                   code="hub_layer = hub.KerasLayer(url)\nmodel.add(layers.Lambda(lambda x: hub_layer(x)))",
                   means="Its weights then stay as they are: training doesn't change them."),
            Change("Or use a network that comes with Keras.",
                   code='keras.applications.MobileNetV2(include_top=False, pooling="avg", input_shape=(224, 224, 3))'),
        ),
    ),
    Known(
        "A converted model was given another type of number",
        said_by(
            r"Cannot set tensor: Got value of type (?P<have>\w{1,12}) but expected type (?P<want>\w{1,12}) for input (?P<place>\d{1,3})"
        ),
        "Input {place} of the converted model takes numbers of type {want}; the array holds {have}. Its shape isn't the problem.",
        lambda said: _of_type(said.words["want"].lower(), said.words["have"].lower()),
    ),
    Known(
        "output_padding isn't smaller than strides",
        said_by(
            r"`?output_padding`? must be strictly less than `?strides`?.{0,80}?`?output_padding`? is (?P<padding>\d{1,4}) but `?strides`? is (?P<strides>\d{1,4})"
        ),
        "A transposed convolution with strides={strides} makes {strides} places of each. output_padding adds fewer than that "
        "at the end, and here it is {padding}.",
        lambda said: (
            Change(f"Use output_padding={max(said.number('strides') - 1, 0)} or less." if said.number("strides") > 1
                   else "Omit output_padding: with strides=1 nothing can be added.",
                   code=f"layers.Conv2DTranspose(filters, kernel_size, strides={said.number('strides')}"
                   + (f", output_padding={said.number('strides') - 1})" if said.number("strides") > 1 else ")")),
            Change('Or omit it: with padding="same" the output is exactly strides times as long.',
                   code=f'layers.Conv2DTranspose(filters, kernel_size, strides={said.number("strides")}, padding="same")'),
        ),
        "old_argument",
    ),
    Known(
        "An input_shape without its channels",
        said_by(
            r"input_shape ?= ?\((?P<sides>\d{1,5}, ?\d{1,5})\)(?=.{0,3000}?input_shape`? must be a tuple of three integers)"
        ),
        "A network for images takes (height, width, channels), and ({sides}) has no channels.",
        (Change("Add the three channels of color images.", code="input_shape=({sides}, 3)"),
         Change("The data need them, too: read gray images as color images.", code='color_mode="rgb"  # or x = np.repeat(x[..., None], 3, axis=-1)')),
        "data_rank",
    ),
    Known(
        "An input_shape without its channels",
        said_by(r"`?input_shape`? must be a tuple of three integers"),
        "A network for images takes (height, width, channels): three sizes, without the batch.",
        (Change("Give height, width and the three channels of color images.", code="input_shape=(224, 224, 3)"),),
        "data_rank",
    ),
)  # fmt: skip


def _of_type(want: str, have: str) -> tuple[Change, ...]:
    """An array of the type that a converted model takes."""
    if have == "float64" and want == "float32":
        return (Change("Make it float32: NumPy's decimals are float64.", code='x = x.astype("float32")'),)
    quantized = want in ("uint8", "int8")
    return (
        Change(
            f"Make the array {want}" + (", without scaling it to 0 … 1 first." if quantized else "."),
            code=f'x = x.astype("{want}")',
            means="The model was quantized when it was converted." if quantized else "Scale it as in training.",
        ),
        Change("Look at what the model takes.", code='print(interpreter.get_input_details()[0]["dtype"])'),
    )
