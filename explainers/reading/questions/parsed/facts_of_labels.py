"""What is told of labels, losses and last layers."""

from __future__ import annotations

from explainers.reading.questions.parsed.fact import ROW, SOFTMAX, Fact, needs

FACTS: tuple[Fact, ...] = (
    Fact(
        needs("one-hot, sparse", "may, one-hot, sparse", "labels, sparse", "sparse, why", "shape, sparse"),
        "which labels sparse_categorical_crossentropy needs",
        "sparse_categorical_crossentropy needs no one-hot rows: it reads integers 0 to {classes_minus_1}, one for "
        'each sample, y of shape (samples,). Dense({classes}, activation="softmax") still returns a score for each '
        "class, {out}, and the loss picks the one that the integer names. One-hot rows, (samples, {classes}), "
        "don't fit it: they go with categorical_crossentropy",
        reads=ROW,
        layers=SOFTMAX,
    ),
    Fact(
        needs(
            "categorical, sparse", "apart, loss, sparse", "loss, one-hot", "categorical, labels", "apart, categorical"
        ),
        "which labels each loss needs",
        "categorical_crossentropy reads one-hot rows, y of shape (samples, {classes}); "
        "sparse_categorical_crossentropy reads the class numbers, (samples,). The loss value is the same, and so "
        'is the last layer: Dense({classes}, activation="softmax") returns {out} for both. '
        "keras.utils.to_categorical(y, {classes}) makes the rows",
        reads=ROW,
        layers=SOFTMAX,
    ),
    Fact(
        needs("classes, loss", "classes, labels, last layer", "labels, loss"),
        "which loss so many classes need",
        "With integer labels, y of shape (samples,), sparse_categorical_crossentropy; with one-hot rows, "
        "(samples, {classes}), categorical_crossentropy. The last layer is the same, Dense({classes}, "
        'activation="softmax"), and returns {out}. Two classes may also be Dense(1, activation="sigmoid") with '
        "binary_crossentropy",
        reads=ROW,
        layers=SOFTMAX,
    ),
    Fact(
        needs(
            "classes, last layer",
            "classes, units",
            "classes, dense",
            "classes, how many, units",
            "classes, labels",
            "classes, labels, what",
            "classes, last layer, how many",
            "classes, output, units",
        ),
        "which last layer and labels so many classes need",
        'The last layer has one unit for each class: Dense({classes}, activation="softmax") returns {out}, a row of '
        "{classes} probabilities for each sample. y holds the class numbers 0 to {classes_minus_1}, shape (samples,), "
        "for sparse_categorical_crossentropy, or one-hot rows, (samples, {classes}), for categorical_crossentropy",
        reads=ROW,
        layers=SOFTMAX,
    ),
    Fact(
        needs(
            "labels, segmentation",
            "classes, segmentation",
            "classes, image, labels, segmentation",
            "image, labels, segmentation",
            "last layer, segmentation",
            "output, segmentation",
        ),
        "which labels segmentation needs",
        "One label for each pixel: masks of class numbers, (samples, {height}, {width}), with "
        "sparse_categorical_crossentropy, or one-hot, (samples, {height}, {width}, {classes}), with "
        'categorical_crossentropy. The last layer is a Conv2D({classes}, 1, activation="softmax"): it turns {reads} '
        "into "
        "{out}, a row of {classes} probabilities at every pixel",
        reads=("height", "width", "filters"),
        layers=(("Conv2D", {"filters": "$classes", "kernel_size": 1, "activation": "softmax"}),),
    ),
    Fact(
        needs("classes, output, why", "classes, output, several values, why", "classes, several values, why"),
        "why the output has more or fewer numbers than there are classes",
        "The units of the last layer decide how many numbers a model returns, not the classes in the data: "
        "Dense({units}) returns {out}. For {classes} classes make it Dense({classes}) with labels 0 to "
        "{classes_minus_1}. Labels that start at 1 are a usual reason for one unit more: subtract 1 from them",
        reads=ROW,
        layers=(("Dense", {"units": "$units"}),),
    ),
    Fact(
        needs(
            "several values",
            "labels, several values",
            "last layer, several values",
            "several values, shape",
            "labels, recurrent, several values",
            "regression, several values",
        ),
        "which last layer several numbers need",
        "One unit for each number that you predict, without an activation: Dense({units}) returns {out}, and y is "
        "(samples, {units}), a row of {units} numbers for each sample. The loss is mean_squared_error; it averages "
        "over "
        "all of them",
        layers=(("RNN", {"units": 16}), ("Dense", {"units": "$units"})),
    ),
    Fact(
        needs("one number", "one number, open axis", "one number, output", "one number, predict", "may, one number"),
        "how a prediction becomes one number",
        "predict returns one row for each sample, so one number for each of n samples is (n, 1). prediction[0, 0] "
        "is the "
        "number of the first sample, prediction[:, 0] is all of them, (n,). In the model the axis stays: Dense(1) "
        "turns {reads} into {out}",
        reads=ROW,
        layers=(("Dense", {"units": 1}),),
    ),
    Fact(
        needs("labels, one-hot", "classes, one-hot", "may, one-hot"),
        "how labels become one-hot rows",
        "keras.utils.to_categorical(y, {classes}) makes rows of {classes} numbers of integers 0 to "
        "{classes_minus_1}: (samples,) becomes (samples, {classes}), with a 1 at the place of the class. They go "
        'with categorical_crossentropy and Dense({classes}, activation="softmax"), which returns {out}; '
        "sparse_categorical_crossentropy reads the integers as they are",
        reads=ROW,
        layers=SOFTMAX,
    ),
    Fact(
        needs("class index, predict", "class index, output", "class index, shape"),
        "how a prediction becomes a class",
        "predict returns a row of scores for each sample, (samples, {classes}); np.argmax(prediction, axis=1) "
        "gives the number of the class with the highest one, shape (samples,), and [0] takes the first. With one "
        "sigmoid unit it is prediction[:, 0] > 0.5. The model returns {out}",
        reads=ROW,
        layers=SOFTMAX,
    ),
    Fact(
        needs("labels, strings", "classes, strings"),
        "how labels that are words become numbers",
        "Turn the words into numbers first: np.unique(y, return_inverse=True)[1], or keras.layers.StringLookup, "
        'gives 0 to {classes_minus_1}, y of shape (samples,). Then Dense({classes}, activation="softmax") with '
        "sparse_categorical_crossentropy; the model returns {out}",
        reads=ROW,
        layers=SOFTMAX,
    ),
    Fact(
        needs(
            "last layer, sigmoid",
            "classes, sigmoid",
            "binary, sigmoid",
            "binary, last layer",
            "binary, loss",
            "binary, classes",
            "binary, units",
            "binary, output, what",
        ),
        "which last layer two classes need",
        'Either Dense(1, activation="sigmoid") with binary_crossentropy and y of 0 and 1, shape (samples,): the '
        'output {out} is the probability of class 1. Or Dense(2, activation="softmax") with '
        "sparse_categorical_crossentropy. A softmax over 1 unit is always 1.0",
        reads=ROW,
        layers=(("Dense", {"units": 1, "activation": "sigmoid"}),),
    ),
    Fact(
        needs("ahead, last layer", "ahead, units", "ahead, output", "ahead, labels", "ahead, shape"),
        "which last layer a forecast of several steps needs",
        "One unit for each step that you predict: Dense({horizon}) after the recurrent layer returns {out}, and "
        "y is (samples, {horizon}). How far the model looks back is a separate number: each sample is ({steps}, "
        "{features}), so it reads {reads}",
        layers=(
            ("RNN", {"units": "$units"}),
            ("Dense", {"units": "$horizon"}),
        ),
    ),
    Fact(
        needs(
            "several labels",
            "last layer, loss, several labels",
            "classes, loss, several labels",
            "classes, last layer, loss, several labels",
        ),
        "which last layer several labels need",
        'Dense({classes}, activation="sigmoid") and binary_crossentropy: each of the {classes} labels is a '
        "separate yes or no. y has a row of 0 and 1 for each sample, (samples, {classes}), as the output has: "
        "{out}",
        reads=ROW,
        layers=(("Dense", {"units": "$classes", "activation": "sigmoid"}),),
    ),
    Fact(
        needs("last layer, regression", "loss, regression", "regression, units", "regression, what"),
        "which last layer a regression needs",
        "Dense(1) without an activation, one unit for each number that you predict, with mean_squared_error. y "
        "has the shape of the output, (samples, 1); (samples,) works too. The model returns {out}",
        reads=ROW,
        layers=(("Dense", {"units": 1}),),
    ),
    Fact(
        needs("labels, sequence to sequence", "each step, labels", "labels, return_sequences"),
        "which labels a model with an output at each step needs",
        "Labels with a step axis, too: y of shape (samples, {steps}) with integers for "
        "sparse_categorical_crossentropy, or (samples, {steps}, {classes}) with one-hot rows for "
        "categorical_crossentropy. The model returns {out}",
        layers=(
            ("RNN", {"units": "$units", "return_sequences": True}),
            ("Dense", {"units": "$classes", "activation": "softmax"}),
        ),
    ),
)
