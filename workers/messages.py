"""What the web process and a worker say to each other: one JSON object a line, told apart by its `type`.

    web -> worker   {"type": "request", "id": 7, "op": "explain", "args": {"name": "conv1d"}, "seconds": 20.0}
                    {"type": "cancel", "id": 7}
    worker -> web   {"type": "ready", "seconds": 3.1, "versions": {"keras": "3.15.1"}}
                    {"type": "started", "id": 7}
                    {"type": "progress", "id": 7, "value": {"epoch": 1}}      any number of these
                    {"type": "result", "id": 7, "value": ...}                 exactly one of these two
                    {"type": "failure", "id": 7, "kind": "memory", "message": "..."}

`msgspec.Raw` is JSON that is passed on as it is: only who wants the value spends time on reading it.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Kind = Literal["starting", "timeout", "memory", "died", "busy", "cancelled", "bad_request", "failed"]

NO_REQUEST = 0  # the id in a failure that happened while the worker was starting

# For learners: what happened, and what to do. {message} is the service's own text.
SENTENCES: dict[Kind, str] = {
    "starting": "Keras is still starting on the server. Try again in a few seconds.",
    "timeout": "This took longer than {seconds:g} seconds and was stopped. Choose smaller sizes and try again.",
    "memory": "This needs more than the {memory_mb:,} MB of memory that one request may use, so it was stopped. "
    "Choose smaller sizes and try again.",
    "died": (
        "Keras crashed on this request, most likely because the sizes were too large. It is restarting: choose "
        "smaller sizes, or try again in a few seconds."
    ),
    "busy": "Many people are asking right now. Wait a few seconds and try again.",
    "cancelled": "This was stopped before it was finished. Start it again whenever you like.",
    "bad_request": "{message}",
    "failed": (
        "Something went wrong in this app; it isn't your mistake: {message}. Try different sizes, and please report it."
    ),
}

# The sentence for "starting" when it has failed again and again.
CANT_START = (
    "Keras can't be started on the server, so no model can be shown at the moment. Please tell the person who runs "
    "the server; its log says why."
)


class WorkerError(Exception):
    """No reply, and why. `str(error)` is the sentence for the learner; `detail` is for the log."""

    def __init__(self, kind: Kind, sentence: str, detail: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence
        self.detail = detail


class Request(msgspec.Struct, tag="request"):
    """Do `op` with `args`. seconds: the pool waits no longer than this."""

    id: int
    op: str
    args: dict[str, Any]
    seconds: float


class Cancel(msgspec.Struct, tag="cancel"):
    """Stop the request between two of its steps."""

    id: int


class Ready(msgspec.Struct, tag="ready"):
    """The service is imported and warm. seconds: how long that took."""

    seconds: float
    versions: dict[str, str]


class Started(msgspec.Struct, tag="started"):
    """The request has left the queue: from here on the worker's end may be the request's fault."""

    id: int


class Progress(msgspec.Struct, tag="progress"):
    """One step of a long request is done."""

    id: int
    value: msgspec.Raw


class Result(msgspec.Struct, tag="result"):
    """The reply."""

    id: int
    value: msgspec.Raw


class Failure(msgspec.Struct, tag="failure"):
    """No reply. message: the error in its own words."""

    id: int
    kind: Kind
    message: str


ToWorker = Request | Cancel
ToWeb = Ready | Started | Progress | Result | Failure


def line(message: ToWorker | ToWeb) -> bytes:
    """The message as one line of JSON."""
    return msgspec.json.encode(message) + b"\n"
