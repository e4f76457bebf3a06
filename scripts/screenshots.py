"""`python -m scripts.screenshots [page ...]`: every page as a picture, wide and narrow, light and dark.

The pictures go to build/screenshots/<page>-<width>-<mode>.png, each as high as its page. A page is named like its file
in pages/; one may carry a query: `conv1d?steps=30`.
"""

from __future__ import annotations

import re
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from explainers.core.registry import all_explainers
from scripts.chromium import installed, launch_args
from tests.browser.server import ROOT, Server
from tests.browser.watch import Watch, wait_idle

Mode = Literal["light", "dark"]

FOLDER = ROOT / "build" / "screenshots"
WIDTHS = (1280, 768, 390)
MODES: tuple[Mode, ...] = ("light", "dark")
FIRST_HEIGHT = 900
HOME = "home"


def all_pages() -> list[str]:
    """The addresses of all pages: every lesson's, and those with a file in pages/."""
    return sorted({*all_explainers(), *(path.stem for path in (ROOT / "pages").glob("*.py"))})


def address(server: Server, page: str) -> str:
    """Where a page is; the first page is served at the root alone."""
    return f"{server.url}/{page.removeprefix(HOME)}"


def picture_name(page: str, width: int, mode: Mode) -> str:
    """`conv1d?steps=30` -> `conv1d-steps-30-390-dark.png`."""
    return f"{re.sub(r'[^a-z0-9_]+', '-', page.lower()).strip('-')}-{width}-{mode}.png"


def take(browser: Browser, server: Server, page_name: str, width: int, mode: Mode) -> list[str]:
    """Save one picture; returns what the page had to complain about."""
    context = browser.new_context(viewport={"width": width, "height": FIRST_HEIGHT}, color_scheme=mode)
    page = context.new_page()
    watch = Watch(page)
    page.goto(address(server, page_name))
    wait_idle(page)
    # Streamlit scrolls an element and not the window, so the window is made as high as what is in it.
    # What comes into sight is drawn then, and makes the page higher.
    height = 0
    while (now := page.get_by_test_id("stMain").evaluate("element => element.scrollHeight")) > height:
        height = now
        page.set_viewport_size({"width": width, "height": max(FIRST_HEIGHT, height)})
        wait_idle(page)
    page.screenshot(path=FOLDER / picture_name(page_name, width, mode))
    context.close()
    return watch.problems


def main(pages: list[str]) -> int:
    """Take all pictures. Returns 1 if a page complained, else 0."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    complaints = 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "server.log")
        try:
            browser = playwright.chromium.launch(executable_path=installed(), args=launch_args())
            for page, width, mode in product(pages or all_pages(), WIDTHS, MODES):
                problems = take(browser, server, page, width, mode)
                complaints += len(problems)
                print(picture_name(page, width, mode), *problems, sep="\n    ")
            browser.close()
        finally:
            server.stop()
    print(f"in {FOLDER.relative_to(ROOT)}")
    return int(complaints > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
