"""Lessons as a learner uses them, in a real browser on the real server. test_ten_parts.py goes through all of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from explainers.core.registry import all_explainers
from tests.browser.axe import axe_finds_nothing_by_day_and_night, fits_a_phone
from tests.browser.server import Server
from tests.browser.watch import wait_idle

KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine


def opened(page: Page, server: Server, path: str) -> Page:
    """A lesson's page with its diagram drawn."""
    page.goto(server.url + path)
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    return page


def dim(page: Page, name: str) -> Locator:
    return page.get_by_role("spinbutton", name=name, exact=True)


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_a_mistake_runs_for_real_and_64_readings_64_units_reads_4224_and_why(page: Page, server: Server) -> None:
    opened(page, server, "/simple_rnn")
    page.get_by_role("radio", name="Feed one feature too many").click()
    expect(page.get_by_text("found shape=(5, 6, 4)")).to_be_visible(timeout=30_000)
    wait_idle(page)
    page.get_by_role("button", name="64 readings, 64 units").click()
    expect(page.get_by_text("4,224").first).to_be_visible()
    wait_idle(page)
    assert query(page)["units"] == "64"
    assert query(page)["batch_size"] == "1000"
    ledger = page.get_by_label("Parameters of rnn")
    expect(ledger).to_contain_text("features × units")
    expect(ledger).to_contain_text("units × units")
    expect(ledger).to_contain_text("4,096")


def test_a_changed_dim_is_in_the_model_and_the_link_and_back_undoes_it(page: Page, server: Server) -> None:
    opened(page, server, "/simple_rnn?units=5")
    units = dim(page, "units")
    for value in ("8", "7"):
        units.fill(value)
        units.press("Enter")
        expect(page.get_by_role("button", name=re.compile(rf"^units {value}"))).not_to_have_count(0)
        expect(page).to_have_url(re.compile(rf"units={value}"))
        wait_idle(page)
    page.go_back()
    expect(units).to_have_value("8")
    expect(page).to_have_url(re.compile(r"units=8"))


def test_none_timesteps_a_dropped_return_sequences_and_the_fix(page: Page, server: Server) -> None:
    opened(page, server, "/stacked_lstm")
    page.get_by_role("button", name="timesteps None", exact=True).click()
    expect(page).to_have_url(re.compile(r"timesteps=None"))
    wait_idle(page)
    page.get_by_role("switch", name="return_sequences_1").click()
    expect(page.get_by_text("expected ndim=3, found ndim=2")).to_be_visible()
    expect(page.get_by_text("The missing axis: timesteps.").first).to_be_visible()
    wait_idle(page)
    page.get_by_role("button", name=re.compile("^return_sequences_1=True")).click()
    expect(page.get_by_text("expected ndim=3, found ndim=2")).to_have_count(0)
    wait_idle(page)
    assert query(page) == {"timesteps": "None"}
    expect(page.locator(".flow .step")).to_have_count(4)


def test_a_bad_value_in_a_link_is_corrected_and_one_that_is_typed_stays(page: Page, server: Server) -> None:
    opened(page, server, "/simple_rnn?units=abc&features=5")
    expect(page.get_by_text("units=abc was given; it must be a whole number from 1 to 2,000.")).to_be_visible()
    expect(dim(page, "units")).to_have_value("4")
    expect(dim(page, "features")).to_have_value("5")
    assert query(page) == {"features": "5"}
    dim(page, "units").fill("many")
    dim(page, "units").press("Enter")
    expect(page.get_by_text("units=many was given; it must be a whole number from 1 to 2,000.")).to_be_visible()
    expect(dim(page, "units")).to_have_value("many")
    expect(page.locator(".flow .step").first).to_be_visible()


def test_two_tabs_keep_their_own_dims_and_a_closed_one_comes_back(
    new_page: Callable[..., Page], server: Server
) -> None:
    one, other = new_page(), new_page()
    opened(one, server, "/simple_rnn?units=5")
    opened(other, server, "/simple_rnn?units=9")
    dim(one, "features").fill("7")
    dim(one, "features").press("Enter")
    expect(one).to_have_url(re.compile("features=7"))
    expect(dim(other, "features")).to_have_value("3")
    expect(dim(one, "units")).to_have_value("5")
    dim(one, "timesteps").fill("41")
    dim(one, "timesteps").press("Enter")
    expect(one).to_have_url(re.compile("timesteps=41"))
    address = one.url
    one.close()  # while its model is being built
    again = opened(new_page(), server, address.removeprefix(server.url))
    assert [dim(again, name).input_value() for name in ("units", "features", "timesteps")] == ["5", "7", "41"]


def test_home_shows_a_live_example_and_every_question(page: Page, server: Server) -> None:
    opened(page, server, "/")
    expect(page.locator(".flow .step")).to_have_count(4)
    for lesson in all_explainers().values():
        expect(page.get_by_text(lesson.question).first).to_be_visible()
    page.locator(".flow .value[aria-label='timesteps 20']").first.focus()
    page.keyboard.press("+")  # the example is changed right here, and its lesson opens with these sizes
    expect(page.locator(".flow .value[aria-label='timesteps 21']").first).to_be_focused()
    opens = page.get_by_role("link", name="Open this model and change everything")
    expect(opens).to_have_attribute("href", re.compile("timesteps=21"))
    axe_finds_nothing_by_day_and_night(page)
    fits_a_phone(page)
