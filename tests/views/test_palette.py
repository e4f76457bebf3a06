"""The colours of the axes: one table, readable in both modes, the same in prose."""

from __future__ import annotations

import json
import math
import tomllib
from itertools import combinations
from pathlib import Path

import pytest

from explainers.core.registry import all_explainers
from views import palette

ROOT = Path(__file__).parent.parent.parent
LIGHT_PAPER, DARK_PAPER = "#ffffff", "#0f172a"


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    r, g, b = linear(colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        ("batch", "gray"),
        ("timesteps", "blue"),
        ("steps", "blue"),
        ("features", "orange"),
        ("channels", "orange"),
        ("units", "green"),
        ("filters", "pink"),
        ("extra_units", "violet"),
        ("samples", "cyan"),
        ("horizon", "pink"),
        ("kernel_size", "amber"),
        ("kernel_size[0]", "amber"),
        ("sequences", "violet"),
        ("elapsed time", "pink"),
        ("windows", "cyan"),
        ("pieces", "lime"),
        ("4 × units", "green"),
        ("timesteps × features", "orange"),
        ("timesteps × units", "green"),
        ("features + elapsed time", "orange"),
        ("units_2", "green"),
        ("unknown", "neutral"),
        ("1", "neutral"),
    ],
)
def test_an_axis_wears_the_colour_of_its_family(axis: str, expected: str) -> None:
    assert palette.colour(axis) == expected


def test_no_name_belongs_to_two_families() -> None:
    names = [name for family in palette.FAMILIES.values() for name in family]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", palette.COLOURS)
def test_letters_are_readable_on_paper_and_on_their_tint(name: str) -> None:
    colour = palette.COLOURS[name]
    for text, grounds in (
        (colour.light_text, (LIGHT_PAPER, colour.light_fill)),
        (colour.dark_text, (DARK_PAPER, colour.dark_fill)),
    ):
        for ground in grounds:
            assert contrast(text, ground) >= 4.5, (text, ground)


Matrix = tuple[tuple[float, float, float], ...]

# How a colour looks to an eye without the cones for green (deuteranopia) and for red (protanopia), in linear RGB:
# Machado, Oliveira and Fernandes, 2009, at full strength.
EYES: dict[str, Matrix] = {
    "deuteranopia": ((0.3673, 0.8606, -0.2280), (0.2801, 0.6725, 0.0474), (-0.0118, 0.0429, 0.9689)),
    "protanopia": ((0.1523, 1.0526, -0.2049), (0.1145, 0.7863, 0.0992), (-0.0039, -0.0481, 1.0520)),
}


def linear(colour: str) -> tuple[float, ...]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)


def seen(colour: str, eye: Matrix) -> str:
    """The colour that looks to everybody as this one does to that eye."""
    mixed = [min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear(colour), strict=True)))) for row in eye]
    written = [c * 12.92 if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in mixed]
    return "#" + "".join(f"{round(255 * c):02x}" for c in written)


def lab(colour: str) -> tuple[float, float, float]:
    """The colour in CIELAB, where equal distances look about equally far apart."""
    r, g, b = linear(colour)
    x, y, z = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
    )
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize(("one", "other"), tuple(combinations(sorted(set(palette.COLOURS) - {"neutral"}), 2)))
def test_no_two_families_look_alike(one: str, other: str) -> None:
    """ "neutral" is left out: it says that an axis has no colour, and may look like gray."""
    a, b = palette.COLOURS[one], palette.COLOURS[other]
    assert math.dist(lab(a.light_text), lab(b.light_text)) > 20
    assert math.dist(lab(a.dark_text), lab(b.dark_text)) > 20
    for eye in EYES.values():
        assert math.dist(lab(seen(a.light_text, eye)), lab(seen(b.light_text, eye))) > 8
        assert math.dist(lab(seen(a.dark_text, eye)), lab(seen(b.dark_text, eye))) > 8


@pytest.mark.parametrize("name", all_explainers())
def test_no_two_dims_of_a_lesson_share_a_colour(name: str) -> None:
    """Two dims that are sizes of the same kind of axis, such as the units of two layers, do."""
    axes = {spec.axis for spec in all_explainers()[name].dims.specs() if palette.colour(spec.axis) != "neutral"}
    worn = [palette.colour(axis) for axis in axes]
    assert len(set(worn)) == len(worn), sorted(zip(worn, axes, strict=True))


def test_every_axis_of_a_lessons_data_has_a_colour_and_those_of_one_tensor_differ() -> None:
    for name, lesson in all_explainers().items():
        for words in lesson.inputs.values():
            axes = words.split("|") if "|" in words else words.split()
            colours = [palette.colour(axis) for axis in axes if axis != "1"]
            assert "neutral" not in colours, (name, axes)
            assert len(set(colours)) == len(colours), (name, axes)


def test_prose_wears_the_colours_of_the_diagram() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    for mode in ("light", "dark"):
        wanted = palette.theme(dark=mode == "dark")
        assert {name: config[mode][name] for name in wanted} == wanted
        assert len(wanted) == 6


def test_directives() -> None:
    assert palette.directive("timesteps", 20) == ":blue[**20**]"
    assert palette.directive("4 × units") == ":green[**4 × units**]"
    assert palette.directive("kernel_size", 3) == ":yellow[**3**]"
    assert palette.directive("elapsed time", 7) == ':color[**7**]{foreground="#831843"}'  # Streamlit has no name for it
    assert palette.directive("strides", 2) == "**2**"


def test_colours_without_a_name_follow_the_theme() -> None:
    css = palette.prose_css()
    assert '[style*="rgb(131, 24, 67)"] { color: light-dark(#831843, #ff94c6)' in css
    assert "rgb(29, 78, 216)" not in css  # blue: Streamlit's own, set by .streamlit/config.toml


def test_css_and_json_are_made_from_the_table() -> None:
    css = palette.css()
    assert "--green:#047857;" in css
    assert ".sx[data-theme=dark]{" in css
    assert ".ax-violet{--ax:var(--violet);--ax-fill:var(--violet-fill)}" in css
    assert json.loads(palette.as_json())["channels"] == "orange"
