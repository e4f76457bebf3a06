"""How a setting is read: its text, its range, and what a wrong one is told."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

import settings


@dataclass(frozen=True)
class Oven:
    trays: int = settings.whole(3, 1, 12_000, "how many trays fit")
    degrees: float = settings.number(180.0, 20, 300, "how hot it is")

    def __post_init__(self) -> None:
        settings.check(self, "OVEN_")


def test_what_is_missing_or_blank_keeps_its_default() -> None:
    assert settings.read(Oven, {"OVEN_TRAYS": " ", "TRAYS": "5", "oven_trays": "5"}, "OVEN_") == Oven(3, 180.0)


def test_numbers_are_read_with_blanks_around_them() -> None:
    assert settings.read(Oven, {"OVEN_TRAYS": " 7\n", "OVEN_DEGREES": "2.5e2"}, "OVEN_") == Oven(7, 250.0)


@pytest.mark.parametrize("text", ["abc", "1.5", "0", "-4", "12001", "nan", "inf", "1e3", "0x5", "7 8", "9" * 5000])
def test_what_is_no_whole_number_of_the_range_is_refused(text: str) -> None:
    with pytest.raises(settings.SettingError) as caught:
        settings.read(Oven, {"OVEN_TRAYS": text}, "OVEN_")
    shown = text if len(text) < 10 else text[:60] + "…" * (len(text) > 60)
    told = f"OVEN_TRAYS={shown} was given; it must be a whole number from 1 to 12,000 (how many trays fit)."
    assert str(caught.value) == told


@pytest.mark.parametrize("text", ["abc", "19.9", "-180", "nan", "-nan", "inf", "-inf", "1e999", "180 °C"])
def test_what_is_no_number_of_the_range_is_refused(text: str) -> None:
    with pytest.raises(settings.SettingError) as caught:
        settings.read(Oven, {"OVEN_DEGREES": text}, "OVEN_")
    assert str(caught.value) == f"OVEN_DEGREES={text} was given; it must be a number from 20 to 300 (how hot it is)."


def test_a_value_from_code_is_held_to_the_same_range() -> None:
    with pytest.raises(settings.SettingError, match="OVEN_DEGREES=301 was given; it must be a number from 20 to 300"):
        Oven(degrees=301)
