"""What every browser test watches beside its own subject: the page's console, its errors, where its requests go."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Error, Page, Request, WebSocket

from tests.browser.server import Running

# http and ws to this machine alone; data: and blob: never leave the page.
ON_THIS_MACHINE = re.compile(r"(?:(?:https?|wss?)://127\.0\.0\.1(?::\d+)?(?:/|$)|data:|blob:|about:)")
# On a deep link Streamlit's front end first looks for its server below the page's own address, and Chromium logs both
# answers "404"; the next try, without the page, finds it.
STREAMLITS_SEARCH = re.compile(r"http://127\.0\.0\.1:\d+/\w+/_stcore/(?:health|host-config)")
IDLE_SECONDS = 60
REST = 150  # ms
AT_REST = """([rest, most]) => new Promise((done) => {
  const began = performance.now();
  let since = began;
  const look = () => {
    const { testConnectionState: connection, testScriptState: script }
      = document.querySelector("[data-testid=stApp]")?.dataset ?? {};
    const drawn = !document.querySelector("[data-stale=true], [data-testid=stSkeleton]")
      && [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
        .every(({ shadowRoot: part }) => part?.querySelector("[data-component]:not([data-asking])"));
    const now = performance.now();
    if (connection !== "CONNECTED" || script !== "notRunning" || !drawn) since = now;
    if (now - since >= rest) done(true);
    else if (now - began >= most) done(false);
    else setTimeout(look, 25);
  };
  look();
})"""

PAGES = pytest.StashKey[list["Watch"]]()
LOGS = pytest.StashKey[list[tuple[Running, int]]]()


class Watch:
    """Collects from `page`, from now on, what no test may see: `problems`, each one sentence."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        self._page = page
        self._heard: dict[Any, Callable[[Any], None]] = {
            "console": self._console,
            "pageerror": self._page_error,
            "request": self._request,
            "websocket": self._socket,
        }
        for event, handler in self._heard.items():
            page.on(event, handler)

    def _console(self, message: ConsoleMessage) -> None:
        where = message.location.get("url") or ""
        if message.type == "error" and not STREAMLITS_SEARCH.fullmatch(where):
            self.problems.append(f"console error: {message.text}" + (f" ({where})" if where else ""))

    def _page_error(self, error: Error) -> None:
        self.problems.append(f"uncaught in the page: {error.message}")

    def _request(self, request: Request) -> None:
        self._address(request.url)

    def _socket(self, socket: WebSocket) -> None:
        self._address(socket.url)

    def _address(self, url: str) -> None:
        if not ON_THIS_MACHINE.match(url):
            self.problems.append(f"request to an outside host: {url}")

    def stop(self) -> None:
        """Hear nothing more: the page goes on to another test."""
        for event, handler in self._heard.items():
            self._page.remove_listener(event, handler)

    def check(self) -> None:
        """Raise AssertionError with all problems seen so far."""
        assert not self.problems, "\n".join(self.problems)


def watch_page(test: pytest.Item, page: Page) -> None:
    """From now on, what goes wrong in `page` fails `test`."""
    test.stash.setdefault(PAGES, []).append(Watch(page))


def unwatch_pages(test: pytest.Item) -> None:
    """The test is over; what its pages do from now on is not its affair."""
    for watch in test.stash.get(PAGES, []):
        watch.stop()


def watch_log(test: pytest.Item, server: Running) -> None:
    """From now on, a traceback in the log of `server` fails `test`."""
    test.stash.setdefault(LOGS, []).append((server, len(server.log())))


def check_all(test: pytest.Item) -> None:
    """Raise AssertionError if a watched page had a problem or a watched server printed a traceback."""
    for watch in test.stash.get(PAGES, []):
        watch.check()
    for server, length_before in test.stash.get(LOGS, []):
        said = server.log()[length_before:]
        assert "Traceback (most recent call last)" not in said, f"The server printed a traceback:\n{said}"


def wait_idle(page: Page) -> None:
    """Return when the app has run to its end, with the page and our components drawn and no element marked stale.

    A change made just before starts its rerun a moment later, so the app must be at rest for a while. The page itself
    watches: asking from here, again and again, took a tenth of all browser tests' time. AssertionError after a minute.
    """
    give_up = time.monotonic() + IDLE_SECONDS
    while True:
        left = (give_up - time.monotonic()) * 1000
        try:
            assert page.evaluate(AT_REST, [REST, max(left, REST)]), f"not at rest after {IDLE_SECONDS} s"
            return
        except Error:  # the page has gone elsewhere meanwhile
            if left <= 0:
                raise
            page.wait_for_timeout(REST)


def open_tab(page: Page, name: str) -> None:
    """Bring “Code, summary and export” into sight, and open this tab of it."""
    page.locator(".st-key-later-take-away").evaluate("(node) => node.scrollIntoView({ block: 'center' })")
    wait_idle(page)
    page.locator(".st-key-later-take-away").get_by_role("tab", name=name, exact=True).click()
    wait_idle(page)


def in_sight(page: Page) -> None:
    """Scroll past all parts that ask a worker for more when they are on screen, and wait for each."""
    wait_idle(page)
    for part in page.locator("[class*='st-key-later-']").all():
        part.evaluate("(node) => node.scrollIntoView({ block: 'center' })")
        wait_idle(page)
