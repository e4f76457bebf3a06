"""Questions about batches: how many an epoch has, what the last one is, how often the weights are updated."""

from __future__ import annotations

import re

from explainers.core.finding import Value
from explainers.core.layers import RECURRENT
from explainers.core.spec import InputSpec, LayerSpec, ModelSpec, chain
from explainers.reading.questions.models import FEATURES as SOME_FEATURES
from explainers.reading.questions.models import STEPS as SOME_STEPS
from explainers.reading.questions.models import UNITS as SOME_UNITS
from explainers.reading.questions.models import sequence_model, with_examples
from explainers.reading.questions.words import BATCH, BATCHES, FEATURES, SAMPLES, STEPS, UNITS, Asked, Forms, Told

_ASKED = re.compile(
    r"batch(?:es)?\b.{0,40}(?:epoch|how many)|how many.{0,40}batch|steps.{0,20}epoch|epoch.{0,30}(?:steps|batches)|"
    r"\b(?:last|final|smaller|incomplete|remaining|left ?over)\b.{0,30}\b(?:batch|samples)|\bdrop(?:ped|_remainder)\b|"
    r"does(?:n't| not) divide|\bdivisible\b|\bmultiple of\b|"
    r"\bbatch(?:es)?\b.{0,30}\b(?:contains?|holds?|includes?)\b|"
    r"\b(?:iterations|updates|gradient steps)\b|how many steps|steps_per_epoch|validation_steps"
)
_FIT = re.compile(r"\bfit\(.{0,200}\bbatch_size ?=")
_PROGRESS = re.compile(r"(?<![\d/])(\d{2,6})/\1(?![\d/])")
_IN_BATCHES = re.compile(
    r"batch(?:es)? (?:size )?(?:of )?(\d{1,7})|(?:divisible|divided?|multiple) (?:by|of) (\d{1,7})"
)
_EPOCHS: Forms = (re.compile(r"\b(?:nb_)?epochs? ?=? ?(\d{1,6})\b"), re.compile(r"\b(\d{1,6}) epochs?\b"))
_SPLIT = re.compile(r"val(?:idation)?[ _]?split(?: of)? ?=? ?(0?\.\d{1,3})|(\d{1,2}) ?% (?:for )?validation")
_UPDATES = re.compile(r"\bupdates?\b|\biterations?\b|\bin total\b|\baltogether\b|\bgradient steps\b")
_STATEFUL = re.compile(r"\bstateful\b")
SOME_BATCH = 32  # Keras' own batch_size


def batches(asked: Asked) -> Told | None:
    """How many batches an epoch has, and how large the last one is."""
    shown = _PROGRESS.search(asked.words)
    if (shown is None and not asked.has(_ASKED) and not asked.has(_FIT)) or asked.called or asked.has(_STATEFUL):
        return None
    batch = asked.number(BATCH, BATCHES) or _number(_IN_BATCHES, asked)
    epochs = asked.number(_EPOCHS)
    samples = _samples(asked, {batch, epochs, int(shown[1]) if shown is not None else None})
    if samples is None and asked.has(_UNEVEN):
        return _uneven()
    if samples is None or not samples:
        return None
    if shown is not None and not batch:
        return _of_progress(asked, samples, int(shown[1]))
    if not batch and not asked.has(re.compile(r"batch|epoch")):
        return None
    return _told(asked, samples, batch or SOME_BATCH, bool(batch), epochs)


_UNEVEN = re.compile(r"does(?:n't| not) divide|\bdivisible\b|\bmultiple of\b|\bsmaller\b|\bleft ?over\b|\bincomplete\b")


def _uneven() -> Told:
    """What becomes of the rest, where no numbers are given."""
    tensor = InputSpec("input", (None, 5), "float32", (), "an example")
    spec = chain(tensor, (LayerSpec("Dense", "dense", (("units", 3),)),), assumed=("features = 5", "units = 3"))
    return Told(
        "Then the last batch is smaller, and fit and predict use it as it is: the batch of a model is None. 100 "
        "samples in batches of 32 make 3 full ones and one of 4 (100 and 32 are examples). Only a stateful layer "
        "needs full batches; drop_remainder=True in tf.data drops the rest.",
        spec,
    )


def _number(form: re.Pattern[str], asked: Asked) -> int | None:
    found = form.search(asked.words)
    return int(next(part for part in found.groups() if part)) if found is not None else None


def _samples(asked: Asked, others: set[int | None]) -> int | None:
    """The largest number that is no other one: "the last 8 samples of 200" has 200."""
    said = asked.number(SAMPLES)
    largest = max((number for number in asked.numbers if number not in others), default=None)
    return said if largest is None else max(said or 0, largest)


def _told(asked: Asked, samples: int, batch: int, given: bool, epochs: int | None) -> Told:
    split = _SPLIT.search(asked.words)
    share = 0.0 if split is None else float(split[1]) if split[1] else int(split[2]) / 100
    used = int(samples * (1 - share))
    whole, rest = divmod(used, batch)
    count = whole + (rest > 0)
    part = f"validation_split={share} keeps {samples - used:,} of {samples:,} samples apart. " if share else ""
    usual = "" if given else " (Keras' default batch_size, since the question gives none)"
    lead = _claim(asked, {samples, batch, epochs}, count, used, batch)
    sentence = f"{lead}{part}{used:,} samples in batches of {batch:,}{usual} make {count:,} batches per epoch: "
    if rest and whole:
        sentence += (
            f"{whole:,} full {'one' if whole == 1 else 'ones'} and a last one of {rest:,}. fit and predict use it, "
            "too; only drop_remainder=True in tf.data drops it."
        )
    elif whole:
        sentence += f"all of {batch:,}, nothing is left over."
    else:
        sentence += f"one of {rest:,}, because there are no more samples."
    steps = _number(_ALL_STEPS, asked)
    if steps is not None and asked.has(_HOW_MANY_EPOCHS):
        sentence += f" {steps:,} steps are {steps / count:,.4g} epochs."
    elif epochs is not None or asked.has(_UPDATES):
        rounds = epochs or 1
        sentence += f" Each batch is one update of the weights: {count * rounds:,} in {_epochs(rounds)}."
    values: dict[str, Value] = {"samples": samples, "batch_size": batch, "batches": count}
    if epochs is not None:
        values |= {"epochs": epochs, "updates": count * epochs}
    return Told(sentence, _any_model(asked), values)


_ALL_STEPS = re.compile(r"\b(\d{1,9}) (?:training |gradient )?(?:steps|iterations|updates)\b")
_HOW_MANY_EPOCHS = re.compile(r"\bhow many (?:\w+ )?epochs\b")


def _claim(asked: Asked, known: set[int | None], count: int, samples: int, batch: int) -> str:
    """``is it 1000/32 = 31``: whether a number that is left over is the number of batches."""
    if asked.has(_MUST_DIVIDE) and samples % batch:
        return "No, the batch size needn't divide the number of samples. "
    if asked.has(_PROGRESS):
        return f"{count:,} is the number of batches, not of samples. "
    others = [number for number in asked.numbers if number not in known]
    if len(others) != 1 or asked.sides or asked.shapes or not _IS_IT.search(asked.words):
        return ""
    if others[0] == count and others[0] != batch and _IN_EACH.search(asked.words):
        return f"No: each batch holds {batch:,} samples, and {count:,} is how many batches an epoch has. "
    if others[0] == count:
        return "Yes. "
    up = f"{samples / batch:,.2f}, rounded up" if samples % batch else f"{count:,}"
    return f"Not {others[0]:,}, but {count:,}: {samples:,} / {batch:,} = {up}. "


_MUST_DIVIDE = re.compile(
    r"\b(?:must|should|need|needs|have to|has to)\b[^.?]{0,40}\b(?:divisible|divide|multiple|factor)\b"
)
_IN_EACH = re.compile(r"\b(?:each|every|one|a) batch (?:\w+ )?(?:contains?|holds?|has|have|includes?|is|of)\b")
_IS_IT = re.compile(r"\bis (?:it|that|this)\b|\bright\b|\bcorrect\b|\bwhy\b|=|\bnot\b|\bshould\b")


def _epochs(count: int) -> str:
    return "1 epoch" if count == 1 else f"{count:,} epochs"


def _any_model(asked: Asked) -> ModelSpec | None:
    """A model for a question about batches: its sizes are examples, as no batch changes them."""
    spec = sequence_model(asked, SOME_STEPS, SOME_FEATURES)
    return with_examples(
        spec, units=(SOME_UNITS, asked.units), timesteps=(SOME_STEPS, None), features=(SOME_FEATURES, None)
    )


def _of_progress(asked: Asked, samples: int, count: int) -> Told | None:
    """``1563/1563`` while it trains: batches, not samples. Which size they have follows from the two numbers."""
    usual = (SOME_BATCH, *(2**power for power in range(12)))
    batch = next((size for size in usual if -(-samples // size) == count), None)
    if batch is None and 0 < count <= samples:
        sizes = [size for size in (-(-samples // count), samples // count) if size and -(-samples // size) == count]
        batch = sizes[0] if sizes else None
    if batch is None:
        return None
    why = "Keras' default batch_size" if batch == SOME_BATCH else "as the two numbers say"
    sentence = (
        f"{count:,} is the number of batches, not of samples: {samples:,} samples in batches of {batch} ({why}) are "
        f"{count:,} batches, and all {samples:,} are used in each epoch."
    )
    values: dict[str, Value] = {"samples": samples, "batch_size": batch, "batches": count}
    return Told(sentence, _any_model(asked), values)


_CAN = re.compile(r"\b(?:can|could|may) i\b|\bis it (?:possible|allowed|ok)\b|\bpossible to\b")


def stateful(asked: Asked) -> Told | None:
    """What stateful=True keeps, and which shape and which number of samples that needs."""
    if not asked.has(_STATEFUL) and "batch_input_shape" not in asked.words and "batch_shape" not in asked.words:
        return None
    kind = asked.layer if asked.layer in RECURRENT else "LSTM"
    whole = next((s for s in asked.shapes if len(s) == 3 and None not in s), None)
    batch_said = asked.number(BATCH, BATCHES) or asked.parts.size("batch")
    given = batch_said, asked.number(STEPS), asked.number(FEATURES)
    given = whole if whole is not None and None in given else given
    units, samples = asked.units or asked.number(UNITS), asked.number(SAMPLES)
    sizes = {
        name: (said or example, said)
        for name, said, example in zip(("batch_size", "timesteps", "features", "units"), (*given, units),
                                       (8, SOME_STEPS, SOME_FEATURES, 4), strict=True)
    }  # fmt: skip
    batch, steps, features, wide = (size for size, _ in sizes.values())
    made_up = [f"{name} = {size}" for name, (size, said) in sizes.items() if said is None]
    examples = f" ({', '.join(made_up)}: examples)" if made_up else ""
    fixes = "" if asked.has(_STATEFUL) else (
        f"It fixes all three sizes: {batch} samples in every batch, {steps} timesteps, {features} features. With "
        "input_shape the batch stays None. "
    )  # fmt: skip
    lead = ""
    if samples is not None and given[0] is not None and asked.has(_CAN):
        left = samples % batch
        lead = f"Only with {samples - left:,} of the {samples:,} samples. " if left else "Yes. "
    sentence = (
        f"{lead}{fixes}A stateful layer needs a fixed batch: keras.Input(batch_shape=({batch}, {steps}, {features})) "
        f"(batch_input_shape in older Keras). {kind}({wide}, stateful=True) keeps a row of states for each sample, "
        f"({batch}, {wide}){examples}, and sample i of a batch continues sample i of the batch before."
    )
    rest = samples % batch if samples is not None and given[0] is not None else None
    if rest:
        assert samples is not None
        sentence += (
            f" {samples:,} samples leave a last batch of {rest}, which is refused: pass {samples - rest:,} of them."
        )
    elif rest == 0:
        assert samples is not None
        sentence += f" {samples:,} samples are {samples // batch:,} full batches, as required."
    sentence += " Reset the states where a new sequence begins: layer.reset_states()."
    layer = LayerSpec(kind, kind.lower(), (("units", wide), ("stateful", True)))
    tensor = InputSpec("input", (batch, steps, features), "float32", (), "the question")
    return Told(sentence, chain(tensor, (layer,), assumed=tuple(made_up)))
