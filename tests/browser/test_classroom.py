"""For a class, in a real browser: a teacher builds a link, a learner opens it; the projector by keys; paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from explainers.core.registry import all_explainers
from explainers.practice.worksheets.making import worksheet
from tests.browser.axe import axe_finds_nothing
from tests.browser.server import Server
from tests.browser.watch import wait_idle
from tests.parts import standing_for
from views import worksheet as worksheet_view

SMALLEST_TYPE = 7.5  # points
SMALLEST = """() => Math.min(...[...document.querySelectorAll("body *")]
  .filter((node) => [...node.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim()))
  .map((node) => {
    const drawn = node.closest("svg");
    const scale = drawn ? drawn.getBoundingClientRect().width / drawn.viewBox.baseVal.width : 1;
    return parseFloat(getComputedStyle(node).fontSize) * 0.75 * scale;
  }))"""
PRINTED = ("multi_output_cell", "sequence_set", "conv2d")

KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine


def opened(page: Page, server: Server, path: str) -> Page:
    page.goto(server.url + path if path.startswith("/") else path)
    expect(page.locator(".flow .step, .worksheet, .controls").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    return page


def projected(page: Page, server: Server, path: str) -> Page:
    page.goto(server.url + path)
    expect(page.get_by_role("button", name="Next", exact=True).first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    return page


def test_a_teacher_builds_a_link_and_a_learner_opens_it(new_page: Callable[..., Page], server: Server) -> None:
    teacher = opened(new_page(), server, "/classroom?lesson=stacked_lstm")
    units = teacher.get_by_role("spinbutton", name="units_1", exact=True)
    units.fill("9")
    units.press("Enter")
    link = teacher.get_by_role("group", name="The link for the class")
    expect(link).to_have_text(f"{server.url}/stacked_lstm?units_1=9")
    for field, choice in (("Sections to hide", "Step through time"), ("Dims to hide", "units_1")):
        box = teacher.get_by_role("combobox", name=re.compile(f"{field}$"))
        box.click()
        teacher.get_by_role("option", name=choice, exact=True).click()
        teacher.keyboard.press("Escape")
        wait_idle(teacher)
    teacher.get_by_text("Predict first", exact=True).click()
    expect(link).to_have_text(f"{server.url}/stacked_lstm?units_1=9&hide=calls,units_1&predict=on")

    learner = opened(new_page(), server, str(link.text_content()))
    expect(learner.get_by_role("switch", name="Predict first")).to_be_checked()
    expect(learner.get_by_role("spinbutton", name="units_2", exact=True)).to_be_visible()
    expect(learner.get_by_role("spinbutton", name="units_1", exact=True)).to_have_count(0)
    learner.get_by_role("button", name="Show all", exact=True).click()
    expect(learner.get_by_role("heading", name="Break it")).to_be_visible()
    expect(learner.get_by_role("heading", name="Step through time")).to_have_count(0)
    expect(learner.get_by_role("button", name="units 9", exact=True)).not_to_have_count(0)

    # A change of what is there leaves alone what is hidden.
    wait_idle(learner)
    learner.get_by_role("spinbutton", name="units_2", exact=True).fill("7")
    learner.get_by_role("spinbutton", name="units_2", exact=True).press("Enter")
    expect(learner).to_have_url(re.compile("units_2=7"))
    wait_idle(learner)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(learner.url).query).items()}
    assert asked == {"units_1": "9", "units_2": "7", "hide": "calls,units_1", "predict": "on"}

    learner.get_by_role("button", name="Show everything").click()
    expect(learner.get_by_role("spinbutton", name="units_1", exact=True)).to_have_value("9")
    expect(learner).not_to_have_url(re.compile("hide"))


def test_the_projector_goes_by_keys_and_a_reload_stays(page: Page, server: Server) -> None:
    projected(page, server, "/stacked_lstm?view=projector")
    expect(page.get_by_text("1 of 8 · Shape flow")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "25.6px"
    assert page.locator(".flow").first.evaluate("node => getComputedStyle(node.closest('.sx')).zoom") == "1.6"
    number = page.locator(".flow .num, .flow [role=button]").first
    number.focus()
    page.keyboard.press("ArrowRight")  # means something else there
    page.wait_for_timeout(600)
    expect(page.get_by_text("1 of 8 · Shape flow")).to_be_visible()
    page.keyboard.press("PageDown")  # a presenter's remote control
    expect(page.get_by_text("2 of 8 · Where the parameters are")).to_be_visible()
    expect(page).to_have_url(re.compile("section=parameters"))
    wait_idle(page)
    page.get_by_role("button", name="Next", exact=True).first.click()
    expect(page.get_by_text("3 of 8 · Step through time")).to_be_visible()
    wait_idle(page)
    page.reload()
    expect(page.get_by_text("3 of 8 · Step through time")).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("4 of 8")).to_be_visible()
    wait_idle(page)
    page.keyboard.press("Space")
    expect(page.get_by_text("5 of 8")).to_be_visible()
    wait_idle(page)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("4 of 8")).to_be_visible()
    wait_idle(page)
    page.keyboard.press("PageUp")
    expect(page.get_by_text("3 of 8 · Step through time")).to_be_visible()
    wait_idle(page)
    page.get_by_role("button", name="Leave the projector").click()
    expect(page.get_by_role("button", name="Basics")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "16px"


# The size on the screen, in pixels, of each label of an axis: its type times how much its drawing is enlarged.
LABELS = """() => [...document.querySelectorAll("*")].flatMap((host) =>
  host.shadowRoot ? [...host.shadowRoot.querySelectorAll(".flow g.label text")] : []
).map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""


def test_a_presenter_changes_dims_by_keys_and_the_back_row_reads_the_axes(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    projected(page, server, "/stacked_lstm?view=projector")
    sizes = page.evaluate(LABELS)
    assert len(sizes) > 5
    assert min(sizes) >= 32
    expect(page.get_by_text("↑ ↓ timesteps 6 · D another dim")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile("timesteps=7"))
    expect(page.get_by_text("↑ ↓ timesteps 7")).to_be_visible()
    wait_idle(page)
    page.keyboard.press("d")
    expect(page.get_by_text("↑ ↓ features 3")).to_be_visible()
    wait_idle(page)
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile("features=2"))
    wait_idle(page)
    page.keyboard.press("q")
    code = page.get_by_role("img", name="A code that leads to")
    expect(code).to_have_attribute("alt", re.compile("stacked_lstm.*timesteps=7"))
    expect(code).not_to_have_attribute("alt", re.compile("projector"))
    wait_idle(page)
    page.keyboard.press("q")
    expect(code).to_have_count(0)
    wait_idle(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Basics")).to_be_visible()


@pytest.mark.parametrize("name", standing_for(("conv1d", "multi_output_cell"), "multi_output_cell"))
def test_each_section_fits_the_projector(page: Page, server: Server, name: str) -> None:
    """Two of the widest: 1280 pixels at 1.6 are 800, and test_ten_parts.py has every lesson in 390."""
    projected(page, server, f"/{name}?view=projector")
    while True:
        main = page.get_by_test_id("stMain")
        assert main.evaluate("main => main.scrollWidth <= main.clientWidth"), page.url
        following = page.get_by_role("button", name="Next", exact=True).first
        if following.is_disabled():
            return
        url = page.url
        following.click()
        expect(page).not_to_have_url(url)
        wait_idle(page)


def test_a_worksheet_on_paper(page: Page, server: Server, tmp_path: Path) -> None:
    opened(page, server, "/classroom?lesson=simple_rnn")
    page.get_by_role("spinbutton", name="Seed").fill("23")
    page.get_by_role("spinbutton", name="Exercises").fill("4")
    page.get_by_role("button", name="Make the worksheet").click()
    expect(page.get_by_role("heading", name="4. Which axis is the batch?").first).to_be_visible(timeout=KERAS_STARTS)
    expect(page).to_have_url(re.compile("sheet=23"))
    wait_idle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Printable worksheet").click()
    assert download.value.suggested_filename == "simple_rnn_worksheet_23.html"
    download.value.save_as(tmp_path / "sheet.html")
    with page.expect_download() as download:
        page.get_by_role("button", name="Printable answer key").click()
    assert download.value.suggested_filename == "simple_rnn_worksheet_23_key.html"
    download.value.save_as(tmp_path / "key.html")
    with page.context.expect_page() as paper_info:
        page.evaluate("window.open('about:blank')")
    paper = paper_info.value
    paper.emulate_media(media="print")
    paper.set_content((tmp_path / "sheet.html").read_text("utf-8"))
    assert paper.locator("td.answer").count() == 0
    blanks = paper.locator("td.blank").count()
    axe_finds_nothing(paper)
    paper.set_content((tmp_path / "key.html").read_text("utf-8"))
    expect(paper.get_by_role("heading", name="Key: SimpleRNN")).to_be_visible()
    assert paper.locator("td.answer").count() == blanks > 8
    axe_finds_nothing(paper)


def test_six_exercises_take_three_pages_at_most_their_key_one_and_all_can_be_read(page: Page) -> None:
    """Printed as a browser prints: the lessons with the longest programs and the most Inputs."""
    page.emulate_media(media="print")
    for name in PRINTED:
        lesson = all_explainers()[name]
        sheet = worksheet_view.Sheet(worksheet(name, 31, 6), lesson.title, lesson.question, "keras 3.11.3, numpy 2.3.1")
        for document, most in ((worksheet_view.document(sheet), 3), (worksheet_view.key_document(sheet), 1)):
            page.set_content(document)
            assert page.evaluate(SMALLEST) >= SMALLEST_TYPE, name
            for paper in ("A4", "Letter"):
                printed = page.pdf(format=paper)
                assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= most, (name, paper)
