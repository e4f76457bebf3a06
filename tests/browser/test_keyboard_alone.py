"""Whole paths without a mouse: a lesson, a challenge, a pasted error. Tab, Enter, Space, arrows; the focus is seen.

Every press is a press of a key: nothing here clicks, fills or focuses by any other way.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Server
from tests.browser.watch import wait_idle

KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine
MOST_TABS = 90

# Whether the focused element, shadow roots included, shows that it has the focus: an outline or a ring of its own, or
# of the frame around it (Streamlit draws it around the whole field).
SEEN = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  for (let at = node, i = 0; at && i < 5; at = at.parentElement, i += 1) {
    const style = getComputedStyle(at);
    if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) return true;
    if (style.boxShadow !== 'none') return true;
    if (at !== node && at.matches(':focus-within') && parseFloat(style.borderTopWidth) >= 1) return true;
  }
  return false;
}"""
SEEN_OR_NONE = f"() => document.activeElement === document.body || ({SEEN})()"
# Nothing out of sight has the focus: at least a part of it stands between the window's edges.
IN_SIGHT = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.right > 0 && box.left < innerWidth;
}"""
FOCUSED = "node => node.getRootNode().activeElement === node || node.contains(node.getRootNode().activeElement)"


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until it has the focus, and see that it shows."""
    for _ in range(MOST_TABS):
        page.keyboard.press(key)
        assert page.evaluate(IN_SIGHT), f"on the way to {wanted} something out of sight has the focus"
        page.wait_for_function(SEEN_OR_NONE, timeout=KERAS_STARTS)  # a page that is loading gets its style soon
        if any(one.evaluate(FOCUSED) for one in wanted.all()):
            assert page.evaluate(SEEN), f"nothing shows that {wanted} has the focus"
            return
    pytest.fail(f"Tab never comes to {wanted}")


def button(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("button", name=name, exact=isinstance(name, str))


def test_a_lesson(page: Page, server: Server) -> None:
    """A dim, a number's origin, a layer of the ledger, a call, a mistake tried."""
    page.goto(server.url + "/stacked_lstm")
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    tab_to(page, page.get_by_role("spinbutton", name="units_1", exact=True))
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile("units_1=6"))
    wait_idle(page)

    tab_to(page, page.locator(".flow .step").first)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    assert page.evaluate(SEEN)
    expect(page.get_by_role("tooltip").filter(has_text="units=6 of LSTM level_1").first).to_be_visible()

    tab_to(page, page.get_by_role("radiogroup", name="Layer", exact=True).first.get_by_role("radio", name="level_1"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Parameters of level_2")).to_contain_text("6 × 4 × 4")

    where = page.locator(".where b")
    before = where.inner_text()
    tab_to(page, button(page, "Next"))
    page.keyboard.press("Enter")
    expect(where).not_to_have_text(before)

    tab_to(page, page.get_by_role("radio", name="The first level without return_sequences"))
    page.keyboard.press("Space")
    expect(page.get_by_text("expected ndim=3, found ndim=2").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    tab_to(page, button(page, "Pin these dims"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing differs yet")).to_be_visible()
    expect(button(page, "Unpin")).to_be_focused()  # in the place of the button that is gone


def test_a_challenge(page: Page, server: Server) -> None:
    """On a phone: which line fails, a hint, a wrong line with what it gives, the next one right."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(server.url + "/challenges?lesson=simple_rnn&kind=line&seed=5")  # its second line fails
    expect(button(page, "Hint 1 of 3")).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    lines = page.get_by_role("radiogroup", name="The line where Keras stops").get_by_role("radio")
    tab_to(page, lines)
    page.keyboard.press("Space")
    tab_to(page, button(page, "Check"))
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"^Line 1 runs and returns \("))).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    tab_to(page, button(page, "Hint 1 of 3"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Hint 1.")).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    tab_to(page, lines, key="Shift+Tab")
    page.keyboard.press("ArrowDown")
    tab_to(page, button(page, "Check"))
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"^Yes, line 2\. "))).to_be_visible(timeout=KERAS_STARTS)


def test_a_fix_in_the_code(page: Page, server: Server) -> None:
    """What replaces the page has the focus: its verdict, in which a screen reader goes on. And back."""
    page.goto(server.url + "/diagnose")
    expect(button(page, "Explain it")).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    tab_to(page, page.get_by_role("textbox", name="Your error, code or summary"))
    page.keyboard.insert_text("model = Sequential([Input((31, 7)), LSTM(13), GRU(5), Dense(3)])")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="A layer got too few or too many axes")).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    tab_to(page, button(page, "Put it into my code").first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No mistake found in the shapes of this code")).to_be_focused(
        timeout=KERAS_STARTS
    )
    tab_to(page, button(page, "Undo"), key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="A layer got too few or too many axes")).to_be_focused(timeout=KERAS_STARTS)
    expect(page.get_by_role("textbox", name="Your error, code or summary")).not_to_have_value(re.compile("return_seq"))


def test_a_pasted_error(page: Page, server: Server) -> None:
    """Type it, ask, and follow the way to the lesson."""
    page.goto(server.url + "/diagnose")
    expect(button(page, "Explain it")).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    tab_to(page, page.get_by_role("textbox", name="Your error, code or summary"))
    page.keyboard.insert_text(
        "ValueError: Negative dimension size caused by subtracting 3 from 1 for 'conv1d_1/convolution/Conv2D' "
        "(op: 'Conv2D') with input shapes: [?,1,1,133906], [1,3,133906,1]."
    )
    tab_to(page, button(page, "Explain it"))
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    tab_to(page, page.get_by_role("link", name=re.compile("^Open it live with your sizes")))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/conv1d\?.*channels=133906"))
    expect(page.get_by_text("Computed output size would be zero or negative").first).to_be_visible(timeout=KERAS_STARTS)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
