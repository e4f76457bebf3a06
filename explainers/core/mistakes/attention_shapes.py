"""Query, key, value or mask of an attention layer don't fit together."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from explainers.core.editing import with_data, with_input, with_layer_before
from explainers.core.finding import Change, Finding, Value, written
from explainers.core.layers import sheet
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, of_call
from explainers.core.mistakes.kit.scene import Scene, entry
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said, nothing_live
from explainers.core.spec import CallSpec, Check, LayerSpec, ModelSpec, Ref, Sizes

SCORES = ("batch", "heads", "query steps", "key steps")


def _steps_of_scores(finding: Finding) -> tuple[int | None, int | None]:
    """Query steps and key steps: the last two axes of the scores, (batch, heads, query steps, key steps)."""
    scores = finding.shape("result")
    return (scores[-2], scores[-1]) if scores is not None and len(scores) == 4 else (None, None)


def _words(finding: Finding) -> dict[str, str]:
    """The mask that these scores need."""
    query, key = _steps_of_scores(finding)
    batch = (finding.shape("right_shape") or finding.shape("result") or (None,))[0]
    return {"of_steps": written((batch, query, key))} if query is not None and key is not None else {}


def _names(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    """The axes of scores, query and mask."""
    if role == "right_shape" and len(sizes) == 3:
        return ("batch", "query steps", "features")
    if role not in ("result", "left_shape"):
        return None
    five = ("batch", "sequences", *SCORES[1:])  # with attention_axes: each sequence of a sample by itself
    return {2: ("batch", "key steps"), 3: ("batch", *SCORES[2:]), 4: SCORES, 5: five}.get(len(sizes))


def _advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A mask of the keys gets an axis for the queries; one that is known by the layer needs no argument."""
    mask, (query, key) = finding.shape("left_shape"), _steps_of_scores(finding)
    if mask is None or len(mask) != 2:
        return _for_these_scores(finding)
    batch = (finding.shape("right_shape") or (None,))[0]
    if key is not None and mask[0] == query != batch and mask[1] != key:
        return (
            Change(
                f"Give the mask one entry for each of the {key} key steps: {written((query, key))}.",
                code=f"attention_mask = np.ones({written((query, key))}, bool)  # your mask",
                means=f"{written(mask)} is made for {mask[1]} of them.",
            ),
        )
    if key is not None and mask[0] == batch and mask[1] not in (key, query):
        return (
            Change(
                f"Give the mask one entry for each of the {key} key steps, and an axis for the query steps: "
                f"{written((batch, 1, key))}.",
                code=f"attention_mask = mask[:, :{key}][:, None, :]"
                if (mask[1] or 0) > key
                else f"attention_mask = np.ones({written((batch, 1, key))}, bool)  # your mask",
                means=f"{written(mask)} is made for {mask[1]} steps; pad and cut the sequence and the mask alike.",
            ),
        )
    of_keys = key is None or mask[1] == key
    turned = "mask[:, None, :]" if of_keys else "mask[:, :, None]"
    axis = "query" if of_keys else "key"
    shape = (mask[0], 1, mask[1]) if of_keys else (*mask, 1)
    return (
        Change(
            f"Give the mask an axis for the {axis} steps: {written(shape)} counts for all of them.",
            code=f"attention(query, value, attention_mask={turned})",
        ),
        Change(
            "Or pass it as the mask of the sequence: attention builds its own mask from it.",
            code="attention(query, value, query_mask=mask, value_mask=mask)"
            if query == key
            else "attention(query, value, value_mask=mask)",
            means="One entry for each step, (batch, steps). A Masking layer or mask_zero=True passes it on automatically.",
        ),
    )


def _for_these_scores(finding: Finding) -> tuple[Change, ...]:
    """A mask of three axes or more: turned, or made for the steps that there are."""
    mask, scores = finding.shape("left_shape"), finding.shape("result")
    if mask is None or scores is None or len(scores) < 4 or len(mask) < 3:
        return ()
    query, key = scores[-2:]
    steps = mask[-2:]
    if len(scores) == len(mask) == 4 and mask[:2] == (1, 1) and steps[0] in (None, scores[0]) and steps[1] == key:
        return (
            Change(
                "Give the mask an axis for the query steps: size 1 applies to all of them.",
                code="attention(query, value, attention_mask=mask[:, None, :])",
                means=f"A mask of 2 axes, {written(steps)}, is read as (query steps, key steps).",
            ),
        )
    if len(scores) == 4 and steps == (key, query) != (query, key):
        return (
            Change(
                "Swap the last two axes of the mask: the query steps come first.",
                code="attention_mask = ops.swapaxes(mask, -1, -2)",
                means=f"{written((*mask[:-2], query, key))}, for scores of {written(scores)}.",
            ),
        )
    if len(scores) == 4 and len(mask) == 4 and mask[1] not in (1, scores[1]):
        return (
            Change(
                "Omit the heads axis: a mask of 3 axes applies to all heads.",
                code="attention_mask = mask[:, 0]  # (batch, query steps, key steps)",
                means=f"The layer has {scores[1]} heads, the mask {mask[1]}.",
            ),
        )
    if None in (query, key):
        return ()
    samples = "batch_size" if scores[0] is None else str(scores[0])
    automatic = (
        (
            Change(
                "If no mask is passed, it comes from mask_zero=True (or Masking): create the Embedding without it, "
                "and pass your own mask.",
                code="layers.Embedding(words, dim)  # without mask_zero",
            ),
        )
        if "mask_zero" in finding.around and "attention_mask=" not in finding.around
        else ()
    )
    if len(scores) > 4:
        return automatic
    return (
        *automatic,
        Change(
            f"Give the mask one entry for each of the {query} query steps and the {key} key steps.",
            code=f"attention_mask = np.ones(({samples}, {query}, {key}), bool)  # your mask",
            means="An axis of size 1 applies to all positions along it.",
        ),
    )


def _of_scores(finding: Finding, said: Said) -> str | None:
    """Two tensors of fewer axes are no scores and no mask of them."""
    scores = finding.shape("result")
    return "operand_sizes" if scores is not None and len(scores) < 4 else None


def _two(finding: Finding) -> tuple[Sizes, Sizes] | None:
    """Value and key, as the message prints them."""
    value, key = finding.shape("left_shape"), finding.shape("right_shape")
    return (value, key) if value and key and len(value) == len(key) == 3 else None


def _value_and_key(scene: Scene) -> ModelSpec | None:
    """The layer on a value and a key of other lengths; its query is as long as the key."""
    two = _two(scene.finding)
    if two is None or None in (*two[0][1:], *two[1][1:]):
        return None
    value, key = two
    names = ("query", "value", "key")
    inputs = tuple(entry((None, *sizes[1:]), name) for name, sizes in zip(names, (key, value, key), strict=True))
    layer = LayerSpec("MultiHeadAttention", "attention", (("num_heads", scene.example("num_heads")),
                                                           ("key_dim", scene.example("key_dim"))))  # fmt: skip
    call = CallSpec(0, tuple(Ref("input", i) for i in range(3)))
    return ModelSpec(inputs, (layer,), (call,), (Ref("call", 0),))


def _query_and_value(scene: Scene) -> ModelSpec | None:
    """The layer on a query and a value of other widths, which some versions refuse."""
    left, right = scene.finding.number("left"), scene.finding.number("right")
    in_code = any(layer.class_name == "MultiHeadAttention" for layer in scene.written)  # which shows it itself
    if left is None or right is None or in_code:
        return None
    inputs = (
        entry((None, scene.example("timesteps"), left), "query"),
        entry((None, scene.example("steps"), right), "value"),
    )
    layer = LayerSpec("MultiHeadAttention", "attention", (("num_heads", scene.example("num_heads")),
                                                           ("key_dim", scene.example("key_dim"))))  # fmt: skip
    return ModelSpec(inputs, (layer,), (CallSpec(0, (Ref("input", 0), Ref("input", 1))),), (Ref("call", 0),))


def _as_wide(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """What helps in a version that refuses it."""
    wide = finding.number("left")
    return (
        Change(
            "Update Keras: today's takes a query and a value of different widths.", code="pip install --upgrade keras"
        ),
        Change(
            "Or make the value as wide as the query before it is attended to.",
            code=f"value = layers.Dense({wide})(value)",
            means="The output has the width of the query in any case.",
        ),
    )


def _names_of_steps(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    if role in ("left_shape", "right_shape") and len(sizes) == 3:
        return ("batch", "value steps" if role == "left_shape" else "key steps", "features")
    return None


def _words_of_steps(finding: Finding) -> dict[str, str]:
    two = _two(finding)
    return {"value_steps": str(two[0][1]), "key_steps": str(two[1][1])} if two is not None else {}


def _scored(scene: Scene) -> ModelSpec | None:
    """The layer with so many heads, on sequences of so many steps, with the mask beside them."""
    scores, mask = scene.finding.shape("result"), scene.finding.shape("left_shape")
    if scores is None or mask is None or len(scores) != 4 or None in scores[1:] or len(mask) < 2:
        return None
    mask = mask[2:] if len(mask) == 4 and mask[:2] == (1, 1) else (mask[0], *mask[2:]) if mask[1:2] == (1,) else mask
    batch, heads, query, key = scores
    features = scene.example("features")
    shapes: tuple[Sizes, ...] = ((None, query, features), (None, key, features), (None, *mask[1:]))
    if None in mask[1:]:
        return None
    names = ("query", "value", "attention_mask")
    inputs = tuple(entry(sizes, name, "bool" if name.endswith("mask") else "float32")
                   for sizes, name in zip(shapes, names, strict=True))  # fmt: skip
    layer = LayerSpec("MultiHeadAttention", "attention", (("num_heads", heads), ("key_dim", scene.example("key_dim"))))
    call = CallSpec(0, (Ref("input", 0), Ref("input", 1)), mask=Ref("input", 2))
    fed = tuple((batch or scene.example("batch_size"), *sizes[1:]) for sizes in shapes)
    return ModelSpec(inputs, (layer,), (call,), (Ref("call", 0),), checks=(Check("predict", fed),))


# -- what helps, tried live ------------------------------------------------------------------------------------


def _attending(broken: Broken) -> Iterator[tuple[int, list[Sizes]]]:
    """The calls of attention layers whose tensors' shapes are known, with these."""
    for i, call in enumerate(broken.spec.calls):
        facts = sheet(of_call(broken.spec, i).class_name)
        if facts is not None and facts.group == "attention":
            shapes = [_shape_of(broken, ref) for ref in call.inputs]
            if len(shapes) > 1 and all(len(sizes) == 3 for sizes in shapes):
                yield i, shapes


def _shape_of(broken: Broken, ref: Ref) -> Sizes:
    """The shape of an Input, or of what a layer returns first; () where it isn't known."""
    if ref.source == "input":
        return broken.spec.inputs[ref.index].shape
    return (broken.made or {}).get(ref.index, ()) if ref.output == 0 else ()


def one_source_of_steps(broken: Broken) -> Iterator[Mend]:
    """Value and key are two readings of one sequence: without a key of its own, the value is both."""
    for i, shapes in _attending(broken):
        if len(shapes) < 3 or shapes[1][1] == shapes[2][1]:
            continue
        for kept, name, left in ((2, "key", "value"), (1, "value", "key")):
            call = broken.spec.calls[i]
            refs = (call.inputs[0], call.inputs[kept])
            calls = (*broken.spec.calls[:i], replace(call, inputs=refs), *broken.spec.calls[i + 1 :])
            yield Mend(
                f"{'Take' if kept == 2 else 'Or take'} key and value from one sequence: the {name}'s, of "
                f"{shapes[kept][1]} steps.",
                f"attention(query, {name})  # it is key and value",
                _without_unread(replace(broken.spec, calls=calls)),
                f"The weight of each key step goes to the value of the same step, so {left} and {name} need the same "
                "number of steps.",
                1,
            )


def _without_unread(spec: ModelSpec) -> ModelSpec:
    """Without the Inputs that no call reads any more, and without what was fed there."""
    read = {ref.index for call in spec.calls for ref in (*call.inputs, *call.states, *((call.mask,) if call.mask else ()))
            if ref.source == "input"}  # fmt: skip
    kept = [i for i in range(len(spec.inputs)) if i in read]

    def moved(ref: Ref) -> Ref:
        return replace(ref, index=kept.index(ref.index)) if ref.source == "input" else ref

    calls = tuple(
        replace(call, inputs=tuple(map(moved, call.inputs)), mask=moved(call.mask) if call.mask else None)
        for call in spec.calls
    )
    checks = tuple(
        replace(check, shapes=tuple(check.shapes[i] for i in kept)) if len(check.shapes) == len(spec.inputs) else check
        for check in spec.checks
    )
    return replace(spec, inputs=tuple(spec.inputs[i] for i in kept), calls=calls, checks=checks)


def same_features(broken: Broken) -> Iterator[Mend]:
    """Scores by dot products: query and key are equally wide."""
    for i, shapes in _attending(broken):
        query, key = shapes[0], shapes[2 if len(shapes) > 2 else 1]
        if of_call(broken.spec, i).class_name.startswith("MultiHead") or query[2] == key[2] or key[2] is None:
            continue
        layer = LayerSpec("Dense", "as_wide_as_the_key", (("units", key[2]),))
        added = of_call(broken.spec, i).class_name.startswith("Additive")
        yield Mend(
            f"Make the query {key[2]} wide, like the key.",
            f"query = layers.Dense({key[2]})(query)",
            with_layer_before(broken.spec, i, layer, 0),
            f"Each score {'adds' if added else 'is a product of'} a query step, {query[2]} numbers, "
            f"{'to' if added else 'with'} a key step, {key[2]} numbers.",
            1,
        )
        multi = LayerSpec(
            "MultiHeadAttention", "attention", (("num_heads", 2), ("key_dim", min(query[2] or 1, key[2])))
        )
        layers = list(broken.spec.layers)
        layers[broken.spec.calls[i].layer] = multi
        yield Mend(
            "Or use MultiHeadAttention, which projects both to the same width itself.",
            f"layers.MultiHeadAttention(2, {multi.get('key_dim')})(query, value)",
            replace(broken.spec, layers=tuple(layers)),
            "num_heads = 2 is an example: use your own.",
            2,
        )


def mask_of_the_scores(broken: Broken) -> Iterator[Mend]:
    """A mask with one entry for each query step and each key step."""
    for i, shapes in _attending(broken):
        mask = broken.spec.calls[i].mask
        if mask is None or mask.source != "input":
            continue
        came, wanted = broken.spec.inputs[mask.index].shape, (None, shapes[0][1], shapes[1][1])
        label = f"Make the mask {written(wanted)}: for each query step, which key steps it may look at."
        code = f"attention_mask = np.ones((batch_size, {wanted[1]}, {wanted[2]}), bool)  # your mask"
        if came[1:] == (shapes[1][1],):
            wanted = (None, 1, shapes[1][1])
            label = "Give the mask an axis for the query steps: size 1 applies to all of them."
            code = "attention(query, value, attention_mask=mask[:, None, :])"
        elif len(came) == 2 and (came[1] or 0) > (key := shapes[1][1] or 0) > 0:
            wanted = (None, 1, key)
            label = f"Cut the mask to the {key} key steps, and give it an axis for the query steps."
            code = f"attention_mask = mask[:, :{key}][:, None, :]"
        elif came[-2:] == (shapes[1][1], shapes[0][1]) != wanted[1:]:
            label = "Swap the last two axes of the mask: the query steps come first."
            code = "attention(query, value, attention_mask=ops.swapaxes(mask, -1, -2))"
        elif len(came) == 4 and came[2:] == wanted[1:]:
            label = "Omit the heads axis: a mask of 3 axes applies to all heads."
            code = "attention(query, value, attention_mask=mask[:, 0])"
        spec = with_input(broken.spec, mask.index, wanted)
        for n, check in broken.fed():
            if len(check.shapes) == len(spec.inputs):
                spec = with_data(spec, n, mask.index, (check.shapes[0][0], *wanted[1:]))
        yield Mend(label, code, spec, f"The mask is {written(wanted)} then.", 1)


MISTAKE = Mistake(
    name="attention_shapes",
    title="Query, key, value or mask of an attention layer do not fit together",
    searched=(
        "attention_mask incompatible shapes",
        "All dimensions of value and key, except the last one, must be equal",
    ),
    misconception="broadcasting-from-the-left",
    order=55,
    group="attention",
    families=(
        Family(
            sees=("except the last one, must be equal",),
            says=(
                "All dimensions of `value` and `key`, except the last one, must be equal. Received<:>? <value_shape=>?{left_shape:shape} and <key_shape=>?{right_shape:shape}",
            ),
            causes=(
                (
                    "The value has {value_steps} steps and the key {key_steps}. Each key step has one value, so both "
                    "need the same number; only the query may be longer or shorter."
                ),
                "The value is {left_shape}, the key {right_shape}: all axes but the features must be equal.",
            ),
            weight=3,
            words=_words_of_steps,
            told_as={"left_shape": "the value, in the message", "right_shape": "the key, in the message"},
            names=_names_of_steps,
            live=_value_and_key,
            title="Value and key of an attention layer have different numbers of steps",
        ),
        Family(
            sees=("of `query_shape` and `value_shape`",),
            says=("The last dimension of `query_shape` and `value_shape` must be equal, but are {left}, {right}",),
            causes=(
                "The query has {left} features, the value {right}. MultiHeadAttention projects each with separate "
                "weights, so they may differ; some versions of Keras 3 still required equal numbers.",
            ),
            weight=3,
            advice=_as_wide,
            live=_query_and_value,
            title="Query and value of an attention layer have different widths",
        ),
        Family(
            sees=("attention_mask", "type softmax", "softmax.call", "softmax/add"),
            says=(
                "Dimensions must be equal, but are {left} and {right} for <'|\"|`>?{{node ...LogicalAnd}}...with input shapes: {result:shape}, ...query=tf.Tensor(shape={right_shape:shape}...attention_mask=tf.Tensor(shape={left_shape:shape}",
                "Incompatible shapes: {result:shape} vs<.>? ...query=tf.Tensor(shape={right_shape:shape}...attention_mask=tf.Tensor(shape={left_shape:shape}",
                "LogicalAnd...query=tf.Tensor(shape={right_shape:shape}...attention_mask=tf.Tensor(shape={left_shape:shape}",
                "(type Softmax)...inputs=<tf.Tensor(|KerasTensor(|Tensor(>shape={result:shape}...mask=<tf.Tensor(|KerasTensor(|Tensor(>shape={left_shape:shape}",
                "Softmax.call()...inputs=<tf.Tensor(|KerasTensor(|Tensor(>shape={result:shape}...mask=<tf.Tensor(|KerasTensor(|Tensor(>shape={left_shape:shape}",
                "softmax/add...with input shapes: {result:shape}, {left_shape:shape}",
                "attention_mask...Incompatible shapes: {result:shape} vs. {left_shape:shape}",
            ),
            causes=(
                "attention_mask is {left_shape}; attention reads one of (batch, query steps, key steps), here {of_steps}: for each query step, which key steps it may look at.",
                "The mask is {left_shape}, the scores are {result}: for each query step, the mask says which key steps it may look at.",
                "attention_mask is {left_shape}; attention reads one of (batch, query steps, key steps): for each query step, which key steps it may look at.",
            ),
            weight=3,
            words=_words,
            names=_names,
            told_as={
                "result": "the attention scores, in the message",
                "left_shape": "the mask, in the message",
                "right_shape": "the query, in the message",
            },
            decides=_of_scores,
            advice=_advice,
            live=_scored,
            title="The attention mask has a different shape from the attention scores",
        ),
    ),
    live=nothing_live,
    mends=(one_source_of_steps, same_features, mask_of_the_scores),
    fixes=just(
        ("Print the shapes of query, value and mask on the line that fails.", "print(query.shape, value.shape)"),
        ("Build the mask from the sequence: one entry for each query step and each key step.",
         "attention(query, value, attention_mask=mask)  # (batch, query steps, key steps)"),
    ),
)  # fmt: skip
