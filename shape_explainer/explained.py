"""``explain(model)``: what a notebook shows of a model, as a picture, as text, as data, as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from explainers.core.axes import spoken
from explainers.core.results import Explanation, Inspection
from explainers.core.words import listed
from shape_explainer.checking import Checked, check
from shape_explainer.home import at_home
from shape_explainer.models import InputShape, look
from views import notebook


class Explained:
    """One model: a picture in a notebook, text in a terminal.

    to_dict: the JSON of ``python -m explainers show``. save: the picture as a web page of its own.
    """

    def __init__(self, name: str, inspection: Inspection, notes: Sequence[str] = ()) -> None:
        self.name, self.inspection, self.notes = name, inspection, tuple(notes)

    def __repr__(self) -> str:
        from explainers.core.tell import layer_lines

        lines = [self.sentence, *self.notes, ""]
        for layer in self.inspection.layers:
            lines += layer_lines(layer)
        return "\n".join([*lines, f"Total: {self.inspection.total_params:,} parameters"])

    @at_home
    def _repr_html_(self) -> str:
        return notebook.fragment(self.name, self.sentence, self.inspection, self.notes)

    @at_home
    def to_dict(self) -> dict[str, Any]:
        """Plain data for scripts: {"layers", "total_params", "summary", "code", ...}."""
        from explainers.core.tell import Told, as_json

        return as_json(Told(Explanation("", {}, self.sentence, self.inspection, ""), ()))

    @at_home
    def save(self, path: str | Path) -> Path:
        """Write the picture as one HTML file that needs nothing else; returns where it is."""
        target = Path(path)
        target.write_text(notebook.page(self.name, self.sentence, self.inspection, self.notes), encoding="utf-8")
        return target

    @property
    def sentence(self) -> str:
        """The model in one sentence."""
        found = self.inspection
        count = sum(layer.class_name != "InputLayer" for layer in found.layers)
        read = {link.step for step in found.flow for link in step.inputs}
        goes = [f"({spoken(shape)})" for step in found.flow if not step.inputs for shape in step.outputs]
        comes = [f"({spoken(s)})" for i, step in enumerate(found.flow) if i not in read for s in step.outputs]
        way = f": from {listed(goes)} to {listed(comes)}" if goes and comes else ""
        return (
            f"{self.name} has {count:,} layer{'' if count == 1 else 's'} and {found.total_params:,} "
            f"parameter{'' if found.total_params == 1 else 's'}{way}."
        )


class Explain:
    """``explain(model)``, and ``explain.check(model, x, y)`` beside it."""

    @at_home
    def __call__(self, model: Any, input_shape: InputShape | None = None) -> Explained:
        """Where every number of a Keras model comes from. The model is not run.

        input_shape: one sample's shape without the batch, (20, 8), for a model that has no Input yet; a list or a
        dict of shapes for several.
        """
        seen = look(model, input_shape)
        return Explained(str(model.name), seen.inspection, seen.notes)

    @at_home
    def check(self, model: Any, x: Any, y: Any = None, loss: str | None = None) -> Checked:
        """Before fit: do the data fit the model, and the targets its output and its loss? Nothing is trained."""
        return check(model, x, y, loss)


explain = Explain()
