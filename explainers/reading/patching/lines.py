"""Changes that are made in the asker's lines themselves: what isn't part of a model's description.

Each is read again and run live before it is offered, as every other change.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from dataclasses import replace

from explainers.core.layers import CONVOLUTIONS, POOLS, RECURRENT
from explainers.core.spec import ModelSpec
from explainers.reading.backbones import PREFIX, backbone_of, is_backbone, too_small
from explainers.reading.literal import today_name
from explainers.reading.patching.chained import made_as_read
from explainers.reading.patching.inside import (
    as_many_positions,
    axis_put_elsewhere,
    new_axis_elsewhere,
    shortcut_of_a_class,
    weight_of_the_last_axis,
    width_by_its_name,
)
from explainers.reading.patching.loaders import read_as_declared
from explainers.reading.patching.nets import (
    own_layer_for_each,
    patches_on_both_sides,
    shortcut_as_wide,
    step_axis_added,
)
from explainers.reading.patching.of_tf import operations_of_keras
from explainers.reading.patching.patch import LONGEST
from explainers.reading.patching.places import Edit, Places, Rewritten, argument, last, parts
from explainers.reading.patching.several import (
    arrays_as_elsewhere,
    arrays_ordered,
    encoder_with_two_states,
    keys_renamed,
    labels_from_zero,
    mask_as_long,
    metric_of_labels,
    named_like_outputs,
    one_hot_from_zero,
    states_joined,
    targets_ordered,
)
from explainers.reading.patching.skips import other_operand, where_it_began
from explainers.reading.patching.slips import (
    arrays_in_a_list,
    attends_to_itself,
    batched_once,
    called_too,
    index_left_out,
    input_of_a_part,
    made_then_called,
    number_for_a_shape,
    shape_in_brackets,
    swapped_before,
    target_for_each_output,
    target_left_out,
    tensors_in_a_list,
    whole_number,
)
from explainers.reading.patching.unpacked import as_many_names, both_directions, states_instead_of_outputs
from explainers.reading.patching.writing import FED, OF_DATA_SETS, Writer, call_in, changed, each, of_kind
from explainers.reading.patching.wrong_words import (
    arguments_in_order,
    input_by_its_name,
    operand_in_the_other_order,
    parts_of_a_width,
    strides_of_the_other_path,
    vector_beside_steps,
)
from explainers.reading.shapes import walk

_BATCH = 32  # Keras' own


def rewritten(text: str, spec: ModelSpec, mistake: str | None) -> Iterator[Rewritten]:
    """Changed texts that may help against a mistake."""
    write = _BY_MISTAKE.get(mistake or "")
    if write is None or len(text) > LONGEST:
        return
    try:
        places = Places(text)
        yield from write(places, spec)
    except (LookupError, StopIteration, SyntaxError, ValueError, RuntimeError, MemoryError, AttributeError, TypeError):
        return


def _padded(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Rows of different lengths: fill the short ones up."""
    for check in of_kind(spec, "values"):
        node = call_in(places, check, "array", "asarray")
        if node is None:
            continue
        name, imports = places.keras()
        rows = places.source(node.args[0])
        floats = ', dtype="float32"' if check.number else ""
        code = f'{name}.utils.pad_sequences({rows}, padding="post"{floats})'
        label = "Pad the short rows with zeros, to the length of the longest."
        yield changed(places, [*imports, Edit(*places.span(node), code)], label, code, "0 then marks padding.")


def _as_many_numbers(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """A reshape that can't be made: another length for one of its axes."""
    for check in of_kind(spec, "reshape"):
        before, wanted = check.shapes
        total = math.prod(n or 1 for n in before)
        node = call_in(places, check, "reshape")
        if node is None:
            continue
        numbers = _numbers(node, len(wanted))
        for place in range(len(wanted) - 1, -1, -1):
            rest = math.prod(n for i, n in enumerate(wanted) if i != place and n not in (None, -1))
            if (-1 in wanted and wanted[place] == -1) or rest <= 0 or total % rest:
                continue
            free = total // math.prod(n or 1 for i, n in enumerate(wanted) if i != place and n != -1)
            words = str(free if -1 not in wanted else math.gcd(wanted[place] or 1, total))
            sizes = [words if i == place else places.source(n) for i, n in enumerate(numbers)]
            code = f"reshape({', '.join(sizes)})"
            label = f"Cut the {total:,} numbers into as many as there are: {words} on axis {place}."
            yield changed(places, [Edit(*places.span(numbers[place]), words)], label, code)

        if len(wanted) == 3 and None not in before and -1 not in wanted and wanted[0] == before[0]:
            inside = total // (before[0] or 1)
            one = next(n for n in range(wanted[1] or 1, 0, -1) if inside % n == 0)
            words = f"{one}, {inside // one}"
            edits = [Edit(places.span(numbers[1])[0], places.span(numbers[2])[1], words)]
            label = f"Cut the {inside} numbers of each sample into {one} × {inside // one}."
            yield changed(places, edits, label, f"reshape({before[0]}, {words})")


def _numbers(node: ast.Call, count: int) -> list[ast.expr]:
    """The numbers of the new shape, as they are written."""
    for given in (node.args[1:], node.args, [k.value for k in node.keywords]):
        found = [part for value in given for part in parts(value)]
        if len(found) == count:
            return found
    raise LookupError("the new shape isn't written out")


def _first_is_turned(spec: ModelSpec, line: int) -> bool:
    """Whether a product of this line fits once its first operand is turned."""
    met = [inputs for i, inputs, _ in walk(spec) if spec.calls[i].line == line and len(inputs) == 2]
    return any(len(a) > 1 and len(b) > 1 and a[-2] == b[-2] is not None for a, b in met)


def _first_operand_turned(places: Places, node: ast.Call, owner: str) -> Rewritten:
    first = node.args[0]
    code = f"{owner}.swapaxes({places.source(first)}, -1, -2)"
    edits = [Edit(*places.span(first), code)]
    if owner in ("tf", "tf.linalg", "tensorflow"):
        place, code = places.span(node.args[1])[1], f"{owner}.matmul(…, transpose_a=True)"
        edits = [Edit(place, place, ", transpose_a=True")]
    means = "The last axis of the first must be as long as the next-to-last axis of the second; now it is."
    return changed(places, edits, "Transpose the first operand: swap its last two axes.", code, means)


def _batched(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """A tf.data.Dataset of single samples."""
    for check in (c for c in spec.checks if c.kind in ("fit", "predict")):
        node = call_in(places, check, *FED)
        data = argument(node, 0, "x") if node is not None else None
        if node is None or data is None or check.text not in OF_DATA_SETS:
            continue
        code = f"{places.source(data)}.batch({_BATCH})"
        label = "Let the data set yield batches instead of single samples."
        yield changed(places, [Edit(*places.span(data), code)], label, code, f"{_BATCH} samples are read at a time.")


def _windows_in_batches(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Windows of a series that a data set yields one by one: batch_size=None."""
    for node in places.calls():
        given = argument(node, -1, "batch_size") if last(node) == "timeseries_dataset_from_array" else None
        if isinstance(given, ast.Constant) and given.value is None:
            label = "Let the data set yield batches of windows instead of single windows."
            means = f"With batch_size=None it yields one window at a time; {_BATCH} is an example."
            edits, code = [Edit(*places.span(given), str(_BATCH))], f"batch_size={_BATCH}"
            yield replace(changed(places, edits, label, code, means), other_data=True)


def _weights_turned(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """A weight whose two axes stand the other way round."""
    for node in places.calls():
        shape = argument(node, -1, "shape") if last(node) == "add_weight" else None
        sizes = parts(shape)
        if shape is None or len(sizes) != 2 or not isinstance(shape, ast.Tuple | ast.List):
            continue
        turned = f"({places.source(sizes[1])}, {places.source(sizes[0])})"
        label = "Swap the weight's axes: input features first, then outputs."
        means = "In x @ w the last axis of x meets the first axis of w."
        yield changed(places, [Edit(*places.span(shape), turned)], label, f"shape={turned}", means)


def _operand_turned(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``ops.matmul(q, k)`` of two tensors that are alike."""
    lines = [call.line for call in spec.calls if spec.layers[call.layer].class_name == "ops.matmul"]
    for node in (node for line in lines for node in places.calls(line) if last(node) in ("matmul", "dot")):
        if len(node.args) < 2 or not isinstance(node.func, ast.Attribute) or node.keywords:
            continue
        owner, second = places.source(node.func.value), places.source(node.args[1])
        if _first_is_turned(spec, node.lineno):
            yield _first_operand_turned(places, node, owner)
        if owner in ("tf", "tf.linalg", "tensorflow"):
            place = places.span(node.args[1])[1]
            edits, code = [Edit(place, place, ", transpose_b=True")], f"{owner}.matmul(…, transpose_b=True)"
        else:
            code = f"{owner}.swapaxes({second}, -1, -2)"
            edits = [Edit(*places.span(node.args[1]), code)]
        means = "The last axis of the first must be as long as the next-to-last axis of the second; now it is."
        yield changed(places, edits, "Transpose the second operand: swap its last two axes.", code, means)


def _pooled_already(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """A pooling over all places behind another one: leave it out."""
    for node in places.calls():
        name = today_name(last(node)) or ""
        parent = places.parents[node]
        if not name.startswith("Global") or not isinstance(parent, ast.Call) or parent.func is not node:
            continue
        code = places.source(parent.args[0])
        label = f"It is already pooled: omit {name}."
        means = "One number is left for each channel; there is no height or width to take the mean of."
        yield changed(places, [Edit(*places.span(parent), code)], label, code, means)


def _taken_apart(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Pairs that stand in one array, for a model with an Input for each of the two."""
    wanted = [tensor.shape[1:] for tensor in spec.inputs]
    for check in (c for c in spec.checks if c.kind in ("fit", "predict") and len(c.shapes) == 1):
        node = call_in(places, check, *FED, "train_on_batch")
        data = argument(node, 0, "x") if node is not None else None
        if data is None or len(wanted) < 2 or any((len(wanted), *one) != check.shapes[0][1:] for one in wanted):
            continue
        name = places.source(data)
        code = f"[{', '.join(f'{name}[:, {i}]' for i in range(len(wanted)))}]"
        label = f"Pass one array for each of the {len(wanted)} Inputs: they are side by side in {name}."
        means = f"Axis 1 of {name} says which of the {len(wanted)} it is."
        yield changed(places, [Edit(*places.span(data), code)], label, code, means)


def _scaled_up(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Pictures that are smaller than a backbone takes: scale them up in front of it."""
    for layer in spec.layers:
        facts, sizes = backbone_of(layer), layer.get("input_shape")
        node = next(iter(places.makers(layer)), None)
        shape = argument(node, -1, "input_shape") if node is not None else None
        keyword = next((k for k in node.keywords if k.value is shape), None) if node is not None else None
        if facts is None or keyword is None or not isinstance(sizes, tuple):
            continue
        sides = ", ".join(str(max(n, facts.least)) for n in sizes[:2] if isinstance(n, int))
        resizing, imports = places.layer_name("Resizing")
        entry, more = places.layer_name("Input")
        code = f"input_tensor={resizing}({sides})({entry}({places.source(keyword.value)}))"
        edits = list(dict.fromkeys([*imports, *more, Edit(*places.span(keyword), code)]))
        least, class_name = f"{facts.least} × {facts.least}", layer.class_name.removeprefix(PREFIX)
        label = f"Resize the images first: {class_name} takes at least {least}."
        yield changed(places, edits, label, code, "The model then takes your images as they are.")


def _three_channels(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Gray pictures for trained weights that read three colors: three channels of one, in front."""
    for layer in (layer for layer in spec.layers if is_backbone(layer)):
        sizes = layer.get("input_shape")
        node = next(iter(places.makers(layer)), None)
        keyword = next((k for k in node.keywords if k.arg == "input_shape"), None) if node is not None else None
        if node is None or keyword is None or not isinstance(sizes, tuple) or sizes[-1:] != (1,):
            continue
        conv, imports = places.layer_name("Conv2D")
        entry, more = places.layer_name("Input")
        first, facts = f"{entry}({places.source(keyword.value)})", backbone_of(layer)
        label = "Turn the gray channel into three with a 1 × 1 convolution in front."
        if facts is not None and too_small(layer):
            resizing, larger = places.layer_name("Resizing")
            sides = [max(n, facts.least) for n in sizes[:2] if isinstance(n, int)]
            first, more = f"{resizing}({', '.join(map(str, sides))})({first})", (*more, *larger)
            least, class_name = " × ".join(map(str, sides)), layer.class_name.removeprefix(PREFIX)
            label = f"Resize to {least}, the least that {class_name} takes, and turn the gray channel into three."
        code = f"input_tensor={conv}(3, 1)({first})"
        edits = list(dict.fromkeys([*imports, *more, Edit(*places.span(keyword), code)]))
        yield changed(
            places, edits, label, code, "It learns to map gray to the colors that the weights were trained on."
        )
        weights = next((k for k in node.keywords if k.arg == "weights"), None)
        if weights is not None:
            if facts is not None and too_small(layer):
                continue
            label = "Or start without trained weights: then one channel is enough."
            yield changed(places, [Edit(*places.span(weights), "weights=None")], label, "weights=None",
                      "Everything is then learned from your data alone.")  # fmt: skip


def _kept_as_long(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Layers that a loop or a function makes several times and that shrink an axis to nothing: they keep its length."""
    lines = {layer.line for layer in spec.layers if layer.line is not None}
    made = [node for line in sorted(lines) for node in places.calls(line) if _shrinks(node)]
    if sum(_can_shrink(layer.class_name) for layer in spec.layers) <= len(made):
        return  # each is made once: it is mended by itself
    edits = [edit for node in dict.fromkeys(made) if (edit := _padded_same(places, node)) is not None]
    if edits:
        label = 'Give the layers that shrink the axis padding="same".'
        yield changed(places, edits, label, 'padding="same"', "With zeros at the border, the last window always fits.")


def _shrinks(node: ast.Call) -> bool:
    return _can_shrink(today_name(last(node)) or "")


def _can_shrink(class_name: str) -> bool:
    return class_name in POOLS or (class_name in CONVOLUTIONS and "Transpose" not in class_name)


def _padded_same(places: Places, node: ast.Call) -> Edit | None:
    """padding="same" for a layer; None where it has it."""
    given = argument(node, -1, "padding", "border_mode")
    if given is not None:
        said = isinstance(given, ast.Constant) and given.value == "same"
        return None if said else Edit(*places.span(given), '"same"')
    end = places.span(node)[1] - 1
    inside = places.text[:end].rstrip()
    comma = "" if inside.endswith("(") else " " if inside.endswith(",") else ", "
    return Edit(len(inside), len(inside), f'{comma}padding="same"')


def _steps_between(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Recurrent layers that a loop stacks: all but its last turn hand on every step."""
    for node in places.calls():
        loop = _loop_around(places, node)
        given = argument(node, -1, "return_sequences")
        never = isinstance(given, ast.Constant) and given.value is False
        if loop is None or today_name(last(node)) not in RECURRENT or (given is not None and not never):
            continue
        (turn, total), edits = _counted(places, loop)
        condition = f"{turn} < {total} - 1"
        end = places.span(node)[1] - 1
        said = Edit(end, end, f", return_sequences={condition}")
        edits = [*edits, said if given is None else Edit(*places.span(given), condition)]
        label = "Let all recurrent layers of the loop except the last return every step."
        yield changed(places, edits, label, f"return_sequences={condition}", "The next layer then reads a sequence.")


def _loop_around(places: Places, node: ast.AST) -> ast.For | None:
    """The loop whose body makes a layer."""
    while node in places.parents:
        node = places.parents[node]
        if isinstance(node, ast.For):
            return node
    return None


def _counted(places: Places, loop: ast.For) -> tuple[tuple[str, str], list[Edit]]:
    """The name of a loop's turn and how many turns there are; the edits that give it one."""
    over, target = loop.iter, loop.target
    called = last(over) if isinstance(over, ast.Call) else ""
    if isinstance(over, ast.Call) and called == "range" and len(over.args) == 1 and isinstance(target, ast.Name):
        turn = "i" if target.id == "_" else target.id
        return (turn, places.source(over.args[0])), [Edit(*places.span(target), turn)]
    if isinstance(over, ast.Call) and called == "enumerate" and isinstance(target, ast.Tuple):
        return (places.source(target.elts[0]), f"len({places.source(over.args[0])})"), []
    if isinstance(over, ast.Call):
        raise LookupError("how often the loop runs isn't written out")
    listed = places.source(over)
    header = f"i, {places.source(target)} in enumerate({listed})"
    return ("i", f"len({listed})"), [Edit(places.span(target)[0], places.span(over)[1], header)]


def _both_states(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """An LSTM that is given one of the two states of another: give it both."""
    taken = [node for node in ast.walk(places.tree) if isinstance(node, ast.Assign)]
    for node in places.calls():
        given = argument(node, -1, "initial_state")
        if given is None or len(parts(given)) != 1:
            continue
        name = places.source(parts(given)[0])
        for assign in taken:
            names = [places.source(target) for target in parts(assign.targets[0])]
            if len(names) != 3 or name not in names[1:]:
                continue
            edits = [] if "_" not in names[1:] else [_named(places, assign)]
            code = f"[{names[1]}, {'state_c' if names[2] == '_' else names[2]}]"
            label = "Pass it both states, h and c, of the layer that made them."
            yield changed(places, [*edits, Edit(*places.span(given), code)], label, f"initial_state={code}")


def _named(places: Places, assign: ast.Assign) -> Edit:
    """A name for the state that was thrown away."""
    target = parts(assign.targets[0])[2]
    if places.source(target) != "_":
        raise LookupError("the first state has no name")
    return Edit(*places.span(target), "state_c")


_BY_MISTAKE: dict[str, Writer] = {
    "input_count": each(
        made_then_called,
        called_too,
        tensors_in_a_list,
        attends_to_itself,
        arrays_in_a_list,
        arrays_as_elsewhere,
        input_of_a_part,
        _taken_apart,
        keys_renamed,
    ),
    "merge_shapes": each(
        other_operand,
        where_it_began,
        strides_of_the_other_path,
        operand_in_the_other_order,
        vector_beside_steps,
        shortcut_as_wide,
    ),
    "old_argument": each(shape_in_brackets, number_for_a_shape, swapped_before),
    "target_shape": each(
        target_left_out,
        target_for_each_output,
        metric_of_labels,
        labels_from_zero,
        one_hot_from_zero,
        targets_ordered,
        named_like_outputs,
    ),
    "": each(whole_number, operations_of_keras),  # Keras says what it asks for, and no mistake has a name for it
    "mask": mask_as_long,
    "channels": each(read_as_declared, _three_channels),
    "kernel_exceeds_steps": each(_scaled_up, _kept_as_long),
    "ragged_data": _padded,
    "reshape": each(_as_many_numbers, parts_of_a_width),
    "data_rank": each(_windows_in_batches, arrays_ordered, batched_once, _batched, made_as_read),
    "data_size": each(
        _windows_in_batches,
        read_as_declared,
        input_by_its_name,
        arguments_in_order,
        own_layer_for_each,
        arrays_ordered,
        _batched,
        made_as_read,
    ),
    "layer_rank": each(
        _windows_in_batches, number_for_a_shape, batched_once, _batched, _steps_between, _pooled_already, index_left_out
    ),
    "operand_sizes": each(
        where_it_began,
        strides_of_the_other_path,
        operand_in_the_other_order,
        vector_beside_steps,
        step_axis_added,
        patches_on_both_sides,
        _weights_turned,
        _operand_turned,
        weight_of_the_last_axis,
        as_many_positions,
        axis_put_elsewhere,
        new_axis_elsewhere,
        width_by_its_name,
        shortcut_of_a_class,
    ),
    "output_count": as_many_names,
    "initial_state": each(
        states_instead_of_outputs, both_directions, _both_states, states_joined, encoder_with_two_states
    ),
}
