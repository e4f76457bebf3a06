"""What the person who runs the server may set about classes. `settings/` reads it; docs/DEPLOYMENT.md lists it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from settings import Kind, check, number, setting, whole

LONGEST_NAME = 24  # characters of a nickname
LONGEST_ANSWER = 120
MOST_TASKS = 30  # of a set
LONGEST_TITLE = 60

_ADDRESS = re.compile(r"(sqlite|postgresql\+psycopg)://\S*")


def _is_store(text: str) -> bool:
    return not text or _ADDRESS.fullmatch(text) is not None


# An address may hold a password: a wrong one is never repeated in the message.
_STORE = Kind(str, _is_store, "postgresql+psycopg://… or sqlite:///…", secret=True)
_FOLDER = Kind(str, lambda text: 0 < len(text) < 1000 and "\0" not in text, "a folder")


@dataclass(frozen=True)
class ClassLimits:
    """Where classes are kept, for how long, and how much of them. Raises SettingError for a value out of range."""

    store: str = setting("", _STORE, "the database of classes; SQLite in the data folder if not set", "an address")
    data: str = setting("data", _FOLDER, "the folder of the SQLite file", "a folder, from the app's own or from /")
    class_hours: float = number(24.0, 0.01, 720, "how long a class is kept after it was opened, in hours")
    class_rooms: int = whole(200, 1, 100_000, "how many classes may be open at a time")
    class_students: int = whole(200, 1, 5000, "how many students a class may have")
    class_rooms_per_address: int = whole(30, 1, 100_000, "how many classes one network address may open in an hour")
    class_wrong_codes: int = whole(60, 1, 100_000, "how many wrong codes one network address may try in a minute")

    def __post_init__(self) -> None:
        check(self)
