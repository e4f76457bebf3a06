"""The pictures of the lesson sequence_set: both ways side by side, and the average in real numbers.

Plain data (`extra` of the lesson) -> a table, data for average.js, and the same in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from explainers.core.words import listed
from views import tables
from views.own import Caption, Drawing, Heading, Own, Prose, Table

WAYS = {
    "squeeze": "squeeze: the set becomes the batch",
    "time_distributed": "TimeDistributed: the set is an axis",
}
# Which stops of the two ways belong side by side.
_PLACES = (("sample",), ("take_out", "masking"), ("rnn", "each_sequence"), ("put_back",))


def section(extra: Mapping[str, Any]) -> Own | None:
    """Both ways side by side, and the average in real numbers; None where nothing came out."""
    if not extra.get("answers"):
        return None
    prose = (
        "First way: squeeze the sample out of its batch of one, so that its sequences become the batch, and put the "
        "batch axis back afterwards. Second way: TimeDistributed runs the RNN once for each sequence. The weights are "
        "the same, and so are the numbers. Only the second way accepts a batch of more than one sample."
    )
    picture = (Heading("The average in real numbers", "average"), Drawing("average", data(extra)), Caption(text(extra)))
    return Own("Two ways, one set of weights", "two-ways", (Prose(prose), Table(ways(extra)), *picture))


def ways(extra: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row for each stop: what leaves it on each way. Stops that only one way has stand alone."""
    by_name = [{stop["layer"]: stop for stop in extra["ways"][form]} for form in WAYS]
    tails = [[stop for stop in extra["ways"][form] if not _placed(stop)] for form in WAYS]
    rows = [tuple(_find(stops, names) for stops in by_name) for names in _PLACES]
    rows += list(zip_longest(*tails))
    return [
        {title: _stop(stop) for title, stop in zip(WAYS.values(), pair, strict=True)}
        for pair in rows
        if any(stop is not None for stop in pair)
    ]


def _placed(stop: Mapping[str, Any]) -> bool:
    return any(stop["layer"] in names for names in _PLACES)


def _find(stops: Mapping[str, Mapping[str, Any]], names: tuple[str, ...]) -> Mapping[str, Any] | None:
    return next((stops[name] for name in names if name in stops), None)


def _stop(stop: Mapping[str, Any] | None) -> str:
    if stop is None:
        return "—"
    params = f"; {stop['params']:,} parameters" if stop["params"] else ""
    return f"{stop['layer']}: {tables.shape(stop['shape'])}{params}"


def data(extra: Mapping[str, Any]) -> dict[str, Any]:
    """What average.js draws: a row of units for each sequence, and their average."""
    return {"outputs": list(extra["answers"]), "average": list(extra["average"]), "text": text(extra)}


def text(extra: Mapping[str, Any]) -> str:
    """The average in full sentences, with the numbers of the first unit."""
    outputs, average = extra["answers"], extra["average"]
    if not outputs:
        return "The model was not built."
    first = listed([_rounded(row[0]) for row in outputs[:6]] + ["so on"] * (len(outputs) > 6))
    sequences, timesteps, features = extra["sample"]
    return (
        f"A sample of {sequences} sequences of {timesteps} timesteps and {features} features. Unit 0 returns "
        f"{first}, one number for each sequence; their average is {_rounded(average[0])}. The prediction "
        f"from the average is {_rounded(extra['prediction'])}." + (f" {extra['bounded']}" if extra["bounded"] else "")
    )


def _rounded(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
