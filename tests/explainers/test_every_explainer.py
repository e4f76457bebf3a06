"""What must hold for every lesson, over the whole range of its dims; a new one is tested here as it stands."""

from __future__ import annotations

import importlib
import math

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
from tests.explained import explained
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
    assert (read.inspection, read.answer) == (once.inspection, once.answer)


@every_lesson
def test_cells_agree_with_numpy(name):
    run = explained(name).inspection.run
    assert run is not None
    if run.largest_difference is not None:
        assert run.largest_difference < 1e-4


@every_preset
def test_presets_can_be_explained(name, preset):
    found = explained(name, **preset_dims(name, preset))
    assert untagged(found.answer).endswith((".", "!", "?"))
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


# Keras' own words for each mistake at the default dims: a release that speaks or decides otherwise is seen here.
NOT_DEFINED = "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape="
KERAS_SAYS = {
    "simple_rnn without_features_axis": "Expected shape (None, 6, 3), but input has incompatible shape (5, 6)",
    "simple_rnn wrong_features": "expected shape=(None, 6, 3), found shape=(5, 6, 4)",
    "simple_rnn half_batch_stateful": "- Expected batch size: 8\n- Received batch size: 4",
    "stacked_lstm forgotten": "'level_2' is incompatible with the layer: expected ndim=3, found ndim=2. Full shape "
    "received: (None, 5)",
    "stacked_lstm wrong_features": "expected shape=(None, 6, 3), found shape=(3, 6, 4)",
    "stacked_lstm ragged_batch": "Invalid dtype: object",
    "stacked_lstm other_batch_stateful": "- Expected batch size: 52\n- Received batch size: 50",
    "conv1d without_channels": "expected min_ndim=3, found ndim=2. Full shape received: (None, 14)",
    "conv1d out_of_steps": "Computed output size would be zero or negative. Received `inputs shape=(None, 2, 3)`, "
    "`kernel shape=(3, 3, 3)`",
    "conv1d strides_and_dilation": "`strides > 1` not supported in conjunction with `dilation_rate > 1`.",
    "conv1d flatten_any_length": f"{NOT_DEFINED}(None, 1)",
    # ("conv1d_14": Keras 2 counts the layers of its process)
    "conv1d then_wording": "One of the dimensions in the output is <= 0 due to downsampling in conv1d",
    "hadamard batch_in_kernel": f"{NOT_DEFINED}(None, 5)",
    "hadamard open_timesteps": f"{NOT_DEFINED}(1, None, 5)",
    "windowed_forecast whole_series": "expected shape=(None, 240, 3), found shape=(1, 12, 3)",
    "windowed_forecast whole_series_then": "expected shape=(None, 240, 3), found shape=(None, 12, 3)",
    "windowed_forecast uncut_targets": "Data cardinality is ambiguous.",
    "windowed_forecast window_without_batch": "expected shape=(None, 12, 3), found shape=(12, 3)",
    "t_lstm flatten_unknown": f"{NOT_DEFINED}(None, 2)",
    "t_lstm elapsed_without_axis": "requires inputs with matching shapes except for the concatenation axis. Received: "
    "input_shape=[(None, 6, 3), (None, 6)]",
    "t_lstm pair_now": "Cannot convert '4' to a shape.",
    "sequence_set batch_of_two": "Cannot squeeze axis=0, because the dimension is not 1.",
    "multi_output_cell list_output_now": "output_size must be an integer.",
    "multi_output_cell constants_now": "got an unexpected keyword argument 'constants'",
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "demo"), [(n, demo.name) for n, lesson in LESSONS.items() for demo in lesson.demos])
def test_demonstrations_do_what_they_say(name, demo):
    """At the default dims each is of its declared kind; loud ones carry Keras' own words; what they offer builds."""
    lesson = LESSONS[name]
    declared = next(entry for entry in lesson.demos if entry.name == demo)
    shown = explaining.run_demo(declared, lesson.dims())
    if shown.kind == "absent":
        assert declared.needs(lesson.dims())
        return
    assert shown.kind == declared.kind, shown.verdict
    assert (shown.error is not None) == (shown.kind == "loud") == (f"{name} {demo}" in KERAS_SAYS)
    if shown.error is not None:
        assert KERAS_SAYS[f"{name} {demo}"] in shown.error.message
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
    assert lesson.answer(dims, found)


@every_lesson
def test_out_of_range_is_refused_with_a_sentence(name):
    for spec in LESSONS[name].dims.specs():
        if spec.kind in ("int", "float"):
            with pytest.raises(DimsError, match=rf"{spec.name}=\d+ was given; it must be .* from .* The nearest"):
                LESSONS[name].dims.read({spec.name: str(int(spec.max) + 1)})


def test_an_unknown_lesson_gets_a_suggestion():
    with pytest.raises(UnknownExplainer, match=r"Did you mean stacked_lstm\?"):
        find_explainer("stacked_lstms")
