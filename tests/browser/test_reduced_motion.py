"""Who asks for reduced motion gets none: no transition, no animation, no boxes on their way; playing jumps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.watch import in_sight, wait_idle

KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine
CHANGED = 1_000  # ms: longer than any of our animations

# Every element of the page, shadow roots included, that would move for more than an instant.
MOVING = """() => {
  const found = [];
  const long = (times) => times.split(',').some((time) => parseFloat(time) > 0.01);
  const walk = (node) => {
    if (node.nodeType === 1) {
      const style = getComputedStyle(node);
      const animated = style.animationName !== 'none' && long(style.animationDuration);
      if (animated || long(style.transitionDuration)) found.push(`${node.nodeName} ${node.getAttribute('class')}`);
    }
    if (node.shadowRoot) walk(node.shadowRoot);
    for (const kid of node.children) walk(kid);
  };
  walk(document.body);
  return found;
}"""
# From now on, where the last box of the diagram has been; and whether anything scrolled smoothly.
WATCH = """step => {
  window.places = [];
  new MutationObserver(() => window.places.push(step.getAttribute('transform')))
    .observe(step, { attributes: true, attributeFilter: ['transform'] });
  window.smooth = 0;
  const scroll = Element.prototype.scrollTo;
  Element.prototype.scrollTo = function (...how) {
    if (how[0]?.behavior === 'smooth') window.smooth += 1;
    return scroll.apply(this, how);
  };
}"""


@pytest.mark.parametrize("wish", ["reduce", "no-preference"])
def test_nothing_moves_for_who_wants_no_motion(new_page: Callable[..., Page], server: Server, wish: Any) -> None:
    """The second wish holds that the first one's assertions can fail."""
    page = new_page(reduced_motion=wish)
    page.goto(server.url + "/simple_rnn?timesteps=60")
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    still = wish == "reduce"
    assert (page.evaluate(MOVING) == []) == still

    page.locator(".flow .step").last.evaluate(WATCH)
    page.get_by_role("spinbutton", name="units", exact=True).fill("90")
    expect(page.get_by_role("button", name="units 90", exact=True).first).to_be_visible()
    page.wait_for_timeout(CHANGED)
    wait_idle(page)
    places = page.evaluate("places")
    assert len(places) >= 1  # the box did move
    assert (len(set(places)) == 1) == still

    in_sight(page)
    play = page.get_by_role("button", name="Play", exact=True)
    play.scroll_into_view_if_needed()
    before = page.locator(".where b").inner_text()
    play.click()
    expect(page.locator(".where b")).not_to_have_text(before, timeout=5_000)  # it plays all the same
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator(".scrub").press("End")
    expect(page.locator(".where b")).to_have_text("t = 59")
    page.locator(".scrub").press("Home")
    expect(page.locator(".where b")).to_have_text("probe")
    assert (page.evaluate("smooth") == 0) == still
    assert (page.evaluate(MOVING) == []) == still
