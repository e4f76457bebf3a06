"""Data as a question describes them: the shapes of x and y, and a model that reads the one and predicts the other.

The layouts: samples that are sequences (``20 patients, 7 visits each``), rows in time that are cut into windows,
images, and texts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from explainers.core.finding import Value, name_axes
from explainers.core.layers import RECURRENT, axis_names, sheet
from explainers.core.spec import LayerSpec, Sizes
from explainers.reading.questions.parsed.compared import known
from explainers.reading.questions.parsed.counts import examples_told, one_of
from explainers.reading.questions.parsed.layout import (
    columns_of,
    recorded_of,
    rows_of,
    samples_of,
    steps_of,
    times_in_a_column,
)
from explainers.reading.questions.parsed.network import Network, network, of_layers
from explainers.reading.questions.parsed.parts import Parts, Shaped
from explainers.reading.questions.parsed.targets import Target, target_of
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import Told

_ASKS = re.compile(
    r"\bshapes?\b|\binput|\breshape|\bprepare|\bfeed\b|\bhow (?:do|should|can|to|would|must)\b|\bset\b|\bx\b|"
    r"\bwant to\b|\bwhich (?:layers?|model)\b|\bdimensions?\b|\barchitecture\b|\barray\b|\bformat\b|\bright\b|\bcorrect"
)
_OTHER = re.compile(
    r"\bembedd?ing|\bvocab|\bids\b|\btokens?\b|\bwords?\b|\bimages?\b|\bframes?\b|\bspectrogram|\bvideos?\b|\bmel\b|"
    r"\bbatch(?:es)?\b|\bepochs?\b|\bstateful\b|\bstrides?\b|\bpadd?ing|\bpadded\b|\bmask|"
    r"\bdifferent lengths?|\bhow many\b|"
    r"\bone[- ]?hot|\bautoencoder|\btrained (?:on|with)\b"
)
_IN_TIME = re.compile(
    r"\btime[ -]?series\b|\bforecast|\b(?:next|future|previous|past)\b|\b(?:each|every|per|one) (?:\w+ ){0,2}?"
    r"(?:day|hour|minute|month|week|second)s?\b|\b(?:daily|hourly|weekly|monthly)\b|\bdepend\w* (?:\w+ ){0,5}previous|"
    r"\b(?:hour|day|minute|week|month|year)s?\b"
)
_ROW_BY_ROW = re.compile(  # ``each row is one day``, ``the first index is the time``
    r"\b(?:each|every|one|a) (?:row|line|record|vector)\b[^.?]{0,40}\b(?:time|day|hour|minute|month|week|second|step|"
    r"date)|\b(?:first|1st) (?:index|axis|dim\w{0,7}|column)\b[^.?]{0,40}\btimes?\b|"
    r"\brows? (?:are|is|=) (?:the )?(?:time|days|hours|steps)"
)
_LAGS = re.compile(r"\blag(?:s|ged)?\b|\bas (?:the )?time ?-?steps\b")
_BLOCKS = re.compile(r"\bevery \d{1,4}\b(?! ?(?:ms|s|sec|min|hours?|days?))|\bblocks?\b|\bchunks?\b|\boverlap")
_PICTURES = re.compile(r"\b(?:images?|pictures?|photos?|scans?|x-rays?|cnn|conv2d)\b")
_AT_EACH = re.compile(  # ``a label for every night``
    r"\b(?:predict\w*|outputs?|labels?|class\w*|targets?|predictions?) (?:\w+ ){0,2}?(?:for |at |per |in )?"
    r"(?:each|every|per) (?:single )?(?:time ?-?step|step|second|minute|hour|day|night|week|month|visit|row|reading)\b"
)
_BACK = 10  # rows that the model looks back, where nobody says how many


def described(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """The reply about data that the question describes; None where it describes none, or asks for something else."""
    if parts.apart or parts.aims & {"parameters", "batches", "values"} or parts.shapes("declared", "whole", "out"):
        return None
    if not _ASKS.search(parts.words):
        return None
    told = _images(parts, entries) or _texts(parts, entries)
    if told is not None or _OTHER.search(parts.words) or parts.squares or not _of_sequences(parts):
        return told
    rows, columns, steps, samples = rows_of(parts), columns_of(parts), steps_of(parts), samples_of(parts)
    if columns is not None and columns == steps and _LAGS.search(parts.words):
        samples, rows, columns = samples or rows, None, None  # the columns are the steps
    if rows is None and samples is not None and steps is not None:
        return _sequences(parts, samples, steps, columns, entries)
    if columns is None or (rows is None and not _ROW_BY_ROW.search(parts.words)):
        return None
    looks_back = rows is not None and steps is not None and steps != columns and parts.size("steps") is not None
    if looks_back or _IN_TIME.search(parts.words) or _BLOCKS.search(parts.words) or rows is None:
        return _windows(parts, rows, columns, steps, entries)
    return None


def _of_sequences(parts: Parts) -> bool:
    """Whether the layers of the question read sequences, or it names none."""
    facts = [sheet(one.name) for one in parts.mentions]
    return all(found is not None and found.rank in (None, 2, 3) and found.group != "embedding" for found in facts)


# -- samples that are sequences ----------------------------------------------------------------------------------


def _sequences(parts: Parts, samples: int, steps: int, columns: int | None, entries: Mapping[str, int]) -> Told | None:
    """Each sample is a sequence of its own."""
    width = columns or 1
    hertz, seconds = parts.size("hertz"), parts.size("seconds")
    rate = f"{seconds} s at {hertz} Hz are {steps:,} steps. " if hertz and seconds and hertz * seconds == steps else ""
    recorded = recorded_of(parts)[0]
    rate = f"Of the {recorded:,} recorded, the model reads {steps:,}. " if recorded else rate
    one = "" if columns else " With one number at each step the last axis is 1: x[..., None] adds it."
    verdict = _verdict(parts, (samples, steps, width), samples * steps * width) if columns else ""
    lead = f"{verdict}{rate}x is ({samples}, {steps}, {width}): samples, timesteps, features.{one}"
    target = target_of(parts)
    if target is not None and _AT_EACH.search(parts.words):
        target = replace(target, each=steps)
    return _told(parts, lead, (samples, steps, width), target, entries)


# -- rows in time ------------------------------------------------------------------------------------------------


def _windows(parts: Parts, rows: int | None, columns: int, steps: int | None,
             entries: Mapping[str, int]) -> Told | None:  # fmt: skip
    """A table whose rows follow each other, cut into windows: one from each row on, or one after the other."""
    target = target_of(parts)
    back = steps or entries.get("timesteps") or (_BACK if rows is None else min(_BACK, max(2, rows // 5)))
    ahead = 0 if target is None or target.classes is not None else target.numbers
    apart = rows is not None and _BLOCKS.search(parts.words) is not None and not ahead
    if rows is not None and (back >= rows or rows - back - ahead < 0):
        return None
    many = None if rows is None else rows // back if apart else rows - back - ahead + 1
    example = "" if steps else f" ({back} is an example: choose how far back the model looks)"
    how = (
        _blocks_told(rows, back, columns) if apart and rows is not None
        else _sliding_told(rows, back, ahead, example, target)
    )  # fmt: skip
    times = f" Of the {columns + 1} columns the times aren't a feature." if times_in_a_column(parts) else ""
    alone = any(one.role == "steps" and one.value == 1 for one in parts.said) and back > 1
    one_step = " With timesteps=1 each sample is one row, and a recurrent layer has nothing to remember." * alone
    verdict = _verdict(parts, (many, back, columns), rows * columns) if many is not None and rows is not None else ""
    lead = (
        f"{verdict}Each row is one timestep of "
        f"{one_of(columns, 'features')}.{times}{one_step} {how}, so x is ({many or 'samples'}, {back}, {columns}): "
        "samples, timesteps, features."
    )
    return _told(parts, lead, (many, back, columns), target, entries, () if steps else (("timesteps", back),))


def _blocks_told(rows: int, back: int, columns: int) -> str:
    many = rows // back
    rest = f"; {rows % back} rows are left over" if rows % back else ""
    return (
        f"Cut the {rows:,} rows into {many:,} blocks of {back} rows that don't overlap (x = data[: {many * back}]"
        f".reshape({many}, {back}, {columns}){rest})"
    )


def _sliding_told(rows: int | None, back: int, ahead: int, example: str, target: Target | None) -> str:
    """How many windows start within the rows, and how NumPy cuts them."""
    later = f", each followed by the {one_of(ahead, 'rows') if ahead > 1 else 'row'} it predicts" if ahead else ""
    less = f" - {ahead} + 1" if ahead > 1 else " + 1" if not ahead else ""
    many: int | str = f"len(data) - {back}{less}"
    told = f"n rows make n - {back}{less} of them"
    the_rows = "rows"
    if rows is not None:
        many = rows - back - ahead + 1
        told, the_rows = f"{rows:,} - {back}{less} = {many:,} windows", f"{rows:,} rows"
    y = {
        True: f"y = np.stack([target[i + {back} : i + {back + ahead}] for i in range({many})])",
        False: f"y = target[{back}:]" if ahead else f"y = target[{back - 1}:]",
    }[ahead > 1]
    in_numpy = f"x = np.stack([data[i : i + {back}] for i in range({many})])"
    return f"Cut the {the_rows} into windows of {back}{example}{later} ({in_numpy}{f'; {y}' if target else ''}): {told}"


# -- images and texts --------------------------------------------------------------------------------------------


def _images(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """So many images of one size, and what is predicted of them."""
    samples, target = parts.size("samples"), target_of(parts)
    side = next(iter(parts.squares), ())
    plain = all((facts := sheet(one.name)) is not None and facts.rank in (None, 2, 4) for one in parts.mentions)
    if samples is None or target is None or len(parts.squares) != 1 or len(side) not in (2, 3) or not plain:
        return None
    if not _PICTURES.search(parts.words) or any(one.whole for one in parts.mentions):
        return None
    given = side[2] if len(side) == 3 else parts.size("channels") or parts.colors
    channels = given or entries.get("channels", 3)
    examples = () if given or "channels" in entries else (("channels", channels),)
    example = " (3 channels are an example: RGB)" if examples else ""
    x = (samples, side[0], side[1], channels)
    names = axis_names("Conv2D", 4)
    lead = f"x is {x}{example}: samples, {', '.join(names[1:])}."
    conv = LayerSpec("Conv2D", "conv", (("filters", 8), ("kernel_size", 3)))
    body = of_layers((None, *x[1:]), (conv, LayerSpec("GlobalAveragePooling2D", "pool")))
    shown = replace(body, examples={"filters": 8, "kernel_size": 3}) if body is not None else None
    return _above(lead, x, ("samples", *names[1:]), shown, target, examples)


def _texts(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """So many texts of so many ids each, and what is predicted of them."""
    samples, steps, ids = parts.size("samples"), parts.size("steps"), _vocabulary(parts)
    target = target_of(parts)
    if samples is None or steps is None or ids is None or target is None or parts.squares:
        return None
    size = next((one.given.get("output_dim") for one in parts.mentions if one.name == "Embedding"), None)
    dim = size if isinstance(size, int) else parts.size("output_dim") or entries.get("output_dim", 16)
    given = size or parts.size("output_dim") or "output_dim" in entries
    recurrent = next((one for one in parts.mentions if one.name in RECURRENT), None)
    units = recurrent.given.get("units", 32) if recurrent is not None else 32
    after = LayerSpec(recurrent.name, "recurrent", (("units", units),)) if recurrent is not None else (
        LayerSpec("GlobalAveragePooling1D", "pool")
    )  # fmt: skip
    embedding = LayerSpec("Embedding", "embedding", (("input_dim", ids), ("output_dim", dim)))
    body = of_layers((None, steps), (embedding, after))
    made_up = {} if given else {"output_dim": dim}
    made_up |= {"units": 32} if recurrent is not None and "units" not in recurrent.given else {}
    shown = replace(body, examples=made_up) if body is not None else None
    lead = f"x is ({samples}, {steps}): samples, ids, each a whole number from 0 to {ids - 1:,}."
    return _above(lead, (samples, steps), ("samples", "timesteps"), shown, target)


def _vocabulary(parts: Parts) -> int | None:
    given = next((one.given.get("input_dim") for one in parts.mentions if one.name == "Embedding"), None)
    return given if isinstance(given, int) else parts.size("vocabulary")


# -- both --------------------------------------------------------------------------------------------------------


_YES_OR_NO = re.compile(
    r"\b(?:right|correct|true)\b|\b(?:is|are) (?:it|this|that|my)\b"
    r"|\b(?:do|should|can|may|am|would|could) (?:i|we|it)\b"
)


def _verdict(parts: Parts, made: tuple[int, int, int], held: int) -> str:
    """Yes or no, where the question offers a shape of three sizes; held: how many numbers its data have."""
    offered = [one.sizes for one in parts.shaped if len(one.sizes) == 3]
    if made in offered:
        return "Yes. " if _YES_OR_NO.search(parts.words) else ""
    needed = [(sizes, math.prod(known(sizes))) for sizes in offered[:1] if None not in sizes]
    apart = (f"No: {sizes} would hold {count:,} numbers, your data have {held:,}. " for sizes, count in needed
             if count != held)  # fmt: skip
    return next(apart, "")


def _told(parts: Parts, lead: str, x: tuple[int | None, int, int], target: Target | None, entries: Mapping[str, int],
          examples: tuple[tuple[str, int], ...] = ()) -> Told | None:  # fmt: skip
    """The shapes of x and y of sequences above the live model."""
    shown = _model(parts, x[1:], target, entries)
    return _above(lead, x, ("samples", "timesteps", "features"), shown, target, examples)


def _above(lead: str, x: tuple[int | None, ...], axes: tuple[str, ...], body: Network | None, target: Target | None,
           examples: tuple[tuple[str, int], ...] = ()) -> Told | None:  # fmt: skip
    """The shapes of x and y above the live model: its layers, and the one that predicts the target."""
    shown = _ending(body, target) if body is not None else None
    if shown is None:
        return None
    only = examples_told(shown.examples)
    shown = replace(shown, examples={**dict(examples), **shown.examples})
    y = f" {target.told(x[0] or 'samples')}" if target is not None else ""
    layers = " → ".join(call(row.layer) for row in shown.rows)
    one = x[1:] if len(x) > 2 else f"({x[1]},)"
    sentence = (
        f"{lead}{y} The model is told one sample, input_shape={one}: {layers} turns {shown.shape} into "
        f"{shown.after}{only}."
    )
    values: dict[str, Value] = {"samples": x[0]} if x[0] is not None else {}
    return Told(sentence, shown.spec, values, (name_axes(x, axes, "the question"),))


def _ending(body: Network, target: Target | None) -> Network | None:
    """The layers, and behind them the one that predicts the target."""
    if target is None:
        return body
    pooled = (LayerSpec("GlobalAveragePooling1D", "pool"),) if len(body.after) == 3 and target.each is None else ()
    whole = of_layers(body.shape, (*(row.layer for row in body.rows), *pooled, target.layer))
    return replace(whole, examples=body.examples, said=body.said) if whole is not None else None


def _model(parts: Parts, sample: Sizes, target: Target | None, entries: Mapping[str, int]) -> Network | None:
    """The layers of the question, or an LSTM, on one sample."""
    body = tuple(one for one in parts.mentions if one.name != "Dense" or len(parts.mentions) == 1)
    body = () if {one.name for one in body} == {"Dense"} else body
    body = tuple(one for i, one in enumerate(body) if one.given or one.name not in [other.name for other in body[:i]])
    read = replace(parts, shaped=(Shaped(sample, "declared", 0),), squares=(), mentions=body)
    every = target is not None and target.each is not None
    found = (network(read, entries, return_sequences=True) if every else network(read, entries)) if body else None
    if found is None:
        units = entries.get("units", 32)
        made = of_layers(
            (None, *sample),
            (LayerSpec("LSTM", "lstm", (("units", units), *((("return_sequences", True),) if every else ()))),),
        )
        given = "units" in entries
        found = replace(made, examples={} if given else {"units": units},
                        said=(f"units = {units}",) if given else ()) if made is not None else None  # fmt: skip
    return found
