"""An argument that Keras no longer knows, or a shape that isn't one."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import ast
import re

from explainers.core.finding import Change, Finding, Value
from explainers.core.layers import QUERY_AND_VALUE, SHEETS, sheet, today_name
from explainers.core.layers.old_names import OF_METHODS
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.mending.renamed import RENAMED_TODAY, SUCCESSORS, of_a_method
from explainers.core.mistakes.kit.scene import (
    Scene,
    dtype_of,
    entry,
    made_up,
    rank_of,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said, nothing_live
from explainers.core.spec import Argument, Check, ModelSpec, chain

MODELS = ("Sequential", "Model", "Functional")


def _live(scene: Scene) -> ModelSpec | None:
    """The layer with the old argument, as today's Keras refuses it."""
    finding = scene.finding
    size = finding.number("size")
    if size is not None:
        return ModelSpec((), (), (), (), checks=(Check("input", number=size),))
    class_name = today_name(str(finding.values.get("cls", ""))) or None
    argument = str(finding.values.get("argument", "")).strip("'\"`,() ")
    given: dict[str, Argument] = _literal_dict(str(finding.values.get("rest", "")))
    of_method = _of_a_method(finding)
    if not given and not of_method and re.fullmatch(r"[a-z_A-Z]\w{0,40}", argument):
        class_name = (
            class_name
            or next((layer.class_name for layer in scene.written if layer.get(argument) is not None), None)
            or _class_with(argument)
            or "Dense"
        )
        given = {argument: 1}
    if of_method:
        return _on_a_dense(scene, Check("attribute", layer=of_method, text="argument"))
    attribute = _attribute(finding)
    if re.fullmatch(r"[A-Za-z][A-Za-z_0-9]{1,40}", attribute) and not given:
        return _on_a_dense(scene, Check("attribute", layer=attribute, text="model"))
    if not given or class_name is None or class_name not in SHEETS:
        return None
    layer = scene.layer(class_name, **given)
    return chain(
        entry(made_up(scene, class_name, rank_of(class_name)), dtype=dtype_of(class_name)), (layer,), sequential=False
    )


_KEY = re.compile(r"'(\w{1,30})':")
_METHOD = re.compile(r"\b(?:fit|evaluate|predict|\w{0,9}_generator|Model|Functional|__init__)\(\) got an unexpected")


def _of_a_method(finding: Finding) -> str:
    """An older argument of fit, predict or Model in the message; "" where it is one of a layer."""
    argument = str(finding.values.get("argument", "")).strip("'\"`,() ")
    names = _KEY.findall(str(finding.values.get("rest", ""))) if finding.values.get("cls") in MODELS else []
    names += [argument] if _METHOD.search(finding.around) else []
    return next((name for name in names if name in OF_METHODS), "")


def _on_a_dense(scene: Scene, check: Check) -> ModelSpec:
    """A small model, and what is asked of it."""
    width = scene.example("features")
    return chain(entry((None, width), origin="an example"), (scene.layer("Dense", "dense"),), checks=(check,))


def _live_missing(scene: Scene) -> ModelSpec | None:
    """The layer with an example in the place of what is missing: what it makes once it is given."""
    class_name = today_name(str(scene.finding.values.get("cls", "")))
    if class_name not in SHEETS:
        return None
    shape = made_up(scene, class_name, rank_of(class_name))
    return chain(entry(shape, dtype=dtype_of(class_name)), (scene.layer(class_name),), sequential=False)


def _advice_of_a_size(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A number where a shape belongs."""
    size = finding.number("size")
    if size is None:
        return ()
    return (Change(f"Write the shape as a tuple: ({size},).", code=f"keras.Input(shape=({size},))"),)


def _advice_missing(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """The argument by its name, in the call that makes the layer."""
    argument = str(finding.values.get("argument", "")).strip("'\"`")
    owner = str(finding.values.get("cls", "") or "layer")
    return (Change(f"Give it: {argument}=….", code=f"{owner}({argument}=…)"),)


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


_OF_THE_CALL = {
    "return_attention_scores": "True", "use_causal_mask": "True", "attention_mask": "mask", "query_mask": "mask",
    "value_mask": "mask", "key_mask": "mask", "initial_state": "states", "training": "True", "mask": "mask",
}  # fmt: skip


def _argument_of_the_call(finding: Finding) -> str:
    """An argument that a layer takes when it is called, not when it is made; "" if there is none."""
    said = f"{finding.values.get('rest', '')} {finding.values.get('argument', '')}"
    facts = sheet(finding.class_name)
    names = [name for name in _OF_THE_CALL if re.search(rf"\b{name}\b", said)]
    return names[0] if names and facts is not None and names[0] not in facts.order else ""


def _words_of_a_call(finding: Finding) -> dict[str, str]:
    name = _argument_of_the_call(finding)
    return {"of_the_call": name} if name else {}


def _advice_of_an_argument(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """An argument of the call, moved there; else a size where a shape belongs."""
    name = _argument_of_the_call(finding)
    if not name:
        return _advice_of_a_size(finding, dims) or _of_an_older_name(finding)
    cls = str(finding.class_name)
    given = f"{name}={_OF_THE_CALL[name]}"
    tensors = "x, x, " if cls == "MultiHeadAttention" else "[query, value], " if cls in QUERY_AND_VALUE else "x, "
    result = "out, scores = " if name == "return_attention_scores" else "x = "
    return (
        Change(f"Move {name} into the second pair of brackets, where the layer is called.",
               code=f"{result}layers.{cls}(…)({tensors}{given})"),
    )  # fmt: skip


def _of_an_older_name(finding: Finding) -> tuple[Change, ...]:
    """What today's Keras has in the place of a method, a class or an argument of a method."""
    argument = _of_a_method(finding)
    attribute = _attribute(finding)
    return (of_a_method(argument),) if argument else SUCCESSORS.get(attribute, ())


_LAYERS_IN_A_ROW = re.compile(r"\bSequential\(\s{0,40}(?:\w{1,20}\.){0,3}[A-Z]\w{1,40}\(")


def _words_of_a_row(finding: Finding) -> dict[str, str]:
    """How many layers were given to a Sequential without their list."""
    given = finding.number("given_arguments")
    return {"in_a_row": str(given - 1)} if given and _LAYERS_IN_A_ROW.search(finding.around) else {}


def _advice_of_a_row(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    if not _words_of_a_row(finding):
        return ()
    return (
        Change(
            "Put the layers into one list.",
            code="model = keras.Sequential([\n    layers.Dense(8),\n    layers.Dense(4),\n])",
        ),
    )


def _dims_in_a_row(finding: Finding, said: Said) -> str | None:
    """Permute(2, 1) in place of Permute((2, 1)): the axes stand in one tuple."""
    return "layer_rank" if "Permute" in said.near(60, 0) else None


def _fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A name that a module hasn't; else an argument, which most often is a shape."""
    owner, name = (str(finding.values.get(key, "")).strip("'\"`,() ") for key in ("cls", "attribute"))
    if owner.partition(".")[0] in ("tensorflow", "tf") and ".keras" not in owner and name:
        return (
            Change(
                "Most likely it is a function of TensorFlow 1, which programs with today's Keras don't need: omit the line.",
                code=f"tf.compat.v1.{name}  # where TensorFlow 1 is meant",
            ),
        )
    if name and finding.number("size") is None and not finding.values.get("argument"):
        return (Change(f"Look up today's name: older versions had {name} there, or other packages have it.",
                       code="print(keras.__version__)"),)  # fmt: skip
    return (
        Change(
            "Today the shape goes into a separate Input.",
            code="keras.Input(batch_shape=(batch_size, timesteps, features))",
        ),
        Change("The code in today's Keras is below."),
    )


OF_THE_OLD_BACKEND = Family(
    sees=("backend' has no attribute", "from 'keras.backend'", "from 'tensorflow.keras.backend'"),
    says=(
        "module 'keras.backend' has no attribute {attribute}",
        "module 'keras.api.backend' has no attribute {attribute}",
        "module 'keras.src.backend' has no attribute {attribute}",
        "module 'tensorflow.keras.backend' has no attribute {attribute}",
        "module 'keras.api._v2.keras.backend' has no attribute {attribute}",
        "module 'keras._tf_keras.keras.backend' has no attribute {attribute}",
        "cannot import name {attribute} from 'keras.backend'",
        "cannot import name {attribute} from 'tensorflow.keras.backend'",
    ),
    causes=("{attribute} was a function of the backend in Keras 2; keras.backend has only a few settings left.",),
    weight=3,
    live=nothing_live,
    title="A function of the old backend",
)


_OF_KERAS = re.compile(r"(?:keras|tf\.keras|tensorflow\.(?:python\.)?keras)\b")


def _owner(finding: Finding) -> str:
    """The module that a message names, as it is written there; "" where it names none."""
    return str(finding.values.get("what", "")).strip("'\"`,() ")


def _words_of_a_name(finding: Finding) -> dict[str, str]:
    """Whose module it is: what isn't Keras' has its own versions."""
    owner = _owner(finding)
    if _OF_KERAS.match(owner):
        return {"of_keras": owner}
    if owner:
        return {"of_others": owner}
    return {"of_keras": "keras.layers"} if _attribute(finding) in SUCCESSORS else {}


def _attribute(finding: Finding) -> str:
    return str(finding.values.get("attribute", "")).strip("'\"`,() ")


def _live_name(scene: Scene) -> ModelSpec | None:
    """Today's keras.layers, asked for the name; of another module nothing can be shown."""
    owner = _words_of_a_name(scene.finding).get("of_keras", "")
    name = _attribute(scene.finding)
    if not owner.endswith("layers") or not re.fullmatch(r"[A-Za-z][A-Za-z_0-9]{1,40}", name):
        return None
    return _on_a_dense(scene, Check("attribute", layer=name, text="module"))


def _advice_of_a_name(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """What Keras has in its place; of other packages, how to see what they have."""
    found = _of_an_older_name(finding)
    if found or "of_keras" in _words_of_a_name(finding):
        return found
    module = _owner(finding).split(".")[-1] or "module"
    return (Change("List the names that it has.", code=f"print(dir({module}))"),)


OF_A_NAME = Family(
    sees=("cannot import name", "has no attribute"),
    says=(
        "cannot import name {attribute} from {what}",
        "cannot import name {attribute}",
        "module {what} has no attribute {attribute}",
    ),
    causes=(
        "{of_keras} has no {attribute} in today's Keras.",
        "{of_others} has no {attribute} in the version that is installed. This isn't about shapes: look for a slip in the "
        "name, or for its name in this version.",
        "The package that the line imports from has no {attribute} in the version that is installed. This isn't about "
        "shapes: look for a slip in the name, or for its name in this version.",
    ),
    words=_words_of_a_name,
    live=_live_name,
    advice=_advice_of_a_name,
    title="A name that the package doesn't have",
)


MISTAKE = Mistake(
    name="old_argument",
    title="An argument that Keras no longer knows, or a shape that isn't one",
    searched=(
        "Unrecognized keyword arguments: batch_input_shape",
        "Cannot convert to a shape",
        "input_dim",
        "output_dim",
    ),
    misconception="a-number-in-brackets-is-a-shape",
    order=170,
    renamed=True,
    built_silently=True,
    families=(
        OF_THE_OLD_BACKEND,
        OF_A_NAME,
        Family(
            sees=("positional argument",),
            says=(
                "takes <from {least_arguments} to >?{most_arguments} positional argument<s>? but {given_arguments} <were|was> given",
            ),
            causes=(
                "Sequential takes one list of layers; here {in_a_row} of them are in a row.",
                (
                    "{given_arguments} positional arguments were given, counting the object itself; at most "
                    "{most_arguments} are accepted."
                ),
            ),
            decides=_dims_in_a_row,
            words=_words_of_a_row,
            advice=_advice_of_a_row,
        ),
        Family(
            sees=("required positional",),
            says=(
                "{cls}.__init__() missing {n} required positional argument<s>?: {argument}",
                "missing {n} required positional argument<s>?: {argument}",
            ),
            causes=(
                "{cls} needs {argument}, and the code doesn't pass it.",
                "{argument} is missing: it has no default there, so it must be given.",
            ),
            title="An argument is missing",
            live=_live_missing,
            advice=_advice_missing,
        ),
        Family(
            sees=(
                "keyword argument",
                "to a shape",
                "has no attribute",
                "unexpected keyword",
                "not understood",
            ),
            says=(
                "Unrecognized keyword arguments passed to {cls}: {{rest:rest}",
                "Keyword argument not understood:<'|\"|,| >?<'|\"|,| >?<'|\"|,| >?{argument}",
                "Keyword argument not understood",
                "got an unexpected keyword argument {argument}",
                "'{cls:model}' object has no attribute <'>?{attribute}",
                "Cannot convert <'|\">?{size}<'|\">? to a shape",
            ),
            causes=(
                "{of_the_call} belongs to the call of {cls}, not to the brackets that make the layer.",
                "{cls} has no {attribute} in today's Keras.",
                "{cls} doesn't know these arguments in today's Keras; older versions had them.",
                "{argument} isn't an argument there in this version of Keras.",
                "{size} isn't a shape; a shape with one axis is written ({size},).",
                "An argument from a different version of Keras was used.",
            ),
            words=_words_of_a_call,
            advice=_advice_of_an_argument,
        ),
        Family(
            sees=("no attribute",),
            says=("'{cls:model}' object has no attribute <'>?{attribute:of_a_list}<'>?",),
            causes=(
                "{attribute} is a method of Sequential models, which are lists of layers. This model isn't one, like all "
                "models of keras.applications: what follows it is called on its output.",
            ),
            weight=3,
            title="add on a model that isn't Sequential",
            live=nothing_live,
            advice=just(
                (
                    "Call the new layers on the model's output.",
                    'x = layers.Flatten()(base.output)\nx = layers.Dense(256, activation="relu")(x)\n'
                    'out = layers.Dense(classes, activation="softmax")(x)\nmodel = keras.Model(base.input, out)',
                ),
                ("Or put both into a Sequential model.", "model = keras.Sequential([base, top_model])"),
                (
                    "To go without its last layer, take the output of the one before.",
                    "keras.Model(base.input, base.layers[-2].output)  # not base.pop()",
                ),
            ),
        ),
        Family(
            sees=("no attribute",),
            says=("'Sequential' object has no attribute <'>?{what:of_a_tensor}<'>?",),
            causes=(
                "A merge layer joins tensors, and it was given Sequential models. A model's tensor is its output.",
            ),
            weight=3,
            title="Models were merged instead of their outputs",
            live=nothing_live,
            advice=just(
                (
                    "Merge the outputs of the two, and name both inputs.",
                    "x = layers.Concatenate()([left.output, right.output])\nout = layers.Dense(1)(x)\n"
                    "model = keras.Model([left.input, right.input], out)",
                ),
            ),
        ),
    ),
    live=_live,
    fixes=_fixes,
    mends=RENAMED_TODAY,
)
