"""Why it went wrong, in a sentence with the numbers of the message, and its shapes with the names of their axes."""

from __future__ import annotations

import string

from explainers.core.axes import Shape, is_named
from explainers.core.finding import Finding, name_axes, written
from explainers.core.layers import axis_names, class_of, output_names
from explainers.core.mistakes import find_mistake
from explainers.core.mistakes.kit.colors import front_names, one_film, one_picture
from explainers.core.mistakes.kit.mending.merging import two_apart
from explainers.core.mistakes.kit.scene import prints_samples
from explainers.core.mistakes.kit.sheet import Family
from explainers.core.spec import Sizes
from explainers.core.words import agreeing
from explainers.reading.by_sight import IN_THE_TEXT, words_for
from explainers.reading.code.layers import channels_first_throughout
from explainers.reading.literal import BY_NAME
from explainers.reading.text import (
    Cleaned,
    empty_shape,
)

_ROLE_WORDS = {
    "expected": "expected, in the message",
    "found": "found, in the message",
    "kernel": "the kernel, in the message",
    "target": "the new shape, in the message",
    "logits": "logits, in the message",
    "labels": "labels, in the message",
    "left_shape": "the first operand",
    "right_shape": "the second operand",
    "both": "in the message",
    "given": "a state that was given",
    "pool": "pool_size, in the message",
    "weight_shape": "the weight, in the message",
    "result": "the result",
    "sizes": "output_size, in the message",
    "fed": "what went into the model, in the message",
}


def cause_of(family: Family, finding: Finding) -> str:
    """The first sentence of the family whose numbers are all known."""
    words = _words(finding)
    for sentence in family.causes:
        try:
            return agreeing(sentence.format(**words))
        except KeyError:
            continue
    return family.causes[-1].split("{")[0]


def cause_of_mistake(finding: Finding) -> str:
    """The first sentence of the finding's mistake that speaks of its numbers, where no message was read."""
    mistake = find_mistake(finding.mistake)
    words = _words(finding)
    for family in mistake.families if mistake is not None else ():
        for sentence in family.causes:
            fields = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
            if fields and fields <= words.keys():
                return agreeing(sentence.format(**words))
    return ""


def _words(finding: Finding) -> dict[str, str]:
    """All that a cause sentence may speak of."""
    words = {name: str(value) for name, value in finding.values.items() if value is not None}
    words |= {name: written(shapes[0]) for name, shapes in finding.named.items() if shapes}
    both = finding.named.get("both", ())
    words.pop("both", None)
    if len(both) > 1:
        words["both"] = " and ".join(written(shape) for shape in both[:4])
    if "given" in finding.named:
        words["given"] = " and ".join(written(shape) for shape in finding.named["given"][:4])
    if finding.layer:
        cls = finding.class_name
        name = next((part for part in reversed(finding.layer.split("/")) if class_of(part) == cls), finding.layer)
        words["layer"] = name if not cls or cls.lower() == finding.layer.lower() else f"{name} ({cls})"
    if finding.class_name:
        words.setdefault("cls", finding.class_name)
    words["expected_axes"] = _expected_axes(finding)
    words["difference"] = _difference(finding)
    for name, bound in (("last_id", "input_dim"), ("last_class", "classes")):
        if finding.number(bound) is not None:
            words[name] = str((finding.number(bound) or 1) - 1)
    return words | (finding.family.words(finding) if finding.family is not None else {})


def _expected_axes(finding: Finding) -> str:
    names = axis_names(finding.class_name, finding.number("expected_ndim") or _usual_rank(finding.class_name))
    return f"({', '.join(names)})" if all(is_named(name) for name in names) else "the batch among them"


def _usual_rank(class_name: str | None) -> int:
    rules = BY_NAME.get(class_name or "")
    return rules.rank or 0 if rules else 0


def _difference(finding: Finding) -> str:
    """``: axis 1 is 30 there and 5 here``; empty where it isn't one axis."""
    both = two_apart(finding.named.get("both", ()))
    expected = finding.shape("expected") or finding.shape("left_shape") or (both[0] if len(both) > 1 else None)
    found = finding.shape("found") or finding.shape("right_shape") or (both[1] if len(both) > 1 else None)
    if expected is None or found is None or not expected:
        return ""
    if len(expected) != len(found):
        return f": {len(expected)} {'axis' if len(expected) == 1 else 'axes'} versus {len(found)}"
    apart = [
        i for i, (a, b) in enumerate(zip(expected, found, strict=True)) if a != b and a is not None and b is not None
    ]
    if "joined_axis" in finding.values and apart != [len(expected) - 1]:
        apart = [i for i in apart if i != len(expected) - 1]
    elif finding.shape("expected") is None:  # two operands: an axis of 1 stretches
        apart = [i for i in apart if 1 not in (expected[i], found[i])] or apart
    if not apart:
        return ""
    names = _spoken(finding, expected)
    told = ": " + ", ".join(f"{names[i]} is {expected[i]} versus {found[i]}" for i in apart)
    turned = len(apart) == 2 and expected[apart[0]] == found[apart[1]] and expected[apart[1]] == found[apart[0]]
    return told + ("; the two are swapped" if turned else "")


def _spoken(finding: Finding, sizes: Sizes) -> tuple[str, ...]:
    """A word for each axis, with its place: ``timesteps (axis 1)``."""
    role = next((role for role, several in finding.named.items() if sizes in several), "expected")
    names = name_axes(sizes, _names(finding, role, sizes), "")
    about = find_mistake(finding.mistake)
    weights = about is not None and about.end == "weights"  # they have no samples
    whole = not weights and (None in sizes[:1] or finding.class_name is not None or len(sizes) == 2)
    sight: tuple[str, ...] = ()
    both_samples = finding.without_batch and len(finding.shape("found") or ()) == len(sizes)
    if finding.of_samples and (role == "both" or both_samples):
        sight = words_for((None, *sizes), finding.around, finding.class_name)[1:]
    elif whole:
        sight = words_for(sizes, finding.around, finding.class_name)
    told = [axis.axis if is_named(axis.axis) or not sight else sight[i] for i, axis in enumerate(names)]
    return tuple(f"{name} (axis {i})" if is_named(name) else name for i, name in enumerate(told))


def shapes_of(text: Cleaned, finding: Finding) -> tuple[Shape, ...]:
    """The shapes of the message with their roles, then all others of the text."""
    shapes: list[Shape] = []
    seen: set[Sizes] = set()
    about = find_mistake(finding.mistake)
    roles = {**_ROLE_WORDS, **(finding.family.told_as if finding.family is not None else {})}
    for role, several in finding.named.items():
        if role == "both" and "left_shape" in finding.named:
            continue
        for sizes in several:
            if about is not None and about.lists_axes and role == "both" and len(sizes) == 1:
                continue  # the order of axes, not a shape
            shapes.append(name_axes(sizes, _names(finding, role, sizes), roles[role]))
            seen.add(sizes)
    for other in text.shapes[:64]:
        if other.sizes not in seen:
            seen.add(other.sizes)
            shapes.append(name_axes(other.sizes, (), IN_THE_TEXT))
    if empty_shape(text.flat):
        shapes.append(())
    return tuple(shapes)


_CHANNELS_FIRST = ("batch", "channels", "height", "width")


def _names(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...]:
    """Axis names by the role of a shape and the class of the layer."""
    class_name = finding.class_name
    about = find_mistake(finding.mistake)
    if role == "found" and len(sizes) == 1 and (expected := finding.shape("expected") or ())[1:] == sizes:
        return _names(finding, "expected", expected)[1:]  # one sample alone
    own = finding.family.names(finding, role, sizes) if finding.family is not None else None
    if own is not None:
        return own
    if class_name is None or _usual_rank(class_name) in (0, 4, 5):
        alone = len(sizes) in (3, 4) and (role == "expected" or sizes[0] != 1)  # (1, 200, 200) is a batch of one
        said = len(sizes) == 4 and channels_first_throughout(finding.around)
        alike = finding.shape("expected") or ()
        as_expected = len(alike) == len(sizes) and not one_picture(sizes[1:])
        names = front_names(sizes) or (front_names(alike) if as_expected else ())
        names = names or (front_names((None, *sizes))[1:] if alone else ()) or (_CHANNELS_FIRST if said else ())
        if names and role in ("expected", "found", "both", "left_shape", "right_shape"):
            return names
    if role == "found" and finding.number("expected_ndim") == len(sizes) + 1 == 5 and one_film(sizes):
        return ("frames", "height", "width", "channels")
    if role == "both" and finding.of_samples:
        return words_for((None, *sizes), finding.around, finding.class_name)[1:]
    if role == "labels" and len(sizes) == 1:
        return ("labels",)
    if about is not None and about.end == "target":
        if finding.of_samples and len(sizes) == 1 and sizes[0] is not None:
            return ("units",)
        if finding.number("expected_ndim") not in (None, len(sizes)) and len(sizes) > 2:
            return ()  # they aren't the axes of the layer: what stands around says more
        sample = _sample(finding) if role == "expected" else _both_samples(finding)
        sample = sample or (finding.without_batch and len(finding.shape("found") or ()) == len(sizes))
        if finding.of_samples and sample:
            at_sight = words_for((None, *sizes), finding.around, class_name)
            return (_all_or_none(output_names(class_name, len(sizes) + 1)) or at_sight)[1:]
        return output_names(class_name, len(sizes))
    if role == "weight_shape" and sizes[:1] == (None,) and class_name is None:
        return ("batch",)
    if role == "given":
        return ("batch", "units") if len(sizes) == 2 else ("batch", "timesteps", "units") if len(sizes) == 3 else ()
    if role in ("kernel", "weight_shape"):
        spatial = tuple(f"kernel_size_{i + 1}" for i in range(len(sizes) - 2)) if len(sizes) > 3 else ("kernel_size",)
        return (*spatial, "channels", "filters") if len(sizes) >= 3 else ("features", "units")
    if role in ("found", "expected"):
        if (role == "expected" and _sample(finding)) or _both_samples(finding):
            at_sight = words_for((None, *sizes), finding.around, class_name)
            return (_all_or_none(axis_names(class_name, len(sizes) + 1)) or at_sight)[1:]
        less = _one_less(finding, sizes) if role == "found" else ()
        if less or _usual_rank(class_name) > len(sizes):
            return less  # where an axis is missing, only the sizes say which one it is
        return _all_or_none(axis_names(class_name, len(sizes)))
    if role in ("logits", "labels"):
        return ("rows of outputs", "classes") if role == "logits" else ("labels",)
    return ()


def _one_less(finding: Finding, found: Sizes) -> tuple[str, ...]:
    """The axes of an array with one axis less than is expected, by the sizes that are there: its batch, or its last."""
    expected = finding.shape("expected") or ()
    if len(expected) != len(found) + 1 or None in expected[1:]:
        return ()
    names = _names(finding, "expected", expected) or words_for(expected, finding.around, finding.class_name)
    if found == expected[1:]:
        return names[1:]
    return names[:-1] if found[1:] == expected[1:-1] else ()


def _all_or_none(names: tuple[str, ...]) -> tuple[str, ...]:
    """A layer that has no word for one of the axes has none for the shape: what stands around it says more."""
    return names if all(map(is_named, names)) else ()


def _sample(finding: Finding) -> bool:
    """Whether the expected shape is that of one sample, without the batch (Keras 2.2's wording)."""
    expected, found = finding.shape("expected"), finding.shape("found")
    if not expected or not found:
        return False
    if finding.of_samples:
        return prints_samples(finding, finding.class_name, expected)
    rank = _usual_rank(finding.class_name)
    return expected[0] is not None and bool(rank and len(expected) == rank - 1)


def _both_samples(finding: Finding) -> bool:
    return _sample(finding) and len(finding.shape("found") or ()) == len(finding.shape("expected") or ())
