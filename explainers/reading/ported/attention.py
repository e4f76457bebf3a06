"""nn.MultiheadAttention and nn.TransformerEncoder in Keras, which has the first as a layer and the second in parts."""

from __future__ import annotations

from dataclasses import replace

from explainers.core.spec import LayerSpec
from explainers.reading.ported.graph import Clash, Graph
from explainers.reading.ported.recurrent import batch_first
from explainers.reading.ported.values import UNKNOWN, Gap, Leaf, Tensor


def attention(graph: Graph, leaf: Leaf, tensors: list[Tensor], line: int) -> tuple[Tensor, object]:
    """What attends, and the weights, averaged over the heads: (batch, query steps, value steps)."""
    width, heads = leaf.whole("embed_dim", 0), leaf.whole("num_heads", 1)
    made = attended(graph, leaf, tensors, width, heads, line)
    graph.note("the weights of nn.MultiheadAttention are averaged over the heads: (batch, query steps, key steps); "
               "Keras returns them for each head with return_attention_scores=True")  # fmt: skip
    return made, UNKNOWN


def attended(
    graph: Graph, leaf: Leaf, tensors: list[Tensor], width: int | None, heads: int | None, line: int, part: str = ""
) -> Tensor:  # fmt: skip
    """MultiHeadAttention(query, value): key_dim is embed_dim / num_heads."""
    if width is None or heads is None:
        raise Gap(f"the text doesn't give embed_dim and num_heads of {leaf.name or leaf.kind}")
    if width % heads:
        graph.clashes.append(Clash("heads", line, leaf, heads, width))
        raise Gap(f"embed_dim {width} can't be shared by {heads} heads")
    query = tensors[0]
    if len(query.shape) != 3:
        raise Gap("attention without a batch axis")
    if query.shape[2] is not None and query.shape[2] != width:
        graph.clashes.append(Clash("embed", line, leaf, width, query.shape[2], query.shape))
    order = (0, 1, 2) if query.batch == 0 else (1, 0, 2)
    query, key, value = (graph.arranged(each, order, line) for each in (*tensors, query, query)[:3])
    read = (query, value) if key.ref == value.ref else (query, value, key)
    arguments = (("num_heads", heads), ("key_dim", width // heads))
    spec = LayerSpec("MultiHeadAttention", part or leaf.name or "attention", arguments, line)
    ref, shape = graph.call(spec, read, leaf)
    graph.counts[leaf] = graph.counts.get(leaf, 0) + 4 * width * (width + 1)
    graph.note(f"embed_dim / num_heads = {width // heads} is Keras' key_dim")
    graph.note(
        "batch_first=True is what Keras always does: (batch, timesteps, features)"
        if batch_first(leaf)
        else f"without batch_first=True nn.{leaf.kind} reads (timesteps, batch, features); Keras has the batch first"
    )
    return graph.of_keras(ref, shape, order)


def encoder_layer(graph: Graph, leaf: Leaf, tensor: Tensor, line: int) -> Tensor:
    """Attention, then two Dense layers, each added to what it read and normalized."""
    width, heads = leaf.whole("d_model", 0), leaf.whole("nhead", 1)
    inner = leaf.whole("dim_feedforward", 2) or 2048
    name = leaf.name or "encoder"
    seen = attended(graph, leaf, [tensor], width, heads, line, f"{name}_attention")
    tensor = graph.arranged(tensor, seen.order, line)
    first = _normed(graph, leaf, _sum(graph, tensor, seen, line), f"{name}_norm1", line)
    ref, shape = graph.layer("Dense", first, leaf, line, f"{name}_linear1", units=inner, activation="relu")
    wide = graph.of_keras(ref, shape, first.order)
    ref, shape = graph.layer("Dense", wide, leaf, line, f"{name}_linear2", units=width or 1)
    made = _sum(graph, first, graph.of_keras(ref, shape, first.order), line)
    size = width or 0
    graph.counts[leaf] += size * inner + inner + inner * size + size + 4 * size
    graph.note("nn.TransformerEncoderLayer is MultiHeadAttention, two Dense layers, two Add and two "
               "LayerNormalization in Keras")  # fmt: skip
    return _normed(graph, leaf, made, f"{name}_norm2", line)


def _sum(graph: Graph, one: Tensor, other: Tensor, line: int) -> Tensor:
    ref, _ = graph.call(LayerSpec("Add", "add", (), line), (one, other))
    return replace(one, ref=ref)


def _normed(graph: Graph, leaf: Leaf, tensor: Tensor, name: str, line: int) -> Tensor:
    ref, _ = graph.layer("LayerNormalization", tensor, leaf, line, name)
    return replace(tensor, ref=ref)


def encoder(graph: Graph, leaf: Leaf, tensor: Tensor, copies: dict[int, Leaf], line: int) -> Tensor:
    """nn.TransformerEncoder: the same layer several times, each with weights of its own."""
    one, count = leaf.get("encoder_layer", 0), leaf.whole("num_layers", 1)
    if not isinstance(one, Leaf) or count is None or not 0 < count <= 12:
        raise Gap("the layers of this nn.TransformerEncoder")
    for place in range(count):
        copy = copies.setdefault(place, replace(one, name=f"{leaf.name or 'encoder'}_{place + 1}"))
        tensor = encoder_layer(graph, copy, tensor, line)
    return tensor
