"""Counts of attention with heads and of convolutions along time, taken apart and held against the layer's sheet."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.spec import Argument, LayerSpec, Sizes
from explainers.reading.shapes import space, weights_of

MOST_HEADS = 128
_USUAL = (64, 32, 128, 16, 8)  # widths of a head that people choose


def attention(name: str, inputs: tuple[Sizes, ...], params: int) -> Iterator[LayerSpec]:
    """heads × key_dim follows from the count; which of them is which is asked, the usual ones first."""
    features = inputs[0][-1] if inputs and inputs[0] else None
    if not features:
        return
    several = inputs if len(inputs) > 1 else (*inputs, *inputs)
    found: list[tuple[bool, int, LayerSpec]] = []
    for without_bias in (False, True):
        more: dict[str, Argument] = {"use_bias": False} if without_bias else {}
        one = weights_of(_spec("MultiHeadAttention", name, num_heads=1, key_dim=1, **more), several)
        each = weights_of(_spec("MultiHeadAttention", name, num_heads=1, key_dim=2, **more), several) - one
        together, rest = divmod(params - one + each, each)  # how many head × key_dim there are
        if rest or together < 1:
            continue
        for heads in (n for n in range(1, MOST_HEADS + 1) if together % n == 0):
            key_dim = together // heads
            spec = _spec("MultiHeadAttention", name, num_heads=heads, key_dim=key_dim, **more)
            found.append((without_bias, _rank(heads, key_dim, features), spec))
    yield from (spec for *_, spec in sorted(found, key=lambda reading: reading[:2]))


def _rank(heads: int, key_dim: int, features: int) -> int:
    """The heads share the features out, or each is as wide as the input, or as wide as people make them."""
    if heads > 1 and heads * key_dim == features:
        return 0
    if key_dim == features:
        return 1
    return 2 + _USUAL.index(key_dim) if key_dim in _USUAL else 9 + heads


def along_time(class_name: str, name: str, inputs: tuple[Sizes, ...], out: Sizes, params: int) -> Iterator[LayerSpec]:
    """The kernel of a ConvLSTM: the one whose sheet has exactly this count."""
    filters, rank = out[-1], space(class_name)
    entering = inputs[0] if inputs else ()
    if not filters or len(entering) != rank + 3:
        return
    for kernel in range(1, 16):
        for bias in (True, False):
            more: dict[str, Argument] = {} if bias else {"use_bias": False}
            size: Argument = kernel if rank == 1 else (kernel,) * rank
            spec = _spec(class_name, name, filters=filters, kernel_size=size, **more)
            if weights_of(spec, (entering,)) == params:
                padding = "same" if out[-1 - rank : -1] == entering[2:-1] else "valid"
                every: dict[str, Argument] = {"return_sequences": True} if len(out) == rank + 3 else {}
                yield spec.but(padding=padding, **every)


def _spec(class_name: str, name: str, **arguments: Argument) -> LayerSpec:
    return LayerSpec(class_name, name, tuple(arguments.items()))
