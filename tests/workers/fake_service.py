"""A service without TensorFlow, for the tests of the pool: it does what goes wrong in real life, on request."""

from __future__ import annotations

import importlib
import mmap
import os
import re
import signal
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

MB = 1024 * 1024
kept: list[object] = []
replies = 0


class OutOfRangeError(ValueError):
    """As the service's own checks raise it."""


BAD_REQUEST = (OutOfRangeError,)


def warm_up() -> None:
    """Wait, or fail, as the test that starts the pool wants it."""
    print("noise while starting")
    time.sleep(float(os.environ.get("FAKE_START_SECONDS", "0")))
    if "FAKE_START_GATE" in os.environ:
        hold(os.environ["FAKE_START_GATE"])
    if "FAKE_START_ERROR" in os.environ:
        raise RuntimeError(os.environ["FAKE_START_ERROR"])
    for sign in (signal.SIGKILL, signal.SIGSTOP):
        once = os.environ.get(f"FAKE_{sign.name}_ONCE")
        if once and not Path(once).exists():
            Path(once).touch()
            os.kill(os.getpid(), sign)


def after_request() -> None:
    """Count the replies."""
    global replies
    replies += 1


def add(left: int, right: int) -> dict[str, int]:
    return {"sum": left + right}


def pid() -> int:
    return os.getpid()


def imports(name: str) -> bool:
    """Whether a module can be imported in a worker."""
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def count_replies() -> int:
    return replies


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def hold(gate: str) -> str:
    """At work until there is a file of that name, however quick or slow the machine is."""
    while not Path(gate).exists():
        time.sleep(0.005)
    return Path(gate).name


def meet(folder: str, number: int, of: int) -> int:
    """At work until so many are at work at the same time."""
    (Path(folder) / str(number)).touch()
    while len(list(Path(folder).iterdir())) < of:
        time.sleep(0.005)
    return number


def stuck() -> object:
    """Never ends, and never lets go of Python's lock."""
    return re.match(r"(a+)+$", "a" * 64 + "b")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_once(log: str) -> int:
    """Killed from outside the first time, as by the system or an operator."""
    again = Path(log).exists()
    Path(log).touch()
    if not again:
        die()
    return os.getpid()


def stopped_once(log: str) -> int:
    """Stopped from outside the first time, in the middle of its work."""
    again = Path(log).exists()
    Path(log).touch()
    if not again:
        os.kill(os.getpid(), signal.SIGSTOP)
    return os.getpid()


def crash(log: str) -> None:
    """Its own fault, as an assertion in TensorFlow's C++: told by the exit code."""
    with Path(log).open("a") as told:
        told.write("x")
    os.abort()


def stop_process() -> int:
    """Answer, and then stand still, so that the next request is never read."""
    os.system(f"(sleep 0.2; kill -STOP {os.getpid()}) &")
    return os.getpid()


def allocate(mb: int) -> int:
    """Private memory: what the operating system limits."""
    return len(bytearray(mb * MB))


def allocate_shared(mb: int) -> int:
    """Memory that the operating system's limit doesn't count; held until somebody acts."""
    block = mmap.mmap(-1, mb * MB)
    for page in range(0, len(block), mmap.PAGESIZE):
        block[page] = 1
    time.sleep(30)
    return len(block)


def keep(mb: int) -> int:
    """A leak."""
    kept.append(b"x" * (mb * MB))
    return os.getpid()


def exhausted() -> None:
    class ResourceExhaustedError(Exception):
        """As TensorFlow's, which is no MemoryError."""

    raise ResourceExhaustedError("OOM when allocating tensor")


def talk(text: str) -> int:
    """Print through Python and past it, and read what isn't for us."""
    print(text, flush=True)
    os.write(1, text.encode() + b"\n")
    os.system("echo noise from a child")
    return len(input()) if os.read(0, 1) else 0


def big(mb: int) -> str:
    return "x" * (mb * MB)


def refuse() -> None:
    raise OutOfRangeError("units=0 was given; it must be a whole number from 1 to 4,096.")


def wrong() -> None:
    raise KeyError("units")


def unspeakable() -> object:
    return object()


def steps(n: int, seconds: float = 0.0, log: str = "") -> Generator[dict[str, int], None, dict[str, int]]:
    """n steps; `log` is a file to write to when the generator is closed."""
    try:
        for step in range(n):
            yield {"step": step}
            time.sleep(seconds)
    finally:
        if log:
            Path(log).write_text("tidied up")
    return {"steps": n}


def die_after(n: int) -> Iterator[int]:
    yield from range(n)
    die()


def deaf() -> Iterator[str]:
    """One step, and then none for a long time."""
    yield "only"
    time.sleep(30)


OPS: dict[str, Callable[..., object]] = {
    op.__name__: op
    for op in (
        add, pid, count_replies, sleep, hold, meet, stuck, die, killed_once, stopped_once, crash, stop_process,
        allocate, allocate_shared, keep, exhausted, talk,
        big, refuse, wrong, unspeakable, steps, die_after, deaf, imports,
    )
}  # fmt: skip
