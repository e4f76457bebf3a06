"""A deep link as the very first request of a fresh server: the page with its frame, and no word that it isn't there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.watch import wait_idle


@pytest.mark.parametrize("path", ["conv1d?kernel_size=4", "glossary"])
def test_the_first_visitor_may_come_by_a_deep_link(page: Page, fresh_server: Callable[..., Server], path: str) -> None:
    server = fresh_server()
    page.goto(f"{server.url}/{path}")  # the console would say that there is no such page; a watched page must not
    expect(page.get_by_test_id("stTopNavLink").first).to_be_visible(timeout=60_000)
    wait_idle(page)
    assert page.url == f"{server.url}/{path}"
