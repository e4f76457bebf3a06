"""How the lesson recognises a series: cut into windows, or fed whole."""

from __future__ import annotations

import re
from collections.abc import Mapping

from explainers.core.finding import WINDOWS, Change, Value
from explainers.core.signs import RECURRENT, Recognised, Seen, inner, known
from explainers.core.spec import ModelSpec

_SERIES = re.compile(r"time[ _-]?series|forecast|sliding[ _-]window|look[ _-]?back|時間序列|时间序列|временн\w+ ряд")


def cut_into_windows(seen: Seen) -> Recognised | None:
    """A series that the code cuts into windows, for a recurrent model."""
    main, windows = seen.main(), seen.pattern(WINDOWS)
    if windows is None or (main is not None and main[0].class_name not in (*RECURRENT, "Bidirectional")):
        return None  # windows for another kind of model
    return {"reading": "windows", **_forecast(seen), **windows}


def whole_series(seen: Seen) -> Recognised | None:
    """A model for one length of series, given another; or one long series as the only sample."""
    one = _series_in_message(seen) or _series_in_code(seen)
    if one is None:
        return None
    length, given, features = one
    reading = "whole_series" if length > given else "windows"
    dims: Recognised = {
        "reading": reading,
        "points": max(length, given),
        "timesteps": min(length, given),
        "features": features,
    }
    return {**dims, **{k: v for k, v in _forecast(seen).items() if k not in dims}}


def _series_in_message(seen: Seen) -> tuple[int, int, int] | None:
    """(1, 600, 25) wanted and (1, 10, 25) given: the same features, another length."""
    expected, found = seen.finding.shape("expected"), seen.finding.shape("found")
    if seen.finding.mistake != "data_size" or not expected or not found or len(expected) != len(found):
        return None
    main = seen.main()
    if main is None or inner(main[0]).class_name not in RECURRENT or re.search(r"conv_?1d", seen.text):
        return None
    if len(expected) not in (2, 3) or expected[-1] != found[-1]:
        return None
    one_sample = len(expected) == 2 or 1 in (expected[0], found[0]) or _SERIES.search(seen.text)
    return _lengths(expected[-2], found[-2], found[-1]) if one_sample else None


def _series_in_code(seen: Seen) -> tuple[int, int, int] | None:
    """Trained on (1, 600, 25), asked to predict (1, 10, 25)."""
    spec = seen.finding.spec
    main = seen.main()
    if spec is None or len(spec.inputs) != 1 or main is None or inner(main[0]).class_name not in RECURRENT:
        return None
    fed = [(check.kind, check.shapes[0]) for check in spec.checks if check.shapes and len(check.shapes[0]) == 3]
    trained = next((sizes for kind, sizes in fed if kind == "fit"), spec.inputs[0].shape)
    other = next((sizes for kind, sizes in fed if kind == "predict" and sizes[1:] != trained[1:]), None)
    if other is None or len(trained) != 3 or other[2] != trained[2]:
        return None
    return _lengths(trained[1], other[1], trained[2])


def _lengths(wanted: int | None, given: int | None, features: int | None) -> tuple[int, int, int] | None:
    if wanted is None or given is None or features is None or wanted == given:
        return None
    return wanted, given, features


def _forecast(seen: Seen) -> Recognised:
    """timesteps, features and units of the model, targets or horizon from its last Dense, batch_size of its fit."""
    main, dense, spec = seen.main(), seen.dense(), seen.finding.spec
    if main is None or spec is None:
        return {}
    shape = main[1] if len(main[1]) == 3 else (None, None, None)
    units = None if "units = " in " ".join(spec.assumed) else inner(main[0]).get("units")
    batch = next((check.batch_size or None for check in spec.checks if check.kind == "fit"), None)
    every_step = inner(main[0]).get("return_sequences") is True
    ahead: Recognised = {"targets": dense[-1]} if every_step and dense else known(horizon=dense[-1] if dense else None)
    return {
        **known(timesteps=_read(spec, shape[1]), features=_read(spec, shape[2]), batch_size=batch),
        **known(units=units if isinstance(units, int) else None),
        **ahead,
    }


def _read(spec: ModelSpec, size: int | None) -> int | None:
    """A size, unless it is an example that the text doesn't give."""
    return None if any(note.endswith(f" = {size}") for note in spec.assumed) else size


def repairs(dims: Mapping[str, Value]) -> tuple[Change, ...]:
    """For a text that trains on the whole series: windows, or open timesteps."""
    if dims.get("reading") != "whole_series":
        return ()
    return (
        Change(f"Train on windows of {dims.get('timesteps')} timesteps, cut from the series.", {"reading": "windows"}),
        Change(f"Leave the timesteps open: keras.Input((None, {dims.get('features')})).", {"any_length": True}),
    )
