"""A state does not fit the cell that starts from it."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding, Value
from explainers.core.layers import sheet, states_of
from explainers.core.mistakes.kit.mending.small import STATES
from explainers.core.mistakes.kit.scene import (
    Scene,
    entry,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said, nothing_live
from explainers.core.spec import CallSpec, Check, LayerSpec, ModelSpec, Ref


def _decides(finding: Finding, said: Said) -> str | None:
    """Lists of tensors are states, or the targets of several outputs where a loss stands near."""
    of_loss = re.search(r"y_true|y_pred|compile_loss|compute_loss|/losses", said.near(400, 600))
    return "target_shape" if of_loss else None


def _live(scene: Scene) -> ModelSpec | None:
    """An LSTM whose initial_state has the width, rank or number of the message."""
    finding = scene.finding
    if finding.shape("sizes") is not None:
        return None  # a cell of the learner's own: its lesson shows it
    expected, found = finding.shape("expected"), finding.shape("found")
    passed = list(finding.named.get("given", ())) or [
        tuple(axis.size for axis in shape) for shape in finding.shapes if len(shape) > 1
    ]
    wanted = _wanted(finding)
    if len(wanted) > 2:
        return None  # a stack of cells, of which the message gives the widths alone
    states = finding.number("states_passed") or (len(passed) if 0 < len(passed) < 8 else 1)
    units = (
        (wanted[0] if wanted else None)
        or (expected[-1] if expected else None)
        or finding.number("state_width")
        or (passed[0][-1] if passed else None)
        or scene.example("units")
    )
    shape = found or (passed[0] if passed else (None, units + 2))
    shape = tuple(shape) if shape and shape[0] is None else (None, *shape)
    class_name = "GRU" if len(wanted) == 1 else "LSTM"
    layer = LayerSpec(class_name, class_name.lower(), (("units", units),))
    features = scene.example("features")
    inputs = (
        entry((None, scene.example("timesteps"), features), "sequence"),
        *(entry(shape, f"state_{i + 1}") for i in range(min(states, 8))),
    )
    call = CallSpec(0, (Ref("input", 0),), tuple(Ref("input", i + 1) for i in range(len(inputs) - 1)))
    fed = tuple(tuple(2 if n is None else n for n in tensor.shape) for tensor in inputs)
    return ModelSpec(inputs, (layer,), (call,), (Ref("call", 0),), checks=(Check("predict", fed),))


def _wanted(finding: Finding) -> list[int]:
    """The widths of the states that the cell has, by the message: its state_size."""
    return [int(width) for width in re.findall(r"\d{1,6}", str(finding.values.get("wanted_states", "")))]


def _other_states(scene: Scene) -> ModelSpec:
    """A layer of one state that is given two, or one of two that is given one."""
    wanted = scene.finding.number("states_expected")
    class_name = "LSTM" if wanted == 2 else "GRU"
    units = scene.example("units")
    states = 1 if len(states_of(class_name)) == 2 else 2
    inputs = (
        entry((None, scene.example("timesteps"), scene.example("features")), "sequence", origin="an example"),
        *(entry((None, units), f"state_{i + 1}", origin="an example") for i in range(states)),
    )
    call = CallSpec(0, (Ref("input", 0),), tuple(Ref("input", i + 1) for i in range(states)))
    fed = tuple(tuple(2 if n is None else n for n in tensor.shape) for tensor in inputs)
    layer = LayerSpec(class_name, class_name.lower(), (("units", units),))
    return ModelSpec(inputs, (layer,), (call,), (Ref("call", 0),), checks=(Check("predict", fed),))


def _a_state_size(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """The attribute, in the cell's constructor; for a layer that is no cell, the layer of that kind."""
    name = str(finding.values.get("cls") or "")
    layer = _no_cell(finding)
    if layer:
        cell = f"{layer.removeprefix('CuDNN')}Cell"
        return (
            Change(
                f"Stack cells instead of layers: {cell} instead of {layer}.",
                code=f"cells = layers.StackedRNNCells([layers.{cell}(units) for _ in range(2)])\nlayers.RNN(cells)",
                means="RNN runs the stack along time.",
            ),
            Change(
                "Or stack whole layers: all but the last return every step.",
                code=f"x = layers.{layer.removeprefix('CuDNN')}(units, return_sequences=True)(x)",
            ),
        )
    if sheet(name) is not None:
        return (
            Change(
                f"{name} is not a cell: give RNN a cell, such as an LSTMCell.",
                code="layers.RNN(layers.LSTMCell(units))",
                means="A cell handles one timestep and passes its state to the next.",
            ),
        )
    return (
        Change(
            "Set it in __init__: one number for one state, a list for several.",
            code="self.state_size = units",
            means="call(inputs, states) must then return its output and as many states, each (batch, size).",
        ),
        Change("If the output is wider or narrower than the state, set that too.", code="self.output_size = units"),
    )


_A_LAYER = re.compile(r"(?:[.<]|\b)(?P<name>(?:CuDNN)?(?:LSTM|GRU|SimpleRNN))(?= object| name=)")


def _no_cell(finding: Finding) -> str:
    """The recurrent layer that is listed among cells; "" where the message lists none."""
    found = _A_LAYER.search(str(finding.values.get("rest", "")))
    return found["name"] if found is not None else ""


def _words_of_cells(finding: Finding) -> dict[str, str]:
    name = _no_cell(finding)
    return {"no_cell": name} if name else {}


_PASSED_IN = re.compile(r"initial_state=\[")


def _words_of_a_loop(finding: Finding) -> dict[str, str]:
    """States that were passed, and not those that the cell returns."""
    if not _PASSED_IN.search(finding.around):
        return {}
    return {"own_states": str(finding.number("states_passed")), "passed_in": str(finding.number("states_expected"))}


def _advice_of_a_loop(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A cell of the asker's own, whose call returns another number of states."""
    if _PASSED_IN.search(finding.around):
        return ()
    return (
        Change(
            "Return every state, even one that doesn't change.",
            code="return output, [h, c]  # one for each entry of state_size",
        ),
        Change("Or remove the entry that has no state from state_size.", code="self.state_size = units"),
    )


def _states_of_a_cell(finding: Finding) -> int | None:
    """How many states the layer has: by the message, or by its class."""
    told = finding.number("states_expected")
    if told is not None or "wanted_states" in finding.values:
        return told or len(_wanted(finding))
    found = sheet(finding.class_name or "")
    cell = sheet(found.cell) if found is not None and found.cell else None
    return len(cell.states) if cell is not None else None


def _fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """As many states as the cell has, each (batch, units), and as wide as its units."""
    one = _states_of_a_cell(finding) == 1
    names, layer = ("h", "GRU") if one else ("h, c", "LSTM")
    sequence = any(len(shape) == 3 for shape in finding.named.get("given", ()))
    first = Change(
        "Pass the state of the encoder, not its outputs at every step: return_state=True gives both."
        if sequence
        else f"Give one (batch, units) state for each state of the cell: {'a GRU has one' if one else 'an LSTM has two'}.",
        code=f"outputs, {names} = layers.{layer}(units, return_state=True)(x)\ninitial_state=[{names}]",
    )
    means = f"A Bidirectional encoder returns {'two states' if one else 'two h and two c'}: concatenate {'them' if one else 'each pair'}, and use 2 * units in the decoder."
    return (
        first,
        Change("Give the encoder and the decoder the same units.", code=f"layers.{layer}(units, return_state=True)",
               means=means),
    )  # fmt: skip


MISTAKE = Mistake(
    name="initial_state",
    title="A state does not fit the cell that starts from it",
    searched=(
        "initial_state",
        "state_size",
        "An initial_state was passed that is not compatible with cell.state_size",
    ),
    misconception="a-state-is-any-tensor",
    order=100,
    of_a_state=True,
    built_silently=True,
    families=(
        Family(
            sees=("`state_size` attribute", "has no attribute 'state_size'"),
            says=(
                "All cells must have a `state_size` attribute.{rest:rest}",
                "The RNN cell <should|must> have a `state_size` attribute<s|...>? Received: cell=\\<{cls} name=",
                "cell <should|must> have a `state_size` attribute",
                "'{cls}' object has no attribute 'state_size'",
            ),
            causes=(
                "A stack is made of cells, each of which handles one timestep; {no_cell} is a whole layer.",
                "RNN asks its cell how many states it keeps and how wide each is; {cls} has no state_size.",
                "RNN asks its cell how many states it keeps and how wide each is; this cell has no state_size.",
            ),
            weight=3,
            words=_words_of_cells,
            advice=_a_state_size,
            live=nothing_live,
            title="A cell that doesn't say the size of its state",
        ),
        Family(
            sees=(
                "initial_state",
                "initial state",
                "expected state",
                "state values",
                "output_size must",
                "state_size",
                "states but",
                "`state_size` attribute",
                "state_size must be",
                "initial_state` to a bidirectional",
                "but found shape",
            ),
            says=(
                "An <`>?initial_state<`>? was passed that is not compatible with <`>?cell.state_size<`>?. Received <`>?state_spec<`>?={passed:rest}",
                "An <`>?initial_state<`>? was passed that is not c",
                "Layer has {states_expected} states but was passed {states_passed} initial states",
                "Layer {layer} expects {states_expected} state<s|(s)>?, but it received {states_passed} <initial >?state",
                "output_size must be an integer. Received: output_size={sizes:shape}",
                "output_size must be an integer",
                "State {input_number} is incompatible with layer {layer}: expected shape={expected:shape}, found shape={found:shape}",
                "Expected state to be a tuple of length {states_expected}",
                "Expected ... `initial_state`",
                "initial_state ... should have ... shape ... {expected:shape}",
                "should have a `state_size` attribute",
                "must have a `state_size` attribute",
                "state_size must be <specified as property|an integer>",
                "When passing `initial_state` to a Bidirectional RNN, the state should be a list containing the states of the underlying RNNs",
                "expected shape={expected:shape} but found shape={found:shape}",
            ),
            causes=(
                "{layer} has {states_expected} states; {states_passed} were given.",
                "The layer has {states_expected} states; {states_passed} were given.",
                "The state of {layer} must be {expected}; {found} was given.",
                (
                    "The cell has several outputs, output_size {sizes}; in today's Keras a cell returns one tensor "
                    "of one width."
                ),
                (
                    "You passed {given}; the cell's state_size is {wanted_states}: one state for each of its "
                    "entries, in this order, with the batch in front."
                ),
                (
                    "The initial_state that you passed doesn't have the number, width or rank that the cell's "
                    "state_size asks for: one (batch, units) for each state, two for an LSTM."
                ),
            ),
        ),
        Family(
            sees=("leaves for pytreespec",),
            says=("Too <few|many> leaves for PyTreeSpec; expected: {states_expected}, got: {states_passed}",),
            causes=(
                "The layer has {own_states} states; {passed_in} were given as its initial_state.",
                (
                    "The loop over the timesteps began with {states_expected} states and got back {states_passed} "
                    "from the first step: call must return as many as state_size names, in the same order."
                ),
            ),
            advice=_advice_of_a_loop,
            words=_words_of_a_loop,
            live=nothing_live,
            title="A step that returns a different number of states",
        ),
        Family(
            sees=("same nested structure", "same sequence length", "same number of elements", "same structure"),
            says=(
                "structures don't have the same sequence length. Input structure has length {states_passed}, while shallow structure has length {states_expected}",
                "structures don't have the same <sequence length|nested structure|number of elements|structure>",
            ),
            causes=(
                (
                    "{states_passed} tensors were returned where {states_expected} belong, most often the states of "
                    "a cell: call must return as many as state_size names, in the same order, each (batch, size)."
                ),
                "A list of tensors was returned in a different form from the one it was passed in, most often the states of a cell: call must return as many as state_size names, in the same order, and as the same kind of list.",
            ),
            decides=_decides,
            live=_other_states,
        ),
        Family(
            sees=("enters the loop with shape",),
            says=("enters the loop with shape {expected:shape}, but has shape {found:shape} after one iteration",),
            causes=(
                (
                    "The state enters the loop as {expected} and leaves its first step as {found}: a step must "
                    "return each state in the shape in which it got it."
                ),
            ),
            question="Which cell or layer runs in this loop? Paste its code.",
        ),
    ),
    live=_live,
    fixes=_fixes,
    mends=STATES,
)
