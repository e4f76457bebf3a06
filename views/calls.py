"""Step through time: every real call of a recurrent cell, packed small enough to be stepped through in the browser.

    outputs, new_states = cell(inputs, states)

A run repeats itself: the state that goes in is the state that came out one call before, and Keras' output
is usually its new state. So each row of numbers is written once, in `table`, and a call holds indices.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explainers.core.axes import Shape, spoken
from explainers.core.results import Call, Layer, Number, Run, Tensor
from views.numbers import shape_data

GROUPS = ("inputs", "states", "gates", "outputs", "new_states")  # the order of a call's indices, and of the page
LIMIT = 59_000  # bytes of JSON
_DETAILS = ((4, 16), (2, 16), (1, 16), (1, 12), (1, 8), (1, 6), (1, 4))  # (batch rows, columns), best first


@dataclass(frozen=True)
class _Detail:
    """How much of a run is sent: batch rows, columns of each tensor, and calls of each layer."""

    rows: int
    columns: int
    calls: int


@dataclass(frozen=True)
class _Written:
    """One call, and for each of its tensors (in the order of GROUPS) the texts of its rows."""

    call: Call
    rows: tuple[list[str], ...]


def data(run: Run, layers: Sequence[Layer]) -> dict[str, Any]:
    """What calls.js draws: per layer its tensors and calls, and the table of numbers that they point into.

    Shapes stand once, in `shapes`. A row of numbers is one text, ".12 -.5 nan"; rows of a block (rank above 2)
    are parted by "|".
    A call is one text too: for each tensor the table's indices of its rows, "0,1 2,3 2,3".
    What doesn't fit in LIMIT is left out, and `notes` says so: batch rows first, then columns, then calls.
    """
    known = {layer.name: layer for layer in layers}
    made = _by_layer(run.calls)
    every = max((len(calls) for calls in made.values()), default=0)
    fixed = _weight(_pack(run, made, known, _Detail(1, 1, 1)))
    for rows, columns in _DETAILS:
        likely = _likely(made, fixed, _Detail(rows, columns, every))
        if likely == every:
            packed = _pack(run, made, known, _Detail(rows, columns, every))
            if _weight(packed) <= LIMIT:
                return packed
    fewer = likely
    packed = _pack(run, made, known, _Detail(rows, columns, fewer))
    while _weight(packed) > LIMIT and fewer > 2:
        fewer = max(2, min(fewer - 1, fewer * LIMIT // _weight(packed)))
        packed = _pack(run, made, known, _Detail(rows, columns, fewer))
    return packed


def text(run: Run) -> str:
    """The run in words, for a reader who doesn't see the drawing: what each layer's last call took and gave."""
    if not run.calls:
        return "No recurrent cell was called in this run."
    whole = run.calls_made == len(run.calls)
    sentences = [_spoken_layer(calls, whole) for calls in _by_layer(run.calls).values()]
    return " ".join([*sentences, _checked(run)])


def _by_layer(calls: Sequence[Call]) -> dict[str, list[Call]]:
    layers: dict[str, list[Call]] = {}
    for call in calls:
        layers.setdefault(call.layer, []).append(call)
    return layers


def _spoken_layer(calls: list[Call], whole: bool) -> str:
    probes, last = sum(call.probe for call in calls), calls[-1]
    given = "; ".join(f"{t.name} ({spoken(t.shape)})" for t in (*last.inputs, *last.states))
    made = "; ".join(f"{t.name} ({spoken(t.shape)})" for t in (*last.outputs, *last.new_states))
    probe = ", the first of them a probe" if probes == 1 else f", {probes} of them probes" if probes else ""
    often = "once" if len(calls) == 1 else f"{len(calls)} times"
    told = f"{last.layer} calls its {last.cell} {often}" if whole else f"{last.layer}: {len(calls)} calls are shown"
    return (
        f"{told}{probe}. The call for timestep {last.timestep} takes {given} and returns {made}{_spoken_values(last)}."
    )


def _spoken_values(call: Call) -> str:
    first = next((t for t in call.new_states + call.outputs if t.values), None)
    if first is None:
        return ""
    values = ", ".join(v if isinstance(v, str) else f"{v:.3g}" for v in first.values[0])
    return f"; {first.name} of the first sequence is {values}"


def _checked(run: Run) -> str:
    if run.largest_difference is None:
        return "Not recomputed: this cell has its own formulas."
    if run.largest_difference == 0:
        return "Recomputed in NumPy: no difference."
    return f"Recomputed in NumPy: largest difference {run.largest_difference:.0e}."


# --- packing -------------------------------------------------------------------------------------------------


def _likely(made: dict[str, list[Call]], fixed: int, detail: _Detail) -> int:
    """About how many calls of each layer fit: a long run is not written just to be left out again.

    fixed: bytes of all that isn't calls. What is a tenth too large is still tried.
    """
    each = sum(_grown(calls, detail) for calls in made.values())
    return min(detail.calls, max(2, (LIMIT * 11 // 10 - fixed) // max(1, each)))


def _grown(calls: list[Call], detail: _Detail) -> int:
    """Bytes that one call more takes, judged by one in the middle: its new rows of numbers, and the indices of all."""
    middle = len(calls) // 2
    *before, here = _write(calls[max(0, middle - 1) : middle + 1], detail)
    known = {text for written in before for rows in written.rows for text in rows}
    texts = [text for rows in here.rows for text in rows]
    return sum(len(text) + 4 for text in {*texts} - known) + 5 * len(texts)  # quotes and comma; digits and comma


def _pack(run: Run, made: dict[str, list[Call]], known: dict[str, Layer], detail: _Detail) -> dict[str, Any]:
    table: dict[str, int] = {}
    shapes: dict[Shape, int] = {}
    written = {name: _write(_kept(calls, detail), detail) for name, calls in made.items()}
    layers = [
        _layer(
            written[name],
            len(calls),
            run.formulas.get(name) or _formulas(calls[-1], _owner(name, known)),
            table,
            shapes,
        )
        for name, calls in made.items()
    ]
    return {
        "layers": layers,
        "table": list(table),
        "shapes": [shape_data(shape) for shape in shapes],
        "notes": [note for note in (run.note, _left_out(made, detail)) if note],
        "checked": _checked(run),
        "text": text(run),
    }


def _weight(packed: dict[str, Any]) -> int:
    return len(json.dumps(packed).encode())


def _write(calls: list[Call], detail: _Detail) -> list[_Written]:
    """Each different row of numbers is written once: a state leaves one call and enters the next."""
    texts: dict[tuple[Number, ...], str] = {}

    def text(row: tuple[Number, ...]) -> str:
        if row not in texts:
            texts[row] = " ".join([_digits(value) for value in row[: detail.columns]])
        return texts[row]

    def rows(tensor: Tensor) -> list[str]:
        """A text per batch row; one that is not (batch, columns) has a single text, its rows parted by "|"."""
        if len(tensor.shape) == 2:
            return [text(row) for row in tensor.values[: detail.rows]]
        return ["|".join(text(row) for row in tensor.values)]

    return [_Written(call, tuple(rows(tensor) for tensor in _tensors(call))) for call in calls]


def _tensors(call: Call) -> tuple[Tensor, ...]:
    return tuple(tensor for group in GROUPS for tensor in _of_group(call, group))


def _of_group(call: Call, group: str) -> tuple[Tensor, ...]:
    """The tensors of a group. A "gate" called like something that comes out is that recomputed: not shown twice."""
    tensors: tuple[Tensor, ...] = getattr(call, group)
    new = {tensor.name for tensor in (*call.new_states, *call.outputs)}
    return tuple(t for t in tensors if group != "gates" or t.name not in new)


def _digits(value: Number) -> str:
    """Three digits, without the zero before the point: ".5", "-.0123", "1.2e+05", "nan"."""
    if isinstance(value, str):
        return value  # "nan", "inf", "-inf"
    short = f"{value:.3g}"
    return short.replace("0.", ".", 1) if short.startswith(("0.", "-0.")) else short


def _layer(
    kept: list[_Written], calls_made: int, formulas: dict[str, str], table: dict[str, int], shapes: dict[Shape, int]
) -> dict[str, Any]:
    sample = kept[-1].call
    return {
        "name": sample.layer,
        "cell": sample.cell,
        "calls_made": calls_made,
        "rows": max((len(rows) for call in kept for rows in call.rows), default=0),
        "groups": {
            group: [
                {"name": t.name, "shape": shapes.setdefault(t.shape, len(shapes)), "formula": formulas.get(t.name, "")}
                for t in _of_group(sample, group)
            ]
            for group in GROUPS
        },
        "key": formulas.get("key", ""),
        "timesteps": [w.call.timestep for w in kept],
        "probes": [position for position, w in enumerate(kept) if w.call.probe],
        "calls": [" ".join(_indices(rows, table) for rows in w.rows) for w in kept],
    }


def _indices(rows: list[str], table: dict[str, int]) -> str:
    return ",".join(str(table.setdefault(row, len(table))) for row in rows)


def _kept(calls: list[Call], detail: _Detail) -> list[Call]:
    """The calls that are sent: all, or as many from the beginning as from the end."""
    if len(calls) <= detail.calls:
        return calls
    head = (detail.calls + 1) // 2
    return calls[:head] + calls[len(calls) - (detail.calls - head) :]


def _left_out(made: dict[str, list[Call]], detail: _Detail) -> str:
    """One sentence on what the page doesn't show of this run; "" where it shows everything."""
    every = [t for calls in made.values() for call in calls for t in _tensors(call) if t.values]
    batches = [(t.shape[0].size or 0, len(t.values)) for t in every if len(t.shape) == 2]
    widths = [(t.shape[-1].size or 0, len(t.values[0])) for t in every if t.shape]
    parts = []
    for (there, given), most, words in (
        (max(batches, default=(0, 0)), detail.rows, "{} of {} sequences"),
        (max(widths, default=(0, 0)), detail.columns, "at most {} of {} values side by side"),
    ):
        if there > min(given, most):
            parts.append(words.format(min(given, most), there))
    longest = max((len(calls) for calls in made.values()), default=0)
    if longest > detail.calls:
        parts.append(f"{detail.calls} of {longest} calls, from the beginning and the end")
    return f"Shown here: {', '.join(parts)}." if parts else ""


# --- what the cells compute ----------------------------------------------------------------------------------

_LETTERS = {
    "LSTMCell": {"input gate": "i", "forget gate": "f", "candidate": "c", "output gate": "o"},
    "GRUCell": {"update gate": "z", "reset gate": "r", "candidate": "h"},
}


def _owner(name: str, known: dict[str, Layer]) -> Layer | None:
    """The layer of calls named "lstm", "bidirectional/forward_lstm" or "rnn[1]"."""
    return known.get(name) or known.get(re.split(r"[/\[]", name)[0])


def _formulas(call: Call, layer: Layer | None) -> dict[str, str]:
    """A formula by tensor name, and "key", for Keras' own cells; a custom cell brings its own (`Run.formulas`)."""
    if not call.gates or call.cell not in ("SimpleRNNCell", *_LETTERS):
        return {}
    act, recurrent = _activations(call, layer)
    if call.cell == "SimpleRNNCell":
        return {"h_t": f"{act}(the sum of both)"}
    biases = _bias_rows(call, layer)
    formulas = {
        name: f"{recurrent}({_sum(g, f'h_t−1·U_{g}', biases)})" for name, g in _LETTERS.get(call.cell, {}).items()
    }
    if call.cell == "LSTMCell":
        formulas["candidate"] = f"{act}({_sum('c', 'h_t−1·U_c', biases)})"
        formulas["c_t"] = "forget gate ⊙ c_t−1 + input gate ⊙ candidate"
        formulas["h_t"] = f"output gate ⊙ {act}(c_t)"
    if call.cell == "GRUCell":
        formulas["candidate"] = f"{act}({_gru_sum(layer, biases)})"
        formulas["h_t"] = "update gate ⊙ h_t−1 + (1 − update gate) ⊙ candidate"
    bias = ("", ", b bias", ", b and b′ the two rows of bias")[biases]
    return formulas | {"key": f"W is kernel, U recurrent_kernel{bias}; ⊙ multiplies value by value."}


def _sum(letter: str, state: str, biases: int) -> str:
    """What a gate's activation gets: the input's part, the state's part, and as many biases as there are."""
    if biases == 2:
        return f"x_t·W_{letter} + b_{letter} + {state} + b′_{letter}"
    return f"x_t·W_{letter} + {state}" + (f" + b_{letter}" if biases else "")


def _gru_sum(layer: Layer | None, biases: int) -> str:
    """Where reset acts is the difference between Keras' two GRUs: after the product with U, or before it."""
    if layer is not None and layer.arguments.get("reset_after") == "False":
        return _sum("h", "(reset gate ⊙ h_t−1)·U_h", biases)
    if biases == 2:
        return "x_t·W_h + b_h + reset gate ⊙ (h_t−1·U_h + b′_h)"
    return _sum("h", "reset gate ⊙ (h_t−1·U_h)", biases)


def _bias_rows(call: Call, layer: Layer | None) -> int:
    """How many biases the cell adds: none, one, or (GRU with reset_after) two, one of them to the state."""
    if layer is None:
        return 1
    stacked = re.search(r"\[\d+\]$", call.layer)  # cell 1 of several: its weights are called "cells[1]/bias"
    own = f"cells{stacked[0]}/" if stacked else ""
    biases = [weight for weight in layer.weights if weight.name.startswith(own) and weight.name.endswith("bias")]
    return max((len(weight.shape) for weight in biases), default=0)


def _activations(call: Call, layer: Layer | None) -> tuple[str, str]:
    """Names of activation and recurrent_activation: the layer's or the wrapped one's, else the arguments' names."""
    inner = "" if layer is None else layer.arguments.get("wraps", layer.class_name).rpartition("/")[2]
    if layer is None or inner != call.cell.removesuffix("Cell"):
        return "activation", "recurrent_activation"
    names = (layer.arguments.get("activation", "tanh"), layer.arguments.get("recurrent_activation", "sigmoid"))
    return names[0].strip("'\""), names[1].strip("'\"")
