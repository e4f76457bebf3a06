"""Tables: rows that were declared as timesteps, and columns that were made anew for other rows."""

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding
from explainers.core.mistakes.kit.mending.one_sample import MANY_STEPS

_OF_TEXTS = re.compile(r"tf-?idf|count_?vectori[sz]er|vectori[sz]|bag.of.words|texts_to_matrix", re.IGNORECASE)
_OF_CATEGORIES = re.compile(r"get_dummies|\bdummies\b|one.?hot.?encod|OneHotEncoder", re.IGNORECASE)
_OF_SEQUENCES = re.compile(r"texts_to_sequences|pad_sequences|tokeni[sz]", re.IGNORECASE)
_MEANS = (
    "The columns depend on the rows that they were made from: these have {found}, the model was trained on {wanted}."
)


def columns_as_trained(finding: Finding) -> tuple[Change, ...]:
    """The columns of the training data for other rows, too; nothing where the text doesn't say how they are made."""
    found, expected = finding.shape("found"), finding.shape("expected")
    wanted = expected[-1] if expected and len(expected) == 2 else finding.number("right")
    if found is None or len(found) != 2 or wanted is None or found[1] is None:
        return ()
    if _OF_SEQUENCES.search(finding.around):
        return (
            Change(
                f"Pad these sequences to the same length, too: {wanted}.",
                code=f"x = pad_sequences(x, maxlen={wanted})",
                means="Use the tokenizer of the training texts, and the same padding as there.",
            ),
        )
    means = _MEANS.format(found=found[1], wanted=wanted)
    if _OF_TEXTS.search(finding.around):
        return (
            Change(
                "Fit the vectorizer on the training texts only, and transform all others with it.",
                code="x_train = vectorizer.fit_transform(train_texts)\n"
                "x_test = vectorizer.transform(test_texts)  # not fit_transform",
                means=means,
            ),
        )
    if _OF_CATEGORIES.search(finding.around):
        return (
            Change(
                "Give the new rows the columns of the training table.",
                code="x_new = pd.get_dummies(new).reindex(columns=x_train.columns, fill_value=0)",
                means=f"{means} An encoder of scikit-learn is fitted once, and then only transforms.",
            ),
        )
    return ()


def rows_as_steps(finding: Finding) -> dict[str, str]:
    """A number of timesteps that looks like the number of samples: the whole table was declared as one sample."""
    expected, found = finding.shape("expected"), finding.shape("found")
    if not expected or not found or len(expected) != 3 or len(found) != 2 or expected[2] != found[1]:
        return {}
    steps = expected[1]
    whole = rf"(?<![=(])(?<!= )\({steps}, ?{expected[2]}\)"  # an array's shape, not what an Input declares
    if steps is None or (steps < MANY_STEPS and not re.search(whole, finding.around)):
        return {}
    return {"rows": f"{steps} timesteps look like the number of rows of the table: input_shape is that of one sample"}


_LAST_ROW = re.compile(
    r"iloc\[-1|\[-1:?\]|\b(?:last|newest|latest|one|single) (?:row|line|day|record|sample)", re.IGNORECASE
)


def last_steps(finding: Finding) -> tuple[Change, ...]:
    """One row for a model of windows, where the text predicts with the newest row."""
    expected, found = finding.shape("expected"), finding.shape("found")
    if not expected or not found or len(expected) != 3 or len(found) != 2 or expected[2] != found[1]:
        return ()
    steps = expected[1]
    if steps is None or steps < 2 or rows_as_steps(finding) or "predict" not in finding.around:
        return ()
    if not _LAST_ROW.search(finding.around):
        return ()
    return (
        Change(
            f"Pass the last {steps} rows as one sample: the model predicts from {steps} timesteps.",
            code=f"model.predict(x[-{steps}:][np.newaxis])",
            means=f"One row is one timestep; one sample is (1, {steps}, {expected[2]}).",
        ),
    )
