"""Back to the dims from before, whatever changed them; and from a size that can't be to the nearest that can."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Server
from tests.browser.watch import wait_idle

READY = 90_000  # milliseconds; the first page of a server waits for Keras


def test_undo_goes_back_step_by_step_reset_to_where_the_page_opened_and_a_bad_size_to_a_good_one(
    page: Page, server: Server
) -> None:
    page.goto(f"{server.url}/simple_rnn?units=6")
    expect(page.locator(".flow .step").first).to_be_visible(timeout=READY)
    wait_idle(page)
    undo = page.get_by_role("button", name="Undo the last change of a dim")
    reset = page.get_by_role("button", name="Reset to the dims that this page opened with")
    expect(undo).to_have_attribute("aria-disabled", "true")
    expect(reset).to_have_attribute("aria-disabled", "true")

    field = page.get_by_role("spinbutton", name="units", exact=True)
    field.fill("9")
    field.press("Enter")
    expect(page).to_have_url(re.compile("units=9"))
    wait_idle(page)
    page.get_by_role("button", name="64 readings, 64 units", exact=True).click()  # an example
    expect(page).to_have_url(re.compile("units=64"))
    wait_idle(page)
    undo.click()
    expect(page).to_have_url(re.compile("units=9"))
    expect(field).to_have_value("9")
    wait_idle(page)
    undo.click()
    expect(page).to_have_url(re.compile(r"units=6(&|$)"))
    wait_idle(page)
    expect(undo).to_have_attribute("aria-disabled", "true")

    field.fill("12")
    field.press("Enter")
    expect(page).to_have_url(re.compile("units=12"))
    wait_idle(page)
    reset.click()
    expect(page).to_have_url(re.compile(r"units=6(&|$)"))
    expect(field).to_have_value("6")
    wait_idle(page)
    offers_the_nearest_size_that_works(page, field)


def offers_the_nearest_size_that_works(page: Page, field: Locator) -> None:
    """It is one click away."""
    field.fill("90000")
    field.press("Enter")
    page.get_by_role("button", name="Use 2,000", exact=True).click()
    expect(page).to_have_url(re.compile("units=2000"))
    expect(field).to_have_value("2000")
    expect(page.get_by_text("90000 was given")).to_have_count(0)
