"""The reader of pasted text: an error, a summary or Keras code of any era becomes plain facts and a model.

Text -> evidence
    text.py          cleaning, and every shape literal with its place in the text
    scanned.py       letters and digits that a scan has confused
    languages/       other languages: the words that decide a reading, and translated messages
    messages.py      the error message in a text; the wordings stand with the mistakes (core/mistakes)
    in_general.py, not_of_shapes.py   what a message asks that has no wording there; common ones about other things
    evidence.py      what a message says: numbers and shapes by their names, the layer
    printed.py       shapes that a program printed, pasted with it
    by_sight.py      names for axes that no layer names
    questions/       a question in words: its numbers, shapes and layers, and the reply
    elsewhere.py, ported/, errors_elsewhere.py   PyTorch and JAX/flax
    causes.py        why, in a sentence with these numbers; the names of the axes
    summary/, code/  a printed table, and code (parsed, never executed)
Evidence -> spec
    kinds.py         which of the three it is
    from_message.py, from_code.py   the model that shows it, its numbers and shapes
    together.py      code and a message in one paste
    asking.py        what the text leaves open, and what the learner says about it
    misfits.py       data and states that can't fit what was read
Spec -> live model
    layers.py        what is known of each layer class
    shapes.py        sizes and costs, without Keras
    build.py, live.py   the live keras.Model and what fails with it (worker only)
    refusals.py      what was tried and failed -> the mistake
Live model -> diagnosis
    diagnosing.py    all of it put together
    diagnosis.py     the diagnosis as data, as JSON and as words
    origins.py       where each number is from: read, worked out, an example
    lessons.py       which lesson shows it, with which dims
    today.py         the model in today's Keras
    pasted.py, command.py   the diagnosis for a page, and for the command line
"""
