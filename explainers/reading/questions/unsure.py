"""Where no reading fits: said so, with the two nearest by the words of the question."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.core.finding import Finding, Mark, name_axes
from explainers.reading.questions.models import sequence_model
from explainers.reading.questions.words import Asked

_NOT_SURE = "I'm not sure what you're asking."
_READS = (
    "A recurrent layer reads (batch, timesteps, features): samples, steps in each, and numbers at each step."
)  # fmt: skip
# words of a question, what may be asked, and what to say so that it can be answered
_NEAR: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"param|weights|trainable"),
        "how many parameters a layer has? Write it with its sizes: LSTM(32) on 5 features",
    ),
    (
        re.compile(r"batch|epoch|samples|steps"),
        "how many batches an epoch has? Say how many samples there are, and the batch_size",
    ),
    (re.compile(r"label|target|class|loss|\by\b"), "which shape the labels need? Say how many classes there are"),
    (re.compile(r"reshape|flatten|view"), "whether a reshape fits? Write both shapes: (100, 784) to (28, 28)"),
    (
        re.compile(r"conv|filter|kernel|image|pixel|pool|stride|padding"),
        "what a convolution makes of an image? Write both: Conv2D(8, 3) on 28x28x1",
    ),
    (re.compile(r"output|return|predict|shape"), "what a layer makes of a shape? Write both: GRU(16) on (None, 20, 3)"),
    (re.compile(r""), "which input_shape your data need? Say how many samples, timesteps and features there are"),
    (re.compile(r""), "what a shape means? Paste it, or the summary it comes from"),
)


def unsure(asked: Asked, marks: tuple[Mark, ...]) -> Finding:
    """The two nearest readings, above a model of the sizes in the text where it has three of them."""
    three = next((shape for shape in asked.shapes if len(shape) == 3), None)
    spec = sequence_model(asked, three[1], three[2]) if three is not None else None
    shapes = (name_axes(three, ("batch", "timesteps", "features"), "the question"),) if three is not None else ()
    first, second = list(_nearest(asked))[:2]
    return Finding("question", cause=f"{_NOT_SURE} {_READS}" if spec is not None else _NOT_SURE, spec=spec,
                   shapes=shapes, marks=marks, questions=(f"Are you asking {first}.", f"Or {second}."))  # fmt: skip


def _nearest(asked: Asked) -> Iterator[str]:
    for words, meant in _NEAR:
        if words.search(asked.words):
            yield meant
