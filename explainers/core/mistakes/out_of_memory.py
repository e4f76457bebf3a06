"""A tensor is larger than the memory that is left."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import math
import re
from dataclasses import replace

from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said
from explainers.core.spec import Sizes

_BYTES = {"half": 2, "bfloat16": 2, "float16": 2, "float": 4, "float32": 4, "int32": 4, "double": 8, "float64": 8,
          "int64": 8, "uint8": 1, "int8": 1, "bool": 1}  # fmt: skip
_GIB, _MIB = 2**30, 2**20
_TYPE = re.compile(r"(?:and type|data type) (\w{3,10})")


def _typed(finding: Finding, said: Said) -> Finding:
    """The type of its numbers, which the message says behind the shape."""
    found = _TYPE.search(said.near(0, 60))
    return finding if found is None else replace(finding, values={**finding.values, "type": found[1]})


def _bytes(finding: Finding, sizes: Sizes) -> int:
    return math.prod(n or 1 for n in sizes) * _BYTES.get(str(finding.values.get("type")), 4)


def _written(size: int) -> str:
    return f"{size / _GIB:.1f} GiB" if size >= _GIB / 10 else f"{max(size / _MIB, 0.1):.1f} MiB"


def _words(finding: Finding) -> dict[str, str]:
    """How many numbers the tensor holds, and how much memory they need."""
    sizes = finding.shape("found")
    if not sizes or None in sizes:
        return {}
    return {"numbers": f"{math.prod(n or 1 for n in sizes):,}", "memory": _written(_bytes(finding, sizes))}


def _names(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    """On a graphics card TensorFlow may keep the channels of pictures behind the batch."""
    if len(sizes) == 4 and sizes[2] == sizes[3] != sizes[1]:
        return ("batch", "channels", "height", "width")
    return None


def _fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Fewer samples at a time, as far as the shape begins with a batch; else smaller numbers."""
    sizes = finding.shape("found")
    others = (
        Change("Make images or sequences smaller before they reach the model.", code="layers.Resizing(height, width)"),
        Change("Or load the data in pieces, not as one array.", code="keras.utils.PyDataset"),
    )
    if not sizes or None in sizes or len(sizes) < 2 or (sizes[0] or 0) < 2:
        return others
    batch = sizes[0] or 1
    fewer = max(batch // 8, 1)
    memory = _written(_bytes(finding, (fewer, *sizes[1:])))
    return (
        Change(
            f"If {batch:,} is your batch, use fewer samples at a time: {fewer:,}.",
            code=f"model.fit(x, y, batch_size={fewer})",
            means=f"This tensor then needs {memory}. It is one of many: the values of all layers are kept for training.",
        ),
        *others,
    )


MISTAKE = Mistake(
    name="out_of_memory",
    title="A tensor doesn't fit into the remaining memory",
    searched=("OOM when allocating tensor with shape", "Unable to allocate array with shape", "ResourceExhaustedError"),
    misconception="a-weight-contains-the-batch",
    order=190,
    about_shapes=False,
    families=(
        Family(
            sees=("allocating tensor", "unable to allocate", "allocate memory"),
            says=(
                "OOM when allocating tensor with shape<:>? ?{found:shape}",
                "failed to allocate memory for tensor with shape {found:shape}",
                "Unable to allocate ... for an array with shape {found:shape}",
                "OOM when allocating tensor",
            ),
            causes=(
                (
                    "A tensor of shape {found} holds {numbers} numbers: {memory} as {type}. That much memory wasn't "
                    "left. The shapes fit each other."
                ),
                (
                    "A tensor of shape {found} holds {numbers} numbers: {memory}, at 4 bytes each. That much memory "
                    "wasn't left. The shapes fit each other."
                ),
                "A tensor was larger than the memory that was left. The shapes fit each other.",
            ),
            completes=(_typed,),
            words=_words,
            names=_names,
            advice=_fixes,
        ),
    ),
)
