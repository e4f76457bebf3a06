"""The reader on the real cases: each kind gets nine in ten right, and the flagship lands where it should."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.diagnose_report import Scored, report, score
from explainers.reading.diagnosing import diagnose, read
from explainers.reading.diagnosis import as_text

CASES = [json.loads(line) for line in Path(__file__).with_name("cases.jsonl").read_text("utf-8").splitlines()]
FLAGSHIP = (
    "Negative dimension size caused by subtracting 3 from 1 for 'conv1d_1/convolution/Conv2D' (op: 'Conv2D') "
    "with input shapes: [?,1,1,133906], [1,3,133906,1]."
)


def _one_in(few: int, kind: str) -> list[dict[str, Any]]:
    return [case for case in CASES if case["kind"] == kind][::few]


# A live model is made of each, which takes a second: `make test` makes it of these, and reads all of them.
PART = [*_one_in(3, "error"), *_one_in(1, "summary"), *_one_in(1, "code")]


@pytest.fixture(
    scope="module", params=[pytest.param(PART, id="a part"), pytest.param(CASES, id="all", marks=pytest.mark.long)]
)
def scored(request: pytest.FixtureRequest) -> list[Scored]:
    """Each case once for all tests, without the recorded forward pass: it decides nothing that is asked here."""
    return [score(case) for case in request.param]


def test_nine_in_ten_of_all_messages_get_the_right_mistake_by_reading() -> None:
    part = [case for case in CASES if case["kind"] == "error"]
    wrong = [case["id"] for case in part if read(case["text"]).mistake != case["mistake"]]
    assert len(wrong) <= len(part) / 10, wrong


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["error", "summary", "code"])
def test_nine_in_ten_get_the_right_mistake(scored: list[Scored], kind: str) -> None:
    part = [entry for entry in scored if entry.kind == kind]
    wrong = [f"{entry.name}: {entry.wanted} wanted, {entry.got} read" for entry in part if entry.wanted != entry.got]
    assert len(part) >= 9
    assert len(wrong) <= len(part) / 10, wrong


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["error", "summary", "code"])
def test_nine_in_ten_of_the_numbers_are_recovered(scored: list[Scored], kind: str) -> None:
    part = [entry for entry in scored if entry.kind == kind]
    missing = sum(len(entry.missing) for entry in part)
    assert missing <= sum(entry.numbers for entry in part) / 10


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("kind", "least"), [("error", 0.9), ("summary", 0.9), ("code", 0.9)])
def test_nine_in_ten_end_in_a_live_model(scored: list[Scored], kind: str, least: float) -> None:
    part = [entry for entry in scored if entry.kind == kind]
    assert sum(entry.live != "none" for entry in part) >= least * len(part)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_report_names_each_case_that_is_missed(scored: list[Scored]) -> None:
    text = report(scored, "cases.jsonl")
    for entry in scored:
        missed = entry.wanted != entry.got or entry.missing or entry.live == "none"
        assert (f"| {entry.name} |" in text) == bool(missed)


def test_the_report_counts_a_model_with_examples_in_it_apart() -> None:
    told = [
        Scored(name, "error", "layer_rank", "layer_rank", "error", (), 2, "builds", 0.1, asked)
        for name, asked in (("whole", 0), ("with an example", 1))
    ]
    row = next(line for line in report(told, "two.jsonl").splitlines() if line.startswith("| error |"))
    assert row == "| error | 2 | 2 of 2 (100 %) | 4 of 4 (100 %) | 2 of 2 (100 %) | 1 | 0 |"


def test_an_example_is_no_recovered_number() -> None:
    text = "Input 0 of layer lstm is incompatible with the layer: expected ndim=3, found ndim=2. Received: (None, 7)"
    shown = read(text)
    assert set(shown.numbers) <= set(shown.dims)
    assert "units" not in shown.numbers
    case = {"id": "x", "text": text, "kind": "error", "mistake": "layer_rank", "facts": {"shape": [7], "rank": 3}}
    entry = score(case)
    assert (entry.missing, entry.numbers, entry.asked > 0) == ((), 2, True)


@pytest.mark.parametrize("case", [c for c in CASES if c["kind"] != "code"], ids=lambda case: case["id"])
def test_errors_and_summaries_are_recognised_as_what_they_are(case: dict[str, Any]) -> None:
    assert read(case["text"]).kind == case["kind"]


def test_the_flagship_lands_on_its_lesson_with_its_dims() -> None:
    found = read(FLAGSHIP)
    assert (found.kind, found.mistake, found.explainer) == ("error", "kernel_exceeds_steps", "conv1d")
    assert (found.layer, found.class_name) == ("conv1d_1/convolution/Conv2D", "Conv1D")
    assert found.url == "/conv1d?steps=1&channels=133906&filters=1&kernel_size=3"
    assert [[(a.axis, a.size) for a in shape] for shape in found.shapes[:2]] == [
        [("batch", None), ("steps", 1), ("channels", 133906)],
        [("kernel_size", 3), ("channels", 133906), ("filters", 1)],
    ]
    assert found.cause == "The window of 3 slides over 1 step: it fits nowhere."


def test_the_flagship_has_three_fixes_as_dims() -> None:
    assert [fix.dims for fix in read(FLAGSHIP).fixes] == [
        {"kernel_size": 1},
        {"steps": 133906, "channels": 1},
        {"padding": "same"},
    ]


def test_the_flagship_shows_todays_error_live() -> None:
    found = diagnose(FLAGSHIP)
    assert found.model is not None
    error = found.model["error"]
    assert error["layer"] == "conv1d_1"
    assert error["mistake"] == "kernel_exceeds_steps"
    assert "`inputs shape=(None, 1, 133906)`, `kernel shape=(3, 133906, 1)`" in error["message"]
    assert "Open it live: /conv1d?steps=1&channels=133906&filters=1&kernel_size=3" in as_text(found)


def test_the_answer_is_json_with_the_agreed_keys() -> None:
    told = json.loads(json.dumps(diagnose(FLAGSHIP).to_json()))
    wanted = {"kind", "mistake", "layer", "shapes", "dims", "cause", "fixes", "questions", "explainer", "url", "model"}
    assert wanted <= set(told)
    assert told["shapes"][0][2].keys() == {"axis", "size", "origin", "how"}
    assert told["dims"]["channels"] == 133906
