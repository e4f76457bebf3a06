"""A number has the same source wherever it stands on a lesson's page; by it the browser lights all of them at once.

That it does is seen in a browser on some lessons (tests/browser/test_origins.py, test_ten_parts.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from explainers.core.axes import Axis
from explainers.core.registry import all_explainers
from explainers.core.results import Inspection
from tests.explained import explained
from views import code, ledger, shape_flow, summary


def from_an_argument(found: Inspection) -> Axis:
    """An axis that one argument has made, in a layer's output and in the weights that the ledger shows first."""
    weights = next(layer.weights for layer in found.layers if layer.weights)
    made = {axis.sources for weight in weights for axis in weight.shape}
    given = (axis for layer in found.layers if layer.class_name != "InputLayer" for axis in layer.outputs[0])
    return next(axis for axis in given if len(axis.sources) == 1 and axis.sources in made)


def with_source(drawn: Any, source: str) -> Iterator[dict[str, Any]]:
    """Everything in a component's data that lights up with this source."""
    if isinstance(drawn, dict):
        if source in drawn.get("sources", ()):
            yield drawn
        drawn = list(drawn.values())
    if isinstance(drawn, list | tuple):
        for part in drawn:
            yield from with_source(part, source)


@pytest.mark.parametrize("name", all_explainers())
def test_an_argument_is_the_source_of_its_number_in_every_part_of_the_page(name: str) -> None:
    found = explained(name).inspection
    axis = from_an_argument(found)
    (source,) = axis.sources
    layer, _, argument = source.partition(".")
    line = found.code_lines[layer]
    for part in (shape_flow, ledger, summary, code):
        lit = [
            number for number in with_source(part.data(found), source)
            if (number.get("axis"), number.get("size")) == (axis.axis, axis.size)
        ]  # fmt: skip
        assert lit, part.__name__
        for number in lit:
            assert f"{argument}={axis.size} of " in number["origin"], part.__name__
            assert f"line {line}: " in number["code"], part.__name__
    assert source in code.data(found)["lines"][line - 1]["sources"]
