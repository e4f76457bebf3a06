"""An error message -> Finding. Reads structure through the table of families; sentences live in families.py."""

from __future__ import annotations

import itertools
import re
import string
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from explainers.core.axes import Shape
from explainers.core.finding import Ask, Finding, Mark, Value, name_axes, written
from explainers.core.spec import Sizes
from explainers.reading.asking import MESSAGE, Answers
from explainers.reading.families import FAMILIES, Family
from explainers.reading.layers import BY_NAME, axis_names, class_of, is_input_name, output_names, today_name
from explainers.reading.text import LARGEST, Cleaned, FoundShape, empty_shape, read_sizes, shapes_in

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
    "given",
)
_WORD_ROLES = ("layer", "op", "loss", "argument", "cls", "what", "attribute", "rest", "passed", "position")
_LOSS = re.compile(  # a node or a function of a loss, not the name that is given to compile
    r"compile_loss|compute_loss|[/_]loss|losses[./]|SquaredDifference|/(?:mse|mae)/|"
    r"(?<!['\"])\b(?:\w{0,30}(?:squared|absolute|percentage|logarithmic)_error|\w{0,30}crossentropy|"
    r"\w{0,30}cross_entropy|kullback\w{0,30}|cosine_similarity|huber|logcosh)",
    re.IGNORECASE,
)
_PRODUCT = re.compile(r"matmul|matrix size|not aligned|mismatch In\[1\]|inner dim|cannot be multiplied", re.IGNORECASE)
_NODE = re.compile(r"(?:\{\{node |\[\[node |\[\[Node: |Node: ')(?P<node>[\w/.-]{1,160})")
_TYPED = re.compile(r"layer [\"']?(?P<name>[\w.-]{1,80})[\"']?,? \(type (?P<cls>[A-Z]\w{1,40})\)")
_HEAD = re.compile(r"(?<![\w.])(?P<name>[A-Za-z_][\w.]{0,79}(?:Error|Exception)) {0,3}:")
_LINES = re.compile(r"(?<=[^\n]{40})\n|\n\s*\n")  # a short first line goes on in the next
_MOST_MESSAGES = 12
_HEADLINE = 150  # letters of a message by which one is chosen
WHICH = "The text holds several messages. Which one do you mean?"
_CALLED = re.compile(r"when calling (?P<cls>[A-Z]\w{1,40})\.call\(\)")
_GATES = {"LSTM": 4, "LSTMCell": 4, "GRU": 3, "GRUCell": 3, "SimpleRNN": 1, "SimpleRNNCell": 1}
_RANK_CLASS = {3: "LSTM", 4: "Conv2D", 5: "ConvLSTM2D", 2: "Dense"}
_CONV_OPS = {"Conv1D": 1, "Conv2D": 2, "Conv3D": 3, "MaxPool": 2, "AvgPool": 2, "MaxPool3D": 3, "AvgPool3D": 3}


def read_error(
    text: Cleaned, classes: Mapping[str, str] | None = None, answers: Answers | None = None
) -> Finding | None:
    """The message in a text; None where no family fits.

    classes: the classes of layers by their names, where code or a table around the message says them.
    answers: which message is meant, where a text holds several; until it is said, the one whose wording is surest.
    """
    hit = _best(text, 0, len(text.flat))
    if hit is None:
        return None
    known = {**(classes or {}), **_typed(text.flat)}
    found = _finding(text, *hit, known)
    several = _messages(text, hit, known)
    if not several:
        return found
    options = tuple(told for told, _ in several)
    place = (answers or Answers()).choice(MESSAGE, options)
    default = next(i for i, (_, other) in enumerate(several) if other.marks == found.marks)
    ask = Ask(MESSAGE, "choice", WHICH, options[default if place is None else place], options, place is not None)
    return replace(several[default if place is None else place][1], asks=(ask,))


def _best(text: Cleaned, start: int, end: int) -> tuple[Family, re.Match[str]] | None:
    """The family whose wording is surest in a part of the text."""
    hits = sorted(_hits(text, start, end), key=lambda hit: (-hit[0].weight, hit[1].start()))
    return hits[0] if hits else None


def _messages(
    text: Cleaned, best: tuple[Family, re.Match[str]], classes: Mapping[str, str]
) -> list[tuple[str, Finding]]:
    """Messages that say different things, each from its ``ValueError:`` on; none where there is only one."""
    heads = [head.start("name") for head in itertools.islice(_HEAD.finditer(text.flat), _MOST_MESSAGES)]
    found: list[tuple[str, Finding]] = []
    for start, end in itertools.pairwise([*heads, len(text.flat)]):
        inside = start <= best[1].start() < end
        hit = best if inside else _best(text, start, end)
        if hit is None or hit[0].name == "rank_cut_off":
            continue
        message = _finding(text, *hit, classes)
        same = [i for i, (_, other) in enumerate(found) if not _differs(message, other)]
        line = next((part for part in _LINES.split(text.shown[start:end], 1) if part.strip()), "")
        told = textwrap.shorten(line[: 4 * _HEADLINE], _HEADLINE, placeholder=" …")
        if message.mistake is None or (same and not inside):
            continue
        found = [entry for i, entry in enumerate(found) if i not in same] + [(told, message)]
    options = {told for told, _ in found}
    of_best = any(message.marks == (Mark(best[1].start(), best[1].end(), "the message"),) for _, message in found)
    return found if 1 < len(found) == len(options) and of_best else []


def _differs(one: Finding, other: Finding) -> bool:
    """Whether two messages are about different things, not one message told twice on its way up."""
    numbers = one.values.keys() & other.values.keys() - {"layer", "node"}
    roles = one.named.keys() & other.named.keys()
    return (
        one.mistake != other.mistake
        or any(one.values[name] != other.values[name] for name in numbers)
        or any(one.named[role] != other.named[role] for role in roles)
    )


def _typed(flat: str) -> dict[str, str]:
    """``layer "block2_pool" (type MaxPooling1D)``: what TensorFlow 2 says of the layer it was in."""
    found = itertools.islice(_TYPED.finditer(flat), _MOST_PLACES)
    return {match["name"]: match["cls"] for match in found if today_name(match["cls"])}


def _hits(text: Cleaned, start: int, end: int) -> Iterator[tuple[Family, re.Match[str]]]:
    lowered = text.flat.lower()
    if len(lowered) != len(text.flat):  # a letter whose lower case is longer: places would shift
        lowered = text.flat.translate({i: i + 32 for i in range(65, 91)})
    for family in FAMILIES:
        match = _first_match(text.flat, lowered, family, start, end)
        if match:
            yield family, match


def _first_match(flat: str, lowered: str, family: Family, first: int, last: int) -> re.Match[str] | None:
    """The wording that comes first in the table, at the first place from `first` to `last` where it fits."""
    windows = list(_windows(lowered, family.sees, first, last))
    for pattern in family.patterns:
        for start, end in windows:
            match = pattern.search(flat, start, end)
            if match:
                return match
    return None


def _windows(lowered: str, words: tuple[str, ...], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The surroundings of the family's words: the work stays bounded however long the text is."""
    for word in words:
        last_end = -1
        places = _spaced(word).finditer(lowered)
        for place in itertools.islice((found.start() for found in places), _MOST_PLACES):
            if place > last_end - _AFTER // 2:
                last_end = place + _AFTER
                yield max(first, place - _BEFORE), min(last, last_end)


@cache
def _spaced(word: str) -> re.Pattern[str]:
    """The word with any blanks between its parts: a message may be wrapped anywhere."""
    return re.compile(r"\s{1,99}".join(map(re.escape, word.split(" "))).replace(r"\-", r"\-\s{0,9}"))


def _finding(text: Cleaned, family: Family, match: re.Match[str], classes: Mapping[str, str]) -> Finding:
    values, named = _values(text, match)
    if "both" in named:
        named["both"] = _compared(values, named["both"])
    if "both" not in named and "left_shape" in named and "right_shape" in named:
        named["both"] = (*named["left_shape"], *named["right_shape"])
    layer = values.get("layer")
    layer_name = str(layer).strip("`'\".:") if layer is not None else _node(text.flat, family, match)
    finding = Finding(
        "error",
        family=family.name,
        layer=layer_name,
        values=values,
        named=named,
        marks=(Mark(match.start(), match.end(), "the message"),),
    )
    finding = replace(finding, class_name=_class(finding, classes) or _calling(text.flat, match, layer_name))
    finding = _listed(_ranks(_kernel(_windowing(finding), text.flat, match, classes)))
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
    known = {*finding.values, *finding.named}
    return not known & {"batch_size", "found_samples", "expected_ndim", "left_shape"}


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
    if "passed" in values:
        values, named = _states_in(text.flat[match.start("passed") : match.end("passed") + 60], values, named)
    return values, named


def _states_in(
    part: str, values: dict[str, Value], named: dict[str, tuple[Sizes, ...]]
) -> tuple[dict[str, Value], dict[str, tuple[Sizes, ...]]]:
    """The states that were given, and the widths that the cell wants: ``… however `cell.state_size` is (128, 128)``."""
    head, _, tail = part.partition("however")
    given = tuple(shape.sizes for shape in shapes_in(head))
    size = re.match(r"[^\]).]{1,80}[\])]{0,3}", tail.partition(" is ")[2])
    wanted = re.findall(r"\d{1,9}", size[0]) if size is not None else []
    more: dict[str, Value] = {}
    if size is not None and wanted:
        more = {"wanted_states": size[0].strip(" `."), "state_width": int(wanted[-1])}
    return {**values, **more}, {**named, "given": given} if given else named


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


def _compared(values: dict[str, Value], both: tuple[Sizes, ...]) -> tuple[Sizes, ...]:
    """Theano lists the shapes of all inputs and says which two of them don't fit: these two first."""
    i, j = values.get("i"), values.get("j")
    if isinstance(i, int) and isinstance(j, int) and len(both) > max(i, j) and i != j:
        return (both[i], both[j], *(shape for k, shape in enumerate(both) if k not in (i, j)))
    return both


def _node(flat: str, family: Family, match: re.Match[str]) -> str | None:
    """The layer whose node TensorFlow names behind the message: ``[[node functional_1/dense/MatMul ...]]``."""
    if family.name not in ("operands", "merge", "embedding_range", "reshape", "channels", "target_array"):
        return None
    found = _NODE.search(flat, match.start("layer") if "layer" in match.groupdict() else match.end(), match.end() + 300)
    found = found or _NODE.search(flat, max(0, match.start() - 200), match.start())
    return found["node"] if found is not None and class_of(found["node"]) is not None else None


def _calling(flat: str, match: re.Match[str], layer: str | None) -> str | None:
    """The class in ``Exception encountered when calling LSTM.call()``, where the message names no layer."""
    if layer is not None:
        return None
    found = _CALLED.search(flat, max(0, match.start() - 300), match.start())
    name = today_name(found["cls"]) if found is not None else None
    return name if name in BY_NAME else None


def _only_cell(around: str, classes: Mapping[str, str]) -> str | None:
    """The recurrent class of the code around, where the product is that of a loop over timesteps and there is one."""
    cells = {name for name in classes.values() if name in _GATES}
    return cells.pop() if len(cells) == 1 and re.search(r"while/|strided_slice\w{0,6}, ", around) else None


def _kernel(finding: Finding, flat: str, match: re.Match[str], classes: Mapping[str, str]) -> Finding:
    """Two operands of a product inside a layer: data and the layer's kernel, which say its units and its features.

    [features, 4·units] is the kernel of an LSTM; a cell of TensorFlow 1 has [features + units, 4·units].
    """
    both = finding.named.get("both", ())
    if finding.family not in ("operands", "gemm") or len(both) != 2 or any(len(shape) != 2 for shape in both):
        return finding
    around = flat[match.start() : match.end() + 120]
    if not _PRODUCT.search(around) and finding.family != "gemm":
        return finding
    (_, width), (depth, columns) = both
    values = {**finding.values, "product": f"(…, {width}) · ({depth}, {columns})"}
    finding = replace(finding, class_name=finding.class_name or _only_cell(around, classes))
    gates = _GATES.get(finding.class_name or "", 0)
    path = (finding.layer or "").lower()
    if None not in (width, depth, columns) and width != depth and width and depth and columns:
        if gates and columns % gates == 0:
            units = columns // gates
            cell = bool(re.search(r"_cell", path)) and depth > units
            features, came = (depth - units, width - units) if cell else (depth, width)
            if came > 0 and depth != units:
                values |= {"units": units, "features": features, "came": came, "gates": gates}
        elif finding.class_name == "Dense":
            values |= {"units": columns, "features": depth, "came": width}
    return replace(finding, values=values)


def _class(finding: Finding, classes: Mapping[str, str]) -> str | None:
    """The class of the layer: from code around, from its name, from the op, from the rank that is expected."""
    for part in (finding.layer or "").split("/"):
        known_class = classes.get(re.sub(r"_input$", "", part))
        if known_class in BY_NAME:
            return known_class
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


def _listed(finding: Finding) -> Finding:
    """x as a list of equal arrays ("x sizes: 80, 80, …") is a list of samples, not several inputs."""
    second = finding.number("second")
    if second is None or second != finding.number("left"):
        return finding
    kept = {name: value for name, value in finding.values.items() if name != "second"}
    return replace(finding, values={**kept, "listed": second})


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
    if family.name == "structures":
        near = flat[max(0, match.start() - 400) : match.end() + 600]
        return choices[1] if re.search(r"y_true|y_pred|compile_loss|compute_loss|/losses", near) else choices[0]
    if family.name == "operands" and _other_samples(finding, flat):
        return "stateful_batch"
    if family.name == "gemm" and _other_rows(finding):
        return "stateful_batch"
    if family.name in ("operands", "theano_rank") and "oncat" in flat[match.start() : match.end() + 160]:
        return "merge_shapes"
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


def _other_rows(finding: Finding) -> bool:
    """Whether a product fits but for its rows: one sample more or less than the place for its result has."""
    both, result = finding.named.get("both", ()), finding.shape("result")
    if len(both) != 2 or result is None or any(len(shape) != 2 for shape in (*both, result)):
        return False
    return both[0][1] == both[1][0] and both[1][1] == result[1] and both[0][0] != result[0]


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
    if finding.mistake == "stateful_batch" and len(both) > 1 and both[0] and both[1]:
        words["samples_a"], words["samples_b"] = str(both[0][0]), str(both[1][0])
    if finding.family == "gemm" and len(both) > 1:
        words |= _product_words(both, finding.shape("result"))
    return words


def _product_words(both: tuple[Sizes, ...], result: Sizes | None) -> dict[str, str]:
    """What a product gives, where it can be made and only its place doesn't fit."""
    left, right = both[:2]
    if result is None or len(left) != 2 or len(right) != 2 or left[1] != right[0]:
        return {}
    return {"gives": written((left[0], right[1])), "place": written(result)}


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
    told = ": " + ", ".join(f"axis {i} is {expected[i]} against {found[i]}" for i in apart)
    turned = len(apart) == 2 and expected[apart[0]] == found[apart[1]] and expected[apart[1]] == found[apart[0]]
    return told + ("; the two stand the other way round" if turned else "")


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
    if role in ("left_shape", "right_shape", "both") and "came" in finding.values:
        gates = finding.number("gates")
        cell = finding.number("features") != finding.named["both"][1][0]
        if sizes != finding.named["both"][1]:
            return ("batch", "features + units" if cell else "features")
        return ("features + units" if cell else "features", f"{gates}·units" if (gates or 1) > 1 else "units")
    if finding.family == "stateful" and role in ("left_shape", "right_shape") and len(sizes) == 3:
        return ("layers", "batch", "units")
    if role == "given":
        return ("batch", "units") if len(sizes) == 2 else ("batch", "timesteps", "units") if len(sizes) == 3 else ()
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
        return str(finding.class_name).removesuffix("Cell")
    return _RANK_CLASS.get(finding.number("expected_ndim") or 3, "LSTM")
