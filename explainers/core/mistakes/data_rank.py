"""The data have too few or too many axes."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding, Value
from explainers.core.layers import is_input_name
from explainers.core.mistakes.data_size import fed, reshaped, rows_as_steps
from explainers.core.mistakes.kit.mending.data import DATA
from explainers.core.mistakes.kit.mending.layers import RANKS
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said, nothing_live


def _of_array(finding: Finding, said: Said) -> str | None:
    """The same words are said of data and of targets, of their rank and of their sizes."""
    if _is_target(finding, said):
        return "target_shape"
    return "data_size" if "expected" in finding.named else None


def _is_target(finding: Finding, said: Said) -> bool:
    """Keras names the output layer in messages about targets, and an input in messages about inputs."""
    before = said.near(40, 0)
    if re.search(r"checking (?:model )?target", before):
        return True
    if re.search(r"checking (?:model )?input", before):
        return False
    return not (finding.layer and is_input_name(finding.layer)) and not re.search(r"checking\s?:", before)


_GENERATOR = re.compile(
    r"flow_from_directory|fit_generator|ImageDataGenerator|image_dataset_from_directory|\bgenerator\b"
)


def _pictures_as_targets(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A generator gives the labels of its folders, where the model gives pictures back."""
    wanted, found = finding.number("expected_ndim") or 0, finding.shape("found") or ()
    if finding.mistake != "target_shape" or wanted < 4 or len(found) > 2 or not _GENERATOR.search(finding.around):
        return ()
    return (
        Change(
            "Let the generator give each image as its own target: it gives the labels of the folders now.",
            code='datagen.flow_from_directory(…, class_mode="input")',
            means=f"{found} is one label (or row of labels) for each image. In Keras 1, "
            "yield (x, x) from your own generator.",
        ),
    )


def _of_input(finding: Finding, said: Said) -> str | None:
    expected, found = finding.shape("expected") or (), finding.shape("found") or ()
    return "data_size" if len(expected) == len(found) else None


def _scaler(finding: Finding) -> dict[str, str]:
    name = finding.values.get("cls")
    return {"scaler": str(name)} if name else {}


def _as_table(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Sequences as rows and back; a row of numbers as a column."""
    if (finding.number("found_ndim") or 0) < 2:
        return (
            Change("If these are samples of one feature, make them one column.", code="x = x.reshape(-1, 1)"),
            Change("If this is one sample, make it one row.", code="x = x.reshape(1, -1)"),
        )
    return (
        Change(
            "Stack all timesteps as rows, scale them, then restore the shape.",
            code="flat = x.reshape(-1, x.shape[-1])\nx = scaler.fit_transform(flat).reshape(x.shape)",
            means="Each feature keeps its own scale; the shape of x stays the same.",
        ),
    )


MISTAKE = Mistake(
    name="data_rank",
    title="The data have too few or too many axes",
    searched=(
        "Error when checking input: expected to have 3 dimensions, but got array with shape",
        "Invalid input shape",
    ),
    misconception="one-sample-as-it-is",
    order=20,
    families=(
        Family(
            sees=("but got array", "got array with"),
            says=(
                "Error when checking <model >?<input|target>? ?: expected {layer} to have {expected_ndim} dimension<s|(s)>?<,>? ?but got array with shape {found:shape}",
                "expected {layer} to have {expected_ndim} dimension<s|(s)>?<,>? ?but got array with shape {found:shape}",
                "expected {layer} to have shape {expected:shape} but got array with shape {found:shape}",
            ),
            causes=(
                "{layer} expects arrays of shape {expected}; the array is {found}{difference}.",
                "{layer} expects {expected_ndim} axes, {expected_axes}; the array has {found_ndim}: {found}.",
            ),
            decides=_of_array,
            advice=_pictures_as_targets,
            of_samples=True,
        ),
        Family(
            sees=("found array with dim", "expected 2d array, got"),
            says=(
                "Found array with dim {found_ndim}. {cls} expected \\<= {expected_ndim}",
                "Expected {expected_ndim}D array, got {found_ndim}D array instead",
            ),
            causes=(
                "{scaler} of scikit-learn reads tables, (samples, features): {expected_ndim} axes. The array has {found_ndim}.",
                "scikit-learn reads tables, (samples, features): {expected_ndim} axes. The array has {found_ndim}.",
            ),
            words=_scaler,
            advice=_as_table,
            live=nothing_live,
            title="scikit-learn reads tables with two axes",
        ),
        Family(
            sees=("invalid input shape for input",),
            says=(
                "Invalid input shape for input ... Expected shape {expected:shape}, but input has incompatible shape {found:shape}",
            ),
            causes=(
                "The model takes {expected}; the data are {found}{difference}. {rows}, without the samples axis.",
                "The model takes {expected}; the data are {found}{difference}.",
            ),
            words=rows_as_steps,
            decides=_of_input,
        ),
    ),
    end="data",
    live=fed,
    fixes=reshaped,
    mends=(*DATA, *RANKS),
)
