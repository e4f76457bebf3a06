"""Whatever Keras can build is inspected: never an exception, never the word unknown, and code that runs."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from explainers.core.axes import names, sizes
from explainers.core.inspection import inspect_model
from explainers.core.limits import Limits
from explainers.core.results import Inspection, Layer

Names = dict[str, tuple[str, ...]]  # layer -> the names of its (first) output


class Block(keras.Model):
    """A subclassed block without Inputs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = layers.Dense(5, name="inner")

    def build(self, shape: Any) -> None:
        self.inner.build(shape)

    def call(self, x: Any) -> Any:
        return self.inner(x)

    def compute_output_shape(self, shape: Any) -> Any:
        return (*shape[:-1], 5)


@keras.saving.register_keras_serializable("any_model")
class Cell(layers.Layer):
    """A recurrent cell that nobody brought a rule for."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, shape: Any) -> None:
        self.k = self.add_weight(shape=(shape[-1], self.units), name="k")

    def call(self, x: Any, states: Any) -> Any:
        h = x @ self.k + states[0]
        return h, [h]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


class Narrow(layers.Dense):
    """Builds on Dense and does something else."""

    def call(self, x: Any) -> Any:
        return super().call(x)[:, :2]

    def compute_output_shape(self, shape: Any) -> Any:
        return (shape[0], 2, self.units)


class Same(layers.Dense):
    """Builds on Dense and does what Dense does."""


def from_a_cell() -> Any:
    """A class whose source nobody has: made in a notebook's cell."""
    space: dict[str, Any] = {}
    exec(
        "import keras\n"
        "class Mine(keras.layers.Layer):\n"
        "    def build(self, shape):\n"
        "        self.w = self.add_weight(shape=(shape[-1], 11), name='w')\n"
        "    def call(self, x):\n"
        "        return x @ self.w\n",
        space,
    )
    x = keras.Input((7, 3), name="x")
    return keras.Model(x, layers.LSTM(5, name="lstm")(space["Mine"](name="mine")(x)))


def texts() -> Any:
    x = keras.Input((1,), dtype="string", name="x")
    ids = layers.TextVectorization(vocabulary=["cat", "dog"], output_sequence_length=9, name="words")(x)
    return keras.Model(x, layers.GRU(5, name="gru")(layers.Embedding(10, 4, name="embedding")(ids)))


def unsorted_dict() -> Any:
    zeta, alpha = keras.Input((7, 3), name="zeta"), keras.Input((4,), name="alpha")
    joined = layers.Concatenate(name="joined")([layers.LSTM(5, name="lstm")(zeta), alpha])
    return keras.Model({"zeta": zeta, "alpha": alpha}, {"out": layers.Dense(2, name="out")(joined), "again": joined})


def lora() -> Any:
    ids = keras.Input((7,), dtype="int32", name="ids")
    embedding, attention, dense = (
        layers.Embedding(20, 6, name="embedding"),
        layers.MultiHeadAttention(4, 3, name="attention"),
        layers.Dense(11, name="dense"),
    )
    x = embedding(ids)
    model = keras.Model(ids, dense(attention(x, x)))
    for layer in (embedding, dense, attention.query_dense):
        layer.enable_lora(2)
    return model


def other_sizes_inside() -> Any:
    """A model that was made for any length and is called on one, with a batch of its own."""
    inner_input = keras.Input((None, 3), name="inner_input")
    steps = layers.Conv1D(4, 2, name="conv")(inner_input)
    inner = keras.Model(inner_input, layers.LSTM(5, return_sequences=True, name="lstm")(steps), name="inner")
    x = keras.Input((9, 3), batch_size=6, name="x")
    return keras.Model(x, layers.Dense(2, name="dense")(inner(x)))


def model_for_each_frame() -> Any:
    encoder = keras.Sequential(
        [keras.Input((12, 14, 3)), layers.Conv2D(4, 3, name="conv"), layers.Flatten(name="flat")], name="encoder"
    )
    video = keras.Input((5, 12, 14, 3), name="video")
    return keras.Model(video, layers.LSTM(6, name="lstm")(layers.TimeDistributed(encoder, name="each")(video)))


def by_data() -> Any:
    class Called(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="called")
            self.lstm, self.dense = layers.LSTM(5, return_sequences=True, name="lstm"), layers.Dense(2, name="dense")

        def call(self, x: Any) -> Any:
            return self.dense(ops.mean(self.lstm(x), axis=1))

    model = Called()
    model(np.zeros((2, 7, 3), "float32"))
    return model


def by_two_inputs() -> Any:
    class Pair(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="pair")
            self.attention = layers.Attention(name="attention")

        def call(self, inputs: Any) -> Any:
            return self.attention([inputs["asks"], inputs["answers"]])

    model = Pair()
    model({"asks": np.zeros((2, 7, 3), "float32"), "answers": np.zeros((2, 9, 3), "float32")})
    return model


def block_inside() -> Any:
    x = keras.Input((7, 3), name="x")
    return keras.Model(x, layers.GRU(4, name="gru")(Block(name="block")(x)))


def block_at_each_step() -> Any:
    x = keras.Input((7, 3), name="x")
    return keras.Model(x, layers.GRU(4, name="gru")(layers.TimeDistributed(Block(name="block"), name="each")(x)))


def cells_without_a_rule() -> Any:
    x = keras.Input((7, 3), name="x")
    both = layers.Bidirectional(layers.RNN(Cell(5), return_sequences=True), name="both")(x)
    return keras.Model(x, layers.RNN(Cell(4, name="cell"), name="rnn")(both))


def built_on_dense() -> Any:
    x = keras.Input((7, 3), name="x")
    return keras.Model(x, Narrow(6, name="narrow")(Same(5, name="same")(x)))


def class_of_model() -> Any:
    class Named(keras.Model):
        pass

    x, y = keras.Input((7, 3), name="x"), keras.Input((7, 3), name="y")
    inner = Named(x, layers.LSTM(5, name="lstm")(x), name="inner")
    return keras.Model(y, inner(y))


def lambdas() -> Any:
    x = keras.Input((7, 3), name="x")
    twice = layers.Lambda(lambda t: ops.concatenate([t, t], -1), name="twice")(
        layers.Lambda(lambda t: -t, name="minus")(x)
    )
    return keras.Model(x, layers.LSTM(4, name="lstm")(twice))


def channels_first() -> Any:
    x = keras.Input((3, 12, 14), name="x")
    h = layers.Conv2D(4, 3, data_format="channels_first", name="conv")(x)
    h = layers.BatchNormalization(axis=1, name="normal")(h)
    return keras.Model(x, layers.GlobalAveragePooling2D(data_format="channels_first", name="pool")(h))


def transformer() -> Any:
    ids, allowed = keras.Input((9,), dtype="int32", name="ids"), keras.Input((9, 9), dtype="bool", name="allowed")
    h = layers.Embedding(50, 8, name="embedding")(ids)
    seen = layers.MultiHeadAttention(2, 5, name="attention")(query=h, key=h, value=h, attention_mask=allowed)
    h = layers.LayerNormalization(name="normal")(layers.Add(name="add")([h, seen]))
    return keras.Model([ids, allowed], layers.GlobalAveragePooling1D(name="pool")(layers.Dense(16, name="dense")(h)))


def image_as_matrix() -> Any:
    x = keras.Input((28, 26), name="x")
    h = layers.Conv2D(4, 3, name="conv")(layers.Reshape((28, 26, 1), name="grey")(x))
    return keras.Model(x, layers.Dense(10, name="dense")(layers.Flatten(name="flat")(h)))


def turned() -> Any:
    x = keras.Input((3, 7), name="x")
    return keras.Model(x, layers.LSTM(4, name="lstm")(layers.Permute((2, 1), name="turned")(x)))


def from_noise() -> Any:
    z = keras.Input((10,), name="z")
    h = layers.Reshape((7, 5, 6), name="image")(layers.Dense(210, name="dense")(z))
    return keras.Model(z, layers.Conv2DTranspose(3, 4, strides=2, name="conv")(h))


def augmented() -> Any:
    x = keras.Input((32, 24, 3), name="x")
    h = layers.Rescaling(1 / 255, name="scaled")(layers.RandomFlip(name="flipped")(x))
    return keras.Model(x, layers.Conv2D(5, 3, name="conv")(h))


def two_outputs_by_name() -> Any:
    class Both(layers.Layer):
        def call(self, a: Any, b: Any) -> Any:
            return {"sum": a + b, "product": a * b}

    a, b = keras.Input((7, 3), name="a"), keras.Input((7, 3), name="b")
    return keras.Model([a, b], Both(name="both")(a, b=b))


CALLED: dict[Any, Names] = {
    from_a_cell: {"x": ("batch", "timesteps", "features"), "mine": ("batch", "timesteps", "features")},
    texts: {"x": ("batch", "texts"), "words": ("batch", "timesteps"), "embedding": ("batch", "timesteps", "features")},
    unsorted_dict: {"zeta": ("batch", "timesteps", "features"), "joined": ("batch", "units + features")},
    lora: {"attention": ("batch", "timesteps", "features"), "dense": ("batch", "timesteps", "units")},
    other_sizes_inside: {"inner": ("batch", "steps", "units"), "x": ("batch", "steps", "channels")},
    model_for_each_frame: {
        "video": ("batch", "frames", "height", "width", "channels"),
        "each": ("batch", "frames", "height × width × filters"),
    },
    by_data: {"lstm": ("batch", "timesteps", "units"), "dense": ("batch", "units")},
    by_two_inputs: {"attention": ("batch", "query steps", "features")},
    block_inside: {"block": ("batch", "timesteps", "units")},
    block_at_each_step: {"each": ("batch", "timesteps", "features")},
    cells_without_a_rule: {"both": ("batch", "timesteps", "2 × units"), "rnn": ("batch", "units")},
    built_on_dense: {"same": ("batch", "rows", "units"), "narrow": ("batch", "rows", "units")},
    class_of_model: {"inner": ("batch", "units"), "y": ("batch", "timesteps", "features")},
    lambdas: {"minus": ("batch", "timesteps", "features"), "twice": ("batch", "timesteps", "2 × features")},
    channels_first: {"conv": ("batch", "filters", "height", "width"), "pool": ("batch", "filters")},
    transformer: {
        "allowed": ("batch", "query steps", "key steps"),
        "normal": ("batch", "timesteps", "features"),
        "pool": ("batch", "units"),
    },
    image_as_matrix: {"x": ("batch", "height", "width"), "grey": ("batch", "height", "width", "channels")},
    turned: {"x": ("batch", "features", "timesteps"), "turned": ("batch", "timesteps", "features")},
    from_noise: {"image": ("batch", "height", "width", "channels"), "conv": ("batch", "height", "width", "filters")},
    augmented: {"x": ("batch", "height", "width", "channels"), "flipped": ("batch", "height", "width", "channels")},
    two_outputs_by_name: {"both": ("batch", "rows", "columns")},
}
# What nobody can write down as code: a class without a source, a function, a name that isn't at hand.
NOT_AS_CODE = (from_a_cell, lambdas, two_outputs_by_name, cells_without_a_rule, block_at_each_step)
# What this computer can't run: a convolution with channels first.
NOT_RUN = (channels_first,)


def by_name(found: Inspection) -> dict[str, Layer]:
    return {layer.name: layer for layer in found.layers}


def spoken(found: Inspection) -> set[str]:
    shapes = [shape for layer in found.layers for shape in (*layer.outputs, *(w.shape for w in layer.weights))]
    return {name for shape in shapes for name in names(shape)}


@pytest.mark.parametrize("build", CALLED, ids=lambda build: build.__name__)
def test_every_axis_has_a_name(build):
    found = inspect_model(build)
    assert found.error is None, found.error
    assert {name: names(by_name(found)[name].outputs[0]) for name in CALLED[build]} == CALLED[build]
    assert "unknown" not in spoken(found)
    assert sum(layer.params for layer in found.layers) == found.total_params == build().count_params()
    assert found.run is not None
    assert bool(found.run.outputs) == (build not in NOT_RUN), found.run.note


@pytest.mark.parametrize("build", [b for b in CALLED if b not in NOT_AS_CODE], ids=lambda build: build.__name__)
def test_its_code_makes_the_same_model(build):
    found = inspect_model(build, run=False)
    space: dict[str, Any] = {}
    exec(found.code, space)
    again, live = space["model"], build()
    if build is not lora:  # what is put beside a layer later stands in no constructor
        assert again.count_params() == found.total_params
    shapes = [tuple(t.shape) for t in keras.tree.flatten(again.outputs)]
    if hasattr(live, "_inputs_struct"):
        assert shapes == [tuple(t.shape) for t in live.outputs]


def test_a_run_that_our_example_data_do_not_fit_is_told_and_everything_else_stands():
    found = inspect_model(channels_first)
    assert found.run is not None
    assert found.run.note.startswith("It was not run here: our example data were refused. ")
    assert "NHWC" in found.run.note
    assert sizes(by_name(found)["conv"].outputs[0]) == (None, 4, 10, 12)


def test_a_model_that_is_too_dear_to_run_is_inspected_without_the_run():
    def build() -> Any:
        x = keras.Input((500, 300), batch_size=4000, name="x")
        return keras.Model(x, layers.Dense(2, name="dense")(x), name="m")

    found = inspect_model(build, may_skip=True)
    assert found.total_params == 602
    assert found.run is not None
    assert (found.run.outputs, found.run.calls) == ((), ())
    assert found.run.note.startswith("One forward pass would hold about 604,000,000 numbers")


@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize` method")
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")
@pytest.mark.parametrize("mode", ["int8", "int4", "float8"])
def test_quantized_weights_have_names(mode):
    def build() -> Any:
        x = keras.Input((7, 6), name="x")
        h = layers.MultiHeadAttention(2, 3, name="attention")(x, x)
        h = layers.EinsumDense("abc,cde->abde", output_shape=(7, 4, 5), name="einsum")(h)
        model = keras.Model(x, layers.Dense(11, name="dense")(h))
        model.quantize(mode)
        return model

    found = inspect_model(build, run=False)
    assert found.error is None, found.error
    assert not {name for name in spoken(found) if name.startswith("axis ") or name == "unknown"}
    if mode == "int4":
        assert "features × units/2" in {weight.formula for weight in by_name(found)["dense"].weights}


def test_a_big_model_of_somebody_else_has_all_its_names():
    found = inspect_model(
        lambda: keras.applications.MobileNetV2(input_shape=(96, 64, 3), weights=None), limits=Limits(), run=False
    )
    assert len(found.layers) > 150
    assert {name for name in spoken(found) if name.startswith(("axis ", "same size")) or name == "unknown"} == set()
    assert all(layer.known for layer in found.layers)
    assert names(found.layers[0].outputs[0]) == ("batch", "height", "width", "channels")


def test_an_input_without_any_axis_is_shown_as_it_is() -> None:
    def build() -> keras.Model:
        number = keras.Input(batch_shape=(), name="number")
        return keras.Model(number, layers.Dense(3)(number))

    found = inspect_model(build, run=False)
    assert found.error is not None
    assert found.layers[0].outputs == ((),)
    assert 'keras.Input(batch_shape=(), name="number")' in found.code


class Product(layers.Layer):
    """``x @ w + b`` as a course writes it, with sizes that it keeps under no name."""

    def build(self, shape: Any) -> None:
        self.w = self.add_weight(shape=(shape[-1], 8), name="w")
        self.p = self.add_weight(shape=(1, *shape[1:]), name="p")

    def call(self, x: Any) -> Any:
        return (x + self.p) @ self.w


class Slides(layers.Layer):
    """A convolution as an operation."""

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(shape=(2, 3, shape[-1], 7), name="kernel")

    def call(self, x: Any) -> Any:
        return ops.conv(x, self.kernel)


class Letters(layers.Layer):
    """An einsum with a weight."""

    def build(self, shape: Any) -> None:
        self.w = self.add_weight(shape=(shape[-1], shape[1]), name="w")

    def call(self, x: Any) -> Any:
        return ops.einsum("btf,ft->bf", x, self.w)


WEIGHTS: tuple[tuple[Any, tuple[int, ...], dict[str, tuple[str, ...]]], ...] = (
    (Product, (9, 6), {"w": ("features", "axis 1"), "p": ("1", "rows", "features")}),
    (Slides, (12, 10, 5), {"kernel": ("kernel_size[0]", "kernel_size[1]", "channels", "filters")}),
    (Letters, (9, 6), {"w": ("columns", "rows")}),
)


@pytest.mark.parametrize(("layer", "sample", "wanted"), WEIGHTS, ids=[row[0].__name__ for row in WEIGHTS])
def test_a_weight_of_anybodys_class_is_named_by_what_it_meets(
    layer: Any, sample: tuple[int, ...], wanted: dict[str, tuple[str, ...]]
) -> None:
    x = keras.Input(sample, name="x")
    found = inspect_model(lambda: keras.Model(x, layer(name="own")(x)), run=False)
    own = next(layer for layer in found.layers if layer.name == "own")
    assert {weight.name: names(weight.shape) for weight in own.weights} == wanted


def test_a_single_id_is_no_sequence_unless_a_layer_reads_it_as_one() -> None:
    def first(call: Any) -> tuple[str, ...]:
        ids = keras.Input((1,), dtype="int32", name="ids")
        found = inspect_model(lambda: keras.Model(ids, call(layers.Embedding(30, 4)(ids))), run=False)
        return names(found.flow[0].outputs[0])

    assert first(layers.Flatten()) == ("batch", "1")
    assert first(layers.LSTM(5)) == ("batch", "timesteps")


@pytest.mark.parametrize(
    ("merge", "steps"), [(layers.Add(), 4), (layers.Multiply(), 4), (layers.Concatenate(axis=1), 3)]
)
def test_a_merge_with_an_array_keeps_the_names(merge: Any, steps: int) -> None:
    x = keras.Input((4, 6), name="x")
    model = keras.Model(x, layers.GRU(5)(merge([x, np.ones((1, steps, 6), "float32")])))
    found = inspect_model(lambda: model, run=False)
    assert names(found.flow[1].outputs[0]) == ("batch", "timesteps", "features")
    assert sizes(found.flow[1].outputs[0]) == tuple(merge.output.shape)
    assert found.layers[1].known


def test_a_square_matrix_beside_steps_has_no_channels() -> None:
    nodes, links = keras.Input((9, 4), name="nodes"), keras.Input((9, 9), name="links")
    mixed = layers.GlobalMaxPooling1D()(layers.Dot(axes=(2, 1))([links, nodes]))
    found = inspect_model(lambda: keras.Model([nodes, links], mixed), run=False)
    assert names(found.flow[1].outputs[0]) == ("batch", "steps", "columns")


def test_a_constant_that_stretches_an_axis_leaves_its_name_to_the_next_reader() -> None:
    noise = keras.Input((1, 1, 1), name="noise")
    waves = noise * np.arange(1.0, 17.0, dtype="float32")
    both = ops.concatenate([ops.sin(waves), ops.cos(waves)], axis=3)
    found = inspect_model(lambda: keras.Model(noise, layers.Conv2D(5, 1)(both)), run=False)
    assert names(found.flow[-2].outputs[0]) == ("batch", "height", "width", "channels")


def test_what_a_vector_becomes_behind_a_dense_says_nothing_of_the_vector() -> None:
    steps, condition = keras.Input((12, 5), name="steps"), keras.Input((3,), name="condition")
    scaled = layers.Conv1D(6, 2)(steps) * layers.Dense(6)(condition)[:, None, :]
    found = inspect_model(lambda: keras.Model([steps, condition], layers.GlobalMaxPooling1D()(scaled)), run=False)
    inputs = {step.layer: names(step.outputs[0]) for step in found.flow if step.class_name == "InputLayer"}
    assert inputs["condition"] == ("batch", "features")
