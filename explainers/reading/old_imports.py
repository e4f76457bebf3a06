"""Where today's Keras has what older versions kept in modules of their own."""

from __future__ import annotations

import re

_OF_KERAS = re.compile(r"((?:tensorflow\.(?:python\.)?)?keras)\.([\w.]{1,80})")
_UTILS = ("np_utils", "vis_utils", "generic_utils", "data_utils", "layer_utils", "training_utils", "io_utils")
_IN_TF_ONLY = {"preprocessing.sequence": ("TimeseriesGenerator", "skipgrams", "make_sampling_table"),
               "preprocessing.image": ("ImageDataGenerator",)}  # fmt: skip
_TEXT = "preprocessing.text"


def module_today(module: str, names: tuple[str, ...] = ()) -> str | None:
    """``keras.layers.core`` -> ``keras.layers``; None where the module is where it was. names: what is imported."""
    found = _OF_KERAS.fullmatch(module)
    if found is None:
        return None
    keras, rest = found[1], found[2]
    first, _, last = rest.partition(".")
    if first == "layers" and last:
        return f"{keras}.layers"
    if first == "utils" and last in _UTILS:
        return f"{keras}.utils"
    if first == "engine":
        if not names or set(names) & {"Network", "Container"}:
            return None  # a class that is gone, not only its module
        return f"{keras}.models" if "Model" in names else f"{keras}.layers"
    if rest == "objectives":
        return f"{keras}.losses"
    only_there = rest == _TEXT or set(names) & set(_IN_TF_ONLY.get(rest, ()))
    return f"tensorflow.{module}" if only_there and keras == "keras" else None
