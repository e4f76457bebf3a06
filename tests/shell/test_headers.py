"""The headers for browsers: the policy's words, and who may embed the app."""

from __future__ import annotations

import pytest

from shell.headers import INDEX, VARIABLE, HeadersError, content_security_policy, headers, inline_script_hashes


def directives(environment: dict[str, str], html: str = "") -> dict[str, list[str]]:
    """The policy taken apart: name -> sources."""
    parts = [part.split(" ") for part in content_security_policy(html, environment).split("; ")]
    return {name: sources for name, *sources in parts}


def test_the_hash_is_that_of_the_script_between_its_tags() -> None:
    # from the shell: printf 'alert(1)' | openssl dgst -sha256 -binary | base64
    html = '<script src="a.js"></script><script>alert(1)</script>'
    assert inline_script_hashes(html) == ["'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"]


def test_streamlits_page_has_one_script_in_itself() -> None:
    """Were there none, or more, somebody should look at what they do."""
    assert len(inline_script_hashes(INDEX.read_text(encoding="utf-8"))) == 1


def test_no_script_runs_that_is_not_named() -> None:
    said = directives({}, "<script>x</script>")
    assert "'unsafe-inline'" not in said["script-src"]
    assert "'unsafe-eval'" not in said["script-src"]
    assert said["default-src"] == said["connect-src"] == said["base-uri"] == said["form-action"] == ["'self'"]
    assert said["object-src"] == ["'none'"]
    hosts = [source for sources in said.values() for source in sources if "." in source or "*" in source]
    assert hosts == []


def test_a_learning_platform_may_be_named() -> None:
    said = directives({VARIABLE: "https://moodle.example.org https://*.school.example:8443"})
    assert said["frame-ancestors"] == ["'self'", "https://moodle.example.org", "https://*.school.example:8443"]


@pytest.mark.parametrize("bad", ["*", "moodle.example.org", "https://a.b; script-src *", "https://a.b/path", "'none'"])
def test_what_is_no_origin_is_refused(bad: str) -> None:
    with pytest.raises(HeadersError, match=r"it must be addresses such as https://moodle\.example\.org") as refused:
        headers("", {VARIABLE: bad})
    assert str(refused.value).startswith(f"{VARIABLE} has {bad.split()[0]!r};")
