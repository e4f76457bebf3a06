"""The reader of pasted text: an error, a summary or Keras code of any era becomes plain facts and a model.

text.py           cleaning, and every shape literal with its place in the text
layers.py         what is known of each layer class: names of all eras, argument order, axis names
families.py       the table of error messages
error_reader.py   message   -> Finding
summary_reader.py table     -> ModelSpec
code_reader.py    code      -> ModelSpec (parsed, never executed)
code_patterns.py  cells of the text's own and windows of a series, which a lesson is about
misfits.py        data and states that can't fit what was read
lessons.py        which lesson shows it, with which dims
spec.py           ModelSpec: a plain graph of layer calls, safe to send to a worker
shapes.py         sizes and costs of a ModelSpec, without Keras
build.py          ModelSpec -> live keras.Model, and the failures with data (worker only)
today.py          ModelSpec -> today's Keras code
answer.py         all of it put together
"""
