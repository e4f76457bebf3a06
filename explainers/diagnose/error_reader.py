"""An error message -> Finding. Reads structure through the table of families; sentences live in families.py."""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from explainers.core.axes import Shape
from explainers.diagnose.families import FAMILIES, Family
from explainers.diagnose.finding import Finding, Mark, Value, name_axes, written
from explainers.diagnose.layers import BY_NAME, axis_names, class_of, is_input_name, output_names, today_name
from explainers.diagnose.spec import Sizes
from explainers.diagnose.text import LARGEST, Cleaned, FoundShape, empty_shape, read_sizes, shapes_in

_BEFORE, _AFTER = 700, 2600  # characters around a word of a family that are looked at
_MOST_PLACES = 12  # places of one word that are tried
_SHAPE_ROLES = (
    "expected",
    "found",
    "kernel",
    "target",
    "logits",
    "labels",
    "left_shape",
    "right_shape",
    "pool",
    "weight_shape",
    "result",
    "sizes",
)
_WORD_ROLES = ("layer", "op", "loss", "argument", "cls", "what", "attribute", "rest", "passed", "position")
_LOSS = re.compile(  # a node or a function of a loss
    r"compile_loss|compute_loss|[/_]loss|losses[./]|(?:squared|absolute|percentage|logarithmic)_error|SquaredDifference|"
    r"crossentropy|cross_entropy|/(?:mse|mae)/|kullback|cosine_similarity|huber|logcosh",
    re.IGNORECASE,
)
_RANK_CLASS = {3: "LSTM", 4: "Conv2D", 5: "ConvLSTM2D", 2: "Dense"}
_CONV_OPS = {"Conv1D": 1, "Conv2D": 2, "Conv3D": 3, "MaxPool": 2, "AvgPool": 2, "MaxPool3D": 3, "AvgPool3D": 3}


def read_error(text: Cleaned) -> Finding | None:
    """The message in a text; None where no family fits."""
    hits = sorted(_hits(text), key=lambda hit: (-hit[0].weight, hit[1].start()))
    if not hits:
        return None
    family, match = hits[0]
    return _finding(text, family, match)


def _hits(text: Cleaned) -> Iterator[tuple[Family, re.Match[str]]]:
    lowered = text.flat.lower()
    if len(lowered) != len(text.flat):  # a letter whose lower case is longer: places would shift
        lowered = text.flat.translate({i: i + 32 for i in range(65, 91)})
    for family in FAMILIES:
        match = _first_match(text.flat, lowered, family)
        if match:
            yield family, match


def _first_match(flat: str, lowered: str, family: Family) -> re.Match[str] | None:
    """The wording that comes first in the table, at the first place where it fits."""
    windows = list(_windows(lowered, family.sees))
    for pattern in family.patterns:
        for start, end in windows:
            match = pattern.search(flat, start, end)
            if match:
                return match
    return None


def _windows(lowered: str, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """The surroundings of the family's words: the work stays bounded however long the text is."""
    for word in words:
        last_end = -1
        places = _spaced(word).finditer(lowered)
        for place in itertools.islice((found.start() for found in places), _MOST_PLACES):
            if place > last_end - _AFTER // 2:
                last_end = place + _AFTER
                yield max(0, place - _BEFORE), last_end


@cache
def _spaced(word: str) -> re.Pattern[str]:
    """The word with any blanks between its parts: a message may be wrapped anywhere."""
    return re.compile(r"\s{1,99}".join(map(re.escape, word.split(" "))))


def _finding(text: Cleaned, family: Family, match: re.Match[str]) -> Finding:
    values, named = _values(text, match)
    if "both" not in named and "left_shape" in named and "right_shape" in named:
        named["both"] = (*named["left_shape"], *named["right_shape"])
    layer = values.get("layer")
    layer_name = str(layer).strip("`'\".:") if layer is not None else None
    finding = Finding(
        "error",
        family=family.name,
        layer=layer_name,
        values=values,
        named=named,
        marks=(Mark(match.start(), match.end(), "the message"),),
    )
    finding = replace(finding, class_name=_class(finding))
    finding = _ranks(_windowing(finding))
    finding = replace(finding, mistake=_mistake(family, finding, text.flat, match))
    cause = _cause(family, finding)
    if family.name == "operands" and _LOSS.search(text.flat, max(0, match.start() - 300), match.end() + 200):
        cause += " They meet in the loss: one is the target, the other what the model gives."
    return replace(
        finding,
        cause=cause,
        shapes=_shapes(text, finding),
        questions=(family.question,) if family.question and _needs(family, finding) else (),
    )


def _needs(family: Family, finding: Finding) -> bool:
    return not any(n in finding.values for n in ("batch_size", "found_samples", "expected_ndim"))


def _values(text: Cleaned, match: re.Match[str]) -> tuple[dict[str, Value], dict[str, tuple[Sizes, ...]]]:
    """The named parts of a message: numbers, words, shapes."""
    values: dict[str, Value] = {}
    named: dict[str, tuple[Sizes, ...]] = {}
    for name, part in match.groupdict().items():
        if part is None:
            continue
        if name == "both":
            named[name] = _several(text.flat, match.start(name), match.end(name))
        elif name in _SHAPE_ROLES:
            if "unknown" not in part:
                named[name] = (_one_shape(part),)
        elif name in _WORD_ROLES:
            values[name] = part.strip()[:200]
            if name in ("position", "rest", "passed"):
                values |= _numbers_in(name, part)
        elif abs(int(part)) <= LARGEST:
            values[name] = int(part)
    return values, named


def _numbers_in(name: str, part: str) -> dict[str, Value]:
    """Numbers of a part that is kept as text: ``6,4`` of ``indices[6,4]``."""
    found = re.findall(r"\d{1,12}", part)[:24]
    return {f"{name}_{i}": int(number) for i, number in enumerate(found)}


def _one_shape(part: str) -> Sizes:
    inside = re.sub(r"TensorShape|Dimension|torch\.Size|[()\[\]]", " ", part)
    return read_sizes(inside)


def _several(flat: str, start: int, end: int) -> tuple[Sizes, ...]:
    """Shapes in a row: they end where words begin that aren't "and", "vs", "x" or a tensor's name."""
    found: list[FoundShape] = []
    for shape in shapes_in(flat, start, end):
        gap = flat[found[-1].end : shape.start] if found else ""
        if found and not re.fullmatch(r"[\s,()\[\]]{0,60}(?:and|vs\.?|x|TensorShape)?[\s,()\[\]]{0,60}", gap):
            break
        found.append(shape)
    return tuple(shape.sizes for shape in found)


def _class(finding: Finding) -> str | None:
    """The class of the layer: from its name, from the op, from the rank that is expected."""
    for name in (finding.layer, str(finding.values.get("cls", ""))):
        found = (class_of(name) or today_name(name)) if name else None
        if found:
            return found
    kernel = finding.shape("kernel")
    if kernel is not None and 3 <= len(kernel) <= 5:
        return f"Conv{len(kernel) - 2}D"
    op = str(finding.values.get("op", ""))
    if op in _CONV_OPS:
        return op if op.startswith("Conv") else f"{'Max' if 'Max' in op else 'Average'}Pooling{_CONV_OPS[op]}D"
    return None


def _windowing(finding: Finding) -> Finding:
    """What is known of a convolution that ran out of steps. A dummy axis of a Conv2D op that serves a Conv1D goes."""
    if finding.family != "negative_dimension":
        return finding
    values, named = dict(finding.values), dict(finding.named)
    both = named.get("both", ())
    kernel = named.get("kernel", (None,))[0] or (both[1] if len(both) > 1 else None)
    found = named.get("found", (None,))[0] or (both[0] if both else None)
    class_name = finding.class_name
    if class_name is None and finding.layer and "conv" in finding.layer.lower() and kernel:
        class_name = f"Conv{len(kernel) - 2}D"
    if found and class_name and class_name.endswith("1D") and len(found) == 4:
        drop = 2 if found[2] == 1 and found[1] != 1 else 1
        if kernel is not None and len(kernel) == 4:
            drop = 1 if kernel[0] == 1 and kernel[1] != 1 else 2 if kernel[1] == 1 and kernel[0] != 1 else drop
            kernel = tuple(n for i, n in enumerate(kernel) if i != drop - 1)
        found = tuple(n for i, n in enumerate(found) if i != drop)
    if found:
        named["found"] = (found,)
    if kernel:
        named["kernel"] = (kernel,)
        values |= {"filters": kernel[-1], "channels": kernel[-2]}
        values.setdefault("kernel_size", kernel[0])
    if found and len(found) == 3:
        values.setdefault("steps", found[1])
        values.setdefault("channels", found[2])
    word = "step" if class_name is None or class_name.endswith("1D") else "pixel"
    values["step_word"] = word if values.get("steps") == 1 else f"{word}s"
    return replace(finding, class_name=class_name, values=values, named=named)


def _ranks(finding: Finding) -> Finding:
    """found_ndim from the shape that was found, and the other way round nothing: a rank makes no sizes."""
    values = dict(finding.values)
    for role in ("found", "expected"):
        shape = finding.shape(role)
        if shape is not None:
            values.setdefault(f"{role}_ndim", len(shape))
    return replace(finding, values=values)


def _mistake(family: Family, finding: Finding, flat: str, match: re.Match[str]) -> str | None:
    """Where a family covers several mistakes, the structure decides which."""
    choices = (family.mistake or "").split("|")
    if family.name == "data_shape":
        if _is_target(finding, flat, match):
            return "target_shape"
        return "data_rank" if "expected" not in finding.named else "data_size"
    if family.name == "axis_value":
        rules = BY_NAME.get(finding.class_name or "")
        return "channels" if rules and rules.group == "conv" else "data_size"
    if family.name == "functional_shape" and match.group().startswith("State"):
        return "initial_state"
    if family.name == "input_count" and "model target" in flat[max(0, match.start() - 200) : match.start()]:
        return "target_shape"
    if family.name == "operands" and _other_samples(finding, flat):
        return "stateful_batch"
    if family.name in ("operands", "theano_rank") and "oncat" in flat[match.start() : match.end() + 160]:
        return "merge_shapes"
    if family.name == "operands" and re.search(r"'?Assign", flat[match.start() : match.end() + 160]):
        return "weights_shape"
    if len(choices) == 2:
        expected, found = finding.shape("expected") or (), finding.shape("found") or ()
        return choices[0] if len(expected) != len(found) else choices[1]
    return choices[0] or None


def _other_samples(finding: Finding, flat: str) -> bool:
    """Whether a recurrent loop met two numbers of samples: a state and a batch that don't fit."""
    both = finding.named.get("both", ())
    if len(both) != 2 or both[0][1:] != both[1][1:] or None in (*both[0][:1], *both[1][:1]):
        return False
    return bool(re.search(r"stateful|while/|/(?:lstm|gru|simple_?rnn|rnn)", flat, re.IGNORECASE))


def _is_target(finding: Finding, flat: str, match: re.Match[str]) -> bool:
    """Keras names the output layer in messages about targets, and an input in messages about inputs."""
    before = flat[max(0, match.start() - 40) : match.end()]
    if re.search(r"checking (?:model )?target", before):
        return True
    if re.search(r"checking (?:model )?input", before):
        return False
    return not (finding.layer and is_input_name(finding.layer)) and not re.search(r"checking\s?:", before)


class _Known(string.Formatter):
    """Fills a sentence; KeyError where a number isn't known."""


def _cause(family: Family, finding: Finding) -> str:
    words = _words(finding)
    for sentence in family.causes:
        try:
            return _Known().format(sentence, **words)
        except KeyError:
            continue
    return family.causes[-1].split("{")[0]


def _words(finding: Finding) -> dict[str, str]:
    """All that a cause sentence may speak of."""
    words = {name: str(value) for name, value in finding.values.items() if value is not None}
    words |= {name: written(shapes[0]) for name, shapes in finding.named.items() if shapes}
    both = finding.named.get("both", ())
    words.pop("both", None)
    if len(both) > 1:
        words["both"] = " and ".join(written(shape) for shape in both[:4])
    if finding.layer:
        cls = finding.class_name
        words["layer"] = (
            finding.layer if not cls or cls.lower() == finding.layer.lower() else f"{finding.layer} ({cls})"
        )
    if finding.class_name:
        words.setdefault("cls", finding.class_name)
    words["expected_axes"] = _expected_axes(finding)
    words["difference"] = _difference(finding)
    return words


def _expected_axes(finding: Finding) -> str:
    names = axis_names(finding.class_name, finding.number("expected_ndim") or _usual_rank(finding.class_name))
    return f"({', '.join(names)})" if names and "unknown" not in names else "the batch among them"


def _usual_rank(class_name: str | None) -> int:
    rules = BY_NAME.get(class_name or "")
    return rules.rank or 0 if rules else 0


def _difference(finding: Finding) -> str:
    """``: axis 1 is 30 there and 5 here``; empty where it isn't one axis."""
    both = finding.named.get("both", ())
    expected = finding.shape("expected") or finding.shape("left_shape") or (both[0] if len(both) > 1 else None)
    found = finding.shape("found") or finding.shape("right_shape") or (both[1] if len(both) > 1 else None)
    if expected is None or found is None or not expected:
        return ""
    if len(expected) != len(found):
        return f": {len(expected)} axes against {len(found)}"
    apart = [
        i for i, (a, b) in enumerate(zip(expected, found, strict=True)) if a != b and a is not None and b is not None
    ]
    if not apart:
        return ""
    return ": " + ", ".join(f"axis {i} is {expected[i]} against {found[i]}" for i in apart)


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
    "pool": "pool_size, in the message",
    "weight_shape": "the weight, in the message",
    "result": "the result",
    "sizes": "output_size, in the message",
}


def _shapes(text: Cleaned, finding: Finding) -> tuple[Shape, ...]:
    """The shapes of the message with their roles, then all others of the text."""
    shapes: list[Shape] = []
    seen: set[Sizes] = set()
    for role, several in finding.named.items():
        if role == "both" and ("left_shape" in finding.named or finding.family == "negative_dimension"):
            continue
        for sizes in several:
            shapes.append(name_axes(sizes, _names(finding, role, sizes), _ROLE_WORDS[role]))
            seen.add(sizes)
    for other in text.shapes[:64]:
        if other.sizes not in seen:
            seen.add(other.sizes)
            shapes.append(name_axes(other.sizes, (), "in the text"))
    if empty_shape(text.flat):
        shapes.append(())
    return tuple(shapes)


def _names(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...]:
    """Axis names by the role of a shape and the class of the layer."""
    class_name = finding.class_name
    if finding.mistake == "target_shape":
        rank = len(sizes) + (1 if finding.family == "data_shape" and role == "expected" and _sample(finding) else 0)
        names = output_names(class_name, rank)
        return names[1:] if rank != len(sizes) else names
    if role == "weight_shape" and sizes[:1] == (None,) and class_name is None:
        return ("batch",)
    if role in ("kernel", "weight_shape"):
        spatial = tuple(f"kernel_size_{i + 1}" for i in range(len(sizes) - 2)) if len(sizes) > 3 else ("kernel_size",)
        return (*spatial, "channels", "filters") if len(sizes) >= 3 else ("features", "units")
    if finding.mistake == "weights_shape":
        return ("input_dim", "output_dim") if class_name == "Embedding" and len(sizes) == 2 else ()
    if role in ("found", "expected"):
        if (role == "expected" and _sample(finding)) or _both_samples(finding):
            return axis_names(class_name, len(sizes) + 1)[1:]
        return axis_names(class_name, len(sizes))
    if role in ("logits", "labels"):
        return ("rows of answers", "classes") if role == "logits" else ("labels",)
    return ()


def _sample(finding: Finding) -> bool:
    """Whether the expected shape is that of one sample, without the batch (Keras 2.2's wording)."""
    expected, found = finding.shape("expected"), finding.shape("found")
    rank = _usual_rank(finding.class_name)
    return bool(expected and found and rank and len(expected) == rank - 1 and expected[0] is not None)


def _both_samples(finding: Finding) -> bool:
    return _sample(finding) and len(finding.shape("found") or ()) == len(finding.shape("expected") or ())


def guessed_class(finding: Finding) -> str:
    """The class to show it with, where the message names none: by the rank that it wants."""
    if finding.class_name in BY_NAME:
        return str(finding.class_name)
    return _RANK_CLASS.get(finding.number("expected_ndim") or 3, "LSTM")
