"""Messages that no mistake has a wording for: what they ask of a shape, by the way such messages are written.

Keras has hundreds of checks with words of their own ("`x` must be 1-D or 2-D", "expected rank 3 or rank 4"). What they
ask for is one of few things: a number of axes, two sizes that agree, a size that divides another, a positive number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from explainers.core.finding import Change, Finding, name_axes
from explainers.core.mistakes.kit.sheet import Family
from explainers.core.spec import Sizes
from explainers.core.words import listed
from explainers.reading.by_sight import words_for
from explainers.reading.text import Cleaned, shapes_in

_LOOKED_AT = 4000  # characters of a text
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4}
_N = r"(\d|one|two|three|four)"
_OR = r"(?: \([^()\n]{1,30}\))?(?:,? or (?:rank )?(\d)(?:-?D)?)?"


@dataclass(frozen=True)
class _Kind:
    """One thing that a message may ask: how it is written, what it is called, and what is told of it."""

    title: str
    forms: tuple[re.Pattern[str], ...]
    told: Callable[[re.Match[str], str, tuple[Sizes, ...]], Finding | None]


def _forms(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def _number(word: str | None) -> int | None:
    if word is None:
        return None
    return _WORDS.get(word.lower(), int(word) if word.isdigit() else None)


def _axes(found: re.Match[str], message: str, shapes: tuple[Sizes, ...]) -> Finding | None:
    """A tensor of another number of axes than is asked for."""
    asked = sorted({number for word in found.groups() if (number := _number(word)) is not None})
    least = re.search(r">=|at least|or (?:more|higher|greater)", found.group(), re.IGNORECASE) is not None
    if not asked:
        return None
    wrong = next((s for s in shapes if (len(s) < asked[0] if least else len(s) not in asked)), None)
    if wrong is None:
        return None
    wanted = f"at least {asked[0]}" if least else " or ".join(map(str, asked))
    counted = f"{len(wrong)} {'axis' if len(wrong) == 1 else 'axes'}"
    cause = f"This step takes a tensor with {wanted} {'axis' if wanted == '1' else 'axes'}; {wrong} has {counted}."
    return Finding(
        "error", "layer_rank", values={"found_ndim": len(wrong)}, cause=cause, fixes=tuple(_reshaped(wrong, asked))
    )


def _reshaped(wrong: Sizes, asked: list[int]) -> Iterator[Change]:
    """An axis more in front or at the end, or one of size 1 less."""
    behind = f"If an axis of channels or features is missing at the end, add it: {(*wrong, 1)}."
    in_front = f"If {wrong} is one sample, give it a batch axis in front: {(1, *wrong)}."
    more = [Change(behind, code="x = x[..., None]")]
    if wrong and wrong[0] is not None:
        more.insert(len(wrong) == 2, Change(in_front, code="x = x[None]"))  # two axes are more often a gray image
    if len(wrong) + 1 in asked:
        yield from more
    ones = [place for place, size in enumerate(wrong) if size == 1]
    if len(wrong) - 1 in asked and ones:
        less = (*wrong[: ones[-1]], *wrong[ones[-1] + 1 :])
        yield Change(f"Drop the axis of size 1: {less}.", code=f"x = np.squeeze(x, axis={ones[-1]})")
    yield Change("Print the shape on the line that fails.", code="print(x.shape)")


def _alike(found: re.Match[str], message: str, shapes: tuple[Sizes, ...]) -> Finding | None:
    """Two shapes that must agree."""
    if len(shapes) < 2 or shapes[0] == shapes[1]:
        return None
    one, other = shapes[:2]
    if len(one) != len(other):
        apart = f"they have {len(one)} and {len(other)} axes"
    else:
        pairs = [(place, a, b) for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        apart = listed([f"axis {place} is {a} versus {b}" for place, a, b in pairs])
    return Finding(
        "error",
        "operand_sizes",
        cause=f"{one} and {other} must agree here: {apart}.",
        fixes=(Change("Print both shapes on the line that fails: one of them isn't what you expect.",
                      code="print(a.shape, b.shape)"),),
    )  # fmt: skip


def _divided(found: re.Match[str], message: str, shapes: tuple[Sizes, ...]) -> Finding | None:
    """A size that another one must divide."""
    size, by = int(found[1]), int(found[2])
    if by < 2 or size % by == 0:
        return None
    near = [n for n in (size // by * by, (size // by + 1) * by) if n]
    return Finding(
        "error",
        values={"size": size, "divisor": by},
        cause=f"{size} must be divisible by {by}, and {size} / {by} leaves {size % by}. Nearby, "
        f"{' and '.join(map(str, near))} {'is' if len(near) == 1 else 'are'}.",
        fixes=(Change(f"Make that size {' or '.join(map(str, near))}."),),
    )


def _last(found: re.Match[str], message: str, shapes: tuple[Sizes, ...]) -> Finding | None:
    """A last axis of a certain size."""
    wanted = int(found[1])
    wrong = next((shape for shape in shapes if shape and shape[-1] not in (None, wanted)), None)
    if wrong is None:
        return None
    cause = f"The last axis must have {wanted} entries here; {wrong} ends with {wrong[-1]}."
    moved = [place for place, size in enumerate(wrong) if size == wanted]
    fixes = (
        [Change(f"If axis {moved[0]} is meant, move it to the end.", code=f"x = np.moveaxis(x, {moved[0]}, -1)")]
        if moved
        else []
    )
    return Finding("error", cause=cause, fixes=tuple(fixes))


def _value(found: re.Match[str], message: str, shapes: tuple[Sizes, ...]) -> Finding | None:
    """An argument with a value that Keras doesn't take."""
    name, wanted, came = found[1], found[2].strip(), found[3].strip().rstrip(".")
    came = came.removeprefix(f"{name}=")
    positive = "positive integer" in wanted
    fix: tuple[Change, ...] = ()
    if positive and re.fullmatch(r"\d{1,6}\.\d{1,9}", came):
        fix = (Change(f"Round it: {name}={round(float(came))}.", code=f"{name}=int({came})  # or // instead of /"),)
    if positive and re.fullmatch(r"[1-9]\d{0,9}", came):
        cause = f"{name} is {came}, but as a number of NumPy's, not as a whole number of Python's own."
        return Finding("error", cause=cause, fixes=(Change("Put int() around it.", code=f"{name}=int({name})"),))
    return Finding("error", cause=f"{name} must be {wanted}; it is {came}.", fixes=fix)


def _samples(found: re.Match[str], message: str, shapes: tuple[Sizes, ...]) -> Finding | None:
    """scikit-learn: x and y of different lengths."""
    one, other = int(found[1]), int(found[2])
    return Finding(
        "error",
        "data_size",
        values={"left": one, "right": other},
        cause=f"The first array has {one:,} samples and the second {other:,}: each sample needs one target.",
        fixes=(Change("Print both shapes: the first number of each must agree.", code="print(x.shape, y.shape)"),),
    )


def _rows_of_a_table(found: re.Match[str], message: str, shapes: tuple[Sizes, ...]) -> Finding | None:
    """pandas: a new column with more or fewer values than the table has rows."""
    values, rows = int(found[1]), int(found[2])
    fewer = (
        Change(f"If these are predictions from windows of steps, the first {rows - values} rows have none.",
               code=f"table.loc[table.index[{rows - values}:], 'prediction'] = predictions.ravel()"),
    ) if values < rows else ()  # fmt: skip
    return Finding(
        "error",
        "data_size",
        values={"left": values, "right": rows},
        cause=f"The new column has {values:,} values and the table {rows:,} rows; each row needs one.",
        fixes=(*fewer, Change("Print both lengths.", code="print(len(table), predictions.shape)")),
    )


def _columns(found: re.Match[str], message: str, shapes: tuple[Sizes, ...]) -> Finding | None:
    """scikit-learn: a scaler or model that was fitted on another number of columns."""
    came, who, fitted = int(found[1]), found[2], int(found[3])
    return Finding(
        "error",
        "data_size",
        values={"found": came, "expected": fitted},
        cause=f"{who} was fitted on {fitted} columns; these data have {came}.",
        fixes=(
            Change(f"Give it the same {fitted} columns as at fit, in the same order."),
            Change("For predictions, fit a second scaler on the target alone, and undo the scaling with that one.",
                   code="y = scaler_y.fit_transform(y.reshape(-1, 1))\nscaler_y.inverse_transform(model.predict(x))"),
        ),
    )  # fmt: skip


def _scaled_back(found: re.Match[str], message: str, shapes: tuple[Sizes, ...]) -> Finding | None:
    """NumPy, most often in a scaler's inverse_transform: fewer columns than it was fitted on."""
    if len(shapes) < 2 or len(shapes[0]) != 2 or len(shapes[1]) != 2:
        return None
    came, fitted = shapes[0][1], shapes[1][1]
    return Finding(
        "error",
        "data_size",
        cause=f"{shapes[0]} can't hold the result, which is {shapes[1]}. If this is a scaler's inverse_transform, the "
        f"scaler was fitted on {fitted} columns and now gets {came}.",
        fixes=(
            Change("Fit a second scaler on the target alone, and undo the scaling with that one.",
                   code="y = scaler_y.fit_transform(y.reshape(-1, 1))\nscaler_y.inverse_transform(model.predict(x))"),
        ),
    )  # fmt: skip


_SAME = r"(?:same|identical|equal) (?:shape|rank|(?:first|leading) dimension|number of dimensions|length|size)s?"
_NEEDS = r"(?:expected|must have|should have|to have|requires?|to be|must be|should be|be at least)"

KINDS: tuple[_Kind, ...] = (
    _Kind(
        "A tensor with too few or too many axes",
        _forms(
            rf"{_NEEDS}(?: a| an| of| at least| images?){{0,3}} ?(?:rank|ndim)s? ?"
            rf"(?:of |>=? ?|at least ){{0,2}}{_N}{_OR}",
            rf"\brank must be {_N}{_OR}",
            rf"(?:{_NEEDS}|only supports|needs?|expects?|takes)(?: a| an| as){{0,2}} ?{_N}-?D(?:imensional)?"
            rf"(?:,? or {_N}-?D)?\b",
            rf"(?:must|should) have at least {_N} dimensions?",
            rf"with {_N} or more dimensions",
            rf"(?:of|with) at least {_N} dimensions?",
        ),
        _axes,
    ),
    _Kind("The arrays have different numbers of samples",
          _forms(r"inconsistent numbers of samples: \[(\d{1,9}), (\d{1,9})\]"), _samples),
    _Kind("A column that is longer or shorter than its table",
          _forms(r"Length of values \((\d{1,9})\) does not match length of index \((\d{1,9})\)"), _rows_of_a_table),
    _Kind("A scaler was fitted on other columns",
          _forms(r"X has (\d{1,6}) features, but (\w{1,60}) is expecting (\d{1,6}) features"), _columns),
    _Kind("A scaler was fitted on other columns",
          _forms(r"non-broadcastable output operand with shape"), _scaled_back),
    _Kind(
        "Two shapes that must agree",
        _forms(
            rf"must (?:have|be of|match)(?: the)? {_SAME}",
            rf"should have (?:the )?{_SAME}",
            r"which is different from the first element's shape",
            r"incompatible (?:input )?shapes?\b",
            r"\bmust match\b",
            r"doesn't match the broadcast shape",
            r"cannot be broadcast(?:ed)? to",
            r"to have identical shapes",
        ),
        _alike,
    ),
    _Kind(
        "A size that doesn't divide",
        _forms(
            r"\((\d{1,9})\) (?:must|should|has to) be (?:evenly )?(?:divisible by|a multiple of) "
            r"[^()\n]{0,60}\((\d{1,9})\)",
            r"(?<![\w.])(\d{1,9}) (?:must|should|has to) be (?:evenly )?(?:divisible by|a multiple of):? (\d{1,9})\b",
            r"(?<![\w.])(\d{1,9}) is not (?:evenly )?(?:divisible by|a multiple of):? (\d{1,9})\b",
        ),
        _divided,
    ),
    _Kind(
        "A last axis of the wrong size",
        _forms(
            r"last (?:dimension|axis)(?: of [^.\n]{1,60}?)?(?: must be| should be| of)(?: size| equal to)? (\d{1,6})\b"
        ),
        _last,
    ),
    _Kind(
        "An argument with a value that Keras doesn't take",
        _forms(
            r"(?:invalid value(?: received)? for (?:argument )?|argument )`?(\w{1,40})`?(?: argument)?[.,]? ?"
            r"(?:expected|must be|should be) ([^.\n]{3,90}?)[.,] ?(?:received|got):? ?([^\n]{1,80})"
        ),
        _value,
    ),
)  # fmt: skip


def in_general(text: Cleaned) -> Finding | None:
    """What such a message asks for; None where it says none of these things."""
    flat = text.flat[-_LOOKED_AT:] if len(text.flat) > _LOOKED_AT else text.flat
    shapes = tuple(dict.fromkeys(at.sizes for at in shapes_in(flat)[:8]))
    for kind in KINDS:
        for form in kind.forms:
            for found in list(form.finditer(flat))[:4]:
                told = kind.told(found, flat, shapes)
                if told is not None:
                    return _with_shapes(told, kind.title, shapes, flat)
    return None


def _with_shapes(told: Finding, title: str, shapes: tuple[Sizes, ...], text: str) -> Finding:
    named = tuple(name_axes(shape, words_for(shape, text), "in the message") for shape in shapes)
    return replace(told, shapes=named, family=Family((), (), (), title=title))
