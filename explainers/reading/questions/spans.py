"""How many readings a span of time has: ``every minute for 24 hours``, ``2 years of hourly data``."""

from __future__ import annotations

import re

from explainers.core.words import listed

_SECONDS = {
    "second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 7 * 86_400, "month": 365 * 86_400 // 12,
    "year": 365 * 86_400,
}  # fmt: skip
_EACH = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "minutely": "minute"}
_UNITS = "|".join(_SECONDS)
_INTERVAL = re.compile(
    rf"\b(?:every|each|per|once an?|once every|one (?:reading|value|row|sample) (?:per|every|an?)) "
    rf"(?:(?P<count>\d{{1,4}}) )?(?P<unit>{_UNITS})s?\b|\b(?P<word>{'|'.join(_EACH)})\b",
    re.IGNORECASE,
)
_SPAN = re.compile(
    rf"(?<![\w.])(?:(?P<count>\d{{1,5}}|an?|one|two|three|four|five|six|seven) |(?<=\bnext ))(?P<unit>{_UNITS})s?\b",
    re.I,
)
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_A_WINDOW = re.compile(r"\b(?:windows?|last|past|previous|look[ _-]?back)(?: \w+){0,2} $", re.IGNORECASE)
_AHEAD = re.compile(r"\b(?:next|following|predict\w*|forecast\w*)(?: the| next)* $", re.IGNORECASE)
_COUNTED_BESIDE = re.compile(rf" ?\(\d{{1,7}} (?:{_UNITS})s?\)", re.IGNORECASE)  # ``one year (364 days)``
MOST = 10**7


def in_readings(text: str) -> tuple[str, str]:
    """The text with its spans as numbers of readings, and how they were counted; "" where it has none.

    A month has a twelfth of 365 days.
    """
    interval = _INTERVAL.search(text)
    if interval is None:
        return text, ""
    every = _SECONDS[_EACH[interval["word"].lower()] if interval["word"] else interval["unit"].lower()]
    every *= int(interval["count"] or 1)
    spans = [found for found in _SPAN.finditer(text) if not interval.start() <= found.start() < interval.end()]
    windows = [_A_WINDOW.search(text, 0, found.start()) is not None for found in spans]
    told: list[str] = []
    for found, window in reversed(list(zip(spans, windows, strict=True))):
        number = (found["count"] or "one").lower()
        count = _WORDS.get(number) or int(number if number.isdigit() else 0)
        readings = round(count * _SECONDS[found["unit"].lower()] / every)
        if readings == count or not 1 < readings <= MOST or _COUNTED_BESIDE.match(text, found.end()):
            continue
        span = found.group() if found["count"] else f"the next {found.group()}"
        told.append(f"{span} {'is' if count == 1 else 'are'} {readings:,} readings")
        ahead = _AHEAD.search(text, 0, found.start()) is not None  # what is predicted
        word = "data points" if any(windows) and not window and not ahead else "timesteps"
        text = f"{text[: found.start()]}{readings} {word}{text[found.end() :]}"
    if not told:
        return text, ""
    how = interval.group()
    return text, f"{how[0].upper()}{how[1:]}, {listed(told[::-1])}. "
