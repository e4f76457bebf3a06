"""Misconceptions about how shapes are written and lined up: (784), and broadcasting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from explainers.core.axes import plain
from explainers.core.dims import DimsBase, choice
from explainers.core.results import Inspection
from explainers.core.trial import Tried, first, trial
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.live import (
    built,
    chain,
    keras,
    layers,
    refusal,
    seen,
    titles,
)
from explainers.practice.misconceptions.misconception import BUILDS, REFUSES, Ask, Misconception, Truth, distinct

WRITTEN = ("{n}", "({n})", "({n},)", "[{n}]")


@dataclass(frozen=True)
class Comma(DimsBase):
    features: int = fields.features(128, high=4096)
    written: str = choice("({n})", WRITTEN, help="How the shape is written; {n} is the number.")


def _comma(dims: Comma, written: str) -> tuple[Inspection | None, str, BaseException | None]:
    """The model behind such an Input, the text as one would write it, and the error where there is one."""
    text = written.format(n=dims.features)
    value: Any = [dims.features] if "[" in written else (dims.features,) if "," in written else dims.features
    try:
        keras.Input(shape=value, name="x")
    except Exception as error:  # any error that Keras raises is the lesson
        return None, text, error
    return seen(lambda: chain(value, layers.Dense(1, name="dense"))), text, None  # (batch, 1)


@trial("shape={}", "loud", says="Cannot convert '128' to a shape.", each=lambda dims: first(dims.written, WRITTEN))
def written(dims: Comma, way: str) -> Tried:
    """Make an Input with the number written in one of the ways."""
    found, text, error = _comma(dims, way)
    told = (
        "Brackets around one number are only brackets: the comma makes the tuple."
        if error
        else "One axis; the batch comes in front."
    )
    failure = refusal(error, "old_argument", told) if error else None
    return Tried(f"x = keras.Input(shape={text})", told, error=failure, inspection=found, title=f"shape={text}")


def _comma_verdict(dims: Comma, tried: tuple[Tried, ...]) -> str:
    return f"{' and '.join(titles(tried, 'run'))} work; the number alone doesn't."


def _comma_truth(dims: Comma) -> Truth:
    found, text, error = _comma(dims, dims.written)
    if error is not None or found is None:
        words = refusal(error, None, "").message if error else ""
        return Truth(REFUSES, f"In Python {text} is a number, not a tuple.", words=words)
    return Truth(BUILDS, f"The Input is {plain(found.layers[0].outputs[0])}.")


COMMA = Misconception(
    slug="a-number-in-brackets-is-a-shape",
    number=35,
    seen=2,
    believed="(784) is a shape.",
    truth="The comma makes the tuple: `(784,)`. In Python `(784)` is the number 784.",
    look="Change how it is written.",
    dims=Comma,
    trials=(written,),
    verdict=_comma_verdict,
    ask=Ask(
        "choice",
        lambda rng: Comma(features=rng.randint(5, 900), written=rng.choice(WRITTEN)),
        lambda d: "Does this Input build?",
        lambda d: f"x = keras.Input(shape={d.written.format(n=d.features)})",
        lambda d: "What type is it in Python: a number, a tuple, a list?",
        _comma_truth,
        (BUILDS, REFUSES),
    ),
    lesson="array_shapes",
    mistakes=("old_argument",),
    words=("Cannot convert", "to a shape", "tuple", "comma"),
)


STRETCHED = ("(timesteps, 1)", "(features,)", "(timesteps,)", "(1, features)")


@dataclass(frozen=True)
class Broadcast(DimsBase):
    timesteps: int = fields.timesteps(100)
    features: int = fields.features(256)
    other: str = choice("(timesteps,)", STRETCHED, help="The shape of the factor, per sample.")


def _other_shape(dims: Broadcast, other: str) -> tuple[int, ...]:
    return {
        "(timesteps, 1)": (dims.timesteps, 1),
        "(features,)": (dims.features,),
        "(timesteps,)": (dims.timesteps,),
        "(1, features)": (1, dims.features),
    }[other]


def _multiplied(dims: Broadcast, other: str) -> Inspection:
    def build() -> Any:
        a = keras.Input((dims.timesteps, dims.features), name="a")  # (batch, timesteps, features)
        b = keras.Input(_other_shape(dims, other), name="b")
        return keras.Model([a, b], layers.Multiply(name="multiply")([a, b]), name="model")

    words = other.strip("(),").replace(",", "")
    return seen(build, {"a": "batch timesteps features", "b": f"batch {words}"})


@trial("times {}", "loud", says="Received shapes (100, 256) and (100,)", each=lambda dims: first(dims.other, STRETCHED))
def multiplied(dims: Broadcast, other: str) -> Tried:
    """Multiply with one of the shapes."""
    found, shape = _multiplied(dims, other), _other_shape(dims, other)
    told = (
        f"From the right, {shape[-1]} meets {dims.features}: they are not equal, and neither is 1."
        if found.error
        else "From the right each pair is equal, or one of the two is 1 and stretches."
    )
    return built(found, told, title=f"times {shape}")


def _broadcast_verdict(dims: Broadcast, tried: tuple[Tried, ...]) -> str:
    return f"{len(titles(tried, 'run'))} of {len(tried)} pairs line up from the right."


def _broadcast_truth(dims: Broadcast) -> Truth:
    found = _multiplied(dims, dims.other)
    if found.error is not None:
        return Truth(REFUSES, "Counted from the right the sizes disagree.", words=found.error.message)
    return Truth(BUILDS, f"The product is {plain(found.layers[-1].outputs[0])}.")


BROADCAST = Misconception(
    slug="broadcasting-from-the-left",
    number=27,
    seen=8,
    believed="Broadcasting lines axes up from the left.",
    truth="From the **right**: each pair must be equal, or one of them 1, which stretches. A vector of timesteps needs "
    "a 1 after it.",
    look="Set features equal to timesteps: the wrong product passes silently.",
    dims=Broadcast,
    trials=(multiplied,),
    verdict=_broadcast_verdict,
    ask=Ask(
        "choice",
        lambda rng: Broadcast(other=rng.choice(STRETCHED), **distinct(rng, timesteps=(5, 40), features=(5, 40))),
        lambda d: "Per sample, these two are multiplied. Does it build?",
        lambda d: (
            f"a = keras.Input(({d.timesteps}, {d.features}))\nb = keras.Input({_other_shape(d, d.other)})\n"
            "layers.Multiply()([a, b])"
        ),
        lambda d: "Write one shape below the other, aligned at the right.",
        _broadcast_truth,
        (BUILDS, REFUSES),
    ),
    lesson="hadamard",
    mistakes=("merge_shapes", "operand_sizes"),
    words=("Inputs have incompatible shapes", "broadcast", "operands could not be broadcast", "multiply"),
)

NOTATION: tuple[Misconception[Any], ...] = (BROADCAST, COMMA)
