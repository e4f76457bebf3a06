"""deploy/'s nginx for real, in front of two small servers that only say who they are."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scripts.debian import program
from scripts.replicas_test import nginx

pytestmark = pytest.mark.skipif(not program("nginx"), reason="nginx is not installed: make replicas-test brings it")
POLICY = "default-src 'self'"
ENOUGH = 3000  # bytes that are worth compressing
STREAM = "/_stcore/stream"


class Copy(BaseHTTPRequestHandler):
    """Answers with its own port, and a policy as the app does."""

    protocol_version = "HTTP/1.1"
    policy = POLICY
    asked: list[str] = []  # noqa: RUF012  (counted over all copies on purpose)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == STREAM:
            self.send_response(101)
            self.end_headers()
            self.rfile.read()  # an open tab: until it is closed
            return
        body = str(self.server.server_port).ljust(ENOUGH).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test's output is no log."""


@pytest.fixture
def copies() -> Iterator[list[ThreadingHTTPServer]]:
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Copy) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def url(tmp_path: Path, copies: list[ThreadingHTTPServer]) -> Iterator[str]:
    with nginx(tmp_path, [server.server_port for server in copies]) as address:
        yield address


def get(url: str, **headers: str) -> tuple[bytes, Message]:
    """Body and headers of an answer, whatever its status."""
    request = urllib.request.Request(url, headers={name.replace("_", "-"): text for name, text in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return str(error.code).encode(), error.headers


def arrived(url: str) -> tuple[bytes, str]:
    """A new learner: which copy answered, and the cookie."""
    body, headers = get(url)
    return body.strip(), headers["Set-Cookie"].split(";")[0]


def test_the_cookie_keeps_a_learner_with_one_copy_and_learners_are_spread(url: str) -> None:
    learners = [arrived(url) for _ in range(30)]
    assert len({cookie for _, cookie in learners}) == 30
    assert len({copy for copy, _ in learners}) == 2
    for copy, cookie in learners[:8]:
        assert {get(f"{url}/{turn}", Cookie=cookie)[0].strip() for turn in range(3)} == {copy}


def test_a_cookie_that_is_not_ours_is_replaced(url: str) -> None:
    _, headers = get(url, Cookie="shape_explainer_route=<script>")
    assert "<script>" not in headers["Set-Cookie"]


def test_the_other_copy_takes_over_and_the_cookie_stays(url: str, copies: list[ThreadingHTTPServer]) -> None:
    copy, cookie = arrived(url)
    lost, left = sorted(copies, key=lambda server: server.server_port != int(copy))
    lost.shutdown()
    lost.server_close()
    body, headers = get(url, Cookie=cookie)
    assert int(body) == left.server_port
    assert headers["Set-Cookie"].startswith(cookie + ";")


def test_text_is_compressed_and_the_apps_policy_stands_alone(url: str) -> None:
    body, headers = get(url, Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(body)) == ENOUGH
    assert headers.get_all("Content-Security-Policy") == [POLICY]


def test_streamlits_files_come_from_the_cache(url: str) -> None:
    before = len(Copy.asked)
    for _ in range(4):
        assert len(get(f"{url}/static/js/index.abc.js")[0]) == ENOUGH
    assert len(Copy.asked) == before + 1


@pytest.mark.parametrize(
    "path", ["_stcore/metrics", "_stcore/script-health-check", "_stcore/agent/interact", "health/ready", "health/alive"]
)
def test_what_is_for_the_operator_is_not_let_through(url: str, path: str) -> None:
    asked = len(Copy.asked)
    body, headers = get(f"{url}/{path}")
    assert body == b"404"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert len(Copy.asked) == asked


# --- tabs


@contextlib.contextmanager
def tabs(url: str, count: int, **headers: str) -> Iterator[list[int]]:
    """So many open websockets; the statuses that they were answered with."""
    with contextlib.ExitStack() as stack:
        yield [opened(stack, url, headers) for _ in range(count)]


def opened(stack: contextlib.ExitStack, url: str, headers: dict[str, str]) -> int:
    """One more websocket, closed with the stack; its status."""
    host, port = url.removeprefix("http://").split(":")
    tab = stack.enter_context(socket.create_connection((host, int(port)), timeout=20))
    said = {"Host": "shapes.example", "Connection": "Upgrade", "Upgrade": "websocket", **headers}
    lines = [f"GET {STREAM} HTTP/1.1", *(f"{name.replace('_', '-')}: {text}" for name, text in said.items())]
    tab.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    return int(tab.recv(40).split()[1])


def test_one_browser_opens_twenty_tabs_and_leaves_room_for_the_next(url: str) -> None:
    (_, one), (_, other) = arrived(url), arrived(url)
    with tabs(url, 22, Cookie=one) as statuses:
        assert statuses == [101] * 20 + [503] * 2
        with tabs(url, 1, Cookie=other) as others:
            assert others == [101]
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:  # a closed tab makes room
        with tabs(url, 1, Cookie=one) as statuses:
            if statuses == [101]:
                return
    raise AssertionError("no room after all tabs were closed")


def test_one_address_can_not_take_all_places(tmp_path: Path, copies: list[ThreadingHTTPServer]) -> None:
    """The address is the one that the proxy in front has added last; what a client wrote before it doesn't count."""
    with (
        nginx(tmp_path, [server.server_port for server in copies], tabs_of_an_address=5) as url,
        tabs(url, 7, X_Forwarded_For="203.0.113.9") as statuses,
        tabs(url, 1, X_Forwarded_For="198.51.100.7, 203.0.113.9") as forged,
        tabs(url, 2, X_Forwarded_For="198.51.100.7") as others,
    ):
        assert (statuses, forged, others) == ([101] * 5 + [503] * 2, [503], [101, 101])


# --- the cookie within another site's page


@pytest.mark.parametrize(
    ("policy", "asked", "goes"),
    [
        ("frame-ancestors 'self' https://moodle.example", {"X_Forwarded_Proto": "https"}, "None; Secure; Partitioned"),
        ("frame-ancestors 'self' https://moodle.example", {"X_Forwarded_Proto": "http", "Host": "a.example"}, "Lax"),
        ("frame-ancestors 'self' https://moodle.example", {"Host": "a.example"}, "Lax"),
        ("frame-ancestors 'self' https://moodle.example", {}, "None; Secure; Partitioned"),  # loopback
        ("frame-ancestors 'self'", {"X_Forwarded_Proto": "https"}, "Lax"),
        ("frame-ancestors 'self'; report-to x", {"X_Forwarded_Proto": "https"}, "Lax"),
    ],
)
def test_the_cookie_goes_into_a_frame_where_the_app_may_be_framed(
    url: str, monkeypatch: pytest.MonkeyPatch, policy: str, asked: dict[str, str], goes: str
) -> None:
    monkeypatch.setattr(Copy, "policy", f"default-src 'self'; {policy}")
    _, headers = get(url, **asked)
    assert headers["Set-Cookie"].endswith(f"; HttpOnly; SameSite={goes}")
