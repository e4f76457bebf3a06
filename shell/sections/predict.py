"""Predict first: one step of the flow after the other, a guess or a skip, then what Keras says and why."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from explainers.core.results import Inspection
from shell.page import Page, Section
from views import predict
from views.markup import verbatim, whole_shapes
from views.predict import Count, GuessError, Question, Row

_MOST_KEPT = 40  # choices of dims whose predictions one visit remembers


@dataclass(frozen=True)
class Answer:
    """What was said about one step. guesses: one per output shape; () where it was skipped. count: None for none."""

    guesses: tuple[predict.Guess, ...] = ()
    count: int | None = None

    @property
    def skipped(self) -> bool:
        return not self.guesses


@dataclass
class Progress:
    """The predictions of one lesson at one choice of dims."""

    answers: dict[int, Answer] = field(default_factory=dict)  # step -> answer
    problems: dict[str, str] = field(default_factory=dict)  # field -> sentence


def progress(name: str, texts: tuple[tuple[str, str], ...]) -> Progress:
    """The predictions of this visit; new dims begin new ones."""
    kept: dict[tuple[str, tuple[tuple[str, str], ...]], Progress] = st.session_state.setdefault("predictions", {})
    found = kept.pop((name, texts), None) or Progress()
    kept[name, texts] = found  # the latest stands last
    while len(kept) > _MOST_KEPT:
        del kept[next(iter(kept))]
    return found


def still_hidden(name: str, texts: tuple[tuple[str, str], ...], found: Inspection) -> frozenset[int]:
    """The steps whose shape and count the learner has not yet answered or skipped."""
    done = progress(name, texts).answers
    return frozenset(question.step for question in predict.questions(found) if question.step not in done)


def draw(page: Page) -> None:
    state = progress(page.name, page.texts)
    asked = predict.questions(page.found)
    done = [question for question in asked if question.step in state.answers]
    with st.container(border=True):
        results, below = st.container(), st.container()  # the form keeps its place, so that the keyboard stays in it
    with results:
        _results(done, state)
    with below:
        if page.hidden:
            following = next(question for question in asked if question.step in page.hidden)
            _ask(page.name, following, asked, state, page.must_guess)
        else:
            _end(page.name, asked, state)


# -- asking --------------------------------------------------------------------------------------------------


def _ask(name: str, question: Question, asked: tuple[Question, ...], state: Progress, must_guess: bool) -> None:
    place = [each.step for each in asked].index(question.step) + 1
    st.markdown(whole_shapes(f"**Predict {place} of {len(asked)}.** {predict.asked_text(question)}"))
    with st.form(f"predict:{name}", border=False):
        # The fields keep their keys from step to step, for the same reason.
        for output in range(len(question.shapes)):
            which = f", output {output + 1} of {len(question.shapes)}" if len(question.shapes) > 1 else ""
            key = f"predict:{name}:shape:{output}"
            hint = "its sizes, like (None, 7, 9)"
            st.text_input(f"Output shape{which}", key=key, placeholder=hint, autocomplete="off")
            _problem(state, key)
        if question.layer is not None:
            key = f"predict:{name}:count"
            st.text_input("Parameters", key=key, placeholder="how many; leave empty for no guess", autocomplete="off")
            _problem(state, key)
        with st.container(horizontal=True):
            st.form_submit_button("Check", type="primary", on_click=_commit, args=(name, question, state))
            if not must_guess:
                st.form_submit_button("Skip this", on_click=_skip, args=(name, (question,), state))
                st.form_submit_button("Show all", on_click=_skip, args=(name, asked, state))


def _problem(state: Progress, key: str) -> None:
    if key in state.problems:
        st.error(verbatim(state.problems[key]))


def _commit(name: str, question: Question, state: Progress) -> None:
    """Take the guess; what can't be read stays in its field, with a sentence."""
    state.problems = {}
    guesses: list[predict.Guess] = []
    count = None
    for output in range(len(question.shapes)):
        key = f"predict:{name}:shape:{output}"
        try:
            guesses.append(predict.parse_shape(str(st.session_state[key])))
        except GuessError as error:
            state.problems[key] = str(error)
    key = f"predict:{name}:count"
    typed = str(st.session_state.get(key, "")).strip()
    if question.layer is not None and typed:
        try:
            count = predict.parse_count(typed)
        except GuessError as error:
            state.problems[key] = str(error)
    if not state.problems:
        state.answers[question.step] = Answer(tuple(guesses), count)
        _empty(name)


def _skip(name: str, questions: tuple[Question, ...], state: Progress) -> None:
    for question in questions:
        state.answers.setdefault(question.step, Answer())
    state.problems = {}
    _empty(name)


def _empty(name: str) -> None:
    for key in st.session_state:
        if str(key).startswith((f"predict:{name}:shape:", f"predict:{name}:count")):
            st.session_state[key] = ""


# -- what came of it -----------------------------------------------------------------------------------------


def _results(done: list[Question], state: Progress) -> None:
    """The latest answer in full, the earlier ones folded."""
    for question in done:
        answer = state.answers[question.step]
        latest = question is done[-1]
        if answer.skipped:
            st.markdown(whole_shapes(f"**{question.name}** · skipped. Keras says {predict.told(question)}."))
        elif latest:
            _result(question, answer)
        else:
            with st.expander(f"{question.name}: {_verdict(*_compared(question, answer))}"):
                _result(question, answer)


def _compared(question: Question, answer: Answer) -> tuple[list[tuple[Row, ...]], Count | None]:
    rows = [predict.compare(guess, question, output) for output, guess in enumerate(answer.guesses)]
    count = predict.compare_count(answer.count, question.layer) if question.layer is not None else None
    return rows, count


def _verdict(rows: list[tuple[Row, ...]], count: Count | None) -> str:
    shape = "shape right" if all(row.right for each in rows for row in each) else "shape differs"
    if count is None:
        return shape
    if count.said is None:
        return f"{shape}, no guess of the count"
    return f"{shape}, count {'right' if count.right else 'differs'}"


def _result(question: Question, answer: Answer) -> None:
    rows, count = _compared(question, answer)
    right = all(row.right for each in rows for row in each) and (count is None or count.right)
    tell = st.success if right else st.info
    tell(whole_shapes(f"{question.name}: {_verdict(rows, count)}. Keras says {predict.told(question)}."))
    for each in rows:
        st.markdown(predict.shape_table(each))
        for reason in predict.reasons(each):
            st.markdown(f"- {reason}")
    if count is not None:
        _count(count)


def _count(count: Count) -> None:
    if count.said is None:
        st.markdown(f"Parameters: no guess. Keras says **{count.keras:,}**.")
    else:
        verdict = ":green[right]" if count.right else ":red[differs]"
        st.markdown(f"Parameters: you said **{count.said:,}**, Keras says **{count.keras:,}**. {verdict}")
    if count.reason:
        st.markdown(f"- {count.reason}")
    st.markdown("\n".join(f"- {formula}" for formula in count.formulas))


def _end(name: str, asked: tuple[Question, ...], state: Progress) -> None:
    compared = [
        _compared(question, state.answers[question.step])
        for question in asked
        if not state.answers[question.step].skipped
    ]
    right = sum(all(row.right for each in rows for row in each) for rows, _ in compared)
    counted = [count for _, count in compared if count is not None and count.said is not None]
    told = f"Shapes right at the first try: {right} of {len(compared)}." if compared else "Everything is shown."
    if counted:
        told += f" Counts: {sum(count.right for count in counted)} of {len(counted)}."
    st.markdown(f"**{told}** Change a dim to predict again.")
    st.button("Predict these again", key=f"predict-again:{name}", on_click=state.answers.clear)


PREDICT = Section(
    "predict", "", draw, wanted=lambda page: page.predicting and bool(predict.questions(page.found)), hides=True
)
