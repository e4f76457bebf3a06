"""What people really ask leads to the right page, section and sizes, and the page shows the numbers that answer it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from explainers.core.registry import all_explainers, find_explainer
from explainers.core.results import Explanation
from explainers.core.trial import Tried
from explainers.core.words import untagged
from explainers.practice.misconceptions import asking
from explainers.reading.pasted import pasted
from explainers.reading.results import Pasted
from shell import engine, misconceptions, way_in
from tests.apptest import open_page
from tests.explained import explained_at, tried_at
from views import search
from views.links import Target, href
from views.way_in import count_asked

# question, page, what its link must have, what the page must show (closed forms, worked out by hand)
QUESTIONS: list[tuple[str, str, dict[str, str], tuple[str, ...]]] = [
    ("Why 4,224 parameters?", "simple_rnn", {"features": "1", "units": "64", "at": "parameters"}, ("4,224", "4,096")),
    ("4,224", "simple_rnn", {"features": "1", "units": "64", "at": "parameters"}, ("4,224",)),
    ("why 4,224 🤯 parameters?", "simple_rnn", {"features": "1", "units": "64"}, ("4,224",)),
    ("(None, 19, 4", "array_shapes", {"timesteps": "19", "features": "4"}, ("(None, 19, 4)",)),
    (r"$\mathbb{R}^{23 \times 14 \times 6}$", "array_shapes", {"timesteps": "14", "features": "6"}, ("(23, 14, 6)",)),
    ("np.zeros((9, 6))", "array_shapes", {"batch_size": "9", "features": "6"}, ("(9, 6)",)),
    ("31x27", "conv2d", {"height": "31", "width": "27", "channels": "1"}, ("(None, 31, 27, 1)",)),
    ("LSTM", "stacked_lstm", {}, ("(None, 6, 3)",)),
    ("4224 params", "simple_rnn", {"features": "1", "units": "64"}, ("4,224",)),
    ("SimpleRNN with 72 parameters", "simple_rnn", {"at": "parameters"}, ("72",)),
    ("LSTM 81,408 parameters", "stacked_lstm", {"features": "30", "units_1": "128"}, ("81,408", "(None, 128)")),
    ("why has my lstm 140 params", "stacked_lstm", {"features": "1", "levels": "1"}, ("140", "(None, 5)")),
    ("GRU 912 params", "stacked_lstm", {"features": "1", "units_1": "16", "layer_1": "GRU"}, ("912",)),
    ("320 parameters conv2d", "conv2d", {"filters": "32", "channels": "1", "at": "parameters"}, ("320",)),
    ("why does my Dense layer have 65 parameters", "diagnose", {"example": "Dense", "features": "64"}, ("65",)),
    ("Dense 8,320 weights", "diagnose", {"example": "Dense"}, ("8,320",)),
    ("how many parameters does LSTM(128) with 30 features have", "stacked_lstm",
     {"features": "30", "units_1": "128", "at": "parameters"}, ("81,408",)),
    ("how many params has GRU(16) with 1 feature", "stacked_lstm", {"features": "1", "units_1": "16"}, ("912",)),
    ("How many weights does a Dense layer with 96 units on 441 inputs have?", "diagnose",
     {"example": "Dense", "features": "441", "units": "96"}, ("42,432",)),
    ("how many windows with 365 days and a window of 30", "windowed_forecast", {"points": "365", "timesteps": "30"},
     ("332",)),
    ("100,480", "diagnose", {"example": "Dense", "features": "784", "units": "128"}, ("100,480",)),
    ("how many parameters does a Conv2D with 24 filters 3x3 on 16 channels have", "conv2d",
     {"filters": "24", "channels": "16", "kernel_size": "3"}, ("3,480",)),
    ("Conv1D kernel size 3 with 2 steps", "conv1d", {"steps": "2"}, ("2 − 3 + 1 = 0",)),
    # shapes
    ("What does None mean in (None, 20, 5)?", "array_shapes",
     {"timesteps": "20", "features": "5", "at": "concrete"}, ("(None, 20, 5)",)),
    ("(None, 20, 5)", "array_shapes", {"timesteps": "20", "features": "5"}, ("(None, 20, 5)",)),
    ("what does (None, 31, 2) mean", "array_shapes", {"timesteps": "31", "features": "2"}, ("(None, 31, 2)",)),
    ("(32, 12, 8)", "array_shapes", {"batch_size": "32", "timesteps": "12", "features": "8"}, ("(32, 12, 8)",)),
    ("(None, None, 7)", "array_shapes", {"timesteps": "None", "features": "7"}, ("(None, None, 7)",)),
    ("input_shape=(None, 5)", "stacked_lstm", {"timesteps": "None", "features": "5"}, ("(None, None, 5)",)),
    ("Why None instead of a number?", "stacked_lstm", {"timesteps": "None", "at": "concrete"}, ("(None, None, 3)",)),
    ("(None, 64)", "array_shapes", {"sample": "row", "features": "64"}, ("(None, 64)", "rank 2")),
    ("what is a shape", "array_shapes", {}, ("rank 3", "(None, 5, 3)")),
    ("rank of a tensor", "array_shapes", {"at": "one-array"}, ("rank 3",)),
    ("what is the difference between a batch and a sample", "array_shapes", {}, ("(None, 5, 3)",)),
    ("expand_dims", "array_shapes", {"try": "batch_of_one"}, ("(1, 5, 3)",)),
    ("variable length sequences", "stacked_lstm", {"timesteps": "None"}, ("(None, None, 3)",)),
    # images
    ("input_shape for 28x28 grayscale images?", "conv2d", {"height": "28", "width": "28", "channels": "1"},
     ("(None, 28, 28, 1)", "(None, 24, 24, 8)")),
    ("Conv2D 28x28 grayscale", "conv2d", {"height": "28", "channels": "1"}, ("(None, 28, 28, 1)",)),
    ("MNIST input shape", "conv2d", {"height": "28", "channels": "1"}, ("(None, 28, 28, 1)",)),
    ("input shape for 64x48 RGB", "conv2d", {"height": "64", "width": "48", "channels": "3"}, ("(None, 64, 48, 3)",)),
    ("128x96x3 images Conv2D", "conv2d", {"height": "128", "width": "96"}, ("(None, 128, 96, 3)",)),
    ("(None, 32, 30, 3)", "conv2d", {"height": "32"}, ("(None, 28, 26, 8)",)),
    ("[32, 3, 96, 96]", "conv2d", {"height": "96", "width": "96", "channels": "3"}, ("(None, 96, 96, 3)",)),
    ("(None, 6, 4, 12)", "conv2d", {"height": "6", "kernel_size": "2"}, ("(None, 6, 4, 12)", "(None, 5, 3, 8)")),
    ("how do I add a channel axis to my images", "conv2d", {"channels_axis": "False"}, ("The missing axis: channels",)),
    ("output size of MaxPooling2D with pool_size 3 on 33x21x5", "diagnose",
     {"example": "MaxPooling2D", "pool_size": "3", "channels": "5"}, ("(None, 11, 7, 5)",)),
    ("MaxPooling2D of 31x20 images", "diagnose", {"example": "MaxPooling2D"}, ("(None, 15, 10, 3)",)),
    ("GlobalAveragePooling2D", "diagnose", {"example": "GlobalAveragePooling2D"}, ("(None, 3)",)),
    ("Conv2D output shape", "conv2d", {"at": "pixels"}, ("(None, 28, 26, 3)", "(None, 24, 22, 8)")),
    ("nn.Conv2d", "conv2d", {}, ("608",)),
    ("Flatten after Conv2D", "conv2d", {"at": "parameters"}, ("1,056", "10,570")),
    ("channels_first or channels_last", "conv2d", {"try": "channels_first"}, ("a height of 3",)),
    ("expected min_ndim=4, found ndim=3", "conv2d", {"channels_axis": "False"}, ("The missing axis: channels",)),
    # other layers
    ("MultiHeadAttention output shape", "multi_head_attention", {}, ("(None, 5, 6)", "168")),
    ("query key value", "multi_head_attention", {"at": "scores"}, ("(None, 7, 6)",)),
    ("self-attention", "multi_head_attention", {"self_attention": "True"}, ("(None, 5, 6)",)),
    ("key_dim", "multi_head_attention", {"at": "parameters"}, ("168",)),
    ("attention_mask shape", "multi_head_attention", {"try": "hidden_padding"}, ("(batch, 1, key steps)",)),
    ("MultiHeadAttention with 33,088 parameters", "multi_head_attention", {"at": "parameters"}, ("33,088",)),
    ("embedding output shape", "diagnose", {"example": "Embedding"}, ("(None, 20, 16)", "16,000")),
    ("embedding of 300 words, vocabulary 7000", "diagnose",
     {"example": "Embedding", "timesteps": "300", "input_dim": "7000"}, ("(None, 300, 16)",)),
    ("nn.Embedding", "diagnose", {"example": "Embedding"}, ("16,000",)),
    ("nn.Linear", "diagnose", {"example": "Dense"}, ("(None, 5)", "65")),
    ("batch normalization parameters", "diagnose", {"example": "BatchNormalization"}, ("24",)),
    ("non-trainable params", "diagnose", {"example": "BatchNormalization"}, ("24",)),
    ("RepeatVector", "diagnose", {"example": "RepeatVector"}, ("(None, 20, 6)",)),
    ("Concatenate axis", "diagnose", {"example": "Concatenate"}, ("(None, 20, 15)",)),
    ("TimeDistributed", "diagnose", {"example": "TimeDistributed"}, ("(None, 20, 5)", "35")),
    ("Dropout parameters", "diagnose", {"example": "Dropout"}, ("(None, 20, 6)",)),
    ("Flatten None", "conv1d", {"steps": "None", "head": "Flatten"}, ("steps × filters",)),
    ("Why is the output of my Flatten layer (None, None)?", "conv1d", {"steps": "None", "head": "Flatten"}, ("None",)),
    ("Flatten output shape", "conv1d", {"head": "Flatten"}, ("(None, 30)",)),
    ("Conv1D output shape", "conv1d", {"at": "sliding"}, ("(None, 6, 5)",)),
    ("MaxPooling1D", "conv1d", {"pool_size": "2"}, ("(None, 12, 5)", "(None, 6, 5)")),
    ("Bidirectional LSTM output shape", "stacked_lstm", {"bidirectional": "True"}, ("(None, 10)",)),
    ("Bidirectional LSTM 23 output shape", "stacked_lstm", {"bidirectional": "True", "units_1": "23"}, ("(None, 46)",)),
    ("causal padding kernel 4 on 19 steps conv1d", "conv1d",
     {"padding": "causal", "steps": "19", "kernel_size": "4"}, ("(None, 19, 4)",)),
    # recurrent layers
    ("nn.LSTM", "stacked_lstm", {"levels": "1"}, ("(None, 5)", "180")),
    ("nn.GRU", "stacked_lstm", {"layer_1": "GRU"}, ("150",)),
    ("pytorch batch_first", "stacked_lstm", {"levels": "1"}, ("(None, 6, 3)",)),
    ("must units equal the number of features", "simple_rnn", {"units": "7", "features": "2"}, ("(None, 7)", "70")),
    ("does the number of timesteps change the parameters", "simple_rnn", {"at": "concrete"}, ("32",)),
    ("how often is the cell called", "simple_rnn", {"at": "calls"}, ("(None, 6, 3)",)),
    ("expected ndim=3, found ndim=2", "stacked_lstm", {"return_sequences_1": "False"}, ("(None, 5)",)),
    ("GRU reset_after", "stacked_lstm", {"layer_1": "GRU"}, ("150",)),
    ("conv2d 3x3 32 filters on 224x224 rgb output shape", "conv2d",
     {"height": "224", "width": "224", "channels": "3", "kernel_size": "3", "filters": "32"},
     ("(None, 222, 222, 32)", "896")),
    ("what shape does Flatten give for (None, 7, 64)?", "array_shapes", {"flatten": "True", "timesteps": "7"},
     ("(None, 448)",)),
    # data
    ("how many steps per epoch with 60000 samples and batch_size 128", "fit_batches",
     {"samples": "60000", "batch_size": "128"}, ("469 steps per epoch for 60,000 samples",)),
    ("batches per epoch with 105 samples?", "fit_batches", {"samples": "105"},
     ("4 steps: 105 samples", "(9, 6)")),
    ("how many steps has an epoch if I have 900 images and a batch size of 70", "fit_batches",
     {"samples": "900", "batch_size": "70"}, ("13 steps: 900 samples",)),
    ("what is a timestep", "glossary", {"term": "timesteps"}, ("How many readings one sequence has",)),
    ("epoch", "fit_batches", {"at": "steps"}, ("4 steps: 105 samples",)),
    ("batches per epoch", "fit_batches", {"at": "steps"}, ("4 steps",)),
    ("steps per epoch with 1000 samples and batch size 50", "fit_batches",
     {"samples": "1000", "batch_size": "50"}, ("20 steps: 1,000 samples",)),
    ("last batch smaller", "fit_batches", {"at": "steps"}, ("the last batch has what is left over, (9, 6)",)),
    ("drop_remainder", "fit_batches", {"try": "dropped"}, ("the last 9 of 105",)),
    ("Your input ran out of data", "fit_batches", {"try": "too_many_steps"}, ("The epoch has 4 batches",)),
    ("validation_split", "fit_batches", {"validation_split": "0.2"}, ("the last 21 for validation",)),
    ("how many windows with 600 points and 10 timesteps", "windowed_forecast", {"points": "600", "timesteps": "10"},
     ("587",)),
    ("look_back", "windowed_forecast", {"at": "windows"}, ("225",)),
    ("Data cardinality is ambiguous", "windowed_forecast", {"try": "uncut_targets"}, ("228",)),
    # mistakes
    ("Negative dimension size caused by subtracting 3 from 1", "conv1d", {"steps": "1"}, ("1 − 3 + 1 = -1",)),
    ("Computed output size would be zero or negative", "conv1d", {"steps": "2"}, ("2 − 3 + 1 = 0",)),
    ("softmax always 1", "conv1d", {"try": "softmax_of_one"}, ("three times 1.0",)),
    ("gradients through average", "sequence_set", {"try": "gradients"}, ("7 of 7 weights",)),
    ("seq_len", "glossary", {"term": "timesteps"}, ("timesteps",)),
]  # fmt: skip


def explanation(name: str, texts: engine.Texts) -> Explanation:
    shown = explained_at(name, find_explainer(name).dims.read(dict(texts)))
    return msgspec.json.decode(msgspec.json.encode(shown), type=Explanation)


def tried(name: str, texts: engine.Texts, trial: str) -> Tried:
    return tried_at(name, trial, find_explainer(name).dims.read(dict(texts)))


def read(text: str, which: int | None, entries: object) -> Pasted:
    return pasted(text)


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker would say, from the same live models, in this process."""
    for name, made in (("explanation", explanation), ("tried", tried), ("pasted", read)):
        monkeypatch.setattr(engine, name, made)
    shown = lambda slug, texts: asking.show_misconception(slug, dict(texts))  # noqa: E731
    monkeypatch.setattr(misconceptions, "shown", shown)


def unpainted(text: str) -> str:
    """Prose without colors and bold; spaces are spaces."""
    return (
        re.sub(r":\w+\[(.*?)\](?:\{.*?\})?", r"\1", text)
        .replace("**", "")
        .replace("\N{NO-BREAK SPACE}", " ")
        .replace("\\", "")
    )


def shapes_in(data: object) -> Iterator[str]:
    """``(None, 20, 5)`` for every shape that a component draws."""
    if isinstance(data, dict):
        for value in data.values():
            yield from shapes_in(value)
    elif isinstance(data, list):
        if data and all(isinstance(axis, dict) and {"axis", "size"} <= axis.keys() for axis in data):
            yield f"({', '.join(str(axis['size']) for axis in data)})"
        for value in data:
            yield from shapes_in(value)


def shown_on(app: AppTest) -> str:
    """All that the page tells and draws."""
    data = [json.loads(part.proto.json)[0] for part in app.get("bidi_component")]
    drawn = [json.dumps(each, ensure_ascii=False) for each in data] + [
        shape for each in data for shape in shapes_in(each)
    ]
    said = [unpainted(each.value) for kind in (app.title, app.markdown, app.caption, app.error) for each in kind]
    counts = [f"{number:,}" for number in map(int, re.findall(r"\b\d{4,9}\b", " ".join(drawn)))]
    return "\n".join([*said, *drawn, *counts])


@pytest.mark.parametrize(("question", "page", "query", "numbers"), QUESTIONS, ids=[case[0] for case in QUESTIONS])
def test_a_question_lands_where_it_is_answered(
    question: str, page: str, query: dict[str, str], numbers: tuple[str, ...]
) -> None:
    live = way_in.lives(way_in.way(question))
    assert live, "no live answer"
    entry = live[0].entry
    assert entry.page == page
    assert query.items() <= dict(entry.query).items(), entry.query
    app = open_page(entry.page, **entry.query)
    assert not app.exception
    told = shown_on(app)
    assert [number for number in numbers if number not in told] == []
    if "at" in entry.query:
        assert entry.query["at"] in {anchor(header) for header in app.header}
    assert untagged(live[0].sentence)


def anchor(header: object) -> str:
    return str(getattr(header, "anchor", ""))


# What the reader of questions knows better than any lesson: a model of all the sizes in the sentence.
READ = [
    ("why is my LSTM output (None, 17) and not (None, 31, 17)?", "return_sequences=True"),
    ("difference between return_sequences and return_state", "h and c"),
    ("input shape for time series with 15 months and 4 variables", "(samples, 15, 4)"),
    ("expected shape=(None, 26, 27, 1), found shape=(None, 26, 27)", "4 axes versus 3"),
    ("hidden_3 (Dense)   (None, 12)   468", "(features 38 + 1) × units 12 = 468"),
]


@pytest.mark.parametrize(("question", "told"), READ, ids=[case[0] for case in READ])
def test_what_no_lesson_has_the_sizes_for_is_read(question: str, told: str) -> None:
    assert way_in.way(question).pasted
    assert told in pasted(question).cause


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1,024", 1024), ("LSTM 81,408 parameters", 81_408), ("Param # 912", 912), ("65 trainable weights?", 65),
        ("parameters of Conv2D with 64 filters 3x3 on 32 channels", None), ("64 units, 3 features: parameters", None),
        ("GRU vs LSTM number of parameters with 50 units", None), ("how many parameters has GRU(16)", None),
    ],
)  # fmt: skip
def test_the_count_is_the_number_next_to_its_word(text: str, count: int | None) -> None:
    assert count_asked(text) == count


def test_there_are_sixty_questions_and_all_differ() -> None:
    assert len({case[0] for case in QUESTIONS}) == len(QUESTIONS) >= 60


@pytest.mark.parametrize("name", all_explainers())
def test_every_question_of_a_lesson_has_a_section_a_sentence_and_good_dims(name: str) -> None:
    lesson = all_explainers()[name]
    assert len(lesson.asked) >= 4
    for asked in lesson.asked:
        dims = lesson.dims(**asked.dims)
        assert asked.trial in {"", *(trial.name for trial in lesson.trials)}
        query = search.link_of(lesson, asked)
        app = open_page(name, **query)
        assert not app.exception
        assert asked.section in {"", *(anchor(header) for header in app.header)}, asked.question
        found = explained_at(name, dims).inspection
        if found.error is None and asked.sentence is not None:
            assert untagged(asked.sentence(dims, found)).endswith((".", "!"))


def test_the_home_page_answers_in_place() -> None:
    app = open_page("home", ask="Why 4,224 parameters?")
    assert not app.exception
    told = shown_on(app)
    assert "SimpleRNN has exactly 4,224 parameters" in told
    link = Target("", "simple_rnn", {"features": "1", "units": "64", "at": "parameters"})
    assert href(link).replace("&", "\\u0026") in told or href(link) in told
    nothing = open_page("home", ask="zzzqqq")
    assert [info.value for info in nothing.info] == [way_in.NOTHING]


def test_a_count_is_only_told_of_models_that_have_it() -> None:
    for count in (4224, 97, 1_000_003, 2, 12_288):
        for live in way_in.lives(way_in.way(f"{count} parameters")):
            assert live.found is not None
            assert count in {layer.params for layer in live.found.layers}
    app = open_page("home", ask="1,000,003 parameters")
    assert not app.exception
    assert "exactly 1,000,003 parameters" in shown_on(app)


@pytest.mark.parametrize(
    "text",
    ["model = keras.Sequential()\nmodel.add(x)", "ValueError: Input 0 of layer lstm is incompatible", "Dense(10)(x)",
     "x" * 400, "LSTM(32, input_shape=(10, 8))",
     "why is my LSTM(64) output (None, 64) instead of (None, 10, 64)?"],
)  # fmt: skip
def test_programs_and_errors_are_read_not_searched_for(text: str) -> None:
    assert way_in.way(text).pasted


def test_a_size_that_the_lesson_has_no_room_for_is_read_instead() -> None:
    question = "how many batches per epoch with 900000 samples and batch_size 128"
    assert way_in.way(question).pasted
    assert f"make {-(-900_000 // 128):,} batches per epoch" in pasted(question).cause


# question, what the reply must have (worked out by hand): a lesson's model would have another size, or drop one
KNOWN_BETTER = [
    ("output of Conv1D(14, 6, strides=3) on 80 steps", "(None, 25, 14)"),
    ("what is the output size of max pooling 3x3 with stride 2 on 41x41x20", "(None, 20, 20, 20)"),
    ("LSTM(30) input [samples, 45, 2] parameters", "3,960 parameters"),
    ("24.500 images, batch size 70, how many steps?", "350 batches"),
    ("17 000 images, batch_size=128 how many iterations per epoch", "133"),
    ("GlobalMaxPooling1D on (None, 26, 72)", "(None, 72)"),
    ("x_train.shape = (5000, 30, 30) Conv2D", "(5000, 30, 30, 1)"),
    ("how do I convert (3, 96, 80) to keras format", "(96, 80, 3)"),
    ("gru input shape when each sample is an image 40x36 read row by row", "input_shape=(40, 36)"),
    ("nn.Conv2d(3, 12, kernel_size=5) on 48x40 images output shape", "(batch, 12, 44, 36)"),
    ("last 9 samples with batch_size 16 of 105", "a last one of 9"),
    ("reshape 600 to 25x24", "25 x 24 = 600"),
    ("GRU(44, return_state=True) outputs", "1 state of (None, 44)"),
    ("mlp 9-14-14-2 parameters", "380 parameters"),
]


@pytest.mark.parametrize(("question", "told"), KNOWN_BETTER, ids=[case[0] for case in KNOWN_BETTER])
def test_no_size_of_a_question_is_dropped_or_taken_for_another(question: str, told: str) -> None:
    found = way_in.way(question)
    sentence = pasted(question).cause if found.pasted else way_in.lives(found)[0].sentence
    assert told in untagged(sentence)


def test_where_no_model_has_a_number_it_is_said_beside_what_is_nearest() -> None:
    question = "why is my validation accuracy 5731"
    assert way_in.way(question).left == ("5731",)
    app = open_page("home", ask=question)
    assert not app.exception
    (said,) = [info.value for info in app.info]
    assert "none of our models has your 5,731" in said
    assert "validation" in shown_on(app)


def test_sizes_that_a_question_does_not_say_are_examples() -> None:
    fit = way_in.lives(way_in.way("batches per epoch with 211 samples?"))[0].sentence
    assert "(batch_size=32, epochs=3 and features=6 are examples.)" in fit
    asked = way_in.lives(way_in.way("how many windows with 365 days and a window of 30"))[0]
    assert "timesteps=" not in asked.sentence.rpartition("(")[2]
    assert "are examples" not in way_in.lives(way_in.way("what is a shape"))[0].sentence


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Why do I have to flatten before Dense", "without Flatten it would work on each pixel"),
        ("what is 4D data", "(batch, height, width, channels)"),
        ("input (None, 34) but expected (None, 34, 1)", "x[..., None] makes (34, 1)"),
        ("what does Dense do with 3 dimensional input (None, 9, 14)", "the last axis only"),
    ],
)
def test_a_fact_is_told_before_a_lesson_about_a_part_of_the_question(question: str, told: str) -> None:
    assert way_in.way(question).pasted
    assert told in pasted(question).cause


def test_where_only_words_are_near_it_is_said() -> None:
    question = "can a penguin swim through the summary of my holidays"
    assert way_in.way(question).near
    app = open_page("home", ask=question)
    assert not app.exception
    assert way_in.NOT_SURE in [info.value for info in app.info]


def test_a_pasted_text_is_never_in_the_link() -> None:
    app = open_page("home", ask="x = 1")
    app.session_state["asked_before"] = "model = Sequential()\nmodel.add(Dense(3, input_shape=(5,)))"
    app = app.run()
    assert not app.exception
    assert "ask" not in app.query_params


@pytest.mark.parametrize("text", ["\N{BRAIN}", "0", "-5", "<script>alert(1)</script>", "How do I cook rice?"])
def test_what_asks_nothing_finds_nothing(text: str) -> None:
    """That a title has the same number says nothing; no model is shown as if it had been meant."""
    found = way_in.way(text)
    assert not found.found
    assert not found.pasted


def test_a_count_beyond_all_models_is_told_as_one() -> None:
    assert way_in.way("97,000,000,000,000 parameters").count == 97 * 10**12
