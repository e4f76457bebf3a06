"""The lessons' own pictures that answer to pointing and stepping: the kernel over the steps, the product cell by cell,
the memory that fades, the average."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from explainers.core.explaining import explain
from explainers.core.registry import find_explainer
from tests.browser.server import Server
from tests.browser.watch import in_sight, wait_idle

pytestmark = pytest.mark.motion

READY = 60_000  # milliseconds; the first page of a server waits for Keras


def lit(page: Page, row: int) -> list[str]:
    """The steps of a row that are marked as read."""
    return page.locator(f'.slide .cell.lit[data-place^="{row}:"]').evaluate_all(
        "cells => cells.map(cell => cell.dataset.place.split(':')[1])"
    )


def test_the_kernel_moves_by_pointing_by_keyboard_and_by_buttons_and_its_words_fit_a_phone(
    page: Page, server: Server
) -> None:
    page.goto(f"{server.url}/conv1d?kernel_size=2&strides=1&steps=9&padding=causal&dilation_rate=3")
    said = page.locator('.sx[data-component="conv1d"] .said')
    expect(said).to_have_text("Step 0 of conv_1 reads step 0 of signal and 1 zero of padding.", timeout=READY)
    page.locator('.slide [data-place="1:7"]').hover()
    expect(said).to_have_text("Step 7 of conv_1 reads steps 4 and 7 of signal.")
    assert lit(page, 0) == ["4", "7"]
    page.mouse.move(2, 2)
    page.locator('.slide [data-place="1:0"]').focus()
    page.keyboard.press("End")
    expect(said).to_have_text("Step 8 of conv_1 reads steps 5 and 8 of signal.")
    page.keyboard.press("ArrowUp")
    expect(said).to_have_text("Step 8 of signal feeds step 8 of conv_1.")
    page.keyboard.press("ArrowLeft")
    expect(page.locator('.slide [data-place="0:7"]')).to_be_focused()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(said).to_have_text("Step 6 of signal feeds step 6 of conv_1.")
    the_words_above_the_steps_fit_a_phone(page)


def the_words_above_the_steps_fit_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    wait_idle(page)
    room = page.locator(".sliding .scroll").evaluate("box => box.clientWidth")
    ends = page.locator(".slide .row-title").evaluate_all(
        "all => all.map(text => text.getBBox().x + text.getBBox().width)"
    )
    assert len(ends) > 3  # the title of the layer takes several lines
    assert max(ends) <= room


def test_a_kernel_without_a_place_is_held_against_the_steps(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/conv1d?steps=1&channels=133906&filters=1&strides=1")
    expect(page.locator(".slide .row-title .bad")).to_have_text("conv_1: kernel_size 3, but only 1 step", timeout=READY)
    expect(page.locator(".slide .tap")).to_have_count(3)
    expect(page.locator(".slide .tap.off")).to_have_count(2)


def test_a_weight_lights_every_element_that_it_serves_and_the_product_goes_by_keyboard(
    page: Page, server: Server
) -> None:
    page.goto(f"{server.url}/hadamard?timesteps=4&features=5&kernel=column")
    product = page.locator('.sx[data-component="hadamard"]')
    product.locator('[data-place="w:0:2"]').hover(timeout=READY)
    edges = page.locator("[data-component=ledger] .drawing .edge")
    expect(edges).to_have_text(["1", "5 features", "1"])  # a 1 that stretches has no other name
    here = product.locator("td.here").evaluate_all("cells => cells.map(cell => cell.dataset.place)")
    same = product.locator("td.same").evaluate_all("cells => cells.map(cell => cell.dataset.place)")
    assert here == ["x:0:2", "w:0:2", "y:0:2"]
    assert same == [f"{part}:{row}:2" for part in "xwy" for row in (1, 2, 3)]
    expect(product.locator(".said")).to_contain_text("This weight serves 4 of the elements drawn here.")

    page.mouse.move(2, 2)
    product.locator('[data-place="x:0:0"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect(product.locator('[data-place="w:1:0"]')).to_be_focused()
    expect(product.locator(".said")).to_contain_text("Row 1, column 0")


def test_what_is_packed_into_each_call_is_stepped_through_here(page: Page, server: Server) -> None:
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(f"{server.url}/multi_output_cell?timesteps=3&features=6&latent=2&units=4&extra_units=5")
    expect(page.get_by_role("heading", name="Code, summary and export")).to_be_visible(timeout=READY)
    wait_idle(page)
    a_flow_with_branches_wraps_before_it_leaves_the_page(page)
    in_sight(page)
    packing = page.locator('.sx[data-component="packing"]')
    expect(packing.locator(".said")).to_contain_text("Call for timestep 0:", timeout=READY)
    expect(packing.locator(".pieces .what")).to_have_text([
        "x_t 6 features, columns 0 to 5", "latent 2 latent, columns 6 to 7", "h_t-1 4 units, columns 0 to 3",
        "h 4 units, columns 0 to 3", "extra 5 extra_units, columns 4 to 8",
    ])  # fmt: skip
    state, latent = packing.locator(".first").nth(2), packing.locator(".first").nth(1).inner_text()
    expect(state).to_have_text("0, 0, 0, 0")
    came_out = packing.locator(".first").nth(3).inner_text()
    wait_idle(page)
    sent.clear()
    packing.get_by_role("button", name="Next").click()
    expect(packing.locator(".said")).to_contain_text("Call for timestep 1:")
    expect(state).to_have_text(came_out)  # what came out goes in again
    packing.locator(".scrub").fill("2")
    expect(packing.locator(".said")).to_contain_text("Call for timestep 2:")
    expect(packing.locator(".first").nth(1)).to_have_text(latent)  # the same at every call
    assert sent == []


def a_flow_with_branches_wraps_before_it_leaves_the_page(page: Page) -> None:
    split = page.locator('.flow [data-key="split:1"]')
    assert page.locator(".flow .scroll").evaluate("box => box.scrollWidth - box.clientWidth") <= 0
    here, before = split.bounding_box(), page.locator('.flow [data-key="rnn:1"]').bounding_box()
    assert here is not None
    assert before is not None
    assert here["y"] > before["y"] + before["height"]


def listen(page: Page) -> list[str | bytes]:
    """Messages that the page sends to the server from its next load on."""
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    return sent


def test_the_memory_fades_visit_by_visit_without_asking_the_server(page: Page, server: Server) -> None:
    lesson = find_explainer("t_lstm")
    visits = explain(lesson, lesson.dims(timesteps=4, units=3)).extra["visits"]  # type: ignore[index]
    sent = listen(page)
    page.goto(f"{server.url}/t_lstm?timesteps=4&units=3")
    decay = page.locator('.sx[data-component="decay"]')
    expect(page.locator(".flow .step").first).to_be_visible(timeout=READY)
    in_sight(page)
    said = decay.locator(".said")
    expect(said).to_contain_text("Timestep 2, day 33: Δt is 30 days", timeout=READY)
    wait_idle(page)
    before = len(sent)
    decay.get_by_role("button", name="Next", exact=True).click()
    decay.get_by_role("radio", name="1", exact=True).click()
    visit = visits[3]
    short, kept = (float(f"{each[1]:.3g}") for each in (visit.short, visit.discounted))
    expect(said).to_contain_text(f"Timestep 3, day 35: Δt is 2 days and g(Δt) is {visit.g:.3g}")
    goes = f"goes from {short:g} to {kept:g}.".replace("-", "−")
    expect(said).to_contain_text(f"unit 1's short-term memory {goes}")
    row = decay.get_by_role("row", name="long-term memory")
    expect(row.get_by_role("cell").last).to_have_text(f"{float(f'{visit.long[1]:.3g}'):g}".replace("-", "−"))
    decay.locator(".stage").click(position={"x": 60, "y": 250})
    expect(said).to_contain_text("Timestep 0, day 0")
    decay.get_by_role("radio", name="1", exact=True).press("ArrowRight")
    expect(decay.get_by_role("radio", name="2", exact=True)).to_be_checked()
    assert len(sent) == before


def test_the_average_unit_by_unit(page: Page, server: Server) -> None:
    lesson = find_explainer("sequence_set")
    extra = explain(lesson, lesson.dims(sequences=3, units=4)).extra
    page.goto(f"{server.url}/sequence_set?sequences=3&units=4")
    in_sight(page)
    average = page.locator('.sx[data-component="average"]')
    expect(average.get_by_role("columnheader", name="unit 3")).to_be_visible(timeout=READY)
    wait_idle(page)
    average.get_by_role("row", name="sequence 1").get_by_role("cell").nth(2).click()
    mean = np.mean([row[2] for row in extra["answers"]])  # type: ignore[index]
    shown = f"{float(f'{mean:.3g}'):g}"
    wanted = f"/ 3 = {shown}." if mean >= 0 else f"/ 3 = (−{shown[1:]})."
    expect(average.locator(".said")).to_have_text(re.compile(f"^Unit 2: .*{re.escape(wanted)}$"))
