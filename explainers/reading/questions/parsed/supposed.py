"""What a question supposes of words and of sizes, and whether that is so: "Yes" or "No" in front of the reply."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from explainers.core.layers import RECURRENT
from explainers.core.spec import LayerSpec, snake
from explainers.reading.questions.parsed.counts import examples_told
from explainers.reading.questions.parsed.layers_compared import side_by_side
from explainers.reading.questions.parsed.layout import layout_of
from explainers.reading.questions.parsed.network import of_layers
from explainers.reading.questions.parsed.parts import Parts
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import Told

_ASKS_IF_RIGHT = re.compile(
    r"\b(?:am|was) i (?:right|correct|wrong)\b|\b(?:is|was) (?:it|that|this|my \w{3,15})(?: \w{2,9})? "
    r"(?:right|correct|true|wrong)\b|\bcorrect me\b|\bright ?\?|\bcorrect ?\?|\btell me if i'?\w{0,3} wrong\b|"
    r"\bdid i (?:understand|get)\b|\bis (?:it|that|this) so\b|\bam i (?:misunderstanding|missing|confus)|"
    r"\bmy (?:opinion|understanding|assumption|interpretation)(?: is)? (?:right|correct|true)|"
    r"\bdoes (?:it|that|this) (?:make|mean)\b"
)


@dataclass(frozen=True)
class _Word:
    """A word for a size: how it is written, what it is, what people rightly say of it, and for what it is mistaken."""

    form: str
    means: str
    right: str
    wrong: str


_WORDS = (
    _Word(
        r"time ?_?-?steps?|steps|seq(?:uence)?[ _]?len(?:gth)?",
        "timesteps is how many readings each sample has, one after the other",
        r"\blength|\blong\b|\bhow many\b|\bnumber of (?:time|steps|readings|points|words|frames|days)|\blook|\bwindow|"
        r"\bwords?\b|\bdays?\b|\bgroup|"
        r"\bper sample|\bin (?:each|a|one|every) |\bsequence|\btime\b|\bframes?\b|\bpoints?\b",
        r"\bbatch|\bepochs?\b|\bnumber of (?:samples|rows|examples|units|neurons|features|columns)",
    ),
    _Word(
        r"features?|n_features|input_dim(?:ension)?|data_dim|input_size",
        "features is how many numbers there are at each step",
        r"\bfeatures?\b|\bvariables?\b|\bcolumns?\b|\bchannels?\b|\bnumbers?\b|\bdim|\bsensors?\b|\bvalues?\b|\bvector|"
        r"\battributes?\b|\bsize of (?:each|one|a)|\bembedding",
        r"\bbatch|\bnumber of (?:samples|rows|examples|time|steps|units|neurons)",
    ),
    _Word(
        r"n[b_]?_?samples|samples|number of samples",
        "samples is how many sequences there are",
        r"\brows?\b|\bsentences?\b|\bsequences?\b|\bexamples?\b|\bobservations?\b|\bimages?\b|\bdata ?points?|"
        r"\bnumber of|\binstances?\b|\bhow many\b|\bsize of the (?:data|training)|\bdata ?set",
        r"\btime ?-?steps?\b|\bfeatures?\b|\bunits?\b|\bepochs?\b",
    ),
    _Word(
        r"units|n_units|num_units|hidden[ _](?:size|units)|output_dim",
        "units is how many numbers the layer keeps and returns at each step",
        r"\bneurons?\b|\boutputs?\b|\bhidden\b|\bcells?\b|\bnodes?\b|\bdim|\bstate\b|\bsize of",
        r"\btime ?-?steps?\b|\bsequence length\b|\blength of the (?:input|sequence)|"
        r"\bnumber of (?:samples|features|layers)|\bbatch|\blook[ _-]?back",
    ),
    _Word(
        r"batch[ _-]?size",
        "batch_size is how many samples are used for one update of the weights",
        r"\bper (?:batch|update|step)|\bat (?:once|a time)|\bsamples?\b|\bgradient|\bbefore\b|\brows\b|\bexamples?\b|"
        r"\bsequences\b|\bimages\b|\btogether\b",
        r"\bnumber of batches|\btime ?-?steps?\b|\bfeatures?\b|\bepochs?\b|\bhow many batches",
    ),
)
_SAYS = (
    r"(?: here| then| value| parameter| argument| dimension| axis)? "
    r"(?:is|are|==?|equals?|means?|corresponds? to|represents?|refers? to|st[a]nds? for|be|would be)"
)
_CLAUSES = tuple((one, re.compile(rf"\b(?:{one.form})\b[\"'`]?{_SAYS} (?P<said>[^,.;?!\n]{{3,70}})")) for one in _WORDS)
_TURNED = {  # ``the group size is timesteps``; ``if we set timesteps as K, Keras looks back for K steps``
    one.form: (
        re.compile(rf"(?P<said>[^,.;?!\n(]{{3,50}}?) is (?:the |called )?(?:{one.form})(?=[.?!,\n]|$)"),
        re.compile(
            rf"\b(?:set|use|choose|with) (?:the )?(?:{one.form}) (?:as|to|=|of) \w{{1,12}},? "
            r"(?P<said>[^.;?!\n]{3,70})"
        ),
    )
    for one in _WORDS
}
_UNSURE = re.compile(r"(?:not|unclear|what|confus\w*|very|always|\d{1,9}\W{0,3}$)")
_NEXT = re.compile(r"\b(?:and|but|while|whereas|so|then)\b")


def verdict(parts: Parts) -> str:
    """``Yes. `` or ``No: … ``, where the question asks whether its idea of the words or sizes is right; else ""."""
    if not _ASKS_IF_RIGHT.search(parts.words) or parts.apart:
        return ""
    claims = [(word, said) for word, said in _claims(parts.words)]
    wrong = next((word for word, said in claims if _is_wrong(word, said)), None)
    if wrong is not None:
        return f"No: {wrong.means}. "
    apart = _two_roles(parts)
    if apart is not None:
        return ""
    right = [word for word, said in claims if re.search(word.right, said)]
    return "Yes, that is right. " if (claims and len(right) == len(claims)) or _same_roles(parts) else ""


def _claims(words: str) -> Iterator[tuple[_Word, str]]:
    for word, form in _CLAUSES:
        for found in (match for one in (form, *_TURNED[word.form]) for match in one.finditer(words)):
            said = _NEXT.split(found["said"])[0]
            if not _UNSURE.match(said):
                yield word, said


def _is_wrong(word: _Word, said: str) -> bool:
    return re.search(word.wrong, said) is not None and re.search(word.right, said) is None


_MEANING = re.compile(
    r"\bmean(?:s|ing)?\b|\bdifference\b|\bunderst[ao]\w+|\bconfus\w+|\bexplain\w*|\bwhat (?:is|are)\b"
)


def of_claims(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """What the words mean that the question has an idea of, with a layer that reads sizes of the question."""
    judged = verdict(parts)
    said = list(dict.fromkeys(word for word, _ in _claims(parts.words)))
    spoken = [word for word in _WORDS if re.search(rf"\b(?:{word.form})\b", parts.words)]
    sized = any(parts.sizes(role) for role in ("samples", "timesteps", "features"))  # then the sizes are the question
    if not judged and not sized and len(spoken) > 2 and _MEANING.search(parts.words):
        said = spoken
    elif not judged:
        return None
    if not said or parts.shaped:
        return None
    layout = layout_of(parts)
    sizes = {"timesteps": layout.steps, "features": layout.features, "units": parts.size("units")}
    examples = {name: entries.get(name, _USUAL[name]) for name, size in sizes.items() if size is None}
    steps, features, units = ({**sizes, **examples}[name] or 1 for name in sizes)
    kind = next((one.name for one in parts.mentions if one.name in RECURRENT), "LSTM")
    made = of_layers((None, steps, features), (LayerSpec(kind, snake(kind), (("units", units),)),))
    if made is None:
        return None
    shown = replace(made, examples={name: size for name, size in examples.items() if name not in entries})
    means = [word.means for word in said if word.means not in judged]
    also = f"{'; '.join(means)}. " if means else ""
    sentence = (
        f"{judged}{also}{kind}({units}) reads {made.shape} and returns {made.after}: the None is the batch"
        f"{examples_told(shown.examples)}."
    )
    return Told(sentence, shown.spec, {}, sure=not judged)


_USUAL = {"timesteps": 7, "features": 5, "units": 16}
_OF_SAMPLES = ("samples", "steps", "features")
_TERM = re.compile(r"^(?:n[b_]?_?samples|samples?|time ?-?_?steps?|n_features|features?|input_dim)$")


def _roles(parts: Parts) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for one in parts.said:
        if one.role in (*_OF_SAMPLES, "inputs"):
            found.setdefault(one.value, set()).add("features" if one.role == "inputs" else one.role)
    return found


def _two_roles(parts: Parts) -> int | None:
    """A number that the question uses for two things."""
    return next((value for value, roles in _roles(parts).items() if len(roles) > 1), None)


def _same_roles(parts: Parts) -> bool:
    """``1000 sentences of 10 words … 1000 is nb_samples, 10 the timesteps``: said twice, each time alike."""
    twice = 0
    for value, roles in _roles(parts).items():
        said = [one for one in parts.said if one.value == value and one.role]
        words = {one.word for one in said}
        twice += len(said) > 1 and len(roles) == 1 and len(words) > 1 and any(map(_TERM.match, words))
    return twice > 1


# -- sizes that are thought to be equal --------------------------------------------------------------------------

_UNITS = re.compile(r"\bunits?\b|\bneurons?\b|\bcells?\b|\bhidden (?:size|nodes)\b")
_OTHERS = {
    "timesteps": re.compile(
        r"\btime ?-?_?steps?\b|\bsequence length\b|\blook[ _-]?back\b|\blength of (?:the )?sequences?"
    ),
    "features": re.compile(r"\bfeatures?\b|\binput_dim\b|\bvariables?\b|\bcolumns\b"),
}
_MUST = re.compile(
    r"\b(?:has|have|need|needs|ought) to (?:be|match|equal)\b|\bmust(?: (?:be|match|equal|have))?\b|"
    r"\bshould (?:be|match|equal)\b|\b(?:be |the )?(?:same|equal)\b|\bmatch(?:es)?\b|\bdepend|"
    r"\brelat(?:ed?|ion|es)\b|\bsurprised\b|\beach (?:unit|cell|neuron)\b|"
    r"\b(?:unit|cell|neuron) (?:per|for each|for every)\b"
)
_ELSEWHERE = re.compile(
    r"\bparam(?:eter)?s?\b|\bweights\b|\breturn_sequences\b|\bstateful\b|\bbatch|\blast (?:dense |output )?layer|"
    r"\bdense\b|\bhow many (?:units|neurons)\b|\bbest\b"
)


def of_equal_sizes(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``must the units equal the timesteps``: they are chosen freely, shown with the sizes of the question."""
    names = [name for name, form in _OTHERS.items() if form.search(parts.words)]
    if not names or not _UNITS.search(parts.words) or not _MUST.search(parts.words) or _ELSEWHERE.search(parts.words):
        return None
    if any(one.name not in RECURRENT for one in parts.mentions) or parts.shapes("out", "labels"):
        return None
    layout = layout_of(parts)
    steps, features = layout.steps or entries.get("timesteps", 7), layout.features or entries.get("features", 5)
    others = (layout.steps, layout.features, layout.samples)
    given = [one.given.get("units") for one in parts.mentions]
    said = [*given, *(one.value for one in parts.said if one.role in ("units", "outputs", ""))]
    chosen = list(dict.fromkeys(n for n in said if isinstance(n, int) and n > 1 and n not in others))[:2]
    units = chosen or [entries.get("units", 16)]
    kind = next((one.name for one in parts.mentions), "LSTM")
    made = [of_layers((None, steps, features), (LayerSpec(kind, snake(kind), (("units", n),)),)) for n in units]
    found = [one for one in made if one is not None]
    if not found:
        return None
    examples = {"timesteps": steps} if layout.steps is None else {}
    examples |= {"features": features} if layout.features is None else {}
    examples |= {} if chosen else {"units": units[0]}
    shown = [replace(one, examples={k: n for k, n in examples.items() if k not in entries}) for one in found]
    turned = " and ".join(f"{call(one.rows[0].layer)} turns {one.shape} into {one.after}" for one in shown)
    sentence = (
        f"No: units needn't equal the {' or the '.join(names)}; you choose it freely. The layer runs one cell once for "
        f"each timestep, with the same weights, and units is how many numbers that cell keeps and returns: "
        f"{turned}{examples_told(shown[0].examples)}."
    )
    spec = side_by_side([one.spec for one in shown]) if len(shown) > 1 else shown[0].spec
    return Told(sentence, spec, {})
