"""What a loss is called, however a program names it."""

from __future__ import annotations

import re

from explainers.reading.code.values import Missing, Sym, Value


def loss_name(loss: Value) -> str:
    """ "mse" from a string, a class, a function, or the first of a list or dict."""
    if isinstance(loss, str):
        return loss
    if isinstance(loss, dict | list | tuple) and loss:
        return loss_name(next(iter(loss.values())) if isinstance(loss, dict) else loss[0])
    name = loss.name if isinstance(loss, Missing | Sym) else ""
    last = re.sub(r"\(.*", "", name).rsplit(".", 1)[-1]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last).lower() if last and "_" not in last else last
