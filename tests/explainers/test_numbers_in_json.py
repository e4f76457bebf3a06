"""Every number and every claim of the eight lessons stands in `python -m explainers show NAME --json`, computed live.

The JSON is written out as lines, one for each thing it says (`lines`); what must stand is written in the same way:

    rnn: (batch 1000, timesteps 64, features 1) → (batch 1000, units 64), 4,224     a layer: in → out, parameters
    rnn/kernel: features × units = 1 × 64 = 64                                      a weight
    half_batch loud: …                                                              what was tried, and what happened
    half_batch x (batch 500, units 1)                                               a tensor of it
    two_ways largest difference < 1e-06                                             a number of it, or its bound

Only those demonstrations are run that a claim belongs to; `show` runs all of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from explainers.core import tell
from explainers.core.registry import find_explainer
from tests.explained import explained_at, tried_at

BOUND = re.compile(r"(.*) ([<>]) (\S+)")


@dataclass(frozen=True)
class Asked:
    """One call of `show`: the lesson, its preset ("" for none) and dims beside it, and the lines that must stand.

    The demonstrations that are run are those with which a line begins.
    """

    lesson: str
    preset: str
    claims: str
    dims: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join([self.lesson, self.preset, *(f"{name}={value}" for name, value in self.dims.items())])


def told(asked: Asked) -> Any:
    """What `show` prints, read again."""
    lesson = find_explainer(asked.lesson)
    preset = next((preset.dims for preset in lesson.presets if preset.name == asked.preset), {})
    assert preset or not asked.preset
    dims = lesson.dims(**{**preset, **asked.dims})
    first_words = {claim.split()[0] for claim in claims_of(asked)}
    demos = tuple(tried_at(lesson.name, demo.name, dims) for demo in lesson.trials if demo.name in first_words)
    return json.loads(json.dumps(tell.as_json(tell.Told(explained_at(asked.lesson, dims), demos))))


def claims_of(asked: Asked) -> list[str]:
    return [" ".join(line.split()) for line in asked.claims.strip().splitlines()]


# -- the JSON as lines ---------------------------------------------------------------------------------------


def lines(data: Any) -> Iterator[str]:
    """One line for each thing that the JSON says."""
    yield f"answer: {data['answer']}"
    for layer in data["layers"]:
        entering = " and ".join(shape(one) for one in layer["inputs"])
        leaving = " and ".join(shape(one) for one in layer["outputs"])
        yield f"{layer['name']}: {entering + ' → ' if entering else ''}{leaving}, {layer['params']:,}"
        yield f"{layer['name']} is {layer['class']}({arguments(layer['arguments'])})"
        yield from (f"{layer['name']}/{weight['name']}: {weight['formula']}" for weight in layer["weights"])
    yield f"total: {data['total_params']:,}"
    yield from ran(data["run"] or {"fed": [], "outputs": [], "calls_made": 0, "note": "", "formulas": {}})
    yield from (called(call) for call in data["calls"])
    yield from failed("", data["error"])
    for demo in data["demonstrations"]:
        yield f"{demo['name']} {demo['kind']}: {demo['verdict']}"
        yield from (f"{demo['name']} {line}" for line in tried(demo))
    yield from inside("extra", data["extra"])


def shape(axes: list[dict[str, Any]]) -> str:
    return "(" + ", ".join(f"{axis['axis']} {axis['size']}" for axis in axes) + ")"


def arguments(given: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in given.items())


def ran(run: dict[str, Any]) -> Iterator[str]:
    yield from (f"fed {tensor['name']} {shape(tensor['shape'])}" for tensor in run["fed"])
    yield from (f"{tensor['name']} {shape(tensor['shape'])}" for tensor in run["outputs"])
    yield f"calls made: {run['calls_made']:,}"
    yield f"note: {run['note']}"
    for layer, formulas in run["formulas"].items():
        yield from (f"formula of {layer}: {name} = {formula}" for name, formula in formulas.items())


def called(call: dict[str, Any]) -> str:
    """``call 3: x_t (batch 20, features 23) → h_t (batch 20, units 16)``; the probe is call "probe"."""
    parts = {
        part: ", ".join(f"{name} {shape(axes)}" for name, axes in zip(call["values"][part], call[part], strict=True))
        for part in ("inputs", "states", "outputs", "new_states")
    }
    return (
        f"call {'probe' if call['probe'] else call['timestep']}: "
        f"{parts['inputs']}, {parts['states']} → {parts['outputs']}, {parts['new_states']}"
    )


def failed(owner: str, error: dict[str, Any] | None) -> Iterator[str]:
    if error is None:
        return
    yield f"error {error['layer']} {error['mistake']}: {error['message']}"
    yield f"because {error['cause']}"
    yield f"expected {shape(error['expected'])}, found {shape(error['found'])}"
    yield from helps(error["fixes"])


def helps(fixes: list[dict[str, Any]]) -> Iterator[str]:
    for fix in fixes:
        yield f"fix{' (recommended)' if fix['recommended'] else ''} {fix['label']}: {fix['why']}"


def tried(demo: dict[str, Any]) -> Iterator[str]:
    yield from (f"{tensor['name']} {shape(tensor['shape'])}" for tensor in demo["tensors"])
    yield from (f"{figure['label']} = {number(figure['value'])} {figure['how']}".strip() for figure in demo["figures"])
    yield from failed(demo["name"], demo["error"])
    yield from helps(demo["fixes"])
    yield f"code {' '.join(demo['code'].split())}"


def number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def inside(where: str, data: Any) -> Iterator[str]:
    """Plain data by their path; a list of plain values in one line, a named shape as everywhere."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from inside(f"{where}.{key}", value)
    elif isinstance(data, list) and data and all(isinstance(one, dict) and "axis" in one for one in data):
        yield f"{where} {shape(data)}" if "size" in data[0] else f"{where}: {data}"
    elif isinstance(data, list) and any(isinstance(one, dict | list) for one in data):
        for index, value in enumerate(data):
            yield from inside(f"{where}.{index}", value)
    else:
        yield f"{where}: {', '.join(map(number, data)) if isinstance(data, list) else number(data)}"


# -- whether a claim stands ----------------------------------------------------------------------------------


def stands(claim: str, said: list[str]) -> bool:
    """Whether a line holds the claim as a whole: no digit, letter or comma-group goes on at its ends."""
    bound = BOUND.fullmatch(claim)
    if bound:
        return any(within(line, *bound.groups()) for line in said)
    found = re.compile(rf"(?<![\w.,]){re.escape(claim)}(?![\w]|[.,]\d)")
    return any(found.search(" ".join(line.split())) for line in said)


def within(line: str, label: str, sign: str, limit: str) -> bool:
    found = re.match(rf"{re.escape(label)} = ([-\d.e]+)", line)
    return found is not None and (float(found[1]) < float(limit)) == (sign == "<")


# -- the claims ----------------------------------------------------------------------------------------------

SIMPLE_RNN = (
    Asked(
        "simple_rnn",
        "64-readings-64-units",
        """
        sequence: (batch 1000, timesteps 64, features 1), 0
        rnn: (batch 1000, timesteps 64, features 1) → (batch 1000, units 64), 4,224
        rnn/kernel: features × units = 1 × 64 = 64
        rnn/recurrent_kernel: units × units = 64 × 64 = 4,096
        rnn/bias: units = 64 = 64
        dense: (batch 1000, units 64) → (batch 1000, units 1), 65
        total: 4,289
        answer: The 64 at the end of the SimpleRNN's shape is **units**
        The 64 timesteps and the 64 units are two different numbers that happen to be equal.
        calls made: 65
        call 63: x_t (batch 1000, features 1), h_t-1 (batch 1000, units 64) → y_t (batch 1000, units 64), h_t \
            (batch 1000, units 64)
        what_fit_does table (samples 10000, readings 64)
        what_fit_does x (samples 10000, timesteps 64, features 1)
        what_fit_does training samples = 8,000 10,000 × 0.8
        what_fit_does steps per epoch = 8 8,000 / 1,000, rounded up
        what_fit_does samples in the last batch = 1,000
        half_batch run: batch_size=1000 was declared, and the batch had 500 samples: today's Keras accepts it and \
            returns 500.
        half_batch x (batch 500, timesteps 64, features 1)
        half_batch y (batch 500, units 1)
        half_batch_stateful loud: The layer keeps 1000 rows of state. 500 samples would leave 500 rows without a \
            partner.
        half_batch_stateful error
        Expected batch size: 1000 - Received batch size: 500
        half_batch_stateful fix stateful=False
        half_batch_then run: Keras 2 accepts it too: (500, 1) for the 500 samples that were fed.
        half_batch_then y (batch 500, units 1)
        other_units run: No: data with 1 feature fit 64 units, (1000, 64), and 128 units, (1000, 128).
        twice the units have 4 times the numbers in recurrent_kernel.
        other_units numbers in recurrent_kernel of 128 units = 16,384 128 × 128
        The first entry is the **batch**: 1,000 sequences at a time.
        without_features_axis silent: Keras adds the missing axis itself because one feature is expected: (5, \
            64) is read as (5, 64, 1).
        wrong_features loud: The kernel has 1 row, one per feature.
        wrong_features x (batch 5, timesteps 64, features 2)
        half_batch_stateful because The model was built for batch=1000
        wrong_features error None data_size: Dimensions must be equal, but are 2 and 1 for
    """,
    ),
    Asked(
        "simple_rnn",
        "64-readings-2000-units",
        """
        rnn: (batch 1000, timesteps 64, features 1) → (batch 1000, units 2000), 4,004,000
        rnn/recurrent_kernel: units × units = 2,000 × 2,000 = 4,000,000
    """,
    ),
    Asked(
        "simple_rnn",
        "",
        """
        rnn: (batch None, timesteps 9, features 5) → (batch None, units 7), 91
        rnn/recurrent_kernel: units × units = 7 × 7 = 49
        total: 99
        without_features_axis loud: Each row has timesteps but no features axis.
        without_features_axis x (batch 5, timesteps 9)
        expected (batch None, timesteps 9, features 5), found
    """,
        {"timesteps": 9, "features": 5, "units": 7},
    ),
)

STACKED_LSTM = (
    Asked(
        "stacked_lstm",
        "2d-input",
        """
        sequence: (batch None, timesteps 20, features 1), 0
        level_1: (batch None, timesteps 20, features 1) → (batch None, timesteps 20, units 5), 140
        level_2: (batch None, timesteps 20, units 5) → (batch None, units 4), 160
        dense: (batch None, units 4) → (batch None, units 1), 5
        total: 305
        what_fit_does run: 100 samples: 10 steps per epoch, each (10, 20, 1), the last (10, 20, 1). 105 samples: 11 \
            steps per epoch, each (10, 20, 1), the last (5, 20, 1).
        what_fit_does steps per epoch with 100 samples = 10 100 / 10, rounded up
        what_fit_does steps per epoch with 105 samples = 11
        what_fit_does samples in the last batch of 105 = 5
        forgotten loud: Level 1 returned only its last output, (batch, units)
        forgotten error level_2 layer_rank:
        expected ndim=3, found ndim=2. Full shape received: (None, 5)
        forgotten fix (recommended) return_sequences_1=True
        wrong_features loud: The first kernel has 1 row, one per feature; the data have 2.
        wrong_features error None data_size: Dimensions must be equal, but are 2 and 1 for
    """,
    ),
    Asked(
        "stacked_lstm",
        "any-length",
        """
        sequence: (batch None, timesteps None, features 1), 0
        level_1: (batch None, timesteps None, features 1) → (batch None, timesteps None, units 5), 140
        level_2: (batch None, timesteps None, units 5) → (batch None, units 4), 160
        dense: (batch None, units 4) → (batch None, units 1), 5
        total: 305
        any_length run: 20 steps, then 25, through the same 305 weights
        any_length x, 20 steps (batch 3, timesteps 20, features 1)
        any_length y, 20 steps (batch 3, units 1)
        any_length x, 25 steps (batch 2, timesteps 25, features 1)
        any_length y, 25 steps (batch 2, units 1)
        any_length weights, both times = 305
        ragged_batch loud: None lets batches differ, not the samples of one batch.
        ragged_batch error None ragged_data: Invalid dtype: object
        bucketed run: 5 samples of two lengths make 2 batches, one per length
        bucketed bucket of 20 steps (batch 2, timesteps 20, features 1)
        bucketed bucket of 25 steps (batch 3, timesteps 25, features 1)
    """,
    ),
    Asked(
        "stacked_lstm",
        "30-features-batch-52",
        """
        sequence: (batch 52, timesteps 20, features 30), 0
        level_1: (batch 52, timesteps 20, features 30) → (batch 52, timesteps 20, units 128), 81,408
        level_1 is LSTM(units=128, activation='relu', return_sequences=True)
        level_2: (batch 52, timesteps 20, units 128) → (batch 52, units 128), 131,584
        dense: (batch 52, units 128) → (batch 52, units 1), 129
        dense is Dense(units=1, activation='sigmoid')
        total: 213,121
        answer: (52, 20, 30) is 52 sequences, 20 timesteps each, 30 features at every timestep.
        other_batch run: batch_size=52 was declared, and the batch had 50 samples: today's Keras accepts it and \
            returns 50.
        other_batch y (batch 50, units 1)
        other_batch_stateful loud: A stateful layer keeps 52 rows of state from batch to batch
        Expected batch size: 52 - Received batch size: 50
    """,
    ),
    Asked(
        "stacked_lstm",
        "narrowing",
        """
        level_1: (batch None, timesteps 20, features 30) → (batch None, timesteps 20, units 15), 2,760
        level_2: (batch None, timesteps 20, units 15) → (batch None, units 7), 644
        dense: (batch None, units 7) → (batch None, units 1), 8
        total: 3,412
    """,
    ),
    Asked(
        "stacked_lstm",
        "",
        """
        level_1: (batch None, timesteps 9, features 3) → (batch None, timesteps 9, units 5), 150
        level_1/bias: input and recurrent × 3 × units = 2 × 3 × 5 = 30
        level_2: (batch None, timesteps 9, units 5) → (batch None, timesteps 9, units 4), 40
        level_3: (batch None, timesteps 9, units 4) → (batch None, timesteps 9, units 7), 336
        level_4: (batch None, timesteps 9, units 7) → (batch None, units 8), 512
        dense: (batch None, units 8) → (batch None, units 1), 9
    """,
        {"timesteps": 9, "features": 3, "levels": 4, "layer_1": "GRU", "layer_2": "SimpleRNN"},
    ),
    Asked(
        "stacked_lstm",
        "",
        """
        level_1: (batch None, timesteps 9, features 3) → (batch None, units 5), 135
        level_1/bias: 3 × units = 3 × 5 = 15
    """,
        {"timesteps": 9, "features": 3, "levels": 1, "layer_1": "GRU", "reset_after": False},
    ),
    Asked(
        "stacked_lstm",
        "",
        """
        both_1: (batch None, timesteps 6, features 3) → (batch None, timesteps 6, 2 × units 10), 360
        both_2: (batch None, timesteps 6, 2 × units 10) → (batch None, 2 × units 8), 480
        dense: (batch None, 2 × units 8) → (batch None, units 1), 9
    """,
        {"bidirectional": True},
    ),
    Asked(
        "stacked_lstm",
        "dropped-return-sequences",
        """
        error level_2 layer_rank:
        fix (recommended) return_sequences_1=True
    """,
    ),
)

CONV1D = (
    Asked(
        "conv1d",
        "one-step-133906-channels",
        """
        signal: (batch None, steps 1, channels 133906), 0
        error conv_1 kernel_exceeds_steps: Computed output size would be zero or negative. Received `inputs \
            shape=(None, 1, 133906)`, `kernel shape=(3, 133906, 1)`, `dilation_rate=[1]`, `strides=(1,)`, \
            `padding=valid`.
        because Conv1D conv_1 has kernel_size 3, but only 1 step reaches it
        Are they readings one after the other, so a time series? Then they are **steps**: the shape of a sample is \
            (133906, 1).
        fix (recommended) swap the axes: The samples are time series of 133,906 readings
        It gives conv_1 (None, 133904, 1) with 4 parameters.
        fix kernel_size=1: This only silences the error: a kernel of one step looks at no adjacent steps
        It gives conv_1 (None, 1, 1) with 133,907 parameters.
        fix padding="same":
        It gives conv_1 (None, 1, 1) with 401,719 parameters.
        then_wording loud: This is how the last version of Keras 2 words it.
        Negative dimension size caused by subtracting 3 from 1 for
        conv1d_1/convolution/Conv2D
        flatten_dense parameters of Dense(1) = 133,905 133,904 + 1
        softmax_of_one silent: Three very different samples, and three times 1.0.
        softmax_of_one smallest output = 1.0
        softmax_of_one largest output = 1.0
        extra.stuck.reach: 3
        extra.stuck.steps: 1
    """,
    ),
    Asked(
        "conv1d",
        "one-step-133906-channels",
        """
        conv_1: (batch None, steps 1, channels 133906) → (batch None, steps 1, filters 1), 133,907
        A kernel of one step sees no adjacent steps: this is a Dense layer over the channels, not a convolution.
    """,
        {"kernel_size": 1},
    ),
    Asked(
        "conv1d",
        "one-step-133906-channels",
        """
        conv_1: (batch None, steps 1, channels 133906) → (batch None, steps 1, filters 1), 401,719
        extra.rows.1.places.0: -1, 0, -1
    """,
        {"padding": "same"},
    ),
    Asked(
        "conv1d",
        "133906-steps-one-channel",
        """
        signal: (batch None, steps 133906, channels 1), 0
        conv_1: (batch None, steps 133906, channels 1) → (batch None, steps 133904, filters 1), 4
        flatten: (batch None, steps 133904, filters 1) → (batch None, steps × filters 133904), 0
        dense: (batch None, steps × filters 133904) → (batch None, units 1), 133,905
        extra.rows.1.formula: 133,906 − 3 + 1 = 133,904
    """,
    ),
    Asked(
        "conv1d",
        "out-of-steps",
        """
        error conv_2 kernel_exceeds_steps:
        pool_1: (batch None, steps 5, filters 4) → (batch None, steps 2, filters 4), 0
        extra.stuck.layer: conv_2
        extra.stuck.steps: 2
        out_of_steps loud: Steps left after each layer:
    """,
    ),
    Asked(
        "conv1d",
        "causal",
        """
        conv_1: (batch None, steps 15, channels 1) → (batch None, steps 15, filters 6), 18
        extra.rows.1.reach: 5
        extra.rows.1.formula: all stay
        extra.rows.1.places.0: -1, 0
        extra.rows.1.places.14: 10, 14
    """,
    ),
    Asked(
        "conv1d",
        "",
        """
        conv_1: (batch None, steps 14, channels 4) → (batch None, steps 6, filters 5), 65
        extra.rows.1.formula: ⌈(14 − 3 + 1) / 2⌉ = 6
        extra.rows.1.places.5: 10, 11, 12
        extra.rows.1.unread: 1
        strides_and_dilation loud:
    """,
    ),
    Asked(
        "conv1d",
        "",
        """
        conv_1: (batch None, steps 29, channels 2) → (batch None, steps 20, filters 7), 63
        extra.rows.1.reach: 10
        extra.rows.1.formula: 29 − 10 + 1 = 20
        extra.rows.1.places.19: 19, 22, 25, 28
    """,
        {"steps": 29, "channels": 2, "filters": 7, "kernel_size": 4, "strides": 1, "dilation_rate": 3},
    ),
    Asked(
        "conv1d",
        "",
        """
        conv_1: (batch None, steps 17, channels 3) → (batch None, steps 6, filters 8), 128
        extra.rows.1.formula: ⌈17 / 3⌉ = 6
        extra.rows.1.places.0: -1, 0, 1, 2, 3
    """,
        {"steps": 17, "channels": 3, "filters": 8, "kernel_size": 5, "strides": 3, "padding": "same"},
    ),
)

HADAMARD = (
    Asked(
        "hadamard",
        "first-layer",
        """
        matrix: (batch None, timesteps 10, features 64), 0
        hadamard: (batch None, timesteps 10, features 64) → (batch None, timesteps 10, features 64), 640
        hadamard/kernel: 1 × timesteps × features = 1 × 10 × 64 = 640
        kernel_shapes (1, timesteps, features), one weight per element = 640 (1, 10, 64)
        kernel_shapes (1, 1, features), one weight per column = 64 (1, 1, 64)
        kernel_shapes (1, timesteps, 1), one weight per row = 10 (1, 10, 1)
        kernel_shapes (features,), one weight per column = 64 (64,)
        fixed_batch weights = 384 6 samples × 64 features
        fixed_batch 2 samples are accepted = False
        rows_as_axis weights = 384 6 × 64
        rows_as_axis table (samples 6, features 64)
        rows_as_axis x (batch 1, samples 6, features 64)
        extra.product.rows: 10
        extra.product.columns: 64
        extra.product.kernel_shape: 1, 10, 64
        extra.product.largest_difference: 0.0
    """,
    ),
    Asked(
        "hadamard",
        "inside-a-net",
        """
        matrix: (batch None, timesteps 10, features 64), 0
        dense_1: (batch None, timesteps 10, features 64) → (batch None, timesteps 10, units 128), 8,320
        dense_2: (batch None, timesteps 10, units 128) → (batch None, timesteps 10, units 64), 8,256
        hadamard: (batch None, timesteps 10, units 64) → (batch None, timesteps 10, units 64), 640
        relu: (batch None, timesteps 10, units 64) → (batch None, timesteps 10, units 64), 0
        dense_3: (batch None, timesteps 10, units 64) → (batch None, timesteps 10, units 32), 2,080
        dense_4: (batch None, timesteps 10, units 32) → (batch None, timesteps 10, units 1), 33
        total: 19,329
    """,
    ),
    Asked(
        "hadamard",
        "shape-input-shape",
        """
        error hadamard unknown_axis: Shapes used to initialize variables must be fully-defined (no `None` \
            dimensions). Received: shape=(None, 10, 16) for variable
        answer: The kernel would have the batch axis, and that is None
        fix (recommended) leave the batch out: shape=(1, *input_shape[1:])
        batch_in_kernel loud: input_shape is (None, 16), the batch included. A weight is made once, before anyone \
            knows how many samples there will be, and the same weights serve every sample.
        Received: shape=(None, 16) for variable
    """,
    ),
    Asked("hadamard", "per-column", "hadamard/kernel: 1 × 1 × features = 1 × 1 × 64 = 64"),
    Asked(
        "hadamard",
        "only-p",
        """
        hadamard/kernel: features = 64 = 64
        One weight per element would be 640: nothing complains that 576 are missing.
        last_axis_kernel silent: shape=(input_shape[-1],) is accepted
        last_axis_kernel weights of a kernel (features,) = 64
        last_axis_kernel weights of a kernel (1, timesteps, features) = 640 10 × 64
        last_axis_kernel largest difference between rows = 0.0
    """,
    ),
    Asked(
        "hadamard",
        "",
        """
        hadamard/kernel: 1 × timesteps × 1 = 1 × 7 × 1 = 7
        kernel_shapes (1, timesteps, features), one weight per element = 77 (1, 7, 11)
        kernel_shapes (1, 1, features), one weight per column = 11 (1, 1, 11)
        kernel_shapes (1, timesteps, 1), one weight per row = 7 (1, 7, 1)
    """,
        {"timesteps": 7, "features": 11, "kernel": "row"},
    ),
    Asked(
        "hadamard",
        "",
        """
        dense_1: (batch None, timesteps 7, features 11) → (batch None, timesteps 7, units 8), 96
        dense_2: (batch None, timesteps 7, units 8) → (batch None, timesteps 7, units 4), 36
        hadamard: (batch None, timesteps 7, units 4) → (batch None, timesteps 7, units 4), 28
        dense_3: (batch None, timesteps 7, units 4) → (batch None, timesteps 7, units 6), 30
        dense_4: (batch None, timesteps 7, units 6) → (batch None, timesteps 7, units 1), 7
        total: 197
    """,
        {"timesteps": 7, "features": 11, "net": True},
    ),
)

WINDOWED_FORECAST = (
    Asked(
        "windowed_forecast",
        "600-points",
        """
        series: (series None, timesteps 600, features 25), 0
        extra.readings.whole_series.0.shape (series 1, timesteps 600, features 25)
        whole_series loud: The whole series is one sample of 600 timesteps.
        whole_series x (series 1, timesteps 600, features 25)
        whole_series y (series 1, timesteps 600, targets 1)
        whole_series x_test (series 1, timesteps 10, features 25)
        expected shape=(None, 600, 25), found shape=(1, 10, 25)
        whole_series_sequential silent: A Sequential with Input((600, 25)) takes (1, 10, 25) and returns (1, 10, \
            1), without a warning
        whole_series_then loud: Keras 2 refuses (1, 10, 25) in a Sequential too.
        expected lstm_46_input to have shape (1, 600, 25) but got array with shape (1, 10, 25)
        windows run: 590 samples instead of one. Window i holds the points i … i+9 and its first target is the \
            point i+10.
        windows windows = 590 600 − 10 − 1 + 1
        windows x (windows 590, timesteps 10, features 25)
        windows y (windows 590)
        windows x_test (windows 1, timesteps 10, features 25)
        one_sample_per_point run: 600 samples of 25 timesteps: the test data are (10, 25, 1)
        one_sample_per_point x (samples 600, timesteps 25, features 1)
        one_sample_per_point x_test (samples 10, timesteps 25, features 1)
        padding x_test (series 1, timesteps 600, features 25)
        padding empty timesteps = 590 600 − 10
        padding largest difference from the unpadded run < 1e-5
        padding_unmasked silent: Without Masking the LSTM reads 590 zeros as if they had been measured
        stateful run: 60 pieces of (1, 10, 25), in order, batch 1
        stateful largest difference from one run < 1e-5
        uncut_targets loud: Windowing leaves 590 samples of 600 points.
        target_inside silent: An error of
        target_inside error it shows < 1e-3
        target_inside its error when it forecasts > 0.2
        The target, point i+9, is inside the window i … i+9; the model copies it.
        target_late silent: y = target[11:] skips the next point
        target_late its error when it forecasts > 0.2
        look_ahead silent: A second feature, the mean of each point and the points on its two sides, gives away the
        look_ahead error it shows < 1e-3
        look_ahead its error when it forecasts > 0.2
    """,
    ),
    Asked(
        "windowed_forecast",
        "600-points-any-length",
        """
        series: (series None, timesteps None, features 25), 0
        any_length run: With Input((None, 25)) the same 2,705 weights return (1, 600, 1) for the whole series and \
            (1, 10, 1) for 10 points.
        any_length prediction (series 1, timesteps 10, units 1)
        answer: Input((None, 25)) leaves the timesteps open
    """,
    ),
    Asked(
        "windowed_forecast",
        "600-points-samples",
        """
        samples: (samples None, timesteps 25, features 1), 0
        extra.readings.samples.0.shape (samples 600, timesteps 25, features 1)
        extra.readings.samples.2.shape (samples 10, timesteps 25, features 1)
    """,
    ),
    Asked(
        "windowed_forecast",
        "600-points-padding",
        """
        padded: (series None, timesteps 600, features 25), 0
        This model takes 10 new points, (1, 10, 25), only after padding with 590 empty timesteps
    """,
    ),
    Asked(
        "windowed_forecast",
        "600-points-windows",
        """
        windows: (windows None, timesteps 10, features 25), 0
        answer: Because the whole series was one sample of 600 timesteps
        Cut it into windows: 600 points make 590 windows of 10 timesteps: x is (590, 10, 25), y is (590,), and the \
            trained model takes 10 new points, (1, 10, 25).
        extra.windows: 590
        extra.formula: 600 − 10 − 1 + 1 = 590
        extra.x_shape: 590, 10, 25
        extra.y_shape: 590
    """,
    ),
    Asked(
        "windowed_forecast",
        "600-points-stateful",
        """
        piece: (series 1, timesteps 10, features 25), 0
        rnn is LSTM(units=16, return_sequences=True, stateful=True)
        answer: This model reads 10 timesteps and carries its state from each piece to the next, so it takes \
            10 new points, (1, 10, 25).
    """,
    ),
    Asked(
        "windowed_forecast",
        "",
        """
        windows: (windows None, timesteps 7, features 3), 0
        rnn: (windows None, timesteps 7, features 3) → (windows None, units 6), 240
        dense: (windows None, units 6) → (windows None, units 10), 70
        extra.formula: 90 − 7 − 5 + 1 = 79
        extra.x_shape: 79, 7, 3
        extra.y_shape: 79, 5, 2
        windows run: 79 samples instead of one. Window i holds the points i … i+6 and its first target is the point i+7.
    """,
        {"points": 90, "timesteps": 7, "features": 3, "targets": 2, "horizon": 5, "units": 6},
    ),
)

T_LSTM = (
    Asked(
        "t_lstm",
        "23-features-7-visits",
        """
        visits: (batch 20, timesteps 7, features 23), 0
        elapsed: (batch 20, timesteps 7, elapsed time 1), 0
        packed: (batch 20, timesteps 7, features 23) and (batch 20, timesteps 7, elapsed time 1) → (batch 20, \
            timesteps 7, features + elapsed time 24), 0
        t_lstm: (batch 20, timesteps 7, features + elapsed time 24) → (batch 20, timesteps 7, units 16), 2,592
        t_lstm/kernel: features × 4 × units = 23 × 4 × 16 = 1,472
        t_lstm/recurrent_kernel: units × 4 × units = 16 × 4 × 16 = 1,024
        t_lstm/bias: 4 × units = 4 × 16 = 64
        t_lstm/decay_kernel: units = 16 = 16
        t_lstm/decay_bias: units = 16 = 16
        answer: Yes: the cell is called once per timestep, 7 times, with x_t (20, 23) and Δt (20, 1), plus 1 probe
        calls made: 8
        call probe: x_t, packed (batch 20, features + elapsed time 24), x_t (batch 20, features 23), Δt (batch 20, \
            elapsed time 1)
        call 6: x_t, packed (batch 20, features + elapsed time 24), x_t (batch 20, features 23), Δt (batch 20, \
            elapsed time 1)
        formula of t_lstm: short-term memory = tanh(c_t−1 ⊙ w_d + b_d)
        formula of t_lstm: long-term memory = c_t−1 − short-term memory
        formula of t_lstm: discounted short-term memory = short-term memory ⊙ g(Δt)
        formula of t_lstm: adjusted memory = long-term memory + discounted short-term memory
        formula of t_lstm: g(Δt) = 1 / log(e + Δt)
        how_often_called calls while building = 0
        how_often_called calls in model([x, elapsed]) = 8 7 timesteps + 1 probe
        how_often_called the same with unroll=True = 7
        how_often_called calls in the first predict = 2
        how_often_called calls in the next predict = 0
        decay_choices decay="per_unit" = 2,592 4 × (23 × 16 + 16 × 16 + 16) + 2 × 16
        decay_choices decay="matrix" = 2,832 4 × (23 × 16 + 16 × 16 + 16) + 16 × 16 + 16
        elapsed_without_axis loud: (None, 7, 23) and (None, 7) can't be joined
        pair_now loud: Today's RNN reads a single tensor.
        Cannot convert '16' to a shape.
        pair_then run: Keras 2 passes the pair to the cell unchanged
        pair_then weights in Keras 2 = 2,592
        pair_then weights today = 2,592
        pair_then largest difference < 1e-6
        flatten_known return_sequences=True (batch None, timesteps 7, units 16)
        flatten_known after Flatten (batch None, timesteps × units 112)
        flatten_known return_sequences=False (batch None, units 16)
        flatten_unknown after Flatten (batch None, timesteps × units None)
    """,
    ),
    Asked(
        "t_lstm",
        "matrix-decay",
        """
        t_lstm/decay_kernel: units × units = 16 × 16 = 256
        total: 2,832
        formula of t_lstm: short-term memory = tanh(c_t−1·W_d + b_d)
    """,
    ),
    Asked(
        "t_lstm",
        "flatten-dense",
        """
        t_lstm: (batch None, timesteps 7, features + elapsed time 24) → (batch None, timesteps 7, units 16), 2,592
        flatten: (batch None, timesteps 7, units 16) → (batch None, timesteps × units 112), 0
        dense: (batch None, timesteps × units 112) → (batch None, units 1), 113
    """,
    ),
    Asked(
        "t_lstm",
        "any-number-of-visits",
        """
        flatten: (batch None, timesteps None, units 16) → (batch None, timesteps × units None), 0
        error dense unknown_axis: Shapes used to initialize variables must be fully-defined
        fix (recommended) timesteps=7
        fix return_sequences=False
    """,
    ),
    Asked(
        "t_lstm",
        "last-answer",
        """
        t_lstm: (batch None, timesteps 7, features + elapsed time 24) → (batch None, units 16), 2,592
    """,
    ),
    Asked(
        "t_lstm",
        "first-gap-0",
        """
        zero_first silent: At the first visit the memory is 0 and g(0) = 1/0 = inf: 0 × inf is nan.
        zero_first memory c of unit 0 at the last visit, g=inverse = nan
        zero_first gradients that are not finite, g=log = 0
        zero_first fix (recommended) g=log
        extra.spoiled_since: 0
        But from timestep 0 on its memory is **nan**
        formula of t_lstm: g(Δt) = 1 / Δt
    """,
    ),
    Asked(
        "t_lstm",
        "two-visits-a-day",
        """
        zero_later silent: 1/0 = inf, times a short-term memory that is not 0: from timestep 3 on the memory is inf
        zero_later memory c of unit 0 at the last visit, g=inverse = inf
        zero_later gradients that are not finite, g=log = 0
        zero_later fix (recommended) g=log: 1/log(e + 0) = 1
        extra.spoiled_since: 3
    """,
    ),
    Asked(
        "t_lstm",
        "",
        """
        t_lstm: (batch None, timesteps 5, features + elapsed time 12) → (batch None, timesteps 5, units 8), 656
    """,
        {"timesteps": 5, "features": 11, "units": 8},
    ),
)

SEQUENCE_SET = (
    Asked(
        "sequence_set",
        "16-x-100",
        """
        sample: (batch 1, sequences 16, timesteps 100, features 1), 0
        take_out: (batch 1, sequences 16, timesteps 100, features 1) → (sequences 16, timesteps 100, features 1), 0
        rnn: (sequences 16, timesteps 100, features 1) → (sequences 16, units 4), 84
        put_back: (sequences 16, units 4) → (batch 1, sequences 16, units 4), 0
        average: (batch 1, sequences 16, units 4) → (batch 1, units 4), 0
        dense: (batch 1, units 4) → (batch 1, units 32), 160
        prediction: (batch 1, units 32) → (batch 1, units 1), 33
        extra.ways.time_distributed.0.shape (batch None, sequences 16, timesteps 100, features 1)
        extra.ways.time_distributed.1.shape (batch None, sequences 16, units 4)
        two_ways run: With the same 277 weights the two ways agree
        two_ways largest difference < 1e-6
        two_ways TimeDistributed, both samples (batch 2, units 1)
        batch_of_two loud: The squeeze removes an axis of length 1.
        gradients run: Yes: 7 of 7 weights get a gradient that is not 0.
        gradients norm of the gradient of rnn/gru_cell/kernel > 1e-6
        gradients norm of the gradient of rnn/gru_cell/recurrent_kernel > 1e-6
        gradients norm of the gradient of rnn/gru_cell/bias > 1e-6
        gradients norm of the gradient of dense/kernel > 1e-6
        gradients norm of the gradient of prediction/bias > 1e-6
        average_predictions run: Predict from the average output
        average_predictions difference > 1e-6
    """,
    ),
    Asked(
        "sequence_set",
        "printed-summary",
        """
        rnn: (sequences 32, timesteps 100, features 1) → (sequences 32, units 16), 864
        dense: (batch 1, units 16) → (batch 1, units 8), 136
        prediction: (batch 1, units 8) → (batch 1, units 1), 9
        reset_after reset_after=False = 864
        reset_after reset_after=True = 912
        reset_after Keras 2, reset_after=False = 864
        reset_after Keras 2, reset_after=True = 912
        lstm_states h (sequences 2, units 16)
        lstm_states c (sequences 2, units 16)
        lstm_states h and c (sequences 2, 2 × units 32)
        lstm_states numbers for each sequence, h and c = 32 2 × 16
        projection weights of W_hr = 112 16 × 7
    """,
    ),
    Asked(
        "sequence_set",
        "todays-gru",
        """
        rnn: (sequences 32, timesteps 100, features 1) → (sequences 32, units 16), 912
        dense: (batch 1, units 16) → (batch 1, units 8), 136
    """,
    ),
    Asked(
        "sequence_set",
        "both-vary",
        """
        sample: (batch None, sequences None, timesteps None, features 1), 0
        padded_and_masked the Input (batch None, sequences None, timesteps None, features 1)
        padded_and_masked largest difference < 1e-6
        padded_and_counted silent: Without a mask the zeros are read as data
        padded_and_counted largest difference > 1e-3
    """,
    ),
    Asked(
        "sequence_set",
        "",
        """
        rnn: (sequences 3, timesteps 5, features 2) → (sequences 3, units 7), 280
        w_hr: (batch 1, sequences 3, units 7) → (batch 1, sequences 3, units 6), 42
        average: (batch 1, sequences 3, units 6) → (batch 1, units 6), 0
    """,
        {"sequences": 3, "timesteps": 5, "features": 2, "cell": "LSTM", "units": 7, "projected": 6},
    ),
)

MULTI_OUTPUT_CELL = (
    Asked(
        "multi_output_cell",
        "3-steps",
        """
        sequence: (batch 4, timesteps 3, features 12), 0
        latent: (batch 4, latent 8), 0
        latent_every_step: (batch 4, latent 8) and (batch 4, timesteps 3, features 12) → (batch 4, timesteps 3, \
            latent 8), 0
        packed: (batch 4, timesteps 3, features 12) and (batch 4, timesteps 3, latent 8) → (batch 4, timesteps 3, \
            features + latent 20), 0
        rnn: (batch 4, timesteps 3, features + latent 20) → (batch 4, timesteps 3, units + extra_units 25) and \
            (batch 4, units 10)
        split: (batch 4, timesteps 3, units + extra_units 25) → (batch 4, timesteps 3, units 10) and (batch 4, \
            timesteps 3, extra_units 15), 0
        rnn/mix_kernel: (units + latent) × units = (10 + 8) × 10 = 180
        output 0 (batch 4, timesteps 3, units 10)
        output 1 (batch 4, timesteps 3, extra_units 15)
        output 2 (batch 4, units 10)
        calls made: 4
        call 2: x_t, packed (batch 4, features + latent 20), x_t (batch 4, features 12), latent (batch 4, latent \
            8), h_t-1 (batch 4, units 10) → y_t, packed (batch 4, units + extra_units 25), h (batch 4, units 10), \
            extra (batch 4, extra_units 15), h_t (batch 4, units 10)
        formula of rnn: mixed state = [h_t−1, latent]·mix_kernel + mix_bias
        formula of rnn: extra = h_t·extra_kernel + extra_bias
        extra.latent_at_every_call: True
        list_output_now loud: output_size = [10, 15] meant two outputs in Keras 2.
        output_size must be an integer.
        output_size = 10 + 15 = 25, and split after the RNN.
        constants_now loud: Today's RNN takes no constants.
        unexpected keyword argument 'constants'
        then_and_now run: In Keras 2 a list output_size and constants= work directly.
        then_and_now largest difference in sequences < 1e-6
        then_and_now largest difference in extra < 1e-6
        then_and_now largest difference in last state < 1e-6
    """,
    ),
    Asked(
        "multi_output_cell",
        "6-steps-no-latent",
        """
        split: (batch 4, timesteps 6, units + extra_units 15) → (batch 4, timesteps 6, units 10) and (batch 4, \
            timesteps 6, extra_units 5), 0
        output 0 (batch 4, timesteps 6, units 10)
        output 1 (batch 4, timesteps 6, extra_units 5)
        output 2 (batch 4, units 10)
        calls made: 7
    """,
    ),
    Asked(
        "multi_output_cell",
        "",
        """
        rnn: (batch None, timesteps 6, features + latent 7) → (batch None, timesteps 6, units + extra_units 13) and \
            (batch None, units 4), 205
        rnn/gru/kernel: features × 3 × units = 5 × 3 × 4 = 60
        rnn/mix_kernel: (units + latent) × units = (4 + 2) × 4 = 24
        rnn/extra_kernel: units × extra_units = 4 × 9 = 36
        split: (batch None, timesteps 6, units + extra_units 13) → (batch None, timesteps 6, units 4) and \
            (batch None, timesteps 6, extra_units 9), 0
        calls made: 7
    """,
        {"timesteps": 6, "features": 5, "latent": 2, "units": 4, "extra_units": 9},
    ),
)

ASKED = (
    *SIMPLE_RNN,
    *STACKED_LSTM,
    *CONV1D,
    *HADAMARD,
    *WINDOWED_FORECAST,
    *T_LSTM,
    *SEQUENCE_SET,
    *MULTI_OUTPUT_CELL,
)


@pytest.mark.slow
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_every_claim_stands_in_the_json(asked: Asked) -> None:
    said = list(lines(told(asked)))
    assert [claim for claim in claims_of(asked) if not stands(claim, said)] == []
