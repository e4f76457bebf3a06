"""What the engine hands to pages, scripts and tests: plain frozen data, no Keras, no Streamlit.

Everything here survives `msgspec.json` (and pickle) unchanged. Numbers that JSON can't write (inf, nan)
stand as the strings "inf", "-inf", "nan".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from explainers.core.axes import Shape

Number = float | str
Dims = dict[str, int | float | bool | str | None]


@dataclass(frozen=True)
class Tensor:
    """A tensor that really existed: its named shape, and its first rows and columns.

    values: (rows shown, columns shown); a vector has one row, a higher rank shows its first (last two axes)
    block. `Axis.size` says how many there are in all.
    """

    name: str
    shape: Shape
    values: tuple[tuple[Number, ...], ...] = ()


@dataclass(frozen=True)
class Weight:
    """One weight of a layer; its count is the product of its axes.

    formula: in words, "features × 4 × units". numbers: the same in numbers, "1 × 4 × 5".
    gates: what stands side by side on the last axis ("input", "forget", "cell", "output"); () for one block.
    place: where it stands in Keras' own `layer.weights`, from 0; a cell's parts may come in another order there.
    """

    name: str
    shape: Shape
    formula: str
    numbers: str
    count: int
    gates: tuple[str, ...] = ()
    trainable: bool = True
    place: int = 0


@dataclass(frozen=True)
class Layer:
    """One layer: what it is, and its weights. A shared layer stands here once.

    arguments: the arguments worth reading, as written in code: {"units": "5", "return_sequences": "True"}.
    known: whether the axis names follow a rule; False means "shapes from Keras, axis names unknown".
    cell: for RNN layers the class of the cell, else "".
    """

    name: str
    class_name: str
    arguments: dict[str, str]
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    weights: tuple[Weight, ...]
    params: int
    known: bool = True
    cell: str = ""
    why: str = ""  # one sentence: what this layer does to the axes
    verb: str = ""  # the same in two or three words


@dataclass(frozen=True)
class Link:
    """One tensor on its way: which step made it (and which of its outputs), and its shape."""

    step: int
    output: int
    shape: Shape


@dataclass(frozen=True)
class Step:
    """One call of one layer in the graph, in the order of the flow. A shared layer has several."""

    layer: str
    class_name: str
    inputs: tuple[Link, ...]
    outputs: tuple[Shape, ...]
    failed: bool = False


@dataclass(frozen=True)
class Call:
    """One call of a recurrent cell: ``outputs, new_states = cell(inputs, states)``.

    probe: Keras runs the cell once on timestep 0 to learn the output's dtype; that call is not part of the
    sequence. gates: recomputed independently in NumPy, for the cells that are known.
    """

    layer: str
    cell: str
    timestep: int
    probe: bool
    inputs: tuple[Tensor, ...]
    states: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    new_states: tuple[Tensor, ...]
    gates: tuple[Tensor, ...] = ()


@dataclass(frozen=True)
class Run:
    """One real forward pass, and every cell call in it.

    fed: the concrete shapes that were fed. note: what was chosen where the model says None, and what was
    left out of `calls`. calls_made: how many there really were, those inside a compiled loop included. outputs: what
    came out.
    largest_difference: between Keras and the NumPy recomputation; None where nothing could be recomputed.
    formulas: of cells that bring their own, by the name of the calls' layer, then by the name of what is computed.
    """

    fed: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    calls: tuple[Call, ...]
    calls_made: int
    largest_difference: float | None
    note: str = ""
    formulas: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Fix:
    """One change that makes the model build: a few words, and the dims to change."""

    label: str
    dims: Dims
    why: str = ""
    recommended: bool = False


@dataclass(frozen=True)
class BuildError:
    """A failure, as a lesson: Keras' own words, where, what kind, why, and what helps.

    mistake: the name of one of `core.mistakes`, or None. expected/found: the two shapes that disagree, with
    `axis` the position of the disagreement in `found` (None where it is the rank).
    """

    type: str
    message: str
    layer: str | None
    mistake: str | None
    cause: str
    fixes: tuple[Fix, ...] = ()
    expected: Shape = ()
    found: Shape = ()
    axis: int | None = None


@dataclass(frozen=True)
class Inspection:
    """All that is known about one model. After a failed build: all up to the failing layer, and the error."""

    layers: tuple[Layer, ...]
    flow: tuple[Step, ...]
    total_params: int
    summary: str
    run: Run | None
    error: BuildError | None
    code: str
    code_lines: dict[str, int]  # layer name -> line of `code` (from 1)

    def layer(self, name: str) -> Layer:
        """One of its layers; StopIteration where none is called so."""
        return next(layer for layer in self.layers if layer.name == name)


@dataclass(frozen=True)
class Figure:
    """A number a lesson speaks about, computed live: "steps per epoch" 8."""

    label: str
    value: Number | int | bool
    how: str = ""  # "8,000 training samples / batch_size 1,000"


@dataclass(frozen=True)
class Explanation:
    """One explainer at one choice of dims: what a page draws and what `show` prints."""

    explainer: str
    dims: Dims
    sentence: str
    inspection: Inspection
    url: str
    extra: dict[str, object] | None = None  # what one lesson alone has, plain data


@dataclass(frozen=True)
class Structure:
    """What a page begins with: shapes, counts, code and sentence, without what takes most of the time.

    explanation: its `run` has only the shapes that would be fed, its `summary` is empty, and its `extra` is None where
        that comes later.
    cells: whether a run would call recurrent cells, so that there is something to step through.
    """

    explanation: Explanation
    cells: bool


@dataclass(frozen=True)
class StepShapes:
    """What one call of one layer gives: symbolic shapes, or those of the tensors of one run."""

    layer: str
    class_name: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class ConcreteRun:
    """One pass of data through the live model, every None made a number.

    batch: samples fed. lengths: what was fed for each open axis, by its name. steps: what each layer gave, in the
    order of the flow; () where Keras refused the data (`error`). calls_made: by recurrent cells, probes included.
    fingerprint: of all weights after the run.
    """

    batch: int
    lengths: dict[str, int]
    fed: tuple[Tensor, ...]
    steps: tuple[StepShapes, ...]
    calls_made: int
    fingerprint: str
    error: BuildError | None = None


@dataclass(frozen=True)
class Concrete:
    """The same weights in several runs of different sizes.

    batch_axis: the name of the first axis. declared_batch: batch_size of the Input, None where it is open.
    stateful: layers that keep a state for each sample. open_axes: axes of a sample that are None.
    fixed_axes: time-like axes (neither first nor last) that have a number. declared: the shapes that the model says.
    weights, fingerprint: how many numbers, and the first digits of their SHA-256, before the first run.
    note: what was not run, and why.
    """

    batch_axis: str
    declared_batch: int | None
    stateful: tuple[str, ...]
    open_axes: tuple[str, ...]
    fixed_axes: dict[str, int]
    declared: tuple[StepShapes, ...]
    weights: int
    fingerprint: str
    runs: tuple[ConcreteRun, ...]
    note: str = ""
