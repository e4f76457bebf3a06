"""Challenges solved and lessons taken away as a learner does it, in a real browser; once by keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import axe_finds_nothing_by_day_and_night, fits_a_phone
from tests.browser.server import Server
from tests.browser.watch import wait_idle

KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine


def opened(page: Page, server: Server, kind: str, lesson: str = "simple_rnn", seed: int = 3) -> Page:
    page.goto(f"{server.url}/challenges?lesson={lesson}&kind={kind}&seed={seed}")
    expect(page.get_by_role("button", name="Hint 1 of 3")).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    return page


def tab_to(page: Page, role: str, name: str) -> None:
    """Press Tab until the element of that role and name has the focus, as somebody without a mouse does."""
    wanted = page.get_by_role(role, name=name, exact=True)
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement || element.contains(document.activeElement)"):
            return
    pytest.fail(f"Tab never comes to {name}")


def test_a_count_by_keyboard_alone(page: Page, server: Server) -> None:
    """Guess, be told, take all hints, read the formula, count, be right."""
    opened(page, server, "count")
    tab_to(page, "textbox", "Parameters")
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is not a count")).to_be_visible()
    expect(page.get_by_role("textbox", name="Parameters")).to_have_value("many")
    for number in (1, 2, 3):
        wait_idle(page)
        tab_to(page, "button", f"Hint {number} of 3")
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"Hint {number}.")).to_be_visible()
    terms = (page.get_by_text("Add them up").last.inner_text()).split(". ", 1)[1]
    sizes = [re.findall(r"\d+", part.split(": ")[-1]) for part in terms.split(";")]
    total = sum(eval("*".join(part)) for part in sizes)  # digits and × alone
    wait_idle(page)
    page.get_by_role("textbox", name="Parameters").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(f"{total:,}")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Yes: Keras counts {total:,}")).to_be_visible()
    expect(page.get_by_text("Solved in this visit: 1, without a hint: 0.")).to_be_visible()


def test_a_model_is_repaired_and_everybody_can_read_it(page: Page, server: Server) -> None:
    opened(page, server, "repair")
    expect(page.get_by_text("When using stateful=True in a RNN").or_(page.get_by_text("the batch size must be static"))
           .first).to_be_visible()  # fmt: skip
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Nothing is changed yet.")).to_be_visible()
    page.get_by_role("button", name="Hint 1 of 3").click()
    wait_idle(page)
    axe_finds_nothing_by_day_and_night(page)
    batch = page.get_by_role("spinbutton", name="batch_size", exact=True)
    batch.fill("8")
    batch.press("Enter")
    expect(page.get_by_text("batch_size=8").first).to_be_visible()  # in the code
    wait_idle(page)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Yes: it builds.")).to_be_visible()
    fits_a_phone(page)


def test_the_same_link_is_the_same_challenge_and_new_dims_are_another(page: Page, server: Server) -> None:
    task = opened(page, server, "count").get_by_role("group", name="The code", exact=True).inner_text()
    page.goto("about:blank")
    assert opened(page, server, "count").get_by_role("group", name="The code", exact=True).inner_text() == task
    page.get_by_role("button", name="New sizes").click()
    expect(page).not_to_have_url(re.compile(r"seed=3$"))
    wait_idle(page)
    assert page.get_by_role("group", name="The code", exact=True).inner_text() != task


# Counts are read in test_ten_parts.py, a repair above; "shape" asks by the same controls.
@pytest.mark.long
def test_everybody_can_read_which_line_it_is(page: Page, server: Server) -> None:
    opened(page, server, "line", "stacked_lstm")
    page.get_by_role("button", name="Hint 1 of 3").click()
    wait_idle(page)
    page.get_by_role("button", name="Check").click()
    wait_idle(page)
    axe_finds_nothing_by_day_and_night(page)
    fits_a_phone(page)


# -- taken away ----------------------------------------------------------------------------------------------


def test_script_and_notebook_are_downloaded_and_a_link_leads_to_the_challenges(
    page: Page, server: Server, tmp_path: Path
) -> None:
    page.goto(server.url + "/stacked_lstm?return_sequences_1=False&at=export")
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    for button, ending in (("Script (.py)", "py"), ("Notebook (.ipynb)", "ipynb")):
        with page.expect_download(timeout=60_000) as arrives:
            page.get_by_role("button", name=button).click()
        assert arrives.value.suggested_filename == f"stacked_lstm_return_sequences_1-False.{ending}"
        arrives.value.save_as(tmp_path / ending)
    script = (tmp_path / "py").read_text("utf-8")
    assert f"<{server.url}/stacked_lstm?return_sequences_1=False>" in script
    assert "except ValueError" in script
    assert "## Repaired: return_sequences_1=True" in script
    nbformat.validate(nbformat.read(tmp_path / "ipynb", as_version=4))
    page.get_by_role("link", name=re.compile("^Challenges: ")).click()
    expect(page).to_have_url(re.compile(r"/challenges\?.*lesson=stacked_lstm"))
    expect(page.get_by_role("button", name="Hint 1 of 3")).to_be_visible(timeout=KERAS_STARTS)


def test_embedded_there_is_no_menu_and_no_foot_and_it_works(page: Page, server: Server) -> None:
    page.goto(server.url + "/simple_rnn?embed=true")  # as test_ten_parts.py finds it in the code to embed a page
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    expect(page.get_by_role("button", name="Basics")).to_have_count(0)
    expect(page.get_by_text("Every number on this page was read from")).to_have_count(0)
    expect(page.get_by_role("heading", level=2)).to_have_text("What is the (None, 4) in my summary?")
    main = page.get_by_test_id("stMain")  # as it opens it fits the frame that the code asks for, as wide as a course
    page.set_viewport_size({"width": 900, "height": 900})
    assert main.evaluate("(node) => node.scrollHeight") <= 900
    page.get_by_text("More about this model").click()
    expect(page.get_by_role("heading", name="Where the parameters are")).to_be_visible()
    expect(page.get_by_role("heading", name="Break it")).to_be_visible()
    sheet = page.locator("details.sheet")
    sheet.locator("summary").click()
    page.keyboard.press("Escape")
    expect(sheet).not_to_have_attribute("open", "")
    expect(sheet.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    units = page.get_by_role("spinbutton", name="units", exact=True)
    units.fill("7")
    units.press("Enter")
    expect(page).to_have_url(re.compile(r"units=7"))
    wait_idle(page)
    assert "embed=true" in page.url
    expect(
        page.get_by_text("(None, 7)").first.or_(page.locator(".flow").filter(has_text="7").first).first
    ).to_be_visible()
    expect(page.get_by_role("button", name="Basics")).to_have_count(0)
