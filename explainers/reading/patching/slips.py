"""Slips of the pen: brackets that were left out, an argument too few, a name in the place of another.

Each is read again and run live before it is offered, as every other change.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from explainers.core.layers import MERGES
from explainers.core.spec import LayerSpec, ModelSpec, NumpyInt
from explainers.reading.code.found import CALL_TOO, MAKE_FIRST, NO_TARGET, ONE_LIST
from explainers.reading.literal import BY_NAME, today_name
from explainers.reading.patching.places import Edit, Places, Rewritten, argument, last, parts
from explainers.reading.patching.writing import FED, OF_DATA_SETS, call_in, changed
from explainers.reading.tensor_operations import SWAP_FIRST

_WHOLE = ("units", "filters", "output_dim", "input_dim", "n", "num_heads", "key_dim")
_AXES = ("target_shape", "dims")  # arguments that are one tuple of axes
MOST_NAMES = 4  # that are tried in the place of another


def shape_in_brackets(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``Reshape(7, 7, 16)`` and ``Input(shape=(11))``: a shape is one tuple."""
    for node in places.calls():
        name = last(node) if last(node) == "Input" else today_name(last(node)) or ""
        first = BY_NAME[name].order[:1] if name in BY_NAME else ()
        given = node.args if len(node.args) > 1 and first and first[0] in _AXES else []
        if given and not any(isinstance(part, ast.Tuple | ast.List | ast.Starred) for part in given):
            start, end = places.span(given[0])[0], places.span(given[-1])[1]
            code = f"{name}(({places.text[start:end]}))"
            yield changed(places, [Edit(start, start, "("), Edit(end, end, ")")],
                          "Write the shape as one tuple, in its own brackets.", code)  # fmt: skip
        keyword = next((k for k in node.keywords if k.arg in ("shape", "input_shape", "target_shape")), None)
        alone = keyword.value if keyword is not None else argument(node, 0) if name == "Input" else None
        if alone is None or not isinstance(alone, ast.Name | ast.Constant | ast.BinOp | ast.Attribute):
            continue
        (start, end), words = places.span(alone), places.source(alone)
        inside = places.text[start - 1 : start] == "(" and re.match(r"\s*\)", places.text[end:]) is not None
        edit = Edit(end, end, ",") if inside and keyword is not None else Edit(start, end, f"({words},)")
        yield changed(places, [edit], "Write the shape as a tuple: a comma makes one of a number in brackets.",
                      f"shape=({words},)", "Without the comma the brackets change nothing.")  # fmt: skip


def number_for_a_shape(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``LSTM((10, 5))`` and ``LSTM(10, 5)``: units alone, and the shape of a sample where the first layer has none."""
    for node in places.calls():
        name = today_name(last(node)) or ""
        first = argument(node, 0, "units", "filters")
        if name not in BY_NAME or BY_NAME[name].order[:1] not in (("units",), ("filters",)) or first is None:
            continue
        a_shape = isinstance(first, ast.Tuple | ast.List)
        listed = parts(first) if a_shape else node.args[:2]
        if not a_shape and BY_NAME[name].order[1:2] == ("kernel_size",):
            continue  # a second number is what belongs there
        if len(listed) != 2 or not (isinstance(listed[1], ast.Name) or _is_whole(listed[1])):
            continue
        (start, _), (_, end) = places.span(first), places.span(first if listed[0] is not node.args[0] else listed[1])
        sizes, units = places.text[places.span(listed[0])[0] : places.span(listed[1])[1]], places.source(listed[1])
        code = f"{name}({units})"
        yield changed(places, [Edit(start, end, units)], f"Write how many numbers the layer returns: {units}.", code)
        if not places.inputs() and not any(k.arg in ("input_shape", "batch_input_shape") for k in node.keywords):
            code = f"{name}(32, input_shape=({sizes}))"
            yield changed(places, [Edit(start, end, f"32, input_shape=({sizes})")],
                          f"If ({sizes}) is the shape of a sample, declare it, and choose the units.", code,
                          "32 is an example: use your own.")  # fmt: skip


def swapped_before(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``ops.matmul(a, b, transpose_b=True)``: a flag of tf.matmul that Keras' own function doesn't have."""
    for node in (n for n in places.calls() if last(n) == "matmul" and isinstance(n.func, ast.Attribute)):
        owner = places.source(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        flags = [k for k in node.keywords if k.arg in ("transpose_a", "transpose_b")]
        if owner.rpartition(".")[2] != "ops" or len(node.args) < 2 or len(flags) != 1:
            continue
        operand = node.args[flags[0].arg == "transpose_b"]
        code = f"{owner}.swapaxes({places.source(operand)}, -1, -2)"
        gone = Edit(places.span(node.args[1])[1], places.span(flags[0])[1], "")
        edits = [Edit(*places.span(operand), code), gone]
        yield changed(places, edits, SWAP_FIRST, code, "tf.matmul has such a flag, keras.ops.matmul has not.")


def _is_whole(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def arrays_in_a_list(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``fit(images, table, y)`` of a model with two Inputs: its arrays stand in one list."""
    count = len(spec.inputs)
    for check in (c for c in spec.checks if c.kind in ("fit", "predict") and len(c.shapes) < count):
        node = call_in(places, check, *FED, "train_on_batch", "predict_on_batch")
        arrays = node.args[:count] if node is not None else []
        if count < 2 or len(arrays) < count or not all(isinstance(a, ast.Name | ast.Subscript) for a in arrays):
            continue
        start, end = places.span(arrays[0])[0], places.span(arrays[-1])[1]
        code = f"[{places.text[start:end]}]"
        label = f"Pass the {count} arrays of the Inputs as one list."
        means = "What comes second is read as the target."
        yield changed(places, [Edit(start, start, "["), Edit(end, end, "]")], label, code, means)


def whole_number(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``Dense(units / 2)`` and ``Dense(np.prod(shape))``: where Keras asks for a whole number of Python's own. All of
    them at once."""
    found = {places.span(at): at for layer in spec.layers for at in _no_whole_numbers(places, layer)}
    words = {span: _made_whole(places, at) for span, at in found.items()}
    if words:
        told = next(iter(words.values()))
        of_numpy = "NumPy's whole numbers aren't Python's; int() turns one into the other."
        means = "/ makes a float, // a whole number." if " // " in told else of_numpy
        label = f"Write {' and '.join(dict.fromkeys(words.values()))}: Keras needs a whole number here."
        yield changed(places, [Edit(*span, word) for span, word in words.items()], label, told, means)


def _no_whole_numbers(places: Places, layer: LayerSpec) -> Iterator[ast.expr]:
    """What a layer is given for a size that Keras doesn't take for one, as it is written."""
    order = BY_NAME[layer.class_name].order if layer.class_name in BY_NAME else ()
    for key, value in layer.arguments:
        if key not in _WHOLE or not isinstance(value, float | NumpyInt):
            continue
        for node in places.makers(layer):
            at = argument(node, order.index(key) if key in order else -1, key)
            whole = isinstance(at, ast.Call) and last(at) == "int"
            if at is not None and not isinstance(at, ast.Constant) and not whole:
                yield at


def _made_whole(places: Places, at: ast.expr) -> str:
    if isinstance(at, ast.BinOp) and isinstance(at.op, ast.Div):
        return f"{places.source(at.left)} // {places.source(at.right)}"
    return f"int({places.source(at)})"


def tensors_in_a_list(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``Concatenate()(a, b)``: a layer that joins reads one list."""
    for node in places.calls():
        made = node.func
        name = today_name(last(made)) if isinstance(made, ast.Call) else None
        if name not in MERGES or len(node.args) < 2 or isinstance(node.args[0], ast.List | ast.Tuple):
            continue
        start, end = places.span(node.args[0])[0], places.span(node.args[-1])[1]
        code = f"{name}()([{places.text[start:end]}])"
        yield changed(places, [Edit(start, start, "["), Edit(end, end, "]")], ONE_LIST, code)


def attends_to_itself(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``MultiHeadAttention(…)(x)``: for self-attention the query is the value, too."""
    for call in spec.calls:
        if spec.layers[call.layer].class_name != "MultiHeadAttention" or len(call.inputs) != 1:
            continue
        for node in (n for n in places.calls(call.line) if len(n.args) == 1 and isinstance(n.args[0], ast.Name)):
            if not _attends(places, node.func):
                continue
            words, place = places.source(node.args[0]), places.span(node.args[0])[1]
            label = "Pass the query and the value: for self-attention both are the same."
            yield changed(places, [Edit(place, place, f", {words}")], label, f"attention({words}, {words})",
                          "Each timestep then reads all timesteps of the same sequence.")  # fmt: skip


def _attends(places: Places, called: ast.expr) -> bool:
    """Whether what is called is a MultiHeadAttention, made here or under this name."""
    if isinstance(called, ast.Call):
        return last(called) == "MultiHeadAttention"
    assigned = (node for node in ast.walk(places.tree) if isinstance(node, ast.Assign))
    made = ((node.targets, node.value) for node in assigned if isinstance(node.value, ast.Call))
    names = [places.source(t) for targets, value in made if last(value) == "MultiHeadAttention" for t in targets]
    return places.source(called) in names


def made_then_called(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``Flatten(x)``: the layer is made first, then called with its tensor. All of them at once."""
    tensors = {name for name, value in given(places) if _makes_a_tensor(value)}
    edits: list[Edit] = []
    code = ""
    for node in places.calls():
        first = node.args[0] if node.args else None
        names = [part.id for part in parts(first) if isinstance(part, ast.Name)]
        if not _is_layer(node) or not names or len(names) != len(parts(first)) or not set(names) <= tensors:
            continue
        parent = places.parents[node]
        if first is None or (isinstance(parent, ast.Call) and parent.func is node):
            continue
        start, end = places.span(first)
        rest = re.match(r"\s*,\s*", places.text[end:])
        close, words = places.span(node)[1], places.source(first)
        edits += [Edit(start, end + (rest.end() if rest else 0), ""), Edit(close, close, f"({words})")]
        code = code or f"{last(node)}(…)({words})"
    if edits:
        yield changed(places, edits, MAKE_FIRST, code)


def called_too(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``x = Dense(9)`` between lines that make tensors of x: the layer is called on it."""
    in_order = sorted(given(places), key=lambda pair: pair[1].lineno)
    for place, (name, value) in enumerate(in_order):
        tensor = any(other == name and _makes_a_tensor(made) for other, made in in_order[:place])
        if not tensor or not isinstance(value, ast.Call) or not _is_layer(value):
            continue
        end = places.span(value)[1]
        yield changed(places, [Edit(end, end, f"({name})")], CALL_TOO, f"{places.source(value)}({name})")


def target_left_out(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``fit(data_set, y)``: the data set holds the targets."""
    for node in places.methods(("fit",)):
        keyword = next((k for k in node.keywords if k.arg == "y"), None)
        target = node.args[1] if len(node.args) > 1 else keyword
        if target is None or not node.args or not any(check.text in OF_DATA_SETS for check in spec.checks):
            continue
        start, end = places.span(target)
        before = re.search(r",\s*$", places.text[:start])
        code = f"fit({places.source(node.args[0])})"
        yield changed(places, [Edit(before.start() if before else start, end, "")], NO_TARGET, code)


def target_for_each_output(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """One target for several outputs, where the program has arrays that nothing reads."""
    read = {n.id for n in ast.walk(places.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    idle = [name for name, value in given(places) if name not in read and isinstance(value, ast.Call)]
    for check in (c for c in spec.checks if c.kind == "fit" and 0 < len(c.targets) < len(spec.outputs)):
        node = call_in(places, check, *FED)
        target = argument(node, 1, "y") if node is not None else None
        if target is None or len(parts(target)) + len(idle) != len(spec.outputs):
            continue
        named = [*(places.source(part) for part in parts(target)), *idle]
        for order in (named, named[::-1]):
            code = f"[{', '.join(order)}]"
            label = f"Pass one target for each of the {len(spec.outputs)} outputs, in their order."
            yield changed(places, [Edit(*places.span(target), code)], label, code)


def _is_layer(node: ast.Call) -> bool:
    return last(node)[:1].isupper() and (today_name(last(node)) or "") in BY_NAME


def _makes_a_tensor(value: ast.expr) -> bool:
    """An Input, a layer that is called, or what a layer's class was given by mistake."""
    if not isinstance(value, ast.Call):
        return False
    called = value.func
    return (isinstance(called, ast.Call) and _is_layer(called)) or last(value) == "Input" or _is_layer(value)


def given(places: Places) -> Iterator[tuple[str, ast.expr]]:
    """What each name is given."""
    for node in ast.walk(places.tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def input_of_a_part(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``Model(inputs, outputs)`` where the outputs come from another Input: the one of the model in front."""
    models = [node for node in places.calls() if last(node) in ("Model", "Functional")]
    for node in models:
        inputs, outputs = argument(node, 0, "inputs"), argument(node, 1, "outputs")
        if inputs is None or outputs is None:
            continue
        earlier = [name for name, value in given(places) if value in models and value.lineno < node.lineno]
        used = {part.id for part in ast.walk(outputs) if isinstance(part, ast.Name)}
        for name in sorted(earlier, key=lambda name: name not in used)[:MOST_NAMES]:
            code = f"{name}.input"
            label = f"Name the Input that the outputs come from: {code}."
            means = f"`{places.source(inputs)}` is another Input by now."
            yield changed(places, [Edit(*places.span(inputs), code)], label, f"keras.Model({code}, …)", means)


def batched_once(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """A data set that is cut into batches twice: leave one of them out."""
    batched = places.methods(("batch",))
    for node in reversed(batched) if len(batched) > 1 else ():
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if owner is None or not any(check.text in OF_DATA_SETS for check in spec.checks):
            continue
        edit = _left_out(places, node, owner)
        label = "Cut the data set into batches once: omit this batch(…)."
        means = "The second one makes batches of batches: that adds an axis."
        yield changed(places, [edit], label, places.source(node), means)


def _left_out(places: Places, node: ast.expr, owner: ast.expr) -> Edit:
    """What a call or an index belongs to, without it; no line where ``x = x`` would be left."""
    statement, words = places.statement(node), places.source(owner)
    if isinstance(statement, ast.Assign) and statement.value is node and places.source(statement.targets[0]) == words:
        start, end = places.span(statement)
        return Edit(places.text.rfind("\n", 0, start) + 1, end + 1, "")
    return Edit(*places.span(node), words)


def index_left_out(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``x[:, -1, :]`` of one vector for each sample: the layer in front returns only the last step already."""
    lines = {call.line for call in spec.calls}
    for node in ast.walk(places.tree):
        if not isinstance(node, ast.Subscript) or node.lineno not in lines or not _is_last_step(node.slice):
            continue
        words = places.source(node.value)
        label = f"Use {words} as it is: it holds the last step already."
        means = "Without return_sequences=True a recurrent layer returns its last output only."
        yield changed(places, [_left_out(places, node, node.value)], label, words, means)


def _is_last_step(index: ast.expr) -> bool:
    return isinstance(index, ast.Tuple) and ast.unparse(index).strip("()") in (":, -1, :", ":, -1")
