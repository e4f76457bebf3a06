"""What is said of losses and metrics: as many as there are outputs, and targets of the form that they read."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re
from dataclasses import replace

from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.metrics import METRIC_TITLE, OF_CLASS_NUMBERS, class_numbers
from explainers.core.mistakes.kit.scene import Scene, entry
from explainers.core.mistakes.kit.sheet import Family, nothing_live
from explainers.core.spec import Check, LayerSpec, ModelSpec, Sizes, chain

_NAMED = re.compile(
    r"(?<![\w.])(?:(?:sparse_)?categorical_crossentropy|binary_crossentropy|mean_squared_error|mean_absolute_error|"
    r"mse|mae|huber)\b"
)


def named_loss(text: str) -> str:
    """The only loss that a text names; "" where it names none, or several."""
    named = set(_NAMED.findall(text))
    return named.pop() if len(named) == 1 else ""


def _outputs_for_a_label(finding: Finding) -> int | None:
    """Classes, where the outputs are that many times the labels."""
    labels, outputs = _compared(finding)
    whole = labels and outputs and outputs > labels and outputs % labels == 0
    return outputs // labels if whole and outputs and labels else None


def _compared(finding: Finding) -> tuple[int | None, int | None]:
    """How many labels and how many outputs of a batch meet: messages print them in either order."""
    shapes = [finding.shape(role) for role in ("logits", "labels")]
    several = [shape[-1] for shape in shapes if shape] or [finding.number("left"), finding.number("right")]
    known = sorted(number for number in several if number is not None)
    return (known[0], known[-1]) if len(known) == 2 else (None, None)


def _words_of_thresholds(finding: Finding) -> dict[str, str]:
    times, (labels, outputs) = _outputs_for_a_label(finding), _compared(finding)
    told = {"label_count": str(labels), "output_count": str(outputs)} if labels is not None else {}
    if times is not None and OF_CLASS_NUMBERS.search(finding.around):
        return {"classes_of_each": str(times)}
    return told | ({"times": str(times)} if times is not None else {})


def _made_with_a_metric(scene: Scene) -> ModelSpec | None:
    """A classifier with a yes-or-no metric, integer labels and as many classes as the message says."""
    classes = _outputs_for_a_label(scene.finding)
    if classes is None or not 1 < classes <= _MOST_CLASSES or OF_CLASS_NUMBERS.search(scene.finding.around):
        return None
    features = scene.example("features")
    dense = LayerSpec("Dense", "dense", (("units", classes), ("activation", "softmax")))
    check = Check("fit", ((_SAMPLES, features),), ((_SAMPLES, 1),), "sparse_categorical_crossentropy",
                  metrics=("Precision",))  # fmt: skip
    return chain(entry((None, features), origin="an example"), (dense,), checks=(check,))


_SAMPLES, _MOST_CLASSES = 8, 1000


def _names_of_thresholds(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    """(1, 128): all numbers of the batch in one row, for each threshold."""
    named = {"labels": ("thresholds", "labels"), "logits": ("thresholds", "outputs")}.get(role)
    return named if len(sizes) == 2 else None


def _metric_for_labels(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A metric that reads integer labels, or labels with a column for each class."""
    classes = _outputs_for_a_label(finding)
    if classes is None:
        return ()
    if OF_CLASS_NUMBERS.search(finding.around):
        return class_numbers(classes)
    return (*metrics_for_labels(classes), *((_one_of_the_steps(classes),) if classes >= _LIKE_STEPS else ()))


def metrics_for_labels(classes: int) -> tuple[Change, ...]:
    """What helps where the loss reads integer labels, and a metric compares number by number."""
    return (
        Change("Use a metric for integer labels.", code='metrics=["sparse_categorical_accuracy"]'),
        Change(
            f"Or one-hot encode the labels, {classes} numbers each, and use the loss for that.",
            code=f'y = keras.utils.to_categorical(y, {classes})\nloss="categorical_crossentropy"',
            means="Each output then gets its own yes or no.",
        ),
    )


_LIKE_STEPS = 50  # so many outputs for a label are more often steps than classes


def _one_of_the_steps(steps: int) -> Change:
    return Change(
        f"If the {steps} are timesteps, give one output for each sample: drop the steps before the last layer.",
        code="layers.GlobalAveragePooling1D()  # or return_sequences=False in the last recurrent layer",
        means="An attention layer also returns an output for each query step.",
    )


_QUOTED = re.compile(r"['\"]([^'\"\n]{1,60})['\"]")


def _losses_advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """One loss for each output: in their order, or by the names of the layers that make them."""
    weights, losses = finding.number("right"), finding.number("left")
    if weights is not None and losses is not None:
        return (Change(f"Give each of the {losses} losses one weight.", code="loss_weights=[1.0, 0.5, …]"),)
    place = finding.number("place")
    names = _QUOTED.findall(str(finding.values.get("rest", "")))[:6]
    by_name = ", ".join(f'"{name}": "…"' for name in names) if names else '"name_of_a_layer": "mse", …'
    in_order = f"keep {place} losses: one for each output" if place is not None else "give one loss for each output"
    told = f"{in_order}, in the order of keras.Model(inputs, [outputs])."
    by_order = Change(f"{told[0].upper()}{told[1:]}", code='model.compile(optimizer, loss=["mse", …])')
    named = Change(
        "Name them by the layers that make the outputs.",
        code=f"model.compile(optimizer, loss={{{by_name}}})",
        means="model.output_names lists them.",
    )
    if names:
        return named, replace(by_order, label=f"Or {told}")
    return by_order, replace(named, label="Or name them by the layers that make the outputs.")


THRESHOLDS = Family(
    sees=("logicaland", "does not start with segment_ids"),
    says=(
        "Dimensions must be equal, but are {left} and {right} for <'|\"|`>?{{node <{layer}/>?LogicalAnd}} = LogicalAnd[](Tile_2, Greater<{rest:word}>?) with input shapes: {labels:shape}, {logits:shape}",
        "Dimensions must be equal, but are {left} and {right} for <'|\"|`>?{{node LogicalAnd}} = LogicalAnd[](Tile<_2>?, ...with input shapes: {labels:shape}, {logits:shape}",
        "Incompatible shapes: {logits:shape} vs. {labels:shape} [[<{{>?node LogicalAnd",
        "data.shape = [{left}] does not start with segment_ids.shape = [{right}]",
    ),
    causes=(
        "The metric (MeanIoU) reads one class number for each pixel; the output has {classes_of_each} numbers for each, one for each class.",
        "A yes-or-no metric (Precision, Recall, AUC …) compares each number of the output with one of the target: {output_count} outputs, {label_count} label(s) in a batch, so {times} outputs for each label.",
        "A yes-or-no metric (Precision, Recall, AUC …) compares each number of the output with one of the target: {output_count} and {label_count} of them.",
    ),
    weight=3,
    words=_words_of_thresholds,
    names=_names_of_thresholds,
    advice=_metric_for_labels,
    live=_made_with_a_metric,
    title=METRIC_TITLE,
)

LOSSES = Family(
    sees=(
        "in the `loss` argument",
        "in loss dict",
        "`loss_weights` must match",
        "list as loss",
        "unexpected losses",
        "entry in loss",
        "entries in loss",
        "argument as a list",
        "keys in loss argument",
        "dict argument `loss`",
    ),
    says=(
        "Found unexpected losses or metrics that do not correspond to any Model output: dict_keys([{what:names}]). Valid mode output names: [{rest:names}]",
        "Unknown entr<y|ies> in loss dictionary: <['>?{what}<']>?. Only expected following keys: [{rest:names}]",
        "In the dict argument `loss`, key {what} does not correspond to any model output",
        "keys in loss argument, but they do not occur anywhere in `y_pred`: ...{what}",
        "argument as a list, it should have as many entries as the model has outputs. Received: ...of length {losses_given} whereas the model has {outputs_made} outputs",
        "The path: ({place},) in the `loss` argument, can't be found in",
        "The path: ({what},) in the `loss` argument, can't be found in",
        "in the `loss` argument, can't be found in",
        "Expected keys {rest:tree} in loss dict, but found",
        "`loss_weights` must match the number of losses, got {left} losses and {right} weights",
        "list as loss, it should have one entry per model output<s>?. The model has {place} outputs",
        "Found unexpected losses or metrics that do not correspond to any Model output",
    ),
    causes=(
        "There are {left} losses and {right} loss_weights: each loss needs one weight.",
        "Only {place} of the losses belong to an output, and there is one more: each output needs one loss.",
        "loss names {what}, but the outputs are called {rest}.",
        "loss names {what}, but no output of the model has that name.",
        "The model has {outputs_made} outputs, and the list holds {losses_given}: each output needs one loss.",
        "loss is a dict whose names aren't those of the outputs: {rest}.",
        "Losses and outputs don't match one to one: each output needs one loss.",
    ),
    weight=3,
    advice=_losses_advice,
    live=nothing_live,
    title="The losses don't match the outputs",
)


def _metrics_advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Metrics for each output: by its name, or in a list of lists."""
    names = _QUOTED.findall(str(finding.values.get("rest", "")))[:6]
    each = ", ".join(f'"{name}": ["…"]' for name in names)
    lists = ", ".join("[…]" for _ in names)
    return (
        Change("Give metrics by the names of the outputs.", code=f"model.compile(…, metrics={{{each}}})"),
        Change("Or a list for each output, in their order.", code=f"model.compile(…, metrics=[{lists}])"),
    )


METRICS = Family(
    sees=("invalid `metrics`",),
    says=("Invalid `metrics`. ...matching the output names of the functional model [{rest:rest}] or match",),
    causes=("The model has several outputs, so each metric must say which of them it is for: {rest}.",),
    weight=3,
    advice=_metrics_advice,
    live=nothing_live,
    title="Metrics that don't say which output they are for",
)

KEYS = Family(
    sees=("of type 'str'",),
    says=("Expected <float32|float|int32|int64>, but got {what} of type 'str'",),
    causes=(
        "A dict was read as data: its keys ({what} is the first) aren't the names of all outputs, so Keras can't say which array belongs to which.",
    ),
    advice=lambda finding, dims: (
        Change(
            "Name each target after the layer that makes its output.",
            code="model.fit(x, {name: y for each name in model.output_names})",
            means="model.output_names lists them; they must match letter by letter.",
        ),
    ),
    live=nothing_live,
    title="A dict of targets uses names that the outputs don't have",
)
