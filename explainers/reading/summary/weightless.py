"""Rows without a count: the arguments of a layer without weights, by the shapes before and behind it."""

from __future__ import annotations

import math

from explainers.core.layers import sheet
from explainers.core.spec import Argument, Sizes
from explainers.reading.shapes import conv_length, space
from explainers.reading.summary.by_sheet import examples_for
from explainers.reading.summary.one import Reading, last, make


def without_weights(class_name: str, name: str, into: tuple[Sizes, ...], out: Sizes) -> list[Reading]:
    """Layers with no weights: pooling, flatten, reshape, merges, dropout."""
    first = into[0] if into else None
    facts = sheet(class_name)
    group = facts.group if facts is not None else ""
    if group == "global_pool":
        return [Reading(make(class_name, name), out[-1])]
    if group == "pool":
        return _pooling(class_name, name, first, out)
    arguments = _rearranged(class_name, group, into, out)
    if arguments is None:
        return []
    layer = make(class_name, name, **arguments)
    same = group == "same"
    return [Reading(layer, out[-1] if same else last(first), "", out if same else None)]


def _rearranged(class_name: str, group: str, into: tuple[Sizes, ...], out: Sizes) -> dict[str, Argument] | None:
    """The arguments of a layer without weights; None where the shapes can't be right."""
    first = into[0] if into else None
    if group == "same":
        return examples_for(class_name) if first is None or first == out else None
    if class_name == "Reshape":
        return {"target_shape": tuple(-1 if n is None else n for n in out[1:])}
    if class_name == "RepeatVector" and len(out) == 3 and out[1]:
        return {"n": out[1]}
    if first is None:
        return {} if class_name == "Flatten" else None
    if class_name == "Flatten":
        whole = [n for n in first[1:] if n is not None]
        return {} if len(whole) < len(first) - 1 or math.prod(whole) == out[-1] else None
    if class_name == "Permute" and len(first) == len(out):
        dims = [
            next((i for i, n in enumerate(first) if (i and n == size and i != place) or len(set(first[1:])) == 1), 1)
            for place, size in enumerate(out)
            if place
        ]
        return (
            {"dims": tuple(dims)}
            if sorted(dims) == list(range(1, len(first)))
            else {"dims": tuple(range(len(first) - 1, 0, -1))}
        )
    if class_name.startswith(("ZeroPadding", "Cropping", "UpSampling")) and len(first) == len(out):
        return _resized(class_name, first, out)
    if class_name == "Concatenate" and len(into) > 1:
        axes = [
            i
            for i in range(1, len(out))
            if all(len(s) == len(out) for s in into) and _summed(into, i) == out[i] and out[i] != first[i]
        ]
        return {"axis": axes[0] if axes[0] != len(out) - 1 else -1} if axes else None
    if class_name == "Dot" and len(into) > 1:
        return {"axes": -1}
    return {} if group == "merge" and class_name not in ("Concatenate", "Dot") else None


def _summed(into: tuple[Sizes, ...], axis: int) -> int | None:
    parts = [shape[axis] for shape in into]
    return None if None in parts else sum(n for n in parts if n is not None)


def _resized(class_name: str, first: Sizes, out: Sizes) -> dict[str, Argument] | None:
    pairs = [(a, b) for a, b in zip(first[1:-1], out[1:-1], strict=True) if a and b]
    if class_name.startswith("UpSampling"):
        size: Argument = (
            tuple(b // a for a, b in pairs) if len(pairs) > 1 else pairs[0][1] // pairs[0][0] if pairs else 2
        )
        return {"size": size}
    sign = 1 if class_name.startswith("ZeroPadding") else -1
    grown = tuple(sign * (b - a) for a, b in pairs)
    both: Argument = tuple((g // 2, g - g // 2) for g in grown)
    key = "padding" if sign == 1 else "cropping"
    return (
        None
        if any(g < 0 for g in grown)
        else {key: (grown[0] // 2, grown[0] - grown[0] // 2) if len(grown) == 1 else both}
    )


def _pooling(class_name: str, name: str, first: Sizes | None, out: Sizes) -> list[Reading]:
    rank = space(class_name)
    if first is None or len(first) != rank + 2 or len(out) != rank + 2:
        return [Reading(make(class_name, name, pool_size=2), out[-1])] if first is None else []
    found = []
    for padding in ("valid", "same"):
        sizes: list[int] = []
        for length, left in zip(first[1:-1], out[1:-1], strict=True):
            fits = [p for p in range(1, min(length or 2, 4096) + 1) if conv_length(length, p, p, padding) == left]
            if length is None:
                fits = [2]
            if not fits:
                break
            sizes.append(fits[0])
        else:
            more: dict[str, Argument] = {"padding": "same"} if padding == "same" else {}
            layer = make(class_name, name, pool_size=sizes[0] if rank == 1 else tuple(sizes), **more)
            found.append(Reading(layer, first[-1]))
    return found or _overlapping(class_name, name, first, out)


def _overlapping(class_name: str, name: str, first: Sizes, out: Sizes) -> list[Reading]:
    """A pool whose strides differ from its size."""
    rank = space(class_name)
    for pool in (2, 3, 4, 5):
        for stride in (1, 2, 3, 4):
            for padding in ("valid", "same"):
                if all(conv_length(a, pool, stride, padding) == b for a, b in zip(first[1:-1], out[1:-1], strict=True)):
                    layer = make(
                        class_name,
                        name,
                        pool_size=pool if rank == 1 else (pool,) * rank,
                        strides=stride if rank == 1 else (stride,) * rank,
                        padding=padding,
                    )
                    return [Reading(layer, first[-1])]
    return []
