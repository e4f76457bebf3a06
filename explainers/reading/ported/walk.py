"""A program in PyTorch or flax, walked through until its shapes are known."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from explainers.core.spec import Ref, Sizes
from explainers.reading.code.statements import Statement
from explainers.reading.ported.evaluator import Returned
from explainers.reading.ported.examples import SIDE
from explainers.reading.ported.graph import Clash
from explainers.reading.ported.machine import Machine
from explainers.reading.ported.values import (
    Class,
    Data,
    Function,
    Gap,
    Instance,
    Leaf,
    Restart,
    Several,
    State,
    Tensor,
    leaves_of,
    name_it,
)

POOLED_BETWEEN = (
    "A print has no functions such as F.max_pool2d: the sizes fit with one of 2 after each convolution, so it is added."
)
MOST_WALKS = 8
MOST_STEPS = 60_000  # of all walks that look for the side of an image
SIDES = (28, 32, 64, 224, 96, 128, 256, 299, 227, 48, 100, 150, 84, 416, 512)
_ONLY_LOADED = (ast.Import, ast.ImportFrom)


@dataclass
class Walked:
    """One walk to the end: the machine, the tensors at the model's end, what stopped it, and the side of the images.

    side: worked out. said: the sides are those that a sentence of the text gives.
    """

    machine: Machine
    ends: tuple[Tensor, ...]
    gaps: tuple[str, ...]
    side: int | None = None
    said: bool = False

    @property
    def clashes(self) -> list[Clash]:
        """Where the program contradicts itself."""
        return self.machine.graph.clashes

    @property
    def calls(self) -> int:
        """How many calls of layers there are."""
        return len(self.machine.graph.calls)


@dataclass(frozen=True)
class Program:
    """What is walked through. printed: shapes next to the code. listed: it is a list of layers, without its calls.

    reached: (declared, came, units) of a message: what a layer is made for, what reaches it, what it makes.
    sides: of the images, as a sentence says them. known: the shapes of arguments that an earlier walk found; none is
    looked for then.
    """

    found: tuple[Statement, ...]
    framework: str
    printed: Mapping[str, Sizes]
    listed: bool = False
    reached: tuple[int, int, int] | None = None
    sides: tuple[int, int] | None = None
    known: Mapping[str, tuple[Sizes, bool]] | None = None


_SIDES_SAID = re.compile(
    r"\b(\d{1,4})\s?[x×*]\s?(\d{1,4})(?:\s?[x×*]\s?[134])?(?:[ -](?:px|pixels?|rgb|gr[ae]y(?:scale)?|colou?r))?"
    r"[ -](?:images?|pictures?|photos?|frames?|inputs?)\b",
    re.IGNORECASE,
)


_SIDES_AFTER = re.compile(
    r"\b(?:images?|pictures?|photos?|frames?|inputs?)(?: size| shape)?(?: are| is| of|:| =)(?: size| shape| all)? ?"
    r"[(\[]?(?:[13], ?)?(\d{1,4})(?: ?[x×*] ?|, ?)(\d{1,4})(?!\d)",
    re.IGNORECASE,
)
_RESIZED = re.compile(r"\bResize\(\(?(\d{1,4})(?:, ?(\d{1,4}))?\)")
_OF_DATA_SETS = re.compile(r"\b(?:(?:Fashion|K|Q|E)?(MNIST)|CIFAR-?100?)\b")


def sides_said(text: str) -> tuple[int, int] | None:
    """``48x40 images``: the height and the width, where the text says one size of images."""
    found = {(int(one[1]), int(one[2])) for one in _SIDES_SAID.finditer(text)}
    found |= {(int(one[1]), int(one[2])) for one in _SIDES_AFTER.finditer(text)}
    found = found or {(int(one[1]), int(one[2] or one[1])) for one in _RESIZED.finditer(text)}
    found = found or {(28, 28) if one[1] else (32, 32) for one in _OF_DATA_SETS.finditer(text)}
    return found.pop() if len(found) == 1 else None


def walked(program: Program) -> Walked | None:
    """The walk with the data that explain most of the text."""
    if not any(_has_layers(statement) for statement in program.found):
        return None
    if program.known is not None:
        return _settled(program, dict(program.known), False)
    once = _whole(program, False)
    if not program.listed or once is None or once.side in SIDES or not _tells_a_side(once):
        return once
    again = _whole(program, True)  # a pooling layer is often made once and called after each convolution
    if again is None:
        return once
    fits = again.side in SIDES or (again.said and not again.clashes and bool(once.clashes))
    return again if fits else once


def _whole(program: Program, repeat_pool: bool) -> Walked | None:
    first = _settled(program, {}, repeat_pool)
    if first is None or not _sides(first):
        return first
    if program.sides is not None:
        return _with_sides_said(program, first, program.sides, repeat_pool)
    return _with_side(program, first, repeat_pool)


def _has_layers(statement: Statement) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(statement.node))


def _settled(program: Program, given: dict[str, tuple[Sizes, bool]], repeat_pool: bool) -> Walked | None:
    """Walks until no argument needs another shape."""
    known = dict(given)
    batch_at: dict[str, int] = {}
    for _ in range(MOST_WALKS):
        machine = Machine(program.framework, known, batch_at, program.printed)
        machine.repeat_pool, machine.reached = repeat_pool, program.reached
        try:
            return _once(program.found, machine)
        except Restart:
            continue
    return None


def _once(found: tuple[Statement, ...], machine: Machine) -> Walked:
    scope: dict[str, object] = {}
    gaps: list[str] = []
    for statement in found:
        machine.offset = statement.first_line
        try:
            _top(statement.node, machine, scope)
        except Gap as gap:
            gaps.append(f"line {machine.now}: {gap}")
        except Returned:  # a piece of a method
            continue
    ends = _ends(machine, scope)
    if not ends:
        ends, more = _by_itself(machine, scope)
        gaps += more
    return Walked(machine, ends, tuple(dict.fromkeys(gaps)))


def _top(node: ast.stmt, machine: Machine, scope: dict[str, object]) -> None:
    """A statement outside of every class: what it makes has a name."""
    if isinstance(node, _ONLY_LOADED):
        return
    free = _of_self(node)
    if free is not None:
        scope.setdefault("self", _piece(scope))
    if isinstance(node, ast.FunctionDef) and node.name in ("forward", "__init__", "__call__") and node.args.args:
        _method_alone(node, machine, scope)
        return
    machine.step(node, scope)
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        name = ast.unparse(node.targets[0])[:60].removeprefix("self.")
        name_it(_named(node, scope), name)
    for name, value in list(scope.items()):
        if isinstance(value, Data) and not value.name:
            value.name = name


def _piece(scope: dict[str, object]) -> Instance:
    """A module whose class isn't in the text."""
    node = ast.parse("class self:\n    pass").body[0]
    assert isinstance(node, ast.ClassDef)
    return Instance(Class(node, scope, []))


def _named(node: ast.Assign, scope: dict[str, object]) -> object:
    target = node.targets[0]
    if isinstance(target, ast.Name):
        value = scope.get(target.id)
        return value if isinstance(value, Leaf | Several) else None
    own = scope.get("self")
    if isinstance(target, ast.Attribute) and isinstance(own, Instance):
        return own.attributes.get(target.attr)
    return None


def _of_self(node: ast.stmt) -> ast.stmt | None:
    """``self.conv1 = …`` outside of every class: a piece of one."""
    if isinstance(node, ast.ClassDef):
        return None
    inside = any(isinstance(part, ast.Name) and part.id == "self" for part in ast.walk(node))
    return node if inside else None


def _method_alone(node: ast.FunctionDef, machine: Machine, scope: dict[str, object]) -> None:
    """A method whose class isn't in the text."""
    own = scope.setdefault("self", _piece(scope))
    if not isinstance(own, Instance):
        return
    own.of.node.body.append(node)
    if node.name == "__init__":
        machine.making = own
        machine.enter(Function(node, scope, own), [], {})
        machine.making = None
        for name, value in own.attributes.items():
            name_it(value, name)


def _ends(machine: Machine, scope: dict[str, object]) -> tuple[Tensor, ...]:
    """What the longest chain of calls in the program ends in."""
    graph = machine.graph
    read = {ref.index for call in graph.calls for ref in (*call.inputs, *call.states) if ref.source == "call"}
    last = [i for i in range(len(graph.calls)) if i not in read]
    named = (value for name, value in scope.items() if name != "_")  # nobody reads what goes by that name
    held = [one for value in named for one in _tensors(value) if one.ref.source == "call"]
    if not last:
        return ()
    best = max(last, key=lambda i: (len(graph.behind({_ref(i)})), i))
    behind = graph.behind({_ref(best)})
    ends = sorted((tensor for tensor in held if tensor.ref.index == best), key=lambda one: one.ref.output)[:1]
    shape = graph.shapes[_ref(best)]
    plain = Tensor(_ref(best), shape, tuple(range(len(shape))))
    main = ends[0] if ends else machine.made_last.get(_ref(best), plain)
    others = [
        Tensor(_ref(i), graph.shapes[_ref(i)], tuple(range(len(graph.shapes[_ref(i)]))))
        for i in last
        if i != best and graph.behind({_ref(i)}) & behind and len(graph.behind({_ref(i)})) > 1
    ]
    return (main, *others[:3])


def _ref(index: int) -> Ref:
    return Ref("call", index)


def _tensors(value: object) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, State):
        yield from value.parts
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _tensors(part)


def _by_itself(machine: Machine, scope: dict[str, object]) -> tuple[tuple[Tensor, ...], list[str]]:
    """No call on data in the text: the module that contains most is called on an example."""
    try:
        module = _main(machine, scope)
        if module is None:
            return (), []
        if isinstance(module, list):
            value = _in_order(machine, module, _given(scope))
        elif isinstance(module, Instance):
            value = machine.call(module, _arguments(module), {}, 0)
        else:
            value = machine.call(module, [_given(scope)], {}, 0)
        found = tuple(one for one in _tensors(value) if one.ref.source == "call")
        return found or _ends(machine, scope), []
    except Gap as gap:
        return _ends(machine, scope), [f"line {machine.now}: {gap}"]


def _given(scope: dict[str, object]) -> Data:
    """The array that the text makes; an example where it makes none, or several."""
    made = [value for value in scope.values() if isinstance(value, Data) and value.shape is not None]
    return made[0] if len(made) == 1 else Data(None, "x", 0)


def _in_order(machine: Machine, parts: list[object], value: object) -> object:
    """Layers without the lines that call them: one after the other, flattened where images reach a Linear."""
    pools = [leaf for part in parts for leaf in leaves_of(part) if "Pool" in leaf.kind]
    convolutions = [leaf.kind[-2] for part in parts for leaf in leaves_of(part) if leaf.kind.startswith("Conv")]
    if machine.repeat_pool and not pools and convolutions:  # F.max_pool2d isn't in a print
        pools = [Leaf(f"MaxPool{convolutions[0]}d", [2], {}, 0, f"max_pool{convolutions[0]}d")]
        machine.graph.reads.append(POOLED_BETWEEN)
    elif machine.repeat_pool and len(pools) == 1:
        parts = [part for part in parts if part is not pools[0]]
    for part in parts:
        leaf = next(iter(leaves_of(part)), None)
        if leaf is None:
            continue
        if isinstance(value, Tensor) and leaf.kind == "Linear" and len(value.shape) > 3:
            value = machine.graph.flat(value, leaf.line)
        value = machine.call(part, [value], {}, leaf.line)
        value = value[0] if isinstance(value, tuple | list) and value else value
        if machine.repeat_pool and leaf.kind.startswith("Conv") and len(pools) == 1:
            value = machine.call(pools[0], [value], {}, leaf.line)
    return value


def _arguments(module: Instance) -> list[object]:
    forward = module.of.method("forward") or module.of.method("__call__")
    if forward is None:
        return [Data(None, "x", 0)]
    names = [argument.arg for argument in forward.args.args[1:]]
    needed = names[: len(names) - len(forward.args.defaults)]
    return [Data(None, name, 0) for name in needed]


def _main(machine: Machine, scope: dict[str, object]) -> object:
    """The module that is called by itself: one that the text makes, or its last class."""
    own = scope.get("self")
    made = [value for name, value in scope.items()
            if isinstance(value, Instance | Several | Leaf) and name != "self" and leaves_of(value)]  # fmt: skip
    inside = {leaf for value in made if not isinstance(value, Leaf) for leaf in leaves_of(value)}
    whole = [value for value in made if not (isinstance(value, Leaf) and value in inside)]
    if any(not isinstance(value, Leaf) for value in whole):
        return max((v for v in whole if not isinstance(v, Leaf)), key=lambda v: len(leaves_of(v)))
    if isinstance(own, Instance) and leaves_of(own):
        if own.of.method("forward") is not None:
            return own
        return list(own.attributes.values())
    classes = [value for value in scope.values() if isinstance(value, Class) and _is_module(value)]
    if classes:
        used = {node.id for value in classes for node in ast.walk(value.node) if isinstance(node, ast.Name)}
        top = [value for value in classes if value.node.name not in used] or classes
        return machine.made(top[-1], [], {})
    return whole[0] if len(whole) == 1 else whole or None


def _is_module(value: Class) -> bool:
    return any(value.method(name) is not None for name in ("forward", "__call__")) or value.is_sequential()


# -- the side of an image that the text doesn't say ---------------------------------------------------------------


def _sides(walk: Walked) -> list[str]:
    """The arguments that got an example with sides."""
    return [name for name, (shape, _) in walk.machine.known.items() if SIDE in shape[1:] and len(shape) > 2]


def _with_side(program: Program, first: Walked, repeat_pool: bool) -> Walked:
    """The side for which the Linear after the images gets what it is made for, or what a message says."""
    if not _tells_a_side(first):
        return first
    if _fits(first, program.reached):
        return replace(first, side=SIDE)
    steps = 0
    for side in (*SIDES, *range(4, 260)):
        given = {name: (tuple(side if n == SIDE else n for n in shape), integers)
                 for name, (shape, integers) in first.machine.known.items()}  # fmt: skip
        again = _settled(program, given, repeat_pool)
        if again is not None and _fits(again, program.reached):
            return replace(again, side=side) if _of_the_side(again) else again
        steps += again.machine.steps if again is not None else 0
        if steps > MOST_STEPS:
            break
    return first


def _with_sides_said(program: Program, first: Walked, sides: tuple[int, int], repeat_pool: bool) -> Walked:
    """The examples of images have the sides that the text says."""
    given = dict(first.machine.known)
    for name in _sides(first):
        shape, integers = given[name]
        rest = iter(sides)
        given[name] = (tuple(next(rest, n) if n == SIDE else n for n in shape), integers)
    again = _settled(program, given, repeat_pool)
    return replace(again, said=True) if again is not None else first


def _tells_a_side(walk: Walked) -> bool:
    """Whether the size of the image decides what a later layer reads."""
    return any(clash.kind in _BY_SIDES for clash in walk.clashes) or _of_the_side(walk) or _adapts(walk)


def _of_the_side(walk: Walked) -> bool:
    """Whether images were flattened that still had sides."""
    return any(len(shape) > 1 and max(n or 1 for n in shape[1:]) > 1 for shape in walk.machine.graph.flattened.values())


def _adapts(walk: Walked) -> bool:
    return any("adaptive pooling" in gap for gap in walk.gaps)


_BY_SIDES = ("linear", "folded", "view", "window", "cat", "operands")


def _fits(walk: Walked, reached: tuple[int, int, int] | None) -> bool:
    bad = [clash for clash in walk.clashes if clash.kind in _BY_SIDES]
    if reached is None:
        return not bad and not _adapts(walk)
    return any((clash.made, clash.came) == reached[:2] for clash in bad)
