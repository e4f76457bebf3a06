"""Messages about operations, recorded from PyTorch 2 and JAX, with what is said of them and what helps first."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import diagnose

TORCH = [
    (
        "RuntimeError: Given normalized_shape=[31], expected input with shape [*, 31], but got input of size[6, "
        "31, 44]",
        "operand_sizes",
        "(6, 31, 44): 44 versus 31",
        "x.transpose(1, 2)",
    ),
    (
        "RuntimeError: Given normalized_shape=[7], expected input with shape [*, 7], but got input of size[2, 8]",
        "operand_sizes",
        "(2, 8): 8 versus 7",
        "nn.LayerNorm(8)",
    ),
    (
        "AssertionError: was expecting embedding dimension of 32, but got 30",
        "data_size",
        "embed_dim=32; the last axis of its query is 30",
        "nn.Linear(30, 32)",
    ),
    (
        "RuntimeError: Expected size for first two dimensions of batch2 tensor to be: [6, 5] but got: [6, 4].",
        "operand_sizes",
        "5, meets axis 1 of the second, 4",
        "b.transpose(1, 2)",
    ),
    (
        "RuntimeError: input has inconsistent input_size: got 12 expected 11",
        "data_size",
        "input_size=11",
        "input_size=12",
    ),
    (
        "RuntimeError: mat1 and mat2 must have the same dtype, but got Double and Float",
        None,
        "the shapes don't",
        "x.float()",
    ),
    ("IndexError: index out of range in self", "embedding_range", "from 0 to n - 1", "x.max()) + 1"),
    (
        "RuntimeError: Expected tensor for argument #1 'indices' to have one of the following scalar types: "
        "Long, Int; but "
        "got torch.FloatTensor instead (while checking arguments for embedding)",
        None,
        "whole numbers",
        "x.long()",
    ),
    (
        "IndexError: Dimension out of range (expected to be in range of [-1, 0], but got 1)",
        "axis_range",
        "The tensor has 1 axis",
        "x.unsqueeze(0)",
    ),
    (
        "IndexError: Dimension out of range (expected to be in range of [-2, 1], but got 5)",
        "axis_range",
        "2 axes, 0 to 1; the line asks for axis 5",
        "dim=1",
    ),
    (
        "RuntimeError: permute(sparse_coo): number of dimensions in the tensor input does not match the length of the "
        "desired ordering of dimensions i.e. input.dim() = 2 is not equal to len(dims) = 3",
        "axis_range",
        "names 3 axes, and the tensor has 2",
        "x.unsqueeze(0)",
    ),
    (
        "RuntimeError: output padding must be smaller than either stride or dilation, but got output_padding_height: 1 "
        "output_padding_width: 1 stride_height: 1 stride_width: 1 dilation_height: 1 dilation_width: 1",
        "strides_and_dilation",
        "output_padding is 1 and the stride 1",
        "stride=2",
    ),
    ("ValueError: in_channels must be divisible by groups", "channels", "multiple of groups", "groups=1"),
    (
        "RuntimeError: einsum(): subscript j has size 5 for operand 1 which does not broadcast with previously "
        "seen size 4",
        "operand_sizes",
        "the letter j means 4 in an earlier operand and 5 in operand 1",
        "print",
    ),
    (
        "ValueError: Input and output must have the same number of spatial dimensions, but got input with spatial "
        "dimensions of [4, 4] and output size of (8,). Please provide input tensor in (N, C, d1, d2, ...,dK) "
        "format and "
        "output size in (o1, o2, ...,oK) format.",
        "axis_range",
        "each of the 2 sides (4, 4); it got 1",
        "size=(8, 8)",
    ),
    (
        "RuntimeError: The expanded size of the tensor (5) must match the existing size (3) at non-singleton "
        "dimension 1.  "
        "Target sizes: [4, 5].  Tensor sizes: [3]",
        "operand_sizes",
        "(3,) can't be expanded to (4, 5)",
        "print",
    ),
    (
        'RuntimeError: Error(s) in loading state_dict for Net:\n\tMissing key(s) in state_dict: "fc1.weight", '
        '"fc1.bias". '
        '\n\tUnexpected key(s) in state_dict: "module.fc1.weight", "module.fc1.bias". ',
        "weights_shape",
        "nn.DataParallel",
        "removeprefix('module.')",
    ),
    (
        "RuntimeError: Expected `len(lengths)` to be equal to batch_size, but got 2 (batch_size=3)",
        "ragged_data",
        "2 lengths, and 3 sequences",
        "batch_first=True",
    ),
    (
        "RuntimeError: Tensors must have same number of dimensions: got 2 and 3",
        "merge_shapes",
        "one has 2, another 3",
        "unsqueeze",
    ),
    ("RuntimeError: self must be a matrix", "layer_rank", "torch.mm", "a @ b"),
    (
        "IndexError: The shape of the mask [6] at index 0 does not match the shape of the indexed tensor [5] at "
        "index 0",
        "operand_sizes",
        "6 and 5 places",
        "x[x > 0]",
    ),
    ("RuntimeError: Expected target size [6, 9], got [6]", "target_shape", "Each sample has one label", "out[:, -1]"),
    (
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (6x4 and 6x4)",
        "operand_sizes",
        "must be equal",
        "a @ b.T",
    ),
    (
        "criterion = nn.MSELoss()\nRuntimeError: The size of tensor a (33) must match the size of tensor b (10) at "
        "non-singleton dimension 1",
        "operand_sizes",
        "MSELoss compares output and target number by number",
        "nn.CrossEntropyLoss()",
    ),
]
JAX = [
    (
        "TypeError: dot_general requires lhs batch dimensions and rhs batch dimensions to have the same shape, "
        "got (128,) "
        "and (25,).",
        "operand_sizes",
        "(128,) in the first and (25,) in the second",
        "print",
    ),
    (
        "TypeError: dot_general requires contracting dimensions to have the same shape, got [1] and [15].",
        "operand_sizes",
        "1, meets 15",
        "print",
    ),
    (
        "ValueError: 'mlp/~/linear_0/w' with retrieved shape (784, 128) does not match shape=[1024, 128] "
        "dtype=dtype('float32')",
        "operand_sizes",
        "is (784, 128); with what reaches the module now it would be (1024, 128)",
        "net.init(key, x[:1])",
    ),
]


@pytest.mark.parametrize(("text", "mistake", "cause", "fix"), TORCH)
def test_a_message_of_pytorch(text: str, mistake: str | None, cause: str, fix: str) -> None:
    _is_told("PyTorch", text, mistake, cause, fix)


@pytest.mark.parametrize(("text", "mistake", "cause", "fix"), JAX)
def test_a_message_of_jax(text: str, mistake: str | None, cause: str, fix: str) -> None:
    _is_told("JAX/flax", text, mistake, cause, fix)


def _is_told(framework: str, text: str, mistake: str | None, cause: str, fix: str) -> None:
    found = diagnose(text)
    assert (found.elsewhere, found.kind, found.mistake) == (framework, "error", mistake)
    assert found.cause.startswith(f"This is {framework}, not Keras.")
    assert cause in found.cause
    assert fix in found.fixes[0].code


def test_the_layer_that_a_message_is_about_is_changed_where_it_is_made() -> None:
    found = diagnose(
        "model = torchvision.models.resnet18()\nmodel.fc = nn.Linear(2048, 5)\n"
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x512 and 2048x5)"
    )
    assert "+model.fc = nn.Linear(512, 5)" in found.fixes[0].diff


def test_rows_of_an_image_are_flattened_in_front_of_the_layer() -> None:
    found = diagnose(
        "net = nn.Sequential(nn.Linear(651, 17), nn.ReLU(), nn.Linear(17, 4))\nout = net(images)\n"
        f"RuntimeError: mat1 and mat2 shapes cannot be multiplied ({16 * 21}x31 and 651x17)"
    )
    assert "nn.Sequential(nn.Flatten(), nn.Linear(651, 17)" in found.fixes[0].diff


def test_data_with_the_channels_last_are_moved_for_pytorch() -> None:
    found = diagnose("I have a keras batch of shape (32, 24, 28, 3), how do I feed it to nn.Conv2d?")
    assert found.kind == "question"
    assert "(32, 24, 28, 3) becomes (32, 3, 24, 28)" in found.cause
    assert "permute(0, 3, 1, 2)" in found.fixes[0].code


def test_so_many_features_are_flattened_images_and_no_encoder() -> None:
    found = diagnose(
        'File "site-packages/torch/nn/modules/linear.py", line 114, in forward\n'
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (4x356352 and 344064x512)"
    )
    assert "in_features=356352" in found.fixes[0].label
    assert "flattened images" in found.fixes[1].label
    other = diagnose(
        'File "comfy/ldm/modules/attention.py", line 177, in forward\n'
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (77x768 and 4096x5120)"
    )
    assert "feed it the 4,096 features" in other.fixes[0].label


def test_a_sample_without_its_batch_has_the_steps_first_in_pytorch() -> None:
    found = diagnose("Keras' LSTM(13) on (9, 11) has 1300 params, nn.LSTM(11, 13) has 1352?")
    assert "turns (9, batch, 11) into (9, batch, 13)" in found.cause


@pytest.mark.parametrize("message", [text for text, *_ in (*TORCH, *JAX)])
def test_a_message_cut_anywhere_is_no_crash(message: str) -> None:
    for end in range(20, len(message), 17):
        diagnose(message[:end])
    diagnose(message.replace("[", "[,").replace("(", "( "))
