"""From a search on the home page to one, its live trial and a right answer on new dims; by keys; on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from explainers.practice.misconceptions.asking import question
from tests.browser.axe import EVERY_RULE, axe_finds_nothing_by_day_and_night, fits_a_phone
from tests.browser.server import Server
from tests.browser.watch import wait_idle
from tests.parts import standing_for

KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine
BELIEF = "an-rnn-passes-its-sequence-on"


def opened(page: Page, server: Server, path: str) -> Page:
    page.goto(server.url + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    return page


def truth() -> str:
    dims = question(BELIEF, 3).dims
    return f"none {dims['timesteps']} {dims['units_1']}"


def test_a_pasted_error_leads_to_its_misconception_and_to_a_right_answer(page: Page, server: Server) -> None:
    opened(page, server, "/")
    page.get_by_label("Ask anything").fill("expected ndim=3, found ndim=2")
    page.get_by_role("link", name=re.compile("An RNN passes on its sequence by default")).click()
    expect(page).to_have_url(re.compile(rf"/misconceptions\?misconception={BELIEF}$"))
    expect(page.get_by_text("expected ndim=3, found ndim=2").first).to_be_visible(timeout=KERAS_STARTS)
    for _ in range(2):
        page.get_by_role("button", name="Next question").click()
        wait_idle(page)
    expect(page).to_have_url(re.compile("question=3"))
    page.get_by_role("textbox", name="Your answer").fill(truth())
    page.keyboard.press("Enter")
    expect(page.get_by_text("Right: (None")).to_be_visible(timeout=KERAS_STARTS)


def test_a_link_is_reached_and_followed_by_keys(page: Page, server: Server) -> None:
    opened(page, server, "/misconceptions")
    link = page.get_by_role("link", name=re.compile("More steps means more weights"))
    assert link.get_attribute("href") == "misconceptions?misconception=more-steps-more-weights"
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("“More steps means more weights.”")


def test_dims_change_the_live_trial_and_the_link(page: Page, server: Server) -> None:
    opened(page, server, "/misconceptions?misconception=more-steps-more-weights")
    expect(page.get_by_text("128 weights at")).to_be_visible(timeout=KERAS_STARTS)
    field = page.get_by_role("spinbutton", name="units")
    field.fill("5")
    field.press("Enter")
    expect(page.get_by_text("180 weights at")).to_be_visible(timeout=KERAS_STARTS)
    expect(page).to_have_url(re.compile("units=5"))


PATHS = ("/misconceptions", f"/misconceptions?misconception={BELIEF}", "/glossary?term=units")


@pytest.mark.parametrize("path", standing_for(PATHS, *PATHS[1:]))
def test_everybody_can_read_it(page: Page, server: Server, path: str) -> None:
    opened(page, server, path)
    axe_finds_nothing_by_day_and_night(page, EVERY_RULE)
    fits_a_phone(page)
