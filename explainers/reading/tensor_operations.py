"""Functions on tensors in keras.ops, keras.backend and tf: today's names, and what they do to a shape. No Keras here.

Of those with arguments that decide the shape, Keras' own compute_output_spec says it when the model is built.
"""

from __future__ import annotations

SWAP_FIRST = "Swap the last two axes of the operand, then multiply."  # where a flag of tf.matmul was meant
OF_TWO = ("multiply", "add", "subtract", "divide", "maximum", "minimum", "power", "floor_divide", "mod")
EACH = (  # number by number: the shape stays, or is what two shapes stretch to
    *OF_TWO,
    *("softmax", "log_softmax", "tanh", "sigmoid", "relu", "relu6", "elu", "selu", "gelu", "silu", "softplus"),
    *("softsign", "hard_sigmoid", "leaky_relu", "exp", "expm1", "log", "log1p", "sqrt", "rsqrt", "square", "abs"),
    *("sin", "cos", "sign", "floor", "ceil", "erf", "negative", "cumsum", "flip", "normalize"),
)
REDUCED = ("sum", "mean", "max", "min", "prod", "std", "var", "logsumexp", "any", "all", "argmax", "argmin", "norm")
SHAPED = {  # arguments behind the tensor, or behind the list of them
    "stack": ("axis",),
    "tile": ("repeats",),
    "repeat": ("repeats", "axis"),
    "broadcast_to": ("shape",),
    "one_hot": ("num_classes",),
    "pad": ("pad_width",),
    "moveaxis": ("source", "destination"),
    "roll": ("shift", "axis"),
    "image.extract_patches": ("size", "strides", "dilation_rate", "padding"),
    "image.resize": ("size",),
    "einsum": ("subscripts",),
}
KEPT = (  # of one tensor: other numbers in the same shape, which nothing here reads
    *("cast", "stop_gradient", "convert_to_tensor", "identity", "linear", "zeros_like", "ones_like", "clip"),
    *("clip_by_value", "dropout", "ensure_shape", "l2_normalize", "batch_normalization", "round"),
)
_ALIASES = {
    "pow": "power",
    "floordiv": "floor_divide",
    "floormod": "mod",
    "truediv": "divide",
    "swish": "silu",
    "reduce_min": "min",
    "reduce_prod": "prod",
    "reduce_std": "std",
    "reduce_logsumexp": "logsumexp",
    "extract_patches": "image.extract_patches",
    "resize": "image.resize",
    "reverse": "flip",
    "batch_dot": "",
}
NAMED = {  # arguments of tf, as keras.ops calls them
    "multiples": "repeats", "depth": "num_classes", "keep_dims": "keepdims", "sizes": "size", "paddings": "pad_width",
    "equation": "subscripts", "input_shape": "shape",
    "rates": "dilation_rate",
}  # fmt: skip
MORE = {
    **{name: name for name in (*EACH, *REDUCED, *SHAPED) if "." not in name},
    **_ALIASES,
}
KNOWN = (*EACH, *REDUCED, *SHAPED)  # as keras.ops has them
