"""EinsumDense: its equation gives each axis a letter, and output_shape a size to each letter behind the arrow."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.sheet import Family, nothing_live


def _advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """output_shape leaves the batch out: one number for each letter behind the arrow but the first."""
    left, right = finding.number("left"), finding.number("right")
    return (
        Change(
            f"Write {left} instead of {right} in output_shape, if its axes are those of the equation.",
            code=f"layers.EinsumDense(equation, output_shape=(…, {left}, …))",
            means="None is allowed for an axis that stays as it is: output_shape=(None, units).",
        ),
        Change(
            "Count the letters before the arrow: the input needs as many axes, the batch included.",
            code='layers.EinsumDense("ab,bc->ac", output_shape=units)  # for (batch, features)',
        ),
    )


LETTERS = Family(
    sees=("do not match at shared dimension",),
    says=(
        "Input shape and output shape do not match at shared dimension {what}. Input shape is {left}, and output shape is {right}",
    ),
    causes=("Letter {what} of EinsumDense's equation is {left} in the input, but {right} in output_shape.",),
    weight=3,
    advice=_advice,
    live=nothing_live,
    title="An equation and an output_shape that don't agree",
)
