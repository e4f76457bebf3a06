"""What is told of None, batches, samples and epochs."""

from __future__ import annotations

from explainers.reading.questions.parsed.fact import IMAGE, ROW, Fact, needs

FACTS: tuple[Fact, ...] = (
    Fact(
        needs("batch size, input_shape", "batch size, may, shape", "batch axis, input_shape"),
        "whether input_shape has the batch size",
        "input_shape is the shape of one sample, without the batch size, so ({steps}, {features}), and Keras "
        "puts None in front of it for the batch: {reads}. Only a stateful layer needs a fixed batch: "
        "keras.Input(batch_shape=({batch}, {steps}, {features})). The batch size itself is an argument of fit",
    ),
    Fact(
        needs("image, predict, single", "batch axis, image, single", "image, shape, single"),
        "how to predict one image",
        "Put a batch axis of 1 in front: x[None, ...], or np.expand_dims(x, 0). A gray image without a channels "
        "axis needs one at the end, too: x[None, ..., None]. One image is then (1, {height}, {width}, "
        "{channels}), and predict returns one row, (1, {classes}); [0] takes it out",
        reads=IMAGE,
        layers=(
            ("Flatten", {}),
            ("Dense", {"units": "$classes", "activation": "softmax"}),
        ),
    ),
    Fact(
        needs("predict, single", "batch axis, single", "shape, single", "may, single, stateful"),
        "how to predict one sample",
        "Put a batch axis of 1 in front: x[None, ...], or np.expand_dims(x, 0), makes (1, {features}) of "
        "({features},). predict always reads a batch, and returns a row for each sample: (1, {units}) here; [0] "
        "takes it out",
        reads=ROW,
        layers=(("Dense", {"units": "$units"}),),
    ),
    Fact(
        needs(
            "apart, batch size, samples",
            "apart, batch size, epoch",
            "batch size, epoch, what",
            "batch size, samples, why",
            "batch size, how many, samples",
            "batch size, samples, what",
            "apart, epoch, steps per epoch",
            "apart, batch size, steps per epoch",
        ),
        "what samples, batches and epochs are",
        "A batch is how many samples go through the model before the weights are updated once (batch_size, "
        "{batch} if you set none); an epoch is one pass over all samples; the steps per epoch are the batches "
        "that this takes, samples / batch_size rounded up. None of them is in the model: its shape begins with "
        "None",
        reads=ROW,
        layers=(("Dense", {"units": "$units"}),),
    ),
    Fact(
        needs(
            "skipped, steps per epoch",
            "samples, skipped, steps per epoch",
            "steps per epoch, what",
            "batch size, skipped, steps per epoch",
            "epoch, skipped, steps per epoch",
        ),
        "what steps_per_epoch changes",
        "steps_per_epoch says when an epoch ends, nothing else. With fewer steps than batches no sample is lost: "
        "the next epoch goes on where this one stopped. With more, an array runs out of data and Keras stops "
        "with a warning. Leave it out for arrays: then it is samples / batch_size rounded up, and each sample is "
        "used once. The shapes stay as they are, {reads} becomes {out}",
        reads=ROW,
        layers=(("Dense", {"units": "$units"}),),
    ),
    Fact(
        needs("batch size, samples, skipped", "batch size, may, samples, skipped"),
        "whether a batch may be larger than the data",
        "batch_size may be larger than the number of samples: then all of them go through in one smaller batch, "
        "and an epoch is one step. batch_size is only an upper limit, and the last batch of an epoch is often "
        "smaller. No shape changes: {reads} becomes {out} for any number of samples. Only a stateful layer needs "
        "full batches",
        reads=ROW,
        layers=(("Dense", {"units": "$units"}),),
    ),
    Fact(
        needs("batch size, count, depends", "batch size, depends, output", "batch size, depends, shape"),
        "what the batch size changes",
        "The batch size changes no weight and no shape of the model: it is the None in front. It says how many "
        "samples are used for one update of the weights, and how much memory that takes. {rnn}({units}) has "
        "{params} parameters for any batch",
    ),
)
