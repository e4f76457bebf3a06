"""What a message tells of the targets that met the output of the code's model: their whole shape, and a label."""

from __future__ import annotations

import math
from dataclasses import replace

from explainers.core.finding import Finding
from explainers.core.mistakes.kit.labels import classes_said
from explainers.core.spec import Check, ModelSpec, Sizes

SPARSE = "sparse_categorical_crossentropy"


def whole(found: Sizes, out: Sizes, text: str) -> Sizes | None:
    """The target with its open axes filled: by the classes that the text says, or by the output where its axes differ.

    None where the open axis is the one that doesn't fit, and nothing says how long it is.
    """
    if None not in found[1:]:
        return found
    if len(found) != len(out):
        return (*found[:-1], out[-1]) if found[-1] is None and None not in found[1:-1] else found
    if found[-1] is not None:
        return tuple(size if size is not None else there for size, there in zip(found, out, strict=True))
    columns = classes_said(text)
    middle = tuple(a if a is not None else b for a, b in zip(found[1:-1], out[1:-1], strict=True))
    return None if columns in (None, out[-1]) else (found[0], *middle, columns)


def of_rows(out: Sizes, error: Finding) -> Check | None:
    """(960, 6) rows of outputs and 32 labels, where the model returns (None, 30, 6): 32 samples of 30 rows."""
    logits, labels = error.shape("logits"), error.shape("labels")
    if not logits or not labels or len(logits) != 2 or len(labels) != 1 or None in (*logits, *labels, *out[1:]):
        return None
    each, rows, count = math.prod(n or 1 for n in out[1:-1]), logits[0] or 1, labels[0] or 1
    if logits[1] != out[-1] or rows % each:
        return None
    samples = rows // each
    if count == samples:
        return Check("fit", ((samples,),), ((samples,),), SPARSE)
    if count % samples or count == rows:
        return None
    return Check("fit", ((samples,),), ((samples, count // samples),), SPARSE)


def of_label(out: Sizes, error: Finding) -> Check | None:
    """A label beyond the classes of the model's output."""
    label, classes = error.number("label"), error.number("classes")
    if label is None or classes is None or classes != out[-1] or error.number("low") is None:
        return None
    return Check("fit", ((),), ((None, *out[1:-1]),), SPARSE, label=label)


def with_data_for(spec: ModelSpec, check: Check, samples: int, steps: int) -> Check:
    """The same with data as the Input takes them."""
    count = check.targets[0][0] or samples
    data = (count, *(steps if n is None else n for n in spec.inputs[0].shape[1:]))
    target = (count, *(steps if n is None else n for n in check.targets[0][1:]))
    return replace(check, shapes=(data,), targets=(target,))
