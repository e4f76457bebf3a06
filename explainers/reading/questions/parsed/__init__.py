"""One reading of a question: its parts, the model they describe, what is asked of it, and the reply.

roles.py      what each number counts, by the words next to it
mentions.py   the layers of the question in order, as they are called or spoken of
parts.py      all of it in one: layers with their settings, the data, shapes that come out, what is asked
network.py    the model that the parts describe, its shapes and counts; what isn't said is an example
replies.py    what is said of that model
data.py       what the data themselves ask for: input_shape, batches, windows, another form
facts.py      what a word, an argument or a choice means, with the sizes of the question
"""
