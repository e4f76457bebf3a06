"""A lesson in parts, as a page asks for it, is the lesson as a whole, as `show` prints it."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
import pytest

from explainers.core import explaining
from explainers.core.building import build_watched
from explainers.core.dims import DimsBase
from explainers.core.explainer import Explainer
from explainers.core.limits import Limits
from explainers.core.registry import all_explainers, find_explainer
from explainers.core.results import Explanation, Run
from tests.explained import explained_at
from tests.parts import standing_for


def of_parts(lesson: Explainer[Any], dims: DimsBase) -> Explanation:
    """The parts put together again; the run and what only this lesson has are asked for by themselves."""
    begin, run = explaining.structure(lesson, dims), explaining.calls(lesson, dims)
    assert begin.cells == (run is not None and bool(run.calls))
    table = explaining.summary(lesson, dims)
    found = dataclasses.replace(begin.explanation.inspection, run=run, summary=table)
    return dataclasses.replace(begin.explanation, inspection=found, extra=explaining.extra(lesson, dims))


@pytest.mark.parametrize("name", standing_for(all_explainers(), "t_lstm", "conv1d", "hadamard"))
def test_the_parts_make_the_whole(name: str) -> None:
    lesson = find_explainer(name)
    for dims in (lesson.dims(), *(lesson.dims(**preset.dims) for preset in lesson.presets)):
        whole = explaining.explain(lesson, dims)
        assert of_parts(lesson, dims) == whole, dims


@pytest.mark.parametrize("name", all_explainers())
def test_a_page_begins_without_calls_and_knows_what_would_be_fed(name: str) -> None:
    lesson = find_explainer(name)
    whole, begin = explained_at(name, lesson.dims()), explaining.structure(lesson, lesson.dims())
    assert whole.inspection.run is not None
    assert begin.explanation.inspection.run is not None
    planned: Run = begin.explanation.inspection.run
    assert (planned.calls, planned.outputs, planned.calls_made) == ((), (), 0)
    assert [(t.name, t.shape) for t in planned.fed] == [(t.name, t.shape) for t in whole.inspection.run.fed]
    assert (begin.explanation.extra is None) == (lesson.extra is None or lesson.extra_later)


def test_a_model_that_costs_too_much_to_run_is_refused_in_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits, "from_environment", classmethod(lambda cls: Limits(activations=4_500)))
    lesson = find_explainer("simple_rnn")
    dims = lesson.dims(timesteps=509, features=3, units=7)
    whole, begin = explaining.explain(lesson, dims), explaining.structure(lesson, dims)
    assert whole.inspection.error is not None
    assert whole.inspection.error.type == "CostError"
    assert begin.explanation == whole
    assert not begin.cells
    assert explaining.calls(lesson, dims) is None


def test_without_a_run_no_weight_gets_its_numbers_then_or_later() -> None:
    drawn: list[tuple[int, ...]] = []

    class Counting(keras.initializers.Zeros):
        def __call__(self, shape: Any, dtype: Any = None) -> Any:
            drawn.append(tuple(shape))
            return super().__call__(shape, dtype)

    def build() -> keras.Model:
        x = keras.Input((7, 3), name="x")
        rnn = keras.layers.SimpleRNN(5, kernel_initializer=Counting(), name="rnn")
        return keras.Model(x, rnn(x), name="counted")

    log = build_watched(build, Limits(), numbers=False)
    with keras.StatelessScope():  # where it ends, Keras gives their numbers to all weights that wait for them
        pass
    assert drawn == []
    assert [tuple(weight.shape) for weight in log.model.weights] == [(3, 5), (5, 5), (5,)]
    assert log.model.count_params() == 3 * 5 + 5 * 5 + 5
    assert keras.config.is_traceback_filtering_enabled()
    build_watched(build, Limits())
    assert drawn == [(3, 5)]


def test_a_build_that_fails_without_numbers_fails_in_the_words_that_a_learner_sees() -> None:
    def build() -> keras.Model:
        x = keras.Input((7, 3), name="x")
        return keras.Model(x, keras.layers.Conv1D(5, 9, name="conv")(x))

    seen = [str(build_watched(build, Limits(), numbers=numbers).error) for numbers in (True, False)]
    assert seen[0] == seen[1]
    assert "9" in seen[0]


def test_what_keras_names_itself_is_named_alike_each_time() -> None:
    lesson = find_explainer("sequence_set")
    first, again = (explaining.structure(lesson, lesson.dims(features=n)) for n in (2, 5))
    names = [[layer.name for layer in each.explanation.inspection.layers] for each in (first, again)]
    assert names[0] == names[1]
    mine = keras.layers.Dense(1).name
    explaining.structure(lesson, lesson.dims())
    assert keras.layers.Dense(1).name != mine
