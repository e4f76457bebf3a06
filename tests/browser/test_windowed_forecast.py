"""The lesson windowed_forecast as a learner uses it: step through the windows, train, stop, bring one's own numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.axe import EVERY_RULE, axe_finds_nothing, axe_finds_nothing_by_day_and_night, fits_a_phone
from tests.browser.server import Server
from tests.browser.watch import wait_idle

READY = 90_000  # ms: the first page of a server waits for Keras
TRAINED = 60_000
SMALL_TEXT = """root => [...root.querySelectorAll("*")]
    .filter(node => [...node.childNodes].some(kid => kid.nodeType === 3 && kid.data.trim()))
    .filter(node => parseFloat(getComputedStyle(node).fontSize) < 12).map(node => node.outerHTML)"""
SAW = [10 + p % 5 for p in range(60)]  # the next point is always known


def opened(page: Page, server: Server, query: str = "") -> Page:
    page.goto(f"{server.url}/windowed_forecast?{query}")
    expect(windows(page)).to_be_visible(timeout=READY)
    wait_idle(page)
    return page


def windows(page: Page) -> Locator:
    return page.locator(".sx .windows")


def said(page: Page) -> Locator:
    return windows(page).locator(".said")


def press(page: Page, name: str) -> Locator:
    return windows(page).get_by_role("button", name=name, exact=True)


def row(page: Page, index: int) -> Locator:
    return windows(page).locator(f'[data-key="row{index}"] td')


def verdict(page: Page) -> Locator:
    """What the page says about the forecast, in its coloured box."""
    return page.get_by_test_id("stAlert").filter(has_text="One step ahead")


def own_numbers(page: Page) -> Page:
    page.get_by_role("radio", name="my own numbers").click()
    expect(page.get_by_text("There is nothing to read yet.")).to_be_visible()
    return page


def paste(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Paste a column")
    field.fill(text)
    field.press("Control+Enter")
    wait_idle(page)


def upload(page: Page, name: str, content: bytes) -> None:
    page.get_by_test_id("stFileUploader").locator("input").set_input_files(
        FilePayload(name=name, mimeType="text/csv", buffer=content)
    )
    wait_idle(page)


# -- stepping ------------------------------------------------------------------------------------------------


def test_window_i_holds_ten_points_and_predicts_the_eleventh_and_a_drag_takes_it_along(
    page: Page, server: Server
) -> None:
    opened(page, server, "points=60&timesteps=10&features=25&horizon=1")  # 50 windows, all of the series is drawn
    expect(said(page)).to_have_text(
        "Window 3 (numbered 0 to 49) holds points 3 to 12; its target is point 13. It is in the training set."
    )
    press(page, "Last").click()
    expect(said(page)).to_have_text(
        "Window 49 (numbered 0 to 49) holds points 49 to 58; its target is point 59. "
        "It is held out: the trained model has to forecast it."
    )
    press(page, "First").click()
    expect(said(page)).to_contain_text("Window 0 (numbered 0 to 49) holds points 0 to 9; its target is point 10.")
    # What the eleventh point is for window 0, window 1 sees as its last: read off the table, number by number.
    target = row(page, 0).last.locator(".numbers span").inner_text()
    assert row(page, 1).first.locator(".numbers span").last.inner_text() == target
    expect(press(page, "Back")).to_have_attribute("aria-disabled", "true")  # there is nothing before the first
    press(page, "Back").click(force=True)
    expect(said(page)).to_contain_text("Window 0 (numbered")
    drags(page)


def drags(page: Page) -> None:
    """The window comes along with the pointer, as long as a button is held."""
    stage = windows(page).locator(".stage")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 120, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 100, steps=4)
    middle = re.search(r"holds points (\d+) to (\d+);", said(page).inner_text())
    assert middle is not None
    assert abs((int(middle[1]) + int(middle[2])) / 2 - 30) <= 2  # under the pointer: in the middle of 60 points
    page.mouse.up()
    page.mouse.move(box["x"] + 200, box["y"] + 100)  # no button is held: nothing moves
    assert middle[0] in said(page).inner_text()


def test_stepping_asks_the_server_nothing_and_a_rerun_keeps_the_window(page: Page, server: Server) -> None:
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    opened(page, server)
    sent.clear()
    press(page, "Next").click()
    expect(said(page)).to_contain_text(
        "Window 4 (numbered 0 to 224) holds points 4 to 15; its targets are points 16 to 19."
    )
    windows(page).locator(".scrub").fill("100")
    expect(said(page)).to_contain_text("Window 100 (numbered 0 to 224) holds points 100 to 111")
    press(page, "Next").press("ArrowLeft")
    expect(said(page)).to_contain_text("Window 99 (numbered")
    press(page, "Next").press("End")
    expect(said(page)).to_contain_text("Window 224 (numbered")
    press(page, "Next").press("Home")
    expect(said(page)).to_contain_text("Window 0 (numbered")
    press(page, "Play").click()
    expect(said(page)).to_contain_text("Window 2 (numbered", timeout=5_000)
    press(page, "Pause").click()
    stopped = said(page).inner_text()
    page.wait_for_timeout(900)
    assert said(page).inner_text() == stopped
    # Points from 192 on are held out; window 178 has the targets 190 to 193.
    for window, use in (("178", "Its targets are on both sides of the line: it is left out."),
                        ("176", "It is in the training set."), ("180", "It is held out")):  # fmt: skip
        windows(page).locator(".scrub").fill(window)
        expect(said(page)).to_contain_text(use)
    assert sent == []

    windows(page).locator(".scrub").fill("150")
    expect(said(page)).to_contain_text("Window 150 (numbered 0 to 224)")
    timesteps = page.get_by_role("spinbutton", name=re.compile("^timesteps"))
    for steps, kept in (
        (15, "Window 150 (numbered 0 to 221)"),
        (150, "Window 86 (numbered 0 to 86)"),
    ):  # while it exists
        timesteps.fill(str(steps))
        timesteps.press("Enter")
        expect(said(page)).to_contain_text(kept)


def test_off_by_one_is_said_at_the_window(page: Page, server: Server) -> None:
    opened(page, server, "horizon=1&target_point=inside_window")
    expect(said(page)).to_contain_text("its target is point 14. The target is inside the window: it gives itself away.")
    opened(page, server, "horizon=1&target_point=one_late")
    expect(said(page)).to_contain_text("its target is point 16. Point 15 is skipped.")


def test_everybody_can_read_it(new_page: Callable[..., Page], server: Server) -> None:
    page = opened(new_page(reduced_motion="reduce"), server, "points=600")
    windows(page).locator(".scrub").fill("300")
    axe_finds_nothing_by_day_and_night(page, EVERY_RULE, within=".stMain")
    assert windows(page).evaluate(SMALL_TEXT) == []
    fits_a_phone(page)
    axe_finds_nothing(page, EVERY_RULE, within=".stMain")
    assert windows(page).evaluate(SMALL_TEXT) == []


# -- training ------------------------------------------------------------------------------------------------


def test_it_trains_and_says_whether_it_beats_the_last_value(page: Page, server: Server) -> None:
    opened(page, server, "points=120&epochs=15&horizon=2&timesteps=8")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(verdict(page)).to_contain_text(
        re.compile(r"The model beats the baseline|does not beat the baseline"), timeout=TRAINED
    )
    expect(page.get_by_text("after 15 epochs")).to_be_visible(timeout=TRAINED)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_disabled(timeout=TRAINED)
    expect(page.get_by_text("2 steps ahead.", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(4)  # one step, several, by step, loss
    expect(page.get_by_role("cell", name="same as the last value")).to_be_visible()


def test_a_training_is_stopped_and_what_was_learned_stays(page: Page, server: Server) -> None:
    opened(page, server, "points=600&epochs=200&timesteps=20&units=32")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile(r"epoch [1-9]\d* of 200"))).to_be_visible(timeout=TRAINED)
    expect(page.get_by_text(re.compile(r"^loss \d"))).to_be_visible(timeout=TRAINED)  # the first epoch is through
    press(page, "Next").click()  # the page answers while it trains
    expect(said(page)).to_contain_text("Window 4 (numbered")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(
        page.get_by_text(re.compile(r"Stopped in epoch \d+ of 200\. What the model learned up to then is kept\."))
    ).to_be_visible(timeout=TRAINED)
    expect(page.get_by_text("One step ahead", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()


# -- one's own numbers ---------------------------------------------------------------------------------------

# Of each way in two; tests/explainers/forecasting/test_numbers.py has them all.
BAD_COLUMNS = {
    "1\n2\nthree\n4": "Line 3 holds 'three', which isn't a number. Write digits, like 12 or -3.5.",
    "1\n[x](javascript:alert(1))": "Line 2 holds '[x](javascript:alert(1))'",
}
BAD_FILES = {
    b"PK\x03\x04\x00\x00sheet": "This is not a text file. Save the table as “CSV UTF-8” and choose that file.",
    b"value\n" + b"12345\n" * 70_000: "The file has 420,006 bytes; at most 400,000 can be read here.",
}


def test_bad_numbers_are_one_sentence_and_the_page_goes_on(page: Page, server: Server) -> None:
    own_numbers(opened(page, server))
    for text, sentence in BAD_COLUMNS.items():
        paste(page, text)
        expect(page.get_by_text(sentence)).to_be_visible()
        expect(page.locator("a[href^=javascript]")).to_have_count(0)
        expect(said(page)).to_contain_text("Window 3 (numbered 0 to 224)")  # the series made here, meanwhile
    paste(page, "\n".join(map(str, SAW)))
    expect(said(page)).to_contain_text("numbered 0 to 44")
    paste(page, "1\n2\n3")
    expect(page.get_by_text("3 points make fewer than two windows of 12 timesteps.")).to_be_visible()
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("These are 3 numbers: too few.")).to_be_visible(timeout=TRAINED)
    for number, (content, sentence) in enumerate(BAD_FILES.items()):
        upload(page, f"bad-{number}.csv", content)
        expect(page.get_by_text(sentence)).to_be_visible()
        expect(said(page)).to_contain_text("Window 3 (numbered 0 to 224)")


def test_a_file_and_a_pasted_column_are_read_cut_and_trained_on(page: Page, server: Server) -> None:
    own_numbers(opened(page, server, "timesteps=6&horizon=1&epochs=40&units=8"))
    chooses_the_column_of_a_csv_file(page)
    says_that_a_comma_is_decimal(page)
    keeps_the_file_until_it_is_forgotten(page)
    paste(page, "\n".join(map(str, SAW)))
    expect(said(page)).to_contain_text("Window 3 (numbered 0 to 53) holds points 3 to 8; its target is point 9.")
    expect(row(page, 3).last.locator(".numbers")).to_have_text("14.00")  # 10 + 9 % 5
    expect(page.get_by_role("heading", name="The same numbers, read in five ways")).to_have_count(0)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(verdict(page)).to_contain_text("The model beats the baseline", timeout=TRAINED)


def chooses_the_column_of_a_csv_file(page: Page) -> None:
    lines = "".join(f"2024-{p:02d};{value};{100 + p}\n" for p, value in enumerate(SAW))
    upload(page, "shop.csv", f"day;sold;stock\n{lines}".encode("utf-8-sig"))
    expect(page.get_by_text("Which column is the series?")).to_be_visible()
    expect(row(page, 3).last.locator(".numbers")).to_have_text("109")  # the last column of numbers: stock
    column = page.get_by_role("combobox", name=re.compile("Which column is the series"))
    column.click()
    column.press("ArrowUp")  # from stock to sold
    column.press("Enter")
    expect(row(page, 3).last.locator(".numbers")).to_have_text("14.00")
    wait_idle(page)


def says_that_a_comma_is_decimal(page: Page) -> None:
    """It is not guessed."""
    upload(page, "temps.csv", "\n".join(f"{value},5" for value in SAW).encode())
    expect(page.get_by_text("is that one number with a decimal comma, or two columns?")).to_be_visible()
    page.get_by_role("radio", name="a decimal comma").click(force=True)
    expect(row(page, 3).last.locator(".numbers")).to_have_text("14.50")
    wait_idle(page)


def keeps_the_file_until_it_is_forgotten(page: Page) -> None:
    page.get_by_role("radio", name="a series made here").click()
    expect(page.get_by_role("heading", name="The same numbers, read in five ways")).to_be_visible()
    wait_idle(page)
    page.get_by_role("radio", name="my own numbers").click()
    expect(row(page, 3).last.locator(".numbers")).to_have_text("14.50")  # the file and what was said of it are kept
    wait_idle(page)
    expect(page.get_by_text("temps.csv is still in use.")).to_be_visible()
    page.get_by_role("button", name="Forget this file").click()
    expect(page.get_by_text("There is nothing to read yet.")).to_be_visible()
    wait_idle(page)
