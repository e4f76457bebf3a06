"""`make replicas-test`: three copies of the app behind deploy/'s nginx, on loopback; one is killed under load.

A few learners, each in a browser of their own with dims of their own, change a dim every two seconds. After a third of
the time the copy that serves most of them is killed (SIGKILL, all its processes). A learner goes on if, after that,
every change still leads to a page with the right number, and the other dims are those of the link.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright

from scripts import chromium
from scripts.debian import ensure, program
from shell.probe import READY
from tests.browser.server import Server, free_port
from tests.browser.watch import wait_idle

NGINX = Path(__file__).parent.parent / "deploy" / "nginx"
NEEDS = {"nginx": "nginx-light"}
COPIES = 3
EVERY = 2.0  # seconds between two changes of one learner
PATIENCE = 180_000  # ms for one change; a machine of two cores also starts TensorFlow meanwhile
START_SECONDS = 180


def weights(features: int, units: int) -> int:
    """What the page must say of its SimpleRNN: kernel, recurrent kernel and bias."""
    return units * (features + units + 1)


@dataclass
class Learner:
    """One open page.

    features: the learner's own, which must survive; copy: who serves them; before, after: the seconds that each change
    took; again: changes that had to be made twice.
    """

    page: Page
    features: int
    copy: int = -1
    again: int = 0
    before: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)

    def change(self, units: int) -> float:
        """Set `units`; returns the seconds until the page shows the new number. Raises AssertionError if it never does.

        A change made in the second in which the page has lost its copy and not yet found another is not sent by
        Streamlit: the box shows the old number again, and the learner sets it once more. `again` counts that.
        """
        started = time.monotonic()
        box = self.page.get_by_role("spinbutton", name="units", exact=True)
        old = box.input_value()
        self.set(box, units)
        if self.undone(box, old, units):
            self.again += 1
            self.set(box, units)
        self.expect_number(units)
        return time.monotonic() - started

    def set(self, box: Locator, units: int) -> None:
        """Type a number and press Enter."""
        box.fill(str(units))
        box.press("Enter")

    def undone(self, box: Locator, old: str, units: int) -> bool:
        """Wait until the page has the new number (False) or its box the old one again (True)."""
        give_up = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < give_up:
            if self.number(units).count():
                return False
            if box.input_value() == old:
                return True
            time.sleep(0.05)
        return False

    def number(self, units: int) -> Locator:
        """Where the page says how many weights there are."""
        text = f"{weights(self.features, units):,}"
        return self.page.get_by_text(re.compile(rf"(?<![\d,]){text}(?![\d,])"))

    def expect_number(self, units: int) -> None:
        """The number of weights in the page's own words, and the learner's own `features` in its control."""
        expect(self.number(units).first).to_be_visible(timeout=PATIENCE)
        features = self.page.get_by_role("spinbutton", name="features", exact=True)
        expect(features).to_have_value(str(self.features), timeout=PATIENCE)


# --- nginx with deploy/'s files


def on_loopback(text: str, folder: Path, port: int) -> str:
    """deploy/nginx/nginx.conf with this test's port and folder, and nothing else changed."""
    text = text.replace(" /tmp/", f" {folder}/")  # first: the folder may be below /tmp itself
    replaced = {"listen 8080;": f"listen 127.0.0.1:{port};", "/etc/nginx/upstream.conf": f"{folder}/upstream.conf"}
    for old, new in replaced.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def upstream(text: str, ports: list[int]) -> str:
    """deploy/nginx/upstream.conf with the copies listed, in place of Docker's name server and a shared zone."""
    line = re.compile(r"^ +(resolver|zone) .*\n", re.MULTILINE)
    server = re.compile(r"^ +server app:8501 resolve (.*;)\n", re.MULTILINE)
    assert len(server.findall(text)) == 1
    listed = "".join(rf"    server 127.0.0.1:{port} \1" + "\n" for port in ports)
    return server.sub(listed, line.sub("", text))


@contextlib.contextmanager
def nginx(folder: Path, ports: list[int], **limits: int) -> Iterator[str]:
    """nginx in front of the copies; yields its address. Its log goes to `folder`/nginx.log.

    limits: how many connections a zone of limit_conn holds, where a test wants fewer.
    """
    port = free_port()
    text = on_loopback((NGINX / "nginx.conf").read_text(encoding="utf-8"), folder, port)
    for zone, most in limits.items():
        text = re.sub(rf"(limit_conn {zone}) \d+;", rf"\1 {most};", text)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    (folder / "upstream.conf").write_text(upstream((NGINX / "upstream.conf").read_text(encoding="utf-8"), ports))
    # Started by root, its workers would be nobody, who can't write into this folder.
    said = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    command = [program("nginx") or "nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", said]
    with (folder / "nginx.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url + "/_stcore/health", folder / "nginx.log", process)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def wait_for(url: str, log: Path, process: subprocess.Popen[bytes]) -> None:
    """Return when `url` answers. Raises RuntimeError with the log if `process` ends or takes three minutes."""
    give_up = time.monotonic() + START_SECONDS
    while not answers(url):
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"{url} does not answer:\n{log.read_text(encoding='utf-8')}")
        time.sleep(0.1)


def answers(url: str) -> bool:
    """Whether `url` can be read."""
    try:
        with urllib.request.urlopen(url, timeout=60) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


# --- the copies


@contextlib.contextmanager
def copies(folder: Path) -> Iterator[list[Server]]:
    """The app's processes, each with one worker, ready to answer."""
    few = {"SHAPE_EXPLAINER_WORKERS": "1", "SHAPE_EXPLAINER_LONG_WORKERS": "1"}

    def start(number: int) -> Server:
        return Server(folder / f"app-{number}.log", env=few)

    started: list[Server] = []
    try:
        with ThreadPoolExecutor() as threads:
            started.extend(threads.map(start, range(COPIES)))
        for server in started:
            wait_for(server.url + READY, server.log_file, server.process)
        yield started
    finally:
        for server in started:
            server.stop()


def connections(servers: list[Server]) -> list[int]:
    """How many connections nginx holds to each copy just now; with resting pages those are their websockets."""
    found = Counter(c.laddr.port for c in psutil.net_connections("tcp") if c.status == "ESTABLISHED" and c.laddr)
    return [found[server.port] for server in servers]


def kill(server: Server) -> None:
    """End a copy with its workers, without a word."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()


# --- the learners


def arrive(browser: Browser, url: str, servers: list[Server], features: int) -> Learner:
    """A learner opens a link; which copy has got them is seen by its new connection."""
    before = connections(servers)
    page = browser.new_context().new_page()
    page.goto(f"{url}/simple_rnn?features={features}&units=3")
    learner = Learner(page, features)
    learner.expect_number(3)
    wait_idle(page)
    gained = [now - then for now, then in zip(connections(servers), before, strict=True)]
    learner.copy = gained.index(max(gained))
    return learner


def learn(learners: list[Learner], seconds: float, *, after_kill: bool) -> int:
    """Everyone changes `units` in turn, each about every two seconds. Returns how many changes failed."""
    failed = 0
    give_up = time.monotonic() + seconds
    offset = 500 if after_kill else 100  # numbers that were not on the page before
    for turn, learner in enumerate(cycle(learners)):
        # everybody has two turns at least, however slow the machine is
        if time.monotonic() > give_up and turn >= 2 * len(learners):
            return failed
        started = time.monotonic()
        try:
            took = learner.change(offset + turn)
            (learner.after if after_kill else learner.before).append(took)
        except (AssertionError, Error) as error:
            failed += 1
            print(f"learner with features={learner.features}: {str(error).splitlines()[0]}")
        time.sleep(max(0.0, EVERY / len(learners) - (time.monotonic() - started)))
    return failed


def shown(seconds: list[float]) -> str:
    """`12 changes, median 0.21 s, longest 0.90 s`."""
    if not seconds:
        return "no change"
    return f"{len(seconds)} changes, median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s"


def run(number: int, seconds: float) -> int:
    """The whole test; returns 0 if every learner went on."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="replicas-")))
        servers = stack.enter_context(copies(folder))
        url = stack.enter_context(nginx(folder, [server.port for server in servers]))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium.installed(), args=chromium.launch_args())
        learners = [arrive(browser, url, servers, features) for features in range(5, 5 + number)]
        print(f"{number} learners on {COPIES} copies: {[sum(x.copy == i for x in learners) for i in range(COPIES)]}")
        failed = learn(learners, seconds / 3, after_kill=False)
        print("before:", shown([took for learner in learners for took in learner.before]))

        victim = Counter(learner.copy for learner in learners).most_common(1)[0][0]
        kill(servers[victim])
        moved = [learner for learner in learners if learner.copy == victim]
        stayed = [learner for learner in learners if learner.copy != victim]
        print(f"killed copy {victim + 1} with {len(moved)} learners", flush=True)
        failed += learn(learners, seconds * 2 / 3, after_kill=True)
        print("after, learners of that copy:", shown([took for learner in moved for took in learner.after]))
        print("after, the others:", shown([took for learner in stayed for took in learner.after]))
        lost = [learner.features for learner in learners if not learner.after]
        browser.close()
    again = sum(learner.again for learner in learners)
    print(f"changes made twice: {again}; that failed: {failed}; learners who could not go on: {len(lost)}")
    return int(bool(failed or lost))


def main(words: list[str]) -> int:
    """Read the options, get nginx and Chromium, run."""
    parser = argparse.ArgumentParser(description="Kill one of three copies behind nginx, with learners on them.")
    parser.add_argument("--learners", type=int, default=6, choices=range(2, 31), metavar="2…30")
    parser.add_argument("--seconds", type=float, default=45)
    given = parser.parse_args(words)
    if said := ensure(NEEDS):
        print(f"replicas-test: {said}", file=sys.stderr)
        return 1
    return chromium.main() or run(given.learners, min(given.seconds, 600))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
