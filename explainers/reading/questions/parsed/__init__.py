"""One reading of a question: its parts, the model they describe, what is asked of it, and the reply.

roles.py      what each number counts, by the words next to it
mentions.py   the layers of the question in order, as they are called or spoken of
parts.py      all of it in one: layers with their settings, the data, shapes that come out, what is asked
network.py    the model that the parts describe, its shapes and counts; what isn't said is an example
replies.py    what is said of that model; counts.py: how its parameters are told
layers_compared.py  layers side by side, on the same input
compared.py   two shapes: whether they say the same, hold the same numbers, fit together
described.py  data as they are described: the shapes of x and y, and a model that reads the one and predicts the other
layout.py     how many samples, steps and features the data have, and which shapes the question only offers
offered.py    yes or no to an offered shape; supposed.py: to an idea of a word or of sizes that must be equal
arrays.py     the model between two arrays whose shapes are said; symbolic.py: shapes said in words alone
every_step.py return_sequences with the sizes of the question
mixed_up.py   sizes that are taken for one another: ahead and back, lengths and features, the batch and all samples
targets.py    what is to be predicted: the shape of y and the last layer
data.py       what the data and single numbers ask for: another form, sequences, windows, what one number is
terms.py      what a question speaks of; facts.py: which fact it asks for, told with its sizes
fact.py       what a fact is; facts_of_*.py: the facts by subject; fact_list.py: all of them
"""
