"""A printed model.summary() -> Finding with a ModelSpec, as far as its numbers allow only one model."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import islice, product

from explainers.core.axes import Shape
from explainers.core.finding import Ask, Finding, Mark, Value, name_axes
from explainers.core.layers import WRAPPERS, axis_names, output_names
from explainers.core.mistakes.kit.scene import EXAMPLES
from explainers.core.spec import Argument, LayerSpec, Ref, Sizes
from explainers.reading.asking import Entries
from explainers.reading.code.graph import Graph
from explainers.reading.literal import BY_NAME
from explainers.reading.shapes import number
from explainers.reading.summary.asked import example_sizes, is_embedding, is_recurrent, takes_states
from explainers.reading.summary.by_shape import by_shape
from explainers.reading.summary.by_sheet import examples_for
from explainers.reading.summary.chain import Chain, Open, plain
from explainers.reading.summary.nested import in_line
from explainers.reading.summary.one import Reading, last_axis
from explainers.reading.summary.solve import readings, takes_apart
from explainers.reading.summary.table import Row, Table, class_by_rank, read_table
from explainers.reading.summary.telling import changes, differs, other_numbers, told
from explainers.reading.text import Cleaned, shapes_in

_WORTH = ("units", "filters", "kernel_size", "pool_size", "input_dim", "output_dim", "n", "strides")
_MASKS = ("NotEqual", "Any")  # the rows that Embedding(mask_zero=True) and Masking add: which steps are padding
MOST_WAYS = 64  # of taking the links that a narrow column cut off
MOST_OPTIONS = 12  # readings of a row that are offered


class _Rebuild:
    """The table, row by row, as a graph."""

    def __init__(self, table: Table, entries: Entries, branching: tuple[str, ...] = ()) -> None:
        self.table = table
        self.branching = branching  # inner models whose rows are printed without what each reads
        self.masks: set[str] = set()  # rows that only say which steps count
        self.entries = entries
        self.chain = Chain(table.rows)
        self.asks: list[Ask] = []
        self.assumed: list[str] = []  # "lstm_6.units = 6": examples
        self.said: list[str] = []  # the same, said by the learner
        self.graph = Graph()
        self.ends: dict[str, list[Ref]] = {}
        self.last: list[Ref] = []
        self.questions: list[str] = []
        self.wrong: list[str] = []
        self.unread: list[str] = []
        self.formulas: list[str] = []
        self.flat: list[str] = []  # how long a Flatten makes what it reads
        self.dims: dict[str, Value] = {}
        self.shapes: list[Shape] = []
        self.started = False

    def run(self) -> None:
        """All rows in order."""
        for place, row in enumerate(self.table.rows):
            self.note(row)
            if row.class_name == "InputLayer":
                self.open_input(row, (row.outputs or ((None, None),))[0])
            elif row.outputs is None and self.chain.of(place):
                self.chained(place, row)
            elif row.outputs is None:
                self.open_row(row)
            else:
                self.layer(row)

    def note(self, row: Row) -> None:
        """The row's numbers, whatever becomes of it."""
        if row.params is not None:
            self.dims[f"{row.name}.params"] = row.params
        for sizes in row.outputs or ():
            names = (
                axis_names(self.reader_of(row), len(sizes))
                if row.class_name == "InputLayer"
                else output_names(row.class_name, len(sizes))
            )
            self.shapes.append(name_axes(sizes, names, f"the output of {row.name}, in the table"))

    def reader_of(self, row: Row) -> str | None:
        """The class of the layer that reads an Input: it names the axes."""
        below = self.table.rows[self.table.rows.index(row) + 1 :]
        linked = [one for one in below if any(name == row.name for name, _ in one.links)]
        readers = linked or ([] if self.table.connected else below[:1])
        rank = len((row.outputs or ((),))[0])
        fitting = (
            one.class_name for one in readers if (facts := BY_NAME.get(one.class_name or "")) and facts.rank == rank
        )
        return next(fitting, None)

    def open_input(self, row: Row, sizes: Sizes, dtype: str = "float32") -> None:
        """One more Input."""
        ref = self.graph.add_input(sizes, row.name, dtype, "the table")
        self.ends[row.name] = [ref]
        self.last = [ref]
        self.started = True

    def sources(self, row: Row) -> list[Ref]:
        """What the row reads: by its "Connected to", else the row above."""
        links = [link for link in row.links if link[0] not in self.masks] or row.links
        if not row.links:
            return list(self.last)
        options = [self.linked(name, output) for name, output in links]
        known = [refs for refs in options if refs]
        if len(known) < len(options) and not self.started:
            return []
        ways = [list(way) for way in islice(product(*known), MOST_WAYS)]
        ways.sort(key=lambda way: len(set(way)) < len(way))  # hardly anybody joins a tensor with itself
        return next((way for way in ways if self.found(row, way)), ways[0])

    def linked(self, name: str, output: int | None) -> list[Ref]:
        """The tensors that a link may name: more than one where the column cut it off."""
        label = name.rstrip("…")
        layers = [label] if label in self.ends else [n for n in self.ends if "…" in name and n.startswith(label)]
        if output is None:
            return [ref for layer in layers for ref in self.ends[layer]]
        return [self.ends[layer][min(output, len(self.ends[layer]) - 1)] for layer in layers]

    def found(self, row: Row, sources: list[Ref]) -> list[Reading]:
        """The arguments that give a row's count from what it would read here."""
        into = tuple(self.graph.made.get(ref) or () for ref in _data(row, sources))
        if row.outputs is None or row.class_name is None or row.class_name not in BY_NAME or () in into:
            return []
        return readings(row.class_name, row.name, into, row.outputs, row.params or 0)

    def layer(self, row: Row) -> None:
        """A row with a shape: which arguments give its count?"""
        sources = self.sources(row)
        sources, states = _data(row, sources), sources[len(_data(row, sources)) :]
        into = tuple(self.graph.made.get(ref) or () for ref in sources)
        if row.type == "Merge" and len(into) > 1 and () not in into and row.outputs is not None:
            row = replace(row, class_name=_merge_of(into, row.outputs[0]))
        if row.class_name is None and len(into) == 1:
            row = replace(row, class_name=class_by_rank(row, into[0]))
        assert row.outputs is not None
        if row.class_name is None or row.class_name not in BY_NAME or () in into:
            self.unknown(row, sources, into)
            return
        found = readings(row.class_name, row.name, into, row.outputs, row.params or 0)
        if not found and row.params is None:
            found = self.without_count(row, into)
        if not found and row.params is None:
            cut = "the table is cut off before its count" if into else "neither its count nor what it reads is printed"
            self.replaced(row, f"{row.name}: {cut}")
            return
        if len(into) < 2 and BY_NAME[row.class_name].group == "merge":
            self.replaced(row, f"{row.name}: the table doesn't show all rows that it joins")
            return
        if not found and into:
            self.explain_wrong(row, into)
            return
        if not found:
            self.replaced(row, f"{row.name}: its count and its shape don't show what its input was")
            return
        self.take(row, found, sources, states)

    def without_count(self, row: Row, into: tuple[Sizes, ...]) -> list[Reading]:
        """What the shapes alone say of a row; what they can't say is an example, and told as one."""
        assert row.class_name is not None
        assert row.outputs is not None
        found = by_shape(row.class_name, row.name, into, row.outputs[0])
        if found and is_embedding(row.class_name):
            words = self.example(f"{row.name}.input_dim", EXAMPLES["input_dim"])
            found = [replace(reading, layer=reading.layer.but(input_dim=words)) for reading in found]
        inner = found[0].layer.get("layer") if found else None
        if isinstance(inner, LayerSpec):
            self.unread.append(f"{row.name}: its shape doesn't show what it wraps; {inner.class_name} is an example")
        return found

    def unknown(self, row: Row, sources: list[Ref], into: tuple[Sizes, ...]) -> None:
        """A row of a class that nobody here knows: one that only lays its numbers out anew keeps the model together."""
        assert row.outputs is not None
        out = row.outputs[0]
        whole = [math.prod(n or 1 for n in shape[1:]) for shape in (*into, out)]
        if row.type in _MASKS and not row.params and (out == into[0] or {name for name, _ in row.links} <= self.masks):
            self.masks.add(row.name)
            self.ends[row.name] = list(sources)
            return
        as_many = len(into) == 1 and None not in (*into[0][1:], *out[1:]) and whole[0] == whole[1]
        if row.type in ("Functional", "Sequential", "Model"):
            rows = "its rows aren't printed (model.summary(expand_nested=True) prints them)"
            if row.name in self.branching:
                rows = "its rows are printed without what each of them reads"
            count = f", with {row.params:,} parameters inside" if row.params else ""
            self.replaced(row, f"{row.name} is a model inside this one{count}; {rows}, so its output is an Input here")
        elif row.params or not as_many or len(row.outputs) > 1:
            kind = f"{row.name} ({row.type})"
            self.replaced(row, f"{kind} isn't a layer that this app knows; its output becomes a separate Input")
        elif out == into[0]:
            self.unread.append(
                f"{row.name} ({row.type}): it keeps the shape; what it does to the values isn't shown here"
            )
            self.ends[row.name], self.last = list(sources), list(sources)
        else:
            self.unread.append(f"{row.name} ({row.type}): a Reshape from {into[0]} to {out} is shown instead")
            spec = LayerSpec("Reshape", row.name, (("target_shape", tuple(n or -1 for n in out[1:])),))
            self.last = [Ref("call", self.graph.call(self.graph.add_layer(spec), tuple(sources), (), 1, row.name))]
            self.graph.made[self.last[0]] = out
            self.ends[row.name] = self.last

    def take(self, row: Row, found: list[Reading], sources: list[Ref], states: list[Ref]) -> None:
        """Use the first reading; more than one is a question to the learner."""
        if self.table.old:
            found = sorted(
                found,
                key=lambda reading: "'reset_after', False" not in str(reading.layer) and "GRU" in str(reading.layer),
            )
        found = [found[0], *(r for r in found[1:] if differs(r, found[0]))][:MOST_OPTIONS]
        chosen = found[self.choose(row.name, [told(reading) for reading in found])]
        if not sources:
            sources = [self.invent_input(row, chosen)]
        if chosen.formula:
            self.formulas.append(f"{row.name}: {chosen.formula}")
        if (
            chosen.layer.class_name == "Flatten"
            and (before := self.graph.made.get(sources[0]))
            and None not in before[1:]
        ):
            self.flat.append(
                f"{row.name}: {' × '.join(map(str, before[1:]))} = {math.prod(n or 1 for n in before[1:]):,}"
            )
        if len(sources) == 1 and BY_NAME[chosen.layer.class_name].group == "attention":
            sources = [*sources, *sources]  # the table prints a sequence that attends to itself once
        layer = self.graph.add_layer(chosen.layer)
        count = self.graph.call(layer, tuple(sources), tuple(states), 1, row.name)
        refs = [Ref("call", count, i) for i in range(max(1, len(row.outputs or ())))]
        for ref, sizes in zip(refs, row.outputs or (), strict=False):
            self.graph.made[ref] = sizes  # what the table says, Keras will check it
        self.ends[row.name], self.last = refs, [refs[0]]
        self.solved(row.name, plain(chosen.layer), chosen.last)

    def invent_input(self, row: Row, reading: Reading) -> Ref:
        """The table starts without its Input: what the first row read follows from its count."""
        assert row.outputs is not None
        out = row.outputs[0]
        shape: Sizes
        if reading.input is not None:
            shape = reading.input
        elif len(out) == 2 and is_recurrent(row.class_name):
            shape = (out[0], None, reading.last)
            self.questions.append(
                f"How many timesteps does {row.name} read? The table doesn't say; any number gives the same weights."
            )
        elif row.class_name == "RepeatVector":
            shape = (out[0], out[-1])
        elif row.class_name == "Flatten":
            shape = out
        else:
            shape = (*out[:-1], reading.last)
        dtype = "int32" if is_embedding(row.class_name) else "float32"
        ref = self.graph.add_input(shape, f"{row.name}_input", dtype, f"worked out from the count of {row.name}")
        names = axis_names(row.class_name, len(shape))
        self.shapes.insert(0, name_axes(shape, names, f"the input of {row.name}, worked out from its count"))
        self.started = True
        return ref

    def replaced(self, row: Row, why: str) -> None:
        """A row that can't be rebuilt: what comes out of it becomes an Input, so that the rest still lives."""
        self.unread.append(why)
        if row.outputs is None:
            return
        refs = [self.graph.add_input(sizes, f"{row.name}_output", "float32", "the table") for sizes in row.outputs]
        self.ends[row.name], self.last = refs, refs[:1]
        self.started = True

    def explain_wrong(self, row: Row, into: tuple[Sizes, ...]) -> None:
        """No reading fits: say what was tried, then go on behind it."""
        assert row.outputs is not None
        free = readings(str(row.class_name), row.name, (), row.outputs, row.params or 0)
        around = f"with {into[0]} before it and {row.outputs[0]} after it"
        said = f"{row.name} can't be right: {around}, no {row.class_name} has {row.params or 0:,} parameters"
        if row.class_name in WRAPPERS:  # it may wrap what isn't known here
            said = f"{row.name}: {around}, no layer that this app looks for inside a {row.class_name} has"
            self.wrong.append(f"{said} {row.params or 0:,} parameters; it wraps another one.")
            self.replaced(row, f"{row.name}: the table doesn't show what it wraps")
            return
        if not takes_apart(str(row.class_name)):
            count = f"{row.params or 0:,} parameters {around}"
            self.replaced(row, f"{row.name}: this app can't work out how a {row.class_name} gets {count}")
            return
        if free and free[0].last is not None and free[0].last != into[0][-1]:
            said += f"; the count fits {last_axis(free[0].layer, free[0].last)}, not {into[0][-1]}"
        self.wrong.append(said + ".")
        self.replaced(row, f"{row.name}: its count and its shapes don't fit")

    def choose(self, key: str, options: list[str], question: str = "") -> int:
        """Which of several readings: the one that the learner said; else the first, and a question."""
        if len(options) < 2:
            return 0
        place = self.entries.choice(key, tuple(options))
        if place is None:
            self.questions.append(f"{key}: {' or '.join(options[:4])}?")
        question = question or f"Which one is {key}? What is printed fits them all."
        self.asks.append(Ask(key, "choice", question, options[place or 0], tuple(options), place is not None))
        return place or 0

    def example(self, key: str, value: int) -> int:
        """A size that the table doesn't give: what the learner said, else an example."""
        entry = self.entries.number(key)
        size = value if entry is None else entry
        notes = self.assumed if entry is None else self.said
        if f"{key} = {size}" not in notes:
            notes.append(f"{key} = {size}")
        return size

    def apart(self, name: str) -> int:
        """What keeps an example from looking like the one before it: 2 for each of the same argument."""
        return 2 * sum(note.partition(" = ")[0].endswith(f".{name}") for note in (*self.assumed, *self.said))

    # -- rows without a shape: a subclassed model ("multiple"), or one that wasn't built ("?") -----------------

    def chained(self, place: int, row: Row) -> None:
        """A row with a count but no shape: the reading that stands in a chain with the others."""
        found = list({reading.told(): reading for reading in self.chain.of(place)[:MOST_OPTIONS]}.values())
        chosen = found[self.choose(row.name, [reading.told() for reading in found])]
        self.chain.choose(place, chosen)
        if chosen.formula:
            self.formulas.append(f"{row.name}: {chosen.formula}")
        layer = self.graph.add_layer(self.with_steps(place, row, chosen))
        sources = [] if self.chain.cut(place) or not self.fits(chosen) else self.last
        count = self.graph.call(layer, tuple(sources or [self.open_start(row, chosen)]), (), 1, row.name)
        self.last = [Ref("call", count)]
        self.ends[row.name] = self.last
        self.solved(row.name, plain(chosen.layer), chosen.last)

    def fits(self, reading: Open) -> bool:
        """Whether what stands above has the last axis that the row reads; an open one fits nothing."""
        above = self.graph.made.get(self.last[0]) if self.last else None
        return above is None or not above or reading.last is None or above[-1] == reading.last

    def with_steps(self, place: int, row: Row, reading: Open) -> LayerSpec:
        """The layer, with return_sequences where the next row reads timesteps; where that doesn't show, a question."""
        layer = reading.layer
        if not is_recurrent(row.class_name):
            return layer
        every = self.chain.reads_steps(place)
        if every is None:
            asked = f"Does {row.name} return its output at every timestep (return_sequences)? The counts don't say."
            every = self.choose(f"{row.name}.return_sequences", ["False", "True"], asked) == 1
        inner = layer.get("layer")
        if not every:
            return layer
        if isinstance(inner, LayerSpec):
            return layer.but(layer=inner.but(return_sequences=True))
        return layer.but(return_sequences=True)

    def open_start(self, row: Row, reading: Open) -> Ref:
        """An Input for what an open row reads: its last axis follows from the count, its steps stay open."""
        rules = BY_NAME[str(row.class_name)]
        ids = rules.group == "embedding"
        between = {"conv": int(rules.rank or 3) - 2, "rnn": 1, "wrapper": 1}.get(rules.group, 0)
        shape: Sizes = (None, None) if ids else (None, *[None] * between, reading.last)
        origin = f"worked out from the count of {row.name}"
        ref = self.graph.add_input(shape, f"{row.name}_input", "int32" if ids else "float32", origin)
        self.shapes.insert(0, name_axes(shape, axis_names(row.class_name, len(shape)), f"the input of {row.name}"))
        self.started = True
        return ref

    def open_row(self, row: Row) -> None:
        """A row without a shape and without a count: a layer without weights, or one that wasn't built."""
        if row.type == "null" and row.written.strip().isdigit():  # MXNet's word for an input; it prints no batch axis
            self.open_input(row, (None, int(row.written)))
            return
        if row.class_name is None or row.class_name not in BY_NAME:
            self.unread.append(f"{row.name} ({row.type}) isn't a layer that this app knows; it is left out")
            return
        rules = BY_NAME[row.class_name]
        needed = example_sizes(row.class_name)
        open_steps = bool(self.last) and None in (self.graph.made.get(self.last[0]) or ())[1:]
        if row.class_name == "Flatten" and open_steps:
            self.unread.append(
                f"{row.name}: the table doesn't show how many timesteps it flattens, so what follows gets its own input"
            )
            self.last = []
            return
        if row.params or (not needed and rules.group not in ("same", "norm", "flatten", "global_pool", "pool")):
            self.unread.append(f"{row.name}: nothing in the table says what it does")
            self.last = self.last if not row.params else []
            return
        if needed:
            self.questions.append(
                f"What are {', '.join(needed)} of {row.name}? The model wasn't built, so the table doesn't say."
            )
        arguments: dict[str, Argument] = {
            name: self.example(f"{row.name}.{name}", size + self.apart(name)) for name, size in needed.items()
        }
        arguments |= {key: value for key, value in (examples_for(row.class_name) or {}).items() if key not in arguments}
        if not self.last:
            if rules.group == "pool":
                return
            self.last = [self.example_input(row)]
        layer = self.graph.add_layer(LayerSpec(row.class_name, row.name, tuple(arguments.items())))
        self.last = [Ref("call", self.graph.call(layer, tuple(self.last), (), 1, row.name))]
        self.ends[row.name] = self.last

    def example_input(self, row: Row) -> Ref:
        """An Input for a model that wasn't built: the table says nothing of it."""
        rules = BY_NAME[str(row.class_name)]
        ids = rules.group == "embedding"
        names = ("timesteps",) if ids else (("timesteps", "features") if (rules.rank or 2) > 2 else ("features",))
        self.questions.append("What is the shape of one sample? The model wasn't built, so the table doesn't say.")
        shape: Sizes = (None, *(self.example(name, EXAMPLES[name]) for name in names))
        self.started = True
        return self.graph.add_input(shape, f"{row.name}_input", "int32" if ids else "float32", "an example")

    def solved(self, name: str, arguments: list[tuple[str, Argument]], features: int | None) -> None:
        """The numbers that follow from a count, as dims: lstm_1.units, lstm_1.features."""
        for key, value in arguments:
            if key in _WORTH:
                if isinstance(value, tuple):
                    for i, part in enumerate(value):
                        self.dims[f"{name}.{key}_{i + 1}"] = number(part)
                else:
                    self.dims[f"{name}.{key}"] = number(value)
        if features is not None:
            self.dims[f"{name}.features"] = features


def _merge_of(into: tuple[Sizes, ...], out: Sizes) -> str:
    """What Keras 1's Merge did: its mode isn't printed, but the shapes tell a concatenation from a sum."""
    return "Add" if all(shape == out for shape in into) else "Concatenate"


def _data(row: Row, sources: list[Ref]) -> list[Ref]:
    """A recurrent layer's first link is its data; the others are its states."""
    return sources[:1] if takes_states(row.class_name) else sources


def read_summary(text: Cleaned, entries: Entries | None = None) -> Finding | None:
    """The table of a text; None where there is none. entries: what the learner said about what it leaves open."""
    table = read_table(text.shown)
    if table is None:
        return None
    table, branching = in_line(table)
    work = _Rebuild(table, entries or Entries(), branching)
    work.run()
    foreign = bool(re.search(r"Previous Layer", text.shown))
    if foreign:
        work.unread.append("this table isn't Keras' own: it has a column \"Previous Layer\" and no batch axis")
    spec = (
        work.graph.model(work.graph.loose_ends(), [], False, (), tuple(work.assumed), "model")
        if work.graph.calls
        else None
    )
    if spec is None and work.graph.inputs:
        spec = work.graph.model([Ref("input", 0)], [], False, (), (), "model")
    spec = None if spec is None else replace(spec, said=tuple(work.said))
    _totals(work)
    marks = tuple(Mark(*row.place, f"{row.name} ({row.class_name or row.type})") for row in table.rows)
    others = other_numbers(table)
    return Finding(
        "summary",
        layer=table.rows[0].name,
        class_name=table.rows[0].class_name,
        values={**work.dims, **others},
        shapes=tuple(work.shapes),
        cause=_cause(work),
        questions=tuple(work.questions[:8]),
        spec=spec,
        marks=marks,
        unread=tuple(work.unread[:20]),
        fixes=changes(table),
        asks=tuple(work.asks[:8]),
    )


def _totals(work: _Rebuild) -> None:
    total = work.table.totals.get("total")
    rows = sum(row.params or 0 for row in work.table.rows)
    if total is not None and rows > total:
        work.wrong.append(f"The rows add up to {rows:,}, more than the total {total:,}.")


def _cause(work: _Rebuild) -> str:
    if work.wrong:
        return " ".join(work.wrong[:3])
    if work.formulas:
        return "The counts fit: " + "; ".join(work.formulas[:4]) + "."
    if any(row.outputs is None for row in work.table.rows):
        return (
            "The model wasn't built when it was printed: without an Input, Keras knows no shapes and makes no weights."
        )
    if all(row.params is None for row in work.table.rows if row.class_name != "InputLayer"):
        fit = f" The shapes fit: {'; '.join(work.flat[:4])}." if work.flat else ""
        return f"These are shapes without counts of parameters.{fit}"
    return "The table was read; none of its rows has weights."


def shapes_of(text: Cleaned) -> tuple[Sizes, ...]:
    """All shapes of a text, once each."""
    return tuple(dict.fromkeys(found.sizes for found in shapes_in(text.flat)))
