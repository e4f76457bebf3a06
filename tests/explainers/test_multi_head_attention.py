"""Attention: counts against the closed form, scores against NumPy, masks, every mistake made live, what is read."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest

from explainers.beside.multi_head_attention import of_count
from explainers.core.axes import names, sizes
from explainers.core.registry import find_explainer
from explainers.core.results import Layer
from explainers.core.trial import Tried
from explainers.core.words import untagged
from explainers.multi_head_attention import Dims, padding_mask
from explainers.reading.diagnosing import read
from tests.explained import explained_at, tried_at

EXPLAINER = find_explainer("multi_head_attention")


def attention(dims: Dims) -> Layer:
    return explained_at(EXPLAINER.name, dims).inspection.layer("attention")


def scored(dims: Dims) -> dict[str, Any]:
    found = explained_at(EXPLAINER.name, dims).extra
    assert found is not None
    return found["scored"]  # type: ignore[return-value]


def tried(name: str, dims: Dims) -> Tried:
    return tried_at(EXPLAINER.name, name, dims)


@pytest.mark.parametrize("value_dim", [None, 9])
def test_counts_are_those_of_four_projections(value_dim: int | None) -> None:
    dims = Dims(query_steps=8, key_steps=11, features=10, num_heads=3, key_dim=4, value_dim=value_dim)
    f, h, k, v = 10, 3, 4, value_dim or 4
    layer = attention(dims)
    assert layer.params == 2 * (f * h * k + h * k) + (f * h * v + h * v) + (h * v * f + f)
    assert sizes(layer.outputs[0]) == (None, 8, 10)
    assert names(layer.outputs[0]) == ("batch", "query steps", "features")
    assert layer.known


@pytest.mark.parametrize("mask", ["none", "causal", "padding"])
@pytest.mark.parametrize("alone", [True, False])
def test_scores_are_softmax_in_numpy_and_rows_sum_to_one(mask: str, alone: bool) -> None:
    found = scored(
        Dims(query_steps=6, key_steps=9, features=7, num_heads=3, key_dim=4, mask=mask, self_attention=alone)
    )
    assert found["difference"] < 1e-5
    scores, hidden = np.array(found["scores"]), np.array(found["hidden"])
    assert scores.shape == (3, 6, 6 if alone else 9)
    assert np.allclose(scores.sum(-1), 1, atol=1e-3)
    assert (scores[:, hidden] == 0).all()
    assert hidden.any() == (mask != "none")
    if mask == "causal":
        assert (hidden == ~np.tri(*hidden.shape, dtype=bool)).all()


def test_a_mask_is_no_key() -> None:
    """The third tensor that the layer reads is an attention_mask here, and has its own axes."""
    layer = attention(Dims(query_steps=6, key_steps=9, features=7, mask="padding"))
    assert layer.known
    assert names(layer.inputs[2]) == ("batch", "query steps", "key steps")
    kernel = next(weight for weight in layer.weights if weight.name == "key/kernel")
    assert names(kernel.shape) == ("features", "heads", "key_dim")
    assert sizes(kernel.shape)[0] == 7


def test_padding_never_hides_everything() -> None:
    for steps in (1, 2, 3, 10):
        assert padding_mask((2, 3, steps)).sum(-1).min() >= 1
    assert padding_mask((1, 1, 9)).sum() == 6


def test_what_keras_declares_of_the_scores_is_not_what_comes() -> None:
    shown = tried("declared_scores", Dims(query_steps=6, key_steps=9))
    assert [sizes(tensor.shape)[1:] for tensor in shown.tensors] == [(2, 6, 6), (2, 6, 9)]
    assert shown.kind == "silent"
    assert tried("declared_scores", Dims(query_steps=6, key_steps=6)).kind == "run"


def test_no_weight_has_steps() -> None:
    shown = tried("any_length", Dims(query_steps=4, key_steps=6, num_heads=3))
    assert [figure.value for figure in shown.figures[:2]] == [3 * 4 * 6, 3 * 4 * 12]
    assert {sizes(tensor.shape) for tensor in shown.tensors} == {(4, 4, 6)}


def test_widths_are_free() -> None:
    shown = tried("other_widths", Dims(features=10, num_heads=3, key_dim=4))
    assert untagged(shown.verdict).startswith("No.")
    assert [figure.value for figure in shown.figures] == [
        4 * 10 * h * k + 3 * h * k + 10 for h, k in ((3, 4), (3, 8), (4, 4))
    ]


def test_the_answer_names_the_shape_and_says_what_key_dim_is() -> None:
    told = untagged(explained_at(EXPLAINER.name, Dims(query_steps=8, key_steps=11, features=10)).sentence)
    assert "(None, 8, 10)" in told
    assert "8 query steps looks at all 11 key steps" in told
    causal = untagged(explained_at(EXPLAINER.name, Dims(self_attention=True, mask="causal")).sentence)
    assert "itself and those before it" in causal


@pytest.mark.parametrize("count", [33_088, 66_048])
def test_of_count_has_just_so_many(count: int) -> None:
    found = list(islice(of_count(count), 2))
    assert found
    for dims in found:
        assert attention(Dims(**dims)).params == count  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "dims"),
    [
        ("x = keras.Input((30, 24))\nm = keras.Model(x, layers.MultiHeadAttention(3, 8)(x, x))",
         {"self_attention": True, "query_steps": 30, "features": 24, "num_heads": 3, "key_dim": 8}),
        ("q = keras.Input((12, 20))\nv = keras.Input((17, 20))\n"
         "m = keras.Model([q, v], layers.MultiHeadAttention(num_heads=5, key_dim=4)(q, v))",
         {"query_steps": 12, "key_steps": 17, "features": 20, "num_heads": 5, "key_dim": 4}),
    ],
)  # fmt: skip
def test_pasted_attention_is_recognized(code: str, dims: dict[str, Any]) -> None:
    found = read(code)
    assert found.explainer == "multi_head_attention"
    assert dims.items() <= found.dims.items()
