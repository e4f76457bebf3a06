"""What is told of convolutions, pooling and images."""

from __future__ import annotations

from explainers.reading.questions.parsed.fact import CONV, IMAGE, Fact, needs

FACTS: tuple[Fact, ...] = (
    Fact(
        needs(
            "conv, count, depends",
            "count, depends, image",
            "conv, count, depends, image",
            "conv, count, other size",
            "count, depends, other size",
        ),
        "whether the image size changes the parameters",
        "The size of the images changes no parameter of a convolution: the same kernels slide over every place. "
        "kernel_size, channels and filters decide: Conv2D({filters}, {kernel}) on {channels} channels has "
        "{params} parameters for any image, {reads} here. A Dense after a Flatten does depend on the image's size",
        reads=IMAGE,
        layers=CONV,
    ),
    Fact(
        needs("strides, what", "may, strides", "count, depends, strides"),
        "what strides are",
        "strides is how far the kernel moves each time: with strides={strides} it jumps {strides} pixels, so "
        "each side is divided by {strides} and rounded. Conv2D({filters}, {kernel}, strides={strides}) turns "
        "{reads} into {out}. It changes no weight: {params} parameters",
        reads=IMAGE,
        layers=(("Conv2D", {"filters": "$filters", "kernel_size": "$kernel", "strides": "$strides"}),),
    ),
    Fact(
        needs("kernel, what", "filters, kernel, what", "apart, filters, kernel"),
        "what kernel_size and filters are",
        "kernel_size is how many pixels one kernel covers along each side; filters is how many kernels there "
        "are, so how many channels the output has. Conv2D({filters}, {kernel}) turns {reads} into {out}: each "
        "kernel covers all {channels} channels, {params} parameters in all",
        reads=IMAGE,
        layers=CONV,
    ),
    Fact(
        needs(
            "filters, what",
            "channels, what",
            "channels, conv, what",
            "apart, channels, filters",
            "apart, filters, units",
            "choose, filters",
        ),
        "what filters are",
        "channels is how many numbers each pixel has; filters is how many kernels a convolution learns; each "
        "covers all channels of the input and makes one channel of the output. So Conv2D({filters}, {kernel}) "
        "turns {reads} into {out}, whatever the {channels} channels were. You choose it",
        reads=IMAGE,
        layers=CONV,
    ),
    Fact(
        needs("causal, padding", "causal, what", "causal, conv", "causal, padding, what"),
        "what causal padding does",
        'padding="causal" adds kernel_size - 1 zeros in front of a Conv1D\'s steps and none after them, so step t '
        "is made of step t and those before it, never of later ones. The number of steps stays: {reads} becomes "
        "{out}, with {params} parameters as for any padding",
        reads=("steps", "channels"),
        layers=(("Conv1D", {"filters": "$filters", "kernel_size": "$kernel", "padding": "causal"}),),
    ),
    Fact(
        needs("padding, what", "apart, padding", "conv, padding"),
        "what padding does",
        'padding="valid" (the default) keeps the kernel inside the image, so a side n becomes n - kernel_size + '
        '1: Conv2D({filters}, {kernel}) makes {out1} of {reads}. padding="same" adds zeros around it, and with '
        "strides=1 every side stays as it is. No weight changes",
        reads=IMAGE,
        layers=CONV,
    ),
    Fact(
        needs("pooling, what", "apart, pooling", "count, pooling", "pooling, why"),
        "what pooling does",
        "MaxPooling2D returns the largest number of every {pool} × {pool} pixels, for each channel separately: "
        "{reads} becomes {out}. It has no weights, and the channels stay",
        reads=IMAGE,
        layers=(("MaxPooling2D", {"pool_size": "$pool"}),),
    ),
    Fact(
        needs("flatten, global", "global, what", "apart, global"),
        "how Flatten and global pooling differ",
        "Flatten keeps all numbers of a sample in one row, so the Dense after it has a weight for each; "
        "GlobalAveragePooling2D keeps one number for each channel: {reads} becomes {out}, for any height and "
        "width. It has no weights",
        reads=IMAGE,
        layers=(("GlobalAveragePooling2D", {}),),
    ),
    Fact(
        needs("flatten, what", "flatten, why", "flatten, may", "batch axis, flatten", "batch size, flatten, may"),
        "what Flatten does",
        "Flatten lays all numbers of a sample in one row and leaves the batch: {reads} becomes {out}. It has no "
        "weights. Dense reads the last axis only, so without Flatten it would work on each pixel (or step) by "
        "itself",
        reads=IMAGE,
        layers=(("Flatten", {}),),
    ),
    Fact(
        needs("apart, conv_1d, conv_2d", "conv_1d, conv_2d"),
        "how Conv1D and Conv2D differ",
        "Conv1D slides along one axis and reads (batch, steps, channels): signals, time series, text. Conv2D "
        "slides along two and reads (batch, height, width, channels): images. Both cover all channels at once. "
        "Here Conv2D({filters}, {kernel}) turns {reads} into {out}",
        reads=IMAGE,
        layers=CONV,
    ),
    Fact(
        needs("channels first", "channels, channels first", "channels, torch", "image, torch"),
        "where the channels go",
        "Keras reads channels last, (batch, height, width, channels); PyTorch has them first. np.transpose(x, "
        "(0, 2, 3, 1)) moves them, or a keras.layers.Permute((2, 3, 1)); reshape would mix up the pixels. Then a "
        "sample is {reads} with its None for the batch",
        reads=IMAGE,
        layers=CONV,
    ),
    Fact(
        needs("channels, pretrained", "channels, image, pretrained"),
        "how gray images fit a model of three channels",
        "Give the one channel three times: np.repeat(x[..., None], 3, axis=-1) makes (samples, {height}, "
        "{width}, 3) of (samples, {height}, {width}). Or put a Conv2D(3, 1) in front, which learns the three: "
        "{reads} becomes {out}. A model with pretrained weights keeps its three channels",
        reads=("height", "width", 1),
        layers=(("Conv2D", {"filters": 3, "kernel_size": 1}),),
    ),
    Fact(
        needs("choose, kernel"),
        "which kernel_size to choose",
        "3 is the usual choice for images, 3 to 7 for sequences; odd sizes have a middle. A larger kernel looks "
        "at more at once and has more weights: Conv2D({filters}, {kernel}) on {channels} channels has {params} "
        "parameters and makes {out} of {reads}. Two layers of 3 see as far as one of 5, with fewer weights",
        reads=IMAGE,
        layers=CONV,
    ),
)
