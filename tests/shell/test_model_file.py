"""What a browser sends of a model's file is bounded, whatever it is."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import pytest

from shell.your_model import LARGEST_FILE, MOST_SENT, unsqueezed


def sent(content: bytes) -> dict[str, Any]:
    return {"name": "m.keras", "gzip": base64.b64encode(gzip.compress(content)).decode()}


def test_what_was_squeezed_comes_back() -> None:
    assert unsqueezed(sent(b'{"class_name": "Sequential"}')) == b'{"class_name": "Sequential"}'


@pytest.mark.parametrize(
    "hostile",
    [
        None,
        "text",
        {"gzip": 3},
        {"gzip": "no base64!"},
        {"gzip": base64.b64encode(b"no gzip").decode()},
        {"gzip": "A" * (MOST_SENT + 1)},
        sent(bytes(LARGEST_FILE + 1)),
        {"gzip": sent(bytes(range(256)) * 9)["gzip"][:-8]},
    ],
    ids=["nothing", "text", "a number", "no base64", "no gzip", "too long", "a bomb", "cut off"],
)
def test_anything_else_is_nothing(hostile: object) -> None:
    assert unsqueezed(hostile) is None
