"""Convolution2D(32, 3, 3): two sides of a kernel in Keras 1, a kernel and its strides since Keras 2."""

from __future__ import annotations

import re

from explainers.core.finding import Change, Finding

_SIDES = re.compile(
    r"\b(?P<cls>Conv(?:olution)?2D)\(\s{0,9}(?P<filters>\w{1,30}), ?(?P<a>[2-9]), ?(?P<b>[2-9])\s{0,3}[,)]"
)
_OF_KERAS_2 = re.compile(r"max_pooling|average_pooling|conv2d|activation_\d")  # maxpooling2d_1, convolution2d_1 before


def kernel_as_strides(finding: Finding) -> tuple[Change, ...]:
    """The kernel as a tuple, where a Keras since 2 read its second side as strides, and so too little was left."""
    sides, layer = _SIDES.search(finding.around), finding.layer or ""
    if sides is None or not _OF_KERAS_2.match(layer):
        return ()
    kernel = f"({sides['a']}, {sides['b']})"
    return (
        Change(
            f"Write the sides of the kernel as a tuple, {kernel}, in every {sides['cls']}.",
            code=f"layers.Conv2D({sides['filters']}, {kernel})",
            means=f"Since Keras 2 the third number is strides: the kernel moves {sides['b']} pixels at a time, so each "
            f"layer makes the image {sides['b']} times smaller. In Keras 1 it was a side of the kernel.",
        ),
    )
