"""Images that a loader reads from a folder: the size and the colors in which it does so are arguments of its own."""

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.sheet import Family, nothing_live
from explainers.core.spec import Sizes

LOADERS = {  # and their argument for height and width
    "flow_from_directory": "target_size",
    "flow_from_dataframe": "target_size",
    "image_dataset_from_directory": "image_size",
}
_CALLED = re.compile(rf"\b({'|'.join(LOADERS)})\b")
_MODES = {1: "grayscale", 3: "rgb", 4: "rgba"}


def arguments_for(wanted: Sizes, came: Sizes, size: str) -> dict[str, str]:
    """What the loader must be told to read images of the wanted shape; empty where they have it.

    size: its argument for height and width.
    """
    if len(wanted) != 4 or len(came) != 4 or None in wanted[1:] or wanted[3] not in _MODES:
        return {}  # channels in front are no argument of a loader
    given = {size: f"({wanted[1]}, {wanted[2]})"} if wanted[1:3] != came[1:3] else {}
    mode = _MODES.get(wanted[3] or 0) if wanted[3] != came[3] else None
    return given | ({"color_mode": f'"{mode}"'} if mode is not None else {})


def label_for(wanted: Sizes) -> str:
    """What to do, in words."""
    colors = {1: "gray", 3: "with three colors", 4: "with four channels"}.get(wanted[3] or 0, "")
    return f"Let the images be read as the model expects them: {wanted[1]} × {wanted[2]}, {colors}."


def read_as_declared(finding: Finding) -> tuple[Change, ...]:
    """The loader's arguments, where a message is about images that the text reads from a folder."""
    wanted, came, named = finding.shape("expected"), finding.shape("found"), _CALLED.search(finding.around)
    if not wanted or not came or named is None:
        return ()
    given = arguments_for(wanted, came, LOADERS[named[1]])
    if not given:
        return ()
    told = ", ".join(f"{name}={value}" for name, value in given.items())
    return (Change(label_for(wanted), code=f"{named[1]}(…, {told})"),)


def _with_targets(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    return (
        Change("An autoencoder's targets are its inputs.", code="dataset = dataset.map(lambda x: (x, x))"),
        Change("To classify, let the loader yield labels.",
               code='label_mode="int"  # in flow_from_directory: class_mode="categorical"'),
    )  # fmt: skip


IMAGES_ALONE = Family(
    sees=("label_mode=none", "class_mode=none"),
    says=(
        "label_mode=None...None values not supported",
        "class_mode=None...None values not supported",
        "None values not supported...label_mode=None",
        "None values not supported...class_mode=None",
    ),
    causes=("The loss compares outputs with targets, and this loader yields images without labels.",),
    weight=3,
    advice=_with_targets,
    live=nothing_live,
    title="The targets are missing",
)
