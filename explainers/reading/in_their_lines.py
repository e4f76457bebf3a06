"""What a message of PyTorch changes in the asker's own lines, where the layer that it is about stands in the text."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from explainers.core.finding import Change, Finding
from explainers.core.mistakes import find_mistake
from explainers.reading.ported.edits import Piece, argument, made_in, one_more, pieces, put, resized
from explainers.reading.ported.recurrent import RECURRENT_THERE
from explainers.reading.ported.values import Leaf

_VIEW = re.compile(r"\.(?:view|reshape)\(")
_FIRST = {"Linear": "in_features", "LSTM": "input_size", "GRU": "input_size", "RNN": "input_size"}


def in_their_lines(found: Finding, text: str) -> Finding:
    """The message's fixes with the one that its numbers place in the text."""
    mistake = find_mistake(found.mistake)
    if mistake is not None and mistake.of_a_state:
        return _batch_of_a_state(found, text)
    if mistake is not None and mistake.end == "target":
        return _folded_view(found, text)
    numbers = {key: n for key, n in found.values.items() if isinstance(n, int)}
    declared, came = numbers.get("features", numbers.get("channels")), numbers.get("came")
    if declared is None or came is None or declared == came:
        return found
    kinds = ("Linear",) if "units" in numbers else tuple(RECURRENT_THERE) if "features" in numbers else ()
    fitting = [leaf for leaf in made_in(text) if (leaf.kind in kinds or (not kinds and leaf.kind not in _FIRST))
               and leaf.places[:1] == [declared] and leaf.places[1:2] in ([numbers.get("units")], leaf.places[1:2])
               and ("units" not in numbers or leaf.places[1:2] == [numbers["units"]])]  # fmt: skip
    new = str(came)
    if not fitting and "units" in numbers:  # nn.Linear(width, 128)
        fitting = [leaf for leaf in made_in(text) if leaf.kind == "Linear" and _makes(text, leaf, numbers["units"])]
        first = argument(text, fitting[0], 0, "in_features") if len(fitting) == 1 else None
        named = first is not None and first.text.isidentifier() and came % declared == 0
        new = f"{first.text} * {came // declared}" if first is not None and named else new
    if len(fitting) != 1:
        return found
    leaf = fitting[0]
    key = _FIRST.get(leaf.kind, "in_channels" if leaf.kind.startswith("Conv") else "num_features")
    diff = resized(text, leaf, 0, key, new)
    return replace(
        found, fixes=tuple(replace(fix, diff=diff) if _is_it(fix, key, came) else fix for fix in found.fixes)
    )


def _makes(text: str, leaf: Leaf, units: int) -> bool:
    second = argument(text, leaf, 1, "out_features")
    return second is not None and second.text == str(units)


def _is_it(fix: Change, key: str, came: int) -> bool:
    """Whether a fix declares the layer for what comes."""
    return f"{key}={came}" in fix.label or (key == "in_channels" and f"for {came} channel" in fix.label)


def _folded_view(found: Finding, text: str) -> Finding:
    """view(-1, n) that made several rows of each sample: flattened by sample, and a layer for all of its numbers."""
    outputs, targets = found.values.get("outputs"), found.values.get("targets")
    views = [pieces(text, one.end()) for one in islice(_VIEW.finditer(text), 3)]
    if not isinstance(outputs, int) or not isinstance(targets, int) or not targets or outputs % targets:
        return found
    if len(views) != 1 or len(views[0]) != 2 or views[0][0].text != "-1" or outputs == targets:
        return found
    view, size = next(_VIEW.finditer(text)), views[0][1]
    read = [argument(text, leaf, 0, "in_features") for leaf in made_in(text) if leaf.kind == "Linear"]
    same = [one for one in read if one is not None and one.text.replace(" ", "") == size.text.replace(" ", "")]
    if len(same) != 1 or text[size.end : size.end + 1] != ")":
        return found
    whole = Piece(view.start(), size.end + 1, text[view.start() : size.end + 1])
    diff = put(text, (whole, ".flatten(1)"), (same[0], f"{outputs // targets} * {same[0].text}"))
    means = f"Each sample has {outputs // targets} times as many numbers as the view asks for."
    label = "Keep the batch axis when you flatten, and declare the layer for the whole sample."
    first = replace(found.fixes[0], label=label, means=means, diff=diff)
    return replace(found, fixes=(first, *found.fixes[1:]))


def _batch_of_a_state(found: Finding, text: str) -> Finding:
    """A layer without batch_first=True takes the batch from axis 1 of its data."""
    wanted, came, batch = found.values.get("left"), found.values.get("right"), found.values.get("batch")
    if wanted != batch or not isinstance(wanted, int) or not isinstance(came, int):
        return found
    layers = [leaf for leaf in made_in(text) if leaf.kind in RECURRENT_THERE]
    without = [leaf for leaf in layers if not _has(text, leaf, "batch_first")]
    if not layers:
        means = "x.size(0) is the batch with batch_first=True; without it the batch is axis 1, x.size(1)."
        return replace(found, fixes=(replace(found.fixes[0], means=means), *found.fixes[1:]))
    if not without:
        return found
    leaf = without[0]
    cause = (
        f"{found.cause} nn.{leaf.kind} of line {leaf.line} has no batch_first=True, so it takes the batch from axis 1 "
        f"of its data, which is {wanted}."
    )
    first = Change(
        f"If your data are (batch, timesteps, features) = ({came}, {wanted}, …), tell the layer so.",
        code="batch_first=True", diff=one_more(text, leaf, "batch_first=True"),
    )  # fmt: skip
    own = Change("If they are (timesteps, batch, features), make the state for axis 1.",
                 code="h0 = torch.zeros(num_layers * directions, x.size(1), hidden_size)")  # fmt: skip
    return replace(found, cause=cause, fixes=(first, own, *found.fixes[-1:]))


def _has(text: str, leaf: Leaf, word: str) -> bool:
    start = text.find(f"{leaf.kind}(", sum(len(line) + 1 for line in text.split("\n")[: leaf.line - 1]))
    return any(piece.text.startswith(word) for piece in pieces(text, start + len(leaf.kind) + 1))
