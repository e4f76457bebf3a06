"""The model as one writes it in Keras: data with the channels last, return_sequences only where all steps are read."""

from __future__ import annotations

from dataclasses import replace

from explainers.core.spec import Argument, LayerSpec, Ref
from explainers.reading.ported.graph import Graph
from explainers.reading.ported.recurrent import RECURRENT_THERE
from explainers.reading.ported.values import Tensor


def idioms(graph: Graph, ends: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """The same tensors at the end of a model that is written in Keras' own way."""
    return _recurrent(graph, _in_order(graph, ends))


def _in_order(graph: Graph, ends: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Inputs and Reshapes that are only read in another order have that order."""
    reshapes = [Ref("call", i) for i, call in enumerate(graph.calls)
                if graph.layers[call.layer].class_name == "Reshape"]  # fmt: skip
    for ref in (*(Ref("input", i) for i in range(len(graph.inputs))), *reshapes):
        behind = graph.behind({tensor.ref for tensor in ends})
        reading = [i for i in sorted(behind) if ref in (*graph.calls[i].inputs, *graph.calls[i].states)]
        readers = [graph.calls[i] for i in reading]
        dims = {graph.layers[call.layer].get("dims") for call in readers}
        first = next(iter(dims), None)
        if len(dims) != 1 or not isinstance(first, tuple) or any(tensor.ref == ref for tensor in ends):
            continue
        shape = tuple(graph.shapes[ref][axis] for axis in (0, *(n for n in first if isinstance(n, int))))
        if ref.source == "input":
            graph.inputs[ref.index] = replace(graph.inputs[ref.index], shape=shape)
        else:
            place = graph.calls[ref.index].layer
            graph.layers[place] = graph.layers[place].but(target_shape=tuple(-1 if n is None else n for n in shape[1:]))
            graph.note("a reshape to (channels, height, width) is (height, width, channels) in Keras: the same numbers "
                       "in a different order")  # fmt: skip
        moved = {Ref("call", i): ref for i, call in enumerate(graph.calls) if call in readers}
        for turned in moved:
            graph.shapes[turned] = shape
        ends = _instead(graph, moved, ends)
    return ends


def _recurrent(graph: Graph, ends: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """return_sequences and return_state only where somebody reads what they return."""
    for place, layer in enumerate(graph.layers):
        inner = layer.get("layer")
        own = inner if isinstance(inner, LayerSpec) else layer
        if own.class_name in RECURRENT_THERE.values() and own.get("return_sequences") is True:
            ends = _idiom(graph, place, ends)
    return ends


def _readers(graph: Graph, call: int, ends: tuple[Tensor, ...]) -> dict[int, list[int]]:
    """Which calls read which output of a call; -1 is the end of the model."""
    found: dict[int, list[int]] = {}
    behind = graph.behind({tensor.ref for tensor in ends})
    for reader in behind:
        for ref in (*graph.calls[reader].inputs, *graph.calls[reader].states):
            if ref.source == "call" and ref.index == call:
                found.setdefault(ref.output, []).append(reader)
    for tensor in ends:
        if tensor.ref.source == "call" and tensor.ref.index == call:
            found.setdefault(tensor.ref.output, []).append(-1)
    return found


def _idiom(graph: Graph, place: int, ends: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    calls = [i for i, call in enumerate(graph.calls) if call.layer == place]
    if len(calls) != 1:
        return ends
    read, layer = _readers(graph, calls[0], ends), graph.layers[place]
    both = layer.class_name == "Bidirectional"
    last = read.get(0, [])
    only_last = last and all(i >= 0 and _takes_last(graph, i) for i in last) and not both
    if set(read) <= {0}:
        _set(graph, place, return_state=None)
        if only_last:
            _set(graph, place, return_sequences=None)
            return _instead(graph, {Ref("call", i): Ref("call", calls[0]) for i in last}, ends)
        return ends
    if set(read) == {1} and read[1] == [-1]:  # the program ends with its state: so does the model
        _set(graph, place, return_sequences=None)
        return ends
    if not both and (set(read) == {1} or (set(read) == {0, 1} and only_last)):  # the last h is the last output
        _set(graph, place, return_state=None, return_sequences=None)
        moved = {Ref("call", calls[0], 1): Ref("call", calls[0])}
        return _instead(graph, moved | {Ref("call", i): Ref("call", calls[0]) for i in last}, ends)
    joined = _joined(graph, calls[0], read) if both and 0 not in read else None
    if joined is not None:
        _set(graph, place, return_state=None, return_sequences=None)
        return _instead(graph, {Ref("call", joined): Ref("call", calls[0])}, ends)
    if 0 not in read:
        _set(graph, place, return_sequences=None)
    return ends


def _takes_last(graph: Graph, call: int) -> bool:
    """``[:, -1]``: the last step of every sample."""
    layer = graph.layers[graph.calls[call].layer]
    return layer.class_name == "ops.get_item" and layer.get("key") in (":, -1", ":, -1, :")


def _joined(graph: Graph, call: int, read: dict[int, list[int]]) -> int | None:
    """The Concatenate of the last state of both directions, where nothing else reads them."""
    count = len(read)
    readers = {i for several in read.values() for i in several}
    if count != 2 or len(readers) != 1 or -1 in readers:
        return None
    at = next(iter(readers))
    second = max(read)
    same = graph.calls[at].inputs == (Ref("call", call, 1), Ref("call", call, second))
    return at if same and graph.layers[graph.calls[at].layer].class_name == "Concatenate" else None


def _set(graph: Graph, place: int, **changes: Argument) -> None:
    layer = graph.layers[place]
    inner = layer.get("layer")
    if isinstance(inner, LayerSpec):
        graph.layers[place] = layer.but(layer=inner.but(**changes))
    else:
        graph.layers[place] = layer.but(**changes)


def _instead(graph: Graph, moved: dict[Ref, Ref], ends: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Other tensors in the place of these."""
    for old, new in moved.items():
        graph.shapes[new] = graph.shapes[old]
    graph.calls = [
        replace(call, inputs=tuple(moved.get(ref, ref) for ref in call.inputs),
                states=tuple(moved.get(ref, ref) for ref in call.states))
        for call in graph.calls
    ]  # fmt: skip
    return tuple(replace(tensor, ref=moved.get(tensor.ref, tensor.ref)) for tensor in ends)
