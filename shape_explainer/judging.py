"""An error of a cell -> its cause, the two shapes that disagree, and what helps here.

First by what is live: the layer or the model that was called, and what it was given. Else by the message itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import permutations
from typing import Any

from explainers.core.axes import Axis, Shape, by_place, sizes, spoken
from explainers.core.layers import book
from explainers.core.results import BuildError
from shape_explainer.checking import (
    Named,
    encoded,
    in_another_order,
    input_fix,
    losses_of,
    named_inputs,
    named_outputs,
    turned_cause,
    unfit,
)
from shape_explainer.data import Given, NotArrays, Shaped, arrays, elements
from shape_explainer.frames import Called, Scene
from shape_explainer.helping import Help, helps, rebuilt
from shape_explainer.line import changes, failed

# Mistakes that are no matter of shapes, though the reader of pasted texts knows them.
NOT_OF_SHAPES = ("old_argument", "mask")
OF_OPERATIONS = ("operand_sizes", "merge_shapes", "reshape")  # of arrays and tensors, outside of layers
TYPES = ("ValueError", "InvalidArgumentError", "TypeError", "RuntimeError")
_MOST_EXCHANGED = 4  # arrays whose orders are looked through
_MOST_WALKED = 80  # layers before the failing one: more take longer to name than anybody should wait
_TAKE_DATA = ("fit", "predict", "evaluate", "train_on_batch", "test_on_batch", "predict_on_batch", "__call__")
_WORDS_OF_SHAPES = (
    *("shape", "dimension", "incompatible", "size", "rank", "ndim", "broadcast"),
    "unrecognized data type",  # of a list that is no array
)
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
        told = live is not None and (live.mistake == "input_count" or any(shape for _, shape in live.shapes))
        return live if told and _speaks_of_shapes(error) else read
    return live


def _speaks_of_shapes(error: BaseException) -> bool:
    text = str(error)[:4000].lower()
    return any(word in text for word in _WORDS_OF_SHAPES)


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
    inputs, what = named_inputs(model), scene.name_of(x) or "x"
    parts: Sequence[Shaped] | None = elements(x, what, [name for name, _ in inputs])
    given: list[Given] = []
    try:
        given = [] if parts is not None else arrays(x, what, [name for name, _ in inputs])
        given = [replace(part, name=scene.name_of(part.values) or part.name) for part in given]
    except NotArrays as error:
        return Judgement("input_count", str(error))
    parts = parts or given
    for part, (_, expected) in zip(parts, inputs, strict=True):
        found = unfit(part, expected)
        if found is not None:
            mistake, judged = found
            exchanged = _exchanged(parts, inputs)
            fix = _only(exchanged or input_fix(part, expected))
            turned = None if exchanged else in_another_order(part, expected)
            if turned is not None:
                return Judgement(mistake, turned_cause(part, turned, expected), _pair(expected, turned), fix)
            return Judgement(mistake, judged.cause, _pair(judged.expected, judged.found), fix)
    return _targets(called, model, scene, given[0]) if given else None


def _exchanged(parts: Sequence[Shaped], inputs: Named) -> str:
    """The order in which several arrays fit the Inputs, "" where there is none."""
    if not 1 < len(parts) <= _MOST_EXCHANGED:
        return ""
    for order in permutations(parts):
        if all(unfit(part, expected) is None for part, (_, expected) in zip(order, inputs, strict=True)):
            return f"swap the arrays: [{', '.join(part.name for part in order)}]."
    return ""


def _targets(called: Called, model: Any, scene: Scene, data: Given) -> Judgement | None:
    y = called.given("y")
    if y is None:
        return None
    outputs = named_outputs(model)
    try:
        targets = arrays(y, scene.name_of(y) or "y", [name for name, _ in outputs])
    except NotArrays as error:
        return Judgement("target_shape", str(error))
    losses = losses_of(model, None, [name for name, _ in outputs])
    for target, (name, expected) in zip(targets, outputs, strict=True):
        if target.shape[0] != data.shape[0]:
            return _uncounted(data, target)
        wrong = encoded(target, expected, losses.get(name))
        if wrong is not None:
            return Judgement("target_shape", f"{target.name}: {wrong[0]}", (("the model", expected),), _only(wrong[1]))
        if target.shape[1:] == sizes(expected)[1:]:
            continue
        names = [axis.axis for axis in expected] if len(expected) == len(target.shape) else []
        names = names or ["samples", *(f"axis {place}" for place in range(1, len(target.shape)))]
        came = tuple(Axis(name, n, target.name) for name, n in zip(names, target.shape, strict=True))
        cause = (
            f"The model returns ({spoken(expected)}); the target {target.name} is {target.shape}. The loss compares "
            "them number by number."
        )
        tries = partial(_target_fixes, model, target, expected)
        return Judgement("target_shape", cause, (("the model", expected), (target.name, came)), tries)
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
    fix = f"make both from the same rows; {longer.name}[:{fewer}] has as many, if the extra rows are at the end."
    return Judgement("data_size", cause, ((data.name, named[0]), (target.name, named[1])), _only(fix))


def _target_fixes(model: Any, target: Given, expected: Shape) -> Iterator[Help]:
    """Changes of one layer after which the model gives the shape of the targets, each built before it is told."""
    last = model.layers[-1]
    found, want = target.shape, sizes(expected)
    recurrent = [layer for layer in model.layers if hasattr(layer, "return_sequences")]
    ways: list[tuple[str, Any, dict[str, Any]]] = []
    if recurrent and not recurrent[-1].return_sequences:
        text = f"return_sequences=True in {recurrent[-1].name}: one output for each timestep."
        ways.append((text, recurrent[-1], {"return_sequences": True}))
    if recurrent and recurrent[-1].return_sequences:
        text = f"return_sequences=False in {recurrent[-1].name}: one output for each sequence."
        ways.append((text, recurrent[-1], {"return_sequences": False}))
    if hasattr(last, "units") and len(found) == len(want):
        text = f"units={found[-1]} in the last layer, {last.name}, instead of {last.units}."
        ways.append((text, last, {"units": found[-1]}))
    yield from rebuilt(model, ways, found[1:])


# -- the message itself --------------------------------------------------------------------------------------


def _by_words(error: BaseException, scene: Scene) -> Judgement | None:
    """What the reader of pasted texts makes of the message."""
    from explainers.reading.diagnosing import read

    found = read(f"{type(error).__name__}: {error}"[:20_000])
    if found.kind != "error" or found.mistake is None or found.mistake in NOT_OF_SHAPES:
        return None
    operation = failed(scene.statement, scene.names)
    if operation is not None and found.mistake in OF_OPERATIONS:
        return Judgement(found.mistake, operation.told(), (), partial(changes, operation))
    shapes = () if found.mistake == "embedding_range" else found.shapes
    return Judgement(found.mistake, found.cause, _of_message(shapes, scene), partial(_ids, found.mistake, found.dims))


def _of_message(shapes: Iterable[Shape], scene: Scene) -> tuple[tuple[str, Shape], ...]:
    """The shapes that have a part in the message, each with the variable of the line that has it."""
    own = {shape: name for name, shape in scene.shapes().items()}
    named = [(shape[0].origin.removesuffix(", in the message"), shape) for shape in shapes if shape]
    return tuple(
        (f"{part}, {own[sizes(shape)]}" if sizes(shape) in own else part, shape)
        for part, shape in named
        if part in _PARTS
    )


def _ids(mistake: str, numbers: Mapping[str, Any]) -> Iterator[Help]:
    """What lets an id into a vocabulary."""
    index, input_dim = numbers.get("index"), numbers.get("input_dim")
    if mistake == "embedding_range" and isinstance(index, int) and isinstance(input_dim, int):
        yield Help(f"input_dim={index + 1} or more in the Embedding, or ids below {input_dim}.")
