"""A PostgreSQL of the tests: Debian's, in a temporary folder, on a port of this machine alone."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.browser.server import free_port

USER = "postgres"  # PostgreSQL refuses to run as root


def programs() -> Path | None:
    """The folder of initdb and postgres; None where there is none."""
    for folder in (*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), *map(Path, os.get_exec_path())):
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


def why_not() -> str:
    """Why no PostgreSQL can be started here; "" where one can."""
    if programs() is None:
        return "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    if os.geteuid() == 0:
        with suppress(KeyError):
            pwd.getpwnam(USER)
            return ""
        return "PostgreSQL doesn't run as root, and there is no user called postgres"
    return ""


class Postgres:
    """A running server. `address` is what SHAPE_EXPLAINER_STORE takes."""

    def __init__(self, folder: Path) -> None:
        found = programs()
        assert found is not None
        self._bin, self._folder, self.port = found, folder, free_port()
        self.address = f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{USER}"
        if os.geteuid() == 0:
            shutil.chown(folder, USER, USER)
        self._run("initdb", "-D", str(folder / "data"), "-U", USER, "-A", "trust", "--no-sync", "-E", "UTF8")
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        self._run(
            "pg_ctl", "-D", str(self._folder / "data"), "-w", "-o", options, "-l", str(self._folder / "log"), "start"
        )

    def stop(self, how: str = "fast") -> None:
        """how: "immediate" is a crash."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-m", how, "stop")

    def _run(self, name: str, *arguments: str) -> None:
        as_whom = {"user": USER, "group": USER, "extra_groups": ()} if os.geteuid() == 0 else {}
        done = subprocess.run(
            [str(self._bin / name), *arguments], cwd=self._folder, capture_output=name == "initdb", text=True,
            check=False, stdout=None if name == "initdb" else subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **as_whom,
        )  # fmt: skip
        assert done.returncode == 0, f"{name}: {done.stderr}"


NEEDED = pytest.mark.skipif(bool(why_not()), reason=why_not() or "needs PostgreSQL")


@contextmanager
def running() -> Iterator[Postgres]:
    """A PostgreSQL for the tests of a session; what needs one is marked NEEDED."""
    folder = Path(mkdtemp(prefix="class-postgres-"))  # not pytest's folder, which other users can't enter
    server = Postgres(folder)
    try:
        yield server
    finally:
        with suppress(AssertionError):  # a test may have stopped it
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
