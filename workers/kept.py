"""Replies that are kept on disk, over restarts: a page has live numbers before Keras is there.

Each was the reply of a worker of this very code: the folder's name holds a hash of the source, of the versions of what
makes the numbers, and of the limits that may refuse a model. A file that is damaged, a folder that can't be read or
written to: then nothing is kept, and that is all.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from explainers.core import limits as costs
from settings import Kind, check, read, setting

_ROOT = Path(__file__).resolve().parent.parent
_SOURCES = ("explainers", "settings", "workers")  # what a reply is made by
_MAKERS = ("keras", "tensorflow", "tensorflow-cpu", "numpy", "msgspec")
_MOST_VERSIONS = 4  # folders of other sources or versions that are left beside ours
OFF = "off"


def _usual() -> str:
    beside = os.environ.get("XDG_CACHE_HOME", "").strip() or "~/.cache"
    return f"{beside}/shape-explainer"


@dataclass(frozen=True)
class Keeping:
    """Where replies are kept."""

    cache: str = setting(
        _usual, Kind(str, lambda value: bool(value.strip()), "a folder, or off"),
        "where the first numbers of each page are kept across restarts", "a folder, or off",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)


class Kept:
    """Replies by question, each in a file: the reply as the memory has it, packed."""

    def __init__(self, folder: str, environment: Mapping[str, str] = os.environ) -> None:
        self._folder, self._environment = folder, environment

    def get(self, op: str, arguments: bytes) -> bytes | None:
        """The packed reply, or None."""
        if self._folder == OFF:
            return None
        with contextlib.suppress(OSError, zlib.error):
            packed = self._file(op, arguments).read_bytes()
            zlib.decompress(packed)  # it has a checksum
            return packed
        return None

    def put(self, op: str, arguments: bytes, packed: bytes) -> bool:
        """Keep a packed reply, where that is possible; whether it was."""
        if self._folder == OFF:
            return False
        with contextlib.suppress(OSError):
            self._make_room()
            file = self._file(op, arguments)
            with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as written:
                written.write(packed)
            os.chmod(written.name, 0o644)  # who runs the server may be another one than who filled it
            os.replace(written.name, file)
            return True
        return False

    def _file(self, op: str, arguments: bytes) -> Path:
        return self.folder / hashlib.sha256(op.encode() + b"\0" + arguments).hexdigest()

    @cached_property
    def folder(self) -> Path:
        """The folder of this source, these versions and limits."""
        return Path(self._folder).expanduser() / _fingerprint(self._environment)

    def _make_room(self) -> None:
        if self.folder.is_dir():
            return
        self.folder.mkdir(parents=True)
        others = [each for each in self.folder.parent.iterdir() if each.is_dir() and each != self.folder]
        others.sort(key=lambda folder: folder.stat().st_mtime)
        for old in others[: max(0, len(others) - _MOST_VERSIONS)]:
            shutil.rmtree(old, ignore_errors=True)


def kept_from(environment: Mapping[str, str]) -> Kept:
    """As `environment` sets it. Raises SettingError."""
    return Kept(read(Keeping, environment).cache, environment)


def _fingerprint(environment: Mapping[str, str]) -> str:
    made = hashlib.sha256()
    for folder in _SOURCES:
        for file in sorted((_ROOT / folder).rglob("*")):
            if file.suffix in (".py", ".json"):
                made.update(str(file.relative_to(_ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    made.update(repr((sys.version_info[:2], _versions(), costs.Limits.from_environment(environment))).encode())
    return made.hexdigest()[:32]


def _versions() -> dict[str, str]:
    found = {}
    for name in _MAKERS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found
