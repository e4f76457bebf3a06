"""The addresses of what the pages of a class ask. Who answers is `shell.class_api`, which comes with the first request.

A class needs its store, and with it SQLAlchemy, a fifth of what a start would import; most visitors never open one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import config

REQUESTS = ("state", "join", "answer", "board")


def routes() -> list[Route]:
    """One for each thing that can be asked, under the app's own path where it has one."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    start = f"/{base}/class" if base else "/class"
    return [Route(f"{start}/{name}", _endpoint(name), methods=["POST"]) for name in REQUESTS]


def _endpoint(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        reply = await run_in_threadpool(_replier, name)  # importing must not hold the pages
        return await reply(request)

    return endpoint


def _replier(name: str) -> Callable[[Request], Awaitable[Response]]:
    from shell import class_api

    return class_api.endpoint(name)
