"""Names on the left of a recurrent layer's call: as many as the layer returns tensors."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from explainers.core.layers import sheet, states_of
from explainers.core.spec import Check, LayerSpec, ModelSpec
from explainers.core.words import listed
from explainers.reading.literal import today_name
from explainers.reading.patching.places import Edit, Places, Rewritten, argument, last, parts, within
from explainers.reading.patching.writing import changed, each, of_kind
from explainers.reading.states import returned_by


def _unpackings(places: Places, spec: ModelSpec) -> Iterator[tuple[Check, LayerSpec, ast.Assign, list[str]]]:
    """What a layer's call is unpacked into, with the names on the left."""
    for check in of_kind(spec, "unpack"):
        layer = next((layer for layer in spec.layers if layer.name == check.layer), None)
        lines = (n for n in ast.walk(places.tree) if isinstance(n, ast.Assign) and n.lineno == check.line)
        node = next(lines, None)
        if layer is not None and node is not None:
            yield check, layer, node, [places.source(name) for name in parts(node.targets[0])]


def both_directions(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Bidirectional gives the states of both directions: take them all, and join each pair."""
    for _, layer, node, names in _unpackings(places, spec):
        inner = layer.get("layer")
        kept = len(states_of(inner.class_name)) if isinstance(inner, LayerSpec) else 0
        if layer.class_name != "Bidirectional" or len(names) != 1 + kept:
            continue
        states = [f"{way}_{name}" for way in ("forward", "backward") for name in names[1:]]
        joined, imports = places.layer_name("Concatenate")
        start, end = places.span(node)
        margin = places.text[places.text.rfind("\n", 0, start) + 1 : start]
        more = [f"\n{margin}{name} = {joined}()([forward_{name}, backward_{name}])" for name in names[1:]]
        all_names = ", ".join([names[0], *states])
        edits = [*imports, Edit(*places.span(node.targets[0]), all_names), Edit(end, end, "".join(more))]
        label = "Unpack the states of both directions, and join each pair."
        means = "A joined state is as wide as both directions together."
        yield changed(places, edits, label, f"{all_names} = …", means)


def _of_its_class(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """As many names as an LSTM returns, on the left of a GRU: the layer of the kind that the names are for."""
    for _, layer, node, names in _unpackings(places, spec):
        maker = next(iter(places.makers(layer)), None)
        if layer.class_name != "GRU" or len(names) != 1 + len(states_of("LSTM")) or maker is None:
            continue
        if not all(_is_read(places, node, name) for name in names[1:]):
            continue
        name, imports = places.layer_name("LSTM")
        edits = [*imports, Edit(*places.span(maker.func), name)]
        label = f"Make {layer.name} an LSTM: it returns two states, {listed(names[1:])}."
        yield changed(places, edits, label, f"{', '.join(names)} = {name}(…, return_state=True)(…)")


def _all_of_them(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Names for all tensors: more of them, fewer of them, or none but the output's."""
    for _, layer, node, names in _unpackings(places, spec):
        count = returned_by(layer)
        if count is None or count == len(names):
            continue
        if count > len(names):
            wanted = [*names, *(["_"] * (count - len(names)))]
            states = "its state" if count == 2 else f"{count - 1} states"
            label = f"Unpack all {count} tensors: {layer.name} returns its output and {states}."
            means = f"{listed(names[1:])} then hold the forward layer's alone." if _both_ways(layer, names) else ""
        else:
            means = ""
            wanted = names[:count]
            if any(_is_read(places, node, name) for name in names[count:]):
                continue
            label = f"Unpack {count} tensors: {layer.name} returns its output and its state."
            if count == 1:
                label = f"Take the output alone: {layer.name} returns nothing else."
        words = ", ".join(wanted)
        yield changed(places, [Edit(*places.span(node.targets[0]), words)], label, f"{words} = …", means)


def _both_ways(layer: LayerSpec, names: list[str]) -> bool:
    """Whether the names that there are get the states of the forward layer, and no others."""
    inner = layer.get("layer")
    return isinstance(inner, LayerSpec) and len(names) == 1 + len(states_of(inner.class_name))


def states_instead_of_outputs(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """The outputs of an encoder as initial_state: its states instead, which return_state=True returns."""
    for call in spec.calls:
        first = call.states[0] if call.states else None
        if first is None or first.source != "call" or first.output != 0 or len(set(call.states)) > 1:
            continue
        source = spec.calls[first.index]
        layer, reads = spec.layers[source.layer], spec.layers[call.layer]
        inner = layer.get("layer")
        both = isinstance(inner, LayerSpec) and layer.class_name == "Bidirectional"
        cell = inner if isinstance(inner, LayerSpec) and both else layer
        kept, made = states_of(cell.class_name), next(iter(places.makers(layer)), None)
        if not kept or kept != states_of(reads.class_name) or returned_by(layer) != 1 or made is None:
            continue
        node = places.statement(made)
        given = next((g for n in places.calls(call.line) if (g := argument(n, -1, "initial_state"))), None)
        if given is None or not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        makers = [made, *within(made)] if both else [made]
        maker = next((n for n in makers if today_name(last(n)) == cell.class_name), None)
        if maker is None or _called_in(node) is not made:
            continue
        joined, imports = places.layer_name("Concatenate") if both else ("", ())
        ways = [f"{way}_{name}" for way in ("forward", "backward") for name in kept]
        names = ways if both else [f"state_{name}" for name in kept]
        start, end = places.span(node)
        margin = places.text[places.text.rfind("\n", 0, start) + 1 : start]
        joins = [f"\n{margin}state_{name} = {joined}()([forward_{name}, backward_{name}])" for name in kept if both]
        place = places.span(maker)[1] - 1
        comma = "" if places.text[:place].rstrip().endswith("(") else ", "
        all_names, states = ", ".join([node.targets[0].id, *names]), ", ".join(f"state_{name}" for name in kept)
        edits = [*imports, Edit(*places.span(node.targets[0]), all_names), Edit(end, end, "".join(joins)),
                 Edit(place, place, f"{comma}return_state=True"), Edit(*places.span(given), f"[{states}]")]  # fmt: skip
        label = f"Pass the states of {layer.name} instead of its outputs: return_state=True returns them, too."
        means = "The states of both directions are joined, so they are twice as wide as the units." if both else ""
        yield changed(places, edits, label, f"{all_names} = …\ninitial_state=[{states}]", means)


def _called_in(node: ast.Assign) -> ast.expr | None:
    """The layer of ``x = layer(…)(y)``."""
    return node.value.func if isinstance(node.value, ast.Call) else None


def _is_read(places: Places, node: ast.Assign, name: str) -> bool:
    """Whether a name is used behind its line."""
    _, end = places.span(node)
    return name != "_" and re.search(rf"\b{re.escape(name)}\b", places.text[end:]) is not None


def _states_left_out(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """One name for all that a layer returns, where its states aren't read."""
    for check, layer, _, names in _unpackings(places, spec):
        maker = next(iter(places.makers(layer)), None)
        makers = [maker, *within(maker)] if maker is not None else []
        given = next((k for n in makers for k in n.keywords if k.arg == "return_state"), None)
        if check.number != 1 or given is None or len(names) != 1:
            continue
        start, end = places.span(given)
        before = places.text[:start].rstrip()
        place = len(before) - 1 if before.endswith(",") else start
        behind = re.match(r"\s{0,40},\s{0,40}", places.text[end:])
        stop = end if place < start or behind is None else end + behind.end()
        label = f"Or let {layer.name} return its output only: omit return_state=True."
        yield changed(places, [Edit(place, stop, "")], label, f"{names[0]} = …  # without return_state=True")


def _scores_too(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Two names on the left of attention: its output and its scores, which it returns where it is asked for them."""
    for check, layer, node, names in _unpackings(places, spec):
        facts = sheet(layer.class_name)
        if facts is None or facts.group != "attention" or not isinstance(node.value, ast.Call):
            continue
        if check.number == 2:
            end = places.span(node.value)[1] - 1
            label = f"Ask {layer.name} for its scores, too: return_attention_scores=True."
            yield changed(places, [Edit(end, end, ", return_attention_scores=True")], label,
                          f"{', '.join(names)} = …(…, return_attention_scores=True)")  # fmt: skip
        if not any(_is_read(places, node, name) for name in names[1:]):
            label = f"Or take the output alone: {names[0]}."
            yield changed(places, [Edit(*places.span(node.targets[0]), names[0])], label, f"{names[0]} = …")


as_many_names = each(_scores_too, both_directions, _of_its_class, _all_of_them, _states_left_out)
