"""What tf.data, image libraries, files of weights and Keras' own calls say of shapes, without a wording of a mistake."""

# ruff: noqa: E501  (a wording, and the sentence about it, stand on one line)

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.axes import IMAGE_CHANNELS
from explainers.core.finding import Change
from explainers.core.spec import Sizes
from explainers.reading.known import Known, Said, apart, said_by, shape


def _apart(said: Said) -> dict[str, str]:
    return {"apart": apart(said.shapes["a"], said.shapes["b"])}


def _is_image(sizes: Sizes) -> bool:
    return len(sizes) == 3 and sizes[-1] in IMAGE_CHANNELS


def _one_shape(said: Said) -> Iterator[Change]:
    """Elements of a data set brought to one shape before they are put together."""
    one, other = said.shapes["a"], said.shapes["b"]
    if _is_image(one) and _is_image(other):
        if one[:2] != other[:2]:
            yield Change(
                "Resize each image before batch.",
                code="dataset = dataset.map(lambda x, y: (tf.image.resize(x, (224, 224)), y)).batch(32)",
            )
        if one[-1] != other[-1]:
            yield Change(
                "Decode all of them with the same channels.",
                code="image = tf.io.decode_jpeg(data, channels=3)  # gray and transparent images, too",
            )
    else:
        yield Change("Pad them to the longest of each batch.", code="dataset = dataset.padded_batch(32)")
    yield Change("Or use batches of one.", code="dataset = dataset.batch(1)")  # fmt: skip


def _drawn(said: Said) -> Iterator[Change]:
    """An array without the axes that a picture doesn't have."""
    sizes = said.shapes["a"]
    ones = [place for place, size in enumerate(sizes) if size == 1]
    if ones:
        yield Change(f"Drop axis {ones[0]}, whose size is 1.", code=f"image = np.squeeze(image, axis={ones[0]})")
    if len(sizes) == 3 and sizes[0] in (3, 4):
        yield Change("Move the channels to the end.", code="image = np.moveaxis(image, 0, -1)")
    if len(sizes) == 4 or (len(sizes) == 3 and not ones and sizes[-1] not in IMAGE_CHANNELS):
        yield Change("Take one image of the batch.", code="image = images[0]")
    if len(sizes) < 2:
        yield Change("Give it its height and width back.", code="image = image.reshape(height, width)")


def _as_an_image(said: Said) -> Iterator[Change]:
    """One image with its three axes."""
    sizes = said.shapes["a"]
    if len(sizes) == 2:
        yield Change(f"Add the axis of channels: {(*sizes, 1)}.", code="image = image[..., np.newaxis]")
    elif len(sizes) == 4 and sizes[0] == 1:
        yield Change(f"Take the one image of the batch: {sizes[1:]}.", code="image = images[0]")
    elif len(sizes) == 4:
        yield Change("Take the images one by one.", code="for image in images: …")
    yield Change("Look at the shape first.", code="print(image.shape)")


def _signature(said: Said) -> Iterator[Change]:
    """A generator whose elements differ from what was declared."""
    came, declared = said.shapes["a"], said.shapes["b"]
    if len(came) == len(declared) - 1 and declared[-1] in IMAGE_CHANNELS:
        yield Change("Yield the axis of channels, too.", code="yield image[..., np.newaxis], label")
        if declared[-1] == 3:
            yield Change("A gray image as three equal channels:", code="yield np.stack([image] * 3, axis=-1), label")
    if len(came) == len(declared) - 1 and declared[:1] == (None,):
        yield Change(
            "If the declared shape begins with the batch, leave it out: batch() adds it later.",
            code=f"tf.TensorSpec(shape={declared[1:]}, dtype=tf.float32)",
        )
    yield Change("Declare what the generator yields.", code=f"tf.TensorSpec(shape={came}, dtype=tf.float32)")  # fmt: skip


def _as_declared(said: Said) -> Iterator[Change]:
    """An element of an iterator that isn't as large as the first ones, or as it was declared."""
    declared, came = said.shapes["a"], said.shapes["b"]
    if len(declared) == len(came) == 4 and declared[1:3] != came[1:3] and None not in declared[1:3]:
        sides = f"({declared[1]}, {declared[2]})"
        yield Change(
            f"Resize every image to {declared[1]} × {declared[2]}, in training and in validation.",
            code=f"dataset = dataset.map(lambda x, y: (tf.image.resize(x, {sides}), y))",
        )
    if len(declared) == len(came) == 4 and declared[-1] != came[-1]:
        yield Change(
            f"Give all images {declared[-1]} channels.", code=f"tf.io.decode_image(data, channels={declared[-1]})"
        )
    yield Change("Or declare the data set for the shape that it yields.", code="print(dataset.element_spec)")


DATA: tuple[Known, ...] = (
    Known(
        "A data set yields a different shape from the one it began with",
        said_by(rf"Incompatible shapes at component \d{{1,3}}: expected {shape('a')} but got {shape('b')}"),
        "The data set was declared for {a}, and yields {b}: {apart}.",
        _as_declared,
        "data_size",
        more=_apart,
    ),
    Known(
        "Samples of different shapes in one batch",
        said_by(
            rf"Cannot batch tensors with different shapes in component \d{{1,3}}\. {{1,2}}First element had shape "
            rf"{shape('a')} and element \d{{1,9}} had shape {shape('b')}"
        ),
        "batch() puts samples of the same shape together. These are {a} and {b}: {apart}.",
        _one_shape,
        "ragged_data",
        more=_apart,
    ),
    Known(
        "Samples of different shapes in one batch",
        said_by(
            rf"Cannot add tensor to the batch: number of elements does not match\. Shapes are: \[tensor\]: {shape('a')}, "
            rf"\[batch\]: {shape('b')}"
        ),
        "batch() puts samples of the same shape together. One is {a}, those before it are {b}: {apart}.",
        _one_shape,
        "ragged_data",
        more=_apart,
    ),
    Known(
        "A generator yields a different shape from the one it was declared with",
        said_by(
            rf"`?generator`? yielded an element of shape {shape('a')} where an element of shape {shape('b')} was "
            r"expected"
        ),
        "The data set was declared with elements of {b}, and the generator yields {a}: {apart}.",
        _signature,
        "data_size",
        more=_apart,
    ),
    Known(
        "A generator yields something other than what it was declared with",
        said_by(
            r"`?generator`? yielded an element that did not match the expected structure\. The expected structure was "
            r"(?P<want>[^\n]{1,160}?), but the yielded element was"
        ),
        "The data set was declared with {want}: each element must be such a tuple.",
        (
            Change("Yield as many arrays as are declared, as a tuple, not as a list.", code="yield x, y"),
            Change("Or declare what is yielded.", code="tf.data.Dataset.from_generator(generator, output_signature=(…, …))"),
        ),
        "input_count",
    ),
    Known(
        "An example in a TFRecord holds a different number of values",
        said_by(
            r"Number of (?P<kind>\w{1,12}) values != expected\. {1,3}Values size: (?P<have>\d{1,9}) but output shape: "
            r"\[(?P<want>[\d,]{0,40})\]"
        ),
        "The record holds {have} values under this key; FixedLenFeature([{want}]) was told to find a different number.",
        (
            Change("Declare the number of values that each example has.", code="tf.io.FixedLenFeature([{have}], tf.int64)"),
            Change("If the number differs from example to example:", code="tf.io.VarLenFeature(tf.int64)"),
        ),
        "data_size",
    ),
    Known(
        "An image function got something that isn't an image",
        said_by(r"'?images?'? must have either 3 or 4 dimensions", r"'?images?'? must be at least three-dimensional"),
        "tf.image functions take one image, (height, width, channels), or a batch of them. This tensor has a different "
        "number of axes.",
        (
            Change("Give a gray image its axis of channels.", code="image = image[..., tf.newaxis]"),
            Change("A file name or bytes must be decoded first.",
                   code="image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)"),
            Change("Look at the shape on the line that fails.", code="print(image.shape)"),
        ),
        "layer_rank",
    ),
    Known(
        "An image whose shape TensorFlow doesn't know",
        said_by(r"'images?' contains no shape", r"as_list\(\) is not defined on an unknown TensorShape"),
        "Inside a data set, decode_image, py_function and numpy_function return tensors of unknown shape, and the next "
        "step needs to know at least the number of axes.",
        (
            Change("Decode so that the shape is known.",
                   code="image = tf.io.decode_image(data, channels=3, expand_animations=False)"),
            Change("Or say the shape yourself.", code="image.set_shape((None, None, 3))"),
        ),
        "unknown_axis",
    ),
    Known(
        "An array that can't be drawn as an image",
        said_by(rf"Invalid shape {shape('a')} for image data"),
        "imshow draws (height, width), or (height, width, 3 or 4); this array is {a}.",
        _drawn,
        "layer_rank",
    ),
    Known(
        "An array that can't be made into an image",
        said_by(rf"Cannot handle this data type:? {shape('a')}, ?(?P<kind>[<>|=]?\w\d{{1,2}})"),
        "PIL makes images of whole numbers from 0 to 255, (height, width) or (height, width, 3 or 4). A single pixel of "
        "this array is {a} of type {kind}.",
        (
            Change("Drop an axis of channels whose size is 1.", code="image = np.squeeze(image)"),
            Change("Bring decimals to 0 … 255.", code='image = (image * 255).astype("uint8")'),
        ),
        "layer_rank",
    ),
    Known(
        "One image is expected here",
        said_by(rf"got an? image with shape:? ?{shape('a')}"),
        "One image has three axes, (height, width, channels); this array is {a}.",
        _as_an_image,
        "layer_rank",
    ),
    Known(
        "The classes of ImageNet are wanted, and other ones",
        said_by(r"`?classes`? should be 1000\.?(?: {1,3}Received:? `?classes=(?P<classes>\d{1,6}))?"),
        'weights="imagenet" with include_top=True end in a Dense for the 1,000 classes of ImageNet; it fits no other '
        "number.",
        lambda said: (
            Change("Leave that Dense out, and add your own.",
                   code='base = keras.applications.VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))\n'
                   f'out = layers.Dense({said.words.get("classes", "classes")}, activation="softmax")(base.output)\n'
                   "model = keras.Model(base.input, out)"),
            Change("Or start without trained weights.",
                   code=f'keras.applications.VGG16(weights=None, classes={said.words.get("classes", "classes")})'),
        ),
        "target_shape",
    ),
    Known(
        "There are no samples",
        said_by(
            r"Expect x to be a non-empty array or dataset",
            r"local variable '(?:batch_outputs|logs|batch_logs|outputs)'",
            r"Unexpected result of `?\w{1,20}_function`? \(Empty Logs\)",
            r"Asked to retrieve element 0, but the Sequence has length 0",
        ),
        "The data hold not even one batch: an array, a folder or a split is empty, a dataset is used up, or fewer samples "
        "than batch_size are left and the rest is dropped.",
        (
            Change("Count the samples before fit.", code="print(len(x), len(y))"),
            Change("Count the batches of a dataset.", code="print(dataset.cardinality().numpy())"),
            Change("A Sequence needs at least one batch: round up.",
                   code="def __len__(self): return math.ceil(len(self.x) / self.batch_size)"),
        ),
        "data_size",
    ),
    Known(
        "The targets are missing",
        said_by(
            r"Target data is missing",
            r"`?y`? argument is required",
            r"you should pass a target array|requires? target data|expects? target data to be provided",
        ),
        "The loss compares outputs with targets, and fit was given only inputs.",
        (
            Change("Pass both.", code="model.fit(x, y)"),
            Change("A dataset or generator must yield pairs.", code="yield x, y  # dataset.map(lambda image: (image, label))"),
            Change("An autoencoder's targets are its inputs.", code="model.fit(x, x)"),
        ),
        "target_shape",
    ),
    Known(
        "A shape that is a plain tuple in Keras 3",
        said_by(r"'tuple' object has no attribute '(?P<what>rank|as_list|ndims|dims|with_rank|is_fully_defined)'"),
        "In Keras 3, x.shape is a plain tuple. Code for older versions asks it for .{what}, and so does a library that "
        "was made for tf.keras 2.",
        (
            Change("Ask the tuple instead.", code="len(x.shape)   # .rank or .ndims\nlist(x.shape)  # .as_list()"),
            Change("Import all layers from one package, keras or tf.keras.", code="import keras\nfrom keras import layers"),
            Change("For a library that needs Keras 2: install tf_keras, and set this before the import.",
                   code='import os\nos.environ["TF_USE_LEGACY_KERAS"] = "1"'),
        ),
    ),
    Known(
        "A merge layer that was given its tensors too early",
        said_by(
            r"'list' object has no attribute '(?:shape|ndim|dtype|get_shape|lower|upper)'(?=.{0,3000}?\b(?P<cls>Concatenate|Add|"
            r"Multiply|Dot|Average|Maximum)\( ?\[)",
        ),
        "{cls}([…]) makes a layer, and its first argument is a setting. The tensors belong into a second pair of brackets; "
        "and a Sequential model can't branch.",
        (
            Change("Call the layer on the list of tensors.", code="x = layers.{cls}()([a, b])"),
            Change("Two Sequential models are joined by their outputs.",
                   code="x = layers.{cls}()([branch1.output, branch2.output])\n"
                   "model = keras.Model([branch1.input, branch2.input], layers.Dense(1)(x))"),
        ),
        "input_count",
    ),
    Known(
        "Several arrays where one was expected",
        said_by(r"'(?P<what>tuple|list)' object has no attribute '(?:shape|ndim|dtype)'"),
        "A {what} holds several arrays, or plain numbers, so it has no shape.",
        (
            Change("A list of samples becomes one array.", code="x = np.array(x)\nprint(x.shape)"),
            Change("A pair of arrays is unpacked.", code="x, y = data"),
            Change("A layer that returns several tensors, too.", code="out, state = layers.GRU(units, return_state=True)(x)"),
        ),
        "input_count",
    ),
    Known(
        "A shape inside a shape",
        said_by(
            r"Dimension value must be integer or None or have an __index__ method, got value '?(?P<got>(?!<KerasTensor)[^'\n]{1,80})",
            r"'tuple' object cannot be interpreted as an integer",
            r"to a shape\. Found invalid (?:dimension|entry) '?\(",
            r"Dimension value must be integer or None.{0,40}got \(",
        ),
        "A shape lists whole numbers, and here a whole shape was put among them: ((28, 28), 1) instead of (28, 28, 1), or "
        "the whole shape of an array where one of its sizes belongs.",
        (
            Change("Unpack the inner one with a star.", code="keras.Input(shape=(*size, 3))"),
            Change("Of an output's shape, leave out the batch.", code="keras.Input(shape=base.output_shape[1:])"),
            Change("One size of an array:", code="features = x.shape[-1]"),
        ),
        "old_argument",
    ),
    Known(
        "A number where a layer takes tensors",
        said_by(
            r"Only input tensors may be passed as positional arguments\. The following argument value should be passed as a "
            r"keyword argument: (?P<value>[^\n]{1,60})"
        ),
        "A layer object is called on tensors only; {value} isn't one. Sizes belong into the layer's own brackets.",
        (
            Change("Make the layer with its sizes, then call it.", code="x = layers.Dense(64)(x)"),
            Change("Other values are passed by name.", code="x = layer(x, training=True)"),
        ),
        "old_argument",
    ),
    Known(
        "A model that begins with something other than an Input",
        said_by(
            r"Input tensors to a \w{1,20} (?:model )?must (?:come from|be) ",
            r"inputs? to a \w{1,20} (?:model )?must (?:come from|be) `?(?:tf\.)?keras\.(?:layers\.)?Input",
            r"All `?inputs`? values must be KerasTensors",
        ),
        "keras.Model(inputs, outputs) needs the tensor that keras.Input returned as its inputs: not an array, and not "
        "what a layer returned.",
        (
            Change("Begin with an Input.", code="inputs = keras.Input(shape=(…))\nmodel = keras.Model(inputs, outputs)"),
            Change("To begin inside another model, take its own input.", code="keras.Model(base.input, base.layers[5].output)"),
        ),
        "input_count",
    ),
    Known(
        "A report on classes that aren't there",
        said_by(
            r"Number of classes,? (?P<have>\d{1,6}),? does not match size of target_names,? (?P<names>\d{1,6})"
        ),
        "The labels and predictions hold {have} different classes, and {names} names were given: one of the classes never "
        "occurs, or predict's rows were not turned into class numbers.",
        (
            Change("Name the classes by their numbers.",
                   code="classification_report(y, y_pred, labels=range(len(names)), target_names=names)"),
            Change("Turn the rows of predict into class numbers.", code="y_pred = model.predict(x).argmax(axis=-1)"),
        ),
    ),
)  # fmt: skip
