"""What is said of two shapes: whether they say the same, hold the same numbers, fit together."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from explainers.core.layers import MERGES, RECURRENT, axis_names
from explainers.core.spec import CallSpec, InputSpec, LayerSpec, ModelSpec, Ref, Sizes
from explainers.core.words import listed
from explainers.reading.operation_shapes import broadcast
from explainers.reading.questions.parsed.counts import examples_told
from explainers.reading.questions.parsed.layers_compared import side_by_side
from explainers.reading.questions.parsed.network import Network, of_layers
from explainers.reading.questions.parsed.parts import Parts
from explainers.reading.questions.words import Told
from explainers.reading.text import shapes_in


def of_two_shapes(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """The reply about two shapes; None where the question compares none."""
    for read in (_broadcast, _two_shapes, _labels_alike, _in_another_order, _one_axis_more, _rows_and_numbers):
        told = read(parts, entries)
        if told is not None:
            return told
    return None


def _two_shapes(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``input_shape=(None, 28)`` or ``(28,)``: what each of them says of a sample."""
    several = [one for one in parts.shaped if one.part == "declared"]
    if len(several) != 2 or not parts.aims & {"apart", "right"} or parts.aims & {"parameters"}:
        return None
    told, specs = [], []
    for one in several:
        names = axes_of(one.sizes, one.part, parts) if one.sizes[:1] != (None,) else None
        if names is None:
            usual = {1: ("features",), 2: ("timesteps", "features"), 3: ("height", "width", "channels")}
            names = usual.get(len(one.sizes))
        if names is None:
            return None
        sizes = listed(
            [f"{name} {size}" if size else f"any number of {name}" for name, size in zip(names, one.sizes, strict=True)]
        )
        told.append(f"input_shape={one.sizes} says {sizes}, so the model reads {(None, *one.sizes)}.")
        layer = of_rank(len(one.sizes) + 1)
        made = of_layers((None, *one.sizes), (layer,))
        if made is not None:
            specs.append(Network(made.shape, made.rows, {"units": 4} if layer.get("units") else {}).spec)
    same = several[0].sizes == several[1].sizes
    lead = "The same. " if same else "Not the same. "
    spec = side_by_side(specs) if len(specs) > 1 else specs[0] if specs else None
    more = " (4 units are an example)" if spec is not None and spec.assumed else ""
    return Told(f"{lead}{' '.join(told).removesuffix('.')}{more}.", spec)


def _in_another_order(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``(n, 3, 1) or (n, 1, 3)``: the same numbers, as steps or as features of one step."""
    both: list[Sizes] = [at.sizes for at in shapes_in(parts.words.replace("none", "None"))]
    steps, features = parts.sizes("steps"), parts.sizes("features")
    if not both and len(steps) == len(features) == 2:
        both = [(None, *one) for one in zip(steps, features, strict=True)]
    if (
        [len(shape) for shape in both] != [3, 3]
        or None in (*both[0][1:], *both[1][1:])
        or not parts.aims & {"apart", "right", "why", "meaning"}
    ):
        return None
    one, other = both
    if (
        one == other
        or sorted(known(one[1:])) != sorted(known(other[1:]))
        or parts.aims & {"parameters", "reshape"} == {"parameters"}
    ):
        return None
    named = next((one.layer for one in parts.mentions if one.name in RECURRENT), of_rank(3))
    layer = named if named.get("units") else named.but(units=4)
    made = [of_layers((None, *shape[1:]), (layer,)) for shape in both]
    examples = {} if any(one.layer is layer for one in parts.mentions) else {"units": 4}
    specs = [replace(found, examples=examples).spec for found in made if found is not None]
    if len(specs) < 2:
        return None
    told = [
        f"{shape} is {_counted(shape[1], 'step')} of {_counted(shape[2], 'number')}: a recurrent layer runs its cell "
        f"{_counted(shape[1], 'time')} for each sample"
        for shape in both
    ]
    alone = " With a single step it has nothing to remember." if 1 in (one[1], other[1]) else ""
    return Told(f"{'. '.join(told)}{examples_told(examples)}.{alone}", side_by_side(specs), {})


def _one_axis_more(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``is (100,) the same as (100, 1)``: the same numbers, but one axis more."""
    both: list[Sizes] = sorted([*(one.sizes for one in parts.shaped), *parts.squares], key=len)
    lengths = [len(shape) for shape in both]
    asks = bool(parts.aims & {"apart", "right"}) or _NOT_THIS.search(parts.words) is not None
    asks = asks and not _OF_LABELS.search(parts.words)
    if lengths not in ([1, 2], [2, 3]) or not asks or parts.mentions:
        return None
    less, more = both
    if (*less, 1) != more or None in more[1:]:
        return None
    less, more = (one[1:] if one[0] is None else one for one in (less, more))
    sentence = (
        f"{less} and {more} hold the same {math.prod(known(less)):,} numbers, but they aren't the same shape: "
        f"{less} has "
        f"{_counted(len(less), 'axis', 'axes')}, {more} has {len(more)}. x[..., None] makes {more} of {less}, "
        f"x[..., 0] "
        f"makes {less} of {more}. As input_shape they are different models: {(None, *less)} and {(None, *more)}."
    )
    specs = []
    for shape in (less, more):
        made = of_layers((None, *shape), (of_rank(len(shape) + 1),))
        if made is not None:
            specs.append(replace(made, examples={"units": 4} if len(shape) < 3 else {}).spec)
    return Told(sentence, side_by_side(specs) if len(specs) > 1 else None, {})


_NOT_THIS = re.compile(r"\bexpect\w*|\binstead\b|\bbut\b|\bneeds?\b|\bwants?\b")
_OF_LABELS = re.compile(r"\by\b|\blabels?\b|\btargets?\b|\bpredict")
_FIT = re.compile(r"\b(?:in)?compatible\b|\bfit\b|\b(?:mis)?match\b|\bbroadcast\w*")


def _rows_and_numbers(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``(64, 10) and (64,) incompatible``: rows of scores and one number for each sample."""
    both = sorted((one.sizes for one in parts.shaped), key=len)
    if [len(shape) for shape in both] != [1, 2] or not _FIT.search(parts.words) or parts.mentions:
        return None
    (samples,), (rows, width) = both
    if samples is None or samples != rows or width is None or width < 2:
        return None
    sentence = (
        f"{both[1]} has a row of {width} numbers for each of {samples} samples, {both[0]} one number. As labels, "
        f"{both[0]} of class numbers 0 to {width - 1} fits an output {both[1]} with sparse_categorical_crossentropy. "
        f"The other losses need equal shapes: one-hot rows, keras.utils.to_categorical(y, {width}), or Dense(1) in the "
        f"model. NumPy and TensorFlow line axes up from the right, so {width} would meet {samples}."
    )
    made = of_layers((None, 3), (LayerSpec("Dense", "dense", (("units", width),)),))
    spec = replace(made, examples={"features": 3}).spec if made is not None else None
    return Told(sentence, spec, {"samples": samples})


def _counted(size: int | None, word: str, several: str = "") -> str:
    return f"{size} {word if size == 1 else several or word + 's'}"


_SUMS = (
    ("add", re.compile(r"(?<!\.)\badd(?:s|ed|ing|ition)?\b|\bplus\b|\bsum\b|\+")),
    ("subtract", re.compile(r"\bsubtract\w*|\bminus\b|\) ?- ?\(")),
    ("multiply", re.compile(r"\bmultipl(?:y|ied|ying)\b|\btimes\b|\) ?\* ?\(")),
    ("add", re.compile(r"\bbroadcast")),
)


def _broadcast(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``(5, 1) plus (3,)``: what two arrays stretch to, or which of their axes don't fit."""
    several = [one.sizes for one in parts.shaped]
    name = next((name for name, form in _SUMS if form.search(parts.words)), "")
    if len(several) != 2 or not name or any(one.name not in MERGES for one in parts.mentions):
        return None
    one, other = several
    made = broadcast((one, other))
    rule = "Axes are lined up from the right, and each pair must be equal, or one of the two 1 or missing"
    if made is None:
        place = next(n for n in range(-1, -9, -1) if {one[n], other[n]} - {1, None} == {one[n], other[n]} != {one[n]})
        return Told(f"{one} and {other} don't fit. {rule}; here {one[place]} meets {other[place]}.")
    inputs = tuple(InputSpec(n, shape, "float32", (), "the question") for n, shape in zip("xy", several, strict=True))
    call = CallSpec(0, (Ref("input", 0), Ref("input", 1)))
    spec = ModelSpec(inputs, (LayerSpec(f"ops.{name}", name),), (call,), (Ref("call", 0),))
    return Told(f"{one} and {other} give {made}. {rule}: the smaller array is repeated along such an axis.", spec, {})


def _labels_alike(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``(1000, 1) or (1000,)`` for labels: the same numbers, which Keras' losses read alike."""
    said = parts.shapes("labels")
    if len(said) != 2 or sorted(map(len, said)) != [1, 2] or max(said, key=len)[1] != 1 or said[0][:1] != said[1][:1]:
        return None
    flat, column = sorted(said, key=len)
    sentence = (
        f"Both work: each holds one number for each of the {flat[0]} samples, and Keras' losses and metrics read "
        f"{column} as {flat}. NumPy doesn't: y - prediction of these two shapes is ({flat[0]}, {flat[0]}). "
        f"y.ravel() or y[:, 0] makes {flat}, y[:, None] makes {column}."
    )
    made = of_layers((None, 3), (LayerSpec("Dense", "dense", (("units", 1),)),))
    shown = Network(made.shape, made.rows, {"features": 3}).spec if made is not None else None
    return Told(sentence, shown, {"samples": flat[0]} if flat[0] else {})


def of_rank(rank: int) -> LayerSpec:
    """A layer that reads so many axes, to show them."""
    units = (("units", 4),)
    shown = {2: LayerSpec("Dense", "dense", units), 3: LayerSpec("LSTM", "lstm", units)}
    return shown.get(rank, LayerSpec("Flatten", "flatten"))


def axes_of(shape: Sizes, part: str, parts: Parts) -> tuple[str, ...] | None:
    """The names of a shape's axes: of one sample where it is declared so, else with the batch."""
    named = next((one.name for one in parts.mentions), "")
    rank = len(shape) + (part == "declared" and shape[:1] != (None,))
    known = axis_names(named, rank) if named else ()
    if len(known) != rank or any(name.startswith("axis ") for name in known):
        usual = {2: "batch features", 3: "batch timesteps features", 4: "batch height width channels",
                 5: "batch frames height width channels"}  # fmt: skip
        if rank not in usual:
            return None
        known = tuple(usual[rank].split())
    return known[1:] if rank > len(shape) else known


def known(shape: Sizes) -> tuple[int, ...]:
    return tuple(size or 1 for size in shape)
