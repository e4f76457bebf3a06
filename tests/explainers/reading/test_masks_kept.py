"""Masks that layers pass on: which of them no recurrent layer can read, held against Keras itself."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from explainers.core.layers import names_of
from explainers.reading.code.choice import chosen
from explainers.reading.code.reader import read_code
from explainers.reading.diagnosing import diagnose, read
from explainers.reading.misfits import misfit

WORDS = {"keras": keras, "np": np, **{name: getattr(layers, name) for name in dir(layers) if name[:1].isupper()}}
CASES = {
    "a mask of pixels": ("(3, 4, 5)", "Masking(0.0), TimeDistributed(Flatten()), LSTM(7)", False),
    "kept by layers in between": ("(3, 4, 5)", "Masking(0.0), Dense(6), Dropout(0.1), TimeDistributed(Flatten()), "
                                  "Bidirectional(GRU(7))", False),
    "a mask of words": ("(3, 4)", "Embedding(9, 5, mask_zero=True), TimeDistributed(LSTM(6)), GRU(8)", False),
    "lost in a Reshape": ("(3, 4, 5)", "Masking(0.0), Reshape((3, 20)), LSTM(7)", True),
    "read slice by slice": ("(3, 4, 5)", "Masking(0.0), TimeDistributed(LSTM(7))", True),
    "made inside": ("(3, 4)", "TimeDistributed(Embedding(9, 5, mask_zero=True)), TimeDistributed(LSTM(6))", True),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Layer 'reshape")  # it says that the mask is lost
@pytest.mark.parametrize("name", CASES)
def test_a_mask_of_more_axes_is_refused_where_keras_refuses_it(name: str) -> None:
    shape, stack, sound = CASES[name]
    code = f"model = keras.Sequential([keras.Input({shape}), {stack}])\n"
    made = dict(WORDS)
    exec(code, made)  # the program of the test itself
    model: keras.Model = made["model"]
    if sound:
        model(np.ones((2, *model.input_shape[1:])))
    else:
        with pytest.raises(Exception, match="SelectV2"):
            model(np.ones((2, *model.input_shape[1:])))
    spec = chosen(read_code(code)[0])
    assert spec is not None
    assert misfit(spec)[0] == (None if sound else "mask")


@pytest.mark.parametrize("group", ["same", "norm"])
def test_the_groups_that_pass_masks_on_do(group: str) -> None:
    given: dict[str, tuple[object, ...]] = {"Rescaling": (2.0,), "Activation": ("relu",)}
    for name in names_of(group):
        cls = getattr(layers, name, None)
        if cls is not None and name != "RMSNormalization":
            assert cls(*given.get(name, (0.1,) if "Drop" in name or "Noise" in name else ())).supports_masking, name
    assert not layers.RMSNormalization().supports_masking


def test_what_helps_against_a_mask_of_words_runs() -> None:
    found = diagnose(
        "m = Sequential([Embedding(70, 6, mask_zero=True, input_shape=(4, 9)), TimeDistributed(LSTM(5)), GRU(8)])\n"
        "m.predict(np.ones((3, 4, 9)))\n"
    )
    assert "(None, 4, 9)" in found.cause
    assert "+m = Sequential([Embedding(70, 6, input_shape=(4, 9))" in found.fixes[0].diff
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.output == (None, 8)


def test_padding_at_the_start_is_put_at_the_end_in_the_askers_call() -> None:
    text = "You are passing a RNN mask that does not correspond to right-padded sequences, while using cuDNN"
    fixes = read(f"rows = pad_sequences(ids, maxlen=31)\nInvalidArgumentError: {text}").fixes
    assert fixes[0].code == 'pad_sequences(ids, maxlen=31, padding="post")'
    assert "use_cudnn=False" in fixes[-1].code
    assert "post" not in read(f"rows = pad_sequences(ids, padding='post')\nInvalidArgumentError: {text}").fixes[0].code


@pytest.mark.parametrize(
    ("layer", "first"), [(layers.Conv1D(4, 3), "# no mask_zero"), (layers.Reshape((35,)), "x = layers.Masking(")]
)
def test_a_warning_about_a_mask_is_told_as_one(layer: keras.Layer, first: str) -> None:
    with pytest.warns(UserWarning, match="mask attached") as told:
        layer(layers.Masking()(np.ones((2, 7, 5))))
    found = read(f"UserWarning: {told[0].message}")
    assert "This is a warning: the model runs" in found.cause
    assert found.fixes[0].code.startswith(first)


ATTENDS = """import numpy as np
import keras
from keras import layers
q, k = keras.Input((9, 12)), keras.Input((14, 12))
w = {mask}
o = layers.MultiHeadAttention(2, 6)(q, k, attention_mask=w)
m = keras.Model({inputs}, o)
"""


@pytest.mark.parametrize(
    ("mask", "inputs", "mistake"),
    [
        ("keras.Input((9, 14))", "[q, k, w]", None),
        ("keras.Input((14, 9))", "[q, k, w]", "attention_shapes"),
        ("np.ones((1, 9, 14))", "[q, k]", None),
        ("np.ones((1, 14, 9))", "[q, k]", "attention_shapes"),
    ],
)
def test_the_mask_of_an_attention_in_code_is_read(mask: str, inputs: str, mistake: str | None) -> None:
    assert diagnose(ATTENDS.format(mask=mask, inputs=inputs)).mistake == mistake


def test_a_list_of_masks_is_told_as_not_read() -> None:
    attends = "MultiHeadAttention(2, 6)(q, k, attention_mask=w)"
    listed = ATTENDS.format(mask="None", inputs="[q, k]").replace(attends, "Attention()([q, k], mask=[q, k])")
    assert any("the mask of Attention isn't read here" in why for why in diagnose(listed).unread)
