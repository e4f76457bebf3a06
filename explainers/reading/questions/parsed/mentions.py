"""The layers of a question in the order in which they act, as they are called or spoken of, with their settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from explainers.core.layers import CONVOLUTIONS, POOLS, RECURRENT, WRAPPERS, sheet
from explainers.core.layers.signatures import arguments_of, needed, order_of
from explainers.core.spec import Argument, LayerSpec, snake
from explainers.reading.questions.called import calls_at
from explainers.reading.questions.implied import implied
from explainers.reading.questions.names import layers_at, of_the_data
from explainers.reading.questions.parsed.roles import Said, Square

MOST = 10  # layers of a question
# Which argument a number of a role sets, the first that the layer has.
_SETS: dict[str, tuple[str, ...]] = {
    "units": ("units",), "outputs": ("units",), "classes": ("units",), "filters": ("filters",),
    "kernel": ("kernel_size", "pool_size"), "pool": ("pool_size",), "strides": ("strides",), "heads": ("num_heads",),
    "key_dim": ("key_dim",), "vocabulary": ("input_dim",), "output_dim": ("output_dim",),
    "dilation": ("dilation_rate",), "times": ("n",), "groups": ("groups",),
}  # fmt: skip
_SHORT = re.compile(
    r"(?<![a-z0-9_])(?:(?P<conv>conv(?:olution)?s?)|(?P<pool>(?:max |mean |average )?pool(?:ing)?s?)|"
    r"(?P<dropout>dropout(?= ?\(?0?\.\d))|(?P<hidden>hidden layers?)|(?P<attention>attention))"
    r"(?![a-z0-9_])(?! (?:block|net|base|size|window))"
)
_RATE = re.compile(r" ?\(?(0?\.\d{1,3})")
_FLAGS: tuple[tuple[str, Argument, re.Pattern[str]], ...] = (
    ("padding", "same", re.compile(r"\bsame\b(?! (?:as|thing|number|result|output|shape|way|weights|for|size|here))")),
    ("padding", "causal", re.compile(r"\bcausal\b")),
    ("use_bias", False, re.compile(r"\buse_bias ?=? ?false|\b(?:no|without)(?: a| any)? bias(?:es)?\b")),
    ("return_sequences", False, re.compile(r"return[_ ]sequences?(?: is|=| ?= ?| )? ?false")),
    ("return_sequences", True, re.compile(r"return[_ ]sequences?(?:(?: is|=| ?= ?| )? ?true)?(?! ?=? ?false)")),
    (
        "return_state",
        True,
        re.compile(
            r"\bh and c\b|\b(?:hidden|cell) states?\b.{0,20}\bshapes?\b|"
            r"\b(?:shape|size|dimension)s? of (?:the )?(?:hidden |cell )?states?\b"
        ),
    ),
    ("return_state", True, re.compile(r"return[_ ]state(?:(?: is|=| ?= ?| )? ?true)?(?! ?=? ?false)")),
    ("reset_after", False, re.compile(r"reset_after ?=? ?false")),
)
_BARE = re.compile(
    r"(?:[ -](?:layers?|net|network))?\s?(?:\(|=|:|of |with |has |size )?\s?(\d{1,6})(?![x\d]|\.\d| ?x ?\d)"
)
_IN_FRONT = re.compile(r"(?<![\w.x,])(\d{1,6})(?:-| )$")
_MANY = re.compile(r"(?<![\w.])([2-6]|two|three|four|five|six)(?: \w{1,12})? $")
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_BREAKS = re.compile(r"[,;.]|->|→|\b(?:then|followed|and|into|after|before|on|plus)\b")


@dataclass(frozen=True)
class Mention:
    """One layer of a question. whole: written as a call. times: how many of it there are."""

    name: str
    start: int
    end: int
    given: dict[str, Argument] = field(default_factory=dict)
    whole: bool = False
    times: int = 1

    @property
    def layer(self) -> LayerSpec:
        """The layer with what the question says about it."""
        return LayerSpec(self.name, snake(self.name), tuple(self.given.items()))


def mentions_in(text: str, said: tuple[Said, ...], squares: tuple[Square, ...]) -> tuple[list[Mention], set[int]]:
    """The layers of a text with their settings, in the text's order; and the places of the numbers they use."""
    found = sorted(_found(text), key=lambda one: one.start)[:MOST]
    used: set[int] = set()
    if not found and any(number.role == "filters" for number in said):
        found = [Mention(name, 0, 0) for name in implied(text.lower(), tuple(one.sizes for one in squares))]
    found = [_counted(text, one, said, used) for one in found]
    roles = {number.role for number in said}
    if {"vocabulary", "output_dim"} <= roles and not any(one.name == "Embedding" for one in found):
        found.insert(0, Mention("Embedding", 0, 0))  # of which only the sizes are said
    for place, one in enumerate(found):
        found[place] = _with_bare_number(text, one, said, used)
    of_ids = any(number.role == "vocabulary" for number in said)
    for number in said:
        if number.start not in used and number.role in _SETS:
            only = "Dense" if number.role == "classes" else ""  # no recurrent layer has a unit for each class
            _set(text, found, number.start, number.end, _SETS[number.role], number.value, used, only)
        elif of_ids and number.role == "features" and number.word.startswith("dim"):  # "Embedding vocab 5000 dim 64"
            _set(text, found, number.start, number.end, ("output_dim",), number.value, used)
    for square in squares:
        _set(text, found, square.start, square.end, ("kernel_size", "pool_size"), square.sizes, used)
    found = _stacked(text, found, said, used)
    _flag(text, found)
    found = [_with_named(text, one) for one in found]
    return _once(found, text.lower()), used


def _found(text: str) -> Iterator[Mention]:
    """Calls, names, and what is said for short."""
    taken: list[tuple[int, int]] = []
    for layer, start, end, whole in calls_at(text):
        taken.append((start, end))
        yield Mention(layer.class_name, start, end, dict(layer.arguments), whole)
    for name, start, end in layers_at(text):
        a_size = name == "Embedding" and (
            re.match(r"[ _](?:size|dim|vector)|,? ?=?\d", text[end:].lower())
            or re.search(r"\b\d{1,5}[- ]?d(?:im\w{0,9})?[- ]$", text[:start].lower()[-24:])
        )
        if not any(first <= start < last for first, last in taken) and not a_size:
            given, last_place = _loosely(text, name, end)
            taken.append((start, last_place))
            yield Mention(name, start, last_place, given)
    words = text.lower()
    for short in _SHORT.finditer(words):
        again = short["pool"] and taken and re.match(r"\s?(?:of |= ?)?\d", words[short.end() :])
        if not any(first <= short.start() < last for first, last in taken) and not again:
            rate = _RATE.match(words, short.end()) if short["dropout"] else None
            yield Mention(_meant(short, words), *short.span(), {"rate": float(rate[1])} if rate is not None else {})


_LOOSE = re.compile(r"\(([^()]{1,80}|[^()]{0,60}\([^()]{0,20}\)[^()]{0,40})\)")


def _loosely(text: str, name: str, end: int) -> tuple[dict[str, Argument], int]:
    """``Conv2D(32, 3, padding same)``: a call that no Python reads. Its numbers in order, and where it ends."""
    found = _LOOSE.match(text, end)
    if found is None:
        return {}, end
    given: dict[str, Argument] = {}
    for argument, piece in zip(order_of(name), re.split(r",(?![^(]*\))", found[1]), strict=False):
        number = re.fullmatch(r"\(?(\d{1,6})(?:[,x](\d{1,6}))?\)?", piece.replace(" ", ""))
        if number is None:
            break
        given[argument] = (int(number[1]), int(number[2])) if number[2] else int(number[1])
    if not given:
        return {}, end
    flagged = [(key, value) for key, value, form in _FLAGS if form.search(found[1].lower())]
    return {**dict(item for item in flagged if item[0] in arguments_of(name)), **given}, found.end()


def _meant(short: re.Match[str], words: str) -> str:
    if short["conv"]:
        return of_the_data(words)
    if short["dropout"]:
        return "Dropout"
    if short["pool"]:
        return "AveragePooling2D" if re.search("mean|average", short["pool"]) else "MaxPooling2D"
    return "Dense" if short["hidden"] else "MultiHeadAttention"


def _counted(text: str, one: Mention, said: tuple[Said, ...], used: set[int]) -> Mention:
    """``two LSTM layers``, ``2 lstm 50 units each``: how many of them."""
    many = _MANY.search(text[max(0, one.start - 30) : one.start].lower())
    of_units = (
        any(number.role == "units" for number in said) and text[one.start - 2 : one.start] == f"{many and many[1]} "
    )
    each = one.name in POOLS and many is not None and re.match(r" \d{1,2}x\d", text[one.end :])
    plural = (
        of_units
        or each
        or re.match(r"(?:s\b| layers| cells\b)|(?<=s)(?!\w)", text[one.end :].lower())
        or text[one.end - 1] in "sS"
    )
    if many is None or not plural or one.whole:
        return one
    used.add(max(0, one.start - 30) + many.start(1))
    return replace(one, times=_COUNTS.get(many[1]) or int(many[1]))


_LAYERS_OF = re.compile(r"\b(?:dense|hidden|fully[ -]connected) layers? (?:of|with|having)\b")
_STACK = re.compile(r"\bstack\w*|\bthen\b|->")


def _stacked(text: str, found: list[Mention], said: tuple[Said, ...], used: set[int]) -> list[Mention]:
    """``stacked lstm: 64 units then 32 units``: one more of the same for every further number of units."""
    several = [one for one in found if one.name in (*RECURRENT, "Dense") and "units" in one.given and not one.whole]
    more = [one for one in said if one.role == "units" and one.start not in used]
    if len(several) != 1 or not more or not (_STACK if several[0].name != "Dense" else _LAYERS_OF).search(text.lower()):
        return found
    first = several[0]
    used |= {one.start for one in more}
    again = [_also(first, one) for one in more]
    at = next((one.start for one in said if one.role == "units" and one.start in used - {n.start for n in more}), 0)
    row = sorted((replace(first, start=at or first.start, times=1), *again), key=lambda one: one.start)
    place = found.index(first)
    return [*found[:place], *row, *found[place + 1 :]]


def _also(first: Mention, units: Said) -> Mention:
    """One more of the same layer, with its own number of units."""
    given = {**first.given, "units": units.value}
    return replace(first, start=units.start, end=units.end, given=given, times=1)


_FIRST = ("units", "filters", "n", "num_heads", "pool_size", "padding")


def _with_bare_number(text: str, one: Mention, said: tuple[Said, ...], used: set[int]) -> Mention:
    """``dense 2``, ``LSTM with 64``, ``64 LSTM``: the first size that the layer can't do without."""
    first = "pool_size" if one.name in POOLS else next(iter(needed(one.name)), None)
    first = "padding" if one.name.startswith("ZeroPadding") else first
    if one.whole or first in one.given or first not in _FIRST:
        return one
    behind = _BARE.match(text.lower(), one.end)
    before = _IN_FRONT.search(text[: one.start]) if one.times == 1 else None
    for hit in (behind, before):
        if hit is None:
            continue
        number = next((each for each in said if each.start == hit.start(1)), None)
        roles = ("", *_roles_of(first), *(("padded",) if first == "padding" else ()))
        fits = number is not None and (number.role in roles or _also_counts(number, text))
        if number is not None and fits and number.start not in used:
            used.add(number.start)
            return replace(one, given={**one.given, first: number.value})
    return one


def _also_counts(number: Said, text: str) -> bool:
    """``LSTM 64 vs GRU 64 parameters``: where two are compared, a small number is a size and no count."""
    said = number.word.startswith("total") or re.search(r"\bvs\b|\bdiffer|\bcompar", text) is not None
    return number.role == "count" and number.value <= 512 and said


def _roles_of(argument: str) -> tuple[str, ...]:
    return tuple(role for role, names in _SETS.items() if argument in names)


def _set(
    text: str, found: list[Mention], start: int, end: int, names: tuple[str, ...], value: Argument, used: set[int],
    only: str = "",
) -> None:  # fmt: skip
    """Give a size to the nearest layer (of one class) that has such an argument and hasn't been given it."""
    best: tuple[int, int, str] | None = None
    for place, one in enumerate(found):
        own = arguments_of(_inner(one))
        name = next((name for name in names if name in own), None)
        if name is not None and _has_already(one, name):
            continue
        if only not in ("", one.name) or name is None or name in one.given or (one.whole and name in needed(one.name)):
            continue
        gap = text[one.end : start] if one.start < start else text[end : one.start]
        far = len(gap) + 25 * len(_BREAKS.findall(gap)) + (0 if one.start < start else 8)
        if best is None or far < best[0]:
            best = (far, place, name)
    if best is None:
        return
    _, place, name = best
    used.add(start)
    found[place] = replace(found[place], given={**found[place].given, name: value})


def _has_already(one: Mention, name: str) -> bool:
    """Whether the layer in a wrapper is called with such a size: ``TimeDistributed(Dense(1))``."""
    inner = one.given.get("layer")
    return isinstance(inner, LayerSpec) and inner.get(name) is not None


def _inner(one: Mention) -> str:
    inner = one.given.get("layer")
    return inner.class_name if isinstance(inner, LayerSpec) else one.name


def _flag(text: str, found: list[Mention]) -> None:
    """``same``, ``return_sequences``, ``no bias``: to the nearest layer that has it, or to all where it comes first."""
    words = text.lower()
    for name, value, form in _FLAGS:
        for hit in form.finditer(words):
            if any(one.whole and one.start <= hit.start() < one.end for one in found):
                continue
            having = [i for i, one in enumerate(found) if _takes(one, name, value) and name not in one.given]
            before = [i for i in having if found[i].start < hit.start()]
            for place in before[-1:] or having[:1]:
                found[place] = replace(found[place], given={**found[place].given, name: value})


_NAMED = re.compile(r"\b([a-z]{2,12}_[a-z_]{2,20})(?: ?= ?| is | of | )[\"']?([a-z]{2,14}|\d{1,6})\b")
_TRUTH = {"true": True, "false": False}


def _with_named(text: str, one: Mention) -> Mention:
    """``merge_mode sum``, ``depth_multiplier=2``: any argument of a layer that is named with its value."""
    if one.whole:
        return one
    given = dict(one.given)
    for name, value in _NAMED.findall(text.lower()):
        if name in arguments_of(one.name) and name not in given and name not in _NO_VALUES:
            given[name] = _TRUTH.get(value, int(value) if value.isdigit() else value)
    return replace(one, given=given)


_NO_VALUES = (
    "return_sequences",
    "return_state",
    "use_bias",
    "data_format",
    "kernel_size",
    "pool_size",
    "num_heads",
    "key_dim",
)


def _takes(one: Mention, name: str, value: Argument) -> bool:
    if name not in arguments_of(one.name):
        return False
    return (
        name != "padding" or one.name in POOLS or (one.name in CONVOLUTIONS and (value == "same" or "1D" in one.name))
    )


_NEXT = re.compile(r"\bthen\b|->|→|\bfollowed by\b|\banother\b|\bsecond\b")


def _once(found: list[Mention], words: str) -> list[Mention]:
    """Each layer once: a name without sizes that is there with sizes, too, speaks of that one."""
    kept: list[Mention] = []
    for place, one in enumerate(list(found)):
        one = found[place]
        same = [other for i, other in enumerate(found) if i != place and other.name == one.name]
        again = place > 0 and _NEXT.search(words, found[place - 1].end, one.start) is not None
        if one.given and any(_spoken_of_again(other, one, words) for other in kept):
            continue
        if one.given or one.times > 1 or not same or again:
            kept.append(one)
            continue
        if any(other.given and (other.start < one.start or other.times > 1 or other.whole) for other in same):
            continue
        later = next((other for other in same if other.given), None)
        if later is not None:  # "Conv1D after Embedding ... 64 filters": the sizes come later
            found[found.index(later)] = replace(later, given={})
            found[place] = one = replace(one, given=later.given)
        if later is not None or not needed(one.name) or not any(other in kept for other in same):
            kept.append(one)
    return _wrapped(kept)


_SENTENCE_ENDS = re.compile(r"[.?!:](?=\s)")


def _spoken_of_again(first: Mention, one: Mention, words: str) -> bool:
    """``The LSTM(8) … . Does LSTM(8) …``: the same layer with the same sizes, in a later sentence."""
    same = first.name == one.name and first.given == one.given and first.times == one.times == 1
    return same and _SENTENCE_ENDS.search(words, first.end, one.start) is not None


def _wrapped(found: list[Mention]) -> list[Mention]:
    """``Bidirectional LSTM``: a wrapper that is named holds the layer that is named next to it."""
    kept: list[Mention] = []
    skip = False
    for place, one in enumerate(found):
        if skip:
            skip = False
            continue
        if one.name not in WRAPPERS or "layer" in one.given:
            kept.append(one)
            continue
        after = found[place + 1] if place + 1 < len(found) else None
        fits = after is not None and (one.name != "Bidirectional" or after.name in RECURRENT)
        if after is not None and fits and after.start - one.end < 20:
            kept.append(replace(one, end=after.end, given={**one.given, "layer": after.layer}, times=one.times))
            skip = True
        else:
            usual = "LSTM" if one.name == "Bidirectional" else "Dense"
            own = {key: value for key, value in one.given.items() if key in arguments_of(usual)}
            rest = {key: value for key, value in one.given.items() if key not in own}
            kept.append(replace(one, given={**rest, "layer": LayerSpec(usual, usual.lower(), tuple(own.items()))}))
    return kept


def is_known(name: str) -> bool:
    """Whether there is a rule for the class."""
    facts = sheet(name)
    return facts is not None and facts.rule is not None
