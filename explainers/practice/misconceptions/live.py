"""The few ways to try something for real: build it, feed it, train it. Keras is loaded when one of them is used.

What fails is not an accident here but the lesson: it comes back as a `BuildError` with Keras' own words.
"""

from __future__ import annotations

import dataclasses
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from explainers.core.axes import Shape, plain, spoken
from explainers.core.later import keras, layers
from explainers.core.results import BuildError, Inspection, Layer, Tensor
from explainers.core.rules import RuleError
from explainers.core.trial import Kind, Tried
from explainers.core.trying import like, named, try_feed
from explainers.core.waves import waves
from explainers.core.words import spoken_by_keras
from explainers.practice.misconceptions.misconception import Truth

if TYPE_CHECKING:
    from explainers.core.inspection import Inspected

Array = NDArray[Any]
Told = str | Callable[[Array | None], str]  # a sentence, or one made from what came out (None where it was refused)
IMPORTS = "import keras\nfrom keras import layers\n\n"
__all__ = ["keras", "layers", "like", "named", "np", "waves"]


def chain(shape: Sequence[int | None], *stack: Any, batch_size: int | None = None, dtype: str | None = None) -> Any:
    """A Sequential of ``Input(shape)`` and the layers, as most people write it; every part has a name of its own."""
    x = keras.Input(tuple(shape), batch_size=batch_size, dtype=dtype, name="x")
    return keras.Sequential([x, *stack], name="model")


# -- build -----------------------------------------------------------------------------------------------------


def alive(build: Callable[[], Any], names: Mapping[str, str] | None = None) -> Inspected:
    """The live model and what is known about it. Raises CostError where it would cost too much."""
    from explainers.core.inspection import inspect_live

    return inspect_live(build, names, run=False)


def seen(build: Callable[[], Any], names: Mapping[str, str] | None = None) -> Inspection:
    """What is known about the model, or about its failure."""
    return alive(build, names).inspection


def model_of(build: Callable[[], Any], names: Mapping[str, str] | None = None) -> Inspected:
    """As `alive`, for a build that must work."""
    found = alive(build, names)
    if found.model is None:
        raise RuleError(f"This build must work, but: {found.inspection.error}")
    return found


def came(error: object, wrong: bool | None) -> Kind | Literal[""]:
    """What came of a trial whose dims decide whether it is `wrong` to accept it; "" where the trial itself says it."""
    return "" if wrong is None else "loud" if error is not None else "silent" if wrong else "run"


def built(found: Inspection, told: str, *, wrong: bool | None = None, title: str = "", code: str = "") -> Tried:
    """A trial that only builds; a refusal is in `found`."""
    kind = came(found.error, wrong)
    return Tried(code or code_of(found), told, error=found.error, inspection=found, title=title, kind=kind)


def code_of(found: Inspection) -> str:
    """The model's lines without the imports, which are the same everywhere."""
    return found.code.removeprefix(IMPORTS).strip()


def out(found: Inspection) -> Shape:
    """The named shape that comes out of the last layer."""
    return found.layers[-1].outputs[0]


# -- feed ------------------------------------------------------------------------------------------------------


def titles(tried: Sequence[Tried], kind: Kind) -> list[str]:
    """The titles of those trials of which this came."""
    return [one.title for one in tried if one.kind == kind]


def fed(
    model: Inspected,
    x: Array,
    words: str,
    told: Told,
    *,
    wrong: bool | None = None,
    title: str = "",
    code: str = "",
    **how: Any,
) -> Tried:
    """`model.predict(x)` for real. words: the names of x's axes."""
    expected = model.inspection.layers[0].outputs[0]
    y, error = try_feed(model.model, x, expected, **how)
    sentence = told if isinstance(told, str) else told(y)
    tensors: tuple[Tensor, ...] = (named("x", x, words),)
    if y is not None:
        tensors = (*tensors, like("y", y, out(model.inspection)))
    called = code or f"x = np.zeros({x.shape})\nmodel.predict(x)"
    return Tried(called, sentence, tensors, error=error, title=title, kind=came(error, wrong))


def predicted(model: Any, x: Any, **how: Any) -> tuple[Array | None, str]:
    """What `model.predict` gives, and what Keras says where it gives nothing."""
    try:
        return np.asarray(model.predict(x, verbose=0, **how)), ""
    except Exception as error:  # any error that Keras raises is the lesson
        return None, spoken_by_keras(error)


# -- train -----------------------------------------------------------------------------------------------------


def train(model: Any, x: Any, y: Any, loss: str) -> BaseException | None:
    """One epoch of a real `fit`; the error, or None where Keras trains.

    In graph mode, as learners run it: the words of a refusal are those they see.
    """
    model.compile(optimizer="sgd", loss=loss, jit_compile=False)
    try:
        with warnings.catch_warnings():  # a stateful or tiny data set makes fit talk; here only refusals matter
            warnings.simplefilter("ignore")
            model.fit(x, y, verbose=0)
    except Exception as error:  # any error that Keras raises is the lesson
        return error
    return None


def trained(
    error: BaseException | None,
    code: str,
    told: str,
    *,
    tensors: tuple[Tensor, ...] = (),
    mistake: str = "target_shape",
    cause: str = "",
    wrong: bool | None = None,
    title: str = "",
) -> Tried:
    """A trial from what `train` gave back."""
    failure = None if error is None else refusal(error, mistake, cause or told)
    return Tried(code, told, tensors, error=failure, title=title, kind=came(failure, wrong))


def refusal(error: BaseException, mistake: str | None, cause: str) -> BuildError:
    """A failure in Keras' own words, with our kind and cause."""
    # What TensorFlow puts in front says on which device of the server it ran, and nothing about the shapes.
    message = re.sub(r"^\{\{function_node [^}]*\}\}\s*", "", spoken_by_keras(error))
    return BuildError(type(error).__name__, message, None, mistake, cause)


def because(found: Inspection, mistake: str, cause: str) -> Inspection:
    """The same failed build with a kind and a cause that only this misconception knows."""
    assert found.error is not None
    return dataclasses.replace(found, error=dataclasses.replace(found.error, mistake=mistake, cause=cause))


# -- truths ----------------------------------------------------------------------------------------------------


def shape_truth(shape: Shape, why: str = "") -> Truth:
    """A shape as the answer; axis by axis it says where each number comes from."""
    return Truth(plain(shape), why or f"Keras says {plain(shape)}: {spoken(shape)}.", shape)


def count_truth(count: int, why: str) -> Truth:
    """A number as the answer."""
    return Truth(str(count), why)


def sum_of(found: Layer) -> str:
    """``kernel 3 × 4 × 5 = 60, bias 4 × 5 = 20; together 80``: a layer's count taken apart."""
    parts = ", ".join(f"{weight.name} {weight.numbers} = {weight.count:,}" for weight in found.weights)
    return f"{parts}; together {found.params:,}"
