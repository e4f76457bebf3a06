"""Data sets that hand on single samples, or batches of batches; generators that yield a list in place of a pair."""

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding, Value, written
from explainers.core.mistakes.kit.mending.broken import fits
from explainers.core.spec import Sizes

# What gives one element after the other until batch() is called.
_FIRST = re.compile(
    r"tf\.data\b|from_tensor_slices|from_generator|list_files|TFRecordDataset|TextLineDataset|tfds\.load|\.map\("
)
_WORD = re.compile(r"\w{1,40}")
_MOST = 200  # characters in front of an equals sign
_BATCHES = re.compile(r"\.(?:padded_|ragged_)?batch\(|\bbatch_size\s{0,3}=")
_LOADER = re.compile(r"\b(?P<name>\w{1,30}_from_directory|timeseries_dataset_from_array|flow_from_\w{1,20})\b")
_FED = re.compile(
    r"\.(?:fit|evaluate|predict|fit_generator)\(\s{0,20}(?:x\s{0,3}=\s{0,3})?(?P<name>[A-Za-z_]\w{0,40})\b"
)
_AGAIN = re.compile(r"\.batch\(\s{0,9}(?P<size>\w{1,40})")
_LIST = re.compile(r"\byield\s{1,9}\[\s{0,9}(?P<x>[^\[\]\n,]{1,80}?)\s{0,9},\s{0,9}(?P<y>[^\[\]\n,]{1,80}?)\s{0,9}\]")


def of_pipeline(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """What the lines around a message say of its shapes: batch() was forgotten, or was called on batches."""
    found, expected = finding.shape("found"), finding.shape("expected")
    wanted = len(expected) if expected else finding.number("expected_ndim") or 0
    if not found or wanted < 2:
        return ()
    if len(found) == wanted + 1 and (expected is None or fits(expected[1:], found[2:])):
        return _batched_twice(finding.around, found)
    if len(found) == wanted - 1 and (expected is None or fits(expected[1:], found)) and None not in found:
        return _not_batched(finding.around, found)
    return ()


def _not_batched(text: str, found: Sizes) -> tuple[Change, ...]:
    """A pipeline without a batch(), of which the model is given what is one sample."""
    fed = _FED.search(text)
    if not _FIRST.search(text) or _BATCHES.search(text) or _LOADER.search(text):
        return ()
    name = fed["name"] if fed is not None else "dataset"
    if fed is not None and not _made_one_by_one(text, name):
        return ()
    return (
        Change(
            "Let the data set yield batches instead of single samples.",
            code=f"{name} = {name}.batch(32)",
            means=f"{written(found)} is one element of the data set; the model reads {written((None, *found))}.",
        ),
    )


def _made_one_by_one(text: str, name: str) -> bool:
    """Whether a line gives this name a data set of single elements."""
    parts = (line.partition("=") for line in text.split("\n"))
    return any(name in _WORD.findall(left) and _FIRST.search(right) for left, _, right in parts if len(left) < _MOST)


def _batched_twice(text: str, found: Sizes) -> tuple[Change, ...]:
    """(None, None, 128, 128, 3): batches were put into batches."""
    loader, again = _LOADER.search(text), _AGAIN.findall(text)
    sure = bool(again) and (loader is not None or len(again) > 1)
    if not sure and (found[:2] != (None, None) or len(found) < 3 or None in found[2:]):
        return ()
    if loader is not None and again:
        return (
            Change(
                f"Omit .batch({again[0]}): {loader['name']} yields batches already.",
                code=f"{loader['name']}(…, batch_size=32)  # without .batch({again[0]}) behind it",
                means=f"A batch of batches has an additional axis: {written(found)}.",
            ),
        )
    return (
        Change(
            "Cut the data set into batches once: omit one batch(…).",
            code="print(dataset.element_spec)  # (None, …) has its batch already",
            means=f"{written(found)} begins with two batches; {written(found[1:])} is one.",
        ),
    )


def list_for_a_pair(finding: Finding) -> tuple[Change, ...]:
    """``yield [x, y]``: Keras tells inputs and targets apart by the tuple that they stand in."""
    pair = _LIST.search(finding.around)
    if pair is None or finding.number("expected_inputs") != 1 or finding.number("received_inputs") != 2:
        return ()
    return (
        Change(
            "Yield a tuple: a list is read as several inputs.",
            code=f"yield {pair['x']}, {pair['y']}",
            means="In a tuple, the first is the input and the second is the target.",
        ),
    )


_GIVEN = re.compile(r"Received: ?(?:inputs ?= ?)?\{(?P<keys>[^}]{1,600})\}")
_ONE_EXPECTED = re.compile(r"Expected:? ?\[?'?(?P<name>\w{1,60})'?\]? {0,3}Received", re.IGNORECASE)
_TARGETS = re.compile(r"label|target|mask|class|^y$|^id$", re.IGNORECASE)
_INPUTS = re.compile(r"image|img|video|text|feature|input|^x$", re.IGNORECASE)


def whole_dict(finding: Finding) -> tuple[str, str] | None:
    """The keys of input and target in a dict of both, where a model with one Input got it whole."""
    text = " ".join(finding.around.split())
    given, one = _GIVEN.search(text), _ONE_EXPECTED.search(text)
    keys = re.findall(r"'(\w{1,40})': ", given["keys"]) if given is not None and one is not None else []
    targets = [key for key in keys if _TARGETS.search(key)]
    inputs = [key for key in keys if key not in targets and (len(keys) == 2 or _INPUTS.search(key))]
    return (inputs[0], targets[0]) if inputs and targets else None


def dict_as_a_pair(finding: Finding) -> tuple[Change, ...]:
    """The input and the target out of the dict, as a tuple."""
    pair = whole_dict(finding)
    if pair is None:
        return ()
    take = Change(
        "Let the data set yield pairs: take the input and the target out of the dict.",
        code=f'dataset = dataset.map(lambda d: (d["{pair[0]}"], d["{pair[1]}"]))',
    )
    if "tfds" not in finding.around and "tensorflow_datasets" not in finding.around:
        return (take,)
    return (Change("Let TensorFlow Datasets yield pairs.", code="tfds.load(…, as_supervised=True)",
                   means="Without it, each element is a dict."), take)  # fmt: skip
