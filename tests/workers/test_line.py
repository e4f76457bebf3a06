"""Who is next: held against the rules as one says them, over random comings and goings."""

from __future__ import annotations

from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.job import Job, Who
from workers.line import Line
from workers.messages import Request

ids = count(1)


def job(session: str = "", address: str = "") -> Job:
    return Job(Request(next(ids), "add", {}, 3.0), 0.0, Who(session, address))


def served(line: Line) -> list[Job]:
    return [line.pop() for _ in range(len(line))]


def test_one_address_is_first_come_first_served() -> None:
    line, jobs = Line(), [job(f"s{number}") for number in range(7)]
    assert [line.put(each) for each in jobs] == [None] * 7
    assert [line.place(each) for each in jobs] == [1, 2, 3, 4, 5, 6, 7]
    assert served(line) == jobs


def test_an_address_with_a_hundred_tabs_has_one_turn_in_each_round() -> None:
    line = Line()
    many = [job(f"a{number}", "10.0.0.1") for number in range(100)]
    for each in many:
        line.put(each)
    few = [job(f"b{number}", "10.0.0.2") for number in range(3)]
    for each in few:
        line.put(each)
    assert [line.place(each) for each in few] == [2, 4, 6]
    assert served(line)[:7] == [many[0], few[0], many[1], few[1], many[2], few[2], many[3]]


def test_who_was_served_goes_behind_those_who_wait() -> None:
    """Asking again at once doesn't help: an address that was just served has had its turn in this round."""
    line = Line()
    greedy, patient = job("a", "10.0.0.1"), job("b", "10.0.0.2")
    line.put(greedy)
    line.put(patient)
    assert line.pop() is greedy
    line.put(job("a", "10.0.0.1"))
    assert line.pop() is patient


def test_the_newer_job_of_a_session_takes_the_place_of_the_older_one() -> None:
    line = Line()
    older, other, newer = job("a"), job("b"), job("a")
    line.put(older)
    line.put(other)
    assert line.put(newer) is older
    assert line.place(older) == 0
    assert served(line) == [newer, other]


def test_jobs_of_nobody_replace_nothing() -> None:
    line = Line()
    assert [line.put(job()) for _ in range(3)] == [None] * 3
    assert len(line) == 3


def test_a_job_that_is_given_once_more_is_the_next() -> None:
    line = Line()
    for each in (first := job("a"), job("b"), job("c")):
        line.put(each)
    assert line.pop() is first
    line.put_back(first)
    assert line.pop() is first


def test_who_leaves_makes_room() -> None:
    line, jobs = Line(), [job(f"s{number}") for number in range(3)]
    for each in jobs:
        line.put(each)
    line.remove(jobs[1])
    line.remove(jobs[1])
    assert served(line) == [jobs[0], jobs[2]]


def test_in_a_full_line_the_last_of_the_many_makes_room() -> None:
    line = Line()
    many = [job(f"a{number}", "10.0.0.1") for number in range(4)]
    for each in many:
        line.put(each)
    assert line.one_too_many(job("b", "10.0.0.2")) is many[3]
    assert line.one_too_many(job("x", "10.0.0.1")) is None  # its own address is the one with many
    assert line.one_too_many(job("a2", "10.0.0.1")) is None  # takes its own older place
    assert Line().one_too_many(job()) is None


@pytest.mark.parametrize("addresses", [2, 5])
@given(data=st.data())
def test_among_those_who_always_wait_turns_differ_by_one_at_most(addresses: int, data: st.DataObject) -> None:
    """Whoever comes with however many tabs: of two addresses that wait all the time, none gets two turns more."""
    line, turns = Line(), dict.fromkeys(map(str, range(addresses)), 0)
    tabs = {address: data.draw(st.integers(1, 9)) for address in turns}
    for address, number in tabs.items():
        for tab in range(number):
            line.put(job(f"{address}:{tab}", address))
    for _ in range(40):
        done = line.pop()
        turns[done.who.address] += 1
        line.put(job(done.who.session, done.who.address))  # asks again at once
        assert max(turns.values()) - min(turns.values()) <= 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=30))
def test_no_job_is_lost_and_rounds_only_grow(comers: list[tuple[str, str]]) -> None:
    line, jobs = Line(), [job(session, address) for session, address in comers]
    replaced = [line.put(each) for each in jobs]
    order = served(line)
    assert {*order, *filter(None, replaced)} == set(jobs)
    assert all(first.round <= second.round for first, second in pairwise(order))
