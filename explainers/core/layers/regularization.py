"""Layers that only act while a model trains."""

from __future__ import annotations

from explainers.core.layers.sheet import Sheet, reading, same
from explainers.core.layers.sliding import PLACES

SECTION = "Regularization layers"

SHEETS = (
    Sheet("Dropout", "same", same),
    *(
        Sheet(f"SpatialDropout{rank}D", "same", same,
              **reading(f"batch {' '.join(PLACES[rank])} channels", made="channels"))
        for rank in PLACES
    ),
    Sheet("GaussianDropout", "same", same),
    Sheet("AlphaDropout", "same", same),
    Sheet("GaussianNoise", "same", same),
    Sheet("ActivityRegularization", "same", same),
)  # fmt: skip
