"""A question is read as one model: its layers in order, each with its settings, as Keras itself builds them."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from explainers.reading.diagnosing import diagnose, read
from explainers.reading.questions.parsed.fact_list import FACTS
from explainers.reading.questions.parsed.facts import fact_told, near
from explainers.reading.questions.parsed.parts import parts_of
from explainers.reading.questions.parsed.roles import said_in
from explainers.reading.questions.parsed.terms import TERMS

Layers = keras.layers
ROWS = [
    ("params of Conv2D 11 filters 3x3 same on 26x24 gray then flatten then dense 3", (26, 24, 1),
     [Layers.Conv2D(11, 3, padding="same"), Layers.Flatten(), Layers.Dense(3)]),
    ("LSTM 37 -> dropout 0.3 -> LSTM 19 -> Dense 5 on (30, 9), shapes?", (30, 9),
     [Layers.LSTM(37, return_sequences=True), Layers.Dropout(0.3), Layers.LSTM(19), Layers.Dense(5)]),
    ("how many parameters in a network with 90 inputs, 41 and 23 hidden, 7 outputs", (90,),
     [Layers.Dense(41), Layers.Dense(23), Layers.Dense(7)]),
    ("kernel 5 stride 3 on 101 timesteps 4 channels 17 filters, how many steps remain", (101, 4),
     [Layers.Conv1D(17, 5, strides=3)]),
    ("my gru input is (None, 50, 6), how many params for 2 gru layers with 31 units each and a dense 1", (50, 6),
     [Layers.GRU(31, return_sequences=True), Layers.GRU(31), Layers.Dense(1)]),
    ("Bidirectional LSTM 33 merge_mode sum 21 steps 4 features output and params", (21, 4),
     [Layers.Bidirectional(Layers.LSTM(33), merge_mode="sum")]),
    ("how do you feed a 4-d array (samples, 10, 21, 3) to LSTM(8)", (10, 21, 3),
     [Layers.TimeDistributed(Layers.Flatten()), Layers.LSTM(8)]),
    ("output size of conv 13 filters with kernel 7, stride 2, padding 3 on 225x223x3", (225, 223, 3),
     [Layers.ZeroPadding2D(3), Layers.Conv2D(13, 7, strides=2)]),
    ("maxpool 5 stride 3 of 41x37x6", (41, 37, 6), [Layers.MaxPooling2D(5, 3)]),
    ("how many weights in a dense layer with 91 in and 34 out, output shape", (91,), [Layers.Dense(34)]),
    ("Dense(13) on 74 parameters and output", (74,), [Layers.Dense(13)]),
    ("flatten after conv output 5x7x24 how many neurons", (5, 7, 24), [Layers.Flatten()]),
    ("why does a conv1d with kernel 4 and 5 filters shrink 31 to 28 with 3 channels", (31, 3), [Layers.Conv1D(5, 4)]),
    ("zero padding 2 on 31x29x3 then conv 5x5 with 7 filters", (31, 29, 3),
     [Layers.ZeroPadding2D(2), Layers.Conv2D(7, 5)]),
    ("Conv3D kernel 3 with 5 filters on 15x41x43x2", (15, 41, 43, 2), [Layers.Conv3D(5, 3)]),
    ("2 gru 33 units each 11 features 6 steps, total parameters and output?", (6, 11),
     [Layers.GRU(33, return_sequences=True), Layers.GRU(33)]),
    ("my input is 65x61 rgb, after 2 maxpool 2x2 which size", (65, 61, 3),
     [Layers.MaxPooling2D(2), Layers.MaxPooling2D(2)]),
    ("Conv2D with kernel (3,5) and 7 filters on 20x31x3, output?", (20, 31, 3), [Layers.Conv2D(7, (3, 5))]),
    ("embedding input (29, 17) vocab 600 dim 21 output shape", (17,), [Layers.Embedding(600, 21)]),
]  # fmt: skip


@pytest.mark.parametrize(("question", "shape", "layers"), ROWS, ids=[row[0] for row in ROWS])
def test_layers_in_a_row_are_the_models_that_keras_builds(
    question: str, shape: tuple[int, ...], layers: list[Layers.Layer]
) -> None:
    model = keras.Sequential([keras.Input(shape), *layers])
    found = diagnose(question)
    assert found.model is not None
    assert found.model["total_params"] == model.count_params()
    made = [layer["outputs"][0] for layer in found.model["layers"]]
    assert tuple(axis["size"] for axis in made[-1]) == tuple(model.output_shape)
    assert str(tuple(model.output_shape)) in found.cause


def test_a_question_says_nothing_of_the_range_of_a_lesson() -> None:
    notes = diagnose("how many parameters has LSTM(2500) on 4100 features").notes
    assert not any("lesson" in note for note in notes)


def test_two_layers_are_compared_on_the_same_input() -> None:
    counts = [
        keras.Sequential([keras.Input((None, 21)), layer(65)]).count_params() for layer in (Layers.GRU, Layers.LSTM)
    ]
    cause = read("difference between GRU(65) and LSTM(65) in number of parameters with 21 features").cause
    assert f"{counts[1] - counts[0]:,} parameters more" in cause
    assert all(f"{count:,}" in cause for count in counts)


def test_attention_reads_a_query_and_a_value() -> None:
    query, value = keras.Input((13, 33)), keras.Input((19, 33))
    layer = Layers.MultiHeadAttention(3, 11)
    made = layer(query, value)
    found = diagnose("MultiHeadAttention 3 heads key_dim 11 d_model 33, 13 query and 19 key tokens: parameters, output")
    assert f"{layer.count_params():,} parameters" in found.cause
    assert str(tuple(made.shape)) in found.cause
    assert found.model is not None
    assert [tuple(axis["size"] for axis in shape) for shape in found.model["layers"][2]["inputs"]] == [
        (None, 13, 33),
        (None, 19, 33),
    ]


@pytest.mark.parametrize(
    ("question", "layer", "shape"),
    [
        ("LSTM(37) has {} parameters, why", Layers.LSTM(37), (None, 11)),
        ("why {} params in my Conv2D(14, 3)", Layers.Conv2D(14, 3), (None, None, 21)),
        ("Dense with 23 units: {} weights?", Layers.Dense(23), (310,)),
    ],
)
def test_the_size_that_is_not_said_follows_from_the_count(
    question: str, layer: Layers.Layer, shape: tuple[int | None, ...]
) -> None:
    layer(keras.Input(shape))
    found = read(question.format(layer.count_params()))
    assert found.cause.startswith(f"With {layer.count_params():,} parameters it reads {shape[-1]} ")
    assert found.spec is not None
    assert found.spec.inputs[0].shape[-1] == shape[-1]


def test_arrays_are_broadcast_as_numpy_does() -> None:
    for one, other in (((6, 1), (4,)), ((3, 5, 2), (5, 1)), ((7, 2), (7,)), ((8, 1, 9), (3, 9))):
        cause = read(f"can I add {one} and {other}?").cause
        try:
            made = np.broadcast_shapes(one, other)
        except ValueError:
            assert cause.startswith(f"{one} and {other} don't fit.")
        else:
            assert cause.startswith(f"{one} and {other} give {made}.")


def test_a_claimed_number_of_batches_is_judged() -> None:
    assert read("7001 samples, batch size 6, is it 1166 steps per epoch?").cause.startswith("Not 1,166, but 1,167")
    assert read("7001 samples, batch size 6, is it 1167 steps per epoch?").cause.startswith("Yes. ")
    assert "a last one of 5." in read("what happens with the last batch if 7001 samples are not divisible by 6").cause


def test_a_shape_that_keeps_the_steps_is_explained_by_the_setting_that_keeps_them() -> None:
    found = read("Dense(11) after LSTM gives (None, 23, 11) why")
    assert found.cause.startswith("(None, 23, 11) keeps all 23 steps")


@pytest.mark.parametrize(
    ("words", "roles"),
    [
        (
            "kernel 5 stride 3 on 100 timesteps 4 channels",
            [("kernel", 5), ("strides", 3), ("steps", 100), ("channels", 4)],
        ),
        ("64 and 32 hidden units, batch size of 8", [("units", 64), ("units", 32), ("batch", 8)]),
        ("60 files each with 300 rows and 7 columns", [("samples", 60), ("steps", 300), ("features", 7)]),
        ("200 words, 9000 word vocab", [("steps", 200), ("vocabulary", 9000)]),
        ("dense 30 -> 11", [("inputs", 30), ("units", 11)]),
        ("my input is 90 stocks 31 days 6 values", [("samples", 90), ("days", 31), ("features", 6)]),
        ("50 neuronen und 20 eingaben", [("units", 50), ("inputs", 20)]),
        ("70 in and 12 out", [("inputs", 70), ("outputs", 12)]),
        ("pool 3 stride 2", [("pool", 3), ("strides", 2)]),
        ("15 query and 22 key tokens", [("queries", 15), ("keys", 22)]),
    ],
)
def test_each_number_has_one_role(words: str, roles: list[tuple[str, int]]) -> None:
    assert [(one.role, one.value) for one in said_in(words)] == roles


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("can a model trained with 10 timesteps predict on 15?", "whether a trained model takes other lengths"),
        ("is a different number of features per timestep possible?", "whether the number of features may differ"),
        ("do i need to give batch size in input_shape", "whether input_shape has the batch size"),
        ("why does LSTM return 2d and not 3d tensor", "why a recurrent layer returns two axes"),
        ("attention mask shape for 11 query and 14 key steps", "which mask attention reads"),
        ("what's the difference between the hidden state and the output of a GRU", "what the hidden state and the cell "
         "state are"),
        ("my array is 700*11, is a timestep of 1 enough for an lstm", "whether one timestep is enough"),
        ("can the batch size be larger than the number of samples", "whether a batch may be larger than the data"),
        ("does a GRU have a cell state", "what the hidden state and the cell state are"),
        ("how do i give my LSTM an initial state", "how an initial state is passed"),
        ("what is a channel in a conv layer", "what filters are"),
        ("when to use sigmoid in the last layer", "which last layer two classes need"),
        ("what is causal padding", "what causal padding does"),
        ("input_dim vs input_length of an embedding", "what input_length was"),
        ("is it possible that timesteps and features are swapped", "whether timesteps and features can be swapped"),
        ("does a bigger image change the parameters of a conv layer", "whether the image size changes the parameters"),
        ("what is hidden_size of torch in keras", "what hidden_size is in Keras"),
        ("my steps_per_epoch is less than the batches, what then", "what steps_per_epoch changes"),
    ],
)  # fmt: skip
def test_the_fact_with_most_of_the_terms_is_told(question: str, asks: str) -> None:
    assert next(iter(near(parts_of(question))))[0].asks == asks


def test_fewer_steps_per_epoch_go_on_in_the_next_one_as_the_fact_says() -> None:
    seen: list[float] = []

    class Seen(Layers.Layer):
        def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
            if hasattr(x, "numpy"):  # while it runs, not while it is built
                seen.extend(x.numpy()[:, 0].tolist())
            return x

    model = keras.Sequential([keras.Input((1,)), Seen(), Layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.arange(8.0).reshape(8, 1)
    with pytest.warns(UserWarning, match="ran out of data"):  # in the second epoch, which goes on
        model.fit(x, x, batch_size=2, steps_per_epoch=3, epochs=2, shuffle=False, verbose=0)
    assert seen[:8] == x[:, 0].tolist()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("lookback 31 days, 9 features, forecast the next 5 days: which output shape", "y is (samples, 5)"),
        ("can a model with input (None, 9) read 31 timesteps", "keras.Input((None, 9)) takes 31 steps"),
        ("sparse_categorical_crossentropy with one hot labels (40, 13), is that wrong", "integers 0 to 12"),
        ("reshape (60, 35) to (60, 5, 7) ok?", "layers.Reshape((5, 7))"),
        ("what is the dimension of h and c for LSTM(37)", "and 2 states of (None, 37)"),
        ("number of windows from 811 rows with window 23", "789 windows: 811 - 23 + 1"),
        ("is num_heads * key_dim = 510 needed with d_model 510", "(None, 7, 510) becomes (None, 7, 510)"),
        ("why has max pooling 4x4 no effect on channels", "(None, 32, 24, 3) into (None, 8, 6, 3)"),
        ("labels of shape (900, 1) vs (900,) for sparse categorical", "Both work"),
        ("why do we reshape images to (26, 24, 1)", "1 number for each pixel"),
        ("is input_shape=(13,) the same as input_dim=13", "The same."),
        ("params of Bidirectional(GRU(21)) on 34-dim embedding", "on 34 features"),
        ("max length 41, vocabulary 900, embedding 12, then Flatten, which size", "Flatten() makes (None, 492)"),
        ("what is the shape of attention scores with 3 heads and 11 tokens", "(batch, 3, 11, 11)"),
        ("4 channels eeg at 128 samples per second, 3 seconds, conv1d input shape", "input_shape=(384, 4)"),
        ("model.add(Dense(19,input_dim=6)): why is the output (*, 19)", "turns (None, 6) into (None, 19)"),
        ("one sample has 12 timesteps and 5 features, 310 samples in all: which shape", "(310, 12, 5)"),
        ("validation_steps for 1300 images batch 50", "26 batches"),
        ("how is 448 parameters for conv 16 3x3 on rgb", "3 × 3 × 3 × 16 + 16 = 448"),
        ("stateful gru batch 12 with 101 samples: error, why", "a last batch of 5, which is refused"),
        ("GRU vs LSTM parameters 90 units 31 input", "LSTM(90) has"),
        ("difference between Dense(6) and Conv1D(6, 1)", "the same number of parameters"),
        ("padding same with stride 2 on a 17x15 image gives?", "into (None, 9, 8, "),
        ("how many parameters has MultiHeadAttention(3, 5) on 22 features", "7 timesteps are an example"),
        ("do I need TimeDistributed(Dense) if return_sequences is True?", "does the same"),
        ("where is the bias in Embedding(70, 11)", "There is no bias."),
        ("DepthwiseConv2D 5x5 on 14 channels number of weights", "5 × 5 × 14 × 1 + 14 = 364 parameters"),
    ],
)
def test_the_sizes_are_read_by_what_they_count(question: str, told: str) -> None:
    assert told in read(question).cause


def test_every_fact_has_known_terms_and_a_model() -> None:
    for fact in FACTS:
        assert all(needs <= set(TERMS) for needs in fact.needs), fact.asks
        assert fact_told(fact, parts_of(""), {}).spec is not None, fact.asks
    assert len({fact.asks for fact in FACTS}) == len(FACTS)


def test_an_example_can_be_entered_in_every_model() -> None:
    found = diagnose("how many parameters has a Dense layer with 13 inputs?")
    assert "units" in {ask.key for ask in found.asks}
    entered = diagnose("how many parameters has a Dense layer with 13 inputs?", entries={"units": 29})
    assert entered.model is not None
    assert entered.model["total_params"] == 13 * 29 + 29


def test_where_nothing_fits_two_readings_are_shown_live() -> None:
    found = diagnose("my timesteps and nb_samples are confusing with padding masks, classes, keras?")
    assert found.cause
    assert found.model is not None


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("what is the second number in LSTM input_shape=(10, 3)", "3 is the features"),
        ("is 31 in (31, 224, 222, 3) the batch size or the number of filters", "31 is the batch"),
        ("what is the dimension of kernel in Dense(30) with 12 inputs", "kernel (12, 30)"),
        ("how to get from (None, 7, 6, 51) to (None, 51)", "GlobalAveragePooling2D"),
        ("How to reshape my dataset of 1000 rows and 30 features for LSTM with timestep 5?", "(996, 5, 30)"),
        ("input_shape=(45,1) what is the 1", "The rest of (45, 1) is timesteps 45."),
        ("what happens to (12, 9, 5) with LSTM(7, return_sequences=True)", "turns (None, 9, 5) into (None, 9, 7)"),
        ("is Flatten the same as GlobalMaxPooling2D? output (5,6,7)", "(None, 210) and (None, 7)"),
        ("num_heads 3 key_dim 5 input 11 x 14, output?", "turns (None, 11, 14) into (None, 11, 14)"),
        ("why does my GRU need 3 dimensions, my table has 4 columns", "reads (None, 7, 4)"),
        ("my model has 259 params in the output layer with 7 classes, why", "it reads 36 features"),
    ],
)
def test_single_numbers_and_other_forms(question: str, told: str) -> None:
    assert told in read(question).cause
