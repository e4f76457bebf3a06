"""Memory that a process has and doesn't need, handed back to the system. On Linux; elsewhere nothing happens."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import re
import sys
from collections.abc import Iterator
from pathlib import Path

# "7f02b4000000-7f02b4021000 r-xp 00000000 fe:00 265 /usr/lib/libc.so.6": where a part of memory begins and ends, what
# may be done with it, and whose pages these are; the lines behind it count them.
_MAPPED = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+\s*(.*)")
_DONT_NEED = 4  # MADV_DONTNEED of madvise(2)


def give_back() -> None:
    """Collect what is in circles, and hand free memory back to the system."""
    gc.collect()
    trim()


def trim() -> None:
    """Hand back what the C library keeps after it was freed."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL(None).malloc_trim(0)


def unmap_files() -> int:
    """Let go of the pages of libraries that were only read. Returns their bytes.

    They are not lost: who needs one again finds it in the system's memory, or on the disk. But a process that imported
    TensorFlow and does no more with it would count 270 MB of them as its own. Pages that were written to (addresses
    that the loader filled in) are on no disk, so a part that holds a single one is left alone.
    """
    if sys.platform != "linux":
        return 0
    given = 0
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        for begin, end, resident in list(_only_read(Path("/proc/self/smaps").read_text(errors="replace"))):
            failed = libc.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), _DONT_NEED)
            given += 0 if failed else resident
    return given


def _only_read(smaps: str) -> Iterator[tuple[int, int, int]]:
    """Begin, end and resident bytes of each part of memory that shows a file nobody here has written to."""
    for lines in re.split(r"\n(?=[0-9a-f]+-)", smaps):
        mapped = _MAPPED.match(lines)
        if mapped is None or "w" in mapped[3] or not mapped[3].endswith("p") or not mapped[4].startswith("/"):
            continue
        kb = {name: int(size) for name, size in re.findall(r"^(\w+):\s+(\d+) kB$", lines, re.MULTILINE)}
        if kb.get("Anonymous", 1) == 0 and not kb.get("Swap", 1):
            yield int(mapped[1], 16), int(mapped[2], 16), kb.get("Rss", 0) * 1024
