"""What each kind of statement does."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from explainers.core.spec import Check, Ref
from explainers.reading.code.arithmetic import binary
from explainers.reading.code.budget import MOST_TURNS
from explainers.reading.code.frames import with_columns, without_columns
from explainers.reading.code.inherited import with_base
from explainers.reading.code.patterns import window_of
from explainers.reading.code.pretrained import InsideV
from explainers.reading.code.values import (
    Arr,
    Broke,
    ClassV,
    Continued,
    FuncV,
    Items,
    Keyed,
    LayerV,
    Missing,
    ModelV,
    ObjV,
    Options,
    Returned,
    Stream,
    Sym,
    Ten,
    Value,
    count_of,
)
from explainers.reading.old_imports import module_today

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def loop(reader: Reader, node: ast.For) -> None:
    """A for-loop over a range or a list, turn by turn."""
    values = reader.value(node.iter)
    if isinstance(values, dict):
        values = Items(values, count_of(values))
    if isinstance(values, Arr) and values.sizes:
        values = Items([Arr(values.name, values.sizes[1:])], values.sizes[0])
    if isinstance(values, InsideV):
        return  # what is done with each layer of a backbone changes no shape
    if isinstance(values, Stream):
        values = Items([values.element], None)
    if not isinstance(values, list | tuple) or (not values and count_of(values) is None):
        values = Items([Missing("a turn of the loop")])
    if isinstance(values, Items) and values.total is None and not _of_data_set(values):
        reader.skip(node, "how often this loop runs isn't in the text; it is read once")
    cut_windows(reader, node)
    turns(reader, node, values)


def _of_data_set(values: Items) -> bool:
    """Whether a loop goes through the batches of a data set, numbered or not: all of them have the same shapes."""
    parts = [inner for value in values for inner in (value if isinstance(value, tuple) else [value])]
    return any(isinstance(part, Arr | tuple) for part in parts)


def turns(reader: Reader, node: ast.For, values: list[Value] | tuple[Value, ...]) -> None:
    """The turns of a loop. Of a long one the first; the lists that grow in it grow as they would in all of them."""
    kept, reader.grown = reader.grown, {}
    total, read, broken = count_of(values), 0, False
    for turn in list(values)[:MOST_TURNS]:
        bind(reader, node.target, turn)
        read += 1
        try:
            reader.block(node.body)
        except Broke:
            broken = True
            break
        except Continued:
            continue
    if not broken and total != read:
        leaves = any(isinstance(inner, ast.Break | ast.Continue | ast.If) for inner in ast.walk(node))
        for grown, held in reader.grown.values():
            held.grow(None if total is None or leaves or grown % read else grown // read * (total - read))
        _forget_counted(reader, node)
    reader.grown = {**kept, **reader.grown}


def repeat(reader: Reader, node: ast.While) -> None:
    """A while-loop, as long as its test holds in numbers; read once where it can't be told."""
    kept, reader.grown = reader.grown, {}
    if not _repeated(reader, node):
        for _, held in reader.grown.values():
            held.grow(None)
        _forget_counted(reader, node)
    reader.grown = {**kept, **reader.grown}


def _repeated(reader: Reader, node: ast.While) -> bool:
    """Read the turns of a while-loop. Whether it was read to its end."""
    for _ in range(MOST_TURNS):
        test = reader.value(node.test)
        told = isinstance(test, bool | int | float) and not unsure(reader, node.test)
        if told and not test:
            return True
        try:
            reader.block(node.body)
        except Broke:
            return told
        except Continued:
            pass
        if not told or isinstance(node.test, ast.Constant):
            return False
    return False


def _forget_counted(reader: Reader, loop: ast.For | ast.While) -> None:
    """Numbers that a loop counts on (``n += 1``, ``n = 2 * n``): where it isn't read to its end, they are unknown."""
    for node in ast.walk(loop):
        target = node.target if isinstance(node, ast.AugAssign) else None
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            read = {inner.id for inner in ast.walk(node.value) if isinstance(inner, ast.Name)}
            one = node.targets[0]
            target = one if isinstance(one, ast.Name) and one.id in read else None
        if isinstance(target, ast.Name) and isinstance(reader.env.get(target.id), int | float):
            reader.env[target.id] = Missing(target.id)


def cut_windows(reader: Reader, node: ast.For) -> None:
    """``for i in …: x.append(series[i : i + n])``: one series is cut into windows."""
    found = window_of(node)
    if found is None:
        return
    series, length = reader.value(found[0]), reader.value(found[1])
    if length == 1:
        return  # one sample, with its batch axis
    points = series.sizes[0] if isinstance(series, Arr) and series.sizes else None
    reader.custom.cut(points, length if isinstance(length, int) else None)


def read_branch(reader: Reader, node: ast.If) -> None:
    """Both arms can't be right: the one whose test holds, or the first."""
    test = reader.value(node.test)
    told = isinstance(test, bool | int | float) and not unsure(reader, node.test)
    if not told and _leaves(node.body):
        reader.block(node.orelse)  # a way out that isn't taken, as far as the text says
        return
    taken = bool(test) if isinstance(test, bool | int | float) else test is not None
    reader.block(node.body if taken else node.orelse)


def choose_case(reader: Reader, node: ast.Match) -> None:
    """``match kind:``, the first case that fits; one that can't be told from the text counts as it."""
    subject = reader.value(node.subject)
    for case in node.cases:
        if _fits(reader, case.pattern, subject) and (case.guard is None or reader.value(case.guard)):
            reader.block(case.body)
            return


def _fits(reader: Reader, pattern: ast.pattern, subject: Value) -> bool:
    """Whether a value has the form of a case, whose names are bound on the way."""
    if isinstance(pattern, ast.MatchOr):
        return any(_fits(reader, one, subject) for one in pattern.patterns)
    if isinstance(pattern, ast.MatchAs):
        if pattern.pattern is not None and not _fits(reader, pattern.pattern, subject):
            return False
        if pattern.name is not None:
            bind(reader, ast.Name(pattern.name), subject)
        return True
    if isinstance(pattern, ast.MatchSequence) and isinstance(subject, list | tuple):
        parts = pattern.patterns
        alike = len(parts) == len(subject) and not any(isinstance(part, ast.MatchStar) for part in parts)
        return alike and all(_fits(reader, part, held) for part, held in zip(parts, subject, strict=True))
    if isinstance(subject, Missing):
        return True
    told = reader.value(pattern.value) if isinstance(pattern, ast.MatchValue) else None
    return subject == told if isinstance(pattern, ast.MatchValue | ast.MatchSingleton) else False


def _leaves(body: list[ast.stmt]) -> bool:
    """Whether a branch only ends a loop or the program, or is a guard: ``if not exists(path): return 0``."""
    last = body[-1]
    if isinstance(last, ast.Return):
        return len(body) == 1 and (last.value is None or isinstance(last.value, ast.Constant))
    return isinstance(last, ast.Break | ast.Continue | ast.Raise)


def unsure(reader: Reader, test: ast.expr) -> bool:
    """Whether a test compares what the text doesn't give: its result stands for nothing."""
    sides = [test.left, *test.comparators] if isinstance(test, ast.Compare) else []
    return any(isinstance(reader.value(side), Missing | Arr | Sym) for side in sides)


def bind(reader: Reader, target: ast.expr, value: Value) -> None:
    """Give a name (or several) its value."""
    if isinstance(target, ast.Name):
        if isinstance(value, ModelV):
            value.variable = target.id
        if isinstance(value, Arr):
            value = replace(value, name=target.id, sizes=value.sizes or reader.hints.get(target.id))
            if value.sizes is not None:
                reader.data[target.id] = value.sizes
        if isinstance(value, int) and not isinstance(value, bool) and len(reader.numbers) < 60:
            reader.numbers[target.id] = value
        if isinstance(value, Missing) and target.id in reader.hints:
            value = Arr(target.id, reader.hints[target.id])
        before = reader.env.get(target.id)
        if isinstance(before, Ten) and isinstance(value, LayerV):
            reader.replaced[target.id] = before
        elif target.id in reader.replaced:
            del reader.replaced[target.id]
        reader.env[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        unpack(reader, target, value)
    elif isinstance(target, ast.Attribute):
        owner = reader.value(target.value)
        if isinstance(owner, ObjV):
            owner.attributes[target.attr] = value
        elif isinstance(owner, Options):
            owner.values[target.attr] = value
    elif isinstance(target, ast.Subscript):
        put(reader, target, value)


def put(reader: Reader, target: ast.Subscript, value: Value) -> None:
    """``config["units"] = 9``, ``sizes[0] = 9``, and a column of a table, which may be a new one."""
    owner = reader.value(target.value)
    if not isinstance(owner, dict | list | Arr):
        return
    place = reader.value(target.slice)
    if isinstance(owner, dict):
        put_in(reader, owner, place, value)
    elif isinstance(owner, list) and isinstance(place, int) and -len(owner) <= place < len(owner):
        owner[place] = value
    elif isinstance(owner, Arr) and isinstance(target.value, ast.Name) and _names_columns(place):
        bind(reader, target.value, with_columns(owner, place))


def put_in(reader: Reader, owner: dict[Value, Value], key: Value, value: Value) -> Value:
    """A value under a key that may be new; of a key that the text doesn't give only that there is one more."""
    told = isinstance(key, str | int)
    if isinstance(owner, Keyed) and not (told and key in owner):
        reader.grew(owner, 1)
        if not told:
            owner.grow(None)
    if told:
        owner[key] = value
        reader.budget.hold(owner)
    return value


def _names_columns(place: Value) -> bool:
    """Whether it is a table that is given columns: ``table["name"]``; a row of an array changes no shape."""
    return isinstance(place, str) or (isinstance(place, list) and all(isinstance(name, str) for name in place))


def _delete(reader: Reader, node: ast.Delete) -> None:
    """``del table["name"]``."""
    for target in node.targets:
        owner = reader.value(target.value) if isinstance(target, ast.Subscript) else None
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and isinstance(owner, Arr):
            bind(reader, target.value, without_columns(owner, reader.value(target.slice)))


def unpack(reader: Reader, target: ast.Tuple | ast.List, value: Value) -> None:
    """``a, b = layer(x)``: a wrong number of names is a mistake of its own."""
    names = target.elts
    starred = any(isinstance(name, ast.Starred) for name in names)
    if isinstance(value, Ten):
        wanted, made = len(names), reader.graph.outputs_of(value.ref.index) if value.ref.source == "call" else 1
        known = reader.graph.made.get(value.ref) is not None  # else it isn't known either how many tensors it is
        if value.ref.source == "call" and "return_attention_scores" in reader.graph.calls[value.ref.index].text:
            known = False  # its scores are a second output, which isn't followed here
        wanted = made if starred else wanted
        if not starred and wanted != made and known:
            line = reader.line(target)
            reader.checks.append(
                (
                    None,
                    Check("unpack", number=wanted, line=line, text=reader.source(line), layer=str(value.ref.index)),
                )
            )
        # a name too many is given the last tensor: what comes behind it is read on
        value = (
            [Ten(Ref("call", value.ref.index, min(i, made - 1))) for i in range(wanted)]
            if made > 1
            else ([value] * wanted)
        )
    if isinstance(value, list | tuple) and (starred or len(value) == len(names)):
        parts = _shared_out(names, value)
        if parts is not None:
            for name, part in zip(names, parts, strict=True):
                bind(reader, name.value if isinstance(name, ast.Starred) else name, part)
            return
    for name in names:
        if not isinstance(name, ast.Starred):
            bind(reader, name, Missing(ast.unparse(name)[:40]))


def _shared_out(names: list[ast.expr], parts: list[Value] | tuple[Value, ...]) -> list[Value] | None:
    """A part for each name, and a list of the others for ``*rest``; None where there are too few, or more unread."""
    at = next((i for i, name in enumerate(names) if isinstance(name, ast.Starred)), None)
    if at is None:
        return list(parts)
    end = len(parts) - (len(names) - at - 1)
    if end < at or count_of(parts) != len(parts):
        return None
    return [*parts[:at], Items(parts[at:end], end - at), *parts[end:]]


def _assign(reader: Reader, node: ast.Assign) -> None:
    value = reader.value(node.value)
    for target in node.targets:
        bind(reader, target, value)


def _annotated(reader: Reader, node: ast.AnnAssign) -> None:
    if node.value is not None:
        bind(reader, node.target, reader.value(node.value))


def _augmented(reader: Reader, node: ast.AugAssign) -> None:
    bind(reader, node.target, binary(reader, type(node.op), reader.value(node.target), reader.value(node.value), node))


def _expression(reader: Reader, node: ast.Expr) -> None:
    if isinstance(node.value, ast.Yield):  # what a generator gives first is enough to know its shapes
        raise Returned(reader.value(node.value.value))
    reader.value(node.value)


def _function(reader: Reader, node: ast.FunctionDef) -> None:
    made = FuncV(node, around=reader.env if reader.inside else None)
    for decorator in reversed(node.decorator_list):  # one of the text's own may call the function several times
        around = reader.value(decorator)
        changed = reader.run(around, [made], {}) if isinstance(around, FuncV) else made
        made = changed if isinstance(changed, FuncV) else made
    reader.env[node.name] = made


def _class(reader: Reader, node: ast.ClassDef) -> None:
    """A class; of one of the text's own it has the methods, too."""
    bases = (reader.env.get(base.id) for base in node.bases if isinstance(base, ast.Name))
    base = next((found for found in bases if isinstance(found, ClassV)), None)
    reader.env[node.name] = ClassV(with_base(node, base.node) if base is not None else node)


def _return(reader: Reader, node: ast.Return) -> None:
    raise Returned(reader.value(node.value) if node.value is not None else None)


def _body(reader: Reader, node: ast.With | ast.Try) -> None:
    reader.block(node.body)


def _break(reader: Reader, node: ast.Break) -> None:
    raise Broke


def _continue(reader: Reader, node: ast.Continue) -> None:
    raise Continued


_LIBRARIES = (
    *("keras", "tensorflow", "tf_keras", "numpy", "pandas", "sklearn", "math", "jax"),
    *("argparse", "types", "functools"),
)


def _import(reader: Reader, node: ast.Import) -> None:
    for alias in node.names:
        if alias.asname and alias.name.split(".", 1)[0] in _LIBRARIES:
            reader.env[alias.asname] = Sym(alias.name)


def _import_from(reader: Reader, node: ast.ImportFrom) -> None:
    """A name out of a library is that library's; one out of another module hides what Keras calls by this name."""
    module = node.module or ""
    today = module_today(module, tuple(alias.name for alias in node.names))
    if today is not None:
        reader.renamed.append(f"{module} is {today}")
    ours = module.split(".", 1)[0] in _LIBRARIES and not node.level
    for alias in node.names:
        name = alias.asname or alias.name
        if alias.name == "*" or name in reader.env:
            continue
        if ours:
            reader.env[name] = Sym(f"{module}.{alias.name}")
        elif module.split(".", 1)[0] not in ("__future__", "typing", "layers", "models"):
            named_class = name[:1].isupper() and not name.isupper()
            reader.env[name] = Missing(f"{module}.{alias.name}" if named_class else name)


STATEMENTS: dict[type[ast.stmt], Callable[[Reader, Any], None]] = {
    ast.Assign: _assign,
    ast.Delete: _delete,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.FunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.For: loop,
    ast.While: repeat,
    ast.If: read_branch,
    ast.Match: choose_case,
    ast.With: _body,
    ast.Try: _body,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
}
