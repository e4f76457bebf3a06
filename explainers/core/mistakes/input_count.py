"""Too many or too few inputs."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from explainers.core.axes import Shape, sizes
from explainers.core.finding import Change, Finding, Value
from explainers.core.layers import MERGES, SHEETS, sheet
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.colors import one_picture
from explainers.core.mistakes.kit.fed import fed_with_a_list
from explainers.core.mistakes.kit.judged import Judged, who
from explainers.core.mistakes.kit.mending.data import first_only, stacked
from explainers.core.mistakes.kit.mending.several import names_of_the_inputs
from explainers.core.mistakes.kit.mending.small import states_left_out
from explainers.core.mistakes.kit.pipelines import dict_as_a_pair, list_for_a_pair, whole_dict
from explainers.core.mistakes.kit.scene import (
    Scene,
    entry,
    joined,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said, nothing_live
from explainers.core.spec import CallSpec, Check, LayerSpec, ModelSpec, Ref, Sizes
from explainers.core.words import listed


def _decides(finding: Finding, said: Said) -> str | None:
    return "target_shape" if "model target" in said.before(200) else None


def _live(scene: Scene) -> ModelSpec | None:
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
    if takes == 1 and (sample := _each_of_them(finding)):
        return fed_with_a_list(scene, sample, came)
    features = scene.example("features")
    inputs = tuple(entry((None, features + i), f"input_{i + 1}", origin="an example") for i in range(takes))
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


_MOST_INPUTS = 8  # of a model for whose Inputs the tensors of a message may be


def _each_of_them(finding: Finding) -> Sizes:
    """The one shape that all tensors of the message have, where they are the samples of a batch; else ()."""
    received = finding.number("received_inputs") or 0
    shapes = {sizes(shape) for shape in finding.shapes}
    one = shapes.pop() if len(shapes) == 1 else ()
    picture = one_picture(one) and received > 1
    return one if one and None not in one and (received > _MOST_INPUTS or picture) else ()


def _unfed(scene: Scene, shape: Sizes) -> ModelSpec:
    """A model of two inputs, one of them of that shape, that is fed the other one alone."""
    features = scene.example("features")
    inputs = (entry((None, features), "fed", origin="an example"), entry(shape, "nothing_comes_in"))
    layers = tuple(LayerSpec("Activation", name, (("activation", "linear"),)) for name in ("first", "second"))
    calls = tuple(CallSpec(i, (Ref("input", i),)) for i in range(2))
    check = Check("predict", ((3, features),))
    return ModelSpec(inputs, layers, calls, tuple(Ref("call", i) for i in range(2)), checks=(check,))


def _live_call(scene: Scene) -> ModelSpec | None:
    """The layer, called on its first input alone."""
    finding = scene.finding
    if finding.class_name not in SHEETS or finding.values.get("argument") != "value":
        return None
    layer = scene.layer(str(finding.class_name))
    if finding.class_name == "MultiHeadAttention":
        layer = layer.but(num_heads=2, key_dim=scene.example("units"))
    shape = scene.sizes(("batch", "timesteps", "features"))
    return joined(scene, (shape,), layer)


def _argument(finding: Finding) -> str:
    """What isn't passed: the first argument, where the message names none."""
    return str(finding.values.get("argument", "inputs")).strip("'\"`")


def _words_of_a_call(finding: Finding) -> dict[str, str]:
    argument = _argument(finding)
    return {"empty": "empty"} if argument in ("inputs", "x") else {}


def _advice_of_a_call(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """What attention reads, as its call is written; for other layers the argument by its name."""
    argument = _argument(finding)
    if argument == "value":
        return (
            Change(
                "Pass the query and the value: for self-attention both are x.",
                code="layers.MultiHeadAttention(num_heads, key_dim)(x, x)",
                means="The output is as long as the query: (batch, query timesteps, features).",
            ),
            Change("To read another sequence, pass it as the value.", code="attention(query=decoded, value=encoded)"),
        )
    if argument in ("inputs", "x"):
        return (
            Change("Call the layer on the tensor in front of it.", code="x = layer(x)"),
            Change("For a pre-trained network, that is its output.", code="x = layer(base.output)"),
        )
    return (Change(f"Pass {argument} when you call the layer.", code=f"layer(x, {argument}=…)"),)


_NAMES = re.compile(r"Expected:? ?(?P<names>[\[{][^\]}]{0,400}[\]}])", re.IGNORECASE)


def _words_of_a_dict(finding: Finding) -> dict[str, str]:
    pair = whole_dict(finding)
    return {"keys": f"{pair[0]!r} and {pair[1]!r}"} if pair is not None else {}


def _same_structure(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """The arrays as the model was made: by their names, where it has a dict of them; else in a list."""
    if pair := dict_as_a_pair(finding):
        return pair
    expected = _NAMES.search(finding.around)
    text = expected["names"] if expected is not None else ""
    names = list(dict.fromkeys(re.findall(r"'(\w{1,40})'", text)))[:6]
    arrays = ", ".join(f"x{i + 1}" for i in range(max(len(names), 1)))
    if text.startswith("{") and names:
        pairs = ", ".join(f'"{name}": x{i + 1}' for i, name in enumerate(names))
        return (
            Change(
                ("Pass a dict with the names of the inputs: the model was made with one."),
                code=f"model.predict({{{pairs}}})",
            ),
        )
    told = f" in this order: {', '.join(names)}" if len(names) > 1 else ""
    return (
        (Change((f"Pass a list: the model was made with one{told}."), code=f"model.predict([{arrays}])"),)
        if names
        else ()
    )


_KEYS = re.compile(
    r"dictionary with keys (?P<given>[\[{(][^\])}]{0,400}[\])}])\.? (?:Expected the following keys: |.{0,60}?)"
    r"(?P<wanted>[\[{(][^\])}]{0,400}[\])}])|Need data for each key in: (?P<needed>[\[{(][^\])}]{0,400}[\])}])"
)


def _keys(finding: Finding) -> tuple[list[str], list[str]]:
    """The keys that are missing, and those that no Input has."""
    found = _KEYS.search(" ".join(finding.around.split()))
    if found is None or found["given"] is None:
        return [], []
    given, wanted = (re.findall(r"'([^']{1,60})'", found[name]) for name in ("given", "wanted"))
    return [key for key in wanted if key not in given], [key for key in given if key not in wanted]


def _live_keys(scene: Scene) -> ModelSpec | None:
    """A model with Inputs of these names, given a dict with those keys."""
    found = _KEYS.search(" ".join(scene.finding.around.split()))
    if found is None or found["given"] is None:
        return None
    given, wanted = (tuple(re.findall(r"'([^']{1,60})'", found[name])) for name in ("given", "wanted"))
    features = scene.example("features")
    if not 1 < len(wanted) <= _MOST_KEYS or not given or not all(re.fullmatch(r"[A-Za-z]\w*", name) for name in wanted):
        return None
    inputs = tuple(entry((None, features + i), name, origin="an example") for i, name in enumerate(wanted))
    joined_up = CallSpec(0, tuple(Ref("input", i) for i in range(len(wanted))))
    takes = {name: features + i for i, name in enumerate(wanted)}
    left = iter([takes[name] for name in wanted if name not in given] + [features] * len(given))
    fed = tuple((3, takes[key] if key in takes else next(left)) for key in given)
    check = Check("predict", fed, keys=given)
    return ModelSpec(
        inputs, (LayerSpec("Concatenate", "concatenate"),), (joined_up,), (Ref("call", 0),), checks=(check,)
    )


_MOST_KEYS = 8


def _keys_in_words(finding: Finding) -> dict[str, str]:
    missing, over = _keys(finding)
    told = (
        f"; {listed([repr(key) for key in over])} {'is' if len(over) == 1 else 'are'} not the name of any Input"
        if missing and over
        else ""
    )
    return {"keys": told}


def _keys_advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A key under the name of its Input, or all of them in a list."""
    missing, over = _keys(finding)
    renamed = [
        Change(f'Call the array "{name}" instead of "{other}", as its Input is named.', code=f'x = {{…, "{name}": …}}')
        for name, other in zip(missing, over, strict=False)
    ]
    lacking = [
        Change(f'Pass an array for "{name}", too.', code=f'x = {{…, "{name}": …}}') for name in missing[len(over) :]
    ]
    inputs = Change(
        "Or give the Input the name that the data have.",
        code=f'keras.Input(…, name="{over[0] if over else "…"}")',
    )
    in_order = Change("Or pass a list, in the order of keras.Model([…], …).", code="model.fit([x1, x2], y)")
    return (*renamed, *lacking, *([inputs] if over else []), in_order)


_ON_A_LIST = re.compile(r"called on a list of|on exactly \d")


def _joins(finding: Finding) -> bool:
    """Whether a merge layer says that it got something other than a list of tensors."""
    mark = finding.marks[0] if finding.marks else None
    return mark is not None and _ON_A_LIST.search(finding.around[mark.start : mark.end]) is not None


_OF_NAMES = re.compile(r"[Cc]oncatenate\(\s{0,4}\[\s{0,4}(?P<a>\w{1,40}), ?(?P<b>\w{1,40})\s{0,4}\]")


def _of_models(text: str) -> tuple[Change, ...]:
    """``concatenate([left, right])`` in a Sequential, where both are models: their outputs are tensors."""
    both = _OF_NAMES.search(text)
    if both is None or "Sequential(" not in text:
        return ()
    a, b = both["a"], both["b"]
    return (
        Change(
            "Join the outputs of the two models, and make one functional model of them.",
            code=f"x = layers.Concatenate()([{a}.output, {b}.output])\nx = layers.Dense(units)(x)  # your next layers\n"
            f"model = keras.Model([{a}.input, {b}.input], x)",
            means=f"If {a} and {b} are models, they aren't tensors; their outputs are. A Sequential has no branches.",
        ),
    )


def _words_of_a_merge(finding: Finding) -> dict[str, str]:
    exact = finding.number("expected_inputs")
    one = "both" in finding.named or finding.shape("found") is not None or (exact or 0) > 2
    return {"joins": finding.class_name or "A merge layer"} if _joins(finding) and not one else {}


def _as_many_targets(outputs: int | None, targets: int | None) -> tuple[Change, ...]:
    """One target for each output of the model."""
    if outputs is None or targets is None or outputs == targets:
        return ()
    names = ", ".join(f"y{i + 1}" for i in range(min(targets, 6)))
    if outputs == 1:
        return (
            Change("The model has one output: make one target of them, their columns side by side.",
                   code=f"y = np.concatenate([{names}], axis=-1)\nmodel.fit(x, y)",
                   means="The last Dense then needs as many units as y has columns."),
            Change(f"Or give the model {targets} outputs.", code="keras.Model(inputs, [out1, out2])"),
            Change("If all of them are the same labels, pass them once.", code="model.fit([x1, x2], y)"),
        )  # fmt: skip
    wanted = ", ".join(f"y{i + 1}" for i in range(min(outputs, 6)))
    return (
        Change(f"Pass {outputs} targets, one for each output, in their order.", code=f"model.fit(x, [{wanted}])"),
        Change("Or leave out of the model what you don't train.", code=f"keras.Model(inputs, outputs[:{targets}])"),
    )


_INPUTS_OF_MODEL = re.compile(r"\bModel\(\s{0,9}(?:inputs?\s{0,3}=\s{0,3})?\[?(?P<names>[\w, ]{1,200})")


def _overwritten(finding: Finding) -> tuple[Change, ...]:
    """``label = Input(…)``, then ``label = Dense(…)(label)``, then ``Model([label], …)``: the name isn't the Input's."""
    model = _INPUTS_OF_MODEL.search(finding.around)
    for name in re.findall(r"[A-Za-z_]\w{0,40}", model["names"])[:8] if model is not None else ():
        made = re.findall(rf"(?m)^\s{{0,40}}{name} ?= ?([\w.]{{1,60}})\(", finding.around)
        if len(made) > 1 and made[0].split(".")[-1] == "Input" != made[-1].split(".")[-1]:
            return (
                Change(
                    f"Keep the Input under its own name: {name} is overwritten before Model(…) reads it.",
                    code=f"{name}_input = keras.Input(…)\n{name} = layers.{made[1].split('.')[-1]}(…)({name}_input)\n"
                    f"model = keras.Model([…, {name}_input], …)",
                    means=f"Model gets the output of a layer under the name {name}; the Input itself isn't passed.",
                ),
            )
    return ()


def _advice_of_a_merge(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A list for a layer that merges; one tensor for a layer that reads one."""
    received, name = finding.number("received_inputs"), finding.class_name or ""
    if finding.mistake != MISTAKE.name:  # targets, in the same words
        return _as_many_targets(finding.number("expected_inputs"), received)
    if pair := list_for_a_pair(finding):
        return pair
    if "raph disconnected" in finding.around and (overwritten := _overwritten(finding)):
        return overwritten
    if _joins(finding):
        return _of_models(finding.around) or (
            Change("Put the tensors into one list.", code=f"layers.{name or 'Concatenate'}()([a, b])"),
            Change("If there is only one tensor, omit the layer: nothing is merged."),
        )
    facts = sheet(name)
    alone = facts is not None and name not in MERGES and facts.group in ("dense", "conv", "pooling", "embedding", "rnn")
    if not alone or finding.number("expected_inputs") != 1 or (received or 0) < 2:
        return ()
    tensors = ", ".join("abcdefgh"[: received or 2])
    return (
        Change("Join the tensors first: this layer reads one.",
               code=f"x = layers.Concatenate()([{tensors}])\nx = layers.{name}(…)(x)"),
        Change("Or call it on one of them.", code=f"x = layers.{name}(…)(a)"),
    )  # fmt: skip


def _judge(layer: Any, inputs: Sequence[Shape]) -> Judged | None:
    if type(layer).__name__ not in MERGES or len(inputs) > 1:
        return None
    return Judged(f"{who(layer)} joins two tensors or more; it got {len(inputs)}.")


MISTAKE = Mistake(
    name="input_count",
    title="Too many or too few inputs",
    searched=(
        "Layer expects 1 input(s), but it received 2 input tensors",
        "list of arrays",
        "Unrecognized data type",
    ),
    misconception="a-list-is-an-array",
    order=110,
    of_the_whole=True,
    families=(
        Family(
            sees=(".call() missing", "call() missing", "missing a required argument", "must always be passed"),
            says=(
                "The first argument to <`>?{cls}.call<`>? must always be passed",
                "{cls}.call() missing {n} required positional argument<s>?: {argument}",
                "missing a required argument: {argument}",
                "call() missing {n} required positional argument<s>?: {argument}",
            ),
            causes=(
                "A layer is first made, then called on a tensor: layer(x). Here the second pair of brackets is {empty}.",
                "{cls} needs {argument} besides its first input, but the call doesn't pass it.",
                "The call of this layer needs {argument} besides its first input, but it isn't passed.",
            ),
            words=_words_of_a_call,
            live=_live_call,
            advice=_advice_of_a_call,
            title="A layer is called without one of its inputs",
        ),
        Family(
            sees=("structure of `inputs`",),
            says=("The structure of `inputs` doesn't match the expected structure",),
            causes=(
                (
                    "The model has one Input, and got a dict of {keys}. A dict is read as several inputs; fit tells "
                    "inputs and targets apart by their place in a tuple, (inputs, targets)."
                ),
                (
                    "The model was made with its inputs in one structure (a tensor, a list, or a dict of names), and "
                    "gets them in another. This is only a warning. With one input it is harmless; with several, "
                    "check which array goes where."
                ),
            ),
            words=_words_of_a_dict,
            advice=_same_structure,
            live=nothing_live,
            title="The inputs have a different structure from the one the model was made with",
        ),
        Family(
            sees=("data dictionary with keys", "need data for each key"),
            says=(
                "Missing data for input {layer}. You passed a data dictionary with keys",
                "No data provided for {layer}. Need data for each key",
            ),
            causes=("The model has an Input named {layer}, but the dict has no such key{keys}.",),
            weight=3,
            words=_keys_in_words,
            advice=_keys_advice,
            live=_live_keys,
            title="A dict of inputs uses names that the model doesn't have",
        ),
        Family(
            sees=(
                "expects",
                "expected to see",
                "should be called on",
                "no data provided",
                "only received one array",
                "missing data",
                "must feed a value",
                "graph disconnected",
                "does not support constants",
                "inputs list of length",
                "called on a list of inputs",
                "the model expects",
            ),
            says=(
                "Layer {layer} expects {expected_inputs} input<s|(s)>?, but it received {received_inputs} input tensors",
                "Layer {layer} expects {expected_inputs} input<s|(s)>?, but it received {received_inputs}",
                "Expected to see {expected_inputs} array<s|(s)>?<,|...>? but instead got the following list of {received_inputs} arrays",
                "Expected to see {expected_inputs} array",
                "The model expects {expected_inputs} ...array<s>?, but only received one array. Found: array with shape {found:shape}",
                "The model expects {expected_inputs} ...arrays, but only received",
                "Layer {layer} expects {expected_inputs} named input<s|(s)>? with keys ... but it received {received_inputs} input",
                "layer should be called on a list of <at least >?{expected_inputs} input",
                "layer should be called on exactly {expected_inputs} input<s>?. Received: <input_shape=|inputs.shape=>?{both:shapes}",
                "layer should be called on exactly {expected_inputs} input",
                "Missing data for input {layer}",
                "You must feed a value for placeholder tensor {layer} with dtype ... and shape {expected:shape}",
                "You must feed a value for placeholder tensor {layer}",
                "Graph disconnected: cannot obtain value for tensor ...shape={expected:shape}...at layer {layer}",
                "Graph disconnected: cannot obtain value for tensor",
                "RNN cell ...does not support {argument}. Received: constants=",
                "merge layer should be called on a list of inputs",
                "No data provided for {layer}. Need data for each key",
                "Layer {layer} expects {expected_inputs} input",
                "{cls} layer accepts inputs list of length 2 or {expected_inputs}, namely ... Received length: {received_inputs}",
                "layer should be called on a list of inputs. Received: input_shape={found:shape}",
                "layer should be called on a list of inputs",
                "the model expects {expected_inputs} input tensors",
            ),
            causes=(
                "{joins} joins the tensors of a list; what it was called on isn't a list of two tensors or more.",
                "The cell got {argument} besides its input, but its call doesn't take it: add an argument {argument}.",
                "{layer} takes {expected_inputs} input(s); you passed {received_inputs}.",
                "The model takes {expected_inputs} array(s); you passed {received_inputs}.",
                "The layer takes {expected_inputs} inputs; it got {both}.",
                "{layer} takes {expected_inputs} input(s); you passed a different number.",
                "The model takes {expected_inputs} arrays; you passed one, {found}.",
                "The layer or model takes {expected_inputs} inputs; you passed a different number.",
                (
                    "{layer}, of shape {expected}, belongs to the graph but gets no data: it isn't among the inputs "
                    "of the model, or nothing is fed to it."
                ),
                (
                    "{layer} belongs to the graph but gets no data: it isn't among the inputs of the model, or "
                    "nothing is fed to it."
                ),
                "A layer or a model takes several inputs; you passed a different number, or one of them got nothing.",
            ),
            decides=_decides,
            live=_live,
            words=_words_of_a_merge,
            advice=_advice_of_a_merge,
        ),
    ),
    judge=_judge,
    live=_live,
    fixes=just(
        ("Pass one array for each Input, in their order.", "model.predict([x1, x2])"),
        ("np.array around a list makes one array of it: pass the list itself.", "model.fit([a, b], y)"),
        ("When you make the model, name every Input that the outputs depend on.", "keras.Model([a, b], outputs)"),
    ),
    mends=(names_of_the_inputs, stacked, first_only, states_left_out),
)
