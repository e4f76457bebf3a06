"""Questions as they are typed into a search box: numbers in any writing, slips, several layers, other frameworks.

What is right comes from Keras itself, from NumPy, or is worked out by hand.
"""

from __future__ import annotations

import keras
import numpy as np
import pytest

from explainers.reading.diagnosing import diagnose
from explainers.reading.diagnosis import Diagnosis
from explainers.reading.questions import best_reading
from explainers.reading.questions.written import in_one_way
from explainers.reading.text import clean


def asked(question: str) -> Diagnosis:
    found = diagnose(question)
    assert found.kind == "question", found
    return found


def last_shape(found: Diagnosis) -> tuple[int | None, ...]:
    """What the live model returns at its end."""
    assert found.model is not None
    assert found.model["error"] is None
    return tuple(axis["size"] for axis in found.model["layers"][-1]["outputs"][0])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("18.500 images", "18500 images"),
        ("73 500 training samples", "73500 training samples"),
        ("4'096 rows", "4096 rows"),
        ("2,097,152 samples", "2097152 samples"),
        ("80k images", "80000 images"),
        ("1.2M samples", "1200000 samples"),
        ("36 by 48", "36x48"),
        ("30 x 20 x 3 and 5 × 5", "30x20x3 and 5x5"),
        ("[samples, 45, 2]", "[None, 45, 2]"),
        ("(batch_size, 12, 9)", "(None, 12, 9)"),
        ("fliters and kernal of a convultion, its ouput", "filters and kernel of a convolution, its output"),
        # what must stay as it is
        ("a rate of 0.500", "a rate of 0.500"),
        ("(10,128,300)", "(10,128,300)"),
        ("x.reshape(-1, 30, 20)", "x.reshape(-1, 30, 20)"),
        ("later the shared layer shows", "later the shared layer shows"),
        ("LSTM 2 units", "LSTM 2 units"),
    ],
)
def test_numbers_sizes_and_slips_are_read_in_one_way(typed: str, read: str) -> None:
    assert in_one_way(typed) == read


def attending(shape: tuple[int, ...]) -> keras.Model:
    """Attention to itself, 3 heads of 16."""
    tensor = keras.Input(shape)
    return keras.Model(tensor, keras.layers.MultiHeadAttention(3, 16)(tensor, tensor))


@pytest.mark.parametrize(
    ("question", "shape", "layers"),
    [
        ("7 filters with kernel size 4 and stride 3 on 50x41x2, output?", (50, 41, 2),
         [keras.layers.Conv2D(7, 4, strides=3)]),
        ("9x9 image with 3x3 filter and strides=(2,2) and 11 filters and 4 channels: output size", (9, 9, 4),
         [keras.layers.Conv2D(11, 3, strides=2)]),
        ("GlobalMaxPooling1D after GRU(13, return_sequences=True) with 22 timesteps and 5 features, what comes out?",
         (22, 5), [keras.layers.GRU(13, return_sequences=True), keras.layers.GlobalMaxPooling1D()]),
        ("how many weights does an MLP 61-23-7 have", (61,), [keras.layers.Dense(23), keras.layers.Dense(7)]),
        ("fully connected 61 -> 23 -> 7 parameters", (61,), [keras.layers.Dense(23), keras.layers.Dense(7)]),
        ("Bidirectional GRU(17) on 6 timesteps of 11 features: parameters", (6, 11),
         [keras.layers.Bidirectional(keras.layers.GRU(17))]),
        ("dence layer 31 untis input 47 number of paramters", (47,), [keras.layers.Dense(31)]),
        ("reshape 360 to 24x15", (360,), [keras.layers.Reshape((24, 15))]),
        ("remove the extra axis of (None, 1, 37)", (1, 37), [keras.layers.Reshape((37,))]),
        ("total params of Dense(29) then Dense(3) on 17 features", (17,),
         [keras.layers.Dense(29), keras.layers.Dense(3)]),
        ("how many parameters: input layer 43 then 2 hidden layers of 19 and 5 outputs", (43,),
         [keras.layers.Dense(19), keras.layers.Dense(19), keras.layers.Dense(5)]),
        ("Dense(6) after GlobalAveragePooling2D on (None, 5, 7, 33) number of params", (5, 7, 33),
         [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(6)]),
        ("average pooling 4x4 on 28x20x9, output?", (28, 20, 9), [keras.layers.AveragePooling2D(4)]),
        ("zero padding 3 on 26x22x2, output", (26, 22, 2), [keras.layers.ZeroPadding2D(3)]),
        ("cropping2d output of 30x24x3 with ((1,2),(3,4))", (30, 24, 3), [keras.layers.Cropping2D(((1, 2), (3, 4)))]),
        ("repeat vector 14 on (None, 27), output", (27,), [keras.layers.RepeatVector(14)]),
        ("33 filters of length 8 over 5 channels in a 1d convolution: parameters", (9, 5),
         [keras.layers.Conv1D(33, 8)]),
        ("sequences of 90 words, 250 dim vectors, lstm 112, output shape", (90, 250), [keras.layers.LSTM(112)]),
        ("nn.Flatten() after nn.Conv2d(2, 7, 3) on 12x11 in keras", (12, 11, 2),
         [keras.layers.Conv2D(7, 3), keras.layers.Flatten()]),
        ("TimeDistributed(Conv2D(6, 3)) on 8 frames of 20x18x3, output", (8, 20, 18, 3),
         [keras.layers.TimeDistributed(keras.layers.Conv2D(6, 3))]),
        ("attention with 3 heads key_dim 16 on (None, 11, 24): parameters", (11, 24), []),
        ("Conv3D 6 filters kernel 3 on 14x22x18x2, output", (14, 22, 18, 2), [keras.layers.Conv3D(6, 3)]),
        ("nn.Conv2d(1, 15, 5) then nn.MaxPool2d(2) on 30x26", (30, 26, 1),
         [keras.layers.Conv2D(15, 5), keras.layers.MaxPooling2D(2)]),
        ("LayerNormalization params for 83", (83,), [keras.layers.LayerNormalization()]),
        ("nn.Linear(53, 19) in keras?", (53,), [keras.layers.Dense(19)]),
        ("output shape of nn.Conv2d(2, 9, kernel_size=3, stride=2) on 21x17 images", (21, 17, 2),
         [keras.layers.Conv2D(9, 3, strides=2)]),
        ("nn.GRU(7, 12, batch_first=True) on 9 timesteps: which shape comes out", (9, 7),
         [keras.layers.GRU(12, return_sequences=True)]),
    ],
)  # fmt: skip
def test_the_live_model_has_the_sizes_of_the_question(
    question: str, shape: tuple[int, ...], layers: list[keras.layers.Layer]
) -> None:
    model = keras.Sequential([keras.Input(shape), *layers]) if layers else attending(shape)
    found = asked(question)
    assert found.model is not None
    assert last_shape(found)[-1] == model.output_shape[-1]
    assert len(last_shape(found)) == len(model.output_shape)
    assert found.model["total_params"] == model.count_params()
    assert str(model.output_shape) in found.cause or f"{model.count_params():,}" in found.cause


def test_layers_that_are_compared_are_both_built() -> None:
    found = asked("what is the difference between MaxPooling1D and Conv1D?")
    assert found.model is not None
    assert [layer["class"] for layer in found.model["layers"]][-2:] == ["MaxPooling1D", "Conv1D"]


@pytest.mark.parametrize(
    ("question", "has"),
    [
        ("why is it (26+1)*14 = 378 and not 364? my Dense(14) on 26 features has 378 parameters",
         "364 is the count with use_bias=False"),
        ("my GRU(15) on 8 features has 1125 parameters, I expected 1080", "1,080 is the count with reset_after=False"),
    ],
)  # fmt: skip
def test_an_expected_count_is_explained(question: str, has: str) -> None:
    without = {
        364: keras.Sequential([keras.Input((26,)), keras.layers.Dense(14, use_bias=False)]).count_params(),
        1080: keras.Sequential([keras.Input((2, 8)), keras.layers.GRU(15, reset_after=False)]).count_params(),
    }
    assert all(count == number for number, count in without.items())
    assert has in asked(question).cause


@pytest.mark.parametrize("count", [1_792, 3_480, 200])
def test_a_count_alone_gets_a_layer_that_has_it(count: int) -> None:
    found = asked(f"what does the number {count} mean in my conv2d summary?")
    assert found.model is not None
    assert found.model["total_params"] == count


@pytest.mark.parametrize(
    ("question", "samples", "batch"),
    [
        ("last 7 samples with batch_size 16 of 135", 135, 16),
        ("18.500 images, batch size 60: how many steps?", 18_500, 60),
        ("73 500 images in batches of 128, how many iterations", 73_500, 128),
        ("80k images batch size 250 how many steps per epoch", 80_000, 250),
        ("9 000 samples batchsize 70 epochs 4 how many updates", 9_000, 70),
    ],
)
def test_batches_are_counted_as_numpy_splits_them(question: str, samples: int, batch: int) -> None:
    pieces = np.split(np.arange(samples), range(batch, samples, batch))
    cause = asked(question).cause
    assert f"make {len(pieces):,} batches per epoch" in cause
    if len(pieces[-1]) != batch:
        assert f"a last one of {len(pieces[-1]):,}" in cause


def test_a_share_for_validation_is_no_batch() -> None:
    cause = asked("5000 train samples, validation_split 0.2, batch size 48, how many steps per epoch").cause
    assert f"4,000 samples in batches of 48 make {-(-4000 // 48)} batches" in cause


def test_windows_with_a_stride_are_counted_as_numpy_cuts_them() -> None:
    windows = np.lib.stride_tricks.sliding_window_view(np.arange(730), 40)[::15]
    found = asked("how many windows do I get from 730 points with window 40 and stride 15")
    assert found.cause.startswith(f"{len(windows)} windows")


def test_two_questions_in_one_are_both_told() -> None:
    cause = asked("I have 6400 grayscale pictures 72x56, what input_shape and how many batches of 50?").cause
    assert "(72, 56, 1)" in cause
    assert "128 batches" in cause


def test_the_weights_of_a_layer_have_keras_own_shapes() -> None:
    layer = keras.layers.LSTM(13)
    layer.build((None, None, 7))
    cause = asked("what are the shapes of the weights of LSTM(13) on 7 features").cause
    assert all(str(tuple(weight.shape)) in cause for weight in layer.weights)


def test_what_a_layer_gives_is_not_what_it_reads() -> None:
    found = asked("my Dense(5) gives (None, 12, 5) but I need (None, 5)")
    assert "12 steps" in found.cause


def test_a_stateful_layer_is_told_its_batch_and_what_is_left_over() -> None:
    found = asked("310 samples, 12 timesteps, 4 features, stateful GRU batch_size=16: which batch_input_shape?")
    assert found.model is not None
    assert [axis["size"] for axis in found.model["layers"][0]["outputs"][0]] == [16, 12, 4]
    assert f"a last batch of {310 % 16}" in found.cause
    assert f"pass {310 - 310 % 16} of them" in found.cause


@pytest.mark.parametrize(("wanted", "fits"), [((18, 25), True), ((18, 26), False)])
def test_a_reshape_fits_where_numpy_says_so(wanted: tuple[int, int], fits: bool) -> None:
    try:
        np.zeros((4, 450)).reshape(-1, *wanted)
        really = 4 * wanted[0] * wanted[1] == (4 * 450)
    except ValueError:
        really = False
    assert really is fits
    cause = asked(f"can I reshape (4, 450) to {wanted[0]}x{wanted[1]}?").cause
    assert cause.startswith("It fits") is fits
    assert ("can't be reshaped" in cause) is not fits


@pytest.mark.parametrize(
    "question",
    ["how do I reshape X of shape (700, 8) for a GRU with 20 timesteps", "reshape my 500 rows to batches of 20"],
)
def test_rows_to_be_cut_into_windows_are_no_reshape_that_fails(question: str) -> None:
    assert "can't be reshaped" not in diagnose(question).cause


@pytest.mark.parametrize("count", [2_048, 1_600, 867])
def test_what_flatten_gives_is_a_picture_with_so_many_numbers(count: int) -> None:
    found = asked(f"why does Flatten give {count}")
    assert found.model is not None
    assert last_shape(found) == (None, count)
    assert "are examples" in found.cause


def test_one_number_beside_its_label() -> None:
    """Keras lines (n, 1) up with (n,); NumPy stretches both."""
    rows = 6
    targets, outputs = np.arange(rows, dtype="float32"), np.ones((rows, 1), "float32")
    assert (targets - outputs).shape == (rows, rows)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(loss="mse")
    loss = model.evaluate(outputs, targets, verbose=0)
    assert loss == pytest.approx(float(np.mean((targets - outputs[:, 0]) ** 2)))
    cause = asked(f"my model predicts ({rows}, 1) but y is ({rows},)").cause
    assert f"({rows}, {rows})" in cause


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("what shape do the labels need for 9 classes", ("(samples,)", "(samples, 9)", "Dense(9")),
        ("what shape should y be for seq2seq with 18 steps out and 4 features", ("(samples, 18, 4)",)),
        ("labels are one-hot for 6 classes but I use sparse_categorical_crossentropy loss", ("don't fit", "Dense(6")),
        ("difference between batch size and timesteps", ("batch_size is", "timesteps is")),
        ("what is the difference between filters and channels", ("filters is", "channels is")),
        ("why is my loss nan", ("np.isnan",)),
        ("is an lstm with one timestep useful", ("nothing to remember",)),
        ("why times 4 in the lstm formula", ("4 sets",)),
        ("labels (300, 7) but output (None, 1)", ("Dense(7)",)),
        ("(48, 30, 24, 3) what is 48", ("48 is the batch",)),
        ("difference between stride and kernel size", ("strides is", "kernel_size is")),
        ("gru vs lstm parameters for 21 units 6 features", ("1,827", "2,352")),
        ("can conv1d take variable length", ("GlobalAveragePooling1D",)),
        ("what does units=1 in the last dense mean", ("(None, 1)",)),
        ("x.view(-1, 288) in keras", ("Flatten()", "Reshape((288,))")),
        ("shape (640,) for an LSTM", ("one axis", "sliding_window_view")),
        ("why is the convolution's output 30x30 and not 32x32?", ("3 x 3", "32 - 3 + 1 = 30")),
        ("how many channels does Conv2D output with 21 filters", ("As many as it has filters", "21")),
        ("torch tensor of shape (16, 3, 40, 52) to keras", ("(16, 40, 52, 3)",)),
        ("how do I choose the number of units of a GRU", ("Choose units freely",)),
        ("return_sequences=True then Dense(2) gives (None, 17, 2) but I need (None, 2)", ("17 steps",)),
        ("14 hours of readings for 85 machines into an LSTM", ("(85, 14, 1)",)),
        ("can I add (None, 11, 6) and (None, 1, 6)?", ("(None, 11, 6)",)),
        ("Embedding(vocab_size, 48, input_length=maxlen): what is vocab_size", ("48", "ids")),
    ],
)  # fmt: skip
def test_what_people_ask_in_other_words(question: str, words: tuple[str, ...]) -> None:
    cause = asked(question).cause
    assert [word for word in words if word not in cause] == [], cause


def test_a_number_that_a_reply_does_not_use_is_asked_back() -> None:
    found = asked("LSTM(8) on (None, 12, 3), where does 977 come from? output shape")
    assert any("977" in question for question in found.questions)


def test_a_part_of_an_error_is_no_question() -> None:
    found = diagnose("input of dense is incompatible, expected axis -1 to have value 81 but received shape (None, 27)")
    assert found.model is None
    assert "part of an error message" in found.cause


@pytest.mark.parametrize("text", ["hello there, how are you?", "The weather will be fine.", "12", "???"])
def test_what_has_nothing_to_do_with_it_is_no_question(text: str) -> None:
    assert best_reading(clean(text)) is None


def test_flax_weights_of_another_width_are_explained() -> None:
    message = (
        'flax.errors.ScopeParamShapeError: Inconsistent shapes between value and initializer for parameter "kernel" '
        'in "/Dense_2": (96, 20), (1152, 20). (https://flax.readthedocs.io)'
    )
    found = diagnose(message)
    assert found.mistake == "operand_sizes"
    assert "kernel of /Dense_2 is (96, 20), for 96 features" in found.cause
    assert f"1152 = {1152 // 96} x 96" in found.cause


@pytest.mark.parametrize(
    ("text", "ids", "width"),
    [
        ("how many parameters has an embedding layer for 7,000 words with 48 dims", 7000, 48),
        ("Embedding of 900 items as vectors of size 21: number of weights?", 900, 21),
    ],
)
def test_the_table_of_an_embedding_is_counted(text: str, ids: int, width: int) -> None:
    layer = keras.layers.Embedding(ids, width)
    layer.build((None, 3))
    assert f"= {layer.count_params():,} parameters" in diagnose(text).cause


def test_an_example_of_a_question_can_be_said() -> None:
    text = "why does my Bidirectional LSTM(19) output 38"
    layer = keras.layers.Bidirectional(keras.layers.LSTM(19))
    layer.build((None, 7, 6))
    found = diagnose(text, entries={"features": "6"})
    assert f"{layer.count_params():,} parameters" in found.cause
    assert f"{layer.count_params():,} parameters" not in diagnose(text).cause
    assert [ask.value for ask in found.asks if ask.key == "features" and ask.answered] == ["6"]
