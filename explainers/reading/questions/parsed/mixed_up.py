"""Sizes that are mixed up: how far ahead and how far back, the length that varies, the batch and all samples."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from explainers.core.layers import RECURRENT
from explainers.core.spec import LayerSpec, Sizes, snake
from explainers.reading.questions.parsed.counts import examples_told
from explainers.reading.questions.parsed.layout import layout_of
from explainers.reading.questions.parsed.network import Network, of_layers
from explainers.reading.questions.parsed.parts import Parts
from explainers.reading.questions.words import Told

_USUAL = {"timesteps": 10, "features": 5, "units": 16, "steps ahead": 7}


def of_mixed_sizes(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """The reply to a question that takes one size for another; None where it doesn't."""
    for read in (_one_signal, _horizon, _lengths, _open_features, _of_windows, _batch_of_all, _three_declared):
        told = read(parts, entries)
        if told is not None:
            return told
    return None


def _kind(parts: Parts) -> str | None:
    """The recurrent layer that the question is about; None where it names layers of other kinds."""
    if any(one.name not in (*RECURRENT, "Dense") for one in parts.mentions):
        return None
    return next((one.name for one in parts.mentions if one.name in RECURRENT), "LSTM")


def _shown(name: str, sample: Sizes, examples: Mapping[str, int], entries: Mapping[str, int],
           last: int | None = None) -> Network | None:  # fmt: skip
    """The layer with some units on one sample, and a Dense after it."""
    units = entries.get("units", _USUAL["units"])
    rows: tuple[LayerSpec, ...] = (LayerSpec(name, snake(name), (("units", units),)),)
    rows += (LayerSpec("Dense", "dense", (("units", last),)),) if last else ()
    made = of_layers((None, *sample), rows)
    made_up = {**examples, "units": units}
    made_up = {key: size for key, size in made_up.items() if key not in entries}
    return replace(made, examples=made_up) if made is not None else None


def _turns(found: Network) -> str:
    return f"turns {found.shape} into {found.after}{examples_told(found.examples)}"


_ONE_SIGNAL = re.compile(
    r"\b(?:(?:only|just|a) )?(?:1|one|single) (?:signal|variable|feature|channel|value|number|series)\b|\bunivariate\b"
)
_WIDTH_ONE = re.compile(r"\b(?:input_dim|features?|n_features|data_dim)\b[^.?\d]{0,16}\b(?:1|one)\b")


def _one_signal(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``only 1 signal, does that make input_dim 1 and timesteps X``: one number at each of as many steps."""
    kind, words = _kind(parts), parts.words
    if kind is None or not (_ONE_SIGNAL.search(words) and _WIDTH_ONE.search(words) and _STEPS.search(words)):
        return None
    if "?" not in words or parts.shaped or parts.size("steps") or parts.aims & {"parameters", "batches"}:
        return None
    steps = entries.get("timesteps", _USUAL["timesteps"])
    found = _shown(kind, (steps, 1), {"timesteps": steps}, entries)
    if found is None:
        return None
    sentence = (
        "Yes: with one number at each step there is 1 feature, and timesteps is the length of each series. All of them "
        f"are (samples, timesteps, 1), and input_shape=(timesteps, 1): {kind}({found.rows[0].layer.get('units')}) "
        f"{_turns(found)}."
    )
    return Told(sentence, found.spec, {})


# -- how far ahead -----------------------------------------------------------------------------------------------

_STEPS = re.compile(r"\btime ?-?_?steps?\b|\blook[ _-]?back\b|\bwindow size\b")
_AHEAD = re.compile(
    r"\b(?:predict\w*|forecast\w*)[^.?]{0,40}(?<!\+)(?<!\+ )\b(?:\d{1,4}(?:st|nd|rd|th)|n-?th|n (?:steps|days)|"
    r"(\d{1,4}) (?:\w{3,8} )?ahead)\b|"
    r"\b(?:\d{1,4}|n)-?(?:st|nd|rd|th)?[- ](?:step|day|hour|week|month)s?[- ](?:ahead|forecast|prediction)\b"
)
_NTH = re.compile(r"\b(\d{1,4})(?:st|nd|rd|th|[- ](?:step|day|hour|week|month)s?)\b")
_MUST = re.compile(  # of the steps, not of what is predicted
    r"\b(?:should(?:n'?t| not)?|must|needs?|ha(?:s|ve) to|same|equal)\b[^.?]{0,40}"
    r"\b(?:time ?-?_?steps?|look[ _-]?back|window size)\b|"
    r"\b(?:time ?-?_?steps?|look[ _-]?back|window size)\b[^.?]{0,30}\b"
    r"(?:should|must|needs?|ha(?:s|ve) to|same|equal|be)\b"
)
_ELSE = re.compile(r"\bshape\b.{0,12}\b(?:of|for) (?:x|y|my|the data)\b|\breshape|\bdata ?set\b|\brows\b|\bcolumns\b")


def _horizon(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``to predict the 7th day, must timesteps be 7``: that is the number of units at the end."""
    words = parts.words
    kind = _kind(parts)
    if kind is None or not (_STEPS.search(words) and _AHEAD.search(words) and _MUST.search(words)):
        return None
    if _ELSE.search(words) or parts.shaped or not parts.mentions:
        return None
    nth = _NTH.search(words)
    ahead = parts.size("horizon") or (int(nth[1]) if nth is not None and int(nth[1]) > 1 else None)
    features = parts.size("features")
    examples = {} if ahead else {"steps ahead": entries.get("steps ahead", _USUAL["steps ahead"])}
    examples |= {} if features else {"features": entries.get("features", _USUAL["features"])}
    many = ahead or examples["steps ahead"]
    back = entries.get("timesteps", _USUAL["timesteps"] if many != _USUAL["timesteps"] else 12)
    found = _shown(kind, (back, features or examples["features"]), {"timesteps": back, **examples}, entries, many)
    if found is None:
        return None
    alone = " timesteps=1 runs, but then each sample is one row and the layer has nothing to remember." * ("1" in words)
    sentence = (
        f"No: timesteps is how far back each sample looks, and how far ahead you predict is a separate number. It "
        f"is in y and in the last layer: Dense({many}) for {many} steps ahead, or Dense(1) with y shifted by {many} "
        f"for step "
        f"{many} alone.{alone} {kind}(…) → Dense({many}) {_turns(found)}."
    )
    return Told(sentence.replace("(…)", f"({found.rows[0].layer.get('units')})"), found.spec, {})


# -- lengths -----------------------------------------------------------------------------------------------------

_DIFFER = re.compile(r"\bdifferent\b|\bvar(?:y|ies|ying|iable)\b|\bnot (?:the )?same\b|\bunequal\b")


def _lengths(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``(220, 13), (410, 13) and (360, 13)``: samples of several lengths with the same features."""
    samples = list(dict.fromkeys(one.sizes for one in parts.shaped if len(one.sizes) == 2 and None not in one.sizes))
    kind = _kind(parts)
    widths = {one[1] for one in samples}
    if kind is None or len(samples) < 2 or len(widths) != 1 or not _DIFFER.search(parts.words):
        return None
    longest = max(one[0] or 0 for one in samples)
    many = max(parts.sizes("samples"), default=0)
    found = _shown(kind, (None, samples[0][1]), {}, entries)
    if found is None:
        return None
    one_long = f"One array of all is ({many or 'samples'}, {longest}, {samples[0][1]}) if {longest} is the longest"
    sentence = (
        f"Leave the steps open: input_shape=(None, {samples[0][1]}). The number of steps may differ from batch to "
        f"batch, but not within one: pad there with keras.utils.pad_sequences and let Masking skip the padding, or "
        f"pass "
        f"samples of one length together. {one_long}. {kind}({found.rows[0].layer.get('units')}) {_turns(found)}."
    )
    return Told(sentence, found.spec, {})


_LETTER_LAST = re.compile(r"[(\[]\s?(?P<many>\d{1,7}|none)\s?,\s?1\s?,\s?(?P<name>[a-z]\w{0,10})\s?[)\]]")
_CHANGES = re.compile(r"\bchang\w+\b|\bvar(?:y|ies|iable|ying)\b|\bdiffer\w*\b")


def _open_features(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``(300, 1, x) where x changes``: the last axis can't, the steps can."""
    found = _LETTER_LAST.search(parts.words)
    kind = _kind(parts)
    if found is None or kind is None or not _CHANGES.search(parts.words):
        return None
    shown = _shown(kind, (None, 1), {}, entries)
    if shown is None:
        return None
    many, name = found["many"].replace("none", "samples"), found["name"]
    sentence = (
        f"Not in that order: in ({many}, 1, {name}) the {name} is the number of features, which a trained model can't "
        f"change, because the kernel has a row for each. If {name} is a length in time, put it in the middle: "
        f"x.transpose(0, 2, 1) makes ({many}, {name}, 1), and input_shape=(None, 1) takes any {name}. "
        f"{kind}({shown.rows[0].layer.get('units')}) {_turns(shown)}."
    )
    return Told(sentence, shown.spec, {})


# -- windows of one number, shapes with names --------------------------------------------------------------------

_WINDOW_FIRST = re.compile(r"\(\s?(?P<name>[a-z]\w{2,20})\s?,\s?1\s?,?\s?\)")  # its name is read as None, too
_WINDOW_LAST = re.compile(r"\(\s?1\s?,\s?(?P<name>[a-z]\w{2,20})\s?\)")


def _of_windows(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``(window_size, 1) or (1, window_size)``: as many steps of one number, or one step."""
    first, last = _WINDOW_FIRST.search(parts.words), _WINDOW_LAST.search(parts.words)
    kind = _kind(parts)
    if first is None or last is None or kind is None or first["name"] not in (last["name"], "none"):
        return None
    name = last["name"]
    steps = entries.get("timesteps", _USUAL["timesteps"])
    found = _shown(kind, (steps, 1), {"timesteps": steps}, entries)
    if found is None:
        return None
    asked = re.search(r"\bright ?\?|\bcorrect ?\?|\bam i right\b|\bis (?:it|that|this) (?:right|correct)", parts.words)
    wanted = "Yes: " if asked and first.start() < last.start() and "instead of (1" in parts.words else ""
    sentence = (
        f"{wanted}input_shape=({name}, 1) is {name} timesteps of 1 feature, so the layer reads the window step by "
        f"step. (1, {name}) would be 1 timestep of {name} features: it runs, but the layer then has nothing "
        f"to remember. "
        f"{kind}({found.rows[0].layer.get('units')}) {_turns(found)}."
    )
    return Told(sentence, found.spec, {})


_THREE = re.compile(
    r"\binput(?:[_ ]|)shape\b[^().?]{0,14}\(\s?(?P<all>(?:none|batch(?:_size)?|samples|n_samples)\s?,\s?"
    r"(?P<steps>none|\w{1,20})\s?,\s?(?P<width>\w{1,20}))\s?\)"
)


def _three_declared(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``input_shape=(None, None, features)``: the batch isn't in it."""
    found = _THREE.search(parts.words)
    kind = _kind(parts)
    if found is None or kind is None or parts.shaped or re.search(r"\bbatch_(?:input_)?shape\b", parts.words):
        return None
    steps, width = found["steps"].replace("none", "None"), found["width"]
    if not re.search(r"\?|\bright\b|\bcorrect\b", parts.words):
        return None
    features = entries.get("features", _USUAL["features"])
    shown = _shown(kind, (None, features), {"features": features}, entries)
    if shown is None:
        return None
    sentence = (
        f"Not as input_shape, which leaves the batch out: it is ({steps}, {width}), and Keras puts None in front for "
        f"the batch. A None for the steps is allowed, so each batch may have its own length; within one batch "
        f"all samples "
        f"are equally long. {kind}({shown.rows[0].layer.get('units')}) {_turns(shown)}."
    )
    return Told(sentence, shown.spec, {})


# -- all samples in one batch ------------------------------------------------------------------------------------

_ALL = re.compile(
    r"\bbatch[ _]?size\b[^.?]{0,20}?(?:=|\bequal(?:s| to)?\b|\bsame as\b|\bas\b|\bbe\b|\bis\b)[^.?]{0,12}?"
    r"\b(?:number of (?:samples|rows|examples|observations)|"
    r"(?:all|the whole|entire) (?:the )?(?:samples|data ?set|data)|"
    r"len\(x|x\.shape\[0\]|total)"
)


def _batch_of_all(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``must batch_size be the number of samples``: it may, and then an epoch is one update."""
    if not _ALL.search(parts.words) or "stateful" in parts.words:
        return None
    layout, kind = layout_of(parts), _kind(parts)
    if kind is None:
        return None
    many = layout.samples or parts.size("samples")
    steps = layout.steps or entries.get("timesteps", _USUAL["timesteps"])
    features = layout.features or entries.get("features", _USUAL["features"])
    examples = {"timesteps": steps} if layout.steps is None else {}
    examples |= {"features": features} if layout.features is None else {}
    found = _shown(kind, (steps, features), examples, entries)
    if found is None:
        return None
    counted = (
        f" With {many:,} samples batch_size={many} is one update per epoch, the default of 32 makes {-(-many // 32):,}."
        if many else ""
    )  # fmt: skip
    sentence = (
        "It may be, but it need not: batch_size is how many samples are used for one update of the weights, and all of "
        f"them make one update per epoch, so smaller batches usually learn faster.{counted} No shape of the model "
        f"changes: {kind}({found.rows[0].layer.get('units')}) {_turns(found)} for any batch."
    )
    return Told(sentence, found.spec, {})
