"""What is taken away runs, and its asserts hold the page's numbers; the models are real."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from typing import Any

import nbformat
import pytest

from explainers.core.axes import plain
from explainers.core.registry import all_explainers
from tests.explained import explained
from views import export

LESSONS = all_explainers()
every_lesson = pytest.mark.parametrize("name", LESSONS)
ADDRESS = "https://shapes.example/lesson?units=9"


def taken(name: str, **dims: Any) -> export.Taken:
    """As the page does it: with the best fix, where the build fails."""
    shown = explained(name, **dims)
    error = shown.inspection.error
    fixed = (error.fixes[0], explained(name, **{**dims, **error.fixes[0].dims})) if error else None
    return export.Taken(shown, LESSONS[name].question, ADDRESS, "3.15.1", fixed)


def all_taken(name: str) -> list[export.Taken]:
    """The defaults and every preset."""
    return [taken(name), *(taken(name, **preset.dims) for preset in LESSONS[name].presets)]


def run_cells(notebook: str) -> dict[str, Any]:
    """Execute the code cells in one namespace, as a kernel would. Returns the namespace."""
    namespace: dict[str, Any] = {"__name__": "__main__", "print": lambda *_: None}
    for cell in nbformat.reads(notebook, as_version=4).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, "cell", "exec"), namespace)
    return namespace


@every_lesson
def test_notebooks_are_valid_run_and_assert_every_number(name):
    for each in all_taken(name):
        text = export.notebook(each)
        nbformat.validate(json.loads(text))
        assert json.loads(text)["metadata"]["kernelspec"]["name"] == "python3"
        run_cells(text)
        found = each.explanation.inspection
        for layer in found.layers:
            for shape in layer.outputs:
                assert f".shape == {plain(shape)}  #" in text
            for weight in layer.weights:
                assert f".shape) == {plain(weight.shape)}  #" in text
                assert f".shape) == {weight.count}  #" in text
            if layer.class_name != "InputLayer" and any(not step.failed for step in found.flow):
                assert f'get_layer(\\"{layer.name}\\").count_params() == {layer.params}  #' in text
        assert f".count_params() == {found.total_params}  # all layers together" in text
        assert found.error or f'assert \\"Total params: {found.total_params:,}\\" in summary' in text


def _asserts(text: str) -> int:
    return sum(line.startswith("assert ") for line in text.splitlines())


@every_lesson
def test_script_and_notebook_say_the_same(name):
    each = taken(name)
    cells = nbformat.reads(export.notebook(each), as_version=4).cells
    script = export.script(each)
    assert _asserts(script) == sum(_asserts(cell.source) for cell in cells if cell.cell_type == "code") > 5
    for cell in cells:
        if cell.cell_type == "code":
            assert cell.source in script


@every_lesson
def test_the_files_of_all_presets_have_names_of_their_own(name):
    names = [export.file_name(each.explanation, "py") for each in all_taken(name)]
    assert len(set(names)) == len(LESSONS[name].presets) + 1


@pytest.mark.slow
def test_scripts_run_by_themselves(tmp_path):
    """Every lesson, and all presets that fail, in one process that knows nothing of this repository.

    What a script holds is what its notebook holds (above), and the notebooks of all presets run in this process.
    """
    every = [each for name in LESSONS for each in all_taken(name)]
    failing = [each for each in every if each.explanation.inspection.error]
    assert failing
    paths = []
    for each in (*map(taken, LESSONS), *failing):
        paths.append(tmp_path / export.file_name(each.explanation, "py"))
        paths[-1].write_text(export.script(each), "utf-8")
    assert len(set(paths)) == len(paths)
    runner = "import runpy, sys\nfor path in sys.argv[1:]:\n    runpy.run_path(path)\n    print('ran', path)"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    ended = subprocess.run(
        [sys.executable, "-c", runner, *map(str, paths)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout.count("\nran ") + ended.stdout.startswith("ran ") == len(paths)


@pytest.mark.slow
def test_a_notebook_runs_in_a_kernel():
    from nbclient import NotebookClient

    book = nbformat.reads(export.notebook(taken("stacked_lstm", return_sequences_1=False)), as_version=4)
    NotebookClient(book, timeout=150, kernel_name="python3").execute()
    printed = "".join(out.get("text", "") for cell in book.cells for out in cell.get("outputs", []))
    assert "expected ndim=3, found ndim=2" in printed
    assert "Total params: 345" in printed


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ("total", "assert model.count_params() == 38"),
        ("shape", "assert rnn.shape == (None, 5)"),
        ("weight", "assert math.prod(rnn_kernel.shape) == 13"),
    ],
)
def test_a_wrong_number_is_noticed(wrong, line):
    each = taken("simple_rnn")
    right = {"total": "== 37  # all", "shape": "(None, 4)  #", "weight": "== 12  #"}[wrong]
    changed = {"total": "== 38  # all", "shape": "(None, 5)  #", "weight": "== 13  #"}[wrong]
    text = export.notebook(each)
    book = nbformat.reads(text, as_version=4)
    for cell in book.cells:
        lines = cell.source.splitlines() if cell.cell_type == "code" else []
        cell.source = "\n".join(
            one.replace(right, changed, 1) if one.startswith("assert") else one for one in lines
        ) or cell.source  # fmt: skip
    assert line in nbformat.writes(book)
    with pytest.raises(AssertionError):
        run_cells(nbformat.writes(book))


def test_a_failing_build_shows_the_error_its_cause_and_the_repaired_model():
    each = taken("stacked_lstm", timesteps=None, features=1, return_sequences_1=False)
    text = export.script(each)
    assert "except ValueError as error:" in text
    assert "expected ndim=3, found ndim=2" in text
    assert "The missing axis: timesteps." in text.replace("\n# ", " ")
    assert "## Repaired: return_sequences_1=True" in text
    assert text.index("except ValueError") < text.index("## Repaired") < text.index("model = keras.Model(")


def test_a_failing_build_that_builds_after_all_is_noticed():
    """With another Keras the same line may be accepted: then the script must say so."""
    each = taken("stacked_lstm", return_sequences_1=False)
    kept = "LSTM(units=5, return_sequences=True, "
    text = export.script(each).replace("LSTM(units=5, ", kept, 1)
    text = text.replace("assert level_1.shape == (None, 5)", "assert level_1.shape == (None, 6, 5)", 1)
    with pytest.raises(AssertionError, match="level_2 was expected to fail"):
        exec(compile(text, "script", "exec"), {"__name__": "__main__"})


def test_without_a_fix_the_failing_part_alone_is_taken():
    each = dataclasses.replace(taken("stacked_lstm", return_sequences_1=False), fixed=None)
    text = export.script(each)
    assert "Repaired" not in text
    exec(compile(text, "script", "exec"), {"__name__": "__main__", "print": lambda *_: None})


def test_a_refused_model_has_nothing_to_take():
    big = {f"units_{level}": 1024 for level in (1, 2, 3, 4)}
    shown = explained("stacked_lstm", levels=4, bidirectional=True, **big)
    assert shown.inspection.error is not None
    assert shown.inspection.error.type == "CostError"
    assert not export.can_be_taken(shown.inspection)
    assert export.can_be_taken(explained("stacked_lstm").inspection)


def test_the_words_around_the_code():
    text = export.script(taken("simple_rnn", units=9))
    assert text.startswith("# %% [markdown]\n# # ")
    assert f"<{ADDRESS}>" in text
    assert "# Dims: units=9." in text
    assert "Keras 3.15.1" in text
    assert "⟦" not in text
    assert "Dims: the lesson's own." in export.script(taken("simple_rnn"))


def test_the_same_dims_give_the_same_file():
    assert export.notebook(taken("conv1d")) == export.notebook(taken("conv1d"))


def test_file_names_tell_lesson_and_dims():
    assert export.file_name(explained("simple_rnn"), "py") == "simple_rnn.py"
    assert (
        export.file_name(explained("conv1d", steps=9, padding="same"), "ipynb") == "conv1d_steps-9_padding-same.ipynb"
    )
    long = {"timesteps": 20, "features": 30, "units_1": 128, "units_2": 127, "activation": "relu", "batch_size": 52}
    name = export.file_name(explained("stacked_lstm", **long, dense_activation="sigmoid"), "py")
    assert len(name) <= 94
    assert name.endswith(".py")


def test_the_link_is_absolute_and_the_frame_has_no_chrome():
    shown = explained("conv1d", steps=9, padding="same")
    address = export.link("https://shapes.example/app/conv1d", shown)
    assert address == "https://shapes.example/app/conv1d?steps=9&padding=same"
    assert export.link("https://shapes.example/conv1d", explained("conv1d")) == "https://shapes.example/conv1d"
    html = export.iframe(address, 'Is it "same"?')
    assert 'src="https://shapes.example/app/conv1d?steps=9&amp;padding=same&amp;embed=true"' in html
    assert 'title="Is it &quot;same&quot;?"' in html
    assert 'src="https://shapes.example/conv1d?embed=true"' in export.iframe("https://shapes.example/conv1d", "x")
