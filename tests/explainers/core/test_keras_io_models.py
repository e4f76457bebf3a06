"""No axis of the models that people build is without a name; the counts are Keras' own."""

from __future__ import annotations

import sys
from typing import Any

import keras
import pytest

from explainers.core.axes import is_named, names
from explainers.core.inspection import inspect_model
from explainers.core.limits import Limits
from tests.explainers.core.keras_io_models import MODELS
from tests.parts import standing_for

APPLICATIONS = ("ResNet50", "MobileNetV2", "EfficientNetB0", "VGG16", "Xception", "ConvNeXtTiny", "NASNetMobile")


def application(name: str) -> Any:
    """Without values: shapes and counts are all that is asked."""
    return getattr(keras.applications, name)(weights=None)


@pytest.mark.parametrize("name", MODELS)
def test_every_axis_has_a_name(name: str) -> None:
    keras.utils.clear_session()
    all_named(MODELS[name]())


@pytest.mark.parametrize("name", standing_for(APPLICATIONS, "VGG16", "MobileNetV2"))
def test_every_axis_of_a_well_known_model_has_a_name(name: str) -> None:
    try:
        with keras.StatelessScope(initialize_variables=False):
            all_named(application(name))
    finally:
        keras.utils.clear_session(free_memory=False)


def all_named(model: Any) -> None:
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
