"""What people believe about shapes, and what the live model says.

Each misconception is a sentence that many people had in mind when their model failed. It is tried for real at dims that
can be changed, and asked back with new dims; the answer is never written down here, it comes out of a live model.

Read in this order:

1. `misconception.py`     what a misconception is made of; what a trial, a question and a judgement are
2. `live.py`       the few ways to try something (the only file that imports Keras at its top)
3. `fields.py`     the dims that several misconceptions share
4. `feeding.py`, `reading.py`, `recurrent.py`, `other_layers.py`, `memory.py`, `targets.py`   one file per theme
5. `catalogue.py`  all of them, by theme and by name
6. `asking.py`     a question from a seed, and the judgement of an answer
"""
