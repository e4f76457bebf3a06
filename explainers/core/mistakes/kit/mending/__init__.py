"""Changes that may help, made from the program and the shapes that disagree. Each is tried before it is offered.

broken.py    a program that failed, and a change to it
data.py      the data and the declared Input
layers.py    a layer that got too few or too many axes, or too short a one
targets.py   the target and the loss
widths.py    as many units or filters as the target has columns
forms.py     targets with the right numbers and other axes
merging.py   tensors that are joined
small.py     one number: a batch, a vocabulary, how many tensors come out
"""
