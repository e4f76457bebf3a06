"""`make lock`: write the versions installed in this environment into requirements.lock, and the image's own lock.

requirements.lock is a list of constraints for everybody. requirements-image.lock is what the image installs, all of it,
each package with the hashes of its files: a file that was changed on its way is refused. uv finds them out; it reads
requirements.txt with those constraints, for all systems at once.

Kept out of the first: TensorFlow itself (its package differs by system; requirements.txt pins both) and pip. Kept out
of the second: the stand-in named tensorflow, a folder, which has no hash; the Dockerfile installs it apart.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK, IMAGE_LOCK = ROOT / "requirements.lock", ROOT / "requirements-image.lock"
LEFT_OUT = {"tensorflow", "tensorflow-cpu", "pip"}
IMAGE_HEAD = """\
# All that the image installs, with the hashes of its files; `pip install --require-hashes` refuses any other.
# For Python 3.11 to 3.13, Linux on x86-64 and arm64, and the Mac. Written by `make lock` from requirements.txt and
# requirements.lock; nothing is edited here.
"""


def pins() -> list[str]:
    """`["absl-py==2.5.1", ...]`, sorted by name without regard to case."""
    found = {dist.name.replace("_", "-").lower(): f"{dist.name}=={dist.version}" for dist in distributions()}
    return [found[name] for name in sorted(found) if name not in LEFT_OUT]


def locked(old: str) -> str:
    """The lock file's text: its comment as it was, then the pins."""
    comment = [line for line in old.splitlines() if line.startswith("#")]
    return "\n".join([*comment, *pins()]) + "\n"


def asked() -> list[str]:
    """The requirements of the app, without the stand-in and the line that names the constraints."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-", "./"))]


def hashed(uv: str) -> str:
    """The image's lock: what uv makes of `asked`. Raises CalledProcessError.

    tf_keras wants tensorflow on every system; the override says that our own line for it is all there is to say.
    """
    with tempfile.TemporaryDirectory() as folder:
        wanted, override = Path(folder, "wanted.in"), Path(folder, "override.txt")
        wanted.write_text("\n".join(asked()), encoding="utf-8")
        override.write_text("\n".join(line for line in asked() if line.startswith("tensorflow==")), encoding="utf-8")
        options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header"]
        files = ["--constraint", str(LOCK), "--override", str(override), str(wanted)]
        command = [uv, "pip", "compile", "--quiet", *options, *files]
        return IMAGE_HEAD + subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    LOCK.write_text(locked(LOCK.read_text(encoding="utf-8")), encoding="utf-8")
    IMAGE_LOCK.write_text(hashed(sys.argv[1]), encoding="utf-8")
