"""What older versions called the arguments of layers and of methods."""

from __future__ import annotations

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
# Methods that took generators alone, and what takes both today.
OF_GENERATORS = {"fit_generator": "fit", "evaluate_generator": "evaluate", "predict_generator": "predict"}
# Arguments of fit, evaluate, predict and Model.
OF_METHODS: dict[str, str] = {
    "nb_epoch": "epochs", "samples_per_epoch": "steps_per_epoch", "nb_val_samples": "validation_steps",
    "val_samples": "steps", "input": "inputs", "output": "outputs",
}  # fmt: skip
