"""What is known of each of Keras' layers, one sheet per class, grouped as Keras' documentation groups them.

A sheet holds everything that is known of its class and is the only place that does: what it does to the axes, the
axes of its weights, the axes that it reads, its names in all eras, its cell. Adding a layer is one entry in one of the
group modules, and ``python -m explainers.core.layers.signatures`` for its arguments. Nothing here loads Keras.
"""

from __future__ import annotations

from dataclasses import replace

from explainers.core.layers import (
    activation,
    attention,
    augmentation,
    book,
    convolutional,
    core,
    merging,
    normalization,
    pooling,
    preprocessing,
    recurrent,
    regularization,
    reshaping,
)
from explainers.core.layers.attention import QUERY_AND_VALUE
from explainers.core.layers.book import (
    SHEETS,
    added,
    axis_names,
    blocks,
    cell_of,
    class_of,
    flat_name,
    is_input_name,
    names_of,
    output_names,
    reads,
    search_words,
    sheet,
    sheet_of,
    states_of,
    today_name,
    two_biases,
)
from explainers.core.layers.merging import broadcast
from explainers.core.layers.planned import Planned, Unfit
from explainers.core.layers.reshaping import both_sides
from explainers.core.layers.sheet import CellRuling, NamedWeight, Rule, Ruling, Sheet
from explainers.core.layers.sliding import PLACES, convolved, space, transposed

GROUPS = (core, convolutional, pooling, recurrent, preprocessing, augmentation, normalization, regularization,
          attention, reshaping, merging, activation)  # fmt: skip

for _group in GROUPS:
    book.add(replace(found, section=_group.SECTION) for found in _group.SHEETS)

RECURRENT = names_of("rnn")  # layers that have a cell of their own: LSTM, GRU, SimpleRNN
BY_GATES = tuple(sorted(RECURRENT, key=lambda name: len(SHEETS[SHEETS[name].cell].gates)))  # the simplest first
LOOPS = (*RECURRENT, "RNN")  # all that run a cell along time
VIDEOS = names_of("conv_rnn")  # ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
SEQUENCE_READERS = (*LOOPS, "Bidirectional")  # all that read (batch, timesteps, features)
CELLS = names_of("cell")
CONVOLUTIONS = names_of("conv")
POOLS = names_of("pool")
MERGES = names_of("merge")
WRAPPERS = names_of("wrapper")  # all that are made with a layer: Bidirectional, TimeDistributed

__all__ = [
    "BY_GATES",
    "CELLS",
    "CONVOLUTIONS",
    "LOOPS",
    "MERGES",
    "PLACES",
    "POOLS",
    "QUERY_AND_VALUE",
    "RECURRENT",
    "SEQUENCE_READERS",
    "SHEETS",
    "VIDEOS",
    "WRAPPERS",
    "CellRuling",
    "NamedWeight",
    "Planned",
    "Rule",
    "Ruling",
    "Sheet",
    "Unfit",
    "added",
    "axis_names",
    "blocks",
    "both_sides",
    "broadcast",
    "cell_of",
    "class_of",
    "convolved",
    "flat_name",
    "is_input_name",
    "names_of",
    "output_names",
    "reads",
    "search_words",
    "sheet",
    "sheet_of",
    "space",
    "states_of",
    "today_name",
    "transposed",
    "two_biases",
]
