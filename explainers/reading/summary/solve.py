"""Parameter counts taken apart: which arguments give exactly this count with these shapes? No guessing.

Each function returns all readings that fit, the likeliest first. None fitting means: this row can't be right.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from explainers.core.layers import RECURRENT, names_of, sheet
from explainers.core.spec import Argument, LayerSpec, Sizes
from explainers.reading.shapes import conv_length, space
from explainers.reading.summary.asked import is_plain_convolution
from explainers.reading.summary.by_sheet import by_sheet
from explainers.reading.summary.cells import of_all_eras
from explainers.reading.summary.heads import along_time, attention
from explainers.reading.summary.one import Reading, last, make
from explainers.reading.summary.weightless import without_weights


def readings(
    class_name: str, name: str, into: tuple[Sizes, ...], outputs: tuple[Sizes, ...], params: int
) -> list[Reading]:
    """All readings of one row. `into` is () where nothing is known of the input."""
    found = _in_its_own_way(class_name, name, into, outputs, params)
    if found or not into or takes_apart(class_name):
        return found
    found = [Reading(layer, last(into[0])) for layer in by_sheet(class_name, name, into, outputs[0], params)]
    return [replace(reading, formula=_with(reading.layer, params)) if params else reading for reading in found]


def _with(layer: LayerSpec, params: int) -> str:
    """``num_heads 5, key_dim 768: 11,808,768``: where a count is held against the sheet as a whole."""
    sizes = [
        f"{key} {value}" for key, value in layer.arguments if isinstance(value, int) and not isinstance(value, bool)
    ]
    return f"{', '.join(sizes) or layer.class_name}: {params:,}"


def _along_time(layer: LayerSpec, channels: int | None, params: int) -> str:
    """``4 × filters 64 × (kernel 3 × 3 × (channels 64 + filters 64) + 1) = 295,168``."""
    kernel, filters = layer.get("kernel_size"), layer.get("filters")
    sides = " × ".join(map(str, kernel if isinstance(kernel, tuple) else (kernel,)))
    bias = 0 if layer.get("use_bias") is False else 1
    return f"4 × filters {filters} × (kernel {sides} × (channels {channels} + filters {filters}) + {bias}) = {params:,}"


def _in_its_own_way(
    class_name: str, name: str, into: tuple[Sizes, ...], outputs: tuple[Sizes, ...], params: int
) -> list[Reading]:
    """The readings of the classes whose counts are solved, not tried."""
    out = outputs[0]
    first = into[0] if into else None
    solver = _SOLVERS.get(class_name)
    if class_name in RECURRENT:
        return _recurrent(class_name, name, first, outputs, params)
    if class_name in HEADS:
        return [Reading(spec, last(first), _with(spec, params)) for spec in attention(name, into, params)]
    if class_name in ALONG_TIME:
        found = along_time(class_name, name, into, out, params)
        return [Reading(spec, last(first), _along_time(spec, last(first), params)) for spec in found]
    if "Conv" in class_name and "LSTM" not in class_name:
        return _convolution(class_name, name, first, out, params)
    if solver is not None:
        return solver(name, first, out, params)
    if params:
        return []
    return without_weights(class_name, name, into, out)


_LONGEST_KERNEL = 300
HEADS = ("MultiHeadAttention",)
ALONG_TIME = names_of("conv_rnn")


def takes_apart(class_name: str) -> bool:
    """Whether all ways are known here in which such a layer gets its count, so that one without any can be denied.

    Heads and kernels along time are searched up to a size only: what isn't found there may still be right.
    """
    if class_name in (*RECURRENT, *_SOLVERS) or is_plain_convolution(class_name):
        return True
    facts = sheet(class_name)
    return facts is not None and facts.group in _WEIGHTLESS


_WEIGHTLESS = ("same", "pool", "global_pool", "flatten", "reshape", "permute", "repeat", "merge", "pad", "crop", "up")


def _input_of(count: int, units: int, bias: int, recurrent: int = 0) -> int | None:
    """features in units × (features + recurrent + bias) = count; None where it isn't whole and positive."""
    if units <= 0 or count % units:
        return None
    features = count // units - recurrent - bias
    return features if features >= 1 else None


def _dense(name: str, first: Sizes | None, out: Sizes, params: int) -> list[Reading]:
    units = out[-1]
    found = []
    for bias in (1, 0):
        features = _input_of(params, units or 0, bias)
        if features is not None and units and last(first) in (None, features):
            layer = make("Dense", name, units=units, **({} if bias else {"use_bias": False}))
            found.append(Reading(layer, features, f"(features {features} + {bias}) × units {units} = {params:,}"))
    return found


def _recurrent(
    class_name: str, name: str, first: Sizes | None, outputs: tuple[Sizes, ...], params: int
) -> list[Reading]:
    out = outputs[0]
    units = out[-1]
    found = []
    for way in of_all_eras(class_name):
        features = way.features(units or 0, params)
        if features is None or not units or last(first) not in (None, features):
            continue
        more: dict[str, Argument] = dict(way.arguments)
        if len(out) == 3:
            more["return_sequences"] = True
        if len(outputs) > 1:
            more["return_state"] = True
        layer = make(class_name, name, units=units, **more)
        found.append(Reading(layer, features, way.told(units, features, params)))
    return found[:1] if first is not None else _likely(found)


def _likely(found: list[Reading]) -> list[Reading]:
    """The rare readings (no bias, or the two biases of a CuDNNLSTM) count only where nothing else does."""
    usual = [
        r
        for r in found
        if r.layer.get("use_bias") is None and not ("biases 2)" in r.formula and r.layer.class_name == "LSTM")
    ]
    return usual or found


def _bidirectional(name: str, first: Sizes | None, out: Sizes, params: int) -> list[Reading]:
    """Both directions have half of the count each; concat doubles the width, sum, ave and mul keep it."""
    found: list[Reading] = []
    width = out[-1]
    if not width or params % 2:
        return []
    for mode, units in (("concat", width // 2 if width % 2 == 0 else 0), ("sum", width)):
        for inner in RECURRENT:
            shape = (*out[:-1], units)
            for reading in _recurrent(inner, f"{name}_{inner.lower()}", first, (shape,), params // 2) if units else []:
                more: dict[str, Argument] = {} if mode == "concat" else {"merge_mode": "sum"}
                layer = make("Bidirectional", name, layer=reading.layer, **more)
                found.append(Reading(layer, reading.last, f"2 × [{reading.formula}]"))
    concat = [r for r in found if r.layer.get("merge_mode") is None]
    return concat or found


def _time_distributed(name: str, first: Sizes | None, out: Sizes, params: int) -> list[Reading]:
    """The layer that runs at every timestep, by the axes that are left: the first class with a reading."""
    inside = (first[0], *first[2:]) if first is not None else None
    left = (out[0], *out[2:])
    if len(left) < 2 or (inside is not None and len(inside) < 2) or (inside is None and not params):
        return []
    for class_name in _inner_classes(inside, left, params):
        into = () if inside is None else (inside,)
        found = readings(class_name, f"{name}_{class_name.lower()}", into, (left,), params)
        if found:
            return [_distributed(name, reading, out[1]) for reading in found]
    return []


def _inner_classes(inside: Sizes | None, left: Sizes, params: int) -> list[str]:
    """What can run inside a TimeDistributed: by its axes before and after, the likeliest first."""
    before, after = len(inside) if inside is not None else len(left), len(left)
    space_of = before - 2
    if params:
        convolutions = [f"Conv{after - 2}D"] if before == after and 1 <= after - 2 <= 3 else []
        cells = list(RECURRENT) if before == 3 and inside is not None else []
        return [*convolutions, *(["Dense", "BatchNormalization"] if before == after else []), *cells]
    kept = ["Activation"] if inside == left else []
    pools = [f"MaxPooling{space_of}D"] if before == after and 1 <= space_of <= 3 else []
    flat = ["Flatten"] if after == 2 and before > 2 else []
    averages = (
        [f"GlobalAveragePooling{space_of}D"] if flat and space_of <= 3 and inside and inside[-1] == left[-1] else []
    )
    return [*kept, *pools, *flat, *averages]


def _distributed(name: str, reading: Reading, timesteps: int | None) -> Reading:
    """A reading of the inner layer as one of the TimeDistributed around it."""
    whole = None if reading.input is None else (reading.input[0], timesteps, *reading.input[1:])
    return Reading(make("TimeDistributed", name, layer=reading.layer), reading.last, reading.formula, whole)


def _embedding(name: str, first: Sizes | None, out: Sizes, params: int) -> list[Reading]:
    width = out[-1]
    if not width or params % width or not params:
        return []
    words = params // width
    layer = make("Embedding", name, input_dim=words, output_dim=width)
    return [Reading(layer, None, f"input_dim {words:,} × output_dim {width} = {params:,}", out[:-1])]


def _norm(name: str, first: Sizes | None, out: Sizes, params: int) -> list[Reading]:
    for axis in (-1, 1):
        size = out[axis] if len(out) > abs(axis) else None
        for per, arguments in ((4, {}), (3, {"scale": False}), (2, {"center": False, "scale": False})):
            if size and params == per * size:
                layer = make(
                    "BatchNormalization", name, **({"axis": axis} if axis == 1 and len(out) > 2 else {}), **arguments
                )
                return [Reading(layer, out[-1], f"{per} × {size} = {params:,}", out)]
    return []


def _layer_norm(name: str, first: Sizes | None, out: Sizes, params: int) -> list[Reading]:
    size = out[-1]
    if size and params == 2 * size:
        return [Reading(make("LayerNormalization", name), size, f"2 × {size} = {params:,}", out)]
    return []


def _prelu(name: str, first: Sizes | None, out: Sizes, params: int) -> list[Reading]:
    whole = [n for n in out[1:] if n]
    if len(whole) == len(out) - 1 and math.prod(whole) == params:
        return [Reading(make("PReLU", name), out[-1], "", out)]
    if out[-1] and params == out[-1]:
        return [Reading(make("PReLU", name, shared_axes=tuple(range(1, len(out) - 1))), out[-1], "", out)]
    return []


def _convolution(class_name: str, name: str, first: Sizes | None, out: Sizes, params: int) -> list[Reading]:
    """kernel × channels × filters + filters = count; the steps say which kernel and which padding."""
    rank = space(class_name)
    filters = out[-1]
    if not filters or len(out) != rank + 2 or "Depthwise" in class_name or "Separable" in class_name:
        return _depthwise(class_name, name, first, out, params)
    found: list[Reading] = []
    for bias in (1, 0):
        area, rest = divmod(params - bias * filters, filters)
        if rest or area < 1:
            continue
        channels = last(first)
        if channels is not None:
            found += _kernels(class_name, name, first, out, area, channels, bias, params)
        elif first is None:
            found += _unknown_channels(class_name, name, out, area, bias, params)
    return found


def _kernels(
    class_name: str, name: str, first: Sizes | None, out: Sizes, area: int, channels: int, bias: int, params: int
) -> list[Reading]:
    assert first is not None
    if area % channels:
        return []
    rank, cells = space(class_name), area // channels
    found = []
    for kernel in _shapes_of(cells, rank):
        for padding, strides in _paddings(class_name, kernel, first[1:-1], out[1:-1]):
            more: dict[str, Argument] = {} if bias else {"use_bias": False}
            if set(strides) != {1}:
                more["strides"] = strides[0] if rank == 1 else strides
            layer = make(
                class_name,
                name,
                filters=out[-1],
                kernel_size=kernel[0] if rank == 1 else kernel,
                padding=padding,
                **more,
            )
            words = " × ".join(map(str, kernel))
            found.append(
                Reading(
                    layer, channels, f"(kernel {words} × channels {channels} + {bias}) × filters {out[-1]} = {params:,}"
                )
            )
    return found


def _shapes_of(cells: int, rank: int) -> list[tuple[int, ...]]:
    """Kernels with this many cells, the square one first."""
    if rank == 1:
        return [(cells,)]
    if cells > 10_000:
        return []
    if rank == 2:
        pairs = [(a, cells // a) for a in range(1, cells + 1) if cells % a == 0]
        return sorted(pairs, key=lambda pair: abs(pair[0] - pair[1]))
    triples: list[tuple[int, ...]] = [
        (a, b, cells // a // b)
        for a in range(1, cells + 1)
        if cells % a == 0
        for b in range(1, cells // a + 1)
        if cells // a % b == 0
    ]
    return sorted(triples, key=lambda triple: max(triple) - min(triple))[:40]


def _paddings(
    class_name: str, kernel: tuple[int, ...], before: Sizes, after: Sizes
) -> list[tuple[str, tuple[int, ...]]]:
    """The paddings and strides that lead from the lengths before to those after."""
    found = []
    for padding in ("valid", "same"):
        strides: list[int] = []
        for length, size, left in zip(before, kernel, after, strict=True):
            fits = [
                s
                for s in range(1, 9)
                if "Transpose" not in class_name and conv_length(length, size, s, padding) == left
            ]
            if "Transpose" in class_name and length and left:
                fits = [
                    s
                    for s in range(1, 9)
                    if left == (length * s if padding == "same" else length * s + max(size - s, 0))
                ]
            if not fits:
                break
            strides.append(fits[0])
        else:
            found.append((padding, tuple(strides)))
    if None in before or None in after:
        return found[:2]
    return found


def _unknown_channels(class_name: str, name: str, out: Sizes, area: int, bias: int, params: int) -> list[Reading]:
    """kernel_size × channels is known, not which is which: all ways are offered, small kernels first."""
    rank = space(class_name)
    found = []
    for kernel in _likely_kernels(area, out, rank):
        if area % kernel**rank == 0:
            channels = area // kernel**rank
            before = tuple(None if n is None else n + kernel - 1 for n in out[1:-1])
            layer = make(
                class_name,
                name,
                filters=out[-1],
                kernel_size=kernel if rank == 1 else (kernel,) * rank,
                **({} if bias else {"use_bias": False}),
            )
            found.append(
                Reading(
                    layer,
                    channels,
                    f"(kernel {kernel**rank} × channels {channels} + {bias}) × filters {out[-1]} = {params:,}",
                    (out[0], *before, channels),
                )
            )
    if rank > 1:  # pictures have 1 or 3 channels
        found.sort(key=lambda reading: (reading.last not in (1, 3), reading.layer.get("use_bias") is False))
    return found[:4]


def _likely_kernels(area: int, out: Sizes, rank: int) -> list[int]:
    """The kernels that may stand in a count, the usual ones first; of a long one the length before it is round."""
    steps = out[1] if rank == 1 else None
    usual = [3, 5, 2, 4, 7, 1, 9, 8, 11, 6, 10]
    long = [n for n in range(12, min(area, _LONGEST_KERNEL) + 1) if area % n == 0] if steps else []
    round_before = [n for n in (*usual, *long) if steps and (steps + n - 1) % 50 == 0 and steps + n > 51]
    return [*round_before, *(n for n in (*usual, *long) if n not in round_before)]


def _depthwise(class_name: str, name: str, first: Sizes | None, out: Sizes, params: int) -> list[Reading]:
    channels = last(first)
    rank = space(class_name)
    if first is None and len(out) == rank + 2 and "Separable" in class_name:
        return _unknown_separable(class_name, name, out, params)
    if channels is None or first is None or len(out) != rank + 2:
        return []
    filters = out[-1] or 0
    found = []
    for bias in (1, 0):
        rest = params - bias * filters - (channels * filters if "Separable" in class_name else 0)
        if rest > 0 and rest % channels == 0:
            for kernel in _shapes_of(rest // channels, rank):
                for padding, strides in _paddings(class_name, kernel, first[1:-1], out[1:-1]):
                    more: dict[str, Argument] = {"filters": filters} if "Separable" in class_name else {}
                    if set(strides) != {1}:
                        more["strides"] = strides
                    if not bias:
                        more["use_bias"] = False
                    found.append(
                        Reading(
                            make(
                                class_name,
                                name,
                                **more,
                                kernel_size=kernel[0] if rank == 1 else kernel,
                                padding=padding,
                            ),
                            channels,
                        )
                    )
    return found


def _unknown_separable(class_name: str, name: str, out: Sizes, params: int) -> list[Reading]:
    """channels × (kernel + filters) is known, not which is which: small kernels first."""
    rank, filters = space(class_name), out[-1] or 0
    found = []
    for kernel in (3, 5, 2, 4, 7, 9, 11):
        channels, rest = divmod(params - filters, kernel**rank + filters)
        if channels >= 1 and not rest:
            before = tuple(None if n is None else n + kernel - 1 for n in out[1:-1])
            layer = make(class_name, name, filters=filters, kernel_size=kernel if rank == 1 else (kernel,) * rank)
            formula = f"channels {channels} × (kernel {kernel**rank} + filters {filters}) + {filters} = {params:,}"
            found.append(Reading(layer, channels, formula, (out[0], *before, channels)))
    return found


_SOLVERS: dict[str, Callable[[str, Sizes | None, Sizes, int], list[Reading]]] = {
    "Dense": _dense,
    "Embedding": _embedding,
    "Bidirectional": _bidirectional,
    "TimeDistributed": _time_distributed,
    "BatchNormalization": _norm,
    "LayerNormalization": _layer_norm,
    "PReLU": _prelu,
}
