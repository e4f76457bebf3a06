"""What helps, by the kind of mistake: changed dims where a lesson has them, else changed code."""

from __future__ import annotations

from collections.abc import Callable

from explainers.core.finding import Change, Finding, Value
from explainers.reading.shapes import conv_length


def fixes_for(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """The fixes of one finding, best first. `dims` are those of the lesson that it opens in."""
    work = _FIXES.get(finding.mistake or "")
    return work(finding, dims) if work is not None else ()


def _whole(dims: dict[str, Value], name: str) -> int | None:
    value = dims.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _window(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A window that is too long: a shorter one, the axes the other way round, or zeros at the border."""
    steps, kernel, channels = _whole(dims, "steps"), _whole(dims, "kernel_size"), _whole(dims, "channels")
    if steps is None or kernel is None:
        return (
            Change('Use padding="same" on the layers that shrink the axis.', code='padding="same"'),
            Change("Use a smaller kernel or pool, or fewer of these layers."),
            Change("Check which axis slides: channels belong last.", code="x = x.reshape(samples, steps, channels)"),
        )
    found = [
        Change(
            f"kernel_size={max(steps, 1)}: no longer than the {steps} step(s) that there are.",
            {"kernel_size": max(steps, 1)},
        )
    ]
    if channels is not None and (conv_length(channels, kernel, 1, "valid") or 0) > 0:
        found.append(
            Change(
                f"Swap the axes: {channels:,} steps of {steps} channel(s).",
                {"steps": channels, "channels": steps},
                code="x = np.swapaxes(x, 1, 2)",
            )
        )
    found.append(Change('padding="same": zeros at the border keep the number of steps.', {"padding": "same"}))
    return tuple(found)


def _rank(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    wanted, found, cls = finding.number("expected_ndim"), finding.number("found_ndim"), finding.class_name
    recurrent = cls in ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional")
    if wanted is not None and found is not None and found > wanted:
        several = (
            Change(
                "Give input_shape for ONE sample: without the number of samples.",
                code="keras.Input(shape=(timesteps, features))",
            ),
            Change(
                "Read the extra axis with TimeDistributed.", code=f"layers.TimeDistributed(layers.{cls or 'Dense'}(…))"
            ),
        )
        return (
            (Change("Flatten or pool before this layer.", code="layers.Flatten()"), *several)
            if cls == "Dense"
            else several
        )
    if recurrent:
        return (
            Change(
                "If another recurrent layer stands in front: return_sequences=True there.",
                code=f"layers.{cls}(units, return_sequences=True)",
            ),
            Change(
                "If the data are rows: say what the timesteps are.", code="x = x.reshape(samples, timesteps, features)"
            ),
        )
    return (
        Change("Add the axis that is missing.", code="x = np.expand_dims(x, -1)"),
        Change("Look at the shape in front of the layer.", code="model.summary()"),
    )


def _data(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    expected, found = finding.shape("expected"), finding.shape("found")
    fixes = [
        Change("Give the data the shape that the model was built for.", code=f"x = x.reshape({_call(expected) or '…'})")
    ]
    if expected and found and len(found) == 3 and expected[1:] == (found[2], found[1]) and found[1] != found[2]:
        fixes.insert(0, Change("The two axes stand the other way round: swap them.", code="x = np.swapaxes(x, 1, 2)"))
    if expected and found and len(expected) == len(found) + 1 and _one_sample(expected[1:], found):
        fixes.insert(0, Change("One sample needs its batch axis.", code="x = x[np.newaxis]"))
    if expected and found and len(expected) == len(found):
        fixes.append(
            Change("Or build the model for what the data have.", code=f"keras.Input(shape={tuple(found[1:])})")
        )
    return tuple(fixes)


def _one_sample(wanted: tuple[int | None, ...], found: tuple[int | None, ...]) -> bool:
    return all(a == b or a is None or b is None for a, b in zip(wanted, found, strict=True))


def _operands(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A layer that reads another number of features than its kernel has; else two operands by themselves."""
    features, came, units = finding.number("features"), finding.number("came"), finding.number("units")
    if features is None or came is None:
        return (
            Change("Make the inner sizes equal: transpose one operand.", code="ops.matmul(a, ops.transpose(b))"),
            Change("Elementwise: add an axis of length 1 so that it broadcasts.", code="ops.expand_dims(a, -1)"),
        )
    fixes = [
        Change(f"Give the layer the {features} features that it was built for.", code=f"x = x[..., :{features}]"),
        Change(f"Or build it for the {came} that the data have.", code=f"keras.Input(shape=(timesteps, {came}))"),
    ]
    if came == units and (finding.class_name or "").endswith("Cell"):
        fixes.insert(
            0,
            Change(
                f"A cell for each level: the second reads the {units} units of the first; one cell can't serve both.",
                code=f"keras.layers.RNN([keras.layers.{finding.class_name}({units}) for _ in range(levels)])",
            ),
        )
    return tuple(fixes)


def _call(shape: tuple[int | None, ...] | None) -> str:
    """What stands in the brackets of reshape: -1 once, other open axes by a name."""
    named = ["timesteps" if n is None and i else "-1" if n is None else str(n) for i, n in enumerate(shape or ())]
    return ", ".join(named)


def _target(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    expected, found = finding.shape("expected"), finding.shape("found")
    classes = expected[-1] if expected else finding.number("classes")
    ranks = (finding.number("expected_ndim") or len(expected or ()), len(found or ()))
    if found and ranks[0] > ranks[1]:
        return (
            Change(
                "One answer per sample: drop the steps before the last Dense.",
                code="layers.LSTM(units)  # return_sequences=False",
            ),
            Change("One answer per step: give one target per step.", code="y.shape == (samples, timesteps, units)"),
        )
    sparse = Change("Integer labels go with the sparse loss.", code='loss="sparse_categorical_crossentropy"')
    onehot = Change(
        f"One-hot labels{f' of {classes} columns' if classes else ''} go with the plain one.",
        code=f"y = keras.utils.to_categorical(y, {classes or 'classes'})",
    )
    width = Change(
        "Or let the last layer have as many units as the target has columns.",
        code=f"layers.Dense({found[-1] if found else 'columns'})",
    )
    return (sparse, onehot, width) if (found and found[-1] == 1) or finding.shape("logits") else (width, sparse, onehot)


def _stateful(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    batch = finding.number("batch_size")
    return (
        Change(
            "Say how many samples a batch holds.",
            {"batch_size": batch} if batch else {},
            "keras.Input(batch_shape=(batch_size, timesteps, features))",
        ),
        Change(
            "Give fit and predict that batch_size, and a number of samples that it divides.",
            code=f"model.predict(x, batch_size={batch or 'batch_size'})",
        ),
        Change("Do without stateful=True: then any batch is accepted.", {"stateful": False}),
    )


def _just(*changes: tuple[str, str]) -> Callable[[Finding, dict[str, Value]], tuple[Change, ...]]:
    made = tuple(Change(label, code=code) for label, code in changes)
    return lambda finding, dims: made


_FIXES: dict[str, Callable[[Finding, dict[str, Value]], tuple[Change, ...]]] = {
    "kernel_exceeds_steps": _window,
    "layer_rank": _rank,
    "data_rank": _data,
    "data_size": _data,
    "target_shape": _target,
    "stateful_batch": _stateful,
    "operand_sizes": _operands,
    "merge_shapes": _just(
        ("Make the inputs agree on all axes but the joined one.", "layers.Dense(units)(x)"),
        ("Or join on the axis where they differ.", "layers.Concatenate(axis=1)([a, b])"),
    ),
    "initial_state": _just(
        ("Give one (batch, units) state for each state of the cell: an LSTM has two.", "initial_state=[h, c]"),
        ("Give encoder and decoder the same units.", "layers.LSTM(units, return_state=True)"),
    ),
    "input_count": _just(
        ("Pass one array for each Input, in their order.", "model.predict([x1, x2])"),
        ("np.array around a list makes one array of it: pass the list itself.", "model.fit([a, b], y)"),
        ("Name every Input that the outputs come from when the model is made.", "keras.Model([a, b], outputs)"),
    ),
    "unknown_axis": _just(
        ("Say how long the axis is.", "keras.Input(shape=(timesteps, features))"),
        ("Or leave it open with a layer that needs no number there.", "layers.GlobalAveragePooling1D()"),
    ),
    "mask": _just(
        ("Pad behind the sequence, and keep at least one step in every row.", 'pad_sequences(x, padding="post")'),
        ("Or use a layer that passes masks on.", "layer.supports_masking = True"),
    ),
    "embedding_range": _just(
        ("input_dim is the largest id + 1.", "layers.Embedding(input_dim=x.max() + 1, output_dim=…)"),
        ("Or cut the vocabulary when the ids are made.", "Tokenizer(num_words=…)"),
    ),
    "weights_shape": _just(
        ("Build the layer with the shape of the weights.", "layers.Embedding(*matrix.shape)"),
        ("Or make the weights anew for this model.", "matrix = np.zeros((input_dim, output_dim))"),
    ),
    "reshape": _just(
        (
            "The product of the new sizes must be that of the old ones; -1 works out one of them.",
            "x.reshape(-1, timesteps, features)",
        ),
        (
            "For windows of rows, slide instead of cutting.",
            "np.stack([x[i : i + steps] for i in range(len(x) - steps + 1)])",
        ),
    ),
    "ragged_data": _just(
        ("Pad the samples to one length.", "x = keras.utils.pad_sequences(x)"),
        (
            "Or train on one sample, or on samples of one length, at a time.",
            "model.train_on_batch(x[i][None], y[i][None])",
        ),
    ),
    "old_argument": _just(
        (
            "Today the shape stands in an Input of its own.",
            "keras.Input(batch_shape=(batch_size, timesteps, features))",
        ),
        ("The code in today's Keras stands below.", ""),
    ),
    "output_count": _just(
        ("Take as many tensors as the layer gives.", "y, h, c = layers.LSTM(units, return_state=True)(x)"),
        ("In a Sequential, leave return_state out.", "layers.LSTM(units)"),
    ),
    "channels": _just(
        ("Build the model for the channels that the data have.", "keras.Input(shape=(steps, channels))"),
        ("Or give the data the channels that the model was built for.", "x = x[..., :channels]"),
    ),
}
