"""Who is next: a line in which nobody can take the places of others.

Each job gets a *round* when it comes. Jobs of one address (where a proxy or the network tells addresses apart) get one
round each, one after the other; so an address with a hundred jobs has one in each round, as one with a single job
has. Inside a round, and for all who come from the same address, it is first come, first served. A session has one
place: its newer job takes the place of the older one, which nobody waits for any more.

Not safe for threads: the pool's lock guards it.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterator

from workers.job import Job


class Line:
    """The jobs that wait for a worker, in the order in which they will be served."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._round = 0  # of the job served last
        self._last_round: dict[str, int] = {}  # address -> the round of its newest job; only where it lies ahead

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[Job]:
        return iter(tuple(self._jobs))

    def put(self, job: Job) -> Job | None:
        """Let a job in. Returns the older one of the same session, whose place it has taken."""
        older = self._same_session(job)
        if older is not None:
            self._jobs[self._jobs.index(older)] = job
            job.round = older.round
            return older
        job.round = max(self._round, self._last_round.get(job.who.address, -1) + 1)
        self._last_round[job.who.address] = job.round
        self._insert(job)
        return None

    def put_back(self, job: Job) -> None:
        """A job that was served and has to be served once more: it is the next."""
        job.round = self._round
        self._insert(job)

    def pop(self) -> Job:
        """The next one. IndexError where nobody waits."""
        job = self._jobs.pop(0)
        self._round = max(self._round, job.round)
        for address, round in tuple(self._last_round.items()):
            if round < self._round:
                del self._last_round[address]
        return job

    def remove(self, job: Job) -> None:
        """Take a job out, if it is still there."""
        if job in self._jobs:
            self._jobs.remove(job)

    def place(self, job: Job) -> int:
        """1 for the next one; 0 for a job that doesn't wait."""
        return self._jobs.index(job) + 1 if job in self._jobs else 0

    def one_too_many(self, newcomer: Job) -> Job | None:
        """In a full line: the last job of an address that has more places than the newcomer's would have."""
        places = Counter(job.who.address for job in self._jobs)
        if self._same_session(newcomer) is not None or not places:
            return None
        address, most = places.most_common(1)[0]
        if most <= places[newcomer.who.address] + 1:
            return None
        return next(job for job in reversed(self._jobs) if job.who.address == address)

    def _same_session(self, job: Job) -> Job | None:
        if not job.who.session:
            return None
        return next((other for other in self._jobs if other.who == job.who), None)

    def _insert(self, job: Job) -> None:
        bisect.insort(self._jobs, job, key=lambda job: (job.round, job.request.id))
