"""The numbers that the lessons are about stand in `python -m explainers show NAME --json`, each computed live.

Shapes are looked for among all named shapes of the answer, whole numbers among its counts and figures, texts anywhere.
Only those demonstrations are run that a number belongs to; `show` runs all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from explainers.core import explaining, tell
from explainers.core.registry import find_explainer
from tests.explained import explained_at

COUNTS = ("params", "count", "total_params", "value", "calls_made", "windows")
N = None


@dataclass(frozen=True)
class Asked:
    """One call of `show`: the lesson, its preset and dims beside it, the demonstrations needed, and what must stand."""

    lesson: str
    preset: str
    dims: dict[str, Any]
    demos: tuple[str, ...]
    shapes: tuple[tuple[int | None, ...], ...] = ()
    counts: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.lesson} {self.preset} {self.dims}"


ASKED = (
    # -- conv1d
    Asked(
        "conv1d", "one-step-133906-channels", {}, ("then_wording",),
        shapes=((N, 1, 133906),),
        texts=(
            "Negative dimension size caused by subtracting 3 from 1 for",
            "conv1d_1/convolution/Conv2D",  # today's TensorFlow writes it in {{node …}}
            '"kernel_size": 1', '"padding": "same"', '"steps": 133906',  # the three fixes
        ),
    ),
    Asked("conv1d", "one-step-133906-channels", {"kernel_size": 1}, (), ((N, 1, 1),), (133_907,)),
    Asked("conv1d", "one-step-133906-channels", {"padding": "same"}, (), ((N, 1, 1),), (3 * 133_906 + 1,)),
    Asked(
        "conv1d", "133906-steps-one-channel", {}, ("flatten_dense", "softmax_of_one"),
        shapes=((N, 133906, 1), (N, 133904, 1), (N, 133904), (N, 1)),
        counts=(4, 133_905),
        texts=("three times 1.0",),
    ),
    # -- hadamard
    Asked("hadamard", "first-layer", {}, ("kernel_shapes",), ((N, 10, 64), (1, 10, 64)), (640, 64, 10)),
    Asked(
        "hadamard", "inside-a-net", {}, (),
        shapes=((N, 10, 64), (N, 10, 128), (N, 10, 32), (N, 10, 1)),
        counts=(8_320, 8_256, 640, 2_080, 33, 19_329),
    ),
    Asked("hadamard", "shape-input-shape", {}, ("batch_in_kernel",), texts=("(None, 16)",)),
    Asked("hadamard", "only-p", {}, ("last_axis_kernel",), ((64,),), (64,), ("640",)),
    # -- windowed_forecast
    Asked(
        "windowed_forecast", "600-points", {},
        ("whole_series", "whole_series_sequential", "whole_series_then", "windows"),
        shapes=((N, 600, 25), (1, 600, 25), (1, 600, 1), (1, 10, 25), (600, 25, 1), (10, 25, 1), (590, 10, 25), (590,)),
        counts=(590,),
        texts=(
            "expected shape=(None, 600, 25), found shape=(1, 10, 25)",
            "expected lstm_46_input to have shape (1, 600, 25) but got array with shape (1, 10, 25)",
            "takes (1, 10, 25) and answers (1, 10, 1)",
        ),
    ),
    Asked("windowed_forecast", "600-points-any-length", {}, ("any_length",), ((N, N, 25), (1, 10, 1))),
    Asked("windowed_forecast", "600-points-padding", {}, ("padding",), ((1, 600, 25),), (590,)),
    Asked("windowed_forecast", "600-points-stateful", {}, (), ((1, 10, 25),)),
    # -- t_lstm
    Asked(
        "t_lstm", "23-features-7-visits", {}, ("how_often_called", "decay_choices"),
        shapes=((20, 7, 23), (20, 7, 1), (20, 7, 24), (20, 23), (20, 1), (20, 7, 16)),
        counts=(2_592, 2_832, 8),  # eight calls: a probe and seven visits
    ),
    Asked("t_lstm", "matrix-decay", {}, (), ((16, 16),), (2_832,)),
    Asked("t_lstm", "flatten-dense", {}, (), ((N, 7, 16), (N, 112), (N, 1)), (113,)),
    Asked("t_lstm", "any-number-of-visits", {}, ("flatten_unknown",), ((N, N, 16),), texts=('"loud"',)),
    Asked("t_lstm", "last-answer", {}, (), ((N, 16),)),
    Asked("t_lstm", "first-gap-0", {}, ("zero_first",), texts=('"inf"', '"nan"')),
    Asked("t_lstm", "23-features-7-visits", {}, ("elapsed_without_axis", "pair_now", "pair_then"),
          texts=("(None, 7)", "Keras 2")),
    # -- sequence_set
    Asked("sequence_set", "16-x-100", {}, ("two_ways",), ((1, 16, 100, 1), (16, 100, 1), (16, 4), (1, 16, 4), (1, 4),
                                                           (1, 32), (1, 1))),
    Asked("sequence_set", "printed-summary", {}, ("reset_after", "gradients"), (), (864, 912, 136, 9)),
    Asked("sequence_set", "todays-gru", {}, (), (), (912, 136, 9)),
    Asked("sequence_set", "both-vary", {}, ("padded_and_masked",), ((N, N, N, 1),)),
    Asked("sequence_set", "printed-summary", {}, ("lstm_states",), texts=(" 32",)),  # 2·units
    # -- multi_output_cell
    Asked(
        "multi_output_cell", "3-steps", {}, ("list_output_now", "constants_now"),
        shapes=((4, 3, 12), (4, 8), (4, 3, 20), (4, 3, 25), (4, 3, 10), (4, 3, 15), (4, 10)),
        texts=("output_size must be an integer.", "constants"),
    ),
    Asked("multi_output_cell", "6-steps-no-latent", {}, (), ((4, 6, 10), (4, 6, 5), (4, 10))),
)  # fmt: skip


def told(asked: Asked) -> Any:
    """What `show` prints, read again."""
    lesson = find_explainer(asked.lesson)
    preset = next(preset for preset in lesson.presets if preset.name == asked.preset)
    dims = lesson.dims(**{**preset.dims, **asked.dims})
    demos = tuple(explaining.run_demo(demo, dims) for demo in lesson.demos if demo.name in asked.demos)
    assert {demo.name for demo in demos} == set(asked.demos)
    return json.loads(json.dumps(tell.as_json(tell.Told(explained_at(asked.lesson, dims), demos))))


def nodes(data: Any) -> Iterator[Any]:
    yield data
    for kid in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from nodes(kid)


def shapes(data: Any) -> set[tuple[int | None, ...]]:
    lists = (node for node in nodes(data) if isinstance(node, list) and node)
    return {
        tuple(axis["size"] for axis in node)
        for node in lists
        if all(isinstance(axis, dict) and "axis" in axis and "size" in axis for axis in node)
    }


@pytest.mark.slow
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_the_numbers_of_the_lesson_stand_in_the_json(asked: Asked) -> None:
    data = told(asked)
    text = json.dumps(data, ensure_ascii=False)
    counts = {node[key] for node in nodes(data) if isinstance(node, dict) for key in COUNTS if key in node
              and isinstance(node[key], int)}  # fmt: skip
    assert [shape for shape in asked.shapes if shape not in shapes(data)] == []
    assert [count for count in asked.counts if count not in counts] == []
    assert [words for words in asked.texts if words not in text] == []
