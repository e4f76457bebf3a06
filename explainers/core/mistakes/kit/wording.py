r"""The small language in which the messages of Keras, TensorFlow and Theano are written down.

A wording is the message with its variable parts in braces, in the order in which it is printed:

    {layer} {op} {loss} ...        a word, quoted or not          {expected_ndim} {left} ...   a whole number
    {expected:shape} {found:shape} one shape literal              {both:shapes}                several in a row
    <a|b>  one of two wordings     <a>? may be missing            ...                          up to 300 characters
    " ?"   a blank or none         \< \> the signs themselves
"""

from __future__ import annotations

import re
from functools import cache

# What a blank, a number or an item of a shape has taken it keeps (the "+" behind a repetition, the ">" of a group): a
# text that doesn't fit is given up at once, instead of after every way to share the blanks out.
_NUMBER = r"[*{{]{{0,2}}+(?P<{0}>-?\d{{1,18}}+)L?+[*}}]{{0,2}}+"  # **7** of Markdown, {7} of a set
_WORD = r"[\"'`<]{{0,3}}(?P<{0}>[^\s\"'`,;:()\[\]{{}}]{{1,160}})[\"'`>]{{0,3}}"
_SIZE = r"(?>-?\d[\d_]{{0,15}}(?: \d{{3}}){{0,3}}L?|None|\?)"
_ITEM = rf"(?>(?:Dimension|TensorShape)\(\s{{{{0,9}}}}+{_SIZE}\s{{{{0,9}}}}+\)|{_SIZE})"
_BLANKS = r"\s{{0,40}}+"
_SHAPE = (
    rf"(?P<{{0}}>(?:TensorShape|torch\.Size)?\(?[\[(]{_BLANKS}(?>(?:{_ITEM}(?>(?:{_BLANKS},{_BLANKS}{_ITEM}){{{{0,11}}}}))?)"
    rf"{_BLANKS},?+{_BLANKS}[\])]\)?|<unknown>|unknown)"
)
_SHAPES = r"(?P<{0}>[\[(T].{{0,1500}})"
_TYPES = {
    "": _NUMBER,
    "model": r"(?P<{0}>Sequential|Model|Functional)",
    "word": _WORD,
    "shape": _SHAPE,
    "few": _SHAPE.replace("{{0,11}}", "{{0,2}}"),  # a shape of up to three axes
    "shapes": _SHAPES,
    "tree": r"(?P<{0}>(?:[\[\](){{}}*,:\s]|'[^']{{0,40}}'){{1,120}})",
    "rest": r"(?P<{0}>.{{0,300}})",
    "of_a_tensor": r"(?P<{0}>get_shape|shape|_keras_shape|ndim|dtype|_keras_history|op)",
    "of_a_list": r"(?P<{0}>add|pop)",
    "names": r"(?P<{0}>[^\[\]\n]{{1,200}})",
}
_WORD_STARTS = r"(?<![^\s\"'`,;:()\[\]{}])"  # a wording that begins with a word isn't tried at each of its letters
_BLANK = r"(?<!\s)\s{1,99}+"
_WORDS = ("layer", "op", "loss", "argument", "cls", "what", "attribute")
_BEFORE_A_SHAPE = re.compile(r" (?=\{\w+:shapes?\})")
_TOKEN = re.compile(r"\{(\w+)(?::(\w+))?\}|\.\.\.|\\[<>]| \?|<|>\?|>|\||\s+|[^{}<>|\s.\\]+|.")


@cache
def compile_wording(wording: str) -> re.Pattern[str]:
    """Turn a wording into a regular expression whose work is bounded; made when it is first looked for."""
    parts: list[str] = []
    before_shape = {match.start() for match in _BEFORE_A_SHAPE.finditer(wording)}
    for token in _TOKEN.finditer(wording):
        text = token.group()
        if token[1]:
            kind = token[2] or ("word" if token[1] in _WORDS else "")
            if kind == "word" and not parts:
                parts.append(_WORD_STARTS)
            parts.append(_TYPES[kind].format(token[1]))
        elif text == "...":
            parts.append(".{0,300}?")
        elif text in "<>|":
            parts.append({"<": "(?:", ">": ")", "|": "|"}[text])
        elif token.start() in before_shape and text.isspace():  # people retype "shape (160, 1)" as "shape(160, 1)"
            parts.append(r"(?<!\s)\s{0,99}+")
        elif text in (">?", " ?"):
            parts.append({">?": ")?", " ?": r"\s{0,99}+"}[text])
        elif text in ("\\<", "\\>"):
            parts.append(text[1])
        else:
            plain = re.escape(text).replace(r"\-", r"\-\s{0,9}")
            parts.append(_BLANK if text.isspace() else re.sub(r"(?<=\w)=$", r"\\s{0,3}+=\\s{0,3}+", plain))
    return re.compile("".join(parts), re.IGNORECASE)
