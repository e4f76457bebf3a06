"""A layer of our own that multiplies element by element: y = x ∘ W, with a trainable W (the Hadamard product).

    x   (batch, timesteps, features)      a sample is a matrix of N = timesteps rows and P = features columns
    W   (1, timesteps, features)          per element; (1, 1, features) per column; (1, timesteps, 1) per row
    y   (batch, timesteps, features)      nothing is summed, so the shape stays

A weight is made once, before any data arrive, and serves every sample: it can't have the batch axis. Where the
input has its batch the kernel has a 1, and broadcasting stretches it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from explainers.core.axes import sizes
from explainers.core.dims import DimsBase, Value, choice, dim, switch
from explainers.core.explainer import Asked, Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.results import BuildError, Fix, Inspection
from explainers.core.trying import built
from explainers.core.waves import waves
from explainers.core.words import tag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

INPUTS = {"matrix": "batch timesteps features"}
SHAPES = {  # the kernel dim, as it stands in add_weight
    "element": "(1, *input_shape[1:])",
    "column": "(1, 1, input_shape[-1])",
    "row": "(1, input_shape[1], 1)",
    "last_axis": "(input_shape[-1],)",
    "input_shape": "input_shape",
}
WORDS = {  # the kernel dim, in words
    "element": "one weight per element",
    "column": "one weight per column",
    "row": "one weight per row",
    "last_axis": "one weight per column, by a kernel without a 1 in front",
    "input_shape": "a kernel as large as the whole input",
}


@dataclass(frozen=True)
class Dims(DimsBase):
    batch_size: int | None = dim(
        None,
        high=4096,
        allows_none=True,
        axis="batch",
        sets=("matrix.batch_size",),
        help="How many samples go through together. None leaves it open: any number.",
    )
    timesteps: int | None = dim(
        3,
        high=512,
        allows_none=True,
        axis="timesteps",
        sets=("matrix.shape[0]",),
        help="How many rows one sample has. None leaves it open.",
    )
    features: int = dim(
        5, high=512, axis="features", sets=("matrix.shape[1]",), help="How many columns one sample has."
    )
    kernel: str = choice(
        "element",
        ("element", "column", "row", "last_axis", "input_shape"),
        sets=("hadamard.per",),
        help="One weight per element, column or row. last_axis, (features,), and input_shape go wrong.",
    )
    net: bool = switch(
        False,
        label="inside a net",
        help=("True: two Dense layers come before it, a relu and two Dense layers after it."),
    )
    units_1: int = dim(
        8, high=512, axis="units", sets=("dense_1.units",), advanced=True, help="Units of the first Dense of the net."
    )
    units_2: int = dim(
        4, high=512, axis="units", sets=("dense_2.units",), advanced=True,
        help="Units of the second Dense: how many columns reach the Hadamard layer.",
    )  # fmt: skip
    units_3: int = dim(
        6, high=512, axis="units", sets=("dense_3.units",), advanced=True, help="Units of the Dense after the relu."
    )


PRESETS = (
    Preset("first-layer", "first layer", {"timesteps": 10, "features": 64},
           "Input((10, 64)), and one weight for each of its 10 × 64 elements."),
    Preset("inside-a-net", "inside a net",
           {"timesteps": 10, "features": 64, "net": True, "units_1": 128, "units_2": 64, "units_3": 32},
           "Between Dense layers: it multiplies their output."),
    Preset("per-column", "one weight per column", {"timesteps": 10, "features": 64, "kernel": "column"},
           "The same weights at every timestep."),
    Preset("shape-input-shape", "shape=input_shape", {"timesteps": 10, "features": 16, "kernel": "input_shape"},
           "A weight with the batch axis: (None, …)."),
    Preset("only-p", "a kernel of (features,)", {"timesteps": 10, "features": 64, "kernel": "last_axis"},
           "Broadcasting makes it run, with one weight for each feature only."),
)  # fmt: skip


def build(dims: Dims) -> keras.Model:
    """Input (-> Dense -> Dense) -> Hadamard (-> relu -> Dense -> Dense), as one would write it in a notebook."""
    shape = (dims.timesteps, dims.features)
    matrix = keras.Input(shape, batch_size=dims.batch_size, name="matrix")  # (batch, timesteps, features)
    x = matrix
    if dims.net:
        x = layers.Dense(dims.units_1, name="dense_1")(x)  # (batch, timesteps, units_1)
        x = layers.Dense(dims.units_2, name="dense_2")(x)  # (batch, timesteps, units_2)
    x = _product(dims.kernel)(x)  # the same shape
    if dims.net:
        x = layers.Activation("relu", name="relu")(x)
        x = layers.Dense(dims.units_3, name="dense_3")(x)  # (batch, timesteps, units_3)
        x = layers.Dense(1, name="dense_4")(x)  # (batch, timesteps, 1)
    return keras.Model(matrix, x, name="hadamard_net")


def _product(kernel: str) -> Any:
    """The layer for a choice of kernel. Weights between -1 and 1, so that a picture has something to show."""
    from explainers.layers.hadamard import Hadamard, HadamardLastAxis, HadamardWholeShape

    if kernel == "last_axis":
        return HadamardLastAxis(name="hadamard")
    if kernel == "input_shape":
        return HadamardWholeShape(name="hadamard")
    return Hadamard(per=kernel, kernel_initializer=keras.initializers.RandomUniform(-1.0, 1.0), name="hadamard")


def unused(dims: Dims) -> tuple[str, ...]:
    """The net's units have no effect without the net."""
    return () if dims.net else ("units_1", "units_2", "units_3")


def sentence(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        if found.error.mistake == "unknown_axis":
            return _refused_open(found.error)
        return f"This model can't be built: {found.error.cause}"
    layer = found.layer("hadamard")
    rows, columns = layer.inputs[0][1], layer.inputs[0][2]
    kernel = layer.weights[0].shape
    shape = ", ".join(tag(axis.size, axis.axis) for axis in kernel) + ("," if len(kernel) == 1 else "")
    made = f"`self.kernel = self.add_weight(shape={SHAPES[dims.kernel]})`"
    right = dims.kernel in ("element", "column", "row")
    product = "`return x * self.kernel`"
    how = (
        f"In build, create the weights: {made}. In call, multiply: {product}."
        if right
        else f"{made} in build is accepted here, with {product} in call."
    )
    sentence = (
        f"{how} Here the kernel has shape ({shape}): **{layer.params:,}** weights, "
        f"{WORDS[dims.kernel]}; the product keeps the shape of the input, {tag(rows.size, rows.axis)} "
        f"{rows.axis} by {tag(columns.size, columns.axis)} {columns.axis}."
    )
    if dims.kernel == "last_axis" and rows.size not in (None, 1):
        whole = (rows.size or 0) * (columns.size or 0)
        missing = whole - layer.params
        sentence += (
            f" One weight per element would be {whole:,}: nothing complains that {missing:,} are missing. "
            f"`shape={SHAPES['element']}` makes them all."
        )
    return sentence


def _refused_open(error: BuildError) -> str:
    axis = error.found[error.axis or 0]
    if axis.axis == "batch":
        return (
            f"The kernel would have the batch axis, and that is {tag(None, 'batch')}: a weight is made before any "
            "sample "
            "arrives and serves all of them, so it can't have a row for each. Leave the batch out: "
            "`shape=(1, *input_shape[1:])`."
        )
    return (
        f"The kernel would need one row for each of the {axis.axis}, and their number is {tag(None, axis.axis)}: a "
        "weight "
        "needs a number there. One weight per column serves any length."
    )


def fixes(dims: Dims, error: BuildError) -> tuple[Fix, ...]:
    """What makes a failing build work again: without the batch in the kernel, or with numbers where None is."""
    if error.mistake != "unknown_axis":
        return ()
    if dims.kernel == "input_shape":
        timesteps: dict[str, Value] = {"timesteps": 10} if dims.timesteps is None else {}
        return (
            Fix("leave the batch out", {"kernel": "element" if dims.timesteps is not None else "column"},
                "shape=(1, *input_shape[1:]): the 1 stretches over any number of samples.", recommended=True),
            Fix("batch_size=8", {"batch_size": 8, **timesteps},
                "Then the batch is a number, and the kernel has a row for each of 8 samples: only batches of 8 fit, "
                "and which sample meets which row is up to their order."),
        )  # fmt: skip
    return (
        Fix("per column", {"kernel": "column"}, "One weight per column needs no number of rows.", recommended=True),
        Fix("timesteps=10", {"timesteps": 10}, "With a fixed number of rows, each element can have its own weight."),
    )


# -- the picture: x, W and their product ---------------------------------------------------------------------

ROWS, COLUMNS = 8, 8  # of each matrix that are drawn


@dataclass(frozen=True)
class Product:
    """x, W and x ∘ W of one sample, in real numbers: the first rows and columns.

    kernel: the numbers of W as they are, (rows or 1, columns or 1). kernel_shape: W's live shape.
    rows, columns: how many a sample has in all. largest_difference: between the layer and x * W in NumPy, over the
    whole batch that was fed.
    """

    rows: int
    columns: int
    row_axis: str
    column_axis: str
    kernel_shape: tuple[int, ...]
    x: tuple[tuple[float, ...], ...]
    kernel: tuple[tuple[float, ...], ...]
    y: tuple[tuple[float, ...], ...]
    largest_difference: float


def extra(dims: Dims, found: Inspection) -> dict[str, object]:
    """{"product": x, W and x ∘ W as they met in this model, or None where it could not be built}."""
    if found.error is not None or found.run is None:
        return {"product": None}
    return {"product": asdict(_product_of(dims, found))}


def _product_of(dims: Dims, found: Inspection) -> Product:
    """Send the data of the forward pass through the same model again, and look before and behind the layer."""
    assert found.run is not None
    model = built(lambda: build(dims), INPUTS)
    layer = model.get_layer("hadamard")
    around = keras.Model(model.inputs, [layer.input, layer.output], name="around")
    data = waves(tuple(n or 1 for n in sizes(found.run.fed[0].shape)))  # as in the forward pass
    x, y = (np.asarray(tensor) for tensor in around([data], training=False))
    kernel = np.asarray(layer.kernel)
    own = kernel.reshape((-1, *kernel.shape[-2:]))[0] if kernel.ndim > 1 else kernel[None]  # of the first sample
    named = found.layer("hadamard").inputs[0]
    return Product(
        rows=x.shape[1], columns=x.shape[2], row_axis=named[1].axis, column_axis=named[2].axis,
        kernel_shape=tuple(int(n) for n in kernel.shape),
        x=_block(x[0]), kernel=_block(own), y=_block(y[0]),
        largest_difference=float(np.abs(y - x * kernel).max()),
    )  # fmt: skip


def _block(matrix: Array) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(float(n), 4) for n in row) for row in matrix[:ROWS, :COLUMNS])


EXPLAINER = Explainer(
    name="hadamard",
    title="Hadamard product",
    question="How do I write a layer that multiplies element by element with trainable weights?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    sentence=sentence,
    # A weight for each element needs to know how many there are; one for each column does not.
    journey=Journey(change="features", begin={"kernel": "column"}, steps="hadamard"),
    fixes=fixes,
    extra=extra,
    extra_later=True,
    unused=unused,
    asked=(
        Asked("Hadamard product layer in Keras", {}, "take-away"),
        Asked("Shapes used to initialize variables must be fully-defined", {}, "break-it", trial="batch_in_kernel"),
        Asked("How do I multiply the input of a layer with a trainable matrix?", {}, "take-away"),
        Asked("Why can't the shape of a weight contain the batch size?", {}, "break-it", trial="batch_in_kernel"),
        Asked("How do I get a different weight for each sample?", {}, "break-it", trial="fixed_batch"),
    ),
    label="Element-wise trainable weights",
    about="The Hadamard product multiplies two arrays element by element; here the second one is trained.",
    picture="hadamard",
    order=50,
)
