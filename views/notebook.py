"""A model as one piece of HTML: no script, no request, readable on a light and on a dark ground.

fragment(...)   for the output of a notebook's cell
page(...)       the same as a file of its own
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from html import escape

from explainers.core.axes import Shape, spoken
from explainers.core.results import Inspection, Layer, Weight
from views import flow_svg, palette, shape_flow
from views.ledger import remark

_LIGHT = "--paper:#fff;--ink:#1e293b;--quiet:#475569;--line:#cbd5e1;--panel:#f8fafc;--bad:#b91c1c;"
_DARK = "--paper:#111827;--ink:#e5e7eb;--quiet:#cbd5e1;--line:#475569;--panel:#1b2433;--bad:#fca5a5;"
# Who says that a notebook is dark: the system, or (more surely) JupyterLab, VS Code and Colab themselves.
_SAYS_DARK = ('[data-jp-theme-light="false"]', ".vscode-dark", ".vscode-high-contrast", "[theme=dark]")
_SAYS_LIGHT = ('[data-jp-theme-light="true"]', ".vscode-light", "[theme=light]")
_RULES = """
.sxn{background:var(--paper);color:var(--ink);border:1px solid var(--line);border-radius:8px;padding:14px 16px;
font:14px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;max-width:1100px;color-scheme:var(--scheme)}
.sxn .sentence{margin:0 0 10px;color:var(--ink)}
.sxn .note{margin:0 0 10px;color:var(--quiet)}
.sxn .scroll{overflow:auto;max-height:720px;border:1px solid var(--line);border-radius:6px;background:var(--paper)}
.sxn .scroll:focus-visible,.sxn summary:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
.sxn svg.flow{display:block;margin:0 auto}
.sxn .box{fill:var(--panel);stroke:var(--line)}
.sxn .failed{stroke:var(--bad);stroke-dasharray:5 3}
.sxn .link{fill:none;stroke:var(--quiet);stroke-width:1.3}
.sxn .head{font:600 13px ui-monospace,Menlo,Consolas,monospace;fill:var(--ink)}
.sxn .under{font:10.5px ui-monospace,Menlo,Consolas,monospace;fill:var(--quiet)}
.sxn .chip{fill:var(--ax-fill);stroke:var(--ax)}
.sxn .open{stroke-dasharray:4 3}
.sxn .size{font:600 13px ui-monospace,Menlo,Consolas,monospace;fill:var(--ax);text-anchor:middle}
.sxn .name{font:10.5px ui-monospace,Menlo,Consolas,monospace;fill:var(--ax);text-anchor:middle}
.sxn details{margin-top:8px;border:1px solid var(--line);border-radius:6px;padding:6px 10px;background:var(--panel)}
.sxn summary{cursor:pointer;color:var(--ink)}
.sxn table{border-collapse:collapse;margin:8px 0;background:transparent;color:var(--ink);font-size:13px}
.sxn th,.sxn td{text-align:left;padding:3px 14px 3px 0;border:0;border-bottom:1px solid var(--line);
background:transparent;color:var(--ink);vertical-align:top}
.sxn .n{text-align:right;font-variant-numeric:tabular-nums}
.sxn .ax{color:var(--ax);font-weight:600}
.sxn pre{overflow:auto;background:transparent;color:var(--ink);font:12.5px/1.5 ui-monospace,Menlo,Consolas,monospace}
"""


def fragment(name: str, sentence: str, inspection: Inspection, notes: Sequence[str] = ()) -> str:
    """The output of a cell."""
    data = shape_flow.data(inspection)
    key = "sxn-" + hashlib.sha256(f"{name}{data['text']}".encode("utf-8", "replace")).hexdigest()[:10]
    parts = [
        f'<section class="sxn" aria-label="{escape(f"Shapes of {name}")}"><style>{_css()}</style>',
        f'<p class="sentence">{escape(sentence)}</p>',
        *(f'<p class="note">{escape(note)}</p>' for note in notes),
        f'<div class="scroll" tabindex="0" role="group" aria-label="Shape flow">'
        f"{flow_svg.svg(data, f'Shape flow of {name}', key)}</div>",
        _ledger(inspection),
        _folded("As code", f'<pre tabindex="0">{escape(inspection.code)}</pre>') if inspection.code else "",
        "</section>",
    ]
    return _whole("".join(parts))


def page(name: str, sentence: str, inspection: Inspection, notes: Sequence[str] = ()) -> str:
    """A whole file."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_whole(escape(name))}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        "<style>body{margin:16px;background:#fff}@media (prefers-color-scheme:dark){body{background:#111827}}</style>"
        f"</head><body><main>{fragment(name, sentence, inspection, notes)}</main></body></html>\n"
    )


def _whole(text: str) -> str:
    """Without half characters, which no file and no message can carry."""
    return text.encode("utf-8", "replace").decode()


def _css() -> str:
    light = _LIGHT + "--scheme:light;" + palette.properties(dark=False)
    dark = _DARK + "--scheme:dark;" + palette.properties(dark=True)
    classes = "".join(f".sxn .ax-{name}{{--ax:var(--{name});--ax-fill:var(--{name}-fill)}}" for name in palette.COLOURS)
    said_light = ",".join(f"{place} .sxn" for place in _SAYS_LIGHT)
    said_dark = ",".join(f"{place} .sxn" for place in _SAYS_DARK)
    return (
        f".sxn{{{light}}}@media (prefers-color-scheme:dark){{.sxn{{{dark}}}}}"
        f"{said_light}{{{light}}}{said_dark}{{{dark}}}{classes}{_RULES}"
    )


# -- the ledger ----------------------------------------------------------------------------------------------


def _ledger(inspection: Inspection) -> str:
    weighty = [layer for layer in inspection.layers if layer.weights]
    if not weighty:
        return '<p class="note">No layer has weights.</p>'
    total = f"Parameters: {inspection.total_params:,}, layer by layer"
    return _folded(total, "".join(_layer(layer) for layer in weighty))


def _folded(title: str, inside: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{inside}</details>"


def _layer(layer: Layer) -> str:
    rows = "".join(_row(weight) for weight in layer.weights)
    caption = f"{layer.name} ({layer.class_name}): {layer.params:,}"
    head = "<tr><th>weight</th><th>axes</th><th>in words</th><th>in numbers</th><th class=n>count</th></tr>"
    said = remark(layer)
    return _folded(
        caption,
        f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" + (f"<p>{escape(said)}</p>" if said else ""),
    )


def _row(weight: Weight) -> str:
    gates = f" (gates: {', '.join(weight.gates)})" if weight.gates else ""
    return (
        f"<tr><th scope=row>{escape(weight.name)}</th><td>{_axes(weight.shape)}{escape(gates)}</td>"
        f"<td>{escape(weight.formula)}</td><td>{escape(weight.numbers)}</td><td class=n>{weight.count:,}</td></tr>"
    )


def _axes(shape: Shape) -> str:
    """``features 8 × 4 × units = 20``, each in its color, with its origin."""
    return " × ".join(
        f'<span class="ax ax-{palette.colour(axis.axis)}" title="{escape(axis.origin)}">'
        f"{escape(spoken((axis,)))}</span>"
        for axis in shape
    )
