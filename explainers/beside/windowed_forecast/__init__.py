"""What people try with one long series, and how the lesson recognises one."""

from __future__ import annotations

import dataclasses

from explainers.beside.windowed_forecast import mistakes, readings, signs
from explainers.core.explainer import Explainer
from explainers.core.signs import Level
from explainers.windowed_forecast import Dims


def complete(lesson: Explainer[Dims]) -> Explainer[Dims]:
    """The lesson with its trials and signs."""
    return dataclasses.replace(
        lesson,
        trials=(
            readings.whole_series,
            readings.whole_series_sequential,
            readings.whole_series_then,
            readings.any_length,
            readings.one_sample_per_point,
            readings.padding,
            readings.padding_unmasked,
            readings.windows,
            readings.stateful,
            mistakes.uncut_targets,
            mistakes.window_without_batch,
            mistakes.one_feature_alone,
            mistakes.target_inside,
            mistakes.target_late,
            mistakes.look_ahead,
            mistakes.what_fit_does,
        ),
        signs={Level.PATTERN: signs.cut_into_windows, Level.DATA: signs.whole_series},
        repairs=signs.repairs,
    )
