"""Hand a component's JavaScript and CSS to the browser as files.

Given as text, Streamlit sends both again with every rerun of every component: measured, 266 kB for one changed dim,
of which 230 kB were always the same. As files they are fetched once. Streamlit serves files only for components that
an installed package declares, so the declaration is made here, for a folder of this process that is removed at its
end. The name of a file holds a hash of what is in it: a browser never keeps an old one.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

PACKAGE = "shape_explainer"
_made: list[Path] = []  # the folder of this process, once there is one


def component(name: str, js: str, css: str) -> Callable[..., Any]:
    """A component that is mounted as `st.components.v2.component` returns it."""
    try:
        script, style = _written(name, "js", js), _written(name, "css", css)
    except OSError:  # nowhere to write: slower, but it works
        written_out = st.components.v2.component(f"{PACKAGE}.{name}", js=js, css=css)
        return lambda data, **options: written_out(data=alone(data), **options)

    @cache
    def registered() -> Callable[..., Any]:
        return st.components.v2.component(f"{PACKAGE}.{name}", js=script, css=style)

    def mount(data: dict[str, Any], **options: Any) -> Any:
        # Declared and registered where a page is drawn, not at import: without a running app Streamlit knows no
        # manager to declare it to, and each test of a page has a manager of its own.
        _declare(name)
        return registered()(data=alone(data), **options)

    return mount


def alone(data: dict[str, Any]) -> list[dict[str, Any]]:
    """A component's data as Streamlit passes them on untouched: `[data]` in the JavaScript.

    In a dict it looks for dataframes, and imports pandas for that: a second of the first page, 60 MB of the server.
    """
    return [data]


def _written(name: str, ending: str, text: str) -> str:
    """Write one asset; returns its file name."""
    file = _folder(name) / f"{name}.{hashlib.sha256(text.encode()).hexdigest()[:12]}.{ending}"
    file.write_text(text, encoding="utf-8")
    return file.name


def _declare(name: str) -> None:
    """Tell Streamlit's manager of this moment where the component's files are."""
    manager = get_bidi_component_manager()
    if manager.get_component_path(f"{PACKAGE}.{name}") is None:
        declared = ComponentManifest(PACKAGE, "1", [ComponentConfig(name, name)])
        manager.register_from_manifest(declared, _root())


@cache
def _root() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="shape-explainer-"))
    _made.append(folder)
    atexit.register(remove)
    return folder


def remove() -> None:
    """Take the files away: at the end of Python, or of a server that a signal ends."""
    while _made:
        shutil.rmtree(_made.pop(), ignore_errors=True)


@cache
def _folder(name: str) -> Path:
    folder = _root() / name
    folder.mkdir()
    return folder
