"""What a program in PyTorch or flax contradicts itself in: the cause with its numbers, and the lines that end it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace

from explainers.core.finding import Change, Finding, Value, name_axes
from explainers.core.mistakes.kit.sheet import Family
from explainers.core.spec import Sizes
from explainers.reading.errors_of_operations import REFUSED_PADDING
from explainers.reading.ported.edits import (
    argument,
    around,
    in_front,
    in_line,
    one_more,
    put,
    resized,
)
from explainers.reading.ported.graph import Clash
from explainers.reading.ported.recurrent import batch_first
from explainers.reading.ported.rewrites import (
    flattened_view,
    last_of_the_first_axis,
    only_recurrent,
    padded_join,
    state_of,
    swapped_factor,
)
from explainers.reading.ported.shortcut import with_projection
from explainers.reading.ported.values import Leaf

Told = Callable[[Clash, str], Finding]
_AXIS = re.compile(r"\b(?:dim|axis)\s?=\s?-?\d{1,2}\b")
_TORCHS = {4: ("batch", "channels", "height", "width"), 5: ("batch", "channels", "depth", "height", "width")}
_ORDER = Family((), (), (), title="The samples are on a different axis from the one the layer reads them on")


def told(clash: Clash, text: str) -> Finding:
    """One contradiction as a finding, with a diff of the asker's line where one number changes."""
    return _TOLD[clash.kind](clash, text)


def written(sizes: Sizes) -> str:
    """``(batch, 34, 5, 5)``."""
    return f"({', '.join('batch' if n is None else str(n) for n in sizes)})"


def _who(leaf: Leaf | None) -> str:
    """``fc1 (line 8), nn.Linear(544, 90),``."""
    if leaf is None:
        return "This line"
    return f"{leaf.name} (line {leaf.line})" if leaf.name else f"The nn.{leaf.kind} of line {leaf.line}"


def _finding(
    mistake: str, cause: str, clash: Clash, values: dict[str, Value], *fixes: Change, names: tuple[str, ...] = ()
) -> Finding:
    kind = clash.leaf.kind if clash.leaf is not None else None
    names = names or _TORCHS.get(len(clash.shape), ())
    shapes = (name_axes(clash.shape, names, "what reaches the layer"),) if clash.shape else ()
    return Finding("code", mistake, class_name=kind, values=values, cause=cause, fixes=fixes, shapes=shapes)


def _resized(clash: Clash, text: str, place: int, key: str, new: str, label: str, code: str, means: str = "") -> Change:
    """The layer is declared for what reaches it."""
    return Change(label, code=code, means=means, diff=resized(text, clash.leaf, place, key, new))


def _linear(clash: Clash, text: str) -> Finding:
    leaf = clash.leaf
    units = leaf.whole("out_features", 1) if leaf is not None else None
    before = clash.before if len(clash.before) > 1 else ()
    made_of = f" = {' × '.join(map(str, before))}" if before and math.prod(n or 1 for n in before) == clash.came else ""
    flattened = " in the flattened sample" if made_of else " in its last axis"
    of_flax = leaf is not None and "rngs" in leaf.named
    module = "nnx" if of_flax else "nn"
    cause = (
        f"{_who(leaf)} is {module}.Linear({clash.made}, {units}), made for {clash.made:,} features; what reaches it "
        f"has {clash.came:,}{made_of}{flattened}."
    )
    new = " * ".join(map(str, before)) if made_of else str(clash.came)
    own = argument(text, leaf, 0, "in_features") if leaf is not None else None
    if made_of and own is not None and clash.made in before and not own.text.isdigit():
        rest = list(before)
        rest.remove(clash.made)
        new = " * ".join((own.text, *map(str, rest)))  # hidden_units * 7 * 7
    lazy = "" if of_flax else "nn.LazyLinear(…) works it out from the first batch, as Keras' Dense does."
    label = f"Declare the layer for what reaches it: in_features={clash.came}."
    fix = _resized(clash, text, 0, "in_features", new, label, f"{module}.Linear({new}, {units})", lazy)
    more = []
    if len(clash.shape) > 2 and math.prod(n or 1 for n in clash.shape[1:]) == clash.made:
        diff = in_front(text, leaf, "nn.Flatten()") or around(text, clash.line, leaf, "torch.flatten({}, 1)")
        more = [Change("Flatten each sample in front of it, and keep the batch axis.", code="x = torch.flatten(x, 1)",
                       diff=diff)]  # fmt: skip
    values: dict[str, Value] = {"left": clash.came, "right": clash.made, "came": clash.came, "features": clash.made}
    names = ("batch", "features") if len(clash.shape) == 2 else ()
    keras = Change("In Keras you give the layer only its units; it takes the number of features from the first input "
                   "that reaches it.", code=f"layers.Dense({units})")  # fmt: skip
    return _finding("operand_sizes", cause, clash, values, *more, fix, keras, names=names)


def _channels(clash: Clash, text: str) -> Finding:
    leaf, rank = clash.leaf, len(clash.shape) - 2
    names = ("batch", "channels", *(("timesteps",) if rank == 1 else ("depth", "height", "width")[3 - rank :]))
    kind = leaf.kind if leaf is not None else f"Conv{rank}d"
    fixes = []
    if clash.axis:  # flax: the channels are last
        names = ("batch", *names[2:], "channels")
        where = "its last axis is the channels"
    else:
        where = f"PyTorch reads {written(clash.shape)} as ({', '.join(names)}): axis 1 is the channels"
        if clash.made in clash.shape[2:]:
            axis = clash.shape.index(clash.made, 2)
            order = (0, axis, *(i for i in range(1, len(clash.shape)) if i != axis))
            fixes.append(Change("Put the channels right after the batch, before the layer reads it.",
                                code=f"x = x.permute{order}",
                                means=f"The {clash.made} channels are last, as in Keras.",
                                diff=around(text, clash.line, leaf, f"{{}}.permute{order}")))  # fmt: skip
    cause = f"{_who(leaf)} is made for {clash.made} channels; its input has {clash.came}. {where}."
    fixes.append(_resized(clash, text, 0, "in_channels", str(clash.came), f"Make it for {clash.came} channels.",
                          f"nn.{kind}({clash.came}, …)"))  # fmt: skip
    values: dict[str, Value] = {"channels": clash.made, "came": clash.came}
    return _finding("channels", cause, clash, values, *fixes, names=names)


def _norm(clash: Clash, text: str) -> Finding:
    kind = clash.leaf.kind if clash.leaf is not None else "BatchNorm2d"
    cause = (
        f"{_who(clash.leaf)} is nn.{kind}({clash.made}), made for {clash.made} channels; {clash.came} reach it. They "
        "are axis 1."
    )
    fix = _resized(clash, text, 0, "num_features", str(clash.came),
                   f"Make it for what reaches it: num_features={clash.came}.", f"nn.{kind}({clash.came})")  # fmt: skip
    keras = Change("In Keras the layer takes the number from its input.", code="layers.BatchNormalization()")
    return _finding("channels", cause, clash, {"channels": clash.made, "came": clash.came}, fix, keras)


def _layer_norm(clash: Clash, text: str) -> Finding:
    cause = f"{_who(clash.leaf)} normalizes {clash.made} features; the last axis of what reaches it is {clash.came}."
    fix = _resized(clash, text, 0, "normalized_shape", str(clash.came), f"Make it for {clash.came} features.",
                   f"nn.LayerNorm({clash.came})")  # fmt: skip
    return _finding("operand_sizes", cause, clash, {"left": clash.came, "right": clash.made}, fix)


def _width(clash: Clash, text: str) -> Finding:
    leaf = clash.leaf
    kind = leaf.kind if leaf is not None else "LSTM"
    first = _first(clash)
    cause = (
        f"{_who(leaf)} is made for input_size={clash.made}; the last axis of what reaches it is {clash.came}. It reads "
        f"{written(clash.shape)} as ({first}, features)."
    )
    fixes = []
    if clash.made in clash.shape[1:-1]:
        one, other = clash.shape.index(clash.made, 1), len(clash.shape) - 1
        fixes.append(Change("Put the features last.", code=f"x = x.transpose({one}, {other})",
                            means=f"The axis of {clash.made} moves to the end.",
                            diff=around(text, clash.line, leaf, f"{{}}.transpose({one}, {other})")))  # fmt: skip
    fixes.append(_resized(clash, text, 0, "input_size", str(clash.came),
                          f"Make it for {clash.came} feature{'s' * (clash.came != 1)}: input_size={clash.came}.",
                          f"nn.{kind}(input_size={clash.came}, …)"))  # fmt: skip
    return _finding("data_size", cause, clash, {"features": clash.made, "came": clash.came}, *fixes,
                    names=(*first.split(", "), "features"))  # fmt: skip


def _first(clash: Clash) -> str:
    return "timesteps, batch" if clash.shape and clash.shape[0] is not None else "batch, timesteps"


def _embed(clash: Clash, text: str) -> Finding:
    cause = f"{_who(clash.leaf)} has embed_dim={clash.made}; the last axis of what reaches it is {clash.came}."
    fix = Change(f"Bring it to {clash.made} features first.", code=f"x = nn.Linear({clash.came}, {clash.made})(x)")
    key = "d_model" if clash.leaf is not None and clash.leaf.kind.startswith("Transformer") else "embed_dim"
    other = _resized(clash, text, 0, key, str(clash.came), f"Or make the attention for {clash.came} features.",
                     f"{key}={clash.came}")  # fmt: skip
    return _finding("data_size", cause, clash, {"features": clash.made, "came": clash.came}, fix, other)


def _heads(clash: Clash, text: str) -> Finding:
    heads, width = clash.made, clash.came
    fitting = [n for n in range(1, width + 1) if width % n == 0]
    near = min(fitting, key=lambda n: (abs(n - heads), n))
    wide = -(-width // heads) * heads
    cause = (
        f"{_who(clash.leaf)} shares {width} features among {heads} heads: {width} isn't divisible by {heads}. Each "
        "head gets embed_dim / num_heads of them."
    )
    key = "nhead" if clash.leaf is not None and clash.leaf.kind.startswith("Transformer") else "num_heads"
    return _finding(
        "operand_sizes", cause, clash, {"heads": heads, "features": width},
        _resized(clash, text, 1, key, str(near), f"Use a number of heads that divides {width}.", f"{key}={near}",
                 f"{' '.join(map(str, fitting[:12]))} would do."),
        Change(f"Or use {wide} features.", code=f"d_model={wide}" if key == "nhead" else f"embed_dim={wide}"),
        Change("In Keras heads and key_dim are free: what all heads return is brought back to the width of the query.",
               code=f"layers.MultiHeadAttention(num_heads={heads}, key_dim={max(1, width // heads)})"),
    )  # fmt: skip


def _rank(clash: Clash, text: str) -> Finding:
    leaf, less = clash.leaf, clash.came < clash.made
    kind = leaf.kind if leaf is not None else "layer"
    recurrent = clash.made == 3 and not kind.endswith("d")
    spatial = {3: "steps", 4: "height, width", 5: "depth, height, width"}.get(clash.made, "…")
    axes = "(batch, timesteps, features)" if recurrent else f"(batch, channels, {spatial})"
    who = f"{_who(leaf)}, nn.{kind}," if leaf is not None and leaf.name else _who(leaf)
    cause = f"{who} reads {clash.made} axes, {axes}; {clash.came} reach it: {written(clash.shape)}."
    fixes = []
    if less and clash.came == 2 and clash.made == 4:
        fixes.append(
            Change(
                "Give each sample a height and a width of 1, as the input of a generator has.",
                code="z = z[:, :, None, None]",
                means="(batch, channels) becomes (batch, channels, 1, 1).",
                diff=around(text, clash.line, leaf, "{}.unsqueeze(-1).unsqueeze(-1)"),
            )
        )
    elif less and recurrent:
        fixes.append(Change("Give each number its own axis: one feature.", code="x = x.unsqueeze(-1)",
                            diff=around(text, clash.line, leaf, "{}.unsqueeze(-1)")))  # fmt: skip
    elif less:
        fixes.append(Change("Give the data an axis for their one channel.", code="x = x.unsqueeze(1)",
                            diff=around(text, clash.line, leaf, "{}.unsqueeze(1)")))  # fmt: skip
        fixes.append(Change("Or, if this is one sample, put the batch axis in front.", code="x = x.unsqueeze(0)"))
    else:
        flat = Change("Flatten the axes after the steps into features.", code="x = x.flatten(2)",
                      diff=around(text, clash.line, leaf, "{}.flatten(2)"))  # fmt: skip
        fewer = Change("Drop an axis of size 1, or flatten two into one.", code="x = x.squeeze(1)",
                       diff=around(text, clash.line, leaf, "{}.squeeze(1)"))  # fmt: skip
        fixes.append(flat if recurrent else fewer)
    return _finding("layer_rank", cause, clash, {"expected_ndim": clash.made, "found_ndim": clash.came}, *fixes)


def _window(clash: Clash, text: str) -> Finding:
    cause = (
        f"{_who(clash.leaf)} has a window of {clash.made}, larger than the {clash.came} left on axis {clash.axis} of "
        f"{written(clash.shape)}."
    )
    return _finding(
        "kernel_exceeds_steps", cause, clash, {"kernel_size": clash.made, "steps": clash.came},
        Change("Keep the size with zeros at the border.", code=f"padding={clash.made // 2}",
               diff=one_more(text, clash.leaf, f"padding={clash.made // 2}")),
        Change("Or pool less before it, use larger data, or a smaller window."),
    )  # fmt: skip


def _output_padding(clash: Clash, text: str) -> Finding:
    leaf = clash.leaf
    new = str(clash.came + 1)
    given = argument(text, leaf, 3, "stride") if leaf is not None else None
    diff = put(text, (given, new)) if given is not None else one_more(text, leaf, f"stride={new}")
    cause = (
        f"{_who(leaf)} has output_padding={clash.came} and stride={clash.made}: PyTorch refuses an output_padding that "
        "isn't smaller than the stride. It is the stride that enlarges; output_padding only adds to the end."
    )
    found = _finding(
        "strides_and_dilation", cause, clash, {"strides": clash.made, "output_padding": clash.came},
        Change(f"Give it a stride of {new}, which makes the sides about {new} times as long.", code=f"stride={new}",
               diff=diff),
        Change("Or keep the sides, without output_padding.", code="output_padding=0"),
        Change("In Keras:", code=f'layers.Conv2DTranspose(filters, kernel_size, strides={new}, padding="same")'),
    )  # fmt: skip
    return replace(found, family=REFUSED_PADDING)


def _cat(clash: Clash, text: str) -> Finding:
    less, more = sorted((clash.made, clash.came))
    apart = [i for i, (a, b) in enumerate(zip(clash.shape, clash.before, strict=False)) if a != b and i != clash.axis]
    at = apart[0] if apart else 0
    name = {0: "the batch", 1: "the channels", 2: "the height", 3: "the width"}.get(at, f"axis {at}")
    name = f"axis {at}" if len(clash.shape) != 4 else f"{name} (axis {at})"
    odd = (
        f" {more} was halved to {more // 2} on the way and doubled to {less}: odd sizes don't come back."
        if more - less == 1 and more % 2
        else ""
    )
    cause = (
        f"Line {clash.line} joins {written(clash.shape)} and {written(clash.before)} along axis {clash.axis}: all "
        f"other axes must agree, but {name} is {clash.made} and {clash.came}.{odd}"
    )
    fixes = []
    if len(clash.shape) == 4 and at > 1:
        sides = [abs((a or 0) - (b or 0)) for a, b in zip(clash.shape[2:], clash.before[2:], strict=True)]
        fixes.append(Change("Pad the smaller one to the size of the other before the join.",
                            code=f"x = F.pad(x, (0, {sides[1]}, 0, {sides[0]}))",
                            means="For any size: F.interpolate(x, size=skip.shape[2:]).",
                            diff=padded_join(clash, text, sides)))  # fmt: skip
        fixes.append(Change("Or use images whose sides can be halved as often as the network halves them.",
                            code="transforms.Resize((height, width))  # multiples of 2 ** levels"))  # fmt: skip
        fixes.append(Change("In Keras:", code=f"layers.ZeroPadding2D(((0, {sides[0]}), (0, {sides[1]})))"))
    else:
        where = in_line(text, clash.line, _AXIS)
        fixes.append(Change("Join along the axis in which they differ.", code=f"torch.cat((a, b), dim={at})",
                            diff=put(text, (where, f"dim={at}"))))  # fmt: skip
    return _finding("merge_shapes", cause, clash, {"axis": clash.axis, "left": clash.made, "right": clash.came}, *fixes)


def _cat_rank(clash: Clash, text: str) -> Finding:
    cause = (
        f"Line {clash.line} joins {written(clash.shape)} and {written(clash.before)}: tensors that are joined have the "
        "same number of axes."
    )
    fix = Change("Flatten the one with more axes first.", code="x = torch.flatten(x, 1)")
    return _finding("merge_shapes", cause, clash, {"left": clash.made, "right": clash.came}, fix)


def _operands(clash: Clash, text: str) -> Finding:
    cause = (
        f"Line {clash.line}: {written(clash.shape)} and {written(clash.before)} don't line up. Axis {clash.axis} is "
        f"{clash.made} in the first, {clash.came} in the second; they must be equal, or one of them 1."
    )
    fixes = [Change("Print both shapes on this line.", code="print(a.shape, b.shape)")]
    diff = with_projection(text, clash.line) if len(clash.shape) in (3, 4, 5) else ""
    if diff or (len(clash.shape) == 4 and clash.axis == 1):
        fixes.insert(0, Change("Bring the shortcut to the block's output with a convolution of kernel 1.", diff=diff,
                               code=f"nn.Conv2d({clash.before[1]}, {clash.shape[1]}, 1)"))  # fmt: skip
    return _finding("operand_sizes", cause, clash, {"left": clash.made, "right": clash.came}, *fixes)


def _product(clash: Clash, text: str) -> Finding:
    cause = (
        f"Line {clash.line} multiplies {written(clash.shape)} and {written(clash.before)}: the last axis of the first, "
        f"{clash.made}, meets axis -2 of the second, {clash.came}; they must be equal."
    )
    turn = clash.before and clash.before[-1] == clash.made
    fix = (
        Change(
            "Swap the last two axes of the second.", code="a @ b.transpose(-2, -1)", diff=swapped_factor(clash, text)
        )
        if turn
        else (Change("Print both shapes on this line.", code="print(a.shape, b.shape)"))
    )
    return _finding("operand_sizes", cause, clash, {"left": clash.made, "right": clash.came}, fix)


def _view(clash: Clash, text: str) -> Finding:
    shape = ", ".join("-1" if n is None else str(n) for n in clash.before)
    cause = (
        f"Line {clash.line}: a sample {written(clash.shape)} has {clash.came:,} numbers; view({shape}) asks for "
        f"{clash.made:,} in each."
    )
    fix = Change("Let the size be worked out, and keep the batch axis.", code="x = x.view(x.size(0), -1)",
                 diff=flattened_view(clash, text))  # fmt: skip
    return _finding("reshape", cause, clash, {"values": clash.came, "room": clash.made}, fix,
                    Change("In Keras, Flatten works it out.", code="layers.Flatten()"))  # fmt: skip


def _folded(clash: Clash, text: str) -> Finding:
    rows = clash.came / clash.made if clash.made else 0
    sizes = " × ".join(map(str, clash.shape[1:]))
    then = (
        f"view(-1, {clash.made}) makes {int(rows)} rows of each sample, so the batch is {int(rows)} times as long "
        "after it"
        if clash.came > clash.made and clash.came % clash.made == 0
        else f"view(-1, {clash.made}) fits only where the whole batch happens to divide, and mixes samples then"
    )
    cause = f"Line {clash.line}: each sample has {sizes} = {clash.came:,} numbers, not {clash.made:,}. {then}."
    fixes = (
        Change("Keep the batch axis when you flatten, and declare the next layer for what comes.",
               code=f"x = x.view(x.size(0), -1)  # {clash.came:,} features", diff=flattened_view(clash, text)),
        Change("In Keras, Flatten always keeps the batch.", code="layers.Flatten()"),
    )  # fmt: skip
    return _finding("reshape", cause, clash, {"values": clash.came, "room": clash.made}, *fixes)


def _state_rows(clash: Clash, text: str) -> Finding:
    leaf = clash.leaf
    layers = leaf.get("num_layers", 2, 1) if leaf is not None else 1
    cause = (
        f"{_who(leaf)} starts from a state with {clash.made} rows, num_layers * directions (num_layers={layers}); the "
        f"state has {clash.came}."
    )
    axis = 0 if leaf is not None and batch_first(leaf) else 1
    fix = Change("Give it a row for each layer and direction.",
                 code=f"h0 = torch.zeros({clash.made}, x.size({axis}), hidden_size)",
                 diff=state_of(clash, text, 0, str(clash.made)))  # fmt: skip
    return _finding("initial_state", cause, clash, {"left": clash.made, "right": clash.came}, fix,
                    Change("Or leave it out: zeros are the default.", code="out, state = self.rnn(x)"))  # fmt: skip


def _state_units(clash: Clash, text: str) -> Finding:
    cause = f"{_who(clash.leaf)} has hidden_size={clash.made}; the last axis of its state is {clash.came}."
    fix = Change(f"Make the state {clash.made} wide, or both modules of one hidden_size.",
                 code=f"hidden_size={clash.came}", diff=state_of(clash, text, -1, str(clash.made)))  # fmt: skip
    return _finding("initial_state", cause, clash, {"units": clash.made, "came": clash.came}, fix)


def _state_batch(clash: Clash, text: str) -> Finding:
    leaf = clash.leaf
    axis = 0 if leaf is not None and batch_first(leaf) else 1
    rows, _, units = (*clash.shape, 0, 0, 0)[:3]
    without = "" if axis == 0 else " It has no batch_first=True, so the batch is axis 1 of its data."
    cause = (
        f"{_who(leaf)} gets {clash.made} samples, but the state {clash.shape} is for {clash.came}: a state is "
        f"(num_layers * directions, batch, hidden_size).{without}"
    )
    fixes = [Change("Make the state for the samples at hand.",
                    code=f"h0 = torch.zeros({rows}, x.size({axis}), {units})  # ({rows}, {clash.made}, {units})",
                    diff=state_of(clash, text, 1, str(clash.made))),
             Change("Or leave it out: zeros are the default.", code="out, state = rnn(x)")]  # fmt: skip
    if axis:
        first = Change(f"If the first axis of your data, {clash.came}, is the batch: tell the layer so.",
                       code="batch_first=True", diff=_batch_first(clash, text))  # fmt: skip
        fixes.insert(0, first)
    return _finding("initial_state", cause, clash, {"batch": clash.made, "came": clash.came}, *fixes,
                    names=("layers × directions", "batch", "hidden_size"))  # fmt: skip


def _time_first(clash: Clash, text: str) -> Finding:
    leaf = clash.leaf
    kind = leaf.kind if leaf is not None else "LSTM"
    cause = (
        f"{_who(leaf)} has no batch_first=True: it reads (timesteps, batch, features), but what reaches it has the "
        "batch in front. It runs, and mistakes the samples for steps."
    )
    fix = Change("Tell it that the batch comes first.", code=f"nn.{kind}(…, batch_first=True)")
    found = _finding("data_size", cause, clash, {}, replace(fix, diff=_batch_first(clash, text)))
    return replace(found, family=_ORDER)


def _batch_first(clash: Clash, text: str) -> str:
    """batch_first=True at the end of the layer's own brackets."""
    return one_more(text, clash.leaf, "batch_first=True")


def _taken(clash: Clash, text: str) -> Finding:
    cause = (
        f"Line {clash.line} takes one place of axis {clash.axis}, which holds the samples there, not the steps: a "
        "recurrent layer without batch_first=True returns (timesteps, batch, hidden_size)."
    )
    found = _finding(
        "data_size", cause, clash, {},
        Change("Give the recurrent layer batch_first=True, if your data have the batch in front.",
               code="batch_first=True", diff=one_more(text, only_recurrent(text), "batch_first=True")),
        Change("Or take the last step of the first axis.", code="out[-1]", diff=last_of_the_first_axis(clash, text)),
    )  # fmt: skip
    return replace(found, family=_ORDER)


def _index(clash: Clash, text: str) -> Finding:
    cause = f"Line {clash.line} reads index {clash.made} of axis {clash.axis}, which has only {clash.came} places."
    return _finding("axis_range", cause, clash, {"place": clash.made, "size": clash.came},
                    Change("Print the shape on this line.", code="print(x.shape)"))  # fmt: skip


_TOLD: dict[str, Told] = {
    "linear": _linear,
    "channels": _channels,
    "norm": _norm,
    "layer_norm": _layer_norm,
    "width": _width,
    "embed": _embed,
    "heads": _heads,
    "rank": _rank,
    "window": _window,
    "output_padding": _output_padding,
    "cat": _cat,
    "cat_rank": _cat_rank,
    "operands": _operands,
    "product": _product,
    "view": _view,
    "folded": _folded,
    "state_rows": _state_rows,
    "state_units": _state_units,
    "state_batch": _state_batch,
    "time_first": _time_first,
    "batch_first": _time_first,
    "batch_taken": _taken,
    "index": _index,
}
