"""Shape Explainer in a notebook: where every number of a Keras model comes from.

from shape_explainer import explain

    explain(model)                            the shapes and the counts, as a picture or as text
    explain(model, input_shape=(20, 8))       the same for a model that has no Input yet
    explain.check(model, x, y)                before fit: what fits, what doesn't, what silently broadcasts

%load_ext shape_explainer                     after a cell with a shape error: its cause, and a fix
"""

from __future__ import annotations

from typing import Any

from shape_explainer.home import ours

with ours():
    from shape_explainer.explained import Explained, explain

__all__ = ["Explained", "explain", "load_ipython_extension", "unload_ipython_extension"]


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext shape_explainer``."""
    with ours():
        from shape_explainer.after_a_cell import start

        start(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext shape_explainer``."""
    with ours():
        from shape_explainer.after_a_cell import stop

        stop(shell)
