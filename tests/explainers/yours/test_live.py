"""A document built live: the shapes and counts are those of the same model written by hand in Keras."""

from __future__ import annotations

from typing import Any

import keras
import pytest
from keras import layers

from explainers.core.axes import sizes
from explainers.core.results import Explanation
from explainers.core.spec import InputSpec, LayerSpec
from explainers.yours import editing
from explainers.yours.document import Document, DocumentError, Placed
from explainers.yours.link import from_json, to_json
from explainers.yours.live import built, concrete, described, from_text
from explainers.yours.templates import TEMPLATES
from tests.parts import standing_for
from views import export


def flow(document: Document) -> list[tuple[str, tuple[int | None, ...]]]:
    """Each layer that stands, with its shape."""
    found = built(to_json(document)).inspection
    assert found is not None
    return [(step.layer, sizes(step.outputs[0])) for step in found.flow if step.outputs]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_built_with_all_axes_named(name: str) -> None:
    found = built(to_json(TEMPLATES[name]))
    assert found.inspection is not None
    assert found.inspection.error is None
    named = [axis.axis for layer in found.inspection.layers for shape in layer.outputs for axis in shape]
    assert not [name for name in named if name.startswith("axis") or name == "unknown"]


def test_the_video_template_is_what_keras_makes_of_it() -> None:
    video = keras.Input((10, 32, 24, 3))
    x = layers.TimeDistributed(layers.Conv2D(8, 3, activation="relu"))(video)
    x = layers.TimeDistributed(layers.GlobalAveragePooling2D())(x)
    x = layers.Dense(6)(layers.LSTM(16)(x))
    found = built(to_json(TEMPLATES["CNN + LSTM on video"])).inspection
    assert found is not None
    assert found.total_params == keras.Model(video, x).count_params()
    assert sizes(found.layers[-1].outputs[0]) == tuple(x.shape)


def test_what_stands_before_the_failing_layer_stays_and_a_tried_change_repairs_it() -> None:
    broken = editing.removed(TEMPLATES["CNN on images"], 4)  # without Flatten: Dense reads a picture
    dense = editing.added(broken, "LSTM", 4)
    found = built(to_json(dense))
    assert found.inspection is not None
    error = found.inspection.error
    assert error is not None
    assert (error.layer, error.mistake) == ("lstm", "layer_rank")
    assert "expected ndim=3, found ndim=4" in error.message
    assert flow(dense)[:4] == [
        ("image", (None, 28, 28, 1)), ("conv2d", (None, 26, 26, 8)), ("pool", (None, 13, 13, 8)),
        ("conv2d_2", (None, 11, 11, 16)),
    ]  # fmt: skip
    assert found.offers
    for offer in found.offers:
        again = built(offer.document)
        assert again.inspection is not None
        assert again.inspection.error is None
        assert sizes(again.inspection.layers[-1].outputs[0]) == offer.output


def test_a_model_too_large_for_numbers_is_inspected_without_them_and_a_larger_one_refused() -> None:
    wide = editing.with_argument(editing.added(Document(), "Dense", 0), 0, "units", 900_000_000)
    found = built(to_json(wide))
    assert found.inspection is not None
    assert found.inspection.total_params == (8 + 1) * 900_000_000
    wider = editing.with_argument(editing.added(wide, "Dense", 1), 1, "units", 700_000_000)
    refused = built(to_json(wider))
    assert refused.inspection is None
    assert "weights" in refused.refused
    assert refused.offers == ()


def test_a_document_that_is_none_raises_one_sentence() -> None:
    with pytest.raises(DocumentError, match="cut off or changed"):
        built({"inputs": 5})


@pytest.mark.parametrize("class_name", editing.addable())
def test_every_layer_that_can_be_added_ends_in_a_model_or_in_keras_own_words(class_name: str) -> None:
    document = editing.added(Document(), class_name, 0)
    found = built(to_json(document))
    assert found.inspection is not None
    error = found.inspection.error
    assert error is None or error.message
    if document.layers[0].layer.class_name in ("MultiHeadAttention", "GroupQueryAttention", "Add", "Conv1D", "GRU"):
        assert error is None


def placed(class_name: str, name: str, **arguments: Any) -> Placed:
    return Placed(LayerSpec(class_name, name, tuple(arguments.items())))


@pytest.mark.parametrize(
    ("layers_of_it", "wrapped", "gives"),
    [
        (
            [placed("Conv2D", "edges", filters=4, kernel_size=3), placed("ReLU", "on"), placed("Flatten", "flat"),
             placed("GRU", "reader", units=6)],
            ["each_edges", "each_flat"], (None, 6),
        ),
        (
            [placed("SeparableConv2D", "edges", filters=4, kernel_size=3), placed("GlobalMaxPooling2D", "most"),
             placed("SimpleRNN", "reader", units=7)],
            ["each_edges", "each_most"], (None, 7),
        ),
        (
            [placed("AveragePooling2D", "half", pool_size=2), placed("LSTM", "reader", units=9, return_sequences=True)],
            ["each_half", "each_flat"], (None, 6, 9),
        ),
        ([placed("DepthwiseConv2D", "edges", kernel_size=5)], ["each_edges"], (None, 6, 8, 10, 3)),
    ],
)  # fmt: skip
def test_frames_into_layers_of_one_picture_are_run_on_each(
    layers_of_it: list[Placed], wrapped: list[str], gives: tuple[int | None, ...]
) -> None:
    found = built(to_json(Document((InputSpec("film", (None, 6, 12, 14, 3)),), tuple(layers_of_it))))
    assert found.inspection is not None
    assert found.inspection.error is not None
    assert found.inspection.error.mistake == "layer_rank"
    offer = found.offers[0]
    assert offer.output == gives
    rows = from_json(offer.document).layers
    assert [row.name for row in rows if row.layer.class_name == "TimeDistributed"] == wrapped
    assert built(offer.document).inspection.error is None


def test_a_program_becomes_a_document() -> None:
    document = from_json(
        from_text(
            "model = keras.Sequential([keras.Input((9, 5)), layers.GRU(7, return_sequences=True), layers.Dense(3)])"
        )
    )
    assert flow(document) == [("input", (None, 9, 5)), ("gru", (None, 9, 7)), ("dense", (None, 9, 3))]
    with pytest.raises(DocumentError, match="No model was found"):
        from_text("What is a shape?")


def test_arguments_are_told_in_keras_own_words() -> None:
    told = described("Conv1D")
    doc = layers.Conv1D.__doc__ or ""
    assert told["filters"].split()[0] in doc
    assert set(told) >= {"filters", "kernel_size", "strides", "padding"}
    assert described("Nothing") == {}


@pytest.mark.parametrize("name", standing_for(TEMPLATES, "Sequence to sequence"))
def test_none_becomes_a_number_with_the_same_weights(name: str) -> None:
    found = concrete(to_json(TEMPLATES[name]))
    assert {run.batch for run in found.runs} >= {1, 2}
    for run in found.runs:
        assert run.error is None
        assert run.fingerprint == found.fingerprint
        assert all(shape[0].size == run.batch for step in run.steps for shape in step.shapes)


@pytest.mark.parametrize("name", standing_for(TEMPLATES, "Sequence to sequence", "U-Net"))
def test_the_script_that_is_taken_away_runs(name: str) -> None:
    """Its asserts are about every shape and count, by Keras itself."""
    inspection = built(to_json(TEMPLATES[name])).inspection
    assert inspection is not None
    taken = export.Taken(Explanation("", {}, "", inspection, ""), "Your model", "http://here/your_model?m=x")
    script = export.script(taken)
    assert "Dims:" not in script
    exec(script, {})
