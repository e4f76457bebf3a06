"""What a container engine, a cluster or a proxy asks: does this copy answer questions, and should it be replaced?

Streamlit's own health address says that its port is open; it knows nothing of the workers. These two do:

    GET /health/ready   200 once a worker can answer a short question; 503, with the reason in words, until then
    GET /health/alive   503 where nothing but a new start helps: a thread of the pool has ended, or no worker starts

Asking also starts the workers, as the first learner would.
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from shell import engine
from shell.probe import READY
from workers.pool import PoolState

ALIVE = "/health/alive"
_FOLDERS = re.compile(r"(/[^\s/:'\"]+)+/")  # these addresses may be asked by strangers: no paths
LOST = "The thread that watches the workers has stopped: restart this copy."


def not_ready(state: PoolState) -> str:
    """Why a short question would not be answered at once; "" where it would."""
    if not state.alive:
        return LOST
    if state.ready:
        return ""
    if state.last_failure:
        return f"No worker is ready. The last thing that went wrong: {_FOLDERS.sub('…/', state.last_failure)}."
    return f"Keras is starting, for {state.seconds:.0f} s so far."


def not_alive(state: PoolState) -> str:
    """Why only a new start helps; "" where none is needed."""
    if not state.alive:
        return LOST
    return not_ready(state) if state.hopeless and not state.ready else ""


# Plain functions, not coroutines: the server runs them in a thread, so a pool that is stuck can't stop the pages.
def ready(_request: Request) -> PlainTextResponse:
    """The reply to READY."""
    return _reply(not_ready(engine.state()))


def alive(_request: Request) -> PlainTextResponse:
    """The reply to ALIVE."""
    return _reply(not_alive(engine.state()))


def _reply(why_not: str) -> PlainTextResponse:
    return PlainTextResponse(why_not or "ok", 503 if why_not else 200, headers={"Cache-Control": "no-store"})


ROUTES = [Route(READY, ready), Route(ALIVE, alive)]
