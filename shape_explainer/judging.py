"""An error of a cell -> its cause, the two shapes that disagree, and what helps here.

First by what is live: the layer or the model that was called, and what it was given. Else by the message itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from explainers.core.axes import Axis, Shape, by_place, sizes, spoken
from explainers.core.layers import book
from explainers.core.results import BuildError
from shape_explainer.checking import input_fix, named_inputs, named_outputs, unfit
from shape_explainer.data import Given, NotArrays, arrays
from shape_explainer.frames import Called, Scene
from shape_explainer.helping import Help, helps

# Mistakes that are no matter of shapes, though the reader of pasted texts knows them.
NOT_OF_SHAPES = ("old_argument", "mask")
TYPES = ("ValueError", "InvalidArgumentError", "TypeError", "RuntimeError")
_MOST_WALKED = 80  # layers before the failing one: more take longer to name than anybody should wait
_TAKE_DATA = ("fit", "predict", "evaluate", "train_on_batch", "test_on_batch", "predict_on_batch", "__call__")
_MOST_FIXES = 3
# What the reader says of a shape that has a part in a message; others stand somewhere around it.
_PARTS = (
    *("expected", "found", "the kernel", "the new shape", "logits", "labels", "the first operand"),
    *("the second operand", "a state that was given", "the weight", "in the message"),
)


def _only(*fixes: str) -> Callable[[], Iterable[Help]]:
    """Changes that need no try."""
    return partial(map, Help, [fix for fix in fixes if fix])


def _pair(expected: Shape, found: Shape) -> tuple[tuple[str, Shape], ...]:
    return ("expected", expected), ("found", found)


@dataclass(frozen=True)
class Judgement:
    """What is printed below the traceback. shapes: those that disagree, and what each is.

    tries: what helps, worked out when it is asked for, because that can take longer.
    """

    mistake: str
    cause: str
    shapes: tuple[tuple[str, Shape], ...] = ()
    tries: Callable[[], Iterable[Help]] = tuple


def judge(error: BaseException, scene: Scene) -> Judgement | None:
    """None where it isn't a matter of shapes."""
    if type(error).__name__ not in TYPES:
        return None
    read = _by_words(error, scene)
    live = _of_layer(error, scene) or _of_data(scene)
    if live is None or read is None:
        # Live alone is no proof: an error of another kind can rise while data are on their way.
        return (
            live if live is not None and any(shape for _, shape in live.shapes) and _speaks_of_shapes(error) else read
        )
    return live


def _speaks_of_shapes(error: BaseException) -> bool:
    text = str(error)[:4000].lower()
    return any(word in text for word in ("shape", "dimension", "incompatible", "size", "rank", "ndim", "broadcast"))


# -- a layer that was called on symbolic tensors -------------------------------------------------------------


def _of_layer(error: BaseException, scene: Scene) -> Judgement | None:
    import keras

    from explainers.core.building import symbolic
    from explainers.core.failures import explain_failure

    for called in reversed(scene.running):
        tensors = symbolic(list(called.arguments.values()))
        if called.method != "__call__" or isinstance(called.layer, keras.Model) or not tensors:
            continue
        told: BuildError = explain_failure(error, called.layer, _named(called, tensors))
        if told.mistake is None or told.mistake in NOT_OF_SHAPES:
            return None
        names = [scene.name_of(tensor) for tensor in tensors]
        tries = partial(helps, told.mistake, called.layer, tensors, names)
        return Judgement(told.mistake, told.cause, _pair(told.expected, told.found), tries)
    return None


def _named(called: Called, tensors: list[Any]) -> list[Shape]:
    """The names that the graph before the layer gives to the axes; of a long one, those that the layer itself has."""
    from explainers.core.graph import follow

    inputs = _inputs_of(tensors)
    if inputs is not None:
        return list(follow(inputs, tensors, failing=called.layer).outputs)
    named = []
    for place, tensor in enumerate(tensors):
        rank = len(tensor.shape)
        words = book.numbered(book.reads(called.layer, rank, place) or ("",) * rank)
        named.append(tuple(Axis(w, n, "what reached the layer") for w, n in zip(words, tensor.shape, strict=True)))
    return named


def _inputs_of(tensors: list[Any]) -> list[Any] | None:
    """The Inputs behind some tensors, in the order of their making; None where too much lies between."""
    from explainers.core.graph import node_of

    seen: dict[int, Any] = {}
    ends, open_ = [], list(tensors)
    while open_:
        tensor = open_.pop()
        if id(tensor) in seen:
            continue
        seen[id(tensor)] = tensor
        if len(seen) > _MOST_WALKED or getattr(tensor, "_keras_history", None) is None:
            return None
        parents = node_of(tensor).input_tensors
        ends += [] if parents else [tensor]
        open_ += parents
    return ends[::-1]


# -- data that a model was given -----------------------------------------------------------------------------


def _of_data(scene: Scene) -> Judgement | None:
    import keras

    for called in scene.running:
        if isinstance(called.layer, keras.Model) and called.method in _TAKE_DATA and _has_inputs(called.layer):
            return _data(called, scene)
    return None


def _has_inputs(model: Any) -> bool:
    return bool(getattr(model, "inputs", None))


def _data(called: Called, scene: Scene) -> Judgement | None:
    model, x = called.layer, called.given("x")
    x = called.first if x is None else x
    if len(model.layers) > _MOST_WALKED:
        return None
    inputs = named_inputs(model)
    try:
        given = arrays(x, scene.name_of(x) or "x", [name for name, _ in inputs])
    except NotArrays as error:
        return Judgement("input_count", str(error))
    for part, (_, expected) in zip(given, inputs, strict=True):
        found = unfit(part, expected)
        if found is not None:
            mistake, judged = found
            fix = input_fix(part, expected)
            return Judgement(mistake, judged.cause, _pair(judged.expected, judged.found), _only(fix))
    return _targets(called, model, scene, given[0])


def _targets(called: Called, model: Any, scene: Scene, data: Given) -> Judgement | None:
    y = called.given("y")
    if y is None:
        return None
    outputs = named_outputs(model)
    try:
        targets = arrays(y, scene.name_of(y) or "y", [name for name, _ in outputs])
    except NotArrays as error:
        return Judgement("target_shape", str(error))
    for target, (_, expected) in zip(targets, outputs, strict=True):
        if target.shape[0] != data.shape[0]:
            return _uncounted(data, target)
        if target.shape[1:] == sizes(expected)[1:]:
            continue
        names = [axis.axis for axis in expected] if len(expected) == len(target.shape) else []
        names = names or ["samples", *(f"axis {place}" for place in range(1, len(target.shape)))]
        came = tuple(Axis(name, n, target.name) for name, n in zip(names, target.shape, strict=True))
        cause = (
            f"The model gives ({spoken(expected)}); the target {target.name} is {target.shape}. The loss compares them "
            "number by number."
        )
        fixes = _target_fixes(model, target, expected)
        return Judgement("target_shape", cause, (("the model", expected), (target.name, came)), _only(*fixes))
    return None


def _uncounted(data: Given, target: Given) -> Judgement:
    """Not as many targets as samples."""
    samples, targets = data.shape[0], target.shape[0]
    longer, fewer = (data, targets) if samples > targets else (target, samples)
    named = tuple(
        tuple(Axis("samples" if not place else by_place(place), n, part.name) for place, n in enumerate(part.shape))
        for part in (data, target)
    )
    cause = f"{data.name} has {samples:,} samples and {target.name} has {targets:,}; each sample needs one target."
    fix = f"make both from the same rows; {longer.name}[:{fewer}] has as many, if it is the end that is too long."
    return Judgement("data_size", cause, ((data.name, named[0]), (target.name, named[1])), _only(fix))


def _target_fixes(model: Any, target: Any, expected: Shape) -> list[str]:
    last = model.layers[-1]
    found, want = target.shape, sizes(expected)
    recurrent = [layer for layer in model.layers if hasattr(layer, "return_sequences")]
    fixes = []
    if len(found) == len(want) + 1 and recurrent and not recurrent[-1].return_sequences:
        fixes.append(f"return_sequences=True in {recurrent[-1].name}: one output for each timestep.")
    if len(found) == len(want) - 1 and len(want) > 2 and recurrent and recurrent[-1].return_sequences:
        fixes.append(f"return_sequences=False in {recurrent[-1].name}: one output for each sequence.")
    if len(found) == len(want) and found[1:-1] == want[1:-1] and hasattr(last, "units"):
        fixes.append(f"{type(last).__name__}({found[-1]}) as the last layer, in place of {last.units} units.")
    if len(found) == 1 and len(want) == 2 and (want[1] or 0) > 1:
        fixes.append('loss="sparse_categorical_crossentropy", if the targets are numbers of classes.')
    return fixes


# -- the message itself --------------------------------------------------------------------------------------


def _by_words(error: BaseException, scene: Scene) -> Judgement | None:
    """What the reader of pasted texts makes of the message."""
    from explainers.reading.diagnosing import read

    found = read(f"{type(error).__name__}: {error}"[:20_000])
    if found.kind != "error" or found.mistake is None or found.mistake in NOT_OF_SHAPES:
        return None
    shapes = () if found.mistake == "embedding_range" else found.shapes
    words = tuple(
        Help(fix.label + (f" {_renamed(fix.code, scene)}" if fix.code else ""))
        for fix in found.fixes[:_MOST_FIXES]
        if "…" not in fix.code  # a place that the reader would have to fill
    )
    own = _own_fixes(found.mistake, found.dims, scene)
    return Judgement(found.mistake, found.cause, _of_message(shapes, scene), lambda: own or words)


def _of_message(shapes: Iterable[Shape], scene: Scene) -> tuple[tuple[str, Shape], ...]:
    """The shapes that have a part in the message, each with the variable of the line that has it."""
    own = {shape: name for name, shape in scene.shapes().items()}
    named = [(shape[0].origin.removesuffix(", in the message"), shape) for shape in shapes if shape]
    return tuple(
        (f"{part}, {own[sizes(shape)]}" if sizes(shape) in own else part, shape)
        for part, shape in named
        if part in _PARTS
    )


def _renamed(code: str, scene: Scene) -> str:
    """The fix for the variable of this cell, where its line has one array alone."""
    own = list(scene.shapes())
    return f"{own[0]}{code[1:].replace(' x', f' {own[0]}')}" if len(own) == 1 and code.startswith("x ") else code


def _own_fixes(mistake: str, numbers: Mapping[str, Any], scene: Scene) -> tuple[Help, ...]:
    """What helps in this cell, by the real sizes of what stands in its line."""
    if mistake == "operand_sizes":
        return _operands(scene)
    if (
        mistake == "embedding_range"
        and isinstance(numbers.get("index"), int)
        and isinstance(numbers.get("input_dim"), int)
    ):
        return (
            Help(f"input_dim={numbers['index'] + 1} or more in the Embedding, or ids below {numbers['input_dim']}."),
        )
    return ()


def _operands(scene: Scene) -> tuple[Help, ...]:
    """Two arrays of a line: a transposition that makes their sizes meet."""
    shapes = scene.shapes()
    if len(shapes) != 2:
        return ()
    (a, one), (b, other) = shapes.items()
    told = f"{a} is {one} and {b} is {other}"
    if len(one) == len(other) == 2:
        for text, left, right in ((f"{a} @ {b}.T", one, other[::-1]), (f"{a}.T @ {b}", one[::-1], other)):
            if left[1] == right[0]:
                return (Help(f"{told}; {text} gives {(left[0], right[1])}."),)
    if len(one) == len(other) + 1 and one[0] == other[0]:
        return (Help(f"{told}; {b}[:, np.newaxis] stretches along the last axis of {a}."),)
    if scene.inside and one and other:
        return (Help(f"{told}: {b} needs {one[-1]} rows, or {a} {other[0]} on its last axis."),)
    return (Help(f"{told}: no transposition makes them meet; one of them has to be made anew."),)
