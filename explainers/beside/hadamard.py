"""What people try with a trainable product, and how the lesson recognises one."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from explainers.core.axes import Axis
from explainers.core.bounds import at_most
from explainers.core.dims import Value
from explainers.core.explainer import Explainer
from explainers.core.finding import Change
from explainers.core.later import keras
from explainers.core.results import Figure, Fix
from explainers.core.signs import Level, Recognised, Seen, known, sequence
from explainers.core.spec import LayerSpec, Sizes
from explainers.core.trial import Tried, trial
from explainers.core.trying import built, named, try_build, try_feed
from explainers.core.waves import waves
from explainers.hadamard import INPUTS, WORDS, Dims, build

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]


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
        f"input_shape is (None, {dims.features}), the batch included. A weight is made once, before anyone knows "
        "how many samples there will be, and the same weights serve every sample. So the kernel takes input_shape[1:], "
        "with a 1 in front."
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
        + (f"; 1 comes back as {one.shape}, stretched over all rows without a warning" if one is not None else "")
        + (
            ". And the row belongs to the place in the batch, not to the sample: in a different order the outputs "
            f"differ by up to {float(np.abs(turned - whole).max()):.2f}, so fit must not shuffle."
        )
    )
    figures = (
        Figure("weights", samples * columns, f"{samples} samples × {columns} features"),
        Figure("samples in, all", samples),
        Figure("samples out when 1 is fed", int(one.shape[0]) if one is not None else 0),
        Figure("2 samples are accepted", fewer is None),
        Figure("largest difference in a different order", round(float(np.abs(turned - whole).max()), 4)),
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
                          Figure("largest difference from x * kernel in NumPy", difference)))  # fmt: skip


@trial("Make the kernel with shape=(features,)", "silent")
def last_axis_kernel(dims: Dims) -> Tried:
    """(features,) broadcasts: accepted, and far fewer weights than meant."""
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
        f"lays the same row over every timestep. Fed with ones, all {rows} output rows are equal (largest difference "
        f"{spread:g})."
    )
    figures = (
        Figure("weights of a kernel (features,)", int(made.count_params())),
        Figure("weights of a kernel (1, timesteps, features)", int(meant.count_params()), f"{rows} × {columns}"),
        Figure("largest difference between rows", spread),
    )
    return Tried("self.kernel = self.add_weight(shape=(input_shape[-1],), ...)", verdict,
                         (named("x", waves((1, rows, columns)) * 0 + 1, "batch timesteps features"),
                          named("y", y, "batch timesteps features")), figures)  # fmt: skip


@trial("Per element, per column, per row", "run")
def kernel_shapes(dims: Dims) -> Tried:
    """The three kernels and the one without a 1, side by side."""
    rows, columns = _rows(dims), dims.features
    words = {
        "element": "(1, timesteps, features)",
        "column": "(1, 1, features)",
        "row": "(1, timesteps, 1)",
        "last_axis": "(features,)",
    }
    figures = []
    for kernel, shape in words.items():
        live = _multiplied(kernel, rows, columns).get_layer("hadamard").kernel
        live_shape = tuple(int(n) for n in live.shape)
        label = f"{shape}, {WORDS[kernel].split(',')[0]}"
        figures.append(Figure(label, int(live.shape.num_elements()), f"{live_shape}"))
    verdict = (
        f"On {rows} timesteps by {columns} features: {figures[0].value:,} weights per element, {figures[1].value:,} "
        "per column, "
        f"{figures[2].value:,} per row. A 1 in the kernel stretches over its axis, so the weights "
        "there are shared."
    )
    return Tried('Hadamard(per="element")\nHadamard(per="column")\nHadamard(per="row")', verdict,
                         figures=tuple(figures))  # fmt: skip


@trial("Isn't that just a Dense layer?", "run")
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
        f"Dense({columns}) sums over {columns} features and has {columns} × {columns} = {dense.count_params():,} "
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


def _multiplies(seen: Seen) -> Recognised | None:
    """A trainable product: a weight that is multiplied with the input, or a weight that got the batch axis."""
    for place, (layer, shape) in enumerate(seen.calls):
        if layer.class_name == "ops.multiply" and isinstance(layer.get("weight"), tuple):
            return _multiplied_dims(seen, place, layer, shape)
    shapes = seen.finding.named.get("both", ()) or seen.finding.named.get("left_shape", ())
    if seen.finding.mistake == "operand_sizes" and str(seen.finding.values.get("op", "")).lower().startswith("mul"):
        return {name: n for name, n in sequence(shapes[0] if shapes else ()).items() if name != "batch_size"}
    return None


def _multiplied_dims(seen: Seen, place: int, layer: LayerSpec, shape: Sizes) -> Recognised:
    weight = layer.get("weight")
    kernel = _kernel(weight if isinstance(weight, tuple) else (), shape)
    dims: Recognised = sequence(shape) if len(shape) == 3 else known(features=shape[-1] if shape else None)
    before = [_units_of(entry) for entry, _ in seen.calls[:place]]
    after = [_units_of(entry) for entry, _ in seen.calls[place + 1 :] if entry.class_name == "Dense"]
    first = seen.calls[0][1] if seen.calls else ()
    if len(before) == 2 and None not in before and after and after[0] is not None and len(first) == 3:
        net: Recognised = {"net": True, "units_1": before[0], "units_2": before[1], "units_3": after[0]}
        dims = {**sequence(first), **net}
    return {**dims, **known(kernel=kernel)}


def _units_of(layer: LayerSpec) -> int | None:
    units = layer.get("units") if layer.class_name == "Dense" else None
    return units if isinstance(units, int) else None


def _kernel(weight: tuple[object, ...], shape: Sizes) -> str | None:
    """Which kernel of the lesson has this shape."""
    if weight and weight[0] is None:
        return "input_shape"
    if len(weight) == 1:
        return "last_axis"
    if len(shape) != 3:
        return None
    rows, columns = (weight[-2], weight[-1]) if len(weight) > 1 else (None, None)
    if (rows, columns) == (shape[1], shape[2]):
        return "element"
    return "column" if (rows, columns) == (1, shape[2]) else "row" if (rows, columns) == (shape[1], 1) else None


def _batch_weight(seen: Seen) -> Recognised | None:
    """ "shape=(None, 16)" of a layer that isn't Keras' own: the kernel has the shape of the whole input."""
    weight = seen.finding.shape("weight_shape")
    if weight is None or weight[:1] != (None,) or None in weight[1:] or not seen.own_layer:
        return None
    dims = sequence(weight) if len(weight) == 3 else known(features=weight[-1] if len(weight) > 1 else None)
    return {**dims, "kernel": "input_shape"}


def _signs(seen: Seen) -> Recognised | None:
    found = _multiplies(seen)
    return _batch_weight(seen) if found is None else found


def _repairs(dims: Mapping[str, Value]) -> tuple[Change, ...]:
    if dims.get("kernel") != "input_shape":
        return ()
    return (Change("A kernel without the batch: shape=(1, *input_shape[1:]).", {"kernel": "element"}),)


def complete(lesson: Explainer[Dims]) -> Explainer[Dims]:
    """The lesson with its trials and signs."""
    return dataclasses.replace(
        lesson,
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
        signs={Level.STRUCTURE: _signs},
        repairs=_repairs,
    )
