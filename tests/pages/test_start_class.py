"""The teacher's page before, during and after a class, and the student's door. The pool's workers are real."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from explainers.core.axes import sizes
from explainers.core.registry import find_explainer
from explainers.yours.link import packed as packed_model
from explainers.yours.templates import TEMPLATES
from rooms import asked, tally
from rooms.asked import Prepared
from rooms.desk import Desk, Opened
from rooms.tally import TOO_MANY
from rooms.tasks import (
    BEFORE,
    CHALLENGE,
    COUNT,
    MISCONCEPTION,
    READY,
    SHAPE,
    Task,
    TaskSet,
    asked_again,
    packed,
    unpacked,
)
from shell import class_api, class_desk, class_own, class_tasks
from shell.class_tasks import TaskTrouble
from tests.apptest import component_data, open_page, tables
from views import classes
from views.predict import GuessError

LEADING = ("Start", "Back", "Close", "Reveal", "Next", "Delete everything")
TOKEN = "token-of-anna-0123456789"
DIMS = {"timesteps": "9", "features": "4", "units": "6"}
THREE = TaskSet(
    "Monday", asked_again((Task(SHAPE, "simple_rnn", "rnn", DIMS, part=BEFORE), Task(COUNT, "simple_rnn", "rnn", DIMS)))
)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A store of this test alone."""
    monkeypatch.setenv("SHAPE_EXPLAINER_DATA", str(tmp_path / "data"))
    class_desk.desk.cache_clear()
    yield tmp_path / "data"
    class_desk.desk().store.close()
    class_desk.desk.cache_clear()


def opened(page: str, **query: str) -> AppTest:
    app = open_page(page, **query)
    assert not app.exception
    return app


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def click(app: AppTest, label: str) -> AppTest:
    app = button(app, label).click().run()
    assert not app.exception
    return app


def told(app: AppTest) -> str:
    return "\n".join(each.value for each in (*app.title, *app.markdown, *app.caption, *app.success, *app.warning))


def started() -> Opened:
    """A class in its lobby. Not by a click: in the harness a button that has no callback is never seen clicked."""
    return class_desk.desk().open(THREE, [class_tasks.prepare(task) for task in THREE.tasks])


def screen(room: Opened) -> AppTest:
    return opened("start_class", room=room.code, key=room.key)


@pytest.mark.parametrize("name", READY)
def test_a_ready_made_set_is_listed_with_its_minutes(name):
    app = opened("start_class", set=name)
    assert f"**{len(READY[name])} questions, about" in told(app)


def test_a_class_from_its_opening_to_its_tables():
    room, desk = started(), class_desk.desk()
    assert "3 questions" in told(screen(room))
    desk.join(room.code, TOKEN, "*Ann* [x](http://x)")
    desk.act(room.code, room.key, "next", -1)
    assert "Question 1 of 3 · open · before" in told(screen(room))
    desk.answer(room.code, TOKEN, 0, "None, 9, 6")
    desk.act(room.code, room.key, "reveal", 0)
    revealed = screen(room)
    assert "Keras says **(None,\xa06)**" in revealed.success[0].value.replace("\\", "")
    assert "units 6" in component_data(revealed, "class:flow:0")["text"]
    for place in range(3):
        desk.act(room.code, room.key, "next", place)
    after = screen(room)
    assert "1 student, 3 of 3 questions asked, 1 answer, 0% of them right" in told(after)
    assert "1 of 1 kept timesteps" in told(after).replace("\\", "")
    assert tables(after)[1][0]["student"].startswith(r"\*Ann\* \[x\]\(")
    assert [each.label for each in after.get("download_button")] == ["Download as CSV"]
    desk.delete(room.code, room.key)
    assert "There is no class" in told(screen(room))


def test_a_wrong_key_leads_nothing():
    app = screen(Opened(started().code, "x" * 32))
    assert "isn't the teacher's link" in told(app).replace("\\", "")
    assert not [each for each in app.button if each.label in LEADING]


def test_the_projector_shows_no_button_and_no_answer():
    room = started()
    class_desk.desk().act(room.code, room.key, "next", -1)
    shown = opened("start_class", room=room.code)
    assert "1 of 3 · Output shape of rnn" in told(shown)
    assert "(None, 6)" not in told(shown)
    assert not [each for each in shown.button if each.label in LEADING]
    assert room.key not in str(component_data(shown, "class_board"))


def test_a_store_that_is_lost_is_told_and_lessons_go_on(data):
    room = started()
    class_desk.desk().store.close()
    away = data.with_name("away")
    data.rename(away)
    data.write_text("no folder")
    lost = screen(room)
    assert any("can't reach its database" in each.value.replace("\\", "") for each in lost.error)
    assert not open_page("simple_rnn").error
    data.unlink()
    away.rename(data)
    assert "questions" in told(screen(room))


def test_questions_are_added_moved_and_asked_again():
    app = opened("start_class", set="own")
    app = click(app, "Add this question")
    app.selectbox(key="class:add:kind").set_value(MISCONCEPTION).run()
    app = click(app, "Add this question")
    kept = unpacked(app.query_params["set"])
    assert [task.kind for task in kept.tasks] == [SHAPE, MISCONCEPTION]
    app.multiselect(key="class:gain").set_value([0]).run()
    assert [task.part for task in unpacked(app.query_params["set"]).tasks] == ["before", "", "after"]
    app.button(key="class:up:1").click().run()
    assert [task.kind for task in unpacked(app.query_params["set"]).tasks] == [MISCONCEPTION, SHAPE, SHAPE]
    app.text_input(key="class:title").set_value("Thursday’s class").run()
    app.number_input(key="class:minutes:1").set_value(4.5).run()
    timed = unpacked(app.query_params["set"])
    assert (timed.title, [task.minutes for task in timed.tasks]) == ("Thursday’s class", [2.0, 4.5, 2.0])
    app.button(key="class:remove:1").click().run()
    assert [task.kind for task in unpacked(app.query_params["set"]).tasks] == [MISCONCEPTION]
    assert not app.exception


@pytest.mark.parametrize("word", ["x", "eJy" * 50, "../../etc"])
def test_a_link_that_holds_no_set_is_told(word):
    app = opened("start_class", set=word)
    assert "This link holds no task set" in told(app)


@pytest.mark.parametrize(
    ("task", "why"),
    [
        (Task(SHAPE, "simple_rnn", "lstm"), "no layer called lstm"),
        (Task(SHAPE, "nothing", "rnn"), "nothing"),
        (Task(SHAPE, "simple_rnn", "rnn", {"units": "-3"}), "units"),
        (Task(SHAPE, "", "rnn", text="hello"), "No model was found"),
        (Task(MISCONCEPTION, "no-such-thing"), "no-such-thing"),
        (Task(CHALLENGE, "conv1d", challenge="guess"), "no such challenge"),
    ],
)
def test_a_task_that_cannot_be_asked_says_why(task, why):
    with pytest.raises(TaskTrouble, match=why):
        class_tasks.prepare(task)


@pytest.mark.parametrize("seed", [1, 77, 4242])
def test_new_sizes_are_other_sizes_and_the_truth_is_the_closed_form(seed):
    made = class_tasks.prepare(Task(SHAPE, "simple_rnn", "rnn", DIMS, seed=seed))
    again = class_tasks.prepare(Task(SHAPE, "simple_rnn", "rnn", DIMS, seed=seed))
    assert made == again
    sizes = {
        name: int(made.dims.get(name, default)) for name, default in (("timesteps", 6), ("features", 3), ("units", 4))
    }
    assert len(set(sizes.values())) == 3
    assert made.truth.question.shapes[0][-1].size == sizes["units"]
    counted = class_tasks.prepare(Task(COUNT, "simple_rnn", "rnn", DIMS, seed=seed))
    assert int(counted.truth.answer) == sizes["units"] * (sizes["features"] + sizes["units"] + 1)


@pytest.mark.parametrize("slug", ["units-is-the-number-of-steps", "an-rnn-passes-its-sequence-on", "none-is-a-number"])
def test_the_picture_of_a_misconception_shows_what_is_true_of_its_question(slug):
    """Several ways are tried on its page; the class must not see one that gives another shape."""
    made = class_tasks.prepare(Task(MISCONCEPTION, slug, seed=2))
    found = class_tasks.figure(made)
    assert found is not None
    assert sizes(found.flow[-1].outputs[0]) == sizes(made.truth.question.shapes[0])


def test_no_picture_is_shown_of_a_program_with_a_slip_in_it():
    """The lesson's model at the same dims builds: it would contradict the question."""
    made = [class_tasks.prepare(Task(CHALLENGE, "hadamard", seed=seed, challenge="line")) for seed in (1, 5)]
    for each in made:
        found = class_tasks.figure(each)
        assert found is None or found.error is not None
    assert any(class_tasks.figure(each) is None for each in made)


@pytest.mark.parametrize(("lesson", "layer"), [("simple_rnn", "dense"), ("sequence_set", "average")])
def test_a_layer_whose_size_is_one_can_be_asked_again_too(lesson, layer):
    first = class_tasks.prepare(Task(SHAPE, lesson, layer))
    again = class_tasks.prepare(Task(SHAPE, lesson, layer, seed=5))
    assert first.dims != again.dims
    assert len(again.truth.question.shapes[0]) == len(first.truth.question.shapes[0])


def test_a_student_s_page_knows_the_code_and_a_neutral_name():
    data = component_data(opened("join", room="K7QF2M"), "class_student")
    assert data["code"] == "K7QF2M"
    assert len(data["name"].split()) == 2


@pytest.mark.parametrize(("free", "hidden"), [(False, "controls,locked"), (True, "locked")])
def test_after_the_reveal_students_get_the_lesson_with_its_dims_locked_unless_freed(free, hidden):
    made = class_tasks.prepare(THREE.tasks[0])
    address, _, query = classes.explore(made, free, show_all=False).partition("?")
    asked = dict(parse_qsl(query))
    assert (address, asked.pop("hide"), asked) == ("simple_rnn", hidden, DIMS)
    app = opened(address, hide=hidden, **DIMS)
    assert not [each for each in app.button if each.label == "Show everything"]
    assert not app.warning
    assert [each for each in opened(address, hide="controls").button if each.label == "Show everything"]


def heard(what: str, **said: Any) -> dict[str, Any]:
    """What the API says, as JSON."""
    return json.loads(bytes(class_api._answered(getattr(class_api, what), said, "10.0.0.1").body))


def eventually(look: Callable[[], Any]) -> Any:
    """Workers take their time: looked again until there is something."""
    for _ in range(600):
        if (found := look()) is not None:
            return found
        time.sleep(0.1)
    raise AssertionError("nothing came")


@pytest.mark.parametrize(
    ("lesson", "kind", "seed"),
    [("stacked_lstm", "shape", 21), ("conv2d", "shape", 808), ("conv1d", "repair", 21), ("simple_rnn", "repair", 4)],
)
def test_a_challenge_answered_with_dims_is_judged_by_a_live_model(lesson, kind, seed):
    task = Task(CHALLENGE, lesson, seed=seed, challenge=kind)
    made = class_tasks.prepare(task)
    desk = class_desk.desk()
    room = desk.open(TaskSet("Monday", (task,)), [made])
    heard("join", room=room.code, token=TOKEN, name="Ann")
    heard("join", room=room.code, token=TOKEN[::-1], name="Ben")
    desk.act(room.code, room.key, "next", -1)
    sent = heard("state", room=room.code, token=TOKEN)
    assert made.truth.answer not in json.dumps(sent)
    field = next(each for each in made.asked.fields if each.spec.kind == "int" and each.now not in ("None", "2"))
    other = f"{field.spec.name}=2"
    assert heard("answer", room=room.code, token=TOKEN, place=0, text=made.truth.answer)["kept"]
    assert heard("answer", room=room.code, token=TOKEN[::-1], place=0, text=other)["kept"] == other
    desk.act(room.code, room.key, "reveal", 0)

    def verdict(token: str) -> dict[str, Any] | None:
        told = heard("state", room=room.code, token=token, seen="")["verdict"]
        return None if told.get("pending") else told

    assert eventually(lambda: verdict(TOKEN))["right"]
    built = built_by_keras(made, other)
    assert eventually(lambda: verdict(TOKEN[::-1]))["right"] is (built is not None and built == goal(made))
    board = heard("board", room=room.code, key=room.key)["tally"]
    assert (board["answered"], board["pending"]) == (2, 0)
    assert board["right"] == sum(row.split(",")[9] == "1" for row in csv_rows(desk, room))
    if kind == "shape":
        axes = [axis for axis in board["axes"] if axis["axis"] != TOO_MANY]
        assert len(axes) == len(goal(made))
        assert all(sum(bar["count"] for bar in axis["bars"]) == 2 for axis in axes)
    flow = class_tasks.figure(made).flow
    assert not flow[-1].failed


def built_by_keras(made: Prepared, answer: str) -> Any:
    """The shape that an answer's model gives, built here by the lesson; True where any will do, None where none is."""
    lesson = find_explainer(made.task.about)
    try:
        model = lesson.build(lesson.dims.read(asked.dims_of(made.asked, answer)))
        return goal(made) is True or tuple(model.get_layer(made.truth.question.name).output.shape)
    except ValueError:
        return None


def goal(made: Prepared) -> Any:
    question = made.truth.question
    return question is None or sizes(question.shapes[0])


def csv_rows(desk: Desk, room: Opened) -> list[str]:
    return tally.as_csv(desk.book(room.code, room.key)).splitlines()[1:]


SEQ2SEQ = TEMPLATES["Sequence to sequence"]  # inputs (12, 9) and (10, 7); both LSTMs have 16 units


def test_the_shapes_of_your_model_join_the_set_that_is_being_made():
    """The truth is a closed form: an LSTM gives (None, units), or (None, steps, units) where it returns sequences."""
    made = unpacked(packed(class_own.joined(packed(THREE), SEQ2SEQ, ["encoder", "decoder", "next_step"])))
    assert made.tasks[:2] == THREE.tasks[:2]
    assert made.tasks[-1] == THREE.tasks[-1]  # what is asked again stays at the end
    ready = [class_tasks.prepare(task) for task in made.tasks[2:5]]
    assert [asked.told(each.truth) for each in ready] == ["(None, 16)", "(None, 10, 16)", "(None, 10, 7)"]
    assert all(each.asked.code and class_tasks.figure(each).flow for each in ready)
    assert class_own.joined(packed(made), SEQ2SEQ, ["decoder"]) == made  # a second click adds nothing
    app = opened("your_model", m=packed_model(SEQ2SEQ))
    assert app.multiselect(key="class:own:layers").value == ["encoder", "decoder", "next_step"]
    assert button(app, "Add to a class’s questions")
    assert "Output shape of decoder · your model" in told(opened("start_class", set=packed(made))).replace("\\", "")


@pytest.mark.parametrize(
    "text", ["", "units", "units=", "units=-1", "nothing=3", "units=7, units", "=", "units=\u202e7"]
)
def test_dims_that_cannot_be_read_are_told(text):
    made = class_tasks.prepare(Task(CHALLENGE, "simple_rnn", seed=4, challenge="shape"))
    with pytest.raises(GuessError):
        asked.read(made.asked, text)
