"""What is told of data in other forms and of several inputs or outputs: reshape, transpose, joins, resizing."""

from __future__ import annotations

from explainers.core.spec import LayerSpec
from explainers.reading.questions.parsed.fact import CONV, IMAGE, ROW, Fact, needs

FACTS: tuple[Fact, ...] = (
    Fact(
        needs("two inputs", "two inputs, other length", "two inputs, may", "two inputs, features, steps"),
        "how two kinds of data go into one model",
        "Each kind of data gets a separate Input and separate layers; Concatenate joins what they return. The sequence "
        "{reads} becomes {out} in {rnn}({units}); a second one may have {longer} steps, and a row of "
        "numbers goes through a Dense. fit then reads a list of arrays, one for each Input, all with the same number "
        "of samples",
    ),
    Fact(
        needs("several outputs", "several outputs, labels", "several outputs, shape", "several outputs, loss"),
        "how a model gets several outputs",
        "Give each output a separate last layer on the same tensor and pass them all: keras.Model(inputs, [first, "
        "second]). y is then a list of arrays in that order, and each output has its loss. One of them could be "
        "Dense({classes}), which turns {reads} into {out}",
        reads=ROW,
        layers=(("Dense", {"units": "$classes"}),),
    ),
    Fact(
        needs(
            "concatenate", "concatenate, last axis", "an axis, concatenate", "apart, concatenate", "concatenate, what"
        ),
        "what Concatenate does",
        "Concatenate(axis=-1), the default, joins arrays along their last axis, and that size becomes the sum; all "
        "other axes must be equal. (batch, {steps}, {features}) and (batch, {steps}, {others}) become {out}. With "
        "axis=1 it joins along the steps instead, and the features must be equal. The batch, axis 0, is never joined",
        layers=(("Concatenate", {"axis": -1}),),
        values=("steps", "others"),
    ),
    Fact(
        needs("apart, reshape, transpose", "reshape, transpose", "transpose, what", "may, transpose"),
        "how reshape and transpose differ",
        "reshape keeps all numbers in their order and only cuts them differently; transpose (Permute in Keras) moves "
        "whole axes, so every number keeps its place along each of them. Permute((2, 1)) turns {reads} into {out}. A "
        "reshape to that shape would run without a warning and mix up the steps",
        layers=(("Permute", {"dims": (2, 1)}),),
    ),
    Fact(
        needs("repeat", "repeat, what", "may, repeat", "repeat, sequence to sequence", "recurrent, repeat"),
        "what RepeatVector does",
        "RepeatVector(n) gives a row of numbers an axis of n steps, with the same row at each: RepeatVector({steps}) "
        "turns {reads} into {out}. A decoder needs it after an encoder that returns one row for each sample",
        reads=ROW,
        layers=(("RepeatVector", {"n": "$steps"}),),
    ),
    Fact(
        needs("comma", "comma, input_shape", "comma, what", "comma, why"),
        "why a shape of one number has a comma",
        "The comma makes it a tuple: ({features},) is a shape with one axis, ({features}) is only the number "
        "{features}. input_shape=({features},) says that each sample is a row of {features} numbers, so the model "
        "reads {reads}; {features} in the array's own shape, x.shape == (samples, {features}), is its second axis",
        reads=ROW,
        layers=(("Dense", {"units": "$units"}),),
    ),
    Fact(
        needs("apart, input_dim, input_shape", "input_dim, what", "apart, input_dim", "input_dim, input_shape"),
        "what input_dim is",
        "input_dim is the older way to say how many numbers each sample has: input_dim={features} means "
        "input_shape=({features},), and today it is keras.Input(({features},)). Dense({units}) then turns {reads} into "
        "{out}. Only in an Embedding does input_dim mean something else: how many different ids there are",
        reads=ROW,
        layers=(("Dense", {"units": "$units"}),),
    ),
    Fact(
        needs(
            "channels first, conv_1d", "channels first, series", "channels first, steps", "channels first, recurrent"
        ),
        "where the steps go in a sequence",
        "Keras reads (batch, steps, channels): the steps come before the channels. If yours are (samples, channels, "
        "steps), np.transpose(x, (0, 2, 1)) or a Permute((2, 1)) as the first layer moves them; reshape would mix up "
        "the numbers. Conv1D({filters}, {kernel}) then turns {reads} into {out}",
        reads=("steps", "channels"),
        layers=(("Conv1D", {"filters": "$filters", "kernel_size": "$kernel"}),),
    ),
    Fact(
        needs("dense, three axes", "dense, each step", "dense, steps", "dense, recurrent, three axes"),
        "what a Dense does with three axes",
        "Dense works on the last axis only and keeps the others: {reads} becomes {out}, with the same weights at each "
        "of the {steps} steps, {params} parameters. To make one row of a whole sample, put a Flatten or a "
        "GlobalAveragePooling1D in front",
        layers=(("Dense", {"units": "$units"}),),
    ),
    Fact(
        needs(
            "image, other size, pretrained",
            "other size, pretrained",
            "pretrained, resize",
            "input_shape, pretrained",
            "image, pretrained",
            "pretrained, shape",
        ),
        "which images a pretrained model reads",
        "With its last Dense layers (include_top=True) a pretrained model reads only the size it was trained on, so "
        "resize: keras.layers.Resizing(224, 224) turns {reads} into {out}. With include_top=False you choose the size, "
        "input_shape=({height}, {width}, 3): its convolutions run on any image, and GlobalAveragePooling2D after them "
        "makes one row of each. The three channels stay",
        reads=("height", "width", 3),
        layers=(("Resizing", {"height": 224, "width": 224}),),
    ),
    Fact(
        needs(
            "reshape, test data",
            "may, test data",
            "shape, test data",
            "test data, why",
            "apart, shape, test data",
            "predict, test data",
        ),
        "which shape new data need",
        "Data for evaluate and predict have the same shape as those for fit, except for the first axis: any number of "
        "samples. So do everything to them that you did to the training data: the same reshape, the same scaling. The "
        "model reads {reads}, so (5, {steps}, {features}) is 5 new samples",
    ),
    Fact(
        needs("several images", "image, several images", "several images, two inputs"),
        "how several images go into one model",
        "If they belong together, give each a separate Input and join their outputs with Concatenate, or stack them: "
        "as channels, (height, width, images × channels), or as frames, (images, height, width, channels). If they are "
        "separate samples, they are simply a batch, (images, height, width, channels). Each is {reads} for Conv2D, "
        "with "
        "None for the batch",
        reads=IMAGE,
        layers=CONV,
    ),
    Fact(
        needs("see", "see, shape", "see, output", "how many, see"),
        "how to see shapes",
        "model.summary() prints the output shape and the parameters of every layer; layer.output.shape is the same for "
        "one layer, and x.shape for an array. keras.utils.plot_model(model, show_shapes=True) draws them. Paste a "
        "summary here to see where each number comes from, as in {reads} and {out}",
    ),
    Fact(
        needs(
            "one more layer",
            "may, one more layer",
            "depends, one more layer",
            "dense, one more layer, output",
            "count, one more layer",
            "one more layer, output, shape",
        ),
        "what one more layer changes",
        "The last layer alone decides the output shape: with Dense({classes}) at the end {reads} becomes {out}, "
        "however "
        "many layers are in front. One more hidden layer adds parameters: it has a kernel (what it reads × its units) "
        "and a bias, and the layer after it reads its units",
        reads=ROW,
        layers=(("Dense", {"units": "$units"}), ("Dense", {"units": "$classes"})),
    ),
    Fact(
        needs("apart, pooling, strides", "pooling, strides", "conv, pooling, strides"),
        "how strides and pooling differ",
        'Both make the sides smaller. Conv2D({filters}, {kernel}, strides=2, padding="same") turns {reads} into '
        "{out} and "
        "learns how, with {params} parameters; MaxPooling2D(2) halves the sides, too, but has no parameters and keeps "
        "the channels",
        reads=IMAGE,
        layers=(("Conv2D", {"filters": "$filters", "kernel_size": "$kernel", "strides": 2, "padding": "same"}),),
    ),
    Fact(
        needs("four axes", "four axes, what", "conv, four axes", "four axes, why", "four axes, image"),
        "what data with four axes are",
        "Four axes are usually images: (batch, height, width, channels), so which image, which row, which column, "
        "which "
        "color. Conv2D reads them: Conv2D({filters}, {kernel}) turns {reads} into {out}. An array of one image, "
        "({height}, {width}, {channels}), has three; x[None, ...] adds the batch",
        reads=IMAGE,
        layers=CONV,
    ),
    Fact(
        needs(
            "pooling, too large",
            "image, pooling, too large",
            "image, pooling, skipped, too large",
            "conv, too large",
            "kernel, too large",
            "image, kernel, too large",
            "image, kernel, skipped, too large",
        ),
        "what happens when a kernel or a pool doesn't fit",
        "A kernel or a pool must fit into what it slides over: without padding a side n becomes n - kernel_size + 1, "
        "and Keras refuses to build a layer whose output would have a size below 1. Conv2D({filters}, {kernel}) turns "
        '{reads} into {out}. padding="same", a smaller kernel or one pooling less keeps the sides large enough',
        reads=IMAGE,
        layers=CONV,
    ),
    Fact(
        needs(
            "training",
            "recurrent, training",
            "dense, training",
            "may, training",
            "training, what",
            "conv, training",
            "choose, training",
        ),
        "what learning rate, optimizer and activation change",
        "Learning rate, optimizer and activation change no shape and no number of parameters, so shapes can't tell "
        "which "
        "to choose: {rnn}({units}) turns {reads} into {out} and has {params} parameters with any of them. Compare the "
        "validation losses of a few",
    ),
    Fact(
        needs("both sizes, kernel", "both sizes, pooling", "both sizes, strides", "both sizes, conv"),
        "whether one number or two are given for a kernel",
        "For a Conv2D or a pooling one number means both sides: kernel_size={kernel} is kernel_size=({kernel}, "
        "{kernel}), "
        "so Conv2D({filters}, {kernel}) turns {reads} into {out} with either. Give two only if height and width differ",
        reads=IMAGE,
        layers=CONV,
    ),
    Fact(
        needs("square", "image, square", "may, square", "image, may, square", "conv, image, square"),
        "whether images must be square",
        "Images need not be square: height and width are separate axes. Conv2D({filters}, {kernel}) turns {reads} into "
        "{out}; a kernel or pool may have two sizes, too, such as (3, 5). But all images of one batch need the same "
        "height and the same width",
        reads=IMAGE,
        layers=CONV,
    ),
    Fact(
        needs(
            "input_shape, without input",
            "without input",
            "input_shape, what, without input",
            "input_shape, why, without input",
        ),
        "how a model knows its input without an input_shape",
        "Without an Input or input_shape, a model is built when it first reads data: Keras takes every axis but the "
        "first from them. Until then it has no weights, and summary shows no shapes. keras.Input(({steps}, "
        "{features})) "
        "in front builds it at once: {reads} becomes {out}, with {params} parameters",
    ),
    Fact(
        needs("conv_2d, recurrent", "conv_2d, may, recurrent", "conv_2d, order, recurrent"),
        "how an LSTM follows a Conv2D",
        "An LSTM reads three axes, (batch, steps, features), and a Conv2D returns four. Take the rows as steps and "
        "flatten each: TimeDistributed(Flatten()) makes {out2} of {out1}, which the {rnn} turns into {out}. For "
        "videos, put the Conv2D itself into a TimeDistributed",
        reads=IMAGE,
        layers=(
            *CONV,
            ("TimeDistributed", {"layer": LayerSpec("Flatten", "flatten")}),
            ("RNN", {"units": "$units"}),
        ),
    ),
    Fact(
        needs("conv, one by one", "one by one", "image, one by one", "dense, one by one"),
        "what a 1 × 1 convolution does",
        "A kernel of 1 sees one pixel at a time, so it works as a Dense on the channels of each pixel: "
        "Conv2D({filters}, 1) turns {reads} into {out}. Height and width stay, the {channels} channels become "
        "{filters}, with {params} parameters",
        reads=IMAGE,
        layers=(("Conv2D", {"filters": "$filters", "kernel_size": 1}),),
    ),
)
