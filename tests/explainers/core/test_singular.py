"""After exactly one a noun has no s, in everything that a lesson says at sizes of 1."""

from __future__ import annotations

import re

import pytest

from explainers.core.registry import all_explainers, find_explainer
from explainers.core.words import singular, untagged
from tests.explained import explained_at

MANY = "timesteps features units steps samples sequences numbers weights channels filters kernels heads points times"
ONE_OF_MANY = re.compile(rf"(?<![\d.,×·+/=−])(?<![·×+−] )\b1\*{{0,2}} (?:[a-z]+ )?(?:{'|'.join(MANY.split())})\b")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1 features, 13 units", "1 feature, 13 units"),
        ("⟦1|timesteps⟧ timesteps of **1** new points", "⟦1|timesteps⟧ timestep of **1** new point"),
        ("the 1 batches (1 samples)", "the 1 batch (1 sample)"),
        ("`1 features` in code, 31 features, 0.1 units", "`1 features` in code, 31 features, 0.1 units"),
        ("2 × 1 units", "2 × 1 units"),
        ("axis 1 samples; 1 is", "axis 1 samples; 1 is"),
    ],
)
def test_only_one_has_no_s(text: str, told: str) -> None:
    assert singular(text) == told


@pytest.mark.filterwarnings("ignore::UserWarning")  # Keras' own, of a softmax over one key step
@pytest.mark.parametrize("name", list(all_explainers()))
def test_a_lesson_at_sizes_of_one(name: str) -> None:
    lesson = find_explainer(name)
    dims, _ = lesson.dims.read_kindly({spec.name: "1" for spec in lesson.dims.specs()})
    found = explained_at(name, dims)
    told = [found.sentence, *(layer.why for layer in found.inspection.layers)]
    assert not [one for one in map(untagged, told) if ONE_OF_MANY.search(one)]
