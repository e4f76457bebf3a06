"""The samples of one batch have different lengths."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explainers.core.editing import with_data
from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.assigned import ASSIGNED
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, unfit, written
from explainers.core.mistakes.kit.scene import (
    Scene,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, nothing_live
from explainers.core.spec import PADDED, Check, ModelSpec


def _live(scene: Scene) -> ModelSpec | None:
    """Two rows of different length in one array, as NumPy refuses them."""
    found, expected = scene.finding.shape("found"), scene.finding.shape("expected")
    if found and expected and len(found) + len(expected) < 12:
        return ModelSpec((), (), (), (), checks=(Check("values", (found, expected)),))
    return ModelSpec((), (), (), (), checks=(Check("values"),))


_PAD = Change("Pad the samples to one length.", code="x = keras.utils.pad_sequences(x)")


def _padded(broken: Broken) -> Iterator[Mend]:
    """Rows of different lengths, brought to the longest of them."""
    if any(check.kind == "values" for check in broken.spec.checks):
        yield Mend(
            _PAD.label,
            _PAD.code,
            replace(broken.spec, checks=(Check("values", text=PADDED),)),
            cost=1,
            means='Zeros are added in front of the shorter ones; padding="post" adds them at the end.',
        )


_WHOLE_SAMPLES = ("ndarray", "list", "tuple", "Series", "Tensor", "EagerTensor")


def _kind_of_objects(finding: Finding) -> str:
    """``ndarray`` of ``numpy.ndarray``."""
    return str(finding.values.get("what", "")).strip(" )`.'\"").rpartition(".")[2]


def _words_of_objects(finding: Finding) -> dict[str, str]:
    kind = _kind_of_objects(finding)
    return {"samples_of": kind} if kind in _WHOLE_SAMPLES else {"values_of": kind} if kind else {}


def _of_objects(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Whole samples in an array are stacked, or padded; single values are turned into numbers."""
    kind = _kind_of_objects(finding)
    if kind in _WHOLE_SAMPLES:
        stacked = replace(
            _STACK, label=f"{'Or, if' if kind == 'list' else 'If'} all samples have the same shape, {_JOIN}"
        )
        padded = replace(_PAD, label=_PAD.label if kind == "list" else "Or, if they differ in length, pad them.")
        return (padded, stacked) if kind == "list" else (stacked, padded)
    return (
        Change(
            "Turn the values into numbers.",
            code='x = np.asarray(x).astype("float32")',
            means="If one of them is text or None, the error of this line says which.",
        ),
        Change(
            "Or look for the columns that hold no numbers.", code='print(df.dtypes)  # "object" is the one to look at'
        ),
    )


_JOIN = "stack them into one array."
_STACK = Change(f"If all samples have the same shape, {_JOIN}", code="x = np.stack(x)")


def stacked(broken: Broken) -> Iterator[Mend]:
    """One array of whole samples, (900,), where the Input takes a sample of several axes: all of them stacked."""
    for i, place, wanted, came in unfit(broken):
        if len(came) == 1 and len(wanted) > 2 and None not in wanted[1:]:
            shape = (came[0], *wanted[1:])
            spec = with_data(broken.spec, i, place, shape)
            means = f"{written(came)} becomes {written(shape)}: an array of arrays has one axis, the samples."
            yield Mend(_STACK.label, _STACK.code, spec, means, 0)


MISTAKE = Mistake(
    name="ragged_data",
    title="The samples of one batch have different lengths",
    searched=(
        "setting an array element with a sequence",
        "Failed to convert a NumPy array to a Tensor",
        "Invalid dtype: object",
    ),
    misconception="none-allows-different-lengths",
    order=160,
    hides_axes=True,
    families=(
        ASSIGNED,
        Family(
            sees=("input arrays must have", "all input arrays"),
            says=("all <the >?input arrays must have <the >?same shape",),
            causes=(
                (
                    "np.stack makes one array from arrays of the same shape; some of these differ in length, as the "
                    "last window of a series often does."
                ),
            ),
            weight=3,
            advice=just(
                ("See which of them differ.", "print({np.shape(part) for part in parts})"),
                ("Drop those that are too short.", "parts = [part for part in parts if len(part) == steps]"),
                (
                    "Or pad them with zeros.",
                    'x = keras.utils.pad_sequences(parts, maxlen=steps, dtype="float32", padding="post")',
                ),
            ),
            live=nothing_live,
            title="Arrays of different shapes can't be stacked",
        ),
        Family(
            sees=("unsupported object type",),
            says=("Failed to convert a NumPy array to a Tensor (Unsupported object type {what})",),
            causes=(
                (
                    "The array holds one {samples_of} for each sample instead of numbers, so its only axis is that of "
                    "the samples: the samples differ in shape, or were put into the array as objects."
                ),
                "The array holds Python objects ({values_of}) instead of numbers: its dtype is object, as in a table with text or empty cells.",
            ),
            weight=3,
            words=_words_of_objects,
            advice=_of_objects,
            live=lambda scene: _live(scene) if _kind_of_objects(scene.finding) == "list" else None,
            title="The array holds objects instead of numbers",
        ),
        Family(
            sees=(
                "failed to convert a numpy array",
                "inner ragged",
                "failed to convert object",
                "setting an array element",
                "inhomogeneous",
                "non-rectangular",
                "ragged nested",
                "dtype: object",
                "numpy array to a tensor",
                "object arrays",
                "shape of sample",
                "innermost dimension is non-ragged",
                "ragged mask",
            ),
            says=(
                "Failed to convert a NumPy array to a Tensor",
                "inhomogeneous shape after {axis} dimensions. The detected shape was {found:shape}",
                "Failed to convert object of type ...list...to Tensor",
                "setting an array element with a sequence",
                "Can't convert non-rectangular Python sequence to Tensor",
                "Invalid dtype: object",
                "Cannot index into an inner ragged dimension",
                "from ragged nested sequences",
                "Shape of sample {found:shape} of sequence at position {position} is different from expected shape {expected:shape}",
                "only supports RaggedTensors when the innermost dimension is non-ragged. Received: inputs.shape={found:shape}",
            ),
            causes=(
                (
                    "The samples differ in length, so there is no rectangular array: {found} is the most that could "
                    "be made of them."
                ),
                "The samples in one array differ in length, so it holds Python objects instead of numbers.",
            ),
        ),
    ),
    live=_live,
    mends=(stacked,),
    mends_alone=(_padded,),
    fixes=just(
        (_PAD.label, _PAD.code),
        (
            "Or train on one sample, or on samples of one length, at a time.",
            "model.train_on_batch(x[i][None], y[i][None])",
        ),
    ),
)
