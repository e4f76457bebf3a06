"""Any link to any page: the page comes, without an exception, and says in a sentence what it could not use."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from explainers.core.registry import all_explainers
from tests.apptest import ROOT, open_page
from tests.fuzz.strategies import EXAMPLES, any_text, texts_for
from views.markup import unbroken

LESSONS = all_explainers()
OTHERS = sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem not in LESSONS)
PARAMETERS = (
    "pin", "hide", "predict", "view", "section", "misconception", "belief", "question", "term", "lesson", "kind",
    "seed", "sheet", "exercises", "timesteps", "units", "steps", "q",
)  # fmt: skip
a_few = settings(max_examples=max(1, min(40, EXAMPLES // 40)), suppress_health_check=list(HealthCheck))

# A link is text that was encoded: it can't hold half a character, nor the character 0 in a cookie or a log.
links = st.dictionaries(st.sampled_from(PARAMETERS), any_text, max_size=4)


def opened(page: str, query: dict[str, str]) -> AppTest:
    return open_page(page, **{key: value.encode("utf-8", "replace").decode() for key, value in query.items()})


@pytest.mark.slow
@pytest.mark.parametrize("page", OTHERS)
@a_few
@given(query=links)
def test_a_page_takes_any_link(page: str, query: dict[str, str]) -> None:
    assert not opened(page, query).exception


@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
@a_few
@given(data=st.data())
def test_a_lesson_takes_any_link(name: str, data: st.DataObject) -> None:
    specs = LESSONS[name].dims.specs()
    query = {**data.draw(texts_for(specs)), **data.draw(links)}
    app = opened(name, {key: text for key, text in query.items() if key.isidentifier()})
    assert not app.exception
    if query.get("view") != "projector":
        left = {spec.name: app.query_params[spec.name][0] for spec in specs if spec.name in app.query_params}
        assert app.title[0].value == unbroken(LESSONS[name].asks(LESSONS[name].dims.read(left)))


NASTY_LINKS = (
    {"pin": "units=9&units=<b>", "hide": "<script>,flow,units," * 50, "predict": "on", "units": "1e9"},
    {"pin": "defaults", "view": "projector", "section": "no such", "units": "\u202e7"},
    {"pin": "&" * 300, "predict": "maybe", "timesteps": "None", "units": "٣"},
)


@pytest.mark.parametrize("query", NASTY_LINKS)
def test_a_link_with_several_mistakes(query: dict[str, str]) -> None:
    app = opened("simple_rnn", query)
    assert not app.exception
    assert app.warning
    assert "units" not in app.query_params
