"""The parts of a question: its layers in order, its data, shapes that come out, its numbers, what is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from explainers.core.layers import RECURRENT
from explainers.core.spec import Sizes
from explainers.reading.questions.called import calls_at
from explainers.reading.questions.parsed.mentions import Mention, is_known, mentions_in
from explainers.reading.questions.parsed.roles import BETWEEN_LAYERS, Said, Square, said_in
from explainers.reading.questions.written import in_digits
from explainers.reading.text import shapes_in

# What may be asked; a question may ask several things.
AIMS: dict[str, re.Pattern[str]] = {
    "parameters": re.compile(
        r"\bparam(?:eter)?s?\b|\bweights\b(?! (?:shape|are shared))|\btrainable\b|"
        r"\b(?:where|why|which|what|how many)\b.{0,30}\bbias(?:es)?\b"
    ),
    "output": re.compile(
        r"\boutputs?\b|\bresult\w*|\bshape (?:of|after|do|will|is)\b|\bshapes? ?\?|\bcomes? out\b|\bbecomes?\b|"
        r"\bgives?\b|\breturns?\b|\b(?:are|is) left\b|\bremain\w*|\bproduces?\b|\bsize after\b|->|→|"
        r"\b(?:what|which) (?:shape|size|dimension)\w*|\bdimension\w* (?:of|after)\b|\bget\b|\bfinal (?:shape|size)|"
        r"\bfeature ?maps? (?:shape|size)|"
        r"\bshrinks?\b|\bshorter\b|\bsmaller\b|\breduc(?:e|es|ed|ing)\b|"
        r"\b(?:how (?:many|big|large)|what).{0,40}\bafter\b|\bafter\b.{0,60}\bwhat\b"
    ),
    "values": re.compile(r"\b(?:how many|number of) (?:\w{1,12} )?(?:neurons|activations|values|numbers|elements)\b"),
    "input": re.compile(
        r"\binput[_ ]?shapes?\b|\binput[_ ]dim|\b(?:input|shape).{0,30}\b(?:should|must|need|expect)|"
        r"\b(?:should|must|need|expect).{0,40}\b(?:input|shape)"
    ),
    "batches": re.compile(
        r"steps?[ _]per[ _]epoch|\bbatches\b|\biterations?\b|\bupdates?\b|\bsteps\b.{0,25}\bepochs?\b|"
        r"\bepochs?\b.{0,25}\bsteps\b"
    ),
    "meaning": re.compile(
        r"\bmean(?:s|ing)?\b|\bwhat(?:'s| is| are| does| do)\b|\bexplain|\bunderstand|\bstands? for\b|\brole of\b|"
        r"\bpurpose\b|\bdefin"
    ),
    "apart": re.compile(
        r"\bdiffer\w*|\bvs\.?(?=\W)|\bversus\b|\bcompar\w+|\bsame (?:as|thing)\b|\binstead of\b|\bthan\b|\bbetter\b|"
        r"\bunterschied\b|\bdiferencia\b|\bor\b"
    ),
    "allowed": re.compile(
        r"^\W{0,3}(?:can|could|may|is it (?:possible|ok|allowed)|do i (?:need|have|get)|must|should|does|"
        r"is|are|will)\b|"
        r"\bcan (?:i|we|you)\b|\bpossible\b|\ballowed\b|\bneed to\b|\bhave to\b"
    ),
    "why": re.compile(
        r"\bwhy\b|\bhow come\b|\breason\b|\bwarum\b|\bwhere (?:do|does|did)\b.{0,40}\bfrom\b|\bthought\b"
    ),
    "right": re.compile(
        r"\bam i right|\bis (?:it|that|this) (?:right|correct|true)|\bcorrect\b|\bright\?|\bequal\b|"
        r"^\W{0,3}is\b|\bthought\b"
    ),
    "reshape": re.compile(
        r"\breshape\w*|\bconvert\b|\bturn\b.{0,40}\binto\b|\bfrom\b.{0,40}\bto\b|\badd (?:a |an |the )?\w{0,12} ?"
        r"(?:dim|axis|channel)|\bsqueeze\b|\bexpand|\bflatten\w*\b"
    ),
    "how many": re.compile(
        r"\bhow (?:many|much|big|large|long)\b|\bnumber of\b|\bcount\b|\bwieviele?\b|"
        r"\bwie viele\b"
    ),
}
_TIMES = re.compile(r"(?<![\w.x*+])(\d{1,5})x(\d{1,5})(?:x(\d{1,5}))?(?:x(\d{1,5}))?(?![\dx*+]|\.\d)")
_WINDOW_NEAR = re.compile(
    r"(?:filters?|kernels?|kernel_size|pool\w*|window|conv\w*|size|[123]d)[\s(=:of]{0,6}(?:\d{1,4}[ ,]{1,2})?$|"
    r"\d filters?,? $"
)
_WINDOW_AFTER = re.compile(
    r"\s?-?(?:filters?|kernels?|conv\w*|pool\w*|max|average|mean|window|depthwise|separable|stride)"
)
_DECLARED = re.compile(r"(?P<batch>batch_(?:input_)?shape)|input[_ ]?shape|(?<![a-z_.])shape ?=")
_MADE = re.compile(r"(?:normal|uniform|ones|zeros|randn?|random|empty)\((?:shape ?= ?|size ?= ?)?$")  # an array
_GIVES = re.compile(
    r"(?:\bgives?|\bgave|\bshows?|\breturns?|\breturned|\bproduces?|\bbecomes?|\binstead of|\bnot|\b(?:get|got|see|"
    r"want|need|expect(?:ed)?)|\boutputs?(?:[ _]shape| size)?(?: is| of| was| are|=|:)?|"
    r"\bis(?= \(none)|\bresult(?:s in)?)"
    r"(?: me| a| an| only| just| the| shape| of| as| output| and){0,3}[\s:=]{0,3}$"
)
_OUTPUT_OF = re.compile(r"\boutputs?(?:[ _]shape| size)? (?:of|for|on)(?: a| an| the)?\s?$")
_TARGET = re.compile(r"(?:\b(?:in)?to|->|→|\bas)(?: an?| the)?(?: shape| image| matrix)?(?: of)?[\s:=]{0,3}$")
_ACTS_ON = re.compile(  # ``what happens to (32, 10)``, ``apply an LSTM to (32, 10)``: what the layer reads
    r"\b(?:happen(?:s|ed)?|appl(?:y|ies|ied|ying)|feed|fed|feeding|given?|giving|pass(?:ed|ing)?|do(?:es|ing)?|did|done)\b"
    r"[^()]{0,24}\bto(?: an?| the| my)?(?: input| shape)*(?: of)?[\s:=]{0,3}$"
)
_SIDES_OF = re.compile(r"(?:kernel|pool|filter)(?:[ _]?size)?(?: of)? ?=? ?\((\d{1,3}), ?(\d{1,3})\)")
_ARRAY = re.compile(r"[)\]]? ?(?:shaped )?(?:numpy )?(?:array|matrix|data(?:set|frame)?|table)\b")
_LABELS = re.compile(r"\b(?:y|y_\w{2,6}|labels?|targets?)\)?\b[^()]{0,22}$|\b(?:labels?|targets?)\)[^()]{0,22}$")
_DATA = re.compile(
    r"\b(?:x|x_\w{2,6}|data(?:set)?|array|matrix|training set|dataframe|samples)(?:\.shape)?[^()]{0,22}$|\bdata\b"
)
_AFTER = re.compile(r"\b(?:after|following|on top of|follows|that follows)\b")


@dataclass(frozen=True)
class Shaped:
    """A shape of the question and its part: "declared" (of one sample), "whole", "in", "out", "to", "labels"."""

    sizes: Sizes
    part: str
    start: int


@dataclass(frozen=True)
class Parts:
    """One question in its parts. sizes: numbers by role that no layer uses; squares: images; apart: layers compared."""

    words: str
    mentions: tuple[Mention, ...]
    said: tuple[Said, ...]
    used: frozenset[int]
    squares: tuple[tuple[int, ...], ...]
    shaped: tuple[Shaped, ...]
    aims: frozenset[str]
    apart: bool

    def size(self, *roles: str) -> int | None:
        """The first number that counts one of these and that no layer uses."""
        return next((one.value for role in roles for one in self.said
                     if one.role == role and one.start not in self.used), None)  # fmt: skip

    def sizes(self, role: str) -> tuple[int, ...]:
        """All numbers of a role that no layer uses."""
        return tuple(one.value for one in self.said if one.role == role and one.start not in self.used)

    def shapes(self, *parts: str) -> tuple[Sizes, ...]:
        """The shapes that play one of these parts."""
        return tuple(one.sizes for one in self.shaped if one.part in parts)

    @property
    def colors(self) -> int | None:
        """How many channels a word says."""
        if re.search(r"\brgb\b|colou?r|\bcifar", self.words):
            return 3
        return 1 if re.search(r"gr[ae]y|\bmnist\b|black.and.white|\bb/?w\b", self.words) else None


NO_PARTS = Parts("", (), (), frozenset(), (), (), frozenset(), False)


def parts_of(text: str) -> Parts:
    """A question, its numbers already written in one way, in its parts."""
    text = in_digits(text)
    words = text.lower()
    calls = [(start, end) for _, start, end, _ in calls_at(text)]
    shaped = list(_shaped(text, words, calls))
    squares = [Square(tuple(int(n) for n in found.groups() if n), *found.span()) for found in _TIMES.finditer(words)]
    squares += [Square((int(one[1]), int(one[2])), one.start(1), one.end()) for one in _SIDES_OF.finditer(words)]
    squares = [one for one in squares if not any(a <= one.start < b for a, b in calls)]
    tables = [one for one in squares if len(one.sizes) == 2 and _is_table(words, one)]
    tables += [one for one in _rows_by_columns(words) if _is_table(words, one)]
    shaped += [Shaped(one.sizes, "data", one.start) for one in tables]
    shaped = _as_labels(words, shaped)
    if (wide := _INPUT_DIM.search(words)) is not None and "embedding" not in words:
        shaped.append(Shaped((int(wide[1]),), "declared", wide.start()))
    squares = [one for one in squares if one not in tables]
    brackets = [(one.start, words.find(")", one.start) + 1 or len(words)) for one in shaped if words[one.start] == "("]
    said = said_in(words, (*calls, *brackets, *((one.start, one.end) for one in (*squares, *tables))))
    windows = [one for one in squares if _is_window(words, one, squares, shaped)]
    mentions, used = mentions_in(text, said, tuple(windows))
    mentions = [one for one in mentions if is_known(one.name)]
    mentions = [one for one in mentions if len(mentions) < 2 or not _is_no_part(words, one)]
    mentions = [one for one in mentions if one.name != "InputLayer"] or mentions
    mentions = list(_not_again(words, mentions))
    if BETWEEN_LAYERS.search(words):  # the first of two layers is only read
        mentions = [replace(one, times=1) for one in mentions[-1:]]
    known = tuple(one.sizes for one in squares if one not in windows)
    aims = frozenset(name for name, form in AIMS.items() if form.search(words))
    apart = _compares(words, mentions)
    if apart and len(shaped) == 1 and all(_reduces(one.name) for one in mentions):
        shaped = [replace(shaped[0], part="in" if shaped[0].part == "out" else shaped[0].part)]  # what both read
    ordered = mentions if apart else list(_in_order(words, mentions))
    return Parts(words, tuple(ordered), said, frozenset(used), known, tuple(shaped), aims, apart)


_ITS_OUTPUT = re.compile(
    r"s?(?: layers?)?(?:'s)? ?(?:outputs?|feature maps?)(?:[ _](?:shape|size))?(?: (?:is|of|was|has shape))?[ :=]{0,3}"
    r"(?=[(\[]|\d{1,5}x)"
)


_TABLE_BEFORE = re.compile(
    r"\b(?:data(?:set|frame)?|array|matrix|table|csv|x)(?: is| are| has| of| shape| size|=|:){0,3} $"
)
_TABLE_AFTER = re.compile(r" (?:data(?:set|frame)?|array|matrix|table|csv)\b")
_PICTURED = re.compile(r"\bimages?\b|\bpictures?\b|\bphotos?\b|\bpixels?\b|\b(?:conv2d|pool\w*2d|cnn)\b")


def _is_table(words: str, one: Square) -> bool:
    """``my data is 9000x10``: rows and columns, where no image is spoken of."""
    near = _TABLE_BEFORE.search(words, max(0, one.start - 40), one.start) or _TABLE_AFTER.match(words, one.end)
    return near is not None and _PICTURED.search(words) is None


def _rows_by_columns(words: str) -> Iterator[Square]:
    """``9000*10``."""
    for found in re.finditer(r"(?<![\d.x*+] )(?<![\d.x*+])(\d{1,7}) ?\* ?(\d{1,5})(?![\d.x])(?! ?[*+=(])", words):
        yield Square((int(found[1]), int(found[2])), *found.span())


_INPUT_DIM = re.compile(r"\binput_dim ?= ?(\d{1,6})\b")
_OF_LABELS = re.compile(r"\blabels?\b|\btargets?\b|\bone[- ]?hot\b|\bcross ?entropy\b|\bcrossentropy\b|\by_?true\b")


def _as_labels(words: str, shaped: list[Shaped]) -> list[Shaped]:
    """The shapes of a question about labels are theirs, where they have as many samples."""
    alike = len({one.sizes[:1] for one in shaped}) == 1 and all(one.part in ("in", "labels") for one in shaped)
    theirs = alike and all(len(one.sizes) <= 2 and None not in one.sizes for one in shaped)
    return [replace(one, part="labels") for one in shaped] if theirs and _OF_LABELS.search(words) else shaped


_IF_NEEDED_BEFORE = re.compile(
    r"\b(?:need(?:ed)?|necessary|require[ds]?|have|without|must i|should i)(?: to)?(?: an?| the)? $"
)
_IF_NEEDED = re.compile(r"(?:ing)?(?: layer)?(?: is| be)? (?:needed|necessary|required|first)\b")


def _is_no_part(words: str, one: Mention) -> bool:
    """A layer that isn't of the model: ``Flatten after conv output 4x4x128``, ``Dense on 3D, is Flatten needed``."""
    if one.given:
        return False
    needed = _IF_NEEDED_BEFORE.search(words, 0, one.start) or _IF_NEEDED.match(words, one.end)
    return _ITS_OUTPUT.match(words, one.end) is not None or (one.name == "Flatten" and needed is not None)


_ONE_MORE = re.compile(
    r"\b(?:another|second|two|2|third|next|more|then|and|followed|stack\w*|after|on top|into|to|vs|or|than|other|each|"
    r"multiple|several|first|last|final)\b[^.?!]{0,24}$|(?:->|→|\+|,)\s?$"
)


def _not_again(words: str, mentions: list[Mention]) -> Iterator[Mention]:
    """Without the layers that are only spoken of again: ``I want an LSTM. How does my LSTM …``."""
    for place, one in enumerate(mentions):
        before = [other for other in mentions[:place] if other.name == one.name]
        far = before and one.start - before[-1].end > 24
        again = far and not one.given and not one.whole and one.times == 1
        if not again or _ONE_MORE.search(words, max(0, one.start - 40), one.start):
            yield one


def _is_window(words: str, one: Square, squares: list[Square], shaped: list[Shaped]) -> bool:
    """Whether a ``3x3`` is a kernel's or a pool's, by the words next to it, or as the smaller of two."""
    if len(one.sizes) > 3 or max(one.sizes) > 15:
        return False
    before, after = words[max(0, one.start - 24) : one.start], words[one.end : one.end + 12]
    if _WINDOW_NEAR.search(before) or _WINDOW_AFTER.match(after):
        return True
    return max(one.sizes) < 12 and any(max(other.sizes) > max(one.sizes) for other in squares)


def _shaped(text: str, words: str, calls: list[tuple[int, int]]) -> Iterator[Shaped]:
    """Each shape with its part, by the words in front of it; those that are arguments of a layer are none."""
    for found in shapes_in(text)[:8]:
        before = words[max(0, found.start - 48) : found.start]
        inside = any(start <= found.start < end for start, end in calls)
        near = before[-22:]
        if _MADE.search(near):
            yield Shaped(found.sizes, "data", found.start)
            continue
        declared = list(_DECLARED.finditer(near))
        plainly = inside or found.sizes[:1] != (None,) or re.search(r"input_shape\s?=\s?$", near) is not None
        if declared and plainly and not re.search(r"[()]", near[declared[-1].end() :]):
            yield Shaped(found.sizes, "whole" if declared[-1]["batch"] else "declared", found.start)
        elif not inside and not _WINDOW_NEAR.search(near):
            part = _part(before)
            a_table = part == "in" and _ARRAY.match(words, found.end) is not None
            yield Shaped(found.sizes, "data" if a_table else part, found.start)


def _part(before: str) -> str:
    if _LABELS.search(before):
        return "labels"
    if _GIVES.search(before) and not _OUTPUT_OF.search(before):
        return "out"
    if _TARGET.search(before) and not _ACTS_ON.search(before):
        return "to"
    return "data" if _DATA.search(before) else "in"


_COMPARED = re.compile(r"\bdiffer\w*|\bvs\.?(?=\W)|\bversus\b|\bcompar\w+|\bsame as\b|\binstead of\b|\bthan\b"
                       r"|\bbetter\b|\bequivalent\b|\bidentical\b|\bunterschied")  # fmt: skip
OR = re.compile(r"\bor\b|\bvs\b|\bversus\b|\binstead of\b|\bthan\b|\bsame as\b")


_PARAMETERS = re.compile(r"\bparam|\bweights\b")
_IN_A_ROW = re.compile(r"\bstack|\bthen\b|\bfollowed\b|->|\bafter\b|\bon top\b|\bmodel\b")


def _reduces(name: str) -> bool:
    """What stands behind convolutions; their output is said, when two of these are compared."""
    return name == "Flatten" or "Pooling" in name


def side_by_side_counts(words: str, mentions: Sequence[Mention]) -> bool:
    """The counts of an LSTM and a GRU: nobody stacks one of each, unless it is said."""
    kinds = {one.name for one in mentions}
    alike = len(kinds) == len(mentions) > 1 and kinds <= {*RECURRENT}
    return alike and _PARAMETERS.search(words) is not None and _IN_A_ROW.search(words) is None


def _compares(words: str, mentions: list[Mention]) -> bool:
    """Whether two layers are compared: next to each other, not one after the other."""
    if len(mentions) < 2:
        return False
    first, second = mentions[:2]
    if len({(one.name, str(one.given)) for one in mentions}) == 1:
        return False  # the same layer, spoken of again
    between = words[first.end : second.start]
    if re.search(r"\bthen\b|\bafter\b|->|\binto\b|\bfollowed\b|\bgives?\b", between):
        return False
    if side_by_side_counts(words, mentions):
        return True
    return OR.search(between) is not None or (_COMPARED.search(words) is not None and len(mentions) == 2)


def _in_order(words: str, mentions: list[Mention]) -> Iterator[Mention]:
    """The order in which they act: ``Dense(10) after LSTM`` is an LSTM, then the Dense."""
    ordered = list(mentions)
    for place in range(len(ordered) - 1):
        between = words[ordered[place].end : ordered[place + 1].start]
        if len(between) < 40 and _AFTER.search(between):
            ordered[place], ordered[place + 1] = ordered[place + 1], ordered[place]
            break
    yield from (one for mention in ordered for one in [replace(mention, times=1)] * mention.times)
