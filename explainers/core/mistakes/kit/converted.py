"""Messages of a model that was converted (TFLite, ONNX) and is given another shape than it was converted for."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re

from explainers.core.axes import IMAGE_CHANNELS
from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.sheet import Family, nothing_live
from explainers.core.words import agreeing

_SIDES = {1: "height", 2: "width"}
_SHAPE = re.compile(r"'shape': ?array\(\[(?P<sizes>[\d ,]{1,60})\]")


def _ranks(text: str) -> set[int]:
    """How many axes the inputs have whose details the text prints."""
    return {found["sizes"].count(",") + 1 for found in _SHAPE.finditer(text)}


def _of_a_spectrum(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """512 samples of sound where 257 numbers are expected: those of their real Fourier transform."""
    wanted, came = finding.number("right") or 0, finding.number("left") or 0
    if wanted != came // 2 + 1 or came % 2 or came < _SHORTEST:
        return ()
    return (
        Change(
            f"Pass the spectrum of the block: {came} samples have {wanted} frequencies.",
            code=f"x = np.abs(np.fft.rfft(block))  # {came} // 2 + 1 = {wanted}",
            means="Most models of sound read magnitudes; use the transform that the model was trained with.",
        ),
    )


_SHORTEST = 16  # samples in a block of sound


def _fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """By the axis on which the array differs, and by where the channels are."""
    wanted, came, axis = (finding.number(name) for name in ("right", "left", "axis"))
    ranks = (finding.number("expected_ndim"), finding.number("found_ndim"))
    if None not in ranks and ranks[0] != ranks[1]:
        less = (ranks[0] or 0) - (ranks[1] or 0)
        if less == 1:
            return (Change("Put the batch axis in front: this is one sample.", code="x = x[np.newaxis]"),)
        return (Change("Compare the two shapes.", code="print(interpreter.get_input_details()[0]['shape'], x.shape)"),)
    if {wanted, came} == {finding.number("wanted_b"), finding.number("came_b")} and wanted != came:
        order = "(0, 2, 3, 1)" if axis == 1 and came in IMAGE_CHANNELS else "(0, 3, 1, 2)"
        where = "last" if order == "(0, 2, 3, 1)" else "right after the batch"
        return (
            Change((f"Put the channels {where}, where the model expects them."), code=f"x = np.transpose(x, {order})"),
        )
    if axis == 0:
        return (
            Change(agreeing(f"Give it {wanted} sample(s) at a time: the batch was fixed when it was converted."),
                   code=f"x[:{wanted}]"),
            Change("Or convert it again with an open batch.", code="keras.Input(shape=(…))  # without batch_size"),
        )  # fmt: skip
    side = _SIDES.get(axis or 0) if _ranks(finding.around) <= {4} else None
    return (
        *_of_a_spectrum(finding, dims),
        Change(
            f"Make axis {axis} of the array {wanted} long" + (f": resize the image to that {side}." if side else "."),
            code=f"x = tf.image.resize(x, ({wanted}, {wanted}))" if side else f"print(x.shape)  # axis {axis}",
        ),
        Change(
            "Or declare the new shape, where the model can read it.",
            code="interpreter.resize_tensor_input(0, x.shape)\ninterpreter.allocate_tensors()",
        ),
    )


CONVERTED = Family(
    sees=("cannot set tensor", "invalid dimensions for input", "invalid rank for input"),
    says=(
        "Cannot set tensor: Dimension mismatch. Got {left} but expected {right} for dimension {axis} of input {input_number}",
        "Cannot set tensor: Dimension mismatch. Got {found_ndim} but expected {expected_ndim} for input {input_number}",
        "Got invalid dimensions for input: {layer} for the following indices index: {axis} Got: {left} Expected: {right} index: {axis_b} Got: {came_b} Expected: {wanted_b}",
        "Got invalid dimensions for input: {layer} for the following indices index: {axis} Got: {left} Expected: {right}",
        "Invalid rank for input: {layer} Got: {found_ndim} Expected: {expected_ndim}",
    ),
    causes=(
        "Axis {axis} of the array is {left} long, axis {axis_b} {came_b}; the converted model expects {right} and {wanted_b}.",
        "Axis {axis} of the array is {left} long; the converted model expects {right} there. The shape was fixed when it was converted.",
        "The array has {found_ndim} axes; the converted model expects {expected_ndim}.",
    ),
    decides=lambda finding, said: "data_rank" if finding.number("found_ndim") is not None else "data_size",
    live=nothing_live,
    advice=_fixes,
    title="A converted model was given a shape that it wasn't converted for",
)
