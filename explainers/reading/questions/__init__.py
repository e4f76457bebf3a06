"""Questions in words: what is asked, by the words and the numbers in the sentence; one sentence and a live model.

words.py     what is in a question: numbers by the words next to them, shapes, layers as they are called
names.py     layers as people name them
read_by.py   what a layer reads in the question; by_words.py: a layer that is made of its words
models.py    small models of these sizes
sizes.py     questions about shapes and counts: which input_shape, which output, how many parameters
data_asked.py  which shape signals, videos, spectrograms and rows in time have
meanings.py  questions about meanings: None, three axes, units and timesteps, return_sequences
settings_asked.py  questions about settings: padding, batch size and epochs, a vocabulary
targets_asked.py  the last layer and its loss, states, other frameworks; counts_asked.py: weights one by one
"""

from __future__ import annotations

from explainers.core.finding import Finding, Mark, name_axes
from explainers.reading.questions import (
    by_words,
    counts_asked,
    data_asked,
    meanings,
    settings_asked,
    sizes,
    targets_asked,
)
from explainers.reading.questions.models import sequence_model
from explainers.reading.questions.words import Asked, Intent, asked_in
from explainers.reading.text import Cleaned

INTENTS: tuple[Intent, ...] = (
    Intent("what an epoch and a batch are", settings_asked.epochs),
    Intent("how many batches an epoch has", sizes.batches),
    Intent("whether a backend changes the shapes", targets_asked.backend),
    Intent("what a layer of PyTorch is in Keras", targets_asked.torch),
    Intent("what stateful keeps", targets_asked.stateful),
    Intent("what a Dense does with steps", targets_asked.dense_on_steps),
    Intent("which last layer so many numbers need", targets_asked.regression),
    Intent("what the number of parameters depends on", targets_asked.what_counts),
    Intent("which last layer several labels need", targets_asked.several_labels),
    Intent("how labels become one-hot rows", targets_asked.one_hot),
    Intent("why one sample needs a batch axis", targets_asked.one_sample),
    Intent("which last layer two classes need", targets_asked.two_classes),
    Intent("which shape videos have", data_asked.videos),
    Intent("which shape spectrograms have", data_asked.spectrograms),
    Intent("what same and valid padding make", settings_asked.paddings),
    Intent("what a layer makes of a shape", sizes.output_of_a_layer),
    Intent("how many parameters the layer has", sizes.parameters),
    Intent("what an Embedding is told", settings_asked.vocabulary),
    Intent("what to do with sequences of different lengths", meanings.variable_lengths),
    Intent("why there is an output for each step", meanings.every_step),
    Intent("why the steps stay in the output", settings_asked.steps_that_stay),
    Intent("what the shape means", meanings.meaning),
    Intent("which input_shape recordings need", data_asked.signals),
    Intent("which shape images have", sizes.images),
    Intent("how rows become windows", data_asked.rows_in_time),
    Intent("which input_shape these data need", sizes.three_numbers),
    Intent("how a table becomes sequences", sizes.table),
    Intent("what the states of a layer are", targets_asked.states),
    Intent("what return_sequences and return_state do", meanings.sequences),
    Intent("what units and timesteps are", meanings.units),
    Intent("which last layer and loss so many classes need", meanings.classes),
    Intent("why a layer needs three axes", meanings.three_axes),
    Intent("what None is", meanings.none_alone),
)


# Where none of these fits: the layer that is named, by its own rule.
OF_ANY_LAYER: tuple[Intent, ...] = (
    Intent("how many parameters the layer has", counts_asked.counted),
    Intent("what the layer does to a shape", by_words.a_layer),
)


def question(cleaned: Cleaned) -> Finding | None:
    """What a question in words asks, told; None where the text doesn't speak of Keras."""
    asked = asked_in(cleaned)
    if asked is None:
        return None
    found = [(intent, told) for intent in INTENTS if (told := intent.read(asked)) is not None]
    if not found or (len(found) == 1 and found[0][0].read is meanings.none_alone):
        found = [(intent, told) for intent in OF_ANY_LAYER if (told := intent.read(asked)) is not None] or found
    marks = tuple(Mark(at.start, at.end, "a shape") for at in cleaned.shapes[:40])
    if not found:
        return _unsure(asked, marks)
    told = found[0][1]
    others = tuple(f"Or do you ask {intent.words}?" for intent, _ in found[1:2])
    values, shapes = told.values or {}, told.shapes
    return Finding("question", cause=told.sentence, spec=told.spec, values=values, shapes=shapes, marks=marks,
                   questions=others)  # fmt: skip


def _unsure(asked: Asked, marks: tuple[Mark, ...]) -> Finding:
    """The two nearest readings, above a model of the sizes in the text."""
    three = next((shape for shape in asked.shapes if len(shape) == 3), None)
    spec = sequence_model(asked, three[1], three[2]) if three is not None else None
    shapes = (name_axes(three, ("batch", "timesteps", "features"), "the question"),) if three is not None else ()
    return Finding(
        "question",
        cause="I'm not sure what is asked. A recurrent layer reads (batch, timesteps, features): samples, steps "
        "in each, and numbers at each step.",
        spec=spec,
        shapes=shapes,
        marks=marks,
        questions=(
            "Do you ask which input_shape your data need? Say how many samples, timesteps and features there are.",
            "Or what a shape means? Paste it, or the summary it comes from.",
        ),
    )
