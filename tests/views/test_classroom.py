"""For a class: what a link hides, how one is built, and where the projector stands."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.views.sample_dims import PRESETS, Dims
from views import classroom
from views.classroom import Hidden, Setting

SECTIONS = ["flow", "predict", "parameters", "calls", "take-away"]
NAMES = [spec.name for spec in Dims.specs()]


def test_a_link_hides_sections_dims_controls_and_answers():
    hidden = classroom.read_hidden("calls, Units,take-away", SECTIONS, NAMES)
    assert hidden == Hidden(frozenset({"calls", "take-away"}), frozenset({"units"}))
    assert hidden
    assert classroom.read_hidden("controls,answers", SECTIONS, NAMES) == Hidden(controls=True, answers=True)
    assert not classroom.read_hidden(" , ,", SECTIONS, NAMES)


def test_an_unknown_name_gets_a_sentence_with_a_suggestion():
    hidden = classroom.read_hidden("unit,calls,<script>", SECTIONS, NAMES)
    assert hidden.unknown == ("unit", "<script>")
    told = classroom.unknown_told(hidden, SECTIONS, NAMES)
    assert told == "This link hides “unit” and “<script>”, which this page does not have. Did you mean units?"
    nothing_like_it = classroom.read_hidden("zzz", SECTIONS, NAMES)
    assert "It can hide flow, predict, parameters, calls, take-away, controls, answers" in classroom.unknown_told(
        nothing_like_it, SECTIONS, NAMES
    )
    assert classroom.unknown_told(Hidden(), SECTIONS, NAMES) == ""


def test_thousands_of_names_are_not_read():
    hidden = classroom.read_hidden(",".join(f"n{i}" for i in range(5000)), SECTIONS, NAMES)
    assert len(hidden.unknown) == 60


def test_where_answers_are_hidden_the_questions_stay():
    """Else nothing could ever be shown."""
    alone = classroom.read_hidden("predict", SECTIONS, NAMES)
    assert alone.asking
    assert not alone.shows("predict")
    both = classroom.read_hidden("predict,answers", SECTIONS, NAMES)
    assert not both.asking
    assert both.shows("predict")
    assert not classroom.read_hidden("calls", SECTIONS, NAMES).shows("calls")


def test_a_preset_that_would_move_a_hidden_dim_is_not_offered():
    def offered(dims: Dims, *hidden: str) -> list[str]:
        found = classroom.usable(PRESETS, Dims.specs(), dims, Hidden(dims=frozenset(hidden)))
        return [preset.name for preset in found]

    assert offered(Dims()) == ["plain", "narrowing"]
    assert offered(Dims(), "units") == ["plain"]
    assert offered(Dims(units=15), "units") == ["narrowing"]
    assert offered(Dims(units=9), "units") == []
    assert offered(Dims(units=9), "features") == ["plain", "narrowing"]


def test_a_link_carries_dims_and_setting():
    setting = Setting(("calls", "units"), predict=True, projector=True, section="take-away")
    link = classroom.link("https://host/shapes", "conv1d", classroom.query(Dims(units=9), setting))
    assert urlsplit(link).path == "/shapes/conv1d"
    assert parse_qs(urlsplit(link).query) == {
        "units": ["9"], "hide": ["calls,units"], "predict": ["on"], "view": ["projector"], "section": ["take-away"],
    }  # fmt: skip
    assert "hide=calls,units" in link  # readable


def test_only_what_was_chosen_stands_in_the_link():
    assert classroom.link("http://host", "conv1d", classroom.query(Dims(), Setting())) == "http://host/conv1d"
    assert classroom.query(Dims(), Setting(section="calls")) == {}  # a place on the projector, without one
    assert classroom.query(Dims(), Setting(("answers",))) == {"hide": "answers", "predict": "on"}


@pytest.mark.parametrize(
    ("seen", "address"),
    [
        ("http://127.0.0.1:8501/classroom", "http://127.0.0.1:8501"),
        ("https://host/shapes/classroom?lesson=a/b#link", "https://host/shapes"),
        ("", ""),
    ],
)
def test_the_apps_address_is_read_from_the_pages(seen, address):
    assert classroom.app_address(seen) == address


def test_slides_go_on_and_back_and_stop_at_the_ends():
    slide = classroom.slide(["flow", "calls", "take-away"], "calls")
    assert (slide.name, slide.told) == ("calls", "2 of 3")
    assert (slide.moved(1), slide.moved(-1), slide.moved(5), slide.moved(-5)) == (
        "take-away",
        "flow",
        "take-away",
        "flow",
    )
    assert classroom.slide(["flow", "calls"], "no-such").name == "flow"


def test_a_section_without_a_heading_has_a_name_all_the_same():
    assert classroom.label("flow", "") == "Shape flow"
    assert classroom.label("calls", "Step through time") == "Step through time"
    assert classroom.label("new", "") == "new"
