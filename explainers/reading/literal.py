"""The layers that a text can make of literal arguments alone, and old names of their arguments."""

from __future__ import annotations

from explainers.core.layers import Sheet, book, sheet

BY_NAME = book.Literal()
KNOWN = tuple(BY_NAME.values())


def known(name: str) -> Sheet | None:
    """The class by today's or an older name; None where it isn't one that a text can make of literals."""
    found = sheet(name)
    return found if found is not None and found.name in BY_NAME else None


def today_name(name: str) -> str | None:
    """``"Convolution1D"`` -> ``"Conv1D"``; lower-case merge functions too (``add`` -> ``Add``)."""
    found = book.today_name(name)
    return found if found in BY_NAME else None


# Old argument names -> today's. None: the argument has gone without a successor.
RENAMED: dict[str, str | None] = {
    "nb_filter": "filters", "nb_filters": "filters", "filter_length": "kernel_size", "subsample": "strides",
    "subsample_length": "strides", "border_mode": "padding", "dim_ordering": "data_format",
    "atrous_rate": "dilation_rate", "pool_length": "pool_size", "stride": "strides", "init": "kernel_initializer",
    "inner_init": "recurrent_initializer", "inner_activation": "recurrent_activation", "bias": "use_bias",
    "dropout_W": "dropout", "dropout_U": "recurrent_dropout", "p": "rate", "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer", "b_regularizer": "bias_regularizer", "W_constraint": "kernel_constraint",
    "U_constraint": "recurrent_constraint", "b_constraint": "bias_constraint", "forget_bias_init": None,
    "consume_less": None, "implementation": None, "truncate_gradient": None, "weights": None, "return_seq": None,
    "mode": None, "input_dtype": None, "time_major": None, "sigma": "stddev", "poolsize": "pool_size",
    "pool_stride": "strides", "dropout": None,
}  # fmt: skip
SHAPE_ARGUMENTS = ("input_shape", "batch_input_shape", "input_dim", "input_length", "batch_size")

# Metrics that compare each number of the output with one of the target; they are made without an argument.
METRICS_OF_NUMBERS = (
    "Precision", "Recall", "AUC", "TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives",
)  # fmt: skip
