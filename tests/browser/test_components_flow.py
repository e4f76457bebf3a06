"""The diagram and the controls in a real browser, over hand-made inspections (no Keras)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from explainers.core.dims import DimsError, DimSpec
from shell import components
from tests.browser.axe import EVERY_RULE, axe_finds_nothing_by_day_and_night, fits_a_phone
from tests.browser.server import Server
from tests.browser.watch import wait_idle
from tests.parts import standing_for
from tests.views.sample_dims import Dims
from views import controls, palette

pytestmark = pytest.mark.motion

APP = Path(__file__).parent / "apps" / "components_flow.py"
SAMPLES = ("chain", "fixed_batch", "failing", "many_channels", "long_chain", "branching", "windows")
NARROW = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The components' own page, shared by the tests of this file."""
    running = Server(tmp_path_factory.mktemp("parts") / "server.log", app=APP)
    yield running
    running.stop()


def opened(page: Page, server: Server, query: str = "") -> Page:
    """The page with both components drawn."""
    page.goto(f"{server.url}/?{query}")
    expect(page.locator(".flow .step").first).to_be_visible(timeout=30_000)
    return page


def dim(page: Page, name: str) -> Locator:
    return page.get_by_role("spinbutton", name=name, exact=True)


def says(page: Page, words: str) -> None:
    """Python's own line says what it has."""
    expect(page.get_by_text(f"Python has {words}", exact=True)).to_be_visible()


def test_typing_reaches_python_and_the_diagram_and_keeps_focus(page: Page, parts: Server) -> None:
    opened(page, parts)
    units = dim(page, "units")
    units.focus()
    units.press("Control+a")
    units.type("17")
    says(page, "units=17")
    expect(page.get_by_role("button", name="units 17", exact=True)).to_be_visible()
    expect(units).to_be_focused()
    units.type("2")  # the caret is still behind the 17
    says(page, "units=172")


def test_a_bad_value_stays_with_python_s_sentence_until_a_preset_replaces_it(page: Page, parts: Server) -> None:
    opened(page, parts)
    features = dim(page, "features")
    features.fill("999")
    with pytest.raises(DimsError) as error:
        Dims.spec("features").parse("999")
    expect(page.get_by_role("alert")).to_have_text(str(error.value))
    dim(page, "units").fill("6")  # another change, and its rerun, leave it alone
    says(page, "units=6")
    expect(features).to_have_value("999")
    features.fill("3")
    expect(page.get_by_role("alert")).to_have_count(0)
    says(page, "features=3&units=6")

    dim(page, "units").fill("")  # judged when it is left
    expect(page.get_by_role("alert")).to_have_count(0)
    dim(page, "units").press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("units= was given; it must be a whole number from 1 to 512.")

    dim(page, "features").fill("0")
    page.get_by_role("button", name="Narrowing").click()  # replaces everything, even what is typed wrongly
    says(page, "units=15&second=7")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("button", name="Narrowing")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Half, then a quarter.")).to_be_visible()


def test_none_switch_choice_keys_and_buttons(page: Page, parts: Server) -> None:
    opened(page, parts)
    none_switch_and_choice(page)
    keys_and_buttons_step(page)


def keys_and_buttons_step(page: Page) -> None:
    """The fields are the ones that the step before has left."""
    units = dim(page, "units")
    units.press("ArrowUp")
    units.press("Shift+ArrowUp")
    says(page, "units=16&stateful=True&cell=GRU")
    page.get_by_role("button", name="Less units", exact=True).click()
    says(page, "units=15&stateful=True&cell=GRU")
    more = page.get_by_role("button", name="More second", exact=True)
    more.hover()
    page.mouse.down()
    page.wait_for_timeout(900)
    page.mouse.up()
    held = int(dim(page, "second").input_value())
    assert held > 6
    says(page, f"units=15&second={held}&stateful=True&cell=GRU")


def none_switch_and_choice(page: Page) -> None:
    page.get_by_role("button", name="timesteps None", exact=True).click()
    says(page, "timesteps=None")
    page.get_by_role("switch", name="stateful").click()
    page.get_by_role("radio", name="GRU").check()
    says(page, "timesteps=None&stateful=True&cell=GRU")
    dim(page, "timesteps").press("ArrowUp")
    says(page, "stateful=True&cell=GRU")


def test_a_number_tells_its_origin_to_the_whole_page_and_arrow_keys_walk_the_diagram(page: Page, parts: Server) -> None:
    opened(page, parts)
    number = page.get_by_role("button", name="units 5", exact=True)
    number.hover()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("5 units · units=5 of LSTM lstm_1")
    expect(tip).to_contain_text('line 2: x = layers.LSTM(5, return_sequences=True, name="lstm_1")(sequence)')
    lit = page.locator(".field.lit")
    expect(lit).to_have_count(1)
    expect(lit).to_contain_text("units")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(lit).to_have_count(0)

    page.mouse.move(2, 2)
    steps = page.locator(".flow .step")
    steps.first.focus()
    page.keyboard.press("ArrowRight")
    expect(steps.nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="units 5", exact=True)).to_be_focused()
    expect(page.get_by_role("tooltip")).to_contain_text("units=5 of LSTM lstm_1")
    page.keyboard.press("ArrowUp")
    expect(steps.nth(1)).to_be_focused()
    assert page.locator(".flow [tabindex='0']").count() == 1


def test_a_tap_pins_an_origin_and_a_tap_elsewhere_clears_it(new_page: Callable[..., Page], parts: Server) -> None:
    page = opened(new_page(viewport=NARROW, has_touch=True), parts)
    number = page.get_by_role("button", name="units 5", exact=True)
    number.scroll_into_view_if_needed()
    number.tap()
    expect(page.get_by_role("tooltip")).to_contain_text("units=5 of LSTM lstm_1")
    page.locator(".flow .arrow").first.dispatch_event("pointerdown", {"bubbles": True, "composed": True})
    expect(page.get_by_role("tooltip")).to_be_hidden()


@pytest.mark.parametrize("sample", standing_for(SAMPLES, "chain", "failing"))
def test_everybody_can_read_it(page: Page, parts: Server, sample: str) -> None:
    opened(page, parts, f"sample={sample}")
    axe_finds_nothing_by_day_and_night(page, EVERY_RULE, within="[data-testid=stMain]")


def test_no_texts_overlap_on_a_laptop_or_a_phone(page: Page, parts: Server) -> None:
    for sample in SAMPLES:
        page.set_viewport_size({"width": 1280, "height": 900})
        wait_idle(opened(page, parts, f"sample={sample}"))
        assert page.evaluate(OVERLAPS) == [], sample
        fits_a_phone(page)
        assert page.evaluate(OVERLAPS) == [], sample


# Pairs of texts of the diagram whose boxes overlap by more than a pixel or two.
OVERLAPS = """() => {
  const shadows = [...document.querySelectorAll("*")].map((node) => node.shadowRoot);
  const root = shadows.find((shadow) => shadow?.querySelector(".flow"));
  const boxes = [...root.querySelectorAll(".flow text")].filter((node) => node.textContent.trim())
    .map((node) => [node.textContent, node.getBoundingClientRect()]);
  const found = [];
  boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => {
    const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const tall = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (wide > 2 && tall > 5) found.push([a, b]);
  }));
  return found;
}"""


def test_hidden_shapes_are_nowhere_in_the_page(page: Page, parts: Server) -> None:
    opened(page, parts, "hide=2")
    expect(page.locator(".flow .guess")).to_have_count(1)
    figure = page.locator("figure.flow")
    assert "160" not in figure.inner_text() + (figure.get_attribute("aria-label") or "")


def test_the_saved_svg_stands_alone(page: Page, parts: Server, tmp_path: Path) -> None:
    opened(page, parts)
    with page.expect_download() as info:
        page.get_by_role("button", name="Save SVG").click()
    saved = tmp_path / info.value.suggested_filename
    info.value.save_as(saved)
    svg = saved.read_text("utf-8")
    assert svg.startswith("<svg")
    assert "<title>Shape flow of a model with 4 steps." in svg
    assert "var(--" not in svg
    assert "tabindex" not in svg
    with page.expect_download() as info:
        page.get_by_role("button", name="Save PNG").click()
    info.value.save_as(tmp_path / "flow.png")
    assert (tmp_path / "flow.png").read_bytes().startswith(b"\x89PNG")


def module(name: str) -> str:
    """The JavaScript of a component as a plain script."""
    return re.sub(r"export default function", "function start", components.source(name)[0])


AXES = [*palette.COLOUR_OF, "4 × units", "timesteps × features", "features + elapsed time", "units_2", "axis[1]", "?"]


def test_javascript_and_python_agree_on_colours(page: Page) -> None:
    colours = "([code, names]) => new Function('names', code + '; return names.map(axisColour)')(names)"
    found = page.evaluate(colours, [module("shape_flow"), AXES])
    assert dict(zip(AXES, found, strict=True)) == {name: palette.colour(name) for name in AXES}


TYPED = ["7", " 1,000 ", "1_0", "+3", "-1", "0", "513", "200001", "1e3", "4.0", "0.5", ".5", "1.", "0.91", "٣", "None",
         "null", "", "x" * 41, "nan", "1 2", "9" * 19]  # fmt: skip


def in_python(spec: DimSpec, typed: str) -> tuple[str, Any]:
    try:
        return "value", spec.parse(typed)
    except DimsError as error:
        return "problem", str(error)


CHECK = """([code, field, typed]) =>
  new Function("field", "typed", code + "; return typed.map((text) => check(field, text))")(field, typed)"""


@pytest.mark.parametrize("name", ["timesteps", "units", "dropout"])
def test_javascript_and_python_agree_on_what_is_typed(page: Page, name: str) -> None:
    spec = Dims.spec(name)
    field = controls.data(Dims.specs(), Dims().values())["fields"][[s.name for s in Dims.specs()].index(name)]
    answers = page.evaluate(CHECK, [module("controls"), field, TYPED])
    for typed, answer in zip(TYPED, answers, strict=True):
        kind, expected = in_python(spec, typed)
        if kind == "problem":
            assert answer == {"problem": expected}
        else:
            assert spec.parse(answer["text"]) == expected
