"""What is given back to the system is really gone, and nothing of it is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workers import memory

ROOT = Path(__file__).resolve().parents[2]
SMAPS = """\
10000000-10003000 r-xp 00000000 fe:00 265 /usr/lib/only read.so
Rss:                  12 kB
Anonymous:             0 kB
Swap:                  0 kB
20000000-20005000 r--p 00000000 fe:00 265 /usr/lib/filled in by the loader.so
Rss:                  20 kB
Anonymous:             4 kB
Swap:                  0 kB
30000000-30007000 rw-p 00000000 fe:00 265 /usr/lib/data.so
Rss:                  28 kB
Anonymous:             0 kB
Swap:                  0 kB
40000000-4000b000 r--s 00000000 fe:00 265 /shared
Rss:                  44 kB
Anonymous:             0 kB
Swap:                  0 kB
50000000-5000d000 r--p 00000000 00:00 0
Rss:                  52 kB
Anonymous:             0 kB
Swap:                  0 kB
60000000-60011000 r--p 00000000 00:00 0 [vvar]
Rss:                  68 kB
Anonymous:             0 kB
Swap:                  0 kB
70000000-70013000 r--p 00000000 fe:00 265 /usr/lib/swapped.so
Rss:                  76 kB
Anonymous:             0 kB
Swap:                  4 kB
"""


def test_only_what_is_on_the_disk_as_it_is_here_is_let_go() -> None:
    assert list(memory._only_read(SMAPS)) == [(0x10000000, 0x10003000, 12 * 1024)]


LETS_GO = """
import sys
sys.path.insert(0, ".")
import numpy as np
from workers import memory

def resident():
    text = open("/proc/self/smaps_rollup").read()
    return {line.split(":")[0]: int(line.split()[1]) for line in text.splitlines()[1:]}

before = np.linalg.eigvalsh(np.diag([2.0, 3.0, 5.0, 7.0]))
files = resident()
given = memory.unmap_files()
memory.give_back()
left = resident()
after = np.linalg.eigvalsh(np.diag([2.0, 3.0, 5.0, 7.0]))
print(given > 1_000_000, files["Rss"] - left["Rss"] > 1000, left["Anonymous"] > 0, (before == after).all())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux alone")
def test_a_process_works_on_after_it_let_its_libraries_go() -> None:
    done = subprocess.run([sys.executable, "-c", LETS_GO], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True True True True\n"
