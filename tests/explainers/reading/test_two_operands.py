"""Two operands without a layer: new axes, another order, or a vector of another axis' size; each fix is run here."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from explainers.reading.diagnosing import diagnose

Sizes = tuple[int | None, ...]

BATCH = 4

APART: tuple[tuple[Sizes, Sizes, str], ...] = (
    ((16, 40, 64), (40,), "b = b[..., np.newaxis]"),
    ((21, 12, 8), (21,), "b = b[..., np.newaxis, np.newaxis]"),
    ((8, 20, 6), (8, 6), "b = b[:, np.newaxis]"),
    ((9, 14, 5, 3), (9, 5, 3), "b = b[:, np.newaxis]"),
    ((9, 14, 5, 3), (9, 5), "b = b[:, np.newaxis, :, np.newaxis]"),
    ((9, 14, 5, 3), (14, 5), "b = b[..., np.newaxis]"),
    ((4, 3, 32, 40), (4, 32, 40, 3), "b = ops.transpose(b, (0, 3, 1, 2))"),
)
IN_A_MODEL: tuple[tuple[Sizes, Sizes, str], ...] = (
    ((None, 30, 64), (None, 30), "b = layers.Reshape((30, 1))(b)"),
    ((None, 14, 17, 256), (None, 256), "b = layers.Reshape((1, 1, 256))(b)"),
    ((None, 14, 17, 256), (None, 17, 256), "b = layers.Reshape((1, 17, 256))(b)"),
    ((None, 30, 64), (None, 64, 30), "b = ops.transpose(b, (0, 2, 1))"),
)


def _printed(sizes: Sizes) -> str:
    return "[" + ",".join("?" if size is None else str(size) for size in sizes) + "]"


def _array(sizes: Sizes) -> object:
    return np.ones([BATCH if size is None else size for size in sizes], "float32")


def _run(code: str, b: object) -> tuple[int, ...]:
    """What our own line of code makes of the second operand."""
    names = {"b": b, "np": np, "layers": keras.layers, "ops": keras.ops}
    exec(code, names)
    return tuple(np.shape(keras.ops.convert_to_numpy(names["b"])))


@pytest.mark.parametrize(("a", "b", "code"), APART)
def test_two_arrays_get_the_axes_that_make_them_fit(a: Sizes, b: Sizes, code: str) -> None:
    found = diagnose(f"InvalidArgumentError: Incompatible shapes: {_printed(a)} vs. {_printed(b)} [Op:Mul]")
    assert (found.mistake, found.fixes[0].code) == ("operand_sizes", code)
    assert np.broadcast_shapes(tuple(n or 0 for n in a), _run(code, _array(b))) == a


@pytest.mark.parametrize(("a", "b", "code"), IN_A_MODEL)
def test_tensors_of_a_model_keep_their_batch(a: Sizes, b: Sizes, code: str) -> None:
    found = diagnose(
        f"ValueError: Dimensions must be equal, but are {a[-1]} and {b[-1]} for '{{{{node mul}}}} = "
        f"Mul[T=DT_FLOAT](x, w)' with input shapes: {_printed(a)}, {_printed(b)}."
    )
    assert found.mistake == "operand_sizes"
    assert found.fixes[0].code == code
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.output == a
    assert np.broadcast_shapes(np.shape(_array(a)), _run(code, _array(b))) == np.shape(_array(a))


def test_a_vector_as_long_as_the_height_was_made_for_the_wrong_axis() -> None:
    found = diagnose(
        "ValueError: Dimensions must be equal, but are 96 and 19 for 'norm_3/mul' (op: 'Mul') with input shapes: "
        "[?,19,23,96], [19]."
    )
    first, second = found.fixes[:2]
    assert first.label == (
        "If b, the second operand, holds one number per channel, make it 96 long: take the last axis, input_shape[-1]."
    )
    assert second.code == "b = b[..., np.newaxis, np.newaxis]"  # one number for each row, if that is what is meant


@pytest.mark.parametrize(("a", "b"), [((7, 5), (3, 2)), ((None, 12, 8), (None, 9)), ((5, 24), (24, 1))])
def test_what_cannot_fit_gets_no_new_axis(a: Sizes, b: Sizes) -> None:
    found = diagnose(f"Incompatible shapes: {_printed(a)} vs. {_printed(b)} [Op:Mul]")
    assert not any("axis of size 1" in fix.label or "Reorder" in fix.label for fix in found.fixes)
