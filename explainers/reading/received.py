"""What Keras prints below a message: the call that failed, with the shapes of all that was passed to it.

    Arguments received by LSTM.call():
      • sequences=tf.Tensor(shape=(3, 7, 5), dtype=float32)
      • mask=tf.Tensor(shape=(3, 6), dtype=bool)

The words in front of it may say next to nothing ("list index out of range"); the call shows what doesn't fit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from explainers.core.finding import Finding, Mark, name_axes
from explainers.core.layers import axis_names, sheet
from explainers.core.mistakes.kit.scene import EXAMPLES, entry
from explainers.core.spec import Argument, CallSpec, Check, LayerSpec, ModelSpec, Ref, Sizes, snake
from explainers.reading.misfits import misfit
from explainers.reading.text import Cleaned, read_sizes

_CALL = re.compile(
    r"rguments received by (?:(?P<cls>[A-Z]\w{1,40})\.call\(\)|"
    r"layer ['\"][\w.-]{1,80}['\"] \(type (?P<typed>[A-Z]\w{1,40})\)):"
    r"(?P<rest>.{0,1500})",
    re.DOTALL,
)
_ARGUMENT = re.compile(
    r"[•*·-] {0,3}(?P<name>[a-z_]{2,30})=(?P<value>.{0,600}?)(?=[•*·] {0,3}[a-z_]{2,30}=|$)", re.DOTALL
)
_SHAPE = re.compile(r"shape=(\((?:None|\d{1,9})(?:, ?(?:None|\d{1,9})){0,6},?\))")
_FIRST = ("sequences", "sequence", "inputs", "query")
_LARGEST = 10**6


@dataclass(frozen=True)
class _Call:
    """The class, and the shapes of each argument by its name."""

    class_name: str
    shapes: dict[str, tuple[Sizes, ...]]
    start: int
    end: int

    @property
    def inputs(self) -> tuple[Sizes, ...]:
        """What the layer reads: a sequence; a query and a value."""
        first = next((self.shapes[name] for name in _FIRST if self.shapes.get(name)), ())
        return (*first[:1], *self.shapes.get("value", ())[:1])

    @property
    def attended(self) -> tuple[Sizes, ...]:
        """Query, value and key of an attention layer; Attention and its like are called on a list of them."""
        apart = tuple(self.shapes[name][0] for name in ("query", "value", "key") if self.shapes.get(name))
        return apart or self.shapes.get("inputs", ())[:3]

    @property
    def states(self) -> tuple[Sizes, ...] | None:
        """The states that are passed; None where none are."""
        return self.shapes.get("initial_state") or self.shapes.get("states")


def of_the_call(cleaned: Cleaned) -> Finding | None:
    """What doesn't fit in the call that a message prints; None where all of it does, or where it isn't followed."""
    for found in _CALL.finditer(cleaned.flat):
        call = _read(found)
        spec, assumed = _model(call)
        mistake, cause = misfit(spec) if spec is not None else (None, "")
        if spec is not None and mistake is not None:
            return _finding(call, spec, mistake, cause, assumed)
    return None


def _read(found: re.Match[str]) -> _Call:
    shapes = {
        argument["name"]: tuple(read_sizes(shape[1:-1]) for shape in _SHAPE.findall(argument["value"])[:8])
        for argument in _ARGUMENT.finditer(found["rest"])
    }
    return _Call((found["cls"] or found["typed"]).removesuffix("Cell"), shapes, found.start(), found.end())


def _model(call: _Call) -> tuple[ModelSpec | None, tuple[str, ...]]:
    """The layer on Inputs of these shapes, called as it was. Its own sizes are examples where no state says them."""
    facts, inputs = sheet(call.class_name), call.inputs
    sizes = [n for several in call.shapes.values() for shape in several for n in shape if n is not None]
    if facts is None or not inputs or max(sizes, default=0) > _LARGEST:
        return None, ()
    if facts.group == "rnn":
        return _recurrent(call)
    if facts.group == "global_pool" and call.shapes.get("mask") and len(inputs[0]) == 3:
        return _of(call, (), [(None, *inputs[0][1:])], 0, call.shapes["mask"][0], inputs[0][0]), ()
    if facts.group == "attention" and len(call.attended) > 1:
        return _attention(call)
    return None, ()


def _attention(call: _Call) -> tuple[ModelSpec | None, tuple[str, ...]]:
    """Query, value and key as they came, and the mask."""
    arguments: tuple[tuple[str, Argument], ...] = ()
    assumed: tuple[str, ...] = ()
    if call.class_name == "MultiHeadAttention":
        arguments = (("num_heads", 2), ("key_dim", EXAMPLES["units"]))
        assumed = ("num_heads = 2", f"key_dim = {EXAMPLES['units']}")
    masks = call.shapes.get("attention_mask", ()) if arguments else ()
    query = call.attended[0] if call.attended else ()
    if masks and len(masks[0]) == 2 and len(query) == 3 and masks[0][0] == query[1] != query[0]:
        return None, ()  # (query steps, key steps), the same for every sample: no Input holds it
    return _of(call, arguments, [(None, *shape[1:]) for shape in call.attended], 0, (masks or (None,))[0]), assumed


def _recurrent(call: _Call) -> tuple[ModelSpec | None, tuple[str, ...]]:
    states, mask = call.states or (), (call.shapes.get("mask") or (None,))[0]
    shape = call.inputs[0]
    assumed: tuple[str, ...] = ()
    if len(shape) == 2:  # a cell reads one timestep
        shape, assumed = (shape[0], EXAMPLES["timesteps"], shape[1]), (f"timesteps = {EXAMPLES['timesteps']}",)
    if len(shape) != 3 or (not states and mask is None):
        return None, ()
    units = next((state[-1] for state in states if state), None)
    if units is None:
        units, assumed = EXAMPLES["units"], (*assumed, f"units = {EXAMPLES['units']}")
    tensors = [(None, *shape[1:]), *((None, *state[1:]) for state in states)]
    return _of(call, (("units", units),), tensors, len(states), mask, shape[0]), assumed


def _of(
    call: _Call,
    arguments: tuple[tuple[str, Argument], ...],
    tensors: list[Sizes],
    states: int,
    mask: Sizes | None,
    samples: int | None = None,
) -> ModelSpec:
    """One layer, its Inputs, the states among them, and its mask; fed with as many samples as came."""
    several = [*tensors, *([(None, *mask[1:])] if mask is not None else [])]
    batch = samples or next((shape[0] for shape in call.inputs if shape[0]), None) or EXAMPLES["batch_size"]
    alone = len(tensors) - states == 1
    names = ["sequence", *(f"state_{i + 1}" for i in range(states))] if alone else ["query", "value", "key"]
    inputs = [entry(shape, name) for shape, name in zip(tensors, names, strict=False)]
    if mask is not None:
        inputs.append(entry(several[-1], "mask" if alone else "attention_mask", "bool"))
    layer = LayerSpec(call.class_name, snake(call.class_name), arguments)
    count = len(tensors) - states
    refs = tuple(Ref("input", i) for i in range(len(several)))
    made = CallSpec(0, refs[:count], refs[count : count + states], mask=refs[-1] if mask is not None else None)
    fed = tuple((batch, *(n or EXAMPLES["timesteps"] for n in shape[1:])) for shape in several)
    return ModelSpec(tuple(inputs), (layer,), (made,), (Ref("call", 0),), checks=(Check("predict", fed),))


def _finding(call: _Call, spec: ModelSpec, mistake: str, cause: str, assumed: tuple[str, ...]) -> Finding:
    shapes = [
        name_axes(shape, _names("value" if name == "inputs" and place else name, shape, call.class_name),
                  f"{name}, in the message")
        for name, several in call.shapes.items()
        for place, shape in enumerate(several)
    ]  # fmt: skip
    batches = {shape[0] for several in call.shapes.values() for shape in several if shape}
    if len(call.attended) > 1 and len(batches) == 1 and None not in batches:  # this call had one batch size
        cause = cause.replace("(None, ", f"({batches.pop()}, ")
    return Finding(
        "error",
        mistake,
        class_name=call.class_name,
        shapes=tuple(dict.fromkeys(shapes)),
        cause=cause,
        marks=(Mark(call.start, call.end, "the message"),),
        spec=replace(spec, assumed=assumed),
    )


def _names(argument: str, shape: Sizes, class_name: str) -> tuple[str, ...]:
    if argument in ("initial_state", "states"):
        return ("batch", "units") if len(shape) == 2 else ("batch", "timesteps", "units") if len(shape) == 3 else ()
    if argument == "attention_mask":
        return ("batch", "key steps") if len(shape) == 2 else ("batch", "query steps", "key steps")[: len(shape)]
    if argument.endswith("mask"):
        return ("batch", "timesteps", "features")[: len(shape)]
    if argument in ("value", "key") and len(shape) == 3:
        return ("batch", "key steps", "features")
    return axis_names(class_name, len(shape))
