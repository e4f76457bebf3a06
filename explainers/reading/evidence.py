"""A message -> what it says: its numbers and shapes by their names, and the layer that it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from explainers.core.finding import Finding, Mark, Value
from explainers.core.layers import class_of
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said
from explainers.core.spec import Sizes
from explainers.reading.causes import cause_of, shapes_of
from explainers.reading.literal import BY_NAME, today_name
from explainers.reading.text import (
    LARGEST,
    Cleaned,
    FoundShape,
    read_sizes,
    shapes_in,
)

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
_WORD_ROLES = (
    "layer",
    "op",
    "loss",
    "argument",
    "cls",
    "what",
    "attribute",
    "rest",
    "passed",
    "position",
    "wanted_tree",
    "given_tree",
)
_LOSS = re.compile(  # a node or a function of a loss, not the name that is given to compile
    r"node [\w/]{0,80}(?:dice|jaccard|tversky|focal)\w{0,30}/|in \w{0,30}(?:dice|jaccard|tversky|focal)\w{0,30}\b|"
    r"compile_loss|compute_loss|[/_]loss|losses[./]|SquaredDifference|/(?:mse|mae)/|"
    r"(?<!['\"])\b(?:\w{0,30}(?:squared|absolute|percentage|logarithmic)_error|\w{0,30}crossentropy|"
    r"\w{0,30}cross_entropy|kullback\w{0,30}|cosine_similarity|huber|logcosh|poisson/|hinge/)",
    re.IGNORECASE,
)
_NAMED_LOSS = re.compile(
    r"\b(mean_squared_error|mean_absolute_error|categorical_crossentropy|binary_crossentropy|"
    r"sparse_categorical_crossentropy|mse|mae|huber)\b"
)
_NODE = re.compile(r"(?:\{\{node |\[\[node |\[\[Node: |Node: ')(?P<node>[\w/.-]{1,160})")
_CALLED = re.compile(r"when calling (?P<cls>[A-Z]\w{1,40})\.call\(\)")
_CONV_OPS = {"Conv1D": 1, "Conv2D": 2, "Conv3D": 3, "MaxPool": 2, "AvgPool": 2, "MaxPool3D": 3, "AvgPool3D": 3}


def evidence(
    text: Cleaned, mistake: Mistake, family: Family, match: re.Match[str], classes: Mapping[str, str]
) -> Finding:
    """What a message says: its numbers and shapes by their names, the layer, which mistake it is, and why."""
    said = Said(text.flat, match, classes)
    values, named = _values(text, match)
    if "both" in named:
        named["both"] = _compared(values, named["both"])
    if "both" not in named and "left_shape" in named and "right_shape" in named:
        named["both"] = (*named["left_shape"], *named["right_shape"])
    layer = values.get("layer")
    layer_name = str(layer).strip("`'\".:") if layer is not None else _node(text.flat, family, match)
    finding = Finding(
        "error",
        family=family,
        layer=layer_name,
        values=values,
        named=named,
        marks=(Mark(match.start(), match.end(), "the message"),),
        around=text.shown,
    )
    finding = replace(finding, class_name=_class(finding, classes) or _calling(text.flat, match, layer_name))
    for complete in family.completes:
        finding = complete(finding, said)
    finding = _ranks(finding)
    decided = family.decides(finding, said) if family.decides is not None else None
    finding = replace(finding, mistake=decided or mistake.name)
    cause = cause_of(family, finding)
    in_loss = family.in_loss and "noise" not in finding.values
    at_loss = _LOSS.search(said.near(300, 200)) or _by_hand(said) if in_loss else None
    if at_loss is not None:
        named_loss = _NAMED_LOSS.search(said.near(300, 200))
        if named_loss is not None:
            finding = replace(finding, values={"loss": named_loss[1], **finding.values})
    output = _output_operand(said) if at_loss is not None else None
    own = _own_operation(said, output, finding.layer or "") if output is not None else None
    finding = replace(finding, values={**finding.values, "own_output": own}) if own is not None else finding
    if at_loss is not None:
        cause += " They meet in the loss: one is the target, the other the model's output."
    return replace(
        finding,
        cause=cause,
        output_operand=output,
        shapes=shapes_of(text, finding),
        questions=(family.question,) if family.question and _needs(family, finding) else (),
    )


# What TensorFlow calls the target of a loss: data_1, IteratorGetNext:1, ExpandDims, Cast, dense_1_target.
_TARGET_FIRST = re.compile(r"\]\((?:data_\d|IteratorGetNext|ExpandDims|Cast|\w{0,60}target)[\w:/]{0,80}, ")
# Keras 3: target - output. Before: squared_difference(output, target) and output - target.
_SUBTRACTED = re.compile(r"compile_loss[\w/]{0,80}/sub\b|\[Op:Sub\]")
# Every Keras: target * log(output), target / output, target * output; but logits * labels where a sigmoid is left out.
_MULTIPLIED = re.compile(
    r"(?:entropy|hinge|poisson|divergence|similarity|dice\w{0,20}|jaccard\w{0,20}|tversky\w{0,20}|iou\w{0,20})"
    r"(?:_\d{1,3})?/(?:mul|truediv)(?:_\d{1,3})?\b"
)


# A loss that a training loop of the asker's own works out: the line that failed stands in the traceback.
_OUTPUT = r"\b(?:\w{0,20}model|self|net|network)\([^()\n]{1,60}\)|\b\w{0,20}pred\w{0,20}|\boutputs?\b|\blogits\b"
_TARGET = r"\b(?:y|targets?|labels?|y_true|y_batch|batch_y|yb|true)\b"
_BY_HAND = re.compile(rf"(?P<first>{_OUTPUT}) ?- ?{_TARGET}|{_TARGET} ?- ?(?:{_OUTPUT})")


def _by_hand(said: Said) -> re.Match[str] | None:
    """Where output and target are subtracted, in front of the message."""
    return _BY_HAND.search(said.before(1500))


def _output_operand(said: Said) -> int:
    """Which operand of a loss is the model's output."""
    by_hand = _by_hand(said)
    if by_hand is not None:
        return 0 if by_hand["first"] else 1
    near = said.near(60, 240)
    by_place = _MULTIPLIED.search(near) or (_SUBTRACTED.search(near) and "](" not in near)
    return 1 if by_place or _TARGET_FIRST.search(near) else 0


_OPERANDS = re.compile(r"\]\(([\w/:.-]{1,160}), ([\w/:.-]{1,160})\)")
_MODEL_OF_KERAS = re.compile(r"(?:\w{0,40}_)?(?:sequential|functional|model)(?:_\d{1,4})*")


def _own_operation(said: Said, output: int, loss: str) -> str | None:
    """``feed_back/transpose``: the output is made by an operation of the asker's own model, by no layer of Keras.

    ``compile_loss/mse/Squeeze`` isn't: it is a step of the loss itself, like ``compile_loss/mse/sub``.
    """
    operands = _OPERANDS.search(said.near(60, 240))
    if operands is None:
        return None
    path = operands[output + 1].partition(":")[0]
    parts = path.split("/")
    of_keras = path.startswith(f"{loss.rpartition('/')[0]}/") or any(
        class_of(part) is not None or _MODEL_OF_KERAS.fullmatch(part) for part in parts
    )
    return path if len(parts) > 1 and not of_keras else None


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
        values, named = _states_in(text.flat[match.start("passed") : match.end("passed") + 300], values, named)
    return values, named


def _states_in(
    part: str, values: dict[str, Value], named: dict[str, tuple[Sizes, ...]]
) -> tuple[dict[str, Value], dict[str, tuple[Sizes, ...]]]:
    """The states that were given, and the widths that the cell wants: ``… however `cell.state_size` is (128, 128)``."""
    head, _, tail = part.replace("However", "however").partition("however")
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
    if not family.has_node:
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


def _ranks(finding: Finding) -> Finding:
    """found_ndim from the shape that was found, and the other way round nothing: a rank makes no sizes."""
    values = dict(finding.values)
    for role in ("found", "expected"):
        shape = finding.shape(role)
        if shape is not None:
            values.setdefault(f"{role}_ndim", len(shape))
    return replace(finding, values=values)
