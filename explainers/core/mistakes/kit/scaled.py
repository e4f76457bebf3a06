"""A scaler of scikit-learn that was fitted to another number of columns than it is given."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

from dataclasses import replace

from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.sheet import Family, Said, nothing_live


def _columns(finding: Finding, said: Said) -> Finding:
    """How many columns the array has, and how many factors the scaler."""
    found, fitted = finding.shape("found"), finding.shape("expected")
    if not found or not fitted or None in (found[-1], fitted[-1]):
        return finding
    return replace(finding, values={**finding.values, "columns": found[-1], "fitted_columns": fitted[-1]})


def _advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A scaler for what is predicted alone, or the prediction put back where its column was."""
    columns, fitted = finding.number("columns"), finding.number("fitted_columns")
    if columns is None or fitted is None:
        return ()
    if columns > fitted:
        return (
            Change(
                f"Scale only the {fitted} columns that the scaler was fitted to.",
                code=f"x[:, :{fitted}] = scaler.inverse_transform(x[:, :{fitted}])",
                means=f"Choose the same columns, in the same order, as at scaler.fit; the array has {columns}.",
            ),
            Change("Or fit the scaler to all of them.", code="scaler.fit(x)"),
        )
    kept = "[:, :1]" if columns == 1 else f"[:, :{columns}]"
    return (
        Change(
            "Fit a second scaler to the target alone, and use that one for the predictions.",
            code="y_scaler = MinMaxScaler()\ny = y_scaler.fit_transform(y.reshape(-1, 1))\n…\n"
            "predictions = y_scaler.inverse_transform(predictions)"
            if columns == 1
            else "y_scaler = MinMaxScaler()\ny = y_scaler.fit_transform(y)\n…\n"
            "predictions = y_scaler.inverse_transform(predictions)",
        ),
        Change(
            f"Or put the predictions into an array of {fitted} columns, and take them out again.",
            code=f"filled = np.zeros((len(predictions), {fitted}))\nfilled{kept} = predictions\n"
            f"predictions = scaler.inverse_transform(filled){kept}",
            means="Use the column that the target had when the scaler was fitted; here it is the first.",
        ),
    )


SCALED = Family(
    sees=("inverse_transform", "self.scale_"),
    says=(
        "inverse_transform...non-broadcastable output operand with shape {found:shape} doesn't match the broadcast shape {expected:shape}",
        "inverse_transform...perands could not be broadcast together with shapes {found:shape} {expected:shape} {result:shape}",
        "self.scale_...non-broadcastable output operand with shape {found:shape} doesn't match the broadcast shape {expected:shape}",
        "self.scale_...perands could not be broadcast together with shapes {found:shape} {expected:shape} {result:shape}",
    ),
    causes=("The scaler was fitted to {fitted_columns} column(s), with a factor for each; the array has {columns}.",),
    weight=3,
    completes=(_columns,),
    advice=_advice,
    live=nothing_live,
    title="A scaler was fitted to a different number of columns",
)
