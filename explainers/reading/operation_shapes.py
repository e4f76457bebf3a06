"""Shapes behind functions of keras.ops that cut, take, repeat or compare; no Keras here."""

from __future__ import annotations

from collections.abc import Callable

from explainers.core.spec import LayerSpec, Sizes

Shapes = tuple[Sizes, ...]
_Rule = Callable[[LayerSpec, Shapes], "Shapes | None"]
_MOST_PARTS = 64  # tensors that one call returns


def cut_or_taken(layer: LayerSpec, name: str, inputs: Shapes) -> Shapes | None:
    """The shapes that come out; None where no rule here knows the operation, or its arguments."""
    rule = _RULES.get(name)
    return rule(layer, inputs) if rule is not None else None


def broadcast(shapes: tuple[Sizes, ...]) -> Sizes | None:
    """Axes lined up from the right, where an axis of 1 stretches; None where they don't fit."""
    rank = max(len(shape) for shape in shapes)
    out: list[int | None] = []
    for place in range(-rank, 0):
        sizes = {shape[place] for shape in shapes if len(shape) >= -place} - {1}
        if len(sizes - {None}) > 1:
            return None
        out.append(next(iter(sizes - {None}), None if None in sizes else 1))
    return tuple(out)


def _place(layer: LayerSpec, rank: int, default: int | None = None) -> int | None:
    axis = layer.get("axis", default)
    return axis % rank if isinstance(axis, int) and -rank <= axis < rank else None


def _with(shape: Sizes, place: int, *sizes: int | None) -> Sizes:
    return (*shape[:place], *sizes, *shape[place + 1 :])


def _split(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    shape, how = inputs[0], layer.get("indices_or_sections")
    place = _place(layer, len(shape), 0)
    if place is None:
        return None
    size = shape[place]
    if isinstance(how, int) and 0 < how <= _MOST_PARTS:
        return None if size is None or size % how else (_with(shape, place, size // how),) * how
    ends = [end for end in how if isinstance(end, int)] if isinstance(how, tuple) else []
    if size is None or not ends or len(ends) >= _MOST_PARTS or sorted({0, *ends, size}) != [0, *ends, size]:
        return None
    return tuple(_with(shape, place, high - low) for low, high in zip([0, *ends], [*ends, size], strict=True))


def _unstacked(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    place = _place(layer, len(inputs[0]), 0)
    count = inputs[0][place] if place is not None else None
    if place is None or count is None or not 0 < count <= _MOST_PARTS:
        return None
    return (_with(inputs[0], place),) * count


def _taken(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    place, indices = _place(layer, len(inputs[0])), layer.get("indices")
    if place is None:
        return None
    if len(inputs) > 1:
        return (_with(inputs[0], place, *inputs[1]),)
    return (_with(inputs[0], place, *((len(indices),) if isinstance(indices, tuple) else ())),)


def _best(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    k = layer.get("k", 1)
    return ((*inputs[0][:-1], k),) * 2 if isinstance(k, int) and inputs[0] else None


def _moments(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    axes, rank = layer.get("axes"), len(inputs[0])
    gone = {axis % rank for axis in (axes if isinstance(axes, tuple) else (axes,)) if isinstance(axis, int)}
    if layer.get("keepdims") is True:
        return (tuple(1 if i in gone else n for i, n in enumerate(inputs[0])),) * 2
    return (tuple(n for i, n in enumerate(inputs[0]) if i not in gone),) * 2


def _segments(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    count = layer.get("num_segments")
    return ((count if isinstance(count, int) else None, *inputs[0][1:]),)


def _compared(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    made = broadcast(inputs)
    return None if made is None else (made,)


def _kept(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    return (inputs[0],)


def _one_hot(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    count = layer.get("num_classes")
    return ((*inputs[0], count),) if isinstance(count, int) and layer.get("axis", -1) == -1 else None


def _moved(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    rank = len(inputs[0])
    source, target = layer.get("source"), layer.get("destination")
    if not isinstance(source, int) or not isinstance(target, int) or max(abs(source), abs(target)) > rank:
        return None
    order = [place for place in range(rank) if place != source % rank]
    order.insert(target % rank, source % rank)
    return (tuple(inputs[0][place] for place in order),)


def _tiled(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    times = layer.get("repeats")
    factors = [n for n in times if isinstance(n, int)] if isinstance(times, tuple) else []
    if len(factors) != len(inputs[0]):
        return None
    return (tuple(None if n is None else n * k for n, k in zip(inputs[0], factors, strict=True)),)


def _repeated(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    place, times = _place(layer, len(inputs[0])), layer.get("repeats")
    if place is None or not isinstance(times, int):
        return None
    size = inputs[0][place]
    return (_with(inputs[0], place, None if size is None else size * times),)


def operands(layer: LayerSpec, inputs: Shapes) -> Shapes:
    """The shapes of what an operation combines, the weight of a class among them."""
    weight = layer.get("weight")
    held = (tuple(n if isinstance(n, int) else None for n in weight),) if isinstance(weight, tuple) else ()
    return (*held, *inputs) if layer.get("weight_first") is True else (*inputs, *held)


def _terms(layer: LayerSpec, inputs: Shapes) -> tuple[tuple[str, ...], str] | None:
    """The letters of each operand and those of the result; None where they aren't written out for these shapes."""
    words = str(layer.get("subscripts", "")).replace(" ", "")
    before, arrow, after = words.partition("->")
    terms = tuple(before.split(","))
    if not arrow or "." in words or len(words) > 80 or [len(term) for term in terms] != [len(n) for n in inputs]:
        return None
    return terms, after


def letter_apart(layer: LayerSpec, inputs: Shapes) -> tuple[str, int, int] | None:
    """A letter of an einsum that stands for two different sizes: Keras doesn't compare them before data come."""
    inputs = operands(layer, inputs)
    found = _terms(layer, inputs)
    sizes: dict[str, int] = {}
    for term, shape in zip(found[0] if found is not None else (), inputs, strict=False):
        for letter, n in zip(term, shape, strict=True):
            if n is None or n == 1:
                continue
            if sizes.setdefault(letter, n) != n:
                return letter, sizes[letter], n
    return None


def _einsum(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    """``"bqd,bkd->bqk"``: each letter is one axis."""
    found = _terms(layer, operands(layer, inputs))
    if found is None or letter_apart(layer, inputs) is not None:
        return None
    sizes: dict[str, int | None] = {}
    for term, shape in zip(found[0], operands(layer, inputs), strict=True):
        for letter, n in zip(term, shape, strict=True):
            sizes[letter] = max(n or 0, sizes.get(letter) or 0) or None
    return (tuple(sizes[letter] for letter in found[1]),) if set(found[1]) <= set(sizes) else None


def _resized(layer: LayerSpec, inputs: Shapes) -> Shapes | None:
    size = layer.get("size")
    if len(inputs[0]) != 4 or not isinstance(size, tuple) or len(size) != 2:
        return None
    high, wide = size
    known = isinstance(high, int) and isinstance(wide, int)
    return ((inputs[0][0], int(str(high)), int(str(wide)), inputs[0][3]),) if known else None


_COMPARING = (
    *("greater", "greater_equal", "less", "less_equal", "equal", "not_equal", "where"),
    *("logical_and", "logical_or", "logical_xor", "divide_no_nan", "arctan2"),
)
_KEEPING = (
    *("logical_not", "isnan", "isfinite", "isinf", "sort", "argsort", "cumprod", "tril", "triu", "roll", "nan_to_num"),
    *("log_sigmoid", "celu", "hard_tanh", "hard_silu", "tanh_shrink", "soft_shrink", "sparsemax", "squareplus"),
    *("log2", "log10", "exp2", "cosh", "sinh", "arctan", "tan", "reciprocal", "threshold", "sparse_sigmoid", "clip"),
)
_RULES: dict[str, _Rule] = {
    **dict.fromkeys(("split", "array_split"), _split),
    "unstack": _unstacked,
    "take": _taken,
    "top_k": _best,
    "moments": _moments,
    **dict.fromkeys(("segment_sum", "segment_max", "segment_min", "segment_prod"), _segments),
    **dict.fromkeys(_COMPARING, _compared),
    **dict.fromkeys(_KEEPING, _kept),
    "one_hot": _one_hot,
    "moveaxis": _moved,
    "tile": _tiled,
    "repeat": _repeated,
    "einsum": _einsum,
    "image.resize": _resized,
}
