"""Keras in R -> the same lines in Python. A statement that isn't followed stays as it is: no Python, and no harm."""

from __future__ import annotations

import keyword
import re
from itertools import count

from explainers.core.layers import MERGES, WRAPPERS
from explainers.core.spec import snake
from explainers.reading.backbones import BACKBONES
from explainers.reading.literal import KNOWN
from explainers.reading.rlang.syntax import PIPES, Node, NotR, statement

LONGEST = 40_000  # characters of a text
MOST_STATEMENTS = 400
_OF_PYTHON = re.compile(r"\bdef keras_model\(")  # a function of the asker's, not R's
OF_R = re.compile(
    r"(?<!def )\bkeras_model(?:_sequential)?\(|\blayer_[a-z0-9_]{2,40}\((?=[^\n]{0,300}(?:%>%|\|>|<-|c\())|"
    r"(?:%>%|\|>)\s{0,80}layer_[a-z0-9_]{2,40}\(|\blibrary\(keras3?\)|\bapplication_[a-z0-9_]{2,40}\(|"
    r"(?:%>%|\|>)\s{0,80}(?:compile|fit|fit_generator|evaluate|predict)\("
)
_CLASSES = {sheet.name.lower(): sheet.name for sheet in KNOWN} | {
    "input": "Input",
    "cudnnlstm": "LSTM",
    "cudnngru": "GRU",
}
_BACKBONES = {name.lower(): name for name in BACKBONES}
_WRAPPERS = {snake(name): name for name in WRAPPERS}
_METHODS = ("compile", "fit", "evaluate", "predict", "predict_on_batch", "train_on_batch", "summary", "fit_generator")
_SHAPES = ("shape", "input_shape", "batch_shape", "batch_input_shape", "target_shape", "dim", "dims")
_CONSTANTS = {"TRUE": "True", "FALSE": "False", "T": "True", "F": "False", "NULL": "None", "NA": "None"}
_KEPT = ("as.matrix", "data.matrix", "as.numeric", "as.array", "scale", "k_cast", "as.integer", "unlist")
_NUMBERS = ("rnorm", "runif", "rep", "rbinom", "rpois")  # so many numbers: the last of them, or n
_DATA_SETS = ("mnist", "fashion_mnist", "cifar10", "cifar100", "imdb", "reuters", "boston_housing")
_HELD = {"train": 0, "test": 1, "x": 0, "y": 1}
_OPEN = re.compile(r"\?(?=\s{0,4}[,)])")  # c(?, ?): what the asker wants to know
_SIGNS = {"%%": "%", "%/%": "//", "^": "**", "%*%": "@", "&": "and", "&&": "and", "|": "or", "||": "or"}
_PRINTED = re.compile(r"\W{0,6}\[1\]\s{1,20}(\d{1,12}(?:\s{1,20}\d{1,12}){1,5})\s{0,20}$")
_STRUCTURE = re.compile(r"\W{0,6}(?:num|int|logi|chr)\s{1,4}\[([\d:, ]{1,120})\]")
_BESIDE = re.compile(r"\W{0,6}dim\(([A-Za-z.][\w.]{0,60})\)\s{0,10}#\s{0,8}(\d{1,12}(?:\s{1,6}\d{1,12}){1,5})\s{0,10}$")
_OUTPUT = re.compile(r"\W{0,6}\[\d{1,6}\]\s")  # what R prints for a vector: [1] 80 14  6
_ASKED = re.compile(r"\W{0,6}(?:dim|str|print\(dim)\(([A-Za-z.][\w.]{0,60})\)")


def of_r(text: str) -> bool:
    """Whether something of Keras in R stands in a text, and not a Python function of the same name."""
    return OF_R.search(text) is not None and _OF_PYTHON.search(text) is None


def in_python(text: str) -> str | None:
    """The text with its R statements in Python, line by line; None where nothing of Keras in R stands there."""
    if len(text) > LONGEST or not of_r(text):
        return None
    numbers = count(1)
    return _Writer(_OPEN.sub(lambda found: f"open_{next(numbers)}", text)).written()


class _Writer:
    """The lines of one text. `models`: the names that stand for a Sequential."""

    def __init__(self, text: str) -> None:
        self.text, self.lines = text, text.split("\n")
        self.models: set[str] = set()

    def written(self) -> str:
        """All lines; a statement's parts stand in the lines in which they stood."""
        found, line, start, tries = list(self.lines), 0, 0, 0
        while line < len(self.lines) and tries < MOST_STATEMENTS:
            told = self._printed(line)
            if told or _OUTPUT.match(self.lines[line]):
                found[line] = told
            tries += 1
            behind = max(line + 1, 0 if told or not found[line] else self._statement(found, line, start))
            start += sum(len(words) + 1 for words in self.lines[line:behind])
            line = behind
        return "\n".join(found)

    def _printed(self, line: int) -> str:
        """``dim(x)`` or ``str(x)`` with the shape behind it or below: an array of this shape."""
        beside, asked = _BESIDE.match(self.lines[line]), _ASKED.match(self.lines[line])
        if beside is not None:
            return f"{name_of(beside[1])} = np.zeros(({', '.join(beside[2].split())}))"
        below = next((words for words in self.lines[line + 1 : line + 3] if words.strip()), "")
        printed, structure = _PRINTED.match(below), _STRUCTURE.match(below)
        sizes = printed[1].split() if printed is not None else []
        if structure is not None:
            sizes = [part.rsplit(":", 1)[-1].strip() for part in structure[1].split(",")]
        if asked is None or not sizes or not all(size.isdigit() for size in sizes):
            return ""
        return f"{name_of(asked[1])} = np.zeros(({', '.join(sizes)},))"

    def _statement(self, found: list[str], line: int, start: int) -> int:
        """Write the statement that begins in a line; the line behind it, 0 where it isn't followed."""
        if not re.search(r"[(<]", self.lines[line]) and "%>%" not in "".join(self.lines[line : line + 2]):
            return 0
        try:
            node, end = statement(self.text, start, line)
            parts = self.of_statement(node)
        except NotR:
            return 0
        if not parts:
            return 0
        last = line + self.text.count("\n", start, end)
        found[line : last + 1] = [""] * (last + 1 - line)
        for place, words in parts:
            found[place] = f"{found[place]}; {words}" if found[place] else words
        return last + 1

    # -- statements -----------------------------------------------------------------------------------------------

    def of_statement(self, node: Node) -> list[tuple[int, str]]:
        """A statement in Python, in parts with their lines."""
        target, value = None, node
        if node.kind == "sign" and node.text == "<-":
            target, value = node.parts
        if target is not None and target.kind == "call" and _called(target) == "dim":
            array = self.of(target.parts[1])
            return [(node.line, f"{array} = {array}.reshape({self.shape(value)})")]
        if target is None and _called(node) in ("library", "require"):
            return [(node.line, "from keras.layers import *")] if "keras" in _text_of(node) else []
        head, stages = _stages(value)
        made = self._sequential(head, target)
        if made is not None:
            name, parts = made
            return [*parts, *self._added(name, stages, target)]
        if target is None and not stages and value.kind != "call":
            return []
        words = self.of(value)
        name = self.of(target) if target is not None else ""
        return [(head.line, f"{name} = {words}" if name else words)]

    def _sequential(self, head: Node, target: Node | None) -> tuple[str, list[tuple[int, str]]] | None:
        """The name of a Sequential that a statement makes or goes on with, and the lines that make it."""
        if head.kind == "name" and head.text in self.models:
            return name_of(head.text), []
        if _called(head) != "keras_model_sequential":
            return None
        name = self.of(target) if target is not None and target.kind == "name" else "model"
        self.models.add(target.text if target is not None else "model")
        given = dict(zip(head.names, head.parts, strict=True))
        layers = given.get("layers", next((p for n, p in _arguments(head) if not n), None))
        parts = [(head.line, f"{name} = Sequential()")]
        for key in ("input_shape", "batch_input_shape"):
            if key in given:
                words = f"{'batch_' * key.startswith('batch')}shape={self.shape(given[key])}"
                parts.append((head.line, f"{name}.add(Input({words}))"))
        listed = [p for _, p in _arguments(layers)] if layers is not None and _called(layers) in ("list", "c") else []
        return name, parts + [(part.line, f"{name}.add({self.of(part)})") for part in listed]

    def _added(self, name: str, stages: list[Node], target: Node | None) -> list[tuple[int, str]]:
        """What is piped into a Sequential: its layers, and what is done with it."""
        parts = []
        result = self.of(target) if target is not None else ""
        for stage in stages:
            called = _called(stage)
            if _class_of(called) or called in _WRAPPERS:
                parts.append((stage.line, f"{name}.add({self.layer(stage)})"))
            elif called in _METHODS:
                words = f"{name}.{called}({self.arguments(_arguments(stage))})"
                parts.append((stage.line, f"{result} = {words}" if result and result != name else words))
                result = ""
            else:
                raise NotR(called)
        if result and result != name:
            parts.append((target.line if target is not None else 0, f"{result} = {name}"))
            self.models.add(target.text if target is not None else name)
        return parts

    # -- expressions ----------------------------------------------------------------------------------------------

    def of(self, node: Node) -> str:
        """An expression in Python."""
        if node.kind == "number":
            return node.text.rstrip("L")
        if node.kind == "string":
            return repr(node.text)
        if node.kind == "name":
            return _CONSTANTS.get(node.text) or name_of(node.text)
        if node.kind == "field":
            owner = self.of(node.parts[0])
            return f"{owner}[{_HELD[node.text]}]" if node.text in _HELD else f"{owner}.{name_of(node.text)}"
        if node.kind == "index":
            return self._index(node)
        if node.kind == "call":
            return self._call(node)
        if node.kind == "sign" and node.text in PIPES:
            head, stages = _stages(node)
            words = self.of(head)
            for stage in stages:
                words = self._on(words, stage)
            return words
        if node.kind == "sign" and node.text == ":":
            return f"range({self.of(node.parts[0])}, {self.of(node.parts[1])} + 1)"
        if node.kind == "sign" and node.text != "<-":
            sign = _SIGNS.get(node.text, node.text)
            sides = [self.of(part) for part in node.parts]
            return f"({sides[0]} {sign} {sides[1]})" if len(sides) == 2 else f"({sign}{sides[0]})"
        raise NotR(node.kind)

    def _on(self, words: str, stage: Node) -> str:
        """What a stage of a pipe makes of what comes into it."""
        called = _called(stage)
        if called in _METHODS:
            return f"{words}.{called}({self.arguments(_arguments(stage))})"
        if _class_of(called) or called in _WRAPPERS:
            return f"{self.layer(stage)}({words})"
        piped = Node("name", words, line=stage.line)
        return self._call(Node("call", "", (stage.parts[0], piped, *stage.parts[1:]), ("", *stage.names), stage.line))

    def _call(self, node: Node) -> str:
        called, given = _called(node), _arguments(node)
        plain = [value for name, value in given if not name]
        if not called:
            raise NotR("a call of a call")
        if called.startswith("dataset_") and called.removeprefix("dataset_") in _DATA_SETS:
            return f"keras.datasets.{called.removeprefix('dataset_')}.load_data()"
        trained = _BACKBONES.get(called.removeprefix("application_").replace("_", ""))
        if called.startswith("application_") and trained:
            return f"keras.applications.{trained}({self.arguments(given)})"
        if called.startswith("optimizer_"):
            return repr(called.removeprefix("optimizer_"))
        if called in _METHODS and plain:
            return f"{self.of(plain[0])}.{called}({self.arguments(given[1:])})"
        if node.parts[0].kind == "field":
            return f"{self.of(node.parts[0])}({self.arguments(given)})"
        if _class_of(called) or called in _WRAPPERS:
            return self._layer_called(node)
        special = self._of_r(called, given, plain)
        return special if special else f"{name_of(called)}({self.arguments(given)})"

    def _of_r(self, called: str, given: list[tuple[str, Node]], plain: list[Node]) -> str:
        """R's own functions: arrays, their shapes, lists."""
        named = dict(given)
        first = self.of(plain[0]) if plain and plain[0].kind != "gap" else ""
        if called == "c":
            strings = bool(plain) and all(part.kind == "string" for part in plain)
            parts = ", ".join(self.of(value) for _, value in given)
            return f"[{parts}]" if strings else f"({parts}{',' * (len(given) == 1)})"
        if called == "list":
            if given and all(name for name, _ in given):
                return "{" + ", ".join(f"{name!r}: {self.of(value)}" for name, value in given) + "}"
            return f"[{', '.join(self.of(value) for _, value in given)}]"
        if called == "keras_model":
            return f"Model({self.arguments(given)})"
        if called in ("array", "array_reshape", "k_reshape"):
            dim = named.get("dim", named.get("shape", plain[1] if len(plain) > 1 else None))
            if dim is None:
                return first
            return f"np.zeros({self.shape(dim)})" if called == "array" else f"np.reshape({first}, {self.shape(dim)})"
        if called == "matrix":
            rows, columns = (named.get(key, plain[i] if len(plain) > i else None)
                             for i, key in enumerate(("nrow", "ncol"), 1))  # fmt: skip
            return f"np.zeros(({self.of(rows)}, {self.of(columns)}))" if rows and columns else ""
        if called in _NUMBERS and given:
            return f"np.zeros({self.of(given[-1][1] if called == 'rep' else given[0][1])})"
        if called == "sample" and len(given) > 1:
            return f"np.zeros({self.of(given[1][1])})"
        of_shape = {"dim": ".shape", "nrow": ".shape[0]", "ncol": ".shape[1]", "NROW": ".shape[0]", "NCOL": ".shape[1]"}
        if called in of_shape and first:
            return f"{first}{of_shape[called]}"
        return f"len({first})" if called == "length" and first else first if called in _KEPT else ""

    def _layer_called(self, node: Node) -> str:
        """``layer_dense(x, units = 3)``: the first argument without a name is what it reads; a number is its units."""
        given = _arguments(node)
        first = next((i for i, (name, _) in enumerate(given) if name in ("", "object")), None)
        value = given[first][1] if first is not None else None
        merges = _class_of(_called(node)) in MERGES
        tensor = value is not None and value.kind in ("name", "index", "call") and _called(value) not in ("c",)
        inner = value is not None and (_class_of(_called(value)) or _called(value) in _WRAPPERS) and not merges
        wraps = _called(node) in _WRAPPERS
        if first is None or value is None or not tensor or (wraps and inner):
            return self.layer(node)
        rest = [pair for i, pair in enumerate(given) if i != first]
        function = node.parts[0]
        names, parts = ("", *(name for name, _ in rest)), (function, *(part for _, part in rest))
        return f"{self.layer(Node('call', '', parts, names, node.line))}({self.of(value)})"

    def layer(self, node: Node) -> str:
        """A layer that is made."""
        called = _called(node)
        return f"{_WRAPPERS.get(called) or _class_of(called)}({self.arguments(_arguments(node))})"

    def arguments(self, given: list[tuple[str, Node]]) -> str:
        """The arguments of a call; shapes as tuples."""
        parts = []
        for name, value in given:
            if value.kind == "gap":
                continue
            words = self.shape(value) if name in _SHAPES else self.of(value)
            if name == "validation_data" and words.startswith("["):
                words = f"({words[1:-1]})"
            parts.append(f"{name_of(name)}={words}" if name else words)
        return ", ".join(parts)

    def shape(self, node: Node) -> str:
        """A shape: R writes that of one axis as a number."""
        words = self.of(node)
        if _called(node) == "list" and words.startswith("["):
            return f"({words[1:-1]}{',' * (len(node.parts) == 2)})"
        alone = node.kind in ("number", "name") or (node.kind == "sign" and node.text not in (":", *PIPES))
        alone = alone or _called(node) in ("nrow", "ncol", "length")
        whole = node.kind == "index" and _called(node.parts[0]) == "dim" and ":" not in words and words.endswith("]")
        return f"({words},)" if (alone and words not in ("None",)) or whole else words

    def _index(self, node: Node) -> str:
        """``x[1:80, , ]`` and ``dim(x)[2]``: R counts from 1, and a minus leaves out."""
        owner, places = self.of(node.parts[0]), node.parts[1:]
        if len(places) == 1 and places[0].kind == "string":
            return f"{owner}[{places[0].text!r}]"
        if len(places) == 1 and _called(node.parts[0]) == "dim" and _called(places[0]) == "c":
            return f"({', '.join(f'{owner}[{self._place(part)}]' for part in places[0].parts[1:])})"
        return f"{owner}[{', '.join(map(self._place, places))}]"

    def _place(self, node: Node) -> str:
        if node.kind == "gap":
            return ":"
        if node.kind == "number" and node.text.rstrip("L").isdigit():
            return str(int(node.text.rstrip("L")) - 1)
        if node.kind == "sign" and node.text == ":" and len(node.parts) == 2:
            first = node.parts[0]
            begin = (
                str(int(first.text) - 1) if first.kind == "number" and first.text.isdigit() else f"{self.of(first)} - 1"
            )
            return f"{begin}:{self.of(node.parts[1])}"
        if node.kind == "sign" and node.text == "-" and len(node.parts) == 1 and node.parts[0].text == "1":
            return "1:"
        raise NotR("an index")


def name_of(name: str) -> str:
    """``x.train`` as a name of Python."""
    plain = re.sub(r"[^\w]", "_", name)
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def _class_of(called: str) -> str:
    """``LSTM`` of ``layer_lstm``; "" where it is no layer."""
    bare = called.removeprefix("layer_") if called.startswith("layer_") else ""
    found = _CLASSES.get(bare.replace("_", ""))
    return found or (_CLASSES.get(bare.removeprefix("activation_").replace("_", ""), "") if bare else "")


def _called(node: Node) -> str:
    """The name of the function or method that a call calls."""
    return node.parts[0].text if node.kind == "call" and node.parts[0].kind in ("name", "field") else ""


def _arguments(node: Node) -> list[tuple[str, Node]]:
    return list(zip(node.names[1:], node.parts[1:], strict=True))


def _stages(node: Node) -> tuple[Node, list[Node]]:
    """``a %>% f() %>% g()``: what goes in, and the calls in their order."""
    stages: list[Node] = []
    while node.kind == "sign" and node.text in PIPES:
        node, stage = node.parts
        if stage.kind == "name":
            stage = Node("call", "", (stage,), ("",), stage.line)
        stages.append(stage)
    return node, stages[::-1]


def _text_of(node: Node) -> str:
    return " ".join(part.text for part in node.parts[1:])
