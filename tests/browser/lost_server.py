"""A server from its first page to its loss under open lessons, which go on with their dims; no change is lost.

Steps of a test of test_class.py, whose class loses its server, too: what they need costs most, two servers that import
TensorFlow.
"""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.server import Running
from tests.browser.watch import wait_idle

KERAS_STARTS = 150_000  # ms: TensorFlow's import on a busy machine


def the_first_page_says_that_keras_starts(page: Page, server: Running) -> None:
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


class OpenLessons:
    """Three pages of one browser. They are not watched: that their server is gone is an error in the console."""

    def __init__(self, context: BrowserContext, server: Running) -> None:
        self._dim_next = opened(context, f"{server.url}/simple_rnn?features=5&units=9", "135")  # 9 · (5 + 9 + 1)
        self._preset_next = opened(context, f"{server.url}/simple_rnn?features=5&units=9", "135")
        self._nothing_next = opened(context, f"{server.url}/simple_rnn?units=5", "45")
        changed(self._nothing_next, "features", "7")
        pages = (self._dim_next, self._preset_next, self._nothing_next)
        self._apps = [page.locator("[data-testid=stApp]") for page in pages]

    def lose_it(self) -> None:
        for app in self._apps:
            expect(app).not_to_have_attribute("data-test-connection-state", "CONNECTED", timeout=30_000)

    def find_it_again(self) -> None:
        for app in self._apps:
            expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=60_000)

    def go_on(self) -> None:
        """The first change on each page: a dim, an example, and a dim where the page has come to rest before."""
        change(self._dim_next, "units", "12")
        self._preset_next.get_by_role("button", name="64 readings, 64 units").click()
        shows(self._dim_next, "216")  # 12 · (5 + 12 + 1): the dims of the link are still there
        expect(self._dim_next).to_have_url(re.compile("features=5&units=12"))
        shows(self._preset_next, "4,224")

        page = self._nothing_next
        wait_idle(page)
        expect(page.locator(".flow .step").first).to_be_visible()
        expect(dim(page, "units")).to_have_value("5")
        expect(dim(page, "features")).to_have_value("7")
        changed(page, "units", "9")
        expect(dim(page, "features")).to_have_value("7")


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
