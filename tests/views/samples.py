"""Inspections made by hand, so that views are tested without Keras. Sizes are pairwise different on purpose."""

from __future__ import annotations

from explainers.core.axes import Axis, Shape
from explainers.core.results import BuildError, Inspection, Layer, Link, Step

OPEN = "batch_size of Input sequence is left open: any number of samples"
BATCH = Axis("batch", None, OPEN, ("sequence.batch_size",))


def axis(name: str, size: int | None, source: str, words: str = "") -> Axis:
    """An axis whose origin names its source."""
    return Axis(name, size, words or f"{source.split('.')[-1]}={size} of {source.split('.')[0]}", (source,))


def layer(
    name: str,
    class_name: str,
    inputs: tuple[Shape, ...],
    outputs: tuple[Shape, ...],
    params: int = 0,
    why: str = "",
    **arguments: str,
) -> Layer:
    """A layer without its weights."""
    return Layer(name, class_name, arguments, inputs, outputs, (), params, why=why)


def inspection(
    layers: tuple[Layer, ...], flow: tuple[Step, ...], error: BuildError | None = None, code: str = ""
) -> Inspection:
    """An inspection around layers and flow."""
    total = sum(each.params for each in layers)
    lines = {each.name: n for n, line in enumerate(code.splitlines(), 1) for each in layers if f'"{each.name}"' in line}
    return Inspection(layers, flow, total, "", None, error, code, lines)


def chain_of(layers: tuple[Layer, ...], error: BuildError | None = None, code: str = "") -> Inspection:
    """Layers one after the other, each once. The last one has failed if there is an error."""
    flow: list[Step] = []
    for index, each in enumerate(layers):
        links = (Link(index - 1, 0, layers[index - 1].outputs[0]),) if index else ()
        failed = error is not None and index == len(layers) - 1
        flow.append(Step(each.name, each.class_name, links, each.outputs, failed))
    return inspection(layers, tuple(flow), error, code)


CODE = """sequence = keras.Input((20, 1), name="sequence")
x = layers.LSTM(5, return_sequences=True, name="lstm_1")(sequence)  # (batch, timesteps, units)
x = layers.LSTM(4, name="lstm_2")(x)
x = layers.Dense(3, activation="sigmoid", name="dense")(x)"""


def chain(timesteps: int | None = 20, features: int = 1, first: int = 5, second: int = 4) -> Inspection:
    """Input, LSTM(5), LSTM(4), Dense(3)."""
    steps = axis("timesteps", timesteps, "sequence.shape[0]")
    fed = (BATCH, steps, axis("features", features, "sequence.shape[1]"))
    wide = (BATCH, steps, axis("units", first, "lstm_1.units", f"units={first} of LSTM lstm_1"))
    last = (BATCH, axis("units", second, "lstm_2.units", f"units={second} of LSTM lstm_2"))
    out = (BATCH, axis("units", 3, "dense.units", "units=3 of Dense dense"))
    return chain_of(
        (
            layer("sequence", "InputLayer", (), (fed,), why="What you feed."),
            layer(
                "lstm_1",
                "LSTM",
                (fed,),
                (wide,),
                4 * (features + first + 1) * first,
                why="Reads the timesteps one by one and answers at every one.",
                units=str(first),
                return_sequences="True",
            ),
            layer("lstm_2", "LSTM", (wide,), (last,), 4 * (first + second + 1) * second, units=str(second)),
            layer("dense", "Dense", (last,), (out,), 3 * second + 3, units="3", activation='"sigmoid"'),
        ),
        code=CODE,
    )


def fixed_batch() -> Inspection:
    """(1000, 64, 1) into SimpleRNN(64): the two 64s are different things."""
    batch = Axis("batch", 1000, "batch_size=1000 of Input sequence", ("sequence.batch_size",))
    fed = (batch, axis("timesteps", 64, "sequence.shape[0]"), axis("features", 1, "sequence.shape[1]"))
    wide = (batch, axis("units", 64, "rnn.units"))
    out = (batch, axis("units", 1, "dense.units"))
    return chain_of(
        (
            layer("sequence", "InputLayer", (), (fed,)),
            layer("rnn", "SimpleRNN", (fed,), (wide,), 4224, units="64"),
            layer("dense", "Dense", (wide,), (out,), 65, units="1"),
        )
    )


def failing() -> Inspection:
    """The second LSTM finds (batch, units) where it expects three axes."""
    whole = chain()
    first = (BATCH, axis("units", 5, "lstm_1.units", "units=5 of LSTM lstm_1"))
    expected = (BATCH, axis("timesteps", None, ""), axis("features", None, ""))
    error = BuildError(
        "ValueError",
        "expected ndim=3, found ndim=2",
        "lstm_2",
        "missing-return-sequences",
        "LSTM lstm_1 threw the timesteps away.",
        expected=expected,
        found=first,
        axis=None,
    )
    return chain_of(
        (
            whole.layers[0],
            layer("lstm_1", "LSTM", whole.layers[1].inputs, (first,), 140, units="5"),
            layer("lstm_2", "LSTM", (first,), (), units="4"),
        ),
        error,
        CODE,
    )


def many_channels() -> Inspection:
    """One step with 133,906 channels; kernel_size 3 does not fit."""
    fed = (BATCH, axis("steps", 1, "series.shape[0]"), axis("channels", 133906, "series.shape[1]"))
    expected = (BATCH, axis("steps", 3, "conv.kernel_size"), axis("channels", 133906, "series.shape[1]"))
    error = BuildError(
        "ValueError",
        "Computed output size would be negative",
        "conv",
        "kernel-too-long",
        "kernel_size=3 does not fit into 1 step.",
        expected=expected,
        found=fed,
        axis=1,
    )
    return chain_of(
        (
            layer("series", "InputLayer", (), (fed,)),
            layer("conv", "Conv1D", (fed,), (), filters="2", kernel_size="3", padding='"valid"'),
        ),
        error,
    )


def long_chain() -> Inspection:
    """Nine steps with long names and big numbers: Conv1D on 133,906 steps, flattened, and a concatenation."""
    length, filters = 133906, 16
    fed = (BATCH, axis("steps", length, "series.shape[0]"), axis("channels", 2, "series.shape[1]"))
    layers = [layer("series", "InputLayer", (), (fed,))]
    before = fed
    for index in range(1, 6):
        length -= 2
        steps = axis("steps", length, f"conv_{index}.kernel_size")
        after = (BATCH, steps, axis("filters", filters + index, f"conv_{index}.filters"))
        arguments = {"filters": str(filters + index), "kernel_size": "3", "dilation_rate": "1", "padding": '"valid"'}
        layers.append(layer(f"conv_{index}", "Conv1D", (before,), (after,), 1234 * index, **arguments))
        before = after
    flat = (BATCH, Axis("steps × filters", length * (filters + 5), "Flatten", ("flatten",)))
    joined = (BATCH, Axis("features + elapsed time", 24, "concatenation", ("joined",)))
    out = (BATCH, axis("units", 3, "dense.units"))
    layers.append(layer("flatten", "Flatten", (before,), (flat,)))
    layers.append(layer("joined", "FeaturesAndElapsedTime", (flat,), (joined,), 67_480_561))
    layers.append(layer("dense", "Dense", (joined,), (out,), 75, units="3", activation='"softmax"'))
    return chain_of(tuple(layers))


def branching() -> Inspection:
    """Two inputs, a shared Dense called twice, a skip link, a concatenation, a layer with several outputs."""
    left = (BATCH, axis("timesteps", 7, "visits.shape[0]"), axis("features", 23, "visits.shape[1]"))
    right = (BATCH, axis("timesteps", 7, "elapsed.shape[0]"), axis("elapsed time", 1, "elapsed.shape[1]"))
    end_to_end = Axis("features + elapsed time", 24, "both, end to end", ("visits.shape[1]", "elapsed.shape[1]"))
    both = (BATCH, left[1], end_to_end)
    state = (BATCH, axis("units", 16, "t_lstm.units"))
    shared = (BATCH, axis("units", 9, "shared.units"))
    added = (BATCH, axis("units", 9, "shared.units"))
    flat = (BATCH, Axis("timesteps × features", 161, "flattened", ("visits.shape[0]", "visits.shape[1]")))
    flat_shared = (BATCH, axis("units", 9, "shared.units"))
    layers = (
        layer("visits", "InputLayer", (), (left,)),
        layer("elapsed", "InputLayer", (), (right,)),
        layer("joined", "Concatenate", (left, right), (both,)),
        layer("t_lstm", "TLSTM", (both,), (state, state, state), 2592, units="16", return_state="True"),
        layer("flat", "Flatten", (left,), (flat,)),
        layer("shared", "Dense", (state,), (shared,), 153, units="9"),
        layer("shared_2", "Dense", (flat,), (flat_shared,), 1458, units="9"),
        layer("added", "Add", (shared, flat_shared), (added,)),
    )
    flow = (
        Step("visits", "InputLayer", (), (left,)),
        Step("elapsed", "InputLayer", (), (right,)),
        Step("joined", "Concatenate", (Link(0, 0, left), Link(1, 0, right)), (both,)),
        Step("t_lstm", "TLSTM", (Link(2, 0, both),), (state, state, state)),
        Step("flat", "Flatten", (Link(0, 0, left),), (flat,)),
        Step("shared", "Dense", (Link(3, 0, state),), (shared,)),
        Step("shared_2", "Dense", (Link(4, 0, flat),), (flat_shared,)),
        Step("added", "Add", (Link(5, 0, shared), Link(6, 0, flat_shared)), (added,)),
    )
    return inspection(layers, flow)


def windows() -> Inspection:
    """Rank 4, rank 1 and a scalar batch: (batch, windows, steps, features) down to (batch,)."""
    sizes = {"windows": 590, "steps": 10, "features": 25}
    fed = (BATCH, *(axis(name, size, f"data.shape[{i}]") for i, (name, size) in enumerate(sizes.items())))
    wide = (BATCH, fed[1], axis("units", 6, "lstm.units"))
    return chain_of(
        (
            layer("data", "InputLayer", (), (fed,)),
            layer("each", "TimeDistributed", (fed,), (wide,), 768, layer="LSTM(6)"),
            layer("mean", "Mean", (wide,), ((BATCH,),)),
        )
    )
