"""The live model of a configuration that was checked, with fresh weights, and what `show` says of it."""

from __future__ import annotations

import contextlib
import copy
import io
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from explainers.core.limits import CostError, Limits
from explainers.core.results import Explanation, Inspection
from explainers.core.tell import Told
from explainers.saved.allowed import Config
from explainers.saved.files import Refused, read_config
from explainers.saved.partial import as_far_as_known


def told(path: str | Path, limits: Limits | None = None) -> Told:
    """A saved model as `show` tells an explainer. Raises Refused with one sentence."""
    limits = limits or Limits.from_environment()
    config, why = as_far_as_known(read_config(path, limits), limits)
    inspection = inspected(config, limits)
    count = sum(layer.class_name != "InputLayer" for layer in inspection.layers)
    what = "The model before that" if why else "The model"
    sentence = (
        f"{why} {what} has {count:,} layer{'' if count == 1 else 's'} and {inspection.total_params:,} parameters. It "
        "was rebuilt from its configuration; the weights in the file weren't read."
    )
    return Told(Explanation("", {}, sentence.lstrip(), inspection, ""), ())


def inspected(config: Config, limits: Limits) -> Inspection:
    """Built, and not run: shapes and counts need no data and no numbers, so weights of any size cost nothing."""
    from explainers.core.building import shapes_alone
    from explainers.core.inspection import inspect_model

    def inspect(within: Limits) -> Inspection:
        return inspect_model(lambda: rebuilt(config), limits=within, run=False, may_skip=True)

    with contextlib.redirect_stdout(io.StringIO()):
        with shapes_alone():
            found = inspect(replace(limits, weights=sys.maxsize, seconds=math.inf))
        if found.error is not None:  # perhaps a layer that can't do without numbers
            try:
                found = inspect(limits)
            except CostError as error:
                raise Refused(str(error)) from None
    if found.error is not None and found.error.layer is None:  # no layer refused a shape: the file itself is wrong
        raise Refused(f"Keras can't rebuild this configuration: {_first_line(found.error.message)}")
    return found


def _first_line(message: str) -> str:
    line = "".join(sign if sign.isprintable() else " " for sign in message.splitlines()[0][:300]).strip()
    return line if line.endswith((".", "!", "?")) else f"{line}."


def rebuilt(config: Config) -> Any:
    """The live model of a configuration that was checked."""
    import keras

    if config["class_name"] != "Sequential":
        return keras.Model.from_config(copy.deepcopy(config["config"]))  # Keras takes parts out of what it is given
    # Sequential.from_config builds all anew for each layer: 600 of them take it 100 s, and this half a second.
    layers = [keras.saving.deserialize_keras_object(layer, safe_mode=True) for layer in config["config"]["layers"]]
    return keras.Sequential(layers, name=config["config"]["name"])
