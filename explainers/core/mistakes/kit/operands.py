"""Two operands that no layer is known for: what their sizes alone allow."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from explainers.core.finding import Attempt, Change, Finding, written
from explainers.core.mistakes.kit.scene import EXAMPLES, entry
from explainers.core.mistakes.kit.sheet import Said
from explainers.core.spec import Check, LayerSpec, ModelSpec, Sizes, chain

_A_WEIGHT = re.compile(r"\]\([\w/:.-]{1,160}, [\w/:.-]{0,160}ReadVariableOp\b")


def meets_a_weight(said: Said) -> bool:
    """Whether the second operand is a layer's own weight."""
    return _A_WEIGHT.search(said.near(0, 400)) is not None


def weight_of_other_axes(finding: Finding) -> dict[str, str] | None:
    """(None, 104, 15) and a weight (104,): its size is there, but an axis follows that the weight has not.

    The words for it: the weight lacks an axis of 1 at its end, or the data have an axis too many there.
    """
    both = finding.named.get("both", ())
    if len(both) != 2 or not both[1] or None in both[1]:
        return None
    data, weight = both
    places = range(1, len(data) - len(weight))
    at = next((place for place in places if data[place : place + len(weight)] == weight), None)
    if at is None:
        return None
    size, last = weight[-1], data[-1]
    return {"data": written(data), "weight": written(weight), "size": str(size), "last": str(last),
            "at": str(at + len(weight) - 1)}  # fmt: skip


def trained_on_targets(finding: Finding) -> ModelSpec | None:
    """An output that the asker's own operation makes, as it is, and a loss that compares it with the targets."""
    output, target = finding.shape("expected"), finding.shape("found")
    if not output or not target or None in (*output[1:], *target[1:]):
        return None
    data, targets = ((n if n is not None else EXAMPLES["samples"] for n in shape) for shape in (output, target))
    loss = str(finding.values.get("loss", "")) or "mean_squared_error"
    made = LayerSpec("Activation", "your_output", (("activation", "linear"),))
    return chain(entry((None, *output[1:])), (made,), checks=(Check("fit", (tuple(data),), (tuple(targets),), loss),))


_NOISE = re.compile(
    r"random_(?:normal|uniform)\(\s{0,9}(?:shape\s?=\s?)?\(\s{0,4}(?P<batch>\w*batch\w*|\d{1,5})\s{0,4},"
)


def noise(finding: Finding, said: Said) -> Finding:
    """(76, 32) and (100, 32): the noise of a sampling layer is drawn for a fixed number of samples."""
    both = finding.named.get("both", ())[:2]
    if len(both) != 2 or len(both[0]) != len(both[1]) or both[0][1:] != both[1][1:] or both[0][:1] == both[1][:1]:
        return finding
    drawn = _NOISE.search(finding.around)
    samples, fixed = both[0][0], both[1][0]
    if drawn is None or samples is None or fixed is None:
        return finding
    return replace(
        finding, values={**finding.values, "noise": f"{fixed} of them were drawn, and {samples} samples came"}
    )


_SAMPLED = re.compile(r"lambda\w{0,4}/|sampling|epsilon|z_mean|reparam", re.IGNORECASE)


def noise_elsewhere(finding: Finding) -> tuple[Change, ...]:
    """(50, 32) and (100, 32) in a sampling layer whose code isn't there: it draws a fixed number of rows."""
    both = finding.named.get("both", ())[:2]
    if len(both) != 2 or len(both[0]) != 2 or both[0][1:] != both[1][1:] or None in (*both[0], *both[1]):
        return ()
    if both[0][0] == both[1][0] or not _SAMPLED.search(finding.around):
        return ()
    return (
        Change(
            "If the layer draws noise, draw as much as there are samples.",
            code="epsilon = keras.random.normal(ops.shape(z_mean))  # older: K.random_normal(shape=K.shape(z_mean))",
            means=f"A fixed batch_size in the shape gives {max(both[0][0] or 0, both[1][0] or 0)} rows, however many "
            "samples the last batch holds.",
        ),
        Change("Or use whole batches only.", code="x = x[: len(x) // batch_size * batch_size]"),
    )


def as_many_as_samples(finding: Finding) -> tuple[Change, ...]:
    """Noise for the samples at hand."""
    both = finding.named.get("both", ())[:2]
    if "noise" not in finding.values or len(both) != 2:
        return ()
    width = ", ".join(map(str, both[0][1:]))
    return (
        Change(
            "Draw as much noise as there are samples: take the shape from the tensor.",
            code="epsilon = keras.random.normal(ops.shape(z_mean))  # older: K.random_normal(shape=K.shape(z_mean))",
            means=f"The last batch holds {both[0][0]} samples: ({both[0][0]}, {width}).",
        ),
        Change("Or use whole batches only.", code=f"x = x[: len(x) // {both[1][0]} * {both[1][0]}]"),
    )


def of_two(finding: Finding) -> tuple[Change, ...]:
    """What may help with two operands that no layer is known for: only what their sizes allow."""
    both = finding.named.get("both", ())[:2]
    plain = (Change("Print both shapes on the line that fails: one of them isn't what you expect.",
                    code="print(a.shape, b.shape)"),)  # fmt: skip
    if len(both) < 2:
        return plain
    (first, second), product = both, "product" in finding.values
    if product and len(first) == len(second) == 2:
        turned = ((1, first[-1] == second[-1]), (0, first[0] == second[0]))
        codes = ("ops.matmul(ops.transpose(a), b)", "ops.matmul(a, ops.transpose(b))")
        helped = tuple(Change("Transpose one of the two.", code=codes[place]) for place, fits in turned if fits)
        return helped or _as_a_kernel(first, second) or plain
    if _MATRICES.search(finding.around) and len(first) == len(second) > 2 and first[-1] == second[-1]:
        return (
            Change("Multiply with the second one transposed, as attention does with its keys.",
                   code="scores = ops.matmul(a, ops.swapaxes(b, -1, -2))  # tf.matmul(a, b, transpose_b=True)"),
            *plain,
        )  # fmt: skip
    small = tuple(itertools.islice(_broadcast(first, second), 2))
    return small or _times(first, second) or _places(first, second) or plain


_MATRICES = re.compile(r"matmul|matrix size", re.IGNORECASE)


def _as_a_kernel(first: Sizes, second: Sizes) -> tuple[Change, ...]:
    """(64, 2048) and (512, 10): the second one is most often the kernel of a Dense, made for other features."""
    width, (depth, columns) = first[-1], second
    if width is None or depth is None or columns is None:
        return ()
    more = (
        f"There are {width // depth} times as many: images of a different size, or an axis that was flattened too."
        if width % depth == 0
        else ""
    )
    return (
        Change(f"Give the model data of the size that it was built for: {depth} features reach this layer then.",
               code="print(model.input_shape, x.shape)", means=more),
        Change(f"Or build it for these data: a new Dense reads the {width} by itself.",
               code=f"layers.Dense({columns})"),
    )  # fmt: skip


def _times(first: Sizes, second: Sizes) -> tuple[Change, ...]:
    """(2048,) and (8192,): two arrays that were laid out in a row, one with several numbers for each of the other."""
    if len(first) != 1 or len(second) != 1 or not first[0] or not second[0]:
        return ()
    less, more = sorted((first[0], second[0]))
    if less < 2 or more % less or more == less:
        return ()
    return (
        Change(
            f"If the {more // less} are classes, keep the most likely one for each item.",
            code="y_pred = ops.argmax(y_pred, axis=-1)",
            means=(
                f"{more} is {more // less} times {less}: both were flattened, and one has {more // less} numbers for "
                "each number of the other."
            ),
        ),
    )


def _places(first: Sizes, second: Sizes) -> tuple[Change, ...]:
    """A sequence, and a table with a row for each place in it that is longer, shorter or of another width."""
    sequence, table = (second, first) if _is_table(first) and not _is_table(second) else (first, second)
    if len(sequence) != 3 or not _is_table(table) or None in (*sequence[1:], *table):
        return ()
    steps, width, rows, wide = sequence[1] or 0, sequence[2] or 0, table[-2] or 0, table[-1] or 0
    if width != wide:
        return _as_wide(steps, width, rows, wide) if len(table) == 3 else ()
    if rows > steps and len(table) == 3:
        return (_rows_of_steps(steps, rows), _rows_made(steps, wide, rows))
    return (
        _rows_made(steps, wide, rows),
        Change(f"Or make the sequence {rows} steps long.", code=f"keras.Input(shape=({rows}, …))"),
    )


def _is_table(sizes: Sizes) -> bool:
    """(100, 16), or (1, 100, 16): the same for all samples."""
    return len(sizes) == 2 or (len(sizes) == 3 and sizes[0] == 1 and sizes[1] != 1)


def _rows_made(steps: int, wide: int, rows: int) -> Change:
    return Change(
        f"Make the table {steps} rows long, one for each step of the sequence.",
        code=f"layers.Embedding({steps}, {wide})(ops.arange({steps}))",
        means=f"The table has {rows} rows, like an embedding of {rows} positions.",
    )


def _rows_of_steps(steps: int, rows: int) -> Change:
    return Change(
        f"Take as many rows of the table as the sequence has steps: {steps} of {rows}.",
        code=f"x = x + table[:, :{steps}, :]",
        means="Each row is the encoding of one position; later ones aren't needed.",
    )


def _as_wide(steps: int, width: int, rows: int, wide: int) -> tuple[Change, ...]:
    """A table of positions that was made for another width than the sequence has."""
    cut = f"[:, :{steps}, :]" if rows > steps else ""
    more = f" Then take its first {steps} rows, one for each step." if rows > steps else ""
    return (
        Change(
            f"Make the table of positions {width} wide, like the sequence.",
            code=f"table = positional_encoding({max(rows, steps)}, {width})\nx = x + table{cut}",
            means=f"Both need the same width, often called d_model.{more}",
        ),
        Change(
            f"Or make the sequence {wide} wide, like the table.",
            code=f"layers.Embedding(vocabulary, {wide})",
            means=f"If the sequence isn't an embedding, a Dense({wide}) does the same.{more}",
        ),
    )


_WHICH = {"a": "a, the first operand", "b": "b, the second operand"}  # as the message prints them


def _broadcast(first: Sizes, second: Sizes) -> Iterator[Change]:
    """Small changes after which the smaller one broadcasts to the larger; NumPy says so, and what comes out."""
    if len(first) != len(second):
        yield from _as_long_as_the_last(first, second)
    for name, one, other in (("a", first, second), ("b", second, first)):
        if len(one) == len(other) + 1 and one[-1] == 1:
            yield from _tried(f"Drop the last axis of {_WHICH[name]}: its size is 1.", f"{name} = {name}[..., 0]",
                              one[:-1], other)  # fmt: skip
        if len(one) < len(other):
            yield from _spread(name, one, other)
    yield from _reordered(first, second)


def _as_long_as_the_last(first: Sizes, second: Sizes) -> Iterator[Change]:
    """One number per row of an image, where layers keep one per channel: the size of a different axis was taken."""
    name, vector, other = ("a", first, second) if len(first) == 1 else ("b", second, first)
    if len(vector) != 1 or len(other) < 4 or other[0] is not None or vector[0] not in other[1:-1]:
        return
    last = other[-1]
    yield from _tried(
        f"If {_WHICH[name]}, holds one number per channel, make it {last} long: take the last axis, input_shape[-1].",
        f"{name} = self.add_weight(shape=(input_shape[-1],))",
        (last,),
        other,
    )


def _spread(name: str, one: Sizes, other: Sizes) -> Iterator[Change]:
    """New axes of size 1, so that each axis meets the one of its own size. In front they come by themselves."""
    missing = len(other) - len(one)
    for added in range(missing if one[:1] == (None,) else 1, missing + 1):  # a batch meets a batch
        rank = len(one) + added
        for places in itertools.combinations(range(1, rank), added):
            rest = iter(one)
            shape = tuple(1 if place in places else next(rest) for place in range(rank))
            yield from _tried(_new_axes(name, places, rank), _spread_code(name, places, shape), shape, other)


def _new_axes(name: str, places: tuple[int, ...], rank: int) -> str:
    """The label: how many axes, and where."""
    count = "an axis" if len(places) == 1 else f"{len(places)} axes"
    where = f"axis {places[0]}" if len(places) == 1 else f"axes {', '.join(map(str, places[:-1]))} and {places[-1]}"
    at_the_end = places[0] == rank - len(places)
    return f"Add {count} of size 1 to {_WHICH[name]}: {'at the end' if at_the_end else f'as {where}'}."


def _spread_code(name: str, places: tuple[int, ...], shape: Sizes) -> str:
    """In a model as a layer, which keeps the batch; for arrays in NumPy."""
    if shape[0] is None:
        return f"{name} = layers.Reshape({shape[1:]})({name})"
    if places[0] == len(shape) - len(places):
        return f"{name} = {name}[{', '.join(['...', *['np.newaxis'] * len(places)])}]"
    keys = ["np.newaxis" if place in places else ":" for place in range(places[-1] + 1)]
    return f"{name} = {name}[{', '.join(keys)}]"


def _reordered(first: Sizes, second: Sizes) -> Iterator[Change]:
    """The same sizes in another order."""
    rank = len(first)
    if rank != len(second) or rank < 2 or rank > 5:
        return
    if rank == 2:
        if None not in (*first, *second):  # the axis of samples stays in front
            yield from _tried(
                f"Transpose {_WHICH['b']}: its axes are in the wrong order.", "b = b.T", first, second[::-1]
            )
        return
    for order in itertools.permutations(range(1, rank)):
        axes = (0, *order)
        if tuple(second[place] for place in axes) == first:
            label = f"Reorder the axes of {_WHICH['b']}: its sizes are those of a, in a different order."
            yield from _tried(label, f"b = ops.transpose(b, {axes})", first, first)
            return


_BATCH = 9_973  # for an open batch: a size that no other axis has


def _tried(label: str, code: str, one: Sizes, other: Sizes) -> Iterator[Change]:
    """The change, where NumPy makes one shape of both. An open size may only be the batch."""
    if None in (*one[1:], *other[1:]) or _BATCH in (*one, *other):
        return
    try:
        made = np.broadcast_shapes(*(tuple(_BATCH if n is None else n for n in sizes) for sizes in (one, other)))
    except ValueError:
        return
    told = tuple(None if n == _BATCH else n for n in made)
    if told in (one, other):  # else both grow: (24, 1) and (24,) make (24, 24), which nobody means
        yield Change(label, code=code, means=f"The result is {told}.", tried=Attempt(True, True, told))
