"""No axis of the models that people build is without a name; the counts are Keras' own."""

from __future__ import annotations

import sys
from typing import Any

import keras
import pytest

from explainers.core.axes import is_named, names
from explainers.core.inspection import inspect_model
from explainers.core.limits import Limits
from explainers.core.results import Inspection
from tests.explainers.core.course_models import MODELS as COURSES
from tests.explainers.core.keras_io_models import MODELS
from tests.parts import standing_for

APPLICATIONS = ("ResNet50", "MobileNetV2", "EfficientNetB0", "VGG16", "Xception", "ConvNeXtTiny", "NASNetMobile")


def application(name: str) -> Any:
    """Without values: shapes and counts are all that is asked."""
    return getattr(keras.applications, name)(weights=None)


@pytest.mark.parametrize("name", MODELS)
def test_every_axis_has_a_name(name: str) -> None:
    keras.utils.clear_session(free_memory=False)
    all_named(MODELS[name]())


# What the last layer gives, or the one that is named: by the words of those who teach these models.
LAST: dict[str, tuple[tuple[str, ...], ...]] = {
    "ops_attention": (("batch", "rows", "units"),),
    "capsules": (("batch", "units_1"),),
    "yolo": (("batch", "height", "width", "filters_1", "filters_2"),),
    "take_concat": (("batch", "columns", "stacked"),),
    "mdn": (("batch", "units_2"),),
    "clip": (("batch", "batch"),),
    "multi_scale_text": (("batch", "units"),),
    "image_ops": (("batch", "height", "width", "channels"),),
    "bahdanau_custom": (("batch", "timesteps", "units"), ("batch", "units")),
}


@pytest.mark.parametrize("name", COURSES)
def test_every_axis_of_a_model_of_a_course_has_a_name(name: str) -> None:
    keras.utils.clear_session(free_memory=False)
    model = COURSES[name]()
    found = all_named(model)
    ends = {names(shape) for step in found.flow for shape in step.outputs}
    assert set(LAST.get(name, ())) <= ends


def test_who_reads_an_input_names_it_through_a_lambda_and_through_a_product() -> None:
    """The first layer that has a word for an axis says it, also from behind what turns or multiplies the axes."""
    keras.utils.clear_session(free_memory=False)
    first = {name: inspect_model(COURSES[name], run=False).flow[0].outputs[0] for name in ("dqn", "time_series")}
    assert names(first["dqn"]) == ("batch", "channels", "height", "width")
    assert names(first["time_series"]) == ("batch", "steps", "channels")
    both = inspect_model(COURSES["graph_attention"], run=False).flow
    assert [names(step.outputs[0]) for step in both if step.class_name == "InputLayer"] == [
        ("batch", "rows", "features"), ("batch", "rows", "columns"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", standing_for(APPLICATIONS, "VGG16", "MobileNetV2"))
def test_every_axis_of_a_well_known_model_has_a_name(name: str) -> None:
    try:
        with keras.StatelessScope(initialize_variables=False):
            all_named(application(name))
    finally:
        keras.utils.clear_session(free_memory=False)


def all_named(model: Any) -> Inspection:
    found = inspect_model(lambda: model, limits=Limits(weights=sys.maxsize), run=False, may_skip=True)
    assert found.error is None, found.error
    unnamed = {
        f"{step.class_name} {step.layer}": names(shape)
        for step in found.flow
        for shape in step.outputs
        if not all(is_named(axis.axis) for axis in shape)
    }
    assert not unnamed
    weights = [weight for layer in found.layers for weight in layer.weights]
    own = [layer for layer in found.layers if layer.known]  # ConvNeXt's LayerScale isn't a class of keras.layers
    assert not [w.name for layer in own for w in layer.weights if not all(map(is_named, names(w.shape)))]
    assert sum(weight.count for weight in weights) == found.total_params == model.count_params()
    return found
