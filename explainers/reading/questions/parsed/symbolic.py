"""Data whose shape is said in words alone, ``(nb_samples, input_dim)``, for a layer that reads one axis more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from explainers.core.layers import RECURRENT, axis_names
from explainers.core.spec import LayerSpec, snake
from explainers.reading.questions.parsed.counts import examples_told
from explainers.reading.questions.parsed.layout import columns_of, rows_of, steps_of
from explainers.reading.questions.parsed.network import of_layers
from explainers.reading.questions.parsed.parts import Parts
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import Told

_SAMPLES = r"(?:n[b_]?_?|num_?|number of )?(?:samples?|examples|rows|observations|instances|batch(?:[_ ]?size)?|m|n)"
_STEPS = r"(?:n_|num_|number of )?(?:time ?_?steps?|time|steps|length|seq(?:uence)?_?(?: ?len(?:gth)?)?|t)"
_WIDTH = r"(?:n_|num_|number of |input_?|data_?)?(?:dims?|features?|columns?|cols|variables|values|dimensions?|d|p)"
_TABLE = re.compile(rf"\(\s?(?:none|{_SAMPLES})\s?,\s?(?P<last>{_STEPS}|{_WIDTH})\s?\)")
_TO_THREE = re.compile(rf"\(\s?(?:none|{_SAMPLES})\s?,\s?{_STEPS}\s?,\s?{_WIDTH}\s?\)")
_ALONG = re.compile(r"\balong (?:the |this )?\w{0,12}|\bover (?:the )?(?:time|dims?|features)|\bsequence of\b")
_ASKED = re.compile(r"\bhow\b|\bwhat\b|\bwhich\b|\bcan\b|\bshould\b|\breshape|\binput_shape\b|\bways?\b")
_USUAL = {"timesteps": 7, "features": 5, "steps": 9, "channels": 5}


def of_names(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """How a table of samples and numbers is read by an LSTM or a Conv1D."""
    found = _TABLE.search(parts.words)
    if found is None:
        return _of_numbers(parts, entries)
    if parts.shaped or parts.squares or not _ASKED.search(parts.words) or parts.aims & {"parameters"}:
        return None
    name = next((one.name for one in parts.mentions if one.name in (*RECURRENT, "Conv1D")), None)
    if name is None or "Embedding" in [one.name for one in parts.mentions]:
        return None
    last = found["last"]
    _, steps, width = axis_names(name, 3)
    sequence = re.fullmatch(_STEPS, last) is not None or (
        _ALONG.search(parts.words) and not _TO_THREE.search(parts.words)
    )
    shape = (None, entries.get(steps, _USUAL[steps]), 1 if sequence else entries.get(width, _USUAL[width]))
    kernel = {"filters": 8, "kernel_size": 3} if name == "Conv1D" else {"units": 4}
    made = of_layers(shape, (LayerSpec(name, snake(name), tuple(kernel.items())),))
    if made is None:
        return None
    sizes = {steps: shape[1] or 1, **({} if sequence else {width: shape[2] or 1}), **kernel}
    examples = {key: size for key, size in sizes.items() if key not in entries}
    shown = replace(made, examples=examples)
    as_sequence = f"x[..., None] makes (samples, {last}, 1), so input_shape=({last}, 1): {last} {steps} of 1 number"
    as_step = f"x[:, None, :] makes (samples, 1, {last}), so input_shape=(1, {last}): one step, without any past"
    windows = (
        f"windows of n rows make (samples - n + 1, n, {last}), np.stack([x[i : i + n] for i in range(len(x) - n + "
        f"1)]), so input_shape=(n, {last})"
    )
    if sequence:
        lead = f"{name} reads (batch, {steps}, {width}), and its steps are your {last}. {as_sequence}."
    else:
        lead = (
            f"It depends on what a row is, for {name} reads (batch, {steps}, {width}). If the rows follow each other "
            f"in time, {windows}. If a row itself is a sequence, {as_sequence}. If the rows have nothing to do with "
            f"each other, {as_step}."
        )
    turns = f"{call(made.rows[0].layer)} turns {shape} into {made.after}{examples_told(examples)}."
    return Told(f"{lead} {turns}", shown.spec, {})


_RESHAPES = re.compile(r"\breshap\w*|\binput[_ ]shape\b|\bfeed\b|\bprepare\b")


def _of_numbers(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """So many rows of so many columns for a recurrent layer, of which nobody says whether they follow in time."""
    rows, columns = rows_of(parts), columns_of(parts)
    name = next((one.name for one in parts.mentions if one.name in RECURRENT), None)
    plain = all(one.name in (*RECURRENT, "Dense") for one in parts.mentions) and not parts.shaped and not parts.squares
    if rows is None or columns is None or name is None or not plain or not _RESHAPES.search(parts.words):
        return None
    if steps_of(parts) is not None or parts.aims & {"parameters", "batches", "output"}:
        return None
    back = entries.get("timesteps", 10)
    made = of_layers((None, back, columns), (LayerSpec(name, snake(name), (("units", 4),)),))
    if made is None or not 1 < back < rows:
        return None
    examples = {key: size for key, size in {"timesteps": back, "units": 4}.items() if key not in entries}
    shown = replace(made, examples=examples)
    many = rows - back + 1
    sentence = (
        f"It depends on what a row is. If the {rows:,} rows follow each other in time, windows of {back} rows are "
        f"({many}, {back}, {columns}), np.stack([x[i : i + {back}] for i in range({many})]), and input_shape=({back}, "
        f"{columns}). If they have nothing to do with each other, x[:, None, :] is ({rows}, 1, {columns}): one step, "
        f"without any past. {call(made.rows[0].layer)} turns {made.shape} into {made.after}{examples_told(examples)}."
    )
    return Told(sentence, shown.spec, {"samples": many}, sure=True)
