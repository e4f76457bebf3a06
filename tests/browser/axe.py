"""WCAG 2.2 AA by axe-core, in light and dark on one load, and the width of a phone.

The colours of the system change under the open page, as they do at dusk and at dawn. That moves no element and changes
no name, so after it the rules about colours are the ones that are asked again.
"""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.watch import wait_idle

WCAG: dict[str, Any] = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
EVERY_RULE: dict[str, Any] = {}
COLOURS: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
PHONE = 390
FADES = 300  # ms: Streamlit's and our own transitions of colours


def axe_finds_nothing(page: Page, rules: dict[str, Any] = WCAG, within: str | None = None) -> None:
    """Raise AssertionError with axe's report if the page, as it is now, breaks a rule."""
    page.wait_for_timeout(FADES)
    found = Axe().run(page, context=within, options={"resultTypes": ["violations"], **rules})
    assert not found.response["violations"], found.generate_report()


def turned(page: Page) -> Page:
    """The page after the system has turned dark, or light again, with Streamlit's parts and our own drawn for it."""
    scheme: Any = "light" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "dark"
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
    expect(page.locator(f".sx:not([data-theme={scheme}])")).to_have_count(0)
    wait_idle(page)
    return page


def axe_finds_nothing_by_day_and_night(page: Page, rules: dict[str, Any] = WCAG, within: str | None = None) -> None:
    """All rules on the page as it is, then those about colours at the other time of day, at which it is left."""
    axe_finds_nothing(page, rules, within)
    axe_finds_nothing(turned(page), COLOURS, within)


def fits_a_phone(page: Page) -> None:
    """Raise AssertionError if the page has to be scrolled sideways in the window of a phone, where it is left."""
    page.set_viewport_size({"width": PHONE, "height": 844})
    wait_idle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth") <= 0
