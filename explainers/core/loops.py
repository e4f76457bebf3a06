"""Loops through time, run in part: every timestep does the same with the same shapes.

A forward pass that shows whether shapes fit needs no more than the first steps. In a loop of 365 they are a hundredth
of the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import keras

from explainers.core.recording import recurrent_layers, swapped

FIRST_STEPS = 2


@contextmanager
def first_steps(model: Any) -> Iterator[None]:
    """Loops through time run their first steps only: each later one does the same with the same shapes."""
    with ExitStack() as stack:
        for _, layer in recurrent_layers(list(model.layers)):
            if "inner_loop" not in vars(layer):
                stack.enter_context(swapped(layer, "inner_loop", _shortened(layer)))
        yield


def _shortened(layer: Any) -> Callable[..., Any]:
    """The loop of a layer over the first steps; what comes out of the last of them is what comes out of the others."""
    whole = layer.inner_loop

    def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        steps = getattr(sequences, "shape", (None, None))[1]
        fits = mask is None or tuple(getattr(mask, "shape", ())) == tuple(sequences.shape[:2])
        if steps is None or steps <= FIRST_STEPS or not fits:
            return whole(sequences, initial_state, mask, training)
        begun = None if mask is None else mask[:, :FIRST_STEPS]
        last, outputs, states = whole(sequences[:, :FIRST_STEPS], initial_state, begun, training)
        return last, keras.ops.repeat(last[:, None], steps, axis=1) if layer.return_sequences else outputs, states

    return inner_loop
