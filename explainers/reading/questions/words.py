"""What is in a question: numbers by the words next to them, shapes, layers as they are called."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from explainers.core.axes import Shape
from explainers.core.finding import Value
from explainers.core.layers import class_of, sheet
from explainers.core.layers.signatures import needed
from explainers.core.spec import Argument, LayerSpec, ModelSpec, Sizes, snake
from explainers.reading.literal import BY_NAME, RENAMED
from explainers.reading.questions.names import layers_named
from explainers.reading.text import Cleaned

LONGEST = 4000  # characters of a question
_CALLED = re.compile(r"\b([A-Za-z][A-Za-z0-9]{2,30})\(")
_TIMES = re.compile(r"(?<![\d.x×])(\d{1,5})\s?[x×*]\s?(\d{1,5})(?:\s?[x×*]\s?(\d{1,5}))?(?![\d.x×])", re.IGNORECASE)
_TRIPLE = re.compile(r"\(\s?(\d{1,7})\s?,\s?(\d{1,7})\s?,\s?(\d{1,7})\s?[;)]")  # also in "(500,3,1; 500,1)"
_OF_KERAS = re.compile(
    r"(?<![a-z])(?:lstm|gru|rnn|keras|tensorflow)(?![a-z])|conv(?:olution)?(?:al)?[ _]?[123]d|"
    r"\b(?:nb_samples|timesteps?|time steps?|time_steps|input_dim|input[_ ]shape|output[_ ]shape|return_sequences|"
    r"return_state|steps_per_epoch|batch[ _]size|dense(?: layer)?|embedding|hidden (?:size|units)|sequence length|"
    r"n_features|max ?pooling|flatten|softmax|one[- ]?hot|steps per epoch|batch(?:es)? per epoch|"
    r"which loss|loss function|epochs|padding|kernel[ _]size|(?:categorical|binary)[ _]cross ?entropy|"
    r"univariate|time series|model\.(?:predict|fit)|multi-?(?:label|class)|binary classification|"
    r"(?:last|output|final|hidden) layer|neural net(?:work)?s?|"
    r"regression)\b|序列|时间步|"
    r"\b(\d{2,6})/\1\b(?=[^?]{0,300}(?:epoch|train|images|samples|examples|rows))",
    re.IGNORECASE,
)
_NONE_ASKED = re.compile(r"\bnone\b", re.IGNORECASE)
_ABOUT_SHAPES = re.compile(r"shape|dimension|axis|output|layer|model|batch|\(", re.IGNORECASE)
Forms = tuple[re.Pattern[str], ...]


def _next_to(words: str, one_between: bool = False) -> Forms:
    """``20 timesteps`` (with one word between: ``500 csv rows``), and ``timesteps = 20``."""
    between = r"(?:[a-z]{1,12} )?" if one_between else ""
    return (
        re.compile(rf"\b(\d[\d,]{{0,11}})\s?-?\s?{between}(?:{words})"),
        re.compile(rf"\b(?:{words})\s{{0,2}}(?:is|are|of|=|:|size)?\s{{0,2}}(?:is|=)?\s{{0,2}}(\d[\d,]{{0,11}})\b"),
    )


FEATURES = _next_to(
    r"features?|variables?|columns?|input_dim|dim(?:ensional|s)?\b|-dim|values? per (?:step|timestep)|sensors?|"
    r"leads?|electrodes?|indicators?|predictors?|attributes?|"
    r"merkmale|spalten|caract[eé]r[ií]sticas|columnas|colunas|colonnes|variabili|特征|列"
)
INPUTS = _next_to(r"inputs?")
STEPS = _next_to(
    r"time ?-?_?steps?|steps?|words?|sequence length|length|frames?|lags?|tokens?|points?|pasos|"
    r"pas de temps|zeitschritte|时间步"
)
LAST = (  # how far a model looks back
    re.compile(r"\b(?:last|past|previous|letzten|[úu]ltim[oa]s|derniers?) (\d[\d,]{0,6})\b"),
    re.compile(r"\bwindows?(?: of)?(?: (?:size|length))?(?: of| is)?\s?=?\s?(\d[\d,]{0,6})\b(?!\.\d)"),
)
# ``kernel_size=3``, ``a filter of size 3``
KERNEL = re.compile(r"(?:kernel|filter|window)s?(?: ?_?size)?(?: of(?: size)?| is|=|:)?\s{0,2}(\d{1,3})\b")
VOCABULARY = (  # ``a vocabulary has 800 words``, ``800 different words``
    re.compile(r"\bvocab(?:ulary)?\b\D{0,30}?(\d[\d,]{0,11})\b"),
    re.compile(r"\b(\d[\d,]{0,11}) (?:different|unique|distinct) (?:words|ids|tokens)"),
)
DURATIONS = _next_to(r"days|hours|minutes|weeks|months")
SAMPLES = _next_to(
    r"samples?|nb_samples|sentences?|rows?|sequences|examples?|observations|records|data points|instances|images|"
    r"recordings?|patients|signals?\b(?! per)|documents?|"
    r"pictures|trials?|subjects|clips?|videos?|reviews?|tweets?|files?|participants|"
    r"muestras|filas|linhas|lignes|[eé]chantillons|stichproben|zeilen|datens[aä]tze|样本|行",
    one_between=True,
)
BATCH = _next_to(r"batch[ _]?size(?: of)?|per batch")
BATCHES = _next_to(r"batches of")
UNITS = _next_to(r"units?|neurons?|cells?|hidden (?:units|size)|nodes?")
FILTERS = _next_to(r"filters?|kernels")
CHANNELS = _next_to(r"channels?", one_between=True)
CLASSES = _next_to(r"class(?:es)?|categories|labels|clases|klassen")


@dataclass(frozen=True)
class Told:
    """The reply to one question: a sentence, a model of its sizes, its numbers and shapes."""

    sentence: str
    spec: ModelSpec | None = None
    values: dict[str, Value] | None = None
    shapes: tuple[Shape, ...] = ()


@dataclass(frozen=True)
class Asked:
    """One question: its words in small letters, the shapes it names, the layers that it names and calls.

    named: the first layer that it names; others: the further ones.
    """

    words: str
    shapes: tuple[Sizes, ...]
    sides: tuple[tuple[int, ...], ...]
    named: str
    others: tuple[str, ...]
    called: tuple[LayerSpec, ...]

    @property
    def layer(self) -> str:
        """The class that the question is about; "" where it names none."""
        return self.called[0].class_name if self.called else self.named

    @property
    def units(self) -> int | None:
        """How many units the layer has, as it is called or by a word."""
        given = self.called[0].get("units") if self.called else None
        return given if isinstance(given, int) else None

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
    text = cleaned.shown
    of_none = _NONE_ASKED.search(text) is not None and _ABOUT_SHAPES.search(text) is not None and "?" in text
    if len(text) > LONGEST:
        return None
    called = tuple(_called(text))
    names = layers_named(text)
    if not (called or names or of_none or _OF_KERAS.search(text)):
        return None
    triples = tuple(tuple(int(n) for n in found.groups()) for found in list(_TRIPLE.finditer(text))[:8])
    inside = [layer for layer in called for _, value in layer.arguments if isinstance(value, tuple)]
    written: tuple[Sizes, ...] = tuple(at.sizes for at in cleaned.shapes[:8]) if not inside else _not_arguments(cleaned)
    sides = tuple(tuple(int(n) for n in found.groups() if n) for found in list(_TIMES.finditer(text))[:8])
    shapes = tuple(dict.fromkeys((*written, *triples)))
    first = names[0] if names else ""
    return Asked(_in_digits(spelled(text.lower())), shapes, sides, first, names[1:], called)


ACTIVATIONS = ("relu", "sigmoid", "softmax", "tanh", "linear", "gelu", "elu", "selu", "swish", "softplus")
# Words that a question turns on; one that is a slip away from them is read as they are.
_MEANT = ("timesteps", "timestep", "features", "feature", "samples", "sample", "parameters", "parameter", "sequences",
          "sequence", "dimensions", "dimension", "output", "outputs", "channels", "images", "neurons", "classes",
          "batches", "epochs", "shape", "shapes", "layer", "layers", "units", "weights", "labels")  # fmt: skip
_SLIPPED = re.compile(r"(?<![\w/.])[a-z]{5,12}(?![\w/.(])")
_MOST_WORDS = 400


def spelled(words: str) -> str:
    """``outptu`` -> ``output``: two letters in the other order, one too many, too few or another."""
    slips = 0

    def one(found: re.Match[str]) -> str:
        nonlocal slips
        slips += 1
        word = found.group()
        if word in _MEANT or slips > _MOST_WORDS:
            return word
        return next((meant for meant in _MEANT if _slip(word, meant)), word)

    return _SLIPPED.sub(one, words)


def _slip(word: str, meant: str) -> bool:
    """Whether a word is another with one slip in it; the first letter counts, so "outputs" isn't "inputs"."""
    if word[0] != meant[0] or abs(len(word) - len(meant)) > 1 or word in (f"{meant}s", meant[:-1]):
        return False
    same = next((i for i, (a, b) in enumerate(zip(word, meant, strict=False)) if a != b), min(len(word), len(meant)))
    rest, other = word[same:], meant[same:]
    turned = rest[:2] == other[1::-1] and rest[2:] == other[2:] and len(rest) > 1
    return turned or rest[1:] == other or rest == other[1:] or (rest[1:] == other[1:] and len(meant) > 6)


_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTED = (
    r"features?|units?|channels?|inputs?|(?:time)?steps?|samples?|class(?:es)?|filters?|neurons?|columns?|variables?"
)
_NUMBER_WORD = re.compile(rf"\b({'|'.join(_WORDS)})(?= (?:\w{{1,12}} )?(?:{_COUNTED})\b)")


def _in_digits(words: str) -> str:
    """``one feature`` -> ``1 feature``: numbers that are written out, or that a word says."""
    counted = _NUMBER_WORD.sub(lambda found: str(_WORDS.index(found[1]) + 1), words)
    return f"{counted} (1 feature)" if "univariate" in counted else counted


def _class(word: str) -> str:
    """Today's class of a name as people write it."""
    flat = word.lower().replace("-", "").replace(" ", "")
    return {"bilstm": "Bidirectional", "rnn": "SimpleRNN"}.get(flat) or class_of(flat) or ""


def _not_arguments(cleaned: Cleaned) -> tuple[Sizes, ...]:
    """The shapes that aren't arguments of a layer: ``Conv2D(8, (3, 3))`` has none."""
    depth_before = [
        cleaned.shown[: at.start].count("(") - cleaned.shown[: at.start].count(")") for at in cleaned.shapes[:8]
    ]
    return tuple(at.sizes for at, depth in zip(cleaned.shapes[:8], depth_before, strict=True) if depth <= 0)


def _called(text: str) -> Iterator[LayerSpec]:
    """Layers as they are called in a sentence: ``Conv2DTranspose(16, 3, strides=2)``, and what they wrap."""
    end = 0
    for found in list(_CALLED.finditer(text))[:12]:
        name = found[1] if sheet(found[1]) is not None else _class(found[1])  # conv2d(64, 3), as people write it
        if found.start() < end or sheet(name) is None:
            continue
        piece = _closed(text, found.start())
        if piece is None:
            continue
        end = found.start() + len(piece)
        layer = _layer(name + piece.removeprefix(found[1]))
        if layer is not None:
            yield layer


def _closed(text: str, start: int) -> str | None:
    """From a name to the bracket that closes its call; None where there is none nearby."""
    depth = 0
    for place in range(start, min(len(text), start + 300)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0 and text[place] == ")":
            return text[start : place + 1]
    return None


def _layer(piece: str) -> LayerSpec | None:
    try:
        node = ast.parse(piece, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return _spec(node)


def _spec(node: ast.expr) -> LayerSpec | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
        return None
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
    facts = sheet(name)
    if facts is None or facts.name not in BY_NAME:
        return None
    given: dict[str, Argument] = {}
    for argument, value in zip(facts.order, node.args, strict=False):
        given[argument] = _value(value)
    for keyword in node.keywords[:20]:
        key = RENAMED.get(keyword.arg or "", keyword.arg or "")
        if key in (*facts.order, *facts.also):
            given[key] = _value(keyword.value)
    if any(value is None for value in given.values()) or any(name not in given for name in needed(facts.name)):
        return None
    return LayerSpec(facts.name, snake(facts.name), tuple(given.items()))


def _value(node: ast.expr) -> Argument:
    """A literal, or a layer that is wrapped; None for anything else."""
    if isinstance(node, ast.Call):
        return _spec(node)
    if isinstance(node, ast.Name) and node.id in ACTIVATIONS:  # Dense(2, softmax), as people write it
        return node.id
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    if isinstance(value, tuple | list) and all(isinstance(part, int) for part in value):
        return tuple(value)
    return value if isinstance(value, int | float | str | bool) else None
