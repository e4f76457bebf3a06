"""What was read in a pasted text, as HTML and sentences. What was pasted is text here, never markup."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qsl, urlsplit

from explainers.core.axes import Shape
from explainers.diagnose.finding import Mark
from explainers.diagnose.pasted import Pasted
from views import palette

KINDS = {
    "error": "An error message",
    "summary": "A printed summary",
    "code": "Keras code",
    "unknown": "Not recognised",
}
LONGEST_SHOWN = 6000  # characters of the pasted text that are repeated


def marked(text: str, marks: tuple[Mark, ...], line: int | None = None) -> str:
    """HTML of the text with what was recognised marked, each mark with a title that says what it is.

    line: the line (from 1) at which the live model failed.
    """
    shown = text[:LONGEST_SHOWN]
    pieces: list[str] = []
    end = 0
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if mark.start < end or mark.end > len(shown) or mark.start >= mark.end:
            continue
        pieces.append(escape(shown[end : mark.start]))
        pieces.append(f'<mark title="{escape(mark.what)}">{escape(shown[mark.start : mark.end])}</mark>')
        end = mark.end
    pieces.append(escape(shown[end:]))
    body = "".join(pieces)
    if line is not None:
        lines = body.split("\n")
        if 0 < line <= len(lines):
            lines[line - 1] = f'<span class="fails">{lines[line - 1]}  ← fails here</span>'
        body = "\n".join(lines)
    more = f"\n… and {len(text) - LONGEST_SHOWN:,} more characters" if len(text) > LONGEST_SHOWN else ""
    return f'<pre class="pasted" tabindex="0">{body}{more}</pre>'


def told(shape: Shape) -> str:
    """Markdown of a shape found in the text: ``(**None** batch, **15** features)`` in the colours of its axes."""
    names = ["" if axis.axis == "unknown" else f" {axis.axis}" for axis in shape]
    axes = [palette.directive(axis.axis, str(axis.size)) + name for axis, name in zip(shape, names, strict=True)]
    return f"({', '.join(axes)})"


def recognised(found: Pasted) -> list[dict[str, str]]:
    """One row per number that was recognised."""
    return [{"what": name, "value": str(value)} for name, value in found.dims.items()]


def query(url: str | None) -> dict[str, str]:
    """The dims of a link: ``/conv1d?steps=1`` -> {"steps": "1"}."""
    return dict(parse_qsl(urlsplit(url or "").query, keep_blank_values=True))
