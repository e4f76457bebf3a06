"""Tensors that are joined and differ where they must agree."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.editing import with_arguments, with_layer_before
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, written
from explainers.core.spec import LayerSpec, Sizes


def _two(broken: Broken) -> tuple[Sizes, Sizes] | None:
    return (broken.reaching[0], broken.reaching[1]) if broken.call is not None and len(broken.reaching) == 2 else None


def _apart(one: Sizes, other: Sizes) -> list[int]:
    """The axes behind the batch on which two shapes of one rank differ."""
    return [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if i and a != b]


def joined_where_they_differ(broken: Broken) -> Iterator[Mend]:
    """Concatenate along the only axis on which the two differ."""
    two = _two(broken)
    if two is None or len(two[0]) != len(two[1]) or broken.layer.class_name != "Concatenate" or broken.call is None:
        return
    apart = _apart(*two)
    if len(apart) == 1:
        spec = with_arguments(broken.spec, broken.spec.calls[broken.call].layer, axis=apart[0])
        yield Mend(
            f"Join them on axis {apart[0]}, the only one on which they differ.",
            f"layers.Concatenate(axis={apart[0]})([a, b])",
            spec,
            "",
            2,
        )


def sides_made_equal(broken: Broken) -> Iterator[Mend]:
    """Pictures or sequences whose sides differ: cut the larger one, or add zeros to the smaller one."""
    two = _two(broken)
    if two is None or len(two[0]) != len(two[1]) or not 3 <= len(two[0]) <= 5 or broken.call is None:
        return
    rank = len(two[0]) - 2
    pairs = list(zip(two[0][1:-1], two[1][1:-1], strict=True))
    if any(None in pair for pair in pairs):
        return
    more = [(a or 0) - (b or 0) for a, b in pairs]
    if not any(more) or (min(more) < 0 < max(more)):
        return
    larger = 0 if max(more) > 0 else 1
    gaps = tuple((abs(n) // 2, abs(n) - abs(n) // 2) for n in more)
    argument = gaps[0] if rank == 1 else gaps
    for what, name, place, label in (
        ("ZeroPadding", "padding", 1 - larger, "Add zeros to the smaller one."),
        ("Cropping", "cropping", larger, "Or cut the larger one."),
    ):
        layer = LayerSpec(f"{what}{rank}D", "sides", ((name, argument),))
        then = two[larger if what == "ZeroPadding" else 1 - larger][1:-1]
        yield Mend(
            label,
            f"layers.{what}{rank}D({argument})",
            with_layer_before(broken.spec, broken.call, layer, place),
            f"Both are {written(then)} then.",
            1,
        )


def widths_made_equal(broken: Broken) -> Iterator[Mend]:
    """A Dense that gives the one as many columns as the other has."""
    two = _two(broken)
    if two is None or len(two[0]) != len(two[1]) or broken.call is None:
        return
    wanted = two[0][-1]
    if _apart(*two) == [len(two[0]) - 1] and wanted is not None and two[1][-1] is not None:
        dense = LayerSpec("Dense", "same_width", (("units", wanted),))
        yield Mend(
            f"Give the second one {wanted} columns, too.",
            f"layers.Dense({wanted})(b)",
            with_layer_before(broken.spec, broken.call, dense, 1),
            "",
            2,
        )


def ranks_made_equal(broken: Broken) -> Iterator[Mend]:
    """A vector and a sequence: repeat the one, or take the mean of the other."""
    two = _two(broken)
    if two is None or sorted(map(len, two)) != [2, 3] or broken.call is None:
        return
    vector, sequence = (0, 1) if len(two[0]) == 2 else (1, 0)
    steps = two[sequence][1]
    if steps is not None:
        repeat = LayerSpec("RepeatVector", "repeated", (("n", steps),))
        yield Mend(
            f"Repeat the vector for each of the {steps} steps.",
            f"layers.RepeatVector({steps})",
            with_layer_before(broken.spec, broken.call, repeat, vector),
            "",
            2,
        )
    pool = LayerSpec("GlobalAveragePooling1D", "mean_over_steps")
    yield Mend(
        "Or take the mean of the sequence over its steps.",
        "layers.GlobalAveragePooling1D()",
        with_layer_before(broken.spec, broken.call, pool, sequence),
        "",
        3,
    )


JOINED = (sides_made_equal, joined_where_they_differ, widths_made_equal, ranks_made_equal)
