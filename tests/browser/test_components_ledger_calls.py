"""The ledger and the calls in a real browser, over hand-made results (no Keras)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import EVERY_RULE, axe_finds_nothing, axe_finds_nothing_by_day_and_night, fits_a_phone
from tests.browser.server import Server
from tests.browser.watch import wait_idle
from tests.parts import standing_for

pytestmark = pytest.mark.motion

APP = Path(__file__).parent / "apps" / "components_ledger_calls.py"
SMALL_TARGETS = """roots => roots.flatMap(root => [...root.querySelectorAll("button:not(.num), input")])
    .map(node => node.getBoundingClientRect()).filter(box => box.height < 24 || box.width < 24).length"""
SMALL_TEXT = """roots => roots.flatMap(root => [...root.querySelectorAll("*")])
    .filter(node => [...node.childNodes].some(kid => kid.nodeType === 3 && kid.data.trim()))
    .filter(node => parseFloat(getComputedStyle(node).fontSize) < 12).map(node => node.outerHTML)"""


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The components' own page, shared by the tests of this file."""
    running = Server(tmp_path_factory.mktemp("parts") / "server.log", app=APP)
    yield running
    running.stop()


def opened(page: Page, server: Server, sample: str = "lstm") -> Page:
    page.goto(f"{server.url}/?sample={sample}")
    expect(page.locator(".calls .cell.now")).to_be_visible(timeout=30_000)
    return page


def where(page: Page) -> Locator:
    return page.locator(".where b")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def test_the_ledger_shows_formula_sum_and_total_lights_its_numbers_in_the_calls_and_goes_by_keys(
    page: Page, parts: Server
) -> None:
    opened(page, parts)
    kernel = page.get_by_role("listitem").filter(has_text="recurrent_kernel")
    expect(kernel.locator(".words")).to_have_text("units × 4 × units")
    expect(kernel.locator(".numbers")).to_have_text("5 × 4 × 5 =")
    expect(kernel.locator(".count")).to_have_text("100")
    expect(page.locator(".layer-sum")).to_have_text("LSTM lstm_160 + 100 + 20 =180parameters")
    expect(page.locator(".total p").first).to_have_text(
        "lstm_1 180 + lstm_2 160 + dense 10 = 350 = model.count_params()"
    )

    page.locator(".weights .numbers .num").first.click()
    expect(page.get_by_role("tooltip")).to_contain_text("3 features · features of sequence.shape[1]")
    expect(page.locator(".calls .num.lit").first).to_have_text("3")

    first = page.get_by_role("radiogroup", name="Layer").first.get_by_role("radio", name="lstm_1")
    first.focus()
    first.press("ArrowLeft")
    chosen = page.get_by_role("radio", name="dense")
    expect(chosen).to_be_focused()
    expect(chosen).to_have_attribute("aria-checked", "true")
    expect(page.locator(".layer-sum .count")).to_have_text("10")


def test_a_hidden_ledger_shows_no_counts_and_values_that_are_no_numbers_are_words(page: Page, parts: Server) -> None:
    opened(page, parts, "inf")
    expect(page.locator(".weights li")).to_have_count(0)
    expect(page.locator(".layer-sum .count")).to_have_text("?")
    page.locator(".scrub").fill("4")
    expect(page.locator("[data-key='states h_t-1'] .value.bad")).to_have_text(["inf"] * 4)
    expect(page.locator("[data-key='new_states h_t'] .value.bad")).to_have_text(["nan"] * 4)


def test_stepping_by_buttons_keys_and_memory_asks_the_server_nothing(page: Page, parts: Server) -> None:
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    opened(page, parts)
    wait_idle(page)
    sent.clear()
    expect(where(page)).to_have_text("t = 0")  # not the probe: the first call that counts
    for name, text in (("Next", "t = 1"), ("Next", "t = 2"), ("Back", "t = 1"), ("First", "probe")):
        button(page, name).click()
        expect(where(page)).to_have_text(text)
    expect(page.locator(".where")).to_contain_text("Keras tries the cell on timestep 0")
    page.locator(".scrub").fill("7")
    expect(where(page)).to_have_text("t = 6")

    button(page, "First").click()
    button(page, "Next").click()
    now = page.locator(".cell.now")
    now.focus()
    steps = {"ArrowRight": "timestep 1", "End": "timestep 6", "ArrowLeft": "timestep 5", "Home": "probe"}
    for key, name in steps.items():
        page.keyboard.press(key)
        expect(now).to_have_attribute("aria-label", re.compile(name))
        expect(now).to_be_focused()

    mark = page.locator(".heat text").filter(has_text=re.compile("^4$")).last
    box, heat = mark.bounding_box(), page.locator(".heat").bounding_box()
    assert box is not None
    assert heat is not None
    page.locator(".heat").click(position={"x": box["x"] + box["width"] / 2 - heat["x"], "y": 30})
    expect(where(page)).to_have_text("t = 4")
    assert sent == []


def test_values_are_rows_with_signs_play_goes_on_by_itself_and_space_pauses(page: Page, parts: Server) -> None:
    opened(page, parts)
    before = page.locator("[data-key='states c_t-1'] .value")
    expect(before).to_have_text(["0.00"] * 5)
    after = page.locator("[data-key='new_states c_t'] .value").all_inner_texts()
    assert all(re.fullmatch(r"[+−]\d\.\d+", text) for text in after)
    button(page, "Next").click()
    expect(before).to_have_text(after)  # what came out goes in again
    expect(page.locator("[data-key='outputs y_t'] .twin")).to_have_text("the same numbers as ht")

    page.locator(".cell.now").focus()
    page.keyboard.press(" ")
    expect(button(page, "Pause")).to_be_visible()
    expect(where(page)).to_have_text("t = 3", timeout=5_000)
    page.locator(".cell.now").focus()
    page.keyboard.press(" ")
    expect(button(page, "Play")).to_be_visible()
    stopped = where(page).inner_text()
    page.wait_for_timeout(1_200)
    assert where(page).inner_text() == stopped


def test_place_is_kept_over_a_rerun_while_it_exists(page: Page, parts: Server) -> None:
    opened(page, parts)
    page.locator(".calls").get_by_role("radio", name="lstm_2").click()
    page.locator(".calls").get_by_role("radio", name="3", exact=True).click()
    page.locator(".scrub").fill("5")
    timesteps = page.get_by_role("spinbutton", name="timesteps")
    for steps, place in ((9, "t = 4"), (2, "t = 1")):
        timesteps.fill(str(steps))
        timesteps.press("Enter")
        expect(page.get_by_text(f"Python has {steps} timesteps")).to_be_visible()
        expect(where(page)).to_have_text(place)
        expect(page.locator(".cell")).to_have_count(steps + 1)
    expect(page.locator(".calls").get_by_role("radio", name="lstm_2")).to_have_attribute("aria-checked", "true")
    expect(page.locator(".calls").get_by_role("radio", name="3", exact=True)).to_have_attribute("aria-checked", "true")


@pytest.mark.parametrize("sample", standing_for(("lstm", "long", "custom", "inf"), "lstm", "custom"))
def test_everybody_can_read_it(new_page: Callable[..., Page], parts: Server, sample: str) -> None:
    page = opened(new_page(reduced_motion="reduce"), parts, sample)
    axe_finds_nothing_by_day_and_night(page, EVERY_RULE, within=".stMain")
    big_enough(page)
    fits_a_phone(page)
    big_enough(page)


def test_a_long_chain_scrolls_to_the_current_call_and_everybody_can_read_it_in_a_narrow_page(
    new_page: Callable[..., Page], parts: Server
) -> None:
    page = opened(new_page(reduced_motion="reduce"), parts, "long")
    page.locator(".scrub").fill("50")
    expect(page.locator(".cell.now")).to_be_in_viewport(ratio=1)
    assert page.locator(".strip").evaluate("strip => strip.scrollLeft") > 0
    fits_a_phone(page)
    axe_finds_nothing(page, EVERY_RULE, within=".stMain")
    big_enough(page)


def big_enough(page: Page) -> None:
    """Nothing is too small to be hit or to be read."""
    roots = page.locator(".sx")
    assert roots.evaluate_all(SMALL_TARGETS) == 0
    assert roots.evaluate_all(SMALL_TEXT) == []
