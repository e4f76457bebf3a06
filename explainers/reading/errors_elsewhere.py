"""Messages of PyTorch, flax and JAX about shapes: what they say, why, and what helps there and in Keras."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from explainers.core.finding import Change, Finding
from explainers.reading.errors_kit import Wording, finding, ints
from explainers.reading.errors_of_operations import OF_JAX, OF_OPERATIONS
from explainers.reading.errors_of_targets import (
    batch_sizes,
    classes_second,
    label_outside,
    one_label_each,
    target_size,
)


def _running_mean(found: re.Match[str]) -> Finding:
    declared, came = int(found[2]), int(found[1])
    return finding(
        "channels",
        f"nn.BatchNorm is made for {declared} channels, but {came} reach it. They are axis 1.",
        {"channels": declared, "came": came},
        Change(f"Make it for what reaches it: num_features={came}.", code=f"nn.BatchNorm2d({came})"),
        Change("In Keras the layer takes the number from its input.", code="layers.BatchNormalization()"),
    )


def _hidden(found: re.Match[str]) -> Finding:
    wanted, came = ints(found[1]), ints(found[2])
    names = ("layers × directions", "batch", "hidden_size")[-len(wanted) :]
    apart = [sizes for sizes in zip(names, wanted, came, strict=False) if sizes[1] != sizes[2]] or [("rank", 0, 0)]
    return finding(
        "initial_state",
        f"The hidden state must be {wanted}, ({', '.join(names)}); you passed {came}: "
        f"{', '.join(f'{name} is {a} versus {b}' for name, a, b in apart)}.",
        {"batch": wanted[-2] if len(wanted) > 1 else None, "left": apart[0][1], "right": apart[0][2]},
        Change("Make the state for the batch at hand.",
               code="h0 = torch.zeros(num_layers * directions, x.size(0), hidden_size)"),
        Change("Or drop the last batch, which is smaller.", code="DataLoader(dataset, batch_size=…, drop_last=True)"),
        Change("In Keras a state is (batch, units), and zeros are the default.", code="layers.LSTM(units)(x)"),
        shape=came, names=names,
    )  # fmt: skip


def _view(found: re.Match[str]) -> Finding:
    target, numbers = ints(found[1]), int(found[2])
    room = 1
    for size in target:
        room *= size
    return finding(
        "reshape",
        f"{numbers:,} numbers can't be laid out as {target}, which holds {room:,}.",
        {"values": numbers, "room": room},
        Change("Let one axis be worked out.", code="x = x.view(x.size(0), -1)"),
        Change("In Keras, Flatten works it out.", code="layers.Flatten()"),
        shape=target,
    )


def _kernel(found: re.Match[str]) -> Finding:
    sides, kernel = ints(found[1]), ints(found[2])
    return finding(
        "kernel_exceeds_steps",
        f"The window of {' × '.join(map(str, kernel))} is larger than the {' × '.join(map(str, sides))} that are left.",
        {"kernel_size": kernel[0], "steps": sides[0]},
        Change("Keep the size with zeros at the border.", code=f"nn.Conv{len(sides)}d(…, padding={kernel[0] // 2})"),
        Change("Or pool less before it, or use a smaller window."),
        Change("In Keras:", code=f'layers.Conv{len(sides)}D(…, padding="same")'),
    )


def _parameter(found: re.Match[str]) -> Finding:
    """flax: what it expects is stored; what it got is what the module makes for the data that reach it now."""
    return _of_flax(found[3], "", ints(found[1]), ints(found[2]))


def _initialized(found: re.Match[str]) -> Finding:
    return _of_flax(found[1], f" of {found[2]}", ints(found[3]), ints(found[4]))


def _of_flax(name: str, where: str, held: tuple[int, ...], wanted: tuple[int, ...]) -> Finding:
    """A parameter that is stored, and what the module would make of it now."""
    apart = [i for i, (a, b) in enumerate(zip(held, wanted, strict=False)) if a != b]
    if len(held) != len(wanted) or not apart:
        return finding("data_rank", f"The stored {name}{where} has {len(held)} axes, {held}; the module now makes one "
                       f"of {len(wanted)}, {wanted}.", {}, *_INIT_AS_APPLY, shape=held)  # fmt: skip
    axis = apart[-1]
    word = _word_of_a_weight(axis, len(held))
    made, came = held[axis], wanted[axis]
    if axis == len(held) - 1:  # its own size: data have no part in it
        setting = "features=" if len(held) > 1 else ""
        return finding(
            "weights_shape",
            f"The stored {name}{where} is {held}, for {made} {word}; the module makes {wanted}, for {came}. The last "
            "axis is the module's own size, so these parameters are from a module of a different size.",
            {"stored": made, "made": came},
            Change(f"Make the module like the one that these parameters come from: {setting}{made}.",
                   code=f"nn.Dense({made})" if len(held) == 2 else f"nn.Conv({made}, …)"),
            Change(f"Or keep it, and train this {name} again: leave it out of what is restored.",
                   code="params = model.init(key, x)  # then copy the others over"),
            shape=wanted, names=_words_of_a_weight(len(held)),
        )  # fmt: skip
    ratio = came // made if made and came % made == 0 else 0
    several = (
        f" {came} = {ratio} x {made}: axes that were separate at init, often the batch, were flattened together."
        if ratio > 1 and len(held) == 2
        else ""
    )
    return finding(
        "operand_sizes",
        f"The stored {name}{where} is {held}, for {_counted(made, word)}; what reaches the module now needs "
        f"{wanted}, for {came}.{several}",
        {"left": came, "right": made},
        *_INIT_AS_APPLY,
        *([Change("Flatten each sample and keep the batch axis.", code="x = x.reshape((x.shape[0], -1))")]
          if several else []),
        Change(f"Or give it {_counted(made, word)}, as at init."),
        shape=wanted, names=_words_of_a_weight(len(held)),
    )  # fmt: skip


def _counted(count: int, word: str) -> str:
    """``1 channel``, ``3 channels``."""
    return f"{count} {word.removesuffix('s') if count == 1 else word}"


_INIT_AS_APPLY = (
    Change("Call init with a batch of the same shape as the data that follow; only the number of samples may differ.",
           code="variables = model.init(key, jnp.zeros((1, *x.shape[1:])))"),
)  # fmt: skip


def _words_of_a_weight(rank: int) -> tuple[str, ...]:
    """flax keeps its kernels as Keras does: what is read in front of what is made."""
    sides = tuple(f"kernel_size_{i + 1}" for i in range(rank - 2)) if rank > 3 else ("kernel_size",)
    return {1: ("units",), 2: ("features", "units")}.get(rank, (*sides, "channels", "filters"))


def _word_of_a_weight(axis: int, rank: int) -> str:
    return _words_of_a_weight(rank)[axis]


def _contracted(found: re.Match[str]) -> Finding:
    one, other = ints(found[1]), ints(found[2])
    if re.search(r"\beqx\b|\bequinox\b", found.string):
        return finding(
            "operand_sizes",
            f"A layer of Equinox reads one sample, without a batch axis; {one[-1]} meets {other[0]} in its product.",
            {"left": one[-1], "right": other[0]},
            Change("Map it over the batch.", code="y = jax.vmap(model)(x)"),
            Change("In Keras every layer reads a batch.", code="y = model(x)"),
        )
    return finding(
        "operand_sizes",
        f"In the product the last axis of the first, {one[-1]}, meets {other[0]} of the second; they must be equal.",
        {"left": one[-1], "right": other[0]},
        Change("Print both shapes on the line that fails.", code="print(a.shape, b.shape)"),
        Change("Transpose the second if its axes are swapped.", code="a @ b.swapaxes(-1, -2)"),
    )


def _broadcast(found: re.Match[str]) -> Finding:
    one, other = ints(found[1]), ints(found[2])
    pairs = [(a, b) for a, b in zip(one[::-1], other[::-1], strict=False) if a != b and 1 not in (a, b)]
    apart = f": {pairs[0][0]} versus {pairs[0][1]}" if pairs else ""
    return finding(
        "operand_sizes",
        (
            f"{one} and {other} don't line up. Counted from the right, each pair of axes must be equal, or one of "
            f"them must be 1{apart}."
        ),
        {"left": pairs[0][0], "right": pairs[0][1]} if pairs else {},
        Change("Print both shapes on the line that fails.", code="print(a.shape, b.shape)"),
        shape=one,
    )


def _not_in_a_row(found: re.Match[str]) -> Finding:
    return Finding(
        "error", "reshape", fixes=(
            Change("reshape makes a copy where it must.", code="x = x.reshape(x.size(0), -1)"),
            Change("Or put the numbers in a row first.", code="x = x.contiguous().view(x.size(0), -1)"),
        ),
        cause="The sizes of this view fit, but permute or transpose has changed only the order in which the numbers "
        "are read: they no longer lie in a row, and view never copies. Keras and NumPy have no such difference.",
    )  # fmt: skip


def _joined(found: re.Match[str]) -> Finding:
    axis, wanted, came = int(found[1]), int(found[2]), int(found[3])
    return finding(
        "merge_shapes",
        f"torch.cat joins along axis {axis}; all other axes must agree, but one of them is {wanted} in the first "
        f"tensor and {came} in tensor {found[4]}, counted from 0.",
        {"axis": axis, "left": wanted, "right": came},
        Change("Pad the smaller one, or cut the larger one.", code="F.pad(x, (0, 1, 0, 1))"),
        Change("In Keras:", code="layers.ZeroPadding2D(((0, 1), (0, 1)))"),
    )


def _joined_before(found: re.Match[str]) -> Finding:
    """The same in the words of PyTorch before 1.10."""
    axis, one, other = int(found[1]), int(found[2]), int(found[3])
    where = f" on axis {found[4]}" if found[4] else ""
    odd = max(one, other) % 2 and abs(one - other) == 1
    lost = f" {max(one, other)} is odd: halved and doubled it gives {min(one, other)}." if odd else ""
    return finding(
        "merge_shapes",
        f"torch.cat joins along axis {axis}; all other axes must agree, but{where} they are {one} and {other}.{lost}",
        {"axis": axis, "left": one, "right": other},
        Change("Use images whose sides can be halved as often as the network halves them: multiples of 32, or of 256.",
               code="transforms.Resize((256, 256))"),
        Change("Or pad the smaller one.", code="x = F.pad(x, (0, 1, 0, 1))"),
    )  # fmt: skip


def _stacked(found: re.Match[str]) -> Finding:
    one, other = ints(found[1]), ints(found[2])
    cause = f"Samples in one batch must have the same size: one is {one}, another {other}."
    if len(one) == len(other) == 3 and {one[0], other[0]} <= {1, 3, 4}:
        sizes = [Change("Resize the images to one size; one number alone would keep their proportions.",
                        code="transforms.Resize((224, 224))"),
                 Change("In Keras:", code="layers.Resizing(224, 224)")]  # fmt: skip
        if one[0] != other[0]:
            sizes.insert(0, Change("Read all images with the same channels.", code='Image.open(path).convert("RGB")'))
        if one[1:] == other[1:]:
            sizes = sizes[:1]
        return finding("ragged_data", cause, {}, *sizes, shape=other, names=("channels", "height", "width"))
    return finding(
        "ragged_data",
        cause,
        {},
        Change("Pad the samples of a batch.", code="torch.nn.utils.rnn.pad_sequence(batch, batch_first=True)"),
        Change("In Keras:", code="x = keras.utils.pad_sequences(x)"),
        shape=other, names=("timesteps", "features")[: len(other)] if len(other) < 3 else (),
    )  # fmt: skip


def _recurrent_axes(found: re.Match[str]) -> Finding:
    came = int(found[1])
    more = came > 3
    return finding(
        "layer_rank",
        f"A recurrent layer reads 3 axes, or 2 for one sequence without a batch; this one has {came}.",
        {"expected_ndim": 3, "found_ndim": came},
        Change("Flatten the axes after the steps into features.", code="x = x.flatten(2)")
        if more
        else Change("Give each number its own axis: one feature.", code="x = x.unsqueeze(-1)"),
        Change("In Keras:", code="layers.Reshape((timesteps, -1))"),
    )


def _saved(found: re.Match[str]) -> Finding:
    """PyTorch keeps what a weight makes in front: (filters, channels, …) and (units, features)."""
    stored, mine = ints(found[2]), ints(found[3])
    rank = len(stored)
    names = {1: ("numbers",), 2: ("units", "features"), 3: ("filters", "channels", "kernel_size"),
             4: ("filters", "channels", "kernel_height", "kernel_width")}.get(rank, ())  # fmt: skip
    apart = [i for i, (a, b) in enumerate(zip(stored, mine, strict=False)) if a != b] if rank == len(mine) else []
    axis = apart[0] if apart and names else None
    told = f": {names[axis]} (axis {axis}) is {stored[axis]} versus {mine[axis]}" if axis is not None else ""
    name = found[1].rpartition(".")[0] or "fc"
    changes = [
        Change("Build the model as it was when you saved it, then replace its last layer.",
               code=f"model.load_state_dict(state)\nmodel.{name} = nn.Linear(model.{name}.in_features, {mine[0]})"),
        Change(f"Or leave {name} out of the file, and train it again.",
               code=f"state = {{k: v for k, v in state.items() if not k.startswith('{name}.')}}\n"
               "model.load_state_dict(state, strict=False)"),
    ]  # fmt: skip
    if axis == 1 and rank > 2:
        changes = _other_channels(found[1], stored[1], mine[1], rank)
    elif axis is not None and (axis or rank == 2) and names[axis] == "features":
        changes = [Change(f"Make the layer for {stored[1]} features, as when it was saved.",
                          code=f"nn.Linear({stored[1]}, {mine[0]})")]  # fmt: skip
    return finding("weights_shape", f"{found[1]} is {stored} in the file and {mine} in this model{told}.", {}, *changes,
               shape=stored, names=names)  # fmt: skip


def _other_channels(name: str, stored: int, mine: int, rank: int) -> list[Change]:
    """A convolution that was trained on pictures of other colors."""
    ones = ", 1" * (rank - 2)
    made = [Change(f"Make the model for {stored} channels, as when it was saved.", code=f"in_channels={stored}")]
    if mine == 1 < stored:
        made[0] = replace(made[0], code=f"in_channels={stored}\nx = x.repeat(1, {stored}{ones})",
                          means=f"The one channel of your data, {stored} times.")  # fmt: skip
        made.append(
            Change("Or keep 1 channel, and sum the trained kernel over its channels.",
                   code=f"state['{name}'] = state['{name}'].sum(1, keepdim=True)\nmodel.load_state_dict(state)",
                   means="Gray images then give what equal colors gave.")
        )  # fmt: skip
    return made


def _same_type(found: re.Match[str]) -> Finding:
    return Finding(
        "error", None, cause=f"The types of the numbers differ, {found[1]} and {found[2]}; the shapes don't."
    )


def _too_small(found: re.Match[str]) -> Finding:
    came, made = ints(found[1]), ints(found[2])
    return finding(
        "kernel_exceeds_steps",
        f"The pooling gets ({'x'.join(map(str, came))}) and would leave ({'x'.join(map(str, made))}): nothing is left.",
        {},
        Change("Use larger images, or fewer pooling layers.", code="transforms.Resize((224, 224))"),
        shape=came, names=("channels", "height", "width") if len(came) == 3 else (),
    )  # fmt: skip


def _kernel_of_channels(found: re.Match[str]) -> Finding:
    """jax: the channels of the images, and those that the kernel reads."""
    came, wanted = int(found[1]), int(found[3])
    gray = (
        [Change("Or repeat the gray channel.", code=f"x = jnp.repeat(x, {wanted}, axis=-1)")]
        if came == 1 < wanted
        else []
    )
    return finding(
        "channels",
        f"The kernel was made for {wanted} channel{'s' * (wanted != 1)}; the images have {came} on the axis that is "
        "read as their channels.",
        {"channels": wanted, "came": came},
        Change("Call init with a batch like the data: the kernel is made for their channels.",
               code="variables = model.init(key, x[:1])"),
        *gray,
        Change("If the channels are on another axis, move them: flax reads (batch, height, width, channels).",
               code="x = jnp.moveaxis(x, 1, -1)"),
    )  # fmt: skip


def _resized(found: re.Match[str]) -> Finding:
    """F.interpolate: a size for each axis behind the channels."""
    axes, sizes = int(found[1]), int(found[2])
    return finding(
        "axis_range",
        f"F.interpolate got {sizes} sizes for {axes} axes: size counts the axes after (batch, channels).",
        {"sizes": sizes, "axes": axes},
        Change(f"Give it the last {axes} sizes of the target.", code=f"F.interpolate(x, size=target.shape[-{axes}:])"),
        Change("If the target is a mask that was read in color, keep one channel of it.", code="mask = mask[..., 0]",
               means="A mask is (batch, height, width): one class for each pixel."),
    )  # fmt: skip


def _shared_among_heads(found: re.Match[str]) -> Finding:
    return finding(
        "operand_sizes",
        "nn.MultiheadAttention shares its embed_dim features among num_heads heads, so embed_dim must be a multiple of "
        "num_heads.",
        {},
        Change("Use a number of heads that divides embed_dim.", code="nn.MultiheadAttention(embed_dim=64, num_heads=8)",
               means="64 and 8 are an example."),
        Change("In Keras heads and key_dim are free: what all heads return is brought back to the width of the query.",
               code="layers.MultiHeadAttention(num_heads=8, key_dim=8)"),
    )  # fmt: skip


_SIZE = r"torch\.Size\(\[([\d, ]{0,60})\]\)"
_TUPLE = r"\(([\d, ]{1,60})\)"


def _wording(pattern: str, told: Callable[[re.Match[str]], Finding]) -> Wording:
    """A message; ``{shape}`` is a tuple of sizes, ``{n}`` a number."""
    return Wording(re.compile(pattern.replace("{shape}", _TUPLE).replace("{n}", r"(\d{1,12})")), told)


ON_TENSORS = tuple(_wording(pattern, told) for pattern, told in OF_OPERATIONS)
ON_ARRAYS = tuple(_wording(pattern, told) for pattern, told in OF_JAX)
WORDINGS: tuple[Wording, ...] = (
    _wording(r"running_mean should contain {n} elements not {n}", _running_mean),
    _wording(r"Expected input batch_size \({n}\) to match target batch_size \({n}\)", batch_sizes),
    _wording(r"Expected hidden(?:\[[01]\])? size {shape}, got [\[(]([\d, ]{1,60})[\])]", _hidden),
    _wording(r"shape '\[([\d, ]{1,60})\]' is invalid for input of size {n}", _view),
    _wording(r"padded input size per channel: \(([\dx ]{1,40})\)\. Kernel size: \(([\dx ]{1,40})\)", _kernel),
    _wording(r"to generate shape {shape} but got shape {shape} instead for parameter \"(\w{1,40})\"", _parameter),
    _wording(r"0D or 1D target tensor expected, multi-target not supported|multi-target not supported", one_label_each),
    _wording(
        r"between value and initializer for parameter \"?(\w{1,40})\"? in \"?([\w/]{1,80})\"?: {shape}, {shape}",
        _initialized,
    ),
    _wording(r"\bTarget {n} is out of bounds", label_outside),
    _wording(
        r"Expected target size \[?\(?([\d, ]{1,60})[\])], got (?:torch\.Size\()?\[([\d, ]{1,60})\]", classes_second
    ),
    _wording(r"view size is not compatible with input tensor's size and stride", _not_in_a_row),
    _wording(
        rf"[Tt]arget size \({_SIZE}\) (?:that is different to|must be the same as) the input size \({_SIZE}\)",
        target_size,
    ),
    _wording(rf"[Tt]arget size \({_SIZE}\) must be the same as input size \({_SIZE}\)", target_size),
    _wording(
        r"Sizes of tensors must match except in dimension {n}\. "
        r"Expected size {n} but got size {n} for tensor number {n}",
        _joined,
    ),
    _wording(
        r"Sizes of tensors must match except in dimension {n}\. Got {n} and {n}(?: \(The offending index is \d+\))?"
        r"(?: in dimension {n})?",
        _joined_before,
    ),
    _wording(
        r"stack expects each tensor to be equal size, but got \[([\d, ]{0,60})\] at entry \d+ and \[([\d, ]{0,60})\]",
        _stacked,
    ),
    _wording(r"Expected input to be 2D or 3D, got {n}D", _recurrent_axes),
    _wording(r"input must have 3 dimensions, got {n}", _recurrent_axes),
    _wording(
        rf"size mismatch for ([\w.]{{1,80}}): copying a param with shape {_SIZE} from checkpoint, "
        rf"the shape in current model is {_SIZE}",
        _saved,
    ),
    _wording(r"expected scalar type (\w{1,12}) but found (\w{1,12})", _same_type),
    _wording(r"Given input size: \(([\dx]{1,40})\)\. Calculated output size: \(([\dx]{1,40})\)", _too_small),
    _wording(
        r"lhs feature dimension size divided by feature_group_count must equal the rhs input feature dimension size, "
        r"but {n} // {n} != {n}",
        _kernel_of_channels,
    ),
    _wording(r"embed_dim must be divisible by num_heads", _shared_among_heads),
    _wording(r"size shape must match input shape\. Input is {n}D, size is {n}", _resized),
    _wording(
        r"contracting dimensions to have the same shape, got [(\[]([\d, ]{1,60})[)\]] and [(\[]([\d, ]{1,60})[)\]]",
        _contracted,
    ),
    _wording(r"[Ii]ncompatible shapes for broadcasting: (?:shapes=\[)?{shape}, {shape}", _broadcast),
    *ON_TENSORS,
    *ON_ARRAYS,
)


def whose(text: str) -> str:
    """The framework whose messages about operations a text has; "" where it has none of them."""
    if any(wording.pattern.search(text) for wording in ON_TENSORS):
        return "PyTorch"
    return "JAX/flax" if any(wording.pattern.search(text) for wording in ON_ARRAYS) else ""


def error_elsewhere(flat: str) -> Finding | None:
    """The first of these messages in a text."""
    for wording in WORDINGS:
        found = wording.pattern.search(flat)
        if found is not None:
            return wording.told(found)
    return None
