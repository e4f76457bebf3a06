"""Results made once for all processes of a run: in a folder, under a key that holds the sources they come from."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")
FOLDER = "SHAPES_TESTS_FOLDER"  # the environment's name of the folder
SOURCES = Path(__file__).parents[1] / "explainers"


def make_folder(config: pytest.Config) -> None:
    """The first process of a run makes it and takes it away again; all others inherit it."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="shape-explainer-tests-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True))


def shared(question: str, make: Callable[[], T]) -> T:
    """What another process has made for it, else made here. Two that make it at once make the same."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return make()
    key = hashlib.sha256(f"{_sources()} {question}".encode()).hexdigest()
    kept = Path(folder, key)
    if kept.exists():
        made: T = pickle.loads(kept.read_bytes())  # by one of our own processes, in a folder that only we may enter
        return made
    made = make()
    half = kept.with_suffix(f".{os.getpid()}")
    half.write_bytes(pickle.dumps(made))
    half.replace(kept)
    return made


@cache
def _sources() -> str:
    """One word for all that a lesson is made by."""
    files = sorted(SOURCES.rglob("*.py"))
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()
