"""What this machine, or the container around this process, has to spend."""

from __future__ import annotations

import math
import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
MB = 1024 * 1024


def cores() -> int:
    """Cores that this process may use, and no more than its container may (``--cpus 2``)."""
    free = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = _said("cpu.max").partition(" ")  # "200000 100000", or "max 100000"
    return min(free, max(1, math.ceil(int(quota) / int(period)))) if quota.isdigit() and period.isdigit() else free


def memory_mb() -> int:
    """Memory of the machine, or what its container may have (``--memory 3g``); 0 where the system doesn't say."""
    try:
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return 0
    said = (_said("memory.max"), _said("memory/memory.limit_in_bytes"))  # of cgroups 2 and 1
    return min([machine, *(int(text) for text in said if text.isdigit())]) // MB


def _said(name: str) -> str:
    try:
        return (CGROUP / name).read_text("ascii").strip()
    except OSError:
        return ""
