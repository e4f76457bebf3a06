"""Sizes that are changed in the hero itself: an edge that is dragged, a number with + and −."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import Server
from tests.browser.watch import wait_idle

pytestmark = pytest.mark.motion

READY = 90_000  # milliseconds; the first page of a server waits for Keras


def test_an_edge_is_dragged_and_a_number_takes_keys(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/stacked_lstm?timesteps=20&features=1&units_1=5")
    expect(page.locator(".flow .step").first).to_be_visible(timeout=READY)
    wait_idle(page)
    edge = page.locator(".flow .label[data-sources~='sequence.shape[0]']").first
    box = edge.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 19, steps=4)  # three steps of six pixels
    page.mouse.up()
    expect(page).to_have_url(re.compile("timesteps=23"))
    expect(page.locator(".flow .value[aria-label='timesteps 23']").first).to_be_visible()
    expect(page.get_by_role("spinbutton", name="timesteps", exact=True)).to_have_value("23")
    wait_idle(page)

    number = page.locator(".flow .value[aria-label='units 5']").first
    number.focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.keyboard.press("-")
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("units_1=7"))
    expect(page.locator(".flow .value[aria-label='units 7']").first).to_be_focused()


def test_what_a_teacher_holds_fast_is_not_dragged(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/stacked_lstm?timesteps=20&hide=timesteps")
    expect(page.locator(".flow .step").first).to_be_visible(timeout=READY)
    wait_idle(page)
    expect(page.locator(".flow .label.drag[data-sources~='sequence.shape[0]']")).to_have_count(0)
    expect(page.locator(".flow .label.drag[data-sources~='sequence.shape[1]']")).not_to_have_count(0)


def test_a_finger_that_goes_sideways_drags_and_up_and_down_it_scrolls(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{server.url}/stacked_lstm?timesteps=20")
    expect(page.locator(".flow .step").first).to_be_visible(timeout=READY)
    wait_idle(page)
    label = page.locator(".flow .label[data-sources~='sequence.shape[0]']").first
    finger = context.new_cdp_session(page)

    def stroke(right: int, down: int) -> None:
        label.scroll_into_view_if_needed()
        box = label.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for kind, part in (("touchStart", 0.0), *(("touchMove", step / 8) for step in range(1, 9)), ("touchEnd", 1.0)):
            points = [] if kind == "touchEnd" else [{"x": x + right * part, "y": y + down * part}]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    stroke(right=32, down=0)  # five steps of six pixels
    expect(page).to_have_url(re.compile("timesteps=25"))
    wait_idle(page)
    main = page.get_by_test_id("stMain")
    before = main.evaluate("(node) => node.scrollTop")
    stroke(right=0, down=-120)
    page.wait_for_function("(top) => document.querySelector('[data-testid=stMain]').scrollTop > top + 20", arg=before)
    wait_idle(page)
    expect(page).to_have_url(re.compile("timesteps=25"))
    context.close()
