"""Messages of PyTorch and JAX about operations on tensors: products, axes, types, stored weights."""

from __future__ import annotations

import re
from dataclasses import replace

from explainers.core.finding import Change, Finding
from explainers.core.mistakes.kit.sheet import Family
from explainers.reading.errors_kit import finding, ints

REFUSED_PADDING = Family((), (), (), title="An output_padding that isn't smaller than the stride")


def _named(sizes: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, sizes))}{',' * (len(sizes) == 1)})"


def normalized(found: re.Match[str]) -> Finding:
    """nn.LayerNorm on other features."""
    made, came = ints(found[1]), ints(found[2])
    fixes = [
        Change(f"Make the layer for what reaches it: normalized_shape={came[-1]}.", code=f"nn.LayerNorm({came[-1]})")
    ]
    if len(made) == 1 and made[0] in came[1:-1]:
        axis = came.index(made[0], 1)
        fixes.insert(0, Change(f"Put the axis of {made[0]} last.", code=f"x = x.transpose({axis}, {len(came) - 1})"))
    return finding(
        "operand_sizes",
        f"nn.LayerNorm is made for {_named(made)} and normalizes the last {'axes' if len(made) > 1 else 'axis'} of its "
        f"input, {_named(came)}: {came[-1]} versus {made[-1]}.",
        {"left": came[-1], "right": made[-1]},
        *fixes,
        Change("In Keras the layer takes its size from the input.", code="layers.LayerNormalization()"),
        shape=came,
    )  # fmt: skip


def embedding_width(found: re.Match[str]) -> Finding:
    """nn.MultiheadAttention on other features."""
    made, came = int(found[1]), int(found[2])
    return finding(
        "data_size",
        f"nn.MultiheadAttention has embed_dim={made}; the last axis of its query is {came}.",
        {"features": made, "came": came},
        Change(f"Bring the input to {made} features first.", code=f"x = nn.Linear({came}, {made})(x)"),
        Change(f"Or make the attention for {came} features; num_heads must divide it.", code=f"embed_dim={came}"),
        Change("In Keras the query may have any width.", code="layers.MultiHeadAttention(num_heads, key_dim)"),
    )  # fmt: skip


def batched_product(found: re.Match[str]) -> Finding:
    """torch.bmm, and matmul of three axes."""
    wanted, came = ints(found[1]), ints(found[2])
    if wanted[0] != came[0] or len(wanted) < 2 or len(came) < 2:
        return finding(
            "operand_sizes",
            f"A product of batches needs one batch size: {wanted[0]} in the first, {came[0]} in the second.",
            {"left": wanted[0], "right": came[0]},
            Change("Print both shapes on the line that fails.", code="print(a.shape, b.shape)"),
        )
    return finding(
        "operand_sizes",
        f"In the product the last axis of the first, {wanted[1]}, meets axis 1 of the second, {came[1]}; they must be "
        "equal.",
        {"left": wanted[1], "right": came[1]},
        Change("If both are (batch, timesteps, features), as in attention, swap the last two axes of the second.",
               code="a @ b.transpose(1, 2)"),
        Change("In Keras:", code="keras.ops.matmul(a, keras.ops.swapaxes(b, -1, -2))"),
    )  # fmt: skip


def cell_width(found: re.Match[str]) -> Finding:
    """nn.LSTMCell and its like on other features, or with another state."""
    what, came, made = found[1], int(found[2]), int(found[3])
    axis = "the last axis of its input" if what == "input" else "the last axis of its state"
    return finding(
        "data_size" if what == "input" else "initial_state",
        f"The cell is made for {what}_size={made}; {axis} is {came}.",
        {"features": made, "came": came},
        Change(f"Make the cell for {came}: {what}_size={came}.", code=f"nn.LSTMCell(…, {what}_size={came})"),
        Change("A cell reads one step, (batch, features): take it from the sequence.",
               code="h, c = cell(x[:, t], (h, c))"),
    )  # fmt: skip


def of_one_type(found: re.Match[str]) -> Finding:
    """float64 from NumPy meets float32 weights."""
    one, other = found[1], found[2]
    double = "Double" in (one, other) or "double" in (one, other)
    why = " NumPy's arrays are float64 unless told otherwise; weights are float32." if double else ""
    return Finding(
        "error", None,
        cause=f"The types of the numbers differ, {one} and {other}; the shapes don't.{why}",
        fixes=(Change("Give the data the type of the weights.", code="x = x.float()"),
               Change("In Keras the data are converted for you.")),
    )  # fmt: skip


def outside_the_table(found: re.Match[str]) -> Finding:
    """A number that nn.Embedding has no row for."""
    return finding(
        "embedding_range",
        "nn.Embedding got a number that it has no row for: with num_embeddings=n they run from 0 to n - 1.",
        {},
        Change("Make the table long enough for your largest number.",
               code="nn.Embedding(int(x.max()) + 1, embedding_dim)"),
        Change("In Keras:", code="layers.Embedding(input_dim=int(x.max()) + 1, output_dim=embedding_dim)"),
    )  # fmt: skip


def whole_numbers(found: re.Match[str]) -> Finding:
    """nn.Embedding on floats."""
    return Finding(
        "error", None,
        cause="nn.Embedding looks up rows by whole numbers, and its input has floats; the shapes don't matter here.",
        fixes=(Change("Make them whole numbers.", code="x = x.long()"),),
    )  # fmt: skip


def axis_outside(found: re.Match[str]) -> Finding:
    """An axis that a tensor doesn't have."""
    last, axis = int(found[1]), int(found[2])
    axes = last + 1
    return finding(
        "axis_range",
        f"The tensor has {axes} ax{'i' if axes == 1 else 'e'}s, 0 to {last}; the line asks for axis {axis}."
        + (" A tensor of 1 axis here is most often one sample without a batch, or one that lost it in a squeeze()."
           if axes == 1 else ""),
        {"axis": axis, "rank": axes},
        Change("If the batch is missing, put it in front.", code="x = x.unsqueeze(0)")
        if axes == 1 else Change(f"Use an axis from {-axes} to {last}.", code=f"dim={last}"),
        Change("Print the shape on the line that fails.", code="print(x.shape)"),
    )  # fmt: skip


def order_of_axes(found: re.Match[str]) -> Finding:
    """permute with more or fewer axes than the tensor has."""
    has, given = int(found[1]), int(found[2])
    order = ", ".join(map(str, (0, *range(has - 1, 0, -1)))) if has > 1 else "0"
    return finding(
        "axis_range",
        f"permute names {given} axes, and the tensor has {has}: it must name each one once.",
        {"rank": has, "axes": given},
        Change("If one sample came without its batch, put the batch in front.", code="x = x.unsqueeze(0)")
        if given == has + 1
        else Change(f"Name all {has} axes.", code=f"x = x.permute({order})"),
        Change("Print the shape on the line that fails.", code="print(x.shape)"),
    )  # fmt: skip


def groups_of_channels(found: re.Match[str]) -> Finding:
    """groups that don't divide the channels."""
    return finding(
        "channels",
        f"groups cuts the {found[1]}_channels of the convolution into equal parts, so {found[1]}_channels must be a "
        "multiple of groups.",
        {},
        Change("Use groups=1, or a number that divides in_channels and out_channels.",
               code="nn.Conv2d(in_channels, out_channels, kernel_size, groups=1)"),
    )  # fmt: skip


def output_padding(found: re.Match[str]) -> Finding:
    """A transposed convolution that can't be what its arguments say."""
    more, stride = int(found[1]), int(found[2])
    told = finding(
        "strides_and_dilation",
        f"output_padding is {more} and the stride {stride}: it must be smaller than the stride. The stride is "
        "what enlarges.",
        {"left": stride, "right": more, "strides": stride, "output_padding": more},
        Change(f"Give the layer a stride of {more + 1}.", code=f"nn.ConvTranspose2d(…, stride={more + 1})"),
        Change("Or omit output_padding.", code="output_padding=0"),
    )  # fmt: skip
    return replace(told, family=REFUSED_PADDING)


def letter_of_an_einsum(found: re.Match[str]) -> Finding:
    """A letter with two sizes."""
    letter, came, operand, before = found[1], int(found[2]), int(found[3]), int(found[4])
    return finding(
        "operand_sizes",
        f"In the einsum the letter {letter} means {before} in an earlier operand and {came} in operand {operand}, "
        "counted from 0; one letter has one size.",
        {"left": before, "right": came},
        Change(f"Check the order of the axes of operand {operand}, and give axes of different sizes different letters.",
               code="print(a.shape, b.shape)"),
    )  # fmt: skip


def other_sides(found: re.Match[str]) -> Finding:
    """F.interpolate: a size for each side."""
    sides, sizes = ints(found[1]), ints(found[2])
    return finding(
        "axis_range",
        f"F.interpolate needs a size for each of the {len(sides)} sides {_named(sides)}; it got {len(sizes)}: "
        f"{_named(sizes)}. The batch and the channels aren't counted.",
        {"sizes": len(sizes), "axes": len(sides)},
        Change(f"Give it {len(sides)} sizes.", code=f"F.interpolate(x, size={_named(sizes[:1] * len(sides))})"),
    )


def expanded(found: re.Match[str]) -> Finding:
    """expand and broadcast assignments: only axes of size 1 can grow."""
    wanted, has, axis = int(found[1]), int(found[2]), int(found[3])
    target, sizes = ints(found[4]), ints(found[5])
    return finding(
        "operand_sizes",
        f"{_named(sizes)} can't be expanded to {_named(target)}: on its axis {axis} there are {has} instead of "
        f"{wanted}, and only an axis of size 1 can grow.",
        {"left": wanted, "right": has},
        Change("Put an axis of size 1 where it should grow.", code="x = x.unsqueeze(-1)")
        if has in target and axis < len(target) and target[axis] != has
        else Change("Print both shapes on the line that fails.", code="print(a.shape, b.shape)"),
        shape=sizes,
    )  # fmt: skip


def other_keys(found: re.Match[str]) -> Finding:
    """load_state_dict: names of weights that only one side has."""
    missing = set(re.findall(r'"([\w.]{1,120})"', found[1][:4000]))
    more = set(re.findall(r'"([\w.]{1,120})"', (found[2] or "")[:4000]))
    prefix = next((p for p in ("module.", "model.", "_orig_mod.") if more and all(k.startswith(p) for k in more)), "")
    if prefix and {key.removeprefix(prefix) for key in more} & missing:
        return finding(
            "weights_shape",
            f'The names in the file begin with "{prefix}", those of this model don\'t: the model was saved inside of '
            f"another one{' (nn.DataParallel)' if prefix == 'module.' else ''}.",
            {},
            Change(f'Remove "{prefix}" from the names.',
                   code=f"state = {{k.removeprefix('{prefix}'): v for k, v in state.items()}}\n"
                   "model.load_state_dict(state)"),
        )  # fmt: skip
    none = not missing & more
    return finding(
        "weights_shape",
        f"The file and this model have different weights: {len(missing)} of the model's names aren't in the file, and "
        f"{len(more)} of the file's aren't in the model."
        + (" They are of two different models." if none and more else ""),
        {},
        Change("Build the class that the file was saved from, with the same layers under the same names."),
        Change("Or load only what fits.", code="model.load_state_dict(state, strict=False)"),
    )  # fmt: skip


def lengths_of_a_batch(found: re.Match[str]) -> Finding:
    """pack_padded_sequence: one length for each sequence."""
    lengths, batch = int(found[1]), int(found[2])
    return finding(
        "ragged_data",
        f"pack_padded_sequence needs one length for each sequence: there are {lengths} lengths, and "
        f"{batch} sequences on the axis that is read as the batch.",
        {"lengths": lengths, "batch": batch},
        Change("If your data have the batch in front, say so.",
               code="pack_padded_sequence(x, lengths, batch_first=True)"),
        Change("In Keras a mask does this.", code="layers.Embedding(…, mask_zero=True)"),
    )  # fmt: skip


def joined_ranks(found: re.Match[str]) -> Finding:
    """torch.cat of tensors with different numbers of axes."""
    one, other = int(found[1]), int(found[2])
    return finding(
        "merge_shapes",
        f"torch.cat joins tensors with the same number of axes: one has {one}, another {other}.",
        {"left": one, "right": other},
        Change("Add an axis of size 1 to the tensor with fewer axes, or flatten the one with more.",
               code="x = x.unsqueeze(-1)  # or torch.flatten(x, 1)"),
    )  # fmt: skip


def dot_of_vectors(found: re.Match[str]) -> Finding:
    """torch.dot of two lengths."""
    one, other = ints(found[1]), ints(found[2])
    return finding(
        "operand_sizes",
        f"torch.dot multiplies two vectors of equal length; they have {one[0]} and {other[0]} numbers.",
        {"left": one[0], "right": other[0]},
        Change("Print both shapes on the line that fails.", code="print(a.shape, b.shape)"),
    )


def only_matrices(found: re.Match[str]) -> Finding:
    """torch.mm takes two axes."""
    return finding(
        "layer_rank",
        "torch.mm multiplies two matrices, and one of the tensors doesn't have 2 axes.",
        {"expected_ndim": 2},
        Change("matmul takes batches of matrices, too.", code="a @ b"),
    )


def mask_of_rows(found: re.Match[str]) -> Finding:
    """A mask with another length than the axis that it picks from."""
    mask, tensor, axis = ints(found[1]), ints(found[3]), int(found[2])
    return finding(
        "operand_sizes",
        f"The mask {_named(mask)} picks from {_named(tensor)}: on axis {axis} they have "
        f"{mask[min(axis, len(mask) - 1)]} and {tensor[min(axis, len(tensor) - 1)]} places, and must have as many.",
        {"left": mask[min(axis, len(mask) - 1)], "right": tensor[min(axis, len(tensor) - 1)]},
        Change("Make the mask from the same tensor.", code="x = x[x > 0]"),
        shape=tensor,
    )  # fmt: skip


def batches_of_a_product(found: re.Match[str]) -> Finding:
    """jax: batches that don't agree."""
    one, other = ints(found[1]), ints(found[2])
    return finding(
        "operand_sizes",
        f"Both factors need the same batch axes: they are {_named(one)} in the first and {_named(other)} in the "
        "second.",
        {"left": one[0] if one else None, "right": other[0] if other else None},
        Change("Print both shapes on the line that fails.", code="print(a.shape, b.shape)"),
        Change("If one of them has no batch, broadcast it with matmul.", code="jnp.matmul(a, b)"),
    )


def mapped_axes(found: re.Match[str]) -> Finding:
    """jax.vmap: the axes that are mapped have one size."""
    return finding(
        "operand_sizes",
        "jax.vmap maps one axis of every argument, axis 0 by default, and these have different sizes.",
        {},
        Change("Say with in_axes which arguments have the batch: None is for those without it.",
               code="jax.vmap(f, in_axes=(None, 0))(params, x)"),
    )  # fmt: skip


def retrieved(found: re.Match[str]) -> Finding:
    """haiku: a stored parameter, and what the module would make now."""
    name, held, wanted = found[1], ints(found[2]), ints(found[3])
    return finding(
        "operand_sizes",
        f"The stored {name} is {_named(held)}; with what reaches the module now it would be {_named(wanted)}.",
        {"left": wanted[0] if wanted else None, "right": held[0] if held else None},
        Change("Call init with a batch of the same shape as the data; only the number of samples may differ.",
               code="params = net.init(key, x[:1])"),
        shape=wanted,
    )  # fmt: skip


_SIZES = r"[(\[](\d{1,9}(?:, ?\d{1,9}){0,7}),?[)\]]"
OF_OPERATIONS = (
    (rf"Given normalized_shape={_SIZES}, expected input with shape \[[\d*, ]{{1,50}}\], but got input of size ?"
     rf"{_SIZES}", normalized),
    (r"was expecting embedding dimension of {n}, but got {n}", embedding_width),
    (rf"Expected size for first two dimensions of batch2 tensor to be: {_SIZES} but got: {_SIZES}", batched_product),
    (r"has inconsistent (input|hidden)_size: got {n},? expected {n}", cell_width),
    (r"mat1 and mat2 must have the same dtype, but got (\w{1,20}) and (\w{1,20})", of_one_type),
    (r"\bindex out of range in self\b", outside_the_table),
    (r"Expected tensor for argument #1 'indices' to have (?:one of the following )?scalar types?", whole_numbers),
    (r"Dimension out of range \(expected to be in range of \[-\d{1,2}, (\d{1,2})\], but got (-?\d{1,3})\)",
     axis_outside),
    (r"input\.dim\(\) = {n} is not equal to len\(dims\) = {n}", order_of_axes),
    (r"output padding must be smaller than either stride or dilation, but got output_padding_\w{5,6}: {n} "
     r"(?:output_padding_\w{5,6}: \d{1,4} ){0,2}stride_\w{5,6}: {n}", output_padding),
    (r"\b(in|out)_channels must be divisible by groups", groups_of_channels),
    (r"einsum\(\): subscript (\w) has size {n} for operand {n} which does not broadcast with previously seen size {n}",
     letter_of_an_einsum),
    (rf"got input with spatial dimensions of {_SIZES} and output size of {_SIZES}", other_sides),
    (rf"expanded size of the tensor \({{n}}\) must match the existing size \({{n}}\) at non-singleton dimension {{n}}"
     rf"\. {{0,3}}Target sizes: {_SIZES}\. {{0,3}}Tensor sizes: {_SIZES}", expanded),
    (r"Missing key\(s\) in state_dict: ((?:\"[\w.]{1,120}\",? ?){1,400})\. {0,9}(?:Unexpected key\(s\) in state_dict: "
     r"((?:\"[\w.]{1,120}\",? ?){1,400}))?", other_keys),
    (r"Expected `len\(lengths\)` to be equal to batch_size, but got {n} \(batch_size={n}\)", lengths_of_a_batch),
    (r"Tensors must have same number of dimensions: got {n} and {n}", joined_ranks),
    (rf"inconsistent tensor size, expected tensor {_SIZES} and src {_SIZES}", dot_of_vectors),
    (r"\b(?:self must be a matrix|mat2 must be a matrix|matrices expected, got \dD)", only_matrices),
    (rf"shape of the mask {_SIZES} at index {{n}} does not match the shape of the indexed tensor {_SIZES}",
     mask_of_rows),
)  # fmt: skip
OF_JAX = (
    (rf"dot_general requires lhs batch dimensions and rhs batch dimensions to have the same shape, got {_SIZES} and "
     rf"{_SIZES}", batches_of_a_product),
    (r"vmap got inconsistent sizes for array axes to be mapped", mapped_axes),
    (rf"'([\w/~]{{1,80}})' with retrieved shape {_SIZES} does not match shape={_SIZES}", retrieved),
)  # fmt: skip
