"""Data as a question describes them: the shapes of x and y, and a model that reads the one and predicts the other.

Three layouts: samples that are sequences (``20 patients, 7 visits each``), rows in time that are cut into windows, and
rows in time of which nobody said how far back the model looks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from explainers.core.finding import Value, name_axes
from explainers.core.layers import RECURRENT
from explainers.core.spec import LayerSpec, Sizes
from explainers.reading.questions.parsed.compared import known
from explainers.reading.questions.parsed.counts import examples_told, one_of
from explainers.reading.questions.parsed.network import Network, network, of_layers
from explainers.reading.questions.parsed.parts import Parts, Shaped
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
_ROWS = re.compile(
    r"^(?:rows?|records|observations|entries|lines|zeilen|filas|data ?set|data|(?:data |time )?points|readings)$"
)
_PREDICTS = re.compile(r"\bpredict|\bforecast|\btargets?\b|\bregress|\by\b|\blabels?\b|\bprognos")
_TIMES_COLUMN = re.compile(
    r"\b(?:column|col)s? ?\d{0,2} (?:is|=|:|are) (?:the )?(?:time|date)|\b(?:time|date)(?:[ _-]?stamp)?s? column|"
    r"\b(?:columns?|columnas?)[ :(]+(?:time|date)(?:[ _-]?stamp)?\b|"
    r"\b(?:one|first) (?:column )?is (?:the )?(?:time|date)"
)
_BLOCKS = re.compile(r"\bevery \d{1,4}\b(?! ?(?:ms|s|sec|min|hours?|days?))|\bblocks?\b|\bchunks?\b|\boverlap")
_SENSOR_AXES = re.compile(r"\b(\d{1,3})[ -](?:axes|axis)\b")
_TWO_CLASSES = re.compile(r"\bbinary\b|\byes/no\b|\bsurvive|\bor not\b|\bchurn")
_LABELED = re.compile(r"\blabels?\b|\bclassif")
_BACK = 10  # rows that the model looks back, where nobody says how many


@dataclass(frozen=True)
class Target:
    """What is predicted of each sample: classes (0 of them: how many isn't said), or so many numbers."""

    classes: int | None
    numbers: int

    @property
    def layer(self) -> LayerSpec:
        """The last layer of a model that predicts it."""
        units = self.classes if self.classes is not None and self.classes > 2 else self.numbers
        activation = None if self.classes is None else "softmax" if self.classes > 2 else "sigmoid"
        given = (("units", units), *((("activation", activation),) if activation else ()))
        return LayerSpec("Dense", "dense", given)

    def told(self, samples: int | str) -> str:
        """The shape of y and the loss."""
        if self.classes is None:
            each = "one number" if self.numbers == 1 else f"{self.numbers} numbers"
            return f"y is ({samples}, {self.numbers}): {each} for each sample, with the loss mse."
        if self.classes == 0:
            return (
                f"y is ({samples}, 1): one label for each sample. For two classes the model ends with a sigmoid and "
                "the loss binary_crossentropy, for more with a softmax of one unit for each class."
            )
        if self.classes == 2:
            return f"y is ({samples}, 1): 0 or 1 for each sample, with the loss binary_crossentropy."
        return (
            f"y is ({samples},): a number from 0 to {self.classes - 1} for each sample, with the loss "
            "sparse_categorical_crossentropy."
        )


def described(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """The reply about data that the question describes; None where it describes none, or asks for something else."""
    if parts.apart or parts.aims & {"parameters", "batches", "values"} or parts.shapes("declared", "whole", "out"):
        return None
    if _OTHER.search(parts.words) or not _ASKS.search(parts.words) or parts.squares or not _of_sequences(parts):
        return None
    rows, columns, steps = _rows(parts), _columns(parts), _steps(parts)
    samples = next((one.value for one in parts.said if one.role == "samples" and not _ROWS.match(one.word)), None)
    if rows is None and samples is not None and steps is not None:
        return _sequences(parts, samples, steps, columns, entries)
    if rows is None or columns is None:
        return None
    if _IN_TIME.search(parts.words) or _BLOCKS.search(parts.words):
        return _windows(parts, rows, columns, steps, entries)
    return None


def _of_sequences(parts: Parts) -> bool:
    """Whether the layers of the question read sequences, or it names none."""
    return all(one.name in (*RECURRENT, "Conv1D", "Dense", "Bidirectional") for one in parts.mentions)


def _rows(parts: Parts) -> int | None:
    """How many rows a table has: its first size, or so many lines."""
    table = next((shape for shape in parts.shapes("in", "data") if len(shape) == 2 and None not in shape), None)
    said = next((one.value for one in parts.said if one.role == "samples" and _ROWS.match(one.word)), None)
    return table[0] if table is not None else said


def _columns(parts: Parts) -> int | None:
    """How many numbers each row or step has, without the time itself."""
    table = next((shape for shape in parts.shapes("in", "data") if len(shape) == 2 and None not in shape), None)
    axes = _SENSOR_AXES.search(parts.words) if parts.size("hertz", "kilohertz") else None
    said = table[1] if table is not None else int(axes[1]) if axes else parts.size("features", "inputs", "channels")
    return said - 1 if said is not None and said > 1 and _TIMES_COLUMN.search(parts.words) else said


def _steps(parts: Parts) -> int | None:
    """How many steps a sample has, or how far back the model looks: said so, or so many seconds at so many Hz."""
    said = [one.value for one in parts.said if one.role == "steps" and one.value > 1]
    days = [one.value for one in parts.said if one.role == "days" and one.value > 1 and one.value != _rows(parts)]
    hertz = parts.size("hertz") or 1000 * (parts.size("kilohertz") or 0)
    if not said and hertz:
        return hertz * (parts.size("seconds") or 0) or None
    return said[0] if said else days[0] if len(days) == 1 else None


def _target(parts: Parts) -> Target | None:
    """What is predicted; None where nothing is said of it."""
    classes = parts.size("classes")
    if classes is not None and classes > 1:
        return Target(classes, 1)
    if _TWO_CLASSES.search(parts.words):
        return Target(2, 1)
    horizon, outputs = parts.size("horizon"), parts.size("outputs")
    if horizon is not None or outputs is not None:
        return Target(None, horizon or outputs or 1)
    if _LABELED.search(parts.words):
        return Target(0, 1)
    return Target(None, 1) if _PREDICTS.search(parts.words) else None


# -- samples that are sequences ----------------------------------------------------------------------------------


def _sequences(parts: Parts, samples: int, steps: int, columns: int | None, entries: Mapping[str, int]) -> Told | None:
    """Each sample is a sequence of its own."""
    width = columns or 1
    hertz, seconds = parts.size("hertz"), parts.size("seconds")
    rate = f"{seconds} s at {hertz} Hz are {steps:,} steps. " if hertz and seconds and hertz * seconds == steps else ""
    one = "" if columns else " With one number at each step the last axis is 1: x[..., None] adds it."
    lead = (
        f"{_verdict(parts, (samples, steps, width), samples * steps * width)}{rate}x is ({samples}, {steps}, {width}): "
        f"samples, timesteps, features.{one}"
    )
    return _told(parts, lead, (samples, steps, width), _target(parts), entries)


# -- rows in time ------------------------------------------------------------------------------------------------


def _windows(parts: Parts, rows: int, columns: int, steps: int | None, entries: Mapping[str, int]) -> Told | None:
    """A table whose rows follow each other, cut into windows: one from each row on, or one after the other."""
    target = _target(parts)
    back = steps or entries.get("timesteps") or min(_BACK, max(2, rows // 5))
    ahead = 0 if target is None or target.classes is not None else target.numbers
    apart = _BLOCKS.search(parts.words) is not None and not ahead
    many = rows // back if apart else rows - back - ahead + 1
    if not 0 < back < rows or many < 1:
        return None
    example = "" if steps else f" ({back} is an example: choose how far back the model looks)"
    how = _blocks_told(rows, back, many, columns) if apart else _sliding_told(rows, back, ahead, many, example, target)
    times = f" Of the {columns + 1} columns the times aren't a feature." if _TIMES_COLUMN.search(parts.words) else ""
    alone = any(one.role == "steps" and one.value == 1 for one in parts.said) and back > 1
    one_step = " With timesteps=1 each sample is one row, and a recurrent layer has nothing to remember." * alone
    lead = (
        f"{_verdict(parts, (many, back, columns), rows * columns)}Each row is one timestep of "
        f"{one_of(columns, 'features')}.{times}{one_step} {how}, so x is ({many}, {back}, {columns}): samples, "
        "timesteps, features."
    )
    return _told(parts, lead, (many, back, columns), target, entries, () if steps else (("timesteps", back),))


def _blocks_told(rows: int, back: int, many: int, columns: int) -> str:
    rest = f"; {rows % back} rows are left over" if rows % back else ""
    return (
        f"Cut the {rows:,} rows into {many:,} blocks of {back} rows that don't overlap (x = data[: {many * back}]"
        f".reshape({many}, {back}, {columns}){rest})"
    )


def _sliding_told(rows: int, back: int, ahead: int, many: int, example: str, target: Target | None) -> str:
    """How many windows start within the rows, and how NumPy cuts them."""
    later = f", each followed by the {one_of(ahead, 'rows') if ahead > 1 else 'row'} it predicts" if ahead else ""
    less = f" - {ahead} + 1" if ahead > 1 else " + 1" if not ahead else ""
    y = {
        True: f"y = np.stack([target[i + {back} : i + {back + ahead}] for i in range({many})])",
        False: f"y = target[{back}:]" if ahead else f"y = target[{back - 1}:]",
    }[ahead > 1]
    in_numpy = f"x = np.stack([data[i : i + {back}] for i in range({many})])"
    return (
        f"Cut the {rows:,} rows into windows of {back}{example}{later} ({in_numpy}{f'; {y}' if target else ''}): "
        f"{rows:,} - {back}{less} = {many:,} windows"
    )


# -- both --------------------------------------------------------------------------------------------------------


def _verdict(parts: Parts, made: tuple[int, int, int], held: int) -> str:
    """Yes or no, where the question offers a shape of three sizes; held: how many numbers its data have."""
    offered = [one.sizes for one in parts.shaped if len(one.sizes) == 3]
    if made in offered:
        return "Yes. "
    needed = [(sizes, math.prod(known(sizes))) for sizes in offered[:1] if None not in sizes]
    apart = (f"No: {sizes} would hold {count:,} numbers, your data have {held:,}. " for sizes, count in needed
             if count != held)  # fmt: skip
    return next(apart, "")


def _told(parts: Parts, lead: str, x: tuple[int, int, int], target: Target | None, entries: Mapping[str, int],
          examples: tuple[tuple[str, int], ...] = ()) -> Told | None:  # fmt: skip
    """The shapes of x and y above the live model."""
    shown = _model(parts, x[1:], target, entries)
    if shown is None:
        return None
    shown = replace(shown, examples={**dict(examples), **shown.examples})
    only = {key: size for key, size in shown.examples.items() if key not in dict(examples)}
    y = f" {target.told(x[0])}" if target is not None else ""
    layers = " → ".join(call(row.layer) for row in shown.rows)
    sentence = (
        f"{lead}{y} The model is told one sample, input_shape={x[1:]}: {layers} "
        f"turns {shown.shape} into {shown.after}{examples_told(only)}."
    )
    named = name_axes(x, ("samples", "timesteps", "features"), "the question")
    values: dict[str, Value] = {"samples": x[0]}
    return Told(sentence, shown.spec, values, (named,))


def _model(parts: Parts, sample: Sizes, target: Target | None, entries: Mapping[str, int]) -> Network | None:
    """The layers of the question, or an LSTM, on one sample; with the layer that predicts the target."""
    body = tuple(one for one in parts.mentions if one.name != "Dense" or len(parts.mentions) == 1)
    body = () if {one.name for one in body} == {"Dense"} else body
    body = tuple(one for i, one in enumerate(body) if one.given or one.name not in [other.name for other in body[:i]])
    read = replace(parts, shaped=(Shaped(sample, "declared", 0),), squares=(), mentions=body)
    found = network(read, entries) if body else None
    if found is None:
        units = entries.get("units", 32)
        made = of_layers((None, *sample), (LayerSpec("LSTM", "lstm", (("units", units),)),))
        given = "units" in entries
        found = replace(made, examples={} if given else {"units": units},
                        said=(f"units = {units}",) if given else ()) if made is not None else None  # fmt: skip
    if found is None or target is None:
        return found
    pooled = (LayerSpec("GlobalAveragePooling1D", "pool"),) if len(found.after) == 3 else ()
    whole = of_layers(found.shape, (*(row.layer for row in found.rows), *pooled, target.layer))
    return replace(whole, examples=found.examples, said=found.said) if whole is not None else None
