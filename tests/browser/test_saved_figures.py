"""Figures saved as files: a saved SVG stands alone, and looks the same where nothing of this app is."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Download, Page, expect

from tests.browser.server import Server
from tests.browser.watch import wait_idle

KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine
FIGURES = {
    "shape_flow": ".flow svg",
    "parameters": ".whole",
    "sliding_kernel": ".slide",
    "product": ".matrices",
    "memory": ".heat",
}
GENERIC = {"sans-serif", "monospace"}

# The words of a figure that are seen, without the spaces between them.
SEEN = """figure => {
  const words = [];
  const walk = (node) => {
    if (node.nodeType === 3 && node.parentElement.checkVisibility()) words.push(node.data);
    if (node.nodeName !== 'title') for (const kid of node.childNodes) walk(kid);
  };
  walk(figure);
  return words.join('').replaceAll(/\\s/g, '');
}"""
# Texts that reach over the edge of the picture.
OUTSIDE = """() => [...document.querySelectorAll('text')].filter((node) => node.textContent.trim()).filter((node) => {
  const box = node.getBoundingClientRect();
  const paper = document.documentElement.getBoundingClientRect();
  return box.left < -1 || box.top < -1 || box.right > paper.width + 1 || box.bottom > paper.height + 1 || !box.width;
}).map((node) => node.textContent)"""


def saved(page: Page, kind: str, number: int) -> Download:
    with page.expect_download() as info:
        page.get_by_role("button", name=f"Save {kind}", exact=True).nth(number).click()
    return info.value


@pytest.mark.parametrize(
    ("path", "options", "names"),
    [
        ("/stacked_lstm?timesteps=None", {}, ["shape_flow", "parameters_level_1", "memory_level_1"]),
        ("/conv1d", {"color_scheme": "dark"}, ["shape_flow", "sliding_kernel", "parameters_conv_1"]),
        ("/hadamard", {"viewport": {"width": 390, "height": 844}}, ["shape_flow", "product"]),
    ],
)
def test_a_saved_figure_stands_alone(
    new_page: Callable[..., Page], server: Server, tmp_path: Path, path: str, options: dict[str, Any], names: list[str]
) -> None:
    page = new_page(**options)
    page.goto(server.url + path)
    expect(page.locator(".flow .step").first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    paper = page.locator(".flow").first.evaluate(
        "node => getComputedStyle(node.closest('.sx')).getPropertyValue('--st-background-color').trim()"
    )
    for later in page.locator("[class*='st-key-later-']").all()[: len(names) - 1]:  # drawn when it is on the screen
        later.scroll_into_view_if_needed()
        wait_idle(page)
    alone = page.context.browser.new_context().new_page()  # type: ignore[union-attr]
    for number, name in enumerate(names):
        download = saved(page, "SVG", number)
        assert download.suggested_filename == f"{name}.svg"
        download.save_as(tmp_path / "figure.svg")
        svg = (tmp_path / "figure.svg").read_text("utf-8")
        root = ElementTree.fromstring(svg)
        assert not re.search(r"var\(|url\(|@import|href|class=|style=|data-|light-dark|color-mix|color\(", svg)
        assert re.findall(r"\w+://[^\"' ]+", svg) == ["http://www.w3.org/2000/svg"]
        families = {node.get("font-family", "") for node in root.iter() if node.tag.endswith("text")}
        assert families
        assert {family.split(", ")[-1] for family in families} <= GENERIC
        assert root[1].get("fill") == paper  # light or dark, it is fixed

        alone.goto((tmp_path / "figure.svg").as_uri())
        figure = page.locator(FIGURES[next(key for key in FIGURES if name.startswith(key))]).first
        assert alone.evaluate(f"({SEEN})(document.documentElement)") == figure.evaluate(SEEN) != ""
        assert alone.evaluate(OUTSIDE) == []

        download = saved(page, "PNG", number)
        assert download.suggested_filename == f"{name}.png"
        download.save_as(tmp_path / "figure.png")
        head = (tmp_path / "figure.png").read_bytes()[:24]
        assert head.startswith(b"\x89PNG")
        assert struct.unpack(">II", head[16:]) == (2 * int(root.get("width", 0)), 2 * int(root.get("height", 0)))
    alone.context.close()
