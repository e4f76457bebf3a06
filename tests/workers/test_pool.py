"""The pool with a service that has no TensorFlow in it: quick, and it can go wrong in every way we want.

No test hopes that a machine is quick, or slow: who is to be at work for a while is held by a gate that the test opens,
and what is waited for may take its time (PATIENCE), which costs nothing where it comes at once.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from workers.job import Job
from workers.limits import Limits
from workers.messages import Request
from workers.pool import LaneState, Place, Pool, Who, WorkerError

SERVICE = "tests.workers.fake_service"
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds after which something never comes
SMALL = Limits(
    workers=1, long_workers=1, request_seconds=25, long_seconds=25, wait_seconds=30, start_seconds=30,
    cancel_seconds=20, memory_mb=64, result_mb=3, queue=6,
)  # fmt: skip


@dataclass
class Sum:
    sum: int


@contextlib.contextmanager
def pool_of(service: str = SERVICE, **changes: Any) -> Iterator[Pool]:
    """A pool with the small limits and these changes, ended afterwards."""
    pool = Pool(replace(SMALL, **changes), service)
    try:
        yield pool
    finally:
        pool.close()


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """One pool for the tests that leave it as they found it, or with a fresh worker."""
    with pool_of() as pool:
        yield pool


@pytest.fixture(scope="module")
def two() -> Iterator[Pool]:
    """A pool with two short workers."""
    with pool_of(workers=2) as pool:
        pool.start()
        wait_for(lambda: pool.state().short.ready == 2)
        yield pool


def wait_for(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "this never became true"
        time.sleep(0.01)


class InThread:
    """Somebody who asks, in a thread of its own. Call it to get what came back: the reply or the WorkerError."""

    def __init__(self, ask: Callable[[], object]) -> None:
        self._ask = ask
        self._outcome: list[object] = []
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        try:
            self._outcome.append(self._ask())
        except WorkerError as error:
            self._outcome.append(error)

    def done(self) -> bool:
        return bool(self._outcome)

    def __call__(self) -> object:
        self._thread.join(PATIENCE)
        assert self.done(), "nothing ever came back"
        return self._outcome[0]


def ready(pool: Pool) -> None:
    """Return once it is."""
    pool.start()
    wait_for(lambda: pool.state().ready)


class Gate:
    """Holds a worker at work until it is opened; `text` is what the worker is given, and `name` what it answers."""

    def __init__(self, folder: Path, name: str = "gate") -> None:
        self.name, self.text = name, str(folder / name)

    def open(self) -> None:
        Path(self.text).touch()

    def held(self, pool: Pool) -> InThread:
        """Somebody asks for it, and waits in the line or at the gate. Call the result to get what came back."""
        return InThread(lambda: pool.call("hold", {"gate": self.text}))


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """A closed gate, opened in the end whatever happens: others use the worker after it."""
    gate = Gate(tmp_path)
    yield gate
    gate.open()


def fails(ask: Callable[[], object]) -> WorkerError:
    with pytest.raises(WorkerError) as caught:
        ask()
    return caught.value


def gone(pid: int) -> bool:
    """Whether the process has ended; one that only waits to be collected has."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


# ---------------------------------------------------------------------- when all goes well


def test_start_returns_at_once_and_the_state_tells_when_it_is_ready(
    monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    monkeypatch.setenv("FAKE_START_GATE", gate.text)
    with pool_of(workers=2) as pool:
        assert pool.state().seconds == 0
        pool.start()  # and no worker can be there before the gate is opened
        state = pool.state()
        assert (state.ready, state.short, state.long) == (False, LaneState(2, 0, 0, 0), LaneState(0, 0, 0, 0))
        gate.open()
        wait_for(lambda: pool.state().short == LaneState(starting=0, ready=2, busy=0, waiting=0))
        state = pool.state()
        assert state.ready
        assert 0 < state.seconds < PATIENCE
        assert state.versions == {"python": ".".join(map(str, sys.version_info[:3]))}
        assert state.last_failure == ""


def test_a_request_made_during_the_start_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_START_SECONDS", "0.2")
    with pool_of() as pool:  # nobody has called start()
        assert pool.call("add", {"left": 20, "right": 3}) == {"sum": 23}


def test_replies_are_plain_data_a_type_or_bytes(pool: Pool) -> None:
    args = {"left": 20, "right": 3}
    assert pool.call("add", args) == {"sum": 23}
    assert pool.call("add", args, type=Sum) == Sum(23)
    assert pool.call_bytes("add", args) == b'{"sum":23}'


def test_the_service_may_tidy_up_after_each_reply() -> None:
    with pool_of() as pool:
        assert [pool.call("count_replies") for _ in range(3)] == [0, 1, 2]


def test_many_threads_each_get_their_own_reply(two: Pool) -> None:
    with ThreadPoolExecutor(12) as threads:
        asked = [(left, right) for left in range(20) for right in (100, 2000, 30000)]

        # a queue for six is too short for twelve at once; a page would show the sentence, a test asks again
        def ask(pair: tuple[int, int]) -> int:
            while True:
                try:
                    return two.call("add", {"left": pair[0], "right": pair[1]}, type=Sum).sum
                except WorkerError as error:
                    assert error.kind == "busy"  # noqa: PT017
                    time.sleep(0.01)

        assert list(threads.map(ask, asked)) == [sum(pair) for pair in asked]


def test_two_workers_work_at_the_same_time(two: Pool, tmp_path: Path) -> None:
    def meet(number: int) -> InThread:
        return InThread(lambda: two.call("meet", {"folder": str(tmp_path), "number": number, "of": 2}))

    waits = [meet(number) for number in (3, 7)]
    assert [wait() for wait in waits] == [3, 7]  # one after the other, the first would never end


def test_first_come_first_served(pool: Pool, gate: Gate) -> None:
    order: list[int] = []

    def ask(number: int) -> None:
        pool.call("sleep", {"seconds": 0.02})
        order.append(number)

    waits = [gate.held(pool)]
    for number in range(5):
        wait_for(lambda: pool.state().short.busy and pool.state().short.waiting == number)  # noqa: B023
        waits.append(InThread(partial(ask, number)))
    wait_for(lambda: pool.state().short.waiting == 5)
    gate.open()
    for wait in waits:
        wait()
    assert order == [0, 1, 2, 3, 4]


def test_a_training_does_not_hold_up_questions() -> None:
    with pool_of() as pool:
        assert pool.state().long == LaneState(0, 0, 0, 0)  # started only when somebody trains
        with pool.stream("steps", {"n": 5000, "seconds": 0.1}) as training:
            assert next(training) == {"step": 0}
            assert pool.state().long == LaneState(starting=0, ready=1, busy=1, waiting=0)
            assert pool.call("add", {"left": 4, "right": 9}) == {"sum": 13}
            assert pool.state().long == LaneState(starting=0, ready=1, busy=1, waiting=0)  # it still trains


def test_what_an_op_prints_does_not_get_into_the_talk(pool: Pool) -> None:
    assert pool.call("talk", {"text": '{"type": "result", "id": 1, "value": "forged"}'}) == 0
    assert pool.call("add", {"left": 1, "right": 5}) == {"sum": 6}


def test_a_large_reply_arrives_whole_and_a_larger_one_is_refused(pool: Pool) -> None:
    assert pool.call("big", {"mb": 2}) == "x" * (2 * 1024 * 1024)
    error = fails(lambda: pool.call("big", {"mb": 4}))
    assert error.kind == "memory"
    assert error.detail == "MemoryError: the reply has 4,194,306 bytes, 3,145,728 are allowed"


def test_a_large_request_arrives_whole(pool: Pool) -> None:
    assert pool.call("talk", {"text": "y" * 300_000}) == 0


# ---------------------------------------------------------------------- mistakes of the asker and of ours


def test_an_unknown_op(pool: Pool) -> None:
    error = fails(lambda: pool.call("fly"))
    assert (error.kind, str(error)) == ("bad_request", "This server can't do 'fly'. Reload the page and try again.")


def test_arguments_that_the_op_does_not_have(pool: Pool) -> None:
    error = fails(lambda: pool.call("add", {"left": 1, "up": 2}))
    assert error.kind == "bad_request"
    assert str(error) == (
        "'add' got wrong arguments (missing a required argument: 'right'). Reload the page and try again."
    )


def test_an_error_of_the_asker_is_shown_in_its_own_words(pool: Pool) -> None:
    error = fails(lambda: pool.call("refuse"))
    assert error.kind == "bad_request"
    assert str(error) == "units=0 was given; it must be a whole number from 1 to 4,096."


@pytest.mark.parametrize(
    ("op", "detail"),
    [("wrong", "KeyError: 'units'"), ("unspeakable", "TypeError: Encoding objects of type object is unsupported")],
)
def test_a_mistake_of_ours(pool: Pool, op: str, detail: str) -> None:
    before = pool.call("pid")
    error = fails(lambda: pool.call(op))
    assert (error.kind, error.detail) == ("failed", detail)
    assert str(error) == (
        f"Something went wrong in this app; it isn't your mistake: {detail}. Try different sizes, and please report it."
    )
    assert pool.call("pid") == before


def test_arguments_that_can_not_be_sent_are_the_callers_error(pool: Pool) -> None:
    with pytest.raises(TypeError, match="type object is unsupported"):
        pool.call("add", {"left": object(), "right": 2})
    assert pool.state().short.waiting == 0


# ---------------------------------------------------------------------- memory


def test_more_memory_than_allowed_is_an_error_and_the_worker_lives_on(pool: Pool) -> None:
    before = pool.call("pid")
    assert pool.call("allocate", {"mb": 40}) == 40 * 1024 * 1024
    error = fails(lambda: pool.call("allocate", {"mb": 80}))
    assert (error.kind, error.detail) == ("memory", "MemoryError: ")
    assert str(error) == (
        "This needs more than the 64 MB of memory that one request may use, so it was stopped. "
        "Choose smaller sizes and try again."
    )
    assert pool.call("pid") == before


def test_tensorflows_own_error_for_no_memory(pool: Pool) -> None:
    assert fails(lambda: pool.call("exhausted")).kind == "memory"


def test_memory_that_the_system_does_not_limit_is_seen_and_the_worker_replaced(pool: Pool) -> None:
    before = pool.call("pid")
    error = fails(lambda: pool.call("allocate_shared", {"mb": 100}))  # and the op would hold it for longer than allowed
    assert (error.kind, error.detail) == ("memory", "resident memory")
    assert pool.call("pid") != before
    assert gone(before)
    assert pool.state().last_failure == "allocate_shared: memory (resident memory)"


def test_a_worker_that_keeps_memory_makes_room_for_another(pool: Pool) -> None:
    first = pool.call("keep", {"mb": 10})
    assert pool.call("keep", {"mb": 30}) == first
    assert pool.call("pid") != first
    assert "kept too much memory after a reply" in pool.state().last_failure


# ---------------------------------------------------------------------- time


@pytest.mark.parametrize(("op", "args"), [("sleep", {"seconds": 1000}), ("stuck", {})])
def test_a_worker_that_hangs_is_replaced(pool: Pool, op: str, args: dict[str, object]) -> None:
    before = pool.call("pid")
    error = fails(lambda: pool.call(op, args, timeout=0.3))
    assert error.kind == "timeout"
    assert str(error) == "This took longer than 0.3 seconds and was stopped. Choose smaller sizes and try again."
    assert pool.call("pid") != before
    assert gone(before)


def test_a_worker_that_stands_still_between_requests_is_replaced(pool: Pool) -> None:
    before = pool.call("stop_process")
    wait_for(lambda: psutil.Process(before).status() == psutil.STATUS_STOPPED)
    # more than a pipe holds: the writing itself would hang
    error = fails(lambda: pool.call("talk", {"text": "z" * 300_000}, timeout=0.3))
    assert error.kind == "timeout"
    assert pool.call("pid") != before


@pytest.mark.parametrize("jump", [-86_400, 86_400])
def test_setting_the_clock_changes_nothing(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, gate: Gate, jump: float
) -> None:
    pool.call("pid")
    waiting = gate.held(pool)
    wait_for(lambda: pool.state().short.busy)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    gate.open()
    assert waiting() == gate.name
    assert pool.call("sleep", {"seconds": 0.2}) == 0.2
    assert fails(lambda: pool.call("sleep", {"seconds": 1000}, timeout=0.2)).kind == "timeout"


def test_who_waits_too_long_in_the_queue_is_sent_away(gate: Gate) -> None:
    with pool_of(wait_seconds=0.3) as pool:
        ready(pool)
        running = gate.held(pool)
        wait_for(lambda: pool.state().short.busy)
        error = fails(lambda: pool.call("pid"))
        assert error.kind == "busy"
        assert str(error) == "Many people are asking right now. Wait a few seconds and try again."
        assert re.match(r"waited \d", error.detail)
        gate.open()
        assert running() == gate.name  # the one who was first gets the reply


def test_a_full_queue_refuses_at_once(pool: Pool, gate: Gate) -> None:
    pool.call("pid")
    waits = []
    for number in range(7):  # one works, six wait
        waits.append(gate.held(pool))
        wait_for(lambda: pool.state().short == LaneState(0, 1, 1, number))  # noqa: B023
    error = fails(lambda: pool.call("pid"))
    assert (error.kind, error.detail) == ("busy", "6 requests are waiting")
    gate.open()
    assert [wait() for wait in waits] == [gate.name] * 7


# ---------------------------------------------------------------------- workers that die


DIED = (
    "Keras crashed on this request, most likely because the sizes were too large. It is restarting: choose smaller "
    "sizes, or try again in a few seconds."
)


def test_a_request_that_ends_its_worker_is_not_tried_again(pool: Pool, tmp_path: Path) -> None:
    before = pool.call("pid")
    log = tmp_path / "crashes"
    error = fails(lambda: pool.call("crash", {"log": str(log)}))
    assert (error.kind, error.detail) == ("died", f"exit code {-signal.SIGABRT}")
    assert str(error) == DIED
    assert log.read_text() == "x"
    assert pool.call("pid") != before
    assert pool.state().last_failure == "crash: died (exit code -6)"


@pytest.mark.parametrize("op", ["killed_once", "stopped_once"])
def test_a_worker_that_somebody_kills_or_stops_costs_nobody_a_reply(pool: Pool, tmp_path: Path, op: str) -> None:
    before = pool.call("pid")
    assert pool.call(op, {"log": str(tmp_path / "log")}) not in (before, None)


def test_a_request_whose_worker_is_killed_twice_is_given_up(pool: Pool) -> None:
    error = fails(lambda: pool.call("die"))
    assert (error.kind, error.detail, str(error)) == ("died", "exit code -9", DIED)


def test_a_worker_that_dies_while_idle_costs_nobody_a_reply(pool: Pool) -> None:
    for _ in range(3):  # sometimes the pool has seen the end before the next request, sometimes not
        before = pool.call("pid")
        os.kill(before, signal.SIGKILL)
        assert pool.call("pid") != before


def test_a_request_that_was_never_begun_is_tried_once_more(pool: Pool) -> None:
    before = pool.call("stop_process")
    wait_for(lambda: psutil.Process(before).status() == psutil.STATUS_STOPPED)
    asked = InThread(lambda: pool.call("add", {"left": 7, "right": 30}))
    wait_for(lambda: pool.state().short.busy)
    os.kill(before, signal.SIGKILL)
    assert asked() == {"sum": 37}


def test_a_worker_that_dies_in_the_middle_of_a_stream(pool: Pool) -> None:
    with pool.stream("die_after", {"n": 3}, lane="short") as stream:
        assert [next(stream), next(stream), next(stream)] == [0, 1, 2]
        assert fails(lambda: next(stream)).kind == "died"
        assert fails(lambda: next(stream)).kind == "died"  # and doesn't wait for ever when asked again
    assert pool.call("add", {"left": 1, "right": 2}) == {"sum": 3}


def test_a_worker_leaves_out_what_only_streamlit_needs(pool: Pool) -> None:
    assert pool.call("imports", {"name": "numpy"}) is True
    assert pool.call("imports", {"name": "pandas"}) is False


@pytest.mark.parametrize("sign", ["SIGKILL", "SIGSTOP"])
def test_a_worker_that_is_killed_or_stopped_while_starting_is_started_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sign: str
) -> None:
    monkeypatch.setenv(f"FAKE_{sign}_ONCE", str(tmp_path / "died"))
    with pool_of() as pool:
        assert pool.call("add", {"left": 2, "right": 9}) == {"sum": 11}
        assert pool.state().last_failure == "a short worker could not start: exit code -9"


def test_a_service_that_can_not_start_is_told_to_those_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.pool.PAUSES", (0.0, 0.05))
    monkeypatch.setenv("FAKE_START_ERROR", "no Keras here")
    with pool_of() as pool:
        error = fails(lambda: pool.call("pid"))
        assert error.kind == "starting"
        assert str(error) == (
            "Keras can't be started on the server, so no model can be shown at the moment. Please tell the person "
            "who runs the server; its log says why."
        )
        assert error.detail == "a short worker could not start: RuntimeError: no Keras here"
        assert not pool.state().ready
        monkeypatch.delenv("FAKE_START_ERROR")  # repaired: it comes back by itself
        wait_for(lambda: pool.state().ready)
        assert pool.call("add", {"left": 3, "right": 8}) == {"sum": 11}


def test_a_start_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_START_SECONDS", "30")
    with pool_of(start_seconds=0.3) as pool:
        error = fails(lambda: pool.call("pid"))
        assert error.kind == "starting"
        assert str(error) == "Keras is still starting on the server. Try again in a few seconds."
        wait_for(lambda: "not ready after 0.3 s" in pool.state().last_failure)


# ---------------------------------------------------------------------- streams


def test_a_stream_gives_its_progress_and_then_its_result(pool: Pool) -> None:
    with pool.stream("steps", {"n": 3}, type=dict[str, int], lane="short") as stream:
        with pytest.raises(RuntimeError, match="when the iteration over the progress has ended"):
            _ = stream.result
        assert list(stream) == [{"step": 0}, {"step": 1}, {"step": 2}]
        assert stream.result == {"steps": 3}
        assert list(stream) == []
    assert pool.call("steps", {"n": 4}) == {"steps": 4}  # who doesn't want the progress gets the result


def test_a_stream_can_be_stopped_between_two_steps(pool: Pool, tmp_path: Path) -> None:
    before = pool.call("pid")
    log = tmp_path / "log"
    with pool.stream("steps", {"n": 1000, "seconds": 0.05, "log": str(log)}, lane="short") as stream:
        assert next(stream) == {"step": 0}
    assert pool.call("pid") == before  # the same worker, and long before 1000 steps are over
    assert log.read_text() == "tidied up"


def test_who_reads_a_stopped_stream_is_told_so(pool: Pool) -> None:
    stream = pool.stream("steps", {"n": 1000, "seconds": 0.05}, lane="short")
    next(stream)
    stream.close()  # as another thread would: a button
    error = fails(lambda: list(stream))
    assert error.kind == "cancelled"
    assert str(error) == "This was stopped before it was finished. Start it again whenever you like."


def test_a_dropped_stream_stops(pool: Pool) -> None:
    before = pool.call("pid")
    assert next(pool.stream("steps", {"n": 1000, "seconds": 0.05}, lane="short")) == {"step": 0}
    assert pool.call("pid") == before


def test_a_stream_that_does_not_stop_by_itself_is_ended() -> None:
    with pool_of(cancel_seconds=0.4) as pool:
        before = pool.call("pid")
        with pool.stream("deaf", lane="short") as stream:
            assert next(stream) == "only"
        assert pool.call("pid") != before
        assert pool.state().last_failure == "deaf: cancelled (did not stop by itself)"


def test_a_stream_stopped_in_the_queue_is_never_begun(pool: Pool, tmp_path: Path, gate: Gate) -> None:
    running = gate.held(pool)
    wait_for(lambda: pool.state().short.busy)
    log = tmp_path / "log"
    stream = pool.stream("steps", {"n": 1, "log": str(log)}, lane="short")
    stream.close()
    assert fails(lambda: next(stream)).kind == "cancelled"
    gate.open()
    assert running() == gate.name
    pool.call("pid")
    assert not log.exists()


# ---------------------------------------------------------------------- the end


def test_close_ends_workers_and_tells_those_who_wait() -> None:
    with pool_of() as pool:
        pid = pool.call("pid")
        running = InThread(lambda: pool.call("sleep", {"seconds": 30}))
        wait_for(lambda: pool.state().short.busy)
        waiting = InThread(lambda: pool.call("pid"))
        wait_for(lambda: pool.state().short.waiting)
        pool.close()
        assert isinstance(error := running(), WorkerError)
        assert error.kind == "cancelled"
        assert isinstance(error := waiting(), WorkerError)
        assert error.kind == "cancelled"
        assert fails(lambda: pool.call("pid")).detail == "the pool is closed"
        assert not psutil.pid_exists(pid)  # not even a zombie
        assert not [thread for thread in pool._threads() if thread.is_alive()]


PARENT = """
import os, signal, sys, threading
from workers.limits import Limits
from workers.pool import Pool
pool = Pool(Limits(workers=1), "tests.workers.fake_service")
print(pool.call("pid"), flush=True)
if not sys.argv[1].startswith("idle"):
    threading.Thread(target=pool.call, args=(sys.argv[1], {"seconds": 1000} if sys.argv[1] == "sleep" else {}),
                     kwargs={"timeout": 0.5}, daemon=True).start()
    while not pool.state().short.busy: pass
    threading.Event().wait(0.2)
if sys.argv[2] == "killed":
    if sys.argv[1] == "idle_stopped":
        os.kill(pool.call("pid"), signal.SIGSTOP)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    ("op", "end"),
    [
        ("idle", "killed"),
        ("idle_stopped", "killed"),  # it stands still, so only the system can end it
        ("sleep", "killed"),
        ("stuck", "killed"),  # nobody in that process can look; the system's timer ends it
        ("sleep", "exits"),
    ],
)
def test_a_worker_ends_when_its_parent_does(op: str, end: str) -> None:
    parent = subprocess.run(
        [sys.executable, "-W", "error", "-c", PARENT, op, end], cwd=ROOT, stdout=subprocess.PIPE, timeout=PATIENCE
    )
    assert parent.returncode == (-signal.SIGKILL if end == "killed" else 0)
    wait_for(lambda: gone(int(parent.stdout)))


LIMITED = """
import resource
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (300, hard))
from workers import shared
shared.pool().close()
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(hard, 65_536))
"""


def test_the_limit_of_open_files_is_raised_with_the_pool() -> None:
    assert subprocess.run([sys.executable, "-c", LIMITED], cwd=ROOT, capture_output=True, text=True).stdout == "True\n"


def test_the_web_side_loads_neither_keras_nor_streamlit() -> None:
    check = "import sys, workers.pool; print(sorted({'keras', 'tensorflow', 'streamlit', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True).stdout == "[]\n"


# ---------------------------------------------------------------------- the line


def occupied(pool: Pool, gate: Gate) -> InThread:
    """The one worker at work until the gate is opened."""
    ready(pool)
    running = gate.held(pool)
    wait_for(lambda: pool.state().short.busy)
    return running


def test_who_waits_hears_the_place_in_the_line(pool: Pool, gate: Gate, tmp_path: Path) -> None:
    running = occupied(pool, gate)
    second = Gate(tmp_path, "second")
    first = second.held(pool)
    wait_for(lambda: pool.state().short.waiting == 1)
    heard: list[Place | None] = []
    asked = InThread(lambda: pool.call_bytes("pid", meanwhile=heard.append))

    def numbers() -> list[int]:
        return [place.number for place in list(heard) if place]

    wait_for(lambda: 2 in numbers())
    gate.open()
    wait_for(lambda: 1 in numbers())
    second.open()
    assert isinstance(asked(), bytes)
    assert numbers() == sorted(numbers(), reverse=True)
    assert set(numbers()) == {1, 2}
    assert all(place.seconds > 0 for place in heard if place)
    assert (running(), first()) == ("gate", "second")


def test_who_hears_waits_as_long_as_it_takes(gate: Gate) -> None:
    with pool_of(wait_seconds=0.3) as pool:
        running = occupied(pool, gate)
        asked = InThread(lambda: pool.call_bytes("add", {"left": 2, "right": 6}, meanwhile=lambda place: None))
        time.sleep(0.7)  # longer than the others wait
        gate.open()
        assert asked() == b'{"sum":8}'
        assert running() == gate.name


class LeftError(BaseException):
    """As Streamlit ends a run: no Exception."""


def test_who_leaves_the_line_is_not_served(pool: Pool, tmp_path: Path, gate: Gate) -> None:
    """A tab that is closed, a change that is overtaken by the next: nothing of it reaches a worker."""
    running = occupied(pool, gate)
    log = tmp_path / "log"

    def leave(place: Place | None) -> None:
        raise LeftError

    with pytest.raises(LeftError):
        pool.call_bytes("killed_once", {"log": str(log)}, meanwhile=leave)
    wait_for(lambda: pool.state().short.waiting == 0)
    gate.open()
    assert running() == gate.name
    pool.call("pid")
    assert not log.exists()


def test_the_newer_question_of_a_session_replaces_the_older_one(pool: Pool, gate: Gate) -> None:
    running = occupied(pool, gate)
    tab = Who("tab")
    older = InThread(lambda: pool.call_bytes("pid", who=tab))
    wait_for(lambda: pool.state().short.waiting == 1)
    newer = InThread(lambda: pool.call_bytes("add", {"left": 3, "right": 8}, who=tab))
    assert isinstance(error := older(), WorkerError)
    assert (error.kind, error.detail) == ("cancelled", "asked again by the same session")
    gate.open()
    assert newer() == b'{"sum":11}'
    assert running() == gate.name


def test_a_full_line_has_room_for_an_address_that_has_less(pool: Pool, gate: Gate) -> None:
    running = occupied(pool, gate)
    many = [InThread(partial(pool.call_bytes, "pid", who=Who(f"m{number}", "10.0.0.1"))) for number in range(6)]
    wait_for(lambda: pool.state().short.waiting == 6)
    assert fails(lambda: pool.call_bytes("pid", who=Who("m7", "10.0.0.1"))).kind == "busy"
    one = InThread(lambda: pool.call_bytes("add", {"left": 4, "right": 5}, who=Who("one", "10.0.0.2")))
    wait_for(lambda: sum(said.done() for said in many) == 1)
    gate.open()
    assert one() == b'{"sum":9}'
    assert running() == gate.name
    told = [said() for said in many]
    assert [error.detail for error in told if isinstance(error, WorkerError)] == ["others had fewer places in the line"]


def test_a_question_that_nobody_waits_for_may_end_if_it_is_short(pool: Pool) -> None:
    """Ending a worker costs more than letting it finish."""
    before = pool.call("pid")

    def leave(place: Place | None) -> None:
        raise LeftError

    with pytest.raises(LeftError):
        pool.call_bytes("sleep", {"seconds": 0.8}, meanwhile=leave)
    assert pool.call("pid") == before


def test_a_question_that_nobody_waits_for_is_ended_if_it_is_long() -> None:
    with pool_of(abandoned_seconds=0.3) as pool:
        before = pool.call("pid")

        def leave(place: Place | None) -> None:
            raise LeftError

        with pytest.raises(LeftError):
            pool.call_bytes("sleep", {"seconds": 30}, meanwhile=leave)
        assert pool.call("pid") != before


def test_a_long_time_in_the_line_says_nothing_about_a_worker_that_is_replaced() -> None:
    pool = Pool(SMALL, SERVICE)  # not started: this is about its judgement alone
    lane, now = pool._lanes["long"], 10_000.0
    job = Job(Request(7, "sum", {}, 25.0), asked=100.0, patient=True)
    assert pool._no_worker_for(job, lane, now, lane.unready_for(now)) is None  # its worker has gone just now
    later = now + SMALL.start_seconds + 1
    error = pool._no_worker_for(job, lane, later, lane.unready_for(later))
    assert error is not None
    assert error.kind == "starting"
