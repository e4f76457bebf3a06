"""Files that Keras saved open with their names and counts; hostile ones end in one sentence, and run nothing."""

from __future__ import annotations

import io
import json
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest
from keras import layers

from explainers import cli
from explainers.core.limits import Limits
from explainers.saved.files import Refused, read_config
from explainers.saved.rebuild import told
from tests.explainers.saved.samples import (
    NESTED,
    archive,
    calling,
    code,
    dense,
    doubling,
    encrypted,
    functional,
    hdf5,
    lying_archive,
    sequential,
    twice_inside,
)

SMALL = Limits(config_bytes=50_000)


def recurrent() -> Any:
    return keras.Sequential(
        [
            layers.Input((21, 6)),
            layers.Bidirectional(layers.LSTM(4, return_sequences=True), name="both_ways"),
            layers.TimeDistributed(layers.Dense(9, activation="relu"), name="each_step"),
            layers.RNN(layers.GRUCell(5), name="loop"),
            layers.Dense(3, kernel_regularizer="l2", name="end"),
        ]
    )


def branched() -> Any:
    start = keras.Input((12, 6), name="start")
    x = layers.MultiHeadAttention(2, 4, name="look")(start, start)
    x = layers.LayerNormalization(name="even")(x + start)
    inner = keras.Sequential([keras.Input((6,)), layers.Dense(7, activation="gelu"), layers.Dense(6)], name="inner")
    return keras.Model(start, [inner(x[:, -1]), keras.ops.mean(x, axis=-1)], name="branched")


def images() -> Any:
    return keras.applications.MobileNetV2(weights=None, input_shape=(64, 64, 3), alpha=0.35)


def without_input() -> Any:
    made = keras.Sequential([layers.LSTM(4), layers.Dense(2)])
    made.build((None, 9, 3))
    return made


def saved(model: Any, ending: str, folder: Path) -> Path:
    path = folder / f"model{ending}"
    if ending == ".json":
        path.write_text(model.to_json(), encoding="utf-8")
    else:
        model.save(path)
    return path


@pytest.mark.parametrize("ending", [".keras", ".h5", ".json"])
@pytest.mark.parametrize("model", [recurrent, branched, images, without_input])
@pytest.mark.filterwarnings("ignore")  # Keras warns that .h5 is legacy
def test_a_file_that_keras_saved_opens_with_its_names_and_counts(
    model: Callable[[], Any], ending: str, tmp_path: Path
) -> None:
    made = model()
    found = told(saved(made, ending, tmp_path)).explanation.inspection
    assert found.error is None
    assert found.total_params == made.count_params()
    shapes = {layer.name: tuple(axis.size for axis in layer.outputs[0]) for layer in found.layers}
    for layer in made.layers:
        shape = layer.output.shape if hasattr(layer.output, "shape") else layer.output[0].shape
        assert shapes[layer.name] == tuple(shape)


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras itself, when it saves
def test_the_command_line_shows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(recurrent(), ".keras", tmp_path)
    assert cli.main(["show", str(path)]) == 0
    assert "both_ways (Bidirectional): (None, 21, 8)  batch None, timesteps 21" in capsys.readouterr().out
    assert cli.main(["show", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total_params"] == recurrent().count_params()
    assert cli.main(["show", str(path), "units=3"]) == 2


# -- hostile files -------------------------------------------------------------------------------------------


HOSTILE: dict[str, tuple[bytes, str]] = {
    "a bomb": (archive(b"[" + b"0," * 30_000_000 + b"0]"), "are unpacked"),
    "a bomb that lies about its size": (lying_archive(), "larger than|cut off"),
    "an archive without a model": (archive(b"{}", "other.json"), "has 0"),
    "a path that leads out": (archive(sequential(dense()), "../../config.json"), "has 0"),
    "two configurations": (twice_inside(), "has 2"),
    "an encrypted one": (encrypted(), "encrypted"),
    "an archive that is cut off": (archive(sequential(dense()))[:-30], "cut off"),
    "the start of an archive": (b"PK\x03\x04", "cut off"),
    "not a zip": (b"\x00\x01\x02\xff" * 9, "isn't text"),
    "no JSON": (b"hello", "isn't JSON"),
    "an empty file": (b"", "isn't JSON"),
    "no model": (b"[1, 2]", "isn't that of a Keras model"),
    "absurd nesting": (b'{"class_name":"Sequential","config":' + b"[" * 40_000, "nests|isn't JSON"),
    "layers within layers": (sequential(NESTED), "nests more than"),
    "a number without an end": (b'{"a": ' + b"9" * 10_000 + b"}", "isn't JSON"),
    "another module": (sequential({**dense(), "module": "os", "class_name": "system"}), "isn't one of the Keras"),
    "a layer of another module": (sequential({**dense(), "module": "os"}), "isn't one of the Keras"),
    "a registered class": (sequential({**dense(), "registered_name": "Evil>Dense"}), "registered"),
    "a class of one's own": (sequential({**dense(), "class_name": "MyLayer"}), "isn't one of the Keras"),
    "a TensorFlow graph": (sequential({**dense(), "class_name": "TFSMLayer"}), "isn't one of the Keras"),
    "an activation of one's own": (sequential(dense(activation="os.system")), "activation"),
    "an activation that is no function of numbers": (sequential(dense(activation="deserialize")), "activation"),
    "an object as an argument": (sequential(dense(bias={"class_name": "__lambda__", "config": {}})), "__lambda__"),
    "a module in an argument": (sequential(dense(bias={"module": "os"})), "names a module"),
    "a file as a vocabulary": (
        sequential({**dense(), "class_name": "StringLookup", "config": {"name": "v", "vocabulary": "/etc/passwd"}}),
        "no other file",
    ),
    "a quantized layer": (
        sequential(dense(dtype={"class_name": "QuantizedDTypePolicy", "config": {"name": "int8"}})), "quantized"
    ),
    "orders for a terminal": (sequential(dense(name="\x1b]0;owned\x07")), "control characters"),
    "a text without an end": (sequential(dense(name="n" * 5_000)), "characters; at most"),
    "a number that is too large": (sequential(dense(units=10**15)), "above the"),
    "too many layers": (sequential(*[dense(f"d{i}") for i in range(1_200)]), "more than the 1,000 layers"),
    "a model that calls itself": (
        functional({**dense(), "name": "dense", "inbound_nodes": [calling("dense")]}), (
            "depend on each other in a circle"
        )
    ),
    "a layer that isn't there": (
        functional({**dense(), "name": "dense", "inbound_nodes": [calling("nobody")]}), (
            "depend on each other in a circle"
        )
    ),
    "models that double": (doubling(12), "calls of layers"),
    "a subclassed model": (json.dumps({"class_name": "Net", "config": {"units": 3}}).encode(), "code isn't in"),
    "an .h5 without a model": (hdf5(), "no model_config"),
    "an .h5 with numbers for a model": (hdf5([1, 2, 3]), "isn't one text"),
    "an .h5 that is cut off": (hdf5("{}")[:700], "damaged|cut off"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, says = HOSTILE[name]
    (path := tmp_path / "model.keras").write_bytes(data)
    begun = time.process_time()
    assert cli.main(["show", str(path)]) == 2
    assert time.process_time() - begun < 5
    sentence = capsys.readouterr().err
    assert sentence.count("\n") == 1
    assert sentence.strip().isprintable()
    with pytest.raises(Refused, match=says):
        told(path)


class Own(layers.Layer):
    """A class whose code no file holds."""

    def call(self, inputs: Any) -> Any:
        return inputs * 2


def beside_an_own_class() -> Any:
    words, numbers = keras.Input((7, 5), name="words"), keras.Input((3,), name="numbers")
    read = layers.LSTM(4, name="reader")(words)
    both = layers.Concatenate(name="both")([Own(name="own")(read), layers.Dense(6, name="side")(numbers)])
    return keras.Model([words, numbers], layers.Dense(2, name="end")(both))


def in_front_of_an_own_class() -> Any:
    parts = [layers.GRU(4, name="reader"), layers.Dense(9, activation=lambda x: x, name="own"), layers.Dense(2)]
    return keras.Sequential([keras.Input((7, 5)), *parts])


@pytest.mark.filterwarnings("ignore")  # Keras warns of classes that aren't registered, and that .h5 is legacy
@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize(
    ("make", "known", "count"),
    [
        (beside_an_own_class, {"reader", "side"}, 4 * 4 * (5 + 4 + 1) + 6 * (3 + 1)),
        (in_front_of_an_own_class, {"reader"}, 3 * 4 * (5 + 4 + 2)),
    ],
)
def test_in_front_of_an_own_class_the_model_is_shown_and_it_is_said_what_helps(
    make: Callable[[], Any], known: set[str], count: int, ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"model{ending}"
    make().save(path)
    explanation = told(path).explanation
    assert {layer.name for layer in explanation.inspection.layers if layer.class_name != "InputLayer"} == known
    assert explanation.inspection.total_params == count
    assert "Paste your program instead" in explanation.sentence
    assert f"The model before that has {len(known)} layer" in explanation.sentence


def test_an_own_class_makes_nothing_else_of_the_file_harmless(tmp_path: Path) -> None:
    (path := tmp_path / "model.json").write_bytes(
        functional(
            {**dense("big", units=10**15), "name": "big", "inbound_nodes": [calling("start")]},
            {**dense("own"), "class_name": "Own", "name": "own", "inbound_nodes": [calling("big")]},
            out="own",
        )
    )
    with pytest.raises(Refused, match="above the"):
        told(path)


def test_the_code_of_a_lambda_isnt_run(tmp_path: Path) -> None:
    trace, path = tmp_path / "trace", tmp_path / "model.json"
    function = {"class_name": "__lambda__", "config": {"code": code(trace), "defaults": None, "closure": None}}
    layer = {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "run_me", "function": function}}
    path.write_bytes(sequential(layer))
    with pytest.raises(Refused, match=r"run_me.*Lambda"):
        told(path)
    assert not trace.exists()


def test_of_an_archive_nothing_but_the_configuration_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that are no weights at all do no harm, and no loader of Keras is called."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("config.json", sequential(dense()))
        made.writestr("model.weights.h5", b"none")
        made.writestr("../../outside", b"none")
    (path := tmp_path / "model.keras").write_bytes(held.getvalue())
    for name in ("load_model", "load_weights"):
        monkeypatch.setattr(keras.saving, name, lambda *_, **__: pytest.fail("a loader was called"))
    assert told(path).explanation.inspection.total_params == 4 * 3 + 3
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.keras"]


def test_six_hundred_layers_in_a_row_take_seconds(tmp_path: Path) -> None:
    (path := tmp_path / "model.json").write_bytes(sequential(*[dense(f"d{i}") for i in range(600)]))
    begun = time.process_time()
    assert told(path).explanation.inspection.total_params == 4 * 3 + 3 + 599 * (3 * 3 + 3)
    assert time.process_time() - begun < 20


def test_layers_in_the_wrong_order_are_put_into_the_right_one(tmp_path: Path) -> None:
    chain = [
        {**dense(f"d{i}"), "name": f"d{i}", "inbound_nodes": [calling(f"d{i - 1}" if i else "start")]}
        for i in range(150)
    ]
    (path := tmp_path / "model.json").write_bytes(functional(*chain[::-1], out="d149"))
    assert [layer.name for layer in told(path).explanation.inspection.layers][:3] == ["start", "d0", "d1"]


def test_what_is_unpacked_stays_within_the_limit(tmp_path: Path) -> None:
    import tracemalloc

    (path := tmp_path / "model.keras").write_bytes(lying_archive())
    tracemalloc.start()
    with pytest.raises(Refused):
        read_config(path, SMALL)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 1_000_000


def test_a_layer_that_refuses_its_input_is_a_lesson(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loop = {"module": "keras.layers", "class_name": "LSTM", "config": {"name": "loop", "units": 3}}
    (path := tmp_path / "model.json").write_bytes(sequential(loop))
    assert cli.main(["show", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["error"]["mistake"] == "layer_rank"


def test_a_file_that_isnt_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", "nothing_here.keras"]) == 2
    assert "No such file" in capsys.readouterr().err


def test_a_model_with_more_weights_than_memory_is_told_without_making_them(tmp_path: Path) -> None:
    (path := tmp_path / "model.json").write_bytes(sequential(dense(units=9_999_999), dense("next", units=8_888_888)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = told(path).explanation.inspection
    assert found.layers[-1].params == (9_999_999 + 1) * 8_888_888
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB
    assert keras.layers.Dense(3)(keras.ops.ones((2, 5))).shape == (2, 3)  # and weights have values again


@pytest.mark.filterwarnings("ignore")  # Keras, when it saves
def test_a_well_known_model_of_images_opens(tmp_path: Path) -> None:
    large = Limits(weights=1_000_000)
    model = images()
    model.save(tmp_path / "images.keras")
    plain, light = told(tmp_path / "images.keras"), told(tmp_path / "images.keras", large)
    assert model.count_params() > large.weights
    assert light.explanation.inspection == plain.explanation.inspection
