"""Questions as people write them, with what they count by its name: which sizes these are, and what is told."""

from __future__ import annotations

import re

import pytest

from explainers.core.spec import Sizes
from explainers.reading.diagnosing import read
from explainers.reading.questions import best_reading
from explainers.reading.questions.parsed.fact_list import FACTS
from explainers.reading.questions.parsed.facts import fact_told
from explainers.reading.questions.parsed.parts import NO_PARTS, parts_of
from explainers.reading.questions.parsed.roles import said_in
from explainers.reading.text import clean

# question, the shape that its model reads, what the sentence has (worked out by hand)
TOLD: list[tuple[str, Sizes, tuple[str, ...]]] = [
    # things that are counted by their names
    ("blood pressure in 9 different weeks for 310 patients, what is the input shape for GRU", (None, 9, 1),
     ("(310, 9, 1)",)),
    ("240 recordings with 700 rows each and 4 signals, 5 moods", (None, 700, 4), ("(240, 700, 4)", "Dense(5)")),
    ("420 bike shops, daily rentals for 380 days, use the first 150 days, which array shape", (None, 150, 1),
     ("Of the 380 recorded, the model reads 150", "(420, 150, 1)")),
    ("how many neurons should the last layer have for 23 bird breeds", (None, 3), ("Dense(23,",)),
    ("18 inputs, the output is one of seven values, what should y look like", (None, 18), ("0 to 6", "(samples, 7)")),
    ("peptides of 21 amino acids one-hot, max length 430, input shape of an LSTM?", (None, 430, 21),
     ("(samples, 430, 21)",)),
    ("predicting 6 values at once from 35 days with 8 variables, how do I shape y", (None, 35, 8),
     ("Dense(6)", "(samples, 6)")),
    ("EEG, 22 electrodes, 15 trials of 3 seconds at 250 Hz, which array shape for a 2D CNN?", (None, 22, 750, 1),
     ("(15, 22, 750, 1)", "(750, 22)")),
    ("my csv has 9 colums and 1400 rows how do i put it in a lstm", (None, 9, 1), ("(1400, 9) has 2", "(n, 9)")),
    ("pulse every minute for 12 hours, 3 signals, 640 patients, which array for the LSTM", (None, 720, 3),
     ("Every minute, 12 hours are 720 readings.", "(640, 720, 3)")),
    ("how many samples do I get from 3 weeks of hourly data with a window of one day", (None, 24, 1),
     ("3 weeks are 504 readings and one day is 24 readings", "481 windows")),
    ("900 sentences of at most 26 words and a dictionary of 7000 words, arguments of Embedding?", (None, 26),
     ("Embedding(7000, 16)", "(900, 26, 16)")),
    # units that are glued to their numbers
    ("3 seconds of a 200Hz signal, what shape for Conv1D", (None, 600, 1), ("3 seconds at 200 Hz are 600",)),
    ("4 seconds of speech at 8kHz, 17 mfccs every 20ms", (None, 17, 200, 1),
     ("8 kHz, isn't in the shape", "200 frames")),
    # a layer as R calls it
    ("in R: layer_gru(units = 21, input_shape = c(14, 3)), what does 14 mean", (None, 14, 3), ("14 is the timesteps",)),
    # why, and what differs
    ("my gru has 6 timesteps and units=40, why does that work", (None, 6, 3), ("Neither sets the other",)),
    ("why does my GRU with 33 units have twice the bias", (None, 7, 3), ("(2, 3 × 33)",)),
    ("difference between reshape(n, 8, 1) and reshape(n, 1, 8) for lstm", (None, 8, 1),
     ("(None, 8, 1) is 8 steps of 1 number", "(None, 1, 8) is 1 step of 8 numbers")),
    ("can one feature have 600 timesteps and another feature only 40 timesteps", (None, 600, 1),
     ("separate Input", "40 steps")),
    ("what does Dense do with 3 dimensional input (None, 11, 18)", (None, 11, 18), ("the last axis only",)),
    ("number of weights between two hidden layers with 34 and 21 neurons", (None, 34), ("34 × 21 + 21 = 735",)),
    ("maxpool 2x2 on 31x31 gives 15 or 16", (None, 31, 31, 3),
     ("(None, 15, 15, 3)", 'padding="same" it is (None, 16, 16')),
    ("GRU(19) on 14 steps of 6 features", (None, 14, 6), ("(None, 19)",)),
    ("why is there a 4 in the formula for LSTM parameters", (None, 7, 3), ("4 sets of the same weights",)),
    ("how many rows does the weight matrix of Dense(13) have for 47 columns", (None, 47), ("kernel (47, 13) = 611",)),
    ("whats better, 1 lstm with 90 units or 2 lstms with 45", (None, 7, 5),
     ("LSTM(45, return_sequences=True), LSTM(45)", "compare their validation losses")),
    ("how large after three 2x2 poolings of a 90x90 picture", (None, 90, 90, 3), ("(None, 11, 11, 3)",)),
    ("is (80,) the same as (80, 1)", (None, 80), ("aren't the same shape",)),
    ("difference between Conv1D and GRU input", (None, 9, 3), ("Conv1D reads (batch, steps, channels)",)),
    ("stride vs pooling for downsampling 72x72 to 36x36", (None, 72, 72, 3), ("(None, 36, 36, 8)",)),
    ("do i need to reshape my test data as well", (None, 7, 3), ("except for the first axis",)),
    ("i get (None, 1) but i want a single number", (None, 3), ("prediction[0, 0]",)),
    ("Was bedeutet None in model.summary()", (None, 7, 3), ("stays open until data arrive",)),
    ("how can I see the shape of each layer", (None, 7, 3), ("model.summary()",)),
    ("timesteps = 1 and features = 22 versus timesteps = 22 and features = 1", (None, 1, 22),
     ("22 steps of 1 number",)),
    ("number of neurons in a conv layer 25x27x6", (None, 25, 27, 6), ("25 × 27 × 6 = 4,050",)),
    ("(48, 9) and (48,) incompatible?", (None, 3), ("9 would meet 48",)),
    ("3 classes but the model outputs 5 numbers why", (None, 3), ("Dense(5) returns (None, 5)", "Dense(3)")),
    ("do all my images need to be square", (None, 28, 26, 3), ("need not be square",)),
    ("how does keras know the input size if i give no input_shape", (None, 7, 3), ("built when it first reads data",)),
    ("what should be the shape of the mask for sequences (12, 45, 7)", (None, 45, 7), ("The mask is (batch, 45)",)),
    ("parameters of an attention layer with 3 heads and dimension 32 on 96 features", (None, 7, 96), ("37,248",)),
    ("GRU(9) with return_sequences true then GRU then dense 8, input 21x6", (None, 21, 6), ("then GRU(", "(None, 8)")),
    ("120 filters 3x3 on 60 channels, without bias", (None, 32, 24, 60), ("3 × 3 × 60 × 120 = 64,800",)),
    ("stacked lstm: 60 units then 28 units on (80, 13), number of weights", (None, 80, 13),
     ("LSTM(60, return_sequences=True)", "LSTM(28) makes (None, 28)")),
    ("input (None, 35) but expected (None, 35, 1)", (None, 35), ("x[..., None] makes (35, 1)",)),
    ("Conv1D on 2048 point spectra, 260 spectra, what's the shape of X", (None, 2048, 1), ("(260, 2048, 1)",)),
    ("600 points, predict the next from the previous 24", (None, 24, 1), ("600 - 24",)),
    ("what is 4D data", (None, 28, 26, 3), ("(batch, height, width, channels)",)),
    ("what if the image is smaller than the pool size", (None, 28, 26, 3), ("must fit into what it slides over",)),
    ("accelerometer 3 axes, 80 Hz, 7 activities, 2 second windows, what is input and output", (None, 160, 3),
     ("2 seconds at 80 Hz are 160", "Dense(7)")),
    ("convert a list of 230 sequences of 16 numbers into a 3d tensor", (None, 16, 1), ("(230, 16, 1)",)),
    ("max pooling 4 on 90 time steps", (None, 90, 3), ("(None, 22, 3)",)),
    ("which labels for segmentation of 96x90 images with 6 classes", (None, 96, 90, 8),
     ("(samples, 96, 90)", "(None, 96, 90, 6)")),
    ("kernel_size=(5,5) or 5?", (None, 28, 26, 3), ("means both sides",)),
    ("learning rate for LSTM?", (None, 7, 3), ("change no shape and no number of parameters",)),
    ("axis=-1 in Concatenate", (None, 7, 3), ("(None, 7, 8)",)),
    ("can I feed a 480x500 image into VGG16 that expects 224", (None, 480, 500, 3),
     ("Resizing(224, 224)", "(None, 224, 224, 3)")),
    ("data has shape (nb_samples, nb_channels, sequence_length) but conv1d", (None, 7, 3),
     ("steps come before the channels",)),
]  # fmt: skip


@pytest.mark.parametrize(("question", "shape", "told"), TOLD, ids=[case[0] for case in TOLD])
def test_a_question_is_told_with_its_own_sizes(question: str, shape: Sizes, told: tuple[str, ...]) -> None:
    found = read(question)
    assert found.kind == "question"
    assert found.spec is not None
    assert found.spec.inputs[0].shape == shape
    assert [part for part in told if part not in found.cause] == []
    assert "not sure" not in found.cause


def test_sizes_that_a_fact_has_no_model_for_are_never_shown_below_zero() -> None:
    for fact in FACTS:
        told = fact_told(fact, parts_of("kernel size 64, 70 filters, pool size 99 on 20x20 with 3 strides"), {})
        assert re.search(r"\(None[^()]*-\d", told.sentence) is None
        assert told.spec is not None


def test_no_fact_says_yes_or_no() -> None:
    """The same is asked both ways round: may the steps differ, do the steps have to be the same."""
    said = [fact_told(fact, NO_PARTS, {}).sentence for fact in FACTS]
    assert [sentence for sentence in said if re.match(r"(?:yes|no|not)\b", sentence.lower())] == []


def test_a_fact_that_is_asked_why_is_told_before_a_model() -> None:
    asked = best_reading(clean("why can my lstm have 12 timesteps and 50 units"))
    assert asked is not None
    assert asked.asked == "what units and timesteps are"
    counted = best_reading(clean("how many parameters has an lstm with 12 timesteps, 6 features and 50 units"))
    assert counted is not None
    assert counted.whole


@pytest.mark.parametrize(
    ("words", "roles"),
    [
        ("48 cat breeds", {48: "classes"}),
        ("one of 6 values", {6: "classes"}),
        ("60 files, each with 300 rows of 4 signals", {60: "samples", 300: "steps", 4: "features"}),
        ("30 recordings with 200 rows each", {30: "samples", 200: "steps"}),
        ("3 signals, 640 patients", {3: "features", 640: "samples"}),
        ("a dictionary of 700 words and 20 words each", {700: "vocabulary", 20: "steps"}),
        ("20 sequences of 15 numbers", {20: "samples", 15: "steps"}),
        ("needs 3 dimensional input", {3: "rank"}),
        ("weights between the layers of 30 and 20 neurons", {30: "inputs", 20: "units"}),
    ],
)
def test_what_a_number_counts(words: str, roles: dict[int, str]) -> None:
    assert {one.value: one.role for one in said_in(words)} == roles
