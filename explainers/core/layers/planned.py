"""A layer that stands in a text: Keras' argument names as attributes, as a live layer has them, and no variables.

Its arguments are those of the text, the rest Keras' defaults. So the rules of the sheets serve both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explainers.core.layers import book
from explainers.core.layers.signatures import arguments_of, defaults_of


class Unfit(AttributeError):
    """The text doesn't say what a rule needs to know."""


class Planned:
    """One layer, made of a class name and its arguments. A cell or a wrapped layer stands as another one."""

    def __init__(self, planned_class: str, name: str, arguments: Mapping[str, Any]) -> None:
        self.planned_class, self.name = planned_class, name
        self._given = dict(arguments)
        self._defaults = defaults_of(planned_class)

    def __getattr__(self, name: str) -> Any:
        """An argument: of the text, else Keras' default. Unfit where neither says it."""
        if name.startswith("_"):
            raise Unfit(name)
        if name == "data_format":
            return self._given.get(name) or "channels_last"
        if name == "backward_layer":  # None in a text: Keras makes it of the other one
            return self._derived(name)
        if name in self._given:
            return self._given[name]
        if name in self._defaults:
            default = self._defaults[name]
            return tuple(default) if isinstance(default, list) else default
        return self._derived(name)

    def _derived(self, name: str) -> Any:
        """What Keras works out from the arguments: the cell of a layer, both directions of a Bidirectional."""
        facts = book.sheet(self.planned_class)
        if name == "cell" and facts is not None and facts.cell:
            return Planned(facts.cell, self.name, self._given)
        if name == "cell" and facts is not None and facts.gates:
            return self
        if name in ("forward_layer", "backward_layer") and self.planned_class == "Bidirectional":
            one = self._given.get(name) or self._given.get("layer")
            if one is not None:
                return one
        raise Unfit(f"{self.planned_class} {self.name} says nothing of {name}.")

    def says(self, name: str) -> bool:
        """Whether the class has such an argument at all."""
        return name in arguments_of(self.planned_class)
