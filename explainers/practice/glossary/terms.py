"""Each term: what it is, how Keras says it, how others do, and where to see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from explainers.core.dims import Value


@dataclass(frozen=True)
class Term:
    """One word.

    axis: the axis whose colour it wears ("" for none). keras: the argument or attribute, as written in code.
    others: (who says it, the word): other books and frameworks. lesson, dims: where a live model shows it.
    """

    slug: str
    word: str
    axis: str
    what: str
    keras: str
    others: tuple[tuple[str, str], ...] = ()
    lesson: str = ""
    dims: Mapping[str, Value] = field(default_factory=dict)
    misconception: str = ""


AXES: tuple[Term, ...] = (
    Term(
        "batch",
        "batch",
        "batch",
        (
            "How many samples go through the model together. It is always the first axis, and usually None until "
            "data arrive."
        ),
        "batch_size= of Input and of fit",
        (
            ("PyTorch", "N, batch_first=True puts it first"),
            ("JAX, papers", "B"),
            ("TensorFlow 1", "batch_size; time_major=True puts it second"),
            ("Keras 2", "batch_input_shape[0]"),
        ),
        "stacked_lstm",
        {"batch_size": 52},
        "any-batch-for-a-stateful-model",
    ),
    Term(
        "samples",
        "samples",
        "samples",
        "How many examples the whole data set has. fit cuts them into batches; no shape of a model holds their number.",
        "x.shape[0] of what fit gets",
        (("statistics", "n, observations"), ("PyTorch", "len(dataset)"), ("scikit-learn", "n_samples")),
        "simple_rnn",
        {},
        "shape-is-the-whole-array",
    ),
    Term(
        "timesteps",
        "timesteps",
        "timesteps",
        "How many readings one sequence has: how often a recurrent cell is called. No weight has this axis.",
        "Input((timesteps, features))",
        (
            ("PyTorch", "L, seq_len, sequence length"),
            ("JAX, papers", "T"),
            ("TensorFlow 1", "num_steps, max_time"),
            ("tutorials", "look_back, time_steps, window size"),
            ("transformers", "context length, tokens"),
        ),
        "stacked_lstm",
        {"timesteps": 20},
        "more-steps-more-weights",
    ),
    Term(
        "features",
        "features",
        "features",
        "How many numbers one timestep has: the last axis of the data. The kernel has one row for each.",
        "Input((timesteps, features))",
        (
            ("PyTorch", "input_size, H_in"),
            ("JAX, papers", "D, F, d_in"),
            ("Keras 1", "input_dim, data_dim"),
            ("statistics", "variables, columns"),
            ("scikit-learn", "n_features"),
        ),
        "simple_rnn",
        {"features": 7},
        "predict-takes-any-columns",
    ),
    Term(
        "units",
        "units",
        "units",
        "The width of a layer's output, and of its state. You choose it; it is neither the timesteps nor the features.",
        "LSTM(units), Dense(units)",
        (
            ("PyTorch", "hidden_size, or out_features of Linear"),
            ("TensorFlow 1", "num_units, n_hidden, lstm_size"),
            ("JAX (Flax)", "features= of the cell"),
            ("Keras 1", "output_dim, nb_neurons"),
            ("papers", "H, d_h, hidden dimension, number of neurons"),
        ),
        "simple_rnn",
        {"units": 64},
        "units-is-the-number-of-steps",
    ),
    Term(
        "steps",
        "steps",
        "steps",
        "The axis along which a kernel slides in a Conv1D. For a recurrent layer the same axis is called timesteps.",
        "Input((steps, channels))",
        (("PyTorch", "L, as the last axis: (N, C, L)"), ("signal processing", "length, taps, time")),
        "conv1d",
        {"steps": 40},
        "convolution-keeps-the-length",
    ),
    Term(
        "channels",
        "channels",
        "channels",
        "How many numbers one step of a signal or one pixel of an image has. In Keras they are the last axis; a "
        "kernel always covers all of them.",
        'data_format="channels_last" (the default)',
        (
            ("PyTorch", "C, in_channels; channels first: (N, C, L)"),
            ("images", "colors, depth, RGB"),
            ("papers", "feature maps"),
        ),
        "conv1d",
        {"channels": 6},
        "channels-may-stand-first",
    ),
    Term(
        "filters",
        "filters",
        "filters",
        "How many kernels a convolution has: the last axis of its output.",
        "Conv1D(filters, kernel_size)",
        (("PyTorch", "out_channels"), ("papers", "feature maps, C_out, number of kernels"), ("Keras 1", "nb_filter")),
        "conv1d",
        {"filters": 9},
        "a-kernel-slides-over-the-values",
    ),
    Term(
        "sequences",
        "sequences",
        "sequences",
        "How many small sequences one sample holds, such as the sentences of a text. A recurrent layer reads them one "
        "at a time inside TimeDistributed.",
        "Input((sequences, timesteps, features))",
        (("papers", "S, set size, sentences, views"), ("video", "clips, frames of frames")),
        "sequence_set",
        {},
        "an-rnn-reads-nested-sequences",
    ),
    Term(
        "windows",
        "windows",
        "windows",
        "The samples that are cut from one long series: each starts a row later than the one before.",
        "keras.utils.timeseries_dataset_from_array",
        (
            ("signal processing", "frames, segments"),
            ("tutorials", "sliding window, lagged rows"),
            ("pandas", "rolling"),
        ),
        "windowed_forecast",
        {},
        "a-row-is-a-sequence",
    ),
    Term(
        "horizon",
        "horizon",
        "horizon",
        "How many future values a forecast predicts.",
        "Dense(horizon) on the last state",
        (("statistics", "h, lead time"), ("tutorials", "n_ahead, n_out, forecast length, pred_len")),
        "windowed_forecast",
        {"horizon": 6},
        "an-rnn-changes-the-length",
    ),
    Term(
        "classes",
        "classes",
        "classes",
        "How many labels there are to choose from: the width of the last Dense, and of a one-hot label.",
        'Dense(classes, activation="softmax")',
        (("PyTorch", "C, num_classes"), ("papers", "K, labels"), ("language models", "vocab_size")),
        "multi_output_cell",
        {},
        "labels-are-a-matter-of-taste",
    ),
    Term(
        "output-dim",
        "output_dim",
        "output_dim",
        "How many numbers an Embedding uses for one id. They form one more axis, after the timesteps.",
        "Embedding(input_dim, output_dim)",
        (
            ("PyTorch", "embedding_dim"),
            ("papers", "d_model, E, embedding size"),
            ("Keras 1", "embedding_dims, embed_dim"),
        ),
        "stacked_lstm",
        {},
        "embedding-takes-vectors",
    ),
    Term(
        "input-dim",
        "input_dim",
        "input_dim",
        "The rows of an Embedding's table: ids run from 0 to input_dim − 1. (In Keras 1 the word meant the features.)",
        "Embedding(input_dim, output_dim)",
        (("PyTorch", "num_embeddings"), ("papers", "V, vocabulary size"), ("tutorials", "vocab_size, max_features")),
        "stacked_lstm",
        {},
        "embedding-takes-vectors",
    ),
    Term(
        "heads",
        "heads",
        "heads",
        "How many times attention runs in parallel. Each head projects all features to its own key_dim numbers.",
        "MultiHeadAttention(num_heads, key_dim)",
        (("PyTorch", "num_heads"), ("papers", "h, H"), ("transformers", "n_head, num_attention_heads")),
        "multi_head_attention",
        {"num_heads": 4},
    ),
)

WEIGHTS: tuple[Term, ...] = (
    Term(
        "kernel",
        "kernel",
        "features",
        "The weights between the input and the units: (features, units), in an LSTM (features, 4 × units).",
        "layer.kernel, layer.cell.kernel",
        (
            ("PyTorch", "weight_ih_l0, transposed: (4 × hidden_size, input_size)"),
            ("papers", "W, U, W_x"),
            ("TensorFlow 1", "kernel, with both inputs in one: (features + units, 4 × units)"),
        ),
        "simple_rnn",
        {},
        "predict-takes-any-columns",
    ),
    Term(
        "recurrent-kernel",
        "recurrent_kernel",
        "units",
        "The weights from the last state to the next one: (units, units), in an LSTM (units, 4 × units).",
        "layer.cell.recurrent_kernel",
        (("PyTorch", "weight_hh_l0, transposed"), ("papers", "U, W_h, recurrent weights"), ("textbooks", "W_hh")),
        "simple_rnn",
        {"units": 9},
    ),
    Term(
        "gates",
        "gates",
        "units",
        "The blocks that are side by side in the weights of an LSTM (4) or a GRU (3). They are why the parameter "
        "count of an LSTM has a 4 in it.",
        "(features, 4 × units)",
        (("PyTorch", "4 × hidden_size, order i f g o"), ("papers", "i, f, o, c̃"), ("GRU", "z, r, h̃")),
        "stacked_lstm",
        {},
        "more-steps-more-weights",
    ),
    Term(
        "state",
        "state",
        "units",
        "What a recurrent layer remembers from one timestep to the next: (batch, units). An LSTM has two, h and c.",
        "return_state, initial_state, stateful",
        (
            ("PyTorch", "h_n, c_n: (num_layers, N, hidden_size)"),
            ("JAX", "carry"),
            ("TensorFlow 1", "state tuple, LSTMStateTuple(c, h)"),
        ),
        "t_lstm",
        {},
        "a-state-is-any-tensor",
    ),
    Term(
        "kernel-size",
        "kernel_size",
        "kernel_size",
        "How many steps one kernel looks at. With padding='valid', kernel_size − 1 of them are lost.",
        "Conv1D(filters, kernel_size)",
        (("papers", "K, receptive field of one layer"), ("signal processing", "taps, filter length")),
        "conv1d",
        {"kernel_size": 5},
        "convolution-keeps-the-length",
    ),
    Term(
        "mask",
        "mask",
        "",
        "True or False for each timestep: False marks padding, which must not count.",
        "Masking(), Embedding(..., mask_zero=True)",
        (("PyTorch", "pack_padded_sequence, lengths"), ("transformers", "attention_mask"), ("JAX", "padding mask")),
        "stacked_lstm",
        {},
        "padding-zeros-do-not-count",
    ),
)

FORMS: tuple[Term, ...] = (
    Term(
        "none",
        "None",
        "",
        "An axis whose length is left open until data arrive. The axis exists; it just has no size yet.",
        "Input((None, features)); the batch is always None first",
        (
            ("PyTorch", "−1, or nothing at all: shapes are checked at run time"),
            ("TensorFlow", "?, TensorShape([None])"),
        ),
        "stacked_lstm",
        {"timesteps": None},
        "none-is-a-number",
    ),
    Term(
        "rank",
        "ndim",
        "",
        "How many axes an array has. “expected ndim=3” means: three axes, the batch included.",
        "x.ndim",
        (("mathematics", "order, degree, rank of a tensor"), ("NumPy", "ndim"), ("PyTorch", "dim()")),
        "stacked_lstm",
        {"return_sequences_1": False},
        "an-rnn-passes-its-sequence-on",
    ),
    Term(
        "btc",
        "B, T, C",
        "",
        "The shorthand of papers and of PyTorch code: batch, time, channels (that is, features or units).",
        "(batch, timesteps, features)",
        (("PyTorch", "(N, L, H) or (L, N, H)"), ("papers", "B × T × C, B × N × D"), ("einops", "b t c")),
        "stacked_lstm",
    ),
    Term(
        "time-major",
        "time_major",
        "",
        "An old order of the axes: (timesteps, batch, features). Keras always reads the batch first.",
        "(batch, timesteps, features) always",
        (
            ("TensorFlow 1", "time_major=True"),
            ("PyTorch", "batch_first=False (its default)"),
            ("JAX", "scan over time"),
        ),
        "stacked_lstm",
        {},
        "steps-and-features-are-interchangeable",
    ),
    Term(
        "channels-first",
        "channels first",
        "channels",
        "An order of the axes in which channels come before rows and columns. Keras' default is channels last.",
        'data_format="channels_first"',
        (("PyTorch", "the only order: (N, C, H, W)"), ("papers", "NCHW"), ("images as files", "HWC, channels last")),
        "conv1d",
        {},
        "channels-may-stand-first",
    ),
    Term(
        "return-sequences",
        "return_sequences",
        "timesteps",
        "Whether a recurrent layer returns an output at every timestep (True) or only at the last one (False).",
        "LSTM(units, return_sequences=True)",
        (("PyTorch", "always all of them: output; the last is h_n"), ("papers", "many to many, many to one")),
        "stacked_lstm",
        {"return_sequences": True},
        "an-rnn-passes-its-sequence-on",
    ),
    Term(
        "broadcasting",
        "broadcasting",
        "",
        "How two different shapes combine: sizes are compared from the right, and a 1 is stretched.",
        "keras.ops.multiply, Multiply()",
        (("NumPy", "the same rule"), ("MATLAB", "implicit expansion"), ("PyTorch", "expand, unsqueeze")),
        "hadamard",
        {},
        "broadcasting-from-the-left",
    ),
)

GROUPS: dict[str, tuple[Term, ...]] = {
    "Axes and their sizes": AXES,
    "Weights and states": WEIGHTS,
    "Ways to write a shape": FORMS,
}


def all_terms() -> tuple[Term, ...]:
    """Every term, in the order of the page."""
    return tuple(term for group in GROUPS.values() for term in group)


def find_term(slug: str) -> Term | None:
    """The term of that anchor, or None."""
    return next((term for term in all_terms() if term.slug == slug), None)
