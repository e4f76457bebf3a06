"""What losses and metrics are called, however a program names them."""

from __future__ import annotations

import re

from explainers.reading.code.values import Missing, Sym, Value
from explainers.reading.literal import METRICS_OF_NUMBERS


def loss_name(loss: Value) -> str:
    """ "mse" from a string, a class, a function, or the first of a list or dict."""
    if isinstance(loss, str):
        return loss
    if isinstance(loss, dict | list | tuple) and loss:
        return loss_name(next(iter(loss.values())) if isinstance(loss, dict) else loss[0])
    name = loss.name if isinstance(loss, Missing | Sym) else ""
    last = re.sub(r"\(.*", "", name).rsplit(".", 1)[-1]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last).lower() if last and "_" not in last else last


def losses_of(losses: Value) -> tuple[str, ...]:
    """The losses of a list or dict with several, one for each output; () where one serves all."""
    each = list(losses.values()) if isinstance(losses, dict) else losses
    return tuple(map(loss_name, each)) if isinstance(each, list | tuple) and len(each) > 1 else ()


def metrics_of(metrics: Value) -> tuple[str, ...]:
    """The classes of the metrics that compare number by number."""
    return tuple(name for part in _flat(metrics) if (name := _class_name(part)) in METRICS_OF_NUMBERS)


def _flat(metrics: Value) -> list[Value]:
    """The metrics of a list, of the lists in it, and of a dict."""
    if isinstance(metrics, dict):
        metrics = list(metrics.values())
    return [part for one in metrics for part in _flat(one)] if isinstance(metrics, list | tuple) else [metrics]


def _class_name(metric: Value) -> str:
    """``Precision`` of ``keras.metrics.Precision(name="p")``."""
    name = metric.name if isinstance(metric, Missing | Sym) else metric if isinstance(metric, str) else ""
    return re.sub(r"\(.*", "", name, flags=re.DOTALL).rsplit(".", 1)[-1]
