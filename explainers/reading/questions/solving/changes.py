"""A shape that became another one: the layer that is named, with the settings that make just that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from explainers.core.layers import RECURRENT, sheet
from explainers.core.layers.signatures import arguments_of
from explainers.core.spec import Argument, LayerSpec, Sizes, snake
from explainers.reading.questions.names import of_rank
from explainers.reading.questions.parsed.mentions import Mention
from explainers.reading.questions.parsed.network import Network, of_layers
from explainers.reading.questions.parsed.parts import Parts, Shaped

_CHANGE = re.compile(r"\bto\b|\binto\b|->|→|\bbecomes?\b|\bbecame\b|\boutputs?\b|\bgives?\b|\bresult\w*|\bafter\b")
_KERNELS = (3, 5, 7, 1, 2, 4, 9, 11)
_STEPS = (1, 2, 3, 4)


def changed_shape(parts: Parts, name: str) -> tuple[Sizes, Sizes] | None:
    """What it was and what it became, with the batch in front; None where the question has no such pair."""
    apart = list({one.sizes: one for one in reversed(parts.shaped)}.values())[::-1]
    if len(apart) != 2:
        return None
    first, second = sorted(apart, key=lambda one: one.start)
    between = parts.words[_end(parts.words, first) : second.start]
    if len(between) > 70 or not _CHANGE.search(between):
        return None
    return _with_batch(first.sizes, second.sizes, name)


def _with_batch(before: Sizes, after: Sizes, name: str) -> tuple[Sizes, Sizes] | None:
    """Both as the layer has them: one sample gets a batch in front, many samples are one."""
    if not before or not after or (before[:1] == (None,)) != (after[:1] == (None,)):
        return None
    if before[:1] == (None,):
        return before, after
    facts = sheet(name)
    rank = facts.rank if facts is not None else None
    many = before[0] == after[0]
    if rank is None or (len(before) == rank - 1 and not (many and (before[0] or 0) > 1)):
        return (None, *before), (None, *after)
    return ((None, *before[1:]), (None, *after[1:])) if many and len(before) == rank else None


def _end(words: str, one: Shaped) -> int:
    closed = min((at for sign in ")]" if (at := words.find(sign, one.start)) >= 0), default=one.start)
    return closed + 1


def solved_change(mention: Mention, before: Sizes, after: Sizes) -> Network | None:
    """The layer with what the question says of it and the usual settings that make the one of the other."""
    if "strides" not in mention.given and (steps := next(_in_steps(mention, before, after), None)) is not None:
        return steps
    for layer in _candidates(mention, before, after):
        made = of_layers(before, (layer,))
        if made is not None and made.after == after:
            return made
    return None


def _in_steps(mention: Mention, before: Sizes, after: Sizes) -> Iterator[Network]:
    """``from (8, 8, 128) to (64, 64, 3)``: a transposed convolution for every time that the sides double."""
    facts = sheet(mention.name)
    doubled = len(before) == len(after) > 2 and None not in (*before[1:], *after[1:])
    if facts is None or not doubled or "Transpose" not in mention.name or facts.made != "filters":
        return
    times = next((n for n in (2, 3, 4, 5) if before[1] and after[1] == before[1] * 2**n), 0)
    channels = before[-1] or 1
    filters = [max(channels // 2**place, 1) for place in range(1, times)] + [after[-1] or 1]
    layers = tuple(
        LayerSpec(mention.name, f"{snake(mention.name)}_{place}",
                  (("filters", count), ("kernel_size", 3), ("strides", 2), ("padding", "same")))
        for place, count in enumerate(filters, 1)
    )  # fmt: skip
    made = of_layers(before, layers) if times else None
    if made is not None and made.after == after:
        yield made


def _candidates(mention: Mention, before: Sizes, after: Sizes) -> Iterator[LayerSpec]:
    name = of_rank(mention.name, len(before)) if 3 <= len(before) <= 5 else mention.name
    facts = sheet(name)
    if facts is None:
        return
    takes = arguments_of(name)
    last = after[-1]
    given = dict(mention.given)
    if last is not None:
        for argument in ("units", "filters", "output_dim"):
            if argument in takes:
                given.setdefault(argument, last)
    if "input_dim" in takes:
        given.setdefault("input_dim", 1000)
    if "target_shape" in takes:
        given["target_shape"] = tuple(size for size in after[1:] if size is not None)
    if name in RECURRENT and len(after) == 3:
        given.setdefault("return_sequences", True)
    if "n" in takes and len(after) == 3 and after[1] is not None:
        given.setdefault("n", after[1])
    yield LayerSpec(name, snake(name), tuple(given.items()))
    for settings in _windows(takes, before, after):
        if all(given.get(key, value) == value for key, value in settings.items()):
            yield LayerSpec(name, snake(name), tuple({**given, **settings}.items()))


def _windows(takes: tuple[str, ...], before: Sizes, after: Sizes) -> Iterator[Mapping[str, Argument]]:
    """Kernels, strides and paddings, the usual ones first."""
    side, made = (before[1], after[1]) if len(before) > 2 and len(after) > 2 else (None, None)
    if side is None or made is None:
        return
    if "pool_size" in takes:
        yield from ({"pool_size": size} for size in (2, 3, 4, 5, 6, 8))
        yield from ({"pool_size": size, "strides": step} for size in (3, 2) for step in (1, 2))
        yield from ({"pool_size": size, "strides": 2, "padding": "same"} for size in (2, 3))
    elif "size" in takes and made % side == 0:
        yield {"size": made // side}
    elif "padding" in takes and "kernel_size" not in takes:
        yield {"padding": (made - side) // 2}
    elif "cropping" in takes:
        yield {"cropping": (side - made) // 2}
    elif "kernel_size" in takes:
        if 0 < side - made < 12:
            yield {"kernel_size": side - made + 1}
        for step in _STEPS:
            wide: dict[str, Argument] = {"strides": step} if step > 1 else {}
            yield {"kernel_size": 3, "padding": "same", **wide}
            yield from ({"kernel_size": kernel, **wide} for kernel in _KERNELS)
