"""A worker: a process that holds Keras, reads requests from stdin, and writes replies to stdout.

    python -m workers.worker [--service explainers.service] [--memory-mb 512] [--result-mb 16] [--parent PID]

The service is a module with

    OPS: dict[str, Callable[..., object]]   what can be asked; takes keyword arguments, returns plain data; a
                                            generator function yields progress and returns the result
    warm_up()                               called once: build something, so that the first learner need not wait
    after_request()                         optional, called after each reply: tidy up
    BAD_REQUEST: tuple[type[Exception], …]  optional: errors that are the asker's; their text is shown as it is

Two threads: this one works, the other reads stdin. So a request can be stopped while it runs, and the worker
ends at once when the web process is gone, whatever it is doing.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import importlib
import inspect
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator
from typing import Any, BinaryIO

import msgspec
import psutil

from explainers.core import absent
from explainers.core.limits import out_of_memory
from workers import memory
from workers.messages import (
    NO_REQUEST,
    Cancel,
    Failure,
    Kind,
    Progress,
    Ready,
    Request,
    Result,
    Started,
    ToWeb,
    ToWorker,
    line,
)

MB = 1024 * 1024
NAME = "keras-worker"  # at most 15 letters
SPARE_SECONDS = 1.0  # the pool ends a late worker; this much later the worker does so itself
QUIET_SECONDS = 2.0  # without a request: time to tidy up, when nobody waits

# TensorFlow reads these when it is imported. Few threads, as several workers share the cores.
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",  # the same numbers on every processor
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}

# Keras imports it, where it is installed (Streamlit needs it), to know a table when it is given one. No request gives
# it any, and 68 MB a worker and half a second of its start are saved.
NOT_NEEDED = ("pandas",)


class CancelledError(Exception):
    """The asker doesn't want the reply any more."""


class BadRequestError(Exception):
    """Nothing the service could do anything with."""


class Channel:
    """Both directions of the talk with the web process, on file descriptors that nobody else has."""

    def __init__(self) -> None:
        self._in, self._out = _take_stdin(), _take_stdout()
        self.requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self.cancelled: set[int] = set()

    def send(self, message: ToWeb) -> None:
        """Write one line. When the web process is gone there is nobody to tell: end."""
        try:
            self._out.write(line(message))
            self._out.flush()
        except BrokenPipeError:
            os._exit(0)

    def listen(self) -> None:
        """Sort what comes in, until the web process closes the pipe or dies; then end, busy or not."""
        decoder = msgspec.json.Decoder(ToWorker)
        try:
            for text in self._in:
                message = decoder.decode(text)
                if isinstance(message, Cancel):
                    self.cancelled.add(message.id)
                else:
                    self.requests.put(message)
        except Exception:
            traceback.print_exc()
        os._exit(0)


class Worker:
    """Answers one request after the other with what the service can do."""

    def __init__(self, service: Any, channel: Channel, result_mb: int) -> None:
        self._service, self._channel = service, channel
        self._most_bytes = result_mb * MB
        self._bad_request: tuple[type[Exception], ...] = getattr(service, "BAD_REQUEST", ())
        self._after_request: Callable[[], object] = getattr(service, "after_request", lambda: None)

    def run(self) -> None:
        """Work until the process is ended from outside."""
        while True:
            request = self._next()
            self._channel.send(Started(request.id))
            _end_process_after(request.seconds + SPARE_SECONDS)
            reply = self._reply(request)
            _end_process_after(None)
            self._channel.cancelled.discard(request.id)
            self._channel.send(reply)
            self._after_request()

    def _next(self) -> Request:
        """The next request; what the last one has left is given back while there is none."""
        try:
            return self._channel.requests.get(timeout=QUIET_SECONDS)
        except queue.Empty:
            memory.trim()
            return self._channel.requests.get()

    def _reply(self, request: Request) -> Result | Failure:
        try:
            value = msgspec.json.encode(self._do(request))
            if len(value) > self._most_bytes:
                raise MemoryError(f"the reply has {len(value):,} bytes, {self._most_bytes:,} are allowed")
            return Result(request.id, msgspec.Raw(value))
        except Exception as error:
            kind = self._kind(error)
            if kind == "failed":
                traceback.print_exc()  # a mistake of ours belongs in the server's log
            own_words = kind == "bad_request"
            return Failure(request.id, kind, str(error) if own_words else f"{type(error).__name__}: {error}")

    def _do(self, request: Request) -> object:
        """Call the op; a generator is run to its end, step by step."""
        op = self._service.OPS.get(request.op)
        if op is None:
            raise BadRequestError(f"This server can't do {request.op!r}. Reload the page and try again.")
        try:
            inspect.signature(op).bind(**request.args)
        except TypeError as error:
            raise BadRequestError(
                f"{request.op!r} got wrong arguments ({error}). Reload the page and try again."
            ) from None
        outcome = op(**request.args)
        return self._steps(request.id, outcome) if isinstance(outcome, Generator) else outcome

    def _steps(self, id: int, steps: Generator[object, None, object]) -> object:
        while True:
            if id in self._channel.cancelled:
                steps.close()  # runs its `finally`
                raise CancelledError
            try:
                progress = next(steps)
            except StopIteration as stop:
                return stop.value
            self._channel.send(Progress(id, msgspec.Raw(msgspec.json.encode(progress))))

    def _kind(self, error: Exception) -> Kind:
        if isinstance(error, (BadRequestError, *self._bad_request)):
            return "bad_request"
        if isinstance(error, CancelledError):
            return "cancelled"
        if out_of_memory(error):
            return "memory"
        return "failed"


def _take_stdin() -> BinaryIO:
    """The pipe from the web process. Whoever reads standard input from now on finds it empty."""
    pipe = os.fdopen(os.dup(0), "rb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return pipe


def _take_stdout() -> BinaryIO:
    """The pipe to the web process. What anybody prints from now on, in C too, goes to the log (stderr)."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def _end_process_after(seconds: float | None) -> None:
    """Let the operating system end this process after `seconds`; None: not any more.

    A net below the net: code that never lets go of Python's lock also stops the thread that watches stdin. If
    the web process dies then, nobody else would ever end this one.
    """
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds or 0)


def _limit_memory(megabytes: int) -> None:
    """Refuse this process more than `megabytes` above what it uses now: the allocation fails, not the machine."""
    if sys.platform == "linux":
        import resource

        most = psutil.Process().memory_info().data + megabytes * MB
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def be_called_a_worker() -> None:
    """The name that `top` and `ps` show; workers that were forked look all the same without it."""
    if sys.platform == "linux":
        set_name = 15  # PR_SET_NAME of prctl(2)
        ctypes.CDLL(None).prctl(set_name, NAME.encode())


def end_with(parent: int) -> None:
    """Let the operating system end this process with its parent, also when it stands still (``kill -STOP``)."""
    if sys.platform == "linux":
        die_with_parent = 1  # PR_SET_PDEATHSIG of prctl(2)
        ctypes.CDLL(None).prctl(die_with_parent, signal.SIGKILL)
        if parent and os.getppid() != parent:  # it ended before this
            os._exit(0)


def _versions() -> dict[str, str]:
    """The versions of what is loaded: {"python": "3.11.7", "keras": "3.15.1", ...}."""
    loaded = [name for name in ("keras", "tensorflow", "tf_keras", "numpy") if name in sys.modules]
    python = ".".join(map(str, sys.version_info[:3]))
    return {"python": python, **{name: str(sys.modules[name].__version__) for name in loaded}}


def load(name: str) -> Any:
    """Import the service, as TensorFlow is to be set for it."""
    os.environ.update(ENVIRONMENT | os.environ)  # what is set already stays
    for unneeded in NOT_NEEDED:
        sys.modules[unneeded] = None  # type: ignore[assignment]  # Python's way to say: not to be had
    absent.leave_out()
    gc.disable()  # what an import makes stays: to look through it for garbage is a fifth of the time
    try:
        return importlib.import_module(name)
    finally:
        gc.enable()


def work(service: Callable[[], Any], memory_mb: int, result_mb: int, begun: float) -> None:
    """Warm the service up, say that we are ready, work. Standard input and output are those of the pool."""
    channel = Channel()
    threading.Thread(target=channel.listen, name="stdin", daemon=True).start()
    try:
        found = service()
        found.warm_up()
        gc.collect()
        gc.freeze()  # Keras' 350,000 objects stay for good: don't look through them in every collection
    except Exception as error:
        traceback.print_exc()
        channel.send(Failure(NO_REQUEST, "starting", f"{type(error).__name__}: {error}"))
        os._exit(1)  # not sys.exit: the other thread is inside a read that Python can't interrupt
    _limit_memory(memory_mb)
    channel.send(Ready(round(time.monotonic() - begun, 3), _versions()))
    Worker(found, channel, result_mb).run()


def read_options(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """What a worker is told on its command line."""
    parser.add_argument("--service", default="explainers.service")
    parser.add_argument("--memory-mb", type=int, default=512)
    parser.add_argument("--result-mb", type=int, default=16)
    parser.add_argument("--parent", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Start, say that we are ready, work."""
    begun = time.monotonic()
    options = read_options(argparse.ArgumentParser(prog="python -m workers.worker", description=__doc__))
    end_with(options.parent)
    be_called_a_worker()
    work(lambda: load(options.service), options.memory_mb, options.result_mb, begun)


if __name__ == "__main__":
    main()
