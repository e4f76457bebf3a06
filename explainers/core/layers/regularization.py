"""Layers that only act while a model trains."""

from __future__ import annotations

from explainers.core.layers.sheet import Sheet, reading, same
from explainers.core.layers.sliding import PLACES

SECTION = "Regularization layers"
_RATE = {"rate": 0.5}

SHEETS = (
    Sheet("Dropout", "same", same, example=_RATE),
    *(
        Sheet(f"SpatialDropout{rank}D", "same", same, example=_RATE,
              **reading(f"batch {' '.join(PLACES[rank])} channels", made="channels"))
        for rank in PLACES
    ),
    Sheet("GaussianDropout", "same", same, example=_RATE),
    Sheet("AlphaDropout", "same", same, example=_RATE),
    Sheet("GaussianNoise", "same", same, example={"stddev": 0.1}),
    Sheet("ActivityRegularization", "same", same),
)  # fmt: skip
