"""How long the engine takes, as ratios against bare Keras in the same run: ``make bench``.

Machines are noisy, so nothing here is judged by seconds. Each explainer is timed three ways, turn by turn:

    bare       keras.Model built + one eager forward on the same data
    learner    what a learner would do instead: build + summary() + plot_model(show_shapes=True)*
    inspected  what this app does: build watched, axes named, counts taken apart, every cell call recorded

    * plot_model needs pydot and Graphviz; where they are missing, build + summary() stands in and the report says so.

Goals: inspected / bare at most 1.5 for every explainer; growth with timesteps and with layers in straight lines.
"""

from __future__ import annotations

import argparse
import gc
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

GOAL = 1.5


@dataclass(frozen=True)
class Row:
    """One measured line: medians in milliseconds, and the median of the ratios turn by turn."""

    what: str
    bare: float
    ours: float
    ratio: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; `--turns` sets how often."""
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--turns", type=int, default=7, help="how often each is measured (default 7)")
    chosen = parser.parse_args(arguments)
    print_machine(imports())
    print_rows("inspection against bare Keras (build + one eager forward)", list(per_explainer(chosen.turns)))
    print_rows("against a learner's own way (build + summary())", list(per_learner(chosen.turns)))
    print_growth("timesteps", list(growth(chosen.turns, "timesteps", (8, 32, 128, 512))))
    print_growth("levels", list(growth(chosen.turns, "levels", (1, 2, 4))))
    return 0


def imports() -> float:
    """Seconds until Keras is imported and one model has been built."""
    began = time.perf_counter()
    from explainers.core.cli import quiet_tensorflow

    quiet_tensorflow()
    from explainers.core import service

    service.warm_up()
    return time.perf_counter() - began


def per_explainer(turns: int) -> Iterator[Row]:
    """Every explainer at its default dims."""
    from explainers.core.registry import all_explainers

    for name, explainer in all_explainers().items():
        dims = explainer.dims()
        yield paired(name, turns, partial(bare, explainer, dims), partial(inspected, explainer, dims))


def per_learner(turns: int) -> Iterator[Row]:
    """Every explainer against build + summary()."""
    from explainers.core.registry import all_explainers

    for name, explainer in all_explainers().items():
        dims = explainer.dims()
        yield paired(name, turns, partial(learner, explainer, dims), partial(inspected, explainer, dims))


def growth(turns: int, dim: str, values: Sequence[int]) -> Iterator[Row]:
    """stacked_lstm over one dim."""
    from explainers.core.registry import find_explainer

    explainer = find_explainer("stacked_lstm")
    for value in values:
        dims = explainer.dims().but(**{dim: value})
        few = max(3, turns // 2) if value > 100 else turns
        yield paired(str(value), few, partial(bare, explainer, dims), partial(inspected, explainer, dims))


def bare(explainer: Any, dims: Any) -> None:
    """What Keras alone needs: build, and one eager forward on the data that we feed too."""
    from explainers.core.graph import follow
    from explainers.core.inspection import concrete_inputs, make_data
    from explainers.core.limits import Limits

    model = explainer.build(dims)
    with untimed():
        walk = follow(model.inputs, model.outputs, axis_names=explainer.inputs)
        chosen, _ = concrete_inputs(walk, Limits())
        feed = (lambda name, shape: explainer.feed(dims, name, shape)) if explainer.feed else None
        data = [make_data(step, shape, feed, walk) for step, shape in chosen]
    model(data[0] if len(data) == 1 else data, training=False)


def learner(explainer: Any, dims: Any) -> None:
    """Build and print the summary: what one would do in a notebook."""
    model = explainer.build(dims)
    model.summary(print_fn=lambda line, **_: None)


def inspected(explainer: Any, dims: Any) -> None:
    """What the app does."""
    from explainers.core import explaining

    explaining.inspect_lesson(explainer, dims)


# -- timing --------------------------------------------------------------------------------------------------

_not_counted = 0.0


@contextmanager
def untimed() -> Iterator[None]:
    """What happens inside is taken off the measured time."""
    global _not_counted
    began = time.perf_counter()
    try:
        yield
    finally:
        _not_counted += time.perf_counter() - began


def seconds(task: Callable[[], None]) -> float:
    """How long a task takes, in a clean state, garbage collection outside."""
    global _not_counted
    gc.collect()
    _not_counted = 0.0
    began = time.perf_counter()
    task()
    return time.perf_counter() - began - _not_counted


def paired(what: str, turns: int, bare_task: Callable[[], None], our_task: Callable[[], None]) -> Row:
    """Both in turn, so that a machine that slows down slows both; the first turn warms up and is not counted."""
    pairs = [(seconds(bare_task), seconds(our_task)) for _ in range(turns + 1)][1:]
    ratio = statistics.median(ours / base for base, ours in pairs)
    base, ours = (statistics.median(times) * 1000 for times in zip(*pairs, strict=True))
    return Row(what, base, ours, ratio)


# -- printing ------------------------------------------------------------------------------------------------


def print_machine(import_seconds: float) -> None:
    import keras
    import tensorflow

    print(f"{platform.platform()} · Python {platform.python_version()} · {cores()} cores")
    print(f"keras {keras.__version__} · tensorflow {tensorflow.__version__}")
    print(f"import and first model: {import_seconds:.1f} s")


def cores() -> int:
    """Cores this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def print_rows(title: str, rows: Sequence[Row]) -> None:
    print(f"\n{title}")
    print(f"  {'':20} {'bare ms':>9} {'ours ms':>9} {'ratio':>6}")
    for row in rows:
        mark = "" if row.ratio <= GOAL else f"  above {GOAL}"
        print(f"  {row.what:20} {row.bare:9.1f} {row.ours:9.1f} {row.ratio:6.2f}{mark}")


def print_growth(dim: str, rows: Sequence[Row]) -> None:
    print(f"\ngrowth with {dim} (stacked_lstm)")
    print(f"  {dim:>10} {'ours ms':>9} {'ms each':>9} {'ratio to bare':>14}")
    for row in rows:
        print(f"  {row.what:>10} {row.ours:9.1f} {row.ours / int(row.what):9.2f} {row.ratio:14.2f}")


if __name__ == "__main__":
    sys.exit(main())
