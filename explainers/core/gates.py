"""The recurrent cells again, in NumPy: an outside truth for what Keras computed.

Equations as in the Keras sources of SimpleRNNCell, LSTMCell and GRUCell, which follow
Hochreiter and Schmidhuber (1997) for LSTM and Cho et al. (2014) for GRU.
A custom cell brings its recomputation beside its class: its module has a dict ``NUMPY_STEPS = {"ClassName": step}``.
All functions take x (rows, features) and states (rows, units) and return gates by name, and the new states.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Gates = dict[str, Array]  # each (rows, units)
Stepped = tuple[Gates, tuple[Array, ...]]
NumpyStep = Callable[[Any, Array, tuple[Array, ...]], Stepped]


def _softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)  # type: ignore[no-any-return]


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "linear": lambda z: z,
    "tanh": np.tanh,
    "sigmoid": lambda z: 0.5 * (1 + np.tanh(z / 2)),  # the same function, safe for large |z|
    "relu": lambda z: np.maximum(z, 0.0),
    "softplus": lambda z: np.logaddexp(z, 0.0),
    "softsign": lambda z: z / (1 + np.abs(z)),
    "hard_sigmoid": lambda z: np.clip(z / 6 + 0.5, 0.0, 1.0),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0.0))),
    "softmax": _softmax,
}


def step(cell: Any, x: Array, states: tuple[Array, ...]) -> Stepped | None:
    """One step of a known cell, recomputed; None where the cell or its activation is not known."""
    module = type(cell).__module__
    beside = getattr(sys.modules.get(module), "NUMPY_STEPS", {})
    recompute = (_STEPS if module.startswith("keras.") else beside).get(type(cell).__name__)
    if recompute is None:
        return None
    functions = [getattr(cell, "activation", None), getattr(cell, "recurrent_activation", None)]
    if any(f is not None and getattr(f, "__name__", "") not in ACTIVATIONS for f in functions):
        return None
    return recompute(cell, x, states)


def _weights(cell: Any) -> tuple[Array, Array, Array]:
    kernel = np.asarray(cell.kernel, np.float64)  # (features, gates × units)
    recurrent = np.asarray(cell.recurrent_kernel, np.float64)  # (units, gates × units)
    bias = np.asarray(cell.bias, np.float64) if cell.use_bias else np.zeros(kernel.shape[-1])
    return kernel, recurrent, bias


def _simple_rnn(cell: Any, x: Array, states: tuple[Array, ...]) -> Stepped:
    kernel, recurrent, bias = _weights(cell)
    from_input = x @ kernel + bias  # (rows, units)
    from_state = states[0] @ recurrent  # (rows, units)
    h = ACTIVATIONS[cell.activation.__name__](from_input + from_state)
    return {"x_t · kernel + bias": from_input, "h · recurrent_kernel": from_state, "h_t": h}, (h,)


def _lstm(cell: Any, x: Array, states: tuple[Array, ...]) -> Stepped:
    kernel, recurrent, bias = _weights(cell)
    h, c = states
    z = x @ kernel + h @ recurrent + bias  # (rows, 4 × units)
    zi, zf, zc, zo = np.split(z, 4, axis=-1)  # (rows, units) each
    gate, squash = ACTIVATIONS[cell.recurrent_activation.__name__], ACTIVATIONS[cell.activation.__name__]
    i, f, candidate, o = gate(zi), gate(zf), squash(zc), gate(zo)
    new_c = f * c + i * candidate
    new_h = o * squash(new_c)
    gates = {"input gate": i, "forget gate": f, "candidate": candidate, "output gate": o, "c_t": new_c, "h_t": new_h}
    return gates, (new_h, new_c)


def _gru(cell: Any, x: Array, states: tuple[Array, ...]) -> Stepped:
    kernel, recurrent, bias = _weights(cell)
    (h,) = states
    gate, squash = ACTIVATIONS[cell.recurrent_activation.__name__], ACTIVATIONS[cell.activation.__name__]
    input_bias, state_bias = bias if cell.reset_after and cell.use_bias else (bias, np.zeros_like(bias))
    xz, xr, xh = np.split(x @ kernel + input_bias, 3, axis=-1)  # (rows, units) each
    rz, rr, rh = np.split(recurrent, 3, axis=-1)  # (units, units) each
    bz, br, bh = np.split(state_bias, 3)  # (units,) each
    z, r = gate(xz + h @ rz + bz), gate(xr + h @ rr + br)
    # reset_after decides whether the reset gate acts after or before the product with the state
    remembered = r * (h @ rh + bh) if cell.reset_after else (r * h) @ rh
    candidate = squash(xh + remembered)
    new_h = z * h + (1 - z) * candidate
    return {"update gate": z, "reset gate": r, "candidate": candidate, "h_t": new_h}, (new_h,)


_STEPS: dict[str, NumpyStep] = {
    "SimpleRNNCell": _simple_rnn,
    "LSTMCell": _lstm,
    "GRUCell": _gru,
}
