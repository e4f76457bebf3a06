"""Fixtures of the browser tests: the real server, and pages that fail a test by what they say or where they call.

    def test_title(page, server):
        page.goto(server.url + "/conv1d")
        wait_idle(page)

A test fails, whatever it checks, if one of its pages logs an error, raises one, or asks any host but 127.0.0.1; and
if the shared server prints a traceback meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, ViewportSize

from scripts.chromium import installed, launch_args
from tests.browser.server import Server
from tests.browser.watch import LOGS, PAGES, check_all, watch_log, watch_page

HERE = Path(__file__).parent


def in_browser(item: pytest.Item) -> bool:
    """Whether a test is one of this folder's."""
    return item.path.is_relative_to(HERE)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark this folder's tests; here, because `-m` chooses before all tests are sorted."""
    item.add_marker("browser")
    # A browser on a busy machine misses a deadline now and then; a real fault fails twice (tests/repeats.py counts).
    item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put this folder's tests last, after pytest's own sorting by parameters, which would undo it.

    Last, because Playwright leaves an event loop running in the process where it has been: `asyncio.run` and Jupyter's
    client refuse to work after it. Of them the longest file first: a file is the work of one process, and the other
    has all the others.
    """
    items.sort(key=lambda item: (in_browser(item), item.path.name != "test_ten_parts.py"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A rerun starts with nothing seen."""
    item.stash[PAGES] = []
    item.stash[LOGS] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """After the test's own body: what its pages and the shared server had to say."""
    result = yield
    check_all(item)
    return result


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """An installed Chromium where there is one, else Playwright's own; no look-ups of outside hosts."""
    args: dict[str, Any] = {**browser_type_launch_args, "args": launch_args()}
    if path := installed():
        args["executable_path"] = path
    return args


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A laptop's window, light, in English, unless a test asks `new_page` for something else."""
    return {
        **browser_context_args,
        "viewport": {"width": 1280, "height": 900},
        "color_scheme": "light",
        "locale": "en-US",
    }


@pytest.fixture(scope="session")
def _session_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server") / "server.log")
    yield running
    running.stop()


@pytest.fixture
def server(request: pytest.FixtureRequest, _session_server: Server) -> Server:
    """The app's server, shared by the tests of a session, so leave it as it was. Its log is read after each test."""
    watch_log(request.node, _session_server)
    return _session_server


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """`fresh_server(app=..., args=[...], env={...})`: a server of one's own that nobody has visited yet."""
    started: list[Server] = []

    def start(**options: Any) -> Server:
        started.append(Server(tmp_path / f"server-{len(started)}.log", **options))
        return started[-1]

    yield start
    for running in started:
        running.stop()


class Contexts:
    """One context of the browser for each kind of options, kept through the session.

    Its caches hold Streamlit's front end, so a page opens in half the time; what pages store themselves is cleared.
    """

    def __init__(self, browser: Browser, defaults: dict[str, Any]) -> None:
        self._browser, self._defaults = browser, defaults
        self._kept: dict[str, BrowserContext] = {}

    def get(self, options: dict[str, Any]) -> BrowserContext:
        """The context with these options beside the defaults."""
        name = repr(sorted(options.items()))
        if name not in self._kept:
            self._kept[name] = self._browser.new_context(**{**self._defaults, **options})
        return self._kept[name]

    def tidy(self) -> None:
        """Close all pages; cookies and local storage go (session storage goes with its page)."""
        for name, context in list(self._kept.items()):
            try:
                for page in context.pages:
                    page.evaluate("location.protocol.startsWith('http') && localStorage.clear()")
                    page.close()
                context.clear_cookies()
            except Error:  # a page that was on its way elsewhere, or has crashed
                self._kept.pop(name).close()

    def close(self) -> None:
        for context in self._kept.values():
            context.close()


@pytest.fixture(scope="session")
def _contexts(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Contexts]:
    contexts = Contexts(browser, browser_context_args)
    yield contexts
    contexts.close()


@pytest.fixture
def new_page(request: pytest.FixtureRequest, _contexts: Contexts) -> Iterator[Callable[..., Page]]:
    """`new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")`: a watched page with nothing stored."""

    def opened(
        viewport: ViewportSize | None = None, color_scheme: Any = None, reduced_motion: Any = None, **options: Any
    ) -> Page:
        page = _contexts.get(options).new_page()
        watch_page(request.node, page)
        if viewport:
            page.set_viewport_size(viewport)
        if color_scheme or reduced_motion:
            page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        return page

    yield opened
    _contexts.tidy()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A watched page, 1280 pixels wide and light."""
    return new_page()
