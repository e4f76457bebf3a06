"""The search of the home page: everything that can be found, and which of it a text means.

A plain ranking of words: whole words, beginnings of words, and near misses. Rare words count more than words that
stand everywhere. A pasted error counts by the words that it shares with what people search for.
"""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from explainers.core.asked import none_told
from explainers.core.explainer import Asked, Explainer
from explainers.core.layers import search_words
from explainers.core.mistakes import all_mistakes
from explainers.core.programs import PROGRAMS
from explainers.core.words import untagged
from explainers.practice.glossary.terms import all_terms

Query = Mapping[str, str]
READS_JUST_THIS = "A live model that reads just this shape"
MOST = 8  # results on screen
AT, TRY, EXAMPLE = "at", "try", "example"  # in links: the section to go to, the trial to open, the small program
LONGEST = 2000  # characters of a query that are read: a pasted error may be long
_READS_SHAPES = "array_shapes"  # the lesson that a question about (None, 20, 5) leads to
_RECURRENT = "stacked_lstm"  # the lesson that it leads to where such a layer is named
_SHAPE = re.compile(r"[(\[]\s*(None|\d{1,6})\s*,\s*(?:(None|\d{1,6})\s*,\s*)?(\d{1,6})\s*[)\]]", re.IGNORECASE)
_ARRAY = re.compile(r"\b(?:zeros|ones|empty|full|rand|randn|random|normal|uniform)\s?\(", re.IGNORECASE)
_ROW = re.compile(r"[(\[]\s{0,3}(\d{1,6})\s{0,3},\s{0,3}[)\]]")
_FEW_WORDS = 4  # that may stand beside a shape which somebody asks about
_NEAR = 0.8  # how alike a mistyped word must be
_SIZE = 0.3  # a number is a size of somebody's own: that a title has the same one says little
_TAIL = 0.3  # results that fit worse than this share of the best one only make noise
# Words that stand in questions and say nothing about the subject.
_EMPTY = frozenset(
    {
        *("a", "an", "and", "any", "are", "as", "at", "be", "but", "by", "can", "do", "does", "for", "from", "has"),
        *("have", "how", "i", "in", "is", "it", "its", "me", "my", "of", "on", "or", "so", "that", "the", "their"),
        *("there", "this", "to", "was", "what", "when", "where", "which", "why", "with", "you", "your"),
        *("between", "difference", "give", "gives", "happens", "if", "many", "much"),
    }
)


@dataclass(frozen=True)
class Entry:
    """One thing to be found. title: the link's text; line: one line under it; page, query: where it leads.

    asked: the question of the lesson (or of a small program) that it is; None for a misconception, an error, a word.
    weighty: texts that count double (the title counts too). light: texts that count once.
    """

    kind: str
    title: str
    line: str
    page: str
    query: Query = field(default_factory=dict)
    weighty: tuple[str, ...] = ()
    light: tuple[str, ...] = ()
    asked: Asked[Any] | None = None


@dataclass(frozen=True)
class Found:
    """A result, and how well it fits next to others."""

    entry: Entry
    score: float


TONES = {"Question": "blue", "Misconception": "violet", "Error": "orange", "Word": "gray"}


def entries(lessons: Mapping[str, Explainer[Any]]) -> tuple[Entry, ...]:
    """Everything that can be found: the lessons' questions, misconceptions, kinds of errors, words of the glossary."""
    return (*_questions(lessons), *_programs(), *_misconceptions(), *_errors(), *_words())


def _questions(lessons: Mapping[str, Explainer[Any]]) -> list[Entry]:
    found: list[Entry] = []
    for name, lesson in lessons.items():
        found.append(
            Entry(
                "Question",
                lesson.question,
                lesson.title,
                name,
                weighty=(lesson.title,),
                light=(lesson.about,),
                asked=Asked(lesson.question),
            )
        )
        found += [_question(name, lesson, asked) for asked in lesson.asked]
    return found


def _question(name: str, lesson: Explainer[Any], asked: Asked[Any]) -> Entry:
    weighty = (lesson.title, *asked.words)
    return Entry("Question", asked.question, lesson.title, name, link_of(lesson, asked), weighty, asked=asked)


def link_of(lesson: Explainer[Any], asked: Asked[Any]) -> dict[str, str]:
    """Where on the lesson's page a question is answered: its dims, the section, the trial that is opened."""
    dims: dict[str, str] = lesson.dims(**asked.dims).changed()
    return dims | ({AT: asked.section} if asked.section else {}) | ({TRY: asked.trial} if asked.trial else {})


def _programs() -> list[Entry]:
    """Layers without a lesson: a small program about each opens on the page for pasted texts."""
    called = search_words()  # by the names of all eras: Convolution2D is Conv2D
    return [
        Entry("Question", program.asked, program.layer, "diagnose", {EXAMPLE: program.layer},
              weighty=(*called[program.layer], f"{program.layer} output shape", f"{program.layer} parameters",
                       *program.words))
        for program in PROGRAMS
    ]  # fmt: skip


def _misconceptions() -> list[Entry]:
    from explainers.practice.misconceptions.catalogue import all_misconceptions  # who only reads home searches nothing

    return [
        Entry(
            "Misconception",
            misconception.believed,
            _plain(misconception.truth),
            "misconceptions",
            {"misconception": misconception.slug},
            weighty=misconception.words,
            light=(misconception.truth, misconception.look),
        )
        for misconception in all_misconceptions()
    ]


def _errors() -> list[Entry]:
    return [
        Entry(
            "Error",
            mistake.title,
            mistake.searched[0],
            "misconceptions",
            {"misconception": mistake.misconception},
            weighty=(mistake.name.replace("_", " "), "; ".join(mistake.searched)),
        )
        for mistake in all_mistakes()
    ]


def _words() -> list[Entry]:
    return [
        Entry(
            "Word",
            term.word,
            term.what,
            "glossary",
            {"term": term.slug},
            weighty=(*(word for _, word in term.others), term.keras),
            light=(term.what,),
        )
        for term in all_terms()
    ]


@dataclass(frozen=True)
class Index:
    """All entries with the words they stand for, made once. says: how much a word says; less, the more have it."""

    own: tuple[Own, ...]
    says: Mapping[str, float]


@dataclass(frozen=True)
class Own:
    """One entry: its title's words, its weighty and its light ones, and its weighty texts as bare phrases."""

    entry: Entry
    title: frozenset[str]
    weighty: frozenset[str]
    light: frozenset[str]
    phrases: tuple[str, ...]


def index_of(found: Sequence[Entry]) -> Index:
    """The index over some entries."""
    own = tuple(_own(entry) for entry in found)
    counts = Counter(word for one in own for word in one.weighty | one.light)
    return Index(own, {word: math.log((1 + len(own)) / count) for word, count in counts.items()})


def _own(entry: Entry) -> Own:
    texts = (entry.title, *entry.weighty)
    weighty = frozenset(_one(word) for text in texts for word in words(text))
    light = frozenset(_one(word) for text in (entry.line, *entry.light) for word in words(text))
    phrases = tuple(_bare(piece) for text in texts for piece in re.split(r"[;,]\s", text))
    return Own(entry, frozenset(_wanted(entry.title)), weighty, light - weighty, phrases)


def search(text: str, index: Index, most: int = MOST) -> tuple[Found, ...]:
    """The best entries for a text, best first; () where nothing fits or nothing that says something was typed."""
    found = _ranked(text, index)
    asked = shape_asked(text)
    if asked is not None:
        others = [one for one in found if one.entry.title != asked.title]
        found = [Found(asked, others[0].score + 1 if others else 1.0), *others]
    return tuple(found[:most])


def shape_asked(text: str) -> Entry | None:
    """A question about a shape of two or three axes, with a live model of just these sizes; None for any other text.

    A pasted error has shapes too, and is not about what their numbers mean.
    """
    row = _ROW.fullmatch(text.strip())
    if row is not None:
        title = f"What does ({row[1]},) mean?"
        query = {"features": row[1], "sample": "row"}
        return Entry("Question", title, READS_JUST_THIS, _READS_SHAPES, query, asked=Asked(""))
    shape = _SHAPE.search(text[:LONGEST])
    if shape is None or len(_wanted(_SHAPE.sub(" ", text[:LONGEST]))) > _FEW_WORDS:
        return None
    batch, steps, features = (size.capitalize() if size and size.isalpha() else size for size in shape.groups())
    if steps is None and batch != "None" and not _ARRAY.search(text):
        return None  # (1000, 64) is more often an output than data
    query = {"features": features} | ({"sample": "row"} if steps is None else {"timesteps": steps})
    query |= {} if batch == "None" else {"batch_size": batch}
    if "flatten" in words(text):
        if batch != "None":
            return None  # (7, 7, 64) is one sample, of three axes
        query |= {"flatten": "True"}
    told = ", ".join(size for size in (batch, steps, features) if size is not None)
    title, asked = f"What does ({told}) mean?", Asked[Any]("")
    if "none" in words(_SHAPE.sub(" ", text)):  # it is the None that is asked about
        title, asked = f"What does None mean in ({told})?", Asked("", sentence=none_told)
        query |= {AT: "concrete"}
    recurrent = steps is not None and bool({"lstm", "gru", "rnn", "simplernn"} & set(words(text)))
    lesson = _RECURRENT if recurrent else _READS_SHAPES
    return Entry("Question", title, READS_JUST_THIS, lesson, query, asked=asked)


def _ranked(text: str, index: Index) -> list[Found]:
    wanted = _wanted(text)
    meant = [_meant(word, index.says) for word in dict.fromkeys(wanted)]
    if not any(known for word, known in zip(dict.fromkeys(wanted), meant, strict=True) if not word.isdigit()):
        return []  # that a title has the same number says nothing
    scored = [Found(own.entry, _score(" ".join(wanted), meant, own, index.says)) for own in index.own]
    ranked = sorted(scored, key=lambda found: -found.score)
    return _once([found for found in ranked if found.score > 0])


def _once(ranked: list[Found]) -> list[Found]:
    """One result per title and place; and none that fits far worse than the best."""
    seen: set[tuple[str, str]] = set()
    kept: list[Found] = []
    for found in ranked:
        key = (found.entry.title, str(found.entry.query))
        if key not in seen and found.score >= ranked[0].score * _TAIL:
            seen.add(key)
            kept.append(found)
    return kept


def share(text: str, entry: Entry) -> float:
    """How many of the words that were typed an entry has, from 0 to 1; numbers aren't counted."""
    wanted = {word for word in _wanted(text) if not word.isdigit()}
    has = {_one(word) for part in (entry.title, entry.line, *entry.weighty) for word in words(part)}
    return len(wanted & has) / len(wanted) if wanted else 1.0


def words(text: str) -> list[str]:
    """The words of a text in lower case, numbers among them: "ndim=3" gives "ndim" and "3", "4,224" gives "4224"."""
    return re.findall(r"[a-z]+[123]d\b|[a-z]+|\d+", re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.lower()))


def has_size(text: str) -> bool:
    """Whether a text has a number that can only be somebody's size."""
    return any(word.isdigit() and len(word) > 1 for word in words(text[:LONGEST]))


def _wanted(text: str) -> list[str]:
    """What was typed, without the words that say nothing; a timestep and timesteps are one word."""
    return [_one(word) for word in words(text[:LONGEST]) if word not in _EMPTY]


def _one(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _meant(word: str, known: Mapping[str, float]) -> dict[str, float]:
    """The known words that a typed one stands for, and how sure that is: itself, a beginning of it, a near miss."""
    meant = {one: 0.6 for one in known if len(word) > 2 and one.startswith(word)}
    if word in known:
        meant[word] = _SIZE if word.isdigit() else 1.0
    if not meant and len(word) > 3:
        meant = dict.fromkeys(difflib.get_close_matches(word, known, 3, _NEAR), 0.6)
    return meant


def _score(phrase: str, meant: Sequence[Mapping[str, float]], own: Own, says: Mapping[str, float]) -> float:
    told = sum(max((sure * says[word] * _place(word, own) for word, sure in one.items()), default=0.0) for one in meant)
    typed = {word for one in meant for word, sure in one.items() if sure == 1.0}
    named = len(typed & own.title) / max(1, len(own.title))  # how much of the title was typed
    return told * (1 + named / 2) * _whole(phrase, own) / math.sqrt(len(meant))


def _place(word: str, own: Own) -> float:
    """Whether the entry has the word: 1 where it weighs, 0.5 in a light text, 0 nowhere."""
    return 1.0 if word in own.weighty else 0.5 if word in own.light else 0.0


def _whole(phrase: str, own: Own) -> float:
    """More than 1 where what was typed stands there in one piece: as a name of its own, at a beginning, or within."""
    if len(phrase) < 3:
        return 1.0
    if phrase in own.phrases:
        return 2.5
    if any(text.startswith(phrase + " ") for text in own.phrases):
        return 2.2
    return 1.8 if any(phrase in text for text in own.phrases) else 1.0


def _bare(text: str) -> str:
    return " ".join(_wanted(text))


def _plain(text: str) -> str:
    """A text without Markdown's signs, for one line under a link."""
    return re.sub(r"[*`]", "", untagged(text))
