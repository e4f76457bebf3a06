"""A new user with one question: found, understood, predicted right on new dims, in under three minutes."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.watch import wait_idle

pytestmark = pytest.mark.motion

KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine


def test_from_a_question_to_a_right_prediction(page: Page, server: Server) -> None:
    page.goto(server.url + "/")
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    began = time.monotonic()
    page.get_by_label("Ask anything").fill("what does (None, 20, 5) mean?")
    page.get_by_role("link", name="What does (None, 20, 5) mean?").click()

    # The page is about the very shape that was asked about: in words, and drawn.
    expect(page).to_have_url(re.compile(r"array_shapes\?(?=.*timesteps=20)(?=.*features=5)"))
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)

    # The same shape in front of two LSTMs.
    page.goto(f"{server.url}/stacked_lstm?timesteps=20&features=5")
    answer = re.compile(r"^.None,\s20,\s5. is any number of sequences, 20 timesteps each, 5 features at")
    expect(page.get_by_text(answer)).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    first = page.locator(".flow .step").first
    expect(first.locator(".value")).to_have_text(["None", "20", "5"])
    first.get_by_role("button", name="timesteps 20").hover()
    expect(page.get_by_role("tooltip").filter(has_text="of Input sequence").first).to_be_visible()

    # New dims, predicted: first wrong, with the reason, then right.
    page.get_by_text("Predict first", exact=True).click()
    wait_idle(page)
    for name, value in (("timesteps", "11"), ("units_1", "8")):
        page.get_by_role("spinbutton", name=name, exact=True).fill(value)
        expect(page).to_have_url(re.compile(f"{name}={value}"))
        wait_idle(page)
    shape = page.get_by_role("textbox", name="Output shape", exact=True)
    shape.fill("(None, 11, 5)")
    shape.press("Enter")
    expect(page.get_by_text("level_1: shape differs")).to_be_visible()
    expect(page.get_by_text("This is units: units=8 of LSTM level_1.")).to_be_visible()
    wait_idle(page)
    shape.fill("(None, 4)")  # the second level drops the timesteps
    shape.press("Enter")
    expect(page.get_by_text("level_2: shape right")).to_be_visible()
    assert time.monotonic() - began < 180
