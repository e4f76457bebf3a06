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
