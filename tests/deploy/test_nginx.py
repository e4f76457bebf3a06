"""deploy/'s nginx for real, in front of two small servers that only say who they are."""

from __future__ import annotations

import gzip
import threading
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


class Copy(BaseHTTPRequestHandler):
    """Answers with its own port, and a policy as the app does."""

    protocol_version = "HTTP/1.1"
    asked: list[str] = []  # noqa: RUF012  (counted over all copies on purpose)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = str(self.server.server_port).ljust(ENOUGH).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
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
