"""What the measurements share: the machine in one line, percentiles, memory, and their sections of docs/PERFORMANCE.md.

A section stands between ``<!-- load -->`` and ``<!-- /load -->``; a measurement writes its own and leaves the others.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import statistics
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import psutil

from workers.worker import NAME

REPORT = Path(__file__).parent.parent / "docs" / "PERFORMANCE.md"
SECTIONS = ("engine", "browser", "load", "class", "soak")
HEAD = """# How fast it is, and how it was measured

Every figure here was written by the command that its section names, on the machine and with the versions
given next to it. Machines are noisy: trust a figure for its order of magnitude, and a ratio from one run for more.
"""
MB = 1024 * 1024


def write_section(name: str, lines: Iterable[str]) -> None:
    """Replace one section of the report, between its markers."""
    text = REPORT.read_text(encoding="utf-8") if REPORT.exists() else HEAD
    for section in SECTIONS:
        if f"<!-- {section} -->" not in text:
            text += f"\n<!-- {section} -->\n<!-- /{section} -->\n"
    body = "\n".join(lines).strip("\n")
    found = re.compile(rf"<!-- {name} -->.*?<!-- /{name} -->", re.DOTALL)
    REPORT.write_text(found.sub(lambda _: f"<!-- {name} -->\n{body}\n<!-- /{name} -->", text), encoding="utf-8")


def as_json(**figures: Any) -> str:
    """What a measurement prints with ``--json``: its figures, and where they were taken."""
    where = {"machine": machine(), "runnable_per_core": round(others_load(), 2)}
    return json.dumps({**where, **figures}, indent=2, ensure_ascii=False)


def in_ms(seconds: Sequence[float]) -> dict[str, float]:
    """How many there were, and their median, 95 % and most in milliseconds."""
    if not seconds:
        return {"count": 0}
    times = {"median": statistics.median(seconds), "p95": percentile(seconds, 0.95), "most": max(seconds)}
    return {"count": len(seconds), **{name: round(value * 1000, 1) for name, value in times.items()}}


def machine() -> str:
    """``2 cores (…), 8 GB, Linux · Python 3.11.7 · streamlit 1.67.0 · … · 2026-11-22``"""
    memory = psutil.virtual_memory().total / 1024**3
    named = ("streamlit", "keras", "tensorflow-cpu", "numpy")
    versions = " · ".join(f"{name} {importlib.metadata.version(name)}" for name in named)
    return (
        f"{cores()} cores ({processor()}), {memory:.0f} GB, {platform.system()} · Python {platform.python_version()} · "
        f"{versions} · {time.strftime('%Y-%m-%d')}"
    )


def processor() -> str:
    """The processor as Linux names it, else as Python does."""
    info = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE) if info.exists() else None
    return named[1].strip() if named else platform.processor() or platform.machine()


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def others_load() -> float:
    """How busy the machine is with other work: runnable processes per core over the last minute."""
    return os.getloadavg()[0] / cores()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all don't exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1))] if ordered else 0.0


def spread(seconds: Sequence[float]) -> str:
    """``54 / 117 / 189`` : median, 95 %, most, in ms."""
    if not seconds:
        return "none"
    most = max(seconds)
    return f"{statistics.median(seconds) * 1000:,.0f} / {percentile(seconds, 0.95) * 1000:,.0f} / {most * 1000:,.0f}"


def workers_of(web: psutil.Process) -> list[psutil.Process]:
    """The worker processes of a server."""
    children = [child for child in web.children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in children if child.name() == NAME]


def resident(process: psutil.Process) -> float:
    """MB in use."""
    return float(process.memory_info().rss) / MB


def keras_mb(web: psutil.Process) -> list[float]:
    """MB of a server's workers and of the process that forks them, pages that several share counted in parts."""
    return [_share(child) for child in web.children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]


def _share(process: psutil.Process) -> float:
    used = process.memory_full_info() if psutil.LINUX else process.memory_info()
    return float(getattr(used, "pss", used.rss)) / MB


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """Processor time used so far, by all of them."""
    return float(sum(sum(process.cpu_times()[:2]) for process in processes))
