"""A whole lesson with a teacher and students on phones, each in a context of their own: five questions, one student
reloads, the server is killed after answers were acknowledged and before they are revealed, and comes back. Other people
have lessons open on it meanwhile (lost_server.py).

What is right is told by closed forms, from the sizes that stand on the page.
"""

from __future__ import annotations

import csv
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from rooms.tasks import BEFORE, CHALLENGE, COUNT, MISCONCEPTION, SHAPE, Task, TaskSet, asked_again, packed
from scripts.debian import program
from scripts.replicas_test import nginx
from tests.browser.axe import PHONE, axe_finds_nothing, axe_finds_nothing_by_day_and_night
from tests.browser.lost_server import OpenLessons, the_first_page_says_that_keras_starts
from tests.browser.server import Running, Server
from tests.browser.watch import wait_idle
from tests.rooms.postgres import NEEDED, running

KERAS_STARTS = 150_000  # ms
SOON = 30_000
STEPS, FEATURES, UNITS = 29, 13, 37  # of the first lesson; numbers that stand nowhere else
DIMS = {"timesteps": str(STEPS), "features": str(FEATURES), "units": str(UNITS)}
WEIGHTS = UNITS * (FEATURES + UNITS + 1)
FIVE = TaskSet(
    "Thursday’s class",
    asked_again(
        (
            Task(SHAPE, "simple_rnn", "rnn", DIMS, part=BEFORE),
            Task(COUNT, "simple_rnn", "rnn", DIMS, minutes=20),
            Task(MISCONCEPTION, "flatten-works-with-open-steps", seed=1),
            Task(CHALLENGE, "conv1d", seed=3, challenge="line"),
        )
    ),
)
BUILDS, REFUSES = "It builds", "Keras refuses it"


@dataclass
class Student:
    """One phone. sent: everything that came over the network to it, until something was revealed."""

    page: Page
    name: str
    sent: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._frame))
        self.page.on("response", self._response)

    def _frame(self, frame: str | bytes) -> None:
        self.sent.append(frame if isinstance(frame, str) else frame.decode("utf-8", "replace"))

    def _response(self, response: Any) -> None:
        if "/class/" in response.url:
            with suppress(Exception):  # a request that ended with its server
                self.sent.append(response.text())

    def join(self, address: str, code: str) -> None:
        self.page.goto(f"{address}/join?room={code}")
        name = self.page.get_by_label("Your name in this class")
        expect(name).to_have_value(re.compile(r"\w+ \w+"), timeout=SOON)  # a neutral one is offered
        name.fill(self.name)
        self.page.get_by_role("button", name="Join", exact=True).click()
        self.sees("You're in.")

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator(".card").get_by_text(text).first).to_be_visible(timeout=SOON)

    def at(self, number: int) -> None:
        self.sees(f"Question {number} of {len(FIVE)}")

    def shape(self, *sizes: int | None) -> None:
        """Typed box by box, as on a phone."""
        for place, size in enumerate(sizes, 1):
            box = self.page.get_by_label(f"Axis {place}", exact=True)
            box.click()
            if size is None:
                self.page.get_by_role("button", name="None", exact=True).click()
            else:
                box.press_sequentially(str(size))
        self.send()

    def choose(self, label: str) -> None:
        self.page.get_by_role("radio", name=label).first.check()
        self.send()

    def count(self, number: str) -> None:
        self.page.get_by_label("How many?").fill(number)
        self.send()

    def send(self, acknowledged: bool = True) -> None:
        self.page.get_by_role("button", name="Send my answer").click()
        if acknowledged:
            self.sees("Saved:")


@dataclass
class Teacher:
    """The teacher's screen."""

    page: Page

    def open(self, address: str) -> str:
        """Open the class of the five tasks; returns its code."""
        self.page.goto(f"{address}/start_class?set={packed(FIVE)}")
        self.page.get_by_role("button", name="Open the class").click(timeout=SOON)
        expect(self.page).to_have_url(re.compile(r"room="), timeout=KERAS_STARTS)
        expect(self.page.locator(".class-code")).to_be_visible(timeout=SOON)
        return parse_qs(urlsplit(self.page.url).query)["room"][0]

    def click(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click(timeout=SOON)

    def sees_numbers(self, joined: int, answered: int) -> None:
        """They move by themselves."""
        board = self.page.locator("[data-component=class_board]")
        expect(board.locator("[data-key=answered] .value")).to_have_text(f"{answered} of {joined}", timeout=SOON)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=SOON)


@dataclass
class Lesson:
    """A teacher and students at one address."""

    address: str
    teacher: Teacher
    students: list[Student]

    def everyone(self, number: int) -> None:
        for student in self.students:
            student.at(number)

    @property
    def good(self) -> list[Student]:
        """Every second one answers everything right."""
        return self.students[::2]

    def number_of(self, student: Student) -> str:
        """Right, or the kernel alone."""
        return f"{WEIGHTS:,}" if student in self.good else str(UNITS * FEATURES)

    @property
    def bad(self) -> list[Student]:
        return self.students[1::2]


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`contexts(390, 844)`: a page in a context of its own, so that nobody shares what a browser keeps."""
    with ExitStack() as stack:

        def opened(width: int, height: int) -> Page:
            context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US")
            stack.callback(context.close)
            return context.new_page()

        yield opened


def gathered(contexts: Callable[..., Page], address: str, students: int) -> Lesson:
    """A class with this many students, in its lobby."""
    teacher = Teacher(contexts(1280, 900))
    code = teacher.open(address)
    found = [Student(contexts(PHONE, 844), f"Student <{number}>") for number in range(students)]
    for student in found:
        student.listen()
        student.join(address, code)
    expect(teacher.page.locator("[data-key=joined] .value")).to_have_text(str(students), timeout=SOON)
    teacher.click("Start")
    return Lesson(address, teacher, found)


def first_question(lesson: Lesson) -> None:
    """(None, units) is right; every second student keeps the timesteps."""
    lesson.everyone(1)
    for student in lesson.good:
        student.shape(None, UNITS)
    for student in lesson.bad:
        student.shape(None, STEPS, UNITS)
    everyone, wrong = len(lesson.students), len(lesson.bad)
    lesson.teacher.sees_numbers(everyone, everyone)
    lesson.teacher.sees(f"{wrong} of {everyone} kept timesteps, which the output doesn't have.")
    lesson.teacher.sees("“An RNN passes on its sequence by default.”")


def nothing_was_given_away(students: list[Student]) -> None:
    for student in students:
        assert student.sent
        text = "\n".join(student.sent)
        assert str(WEIGHTS) not in text
        assert f"{WEIGHTS:,}" not in text


def second_question(lesson: Lesson, kill: Callable[[], None], come_back: Callable[[], None]) -> None:
    """A count. The first student reloads with a number half typed; the server is killed when all but the last have
    their answer acknowledged, and that one answers without it.
    """
    lesson.teacher.click("Next")
    lesson.everyone(2)
    returning, *others, last = lesson.students
    returning.page.get_by_label("How many?").fill("12")
    returning.page.reload()
    returning.at(2)
    expect(returning.page.get_by_label("How many?")).to_have_value("12")
    nothing_was_given_away(lesson.students)
    for student in (returning, *others):
        student.count(lesson.number_of(student))
    lesson.teacher.sees_numbers(len(lesson.students), len(lesson.students) - 1)
    nothing_was_given_away(lesson.bad)  # the others have said it themselves
    kill()
    last.page.get_by_label("How many?").fill(lesson.number_of(last))
    last.send(acknowledged=False)
    last.sees("Not sent yet.")
    last.page.wait_for_timeout(5000)
    come_back()
    last.sees("Saved:")  # by itself
    lesson.teacher.sees_numbers(len(lesson.students), len(lesson.students))
    wait_idle(lesson.teacher.page)
    lesson.teacher.click("Reveal")
    for student in lesson.good:
        student.sees("Right:")
    for student in lesson.students:
        student.sees(f"{WEIGHTS:,}")


def third_question(lesson: Lesson) -> None:
    """One of several choices."""
    lesson.teacher.click("Next")
    lesson.everyone(3)
    for student in lesson.students:
        student.choose(REFUSES if student in lesson.good else BUILDS)
    lesson.teacher.sees_numbers(len(lesson.students), len(lesson.students))
    lesson.teacher.click("Reveal")
    lesson.students[0].sees("Right:")
    lesson.students[1].sees("Not quite.")


def fourth_question(lesson: Lesson) -> None:
    """A line of a program; only the first student answers, and it is closed early."""
    lesson.teacher.click("Next")
    lesson.everyone(4)
    lesson.students[0].page.get_by_role("radio").nth(0).check()
    lesson.students[0].send()
    lesson.teacher.sees_numbers(len(lesson.students), 1)
    lesson.teacher.click("Close")
    for student in lesson.students[1:]:
        student.sees("This question is closed.")
    lesson.teacher.click("Reveal")
    lesson.students[1].sees("Keras stops at line")
    lesson.students[1].sees(re.compile(r"^1 {2}signal = "))  # the program it is about


def fifth_question(lesson: Lesson) -> None:
    """The first one again with other sizes, which stand on the page; everyone has understood it now."""
    lesson.teacher.click("Next")
    lesson.everyone(5)
    prompt = lesson.students[0].page.locator(".prompt").first.inner_text()
    found = re.search(r"units=(\d+)", prompt)
    assert found is not None
    assert int(found[1]) != UNITS
    for student in lesson.students:
        student.shape(None, int(found[1]))
    lesson.teacher.click("Reveal")
    for student in lesson.students:
        student.sees("Right:")
    lesson.teacher.click("End the class")
    lesson.students[0].sees(re.compile(r"You had [34] of 4 right"))  # the first question was not revealed


def the_csv_adds_up(lesson: Lesson) -> None:
    page, everyone, right = lesson.teacher.page, len(lesson.students), len(lesson.good)
    lesson.teacher.sees("What to repeat next time")
    lesson.teacher.sees(f"{right} of {everyone} right before, {everyone} of {everyone} after")
    lesson.teacher.sees("That is 100% of what could be gained")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5 * everyone
    answered = [sum(int(row["answered"]) for row in rows if row["task"] == str(task)) for task in range(1, 6)]
    correct = [sum(int(row["right"]) for row in rows if row["task"] == str(task)) for task in range(1, 6)]
    assert answered == [everyone, everyone, everyone, 1, everyone]
    assert [correct[0], correct[1], correct[2], correct[4]] == [right, right, right, everyone]
    assert {row["student"] for row in rows} == {student.name for student in lesson.students}


def whole(lesson: Lesson, kill: Callable[[], None], come_back: Callable[[], None]) -> None:
    first_question(lesson)
    second_question(lesson, kill, come_back)
    third_question(lesson)
    fourth_question(lesson)
    fifth_question(lesson)
    the_csv_adds_up(lesson)


def killed(server: Server) -> None:
    """As by a power failure: no chance to write anything down."""
    with suppress(ProcessLookupError):
        os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("students", [2, pytest.param(8, marks=pytest.mark.long)])
def test_a_class_and_open_lessons_on_one_server_that_is_killed_and_started_again(
    contexts: Callable[..., Page], page: Page, fresh_server: Callable[..., Server], tmp_path: Path, students: int
) -> None:
    env = {"SHAPE_EXPLAINER_DATA": str(tmp_path / "data")}
    servers = [fresh_server(env=env)]
    the_first_page_says_that_keras_starts(page, servers[0])
    page.close()
    lessons = OpenLessons(contexts(1280, 900).context, servers[0])

    def kill() -> None:
        killed(servers[0])
        lessons.lose_it()

    def come_back() -> None:
        servers.append(fresh_server(port=servers[0].port, env=env))
        lessons.find_it_again()

    whole(gathered(contexts, servers[0].url, students), kill, come_back)
    lessons.go_on()
    assert "Traceback" not in servers[1].log()


@NEEDED
@pytest.mark.skipif(not program("nginx"), reason="nginx is not installed: make replicas-test brings it")
@pytest.mark.long
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_lesson_on_two_copies_with_postgresql_one_of_which_is_killed(
    contexts: Callable[..., Page], fresh_server: Callable[..., Server], tmp_path: Path
) -> None:
    """One phone loses its network besides: the copies behind nginx never go both."""
    with running() as postgres:
        env = {"SHAPE_EXPLAINER_STORE": postgres.address}
        copies = [fresh_server(env=env) for _ in range(2)]
        folder = tmp_path / "nginx"
        folder.mkdir()
        with nginx(folder, [copy.port for copy in copies]) as address:
            lesson = gathered(contexts, address, 8)
            last = lesson.students[-1].page.context

            def kill() -> None:
                killed(copies[0])
                last.set_offline(True)

            whole(lesson, kill, lambda: last.set_offline(False))


def slowly(route: Route) -> None:
    """Joining takes longer than the time between two looks of the page."""
    time.sleep(2.5)
    route.continue_()


READ_FAR = (
    "[data-component=class_board] :is(h3, .said), "
    "[data-component=shape_flow] svg :is(.label text, .verb, .note)"  # of a figure every word
)
SIZES = "all => all.map(each => parseFloat(getComputedStyle(each).fontSize) * each.currentCSSZoom)"


def the_wall_is_read_from_the_back(page: Page) -> None:
    """Axis labels of at least 32 px, the code and its picture whole and in sight, and nothing that leads the class."""
    expect(page.locator("[data-component=shape_flow] svg text").first).to_be_visible(timeout=SOON)
    sizes = page.locator(READ_FAR).evaluate_all(SIZES)
    assert len(sizes) > 6
    assert min(sizes) >= 31.9
    for part in (".class-code", ".class-door img"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1920
        assert box["y"] + box["height"] <= 1080
    assert "key=" not in page.url
    for name in ("Next", "Back", "Close", "Reveal", "One more minute", "Delete the class now"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_all_pages_of_a_class_by_axe_and_the_keyboard(new_page: Callable[..., Page], server: Running) -> None:
    teacher, phone = Teacher(new_page()), new_page(viewport={"width": PHONE, "height": 844}, is_mobile=False)
    teacher.page.goto(f"{server.url}/start_class")
    teacher.sees("Open the class")
    axe_finds_nothing_by_day_and_night(teacher.page)
    code = teacher.open(server.url)
    axe_finds_nothing(teacher.page)  # at night, as it is left
    student = Student(phone, "Ann")
    phone.route("**/class/join", slowly)
    phone.goto(f"{server.url}/join")
    expect(phone.get_by_label("Class code")).to_be_visible(timeout=SOON)
    axe_finds_nothing(phone)  # the question below is the same card, by day and by night
    phone.get_by_label("Class code").fill(f"{code[:3]} {code[3:].lower()}")
    phone.get_by_label("Class code").press("Enter")
    student.sees("You're in.")
    expect(phone.locator("p", has_text="You're in.")).to_be_focused()
    teacher.click("Start")
    student.at(1)
    expect(phone.get_by_role("heading", level=2)).to_be_focused()
    axe_finds_nothing_by_day_and_night(phone)
    phone.get_by_label("Axis 1", exact=True).focus()  # by keys alone from here
    phone.keyboard.type(f"n{STEPS},{UNITS}")
    phone.keyboard.press("Enter")
    phone.keyboard.press("Enter")
    student.sees(f"(None, {STEPS}, {UNITS})")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE
    teacher.sees_numbers(1, 1)
    axe_finds_nothing_by_day_and_night(teacher.page)
    teacher.click("Reveal")
    student.sees("Not quite.")
    axe_finds_nothing_by_day_and_night(phone)
    wait_idle(teacher.page)
    axe_finds_nothing_by_day_and_night(teacher.page)
    projector = new_page(viewport={"width": 1920, "height": 1080}, color_scheme="dark")
    projector.goto(f"{server.url}/start_class?room={code}")
    expect(projector.get_by_text("1 of 1 kept timesteps").first).to_be_visible(timeout=SOON)
    axe_finds_nothing(projector)
    the_wall_is_read_from_the_back(projector)
    for number in range(2, 6):
        teacher.click("Next")
        teacher.sees(f"Question {number} of 5")
    teacher.click("End the class")
    teacher.sees("What to repeat next time")
    axe_finds_nothing_by_day_and_night(teacher.page)
    teacher.click("Delete the class now")
    teacher.click("Delete everything")
    student.sees("There is no class with this code.")
