"""A server from its first page to its loss under open pages, which go on with their dims; no change is lost.

One long test, because what it needs costs most: two servers that import TensorFlow.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.server import Server
from tests.browser.watch import wait_idle

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
KERAS_STARTS = 150_000  # ms: TensorFlow's import on a busy machine


def shows(page: Page, number: str) -> None:
    """The page says this many parameters, with the digits of no longer number around it."""
    expect(page.get_by_text(re.compile(rf"(?<![\d,]){number}(?![\d,])")).first).to_be_visible(timeout=KERAS_STARTS)


def dim(page: Page, name: str) -> Locator:
    return page.get_by_role("spinbutton", name=name, exact=True)


def change(page: Page, name: str, value: str) -> None:
    dim(page, name).fill(value)
    dim(page, name).press("Enter")


def changed(page: Page, name: str, value: str) -> None:
    """Change a dim and return when it is in the link and in the page."""
    change(page, name, value)
    expect(page).to_have_url(re.compile(f"{name}={value}"), timeout=KERAS_STARTS)
    wait_idle(page)


def opened(context: BrowserContext, address: str, number: str) -> Page:
    page = context.new_page()
    page.goto(address)
    shows(page, number)
    wait_idle(page)
    return page


def the_first_page_says_that_keras_starts(page: Page, server: Server) -> None:
    """A deep link is the first request. The frame is there (menu, title), and the page asked for, with its dims."""
    page.goto(server.url + "/stacked_lstm?units_1=9")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "What do the three numbers in a shape like (None, 6, 3) mean?"
    )
    expect(page.get_by_text("Keras is starting on this server")).to_be_visible()
    expect(page.get_by_role("button", name="Basics")).to_be_visible()
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    expect(dim(page, "units_1")).to_have_value("9")
    expect(page.get_by_text("Keras is starting on this server")).to_have_count(0)


def lost_and_found(pages: list[Page], old: Server, start: Callable[..., Server]) -> Server:
    """Stop the server, start another at the same address, and return it when all pages have found it."""
    old.stop()
    apps = [page.locator("[data-testid=stApp]") for page in pages]
    for app in apps:
        expect(app).not_to_have_attribute("data-test-connection-state", "CONNECTED", timeout=30_000)
    new = start(port=old.port)
    for app in apps:
        expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=60_000)
    return new


def test_from_a_server_s_first_page_to_the_first_changes_after_a_restart(
    browser: Browser, new_page: Callable[..., Page], fresh_server: Callable[..., Server]
) -> None:
    server = fresh_server()
    first = new_page()
    the_first_page_says_that_keras_starts(first, server)
    first.close()

    # These pages are not watched: that their server is gone is an error in the console.
    with browser.new_context() as context:
        dim_next = opened(context, f"{server.url}/simple_rnn?features=5&units=9", "135")  # 9 · (5 + 9 + 1)
        preset_next = opened(context, f"{server.url}/simple_rnn?features=5&units=9", "135")
        nothing_next = opened(context, f"{server.url}/simple_rnn?units=5", "45")
        changed(nothing_next, "features", "7")
        second = lost_and_found([dim_next, preset_next, nothing_next], server, fresh_server)

        change(dim_next, "units", "12")
        preset_next.get_by_role("button", name="64 readings, 64 units").click()
        shows(dim_next, "216")  # 12 · (5 + 12 + 1): the dims of the link are still there
        expect(dim_next).to_have_url(re.compile("features=5&units=12"))
        shows(preset_next, "4,224")

        wait_idle(nothing_next)
        expect(nothing_next.locator(".flow .step").first).to_be_visible()
        expect(dim(nothing_next, "units")).to_have_value("5")
        expect(dim(nothing_next, "features")).to_have_value("7")
        changed(nothing_next, "units", "9")
        expect(dim(nothing_next, "features")).to_have_value("7")
    assert "Traceback" not in second.log()
