"""Layers as people name them in a sentence: ``multi-head attention``, ``1D CNN``, ``batch norm``, ``biLSTM``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.core.layers import SHEETS, class_of

MOST_NAMED = 8
_PART = re.compile(r"[123]D|[A-Z]+(?![a-z])|[A-Z][a-z]+")
# Words that mean something else in a sentence, unless they are written as the class is: "Dropout", "Attention".
_AS_WRITTEN = ("Attention", "Dropout", "Masking", "Normalization", "Permute", "Rescaling", "Resizing", "Concatenate")
_ONE_WORD = ("LSTM", "GRU", "Dense", "Embedding", "Bidirectional", "Flatten")
_NET = r"(?:[ -]?(?:cnn|conv(?:olution(?:al)?)?)(?:[ -]layers?)?)"
_SPOKEN: tuple[tuple[str, str], ...] = (  # how it is said, the class; what depends on the data has none
    (r"bi-?lstm|bi-?gru|bi-?rnn", "Bidirectional"),
    (r"fully[ -]connected(?: layer)?|linear layer|hidden layer|output layer|dense layer", "Dense"),
    (r"dropout(?= layer|\?|$| chang| affect)", "Dropout"),
    (r"concatenat(?:e|ing|ion)(?= )", "Concatenate"),
    (r"rnn|simple ?rnn", "SimpleRNN"),
    *((rf"{n}-?d{_NET}|cnn[ -]?{n}-?d|conv(?:olution(?:al)?)?[ _-]?{n}-?d", f"Conv{n}D") for n in (1, 2, 3)),
    (r"depth-?wise[ -]?conv(?:olution)?(?: layer)?", "DepthwiseConv2D"),
    (r"(?:depth-?wise )?separable[ -]?conv(?:olution)?(?: layer)?", "SeparableConv2D"),
    (r"batch[ -]?norm", "BatchNormalization"),
    (r"layer[ -]?norm", "LayerNormalization"),
    (r"conv[ -]?lstm|convolutional lstm", "ConvLSTM2D"),
    (r"(?:multi-?head(?:ed)? |self[ -])(?:self[ -])?attention", "MultiHeadAttention"),
    (r"transpos(?:ed|e) conv(?:olution)?|deconvolution", "Conv2DTranspose"),
    (r"global[ -]?(?:average|avg)[ -]?pool(?:ing)?(?![123])", "GlobalAveragePooling2D"),
    (r"zero[ -]?padding", "ZeroPadding2D"),
    (r"up-?sampl(?:e|ing)(?![123])", "UpSampling2D"),
    (r"(?:average|avg|mean)[ -]?pool(?:ing)?", "AveragePooling2D"),
    (r"max[ -]?pool(?:ing)?", "MaxPooling2D"),
    (r"cnn|conv(?:olution(?:al)?)?[ -]?(?:nets?|layers?|networks?)", ""),
)
_SEQUENCES = re.compile(
    r"\b(?:ecg|eeg|emg|imu|signals?|time[ -]?series|sensors?|accelerometers?|waveforms?|stocks?|sequences?|steps|hz|"
    r"khz|"
    r"vibration|text|sentences?|dna|spectra|spectrum)\b"
)


def _pattern() -> re.Pattern[str]:
    """Every class with several words in its name, with or without signs between them, and what is said instead."""
    names = {word for found in SHEETS.values() if found.group not in ("abstract", "foreign") for word in found.words}
    parts = {name: _PART.findall(name) for name in names}
    several = sorted(("[ _-]?".join(words) for words in parts.values() if len(words) > 1), key=len, reverse=True)
    spoken = (f"(?P<said{place}>{words})" for place, (words, _) in enumerate(_SPOKEN))
    anyhow = "|".join((*several, *_ONE_WORD, *spoken))
    return re.compile(rf"(?<!\w)(?:(?i:{anyhow})|{'|'.join(_AS_WRITTEN)})s?(?![a-z0-9])")


_LAYERS = _pattern()


def layers_named(text: str) -> tuple[str, ...]:
    """Today's classes of the layers that a sentence names, in its order."""
    named = (_named(found, text) for found in list(_LAYERS.finditer(text))[:MOST_NAMED])
    return tuple(dict.fromkeys(name for name in named if name))


_A_WHOLE_NET = re.compile(r"^(?:cnn|conv(?:olution(?:al)?)?[ -]?(?:net|network))s?$")


def layers_at(text: str) -> Iterator[tuple[str, int, int]]:
    """Every layer that a sentence names, as often as it does, and where."""
    for found in list(_LAYERS.finditer(text))[:MOST_NAMED]:
        name = _named(found, text)
        said = found.group().lower()
        if name and "hidden" not in said and not _A_WHOLE_NET.search(said):
            yield name, *found.span()


def _named(found: re.Match[str], text: str) -> str | None:
    said = found.lastgroup
    if said is None:
        return class_of(re.sub(r"[ -]|s$", "", found.group()))
    return _SPOKEN[int(said.removeprefix("said"))][1] or of_the_data(text)


def of_the_data(text: str) -> str:
    """The convolution that data call for: along the steps of a sequence, else over the two sides of an image."""
    return "Conv1D" if _SEQUENCES.search(text.lower()) else "Conv2D"


def of_rank(name: str, rank: int) -> str:
    """The class of that family for data of `rank` axes: ``MaxPooling2D`` for sequences is ``MaxPooling1D``."""
    family = re.fullmatch(r"(\w+?)[123]D(\w*)", name)
    changed = f"{family[1]}{rank - 2}D{family[2]}" if family is not None else name
    return changed if changed in SHEETS else name


def wrapped_by(names: tuple[str, ...]) -> Iterator[str]:
    """The layers that a wrapper named among them may hold, the first named first."""
    return (name for name in names if SHEETS[name].group not in ("wrapper", "wrapper_one", "merge"))
