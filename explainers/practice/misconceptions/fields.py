"""Dims that several misconceptions share, so that the same word means the same everywhere."""

from __future__ import annotations

from typing import Any

from explainers.core.dims import choice, dim, switch
from explainers.core.layers import BY_GATES


def samples(default: int, low: int = 1, high: int = 256) -> Any:
    return dim(default, low=low, high=high, axis="samples", help="How many samples there are.")


def timesteps(default: int, low: int = 1, high: int = 512) -> Any:
    return dim(
        default,
        low=low,
        high=high,
        axis="timesteps",
        sets=("x.shape[0]",),
        help="How many readings one sequence has: how often the cell runs.",
    )


def features(default: int, low: int = 1, high: int = 256) -> Any:
    return dim(
        default,
        low=low,
        high=high,
        axis="features",
        sets=("x.shape[1]",),
        help="How many numbers one timestep has.",
    )


def units(default: int, layer: str = "lstm", high: int = 256) -> Any:
    return dim(
        default,
        high=high,
        axis="units",
        sets=(f"{layer}.units",),
        help="How many numbers the layer returns.",
    )


def cell(default: str = "LSTM") -> Any:
    return choice(default, BY_GATES, help="Which recurrent layer.")


def return_sequences(default: bool) -> Any:
    return switch(
        default,
        sets=("lstm.return_sequences",),
        help="True: an output at every timestep. False: only the last one.",
    )
