"""Sizes and costs of a ModelSpec without Keras: enough to refuse a model that is too big *before* it is built.

Where a rule isn't known, the shape is None ("not worked out here") and Keras decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from explainers.core.spec import Argument, LayerSpec, ModelSpec, Ref, Sizes
from explainers.reading.layers import known

MOST_WEIGHTS = 100_000_000  # numbers; 400 MB as float32
MOST_LAYERS = 300
MOST_CALLS = 400  # of these layers: one that is shared is called several times
GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1, "LSTMCell": 4, "GRUCell": 3, "SimpleRNNCell": 1}
_RANKS = {"1D": 1, "2D": 2, "3D": 3}


def spread(value: Argument, rank: int, default: int = 1) -> tuple[int, ...]:
    """``3`` -> ``(3, 3)`` for two axes."""
    if isinstance(value, tuple):
        whole = tuple(v for v in value if isinstance(v, int))
        return whole if len(whole) == rank else (whole or (default,)) * rank if len(whole) == 1 else (default,) * rank
    return (value if isinstance(value, int) and not isinstance(value, bool) else default,) * rank


def number(value: Argument, default: int = 1) -> int:
    """A whole number argument."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    return int(value) if abs(value) < 10**15 else 10**15


def space(class_name: str) -> int:
    """How many axes a Conv1D, MaxPooling2D, ... slides over."""
    return next((rank for sign, rank in _RANKS.items() if sign in class_name), 1)


def conv_length(length: int | None, kernel: int, stride: int, padding: str, dilation: int = 1) -> int | None:
    """Steps that are left after a convolution or pooling. Zero or less: it ran out of steps."""
    if length is None:
        return None
    reach = (kernel - 1) * dilation + 1
    if padding in ("same", "causal"):
        return -(-length // max(stride, 1))
    return (length - reach) // max(stride, 1) + 1


def output_shapes(layer: LayerSpec, inputs: tuple[Sizes, ...]) -> tuple[Sizes, ...] | None:
    """The shapes that come out of one call; None where it isn't worked out here (or can't be)."""
    if not inputs:
        return None
    rules = known(layer.class_name)
    group = rules.group if rules else layer.class_name
    first = inputs[0]
    if group.startswith("ops."):
        return _operated(layer, group.removeprefix("ops."), inputs)
    if group in ("same", "norm", "prelu"):
        return (first,)
    if group in ("dense", "embedding"):
        width = layer.get("units" if group == "dense" else "output_dim")
        return None if not isinstance(width, int) else ((*first[:-1], width) if group == "dense" else (*first, width),)
    if group in ("rnn", "rnn_wrapper"):
        return _rnn_shapes(layer, first)
    if group == "wrapper":
        return _wrapper_shapes(layer, first)
    if group in ("conv", "pool"):
        return _sliding_shape(layer, first)
    if group == "global_pool":
        return ((first[0], first[-1]),)
    return _moved_shapes(layer, group, inputs)


_ELEMENTWISE = ("multiply", "add", "subtract", "divide", "softmax", "tanh", "sigmoid", "relu", "exp", "square", "abs")


def _operated(layer: LayerSpec, name: str, inputs: tuple[Sizes, ...]) -> tuple[Sizes, ...] | None:
    """The shape behind an operation on tensors: keras.ops, keras.backend, tf."""
    first = inputs[0]
    axis = layer.get("axis")
    if name in _ELEMENTWISE:
        weight = layer.get("weight")
        held = (tuple(n if isinstance(n, int) else None for n in weight),) if isinstance(weight, tuple) else ()
        return _broadcast((*inputs, *held))
    if name in ("sum", "mean", "max"):
        return _reduced(first, axis, layer.get("keepdims") is True)
    if name == "take" and isinstance(axis, int) and 0 <= axis < len(first):
        return ((*first[:axis], *first[axis + 1 :]),)
    if name == "expand_dims" and isinstance(axis, int) and -len(first) - 1 <= axis <= len(first):
        place = axis if axis >= 0 else len(first) + 1 + axis
        return ((*first[:place], 1, *first[place:]),)
    if name == "squeeze" and isinstance(axis, int) and -len(first) <= axis < len(first):
        return (tuple(n for i, n in enumerate(first) if i != axis % len(first)),)
    return None


def _reduced(first: Sizes, axis: Argument, keep: bool) -> tuple[Sizes, ...] | None:
    places = axis if isinstance(axis, tuple) else (axis,)
    if not all(isinstance(place, int) and -len(first) <= place < len(first) for place in places):
        return None
    gone = {place % len(first) for place in places if isinstance(place, int)}
    return (tuple(1 if i in gone else n for i, n in enumerate(first) if keep or i not in gone),)


def _broadcast(shapes: tuple[Sizes, ...]) -> tuple[Sizes, ...] | None:
    """Axes lined up from the right, where an axis of 1 stretches; None where they don't fit."""
    rank = max(len(shape) for shape in shapes)
    out: list[int | None] = []
    for place in range(-rank, 0):
        sizes = {shape[place] for shape in shapes if len(shape) >= -place} - {1}
        if len(sizes - {None}) > 1:
            return None
        out.append(next(iter(sizes - {None}), None if None in sizes else 1))
    return (tuple(out),)


def _moved_shapes(layer: LayerSpec, group: str, inputs: tuple[Sizes, ...]) -> tuple[Sizes, ...] | None:
    """Layers without weights that rearrange axes."""
    first = inputs[0]
    if group == "flatten":
        return ((first[0], product(first[1:])),)
    if group == "repeat" and len(first) == 2:
        return ((first[0], number(layer.get("n")), first[1]),)
    if group == "permute":
        dims = layer.get("dims")
        if isinstance(dims, tuple) and all(isinstance(d, int) and 0 < d < len(first) for d in dims):
            return ((first[0], *(first[d] for d in dims if isinstance(d, int))),)
    if group == "reshape":
        return _reshaped(layer, first)
    if layer.class_name == "Concatenate" and len({len(shape) for shape in inputs}) == 1:
        axis = number(layer.get("axis", -1))
        if -len(first) <= axis < len(first):
            parts = [shape[axis] for shape in inputs]
            joined = None if None in parts else sum(p for p in parts if p is not None)
            return (tuple(joined if i == axis % len(first) else n for i, n in enumerate(first)),)
    if group == "merge" and layer.class_name not in ("Dot", "Concatenate"):
        return (first,)
    if group == "attention":
        return (first,)
    return None


def _reshaped(layer: LayerSpec, first: Sizes) -> tuple[Sizes, ...] | None:
    target = layer.get("target_shape")
    if not isinstance(target, tuple) or not all(isinstance(n, int) for n in target):
        return None
    sizes = tuple(n for n in target if isinstance(n, int))
    whole = product(first[1:])
    rest = math.prod(n for n in sizes if n > 0)
    open_axis = None if whole is None or not rest else whole // rest
    return ((first[0], *(open_axis if n == -1 else n for n in sizes)),)


def _rnn_shapes(layer: LayerSpec, first: Sizes) -> tuple[Sizes, ...] | None:
    cell = layer.get("cell")
    cells = cell if isinstance(cell, tuple) else (cell,) if cell is not None else (layer,)
    specs = [c for c in cells if isinstance(c, LayerSpec)]
    if not specs or len(first) != 3:
        return None
    width = specs[-1].get("units")
    if not isinstance(width, int):
        return None
    out: Sizes = (first[0], first[1], width) if layer.get("return_sequences") is True else (first[0], width)
    states = sum(2 if "LSTM" in s.class_name else 1 for s in specs) if layer.get("return_state") is True else 0
    return (out, *[(first[0], width)] * states)


def _wrapper_shapes(layer: LayerSpec, first: Sizes) -> tuple[Sizes, ...] | None:
    inner = layer.get("layer")
    if not isinstance(inner, LayerSpec) or len(first) < 3:
        return None
    if layer.class_name == "TimeDistributed":
        made = output_shapes(inner, ((first[0], *first[2:]),))
        return None if made is None else ((first[0], first[1], *made[0][1:]),)
    made = output_shapes(inner, (first,))
    if made is None:
        return None
    mode = layer.get("merge_mode", "concat")
    width = made[0][-1]
    out = (*made[0][:-1], 2 * width) if mode == "concat" and width is not None else made[0]
    return (out, *made[1:], *made[1:])


def _sliding_shape(layer: LayerSpec, first: Sizes) -> tuple[Sizes, ...] | None:
    rank = space(layer.class_name)
    if "Transpose" in layer.class_name or "LSTM" in layer.class_name or len(first) != rank + 2:
        return None
    pooling = "Pooling" in layer.class_name
    kernel = spread(layer.get("pool_size" if pooling else "kernel_size"), rank, 2 if pooling else 1)
    strides = kernel if pooling and layer.get("strides") is None else spread(layer.get("strides"), rank)
    dilation = spread(layer.get("dilation_rate"), rank)
    padding = str(layer.get("padding", "valid"))
    front = layer.get("data_format") == "channels_first"
    lengths = first[2:] if front else first[1:-1]
    windows = zip(lengths, kernel, strides, dilation, strict=True)
    left = tuple(conv_length(length, size, stride, padding, d) for length, size, stride, d in windows)
    channels = first[1] if front else first[-1]
    filters = layer.get("filters")
    made = channels if pooling or not isinstance(filters, int) else filters
    return ((first[0], made, *left) if front else (first[0], *left, made),)


def product(sizes: Sizes) -> int | None:
    """The number of elements; None while one is open."""
    return None if None in sizes else math.prod(n for n in sizes if n is not None)


def weights_of(layer: LayerSpec, inputs: tuple[Sizes, ...]) -> int:
    """Numbers that the layer's weights hold. Open axes count as 1 (Keras refuses them before it allocates)."""
    rules = known(layer.class_name)
    group = rules.group if rules else ""
    first = inputs[0] if inputs else ()
    last = (first[-1] if first else 1) or 1
    if group == "dense":
        return (last + 1) * number(layer.get("units"))
    if group == "embedding":
        return number(layer.get("input_dim")) * number(layer.get("output_dim"))
    if group in ("rnn", "cell"):
        units = number(layer.get("units"))
        return GATES.get(layer.class_name, 4) * units * (last + units + 2)
    if group == "rnn_wrapper":
        return _cell_weights(layer, last)
    if group == "wrapper":
        return _wrapped_weights(layer, first)
    if group in ("conv", "conv_rnn"):
        kernel = math.prod(spread(layer.get("kernel_size"), space(layer.class_name)))
        channels = (first[1] if layer.get("data_format") == "channels_first" and len(first) > 1 else last) or 1
        filters = number(layer.get("filters"), number(layer.get("depth_multiplier")))
        recurrent = filters if group == "conv_rnn" else 0
        return (4 if group == "conv_rnn" else 1) * filters * (kernel * (channels + recurrent) + 1)
    if group == "attention":
        return 4 * number(layer.get("num_heads")) * number(layer.get("key_dim")) * (last + 1)
    return 4 * last if group == "norm" else (product(first[1:]) or 1) if group == "prelu" else 0


def _cell_weights(layer: LayerSpec, last: int) -> int:
    cell = layer.get("cell")
    total = 0
    for part in cell if isinstance(cell, tuple) else (cell,):
        if isinstance(part, LayerSpec):
            total += weights_of(part, ((None, last),))
            last = number(part.get("units"))
    return total


def _wrapped_weights(layer: LayerSpec, first: Sizes) -> int:
    inner = layer.get("layer")
    if not isinstance(inner, LayerSpec):
        return 0
    if layer.class_name == "TimeDistributed":
        return weights_of(inner, ((first[:1] + first[2:]),))
    backward = layer.get("backward_layer")
    other = backward if isinstance(backward, LayerSpec) else inner
    return weights_of(inner, (first,)) + weights_of(other, (first,))


def walk(spec: ModelSpec) -> Iterator[tuple[int, tuple[Sizes, ...], tuple[Sizes, ...] | None]]:
    """For each call: its number, the shapes that go in, and those that come out (None: not worked out here)."""
    made: dict[Ref, Sizes] = {Ref("input", i): tensor.shape for i, tensor in enumerate(spec.inputs)}
    for i, call in enumerate(spec.calls):
        inputs = tuple(made[ref] for ref in call.inputs if ref in made)
        outputs = output_shapes(spec.layers[call.layer], inputs) if len(inputs) == len(call.inputs) else None
        made |= {Ref("call", i, k): shape for k, shape in enumerate(outputs or ())}
        yield i, inputs, outputs


def too_big(spec: ModelSpec) -> str:
    """A sentence where the model would cost too much to build, else ''."""
    if len(spec.calls) > MOST_CALLS:
        return f"The model calls its layers {len(spec.calls):,} times; at most {MOST_CALLS} calls are built here."
    if len(spec.layers) > MOST_LAYERS:
        return f"The model has {len(spec.layers)} layers; at most {MOST_LAYERS} are built here."
    total = 0
    counted: set[int] = set()
    for i, inputs, outputs in walk(spec):
        layer = spec.layers[spec.calls[i].layer]
        if spec.calls[i].layer not in counted:
            counted.add(spec.calls[i].layer)
            total += weights_of(layer, inputs)
        values = max((math.prod(max(n or 1, 1) for n in shape) for shape in outputs or ()), default=0)
        if total > MOST_WEIGHTS:
            return f"{layer.name} brings the weights to {total:,} numbers; at most {MOST_WEIGHTS:,} are built here."
        if values > 10 * MOST_WEIGHTS:
            return f"The output of {layer.name} has {values:,} numbers; that is more than is built here."
    return ""
