"""Fixtures of the browser tests: the real server, and pages that fail a test by what they say or where they call.

    def test_title(page, server):
        page.goto(server.url + "/conv1d")
        wait_idle(page)

A test fails, whatever it checks, if one of its pages logs an error, raises one, or asks any host but 127.0.0.1; and
if the shared server prints a traceback meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, ViewportSize

from scripts.chromium import installed, launch_args
from tests.browser.one_server import OneServer
from tests.browser.server import Running, Server
from tests.browser.watch import LOGS, PAGES, check_all, unwatch_pages, watch_log, watch_page
from tests.shared import FOLDER

HERE = Path(__file__).parent
SHARE = pytest.StashKey[OneServer]()
# A test's page lives for seconds, in which to optimize its code doesn't pay off; a second page shares the first one's.
SHORT_LIVED = ("--js-flags=--no-maglev --no-turbofan", "--renderer-process-limit=1")
LONGEST = (
    "test_ten_parts.py",
    "test_class.py",
    "test_windowed_forecast.py",
    "test_rail.py",
    "test_your_model.py",
    "test_way_in.py",
    "test_axe_states.py",
    "test_classroom.py",
)


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
    client refuse to work after it. Of them the longest files first: a file is the work of one process, and
    who comes to the end with a long one lets the others wait.
    """
    place = {HERE / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (in_browser(item), place.get(item.path, len(place))))


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
    args: dict[str, Any] = {**browser_type_launch_args, "args": [*launch_args(), *SHORT_LIVED]}
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
def _session_server(request: pytest.FixtureRequest) -> Running:
    share = OneServer(Path(os.environ[FOLDER]))
    request.config.stash[SHARE] = share
    return share.join()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Here, and not at the fixture's end, which is part of a test and has its time limit: others may be at work yet."""
    if share := session.config.stash.get(SHARE, None):
        share.leave()


@pytest.fixture
def server(request: pytest.FixtureRequest, _session_server: Running) -> Running:
    """The app's server, shared by all tests of a run, so leave it as it was. Its log is read after each test."""
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
    """One context of the browser for each kind of options, and one page in it, kept through the session.

    A page that goes to its next address keeps its process, with Streamlit's front end compiled: that takes half the
    processor time of a new page, and most of a browser test is the opening of pages. What pages store is cleared.
    """

    def __init__(self, browser: Browser, defaults: dict[str, Any]) -> None:
        self._browser, self._defaults = browser, defaults
        self._kept: dict[str, BrowserContext] = {}
        self._taken: list[Page] = []

    def page(self, options: dict[str, Any]) -> Page:
        """A page with nothing stored, in the context with these options beside the defaults."""
        context = self._context(options)
        free = [page for page in context.pages if page not in self._taken]
        page = free[0] if free else context.new_page()
        self._taken.append(page)
        return page

    def _context(self, options: dict[str, Any]) -> BrowserContext:
        name = repr(sorted(options.items()))
        if name not in self._kept:
            self._kept[name] = self._browser.new_context(**{**self._defaults, **options})
        return self._kept[name]

    def tidy(self) -> None:
        """Leave one page in each context, as if it were new; what was stored goes."""
        self._taken.clear()
        for name, context in list(self._kept.items()):
            try:
                for page in context.pages[1:]:
                    page.close()
                for page in context.pages:
                    emptied(page)
                context.clear_cookies()
                context.clear_permissions()
            except Error:  # a page that was on its way elsewhere, has crashed, or has lost its server
                self._kept.pop(name).close()

    def close(self) -> None:
        for context in self._kept.values():
            context.close()


def emptied(page: Page) -> None:
    """Away from the app, so that its session ends, but not from its server, so that the process stays.

    Playwright's Error where the server is gone.
    """
    server = urlsplit(page.url)
    if server.scheme != "http":
        page.close()
        return
    page.goto(f"{server.scheme}://{server.netloc}/_stcore/health")
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.mouse.move(0, 0)


@pytest.fixture(scope="session")
def _contexts(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Contexts]:
    contexts = Contexts(browser, browser_context_args)
    yield contexts
    contexts.close()


@pytest.fixture
def new_page(
    request: pytest.FixtureRequest, _contexts: Contexts, browser_context_args: dict[str, Any]
) -> Iterator[Callable[..., Page]]:
    """`new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")`: a watched page with nothing stored.

    It asks for no motion unless the test is marked `motion`: to draw what moves is a tenth of all that a browser does.
    """
    motion = "no-preference" if request.node.get_closest_marker("motion") else "reduce"

    def opened(
        viewport: ViewportSize | None = None, color_scheme: Any = None, reduced_motion: Any = None, **options: Any
    ) -> Page:
        page = _contexts.page(options)
        watch_page(request.node, page)
        page.set_viewport_size(viewport or browser_context_args["viewport"])
        page.emulate_media(
            media="null",
            color_scheme=color_scheme or browser_context_args["color_scheme"],
            reduced_motion=reduced_motion or motion,
        )
        return page

    yield opened
    unwatch_pages(request.node)
    _contexts.tidy()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A watched page, 1280 pixels wide and light."""
    return new_page()
