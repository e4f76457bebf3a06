"""From the home page to the right live number in one step, and a program typed into the same field."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.axe import axe_finds_nothing_by_day_and_night
from tests.browser.server import Server
from tests.browser.watch import wait_idle

KERAS_STARTS = 90_000  # ms
STYLE_OF_FIGURES = re.compile(r"/shape_flow\.[^/]*\.css")
OVERLAPS = """tuples => tuples.filter(one => {
  const boxes = [...one.querySelectorAll("text")].map(each => each.getBoundingClientRect());
  return boxes.some((box, i) => i && box.left < boxes[i - 1].right - 1);
}).map(one => one.textContent)"""


def late(route: Route) -> None:
    """On a slow network a stylesheet comes after the script that measures letters in its fonts."""
    time.sleep(0.3)
    route.continue_()


def field(page: Page, server: Server) -> Locator:
    page.goto(server.url + "/")
    found = page.get_by_label(re.compile("^Ask anything"))
    expect(found).to_be_visible(timeout=KERAS_STARTS)
    return found


ANSWERED = (
    ("Why 4,224 parameters?", "4,224", r"simple_rnn\?features=1&units=64&at=parameters"),
    (
        "What does None mean in (None, 20, 5)?",
        "None",
        r"array_shapes\?(?=.*timesteps=20)(?=.*features=5).*at=concrete",
    ),
    ("input_shape for 28x28 grayscale images?", "28", r"conv2d\?height=28&width=28&channels=1"),
    ("batches per epoch with 105 samples?", "105 samples", r"fit_batches\?(?=.*samples=105)"),
)


def test_one_step_to_the_live_number(page: Page, server: Server) -> None:
    """Four times; the first page comes over a slow network."""
    page.route(STYLE_OF_FIGURES, late)
    asked = field(page, server)
    for question, number, lands in ANSWERED:
        asked.fill(question)
        answer = page.get_by_role("list", name="Answer").get_by_role("link")
        expect(answer, question).to_have_attribute("href", re.compile(lands), timeout=KERAS_STARTS)
        expect(page.get_by_text(number).first, question).to_be_visible()
        expect(page.locator(".flow .step").first).to_be_visible()
        expect(page.locator(".flow .tuple").first).to_be_visible()
        wait_idle(page)
        assert page.locator(".flow .tuple").evaluate_all(OVERLAPS) == [], question
        page.unroute_all()
        answer.click()
        expect(page).to_have_url(re.compile(f"/{lands}"))
        expect(page.locator(".flow .step").first, question).to_be_visible(timeout=KERAS_STARTS)
        page.get_by_role("link", name="Shape Explainer").click()
        expect(asked).to_have_value(question, timeout=KERAS_STARTS)  # it is still there


def test_the_section_of_the_link_is_in_sight_and_so_are_the_dims(page: Page, server: Server) -> None:
    page.goto(server.url + "/simple_rnn?features=1&units=64&at=break-it")
    heading = page.get_by_role("heading", name="Break it")
    expect(heading).to_be_in_viewport(timeout=KERAS_STARTS)
    wait_idle(page)
    expect(page.get_by_role("spinbutton", name="units", exact=True)).to_be_in_viewport()


def test_a_program_keeps_its_lines_and_is_rebuilt(page: Page, server: Server) -> None:
    asked = field(page, server)
    asked.fill("model = keras.Sequential()\nmodel.add(keras.Input((17, 6)))\nmodel.add(layers.LSTM(9))\n")
    expect(page.locator(".flow .step").nth(1)).to_contain_text("LSTM(9)", timeout=KERAS_STARTS)
    expect(page).not_to_have_url(re.compile("ask="))
    wait_idle(page)
    page.get_by_role("button", name="Open it in Fix an error").press("Enter")
    expect(page).to_have_url(re.compile("/diagnose"))
    expect(page.locator("#verdict")).to_be_focused(timeout=KERAS_STARTS)  # Tab goes on from what was found
    expect(page.get_by_role("heading", name="The live model")).to_be_visible(timeout=KERAS_STARTS)
    expect(page.get_by_label("Your error, code or summary")).to_have_value(re.compile(r"LSTM\(9\)"))


def test_the_question_is_in_the_link(page: Page, server: Server) -> None:
    asked = field(page, server)
    asked.fill("nn.LSTM")
    asked.press("Enter")
    expect(page).to_have_url(re.compile(r"\?ask=nn\.LSTM"))
    expect(page.get_by_text("keras.layers.LSTM").first).to_be_visible(timeout=KERAS_STARTS)
    page.reload()
    expect(page.get_by_text("keras.layers.LSTM").first).to_be_visible(timeout=KERAS_STARTS)
    expect(page.get_by_label(re.compile("^Ask anything"))).to_have_value("nn.LSTM")


def test_on_a_phone_the_figure_comes_first_and_the_dims_are_a_sheet(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(server.url + "/stacked_lstm")
    figure = page.locator(".flow .step").first
    expect(figure).to_be_in_viewport(timeout=KERAS_STARTS)
    wait_idle(page)
    units = page.get_by_role("spinbutton", name="units_1", exact=True)
    expect(units).to_be_hidden()
    opener = page.get_by_text("Change the sizes", exact=True)
    expect(opener).to_be_in_viewport()
    opener.click()
    units.fill("13")
    units.press("Enter")
    expect(page).to_have_url(re.compile("units_1=13"))
    expect(page.locator(".st-key-sentence")).to_contain_text("13 numbers per timestep")
    expect(units).to_be_visible()  # the sheet stays open through the change
    expect(opener).to_be_in_viewport()
    axe_finds_nothing_by_day_and_night(page)
    opener.click()
    expect(units).to_be_hidden()


def test_no_label_of_a_choice_is_cut_off(page: Page, server: Server) -> None:
    page.goto(server.url + "/misconceptions?misconception=more-steps-more-weights")
    expect(page.get_by_role("radio", name="LSTM")).to_be_attached(timeout=KERAS_STARTS)
    for width in (768, 900, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wait_idle(page)
        boxes = [label.bounding_box() for label in page.locator(".segments label").all()]
        texts = page.locator(".segments span").evaluate_all(
            "(all) => all.map((each) => each.scrollWidth - each.clientWidth)"
        )
        assert max(texts) <= 0, width
        for one, two in itertools.pairwise(boxes):
            assert one is not None
            assert two is not None
            assert one["x"] + one["width"] <= two["x"] + 0.5 or two["y"] >= one["y"] + one["height"] - 0.5, width
