"""A training in the background: what was learned stays when it is stopped, fails, or its tab is closed."""

from __future__ import annotations

import queue

import msgspec

from explainers.forecasting.results import Errors, OneStep, Several, Training
from shell import live_training
from shell.live_training import LiveTraining
from workers.pool import WorkerError

WHAT = ({"epochs": 3}, None)


def learned(epochs: int) -> Training:
    nothing = OneStep((7,), (1.0,), (2.0,), (3.0,), Errors(1.0, 1.0), Errors(2.0, 2.0))
    later = Several((7,), (1.0,), (2.0,), (), (3.0,))
    return Training(epochs, 3, (0.5,), (0.6,), (1.0,), 5, 4, 1, 9, nothing, later, (), "model", "It does.", 0.1)


def step(epoch: int, so_far: Training | None = None, val_loss: float | None = 0.6) -> dict:
    plain = None if so_far is None else msgspec.to_builtins(so_far)
    return {"epoch": epoch, "of": 3, "loss": 1.0 / epoch, "val_loss": val_loss, "so_far": plain}


class FakeStream:
    """What the pool's Stream does, by hand: steps that are put in, then an end."""

    def __init__(self) -> None:
        self.steps: queue.SimpleQueue = queue.SimpleQueue()
        self.closed = False
        self.result = msgspec.to_builtins(learned(3))

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __iter__(self):
        return self

    def __next__(self):
        entry = self.steps.get(timeout=5)
        if isinstance(entry, Exception):
            raise entry
        return entry

    def close(self) -> None:
        self.closed = True


def run(*entries) -> tuple[LiveTraining, FakeStream]:
    stream = FakeStream()
    for entry in entries:
        stream.steps.put(entry)
    live = LiveTraining(stream, WHAT)
    live.wait(5)
    return live, stream


def test_to_the_end():
    live, _ = run(step(1, learned(1)), step(2, val_loss=None), step(2), step(3), StopIteration())
    assert not live.running
    assert live.learned == learned(3)
    assert live.loss == [1.0, 0.5, 1.0 / 3]  # the half epoch doesn't count
    assert live.share == 1.0
    assert live.failure == ""


def test_stopped_keeps_what_was_learned():
    stream = FakeStream()
    live = LiveTraining(stream, WHAT)
    stream.steps.put(step(1, learned(1)))
    live.stop()
    assert stream.closed
    stream.steps.put(WorkerError("cancelled", "This was stopped."))
    live.wait(5)
    assert (live.running, live.stopped, live.failure) == (False, True, "")
    assert live.learned == learned(1)
    assert live.ending == "Stopped in epoch 1 of 3. What was learned until then stays."


def test_stopped_before_anything_was_learned_says_so():
    stream = FakeStream()
    live = LiveTraining(stream, WHAT)
    live.stop()
    stream.steps.put(WorkerError("cancelled", "This was stopped."))
    live.wait(5)
    assert live.ending == "Stopped before the first epoch was through: nothing was learned yet."


def test_a_failure_is_one_sentence():
    live, _ = run(WorkerError("memory", "Too large."))
    assert live.failure == "Too large."
    assert not live.running


def test_a_closed_tab_stops_it():
    now = [0.0]
    stream = FakeStream()
    live = LiveTraining(stream, WHAT, clock=lambda: now[0])
    now[0] = live_training.LOST_SECONDS + 1
    stream.steps.put(step(1, learned(1)))
    live.wait(5)
    assert stream.closed
    assert live.stopped
    assert not live.running


def test_whoever_looks_keeps_it_alive():
    now = [0.0]
    stream = FakeStream()
    live = LiveTraining(stream, WHAT, clock=lambda: now[0])
    now[0] = live_training.LOST_SECONDS + 1
    live.look()
    stream.steps.put(step(1, learned(1)))
    stream.steps.put(StopIteration())
    live.wait(5)
    assert not live.stopped
    assert live.learned == learned(3)
