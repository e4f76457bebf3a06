"""A training in the background: what was learned stays when it is stopped, fails, or its tab is closed."""

from __future__ import annotations

import queue

import msgspec

from explainers.forecasting.results import Errors, OneStep, Several, Training
from shell import live_training
from shell.live_training import LiveTraining, joined
from workers.messages import CANT_START, SENTENCES
from workers.pool import Place, WorkerError

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
        self.places: list[Place] = []
        self.place: Place | None = None
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

    def wait(self, seconds: float) -> bool:
        """In the line, as long as there is a place left to tell."""
        self.place = self.places.pop(0) if self.places else None
        return self.place is None

    def close(self) -> None:
        self.closed = True


def run(*entries) -> tuple[LiveTraining, FakeStream]:
    stream = FakeStream()
    for entry in entries:
        stream.steps.put(entry)
    live = LiveTraining(lambda: stream, WHAT)
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
    live = LiveTraining(lambda: stream, WHAT)
    stream.steps.put(step(1, learned(1)))
    live.stop()
    assert stream.closed
    stream.steps.put(WorkerError("cancelled", "This was stopped."))
    live.wait(5)
    assert (live.running, live.stopped, live.failure) == (False, True, "")
    assert live.learned == learned(1)
    assert live.ending == "Stopped in epoch 1 of 3. What the model learned up to then is kept."


def test_stopped_before_anything_was_learned_says_so():
    stream = FakeStream()
    live = LiveTraining(lambda: stream, WHAT)
    live.stop()
    stream.steps.put(WorkerError("cancelled", "This was stopped."))
    live.wait(5)
    assert live.ending == "Stopped before the first epoch ended: nothing was learned yet."


def test_a_failure_is_one_sentence():
    live, _ = run(WorkerError("memory", "Too large."))
    assert live.failure == "Too large."
    assert not live.running


def test_a_closed_tab_stops_it():
    now = [0.0]
    stream = FakeStream()
    live = LiveTraining(lambda: stream, WHAT, clock=lambda: now[0])
    now[0] = live_training.LOST_SECONDS + 1
    stream.steps.put(step(1, learned(1)))
    live.wait(5)
    assert stream.closed
    assert live.stopped
    assert not live.running


def test_whoever_looks_keeps_it_alive():
    now = [0.0]
    stream = FakeStream()
    live = LiveTraining(lambda: stream, WHAT, clock=lambda: now[0])
    now[0] = live_training.LOST_SECONDS + 1
    live.look()
    stream.steps.put(step(1, learned(1)))
    stream.steps.put(StopIteration())
    live.wait(5)
    assert not live.stopped
    assert live.learned == learned(3)


class Line:
    """A pool whose line is full for a while, and in which one waits then."""

    def __init__(self, *refusals: WorkerError) -> None:
        self.refusals = list(refusals)
        self.stream = FakeStream()

    def __call__(self) -> FakeStream:
        if self.refusals:
            raise self.refusals.pop(0)
        return self.stream


BUSY = WorkerError("busy", SENTENCES["busy"])


def test_a_training_that_is_turned_away_asks_again_by_itself(monkeypatch):
    monkeypatch.setattr(live_training, "PAUSES", (0.01, 0.02))
    line = Line(BUSY, BUSY, WorkerError("starting", SENTENCES["starting"]))
    line.stream.steps.put(step(1, learned(1)))
    line.stream.steps.put(StopIteration())
    live = LiveTraining(line, WHAT)
    live.wait(5)
    assert not line.refusals
    assert live.learned == learned(3)
    assert live.failure == ""


def test_its_place_in_the_line_is_known_until_it_begins():
    seen = []

    class Watched(LiveTraining):
        def __setattr__(self, name, value):
            if name in ("place", "refused"):
                seen.append((name, value))
            super().__setattr__(name, value)

    line = Line()
    line.stream.places = [Place(7, 40.0), Place(2, 11.0)]
    line.stream.steps.put(StopIteration())
    Watched(line, WHAT).wait(5)
    assert [value for name, value in seen if name == "place"] == [None, Place(7, 40.0), Place(2, 11.0), None]


def test_who_leaves_the_line_is_not_kept_in_it(monkeypatch):
    monkeypatch.setattr(live_training, "PAUSES", (0.01, 0.02))
    line = Line(*[BUSY] * 10_000)
    live = LiveTraining(line, WHAT)
    while not live.refused:
        pass
    live.stop()
    live.wait(5)
    assert (live.running, live.failure) == (False, "")


def test_without_keras_it_is_a_failure_and_no_line():
    live = LiveTraining(Line(WorkerError("starting", CANT_START)), WHAT)
    live.wait(5)
    assert live.failure == CANT_START


def test_who_asks_for_the_same_settings_shares_one_training():
    streams = [FakeStream(), FakeStream(), FakeStream()]
    asked = iter(streams)
    one = joined(lambda: next(asked), WHAT, "Ada")
    two = joined(lambda: next(asked), WHAT, "Emmy")
    other = joined(lambda: next(asked), ({"epochs": 5}, None), "Sofja")
    assert one is two
    assert other is not one
    assert streams[2].steps.empty()
    streams[0].steps.put(step(1, learned(1)))
    while not one.loss:
        pass
    kept = one.left_by("Ada")  # Emmy goes on
    assert (kept.running, kept.stopped, kept.loss, kept.learned) == (False, True, [1.0], learned(1))
    assert kept.ending == "Stopped in epoch 1 of 3. What the model learned up to then is kept."
    assert two.running
    streams[0].steps.put(step(2))
    streams[0].steps.put(StopIteration())
    two.wait(5)
    assert two.learned == learned(3)
    assert kept.loss == [1.0]  # nothing comes after
    assert joined(lambda: next(asked), WHAT, "Ada") is two  # it is there at once
    assert other.left_by("Sofja") is other
    assert streams[1].closed
    streams[1].steps.put(WorkerError("cancelled", "This was stopped."))
    other.wait(5)
    again = joined(lambda: next(asked), ({"epochs": 5}, None), "Sofja")
    assert again is not other  # what was stopped is begun anew
    streams[2].steps.put(StopIteration())
    again.wait(5)


def test_it_goes_on_as_long_as_one_of_them_looks():
    now = [0.0]
    stream = FakeStream()
    live = LiveTraining(lambda: stream, WHAT, clock=lambda: now[0], who="Ada")
    live.look("Emmy")
    now[0] = live_training.LOST_SECONDS + 1
    live.look("Emmy")  # Ada's tab is closed
    stream.steps.put(step(1, learned(1)))
    stream.steps.put(StopIteration())
    live.wait(5)
    assert not live.stopped
    assert live.learned == learned(3)
