"""A learner's own numbers: every way to write them, and a sentence for each way that can't be read."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from explainers.forecasting import numbers
from explainers.forecasting.numbers import NumbersError, column, read_file, read_table


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1\n2.5\n-3e2\n", (1.0, 2.5, -300.0)),
        ("\ufeff4\r\n5\r\n\r\n", (4.0, 5.0)),
        ("1, 2, 3", (1.0, 2.0, 3.0)),
        ("7 8 9", (7.0, 8.0, 9.0)),
        ("sold\n4\n6\n", (4.0, 6.0)),
        ("1,5;\n2,5;\n", (1.5, 2.5)),
        (".5\n6.\n", (0.5, 6.0)),
        ("−5\n−0.25\n3", (-5.0, -0.25, 3.0)),
        ('"1"\n"-2.5"\n', (1.0, -2.5)),
        ('"day","sold"\n"7","1"\n"8","2"\n', (7.0, 8.0)),
    ],
)
def test_ways_to_write_a_column(text: str, expected: tuple[float, ...]) -> None:
    assert column(read_table(text), 0) == expected


def test_several_columns_with_names() -> None:
    table = read_table('date,"sold, in all",price\n2024-01-01,5,1.5\n2024-01-02,7,2.5\n')
    assert table.names == ("date", "sold, in all", "price")
    assert column(table, 1) == (5.0, 7.0)
    assert column(table, 2) == (1.5, 2.5)


def test_the_last_column_of_numbers_is_most_likely_meant() -> None:
    assert numbers.likely(read_table("day;sold;note\n1;5;a\n2;7;b")) == 1
    assert numbers.likely(read_table("a b\nc d")) == 0


def test_columns_without_names_are_counted() -> None:
    assert read_table("1;2\n3;4").names == ("column 1", "column 2")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is nothing to read yet. Paste one number per line, or choose a CSV file."),
        ("1\ntwo\n3", "Line 2 holds 'two', which isn't a number. Write digits, like 12 or -3.5."),
        ("\n\n1\nx", "Line 4 holds 'x', which isn't a number. Write digits, like 12 or -3.5."),
        ("name\n1\nnan", "Line 3 holds 'nan', which isn't a number. Write digits, like 12 or -3.5."),
        (
            "1\n\n3",
            "Line 2 is blank. A gap would move all later numbers one point forward: fill it in, or delete the line.",
        ),
        ("1\n1e300", "Line 2 holds '1e300'; the largest that can be used here is 1e+12."),
        ("1\n1e999", "Line 2 holds '1e999'; the largest that can be used here is 1e+12."),
    ],
)
def test_what_can_not_be_read_is_named(text: str, sentence: str) -> None:
    with pytest.raises(NumbersError) as refused:
        column(read_table(text), 0)
    assert str(refused.value) == sentence
    assert not refused.value.ambiguous


def test_a_decimal_comma_is_asked_about() -> None:
    text = "1,5\n2,7\n"
    with pytest.raises(NumbersError) as refused:
        read_table(text)
    assert refused.value.ambiguous
    assert str(refused.value) == (
        "Line 1 reads '1,5': is that one number with a decimal comma, or two columns? Choose what the comma means."
    )
    assert column(read_table(text, ","), 0) == (1.5, 2.7)
    assert column(read_table(text, "."), 1) == (5.0, 7.0)


def test_too_much_is_refused() -> None:
    with pytest.raises(NumbersError, match="These are 5,001 numbers; at most 5,000 can be used here"):
        column(read_table("1\n" * 5_001), 0)
    assert len(column(read_table("1\n" * 5_000), 0)) == 5_000
    with pytest.raises(NumbersError, match="400,001 characters; at most 400,000"):
        read_table("1" * 400_001)
    with pytest.raises(NumbersError, match="has 51 columns; at most 50"):
        read_table("\n".join([";".join(["1"] * 51)] * 2))


def test_files() -> None:
    assert column(read_file(b"\xef\xbb\xbf1\n2\n"), 0) == (1.0, 2.0)
    assert column(read_file("Größe\n3\n4\n".encode("latin-1")), 0) == (3.0, 4.0)
    for nothing in (b"", b" \n\r\n"):
        with pytest.raises(NumbersError, match=r"The file is empty\. Choose one with a number on each line"):
            read_file(nothing)
    with pytest.raises(NumbersError, match="This is not a text file"):
        read_file("1\n2".encode("utf-16"))
    with pytest.raises(NumbersError, match="The file has 400,001 bytes"):
        read_file(b"1" * 400_001)


def test_the_side_that_trains_checks_once_more() -> None:
    assert numbers.checked([1, 2.5, 3], 3) == (1.0, 2.5, 3.0)
    with pytest.raises(NumbersError, match=r"These are 2 numbers: too few\. .* at least 3"):
        numbers.checked([1, 2], 3)
    with pytest.raises(NumbersError, match="Number 2 is 'nan'; each must be a finite number"):
        numbers.checked([1, float("nan"), 3], 3)
    with pytest.raises(NumbersError, match="Number 1 is 'True'"):
        numbers.checked([True, 2, 3], 3)
    with pytest.raises(NumbersError, match="at most 5,000"):
        numbers.checked([0.0] * 5_001, 3)


@given(some.text(max_size=80))
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    with suppress(NumbersError):
        table = read_table(text)
        for index in range(len(table.columns)):
            assert all(abs(value) <= numbers.LARGEST for value in column(table, index))


@given(some.lists(some.floats(-1e11, 1e11), min_size=2, max_size=30))
def test_numbers_survive_being_written_and_read(values: list[float]) -> None:
    assert column(read_table("\n".join(map(repr, values))), 0) == tuple(values)


def test_a_gap_in_a_column_of_numbers_is_told_of_that_column():
    table = read_table("day,sold\nmon,7\ntue,\nwed,9\n")
    assert numbers.likely(table) == 1
    with pytest.raises(NumbersError, match="Line 3 is blank"):
        column(table, numbers.likely(table))
    assert numbers.likely(read_table("a,b\nmon,x\ntue,y\n")) == 0  # none at all: the first
