"""``explain.check(model, x, y)``: what fits, what doesn't, what silently broadcasts. Nothing is trained.

A few samples go through the model without touching its state (`stateless_call`), and Keras' own loss compares them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from itertools import permutations
from typing import Any

import numpy as np

from explainers.core.axes import Axis, Shape, sizes, spoken
from explainers.core.mistakes.kit.judged import Judged
from explainers.core.words import spoken_by_keras
from shape_explainer.data import Element, Given, NotArrays, Shaped, arrays, batch_of
from shape_explainer.encodings import encoding
from shape_explainer.models import NoShapes, look

Named = list[tuple[str, Shape]]  # the ends of a model: what each is called, and its shape
WORDS = {
    "fits": "fits",
    "wrong": "doesn't fit",
    "differs": "differs, but Keras accepts it",
    "broadcasts": "silently broadcasts",
    "open": "not checked",
}
_SAMPLES = (2, 3, 5, 7, 11, 13)  # how many are run: a number that no other axis has, so that axes can't be mixed up


@dataclass(frozen=True)
class Verdict:
    """One sentence. kind: a key of WORDS. fix: what to do about it, "" where nothing is to be done."""

    kind: str
    what: str
    text: str
    fix: str = ""


@dataclass(frozen=True)
class Checked:
    """All verdicts. ok: nothing is wrong, differs from what was declared, or broadcasts by accident."""

    verdicts: tuple[Verdict, ...]

    @property
    def ok(self) -> bool:
        return all(verdict.kind in ("fits", "open") for verdict in self.verdicts)

    def __repr__(self) -> str:
        lines = []
        for verdict in self.verdicts:
            lines.append(f"{verdict.what} {WORDS[verdict.kind]}: {verdict.text}")
            lines += [f"    Fix: {verdict.fix}"] if verdict.fix else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(repr(self))}</pre>"

    def to_dict(self) -> dict[str, Any]:
        """``{"ok": False, "verdicts": [{"kind", "what", "text", "fix"}, ...]}``."""
        return {"ok": self.ok, "verdicts": [asdict(verdict) for verdict in self.verdicts]}


def check(model: Any, x: Any, y: Any = None, loss: Any = None) -> Checked:
    """The verdicts on data for a model."""
    try:
        return Checked(tuple(_verdicts(model, x, y, loss)))
    except (NotArrays, NoShapes) as error:
        return Checked((Verdict("wrong", "This", str(error)),))


def _verdicts(model: Any, x: Any, y: Any, loss: Any) -> Iterator[Verdict]:
    batch = batch_of(x)
    of_dataset = batch is not None
    if batch is not None:
        x, y = batch
    seen, inputs, outputs = _named_ends(model, x)
    given = arrays(x, "x", [name for name, _ in inputs])
    tried = _run(model if model.built else seen, x, given)
    if isinstance(tried, Exception):
        parts = [Element(part.name, part.shape) for part in given] if of_dataset else given
        yield from _inputs_refused(tried, parts, inputs)
        return
    for part, (_, expected) in zip(given, inputs, strict=True):
        yield _input_taken(part, expected)
    if y is None:
        yield Verdict("open", "y", "no targets were given.")
        return
    targets = arrays(y, "y", [name for name, _ in outputs])
    yield from _cardinality(given, targets)
    losses = losses_of(model, loss, [name for name, _ in outputs])
    for target, output, (name, shape) in zip(targets, tried, outputs, strict=True):
        yield from _target(target, output, shape, losses.get(name))


def _named_ends(model: Any, x: Any) -> tuple[Any, Named, Named]:
    """The model with Inputs, and the named shapes of its Inputs and outputs."""
    built = bool(getattr(model, "inputs", None)) or getattr(model, "built", False)
    seen = look(model, None if built else _one_sample(x)).model
    return seen, named_inputs(seen), named_outputs(seen)


def _walked(model: Any) -> Any:
    from explainers.core.graph import follow

    return follow(model.inputs, model.outputs)


def named_inputs(model: Any) -> Named:
    """Each Input of a model that has some, by the name of its layer."""
    by_layer = {id(step.layer): step.outputs[0] for step in _walked(model).steps if step.outputs}
    ends = [tensor._keras_history.operation for tensor in model.inputs]
    return [(layer.name, by_layer[id(layer)]) for layer in ends]


def named_outputs(model: Any) -> Named:
    """Each output, by the name of its layer where these differ."""
    outputs = _walked(model).outputs
    names = list(getattr(model, "output_names", None) or ())
    if len(set(names)) != len(outputs):
        names = [f"output {place}" for place in range(len(outputs))]
    return list(zip(names, outputs, strict=True))


def _one_sample(x: Any) -> Any:
    """The shape of one sample, in the structure of x."""
    if isinstance(x, Mapping):
        return {name: _one_sample(part) for name, part in x.items()}
    if isinstance(x, list | tuple):
        return [_one_sample(part) for part in x]
    if not getattr(x, "shape", ()):
        raise NotArrays(f"x is a {type(x).__name__}; an array whose first axis counts the samples is expected.")
    return tuple(int(n) for n in x.shape[1:])


def _run(model: Any, x: Any, given: list[Given]) -> list[Any] | Exception:
    """What comes out for a few samples, or what Keras refused them with. The model's state stays as it is."""
    import keras

    fixed = next((tensor.shape[0] for tensor in getattr(model, "inputs", None) or () if tensor.shape[0]), None)
    taken = {n for part in given for n in part.shape[1:]} | {n for t in model.outputs or () for n in t.shape[1:]}
    samples = fixed or next((n for n in _SAMPLES if n not in taken), _SAMPLES[-1])
    tensor_names = [tensor._keras_history.operation.name for tensor in getattr(model, "inputs", None) or ()]
    parts = iter([part.first(samples) for part in given])
    fed: Any = {name: next(parts) for name in (tensor_names or list(x))} if isinstance(x, Mapping) else [*parts]
    fed = fed[0] if isinstance(fed, list) and not isinstance(x, list | tuple) else fed
    trainable = [variable.value for variable in model.trainable_variables]
    others = [variable.value for variable in model.non_trainable_variables]
    try:
        outputs, _ = model.stateless_call(trainable, others, fed, training=False)
    except Exception as error:  # whatever Keras says to these data is the verdict
        return error
    return [np.asarray(keras.ops.convert_to_numpy(tensor)) for tensor in keras.tree.flatten(outputs)]


# -- what goes in --------------------------------------------------------------------------------------------


def _input_taken(part: Given, expected: Shape) -> Verdict:
    whole = f"{part.shape} for ({spoken(expected)})"
    differ = [
        f"{axis.axis} is {n} and not {axis.size}"
        for axis, n in zip(expected[1:], part.shape[1:], strict=False)
        if axis.size not in (None, n)
    ]
    if len(part.shape) != len(expected):
        return Verdict("fits", part.name, f"{whole}. Keras adds or removes the axis of length 1.")
    if differ:
        return Verdict("differs", part.name, f"{whole}. {' and '.join(differ)}.", input_fix(part, expected))
    return Verdict("fits", part.name, f"{whole}.")


def _inputs_refused(error: Exception, given: Sequence[Shaped], inputs: Named) -> Iterator[Verdict]:
    told = False
    for part, (_, expected) in zip(given, inputs, strict=True):
        found = unfit(part, expected)
        if found is not None:
            told = True
            turned = in_another_order(part, expected)
            cause = found[1].cause if turned is None else turned_cause(part, turned, expected)
            yield Verdict("wrong", part.name, cause, input_fix(part, expected))
    if not told:
        yield Verdict("wrong", " and ".join(part.name for part in given), _said(error))


def _said(error: Exception) -> str:
    """What the reader of messages makes of what Keras says, else Keras' own first line."""
    from explainers.reading.diagnosing import read

    found = read(f"{type(error).__name__}: {error}"[:20_000])
    read_well = found.kind == "error" and found.mistake is not None
    return found.cause if read_well else spoken_by_keras(error).splitlines()[0]


def unfit(part: Shaped, expected: Shape) -> tuple[str, Judged] | None:
    """Which mistake it is to give these data to that Input; None where their shapes agree."""
    from explainers.core.failures import judge_data

    return None if _agree(expected, part.shape) else judge_data(expected, part.shape)


def _agree(expected: Shape, found: tuple[int | None, ...]) -> bool:
    pairs = zip(sizes(expected), found, strict=False)
    return len(expected) == len(found) and all(None in (size, n) or size == n for size, n in pairs)


def _order(part: Shaped, expected: Shape) -> tuple[int, ...] | None:
    """The one order of the axes of a sample in which these data fit; None where there is none, or more than one."""
    found = part.shape[1:]
    if not 2 <= len(found) == len(expected) - 1 <= 4:
        return None
    orders = [
        order for order in permutations(range(len(found))) if _agree(expected[1:], tuple(found[i] for i in order))
    ]
    return orders[0] if len(orders) == 1 else None


def in_another_order(part: Shaped, expected: Shape) -> Shape | None:
    """The axes of these data as they are, where all sizes are there and only their order is another one."""
    order = _order(part, expected)
    if order is None:
        return None
    named = {place: axis.axis for place, axis in zip(order, expected[1:], strict=True)}
    names = (expected[0].axis, *(named[place] for place in sorted(named)))
    return tuple(Axis(name, n, part.name) for name, n in zip(names, part.shape, strict=True))


def turned_cause(part: Shaped, turned: Shape, expected: Shape) -> str:
    """The cause where the axes are in another order."""
    theirs, ours = (", ".join(axis.axis for axis in shape) for shape in (turned, expected))
    return f"{part.name} is {part.shape}: its axes are ({theirs}), and the model reads ({ours})."


def input_fix(part: Shaped, expected: Shape) -> str:
    """An axis of length 1 that is missing or too many, a sample without a batch, two axes that changed places."""
    found, want = part.shape, sizes(expected)
    if _agree(expected, (1, *found)) and isinstance(part, Element):
        return f"{part.name}.batch(32): a Dataset yields single samples until it is batched."
    if _agree(expected, (1, *found)):
        return f"this is one sample without the samples axis: {part.name}[np.newaxis]."
    if _agree(expected, (*found, 1)):
        return f"add the axis {expected[-1].axis}: {part.name}[..., np.newaxis]."
    if found[-1] == 1 and _agree(expected, found[:-1]):
        return f"drop the last axis: {part.name}[..., 0]."
    swapped = (*found[:-2], found[-1], found[-2]) if len(found) > 2 else ()
    if swapped and _agree(expected, swapped):
        return f"{expected[-2].axis} and {expected[-1].axis} are swapped: np.swapaxes({part.name}, -1, -2)."
    order = _order(part, expected)
    if order is not None:
        return f"put the axes in the model's order: np.transpose({part.name}, {(0, *(place + 1 for place in order))})."
    if want[0] is not None and found[0] != want[0] and found[1:] == want[1:]:
        return (
            f"{want[0]} samples at a time, as the Input says; or Input(batch_shape={found}), or an Input without a "
            "fixed batch."
        )
    if len(found) == len(want):
        return f"Input({tuple(found[1:])}) in the model, if the data are right."
    return ""


# -- what is compared with what comes out --------------------------------------------------------------------


def _cardinality(given: list[Given], targets: list[Given]) -> Iterator[Verdict]:
    counts = {part.name: part.shape[0] for part in (*given, *targets)}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} has {n:,}" for name, n in counts.items())
        yield Verdict("wrong", "The number of samples", f"{told}. Each sample needs one target.")


def losses_of(model: Any, loss: Any, names: list[str]) -> dict[str, Any]:
    """The loss of each output: what was said here, else what compile was given."""
    chosen = loss if loss is not None else getattr(model, "loss", None)
    if isinstance(chosen, Mapping):
        return dict(chosen)
    if isinstance(chosen, list | tuple):
        return dict(zip(names, chosen, strict=False))
    return dict.fromkeys(names, chosen)


def encoded(target: Given, shape: Shape, loss: Any) -> tuple[str, str] | None:
    """What doesn't go together with the loss in how the targets are written, by an output of this shape."""
    if loss is None or None in sizes(shape)[1:]:
        return None
    few = target.first(_SAMPLES[-1])
    output = np.broadcast_to(0.0, (len(few), *(n for n in sizes(shape)[1:] if n is not None)))
    return encoding(_name_of(loss), target, few, output, shape)


def _name_of(loss: Any) -> str:
    import keras

    made = keras.losses.get(loss)
    return str(getattr(made, "name", None) or getattr(made, "__name__", "the loss"))


def _target(target: Given, output: Any, shape: Shape, loss: Any) -> Iterator[Verdict]:
    """One target against what the model really gave for the same samples."""
    import keras

    if loss is None:
        text = f"y {target.shape} for an output of ({spoken(shape)}): the model has no loss yet. Pass loss='mse'."
        yield Verdict("open", "The loss", text)
        return
    few = target.first(len(output))
    made, name = keras.losses.get(loss), _name_of(loss)
    wrong = encoding(name, target, few, output, shape)
    if wrong is not None:
        yield Verdict("wrong", target.name, *wrong)
        return
    try:
        made(few, output)
    except Exception:  # Keras and TensorFlow say it in many words, of the few samples that ran
        yield _refused(target, shape, name)
        return
    yield _compared(target, few, output, shape, name)


def _refused(target: Given, shape: Shape, loss: str) -> Verdict:
    text = f"{target.shape}, but the model returns ({spoken(shape)}): {loss} compares them number by number."
    alike = len(target.shape) == len(shape) and target.shape[1:-1] == sizes(shape)[1:-1]
    fix = _without_steps(target, shape)
    if not fix and alike and shape[-1].size is not None:
        fix = f"{target.shape[-1]} in the last layer, instead of {shape[-1].size}."
    return Verdict("wrong", target.name, text, fix)


def _without_steps(target: Given, shape: Shape) -> str:
    """One target for each sequence, and an output for each timestep."""
    shorter = len(target.shape) == len(shape) - 1 and len(shape) > 2 and shape[-2].axis == "timesteps"
    if not shorter or target.shape[-1] != shape[-1].size:
        return ""
    return (
        f"the output has one axis too many, {shape[-2].axis}: set return_sequences=False in the last recurrent layer."
    )


def _compared(target: Given, few: Any, output: Any, shape: Shape, loss: str) -> Verdict:
    """The loss took it: number by number, or by stretching an axis silently."""
    whole = f"{target.shape} versus ({spoken(shape)})"
    if few.shape == output.shape or loss.startswith("sparse"):
        return Verdict("fits", target.name, f"{whole}, {loss}.")
    squeezed = tuple(n for n in few.shape if n != 1) == tuple(n for n in output.shape if n != 1)
    stretched = np.broadcast_shapes(*_one_rank(target.shape, (target.shape[0], *output.shape[1:])))
    if squeezed and abs(few.ndim - output.ndim) == 1:
        text = f"{whole}. Keras' {loss} handles the axis of size 1; y - model(x) by hand would be {stretched}."
        return Verdict("fits", target.name, text)
    return Verdict(
        "broadcasts",
        target.name,
        f"{whole}. {loss} stretches both to {stretched} without a warning, and compares one number with several: the "
        "loss goes down, but means something else.",
        _without_steps(target, shape)
        or f"give y the shape of the output, {('samples', *sizes(shape)[1:])}, or the last layer that of y.".replace(
            "'", ""
        ),
    )


def _one_rank(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """As Keras' losses begin: where one has an axis more, and that is of length 1, it goes."""
    if len(one) == len(other) + 1 and one[-1] == 1 and len(other) > 1:
        return one[:-1], other
    if len(other) == len(one) + 1 and other[-1] == 1 and len(one) > 1:
        return one, other[:-1]
    return one, other
