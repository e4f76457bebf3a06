"""What TensorFlow's own operations say of shapes, in all eras: matrices, transposes, images, weights, optimizers."""

# ruff: noqa: E501  (a wording, and the sentence about it, stand on one line)

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.finding import Change, Finding
from explainers.core.spec import Sizes
from explainers.reading.known import Known, Said, apart, first_known, said_by, shape
from explainers.reading.known_data import DATA
from explainers.reading.known_pipelines import PIPELINES
from explainers.reading.text import Cleaned

_LAST_FIRST = "x = np.moveaxis(x, 1, -1)  # (batch, channels, height, width) -> (batch, height, width, channels)"


def _of_ranks(said: Said) -> Iterator[Change]:
    """Two operands of a matrix product with different numbers of axes."""
    one, other = said.shapes["a"], said.shapes["b"]
    if len(other) == 1:
        yield Change("If the second is one vector, make it a column.", code="y = tf.matmul(a, b[..., None])[..., 0]")
    elif len(one) == 1:
        yield Change("If the first is one vector, make it a row.", code="y = tf.matmul(a[None], b)[0]")
    elif len(one) > len(other):
        yield Change("To use the same matrix for each sample, let tensordot do it.",
                     code="y = tf.tensordot(a, b, axes=1)  # or layers.Dense, which does the same")  # fmt: skip
    else:
        yield Change("Give the first one the missing axis.", code="y = tf.matmul(a[:, None], b)")
    yield Change("Print both shapes on the line that fails.", code="print(a.shape, b.shape)")


def _order(said: Said) -> Iterator[Change]:
    """The order of a transpose for as many axes as the tensor has."""
    rank, asked = said.number("rank"), said.number("order")
    if 1 < rank < 6:
        order = [0, *range(2, rank), 1]
        yield Change(f"Name all {rank} axes, each once.", code=f"x = tf.transpose(x, {order})")
    if asked == rank + 1:
        yield Change("Or add the axis that is missing before.", code="x = x[..., None]  # or x[None], for one sample")


def _pairs(said: Said) -> Iterator[Change]:
    sizes = said.shapes["a"]
    rank = len(sizes)
    sides = {3: (0, 1), 4: (1, 2)}.get(rank, (rank - 1,))
    pairs = ", ".join("[1, 1]" if place in sides else "[0, 0]" for place in range(rank))
    yield Change(f"Give one pair for each of the {rank} axes.", code=f"x = tf.pad(x, [{pairs}])")


def _gradient(said: Said) -> Iterator[Change]:
    have, says = said.shapes["a"], said.shapes["b"]
    times = _times(have, says)
    if times:
        yield Change(
            f"Make the strides {times} times as large.", code="tf.nn.conv2d_transpose(x, kernel, shape, strides)"
        )
        yield Change(f"Or divide height and width of output_shape by {times}.")
    yield Change("Or let Keras work the output's shape out.",
                 code='layers.Conv2DTranspose(filters, kernel_size, strides=2, padding="same")')  # fmt: skip


def _times(have: Sizes, says: Sizes) -> int:
    """How many times larger the sides are than they should be; 0 if that isn't one whole number."""
    if len(have) != len(says) or len(have) < 3:
        return 0
    ratios = {(b // a if a and b and b % a == 0 else 0) for a, b in zip(have[1:-1], says[1:-1], strict=True)}
    return ratios.pop() if len(ratios) == 1 and 1 not in ratios else 0


def _splits(said: Said) -> dict[str, str]:
    size, parts = said.number("size"), said.number("parts")
    return {"rest": str(size % parts) if parts else "?", "near": str(size // parts * parts) if parts else "?"}


OPERATIONS: tuple[Known, ...] = (
    Known(
        "Too few or too many axes for an operation",
        said_by(rf"(?:input|image) must be (?P<rank>\d)-dimensional:? ?{shape('a')}"),
        "This step takes a tensor with {rank} axes; {a} has {have}.",
        (
            Change("If one sample alone was passed, give it a batch axis in front.", code="x = x[None]"),
            Change("If the axis of channels is missing, add it at the end.", code="x = x[..., None]"),
            Change("Print the shape on the line that fails.", code="print(x.shape)"),
        ),
        "layer_rank",
        more=lambda said: {"have": str(len(said.shapes["a"]))},
    ),
    Known(
        "A vector where a matrix is needed",
        said_by(rf"In\[(?P<place>[01])\] is not a matrix\. Instead it has shape:? ?{shape('a')}"),
        "A matrix product needs two axes or more; operand {place} is {a}.",
        (
            Change("If it is one sample, give it a batch axis.", code="x = x[None]  # (features,) -> (1, features)"),
            Change("If it is one number for each sample, make it a column.", code="x = x[:, None]"),
        ),
        "layer_rank",
    ),
    Known(
        "A label that the confusion matrix has no row for",
        said_by(r"\[`(?P<what>labels|predictions)` out of bound\]"),
        "The metric (MeanIoU, a confusion matrix) has rows for the classes 0 to num_classes - 1, and the {what} hold a "
        "larger number. Masks saved as images often hold 255.",
        (
            Change("See which classes occur.", code="print(np.unique(y))"),
            Change("Make num_classes the largest label + 1.", code="keras.metrics.MeanIoU(num_classes=int(y.max()) + 1)"),
            Change("A mask of 0 and 255 becomes one of 0 and 1.", code="mask = mask // 255"),
        ),
        "target_shape",
    ),
    Known(
        "Padding that would cut",
        said_by(r"Paddings must be non-negative: (?P<before>-?\d{1,9}),? (?P<after>-?\d{1,9})"),
        "An axis would be padded by {before} and {after}, and padding can't be negative: the tensor is already longer than "
        "the size that it should get.",
        (
            Change("Cut it to the size first.", code="x = x[:, :steps]"),
            Change("Or pad to the longest one.", code="x = keras.utils.pad_sequences(x)"),
        ),
    ),
    Known(
        "A tile with too few or too many numbers",
        said_by(
            r"Expected multiples argument to be a vector of length (?P<rank>\d{1,2}) but got length (?P<have>\d{1,2})"
        ),
        "tile needs one number for each axis: the tensor has {rank}, and {have} were given.",
        (
            Change("A 1 leaves an axis as it is.", code="x = tf.tile(x, [1, 3, 1])  # three axes"),
            Change("To repeat along a new axis, add it first.", code="x = tf.tile(x[:, None], [1, 3, 1])"),
        ),
        "layer_rank",
    ),
    Known(
        "An axis that can't be split into equal parts",
        said_by(
            r"Number of ways to split should evenly divide the split dimension, but got split_dim (?P<axis>-?\d{1,2}) "
            r"\(size = (?P<size>\d{1,9})\) and num_split (?P<parts>\d{1,9})"
        ),
        "Axis {axis} has {size} entries, and {size} / {parts} leaves {rest}.",
        (
            Change("Cut it to {near} first.", code="x = x[..., :{near}]"),
            Change("Or say how long each part is.", code="a, b = tf.split(x, [5, -1], axis=-1)  # -1: the rest"),
        ),
        "operand_sizes",
        more=_splits,
    ),
    Known(
        "Parts that don't add up to the axis",
        said_by(r"Determined shape must either match input shape along split_dim exactly.{0,160}?Got: (?P<sum>\d{1,9})"),
        "The sizes of the parts add up to {sum}, and the axis has a different number of entries.",
        (Change("Let the last part take the rest: -1.", code="a, b = tf.split(x, [5, -1], axis=-1)"),),
        "operand_sizes",
    ),
    Known(
        "A vector where a matrix is needed",
        said_by(r"In\[(?P<place>[01])\] ndims must be >= 2"),
        "A matrix product needs two axes or more, and operand {place} has fewer.",
        (
            Change("If it is one sample, give it a batch axis.", code="x = x[None]  # (features,) -> (1, features)"),
            Change("If it is one number for each sample, make it a column.", code="x = x[:, None]"),
        ),
        "layer_rank",
    ),
    Known(
        "A place that the tensor doesn't have",
        said_by(
            r"indices\[(?P<which>[\d,]{1,20})\] = \[(?P<place>[\d, -]{1,60})\] does not index into (?:param )?shape "
            rf"{shape('a')}"
        ),
        "The place [{place}] is outside {a}: each number must be below the size of its axis.",
        (Change("Look at the largest of each.", code="print(tf.reduce_max(indices, axis=0), x.shape)"),),
        "embedding_range",
    ),
    Known(
        "A reshape with two open sizes",
        said_by(r"Only one input size may be -1"),
        "A reshape works out one size, written as -1. With two of them there are many answers.",
        (Change("Take the other from the tensor.", code="x = tf.reshape(x, (tf.shape(x)[0], -1))"),),
        "reshape",
    ),
    Known(
        "Fewer entries than should be chosen",
        said_by(r"input must have at least k columns\. Had (?P<have>\d{1,9}), needed (?P<need>\d{1,9})"),
        "The {need} largest of {have} numbers are wanted. A top-k accuracy needs at least k classes.",
        (Change("Make k {have} or less.", code="keras.metrics.TopKCategoricalAccuracy(k={have})"),),
        "target_shape",
    ),
    Known(
        "CTC: more letters than timesteps",
        said_by(
            r"Not enough time for target transition sequence \(required: (?P<need>\d{1,9}), available: (?P<have>\d{1,9})\)"
        ),
        "CTC needs at least one timestep for each letter, and one more between two equal letters: {need} here, but the "
        "model returns {have} timesteps.",
        (
            Change("Pool less along the time axis, or use smaller strides.", code="layers.MaxPooling2D((2, 1))"),
            Change("Make the images or recordings longer, or the texts shorter."),
        ),
        "target_shape",
    ),
    Known(
        "CTC: a sequence that is longer than the outputs",
        said_by(r"sequence_length\((?P<place>\d{1,9})\) <= (?P<have>\d{1,9})"),
        "The input length that was given for sample {place} is larger than {have}, the timesteps that the model returns. "
        "Pooling and strides shorten the time axis.",
        (
            Change("Take the length from the output, not from the input.",
                   code="steps = y_pred.shape[1]\ninput_length = np.full((len(x), 1), steps)"),
            Change("A model that cuts off its first outputs has that many fewer.", code="y_pred[:, 2:, :]  # steps - 2"),
        ),
        "target_shape",
    ),
    Known(
        "CTC: a label that isn't one of the letters",
        said_by(
            r"Saw a non-null label \(index >= num_classes - 1\).{0,80}?num_classes: (?P<classes>\d{1,9})",
        ),
        "The model has {classes} outputs for each timestep. The last of them is CTC's blank, so labels may be 0 to "
        "{last}, and one is larger.",
        (
            Change("Give the last Dense one unit for each letter, and one for the blank.",
                   code='layers.Dense(len(letters) + 1, activation="softmax")'),
            Change("Pad labels with a number that label_length leaves out.", code="label_length = [[len(text)] for text in texts]"),
        ),
        "target_shape",
        more=lambda said: {"last": str(said.number("classes") - 2)},
    ),
    Known(
        "CTC: a text without letters",
        said_by(r"Labels length is zero in batch (?P<place>\d{1,9})"),
        "Sample {place} of the batch has an empty text, and CTC needs at least one letter.",
        (Change("Leave these samples out.", code="keep = [len(text) > 0 for text in texts]"),),
        "target_shape",
    ),
    Known(
        "A tensor that isn't an image",
        said_by(
            r"image must have 1, 3, or 4 channels",
            r"Number of channels inherent in the image must be 1, 3 or 4",
            r"Expected image \(JPEG, PNG,.{0,30}got (?P<what>unknown format)",
        ),
        "An image file holds 1, 3 or 4 channels: gray, color, or color with transparency. This one holds something else.",
        (
            Change("Read it with as many channels as the model takes.", code="image = tf.io.decode_png(data, channels=3)"),
            Change("Look for files in the folder that aren't images."),
        ),
    ),
    Known(
        "A matrix product of tensors with different numbers of axes",
        said_by(rf"In\[0\] and In\[1\] (?:has|have) different ndims: {shape('a')} vs\.? {shape('b')}"),
        "A matrix product needs two tensors with the same number of axes; {a} and {b} have {apart}.",
        _of_ranks,
        "operand_sizes",
        more=lambda said: {"apart": apart(said.shapes["a"], said.shapes["b"])},
    ),
    Known(
        "A transpose that doesn't name each axis once",
        said_by(
            r"transpose expects a vector of size (?P<rank>\d{1,3})\. But input\(1\) is a vector of size "
            r"(?P<order>\d{1,3})"
        ),
        "The new order lists {order} axes, but the tensor has {rank}. It must name each axis once, the batch (0) too.",
        _order,
        "axis_range",
    ),
    Known(
        "A transpose that doesn't name each axis once",
        said_by(r"Dimension must be (?P<order>\d{1,2}) but is (?P<rank>\d{1,2}) for .{0,80}?transpose"),
        "The new order lists {order} axes, but the tensor has {rank}. It must name each axis once, the batch (0) too.",
        _order,
        "axis_range",
    ),
    Known(
        "Padding for a different number of axes",
        said_by(
            rf"first dimension of paddings must be the rank of inputs:? ?\[(?P<rows>\d{{1,3}}), ?2\] ?{shape('a')}"
        ),
        "paddings holds {rows} pairs, but {a} has {rank} axes: each axis needs one pair (before, after).",
        _pairs,
        "layer_rank",
        more=lambda said: {"rank": str(len(said.shapes["a"]))},
    ),
    Known(
        "A slice that begins and ends in different numbers of axes",
        said_by(
            r"Expected begin,? (?:end,? )?and (?:strides|size) (?:to be|arguments to be) 1-?D (?:equal size )?tensors"
            rf"[^\[]{{0,40}}{shape('a')},? (?:and )?{shape('b')}"
        ),
        "tf.slice and tf.strided_slice need as many begins as ends, one for each axis; these have {a} and {b} entries.",
        (
            Change("Slice with brackets: they count for you.", code="y = x[:, 2:5]"),
            Change("Or name a begin and a size for each axis; -1 is the rest.", code="y = tf.slice(x, [0, 2], [-1, 3])"),
        ),
        "operand_sizes",
    ),
    Known(
        "A random piece that is larger than its image",
        said_by(
            r"Need minval < maxval, got (?P<low>-?\d{1,9}) >= (?P<high>-?\d{1,9})",
            r"Need value\.shape >= size, got (?P<sizes>.{0,80})",
        ),
        "A random place is drawn for a piece of the image, and there is none: most often a random crop is larger than its "
        "image.",
        (
            Change("Make the images larger first.", code="image = tf.image.resize(image, (300, 300))"),
            Change("Or cut out a smaller piece.", code="image = tf.image.random_crop(image, (200, 200, 3))"),
        ),
    ),
    Known(
        "Channels first on a processor that computes with channels last",
        said_by(
            r"only supports? (?:the )?(?:NHWC|NDHWC)\b",
            r"only supports? (?:the )?channels_last",
            r"tensor format on the CPU. The op was given the format: NCHW",
        ),
        "On a CPU, TensorFlow computes convolutions and poolings only with channels last, (batch, height, width, "
        "channels). This model has its channels first.",
        (
            Change("Let all layers read channels last, and say so in the Input.",
                   code='keras.config.set_image_data_format("channels_last")\nkeras.Input(shape=(height, width, channels))'),
            Change("Move the channels of the data to the end.", code=_LAST_FIRST),
            Change("Or run on a GPU: there both orders work."),
        ),
        "channels",
    ),
    Known(
        "A transposed convolution whose output_shape doesn't follow from its strides",
        said_by(
            r"Size of out_backprop doesn't match computed: actual = (?P<actual>\d{1,9}), ?computed = "
            r"(?P<computed>\d{1,9})"
        ),
        "A transposed convolution undoes a convolution. With the output_shape that was given, that convolution would "
        "return {computed} steps, but the input has {actual}.",
        (
            Change("Make each side of output_shape the input's side times the strides.",
                   code="shape = tf.stack([tf.shape(x)[0], height * 2, width * 2, filters])  # strides=2"),
            Change("Or let Keras work it out.",
                   code='layers.Conv2DTranspose(filters, kernel_size, strides=2, padding="same")'),
        ),
        "operand_sizes",
    ),
    Known(
        "A transposed convolution whose output_shape doesn't follow from its strides",
        said_by(
            rf"Incompatible shapes between op input and calculated input gradient.{{0,120}}?"
            rf"Original input shape: ?{shape('a')}\.? ?,?Calculated input gradient shape: ?{shape('b')}"
        ),
        "The operation reads {a}, but its output_shape and strides belong to an input of {b}. This happens where a "
        "transposed convolution is told its output_shape.",
        _gradient,
        "operand_sizes",
    ),
    Known(
        "BatchNormalization was built for a different number of channels",
        said_by(
            r"(?P<part>scale|offset|estimated_mean|estimated_variance|mean|variance) must have the same number of "
            r"elements as the channels of x, got (?P<have>\d{1,9}) and (?P<need>\d{1,9})"
        ),
        "BatchNormalization keeps one number for each channel that it was built for, {have}; the tensor that reaches it "
        "has {need}.",
        (
            Change("Make a separate BatchNormalization for each tensor: one layer object has weights of one size.",
                   code="x = layers.BatchNormalization()(x)"),
            Change("If the channels are first, say so.", code="layers.BatchNormalization(axis=1)"),
            Change("If the weights come from a file, build the layers before it with the same filters.",
                   code="model.summary()"),
        ),
        "channels",
    ),
    Known(
        "An optimizer that was made for other weights",
        said_by(rf"var and (?P<what>delta|grad|m|accum) do not have the same shape:? ?{shape('a')} ?{shape('b')}"),
        "A weight is {a}, but its gradient, or what the optimizer remembers of it, is {b}. The optimizer was made for "
        "other weights, or gradients and weights are in a different order.",
        (
            Change("Give each model its own optimizer, and compile again after you change layers.",
                   code="model.compile(optimizer=keras.optimizers.Adam(), loss=…)"),
            Change("In your own loop, take both from the same list.",
                   code="grads = tape.gradient(loss, model.trainable_variables)\n"
                   "optimizer.apply_gradients(zip(grads, model.trainable_variables))"),
        ),
        "weights_shape",
    ),
    Known(
        "A variable gets numbers of a different shape",
        said_by(rf"Cannot update variable with shape {shape('a')} using a Tensor with shape {shape('b')}"),
        "The variable is {a}; the numbers for it are {b}: {apart}. It was made for different data: for the "
        "channels of a different tensor, or for a different number of classes.",
        (
            Change("Make a new layer or metric for each tensor.", code="x = layers.BatchNormalization()(x)"),
            Change("For a metric, give it the classes of the model.", code="keras.metrics.MeanIoU(num_classes=classes)"),
        ),
        "weights_shape",
        more=lambda said: {"apart": apart(said.shapes["a"], said.shapes["b"])},
    ),
    Known(
        "An einsum whose letters name two sizes",
        said_by(
            rf"Expected dimension (?P<want>\d{{1,9}}) at axis (?P<axis>\d{{1,2}}) of the input shaped {shape('a')} but "
            r"got dimension (?P<got>\d{1,9})"
        ),
        "In an einsum each letter is one size. Axis {axis} of {a} is {got}, and the same letter is {want} in the "
        "other operand. Inside an attention layer: its weights were made for {want} features.",
        (
            Change("Give the layer the same number of features as when it was built.", code="x = layers.Dense({want})(x)"),
            Change("In your own einsum, give the two axes different letters, or swap them.",
                   code='tf.einsum("bqd,bkd->bqk", query, key)'),
        ),
        "operand_sizes",
    ),
    Known(
        "A recurrent loop over zero timesteps",
        said_by(r"Tried to stack elements of an empty list"),
        "The loop over timesteps ran zero times: the sequence that reached it has no timesteps. Nothing was computed "
        "that could be put together.",
        (
            Change("Look at the shape: axis 1 must not be 0.", code="print(x.shape)  # (batch, timesteps, features)"),
            Change("If the steps are None, give them a number.", code="keras.Input(shape=(timesteps, features))"),
        ),
        "kernel_exceeds_steps",
    ),
    Known(
        "Timesteps whose outputs have different shapes",
        said_by(
            rf"TensorArray has inconsistent shapes\. {{1,2}}Index 0 has shape: {shape('a')} but index (?P<step>\d{{1,9}}) "
            rf"has shape: {shape('b')}"
        ),
        "Each timestep must return the same shape. Step 0 returned {a}, step {step} {b}: {apart}.",
        (
            Change("Make the initial state from the batch itself.", code="state = tf.zeros((tf.shape(x)[0], units))"),
            Change("Or use whole batches only.", code="dataset.batch(32, drop_remainder=True)"),
        ),
        "operand_sizes",
        more=lambda said: {"apart": apart(said.shapes["a"], said.shapes["b"])},
    ),
    Known(
        "The fast GPU kernel of a recurrent layer gave up",
        said_by(r"Failed to call (?:Do|Then)Rnn(?:Forward|Backward)"),
        "The shapes aren't the problem: the numbers in the message are the sizes that cuDNN was asked for. It gives up "
        "when the GPU's memory is full, and when a sequence in the batch is padding from start to end.",
        (
            Change("Use smaller batches, and let TensorFlow take memory bit by bit.",
                   code="tf.config.experimental.set_memory_growth(gpu, True)\nmodel.fit(x, y, batch_size=16)"),
            Change("With a mask: drop the sequences that hold nothing but padding.", code="x = x[(x != 0).any(axis=1)]"),
            Change("Or do without cuDNN.", code="layers.LSTM(units, use_cudnn=False)"),
        ),
    ),
    Known(
        "A layer for GPUs on a machine without one",
        said_by(r"No OpKernel was registered to support Op '?CudnnRNN", r"CuDNN(?:LSTM|GRU).{0,80}requires? (?:a )?GPU"),
        "CuDNNLSTM and CuDNNGRU run on GPUs only. LSTM and GRU have the same weights, run everywhere, and use cuDNN by "
        "themselves if there is a GPU.",
        (Change("Use the plain layer.", code="layers.LSTM(units)  # not CuDNNLSTM"),),
    ),
    Known(
        "A metric that needs probabilities",
        said_by(r"predictions must be (?:>= 0|<= 1|in \[0, 1\])"),
        "AUC, Precision and Recall read probabilities between 0 and 1; the last layer returns any numbers.",
        (
            Change("End with sigmoid, or with softmax for classes.", code='layers.Dense(1, activation="sigmoid")'),
            Change("Or tell the metric that it gets logits.", code="keras.metrics.AUC(from_logits=True)"),
        ),
    ),
)  # fmt: skip


def of_operations(text: Cleaned) -> Finding | None:
    """What an operation of TensorFlow says of shapes, where no mistake has a wording for it."""
    return first_known(text, (*OPERATIONS, *PIPELINES, *DATA))
