"""`unshare --map-root-user --net python -m tests.browser.cut_off FOLDER`: the app where there is no network at all.

Only the loopback interface is there, and it is switched on here. The server and its workers write each address that
they look up or connect to into FOLDER/calls.txt: in a cut-off network an attempt would else just fail unseen. Prints
what the browser saw, as JSON.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import socket
import struct
import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from scripts.chromium import installed, launch_args
from tests.browser.server import Server
from tests.browser.watch import Watch, wait_idle

SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1
DEEP_LINK = "/simple_rnn?features=4&units=7"
LIVE_NUMBER = 7 * (4 + 7 + 1)
PATIENCE = 150_000  # ms

# Read by every Python process that has this folder on its path: what it connects to or looks up, one line each.
HOOK = """
import os, sys
_file = os.open({path!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def _note(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        os.write(_file, f"{{event}} {{arguments[1]!r}}\\n".encode())
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        os.write(_file, f"{{event}} {{arguments[0]!r}}\\n".encode())
sys.addaudithook(_note)
"""


def switch_loopback_on() -> None:
    """In a new network even 127.0.0.1 is off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def is_cut_off() -> bool:
    """Whether an address beyond this machine is out of reach; nothing is sent, only a route is asked for."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            any_socket.connect(("192.0.2.1", 9))
        except OSError:
            return True
        return False


def visit(folder: Path) -> dict[str, object]:
    """Start the server, come by a deep link, open a lesson, change nothing; returns what was seen."""
    (folder / "sitecustomize.py").write_text(HOOK.format(path=str(folder / "calls.txt")), encoding="utf-8")
    server = Server(folder / "server.log", env={"PYTHONPATH": str(folder)})
    # Chromium may ask for whatever it likes here: there is nobody to answer.
    args = [arg for arg in launch_args() if not arg.startswith("--host-resolver-rules")]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=installed(), args=args)
            page = browser.new_page()
            watch = Watch(page)
            page.goto(server.url + "/glossary")  # the very first request is one to a page that waits for no Keras
            expect(page.get_by_test_id("stTopNavLink").first).to_be_visible(timeout=PATIENCE)
            wait_idle(page)
            address = page.url.removeprefix(server.url)
            page.goto(server.url + DEEP_LINK)
            expect(page.get_by_text(re.compile(rf"\b{LIVE_NUMBER}\b")).first).to_be_visible(timeout=PATIENCE)
            wait_idle(page)
            features = page.get_by_role("spinbutton", name="features", exact=True).input_value()
            browser.close()
    finally:
        server.stop()
    return {"first": address, "features": features, "problems": watch.problems, "log": server.log()}


if __name__ == "__main__":
    switch_loopback_on()
    print(json.dumps({"cut_off": is_cut_off(), "pid": os.getpid(), **visit(Path(sys.argv[1]))}))
