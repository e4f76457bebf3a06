"""What is told of shapes and axes: sizes that vary, units, steps and features."""

from __future__ import annotations

from explainers.reading.questions.parsed.fact import Fact, needs

FACTS: tuple[Fact, ...] = (
    Fact(
        needs(
            "predict, trained on",
            "other length, trained on",
            "may, open axis, steps",
            "open axis, other length",
            "may, predict, steps, trained on",
            "may, other length, predict, steps",
            "may, predict, recurrent, steps",
            "steps, trained on",
            "other length, predict",
            "other length, steps",
            "features, other length, steps",
        ),
        "whether a trained model takes other lengths",
        "A trained model takes any number of steps if its Input leaves them open: no weight of a recurrent layer "
        "or a Conv1D depends on their number, so keras.Input((None, {features})) takes {steps} steps in one "
        "batch and {longer} in the next. Declared with a fixed number, input_shape=({steps}, {features}), the "
        "same weights refuse another one: declare None and build again. After a Flatten the number is fixed.",
        reads=(None, "features"),
    ),
    Fact(
        needs("image, other size", "conv, other size", "may, other size"),
        "whether images of different sizes fit",
        "Images of different sizes fit as long as nothing needs a fixed size: declare keras.Input((None, None, "
        "{channels})), and replace Flatten by GlobalAveragePooling2D, which returns one number for each channel "
        "at any size. Conv2D({filters}, {kernel}) and the pooling then make {out2} of any image, and a Dense "
        "after it always reads {filters} numbers. One batch still needs images of one size; with Flatten and "
        "Dense every image must have the declared size",
        reads=(None, None, "channels"),
        layers=(
            ("Conv2D", {"filters": "$filters", "kernel_size": "$kernel"}),
            ("GlobalAveragePooling2D", {}),
            ("Dense", {"units": "$classes"}),
        ),
    ),
    Fact(
        needs("may, other features", "features, other features, steps", "other features, trained on", "other features"),
        "whether the number of features may differ",
        "The number of features is fixed: the kernel has a row for each, so every step of every sample needs the "
        "same {features} of them, in the order of the training data. Fill what is missing (with 0, say, and a "
        "feature that tells where), or give a second kind of data its separate Input. The number of steps may "
        "differ: {rnn}({units}) reads {reads}",
        reads=(None, "features"),
    ),
    Fact(
        needs("a shape"),
        "what a shape is",
        "A shape says how many entries an array has along each axis. {reads} has three axes: the batch (None, "
        "because any number of samples may come), {steps} timesteps, and {features} features at each of them. A "
        "layer turns one shape into another: {rnn}({units}) returns {out}",
    ),
    Fact(
        needs("an axis, what"),
        "what an axis is",
        "An axis is one direction in which an array counts, and rank or ndim says how many axes there are. "
        "{reads} has three: axis 0 counts samples, axis 1 the {steps} timesteps, and axis 2, also called -1, the "
        "{features} features. {rnn}({units}) removes axis 1: {out}",
    ),
    Fact(
        needs("backend, shape", "apart, backend", "backend, torch", "apart, backend, shape", "backend, depends"),
        "whether a backend changes the shapes",
        "The shapes are the same on TensorFlow, JAX and PyTorch: a backend changes which library computes, not "
        "what a layer reads. {rnn} reads (batch, timesteps, features) on each, so {reads} becomes {out}. Only "
        'data_format="channels_first" moves an axis, and a model whose shapes change from batch to batch is '
        "compiled again on JAX",
    ),
    Fact(
        needs("apart, steps, units", "steps, units, what", "may, steps, units", "steps, units, why"),
        "what units and timesteps are",
        "units is how many numbers the layer keeps and returns at each step; timesteps is how often it does. "
        "Neither sets the other: the same weights serve any number of steps. {rnn}({units}) reads {reads} and "
        "returns {out}; units need not equal the steps or the features",
    ),
    Fact(
        needs("apart, features, steps", "features, steps, what"),
        "what timesteps and features are",
        "timesteps is how many readings one sample has, one after the other; features is how many numbers each "
        "reading has. {rnn} reads (batch, timesteps, features), {reads} here. The number of features changes the "
        "kernel, the number of steps changes no weight",
    ),
    Fact(
        needs("recurrent, units, what", "units, what"),
        "what units are",
        "units is how many numbers the layer returns for each sample (for a recurrent layer also: keeps as its "
        "state from step to step). You choose it; it is the last axis of the output: {rnn}({units}) turns "
        "{reads} into {out}, with {params} parameters. It is not the number of timesteps: one cell runs once for "
        "each step",
    ),
    Fact(
        needs("steps, what"),
        "what a timestep is",
        "A timestep is one reading in a sequence: each sample has {steps} of them, in order, with {features} "
        "numbers at each, so the layer reads {reads}. A recurrent layer runs its cell once for each step and "
        "returns {out}",
    ),
    Fact(
        needs("features, what"),
        "what features are",
        "features is how many numbers there are at each step (or in each row): the last axis of what a layer "
        "reads, {reads} here. The layer's kernel has a row for each of the {features}, so a trained model always "
        "needs as many",
    ),
    Fact(
        needs(
            "count, depends, steps", "count, depends, other length", "count, steps, why", "count, depends, recurrent"
        ),
        "whether the timesteps change the parameters",
        "The number of timesteps changes no weight: the same cell runs at every step. {rnn}({units}) has "
        "{params} parameters for any number of steps; the units and the {features} features decide: 4 × "
        "(features × units + units × units + units) for an LSTM",
    ),
    Fact(
        needs("one step, recurrent", "may, one step", "one step, recurrent, steps"),
        "whether one timestep is enough",
        "A single timestep runs, but a recurrent layer then has nothing to remember: with shape (samples, 1, "
        "{features}), each sample is one step, and the state starts at 0 for each of them. To look back n steps, "
        "give each sample n of them, (samples, n, {features}); the number of parameters stays the same",
        reads=(1, "features"),
    ),
    Fact(
        needs("first axis, what", "first axis, shape", "first axis, output", "first axis, why", "first axis"),
        "what the first axis is",
        "The first axis is the batch: how many samples go through the model together. It stays open in a model, "
        "so a summary shows None there: the layer reads {reads} and returns {out}. Every array for fit and "
        "predict has it, too, one entry for each sample; input_shape leaves it out",
    ),
    Fact(
        needs("last axis, what", "last axis, shape", "last axis, output", "last axis, why", "last axis"),
        "what the last axis is",
        "The last axis holds the numbers that belong together: the features of a step or a row, the channels of "
        "an image. A layer's units or filters replace it: {reads} becomes {out}. The kernel has one row for each "
        "of them, so their number must be known when the layer is built",
    ),
    Fact(
        needs("as many", "as many, why", "as many, labels", "as many, samples", "as many, labels, samples"),
        "why x and y have the same number of samples",
        "y[i] is the target of x[i], so fit needs as many targets as samples: x.shape[0] == y.shape[0]. All "
        "other axes may differ: here a sample of {reads} gets an output of {out}. If the numbers differ, an "
        "array was cut or padded without the other, or windows made fewer samples than there are rows",
    ),
    Fact(
        needs("recurrent, three axes", "three axes, why"),
        "why a recurrent layer reads three axes",
        "{rnn} reads (batch, timesteps, features): which sample, which step, which number. A table (rows, "
        "columns) has two: give each row its own sequence of one value each with x[..., None], or cut the rows "
        "into windows of n steps. Here each sample is ({steps}, {features}), so the layer reads {reads}",
    ),
    Fact(
        needs("features, steps, swap", "steps, swap", "features, swap", "features, order, steps"),
        "whether timesteps and features can be swapped",
        "Timesteps and features can't be swapped: a recurrent layer goes along axis 1, step by step, and reads "
        "the numbers of axis 2 at each. Swapped data run without a warning, but as {features} steps of {steps} "
        "numbers. np.transpose(x, (0, 2, 1)) swaps the axes; reshape would mix up the numbers. {rnn}({units}) "
        "reads {reads}",
    ),
    Fact(
        needs("hidden size, torch", "torch, units", "hidden size, units", "apart, hidden size"),
        "what hidden_size is in Keras",
        "hidden_size of PyTorch is units in Keras: {rnn}({units}) keeps and returns {units} numbers, so {reads} "
        "becomes {out}. input_size isn't needed, because Keras takes it from the data, and the batch always "
        "comes first",
    ),
    Fact(
        needs("bias, gru", "bias, count, gru", "bias, gru, why"),
        "why a GRU has two biases",
        "With reset_after=True, the default, a GRU adds one bias to what it makes of the input and another one "
        "to what it makes of its state: the bias has the shape (2, 3 × {units}). reset_after=False has one. "
        "GRU({units}) on {features} features has {params} parameters",
        layers=(("GRU", {"units": "$units"}),),
    ),
    Fact(
        needs("ragged", "ragged, recurrent", "ragged, shape"),
        "whether ragged tensors can be used",
        "The recurrent layers of Keras 3 refuse a ragged tensor. x.to_tensor() pads it with zeros to (samples, "
        "longest, {features}); declare keras.Input((None, {features})) and let Masking skip the padding: {reads} "
        "becomes {out}. Choose a padding value that no real step has",
        reads=(None, "features"),
        layers=(
            ("Masking", {"mask_value": 0.0}),
            ("RNN", {"units": "$units"}),
        ),
    ),
)
