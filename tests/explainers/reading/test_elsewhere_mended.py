"""Fixes of PyTorch programs, followed with the change; prints and tables as PyTorch and its tools made them.

What PyTorch says of each program was recorded from PyTorch itself; its sizes follow its documented formulas.
"""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import diagnose
from explainers.reading.ported.edits import applied

PRINTED = """Net(
  (conv1): Conv2d(1, 12, kernel_size=(5, 5), stride=(1, 1))
  (conv2): Conv2d(12, 22, kernel_size=(3, 3), stride=(1, 1))
  (drop): Dropout(p=0.3, inplace=False)
  (fc1): Linear(in_features=550, out_features=37, bias=True)
  (fc2): Linear(in_features=37, out_features=7, bias=True)
)
"""
TORCHSUMMARY = """----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1           [-1, 12, 24, 24]             312
            Conv2d-2           [-1, 22, 10, 10]           2,398
           Dropout-3                  [-1, 550]               0
            Linear-4                   [-1, 37]          20,387
            Linear-5                    [-1, 7]             266
================================================================
Total params: 23,363
Trainable params: 23,363
Non-trainable params: 0
----------------------------------------------------------------
"""
TORCHINFO = """==========================================================================================
Layer (type:depth-idx)                   Output Shape              Param #
==========================================================================================
R                                        [6, 4]                    --
├─Embedding: 1-1                         [6, 17, 11]               990
├─LSTM: 1-2                              [6, 17, 26]               2,704
├─Dropout: 1-3                           [6, 26]                   --
├─Linear: 1-4                            [6, 4]                    108
==========================================================================================
Total params: 3,802
"""
TABULATED = """                                 CNN Summary
┏━━━━━━━━━┳━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃ path    ┃ module ┃ inputs             ┃ outputs           ┃ params                       ┃
┡━━━━━━━━━╇━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┩
│         │ CNN    │ float32[1,28,28,1] │ float32[1,10]     │                              │
├─────────┼────────┼────────────────────┼───────────────────┼──────────────────────────────┤
│ Conv_0  │ Conv   │ float32[1,28,28,1] │ float32[1,28,28,… │ bias: float32[32]            │
│         │        │                    │                   │ kernel: float32[3,3,1,32]    │
│         │        │                    │                   │                              │
│         │        │                    │                   │ 320 (1.3 KB)                 │
├─────────┼────────┼────────────────────┼───────────────────┼──────────────────────────────┤
│ Dense_0 │ Dense  │ float32[1,6272]    │ float32[1,10]     │ bias: float32[10]            │
│         │        │                    │                   │ kernel: float32[6272,10]     │
│         │        │                    │                   │                              │
│         │        │                    │                   │ 62,730 (250.9 KB)            │
└─────────┴────────┴────────────────────┴───────────────────┴──────────────────────────────┘
"""


@pytest.mark.parametrize(
    ("text", "framework", "total", "inside"),
    [
        (PRINTED, "PyTorch", 23_363, (22, 5)),
        (TORCHSUMMARY, "PyTorch", 23_363, (22, 5)),
        (TORCHINFO, "PyTorch", 3_802 - 2 * 4 * 13, (17, 26)),  # PyTorch has a second bias for each of the 4 gates
        (TABULATED, "JAX/flax", 63_050, (14, 32)),
    ],
)
def test_a_print_and_a_table_are_the_model_with_what_they_do_not_show(
    text: str, framework: str, total: int, inside: tuple[int, int]
) -> None:
    found = diagnose(text)
    assert (found.elsewhere, found.mistake) == (framework, None)
    assert found.model is not None
    assert found.model["total_params"] == total
    sizes = [tuple(axis["size"] for axis in layer["outputs"][0]) for layer in found.model["layers"]]
    assert any(set(inside) <= set(shape) for shape in sizes)


def test_a_print_tells_where_the_features_are_from() -> None:
    assert "fc1 reads 550 = 22 × 5 × 5" in diagnose(PRINTED).cause
    assert "F.max_pool2d" in diagnose(PRINTED).cause


NET = """class Net(nn.Module):
    def __init__(self, width=12):
        super().__init__()
        self.conv1 = nn.Conv2d(1, width, 5)
        self.conv2 = nn.Conv2d({reads}, 22, 3)
        self.fc = nn.Linear({features}, 7)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc({flat})
y = Net()(torch.randn(6, 1, 28, 28))
"""


@pytest.mark.parametrize(
    ("reads", "features", "flat", "changed"),
    [
        ("12", "600", "x.view(x.size(0), -1)", ["nn.Linear(22 * 5 * 5, 7)"]),
        ("12", "600", "x.view(-1, 600)", ["nn.Linear(22 * 5 * 5, 7)", "x.flatten(1)"]),
        ("13", "550", "x.flatten(1)", ["nn.Conv2d(12, 22, 3)"]),
        ("13", "600", "x.flatten(1)", ["nn.Conv2d(12, 22, 3)", "nn.Linear(22 * 5 * 5, 7)"]),
    ],
)
def test_one_diff_changes_all_that_has_to_change(reads: str, features: str, flat: str, changed: list[str]) -> None:
    text = NET.format(reads=reads, features=features, flat=flat)
    found = diagnose(text)
    fix = found.fixes[0]
    after = applied(found.text, fix.diff)
    assert all(piece in after for piece in changed)
    assert "(batch, 7); PyTorch itself wasn't run." in fix.means
    assert fix.tried is None
    again = diagnose(after)
    assert again.mistake is None
    assert not again.unread


@pytest.mark.parametrize(
    ("program", "after"),
    [
        (
            "lstm = nn.LSTM(11, 13, 2)\nh0 = torch.zeros(2, 5, 13)\nc0 = torch.zeros(2, 5, 13)\n"
            "out, h = lstm(torch.zeros(5, 9, 11), (h0, c0))\n"
            "# RuntimeError: Expected hidden[0] size (2, 9, 13), got [2, 5, 13]",
            "nn.LSTM(11, 13, 2, batch_first=True)",
        ),
        (
            "gru = nn.GRU(11, 13, 3, batch_first=True)\nh0 = torch.zeros(1, 5, 13)\n"
            "out, h = gru(torch.zeros(5, 9, 11), h0)\n"
            "# RuntimeError: Expected hidden size (3, 5, 13), got [1, 5, 13]",
            "torch.zeros(3, 5, 13)",
        ),
        (
            "self.rnn = nn.LSTM(input_size=opt.width, hidden_size=opt.units)\n"
            "out, (h, c) = self.rnn(x, (h0, c0))\n"
            "RuntimeError: Expected hidden[0] size (1, 9, 13), got [1, 5, 13]",
            "nn.LSTM(input_size=opt.width, hidden_size=opt.units, batch_first=True)",
        ),
        (
            "conv = nn.Conv2d(3, 8, 3)\ny = conv(torch.zeros(6, 30, 31, 3))\n"
            "# RuntimeError: Given groups=1, weight of size [8, 3, 3, 3], expected input[6, 30, 31, 3] to have 3 "
            "channels, but got 30 channels instead",
            "conv(torch.zeros(6, 30, 31, 3).permute(0, 3, 1, 2))",
        ),
        (
            "net = nn.Sequential(nn.Conv1d(12, 22, 5), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), "
            "nn.Linear(22, 4))\nnet(torch.randn(6, 50, 12))\n"
            "# RuntimeError: Given groups=1, weight of size [22, 12, 5], expected input[6, 50, 12] to have 12 "
            "channels, but got 50 channels instead",
            "net(torch.randn(6, 50, 12).permute(0, 2, 1))",
        ),
        (
            "self.fc1 = nn.Linear(22 * 5 * 5, 37)\nx = self.pool(F.relu(self.conv2(x)))\nx = x.view(-1, 22*5*5)\n"
            "# ValueError: Expected input batch_size (24) to match target batch_size (6).",
            "x = x.flatten(1)",
        ),
        (
            "mha = nn.MultiheadAttention(30, 4)\ny, w = mha(x, x, x)\n"
            "# AssertionError: embed_dim must be divisible by num_heads",
            "nn.MultiheadAttention(30, 3)",
        ),
        (
            "class Block(nn.Module):\n    def __init__(self, cin, cout, step=1):\n        super().__init__()\n"
            "        self.one = nn.Conv2d(cin, cout, 3, step, 1)\n        self.two = nn.Conv2d(cout, cout, 3, 1, 1)\n"
            "    def forward(self, x):\n        identity = x\n        out = self.two(F.relu(self.one(x)))\n"
            "        return F.relu(out + identity)\n"
            "y = nn.Sequential(Block(6, 6), Block(6, 14, 2))(torch.randn(3, 6, 20, 20))\n"
            "# RuntimeError: The size of tensor a (10) must match the size of tensor b (20) at non-singleton "
            "dimension 3",
            "out + self.shortcut(identity)",
        ),
    ],
)
def test_the_first_fix_changes_the_line_that_it_is_about(program: str, after: str) -> None:
    found = diagnose(program)
    assert found.kind == "error"
    assert found.elsewhere == "PyTorch"
    assert after in applied(found.text, found.fixes[0].diff)


def test_an_output_padding_without_a_stride_is_refused_by_pytorch() -> None:
    found = diagnose(
        "up = nn.Sequential(nn.ConvTranspose2d(12, 7, 3, output_padding=1), nn.ReLU())\n"
        "y = up(torch.zeros(6, 12, 9, 11))"
    )
    assert found.mistake == "strides_and_dilation"
    assert "stride=2)" in applied(found.text, found.fixes[0].diff)
    assert f"(batch, 7, {2 * 8 + 3 + 1}, {2 * 10 + 3 + 1})" in found.fixes[0].means  # as PyTorch documents it
    again = diagnose(applied(found.text, found.fixes[0].diff))
    assert again.model is not None
    assert [axis["size"] for axis in again.model["layers"][1]["outputs"][0]] == [None, 20, 24, 7]


def test_one_step_of_the_samples_axis_is_told_without_a_message() -> None:
    found = diagnose(
        "class Clf(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.emb = nn.Embedding(90, 11)\n        self.gru = nn.GRU(11, 13)\n"
        "        self.fc = nn.Linear(13, 4)\n"
        "    def forward(self, x):\n        o, h = self.gru(self.emb(x))\n        return self.fc(o[:, -1])\n"
        "y = Clf()(torch.randint(0, 90, (6, 17)))\n"
    )
    assert found.mistake == "data_size"
    assert "nn.GRU(11, 13, batch_first=True)" in applied(found.text, found.fixes[0].diff)
    assert "(batch, 4)" in found.fixes[0].means


@pytest.mark.parametrize(
    ("question", "first"),
    [
        (
            "What shape is h_n of nn.GRU(11, 13, num_layers=3, batch_first=True) for an input of (5, 9, 11)?",
            "h_n is (3, batch, 13), also with batch_first=True",
        ),
        (
            "Keras says LSTM(13) with (9, 11) has 1300 params, nn.LSTM(11, 13) in pytorch has 1352. Why?",
            f"nn.LSTM(11, 13) has {4 * 13 * (11 + 13 + 2):,} parameters in PyTorch and {4 * 13 * (11 + 13 + 1):,} in "
            "Keras: PyTorch keeps two biases for each gate",
        ),
        (
            "nn.GRU(11, 13) has 1014 params, keras GRU(13, reset_after=False) 975. why?",
            f"with reset_after=False there is one, and {3 * 13 * (11 + 13 + 1):,} parameters",
        ),
        (
            "My output has the shape (6, 9, 4) = (batch, steps, classes), the labels are (6, 9). How do I use "
            "nn.CrossEntropyLoss with that?",
            "Move the classes to axis 1: (6, 9, 4) becomes (6, 4, 9)",
        ),
    ],
)
def test_a_question_is_answered_first(question: str, first: str) -> None:
    found = diagnose(question)
    assert found.kind == "question"
    assert found.elsewhere == "PyTorch"
    assert first in found.cause.split(". ", 2)[0] + ". " + found.cause.split(". ", 2)[1]
