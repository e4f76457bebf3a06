"""A desk on each kind of store, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from rooms.desk import Desk
from rooms.limits import ClassLimits
from rooms.store import Store, metadata
from tests.rooms.postgres import NEEDED, Postgres, running


@dataclass
class Clock:
    """Seconds since 1970, as the test says."""

    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=NEEDED)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a store may be: an empty one of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'classes.sqlite'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    yield server.address
    store = Store(server.address)
    with store.writing() as connection:
        metadata.drop_all(connection)
    store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_desk(address: str, clock: Clock) -> Iterator[Callable[..., Desk]]:
    """`make_desk(class_students=3)`: a desk on the store; several are several copies of the server."""
    stores: list[Store] = []

    def make(**limits: Any) -> Desk:
        stores.append(Store(address))
        return Desk(stores[-1], replace(ClassLimits(), **limits), clock)

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
