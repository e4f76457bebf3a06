"""Our own components (Streamlit components v2), registered once: those of every page when this module is imported.

Each is ``views/assets/<name>.js`` (+ ``<name>.css``), with the axis palette and common.js/common.css put before it.
Data come from the view of the same name: ``shape_flow(shape_flow_view.data(inspection), key="flow")``.
To add one: write the assets, then ``_x = _register("x")`` and a function beside the others. The picture that one
lesson alone has needs its assets only: `drawing` mounts it by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from shell import assets
from views import code as code_view
from views import palette

ASSETS = Path(__file__).parent.parent / "views" / "assets"


def _nothing() -> None:
    """Streamlit reports a state only if it has a callback."""


def source(name: str) -> tuple[str, str]:
    """JavaScript and CSS of one component, complete with what all share."""
    js = (
        f"const AXIS_COLOURS = {palette.as_json()};\n"
        + (ASSETS / "common.js").read_text("utf-8")
        + (ASSETS / f"{name}.js").read_text("utf-8")
    )
    own = ASSETS / f"{name}.css"
    css = palette.css() + (ASSETS / "common.css").read_text("utf-8") + (own.read_text("utf-8") if own.exists() else "")
    return js, css


@cache
def _register(name: str) -> Callable[..., Any]:
    js, css = source(name)
    return assets.component(name, js, css)


_shape_flow = _register("shape_flow")
_controls = _register("controls")
_ledger = _register("ledger")
_calls = _register("calls")
_summary = _register("summary")
_code = _register("code")
_grid = _register("grid")
_links = _register("links")
_glossary = _register("glossary")
_keys = _register("keys")
_ask = _register("ask")
_go_to = _register("go_to")
_focus = _register("focus")
_your_model = _register("your_model")
_model_file = _register("model_file")
_rail = _register("rail")
_paste = _register("paste")
_on_screen = _register("on_screen")
_class_student = _register("class_student")
_class_board = _register("class_board")


def shape_flow(
    data: dict[str, Any],
    key: str,
    on_size: Callable[[], None] = _nothing,
    on_open: Callable[[], None] = _nothing,
) -> None:
    """The hero diagram. `data` from `views.shape_flow.data`, with "drags" where sizes can be changed in it.

    In the callback ``st.session_state[key]["size"]`` is ``{"dim": …, "value": …}``, and ``["open"]`` the start of a
    block that was clicked (`views.folding`); both come from outside.
    """
    _shape_flow(data=data, key=key, on_size_change=on_size, on_open_change=on_open)


def controls(
    data: dict[str, Any],
    key: str,
    on_change: Callable[[], None] = _nothing,
    on_preset: Callable[[], None] = _nothing,
) -> tuple[dict[str, str] | None, str | None]:
    """The column of dims. `data` from `views.controls.data`.

    Returns (texts of all dims after the learner changed one, else None; the preset clicked in this very run, else
    None). In callbacks the same are `typed(key)` and ``st.session_state[key]["preset"]``. Texts are checked in
    the browser, but come from outside all the same: parse them with `DimSpec.parse`.
    """
    result = _controls(data=data, key=key, on_values_change=on_change, on_preset_change=on_preset)
    values, preset = _without_count(result.get("values")), result.get("preset")
    if _page_is_older_than_session(key):
        if preset is not None:
            on_preset()
            st.rerun()
        if values is not None and values != _texts(data):
            on_change()
            st.rerun()
    return values, preset


_COUNT = "#"  # says which message it is: the same dims twice are two messages, where an example came between them


def typed(key: str) -> dict[str, Any] | None:
    """What the controls of this key have sent, in a callback; None where it is nothing that they would send."""
    return _without_count(st.session_state[key].get("values"))


def _without_count(values: object) -> dict[str, Any] | None:
    return {name: text for name, text in values.items() if name != _COUNT} if isinstance(values, dict) else None


def _page_is_older_than_session(key: str) -> bool:
    """Whether a learner's click may have come with the first run of a session; true once for each session and key.

    When a server is lost under an open page, the page finds another (or the same, restarted) and says nothing until
    the learner's next click. That click comes with the first run of a new session, which calls no callbacks: without
    this it would be lost.
    """
    seen = f"seen:{key}"
    first = seen not in st.session_state
    st.session_state[seen] = True
    return first


def _texts(data: dict[str, Any]) -> dict[str, str]:
    """What stands in the controls, as they would send it themselves."""
    return {**data["kept"], **{field["name"]: field["text"] for field in data["fields"]}}


def ledger(data: dict[str, Any], key: str) -> None:
    """The parameter ledger: weights as rectangles, counts that add up. `data` from `views.ledger.data`."""
    _ledger(data=data, key=key)


def calls(data: dict[str, Any], key: str) -> None:
    """The cell's calls, stepped through in the browser without a rerun. `data` from `views.calls.data`."""
    _calls(data=data, key=key)


def drawing(name: str, data: dict[str, Any], key: str) -> None:
    """A picture of one lesson: ``views/assets/<name>.js``, with the data that the lesson's view has made for it."""
    _register(name)(data=data, key=key)


def summary(data: dict[str, Any], key: str) -> None:
    """Keras' own summary, each number with its origin. `data` from `views.summary.data`."""
    _summary(data=data, key=key)


def code(data: dict[str, Any], key: str) -> None:
    """The code, lines that light up with the numbers they made. `data` from `views.code.data`."""
    _code(data=data, key=key)


def listing(
    text: str, label: str, key: str, language: str = "python", numbered: bool = False, only: range | None = None
) -> None:
    """Code or a link to copy, that no number on the page comes from. In place of `st.code`, whose highlighter of 1.6 MB
    takes the browser half a second to load. See `views.code.plain`."""
    _code(data=code_view.plain(text, label, language, numbered, only), key=key)


def diff(unified: str, label: str, key: str) -> None:
    """A unified diff, coloured and copied with one click. See `views.code.diff`."""
    _code(data=code_view.diff(unified, label), key=key)


def grid(data: dict[str, Any], key: str) -> None:
    """Tables of shapes side by side, with what moved marked. `data` from `views.grid.data`."""
    _grid(data=data, key=key)


def links(data: dict[str, Any], key: str) -> object:
    """A list of links; returns the index of the one clicked in this very run, else None. `data` from `views.links`."""
    return _links(data=data, key=key, on_go_change=_nothing).get("go")


def glossary(data: dict[str, Any], key: str) -> object:
    """Tables of words; returns the number of the link clicked in this very run, else None. `data` from its view."""
    return _glossary(data=data, key=key, on_go_change=_nothing).get("go")


def keys(data: dict[str, Any], key: str, on_go: Callable[[], None]) -> None:
    """Draws nothing; calls `on_go` when a presenter's key is pressed: ``st.session_state[key]["go"]`` says which way.

    data: {"section": the one that is shown}.
    """
    _keys(data=data, key=key, on_go_change=on_go)


def paste(label: str, key: str) -> None:
    """Draws nothing; what is pasted into the text area of that label is sent at once."""
    _paste(data={"label": label}, key=key)


def ask(data: dict[str, Any], key: str) -> object:
    """One field for anything; returns its text, or None before anything was typed.

    data: {"label", "text": what is in it at first, "placeholder", "examples": texts to click}.
    """
    return _ask(data=data, key=key, on_text_change=_nothing).get("text")


def on_screen(data: dict[str, Any], key: str) -> None:
    """Draws no more than a line: says in ``st.session_state[key]["on"]`` whether the part around it is on screen.

    data: {"told": what the part is about, anew with each change; "filled": whether it is drawn; "kept": whether it
    stays so wherever it is; "fills": what happens when it is on screen}. See views/assets/on_screen.js.
    """
    _on_screen(data=data, key=key, on_on_change=_nothing)


def rail(data: dict[str, Any], key: str) -> None:
    """The page's headings as links that stay in sight.

    data: {"label", "top": the word for the page's beginning, "short": a short word for the heading of an id}.
    """
    _rail(data=data, key=key)


def go_to(section: str) -> None:
    """Draws nothing; brings a section into sight, once."""
    _go_to(data={"section": section}, key="go_to")


def focus(page: str, first: Sequence[str]) -> None:
    """Draws nothing; after a link to this page its title has the focus, or the first heading of these ids.

    After a change that takes away what has the focus, what is in its place has it.
    """
    _focus(data={"page": page, "first": list(first)}, key="focus")


def your_model(data: dict[str, Any], key: str, on_act: Callable[[], None]) -> None:
    """The parts of a model of one's own; what is done to one is in ``st.session_state[key]["act"]``.

    `data` from `views.your_model.data`. What comes back is from outside: check it.
    """
    _your_model(data=data, key=key, on_act_change=on_act)


def model_file(data: dict[str, Any], key: str) -> object:
    """A field for a saved model; returns {"name", "gzip": base64 of its configuration, squeezed} or None.

    data: {"label", "told": what is said below, "most": letters that can be sent}. What comes back is from outside.
    """
    return _model_file(data=data, key=key, on_file_change=_nothing).get("file")


def class_student(data: dict[str, Any]) -> None:
    """A student's page in a class, which asks the server by itself. data: {"code", "name"}."""
    _class_student(data=data, key="class_student")


def class_board(data: dict[str, Any]) -> None:
    """The teacher's numbers, which ask the server by themselves; reruns the page when the class has moved on.

    data: {"room", "key", "version", "phase"}.
    """
    _class_board(data=data, key="class_board", on_moved_change=_nothing)
