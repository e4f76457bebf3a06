"""Messages of PyTorch's losses about outputs and targets."""

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding
from explainers.reading.errors_kit import finding, ints

_ONE_HOT = re.compile(r"\bone[ _-]?hot\b|\bto_categorical\b", re.IGNORECASE)


def batch_sizes(found: re.Match[str]) -> Finding:
    """More outputs than targets, or fewer."""
    came, targets = int(found[1]), int(found[2])
    times = (
        f" {came} is {came // targets} times {targets}: " if targets and came % targets == 0 and came > targets else ""
    )
    folded = "another axis was merged into the batch, most often by view(-1, …)." if times else ""
    return finding(
        "target_shape",
        f"The loss gets {came} outputs and {targets} targets; each output needs one.{times}{folded}",
        {"outputs": came, "targets": targets},
        Change("Keep the batch axis when you flatten.", code="x = x.view(x.size(0), -1)"),
        Change("In Keras, Flatten always keeps the batch.", code="layers.Flatten()"),
    )


def one_label_each(found: re.Match[str]) -> Finding:
    """A target with an axis too many."""
    fixes = [
        Change("Drop the axis of 1.", code="loss = criterion(outputs, labels.squeeze(1).long())"),
        Change("Turn one-hot rows into integers.", code="labels.argmax(dim=1)"),
        Change("In Keras both (batch,) and (batch, 1) will do.", code='loss="sparse_categorical_crossentropy"'),
    ]
    if _ONE_HOT.search(found.string):
        fixes = [fixes[1], Change("In Keras one-hot rows have a loss.", code='loss="categorical_crossentropy"')]
    return finding(
        "target_shape",
        "nn.CrossEntropyLoss reads one integer for each row of outputs, shape (batch,); the target has one axis too "
        "many.",
        {},
        *fixes,
    )


def label_outside(found: re.Match[str]) -> Finding:
    """A label without a class."""
    label = int(found[1])
    return finding(
        "target_shape",
        f"No class has the label {label}: with n outputs, labels run from 0 to n - 1.",
        {"label": label},
        Change(f"Give the last layer at least {label + 1} outputs.", code=f"nn.Linear(…, {label + 1})"),
        Change("Or make the labels start at 0.", code="labels = labels - labels.min()"),
    )


def target_size(found: re.Match[str]) -> Finding:
    """A target and an output of different shapes."""
    target, came = ints(found[1]), ints(found[2])
    less = len(target) < len(came)
    loud = "must be the same" in found.group()
    silent = "" if loud else " The loss broadcasts them: it compares each output with each target, silently."
    fix = (
        Change("Give the target that axis, too.", code="y = y.unsqueeze(-1)")
        if less
        else Change("Drop the axis of 1 from the target.", code="y = y.squeeze(-1)")
    )
    return finding(
        "target_shape",
        f"The target is {target}, the output {came}.{silent}",
        {},
        fix,
        Change("Or make the output like the target.", code="output = output.view_as(y)"),
        shape=came, names=("batch", "units") if len(came) == 2 else (),
    )  # fmt: skip


def classes_second(found: re.Match[str]) -> Finding:
    """CrossEntropyLoss on sequences and images: the classes are axis 1."""
    wanted, came = ints(found[1]), ints(found[2])
    if len(came) < len(wanted):
        return finding(
            "target_shape",
            f"Each sample has one label, a target ({', '.join(map(str, came))},), but the output has more axes than "
            f"(batch, classes): for it nn.CrossEntropyLoss expects a target {wanted}.",
            {},
            Change("One label for each sequence: take its last step.", code="loss = criterion(out[:, -1], y)"),
            Change("One label for each image: average or flatten the other axes before the last layer.",
                   code="x = torch.flatten(x, 1)"),
            shape=came, names=("batch",) if len(came) == 1 else (),
        )  # fmt: skip
    steps = came[1] if len(came) > 1 else 0
    classes = (wanted[1] if len(wanted) > 1 else 0) if len(wanted) == 2 else 0
    seen = f"({came[0]}, {steps}, {classes})" if len(wanted) == 2 else "your output"
    return finding(
        "target_shape",
        f"nn.CrossEntropyLoss reads the classes on axis 1, (batch, classes, …); with {seen} it takes axis 1 for the "
        f"classes and expects a target {wanted}; you passed {came}.",
        {"classes": classes or None},
        Change("Put the classes on axis 1.", code="loss = criterion(out.transpose(1, 2), y)" if len(wanted) == 2 else
               "loss = criterion(out.permute(0, 3, 1, 2), y)"),
        Change("Or make one row of each step.", code="loss = criterion(out.flatten(0, 1), y.flatten())"),
        Change("In Keras the classes are the last axis, as your output has them.",
               code='loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)'),
        shape=came, names=("batch", "timesteps") if len(came) == 2 else (),
    )  # fmt: skip
