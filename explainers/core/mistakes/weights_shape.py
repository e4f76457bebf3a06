"""Stored weights do not fit the layer."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding, Value, written
from explainers.core.layers import SHEETS, blocks, sheet
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.mending.kernels import filters_last, kernel_turned
from explainers.core.mistakes.kit.mending.meeting import weights_turned
from explainers.core.mistakes.kit.mending.small import as_large_as_the_weights, built_for_their_features
from explainers.core.mistakes.kit.scene import (
    Scene,
    dtype_of,
    entry,
    made_up,
    rank_of,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said, nothing_live
from explainers.core.mistakes.kit.stored_kernels import last_of_kernel, of_a_kernel, of_colors
from explainers.core.spec import Check, LayerSpec, ModelSpec, Sizes, chain


def _names(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    """The axes of the weight, in the words of its layer's sheet."""
    if role in ("kernel", "weight_shape"):
        return None
    facts = sheet(finding.class_name)
    group = facts.group if facts is not None else ""
    if len(sizes) == 2:
        return {
            "embedding": ("input_dim", "output_dim"),
            "dense": ("features", "units"),
            "rnn": _of_a_cell(finding, sizes),
        }.get(group, ("rows", "columns"))
    if len(sizes) == 1 and group == "norm":
        return ("channels",)
    if len(sizes) == 1:
        return ("units",) if group == "dense" else ("filters",) if group == "conv" else ("numbers",)
    sides = ("kernel_size",) if len(sizes) == 3 else tuple(f"kernel_size_{i + 1}" for i in range(len(sizes) - 2))
    last = last_of_kernel(finding.class_name)
    if role == "found" and filters_last(sizes, finding.shape("expected") or ()) != sizes:
        return (*reversed(last), *sides)
    return (*sides, *last) if len(sizes) > 2 else ()


def _of_a_cell(finding: Finding, sizes: Sizes) -> tuple[str, ...]:
    """The kernel reads features, the recurrent kernel units; both have their gates side by side."""
    gates = blocks(finding.class_name) or 1
    columns = f"{gates} × units" if gates > 1 else "units"
    recurrent = sizes[1] is not None and sizes[0] is not None and sizes[0] * gates == sizes[1]
    return ("units" if recurrent else "features", columns)


_OF_A_FILE = re.compile(r"could not be loaded|during loading|Received \d{1,9} saved weight")


def _words(finding: Finding) -> dict[str, str]:
    """Where both are kernels of the same units: the models read different numbers of features."""
    expected, found = finding.shape("expected"), finding.shape("found")
    facts = sheet(finding.class_name)
    given = finding.number("right")
    if finding.layer is None and finding.number("left") == 0 and given:
        return {"stored_layers": f"{given} layer(s)"}
    if given is not None and expected is None:
        if _OF_A_FILE.search(finding.around):
            return {"in_file": {0: "none", 1: "one"}.get(given, str(given))}
        return {"given_count": str(given)}
    turned = filters_last(found, expected) if expected and found else None
    if expected and turned and turned != found:
        apart = f"; it reads {turned[-2]} channel(s), the layer {expected[-2]}" if turned[-2] != expected[-2] else ""
        return {"turned": written(turned), "channels": apart}
    if not expected or not found or len(expected) != 2 or len(found) != 2 or expected[1] != found[1]:
        return {}
    if facts is None or facts.group not in ("rnn", "dense"):
        return {}
    names = _names(finding, "expected", expected) or ()
    return {"features": str(expected[0]), "theirs": str(found[0])} if names[:1] == ("features",) else {}


def _advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Weights fit the model that they were saved from."""
    expected, found = finding.shape("expected"), finding.shape("found")
    from_a_file = _OF_A_FILE.search(finding.around) is not None
    if finding.layer and finding.number("left") is not None and expected is None and not from_a_file:
        return _an_array_for_each(finding)
    if finding.layer is None and expected is None and finding.number("left") is not None:
        return _layers_by_name(finding)
    other = of_colors(finding) or _other_classes(finding) or of_a_kernel(expected, found)
    if other:
        return other
    if from_a_file:
        return (
            Change(
                (
                    "Build the same layers, in the same order, as in the model that these weights come from, and "
                    "compare the two."
                ),
                code="model.summary(); trained.summary()",
                means="Layers are matched by position: one extra or missing layer shifts all that follow.",
            ),
        )
    facts = sheet(finding.class_name)
    if facts is not None and facts.group == "norm" and expected and found and len(found) == 1:
        return (
            Change(
                f"Build the layer before it with {found[0]} filters, like the model that these weights come from.",
                code="model.summary(); trained.summary()",
                means="A BatchNormalization has one number for each channel that reaches it.",
            ),
        )
    words = _words(finding)
    if "theirs" in words:
        return (
            Change(
                f"Build the model for {words['theirs']} features, like the model that these weights come from.",
                code=f"keras.Input(shape=({'timesteps, ' * (finding.class_name != 'Dense')}{words['theirs']}))",
            ),
        )
    if finding.class_name not in SHEETS and expected and found and len(expected) == len(found) == 2:
        return _of_rows(expected, found)
    if finding.class_name == "Embedding" and expected and found and len(found) == 2 and None not in found:
        return (
            Change(
                f"Make the Embedding as large as its matrix: {found[0]} rows of {found[1]}.",
                code=f"layers.Embedding({found[0]}, {found[1]})",
            ),
        )
    return ()


def _layers_by_name(finding: Finding) -> tuple[Change, ...]:
    """A file of another model: its layers by their names, or the model that it is from. A model without weights is
    built first."""
    if finding.number("left") == 0:
        return (
            Change(
                "Build the model before its weights are loaded: a Sequential without an Input has none yet.",
                code="model = keras.Sequential([keras.Input(shape=(…)), …])  # or model.build((None, …))",
                means="Layers taken from another model don't bring its Input with them.",
            ),
            Change(
                "Or save the whole model, not only its weights.",
                code='model.save("model.keras")\nmodel = keras.models.load_model("model.keras")',
            ),
        )
    return (
        Change(
            "Build the model as the one was built whose weights these are, and compare the two.",
            code="model.summary(); trained.summary()",
            means=f"The layers with weights are counted: {finding.number('left')} here, {finding.number('right')} in the "
            "file. Layers are matched by position.",
        ),
        Change(
            "If the file is from a part of this model (a backbone), load the layers whose names agree.",
            code="model.load_weights(path, by_name=True, skip_mismatch=True)",
            means="For .h5 files. The other layers keep their random start.",
        ),
    )


_TRANSFER = re.compile(
    r"number of classes|classes from|\d classes|fine-?tun|transfer|pre-?trained|skip_mismatch|last layer", re.IGNORECASE
)


_LOADED = re.compile(r"load|restor|saved weight|checkpoint|\.h5\b|assign", re.IGNORECASE)
_USED = re.compile(r"\b(?:inference|predict|evaluat|detect|test)\w*", re.IGNORECASE)


def _per_place(one: int | None, other: int | None) -> str:
    """108 and 12: what a detector has for each of its boxes."""
    larger, smaller = max(one or 0, other or 0), min(one or 0, other or 0)
    if smaller < 1 or larger % smaller or larger == smaller:
        return ""
    return f"{larger} is {larger // smaller} times {smaller}."


def _other_classes(finding: Finding) -> tuple[Change, ...]:
    """Weights of a model with other classes, which is meant: all layers but that one are loaded."""
    expected, found = finding.shape("expected"), finding.shape("found")
    turned = filters_last(found, expected) if expected and found else found
    of_units = expected and turned and len(expected) == len(turned) > 1 and expected[:-1] == turned[:-1]
    if not of_units or expected == turned or not _LOADED.search(finding.around) or not expected or not turned:
        return ()
    last = expected[-1]
    if not _TRANSFER.search(finding.around) or _USED.search(finding.around):
        return (
            Change(
                f"Build the model for the classes that the weights were trained for: {turned[-1]} outputs in this layer, "
                f"not {last}.",
                code="model = build_model(num_classes=…)  # as when these weights were saved",
                means=_per_place(last, turned[-1]),
            ),
            Change(
                "To train for new classes, load all layers except this one.",
                code="model.load_weights(path, skip_mismatch=True)  # older .h5 files: by_name=True, too",
                means="Keras warns about each layer that it skips; train that one.",
            ),
        )
    return (
        Change(
            f"Load all layers except the new one: the layer with {last} units starts untrained.",
            code="model.load_weights(path, skip_mismatch=True)",
            means="Keras warns about each layer that it skips; train that one.",
        ),
        Change(
            "Or keep the trained layers, and add a new last layer.",
            code=f"x = trained.layers[-2].output\nmodel = keras.Model(trained.inputs, layers.Dense({last})(x))",
        ),
    )


def _an_array_for_each(finding: Finding) -> tuple[Change, ...]:
    """A list with one array for each weight of the layer, in its order."""
    group = facts.group if (facts := sheet(finding.class_name)) is not None else ""
    names = {"dense": ("kernel", "bias"), "conv": ("kernel", "bias"), "rnn": ("kernel", "recurrent_kernel", "bias"),
             "embedding": ("embeddings",)}.get(group, ())  # fmt: skip
    wanted, given = finding.number("left") or 0, finding.number("right") or 0
    if len(names) != wanted:
        return ()
    several = [Change(f"Pass one array for each weight, in this order: {', '.join(names)}.",
                      code=f"layer.set_weights([{', '.join(names)}])")]  # fmt: skip
    if given == wanted - 1 and names[-1] == "bias":
        several.append(Change("Or make the layer without a bias.", code="use_bias=False"))
    return tuple(several)


def _of_rows(expected: Sizes, found: Sizes) -> tuple[Change, ...]:
    """Matrices that differ in their rows, of a layer that isn't named: a vocabulary, or features."""
    if expected[1] != found[1] or None in (*expected, *found):
        return ()
    return (
        Change(
            f"If it is an Embedding, build it with the vocabulary of the weights: {found[0]} ids.",
            code=f"layers.Embedding({found[0]}, {found[1]})",
            means="To keep the new vocabulary, the weights have to be trained again.",
        ),
        Change(
            f"If it is a Dense or a recurrent layer, build the model for {found[0]} features.",
            code=f"keras.Input(shape=(…, {found[0]}))",
            means=f"The rows of a kernel are the features that reach it, here {expected[0]}.",
        ),
    )


def _live(scene: Scene) -> ModelSpec | None:
    """The layer, and the weights that don't fit it."""
    finding = scene.finding
    expected, found = finding.shape("expected"), finding.shape("found")
    left, right = finding.number("left"), finding.number("right")
    if str(finding.values.get("cls", "")).startswith("CuDNN"):
        return _of_cudnn(scene)
    if expected is None or found is None:
        if left is None or right is None or right > 50 or finding.layer is None:
            return None  # whole models with other numbers of layers: there is nothing to build
        class_name = str(finding.class_name) if finding.class_name in SHEETS else "Dense"
        layer = scene.layer(class_name, "by_itself")
        shapes: tuple[Sizes, ...] = tuple((1,) for _ in range(right))
        tensor = entry(made_up(scene, class_name, rank_of(class_name)), dtype=dtype_of(class_name))
        return chain(tensor, (layer,), checks=(Check("weights", shapes, layer="by_itself"),))
    columns = finding.class_name not in SHEETS and expected[:1] == found[:1]  # a matrix of vectors differs in its rows
    if (
        len(expected) == 2
        and None not in expected
        and (finding.class_name not in SHEETS or finding.class_name == "Embedding")
        and not columns
    ):
        layer = LayerSpec("Embedding", "embedding", (("input_dim", expected[0]), ("output_dim", expected[1])))
        return chain(
            entry((None, None), dtype="int32"),
            (layer,),
            sequential=False,
            checks=(Check("weights", (found,), layer="embedding"),),
        )
    if len(expected) in (3, 4) and None not in expected:
        rank = len(expected) - 2
        by_role = dict(zip(last_of_kernel(finding.class_name), expected[-2:], strict=True))
        class_name = {"channels": f"Conv{rank}D", "filters": f"Conv{rank}DTranspose"}.get(next(iter(by_role)), "")
        if "depth_multiplier" in by_role:
            return None  # a kernel for each channel: its layer is no Conv2D
        layer = LayerSpec(
            class_name,
            "conv",
            (("filters", by_role["filters"]), ("kernel_size", expected[:rank]), ("use_bias", False)),
        )
        return chain(
            entry((None, *(None,) * rank, by_role["channels"])),
            (layer,),
            sequential=False,
            checks=(Check("weights", (found,), layer="conv"),),
        )
    if len(expected) in (1, 2) and None not in expected:
        width = expected[0] if len(expected) == 2 else scene.example("features")
        layer = LayerSpec("Dense", "dense", (("units", expected[-1]), ("use_bias", len(expected) == 1)))
        shapes = (found,) if len(expected) == 2 else ((width, expected[0]), found)
        return chain(
            entry((None, width)), (layer,), sequential=False, checks=(Check("weights", shapes, layer="dense"),)
        )
    return None


def _of_cudnn(scene: Scene) -> ModelSpec:
    """The weights of a CuDNNGRU, with two rows of biases, put into a GRU with reset_after=False."""
    units, features = scene.example("units"), scene.example("features")
    layer = LayerSpec("GRU", "gru", (("units", units), ("reset_after", False)))
    columns = blocks(layer.class_name) * units
    shapes: tuple[Sizes, ...] = ((features, columns), (units, columns), (2, columns))
    return chain(
        entry((None, scene.example("timesteps"), features), origin="an example"),
        (layer,),
        checks=(Check("weights", shapes, layer="gru"),),
    )


_LOADING = re.compile(
    r"load_weights|set_weights|load_model|preprocess_weights|weights\[0\]|hdf5|\.h5\b|checkpoint", re.IGNORECASE
)


def _while_loading(finding: Finding, said: Said) -> str | None:
    """np.transpose says the same of any array."""
    return "weights_shape" if _LOADING.search(said.near(3000, 3000)) else "axis_range"


def _turned(finding: Finding) -> dict[str, str]:
    """How many axes it was told: ``np.transpose(weights[0], (3, 2, 0, 1))``."""
    order = re.search(r"transpose\([\w.\[\]]{1,40}, ?\((\d(?:, ?\d){1,5})\)", finding.around)
    words = {"axes": str(order[1].count(",") + 1)} if order is not None else {}
    return {**words, "stored": "the file"} if _LOADING.search(finding.around) else words


def _loaded_otherwise(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Weights in another order than the layers; or an array with other axes than are turned."""
    if finding.mistake != "weights_shape":
        return (
            Change(
                "Name as many axes as the array has.", code="print(x.ndim)  # np.transpose(x, (…)) takes each axis once"
            ),
            Change("Or move one axis, wherever the others are.", code="x = np.moveaxis(x, -1, 1)"),
        )
    return (
        Change(
            "Build the same layers in the same order as the model had whose weights these are, and compare the two.",
            code="model.summary(); trained.summary()",
            means="Layers are matched by position: one layer more or fewer shifts all that follow.",
        ),
        Change(
            "If layers were frozen before the weights were saved, freeze the same ones before they are loaded.",
            code="base.trainable = False  # then model.load_weights(path)",
            means="In a model inside a model, a .h5 file lists the weights that are trained first.",
        ),
        Change(
            "Or load the whole saved model, not only its weights.",
            code='model = keras.models.load_model("model.keras")',
        ),
    )


TURNED = Family(
    sees=("don't match array", "do not match array"),
    says=("axes don't match array", "axes do not match array"),
    causes=(
        "While weights are loaded, Keras reorders the {axes} axes of a convolution's kernel, but the array at this "
        "position in {stored} has a different number of axes. It belongs to a different layer.",
        "While weights are loaded, Keras reorders the axes of a convolution's kernel, but the array at this "
        "position in {stored} has a different number of axes. It belongs to a different layer.",
        "np.transpose got an order for {axes} axes, but the array has a different number.",
        "np.transpose got an order for more axes, or fewer, than the array has.",
    ),
    words=_turned,
    decides=_while_loading,
    advice=_loaded_otherwise,
    live=nothing_live,
    title="An order of axes that doesn't fit the array",
)


MISTAKE = Mistake(
    name="weights_shape",
    title="Stored weights do not fit the layer",
    searched=(
        "Layer weight shape not compatible with provided weight shape",
        "set_weights",
        "load_weights",
        "embedding_matrix",
    ),
    misconception="predict-takes-any-columns",
    order=70,
    end="weights",
    families=(
        TURNED,
        Family(
            sees=(
                "layer shape",
                "weight shape",
                "set_weights",
                "saved weight",
                "shapes must be equal rank",
                "in both shapes must be equal",
                "is not compatible with gru",
                "weight expects",
                "weight file",
                "layer count mismatch",
                "assigned value",
                "variable.assign",
                "variables, but received",
                "assign value to variable",
                "initial value's shape",
                "layer expects",
                "both tensors to match",
                "supplied shape",
                "attempting to restore",
                "assert_is_compatible_with",
            ),
            says=(
                "The shape of the target variable and the shape of the target value in `variable.assign(value)` must match. Received: value.shape={found:shape}; variable.shape={expected:shape}",
                "Assign requires shapes of both tensors to match. lhs shape={expected:shape} rhs shape={found:shape}",
                "Tensor's shape {found:shape} is not compatible with supplied shape {expected:shape}",
                "Received incompatible tensor with shape {found:shape} when attempting to restore variable with shape {expected:shape} and name {layer}",
                "assert_is_compatible_with(value_tensor.shape)...Shapes {expected:shape} and {found:shape} are incompatible",
                "Weight count mismatch for layer ...(named {layer} in ...Layer expects {left} weight(s). Received {right} saved weight(s)",
                "Layer shape {expected:shape} not compatible with weight shape {found:shape}",
                "Layer <{layer} >?weight shape {expected:shape} <is >?not compatible with provided weight shape {found:shape}",
                "You called `set_weights(weights)` on layer {layer} with a <`>?weight<s>?<`>? list of length {right}, but the layer was expecting {left} weights",
                "has shape {expected:shape}, but the saved weight has shape {found:shape}",
                "You are trying to load a weight file containing {right} layers into a model with {left} layers",
                "Layer count mismatch when loading weights from file. Model expected {left} layers, found {right} saved layers",
                "(named {layer}) for weight ...Weight expects shape {expected:shape}. Received saved weight with shape {found:shape}",
                "weight expects shape {expected:shape}. Received saved weight with shape {found:shape}",
                "Cannot assign value to variable <' | '|'>{layer}:...The variable shape {expected:shape}, and the assigned value shape {found:shape} are incompatible",
                "The variable shape {expected:shape}, and the assigned value shape {found:shape} are incompatible",
                "variable.shape={expected:shape}, Received: value.shape={found:shape}. Target variable: \\<Variable path={layer}",
                "variable.shape={expected:shape}, Received: value.shape={found:shape}",
                "Layer {layer} expected {left} variables, but received {right} variables",
                "the new layer {layer} expects {left} weight<s|(s)>?, but the saved weights have {right}",
                "Layer {layer} expects {left} weight(s), but the saved weights have {right}",
                "expects {left} weight<s|(s)>, but the saved weights have {right}",
                "The initial value's shape ({found:shape}) is not compatible with the explicitly supplied `shape` argument ({expected:shape})",
                "Shapes must be equal rank, but are {left} and {right} for ...Assign...with input shapes: {expected:shape}, {found:shape}",
                "Dimension {axis} in both shapes must be equal, but are {left} and {right}. Shapes are {expected:shape} and {found:shape}<.>? for ...Assign",
                "Dimension {axis} in both shapes must be equal, but are {left} and {right} for ...Assign...with input shapes: {expected:shape}, {found:shape}",
                "{cls} is not compatible with {what}(reset_after",
            ),
            causes=(
                "The weight of {layer} is {expected}; you passed {found}: this model reads {features} features, the "
                "saved one reads {theirs}.",
                "The weight of the layer is {expected}; you passed {found}, with the filters first. Turned, it is "
                "{turned}{channels}.",
                "The weight of the layer is {expected}; you passed {found}{difference}.",
                (
                    "The weights of {cls} have a different layout from those of {what}: its bias has two rows for "
                    "each gate. With reset_after=True, {what} has the same layout."
                ),
                "{layer} has {left} weights; the file has {in_file} for it. The saved model has a different layer at this "
                "place, or that layer had no weights yet when it was saved.",
                "{layer} has {left} weights; you passed {given_count}.",
                "The model has no layers with weights, or isn't built yet; the file has {stored_layers}.",
                "The model has {left} layers with weights; the file has {right}.",
                "The number of weights differs: {left} versus {right}.",
            ),
            names=_names,
            words=_words,
            advice=_advice,
        ),
    ),
    live=_live,
    mends=(weights_turned, kernel_turned, built_for_their_features, as_large_as_the_weights),
    fixes=just(
        (
            "Build the model exactly like the one that these weights come from: the same layers, the same sizes.",
            "[weight.shape for weight in layer.get_weights()]  # compare with layer.weights",
        ),
        ("Or load the whole saved model, not only its weights.", 'model = keras.models.load_model("model.keras")'),
    ),
)
