"""The search: what people type or paste leads to what answers it."""

from __future__ import annotations

import pytest

from explainers.core.mistakes import all_mistakes
from explainers.core.programs import BY_LAYER
from explainers.core.registry import all_explainers
from views import palette, search
from views.search import Entry, Index, index_of

EVERYTHING = search.entries(all_explainers())


@pytest.fixture(scope="module")
def index() -> Index:
    return index_of(EVERYTHING)


def titles(text: str, index: Index) -> list[str]:
    return [found.entry.title for found in search.search(text, index)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("What does (None, 20, 5) mean?", "What does (None, 20, 5) mean?"),
        ("(None, 20, 5)", "What does (None, 20, 5) mean?"),
        ("why 4224 parameters", "Why does my SimpleRNN have 4,224 parameters?"),
        ("expected ndim=3", "expected ndim=3, found ndim=2"),
        ("seq_len", "timesteps"),
        ("embedding_dim", "output_dim"),
        ("units", "units"),
        ("time_major", "time_major"),
        ("any batch stateful model", "A batch of any size can go through a stateful model."),
        ("bidirectonal", "What does Bidirectional do to the shape?"),
        ("PyTorch channels", "Channels can come first."),
        ("Deconvolution2D", "What is the output shape of Conv2DTranspose?"),  # a name of Keras 1, from its sheet
    ],
)
def test_the_best_result_is_the_one_that_was_meant(typed: str, first: str, index: Index) -> None:
    assert titles(typed, index)[0] == first


@pytest.mark.parametrize(
    ("pasted", "among_the_first"),
    [
        (
            "ValueError: Input 0 of layer lstm_1 is incompatible with the layer: expected ndim=3, found ndim=2. "
            "Full shape received: (None, 4)",
            "An RNN passes on its sequence by default.",
        ),
        ("indices[0,0] = 17 is not in [0, 12)", "An id is outside the Embedding's table"),
        (
            "Negative dimension size caused by subtracting 3 from 2 for 'conv1d_7'",
            "The kernel is longer than the steps that reach it",
        ),
        ("not enough values to unpack (expected 3, got 2)", "More or fewer results than names on the left"),
        ("Dimensions must be equal, but are 3 and 4 for '{{node compile_loss/mse/sub}}'", "Two tensors do not line up"),
        (
            "Error when checking input: expected lstm_2_input to have 3 dimensions, but got array with shape (9, 4)",
            "The data have too few or too many axes",
        ),
    ],
)
def test_a_pasted_error_leads_to_its_kind_or_misconception(pasted: str, among_the_first: str, index: Index) -> None:
    assert among_the_first in titles(pasted, index)[:4]


@pytest.mark.parametrize("text", ["", "   ", "the", "why is it", "zzzqqq", "!?", "…"])
def test_nothing_is_found_where_nothing_is_meant(text: str, index: Index) -> None:
    assert search.search(text, index) == ()


@pytest.mark.parametrize(
    ("typed", "page", "query"),
    [
        ("what does (None, 20, 5) mean?", "array_shapes", {"timesteps": "20", "features": "5"}),
        ("(none,31,2)", "array_shapes", {"timesteps": "31", "features": "2"}),
        ("why [32, None, 8]?", "array_shapes", {"timesteps": "None", "features": "8", "batch_size": "32"}),
        ("(None, 64)", "array_shapes", {"sample": "row", "features": "64"}),
        ("(19,)", "array_shapes", {"sample": "row", "features": "19"}),
        ("(None, 9, 4) for an LSTM", "stacked_lstm", {"timesteps": "9", "features": "4"}),
    ],
)
def test_a_shape_leads_to_a_live_model_of_its_own_sizes(
    typed: str, page: str, query: dict[str, str], index: Index
) -> None:
    first = search.search(typed, index)[0].entry
    assert (first.page, first.query) == (page, query)
    lesson = all_explainers()[page]
    assert not lesson.dims.read_kindly(query)[1]
    assert titles(typed, index).count(first.title) == 1


@pytest.mark.parametrize("typed", ["(1000, 64)", "(3, 3", "(None, None, None)", "expected shape=(None, 20, 5), found "
                                   "shape=(7, 20, 6) for layer functional while predicting"])  # fmt: skip
def test_other_shapes_and_errors_are_searched_for_as_ever(typed: str) -> None:
    assert search.shape_asked(typed) is None


def test_a_beginning_of_a_word_is_enough(index: Index) -> None:
    assert "Bidirectional keeps the width and the state." in titles("bidirec", index)


def test_no_result_twice_and_no_more_than_asked(index: Index) -> None:
    found = search.search("steps units features sequence", index, most=5)
    keys = [(one.entry.title, str(one.entry.query)) for one in found]
    assert len(keys) == len(set(keys)) == 5
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_long_paste_is_read_up_to_its_limit(index: Index) -> None:
    assert titles("expected ndim=3, found ndim=2 " + "y" * 10 * search.LONGEST, index)


def test_every_kind_of_mistake_has_plain_words() -> None:
    shown = [entry for entry in EVERYTHING if entry.kind == "Error"]
    assert [entry.title for entry in shown] == [mistake.title for mistake in all_mistakes()]
    keys = [mistake.name for mistake in all_mistakes() if "_" in mistake.name]
    assert not [(key, entry.title) for key in keys for entry in shown if key in entry.title]


def test_every_entry_leads_to_a_page_of_this_app() -> None:
    from explainers.practice.glossary.terms import find_term
    from explainers.practice.misconceptions.catalogue import BY_SLUG

    for entry in EVERYTHING:
        if entry.page == "misconceptions":
            assert entry.query["misconception"] in BY_SLUG, entry
        elif entry.page == "glossary":
            assert find_term(entry.query["term"]) is not None, entry
        elif entry.page == "diagnose":
            assert entry.query["example"] in BY_LAYER, entry
        else:
            assert entry.page in all_explainers(), entry
        assert entry.kind in search.TONES
        assert search.TONES[entry.kind] in palette.COLOURS


def test_rare_words_count_more_than_frequent_ones() -> None:
    few = index_of(
        [
            Entry("Word", "steps and units", "", ""),
            Entry("Word", "steps and gates", "", ""),
            Entry("Word", "steps and masks", "", ""),
        ]
    )
    assert titles("steps masks", few)[0] == "steps and masks"


def test_numbers_are_words_and_thousands_are_joined() -> None:
    assert search.words("4,224 parameters, ndim=3") == ["4224", "parameters", "ndim", "3"]
