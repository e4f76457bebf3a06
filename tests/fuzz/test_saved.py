"""Files of strangers: whatever is in them, `show` gives a model or one sentence, and never anything else."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainers.core.limits import Limits
from explainers.core.tell import as_json
from explainers.saved.files import Refused, read_config
from explainers.saved.rebuild import told
from tests.explainers.saved.samples import START, calling, dense, functional, sequential
from tests.fuzz.strategies import any_json, any_text, fuzzed
from tests.fuzz.test_inputs import answered

FEW = Limits(weights=100_000, layers=40, config_bytes=40_000)
LSTM = {"module": "keras.layers", "class_name": "LSTM", "config": {"name": "loop", "units": 3, "activation": "tanh"}}
BOTH = {"module": "keras.layers", "class_name": "Bidirectional", "config": {"name": "both", "layer": LSTM}}
SOUND = [
    json.loads(sequential(dense(), dense("next", activation="relu", use_bias=False))),
    json.loads(functional({**dense(), "name": "dense", "inbound_nodes": [calling("start")]})),
    {"class_name": "Sequential", "config": {"name": "m", "layers": [START, LSTM, BOTH]}},
]
NASTY = [
    *(None, True, -1, 0, 1e308, 10**30, "", "os", "__main__", "../../etc/passwd", "Lambda", "__lambda__", [], {}, [[]]),
    *({"class_name": "__lambda__", "config": {"code": "4wEA"}}, {"module": "os", "class_name": "system", "config": {}}),
    *(
        {"class_name": "__numpy__", "config": {"value": [1], "dtype": "O"}},
        "\x1b[2J",
        "\ud800",
        "Sequential",
        "InputLayer",
    ),
]


def places(node: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value of a JSON."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [here, *(place for key, part in inside for place in places(part, (*here, key)))]


@st.composite
def bent(draw: st.DrawFn) -> bytes:
    """A sound configuration with one to three of its values put wrong, left out, or put elsewhere."""
    config = copy.deepcopy(draw(st.sampled_from(SOUND)))
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from([place for place in places(config) if place]))
        holder = config
        for key in way[:-1]:
            holder = holder[key]
        what = draw(st.sampled_from(("put", "drop", "add", "copy")))
        if what == "drop":
            del holder[way[-1]]
        elif what == "copy":
            other = config
            for key in draw(st.sampled_from(places(config))):
                other = other[key]
            holder[way[-1]] = copy.deepcopy(other)
        elif what == "add" and isinstance(holder, dict):
            key = draw(st.sampled_from(("module", "function", "registered_name", "dtype", "layer")))
            holder[key] = copy.deepcopy(draw(st.sampled_from(NASTY)))
        else:
            holder[way[-1]] = copy.deepcopy(draw(st.sampled_from(NASTY) | any_json))
        if not isinstance(config, dict) or not config:
            break
    return json.dumps(config).encode()


def opened(path: Path, data: bytes) -> None:
    """A model whose JSON can be written, or a clear sentence."""
    path.write_bytes(data)
    found, sentence = answered(lambda: told(path, FEW), Refused)
    assert not sentence or sentence.isprintable()
    if found is not None:
        json.dumps(as_json(found))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files") / "model.keras"


@pytest.mark.slow
@fuzzed
@given(data=bent())
def test_a_bent_configuration(path: Path, data: bytes) -> None:
    opened(path, data)


@fuzzed
@given(data=st.binary(max_size=300) | any_text.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes(path: Path, data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b'{"class_name":"Sequential","config":'):
        opened(path, start + data)


@fuzzed
@given(turned=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6))
def test_an_archive_with_some_bytes_turned(path: Path, turned: list[tuple[int, int]]) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("config.json", sequential(dense()))
    data = bytearray(held.getvalue())
    for place, value in turned:
        data[place % len(data)] = value
    path.write_bytes(bytes(data))
    answered(lambda: read_config(path, FEW), Refused)
