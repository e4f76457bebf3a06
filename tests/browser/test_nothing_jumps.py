"""While a change is worked on nothing on the page moves: no frame shows an empty place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.watch import wait_idle

pytestmark = pytest.mark.motion

KERAS_STARTS = 60_000
STILL = 1.0  # px that count as not moved

# Every frame: where each heading and component is on the page, and what the sentence says.
WATCH = """() => {
  const frames = (window.seenFrames = []);
  const look = () => {
    const main = document.querySelector("[data-testid=stMain]");
    const places = {};
    document.querySelectorAll("h1, h2, [data-testid=stBidiComponentIsolated]").forEach((node, number) => {
      const name = node.id || `${node.closest("[class*=st-key-]")?.className.match(/st-key-(\\S+)/)?.[1]} ${number}`;
      places[name] = node.getBoundingClientRect().top + main.scrollTop;
    });
    frames.push({ places, said: document.querySelector(".st-key-sentence, .st-key-cause")?.innerText ?? "" });
    window.seenAgain = requestAnimationFrame(look);
  };
  look();
  window.seenShifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      for (const { previousRect: from, currentRect: to } of entry.sources)
        if (from.height && to.height) window.seenShifts.push([from.top, to.top]);
  }).observe({ type: "layout-shift" });
}"""
SEEN = "() => { cancelAnimationFrame(window.seenAgain); return [window.seenFrames, window.seenShifts]; }"


def watched(page: Page, change: Any) -> tuple[list[dict[str, Any]], list[list[float]]]:
    """All frames of a change, from before it until the page rests again; and what the browser calls shifts."""
    page.evaluate(WATCH)
    page.wait_for_timeout(100)
    change()
    page.wait_for_timeout(300)
    wait_idle(page)
    page.wait_for_timeout(200)
    frames, shifts = page.evaluate(SEEN)
    assert len(frames) > 20
    return frames, shifts


def returns(frames: list[Mapping[str, Any]]) -> list[str]:
    """Whatever leaves its place and comes back to it, or is gone for a frame. Where more is shown, what follows moves
    once to its new place, and that is all.
    """
    found = []
    for name in frames[0]["places"].keys() & frames[-1]["places"].keys():
        left: list[float] = []
        for number, frame in enumerate(frames):
            place = frame["places"].get(name)
            if place is None or any(abs(place - other) <= STILL for other in left[:-1]):
                found.append(f"frame {number}: {name} at {place}, after {left}")
                break
            if not left or abs(place - left[-1]) > STILL:
                left.append(place)
    return found


def fill(page: Page, dim: str, value: str) -> None:
    field = page.locator(f"[data-key='{dim}'] input").first
    field.fill(value)
    field.press("Enter")


@pytest.mark.parametrize(("lesson", "dim", "value"), [("simple_rnn", "units", "14"), ("conv1d", "filters", "23")])
def test_a_change_of_a_dim_moves_nothing(page: Page, server: Server, lesson: str, dim: str, value: str) -> None:
    page.goto(f"{server.url}/{lesson}")
    expect(page.get_by_role("heading", name="Where the parameters are")).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    before = page.locator(".st-key-sentence").inner_text()
    frames, shifts = watched(page, lambda: fill(page, dim, value))
    assert page.locator(".st-key-sentence").inner_text() != before
    assert not returns(frames)
    assert all(frame["said"] for frame in frames), "the sentence was empty for a moment"
    flow = next(name for name in frames[0]["places"] if name.startswith("flow-"))
    for name in (flow, "parameters"):
        assert all(abs(frame["places"][name] - frames[0]["places"][name]) <= STILL for frame in frames), name
    assert [shift for shift in shifts if shift[1] < shift[0] - STILL] == []
    a_slow_answer_leaves_the_page_as_it_is(page)


def a_slow_answer_leaves_the_page_as_it_is(page: Page) -> None:
    """Also where the server takes long, the old numbers stay readable, and the figure says that it is being updated."""
    flow = page.locator("[class*='st-key-flow-']").first
    flow.evaluate("(node) => node.setAttribute('data-stale', 'true')")
    page.wait_for_timeout(700)
    style = "(node) => [getComputedStyle(node).opacity, getComputedStyle(node, '::after').opacity]"
    assert flow.evaluate(style) == ["1", "1"]
    flow.evaluate("(node) => node.setAttribute('data-stale', 'false')")


def test_saying_what_a_text_leaves_open_moves_nothing(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/diagnose")
    box = page.get_by_label("Your error, code or summary")
    expect(box).to_be_visible(timeout=KERAS_STARTS)
    box.fill(
        "model = Sequential()\nmodel.add(LSTM(12, return_sequences=True))\nmodel.add(LSTM(7))\nmodel.add(Dense(3))"
    )
    page.get_by_role("button", name="Explain it").click()
    expect(page.get_by_role("heading", name="The live model")).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    size = page.get_by_role("spinbutton").first
    before = page.locator("[class*='st-key-flow-'] svg").first.text_content()

    def say() -> None:
        size.fill("19")
        size.press("Enter")

    frames, _ = watched(page, say)
    assert page.locator("[class*='st-key-flow-'] svg").first.text_content() != before
    assert not returns(frames)
    assert {"verdict", "model", "read"} <= frames[0]["places"].keys()
    for name in ("verdict", "model"):
        assert all(abs(frame["places"][name] - frames[0]["places"][name]) <= STILL for frame in frames), name


def test_the_watch_sees_a_jump() -> None:
    there, up = {"places": {"flow": 227.5}}, {"places": {"flow": 160.3}}
    assert returns([there, up, there])
    assert returns([there, {"places": {}}, there])
    assert not returns([there, up, up])
