"""A question next to sound code: the layer that it is about is told, with the sizes and counts of the live model."""

from __future__ import annotations

import dataclasses
import re

from explainers.core.axes import sizes
from explainers.core.finding import written
from explainers.core.layers import RECURRENT, sheet
from explainers.core.results import Inspection, Layer
from explainers.core.words import agreeing
from explainers.reading.claims_of_code import claimed_of, shapes_said
from explainers.reading.diagnosis import Diagnosis
from explainers.reading.languages.english import in_english
from explainers.reading.masks_kept import mask_told
from explainers.reading.questions.models import as_sentence
from explainers.reading.questions.parsed.data import of_a_word
from explainers.reading.text import shapes_in

NO_MISTAKE = "No mistake was found in the shapes of this code."
MOST_TOLD, MOST_WEIGHTED = 2, 4  # layers
_QUESTION = re.compile(
    r"\?|\b(?:why|how (?:many|much|does|do|is|are|come|can|to)|what (?:is|are|does|do|happens)|where (?:does|do)|"
    r"explain|(?:like|want|need|trying) to (?:know|understand)|wonder(?:ing)?|confus\w+|difference|"
    r"i (?:thought|expected|think)|(?:don'?t|do not|can'?t|cannot) (?:really |quite )?(?:understand|get|see)|"
    r"is there|(?:please|anyone|someone) (?:explain|tell)|how (?:\w+ ){1,3}(?:works?|handles?|is|are|does)|"
    r"am i|do i|my understanding|"
    r"(?:should|does|is|are|do|did|was)n'?t)\b",
    re.IGNORECASE,
)
_IS_IT_RIGHT = re.compile(
    r"\b(?:correct(?:ly)?|am i right|is (?:it|this|that) right|right\?|understand it)\b", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])|(?<![\d.,])\d{2,9}(?![\d.,])")
_LAST = re.compile(r"\b(?:last|output|final) (?:dense |fully connected )?layer\b", re.IGNORECASE)
_COUNTS = re.compile(r"\b(?:param(?:eter)?s?|weights)\b", re.IGNORECASE)
_SHAPE = re.compile(r"[(\[][^()\[\]]{1,80}[)\]]")
_MASK = re.compile(r"\bmask(?:s|ed|ing|_zero)?\b", re.IGNORECASE)
_NONE = re.compile(r"\bNone\b")
_WORDS = {
    "rnn": r"\brnn\b|\brecurrent\b",
    "conv": r"\bconv(?:olution(?:al)?)?\b",
    "pool": r"\bpool(?:ing)?\b",
    "global_pool": r"\bglobal \w{0,10} ?pool(?:ing)?\b",
    "dense": r"\bfully[- ]connected\b",
}


def asked_of_code(found: Diagnosis, inspection: Inspection) -> Diagnosis:
    """The diagnosis with what is asked first; as it was where nothing is asked, or not of one of the layers."""
    lines = (*_prose(found), *_remarks(found))
    question = " ".join(line for line in lines if _QUESTION.search(line))
    if not question:
        return found
    whole = "\n".join(lines) if _IS_IT_RIGHT.search(question) else question
    masked = mask_told(found.spec) if found.spec is not None and _MASK.search(question) else None
    if masked is not None:
        return dataclasses.replace(found, title=masked.title, cause=f"{masked.sentence} {found.cause} {NO_MISTAKE}")
    layers = _layers_asked(question, inspection)[:MOST_TOLD]
    reads = [sizes(shape) for layer in inspection.layers[:1] for shape in layer.outputs]
    fact = of_a_word(question, found.code, reads[0]) if reads else ""
    all_layers = [layer for layer in inspection.layers if layer.class_name != "InputLayer"]
    claims = claimed_of(whole, found.code, all_layers, found.spec)
    if claims:
        said = {shape[1:] for shape in shapes_said(question)}
        layers = [layer for layer in layers if any(sizes(shape)[1:] in said for shape in layer.outputs)]
    told = [*claims, *([fact] if fact and not claims else []), *(_told(layer) for layer in layers)]
    if not told and _COUNTS.search(question):
        weighted = [layer for layer in inspection.layers if layer.params][:MOST_WEIGHTED]
        told = [f"{layer.name}: {_counts(layer)}." for layer in weighted]
    if _NONE.search(_SHAPE.sub("", question)):
        told.append("The None in front is the batch: it stays open until data arrive.")
    if not told:
        return found
    sound = (
        [NO_MISTAKE] if layers and found.kind == "code" else []
    )  # the verdict says it where no layer takes its place
    return dataclasses.replace(
        found,
        title=". ".join(map(_turns, layers)) or found.title,
        cause=" ".join([*told, found.cause, *sound]),
    )


def with_mask_told(found: Diagnosis) -> Diagnosis:
    """A note where a mask is lost without an error, in front of a recurrent layer that would have read it."""
    told = mask_told(found.spec) if found.spec is not None and found.mistake is None else None
    if told is None or not told.lost or told.sentence in found.cause:
        return found
    return dataclasses.replace(found, notes=(*found.notes, told.sentence))


def _prose(found: Diagnosis) -> list[str]:
    """The lines around the code, in English words where they are in another language."""
    code = found.code.split("\n")
    lines = found.text.split("\n")
    around = "\n".join(line for i, line in enumerate(lines) if line.strip() and not (i < len(code) and code[i].strip()))
    return (in_english(around) or around).split("\n")


_REMARK = re.compile(r"#[ \t]{0,4}(?P<remark>[^\n]{0,400})")


def _remarks(found: Diagnosis) -> list[str]:
    """What is asked behind a line of the code: ``…, axis=1)  # I think axis should be -1?``."""
    return [remark["remark"] for remark in _REMARK.finditer(found.text) if "?" in remark["remark"]]


def _layers_asked(question: str, inspection: Inspection) -> list[Layer]:
    """The layers of a shape or a count in the question; else those that it names."""
    layers = [layer for layer in inspection.layers if layer.class_name != "InputLayer"]
    said = {shape.sizes for shape in shapes_in(question)}
    shapes = said | {(None, *shape[1:]) for shape in said}
    counts = {int(number.replace(",", "")) for number in _NUMBER.findall(question)}
    named = [layer for layer in layers if _names(question, layer)]
    if _LAST.search(question) and layers:
        named.append(layers[-1])
    shown = [layer for layer in layers if layer.params in counts or any(sizes(out) in shapes for out in layer.outputs)]
    both = [layer for layer in shown if layer in named]
    chosen = both or shown or named
    return [layer for i, layer in enumerate(chosen) if layer not in chosen[:i]]


def _names(question: str, layer: Layer) -> bool:
    facts = sheet(layer.class_name)
    words = _WORDS.get(facts.group, "") if facts is not None else ""
    own = rf"\b(?:{re.escape(layer.name)}|{re.escape(layer.class_name)})\b"
    return re.search(own, question, re.IGNORECASE) is not None or bool(words and re.search(words, question, re.I))


def _turns(layer: Layer) -> str:
    """``lstm (LSTM) turns (None, 12, 5) into (None, 64) and has 17,920 parameters``."""
    reads = " and ".join(written(sizes(shape)) for shape in layer.inputs)
    returns = " and ".join(written(sizes(shape)) for shape in layer.outputs)
    has = agreeing(f" and has {layer.params:,} parameter(s)") if layer.params else ", without parameters"
    return f"{layer.name} ({layer.class_name}) turns {reads} into {returns}{has}"


def _told(layer: Layer) -> str:
    why = as_sentence(layer.why) + _one_row(layer)
    return f"{why} {f'Its parameters: {_counts(layer)}.' if layer.params else ''}".strip()


def _one_row(layer: Layer) -> str:
    """That the last output of a recurrent layer is a row: one number for each unit."""
    after = [sizes(shape) for shape in layer.outputs]
    if layer.class_name not in RECURRENT or len(after) != 1 or len(after[0]) != 2:
        return ""
    return f" That output is a row of {after[0][-1]} numbers for each sample, one for each of its units."


def _counts(layer: Layer) -> str:
    """``kernel 5 × 4 × 64 = 1,280, bias 256``: what its parameters are made of."""
    products = (f"{weight.numbers} = " if "×" in weight.numbers else "" for weight in layer.weights)
    return ", ".join(
        f"{weight.name} {product}{weight.count:,}" for weight, product in zip(layer.weights, products, strict=True)
    )
