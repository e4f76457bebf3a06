"""The start: every setting is read before anything is served; a wrong one, or a taken port, ends it in a sentence."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from settings import PREFIX, SettingError
from shell.start import known, read_all
from tests.browser.server import free_port

ROOT = Path(__file__).parents[2]
START = [sys.executable, "-m", "shell.start"]
STREAMLIT = [sys.executable, "-m", "streamlit", "run", "app.py"]
WRONG = ("abc", "nan", "-inf", "javascript:x", "-7", "*")


def told(environment: dict[str, str]) -> str:
    with pytest.raises(SettingError) as caught:
        read_all(environment)
    return str(caught.value)


# --- every setting


@pytest.mark.parametrize("text", WRONG)
@pytest.mark.parametrize(
    "name", [name for name in known() if name.removeprefix(PREFIX) not in ("DATA", "CACHE")]
)  # any text names a folder
def test_no_setting_takes_what_it_can_not_be(name: str, text: str) -> None:
    shown = "…" if name == PREFIX + "STORE" else text  # it may hold a password
    assert told({name: text}).startswith(f"{name}={shown} was given; it must be ")


def test_a_password_in_a_wrong_setting_is_not_said_back() -> None:
    assert "hunter2" not in told({PREFIX + "STORE": "mysql://me:hunter2@db/classes"})


def test_what_is_set_is_what_is_used() -> None:
    given = {
        "WORKERS": "3",
        "MAX_CALLS": "17",
        "MAX_SECONDS": "2.5",
        "FRAME_ANCESTORS": "https://a.example https://b.c",
    }
    found = read_all({PREFIX + name: text for name, text in given.items()} | {"PATH": "/bin"})
    assert (found.limits.workers, found.costs.calls, found.costs.seconds) == (3, 17, 2.5)
    assert found.embedding.frame_ancestors == ("https://a.example", "https://b.c")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("WORKER", "Did you mean SHAPE_EXPLAINER_WORKERS?"),
        ("MEMORY", "Did you mean SHAPE_EXPLAINER_MEMORY_MB?"),
        ("MAX_WEIGHT", "Did you mean SHAPE_EXPLAINER_MAX_WEIGHTS?"),
        ("FRAME_ANCESTOR", "Did you mean SHAPE_EXPLAINER_FRAME_ANCESTORS?"),
        ("COLOUR", "docs/DEPLOYMENT.md lists them all."),
    ],
)
def test_a_name_that_is_no_setting_is_told_with_the_nearest(name: str, hint: str) -> None:
    assert told({PREFIX + name: "5"}) == f"{PREFIX}{name} is set, but there is no such setting. {hint}"


def test_what_kubernetes_says_of_a_service_of_this_name_is_no_setting() -> None:
    """Names and values as in its documentation of environment variables for a service, here `shape-explainer`."""
    address = "tcp://10.0.0.11:80"
    said = {
        "SERVICE_HOST": "10.0.0.11", "SERVICE_PORT": "80", "SERVICE_PORT_HTTP": "80", "PORT": address,
        "PORT_80_TCP": address, "PORT_80_TCP_PROTO": "tcp", "PORT_80_TCP_PORT": "80", "PORT_80_TCP_ADDR": "10.0.0.11",
        "TEST_SERVICE_HOST": "10.0.0.12", "TEST_PORT": address,
    }  # fmt: skip
    assert read_all({PREFIX + name: text for name, text in said.items()}) == read_all({})


def test_a_port_of_ones_own_is_not_taken_for_one_of_kubernetes() -> None:
    assert "there is no such setting" in told({f"{PREFIX}PORT": "8600"})


# --- real starts


def opened(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("setting", ["MAX_WEIGHTS=lots", "FRAME_ANCESTORS=data:text", "LONG_WORKER=2"])
def test_a_wrong_setting_ends_the_start_before_a_port_is_opened(setting: str) -> None:
    port = free_port()
    name, _, text = setting.partition("=")
    started = subprocess.Popen(
        [*START, f"--server.port={port}"], cwd=ROOT, env={**os.environ, PREFIX + name: text},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    seen = False
    while started.poll() is None:
        seen = seen or opened(port)
        time.sleep(0.01)
    out, err = started.communicate()
    assert (started.returncode, out, seen) == (2, "", False)
    assert err.startswith(f"Shape Explainer can't start: {PREFIX}{name}")
    assert len(err.splitlines()) == 1


def test_streamlits_own_command_refuses_it_too() -> None:
    environment = {**os.environ, f"{PREFIX}REQUEST_SECONDS": "forever"}
    command = [*STREAMLIT, f"--server.port={free_port()}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Shape Explainer can't start: {PREFIX}REQUEST_SECONDS=forever was given;")
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_told_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        command = [*START, f"--server.port={port}"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"Shape Explainer can't start: port {port} is taken, perhaps by a Shape Explainer that still runs. Stop that, "
        f'or choose another: make run ARGS="--server.port {port + 1}"'
    )
    assert "Traceback" not in done.stderr


# --- make run


def waited_for(url: str, process: subprocess.Popen[str]) -> int:
    """The status of the first answer."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {url}")


def copied(folder: Path) -> Path:
    """The app as `make run` needs it, in a folder of its own, with this environment as its .venv."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and name.split("/")[0] not in {"docs", "tests"}:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def hears_ctrl_c() -> None:
    """As in a terminal: whoever was started in the background hands on that Ctrl-C is to be ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_make_run_lives_in_a_path_with_spaces_without_a_home_and_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = copied(tmp_path / "a class's copy, 2nd floor")
    port = free_port()
    # -o: the environment that is there will do
    command = ["make", "-o", ".venv/.app-installed", "run", f"ARGS=--server.port {port}"]
    started = subprocess.Popen(
        command, cwd=folder, env={**os.environ, "HOME": "/proc/nobody's home", "MAKEFLAGS": ""},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=hears_ctrl_c,
    )  # fmt: skip
    assert waited_for(f"http://127.0.0.1:{port}/health/ready", started) == 503  # asking starts the workers
    while len(family := psutil.Process(started.pid).children(recursive=True)) < 2:
        time.sleep(0.05)
    os.killpg(started.pid, signal.SIGINT)  # what Ctrl-C in a terminal does
    _, err = started.communicate(timeout=100)
    assert "Shape Explainer has stopped." in err
    assert "Traceback" not in err
    assert psutil.wait_procs(family, timeout=30)[1] == []
    assert not opened(port)
