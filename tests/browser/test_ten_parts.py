"""The ten ways to learn by doing, on the explainers, as learners and a teacher go through them in a real browser.

A learner on the lesson's page predicts (1), points at numbers (2), steps through the calls (3), compares (5), lets
data come for what is None (4), takes it all away (7) and is challenged (6). A reader comes from the search, by a word
(10) and by a misconception (9). A teacher makes a link, a projector's page, a worksheet (8) and a part of another
page (7).

What is right is computed here, beside the app, from live Keras models. Each part is tested closely in a file of its
own.

The way through a page is the lesson's own `journey`: what is changed, what is left to the data, what is gone through
step by step (the calls of its cell; a lesson without a cell has a picture in their place).

Two lessons are gone through from end to end, one of each kind. Of the others `make test` takes those with a picture of
their own, and of them what differs from lesson to lesson: what is asked, the steps, the data. Where a number comes from
is told by data, which tests/views/test_sources.py reads for all lessons. The rest of each page is made of the same
parts, which are shown every preset of every lesson in tests/pages and tests/views; `make test-all` goes through it all.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from explainers.core.axes import sizes
from explainers.core.explainer import Explainer, Journey
from explainers.core.registry import all_explainers
from explainers.core.results import Inspection
from explainers.practice.challenges.engine import challenge
from explainers.practice.glossary.terms import Term, all_terms
from explainers.practice.misconceptions import asking
from explainers.practice.misconceptions.catalogue import all_misconceptions
from explainers.practice.misconceptions.misconception import Misconception
from explainers.practice.worksheets.making import worksheet
from tests.browser.axe import axe_finds_nothing, axe_finds_nothing_by_day_and_night, fits_a_phone
from tests.browser.server import Server
from tests.browser.watch import in_sight, open_tab, wait_idle
from tests.explained import explained
from tests.parts import standing_for
from tests.views.test_sources import from_an_argument
from views import predict
from views.worksheet import tasks

LESSONS = all_explainers()
WALKED = tuple(
    next(name for name, lesson in LESSONS.items() if (lesson.journey.steps == "calls") == by_calls)
    for by_calls in (True, False)
)
OTHERS = tuple(name for name in LESSONS if name not in WALKED)
PICTURED = tuple(name for name in OTHERS if LESSONS[name].journey.steps != "calls")  # the calls are in the first walk
TIMES = {name: ("light", "dark")[number % 2] for number, name in enumerate((*WALKED, *OTHERS))}  # a walk in each
end_to_end = pytest.mark.parametrize("name", standing_for(LESSONS, *WALKED))
KERAS_STARTS = 90_000  # ms: TensorFlow's import on a busy machine
SOON = 30_000  # ms: what a model must be run for


def begun(lesson: Explainer[Any]) -> dict[str, str]:
    """The dims of the link that the journey begins with."""
    return lesson.dims(**lesson.journey.begin).changed()


def frames_to_the_server(page: Page) -> list[object]:
    """Every message that the page sends from now on."""
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    return sent


def opened(page: Page, address: str, what: str = ".flow .step") -> Page:
    page.goto(address)
    expect(page.locator(what).first).to_be_visible(timeout=KERAS_STARTS)
    wait_idle(page)
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    wait_idle(page)


# -- a learner, on the lesson's page -------------------------------------------------------------------------


@end_to_end
def test_a_learner(page: Page, server: Server, tmp_path: Path, name: str) -> None:
    lesson = LESSONS[name]
    found = explained(name, **lesson.journey.begin).inspection
    sent = frames_to_the_server(page)
    opened(page, f"{server.url}/{name}?{urlencode({'predict': 'on'} | begun(lesson))}")
    predicts(page, found)
    points_at_a_number(page, found)
    steps_through(page, lesson.journey, sent)
    compares(page, lesson, found)
    lets_data_come(page, lesson.journey, counted_by_keras(page, name))
    takes_it_away(page, tmp_path, name)
    gives_its_address(page)
    saves_a_figure(page, tmp_path)
    axe_finds_nothing_by_day_and_night(page)
    fits_a_phone(page)
    page.emulate_media(color_scheme=TIMES[name])
    is_challenged(page, name)
    asks_the_home_page(page, name)


@pytest.mark.parametrize("name", standing_for(OTHERS, *PICTURED))
def test_what_differs(page: Page, server: Server, name: str) -> None:
    lesson = LESSONS[name]
    found = explained(name, **lesson.journey.begin).inspection
    sent = frames_to_the_server(page)
    opened(page, f"{server.url}/{name}?{urlencode({'predict': 'on'} | begun(lesson))}")
    predicts(page, found)
    steps_through(page, lesson.journey, sent)
    leaves_open(page, lesson)
    press(page, "Show all")  # new dims ask anew
    lets_data_come(page, lesson.journey, counted_by_keras(page, name))
    fits_a_phone(page)


def guess(page: Page, shapes: list[tuple[int | None, ...]], count: int | None) -> None:
    """One guess for each shape that comes out, and one for the count where it is asked."""
    fields = page.get_by_role("textbox", name=re.compile("^Output shape"))
    for field, shape in zip(fields.all(), shapes, strict=True):
        field.fill(str(shape))
    if count is not None:
        page.get_by_role("textbox", name="Parameters", exact=True).fill(str(count))
    press(page, "Check")


def predicts(page: Page, found: Inspection) -> None:
    """1: a guess that is wrong by one in every shape and in the count, and why; then a right one."""
    expect(page.get_by_role("switch", name="Predict first")).to_be_checked()
    first, *later = predict.questions(found)
    assert first.layer is not None
    wrong = [(*sizes(shape)[:-1], (shape[-1].size or 0) + 1) for shape in first.shapes]
    guess(page, wrong, first.layer.params + 1)
    expect(page.get_by_text(f"{first.name}: shape differs, count differs. Keras says {predict.told(first)}.")
           ).to_be_visible()  # fmt: skip
    last = first.shapes[0][-1]
    row = page.get_by_role("row").filter(has_text="differs").first
    said, keras = ((last.size or 0) + 1, last.size or 0)
    expect(row).to_have_text(re.compile(rf"{re.escape(last.axis)}\s*{said:,}\s*{keras:,}\s*differs"))
    expect(page.get_by_text(f"This is {last.axis}: {last.origin}.").first).to_be_visible()
    count = first.layer.params
    expect(page.get_by_text(f"you said {count + 1:,}, Keras says {count:,}. differs")).to_be_visible()

    following = later[0] if later else first
    if not later:
        press(page, "Predict these again")
    params = following.layer.params if following.layer else None
    guess(page, [sizes(shape) for shape in following.shapes], params)
    praise = f"{following.name}: shape right{', count right' if following.layer else ''}."
    expect(page.get_by_test_id("stAlertContentSuccess").filter(has_text=praise)).to_be_visible()
    if len(later) > 1:
        press(page, "Show all")
    expect(page.get_by_role("heading", name="Compare")).to_be_visible()


def points_at_a_number(page: Page, found: Inspection) -> None:
    """2: the same number, in the flow by the mouse, in the ledger by keys, in Keras' summary by a tap."""
    axis = from_an_argument(found)
    (source,) = axis.sources
    layer, _, argument = source.partition(".")
    same, itself = f"[data-sources~='{source}']", f"[aria-label='{axis.axis} {axis.size}']"
    line = found.code_lines[layer]

    def place(component: str, number: str) -> Locator:
        return page.locator(f"[data-component={component}] {number}{same}").first

    def all_lit(tab: str, lit_there: str) -> None:
        """The number is lit wherever it stands; the argument and its line are named."""
        for component, lit in {"shape_flow": ".value", "ledger": ".num", tab: lit_there}.items():
            expect(page.locator(f"[data-component={component}] {lit}.lit{same}").first).to_be_visible()
        tip = page.get_by_role("tooltip")
        expect(tip).to_contain_text(f"{argument}={axis.size} of ")
        expect(tip).to_contain_text(f"line {line}: ")

    def nothing_lit() -> None:
        for component in ("shape_flow", "ledger", "summary", "code"):
            expect(page.locator(f"[data-component={component}] .lit")).to_have_count(0)

    open_tab(page, "Code")
    place("code", f".num{itself}").hover()
    all_lit("code", ".line")
    assert str(line) in page.locator("[data-component=code] .line.lit .at").all_inner_texts()
    page.mouse.move(2, 2)
    nothing_lit()
    open_tab(page, "Summary")
    place("shape_flow", f".value{itself}").hover()
    all_lit("summary", ".num")
    page.mouse.move(2, 2)
    nothing_lit()
    place("ledger", ".numbers .num").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    all_lit("summary", ".num")
    page.keyboard.press("Escape")
    nothing_lit()
    place("summary", f".num{itself}").click()
    page.mouse.move(2, 2)
    all_lit("summary", ".num")
    page.keyboard.press("Escape")
    nothing_lit()


def steps_through(page: Page, journey: Journey, sent: list[object]) -> None:
    """3: by buttons, by keys, by the slider, played; the server hears nothing of it."""
    calls = journey.steps == "calls"
    part = page.locator(f"[data-component={journey.steps}]")
    place = part.locator(".where b" if calls else ".said")
    scrub = part.locator(".scrub")

    def button(name: str) -> Locator:
        return part.get_by_role("button", name=name, exact=True)

    def goes(act: Callable[[], Any]) -> str:
        before = place.inner_text()
        act()
        expect(place).not_to_have_text(before, timeout=5_000)
        return place.inner_text()

    in_sight(page)
    for closed in part.locator("details.fold:not([open]) > summary").all():
        closed.click()
    sent.clear()
    if button("First").is_enabled():  # not at the first already
        button("First").click()
    first = place.inner_text()
    second = goes(button("Next").click)
    third = goes(button("Next").click)
    assert goes(button("Back").click) == second
    assert goes(button("First").click) == first
    last = goes(lambda: scrub.fill(scrub.get_attribute("max") or ""))
    assert len({first, second, third, last}) == 4
    button("Next").focus()
    assert goes(lambda: page.keyboard.press("Home")) == first
    assert goes(lambda: page.keyboard.press("ArrowRight")) == second
    assert goes(lambda: page.keyboard.press("End")) == last
    assert goes(lambda: page.keyboard.press("ArrowLeft")) != last
    button("First").click()
    button("Play").click()
    expect(place).not_to_have_text(first, timeout=5_000)
    button("Pause").click()
    if calls:
        opens_the_cell(part)
    assert sent == []


def opens_the_cell(part: Locator) -> None:
    """The probe has its word, the gates their values, another sequence other numbers; the memory can be jumped into."""
    place = part.locator(".where b")
    part.get_by_role("button", name="First", exact=True).click()
    if part.locator(".cell.probe").count():
        expect(place).to_have_text("probe")
        expect(part.locator(".where")).to_contain_text("Keras tries the cell on timestep 0")
    part.locator(".scrub").fill("2")
    expect(part.locator("[data-key^='gates'] .value")).not_to_have_count(0)
    inside = part.locator("[data-key='output'] .value")
    before = inside.all_inner_texts()
    assert all(re.fullmatch(r"[+−]?\d[\d.e−-]*", text) for text in before)
    rows = part.get_by_role("radiogroup", name="Sequence of the batch").get_by_role("radio")
    if rows.count() > 1:
        rows.nth(1).click()
        assert inside.all_inner_texts() != before
    expect(part.get_by_text(re.compile("NumPy")).first).to_be_visible()
    now = place.inner_text()
    heat = part.locator(".heat")
    width = heat.evaluate("node => node.getBoundingClientRect().width")
    heat.click(position={"x": width - 12, "y": 20})
    expect(place).not_to_have_text(now)


def compares(page: Page, lesson: Explainer[Any], found: Inspection) -> None:
    """5: pinned, a dim changed, an axis left open; each difference with its reason."""
    change = lesson.journey.change
    press(page, "Pin these dims")
    expect(page.get_by_text("Nothing differs yet")).to_be_visible()
    field = page.get_by_role("spinbutton", name=change, exact=True)
    old = field.input_value()
    field.fill("9")
    field.press("Enter")
    expect(page).to_have_url(re.compile(rf"{change}=9"))
    leaves_open(page, lesson)
    press(page, "Show all")  # new dims ask anew
    expect(page.get_by_text(re.compile("^2 dims differ: "))).to_be_visible(timeout=SOON)
    wait_idle(page)

    def table(label: str) -> Locator:
        return page.get_by_role("region", name=label, exact=True)

    expect(page.locator("[data-component=grid]").get_by_text(re.compile(rf"{old} → 9 \("))).not_to_have_count(0)
    shapes = table("Shapes").locator(".moved").all_inner_texts()
    opened = lesson.dims.spec(lesson.journey.open)
    of_the_model = opened.kind == "bool" or opened.sets  # the batch_size of fit is in no shape
    assert {old, "9", *(["None"] if of_the_model else [])} <= set(shapes)
    assert f"{found.total_params:,}" in table("Parameters").inner_text()
    page.locator("[class*='st-key-ways-']").get_by_role("tab", name="Code", exact=True).click()
    changed = page.get_by_role("region", name="The code: - pinned, + now")
    expect(changed.locator(".added")).not_to_have_count(0)


def leaves_open(page: Page, lesson: Explainer[Any]) -> None:
    """The axis that the journey opens is left to the data."""
    opened = lesson.journey.open
    switch = lesson.dims.spec(opened).kind == "bool"
    page.get_by_role("switch" if switch else "button", name=opened if switch else f"{opened} None", exact=True).click()
    expect(page).to_have_url(re.compile(f"{opened}={switch or None}"))
    wait_idle(page)


def counted_by_keras(page: Page, name: str) -> int:
    """The parameters of a model that is built here, with the dims of the page's link."""
    lesson, said = LESSONS[name], parse_qs(urlsplit(page.url).query)
    dims = lesson.dims.read({spec.name: said[spec.name][0] for spec in lesson.dims.specs() if spec.name in said})
    return int(lesson.build(dims).count_params())


def lets_data_come(page: Page, journey: Journey, weights: int) -> None:
    """4: the same weights, three batches and, where the axis is open, three lengths."""
    page.get_by_text("Run the same weights with batches of 1, 2 and 7").click()
    table = page.get_by_role("region", name="The same weights, several sizes of data").get_by_role("table")
    expect(table).to_be_visible(timeout=SOON)
    wait_idle(page)
    heads = [" ".join(text.split()) for text in table.get_by_role("columnheader").all_inner_texts()]
    batches = {int(n) for head in heads for n in re.findall(r"^(?:batch|\w+) (\d+)", head)}
    lengths = {int(n) for head in heads for n in re.findall(rf"{journey.axis} (\d+)", head)}
    assert {1, 2, 7} <= batches, heads
    assert len(lengths) >= 3, heads

    def row(head: str) -> list[str]:
        lines = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(f"^{head}")))
        return lines.get_by_role("cell").all_inner_texts()

    assert set(row("weights")) == {f"{weights:,}"}
    assert len(set(row("fingerprint"))) == 1


def takes_it_away(page: Page, folder: Path, name: str) -> None:
    """7: a script and a notebook, an assert for each shape and count; tests/views/test_export.py runs both."""
    open_tab(page, "Export")
    for label, ending in (("Script (.py)", "py"), ("Notebook (.ipynb)", "ipynb")):
        with page.expect_download(timeout=SOON) as arrives:
            page.get_by_role("button", name=label, exact=True).click()
        assert arrives.value.suggested_filename.startswith(name)
        assert arrives.value.suggested_filename.endswith(f".{ending}")
        arrives.value.save_as(folder / ending)
    script = (folder / "py").read_text("utf-8")
    compile(script, "taken.py", "exec")
    book = nbformat.read(folder / "ipynb", as_version=4)
    nbformat.validate(book)
    asserted = len(re.findall(r"^\s*assert ", script, re.MULTILINE))
    assert asserted > 2
    code = "\n".join(cell.source for cell in book.cells if cell.cell_type == "code")
    assert len(re.findall(r"^\s*assert ", code, re.MULTILINE)) == asserted


def gives_its_address(page: Page) -> None:
    """7: the link to this page, and the form that shows it inside another one."""
    link = page.get_by_role("group", name="The link", exact=True).inner_text().strip()
    dims = parse_qs(urlsplit(page.url).query)
    assert parse_qs(urlsplit(link).query) == {
        name: said for name, said in dims.items() if name not in ("predict", "pin")
    }
    form = page.get_by_role("group", name="Code to embed this page").inner_text()
    assert f'src="{link.replace("&", "&amp;")}&amp;embed=true"' in form


def saves_a_figure(page: Page, folder: Path) -> None:
    """7: the first figure of the page, as SVG and as PNG of twice its size."""
    for kind in ("SVG", "PNG"):
        with page.expect_download() as arrives:
            page.get_by_role("button", name=f"Save {kind}", exact=True).first.click()
        assert arrives.value.suggested_filename == f"shape_flow.{kind.lower()}"
        arrives.value.save_as(folder / kind)
    svg = (folder / "SVG").read_text("utf-8")
    width, height = (int(n) for n in re.findall(r'(?:width|height)="(\d+)"', svg)[:2])
    head = (folder / "PNG").read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    assert struct.unpack(">II", head[16:]) == (2 * width, 2 * height)


def is_challenged(page: Page, name: str) -> None:
    """6: a count, with a hint; one too many, and right by a model that is built here."""
    page.get_by_role("link", name=re.compile("^Challenges: ")).click()
    expect(page).to_have_url(re.compile(rf"/challenges\?.*lesson={name}"))
    expect(page.get_by_role("button", name="Hint 1 of 3")).to_be_visible(timeout=SOON)
    wait_idle(page)
    page.get_by_role("radio", name="How many parameters?").click()
    expect(page).to_have_url(re.compile("kind=count"))
    expect(page.get_by_role("textbox", name="Parameters", exact=True)).to_be_visible(timeout=SOON)
    wait_idle(page)
    truth = counted(LESSONS[name], int(parse_qs(urlsplit(page.url).query)["seed"][0]))
    press(page, "Hint 1 of 3")
    expect(page.get_by_text("Hint 1.")).to_be_visible()
    for said, told in ((truth + 1, f"Keras counts fewer than {truth + 1:,}"), (truth, f"Yes: Keras counts {truth:,}")):
        page.get_by_role("textbox", name="Parameters", exact=True).fill(f"{said:,}")
        press(page, "Check")
        expect(page.get_by_text(told)).to_be_visible(timeout=SOON)
    expect(page.get_by_text("Solved in this visit: 1, without a hint: 0.")).to_be_visible()
    if name in WALKED:
        axe_finds_nothing(page)


def counted(lesson: Explainer[Any], seed: int) -> int:
    """What Keras counts in the layer, or the model, that the challenge of this seed asks about."""
    asked = challenge(lesson.name, "count", seed)
    model = lesson.build(lesson.dims(**asked.dims))
    return int((model.get_layer(asked.layer) if asked.layer else model).count_params())


def asks_the_home_page(page: Page, name: str) -> None:
    """10 and 9: a question, a word and a misconception are searched for, and each leads to the lesson."""
    lesson = LESSONS[name]
    page.set_viewport_size({"width": 1280, "height": 900})
    goes_home(page)
    asked = search(page, lesson.asked[0].question, lesson.asked[0].question)
    assert (asked.get_attribute("href") or "").split("?")[0] == name
    for term in [term for term in all_terms() if term.lesson == name][:1]:
        looks_up(page, lesson, term)
    for misconception in [misconception for misconception in all_misconceptions() if misconception.lesson == name][:1]:
        is_asked_back(page, lesson, misconception)


def looks_up(page: Page, lesson: Explainer[Any], term: Term) -> None:
    """A word leads to its entry, which says other people's words for it and leads on to the lesson."""
    search(page, term.word, term.word).click()
    expect(page).to_have_url(re.compile(rf"/glossary\?term={term.slug}"))
    entry = page.get_by_role("table", name="Your word")
    for _, word in term.others:
        expect(entry).to_contain_text(word)
    expect(entry.get_by_role("link", name=f"See it live: {lesson.title}")).to_be_visible()


def is_asked_back(page: Page, lesson: Explainer[Any], misconception: Misconception[Any]) -> None:
    """What people believe is tried live and asked back; the lesson behind it is one link away."""
    goes_home(page)
    search(page, misconception.believed, misconception.believed).click()
    is_shown_and_asked(page, misconception.slug)
    if lesson.name in WALKED:
        axe_finds_nothing(page)
    back = page.get_by_role("link").filter(has=page.get_by_text(lesson.question, exact=True))
    assert (back.get_attribute("href") or "").split("?")[0] == lesson.name


def goes_home(page: Page) -> None:
    page.get_by_role("link", name="Shape Explainer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Where does every number"))


def search(page: Page, text: str, title: str) -> Locator:
    """Type it into the search of the home page; the link that it finds."""
    field = page.get_by_label("Ask anything")
    expect(field).to_be_visible()
    field.fill(text)
    results = page.get_by_role("list", name=re.compile(r"^(\d+ results?|Answer)$"))
    link = results.get_by_role("link").filter(has=page.get_by_text(title, exact=True)).first
    expect(link).to_be_visible(timeout=SOON)
    return link


def is_shown_and_asked(page: Page, slug: str) -> None:
    """What was tried just now, and the question on new dims, answered as the live model answers it."""
    expect(page).to_have_url(re.compile(rf"/misconceptions\?misconception={slug}$"))
    trial = asking.show_misconception(slug, {}).trials[0]
    expect(page.get_by_text(trial.title).first).to_be_visible(timeout=SOON)
    wait_idle(page)
    question = asking.question(slug, 1)
    truth = asking.judge(slug, 1, "").truth
    if question.kind == "choice":
        page.get_by_role("radiogroup").get_by_text(truth, exact=True).click()
    else:
        page.get_by_role("textbox", name="Your answer").fill(truth)
    press(page, "Check")
    expect(page.get_by_text(f"Right: {truth}.")).to_be_visible(timeout=SOON)


# -- a teacher -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", standing_for(LESSONS, WALKED[0]))
def test_a_teacher(new_page: Callable[..., Page], server: Server, tmp_path: Path, name: str) -> None:
    """8: a link for the projector with a part hidden, a worksheet with its key; 7: the form for another page."""
    page = new_page(color_scheme=TIMES[name])
    opened(page, f"{server.url}/classroom?lesson={name}", ".controls")
    page.get_by_role("combobox", name=re.compile("Sections to hide$")).fill("Break it")
    page.get_by_role("option", name="Break it", exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_text("Projector", exact=True).click()
    link = page.get_by_role("group", name="The link for the class")
    expect(link).to_have_text(f"{server.url}/{name}?hide=break-it&view=projector")
    prints_a_worksheet(page, tmp_path, name)
    if name in WALKED:
        axe_finds_nothing_by_day_and_night(page)  # and from here on it is dark

    page.goto(f"{server.url}/{name}?hide=break-it&view=projector")
    place = page.get_by_text(re.compile(r"^\d+ of \d+( · |$)"))
    expect(place).to_have_text(re.compile(r"^1 of \d+ · Shape flow"), timeout=KERAS_STARTS)
    wait_idle(page)
    page.keyboard.press("ArrowRight")
    expect(place).to_have_text(re.compile(r"^2 of \d+"), timeout=SOON)
    wait_idle(page)
    axe_finds_nothing(page)

    opened(page, f"{server.url}/{name}?hide=break-it,answers&embed=true")
    expect(page.get_by_role("textbox", name=re.compile("^Output shape")).first).to_be_visible()
    expect(page.get_by_role("button", name="Check", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Show all")).to_have_count(0)
    waiting = page.get_by_text(re.compile("will appear here when you have predicted every step"))
    expect(waiting).to_contain_text("Compare")
    expect(waiting).not_to_contain_text("Break it")
    expect(page.get_by_role("heading", level=1)).to_have_count(0)
    expect(page.get_by_role("button", name="Basics")).to_have_count(0)
    expect(page.get_by_text("Every number on this page was read from")).to_have_count(0)
    if name in WALKED:
        axe_finds_nothing(page)


def prints_a_worksheet(page: Page, folder: Path, name: str) -> None:
    """The same seed gives the sheet and the key that are made here."""
    page.get_by_role("spinbutton", name="Seed", exact=True).fill("23")
    page.get_by_role("spinbutton", name="Exercises", exact=True).fill("4")
    press(page, "Make the worksheet")
    with page.expect_download(timeout=SOON) as arrives:
        page.get_by_role("button", name="Printable worksheet").click()
    assert arrives.value.suggested_filename == f"{name}_worksheet_23.html"
    arrives.value.save_as(folder / "sheet.html")
    with page.expect_download(timeout=SOON) as arrives:
        page.get_by_role("button", name="Printable answer key").click()
    arrives.value.save_as(folder / "key.html")
    sheet, key = ((folder / name).read_text("utf-8") for name in ("sheet.html", "key.html"))
    made = tasks(worksheet(name, 23, 4))
    assert [task.title for task in made] == re.findall(r"<h3>\d+\. (.*?)</h3>", sheet)
    answers = [blank.answer for task in made for blank in task.blanks]
    assert [unescape(told) for told in re.findall(r'<td class="answer"[^>]*>(.*?)</td>', key, re.DOTALL)] == answers
    assert 'class="answer"' not in sheet
