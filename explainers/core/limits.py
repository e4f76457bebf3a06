"""What a model may cost. Every limit of the engine stands here and can be raised by who runs the server.

SHAPE_EXPLAINER_MAX_WEIGHTS=50000000 make run
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import settings

PREFIX = settings.PREFIX + "MAX_"
_MOST = 10_000_000_000


class CostError(ValueError):
    """The model would cost more than this server allows; the sentence says what and how to get under it."""


def out_of_memory(error: Exception) -> bool:
    """Whether the process had no memory to spare. TensorFlow's own class is known by name: it need not be loaded."""
    return isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"


@dataclass(frozen=True)
class Limits:
    """Seconds are estimated before anything is built, and lie below the pool's own limit for a request."""

    weights: int = settings.whole(30_000_000, 1, _MOST, "numbers in all weights of a model together, 4 bytes each")
    activations: int = settings.whole(80_000_000, 1, _MOST, "numbers in all tensors of one forward pass")
    seconds: float = settings.number(
        12.0, 0.1, 600, "estimated time to create the weights and run the forward pass, in seconds"
    )
    layers: int = settings.whole(1_000, 1, 100_000, "layers of a saved model, including those of models inside it")
    config_bytes: int = settings.whole(
        8_000_000, 1_000, 1_000_000_000, "bytes of the configuration of a saved model, unpacked"
    )
    calls: int = settings.whole(130, 1, 100_000, "cell calls that are recorded with their values")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Limits:
        """The defaults, each overridden by SHAPE_EXPLAINER_MAX_<NAME> where that is set. Raises SettingError."""
        return settings.read(cls, environment, PREFIX)
