"""Where does this number come from? Point at one or focus it: all that it comes from and goes to lights up."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import EVERY_RULE, axe_finds_nothing_by_day_and_night, fits_a_phone
from tests.browser.server import Server
from tests.browser.watch import open_tab, wait_idle

KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine
COMPONENTS = ("controls", "shape_flow", "ledger")


def opened(page: Page, server: Server, path: str, tab: str = "code") -> Page:
    """The page with the code or the summary, by a link that leads there, so that it stays drawn wherever one looks."""
    page.goto(f"{server.url}{path}{'&' if '?' in path else '?'}at={tab}")
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    expect(part(page, tab).locator(".listing").first).to_be_visible()
    wait_idle(page)
    page.keyboard.press("Shift")  # the reader takes over: the link no longer holds its section in sight
    return page


def part(page: Page, name: str) -> Locator:
    return page.locator(f"[data-component={name}]")


def lit(page: Page, name: str) -> list[str]:
    """What is lit in a component: the labels of its numbers, the texts of all else."""
    return [
        node.get_attribute("aria-label") or node.inner_text()
        for node in part(page, name).locator("button.lit, span.lit, .value.lit, .field.lit .name").all()
    ]


def lit_lines(page: Page) -> list[str]:
    """The numbers of the lit lines of code."""
    return [line.locator(".at").inner_text() for line in part(page, "code").locator(".line.lit").all()]


def assert_level_1_units_lit(page: Page, tab: str) -> None:
    """stacked_lstm at its defaults: units=5 of level_1, which level_2 reads as features."""
    expect(part(page, "controls").locator(".field.lit")).to_have_count(1)
    expect(part(page, "controls").locator(".field.lit")).to_contain_text("units_1")
    assert set(lit(page, "shape_flow")) == {"units 5"}
    assert {"4 × units = 20", "units 5"} <= set(lit(page, "ledger"))
    if tab == "summary":
        assert lit(page, tab) == ["units 5", "parameters 180", "parameters 160", "parameters 345", "parameters 345"]
    else:
        assert lit_lines(page) == ["5"]
        assert lit(page, tab) == ["units 5", "units 5"]  # the argument, and the size in the line's comment


def nothing_lit(page: Page) -> None:
    for name in (*COMPONENTS, "summary", "code"):
        expect(part(page, name).locator(".lit")).to_have_count(0)


def test_pointing_at_a_number_or_focusing_it_lights_all_of_the_page(page: Page, server: Server) -> None:
    opened(page, server, "/stacked_lstm")
    can_be_read_while_lit(page)
    by_the_mouse_and_by_keys(page)
    the_summary_by_arrow_keys_and_what_a_count_is_made_of(page)
    the_summary_is_keras_text_and_can_be_copied(page)
    open_tab(page, "Summary")
    fits_a_phone(page)
    assert part(page, "summary").locator(".listing").evaluate("node => node.scrollWidth > node.clientWidth")


def can_be_read_while_lit(page: Page) -> None:
    part(page, "code").get_by_role("button", name="units 5").first.click()
    expect(part(page, "code").locator(".line.lit")).not_to_have_count(0)
    axe_finds_nothing_by_day_and_night(page, EVERY_RULE)
    page.keyboard.press("Escape")


def by_the_mouse_and_by_keys(page: Page) -> None:
    tip = page.get_by_role("tooltip")
    part(page, "shape_flow").get_by_role("button", name="units 5", exact=True).hover()
    assert_level_1_units_lit(page, "code")
    expect(tip).to_contain_text("5 units · units=5 of LSTM level_1")
    expect(tip).to_contain_text("line 5: level_1 = layers.LSTM(units=5, return_sequences=True")
    page.mouse.move(2, 2)
    nothing_lit(page)

    for where in ("code", "summary"):
        open_tab(page, where.capitalize())
        part(page, where).get_by_role("button", name="units 5", exact=True).first.hover()
        assert_level_1_units_lit(page, where)
        expect(tip).to_contain_text("units=5 of LSTM level_1")
        page.mouse.move(2, 2)
        nothing_lit(page)

    page.locator(".flow .step").first.focus()
    for key in ("ArrowRight", "ArrowDown", "End"):  # the first LSTM, its numbers, the last of them
        page.keyboard.press(key)
    assert_level_1_units_lit(page, "summary")
    page.keyboard.press("Escape")
    expect(page.locator(".lit")).to_have_count(0)


def the_summary_by_arrow_keys_and_what_a_count_is_made_of(page: Page) -> None:
    box, tip = part(page, "summary"), page.get_by_role("tooltip")
    box.get_by_role("button", name="batch None").first.focus()
    page.keyboard.press("ArrowRight")
    expect(box.get_by_role("button", name="timesteps 6").first).to_be_focused()
    expect(tip).to_contain_text("shape[0]=6 of Input sequence")
    page.keyboard.press("ArrowDown")
    expect(box.get_by_role("button", name="timesteps 6").nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(tip).to_contain_text("the weights that training leaves as they are")
    assert box.locator("[tabindex='0']").count() == 1

    box.get_by_role("button", name="parameters 180").click()  # stays, as on a touch screen
    page.mouse.move(2, 2)
    expect(tip).to_contain_text("kernel 60 + recurrent_kernel 100 + bias 20 of LSTM level_1")
    expect(tip).to_contain_text("line 5: level_1 = ")
    page.keyboard.press("Escape")


def the_summary_is_keras_text_and_can_be_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    box = part(page, "summary")
    box.get_by_role("button", name="Copy").click()
    expect(box.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    rows = box.locator(".row").evaluate_all("rows => rows.map((row) => row.textContent)")
    assert "\n".join(rows) == copied
    assert "│ level_1 (LSTM)                    │ (None, 6, 5)             │           180 │" in rows
    open_tab(page, "Code")
    code = part(page, "code").first
    code.get_by_role("button", name="Copy").click()
    expect(code.get_by_role("button", name="Copied")).to_be_visible()
    source = page.evaluate("navigator.clipboard.readText()")
    compile(source, "code.py", "exec")
    assert source.startswith("import keras\n")


def test_a_size_made_by_several_arguments_names_all_their_lines(page: Page, server: Server) -> None:
    opened(page, server, "/conv1d")
    part(page, "code").get_by_role("button", name="steps 6").hover()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("14 steps after kernel_size=3, strides=2")
    expect(tip).to_contain_text(re.compile(r"line 4: signal = .*line 5: conv_1 = ", re.DOTALL))
    assert lit_lines(page) == ["4", "5"]
    fields = part(page, "controls").locator(".field.lit .name").all_inner_texts()
    assert {"kernel_size", "strides"} <= {text.strip() for text in fields}


def test_the_failing_line_is_marked(page: Page, server: Server) -> None:
    opened(page, server, "/stacked_lstm?return_sequences_1=False")
    failed = part(page, "code").locator(".line.failed")
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text("This line fails.")
    expect(failed).to_contain_text("level_2 = layers.LSTM")
    axe_finds_nothing_by_day_and_night(page, EVERY_RULE)
