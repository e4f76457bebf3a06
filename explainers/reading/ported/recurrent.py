"""nn.LSTM, nn.GRU and nn.RNN in Keras: a layer for each of num_layers, and their states."""

from __future__ import annotations

from explainers.core.layers import blocks, two_biases
from explainers.core.spec import Argument, LayerSpec, Ref
from explainers.reading.ported.graph import Clash, Graph
from explainers.reading.ported.values import Batch, Data, Gap, Leaf, State, Tensor

RECURRENT_THERE = {"LSTM": "LSTM", "GRU": "GRU", "RNN": "SimpleRNN"}
MOST_STACKED = 8
_BATCH_FIRST = {"LSTM": 4, "GRU": 4, "RNN": 5, "MultiheadAttention": 8, "TransformerEncoderLayer": 6}  # its place


def batch_first(leaf: Leaf) -> bool:
    """Whether a layer reads (batch, timesteps, features): not unless it is told so, in PyTorch."""
    return leaf.flag("batch_first", _BATCH_FIRST.get(leaf.kind, -1))


def recurrent(graph: Graph, leaf: Leaf, tensor: Tensor, given: object, line: int) -> tuple[Tensor, object]:
    """All steps of the last layer, and its states: h_n, or (h_n, c_n)."""
    kind = RECURRENT_THERE[leaf.kind]
    width, units = leaf.whole("input_size", 0), leaf.whole("hidden_size", 1)
    stacked = leaf.get("num_layers", 2, 1)
    if units is None or not isinstance(stacked, int) or not 0 < stacked <= MOST_STACKED:
        raise Gap(f"the text doesn't give hidden_size and num_layers of {leaf.name or leaf.kind}")
    if leaf.get("proj_size", -1, 0):
        raise Gap("proj_size of nn.LSTM")
    ways = 2 if leaf.flag("bidirectional", 7 if leaf.kind == "RNN" else 6) else 1
    if len(tensor.shape) != 3:
        graph.clashes.append(Clash("rank", line, leaf, 3, len(tensor.shape), tensor.shape))
        raise Gap(f"nn.{leaf.kind} reads 3 axes, and {len(tensor.shape)} reach it")
    tensor = graph.arranged(tensor, (0, 1, 2) if tensor.batch == 0 else (1, 0, 2), line)
    came = tensor.shape[2]
    if width is not None and came is not None and width != came:
        graph.clashes.append(Clash("width", line, leaf, width, came, tensor.shape))
    states = _states_given(graph, leaf, given, stacked * ways, units, line)
    _fact(graph, leaf, tensor, stacked * ways, units)
    _count(graph, leaf, kind, width or came or 0, units, stacked, ways)
    _told(graph, leaf, kind, units, stacked, ways, width or came)
    parts: list[list[Tensor]] = [[], []]
    for place in range(stacked):
        tensor = _one(graph, leaf, kind, tensor, units, ways, place, states, parts, line)
    h = State(tuple(parts[0]), units)
    return tensor, (h, State(tuple(parts[1]), units)) if kind == "LSTM" else h


def _one(
    graph: Graph, leaf: Leaf, kind: str, tensor: Tensor, units: int, ways: int, place: int,
    states: tuple[State, ...], parts: list[list[Tensor]], line: int,
) -> Tensor:  # fmt: skip
    """One of the stacked layers; its states are noted in parts."""
    wish = f"{leaf.name or kind.lower()}{f'_{place + 1}' if place else ''}"
    arguments: dict[str, Argument] = {"units": units, "return_sequences": True}
    if kind == "SimpleRNN" and leaf.get("nonlinearity", 3) == "relu":
        arguments["activation"] = "relu"
    if not leaf.flag("bias", 4 if leaf.kind == "RNN" else 3, True):
        arguments["use_bias"] = False
    arguments["return_state"] = True
    if ways == 2:
        inner = LayerSpec(kind, f"{wish}_one_way", tuple(arguments.items()), line)
        spec = LayerSpec("Bidirectional", wish, (("layer", inner),), line)
    else:
        spec = LayerSpec(kind, wish, tuple(arguments.items()), line)
    refs = tuple(
        state.parts[place * ways + way].ref for way in range(ways) for state in states if state.parts
    )  # forward h and c, then backward h and c, as Keras' Bidirectional takes them
    ref, shape = graph.call(spec, (tensor,), leaf, refs)
    per_way = 2 if kind == "LSTM" else 1
    for way in range(ways):
        for state in range(per_way):
            at = Ref("call", ref.index, 1 + way * per_way + state)
            graph.shapes[at] = (None, units)
            parts[state].append(Tensor(at, (tensor.shape[tensor.batch], units), (0, 1)))
    return graph.of_keras(ref, shape, tensor.order)


def _states_given(
    graph: Graph, leaf: Leaf, given: object, rows: int, units: int, line: int
) -> tuple[State, ...]:  # fmt: skip
    """h_0 (and c_0) as tensors of the model; () for zeros, which is Keras' default as well."""
    several = list(given) if isinstance(given, tuple | list) else [given]
    for one in several:
        if isinstance(one, Data) and one.shape is not None:
            _of_zeros(graph, leaf, one, rows, units, line)
    kept = tuple(one for one in several if isinstance(one, State))
    if not kept or any(one is None or isinstance(one, Data | Batch) for one in several):
        return ()
    if any(len(state.parts) != rows or state.units != units for state in kept):
        at = next(state for state in kept if len(state.parts) != rows or state.units != units)
        made, came = (rows, len(at.parts)) if len(at.parts) != rows else (units, at.units)
        graph.clashes.append(Clash("state_rows" if len(at.parts) != rows else "state_units", line, leaf, made, came))
        return ()
    return kept


def _of_zeros(graph: Graph, leaf: Leaf, data: Data, rows: int, units: int, line: int) -> None:
    """An array of zeros for a state: whether its axes are the layer's."""
    shape = data.shape or ()
    if len(shape) == 3 and shape[0] != rows:
        graph.clashes.append(Clash("state_rows", line, leaf, rows, shape[0], shape))
    elif shape and shape[-1] != units:
        graph.clashes.append(Clash("state_units", line, leaf, units, shape[-1], shape))
    elif len(shape) == 3 and graph.samples is not None and shape[1] != graph.samples:
        graph.clashes.append(Clash("state_batch", line, leaf, graph.samples, shape[1], shape))


def _fact(graph: Graph, leaf: Leaf, tensor: Tensor, rows: int, units: int) -> None:
    """What it makes of the text's own data, where it reads them first."""
    both = "h_n and c_n are each" if leaf.kind == "LSTM" else "h_n is"
    read_as(graph, leaf, tensor, f"; {both} ({rows}, {graph.samples}, {units}): a row for each layer and direction, "
            "then the samples")  # fmt: skip


def read_as(graph: Graph, leaf: Leaf, tensor: Tensor, more: str = "") -> None:
    """Which axis of the text's own data a layer takes for the samples, where it reads them first."""
    if graph.samples is None or tensor.ref.source != "input" or len(tensor.shape) != 3:
        return
    sizes = [graph.samples if n is None else n for n in tensor.shape]
    names = ("samples", "timesteps") if tensor.batch == 0 else ("timesteps", "samples")
    flag = "batch_first=True" if tensor.batch == 0 else "no batch_first=True"
    wide = f"{sizes[2]} feature{'s' * (sizes[2] != 1)}"
    graph.facts.append(f"nn.{leaf.kind} has {flag}, so it reads {tuple(sizes)} as {sizes[0]} {names[0]}, {sizes[1]} "
                       f"{names[1]}, {wide}{more}.")  # fmt: skip


def _count(graph: Graph, leaf: Leaf, kind: str, width: int, units: int, stacked: int, ways: int) -> None:
    bias = 2 if leaf.flag("bias", 4 if leaf.kind == "RNN" else 3, True) else 0
    entering = [width, *(units * ways for _ in range(stacked - 1))]
    graph.counts[leaf] = ways * blocks(kind) * units * sum(n + units + bias for n in entering)


def _told(
    graph: Graph, leaf: Leaf, kind: str, units: int, stacked: int, ways: int, came: int | None
) -> None:  # fmt: skip
    graph.note(f"hidden_size={units} is units={units}")
    graph.note(f"nn.{leaf.kind} returns all steps, like return_sequences=True; its last step is what Keras returns "
               "without it")  # fmt: skip
    if batch_first(leaf):
        graph.note("batch_first=True is what Keras always does: (batch, timesteps, features)")
    else:
        graph.note(f"without batch_first=True nn.{leaf.kind} reads (timesteps, batch, features); Keras has the batch "
                   "first")  # fmt: skip
    both = "h_n and c_n are each" if kind == "LSTM" else "h_n is"
    graph.note(f"{both} (num_layers * directions, batch, hidden_size) = ({stacked * ways}, batch, {units}), also with "
               "batch_first=True; Keras returns each state as (batch, units)")  # fmt: skip
    if isinstance(came, int):
        gates = blocks(kind)
        theirs, ours = (gates * units * (came + units + biases) for biases in (2, 2 if two_biases(kind) else 1))
        graph.note(
            f"nn.{leaf.kind} has two biases for each gate: {theirs:,} numbers in a first layer of one direction; "
            f"{kind} has {ours:,}" + (" (GRU with reset_after=True has both biases, too)" if theirs == ours else "")
        )


def state_at(state: State, place: int) -> Tensor:
    """``h_n[-1]``: the state of one layer in one direction."""
    if not -len(state.parts) <= place < len(state.parts):
        raise Gap(f"h_n has {len(state.parts)} rows")
    return state.parts[place]
