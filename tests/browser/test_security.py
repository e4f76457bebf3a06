"""What docs/SECURITY.md promises of the page and of the network, in a real browser.

That our own pages live within the policy is held by every browser test: each break of it is an error in the console.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from shell.headers import INDEX, Embedding, headers
from tests.browser import cut_off
from tests.browser.server import ROOT, Server
from tests.browser.watch import wait_idle

KERAS_STARTS = 150_000  # ms: TensorFlow's import on a busy machine
pytestmark = pytest.mark.timeout(400)
OF_A_NETWORK = ["unshare", "--map-root-user", "--net"]


def may_make_a_network() -> bool:
    """Whether this kernel lets us have a network of our own."""
    return bool(shutil.which("unshare")) and subprocess.run([*OF_A_NETWORK, "true"], check=False).returncode == 0


# --- the policy


def answered(url: str) -> dict[str, str]:
    """The headers of a reply, whatever its status."""
    try:
        with urllib.request.urlopen(url, timeout=30) as reply:
            return dict(reply.headers)
    except urllib.error.HTTPError as error:
        return dict(error.headers)


def test_every_answer_of_the_server_carries_every_header(server: Server) -> None:
    script = re.search(r'src="\./(static/js/index[^"]+)"', INDEX.read_text(encoding="utf-8"))
    assert script
    for path in ("", "simple_rnn?units=9", "no/such/page", "_stcore/health", "_stcore/nothing", script.group(1)):
        said = {name.lower(): value for name, value in answered(f"{server.url}/{path}").items()}
        wanted = {
            name.lower(): value for name, value in headers(INDEX.read_text(encoding="utf-8"), Embedding()).items()
        }
        assert {name: said.get(name) for name in wanted} == wanted, path


# Runs in the page: gives each forbidden thing a try, and returns the directives that stopped one.
TRY_EVERYTHING = """async (elsewhere) => {
    const stopped = [];
    document.addEventListener("securitypolicyviolation", (event) => stopped.push(event.effectiveDirective));
    const inline = document.createElement("script");
    inline.textContent = "window.ranInline = true";
    document.body.append(inline);
    const box = document.createElement("div");
    const image = '<img src="/favicon.png" onload="window.ranHandler = true">';
    box.innerHTML = image + '<iframe src="' + elsewhere + '"></iframe>';
    document.body.append(box);
    const outside = document.createElement("script");
    outside.src = elsewhere + "/x.js";
    document.body.append(outside);
    const picture = new Image();
    picture.src = elsewhere + "/x.png";
    await fetch(elsewhere + "/x").catch(() => {});
    try { new WebSocket(elsewhere.replace("http", "ws")); } catch { }
    await new Promise((later) => setTimeout(later, 1000));
    return { stopped, ran: [window.ranInline, window.ranHandler] };
}"""


def test_what_the_policy_forbids_does_not_happen(browser: Browser, server: Server) -> None:
    """The page is not watched, since each thing stopped is an error in its console."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(server.url)
        wait_idle(page)
        # another port is another origin, and nobody listens there
        found = page.evaluate(TRY_EVERYTHING, "http://127.0.0.1:9")
    assert found["ran"] == [None, None]
    stopped = set(found["stopped"])
    assert stopped >= {"script-src-elem", "script-src-attr", "img-src", "connect-src", "frame-src"}
    assert found["stopped"].count("connect-src") == 2  # fetch and the websocket


# --- what somebody typed

BAIT = '<img src="/favicon.png" onload="window.ran=1" class="bait"><script>window.ran=1</script>'


def nothing_got_through(page: Page) -> None:
    """No element of the bait is in the page, and no script of it ran."""
    assert page.evaluate("window.ran ?? null") is None
    expect(page.locator("img.bait")).to_have_count(0)


def test_markup_in_a_link_is_text(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/simple_rnn?units={urllib.request.quote(BAIT)}&features=5")
    expect(page.get_by_text("it must be a whole number from").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    nothing_got_through(page)


def test_markup_that_is_pasted_is_text(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/diagnose")
    box = page.get_by_label("Your error, code or summary")
    box.fill(f"ValueError: Input 0 of layer {BAIT} is incompatible with the layer: expected ndim=3, found ndim=2")
    page.get_by_role("button", name="Explain it").click()
    wait_idle(page)
    expect(page.locator("pre.pasted")).to_contain_text("window.ran=1", timeout=KERAS_STARTS)
    nothing_got_through(page)


# --- the network


@pytest.mark.skipif(not may_make_a_network(), reason="this kernel lets no user make a network of their own")
@pytest.mark.slow
def test_with_the_network_cut_off_everything_works_and_nobody_is_asked(tmp_path: Path) -> None:
    command = [*OF_A_NETWORK, sys.executable, "-m", "tests.browser.cut_off", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=390)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["cut_off"] is True
    assert seen["first"] == "/glossary"
    assert seen["features"] == "4"
    assert seen["problems"] == []
    assert "Traceback" not in seen["log"]
    calls = (
        (tmp_path / "calls.txt").read_text(encoding="utf-8").splitlines() if (tmp_path / "calls.txt").exists() else None
    )
    assert calls is not None  # the hook was there, so silence means that nobody was asked
    on_this_machine = re.compile(
        r"socket\.\w+ ('(/|\\x00).*'|\('(127\.0\.0\.1|::1|/[^']*)', .*\)|'127\.0\.0\.1'|'localhost'|None)"
    )
    assert [call for call in calls if not on_this_machine.fullmatch(call)] == []


def test_the_hook_would_note_a_call(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(cut_off.HOOK.format(path=str(tmp_path / "calls.txt")), encoding="utf-8")
    code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], env={"PYTHONPATH": str(tmp_path)}, check=True)
    assert (tmp_path / "calls.txt").read_text(encoding="utf-8") == "socket.connect ('127.0.0.1', 9)\n"


def test_the_server_listens_on_loopback_alone(server: Server) -> None:
    import psutil

    listening = {c.laddr.ip for c in psutil.Process(server.pid).net_connections() if c.status == "LISTEN"}
    assert listening == {"127.0.0.1"}
