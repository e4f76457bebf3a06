"""What somebody types on the home page: a question, a number, a shape, an error or a program, and what answers it.

A text that is to be read goes to the reader of pasted texts. A count leads to models that have just so many parameters,
the sizes of an image to a Conv2D, a shape to a model that reads it, a question to the lesson that answers it: always
with the sizes that were typed. What is found here is a candidate; the live model decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from explainers.core.asked import count_told, none_told
from explainers.core.axes import sized
from explainers.core.dims import DimsBase, DimsError, DimSpec
from explainers.core.explainer import Asked, Explainer
from explainers.core.layers.signatures import defaults_of
from explainers.core.programs import BY_LAYER, PROGRAMS, Program
from explainers.core.results import Inspection, Layer
from explainers.core.spec import Sizes
from explainers.core.words import listed, tags, untagged
from explainers.reading.questions import (
    A_SHAPE,
    OF_DATA,
    OF_IMAGES,
    Reading,
    best_reading,
    is_part_of_an_error,
)
from explainers.reading.questions import ABOUT_A_SHAPE as _ABOUT_A_SHAPE
from explainers.reading.questions.accounted import sizes_of
from explainers.reading.questions.names import layers_named
from explainers.reading.questions.parsed.facts import BESIDE
from explainers.reading.questions.parsed.parts import parts_of
from explainers.reading.questions.parsed.terms import ASKING, terms_in, topics_in
from explainers.reading.questions.words import asked_in
from explainers.reading.questions.written import in_one_way
from explainers.reading.summary.table import read_table
from explainers.reading.text import clean, shapes_in
from views import search
from views.search import AT, EXAMPLE, TRY, Entry, Index
from views.sizes_said import choices_said, kernel_said, numbers_left, numbers_said, spelled, unsaid, without_kernel

LONGEST_QUESTION = 300  # characters; what is longer was pasted
MOST_MODELS = 4  # that are tried for a count
LARGEST_COUNT = 10**9  # no model of ours has a layer with more parameters
_PASTED = re.compile(
    r"\w{2,40}(?:Error|Exception):|Traceback|\.add\(|\bkeras\.|\blayers\.|\bSequential\(|Layer \(type\)|Param #|"
    r"\bInput \d{1,3} of layer\b|^\s*[A-Z]\w{2,40}\(.{1,200}\)\s*$|\bnn\.\w{2,30}\(|(?<![\w.])Linear\("
)
# A layer as it is called, on a shape: "my LSTM(64) on (None, 10, 3)". The reader of texts builds just that.
_CALLED_ON = re.compile(r"\b[A-Z]\w{2,40}\(\d[^()]{0,60}\)[^()]{0,100}.{0,160}\(\s{0,3}None\s{0,3},", re.DOTALL)
# What an error says in the middle: "expected shape=(None, 28, 28, 1), found shape=(None, 28, 28)".
_COMPARED = re.compile(r"\bexpected\b[^()]{0,60}\([^()]{1,60}\).{0,40}\b(?:found|got|received|but)\b", re.IGNORECASE)
_COUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[,.' ]\d{3})+|\d+)(?![\d.,]*\d)")
_COUNTED = r"(?:param\w{0,12}|weights?|count_params)\b"
# "140 params", "4,224 trainable parameters", "Param # 912": the number is the count. "64 filters" next to it isn't.
_ITS_COUNT = re.compile(
    rf"(?<![\dx*-])([\d,.' ]{{0,30}}\d)\s{{1,3}}(?:\w{{1,8}}-?trainable\s|trainable\s|total\s)?{_COUNTED}"
    rf"|\b{_COUNTED}\s{{0,2}}[:=#]?\s{{0,2}}(?:is\s|are\s|of\s)?(\d[\d,.']{{0,12}})"
    r"(?![\d,.']|\s(?:units?|filters?|features?|neurons?|inputs?|channels?|steps|timesteps|heads|layers)\b)",
    re.IGNORECASE,
)
_COUNT_SAID = re.compile(
    rf"[\d,.' ]{{0,30}}\d\s{{1,3}}(?:\w{{1,8}}-?trainable\s|trainable\s|total\s)?{_COUNTED}", re.IGNORECASE
)
_IMAGE = re.compile(
    r"(?<!\d)(\d{1,4})\s{0,3}[x×*]\s{0,3}(\d{1,4})(?:\s{0,3}[x×*]\s{0,3}(\d{1,4}))?(?!\d)", re.IGNORECASE
)
_IMAGES = re.compile(
    r"[(\[]\s{0,3}(?:None|\d{1,6})\s{0,3},\s{0,3}(\d{1,6})\s{0,3},\s{0,3}(\d{1,6})\s{0,3},\s{0,3}(\d{1,6})\s{0,3},?\s{0,3}[)\]]",
    re.IGNORECASE,
)
_ONLY_SIZES = re.compile(r"\d{1,4}x\d{1,4}(?:x\d{1,4})?\s{0,3}\??")  # two sizes alone: one number per pixel
_OF_IMAGES = re.compile(
    r"\bimages?\b|\bpixels?\b|\b\w{2,30}2d\b|\bmnist\b|\bcifar\b|gr[ae]yscale|\brgb\b", re.IGNORECASE
)
_CHANNELS = (
    (re.compile(r"gr[ae]y|black and white|\bmnist\b", re.IGNORECASE), 1),
    (re.compile(r"\brgb\b|colou?r", re.IGNORECASE), 3),
)
_KNOWN_IMAGES = (
    (re.compile(r"\bmnist\b", re.IGNORECASE), (28, 28, 1)),
    (re.compile(r"\bcifar", re.IGNORECASE), (32, 32, 3)),
)
_INPUT_SHAPE = re.compile(
    r"shape\s{0,3}=\s{0,3}\(\s{0,3}(None|\d{1,6})\s{0,3},\s{0,3}(\d{1,6})\s{0,3}\)", re.IGNORECASE
)
_LESSON_OF = {
    "conv1d": "conv1d", "conv2d": "conv2d", "simplernn": "simple_rnn", "lstm": "stacked_lstm", "gru": "stacked_lstm",
    "multiheadattention": "multi_head_attention", "attention": "multi_head_attention",
}  # fmt: skip
_CELLS = ("SimpleRNN", "LSTM", "GRU", "Conv1D", "Conv2D", "MultiHeadAttention")
_FAMOUS = {784, 3072}  # the pixels of MNIST's and CIFAR's images
LAYER = "layer_1"  # the dim of a lesson that chooses its layer
_READS_IMAGES = "conv2d"  # the lesson that a question about images leads to
_READ = (_PASTED, _CALLED_ON, _COMPARED)  # signs of a text that is to be read


@dataclass(frozen=True)
class Way:
    """What answers a text, best first; `pasted` where the text itself is to be read.

    count: of parameters; only a live model that has a layer with just so many is an answer.
    left: numbers of the text that no answer has, so what is found is only near it. near: so are all of its words.
    """

    found: tuple[Entry, ...] = ()
    pasted: bool = False
    count: int | None = None
    left: tuple[str, ...] = ()
    near: bool = False


def way(text: str, lessons: Mapping[str, Explainer[Any]], index: Index) -> Way:
    """The way from a text to its answer."""
    text = text.strip()
    if "\n" in text or len(text) > LONGEST_QUESTION or any(sign.search(text) for sign in _READ):
        return Way(pasted=True)
    text = in_one_way(text)
    if is_part_of_an_error(text) or read_table(text) is not None:
        return Way(pasted=True)
    count = count_asked(text)
    reading = best_reading(clean(text))
    if count is not None and not (reading is not None and reading.whole and search.has_size(_COUNT_SAID.sub("", text))):
        models = tuple(models_with(count, text, lessons)) if count <= LARGEST_COUNT else ()
        return Way(models, count=count)
    image = image_asked(text, lessons)
    found = [one.entry for one in search.search(text, index)]
    found = [entry for entry in (_sample_asked(text),) if entry is not None] + found
    if search.has_size(text):  # what a word means isn't asked
        found.sort(key=lambda entry: entry.kind == "Word")
    if not found or found[0].kind != "Question":
        found = [*_layer_asked(text, lessons), *found]
    if image is not None:
        found = [image, *(entry for entry in found if (entry.page, entry.line) != (image.page, image.line))]
    searched = found[0] if found and image is None else None
    found = [_with_sizes(entry, text, lessons) for entry in found[:1]] + found[1:]
    left = tuple(numbers_left(text, found[0])) if found else ()
    if reading is not None and (
        _is_better(text, reading, found, left) or _knows_more(text, reading, found[0], searched)
    ):
        return Way(pasted=True)
    left = tuple(number for number in left if len(number) > 1 and number not in _batch_of(text))
    unfound = not found or (image is None and not search.has_size(text) and search.share(text, found[0]) <= _FITS)
    far = reading is None and unfound and " " in text.strip() and search.shape_asked(text) is None
    if (left or far) and asked_in(clean(text)) is not None:
        return Way(pasted=True)  # the reader says that it isn't sure, and shows what is nearest
    return Way(tuple(found), left=left, near=far)


def _batch_of(text: str) -> tuple[str, ...]:
    """The number in front of an image's sizes: how many there are, which no model has."""
    shape = re.search(r"[(\[]\s?(\d{1,6})(?=\s?(?:,\s?\d{1,6}\s?){3}[)\]])", text)
    return (shape[1],) if shape is not None else ()


def _is_better(text: str, reading: Reading, found: list[Entry], left: tuple[str, ...]) -> bool:
    """Whether the reader of questions says more than the best that was found: it uses more of the text's sizes.

    Where neither leaves one over, a question of a lesson is the better answer; a word or an experiment isn't.
    """
    if found and reading.asked == A_SHAPE:
        return False
    if not found or len(reading.left) < len(left):
        return True
    best = found[0]
    if reading.left:
        return False
    if best.line == search.READS_JUST_THIS and len(asked_shapes(text)) > 1:
        return True  # one of two shapes is half of the question
    if not search.has_size(text) and search.share(text, best) <= _FAR:
        return True
    if reading.sure:
        return _fact_is_better(text, best)
    if reading.asked == OF_DATA:  # a lesson's own question goes to the lesson
        return best.kind != "Question" or search.has_size(text) or search.share(text, best) < 1
    if reading.whole and parts_of(text).shapes("out", "to"):
        return True  # what comes out is asked about, which no link says
    if reading.whole:
        several = (reading.told.spec is not None and len(reading.told.spec.layers) > 1) or best.kind != "Question"
        counts = _COUNTING.search(text) and best.page != "diagnose" and best.query.get(AT) != "parameters"
        return (re.search(r"\d", text) is not None or several) and (bool(counts) or _says_more(reading, best))
    if reading.asked in _ABOUT_A_SHAPE and (best.line == search.READS_JUST_THIS or best.page == _READS_IMAGES):
        return False
    return _apart(reading, best) or (reading.special and (best.kind != "Question" or TRY in best.query))


def _fact_is_better(text: str, best: Entry) -> bool:
    """Whether a fact that has most of what is asked about says more than an entry.

    It says more than a shape alone, one word of several, and a lesson that is asked something else or isn't asked why.
    """
    if best.line == search.READS_JUST_THIS:
        return True
    share, terms = search.share(text, best), terms_in(text.lower())
    beyond = bool(_topics(text) - _topics(best.title, *best.weighty) - BESIDE)
    if best.kind != "Question":
        return share < 1 or "may" in terms or beyond
    if "why" in terms and "why" not in terms_in(best.title.lower()):
        return True
    asks = terms & ASKING or not search.has_size(text)
    return _IMAGES_OF in best.title or share < _SAME or bool(asks and beyond)


def asked_shapes(text: str) -> set[Sizes]:
    """The different shapes of a text."""
    return {at.sizes for at in shapes_in(text)}


def _topics(*texts: str) -> frozenset[str]:
    """What texts speak of."""
    return frozenset[str]().union(*(topics_in(text.lower()) for text in texts))


def _knows_more(text: str, reading: Reading, best: Entry, searched: Entry | None) -> bool:
    """Whether the entry is about something else than the reader of questions: other settings, another layer, no "
    "count."""
    if reading.left or reading.whole or reading.sure or reading.asked == A_SHAPE:
        return False
    if best.line == search.READS_JUST_THIS:
        named = set(layers_named(text)) - _READ_THERE
        return reading.asked not in _ABOUT_A_SHAPE and (reading.special or bool(named)) and "flatten" not in best.query
    far = _FITS if not search.has_size(text) else _FAR if searched is not None else 0.0
    if reading.special and search.share(text, best) < far:
        return True
    if searched is None:
        return best.page == _READS_IMAGES and reading.special and reading.asked not in OF_IMAGES
    if not search.has_size(text) or not reading.special:
        return False
    counts = "parameters" in search.words(reading.asked) and best.query.get(AT) != "parameters"
    return bool(unsaid(text, searched)) or (counts and best.page != "diagnose")


def _says_more(reading: Reading, entry: Entry) -> bool:
    """Whether the model of a question has more layers than the entry shows, or a setting that its link lacks."""
    spec = reading.told.spec
    if spec is not None and not _has_layer(entry, spec.layers[0].class_name):
        return True
    if spec is None or len(spec.layers) > 1:
        return spec is not None
    told = set(entry.query.values())
    examples = {note.partition(" = ")[0] for note in spec.assumed}
    given = [item for layer in spec.layers for item in layer.arguments if item[0] not in examples]
    settings = [value for name, value in given if name in _SETTINGS]
    return any(str(value) not in told and value != (1, 1) for value in settings)


def _has_layer(entry: Entry, name: str) -> bool:
    """Whether the lesson of an entry is about a layer of that class."""
    if entry.page == "diagnose":
        return entry.query.get(EXAMPLE) == name
    if entry.page == _LESSON_OF["gru"]:
        return name in (entry.query.get(LAYER, "LSTM"), "Bidirectional" if "bidirectional" in entry.query else "")
    if name == "Flatten":
        return "flatten" in entry.query
    return _LESSON_OF.get(name.lower()) == entry.page or (name in _READ_THERE and entry.line == search.READS_JUST_THIS)


_SETTINGS = ("padding", "strides", "dilation_rate", "use_bias", "reset_after", "return_state", "groups", "key_dim")
_IMAGES_OF = " on images of "
_COUNTING = re.compile(rf"\b{_COUNTED}", re.IGNORECASE)
_SAME = 0.6  # of the words of a question: the entry asks just this
_FAR = 0.3
_FITS = 0.5  # of the words of a question without sizes; an entry that has fewer of them is about something else
_READ_THERE = {"LSTM", "GRU", "SimpleRNN"}  # layers of the lessons that a shape leads to


def _apart(reading: Reading, entry: Entry) -> bool:
    """Whether the two read one of the sizes as another axis: ``LSTM(50) input [samples, 60, 1]`` has no 50 features."""
    read = sizes_of(reading.told)
    kinds = [layer.class_name for layer in reading.told.spec.layers] if reading.told.spec is not None else []
    if kinds and entry.page == _LESSON_OF["gru"] and kinds[0] in _CELLS and entry.query.get(LAYER, "LSTM") != kinds[0]:
        return True
    named = {name.removesuffix("_1"): size for name, size in entry.query.items() if size.isdigit() and int(size) > 1}
    return any(
        read[name] != int(size) if name in read else _as_another(read, name, int(size)) for name, size in named.items()
    )


_ALIKE = (
    {"steps", "timesteps"},
    {"channels", "features", "input_dim"},
    {"units", "filters"},
    {"samples", "points", "batch", "batch_size"},
)


def _as_another(read: Mapping[str, int], name: str, size: int) -> bool:
    """Whether the reader has the size under another name."""
    alike = next((names for names in _ALIKE if name in names), {name})
    having = {other for other, number in read.items() if number == size}
    return bool(having) and not having & alike


def examples_told(entry: Entry, dims: DimsBase, sentence: str) -> str:
    """`` (batch_size=32 and epochs=3 are examples.)``: sizes that a sentence says and a question with sizes doesn't."""
    specs = [spec for spec in dims.specs() if spec.kind == "int"]
    if not any(spec.name in entry.query for spec in specs):
        return ""
    values = [(spec, getattr(dims, spec.name)) for spec in specs if spec.name not in entry.query]
    made_up = [f"{spec.name}={value}" for spec, value in values if value is not None and _says(sentence, spec, value)]
    if not made_up:
        return ""
    return f" ({listed(made_up)} {'is an example' if len(made_up) == 1 else 'are examples'}.)"


def _says(sentence: str, spec: DimSpec, value: int) -> bool:
    """Whether a sentence has that size of a lesson: as a number of its axis, or next to its name (``3 epochs``)."""
    word = spec.name.removesuffix("_size")
    beside = re.search(rf"\b(?:{value} {word}|{word} {value})\b", untagged(sentence)) is not None
    return beside or (f"{value:,}", spec.axis) in tags(sentence)


# -- counts --------------------------------------------------------------------------------------------------


def count_asked(text: str) -> int | None:
    """The number of parameters that a text asks about: a number alone, or the one next to the word."""
    alone = not re.search(r"[^\d,.' ]", text.strip(" ?!#"))
    said = _ITS_COUNT.search(text)
    if alone:
        numbers = _COUNT.findall(text)
    elif said is not None and not re.search(r"[(\[]", text):  # else its numbers are sizes
        numbers = _COUNT.findall(said[1] or said[2])
    else:
        return None
    counts = [int(re.sub(r"\D", "", number)) for number in numbers]
    sizes = 0 if alone else len(re.findall(r"\d+", text)) - 1
    return max(counts) if counts and max(counts) >= (10 if sizes else 1) else None


def models_with(count: int, text: str, lessons: Mapping[str, Explainer[Any]]) -> Iterator[Entry]:
    """Models that should have a layer with so many parameters: of the layer that the text names, else the plainest."""
    named = {name.lower() for name in (*_CELLS, *BY_LAYER)} & _named(text)
    found = list(_models_with(count, named, lessons))
    return iter(sorted(found, key=_odd_sizes))


def _odd_sizes(entry: Entry) -> int:
    """How many of a model's sizes nobody would choose: 314 units are one, 64 isn't; 784 is what many have."""
    sizes = [int(size) for size in entry.query.values() if size.isdigit()]
    odd = [size for size in sizes if size > 64 and size % 50 > 0 and size & (size - 1) > 0 and size not in _FAMOUS]
    return len(odd) - len(_FAMOUS.intersection(sizes))


def _models_with(count: int, named: set[str], lessons: Mapping[str, Explainer[Any]]) -> Iterator[Entry]:
    """One model of each lesson, then of each small program."""
    for name, lesson in lessons.items():
        for dims in lesson.of_count(count):
            cell = str(dims.get("layer_1", lesson.title))
            if not named or cell.lower() in named:
                query = lesson.dims(**dims).changed() | {AT: "parameters"}
                yield Entry("Question", _with_count(cell, count), lesson.title, name, query,
                            asked=Asked("", sentence=None))  # fmt: skip
                break
    for program in PROGRAMS:
        if not named or program.layer.lower() in named:
            for sizes in program.of_count(count):
                yield program_entry(program, sizes, _with_count(program.layer, count))
                break


def _with_count(layer: str, count: int) -> str:
    article = "An" if layer[:1] in "AEIO" or layer == "LSTM" else "A"
    return f"{article} {layer} with {count:,} parameters"


def layer_with(count: int, found: Inspection) -> Layer | None:
    """The layer of a live model that has just so many parameters."""
    return next((layer for layer in found.layers if layer.params == count), None)


def count_sentence(layer: Layer) -> str:
    """What makes the count, and the dims that make it."""
    units = [
        f"{name}={value}" for name, value in layer.arguments.items() if name in ("units", "filters", "kernel_size")
    ]
    read = layer.inputs[0][-1]
    return f"{count_told(layer)} It reads {sized(read)}{', with ' + ', '.join(units) if units else ''}."


# -- images and programs -------------------------------------------------------------------------------------


def image_asked(text: str, lessons: Mapping[str, Explainer[Any]]) -> Entry | None:
    """A Conv2D (or the layer that is named) that reads images of the sizes in a text; None where it has none."""
    shape = _IMAGES.search(text)
    size, kernel = _image_and_kernel(text)
    if size is not None and shape is None and not parts_of(text).squares:
        return None  # of a kernel or a table
    known = next((sizes for pattern, sizes in _KNOWN_IMAGES if pattern.search(text)), None)
    alone = _ONLY_SIZES.fullmatch(text)
    if shape is None and (known is None if size is None else not (_OF_IMAGES.search(text) or alone)):
        return None
    if shape is None and size is None:
        height, width, channels = (str(number) for number in known or ())
    else:
        height, width, channels = (shape or size).groups()  # type: ignore[union-attr]
    if height in ("1", "3") and width == channels and int(width) > 4:  # PyTorch's order
        height, channels = width, height
    sizes = {"height": int(height), "width": int(width)}
    said = next((number for pattern, number in _CHANNELS if pattern.search(text)), None)
    if channels is not None or said is not None or alone is not None:
        sizes["channels"] = int(channels) if channels is not None else int(said or 1)
    named = [program for program in PROGRAMS if program.layer in layers_named(text)]
    if not named and not set(layers_named(text)) <= {"Conv2D", "Flatten"}:
        return None
    program = next((each for each in named if "height" in each.sizes), None)
    if named and program is None:
        return None  # a layer that reads no images
    told = " × ".join(str(size) for size in sizes.values())
    sizes |= kernel
    if program is not None:
        said_too = numbers_said(text, program.sizes)
        return program_entry(program, {**said_too, **sizes}, f"{program.layer} on images of {told}")
    return _of_images(text, sizes, f"Conv2D on images of {told}", lessons[_READS_IMAGES])


def _image_and_kernel(text: str) -> tuple[re.Match[str] | None, dict[str, int]]:
    """``"3x3 on 224x224"``, ``"3x3 filters"``: of several sizes the largest is the image's, the smallest the kernel."""
    kernel = kernel_said(text)
    found = sorted(_IMAGE.finditer(without_kernel(text)), key=lambda size: int(size[1]) * int(size[2]))
    if not found:
        return None, kernel
    smallest = found[0]
    square = len(found) > 1 and smallest[1] == smallest[2] and not smallest[3]
    return found[-1], kernel or ({"kernel_size": int(smallest[1])} if square else {})


def _of_images(text: str, sizes: Mapping[str, int], title: str, lesson: Explainer[Any]) -> Entry | None:
    """The lesson about images at these sizes, and at what else the text names; None where they are beyond it."""
    names = {spec.name: spec for spec in lesson.dims.specs() if spec.kind == "int"}
    said = {**numbers_said(spelled(text), names), **sizes}
    if "kernel_size" not in said:
        said |= _kernel_that_fits(min(sizes["height"], sizes["width"]))
    query = {name: str(size) for name, size in said.items()}
    if not all(_allowed(lesson.dims, name, size) for name, size in query.items()):
        return None
    return Entry("Question", title, lesson.title, lesson.name, query, asked=lesson.asked[0])


def _kernel_that_fits(side: int) -> dict[str, int]:
    """A kernel for an image that is too small for the lesson's own, and for the pooling after it."""
    return {"kernel_size": (side + 1) // 2} if side < 7 else {}


def program_entry(program: Program, sizes: Mapping[str, int], title: str = "") -> Entry:
    """A small program with these sizes, on the page for pasted texts."""
    query = {EXAMPLE: program.layer} | {name: str(size) for name, size in sizes.items() if name in program.sizes}
    return Entry("Question", title or program.asked, program.layer, "diagnose", query)


def program_of(query: Mapping[str, str]) -> tuple[Program, str] | None:
    """The small program of a link and its text; None where the link has none."""
    program = BY_LAYER.get(query.get(EXAMPLE, ""))
    if program is None:
        return None
    sizes = {
        name: int(value) for name, value in query.items() if value.isascii() and value.isdigit() and len(value) < 7
    }
    return program, program.text(sizes)


# -- the sizes that were typed -------------------------------------------------------------------------------


def _named(text: str) -> set[str]:
    """The words of a text with the digits in them: "conv2d"."""
    return set(re.findall(r"[a-z0-9]+", text.lower()))


def _with_sizes(entry: Entry, text: str, lessons: Mapping[str, Explainer[Any]]) -> Entry:
    """The answer to a question, at the sizes that the question names."""
    if entry.page == "diagnose":
        program = BY_LAYER[entry.query[EXAMPLE]]
        said = {name: str(size) for name, size in numbers_said(spelled(text), program.sizes).items()}
        return replace(entry, query={**said, **entry.query})
    lesson = lessons.get(entry.page)
    if lesson is None or entry.asked is None:
        return entry
    names = {spec.name: spec for spec in lesson.dims.specs() if spec.kind == "int"}
    said = {name: str(size) for name, size in numbers_said(spelled(text), names).items()}
    good = {name: size for name, size in said.items() if _allowed(lesson.dims, name, size)}
    good |= {name: str(size) for name, size in kernel_said(text).items() if name in names}
    good |= choices_said(text, lesson.dims.specs())
    if good and search.has_size(text):
        good = _of_keras(lesson) | good
    beyond = ", ".join(f"{name} {int(size):,}" for name, size in said.items() if name not in good)
    title = f"{entry.title} ({beyond} is beyond this lesson, so an example is shown)" if beyond else entry.title
    return replace(entry, title=title, query={**entry.query, **good})


def _of_keras(lesson: Explainer[Any]) -> dict[str, str]:
    """The arguments that have a default in Keras, at that default: a text with sizes means no example of a lesson's."""
    defaults = defaults_of(lesson.title)
    names = {spec.name for spec in lesson.dims.specs()}
    return {
        name: str(value)
        for name, value in defaults.items()
        if name in names and isinstance(value, int | str) and not isinstance(value, bool)
    }


def _sample_asked(text: str) -> Entry | None:
    """``input_shape=(None, 5)``: the shape of one sample, timesteps and features."""
    shape = _INPUT_SHAPE.search(text)
    if shape is None or set(layers_named(text)) - {"LSTM"}:
        return None
    query = {"timesteps": shape[1].capitalize(), "features": shape[2], "levels": "1"}
    title = f"What does input_shape=({query['timesteps']}, {query['features']}) mean?"
    return Entry("Question", title, "The shape of one sample, without the batch", "stacked_lstm", query,
                 asked=Asked("", sentence=none_told))  # fmt: skip


def _layer_asked(text: str, lessons: Mapping[str, Explainer[Any]]) -> list[Entry]:
    """The lesson (or the small program) of the layer that a text names with sizes, where no question fits better.

    Also of one whose name is all that the text says.
    """
    for word, name in _LESSON_OF.items():
        lesson = lessons.get(name)
        if lesson is not None and word in _named(text):
            entry = Entry("Question", lesson.question, lesson.title, name, asked=Asked(lesson.question))
            sized = _with_sizes(entry, text, lessons)
            dims, _ = lesson.dims.read_kindly(sized.query)
            alone = text.strip(" ?!").lower() == word
            return [replace(sized, title=lesson.asks(dims))] if sized.query or alone else []
    named = _named(text)
    programs = (program_entry(program, {}) for program in PROGRAMS if program.layer.lower() in named)
    return [sized for entry in programs if len((sized := _with_sizes(entry, text, lessons)).query) > 1][:1]


def _allowed(dims: type[DimsBase], name: str, size: str) -> bool:
    try:
        dims.spec(name).parse(size)
    except DimsError:
        return False
    return True
