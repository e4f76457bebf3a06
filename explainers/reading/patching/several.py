"""Changes of the asker's lines about several things: arrays, targets and losses by order or name, states, masks.

Each is read again and run live before it is offered, as every other change.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from explainers.core.layers import states_of
from explainers.core.mistakes.kit.mending.broken import fits
from explainers.core.mistakes.kit.mending.several import in_their_order
from explainers.core.spec import ModelSpec
from explainers.reading.literal import METRICS_OF_NUMBERS
from explainers.reading.misfits import ends_of, output_names
from explainers.reading.patching.places import Edit, Places, Rewritten, argument, last, parts
from explainers.reading.patching.writing import FED, call_in, changed, of_kind
from explainers.reading.shapes import walk


def metric_of_labels(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """A metric that compares number by number, beside integer labels: the one for these."""
    if not any(check.metrics and check.loss.startswith("sparse") for check in spec.checks):
        return
    metrics = [node for node in places.calls() if last(node) in METRICS_OF_NUMBERS]
    words = '"sparse_categorical_accuracy"'
    edits = [Edit(*places.span(node), words) for node in metrics[:1]]
    edits += [edit for node in metrics[1:] for edit in _left_out(places, node)]
    yield changed(places, edits, "Use a metric for integer labels.", f"metrics=[{words}]")


def labels_from_zero(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Integer labels that count from 1: one less of each, where they are given to fit."""
    for check in of_kind(spec, "fit"):
        classes = next((sizes[-1] for sizes in ends_of(spec) if sizes), None)
        node = call_in(places, check, *FED, "train_on_batch")
        labels = argument(node, 1, "y") if node is not None else None
        if check.label is None or check.label != classes or not isinstance(labels, ast.Name):
            continue
        code = f"{labels.id} - 1"
        label = f"If your labels are 1 to {classes}, make them start at 0."
        means = f"The output has classes 0 to {classes - 1}."
        yield changed(places, [Edit(*places.span(labels), code)], label, code, means)


def one_hot_from_zero(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Rows with one column more than there are classes: to_categorical counts from 0, the labels from 1."""
    classes = next((sizes[-1] for sizes in ends_of(spec) if sizes), None)
    wide = {target[-1] for check in of_kind(spec, "fit") for target in check.targets if target}
    if classes is None or classes < 2 or classes + 1 not in wide:
        return
    label = f"If your labels are 1 to {classes}, make them start at 0."
    means = f"to_categorical makes a column for 0, too: labels up to {classes} get {classes + 1} columns."
    alone = [node for node in places.calls() if last(node) == "to_categorical" and len(node.args) == 1]
    inside = [node.args[0] for node in alone if not node.keywords]
    edits = [Edit(place := places.span(node)[1], place, " - 1") for node in inside if not _is_sum(node)]
    if edits and len(edits) == len(inside):
        yield changed(places, edits, label, f"to_categorical({places.source(inside[0])} - 1)", means)


def _is_sum(node: ast.expr) -> bool:
    """Whether `` - 1`` behind it would belong to a part of it only, or a 1 is taken off already."""
    return isinstance(node, ast.BinOp | ast.IfExp | ast.Lambda | ast.Compare | ast.List | ast.ListComp)


def _left_out(places: Places, node: ast.expr) -> list[Edit]:
    """An element of a list that isn't its first, without the comma in front of it."""
    start, end = places.span(node)
    comma = re.search(r",\s*$", places.text[:start])
    if comma is None:
        raise LookupError("it is no later element of a list")
    return [Edit(comma.start(), end, "")]


def keys_renamed(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """A dict of data with a key that no Input is called: the name of the Input."""
    for check in (c for c in spec.checks if c.keys):
        names = [tensor.name for tensor in spec.inputs]
        free = [name for name in names if name not in check.keys]
        edits, told = [], []
        for key, sizes in zip(check.keys, check.shapes, strict=False):
            takes = [n for n in free if fits(spec.inputs[names.index(n)].shape, (None, *sizes[1:]))]
            if key in names or not takes:
                continue
            free.remove(takes[0])
            edits += [Edit(*places.span(node), f'"{takes[0]}"') for node in _keys_called(places, key)]
            told.append(f'Call the array "{takes[0]}" instead of "{key}", as its Input is named.')
        if edits:
            yield changed(places, edits, " ".join(told), ", ".join(edit.words for edit in edits))


def _keys_called(places: Places, name: str) -> list[ast.expr]:
    """Where a dict has this key."""
    dicts = (node for node in ast.walk(places.tree) if isinstance(node, ast.Dict))
    keys = (key for node in dicts for key in node.keys if isinstance(key, ast.Constant))
    return [key for key in keys if key.value == name]


def targets_ordered(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """The targets of several outputs, in their order."""
    for check in of_kind(spec, "fit"):
        order = in_their_order(ends_of(spec), check.targets) if len(check.targets) > 1 else None
        node = call_in(places, check, *FED, "train_on_batch")
        label = "Give the targets in the order of the outputs, keras.Model(inputs, [first, second])."
        means = "Or use a dict with the names of the output layers: then the order doesn't matter."
        if order is not None and node is not None:
            yield from _ordered(places, argument(node, 1, "y"), order, label, means)


def arrays_ordered(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """The arrays of several Inputs, in their order."""
    inputs = tuple(tensor.shape for tensor in spec.inputs)
    for check in (c for c in spec.checks if c.kind in ("fit", "predict") and not c.keys):
        order = in_their_order(inputs, check.shapes) if len(check.shapes) > 1 else None
        node = call_in(places, check, *FED, "train_on_batch", "predict_on_batch")
        label = "Pass the arrays in the order of the Inputs, keras.Model([first, second], …)."
        means = "model.input_names lists the order; with a dict of these names the order doesn't matter."
        if order is not None and node is not None:
            yield from _ordered(places, argument(node, 0, "x"), order, label, means)


def arrays_as_elsewhere(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``fit(x1_train, …)`` beside ``evaluate([x1_test, x2_test], …)``: the list that the other call has."""
    taken = {name.id for name in ast.walk(places.tree) if isinstance(name, ast.Name)}
    lists = [argument(node, 0, "x") for node in places.methods(FED)]
    whole = [parts(one) for one in lists if len(parts(one)) == len(spec.inputs) > 1]
    for check in (c for c in spec.checks if c.kind in ("fit", "predict") and len(c.shapes) < len(spec.inputs)):
        node = call_in(places, check, *FED, "train_on_batch", "predict_on_batch")
        data = argument(node, 0, "x") if node is not None else None
        given = [part.id for part in parts(data) if isinstance(part, ast.Name)]
        for other in whole:
            names = [part.id for part in other if isinstance(part, ast.Name)]
            meant = _renamed(names, given[0]) if given and len(names) == len(spec.inputs) else []
            if data is None or not meant or not {*given} <= {*meant} <= taken:
                continue
            code = f"[{', '.join(meant)}]"
            label = f"Pass one array for each of the {len(meant)} Inputs: {code}."
            means = f"Line {other[0].lineno} passes that many."
            yield changed(places, [Edit(*places.span(data), code)], label, code, means)


def _renamed(names: list[str], given: str) -> list[str]:
    """``[x1_test, x2_test]`` as ``[x1_train, x2_train]``, where x1_train is given; [] where no name is alike."""
    for name in names:
        before = _alike_in_front(name, given)
        after = min(_alike_in_front(name[::-1], given[::-1]), len(name) - before, len(given) - before)
        was, now = name[before : len(name) - after], given[before : len(given) - after]
        if name == given or (before and was and all(was in one for one in names)):
            return [one if name == given else now.join(one.rsplit(was, 1)) for one in names]
    return []


def _alike_in_front(one: str, other: str) -> int:
    """How many characters two names begin with together."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _ordered(
    places: Places, listed: ast.expr | None, order: tuple[int, ...], label: str, means: str
) -> Iterator[Rewritten]:
    if listed is None or len(parts(listed)) != len(order):
        return
    code = f"[{', '.join(places.source(parts(listed)[place]) for place in order)}]"
    yield changed(places, [Edit(*places.span(listed), code)], label, code, means)


_BY_NAME = (("compile", "loss", "loss"), ("fit", "y", "target"), ("compile", "loss_weights", "loss_weight"),
            ("compile", "metrics", "metric"))  # fmt: skip


def named_like_outputs(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Dicts of losses and targets with names that no output has, where as many outputs are left without one."""
    names, edits, told = output_names(spec), list[Edit](), dict[str, list[tuple[str, str]]]()
    for method, argument_name, what in _BY_NAME:
        place = 1 if argument_name in ("loss", "y") else -1
        for node in places.methods((method,)):
            for key, free in _wrong_keys(places.value_of(argument(node, place, argument_name)), names):
                edits.append(Edit(*places.span(key), f'"{free}"'))
                told.setdefault(what, []).append((str(key.value), free))
    if not told:
        return
    what, pairs = next(iter(told.items()))
    label = " ".join(f'Call the {what} "{free}" instead of "{key}", like its output.' for key, free in pairs)
    code = f"{what} = {{…, {', '.join(f'{chr(34)}{free}{chr(34)}: …' for _, free in pairs)}}}"
    others = f" The {' and the '.join(f'{other}s' for other in [*told][1:])} need the same names." * (len(told) > 1)
    means = f"An output has the name of the layer that makes it.{others}"
    yield changed(places, list(dict.fromkeys(edits)), label, code, means)


def _wrong_keys(value: ast.expr | None, names: list[str]) -> list[tuple[ast.Constant, str]]:
    """The keys of a dict that aren't among the names, each with the name that it may mean: one that holds it or is
    held by it, else the next one that is free."""
    keys = [k for k in value.keys if isinstance(k, ast.Constant)] if isinstance(value, ast.Dict) else []
    wrong = [key for key in keys if key.value not in names and isinstance(key.value, str)]
    free = [name for name in names if name not in [key.value for key in keys]]
    if len(wrong) != len(free):
        return []
    pairs = []
    for key in sorted(wrong, key=lambda key: not _alike(str(key.value), free)):
        name = next(iter(_alike(str(key.value), free)), free[0])
        free.remove(name)
        pairs.append((key, name))
    return pairs


def _alike(key: str, names: list[str]) -> list[str]:
    return [name for name in names if name in key or key in name]


def states_joined(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """The states of both directions, for a layer that has them once: side by side, for twice the units."""
    for call in spec.calls:
        layer = spec.layers[call.layer]
        for node in places.calls(call.line):
            given = parts(argument(node, -1, "initial_state"))
            maker = node.func if isinstance(node.func, ast.Call) else next(iter(places.makers(layer)), None)
            units = argument(maker, 0, "units") if maker is not None else None
            half = len(given) // 2
            if len(given) != len(call.states) or half not in (1, 2) or len(given) % 2 or units is None:
                continue
            if half != len(states_of(layer.class_name)):
                continue
            name, imports = places.layer_name("Concatenate")
            sides = [f"{name}()([{places.source(given[i])}, {places.source(given[half + i])}])" for i in range(half)]
            whole = argument(node, -1, "initial_state")
            double = str(2 * units.value) if isinstance(units, ast.Constant) and isinstance(units.value, int) else (
                f"2 * ({places.source(units)})")  # fmt: skip
            edits = [*imports, Edit(*places.span(units), double)]
            edits += [Edit(*places.span(whole), f"[{', '.join(sides)}]")] if whole is not None else []
            label = f"Join the states of both directions, and give {layer.name} twice the units."
            means = "A Bidirectional returns h and c of its forward layer, then those of its backward layer."
            yield changed(places, edits, label, f"initial_state=[{', '.join(sides)}]", means)


def encoder_with_two_states(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """An LSTM that starts from the one state of another kind of layer: that layer made an LSTM, which has two."""
    for call in spec.calls:
        if len(call.states) != 1 or spec.layers[call.layer].class_name != "LSTM" or call.states[0].source != "call":
            continue
        source = spec.calls[call.states[0].index]
        maker = next(iter(places.makers(spec.layers[source.layer])), None)
        given = next((g for node in places.calls(call.line) if (g := argument(node, -1, "initial_state"))), None)
        lines = (n for n in ast.walk(places.tree) if isinstance(n, ast.Assign) and n.lineno == source.line)
        names = next((node.targets[0] for node in lines), None)
        if maker is None or given is None or names is None or len(parts(names)) != 2:
            continue
        output, state = map(places.source, parts(names))
        name, imports = places.layer_name("LSTM")
        edits = [*imports, Edit(*places.span(maker.func), name)]
        edits += [Edit(*places.span(names), f"{output}, {state}, state_c")]
        edits += [Edit(*places.span(given), f"[{state}, state_c]")]
        label = f"Make {spec.layers[source.layer].name} an LSTM, too: it returns two states, h and c."
        yield changed(places, edits, label, f"{output}, {state}, state_c = LSTM(…, return_state=True)(…)")


def mask_as_long(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """The Input of a mask, and what is fed there, with one entry for each step."""
    for i, inputs, _ in walk(spec):
        mask = spec.calls[i].mask
        if mask is None or mask.source != "input" or not inputs or len(inputs[0]) < 3:
            continue
        declared, steps = spec.inputs[mask.index].shape, inputs[0][1]
        alike = [node for node in places.inputs() if _numbers_of(argument(node, 0, "shape")) == declared[1:]]
        at = argument(alike[0], 0, "shape") if len(alike) == 1 else None
        if at is None:
            continue
        edits = [Edit(*places.span(at), f"({steps},)")]
        for check in (c for c in spec.checks if len(c.shapes) == len(spec.inputs)):
            node = call_in(places, check, *FED)
            fed = parts(argument(node, 0, "x")) if node is not None else []
            array = fed[mask.index] if len(fed) == len(spec.inputs) else None
            sizes = next((a for a in _brackets(array) if _numbers_of(a) == check.shapes[mask.index]), None)
            if sizes is not None:
                edits.append(Edit(*places.span(sizes), str((check.shapes[mask.index][0], steps))))
        label = f"Give the mask one entry for each of the {steps} steps."
        yield changed(places, edits, label, f'keras.Input(shape=({steps},), dtype="bool")',
                  "The array that you feed there needs the same number, too.")  # fmt: skip


def _brackets(node: ast.expr | None) -> Iterator[ast.expr]:
    """The tuples and lists in an expression."""
    return (part for part in ast.walk(node) if isinstance(part, ast.Tuple | ast.List)) if node is not None else iter(())


def _numbers_of(node: ast.expr | None) -> object:
    """A shape that is written out in numbers."""
    try:
        return tuple(ast.literal_eval(node)) if node is not None else None
    except (ValueError, TypeError):
        return None
