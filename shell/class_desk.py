"""The one desk of this server: the store that the settings name, and who has tried too many codes."""

from __future__ import annotations

import ipaddress
import os
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from rooms.desk import Desk
from rooms.limits import ClassLimits
from rooms.store import Store, StoreLost, address_of
from settings import read

ROOT = Path(__file__).parent.parent
_MINUTE = 60.0
_MOST_ADDRESSES = 10_000


@cache
def desk() -> Desk:
    """The desk; nothing is opened before it is first asked."""
    limits = read(ClassLimits, os.environ)
    return Desk(Store(address_of(limits.store, limits.data, ROOT)), limits)


def sweep() -> int:
    """Delete the classes whose time is over; how many. Where no class was ever opened, no file is made for it."""
    store = desk().store
    if store.is_file and not (store.url.database and Path(store.url.database).exists()):
        return 0
    try:
        return desk().sweep()
    except StoreLost:  # told to those who have a class; the next look tries again
        return 0


@cache
def wrong_codes() -> WrongCodes:
    """Who has tried which codes in vain, on this copy of the server."""
    return WrongCodes(read(ClassLimits, os.environ).class_wrong_codes)


def network(address: str) -> str:
    """Who an address belongs to: itself; of IPv6 the 64 bits that one customer has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))


class WrongCodes:
    """Different codes that a network has tried in vain within a minute. The same one again costs nothing: thirty
    phones whose class has just been deleted all ask for it once more.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._lock = threading.Lock()
        self._tried: dict[str, dict[str, float]] = {}

    def note(self, address: str, code: str) -> None:
        """This code was wrong."""
        with self._lock:
            self._tried.setdefault(network(address), {})[code] = self._clock()
            if len(self._tried) > _MOST_ADDRESSES:
                self._tried = {each: codes for each, codes in self._tried.items() if self._fresh(codes)}

    def blocked(self, address: str) -> bool:
        """Whether this network has to wait."""
        with self._lock:
            codes = self._tried.get(network(address))
            if not codes:
                return False
            fresh = self._fresh(codes)
            self._tried[network(address)] = fresh
            return len(fresh) >= self._most

    def _fresh(self, codes: dict[str, float]) -> dict[str, float]:
        now = self._clock()
        return {code: when for code, when in codes.items() if now - when < _MINUTE}
