"""A layer that got too few or too many axes, by its class: what helps where no change of a live model is tried."""

from __future__ import annotations

from explainers.core.finding import Change, written
from explainers.core.layers import sheet
from explainers.core.layers.sheet import Sheet
from explainers.core.spec import Sizes


def advice_of_layer(class_name: str | None, wanted: int | None, found: int | None) -> tuple[Change, ...]:
    """What is said of that class alone. wanted, found: how many axes it reads, and how many came."""
    facts = sheet(class_name)
    if facts is None or wanted is None or found is None:
        return ()
    if facts.group == "norm" and (wanted, found) == (4, 5):
        return _of_volumes()
    if facts.group == "norm" and wanted > 2 == found:
        return _of_vectors(facts)
    if facts.group == "dense" and (wanted, found) == (2, 3):
        return _sequence_for_a_vector()
    if facts.name == "Permute" and 2 <= found <= 6:
        return _permuted(wanted, found)
    if found != 2:
        return ()
    if facts.name == "Flatten":
        return _no_flatten()
    if facts.group == "attention":
        return _steps_to_attend()
    if facts.group == "global_pool":
        return _pooled_already()
    if facts.group == "pool":
        return _before_the_flatten(facts)
    return _rows_for_images(facts) if facts.group == "conv" and wanted > 3 else ()


def _of_volumes() -> tuple[Change, ...]:
    """Volumes (or films) for a network that was built for images."""
    return (
        Change(
            "For volumes: use the layers for three dimensions in the whole network.",
            code="layers.Conv3D(…), layers.MaxPooling3D(…)",
            means="(batch, depth, height, width, channels) is the shape that they read.",
        ),
        Change(
            "Or give the network one slice (or frame) at a time.",
            code="x = x.reshape(-1, *x.shape[2:])",
            means="Each slice becomes a sample: (batch × depth, height, width, channels).",
        ),
        Change(
            "Or run the network for images on each slice.",
            code="layers.TimeDistributed(network)",
            means="It runs along the axis after the batch.",
        ),
    )


def _of_vectors(facts: Sheet) -> tuple[Change, ...]:
    """A layer that was first used on images, and now reads vectors."""
    return (
        Change(
            "Make a new layer for the vectors: this one was first used on images or sequences.",
            code=f"x = layers.{facts.name}()(x)  # one layer for each place where it is used",
            means="A layer keeps the number of axes, and the weights, of its first call.",
        ),
        Change(
            "Or use it before the Flatten (or the pooling), where its input still has all axes.",
            code=f"x = layers.{facts.name}()(x)\nx = layers.Flatten()(x)",
        ),
    )


def _sequence_for_a_vector() -> tuple[Change, ...]:
    """A sequence for a Dense, which only older versions refuse."""
    return (
        Change(
            "If a recurrent layer is in front, leave out return_sequences=True: it then returns one vector.",
            code="layers.LSTM(units)",
            means="One output for each sample, made of all its steps.",
        ),
        Change("Or flatten the steps.", code="layers.Flatten()"),
        Change(
            "Or give an output for each step.",
            code="layers.TimeDistributed(layers.Dense(units))",
            means="Today's Dense does this by itself.",
        ),
    )


def _no_flatten() -> tuple[Change, ...]:
    """One vector for each sample has nothing to flatten."""
    return (
        Change(
            "Leave out the Flatten: what reaches it is one vector for each sample already.",
            code="x = layers.GlobalAveragePooling2D()(x)\nx = layers.Dense(classes)(x)",
            means="A global pooling, a Dense after a Flatten, and a recurrent layer without return_sequences=True "
            "return (batch, numbers).",
        ),
    )


def _steps_to_attend() -> tuple[Change, ...]:
    """One vector for each sample, where attention compares steps."""
    return (
        Change(
            "If a recurrent layer is in front, let it return every step.",
            code="layers.LSTM(units, return_sequences=True)",
            means="Attention compares the steps of a sequence; (batch, numbers) has none.",
        ),
        Change("Or make the vector a sequence of one step.", code="layers.Reshape((1, units))"),
    )


def _permuted(wanted: int, found: int) -> tuple[Change, ...]:
    """Each axis of a sample named once."""
    turned = (*range(found - 1, 0, -1),)
    return (
        Change(
            f"dims names {wanted - 1} axes; the input has {found - 1} besides the batch. Name each of them once.",
            code=f"layers.Permute({turned if len(turned) > 1 else '(1,)'})",
            means="Permute counts from 1, and never moves the batch: (2, 1) swaps the two axes of a sample.",
        ),
    )


def _pooled_already() -> tuple[Change, ...]:
    """A global pooling behind another."""
    return (
        Change(
            "It is already pooled: omit this layer.",
            code="x = base.output",
            means='(batch, channels) has no height or width left, as after pooling="avg" or another pooling.',
        ),
        Change(
            "Or let the base model keep height and width.",
            code="base = keras.applications.ResNet50(include_top=False)",
        ),
    )


def _before_the_flatten(facts: Sheet) -> tuple[Change, ...]:
    """A pooling on rows of numbers."""
    return (
        Change(
            "Put the pooling in front of what removes the sides: a Flatten, a Dense or a global pooling.",
            code=f"x = layers.{facts.name}()(x)\nx = layers.Flatten()(x)",
            means="(batch, numbers) has nothing left that could be pooled.",
        ),
        Change("Or omit it: one vector for each sample is what a Dense reads.", code="x = layers.Dense(units)(x)"),
    )


def _rows_for_images(facts: Sheet) -> tuple[Change, ...]:
    """A convolution over images on rows of numbers."""
    return (
        Change(
            "For rows of numbers, use layers that read them: Dense, or Conv1D if neighbors belong together.",
            code="layers.Reshape((features, 1))\nlayers.Conv1D(filters, kernel_size)",
            means=f"{facts.name} slides over a height and a width; (batch, features) has neither.",
        ),
        Change(
            "Or put it in front of the Flatten (or of what else removes the sides).",
            code=f"x = layers.{facts.name}(…)(x)\nx = layers.Flatten()(x)",
        ),
    )


def axes_of_a_sample(class_name: str | None, wanted: int) -> tuple[str, ...]:
    """What the layer calls the axes of one sample: ``("height", "width", "channels")``; () for one row of numbers."""
    facts = sheet(class_name)
    if facts is not None and len(facts.axes) > 2:
        return facts.axes[1:]
    return {3: ("timesteps", "features"), 4: ("height", "width", "channels")}.get(wanted, ())


def one_vector(found: int) -> tuple[Change, ...]:
    """A layer (or a model) that reads one vector of each sample, and so many axes."""
    flat = Change("Flatten before this layer: every number is kept.", code="layers.Flatten()")
    pool = f"layers.GlobalAveragePooling{found - 2}D()"
    return (flat, Change("Or take the mean for each channel.", code=pool)) if 3 <= found <= 5 else (flat,)


def no_numbers(found: Sizes) -> tuple[Change, ...]:
    """An empty array: nothing was read, or nothing is left of it."""
    return (
        Change(
            f"Look where the data got lost: {written(found)} holds no numbers.",
            code="print(x.shape)  # after each line that makes or filters x",
            means="Most often a file or folder wasn't found, or a filter kept nothing.",
        ),
    )


def of_objects(found: Sizes) -> tuple[Change, ...]:
    """One axis where images are read: an array of objects, or labels (or file names) in place of the images."""
    many = f"{found[0]} " if found and found[0] is not None else ""
    return (
        Change(
            "If x is a list of images, make one array of them; they need the same height and width.",
            code="x = np.stack(images)",
            means=f"One axis is a row of {many}things: images in a list, labels, or file names that aren't read yet.",
        ),
        Change("Look at what you pass.", code="print(type(x), np.shape(x))"),
    )
