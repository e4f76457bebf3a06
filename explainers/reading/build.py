"""ModelSpec -> live keras.Model, and the checks with data made live. Only a worker imports this module.

Every class comes from a whitelist, every argument is a literal, every name is explicit, and the cost is known
before anything is allocated. Data are zeros of the pasted shapes.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from explainers.core.layers import QUERY_AND_VALUE, operations
from explainers.core.spec import (
    PADDED,
    Argument,
    CallSpec,
    Check,
    InputSpec,
    LayerSpec,
    ModelSpec,
    NumpyInt,
    Ref,
    Sizes,
)
from explainers.reading.backbones import is_backbone
from explainers.reading.batches import KERAS_BATCH, takes_all
from explainers.reading.build_backbone import backbone
from explainers.reading.literal import BY_NAME, METRICS_OF_NUMBERS
from explainers.reading.shapes import number, space, spread, too_big, too_many, walk, weights_of

LARGE = 2_000_000  # weights of one layer beyond which random starts cost more than they show
MOST_VALUES = 20_000_000  # numbers in one array that is fed
MOST_SAMPLES = 64  # samples that are fed; a whole data set isn't needed to see a shape
_LOSSES = (
    "mse",
    "mae",
    "mean_squared_error",
    "mean_absolute_error",
    "categorical_crossentropy",
    "binary_crossentropy",
    "sparse_categorical_crossentropy",
    "kl_divergence",
    "huber",
    "poisson",
    "cosine_similarity",
    "hinge",
)


class TooBig(ValueError):
    """The model or the data would cost more than is allowed here; the sentence says what."""


class Constant(keras.layers.Layer):
    """An array of the text, zeros here: the same for every sample."""

    def __init__(self, shape: Sizes, name: str) -> None:
        super().__init__(name=name)
        self.held = tuple(n or 1 for n in shape)

    def call(self, inputs: Any) -> Any:
        """What goes in says nothing but when it is needed."""
        return keras.ops.zeros(self.held)


class Weighted(keras.layers.Layer):
    """One weight of a fixed shape, combined with the input: what ``x * self.W`` does in a pasted class.

    words: what the operation is told in front of its operands.
    """

    def __init__(self, operation: str, shape: Sizes, first: bool, name: str, words: Sequence[str] = ()) -> None:
        super().__init__(name=name)
        self.operation, self.weight_shape, self.first, self.words = operation, shape, first, tuple(words)

    def build(self, input_shape: Sizes) -> None:
        """The weight doesn't depend on the input's shape: it is the shape in the pasted text."""
        self.w = self.add_weight(shape=self.weight_shape, initializer="ones", name="w")

    def call(self, inputs: Any) -> Any:
        """Combine; Keras refuses shapes that don't broadcast."""
        apply = getattr(keras.ops, self.operation)
        return apply(*self.words, *((self.w, inputs) if self.first else (inputs, self.w)))


def build(spec: ModelSpec, stands_in: bool = False, numbers: bool = True) -> keras.Model:
    """The live model, without its checks. Raises what Keras raises, and TooBig before it gets expensive.

    stands_in: in place of each backbone a layer that takes and gives the same shapes, so that the model can run.
    numbers=False: who calls sees to it that the weights get shapes and no numbers, which may be many more then.
    """
    refuse_big(spec, numbers)
    made: dict[Ref, Any] = {Ref("input", i): _input(tensor) for i, tensor in enumerate(spec.inputs)}
    layers: dict[int, Any] = {}
    for layer in spec.layers:
        if layer.class_name == "Concatenate":
            keras.layers.Concatenate()  # Keras joins masks by an operation that it would give the same name
    heavy = {
        spec.calls[i].layer
        for i, shapes, _ in walk(spec)
        if weights_of(spec.layers[spec.calls[i].layer], shapes) > LARGE
    }
    for i, call in enumerate(spec.calls):
        if call.layer not in layers:
            layers[call.layer] = _layer(spec.layers[call.layer], call.layer in heavy, stands_in)
        for k, tensor in enumerate(_several(_call(layers[call.layer], spec.layers[call.layer], call, made))):
            made[Ref("call", i, k)] = tensor
    outputs = [made[ref] for ref in spec.outputs if ref in made]
    inputs = [made[Ref("input", i)] for i in range(len(spec.inputs))]
    whole = all(isinstance(layer, keras.layers.Layer) for layer in layers.values())
    if spec.sequential and len(inputs) == 1 and whole:
        return keras.Sequential([inputs[0], *[layers[c.layer] for c in spec.calls]], name="model")
    return keras.Model(
        inputs if len(inputs) != 1 else inputs[0], outputs if len(outputs) != 1 else outputs[0], name="model"
    )


def run_alone(check: Check) -> None:
    """A check that needs no model. One that fails raises Keras' or NumPy's own error."""
    if check.kind in _ALONE:
        _ALONE[check.kind](check)


def run_check(model: keras.Model, check: Check) -> None:
    """One check with data. One that fails raises Keras' own error."""
    if check.kind in _WITH_MODEL:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="The model does not have any trainable weights")  # it is no loss
            _WITH_MODEL[check.kind](model, check)


def refuse_big(spec: ModelSpec, numbers: bool = True) -> None:
    """Raise TooBig where the model would cost too much."""
    why = too_big(spec) if numbers else too_many(spec)
    if why:
        raise TooBig(why)


def _input(tensor: InputSpec) -> Any:
    dtype = "int32" if tensor.dtype.startswith("int") else "bool" if tensor.dtype == "bool" else "float32"
    return keras.Input(batch_shape=tensor.shape, name=tensor.name, dtype=dtype)


def _several(outputs: Any) -> list[Any]:
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def _call(layer: Any, spec: LayerSpec, call: CallSpec, made: dict[Ref, Any]) -> Any:
    inputs = [made[ref] for ref in call.inputs]
    states = [made[ref] for ref in call.states]
    if spec.class_name.startswith("ops."):
        return layer(inputs)
    if is_backbone(spec):
        return layer(inputs[0])
    group = BY_NAME[spec.class_name].group
    if group == "attention":
        seen_by = {"attention_mask": made[call.mask]} if call.mask is not None else {}
        return layer(*inputs, **seen_by) if spec.class_name in QUERY_AND_VALUE else layer(inputs)
    value = inputs if group == "merge" or len(inputs) > 1 else inputs[0]
    given: dict[str, Any] = {"initial_state": states} if states else {}
    if call.mask is not None:
        given["mask"] = made[call.mask]
    return layer(value, **given)


def _layer(spec: LayerSpec, heavy: bool, stands_in: bool = False) -> Any:
    """One live layer (or operation). Large ones start from zeros: their values aren't what is shown."""
    if spec.class_name.startswith("ops."):
        return _named(_operation(spec), spec.name)
    if is_backbone(spec):
        return backbone(spec, stands_in)
    if spec.class_name not in BY_NAME:
        raise ValueError(f"{spec.class_name} isn't a layer that this app knows.")
    arguments, extra = _arguments(spec), spec.get("*")
    if heavy:
        arguments |= _zeros(spec)
    cls = getattr(keras.layers, spec.class_name)
    if arguments.get("padding") == "full":
        return _full(cls, spec, arguments)
    if isinstance(extra, tuple):  # more positional arguments than the class has: Keras says so itself
        order = [arguments.pop(key) for key in BY_NAME[spec.class_name].order if key in arguments]
        return cls(*order, *extra, **arguments)
    return cls(**arguments)


def _arguments(spec: LayerSpec) -> dict[str, Any]:
    made: dict[str, Any] = {"name": spec.name} if spec.name else {}
    for key, value in spec.arguments:
        if key == "unroll" or key == "*":
            continue
        made[key] = _live(value)
    return made


def _live(value: Argument) -> Any:
    if isinstance(value, LayerSpec):
        return operations.ones(value.get("shape")) if value.class_name == operations.ONES else _layer(value, False)
    if isinstance(value, tuple):
        made = [_live(part) for part in value]
        return made if any(isinstance(part, LayerSpec) for part in value) else tuple(made)
    return np.int64(value) if isinstance(value, NumpyInt) else value


def _zeros(spec: LayerSpec) -> dict[str, Any]:
    group = BY_NAME[spec.class_name].group
    if group == "embedding":
        return {"embeddings_initializer": "zeros"}
    if group in ("rnn", "conv_rnn"):
        return {"kernel_initializer": "zeros", "recurrent_initializer": "zeros"}
    return {"kernel_initializer": "zeros"} if group in ("dense", "conv") and "Separable" not in spec.class_name else {}


def _full(cls: Any, spec: LayerSpec, arguments: dict[str, Any]) -> Callable[[Any], Any]:
    """border_mode="full" of Keras 0 and 1: zeros on both sides, then "valid"."""
    rank = space(spec.class_name)
    border = tuple(k - 1 for k in spread(spec.get("kernel_size"), rank))
    pad = getattr(keras.layers, f"ZeroPadding{rank}D")(border[0] if rank == 1 else border, name=f"{spec.name}_border")
    layer = cls(**{**arguments, "padding": "valid"})
    return lambda tensor: layer(pad(tensor))


def _named(operation: Callable[[list[Any]], Any], name: str) -> Callable[[list[Any]], Any]:
    """The operation under a name that no layer has: those that Keras counts up itself may be taken."""
    names = (name if i == 0 else f"{name}_call_{i}" for i in count())

    def call(inputs: list[Any]) -> Any:
        made = operation(inputs)
        history = getattr(_several(made)[0], "_keras_history", None)
        if history is not None and not isinstance(history.operation, keras.layers.Layer):
            history.operation.name = next(names)
        return made

    return call


def _operation(spec: LayerSpec) -> Callable[[list[Any]], Any]:
    name = spec.class_name.removeprefix("ops.")
    shape = spec.get("shape")
    if name == "constant" and isinstance(shape, tuple):
        held = Constant(tuple(number(n) for n in shape), spec.name)
        return lambda inputs: held(inputs[0])
    if not operations.is_known(spec.class_name):
        raise ValueError(f"{name} isn't an operation that this app knows.")
    weight = spec.get("weight")
    if isinstance(weight, tuple):
        words = [str(spec.get("subscripts"))] if name == "einsum" else []
        sizes = tuple(None if n is None else number(n) for n in weight)
        layer = Weighted(name, sizes, spec.get("weight_first") is True, spec.name, words)
        return lambda inputs: layer(inputs[0])
    known = operations.operations()[spec.class_name]["call"]
    arguments = {key: _live(value) for key, value in spec.arguments if key in known}
    return lambda inputs: operations.applied(spec.class_name, inputs, arguments)


# -- data, targets, weights ----------------------------------------------------------------------------------


def zeros(sizes: Sizes, samples: int | None = MOST_SAMPLES, dtype: str = "float32") -> NDArray[Any]:
    """Zeros of a pasted shape; more samples than are needed to see a shape are left out."""
    whole = [1 if n is None else n for n in sizes]
    if whole and samples is not None:
        whole[0] = min(whole[0], samples)
    if math.prod(whole) > MOST_VALUES:
        raise TooBig(f"An array of {math.prod(whole):,} numbers is more than this app feeds.")
    return np.zeros(whole, dtype)


def samples_fed(spec: ModelSpec, check: Check) -> int:
    """How many samples a check feeds: a fixed batch whole."""
    fixed = spec.inputs[0].shape[0] if spec.inputs and spec.inputs[0].shape else None
    asked = max((sizes[0] or 1 for sizes in (*check.shapes, *check.targets) if sizes), default=1)
    return max(fixed, asked) if fixed is not None else min(asked, _samples(check))


def _samples(check: Check) -> int:
    """As many samples as can be fed: a shape shows with one of them, too."""
    one = max((math.prod(n or 1 for n in sizes[1:]) for sizes in (*check.shapes, *check.targets)), default=1)
    return max(1, min(MOST_SAMPLES, MOST_VALUES // max(one, 1)))


def _batch(model: Any, check: Check) -> int | None:
    """The batch_size for fit and predict: the text's; for a fixed batch Keras' own where code gives none."""
    fixed: int | None = model.inputs[0].shape[0]
    if check.batch_size:
        return check.batch_size if check.batch_size <= 4096 else fixed
    return KERAS_BATCH if fixed is not None and check.line is not None and check.batch_size is None else fixed


def _whole_and_rest(check: Check, batch: int) -> int | None:
    """Fewer samples for a model with a fixed batch: some whole batches, and the rest that all of them leave."""
    samples = check.shapes[0][0] if check.shapes and check.shapes[0] else None
    return samples % batch + batch * -(-MOST_SAMPLES // batch) if samples else None


def _fed(model: Any, check: Check) -> list[NDArray[Any]]:
    batch = model.inputs[0].shape[0]
    samples = _samples(check) if batch is None else _whole_and_rest(check, batch)
    weights = () if check.weights is None else (check.weights,)
    rows = {sizes[0] for sizes in (*check.shapes, *check.targets, *weights) if sizes} - {None}
    if len(rows) > 1:
        samples = None  # the numbers of samples disagree: that is the point
    if not check.shapes:
        return [
            zeros(tuple(2 if n is None else n for n in (check.targets[0][0], *tensor.shape[1:])), samples)
            for tensor in model.inputs
        ]
    first = next(iter(rows)) if len(rows) == 1 else None
    x = [zeros((first, *sizes[1:]) if sizes[:1] == (None,) else sizes, samples) for sizes in check.shapes]
    masks = [i for i, tensor in enumerate(model.inputs) if str(tensor.dtype) == "bool" and i < len(x)]
    return [np.ones_like(array, bool) if i in masks else array for i, array in enumerate(x)]


def _fit(model: Any, check: Check) -> None:
    """One pass of training on zeros: the losses compare their targets, and so do metrics of one output."""
    several = len(check.targets) > 1
    if check.loss_keys or check.target_keys:
        _fit_by_names(model, check)
        return
    if several and len(check.losses) != len(model.outputs):
        _predict(model, check)
        return
    if check.output is not None:
        eager, model = model.run_eagerly, keras.Model(model.inputs, model.outputs[check.output])
        model.run_eagerly = eager
    x = _with_ids(model, check, _fed(model, check))
    samples = len(x[0]) if x and x[0].ndim else None
    given = (*check.shapes, *check.targets, *(() if check.weights is None else (check.weights,)))
    agree = len({sizes[0] for sizes in given if sizes} - {None}) <= 1
    y = [_rows(sizes, samples, agree) for sizes in check.targets]
    loss = loss_of(check)
    if loss.startswith("sparse"):
        y = [np.full(target.shape, check.label or 0, "int32") for target in y]
    each: Any = [name if name in _LOSSES else "mse" for name in check.losses] if several else loss
    if check.ignored is not None:
        each = keras.losses.SparseCategoricalCrossentropy(ignore_class=check.ignored)
    y = [target.astype("int32") if several and each[i].startswith("sparse") else target for i, target in enumerate(y)]
    metrics = (
        None if several else [getattr(keras.metrics, name)() for name in check.metrics if name in METRICS_OF_NUMBERS]
    )
    weights = None if check.weights is None else _rows(check.weights, samples, agree)
    data, batch = (_by_their_keys(check, x), y if len(y) > 1 else y[0]), _batch(model, check)

    def compiled() -> Any:
        model.compile(loss=each, optimizer="sgd", metrics=metrics, jit_compile=False, run_eagerly=model.run_eagerly)
        return model

    if weights is not None or not takes_all(compiled(), data, batch):
        compiled().fit(*data, sample_weight=weights, epochs=1, verbose=0, batch_size=batch)


def _fit_by_names(model: Any, check: Check) -> None:
    """Losses and targets by the names of the text: where no output has them, Keras says so."""
    x = _fed(model, check)
    y = [_rows(sizes, len(x[0]), True) for sizes in check.targets]
    losses = [name if name in _LOSSES else "mse" for name in check.losses]
    y = [target.astype("int32") if losses[i].startswith("sparse") else target for i, target in enumerate(y)]
    loss: Any = dict(zip(check.loss_keys, losses, strict=False)) if check.loss_keys else losses
    targets: Any = dict(zip(check.target_keys, y, strict=False)) if check.target_keys else y
    model.compile(loss=loss, optimizer="sgd", jit_compile=False, run_eagerly=model.run_eagerly)
    model.fit(_by_their_keys(check, x), targets, epochs=1, verbose=0)


def _rows(sizes: Sizes, samples: int | None, agree: bool) -> NDArray[Any]:
    """Targets or weights: as many rows as the data, where the text doesn't say that they are others."""
    return zeros((samples, *sizes[1:]) if sizes[:1] == (None,) else sizes, samples if agree else None)


def loss_of(check: Check) -> str:
    """The loss of the text; another one compares shapes as "mse" does."""
    return check.loss if check.loss in _LOSSES else "mse"


def _predict(model: Any, check: Check) -> None:
    x = _with_ids(model, check, _fed(model, check))
    data, batch = _by_their_keys(check, x), _batch(model, check)
    if not takes_all(model, (data,), batch):
        model.predict(data, verbose=0, batch_size=batch)


def _by_their_keys(check: Check, x: list[NDArray[Any]]) -> Any:
    """The arrays as the text gives them: one, a list, or a dict."""
    if check.keys:
        return dict(zip(check.keys, x, strict=False))
    return x if len(x) > 1 else x[0]


def _with_ids(model: Any, check: Check, x: list[NDArray[Any]]) -> list[NDArray[Any]]:
    """The largest of the whole numbers that the text gives, which may be ids, instead of zeros."""
    if check.number is not None and len(x) == 1:
        return [np.full(x[0].shape, check.number, "int32" if "int" in str(model.inputs[0].dtype) else x[0].dtype)]
    return x


def _attribute(model: Any, check: Check) -> None:
    """A method, a class or an argument that older versions had: today's Keras says that it is missing."""
    if check.text == "argument":
        given: dict[str, Any] = {check.layer: 1}
        keras.Model(**given) if check.layer in ("input", "output") else model.fit(None, None, **given)
    owner = keras.layers if check.text == "module" else model
    if not hasattr(owner, check.layer):
        getattr(owner, check.layer)


def _weights(model: Any, check: Check) -> None:
    if any(None in sizes for sizes in check.shapes):
        return  # a size that isn't known here accuses nobody
    model.get_layer(check.layer).set_weights([zeros(sizes, None) for sizes in check.shapes])


def _ids(model: Any, check: Check) -> None:
    """An id put through the Embedding. On a CPU Keras refuses an id outside the vocabulary."""
    model(np.array([[check.number or 0]], "int32"))


def _unpack(model: Any, check: Check) -> None:
    """Call the layer on zeros and take its outputs apart, as the pasted line does."""
    layer = model.get_layer(check.layer)
    if check.number == 1 or isinstance(layer, _ATTENDS):  # a tensor without numbers says so in a line
        _apart(layer.output, check.number)
        return
    shape = layer.input.shape if not isinstance(layer.input, list) else layer.input[0].shape
    outputs = layer(zeros(tuple(5 if n is None else n for n in shape)))  # a tensor of two samples can be unpacked
    _apart(outputs, check.number)


_ATTENDS = (keras.layers.Attention, keras.layers.AdditiveAttention, keras.layers.MultiHeadAttention)


def _apart(outputs: Any, names: int | None) -> None:
    """As many names on the left; a single one is read by a layer."""
    if names == 1 and isinstance(outputs, list | tuple):
        keras.layers.Dense(1, name="the_layer_that_reads_them")(outputs)
    elif names == 2:
        _, _ = outputs
    elif names == 3:
        _, _, _ = outputs
    elif names == 4:
        _, _, _, _ = outputs
    elif names == 5:
        _, _, _, _, _ = outputs


def _bare_input(check: Check) -> None:
    keras.Input(shape=check.number)


def _reshape(check: Check) -> None:
    """NumPy's own refusal. A view of one zero: nothing is allocated for a shape that doesn't fit."""
    before, after = check.shapes
    total = math.prod(n or 1 for n in before)
    if total > 10**9:
        raise TooBig(f"An array of {total:,} numbers is more than this app makes.")
    wanted = tuple(-1 if n is None else n for n in after)
    if math.prod(abs(n) for n in wanted) == total:
        return
    np.broadcast_to(np.int8(0), tuple(n or 1 for n in before)).reshape(wanted)


def _values(check: Check) -> None:
    """NumPy's own refusal of operands, or of rows of different lengths."""
    if len(check.shapes) == 2:
        np.broadcast_shapes(*[tuple(n or 1 for n in sizes) for sizes in check.shapes])
        return
    rows = [[0] * 3, [0] * 2]
    np.array(keras.utils.pad_sequences(rows) if check.text == PADDED else rows, dtype="float32")


_ALONE: dict[str, Callable[[Check], None]] = {"input": _bare_input, "reshape": _reshape, "values": _values}
_WITH_MODEL: dict[str, Callable[[Any, Check], None]] = {
    "fit": _fit,
    "predict": _predict,
    "weights": _weights,
    "ids": _ids,
    "attribute": _attribute,
    "unpack": _unpack,
}
