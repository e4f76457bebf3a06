"""Dims: the values a learner may choose. One line declares name, default, range and help.

The same declaration feeds the widget, the URL, the command line and the check:

    class Dims(DimsBase):
        timesteps: int | None = dim(6, high=512, allows_none=True, help="...")
        stateful: bool = switch(False, help="...")
        cell: str = choice("LSTM", ("SimpleRNN", "GRU", "LSTM"), help="...")
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self
from urllib.parse import urlencode

from explainers.core.words import given as said_back

Value = int | float | bool | str | None
Kind = Literal["int", "float", "bool", "choice"]

_LONGEST_TEXT = 40  # characters of a bad value that are repeated to the learner
_WHOLE = re.compile(r"[+-]?\d{1,18}")
_DECIMAL = re.compile(r"[+-]?\d{1,18}(\.\d{0,18})?(e[+-]?\d{1,2})?", re.IGNORECASE)
_TRUE = ("true", "1", "yes", "on")
_FALSE = ("false", "0", "no", "off")


class DimsError(ValueError):
    """A chosen value is not one that its lesson allows. `dim` names which."""

    def __init__(self, dim: str, message: str) -> None:
        super().__init__(message)
        self.dim = dim


@dataclass(frozen=True)
class DimSpec:
    """The declaration of one dim, as widget, URL, CLI and docs read it.

    axis: the axis name whose colour its control wears; "" for none.
    sets: the sources (see `Axis.sources`) that this dim decides, e.g. ("lstm_1.units",).
    advanced: folded away until the learner opens "more".
    """

    name: str
    kind: Kind
    default: Value
    min: int | float | None
    max: int | float | None
    choices: tuple[str, ...]
    allows_none: bool
    help: str
    label: str
    axis: str
    sets: tuple[str, ...]
    advanced: bool

    def parse(self, text: str) -> Value:
        """Read what a person typed. DimsError says what was given, what is expected and how to fix it."""
        given = text.strip()
        if self.kind != "choice" and given.lower() in ("none", "null", "") and self.allows_none:
            return None
        if self.kind == "bool":
            return self._parse_bool(given)
        if self.kind == "choice":
            return self._parse_choice(given)
        return self._parse_number(given)

    def check(self, value: Value) -> Value:
        """Return `value` if it may stand, else raise DimsError."""
        if value is None:
            if self.allows_none:
                return None
            raise self._error("None")
        if self.kind == "bool" and not isinstance(value, bool):
            raise self._error(str(value))
        if self.kind in ("int", "float"):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise self._error(str(value))
            return self._in_range(value, str(value))
        if self.kind == "choice" and value not in self.choices:
            raise self._error(str(value))
        return value

    def expected(self) -> str:
        """``a whole number from 1 to 512, or None``: the second half of every message."""
        words = {
            "int": f"a whole number from {_spell(self.min)} to {_spell(self.max)}",
            "float": f"a number from {_spell(self.min)} to {_spell(self.max)}",
            "bool": "True or False",
            "choice": "one of " + ", ".join(self.choices),
        }[self.kind]
        return words + (", or None" if self.allows_none else "")

    def _parse_bool(self, given: str) -> bool:
        if given.lower() in _TRUE + _FALSE:
            return given.lower() in _TRUE
        raise self._error(given)

    def _parse_choice(self, given: str) -> str:
        for option in self.choices:
            if option.lower() == given.lower():
                return option
        close = difflib.get_close_matches(given[:_LONGEST_TEXT], self.choices, 1)
        raise self._error(given, hint=f" Did you mean {close[0]}?" if close else "")

    def _parse_number(self, given: str) -> int | float:
        digits = given.replace(",", "").replace("_", "").replace(" ", "")
        pattern = _WHOLE if self.kind == "int" else _DECIMAL
        if not digits.isascii() or not pattern.fullmatch(digits):
            raise self._error(given)
        return self._in_range(int(digits) if self.kind == "int" else float(digits), given)

    def _in_range(self, value: int | float, given: str) -> int | float:
        assert self.min is not None
        assert self.max is not None
        if self.kind == "int" and not isinstance(value, int):
            raise self._error(given)
        if not self.min <= value <= self.max:
            nearest = min(max(value, self.min), self.max)
            raise self._error(given, hint=f" The nearest that works is {_spell(nearest)}.")
        return value

    def _error(self, given: str, hint: str = "") -> DimsError:
        shown = said_back(given, _LONGEST_TEXT)
        return DimsError(self.name, f"{self.name}={shown} was given; it must be {self.expected()}.{hint}")


def dim(
    default: int | None,
    *,
    high: int,
    low: int = 1,
    allows_none: bool = False,
    help: str,
    label: str = "",
    axis: str = "",
    sets: tuple[str, ...] = (),
    advanced: bool = False,
) -> Any:
    """Declare a whole-number dim from `low` to `high`, both included."""
    return _field("int", default, low, high, (), allows_none, help, label, axis, sets, advanced)


def real(default: float, *, low: float, high: float, help: str, label: str = "", advanced: bool = False) -> Any:
    """Declare a number with decimals from `low` to `high`, both included."""
    return _field("float", default, low, high, (), False, help, label, "", (), advanced)


def switch(default: bool, *, help: str, label: str = "", sets: tuple[str, ...] = (), advanced: bool = False) -> Any:
    """Declare an on/off dim."""
    return _field("bool", default, None, None, (), False, help, label, "", sets, advanced)


def choice(
    default: str,
    choices: tuple[str, ...],
    *,
    help: str,
    label: str = "",
    sets: tuple[str, ...] = (),
    advanced: bool = False,
) -> Any:
    """Declare a dim with named options."""
    return _field("choice", default, None, None, choices, False, help, label, "", sets, advanced)


def _field(
    kind: Kind,
    default: Value,
    low: float | None,
    high: float | None,
    choices: tuple[str, ...],
    allows_none: bool,
    help: str,
    label: str,
    axis: str,
    sets: tuple[str, ...],
    advanced: bool,
) -> Any:
    spec = DimSpec("", kind, default, low, high, choices, allows_none, help, label, axis, sets, advanced)
    return dataclasses.field(default=default, metadata={"spec": spec})


@dataclass(frozen=True)
class DimsBase:
    """What the dims of every lesson can do. Subclass it as a frozen dataclass."""

    _specs: ClassVar[tuple[DimSpec, ...]]

    def __post_init__(self) -> None:
        for spec in self.specs():
            spec.check(getattr(self, spec.name))

    @classmethod
    def specs(cls) -> tuple[DimSpec, ...]:
        """The declarations, in the order of the file."""
        if "_specs" not in cls.__dict__:
            cls._specs = tuple(
                dataclasses.replace(
                    field.metadata["spec"],
                    name=field.name,
                    label=field.metadata["spec"].label or field.name,
                )
                for field in dataclasses.fields(cls)
            )
        return cls._specs

    @classmethod
    def spec(cls, name: str) -> DimSpec:
        """The declaration of one dim; DimsError with a suggestion for an unknown name."""
        by_name = {spec.name: spec for spec in cls.specs()}
        if name in by_name:
            return by_name[name]
        close = difflib.get_close_matches(name[:_LONGEST_TEXT], by_name, 1)
        hint = f"Did you mean {close[0]}?" if close else "It has " + ", ".join(by_name) + "."
        raise DimsError(name, f"There is no dim called {name[:_LONGEST_TEXT]!r}. {hint}")

    @classmethod
    def read(cls, texts: Mapping[str, str]) -> Self:
        """Dims from texts, as on the command line. The first bad one raises DimsError."""
        return cls(**{name: cls.spec(name).parse(text) for name, text in texts.items()})

    @classmethod
    def read_kindly(cls, texts: Mapping[str, str]) -> tuple[Self, tuple[DimsError, ...]]:
        """Dims from a link: a bad value gives way to the nearest default, and a notice says so."""
        values: dict[str, Value] = {}
        problems: list[DimsError] = []
        for name, text in texts.items():
            try:
                values[name] = cls.spec(name).parse(text)
            except DimsError as error:
                problems.append(error)
        return cls(**values), tuple(problems)

    def values(self) -> dict[str, Value]:
        """``{"batch_size": None, "timesteps": 20, ...}`` in the order of the file."""
        return {spec.name: getattr(self, spec.name) for spec in self.specs()}

    def changed(self) -> dict[str, str]:
        """The dims that differ from their defaults, as they stand in a link."""
        return {s.name: str(getattr(self, s.name)) for s in self.specs() if getattr(self, s.name) != s.default}

    def query(self) -> str:
        """``"timesteps=None&units=5"``; empty where all is default."""
        return urlencode(self.changed())

    def but(self, **changes: Value) -> Self:
        """The same dims with some of them changed (and checked again)."""
        return dataclasses.replace(self, **changes)


def _spell(number: int | float | None) -> str:
    return "None" if number is None else f"{number:,}"
