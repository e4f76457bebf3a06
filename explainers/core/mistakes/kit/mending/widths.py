"""An output and a target whose last axes differ: as many units (or filters) as the target has columns."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.editing import with_layer, with_layer_behind
from explainers.core.layers import sheet
from explainers.core.mistakes.kit.colors import colors_in_front
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, ends_in_classes, fits, of_call
from explainers.core.mistakes.kit.mending.sides import pairs
from explainers.core.spec import LayerSpec, ModelSpec

OF_NUMBERS = ("mse", "mae", "mean_squared_error", "mean_absolute_error", "huber")  # losses without classes
LABELS = ("sparse_categorical_crossentropy", "categorical_crossentropy")


def widest(spec: ModelSpec) -> tuple[int, LayerSpec] | None:
    """The layer that makes the last axis of the output, also one for each step, with its place."""
    ref = spec.outputs[0]
    while ref.source == "call":
        place = spec.calls[ref.index].layer
        layer = spec.layers[place]
        inner = layer.get("layer") if layer.class_name == "TimeDistributed" else layer
        if isinstance(inner, LayerSpec) and width_of(inner):
            return place, inner
        facts = sheet(layer.class_name)
        if facts is None or facts.group != "same":
            return None
        ref = spec.calls[ref.index].inputs[0]
    return None


def of_width(spec: ModelSpec, columns: int | None) -> ModelSpec | None:
    """The last Dense (or convolution) with so many units (or filters); None where something else decides the width."""
    if (found := widest(spec)) is None:
        return None
    place, inner = found
    one, layer = inner.but(**{width_of(inner): columns}), spec.layers[place]
    return with_layer(spec, place, one if inner is layer else layer.but(layer=one))


def width_of(layer: LayerSpec) -> str:
    """The argument that says how long the last axis of its output is: of a Dense and of convolutions."""
    facts = sheet(layer.class_name)
    if layer.class_name == "Dense":
        return "units"
    first = layer.get("data_format") == "channels_first"
    of_filters = facts is not None and facts.group == "conv" and layer.get("filters") is not None
    return "filters" if of_filters and not first else ""


def as_many_units_as_columns(broken: Broken) -> Iterator[Mend]:
    """The last Dense with one unit for each column of the target."""
    for _, output, target, loss in pairs(broken):
        columns = target[-1] if len(target) > 1 else None
        if len(target) == 1 and len(output) == 2 and loss in OF_NUMBERS:
            columns, target = 1, (target[0], 1)
        labels = loss == LABELS[0] or (columns == 1 and (loss == LABELS[1] or ends_in_classes(broken.spec)))
        if labels or len(target) != len(output) or columns in (None, output[-1]):
            continue
        spec = of_width(broken.spec, columns) if fits(output[:-1], (None, *target[1:-1])) else None
        last = widest(broken.spec)
        if spec is None or last is None or columns is None or colors_in_front(target):
            continue
        name, argument = last[1].class_name, width_of(last[1])
        yield Mend(
            f"Give the last {name} {argument}={columns}: one for each "
            f"{'channel' if argument == 'filters' else 'column'} of the target.",
            f"layers.{name}({columns})" if argument == "units" else f"layers.{name}({columns}, …)",
            spec,
            f"The model predicts {columns} number{'s' * (columns > 1)} for each "
            f"{'pixel' if len(target) == 4 else 'step' if len(target) == 3 else 'sample'}.",
        )


def dense_behind(broken: Broken) -> Iterator[Mend]:
    """An output whose width no Dense and no convolution says: a Dense behind it, one unit for each column."""
    for _, output, target, loss in pairs(broken):
        columns = target[-1] if len(target) == len(output) > 1 else None
        last = next(broken.before(), None)
        if columns in (None, output[-1]) or last is None or widest(broken.spec) is not None or loss == LABELS[0]:
            continue
        facts = sheet(of_call(broken.spec, last).class_name)
        own = facts is None or facts.group == "same"  # the asker's operation: its columns are meant
        if not own and fits(output[:-1], (None, *target[1:-1])):
            name = of_call(broken.spec, last).name
            yield Mend(
                f"End with a Dense of units={columns}, one for each column of the target, behind {name}.",
                f"layers.Dense({columns})",
                with_layer_behind(broken.spec, LayerSpec("Dense", "columns", (("units", columns),))),
                f"{name} returns {output[-1]} numbers; the Dense makes {columns} of them.",
                1,
            )


WIDTHS = (as_many_units_as_columns, dense_behind)
