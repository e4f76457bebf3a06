"""A training that goes on while its learner does other things on the page.

A thread of its own collects what the worker says; a fragment looks at it twice a second and draws. The thread
touches nothing of Streamlit. When nobody has looked for a while (the tab was closed), the training is stopped.

A class that presses Train on one link asks for the same training: `joined` gives all of them one. Who stops it leaves
it, and it ends with the last who does.
"""

from __future__ import annotations

import copy
import random
import threading
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

import msgspec

from explainers.forecasting.results import Training
from shell.waiting import PAUSES, comes_by_itself
from workers.job import Stream
from workers.pool import Place, WorkerError

What = tuple[dict[str, Any], tuple[float, ...] | None]

LOOK_SECONDS = 0.5  # between two looks at the place in the line
LOST_SECONDS = 20.0  # a tab that hasn't looked for so long is gone


class LiveTraining:
    """One training, as far as it has come. what: the settings and the learner's own numbers that it belongs to.

    who: the learner who asked first; others may join by `look`.
    """

    def __init__(
        self, ask: Callable[[], Stream[Any]], what: What, clock: Callable[[], float] = time.monotonic, who: str = ""
    ) -> None:
        self.what = what
        self.epoch = 0
        self.of = 1
        self.loss: list[float] = []
        self.val_loss: list[float] = []
        self.learned: Training | None = None  # so far; what stays when it is stopped
        self.failure = ""  # a sentence for the learner
        self.stopped = False
        self.running = True
        self.place: Place | None = None  # in the line for a worker
        self.refused = False  # the line is full; it asks again
        self._ask, self._clock = ask, clock
        self._stream: Stream[Any] | None = None
        self._seen = {who: clock()}  # learner -> when that one looked last
        self._thread = threading.Thread(target=self._collect, name="live training", daemon=True)
        self._thread.start()

    def look(self, who: str = "") -> None:
        """Say that this learner is still there."""
        self._seen[who] = self._clock()

    def left_by(self, who: str) -> LiveTraining:
        """What a learner keeps who stops it: all of it, or, where others go on, a copy of it as it is now."""
        self._seen.pop(who, None)
        if not self._attended or not self.running:
            self.stop()
            return self
        kept = copy.copy(self)
        kept.loss, kept.val_loss = list(self.loss), list(self.val_loss)
        kept.stopped, kept.running = True, False
        return kept

    def stop(self) -> None:
        """End it, and keep what was learned so far."""
        self.stopped = True
        if self._stream is not None:
            self._stream.close()

    def wait(self, seconds: float) -> None:
        """Until it has ended, or so long."""
        self._thread.join(seconds)

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return min(1.0, len(self.loss) / self.of)

    @property
    def ending(self) -> str:
        """What is said of a training that was stopped."""
        if self.learned is None:
            return "Stopped before the first epoch ended: nothing was learned yet."
        return f"Stopped in epoch {self.epoch} of {self.of}. What the model learned up to then is kept."

    def _collect(self) -> None:
        try:
            with self._lined_up() as steps:
                self._queue(steps)
                for step in steps:
                    self._note(step)
                    if self._left:
                        return self.stop()
                self.learned = msgspec.convert(steps.result, Training)
        except WorkerError as error:
            if not self.stopped:
                self.failure = error.sentence
        finally:
            self.running = False

    @property
    def _left(self) -> bool:
        return self.stopped or not self._attended

    @property
    def _attended(self) -> bool:
        now = self._clock()
        return any(now - seen <= LOST_SECONDS for seen in tuple(self._seen.values()))

    def _lined_up(self) -> Stream[Any]:
        """A place in the line; where that is full it asks again and again. Raises WorkerError."""
        while True:
            try:
                self._stream = self._ask()
                return self._stream
            except WorkerError as error:
                if not comes_by_itself(error) or self._left:
                    raise
                self.refused = True
                time.sleep(random.uniform(*PAUSES))

    def _queue(self, steps: Stream[Any]) -> None:
        """Wait for the first step, and know the place in the line meanwhile."""
        self.refused = False
        while not steps.wait(LOOK_SECONDS):
            self.place = steps.place
            if self._left:
                self.stop()
        self.place = None

    def _note(self, step: dict[str, Any]) -> None:
        self.epoch, self.of = step["epoch"], step["of"]
        if step["val_loss"] is not None:  # else in the middle of an epoch
            self.loss.append(step["loss"])
            self.val_loss.append(step["val_loss"])
        if step["so_far"] is not None:
            self.learned = msgspec.convert(step["so_far"], Training)


_trainings: WeakValueDictionary[bytes, LiveTraining] = WeakValueDictionary()  # that some session still holds
_joining = threading.Lock()


def joined(ask: Callable[[], Stream[Any]], what: What, who: str) -> LiveTraining:
    """The training with just these settings, if another learner has asked for it; else a new one. who: this learner."""
    key = msgspec.json.encode(what, order="sorted")
    with _joining:
        live = _trainings.get(key)
        if live is None or live.stopped or live.failure:
            live = _trainings[key] = LiveTraining(ask, what, who=who)
        live.look(who)
        return live
