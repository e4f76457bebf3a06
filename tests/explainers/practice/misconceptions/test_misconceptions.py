"""The catalogue is whole, dims are changeable over their range, and questions are judged by the live model."""

from __future__ import annotations

import subprocess
import sys
from random import Random

import msgspec
import pytest

from explainers.core.dims import DimsError
from explainers.core.mistakes import find_mistake
from explainers.core.registry import find_explainer
from explainers.core.trial import Tried
from explainers.core.words import untagged
from explainers.practice.misconceptions import asking, catalogue
from explainers.practice.misconceptions.catalogue import (
    BY_SLUG,
    THEMES,
    UnknownMisconception,
    all_misconceptions,
    find_misconception,
    theme_of,
)
from explainers.practice.misconceptions.misconception import Shown, distinct

every_misconception = pytest.mark.parametrize("slug", BY_SLUG)


def test_there_are_25_and_ten_more() -> None:
    assert [misconception.number for misconception in all_misconceptions()] == list(range(1, 36))
    assert catalogue.MAIN == 25
    assert sum(len(theme) for theme in THEMES.values()) == len(BY_SLUG) == 35


def test_the_main_ones_stand_in_the_order_of_their_reports() -> None:
    seen = [misconception.seen for misconception in all_misconceptions()[: catalogue.MAIN]]
    assert seen == sorted(seen, reverse=True)


@every_misconception
def test_a_misconception_leads_into_a_lesson_at_dims_that_it_has(slug: str) -> None:
    misconception = find_misconception(slug)
    lesson = find_explainer(misconception.lesson)
    assert lesson.dims(**misconception.lesson_dims).values().items() >= dict(misconception.lesson_dims).items()
    assert all(find_mistake(name) is not None for name in misconception.mistakes)
    assert theme_of(misconception) in THEMES


@every_misconception
def test_default_sizes_differ(slug: str) -> None:
    specs = BY_SLUG[slug].dims.specs()
    sizes = [spec.default for spec in specs if spec.kind == "int" and spec.default is not None]
    # The id that is looked up first is the first one outside the table: equal to input_dim on purpose.
    assert len(set(sizes)) == len(sizes) or slug == "embedding-takes-vectors"


def test_an_unknown_misconception_is_suggested() -> None:
    with pytest.raises(UnknownMisconception, match="Did you mean more-steps-more-weights"):
        find_misconception("more-steps-more-weight")


def test_dims_out_of_range_are_refused_with_a_sentence() -> None:
    with pytest.raises(DimsError, match="timesteps=0 was given"):
        asking.show_misconception("more-steps-more-weights", {"timesteps": "0"})


def test_the_catalogue_loads_no_keras() -> None:
    code = (
        "import sys; from explainers.practice.misconceptions import asking, catalogue; sys.exit('keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# -- dims that change ------------------------------------------------------------------------------------------


def verdict(slug: str, **dims: str) -> str:
    return untagged(asking.show_misconception(slug, dims).verdict)


def test_the_verdict_follows_the_dims() -> None:
    assert verdict("more-steps-more-weights", timesteps="9", features="7", units="5").startswith("260 weights at 9")
    assert verdict("a-row-is-a-sequence", rows="11", columns="7", window="5") == (
        "A table of 11 rows becomes 7 sequences of 5 timesteps with 7 features: three axes."
    )


def test_a_mended_misconception_runs() -> None:
    kinds = {
        trial.title: trial.kind
        for trial in asking.show_misconception("embedding-takes-vectors", {"largest_id": "9"}).trials
    }
    assert kinds["Look up id 9"] == "run"
    kinds = {
        trial.title: trial.kind
        for trial in asking.show_misconception("a-state-is-any-tensor", {"state_width": "4"}).trials
    }
    assert kinds["Run it"] == "run"
    assert {
        trial.kind for trial in asking.show_misconception("padding-zeros-do-not-count", {"padded": "0"}).trials
    } == {"run"}


def test_what_was_refused_may_pass_in_silence() -> None:
    trial = asking.show_misconception("one-sample-as-it-is", {"features": "1"}).trials[0]
    assert (trial.kind, trial.error) == ("silent", None)


def test_the_link_reproduces_the_page() -> None:
    shown = asking.show_misconception("none-is-a-number", {"long": "9", "features": "3"})
    assert shown.url == "/misconceptions?misconception=none-is-a-number&long=9&features=3"
    assert asking.show_misconception("none-is-a-number", {}).url == "/misconceptions?misconception=none-is-a-number"


@pytest.mark.parametrize("slug", ["more-steps-more-weights", "reshape-turns-axes", "one-sample-as-it-is"])
def test_what_is_shown_survives_json(slug: str) -> None:
    shown = asking.show_misconception(slug, {})
    assert msgspec.json.decode(msgspec.json.encode(shown), type=Shown) == shown


# Dims at both ends of their range, where a formula would break first.
@pytest.mark.parametrize("end", ["min", "max"])
@pytest.mark.parametrize(
    "slug",
    [
        "a-row-is-a-sequence", "convolution-keeps-the-length", "dense-mixes-everything", "reshape-turns-axes",
        "a-kernel-slides-over-the-values", "channels-may-stand-first", "embedding-takes-vectors",
        "an-rnn-reads-nested-sequences", "shape-is-the-whole-array",
    ],
)  # fmt: skip
def test_the_ends_of_the_range_can_be_tried(slug: str, end: str) -> None:
    specs = BY_SLUG[slug].dims.specs()
    dims = {spec.name: str(getattr(spec, end)) for spec in specs if spec.kind == "int"}
    shown = asking.show_misconception(slug, dims)
    assert len(shown.trials) >= 2
    assert untagged(shown.verdict)


# -- questions -------------------------------------------------------------------------------------------------


@every_misconception
def test_the_live_model_judges_its_own_answer_right(slug: str) -> None:
    given_up = asking.judge(slug, 5, "")
    assert (given_up.read, given_up.right) == (True, False)
    judged = asking.judge(slug, 5, given_up.truth)
    assert (judged.read, judged.right) == (True, True)
    assert judged.why
    asked = asking.question(slug, 5)
    if asked.kind == "choice":
        assert given_up.truth in asked.choices
    elif asked.kind == "shape":
        assert given_up.truth not in asked.prompt + asked.code + asked.hint


@every_misconception
def test_seeds_bring_new_dims(slug: str) -> None:
    asked = [asking.question(slug, seed) for seed in range(1, 30)]
    assert len({(one.prompt, one.code) for one in asked}) > 3
    assert asking.question(slug, 1) == asked[0]


@pytest.mark.parametrize(
    "slug", [misconception.slug for misconception in all_misconceptions() if misconception.ask.kind == "choice"]
)
def test_questions_with_choices_have_more_than_one_truth(slug: str) -> None:
    first = asking.judge(slug, 1, "").truth
    assert any(asking.judge(slug, seed, "").truth != first for seed in range(2, 15))


def test_a_wrong_shape_is_told_axis_by_axis() -> None:
    # seed 3 asks for an LSTM that keeps its timesteps
    asked = asking.question("an-rnn-passes-its-sequence-on", 3)
    dims = asked.dims
    assert dims["return_sequences"] is True
    steps, features, units = dims["timesteps"], dims["features"], dims["units_1"]
    judged = asking.judge("an-rnn-passes-its-sequence-on", 3, f"(None, {steps}, {features})")
    assert judged.truth == f"(None, {steps}, {units})"
    assert [(row.axis, row.right) for row in judged.axes] == [("batch", True), ("timesteps", True), ("units", False)]
    assert judged.axes[2].origin == f"units={units} of LSTM lstm"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("({t}, {u})", "Only the batch is missing: Keras puts None in front."),
        ("(None, {u}, {t})", "The right numbers in the wrong order."),
        ("(None, {u})", "You wrote 2 axes, there are 3."),
    ],
)
def test_the_frequent_slips_get_a_sentence(answer: str, sentence: str) -> None:
    dims = asking.question("an-rnn-passes-its-sequence-on", 3).dims
    said = answer.format(t=dims["timesteps"], u=dims["units_1"])
    assert asking.judge("an-rnn-passes-its-sequence-on", 3, said).why.startswith(sentence)


@pytest.mark.parametrize(
    ("slug", "answer", "sentence"),
    [
        ("an-rnn-passes-its-sequence-on", "three axes", "Write a shape as numbers"),
        ("more-steps-more-weights", "many", "Write one whole number"),
        ("one-sample-as-it-is", "perhaps", "Choose one of: Keras refuses it"),
    ],
)
def test_what_cannot_be_read_keeps_the_truth_hidden(slug: str, answer: str, sentence: str) -> None:
    judged = asking.judge(slug, 2, answer)
    assert (judged.read, judged.right, judged.truth) == (False, False, "")
    assert judged.why.startswith(sentence)


@pytest.mark.parametrize("text", ["(None, 12, 7)", "None, 12, 7", "[None 12 7]", "None 12 7"])
def test_shapes_are_read(text: str) -> None:
    assert asking.read_shape(text) == (None, 12, 7)


@pytest.mark.parametrize("text", ["", "()", "12.5", "batch 12", "-3", "1e3"])
def test_what_is_no_shape(text: str) -> None:
    assert asking.read_shape(text) is None


def test_counts_are_read() -> None:
    assert asking.read_count("4,224") == 4224
    assert asking.read_count("4.5") is None


def test_drawn_numbers_all_differ() -> None:
    for seed in range(50):
        drawn = distinct(Random(seed), units=(2, 4), timesteps=(2, 4), features=(2, 4))
        assert sorted(drawn.values()) == [2, 3, 4]


# -- trials, declared as those of a lesson ----------------------------------------------------------------------


@every_misconception
def test_what_is_declared_of_a_trial_comes_of_it(slug: str) -> None:
    """The first of its cases at the default dims: what came of it, and Keras' words where it was refused."""
    misconception = find_misconception(slug)
    assert len({entry.name for entry in misconception.trials}) == len(misconception.trials)
    dims = misconception.dims()
    for entry in misconception.trials:
        came = entry(dims, *([next(iter(entry.each(dims)))] if entry.each else []))
        assert (came.name, came.kind) == (entry.name, entry.kind)
        assert came.title
        assert "{" not in came.title
        assert (entry.kind == "loud") == bool(entry.says), entry.name
        if entry.says:
            assert came.error is not None
            assert entry.says in came.error.message


def test_a_refusal_in_the_middle_of_a_graph_names_no_place_on_this_machine() -> None:
    """Then TensorFlow tells where each node was made: a hundred lines of paths of the server."""
    dims = {"batch_size": "3", "samples": "6", "timesteps": "4", "features": "5", "units": "7"}
    said = [trial.error.message for trial in show("any-batch-for-a-stateful-model", dims) if trial.error]
    assert any("Incompatible shapes: [6,28] vs. [3,28]" in message for message in said)
    assert not any("File " in message or "site-packages" in message for message in said)


def show(slug: str, dims: dict[str, str]) -> tuple[Tried, ...]:
    return asking.show_misconception(slug, dims).trials
