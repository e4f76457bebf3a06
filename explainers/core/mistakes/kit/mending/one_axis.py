"""A row of numbers, or one number for each sample, where a layer reads more axes than that."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.editing import with_input, with_layer_before
from explainers.core.layers import SEQUENCE_READERS, sheet
from explainers.core.mistakes.kit.mending.broken import SEVEN, Broken, Mend, written
from explainers.core.spec import LayerSpec

_WORDS, _VECTOR = 50, 10  # of an Embedding in front: examples


def one_series(broken: Broken) -> Iterator[Mend]:
    """(128,) for a layer that reads sequences: one series is one sample, and a batch of it has three axes."""
    found, source = broken.first, broken.source() if broken.call is not None else None
    if source is None or len(found) != 1 or not found[0] or not _reads_sequences(broken):
        return
    for shape, means in (
        ((found[0], 1), f"One sample, {found[0]} steps of one value."),
        ((1, found[0]), f"One sample, one step of {found[0]} values."),
    ):
        yield Mend(
            f"If this is one series, write it as one sample: {written((1, *shape))}."
            if shape[1] == 1
            else f"If these are the features of one step: {written((1, *shape))}.",
            f"x = x.reshape({written((1, *shape))})",
            with_input(broken.spec, source, (None, *shape)),
            means,
            1,
        )


def numbers_as_samples(broken: Broken) -> Iterator[Mend]:
    """(32,) and (None,) for a layer that reads rows: each number is one sample, and needs an axis for its features."""
    found, source = broken.first, broken.source() if broken.call is not None else None
    facts = sheet(broken.layer.class_name) if broken.call is not None else None
    if source is None or len(found) != 1 or found == (0,) or facts is None or facts.group != "dense":
        return
    each = "each sample is one number" if found[0] is None else f"these are {found[0]} samples of one number each"
    yield Mend(
        f"If {each}, give the features their axis.",
        "x = x[:, np.newaxis]\nkeras.Input(shape=(1,))",
        with_input(broken.spec, source, (None, 1)),
        "(batch, 1): one feature.",
        1 if found[0] is None else 2,
    )


def windows_of_numbers(broken: Broken) -> Iterator[Mend]:
    """(None,) and (None, 1) for a layer that reads sequences: the numbers of a series, one by one."""
    found, source = broken.first, broken.source() if broken.call is not None else None
    if source is None or found not in ((None,), (None, 1)) or not _reads_sequences(broken):
        return
    if broken.spec.inputs[source].shape != found:
        return
    value = "x[i : i + 7]" if len(found) == 2 else "x[i : i + 7, np.newaxis]"
    yield Mend(
        f"If the numbers are a series, cut windows of {SEVEN} of them.",
        f"x = np.stack([{value} for i in range(len(x) - {SEVEN - 1})])\nkeras.Input(shape=({SEVEN}, 1))",
        with_input(broken.spec, source, (None, SEVEN, 1)),
        f"Each sample is then {SEVEN} steps of one value. {SEVEN} is an example: use your own.",
        1,
    )


def words_embedded(broken: Broken) -> Iterator[Mend]:
    """(None, None) for a recurrent layer: the ids of words, which an Embedding turns into a vector for each."""
    found, source = broken.first, broken.source() if broken.call is not None else None
    if source is None or found != (None, None) or broken.layer.class_name not in SEQUENCE_READERS:
        return
    if broken.spec.inputs[source].shape != found:
        return
    arguments = (("input_dim", _WORDS), ("output_dim", _VECTOR))
    yield Mend(
        "If these are the numbers of words, put an Embedding in front.",
        f"layers.Embedding(vocabulary_size, {_VECTOR})",
        with_layer_before(broken.spec, broken.call or 0, LayerSpec("Embedding", "vectors", arguments)),
        f"Each number becomes a vector: (batch, timesteps, {_VECTOR}). {_VECTOR} is an example: use your own.",
        0,
    )
    yield Mend(
        "Or declare the features, if each step is a vector already.",
        f"keras.Input(shape=(None, {SEVEN}))",
        with_input(broken.spec, source, (None, None, SEVEN)),
        f"The number of timesteps may stay open. {SEVEN} is an example: use your own.",
        1,
    )


def _reads_sequences(broken: Broken) -> bool:
    """Whether the layer reads three axes, the second of which are steps."""
    facts = sheet(broken.layer.class_name) if broken.call is not None else None
    return facts is not None and (facts.rank == 3 or facts.name in SEQUENCE_READERS)


ONE_AXIS = (one_series, numbers_as_samples, windows_of_numbers, words_embedded)
