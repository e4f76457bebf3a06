"""A deep link as the very first request of a fresh server: the page with its frame, and no word that it isn't there.

test_lost_server.py begins with one to a lesson; this is one to a page that waits for no Keras.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.watch import wait_idle


def test_the_first_visitor_may_come_by_a_deep_link(page: Page, fresh_server: Callable[..., Server]) -> None:
    server = fresh_server()
    page.goto(f"{server.url}/glossary")  # the console would say that there is no such page; a watched page must not
    expect(page.get_by_test_id("stTopNavLink").first).to_be_visible(timeout=60_000)
    wait_idle(page)
    assert page.url == f"{server.url}/glossary"
