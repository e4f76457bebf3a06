"""The command `shape-explainer`: the app in a browser; with the engine's own commands behind it, those.

shape-explainer                    start the app
shape-explainer show model.keras   as ``python -m explainers show model.keras``
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from shape_explainer.home import HOME, ours

ENGINE = ("list", "show", "diagnose")
MISSING = "The app needs packages that aren't installed: pip install 'shape-explainer[app]' adds them."
_HELP = """usage: shape-explainer [OPTION ...]
       shape-explainer {list,show,diagnose} ...

Where every number of a Keras model comes from. Without a command it starts the app and prints its address; options
such as --server.port=8502 are passed on to Streamlit.

  list      the lessons, with their questions, dims and presets
  show      a lesson's live model, or your own model: shape-explainer show model.keras
  diagnose  the cause of an error message, a printed summary or Keras code
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] in (["-h"], ["--help"]):
        print(_HELP, end="")
        return 0
    if given and given[0] in ENGINE:
        return _engine(given)
    if any(find_spec(package) is None for package in ("streamlit", "plotly", "tensorflow")):
        print(MISSING, file=sys.stderr)
        return 2
    return _app(given)


def _engine(given: list[str]) -> int:
    with ours():
        from explainers.cli import main as run
        from explainers.cli import quiet_tensorflow

        quiet_tensorflow()
        return run(given)


def _app(given: list[str]) -> int:
    """Streamlit in the app's own folder, where its settings are."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *given]
    try:
        return subprocess.run(command, cwd=HOME, check=False).returncode
    except KeyboardInterrupt:  # Streamlit has got it too and says so
        return 0
