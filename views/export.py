"""Take it away: what a page shows as a script and as a notebook, each number of it an `assert`.

    script(taken)   -> the text of a .py file, in cells ("# %%") that editors and Jupyter know
    notebook(taken) -> the text of an .ipynb file

Both are the same cells. They need Keras with TensorFlow, and nothing of this app.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from explainers.core.axes import names, plain
from explainers.core.code import variable, variables
from explainers.core.results import Explanation, Fix, Inspection, Layer, Run, Step
from explainers.core.words import untagged

INPUT = "InputLayer"
HEIGHT = 900  # pixels of a frame in another page
_WIDTH = 118  # characters of a line of prose in a script
_LONGEST_NAME = 90  # characters of a file name before its ending


@dataclass(frozen=True)
class Cell:
    """A piece of prose (Markdown) or of Python."""

    kind: Literal["prose", "code"]
    source: str


@dataclass(frozen=True)
class Taken:
    """What is taken away. link: the page's address. fixed: for a build that fails, a fix and what it makes of it."""

    explanation: Explanation
    question: str
    link: str
    keras: str = ""
    fixed: tuple[Fix, Explanation] | None = None


def can_be_taken(found: Inspection) -> bool:
    """Whether there is code: a model that was refused before it was begun has none."""
    return bool(found.code)


def file_name(explanation: Explanation, ending: str) -> str:
    """``conv1d_steps-7_channels-3.py``: the lesson, and the dims that differ from its defaults."""
    chosen = parse_qsl(explanation.url.partition("?")[2])
    parts = [explanation.explainer or "model", *(f"{name}-{value}" for name, value in chosen)]
    stem = re.sub(r"[^\w.-]+", "-", "_".join(parts))
    return f"{stem[:_LONGEST_NAME].rstrip('-_.')}.{ending}"


def link(page: str, explanation: Explanation, kept: Mapping[str, str] | None = None) -> str:
    """The absolute address that reproduces the page. page: its address without dims; kept: what else it must say."""
    query = "&".join(filter(None, (explanation.url.partition("?")[2], urlencode(kept or {}, safe=","))))
    return f"{page}?{query}" if query else page


def iframe(address: str, title: str, height: int = HEIGHT) -> str:
    """HTML that shows the page in another one, without its menu and foot."""
    joint = "&amp;" if "?" in address else "?"
    source = address.replace("&", "&amp;") + joint + "embed=true"
    said = title.replace("&", "&amp;").replace('"', "&quot;")
    return f'<iframe src="{source}" title="{said}" width="100%" height="{height}" style="border: 0"></iframe>'


# -- the two files -------------------------------------------------------------------------------------------


def script(taken: Taken) -> str:
    """A Python script: prose as comments, and each cell marked as editors know it."""
    return "\n\n".join(_as_script(cell) for cell in cells(taken)) + "\n"


def _as_script(cell: Cell) -> str:
    if cell.kind == "code":
        return f"# %%\n{cell.source}"
    wrapped = [line for text in cell.source.splitlines() for line in (_wrapped(text) or [""])]
    return "\n".join(["# %% [markdown]", *(f"# {line}".rstrip() for line in wrapped)])


def _wrapped(text: str) -> list[str]:
    indent = "  " if text.startswith("- ") else ""
    return textwrap.wrap(text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def notebook(taken: Taken) -> str:
    """A Jupyter notebook (nbformat 4.5), checked against its schema."""
    import nbformat  # only who takes a notebook away waits for it

    book = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
            "title": taken.question,
        }
    )
    make = {"prose": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    book.cells = [
        make[cell.kind](cell.source, id=f"cell-{index}")  # the same dims give the same file
        for index, cell in enumerate(cells(taken), 1)
    ]
    nbformat.validate(book)
    return str(nbformat.writes(book)) + "\n"


# -- what stands in them -------------------------------------------------------------------------------------


def cells(taken: Taken) -> tuple[Cell, ...]:
    """The page in the order of the page: question and answer, code, every shape, every count, one run."""
    found = taken.explanation.inspection
    return (_head(taken), *(_failing(taken) if found.error else _working(found)))


def _head(taken: Taken) -> Cell:
    chosen = parse_qsl(taken.explanation.url.partition("?")[2])
    dims = ", ".join(f"{name}={value}" for name, value in chosen) or "the lesson's own"
    told = f"Dims: {dims}. " if taken.explanation.explainer else ""  # a model of one's own has none
    return _prose(
        f"# {taken.question}",
        untagged(taken.explanation.sentence),
        f"{told}The page that this comes from: <{taken.link}>",
        "Every number below was read from a live model"
        + (f" (Keras {taken.keras})" if taken.keras else "")
        + ", and every `assert` checks it again with your Keras. "
        "It needs `pip install keras tensorflow`.",
    )


def _working(found: Inspection) -> tuple[Cell, ...]:
    return (
        _prose("## The model", "The comment on each line is the output shape with the names of its axes."),
        _code(found.code.rstrip()),
        *_shapes(found.flow, found.layers),
        *_parameters(found, "model"),
        *_summary(found.summary),
        *(() if found.run is None else _run(found.run)),
    )


def _prose(*paragraphs: str) -> Cell:
    return Cell("prose", "\n\n".join(paragraphs))


def _code(*lines: str) -> Cell:
    return Cell("code", "\n".join(lines))


# -- shapes --------------------------------------------------------------------------------------------------


def _named(flow: Iterable[Step]) -> list[tuple[Step, list[str]]]:
    """Each step that was made, with the variables that hold its outputs in the code."""
    made = [step for step in flow if not step.failed]
    return list(zip(made, variables([(step.layer, len(step.outputs)) for step in made]), strict=True))


def _shapes(flow: Sequence[Step], layers: Sequence[Layer]) -> tuple[Cell, Cell]:
    why = {layer.name: layer.why for layer in layers}
    told = [f"- `{step.layer}`: {why[step.layer]}" for step, _ in _named(flow) if why.get(step.layer)]
    lines = [
        f"assert {name}.shape == {plain(shape)}  # {', '.join(names(shape))}"
        for step, held in _named(flow)
        for name, shape in zip(held, step.outputs, strict=True)
    ]
    return _prose("## Every shape", "\n".join(dict.fromkeys(told))), _code(*lines)


# -- counts --------------------------------------------------------------------------------------------------


def _parameters(found: Inspection, model: str) -> tuple[Cell, Cell]:
    """Each weight's shape and count, each layer's, and the total; `model` is the variable that holds the model."""
    lines = ["import math"]
    for layer in found.layers:
        if layer.class_name != INPUT:
            lines += ["", *_layer(layer, model)]
    return (
        _prose("## Every parameter", "A weight holds as many numbers as the product of its axes."),
        _code(*lines, "", f"assert {model}.count_params() == {found.total_params}  # all layers together"),
    )


def _layer(layer: Layer, model: str) -> list[str]:
    live = f'{model}.get_layer("{layer.name}")'
    held = {weight.place: variable(f"{layer.name}_{weight.name}") for weight in layer.weights}
    order = ", ".join(held[place] for place in sorted(held))
    lines = [f"{order}{',' if len(held) == 1 else ''} = {live}.weights"] if held else []
    for weight in layer.weights:
        name = held[weight.place]
        lines += [
            f"assert tuple({name}.shape) == {plain(weight.shape)}  # {', '.join(names(weight.shape))}",
            f"assert math.prod({name}.shape) == {weight.count}  # {weight.formula} = {weight.numbers}",
        ]
    added = " + ".join(f"{weight.count:,}" for weight in layer.weights) or "nothing to learn"
    return [*lines, f"assert {live}.count_params() == {layer.params}  # {added}"]


def _summary(summary: str) -> tuple[Cell, ...]:
    """Keras' own totals, as it prints them."""
    totals = re.findall(r"^ *([\w-]+ params: [\d,]+)", summary, re.MULTILINE)
    if not totals:
        return ()
    return (
        _prose("## Keras' own summary"),
        _code(
            "lines = []",
            "model.summary(print_fn=lambda line, **_: lines.append(line), line_length=80)",
            'summary = "\\n".join(lines)',
            "print(summary)",
            "",
            *(f'assert "{total}" in summary' for total in totals),
        ),
    )


# -- one run -------------------------------------------------------------------------------------------------


def _run(run: Run) -> tuple[Cell, Cell]:
    """The model fed with as many samples as on the page: None becomes a number."""
    zeros = [f"np.zeros({plain(tensor.shape)})" for tensor in run.fed]
    fed = zeros[0] if len(zeros) == 1 else f"[{', '.join(zeros)}]"
    lines = [
        "import numpy as np",
        "",
        *(f"# {tensor.name}: {', '.join(names(tensor.shape))}" for tensor in run.fed),
        f"outputs = keras.tree.flatten(model({fed}))",
        "",
        f"assert len(outputs) == {len(run.outputs)}",
        *(
            f"assert tuple(outputs[{index}].shape) == {plain(tensor.shape)}  # {', '.join(names(tensor.shape))}"
            for index, tensor in enumerate(run.outputs)
        ),
    ]
    return _prose("## One run", f"The output for example data. {run.note}".strip()), _code(*lines)


# -- a build that fails --------------------------------------------------------------------------------------


def _failing(taken: Taken) -> tuple[Cell, ...]:
    """Up to the layer that refuses, its error caught, why, and the same model repaired."""
    found = taken.explanation.inspection
    error = found.error
    assert error is not None
    before, failing = found.code.rstrip().rsplit("\n", 1)
    caught = (
        "try:",
        f"    {failing}",
        f"except {error.type} as error:",
        "    said = str(error)",
        "    print(said)",
        "else:",
        f'    raise AssertionError("{error.layer} was expected to fail")',
        "",
        f"assert {_telling(error.message)!r} in said",
    )
    return (
        _prose("## The model, up to the layer that refuses"),
        _code(before),
        *(_reached(found) if any(not step.failed for step in found.flow) else ()),
        _prose(f"## {error.layer} refuses", f"**Why.** {untagged(error.cause)}"),
        _code(*caught),
        *(() if taken.fixed is None else _repaired(*taken.fixed)),
    )


def _reached(found: Inspection) -> tuple[Cell, ...]:
    """What was built before the failure: a model that ends there has its weights."""
    held = _named(found.flow)
    starts = [name for step, made in held for name in made if step.class_name == INPUT]
    every = [name for _, made in held for name in made]
    built = f'reached = keras.Model([{", ".join(starts)}], [{", ".join(every)}], name="reached")'
    prose, code = _parameters(found, "reached")
    return (*_shapes(found.flow, found.layers), prose, _code(built, "", code.source))


def _repaired(fix: Fix, explanation: Explanation) -> tuple[Cell, ...]:
    if explanation.inspection.error is not None:
        return ()
    changes = ", ".join(f"{name}={value}" for name, value in fix.dims.items())
    told = f"{untagged(fix.why)} {untagged(explanation.sentence)}".strip()
    return (_prose(f"## Repaired: {changes}", told), *_working(explanation.inspection))


def _telling(message: str) -> str:
    """The first line of Keras' words: what follows is often about this one call."""
    return message.strip().splitlines()[0]
