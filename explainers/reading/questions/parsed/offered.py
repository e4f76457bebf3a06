"""Yes or no to a shape that a question offers: for what the model reads, or for what comes out of it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from explainers.core.finding import name_axes
from explainers.core.layers import axis_names, sheet
from explainers.core.spec import LayerSpec, Sizes, snake
from explainers.core.words import agreeing, listed
from explainers.reading.questions.parsed.compared import known
from explainers.reading.questions.parsed.counts import examples_told
from explainers.reading.questions.parsed.layout import Layout, Offered, layout_of, offered_in, shapes_given
from explainers.reading.questions.parsed.network import Network, network, of_layers
from explainers.reading.questions.parsed.parts import Parts, Shaped
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import Told

_AXES = ("samples", "timesteps", "features")


def of_offers(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """The reply to a question that offers shapes; None where what it says of its data doesn't decide it."""
    offers = offered_in(parts)
    if not offers or parts.squares or parts.apart or parts.aims & {"parameters", "batches"}:
        return None
    if not _of_sequences(parts):
        return _open_sample(parts, entries)
    layout = layout_of(parts, offers)
    found = _output(parts, offers, layout, entries) or _open_sample(parts, entries) or _flat(parts, entries)
    return found or _open_steps(parts, offers, entries) or _batch(parts, offers, entries) or _input(
        parts, offers, layout, entries)  # fmt: skip


def _of_sequences(parts: Parts) -> bool:
    """Whether all layers of the question read sequences or whatever there is."""
    facts = [sheet(one.name) for one in parts.mentions]
    return all(found is not None and found.rank in (None, 2, 3) and found.group != "embedding" for found in facts)


def _reader(parts: Parts, sample: Sizes, entries: Mapping[str, int]) -> Network | None:
    """The first layer of the question that reads sequences, or an LSTM, on one sample."""
    first = next((one for one in parts.mentions if (found := sheet(one.name)) is not None and found.rank == 3), None)
    if first is not None:
        read = replace(parts, shaped=(Shaped(sample, "declared", 0),), squares=(), mentions=(first,))
        return network(read, entries)
    units = entries.get("units", 4)
    made = of_layers((None, *sample), (LayerSpec("LSTM", snake("LSTM"), (("units", units),)),))
    return replace(made, examples={} if "units" in entries else {"units": units}) if made is not None else None


def _turns(found: Network) -> str:
    names = " → ".join(call(row.layer) for row in found.rows)
    return f"{names} turns {found.shape} into {found.after}{examples_told(found.examples)}"


# -- what comes out ----------------------------------------------------------------------------------------------


def _output(parts: Parts, offers: tuple[Offered, ...], layout: Layout, entries: Mapping[str, int]) -> Told | None:
    """``is the output (50, 128)``: what the layers of the question make of its data."""
    of_output = [one.sizes for one in offers if one.output]
    if not of_output or not parts.mentions or layout.features is None:
        return None
    read = replace(parts, shaped=(Shaped(layout.sample, "declared", 0),))
    found = network(read, entries)
    if found is None:
        return None
    if "units" in found.examples or "filters" in found.examples:
        return None  # its last axis is an example
    made = found.after[1:]
    fits = [one for one in of_output if one in (made, found.after, (layout.samples, *made))]
    lead = f"Yes: {listed([str(one) for one in fits])} is right. " if fits else f"No, not {of_output[0]}. "
    many = f" For all {layout.samples:,} samples that is {(layout.samples, *made)}." if layout.samples else ""
    units = found.rows[-1].layer.get("units")
    last = f" The last axis is its {units} units, whatever the features are." if units else ""
    return Told(f"{lead}{_turns(found)}: {made} for each sample.{many}{last}", found.spec, {})


# -- what is read ------------------------------------------------------------------------------------------------


def _open_steps(parts: Parts, offers: tuple[Offered, ...], entries: Mapping[str, int]) -> Told | None:
    """``from (None, 12) to (2, 12) or (2, 6)``: None stays in the place of the steps, the features stay."""
    pairs = [one.sizes for one in parts.shaped if len(one.sizes) == 2]
    base = next((one for one in pairs if one[0] is None and one[1] is not None and _of_input(parts, one)), None)
    fixed = [one.sizes for one in offers if len(one.sizes) == 2 and one.sizes[0] is not None]
    if base is None or not fixed or not any(sheet_rank(one.name) == 3 for one in parts.mentions):
        return None
    right = next((one for one in fixed if one[1] == base[1]), None)
    sample = right or (fixed[0][0], base[1])
    wrong = next((one for one in fixed if one != sample), None)
    found = _reader(parts, sample, entries)
    if found is None:
        return None
    not_this = f", not {wrong}" if wrong is not None else ""
    sentence = (
        f"{sample}{not_this}: in {base} the None is the number of timesteps and {base[1]} the features of each, which "
        f"stay {base[1]}. x is then (samples, {sample[0]}, {sample[1]}): windows of {sample[0]} rows each. "
        f"{_turns(found)}."
    )
    return Told(sentence, found.spec, {})


def _of_input(parts: Parts, sizes: Sizes) -> bool:
    """Whether the words in front of a shape speak of an input, and not of an output."""
    at = next(one.start for one in parts.shaped if one.sizes == sizes)
    near = parts.words[max(0, at - 60) : at]
    return "input" in near and "output" not in near


_WHY = re.compile(r"\bwhy\b|\bshould(?:n'?t| not)\b|\bmissing\b|\bwhere is\b")


def _open_sample(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``why is input_shape (None, 40, 40, 1) for a ConvLSTM2D``: its None is the first axis of a sample."""
    first = next(iter(parts.mentions), None)
    rank = sheet_rank(first.name) if first is not None else None
    declared = next((one.sizes for one in parts.shaped if one.sizes[:1] == (None,) and None not in one.sizes[1:]), None)
    if first is None or rank is None or declared is None or len(declared) != rank - 1 or not _WHY.search(parts.words):
        return None
    of_output = re.search(r"\boutput|\bunits?\b", parts.words) is not None
    if of_output or not re.search(r"\binput[_ ]?shape\b|\bshape=", parts.words) or rank < 3:
        return None
    axes = axis_names(first.name, rank)
    found = network(replace(parts, shaped=(Shaped(declared, "declared", 0),), mentions=(first,)), entries)
    shown = found if found is not None and found.shape == (None, *declared) else None
    turned = f" {_turns(shown)}." if shown is not None else ""
    sentence = (
        f"input_shape is one sample, without the batch: in {declared} the None is the number of {axes[1]}, which stays "
        f"open. Keras puts another None in front for the batch, so {first.name} reads {(None, *declared)}: "
        f"({', '.join(axes)}).{turned}"
    )
    return Told(sentence, shown.spec if shown is not None else None, {})


_IN_BLOCKS = re.compile(r"\bfollowed by\b|\bthen\b|\bfirst\b|\bafter (?:that|them)\b|\bone after the other\b")


def _flat(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``(1000, 48), is (24, 2) right``: rows that hold steps and features, one after the other."""
    table = next((one.sizes for one in parts.shaped if one.part == "data" and len(one.sizes) == 2), None)
    samples = [
        one.sizes for one in parts.shaped if len(one.sizes) == 2 and one.sizes != table and None not in one.sizes
    ]
    sample = next((one for one in samples if table and math.prod(known(one)) == table[1]), None)
    found = _reader(parts, sample, entries) if sample is not None and min(known(sample)) > 1 else None
    if table is None or sample is None or found is None:
        return None
    many, (steps, width) = table[0], sample
    blocks = f"x.reshape({many}, {width}, {steps}).transpose(0, 2, 1)"
    mixed = f"x.reshape({many}, {steps}, {width})"
    in_blocks = _IN_BLOCKS.search(parts.words) is not None
    how = (
        f"{blocks}, because each row has all {steps} values of one feature before the next"
        if in_blocks
        else f"{mixed} if the {width} values of a step are next to each other, {blocks} if each feature's {steps} are"
    )
    sentence = (
        f"Yes: {steps} × {width} = {table[1]}, so input_shape={sample} fits, and x is ({many}, {steps}, {width}). Make "
        f"it with {how}. {_turns(found)}."
    )
    return Told(sentence, found.spec, {"samples": many} if many else {})


def sheet_rank(name: str) -> int | None:
    facts = sheet(name)
    return facts.rank if facts is not None else None


def _batch(parts: Parts, offers: tuple[Offered, ...], entries: Mapping[str, int]) -> Told | None:
    """``is (64, 32) the input_shape for a batch of 64``: the batch isn't in it."""
    batch = parts.size("batch")
    said = next((one.sizes for one in offers if batch and one.sizes[0] == batch and len(one.sizes) in (2, 3)), None)
    whole = any(one.part == "whole" for one in parts.shaped) or "stateful" in parts.words
    if said is None or whole or not any(sheet_rank(one.name) == 3 for one in parts.mentions):
        return None
    sample = said[1:] if len(said) == 3 else (said[1], 1)
    found = _reader(parts, sample, entries)
    if found is None:
        return None
    name = next(one.name for one in parts.mentions if sheet_rank(one.name) == 3)
    axes = axis_names(name, 3)
    missing = "" if len(said) == 3 else (
        f" What is left, ({said[1]},), has one axis, and {name} needs two, {axes[1]} and {axes[2]}: as {said[1]} "
        f"{axes[1]} of 1 number, x[..., None] is ({batch}, {said[1]}, 1) and input_shape=({said[1]}, 1); as 1 step of "
        f"{said[1]} {axes[2]}, x[:, None, :] is ({batch}, 1, {said[1]}) and input_shape=(1, {said[1]})."
    )  # fmt: skip
    sentence = (
        f"No: input_shape is one sample, without the batch size of {batch}, so "
        f"{'it is ' + str(sample) if len(said) == 3 else 'the ' + str(batch) + ' of ' + str(said) + ' drops out'}."
        f"{missing} Keras puts None in front, and the {batch} is an argument of fit. {_turns(found)}."
    )
    return Told(sentence, found.spec, {})


def _input(parts: Parts, offers: tuple[Offered, ...], layout: Layout, entries: Mapping[str, int]) -> Told | None:
    """``is (300, 12, 6) right or (12, 300, 6)``: what is said of the data decides."""
    steps, features = layout.steps, layout.features
    if features is None and any(one.sizes == (steps, 1) for one in offers):
        layout = replace(layout, features=1)  # one number at each step, as one of the offers says
        features = 1
    if steps is None or features is None or any(one.output for one in offers):
        return None
    many = (None, layout.samples, parts.size("batch"))
    fitting = (layout.sample, *((size, *layout.sample) for size in many))
    right = [one.sizes for one in offers if one.sizes in fitting]
    wrong = [one.sizes for one in offers if one.sizes not in fitting]
    comparable = [one for one in wrong if len(one) in (2, 3) and None not in one]
    if (not right and not comparable) or shapes_given(parts, offers):
        return None
    found = _reader(parts, layout.sample, entries)
    if found is None:
        return None
    x = (layout.samples or "samples", steps, features)
    told = f"({x[0]}, {steps}, {features})"
    lead = "Yes" if right and not wrong else f"{right[0]}, not {comparable[0]}" if right and comparable else "No"
    if not right and not _another_order(comparable[0], layout):
        return None
    swapped = f" {_read_as(comparable[0])}" if comparable and len(comparable[0]) == 3 else ""
    front = f"{layout.samples:,} samples of " if layout.samples else ""
    axes = axis_names(found.rows[0].layer.class_name, 3)
    long, wide = (
        agreeing(f"{size:,} {name.removesuffix('s')}(s)")
        for size, name in zip((steps, features), axes[1:], strict=True)
    )
    sentence = (
        f"{lead}: {front}{long} with {wide} at each are "
        f"{told}, and input_shape={layout.sample}, without the samples.{swapped} {_turns(found)}."
    )
    shape = name_axes((layout.samples, steps, features), _AXES, "the question")
    return Told(sentence, found.spec, {"samples": layout.samples} if layout.samples else {}, (shape,))


def _another_order(offer: Sizes, layout: Layout) -> bool:
    """Whether an offer has the sizes of the data in a different order."""
    sizes = [size for size in (layout.samples, layout.steps, layout.features) if size is not None]
    return sorted(map(int, filter(None, offer))) in (sorted(sizes), sorted(sizes[-2:]))


def _read_as(offer: Sizes) -> str:
    one, two, three = offer
    return f"{offer} would be {one:,} samples of {two:,} timesteps with {three:,} features, without a warning."
