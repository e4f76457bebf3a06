"""What must hold for every lesson, over the whole range of its dims; a new one is tested here as it stands."""

from __future__ import annotations

import importlib
import math
import re

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explainers.core import explaining
from explainers.core.axes import names, sizes
from explainers.core.dims import DimsError, DimSpec
from explainers.core.registry import UnknownExplainer, all_explainers, find_explainer
from explainers.core.results import Explanation
from explainers.core.words import untagged
from tests.explained import explained, tried_at
from tests.fuzz.strategies import EXAMPLES

LESSONS = all_explainers()
every_lesson = pytest.mark.parametrize("name", LESSONS)
every_preset = pytest.mark.parametrize(
    ("name", "preset"),
    [(name, preset.name) for name, lesson in LESSONS.items() for preset in lesson.presets],
)


def preset_dims(name: str, preset: str) -> dict[str, object]:
    return dict(next(p.dims for p in LESSONS[name].presets if p.name == preset))


@every_lesson
def test_has_a_docstring_and_a_journey_through_its_dims(name):
    lesson = LESSONS[name]
    assert importlib.import_module(f"explainers.{name}").__doc__
    assert (lesson.dims.spec(lesson.journey.change).kind, lesson.dims.spec(lesson.journey.change).min) == ("int", 1)
    opened = lesson.dims.spec(lesson.journey.open)
    assert opened.allows_none or opened.kind == "bool"
    assert lesson.dims(**lesson.journey.begin).changed().keys() == lesson.journey.begin.keys()


@every_lesson
def test_every_dim_says_what_it_is(name):
    for spec in LESSONS[name].dims.specs():
        assert spec.help.endswith((".", "?")), spec.name
        assert spec.name.isidentifier()


@every_lesson
def test_default_numbers_all_differ(name):
    """So that a shape with two axes swapped can't look right by chance."""
    numbers = [spec.default for spec in LESSONS[name].dims.specs() if spec.kind == "int" and spec.default is not None]
    assert len(set(numbers)) == len(numbers)


@every_lesson
def test_preset_names_are_fit_for_a_link(name):
    presets = [preset.name for preset in LESSONS[name].presets]
    assert len(set(presets)) == len(presets)
    assert all(p.isascii() and p == p.lower() and " " not in p for p in presets)


@every_lesson
def test_counts_add_up_to_keras_count(name):
    found = explained(name).inspection
    assert found.error is None
    assert sum(weight.count for layer in found.layers for weight in layer.weights) == found.total_params
    for layer in found.layers:
        for weight in layer.weights:
            assert math.prod(sizes(weight.shape)) == weight.count


@every_lesson
def test_every_axis_is_named_and_has_an_origin(name):
    for layer in explained(name).inspection.layers:
        for shape in (*layer.inputs, *layer.outputs, *(weight.shape for weight in layer.weights)):
            assert "unknown" not in names(shape), layer.name
            assert all(axis.origin for axis in shape)
            assert all(axis.sources for axis in shape if axis.size != 1), (layer.name, names(shape))


@every_lesson
def test_the_code_runs_and_makes_the_same_model(name):
    found = explained(name).inspection
    namespace: dict[str, object] = {}
    exec(found.code, namespace)
    assert namespace["model"].count_params() == found.total_params


@every_lesson
def test_results_are_plain_and_repeatable(name):
    once, again = explained(name), explaining.explain(LESSONS[name], LESSONS[name].dims())
    assert once == again
    assert msgspec.json.encode(once) == msgspec.json.encode(again)
    read = msgspec.json.decode(msgspec.json.encode(once), type=Explanation)
    assert (read.inspection, read.sentence) == (once.inspection, once.sentence)


@every_lesson
def test_cells_agree_with_numpy(name):
    run = explained(name).inspection.run
    assert run is not None
    if run.largest_difference is not None:
        assert run.largest_difference < 1e-4


@every_lesson
def test_the_heading_is_about_the_dims_of_the_page(name):
    """At some preset it is the question as people ask it; it never names sizes that the page doesn't have."""
    lesson = LESSONS[name]
    if lesson.heading is None:
        return
    asked = {lesson.asks(lesson.dims(**preset.dims)).replace("7 times", "seven times") for preset in lesson.presets}
    assert lesson.question in asked
    for dims in (lesson.dims(), *(lesson.dims(**preset.dims) for preset in lesson.presets)):
        assert {int(n) for n in re.findall(r"\d+", lesson.asks(dims))} <= {1, *dims.values().values()}


@every_preset
def test_presets_can_be_explained(name, preset):
    found = explained(name, **preset_dims(name, preset))
    assert untagged(found.sentence).endswith((".", "!", "?"))
    run = found.inspection.run
    assert run is None or run.largest_difference is None or run.largest_difference < 1e-4
    if found.inspection.error is not None:
        assert found.inspection.error.cause
        assert found.inspection.error.message


@every_lesson
def test_offered_fixes_build(name):
    for preset in LESSONS[name].presets:
        error = explained(name, **preset.dims).inspection.error
        if error is None:
            continue
        assert error.fixes, f"{preset.name} fails, and nothing is offered"
        for fix in error.fixes:
            mended = LESSONS[name].dims(**preset.dims).but(**fix.dims)
            assert explaining.inspect_lesson(LESSONS[name], mended, run=False).error is None, fix.label


@pytest.mark.slow
@pytest.mark.parametrize(("name", "demo"), [(n, demo.name) for n, lesson in LESSONS.items() for demo in lesson.trials])
def test_demonstrations_do_what_they_say(name, demo):
    """At the default dims each is of its declared kind; loud ones carry Keras' own words; what they offer builds.

    So a release of Keras that speaks or decides otherwise is seen here.
    """
    lesson = LESSONS[name]
    declared = next(entry for entry in lesson.trials if entry.name == demo)
    shown = tried_at(name, demo, lesson.dims())
    if shown.kind == "absent":
        assert declared.needs(lesson.dims())
        return
    assert shown.kind == declared.kind, shown.verdict
    assert (shown.error is not None) == (shown.kind == "loud") == bool(declared.says)
    if shown.error is not None:
        assert declared.says in shown.error.message
    assert shown.verdict
    for fix in shown.fixes:
        mended = explaining.inspect_lesson(lesson, lesson.dims().but(**fix.dims), run=False)
        assert mended.error is None, fix.label
    assert msgspec.json.decode(msgspec.json.encode(shown), type=type(shown)).verdict == shown.verdict


def values_of(spec: DimSpec) -> st.SearchStrategy[object]:
    """Any value in range, small ones and the ends more often."""
    if spec.kind == "bool":
        return st.booleans()
    if spec.kind == "choice":
        return st.sampled_from(spec.choices)
    if spec.kind == "float":
        return st.floats(spec.min, spec.max)
    ends = st.sampled_from([spec.min, spec.max])
    small = st.integers(spec.min, min(spec.max, spec.min + 30))
    numbers = st.one_of(small, small, ends, st.integers(spec.min, spec.max))
    return st.one_of(st.none(), numbers) if spec.allows_none else numbers


@pytest.mark.slow
@every_lesson
@settings(max_examples=max(5, EXAMPLES // 10), suppress_health_check=list(HealthCheck))  # 200 in `make fuzz`
@given(data=st.data())
def test_the_whole_range_of_dims_ends_in_a_picture_or_a_sentence(name, data):
    """Every rule is held against the live shapes on the way; a RuleError fails here."""
    lesson = LESSONS[name]
    dims = lesson.dims(**{spec.name: data.draw(values_of(spec), spec.name) for spec in lesson.dims.specs()})
    found = explaining.inspect_lesson(lesson, dims, run=False)
    assert found.error is None or found.error.cause
    assert lesson.sentence(dims, found)


@every_lesson
def test_out_of_range_is_refused_with_a_sentence(name):
    for spec in LESSONS[name].dims.specs():
        if spec.kind in ("int", "float"):
            with pytest.raises(DimsError, match=rf"{spec.name}=\d+ was given; it must be .* from .* The nearest"):
                LESSONS[name].dims.read({spec.name: str(int(spec.max) + 1)})


def test_an_unknown_lesson_gets_a_suggestion():
    with pytest.raises(UnknownExplainer, match=r"Did you mean stacked_lstm\?"):
        find_explainer("stacked_lstms")
