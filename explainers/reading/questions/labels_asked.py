"""Questions about what a model is compared with: the shape of labels and targets, and a prediction beside them."""

from __future__ import annotations

import re

from explainers.core.finding import name_axes
from explainers.core.spec import InputSpec, LayerSpec, Sizes, chain
from explainers.reading.questions.words import CLASSES, FEATURES, SAMPLES, Asked, Told

_LABELS = re.compile(r"\blabels?\b|\btargets?\b|\by(?:_train|_test|_true)?\b|\bground truth\b|\bone[- ]?hot\b")
_SHAPE = re.compile(r"\bshapes?\b|\bdimensions?\b|\bformat\b|\blook like\b|\bneed\b|\bshould\b|\bexpect\w*|\brank\b")
_EACH_STEP = re.compile(
    r"seq(?:uence)?[ -]?(?:2|to)[ -]?seq|\b(?:each|every|per) (?:time ?)?step|steps? (?:out|ahead)|output steps?|"
    r"return_sequences|\bsequence labell?ing\b|many[ -]to[ -]many|\btagging\b|\bforecast"
)
_SEVERAL = re.compile(r"multi-?label|several labels")
_NAN = re.compile(r"\bnan\b")
_LOSS = re.compile(r"\bloss(?:es)?\b|\bweights\b|\baccuracy\b|\btraining\b|\boutputs?\b|\bpredict")
_PREDICTED = re.compile(r"\bpredict\w{0,6}\b|\boutputs?\b|\bmodel\b|\by_pred\b|\byhat\b")
_TRUE = re.compile(r"\by\b(?! ?=? ?model)|\by_(?:true|test|train)\b|\blabels?\b|\btargets?\b")
_NO_PARAMS = re.compile(
    r"(?:\bparam(?:eter)?s?\b[ #]{0,3}(?:is|are|of|=|:)?\s?\b(?:0|zero)\b|\b(?:0|zero|no) (?:trainable )?param)"
)
_RECALL = 10**4


def labels(asked: Asked) -> Told | None:
    """Which shape y has for so many classes."""
    count, given = asked.number(CLASSES), asked.number(SAMPLES)
    if count is None or not 1 < count <= _RECALL or not (asked.has(_LABELS) and asked.has(_SHAPE)):
        return None
    if asked.has(_SEVERAL) or asked.has(_EACH_STEP) or asked.called:
        return None
    rows = str(given) if given is not None else "samples"
    sentence = (
        f"Either works. Integers 0 to {count - 1}, y of shape ({rows},), go with sparse_categorical_crossentropy. "
        f"One-hot rows, y of shape ({rows}, {count}), go with categorical_crossentropy: keras.utils.to_categorical(y, "
        f'{count}) makes them. The last layer is Dense({count}, activation="softmax") in both, so the output is '
        f"(None, {count})."
    )
    features = asked.number(FEATURES)
    tensor = InputSpec("input", (None, features or 5), "float32", (), "the question")
    layer = LayerSpec("Dense", "dense", (("units", count), ("activation", "softmax")))
    named = name_axes((given, count), ("samples", "classes"), "one-hot rows")
    assumed = () if features else ("features = 5",)
    return Told(sentence, chain(tensor, (layer,), assumed=assumed), {"classes": count}, (named,))


def beside_each_other(asked: Asked) -> Told | None:
    """A prediction (100, 1) beside labels (100,): the same numbers, and what goes wrong with them outside of Keras."""
    pair = _with_and_without(asked.shapes)
    if pair is None or not (asked.has(_PREDICTED) and asked.has(_TRUE)) or asked.called:
        return None
    flat, wide = pair
    rows = flat[0]
    sentence = (
        f"Both hold the same {rows} numbers. Keras' losses and metrics match {flat} with {wide}, so fit and evaluate "
        f"are right. NumPy doesn't: y - model.predict(x) is ({rows}, {rows}), every label minus every prediction. "
        f"Make the shapes equal first: model.predict(x)[:, 0] is {flat}, and y[:, None] is {wide}."
    )
    tensor = InputSpec("input", (None, 5), "float32", (), "an example")
    spec = chain(tensor, (LayerSpec("Dense", "dense", (("units", 1),)),), assumed=("features = 5",))
    shapes = (name_axes(wide, ("samples", "units"), "the prediction"), name_axes(flat, ("samples",), "the labels"))
    return Told(sentence, spec, {}, shapes)


def _with_and_without(shapes: tuple[Sizes, ...]) -> tuple[Sizes, Sizes] | None:
    """``(100,)`` and ``(100, 1)``, where a question has both."""
    flat = next((s for s in shapes if len(s) == 1 and s[0]), None)
    wide = next((s for s in shapes if flat is not None and s == (flat[0], 1)), None)
    return (flat, wide) if flat is not None and wide is not None else None


def widths_apart(asked: Asked) -> Told | None:
    """``labels (500, 3) but output (None, 1)``: the last layer has another width than the labels."""
    two = [shape for shape in asked.shapes if len(shape) == 2 and shape[1]]
    if len(two) != 2 or two[0][1] == two[1][1] or asked.called or not (asked.has(_PREDICTED) and asked.has(_TRUE)):
        return None
    labels_first = _place(_TRUE, asked.words) < _place(_PREDICTED, asked.words)
    labels, output = two if labels_first else two[::-1]
    count, units = labels[1] or 1, output[1] or 1
    sentence = (
        f"The labels {labels} have {_number(count)} for each sample, the output {output} has {_number(units)}. Give "
        f"the last layer as many units as the labels have columns: Dense({count}). If the {count} columns are one-hot "
        "classes, use softmax with categorical_crossentropy; if several may be true, sigmoid with "
        "binary_crossentropy."
    )
    if count == 1:
        sentence = (
            f"The labels {labels} have one number for each sample, the output {output} has {units}. If the number is "
            f"a class from 0 to {units - 1}, that is right with sparse_categorical_crossentropy; if it is a value to "
            "predict, the last layer should be Dense(1). Other losses stretch the labels without a warning, or "
            "refuse them."
        )
    wide = units if count == 1 else count
    tensor = InputSpec("input", (None, 5), "float32", (), "an example")
    spec = chain(tensor, (LayerSpec("Dense", "dense", (("units", wide),)),), assumed=("features = 5",))
    shapes = (
        name_axes(labels, ("samples", "units"), "the labels"),
        name_axes(output, ("batch", "units"), "the output"),
    )
    return Told(sentence, spec, {}, shapes)


def _place(word: re.Pattern[str], text: str) -> int:
    found = word.search(text)
    return found.start() if found is not None else len(text)


def _number(count: int) -> str:
    return "one number" if count == 1 else f"{count} numbers"


def not_a_number(asked: Asked) -> Told | None:
    """A loss of nan: no shape makes it, and no example would show it."""
    if not asked.has(_NAN) or not asked.has(_LOSS) or asked.shapes or asked.called:
        return None
    return Told(
        "Shapes rarely make a loss nan, and your question doesn't say which model it is, so no model is shown. Look "
        "at the values first: np.isnan(x).any() and np.isinf(x).any() for the data, labels outside the range of the "
        "last layer, unscaled numbers, a learning rate that is too high (try a tenth), log or division by 0 in your "
        "own loss. keras.callbacks.TerminateOnNaN() stops at the first one."
    )


def no_parameters(asked: Asked) -> Told | None:
    """``Param # 0``: a layer without weights."""
    if not asked.has(_NO_PARAMS) or asked.called:
        return None
    sentence = (
        "A layer without weights has 0 parameters: Input, Flatten, Reshape, Dropout, pooling, Activation and "
        "Concatenate learn nothing, they only change values or shapes. If every row says 0 (unbuilt), the model "
        "doesn't know its input yet: put keras.Input(shape=…) first. In this example Flatten has 0 parameters, and "
        "Dense has all of them."
    )
    tensor = InputSpec("input", (None, 6, 4), "float32", (), "an example")
    layers = (LayerSpec("Flatten", "flatten"), LayerSpec("Dense", "dense", (("units", 3),)))
    return Told(sentence, chain(tensor, layers, assumed=("timesteps = 6", "features = 4", "units = 3")))
