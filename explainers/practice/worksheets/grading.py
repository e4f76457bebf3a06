"""How hard an exercise is: told by what a person has to follow, not by a guess. No Keras here."""

from __future__ import annotations

from explainers.practice.worksheets.results import Exercise

HARDEST = 3
FEW, SEVERAL = 2, 4  # layers: up to so many give one star, two stars
RULE = (
    f"Difficulty: ★ up to {FEW} layers after the Inputs, ★★ up to {SEVERAL}, ★★★ more; one more ★ (at most {HARDEST}) "
    "if a program fails."
)


def difficulty(exercise: Exercise) -> int:
    """From 1 to 3, as `RULE` says it."""
    layers = sum(bool(step.inputs) for step in exercise.inspection.flow)
    stars = 1 + (layers > FEW) + (layers > SEVERAL)
    return min(stars + (exercise.kind == "fails"), HARDEST)
