"""Every entry for what learners type, link, post or upload: a value, or one clear sentence; nothing else.

`make fuzz` tries very many; `make test` a fixed number (tests/fuzz/strategies.py).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import pytest
import streamlit
from hypothesis import given
from hypothesis import strategies as st

from explainers import cli
from explainers.core.dims import DimsError
from explainers.core.registry import UnknownExplainer, all_explainers, find_explainer
from explainers.forecasting import numbers as reading
from explainers.practice.challenges.challenge import SEEDS, ChallengeError, read_seed
from explainers.practice.glossary.terms import find_term
from explainers.practice.misconceptions.catalogue import UnknownMisconception, find_misconception
from explainers.reading.diagnosing import read as read_pasted
from shell import dims_state, hiding, pinned, predict_first, projector
from tests.fuzz.strategies import any_json, any_text, fuzzed, text_for, texts_for
from views import classroom, controls, misconceptions, predict, search

LESSONS = all_explainers()
every_lesson = pytest.mark.parametrize("name", LESSONS)
LONGEST_SENTENCE = 900  # the longest dim has 40 characters of a bad value, its range, and a hint


def clear(sentence: str) -> bool:
    """Whether a text can be shown: not empty, not endless, a whole sentence, and of characters that can be sent."""
    sentence.encode("utf-8")
    return 10 < len(sentence) < LONGEST_SENTENCE and sentence.endswith((".", "!", "?"))


T = TypeVar("T")


def answered(ask: Callable[[], T], refusal: type[Exception]) -> tuple[T | None, str]:
    """What comes back, and ""; or None and the sentence. Any other exception goes through and fails the test."""
    try:
        return ask(), ""
    except refusal as error:
        sentence = str(error)
    assert clear(sentence), sentence
    return None, sentence


class Link(dict[str, str]):
    """`st.query_params` without a browser."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, texts: dict[str, str]) -> None:
        assert all(isinstance(text, str) for text in texts.values())
        self.clear()
        self.update(texts)


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Link]:
    """`visit(texts)`: the link of a page with nothing remembered yet."""
    told: list[str] = []

    def opened(texts: dict[str, str]) -> Link:
        link = Link(texts)
        told.clear()
        monkeypatch.setattr(streamlit, "query_params", link)
        monkeypatch.setattr(streamlit, "session_state", {})
        monkeypatch.setattr(streamlit, "warning", told.append)
        return link

    return opened


# ---------------------------------------------------------------------- dims


@every_lesson
@fuzzed
@given(data=st.data())
def test_a_text_for_a_dim_is_a_value_or_a_sentence(name: str, data: st.DataObject) -> None:
    spec = data.draw(st.sampled_from(LESSONS[name].dims.specs()))
    text = data.draw(text_for(spec))
    value, sentence = answered(lambda: spec.parse(text), DimsError)
    if sentence:
        assert sentence.startswith(f"{spec.name}=")
    else:
        assert spec.check(value) == value
        assert spec.parse(str(value)) == value  # a link with it leads back to it


@every_lesson
@fuzzed
@given(data=st.data())
def test_any_value_is_checked(name: str, data: st.DataObject) -> None:
    spec = data.draw(st.sampled_from(LESSONS[name].dims.specs()))
    value = data.draw(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), any_text))
    checked, sentence = answered(lambda: spec.check(value), DimsError)
    assert sentence or checked == value


# ---------------------------------------------------------------------- links


@every_lesson
@fuzzed
@given(data=st.data())
def test_a_link_ends_in_dims_and_in_a_link_that_stays(
    name: str, data: st.DataObject, visit: Callable[..., Link]
) -> None:
    link = visit(data.draw(texts_for(LESSONS[name].dims.specs())))
    chosen = dims_state.read(LESSONS[name])
    assert all(clear(notice) for notice in chosen.notices)
    again = dims_state.read(LESSONS[name])
    assert (again.dims, again.notices) == (chosen.dims, ())
    assert dict(parse_qsl(chosen.dims.query())) == chosen.dims.changed()
    assert LESSONS[name].dims.read(chosen.dims.changed()) == chosen.dims
    assert link is streamlit.query_params


@every_lesson
@fuzzed
@given(data=st.data())
def test_a_pinned_setting_in_a_link(name: str, data: st.DataObject, visit: Callable[..., Link]) -> None:
    dims = LESSONS[name].dims
    pairs = texts_for(dims.specs()).map(lambda texts: "&".join(f"{key}={text}" for key, text in texts.items()))
    visit({"pin": data.draw(st.one_of(any_text, pairs))})
    found = pinned.read(LESSONS[name])
    assert all(clear(notice) for notice in found.notices)
    assert pinned.read(LESSONS[name]) == pinned.Pinned(found.dims)


@every_lesson
@fuzzed
@given(data=st.data())
def test_hidden_sections_of_a_link(name: str, data: st.DataObject, visit: Callable[..., Link]) -> None:
    names = [spec.name for spec in LESSONS[name].dims.specs()]
    said = st.one_of(any_text, st.lists(st.one_of(any_text, st.sampled_from(names)), max_size=30).map(",".join))
    visit({"hide": data.draw(said)})
    hidden = hiding.read(LESSONS[name], ())
    assert hidden.dims <= set(names)
    told = classroom.unknown_told(hidden, (), names)
    assert bool(told) == bool(hidden.unknown)
    if told:
        told.encode("utf-8", "replace")
        assert len(told) < 3000


@fuzzed
@given(text=any_text)
def test_the_other_parameters_of_a_link(text: str, visit: Callable[..., Link]) -> None:
    visit({"predict": text, "view": text, "section": text, "question": text, "term": text})
    assert predict_first.is_on() in (True, False)
    assert projector.is_on() in (True, False)
    assert classroom.slide(("flow", "calls"), text).moved(1) == "calls"
    assert 1 <= misconceptions.seed_from(streamlit.query_params.to_dict()) <= 9999
    find_term(text)
    seed, sentence = answered(lambda: read_seed(text), ChallengeError)
    assert "it must be a whole number" in sentence if seed is None else 0 <= seed < SEEDS


@fuzzed
@given(text=any_text)
def test_names_in_a_link(text: str) -> None:
    explainer, _ = answered(lambda: find_explainer(text), UnknownExplainer)
    assert explainer is None or explainer.name == text
    misconception, _ = answered(lambda: find_misconception(text), UnknownMisconception)
    assert misconception is None or misconception.slug == text


# ---------------------------------------------------------------------- what the controls post


@every_lesson
@fuzzed
@given(data=st.data())
def test_what_the_controls_post_is_applied_or_kept_with_a_sentence(
    name: str, data: st.DataObject, visit: Callable[..., Link]
) -> None:
    lesson = LESSONS[name]
    known = st.fixed_dictionaries(
        {}, optional={spec.name: st.one_of(text_for(spec), any_json) for spec in lesson.dims.specs()}
    )
    posted = data.draw(
        st.tuples(known, st.dictionaries(any_text, any_json, max_size=3)).map(lambda b: {**b[1], **b[0]})
    )
    visit({})
    dims_state.change(lesson, posted)
    chosen = dims_state.read(lesson)
    assert not chosen.notices  # nothing bad reached the link
    specs = {spec.name: spec for spec in lesson.dims.specs()}
    for dim, value in posted.items():
        if dim not in specs:
            continue
        applied = dim not in chosen.problems and specs[dim].parse(str(value)) == getattr(chosen.dims, dim)
        kept = dim in chosen.problems and chosen.problems[dim][0] == str(value)[: dims_state.LONGEST_KEPT]
        assert applied or kept, dim
    assert all(clear(sentence) for _, sentence in chosen.problems.values())
    drawn = json.dumps(controls.data(lesson.dims.specs(), chosen.dims.values(), lesson.presets, chosen.problems))
    assert len(drawn) < 60_000


def test_very_many_names_and_very_long_texts_do_not_fill_the_page(visit: Callable[..., Link]) -> None:
    visit({})
    lesson = LESSONS["simple_rnn"]
    dims_state.change(lesson, {**{f"name {i}": "1" for i in range(10_000)}, "units": "x" * 1_000_000, "features": "5"})
    chosen = dims_state.read(lesson)
    assert chosen.dims.features == 5
    assert chosen.problems["units"][0] == "x" * dims_state.LONGEST_KEPT
    assert len(chosen.problems) == 1 + dims_state.MOST_UNKNOWN


# ---------------------------------------------------------------------- what was found here once


def test_none_is_no_choice_that_happens_to_be_called_none() -> None:
    with pytest.raises(DimsError, match="head=None was given; it must be one of none, Flatten"):
        LESSONS["conv1d"].dims(head=None)


def test_half_a_character_is_not_sent_back() -> None:
    """JSON can carry a single surrogate, Streamlit's messages can't."""
    with pytest.raises(DimsError, match=r"^units=\? was given"):
        LESSONS["simple_rnn"].dims.spec("units").parse("\ud800")


@pytest.mark.parametrize("text", ["000001" + "9" * 12, "000001" + "9" * 5000, "0", "10000", "²"])
def test_a_question_beyond_the_last_is_the_first(text: str) -> None:
    assert misconceptions.seed_from({"question": text}) == 1


# ---------------------------------------------------------------------- what is typed elsewhere


@fuzzed
@given(text=any_text)
def test_guesses(text: str) -> None:
    shape, _ = answered(lambda: predict.parse_shape(text), predict.GuessError)
    assert shape is None or all(size is None or isinstance(size, int) for size in shape)
    count, _ = answered(lambda: predict.parse_count(text), predict.GuessError)
    assert count is None or count >= 0
    for kind in ("shape", "count", "choice"):
        answer, sentence = answered(lambda: misconceptions.read_answer(kind, text), predict.GuessError)  # noqa: B023
        assert sentence or isinstance(answer, str)


INDEX = search.index_of(search.entries(LESSONS))


@fuzzed
@given(
    text=st.one_of(
        any_text, st.lists(st.sampled_from(("lstm", "ndim=3", "shape", "(None, 5)")), max_size=8).map(" ".join)
    )
)
def test_the_search(text: str) -> None:
    assert len(search.search(text, INDEX)) <= search.MOST


@fuzzed
@given(text=any_text)
def test_a_pasted_text(text: str) -> None:
    found = read_pasted(text)
    assert found.cause or found.spec is not None or found.mistake


# ---------------------------------------------------------------------- a learner's own numbers

cells = st.one_of(
    st.floats().map(str), st.integers(-999, 999).map(str), st.sampled_from(("1,5", "", "NA", "a", '"', "-"))
)
rows = st.lists(st.lists(cells, max_size=4), max_size=8)
columns = st.tuples(rows, st.sampled_from((",", ";", "\t", " ", "|"))).map(
    lambda both: "\n".join(both[1].join(row) for row in both[0])
)


def used(table: reading.Table) -> None:
    """What the page does with a table: numbers, or a sentence."""
    assert 0 <= reading.likely(table) < max(1, len(table.columns))
    for index in range(len(table.columns)):
        numbers, _ = answered(lambda: reading.column(table, index), reading.NumbersError)  # noqa: B023
        if numbers is not None:
            assert all(math.isfinite(number) for number in numbers)
            answered(lambda: reading.checked(numbers, 2), reading.NumbersError)  # noqa: B023


@fuzzed
@given(text=st.one_of(columns, any_text), decimal=st.sampled_from(("", ",", ".")))
def test_pasted_numbers(text: str, decimal: str) -> None:
    table, _ = answered(lambda: reading.read_table(text, decimal), reading.NumbersError)
    if table is not None:
        used(table)


@fuzzed
@given(
    content=st.one_of(st.binary(max_size=200), columns.map(str.encode), columns.map(lambda text: text.encode("utf-16")))
)
def test_an_uploaded_file(content: bytes) -> None:
    table, _ = answered(lambda: reading.read_file(content), reading.NumbersError)
    if table is not None:
        used(table)


# ---------------------------------------------------------------------- the command line


@pytest.fixture
def no_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all arguments are good a model would be built: not here."""
    monkeypatch.setattr(cli, "_show", lambda chosen: bool(cli.find_explainer(chosen.name).dims.read(
        cli.read_dims(cli.find_explainer(chosen.name), chosen.preset, chosen.dims))) and 0)  # fmt: skip


@fuzzed
@given(data=st.data())
@pytest.mark.usefixtures("no_keras")
def test_the_command_line_ends_with_0_or_with_2_and_a_sentence(
    data: st.DataObject, capsys: pytest.CaptureFixture[str]
) -> None:
    name = data.draw(st.one_of(st.sampled_from(list(LESSONS)), any_text))
    specs = LESSONS[name].dims.specs() if name in LESSONS else ()
    pair = st.tuples(st.sampled_from([spec.name for spec in specs] or ["units"]), any_text).map("=".join)
    pairs = data.draw(st.lists(st.one_of(pair, any_text), max_size=4))
    known = [each.name for each in LESSONS[name].presets] if name in LESSONS else ["all"]
    preset = data.draw(st.one_of(st.none(), any_text, st.sampled_from(known)))
    arguments = ["show", name, *pairs, *([] if preset is None else ["--preset", preset])]
    try:
        code: Any = cli.main(arguments)
    except SystemExit as end:  # argparse itself
        code = end.code
    printed = capsys.readouterr()
    assert code in (0, 2)
    if code == 2:
        assert printed.err.strip()
        assert "Traceback" not in printed.err
