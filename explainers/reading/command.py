"""The command line: files, or standard input, are read in order, a diagnosis for each."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from explainers.reading.asking import Entry
from explainers.reading.diagnosing import diagnose, read
from explainers.reading.diagnosis import as_text, head
from explainers.reading.text import (
    LONGEST,
)


def diagnose_files(
    files: Sequence[str], as_json: bool, which: int | None = None, entries: Mapping[str, Entry] | None = None
) -> int:
    """Read each file (- or none: standard input) and print the diagnoses in order. 2 where a file can't be read."""
    code = 0
    for name in files or ["-"]:
        try:
            text = sys.stdin.read(LONGEST + 1) if name == "-" else _file(name)
        except OSError as error:
            print(f"{name}: {error.strerror or error}", file=sys.stderr)
            code = 2
            continue
        try:
            if as_json:
                print(json.dumps(diagnose(text, which, entries).to_json(), ensure_ascii=False), flush=True)
            else:
                _tell(text, which, entries)
        except BrokenPipeError:  # whoever read it has read enough: `| head -1`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            break
    return code


def _tell(text: str, which: int | None, entries: Mapping[str, Entry] | None) -> None:
    """The verdict at once where the text itself says it; then what the live model adds."""
    early = read(text, which, entries)
    first = head(early) if early.mistake is not None else ""
    if first:
        print(first, flush=True)
    whole = as_text(diagnose(text, which, entries))
    print(whole.removeprefix(f"{first}\n") if first and whole.startswith(f"{first}\n") else whole, flush=True)


def _file(name: str) -> str:
    with Path(name).open("rb") as stream:
        return stream.read(4 * LONGEST + 4).decode("utf-8", errors="replace")
