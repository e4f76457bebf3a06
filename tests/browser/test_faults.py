"""Tabs that close and servers that restart: the learner's dims come back, because they live in the link."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import Server
from tests.browser.watch import wait_idle

KERAS_STARTS = 120_000  # ms

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    return page


def change(page: Page, name: str, value: str) -> None:
    box = page.get_by_role("spinbutton", name=name, exact=True)
    box.fill(value)
    box.press("Enter")
    expect(page).to_have_url(re.compile(f"{name}={value}"))
    wait_idle(page)


def test_a_tab_closed_and_reopened_shows_the_same_dims(new_page: Callable[..., Page], server: Server) -> None:
    first = opened(new_page(), f"{server.url}/simple_rnn?units=5")
    change(first, "features", "7")
    address = first.url
    first.close()
    again = opened(new_page(), address)
    expect(again.get_by_role("spinbutton", name="units", exact=True)).to_have_value("5")
    expect(again.get_by_role("spinbutton", name="features", exact=True)).to_have_value("7")


def test_a_server_restarted_under_an_open_page(browser: Browser, tmp_path: Path) -> None:
    """The page of a browser that stays open; it isn't watched, because a lost connection is logged as an error."""
    first = Server(tmp_path / "first.log")
    try:
        page = browser.new_context().new_page()
        opened(page, f"{first.url}/simple_rnn?units=5")
        change(page, "features", "7")
    finally:
        first.stop()
    expect(page.locator("[data-testid=stApp]")).not_to_have_attribute("data-test-connection-state", "CONNECTED")
    second = Server(tmp_path / "second.log", port=first.port)
    try:
        wait_idle(page)  # it connects again by itself
        expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
        expect(page.get_by_role("spinbutton", name="units", exact=True)).to_have_value("5")
        expect(page.get_by_role("spinbutton", name="features", exact=True)).to_have_value("7")
        change(page, "units", "9")
        expect(page.get_by_role("spinbutton", name="features", exact=True)).to_have_value("7")
    finally:
        page.context.close()
        second.stop()
    assert "Traceback" not in second.log()
