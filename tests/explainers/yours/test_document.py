"""The document behind "Your model": links that bring back what went in, hostile ones, edits that keep names true."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest

from explainers.core.spec import InputSpec, LayerSpec, Ref
from explainers.yours import editing
from explainers.yours.document import MOST_LAYERS, Document, DocumentError, Placed, from_spec, to_spec
from explainers.yours.link import LONGEST, from_json, packed, to_json, unpacked
from explainers.yours.literals import read_argument, read_shape, shown_shape, written
from explainers.yours.live import built, from_text
from explainers.yours.templates import TEMPLATES
from views import your_model as view

WHOLE = to_json(TEMPLATES["U-Net"])


def link_of(data: object) -> str:
    """A link as somebody else could make it."""
    squeezed = zlib.compress(json.dumps(data).encode())
    return "1." + base64.urlsafe_b64encode(squeezed).decode().rstrip("=")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_comes_back_from_its_link_and_from_its_spec(name: str) -> None:
    document = TEMPLATES[name]
    text = packed(document)
    assert unpacked(text) == document
    assert len(text) < 400
    assert to_spec(from_spec(to_spec(document))) == to_spec(document)


HOSTILE = {
    "nothing": "",
    "no version": "abcdef",
    "another version": "2.eNqrVspMUbJSMlTSUcpLzE1VslJQSs7PS8lMSc1RqgUAoJMKAg",
    "no letters of a link": "1.§§§",
    "cut off": packed(TEMPLATES["U-Net"])[:-9],
    "no JSON": link_of("x")[:5],
    "a bomb": "1." + base64.urlsafe_b64encode(zlib.compress(b" " * 3_000_000, 9)).decode(),
    "nested deeply": "1." + base64.urlsafe_b64encode(zlib.compress(b"[" * 150_000, 9)).decode(),
    "too long": "1." + "A" * (LONGEST + 1),
    "a list": link_of([1, 2]),
    "no layers": link_of({"inputs": []}),
    "an Input without axes": link_of({"inputs": [["a", [None], "float32"]], "layers": []}),
    "a huge size": link_of({"inputs": [["a", [None, 10**12], "float32"]], "layers": []}),
    "a size in words": link_of({"inputs": [["a", [None, "8"], "float32"]], "layers": []}),
    "texts as data": link_of({"inputs": [["a", [None, 8], "string"]], "layers": []}),
    "an unknown class": link_of({**WHOLE, "layers": [["Lambda", "f", {"function": "import os"}]]}),
    "a path as class": link_of({**WHOLE, "layers": [["keras.src.layers.Dense", "f", {"units": 4}]]}),
    "a name with markup": link_of({**WHOLE, "layers": [["Dense", "<b>", {"units": 4}]]}),
    "a huge argument": link_of({**WHOLE, "layers": [["Dense", "f", {"units": 10**40}]]}),
    "a long argument": link_of({**WHOLE, "layers": [["Dense", "f", {"activation": "x" * 999}]]}),
    "not a number": link_of({**WHOLE, "layers": [["Dense", "f", {"units": float("nan")}]]}),
    "one name twice": link_of({**WHOLE, "layers": [["Dense", "f", {"units": 4}]] * 2}),
    "too many layers": link_of(
        {**WHOLE, "layers": [["Dense", f"d{i}", {"units": 4}] for i in range(MOST_LAYERS + 1)]}
    ),
    "a wide argument": link_of({**WHOLE, "layers": [["Reshape", "f", {"target_shape": [1] * 40}]]}),
    "layers in layers": link_of(
        {
            **WHOLE,
            "layers": [["TimeDistributed", "f", {"layer": json.loads('{"class":"TimeDistributed","name":"i",'
            '"arguments":{"layer":' * 6 + "4" + "}}" * 6)}]],
        }
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_link_from_anywhere_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(DocumentError) as caught:
        unpacked(HOSTILE[name])
    sentence = str(caught.value)
    assert 20 < len(sentence) < 250
    assert sentence.endswith((".", "so."))
    assert "\n" not in sentence


def test_a_layer_reads_only_what_comes_before_it() -> None:
    first, second = (
        Placed(LayerSpec("Dense", "a", (("units", 4),)), ("b",)),
        Placed(LayerSpec("Dense", "b", (("units", 6),))),
    )
    with pytest.raises(DocumentError, match="a reads b, which comes after it"):
        to_spec(Document(layers=(first, second)))
    with pytest.raises(DocumentError, match="a reads c, but nothing in the model has that name"):
        to_spec(Document(layers=(Placed(first.layer, ("c",)),)))


def test_outputs_are_what_nothing_reads() -> None:
    spec = to_spec(TEMPLATES["Sequence to sequence"])
    assert spec.outputs == (Ref("call", 2),)
    assert spec.calls[1].states == (Ref("call", 0, 1), Ref("call", 0, 2))
    assert not spec.sequential
    assert to_spec(TEMPLATES["Autoencoder"]).sequential
    assert to_spec(Document()).outputs == (Ref("input", 0),)


def test_an_edit_keeps_the_names_that_others_read() -> None:
    text = TEMPLATES["TextCNN"]
    names = [placed.name for placed in text.layers]
    without = editing.removed(text, names.index("best_pair"))
    assert without.reads(4) == ("pairs", "best_triple")
    renamed = editing.with_name(text, 0, "vectors")
    assert renamed.reads(3) == ("vectors",)
    states = editing.with_name(TEMPLATES["Sequence to sequence"], 0, "reader")
    assert states.layers[1].states == ("reader[1]", "reader[2]")
    twice = editing.duplicated(text, 1)
    assert twice.layers[2].name == "pairs_2"
    assert editing.moved(editing.moved(text, 2, 5), 5, 2) == text


def test_a_default_is_not_written_down() -> None:
    document = editing.added(Document(), "LSTM", 0)
    longer = editing.with_argument(document, 0, "return_sequences", True)
    assert dict(longer.layers[0].layer.arguments) == {"units": 4, "return_sequences": True}
    assert editing.with_argument(longer, 0, "return_sequences", False) == document
    pool = editing.added(Document(), "MaxPooling1D", 0)
    assert editing.with_argument(pool, 0, "pool_size", 2) == pool


def test_a_merge_reads_two_and_attention_reads_itself() -> None:
    two = editing.with_new_input(Document())
    assert editing.added(two, "Concatenate", 0).reads(0) == ("input", "input_2")
    assert editing.added(two, "MultiHeadAttention", 0).reads(0) == ("input_2", "input_2")
    assert editing.without_input(editing.added(two, "Add", 0), 1).reads(0) == ("input", "input")
    with pytest.raises(DocumentError, match="needs an Input"):
        editing.without_input(Document(), 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5), ("-1", -1), ("0.25", 0.25), ("True", True), ("None", None), ('"same"', "same"), ("same", "same"),
        ("(3, 5)", (3, 5)), ("[3, 5]", (3, 5)), ("3, 5", (3, 5)),
        ("LSTM(7, return_sequences=True)", LayerSpec("LSTM", "lstm", (("units", 7), ("return_sequences", True)))),
        ("layers.Dense(6)", LayerSpec("Dense", "dense", (("units", 6),))),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_a_literal_and_comes_back(text: str, value: Any) -> None:
    assert read_argument(text) == value
    assert read_argument(written(value)) == value


@pytest.mark.parametrize("text", ["", "open('x')", "__import__('os')", "1 +", "x.y", "[" * 300, "9" * 300, "lambda: 1"])
def test_what_is_no_literal_is_told_in_one_sentence(text: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_argument(text)
    assert "\n" not in str(caught.value)


def test_the_shape_of_one_sample() -> None:
    assert read_shape("20, 8") == read_shape("(20, 8)") == (None, 20, 8)
    assert read_shape("64") == (None, 64)
    assert read_shape("None, 8") == (None, None, 8)
    assert shown_shape((None, None, 8)) == "None, 8"
    with pytest.raises(DocumentError, match="isn't a shape"):
        read_shape("twenty, 8")


SIAMESE = """
left, right = keras.Input((30, 7)), keras.Input((30, 7))
tower = layers.LSTM(11, name="tower")
apart = layers.Subtract()([tower(left), tower(right)])
model = keras.Model([left, right], layers.Dense(1)(apart))
"""


def test_a_shared_layer_is_edited_once_for_all_its_uses() -> None:
    document = from_json(from_text(SIAMESE))
    assert [(placed.name, placed.of) for placed in document.layers][:2] == [("tower", ""), ("tower_2", "tower")]
    assert unpacked(packed(document)) == document
    wider = editing.with_argument(document, 0, "units", 13)
    live = built(to_json(wider)).inspection
    assert live is not None
    assert live.total_params == 4 * 13 * (7 + 13 + 1) + (13 + 1)  # one LSTM, not two
    rows = {row["name"]: row for row in view.data(wider, live, "tower_2")["rows"]}
    assert [axis["size"] for axis in rows["tower_2"]["shape"]] == [None, 13]
    assert "used 2 times" in rows["tower"]["reads"]
    assert "the same layer as tower" in rows["tower_2"]["reads"]


def test_where_the_first_use_goes_the_next_one_is_the_layer() -> None:
    document = editing.used_again(TEMPLATES["Autoencoder"], 0)
    named = editing.with_name(document, 0, "first")
    assert named.layers[1].of == "first"
    left = editing.removed(named, 0)
    assert left.layers[0].layer.get("units") == TEMPLATES["Autoencoder"].layers[0].layer.get("units")
    assert not left.layers[0].of
    to_spec(left)
    with pytest.raises(DocumentError, match="must come before it"):
        to_spec(editing.moved(named, 0, 1))


def test_names_from_elsewhere_are_made_fit() -> None:
    spec = to_spec(Document())
    inputs = (InputSpec("my input/x", (None, 5)), InputSpec("my input/x", (None, 7)))
    document = from_spec(spec.__class__(inputs, (), (), ()))
    assert document.names == ["my_input_x", "my_input_x_2"]
    assert from_json(to_json(document)) == document
