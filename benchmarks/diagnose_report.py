"""Measure the reader of pasted text on real cases: `python -m benchmarks.diagnose_report [CASES.jsonl]`.

Three rates for each kind of text: the right name of the mistake; the numbers that stand in the text and are recovered;
a live model at the end, those apart that hold a size which only the learner can say. Writes docs/DIAGNOSE_REPORT.md
with what is missed and why.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

PROCESSES = int(os.environ.get("DIAGNOSE_PROCESSES", os.cpu_count() or 1))
CHUNK = 6  # texts that a process takes at a time
CASES = Path(os.environ.get("DIAGNOSE_CASES", "tests/explainers/reading/cases.jsonl"))
REPORT = Path("docs/DIAGNOSE_REPORT.md")


@dataclass(frozen=True)
class Row:
    """One program that was run: what counts of it."""

    kind: str
    name: str
    wrong: str
    counts: tuple[int, int] | None
    named: int
    axes: int


@dataclass(frozen=True)
class Scored:
    """One case: what was asked, what came out.

    asked: how many sizes the text leaves open; examples stand in their place. several: whether it holds other messages.
    """

    name: str
    kind: str
    wanted: str | None
    got: str | None
    read_as: str
    missing: tuple[int, ...]
    numbers: int
    live: str
    seconds: float
    asked: int = 0
    several: bool = False


def numbers_in(value: Any) -> list[int]:
    """All whole numbers in nested facts."""
    if isinstance(value, bool):
        return []
    if isinstance(value, int):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [n for part in value for n in numbers_in(part)] if isinstance(value, list) else []


def standing(text: str) -> set[int]:
    """Whole numbers that stand in a text; thousands may be separated."""
    joined = re.sub(r"(?<=\d)[ ,](?=\d{3}(?!\d))", "", text)
    return {int(n) for source in (text, joined) for n in re.findall(r"(?<![\w.])\d{1,15}(?=L\b|\b)", source)}


def score(case: dict[str, Any]) -> Scored:
    """Read one case and rebuild its model."""
    from explainers.reading.asking import MESSAGE
    from explainers.reading.diagnosing import diagnose_live

    started = time.process_time()
    found, explanation = diagnose_live(case["text"], run="through")
    took = time.process_time() - started
    wanted = sorted({n for n in numbers_in(case["facts"]) if n in standing(case["text"])})
    recovered = {axis.size for shape in found.shapes for axis in shape} | {
        v for v in found.numbers.values() if isinstance(v, int)
    }
    live = "none"
    if explanation is not None:
        live = "reproduces" if explanation.inspection.error is not None else "builds"
    missing = tuple(n for n in wanted if n not in recovered)
    return Scored(
        case["id"],
        case["kind"],
        case["mistake"],
        found.mistake,
        found.kind,
        missing,
        len(wanted),
        live,
        took,
        sum(ask.key != MESSAGE for ask in found.asks),
        any(ask.key == MESSAGE for ask in found.asks),
    )


def report(scored: list[Scored], source: str) -> str:
    """The report as Markdown."""
    lines = [
        "# How well is a pasted text read?",
        "",
        f"`python -m benchmarks.diagnose_report {source}`: {len(scored)} real texts, each read from",
        "scratch and rebuilt with today's Keras. The reader was developed with these texts; expect less on others.",
        "",
        "| kind | texts | right mistake | numbers recovered | live model | all from the text | failing live |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in ("error", "summary", "code"):
        part = [s for s in scored if s.kind == kind]
        right = sum(s.wanted == s.got for s in part)
        total = sum(s.numbers for s in part)
        recovered = total - sum(len(s.missing) for s in part)
        live = Counter(s.live for s in part)
        rates = (
            _rate(right, len(part)),
            _rate(recovered, total),
            _rate(live["builds"] + live["reproduces"], len(part)),
        )
        full = sum(s.live != "none" and not s.asked for s in part)
        lines.append(f"| {kind} | {len(part)} | {' | '.join(rates)} | {full} | {live['reproduces']} |")
    lines += [
        "",
        "*All from the text*: no size of the live model is an example. The other live models hold at least one number",
        "that the text doesn't give: the page asks for it, and until then uses an example that is labeled as one.",
        "*Failing live*: today's Keras fails on the model, too; column three says whether the mistake was recognized.",
    ]
    lines += ["", "## What is missed", "", "| text | what | why |", "|---|---|---|"]
    for entry in scored:
        for what, why in _missed(entry):
            lines.append(f"| {entry.name} | {what} | {why} |")
    slowest = max(scored, key=lambda s: s.seconds)
    lines += [
        "",
        f"Reading and rebuilding took {sum(s.seconds for s in scored):.0f} s of processor time in all; the slowest was "
        f"{slowest.name} with {slowest.seconds:.1f} s (the first text of each process also loads Keras).",
    ]
    return "\n".join(lines) + "\n"


def _rate(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.0f} %)" if whole else "-"


def _missed(entry: Scored) -> list[tuple[str, str]]:
    found = []
    if entry.wanted != entry.got:
        found.append((f"mistake: {entry.wanted} expected, {entry.got} recognized", f"read as {entry.read_as}"))
    if entry.missing:
        found.append(
            (
                f"numbers: {', '.join(map(str, entry.missing))}",
                "they belong to another message in the text, which the learner can choose"
                if entry.several
                else "they are in the text, but not in a shape, an argument or the message",
            )
        )
    if entry.live == "none":
        found.append(("no live model", "the text names no layer and no size from which to make a model"))
    return found


def judged(kind: str, number: int) -> Row:
    """One program of the corpus, read and run."""
    from benchmarks.programs import judge, programs

    entry = judge(programs(kind)[number])
    return Row(kind, entry.program.name, entry.wrong, entry.counts, entry.named, entry.axes)


def all_programs() -> list[tuple[str, int]]:
    """Every program of the corpus: its file, and its place there."""
    from benchmarks.programs import CORPUS, programs

    kinds = sorted(path.stem for path in CORPUS.glob("*.txt"))
    return [(kind, number) for kind in kinds for number in range(len(programs(kind)))]


def corpus(every: list[Row]) -> str:
    """The figures of the programs in the corpus, as Markdown: each was really run by Keras."""
    rows, notes = [], []
    for name in dict.fromkeys(entry.kind for entry in every):
        seen = [entry for entry in every if entry.kind == name]
        counted = [entry.counts for entry in seen if entry.counts is not None]
        axes = sum(entry.axes for entry in seen)
        broken = name.startswith("broken")
        solved = sum(not entry.wrong for entry in seen)
        rows.append(
            f"| {name} | {len(seen)} | {'-' if broken else sum('accused' in entry.wrong for entry in seen)} "
            f"| {_rate(solved, len(seen)) if broken else '-'} "
            f"| {_rate(sum(entry.named for entry in seen), axes)} "
            f"| {'-' if broken else _rate(sum(a == b for a, b in counted), len(counted))} |"
        )
        notes += [f"| {entry.name} | {_in_cell(entry.wrong)} |" for entry in seen if entry.wrong]
    head = [
        "",
        "## Programs that were really run",
        "",
        "Sound and broken programs (tests/explainers/reading/corpus), each run by Keras itself. *Solved*: the mistake",
        "is named, and the first or second suggested change makes the program run. *Counts*: the live model's",
        "are those of the program.",
        "*later*: programs written after the reader was improved with the others, and used only to test it.",
        "",
        "| programs | number | accused | solved | axes named | counts |",
        "|---|---|---|---|---|---|",
    ]
    missed = ["", "| program | what is missed |", "|---|---|", *notes] if notes else []
    return "\n".join([*head, *rows, *missed]) + "\n"


def _in_cell(text: str) -> str:
    """A sentence in a cell of a table."""
    return text[:120].replace("|", "/").replace("\n", " ")


def main() -> int:
    """Read all cases, run all programs, print the rates, write the report."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else CASES
    cases = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines() if line.strip()]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        rows = pool.map(judged, *zip(*all_programs(), strict=True), chunksize=CHUNK)
        text = report(list(pool.map(score, cases, chunksize=CHUNK)), source.name) + corpus(list(rows))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
