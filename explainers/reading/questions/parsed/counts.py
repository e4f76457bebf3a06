"""How the parameters of a model are told: as they are multiplied, which aren't trained, and what other counts mean."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from explainers.core.axes import TIMES
from explainers.core.layers import two_biases
from explainers.core.words import listed
from explainers.reading.questions.models import are_examples, size_told
from explainers.reading.questions.parsed.network import Network, Row
from explainers.reading.questions.parsed.parts import Parts


def examples_told(examples: Mapping[str, int]) -> str:
    """`` (7 timesteps and 4 units are examples)``; "" where the question gives them all."""
    return are_examples([size_told(size, name) for name, size in examples.items()])


def formula(row: Row) -> str:
    """``3 × 3 × 1 × 10 + 10 = ``: its weights as they are counted; "" where that is too long to read."""
    pieces = [" × ".join(weight.told) for weight in row.weights]
    for size in range(1, len(pieces) // 2 + 1):
        times = next((n for n in range(len(pieces) // size, 1, -1) if pieces[: n * size] == pieces[:size] * n), 1)
        if times > 1 and (size > 1 or all(len(weight.told) == 1 for weight in row.weights)):
            block = " + ".join(pieces[:size])
            pieces = [f"{times} × ({block})" if size > 1 else f"{times} × {block}", *pieces[times * size :]]
            break
    if len(pieces) == 1 and "×" not in pieces[0]:
        return ""
    return f"{' + '.join(pieces)} = " if 0 < len(pieces) < 5 and len("".join(pieces)) < 80 else ""


def counted(row: Row) -> str:
    if not row.count:
        return "no parameters"
    return f"{formula(row)}{row.count:,} parameter{'s' * (row.count != 1)}"


def one_of(size: int | None, word: str) -> str:
    return f"{size} {word.removesuffix('s') if size == 1 else word}"


def untrained(found: Network, parts: Parts) -> str:
    """The weights that training doesn't change, where the question speaks of such or the layer has any."""
    for row in found.rows:
        kept = [weight for weight in row.weights if not weight.trained]
        if kept:
            number = sum(weight.count for weight in kept)
            names = f"{listed([weight.name for weight in kept])} of the {row.layer.class_name}"
            return (
                f" {names} are measured on the batches, not trained: {number:,} non-trainable parameters of its "
                f"{row.count:,}.{_trainable(found)}"
            )
    return " All of them are trainable." if "non-train" in parts.words or "nontrain" in parts.words else ""


def _trainable(found: Network) -> str:
    """How many parameters of all layers are trained."""
    kept = sum(weight.count for row in found.rows for weight in row.weights if not weight.trained)
    return f" {found.count - kept:,} of all {found.count:,} are trainable." if len(found.rows) > 1 else ""


def claims(parts: Parts, found: Network) -> str:
    """What becomes of another count in the question: it is one of these, or leaves something out."""
    told = _more_or_less(parts, found)
    known = {row.count for row in found.rows} | {found.count} | set(_untrained_counts(found))
    for number in free(parts, found):
        if number in known or number < 8:
            continue
        left_out = next((why for row in found.rows for count, why in leaving_out(row) if count == number), None)
        told += f" {number:,} {left_out}." if left_out else ""
    return told


_LIMIT = re.compile(r"\b(?P<more>more|over|above|bigger|greater)|\b(?:less|fewer|under|below|smaller)\b")


def _more_or_less(parts: Parts, found: Network) -> str:
    """``more than 2000000 params?``: whether it has."""
    limit = next((one for one in parts.said if one.role == "count" and one.start not in parts.used), None)
    asked = _LIMIT.search(parts.words, max(0, limit.start - 20), limit.start) if limit is not None else None
    if limit is None or asked is None:
        return ""
    holds = found.count > limit.value if asked["more"] else found.count < limit.value
    than = "more" if found.count > limit.value else "less"
    return f" So {'yes' if holds else 'no'}: {found.count:,} is {than} than {limit.value:,}."


def _untrained_counts(found: Network) -> Iterator[int]:
    for row in found.rows:
        count = sum(weight.count for weight in row.weights if not weight.trained)
        yield from (count, row.count - count)


def free(parts: Parts, found: Network) -> list[int]:
    """Numbers of the question that are neither a size of its data nor an argument of a layer."""
    sizes = {size for shape in (found.shape, *(row.after[0] for row in found.rows)) for size in shape}
    free = [one for one in parts.said if one.start not in parts.used and one.value not in sizes]
    return [one.value for one in free if one.role in ("", "count", "features", "units", "kernel")]


def leaving_out(row: Row) -> Iterator[tuple[int, str]]:
    """Counts that people expect of a layer: without the bias, or without one of the sizes of its kernel."""
    main = next((weight for weight in row.weights if len(weight.told) > 1), None)
    if main is None:
        return
    bias = sum(weight.count for weight in row.weights if len(weight.told) == 1)
    sizes = [math.prod(int(n.replace(",", "")) for n in told.split(TIMES)) for told in main.told]
    gates = next((int(told.split(TIMES)[0]) for told in main.told if TIMES in told), 1)
    if gates > 1 and row.count % gates == 0:
        yield row.count // gates, f"is the count of one gate; {row.layer.class_name} has {gates} of them"
        yield (
            main.sizes[-1] or 0,
            f"is the width of the kernel {main.sizes}: a column for each unit of each gate, {main.told[-1]}. Each "
            f"of the {main.sizes[0]} inputs has a row in it, so every input reaches every unit",
        )
    yield row.count - bias, "is the count with use_bias=False: without the bias"
    if two_biases(row.layer.class_name, row.layer.get("reset_after")):
        yield (
            row.count - row.weights[-1].count // 2,
            ("is the count with reset_after=False: one bias instead of two, as in older Keras"),
        )
    for place in range(len(sizes)):
        rest = [n for i, n in enumerate(sizes) if i != place]
        product = " × ".join(map(str, rest))
        missing = f"{main.told[place]} {'channels' if place == len(sizes) - 2 and len(sizes) > 2 else 'of the kernel'}"
        yield math.prod(rest), f"is {product}: it leaves out the {missing} and the bias"
        yield math.prod(rest) + bias, f"is {product} + {bias}: it leaves out the {missing}"
