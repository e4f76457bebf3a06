"""A question as it was typed -> the same in one way of writing: numbers, sizes, shapes, misspelled words.

``12.500 images`` and ``60 000 samples`` are whole numbers, ``28 by 28`` is ``28x28``, ``[samples, 60, 1]`` is a shape
whose first axis is open, and ``kernal`` is ``kernel``.
"""

from __future__ import annotations

import math
import re

from explainers.core.layers import class_of
from explainers.reading.questions.spans import in_readings

COUNTED = (
    r"samples?|images?|pictures?|photos?|rows?|examples?|sequences?|steps|timesteps|sentences?|words?|tokens?|points?|"
    r"records?|observations?|instances?|reviews?|documents?|files?|videos?|clips?|parameters?|params?|weights?|"
    r"batch(?:es)?|training|train|test|data|values?|vocab(?:ulary)?|units?|neurons?|features?|inputs?|entries"
)
_DATA = r"samples?|images?|pictures?|photos?|rows?|examples?|sentences?|records?|observations?|instances?|parameters?"
# ``12.500 images``, ``60 000 samples``: dots and blanks in front of three digits, where a noun follows
_DOTS = re.compile(rf"(?<![\d.,'(\[])([1-9]\d{{0,2}}(?:\.\d{{3}}){{1,3}})(?=\s(?:\w{{1,12}}\s)?(?:{COUNTED})\b)", re.I)
_BLANKS = re.compile(
    rf"(?<![\d.,'(\[])(?<!\d )([1-9]\d{{0,2}}(?: \d{{3}}){{1,3}})(?=\s(?:\w{{1,12}}\s)?(?:{_DATA})\b)", re.I
)
_QUOTED = re.compile(r"(?<![\d.,'])([1-9]\d{0,2}(?:'\d{3}){1,3})(?![\d'])")
_COMMAS = re.compile(r"(?<![\d.,(\[])([1-9]\d{0,2}(?:,\d{3}){1,3})(?![\d,)\]])")
# ``60k images``, ``1.5M samples``
_SHORT = re.compile(rf"(?<![\w.])(\d{{1,4}}(?:\.\d{{1,3}})?)\s?([km])(?=\s(?:\w{{1,12}}\s)?(?:{COUNTED})\b)", re.I)
_IN_WORDS = re.compile(r"(?<![\w.])(\d{1,4}(?:\.\d{1,3})?) (thousand|million|mio)\b", re.I)  # ``1.2 million``
_PER_SECOND = re.compile(
    r"\b(\d{1,6}) (?:samples|values|readings|points|measurements) (?:per|a|each|/) ?(?:second|sec|s)\b", re.I
)
_LETTERS = {"k": 1000, "t": 1000, "m": 1_000_000}
_GLUED = re.compile(r"(?<![\w.])(\d{1,6}(?:\.\d{1,4})?)(k?hz|ms|fps|secs?|mins?|s)\b", re.I)  # ``250Hz``, ``10ms``
# A layer as R calls it, and R's vectors: ``layer_lstm(units = 9, input_shape = c(12, 1))``
_OF_R = re.compile(r"\blayer_([a-z0-9_]{2,40})\(", re.I)
_VECTOR = re.compile(r"\bc\((?=\s?(?:\d|NULL|NA\b))")
_BY = re.compile(r"(?<![\w.])(\d{1,5})(?:\s?px)? by (\d{1,5})(?: by (\d{1,5}))?(?![\w.])", re.I)
# ``height 96, width 80, channels 3``
_SIDES = re.compile(
    r"\bheight(?: is| of|=|:)?\s{0,2}(\d{1,5})\b[^\d.?]{1,12}\bwidth(?: is| of|=|:)?\s{0,2}(\d{1,5})\b"
    r"(?:[^\d.?]{1,12}\bchannels?(?: is| of|=|:)?\s{0,2}(\d{1,4})\b)?",
    re.I,
)
_SPACED = re.compile(
    r"(?<![\w.])(\d{1,5}) ?[x×] ?(\d{1,5})(?: ?[x×] ?(\d{1,5}))?(?: ?[x×] ?(\d{1,5}))?(?![\w.]*[x×]?\d)", re.I
)
# Filters with their channels, as papers have them; a Dense with what it reads, as PyTorch's Linear
_FILTERS = re.compile(
    r"(?:filters?|kernels?)(?: of)?(?: size)?:? ?[(\[](?P<sizes>\d{1,3}(?: ?[,x×*] ?\d{1,4}){2})[)\]] ?[x×*] ?"
    r"(?P<after>\d{1,4})\b|"
    r"(?P<before>\b\d{1,4}) (?:\w{1,14} )?(?:filters?|kernels?)(?: (?:each|of|with|size|shape)){0,4}:? ?[(\[]?"
    r"(?P<several>\d{1,3}(?: ?[x×*] ?\d{1,4}){2})\b[)\]]?",
    re.I,
)
_IN_AND_OUT = re.compile(r"\b(?:dense|linear)\( ?(\d{1,6}(?: ?\* ?\d{1,5}){0,3}) ?, ?(\d{1,6}) ?\)", re.I)
# A shape whose first axis has a name: ``[samples, 60, 1]``, ``(N, 3, 32, 32)``; ``f(n, 3)`` is a call.
_NAMED_AXIS = re.compile(
    r"(?<![\w\])])([(\[]\s?)(?:[a-z][a-z_]{0,20}(?: ?size)?|-1|\*|\.\.\.)"
    r"(?=\s?(?:,\s?(?:\d{1,7}|none)\s?){1,5},?\s?[)\]])",
    re.I,
)
_DIM_OF_R = re.compile(
    r"\bdim\((\w{1,20})\)`?(?: is| are| gives| returns|:|=|`|\s|#|\[1\]){0,6}(\d{1,7})\s{1,4}(\d{1,6})(?!\d|[.,x]\d)"
)
_RESHAPED = re.compile(r"(?<=\breshape\()\s?[a-z]\w{0,15}(?=\s?,\s?\d)", re.I)  # ``reshape(n, 3, 1)``
# ``2. x is an array``, ``2) y``: the number of a point in a list; on one line only with a bracket: ``1) … 2) …``
_POINT = re.compile(
    r"(?m)(?:^[ *-]{0,12}|(?<=[.?!:;,] ))(?:\((\d{1,2})\)|(\d{1,2})\)|(?<![.?!:;,] )(\d{1,2})[.:,])(?=\s+\S)"
)
# Words that a question turns on; one that is a slip away from them is read as they are.
_MEANT = (
    "timesteps", "timestep", "features", "feature", "samples", "sample", "parameters", "parameter", "sequences",
    "sequence", "dimensions", "dimension", "output", "outputs", "channels", "images", "neurons", "classes", "batches",
    "epochs", "shape", "shapes", "layer", "layers", "units", "weights", "labels", "convolution", "convolutional",
    "embedding", "pooling", "padding", "dropout", "attention", "flatten", "reshape", "bidirectional", "recurrent",
    "concatenate", "normalization", "sigmoid", "softmax", "columns", "column", "variables", "variable",
    "kernel", "kernels", "filters", "strides", "vocabulary",
)  # fmt: skip
# Slips that are too far from a word, or too near to another one, for a rule.
_KNOWN_SLIPS = {
    "kernal": "kernel", "kernals": "kernels", "dence": "dense", "convultion": "convolution", "paramters": "parameters",
    "demension": "dimension", "demensions": "dimensions", "seqence": "sequence", "lenght": "length", "hight": "height",
    "widht": "width", "fliters": "filters", "chanels": "channels", "flaten": "flatten", "tensorflwo": "tensorflow",
}  # fmt: skip
_WORD = re.compile(r"(?<![\w/.])[a-zA-Z]{5,14}(?![\w/.(=])")
_MOST_WORDS = 400


# What says nothing about a shape: emoji with their joints, and the signs around a formula.
_DECORATION = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d$]")
# ``\mathbb{R}^{32 \times 14}``, ``ℝ^(32×14)``: the set of all arrays of a shape, as formulas have it
_SET = re.compile(
    r"(?:\\(?:mathbb|mathbf|mathrm)\s?\{?R\}?|ℝ|\bR)\s?\^\s?[{(]?\s?((?:[\d×x*·, ]|\\times|\\cdot){1,60})[)}]?"
)
_POWER = re.compile(r"(?<![\w.])([1-9]\d{0,3})e\+?(\d)(?![\w.])", re.I)
# A shape that is cut off: ``(None, 20, 5``
_CUT_OFF = re.compile(r"[(\[]\s?(?:none|\d{1,7})(?:\s?,\s?(?:none|\d{1,7})){1,5}\s?,?\s?$", re.I)


def _without_numbers_of_points(text: str) -> str:
    """Without the 1, 2, 3 in front of the points of a list: they count the points, not what is asked about."""
    points = list(_POINT.finditer(text))
    numbers = [int(next(filter(None, point.groups()))) for point in points]
    in_order = len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] < 2
    return _POINT.sub("", text) if in_order else text


def _undecorated(text: str) -> str:
    """Without emoji and the signs of formulas; ``R^{a x b}`` and what is cut off of one are shapes, 1e6 is a number."""
    text = _SET.sub(lambda found: f"({', '.join(re.findall(r'[0-9]+', found[1]))})", text)
    text = _POWER.sub(lambda found: str(int(found[1]) * 10 ** int(found[2])), _DECORATION.sub(" ", text).strip())
    return _CUT_OFF.sub(lambda found: found[0] + (")" if found[0][0] == "(" else "]"), text)


# Numbers that are no sizes: dates, times of day, sums of money, memory.
_A_YEAR = r"(?:19[5-9]\d|20(?:0[1-9]|[123]\d))"
_OF_DATES = re.compile(
    rf"\b{_A_YEAR}[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?\b|\b\d{{1,2}}[-/.]\d{{1,2}}[-/.]{_A_YEAR}\b|"
    rf"(?<![\d.,=])(?<!size )(?<!of )\b(?:19[5-9]|20[0-3])\d ?(?:-|–|to|until|and|till|through) ?{_A_YEAR}\b"
    r"(?! ?(?:[a-z_]{0,12} )?(?:units?|neurons?|features?|dim\w{0,7}))|"
    r"\b(?:since|until|till|years?|in|january|february|march|april|may|june|july|august|september|october|november|"
    rf"december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)[ ,(]{{1,2}}{_A_YEAR}\b(?! ?(?:x ?\d|out\b|"
    r"(?:[a-z]{1,12} )?(?:samples?|images?|rows?|steps?|features?|units?|words?|neurons?|records|points|dim\w{0,7}|"
    r"examples?|timesteps?|hz|parameters|values|sequences|columns)\b))|"
    r"\b\d{1,2}:\d{2}(?::\d{2})?\b(?! ?[\d,)\]])|\b\d{1,2} ?(?:am|pm)\b|[$€£] ?\d[\d,.]{0,12}|\b\d{1,4} ?[gmt]b\b",
    re.IGNORECASE,
)
_DIGITS_OF_A_DATE = re.compile(r"\d[\d,.:/-]{0,20}")


def _without_dates(text: str) -> str:
    """``from 2016 to 2017``: a year in words is no size."""
    return _OF_DATES.sub(lambda found: _DIGITS_OF_A_DATE.sub("sometime", found.group()), text)


def in_one_way(text: str) -> str:
    """The question with its numbers, sizes, shapes and words written in one way."""
    text = _without_dates(text)
    text = in_readings(_without_numbers_of_points(text))[0]
    text = _undecorated(text)
    for pattern in (_DOTS, _BLANKS, _QUOTED, _COMMAS):
        text = pattern.sub(lambda found: re.sub(r"\D", "", found[1]), text)
    text = _GLUED.sub(r"\1 \2", _PER_SECOND.sub(r"\1 hz", text))
    text = _DIM_OF_R.sub(r"\1 is (\2, \3)", text)
    if _OF_R.search(text):
        text = _VECTOR.sub("(", _OF_R.sub(_as_class, text))
    for pattern in (_SHORT, _IN_WORDS):
        text = pattern.sub(lambda found: str(round(float(found[1]) * _LETTERS[found[2][0].lower()])), text)
    text = _FILTERS.sub(_as_filters, _IN_AND_OUT.sub(_as_dense, text))
    for pattern in (_SIDES, _BY, _SPACED):
        text = pattern.sub(lambda found: "x".join(number for number in found.groups() if number), text)
    return spelled(_RESHAPED.sub("None", _NAMED_AXIS.sub(r"\1None", text)))


def _as_filters(found: re.Match[str]) -> str:
    """``filters (5,5,1)x3`` and ``20 filters of size 3x3x1`` -> ``3 filters of 5x5 on 1 channels``."""
    filters, *sides, channels = (
        [found["after"], *re.findall(r"\d+", found["sizes"])]
        if found["after"]
        else [found["before"], *re.findall(r"\d+", found["several"])]
    )
    return f"{filters} filters of {'x'.join(sides)} on {channels} channels"


def _as_dense(found: re.Match[str]) -> str:
    """``Dense(64*8*8, 512)`` as PyTorch's Linear has it -> ``Dense(512) on 4096 features``."""
    reads = math.prod(int(number) for number in re.findall(r"\d+", found[1]))
    return f"Dense({found[2]}) on {reads} features"


def _as_class(found: re.Match[str]) -> str:
    """``layer_lstm(`` -> ``LSTM(``; what Keras doesn't have stays as it is."""
    name = class_of(found[1].replace("_", ""))
    return f"{name}(" if name else found.group()


def spelled(words: str) -> str:
    """``outptu`` -> ``output``: two letters in the other order, one too many, too few or another."""
    read = 0

    def one(found: re.Match[str]) -> str:
        nonlocal read
        read += 1
        word = found.group().lower()
        if read > _MOST_WORDS or word in _MEANT or not found.group()[1:].islower():
            return found.group()
        return _KNOWN_SLIPS.get(word) or next((meant for meant in _MEANT if _slip(word, meant)), found.group())

    return _WORD.sub(one, words)


def _slip(word: str, meant: str) -> bool:
    """Whether a word is another with one slip in it; the first letter counts, so "outputs" isn't "inputs"."""
    if word[0] != meant[0] or abs(len(word) - len(meant)) > 1 or word in (f"{meant}s", meant[:-1]):
        return False
    same = next((i for i, (a, b) in enumerate(zip(word, meant, strict=False)) if a != b), min(len(word), len(meant)))
    rest, other = word[same:], meant[same:]
    turned = rest[:2] == other[1::-1] and rest[2:] == other[2:] and len(rest) > 1
    return turned or rest[1:] == other or rest == other[1:] or (rest[1:] == other[1:] and len(meant) > 6)


_DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTED = (
    r"features?|units?|channels?|inputs?|(?:time)?steps?|samples?|class(?:es)?|filters?|neurons?|columns?|variables?|"
    r"heads|rows|words|values|sensors|signals|categories|months|weeks|days|hours|minutes|seconds|years|vectors|readings|lines"
)
_NUMBER_WORD = re.compile(rf"\b(?!one sample\b)({'|'.join(_DIGITS)})(?= (?:[\w*]{{1,12}} )?(?:{_COUNTED})\b)")


def in_digits(words: str) -> str:
    """``one feature`` -> ``1 feature``: numbers that are written out, or that a word says."""
    counted = _NUMBER_WORD.sub(lambda found: str(_DIGITS.index(found[1]) + 1), words)
    return f"{counted} (1 feature)" if "univariate" in counted else counted
