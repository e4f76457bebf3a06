"""The watch over every browser test: what it must report, and what it must not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.server import Server
from tests.browser.watch import LOGS, ON_THIS_MACHINE, PAGES, STREAMLITS_SEARCH, Watch, wait_idle, watch_log

COUNTER = """
import time
import streamlit as st
if "broken" in st.query_params:
    1 / 0
if st.button("Add"):
    time.sleep(0.5)
    st.session_state["n"] = st.session_state.get("n", 0) + 1
st.text(f"count {st.session_state.get('n', 0)}")
"""


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of a small app; the last test of this file stops it."""
    folder = tmp_path_factory.mktemp("counter")
    app = folder / "counter.py"
    app.write_text(COUNTER)
    running = Server(folder / "server.log", app=app)
    yield running
    running.stop()


@pytest.fixture
def unwatched(context: BrowserContext) -> Page:
    """A page that may misbehave."""
    return context.new_page()


def problems_of(page: Page, body: str) -> list[str]:
    """What the watch reports of a page with this body, once there is something, or nothing after a while."""
    watch = Watch(page)
    page.set_content(body)
    heard(page, watch)
    return watch.problems


def heard(page: Page, watch: Watch, tenths: int = 100) -> None:
    """Return once the watch has heard of a problem, or after so many tenths of a second."""
    for _ in range(tenths):
        if watch.problems:
            return
        page.wait_for_timeout(100)


def test_a_quiet_page_has_no_problems(unwatched: Page) -> None:
    watch = Watch(unwatched)
    unwatched.set_content("<script>console.log('fine'); console.warn('fine too')</script>")
    heard(unwatched, watch, tenths=5)
    assert watch.problems == []


def test_a_console_error_is_reported(unwatched: Page) -> None:
    assert problems_of(unwatched, "<script>console.error('no such axis')</script>") == ["console error: no such axis"]


def test_an_uncaught_error_is_reported(unwatched: Page) -> None:
    assert problems_of(unwatched, "<script>setTimeout(() => { throw new Error('lost') })</script>") == [
        "uncaught in the page: lost"
    ]


def test_a_request_to_an_outside_host_is_reported(unwatched: Page) -> None:
    assert "request to an outside host: http://fonts.invalid/font.svg" in problems_of(
        unwatched, "<img src='http://fonts.invalid/font.svg'>"
    )


def test_the_browser_reaches_no_outside_address(unwatched: Page) -> None:
    """Not even a bare address, which needs no name look-up; 192.0.2.0/24 is set aside for documentation."""
    said = problems_of(unwatched, "<img src='http://192.0.2.1/pixel.png'>")
    assert any("ERR_NAME_NOT_RESOLVED" in sentence for sentence in said), said


def test_problems_fail_the_check(unwatched: Page) -> None:
    watch = Watch(unwatched)
    watch.check()
    unwatched.set_content("<script>console.error('no such axis')</script>")
    heard(unwatched, watch)
    with pytest.raises(AssertionError, match="no such axis"):
        watch.check()


def failed_by_the_hook(test: pytest.Item) -> str:
    """What pytest's hook around this folder's tests says of this one; after it, nothing is held against it."""
    hooks = test.config.hook.pytest_runtest_call.get_hookimpls()
    hook = next(
        one.function for one in hooks if Path(one.function.__code__.co_filename).parent == Path(__file__).parent
    )
    around = hook(test)
    next(around)
    with pytest.raises(AssertionError) as failed:
        around.send(None)
    test.stash[PAGES], test.stash[LOGS] = [], []
    return str(failed.value)


def test_a_page_with_an_error_fails_its_test(request: pytest.FixtureRequest, page: Page) -> None:
    page.goto("about:blank")  # off the app's address: its policy lets no script of a test run
    page.set_content("<script>console.error('no such axis')</script>")
    heard(page, request.node.stash[PAGES][-1])
    assert failed_by_the_hook(request.node) == "console error: no such axis"


def test_a_page_that_calls_outside_fails_its_test(
    request: pytest.FixtureRequest, new_page: Callable[..., Page]
) -> None:
    narrow = new_page(viewport={"width": 390, "height": 844})
    narrow.goto("about:blank")
    narrow.set_content("<img src='http://fonts.invalid/font.svg'>")
    heard(narrow, request.node.stash[PAGES][-1])
    assert "request to an outside host: http://fonts.invalid/font.svg" in failed_by_the_hook(request.node)


def test_a_traceback_of_the_server_fails_the_test(request: pytest.FixtureRequest, page: Page, counter: Server) -> None:
    watch_log(request.node, counter)
    page.goto(f"{counter.url}/?broken=yes")
    wait_idle(page)
    assert "ZeroDivisionError" in failed_by_the_hook(request.node)


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("http://127.0.0.1:8501/conv1d", True),
        ("ws://127.0.0.1:8501/_stcore/stream", True),
        ("data:image/png;base64,AA==", True),
        ("blob:http://127.0.0.1:8501/0b1c", True),
        ("http://127.0.0.1.example/x", False),
        ("https://data.streamlit.io/metrics.json", False),
        ("https://fonts.example/?from=http://127.0.0.1/", False),
    ],
)
def test_addresses_on_this_machine(url: str, ours: bool) -> None:
    assert bool(ON_THIS_MACHINE.match(url)) is ours


def test_wait_idle_waits_for_the_rerun(page: Page, counter: Server) -> None:
    page.goto(counter.url)
    wait_idle(page)
    page.get_by_role("button", name="Add").click()
    wait_idle(page)
    assert page.get_by_test_id("stText").inner_text() == "count 1"


def test_a_deep_link_is_no_problem(page: Page, counter: Server) -> None:
    answers: list[tuple[str, int]] = []
    page.on("response", lambda response: answers.append((response.url, response.status)))
    url = counter.url
    page.goto(f"{url}/deep_link")
    wait_idle(page)
    missing = {address for address, status in answers if status == 404}
    assert missing == {f"{url}/deep_link/_stcore/health", f"{url}/deep_link/_stcore/host-config"}


@pytest.mark.parametrize("path", ["_stcore/health", "deep_link/static/lost.js", "deep_link/_stcore/stream"])
def test_other_missing_addresses_are_problems(path: str) -> None:
    assert not STREAMLITS_SEARCH.fullmatch(f"http://127.0.0.1:8501/{path}")


def test_a_server_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"did not start(.|\n)*nowhere\.py"):
        Server(tmp_path / "server.log", app=Path("nowhere.py"))


def test_a_stopped_server_is_gone(counter: Server) -> None:
    assert counter.healthy()
    assert counter.stop() == 0
    assert not counter.healthy()
