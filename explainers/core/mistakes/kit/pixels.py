"""Targets of images: a label for each image or for each pixel, and masks of another size."""

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding, Value, written
from explainers.core.spec import Sizes
from explainers.core.words import agreeing

_MANY = 20_000  # rows of outputs that no batch has: pixels


def rows_of_pixels(expected: Sizes | None, found: Sizes | None) -> bool:
    """(1140224, 2) and (1142400, 2): every pixel is a row."""
    return bool(expected and found) and len(expected or ()) == len(found or ()) == 2 and (
        min((expected or (0,))[0] or 0, (found or (0,))[0] or 0) > _MANY
    )  # fmt: skip


def of_images(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """What helps where an output, or a target, has a height and a width; nothing for other shapes."""
    expected, found = finding.shape("expected"), finding.shape("found")
    if not expected or not found:
        return ()
    if rows_of_pixels(expected, found) and expected[1] == found[1]:
        return _lost_pixels(expected, found)
    if len(expected) == len(found) == 2 and expected == found[::-1] and None not in expected and 1 in expected:
        return _laid_out(expected, found)
    masks = _masks(expected, found, finding.without_batch)
    if masks:
        return masks
    if len(found) == 4 and len(expected) == 2:
        return _one_output_for_each_pixel(found)
    return _one_label_for_each_image(expected) if len(expected) == 4 and len(found) <= 2 else ()


_COLORS = (3, 4)


def _masks(expected: Sizes, found: Sizes, of_samples: bool) -> tuple[Change, ...]:
    """Masks of the output's size whose last axis isn't the classes: colors, or the number of each pixel's class."""
    rank = 3 if of_samples else 4
    classes = expected[-1]
    if len(expected) != rank or classes is None or expected[rank - 3 : -1] != found[rank - 3 : rank - 1]:
        return ()
    if len(found) == rank - 1 and classes > 1:
        return _numbers_of_classes(classes, "mask")
    if len(found) != rank or found[-1] is None or found[-1] == classes:
        return ()
    if found[-1] == 1 and classes > 1 and classes not in _COLORS:
        return _numbers_of_classes(classes, "mask[..., 0]")
    if found[-1] not in _COLORS:
        return ()
    channels = found[-1]
    if classes == 1:
        return (
            Change("If the masks were read as color images, keep one channel.", code="mask = mask[..., :1]"),
            Change(f"If the targets are images, let the last layer return {channels} channels.",
                   code=f"layers.Conv2D({channels}, …)"),
        )  # fmt: skip
    return (
        Change(
            "The masks are color images: turn each color into the number of its class.",
            code="colors = np.array([[0, 0, 0], [128, 0, 0], …])  # one row for each class\n"
            "mask = (mask[..., None, :] == colors).all(axis=-1).argmax(axis=-1)  # (samples, height, width)\n"
            'loss="sparse_categorical_crossentropy"',
            means=f"The output has {classes} numbers for each pixel, one for each class; the masks {channels}.",
        ),
        Change(f"For one-hot masks, continue with {classes} columns.",
               code=f"mask = keras.utils.to_categorical(mask, {classes})"),
    )  # fmt: skip


def _numbers_of_classes(classes: int, mask: str) -> tuple[Change, ...]:
    return (
        Change(
            f"One-hot encode the masks: {classes} numbers for each pixel, like the output.",
            code=f"mask = keras.utils.to_categorical({mask}, {classes})",
        ),
        Change("Or use a loss that reads the number of the class.", code='loss="sparse_categorical_crossentropy"',
               means="A Dice or IoU loss needs the one-hot masks."),
    )  # fmt: skip


def as_the_target(expected: Sizes, found: Sizes) -> tuple[Change, ...]:
    """Images as outputs and as targets, of different sides or channels: what the network has to change."""
    if len(expected) != len(found) or len(found) not in (4, 5) or None in (*expected[1:], *found[1:]):
        return ()
    rank, changes = len(found) - 2, []
    if expected[-1] != found[-1]:
        label = f"Give the last layer {found[-1]} filter(s), one for each channel of the target."
        changes.append(Change(agreeing(label), code=f"layers.Conv{rank}D({found[-1]}, …)"))
    sides = [(a or 1, b or 1) for a, b in zip(expected[1:-1], found[1:-1], strict=True)]
    if any(a != b for a, b in sides):
        times = max(round(max(a / b, b / a)) for a, b in sides)
        larger = sides[0][0] > sides[0][1]
        more, fewer = ("doubled", "halved") if larger else ("halved", "doubled")
        means = (
            f"The output is about {times} times as {'large' if larger else 'small'}: sides are {more} more often than "
            f"they are {fewer}."
            if times > 1
            else 'Borders are lost without padding="same", and sides that can\'t be halved are rounded.'
        )
        changes.append(
            Change(
                f"Bring the output to the sides of the target: {' × '.join(str(b) for _, b in sides)}.",
                code='layers.Conv2D(…, padding="same")  # in each layer; as many UpSampling2D as MaxPooling2D',
                means=means,
            )
        )
    return tuple(changes)


def _lost_pixels(expected: Sizes, found: Sizes) -> tuple[Change, ...]:
    more = (found[0] or 0) - (expected[0] or 0)
    fewer = "outputs" if more > 0 else "labels"
    return (
        Change(
            "Crop (or resize) the masks to the size that the network returns.",
            code='mask = keras.ops.image.resize(mask, output.shape[1:3], interpolation="nearest")',
            means=f"Each pixel is a row: there are {abs(more):,} fewer {fewer}. Convolutions without padding lose the "
            "border, and sides that can't be halved lose a row.",
        ),
        Change('Or keep the size in the network: padding="same", and sides that every pooling halves without a rest.',
               code="x = keras.layers.Resizing(256, 256)(x)"),
    )  # fmt: skip


def _laid_out(expected: Sizes, found: Sizes) -> tuple[Change, ...]:
    rows = max(n or 1 for n in expected)
    return (
        Change(
            "Lay both out in the same way: a row for each pixel.",
            code=f"logits = tf.reshape(logits, [-1, 1])  # ({rows}, 1), like the labels",
            means=f"{written(expected)} is one row of {rows:,} numbers, {written(found)} has {rows:,} rows.",
        ),
        Change("For two classes with one output for each pixel, use the sigmoid loss.",
               code="tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)"),
    )  # fmt: skip


def _one_output_for_each_pixel(found: Sizes) -> tuple[Change, ...]:
    """Masks as targets of a network that returns one row for each image."""
    channels = found[3] or 1
    last = "sigmoid" if channels == 1 else "softmax"
    return (
        Change(
            "To predict something for each pixel, keep height and width until the end: no Flatten, no Dense after it.",
            code=f'layers.Conv2D({channels}, 1, activation="{last}")  # the last layer',
            means=f"The targets are images of {found[1]} × {found[2]}.",
        ),
        Change("To predict one label for each image, pass these labels.", code="y.shape == (samples, 1)",
               means="If x and y were swapped by mistake, swap them back: model.fit(x, y)."),
    )  # fmt: skip


_AT_THE_END = re.compile(r"inference_test_function|\b(\d{1,6})/\1 \[=+\]")


_ROWS = 1024  # rows of a sample that are pixels more often than steps
_SIDES = re.compile(r"\b(\d{2,4})\b")


def pixels_in_rows(expected: Sizes, found: Sizes, text: str) -> tuple[Change, ...]:
    """(9216, 1) and (15624, 1): images whose pixels stand in a row, and poolings that cut their sides."""
    if len(expected) != 3 or len(found) != 3 or expected[2] != found[2]:
        return ()
    less, more = sorted((expected[1] or 0, found[1] or 0))
    if less < _ROWS or less == more:
        return ()
    numbers = sorted({int(n) for n in _SIDES.findall(text)[:400]})
    sides = next(((a, b) for a in numbers for b in numbers if a * b == found[1]), None)
    if sides is None:
        code, told = "layers.Resizing(256, 256)  # sides that every pooling halves without a rest", ""
    else:
        whole = tuple(-(-side // _HALVED) * _HALVED for side in sides)
        code, told = f"layers.Resizing({whole[0]}, {whole[1]})", f" ({sides[0]} × {sides[1]})"
    return (
        Change(
            "Use images whose sides every pooling halves without a rest, and masks of the same size.",
            code=code,
            means=f"Each pixel is a row: the target has {found[1]:,}{told}, the output {expected[1]:,}. Poolings round "
            f"odd sides down, so the output is smaller; multiples of {_HALVED} can be halved five times.",
        ),
        Change(
            "Or resize the masks to the size that the network returns, before you flatten them.",
            code='mask = keras.ops.image.resize(mask, (height, width), interpolation="nearest")',
        ),
    )


_HALVED = 32


def in_validation(finding: Finding) -> tuple[Change, ...]:
    """An epoch was trained, and the data for validation have other classes."""
    expected, found = finding.shape("expected"), finding.shape("found")
    if not expected or not found or len(expected) != 2 or len(found) != 2 or expected[1] == found[1]:
        return ()
    if not _AT_THE_END.search(finding.around) or None in (expected[1], found[1]):
        return ()
    return (
        Change(
            f"The training ran; the validation data have {found[1]} classes instead of {expected[1]}: give both the "
            "same list.",
            code="names = list(train.class_indices)\n"
            'validation = datagen.flow_from_directory("validation", classes=names)',
            means="One of the folders is missing, or there is one more, even if it is empty.",
        ),
    )


def own_classes(classes: int, text: str) -> tuple[Change, ...]:
    """A trained network that ends with the classes of ImageNet, for labels of other ones."""
    network = re.search(r"\b((?:VGG|ResNet|MobileNet|Inception|Xception|DenseNet|EfficientNet|NASNet)\w{0,12})\(", text)
    name = network[1] if network is not None else "MobileNet"
    if classes > 1:
        dense, yours = f'Dense({classes}, activation="softmax")', f"a Dense for your {classes}"
    elif "sparse" in text:
        dense, yours = 'Dense(classes, activation="softmax")', "a Dense for yours"
    else:
        dense, yours = 'Dense(1, activation="sigmoid")', "a Dense(1) for yes or no"
    return (
        Change(
            f"Leave out the 1,000 classes of ImageNet, and add {yours}.",
            code=f'base = keras.applications.{name}(include_top=False, pooling="avg")\n'
            f"out = layers.{dense}(base.output)\nmodel = keras.Model(base.input, out)",
        ),
    )


_LAST_FEATURES = (4096, 2048, 1024, 1280, 512, 1536, 1920)  # of trained networks, in front of the classes
_CLASSES = 1000


def features_not_classes(expected: Sizes | None, found: Sizes | None) -> tuple[Change, ...]:
    """1,000 classes where the features in front of them are expected, or the other way round."""
    if not expected or not found or len(expected) != 2 or len(found) != 2:
        return ()
    wide, came = expected[1], found[1]
    if came == _CLASSES and wide in _LAST_FEATURES:
        return (
            Change(
                f"Pass the {wide} features in front of the classes: the trained network ends one layer earlier.",
                code="features = keras.Model(base.input, base.layers[-2].output).predict(images)",
                means="1,000 numbers are the classes of ImageNet. Use the same network as for the training.",
            ),
        )
    if came in _LAST_FEATURES and wide in _LAST_FEATURES and came != wide:
        return (
            Change(
                f"Use the same trained network as for the training: its features have {wide} numbers.",
                code="4096: VGG16, VGG19; 2048: ResNet50, InceptionV3, Xception; 1280: MobileNetV2, EfficientNetB0",
            ),
        )
    return ()


def masks_as_targets(found: Sizes, generated: bool) -> tuple[Change, ...]:
    """Labels of whole images as targets of a network that says something for each pixel."""
    code = (
        'images = datagen.flow_from_directory("images", class_mode=None, seed=1)\n'
        'masks = datagen.flow_from_directory("masks", class_mode=None, color_mode="grayscale", seed=1)\n'
        "model.fit((pair for pair in zip(images, masks)), steps_per_epoch=len(images))"
        if generated
        else "y.shape == (samples, height, width, 1)"
    )
    means = f"{written(found)} is one label (or row of labels) for each image."
    return (Change("Pass the masks as targets: the output has a number for each pixel.", code=code, means=means),)


def one_label_for_each_image(columns: int | None, text: str) -> tuple[Change, ...]:
    """Labels as targets of a network that ends with feature maps, as a trained one without its top does."""
    classes, last = columns or 1, "sigmoid" if columns == 1 else "softmax"
    dense = f'out = layers.Dense({classes}, activation="{last}")(x)'
    label = "Make one vector of the feature maps, and end with a Dense for the classes."
    if "include_top" not in text:
        code = f"x = layers.GlobalAveragePooling2D()(x)\n{dense}"
        means = "The targets hold one row for each image, and the output has a height and a width."
        return (Change(label, code=code, means=means),)
    code = f"x = layers.GlobalAveragePooling2D()(base.output)\n{dense}\nmodel = keras.Model(base.input, out)"
    return (
        Change(label, code=code, means="include_top=False leaves the classifier out; classes has no effect then."),
        Change(
            "Or keep the top, with your number of classes and untrained weights.",
            code=f"include_top=True, weights=None, classes={classes}",
        ),
    )


def _one_label_for_each_image(expected: Sizes) -> tuple[Change, ...]:
    """Labels as targets of a network that returns images."""
    return (
        Change(
            "To predict one label for each image, make one vector of it before the last Dense.",
            code="layers.GlobalAveragePooling2D()  # or layers.Flatten()",
            means=f"The output {written(expected)} still has a height and a width.",
        ),
        Change(
            "To predict something for each pixel, pass masks as targets.", code="y.shape == (samples, height, width, 1)"
        ),
    )
