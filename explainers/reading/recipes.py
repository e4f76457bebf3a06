"""A message -> a model that shows it live: the layer that was named, with the sizes that stand in the text.

Sizes that the text doesn't give are examples; each is listed in `ModelSpec.assumed`, so nothing is passed off as read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from explainers.core.finding import Finding
from explainers.core.spec import Argument, CallSpec, Check, InputSpec, LayerSpec, ModelSpec, Ref, Sizes, chain, snake
from explainers.reading.asking import Answers
from explainers.reading.error_reader import guessed_class
from explainers.reading.layers import BY_NAME, axis_names, today_name

_EXAMPLES = {
    "timesteps": 7,
    "features": 5,
    "units": 4,
    "units in front": 6,  # of the layer before the one that is named
    "filters": 6,
    "kernel_size": 3,
    "steps": 9,
    "channels": 5,
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
}
_MOST = 10**7  # sizes beyond this aren't built


@dataclass
class Scene:
    """The finding, the layers of code lines around it, and the examples that had to be used.

    said: sizes that the learner gave instead of an example.
    """

    finding: Finding
    text: str
    written: tuple[LayerSpec, ...] = ()
    assumed: list[str] = field(default_factory=list)
    answers: Answers = field(default_factory=Answers)
    said: list[str] = field(default_factory=list)

    def example(self, name: str) -> int:
        """A size that isn't in the text: what the learner said, else an example."""
        answer = self.answers.number(name)
        value = answer if answer is not None else _EXAMPLES.get(name, 3)
        notes = self.assumed if answer is None else self.said
        if f"{name} = {value}" not in notes:
            notes.append(f"{name} = {value}")
        return value

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
        if class_name in ("TimeDistributed", "Bidirectional") and "layer" not in arguments:
            inner = "Dense" if class_name == "TimeDistributed" else "LSTM"
            arguments = {"layer": self.layer(inner, f"{called or snake(class_name)}_{inner.lower()}", **given)}
        if class_name == "Activation":
            arguments["activation"] = "linear"
        if class_name in ("Dropout", "SpatialDropout1D", "SpatialDropout2D"):
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
        rest = tuple(self.example(name if name != "unknown" else f"axis_{i + 1}") for i, name in enumerate(names[1:]))
        return (None, *known[1:]) if known else (None, *rest)


def _needed(class_name: str) -> tuple[str, ...]:
    rules = BY_NAME.get(class_name)
    group = rules.group if rules else ""
    if group in ("dense", "rnn", "cell"):
        return ("units",)
    if group in ("conv", "conv_rnn"):
        return ("kernel_size",) if "Depthwise" in class_name else ("filters", "kernel_size")
    return {"embedding": ("input_dim", "output_dim"), "repeat": ("n",), "pool": ("pool_size",)}.get(group, ())


def recipe(
    finding: Finding, text: str, written: tuple[LayerSpec, ...], name: str, answers: Answers | None = None
) -> ModelSpec | None:
    """The model for one finding; None where there is nothing to build."""
    scene = Scene(finding, text, written, answers=answers or Answers())
    work = _RECIPES.get(name)
    made = work(scene) if work is not None else None
    if made is None or any(n is not None and n > _MOST for tensor in made.inputs for n in tensor.shape):
        return None
    return replace(made, assumed=(*made.assumed, *scene.assumed), said=tuple(scene.said))


def _input(shape: Sizes, name: str = "input", dtype: str = "float32", origin: str = "the message") -> InputSpec:
    return InputSpec(name, shape, dtype, (), origin)


def _dtype(class_name: str) -> str:
    return "int32" if class_name == "Embedding" else "float32"


def _layer_rank(scene: Scene) -> ModelSpec | None:
    """One layer on a tensor with the number of axes that was found."""
    finding = scene.finding
    class_name = guessed_class(finding)
    found = finding.shape("found")
    rank = len(found) if found is not None else finding.number("found_ndim")
    if rank is None:
        rank = max((finding.number("expected_ndim") or _rank(class_name)) - 1, 1)
    layer = scene.layer(class_name)
    if found and finding.class_name in ("Sequential", "Functional", None) and found[0] is not None:
        inside = scene.sizes(axis_names(class_name, finding.number("expected_ndim") or _rank(class_name)))
        return chain(
            _input(inside, dtype=_dtype(class_name)),
            (layer,),
            sequential=finding.class_name == "Sequential",
            checks=(Check("predict", (found,)),),
        )
    if found is None and class_name in ("LSTM", "GRU", "SimpleRNN") and rank == 2 and not scene.written:
        first = scene.layer(
            class_name, f"{layer.name}_before", return_sequences=False, units=scene.example("units in front")
        )
        return chain(_input(scene.sizes(("batch", "timesteps", "features"))), (first, layer))
    shape = found if found else _written_shape(scene, rank) or _made_up(scene, class_name, rank)
    return chain(_input(shape, dtype=_dtype(class_name)), (layer,), sequential=False)


def _written_shape(scene: Scene, rank: int) -> Sizes | None:
    """A shape of the text with as many axes, or one less (a sample)."""
    for shape in scene.finding.shapes:
        sizes = tuple(axis.size for axis in shape)
        if len(sizes) == rank and sizes and sizes[0] is None:
            return sizes
        if len(sizes) == rank - 1 and None not in sizes and sizes:
            return (None, *sizes)
    return None


def _made_up(scene: Scene, class_name: str, rank: int) -> Sizes:
    names = axis_names(class_name, rank)
    usual = BY_NAME[class_name].axes if class_name in BY_NAME else ()
    if "unknown" in names:
        names = (
            ("batch", *usual[-1:])
            if rank == 2 and usual
            else ("batch", "samples", *usual[1:])[:rank]
            if rank > len(usual)
            else names
        )
    return scene.sizes(names) if len(names) == rank else (None, *(2 + i for i in range(rank - 1)))


def _rank(class_name: str) -> int:
    rules = BY_NAME.get(class_name)
    return (rules.rank if rules else None) or 2


def _data(scene: Scene) -> ModelSpec | None:
    """A model built for what was expected, fed with what was found."""
    finding = scene.finding
    if finding.mistake == "target_shape":
        return _target(scene)
    found = finding.shape("found")
    if found is None:
        return None
    expected = finding.shape("expected")
    class_name = finding.class_name if finding.class_name in BY_NAME else None
    if expected is None:
        rank = finding.number("expected_ndim") or 3
        class_name = class_name or guessed_class(finding)
        expected = _fitting(scene, class_name, rank, found)
    else:
        expected, found = _with_batch(class_name, expected, found)
    layer = (
        scene.layer(class_name) if class_name and len(expected) == _rank(class_name) else _reader(scene, len(expected))
    )
    return chain(
        _input(expected, dtype=_dtype(class_name or "")),
        (layer,),
        sequential=finding.class_name == "Sequential",
        checks=(Check("predict", (found,)),),
    )


def _with_batch(class_name: str | None, expected: Sizes, found: Sizes) -> tuple[Sizes, Sizes]:
    """Keras 2.2 and later print one sample; a batch axis is put in front of both."""
    rank = _rank(class_name) if class_name else 0
    sample = expected[:1] != (None,) and (
        len(expected) == rank - 1 or (not rank and len(expected) == 3 and expected[0] is not None)
    )
    if sample:
        return (None, *expected), (_EXAMPLES["samples"], *found) if len(found) == len(expected) else found
    return expected, found


def _reader(scene: Scene, rank: int) -> LayerSpec:
    """A layer that takes this many axes."""
    class_name = {2: "Dense", 3: "LSTM", 4: "Conv2D", 5: "Conv3D"}.get(rank, "Flatten")
    return scene.layer(class_name, **({"kernel_size": 1} if class_name.startswith("Conv") else {}))


def _fitting(scene: Scene, class_name: str, rank: int, found: Sizes) -> Sizes:
    """A shape of the expected rank that shares the found one's last axis where it can."""
    names = axis_names(class_name, rank)
    if len(found) == rank - 1 and rank > 3:  # a channel is missing behind, or the timesteps in front
        group = BY_NAME[class_name].group if class_name in BY_NAME else ""
        last = group in ("conv", "pool", "global_pool")
        return (None, *found[1:], scene.example("channels")) if last else (None, scene.example("timesteps"), *found[1:])
    shape = list(scene.sizes(names))
    if 1 < len(found) < rank and found[-1] is not None:
        shape[-1] = found[-1]
    return tuple(shape)


def _target(scene: Scene) -> ModelSpec | None:
    """A model with the output that was expected, trained on the target that was found."""
    finding = scene.finding
    logits, labels = finding.shape("logits"), finding.shape("labels")
    found = finding.shape("found") or labels
    if finding.number("classes") is not None and found is None:
        found = (_EXAMPLES["samples"], 1)
    if found is None:
        return None
    expected = finding.shape("expected") or logits or _expected_output(scene, found)
    if len(expected) == len(found) and expected[:1] != (None,) and finding.family == "data_shape":
        expected, found = (None, *expected), (_EXAMPLES["samples"], *found)
    if not expected or expected[-1] is None or None in found[1:]:
        return None
    found = tuple(_EXAMPLES["samples"] if n is None else n for n in found) or (1,)
    batch = logits[0] if logits is not None else None
    name = finding.layer if finding.layer and re.fullmatch(r"\w{1,60}", finding.layer) else "dense"
    dense = LayerSpec("Dense", name, (("units", expected[-1]),))
    before: Sizes = (batch if batch != found[0] else None, *expected[1:-1], scene.example("features"))
    loss = _loss(scene, expected, found, finding.family == "data_shape")
    return chain(
        _input(before, origin="an example"),
        (dense,),
        sequential=True,
        checks=(Check("fit", (_concrete(before, found[0]),), (found,), loss),),
    )


def _expected_output(scene: Scene, found: Sizes) -> Sizes:
    rank = scene.finding.number("expected_ndim") or len(found) + 1
    classes = scene.finding.number("classes") or (found[-1] if len(found) > 1 else None) or scene.example("units")
    names = ("timesteps",) if rank == 3 else tuple(f"axis {i + 1}" for i in range(rank - 2))
    middle = tuple(scene.example(name) for name in names)
    return (None, *middle, classes)


def _concrete(shape: Sizes, samples: int | None) -> Sizes:
    batch = shape[0] if shape[0] is not None else samples
    return (batch, *(_EXAMPLES["timesteps"] if n is None else n for n in shape[1:]))


def _loss(scene: Scene, expected: Sizes, found: Sizes, exact: bool) -> str:
    """The loss in the message; else one that compares shapes as old Keras did for every loss."""
    said = str(scene.finding.values.get("loss", "")).strip("`'\".")
    if said in (
        "mean_squared_error",
        "mean_absolute_error",
        "categorical_crossentropy",
        "binary_crossentropy",
        "sparse_categorical_crossentropy",
        "mse",
        "mae",
    ):
        return said
    if "target.ndim" in scene.text or scene.finding.shape("logits") is not None or "label value" in scene.text:
        return "sparse_categorical_crossentropy"
    return "categorical_crossentropy" if (expected[-1] or 1) > 1 else "binary_crossentropy"


def _window(scene: Scene) -> ModelSpec | None:
    """A convolution or pooling on the axis that is too short."""
    finding = scene.finding
    class_name = guessed_class(finding) if finding.class_name in BY_NAME else "Conv1D"
    rules = BY_NAME[class_name]
    found, kernel, pool = finding.shape("found"), finding.shape("kernel"), finding.shape("pool")
    if rules.group not in ("conv", "pool"):
        return None
    rank = (rules.rank or 3) - 2
    size = finding.number("kernel_size")
    spatial = (
        kernel[:rank]
        if kernel is not None and len(kernel) == rank + 2
        else pool
        if pool
        else (size,) * rank
        if size
        else None
    )
    if found is None or len(found) != rank + 2:
        steps = finding.number("steps")
        if steps is None and spatial is None:
            return None
        found = (None, *((steps if steps is not None else 1,) * rank), scene.example("channels"))
    window = tuple(n or 1 for n in spatial) if spatial else (scene.example("kernel_size"),) * rank
    argument: Argument = window[0] if rank == 1 else window
    given: dict[str, Argument] = {"pool_size": argument} if rules.group == "pool" else {"kernel_size": argument}
    if kernel is not None and rules.group == "conv" and "Depthwise" not in class_name:
        given["filters"] = kernel[-1]
    dilation = re.search(r"dilation_rate=[\[(]?(\d{1,4})", scene.text)
    if dilation and dilation[1] != "1" and rules.group == "conv":
        given["dilation_rate"] = int(dilation[1])
    return chain(_input((found[0], *found[1:])), (scene.layer(class_name, **given),), sequential=False)


def _channels(scene: Scene) -> ModelSpec | None:
    """One convolution (or Dense), made for some channels, then called on others."""
    finding = scene.finding
    built, came = finding.number("left") or 3, finding.number("right") or 5
    class_name = (
        finding.class_name
        if finding.class_name in BY_NAME and BY_NAME[str(finding.class_name)].group in ("conv", "dense")
        else "Conv1D"
    )
    rank = _rank(str(class_name))
    middle = tuple(scene.example("steps") + i for i in range(rank - 2))
    layer = scene.layer(str(class_name), **({"kernel_size": 1} if class_name != "Dense" else {}))
    inputs = (_input((None, *middle, built), "made_for"), _input((None, *middle, came), "called_on"))
    return _shared(inputs, layer)


def _shared(inputs: tuple[InputSpec, ...], layer: LayerSpec) -> ModelSpec:
    calls = tuple(CallSpec(0, (Ref("input", i),)) for i in range(len(inputs)))
    return ModelSpec(inputs, (layer,), calls, tuple(Ref("call", i) for i in range(len(inputs))))


def _axis_value(scene: Scene) -> ModelSpec | None:
    """A layer made for one size of its last axis, called on a tensor with another."""
    finding = scene.finding
    found, wanted = finding.shape("found"), finding.number("right")
    if found is None or wanted is None or len(found) < 2:
        return _channels(scene)
    class_name = finding.class_name if finding.class_name in BY_NAME else "Dense"
    layer = scene.layer(str(class_name), **({"kernel_size": 1} if BY_NAME[str(class_name)].group == "conv" else {}))
    return _shared((_input((*found[:-1], wanted), "made_for"), _input(found, "called_on")), layer)


def _joined(scene: Scene, shapes: tuple[Sizes, ...], layer: LayerSpec) -> ModelSpec:
    inputs = tuple(_input(shape, f"input_{i + 1}") for i, shape in enumerate(shapes))
    return ModelSpec(
        inputs, (layer,), (CallSpec(0, tuple(Ref("input", i) for i in range(len(inputs)))),), (Ref("call", 0),)
    )


def _merge(scene: Scene) -> ModelSpec | None:
    """The merge layer on the shapes of the message."""
    finding = scene.finding
    shapes = finding.named.get("both", ()) or _two(finding)
    if len(shapes) < 2:
        return None
    lowered = scene.text.lower()
    name = "Concatenate" if "concat" in lowered else "Dot" if "dot" in lowered or "axis values" in lowered else "Add"
    axis: dict[str, Argument] = (
        {"axis": -1} if name == "Concatenate" else {"axes": _dot_axes(finding)} if name == "Dot" else {}
    )
    if all(len(shape) < 2 for shape in shapes):
        shapes = tuple((None, *shape) for shape in shapes)
    shapes = tuple(shape for shape in shapes[:8] if shape)
    return _joined(scene, shapes, scene.layer(name, **axis))


def _dot_axes(finding: Finding) -> Argument:
    first, second = finding.number("axis"), finding.number("axis_b")
    if first is not None and second is not None:
        return (first, second)
    sizes = (finding.number("left"), finding.number("right"))
    both = finding.named.get("both", ())
    if len(both) > 1 and sizes[0] in both[0] and sizes[1] in both[1]:
        return (both[0].index(sizes[0]), both[1].index(sizes[1]))
    return -1


def _two(finding: Finding) -> tuple[Sizes, ...]:
    left, right = finding.number("left"), finding.number("right")
    return ((None, left), (None, right)) if left is not None and right is not None else ()


def _operands(scene: Scene) -> ModelSpec | None:
    """The operation on two Inputs of the shapes of the message."""
    finding = scene.finding
    shapes = finding.named.get("both", ()) or _two(finding)
    if finding.number("came") is not None:
        return _other_features(scene)
    if len(shapes) < 2 or any(len(shape) == 0 for shape in shapes[:2]):
        return None
    message = " ".join(scene.text[max(0, mark.start - 60) : mark.end + 160] for mark in finding.marks)
    said = f"{finding.values.get('op', '')} {finding.layer or ''} {message}".lower()
    name = "multiply"
    for word, operation in (
        ("matmul", "matmul"),
        ("matrix size", "matmul"),
        ("not aligned", "matmul"),
        ("gemm", "matmul"),
        ("inner dim", "matmul"),
        ("squareddiff", "subtract"),
        ("sub", "subtract"),
        ("add", "add"),
        ("mul", "multiply"),
    ):
        if word in said:
            name = operation
            break
    if name == "matmul" and any(len(shape) < 2 for shape in shapes[:2]):
        name = "multiply"
    return _joined(scene, shapes[:2], LayerSpec(f"ops.{name}", name))


def _other_features(scene: Scene) -> ModelSpec:
    """The layer whose kernel stands in the message, made for its features, on data with another number of them."""
    finding = scene.finding
    features, came = finding.number("features") or 1, finding.number("came") or 1
    class_name = str(finding.class_name).removesuffix("Cell")
    layer = scene.layer(class_name, units=finding.number("units"))
    middle = () if class_name == "Dense" else (scene.example("timesteps"),)
    return chain(
        _input((None, *middle, features)),
        (layer,),
        checks=(Check("predict", ((_EXAMPLES["samples"], *middle, came),)),),
    )


def _stateful(scene: Scene) -> ModelSpec | None:
    """A stateful LSTM: without a fixed batch, or fed with another one."""
    finding = scene.finding
    class_name = finding.class_name if finding.class_name in ("LSTM", "GRU", "SimpleRNN") else "LSTM"
    both = _two_shapes(finding)
    states = bool(both) and len(both[0]) == 3 and len(both[1]) == 3
    layer = scene.layer(class_name, stateful=True, **({"units": both[0][2]} if states and both[0][2] else {}))
    sample = (finding.shape("found") or ())[1:]
    of_text = sample if len(sample) == 2 else (None, None)
    steps, features = (n or scene.example(name) for n, name in zip(of_text, ("timesteps", "features"), strict=True))
    samples, batch = finding.number("found_samples"), finding.number("batch_size")
    if states:
        batch, samples = both[0][1], both[1][1]  # the state that is kept, the one that the data would need
    if samples is None:
        return chain(_input((None, steps, features), origin="an example"), (layer,), sequential=False)
    batch = batch if batch is not None else scene.example("batch_size")
    return chain(
        _input((batch, steps, features)),
        (layer,),
        checks=(Check("predict", ((samples, steps, features),), batch_size=samples),),
    )


def _two_shapes(finding: Finding) -> tuple[Sizes, ...]:
    left, right = finding.shape("left_shape"), finding.shape("right_shape")
    return (left, right) if left is not None and right is not None else ()


def _initial_state(scene: Scene) -> ModelSpec | None:
    """An LSTM whose initial_state has the width, rank or number of the message."""
    finding = scene.finding
    if finding.shape("sizes") is not None:
        return None  # a cell of the learner's own: its lesson shows it
    expected, found = finding.shape("expected"), finding.shape("found")
    if finding.family == "structures":
        return _other_states(scene)
    passed = list(finding.named.get("given", ())) or [
        tuple(axis.size for axis in shape) for shape in finding.shapes if len(shape) > 1
    ]
    states = finding.number("states_passed") or (len(passed) if 0 < len(passed) < 8 else 1)
    units = (
        (expected[-1] if expected else None)
        or finding.number("state_width")
        or (passed[0][-1] if passed else None)
        or scene.example("units")
    )
    shape = found or (passed[0] if passed else (None, units + 2))
    shape = tuple(shape) if shape and shape[0] is None else (None, *shape)
    layer = LayerSpec("LSTM", "lstm", (("units", units),))
    features = scene.example("features")
    inputs = (
        _input((None, scene.example("timesteps"), features), "sequence"),
        *(_input(shape, f"state_{i + 1}") for i in range(min(states, 8))),
    )
    call = CallSpec(0, (Ref("input", 0),), tuple(Ref("input", i + 1) for i in range(len(inputs) - 1)))
    fed = tuple(tuple(2 if n is None else n for n in tensor.shape) for tensor in inputs)
    return ModelSpec(inputs, (layer,), (call,), (Ref("call", 0),), checks=(Check("predict", fed),))


def _other_states(scene: Scene) -> ModelSpec:
    """A layer of one state that is given two, or one of two that is given one."""
    wanted = scene.finding.number("states_expected")
    class_name = "LSTM" if wanted == 2 else "GRU"
    units = scene.example("units")
    states = 1 if class_name == "LSTM" else 2
    inputs = (
        _input((None, scene.example("timesteps"), scene.example("features")), "sequence", origin="an example"),
        *(_input((None, units), f"state_{i + 1}", origin="an example") for i in range(states)),
    )
    call = CallSpec(0, (Ref("input", 0),), tuple(Ref("input", i + 1) for i in range(states)))
    fed = tuple(tuple(2 if n is None else n for n in tensor.shape) for tensor in inputs)
    layer = LayerSpec(class_name, class_name.lower(), (("units", units),))
    return ModelSpec(inputs, (layer,), (call,), (Ref("call", 0),), checks=(Check("predict", fed),))


def _input_count(scene: Scene) -> ModelSpec | None:
    """A model with the number of inputs that it takes, fed with the number that came."""
    finding = scene.finding
    if finding.values.get("argument") == "constants":
        return None  # a cell of the learner's own: its lesson shows it
    takes, came = finding.number("expected_inputs"), finding.number("received_inputs")
    takes = min(takes or 2, 12)
    came = min(came, 12) if came is not None else 1
    if takes == came:
        came = 1 if takes > 1 else 2
    if finding.shape("expected") is not None:
        return _unfed(scene, finding.shape("expected") or ())
    features = scene.example("features")
    inputs = tuple(_input((None, features + i), f"input_{i + 1}", origin="an example") for i in range(takes))
    layers = (
        (LayerSpec("Concatenate", "concatenate"),) if takes > 1 else (LayerSpec("Dense", "dense", (("units", 4),)),)
    )
    fed = tuple((3, features + i) for i in range(came))
    return ModelSpec(
        inputs,
        layers,
        (CallSpec(0, tuple(Ref("input", i) for i in range(takes))),),
        (Ref("call", 0),),
        checks=(Check("predict", fed),),
    )


def _unfed(scene: Scene, shape: Sizes) -> ModelSpec:
    """A model of two inputs, one of them of that shape, that is fed the other one alone."""
    features = scene.example("features")
    inputs = (_input((None, features), "fed", origin="an example"), _input(shape, "nothing_comes_in"))
    layers = tuple(LayerSpec("Activation", name, (("activation", "linear"),)) for name in ("first", "second"))
    calls = tuple(CallSpec(i, (Ref("input", i),)) for i in range(2))
    check = Check("predict", ((3, features),))
    return ModelSpec(inputs, layers, calls, tuple(Ref("call", i) for i in range(2)), checks=(check,))


def _unknown_axis(scene: Scene) -> ModelSpec | None:
    """A Dense (or Conv1D) on a tensor whose last axis is open."""
    finding = scene.finding
    if "unroll" in scene.text.lower() and "time dimension" in scene.text.lower():
        return None
    found = finding.shape("found")
    weight = finding.shape("weight_shape")
    if weight and weight[0] is None and None not in weight[1:] and finding.class_name not in BY_NAME:
        name = re.sub(r"\W", "_", (finding.layer or "").split("/")[0]) or "product"
        return chain(_input(weight), (LayerSpec("ops.multiply", name, (("weight", weight),)),), sequential=False)
    class_name = finding.class_name if finding.class_name in BY_NAME else "Dense"
    layer = scene.layer(str(class_name))
    if found and len(found) >= _rank(str(class_name)) and found[-1] is None:
        return chain(_input(found), (layer,), sequential=False)
    if found and len(found) >= 2:
        return (
            chain(
                _input((None, *found[1:])),
                (LayerSpec("Flatten", "flatten"), scene.layer("Dense", "dense")),
                sequential=False,
            )
            if len(found) > 2 and None in found[1:]
            else chain(_input((*found[:-1], None)), (scene.layer("Dense", "dense"),), sequential=False)
        )
    width = scene.example("features")
    return chain(
        _input((None, None, width), origin="an example"),
        (LayerSpec("Flatten", "flatten"), scene.layer("Dense", "dense")),
        sequential=False,
    )


def _mask(scene: Scene) -> ModelSpec | None:
    """Masking in front of an LSTM, as it works on today's CPU."""
    shape = scene.sizes(("batch", "timesteps", "features"))
    found = next((tuple(a.size for a in s) for s in scene.finding.shapes if len(s) == 3), None)
    return chain(
        _input((None, *(found or shape)[1:])),
        (LayerSpec("Masking", "masking", (("mask_value", 0.0),)), scene.layer("LSTM")),
        sequential=False,
    )


def _embedding(scene: Scene) -> ModelSpec | None:
    """The Embedding, and the id that is outside of it."""
    words, index = scene.finding.number("input_dim"), scene.finding.number("index")
    if words is None or index is None or words < 1 or index > 2**31 - 1:
        return None
    layer = scene.layer("Embedding", input_dim=words)
    return chain(
        _input((None, None), dtype="int32", origin="ids"),
        (layer,),
        sequential=False,
        checks=(Check("ids", number=index),),
    )


def _weights(scene: Scene) -> ModelSpec | None:
    """The layer, and the weights that don't fit it."""
    finding = scene.finding
    expected, found = finding.shape("expected"), finding.shape("found")
    left, right = finding.number("left"), finding.number("right")
    if str(finding.values.get("cls", "")).startswith("CuDNN"):
        return _of_cudnn(scene)
    if expected is None or found is None:
        if left is None or right is None or right > 50:
            return None
        layer = scene.layer("Dense", "dense")
        shapes: tuple[Sizes, ...] = tuple((1,) for _ in range(right))
        return chain(
            _input((None, scene.example("features"))), (layer,), checks=(Check("weights", shapes, layer="dense"),)
        )
    if len(expected) == 2 and None not in expected and finding.class_name in (None, "Embedding"):
        layer = LayerSpec("Embedding", "embedding", (("input_dim", expected[0]), ("output_dim", expected[1])))
        return chain(
            _input((None, None), dtype="int32"),
            (layer,),
            sequential=False,
            checks=(Check("weights", (found,), layer="embedding"),),
        )
    if len(expected) in (3, 4) and None not in expected:
        rank = len(expected) - 2
        layer = LayerSpec(
            f"Conv{rank}D", "conv", (("filters", expected[-1]), ("kernel_size", expected[:rank]), ("use_bias", False))
        )
        return chain(
            _input((None, *(None,) * rank, expected[-2])),
            (layer,),
            sequential=False,
            checks=(Check("weights", (found,), layer="conv"),),
        )
    if len(expected) in (1, 2) and None not in expected:
        width = expected[0] if len(expected) == 2 else scene.example("features")
        layer = LayerSpec("Dense", "dense", (("units", expected[-1]), ("use_bias", len(expected) == 1)))
        shapes = (found,) if len(expected) == 2 else ((width, expected[0]), found)
        return chain(
            _input((None, width)), (layer,), sequential=False, checks=(Check("weights", shapes, layer="dense"),)
        )
    return None


def _of_cudnn(scene: Scene) -> ModelSpec:
    """The weights of a CuDNNGRU, with two rows of biases, put into a GRU with reset_after=False."""
    units, features = scene.example("units"), scene.example("features")
    layer = LayerSpec("GRU", "gru", (("units", units), ("reset_after", False)))
    shapes: tuple[Sizes, ...] = ((features, 3 * units), (units, 3 * units), (2, 3 * units))
    return chain(
        _input((None, scene.example("timesteps"), features), origin="an example"),
        (layer,),
        checks=(Check("weights", shapes, layer="gru"),),
    )


def _unbuilt(scene: Scene) -> ModelSpec | None:
    """The layer that is named, on an example of what it reads: so it has shapes and weights."""
    class_name = scene.finding.class_name
    if class_name not in BY_NAME:
        return None
    names = axis_names(class_name, _rank(str(class_name)))
    return chain(
        _input(scene.sizes(names), dtype=_dtype(str(class_name)), origin="an example"), (scene.layer(str(class_name)),)
    )


def _reshape(scene: Scene) -> ModelSpec | None:
    """A Reshape layer, or NumPy's reshape, with the numbers of the message."""
    finding = scene.finding
    found, target, values = finding.shape("found"), finding.shape("target"), finding.number("values")
    if found and target:
        sizes = tuple(-1 if n is None else n for n in target)
        return chain(
            _input((None, *found)), (LayerSpec("Reshape", "reshape", (("target_shape", sizes),)),), sequential=False
        )
    if values is None:
        return None
    wanted = target if target is not None else (finding.number("wanted"),)
    return ModelSpec((), (), (), (), checks=(Check("reshape", ((values,), wanted)),))


def _ragged(scene: Scene) -> ModelSpec | None:
    """Two rows of different length in one array, as NumPy refuses them."""
    found, expected = scene.finding.shape("found"), scene.finding.shape("expected")
    if found and expected and len(found) + len(expected) < 12:
        return ModelSpec((), (), (), (), checks=(Check("values", (found, expected)),))
    return ModelSpec((), (), (), (), checks=(Check("values"),))


def _old_argument(scene: Scene) -> ModelSpec | None:
    """The layer with the old argument, as today's Keras refuses it."""
    finding = scene.finding
    size = finding.number("size")
    if size is not None:
        return ModelSpec((), (), (), (), checks=(Check("input", number=size),))
    class_name = today_name(str(finding.values.get("cls", ""))) or None
    argument = str(finding.values.get("argument", "")).strip("'\"`,() ")
    given: dict[str, Argument] = _literal_dict(str(finding.values.get("rest", "")))
    if not given and re.fullmatch(r"[a-z_A-Z]\w{0,40}", argument):
        class_name = (
            class_name
            or next((layer.class_name for layer in scene.written if layer.get(argument) is not None), None)
            or _class_with(argument)
            or "Dense"
        )
        given = {argument: 1}
    attribute = str(finding.values.get("attribute", "")).strip("'\"`,() ")
    if re.fullmatch(r"[A-Za-z][A-Za-z_0-9]{1,40}", attribute) and not given:
        place = "model" if str(finding.values.get("cls")) in ("Sequential", "Model", "Functional") else "module"
        check = Check("attribute", layer=attribute, text=place)
        width = scene.example("features")
        return chain(_input((None, width), origin="an example"), (scene.layer("Dense", "dense"),), checks=(check,))
    if not given or class_name is None or class_name not in BY_NAME:
        return None
    layer = scene.layer(class_name, **given)
    return chain(
        _input(_made_up(scene, class_name, _rank(class_name)), dtype=_dtype(class_name)), (layer,), sequential=False
    )


def _class_with(argument: str) -> str | None:
    """The class that had this argument in older versions."""
    old = {
        "nb_filter": "Conv1D",
        "filter_length": "Conv1D",
        "subsample_length": "Conv1D",
        "border_mode": "Conv1D",
        "pool_length": "MaxPooling1D",
        "inner_init": "LSTM",
        "inner_activation": "LSTM",
        "dropout_W": "LSTM",
        "dropout_U": "LSTM",
        "consume_less": "LSTM",
        "time_major": "LSTM",
        "implementation": "LSTM",
        "batch_input_shape": "LSTM",
        "input_length": "LSTM",
        "output_dim": "Dense",
        "init": "Dense",
        "bias": "Dense",
        "W_regularizer": "Dense",
        "nb_row": "Conv2D",
        "subsample": "Conv2D",
        "dim_ordering": "Conv2D",
        "input_dim": "Dense",
        "units": "LSTM",
    }
    return old.get(argument)


def _literal_dict(text: str) -> dict[str, Argument]:
    """``{'input_length': 1}`` as far as it is whole."""
    match = re.match(r"\{?([^{}]{1,250})\}", text)
    if match is None:
        return {}
    try:
        read = ast.literal_eval("{" + match[1] + "}")
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return {}
    if not isinstance(read, dict):
        return {}
    return {str(k): v for k, v in read.items() if re.fullmatch(r"[a-z_A-Z]\w{0,40}", str(k)) and _is_literal(v)}


def _is_literal(value: object) -> bool:
    return (
        value is None
        or isinstance(value, int | float | str)
        or (isinstance(value, tuple) and all(map(_is_literal, value)))
    )


def _output_count(scene: Scene) -> ModelSpec | None:
    """A layer with its states in a Sequential, or taken apart into a wrong number of names."""
    wanted = scene.finding.number("expected_outputs")
    class_name = "GRU" if "gru" in scene.text.lower() and "lstm" not in scene.text.lower() else "LSTM"
    shape = scene.sizes(("batch", "timesteps", "features"))
    if wanted is None:
        layer = scene.layer(class_name, return_state=True)
        return chain(_input(shape, origin="an example"), (layer, scene.layer("Dense", "dense")), sequential=True)
    got = scene.finding.number("found_outputs")
    if got is not None and got > 1:
        layer = scene.layer("GRU" if got == 2 else "LSTM", return_state=True)
    else:
        layer = scene.layer(class_name, return_sequences=True)
    check = Check("unpack", layer=layer.name, number=min(max(wanted, 2), 5))
    return chain(_input(shape, origin="an example"), (layer,), sequential=False, checks=(check,))


def _cardinality(scene: Scene) -> ModelSpec | None:
    """x and y with different numbers of samples."""
    left, right = scene.finding.number("left"), scene.finding.number("right")
    second = scene.finding.number("second")
    if left is not None and second is not None:
        return _two_lengths(scene, left, second, right if right is not None else left)
    if left is None or right is None:
        return None
    features = scene.example("features")
    check = Check("fit", ((left, features),), ((right, 1),), "mse")
    return chain(
        _input((None, features), origin="an example"), (LayerSpec("Dense", "dense", (("units", 1),)),), checks=(check,)
    )


def _two_lengths(scene: Scene, left: int, second: int, targets: int) -> ModelSpec:
    """Two inputs with different numbers of samples."""
    features = scene.example("features")
    inputs = tuple(_input((None, features + i), f"input_{i + 1}", origin="an example") for i in range(2))
    check = Check("fit", ((left, features), (second, features + 1)), ((targets, 2 * features + 1),), "mse")
    call = CallSpec(0, (Ref("input", 0), Ref("input", 1)))
    return ModelSpec(inputs, (LayerSpec("Concatenate", "concatenate"),), (call,), (Ref("call", 0),), checks=(check,))


_RECIPES: dict[str, Callable[[Scene], ModelSpec | None]] = {
    "layer_rank": _layer_rank,
    "data": _data,
    "target": _target,
    "window": _window,
    "channels": _channels,
    "axis_value": _axis_value,
    "merge": _merge,
    "operands": _operands,
    "stateful": _stateful,
    "initial_state": _initial_state,
    "input_count": _input_count,
    "unknown_axis": _unknown_axis,
    "unbuilt": _unbuilt,
    "mask": _mask,
    "embedding_range": _embedding,
    "weights": _weights,
    "reshape": _reshape,
    "ragged": _ragged,
    "old_argument": _old_argument,
    "output_count": _output_count,
    "cardinality": _cardinality,
}
