"""A worker that trains ends when nobody trains, and the next training finds another; none is lost in between."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import pytest

from explainers.forecasting.results import Training
from tests.workers.test_nursery import parent_of
from tests.workers.test_pool import InThread, gone, pool_of, wait_for
from workers.limits import Limits
from workers.nursery import can_fork
from workers.pool import LaneState, Pool
from workers.process import Process

pytestmark = pytest.mark.skipif(not can_fork(), reason="where workers aren't forked they stay")

AT_REST = LaneState(starting=0, ready=0, busy=0, waiting=0)


def trained(pool: Pool, n: int = 2) -> object:
    """Somebody trains, from the first step to the result."""
    with pool.stream("steps", {"n": n}) as stream:
        assert list(stream) == [{"step": step} for step in range(n)]
        return stream.result


def trainer(pool: Pool) -> int:
    """The process that trains at present, or trained last."""
    return int(pool.call("pid", lane="long"))


def test_a_worker_that_trains_ends_when_nobody_trains_and_is_not_missed() -> None:
    with pool_of(idle_seconds=0.3) as pool:
        assert trained(pool, 3) == {"steps": 3}
        first = trainer(pool)
        wait_for(lambda: gone(first))
        wait_for(lambda: pool.state().long == AT_REST)
        state = pool.state()
        assert state.alive
        assert state.last_failure == ""  # nothing was lost
        assert trained(pool, 5) == {"steps": 5}
        assert trainer(pool) != first
        assert pool.call("add", {"left": 3, "right": 9}) == {"sum": 12}


def test_the_short_workers_stay() -> None:
    with pool_of(idle_seconds=0.1) as pool:
        before = pool.call("pid")
        trained(pool)
        wait_for(lambda: pool.state().long == AT_REST)
        assert pool.call("pid") == before


def test_a_training_that_is_asked_for_while_the_worker_ends_is_the_next_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    lives = set[int]()
    real = Process.kill
    monkeypatch.setattr(Process, "kill", lambda process: None if process.pid in lives else real(process))
    with pool_of(idle_seconds=0.1) as pool:
        lives.add(first := trainer(pool))
        wait_for(lambda: pool._lanes["long"].processes[0].resting)  # and it can't be ended yet
        asked = InThread(partial(trained, pool, 4))
        wait_for(lambda: pool.state().long.waiting == 1)
        assert not gone(first)
        lives.clear()
        assert asked() == {"steps": 4}
        assert gone(first)


def test_trainings_asked_for_in_the_very_moment_are_all_made() -> None:
    with pool_of(idle_seconds=0.1) as pool:
        pids = set()
        for number in range(30):
            time.sleep(0.07 + 0.005 * number)  # before, while and after it ends
            assert trained(pool, number) == {"steps": number}
            pids.add(trainer(pool))
        assert len(pids) > 1


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP])
def test_without_the_process_that_forks_a_training_comes_all_the_same(sign: signal.Signals) -> None:
    with pool_of(idle_seconds=0.1) as pool:
        zygote = parent_of(trainer(pool))
        wait_for(lambda: pool.state().long == AT_REST)
        os.kill(zygote.pid, sign)
        assert trained(pool, 3) == {"steps": 3}


def test_only_as_many_as_train_are_started(tmp_path: Path) -> None:
    with pool_of(long_workers=3, idle_seconds=600.0) as pool:
        trained(pool)
        assert pool.state().long == LaneState(starting=0, ready=1, busy=0, waiting=0)
        trained(pool)
        assert pool.state().long.ready == 1

        def meet(number: int) -> InThread:
            args = {"folder": str(tmp_path), "number": number, "of": 2}
            return InThread(lambda: pool.call("meet", args, lane="long"))

        waits = [meet(number) for number in (4, 9)]
        assert [wait() for wait in waits] == [4, 9]  # one after the other, the first would never end
        assert pool.state().long == LaneState(starting=0, ready=2, busy=0, waiting=0)


def test_a_worker_that_trained_and_was_killed_is_not_started_for_nobody() -> None:
    with pool_of(idle_seconds=600.0) as pool:
        os.kill(before := trainer(pool), signal.SIGKILL)
        wait_for(lambda: pool.state().long == AT_REST)
        assert trained(pool, 2) == {"steps": 2}
        assert trainer(pool) != before


def test_a_start_that_failed_is_tried_again_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.pool.PAUSES", (0.0, 0.05))
    with pool_of(idle_seconds=0.1) as pool:
        trained(pool)
        wait_for(lambda: pool.state().long == AT_REST)
        real = pool._nursery.start
        monkeypatch.setattr(pool._nursery, "start", lambda: (_ for _ in ()).throw(OSError("no process to spare")))
        stream = pool.stream("steps", {"n": 1})
        wait_for(lambda: stream.wait(0.1))
        stream.close()
        assert "no process to spare" in pool.state().last_failure
        monkeypatch.setattr(pool._nursery, "start", real)
        wait_for(lambda: pool._lanes["long"].failed_starts == 0)
        assert trained(pool, 2) == {"steps": 2}


def test_where_workers_are_not_forked_it_stays() -> None:
    with pool_of(idle_seconds=0.1, fork=0) as pool:
        before = trainer(pool)
        time.sleep(0.5)
        assert trainer(pool) == before


def test_a_pool_at_rest_closes_at_once_and_leaves_nothing() -> None:
    of_others = set(psutil.Process().children(recursive=True))
    with pool_of(idle_seconds=0.1) as pool:
        trained(pool)
        wait_for(lambda: pool.state().long == AT_REST)
    assert not [thread for thread in pool._threads() if thread.is_alive()]
    assert not set(psutil.Process().children(recursive=True)) - of_others


def test_a_real_training_after_the_worker_has_ended_or_was_killed_gives_the_same_numbers() -> None:
    pool = Pool(Limits(workers=1, long_workers=1, idle_seconds=1.0))
    args = {"name": "windowed_forecast", "dims": {"points": "120", "epochs": "2", "timesteps": "7"}}

    def forecast() -> Training:
        with pool.stream("train", args, type=Training) as stream:
            assert len(list(stream)) >= 2
            return replace(stream.result, seconds=0.0)

    try:
        first = forecast()
        pid = pool._lanes["long"].processes[0].pid
        wait_for(lambda: gone(pid))
        assert forecast() == first  # another process, with the same seed
        os.kill(pool._lanes["long"].processes[0].pid, signal.SIGKILL)
        assert forecast() == first
    finally:
        pool.close()
