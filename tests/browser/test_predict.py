"""Predict first, as a learner meets it: by link, wrong and why, right, skipped, all shown; by keys alone."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from explainers.core.registry import all_explainers
from tests.browser.server import Server
from tests.browser.watch import wait_idle

KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine

# Every text of the page, shadow roots, labels and alt texts included: what a learner could find out.
EVERYTHING = """() => {
  const words = [];
  const walk = (node) => {
    if (node.nodeType === 3) words.push(node.data);
    if (node.nodeType !== 1 && node.nodeType !== 11) return;
    if (['STYLE', 'SCRIPT'].includes(node.nodeName)) return;
    for (const name of ['aria-label', 'aria-valuetext', 'alt', 'title']) words.push(node.getAttribute?.(name) || '');
    if (node.shadowRoot) walk(node.shadowRoot);
    for (const kid of node.childNodes) walk(kid);
  };
  walk(document.querySelector('[data-testid=stMain]'));
  return words.join(' ');
}"""


def opened(page: Page, server: Server, path: str) -> Page:
    page.goto(server.url + path)
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    return page


def everything(page: Page) -> str:
    return str(page.evaluate(EVERYTHING))


def shape_field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Output shape", exact=True)


def guess(page: Page, shape: str, count: str = "") -> None:
    shape_field(page).fill(shape)
    page.get_by_role("textbox", name="Parameters", exact=True).fill(count)
    click(page, "Check")


def click(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    wait_idle(page)


def test_a_learner_predicts_simple_rnn(page: Page, server: Server) -> None:
    opened(page, server, "/simple_rnn?predict=on&units=17")
    expect(page.get_by_role("switch", name="Predict first")).to_be_checked()
    hidden = everything(page)
    assert not re.search(r"357|375|289|\(None, 17\)|\b18\b", hidden)
    assert "returns a shape that you are asked to predict" in hidden
    expect(page.get_by_text(re.compile("Step through time.* will appear here"))).to_be_visible()

    guess(page, "(None, six)")  # can't be read: a sentence, and it stays
    expect(page.get_by_role("alert").get_by_text("“six” is not a size.")).to_be_visible()
    expect(shape_field(page)).to_have_value("(None, six)")

    guess(page, "none 6 17", "340")  # timesteps kept, bias forgotten
    expect(page.get_by_text("rnn: shape differs, count differs.")).to_be_visible()
    expect(page.get_by_text("Keras says (None, 17), 357 parameters.")).to_be_visible()
    expect(page.get_by_text("One axis too many: timesteps (6) is not in the output.")).to_be_visible()
    expect(page.get_by_text("340 is kernel and recurrent_kernel alone; bias (units) is missing.")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="differs")
    expect(row).to_have_text(re.compile(r"–\s*6\s*nothing\s*differs"))
    expect(page.locator(".flow").get_by_role("button", name="units 17")).to_be_visible()
    assert "375" not in everything(page)  # the sum still waits for the Dense

    guess(page, "[?, 1]", "18")
    expect(page.get_by_text("dense: shape right, count right. Keras says (None, 1), 18 parameters.")).to_be_visible()
    expect(page.get_by_text("Shapes right at the first try: 1 of 2. Counts: 1 of 2.")).to_be_visible()
    expect(page.get_by_role("heading", name="Step through time")).to_be_visible()
    expect(page.get_by_text("at the end of the SimpleRNN's shape")).to_be_visible()
    assert "375" in everything(page)


def test_skip_one_and_show_all_and_new_dims_ask_anew(page: Page, server: Server) -> None:
    opened(page, server, "/stacked_lstm?predict=on")
    click(page, "Skip this")
    expect(page.get_by_text("level_1 · skipped. Keras says (None, 6, 5), 180 parameters.")).to_be_visible()
    expect(page.get_by_text("Predict 2 of 3.")).to_be_visible()
    assert "345" not in everything(page)
    guess(page, "(None, 6, 4)")
    expect(page.get_by_text("return_sequences=False drops timesteps")).to_be_visible()
    click(page, "Show all")
    expect(page.get_by_text("Shapes right at the first try: 0 of 1.")).to_be_visible()
    assert "345" in everything(page)
    page.get_by_role("spinbutton", name="units_2", exact=True).fill("9")
    expect(page.get_by_text("Predict 1 of 3.")).to_be_visible()
    wait_idle(page)
    assert not re.search("345|730", everything(page))  # the old sum; 180 + 4 × 9 × (5 + 9 + 1) + 10, the new one


def test_off_by_default_then_by_keys_alone_and_it_sticks_from_page_to_page(page: Page, server: Server) -> None:
    opened(page, server, "/simple_rnn?units=17")
    switch = page.get_by_role("switch", name="Predict first")
    expect(switch).not_to_be_checked()
    expect(shape_field(page)).to_have_count(0)
    assert "357" in everything(page)  # 3 × 17 + 17 × 17 + 17
    tab_to(page, switch)
    page.keyboard.press("Space")
    expect(shape_field(page)).to_be_visible()
    expect(page).to_have_url(re.compile(r"predict=on"))
    wait_idle(page)
    predicts_by_keys(page)
    sticks(page)


def tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return


def predicts_by_keys(page: Page) -> None:
    tab_to(page, shape_field(page))  # on through the controls and the diagram
    page.keyboard.type("(None, 17)")
    page.keyboard.press("Enter")
    expect(page.get_by_text("rnn: shape right, no guess of the count.")).to_be_visible()
    expect(shape_field(page)).to_be_focused()  # and goes on with the next
    expect(shape_field(page)).to_have_value("")
    page.keyboard.type("None 2")
    page.keyboard.press("Tab")
    page.keyboard.type("18")
    page.keyboard.press("Enter")
    expect(page.get_by_text("dense: shape differs, count right.")).to_be_visible()
    expect(page.get_by_text("This is units: units=1 of Dense dense.")).to_be_visible()
    wait_idle(page)


def sticks(page: Page) -> None:
    page.get_by_role("button", name="Basics").click()
    page.get_by_role("menuitem", name=re.compile(all_explainers()["stacked_lstm"].title)).click()
    expect(page).to_have_url(re.compile(r"stacked_lstm\?predict=on"))
    expect(shape_field(page)).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    page.get_by_text("Predict first", exact=True).click()
    expect(shape_field(page)).to_have_count(0)
    expect(page).not_to_have_url(re.compile(r"predict"))
