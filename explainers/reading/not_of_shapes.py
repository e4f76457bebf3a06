"""Common messages of Keras that aren't about shapes: what they mean and what helps, in a sentence each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.core.finding import Change, Finding
from explainers.core.spec import ModelSpec
from explainers.reading.known import Known, Said, first_known
from explainers.reading.patching.foreign import OF_BACKEND, OF_NUMPY, OF_TF
from explainers.reading.text import Cleaned

_NUMBERS = Change("To see numbers, give the finished model some data.", code="model.predict(x[:1])")
_OF_TENSORS = {
    "get_shape": Change("Read shape: a tuple of whole numbers and None.", code="x.shape  # not x.get_shape()"),
    "set_shape": Change("Let a Reshape say the shape.", code="x = layers.Reshape((…))(x)"),
    "numpy": _NUMBERS,
    "eval": _NUMBERS,
    "op": Change("Read the name of the layer that made it.", code="model.layers[-1].name"),
}


def _in_place_of(said: Said) -> Iterator[Change]:
    """What does the same with a placeholder."""
    known = _OF_TENSORS.get(said.words["name"])
    if known is not None:
        yield known
    yield Change("For anything else that computes with it, use keras.ops.", code="keras.ops.mean(x, axis=1)")


KNOWN: tuple[Known, ...] = (
    Known(
        "A TensorFlow function was called on a tensor of Keras",
        re.compile(
            r"KerasTensor cannot be used as input to a TensorFlow function|is not compatible with KerasTensor|"
            r"build a TypeSpec for <KerasTensor",
            re.IGNORECASE,
        ),
        "While a Functional model is built, its tensors are placeholders: they have a shape and no numbers. "
        "Keras' layers "
        "and keras.ops accept them, tf functions don't.",
        (
            Change(
                "Use the operation of the same name in keras.ops.",
                code="from keras import ops\nx = ops.concatenate([a, b], axis=-1)  # not tf.concat",
            ),
            Change(
                "Or put the tf function into a layer.",
                code="class Step(keras.layers.Layer):\n    def call(self, x):\n        return tf.math.square(x)",
            ),
        ),
        owners=(*OF_TF, *OF_BACKEND),
    ),
    Known(
        "A placeholder in the place of a size",
        re.compile(r"Dimension value must be integer or None.{0,120}<KerasTensor", re.IGNORECASE),
        "A shape lists whole numbers, and while the model is built, tf.shape(x) of a placeholder isn't one.",
        (
            Change(
                "Write -1 for the batch: Reshape and keras.ops.reshape work it out.",
                code="x = keras.ops.reshape(x, (-1, steps, features))  # or layers.Reshape((steps, features))(x)",
            ),
            Change("Sizes that are known are whole numbers in x.shape.", code="features = x.shape[-1]"),
        ),
    ),
    Known(
        "A tensor of Keras has no such method",
        re.compile(r"'KerasTensor' object has no attribute '(?P<name>\w{1,60})'", re.IGNORECASE),
        "While a Functional model is built, its tensors are placeholders: they have a shape, a type, and no numbers. "
        "{name} belongs to tensors of TensorFlow.",
        _in_place_of,
    ),
    Known(
        "A tensor of Keras has no numbers yet",
        re.compile(
            r"A KerasTensor is symbolic|cannot convert a symbolic (?:Keras input/output|tf\.Tensor)", re.IGNORECASE
        ),
        "While a Functional model is built, its tensors are placeholders: they have a shape and no numbers, so "
        "NumPy can't "
        "read them.",
        (
            Change(
                "Use keras.ops instead of NumPy inside the model.", code="from keras import ops\nops.mean(x, axis=1)"
            ),
            Change("To see numbers, give the finished model some data.", code="model.predict(x[:1])"),
        ),
        owners=OF_NUMPY,
    ),
    Known(
        "The data ended before the training did",
        re.compile(r"input ran out of data.{0,300}?in this case, (?P<batches>\d{1,9}) batches", re.IGNORECASE),
        "fit was told to take {batches} batches (steps_per_epoch × epochs), and the dataset or generator has fewer.",
        (
            Change(
                "Leave steps_per_epoch out: each epoch then takes the whole dataset once.",
                code="model.fit(dataset, epochs=…)",
            ),
            Change("Or let the dataset start again.", code="dataset = dataset.repeat()"),
            Change(
                "Or count: steps_per_epoch is at most samples // batch_size.",
                code="steps_per_epoch=len(x) // batch_size",
            ),
        ),
    ),
    Known(
        "A dataset without an end needs steps_per_epoch",
        re.compile(r"infinitely repeating dataset", re.IGNORECASE),
        "The dataset repeats forever, so nothing says where an epoch ends.",
        (
            Change(
                "Say how many batches an epoch has.", code="model.fit(dataset, steps_per_epoch=samples // batch_size)"
            ),
            Change("Or leave out .repeat().", code="dataset = dataset.batch(32)"),
        ),
    ),
    Known(
        "The data are Python lists",
        re.compile(r"Failed to find data adapter that can handle input|Unrecognized data type: [xy]=\[", re.IGNORECASE),
        "fit takes arrays, tensors and datasets. In a list, Keras sees several separate inputs, or nothing that "
        "it knows.",
        (
            Change(
                "Make arrays of them, and look at their shapes.",
                code="x, y = np.array(x), np.array(y)\nprint(x.shape, y.shape)",
            ),
        ),
    ),
    Known(
        "A Sequential model with two Inputs",
        re.compile(r"already been configured to use input shape (?P<shape>\([^()\n]{1,80}\))", re.IGNORECASE),
        "The Sequential model already reads {shape}, and another Input was added. It has one Input, at its start.",
        (
            Change("Remove the second Input, or the input_shape of the layer that is added."),
            Change(
                "For several inputs write a Functional model.",
                code="a, b = keras.Input((5,)), keras.Input((7,))\nmodel = keras.Model([a, b], "
                "layers.Concatenate()([a, b]))",
            ),
        ),
    ),
    Known(
        "A layer without its brackets",
        re.compile(
            r"(?:instance of class Layer\. Found:|added to a Sequential model\. Received:) "
            r"<class '[\w.]{1,120}?\.(?P<cls>[A-Z]\w{1,40})'>",
            re.IGNORECASE,
        ),
        "{cls} is a class. Calling it makes the layer: {cls}(), with brackets even if it takes no arguments.",
        (Change("Write the brackets.", code="model.add(layers.{cls}())"),),
        better=lambda said: (rf"\b{said.words['cls']}(?= ?[,)\]])", f"{said.words['cls']}()"),
    ),
    Known(
        "A function was returned instead of what it computes",
        re.compile(r"'function' object has no attribute '(?:get_|_keras_|set_)?shape'", re.IGNORECASE),
        "A layer got a function where it reads a tensor: the function in front of it returns another function, without "
        "calling it.",
        (
            Change(
                "Call the function inside the Lambda.",
                code="layers.Lambda(lambda x: function(x))",
                means="lambda x: function returns the function itself; layers.Lambda(function) works, too.",
            ),
        ),
        better=lambda said: (r"\blambda (\w{1,30}): ?([A-Za-z_]\w{0,60})(?= ?[,)])", r"lambda \1: \2(\1)"),
    ),
    Known(
        "Something that isn't a layer was added to a Sequential model",
        re.compile(
            r"Only instances of `?keras\.Layer`? can be added to a Sequential|The added layer must be an "
            r"instance of class Layer",
            re.IGNORECASE,
        ),
        "A Sequential model is a list of layers. Calling a layer returns a tensor, and a tensor isn't a layer. Layers "
        "of keras and of tf.keras don't mix.",
        (
            Change(
                "Add the layer itself; don't call it.", code="model.add(layers.Dense(10))  # not layers.Dense(10)(x)"
            ),
            Change("Import everything from one package.", code="import keras\nfrom keras import layers"),
        ),
    ),
    Known(
        "A layer was passed where a tensor belongs",
        re.compile(r"Inputs to a layer should be tensors", re.IGNORECASE),
        "A layer is called on a tensor. Here it was given something else, most often a layer that wasn't called.",
        (
            Change(
                "Call the first layer before you call the second on its output.",
                code="x = layers.Dense(32)(x)\nx = layers.Dense(10)(x)",
            ),
        ),
    ),
    Known(
        "A Functional model needs an unbroken path from Input to output",
        re.compile(
            r"must be the output of a TensorFlow `?Layer`?|Graph disconnected|`inputs` not connected to `outputs`",
            re.IGNORECASE,
        ),
        "Each output of keras.Model(inputs, outputs) must be made from these inputs by layers. Somewhere on the "
        "way a tensor "
        "comes from another Input, or from no layer at all.",
        (
            Change(
                "Pass the Inputs that the output is made from.", code="model = keras.Model(inputs=[a, b], outputs=out)"
            ),
        ),
    ),
    Known(
        "No weight has any influence on the loss",
        re.compile(r"No gradients provided for any variable", re.IGNORECASE),
        "The loss doesn't depend on the weights: the targets are missing, or something on the way has no "
        "gradient (argmax, "
        "rounding, NumPy, a tensor made outside the tape).",
        (
            Change("Pass the targets, too.", code="model.fit(x, y)"),
            Change(
                "In a training loop compute the outputs inside the tape.",
                code="with tf.GradientTape() as tape:\n    loss = loss_function(y, model(x, training=True))",
            ),
        ),
    ),
    Known(
        "The model isn't compiled",
        re.compile(
            r"must compile your model before|must call `compile\(\)` before|cannot be compiled because it has no loss",
            re.IGNORECASE,
        ),
        "fit needs a loss and an optimizer, and compile hasn't set them.",
        (Change("Compile it first.", code='model.compile(optimizer="adam", loss="mse")'),),
    ),
    Known(
        "validation_split needs arrays",
        re.compile(r"`validation_split` is only supported for", re.IGNORECASE),
        "validation_split cuts the last part off an array. A generator or a dataset can't be cut like that.",
        (Change("Pass a second dataset for validation.", code="model.fit(train, validation_data=validation)"),),
    ),
    Known(
        "Whole numbers where decimals are needed, or the other way round",
        re.compile(
            r"Tensor conversion requested dtype (?P<wanted>\w{1,20}) for Tensor with dtype (?P<came>\w{1,20})",
            re.IGNORECASE,
        ),
        "The numbers are {came}, and this step takes {wanted}. The shapes aren't the problem.",
        (Change("Convert them first.", code='x = x.astype("{wanted}")'),),
    ),
    Known(
        "Rows of probabilities where class numbers are compared",
        re.compile(
            r"metrics can't handle a mix of (?P<left>[\w-]{1,40}) and (?P<right>[\w-]{1,40}) targets", re.IGNORECASE
        ),
        "predict returns a row of probabilities for each sample, (samples, classes), and one-hot labels are rows, too. "
        "The metrics of scikit-learn compare one class number for each sample, (samples,).",
        (
            Change("Take the class with the largest probability.", code="y_pred = model.predict(x).argmax(axis=-1)"),
            Change("If the labels are one-hot rows, too:", code="y_true = y.argmax(axis=-1)"),
            Change("For one output with sigmoid:", code="y_pred = (model.predict(x) > 0.5).astype(int).ravel()"),
        ),
    ),
    Known(
        "Text where numbers are needed",
        re.compile(r"could not convert string to float", re.IGNORECASE),
        "One of the columns holds text, and Keras computes with numbers only. The shapes aren't the problem.",
        (
            Change("Find the columns with text.", code="print(table.dtypes)"),
            Change("Give each word a number, or a column of zeros and ones.", code="table = pd.get_dummies(table)"),
        ),
    ),
    Known(
        "Keras can't build this model by itself",
        re.compile(r"Unable to automatically build the model", re.IGNORECASE),
        "Keras ran the model's call on the first batch to learn its shapes, and that failed. The real error "
        "is printed above it.",
        (Change("Call the model on one batch: the message that follows names the line.", code="model(x[:1])"),),
    ),
    Known(
        "The message itself is missing",
        re.compile(r"Graph execution error", re.IGNORECASE),
        "“Graph execution error” only says that something failed while the model ran. What failed is printed at the "
        "end, in the line with shapes or numbers.",
        (
            Change("Paste the last lines, too."),
            Change("For a shorter message run without graphs.", code="model.compile(…, run_eagerly=True)"),
        ),
    ),
)


def not_of_shapes(text: Cleaned, code: str = "", spec: ModelSpec | None = None) -> Finding | None:
    """The first of these messages that stands in a text. code: its lines that are code; spec: their model."""
    return first_known(text, KNOWN, code, spec)
