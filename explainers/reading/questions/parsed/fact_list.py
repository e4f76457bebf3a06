"""The facts: what each question about a word, an argument or a choice is told. Where two fit alike, the first is."""

from __future__ import annotations

from explainers.reading.questions.parsed import (
    facts_of_batches,
    facts_of_data,
    facts_of_forms,
    facts_of_images,
    facts_of_labels,
    facts_of_layers,
    facts_of_steps,
)
from explainers.reading.questions.parsed.fact import Fact

FACTS: tuple[Fact, ...] = (
    *facts_of_forms.FACTS,
    *facts_of_data.FACTS,
    *facts_of_batches.FACTS,
    *facts_of_steps.FACTS,
    *facts_of_labels.FACTS,
    *facts_of_images.FACTS,
    *facts_of_layers.FACTS,
)
