"""What is known of each layer class: its names in all eras, its arguments in order, its axes. No Keras here."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """One whitelisted layer class.

    order: the constructor's positional arguments today. rank: axes of its input, batch included (None: any).
    least: whether `rank` is only the smallest allowed. axes: the names of the input's axes.
    made: the name of the last axis of its output. old: names of earlier eras.
    """

    name: str
    group: str
    order: tuple[str, ...] = ()
    rank: int | None = None
    least: bool = False
    axes: tuple[str, ...] = ()
    made: str = ""
    old: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # further arguments that today's class takes


_RNN = ("batch", "timesteps", "features")
_CONV = {
    1: ("batch", "steps", "channels"),
    2: ("batch", "rows", "columns", "channels"),
    3: ("batch", "depth", "rows", "columns", "channels"),
}
_CONV_ARGS = ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "groups", "activation")
_POOL_ARGS = ("pool_size", "strides", "padding", "data_format")
_WEIGHT_ARGS = (
    "use_bias", "kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
    "activity_regularizer", "kernel_constraint", "bias_constraint",
)  # fmt: skip
_RNN_ARGS = (
    *_WEIGHT_ARGS, "activation", "recurrent_activation", "recurrent_initializer", "recurrent_regularizer",
    "recurrent_constraint", "dropout", "recurrent_dropout", "return_sequences", "return_state", "go_backwards",
    "stateful", "unroll", "reset_after", "unit_forget_bias", "seed", "use_cudnn", "zero_output_for_mask",
)  # fmt: skip
_NORMAL = ("center", "scale", "momentum", "epsilon", "axis", "gamma_initializer", "beta_initializer")


def _conv(rank: int, *old: str) -> Known:
    return Known(f"Conv{rank}D", "conv", _CONV_ARGS, rank + 2, True, _CONV[rank], "filters", old, _WEIGHT_ARGS)


def _pool(word: str, rank: int) -> Known:
    return Known(f"{word}Pooling{rank}D", "pool", _POOL_ARGS, rank + 2, False, _CONV[rank], "channels",
                 (f"{word}Pool{rank}D",))  # fmt: skip


def _global(word: str, rank: int) -> Known:
    return Known(f"Global{word}Pooling{rank}D", "global_pool", ("data_format", "keepdims"), rank + 2, False,
                 _CONV[rank], "channels", (f"Global{word}Pool{rank}D",))  # fmt: skip


def _merge(name: str, *order: str) -> Known:
    return Known(name, "merge", order)


KNOWN: tuple[Known, ...] = (
    Known("Dense", "dense", ("units", "activation", "use_bias"), 2, True, ("batch", "features"), "units",
          also=_WEIGHT_ARGS),
    Known("LSTM", "rnn", ("units", "activation", "recurrent_activation", "use_bias"), 3, False, _RNN, "units",
          ("CuDNNLSTM",), _RNN_ARGS),
    Known("GRU", "rnn", ("units", "activation", "recurrent_activation", "use_bias"), 3, False, _RNN, "units",
          ("CuDNNGRU",), _RNN_ARGS),
    Known("SimpleRNN", "rnn", ("units", "activation", "use_bias"), 3, False, _RNN, "units", (), _RNN_ARGS),
    Known("RNN", "rnn_wrapper", ("cell", "return_sequences", "return_state", "go_backwards", "stateful", "unroll"), 3,
          False, _RNN, "units", ("StackedRNN",)),
    Known("LSTMCell", "cell", ("units", "activation", "recurrent_activation", "use_bias"), also=_RNN_ARGS),
    Known("GRUCell", "cell", ("units", "activation", "recurrent_activation", "use_bias"), also=_RNN_ARGS),
    Known("SimpleRNNCell", "cell", ("units", "activation", "use_bias"), also=_RNN_ARGS),
    Known("ConvLSTM1D", "conv_rnn", ("filters", "kernel_size", "strides", "padding"), 4, False,
          ("batch", "timesteps", "steps", "channels"), "filters", (), (*_RNN_ARGS, *_CONV_ARGS)),
    Known("ConvLSTM2D", "conv_rnn", ("filters", "kernel_size", "strides", "padding"), 5, False,
          ("batch", "timesteps", "rows", "columns", "channels"), "filters", ("ConvLSTM",), (*_RNN_ARGS, *_CONV_ARGS)),
    Known("Bidirectional", "wrapper", ("layer", "merge_mode", "weights", "backward_layer"), 3, False, _RNN, "units"),
    Known("TimeDistributed", "wrapper", ("layer",), 3, True, ("batch", "timesteps", "features"), "units"),
    Known("Embedding", "embedding", ("input_dim", "output_dim", "embeddings_initializer"), 2, True,
          ("batch", "timesteps"), "output_dim", (), ("mask_zero", "embeddings_regularizer", "embeddings_constraint")),
    _conv(1, "Convolution1D", "AtrousConvolution1D", "AtrousConv1D"),
    _conv(2, "Convolution2D", "AtrousConvolution2D", "AtrousConv2D"),
    _conv(3, "Convolution3D"),
    Known("SeparableConv1D", "conv", _CONV_ARGS, 3, True, _CONV[1], "filters", ("SeparableConvolution1D",),
          ("depth_multiplier", *_WEIGHT_ARGS)),
    Known("SeparableConv2D", "conv", _CONV_ARGS, 4, True, _CONV[2], "filters", ("SeparableConvolution2D",),
          ("depth_multiplier", *_WEIGHT_ARGS)),
    Known("DepthwiseConv1D", "conv", ("kernel_size", "strides", "padding", "depth_multiplier"), 3, True, _CONV[1],
          "channels", (), (*_CONV_ARGS, *_WEIGHT_ARGS)),
    Known("DepthwiseConv2D", "conv", ("kernel_size", "strides", "padding", "depth_multiplier"), 4, True, _CONV[2],
          "channels", (), (*_CONV_ARGS, *_WEIGHT_ARGS)),
    Known("Conv1DTranspose", "conv", ("filters", "kernel_size", "strides", "padding"), 3, True, _CONV[1], "filters",
          (), (*_CONV_ARGS, "output_padding", *_WEIGHT_ARGS)),
    Known("Conv2DTranspose", "conv", ("filters", "kernel_size", "strides", "padding"), 4, True, _CONV[2], "filters",
          ("Deconvolution2D", "Deconv2D", "Convolution2DTranspose"), (*_CONV_ARGS, "output_padding", *_WEIGHT_ARGS)),
    Known("Conv3DTranspose", "conv", ("filters", "kernel_size", "strides", "padding"), 5, True, _CONV[3], "filters",
          ("Deconvolution3D", "Deconv3D"), (*_CONV_ARGS, "output_padding", *_WEIGHT_ARGS)),
    _pool("Max", 1), _pool("Max", 2), _pool("Max", 3),
    _pool("Average", 1), _pool("Average", 2), _pool("Average", 3),
    _global("Max", 1), _global("Max", 2), _global("Max", 3),
    _global("Average", 1), _global("Average", 2), _global("Average", 3),
    Known("ZeroPadding1D", "pad", ("padding",), 3, False, _CONV[1], "channels"),
    Known("ZeroPadding2D", "pad", ("padding", "data_format"), 4, False, _CONV[2], "channels"),
    Known("ZeroPadding3D", "pad", ("padding", "data_format"), 5, False, _CONV[3], "channels"),
    Known("Cropping1D", "crop", ("cropping",), 3, False, _CONV[1], "channels"),
    Known("Cropping2D", "crop", ("cropping", "data_format"), 4, False, _CONV[2], "channels"),
    Known("Cropping3D", "crop", ("cropping", "data_format"), 5, False, _CONV[3], "channels"),
    Known("UpSampling1D", "up", ("size",), 3, False, _CONV[1], "channels"),
    Known("UpSampling2D", "up", ("size", "data_format", "interpolation"), 4, False, _CONV[2], "channels"),
    Known("UpSampling3D", "up", ("size", "data_format"), 5, False, _CONV[3], "channels"),
    Known("Flatten", "flatten", ("data_format",), 1, True, (), "values"),
    Known("Reshape", "reshape", ("target_shape",)),
    Known("Permute", "permute", ("dims",)),
    Known("RepeatVector", "repeat", ("n",), 2, False, ("batch", "features"), "features"),
    Known("Activation", "same", ("activation",)),
    Known("Dropout", "same", ("rate", "noise_shape", "seed")),
    Known("SpatialDropout1D", "same", ("rate",), 3, False, _CONV[1], "channels"),
    Known("SpatialDropout2D", "same", ("rate", "data_format"), 4, False, _CONV[2], "channels"),
    Known("SpatialDropout3D", "same", ("rate", "data_format"), 5, False, _CONV[3], "channels"),
    Known("AlphaDropout", "same", ("rate",)),
    Known("GaussianNoise", "same", ("stddev",)),
    Known("GaussianDropout", "same", ("rate",)),
    Known("ActivityRegularization", "same", ("l1", "l2")),
    Known("Masking", "same", ("mask_value",)),
    Known("LeakyReLU", "same", ("negative_slope",)),
    Known("ReLU", "same", ("max_value", "negative_slope", "threshold")),
    Known("ELU", "same", ("alpha",)),
    Known("Softmax", "same", ("axis",)),
    Known("PReLU", "prelu", ("alpha_initializer",), also=("shared_axes",)),
    Known("BatchNormalization", "norm", ("axis", "momentum", "epsilon", "center", "scale"), also=_NORMAL),
    Known("LayerNormalization", "norm", ("axis", "epsilon", "center", "scale"), also=_NORMAL),
    Known("UnitNormalization", "same", ("axis",)),
    Known("Rescaling", "same", ("scale", "offset")),
    Known("Attention", "attention", ("use_scale", "score_mode", "dropout")),
    Known("AdditiveAttention", "attention", ("use_scale", "dropout")),
    Known("MultiHeadAttention", "attention", ("num_heads", "key_dim", "value_dim", "dropout", "use_bias"),
          also=("output_shape", "attention_axes", "kernel_initializer", "bias_initializer")),
    _merge("Concatenate", "axis"), _merge("Add"), _merge("Subtract"), _merge("Multiply"), _merge("Average"),
    _merge("Maximum"), _merge("Minimum"), _merge("Dot", "axes", "normalize"),
    Known("EinsumDense", "einsum", ("equation", "output_shape", "activation", "bias_axes"), also=_WEIGHT_ARGS),
)  # fmt: skip

BY_NAME: dict[str, Known] = {known.name: known for known in KNOWN}
_ALIASES: dict[str, str] = {old: known.name for known in KNOWN for old in known.old}
_MERGE_FUNCTIONS = {name.lower(): name for name in
                    ("Concatenate", "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Dot")}  # fmt: skip


def flat_name(text: str) -> str:
    """``"max_pooling1d"`` and ``"MaxPooling1D"`` become the same ``"maxpooling1d"``."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


_FLAT: dict[str, str] = {flat_name(name): name for name in (*BY_NAME, *_ALIASES)}
_FLAT |= {"inputlayer": "InputLayer", "input": "InputLayer", "maxpool": "MaxPooling2D", "bilstm": "Bidirectional"}
_MODELS = {"sequential": "Sequential", "model": "Functional", "functional": "Functional"}


def known(name: str) -> Known | None:
    """The class by today's or an older name; None where it isn't one of ours."""
    return BY_NAME.get(_ALIASES.get(name, name))


def today_name(name: str) -> str | None:
    """``"Convolution1D"`` -> ``"Conv1D"``; lower-case merge functions too (``add`` -> ``Add``)."""
    found = known(name)
    return found.name if found else _MERGE_FUNCTIONS.get(name)


def class_of(layer_name: str) -> str | None:
    """The class that Keras named this layer after: ``lstm_1_input``, ``bidirectional_7``, ``conv1d_1/convolution``.

    Model names give "Sequential" or "Functional". None where the name was chosen by a person. In a path the layer
    stands before its operations (conv1d_1/convolution/Conv2D), behind the model (sequential/lstm_1).
    """
    found = [_class_of_part(part) for part in layer_name[:200].split("/")]
    layers = [name for name in found if name and name not in _MODELS.values()]
    cells = [name for name in layers if name.endswith("Cell")]
    if layers[:1] == ["RNN"] and cells:  # rnn/while/.../lstm_cell: the loop stands before what it calls
        return cells[0]
    return layers[0] if layers else next((name for name in found if name), None)


_NUMBERS = re.compile(r"(?<!\d)(?:_\d|(?<!_)\d)(?:_?\d)*+$")  # the "_1_2" at the end of a name


def _class_of_part(part: str) -> str | None:
    cell = re.search(r"(?:^|_)(lstm|gru|simple_rnn)_cell(?:_\d{1,9})?$", part)
    if cell:
        return {"lstm": "LSTMCell", "gru": "GRUCell"}.get(cell[1], "SimpleRNNCell")
    bare = _NUMBERS.sub("", re.sub(r"_input(_\d{1,6})?$", "", part))
    for candidate in (part, re.sub(r"_\d{1,9}$", "", part), bare):
        flat = flat_name(candidate)
        if flat in _FLAT and len(flat) > 2:
            return today_name(_FLAT[flat]) or _FLAT[flat]
    return _MODELS.get(bare.lower())


def is_input_name(layer_name: str) -> bool:
    """Whether the name is that of an input: ``lstm_1_input``, ``lstm_input_1``, ``input_3``."""
    return bool(re.search(r"(^|_)input(_|layer|\d|$)", layer_name[:200].lower()))


def axis_names(class_name: str | None, rank: int) -> tuple[str, ...]:
    """The names of a layer input's axes at this rank; "unknown" where the rank fits no rule."""
    found = BY_NAME.get(class_name or "")
    if rank == 0:
        return ()
    if found is None or not found.axes:
        return ("batch", *["unknown"] * (rank - 1))
    if len(found.axes) == rank:
        return found.axes
    if found.group == "dense" and rank > 2:
        return ("batch", *["unknown"] * (rank - 2), "features")
    if found.group == "embedding" and rank > 2:
        return ("batch", "timesteps", *["unknown"] * (rank - 2))
    return ("batch", *["unknown"] * (rank - 1))


def output_names(class_name: str | None, rank: int) -> tuple[str, ...]:
    """The names of a layer output's axes: an LSTM's are batch, (timesteps,) units."""
    found = BY_NAME.get(class_name or "")
    if found is None or not found.made or rank < 2:
        return ("batch", *["unknown"] * (rank - 1))[:rank]
    middle = found.axes[1:-1] if len(found.axes) == rank else ("timesteps",) if rank == 3 else ("unknown",) * (rank - 2)
    if found.group == "embedding":
        middle = ("timesteps",) if rank == 3 else ("unknown",) * (rank - 2)
    return ("batch", *middle, found.made)


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
    "pool_stride": "strides",
}  # fmt: skip
SHAPE_ARGUMENTS = ("input_shape", "batch_input_shape", "input_dim", "input_length", "batch_size")
