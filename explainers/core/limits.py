"""What a model may cost. Every limit of the engine stands here and can be raised by who runs the server.

SHAPE_EXPLAINER_MAX_WEIGHTS=50000000 streamlit run app.py
"""

from __future__ import annotations

import os
from dataclasses import dataclass


class CostError(ValueError):
    """The model would cost more than this server allows; the sentence says what and how to get under it."""


@dataclass(frozen=True)
class Limits:
    """weights: numbers in all weights together (4 bytes each). activations: numbers in all tensors of a forward pass.

    seconds: estimated time of making the weights and of the forward pass together; below the pool's own limit for a
    request. calls: cell calls that are recorded with their values.
    """

    weights: int = 30_000_000
    activations: int = 80_000_000
    seconds: float = 12.0
    calls: int = 130

    @classmethod
    def from_environment(cls) -> Limits:
        """The defaults, each overridden by SHAPE_EXPLAINER_MAX_<NAME> where that is set."""
        chosen: dict[str, float] = {}
        for name, default in vars(cls()).items():
            text = os.environ.get(f"SHAPE_EXPLAINER_MAX_{name.upper()}")
            if text:
                chosen[name] = _positive(f"SHAPE_EXPLAINER_MAX_{name.upper()}", text, type(default))
        return cls(**chosen)  # type: ignore[arg-type]


def _positive(variable: str, text: str, kind: type) -> float:
    try:
        number = kind(text)
    except ValueError:
        number = 0
    if number <= 0:
        raise SystemExit(f"{variable}={text!r} was given; it must be a number above 0, such as 1000000.")
    return number  # type: ignore[no-any-return]
