"""The first two lessons as a learner uses them, in a real browser on the real server."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from explainers.core.registry import all_explainers
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


def test_a_deep_link_is_the_first_request_of_a_fresh_server(page: Page, fresh_server: Callable[..., Server]) -> None:
    """The frame is there (menu, title), and so is the page that was asked for, with the dims of the link."""
    server = fresh_server()
    page.goto(server.url + "/stacked_lstm?units_1=9")
    expect(page.get_by_role("heading", level=1)).to_have_text("What do the three numbers in (None, 20, 1) mean?")
    expect(page.get_by_text("Keras is starting on this server")).to_be_visible()
    expect(page.get_by_role("button", name="Explainers")).to_be_visible()
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    expect(dim(page, "units_1")).to_have_value("9")
    expect(page.get_by_text("Keras is starting on this server")).to_have_count(0)


def test_64_readings_64_units_reads_4224_and_why(page: Page, server: Server) -> None:
    opened(page, server, "/simple_rnn")
    page.get_by_role("button", name="64 readings, 64 units").click()
    expect(page.get_by_text("4,224").first).to_be_visible()
    wait_idle(page)
    assert query(page)["units"] == "64"
    assert query(page)["batch_size"] == "1000"
    ledger = page.get_by_label("Parameters of rnn")
    expect(ledger).to_contain_text("features × units")
    expect(ledger).to_contain_text("units × units")
    expect(ledger).to_contain_text("4,096")


def test_changing_a_dim_changes_model_and_link(page: Page, server: Server) -> None:
    opened(page, server, "/simple_rnn")
    units = dim(page, "units")
    units.fill("7")
    units.press("Enter")
    expect(page.get_by_role("button", name=re.compile(r"^units 7"))).not_to_have_count(0)
    expect(page).to_have_url(re.compile(r"units=7"))
    wait_idle(page)
    page.reload()
    expect(dim(page, "units")).to_have_value("7", timeout=KERAS_STARTS)


def test_back_undoes_the_last_change(page: Page, server: Server) -> None:
    opened(page, server, "/simple_rnn?units=5")
    dim(page, "units").fill("8")
    dim(page, "units").press("Enter")
    expect(page).to_have_url(re.compile(r"units=8"))
    wait_idle(page)
    page.go_back()
    expect(dim(page, "units")).to_have_value("5")
    expect(page).to_have_url(re.compile(r"units=5"))


def test_none_timesteps_a_dropped_return_sequences_and_the_fix(page: Page, server: Server) -> None:
    opened(page, server, "/stacked_lstm")
    page.get_by_role("button", name="timesteps None", exact=True).click()
    expect(page).to_have_url(re.compile(r"timesteps=None"))
    wait_idle(page)
    page.get_by_role("switch", name="return_sequences_1").click()
    expect(page.get_by_text("expected ndim=3, found ndim=2")).to_be_visible()
    expect(page.get_by_text("The axis that is missing: timesteps.").first).to_be_visible()
    wait_idle(page)
    page.get_by_role("button", name=re.compile("^return_sequences_1=True")).click()
    expect(page.get_by_text("expected ndim=3, found ndim=2")).to_have_count(0)
    wait_idle(page)
    assert query(page) == {"timesteps": "None"}
    expect(page.locator(".flow .step")).to_have_count(4)


def test_a_bad_value_in_a_link_is_corrected_with_a_notice(page: Page, server: Server) -> None:
    opened(page, server, "/simple_rnn?units=abc&features=5")
    expect(page.get_by_text("units=abc was given; it must be a whole number from 1 to 2,000.")).to_be_visible()
    expect(dim(page, "units")).to_have_value("4")
    expect(dim(page, "features")).to_have_value("5")
    assert query(page) == {"features": "5"}


def test_bad_input_keeps_what_was_typed(page: Page, server: Server) -> None:
    opened(page, server, "/simple_rnn")
    dim(page, "units").fill("many")
    dim(page, "units").press("Enter")
    expect(page.get_by_text("units=many was given; it must be a whole number from 1 to 2,000.")).to_be_visible()
    expect(dim(page, "units")).to_have_value("many")
    expect(page.locator(".flow .step").first).to_be_visible()


def test_a_demonstration_runs_for_real(page: Page, server: Server) -> None:
    opened(page, server, "/simple_rnn")
    page.get_by_role("radio", name="Feed one feature too many").click()
    expect(page.get_by_text("found shape=(5, 6, 4)")).to_be_visible(timeout=30_000)


def test_two_tabs_keep_their_own_dims(new_page: Callable[..., Page], server: Server) -> None:
    one, other = new_page(), new_page()
    opened(one, server, "/simple_rnn?units=5")
    opened(other, server, "/simple_rnn?units=9")
    dim(one, "features").fill("7")
    dim(one, "features").press("Enter")
    expect(one).to_have_url(re.compile("features=7"))
    expect(dim(other, "features")).to_have_value("3")
    expect(dim(one, "units")).to_have_value("5")


def test_home_shows_a_live_example_and_every_question(page: Page, server: Server) -> None:
    page.goto(server.url + "/")
    expect(page.locator(".flow .step")).to_have_count(4, timeout=KERAS_STARTS)
    for lesson in all_explainers().values():
        expect(page.get_by_text(lesson.question).first).to_be_visible()


@pytest.mark.parametrize("path", ["/", *(f"/{name}" for name in all_explainers())])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(new_page: Callable[..., Page], server: Server, path: str, scheme: str) -> None:
    page = opened(new_page(color_scheme=scheme), server, path)
    page.wait_for_timeout(500)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert not found.response["violations"], found.generate_report()


@pytest.mark.parametrize("path", ["/", *(f"/{name}" for name in all_explainers())])
def test_a_phone_needs_no_sideways_scrolling(new_page: Callable[..., Page], server: Server, path: str) -> None:
    page = opened(new_page(viewport={"width": 390, "height": 844}), server, path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
