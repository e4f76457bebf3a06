"""Challenges over seeds: what is true of each is asked of a Keras model built here, beside the engine."""

from __future__ import annotations

import re
import traceback
from random import Random
from typing import Any

import msgspec
import pytest

from explainers import service
from explainers.core.axes import sizes
from explainers.core.dims import DimsError
from explainers.core.registry import UnknownExplainer, all_explainers
from explainers.practice.challenges import engine, looking
from explainers.practice.challenges.challenge import (
    FAILING,
    KINDS,
    Challenge,
    ChallengeError,
    Verdict,
    kinds_of,
    read_seed,
)
from explainers.practice.challenges.drawing import draw
from explainers.practice.misconceptions.catalogue import BY_SLUG
from tests.fuzz.strategies import EXAMPLES
from tests.parts import one_in, standing_for

LESSONS = all_explainers()
SEED = 3
MORE_SEEDS = max(1, EXAMPLES // 100)  # 20 in `make fuzz`
every_lesson = pytest.mark.parametrize("name", LESSONS)
ALWAYS_BUILD = [name for name, lesson in LESSONS.items() if lesson.always_builds]
every_breakable = pytest.mark.parametrize("name", [name for name in LESSONS if name not in ALWAYS_BUILD])
CHALLENGES = [(name, kind) for name in LESSONS for kind in kinds_of(name)]
every_challenge = pytest.mark.parametrize(("name", "kind"), CHALLENGES)
BREAKS = {  # dims that can't be built, for the lessons where there are such
    "simple_rnn": {"stateful": True},
    "stacked_lstm": {"return_sequences_1": False},
    "conv1d": {"steps": 2},
    "hadamard": {"kernel": "input_shape"},
    "t_lstm": {"timesteps": None, "head": True},
}


def asked(name: str, kind: str, seed: int) -> Challenge:
    return engine.challenge(name, kind, seed)


def texts(dims: Any) -> dict[str, str]:
    """Dims as the page sends them."""
    return dict(dims.changed())


def drawn_model(name: str, dims: Any) -> Any:
    """A model of the lesson's own build, without the engine's inspection."""
    return LESSONS[name].build(dims)


def check_shape(name: str, seed: int) -> None:
    task, drawn = asked(name, "shape", seed), engine._drawn(name, "shape", seed)
    output = drawn_model(name, drawn.dims).get_layer(task.layer).output
    live = output[0] if isinstance(output, list | tuple) else output
    assert sizes(task.target) == tuple(live.shape)
    begin = engine.judge(name, "shape", seed, texts(drawn.start))
    assert not begin.right
    assert begin.told.startswith("Not yet: ")
    assert engine.judge(name, "shape", seed, texts(drawn.dims)).right
    assert task.dims == drawn.start.values()
    for changed in looking.changes(drawn.start, drawn.dims):  # each of them matters
        back = drawn.dims.but(**{changed: drawn.start.values()[changed]})
        if engine.judge(name, "shape", seed, texts(back)).right:
            pytest.fail(f"{changed} need not be changed")


def check_count(name: str, seed: int) -> None:
    task, drawn = asked(name, "count", seed), engine._drawn(name, "count", seed)
    model = drawn_model(name, drawn.dims)
    truth = model.get_layer(task.layer).count_params() if task.layer else model.count_params()
    assert truth > 0
    assert engine.judge(name, "count", seed, str(truth)).right
    for wrong in (truth - 1, truth + 1):
        said = engine.judge(name, "count", seed, str(wrong))
        assert not said.right
        assert said.told.startswith(f"Keras counts {'fewer' if truth < wrong else 'more'} than {wrong:,}")
    assert f"**{truth:,}**" in engine.judge(name, "count", seed, None).told
    assert not any(f"= {truth:,}" in hint for hint in task.hints)


def check_repair(name: str, seed: int) -> None:
    task, drawn = asked(name, "repair", seed), engine._drawn(name, "repair", seed)
    with pytest.raises(Exception) as raised:  # noqa: PT011  (whatever Keras raises)
        drawn_model(name, drawn.dims)
    assert type(raised.value).__name__ in task.message
    nothing = engine.judge(name, "repair", seed, texts(drawn.dims))
    assert not nothing.right
    assert nothing.told.startswith("Nothing is changed yet.")
    assert drawn.fix is not None
    assert len(drawn.fix.dims) <= 2
    mended = drawn.dims.but(**drawn.fix.dims)
    drawn_model(name, mended)
    assert engine.judge(name, "repair", seed, texts(mended)).right


def fails_at(program: str, classes: str) -> int:
    """The line, from 1, at which a program really fails."""
    namespace: dict[str, Any] = {}
    exec(classes or "import keras\nimport numpy as np\nfrom keras import layers", namespace)
    try:
        exec(compile(program, "<program>", "exec"), namespace)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        return next(frame.lineno or 0 for frame in frames if frame.filename == "<program>")
    return 0


def check_line(name: str, seed: int) -> None:
    task = asked(name, "line", seed)
    truth = fails_at(task.code, task.classes)
    lines = task.code.splitlines()
    assert 1 < truth <= len(lines), task.code
    assert lines[-1].startswith(("model = keras.Model(", "y = model("))
    assert "#" not in task.code
    for number in {1, truth - 1, truth, truth + 1}:
        assert engine.judge(name, "line", seed, str(number)).right == (number == truth)
    layers = re.findall(r'name="(\w+)"', lines[truth - 1])
    assert not any(re.search(rf"\b{layer}\b", hint) for layer in layers for hint in task.hints), task.hints


CHECKS = {"shape": check_shape, "count": check_count, "repair": check_repair, "line": check_line}


@every_challenge
def test_a_challenge_is_what_a_fresh_model_says(name, kind):
    CHECKS[kind](name, SEED)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind"), one_in(4, CHALLENGES))
def test_more_seeds(name, kind):
    for seed in range(100, 100 + MORE_SEEDS):
        CHECKS[kind](name, seed)


@every_challenge
def test_hints_in_three_steps_and_a_task(name, kind):
    task = asked(name, kind, SEED)
    assert task.task.endswith((".", "?"))
    assert len(task.hints) == len(set(task.hints)) == 3
    assert all(hint[0].isupper() or hint[0].islower() for hint in task.hints)
    assert msgspec.json.decode(msgspec.json.encode(task), type=Challenge) == task
    gave_up = engine.judge(name, kind, SEED, None)
    assert not gave_up.right
    assert msgspec.json.decode(msgspec.json.encode(gave_up), type=Verdict) == gave_up


def test_the_same_seed_is_the_same_challenge_and_another_is_another():
    first = asked("stacked_lstm", "count", 5)
    engine._drawn.cache_clear()
    assert asked("stacked_lstm", "count", 5) == first
    assert len({asked("stacked_lstm", "count", seed).code for seed in range(5)}) == 5


@every_lesson
def test_drawn_sizes_are_small_and_differ(name):
    rng = Random(8)
    for _ in range(30):
        values = draw(rng, LESSONS[name].dims.specs())
        LESSONS[name].dims(**values)  # all in range
        known = {spec.name for spec in LESSONS[name].dims.specs() if spec.axis}
        numbers = [v for k, v in values.items() if k in known and isinstance(v, int) and v > 1]
        assert max(numbers) <= 40
        assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("name", ALWAYS_BUILD)
def test_lessons_without_repairs_really_build(name):
    rng = Random(name)
    for _ in range(12):
        dims = LESSONS[name].dims(**draw(rng, LESSONS[name].dims.specs(), none=0.5))
        drawn_model(name, dims)
    with pytest.raises(ChallengeError, match="build at any dims: there is nothing to repair"):
        asked(name, "repair", 0)


@every_breakable
def test_the_others_can_break(name):
    with pytest.raises(Exception):  # noqa: B017, PT011  (whatever Keras raises)
        drawn_model(name, LESSONS[name].dims(**BREAKS[name]))
    assert set(FAILING) < set(kinds_of(name)) == set(KINDS)


@pytest.mark.parametrize("name", standing_for(LESSONS, "stacked_lstm", "conv2d", "fit_batches"))
def test_a_line_fails_for_many_reasons(name):
    """Every lesson: dims that can't be built are only one of them."""
    seen: set[str] = set()
    for seed in range(40, 54):
        if len(seen) < 3:
            drawn = engine._drawn(name, "line", seed)
            seen.add(re.sub(r"[\d·]+", "n", drawn.why) or "dims")
    assert len(seen) == 3, seen


def test_three_changes_are_no_repair():
    drawn = engine._drawn("stacked_lstm", "repair", 3)
    now = drawn.dims
    much = now.but(features=now.features + 1, units_1=now.units_1 + 1, levels=1 if now.levels != 1 else 2)
    said = engine.judge("stacked_lstm", "repair", 3, texts(much))
    assert not said.right
    assert said.told.endswith("at most 2 dims may differ.")


def test_a_shape_is_not_reached_by_a_model_that_fails_or_lacks_the_layer():
    seed = next(n for n in range(30) if asked("stacked_lstm", "shape", n).layer.startswith("level_2"))
    drawn = engine._drawn("stacked_lstm", "shape", seed)
    fails = drawn.dims.but(levels=3, return_sequences_1=False, return_sequences_2=False)
    assert "can't be built" in engine.judge("stacked_lstm", "shape", seed, texts(fails)).told
    short = engine.judge("stacked_lstm", "shape", seed, texts(drawn.dims.but(levels=1)))
    assert short.told == "With these dims there is no layer level_2 in the model."
    assert not short.right


def test_a_wrong_count_brings_the_layer_so_that_the_page_can_say_why():
    seed = next(n for n in range(30) if asked("stacked_lstm", "count", n).layer.startswith("level"))
    said = engine.judge("stacked_lstm", "count", seed, "1")
    assert said.said == 1
    assert said.layer is not None
    assert said.layer.params > 1


def test_a_line_before_the_failing_one_runs_and_one_behind_is_never_reached():
    task = asked("stacked_lstm", "line", 3)
    truth = fails_at(task.code, task.classes)
    assert engine.judge("stacked_lstm", "line", 3, "1").told.startswith("Line 1 runs and returns (")
    behind = engine.judge("stacked_lstm", "line", 3, str(truth + 1)).told
    assert behind == f"Keras never reaches line {truth + 1}: an earlier line fails."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("simple_rnn", "riddle", 1),
            "There is no kind of challenge called 'riddle'. There are shape, count, repair, line.",
        ),
        (("simple_rnn", "shape", -1), "seed=-1 was given; it must be a whole number from 0 to 999,999."),
        (("simple_rnn", "shape", 1_000_000), "seed=1000000 was given"),
    ],
)
def test_what_is_no_challenge_gets_a_sentence(arguments, words):
    with pytest.raises(ChallengeError) as raised:
        engine.challenge(*arguments)
    assert words in str(raised.value)


def test_an_unknown_lesson_and_unreadable_answers():
    with pytest.raises(UnknownExplainer, match=r"Did you mean conv1d\?"):
        engine.challenge("conv1", "shape", 1)
    with pytest.raises(ChallengeError, match="answered with one whole number"):
        engine.judge("simple_rnn", "count", 3, "many")
    with pytest.raises(ChallengeError, match="answered with dims"):
        engine.judge("simple_rnn", "shape", 3, "12")
    with pytest.raises(DimsError, match="units=none of them was given"):
        engine.judge("simple_rnn", "shape", 3, {"units": "none of them"})
    assert set(service.BAD_REQUEST) >= {ChallengeError, DimsError, UnknownExplainer}
    assert service.OPS.keys() >= {"challenge", "judge"}


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1000000", "9" * 40, "seven", "٣"])
def test_a_bad_seed_in_a_link_gets_a_sentence(text):
    with pytest.raises(ChallengeError, match="it must be a whole number from 0 to 999,999"):
        read_seed(text)


def test_a_good_seed():
    assert read_seed(" 42 ") == 42
    assert read_seed("999999") == 999_999


BEHIND = {  # what is behind a repair that changed nothing that matters, and the misconception
    "array_shapes": ("left an axis None that a weight needs as a number", "flatten-works-with-open-steps"),
    "simple_rnn": ("left a stateful layer without a fixed batch", "any-batch-for-a-stateful-model"),
    "stacked_lstm": ("left LSTM without timesteps", "an-rnn-passes-its-sequence-on"),
    "conv2d": ("left Conv2D without channels", ""),  # no misconception about images is like that
    "hadamard": ("left an axis None that a weight needs as a number", "none-is-a-number"),
    "t_lstm": ("left an axis None that a weight needs as a number", "flatten-works-with-open-steps"),
}


@pytest.mark.parametrize("name", BEHIND)
def test_what_is_behind_a_wrong_repair(name: str) -> None:
    drawn = engine._drawn(name, "repair", SEED)
    said = engine.judge(name, "repair", SEED, texts(drawn.dims))
    assert (said.behind, said.misconception) == BEHIND[name]
    assert not said.misconception or said.misconception in BY_SLUG
