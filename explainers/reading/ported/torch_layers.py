"""Each layer of PyTorch in Keras: what it reads, what it makes, and what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from explainers.core.spec import Argument
from explainers.reading.ported.graph import Clash, Graph
from explainers.reading.ported.values import Gap, Leaf, Tensor

ACTIVATIONS = {
    "ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "GELU": "gelu", "ELU": "elu", "LeakyReLU": "leaky_relu",
    "SiLU": "silu", "Softplus": "softplus", "SELU": "selu", "ReLU6": "relu6", "Hardswish": "hard_silu", "Mish": "mish",
    "Softmax": "softmax", "LogSoftmax": "log_softmax", "Hardtanh": "hard_tanh", "LogSigmoid": "log_sigmoid",
}  # fmt: skip
Port = Callable[[Graph, Leaf, Tensor, int], object]


def spread(value: object, rank: int) -> tuple[int, ...]:
    """``3`` -> ``(3, 3)``; a Gap for what isn't a size."""
    sizes = value if isinstance(value, tuple | list) else (value,) * rank
    whole = tuple(n for n in sizes if isinstance(n, int) and not isinstance(n, bool))
    if len(whole) != rank:
        raise Gap("the text doesn't give all sizes of this layer")
    return whole


def short(sizes: tuple[int, ...]) -> Argument:
    """``(3, 3)`` as Keras is given it: 3."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def rank_of(kind: str) -> int:
    """2 of Conv2d."""
    return int(kind[-2])


def _linear(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    declared, units = leaf.whole("in_features", 0), leaf.whole("out_features", 1)
    if leaf.kind == "LazyLinear":
        declared, units = None, leaf.whole("out_features", 0)
    if units is None:
        raise Gap(f"the text doesn't say how many features {leaf.name or 'this layer'} returns")
    tensor = graph.features_last(tensor, line)
    came = tensor.shape[-1]
    if declared is not None and came is not None and came != declared:
        graph.clashes.append(Clash("linear", line, leaf, declared, came, tensor.shape,
                                   graph.flattened.get(tensor.ref, ())))  # fmt: skip
    elif tensor.ref in graph.flattened and leaf.name:
        sizes = " × ".join(map(str, graph.flattened[tensor.ref]))
        graph.reads.append(
            f"{leaf.name} reads {came} = {sizes} numbers: the channels and the sides that are flattened."
        )
    bias = leaf.flag("bias", 2, True)
    given: dict[str, Argument] = {"units": units, **({} if bias else {"use_bias": False})}
    ref, shape = graph.layer_of("Dense", tensor, leaf, line, given)
    read = declared if declared is not None else came
    graph.counts[leaf] = units * ((read or 0) + bias)
    graph.note("nn.Linear(in_features, out_features) is Dense(units=out_features): Keras works out in_features")
    return graph.of_keras(ref, shape, tensor.order)


def _batched(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    """(batch, channels, …): the axes that a layer of images or series reads, or a clash that ends the walk."""
    rank = rank_of(leaf.kind)
    if len(tensor.shape) != rank + 2:
        graph.clashes.append(Clash("rank", line, leaf, rank + 2, len(tensor.shape), tensor.shape))
        raise Gap(f"nn.{leaf.kind} reads {rank + 2} axes, and {len(tensor.shape)} reach it")
    return tensor


def _as_meant(graph: Graph, tensor: Tensor, declared: int, line: int) -> Tensor:
    """Channels that are on another axis are moved, as the fix says: the model beside is the one that was meant."""
    if declared not in tensor.shape[2:]:
        return tensor
    axis = tensor.shape.index(declared, 2)
    ways = [0, axis, *(i for i in range(1, len(tensor.shape)) if i != axis)]
    moved = replace(tensor, shape=tuple(tensor.shape[a] for a in ways), order=tuple(tensor.order[a] for a in ways))
    return graph.channels_last(moved, line)


def _padded(graph: Graph, tensor: Tensor, pads: tuple[int, ...], line: int) -> Tensor:
    rank = len(pads)
    amount: Argument = short(pads) if rank == 1 else pads
    ref, shape = graph.layer(f"ZeroPadding{rank}D", tensor, None, line, padding=amount)
    return graph.of_keras(ref, shape, tensor.order)


def _fits(graph: Graph, leaf: Leaf, tensor: Tensor, window: tuple[int, ...], pads: tuple[int, ...], line: int) -> None:
    """Whether the window has a place to stand."""
    for axis, (size, pad) in enumerate(zip(window, pads, strict=True), 2):
        came = tensor.shape[axis]
        if came is not None and came + 2 * pad < size:
            graph.clashes.append(Clash("window", line, leaf, size, came + 2 * pad, tensor.shape, axis=axis))
            raise Gap(f"the window of {leaf.name or leaf.kind} is larger than what reaches it")


def _conv(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    rank, lazy = rank_of(leaf.kind), leaf.kind.startswith("Lazy")
    shift = -1 if lazy else 0
    declared = None if lazy else leaf.whole("in_channels", 0)
    filters = leaf.whole("out_channels", 1 + shift)
    if filters is None:
        raise Gap(f"the text doesn't give the sizes of {leaf.name or 'this convolution'}")
    kernel = spread(leaf.get("kernel_size", 2 + shift), rank)
    stride = spread(leaf.get("stride", 3 + shift, 1), rank)
    dilation = spread(leaf.get("dilation", 5 + shift, 1), rank)
    groups, bias = leaf.whole("groups", 6 + shift) or 1, leaf.flag("bias", 7 + shift, True)
    padding = leaf.get("padding", 4 + shift, 0)
    reach = tuple(d * (k - 1) for d, k in zip(dilation, kernel, strict=True))
    pads = tuple(r // 2 for r in reach) if padding == "same" else spread(0 if padding == "valid" else padding, rank)
    tensor = _batched(graph, leaf, tensor, line)
    came = tensor.shape[1]
    if declared is not None and came is not None and came != declared:
        graph.clashes.append(Clash("channels", line, leaf, declared, came, tensor.shape))
        tensor = _as_meant(graph, tensor, declared, line)
    tensor = graph.channels_last(tensor, line)
    _fits(graph, leaf, tensor, tuple(r + 1 for r in reach), pads, line)
    same = padding == "same" or (
        set(stride) == {1} and all(2 * p == r for p, r in zip(pads, reach, strict=True)) and any(pads)
    )
    before = tensor if same or not any(pads) else _padded(graph, tensor, pads, line)
    given: dict[str, Argument] = {"filters": filters, "kernel_size": short(kernel)}
    given |= {"strides": short(stride)} if set(stride) != {1} else {}
    given |= {"padding": "same"} if same else {}
    given |= {"dilation_rate": short(dilation)} if set(dilation) != {1} else {}
    given |= {"groups": groups} if groups > 1 and came is not None and came % groups == 0 else {}
    given |= {} if bias else {"use_bias": False}
    ref, shape = graph.layer_of(f"Conv{rank}D", before, leaf, line, given)
    window = 1
    for size in kernel:
        window *= size
    graph.counts[leaf] = filters * (window * ((declared or came or 0) // groups) + bias)
    graph.note("PyTorch reads (batch, channels, …), Keras (batch, …, channels): the channels are the last axis")
    graph.note("out_channels is filters; Keras works out in_channels from the input")
    return graph.of_keras(ref, shape, tensor.order)


def _conv_transpose(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    rank = rank_of(leaf.kind)
    declared, filters = leaf.whole("in_channels", 0), leaf.whole("out_channels", 1)
    if filters is None:
        raise Gap(f"the text doesn't give the sizes of {leaf.name or 'this convolution'}")
    kernel, stride = spread(leaf.get("kernel_size", 2), rank), spread(leaf.get("stride", 3, 1), rank)
    pads, more = spread(leaf.get("padding", 4, 0), rank), spread(leaf.get("output_padding", 5, 0), rank)
    bias = leaf.flag("bias", 7, True)
    if leaf.whole("groups", 6) not in (None, 1) or leaf.get("dilation", 8, 1) not in (1, (1,) * rank):
        raise Gap(f"groups or dilation of nn.{leaf.kind}")
    if any(o >= s for o, s in zip(more, stride, strict=True)):
        graph.clashes.append(Clash("output_padding", line, leaf, min(stride), max(more), tensor.shape))
        raise Gap(f"output_padding of {leaf.name or leaf.kind} isn't smaller than its stride")
    tensor = _batched(graph, leaf, tensor, line)
    came = tensor.shape[1]
    if declared is not None and came is not None and came != declared:
        graph.clashes.append(Clash("channels", line, leaf, declared, came, tensor.shape))
        tensor = _as_meant(graph, tensor, declared, line)
    tensor = graph.channels_last(tensor, line)
    there = [None if n is None else (n - 1) * s - 2 * p + k + o
             for n, s, p, k, o in zip(tensor.shape[2:], stride, pads, kernel, more, strict=True)]  # fmt: skip
    same = all(n is None or made == n * s for n, s, made in zip(tensor.shape[2:], stride, there, strict=True))
    longer = not same and any(o > max(0, s - k) + 2 * p for o, s, k, p in zip(more, stride, kernel, pads, strict=True))
    given: dict[str, Argument] = {"filters": filters, "kernel_size": short(kernel), "strides": short(stride)}
    given |= {"padding": "same"} if same else {}
    given |= {} if bias else {"use_bias": False}
    given |= {"output_padding": short(more)} if longer else {}
    ref, shape = graph.layer_of(f"Conv{rank}DTranspose", tensor, leaf, line, given)
    made = graph.of_keras(ref, shape, tensor.order)
    made = _trimmed(graph, made, there, line)
    window = 1
    for size in kernel:
        window *= size
    graph.counts[leaf] = filters * (window * (declared or came or 0) + bias)
    graph.note("PyTorch reads (batch, channels, …), Keras (batch, …, channels): the channels are the last axis")
    return made


def _trimmed(graph: Graph, made: Tensor, there: list[int | None], line: int) -> Tensor:
    """PyTorch's padding cuts the output of a transposed convolution; Keras crops it after the layer."""
    rank = len(there)
    cuts = [0 if n is None or m is None else m - n for m, n in zip(made.shape[2:], there, strict=True)]
    if not any(cuts):
        return made
    if any(cut < 0 for cut in cuts):
        raise Gap("the output_padding of this transposed convolution")
    sides = tuple((cut // 2, cut - cut // 2) for cut in cuts)
    ref, shape = graph.layer(f"Cropping{rank}D", made, None, line, cropping=sides[0] if rank == 1 else sides)
    return graph.of_keras(ref, shape, made.order)


def pooled(
    graph: Graph, tensor: Tensor, kind: str, window: tuple[int, ...], stride: tuple[int, ...],
    pads: tuple[int, ...], line: int, leaf: Leaf | None = None, up: bool = False,
) -> Tensor:  # fmt: skip
    """MaxPooling or AveragePooling on (batch, channels, …)."""
    rank = len(window)
    tensor = graph.channels_last(tensor, line)
    _fits(graph, leaf or Leaf(f"{kind}Pool{rank}d", [], {}, line), tensor, window, pads, line)
    if any(pads):
        tensor = _padded(graph, tensor, pads, line)
        graph.note("the padding of a pooling layer is a layer in front of it in Keras")
    given: dict[str, Argument] = {"pool_size": short(window)}
    given |= {"strides": short(stride)} if stride != window else {}
    given |= {"padding": "same"} if up and stride == window and not any(pads) else {}
    ref, shape = graph.layer_of(f"{kind}Pooling{rank}D", tensor, leaf, line, given)
    return graph.of_keras(ref, shape, tensor.order)


def _pool(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    rank = rank_of(leaf.kind)
    kind = "Max" if leaf.kind.startswith("Max") else "Average"
    window = spread(leaf.get("kernel_size", 0), rank)
    stride = spread(leaf.get("stride", 1) or window, rank)
    pads = spread(leaf.get("padding", 2, 0), rank)
    _batched(graph, leaf, tensor, line)
    return pooled(graph, tensor, kind, window, stride, pads, line, leaf, leaf.flag("ceil_mode"))


def adaptive(graph: Graph, tensor: Tensor, kind: str, target: object, line: int, leaf: Leaf | None = None) -> Tensor:
    """AdaptiveAvgPool: the size of what comes out is given, and not that of the window."""
    tensor = graph.channels_last(tensor, line)
    rank = len(tensor.shape) - 2
    wanted = target if isinstance(target, tuple | list) else (target,) * rank
    sizes = tuple(n if m is None else m for m, n in zip(wanted, tensor.shape[2:], strict=True))
    if all(n == 1 for n in sizes):
        ref, shape = graph.layer(f"Global{kind}Pooling{rank}D", tensor, leaf, line, keepdims=True)
        return graph.of_keras(ref, shape, tensor.order)
    if sizes == tensor.shape[2:]:
        return tensor
    whole = [(n, m) for n, m in zip(tensor.shape[2:], sizes, strict=True) if isinstance(n, int) and isinstance(m, int)]
    if len(whole) != rank or any(m <= 0 or n % m for n, m in whole):
        raise Gap(f"an adaptive pooling from {tensor.shape[2:]} to {sizes}, which no window of one size gives")
    window = tuple(n // m for n, m in whole)
    return pooled(graph, tensor, kind, window, window, (0,) * rank, line, leaf)


def _adaptive(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    _batched(graph, leaf, tensor, line)
    kind = "Max" if "Max" in leaf.kind else "Average"
    return adaptive(graph, tensor, kind, leaf.get("output_size", 0, 1), line, leaf)


def _batch_norm(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    declared, flat = leaf.whole("num_features", 0), len(tensor.shape) == 2
    tensor = graph.features_last(tensor, line) if flat else graph.channels_last(tensor, line)
    came = tensor.shape[1]
    if declared is not None and came is not None and came != declared:
        graph.clashes.append(Clash("norm", line, leaf, declared, came, tensor.shape))
    if leaf.kind.startswith("Instance"):
        graph.counts[leaf] = 2 * (declared or came or 0) if leaf.flag("affine", 3) else 0
        given: dict[str, Argument] = {"groups": -1}
        given |= {} if leaf.flag("affine", 3) else {"scale": False, "center": False}
        return graph.same("GroupNormalization", tensor, leaf, line, **given)
    graph.counts[leaf] = 2 * (declared or came or 0)
    graph.note("BatchNorm counts 2 parameters for each channel in PyTorch; Keras counts the moving mean and variance, "
               "too: 4")  # fmt: skip
    return graph.same("BatchNormalization", tensor, leaf, line)


def _layer_norm(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    given = leaf.get("normalized_shape", 0)
    sizes = tuple(given) if isinstance(given, tuple | list) else (given,)
    whole = tuple(n for n in sizes if isinstance(n, int))
    tensor = graph.plain(tensor, line) if len(sizes) > 1 else graph.features_last(tensor, line)
    came = tensor.shape[-len(whole) :] if whole else ()
    if len(whole) == len(sizes) == 1 and came != whole and came[-1] is not None:
        graph.clashes.append(Clash("layer_norm", line, leaf, whole[-1], came[-1], tensor.shape))
    count = 2
    for size in whole:
        count *= size
    graph.counts[leaf] = count
    axes: dict[str, Argument] = {"axis": tuple(range(-len(sizes), 0))} if len(sizes) > 1 else {}
    return graph.same("LayerNormalization", tensor, leaf, line, **axes)


def _group_norm(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    groups = leaf.whole("num_groups", 0)
    tensor = graph.channels_last(tensor, line)
    if groups is None or tensor.shape[1] is None or tensor.shape[1] % groups:
        raise Gap("the groups of this GroupNorm")
    graph.counts[leaf] = 2 * tensor.shape[1]
    return graph.same("GroupNormalization", tensor, leaf, line, groups=groups)


def _embedding(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    words, width = leaf.whole("num_embeddings", 0), leaf.whole("embedding_dim", 1)
    if words is None or width is None:
        raise Gap(f"the text doesn't give the sizes of {leaf.name or 'this Embedding'}")
    ref, shape = graph.layer("Embedding", tensor, leaf, line, input_dim=words, output_dim=width)
    graph.counts[leaf] = words * width
    graph.note("num_embeddings, embedding_dim are input_dim, output_dim")
    return graph.of_keras(ref, shape, (*tensor.order, len(tensor.order)))


def _flatten(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    return flatten(graph, tensor, leaf.get("start_dim", 0, 1), leaf.get("end_dim", 1, -1), line, leaf)


def flatten(graph: Graph, tensor: Tensor, start: object, end: object, line: int, leaf: Leaf | None = None) -> Tensor:
    """Some axes in a row: all but the samples, most often."""
    rank = len(tensor.shape)
    if not isinstance(start, int) or not isinstance(end, int):
        raise Gap("the axes of this flatten")
    first, last = start % rank, end % rank
    if first == 0:
        raise Gap("it flattens the samples, too: axis 0 is the batch")
    if first == 1 and last == rank - 1 and tensor.batch == 0:
        return graph.flat(tensor, line, leaf)
    if first >= last:
        return tensor
    middle = 1
    for size in tensor.shape[first : last + 1]:
        if size is None:
            raise Gap("it flattens an axis whose size is open")
        middle *= size
    return graph.reshaped(tensor, (*tensor.shape[:first], middle, *tensor.shape[last + 1 :]), line)


def _unflatten(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    axis, sizes = leaf.get("dim", 0), leaf.get("unflattened_size", 1)
    if not isinstance(axis, int) or not isinstance(sizes, tuple | list):
        raise Gap("the sizes of this Unflatten")
    place = axis % len(tensor.shape)
    return graph.reshaped(tensor, (*tensor.shape[:place], *spread(sizes, len(sizes)), *tensor.shape[place + 1 :]), line)


def _activation(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    axis = leaf.get("dim", 0) if "Softmax" in leaf.kind else None
    return activated(graph, tensor, ACTIVATIONS[leaf.kind], axis, line, leaf)


def activated(
    graph: Graph, tensor: Tensor, name: str, axis: object, line: int, leaf: Leaf | None = None
) -> Tensor:  # fmt: skip
    """A function of each number; a softmax along one axis."""
    if name.endswith("softmax") and isinstance(axis, int):
        place = tensor.order[axis % len(tensor.shape)]
        if place != len(tensor.shape) - 1:
            ref, _ = graph.operation(name, (tensor,), line, axis=place)
            return replace(tensor, ref=ref)
    ref, _ = graph.layer("Activation", tensor, None, line, name=leaf.name if leaf else name, activation=name)
    return replace(tensor, ref=ref)


def _prelu(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    graph.counts[leaf] = leaf.whole("num_parameters", 0) or 1
    last = () if graph.counts[leaf] == 1 else (len(tensor.shape) - 1,)
    axes = tuple(axis for axis in range(1, len(tensor.shape)) if axis not in last)
    tensor = graph.channels_last(tensor, line) if last and len(tensor.shape) > 2 else tensor
    return graph.same("PReLU", tensor, leaf, line, shared_axes=axes)


def _dropout(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    rate = leaf.get("p", 0, 0.5)
    return graph.same("Dropout", tensor, leaf, line, rate=rate if isinstance(rate, int | float) else 0.5)


def _same(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    return tensor


def _upsample(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    return resized(graph, tensor, leaf.get("size", 0), leaf.get("scale_factor", 1), leaf.get("mode", 2), line, leaf)


def resized(
    graph: Graph, tensor: Tensor, size: object, scale: object, mode: object, line: int, leaf: Leaf | None = None
) -> Tensor:  # fmt: skip
    """Upsample and F.interpolate, by whole factors."""
    rank = len(tensor.shape) - 2
    tensor = graph.channels_last(tensor, line)
    sizes: list[int] = []
    if size is not None:
        for n, m in zip(tensor.shape[2:], spread(size, rank), strict=True):
            if n is None or m % n:
                raise Gap(f"a resize from {tensor.shape[2:]} to {size}")
            sizes.append(m // n)
    else:
        factors = scale if isinstance(scale, tuple | list) else (scale,) * rank
        sizes = [int(n) for n in factors if isinstance(n, int | float) and n >= 1 and n == int(n)]
    if len(sizes) != rank or rank not in (1, 2, 3):
        raise Gap("the factor of this resize")
    given: dict[str, Argument] = {"size": short(tuple(sizes))}
    given |= {"interpolation": "bilinear"} if mode == "bilinear" and rank == 2 else {}
    ref, shape = graph.layer_of(f"UpSampling{rank}D", tensor, leaf, line, given)
    return graph.of_keras(ref, shape, tensor.order)


def _zero_pad(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    tensor = graph.channels_last(_batched(graph, leaf, tensor, line), line)
    rank, given = rank_of(leaf.kind), leaf.get("padding", 0)
    pads = spread(given, 2 * rank)
    return padded(graph, tensor, pads, line)


def padded(graph: Graph, tensor: Tensor, pads: tuple[int, ...], line: int) -> Tensor:
    """F.pad: (left, right, top, bottom), the last axis first."""
    rank = len(tensor.shape) - 2
    tensor = graph.channels_last(tensor, line)
    if len(pads) > 2 * rank or len(pads) % 2 or min(pads) < 0 or rank not in (1, 2, 3):
        raise Gap("this padding")
    sides = [(pads[2 * i], pads[2 * i + 1]) for i in range(len(pads) // 2)]
    sides += [(0, 0)] * (rank - len(sides))
    whole = tuple(reversed(sides))
    ref, shape = graph.layer(f"ZeroPadding{rank}D", tensor, None, line, padding=whole[0] if rank == 1 else whole)
    return graph.of_keras(ref, shape, tensor.order)


def _nothing_known(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> object:
    raise Gap(f"nn.{leaf.kind} isn't read here")


_RANKS = "123"
_SAME_KINDS = ("Identity",)
_DROPOUTS = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout")
PORTS: dict[str, Port] = {
    "Linear": _linear,
    "LazyLinear": _linear,
    **{f"{lazy}Conv{n}d": _conv for n in _RANKS for lazy in ("", "Lazy")},
    **{f"ConvTranspose{n}d": _conv_transpose for n in _RANKS},
    **{f"{kind}Pool{n}d": _pool for n in _RANKS for kind in ("Max", "Avg")},
    **{f"Adaptive{kind}Pool{n}d": _adaptive for n in _RANKS for kind in ("Max", "Avg")},
    **{f"{kind}{n}d": _batch_norm for n in _RANKS for kind in ("BatchNorm", "LazyBatchNorm", "InstanceNorm")},
    "SyncBatchNorm": _batch_norm,
    "LayerNorm": _layer_norm,
    "GroupNorm": _group_norm,
    "Embedding": _embedding,
    "Flatten": _flatten,
    "Unflatten": _unflatten,
    **dict.fromkeys(ACTIVATIONS, _activation),
    "PReLU": _prelu,
    **dict.fromkeys(_DROPOUTS, _dropout),
    **dict.fromkeys(_SAME_KINDS, _same),
    "Upsample": _upsample,
    "UpsamplingNearest2d": _upsample,
    **{f"ZeroPad{n}d": _zero_pad for n in "12"},
}
NOT_READ = (
    "PixelShuffle", "Bilinear", "EmbeddingBag", "Fold", "Unfold", "MaxUnpool2d", "LocalResponseNorm", "LPPool2d",
    "Transformer", "TransformerDecoder", "TransformerDecoderLayer", "LSTMCell", "GRUCell", "RNNCell", "ChannelShuffle",
    "FractionalMaxPool2d", "RMSNorm", "ReflectionPad2d", "ReplicationPad2d", "Softmax2d",
)  # fmt: skip
PORTS |= dict.fromkeys(NOT_READ, _nothing_known)
