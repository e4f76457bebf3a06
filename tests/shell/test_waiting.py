"""What a page says while it waits for a worker."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from shell import diagnose, waiting


class _Heard:
    """A place that remembers what was said there."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    @contextlib.contextmanager
    def spinner(self, doing: str) -> Iterator[None]:
        yield


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What the pool calls while it works, as if the worker were busy with the request."""
    looks: list[Any] = []

    @contextlib.contextmanager
    def meanwhile(one: Any) -> Iterator[None]:
        looks.append(one)
        yield

    monkeypatch.setattr(waiting.engine, "meanwhile", meanwhile)
    monkeypatch.setattr(waiting.engine, "state", lambda: SimpleNamespace(ready=True))
    return lambda: looks[-1](None)


@pytest.mark.parametrize(("soon", "said"), [(0.0, ["what is known", ""]), (1e9, [])])
def test_a_slow_reply_is_preceded_by_what_is_known(
    look: Callable[[], None], monkeypatch: pytest.MonkeyPatch, soon: float, said: list[str]
) -> None:
    monkeypatch.setattr(waiting, "SOON", soon)
    place: Any = _Heard()

    def ask() -> str:
        look()
        look()
        return "the reply"

    assert waiting.patiently(ask, place=place, known=lambda: "what is known") == "the reply"
    assert place.said == said


def test_the_verdict_of_a_message_is_known_before_the_live_model() -> None:
    text = "ValueError: Input 0 of layer lstm_3 is incompatible with the layer: expected ndim=3, found ndim=2"
    assert diagnose._known_already(text).startswith("**A layer got too few or too many axes**")
    assert diagnose._known_already("keras.layers.Dense(4)") == ""


def test_the_verdict_of_a_program_is_known_before_its_fixes_are_tried() -> None:
    program = "model = keras.Sequential([keras.Input((20, 5)), layers.LSTM(9), layers.LSTM(7)])"
    said = diagnose._known_already(program)
    assert said.startswith("**A layer got too few or too many axes** lstm")
    assert said.endswith("Fixes are being tried …")
