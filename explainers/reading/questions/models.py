"""Small models for questions, of the sizes that are asked about; what isn't in the question is an example."""

from __future__ import annotations

import re
from dataclasses import replace

from explainers.core.layers import RECURRENT
from explainers.core.spec import InputSpec, LayerSpec, ModelSpec, Sizes, chain
from explainers.core.words import listed
from explainers.reading.questions.words import Asked

UNITS, STEPS, FEATURES = 32, 7, 3  # examples
_LARGEST = 10**5


def sequence_model(
    asked: Asked, steps: int | None, features: int | None, units: int | None = None, **more: bool
) -> ModelSpec | None:
    """A recurrent layer on sequences of that form; its units are an example where the question gives none."""
    if features is None or features > _LARGEST or (steps or 0) > _LARGEST:
        return None
    kind = asked.layer if asked.layer in RECURRENT else "LSTM"
    given = units or asked.units
    layer = LayerSpec(kind, kind.lower(), (("units", given or UNITS), *more.items()))
    return on_one_input((None, steps, features), layer, assumed=() if given else (f"units = {UNITS}",))


def on_one_input(shape: Sizes, layer: LayerSpec, assumed: tuple[str, ...] = ()) -> ModelSpec:
    """One layer on one Input."""
    ids = layer.class_name == "Embedding"
    return chain(
        InputSpec("input", shape, "int32" if ids else "float32", (), "the question"), (layer,), assumed=assumed
    )


def with_examples(spec: ModelSpec | None, **sizes: tuple[int, int | None]) -> ModelSpec | None:
    """The model with its examples said: ``timesteps=(7, None)`` is one, ``timesteps=(9, 9)`` is in the question."""
    made_up = tuple(f"{name} = {size}" for name, (size, given) in sizes.items() if given is None)
    return None if spec is None else replace(spec, assumed=made_up)


def told_examples(**sizes: tuple[int, int | None]) -> str:
    """`` (7 timesteps and 6 units are examples)``; "" where the question gives them all."""
    return are_examples([size_told(size, name) for name, (size, given) in sizes.items() if given is None])


def are_examples(made_up: list[str]) -> str:
    """The same of sizes in words: ``height 32`` is one example, ``7 timesteps`` are an example."""
    if not made_up:
        return ""
    several = len(made_up) > 1
    one = "are an example" if made_up[0][:1].isdigit() and not made_up[0].startswith("1 ") else "is an example"
    return f" ({listed(made_up)} {'are examples' if several else one})"


_COUNTED_ALONE = (
    "timesteps",
    "features",
    "steps",
    "channels",
    "query steps",
    "units",
    "filters",
    "samples",
    "per batch",
    "different ids",
    "classes",
    "steps ahead",
    "other timesteps",
    "other features",
)


def size_told(size: int, name: str) -> str:
    """An example in a sentence: ``7 timesteps``, ``height 32``, ``kernel_size=3``."""
    if name in _COUNTED_ALONE:
        return f"{size} {name}"
    return f"{name}={size}" if "_" in name else f"{name} {size}"


_ACTS = re.compile(r"(?!Axes|Bins|Boxes|Frequencies|Ids|Images|Its|Steps)[A-Z][a-z]{2,12}s ")


def as_sentence(why: str) -> str:
    """Why a shape comes out of a layer, with a subject: ``It slides 8 kernels along steps.``"""
    return f"It {why[0].lower()}{why[1:]}" if _ACTS.match(why) else why
