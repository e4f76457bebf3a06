"""The families of error messages, in one table. To teach the reader a new wording, add a line to `says`.

A wording is the message with its variable parts in braces, in Keras' (or TensorFlow's, Theano's) own order:

    {layer} {op} {loss} ...        a word, quoted or not          {expected_ndim} {left} ...   a whole number
    {expected:shape} {found:shape} one shape literal              {both:shapes}                several in a row
    <a|b>  one of two wordings     <a>? may be missing            ...                          up to 300 characters
    " ?"   a blank or none         \\< \\> the signs themselves

`sees` are words of which one must stand in the text, or the wordings aren't tried (speed). `mistake` may be a pair:
with sizes of another rank the first, with the same rank the second. `causes`: the first whose numbers are all known.
`recipe` names the function of recipes.py that makes the failure live; `fixes` is a list of sentences, best first.
"""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Family:
    """One kind of message. weight: 2 for what is surely the error, 1 for what may be a warning beside it."""

    name: str
    mistake: str | None
    sees: tuple[str, ...]
    says: tuple[str, ...]
    causes: tuple[str, ...]
    fixes: tuple[str, ...] = ()
    recipe: str = ""
    question: str = ""
    weight: int = 2
    patterns: tuple[re.Pattern[str], ...] = field(default=(), compare=False)


# What a blank, a number or an item of a shape has taken it keeps (the "+" behind a repetition, the ">" of a group): a
# text that doesn't fit is given up at once, instead of after every way to share the blanks out.
_NUMBER = r"\*{{0,2}}+(?P<{0}>-?\d{{1,18}}+)L?+\*{{0,2}}+"
_WORD = r"[\"'`<]{{0,3}}(?P<{0}>[^\s\"'`,;:()\[\]{{}}]{{1,160}})[\"'`>]{{0,3}}"
_SIZE = r"(?>-?\d[\d_]{{0,15}}(?: \d{{3}}){{0,3}}L?|None|\?)"
_ITEM = rf"(?>(?:Dimension|TensorShape)\(\s{{{{0,9}}}}+{_SIZE}\s{{{{0,9}}}}+\)|{_SIZE})"
_BLANKS = r"\s{{0,40}}+"
_SHAPE = (
    rf"(?P<{{0}}>(?:TensorShape|torch\.Size)?\(?[\[(]{_BLANKS}(?:{_ITEM}(?:{_BLANKS},{_BLANKS}{_ITEM}){{{{0,11}}}}+)?+"
    rf"{_BLANKS},?+{_BLANKS}[\])]\)?|<unknown>|unknown)"
)
_SHAPES = r"(?P<{0}>[\[(T].{{0,1500}})"
_TYPES = {
    "": _NUMBER,
    "model": r"(?P<{0}>Sequential|Model|Functional)",
    "word": _WORD,
    "shape": _SHAPE,
    "shapes": _SHAPES,
    "rest": r"(?P<{0}>.{{0,300}})",
}
_WORD_STARTS = r"(?<![^\s\"'`,;:()\[\]{}])"  # a wording that begins with a word isn't tried at each of its letters
_BLANK = r"(?<!\s)\s{1,99}+"
_WORDS = ("layer", "op", "loss", "argument", "cls", "what", "attribute")
_TOKEN = re.compile(r"\{(\w+)(?::(\w+))?\}|\.\.\.|\\[<>]| \?|<|>\?|>|\||\s+|[^{}<>|\s.\\]+|.")


def compile_wording(wording: str) -> re.Pattern[str]:
    """Turn a wording of the table into a regular expression whose work is bounded."""
    parts: list[str] = []
    for token in _TOKEN.finditer(wording):
        text = token.group()
        if token[1]:
            kind = token[2] or ("word" if token[1] in _WORDS else "")
            if kind == "word" and not parts:
                parts.append(_WORD_STARTS)
            parts.append(_TYPES[kind].format(token[1]))
        elif text == "...":
            parts.append(".{0,300}?")
        elif text in "<>|":
            parts.append({"<": "(?:", ">": ")", "|": "|"}[text])
        elif text in (">?", " ?"):
            parts.append({">?": ")?", " ?": r"\s{0,99}+"}[text])
        elif text in ("\\<", "\\>"):
            parts.append(text[1])
        else:
            parts.append(_BLANK if text.isspace() else re.escape(text).replace(r"\-", r"\-\s{0,9}"))
    return re.compile("".join(parts), re.IGNORECASE)


def _family(name: str, mistake: str | None, sees: str, *says: str, causes: tuple[str, ...], fixes: tuple[str, ...] = (),
            recipe: str = "", question: str = "", weight: int = 2) -> Family:  # fmt: skip
    return Family(name, mistake, tuple(sees.split("|")), says, causes, fixes, recipe, question, weight,
                  tuple(compile_wording(wording) for wording in says))  # fmt: skip


FAMILIES: tuple[Family, ...] = (
    _family(
        "layer_rank", "layer_rank", "ndim=|incompatible with|only support 4d|axis is out of bounds|is out of bounds for input|should have rank|rank of the input tensor",
        "Input {input_number} <with name ... >?of layer {layer} is incompatible with the layer: <: >?expected <min_|max_|full >?ndim={expected_ndim}, found <full_>?ndim={found_ndim}. Full shape received: {found:shape}",
        "Input {input_number} <with name ... >?of layer {layer} is incompatible with the layer: <: >?expected <min_|max_|full >?ndim={expected_ndim}, found <full_>?ndim={found_ndim}",
        "Input {input_number} is incompatible with layer {layer}: expected <min_|max_>?ndim={expected_ndim}, found ndim={found_ndim}",
        "layer expected input with ndim={expected_ndim} but previous layer has output_shape {found:shape}",
        "expected <min_|max_>?ndim={expected_ndim}, found <full_>?ndim={found_ndim}",
        "axis {axis} is out of bounds for input shape {found:shape}",
        "Inputs <to {cls} >?should have rank {expected_ndim}. Received input_shape={found:shape}",
        "rank of the input tensor should be {expected_ndim}. Received input with rank {found_ndim}",
        causes=(
            "{layer} wants {expected_ndim} axes, {expected_axes}; it got {found_ndim}: {found}.",
            "{layer} wants {expected_ndim} axes, {expected_axes}; it got a tensor with {found_ndim}.",
            "The layer wants {expected_ndim} axes; it got {found_ndim}.",
            "There is no axis {axis} in {found}.",
        ),
        fixes=("rank",), recipe="layer_rank",
    ),
    _family(
        "theano_rank", "layer_rank", "wrong number of dimensions|new_order|but is rank|must have rank|dimension must be|must be rank|non-broadcastable|slice index|expects input with rank",
        "Convolution expects input with rank {expected_ndim}, got {found_ndim}",
        "Wrong number of dimensions: <expected >?{expected_ndim}, got {found_ndim} with shape {found:shape}",
        "Wrong number of dimensions: ?expected {expected_ndim}, ?got {found_ndim} with shape ?{found:shape}",
        "Wrong number of dimensions: ?<expected >?{expected_ndim}, ?got {found_ndim}",
        "new_order[{position}] is {last}, but the input only has {found_ndim} axes",
        "You cannot drop a non-broadcastable dimension",
        "slice index {position} of dimension {last} out of bounds",
        "Shape must be <at least >?rank {expected_ndim} but is rank {found_ndim} for {layer} (op: {op}) with input shapes: {both:shapes}",
        "Shape must be <at least >?rank {expected_ndim} but is rank {found_ndim}",
        "Dimension must be {found_ndim} but is {expected_ndim} for {layer} (op: <'>?Transpose<'>?) with input shapes: {both:shapes}",
        "Shape {found:shape} must have rank <at least|at most>? ?{expected_ndim}",
        causes=(
            "{expected_ndim} axes are wanted; the tensor has {found_ndim}: {found}.",
            "{expected_ndim} axes are wanted; the tensor has {found_ndim}.",
            "The layer turns the axes of a sequence (batch, timesteps, features), but its input has only {found_ndim} axes.",
        ),
        fixes=("rank",), recipe="layer_rank",
    ),
    _family(
        "gemm", "layer_rank", "args to gemm|output dimension mis-match",
        "dimension mismatch in args to gemm {left_shape:shape}x{right_shape:shape}-\\>{result:shape}",
        "dimension mismatch in args to gemm {left_shape:shape}",
        "Output dimension mis-match. Output {output} ... has shape[{axis}] == {left}, but the output's size on that axis is {right}. ... Inputs shapes: {both:shapes}",
        "Output dimension mis-match. Output {output} ... has shape[{axis}] == {left}, but the output's size on that axis is {right}",
        causes=(
            "The product gives {gives}, but its place is {place}: a state keeps one row for each sample of the batch that it was made for.",
            "A product of {left_shape} and {right_shape} can't be made: the last axis of the first must be the first of the second.",
            "The two operands differ on axis {axis}: {left} against {right}. A weight must have the shape of one sample, without the batch.",
        ),
        fixes=("inner",), recipe="operands",
    ),
    _family(
        "time_distributed_rank", "layer_rank", "should be passed an|same length as input|unknown tensorshape|rank is undefined|invalid `dims`|at least 2 dimensions|dims` argument",
        "should be passed an `input_shape ` with at least {expected_ndim} dimensions, received: {found:shape}",
        "should be passed an `input_shape` with at least {expected_ndim} dimensions, received: {found:shape}",
        "Kernel shape must have the same length as input, but received kernel of shape {kernel:shape} and input of shape {found:shape}",
        "as_list() is not defined on an unknown TensorShape",
        "shape of Tensor, as_list() is not defined on a unknown TensorShape",
        "layer {layer} is incompatible with the layer: its rank is undefined",
        "its rank is undefined, but the layer requires a defined rank",
        "Invalid permutation ... dims`",
        "Invalid permutation argument `dims` for Permute Layer",
        causes=(
            "At least {expected_ndim} axes are wanted; the layer got {found}.",
            "The kernel {kernel} needs an input with as many axes, but the input is {found}.",
            "The tensor lost its static shape (a py_function, a squeeze or a window of a dataset), so the layer can't know its axes.",
        ),
        fixes=("rank",), recipe="layer_rank",
    ),
    _family(
        "data_shape", "data_rank|data_size|target_shape", "but got array|got array with",
        "Error when checking <model >?<input|target>? ?: expected {layer} to have {expected_ndim} dimension<s|(s)>?<,>? ?but got array with shape {found:shape}",
        "expected {layer} to have {expected_ndim} dimension<s|(s)>?<,>? ?but got array with shape {found:shape}",
        "expected {layer} to have shape {expected:shape} but got array with shape {found:shape}",
        causes=(
            "{layer} wants arrays of shape {expected}; the array is {found}{difference}.",
            "{layer} wants {expected_ndim} axes, {expected_axes}; the array has {found_ndim}: {found}.",
        ),
        fixes=("data",), recipe="data",
    ),
    _family(
        "functional_shape", "data_size", "found shape=|incompatible shape|was provided with input shape|passed incompatible inputs|generator yielded|already been configured|is incompatible with layer",
        "State {input_number} is incompatible with layer {layer}: expected shape={expected:shape}, found shape={found:shape}",
        "Input {input_number} <with name ... >?of layer {layer} is incompatible with the layer: expected shape={expected:shape}, found shape={found:shape}",
        "Input {input_number} is incompatible with layer {layer}: expected shape={expected:shape}, found shape={found:shape}",
        "expected shape={expected:shape}, found shape={found:shape}",
        "Model was constructed with shape {expected:shape} for input ... it was called on an input with incompatible shape {found:shape}",
        "Layer expects input ndim={expected_ndim}, was provided with input shape {found:shape}",
        "was passed incompatible inputs. For input {layer}, expected shape {expected:shape}, but received instead a tensor with shape {found:shape}",
        "Generator yielded an element of shape {found:shape} where an element of shape {expected:shape} was expected",
        "has already been configured to use input shape {expected:shape}. You cannot build it with input_shape {found:shape}",
        causes=(
            "{layer} was built for {expected}; the data are {found}{difference}.",
            "The model was built for {expected}; the data are {found}{difference}.",
            "The layer wants {expected_ndim} axes; the data are {found}.",
        ),
        fixes=("data",), recipe="data",
    ),
    _family(
        "invalid_input_shape", "data_rank|data_size", "invalid input shape for input",
        "Invalid input shape for input ... Expected shape {expected:shape}, but input has incompatible shape {found:shape}",
        causes=("The model takes {expected}; the data are {found}{difference}.",),
        fixes=("data",), recipe="data",
    ),
    _family(
        "axis_value", "data_size|channels", "expected axis|\"input_length\" is",
        "Input {input_number} <with name ... >?of layer {layer} is incompatible with the layer: expected axis {axis} of input shape to have value {right}<,>? but received input with shape {found:shape}",
        "Input {input_number} of layer {layer} is incompatible with the layer: expected axis {axis} of input shape to have value {right}<,>? but received",
        "Input {input_number} is incompatible with layer {layer}: expected axis {axis} to have value {right} but got shape {found:shape}",
        "expected axis {axis} of input shape to have value {right}<,>? but <received input with|got> shape {found:shape}",
        "\"input_length\" is {right}, but received input has shape {found:shape}",
        "Input {input_number} <of layer|is incompatible with layer> {layer}<: | is incompatible with the layer: >expected axis {axis} <of input shape >?to have value",
        causes=(
            "The weights of {layer} were made for {right} on axis {axis}; the input is {found}.",
            "The weights were made for {right} on axis {axis}; the input is {found}.",
            "The weights of {layer} were made for {right} on axis {axis}; the input has another number there.",
        ),
        fixes=("data",), recipe="axis_value",
    ),
    _family(
        "feed", "data_size", "cannot feed value",
        "Cannot feed value of shape {found:shape} for Tensor {layer}, which has shape <\"|'>?{expected:shape}",
        "Cannot feed value of shape {found:shape} for Tensor ... which has shape <\"|'>?{expected:shape}",
        causes=("The placeholder takes {expected}; the array is {found}{difference}.",),
        fixes=("data",), recipe="data",
    ),
    _family(
        "cardinality", "data_size", "cardinality|same number of samples|not sufficient to split|samples as target arrays",
        "Data cardinality is ambiguous<:>? ?...x<'>? sizes: {left}, {second}...y<'>? sizes: {right}",
        "Data cardinality is ambiguous<:>? ?<'>?x<'>? sizes: {left}, {second}",
        "Data cardinality is ambiguous...x<'>? sizes: {left}...y<'>? sizes: {right}, {parts}",
        "Data cardinality is ambiguous...x<'>? sizes: {left}...y<'>? sizes: {right}",
        "Data cardinality is ambiguous",
        "should have the same number of samples as target arrays. Found {left} input samples and {right} target samples",
        "arrays should have the same number of samples. Got array shapes: {both:shapes}",
        "Training data contains {left} samples, which is not sufficient to split it",
        "should have the same number of samples as target arrays. Got {left} input samples and {right} target samples",
        causes=(
            "x is a list of arrays with {listed} samples each, not one array: np.array(x) makes one of a list of samples.",
            "The inputs have {left} and {second} samples, the target {right}: every array needs the same number.",
            "The inputs have {left} and {second} samples: every array needs the same number.",
            "x has {left} samples; y is a list of arrays with {parts} each, not one array: np.array(y) makes one of a list.",
            "x has {left} samples and y has {right}; each sample needs one target.",
            "The arrays differ in their number of samples: {both}.",
            "{left} samples are too few to keep some of them for validation.",
        ),
        fixes=("samples",), recipe="cardinality",
    ),
    _family(
        "target_array", "target_shape", "target array|logits and labels|`logits` and `labels`|`target` and `output`|argument `output`|are incompatible|outside the valid range|logits_size|passing a target|can not squeeze|different structures|`y_true` are expected|`y_pred` are expected|sample_weight",
        "A target array with shape {found:shape} was passed for an output of shape {expected:shape} while using as loss {loss}",
        "A target array with shape {found:shape} was passed for an output of shape {expected:shape}",
        "You are passing a target array of shape {found:shape} while using as loss {loss}",
        "logits and labels must have the same first dimension, got logits shape {logits:shape} and labels shape {labels:shape}",
        "logits and labels must be <broadcastable|same size>: logits_size={expected:shape} labels_size={found:shape}",
        "`logits` and `labels` must have the same shape, received ({expected:shape} vs<.>? {found:shape}",
        "logits and labels must have the same shape ({expected:shape} vs {found:shape}",
        "logits and labels must have the same <shape|first dimension>",
        "Arguments `target` and `output` must have the same <shape|rank (ndim)>. Received: target.shape={found:shape}, output.shape={expected:shape}",
        "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape={found:shape}, output.shape={expected:shape}",
        "Arguments `target` and `output` must have the same shape up until the last dimension: target.shape={found:shape}, output.shape={expected:shape}",
        "Shapes {found:shape} and {expected:shape} are incompatible",
        "y_true and y_pred have different structures",
        "Can not squeeze dim[{axis}], expected a dimension of 1, got {classes}",
        "Received a label value of {label} which is outside the valid range of [{low}, {classes})",
        "Targets `y_true` are expected to be a tensor of shape ... Received: y_true.shape={found:shape}",
        "Logits `y_pred` are expected to be a tensor of shape ... Received: y_pred.shape={expected:shape}",
        "Found a sample_weight array with shape {found:shape} for an input with shape {expected:shape}",
        "Found a sample_weight array with shape {found:shape}",
        causes=(
            "The loss {loss} compares targets {found} with outputs {expected}{difference}.",
            "The loss {loss} can't use targets of shape {found}.",
            "The loss compares targets {found} with outputs {expected}{difference}.",
            "The loss compares {logits} answers with {labels} labels; with integer labels there must be one label for each row of answers.",
            "The label {label} is outside 0 … {last_class}: the output has {classes} classes.",
            "The targets don't have one label for each answer of the model, or one array for each of its outputs.",
        ),
        fixes=("target",), recipe="target",
    ),
    _family(
        "negative_dimension", "kernel_exceeds_steps", "negative dimension|negative output|output size would be|due to downsampling|kernel size can't|smaller than the input length|`cropping` argument|empty output|cropping parameter",
        "Negative dimension size caused by subtracting {kernel_size} from {steps} for {layer} (op: {op}) with input shapes: {both:shapes}",
        "Negative dimension size caused by subtracting {kernel_size} from {steps} for <'|\"|`>?{{node {layer}}} = {op}[...with input shapes: {both:shapes}",
        "Negative dimension size caused by subtracting {kernel_size} from {steps} for <'|\"|`>?{{node {layer}}}",
        "Negative dimension size caused by subtracting {kernel_size} from {steps} for {layer}",
        "Negative dimension size caused by subtracting {kernel_size} from {steps}",
        "Computed output size would be <zero or >?negative. Received<:>? ?`inputs<.| >shape={found:shape}`, `kernel shape={kernel:shape}`",
        "Computed output size would be <zero or >?negative. Received<:>? ?`inputs<.| >shape={found:shape}`<,| and>? ?<and >?`pool_size={pool:shape}`",
        "Computed output size would be <zero or >?negative. Received<:>? ?`inputs<.| >shape={found:shape}`",
        "One of the dimensions in the output is \\<= 0 due to downsampling in {layer}. Consider increasing the input size. Received input shape {found:shape}",
        "negative output dimension: the filter size {kernel_size} is larger than the input size {steps}",
        "negative output dimension",
        "negative dimensions are not allowed",
        "`cropping` parameter of {cls} layer must be smaller than the input length. Received: <input_shape|inputs.shape>={found:shape}",
        "`cropping` argument should be smaller than the corresponding spatial dimension of the input. Received: <input_shape|inputs.shape>={found:shape}",
        "cropping parameter of Cropping layer must be greater than the input shape. Received: inputs.shape={found:shape}",
        "convolution operation resulted in an empty output. Output shape: {result:shape}",
        causes=(
            "The window of {kernel_size} slides over {steps} {step_word}: there is no place where it fits.",
            "The layer's window is longer than what is left of the axis that it slides over: {found}.",
            "A convolution or pooling ran out of steps: its window is longer than what is left of the axis.",
        ),
        fixes=("window",), recipe="window",
    ),
    _family(
        "channels", "channels", "input channels|stack size|same depth|evenly divisible|number of filters|is not a multiple of input depth|number of groups|must be a multiple of the number of channels|multiple of the number",
        "number of input channels does not match corresponding dimension of filter, {left} != {right}",
        "input and filter must have the same depth: {left} vs {right}",
        "input depth must be evenly divisible by filter depth: {left} vs<.>? {right}",
        "Depth of input ({left}) is not a multiple of input depth of filter ({right})",
        "The number of input channels must be evenly divisible by kernel's in-channels. Received input channels {left} and kernel in-channels {right}",
        "number of input channels must be evenly divisible by ...in-channels...Received ...input channels {left} and ...in-channels {right}",
        "the number of input channels must be evenly divisible by the number of groups",
        "number of filters must be evenly divisible by the number of groups. Received: groups={right}, filters={left}",
        "images and kernel must have the same stack size",
        "Number of groups ({right}) <cannot be more than|must be a multiple of> the number of channels ({left})",
        causes=(
            "The kernel was made for another number of channels than the input has: {left} against {right}.",
            "The kernel was made for another number of channels than the input has.",
        ),
        fixes=("channels",), recipe="channels",
    ),
    _family(
        "merge", "merge_shapes", "matching shapes|matching output shapes|incompatible shapes. received|can be merged|can not be merged|axis values|concatop|concatenation axis|dot mode|different batch sizes|of all input|`concatenate`|concat axis|in both shapes|input arrays must have|batch_dot|except the last one, must be equal|unable to concatenate|same rank",
        "layer requires inputs with matching shapes except for the <concat|concatenation> axis<.|:> <Received: input_shape=|Got inputs shapes: |Received: inputs.shape=|input_shape=>?{both:shapes}",
        "Inputs have incompatible shapes. Received shapes {both:shapes}",
        "mode can only merge layers with matching output shapes<. | except for the concat axis. >Layer shapes: {both:shapes}",
        "Only layers of same output shape can be merged using {what} mode. Layer shapes: {both:shapes}",
        "Dimension incompatibility using dot mode: {left} != {right}. Layer shapes: {both:shapes}",
        "Incompatible input shapes: axis values {left} (at axis {axis}) != {right} (at axis {axis_b}). Full input shapes: {both:shapes}",
        "Dimension incompatibility ... {left} != {right}",
        "incompatible layers can not be merged using {what} mode",
        "ConcatOp : Dimensions of inputs should match: shape[{i}] = {left_shape:shape} vs. shape[{j}] = {right_shape:shape}",
        "ConcatOp : Ranks of all input tensors should match: shape[{i}] = {left_shape:shape} vs. shape[{j}] = {right_shape:shape}",
        "all the input array dimensions <for|except for> the concatenation axis must match exactly, but along dimension {axis}, the array at index {i} has size {left} and the array at index {j} has size {right}",
        "ConcatOp : Dimension {axis} in both shapes must be equal: shape[{i}] = {left_shape:shape} vs. shape[{j}] = {right_shape:shape}",
        "all <the >?input arrays must have <the >?same <shape|number of dimensions>",
        "all the input array dimensions except for the concatenation axis must match exactly",
        "Cannot merge tensors with different batch sizes. <Received|Got> tensors with shapes <:>?{both:shapes}",
        "Shapes of all inputs must match: values[{i}].shape = {left_shape:shape} != values[{j}].shape = {right_shape:shape}",
        "Dimension {axis} in both shapes must be equal, but are {left} and {right}. Shapes are {left_shape:shape} and {right_shape:shape}<.>? for ...oncat",
        "Cannot do batch_dot on inputs with shapes {left_shape:shape} and {right_shape:shape}",
        "Cannot do batch_dot on inputs with different batch sizes. Received inputs with shapes {left_shape:shape} and {right_shape:shape}",
        "Cannot do batch_dot on inputs with rank \\< 2. Received inputs with shapes {left_shape:shape} and {right_shape:shape}",
        "All dimensions of `value` and `key`, except the last one, must be equal. Received<:>? <value_shape=>?{left_shape:shape} and <key_shape=>?{right_shape:shape}",
        "Unable to concatenate {left_shape:shape} and {right_shape:shape}",
        "`append` requires inputs to have the same shape except the ... but received shape {left_shape:shape} and {right_shape:shape}",
        "must have the same shape except on the `axis` dim. But found element of shape {right_shape:shape}, which is different from the first element's shape {left_shape:shape}",
        "must have the same shape. But found element of shape {right_shape:shape}, which is different from the first element's shape {left_shape:shape}",
        causes=(
            "The shapes to be joined, {both}, differ on an axis where they must be equal.",
            "The shapes to be joined, {left_shape} and {right_shape}, differ on an axis where they must be equal.",
            "The two inputs must agree on that axis, but are {left} and {right}.",
            "The inputs to be joined differ on an axis where they must be equal.",
        ),
        fixes=("merge",), recipe="merge",
    ),
    _family(
        "weights_shape", "weights_shape", "layer shape|weight shape|set_weights|saved weight|shapes must be equal rank|in both shapes must be equal|is not compatible with gru|weight expects|weight file|assigned value|variable.assign|variables, but received|initial value's shape|layer expects",
        "Layer shape {expected:shape} not compatible with weight shape {found:shape}",
        "Layer <{layer} >?weight shape {expected:shape} <is >?not compatible with provided weight shape {found:shape}",
        "You called `set_weights(weights)` on layer {layer} with a <`>?weight<s>?<`>? list of length {right}, but the layer was expecting {left} weights",
        "has shape {expected:shape}, but the saved weight has shape {found:shape}",
        "You are trying to load a weight file containing {right} layers into a model with {left} layers",
        "weight expects shape {expected:shape}. Received saved weight with shape {found:shape}",
        "The variable shape {expected:shape}, and the assigned value shape {found:shape} are incompatible",
        "variable.shape={expected:shape}, Received: value.shape={found:shape}",
        "Layer {layer} expected {left} variables, but received {right} variables",
        "Layer {layer} expects {left} weight(s), but the saved weights have {right}",
        "expects {left} weight<s|(s)>, but the saved weights have {right}",
        "The initial value's shape ({found:shape}) is not compatible with the explicitly supplied `shape` argument ({expected:shape})",
        "Shapes must be equal rank, but are {left} and {right} for ...Assign...with input shapes: {expected:shape}, {found:shape}",
        "Dimension {axis} in both shapes must be equal, but are {left} and {right}. Shapes are {expected:shape} and {found:shape}<.>? for ...Assign",
        "Dimension {axis} in both shapes must be equal, but are {left} and {right} for ...Assign...with input shapes: {expected:shape}, {found:shape}",
        "{cls} is not compatible with {what}(reset_after",
        causes=(
            "The weight of the layer is {expected}; the one given is {found}{difference}.",
            "The weights of {cls} have another layout than those of {what}: its bias has two rows for each gate. reset_after=True gives {what} the same.",
            "{layer} has {left} weights; {right} were given.",
            "The model has {left} layers with weights; the file has {right}.",
            "The numbers of weights differ: {left} against {right}.",
        ),
        fixes=("weights",), recipe="weights",
    ),
    _family(
        "operands", "operand_sizes", "incompatible shapes|dimensions must be equal|broadcast|size-incompatible|not aligned|core dimension|input dimension mis-match|cannot be multiplied|mismatch in[1]|shape mismatch: x|inner dimensions|must be equal|matmul|shape must match|last dimension of `x1`|shape mismatch on|same size and shape|query_shape|do not match at shared",
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
        "Shape mismatch: x has {left} cols (and {n} rows) but y has {right} rows",
        "required broadcastable shapes",
        "Dimension {axis} in both shapes must be equal, but are {left} and {right}. Shapes are {left_shape:shape} and {right_shape:shape}",
        "Shape must match on the last axis of `x1` and ...x1.shape={left_shape:shape}` and x2.shape=`{right_shape:shape}",
        "`inner` requires the last dimension of `x1` and `x2` to match. Received: x1.shape={left_shape:shape}, x2.shape={right_shape:shape}",
        "Shape mismatch on `x1[axes[0]]` and `x2[axes[1]]`, received {left_shape:shape} and {right_shape:shape}",
        "must have the same size and shape. Input {i}: {left_shape:shape} != input {j}: {right_shape:shape}",
        "The last dimension of `query_shape` and `value_shape` must be equal, but are {left_shape:shape}, {right_shape:shape}",
        "Input shape and output shape do not match at shared dimension ... Input shape is {left_shape:shape}, and output shape is {right_shape:shape}",
        causes=(
            "The one has {samples_a} rows, the other {samples_b}: a state keeps one row for each sample of the batch that it was made for, and a batch of another size came.",
            "The kernel of {layer} was made for {features} features (units {units}); {came} came.",
            "The kernel was made for {features} features (units {units}); {came} came.",
            "The product {product} can't be made: the last axis of the first must be the first of the second.",
            "{op} gets operands of shapes {both}, where {left} and {right} would have to be equal.",
            "The operands {left_shape} and {right_shape} don't fit{difference}.",
            "On axis {axis} the operands {both} are {left} and {right}; they must be equal there.",
            "The operands {both} don't fit: from the right, each pair of axes must be equal or one of them 1.",
            "The two operands must agree on that axis, but are {left} and {right}.",
            "Two operands of a sum or product have shapes that don't fit.",
        ),
        fixes=("operands",), recipe="operands",
    ),
    _family(
        "stateful", "stateful_batch", "stateful|of the initial state|only pass inputs|rows but|shape mismatch: x has|incompatible with the specified batch|input_h shape|expected batch size|batch output shape|layer must be stateful",
        "In a stateful network, you should only pass inputs with a number of samples that can be divided by the batch size. Found: {found_samples} samples. Batch size: {batch_size}",
        "In a stateful network, you should only pass inputs with a number of samples that can be divided by the batch size. Found: {found_samples} samples",
        "you should only pass inputs with a number of samples that can be divided by the batch size. Found: {found_samples} samples",
        "must be the same as the batch size of the initial state. ...Expected batch size: {batch_size} ...Received batch size: {found_samples}",
        "If a<n>? RNN is stateful, it needs to know its batch size",
        "If a<n>? RNN is stateful, a complete <`>?input_shape<`>? must be provided",
        "When using `stateful=True` in a RNN, the batch size must be static<. Found dynamic batch size: sequence.shape={found:shape}>?",
        "Shape mismatch: x has {found_samples} rows but z has {batch_size} rows",
        "Shape mismatch: x has {found_samples} r",
        "The `batch_size` argument value {found_samples} is incompatible with the specified batch size of your Input Layer: {batch_size}",
        "Invalid input_h shape: {left_shape:shape} {right_shape:shape}",
        "RNN ... stateful ... batch size",
        "Mismatch between expected batch size and model output batch size. Output shape = {left_shape:shape}, expected output shape = shape {right_shape:shape}",
        "batch output shape of your `Dataset` is {found_samples}, which is incompatible with the specified batch size of your Input Layer: {batch_size}",
        "Layer must be stateful",
        causes=(
            "The state has one row for each of the {batch_size} samples of a batch; {found_samples} came.",
            "The state was made for another batch than the {found_samples} samples that came.",
            "A stateful layer keeps one row of state per sample, so the batch must be a number: {found} leaves it open.",
            "{left_shape} stands against {right_shape}: a stateful layer keeps one row of state for each sample of the batch that it was made for.",
            "A stateful layer keeps one row of state per sample, so it must know the number of samples in a batch.",
        ),
        fixes=("stateful",), recipe="stateful",
        question="How many samples does one batch hold (batch_size)?",
    ),
    _family(
        "initial_state", "initial_state", "initial_state|initial state|expected state|state values|output_size must|state_size|states but|`state_size` attribute|state_size must be|initial_state` to a bidirectional|but found shape",
        "An `initial_state` was passed that is not compatible with `cell.state_size`. Received `state_spec`={passed:rest}",
        "An `initial_state` was passed that is not c",
        "Layer has {states_expected} states but was passed {states_passed} initial states",
        "Layer {layer} expects {states_expected} state<s|(s)>?, but it received {states_passed} <initial >?state",
        "output_size must be an integer. Received: output_size={sizes:shape}",
        "output_size must be an integer",
        "State {input_number} is incompatible with layer {layer}: expected shape={expected:shape}, found shape={found:shape}",
        "Expected state to be a tuple of length {states_expected}",
        "Expected ... `initial_state`",
        "initial_state ... should have ... shape ... {expected:shape}",
        "should have a `state_size` attribute",
        "must have a `state_size` attribute",
        "state_size must be <specified as property|an integer>",
        "When passing `initial_state` to a Bidirectional RNN, the state should be a list containing the states of the underlying RNNs",
        "expected shape={expected:shape} but found shape={found:shape}",
        causes=(
            "{layer} has {states_expected} states; {states_passed} were given.",
            "The layer has {states_expected} states; {states_passed} were given.",
            "The state of {layer} must be {expected}; {found} was given.",
            "The cell gives several outputs, output_size {sizes}; a cell of today's Keras gives one tensor of one width.",
            "Given are {given}; the cell's state_size is {wanted_states}: one state for each of its entries, in this order, with the batch in front.",
            "The given initial_state doesn't have the number, width or rank that the cell's state_size asks for: one (batch, units) for each state, two for an LSTM.",
        ),
        fixes=("state",), recipe="initial_state",
    ),
    _family(
        "structures", "initial_state|target_shape", "same nested structure|same sequence length|same number of elements|same structure",
        "structures don't have the same sequence length. Input structure has length {states_passed}, while shallow structure has length {states_expected}",
        "structures don't have the same <sequence length|nested structure|number of elements|structure>",
        causes=(
            "{states_passed} tensors came where {states_expected} belong, most often the states of a cell: call must give back as many as state_size names, in the same order, each (batch, size).",
            "A list of tensors came back in another form than it went in, most often the states of a cell: call must give back as many as state_size names, in the same order, and as the same kind of list.",
        ),
        fixes=("state",), recipe="initial_state",
    ),
    _family(
        "input_count", "input_count", "expects|expected to see|should be called on|no data provided|only received one array|missing data|must feed a value|graph disconnected|does not support constants|inputs list of length|called on a list of inputs|the model expects",
        "Layer {layer} expects {expected_inputs} input<s|(s)>?, but it received {received_inputs} input tensors",
        "Layer {layer} expects {expected_inputs} input<s|(s)>?, but it received {received_inputs}",
        "Expected to see {expected_inputs} array<s|(s)>?<,|...>? but instead got the following list of {received_inputs} arrays",
        "Expected to see {expected_inputs} array",
        "The model expects {expected_inputs} ...array<s>?, but only received one array. Found: array with shape {found:shape}",
        "The model expects {expected_inputs} ...arrays, but only received",
        "Layer {layer} expects {expected_inputs} named input<s|(s)>? with keys ... but it received {received_inputs} input",
        "layer should be called on a list of <at least >?{expected_inputs} input",
        "layer should be called on exactly {expected_inputs} input<s>?. Received: <input_shape=|inputs.shape=>?{both:shapes}",
        "layer should be called on exactly {expected_inputs} input",
        "Missing data for input {layer}",
        "You must feed a value for placeholder tensor {layer} with dtype ... and shape {expected:shape}",
        "You must feed a value for placeholder tensor {layer}",
        "Graph disconnected: cannot obtain value for tensor ...shape={expected:shape}...at layer {layer}",
        "Graph disconnected: cannot obtain value for tensor",
        "RNN cell ...does not support {argument}. Received: constants=",
        "merge layer should be called on a list of inputs",
        "No data provided for {layer}. Need data for each key",
        "Layer {layer} expects {expected_inputs} input",
        "{cls} layer accepts inputs list of length 2 or {expected_inputs}, namely ... Received length: {received_inputs}",
        "layer should be called on a list of inputs. Received: input_shape={found:shape}",
        "layer should be called on a list of inputs",
        "the model expects {expected_inputs} input tensors",
        causes=(
            "The cell got {argument} beside its input, but its call takes none: give it an argument {argument}.",
            "{layer} takes {expected_inputs} input(s); {received_inputs} came.",
            "The model takes {expected_inputs} array(s); {received_inputs} came.",
            "The layer takes {expected_inputs} inputs; it got {both}.",
            "{layer} takes {expected_inputs} input(s); another number came.",
            "The layer or model takes {expected_inputs} inputs; another number came.",
            "{layer}, of shape {expected}, belongs to the graph, but nothing comes in there: it isn't among the inputs of the model, or nothing is fed to it.",
            "{layer} belongs to the graph, but nothing comes in there: it isn't among the inputs of the model, or nothing is fed to it.",
            "A layer or a model takes several inputs; another number came, or one of them got nothing.",
        ),
        fixes=("inputs",), recipe="input_count",
    ),
    _family(
        "unknown_axis", "unknown_axis", "should be defined|must be defined|fully-defined|not fully defined|undefined shapes|partially known|unknown dimension|got none of type|failed to convert elements|unsupported operand|none values not|defined dimension|time dimension is|unrolling requires|undefined `axis`|nonetype|unknown rank|__int__ returned|static input shapes|statically known|cannot contain `none`|infer the shape|found none|infer argument|to be known|infer input size",
        "The last dimension of the inputs to <a >?<`>?{cls} <layer >?should be defined. Found <`>?None<`>?<. Full input shape received: {found:shape}>?",
        "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape={weight_shape:shape} for variable path={layer}",
        "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape={weight_shape:shape}",
        "The shape of the input to \"Flatten\" is not fully defined (got {found:shape}",
        "The channel dimension of the inputs <should be defined|must be defined>. <The input_shape received is |Received input_shape=>?{found:shape}",
        "The channel dimension of the inputs <should be defined|must be defined>",
        "Axis {axis} of <the >?input tensor should have a defined dimension but the layer received an input with shape {found:shape}",
        "Cannot unroll a RNN if the time dimension is undefined",
        "Unrolling requires a fixed number of timesteps",
        "Input has undefined `axis` dimension. Received input with shape {found:shape}",
        "Undefined shapes are not supported",
        "Cannot convert a partially known TensorShape <to a Tensor: >?{found:shape}",
        "Cannot convert an unknown Dimension to a Tensor",
        "Failed to convert elements of {found:shape} to Tensor",
        "got None of type",
        "None values not supported",
        "unsupported operand type(s) for ...'NoneType'",
        "int() argument must be a string...NoneType",
        "__int__ returned non-int (type NoneType)",
        "'NoneType' object cannot be interpreted as an integer",
        "unknown rank",
        "automatically infer the <static >?shape of the <Lambda|layer>'s output",
        "layers only support static input shapes for the spatial dimension. Received invalid input shape: input_shape={found:shape}",
        "spatial dimensions must be statically known",
        "input length must be statically known",
        "should be defined. Found <`>?None<`>?. <Full input shape received|Received>: <input_shape=>?{found:shape}",
        "`shape` argument cannot contain `None`. Received: shape={found:shape}",
        "Cannot infer argument `num` from shape {found:shape}",
        "Expected inputs.shape[-1] to be known, received shape: {found:shape}",
        "Could not infer input size from inputs.get_shape()[-1].Received input shape: {found:shape}",
        "channel dimension of the inputs to {cls} should be defined. The input_shape received is {found:shape}",
        causes=(
            "A weight of shape {weight_shape} can't be made: None isn't a number. The batch axis, or an open number of steps, got into the shape of a weight.",
            "{cls} makes its weights from the last axis of its input, and {found} leaves that open (None).",
            "{cls} makes its weights from the last axis of its input, and that is None.",
            "An axis that must be a number is open in {found}.",
            "An axis that must be a number is None, most often the steps in front of a Flatten.",
        ),
        fixes=("open_axis",), recipe="unknown_axis",
    ),
    _family(
        "unbuilt", "unknown_axis", "first layer in a sequential model must|has never been called|isn't built|not yet been built|not yet been created|no defined input shape|no defined output shape|provide an `input_shape`|input shape must be defined|input shape is not available|never built",
        "The first layer in a Sequential model must get an <`>?input_shape",
        "has never been called, <thus|this> its weights have not yet been created",
        "has not yet been built",
        "<but|because> the layer isn't built",
        "have not yet been created. Weights are created when the model is first called",
        "has <never been called and thus has >?no defined <input|output> shape",
        "was never built and thus it doesn't have any variables",
        "You must provide an `input_shape` argument",
        "Input shape must be defined when calling `build()`",
        "because the input shape is not available",
        causes=(
            "The model doesn't know the shape of its input yet, so it has no shapes and no weights. It knows them once an Input stands in front, or data have gone through it.",
        ),
        fixes=("open_axis",), recipe="unbuilt", weight=1,
    ),
    _family(
        "mask", "mask", "mask|cudnn_status_bad_param|cannot unstack|`mask` passed|mask provided|`mask` must be|inputs` and `mask|mask passed|masking is not supported|layer mask must",
        "CUDNN_STATUS_BAD_PARAM",
        "Layer {layer} does not support masking, but was passed an input_mask",
        "does not support masking",
        "mask that does not correspond to <strictly >?right-padded sequences",
        "mask should have <the same >?shape",
        "mask must have <the same >?shape",
        "mask ... shape {left_shape:shape} ... {right_shape:shape}",
        "Cannot unstack {left} tensors into a TensorArray of static size {right}",
        "The mask provided should be one dimension less than the inputs. Received: mask.shape={left_shape:shape}, inputs.shape={right_shape:shape}",
        "The `mask` passed to the {cls} layer has a shape {left_shape:shape} that is incompatible with the input shape {right_shape:shape}",
        "The `mask` passed to the {cls} layer must be at least",
        "The `mask` must be broadcastable to `inputs`...inputs.shape={right_shape:shape}, mask.shape={left_shape:shape}",
        "The lists `inputs` and `mask` should have the same length",
        "Masking is not supported for CuDNN",
        "layer mask must be a list",
        causes=(
            "The mask is {left_shape}, its input is {right_shape}: a mask says yes or no for each timestep of each sample, (batch, timesteps).",
            "The mask has {left} timesteps, the sequence has {right}; each timestep needs one entry in the mask.",
            "{layer} can't pass on the mask that came with its input.",
            "A mask doesn't fit the sequences: a row that is masked from its first step, or padding in front, is refused by the fast GPU code.",
        ),
        fixes=("mask",), recipe="mask",
    ),
    _family(
        "embedding_range", "embedding_range", "is not in [|out of bounds",
        "indices<**|[>?[{position:rest} = {index} is not in [{low}, {input_dim})",
        "= {index} is not in [{low}, {input_dim})",
        "index {index} is out of bounds for <axis {axis} with >?size {input_dim}",
        causes=(
            "The id {index} is outside the vocabulary: input_dim={input_dim} allows ids from 0 to {last_id}.",
        ),
        fixes=("vocabulary",), recipe="embedding_range",
    ),
    _family(
        "reshape", "reshape", "total size|cannot reshape|input to reshape|requires a multiple|evenly divisible by|at most one unknown|each dimension in",
        "The total size of the tensor must be unchanged. Received: input_shape={found:shape}, target_shape={target:shape}",
        "total size of new array must be unchanged<, input_shape = {found:shape}, output_shape = {target:shape}>?",
        "total size of <the >?<new array|tensor> must be unchanged",
        "cannot reshape array of size {values} into shape {target:shape}",
        "cannot reshape input of shape {found:shape} to shape {target:shape}",
        "Cannot reshape a tensor with {values} elements to shape {target:shape} ({wanted} elements)",
        "Dimension size must be evenly divisible by {wanted} but is {values} for ...eshape",
        "Dimension size must be evenly divisible by {wanted} but is {values}",
        "Input to reshape is a tensor with {values} values, but the requested shape has {wanted}",
        "Input to reshape is a tensor with {values} values, but the requested shape requires a multiple of {wanted}",
        "There must be at most one unknown dimension ...Received: ...={target:shape}",
        "There must be at most one unknown dimension",
        "Each dimension in ...must be a non-negative integer, or `-1`",
        causes=(
            "A sample of shape {found} doesn't have as many numbers as {target}.",
            "{values} numbers can't be cut into {target}.",
            "{values} numbers can't be laid out as {wanted}.",
            "The new shape doesn't hold as many numbers as the old one.",
        ),
        fixes=("reshape",), recipe="reshape",
    ),
    _family(
        "ragged", "ragged_data", "failed to convert a numpy array|inner ragged|failed to convert object|setting an array element|inhomogeneous|non-rectangular|ragged nested|could not broadcast input array|dtype: object|numpy array to a tensor|object arrays|shape of sample|innermost dimension is non-ragged|ragged mask",
        "Failed to convert a NumPy array to a Tensor (Unsupported object type {what})",
        "Failed to convert a NumPy array to a Tensor",
        "inhomogeneous shape after {axis} dimensions. The detected shape was {found:shape}",
        "Failed to convert object of type ...list...to Tensor",
        "setting an array element with a sequence",
        "Can't convert non-rectangular Python sequence to Tensor",
        "Invalid dtype: object",
        "Cannot index into an inner ragged dimension",
        "from ragged nested sequences",
        "could not broadcast input array from shape {found:shape} into shape {expected:shape}",
        "Shape of sample {found:shape} of sequence at position {position} is different from expected shape {expected:shape}",
        "only supports RaggedTensors when the innermost dimension is non-ragged. Received: inputs.shape={found:shape}",
        causes=(
            "The samples differ in length, so there is no rectangular array: {found} is all that could be made of them.",
            "The samples in one array differ in length, so it holds Python objects instead of numbers.",
        ),
        fixes=("ragged",), recipe="ragged",
    ),
    _family(
        "old_argument", "old_argument", "keyword argument|to a shape|has no attribute|cannot import name|unexpected keyword|not understood|required positional",
        "Unrecognized keyword arguments passed to {cls}: {{rest:rest}",
        "Keyword argument not understood:<'|\"|,| >?<'|\"|,| >?<'|\"|,| >?{argument}",
        "Keyword argument not understood",
        "got an unexpected keyword argument {argument}",
        "'{cls:model}' object has no attribute <'>?{attribute}",
        "Cannot convert <'|\">?{size}<'|\">? to a shape",
        "cannot import name {attribute}",
        "module {cls} has no attribute {attribute}",
        "missing {n} required positional argument<s>?: {argument}",
        causes=(
            "{cls} doesn't know these arguments in today's Keras; older versions had them.",
            "{argument} isn't an argument there in this version of Keras.",
            "{size} isn't a shape; a shape with one axis is written ({size},).",
            "{attribute} doesn't exist there in this version of Keras.",
            "An argument of another Keras version was used.",
        ),
        fixes=("old_argument",), recipe="old_argument",
    ),
    _family(
        "output_count", "output_count", "single output tensor|to unpack|iterating over|iterable|cannot iterate",
        "All layers in a Sequential model should have a single output tensor",
        "too many values to unpack (expected {expected_outputs})",
        "not enough values to unpack (expected {expected_outputs}, got {found_outputs})",
        "too many values to unpack",
        "need more than {found_outputs} value<s>? to unpack",
        "Tensor objects are <only|not> iterable",
        "Iterating over a symbolic KerasTensor is not supported",
        "Cannot iterate over a <tensor with unknown first dimension|scalar>",
        causes=(
            "{expected_outputs} tensors are taken, but {found_outputs} come out of the layer.",
            "{expected_outputs} tensors are taken, but the layer gives another number: an RNN gives one, an LSTM with return_state=True three, a GRU two.",
            "A layer with return_state=True gives several tensors; Sequential passes on one.",
        ),
        fixes=("outputs",), recipe="output_count",
    ),
    _family(
        "slice", "operand_sizes", "expected size[|expected begin[",
        "Expected size[{axis}] in [0, {right}], but got {left}",
        "Expected begin[{axis}] in [0, {right}], but got {left}",
        causes=("A part of {left} is cut out along axis {axis}, where the tensor has only {right}.",),
        question="Which layer cuts out this part? Paste the code, or the lines in front of the message.",
    ),
    _family(
        "loop_state", "initial_state", "enters the loop with shape",
        "enters the loop with shape {expected:shape}, but has shape {found:shape} after one iteration",
        causes=("The state enters the loop as {expected} and leaves its first step as {found}: a step must give back a state of the shape it got.",),
        fixes=("state",), recipe="initial_state",
        question="Which cell or layer steps through this loop? Paste its code.",
    ),
    _family(
        "rank_cut_off", "layer_rank", "incompatible with",
        "Input {input_number} <of layer >?<is incompatible with layer >?{layer}< is incompatible with the layer>?: <: >?expected <min_|max_>?ndim={expected_ndim}",
        "Input {input_number} <with name ... >?of layer {layer} is incompatible with the layer",
        "Input {input_number} is incompatible with layer {layer}",
        causes=(
            "{layer} wants {expected_ndim} axes, {expected_axes}; the message stops before what it got.",
            "{layer} got a tensor with another number of axes than {expected_axes}; the message stops before the numbers.",
        ),
        fixes=("rank",), recipe="layer_rank",
        question="What stands after \"expected\" and \"found\" in the message?", weight=1,
    ),
)  # fmt: skip
