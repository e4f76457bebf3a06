"""Files of a model that are made by hand: sound pieces, and what a stranger could put in their place."""

from __future__ import annotations

import base64
import io
import json
import marshal
import warnings
import zipfile
from pathlib import Path
from typing import Any

import h5py


def archive(text: bytes, name: str = "config.json") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, text)
    return held.getvalue()


def dense(name: str = "dense", **config: Any) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": "Dense", "config": {"name": name, "units": 3, **config}}


START = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 4], "name": "start"}}


def sequential(*parts: Any) -> bytes:
    config = {"name": "model", "layers": [START, *parts]}
    return json.dumps({"module": "keras", "class_name": "Sequential", "config": config}).encode()


def code(path: Path) -> str:
    """Code that would leave a file behind, as Keras writes a Lambda's."""
    return base64.b64encode(marshal.dumps(compile(f"open({str(path)!r}, 'w')", "x", "eval"))).decode()


def calling(*names: str) -> dict[str, Any]:
    """A call of a layer on the first outputs of others."""
    tensors = [
        {
            "class_name": "__keras_tensor__",
            "config": {"shape": [None, 4], "dtype": "float32", "keras_history": [n, 0, 0]},
        }
        for n in names
    ]
    return {"args": tensors, "kwargs": {}}


def functional(*parts: Any, out: str = "dense") -> bytes:
    start = {**START, "name": "start", "inbound_nodes": []}
    config = {"name": "m", "layers": [start, *parts], "input_layers": [["start", 0, 0]], "output_layers": [[out, 0, 0]]}
    return json.dumps({"module": "keras", "class_name": "Functional", "config": config}).encode()


def doubling(levels: int) -> bytes:
    """A model that calls a model twice that calls a model twice …: a short file, 2 to the power of `levels` calls."""
    inner: dict[str, Any] = dense("d")
    for level in range(levels):
        twice = [{**inner, "name": inner["config"]["name"], "inbound_nodes": [calling("start"), calling("start")]}]
        start = {**START, "name": "start", "inbound_nodes": []}
        config = {"name": f"m{level}", "layers": [start, *twice], "input_layers": ["start", 0, 0],
                  "output_layers": [inner["config"]["name"], 0, 0]}  # fmt: skip
        inner = {"module": "keras", "class_name": "Functional", "config": config}
    return json.dumps(inner).encode()


def lying_archive() -> bytes:
    """An archive whose entry says that it has 10 bytes, and has 5 million."""
    made = bytearray(archive(b" " * 5_000_000))
    for place in (made.find(b"PK\x01\x02") + 24, 22):
        made[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(made)


def encrypted() -> bytes:
    made = bytearray(archive(sequential(dense())))
    made[made.find(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def twice_inside() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made, warnings.catch_warnings(action="ignore"):
        made.writestr("config.json", sequential(dense()))
        made.writestr("config.json", sequential(dense()))
    return held.getvalue()


def hdf5(value: Any = None) -> bytes:
    held = io.BytesIO()
    with h5py.File(held, "w") as made:
        if value is not None:
            made.attrs["model_config"] = value
    return held.getvalue()


NESTED: Any = dense()
for _ in range(60):
    NESTED = {"module": "keras.layers", "class_name": "TimeDistributed", "config": {"name": "t", "layer": NESTED}}
