"""The book of sheets: every layer class by today's name, by older names, and by the names that Keras gives layers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from explainers.core.layers.sheet import Reader, Rule, Sheet
from explainers.core.layers.signatures import defaults_of

SHEETS: dict[str, Sheet] = {}  # by today's name, in the order of Keras' documentation
_MODERN: dict[str, str] = {}  # any name, exactly as written -> today's
_FLAT: dict[str, str] = {}  # any name without signs, in small letters -> today's
_MERGE_FUNCTIONS: dict[str, str] = {}  # add -> Add
_ALSO_FLAT = {"input": "InputLayer", "maxpool": "MaxPooling2D", "bilstm": "Bidirectional"}
_MODELS = {"sequential": "Sequential", "model": "Functional", "functional": "Functional"}


@dataclass(frozen=True)
class ModelRules:
    """How a model inside a model is walked, and what it calls its Inputs' axes."""

    rule: Rule
    reads: Reader


MODELS: ModelRules | None = None  # graph.py, which walks models, puts them here


def is_graph(layer: Any) -> bool:
    """Whether it is a model with Inputs, whose layers can be walked."""
    return hasattr(layer, "layers") and bool(getattr(layer, "inputs", None)) and bool(getattr(layer, "outputs", None))


def add(sheets: Iterable[Sheet]) -> None:
    """Put sheets into the book. This is all that it takes to make a layer known everywhere."""
    for sheet in sheets:
        SHEETS[sheet.name] = sheet
        for word in sheet.words:
            _MODERN[word] = sheet.name
            if sheet.group != "abstract":  # no layer is named after its base class
                _FLAT[flat_name(word)] = sheet.name
        if sheet.group == "merge":
            _MERGE_FUNCTIONS[sheet.name.lower()] = sheet.name


@contextmanager
def added(sheet: Sheet) -> Iterator[Sheet]:
    """The book with one more sheet for a while: for tests, and for a class that only one text defines."""
    tables: tuple[dict[str, Any], ...] = (SHEETS, _MODERN, _FLAT, _MERGE_FUNCTIONS)
    before = [dict(table) for table in tables]
    add([sheet])
    try:
        yield sheet
    finally:
        for table, old in zip(tables, before, strict=True):
            table.clear()
            table.update(old)


def sheet(name: str | None) -> Sheet | None:
    """The sheet of a class by today's or an older name; None where nobody here knows it."""
    return SHEETS.get(_MODERN.get(name or "", ""))


def cell_of(name: str | None) -> Sheet | None:
    """The sheet of the cell that a recurrent class runs: LSTM -> LSTMCell. None for a class without one."""
    found = sheet(name)
    return sheet(found.cell) if found is not None and found.cell else None


def blocks(name: str | None) -> int:
    """How many gates are side by side in a matrix of a recurrent class or its cell; 0 for what has no cell."""
    cell = cell_of(name) or sheet(name)
    return cell.blocks if cell is not None and cell.group == "cell" else 0


def states_of(name: str | None) -> tuple[str, ...]:
    """What a recurrent class keeps from step to step: ("h", "c") for an LSTM; () for what keeps nothing."""
    found = cell_of(name) or sheet(name)
    return found.states if found is not None else ()


def two_biases(name: str, reset_after: object = None) -> bool:
    """Whether a class keeps one bias for its inputs and one for its states. None: reset_after isn't written."""
    said = defaults_of(name).get("reset_after") if reset_after is None else reset_after
    return said is True


def sheet_of(layer: Any) -> Sheet | None:
    """The sheet of a layer's class, live or planned; for a class that builds on one of Keras', the base's sheet."""
    if getattr(layer, "planned_class", None):
        return sheet(layer.planned_class)
    for base in type(layer).__mro__:
        if base.__module__.startswith("keras.") and sheet(base.__name__):
            return sheet(base.__name__)
    return None


class Literal(Mapping[str, Sheet]):
    """The sheets of classes that can be made of literal arguments alone: no function, no model of another framework."""

    def __getitem__(self, name: str) -> Sheet:
        found = SHEETS[name]
        if found.group in _NOT_LITERAL:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name, found in SHEETS.items() if found.group not in _NOT_LITERAL)

    def __len__(self) -> int:
        return sum(1 for _ in self)


_NOT_LITERAL = ("abstract", "foreign", "input", "custom")


def names_of(*groups: str) -> tuple[str, ...]:
    """All classes of some groups: ``names_of("rnn")`` is ("LSTM", "GRU", "SimpleRNN", ...)."""
    return tuple(found.name for found in SHEETS.values() if found.group in groups)


def search_words() -> dict[str, tuple[str, ...]]:
    """Today's name -> all names that people may type for it."""
    return {found.name: found.words for found in SHEETS.values()}


def flat_name(text: str) -> str:
    """``"max_pooling1d"`` and ``"MaxPooling1D"`` become the same ``"maxpooling1d"``."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def today_name(name: str) -> str | None:
    """``"Convolution1D"`` -> ``"Conv1D"``; lower-case merge functions too (``add`` -> ``Add``)."""
    return _MODERN.get(name) or _MERGE_FUNCTIONS.get(name)


def class_of(layer_name: str) -> str | None:
    """The class that Keras named this layer after: ``lstm_1_input``, ``bidirectional_7``, ``conv1d_1/convolution``.

    Model names give "Sequential" or "Functional". None where the name was chosen by a person. In a path the layer
    stands before its operations (conv1d_1/convolution/Conv2D), behind the model (sequential/lstm_1).
    """
    found = [_class_of_part(part) for part in layer_name[:200].split("/")]
    layers = [name for name in found if name and name not in _MODELS.values()]
    cells = [name for name in layers if name.endswith("Cell")]
    if layers[:1] == ["RNN"] and cells:  # rnn/while/.../lstm_cell: the loop stands before what it calls
        return cells[0]
    return layers[0] if layers else next((name for name in found if name), None)


_NUMBERS = re.compile(r"(?<!\d)(?:_\d|(?<!_)\d)(?>(?:_?\d)*)$")  # the "_1_2" at the end of a name


def _class_of_part(part: str) -> str | None:
    cell = _of_cell(part)
    if cell:
        return cell
    bare = _NUMBERS.sub("", re.sub(r"_input(_\d{1,6})?$", "", part))
    for candidate in (part, re.sub(r"_\d{1,9}$", "", part), bare):
        flat = flat_name(candidate)
        known = _FLAT.get(flat) or _ALSO_FLAT.get(flat)
        if known and len(flat) > 2:
            return known
    return _MODELS.get(bare.lower())


def _of_cell(part: str) -> str | None:
    """``"LSTMCell"`` from ``forward_lstm_cell_3``: what stands before the cell's name belongs to its layer."""
    words = re.sub(r"_\d{1,9}$", "", part).split("_")
    ends = {flat_name("".join(words[place:])) for place in range(len(words))}
    return next((name for name in names_of("cell") if flat_name(name) in ends), None)


def is_input_name(layer_name: str) -> bool:
    """Whether the name is that of an input: ``lstm_1_input``, ``lstm_input_1``, ``input_3``."""
    return bool(re.search(r"(^|_)input(_|layer|\d|$)", layer_name[:200].lower()))


# -- what a layer calls the axes -----------------------------------------------------------------------------


def reads(layer: Any, rank: int, place: int = 0) -> tuple[str, ...]:
    """What a layer (live or planned) calls the axes of its input number `place`, at this rank.

    "" for an axis that it has no word for; () where it has none for any.
    """
    if MODELS is not None and is_graph(layer):
        return MODELS.reads(layer, rank, place)
    found = sheet_of(layer)
    if found is None:
        return ()
    if found.reads is not None:
        return found.reads(layer, rank, place)
    if len(found.axes) != rank:
        return ()
    return put_front(layer, found.axes)


def put_front(layer: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names with channels right behind the batch, where the layer's data_format says so."""
    if getattr(layer, "data_format", None) != "channels_first":
        return names
    return (*names[:1], names[-1], *names[1:-1])


def axis_names(class_name: str | None, rank: int) -> tuple[str, ...]:
    """The names of a layer input's axes at this rank, by the class alone; "axis 2" where it has no word for one."""
    if rank == 0:
        return ()
    found = sheet(class_name)
    names: tuple[str, ...] = ()
    if found is not None and len(found.axes) == rank:
        names = found.axes
    elif found is not None and found.reads is not None and found.group != "wrapper":
        names = found.reads(None, rank, 0)
    return numbered(names or ("",) * rank)


def numbered(names: tuple[str, ...]) -> tuple[str, ...]:
    """Every axis with some name: the first is the batch, one without a word has its number."""
    return tuple(name or ("batch" if place == 0 else f"axis {place}") for place, name in enumerate(names))


def output_names(class_name: str | None, rank: int) -> tuple[str, ...]:
    """The names of a layer output's axes: an LSTM's are batch, (timesteps,) units."""
    found = sheet(class_name)
    if found is None or not found.made or rank < 2:
        return numbered(("",) * rank)
    middle = found.axes[1:-1] if len(found.axes) == rank else ("timesteps",) if rank == 3 else ("",) * (rank - 2)
    if found.group == "embedding":
        middle = ("timesteps",) if rank == 3 else ("",) * (rank - 2)
    return numbered(("batch", *middle, found.made))
