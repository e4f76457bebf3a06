"""A batch that is fixed, or missing: what helps where only the first axis is in the way."""

from __future__ import annotations

from explainers.core.finding import Change, Finding, written
from explainers.core.layers import sheet
from explainers.core.mistakes.kit.colors import MOST_CHANNELS
from explainers.core.spec import Sizes


def first_axis_only(finding: Finding) -> tuple[Change, ...]:
    """Fixes for data whose batch has another size than the model's fixed one, or that have no batch axis."""
    expected, found, facts = finding.shape("expected"), finding.shape("found"), sheet(finding.class_name)
    if expected and found and len(expected) == len(found) > 1 and expected[1:] == found[1:]:
        printed = not finding.without_batch or (facts is not None and facts.rank == len(expected))
        return _of_a_fixed_batch(expected, found) if printed else ()
    if (
        found
        and not expected
        and finding.number("expected_ndim") == len(found) + 1 > 3
        and 0 < (found[0] or 0) <= MOST_CHANNELS
    ):
        means = f"{written(found)} is one sample with its channels in front; a batch of it is {written((1, *found))}."
        return (Change("One sample needs its batch axis.", code="x = x[np.newaxis]", means=means),)
    return ()


def _of_a_fixed_batch(expected: Sizes, found: Sizes) -> tuple[Change, ...]:
    """(128, 23, 9) for a model, and (1, 23, 9) to predict: the model was declared with its batch."""
    batch, samples = expected[0], found[0]
    if batch is None or samples is None or batch == samples:
        return ()
    one = (
        Change(
            f"Fill the batch up to {batch} samples, and keep the first {samples} of the predictions.",
            code=(
                f"batch = np.resize(x, {tuple(expected)})\n"
                f"prediction = model.predict(batch, batch_size={batch})[:{samples}]"
            ),
            means=f"The model was declared with a fixed batch of {batch}.",
        ),
        Change(
            "Or make the same model without a fixed batch, and copy the weights.",
            code=(
                f"keras.Input(shape={tuple(expected[1:])})  # not batch_shape\n"
                "new_model.set_weights(model.get_weights())"
            ),
            means="No weight has an axis for the batch, so they fit. A stateful layer needs a fixed batch.",
        ),
    )
    return one if samples < batch else one[1:]
