"""What a printed table asks the sheets of layers: which rows need timesteps, whose count says its width."""

from __future__ import annotations

from functools import cache

from explainers.core.layers import names_of, sheet
from explainers.core.layers.signatures import arguments_of, needed
from explainers.core.mistakes.kit.scene import EXAMPLES
from explainers.core.spec import LayerSpec
from explainers.reading.shapes import space, weights_of


def reads_steps(class_name: str | None) -> bool:
    """Whether it reads (batch, steps, …) and nothing else: a recurrent layer, a wrapper around one, a Conv1D."""
    facts = sheet(class_name)
    return facts is not None and facts.rank == 3 and facts.group in ("rnn", "rnn_wrapper", "wrapper", "conv")


def is_recurrent(class_name: str | None) -> bool:
    """Whether it runs a cell along time, by itself or around what does: LSTM, Bidirectional."""
    facts = sheet(class_name)
    return facts is not None and facts.group in ("rnn", "rnn_wrapper", "wrapper") and facts.made == "units"


def takes_states(class_name: str | None) -> bool:
    """Whether its further inputs are states, not data."""
    facts = sheet(class_name)
    return facts is not None and facts.group in ("rnn", "rnn_wrapper")


def is_embedding(class_name: str | None) -> bool:
    """Whether it makes vectors of ids."""
    return class_name in names_of("embedding")


def is_plain_convolution(class_name: str | None) -> bool:
    """Whether each of its filters has a kernel over all channels, and no axis grows: Conv1D, not SeparableConv1D."""
    if class_name is None or class_name not in names_of("conv"):
        return False
    rank = space(class_name)
    layer = LayerSpec(class_name, "asked", (("filters", 5), ("kernel_size", 2)))
    return "Transpose" not in class_name and weights_of(layer, ((None, *(7,) * rank, 3),)) == (2**rank * 3 + 1) * 5


@cache
def _for_each_place(class_name: str) -> int:
    """How many numbers it keeps for each place of the last axis; 0 where its count doesn't follow from that axis."""
    facts = sheet(class_name)
    if facts is None or facts.group != "norm" or needed(class_name):
        return 0
    layer = LayerSpec(class_name, "asked")
    three, seven = (weights_of(layer, ((None, 5, size),)) for size in (3, 7))
    return three // 3 if three % 3 == 0 and three // 3 == seven / 7 else 0


def along_the_last_axis(class_name: str, params: int) -> tuple[int, ...]:
    """The width of the last axis that gives this count; none where no width does."""
    each = _for_each_place(class_name)
    return (params // each,) if each and params % each == 0 else ()


def example_sizes(class_name: str) -> dict[str, int]:
    """Sizes for a layer of a model that wasn't built: its count isn't there to say them."""
    sizes = {name: EXAMPLES[name] for name in needed(class_name) if name in EXAMPLES}
    if not sizes and "pool_size" in arguments_of(class_name):
        sizes = {"pool_size": EXAMPLES["pool_size"]}
    return sizes
