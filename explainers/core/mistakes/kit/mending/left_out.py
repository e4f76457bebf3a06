"""A layer that is left out, or told to keep its axes: it took some away that are read behind it, or added one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explainers.core.editing import rewired, with_arguments, with_input
from explainers.core.layers import sheet
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, of_call, written
from explainers.core.spec import ModelSpec, Ref


def flatten_left_out(broken: Broken) -> Iterator[Mend]:
    """A Flatten (or a pooling over everything) in front of a layer that reads the axes it took away."""
    if broken.call is None or len(broken.first) != 2:
        return
    ref = broken.spec.calls[broken.call].inputs[0]
    before = of_call(broken.spec, ref.index) if ref.source == "call" else None
    facts = sheet(before.class_name) if before is not None else None
    if before is None or facts is None or (before.class_name != "Flatten" and facts.group != "global_pool"):
        return
    reader = sheet(broken.layer.class_name)
    if facts.group == "global_pool" and reader is not None and reader.group == "conv":
        yield Mend(
            f"Let the {before.class_name} keep its axes, with size 1: keepdims=True.",
            f"layers.{before.class_name}(keepdims=True)",
            with_arguments(broken.spec, broken.spec.calls[ref.index].layer, keepdims=True),
            f"{broken.layer.name} then slides over one place.",
            1,
        )
    spec = without(broken.spec, ref.index)
    yield Mend(
        f"Leave out the {before.class_name} before {broken.layer.name}: it removes the axes that are read there.",
        f"layers.{before.class_name}()  # put it after {broken.layer.name}, before the first Dense",
        spec,
        "",
        0,
    )


def without(spec: ModelSpec, gone: int) -> ModelSpec:
    """The program without a call: what read its output reads its input."""
    came = spec.calls[gone].inputs[0]

    def moved(other: Ref) -> Ref:
        if other.source != "call":
            return other
        if other.index == gone:
            return came
        return replace(other, index=other.index - (other.index > gone))

    calls = tuple(rewired(call, moved) for i, call in enumerate(spec.calls) if i != gone)
    return replace(spec, calls=calls, outputs=tuple(map(moved, spec.outputs)))


def one_id_for_each_step(broken: Broken) -> Iterator[Mend]:
    """An Input of one-hot rows in front of an Embedding of as many words: it reads one id for each step."""
    for call in broken.before() if broken.call is not None else ():
        layer, ref = of_call(broken.spec, call), broken.spec.calls[call].inputs[0]
        if layer.class_name != "Embedding" or ref.source != "input":
            continue
        declared = broken.spec.inputs[ref.index].shape
        if len(declared) != 3 or declared[2] != layer.get("input_dim") or declared[2] is None:
            return
        yield Mend(
            f"Declare one id for each step: {written(declared[1:2])} without the {declared[2]}.",
            f"keras.Input(shape={written(declared[1:2])})",
            with_input(broken.spec, ref.index, declared[:2]),
            f"{layer.name} reads the number of a word, not a row with a place for each of the {declared[2]} words; "
            "data of one-hot rows become ids with np.argmax(x, axis=-1).",
            -1,
        )
        return


def embedding_left_out(broken: Broken) -> Iterator[Mend]:
    """An Embedding of one-hot rows, or of features: it makes a vector of every single number."""
    for call in broken.before() if broken.call is not None else ():
        layer, ref = of_call(broken.spec, call), broken.spec.calls[call].inputs[0]
        came = broken.spec.inputs[ref.index].shape if ref.source == "input" else (broken.made or {}).get(ref.index, ())
        if layer.class_name != "Embedding" or len(came) != len(broken.first) - 1 or len(came) < 3:
            continue
        yield Mend(
            f"Leave {layer.name} out: what it reads is a vector for each step already.",
            "layers.LSTM(…)  # directly on the rows",
            without(broken.spec, call),
            f"{written(came)} has features; an Embedding reads whole numbers, one for each step.",
            0,
        )
        return
