"""How a layer makes one size of another: the windows of a convolution or a pool, and a convolution turned around."""

from __future__ import annotations

from explainers.core.layers import axis_names, sheet
from explainers.core.spec import Argument, LayerSpec, Sizes


def _along(value: Argument, place: int) -> int | None:
    """One number of ``3`` or ``(3, 5)``."""
    if isinstance(value, tuple):
        value = value[place] if place < len(value) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def arithmetic(layer: LayerSpec, before: Sizes, after: Sizes) -> str:
    """`` Along height: (28 - 3) // 2 + 1 = 13.`` for each side that is worked out another way; "" for other layers."""
    facts = sheet(layer.class_name)
    if facts is None or facts.group not in ("conv", "pool") or len(before) != len(after):
        return ""
    if layer.get("data_format") == "channels_first":
        return ""
    told: dict[str, str] = {}
    names = axis_names(layer.class_name, len(before))
    for place, (size, made) in enumerate(zip(before[1:-1], after[1:-1], strict=True)):
        if size is None or made is None:
            return ""
        sum_ = _one_side(layer, place, size, made)
        if sum_ is None:
            return ""
        told.setdefault(sum_, names[place + 1])
    return "".join(f" Along {name}: {sum_}." for sum_, name in told.items())


def _one_side(layer: LayerSpec, place: int, size: int, made: int) -> str | None:
    pool = _along(layer.get("pool_size", 2), place) if "Pooling" in layer.class_name else None
    window = pool if pool is not None else _along(layer.get("kernel_size"), place)
    step = _along(layer.get("strides", pool or 1), place) or pool or 1
    apart = _along(layer.get("dilation_rate", 1), place) or 1
    if window is None:
        return None
    wide = (window - 1) * apart + 1
    spread = f", where the kernel with its gaps spans ({window} - 1) × {apart} + 1 = {wide}" if apart > 1 else ""
    same = layer.get("padding") == "same"
    if "Transpose" in layer.class_name:
        sum_, value = (
            (f"{size} × {step} = {size * step}", size * step)
            if same
            else (f"({size} - 1) × {step} + {window} = {(size - 1) * step + window}", (size - 1) * step + window)
        )
        return sum_ if value == made and apart == 1 else None
    if layer.get("padding") == "causal" or same:
        value = -(-size // step)
        rounded = ", rounded up" if size % step else ""
        sum_ = f"{size} / {step}{rounded} = {value}" if step > 1 else f'{size}, which padding="same" keeps'
        return sum_ if value == made else None
    value = (size - wide) // step + 1
    sum_ = f"({size} - {wide}) // {step} + 1 = {value}" if step > 1 else f"{size} - {wide} + 1 = {value}"
    return f"{sum_}{spread}" if value == made else None
