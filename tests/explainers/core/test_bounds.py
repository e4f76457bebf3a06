"""A demonstration that takes less than the dims say tells so; no lesson has another way to take less."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from explainers.core import bounds, explaining
from explainers.core.dims import DimsBase, dim
from explainers.core.registry import all_explainers
from explainers.core.trial import Tried, trial

LESSONS = all_explainers()
FOLDER = Path(__file__).parents[3] / "explainers"


@dataclass(frozen=True)
class Dims(DimsBase):
    timesteps: int | None = dim(7, high=5000, allows_none=True, axis="timesteps", help="How many.")
    sequences: int = dim(3, high=90, axis="sequences", help="How many.")


def ran(dims: Dims, **most: int) -> Tried:
    @trial("D", "run")
    def d(dims: Dims) -> Tried:
        small = bounds.bounded(bounds.bounded(dims, **most), **most)  # asked twice, told once
        return Tried("", f"It took {small.timesteps}.")

    return explaining.run_trial(d, dims)


def test_what_was_cut_ends_the_verdict():
    assert ran(Dims(timesteps=1200), timesteps=8).verdict == (
        "It took 8. To be quick, this was tried with 8 of the 1,200 timesteps."
    )
    assert ran(Dims(timesteps=12, sequences=9), timesteps=8, sequences=4).verdict.endswith(
        "tried with 8 of the 12 timesteps and 4 of the 9 sequences."
    )


def test_what_was_not_cut_is_not_told():
    assert ran(Dims(timesteps=8), timesteps=8).verdict == "It took 8."
    assert ran(Dims(timesteps=None), timesteps=8).verdict == "It took None."


def test_one_demonstration_says_nothing_of_another():
    ran(Dims(timesteps=12), timesteps=8)
    assert ran(Dims(timesteps=5), timesteps=8).verdict == "It took 5."


@pytest.mark.parametrize("name", LESSONS)
def test_no_lesson_bounds_its_data_in_silence(name):
    """`min` of a dim, or a slice up to a fixed number of many, would cut without a word."""
    tree = ast.parse((FOLDER / f"{name}.py").read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "min":
            said = ast.unparse(node)
            assert not re.search(r"\bdims\b|_rows|len\(", said), f"line {node.lineno}: {said}: use bounds.at_most"
        if isinstance(node, ast.Slice) and isinstance(node.upper, ast.Constant) and node.lower is None:
            value = node.upper.value
            assert not isinstance(value, int) or value < 20, f"line {node.lineno}: [:{value}]: use bounds.at_most"


LARGE = {
    "array_shapes": (
        {"samples": 90, "timesteps": 40},
        "64 of the 90 samples and 24 of the 40 timesteps",
        ("batch_of_one",),
    ),
    "conv2d": (
        {"height": 90, "width": 30, "filters": 70},
        "64 of the 90 height and 16 of the 70 filters",
        ("flatten_or_average",),
    ),
    "fit_batches": ({"samples": 900}, "500 of the 900 samples", ("predict_too",)),
    "multi_head_attention": (
        {"query_steps": 40, "key_steps": 50},
        "32 of the 40 query_steps and 32 of the 50 key_steps",
        ("other_widths",),
    ),
    "multi_output_cell": ({"timesteps": 40}, "8 of the 40 timesteps", ("then_and_now", "no_split")),
    "t_lstm": ({"timesteps": 40}, "12 of the 40 timesteps", ("pair_then",)),
    "sequence_set": (
        {"sequences": 30, "timesteps": 40},
        "4 of the 30 sequences and 6 of the 40 timesteps",
        ("two_ways", "gradients"),
    ),
    "hadamard": ({"timesteps": 40, "features": 50}, "16 of the 40 timesteps and 32 of the 50 features", ("it_learns",)),
    "windowed_forecast": ({"points": 900, "timesteps": 5}, "100 of the 180 pieces", ("stateful",)),
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "demo"), [(n, d) for n, (_, _, demos) in LARGE.items() for d in demos])
def test_at_large_dims_the_lessons_say_what_they_took(name, demo):
    dims, words, _ = LARGE[name]
    declared = next(entry for entry in LESSONS[name].trials if entry.name == demo)
    told = explaining.run_trial(declared, LESSONS[name].dims(**dims)).verdict
    assert told.endswith(f"To be quick, this was tried with {words}.")


@pytest.mark.parametrize("name", LARGE)
def test_every_lesson_that_bounds_is_tried_above(name):
    """And the other way round: who imports `bounds` stands in LARGE."""
    files = [*FOLDER.glob("*.py"), *(FOLDER / "beside").rglob("*.py")]
    users = {file for file in files if "core.bounds import" in file.read_text("utf-8")}
    parts = {part for file in users for part in file.relative_to(FOLDER).with_suffix("").parts}
    assert set(LESSONS) & parts == set(LARGE)
