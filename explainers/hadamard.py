"""A layer of our own that multiplies element by element: y = x ∘ W, with a trainable W (the Hadamard product).

    x   (batch, timesteps, features)      a sample is a matrix of N = timesteps rows and P = features columns
    W   (1, timesteps, features)          per element; (1, 1, features) per column; (1, timesteps, 1) per row
    y   (batch, timesteps, features)      nothing is summed, so the shape stays

A weight is made once, before any data arrive, and serves every sample: it can't have the batch axis. Where the
input has its batch the kernel has a 1, and broadcasting stretches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from explainers.core.axes import Axis, sizes
from explainers.core.bounds import at_most
from explainers.core.dims import DimsBase, Value, choice, dim, switch
from explainers.core.explainer import Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.results import BuildError, Figure, Fix, Inspection, Layer
from explainers.core.trial import Tried, trial
from explainers.core.trying import built, named, try_build, try_feed
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
        help="N: the rows of one sample. None leaves them open.",
    )
    features: int = dim(5, high=512, axis="features", sets=("matrix.shape[1]",), help="P: the columns of one sample.")
    kernel: str = choice(
        "element",
        ("element", "column", "row", "last_axis", "input_shape"),
        sets=("hadamard.per",),
        help="element (1, N, P), column (1, 1, P), row (1, N, 1); last_axis (P,) and input_shape are what goes wrong.",
    )
    net: bool = switch(False, label="inside a net", help="Two Dense layers before it, relu and two Dense after it.")
    units_1: int = dim(
        8, high=512, axis="units", sets=("dense_1.units",), advanced=True, help="Units of the first Dense of the net."
    )
    units_2: int = dim(
        4, high=512, axis="units", sets=("dense_2.units",), advanced=True,
        help="Units of the second Dense: the columns that reach the Hadamard layer.",
    )  # fmt: skip
    units_3: int = dim(
        6, high=512, axis="units", sets=("dense_3.units",), advanced=True, help="Units of the Dense after the relu."
    )


PRESETS = (
    Preset("first-layer", "first layer", {"timesteps": 10, "features": 64},
           "Input((10, 64)), and one weight for each of its 10 × 64 elements."),
    Preset("inside-a-net", "inside a net",
           {"timesteps": 10, "features": 64, "net": True, "units_1": 128, "units_2": 64, "units_3": 32},
           "Between Dense layers: what they send is what it multiplies."),
    Preset("per-column", "one weight per column", {"timesteps": 10, "features": 64, "kernel": "column"},
           "The same weights at every timestep."),
    Preset("shape-input-shape", "shape=input_shape", {"timesteps": 10, "features": 16, "kernel": "input_shape"},
           "A weight with the batch axis: (None, …)."),
    Preset("only-p", "a kernel of (P,)", {"timesteps": 10, "features": 64, "kernel": "last_axis"},
           "It works by broadcasting, with P weights instead of N·P."),
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


def answer(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        if found.error.mistake == "unknown_axis":
            return _answer_open(found.error)
        return f"This model can't be built: {found.error.cause}"
    layer = _layer(found)
    rows, columns = layer.inputs[0][1], layer.inputs[0][2]
    kernel = layer.weights[0].shape
    shape = ", ".join(tag(axis.size, axis.axis) for axis in kernel) + ("," if len(kernel) == 1 else "")
    made = f"`self.kernel = self.add_weight(shape={SHAPES[dims.kernel]})`"
    right = dims.kernel in ("element", "column", "row")
    how = f"Make the weights in build, {made}, and" if right else f"{made} in build is accepted here, with"
    sentence = (
        f"{how} `return x * self.kernel` in call. Here the kernel has shape ({shape}): **{layer.params:,}** weights, "
        f"{WORDS[dims.kernel]}; the product keeps the shape of what comes in, {tag(rows.size, rows.axis)} {rows.axis} "
        f"by {tag(columns.size, columns.axis)} {columns.axis}."
    )
    if dims.kernel == "last_axis" and rows.size not in (None, 1):
        whole = (rows.size or 0) * (columns.size or 0)
        missing = whole - layer.params
        sentence += (
            f" One weight per element would be {whole:,}: nothing complains that {missing:,} are missing. "
            f"`shape={SHAPES['element']}` makes them all."
        )
    return sentence


def _answer_open(error: BuildError) -> str:
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


def _layer(found: Inspection) -> Layer:
    return next(layer for layer in found.layers if layer.name == "hadamard")


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
        Fix("timesteps=10", {"timesteps": 10}, "With a fixed number of rows each element can have its weight."),
    )


# -- tried for real ------------------------------------------------------------------------------------------


def _rows(dims: Dims) -> int:
    """The rows of a sample; 7 where they are open."""
    return dims.timesteps if dims.timesteps is not None else 7


def _multiplied(kernel: str, rows: int, columns: int, batch_size: int | None = None) -> Any:
    """The live model of the layer alone on (rows, columns)."""
    alone = Dims(timesteps=rows, features=columns, kernel=kernel, batch_size=batch_size)
    return built(lambda: build(alone), INPUTS)


@trial(
    "Make the kernel with shape=input_shape",
    "loud",
    says="Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape=(None, 5)",
)
def batch_in_kernel(dims: Dims) -> Tried:
    """shape=input_shape on a flat sample: (None, features)."""
    from explainers.layers.hadamard import HadamardWholeShape

    def wrong() -> keras.Model:
        row = keras.Input((dims.features,), name="row")  # (batch, features)
        return keras.Model(row, HadamardWholeShape(name="hadamard")(row), name="wrong")

    error = try_build(wrong, {"row": "batch features"}).error
    verdict = (
        f"input_shape is (None, {dims.features}), the batch included. A weight is made once, before anybody knows "
        "how many "
        "samples come, and the same weights serve every sample. So the kernel takes input_shape[1:], with a 1 in front."
    )
    return Tried("self.kernel = self.add_weight(shape=input_shape, ...)", verdict, error=error)  # fmt: skip


@trial("A row of weights per sample: fix the batch", "run")
def fixed_batch(dims: Dims) -> Tried:
    """N rows of weights, N the number of samples: fix the batch."""
    samples, columns = _samples(dims), dims.features
    model = _multiplied("input_shape", 1, columns, batch_size=samples)
    model.get_layer("hadamard").kernel.assign(waves((samples, 1, columns)) + 2.0)
    x = waves((samples, 1, columns))
    whole, _ = try_feed(model, x, (), batch_size=samples)
    assert whole is not None
    _, fewer = try_feed(model, x[:2], _batch_shape(samples, columns), batch_size=2)
    one, _ = try_feed(model, x[:1], (), batch_size=1)
    turned = np.asarray(model(x[::-1]))[::-1]
    verdict = (
        f"batch_size={samples} makes the kernel ({samples}, 1, {columns}): {samples * columns:,} weights, a row for "
        "each sample. "
        f"All {samples} samples together work; 2 of them are refused"
        + (f"; 1 comes back as {one.shape}, stretched over all rows without a word" if one is not None else "")
        + ". And the row belongs to the place in the batch, not to the sample: in another order the answers differ by "
        f"up to {float(np.abs(turned - whole).max()):.2f}, so fit must not shuffle."
    )
    figures = (
        Figure("weights", samples * columns, f"{samples} samples × {columns} features"),
        Figure("samples in, all", samples),
        Figure("samples out when 1 is fed", int(one.shape[0]) if one is not None else 0),
        Figure("2 samples are accepted", fewer is None),
        Figure("largest difference in another order", round(float(np.abs(turned - whole).max()), 4)),
    )
    return Tried(f"keras.Input((1, {columns}), batch_size={samples})", verdict,
                         (named("x", x, "batch timesteps features"), named("y", whole, "batch timesteps features")),
                         figures)  # fmt: skip


def _samples(dims: Dims) -> int:
    """How many samples the demonstrations take: another number than every axis of a sample, and few."""
    return next(n for n in range(6, 99) if n not in (dims.timesteps, dims.features))


def _batch_shape(samples: int, columns: int) -> Any:

    return (
        Axis("batch", samples, f"batch_size={samples} of Input matrix", ("matrix.batch_size",)),
        Axis("timesteps", 1, "shape[0]=1 of Input matrix", ("matrix.shape[0]",)),
        Axis("features", columns, f"shape[1]={columns} of Input matrix", ("matrix.shape[1]",)),
    )


@trial("A row of weights per sample, as its axis", "run")
def rows_as_axis(dims: Dims) -> Tried:
    """The other way to N rows of weights: make N an axis of the sample."""
    samples, columns = _samples(dims), dims.features
    table = waves((samples, columns))  # (samples, features)
    x = table[None, ...]  # (batch 1, samples, features)
    model = _multiplied("element", samples, columns)
    y = np.asarray(model.predict(x, verbose=0))
    weights = int(model.count_params())
    difference = float(np.abs(y[0] - table * np.asarray(model.get_layer("hadamard").kernel)[0]).max())
    verdict = (
        f"Put the {samples} rows into one sample: x[None, ...] makes {table.shape} into {x.shape}, and the kernel "
        f"(1, {samples}, {columns}) has a row for each: {weights:,} weights. The batch stays free: several such "
        "tables can go "
        "through together. Row i always meets the weights of row i."
    )
    return Tried(f"x = table[None, ...]\nkeras.Input(({samples}, {columns}))", verdict,
                         (named("table", table, "samples features"), named("x", x, "batch samples features"),
                          named("y", y, "batch samples features")),
                         (Figure("weights", weights, f"{samples} × {columns}"),
                          Figure("largest difference to x * kernel in NumPy", difference)))  # fmt: skip


@trial("Make the kernel with shape=(P,)", "silent")
def last_axis_kernel(dims: Dims) -> Tried:
    """(P,) broadcasts: accepted, and far fewer weights than meant."""
    rows, columns = max(2, _rows(dims)), dims.features
    meant, made = _multiplied("element", rows, columns), _multiplied("last_axis", rows, columns)
    x = np.ones((1, rows, columns), "float32")
    y = np.asarray(made.predict(x, verbose=0))
    spread = float(np.abs(y - y[:, :1]).max())
    kernel = np.asarray(made.get_layer("hadamard").kernel)
    verdict = (
        f"shape=(input_shape[-1],) is accepted, and the output has the right shape {y.shape}. But the kernel "
        f"{kernel.shape} "
        f"has {made.count_params():,} weights instead of {rows} × {columns} = {meant.count_params():,}: broadcasting "
        "lays the "
        f"same row over every timestep. Fed with ones, all {rows} rows come out equal (largest difference {spread:g})."
    )
    figures = (
        Figure("weights of a kernel (P,)", int(made.count_params())),
        Figure("weights of a kernel (1, N, P)", int(meant.count_params()), f"{rows} × {columns}"),
        Figure("largest difference between rows", spread),
    )
    return Tried("self.kernel = self.add_weight(shape=(input_shape[-1],), ...)", verdict,
                         (named("x", waves((1, rows, columns)) * 0 + 1, "batch timesteps features"),
                          named("y", y, "batch timesteps features")), figures)  # fmt: skip


@trial("Per element, per column, per row", "run")
def kernel_shapes(dims: Dims) -> Tried:
    """The three kernels and the one without a 1, side by side."""
    rows, columns = _rows(dims), dims.features
    words = {"element": "(1, N, P)", "column": "(1, 1, P)", "row": "(1, N, 1)", "last_axis": "(P,)"}
    figures = []
    for kernel, shape in words.items():
        live = _multiplied(kernel, rows, columns).get_layer("hadamard").kernel
        live_shape = tuple(int(n) for n in live.shape)
        label = f"{shape}, {WORDS[kernel].split(',')[0]}"
        figures.append(Figure(label, int(live.shape.num_elements()), f"{live_shape}"))
    verdict = (
        f"On {rows} timesteps by {columns} features: {figures[0].value:,} weights per element, {figures[1].value:,} "
        "per column, "
        f"{figures[2].value:,} per row. A 1 in the kernel stretches over the axis where it stands, so the weights "
        "there are shared."
    )
    return Tried('Hadamard(per="element")\nHadamard(per="column")\nHadamard(per="row")', verdict,
                         figures=tuple(figures))  # fmt: skip


@trial("Is that not a Dense layer?", "run")
def diagonal_dense(dims: Dims) -> Tried:
    """One weight per column is a Dense layer whose kernel is zero off the diagonal."""
    rows, columns = _rows(dims), dims.features
    product = _multiplied("column", rows, columns)
    weights = np.asarray(product.get_layer("hadamard").kernel)[0, 0]  # (features,)
    dense = keras.layers.Dense(columns, use_bias=False, name="dense")
    x = waves((2, rows, columns))
    dense.build(x.shape)
    dense.kernel.assign(np.diag(weights))  # (features, features)
    difference = float(np.abs(np.asarray(dense(x)) - np.asarray(product(x))).max())
    verdict = (
        f"Dense({columns}) sums over all {columns} features and has {columns} × {columns} = {dense.count_params():,} "
        "weights; "
        f"Hadamard per column has {product.count_params():,}. With those on the diagonal of the Dense kernel and "
        "zeros elsewhere "
        f"both give the same numbers (largest difference {difference:.1g}): a Hadamard product is a Dense layer that "
        "never mixes."
    )
    figures = (
        Figure("weights of Dense without bias", int(dense.count_params()), f"{columns} × {columns}"),
        Figure("weights of Hadamard per column", int(product.count_params())),
        Figure("largest difference", difference),
    )
    return Tried("dense.kernel.assign(np.diag(weights))", verdict, figures=figures)  # fmt: skip


@trial(
    "A weight per element, any timesteps",
    "loud",
    says="must be fully-defined (no `None` dimensions). Received: shape=(1, None, 5)",
)
def open_timesteps(dims: Dims) -> Tried:
    """One weight per element of a sample whose rows are open."""
    open_rows = Dims(timesteps=None, features=dims.features, kernel="element")
    error = try_build(lambda: build(open_rows), INPUTS).error
    verdict = (
        f"Input((None, {dims.features})) has any number of rows, so a weight per element has no number of rows either. "
        "Per column it works: the same weights at every timestep."
    )
    return Tried(f'keras.Input((None, {dims.features}))\nHadamard(per="element")', verdict, error=error,
                         fixes=(Fix("per column", {"timesteps": None, "kernel": "column"}),))  # fmt: skip


@trial("Does it learn?", "run")
def it_learns(dims: Dims) -> Tried:
    """The kernel is trainable: a few steps of gradient descent find a hidden W."""
    rows, columns = at_most(16, _rows(dims), "timesteps"), at_most(32, dims.features, "features")
    model = _multiplied("element", rows, columns)
    hidden = waves((1, rows, columns))  # the W to be found
    x = np.random.default_rng(0).normal(size=(64, rows, columns)).astype("float32")
    layer = model.get_layer("hadamard")
    before = float(np.abs(np.asarray(layer.kernel) - hidden).max())
    # The loss is a mean over all elements, each with its own weight: the step must grow with their number.
    model.compile(optimizer=keras.optimizers.SGD(0.3 * rows * columns), loss="mse")
    for _ in range(20):
        model.train_on_batch(x, x * hidden)
    after = float(np.abs(np.asarray(layer.kernel) - hidden).max())
    verdict = (
        f"64 samples x and their products with a hidden W: after 20 steps the kernel is at most {after:.1g} away "
        "from that W, "
        f"from {before:.2g} at the start. add_weight made it trainable; nothing else is needed."
    )
    figures = (
        Figure("largest distance before", round(before, 4)),
        Figure("largest distance after 20 steps", after),
        Figure("trainable weights", sum(int(np.prod(w.shape)) for w in model.trainable_weights)),
    )
    return Tried("for _ in range(20):\n    model.train_on_batch(x, x * hidden)", verdict,
                         figures=figures)  # fmt: skip


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
    from dataclasses import asdict

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
    named = _layer(found).inputs[0]
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
    answer=answer,
    # A weight for each element needs to know how many there are; one for each column does not.
    journey=Journey(change="features", begin={"kernel": "column"}, steps="hadamard"),
    fixes=fixes,
    trials=(
        batch_in_kernel,
        last_axis_kernel,
        kernel_shapes,
        fixed_batch,
        rows_as_axis,
        open_timesteps,
        diagonal_dense,
        it_learns,
    ),
    extra=extra,
    unused=unused,
    asked=(
        "Hadamard product layer in Keras",
        "Shapes used to initialize variables must be fully-defined",
        "How do I multiply the input of a layer with a trainable matrix?",
        "Why can't the shape of a weight contain the batch size?",
        "How do I get a different weight for each sample?",
    ),
    about="The Hadamard product multiplies two arrays element by element; here the second one is trained.",
    picture="hadamard",
    order=50,
)
