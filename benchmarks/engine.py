"""How long the engine takes, as ratios against bare Keras in the same run: ``make bench``.

Machines are noisy, so nothing here is judged by seconds. Each explainer is timed three ways, turn by turn:

    bare       keras.Model built + one eager forward on the same data
    learner    what a learner would do instead: build + summary() + plot_model(show_shapes=True)*
    inspected  what this app does: build watched, axes named, counts taken apart, every cell call recorded

    * plot_model needs pydot (requirements-dev.txt) and Graphviz (a package of the system); without them build and
      summary() stand in, and the report says so.

Goals: inspected / bare at most 1.5 for every explainer; growth with timesteps and with layers in straight lines.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.report import as_json, machine, others_load, write_section

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
    parser.add_argument("--write", action="store_true", help="write the section of docs/PERFORMANCE.md")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    chosen = parser.parse_args(arguments)
    loading = imports()
    bare_keras, own_way = list(per_explainer(chosen.turns)), list(per_learner(chosen.turns))
    timesteps = list(growth(chosen.turns, "timesteps", (8, 16, 32, 64, 128, 256, 512)))
    layers = list(growth(chosen.turns, "layers", (1, 2, 3, 4, 6, 8)))
    known = list(known_models(max(3, chosen.turns // 2)))
    lines = [
        *rows_told("inspection against bare Keras (build + one eager forward)", bare_keras),
        *rows_told(f"against a learner's own way ({learners_way()})", own_way, goal=1.0),
        *growth_told("timesteps", timesteps),
        *growth_told("layers", layers),
        *rows_told("well-known models: inspected without a run, against Keras' own build", known),
    ]
    if chosen.json:
        tables = {
            "bare_keras": bare_keras,
            "learners_way": own_way,
            "timesteps": timesteps,
            "layers": layers,
            "known_models": known,
        }
        rows = {name: [asdict(row) for row in table] for name, table in tables.items()}
        print(as_json(import_seconds=round(loading, 2), goal=GOAL, **rows))
    else:
        print("\n".join([machine(), f"import and first model: {loading:.1f} s", *lines]))
    if chosen.write:
        write_section("engine", section(lines, loading, chosen.turns))
    return 0


def imports() -> float:
    """Seconds until Keras is imported and one model has been built."""
    began = time.perf_counter()
    from explainers.cli import quiet_tensorflow

    quiet_tensorflow()
    from explainers import service

    service.warm_up()
    return time.perf_counter() - began


def per_explainer(turns: int) -> Iterator[Row]:
    """Every explainer at its default dims."""
    from explainers.core.registry import all_explainers

    for name, explainer in all_explainers().items():
        dims = explainer.dims()
        yield paired(name, turns, partial(bare, explainer, dims), partial(inspected, explainer, dims))


def per_learner(turns: int) -> Iterator[Row]:
    """Every explainer against what a learner would do in a notebook."""
    from explainers.core.registry import all_explainers

    with TemporaryDirectory() as folder:
        picture = str(Path(folder, "model.png")) if can_plot() else None
        for name, explainer in all_explainers().items():
            dims = explainer.dims()
            yield paired(name, turns, partial(learner, explainer, dims, picture), partial(inspected, explainer, dims))


def growth(turns: int, what: str, values: Sequence[int]) -> Iterator[Row]:
    """LSTMs on top of each other, over the number of timesteps or of layers; the other one stays."""
    from explainers.core.inspection import inspect_model

    for value in values:
        stack = partial(lstms, **{"timesteps": 12, "layers": 2, what: value})
        few = max(3, turns // 2) if value > 100 else turns
        yield paired(str(value), few, partial(bare_stack, stack), partial(inspect_model, stack))


def known_models(turns: int) -> Iterator[Row]:
    """Models of keras.applications without their weights, and a U-Net: built by Keras alone, and inspected."""
    from explainers.core.inspection import inspect_live

    for what, build in {**_applications(), "a U-Net": _u_net}.items():
        yield paired(what, turns, build, partial(inspect_live, build, run="plan", may_skip=True))


def _applications() -> dict[str, Callable[[], Any]]:
    import keras

    names = ("MobileNetV2", "EfficientNetB0", "ResNet50", "NASNetMobile")
    made = {name: getattr(keras.applications, name) for name in names}
    return {name: partial(made[name], weights=None, input_shape=(224, 224, 3)) for name in names}


def _u_net() -> Any:
    from explainers.reading.build import build
    from explainers.yours.document import to_spec
    from explainers.yours.templates import TEMPLATES

    return build(to_spec(TEMPLATES["U-Net"]))


def lstms(timesteps: int, layers: int) -> Any:
    """`layers` LSTMs of 6 units on (None, timesteps, 5), each but the last with all its timesteps."""
    import keras

    tensor = inputs = keras.Input((timesteps, 5), name="sequence")
    for level in range(1, layers + 1):
        tensor = keras.layers.LSTM(6, return_sequences=level < layers, name=f"lstm_{level}")(tensor)
    return keras.Model(inputs, tensor, name="stack")


def bare_stack(build: Callable[[], Any]) -> None:
    """What Keras alone needs for that: build, and one eager forward of the two samples that we feed too."""
    import numpy as np

    model = build()
    model(np.ones((2, *model.input_shape[1:]), "float32"), training=False)


def can_plot() -> bool:
    """Whether `plot_model` works here."""
    return find_spec("pydot") is not None and which("dot") is not None


def learners_way() -> str:
    """What stands for a learner's own way in this run, in words."""
    if can_plot():
        return "build + summary() + plot_model(show_shapes=True)"
    return "build + summary(); plot_model left out, pydot or Graphviz is missing here"


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


def learner(explainer: Any, dims: Any, picture: str | None) -> None:
    """Build, print the summary, draw the model: what one would do in a notebook."""
    import keras

    model = explainer.build(dims)
    model.summary(print_fn=lambda line, **_: None)
    if picture:
        keras.utils.plot_model(model, picture, show_shapes=True)


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


def seconds(task: Callable[[], object]) -> float:
    """How long a task takes, in a clean state, garbage collection outside."""
    global _not_counted
    gc.collect()
    _not_counted = 0.0
    began = time.perf_counter()
    task()
    return time.perf_counter() - began - _not_counted


def paired(what: str, turns: int, bare_task: Callable[[], object], our_task: Callable[[], object]) -> Row:
    """Both in turn, so that a machine that slows down slows both; the first turn warms up and is not counted."""
    pairs = [(seconds(bare_task), seconds(our_task)) for _ in range(turns + 1)][1:]
    ratio = statistics.median(ours / base for base, ours in pairs)
    base, ours = (statistics.median(times) * 1000 for times in zip(*pairs, strict=True))
    return Row(what, base, ours, ratio)


# -- printing ------------------------------------------------------------------------------------------------


def rows_told(title: str, rows: Sequence[Row], goal: float = GOAL) -> list[str]:
    """A table in Markdown."""
    lines = ["", f"**{title}**", "", "| | theirs ms | ours ms | ratio | held |", "|---|---|---|---|---|"]
    for row in rows:
        held = "yes" if row.ratio <= goal else f"no, above {goal}"
        lines.append(f"| {row.what} | {row.bare:.1f} | {row.ours:.1f} | {row.ratio:.2f} | {held} |")
    return lines


def growth_told(what: str, rows: Sequence[Row]) -> list[str]:
    """A table in Markdown: on a straight line each one more costs the same, whatever was there before."""
    lines = ["", f"**growth with {what}**", ""]
    lines += [f"| {what} | bare ms | ours ms | ms per additional one | ratio |", "|---|---|---|---|---|"]
    for before, row in zip([None, *rows], rows, strict=False):
        more = f"{(row.ours - before.ours) / (int(row.what) - int(before.what)):.2f}" if before else ""
        lines.append(f"| {row.what} | {row.bare:.1f} | {row.ours:.1f} | {more} | {row.ratio:.2f} |")
    return lines


def section(lines: Sequence[str], loading: float, turns: int) -> list[str]:
    """The section of the report."""
    return [
        "## Engine",
        "",
        f"`make bench`: {machine()}",
        "",
        f"Goals: inspection takes at most {GOAL} times as long as bare Keras, and no longer than a learner's own way, "
        "whose printout it contains; time grows linearly. Medians of "
        f"{turns} turns, both measured alternately; import and first model {loading:.1f} s; load of the machine at the "
        f"end {others_load():.1f} runnable per core.",
        *lines,
    ]


if __name__ == "__main__":
    sys.exit(main())
