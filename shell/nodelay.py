"""Send small messages at once.

A system holds a small packet back until the one before it was acknowledged, and a browser acknowledges after 40 ms
unless it has something to say itself. Each change of a dim is answered in many small messages, so that was 30 to 40
ms of every change (measured: 48 ms in the median until the answer is whole, 18 without). Python switches this off
for its own sockets, but not for the one that Streamlit's server opens.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat

_SEARCHED = 256  # descriptors: the server opens its port early


def send_at_once() -> int:
    """Every connection that this process will accept sends without delay; returns how many ports it listens on.

    Connections inherit it from the socket that accepts them.
    """
    return sum(_set(descriptor) for descriptor in range(3, _SEARCHED))


def _set(descriptor: int) -> bool:
    with contextlib.suppress(OSError):
        if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            with socket.socket(fileno=os.dup(descriptor)) as found:
                if found.family in (socket.AF_INET, socket.AF_INET6) and _listens(found):
                    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    return True
    return False


def _listens(found: socket.socket) -> bool:
    return bool(found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
