"""Small programs about layers that have no lesson: each is an example with sizes that can be changed.

They are read, rebuilt live and explained as any pasted text is (`explainers.reading`); nothing about their shapes is
written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from explainers.core.asked import count_told, shape_told
from explainers.core.results import Inspection, Layer
from explainers.core.words import tag

Sizes = Mapping[str, int]
LARGEST = 100_000  # of a size that somebody types into a question
_IMAGE = {"height": 28, "width": 26, "channels": 3}
_SERIES = {"timesteps": 20, "features": 6}


@dataclass(frozen=True)
class Program:
    """One example. layer: the class that it is about. code: its lines; ``{filters}`` is a size.

    words: further words that it is found by. of_count: sizes at which the layer has so many parameters.
    """

    layer: str
    code: str
    sizes: Sizes
    words: tuple[str, ...] = ()
    question: str = ""
    of_count: Callable[[int], Iterator[dict[str, int]]] = field(default=lambda count: iter(()))

    @property
    def asked(self) -> str:
        """The question that it answers."""
        return self.question or f"What is the output shape of {self.layer}?"

    def text(self, sizes: Sizes) -> str:
        """The program with these sizes; those that are not named are the example's own."""
        kept = {name: size for name, size in sizes.items() if name in self.sizes and 1 <= size <= LARGEST}
        return self.code.format(**{**self.sizes, **kept})


def told(program: Program, found: Inspection) -> str:
    """One sentence about the layer from the live model."""
    if found.error is not None:
        return found.error.cause
    layer = next((each for each in found.layers if each.class_name == program.layer), found.layers[-1])
    before = " and ".join(shape_told(shape) for shape in dict.fromkeys(layer.inputs))
    changed = f"{layer.class_name} turns {before} into {shape_told(layer.outputs[0])}. {layer.why}".strip()
    count = count_told(layer) if layer.weights else ""
    return " ".join(part for part in (_image_told(found.layers[0]), changed, count) if part)


def _image_told(first: Layer) -> str:
    """What to write as the Input of an image: the sizes of one sample, channels last."""
    shape = first.outputs[0]
    if [axis.axis for axis in shape[1:]] != ["height", "width", "channels"]:
        return ""
    sizes = ", ".join(tag(axis.size, axis.axis) for axis in shape[1:])
    return f"Declare Input(({sizes})): height, width and channels of one image. The batch axis is added as None."


def _dense(count: int) -> Iterator[dict[str, int]]:
    for units in (*(2**power for power in range(9, -1, -1)), 10, 1):
        features, left = divmod(count - units, units)
        if not left and 1 <= features <= LARGEST:
            yield {"features": features, "units": units}


_OF_IMAGES = """image = keras.Input(({height}, {width}, {channels}), name="image")
x = layers.{layer}(image)
model = keras.Model(image, x)
"""
_OF_SERIES = """sequence = keras.Input(({timesteps}, {features}), name="sequence")
x = layers.{layer}(sequence)
model = keras.Model(sequence, x)
"""


def _on_images(layer: str, call: str, words: tuple[str, ...] = (), **sizes: int) -> Program:
    return Program(layer, _OF_IMAGES.replace("{layer}", call), {**_IMAGE, **sizes}, words)


def _on_series(layer: str, call: str, words: tuple[str, ...] = (), **sizes: int) -> Program:
    return Program(layer, _OF_SERIES.replace("{layer}", call), {**_SERIES, **sizes}, words)


PROGRAMS: tuple[Program, ...] = (
    Program(
        "Dense",
        """sample = keras.Input(({features},), name="sample")
x = layers.Dense({units}, name="dense")(sample)
model = keras.Model(sample, x)
""",
        {"features": 12, "units": 5},
        ("fully connected", "nn.Linear", "Linear", "logits", "Dense params"),
        "What is the output shape of Dense, and how many parameters does it have?",
        _dense,
    ),
    Program(
        "Embedding",
        """ids = keras.Input(({timesteps},), dtype="int32", name="ids")
x = layers.Embedding({input_dim}, {output_dim}, name="embedding")(ids)
model = keras.Model(ids, x)
""",
        {"timesteps": 20, "input_dim": 1000, "output_dim": 16},
        ("vocabulary", "word vectors", "nn.Embedding", "input_dim", "output_dim"),
    ),
    _on_series("BatchNormalization", "BatchNormalization()", ("non-trainable params", "gamma", "beta", "moving mean")),
    _on_series("LayerNormalization", "LayerNormalization()", ("gamma", "beta")),
    _on_series("TimeDistributed", "TimeDistributed(layers.Dense({units}))", ("Dense at every timestep",), units=5),
    _on_series("GlobalMaxPooling1D", "GlobalMaxPooling1D()"),
    _on_series("Dropout", "Dropout(0.2)", ("has dropout parameters",)),
    _on_series("Permute", "Permute((2, 1))", ("transpose", "swap axes")),
    _on_series("Reshape", "Reshape(({features}, {timesteps}))", ("total size of new array must be unchanged",)),
    Program(
        "RepeatVector",
        """sample = keras.Input(({features},), name="sample")
x = layers.RepeatVector({timesteps}, name="repeat")(sample)
model = keras.Model(sample, x)
""",
        {"features": 6, "timesteps": 20},
        ("encoder decoder", "seq2seq", "autoencoder"),
    ),
    Program(
        "Concatenate",
        """left = keras.Input(({timesteps}, {features}), name="left")
right = keras.Input(({timesteps}, {units}), name="right")
x = layers.Concatenate(name="join")([left, right])
model = keras.Model([left, right], x)
""",
        {"timesteps": 20, "features": 6, "units": 9},
        ("join", "merge", "concat axis"),
    ),
    _on_images("MaxPooling2D", "MaxPooling2D({pool_size})", ("pooling", "max pool", "nn.MaxPool2d"), pool_size=2),
    _on_images("GlobalAveragePooling2D", "GlobalAveragePooling2D()", ("pooling",)),
    _on_images(
        "Conv2DTranspose",
        "Conv2DTranspose({filters}, {kernel_size}, strides={strides})",
        ("deconvolution", "upsampling"),
        filters=8,
        kernel_size=5,
        strides=2,
    ),
    _on_images("DepthwiseConv2D", "DepthwiseConv2D({kernel_size})", (), kernel_size=5),
    _on_images("SeparableConv2D", "SeparableConv2D({filters}, {kernel_size})", (), filters=8, kernel_size=5),
    _on_images("ZeroPadding2D", "ZeroPadding2D({padding})", (), padding=2),
    _on_images("UpSampling2D", "UpSampling2D({size})", (), size=2),
)
BY_LAYER = {program.layer: program for program in PROGRAMS}
