"""Layers and functions of flax (linen and nnx) in Keras: channels last in both."""

from __future__ import annotations

from explainers.core.layers import blocks
from explainers.core.spec import Argument, LayerSpec
from explainers.reading.ported.functions import Done, Given, each, joined
from explainers.reading.ported.graph import Clash, Graph
from explainers.reading.ported.torch_layers import Port, short, spread
from explainers.reading.ported.values import Gap, Leaf, Tensor

CELLS = {"LSTMCell": "LSTM", "OptimizedLSTMCell": "LSTM", "GRUCell": "GRU", "SimpleCell": "SimpleRNN"}
NOT_A_LAYER = ("PRNGKey", "Rngs", "TrainState", "Adam", "SGD", "Module", "DataLoader", "Compose", "Key")


def _plain(graph: Graph, tensor: Tensor, line: int) -> Tensor:
    return graph.plain(tensor, line)


def _dense(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    units, declared = leaf.whole("features", 0), None
    if leaf.kind == "Linear":
        declared, units = leaf.whole("in_features", 0), leaf.whole("out_features", 1)
    if units is None:
        raise Gap("the text doesn't say how many features this layer returns")
    came = tensor.shape[-1]
    if declared is not None and came is not None and declared != came:
        graph.clashes.append(Clash("linear", line, leaf, declared, came, tensor.shape,
                                   graph.flattened.get(tensor.ref, ())))  # fmt: skip
    bias = leaf.flag("use_bias", -1, True)
    given: dict[str, Argument] = {"units": units, **({} if bias else {"use_bias": False})}
    ref, shape = graph.layer_of("Dense", tensor, leaf, line, given)
    graph.counts[leaf] = units * ((declared or came or 0) + bias)
    if leaf.kind == "Linear":
        graph.note("nnx.Linear(in_features, out_features) is Dense(units=out_features): Keras works out in_features")
    else:
        graph.note("nn.Dense(features) is Dense(units): both work out the rest from the first input")
    return graph.of_keras(ref, shape, tensor.order)


def _conv(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    """linen: Conv(features, kernel_size); nnx: Conv(in_features, out_features, kernel_size). SAME by default."""
    nnx = leaf.whole("out_features", 1) is not None
    declared = leaf.whole("in_features", 0) if nnx else None
    filters = leaf.whole("out_features", 1) if nnx else leaf.whole("features", 0)
    kernel = leaf.get("kernel_size", 2 if nnx else 1)
    rank = len(kernel) if isinstance(kernel, tuple | list) else 1
    if filters is None or len(tensor.shape) != rank + 2:
        raise Gap(f"nn.Conv with a kernel of {rank} axes reads {rank + 2} axes; {len(tensor.shape)} reach it")
    came = tensor.shape[-1]
    if declared is not None and came is not None and declared != came:
        graph.clashes.append(Clash("channels", line, leaf, declared, came, tensor.shape, axis=rank + 1))
    stride = spread(leaf.get("strides", 3 if nnx else 2) or 1, rank)
    padding = leaf.get("padding", -1, "SAME")
    if padding not in ("SAME", "VALID"):
        raise Gap("the padding of this nn.Conv")
    given: dict[str, Argument] = {"filters": filters, "kernel_size": short(spread(kernel, rank))}
    given |= {"strides": short(stride)} if set(stride) != {1} else {}
    given |= {"padding": str(padding).lower()}
    bias = leaf.flag("use_bias", -1, True)
    given |= {} if bias else {"use_bias": False}
    class_name = f"Conv{rank}DTranspose" if leaf.kind == "ConvTranspose" else f"Conv{rank}D"
    ref, shape = graph.layer_of(class_name, tensor, leaf, line, given)
    window = 1
    for n in spread(kernel, rank):
        window *= n
    graph.counts[leaf] = filters * (window * (declared or came or 0) + bias)
    graph.note('flax pads convolutions by default, padding="SAME"; Keras\' default is "valid"')
    return graph.of_keras(ref, shape, tensor.order)


def _norm(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    if leaf.kind == "LayerNorm":
        graph.counts[leaf] = 2 * (tensor.shape[-1] or 0)
        return graph.same("LayerNormalization", tensor, leaf, line)
    graph.counts[leaf] = 2 * (tensor.shape[-1] or 0)
    graph.note("BatchNorm keeps its mean and variance in batch_stats, apart from the 2 parameters for each channel; "
               "Keras counts all 4")  # fmt: skip
    return graph.same("BatchNormalization", tensor, leaf, line)


def _recurrent(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    cell = leaf.get("cell", 0)
    if not isinstance(cell, Leaf) or cell.kind not in CELLS:
        raise Gap("the cell of this nn.RNN")
    kind = CELLS[cell.kind]
    places = [cell.whole("features", 0), cell.whole("hidden_features", 1), leaf.whole("cell_size", 1)]
    nnx = "in_features" in cell.named or "hidden_features" in cell.named or places[1] is not None
    units = places[1] if nnx else places[0] if places[0] is not None else places[2]
    if units is None or len(tensor.shape) != 3:
        raise Gap("the features of this cell")
    ref, shape = graph.layer(kind, tensor, leaf, line, leaf.name or kind.lower(), units=units, return_sequences=True)
    came = tensor.shape[2] or 0
    biases = {"LSTM": 4, "GRU": 4, "SimpleRNN": 1}[kind]  # flax's GRU has a second one for its new state only
    graph.counts[leaf] = units * (blocks(kind) * (came + units) + biases)
    graph.note(f"flax's RNN returns its output at every step: {kind}({units}, return_sequences=True)")
    return graph.of_keras(ref, shape, tensor.order)


def _embed(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    words, width = leaf.whole("num_embeddings", 0), leaf.whole("features", 1)
    if words is None or width is None:
        raise Gap("the sizes of this Embed")
    graph.counts[leaf] = words * width
    graph.note("num_embeddings, features are input_dim, output_dim")
    ref, shape = graph.layer("Embedding", tensor, leaf, line, input_dim=words, output_dim=width)
    return graph.of_keras(ref, shape, (*tensor.order, len(tensor.order)))


def _dropout(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    rate = leaf.get("rate", 0, 0.5)
    return graph.same("Dropout", tensor, leaf, line, rate=rate if isinstance(rate, int | float) else 0.5)


def _attention(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    heads, width = leaf.whole("num_heads", 0), tensor.shape[-1]
    wide = leaf.whole("qkv_features", -1) or width
    if heads is None or not isinstance(wide, int) or len(tensor.shape) != 3:
        raise Gap("the sizes of this attention")
    if wide % heads:
        graph.clashes.append(Clash("heads", line, leaf, heads, wide, tensor.shape))
        raise Gap(f"{wide} features can't be shared by {heads} heads")
    spec = LayerSpec("MultiHeadAttention", leaf.name or "attention",
                     (("num_heads", heads), ("key_dim", wide // heads)), line)  # fmt: skip
    ref, shape = graph.call(spec, (tensor, tensor), leaf)
    graph.note(f"qkv_features / num_heads = {wide // heads} is Keras' key_dim")
    return graph.of_keras(ref, shape, tensor.order)


def _cell(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    raise Gap(f"{leaf.kind} reads one step and isn't read here without nn.RNN")


def _pool(kind: str) -> Done:
    """nn.max_pool(x, (2, 2), strides=(2, 2)): the stride is 1 unless it is given."""

    def done(given: Given) -> object:
        window = given.get("window_shape", 1)
        rank = len(window) if isinstance(window, tuple | list) else 0
        sizes, padding = spread(window, rank), given.get("padding", 3, "VALID")
        stride = spread(given.get("strides", 2) or (1,) * rank, rank)
        if rank not in (1, 2, 3) or len(given.tensor.shape) != rank + 2 or padding not in ("SAME", "VALID"):
            raise Gap(f"this {kind} pooling")
        arguments: dict[str, Argument] = {"pool_size": short(sizes)}
        arguments |= {"strides": short(stride)} if stride != sizes else {}
        arguments |= {"padding": "same"} if padding == "SAME" else {}
        ref, shape = given.graph.layer_of(f"{kind}Pooling{rank}D", given.tensor, None, given.line, arguments)
        return given.graph.of_keras(ref, shape, given.tensor.order)

    return done


FLAX: dict[str, Port] = {
    **dict.fromkeys(("Dense", "Linear"), _dense),
    **dict.fromkeys(("Conv", "ConvTranspose"), _conv),
    **dict.fromkeys(("BatchNorm", "LayerNorm"), _norm),
    "RNN": _recurrent,
    **dict.fromkeys(CELLS, _cell),
    "Embed": _embed,
    "Dropout": _dropout,
    **dict.fromkeys(("SelfAttention", "MultiHeadDotProductAttention", "MultiHeadAttention"), _attention),
}
FLAX_FUNCTIONS: dict[str, Done] = {
    "max_pool": _pool("Max"),
    "avg_pool": _pool("Average"),
    "concatenate": joined,
    "hard_tanh": each("hard_tanh"),
}
