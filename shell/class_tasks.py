"""Tasks made ready: the engine is asked once for each, and what it says is kept with the class (`rooms.asked`).

Raises `TaskTrouble` with a sentence for the teacher where a task can't be asked; WorkerError from the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from explainers.core.axes import Axis, Shape
from explainers.core.dims import DimsError, DimSpec
from explainers.core.explainer import Explainer
from explainers.core.registry import UnknownExplainer, find_explainer
from explainers.core.results import Inspection, Layer
from explainers.core.words import tag
from explainers.practice.challenges.challenge import Challenge, ChallengeError, kinds_of
from explainers.practice.challenges.drawing import draw_one
from explainers.practice.misconceptions.catalogue import UnknownMisconception, find_misconception
from explainers.yours.document import DocumentError
from explainers.yours.link import to_json, unpacked
from rooms import asked
from rooms.asked import Asked, Field, Prepared, Truth
from rooms.tasks import CHALLENGE, COUNT, MISCONCEPTION, SHAPE, Task
from shell import challenges, engine, misconceptions
from views import predict
from views.challenges import model_lines
from views.predict import Question
from workers.pool import WorkerError

_DRAWS = 25  # choices of new dims that are tried
_DRAWS_WITH_A_SPARE = 8  # the same where one was found that would do
_KEPT = ("strides", "dilation_rate", "levels")  # they make a question harder or easier


class TaskTrouble(ValueError):
    """This task can't be asked; the text is for the teacher."""


def prepare(task: Task) -> Prepared:
    """What is asked, and what a live model says. Raises TaskTrouble, WorkerError."""
    make: dict[str, Callable[[Task], Prepared]] = {
        SHAPE: _prediction,
        COUNT: _prediction,
        MISCONCEPTION: _misconception,
        CHALLENGE: _challenge,
    }
    try:
        return make[task.kind](task)
    except (DimsError, UnknownExplainer, UnknownMisconception, ChallengeError, DocumentError) as error:
        raise TaskTrouble(str(error)) from error


# -- a layer's output shape, or its parameters -----------------------------------------------------------------


def _prediction(task: Task) -> Prepared:
    found, dims = _inspected(task)
    if found.error is not None:
        raise TaskTrouble(f"The model of this task can't be built: {found.error.message.splitlines()[0][:200]}")
    question = next((each for each in predict.questions(found) if each.name == task.layer), None)
    if question is None:
        there = ", ".join(each.name for each in predict.questions(found))
        raise TaskTrouble(f"The model has no layer called {task.layer}. It has {there or 'none to ask about'}.")
    layer = next(layer for layer in found.layers if layer.name == task.layer)
    make = _count_task if task.kind == COUNT else _shape_task
    shown, truth = make(question, layer, model_lines(found))
    return Prepared(task, shown, truth, task.about, dims, task.layer)


def _inspected(task: Task) -> tuple[Inspection, dict[str, str]]:
    """The live model of the task, and the dims it was built with."""
    if not task.about:
        return _own(task), {}
    explainer = find_explainer(task.about)
    if not task.seed:
        texts = explainer.dims.read(task.dims).changed()
        return engine.explanation(task.about, tuple(texts.items())).inspection, texts
    return _redrawn(explainer, task)


def _own(task: Task) -> Inspection:
    """A model of the teacher's own: of the page Your model, or of a program."""
    if task.model:
        built = engine.own_model(to_json(unpacked(task.model)))
        if built.inspection is None:
            raise TaskTrouble(built.refused)
        return built.inspection
    found = engine.pasted(task.text, None, {}).inspection
    if found is None:
        raise TaskTrouble("No model was found in this program. Try it on the page “Fix an error” first.")
    return found


def _redrawn(explainer: Explainer[Any], task: Task) -> tuple[Inspection, dict[str, str]]:
    """The same model with new sizes, all different where the question needs it; what is no size stays.

    Some layers can't have that (a Dense(1), a batch of one): then the first new sizes that build are taken.
    """
    spare: tuple[Inspection, dict[str, str]] | None = None
    for number in range(_DRAWS):
        rng = Random(f"{task.about}/{task.layer}/{task.seed}/{number}")
        texts = _new_dims(explainer, task.dims, rng)
        found = engine.explanation(task.about, tuple(texts.items())).inspection
        question = next((each for each in predict.questions(found) if each.name == task.layer), None)
        if question is not None and _clear(question):
            return found, texts
        if question is not None and spare is None:
            spare = found, texts
        if spare is not None and number >= _DRAWS_WITH_A_SPARE:
            return spare
    raise TaskTrouble("No new sizes were found for this task. Choose another seed.")


def _new_dims(explainer: Explainer[Any], texts: dict[str, str], rng: Random) -> dict[str, str]:
    begun = explainer.dims.read(texts)
    now = begun.values()
    taken = {value for value in now.values() if isinstance(value, int) and not isinstance(value, bool)}
    new = {}
    for spec in explainer.dims.specs():
        if _is_a_size(spec) and isinstance(now[spec.name], int) and int(now[spec.name] or 0) > 1:
            new[spec.name] = draw_one(rng, spec, 0.0, taken)
            taken.add(int(new[spec.name] or 0))
    changed: dict[str, str] = begun.but(**new).changed()
    return changed


def _is_a_size(spec: DimSpec) -> bool:
    return bool(spec.axis) and spec.kind == "int" and spec.name not in _KEPT


def _clear(question: Question) -> bool:
    """Whether every size says which axis it is: none twice under different names, and no 1 in the output."""
    if any(axis.size == 1 for shape in question.shapes for axis in shape):
        return False
    sizes: dict[int, str] = {}
    for shape in (*question.inputs, *question.shapes):
        for axis in shape:
            if axis.size is not None and sizes.setdefault(axis.size, axis.axis) != axis.axis:
                return False
    return True


def _reads(question: Question) -> str:
    """``**rnn** · LSTM(units=5) reads (None, 6 timesteps, 3 features).``, numbers tagged."""
    given = " and ".join(_tagged(shape) for shape in question.inputs)
    arguments = ", ".join(f"{name}={value}" for name, value in question.arguments)
    return f"**{question.name}** · {question.title.split('(')[0]}({arguments}) reads {given}."


def _tagged(shape: Shape) -> str:
    return "(" + ", ".join(_sized(axis) for axis in shape) + ")"


def _sized(axis: Axis) -> str:
    size = "None" if axis.size is None else f"{axis.size:,}"
    return tag(size, axis.axis) + ("" if axis.axis == size else f" {axis.axis}")


def _shape_task(question: Question, layer: Layer, code: str) -> tuple[Asked, Truth]:
    which = " first" if len(question.shapes) > 1 else ""
    prompt = f"{_reads(question)}\n\nWhat is its{which} output shape?"
    shown = Asked(asked.SHAPE, f"Output shape of {question.name}", prompt, code)
    return shown, Truth("", question.why, question)


def _count_task(question: Question, layer: Layer, code: str) -> tuple[Asked, Truth]:
    prompt = f"{_reads(question)}\n\nHow many parameters does it have?"
    formulas = predict.compare_count(None, layer).formulas
    shown = Asked(asked.COUNT, f"Parameters of {question.name}", prompt, code)
    return shown, Truth(str(layer.params), "; ".join(formulas), layer=layer)


# -- a misconception -----------------------------------------------------------------------------------------


def _misconception(task: Task) -> Prepared:
    find_misconception(task.about)
    question = misconceptions.question(task.about, task.seed)
    truth = misconceptions.judged(task.about, task.seed, "")
    shown = Asked(question.kind, "A question", question.prompt, question.code, choices=question.choices)
    kept = Truth(truth.truth, truth.why, slug=task.about)
    if question.kind == asked.SHAPE:
        shape = tuple(Axis(row.axis, None if row.truth == "None" else int(row.truth), row.origin) for row in truth.axes)
        kept = Truth("", truth.why, Question(0, "", "", (), (shape,), "", (), None), slug=task.about)
    return Prepared(task, shown, kept, "", {name: str(value) for name, value in question.dims.items()})


# -- a challenge ---------------------------------------------------------------------------------------------


def _challenge(task: Task) -> Prepared:
    if task.challenge not in kinds_of(task.about):
        raise TaskTrouble("This lesson has no such challenge.")
    found = challenges.challenge(task.about, task.challenge, task.seed)
    texts = find_explainer(task.about).dims(**found.dims).changed()
    if found.playable:
        return _dims_challenge(task, found)
    model = engine.explanation(task.about, tuple(texts.items())).inspection
    if task.challenge == "line":
        shown = Asked(asked.LINE, "Which line fails?", found.task, found.code, found.message, numbered=True)
        # A slip in the program of sound dims: the lesson at these dims would show a model that works.
        figure = task.about if model.error is not None else ""
        return Prepared(task, shown, _failing_line(task, found.code), figure, texts if figure else {})
    shown = Asked(asked.COUNT, f"Parameters of {found.layer or 'the model'}", found.task, found.code)
    layer = next((each for each in model.layers if each.name == found.layer), None)
    count = model.total_params if layer is None else layer.params
    formulas = () if layer is None else predict.compare_count(None, layer).formulas
    return Prepared(task, shown, Truth(str(count), "; ".join(formulas), layer=layer), task.about, texts, found.layer)


def _dims_challenge(task: Task, found: Challenge) -> Prepared:
    """A shape to reach, or a model to repair: what students change, where all begin, and one way to solve it."""
    explainer = find_explainer(task.about)
    start = explainer.dims(**found.dims)
    unused = explainer.unused(start)
    fields = tuple(
        Field(spec, str(start.values()[spec.name]), spec.name in unused)
        for spec in explainer.dims.specs()
        if spec.name in found.playable
    )
    now = engine.structure(task.about, tuple(start.changed().items())).explanation.inspection
    titles = {"shape": f"Reach this shape: {found.layer}", "repair": "Repair this model"}
    shown = Asked(asked.DIMS, titles[task.challenge], found.task, model_lines(now), found.message, fields=fields)
    solved = challenges.judged(task.about, task.challenge, task.seed, "null")
    solution = start.but(**solved.solution)
    goal = Question(0, found.layer, "", (), (found.target,), "", (), None) if found.target else None
    told = ", ".join(f"{name}={value}" for name, value in solved.solution.items())
    return Prepared(task, shown, Truth(told, solved.told, goal), task.about, solution.changed(), found.layer)


def _failing_line(task: Task, code: str) -> Truth:
    """The judge knows the line; it is asked about each until it says yes. Why: the cause, then Keras' own words."""
    cause = challenges.judged(task.about, "line", task.seed, "null").told
    for number in range(1, len(code.splitlines()) + 1):
        verdict = challenges.judged(task.about, "line", task.seed, f'"{number}"')
        if verdict.right:
            said = verdict.told.removeprefix(f"Yes, line {number}. ")
            return Truth(str(number), f"{cause.removeprefix(f'Line {number}. ')} {said}".strip())
    raise TaskTrouble("No line of this program fails. Choose another seed.")


def trouble(error: Exception) -> str:
    """What a teacher reads about a task that can't be asked."""
    return error.sentence if isinstance(error, WorkerError) else str(error)


def figure(prepared: Prepared) -> Inspection | None:
    """The live model of a task, for the picture on reveal; None where there is none. Raises WorkerError."""
    task = prepared.task
    if task.kind == MISCONCEPTION:
        shown = misconceptions.shown(task.about, tuple(prepared.dims.items()))
        own = engine.pasted(prepared.asked.code, None, {}).inspection if prepared.asked.code else None
        every = (own, *(each.inspection for each in shown.trials))
        return asked.agreeing(prepared.truth, [each for each in every if each is not None and each.flow])
    if not task.about:
        return _own(task)
    if not prepared.figure:
        return None
    return engine.explanation(task.about, tuple(prepared.dims.items())).inspection
