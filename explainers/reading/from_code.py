"""Code -> its model, its shapes and numbers, and a mistake that shows before anything is built."""

from __future__ import annotations

from dataclasses import replace

from explainers.core.axes import Shape, is_named
from explainers.core.finding import Change, Finding, Mark, Value, name_axes
from explainers.core.layers import axis_names, output_names
from explainers.core.mistakes import find_mistake
from explainers.core.mistakes.kit.losses import named_loss
from explainers.core.spec import LayerSpec, ModelSpec
from explainers.core.words import listed
from explainers.reading.by_sight import IN_THE_TEXT
from explainers.reading.code.choice import on_an_example, shapes_asked
from explainers.reading.code.evaluator import BROKE_OFF, Reader
from explainers.reading.code.statements import Statements
from explainers.reading.code_lines import only_code
from explainers.reading.misfits import Misfit, misfit, reader_of
from explainers.reading.shapes import named_walk
from explainers.reading.text import (
    LARGEST,
    Cleaned,
)

NO_LONGER = " no longer exists"  # ends what is said of an argument that today's Keras refuses
_SECOND = ("backward_layer",)  # a wrapper's other layer: its numbers stand beside those of the first


def of_code(
    cleaned: Cleaned, reader: Reader, parsed: Statements, spec: ModelSpec | None, error: Finding | None
) -> Finding:
    """Code: the model, what was renamed, what wasn't read, and a mistake that shows without building."""
    mistake, cause = _mistake_in_code(reader, error)
    sheet = find_mistake(mistake)
    whole = not any(BROKE_OFF in why for _, why in reader.unread)  # else what stands behind that line is an example
    if spec is not None and whole and (mistake is None or (reader.removed and sheet is not None and sheet.renamed)):
        mistake, cause = _besides(misfit(spec), (mistake, cause), reader)
    shapes = [*code_shapes(reader, spec)]
    shapes += [
        named
        for named in (name_axes(found.sizes, (), IN_THE_TEXT) for found in cleaned.shapes[:64])
        if tuple(a.size for a in named) not in {tuple(a.size for a in s) for s in shapes}
    ]
    unread = tuple(dict.fromkeys(f"line {line}: {why}" for line, why in reader.unread))
    layers = spec.layers if spec is not None else ()
    at_fault = next((one for one in layers if cause.startswith((f"{one.name} (", f"{one.name} "))), None)
    layer = at_fault or next(iter(layers), None)
    values: dict[str, Value] = {
        **code_numbers(reader),
        **({k: v for k, v in error.values.items() if isinstance(v, int)} if error else {}),
    }
    return Finding(
        "code",
        mistake=mistake,
        layer=at_fault.name if at_fault else None,
        class_name=layer.class_name if layer else None,
        values=values,
        shapes=tuple(shapes),
        cause=cause,
        spec=spec,
        questions=tuple(why for name, why in reader.asked.items() if name != "input" or on_an_example(spec))[:6],
        unread=unread[:30],
        renamed=tuple(dict.fromkeys((*reader.renamed, *reader.notes))),
        marks=_code_marks(cleaned, spec),
        code=cleaned.shown if parsed.whole else only_code(cleaned.shown, parsed),
        asks=shapes_asked(reader),
        fixes=_fixes_in_code(reader, mistake, error),
    )


def _besides(found: Misfit, first: Misfit, reader: Reader) -> Misfit:
    """What stops the program once its older arguments are written as today, and a word about these."""
    if found[0] is None:
        return first
    gone = [told.removesuffix(NO_LONGER) for told in dict.fromkeys(reader.renamed) if told.endswith(NO_LONGER)]
    words = f"{listed(gone)} no longer exist{'s' * (len(gone) == 1)} in today's Keras." if gone else ""
    more = " ".join(part for part in (first[1], words) if part)
    return found[0], f"{found[1]} Besides: {more}" if more else found[1]


def fixes_for(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """What helps, best first. dims: those of the lesson that the finding opens in."""
    mistake = find_mistake(finding.mistake)
    return mistake.fixes(finding, dims) if mistake is not None else ()


def _fixes_in_code(reader: Reader, mistake: str | None, error: Finding | None) -> tuple[Change, ...]:
    """What helps: by the numbers of a message that stands in a comment, where there is one."""
    if reader.meant and reader.mistake == mistake:
        return (Change(reader.how, code=reader.meant),)
    if error is not None and error.mistake == mistake:
        loss = named_loss(reader.text)
        return fixes_for(replace(error, values={"loss": loss, **error.values} if loss else error.values), {})
    return fixes_for(Finding("code", mistake=mistake), {}) if mistake else ()


def _mistake_in_code(reader: Reader, error: Finding | None) -> tuple[str | None, str]:
    """A mistake that is sure before anything is built: a message in a comment, an argument that has gone."""
    if error is not None and error.mistake is not None and not is_cut_off(error):
        return error.mistake, error.cause
    if reader.mistake is not None:
        return reader.mistake, reader.cause
    if has_states(reader) and reader.nested_state():
        return (
            "initial_state",
            (
                "state_size is a flat list: one size (or shape) for each state, without the batch. Nested lists are "
                "refused."
            ),
        )
    if reader.removed:
        names = ", ".join(dict.fromkeys(argument for _, argument in reader.removed))
        layers = ", ".join(dict.fromkeys(cls for cls, _ in reader.removed))
        stateful = any(layer.get("stateful") is True for layer in reader.graph.layers)
        return (
            "stateful_batch" if stateful and "batch_input_shape" in names else "old_argument",
            f"{names} isn't an argument of {layers} anymore; the shape, with its batch, goes into an Input.",
        )
    merged = [entry for entry in reader.ignored if reader.behind_merge(entry[0])]
    if merged:
        return "merge_shapes", next(note for note in reader.notes if "is ignored" in note)
    return None, ""


def is_cut_off(error: Finding) -> bool:
    """Whether the message stops before its numbers: then other evidence counts more."""
    return error.family is not None and error.family.cut_off


def has_states(reader: Reader) -> bool:
    """Whether the code has a cell with states of its own."""
    return "state_size" in reader.text and bool(reader.classes())


def code_numbers(reader: Reader) -> dict[str, Value]:
    """Numbers of the code by their names: those assigned, and each layer's arguments."""
    found: dict[str, Value] = dict(reader.numbers)
    for layer in (*reader.graph.layers[:60], *(entry.written.spec for entry in reader.loose[:20])):
        found |= _layer_numbers(layer, layer.name or layer.class_name)
    for written in reader.written():
        for key, value in written.shape_arguments.items():
            if isinstance(value, int) and not isinstance(value, bool):
                found[f"{written.spec.class_name}.{key}"] = value
    return {key: value for key, value in found.items() if not isinstance(value, int) or abs(value) <= LARGEST}


def _layer_numbers(layer: LayerSpec, prefix: str) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, value in layer.arguments:
        if isinstance(value, LayerSpec):
            found |= _layer_numbers(value, f"{prefix}.{key}" if key in _SECOND else prefix)
        elif isinstance(value, tuple):
            found |= {f"{prefix}.{key}_{i + 1}": v for i, v in enumerate(value) if isinstance(v, int)}
        elif isinstance(value, int | float):
            found[f"{prefix}.{key}"] = value
    return found


def code_shapes(reader: Reader, spec: ModelSpec | None) -> list[Shape]:
    """Declared input shapes, data, and the shapes between layers as far as they are worked out here."""
    shapes: list[Shape] = []
    told = [tensor for tensor in reader.graph.inputs if not tensor.origin.startswith("an example")]
    for tensor in (spec.inputs if spec is not None else told)[:12]:
        layer = reader_of(spec, tensor.name)
        cls = "RNN" if tensor.name in reader.custom.read else layer.class_name if layer is not None else None
        names = _in_order(axis_names(cls, len(tensor.shape)), layer)
        shapes.append(name_axes(tensor.shape, names, tensor.origin or "Input"))
    fed = {sizes for check in (spec.checks if spec is not None else ()) for sizes in check.shapes}
    read_by = reader_of(spec, spec.inputs[0].name) if spec is not None and len(spec.inputs) == 1 else None
    for name, sizes in list(reader.data.items())[:12]:
        known_names = axis_names(read_by.class_name if read_by is not None else None, len(sizes))
        declared = spec.inputs[0].shape if spec is not None and read_by is not None else ()
        if read_by is not None and len(sizes) > 2 and sizes[1:] == declared[1:-1]:  # only the last axis is missing
            known_names = axis_names(read_by.class_name, len(declared))[:-1]
        names = _in_order(known_names, read_by)[1:] if sizes in fed else ()
        shapes.append(name_axes(sizes, ("samples", *names), f"the data {name}"))
    for written in reader.written():
        for key, value in written.shape_arguments.items():
            if isinstance(value, tuple | list) and all(v is None or isinstance(v, int) for v in value):
                names = axis_names(written.spec.class_name, len(value) + (key == "input_shape"))
                plain = tuple(v if isinstance(v, int) else None for v in value)
                shapes.append(
                    name_axes(
                        plain, names[1:] if key == "input_shape" else names, f"{key} of {written.spec.class_name}"
                    )
                )
    for i, _, outputs in named_walk(spec) if spec is not None else ():
        layer = spec.layers[spec.calls[i].layer] if spec is not None else LayerSpec("", "")
        for shape in outputs or ():
            if any(axis.size is not None and axis.size < 1 for axis in shape):
                continue  # a window that found no place: that is told, and is no shape
            shapes.append(name_axes(tuple(axis.size for axis in shape), _output_names(layer, shape),
                                    f"the output of {layer.name}"))  # fmt: skip
    return list(dict.fromkeys(shapes))


def _output_names(layer: LayerSpec, shape: Shape) -> tuple[str, ...]:
    """What the layer calls its output; inside a wrapper what the rule of the wrapped layer calls it."""
    usual = _in_order(output_names(layer.class_name, len(shape)), layer)
    if layer.class_name != "TimeDistributed":
        return usual
    return tuple(axis.axis if is_named(axis.axis) else name for axis, name in zip(shape, usual, strict=True))


def _in_order(names: tuple[str, ...], layer: LayerSpec | None) -> tuple[str, ...]:
    """data_format="channels_first" puts the channels (or filters) behind the batch."""
    if layer is None or layer.get("data_format") != "channels_first" or len(names) < 3:
        return names
    return (names[0], names[-1], *names[1:-1])


def _code_marks(cleaned: Cleaned, spec: ModelSpec | None) -> tuple[Mark, ...]:
    """Each line that calls a layer."""
    if spec is None:
        return ()
    starts = [0]
    for line in cleaned.shown.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    found = {}
    for call in spec.calls:
        if call.line is not None and 0 < call.line < len(starts):
            found[call.line] = Mark(starts[call.line - 1], starts[call.line] - 1, spec.layers[call.layer].class_name)
    return tuple(found.values())
