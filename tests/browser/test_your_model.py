"""Your model by keys alone: built from nothing, broken, repaired, its link opened elsewhere; a file; axe."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import keras
import pytest
from keras import layers
from playwright.sync_api import Browser, Locator, Page, expect

from explainers.core.spec import InputSpec, LayerSpec
from explainers.yours.document import Document, Placed
from explainers.yours.link import packed
from explainers.yours.templates import TEMPLATES
from tests.browser.axe import axe_finds_nothing_by_day_and_night, fits_a_phone
from tests.browser.server import Server
from tests.browser.test_keyboard_alone import FOCUSED, KERAS_STARTS, tab_to
from tests.browser.watch import wait_idle


def row(page: Page, title: str) -> Locator:
    return page.locator("ol.parts li").filter(has_text=re.compile(rf"^{title}\b"))


def add(page: Page, name: str, shape: str) -> None:
    """Add a layer behind the one that was added last, by keys."""
    field = page.get_by_role("combobox", name=re.compile("^Add a layer after"))
    if not field.evaluate(FOCUSED):  # after one layer the field waits for the next
        tab_to(page, field, key="Shift+Tab")
    page.keyboard.type(name)
    expect(page.get_by_role("option").first).to_have_text(re.compile(f"^{name} "))
    page.keyboard.press("Enter")
    expect(row(page, name)).to_contain_text(shape)


def test_a_model_is_built_broken_and_repaired_by_keys_and_sent(
    page: Page, new_page: Callable[..., Page], server: Server
) -> None:
    page.goto(server.url + "/your_model")
    tab_to(page, page.get_by_role("button", name="An empty Input"))
    page.keyboard.press("Enter")
    expect(row(page, "Input")).to_contain_text("(None, 20, 8)", timeout=KERAS_STARTS)
    tab_to(page, page.get_by_label("Shape of one sample, without the batch"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("9, 20, 16, 3")
    page.keyboard.press("Enter")
    expect(row(page, "Input")).to_contain_text("(None, 9, 20, 16, 3)")
    add(page, "ConvLSTM2D", "(None, 18, 14, 6)")
    add(page, "GlobalAveragePooling2D", "(None, 6)")
    add(page, "LSTM", "Keras stops here")
    expect(page.get_by_text("Keras stops at lstm")).to_be_visible()
    expect(page.get_by_text(re.compile("expected ndim=3, found ndim=2"))).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Make this change").first)
    page.keyboard.press("Enter")
    expect(row(page, "LSTM")).to_contain_text("(None, 4)")
    expect(page.get_by_text("Keras stops")).to_have_count(0)
    wait_idle(page)
    other = new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    other.goto(page.url)
    expect(row(other, "LSTM")).to_contain_text("(None, 4)", timeout=KERAS_STARTS)
    assert other.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.filterwarnings("ignore")  # Keras, when it saves
def test_a_saved_file_opens_with_its_names(page: Page, server: Server, tmp_path: Path) -> None:
    reader = keras.Sequential([keras.Input((17, 5)), layers.GRU(7, name="reader")], name="tower")
    wide = layers.Dense(60_000, name="wide")  # larger than what is sent of a file
    model = keras.Sequential([keras.Input((17, 5)), reader, wide, layers.Dense(2, name="verdict")])
    model.save(tmp_path / "mine.keras")
    assert (tmp_path / "mine.keras").stat().st_size > 2_000_000
    page.goto(server.url + "/your_model")
    page.locator("input[type=file]").set_input_files(tmp_path / "mine.keras")
    expect(row(page, "GRU")).to_contain_text("reader", timeout=KERAS_STARTS)
    expect(row(page, "Dense").last).to_contain_text("(None, 2)")
    expect(page.get_by_text("The model inside, tower, is laid out as layers here")).to_be_visible()
    expect(page.get_by_text(f"3 layers and {model.count_params():,} parameters")).to_be_visible()


@pytest.mark.filterwarnings("ignore")  # Keras, when it saves
def test_other_files_open_or_say_why_they_dont(page: Page, server: Server, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((13, 4)), layers.LSTM(6, name="reader")])
    (tmp_path / "cut.keras").write_bytes(b"PK\x03\x04 and no more")
    page.goto(server.url + "/your_model")
    field = page.locator("input[type=file]")
    field.set_input_files(tmp_path / "cut.keras")
    expect(page.get_by_text("cut off or damaged")).to_be_visible(timeout=KERAS_STARTS)
    with zipfile.ZipFile(tmp_path / "bomb.keras", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("config.json", " " * 40_000_000)
    field.set_input_files(tmp_path / "bomb.keras")
    expect(page.get_by_text("has more than the 16,000,000 bytes that this app reads")).to_be_visible()
    weights = keras.Sequential([keras.Input((13,)), layers.Dense(2_000_000, name="wide")])
    weights.save_weights(tmp_path / "all.weights.h5")
    field.set_input_files(tmp_path / "all.weights.h5")
    expect(page.get_by_text("it holds only weights, without a model")).to_be_visible()
    model.add(layers.Dense(1_000_000, name="wide"))
    model.save(tmp_path / "old.h5")  # far larger than what can be sent: of it only the configuration is
    assert (tmp_path / "old.h5").stat().st_size > 20_000_000
    field.set_input_files(tmp_path / "old.h5")
    expect(row(page, "LSTM")).to_contain_text("reader", timeout=KERAS_STARTS)


def test_a_program_opens_here(page: Page, server: Server) -> None:
    page.goto(server.url + "/your_model")
    page.get_by_label("Code that builds a model").fill("m = keras.Sequential([keras.Input((11, 6)), layers.LSTM(7)])")
    page.get_by_role("button", name="Open it here").click()
    expect(row(page, "LSTM")).to_contain_text("(None, 7)", timeout=KERAS_STARTS)


def stack(blocks: int) -> Document:
    """An encoder of many blocks, each as the one before."""
    placed = []
    for n in range(blocks):
        before = f"norm_{n - 1}" if n else "sequence"
        placed += [
            Placed(LayerSpec("Dense", f"wide_{n}", (("units", 31),)), (before,)),
            Placed(LayerSpec("Dense", f"back_{n}", (("units", 14),))),
            Placed(LayerSpec("Add", f"skip_{n}", ()), (before, f"back_{n}")),
            Placed(LayerSpec("LayerNormalization", f"norm_{n}", ())),
        ]
    return Document((InputSpec("sequence", (None, 20, 14)),), tuple(placed))


def gap(above: Locator, below: Locator) -> float:
    """How far the second begins below the first, wherever the page is scrolled."""
    one, two = above.bounding_box(), below.bounding_box()
    assert one
    assert two
    return two["y"] - one["y"]


def test_a_large_figure_is_opened_zoomed_and_searched_in_its_own_frame(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/your_model?m={packed(stack(9))}")
    flow = page.locator("figure.flow")
    fold = flow.get_by_role("button", name="Open wide_0 to norm_0 × 9")
    expect(fold).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    svg, frame = flow.locator(".scroll svg").first, flow.locator(".scroll")
    below = page.get_by_role("heading", name="Parameters")
    there, wide = gap(frame, below), float(svg.get_attribute("width") or 0)
    flow.get_by_role("button", name="Zoom in").click()
    frame.focus()
    page.keyboard.press("+")
    assert float(svg.get_attribute("width") or 0) == pytest.approx(wide * 1.25**2, rel=0.01)
    frame.hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    expect(flow.locator("output")).not_to_have_text("156 %")
    box = frame.bounding_box()
    assert box
    before = frame.evaluate("node => node.scrollLeft")
    page.mouse.move(box["x"] + 130, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 190, steps=3)
    page.mouse.up()
    assert frame.evaluate("node => node.scrollLeft") == pytest.approx(before + 100, abs=2)
    assert gap(frame, below) == there  # all of it moved nothing on the page
    flow.get_by_role("button", name="Fit all of it").click()
    fold.focus()
    page.keyboard.press("Enter")
    opened = flow.get_by_role("button", name="Fold wide_0 to norm_0 × 9")
    expect(opened).to_be_attached(timeout=KERAS_STARTS)
    expect(flow.locator("[data-step]")).to_have_count(1 + 4 * 9)
    find = page.get_by_role("combobox", name="Find a layer")
    find.click()
    page.keyboard.type("skip_7")
    page.keyboard.press("Enter")
    found = flow.locator("[data-step]").filter(has_text="found")
    expect(found).to_have_count(1)
    expect(found).to_be_in_viewport()


def test_two_fingers_zoom_the_figure_and_not_the_page(server: Server, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).new_page()
    page.goto(f"{server.url}/your_model?m={packed(stack(9))}")
    frame = page.locator("figure.flow .scroll")
    frame.scroll_into_view_if_needed(timeout=KERAS_STARTS)
    wait_idle(page)
    zoom = page.locator("figure.flow output")
    expect(zoom).to_have_text("100 %")
    fingers, box = page.context.new_cdp_session(page), frame.bounding_box()
    assert box

    def touch(kind: str, apart: int) -> None:
        y = box["y"] + 60
        points = [{"x": 195 + side * apart / 2, "y": y, "id": side} for side in (-1, 1)] if apart else []
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    for kind, apart in (("touchStart", 80), ("touchMove", 90), ("touchMove", 120), ("touchEnd", 0)):
        touch(kind, apart)
    expect(zoom).to_have_text("150 %")
    assert page.evaluate("visualViewport.scale") == 1
    page.context.close()


def test_branches_wider_than_the_page_have_a_frame_that_fits_all_of_them(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/your_model?m={packed(TEMPLATES['U-Net'])}")
    frame = page.locator("figure.flow .scroll")
    page.get_by_role("button", name="Fit all of it").click(timeout=KERAS_STARTS)
    assert frame.evaluate("node => node.scrollWidth - node.clientWidth") <= 0


def test_it_has_no_violations_by_day_and_night_and_fits_a_phone(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/your_model?m={packed(TEMPLATES['TextCNN'])}")
    expect(row(page, "Concatenate")).to_contain_text("(None, 16)", timeout=KERAS_STARTS)
    wait_idle(page)
    axe_finds_nothing_by_day_and_night(page)
    fits_a_phone(page)


def test_a_layer_is_dragged_to_another_place_and_removed_by_a_key(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/your_model")
    page.get_by_role("button", name="Sequence classifier").click(timeout=90_000)
    rows = page.locator("[draggable=true]")
    expect(rows.nth(2)).to_contain_text("(None, 3)", timeout=90_000)
    wait_idle(page)
    rows.nth(2).drag_to(rows.nth(1))
    expect(rows.nth(1)).to_contain_text("(None, 40, 3)")  # Dense reads every step now
    expect(rows.nth(2)).to_contain_text("Bidirectional")
    rows.nth(1).locator("button.choose").press("Delete")  # the keys go on with what has moved into its place
    expect(rows).to_have_count(2)
    expect(rows.nth(1).locator("button.choose")).to_be_focused()
