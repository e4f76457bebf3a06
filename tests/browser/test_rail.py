"""The way around a lesson: the links to its sections stay in sight, and each brings its section there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from explainers.core.registry import all_explainers
from tests.browser.server import Server
from tests.browser.watch import in_sight, wait_idle
from tests.parts import standing_for
from views.export import HEIGHT

LONGEST = ("conv2d", "windowed_forecast", "t_lstm", "sequence_set", "multi_output_cell")
TALLEST = ("multi_head_attention", "t_lstm", "sequence_set")  # as embedded; all others have 200 pixels to spare
MOST_SCREENS = 4  # of 1280 × 900
SUGGESTED: ViewportSize = {"width": 900, "height": HEIGHT}
READY = 90_000  # milliseconds; the first page of a server waits for Keras
AT_MOST = "most => document.querySelector('[data-testid=stMain]').scrollHeight <= most"
BELOW = """id => {
  const edge = document.querySelector(".st-key-rail").getBoundingClientRect().bottom;
  const top = document.getElementById(id).getBoundingClientRect().top;
  return top >= edge - 1 && top < edge + 60;
}"""

KEPT = "[class*='st-key-later-'][style*=min-height]"


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, {"width": 390, "height": 844}], ids=["wide", "phone"])
def test_each_link_brings_its_section_and_stays_in_sight(
    new_page: Callable[..., Page], server: Server, size: dict[str, int]
) -> None:
    page = new_page(viewport=size)
    page.goto(f"{server.url}/conv1d")
    expect(page.locator(".flow .step").first).to_be_visible(timeout=READY)
    wait_idle(page)
    rail = page.get_by_role("navigation", name="Sections of this page")
    words = rail.get_by_role("link").all_inner_texts()
    headings = page.get_by_test_id("stMain").locator("h2[id]").count()
    assert len(words) == headings + 1  # and the flow, which has no heading
    assert words[:3] == ["Flow", "Kernel", "Parameters"]
    for word, heading in (("Break it", "break-it"), ("Parameters", "parameters")):
        rail.get_by_role("link", name=word, exact=True).click()
        expect(rail.locator("[aria-current]")).to_have_text(word)
        expect(page.locator(f"#{heading}")).to_be_in_viewport()
        expect(rail).to_be_in_viewport(ratio=1)
        page.wait_for_function(BELOW, arg=heading)  # it has come to rest, and not behind the links


def test_no_lesson_opens_with_more_than_the_eye_can_take_in(page: Page, server: Server) -> None:
    """The longest ones, all parts drawn, as they open; and what is folded away for it is there at one press."""
    page.set_viewport_size({"width": 1280, "height": 900})
    for lesson in LONGEST:
        page.goto(f"{server.url}/{lesson}")
        expect(page.locator(".flow .step").first).to_be_visible(timeout=READY)
        in_sight(page)
        expect(page.locator(KEPT)).to_have_count(0)  # no place is kept any more for a part that has been drawn
        page.wait_for_function(AT_MOST, arg=MOST_SCREENS * 900)  # a part that has come lets its kept room go at rest
    page.get_by_text("calls of MultiOutputCell: what each is given").click()
    expect(page.locator("[data-key=output] .value").first).to_be_visible()


@pytest.mark.parametrize("lesson", standing_for(all_explainers(), *TALLEST))
def test_an_embedded_lesson_fits_the_frame_that_we_suggest(page: Page, server: Server, lesson: str) -> None:
    """It opens with the question, the figure and the way to the dims in sight, and without the links to sections."""
    page.set_viewport_size(SUGGESTED)
    page.goto(f"{server.url}/{lesson}?embed=true")
    expect(page.locator(".flow .step").first).to_be_visible(timeout=READY)
    wait_idle(page)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("(node) => node.scrollHeight") <= SUGGESTED["height"]
    expect(main.get_by_text("Change the sizes")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("navigation", name="Sections of this page")).to_have_count(0)
