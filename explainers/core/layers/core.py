"""The core layers: Dense and its relatives, embeddings, and what carries a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape
from explainers.core.layers.sheet import Ruling, Sheet, argument, as_role, reading, same, weights

SECTION = "Core layers"
EQUATION = re.compile(r"(\.\.\.)?([a-zA-Z]*)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]*)(\.\.\.)?")


def _dense(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    *kept, features = inputs[0]
    units = argument(layer, "units", layer.units, "units")
    bias = (units,) if layer.use_bias else None
    held = weights(layer, kernel=(as_role(features, "features"), units), bias=bias)
    return Ruling(((*kept, units),), held, f"Replaces the last axis, {features.axis}, with units.",
                  verb=f"mixes {features.axis if len(features.axis) < 9 else 'the last axis'}")  # fmt: skip


def _reads_last(layer: Any, rank: int, place: int) -> tuple[str, ...]:
    """Dense cares about the last axis only."""
    return ("batch", *[""] * (rank - 2), "features") if rank > 1 else ()


# -- EinsumDense ---------------------------------------------------------------------------------------------


def _einsum_dense(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """Every letter of the equation is an axis: of the input, or new with a size from output_shape."""
    entering, kernel, leaving = _letters(layer.equation.replace(" ", ""), len(inputs[0]))
    axes = dict(zip(entering, inputs[0], strict=True))
    sized = _sized(layer, leaving)
    axes |= _new_axes(layer, [letter for letter in leaving if letter not in axes], sized)
    gone = [letter for letter in kernel if letter not in leaving]
    rows = {letter: as_role(axes[letter], "features") for letter in gone} if len(gone) == 1 else {}
    held = weights(
        layer,
        kernel=tuple({**axes, **rows}[letter] for letter in kernel),
        bias=_einsum_bias(layer, leaving, axes) if layer.bias_axes else None,
    )
    summed = ", ".join(axes[letter].axis for letter in gone) or "nothing"
    why = f"The equation {layer.equation} sums over {summed}; letters that only the kernel has are new axes."
    # Keras takes output_shape at its word: an axis that is None there is declared open, whatever comes in.
    output = tuple(axes[letter].resized(sized.get(letter, axes[letter].size)) for letter in leaving)
    more = _beyond_the_letters(layer, leaving)
    if more:
        why = (
            f"{why} After an ellipsis output_shape has one number for each letter. Keras declares all of "
            f"{_output_shape(layer)}; with data, the output has only the first {len(_output_shape(layer)) - len(more)}."
        )
    return Ruling((output,), held, why, otherwise=((*_turned_dots(leaving, output), *more),))


def _beyond_the_letters(layer: Any, leaving: list[str]) -> Shape:
    """Sizes in output_shape that no letter behind an ellipsis has: declared by Keras all the same."""
    dots = sum(letter.isdigit() for letter in leaving)
    wanted, named = _output_shape(layer), len(leaving) - dots
    if not dots or not leaving[0].isdigit():
        return ()
    return tuple(
        Axis(f"output_shape[{place}]", size, f"output_shape={wanted} of EinsumDense {layer.name}, beyond its letters")
        for place, size in enumerate(wanted)
        if place >= named
    )


def _turned_dots(leaving: list[str], output: Shape) -> Shape:
    """The axes of leading dots in the order of Keras' static shape, which is the wrong way round for two or more."""
    dots = [place for place, letter in enumerate(leaving) if letter.isdigit() and place]
    turned = {place: output[other] for place, other in zip(dots, reversed(dots), strict=True)}
    return tuple(turned.get(place, axis) for place, axis in enumerate(output))


def _letters(equation: str, rank: int) -> tuple[list[str], list[str], list[str]]:
    """``"...b,bc->...c"`` at rank 3 -> (["0", "1", "b"], ["b", "c"], ["0", "1", "c"]): digits stand for the dots."""
    match = EQUATION.fullmatch(equation)
    if match is None:
        raise ValueError(f'{equation!r} isn\'t an equation of EinsumDense, as "ab,bc->ac" is.')
    before, named, behind, kernel, out_before, out, out_behind = match.groups("")
    dots = [str(i) for i in range(rank - len(named))] if before or behind else []
    entering = [*(dots if before else []), *named, *(dots if behind else [])]
    return entering, list(kernel), [*(dots if out_before else []), *out, *(dots if out_behind else [])]


def _sized(layer: Any, leaving: list[str]) -> dict[str, int | None]:
    """The sizes that output_shape, which doesn't count the batch, gives to letters."""
    wanted = _output_shape(layer)
    behind = leaving if leaving and leaving[0].isdigit() else leaving[1:]
    return dict(zip([letter for letter in behind if not letter.isdigit()], wanted, strict=False))


def _output_shape(layer: Any) -> tuple[int | None, ...]:
    asked = layer.partial_output_shape if hasattr(layer, "partial_output_shape") else layer.output_shape
    return tuple(asked) if isinstance(asked, tuple | list) else (asked,)


def _new_axes(layer: Any, new: list[str], sized: dict[str, int | None]) -> dict[str, Axis]:
    """The axes that only the kernel brings: units, or units_1, units_2 where there are several."""
    return {
        letter: Axis(
            "units" if len(new) == 1 else f"units_{i + 1}",
            sized[letter],
            f"{letter} in {layer.equation!r}, output_shape={_output_shape(layer)} of EinsumDense {layer.name}",
            (f"{layer.name}.output_shape",),
        )
        for i, letter in enumerate(new)
    }


def _einsum_bias(layer: Any, leaving: list[str], axes: dict[str, Axis]) -> Shape:
    first = min(leaving.index(letter) for letter in layer.bias_axes)
    one = Axis("1", 1, f"bias_axes={layer.bias_axes!r} of {layer.name}: one for all", (f"{layer.name}.bias_axes",))
    return tuple(axes[letter] if letter in layer.bias_axes else one for letter in leaving[first:])


# -- embeddings ----------------------------------------------------------------------------------------------


def _embedding(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    rows = argument(layer, "input_dim", layer.input_dim, "input_dim")
    columns = argument(layer, "output_dim", layer.output_dim, "output_dim")
    held = weights(layer, embeddings=(rows, columns))
    features = replace(columns, axis="features")
    why = "Looks up each id and adds an axis: output_dim numbers for it."
    return Ruling(((*inputs[0], features),), held, why, verb="looks up each id")


def _reversible_embedding(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    ruling = _embedding(layer, inputs)
    rows, columns = ruling.weights[0].shape
    back = weights(layer, reverse_embeddings=None if layer.tie_weights else (columns, rows))
    return replace(ruling, weights=(*ruling.weights, *back), otherwise=((*inputs[0][:-1], rows),))


def _reads_ids(layer: Any, rank: int, place: int) -> tuple[str, ...]:
    """Ids along time; a set of such sequences."""
    sets = ("sequences",) if rank < 4 else tuple(f"sequences_{number}" for number in range(1, rank - 1))
    return ("batch", *sets[: rank - 2], "timesteps")[:rank]


SHEETS = (
    Sheet("InputLayer", "input", same, why_not="what you feed"),
    Sheet("Embedding", "embedding", _embedding, reads=_reads_ids,
          **reading("batch timesteps", made="output_dim", least=True)),
    Sheet("ReversibleEmbedding", "embedding", _reversible_embedding, reads=_reads_ids,
          **reading("batch timesteps", made="output_dim", least=True)),
    Sheet("Masking", "same", same),
    Sheet("Lambda", "custom", why_not="it does whatever its function does, so its axes are recognized by their sizes"),
    Sheet("Dense", "dense", _dense, reads=_reads_last, **reading("batch features", made="units", least=True)),
    Sheet("EinsumDense", "einsum", _einsum_dense),
    Sheet("Identity", "same", same),
    Sheet("Layer", "abstract", why_not="the base class of all layers: it has no call method"),
    Sheet("Wrapper", "abstract", why_not="the base class of wrappers: it has no call method"),
    *(
        Sheet(name, "foreign", why_not=f"it runs a model of {of}, whose axes Keras doesn't know")
        for name, of in (("TFSMLayer", "a TensorFlow SavedModel"), ("TorchModuleWrapper", "PyTorch"),
                         ("JaxLayer", "JAX"), ("FlaxLayer", "Flax"))
    ),
)  # fmt: skip
