"""Workers that are forked: the same as others, there at once, and never left behind."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from explainers.core.registry import all_explainers
from tests.workers.test_pool import pool_of, wait_for
from workers.limits import Limits
from workers.nursery import can_fork
from workers.pool import Pool
from workers.worker import NAME

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system can't fork workers")


def parent_of(pid: int) -> psutil.Process:
    found = psutil.Process(pid).parent()
    assert found is not None
    return found


def test_workers_have_one_parent_that_imports_and_never_works() -> None:
    of_others = {process.pid for process in psutil.Process().children(recursive=True)}  # pools of tests before this one
    with pool_of(workers=2) as pool:
        pool.start()
        wait_for(lambda: pool.state().short.ready == 2)
        family = [each for each in psutil.Process().children(recursive=True) if each.pid not in of_others]
        workers = [process for process in family if process.name() == NAME and process.is_running()]
        assert len(workers) == 2
        assert len({worker.ppid() for worker in workers}) == 1
        zygote = parent_of(workers[0].pid)
        assert zygote.ppid() == os.getpid()
        assert zygote.num_threads() == 1
    assert not any(process.is_running() for process in (*workers, zygote))


def test_a_killed_worker_is_replaced_without_another_import() -> None:
    with pool_of() as pool:
        pid = pool.call("pid")
        zygote = parent_of(pid)
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not psutil.pid_exists(pid))  # its parent has seen to it: not even a zombie
        other = pool.call("pid")
        assert other != pid
        assert parent_of(other) == zygote
        assert "exit code -9" in pool.state().last_failure


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP])
def test_without_the_process_that_forks_there_is_soon_another(sign: signal.Signals) -> None:
    with pool_of() as pool:
        pid = pool.call("pid")
        zygote = parent_of(pid)
        os.kill(zygote.pid, sign)
        os.kill(pid, signal.SIGKILL)
        assert pool.call("add", {"left": 5, "right": 12}) == {"sum": 17}
        assert parent_of(pool.call("pid")) != zygote
        wait_for(lambda: not zygote.is_running())


def test_where_forking_does_not_work_workers_start_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.nursery.FORK", b"spoon")
    with pool_of() as pool:
        assert parent_of(pool.call("pid")).pid == os.getpid()


def test_it_can_be_switched_off() -> None:
    with pool_of(fork=0) as pool:
        assert parent_of(pool.call("pid")).pid == os.getpid()


@pytest.fixture(scope="module")
def pools() -> Iterator[tuple[Pool, Pool]]:
    forked, alone = Pool(Limits(workers=1)), Pool(Limits(workers=1, fork=0))
    yield forked, alone
    forked.close()
    alone.close()


@pytest.mark.long
@pytest.mark.parametrize("name", all_explainers())
def test_the_numbers_are_the_same(name: str, pools: tuple[Pool, Pool]) -> None:
    forked, alone = (pool.call_bytes("show", {"name": name, "dims": {}}) for pool in pools)
    assert forked == alone


@pytest.mark.long
def test_a_killed_worker_is_back_in_a_fraction_of_an_import(pools: tuple[Pool, Pool]) -> None:
    """Next to a worker that starts alone, on the same machine at the same time: quiet, it is 0.2 s to 4."""
    forked, alone = (back(pool) for pool in pools)
    assert forked < alone / 3, (forked, alone)


def back(pool: Pool) -> float:
    """Seconds from the end of a worker until the next one is ready."""
    wait_for(lambda: pool.state().ready)
    pid = pool._lanes["short"].processes[0].pid
    began = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: pool.state().ready and pool._lanes["short"].processes[0].pid != pid)
    return time.monotonic() - began
