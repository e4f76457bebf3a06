"""What an Input was declared for and what came, where the two shapes alone say what went wrong."""

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding, written
from explainers.core.spec import Sizes

_WHOLE_SHAPE = re.compile(r"output_shape\b(?!\[)|\.shape\b(?! ?\[| ?=)|input_shape ?= ?\(?None")
_LATENT = re.compile(r"latent|decoder|noise|\bz\b|generator", re.IGNORECASE)


def by_the_shapes(finding: Finding) -> tuple[Change, ...]:
    """A batch in the declaration, one gray image without its batch, or a latent vector of another length."""
    expected, found = finding.shape("expected"), finding.shape("found")
    if not expected or not found:
        return ()
    return _batch_declared(expected, found, finding.around) or _gray_image(expected, found) or _latent(
        expected, found, f"{finding.layer} {finding.around}"
    )  # fmt: skip


def _batch_declared(expected: Sizes, found: Sizes, text: str) -> tuple[Change, ...]:
    """(None, None, 4) for data of (None, 4): an Input was given a whole shape, with the batch."""
    if expected[1:] != found or found[:1] != (None,) or not _WHOLE_SHAPE.search(text):
        return ()
    return (
        Change(
            "Leave the batch out where the Input is declared: output_shape begins with it.",
            code="keras.Input(shape=base.output_shape[1:])",
            means=f"Keras adds an open batch in front: {written(found)} became {written(expected)}.",
        ),
    )


def _gray_image(expected: Sizes, found: Sizes) -> tuple[Change, ...]:
    """(None, 128) for (None, 128, 128, 3): the rows of one gray image were taken for samples."""
    if len(expected) != 4 or len(found) != 2 or found[1] != expected[2] or expected[3] not in (1, 3):
        return ()
    gray = "image[np.newaxis, ..., np.newaxis]"
    return (
        Change(
            f"Give the image its batch and its channels: {written((1, *expected[1:]))}.",
            code=f"x = {gray}" if expected[3] == 1 else f"x = np.repeat({gray}, 3, axis=-1)",
            means=f"The rows of one image, ({expected[1]}, {expected[2]}), were read as samples.",
        ),
    )


def _latent(expected: Sizes, found: Sizes, text: str) -> tuple[Change, ...]:
    """(None, 2) for a decoder of (None, 4): as many numbers as its latent vector has."""
    if len(expected) != 2 or len(found) != 2 or None in (expected[1], found[1]) or not _LATENT.search(text[:2000]):
        return ()
    return (
        Change(
            f"Pass {expected[1]} numbers for each sample, as many as the latent vector has.",
            code=f"z = np.random.normal(size=(1, {expected[1]}))",
            means=f"Code that was written for latent_dim={found[1]} makes {found[1]} of them.",
        ),
    )
