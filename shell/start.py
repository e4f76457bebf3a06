"""`python -m shell.start [Streamlit's options]`: what `make run` and the image run.

It is `streamlit run app.py` with three things seen to first and last: every setting is read before a port is opened,
a port that is taken is told in a sentence, and Ctrl-C ends without a traceback.
"""

from __future__ import annotations

import difflib
import errno
import os
import re
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click
from streamlit import config
from streamlit.web import cli

from explainers.core import limits as costs
from rooms.limits import ClassLimits
from settings import PREFIX, SettingError, read, variables
from shell.headers import Embedding
from workers.kept import Keeping
from workers.limits import Limits

APP = Path(__file__).parent.parent / "app.py"
WRONG_SETTING = 2  # exit status
STOPPED = 130  # exit status after Ctrl-C, as shells have it

# Kubernetes tells a container its neighbours by variables. For a service called shape-explainer those begin as ours do.
_OF_KUBERNETES = re.compile(
    rf"{PREFIX}(\w+_)?"
    r"(SERVICE_(HOST|PORT(_\w+)?)=.*|PORT(_\d+_[A-Z]+)?=\w+://.*|PORT_\d+_[A-Z]+_(PROTO|PORT|ADDR)=.*)"
)


@dataclass(frozen=True)
class Settings:
    """All that may be set, read and found right."""

    limits: Limits
    costs: costs.Limits
    embedding: Embedding
    classes: ClassLimits
    keeping: Keeping


def known() -> list[str]:
    """The names of all settings."""
    groups = (Limits, Embedding, ClassLimits, Keeping)
    return [*variables(costs.Limits, costs.PREFIX), *(name for group in groups for name in variables(group))]


def read_all(environment: Mapping[str, str]) -> Settings:
    """Every setting. Raises SettingError for a wrong value, and for a name that is none of ours."""
    for name, text in environment.items():
        if name.startswith(PREFIX) and name not in known() and not _OF_KUBERNETES.fullmatch(f"{name}={text}"):
            raise SettingError(_unknown(name))
    limits, cost = read(Limits, environment), costs.Limits.from_environment(environment)
    embedding, classes, keeping = (
        read(Embedding, environment),
        read(ClassLimits, environment),
        read(Keeping, environment),
    )
    return Settings(limits, cost, embedding, classes, keeping)


def _unknown(name: str) -> str:
    ours = [each.removeprefix(PREFIX) for each in known()]
    close = difflib.get_close_matches(name.removeprefix(PREFIX), ours, n=1)
    hint = f"Did you mean {PREFIX}{close[0]}?" if close else "docs/DEPLOYMENT.md lists them all."
    return f"{name} is set, but there is no such setting. {hint}"


def settings_or_exit() -> Settings:
    """The settings of this process' environment; a wrong one ends the process with its sentence."""
    try:
        return read_all(os.environ)
    except SettingError as error:
        print(f"Shape Explainer can't start: {error}", file=sys.stderr)
        sys.exit(WRONG_SETTING)


def main(options: Sequence[str]) -> NoReturn:
    """Serve the app until it is stopped."""
    settings_or_exit()
    try:
        cli.main(["run", str(APP), *options], prog_name="streamlit", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        print("Shape Explainer has stopped.", file=sys.stderr)
        sys.exit(STOPPED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except SystemExit as end:
        if end.code and (why := port_trouble()):
            print(f"Shape Explainer can't start: {why}", file=sys.stderr)
        raise
    sys.exit(0)


def port_trouble() -> str:
    """Why the address and port in Streamlit's settings can't be listened on; "" where they can."""
    address, port = config.get_option("server.address") or "0.0.0.0", int(config.get_option("server.port"))
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            return _told(error, address, port)
    return ""


def _told(error: OSError, address: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} is taken, perhaps by a Shape Explainer that still runs. Stop that, or choose another: "
            f'make run ARGS="--server.port {port + 1}"'
        )
    if error.errno == errno.EACCES:
        return f"port {port} is for the system's own services. Choose one above 1023, such as 8501."
    return f"this machine has no address {address} to listen on ({error.strerror}). 127.0.0.1 always works."


if __name__ == "__main__":
    main(sys.argv[1:])
