"""One colour per axis name, everywhere: diagram, tuples, ledger, controls, prose.

The table is here and nowhere else. CSS (`css`), JavaScript (`as_json`) and Markdown (`directive`) are made from it.
Colour is never the only carrier: the name of the axis always stands beside it, and in a diagram its edge has a
direction of its own (the batch runs backwards, the steps down, the last axis across).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from explainers.core.axes import TIMES


@dataclass(frozen=True)
class Colour:
    """A colour family. text: for letters and edges (contrast at least 4.5); fill: a tint behind them.

    markdown: Streamlit's name for it in ``:blue[20]``; "" where Streamlit has none.
    """

    light_text: str
    light_fill: str
    dark_text: str
    dark_fill: str
    markdown: str


COLOURS: dict[str, Colour] = {
    "gray": Colour("#475569", "#f1f5f9", "#cbd5e1", "#27313f", "gray"),
    "blue": Colour("#1d4ed8", "#e8f0fe", "#93c5fd", "#1b2f52", "blue"),
    "orange": Colour("#c2410c", "#fff4ec", "#fdba74", "#46280f", "orange"),
    "green": Colour("#047857", "#e9f8f1", "#6ee7b7", "#0f3a2c", "green"),
    "amber": Colour("#713f12", "#fefaea", "#fde047", "#3f3209", "yellow"),
    "violet": Colour("#5b21b6", "#f1ecfe", "#a78bfa", "#30245a", "violet"),
    "pink": Colour("#831843", "#fdebf4", "#ff94c6", "#4a1a33", ""),
    "cyan": Colour("#00778b", "#e3f7fa", "#5ee7fa", "#083a47", ""),
    "lime": Colour("#4a7a0c", "#f2f9e4", "#bef264", "#2a3a0e", ""),
    "neutral": Colour("#334155", "#f1f5f9", "#e2e8f0", "#2a3443", ""),
}

# Sizes that one lesson, one layer or one picture has side by side are in different families (a test goes through the
# lessons), so that no two of its numbers are taken for each other.
FAMILIES: dict[str, tuple[str, ...]] = {
    "gray": ("batch", "batch_size"),
    "blue": (
        *("timesteps", "timestep", "steps", "query steps"),
        *("time", "length", "height", "rows"),
    ),
    "orange": ("features", "feature", "channels", "channel", "input_dim"),
    "green": (
        *("units", "unit", "classes", "key_dim", "head_dim"),
        *("vocabulary", "num_tokens", "num_bins", "num_mel_bins", "frequencies"),
    ),
    "amber": ("kernel_size", "targets", "target"),  # strides, dilation_rate and pool_size are axes of nothing
    "violet": (
        *("sequences", "sequence", "series", "points", "depth", "frames"),
        *("heads", "query heads", "key heads", "output_dim", "extra_units"),
    ),
    "pink": ("latent", "elapsed time", "elapsed_time", "code", "filters", "filter", "value_dim", "horizon"),
    "cyan": ("windows", "window", "samples", "width", "columns", "key steps"),
    "lime": ("pieces", "piece"),
}

COLOUR_OF: dict[str, str] = {name: colour for colour, names in FAMILIES.items() for name in names}


def colour(axis: str) -> str:
    """The colour family of an axis name: ``colour("4 × units") == "green"``.

    A product wears the colour of its last factor, a sum ("features + elapsed time") that of its first term,
    a numbered name ("units_2", "kernel_size[0]") that of the name. What is unknown is "neutral".
    The same rule stands in common.js (`axisColour`); a browser test holds the two together.
    """
    name = axis.split(TIMES)[-1].split(" + ")[0].strip().lower()
    name = re.sub(r"(?:[_ ]|(?<!\d))\d++$|\[\d++\]$", "", name)
    return COLOUR_OF.get(name, "neutral")


def directive(axis: str, text: object | None = None) -> str:
    """Markdown for a number or name in the colour of its axis: ``directive("timesteps", 20) == ":blue[**20**]"``.

    Without `text` the axis' own name is written. A family that Streamlit has no name for is given by its light colour,
    which `prose_css` replaces by that of the theme. What has no family is only bold.
    """
    words = f"**{axis if text is None else text}**"
    family = colour(axis)
    if family == "neutral":
        return words
    found = COLOURS[family]
    return f":{found.markdown}[{words}]" if found.markdown else f':color[{words}]{{foreground="{found.light_text}"}}'


def prose_css() -> str:
    """The colours that prose names by their value (`directive`), for both themes."""
    return "".join(
        f'[data-testid="stMarkdownContainer"] [style*="{_rgb(c.light_text)}"] '
        f"{{ color: light-dark({c.light_text}, {c.dark_text}) !important; }}\n"
        for name, c in COLOURS.items()
        if not c.markdown and name != "neutral"
    )


def _rgb(colour: str) -> str:
    """``rgb(0, 119, 139)``: how browsers write a colour in an element's style."""
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


def as_json() -> str:
    """``{"timesteps": "blue", ...}``: the table as common.js reads it."""
    return json.dumps(COLOUR_OF, ensure_ascii=False, sort_keys=True)


def css() -> str:
    """Custom properties ``--blue``, ``--blue-fill`` for both themes, and the classes ``.ax-blue`` that use them.

    Inside ``.ax-blue`` the properties ``--ax`` and ``--ax-fill`` stand for the colour of the axis.
    """
    light, dark = properties(dark=False), properties(dark=True)
    classes = "\n".join(f".ax-{name}{{--ax:var(--{name});--ax-fill:var(--{name}-fill)}}" for name in COLOURS)
    return f".sx{{{light}}}\n.sx[data-theme=dark]{{{dark}}}\n{classes}\n"


def properties(dark: bool) -> str:
    """``--blue:#1d4ed8;--blue-fill:#e8f0fe;…``: the colours of one theme as custom properties."""
    return "".join(
        f"--{name}:{c.dark_text if dark else c.light_text};--{name}-fill:{c.dark_fill if dark else c.light_fill};"
        for name, c in COLOURS.items()
    )


def theme(dark: bool) -> dict[str, str]:
    """What ``[theme.light]`` and ``[theme.dark]`` of Streamlit's config must say, so that prose wears these colours."""
    return {f"{c.markdown}TextColor": c.dark_text if dark else c.light_text for c in COLOURS.values() if c.markdown}
