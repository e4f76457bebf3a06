"""The app within another site's page, as in a learning platform: files can be sent, or a sentence says why not.

Two sites on this machine: the platform is moodle.test, the app 127.0.0.1 (which browsers trust as they do https) or
shapes.test (plain http). Chromium is told to send no third party's cookies, unless they are kept apart by site.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, FilePayload, FrameLocator, Page, expect

from scripts.debian import program
from scripts.replicas_test import nginx
from shell.uploads import COOKIE
from tests.browser.server import Server

pytestmark = pytest.mark.timeout(300)
PLATFORM, APP = "moodle.test", "shapes.test"
STARTS = 120_000  # ms: Keras on a busy machine
NUMBERS = FilePayload(name="sold.csv", mimeType="text/csv", buffer=b"\n".join(b"%d" % (10 + p % 7) for p in range(70)))
SORRY = "No file can be sent from here"


class Pages(BaseHTTPRequestHandler):
    """The platform: a page that holds what stands behind its question mark in a frame."""

    def do_GET(self) -> None:
        body = f'<iframe src="{self.path.partition("?")[2]}" width="1200" height="2000"></iframe>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test's output is no log."""


@pytest.fixture(scope="module")
def platform() -> Iterator[str]:
    """The address of the platform."""
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://{PLATFORM}:{serving.server_port}"
    serving.shutdown()
    serving.server_close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, platform: str) -> Iterator[Server]:
    """The app, which the platform may embed."""
    folder = tmp_path_factory.mktemp("embedded")
    running = Server(folder / "server.log", env={"SHAPE_EXPLAINER_FRAME_ANCESTORS": platform})
    yield running
    running.stop()


@pytest.fixture(scope="module")
def strict(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """A browser that knows the two names, and sends no third party's cookies."""
    rules = f"MAP {PLATFORM} 127.0.0.1, MAP {APP} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    args = [arg for arg in browser_type_launch_args["args"] if not arg.startswith("--host-resolver-rules")]
    args += [f"--host-resolver-rules={rules}", "--test-third-party-cookie-phaseout"]
    browser: Browser = browser_type.launch(**{**browser_type_launch_args, "args": args})
    yield browser
    browser.close()


@pytest.fixture
def context(strict: Browser) -> Iterator[BrowserContext]:
    """A learner's own context in it."""
    with strict.new_context(viewport={"width": 1280, "height": 900}) as learners:
        yield learners


def choose_own_numbers(page: Page | FrameLocator) -> None:
    folded = page.get_by_text("More about this model")
    radio = page.get_by_role("radio", name="my own numbers")
    expect(folded.or_(radio).first).to_be_visible(timeout=STARTS)
    if folded.is_visible():  # within a page, all but the first figure waits behind one click
        folded.click()
    radio.click(timeout=STARTS)
    expect(page.get_by_text("There is nothing to read yet.")).to_be_visible()


def send_a_file(page: Page | FrameLocator) -> None:
    """Choose a file, and see that the lesson reads it."""
    choose_own_numbers(page)
    page.locator("input[type=file]").set_input_files(NUMBERS)
    expect(page.get_by_text("A small LSTM learns from the first 56 points")).to_be_visible(timeout=STARTS)
    expect(page.get_by_text("AxiosError")).to_have_count(0)


def test_a_file_is_sent_from_within_another_sites_page(context: BrowserContext, server: Server, platform: str) -> None:
    page = context.new_page()
    page.goto(f"{platform}/?{server.url}/windowed_forecast?embed=true")
    send_a_file(page.frame_locator("iframe"))
    (cookie,) = [each for each in context.cookies() if each["name"] == COOKIE]
    assert (cookie["sameSite"], cookie["secure"]) == ("None", True)
    assert cookie["partitionKey"] == f"http://{PLATFORM}"  # of no use to any other site


def test_by_plain_http_a_sentence_stands_in_place_of_the_upload(
    context: BrowserContext, server: Server, platform: str
) -> None:
    address = f"http://{APP}:{server.port}/windowed_forecast"
    page = context.new_page()
    page.goto(f"{platform}/?{address}?embed=true")
    frame = page.frame_locator("iframe")
    choose_own_numbers(frame)
    expect(frame.get_by_text(SORRY)).to_be_visible()
    expect(frame.locator("input[type=file]")).to_have_count(0)
    assert frame.get_by_role("link", name="open this page by itself").get_attribute("href") == address
    page.goto(address)
    send_a_file(page)


@pytest.mark.skipif(not program("nginx"), reason="nginx is not installed: make replicas-test brings it")
def test_nginx_keeps_a_framed_learner_with_one_copy(
    context: BrowserContext, platform: str, tmp_path: Path, two_copies: Callable[[str], list[int]]
) -> None:
    with nginx(tmp_path, two_copies(f"default-src 'self'; frame-ancestors 'self' {platform}")) as url:
        page = context.new_page()
        seen = []
        for turn in range(8):
            page.goto(f"{platform}/?{url}/{turn}")
            seen.append(page.frame_locator("iframe").locator("body").inner_text())
        assert len(set(seen)) == 1, seen
        for _ in range(12):  # others, who bring no cookies
            context.clear_cookies()
            page.goto(f"{platform}/?{url}/")
            seen.append(page.frame_locator("iframe").locator("body").inner_text())
        assert len(set(seen)) == 2


@pytest.fixture
def two_copies() -> Iterator[Callable[[str], list[int]]]:
    """`two_copies(policy)`: the ports of two servers that only say which they are, under this policy."""
    started: list[ThreadingHTTPServer] = []

    def start(policy: str) -> list[int]:
        class Copy(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = str(self.server.server_port).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        for _ in range(2):
            started.append(ThreadingHTTPServer(("127.0.0.1", 0), Copy))
            threading.Thread(target=started[-1].serve_forever, daemon=True).start()
        return [server.server_port for server in started]

    yield start
    for server in started:
        server.shutdown()
        server.server_close()
