"""Compare and None made concrete, as a learner uses them, in a real browser on the real server."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import axe_finds_nothing, axe_finds_nothing_by_day_and_night, fits_a_phone
from tests.browser.server import Server
from tests.browser.watch import wait_idle

KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine
RUNS = 60_000  # ms: several passes through a model on a busy machine
OPEN = "Run the same weights with batch 1, 2 and 7"


def opened(page: Page, server: Server, path: str) -> Page:
    page.goto(server.url + path)
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    return page


def table(page: Page, label: str) -> Locator:
    return page.get_by_role("region", name=label, exact=True).get_by_role("table")


def row(page: Page, label: str, head: str) -> Locator:
    return table(page, label).get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(f"^{head}")))


def test_pin_change_read_the_reason_reload_and_unpin(page: Page, server: Server) -> None:
    opened(page, server, "/stacked_lstm")
    page.get_by_role("button", name="Pin this setting").click()
    expect(page.get_by_text("Nothing differs yet")).to_be_visible()
    expect(page).to_have_url(re.compile("pin=defaults"))
    features = page.get_by_role("spinbutton", name="features", exact=True)
    features.fill("9")
    features.press("Enter")
    reason = "60 → 180 because features 3 → 9 (sequence.shape[1])."
    expect(table(page, "Parameters").get_by_text(reason)).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    kernel = row(page, "Parameters", "level_1 kernel").get_by_role("cell")
    expect(kernel).to_have_text(["3 × 4·5 = 60", "9 × 4·5 = 180"])
    expect(row(page, "Shapes", "sequence").get_by_role("cell")).to_have_text(["(None, 6, 3)", "(None, 6, 9)"])
    expect(row(page, "Shapes", "sequence").locator(".moved")).to_have_text(["3", "9"])
    expect(row(page, "Shapes", "level_1").locator(".moved")).to_have_count(0)
    code = page.get_by_role("region", name="The code: - pinned, + now")
    expect(code.locator(".removed").filter(has_text="shape=(6, 3)")).to_have_count(1)
    expect(code.locator(".added").filter(has_text="shape=(6, 9)")).to_have_count(1)
    expect(code.get_by_text("features 3 → 9 (sequence.shape[1]).", exact=True)).to_have_count(1)
    expect(page.locator(".flow .value.moved")).to_have_text(["3", "9"])  # in the two pictures, and nowhere else
    page.locator(".flow .title").filter(has_text="LSTM(5)").last.hover()
    expect(page.locator(".pop:popover-open")).to_contain_text(
        "Not as in the other picture: kernel 60 → 180 because features 3 → 9"
    )
    page.reload()
    expect(table(page, "Parameters").get_by_text(reason)).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    page.get_by_role("button", name="Unpin").click()
    expect(page.get_by_role("button", name="Pin this setting")).to_be_visible(timeout=RUNS)
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


def test_three_batches_and_three_lengths_through_the_same_weights(page: Page, server: Server) -> None:
    opened(page, server, "/stacked_lstm?timesteps=None")
    label = "The same weights, several sizes of data"
    expect(table(page, label)).to_have_count(0)
    page.get_by_text(OPEN).click()
    expect(table(page, label)).to_be_visible(timeout=RUNS)
    wait_idle(page)
    cells = row(page, label, "level_1").get_by_role("cell")
    expect(cells).to_have_text(["(None, None, 5)", "(1, 8, 5)", "(2, 8, 5)", "(7, 8, 5)", "(2, 3, 5)", "(2, 13, 5)"])
    expect(cells.nth(3).locator(".moved")).to_have_text(["7", "8"])
    expect(row(page, label, "weights").get_by_role("cell")).to_have_text(["345"] * 6)
    prints = row(page, label, "fingerprint").get_by_role("cell").all_inner_texts()
    assert len(set(prints)) == 1
    assert re.fullmatch("[0-9a-f]{8}", prints[0])
    expect(page.get_by_text(f"their fingerprint is {prints[0]} every time")).to_be_visible()


def test_everybody_can_read_it(page: Page, server: Server) -> None:
    opened(page, server, "/stacked_lstm?timesteps=None&units_1=9&layer_1=GRU&pin=features%3D7")
    page.get_by_text(OPEN).click()
    expect(table(page, "The same weights, several sizes of data")).to_be_visible(timeout=RUNS)
    wait_idle(page)
    axe_finds_nothing_by_day_and_night(page, within="[data-testid=stMain]")
    fits_a_phone(page)
    axe_finds_nothing(page, within="[data-testid=stMain]")  # some tables scroll now
