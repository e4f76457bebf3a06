"""Where the browser tests' Chromium is, and how to get one.

`python -m scripts.chromium` makes sure that there is one: an installed Chromium or Chrome, else Debian's package (as
root), else the one that Playwright brings. `installed()` is what the tests and the screenshots launch; the headless
shell comes first, since it has no window to draw and is an eighth faster.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

COMMANDS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium-headless-shell", "chromium")  # Debian's and its children's; some have the second alone

# No look-ups of Google's hosts, no first-run pages: the app never leaves the machine, so its browser needn't either.
# The rule maps every host but this machine to "not found", for what a page asks for as well.
LAUNCH_ARGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def installed() -> str | None:
    """The path of an installed Chromium; None means Playwright's own. The variable CHROMIUM overrules the search."""
    if named := os.environ.get("CHROMIUM"):
        return named
    return next((path for command in COMMANDS if (path := shutil.which(command))), None)


def launch_args() -> list[str]:
    """Chromium's sandbox refuses to start as root (containers, CI), and only then it is switched off."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*LAUNCH_ARGS, *(["--no-sandbox"] if as_root else [])]


def playwrights_own() -> bool:
    """Whether Playwright has fetched a Chromium before."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def from_debian() -> bool:
    """Try `apt-get install` of one; False where there is no apt-get, no right to use it, or no such package."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    def apt_get(*words: str) -> bool:
        return subprocess.run(["apt-get", *words], env=quiet, check=False, stdout=sys.stderr).returncode == 0

    install = ("install", "-q", "-y", "--no-install-recommends")
    done = apt_get("update", "-q") and any(apt_get(*install, package) for package in PACKAGES)
    return done and installed() is not None


def from_playwright() -> bool:
    """Try Playwright's own download."""
    step = [sys.executable, "-m", "playwright", "install", "chromium"]
    return subprocess.run(step, check=False).returncode == 0


def main() -> int:
    """Get a Chromium unless there is one. Returns 0, or 1 with a sentence where none can be had."""
    if installed() or playwrights_own():
        return 0
    print("chromium: none installed; fetching one for the browser tests", file=sys.stderr)
    if from_debian() or from_playwright():
        return 0
    print("chromium: none could be installed; install Chromium or Chrome, then run this again.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
