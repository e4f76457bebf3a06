"""Run a build while watching it: what it may cost, which layer was called last, what stood when it failed."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras
from keras.src.backend.common import global_state

from explainers.core.limits import CostError, Limits

# QR of an (n, k × n) matrix, which Orthogonal runs. Measured on one core: 1.6e10 multiplications a second and more;
# half of that, because several requests share the cores.
_QR_SPEED = 8e9


@dataclass
class BuildLog:
    """What happened while a model was built. `failed` is the outermost layer call that raised."""

    model: Any = None
    inputs: list[Any] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)  # of every layer call, in order
    failed: tuple[Any, list[Any], dict[str, Any]] | None = None  # layer, symbolic inputs, keyword arguments
    error: Exception | None = None
    weights: int = 0
    seconds: float = 0.0  # estimated, for making the weights
    depth: int = 0


# Keras' own notes: the weights that are still to get their numbers, which it gives them at the next opportunity; and
# how often each name was given, by which it numbers those that it chooses itself.
_TO_BE_MADE, _GIVEN_NAMES = "uninitialized_variables", "object_name_uids"


def build_watched(build: Callable[[], Any], limits: Limits, numbers: bool = True) -> BuildLog:
    """Call `build`; whatever it raises ends in the log, but for CostError, which is raised again.

    numbers=False: nobody will run the model, so its weights get shapes and no numbers: half of the work. What can't be
    built is built again as a learner builds it: Keras' words for it are those that the learner sees.
    """
    if not numbers:
        with shapes_alone():
            log = _build_watched(build, limits)
        if log.error is None:
            return log
    return _build_watched(build, limits)


@contextmanager
def shapes_alone() -> Iterator[None]:
    """Weights made in here have a shape and no numbers. Keras puts no tracebacks in order meanwhile: a sixth of what
    is left of the work."""
    tidies = keras.config.is_traceback_filtering_enabled()
    keras.config.disable_traceback_filtering()
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        global_state.set_global_attribute(_TO_BE_MADE, [])
        if tidies:
            keras.config.enable_traceback_filtering()


@contextmanager
def weights_of_zeros() -> Iterator[None]:
    """Weights made in here are zeros, for a model that is only run to see its shapes: random numbers take a quarter of
    the work, those of recurrent kernels half of it."""
    layer_class, zeros = keras.layers.Layer, keras.initializers.Zeros()
    real_add_weight = layer_class.add_weight

    def add_weight(layer: Any, shape: Any = None, initializer: Any = None, *args: Any, **kwargs: Any) -> Any:
        return real_add_weight(layer, shape, zeros, *args, **kwargs)

    layer_class.add_weight = add_weight
    try:
        yield
    finally:
        layer_class.add_weight = real_add_weight


@contextmanager
def names_begin_anew() -> Iterator[None]:
    """What Keras names itself in here has the same name each time: ``any``, not ``any_3``."""
    before = global_state.get_global_attribute(_GIVEN_NAMES)
    global_state.set_global_attribute(_GIVEN_NAMES, defaultdict(int))
    try:
        yield
    finally:
        global_state.set_global_attribute(_GIVEN_NAMES, before or defaultdict(int))


def _build_watched(build: Callable[[], Any], limits: Limits) -> BuildLog:
    log = BuildLog()
    with _watching(log, limits):
        try:
            log.model = build()
        except CostError:
            raise
        except Exception as error:  # any error that Keras raises is a lesson
            log.error = error
            log.failed = log.failed or _refused_at_birth(error, log)
    return log


def _refused_at_birth(error: BaseException, log: BuildLog) -> tuple[Any, list[Any], dict[str, Any]] | None:
    """The layer whose constructor raised, as if it had been called on the tensor that was made last.

    No layer has been called then, so only the traceback knows which one it is.
    """
    trace = error.__traceback__
    while trace is not None:
        owner = trace.tb_frame.f_locals.get("self")
        if trace.tb_frame.f_code.co_name == "__init__" and isinstance(owner, keras.layers.Layer) and _has_name(owner):
            return owner, (log.outputs or log.inputs)[-1:], {}
        trace = trace.tb_next
    return None


def _has_name(layer: Any) -> bool:
    """Whether the constructor came far enough to name the layer."""
    return isinstance(getattr(layer, "name", None), str) and not isinstance(layer, keras.Model)


@contextmanager
def _watching(log: BuildLog, limits: Limits) -> Iterator[None]:
    """Patch the two doors that every layer goes through, and put them back."""
    layer_class, input_class = keras.layers.Layer, keras.layers.InputLayer
    real_call, real_add_weight, real_input = layer_class.__call__, layer_class.add_weight, input_class.__init__

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        log.depth += 1
        try:
            outputs = real_call(layer, *args, **kwargs)
        except Exception:
            if log.depth == 1 and log.failed is None:
                log.failed = (layer, symbolic((args, kwargs)), kwargs)
            raise
        finally:
            log.depth -= 1
        if log.depth == 0:
            log.outputs.extend(symbolic(outputs))
        return outputs

    def add_weight(layer: Any, shape: Any = None, initializer: Any = None, *args: Any, **kwargs: Any) -> Any:
        _charge(log, shape, initializer, limits)
        return real_add_weight(layer, shape, initializer, *args, **kwargs)

    def init(layer: Any, *args: Any, **kwargs: Any) -> None:
        real_input(layer, *args, **kwargs)
        log.inputs.extend(symbolic(layer.output))

    layer_class.__call__, layer_class.add_weight, input_class.__init__ = call, add_weight, init
    try:
        yield
    finally:
        layer_class.__call__, layer_class.add_weight, input_class.__init__ = real_call, real_add_weight, real_input


def _charge(log: BuildLog, shape: Any, initializer: Any, limits: Limits) -> None:
    """Refuse a weight before it is allocated."""
    sizes = [n for n in (shape if isinstance(shape, tuple | list) else (shape,)) if isinstance(n, int)]
    log.weights += math.prod(sizes)
    if log.weights > limits.weights:
        raise CostError(
            f"This model would have at least {log.weights:,} weights ({log.weights * 4 / 1e6:,.0f} MB); this server "
            f"builds up to {limits.weights:,}. Choose fewer units, filters or features."
        )
    if _is_orthogonal(initializer) and len(sizes) == 2:
        log.seconds += 4 * min(sizes) ** 2 * max(sizes) / _QR_SPEED
        if log.seconds > limits.seconds:
            raise CostError(
                f"Creating the recurrent kernels, the last of them {sizes[0]:,} × {sizes[1]:,}, would take about "
                f"{log.seconds:,.0f} s; this server allows {limits.seconds:,.0f} s. Choose fewer units."
            )


def _is_orthogonal(initializer: Any) -> bool:
    name = initializer if isinstance(initializer, str) else type(initializer).__name__
    return name.lower().startswith("orthogonal")


def symbolic(structure: Any) -> list[Any]:
    """All symbolic tensors in nested tuples, lists and dicts, in order."""
    if isinstance(structure, keras.KerasTensor):
        return [structure]
    if isinstance(structure, dict):
        structure = list(structure.values())
    if isinstance(structure, tuple | list):
        return [tensor for part in structure for tensor in symbolic(part)]
    return []
