"""Misconceptions about how shapes are written and lined up: (784), and broadcasting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainers.core.axes import plain
from explainers.core.dims import DimsBase, choice
from explainers.core.results import Inspection
from explainers.core.trial import Tried, kind_of
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.live import (
    built,
    chain,
    keras,
    layers,
    refusal,
    seen,
)
from explainers.practice.misconceptions.misconception import BUILDS, REFUSES, Ask, Misconception, Truth, distinct

if TYPE_CHECKING:
    pass

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


def _show_comma(dims: Comma) -> tuple[str, tuple[Tried, ...]]:
    brackets = "Brackets around one number are only brackets: the comma makes the tuple."
    trials: list[Tried] = []
    for written in (dims.written, *(one for one in WRITTEN if one != dims.written)):
        found, text, error = _comma(dims, written)
        told = brackets if error else "One axis; the batch comes in front."
        failure = refusal(error, "old_argument", told) if error else None
        kind = kind_of(error)
        code = f"x = keras.Input(shape={text})"
        trials.append(Tried(code, told, error=failure, inspection=found, title=f"shape={text}", kind=kind))
    good = [trial.title for trial in trials if trial.kind == "run"]
    return f"{' and '.join(good)} work; the number alone doesn't.", tuple(trials)


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
    demonstrate=_show_comma,
    ask=Ask(
        "choice",
        lambda rng: Comma(features=rng.randint(5, 900), written=rng.choice(WRITTEN)),
        lambda d: "Does this Input build?",
        lambda d: f"x = keras.Input(shape={d.written.format(n=d.features)})",
        lambda d: "What type has it in Python: a number, a tuple, a list?",
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
    other: str = choice("(timesteps,)", STRETCHED, help="The shape of what is multiplied with it, per sample.")


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


def _show_broadcast(dims: Broadcast) -> tuple[str, tuple[Tried, ...]]:
    trials: list[Tried] = []
    for other in (dims.other, *(one for one in STRETCHED if one != dims.other)):
        found = _multiplied(dims, other)
        told = (
            f"From the right, {_other_shape(dims, other)[-1]} meets {dims.features}: they are not equal, and neither "
            "is 1."
            if found.error
            else "From the right each pair is equal, or one of the two is 1 and stretches."
        )
        trials.append(built(f"times {_other_shape(dims, other)}", found, told))
    good = sum(trial.kind == "run" for trial in trials)
    return f"{good} of {len(trials)} pairs line up from the right.", tuple(trials)


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
    "a 1 behind it.",
    look="Set features equal to timesteps: the wrong product passes in silence.",
    dims=Broadcast,
    demonstrate=_show_broadcast,
    ask=Ask(
        "choice",
        lambda rng: Broadcast(other=rng.choice(STRETCHED), **distinct(rng, timesteps=(5, 40), features=(5, 40))),
        lambda d: "Per sample, these two are multiplied. Does it build?",
        lambda d: (
            f"a = keras.Input(({d.timesteps}, {d.features}))\nb = keras.Input({_other_shape(d, d.other)})\n"
            "layers.Multiply()([a, b])"
        ),
        lambda d: "Write one shape under the other, right ends together.",
        _broadcast_truth,
        (BUILDS, REFUSES),
    ),
    lesson="hadamard",
    mistakes=("merge_shapes", "operand_sizes"),
    words=("Inputs have incompatible shapes", "broadcast", "operands could not be broadcast", "multiply"),
)

NOTATION: tuple[Misconception[Any], ...] = (BROADCAST, COMMA)
