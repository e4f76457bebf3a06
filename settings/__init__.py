"""How a setting is declared and read: one declaration each, for the reading, the sentence and the table of the docs.

The person who runs the server sets each in the environment, in capitals behind ``SHAPE_EXPLAINER_``:

    SHAPE_EXPLAINER_MEMORY_MB=1024 SHAPE_EXPLAINER_WORKERS=2 make run

A group of settings is a frozen dataclass beside the code that needs it (`workers/limits.py`,
`explainers/core/limits.py`, `shell/headers.py`); each of its fields is one of the kinds below. `shell/start.py` reads
all groups before anything is served. Nothing here imports anything of the app.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

PREFIX = "SHAPE_EXPLAINER_"
_SHOWN = 60  # characters of a wrong value; whoever set it knows the rest
T = TypeVar("T")


class SettingError(ValueError):
    """A setting can't be what it was set to. The text says what was given and what is expected."""


@dataclass(frozen=True)
class Kind:
    """What a setting may be.

    read: makes the value of the text, or raises ValueError. fits: whether the value may be. expected: in words.
    secret: the value may hold a password, so that no message repeats it.
    """

    read: Callable[[str], Any]
    fits: Callable[[Any], bool]
    expected: str
    secret: bool = False


def whole(default: int | Callable[[], int], low: int, high: int, help: str) -> Any:
    """A whole number from `low` to `high`; a default that is a function is asked when the setting is missing."""
    kind = Kind(int, lambda value: low <= value <= high, f"a whole number from {low:,} to {high:,}")
    return setting(default, kind, help, f"{low:,} to {high:,}")


def number(default: float, low: float, high: float, help: str) -> Any:
    """A number from `low` to `high`; parts may stand. nan lies in no range, so it is refused as well."""
    kind = Kind(float, lambda value: low <= value <= high, f"a number from {low:,} to {high:,}")
    return setting(default, kind, help, f"{low:,} to {high:,}")


def setting(default: Any, kind: Kind, help: str, allowed: str) -> Any:
    """The field of a dataclass that is a setting. allowed: the table's words for what it may be."""
    about = {"kind": kind, "help": help, "allowed": allowed}
    if callable(default):
        return dataclasses.field(default_factory=default, metadata=about)
    return dataclasses.field(default=default, metadata=about)


def variables(group: type[Any], prefix: str = PREFIX) -> dict[str, dataclasses.Field[Any]]:
    """The name in the environment -> the field, for each setting of a group."""
    return {prefix + field.name.upper(): field for field in dataclasses.fields(group)}


def read(group: type[T], environment: Mapping[str, str], prefix: str = PREFIX) -> T:
    """The group as `environment` (such as os.environ) sets it; what is missing or blank keeps its default.

    Raises SettingError.
    """
    fields = variables(group, prefix)
    given = {name: text for name in fields if (text := environment.get(name, "").strip())}
    return group(**{fields[name].name: _value(name, fields[name], text) for name, text in given.items()})


def _value(name: str, field: dataclasses.Field[Any], text: str) -> Any:
    kind: Kind = field.metadata["kind"]
    try:
        value = kind.read(text)
    except ValueError:
        raise _refused(name, field, text) from None
    if not kind.fits(value):
        raise _refused(name, field, text)
    return value


def check(group: Any, prefix: str = PREFIX) -> None:
    """Hold a group that was made by code to the same rules. Raises SettingError."""
    for name, field in variables(type(group), prefix).items():
        value = getattr(group, field.name)
        if not field.metadata["kind"].fits(value):
            raise _refused(name, field, value)


def _refused(name: str, field: dataclasses.Field[Any], given: object) -> SettingError:
    text = str(given)
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    if field.metadata["kind"].secret:
        shown = "…"
    return SettingError(
        f"{name}={shown} was given; it must be {field.metadata['kind'].expected} ({field.metadata['help']})."
    )
