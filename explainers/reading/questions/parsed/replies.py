"""What is said of the model that a question describes: its shapes, its counts, and what the question claims of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from explainers.core.axes import TIMES
from explainers.core.finding import Value
from explainers.core.layers import LOOPS, axis_names, sheet, two_biases
from explainers.core.spec import LayerSpec, Sizes
from explainers.core.words import listed
from explainers.reading.questions.models import as_sentence, size_told
from explainers.reading.questions.parsed.counts import claims, counted, examples_told, free, one_of, untrained
from explainers.reading.questions.parsed.layers_compared import compared_layers
from explainers.reading.questions.parsed.network import Network, Row, named_ends, network, of_layers, one_side
from explainers.reading.questions.parsed.parts import Parts, Shaped
from explainers.reading.questions.read_by import call
from explainers.reading.questions.solving.arithmetic import arithmetic
from explainers.reading.questions.words import Told

# What a model's shapes and counts say nothing about: another reply is nearer.
_ELSEWHERE = re.compile(
    r"\bloss\b|\blabels?\b|\by_\w{2,6}\b|\bone[- ]?hot\b|\bstateful\b|\bmask\w*\b|\bnan\b|"
    r"\baccuracy\b|\bgradient|\boverfit|"
    r"\bpredict (?:one|a)\b|\btorch|\bpytorch|\bcross ?entropy|\bmemory\b|\bgpu\b|\bdifferent (?:size|length)|"
    r"\by (?:be|have|need|look)\b|\baffects?\b|\bdepends?\b|"
    r"\bchanges? the (?:number|count)|\bshapes? of (?:the |its )?(?:weights|kernel|param)|"
    r"\b(?:valid|same) (?:or|vs|and|versus|,) (?:valid|same)\b|\bhow many (?:output )?channels\b|"
    r"\bbatches\b|\bsteps? per epoch|\bview\(|\bhow many units (?:should|do i)|\bbest\b"
)
_OUT = re.compile(r"\boutput|\bafter\b|\bparam|\bweights\b|\bgives?\b|\breturn|->|\bthen\b|\bwhy\b")


def replied(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """The reply from the model that the question describes; None where it describes none or asks for something else."""
    if _ELSEWHERE.search(parts.words) or len(parts.squares) > 1:
        return None
    if "input" in parts.aims and not _OUT.search(parts.words):
        return None
    if parts.apart:
        return compared_layers(parts, entries)
    found = network(parts, entries)
    if found is None:
        return _misfit(parts, entries)
    if "values" in parts.aims and (flat := _of_its_output(parts)) is not None:
        sizes = " × ".join(str(size) for size in flat.shape[1:])
        return _told(f"{sizes} = {flat.after[-1]:,} values for each sample. {_makes(flat)}", flat)
    claimed = _claimed_shape(parts, found)
    if claimed is not None:
        other = _as_claimed(parts, found, claimed, entries)
        return _about_shape(parts, other or found, claimed, other is not None)
    if "values" in parts.aims and "parameters" not in parts.aims:
        return _told(f"{_makes(found)}{_values(found)}", found)
    if "parameters" in parts.aims or found.count in free(parts, found):
        return _of_counts(parts, found, entries) or _told(_counts(parts, found), found)
    if "output" in parts.aims or _plain(parts, found):
        return _told(_makes(found) + _sides(parts, found) + _of_samples(parts, found) + _with_padding(parts, found),
                     found)  # fmt: skip
    return None


_HOW = re.compile(r"\bhow\b|\bformula\w*|\bcalculat\w+|\bcomput\w+|\bwork\w* out\b|\bexplain")


def _sides(parts: Parts, found: Network) -> str:
    """How each size comes about, where that is asked."""
    if "why" not in parts.aims and not _HOW.search(parts.words):
        return ""
    told = (arithmetic(row.layer, row.before, row.after[0]) for row in found.rows[:3])
    return "".join(dict.fromkeys(told))


def _of_samples(parts: Parts, found: Network) -> str:
    """What comes out for as many samples as the question has."""
    samples = parts.size("samples") or next((shape[0] for shape in parts.shapes("data") if None not in shape), None)
    if samples is None or found.after[:1] != (None,):
        return ""
    return f" For {samples:,} samples predict returns {(samples, *found.after[1:])}."


def _of_its_output(parts: Parts) -> Network | None:
    """``neurons in conv layer 26x26x32``: the sizes are what it returns, where none of its settings is said."""
    square = next(iter(parts.squares), ())
    alone = len(parts.mentions) == 1 and not parts.mentions[0].given and "Conv" in parts.mentions[0].name
    if not alone or len(square) != 3 or "output" in parts.aims:
        return None
    return of_layers((None, *square), (LayerSpec("Flatten", "flatten"),))


def _with_padding(parts: Parts, found: Network) -> str:
    """``gives 13 or 14``: a size of the question that comes out with the other padding."""
    row = found.rows[-1]
    if row.layer.get("padding") is not None or not free(parts, found):
        return ""
    same = of_layers(found.shape, (*(one.layer for one in found.rows[:-1]), row.layer.but(padding="same")))
    if same is None or not set(free(parts, found)) & set(same.after):
        return ""
    return f' With padding="same" it is {same.after}: the last window may be partly empty.'


def _misfit(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """A shape that the layer can't read, and a layer in front of it that mends it."""
    first = next(iter(parts.mentions), None)
    facts = sheet(first.name) if first is not None else None
    given = next((one for one in parts.shaped if one.part in ("in", "declared", "data")), None)
    if first is None or facts is None or not facts.rank or facts.least or given is None:
        return None
    whole = given.part == "data" or given.sizes[:1] == (None,)
    shape = (None, *given.sizes[1:]) if whole else (None, *given.sizes)
    if len(shape) == facts.rank or None in shape[1:] or (len(shape) < 3 and given.part != "declared"):
        return None
    for front in _fronts(shape, facts.rank):
        row = of_layers(shape, (front,))
        if row is None:
            continue
        found = network(replace(parts, shaped=(Shaped(row.after, "in", 0),)), entries)
        whole_row = of_layers(shape, (front, *(one.layer for one in found.rows))) if found is not None else None
        if found is not None and whole_row is not None:
            made = replace(whole_row, examples=found.examples, said=found.said)
            axes = axis_names(first.name, facts.rank)
            why = f"{first.name} reads {facts.rank} axes, ({', '.join(axes)}); {shape} has {len(shape)}. "
            return _told(f"{why}{call(front)} in front of it makes them fit. {_makes(made)}", made)
    return None


def _fronts(shape: Sizes, rank: int) -> Iterator[LayerSpec]:
    """Layers that give a shape as many axes as are read."""
    sample = tuple(size or 1 for size in shape[1:])
    if len(shape) == rank + 1 and rank == 3:
        yield LayerSpec("TimeDistributed", "time_distributed", (("layer", LayerSpec("Flatten", "flatten")),))
    if len(shape) == rank - 1:
        yield LayerSpec("Reshape", "reshape", (("target_shape", (*sample, 1)),))


def _plain(parts: Parts, found: Network) -> bool:
    """``LSTM(32) on (None, 10, 5)``, ``can I put an LSTM after a Conv1D``: layers, and nothing else that is asked."""
    row = (
        len(found.rows) > 1 and bool(parts.aims & {"allowed", "why", "right"}) and not parts.aims & {"meaning", "input"}
    )
    sized = bool(parts.shaped or parts.squares or (parts.size("strides", "kernel") and one_side(parts)))
    read = parts.size("steps") or parts.size("channels")
    sized = sized or bool(read and parts.mentions[0].given)
    bare = (sized or len(found.rows) > 1) and not parts.aims - {"how many"}
    why = any(one.given for one in parts.mentions) and parts.aims and not parts.aims - {"why", "right", "allowed"}
    return row or bare or bool(why)


# -- one model -------------------------------------------------------------------------------------------------


def _told(sentence: str, found: Network) -> Told:
    values: dict[str, Value] = {"params": found.count} if found.count else {}
    return Told(sentence, found.spec, values, named_ends(found))


def made_told(found: Network) -> Told:
    """What a model makes, whatever is asked."""
    return _told(_makes(found), found)


def counts_told(parts: Parts, found: Network) -> str:
    """How many parameters a model has, and what the other counts of the question are."""
    return _counts(parts, found)


def _makes(found: Network) -> str:
    """What each layer makes, and with how many parameters."""
    if len(found.rows) == 1:
        row = found.rows[0]
        made = str(row.after[0]) + "".join(f", and {_states(row)}" for _ in row.after[1:2])
        shapes = f"{call(row.layer)} turns {row.before} into {made}{examples_told(found.examples)}"
        return (
            f"{shapes}; it has {counted(row)}. {as_sentence(row.why)}{_steps_left(row)}{_at_each(found.rows)}".strip()
        )
    told = [
        f"{call(row.layer)} makes {row.after[0]}" + (f" with {counted(row)}" if row.count else "") for row in found.rows
    ]
    sentence = f"Of {found.shape}{examples_told(found.examples)} {', then '.join(told)}."
    total = f" Together they have {found.count:,} parameters." if found.count else ""
    return f"{sentence}{total}{_notes(found)}"


def _states(row: Row) -> str:
    """The outputs behind the first: the last states of a recurrent layer."""
    rest = row.after[1:]
    if len(set(rest)) > 1:
        return " and ".join(map(str, rest))
    return f"{len(rest)} state{'s' * (len(rest) > 1)} of {rest[0]}"


def _steps_left(row: Row) -> str:
    """That a recurrent layer without return_sequences gives one row for each sample."""
    inner = row.layer.get("layer")
    layer = inner if isinstance(inner, LayerSpec) else row.layer
    if layer.class_name not in LOOPS or layer.get("return_sequences") or len(row.before) != 3:
        return ""
    steps = f"the last of its {row.before[1]} steps" if row.before[1] else "its last step"
    return (
        f" Each sample gets one row of {row.after[0][-1]} numbers, after {steps}; return_sequences=True gives a row "
        "for every step."
    )


def _notes(found: Network) -> str:
    """What a reader may stumble over: steps that the next layer needs, a Dense on more than two axes."""
    notes = []
    if found.added:
        notes.append(f" The {found.added[0]} needs return_sequences=True here, because the next layer reads its steps.")
    return "".join((*notes, _at_each(found.rows)))


def _at_each(rows: tuple[Row, ...]) -> str:
    """That a Dense works on the last axis, where it reads more than two."""
    row = next((row for row in rows if row.layer.class_name == "Dense" and len(row.before) > 2), None)
    if row is None:
        return ""
    inside = "step" if len(row.before) == 3 else "pixel"
    return f" Dense works on the last axis only, with the same weights at every {inside}; no Flatten is needed."


def _values(found: Network) -> str:
    """How many numbers an output has."""
    sizes = found.after[1:]
    if not sizes or None in sizes:
        return ""
    product = f"{' × '.join(map(str, sizes))} = " if len(sizes) > 1 else ""
    return f" For each sample that is {product}{math.prod(n or 1 for n in sizes):,} values."


def _counts(parts: Parts, found: Network) -> str:
    """How many parameters, and of which weights; what another count in the question would be."""
    if len(found.rows) > 1:
        sentence = _makes(found)
    else:
        row = found.rows[0]
        words = axis_names(row.layer.class_name, len(row.before))
        width, word = row.before[-1], words[-1] if words else ""
        word = "features" if not word or word.startswith("axis ") else word
        reads = "" if row.layer.class_name == "Embedding" else f" on {one_of(width, word)}"
        weights = f": {listed([weight.name for weight in row.weights])}" if 1 < len(row.weights) < 5 else ""
        has = f"{counted(row)}{examples_told(found.examples)}{weights}"
        sentence = f"{_right(parts, found)}{call(row.layer)}{reads} has {has}."
        if "output" in parts.aims or parts.shaped or parts.squares:
            sentence += f" It turns {row.before} into {row.after[0]}."
        gates = next((told[-1] for weight in row.weights if TIMES in (told := weight.told or ("",))[-1]), "")
        if gates:
            double = two_biases(row.layer.class_name, row.layer.get("reset_after"))
            sentence += " The bias counts twice: with reset_after=True, the default, a GRU has two." if double else ""
            sentence += f" {gates} is a set of weights for each gate, {gates.partition(TIMES)[0]} times."
    without = "bias" in parts.words and found.count and not any("bias" in w.name for r in found.rows for w in r.weights)
    return f"{sentence}{' There is no bias.' * bool(without)}{untrained(found, parts)}{claims(parts, found)}"


def _right(parts: Parts, found: Network) -> str:
    """Whether the count that a question claims is right, where it asks that."""
    if not parts.aims & {"right", "allowed"}:
        return ""
    claimed = [one.value for one in parts.said if one.role == "count" and one.start not in parts.used]
    if not claimed or "how many" in parts.aims or _LIMITED.search(parts.words):
        return ""
    return "Yes: " if found.count in claimed else f"No, not {claimed[0]:,}: "


_LIMITED = re.compile(r"\b(?:more|less|fewer|over|under|above|below|bigger|greater|smaller) than\b")


# -- a size that follows from a count ----------------------------------------------------------------------------


def _of_counts(parts: Parts, found: Network, entries: Mapping[str, int]) -> Told | None:
    """``Conv2D(50, 3) has 22,550``: the one size that isn't said and that makes the count just this."""
    counts = [number for number in free(parts, found) if number > _SMALLEST_COUNT]
    deciding = [key for key in found.examples if _with_size(parts, entries, key, 99) != found.count]
    if not counts or len(deciding) != 1 or len(found.rows) > 1:
        return None
    key = deciding[0]
    solved = {count: size for count in counts if (size := _size_of(parts, entries, key, count)) is not None}
    if not solved or set(solved) != set(counts):
        return None
    made = network(parts, {**entries, key: next(iter(solved.values()))})
    if made is None:
        return None
    told = replace(made, said=found.said)
    verb = "has" if key in ("units", "filters", "kernel_size", "output_dim", "input_dim") else "reads"
    means = " ".join(f"With {n:,} parameters it {verb} {size_told(sized, key)}." for n, sized in solved.items())
    return _told(f"{means} {_counts(parts, told)}", told)


_SMALLEST_COUNT = 8
_LARGEST_SIZE = 1 << 17


def _with_size(parts: Parts, entries: Mapping[str, int], key: str, size: int) -> int:
    made = network(parts, {**entries, key: size})
    return made.count if made is not None else 0


def _size_of(parts: Parts, entries: Mapping[str, int], key: str, count: int) -> int | None:
    """The size that makes the count; the larger the size, the more parameters there are."""
    low, high = 1, _LARGEST_SIZE
    while low < high:
        middle = (low + high) // 2
        made = network(parts, {**entries, key: middle})
        if made is None or made.count >= count:
            high = middle
        else:
            low = middle + 1
    return low if _with_size(parts, entries, key, low) == count else None


# -- a shape that the question claims ----------------------------------------------------------------------------


def _claimed_shape(parts: Parts, found: Network) -> Sizes | None:
    """A shape that comes out, as the question says it."""
    said = parts.shapes("out")
    if not said:
        declared = parts.shapes("declared", "whole")
        said = tuple(s for s in parts.shapes("in") if s[:1] == (None,) and s != found.shape) if declared else ()
    return next((shape for shape in said if shape[:1] == (None,) and len(shape) > 1), None)


def _as_claimed(parts: Parts, found: Network, claimed: Sizes, entries: Mapping[str, int]) -> Network | None:
    """The model with a setting that the question doesn't say, where it then makes the shape."""
    if found.after == claimed:
        return found
    sizes = dict(entries)
    if len(claimed) == 3 and claimed[1]:
        sizes |= {name: claimed[1] for name in ("timesteps", "steps") if name in found.examples}
    if claimed[-1] and "units" in found.examples:
        sizes |= {"units": claimed[-1]} if len(found.rows) == 1 else {}
    for changed in ({}, {"return_sequences": True}, {"padding": "same"}):
        other = network(parts, sizes, **changed)
        if other is not None and other.after == claimed:
            given = {key: size for key, size in sizes.items() if key not in entries}
            kept = tuple(note for note in other.said if note.rpartition(" = ")[0] not in given)
            return replace(other, said=kept)
    return None


def _about_shape(parts: Parts, found: Network, claimed: Sizes, fits: bool) -> Told | None:
    """Why the shape is what it is; or that Keras makes another one."""
    lead = ""
    steps = next((row for row in found.rows if _gives_steps(row)), None)
    if not fits:
        asks = parts.aims & {"right", "why", "allowed"}
        lead = f"Not {claimed} with the sizes in your question, but {found.after}. " if asks else ""
    elif steps is not None and len(claimed) == 3:
        number = f"all {claimed[1]} steps" if claimed[1] else "all steps"
        without = network(
            replace(parts, shaped=()), {**found.examples, "units": claimed[-1] or 1}, return_sequences=False
        )
        last = f"; without it, {(None, *without.after[1:])}" if without is not None and len(without.after) == 2 else ""
        yes = "Yes: " if parts.aims & {"right", "allowed"} else ""
        lead = f"{yes}{claimed} keeps {number}, because {call(steps.layer)} has return_sequences=True{last}. "
    elif parts.aims & {"right", "allowed"}:
        lead = "Yes. "
    return _told(lead + _makes(found) + _sides(parts, found), found)


def _gives_steps(row: Row) -> bool:
    inner = row.layer.get("layer")
    layer = inner if isinstance(inner, LayerSpec) else row.layer
    return layer.class_name in LOOPS and layer.get("return_sequences") is True
