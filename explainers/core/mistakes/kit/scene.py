"""A message, and the examples that had to be used: what the model that shows it live is made of.

Sizes that the text doesn't give are examples; each is listed in `ModelSpec.assumed`, so nothing is passed off as read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from explainers.core.axes import is_named
from explainers.core.finding import Finding
from explainers.core.layers import SHEETS, WRAPPERS, axis_names
from explainers.core.layers.signatures import needed as needed_by
from explainers.core.spec import Argument, CallSpec, InputSpec, LayerSpec, ModelSpec, Ref, Sizes, snake

EXAMPLES = {
    "timesteps": 7,
    "features": 5,
    "units": 4,
    "units in front": 6,  # of the layer before the one that is named
    "filters": 6,
    "kernel_size": 3,
    "steps": 9,
    "channels": 5,
    "channels of the kernel": 3,
    "rows": 12,
    "columns": 14,
    "samples": 8,
    "input_dim": 50,
    "output_dim": 10,
    "n": 6,
    "pool_size": 2,
    "depth": 10,
    "words": 50,
    "batch_size": 4,
    "num_heads": 2,
    "key_dim": 16,
}
_WINDOWS = ("kernel_size", "pool_size", "strides")
_OTHERS = (11, 13, 17, 19, 23, 29, 31)  # where an example is a size of the message
MOST = 10**7  # sizes beyond this aren't built
_RANK_CLASS = {3: "LSTM", 4: "Conv2D", 5: "ConvLSTM2D", 2: "Dense"}


def nothing_said(name: str) -> int | None:
    """The learner has said nothing."""
    return None


@dataclass
class Scene:
    """The finding, the layers of code lines around it, and the examples that had to be used.

    answers: a size that the learner says, by its name. said: those that were used instead of an example.
    """

    finding: Finding
    text: str
    written: tuple[LayerSpec, ...] = ()
    assumed: list[str] = field(default_factory=list)
    answers: Callable[[str], int | None] = nothing_said
    said: list[str] = field(default_factory=list)

    def example(self, name: str, least: int = 0) -> int:
        """A size that isn't in the text: what the learner said, else an example, which isn't smaller than `least`."""
        told = self.answers(name)
        value = told if told is not None else self._unlike_the_message(name, max(EXAMPLES.get(name, 3), least))
        notes = self.assumed if told is None else self.said
        if f"{name} = {value}" not in notes:
            notes.append(f"{name} = {value}")
        return value

    def _unlike_the_message(self, name: str, value: int) -> int:
        """An example that is no size of the message: else nobody could tell which is which. A window stays small."""
        if name in _WINDOWS:
            return value
        read = {n for shapes in self.finding.named.values() for shape in shapes for n in shape}
        return next((n for n in (value, *_OTHERS) if n not in read and n >= value), value)

    def argument(self, class_name: str, name: str) -> Argument:
        """An argument of a layer of that class, from a line of code in the text."""
        for layer in self.written:
            if layer.class_name == class_name and layer.get(name) is not None:
                return layer.get(name)
        return None

    def layer(self, class_name: str, called: str = "", /, **given: Argument) -> LayerSpec:
        """A layer of that class, with the arguments it can't do without."""
        arguments: dict[str, Argument] = dict(given)
        for needed in _needed(class_name):
            if arguments.get(needed) is None:
                value = self.finding.number(needed) or self.argument(class_name, needed)
                arguments[needed] = value if value is not None else self.example(needed)
        if class_name in WRAPPERS and "layer" not in arguments:
            inner = "Dense" if class_name == "TimeDistributed" else "LSTM"
            arguments = {"layer": self.layer(inner, f"{called or snake(class_name)}_{inner.lower()}", **given)}
        if class_name == "Activation":
            arguments["activation"] = "linear"
        if class_name == "RNN" and "cell" not in arguments:
            arguments["cell"] = self.layer("SimpleRNNCell", f"{called or snake(class_name)}_cell", **given)
        if "rate" in needed_by(class_name):
            arguments["rate"] = 0.5
        for extra in ("return_sequences", "padding", "strides"):
            value = self.argument(class_name, extra)
            if value is not None:
                arguments.setdefault(extra, value)
        return LayerSpec(class_name, called or self.name(class_name), tuple(arguments.items()))

    def name(self, class_name: str) -> str:
        """The name in the message, where it is the layer's own."""
        said = (self.finding.layer or "").split("/")[0]
        said = re.sub(r"_input(_\d+)?$", "", said)
        return (
            said
            if re.fullmatch(r"[A-Za-z]\w{0,60}", said) and self.finding.class_name == class_name
            else snake(class_name)
        )

    def sizes(self, names: tuple[str, ...], known: Sizes = ()) -> Sizes:
        """A sample's shape with a free batch: examples where the text gives nothing."""
        rest = tuple(self.example(name if is_named(name) else f"axis_{i + 1}") for i, name in enumerate(names[1:]))
        return (None, *known[1:]) if known else (None, *rest)


def _needed(class_name: str) -> tuple[str, ...]:
    rules = SHEETS.get(class_name)
    group = rules.group if rules else ""
    if group in ("dense", "rnn", "cell"):
        return ("units",)
    if group in ("conv", "conv_rnn"):
        return ("kernel_size",) if "Depthwise" in class_name else ("filters", "kernel_size")
    return _ALSO_NEEDED.get(group, ()) or _ALSO_NEEDED.get(class_name, ())


_ALSO_NEEDED = {
    "embedding": ("input_dim", "output_dim"),
    "repeat": ("n",),
    "pool": ("pool_size",),
    "MultiHeadAttention": ("num_heads", "key_dim"),
}


def entry(shape: Sizes, name: str = "input", dtype: str = "float32", origin: str = "the message") -> InputSpec:
    """One Input of a model."""
    return InputSpec(name, shape, dtype, (), origin)


def dtype_of(class_name: str) -> str:
    """What a layer of that class reads: ids or numbers."""
    return "int32" if class_name == "Embedding" else "float32"


def rank_of(class_name: str) -> int:
    """How many axes a layer of that class reads, the batch included."""
    rules = SHEETS.get(class_name)
    return (rules.rank if rules else None) or 2


def prints_samples(finding: Finding, class_name: str | None, expected: Sizes) -> bool:
    """Whether the shape that was expected is that of one sample: by the rank of the layer, else by its first axis."""
    if not finding.of_samples:
        return False
    facts = SHEETS.get(class_name or "")
    one_rank = facts is not None and facts.rank is not None and class_name != "InputLayer" and not facts.least
    if facts is not None and one_rank and finding.mistake != "target_shape":  # what comes out may have another rank
        return len(expected) == rank_of(facts.name) - 1
    return finding.without_batch


def made_up(scene: Scene, class_name: str, rank: int) -> Sizes:
    """A shape of examples with so many axes."""
    names = axis_names(class_name, rank)
    usual = SHEETS[class_name].axes if class_name in SHEETS else ()
    if not all(is_named(name) for name in names):
        names = (
            ("batch", *usual[-1:])
            if rank == 2 and usual
            else ("batch", "samples", *usual[1:])[:rank]
            if rank > len(usual)
            else names
        )
    return scene.sizes(names) if len(names) == rank else (None, *(2 + i for i in range(rank - 1)))


def shared(inputs: tuple[InputSpec, ...], layer: LayerSpec) -> ModelSpec:
    """One layer, called on several inputs."""
    calls = tuple(CallSpec(0, (Ref("input", i),)) for i in range(len(inputs)))
    return ModelSpec(inputs, (layer,), calls, tuple(Ref("call", i) for i in range(len(inputs))))


def joined(scene: Scene, shapes: tuple[Sizes, ...], layer: LayerSpec) -> ModelSpec:
    """One layer that joins the shapes of the message."""
    inputs = tuple(entry(shape, f"input_{i + 1}") for i, shape in enumerate(shapes))
    return ModelSpec(
        inputs, (layer,), (CallSpec(0, tuple(Ref("input", i) for i in range(len(inputs)))),), (Ref("call", 0),)
    )


def two_sizes(finding: Finding) -> tuple[Sizes, ...]:
    """Two rows of numbers whose lengths the message says."""
    left, right = finding.number("left"), finding.number("right")
    return ((None, left), (None, right)) if left is not None and right is not None else ()


def guessed_class(finding: Finding) -> str:
    """The class to show it with, where the message names none: by the rank that it wants."""
    if finding.class_name in SHEETS and finding.class_name != "InputLayer":
        return str(finding.class_name).removesuffix("Cell")
    return _RANK_CLASS.get(finding.number("expected_ndim") or 3, "LSTM")
