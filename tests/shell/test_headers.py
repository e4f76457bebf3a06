"""The headers for browsers: the policy's words, and who may embed the app."""

from __future__ import annotations

import pytest

from settings import PREFIX, SettingError, read
from shell.headers import (
    INDEX,
    Embedding,
    content_security_policy,
    inline_script_hashes,
    is_private,
    within_a_frame,
)

VARIABLE = f"{PREFIX}FRAME_ANCESTORS"


def directives(embedding: Embedding = Embedding(), html: str = "") -> dict[str, list[str]]:  # noqa: B008 (frozen)
    """The policy taken apart: name -> sources."""
    parts = [part.split(" ") for part in content_security_policy(html, embedding).split("; ")]
    return {name: sources for name, *sources in parts}


def test_the_hash_is_that_of_the_script_between_its_tags() -> None:
    # from the shell: printf 'alert(1)' | openssl dgst -sha256 -binary | base64
    html = '<script src="a.js"></script><script>alert(1)</script>'
    assert inline_script_hashes(html) == ["'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"]


def test_streamlits_page_has_one_script_in_itself() -> None:
    """Were there none, or more, somebody should look at what they do."""
    assert len(inline_script_hashes(INDEX.read_text(encoding="utf-8"))) == 1


def test_no_script_runs_that_is_not_named() -> None:
    said = directives(html="<script>x</script>")
    assert "'unsafe-inline'" not in said["script-src"]
    assert "'unsafe-eval'" not in said["script-src"]
    assert said["default-src"] == said["connect-src"] == said["base-uri"] == said["form-action"] == ["'self'"]
    assert said["object-src"] == ["'none'"]
    hosts = [source for sources in said.values() for source in sources if "." in source or "*" in source]
    assert hosts == []


def test_a_learning_platform_may_be_named() -> None:
    said = directives(read(Embedding, {VARIABLE: "https://moodle.example.org  https://*.school.example:8443"}))
    assert said["frame-ancestors"] == ["'self'", "https://moodle.example.org", "https://*.school.example:8443"]


@pytest.mark.parametrize(
    "bad",
    [
        "*", "moodle.example.org", "https://a.b; script-src *", "https://a.b/path", "'none'", "javascript:x", "data:",
        "https://a..b", "https://-a.b", "https://a.b:port", "https://*.*.b", "https://user@a.b",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(bad: str) -> None:
    with pytest.raises(SettingError) as refused:
        read(Embedding, {VARIABLE: f"https://moodle.example.org {bad}"})
    assert str(refused.value) == (
        f"{VARIABLE}=https://moodle.example.org {bad} was given; it must be addresses such as "
        "https://moodle.example.org, separated by spaces (who may show the app in a frame)."
    )


# --- cookies


def test_a_cookie_for_a_frame_keeps_all_but_what_ties_it_to_the_site() -> None:
    changed = within_a_frame("_streamlit_xsrf=2|ab=|cd; Path=/shapes; samesite=Lax; HttpOnly")
    assert changed == "_streamlit_xsrf=2|ab=|cd; Path=/shapes; HttpOnly; SameSite=None; Secure; Partitioned"
    assert within_a_frame(changed) == changed


@pytest.mark.parametrize(
    ("scheme", "headers", "private"),
    [
        ("https", {"host": "shapes.example"}, True),
        ("http", {"host": "shapes.example"}, False),
        ("http", {"host": "shapes.example", "x-forwarded-proto": "https"}, True),
        ("http", {"host": "shapes.example", "x-forwarded-proto": "https, http"}, True),
        ("https", {"host": "shapes.example", "x-forwarded-proto": "http"}, False),
        ("http", {"host": "127.0.0.1:8501"}, True),
        ("http", {"host": "localhost"}, True),
        ("http", {"host": "[::1]:8501"}, True),
        ("http", {"host": "localhost.example:8501"}, False),
        ("http", {}, False),
    ],
)
def test_where_a_browser_keeps_a_secure_cookie(scheme: str, headers: dict[str, str], private: bool) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert is_private({"type": "http", "scheme": scheme, "headers": raw}) is private
