"""Programs that some measurements need beside Python: found, or installed from Debian's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

# Where Debian keeps what root alone runs; a user's PATH often leaves it out.
SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin"


def program(name: str) -> str | None:
    """The path of an installed program, or None."""
    return shutil.which(name) or shutil.which(name, path=SYSTEM_FOLDERS)


def ensure(packages: Mapping[str, str]) -> str | None:
    """Install what is missing of `{program: Debian package}`; needs root and apt-get.

    Returns None when all are there, else one sentence that says what is missing.
    """
    missing = sorted({package for name, package in packages.items() if not program(name)})
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        _install(missing)
        missing = sorted({package for name, package in packages.items() if not program(name)})
    if missing:
        return f"This needs the Debian packages {', '.join(missing)}: install them, or run it as root on Debian."
    return None


def _install(packages: list[str]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *step], env=quiet, check=False, stdout=sys.stderr)
