"""Compare and None made concrete, as a learner uses them, in a real browser on the real server."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Server
from tests.browser.watch import wait_idle

KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine
RUNS = 60_000  # ms: several passes through a model on a busy machine


def opened(page: Page, server: Server, path: str) -> Page:
    page.goto(server.url + path)
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    return page


def table(page: Page, label: str) -> Locator:
    return page.get_by_role("region", name=label, exact=True).get_by_role("table")


def row(page: Page, label: str, head: str) -> Locator:
    return table(page, label).get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(f"^{head}")))


def way(page: Page, name: str) -> None:
    """Open one of the ways in which the difference is told."""
    page.locator("[class*='st-key-ways-']").get_by_role("tab", name=name, exact=True).click()
    wait_idle(page)


def test_pin_change_read_the_reason_reload_and_unpin(page: Page, server: Server) -> None:
    opened(page, server, "/stacked_lstm")
    page.get_by_role("button", name="Pin these dims").click()
    expect(page.get_by_text("Nothing differs yet")).to_be_visible()
    expect(page).to_have_url(re.compile("pin=defaults"))
    features = page.get_by_role("spinbutton", name="features", exact=True)
    features.fill("9")
    features.press("Enter")
    reason = "features 3 → 9 (sequence.shape[1])"
    expect(table(page, "Shapes").get_by_text(reason)).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    said_once = page.locator("[data-component=grid]").get_by_text(reason)
    expect(said_once).to_have_count(1)
    kernel = row(page, "Parameters", "level_1 kernel").get_by_role("cell")
    expect(kernel).to_have_text(["3 × 4 × 5 = 60", "9 × 4 × 5 = 180"])
    expect(row(page, "Shapes", "sequence").get_by_role("cell")).to_have_text(["(None, 6, 3)", "(None, 6, 9)"])
    expect(row(page, "Shapes", "sequence").locator(".moved")).to_have_text(["3", "9"])
    expect(row(page, "Shapes", "level_1").locator(".moved")).to_have_count(0)
    way(page, "Code")
    code = page.get_by_role("region", name="The code: - pinned, + now")
    expect(code.locator(".removed").filter(has_text="shape=(6, 3)")).to_have_count(1)
    expect(code.locator(".added").filter(has_text="shape=(6, 9)")).to_have_count(1)
    expect(code.get_by_text("features 3 → 9 (sequence.shape[1]).", exact=True)).to_have_count(1)
    way(page, "Pictures")
    expect(page.locator(".flow .value.moved")).to_have_text(["3", "9"])  # in the two pictures, and nowhere else
    page.locator(".flow .title").filter(has_text="LSTM(5)").last.hover()
    expect(page.locator(".pop:popover-open")).to_contain_text(
        "Different from the other picture: kernel 60 → 180 because features 3 → 9"
    )
    page.reload()
    expect(table(page, "Shapes").get_by_text(reason)).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    page.get_by_role("button", name="Unpin").click()
    expect(page.get_by_role("button", name="Pin these dims")).to_be_visible(timeout=RUNS)
    expect(table(page, "Parameters")).to_have_count(0)
    assert "pin=" not in page.url
    expect(features).to_have_value("9")


def test_a_number_in_a_table_says_where_it_comes_from_by_key_and_swap_takes_the_pinned_dims(
    page: Page, server: Server
) -> None:
    opened(page, server, "/stacked_lstm?units_1=9&pin=features%3D7")
    table(page, "Shapes").get_by_role("button", name="units 9").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("tooltip").filter(has_text="units=9 of LSTM level_1").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Swap").click()
    expect(page.get_by_role("spinbutton", name="features", exact=True)).to_have_value("7")
    expect(page.get_by_role("spinbutton", name="units_1", exact=True)).to_have_value("5")
    expect(page.get_by_text(re.compile("2 dims differ: features 3 → 7 and units_1 9 → 5"))).to_be_visible()
