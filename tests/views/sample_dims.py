"""Dims of every kind, with presets, for tests of the controls."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.core.dims import DimsBase, choice, dim, real, switch
from explainers.core.explainer import Preset


@dataclass(frozen=True)
class Dims(DimsBase):
    """One dim of every kind."""

    timesteps: int | None = dim(
        20, high=200_000, allows_none=True, axis="timesteps", sets=("sequence.shape[0]",), help="Length of a sequence."
    )
    features: int = dim(1, high=512, axis="features", sets=("sequence.shape[1]",), help="Numbers at each timestep.")
    units: int = dim(5, high=512, axis="units", sets=("lstm_1.units",), help="Numbers the first LSTM answers with.")
    second: int = dim(4, high=512, axis="units", sets=("lstm_2.units",), help="The same for the second.")
    stateful: bool = switch(False, help="Keep the states between batches.")
    cell: str = choice("LSTM", ("SimpleRNN", "GRU", "LSTM"), help="The recurrent layer.")
    dropout: float = real(0.25, low=0.0, high=0.9, help="Share of the inputs that is dropped.", advanced=True)


PRESETS = (
    Preset("plain", "As it comes", {}, why="The defaults."),
    Preset("narrowing", "Narrowing", {"units": 15, "second": 7}, why="Half, then a quarter."),
)
