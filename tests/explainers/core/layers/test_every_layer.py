"""Every class of `keras.layers` has a sheet, and names all axes of a live layer: Keras' own test cases, and ours."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest
from keras import layers

from explainers.core.axes import Axis, names, sizes
from explainers.core.inspection import inspect_live
from explainers.core.layers import SHEETS, sheet
from explainers.core.layers.ruling import inside
from explainers.core.layers.signatures import FILE, layer_classes, written
from explainers.core.results import Inspection

CASES = [
    json.loads(line) for line in Path(__file__).with_name("keras_layers.jsonl").read_text(encoding="utf-8").splitlines()
]
NOT_PUBLIC = {"RandomRGBToHSVLayer": "a class of Keras' own tests", "GroupedQueryAttention": "GroupQueryAttention"}


def public_classes() -> dict[str, type]:
    """Every class that the installed Keras shows in keras.layers, aliases included."""
    found = {name: getattr(layers, name) for name in dir(layers) if not name.startswith("_")}
    return {name: value for name, value in found.items() if inspect.isclass(value)}


def test_every_class_of_the_installed_keras_has_a_sheet_with_a_rule_or_a_reason():
    known = {name: sheet(name) for name in public_classes() if name != "InputSpec"}  # not a layer
    assert [name for name, found in known.items() if found is None] == []
    lawless = {found.name for found in known.values() if found and not (found.rule or found.cell_rule or found.why_not)}
    assert lawless == set()
    assert {found.name for found in SHEETS.values() if found.why_not} == {
        *("InputLayer", "Lambda", "Layer", "Wrapper"),
        *("TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"),
    }


def test_no_sheet_is_of_a_class_that_keras_has_not():
    assert sorted(SHEETS) == sorted(layer_classes())


def test_aliases_of_keras_lead_to_the_class_that_they_are():
    for name, found in public_classes().items():
        if name != "InputSpec":
            facts = sheet(name)
            assert facts is not None
            assert getattr(layers, facts.name) is found, name


def test_the_signatures_are_those_of_the_installed_keras():
    assert FILE.read_text(encoding="utf-8") == written(), "run python -m explainers.core.layers.signatures"


# -- live layers ---------------------------------------------------------------------------------------------


def inputs_of(shape: Any) -> list[Any]:
    """Inputs of a case: one shape, a list of them, or a dict of query and value."""
    if isinstance(shape, dict):
        shape = [shape["query_shape"], shape["value_shape"]]
    several = shape if shape and isinstance(shape[0], list) else [shape]
    return [keras.Input(batch_shape=tuple(one), name=f"x_{i}") for i, one in enumerate(several)]


def inspected(make: Callable[[], Any], shape: Any) -> tuple[Inspection, Any]:
    """One layer between its Inputs and the model's outputs."""

    def build() -> Any:
        tensors = inputs_of(shape)
        layer = make()
        if isinstance(shape, dict):
            return keras.Model(tensors, layer(*tensors), name="m")
        return keras.Model(tensors, layer(tensors if len(tensors) > 1 else tensors[0]), name="m")

    found = inspect_live(build, run=False)
    assert found.inspection.error is None, found.inspection.error
    return found.inspection, found.model


def every_name(found: Inspection) -> set[str]:
    shapes = [shape for layer in found.layers for shape in (*layer.outputs, *(w.shape for w in layer.weights))]
    return {name for shape in shapes for name in names(shape)}


def nameless(found: Inspection) -> set[str]:
    return {name for name in every_name(found) if name.startswith(("axis ", "same size")) or name in ("unknown", "")}


def kwargs_of(case: dict[str, Any]) -> dict[str, Any]:
    """JSON has no tuples."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in case["kwargs"].items()}


PUBLIC = [case for case in CASES if case["layer"] not in NOT_PUBLIC or case["layer"] == "GroupedQueryAttention"]


@pytest.mark.filterwarnings("ignore:You passed `rms_scaling=True`")
@pytest.mark.parametrize("case", PUBLIC, ids=[f"{i} {case['layer']}" for i, case in enumerate(PUBLIC)])
def test_keras_own_cases_have_named_axes(case):
    facts = sheet(case["layer"])
    assert facts is not None
    found, model = inspected(lambda: getattr(layers, facts.name)(**kwargs_of(case), name="l"), case["input_shape"])
    assert nameless(found) == set()
    assert found.layers[-1].known
    live = [tuple(tensor.shape) for tensor in model.outputs]
    assert [sizes(shape) for shape in found.layers[-1].outputs] == live
    assert found.layers[-1].params == model.count_params()


# -- classes that Keras' cases leave out, and what they call things; all sizes differ pairwise -----------------

IMAGE = [None, 12, 14, 3]
FRAMES = [None, 6, 12, 14, 3]
BATCH = "batch"
OURS: dict[str, tuple[Callable[[], Any], Any, tuple[tuple[str, ...], ...]]] = {
    "adaptive pool of steps": (
        lambda: layers.AdaptiveAveragePooling1D(4), [None, 9, 5], ((BATCH, "steps", "channels"),)),
    "adaptive pool of an image": (
        lambda: layers.AdaptiveMaxPooling2D((4, 5)), IMAGE, ((BATCH, "height", "width", "channels"),)),
    "adaptive pool of a volume": (
        lambda: layers.AdaptiveAveragePooling3D(2), FRAMES, ((BATCH, "depth", "height", "width", "channels"),)),
    "channels first": (
        lambda: layers.AdaptiveMaxPooling1D(2, data_format="channels_first"), [None, 5, 9],
        ((BATCH, "channels", "steps"),)),
    "convolution of an image": (
        lambda: layers.Conv2D(7, (2, 5), strides=(1, 3)), IMAGE, ((BATCH, "height", "width", "filters"),)),
    "transposed with output_padding": (
        lambda: layers.Conv2DTranspose(7, 4, strides=3, padding="same", output_padding=1), IMAGE,
        ((BATCH, "height", "width", "filters"),)),
    "transposed and dilated": (
        lambda: layers.Conv1DTranspose(7, 4, dilation_rate=2), [None, 9, 5], ((BATCH, "steps", "filters"),)),
    "transposed, channels first": (
        lambda: layers.Conv2DTranspose(7, (4, 2), strides=(2, 3), data_format="channels_first"), [None, 3, 12, 14],
        ((BATCH, "filters", "height", "width"),)),
    "depthwise": (
        lambda: layers.DepthwiseConv2D(3, depth_multiplier=2), IMAGE, ((BATCH, "height", "width", "2 × channels"),)),
    "depthwise as it is": (
        lambda: layers.DepthwiseConv2D(3, strides=2, padding="same"), IMAGE,
        ((BATCH, "height", "width", "channels"),)),
    "separable": (
        lambda: layers.SeparableConv2D(7, 3, depth_multiplier=4, use_bias=False), IMAGE,
        ((BATCH, "height", "width", "filters"),)),
    "frames of a video": (
        lambda: layers.ConvLSTM2D(7, (3, 5), return_sequences=True, return_state=True), FRAMES,
        ((BATCH, "frames", "height", "width", "filters"), *((BATCH, "height", "width", "filters"),) * 2)),
    "frames, channels first": (
        lambda: layers.ConvLSTM2D(7, 3, data_format="channels_first"), [None, 6, 3, 12, 14],
        ((BATCH, "filters", "height", "width"),)),
    "volumes along time": (
        lambda: layers.ConvLSTM3D(7, 2, padding="same"), [None, 6, 9, 12, 14, 3],
        ((BATCH, "depth", "height", "width", "filters"),)),
    "each frame": (
        lambda: layers.TimeDistributed(layers.Conv2D(7, 3)), FRAMES,
        ((BATCH, "frames", "height", "width", "filters"),)),
    "each frame both ways": (
        lambda: layers.TimeDistributed(layers.Bidirectional(layers.GRU(7))), [None, 6, 12, 5],
        ((BATCH, "sequences", "2 × units"),)),
    "both ways around frames": (
        lambda: layers.Bidirectional(layers.ConvLSTM2D(7, 3), merge_mode="sum"), FRAMES,
        ((BATCH, "height", "width", "filters"),)),
    "two different directions": (
        lambda: layers.Bidirectional(layers.LSTM(7), backward_layer=layers.GRU(7, go_backwards=True)), [None, 6, 3],
        ((BATCH, "2 × units"),)),
    "a set of sequences each": (
        lambda: layers.TimeDistributed(layers.TimeDistributed(layers.Dense(7))), [None, 6, 12, 5],
        ((BATCH, "sequences", "timesteps", "units"),)),
    "spectral": (
        lambda: layers.SpectralNormalization(layers.Conv2D(7, 3)), IMAGE, ((BATCH, "height", "width", "filters"),)),
    "spectral of an embedding": (
        lambda: layers.SpectralNormalization(layers.Embedding(11, 5)), [None, 6], ((BATCH, "timesteps", "features"),)),
    "group normalization": (
        lambda: layers.GroupNormalization(groups=3), [None, 12, 14, 9], ((BATCH, "axis 1", "axis 2", "axis 3"),)),
    "a kernel per place": (
        lambda: layers.PReLU(shared_axes=[1, 2]), IMAGE, ((BATCH, "height", "width", "channels"),)),
    "both ways of an embedding": (
        lambda: layers.ReversibleEmbedding(11, 5, tie_weights=False), [None, 6], ((BATCH, "timesteps", "features"),)),
    "dot": (lambda: layers.Dot(axes=(2, 1)), [[None, 6, 5], [None, 5, 9]], ((BATCH, "rows", "columns"),)),
    "resized": (lambda: layers.Resizing(6, 8), IMAGE, ((BATCH, "height", "width", "channels"),)),
    "cut out of the middle": (lambda: layers.CenterCrop(6, 8), IMAGE[1:], (("height", "width", "channels"),)),
    "categories": (
        lambda: layers.CategoryEncoding(num_tokens=7, output_mode="one_hot"), [None, 1], ((BATCH, "num_tokens"),)),
    "bins": (
        lambda: layers.Discretization(bin_boundaries=[0.0, 2.0], output_mode="one_hot"), [None, 5],
        ((BATCH, "features", "num_bins"),)),
    "hashed in rows": (
        lambda: layers.Hashing(num_bins=7, output_mode="one_hot"), [None, 6, 5], ((BATCH, "rows", "num_bins"),)),
    "an output_shape longer than its letters": (
        lambda: layers.EinsumDense("...x,xy->...y", output_shape=(7, 11)), [None, 6, 5],
        ((BATCH, "rows", "units", "output_shape[1]"),)),
    "hashed": (lambda: layers.Hashing(num_bins=7, output_mode="multi_hot"), [None, 5], ((BATCH, "num_bins"),)),
    "looked up": (
        lambda: layers.IntegerLookup(vocabulary=[12, 36, 40], output_mode="multi_hot"), [None, 5],
        ((BATCH, "vocabulary"),)),
    "mel": (lambda: layers.MelSpectrogram(num_mel_bins=40), [None, 9000], ((BATCH, "num_mel_bins", "frames"),)),
    "stft": (
        lambda: layers.STFTSpectrogram(frame_length=64, frame_step=30, fft_length=128, window=None), [None, 900, 1],
        ((BATCH, "frames", "frequencies"),)),
    "stft of two channels": (
        lambda: layers.STFTSpectrogram(mode="stft", frame_length=64, expand_dims=True, window=None), [None, 900, 2],
        ((BATCH, "frames", "2 × frequencies", "channels"),)),
    "a pipeline": (
        lambda: layers.Pipeline([layers.Resizing(6, 8), layers.RandomFlip()]), IMAGE,
        ((BATCH, "height", "width", "channels"),)),
    "padded": (
        lambda: layers.ZeroPadding3D(((1, 2), (3, 4), (0, 1))), FRAMES,
        ((BATCH, "depth", "height", "width", "channels"),)),
    "cropped, channels first": (
        lambda: layers.Cropping2D(((1, 2), (3, 0)), data_format="channels_first"), [None, 3, 12, 14],
        ((BATCH, "channels", "height", "width"),)),
    "root mean square": (lambda: layers.RMSNormalization(axis=(1, 2)), [None, 6, 5], ((BATCH, "rows", "columns"),)),
}  # fmt: skip


@pytest.mark.parametrize("case", OURS)
def test_what_axes_are_called(case):
    make, shape, expected = OURS[case]
    found, model = inspected(make, shape)
    layer = found.layers[-1]
    assert tuple(names(out) for out in layer.outputs) == expected
    assert [sizes(out) for out in layer.outputs] == [tuple(tensor.shape) for tensor in model.outputs]
    assert layer.known
    assert layer.params == model.count_params()


def scored(layer: Any, *shapes: tuple[int | None, ...]) -> Inspection:
    """An attention layer that gives its scores, too."""

    def build() -> Any:
        tensors = [keras.Input(shape, name=f"x_{i}") for i, shape in enumerate(shapes)]
        called = tensors if type(layer).__name__ in ("Attention", "AdditiveAttention") else None
        outputs = (
            layer(called, return_attention_scores=True) if called else layer(*tensors, return_attention_scores=True)
        )
        return keras.Model(tensors, outputs, name="m")

    return inspect_live(build, run=False).inspection


@pytest.mark.parametrize(
    ("layer", "scores"),
    [
        (lambda: layers.Attention(use_scale=True, score_mode="concat"), ("query steps", "key steps")),
        (lambda: layers.AdditiveAttention(), ("query steps", "key steps")),
        (lambda: layers.GroupQueryAttention(5, 4, 2), ("query heads", "query steps", "key steps")),
    ],
)
def test_attention_scores(layer, scores):
    found = scored(layer(), (6, 12), (9, 12))
    output, scored_by = found.layers[-1].outputs
    assert names(output) == (BATCH, "query steps", "features")
    assert names(scored_by) == (BATCH, *scores)
    assert sizes(scored_by)[-2:] == (6, 9)


def test_keras_declares_the_scores_of_heads_as_long_as_the_query():
    """Its own symbolic shape, which the data then don't keep to: the page shows the one and says the other."""
    found = scored(layers.MultiHeadAttention(4, 5), (6, 12), (9, 12))
    _, scores = found.layers[-1].outputs
    assert (names(scores), sizes(scores)) == ((BATCH, "heads", "query steps", "key steps"), (None, 4, 6, 6))
    assert scores[-1].origin == (
        "declared by Keras as long as the query steps; with data it is as long as shape[0]=9 of Input x_1"
    )


def test_an_equalization_keeps_the_image():
    """Its symbolic call hands the very tensor on, so Keras makes no model of it: asked of the layer itself."""
    image = tuple(Axis(word, size, "a test") for word, size in (("height", 12), ("width", 14), ("channels", 3)))
    layer = layers.Equalization()
    assert inside(layer, [image]).outputs == (image,)
    assert layer.compute_output_shape(sizes(image)) == sizes(image)


def test_heads_and_their_weights():
    found = scored(layers.MultiHeadAttention(4, 5, value_dim=11, output_shape=13), (6, 12), (9, 14))
    attention = found.layers[-1]
    told = {weight.name: weight.formula for weight in attention.weights}
    assert told["query/kernel"] == told["key/kernel"] == "features × heads × key_dim"
    assert told["value/kernel"] == "features × heads × value_dim"
    assert told["attention_output/kernel"] == "heads × value_dim × features"
    assert (attention.weights[0].numbers, sizes(attention.outputs[0])) == ("12 × 4 × 5", (None, 6, 13))


def test_a_sequence_that_attends_to_itself_keeps_its_timesteps():
    def build() -> Any:
        x = keras.Input((6, 12), name="x")
        attention = layers.MultiHeadAttention(4, 5, name="attention")
        seen, scores = attention(query=x, value=x, key=x, return_attention_scores=True)
        return keras.Model(x, [layers.Add(name="add")([x, seen]), scores], name="m")

    found = inspect_live(build, run=False).inspection
    assert names(found.layers[0].outputs[0]) == (BATCH, "timesteps", "features")
    assert names(found.layers[1].outputs[1]) == (BATCH, "heads", "query steps", "key steps")
    assert names(found.layers[-1].outputs[0]) == (BATCH, "timesteps", "features")


def test_key_and_value_by_name_are_not_taken_for_each_other():
    def build() -> Any:
        query, value, key = (keras.Input(shape, name=name) for shape, name in
                             (((6, 12), "query"), ((9, 14), "value"), ((9, 7), "key")))  # fmt: skip
        out = layers.MultiHeadAttention(4, 5, name="attention")(key=key, value=value, query=query)
        return keras.Model([query, value, key], out, name="m")

    found = inspect_live(build, run=False).inspection
    told = {weight.name: weight.numbers for weight in found.layers[-1].weights}
    assert (told["query/kernel"], told["key/kernel"], told["value/kernel"]) == ("12 × 4 × 5", "7 × 4 × 5", "14 × 4 × 5")
    assert names(found.layers[2].outputs[0]) == (BATCH, "key steps", "features")
