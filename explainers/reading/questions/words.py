"""What is in a question: numbers by the words next to them, shapes, layers as they are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from explainers.core.axes import Shape
from explainers.core.finding import Value
from explainers.core.spec import LayerSpec, ModelSpec, Sizes
from explainers.reading.questions.called import calls_in
from explainers.reading.questions.implied import implied, in_both_directions, merged
from explainers.reading.questions.names import layers_named
from explainers.reading.questions.parsed.parts import NO_PARTS, Parts, parts_of
from explainers.reading.questions.parsed.roles import said_in
from explainers.reading.questions.parsed.terms import speaks_of_it
from explainers.reading.questions.written import in_digits, in_one_way
from explainers.reading.text import Cleaned, clean, shapes_in

LONGEST = 4000  # characters of a question
_TIMES = re.compile(
    r"(?<![\d.x×*+)])(?<![*+)] )(\d{1,5})\s?[x×*]\s?(\d{1,5})"
    r"(?:\s?[x×*]\s?(\d{1,5}))?(?:\s?[x×*]\s?(\d{1,5}))?(?![\dx×*+]|\.\d)(?! ?[*+(])",
    re.IGNORECASE,
)
_TRIPLE = re.compile(r"\(\s?(\d{1,7})\s?,\s?(\d{1,7})\s?,\s?(\d{1,7})\s?[;)]")  # also in "(500,3,1; 500,1)"
_OF_KERAS = re.compile(
    r"(?<![a-z])(?:lstm|gru|rnn|keras|tensorflow)(?![a-z])|conv(?:olution)?(?:al)?[ _]?[123]d|"
    r"\b(?:nb_samples|timesteps?|time steps?|time_steps|input_dim|input[_ ]shape|output[_ ]shape|return_sequences|"
    r"return_state|steps_per_epoch|batch[ _]size|dense(?: layer)?|embedding|hidden (?:size|units)|sequence length|"
    r"n_features|max ?pooling|flatten|softmax|one[- ]?hot|steps per epoch|batch(?:es)? per epoch|"
    r"which loss|loss function|epochs|padding|kernel[ _]size|(?:categorical|binary)[ _]cross ?entropy|"
    r"univariate|time series|model\.(?:predict|fit)|multi-?(?:label|class)|binary classification|"
    r"(?:last|output|final|hidden) layer|neural net(?:work)?s?|"
    r"regression|non-?trainable)\b|序列|时间步|"
    r"\b(\d{2,6})/\1\b(?=[^?]{0,300}(?:epoch|train|images|samples|examples|rows))",
    re.IGNORECASE,
)
# Words that other texts have, too: in a short one they are enough.
_IN_SHORT = re.compile(
    r"\b(?:reshape[ds]?|flattened|\w{0,12}\.view|labels?|targets?|features?|classes|outputs?|convolutions?|strides?|"
    r"filters?|batch(?:es)?|stateful|batch_input_shape|predict(?:s|ed|ions?)?|dropout|pooling|channels?(?:_first|_last)?|"
    r"concatenate|(?:non-)?trainable|param(?:eter)?s?|weights|seq2seq|hidden state|loss|tensors?|broadcast\w{0,4}|"
    r"(?:fully[ -]connected|linear|dropout) layer|shapes?|mfccs?|spectrograms?|k?hz)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\s{0,9}(?:\d{1,3}(?:,\d{3}){1,3}|\d{4,9})[\s.?]{0,9}")  # alone, it hardly counts anything else
_SHORT = 300  # characters
_NONE_ASKED = re.compile(r"\bnone\b(?! of\b)", re.IGNORECASE)
_ABOUT_SHAPES = re.compile(r"shape|dimension|axis|output|layer|model|batch|summary|keras|mean|\(", re.IGNORECASE)
_IS_ASKED = re.compile(
    r"\?|^\W{0,9}(?:what|why|how|where|is|does|explain|meaning|was|warum|wieso|qu[eé]|por qu[eé]|quel)\b", re.IGNORECASE
)
Forms = tuple[re.Pattern[str], ...]


_NOT_BETWEEN = (  # 20 timesteps, 5 features: the first number isn't that of the second word
    "and|or|x|of|with|to|on|per|in|by|is|for|time|steps?|timesteps?|samples?|units?|layers?|filters?|class(?:es)?|"
    "channels?|features?|images?|words?|tokens?|neurons?|epochs?|batch(?:es)?|rows?|days|hours|months"
)


def _next_to(words: str, one_between: bool = False) -> Forms:
    """``20 timesteps`` (with one word between: ``500 csv rows``), and ``timesteps = 20``."""
    between = rf"(?:(?!(?:{_NOT_BETWEEN})\b)[a-z]{{1,12}} )?" if one_between else ""
    return (
        re.compile(rf"(?<![\d.,])\b(\d{{1,12}})\s?-?\s?{between}(?:{words})"),
        re.compile(rf"\b(?:{words})\s{{0,2}}(?:is|are|of|=|:|size)?\s{{0,2}}(?:is|=)?\s{{0,2}}(\d[\d,]{{0,11}})\b"),
    )


FEATURES = _next_to(
    r"features?|variables?|columns?|input_dim|dim(?:ensional|s)?\b|-dim|values? per (?:step|timestep)|sensors?|"
    r"leads?|electrodes?|indicators?|predictors?|attributes?|"
    r"merkmale|spalten|caract[eé]r[ií]sticas|columnas|colunas|colonnes|variabili|特征|列",
    one_between=True,
)
INPUTS = (
    re.compile(r"\b(\d[\d,]{0,11})\s?-?\s?inputs?\b"),
    re.compile(
        r"\binputs?(?:[ _](?:size|dim(?:ension)?s?|layer|features))?(?: of| is| with| has|=|:){0,2} ?=? ?(?:size )?"
        r"(\d[\d,]{0,11})\b(?![x.]| (?:time|steps?|samples|images|rows|frames|words|tokens)\b)"
    ),
    re.compile(r"\b(\d[\d,]{0,11})[ -](?:dim(?:ensional)?|long)? ?(?:input|vector)"),
)
STEPS = _next_to(
    r"time ?-?_?steps?|steps?|words?|sequence length|length|frames?|lags?|tokens?|points?|pasos|"
    r"pas de temps|zeitschritte|时间步"
)
LAST = (  # how far a model looks back
    re.compile(r"\b(?:last|past|previous|letzten|[úu]ltim[oa]s|derniers?) (\d[\d,]{0,6})\b"),
    re.compile(r"\bwindows?(?: of)?(?: (?:size|length))?(?: of| is)?\s?=?\s?(\d[\d,]{0,6})\b(?!\.\d)"),
    re.compile(r"\b(?:sequences?|chunks?|pieces)(?: of)?(?: (?:size|length))? ?=? ?(\d{1,6})\b"),
)
# ``kernel_size=3``, ``a filter of size 3``
KERNEL = re.compile(
    r"(?:kernel|filter|window)s?(?: ?_?size)?(?: (?:of|with)(?: a)?(?: size| length| width)?| is|=|"
    r":){0,2}\s{0,2}(\d{1,3})\b"
)
VOCABULARY = (  # ``a vocabulary has 800 words``, ``800 different words``
    re.compile(r"\b(?:vocab(?:ulary)?|dictionary)\b\D{0,30}?(\d[\d,]{0,11})\b"),
    re.compile(r"\b(\d[\d,]{0,11}) (?:different|unique|distinct) (?:words|ids|tokens)"),
)
DURATIONS = _next_to(r"days|hours|minutes|weeks|months")
SAMPLES = _next_to(
    r"samples?|nb_samples|sentences?|rows?|sequences|examples?|observations|records|data points|instances|images|"
    r"recordings?|patients|signals?\b(?! per)|documents?|"
    r"pictures|trials?|subjects|clips?|videos?|reviews?|tweets?|files?|participants|shops?|stores|customers|users|"
    r"stocks|companies|machines|stations|products|households|cities|countries|students|"
    r"muestras|filas|linhas|lignes|[eé]chantillons|stichproben|zeilen|datens[aä]tze|样本|行",
    one_between=True,
)
BATCH = _next_to(r"batch[ _]?size(?: of)?|per batch")
BATCHES = _next_to(r"batches of")
UNITS = (
    *_next_to(r"units?|neurons?|cells?|hidden (?:units|size)|nodes?", one_between=True),
    re.compile(r"\b(?:lstm|gru|rnn) (\d{1,5})\b(?= ?(?:$|[?!,;]|outputs?\b|on\b|with\b|and\b|then\b|return))"),
)
FILTERS = (
    re.compile(
        r"\b(\d[\d,]{0,11})\s?-?\s?(?:(?:conv\w{0,12}|output|different) )?(?:filters?|kernels|feature maps)\b(?! size)"
    ),
    re.compile(r"\b(?:filters|kernels)(?! size)\s{0,2}(?:is|are|of|=|:)?\s{0,2}=?\s{0,2}(\d[\d,]{0,11})\b(?!x\d)"),
)
CHANNELS = _next_to(r"channels?", one_between=True)
CLASSES = _next_to(r"class(?:es)?|categories|labels|clases|klassen")


@dataclass(frozen=True)
class Told:
    """The reply to one question: a sentence, a model of its sizes, its numbers and shapes.

    sure: whether it is the reply, whichever of the question's numbers it doesn't need.
    """

    sentence: str
    spec: ModelSpec | None = None
    values: dict[str, Value] | None = None
    shapes: tuple[Shape, ...] = ()
    sure: bool = False


@dataclass(frozen=True)
class Asked:
    """One question: its words in small letters, the shapes it names, the layers that it names and calls.

    named: the first layer that it names; others: the further ones. numbers: its sizes, wherever they are.
    outputs: those of its shapes that come out of something, by the words in front: ``gives (None, 30, 1)``.
    partly: layers that are called with names for some sizes, without these: ``Embedding(max_features, 128)``.
    parts: the same question as one model.
    """

    words: str
    shapes: tuple[Sizes, ...]
    sides: tuple[tuple[int, ...], ...]
    named: str
    others: tuple[str, ...]
    called: tuple[LayerSpec, ...]
    numbers: tuple[int, ...] = ()
    partly: tuple[LayerSpec, ...] = ()
    outputs: tuple[Sizes, ...] = ()
    parts: Parts = NO_PARTS

    @property
    def layer(self) -> str:
        """The class that the question is about; "" where it names none."""
        return self.called[0].class_name if self.called else self.named

    @property
    def units(self) -> int | None:
        """How many units the layer has, as it is called or by a word."""
        given = self.called[0].get("units") if self.called else None
        return given if isinstance(given, int) else None

    @property
    def counts(self) -> bool:
        """Whether it asks for a number of parameters."""
        return "parameters" in self.parts.aims

    def number(self, *words: Forms) -> int | None:
        """The number next to one of these words, before or behind them."""
        for form in (form for forms in words for form in forms):
            found = form.search(self.words)
            if found is not None:
                return int(next(part for part in found.groups() if part).replace(",", ""))
        return None

    def has(self, pattern: re.Pattern[str]) -> bool:
        """Whether it has these words."""
        return pattern.search(self.words) is not None


@dataclass(frozen=True)
class Intent:
    """What somebody may ask: in words, and how it is read."""

    words: str
    read: Callable[[Asked], Told | None]


def asked_in(cleaned: Cleaned) -> Asked | None:
    """The question of a text; None where it doesn't speak of Keras."""
    if len(cleaned.shown) > LONGEST:
        return None
    cleaned = clean(in_one_way(cleaned.shown))
    text = cleaned.shown
    of_none = _NONE_ASKED.search(text) is not None and _ABOUT_SHAPES.search(text) is not None
    of_none = of_none and _IS_ASKED.search(text) is not None
    called, partly = calls_in(text)
    names = layers_named(text)
    short = len(text) <= _SHORT and "\n" not in text.strip()
    in_short = short and (bool(cleaned.shapes) or _IN_SHORT.search(text) is not None or speaks_of_it(text.lower()))
    said = called or names or of_none or in_short or _OF_KERAS.search(text) or _COUNT.fullmatch(text)
    if not (said or (short and len(_sizes_said(text)) > 1)):
        return None
    triples = tuple(tuple(int(n) for n in found.groups()) for found in list(_TRIPLE.finditer(text))[:8])
    inside = [layer for layer in called for _, value in layer.arguments if isinstance(value, tuple)]
    written = _not_arguments(cleaned) if inside else tuple(at.sizes for at in cleaned.shapes[:8])
    nested = {at.sizes for pair in _NESTED.finditer(text) for at in shapes_in(text, pair.start() + 1, pair.end())}
    written = tuple(sizes for sizes in written if sizes not in nested)
    sides = tuple(tuple(int(n) for n in found.groups() if n) for found in list(_TIMES.finditer(text))[:8])
    shapes = tuple(dict.fromkeys((*written, *triples)))
    words = in_digits(text.lower())
    names = names or implied(words, sides) or merged(words, shapes)
    first = names[0] if names else ""
    called = in_both_directions(called, names, text)
    made = tuple(_made(cleaned))
    return Asked(words, shapes, sides, first, names[1:], called, _numbers(text), partly, made,
                 parts_of(text))  # fmt: skip


_NESTED = re.compile(r"\(\s?\(\s?\d{1,5}\s?,\s?\d{1,5}\s?\)(?:\s?,\s?\(\s?\d{1,5}\s?,\s?\d{1,5}\s?\)){1,2}\s?\)")
_GIVES = re.compile(
    r"\b(?:gives?|gave|there is|is there|i see|shows?|returns?|returned|outputs|produces?|becomes?|instead of|"
    r"but not|and not|"
    r"not|"
    r"outputs?(?: shape| size)?(?: is| of| was| are|=|:)?|(?:i|we) (?:need|want|expect|get|got)(?:ed)?)"
    r"(?: me| a| an| only| just| the| shape| of| as| an output| output){0,3}\s{0,2}$",
    re.IGNORECASE,
)


def _made(cleaned: Cleaned) -> Iterator[Sizes]:
    """The shapes that something gives, by the words in front of them."""
    for at in cleaned.shapes[:8]:
        if _GIVES.search(cleaned.flat[max(0, at.start - 50) : at.start]):
            yield at.sizes


_A_NUMBER = re.compile(
    r"(?<![\w.,])\d{1,9}(?:\.\d{1,4})?(?![\w.]*\d|[a-z])|(?<=\dx)\d{1,9}(?![\w.])|(?<![\w.])\d{1,9}(?=x\d)"
)
_OF_NO_SIZE = re.compile(
    r"\b\d{1,3}[ -]layers?\b|\b(?:keras|tensorflow|tf|python|version|lesson|chapter|line)\s?v?[\d.]{1,8}|"
    r"\b[12345]-?d\b|"
    r"\b[12345][ -](?:dims|dimensions|axes|dim(?:ensional)? (?:inputs?|data|arrays?|tensors?))\b|"
    r"\b0 ?(?:-|to|\.\.\.?) ?\d{1,4}\b|\b0[.,]\d{1,4}|\b(?:each|every|per) \d{1,4} (?:sec|min|hour|day|week|month)"
)


def _numbers(text: str) -> tuple[int, ...]:
    """The sizes in a text; 0 and 1 are words as often as sizes."""
    found = _A_NUMBER.findall(_OF_NO_SIZE.sub(" ", text.lower()))
    return tuple(dict.fromkeys(int(number) for number in found if "." not in number and int(number) > 1))


_OF_SHAPES = ("samples", "steps", "features", "units", "filters", "channels", "classes", "batch", "epochs", "kernel")


def _sizes_said(text: str) -> set[str]:
    """What its numbers count, of the sizes that shapes are made of."""
    return {one.role for one in said_in(text.lower())} & set(_OF_SHAPES)


def _not_arguments(cleaned: Cleaned) -> tuple[Sizes, ...]:
    """The shapes that aren't arguments of a layer: ``Conv2D(8, (3, 3))`` has none."""
    depth_before = [
        cleaned.shown[: at.start].count("(") - cleaned.shown[: at.start].count(")") for at in cleaned.shapes[:8]
    ]
    return tuple(at.sizes for at, depth in zip(cleaned.shapes[:8], depth_before, strict=True) if depth <= 0)
