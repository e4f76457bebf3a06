"""Models are made, given layers and data."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from explainers.core.spec import OF_SLICES, VALIDATION, Check, Ref, Sizes
from explainers.reading.code.calling import apply
from explainers.reading.code.found import NO_TARGET
from explainers.reading.code.layers import Written
from explainers.reading.code.losses import loss_name, losses_of, metrics_of
from explainers.reading.code.merges import merge
from explainers.reading.code.outputs import in_another_order, named_otherwise, names_of, of_each_output
from explainers.reading.code.values import (
    NOT_READ,
    Arr,
    CellV,
    FuncV,
    LayerV,
    Missing,
    ModelV,
    ObjV,
    Stream,
    Sym,
    Ten,
    Value,
    Yielded,
    function_of,
)

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


LEFT_OUT = "it is left out"  # said of a layer that isn't in the model here


def new_sequential(reader: Reader, symbol: Sym, node: ast.Call) -> ModelV:
    """Sequential([...]) or Graph()."""
    positional, named = reader.arguments(node)
    model = ModelV(symbol.last == "Sequential", line=reader.line(node))
    layers = positional[0] if positional else named.get("layers", [])
    for layer in layers if isinstance(layers, list | tuple) else []:
        add(reader, model, layer, node)
    reader.models.append(model)
    return model


def add(reader: Reader, model: ModelV, layer: Value, node: ast.AST) -> None:
    """One more layer of a Sequential."""
    if isinstance(layer, LayerV | ModelV | Ten | ObjV | FuncV | CellV):
        model.layers.append(layer)
        reader.budget.hold(model)
    else:
        name = layer.name if isinstance(layer, Missing) else type(layer).__name__
        reader.skip(node, f"{name[:60]} isn't a layer that this app knows; {LEFT_OUT}")


def new_input(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """Input(shape=(…)): an int instead of a tuple is a mistake that Keras 3 refuses."""
    positional, named = reader.arguments(node)
    batch = reader.sizes(named.get("batch_shape", named.get("batch_input_shape")))
    given = named.get("shape", named.get("input_shape", positional[0] if positional else None))
    if batch is None and isinstance(given, int) and not isinstance(given, bool):
        reader.checks.append(
            (None, Check("input", number=given, line=reader.line(node), text=reader.source(reader.line(node))))
        )
        given = (given,)
    sizes = reader.sizes(given)
    if "tensor" in named or (sizes is None and batch is None):
        sizes = (reader.example("the input's width"),)
        reader.asked.setdefault("input", "What is the shape of one sample?")
    first = reader.whole(named["batch_size"]) if named.get("batch_size") is not None else None
    shape: Sizes = batch if batch is not None else (first, *(sizes or ()))
    name, dtype = named.get("name"), named.get("dtype")
    return Ten(
        reader.graph.add_input(
            shape, name if isinstance(name, str) else "", dtype if isinstance(dtype, str) else "float32", "Input"
        )
    )


NOT_READ_ON = " isn't read here: what is in front of it is shown"


def new_model(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """Model(inputs, outputs)."""
    positional, named = reader.arguments(node)
    both = [*positional, *([None] * (2 - len(positional)))][:2]
    inputs = named.get("inputs", named.get("input", both[0]))
    outputs = named.get("outputs", named.get("output", both[1]))
    model = ModelV(False, line=reader.line(node))
    model.inputs = [t.ref for t in reader.tensors(inputs)]
    model.outputs = [t.ref for t in reader.tensors(outputs)]
    model.names = names_of(reader, outputs, model.outputs)
    if model.outputs:
        reader.budget.model(len(reader.graph.needed(model.outputs)))
        reader.models.append(model)
        return model
    if isinstance(outputs, Missing):
        reader.skip(node, f"{outputs.name[:60]}{NOT_READ_ON}")
        _in_front(reader, model)
    return Missing(reader.short(node))


def _in_front(reader: Reader, model: ModelV) -> None:
    """The part of a model that was read, where its end wasn't: no data go into it, but it is more than its parts."""
    ends = reader.graph.loose_ends()
    model.outputs = [end for end in ends if set(model.inputs) & _read_for(reader, end)]
    if model.outputs and model.inputs:
        reader.budget.model(len(reader.graph.needed(model.outputs)))
        reader.models.append(model)


def _read_for(reader: Reader, end: Ref) -> set[Ref]:
    return {ref for call in reader.graph.needed([end]) for ref in reader.graph.read_by(call)}


def feed(
    reader: Reader, model: ModelV, name: str, positional: list[Value], named: dict[str, Value], node: ast.Call
) -> None:
    """Data given to a model: a check to be made live, where the shapes are in the text."""
    x = positional[0] if positional else named.get("x", named.get("X"))
    training = name.startswith(("fit", "train", "eval", "test"))
    model.trained = model.trained or name.startswith("fit")
    batch = named.get("batch_size")
    if isinstance(batch, int):
        reader.numbers.setdefault("batch_size", batch)
    whole = name.endswith("_on_batch")
    y = (positional[1] if len(positional) > 1 else named.get("y")) if training else None
    given, stream = x, stream_of(reader, x)
    several = _several_of_a_batch(x) if stream is None else None
    if several is not None:
        x, y = several[0], several[1] if training and len(several) > 1 else None
    if stream is not None:
        if y is not None and name == "fit":
            _target_twice(reader, node)
        x, y = stream.parts[0], stream.parts[1] if training and len(stream.parts) > 1 else None
    batches = stream is not None or several is not None
    xs = reader.arrays(_in_order(reader, model, x), "x")
    validated = named.get(VALIDATION)
    if len(model.outputs) > 1 and y is not None:
        each = named_otherwise(reader, model, xs, y, node, batch)
        if not each and not in_another_order(reader, model, y):
            each = of_each_output(reader, model, xs, y, node, batch)
        reader.checks += [(model, check) for check in each]
        y = None if each else y
    ys = reader.arrays(y, "y") if y is not None else []
    line = reader.line(node)
    for array in [a for a in (*xs, *ys) if a.sizes is None]:
        reader.ask(array.name)
    ys = ys if all(_known(a) for a in ys) else []
    if xs and all(a.sizes is not None for a in xs) and (ys or all(_known(a) for a in xs)):
        known_batch = batch if isinstance(batch, int) and not isinstance(batch, bool) else None
        known_batch = xs[0].sizes[0] if whole and xs[0].sizes else known_batch
        reader.checks.append(
            (
                model,
                Check(
                    "fit" if training and ys else "predict",
                    tuple(a.sizes for a in xs if a.sizes is not None),
                    tuple(a.sizes for a in ys if a.sizes is not None),
                    model.loss,
                    number=xs[0].largest,
                    line=line,
                    text=OF_SLICES if isinstance(given, Stream) else "a data set" if batches else reader.source(line),
                    batch_size=known_batch if known_batch is not None or "batch_size" not in named else 0,
                    metrics=model.metrics,
                    label=ys[0].largest if model.loss.startswith("sparse") and len(ys) == 1 else None,
                    losses=losses_of(model.losses),
                    keys=_other_keys(reader, model, x),
                    weights=_weights(reader, named.get("sample_weight")) if training and ys else None,
                ),
            )
        )
    _validated(reader, model, validated, node)


def _weights(reader: Reader, given: Value) -> Sizes | None:
    """The shape of sample_weight, where all of it is in the text."""
    arrays = reader.arrays(given, "sample_weight") if isinstance(given, Arr | list) else []
    sizes = arrays[0].sizes if len(arrays) == 1 else None
    return sizes if sizes and None not in sizes else None


def _target_twice(reader: Reader, node: ast.Call) -> None:
    """``fit(data_set, y)``: a data set brings its targets. Read as it was meant."""
    left = [keyword for keyword in node.keywords if keyword.arg != "y"]
    call = ast.copy_location(ast.Call(node.func, node.args[:1], left), node)
    cause = "A data set holds samples and targets together, so fit takes no target next to it"
    reader.as_meant(cause, call, NO_TARGET, "target_shape")


def _validated(reader: Reader, model: ModelV, given: Value, node: ast.Call) -> None:
    """``validation_data=(x, y)``: tried as fit tries its own data."""
    if not isinstance(given, tuple) or len(given) < 2 or len(model.outputs) > 1:
        return
    xs, ys = reader.arrays(_in_order(reader, model, given[0]), "x"), reader.arrays(given[1], "y")
    shapes, targets = ([a.sizes for a in arrays if a.sizes and _known(a)] for arrays in (xs, ys))
    if not shapes or len(shapes) < len(xs) or len(targets) != 1 or len(ys) != 1:
        return
    line = reader.line(node)
    check = Check("fit", tuple(shapes), tuple(targets), model.loss, line=line, text=VALIDATION, batch_size=0)
    reader.checks.append((model, check))


def _several_of_a_batch(data: Value) -> tuple[Value, ...] | None:
    """``yield (a, b), y``: a generator of the text that gives several inputs at a time."""
    first = data.first if isinstance(data, Yielded) else None
    if not isinstance(first, tuple) or not first or not isinstance(first[0], tuple | list | dict):
        return None
    inputs = first[0].values() if isinstance(first[0], dict) else first[0]
    return first if inputs and all(isinstance(part, Arr) for part in inputs) else None


def stream_of(reader: Reader, data: Value) -> Stream | None:
    """Data that come in batches: a tf.data.Dataset, a PyDataset of the text (its first batch), a generator of it."""
    if isinstance(data, Stream):
        return data
    batch: Value = data.first if isinstance(data, Yielded) else None
    get = function_of(data.cls.node, "__getitem__") if isinstance(data, ObjV) else None
    if get is not None:
        batch = reader.run(FuncV(get, data), [0], {})
    parts = [*batch] if isinstance(batch, tuple) else [batch]
    arrays = [part for part in parts[:2] if isinstance(part, Arr) and part.sizes]
    return Stream(tuple(arrays), True) if arrays and len(arrays) == len(parts[:2]) else None


def _known(array: Arr) -> bool:
    """Whether a model can be fed with such data: all but the number of samples is known."""
    return array.sizes is not None and None not in array.sizes[1:]


def _in_order(reader: Reader, model: ModelV, x: Value) -> Value:
    """The arrays of a dict in the order of the model's Inputs."""
    names = [reader.graph.inputs[ref.index].name for ref in model.inputs]
    return [x[name] for name in names] if isinstance(x, dict) and set(x) >= set(names) else x


def _other_keys(reader: Reader, model: ModelV, x: Value) -> tuple[str, ...]:
    """The keys of a dict that lacks the name of an Input, where the text gives all of these."""
    tensors = [reader.graph.inputs[ref.index] for ref in model.inputs]
    if not isinstance(x, dict) or len(x) != len(tensors) or not all(isinstance(key, str) for key in x):
        return ()
    squeezed = "".join(reader.text.split())
    named = all(f'name="{tensor.name}"' in squeezed or f"name='{tensor.name}'" in squeezed for tensor in tensors)
    return tuple(map(str, x)) if named and set(x) != {tensor.name for tensor in tensors} else ()


def old_graph(
    reader: Reader, model: ModelV, name: str, positional: list[Value], named: dict[str, Value], node: ast.AST
) -> None:
    """Graph() of Keras 0: nodes by name."""
    if name == "add_input":
        shape = reader.sizes(named.get("input_shape"))
        batch = reader.sizes(named.get("batch_input_shape"))
        sizes: Sizes = batch if batch is not None else (None, *(shape if shape is not None else (None,)))
        ref = reader.graph.add_input(sizes, str(named.get("name", positional[0] if positional else "")))
        model.inputs.append(ref)
        model.nodes[str(named.get("name", positional[0] if positional else ""))] = Ten(ref)
        return
    several = named.get("inputs")
    sources = several if isinstance(several, list | tuple) and several else [named.get("input")]
    tensors = [model.nodes[s] for s in sources if isinstance(s, str) and s in model.nodes]
    if (name == "add_node" and positional) or "layer" in named:
        layer = positional[0] if positional else named["layer"]
        label = named.get("name", positional[1] if len(positional) > 1 else "")
        if isinstance(layer, LayerV) and tensors:
            if len(tensors) > 1:
                tensors = [merge(reader, str(named.get("merge_mode", "concat")), tensors, named, node)]
            model.nodes[str(label)] = apply(reader, layer, tensors, [], reader.line(node))
    elif name == "add_output":
        model.outputs += [t.ref for t in tensors if isinstance(t, Ten)]


def bracketless(reader: Reader, variable: str, node: ast.Call) -> ModelV:
    """``model = Sequential`` without its brackets, as some web pages print it."""
    model = ModelV(True, variable, line=reader.line(node))
    reader.env[variable] = model
    reader.models.append(model)
    return model


def method_of_unknown(reader: Reader, variable: str, name: str, node: ast.Call) -> Value:
    """``model.add(...)`` where the text doesn't show how model was made: it was a Sequential."""
    if name not in ("add", "compile", "fit", "predict") or (name != "add" and variable not in ("model", "m")):
        return Missing(reader.short(node))
    model = ModelV(True, variable, line=reader.line(node))
    if name == "add":
        reader.env[variable] = model
        reader.models.append(model)
        return model_method(reader, model, name, node)
    reader.arguments(node)
    return Missing(reader.short(node))


def _added(
    reader: Reader, model: ModelV, name: str, positional: list[Value], named: dict[str, Value], node: ast.Call
) -> None:
    if positional and model.trained:
        reader.skip(node, "this layer is added after fit; the model is shown as fit was given it")
    elif positional:
        add(reader, model, positional[0], node)


def _compiled(
    reader: Reader, model: ModelV, name: str, positional: list[Value], named: dict[str, Value], node: ast.Call
) -> None:
    model.losses = named.get("loss", positional[1] if len(positional) > 1 else "")
    model.loss = loss_name(model.losses)
    model.metrics = metrics_of(named.get("metrics", positional[2] if len(positional) > 2 else []))


def _built(
    reader: Reader, model: ModelV, name: str, positional: list[Value], named: dict[str, Value], node: ast.Call
) -> None:
    """build(input_shape) says what a Sequential reads."""
    given = positional[0] if positional else named.get("input_shape")
    model.declared = reader.sizes(given) if isinstance(given, list | tuple) and len(given) > 1 else None


def _nothing(
    reader: Reader, model: ModelV, name: str, positional: list[Value], named: dict[str, Value], node: ast.Call
) -> None:
    """What a model does without a word about shapes."""


_Method = Callable[["Reader", ModelV, str, list[Value], dict[str, Value], ast.Call], None]
FED = (  # methods that are given data
    "fit", "train_on_batch", "evaluate", "test_on_batch", "predict", "predict_on_batch", "predict_classes",
    "fit_generator",
)  # fmt: skip
_SILENT = (
    "summary", "save", "load_weights", "set_weights", "get_weights", "reset_states",
    "save_weights", "to_json",
)  # fmt: skip
METHODS_OF_MODELS: dict[str, _Method] = {
    "add": _added,
    "compile": _compiled,
    "build": _built,
    **dict.fromkeys(FED, feed),
    **dict.fromkeys(("add_input", "add_node", "add_output"), old_graph),
    **dict.fromkeys(_SILENT, _nothing),
}


def layer_of(reader: Reader, model: ModelV, name: Value) -> Value:
    """``model.get_layer("dense")``."""
    for layer in model.layers:
        if isinstance(layer, LayerV) and layer.written.spec.name == name:
            return layer
    found = (i for i, layer in enumerate(reader.graph.layers) if layer.name == name)
    place = next(found, None)
    if place is None:
        return Missing("a layer by its name")
    return LayerV(Written(reader.graph.layers[place]), place)


def layer_method(reader: Reader, layer: LayerV, name: str, node: ast.Call) -> Value:
    """``layer.set_weights([matrix])``: what is put into it has to fit."""
    if name != "set_weights":
        return NOT_READ
    positional, _ = reader.arguments(node)
    reader.puts_in(layer, positional[0] if positional else None, node)
    return None


def model_method(reader: Reader, model: ModelV, name: str, node: ast.Call) -> Value:
    """add, compile, fit, predict, and the old Graph's add_input, add_node, add_output."""
    positional, named = reader.arguments(node)
    if name == "get_layer":
        return layer_of(reader, model, positional[0] if positional else named.get("name"))
    done = METHODS_OF_MODELS.get(name)
    if done is None:
        return Missing(reader.short(node))
    done(reader, model, name, positional, named, node)
    return Missing(f"{model.name or 'model'}.{name}(…)")


MODELS: dict[str, Callable[[Reader, Sym, ast.Call], Value]] = {
    **dict.fromkeys(("Sequential", "Graph"), new_sequential),
    **dict.fromkeys(("Model", "Functional", "Network", "Container"), new_model),  # of Keras 2 and 1
    **dict.fromkeys(("Input", "InputLayer"), new_input),
}
