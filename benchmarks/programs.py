"""Sound and broken programs, run for real: the judge of what is said about them and of the fixes that are offered.

The programs are data (tests/explainers/reading/corpus). Each is run in this process, by Keras itself; what the reader
says is held against what happened. A fix counts where its diff, put into the program, makes it run.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.standins import elsewhere
from explainers.reading.patching.patch import applied

CORPUS = Path("tests/explainers/reading/corpus")
_GIVEN = re.compile(r"(\w+)=(\([^)]*\)|\{[^}]*\})")
MOST_APPLIED = 2  # the first or the second fix must help


@dataclass(frozen=True)
class Program:
    """One program. mistakes: the names any of which is right. given: data that come from elsewhere, by name."""

    name: str
    text: str
    mistakes: tuple[str, ...] = ()
    silent: bool = False
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ran:
    """What happened: an error, or the names that the program made."""

    error: Exception | None
    names: dict[str, Any]

    def count(self, name: str) -> int | None:
        """The parameters of one of the program's own models."""
        model: Any = self.names.get(name, self.names.get("model"))
        return int(model.count_params()) if getattr(model, "built", False) else None


@dataclass(frozen=True)
class Judged:
    """A program beside what was said of it.

    wrong: why it counts as failed, "" where it doesn't. counts: live and real, where both are known. tried: how many
    fixes of the reply were tried live. diffs: how many have one. runs: which fix (from 1) made it run; 0 none.
    """

    program: Program
    ran: Ran
    wrong: str
    mistake: str | None
    counts: tuple[int, int] | None
    named: int
    axes: int
    offered: int
    tried: int
    diffs: int
    runs: int
    seconds: float
    trying: float


def programs(name: str) -> list[Program]:
    """The sound or the broken ones, as they stand in the corpus."""
    parts = re.split(r"(?m)^=== ", (CORPUS / f"{name}.txt").read_text(encoding="utf-8"))[1:]
    return [_program(part) for part in parts]


def _program(part: str) -> Program:
    """``name | mistake/other silent | x=(32, 10) files={"a.csv": "9 x y"}``, where what isn't needed is left out."""
    head, _, text = part.partition("\n")
    name, *more = head.split(" | ")
    given = {key: ast.literal_eval(value) for word in more for key, value in _GIVEN.findall(word)}
    mistakes, _, silent = next((word for word in more if not _GIVEN.search(word)), "").partition(" ")
    return Program(name, text, tuple(mistakes.split("/")) if mistakes else (), silent == "silent", given)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without warnings: a test run takes one for an error, and a program that only warns runs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def run(program: Program, text: str | None = None) -> Ran:
    """The program, executed: it is one of ours. No graph is traced, which would take longer than so few samples."""
    import keras
    import numpy as np
    import tensorflow as tf

    names: dict[str, Any] = {
        key: np.zeros(value) if isinstance(value, tuple) else value
        for key, value in program.given.items()
        if key != "files"
    }
    names["__name__"] = "program"
    keras.utils.clear_session(free_memory=False)  # a collection takes longer than most programs
    eager = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            quiet(),
            elsewhere(program.given.get("files", {})),
        ):
            exec(compile(text or program.text, program.name, "exec", dont_inherit=True), names)
    except Exception as error:  # a broken program's own error is what is asked for
        return Ran(error, names)
    finally:
        tf.config.run_functions_eagerly(eager)
    return Ran(None, names)


def judge(program: Program) -> Judged:
    """Read the program, run it, hold the one against the other."""
    from explainers.reading.diagnosing import diagnose

    started = time.process_time()
    told = diagnose(program.text).to_json()
    seconds = time.process_time() - started
    ran = run(program)
    error = (told["model"] or {}).get("error")
    live = None if told["model"] is None or error else told["model"]["total_params"]
    open_ends = ("an example", "isn't read")  # the reader says that its model isn't the whole program
    examples = any(words in note for note in (*told["notes"], *told["unread"]) for words in open_ends)
    sure = not program.mistakes and not examples
    shown = next((model["name"] for model in told["models"] if model["shown"]), "model")
    own = ran.count(shown)
    counts = (live, own) if live is not None and own is not None and sure else None
    axes = [axis["axis"] for shape in told["shapes"] for axis in shape]
    runs = next((i for i, text in _mended(program, told["fixes"]) if run(program, text).error is None), 0)
    return Judged(
        program,
        ran,
        _wrong(program, ran, told, error, counts, runs),
        told["mistake"],
        counts,
        sum(axis not in ("unknown", "?") for axis in axes),
        len(axes),
        len(told["fixes"]),
        sum(fix["tried"] is not None for fix in told["fixes"]),
        sum("diff" in fix for fix in told["fixes"]),
        runs,
        seconds,
        sum((fix["tried"] or {}).get("seconds", 0.0) for fix in told["fixes"]),
    )


def _mended(program: Program, fixes: list[dict[str, Any]]) -> Iterator[tuple[int, str]]:
    """The program with each of the first fixes put into it."""
    for i, fix in enumerate(fixes[:MOST_APPLIED] if program.mistakes else (), 1):
        if fix.get("diff"):
            yield i, applied(program.text, fix["diff"])


def _wrong(
    program: Program, ran: Ran, told: dict[str, Any], error: Any, counts: tuple[int, int] | None, runs: int
) -> str:
    """Why the reply isn't right; "" where it is."""
    if not program.mistakes:
        if ran.error is not None:
            return f"the program isn't sound: {ran.error}"
        if told["mistake"] or error:
            return f"accused: {told['mistake']}: {told['cause']} {(error or {}).get('message', '')}"
        return f"counts differ: {counts}" if counts is not None and counts[0] != counts[1] else ""
    if (ran.error is None) != program.silent:
        return "the program isn't broken as declared"
    if (told["mistake"] or "-") not in program.mistakes:
        return f"{told['mistake']} was said: {told['cause']}"
    return "" if runs else "no fix makes it run"


def main() -> None:
    """What is wrong, program by program: `python -m benchmarks.programs [part of a name …]`."""
    import sys

    files = {path.stem for path in CORPUS.glob("*.txt")}
    words = [word for word in sys.argv[1:] if word not in files]
    for kind in [word for word in sys.argv[1:] if word not in words] or ("sound", "broken"):
        seen = [judge(p) for p in programs(kind) if not words or any(word in p.name for word in words)]
        for entry in seen:
            if entry.wrong or words:
                ran = f" [{type(entry.ran.error).__name__}]" if entry.ran.error else ""
                print(f"{entry.program.name}: {entry.wrong[:400] or 'right'}{ran}"
                      f" {entry.counts} {entry.offered}/{entry.tried}/{entry.diffs} {entry.seconds:.2f}s")  # fmt: skip
        print(
            kind,
            len(seen),
            "wrong",
            sum(bool(e.wrong) for e in seen),
            "live",
            sum(e.counts is not None for e in seen),
            "mended",
            sum(bool(e.runs) for e in seen),
        )


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main()
