"""`make image-test`: build the Dockerfile for real, run what comes out, open it in a browser, weigh it.

There need be no Docker engine: buildah builds, on a base that debootstrap makes from Debian's own packages, and
runs the image in a chroot. Everything lives in one temporary folder that is removed at the end. The folder takes
about 12 GB while it lasts, because the file system is copied for each step of the build. `--folder PATH` keeps it
(outside the repository, please), and with it the base, which a second run then need not make again.

Of the read-only one every page is opened to its end, a model is trained, an error is read and both databases are
asked for, so a file too many that was taken out (deploy/slim.sh) shows here.

What is run has a network of its own that holds nothing but the loopback interface, so an image that needs an outside
host would fail here. It is run twice: by `buildah run` with the image's own command, and once more with its root file
system read-only, no capability, and no way to gain one.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import chromium
from scripts.debian import ensure, program

ROOT = Path(__file__).parent.parent
NEEDS = {"buildah": "buildah", "debootstrap": "debootstrap", "ip": "iproute2", "unshare": "util-linux"}
RELEASE = "bookworm"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
IMAGE = "shape-explainer"
BASE = "localhost/base"
# Of no use in an image, and not in python:3.11-slim either.
NOT_IN_SLIM = (
    *("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/info", "usr/share/lintian"),
    *("usr/share/linda", "usr/share/locale", "usr/share/man"),
)
URL = "http://127.0.0.1:8501"
# A link with dims of its own, and what the page must then say: 7 units on 4 features have 7 · (4 + 7 + 1) weights.
DEEP_LINK = f"{URL}/simple_rnn?features=4&units=7"
LIVE_NUMBER = str(7 * (4 + 7 + 1))
ERROR = "ValueError: Input 0 is incompatible with layer lstm_1: expected ndim=3, found ndim=2"
# The store's two databases: a connection to each is all that is imported late, and no PostgreSQL runs here.
DRIVERS = """
import sqlalchemy
for address in ("sqlite://", "postgresql+psycopg://nobody@127.0.0.1:1/nothing"):
    try:
        sqlalchemy.create_engine(address).connect().close()
    except sqlalchemy.exc.OperationalError as error:
        assert "refused" in str(error), error
"""
START_SECONDS = 180
MB = 1e6


def main(kept: str | None) -> int:
    """Build, run, report. Returns 0, or 1 with a sentence where something is missing."""
    if sys.platform != "linux" or os.geteuid() != 0:
        print("image-test: this needs root on Linux, for chroot and for a network of its own.", file=sys.stderr)
        return 1
    if said := ensure(NEEDS):
        print(f"image-test: {said}", file=sys.stderr)
        return 1
    if chromium.main() != 0:
        return 1
    with contextlib.ExitStack() as stack:
        folder = kept or stack.enter_context(tempfile.TemporaryDirectory(prefix="image-test-"))
        work = Path(folder).resolve()
        work.mkdir(exist_ok=True)
        container = build(work)
        report_size(work, container)
        # Chromium and the container share a network that is cut off from the machine's own.
        check = [sys.executable, "-m", "scripts.image_test", "--check", str(work), container]
        return subprocess.run(["unshare", "--net", *check], cwd=ROOT, check=False).returncode


# --- build


def buildah(work: Path, *words: str) -> str:
    """Run buildah on the storage of `work`; returns what it printed. Raises CalledProcessError."""
    done = subprocess.run([*buildah_command(work), *words], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    return done.stdout.strip()


def buildah_command(work: Path) -> list[str]:
    """buildah with a storage of its own: nothing of this machine's images is read or changed."""
    storage = ["--root", str(work / "storage"), "--runroot", str(work / "run"), "--storage-driver", "vfs"]
    return [program("buildah") or "buildah", *storage]


def build(work: Path) -> str:
    """Make the base, then the image, then a container of it. Returns the container's name."""
    started = time.monotonic()
    base = make_base(work)
    print(f"base image: {time.monotonic() - started:.0f} s", flush=True)
    started = time.monotonic()
    options = ["--isolation", "chroot", "--format", "docker", "--layers=false", "--build-arg", f"BASE={base}"]
    buildah(work, "build", *options, *volumes(work), "--tag", IMAGE, str(ROOT))
    print(f"build: {time.monotonic() - started:.0f} s", flush=True)
    return buildah(work, "from", IMAGE)


def make_base(work: Path) -> str:
    """The smallest Debian with python3 and venv, in place of the Dockerfile's python:3.11-slim."""
    if (BASE + "\n") in buildah(work, "images", "--format", "{{.Name}}") + "\n":
        return BASE
    tree = work / "base"
    bootstrap = [program("debootstrap") or "debootstrap", "--variant=minbase", "--include=python3,python3-venv"]
    log = work / "debootstrap.log"
    with log.open("wb") as out:
        done = subprocess.run([*bootstrap, RELEASE, str(tree), mirror()], stdout=out, stderr=out, check=False)
    if done.returncode != 0:
        raise SystemExit("image-test: debootstrap failed:\n" + log.read_text(encoding="utf-8")[-2000:])
    for left in filter(lambda folder: (tree / folder).exists(), NOT_IN_SLIM):
        keep = ["!", "-name", "copyright"]  # as Debian's own slim images do
        subprocess.run(
            ["find", str(tree / left), "(", "-type", "f", "-o", "-type", "l", ")", *keep, "-delete"], check=True
        )
    empty = buildah(work, "from", "scratch")
    buildah(work, "add", "--quiet", empty, f"{tree}/", "/")
    buildah(work, "commit", "--quiet", "--rm", empty, BASE)
    subprocess.run(["rm", "-rf", str(tree)], check=True)
    return BASE


def mirror() -> str:
    """Where this machine's apt gets Debian's main packages."""
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", f"Codename: {RELEASE}"]
    found = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()
    return found[0] if found else "http://deb.debian.org/debian"


def volumes(work: Path) -> list[str]:
    """What is mounted while the build runs and is not in the image: this machine's certificates, for pip."""
    bundle = os.environ.get("PIP_CERT") or ssl.get_default_verify_paths().cafile or BUNDLE
    settings = work / "pip.conf"
    settings.write_text(f"[global]\ncert = {BUNDLE}\n", encoding="utf-8")
    return ["--volume", f"{bundle}:{BUNDLE}:ro", "--volume", f"{settings}:/etc/pip.conf:ro"]


# --- what the bytes are


def report_size(work: Path, container: str) -> None:
    """Print the image's size, the packages that weigh most, and that nothing of the build's settings is left."""
    root = Path(buildah(work, "mount", container))
    packages = next((root / "opt/venv/lib").glob("python3*/site-packages"))
    parts = {"in all": megabytes(root), "packages": megabytes(packages), "the app": megabytes(root / "app")}
    parts["Debian and Python"] = parts["in all"] - megabytes(root / "opt") - parts["the app"]
    print("image, MB:", ", ".join(f"{name} {size:.0f}" for name, size in parts.items()))
    heaviest = sorted(((megabytes(path), path.name) for path in packages.iterdir()), reverse=True)[:14]
    print("packages, MB:", ", ".join(f"{name} {size:.0f}" for size, name in heaviest))
    left = [str(path) for path in (root / "etc/pip.conf", root / "build") if path.exists()]
    if left:
        raise SystemExit(f"image-test: left in the image from the build: {', '.join(left)}")
    print("architecture:", platform.machine(), flush=True)


def megabytes(path: Path) -> float:
    """What a file or folder takes, links not followed, a file with two names counted once."""
    printed = subprocess.run(["du", "-sx", "-B1", str(path)], check=True, capture_output=True, text=True).stdout
    return int(printed.split()[0]) / MB


# --- run


@dataclass(frozen=True)
class Config:
    """What the image says of itself: environment, user, folder, command, health check."""

    env: list[str]
    user: str
    folder: str
    command: list[str]
    health: list[str]


def config(work: Path) -> Config:
    """Read it from the image."""
    about: dict[str, Any] = json.loads(buildah(work, "inspect", "--type", "image", IMAGE))["Docker"]["config"]
    health = about["Healthcheck"]["Test"]
    assert health[0] == "CMD", health
    return Config(about["Env"], about["User"], about["WorkingDir"], about["Cmd"], health[1:])


def check(work: Path, container: str) -> int:
    """Both runs; inside the cut-off network. Returns 0 or raises."""
    subprocess.run([program("ip") or "ip", "link", "set", "lo", "up"], check=True)
    said = config(work)
    as_is = [*buildah_command(work), "run", "--isolation", "chroot", container, "--"]
    measure("buildah run", as_is, said)
    measure("read-only root, no capability", bare := read_only(work, container, said), said, and_then=open_everything)
    subprocess.run([*bare, "python", "-c", DRIVERS], check=True)
    return 0


def read_only(work: Path, container: str, said: Config) -> list[str]:
    """The words before a command that run it in the image, like `docker run --read-only --cap-drop ALL`."""
    root = buildah(work, "mount", container)
    mounts = f"""
        mount --bind {root} {root} && mount -o remount,bind,ro {root} && mount -t tmpfs tmpfs {root}/tmp &&
        mount --rbind /dev {root}/dev && mount -t proc proc {root}/proc && exec chroot {root} "$@" """
    uid, gid = said.user.split(":")
    bare = ["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    return [
        *["unshare", "--mount", "sh", "-c", mounts, "sh", "setpriv", f"--reuid={uid}", f"--regid={gid}", *bare],
        *["env", "-i", f"--chdir={said.folder}", *said.env],
    ]


def measure(name: str, prefix: list[str], said: Config, and_then: Callable[[], object] = lambda: None) -> None:
    """Start the image's own command, wait for its health check, open the deep link; print the times in seconds."""
    log = Path(tempfile.mkstemp(prefix="image-run-", suffix=".log")[1])
    started = time.monotonic()
    try:
        with running([*prefix, *said.command], log):
            wait(answers, log)
            port = time.monotonic() - started
            wait(lambda: subprocess.run([*prefix, *said.health], capture_output=True, check=False).returncode == 0, log)
            healthy = time.monotonic() - started
            open_deep_link()
            page = time.monotonic() - started
            and_then()
            who = users()
        assert "Traceback" not in log.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")
    finally:
        log.unlink()
    assert who == {int(said.user.split(":")[0])}, f"processes of the users {who}"
    print(f"{name}: port {port:.1f} s, healthy {healthy:.1f} s, live number in the browser {page:.1f} s", flush=True)


@contextlib.contextmanager
def running(command: list[str], log: Path) -> Iterator[None]:
    """`command` in the background, ended with all that it started."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        yield
    finally:
        for pid in app_processes():
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def app_processes() -> list[int]:
    """The processes of this cut-off network that are the image's: they alone run /opt/venv's Python."""
    network = os.readlink("/proc/self/ns/net")
    return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if is_app(pid, network)]


def is_app(pid: int, network: str) -> bool:
    """Whether a process runs in `network` and was started from /opt/venv or by the image's `python`."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return os.readlink(f"/proc/{pid}/ns/net") == network and words[0] in {b"python", b"/opt/venv/bin/python"}
    except OSError:  # it has just ended
        return False


def users() -> set[int]:
    """Who runs the image's processes."""
    return {Path(f"/proc/{pid}").stat().st_uid for pid in app_processes()}


def answers() -> bool:
    """Whether the port is open."""
    try:
        with urllib.request.urlopen(f"{URL}/_stcore/health", timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def wait(until: Callable[[], bool], log: Path) -> None:
    """Return when `until()` holds. Raises SystemExit with the image's log after three minutes."""
    give_up = time.monotonic() + START_SECONDS
    while not until():
        if time.monotonic() > give_up:
            raise SystemExit("image-test: the image did not start:\n" + log.read_text(encoding="utf-8")[-3000:])
        time.sleep(0.1)


@contextlib.contextmanager
def browsed() -> Iterator[Any]:
    """A page in Chromium; raises AssertionError at its end if it complained."""
    from playwright.sync_api import sync_playwright

    from tests.browser.watch import Watch

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.installed(), args=chromium.launch_args())
        page = browser.new_page()
        page.set_default_timeout(START_SECONDS * 1000)
        watch = Watch(page)
        yield page
        watch.check()
        browser.close()


def open_deep_link() -> None:
    """Open the link in Chromium; raises AssertionError if the number is not there or the page complains."""
    from tests.browser.watch import wait_idle

    with browsed() as page:
        page.goto(DEEP_LINK)
        page.get_by_text(re.compile(rf"\b{LIVE_NUMBER}\b")).first.wait_for()
        wait_idle(page)


def open_everything() -> None:
    """Every page to its end; a training, an error: what is imported late is imported then."""
    from explainers.core.registry import all_explainers
    from tests.browser.watch import in_sight, wait_idle

    others = {path.stem for path in (ROOT / "pages").glob("[a-z]*.py")} - {"home"}  # which is the empty address
    with browsed() as page:
        for address in sorted({"", *all_explainers(), *others}):
            page.goto(f"{URL}/{address}")
            in_sight(page)
            assert page.get_by_test_id("stException").count() == 0, address
        page.goto(f"{URL}/windowed_forecast?points=120&epochs=2")
        page.get_by_role("button", name="Train", exact=True).click()
        page.get_by_role("cell", name="same as the last value").wait_for()
        page.goto(f"{URL}/diagnose")
        page.get_by_role("textbox").first.fill(ERROR)
        page.keyboard.press("Control+Enter")
        page.get_by_role("cell", name="expected ndim").wait_for()
        wait_idle(page)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", nargs=2, metavar=("FOLDER", "CONTAINER"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", help="where to build; kept, and used again by the next run")
    given = parser.parse_args()
    sys.exit(check(Path(given.check[0]), given.check[1]) if given.check else main(given.folder))
