"""A layer as it stands in pasted code -> LayerSpec with today's names, and what was renamed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from explainers.core.layers.old_names import RENAMED
from explainers.core.layers.signatures import arguments_of
from explainers.core.spec import Argument, LayerSpec
from explainers.reading.literal import BY_NAME, SHAPE_ARGUMENTS, known, today_name

_COMMON = ("name", "dtype", "trainable", "data_format")
_OBJECTS = re.compile(r"(_initializer|_regularizer|_constraint)$|^(weights|activity_regularizer|cell|seed|kwargs)$")
_OLD_PADDING = {"full": "full"}
_OLD_FORMATS = {"th": "channels_first", "tf": "channels_last"}


@dataclass
class Written:
    """A layer written in code: its spec, its shape arguments, and what today's Keras writes differently."""

    spec: LayerSpec
    shape_arguments: dict[str, Argument] = field(default_factory=dict)
    renamed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)  # arguments that tf.keras never knew or today's Keras refuses


def modern(written_class: str, positional: list[Argument], named: dict[str, Argument], line: int) -> Written | None:
    """Translate one constructor call; None for a class that isn't whitelisted."""
    name = "TimeDistributedDense" if written_class == "TimeDistributedDense" else today_name(written_class)
    if name is None:
        return None
    if name == "TimeDistributedDense":
        inner = modern("Dense", positional, named, line)
        assert inner is not None
        inner.renamed.append("TimeDistributedDense(…) is TimeDistributed(Dense(…))")
        wrapper = LayerSpec("TimeDistributed", "", (("layer", inner.spec),), line)
        return Written(wrapper, inner.shape_arguments, inner.renamed, inner.removed)
    result = Written(LayerSpec(name, "", (), line))
    if name != written_class and written_class in _aliases(name):
        result.renamed.append(f"{written_class} is {name}")
    arguments: dict[str, Argument] = {}
    order = _old_order(written_class, name, positional)
    for i, value in enumerate(positional):
        if i < len(order):
            arguments[order[i]] = value
        else:
            arguments["*"] = (*_tuple(arguments.get("*", ())), value)
    for argument, value in named.items():
        _take(result, name, written_class, argument, value, arguments)
    _merge_rows(arguments, result)
    layer_name = arguments.pop("name", "")
    spec = LayerSpec(
        name, str(layer_name) if isinstance(layer_name, str) else "", tuple(_plain(arguments, name).items()), line
    )
    result.spec = spec
    return result


# What a program, its keras.json or the first line of its output says of the whole of it.
_IN_FRONT = re.compile(
    r"set_image_data_format\(\s{0,4}['\"]channels_first|set_image_dim_ordering\(\s{0,4}['\"]th|"
    r"\bimage_(?:data_format|dim_ordering)\b['\"`]?(?:\s{0,4}[:=]|\s(?:is|as|to|set to))\s{0,4}"
    r"['\"`]?(?:channels_first|th)\b"
)
_THEANO = re.compile(r"Using Theano backend|KERAS_BACKEND=theano|\bTheano version\b|theano_backend", re.IGNORECASE)
_COLORS_IN_FRONT = re.compile(r"(?:input_shape|\bshape)\s{0,3}=\s{0,3}\(\s{0,3}[13]\s{0,3},[^,()]{1,40},[^,()]{1,40}\)")
# What Keras says that the model takes or returns: (None, 3, 140, 140)
_MADE_IN_FRONT = re.compile(r"expected \w{1,60} to have shape \((?:None, ?)?[134], ?\d{2,5}, ?\d{2,5}\)")


def channels_first_throughout(text: str) -> bool:
    """Whether a text says that images have their channels in front, or is of Theano and declares them so."""
    if _IN_FRONT.search(text):
        return True
    return bool(_COLORS_IN_FRONT.search(text) and (_THEANO.search(text) or _MADE_IN_FRONT.search(text)))


def with_channels_first(written: Written) -> Written:
    """The layer as that setting makes it, where it has such an argument and doesn't say it itself."""
    facts = BY_NAME.get(written.spec.class_name)
    spatial = facts is not None and (facts.rank or 0) > 3 and "data_format" in arguments_of(facts.name)
    if spatial and written.spec.get("data_format") is None:
        written.spec = written.spec.but(data_format="channels_first")
    return written


def _aliases(name: str) -> tuple[str, ...]:
    rules = BY_NAME.get(name)
    return rules.old if rules else ()


def _tuple(value: Argument) -> tuple[Argument, ...]:
    return value if isinstance(value, tuple) else (value,)


def _old_order(written_class: str, name: str, positional: list[Argument]) -> tuple[str, ...]:
    """Keras 1 had Convolution2D(nb_filter, nb_row, nb_col) and LSTM(units, init, ...)."""
    rules = known(name)
    order = rules.order if rules else ()
    if (
        written_class in ("Convolution2D", "AtrousConvolution2D", "Deconvolution2D")
        and len(positional) >= 3
        and isinstance(positional[2], int)
    ):
        return ("filters", "nb_row", "nb_col", "kernel_initializer", "activation")
    if written_class == "Convolution3D" and len(positional) >= 4:
        return ("filters", "kernel_dim1", "kernel_dim2", "kernel_dim3")
    return order


def _take(
    result: Written, name: str, old_class: str, argument: str, value: Argument, arguments: dict[str, Argument]
) -> None:
    """One named argument: a shape argument, an old name, or today's."""
    group = BY_NAME[name].group if name in BY_NAME else ""
    if argument in ("input_shape", "batch_input_shape") or (argument in SHAPE_ARGUMENTS and group != "embedding"):
        result.shape_arguments[argument] = value
        if argument != "input_shape":
            result.removed.append(argument)
        return
    if argument == "input_length":
        result.shape_arguments[argument] = value
        result.renamed.append("input_length no longer exists: the Input says how many timesteps there are")
        return
    if argument == "batch_size" and group == "embedding":
        result.shape_arguments[argument] = value
        return
    if argument == "output_dim" and group != "embedding":
        result.renamed.append(f"output_dim is units ({name})")
        arguments["units"] = value
        return
    if argument in ("nb_row", "nb_col", "kernel_dim1", "kernel_dim2", "kernel_dim3"):
        arguments[argument] = value
        return
    if argument == "mode" and old_class in ("BatchNormalization", "Merge"):
        return
    if argument == "alpha" and name == "LeakyReLU":
        argument, new = "alpha", "negative_slope"
    elif argument in RENAMED and argument not in _allowed(name):
        new = RENAMED[argument] or ""
    else:
        arguments[argument] = value
        return
    result.renamed.append(f"{argument} is {new}" if new else f"{argument} no longer exists")
    if new:
        arguments[new] = _translated(new, value)


def _translated(argument: str, value: Argument) -> Argument:
    if argument == "data_format" and isinstance(value, str):
        return _OLD_FORMATS.get(value, value)
    return value


def _allowed(name: str) -> tuple[str, ...]:
    rules = BY_NAME.get(name)
    return (*rules.order, *rules.also, *_COMMON) if rules else ()


def _merge_rows(arguments: dict[str, Argument], result: Written) -> None:
    """nb_row=3, nb_col=3 -> kernel_size=(3, 3)."""
    parts = [
        arguments.pop(key)
        for key in ("nb_row", "nb_col", "kernel_dim1", "kernel_dim2", "kernel_dim3")
        if key in arguments
    ]
    if parts:
        arguments["kernel_size"] = tuple(parts)
        result.renamed.append("nb_row, nb_col are kernel_size=(rows, columns)")


def _plain(arguments: dict[str, Argument], name: str) -> dict[str, Argument]:
    """Only literals go into a spec. Initialisers, regularisers and the like don't change a shape: left out."""
    return {
        key: value for key, value in arguments.items() if not _OBJECTS.search(key) or (key == "cell" and name == "RNN")
    }
