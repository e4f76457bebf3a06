"""The numbers of a trial, as a table that can be read."""

from __future__ import annotations

import pytest

from explainers.core.results import Figure
from explainers.core.trial import Tried
from views import trials


def demo(*figures: Figure) -> Tried:
    return Tried("", "It runs.", figures=figures, kind="run")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8000, "8,000"),
        (0.363859144334522, "0.3639"),
        (1.5285708829899589e-07, "1.529e-07"),
        (0.0, "0"),
        (True, "True"),
        ("inf", "inf"),
    ],
)
def test_values(value: float | int | bool | str, text: str) -> None:
    assert trials.spelled(Figure("x", value)) == text


def test_how_stands_only_where_something_is_said() -> None:
    assert trials.figures(demo(Figure("weights", 137), Figure("gap", 0.25))) == [
        {"what": "weights", "value": "137"},
        {"what": "gap", "value": "0.25"},
    ]
    assert trials.figures(demo(Figure("windows", 590, "600 − 10"), Figure("gap", 0.25))) == [
        {"what": "windows", "value": "590", "how": "600 − 10"},
        {"what": "gap", "value": "0.25", "how": ""},
    ]
