"""What the server says about its pages to every browser: which code may run, where requests may go, what cookies may.

Streamlit sends no such headers. `app.py` puts `SecurityHeaders` around its server, so they are there however the app
is started, with or without a proxy in front. docs/SECURITY.md says what each one is for.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import settings
from settings import Kind

INDEX = Path(st.__file__).parent / "static" / "index.html"

# `https://moodle.example.org`, a `*.` before the name and a port allowed; nothing that could end the directive.
_NAME = r"[A-Za-z0-9](?>(?:-*+[A-Za-z0-9])*)"
_ORIGIN = re.compile(rf"https?://(\*\.)?{_NAME}(?>(?:\.{_NAME})*)(:\d{{1,5}})?")
_INLINE = re.compile(r"<script>((?>(?:[^<]++|<(?!/?script>))*))</script>")


def _are_origins(texts: tuple[str, ...]) -> bool:
    return all(_ORIGIN.fullmatch(text) for text in texts)


_ORIGINS = Kind(
    read=lambda text: tuple(text.split()),
    fits=_are_origins,
    expected="addresses such as https://moodle.example.org, separated by spaces",
)


@dataclass(frozen=True)
class Embedding:
    """Who may show the app within a page of theirs. Raises SettingError for what is no address."""

    frame_ancestors: tuple[str, ...] = settings.setting(
        (), _ORIGINS, "who may show the app in a frame", "addresses, separated by spaces"
    )

    def __post_init__(self) -> None:
        settings.check(self)


def inline_script_hashes(html: str) -> list[str]:
    """`["'sha256-…'"]` for each script that stands in `html` itself: only those, letter for letter, may run."""
    digests = (hashlib.sha256(text.encode()).digest() for text in _INLINE.findall(html))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def content_security_policy(html: str, embedding: Embedding) -> str:
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
        # nginx.conf reads from this directive whether somebody else is named in it.
        "frame-ancestors": ["'self'", *embedding.frame_ancestors],
    }
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())


def headers(html: str, embedding: Embedding) -> dict[str, str]:
    """All headers that are added to each reply."""
    return {
        "Content-Security-Policy": content_security_policy(html, embedding),
        "X-Content-Type-Options": "nosniff",
        # A link holds a learner's dims and pasted sizes: another site needn't read them.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def within_a_frame(cookie: str) -> str:
    """A Set-Cookie line changed so that browsers also send the cookie from a frame in another site's page.

    Partitioned: each embedding site has a cookie of its own, so that browsers which keep sites apart allow it, and
    nobody can be followed from one site to the next by it.
    """
    kept = [part for part in cookie.split("; ") if part.partition("=")[0].lower() not in _OF_THE_SITE]
    return "; ".join([*kept, "SameSite=None", "Secure", "Partitioned"])


_OF_THE_SITE = {"samesite", "secure", "partitioned"}


def is_private(scope: Scope) -> bool:
    """Whether the browser asked by https, here or at the proxy in front; loopback counts, as it does for browsers.

    A browser keeps a "Secure" cookie only then. The proxy's word is taken from anybody: who lies about it spoils only
    the cookie of their own browser.
    """
    asked = Headers(scope=scope)
    by = asked.get("x-forwarded-proto", scope.get("scheme", "http"))
    host = asked.get("host", "").rpartition(":")[0] or asked.get("host", "")
    return by.split(",")[0].strip() == "https" or host in _LOOPBACK


_LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


class SecurityHeaders:
    """ASGI middleware: `headers` on every HTTP reply, and cookies that work where the app may be embedded.

    Websockets pass untouched.
    """

    def __init__(self, app: ASGIApp, embedding: Embedding) -> None:
        self.app, self.embedding = app, embedding
        self.added = headers(INDEX.read_text(encoding="utf-8"), embedding)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        framed = bool(self.embedding.frame_ancestors) and is_private(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), framed)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _add(self, said: MutableHeaders, framed: bool) -> None:
        said.update(self.added)
        if framed and (cookies := said.getlist("set-cookie")):
            del said["set-cookie"]
            for cookie in cookies:
                said.append("set-cookie", within_a_frame(cookie))
