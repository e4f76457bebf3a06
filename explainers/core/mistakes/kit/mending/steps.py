"""Sequences: outputs at every step, an axis that is 1 long, as many steps as the model reads, numbers of categories."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.editing import with_arguments, with_data, with_input, with_layer_before, with_target
from explainers.core.layers import LOOPS, VIDEOS, sheet
from explainers.core.mistakes.kit.mending.broken import IN_FRONT, SEVEN, Broken, Mend, of_call, unfit, written
from explainers.core.spec import LayerSpec, ModelSpec, Ref
from explainers.core.words import agreeing

_SUMS = ("ops.sum", "ops.mean", "ops.max")


def outputs_at_every_step(broken: Broken) -> Iterator[Mend]:
    """A recurrent layer in front that dropped the timesteps."""
    if broken.call is None:
        return
    summed = False  # over the timesteps that aren't there
    for call in broken.before():
        layer = of_call(broken.spec, call)
        summed = summed or layer.class_name in _SUMS
        inner = layer.get("layer") if isinstance(layer.get("layer"), LayerSpec) else layer
        facts = sheet(inner.class_name) if isinstance(inner, LayerSpec) else None
        if not isinstance(inner, LayerSpec) or facts is None or inner.get("return_sequences") is True:
            continue
        lacks_one = summed or len(broken.first) == (facts.rank or 0) - 1
        if inner.class_name not in (*LOOPS, *VIDEOS) or not lacks_one:
            continue
        place = broken.spec.calls[call].layer
        if inner is layer:
            spec = with_arguments(broken.spec, place, return_sequences=True)
        else:
            spec = with_arguments(broken.spec, place, layer=inner.but(return_sequences=True))
        yield Mend(
            f"Let {_spoken(layer)} return its output at every timestep.",
            f"layers.{inner.class_name}({inner.get('units', inner.get('filters', '…'))}, return_sequences=True)",
            spec,
            "What comes after it sums over the timesteps."
            if summed
            else f"{broken.layer.name} reads the whole sequence of outputs, not only the last one.",
            2 if _bottleneck(broken) else 1,
        )
        stacked = _stacked(spec, broken.call)
        if stacked is not None:
            yield Mend(
                "Let every recurrent layer but the last return its output at every timestep.",
                f"layers.{inner.class_name}({inner.get('units', '…')}, return_sequences=True)",
                stacked,
                "Each of them reads the whole sequence of the one before.",
                1,
            )
        return


def _spoken(layer: LayerSpec) -> str:
    return "the recurrent layer in front" if layer.name == IN_FRONT else layer.name


def _stacked(spec: ModelSpec, first: int) -> ModelSpec | None:
    """Recurrent layers directly behind one another, with the outputs of all steps; None where there are only two."""
    changed = None
    for call in range(first, len(spec.calls) - 1):
        layer, later = of_call(spec, call), of_call(spec, call + 1)
        if layer.class_name not in LOOPS or later.class_name not in LOOPS:
            break
        if spec.calls[call + 1].inputs == (Ref("call", call),) and layer.get("return_sequences") is not True:
            changed = spec = with_arguments(spec, spec.calls[call].layer, return_sequences=True)
    return changed


def _bottleneck(broken: Broken) -> bool:
    """Whether a Dense makes a code of each sample in front of the layer, as in an autoencoder."""
    call = next(broken.before(), None)
    return call is not None and of_call(broken.spec, call).class_name == "Dense"


def vector_repeated(broken: Broken) -> Iterator[Mend]:
    """One vector for each sample in front of a layer that reads a sequence, as in an autoencoder."""
    source = broken.source() if broken.call is not None else None
    if len(broken.first) != 2 or broken.call is None or source is None or not any(True for _ in broken.before()):
        return
    shape = broken.spec.inputs[source].shape
    steps = shape[1] if len(shape) == 3 and shape[1] is not None else SEVEN
    repeat = LayerSpec("RepeatVector", "repeated", (("n", steps),))
    yield Mend(
        f"Repeat the vector for each of {steps} timesteps.",
        f"layers.RepeatVector({steps})",
        with_layer_before(broken.spec, broken.call, repeat),
        f"{broken.layer.name} reads the same vector at every timestep.",
        1 if _bottleneck(broken) else 2,
    )


def axis_of_one_dropped(broken: Broken) -> Iterator[Mend]:
    """One axis too many, and one that is 1 long, which says nothing: it is left out."""
    found = broken.first
    facts = sheet(broken.layer.class_name) if broken.call is not None else None
    if broken.call is None or facts is None or facts.rank is None or len(found) != facts.rank + 1 or len(found) < 4:
        return
    places = [axis for axis in range(1, len(found)) if found[axis] == 1]
    if len(places) != 1 or None in found[1:]:
        return
    rest = tuple(n or 0 for axis, n in enumerate(found[1:], start=1) if axis != places[0])
    yield Mend(
        f"Drop axis {places[0]}, whose size is 1: each sample is {written(rest)}.",
        f"x = np.squeeze(x, axis={places[0]})  # or in the model: layers.Reshape({written(rest)})",
        with_layer_before(broken.spec, broken.call, LayerSpec("Reshape", "without_axis", (("target_shape", rest),))),
        "",
        0,
    )


def padded_steps(broken: Broken) -> Iterator[Mend]:
    """More or fewer steps than the model reads: zeros are added, or steps are cut off."""
    for i, place, wanted, came in unfit(broken):
        if (
            len(came) != len(wanted)
            or len(came) not in (2, 3)
            or None in (wanted[1], came[1])
            or wanted[2:] != came[2:]
        ):
            continue
        call = next((call for call in broken.spec.calls if Ref("input", place) in call.inputs), None)
        facts = sheet(broken.spec.layers[call.layer].class_name) if call is not None else None
        ids = facts is not None and facts.group == "embedding"
        if facts is None or wanted[1] == came[1] or not (ids if len(came) == 2 else facts.axes[1:2] != ("height",)):
            continue
        fewer = (came[1] or 0) < (wanted[1] or 0)
        kind = "" if ids else ', dtype="float32"'
        yield Mend(
            f"Bring every sample to {wanted[1]} steps: {'zeros are added' if fewer else 'what is over is cut off'}.",
            f'x = keras.utils.pad_sequences(x, maxlen={wanted[1]}, padding="post", truncating="post"{kind})',
            with_data(broken.spec, i, place, (*came[:1], *wanted[1:])),
            agreeing(f"The data have {came[1]} step(s); the model was built for {wanted[1]}."),
            2,
        )


def one_hot_rows(broken: Broken) -> Iterator[Mend]:
    """A row of numbers where the model reads a vector for each: numbers of categories, one-hot."""
    for i, place, wanted, came in unfit(broken):
        width = wanted[-1] if wanted else None
        if len(wanted) != 3 or len(came) != 2 or width is None or width < 2 or came[1] is None or came[1] == width:
            continue
        if wanted[1] not in (None, came[1]) and not _is_example(broken.spec, wanted[1]):
            continue
        spec = with_data(with_input(broken.spec, place, (wanted[0], came[1], width)), i, place, (*came, width))
        targets = broken.spec.checks[i].targets
        if _is_example(broken.spec, width) and targets != broken.spec.checks[i].shapes:
            continue  # nobody speaks of so many categories
        if targets == broken.spec.checks[i].shapes:  # an autoencoder
            spec = with_target(spec, i, (*came, width))
        yield Mend(
            f"If these are the numbers of {width} categories, one-hot encode them: a row of {width} for each.",
            f"x = keras.utils.to_categorical(x, {width})",
            _as_long(spec, wanted[1], came[1]),
            f"{written(came)} becomes {written((*came, width))}.",
            1 if targets == broken.spec.checks[i].shapes else 2,
        )


def reader_of_ids(spec: ModelSpec, place: int) -> int | None:
    """The place of the Embedding that reads an Input, among the layers."""
    call = next((call for call in spec.calls if Ref("input", place) in call.inputs), None)
    facts = sheet(spec.layers[call.layer].class_name) if call is not None else None
    return call.layer if call is not None and facts is not None and facts.group == "embedding" else None


def ids_of_one_hot(broken: Broken) -> Iterator[Mend]:
    """One-hot rows where an Embedding reads ids: the place of the 1 in each row is the id."""
    for i, place, wanted, came in unfit(broken):
        embedding, words = reader_of_ids(broken.spec, place), came[-1] if came else None
        if embedding is None or len(wanted) + 1 != len(came) or None in came[1:] or words is None or words < 2:
            continue
        rows = broken.spec.layers[embedding].get("input_dim")
        if isinstance(rows, int) and rows < words and not _is_example(broken.spec, rows):
            continue  # the last axis can't say one of so many words
        ids = came[:-1]
        spec = with_data(broken.spec, i, place, ids)
        if wanted[1] is not None and wanted[1] != ids[1]:
            spec = with_input(spec, place, (wanted[0], *ids[1:]))
        if isinstance(rows, int) and rows < words:
            spec = with_arguments(spec, embedding, input_dim=words)
        yield Mend(
            f"If these are one-hot rows of {words}, give the Embedding their ids.",
            "x = np.argmax(x, axis=-1)",
            spec,
            f"{written(came)} becomes {written(ids)}: an Embedding reads the number of each word, not a row for it.",
            1,
        )


def _is_example(spec: ModelSpec, size: int | None) -> bool:
    return any(note.endswith(f" = {size}") for note in spec.assumed)


def _as_long(spec: ModelSpec, example: int | None, steps: int) -> ModelSpec:
    """The same number of steps where a RepeatVector makes them."""
    for place, layer in enumerate(spec.layers):
        if layer.class_name == "RepeatVector" and layer.get("n") == example:
            spec = with_arguments(spec, place, n=steps)
    return spec
