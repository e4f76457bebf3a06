"""A process that has imported Keras, does nothing with it, and forks workers: `python -m workers.zygote`, on Linux.

Importing TensorFlow takes seconds and hundreds of MB; a fork has it at once, and shares the memory. It must be done
before TensorFlow has run anything: its threads don't survive a fork. So the service is imported here and warmed up in
each worker, and where more than one thread runs after the import this process says so and ends; workers are then
started one by one, as on other systems (`nursery.py`, the web side).

On a socket that keeps messages apart (the first descriptor after the standard ones):

    web -> zygote   fork        with two descriptors: the worker's standard input and output
    zygote -> web   {"type": "ready"}
                    {"type": "forked", "pid": 7}      with a descriptor of the process (pidfd_open(2))
                    {"type": "ended", "pid": 7, "code": -9}
                    {"type": "failed", "why": "..."}  no process, or none to be had

It ends when the web process does, and its workers with it.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import random
import selectors
import socket
import sys
import time
import traceback
from typing import Any

import msgspec

from workers import memory, worker

FORK = b"fork"


class Ready(msgspec.Struct, tag="ready"):
    """The service is imported: from now on a fork takes milliseconds."""


class Forked(msgspec.Struct, tag="forked"):
    """A new worker."""

    pid: int


class Ended(msgspec.Struct, tag="ended"):
    """A worker's end. code: as `subprocess` says it, -9 for killed."""

    pid: int
    code: int


class Failed(msgspec.Struct, tag="failed"):
    """No worker, and why."""

    why: str


ToNursery = Ready | Forked | Ended | Failed


class Zygote:
    """Forks when it is told to, and tells of the end of each worker."""

    def __init__(self, web: socket.socket, service: Any, options: argparse.Namespace) -> None:
        self._web, self._service, self._options = web, service, options
        self._living = selectors.DefaultSelector()
        self._living.register(web, selectors.EVENT_READ)

    def run(self) -> None:
        """Until the web process closes the socket."""
        while True:
            for key, _ in self._living.select():
                if key.fileobj is self._web:
                    self._listen()
                else:
                    self._bury(int(key.fd), key.data)

    def _listen(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self._web, 64, 2)
        if not message:
            os._exit(0)
        try:
            if message != FORK or len(descriptors) != 2:
                raise OSError(f"{message!r} with {len(descriptors)} descriptors")
            self._fork(descriptors)
        except OSError as error:
            _say(self._web, Failed(f"{type(error).__name__}: {error}"))
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _fork(self, pipes: list[int]) -> None:
        pid = os.fork()
        if pid == 0:
            self._become_worker(pipes)
        watched = os.pidfd_open(pid)
        self._living.register(watched, selectors.EVENT_READ, pid)
        _say(self._web, Forked(pid), watched)

    def _bury(self, watched: int, pid: int) -> None:
        self._living.unregister(watched)
        os.close(watched)
        _, status = os.waitpid(pid, 0)
        _say(self._web, Ended(pid, os.waitstatus_to_exitcode(status)))

    def _become_worker(self, pipes: list[int]) -> None:
        """From here on this is another process, which never returns."""
        try:
            begun = time.monotonic()
            zygote = os.getppid()
            os.setsid()
            for descriptor in [key.fd for key in self._living.get_map().values()]:
                os.close(descriptor)
            for standard, pipe in enumerate(pipes):
                os.dup2(pipe, standard)
                os.close(pipe)
            worker.end_with(zygote)
            worker.be_called_a_worker()
            random.seed()  # not the same numbers in each
            worker.work(lambda: self._service, self._options.memory_mb, self._options.result_mb, begun)
        except BaseException:
            traceback.print_exc()
        os._exit(1)


def _say(web: socket.socket, message: ToNursery, *descriptors: int) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the next read finds that it is gone
        socket.send_fds(web, [msgspec.json.encode(message)], descriptors)


def main() -> None:
    """Import, say that we are ready, fork."""
    parser = argparse.ArgumentParser(prog="python -m workers.zygote", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--socket", type=int, required=True)
    options = worker.read_options(parser)
    worker.end_with(options.parent)
    web = socket.socket(fileno=options.socket)
    try:
        service = worker.load(options.service)
        memory.give_back()
        gc.freeze()  # a collection in a worker that looked at these would copy them
        memory.unmap_files()  # forking needs none of them
        threads = len(os.listdir("/proc/self/task"))
        if threads > 1:
            raise RuntimeError(f"{threads} threads run after the import, and would be missing after a fork")
    except Exception as error:
        traceback.print_exc()
        _say(web, Failed(f"{type(error).__name__}: {error}"))
        sys.exit(1)
    _say(web, Ready())
    Zygote(web, service, options).run()


if __name__ == "__main__":
    main()
