"""Questions next to a layer that no shape decides: speed, hardware, how well a model learns, files. Said so."""

from __future__ import annotations

import re
from collections.abc import Mapping

from explainers.reading.questions.parsed.facts import COMMON, fact_told, near
from explainers.reading.questions.parsed.network import network
from explainers.reading.questions.parsed.parts import Parts
from explainers.reading.questions.parsed.replies import made_told
from explainers.reading.questions.parsed.terms import terms_in
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import Asked, Told

LEARNING = "how well a model learns"
# What is asked: the words for it, and what decides it.
_TOPICS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"\b(?:gpus?|cuda|cudnn|nvidia\S{0,6}|tpus?|vram|out of memory|oom|(?:use|run) (?:all |my )?cores?)\b"
        ),
        "the hardware that a model runs on",
    ),
    (
        re.compile(
            r"\b(?:slow(?:er|ly)?|fast(?:er)?|speed(?:s|ing)? up|training time|"
            r"tak(?:es?|ing) (?:so |too )?(?:long|forever)|(?:hours|minutes|seconds) (?:per|an?|for each) epoch)\b"
        ),
        "how fast a model trains",
    ),
    (
        re.compile(
            r"\b(?:accurac(?:y|ies)|overfit\w*|underfit\w*|converg\w+|generali[sz]\w+|f1|auc|early ?stopping|"
            r"learning rate|(?:val(?:idation)?|training)[ _]loss|how many epochs|\d{1,5} epochs|"
            r"loss (?:is |does|doesn'?t|do(?:es)? not|isn'?t|stays?|not|stuck|keeps?|goes|increas|decreas)\w*)"
        ),
        LEARNING,
    ),
    (
        re.compile(
            r"\b(?:sav(?:e|ing)|load(?:ing)?|export|convert|deploy) (?:\w{1,10} ){0,3}(?:models?|weights)\b|"
            r"\bcheckpoints?\b|\.h5\b|\btflite\b|\bonnx\b|\bpickle\b"
        ),
        "files of models",
    ),
    (
        re.compile(r"\b(?:pip|conda) install\b|\binstall(?:ed|ing|ation)?\b|\bno module named\b|\bcannot import\b"),
        "installing Keras",
    ),
)
_OF_SHAPES = re.compile(
    r"\bshapes?\b|\bdim(?:ension)?s?\b|\bdimension|\bparam|\binputs?\b|\boutputs?\b|\bax[ei]s\b|\breshap|\bnone\b|"
    r"\bbatches\b|\bper epoch\b|\bunits?\b|\btimesteps?\b|\btime steps?\b|\bmean(?:s|ing)?\b|\breturn_|"
    r"\bdiffer|\bbetween\b|\bweights (?:are|does|has|have)\b|\bone[- ]?hot\b|\bcross ?entropy\b|\bsoftmax\b"
)
_OF_ARGUMENTS = re.compile(r"\bbatch[ _]sizes?\b|\bfit in(?:to)?\b")


def outside(asked: Asked, parts: Parts, entries: Mapping[str, int], surely: bool = False) -> Told | None:
    """That a question isn't about shapes, and the nearest one that is; None where it may be about them.

    surely: only what nothing else is said of; a fact about an argument comes before how well a model learns.
    """
    if asked.shapes or asked.called or asked.has(_OF_SHAPES) or (surely and asked.has(_OF_ARGUMENTS)):
        return None
    topics = [topic for topic in _TOPICS if not surely or topic[1] != LEARNING]
    about = next((told for form, told in topics if form.search(asked.words)), "")
    if not about:
        return None
    sentence = f"This question isn't about shapes: it is about {about}, which shapes and counts can't tell."
    terms = terms_in(asked.words)
    spoken = (fact for fact, _ in near(parts) if any(needs <= terms and needs - COMMON for needs in fact.needs))
    fact, made = next(spoken, None), network(parts, entries)
    if fact is not None:
        asks, reply = fact.asks, fact_told(fact, parts, entries)
    elif made is not None:
        asks, reply = f"what {call(made.rows[-1].layer)} returns", made_told(made)
    else:
        return Told(sentence)
    return Told(f"{sentence} The nearest question about shapes is {asks}. {reply.sentence}", reply.spec)
