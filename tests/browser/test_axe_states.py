"""WCAG 2.2 AA on states of pages that the other files' tests do not open: answered, found, failed, skipped."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import axe_finds_nothing_by_day_and_night
from tests.browser.server import Server
from tests.browser.watch import wait_idle

KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine


def flow(page: Page) -> None:
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)


def paste(page: Page) -> None:
    page.get_by_role("button", name="A few lines of Keras").click(timeout=KERAS_STARTS)
    expect(page.locator("#verdict")).to_be_visible(timeout=KERAS_STARTS)
    flow(page)


def search(page: Page) -> None:
    flow(page)
    page.get_by_label("Ask anything").fill("hidden_size")
    expect(page.get_by_role("link", name=re.compile("^units")).first).to_be_visible()


def try_out(page: Page) -> None:
    flow(page)
    expect(page.get_by_text("expected ndim=3, found ndim=2").first).to_be_visible()
    wait_idle(page)
    page.get_by_role("radio", name="The first level without return_sequences").click()
    expect(page.get_by_text("How to fix it")).to_have_count(2)


def skip_one(page: Page) -> None:
    flow(page)
    page.get_by_role("button", name="Skip this", exact=True).click()


STATES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "a pasted error, answered": ("/diagnose", paste),
    "something found": ("/", search),
    "a build that fails, and a mistake tried": ("/stacked_lstm?return_sequences_1=False&pin=defaults", try_out),
    "predict first": ("/sequence_set?predict=on", skip_one),
    "on a projector, call by call": ("/t_lstm?view=projector&section=calls", lambda page: None),
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(page: Page, server: Server, state: str) -> None:
    path, prepare = STATES[state]
    page.goto(server.url + path)
    prepare(page)
    wait_idle(page)
    axe_finds_nothing_by_day_and_night(page)
