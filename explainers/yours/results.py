"""What a worker says of a document: plain, frozen data, without Keras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from explainers.core.results import Inspection


@dataclass(frozen=True)
class Offer:
    """A change after which the model runs: what to do, what it means, what then comes out, and the whole document."""

    label: str
    means: str
    output: tuple[int | None, ...]
    document: dict[str, Any]


@dataclass(frozen=True)
class Built:
    """A document as Keras sees it. refused: why nothing was built (cost). code: the script that builds the same."""

    inspection: Inspection | None
    refused: str
    offers: tuple[Offer, ...]
    code: str


@dataclass(frozen=True)
class Opened:
    """A model from a file. document: to be edited, None where it can only be shown; note: why, or what was changed."""

    inspection: Inspection
    document: dict[str, Any] | None
    note: str
