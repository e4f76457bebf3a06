"""Small messages are sent at once: what a port that is told so hands on, and that the app's own is told in time."""

from __future__ import annotations

import socket
from pathlib import Path

from shell.nodelay import send_at_once
from tests.browser.server import Server

TOLD = """
import shell.nodelay
real = shell.nodelay.send_at_once
shell.nodelay.send_at_once = lambda: print("ports:", real(), flush=True)
"""


def delays(found: socket.socket) -> bool:
    return not found.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_connection_inherits_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as port, socket.socket(socket.AF_UNIX) as other:
        before = other.fileno()
        with socket.create_connection(port.getsockname()), port.accept()[0] as accepted:
            assert delays(accepted) == delays(port)
        port.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        assert send_at_once() >= 1
        assert other.fileno() == before  # nothing else was touched
        with socket.create_connection(port.getsockname()), port.accept()[0] as accepted:
            assert not delays(accepted)


def test_the_server_listens_when_the_app_is_read(tmp_path: Path) -> None:
    server = Server(tmp_path / "log", first=TOLD)
    try:
        assert "ports: 1" in server.log()
    finally:
        server.stop()
