"""What the server says about its pages to every browser: which code may run, where requests may go.

Streamlit sends no such headers. `app.py` puts `SecurityHeaders` around its server, so they are there however the app
is started, with or without a proxy in front. docs/SECURITY.md says what each one is for.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

VARIABLE = "SHAPE_EXPLAINER_FRAME_ANCESTORS"
INDEX = Path(st.__file__).parent / "static" / "index.html"

# `https://moodle.example.org`, a `*.` before the name and a port allowed; nothing that could end the directive.
_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?")
_INLINE = re.compile(r"<script>((?:[^<]++|<(?!/?script>))*+)</script>")


class HeadersError(ValueError):
    """The addresses that may embed the app can't be read. The text says what was given and what is expected."""


def inline_script_hashes(html: str) -> list[str]:
    """`["'sha256-…'"]` for each script that stands in `html` itself: only those, letter for letter, may run."""
    digests = (hashlib.sha256(text.encode()).digest() for text in _INLINE.findall(html))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def frame_ancestors(environment: Mapping[str, str]) -> list[str]:
    """Who may show the app in a frame: itself, and the origins that the variable names. Raises HeadersError."""
    origins = environment.get(VARIABLE, "").split()
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise HeadersError(
                f"{VARIABLE} has {origin!r}; it must be addresses such as https://moodle.example.org, "
                "with a space between two."
            )
    return ["'self'", *origins]


def content_security_policy(html: str, environment: Mapping[str, str]) -> str:
    """The policy for the app whose first page is `html`."""
    directives = {
        "default-src": ["'self'"],
        # Streamlit loads a component's script through a blob: address that its own code makes.
        "script-src": ["'self'", "blob:", *inline_script_hashes(html)],
        # Streamlit's style library writes <style> elements while the page runs, and SVG has style attributes.
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": frame_ancestors(environment),
    }
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())


def headers(html: str, environment: Mapping[str, str]) -> dict[str, str]:
    """All headers that are added to each answer."""
    return {
        "Content-Security-Policy": content_security_policy(html, environment),
        "X-Content-Type-Options": "nosniff",
        # A link holds a learner's dims and pasted sizes: another site needn't read them.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


class SecurityHeaders:
    """ASGI middleware that adds `headers` to every HTTP answer; websockets pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.added = headers(INDEX.read_text(encoding="utf-8"), os.environ)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.added)
            await send(message)

        await self.app(scope, receive, send_with_headers)
