"""Imports what the server may come to need, so that Python writes its byte code: the image's file system is read-only.

    python imports.py          in the app's folder, while the image is built

Byte code for all of TensorFlow, Keras and plotly would be 40 MB more, all of it of what is never imported.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

from explainers.core import absent  # from the folder that was named just now
from views import windowed_forecast


def main() -> None:
    """The web side, the store's two drivers, a chart, and the Keras of older code."""
    absent.leave_out()
    for name in ("app", "psycopg", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite", "tf_keras"):
        importlib.import_module(name)
    windowed_forecast.loss_figure([3.0], [2.0])


if __name__ == "__main__":
    main()
