"""What takes long is asked for when it is on screen, and nothing moves for it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_nothing_jumps import STILL, fill, returns, watched
from tests.browser.watch import wait_idle

KERAS_STARTS = 60_000
PARTS = {"simple_rnn": "calls", "sequence_set": "own"}
DRAWN = {"calls": ".calls .cell.now", "own": ".st-key-average-sequence_set"}


def opened(page: Page, server: Server, lesson: str, query: str = "") -> None:
    page.set_viewport_size({"width": 1280, "height": 560})  # on a larger one some parts are in sight from the start
    page.goto(f"{server.url}/{lesson}{query}")
    expect(page.get_by_role("heading", name="Code, summary and export")).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)


def to_sight(page: Page, part: str) -> None:
    page.locator(f".st-key-later-{part}").evaluate("(node) => node.scrollIntoView({ block: 'center' })")
    wait_idle(page)
    expect(page.locator(DRAWN[part])).to_be_visible()


@pytest.mark.parametrize("lesson", list(PARTS))
def test_a_part_is_drawn_when_it_comes_into_sight_and_left_alone_when_it_has_gone(
    page: Page, server: Server, lesson: str
) -> None:
    part = PARTS[lesson]
    opened(page, server, lesson)
    expect(page.locator(DRAWN[part])).to_have_count(0)
    expect(page.locator(f".st-key-later-{part}").get_by_role("status")).to_contain_text(
        "as soon as it is on the screen"
    )
    to_sight(page, part)
    # A change while it is in sight: its old numbers stay until the new ones are there, and nothing jumps.
    frames, _ = watched(page, lambda: fill(page, "units", "15"))
    assert not returns(frames)
    assert page.locator(DRAWN[part]).count() == 1
    # Out of sight: one change more is drawn, from then on none; and the page keeps its height.
    page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    wait_idle(page)
    fill(page, "units", "17")
    page.wait_for_timeout(300)
    wait_idle(page)
    frames, _ = watched(page, lambda: fill(page, "units", "19"))
    assert not returns(frames)
    assert page.locator(DRAWN[part]).count() == 0
    places = [frame["places"]["concrete"] for frame in frames]
    assert max(places) - min(places) <= STILL + 40  # a taller figure at the top moves what follows, once
    to_sight(page, part)


def test_a_link_to_a_part_and_a_key_press_bring_it_too(page: Page, server: Server) -> None:
    opened(page, server, "sequence_set", "?at=average")
    expect(page.locator(DRAWN["own"])).to_be_visible(timeout=KERAS_STARTS)
    expect(page.locator("#average")).to_be_in_viewport()
    opened(page, server, "simple_rnn", "?units=21")
    # By keyboard alone: what stands behind the part is reached, and so it is in sight.
    page.locator(".st-key-ledger-simple_rnn button").last.focus()
    page.keyboard.press("Tab")
    wait_idle(page)
    expect(page.locator(DRAWN["calls"])).to_be_visible()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(
        "() => document.activeElement.closest('.st-key-later-calls, .st-key-ledger-simple_rnn') !== null"
    )


def test_whoever_prints_gets_it(page: Page, server: Server) -> None:
    opened(page, server, "stacked_lstm", "?units_1=11")
    expect(page.locator(DRAWN["calls"])).to_have_count(0)
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    wait_idle(page)
    expect(page.locator(DRAWN["calls"])).to_have_count(1, timeout=KERAS_STARTS)


def test_two_parts_that_come_into_sight_at_once_are_both_drawn(page: Page, server: Server) -> None:
    """As on a tall window, and on paper."""
    opened(page, server, "sequence_set")
    page.set_viewport_size({"width": 1280, "height": 4200})
    for drawn in DRAWN.values():  # the calls are folded in a lesson that has a picture of its own
        expect(page.locator(drawn)).to_have_count(1, timeout=KERAS_STARTS)
