"""The server is lost under an open page and comes back: the page goes on with its dims, and no change is lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import server as server_module
from tests.browser.server import Server
from tests.browser.watch import wait_idle

pytestmark = pytest.mark.timeout(400)
KERAS_STARTS = 150_000  # ms: TensorFlow's import on a busy machine


def shows(page: Page, number: str) -> None:
    """The page says this many parameters, with the digits of no longer number around it."""
    expect(page.get_by_text(re.compile(rf"(?<![\d,]){number}(?![\d,])")).first).to_be_visible(timeout=KERAS_STARTS)


def lost_and_found(page: Page, old: Server, start: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the server, start another at the same address, and return when the page has found it."""
    old.stop()
    app = page.locator("[data-testid=stApp]")
    expect(app).not_to_have_attribute("data-test-connection-state", "CONNECTED", timeout=30_000)
    monkeypatch.setattr(server_module, "free_port", lambda: old.port)
    start()
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=60_000)


# The pages are not watched: that their server is gone is an error in the console.


def test_the_first_change_after_a_restart_counts(
    browser: Browser, fresh_server: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = fresh_server()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{server.url}/simple_rnn?features=5&units=9")
        shows(page, "135")  # 9 · (5 + 9 + 1)
        wait_idle(page)
        lost_and_found(page, server, fresh_server, monkeypatch)
        units = page.get_by_role("spinbutton", name="units", exact=True)
        units.fill("12")
        units.press("Enter")
        shows(page, "216")  # 12 · (5 + 12 + 1): the dims of the link are still there
        expect(page).to_have_url(re.compile("features=5&units=12"))


def test_the_first_preset_after_a_restart_counts(
    browser: Browser, fresh_server: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = fresh_server()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{server.url}/simple_rnn?features=5&units=9")
        shows(page, "135")
        wait_idle(page)
        lost_and_found(page, server, fresh_server, monkeypatch)
        page.get_by_role("button", name="64 readings, 64 units").click()
        shows(page, "4,224")
