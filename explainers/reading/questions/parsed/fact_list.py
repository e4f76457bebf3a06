"""The facts: what each question about a word, an argument or a choice is told.

needs: the terms (terms.py) of such a question, several ways. asks: the question in words. says: the reply; {units} and
the like are the question's sizes or examples, {out} and {params} are the live model's. reads, layers: that model;
values: what attention looks at, where that isn't its own query.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explainers.core.spec import Argument

Layers = tuple[tuple[str, Mapping[str, Argument]], ...]


@dataclass(frozen=True)
class Fact:
    """One fact: see above."""

    needs: tuple[frozenset[str], ...]
    asks: str
    says: str
    reads: tuple[str | int | None, ...] = ("steps", "features")
    layers: Layers = (("RNN", {"units": "$units"}),)
    values: tuple[str, ...] = ()


def _needs(*ways: str) -> tuple[frozenset[str], ...]:
    """``"may, other length"``: terms, several ways."""
    return tuple(frozenset(part.strip() for part in way.split(",")) for way in ways)


_ROW: tuple[str | int | None, ...] = ("features",)
_IMAGE: tuple[str | int | None, ...] = ("height", "width", "channels")
_CONV: Layers = (("Conv2D", {"filters": "$filters", "kernel_size": "$kernel"}),)
_SOFTMAX: Layers = (("Dense", {"units": "$classes", "activation": "softmax"}),)

FACTS: tuple[Fact, ...] = (
    # -- lengths and sizes that vary
    Fact(_needs("trained on, predict", "trained on, other length", "open axis, may, steps", "open axis, other length",
                "predict, steps, trained on, may", "predict, steps, other length, may",
                "steps, predict, may, recurrent",
                "trained on, steps", "other length, predict", "other length, steps", "other length, steps, features"),
         "whether a trained model takes other lengths",
         "Yes, if its Input leaves the steps open: no weight of a recurrent layer or a Conv1D depends on their "
         "number, so keras.Input((None, {features})) takes {steps} steps in one batch and {longer} in the next. "
         "Declared with a fixed number, input_shape=({steps}, {features}), the same weights refuse another one: "
         "declare None and build again. After a Flatten the number is fixed.", (None, "features")),
    Fact(_needs("other size, image", "other size, conv", "may, other size"),
         "whether images of different sizes fit",
         "Yes, as long as nothing needs a fixed size: declare keras.Input((None, None, {channels})), and replace "
         "Flatten by GlobalAveragePooling2D, which returns one number for each channel at any size. "
         "Conv2D({filters}, {kernel}) and the pooling then make {out2} of any image, and a Dense after it always "
         "reads {filters} numbers. One batch still needs images of one size; with Flatten and Dense every image must "
         "have the declared size",
         (None, None, "channels"), (*_CONV, ("GlobalAveragePooling2D", {}), ("Dense", {"units": "$classes"}))),
    Fact(_needs("other features, may", "other features, steps, features", "other features, trained on",
                "other features"), "whether the number of features may differ",
         "No: the kernel has a row for each feature, so every step of every sample needs the same {features} of "
         "them, in the order of the training data. Fill what is missing (with 0, say, and a feature that tells "
         "where), or give a second kind of data its separate Input. The number of steps may differ: {rnn}({units}) "
         "reads {reads}",
         (None, "features")),
    # -- shapes and axes
    Fact(_needs("a shape"), "what a shape is",
         "A shape says how many entries an array has along each axis. {reads} has three axes: the batch (None, because "
         "any number of samples may come), {steps} timesteps, and {features} features at each of them. A layer turns "
         "one shape into another: {rnn}({units}) returns {out}"),
    Fact(_needs("an axis, what"), "what an axis is",
         "An axis is one direction in which an array counts, and rank or ndim says how many axes there are. {reads} "
         "has three: axis 0 counts samples, axis 1 the {steps} timesteps, and axis 2, also called -1, the {features} "
         "features. {rnn}({units}) removes axis 1: {out}"),
    Fact(_needs("backend, shape", "backend, apart", "backend, torch", "backend, apart, shape", "backend, depends"),
         "whether a backend changes the shapes",
         "No, the shapes are the same on TensorFlow, JAX and PyTorch: a backend changes which library computes, not "
         "what a layer reads. {rnn} reads (batch, timesteps, features) on each, so {reads} becomes {out}. Only "
         "data_format=\"channels_first\" moves an axis, and a model whose shapes change from batch to batch is "
         "compiled again on JAX"),
    # -- None, batch, samples
    Fact(_needs("batch size, input_shape", "batch size, may, shape", "batch axis, input_shape"),
         "whether input_shape has the batch size",
         "No: input_shape is the shape of one sample, so ({steps}, {features}), and Keras puts None in front of it "
         "for the batch: {reads}. Only a stateful layer needs a fixed batch: keras.Input(batch_shape=({batch}, "
         "{steps}, {features})). The batch size itself is an argument of fit"),
    Fact(_needs("single, predict, image", "single, image, batch axis", "single, image, shape"),
         "how to predict one image",
         "Put a batch axis of 1 in front: x[None, ...], or np.expand_dims(x, 0). A gray image without a channels axis "
         "needs one at the end, too: x[None, ..., None]. One image is then (1, {height}, {width}, {channels}), and "
         "predict returns one row, (1, {classes}); [0] takes it out", _IMAGE,
         (("Flatten", {}), ("Dense", {"units": "$classes", "activation": "softmax"}))),
    Fact(_needs("single, predict", "single, batch axis", "single, shape", "single, may, stateful"),
         "how to predict one sample",
         "Put a batch axis of 1 in front: x[None, ...], or np.expand_dims(x, 0), makes (1, {features}) of "
         "({features},). predict always reads a batch, and returns a row for each sample: (1, {units}) here; [0] "
         "takes it out",
         _ROW, (("Dense", {"units": "$units"}),)),
    Fact(_needs("batch size, samples, apart", "batch size, epoch, apart", "batch size, epoch, what",
                "steps per epoch, epoch, apart", "steps per epoch, batch size, apart"),
         "what samples, batches and epochs are",
         "A batch is how many samples go through the model before the weights are updated once (batch_size, {batch} "
         "if you set none); an epoch is one pass over all samples; the steps per epoch are the batches that this "
         "takes, samples / batch_size rounded up. None of them is in the model: its shape begins with None", _ROW,
         (("Dense", {"units": "$units"}),)),
    Fact(_needs("steps per epoch, skipped", "steps per epoch, samples, skipped", "steps per epoch, what",
                "steps per epoch, batch size, skipped", "steps per epoch, epoch, skipped"),
         "what steps_per_epoch changes",
         "steps_per_epoch says when an epoch ends, nothing else. With fewer steps than batches no sample is lost: the "
         "next epoch goes on where this one stopped. With more, an array runs out of data and Keras stops with a "
         "warning. Leave it out for arrays: then it is samples / batch_size rounded up, and each sample is used once. "
         "The shapes stay as they are, {reads} becomes {out}", _ROW, (("Dense", {"units": "$units"}),)),
    Fact(_needs("batch size, samples, skipped", "batch size, samples, may, skipped"),
         "whether a batch may be larger than the data",
         "Yes: then all samples go through in one smaller batch, and an epoch is one step. batch_size is only an upper "
         "limit, and the last batch of an epoch is often smaller. No shape changes: {reads} becomes {out} for any "
         "number of samples. Only a stateful layer needs full batches", _ROW, (("Dense", {"units": "$units"}),)),
    Fact(_needs("batch size, depends, count", "batch size, depends, output", "batch size, depends, shape"),
         "what the batch size changes",
         "No, the batch size changes no weight and no shape of the model: it is the None in front. It says how many "
         "samples are used for one update of the weights, and how much memory that takes. {rnn}({units}) has "
         "{params} parameters for any batch"),
    # -- units, steps, features
    Fact(_needs("units, steps, apart", "units, steps, what", "units, steps, may"),
         "what units and timesteps are",
         "units is how many numbers the layer keeps and returns at each step; timesteps is how often it does. "
         "Neither sets the other: the same weights serve any number of steps. {rnn}({units}) reads {reads} and "
         "returns {out}; units need not equal the steps or the features"),
    Fact(_needs("steps, features, apart", "steps, features, what"),
         "what timesteps and features are",
         "timesteps is how many readings one sample has, one after the other; features is how many numbers each "
         "reading has. {rnn} reads (batch, timesteps, features), {reads} here. The number of features changes the "
         "kernel, the number of steps changes no weight"),
    Fact(_needs("what, units, recurrent", "what, units"), "what units are",
         "units is how many numbers the layer returns for each sample (for a recurrent layer also: keeps as its "
         "state from step to step). You choose it; it is the last axis of the output: {rnn}({units}) turns {reads} "
         "into {out}, with {params} parameters. It is not the number of timesteps: one cell runs once for each step"),
    Fact(_needs("what, steps"), "what a timestep is",
         "A timestep is one reading in a sequence: each sample has {steps} of them, in order, with {features} "
         "numbers at each, so the layer reads {reads}. A recurrent layer runs its cell once for each step and "
         "returns {out}"),
    Fact(_needs("what, features"), "what features are",
         "features is how many numbers there are at each step (or in each row): the last axis of what a layer reads, "
         "{reads} here. The layer's kernel has a row for each of the {features}, so a trained model always needs as "
         "many"),
    Fact(_needs("steps, depends, count", "depends, count, other length", "why, steps, count", "depends, count, "
         "recurrent"),
         "whether the timesteps change the parameters",
         "No, the number of timesteps changes no weight: the same cell runs at every step. {rnn}({units}) has "
         "{params} parameters for any number of steps; the units and the {features} features decide: 4 × (features × "
         "units + units × units + units) for an LSTM"),
    Fact(_needs("one step, recurrent", "one step, may", "one step, recurrent, steps"), "whether one timestep is enough",
         "It runs, but a recurrent layer then has nothing to remember: with shape (samples, 1, {features}), each "
         "sample is one step, and the state starts at 0 for each of them. To look back n steps, give each sample n "
         "of them, (samples, n, {features}); the number of parameters stays the same", (1, "features")),
    Fact(_needs("first axis, what", "first axis, shape", "first axis, output", "first axis, why", "first axis"),
         "what the first axis is",
         "The first axis is the batch: how many samples go through the model together. It stays open in a model, so a "
         "summary shows None there: the layer reads {reads} and returns {out}. Every array for fit and predict has it, "
         "too, one entry for each sample; input_shape leaves it out"),
    Fact(_needs("last axis, what", "last axis, shape", "last axis, output", "last axis, why", "last axis"),
         "what the last axis is",
         "The last axis holds the numbers that belong together: the features of a step or a row, the channels of an "
         "image. A layer's units or filters replace it: {reads} becomes {out}. The kernel has one row for each of "
         "them, so their number must be known when the layer is built"),
    Fact(_needs("as many", "as many, why", "as many, labels", "as many, samples", "as many, samples, labels"),
         "why x and y have the same number of samples",
         "y[i] is the target of x[i], so fit needs as many targets as samples: x.shape[0] == y.shape[0]. All other "
         "axes may differ: here a sample of {reads} gets an output of {out}. If the numbers differ, an array was cut "
         "or padded without the other, or windows made fewer samples than there are rows"),
    Fact(_needs("three axes, recurrent", "why, three axes"), "why a recurrent layer reads three axes",
         "{rnn} reads (batch, timesteps, features): which sample, which step, which number. A table (rows, columns) "
         "has two: give each row its own sequence of one value each with x[..., None], or cut the rows into windows "
         "of n steps. Here each sample is ({steps}, {features}), so the layer reads {reads}"),
    Fact(_needs("swap, steps, features", "swap, steps", "swap, features", "order, steps, features"),
         "whether timesteps and features can be swapped",
         "No: a recurrent layer goes along axis 1, step by step, and reads the numbers of axis 2 at each. Swapped "
         "data run without a warning, but as {features} steps of {steps} numbers. np.transpose(x, (0, 2, 1)) swaps "
         "the axes; reshape would mix up the numbers. {rnn}({units}) reads {reads}"),
    Fact(_needs("hidden size, torch", "torch, units", "hidden size, units", "hidden size, apart"),
         "what hidden_size is in Keras",
         "hidden_size of PyTorch is units in Keras: {rnn}({units}) keeps and returns {units} numbers, so {reads} "
         "becomes {out}. input_size isn't needed, because Keras takes it from the data, and the batch "
         "always comes first"),
    Fact(_needs("bias, gru", "bias, gru, count", "bias, gru, why"), "why a GRU has two biases",
         "With reset_after=True, the default, a GRU adds one bias to what it makes of the input and another one to "
         "what it makes of its state: the bias has the shape (2, 3 × {units}). reset_after=False has one. GRU({units}) "
         "on {features} features has {params} parameters", layers=(("GRU", {"units": "$units"}),)),
    Fact(_needs("ragged", "ragged, recurrent", "ragged, shape"), "whether ragged tensors can be used",
         "Not directly: the recurrent layers of Keras 3 refuse a ragged tensor. x.to_tensor() pads it with zeros to "
         "(samples, longest, {features}); declare keras.Input((None, {features})) and let Masking skip the padding: "
         "{reads} becomes {out}. Choose a padding value that no real step has", (None, "features"),
         (("Masking", {"mask_value": 0.0}), ("RNN", {"units": "$units"}))),
    # -- arguments of recurrent layers
    Fact(_needs("two axes, recurrent, output"), "why a recurrent layer returns two axes",
         "Without return_sequences=True {rnn} returns the output of the last step only, so the steps are gone: "
         "{reads} becomes {out}, one row of {units} numbers for each sample. With return_sequences=True it is "
         "(batch, {steps}, {units}), one row for each step"),
    Fact(_needs("return_sequences, return_state", "return_sequences, states"), "what return_sequences and "
         "return_state do",
         "return_sequences=True returns the output of every step, (batch, {steps}, {units}), and without it only the "
         "last, (batch, {units}). return_state=True also returns the last states: an LSTM has two, h and c, each "
         "(batch, {units}). An encoder passes them to a decoder as initial_state", layers=(
             ("RNN", {"units": "$units", "return_sequences": True, "return_state": True}),)),
    Fact(_needs("return_sequences, what", "return_sequences, may", "return_sequences, apart", "return_sequences, "
         "why"),
         "what return_sequences does",
         "return_sequences=True returns the output of every step, {out}; without it, the layer returns only the "
         "last, (batch, {units}). You need it before another layer that reads steps (a second LSTM, a Conv1D), and "
         "where you predict something at every step. It changes no weight: {params} parameters either way",
         layers=(("RNN", {"units": "$units", "return_sequences": True}),)),
    Fact(_needs("return_sequences, last one"), "whether the last recurrent layer needs return_sequences",
         "No, unless you need an output at every step. Without it the last {rnn} returns one row for each sample, "
         "{out}, which a Dense reads; with it all {steps} steps stay, (batch, {steps}, {units}). Only a layer that "
         "another recurrent layer follows must have it"),
    Fact(_needs("return_state, what", "return_state, may"), "what return_state does",
         "return_state=True returns the last states in addition to the output, each of shape (batch, {units}): an "
         "LSTM has two, h and c; a GRU or SimpleRNN one. So the call returns a list: output, h, c",
         layers=(("RNN", {"units": "$units", "return_state": True}),)),
    Fact(_needs("stateful, what", "stateful, may", "stateful, why", "stateful, batch size"), "what stateful keeps",
         "stateful=True keeps the states after a batch: sample i of the next batch continues sample i of this one, "
         "so every batch needs the same fixed number of samples, keras.Input(batch_shape=({batch}, {steps}, "
         "{features})). To predict a different number of samples, build the same layers with that batch and copy the "
         "weights with set_weights. Reset where new sequences begin: layer.reset_states(). Without it, each sample "
         "starts at 0"),
    Fact(_needs("states, apart", "states, what", "states, how many", "states, may",
                "states, gru, may"), "what the hidden state and the cell state are",
         "The hidden state h is what the layer returns at a step; the cell state c is what an LSTM also keeps. Both "
         "have {units} numbers for each sample, (batch, {units}). GRU and SimpleRNN have only h. They start at 0 "
         "unless you pass initial_state", layers=(("RNN", {"units": "$units", "return_state": True}),)),
    Fact(_needs("initial state", "initial state, recurrent", "initial state, states", "initial state, may, recurrent"),
         "how an initial state is passed",
         "Pass it where the layer is called: {rnn}({units})(x, initial_state=[h, c]) for an LSTM, initial_state=h for "
         "a GRU or SimpleRNN, each of shape (batch, {units}). It may be an Input, or a state that another layer "
         "returns with return_state=True, such as an encoder's. Without it the states start at 0: the output is "
         "{out} either way",
         layers=(("RNN", {"units": "$units", "return_state": True}),)),
    Fact(_needs("stack, recurrent", "stack, return_sequences"), "how recurrent layers are stacked",
         "Set return_sequences=True in every recurrent layer that is followed by another one: {rnn}({units}, "
         "return_sequences=True) passes on {out1}, and the next one needs those three axes. The last one returns "
         "{out}; set it there too only if you need an output at each step", layers=(
             ("RNN", {"units": "$units", "return_sequences": True}), ("RNN", {"units": "$units"}))),
    Fact(_needs("bidirectional, what", "bidirectional, why", "bidirectional, apart", "bidirectional, count"),
         "what Bidirectional does",
         "Bidirectional runs two layers, one forward and one backward in time, and joins their outputs: twice the "
         "units in the last axis, and twice the parameters", layers=(("RNN", {"units": "$units"}),)),
    Fact(_needs("gates, recurrent", "gates, why"), "what the gates are",
         "An LSTM has four sets of the same weights: input gate, forget gate, output gate and the candidate for the "
         "cell; a GRU has three, a SimpleRNN one. Each set has a kernel (features × units), a recurrent_kernel "
         "(units × units) and a bias: {rnn}({units}) on {features} features has {params} parameters"),
    Fact(_needs("units, choose"), "how many units to choose",
         "Choose units freely: they need not equal the timesteps, the features or the samples. More units remember "
         "more and need more data; 16 to 128 is a usual start; choose by the validation loss. What it costs: "
         "{rnn}({units}) on {features} features has {params} parameters, and about four times as many with twice the "
         "units"),
    Fact(_needs("each step, dense", "timedistributed, dense", "timedistributed, dense, return_sequences",
                "timedistributed, what", "each step, recurrent, "
         "output"),
         "how to get an output at each step",
         "return_sequences=True returns {out1}, one row for each of the {steps} steps, and a Dense after it works on "
         "every step with the same weights: {out}. TimeDistributed(Dense(...)) does the same; TimeDistributed is "
         "needed around layers that read more axes, such as Conv2D", layers=(
             ("RNN", {"units": "$units", "return_sequences": True}), ("Dense", {"units": "$classes"}))),
    Fact(_needs("mask, what", "mask, may", "mask, shape", "mask, depends", "mask, shape, recurrent",
                "padding, recurrent", "mask, padding", "padding, other length", "mask, "
         "recurrent"),
         "how padded steps are skipped",
         "Sequences of one batch need one length, so pad them with keras.utils.pad_sequences and let "
         "Masking(mask_value=0.0) (or Embedding(..., mask_zero=True)) mark the padded steps: a recurrent layer then "
         "skips them and keeps its state. The shapes stay as they are: {out1} after the Masking, {out} after the "
         "{rnn}", layers=(
             ("Masking", {"mask_value": 0.0}), ("RNN", {"units": "$units"}))),
    # -- labels and losses
    Fact(_needs("one-hot, sparse", "one-hot, may, sparse", "sparse, labels", "sparse, why", "sparse, shape"),
         "which labels sparse_categorical_crossentropy needs",
         "No one-hot for sparse_categorical_crossentropy: it reads integers 0 to {classes_minus_1}, one for each "
         "sample, y of shape (samples,). Dense({classes}, activation=\"softmax\") still returns a score for each "
         "class, {out}, "
                                                                  "and the "
         "loss picks the one that the integer names. One-hot rows, (samples, {classes}), don't fit it: they go with "
         "categorical_crossentropy", _ROW, _SOFTMAX),
    Fact(_needs("sparse, categorical", "sparse, apart, loss", "one-hot, loss", "categorical, labels", "categorical, "
         "apart"),
         "which labels each loss needs",
         "categorical_crossentropy reads one-hot rows, y of shape (samples, {classes}); "
         "sparse_categorical_crossentropy reads the class numbers, (samples,). The loss value is the same, and so is "
         "the last layer: Dense({classes}, "
         'activation="softmax") returns {out} for both. keras.utils.to_categorical(y, {classes}) makes the rows', _ROW,
         _SOFTMAX),
    Fact(_needs("classes, loss", "classes, labels, last layer", "labels, loss"), "which loss so many classes need",
         "With integer labels, y of shape (samples,), sparse_categorical_crossentropy; with one-hot rows, (samples, "
         "{classes}), categorical_crossentropy. The last layer is the same, Dense({classes}, "
         "activation=\"softmax\"), and returns {out}. Two classes may also be Dense(1, activation=\"sigmoid\") with "
         "binary_crossentropy",
         _ROW, _SOFTMAX),
    Fact(_needs("one-hot, labels", "one-hot, classes", "one-hot, may"), "how labels become one-hot rows",
         "keras.utils.to_categorical(y, {classes}) makes rows of {classes} numbers of integers 0 to "
         "{classes_minus_1}: (samples,) becomes (samples, {classes}), with a 1 at the place of the class. They go "
         "with categorical_crossentropy and Dense({classes}, activation=\"softmax\"), which returns {out}; "
         "sparse_categorical_crossentropy reads the integers as they are", _ROW, _SOFTMAX),
    Fact(_needs("predict, class index", "class index, output", "class index, shape"), "how a prediction becomes a "
         "class",
         "predict returns a row of scores for each sample, (samples, {classes}); np.argmax(prediction, axis=1) gives "
         "the number of the class with the highest one, shape (samples,), and [0] takes the first. With one sigmoid "
         "unit it is prediction[:, 0] > 0.5. The model returns {out}", _ROW, _SOFTMAX),
    Fact(_needs("strings, labels", "strings, classes"), "how labels that are words become numbers",
         "Turn the words into numbers first: np.unique(y, return_inverse=True)[1], or keras.layers.StringLookup, "
         "gives 0 to {classes_minus_1}, y of shape (samples,). Then Dense({classes}, activation=\"softmax\") with "
         "sparse_categorical_crossentropy; the model returns {out}", _ROW, _SOFTMAX),
    Fact(_needs("sigmoid, last layer", "sigmoid, classes", "sigmoid, binary", "binary, last layer",
                "binary, loss", "binary, classes", "binary, units", "binary, what, output"),
         "which last layer two classes need",
         'Either Dense(1, activation="sigmoid") with binary_crossentropy and y of 0 and 1, shape (samples,): the '
         'output '
         "{out} is the probability of class 1. Or Dense(2, activation=\"softmax\") with "
                                                                                "sparse_categorical_crossentropy. A "
         "softmax over 1 unit is always 1.0", _ROW, (("Dense", {"units": 1, "activation": "sigmoid"}),)),
    Fact(_needs("ahead, last layer", "ahead, units", "ahead, output", "ahead, labels", "ahead, shape"),
         "which last layer a forecast of several steps needs",
         "One unit for each step that you predict: Dense({horizon}) after the recurrent layer returns {out}, and y "
         "is (samples, {horizon}). How far the model looks back is a separate number: each sample is ({steps}, "
         "{features}), so it reads {reads}",
         layers=(("RNN", {"units": "$units"}), ("Dense", {"units": "$horizon"}))),
    Fact(_needs("several labels", "several labels, loss, last layer", "several labels, loss, classes"), "which last "
         "layer several labels need",
         'Dense({classes}, activation="sigmoid") and binary_crossentropy: each of the {classes} labels is a separate '
         "yes or no. y has a row of 0 and 1 for each sample, (samples, {classes}), as the output has: {out}", _ROW,
         (("Dense", {"units": "$classes", "activation": "sigmoid"}),)),
    Fact(_needs("regression, last layer", "regression, loss", "regression, units", "regression, what"),
         "which last layer a regression needs",
         "Dense(1) without an activation, one unit for each number that you predict, with mean_squared_error. y has "
         "the shape of the output, (samples, 1); (samples,) works too. The model returns {out}", _ROW,
         (("Dense", {"units": 1}),)),
    Fact(_needs("sequence to sequence, labels", "each step, labels", "return_sequences, labels"),
         "which labels a model with an output at each step needs",
         "Labels with a step axis, too: y of shape (samples, {steps}) with integers for "
         "sparse_categorical_crossentropy, or (samples, {steps}, {classes}) with one-hot rows for "
         "categorical_crossentropy. The model returns {out}",
         layers=(("RNN", {"units": "$units", "return_sequences": True}), _SOFTMAX[0])),
    # -- convolutions and images
    Fact(_needs("depends, count, conv", "depends, count, image", "depends, count, conv, image",
                "other size, count, conv", "depends, other size, count"),
         "whether the image size changes the parameters",
         "No: the same kernels slide over every place, so height and width change no weight. kernel_size, channels "
         "and filters decide: Conv2D({filters}, {kernel}) on {channels} channels has {params} parameters for any "
         "image, {reads} here. A Dense after a Flatten does depend on the image's size", _IMAGE, _CONV),
    Fact(_needs("what, strides", "strides, may", "strides, depends, count"), "what strides are",
         "strides is how far the kernel moves each time: with strides={strides} it jumps {strides} pixels, so each "
         "side is divided by {strides} and rounded. Conv2D({filters}, {kernel}, strides={strides}) turns {reads} "
         "into {out}. It changes no weight: {params} parameters", _IMAGE,
         (("Conv2D", {"filters": "$filters", "kernel_size": "$kernel", "strides": "$strides"}),)),
    Fact(_needs("what, kernel", "what, kernel, filters", "kernel, filters, apart"), "what kernel_size and filters "
         "are",
         "kernel_size is how many pixels one kernel covers along each side; filters is how many kernels there are, "
         "so how many channels the output has. Conv2D({filters}, {kernel}) turns {reads} into {out}: each kernel "
         "covers all {channels} channels, {params} parameters in all", _IMAGE, _CONV),
    Fact(_needs("what, filters", "what, channels", "what, channels, conv",
                "filters, channels, apart", "filters, units, apart", "filters, choose"), "what "
         "filters are",
         "channels is how many numbers each pixel has; filters is how many kernels a convolution learns; each covers "
         "all channels of the input and makes one channel of the output. So Conv2D({filters}, {kernel}) turns "
         "{reads} into {out}, whatever the {channels} channels were. You choose it", _IMAGE, _CONV),
    Fact(_needs("causal, padding", "causal, what", "causal, conv", "causal, padding, what"), "what causal padding does",
         "padding=\"causal\" adds kernel_size - 1 zeros in front of a Conv1D's steps and none after them, so step t is "
         "made of step t and those before it, never of later ones. The number of steps stays: {reads} becomes {out}, "
         "with {params} parameters as for any padding", ("steps", "channels"),
         (("Conv1D", {"filters": "$filters", "kernel_size": "$kernel", "padding": "causal"}),)),
    Fact(_needs("what, padding", "padding, apart", "padding, conv"), "what padding does",
         "padding=\"valid\" (the default) keeps the kernel inside the image, so a side n becomes n - kernel_size + "
                          "1: "
         "Conv2D({filters}, {kernel}) makes {out1} of {reads}. padding=\"same\" adds zeros around it, and with "
                                                                              "strides=1 "
         "every side stays as it is. No weight changes", _IMAGE, _CONV),
    Fact(_needs("what, pooling", "pooling, apart", "pooling, count", "pooling, why"), "what pooling does",
         "MaxPooling2D returns the largest number of every {pool} × {pool} pixels, for each channel separately: "
         "{reads} becomes {out}. It has no weights, and the channels stay",
         _IMAGE, (("MaxPooling2D", {"pool_size": "$pool"}),)),
    Fact(_needs("flatten, global", "global, what", "global, apart"), "how Flatten and global pooling differ",
         "Flatten keeps all numbers of a sample in one row, so the Dense after it has a weight for each; "
         "GlobalAveragePooling2D keeps one number for each channel: {reads} becomes {out}, for any height and width. "
         "It has no weights", _IMAGE, (("GlobalAveragePooling2D", {}),)),
    Fact(_needs("flatten, what", "flatten, why", "flatten, may", "flatten, batch axis", "flatten, batch size, may"),
         "what Flatten does",
         "Flatten lays all numbers of a sample in one row and leaves the batch: {reads} becomes {out}. It has no "
         "weights. Dense reads the last axis only, so without Flatten it would work on each pixel (or step) by itself",
         _IMAGE,
         (("Flatten", {}),)),
    Fact(_needs("conv_1d, conv_2d, apart", "conv_1d, conv_2d"), "how Conv1D and Conv2D differ",
         "Conv1D slides along one axis and reads (batch, steps, channels): signals, time series, text. Conv2D slides "
         "along two and reads (batch, height, width, channels): images. Both cover all channels at once. Here "
         "Conv2D({filters}, {kernel}) turns {reads} into {out}", _IMAGE, _CONV),
    Fact(_needs("channels first", "channels first, channels", "torch, channels", "torch, image"),
         "where the channels go",
         "Keras reads channels last, (batch, height, width, channels); PyTorch has them first. np.transpose(x, (0, "
         "2, 3, 1)) moves them, or a keras.layers.Permute((2, 3, 1)); reshape would mix up the pixels. Then a sample "
         "is {reads} with its None for the batch", _IMAGE, _CONV),
    Fact(_needs("pretrained, channels", "pretrained, shape", "pretrained, image"), "how gray images fit a model of "
         "three channels",
         "Give the one channel three times: np.repeat(x[..., None], 3, axis=-1) makes (samples, {height}, {width}, "
         "3) of (samples, {height}, {width}). Or put a Conv2D(3, 1) in front, which learns the three: {reads} "
         "becomes {out}. A model with pretrained weights keeps its three channels", ("height", "width", 1),
         (("Conv2D", {"filters": 3, "kernel_size": 1}),)),
    Fact(_needs("kernel, choose"), "which kernel_size to choose",
         "3 is the usual choice for images, 3 to 7 for sequences; odd sizes have a middle. A larger kernel looks at "
         "more at once and has more weights: Conv2D({filters}, {kernel}) on {channels} channels has {params} "
         "parameters and makes {out} of {reads}. Two layers of 3 see as far as one of 5, with fewer weights",
         _IMAGE, _CONV),
    # -- embeddings, attention, others
    Fact(_needs("embedding, what", "embedding, input_shape", "embedding, shape", "embedding, output_dim",
                "vocabulary, embedding", "vocabulary, output_dim", "embedding, ids", "vocabulary, why, embedding",
                "embedding, two axes", "embedding, three axes", "embedding, two axes, three axes"),
         "what an Embedding reads and returns",
         "An Embedding reads ids, whole numbers of shape (batch, steps), and returns a row of output_dim numbers for "
         "each: {reads} becomes {out}. input_dim is the largest id + 1, because ids start at 0 (often kept for "
         "padding): here they go up to {vocabulary_minus_1}. output_dim is yours to choose: {vocabulary} × "
         "{output_dim} = {params} parameters", ("steps",),
         (("Embedding", {"input_dim": "$vocabulary", "output_dim": "$output_dim"}),)),
    Fact(_needs("input_length", "input_length, vocabulary", "input_length, vocabulary, embedding",
                "input_length, embedding"), "what input_length was",
         "input_length was how many ids each sample has; today Keras takes it from the data, and warns if it is "
         "passed. input_dim is how many different ids there are: Embedding({vocabulary}, {output_dim}) turns {reads} "
         "into {out}. It has {params} parameters for any length", ("steps",),
         (("Embedding", {"input_dim": "$vocabulary", "output_dim": "$output_dim"}),)),
    Fact(_needs("key_dim", "what, key_dim", "key_dim, heads", "key_dim, embedding", "key_dim, features",
                "key_dim, heads, embedding", "key_dim, heads, features"), "what key_dim is",
         "key_dim is how many numbers each head has for a query and a key, so the query kernel is (features, "
         "num_heads, key_dim). You choose it: num_heads × key_dim need not be the features (the embedding size), "
         "though features / num_heads is usual. The output keeps the features: {reads} becomes {out}, with {params} "
         "parameters",
         ("steps", "features"),
         (("MultiHeadAttention", {"num_heads": "$heads", "key_dim": "$key_dim"}),)),
    Fact(_needs("what, heads", "heads, apart", "heads, depends"), "what heads are",
         "Each head compares all steps with all others, on key_dim numbers; {heads} heads do this in parallel and "
         "are then joined, so the output has the features of the input: {reads} becomes {out}. More heads have more "
         "weights: {params} here", ("steps", "features"),
         (("MultiHeadAttention", {"num_heads": "$heads", "key_dim": "$key_dim"}),)),
    Fact(_needs("scores, transformer", "scores, heads", "scores, transformer, heads", "scores, transformer, shape",
                "scores, transformer, heads, shape"), "which shape attention scores have",
         "A score for each head, query step and key step: (batch, {heads}, {queries}, {queries}) where {queries} steps "
         "attend to themselves; with a separate value the last size is its number of steps. The layer returns them "
         "with return_attention_scores=True, in addition to its output, {out}",
         ("queries", "features"), (("MultiHeadAttention", {"num_heads": "$heads", "key_dim": "$key_dim"}),)),
    Fact(_needs("mask, transformer", "mask, heads", "mask, transformer, steps"), "which mask attention reads",
         "attention_mask has a row for each query step and a column for each key step, so (batch, {queries}, "
         "{keys}): 1 where a query step may look, 0 where not. (1, {queries}, {keys}) serves all samples alike, and "
         "every head gets the same mask. It changes no shape: a query {reads} becomes {out}",
         ("queries", "features"),
         (("MultiHeadAttention", {"num_heads": "$heads", "key_dim": "$key_dim"}),), ("keys", "features")),
    Fact(_needs("dropout, count", "dropout, shape", "dropout, output", "dropout, what"), "what Dropout changes",
         "Dropout has no parameters and changes no shape: {reads} becomes {out}. While it trains it sets a random "
         "part of the numbers to 0 and scales the rest; predict leaves them as they are",
         _ROW, (("Dropout", {"rate": 0.5}),)),
    Fact(_needs("batch size, batchnorm"), "whether BatchNormalization works with any batch",
         "It runs with any batch, also one of 1, and its weights and shapes stay as they are: {reads} becomes {out}. "
         "But in training it normalizes with the mean and variance of the batch, which say little for 1 sample; "
         "predict uses the moving averages, so there the batch doesn't matter. LayerNormalization doesn't look at "
         "the batch at all",
         _ROW,
         (("BatchNormalization", {}),)),
    Fact(_needs("batchnorm, count", "batchnorm, trainable", "trainable, what", "trainable, why"),
         "which parameters aren't trained",
         "BatchNormalization has four numbers for each feature: gamma and beta are trained, moving_mean and "
         "moving_variance are measured on the batches and count as non-trainable. On {features} features that is "
         "{params} parameters, half of them non-trainable. A frozen layer's weights (trainable=False) count so, too",
         _ROW,
         (("BatchNormalization", {}),)),
)  # fmt: skip
