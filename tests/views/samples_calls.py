"""Inspection and Run as the engine hands them out, made here without Keras.

The numbers are computed by a small NumPy LSTM, so they belong together: a state that goes in is the state
that came out one call before, and every count is the product of its axes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from explainers.core.axes import Axis, Shape, count
from explainers.core.results import Call, Inspection, Layer, Number, Run, Tensor, Weight

Array = npt.NDArray[np.float64]

GATES = ("input gate", "forget gate", "candidate", "output gate")
ROWS, COLUMNS = 4, 16  # of a tensor, the engine hands out at most so many values


def axis(name: str, size: int | None, source: str) -> Axis:
    return Axis(name, size, f"{name} of {source}", (source,))


def batch(size: int | None) -> Axis:
    return axis("batch", size, "sequence.batch_size")


def tensor(name: str, values: Array, *axes: Axis) -> Tensor:
    shown = tuple(tuple(plain(v) for v in row[:COLUMNS]) for row in values[:ROWS])
    return Tensor(name, tuple(a.resized(n) for a, n in zip(axes, values.shape, strict=True)), shown)


def plain(value: float) -> Number:
    return float(value) if np.isfinite(value) else str(float(value))


def weight(name: str, *axes: Axis, gates: tuple[str, ...] = (), trainable: bool = True) -> Weight:
    """A weight whose gates, if any, stand side by side on its last axis."""
    words = [a.axis for a in axes]
    numbers = [str(a.size) for a in axes]
    if gates:
        inner, times = axes[-1], len(gates)
        words[-1], numbers[-1] = f"{times} × {inner.axis}", f"{times} × {inner.size}"
        wide = Axis(words[-1], times * (inner.size or 0), inner.origin, inner.sources)
        axes = (*axes[:-1], wide)
    total = count(axes)
    assert total is not None
    return Weight(name, axes, " × ".join(words), " × ".join(numbers), total, gates, trainable)


def lstm_layer(name: str, timesteps: Axis, features: Axis, units: int, sequences: bool) -> Layer:
    gates = ("input", "forget", "cell", "output")
    unit = axis("units", units, f"{name}.units")
    weights = (
        weight("kernel", features, unit, gates=gates),
        weight("recurrent_kernel", unit, unit, gates=gates),
        weight("bias", unit, gates=gates),
    )
    return Layer(
        name=name,
        class_name="LSTM",
        arguments={"units": str(units), "return_sequences": str(sequences)},
        inputs=((batch(None), timesteps, features),),
        outputs=(((batch(None), timesteps, unit) if sequences else (batch(None), unit)),),
        weights=weights,
        params=sum(w.count for w in weights),
        cell="LSTMCell",
    )


def dense_layer(name: str, features: Axis, units: int) -> Layer:
    unit = axis("units", units, f"{name}.units")
    weights = (weight("kernel", features, unit), weight("bias", unit))
    return Layer(
        name=name,
        class_name="Dense",
        arguments={"units": str(units)},
        inputs=((batch(None), features),),
        outputs=((batch(None), unit),),
        weights=weights,
        params=sum(w.count for w in weights),
    )


def inspection(*layers: Layer, run: Run | None = None) -> Inspection:
    total = sum(layer.params for layer in layers)
    return Inspection(layers, (), total, "", run, None, "", {})


def two_lstms(timesteps: int = 7, run: bool = True) -> Inspection:
    """(None, 7, 3) -> LSTM(5) -> LSTM(4) -> Dense(2), with a run of batch 6."""
    steps = axis("timesteps", timesteps, "sequence.shape[0]")
    features = axis("features", 3, "sequence.shape[1]")
    first = lstm_layer("lstm_1", steps, features, 5, sequences=True)
    second = lstm_layer("lstm_2", steps, first.outputs[0][-1], 4, sequences=False)
    dense = dense_layer("dense", second.outputs[0][-1], 2)
    ran = lstm_run(timesteps=timesteps, layers=(("lstm_1", 5), ("lstm_2", 4))) if run else None
    return inspection(first, second, dense, run=ran)


def sigmoid(z: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-z)))


def lstm_run(
    timesteps: int = 7,
    features: int = 3,
    layers: tuple[tuple[str, int], ...] = (("lstm_1", 5), ("lstm_2", 4)),
    batch_size: int = 6,
    seed: int = 3,
) -> Run:
    """Every cell call of a stack of LSTMs: for each layer the probe, then its timesteps."""
    rng = np.random.default_rng(seed)
    sequence = rng.normal(size=(batch_size, timesteps, features))  # (batch, timesteps, features)
    feature = axis("features", features, "sequence.shape[1]")
    fed = Tensor("sequence", (batch(batch_size), axis("timesteps", timesteps, "sequence.shape[0]"), feature), ())
    calls: list[Call] = []
    for name, units in layers:
        unit = axis("units", units, f"{name}.units")
        made, sequence = _lstm_calls(name, sequence, feature, unit, rng)
        calls += made
        feature = unit
    return Run((fed,), (), tuple(calls), len(calls), 6e-08, "batch is None in the model; 6 were fed.")


def _lstm_calls(name: str, x: Array, feature: Axis, unit: Axis, rng: np.random.Generator) -> tuple[list[Call], Array]:
    assert unit.size is not None
    kernel = rng.normal(size=(x.shape[2], 4 * unit.size)) * 0.6  # (features, 4 × units)
    recurrent = rng.normal(size=(unit.size, 4 * unit.size)) * 0.4  # (units, 4 × units)
    h = c = np.zeros((x.shape[0], unit.size))  # (batch, units)
    calls, outputs = [], []
    for timestep in [-1, *range(x.shape[1])]:
        probe, t = timestep < 0, max(timestep, 0)
        i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent, 4, axis=1)  # each (batch, units)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        new_c = f * c + i * g
        new_h = o * np.tanh(new_c)
        named = {"h_t-1": h, "c_t-1": c}, {"h_t": new_h, "c_t": new_c}, dict(zip(GATES, (i, f, g, o), strict=True))
        states, new_states, gates = (tuple(tensor(n, v, batch(None), unit) for n, v in d.items()) for d in named)
        calls.append(
            Call(
                layer=name,
                cell="LSTMCell",
                timestep=t,
                probe=probe,
                inputs=(tensor("x_t", x[:, t], batch(None), feature),),
                states=states,
                outputs=(tensor("y_t", new_h, batch(None), unit),),
                new_states=new_states,
                gates=gates,
            )
        )
        if not probe:
            h, c = new_h, new_c
            outputs.append(new_h)
    return calls, np.stack(outputs, axis=1)  # (batch, timesteps, units)


def custom_run(timesteps: int = 6, units: int = 4, features: int = 2, blows_up: bool = False) -> Run:
    """A cell without gates: the new state is tanh(x + 0.9 × state), or doubles a huge one until it is inf."""
    rng = np.random.default_rng(11)
    unit = axis("units", units, "my_rnn.cell.units")
    feature = axis("features", features, "sequence.shape[1]")
    x = rng.normal(size=(3, timesteps, features))  # (batch, timesteps, features)
    state = np.full((3, units), 1e307) if blows_up else np.zeros((3, units))  # (batch, units)
    calls = []
    for t in range(timesteps):
        with np.errstate(over="ignore", invalid="ignore"):
            drive = x[:, t].sum(axis=1, keepdims=True)  # (batch, 1)
            new = state * 4 if blows_up else np.tanh(drive + 0.9 * state + np.arange(units) / 10)
            new = new - new * 0 if blows_up and t > 3 else new
        calls.append(
            Call(
                layer="my_rnn",
                cell="MinimalCell",
                timestep=t,
                probe=False,
                inputs=(tensor("x_t", x[:, t], batch(None), feature),),
                states=(tensor("h_t-1", state, batch(None), unit),),
                outputs=(tensor("y_t", new, batch(None), unit),),
                new_states=(tensor("h_t", new, batch(None), unit),),
            )
        )
        state = new
    return Run((), (), tuple(calls), len(calls), None, "")


def shape(*axes: tuple[str, int | None]) -> Shape:
    return tuple(axis(name, size, f"{name}.size") for name, size in axes)


def odd_layers() -> Inspection:
    """Weights of one to four axes, a frozen one, gates of a GRU, and two directions."""
    steps, features = axis("timesteps", 30, "series.shape[0]"), axis("features", 6, "series.shape[1]")
    filters = axis("filters", 32, "conv.filters")
    kernel_size = axis("kernel_size", 5, "conv.kernel_size")
    conv = (weight("kernel", kernel_size, features, filters), weight("bias", filters))
    units, three = axis("units", 8, "gru.units"), ("update", "reset", "candidate")
    gru = (
        weight("kernel", filters, units, gates=three),
        weight("recurrent_kernel", units, units, gates=three),
        weight("bias", axis("sides", 2, "gru.reset_after"), units, gates=three),
    )
    norm = (
        weight("gamma", filters),
        weight("moving_mean", filters, trainable=False),
    )
    positions = (weight("embeddings", steps, filters),)
    layers = [
        _plain_layer("conv", "Conv1D", {"filters": "32", "kernel_size": "5"}, conv),
        _plain_layer("norm", "BatchNormalization", {}, norm),
        _plain_layer("positions", "PositionEmbedding", {}, positions),
        _plain_layer("dropout", "Dropout", {"rate": "0.2"}, ()),
        _plain_layer("gru", "GRU", {"units": "8"}, gru),
    ]
    return inspection(*layers)


def _plain_layer(name: str, class_name: str, arguments: dict[str, str], weights: tuple[Weight, ...]) -> Layer:
    return Layer(name, class_name, arguments, (), (), weights, sum(w.count for w in weights))
