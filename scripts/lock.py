"""`python -m scripts.lock`: write the versions installed in this environment into requirements.lock.

Kept out: TensorFlow itself (its package differs by system; requirements.txt pins both) and pip.
"""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements.lock"
LEFT_OUT = {"tensorflow", "tensorflow-cpu", "pip"}


def pins() -> list[str]:
    """`["absl-py==2.5.1", ...]`, sorted by name without regard to case."""
    found = {dist.name.replace("_", "-").lower(): f"{dist.name}=={dist.version}" for dist in distributions()}
    return [found[name] for name in sorted(found) if name not in LEFT_OUT]


def locked(old: str) -> str:
    """The lock file's text: its comment as it was, then the pins."""
    comment = [line for line in old.splitlines() if line.startswith("#")]
    return "\n".join([*comment, *pins()]) + "\n"


if __name__ == "__main__":
    LOCK.write_text(locked(LOCK.read_text(encoding="utf-8")), encoding="utf-8")
