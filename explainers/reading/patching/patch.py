"""The asker's own lines with a change in them, found by what differs between two programs."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable

from explainers.core.layers import WRAPPERS
from explainers.core.layers.old_names import RENAMED
from explainers.core.spec import VALIDATION, Argument, CallSpec, Check, LayerSpec, ModelSpec, Ref, snake
from explainers.reading.literal import BY_NAME, today_name
from explainers.reading.patching.data_places import made_of, weights_of
from explainers.reading.patching.places import UNREADABLE, Edit, Places, argument, last, parts, within

_FED = ("fit", "predict", "evaluate", "train_on_batch", "test_on_batch", "predict_on_batch")
LONGEST = 30_000  # characters of a text whose lines are changed


class NoPlace(LookupError):
    """The change has no place of its own in the text."""


def patched(text: str, before: ModelSpec, after: ModelSpec, code: str) -> str | None:
    """The text with the change in it. code: the words of the change, for data. None where it can't be placed."""
    if len(text) > LONGEST:
        return None
    try:
        edits = dict.fromkeys(_Patch(Places(text), before, after, code).edits())
        return with_edits(text, list(edits)) if edits else None
    except UNREADABLE:
        return None


def diff_of(text: str, changed: str) -> str:
    """A unified diff with three lines around each change."""
    lines = difflib.unified_diff(text.split("\n"), changed.split("\n"), "yours", "fixed", lineterm="", n=3)
    return "\n".join(lines)


def applied(text: str, diff: str) -> str:
    """A text with a unified diff put into it, strictly: a line that isn't there is an error."""
    lines, result, place = text.split("\n"), [], 0
    for line in diff.split("\n"):
        hunk = re.match(r"@@ -(\d+)", line)
        if hunk is not None:
            start = int(hunk[1]) - 1
            result += lines[place:start]
            place = start
        elif line[:1] == "+" and not line.startswith("+++"):
            result.append(line[1:])
        elif line[:1] in (" ", "-") and not line.startswith("---"):
            if lines[place] != line[1:]:
                raise ValueError(f"{line[1:]!r} isn't line {place + 1}: {lines[place]!r}")
            result += [line[1:]] if line[0] == " " else []
            place += 1
    return "\n".join([*result, *lines[place:]])


def with_edits(text: str, edits: list[Edit]) -> str:
    """The text with some of its characters replaced. Raises NoPlace where two of them overlap."""
    end = len(text) + 1
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        if edit.end > end:
            raise NoPlace("two changes overlap")
        text, end = text[: edit.start] + edit.words + text[edit.end :], edit.start
    return text


def _one_by_one(places: Places, node: ast.Call, new: LayerSpec) -> list[Edit]:
    """``Attention()([query, value])``, but ``MultiHeadAttention(…)(query, value)``."""
    parent = places.parents[node]
    listed = parent.args[0] if isinstance(parent, ast.Call) and parent.func is node and parent.args else None
    if new.class_name != "MultiHeadAttention" or not isinstance(listed, ast.List):
        return []
    return [Edit(*places.span(listed), ", ".join(map(places.source, listed.elts)))]


class _Patch:
    """What differs between two programs, as edits of the text."""

    def __init__(self, places: Places, before: ModelSpec, after: ModelSpec, code: str) -> None:
        self.places, self.before, self.after, self.code = places, before, after, code

    def edits(self) -> list[Edit]:
        """All of them."""
        found = [edit for work in (self._layers, self._calls, self._inputs, self._checks) for edit in work()]
        if not found and repr(self.before) != repr(self.after):
            raise NoPlace("nothing of it is in the text")
        return found

    # -- layers and their arguments -----------------------------------------------------------------------------

    def _layers(self) -> list[Edit]:
        found: list[Edit] = []
        for old, new in zip(self.before.layers, self.after.layers, strict=False):
            if old.arguments != new.arguments or old.class_name != new.class_name:
                found += self._layer(self._maker(old), old, new)
        return found

    def _maker(self, layer: LayerSpec) -> ast.Call:
        alike = [
            other for other in self.before.layers if (other.line, other.class_name) == (layer.line, layer.class_name)
        ]
        makers = self.places.makers(layer)
        return makers[min(alike.index(layer), len(makers) - 1)]

    def _layer(self, node: ast.Call, old: LayerSpec, new: LayerSpec) -> list[Edit]:
        if old.class_name == new.class_name:
            return [edit for key in _changed(old, new) for edit in self._argument(node, old, new, key)]
        start, end = self.places.span(node)
        if new.get("layer") == old:
            name, imports = self.places.layer_name(new.class_name)
            return [*imports, Edit(start, start, f"{name}("), Edit(end, end, ")")]
        if last(node)[:1].islower():  # layers.add([a, b]), called already
            if not isinstance(node.func, ast.Attribute) or _changed(old, new):
                raise NoPlace("a function of another name isn't imported")
            return [
                Edit(self.places.span(node.func.value)[1] + 1, self.places.span(node.func)[1], snake(new.class_name))
            ]
        words, imports = self._written(new)
        return [*imports, Edit(start, end, words), *_one_by_one(self.places, node, new)]

    def _argument(self, node: ast.Call, old: LayerSpec, new: LayerSpec, key: str) -> list[Edit]:
        value, was = new.get(key), old.get(key)
        if isinstance(value, LayerSpec) and isinstance(was, LayerSpec):
            inner = next(call for call in within(node) if today_name(last(call)) == was.class_name)
            return self._layer(inner, was, value)
        sheet = BY_NAME.get(old.class_name)
        order = sheet.order if sheet is not None else ()
        names = (key, *(name for name, today in RENAMED.items() if today == key))
        joined = 1 if last(node)[:1].islower() else 0  # concatenate([a, b], 1): the tensors come first
        at = argument(node, order.index(key) + joined if key in order else -1, *names)
        if key not in dict(new.arguments):
            return [self._removed(node, names)]
        if at is not None:
            return [Edit(*self.places.span(at), self._words(value))]
        return [self._added(node, f"{key}={self._words(value)}")]

    def _words(self, value: Argument) -> str:
        """An argument as code. A number made of an example is written with the name that the example stands for."""
        if type(value) is int and not re.search(rf"\b{value}\b", self.places.text):
            for note in self.before.assumed:
                name, _, size = note.rpartition(" = ")
                if name.isidentifier() and size.isdigit() and int(size) > 1 and value in (int(size), 2 * int(size)):
                    return name if value == int(size) else f"2 * {name}"
        return literal(value)

    def _removed(self, node: ast.Call, names: tuple[str, ...]) -> Edit:
        keyword = next(keyword for keyword in node.keywords if keyword.arg in names)
        start, end = self.places.span(keyword)
        before = re.search(r",\s*$", self.places.text[:start])
        behind = re.match(r"\s*,\s*", self.places.text[end:])
        return Edit(before.start(), end, "") if before else Edit(start, end + (behind.end() if behind else 0), "")

    def _added(self, node: ast.Call, words: str) -> Edit:
        _, end = self.places.span(node)
        inside = self.places.text[: end - 1].rstrip()
        comma = "" if inside.endswith("(") else " " if inside.endswith(",") else ", "
        return Edit(len(inside), len(inside), f"{comma}{words}")

    def _written(self, layer: LayerSpec) -> tuple[str, tuple[Edit, ...]]:
        """A new layer as code, called as the text calls its layers."""
        if layer.class_name.startswith("ops."):
            raise NoPlace("an operation is no layer")
        name, imports = self.places.layer_name(layer.class_name)
        values = [self._words(v) if i == 0 else f"{k}={self._words(v)}" for i, (k, v) in enumerate(layer.arguments)]
        return f"{name}({', '.join(values)})", imports

    # -- calls ----------------------------------------------------------------------------------------------------

    def _calls(self) -> list[Edit]:
        more = len(self.after.calls) - len(self.before.calls)
        if more == 1:
            new = next(i for i, call in enumerate(self.after.calls) if call.layer == len(self.before.layers))
            layer = self.after.layers[self.after.calls[new].layer]
            words, imports = self._written(layer)
            if new == len(self.before.calls):
                return [*imports, *self._behind(words)]
            place = self.after.calls[new + 1].inputs.index(Ref("call", new))
            return [*imports, *self._before(self.before.calls[new], place, words)]
        if more == -1:
            kept = [call.layer for call in self.after.calls]
            gone = next(i for i, call in enumerate(self.before.calls) if kept[i : i + 1] != [call.layer])
            return [self._without(self._maker(self.before.layers[self.before.calls[gone].layer]))]
        if more:
            raise NoPlace("more than one call")
        pairs = zip(self.before.calls, self.after.calls, strict=True)
        return [edit for old, new_ in pairs if old.states != new_.states for edit in self._states(old, new_)]

    def _without(self, maker: ast.Call) -> Edit:
        """The text without a layer: an element of a list, a line of its own, or a call around its input."""
        parent = self.places.parents[maker]
        start, end = self.places.span(maker)
        if isinstance(parent, ast.List):
            behind = re.match(r"\s*,\s*", self.places.text[end:])
            if behind is None:
                raise NoPlace("it is the last one")
            return Edit(start, end + behind.end(), "")
        if isinstance(parent, ast.Call) and last(parent) == "add" and isinstance(parent.func, ast.Attribute):
            start, end = self.places.span(self.places.statement(maker))
            return Edit(self.places.text.rfind("\n", 0, start) + 1, end + 1, "")
        if isinstance(parent, ast.Call) and parent.func is maker:
            words, statement = self.places.source(_input_of(parent, 0)), self.places.statement(maker)
            if self.places.source(statement) == f"{words} = {self.places.source(parent)}":  # x = x would be left
                start, end = self.places.span(statement)
                return Edit(self.places.text.rfind("\n", 0, start) + 1, end + 1, "")
            return Edit(*self.places.span(parent), words)
        raise NoPlace("the layer isn't found")

    def _before(self, call: CallSpec, place: int, words: str) -> list[Edit]:
        layer = self.before.layers[call.layer]
        makers = self.places.makers(layer)
        if makers:
            maker = self._maker(layer)
            parent = self.places.parents[maker]
            while isinstance(parent, ast.Call) and maker in parent.args and last(parent) in WRAPPERS:
                maker, parent = parent, self.places.parents[parent]  # a layer inside of a wrapper
            if isinstance(parent, ast.List):
                return [self._element(maker, words)]
            if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr == "add":
                owner = self.places.source(parent.func)
                return [self.places.line_before(self.places.statement(maker), f"{owner}({words})")]
            if isinstance(parent, ast.Call) and parent.func is maker:
                return [self._wrapped(_input_of(parent, place), words)]
            if len(parts(argument(maker, 0))) > place and last(maker)[:1].islower():
                return [self._wrapped(parts(argument(maker, 0))[place], words)]  # layers.add([a, b])
        for node in _of_name(self.places, makers, reversed(self.places.calls(call.line))):
            named = isinstance(node.func, ast.Name | ast.Attribute) and today_name(last(node)) is None
            if named and node.args and not self.places.sums(call.line, layer.class_name):
                return [self._wrapped(_input_of(node, place), words)]
        for summed in self.places.sums(call.line, layer.class_name):
            return [self._wrapped((summed.left, summed.right)[place], words)]
        raise NoPlace("the call isn't found")

    def _element(self, node: ast.expr, words: str) -> Edit:
        start, _ = self.places.span(node)
        margin = self.places.text[self.places.text.rfind("\n", 0, start) + 1 : start]
        return Edit(start, start, f"{words},{' ' if margin.strip() else chr(10) + margin}")

    def _wrapped(self, node: ast.expr, words: str) -> Edit:
        if _holds_weights(words) and _in_a_call(self.places, node):
            raise NoPlace("a layer that is made in call isn't trained")
        start, end = self.places.span(node)
        return Edit(start, end, f"{words}({self.places.text[start:end]})")

    def _behind(self, words: str) -> list[Edit]:
        """Behind the only output: where its layer is called, or where the only model of the text ends."""
        last_call = self.before.calls[self.before.outputs[0].index]
        makers = self.places.makers(self.before.layers[last_call.layer])
        several = sum(last(node) in ("Model", "Sequential") for node in self.places.calls()) > 1
        if several and len(makers) == 1:
            return [self._behind_maker(makers[0], words)]
        for node in self.places.calls():
            if last(node) == "Model" and (outputs := argument(node, 1, "outputs")) is not None:
                return [self._wrapped(outputs, words)]
        adds = self.places.methods(("add",))
        if adds:
            statement = self.places.statement(adds[-1])
            _, end = self.places.span(statement)
            start, _ = self.places.span(statement)
            margin = self.places.text[self.places.text.rfind("\n", 0, start) + 1 : start]
            return [Edit(end, end, f"\n{margin}{self.places.source(adds[-1].func)}({words})")]
        node = next(node for node in self.places.calls() if last(node) == "Sequential")
        _, end = self.places.span(parts(argument(node, 0, "layers"))[-1])
        return [Edit(end, end, f", {words}")]

    def _behind_maker(self, maker: ast.Call, words: str) -> Edit:
        """Behind the layer that is made here: in its list, in a line of its own, or around its call."""
        parent = self.places.parents[maker]
        while isinstance(parent, ast.Call) and maker in parent.args and last(parent) in WRAPPERS:
            maker, parent = parent, self.places.parents[parent]
        end = self.places.span(maker)[1]
        if isinstance(parent, ast.List):
            return Edit(end, end, f", {words}")
        if isinstance(parent, ast.Call) and last(parent) == "add" and isinstance(parent.func, ast.Attribute):
            start, end = self.places.span(self.places.statement(maker))
            margin = self.places.text[self.places.text.rfind("\n", 0, start) + 1 : start]
            return Edit(end, end, f"\n{margin}{self.places.source(parent.func)}({words})")
        if isinstance(parent, ast.Call) and parent.func is maker:
            return self._wrapped(parent, words)
        raise NoPlace("the last layer isn't found")

    def _states(self, old: CallSpec, new: CallSpec) -> list[Edit]:
        for node in self.places.calls(old.line):
            given = argument(node, -1, "initial_state")
            if given is not None and len(parts(given)) == len(old.states):
                by_ref = dict(zip(old.states, map(self.places.source, parts(given)), strict=True))
                words = ", ".join(by_ref[ref] for ref in new.states)
                return [Edit(*self.places.span(given), f"[{words}]")]
            if isinstance(given, ast.Name) and new.states == old.states * 2:  # a list that is made elsewhere
                return [Edit(*self.places.span(given), f"{given.id} * 2")]
        raise NoPlace("the states aren't found")

    # -- inputs -----------------------------------------------------------------------------------------------------

    def _inputs(self) -> list[Edit]:
        found: list[Edit] = []
        nodes = self.places.inputs()
        for place, (old, new) in enumerate(zip(self.before.inputs, self.after.inputs, strict=True)):
            if old.shape == new.shape:
                continue
            alike = [node for node in nodes if _shape_of(node) == old.shape[1:]]
            if len(alike) == 1:
                found += self._input(alike[0], new.shape, old.shape[0] != new.shape[0])
            elif nodes and len(nodes) == len(self.before.inputs):
                found += self._input(nodes[place], new.shape, old.shape[0] != new.shape[0])
            else:
                found += self._shape_on_layer(new.shape)
        return found

    def _input(self, node: ast.Call, shape: tuple[int | None, ...], batch: bool) -> list[Edit]:
        at = argument(node, 0, "shape", "input_shape")
        fixed = argument(node, -1, "batch_shape", "batch_input_shape")
        if fixed is not None:
            return [Edit(*self.places.span(fixed), literal(shape))]
        if at is None:
            raise NoPlace("the Input has no shape")
        if not batch:
            return [Edit(*self.places.span(at), literal(shape[1:]))]
        keyword = next((k for k in node.keywords if k.value is at), None)
        return [Edit(*self.places.span(keyword if keyword is not None else at), f"batch_shape={literal(shape)}")]

    def _shape_on_layer(self, shape: tuple[int | None, ...]) -> list[Edit]:
        names = ("input_shape", "batch_input_shape", "input_dim")
        keywords = [k for node in self.places.calls() for k in node.keywords if k.arg in names]
        if len(keywords) != 1 or (keywords[0].arg == "input_dim" and len(shape) != 2):
            raise NoPlace("the declared shape isn't found")
        words = {"input_dim": shape[-1], "batch_input_shape": shape}.get(keywords[0].arg or "", shape[1:])
        return [Edit(*self.places.span(keywords[0].value), literal(words))]

    # -- data, targets, the loss --------------------------------------------------------------------------------------

    def _checks(self) -> list[Edit]:
        found: list[Edit] = []
        for old, new in zip(self.before.checks, self.after.checks, strict=False):
            if repr(old) == repr(new):
                continue
            if old.kind == "unpack":
                found += self._unpacked(old, new)
                continue
            if old.loss != new.loss:
                found.append(self._loss(old.loss, new.loss))
            if old.batch_size != new.batch_size:
                node = self.places.methods(_FED, old.line)[0]
                size = argument(node, -1, "batch_size")
                words = str(new.batch_size)
                found.append(
                    Edit(*self.places.span(size), words)
                    if size is not None
                    else self._added(node, f"batch_size={words}")
                )
            if old.weights != new.weights:
                at, words = weights_of(self.places, self.places.methods(_FED, old.line)[0], self.code)
                found.append(Edit(*self.places.span(at), words))
            for values, place, name in ((old.shapes != new.shapes, 0, "x"), (old.targets != new.targets, 1, "y")):
                if values:
                    node = self.places.methods(_FED, old.line)[0]
                    found += self._data(node, place, name, old, new)
        return list(dict.fromkeys(found))

    def _loss(self, old: str, new: str) -> Edit:
        """Where compile is told the loss; else where a training loop of the text makes it."""
        losses = (argument(n, 1, "loss") for n in self.places.methods(("compile",)))
        at = next((value for value in losses if value is not None), None)
        if at is not None:
            several = [part for part in _each(at) if snake(loss_of(part)) == old] if len(_each(at)) > 1 else [at]
            if not several:
                raise NoPlace("the loss isn't found")
            return Edit(*self.places.span(several[0]), f'"{new}"')
        for node in self.places.calls():
            name, start = last(node), self.places.span(node)[0]
            if snake(name) == old and name != old:
                here = self.places.text.index(name, start)
                return Edit(here, here + len(name), "".join(word.capitalize() for word in new.split("_")))
        raise NoPlace("the loss isn't found")

    def _data(self, node: ast.Call, place: int, name: str, old: Check, new: Check) -> list[Edit]:
        held = parts(argument(node, -1, VALIDATION)) if old.text == VALIDATION else []
        if len(held) < 2 and old.text == VALIDATION:
            raise NoPlace("the data for validation aren't found")
        at = held[place] if held else argument(node, 1, "y") if place else None
        at = at if at is not None else made_of(self.places, argument(node, 0, "x"), place)
        if at is None:
            raise NoPlace("the data aren't found")
        was, now = (old.shapes, new.shapes) if name == "x" else (old.targets, new.targets)
        each = _of_output(at, old) if place and old.output is not None else parts(at)
        if len(was) != len(now):
            zeros = [f"np.zeros({literal(shape)})" for shape in now]
            words = [*map(self.places.source, each), *zeros[len(each) :]][: len(now)]
            listed = words[0] if len(words) == 1 else f"[{', '.join(words)}]"
            return [*self.places.numpy(), Edit(*self.places.span(at), listed)]
        line = next((line for line in self.code.split("\n") if line.startswith(f"{name} = ")), None)
        if line is None or len(each) != len(now):
            raise NoPlace("the change of the data isn't code")
        change = line.removeprefix(f"{name} = ").split("  #")[0]
        found = list(self.places.numpy()) if "np." in change else []
        if "keras." in change:
            keras, imports = self.places.keras()
            change, found = re.sub(r"\bkeras(?=\.)", keras, change), [*found, *imports]
        for value, one, other in zip(each, was, now, strict=True):
            if one != other:
                instead = re.sub(rf"\b{name}\b(?!\s*=)", "@", change).replace("@", self.places.source(value))
                found.append(Edit(*self.places.span(value), instead))
        return found

    def _unpacked(self, old: Check, new: Check) -> list[Edit]:
        for node in ast.walk(self.places.tree):
            if (
                not isinstance(node, ast.Assign)
                or node.lineno != old.line
                or not isinstance(node.targets[0], ast.Tuple)
            ):
                continue
            names = [self.places.source(name) for name in node.targets[0].elts]
            words = [*names, *("state", "c")][: new.number] if len(names) < (new.number or 0) else names[: new.number]
            return [Edit(*self.places.span(node.targets[0]), ", ".join(words))]
        raise NoPlace("the names aren't found")


def _of_name(places: Places, makers: list[ast.Call], nodes: Iterable[ast.Call]) -> list[ast.Call]:
    """The calls of the name that the layer was given (``self.out = Dense(4)``), where it was given one."""
    assigned = [places.parents[maker] for maker in makers]
    names = [places.source(t) for node in assigned if isinstance(node, ast.Assign) for t in node.targets]
    found = list(nodes)
    return [node for node in found if places.source(node.func) in names] or found


def _in_a_call(places: Places, node: ast.AST) -> bool:
    """Whether a node stands in the ``call`` of a class, or in a lambda: what is made there is made again each time."""
    while node in places.parents:
        node = places.parents[node]
        if isinstance(node, ast.Lambda):
            return True
        if isinstance(node, ast.FunctionDef):
            return node.name == "call" and isinstance(places.parents[node], ast.ClassDef)
    return False


def _holds_weights(words: str) -> bool:
    """Whether ``layers.Dense(4)`` makes a layer with weights."""
    sheet = BY_NAME.get(words.partition("(")[0].rpartition(".")[2])
    return sheet is not None and sheet.order[:1] in (("units",), ("filters",), ("input_dim",))


def _each(at: ast.expr) -> list[ast.expr]:
    """The values of a dict or of a list; one by itself."""
    if isinstance(at, ast.Dict):
        return list(at.values)
    return list(at.elts) if isinstance(at, ast.List | ast.Tuple) else [at]


def _of_output(at: ast.expr, check: Check) -> list[ast.expr]:
    """The target of one output, by its name or its place."""
    if isinstance(at, ast.Dict):
        pairs = zip(at.keys, at.values, strict=True)
        return [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == check.layer]
    return _each(at)[check.output or 0 :][:1]


def loss_of(node: ast.expr) -> str:
    """What a loss is called in code: a string's own word, or the last part of a name."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    named = node.func if isinstance(node, ast.Call) else node
    return last(named) if isinstance(named, ast.Call) else ast.unparse(named).rsplit(".", 1)[-1]


def _input_of(node: ast.Call, place: int) -> ast.expr:
    """What a call of a layer reads: the place-th of a list, of its arguments, or the only one."""
    first = argument(node, 0, "inputs")
    if isinstance(first, ast.List | ast.Tuple):
        return first.elts[place]
    if place < len(node.args):
        return node.args[place]
    if first is None or place:
        raise NoPlace("the input isn't found")
    return first


def _shape_of(node: ast.Call) -> object:
    """The shape of an Input that is written out in numbers."""
    at = argument(node, 0, "shape", "input_shape")
    try:
        return ast.literal_eval(at) if at is not None else None
    except ValueError:
        return None


def _changed(old: LayerSpec, new: LayerSpec) -> list[str]:
    keys = dict.fromkeys((*dict(old.arguments), *dict(new.arguments)))
    missing = object()
    return [k for k in keys if dict(old.arguments).get(k, missing) != dict(new.arguments).get(k, missing)]


def literal(value: Argument) -> str:
    """An argument as code."""
    return f'"{value}"' if isinstance(value, str) else repr(value)
