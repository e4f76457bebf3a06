"""The page of challenges: a task with new dims, hints in steps, and a live model as the judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from random import randrange
from typing import Any

import msgspec
import streamlit as st

from explainers.core.dims import DimsBase, DimsError, Value
from explainers.core.explainer import Explainer
from explainers.core.registry import all_explainers, find_explainer
from explainers.core.words import given
from explainers.practice.challenges.challenge import (
    KINDS,
    SEEDS,
    Challenge,
    ChallengeError,
    Verdict,
    kinds_of,
    read_seed,
)
from shell import components, engine, links, waiting
from shell.frame import foot
from shell.prose import painted
from views import challenges as view
from views import controls
from views.links import Target
from views.markup import verbatim
from views.predict import GuessError, parse_count

_KEPT = "challenges"
_MOST_KEPT = 60  # challenges that one visit remembers


@dataclass
class Progress:
    """How far the learner is with one challenge. answer: JSON for the judge; "null" gives up, "" is none yet.

    problem: a sentence about what was typed; problems: the same for each dim, with the typed text.
    """

    hints: int = 0
    answer: str = ""
    solved: bool = False
    gave_up: bool = False
    problem: str = ""
    draft: DimsBase | None = None
    problems: dict[str, tuple[str, str]] = field(default_factory=dict)


def challenge(lesson: str, kind: str, seed: int) -> Challenge:
    """The task. Raises WorkerError."""
    arguments = {"lesson": lesson, "kind": kind, "seed": seed}
    return engine.reply("challenge", arguments, Challenge)


def judged(lesson: str, kind: str, seed: int, answer: str) -> Verdict:
    """What a live model says to an answer in JSON. Raises WorkerError."""
    arguments = {"lesson": lesson, "kind": kind, "seed": seed, "answer": msgspec.json.decode(answer)}
    return engine.reply("judge", arguments, Verdict)


def challenges_page() -> None:
    """The challenge of the link; without one, a new one."""
    st.title("Challenges", anchor=False)
    st.markdown(
        "New sizes each time. A live model checks your answer; any answer that works counts. Share the link to this "
        "page to give someone else the same challenge."
    )
    lesson, kind, seed = _chosen()
    score = st.empty()
    asked = waiting.asked(partial(challenge, lesson, kind, seed), "Building a model for it …")
    if asked is None:
        st.button("New sizes", on_click=_turn_to, args=(lesson, kind))
    else:
        _draw(find_explainer(lesson), asked, _progress(asked))
    kept: dict[str, Progress] = st.session_state.get(_KEPT, {})
    score.caption(view.score(each.hints for each in kept.values() if each.solved))
    foot()


# -- which challenge -----------------------------------------------------------------------------------------


def _chosen() -> tuple[str, str, int]:
    """Lesson, kind and seed of the link; what is missing or wrong in it is filled in and written back."""
    lessons = all_explainers()
    said = {name: st.query_params.get(name, "") for name in ("lesson", "kind", "seed")}
    lesson = said["lesson"] if said["lesson"] in lessons else next(iter(lessons))
    kind = said["kind"] if said["kind"] in kinds_of(lesson) else kinds_of(lesson)[0]
    if said["lesson"] not in ("", lesson):
        st.warning(verbatim(f"There is no lesson called {given(said['lesson'], 40)}. Showing {lesson} instead."))
    elif said["kind"] not in ("", kind):
        st.warning(
            verbatim(f"{lessons[lesson].title} has no challenge called {given(said['kind'], 40)}: {KINDS[kind]}")
        )
    try:
        seed = read_seed(said["seed"]) if said["seed"] else randrange(SEEDS)
    except ChallengeError as error:
        st.warning(verbatim(str(error)))
        seed = randrange(SEEDS)
    _write(lesson, kind, seed)
    _choose(lesson, kind)
    return lesson, kind, seed


def _write(lesson: str, kind: str, seed: int) -> None:
    wanted = {"lesson": lesson, "kind": kind, "seed": str(seed)}
    if any(st.query_params.get(name) != value for name, value in wanted.items()):
        st.query_params.update(wanted)


def _choose(lesson: str, kind: str) -> None:
    """The two choices; the link is where they are kept."""
    lessons = all_explainers()
    kinds = kinds_of(lesson)
    st.session_state["challenge:lesson"], st.session_state[f"challenge:kind:{lesson}"] = lesson, kind
    left, right = st.columns([1, 2.3], gap="large")
    left.selectbox(
        "About",
        list(lessons),
        format_func=lambda name: lessons[name].title,
        key="challenge:lesson",
        on_change=lambda: _turn_to(st.session_state["challenge:lesson"], kind),
    )
    right.pills(
        "Kind",
        kinds,
        format_func=lambda name: KINDS[name],
        key=f"challenge:kind:{lesson}",
        wrap=True,
        required=True,
        on_change=lambda: _turn_to(lesson, st.session_state[f"challenge:kind:{lesson}"]),
    )


def _turn_to(lesson: str, kind: str) -> None:
    """A new challenge."""
    _write(lesson, kind if kind in kinds_of(lesson) else kinds_of(lesson)[0], randrange(SEEDS))


def _progress(asked: Challenge) -> Progress:
    """What this visit knows of it. The score is in there too: it ends with the page."""
    kept: dict[str, Progress] = st.session_state.setdefault(_KEPT, {})
    found = kept.setdefault(_place(asked), Progress())
    while len(kept) > _MOST_KEPT:
        del kept[next(iter(kept))]
    return found


def _place(asked: Challenge) -> str:
    return f"{asked.lesson}/{asked.kind}/{asked.seed}"


# -- the task ------------------------------------------------------------------------------------------------


def _draw(explainer: Explainer[Any], asked: Challenge, progress: Progress) -> None:
    with st.container(border=True):
        _task(asked)
        if not asked.playable:
            _ask(asked, progress)
    if asked.playable:
        left, right = st.columns([1, 2.3], gap="large")
        with left:
            _controls(explainer, asked, progress)
    else:
        right = st.container()
    with right:
        if asked.playable:
            _ask(asked, progress)
        _verdict(asked, progress)
        _hints(asked, progress)
        _further(asked, progress)


def _task(asked: Challenge) -> None:
    st.header(painted(asked.task), anchor=False)
    if asked.message:
        st.error(verbatim(asked.message))
    if asked.classes:
        with st.expander("Source code of the custom classes"):
            components.listing(asked.classes, "Source code of the custom classes", f"classes:{_place(asked)}")
    if asked.code and not asked.playable:
        components.listing(asked.code, "The code", f"code:{_place(asked)}", numbered=asked.kind == "line")


def _ask(asked: Challenge, progress: Progress) -> None:
    {"count": _ask_count, "line": _ask_line}.get(asked.kind, _ask_dims)(asked, progress)


def _ask_count(asked: Challenge, progress: Progress) -> None:
    key = f"typed:{_place(asked)}"
    with st.form(f"form:{_place(asked)}", border=False):
        st.text_input("Parameters", key=key, placeholder="how many", autocomplete="off", max_chars=60)
        st.form_submit_button("Check", type="primary", on_click=_commit_count, args=(progress, key))
    _problem(progress)


def _commit_count(progress: Progress, key: str) -> None:
    """Take the count; what can't be read stays in its field, with a sentence."""
    progress.answer = progress.problem = ""
    try:
        progress.answer = _json(str(parse_count(str(st.session_state[key]))))
    except GuessError as error:
        progress.problem = str(error)


def _ask_line(asked: Challenge, progress: Progress) -> None:
    lines = range(1, len(asked.code.splitlines()) + 1)
    key = f"line:{_place(asked)}"
    with st.form(f"form:{_place(asked)}", border=False):
        st.radio("The line where Keras stops", lines, index=None, horizontal=True, key=key)
        st.form_submit_button("Check", type="primary", on_click=_commit_line, args=(progress, key))
    _problem(progress)


def _commit_line(progress: Progress, key: str) -> None:
    chosen = st.session_state[key]
    progress.answer = "" if chosen is None else _json(str(chosen))
    progress.problem = "Choose a line first. A guess teaches you more than the answer." if chosen is None else ""


def _problem(progress: Progress) -> None:
    if progress.problem:
        st.warning(verbatim(progress.problem))


def _ask_dims(asked: Challenge, progress: Progress) -> None:
    assert progress.draft is not None
    shown = waiting.asked(partial(engine.structure, asked.lesson, tuple(progress.draft.changed().items())))
    if shown is None:
        return
    now = shown.explanation.inspection
    if now.code:
        components.listing(view.model_lines(now), "Your model now", f"now:{_place(asked)}")
    st.button("Check", type="primary", key=f"check:{_place(asked)}", on_click=_commit_dims, args=(progress,))


def _commit_dims(progress: Progress) -> None:
    assert progress.draft is not None
    progress.answer = _json(progress.draft.changed())


def _controls(explainer: Explainer[Any], asked: Challenge, progress: Progress) -> None:
    """The dims of the challenge; they are kept beside it, not in the link."""
    key = f"controls:{_place(asked)}"
    begin: DimsBase = explainer.dims(**asked.dims)
    draft = progress.draft = progress.draft or begin

    def changed() -> None:
        texts = components.typed(key)
        if texts is not None:
            _change(explainer, progress, draft, texts)

    specs = [spec for spec in explainer.dims.specs() if spec.name in asked.playable]
    data = controls.data(specs, draft.values(), (), progress.problems, hidden=explainer.unused(draft))
    components.controls(data, key, on_change=changed)
    st.button("Start over", key=f"again:{_place(asked)}", on_click=_begin_again, args=(progress, begin))


def _change(explainer: Explainer[Any], progress: Progress, draft: DimsBase, texts: dict[str, Any]) -> None:
    """Take what is good; what can't be used stays on screen with a sentence."""
    values: dict[str, Value] = {}
    progress.problems = {}
    for name, text in texts.items():
        try:
            values[name] = explainer.dims.spec(str(name)).parse(str(text))
        except DimsError as error:
            progress.problems[str(name)] = (str(text), str(error))
    progress.draft = draft.but(**values)
    progress.answer = ""  # the verdict was about other dims


def _begin_again(progress: Progress, begin: DimsBase) -> None:
    progress.draft, progress.problems, progress.answer = begin, {}, ""


def _json(answer: object) -> str:
    return msgspec.json.encode(answer).decode()


# -- what the judge says -------------------------------------------------------------------------------------


def _verdict(asked: Challenge, progress: Progress) -> None:
    if not progress.answer:
        return
    said = waiting.asked(
        partial(judged, asked.lesson, asked.kind, asked.seed, progress.answer), "Asking a live model …"
    )
    if said is None:
        return
    if said.right:
        progress.solved = progress.solved or not progress.gave_up
        st.success(painted(said.told))
    elif progress.answer == "null":
        st.info(painted(said.told))
    else:
        st.warning(painted(said.told))
        if said.got:
            st.markdown(view.axes(said.wanted, said.got))
        if why := view.why_not(said):
            st.markdown(why)


def _hints(asked: Challenge, progress: Progress) -> None:
    """One more at each click, and who looks at the answer has not solved it."""
    for number, hint in enumerate(asked.hints[: progress.hints], 1):
        st.markdown(f"**Hint {number}.** {painted(hint)}")
    done = progress.solved or progress.gave_up
    place = _place(asked)
    with st.container(horizontal=True):
        if progress.hints < len(asked.hints) and not done:
            label = f"Hint {progress.hints + 1} of {len(asked.hints)}"
            st.button(label, key=f"hint:{place}", on_click=_one_more, args=(progress,))
        if not done:
            st.button("Show the answer", key=f"give-up:{place}", on_click=_give_up, args=(progress,))
        st.button("New sizes", key=f"next:{place}", type="primary" if done else "secondary", on_click=_turn_to,
                  args=(asked.lesson, asked.kind))  # fmt: skip


def _one_more(progress: Progress) -> None:
    progress.hints += 1


def _give_up(progress: Progress) -> None:
    progress.gave_up, progress.answer, progress.problem = True, "null", ""


def _further(asked: Challenge, progress: Progress) -> None:
    """The lesson; with the very dims of the challenge once nothing is given away by it."""
    explainer = find_explainer(asked.lesson)
    done = progress.solved or progress.gave_up
    query = explainer.dims(**asked.dims).changed() if done else {}
    line = "Open the lesson with these dims" if done else "The lesson behind it"
    links.show([Target(explainer.question, asked.lesson, query, line)], "Further", key="further")
