"""Two tensors do not line up."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re
from dataclasses import replace

from explainers.core.finding import Change, Finding, Value, written
from explainers.core.layers import MERGES, blocks, class_of
from explainers.core.mistakes.kit.image_sizes import divisible, multiples, of_a_product
from explainers.core.mistakes.kit.kernels import (
    a_cell_for_each_level,
    fitting_states,
    other_rows,
    product,
    product_words,
    state_units,
    two_matrices,
    words_of_stacks,
)
from explainers.core.mistakes.kit.letters import LETTERS
from explainers.core.mistakes.kit.mending.data import DATA
from explainers.core.mistakes.kit.mending.kept import borders_kept_before_a_sum
from explainers.core.mistakes.kit.mending.made_for import MADE_FOR
from explainers.core.mistakes.kit.mending.meeting import OPERANDS, only_the_targets_columns
from explainers.core.mistakes.kit.mending.merging import JOINED, channels_differ_in_front
from explainers.core.mistakes.kit.mending.reduced import REDUCED
from explainers.core.mistakes.kit.mending.targets import TARGETS
from explainers.core.mistakes.kit.operands import (
    as_many_as_samples,
    meets_a_weight,
    noise,
    noise_elsewhere,
    of_two,
    trained_on_targets,
    weight_of_other_axes,
)
from explainers.core.mistakes.kit.scene import (
    EXAMPLES,
    Scene,
    entry,
    joined,
    two_sizes,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said, nothing_live
from explainers.core.mistakes.merge_shapes import lost_on_the_way, merged, names_a_concatenation
from explainers.core.spec import Check, LayerSpec, ModelSpec, Sizes, chain

_SCORED = ("Attention", "AdditiveAttention")


def _decides(finding: Finding, said: Said) -> str | None:
    """Two numbers of samples in a recurrent loop are a state and a batch; a concatenation is a merge."""
    if "noise" in finding.values:
        return None
    if _other_samples(finding, said):
        return "stateful_batch"
    if "product" in finding.values and state_units(finding) is not None:
        return "initial_state"
    if _of_a_named_merge(finding):
        return "merge_shapes"
    if meets_a_weight(said) and weight_of_other_axes(finding) is not None:
        return "layer_rank"
    return "merge_shapes" if names_a_concatenation(said) else None


def _of_a_named_merge(finding: Finding) -> bool:
    """``add_3/add`` is the operation of a layer; ``while/add_1`` is one of a loop."""
    return any(class_of(part) in MERGES for part in (finding.layer or "").split("/")[:-1])


def _decides_product(finding: Finding, said: Said) -> str | None:
    return "stateful_batch" if other_rows(finding) else "layer_rank"


def _other_samples(finding: Finding, said: Said) -> bool:
    """Whether a recurrent loop met two numbers of samples: a state and a batch that don't fit."""
    both = finding.named.get("both", ())
    if len(both) != 2 or both[0][1:] != both[1][1:] or None in (*both[0][:1], *both[1][:1]):
        return False
    return bool(re.search(r"stateful|while/|/(?:lstm|gru|simple_?rnn|rnn)", said.flat, re.IGNORECASE))


def _words(finding: Finding) -> dict[str, str]:
    """The rows of the two, where they are samples of a state and of a batch."""
    both = finding.named.get("both", ())
    if finding.mistake == "initial_state" and (state := state_units(finding)) is not None:
        return {"state_of": str(state[0]), "cell_of": str(state[1])}
    if finding.class_name == "Dot" and len(both) > 1 and min(map(len, both[:2])) > 1:
        return {"one": str(both[0][-1]), "other": str(both[1][-2]), "dotted": " and ".join(map(written, both[:2]))}
    if finding.mistake == "merge_shapes" and len(both) > 1:
        return {"added" if _of_a_named_merge(finding) else "joined": " and ".join(map(written, both[:2]))}
    if finding.mistake == "layer_rank" and (words := weight_of_other_axes(finding)) is not None:
        return words
    if finding.mistake != "stateful_batch" or len(both) < 2 or not all(both[:2]):
        return words_of_stacks(finding) or _from_the_right(finding)
    return {"samples_a": str(both[0][0]), "samples_b": str(both[1][0])}


def _from_the_right(finding: Finding) -> dict[str, str]:
    """Where two operands of different ranks don't fit: they are compared from their last axes on."""
    one, other = finding.shape("left_shape") or (), finding.shape("right_shape") or ()
    pairs = list(zip(reversed(one), reversed(other), strict=False)) if len(one) != len(other) else []
    apart = [(i, a, b) for i, (a, b) in enumerate(pairs, 1) if a != b and None not in (a, b) and 1 not in (a, b)]
    told = ", ".join(f"axis -{i} is {a} versus {b}" for i, a, b in apart)
    return {"difference": f": counted from the right, {told}"} if told else {}


def _of_one_sample(finding: Finding, sizes: Sizes) -> tuple[str, ...]:
    """The axes of images and volumes; with the channels in front where only these differ."""
    sides = ("depth", "height", "width")[4 - len(sizes) :]
    return ("channels", *sides) if channels_differ_in_front(finding.named.get("both", ())) else (*sides, "channels")


def _names(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    """The axes of data and of the kernel that they should be multiplied with."""
    if role not in ("left_shape", "right_shape", "both"):
        return None
    if _of_samples(finding) and len(sizes) > 2:
        return _of_one_sample(finding, sizes)
    if finding.mistake == "initial_state":
        return (
            ("batch", "units")
            if sizes == finding.named["both"][0]
            else ("units", f"{blocks(finding.class_name)} × units")
        )
    both = finding.named.get("both", ())
    if "product" in finding.values and "came" not in finding.values and len(both) > 1 and sizes == both[1] != both[0]:
        return ("features", "units")  # the second one is a weight: it has no samples
    if "came" not in finding.values:
        return None
    gates = finding.number("gates")
    cell = finding.number("features") != finding.named["both"][1][0]
    if sizes != finding.named["both"][1]:
        return ("batch", "features + units" if cell else "features")
    return ("features + units" if cell else "features", f"{gates} × units" if (gates or 1) > 1 else "units")


_OF_A_LAYER = re.compile(r"\bOperands could not be broadcast")  # NumPy writes "operands" small


def _of_samples(finding: Finding) -> bool:
    """Whether Keras 2 says it of a merge layer: it prints one sample of each, without the batch."""
    near = "".join(finding.around[max(0, mark.start - 8) : mark.end] for mark in finding.marks)
    return finding.layer is None and _OF_A_LAYER.search(near) is not None


def _two_only(finding: Finding, said: Said) -> Finding:
    """The message is about two; what is printed behind it in a list of several messages is none of its operands."""
    both = finding.named.get("both", ())
    return (
        replace(finding, named={**finding.named, "both": both[:2]})
        if len(both) > 2 and _of_samples(finding)
        else finding
    )


def _live(scene: Scene) -> ModelSpec | None:
    """The operation on two Inputs of the shapes of the message."""
    finding = scene.finding
    if finding.mistake == "initial_state":
        return None
    if finding.mistake == "merge_shapes":
        open_batch = any(None in shape for shape in finding.named.get("both", ()))
        return merged(scene, samples=not open_batch and not _of_a_named_merge(finding))
    if "own_output" in finding.values:
        return trained_on_targets(finding)
    shapes = finding.named.get("both", ()) or two_sizes(finding)
    if finding.number("came") is not None:
        return _other_features(scene)
    if len(shapes) < 2 or any(len(shape) == 0 for shape in shapes[:2]):
        return None
    if _of_samples(finding):
        return merged(scene, samples=True)
    if _says(scene, r"\boperands could not be broadcast") and None not in (*shapes[0], *shapes[1]):
        return ModelSpec((), (), (), (), checks=(Check("values", shapes[:2]),))
    message = " ".join(scene.text[max(0, mark.start - 60) : mark.end + 160] for mark in finding.marks)
    said = f"{finding.values.get('op', '')} {finding.layer or ''} {message}".lower()
    name = "multiply"
    for word, operation in (
        ("matmul", "matmul"),
        ("matrix size", "matmul"),
        ("not aligned", "matmul"),
        ("gemm", "matmul"),
        ("inner dim", "matmul"),
        ("squareddiff", "subtract"),
        ("sub", "subtract"),
        ("add", "add"),
        ("mul", "multiply"),
    ):
        if word in said:
            name = operation
            break
    if name == "matmul" and "both" not in finding.named:  # a row of features, and a weight for another number of them
        (_, width), (_, rows) = shapes
        shapes = ((None, width), (rows, scene.example("columns")))
    if name == "matmul" and any(len(shape) < 2 for shape in shapes[:2]):
        name = "multiply"
    first, second = shapes[:2]
    if name == "matmul" and finding.class_name in _SCORED and len(first) == len(second) == 3:
        return joined(scene, (first, second), LayerSpec(str(finding.class_name), scene.name(str(finding.class_name))))
    alone = (
        finding.layer is None and len(first) == len(second) == 2 and first[0] == second[0]
    )  # two arrays of one length
    if name == "matmul" and len(second) == 2 and None not in second and not alone:  # as a weight: it has no samples
        return chain(entry(first), (LayerSpec("ops.matmul", name, (("weight", second),)),), sequential=False)
    return joined(scene, shapes[:2], LayerSpec(f"ops.{name}", name))


def _says(scene: Scene, words: str) -> bool:
    """Whether the message has these words and names no layer: NumPy writes "operands" small, old Keras didn't."""
    near = "".join(scene.text[max(0, mark.start - 8) : mark.end] for mark in scene.finding.marks)
    return scene.finding.layer is None and re.search(words, near) is not None


def _other_features(scene: Scene) -> ModelSpec:
    """The layer whose kernel stands in the message, made for its features, on data with another number of them."""
    finding = scene.finding
    features, came = finding.number("features") or 1, finding.number("came") or 1
    class_name = str(finding.class_name).removesuffix("Cell")
    layer = scene.layer(class_name, units=finding.number("units"))
    middle = () if class_name == "Dense" else (scene.example("timesteps"),)
    return chain(
        entry((None, *middle, features)),
        (layer,),
        checks=(Check("predict", ((EXAMPLES["samples"], *middle, came),)),),
    )


def _advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """What the two operands of a cell say: a state of other units, or a cell that serves two levels."""
    state = state_units(finding) if finding.mistake == "initial_state" else None
    if "noise" in finding.values:
        return as_many_as_samples(finding)
    both = finding.named.get("both", ())[:2]
    if finding.mistake == "merge_shapes" and lost_on_the_way(both) and len(both[0]) == 4:
        return divisible(finding.around) or multiples()
    if state is not None:
        return fitting_states(finding, *state)
    level = a_cell_for_each_level(finding) if "multi_rnn" in (finding.layer or "") else ()
    return level or noise_elsewhere(finding) or of_a_product(finding)


def _fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A layer that reads another number of features than its kernel has; else two operands by themselves."""
    features, came = finding.number("features"), finding.number("came")
    if features is None or came is None:
        return of_two(finding)
    levels = a_cell_for_each_level(finding) if (finding.class_name or "").endswith("Cell") else ()
    return (
        *levels,
        Change(f"Give the layer the {features} features that it was built for.", code=f"x = x[..., :{features}]"),
        Change(f"Or build it for the {came} that the data have.", code=f"keras.Input(shape=(timesteps, {came}))"),
    )


MISTAKE = Mistake(
    name="operand_sizes",
    title="Two tensors do not line up",
    searched=(
        "Dimensions must be equal, but are 3 and 4",
        "operands could not be broadcast together",
        "Incompatible shapes",
    ),
    misconception="broadcasting-from-the-left",
    order=80,
    families=(
        Family(
            sees=("args to gemm", "output dimension mis-match"),
            says=(
                "dimension mismatch in args to gemm {left_shape:shape}x{right_shape:shape}-\\>{result:shape}",
                "dimension mismatch in args to gemm {left_shape:shape}",
                "Output dimension mis-match. Output {output} ... has shape[{axis}] == {left}, but the output's size on that axis is {right}. ... Inputs shapes: {both:shapes}",
                "Output dimension mis-match. Output {output} ... has shape[{axis}] == {left}, but the output's size on that axis is {right}",
            ),
            causes=(
                (
                    "The product gives {gives}, but it has to fit into {place}: a state keeps one row for each "
                    "sample of the batch that it was made for."
                ),
                "A product of {left_shape} and {right_shape} can't be made: the last axis of the first must be the first of the second.",
                "The two operands differ on axis {axis}: {left} versus {right}. A weight must have the shape of one sample, without the batch.",
            ),
            decides=_decides_product,
            completes=(product,),
            words=product_words,
            names=_names,
            live=_live,
        ),
        Family(
            sees=(
                "incompatible shapes",
                "dimensions must be equal",
                "broadcast",
                "size-incompatible",
                "not aligned",
                "core dimension",
                "input dimension mis-match",
                "cannot be multiplied",
                "mismatch in[1]",
                "shape mismatch: x",
                "inner dimensions",
                "must be equal",
                "matmul",
                "shape must match",
                "last dimension of `x1`",
                "shape mismatch on",
                "same size and shape",
                "do not match at shared",
            ),
            says=(
                "Dimensions must be equal, but are {left} and {right} for {layer} (op: {op}) with input shapes: {both:shapes}",
                "Dimensions must be equal, but are {left} and {right} for <'|\"|`>?{{node {layer}}} = {op}[...with input shapes: {both:shapes}",
                "Dimensions must be equal, but are {left} and {right}",
                "Incompatible shapes: {left_shape:shape} vs<.>? {right_shape:shape}",
                "perands could not be broadcast together with <remapped >?shapes {both:shapes}",
                "perands could not be broadcast together",
                "Matrix size-incompatible: In[0]: {left_shape:shape}, In[1]: {right_shape:shape}",
                "In[0] mismatch In[1] shape: {left} vs. {right}: {left_shape:shape} {right_shape:shape}",
                "shapes {left_shape:shape} and {right_shape:shape} not aligned",
                "mismatch in its core dimension {axis}, with gufunc signature ... (size {right} is different from {left})",
                "Input dimension mis-match. (input[{i}].shape[{axis}] = {left}, input[{j}].shape[{axis_b}] = {right})...Inputs shapes: {both:shapes}",
                "Input dimension mis-match. (input[{i}].shape[{axis}] = {left}, input[{j}].shape[{axis_b}] = {right})",
                "shapes cannot be multiplied ({left_shape} and",
                "Inner dimensions of `x1` and `x2` must be equal. Received: x1.shape={left_shape:shape}, x2.shape={right_shape:shape}",
                "Inner dimensions ... must be equal. Received: x1.shape={left_shape:shape}, x2.shape={right_shape:shape}",
                "Inner dimensions (...) must be equal, but received `x1.shape={left_shape:shape}` and `x2.shape={right_shape:shape}`",
                "Cannot broadcast shape, the failure dim has value {left}, which cannot be broadcasted to {right}. Input shapes are: {left_shape:shape} and {right_shape:shape}",
                "Cannot broadcast shapes: {left_shape:shape} and {right_shape:shape}",
                "shapes must be <equal|broadcastable>...{left_shape:shape}...{right_shape:shape}",
                "Shape mismatch: x has {left} cols (and {n} rows) but y has {right} rows (and {cols} cols)",
                "Shape mismatch: x has {left} cols (and {n} rows) but y has {right} rows",
                "required broadcastable shapes",
                "Dimension {axis} in both shapes must be equal, but are {left} and {right}. Shapes are {left_shape:shape} and {right_shape:shape}",
                "Shape must match on the last axis of `x1` and ...x1.shape={left_shape:shape}` and x2.shape=`{right_shape:shape}",
                "`inner` requires the last dimension of `x1` and `x2` to match. Received: x1.shape={left_shape:shape}, x2.shape={right_shape:shape}",
                "Shape mismatch on `x1[axes[0]]` and `x2[axes[1]]`, received {left_shape:shape} and {right_shape:shape}",
                "must have the same size and shape. Input {i}: {left_shape:shape} != input {j}: {right_shape:shape}",
                "Input shape and output shape do not match at shared dimension ... Input shape is {left_shape:shape}, and output shape is {right_shape:shape}",
            ),
            causes=(
                (
                    "{layer} has {cell_of} units, so its state has {cell_of} numbers for each sample; the state that "
                    "it starts from has {state_of}."
                ),
                "The noise that is added has a fixed number of rows: {noise}, as in a smaller last batch.",
                "{layer} multiplies {dotted}: the last axis of the first must be as long as the one before the last of the "
                "second, and these are {one} and {other}.",
                "{layer} merges {added}: apart from the batch, all axes must agree{difference}.",
                "The layer that merges {joined} (a sample of each, without the batch) needs equal sizes{difference}.",
                (
                    "The first has {samples_a} rows, the second {samples_b}: a state keeps one row for each sample "
                    "of the batch that it was made for, and this batch has a different size."
                ),
                "The kernel of {layer} was made for {features} feature(s) (units {units}); the data have {came}.",
                "The kernel was made for {features} feature(s) (units {units}); the data have {came}.",
                "The product {product} can't be made: the last axis of the first must be the first of the second.",
                "A matrix product of {stacks} can't be made: the last axis of the first is {columns_a}, the next-to-last axis of the second is {rows_b}; they must be equal.",
                (
                    "The layer's weight {weight} meets {data}. Two tensors line up from the right, so its {size} meets "
                    "{last}; the axis of {size} is axis {at}."
                ),
                (
                    "The loss compares outputs {expected} with targets {found}{difference}. No layer of Keras makes "
                    "these outputs: it is {own_output}, an operation that your model does itself."
                ),
                "{op} gets operands of shapes {both}, but {left} and {right} would have to be equal.",
                "The operands {left_shape} and {right_shape} don't fit{difference}.",
                "On axis {axis} the operands {both} are {left} and {right}; they must be equal there.",
                (
                    "The operands {both} don't fit: counted from the right, each pair of axes must be equal, or one "
                    "of them must be 1."
                ),
                "The two operands must agree on that axis, but are {left} and {right}.",
                "Two operands of a sum or product have shapes that don't fit.",
            ),
            decides=_decides,
            completes=(_two_only, two_matrices, product, noise),
            words=_words,
            names=_names,
            live=_live,
            advice=_advice,
            has_node=True,
            in_loss=True,
        ),
        LETTERS,
        Family(
            sees=("expected size[", "expected begin["),
            says=(
                "Expected size[{axis}] in [0, {right}], but got {left}",
                "Expected begin[{axis}] in [0, {right}], but got {left}",
            ),
            causes=("A slice of {left} is taken along axis {axis}, where the tensor has only {right}.",),
            live=nothing_live,
            question="Which layer takes this slice? Paste the code, or the lines before the message.",
        ),
    ),
    live=_live,
    fixes=_fixes,
    mends=(
        borders_kept_before_a_sum,
        *REDUCED,
        *OPERANDS,
        *MADE_FOR,
        *DATA,
        *JOINED,
        only_the_targets_columns,
        *TARGETS,
    ),
)
