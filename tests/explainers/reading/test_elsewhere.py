"""PyTorch and JAX are recognized and answered with the same model in Keras; sizes by PyTorch's documented formulas."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import diagnose

RECURRENT = """import torch
import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.{cell}(input_size=9, hidden_size=14, batch_first=True)
        self.fc = nn.Linear(14, 4)
    def forward(self, x):
        out, state = self.rnn(x)
        return self.fc(out[:, -1])
"""


@pytest.mark.parametrize(("cell", "gates"), [("LSTM", 4), ("GRU", 3)])
def test_a_recurrent_net_is_built_in_keras_and_the_second_bias_is_told(cell: str, gates: int) -> None:
    found = diagnose(RECURRENT.format(cell=cell))
    assert found.cause.startswith("This is PyTorch, not Keras.")
    assert found.mistake is None
    assert found.model is not None
    counts = {layer["class"]: layer["params"] for layer in found.model["layers"]}
    biases = 2 if cell == "GRU" else 1  # Keras' GRU has two of them too
    assert counts[cell] == gates * 14 * (9 + 14 + biases)
    assert counts["Dense"] == (14 + 1) * 4
    if cell == "LSTM":
        assert any(f"{gates * 14 * (9 + 14 + 2):,}" in entry for entry in found.renamed)


def test_a_convolutional_net_is_built_with_channels_last() -> None:
    found = diagnose(
        "model = nn.Sequential(nn.Conv2d(3, 11, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(11*14*14, 6))\n"
        "y = model(torch.randn(8, 3, 32, 32))\n"
    )
    assert found.model is not None
    shapes = [[axis["size"] for axis in layer["outputs"][0]] for layer in found.model["layers"]]
    assert shapes[1][1:] == [28, 28, 11]
    assert shapes[-1][1:] == [6]
    assert found.model["total_params"] == (5 * 5 * 3 + 1) * 11 + (11 * 14 * 14 + 1) * 6


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("RuntimeError: mat1 and mat2 shapes cannot be multiplied (16x784 and 900x13)", ("784", "900")),
        ("RuntimeError: input.size(-1) must be equal to input_size. Expected 9, got 12", ("9", "12")),
        (
            "RuntimeError: Expected 4-dimensional input for 4-dimensional weight [6, 3, 5, 5], but got 3-dimensional "
            "input of size [3, 32, 33] instead",
            ("4", "3"),
        ),
    ],
)
def test_its_messages_are_told_in_its_own_words(text: str, numbers: tuple[str, str]) -> None:
    found = diagnose(text)
    assert found.kind == "error"
    assert found.cause.startswith("This is PyTorch, not Keras.")
    assert all(number in found.cause for number in numbers)
    assert found.fixes


def test_keras_on_the_torch_backend_is_keras() -> None:
    found = diagnose("import keras\nmodel = keras.Sequential([keras.Input((7, 3)), keras.layers.LSTM(5)])\n")
    assert "PyTorch" not in found.cause
    assert found.model is not None
    assert found.model["total_params"] == 4 * 5 * (3 + 5 + 1)


SKIPS = """import torch
import torch.nn as nn
import torch.nn.functional as F
class Block(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, stride=stride, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(cout)
        self.short = nn.Conv2d(cin, cout, 1, stride=stride)
    def forward(self, x):
        return F.relu(self.bn(self.conv(x)) + self.short(x))
class Net(nn.Module):
    def __init__(self, widths=(6, 11)):
        super().__init__()
        self.blocks = nn.ModuleList()
        cin = 3
        for width in widths:
            self.blocks.append(Block(cin, width, 2))
            cin = width
        self.fc = nn.Linear(11 * {side} * 5, 7)
    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.fc(x.view(x.size(0), -1))
y = Net()(torch.randn(4, 3, 32, 20))
"""


def test_blocks_skips_and_loops_are_followed_and_counted_as_pytorch_counts() -> None:
    found = diagnose(SKIPS.format(side=8))
    assert found.mistake is None
    assert not found.unread
    weights = 9 * 3 * 6 + 2 * 6 + (3 + 1) * 6 + 9 * 6 * 11 + 2 * 11 + (6 + 1) * 11 + (11 * 8 * 5 + 1) * 7
    assert f"PyTorch counts {weights:,} parameters" in found.cause
    assert found.model is not None
    assert found.model["total_params"] == weights + 2 * 6 + 2 * 11  # Keras counts what BatchNormalization keeps, too


def test_a_linear_for_other_features_is_changed_in_its_own_line() -> None:
    found = diagnose(SKIPS.format(side=9))
    assert found.mistake == "operand_sizes"
    assert f"{11 * 9 * 5}" in found.cause
    assert f"{11 * 8 * 5} = 11 × 8 × 5" in found.cause
    assert "+        self.fc = nn.Linear(11 * 8 * 5, 7)" in found.fixes[0].diff


def test_a_program_that_keeps_only_its_state_is_a_model_that_returns_it() -> None:
    found = diagnose(
        "rnn = torch.nn.LSTM(12, 20, batch_first=True)\n_, (h, _) = rnn(torch.rand(7, 9, 12))\nprint(h.shape)"
    )
    assert found.spec is not None
    (layer,) = found.spec.layers
    assert (layer.get("return_state"), layer.get("return_sequences")) == (True, None)
    assert "The output is (batch, 20)" in found.cause
