"""Rows as a table in Markdown, read back by a reader of Markdown that is not ours."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt

from views import tables
from views.markup import verbatim

READER = MarkdownIt("commonmark").enable("table")


def read(markdown: str) -> list[list[str]]:
    """Each row of cells, as a browser would show their text."""
    rows: list[list[str]] = []
    tokens: list[Any] = READER.parse(markdown)
    for before, token in pairwise(tokens):
        if before.type == "tr_open":
            rows.append([])
        if before.type in ("td_open", "th_open"):
            rows[-1].append("".join(child.content for child in token.children))
    return rows


def test_a_row_for_each_and_a_column_for_each_name() -> None:
    rows = [{"what": "units", "value": "7"}, {"what": "timesteps", "value": "11", "from": "read"}]
    assert read(tables.markdown(rows)) == [
        ["what", "value", "from"],
        ["units", "7", ""],
        ["timesteps", "11", "read"],
    ]


def test_what_a_learner_typed_stays_in_its_cell() -> None:
    typed = "a|b || `c|d`\n| e | # f *g* [h](i)"
    head, row = read(tables.markdown([{"said": verbatim(typed), "next": "12"}]))
    assert head == ["said", "next"]
    assert row == ["a|b || `c|d` | e | # f *g* [h](i)", "12"]


def test_markup_in_a_cell_is_markup() -> None:
    assert (
        READER.render(tables.markdown([{"axis": "**units** | `4`"}])).count("<td><strong>units</strong> | <code>") == 1
    )


def test_an_axis_stays_with_its_size() -> None:
    told = tables.markdown([{"y": "(series 1, timesteps 240, targets 1)", "how": "4 of 7, then 3"}])
    assert "(series\xa01, timesteps\xa0240, targets\xa01)" in told
    assert "4 of\xa07, then 3" in told


def test_a_shape_in_a_cell_is_whole_and_its_names_follow() -> None:
    axes = [{"axis": "batch", "size": None}, {"axis": "sequences", "size": 4}, {"axis": "units", "size": 1300}]
    assert tables.shape(axes) == "**(None,\xa04,\xa01300)** batch, sequences, units"
    assert tables.shape(axes[:1]) == "**(None,)** batch"
