"""The pool with the real service: Keras in a worker, plain results here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explainers.core.results import Explanation
from workers.limits import Limits
from workers.pool import Pool


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    pool = Pool(Limits(workers=1))
    yield pool
    pool.close()


def test_a_lesson_comes_back_whole(pool: Pool) -> None:
    dims = {"batch_size": "7", "timesteps": "11", "features": "2", "units": "5"}
    explanation = pool.call("show", {"name": "simple_rnn", "dims": dims}, type=Explanation)
    counts = {layer.class_name: layer.params for layer in explanation.inspection.layers}
    assert counts["SimpleRNN"] == 2 * 5 + 5 * 5 + 5
    assert explanation.inspection.run is not None
    assert {"keras", "tensorflow", "numpy"} < set(pool.state().versions)
