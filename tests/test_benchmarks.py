"""What the measurements print as JSON is what they measured."""

from __future__ import annotations

import json
from collections import Counter

from benchmarks import browser, load
from benchmarks.browser import Changes, Found
from benchmarks.load import Measured, Tally
from benchmarks.report import in_ms


def test_times_are_counted_and_told_in_milliseconds() -> None:
    assert in_ms([]) == {"count": 0}
    assert in_ms([0.4, 0.1, 0.2]) == {"count": 3, "median": 200.0, "p95": 400.0, "most": 400.0}


def test_a_class_as_json() -> None:
    changing = Tally([0.5, 0.25], [30_000, 20_000], Counter({"no reply in 60 s": 3}))
    told = load.figures(Measured(7, changing=changing, wall=10.0, web_cpu=0.02, workers_cpu=0.05, workers_mb=[101.0]))
    assert json.loads(json.dumps(told)) == told
    assert (told["learners"], told["replies_per_second"], told["kb_per_change"]) == (7, 0.2, 25.0)
    assert told["changing"] == {
        "count": 2, "median": 375.0, "p95": 500.0, "most": 500.0, "failed": {"no reply in 60 s": 3}
    }  # fmt: skip
    assert told["cpu_ms_per_change"] == {"web": 100.0, "workers": 250.0}
    assert told["training"] == {"count": 0, "failed": {}}


def test_a_browser_as_json() -> None:
    found = Found(
        *([1.5], [2.5], [1.7], [0.9], Changes([0.08], [700])),
        *({"simple_rnn, units": Changes([0.3], [29_000])}, {}, 170.0, [90.0, 80.0]),
    )
    told = json.loads(browser.figures(found))
    assert told["new"]["simple_rnn, units"] == {
        "count": 1, "median": 300.0, "p95": 300.0, "most": 300.0, "most_bytes": 29_000
    }  # fmt: skip
    assert told["starts_seconds"] == {"first_page": [1.5], "first_live": [2.5], "kept": [1.7], "floor": [0.9]}
    assert told["floor"]["trivial page"]["median"] == 80.0
    assert "cores" in told["machine"]
