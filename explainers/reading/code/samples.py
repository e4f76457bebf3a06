"""Data that libraries bring or read from folders: scikit-learn's data sets, folders of images, windows of a series.

Only shapes are followed; they are facts of these libraries, and nothing is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explainers.core.spec import Sizes
from explainers.reading.code.arrays import dims, nested, option
from explainers.reading.code.values import NOT_READ, Arr, Items, Missing, Options, Stream, Value

_Maker = Callable[[list[Value], dict[str, Value]], Value]
_SIDES: Value = (256, 256)  # of an image from a folder, where the program gives no size
_CHANNELS = {"rgb": 3, "grayscale": 1, "rgba": 4}


@dataclass(frozen=True)
class _Set:
    """A data set of scikit-learn: its rows, its columns, how many classes (None: numbers), the sides of an image."""

    rows: int
    columns: int
    classes: int | None = None
    image: Sizes = ()


_SETS = {
    "load_iris": _Set(150, 4, 3),
    "load_wine": _Set(178, 13, 3),
    "load_breast_cancer": _Set(569, 30, 2),
    "load_digits": _Set(1797, 64, 10, (8, 8)),
    "load_diabetes": _Set(442, 10),
    "load_boston": _Set(506, 13),
    "load_linnerud": _Set(20, 3),
    "fetch_california_housing": _Set(20_640, 8),
}


def _bundled(name: str) -> _Maker:
    """``iris.data`` and ``iris.target``, or both at once with ``return_X_y=True``."""
    facts = _SETS[name]

    def made(positional: list[Value], named: dict[str, Value]) -> Value:
        title = name.split("_", 1)[1]
        data = Arr(f"{title} data", (facts.rows, facts.columns))
        target = Arr(f"{title} target", (facts.rows,), facts.classes - 1 if facts.classes else None)
        if named.get("return_X_y") is True:
            return (data, target)
        held: dict[str, Value] = {
            "data": data,
            "target": target,
            "feature_names": Items([], facts.columns),
            "target_names": Arr("target_names", (facts.classes,)),
        }
        if facts.image:
            held["images"] = Arr(f"{title} images", (facts.rows, *facts.image))
        return Options(held)

    return made


def _whole(value: Value, default: int | None) -> int | None:
    if value is NOT_READ:
        return default
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _made_up(columns: int | None, classes: str, of_class: int | None) -> _Maker:
    """make_classification and its kin: samples, their features, and a class or a number for each."""

    def made(positional: list[Value], named: dict[str, Value]) -> Value:
        rows = _whole(option(positional, named, 0, "n_samples"), 100)
        width = _whole(option(positional, named, 1, "n_features"), columns) if columns != 2 or classes else 2
        count = _whole(named.get(classes, NOT_READ), of_class)
        fourth = positional[3] if of_class is None and len(positional) > 3 else NOT_READ  # of make_regression
        targets = _whole(named.get("n_targets", fourth), 1)
        more: Sizes = () if targets == 1 else (targets,)
        largest = count - 1 if count is not None and of_class is not None else None
        return (Arr("X", (rows, width)), Arr("y", (rows, *more), largest))

    return made


# -- images in folders ------------------------------------------------------------------------------------------


def _of_labels(mode: Value, flat: str) -> tuple[Arr, ...]:
    """The labels of a batch by label_mode or class_mode. flat: the mode that gives one number for each image."""
    if mode is None:
        return ()
    sizes: Sizes = (None, None) if mode == "categorical" else (None,)
    return (Arr("the labels", (None, 1) if mode == "binary" and flat == "int" else sizes),)


def _folder(positional: list[Value], named: dict[str, Value]) -> Value:
    """image_dataset_from_directory: batches of images of one size."""
    sides = dims(named.get("image_size", _SIDES))
    channels = _CHANNELS.get(str(named.get("color_mode", "rgb")))
    labels = _of_labels(named.get("label_mode", "int"), "int") if named.get("labels", "inferred") is not None else ()
    batched = "batch_size" not in named or named["batch_size"] is not None
    front: Sizes = (None,) if batched else ()
    images = Arr("the images", (*front, *sides, channels) if sides is not None else None)
    if images.sizes is None:
        return Missing("a data set of images")
    given = tuple(Arr(y.name, y.sizes if batched else (y.sizes or ())[1:]) for y in labels)
    split = named.get("subset") == "both"
    stream = Stream((images, *given), batched)
    return (stream, stream) if split else stream


def flow_of(name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    """What ImageDataGenerator's flow and flow_from_directory give; NOT_READ for any other method."""
    if name in ("flow_from_directory", "flow_from_dataframe"):
        sides = dims(named.get("target_size", _SIDES))
        channels = _CHANNELS.get(str(named.get("color_mode", "rgb")))
        images = Arr("the images", (None, *(sides or ()), channels) if sides is not None else None)
        if images.sizes is None:
            return NOT_READ
        if named.get("class_mode", "categorical") == "input":
            return Stream((images, images), True)
        return Stream((images, *_of_labels(named.get("class_mode", "categorical"), "sparse")), True)
    if name != "flow":
        return NOT_READ
    arrays = [a for a in (option(positional, named, 0, "x"), option(positional, named, 1, "y")) if isinstance(a, Arr)]
    known = [Arr(a.name, (None, *a.sizes[1:]), a.largest) for a in arrays if a.sizes]
    return Stream(tuple(known), True) if known and len(known) == len(arrays) else NOT_READ


# -- windows of a series ----------------------------------------------------------------------------------------


def windows(positional: list[Value], named: dict[str, Value], generator: bool) -> Value:
    """Batches of windows of a series, each with the target behind it: TimeseriesGenerator and
    timeseries_dataset_from_array."""
    data, targets = option(positional, named, 0, "data"), option(positional, named, 1, "targets")
    length = _whole(option(positional, named, 2, "length", "sequence_length"), None)
    rate = _whole(named.get("sampling_rate", NOT_READ), 1)
    x, y = _sizes(data), _sizes(targets)
    if not x or length is None or not rate:
        return Missing("windows of a series")
    steps = -(-length // rate) if generator else length
    parts = [Arr("the windows", (None, steps, *x[1:]))]
    if y:
        parts.append(Arr("the targets", (None, *y[1:])))
    elif targets is not None:
        return Missing("windows of a series")
    return Stream(tuple(parts), named.get("batch_size", 128) is not None)


def _sizes(data: Value) -> Sizes | None:
    return data.sizes if isinstance(data, Arr) else nested(data) if isinstance(data, list | tuple) else None


SAMPLES: dict[str, _Maker] = {
    **{name: _bundled(name) for name in _SETS},
    "make_classification": _made_up(20, "n_classes", 2),
    "make_regression": _made_up(100, "", None),
    "make_blobs": _made_up(2, "centers", 3),
    **dict.fromkeys(("make_moons", "make_circles"), _made_up(2, "", 2)),
    "image_dataset_from_directory": _folder,
}
