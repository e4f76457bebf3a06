"""``pip install .`` as people do it, without a network: a wheel, a fresh environment, the command."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import site
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; it must end well."""
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False, timeout=150)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what git knows, so that no folder of a developer gets in."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    build = ("wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", target, source)
    run(sys.executable, "-m", "pip", *build, cwd=target)
    return next(target.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it, which sees the packages of the tests behind its own."""
    home = tmp_path_factory.mktemp("fresh")
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=home)
    python = home / "bin" / "python"
    own = run(python, "-c", "import site; print(site.getsitepackages()[0])", cwd=home).strip()
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=home)
    (Path(own) / "of_the_tests.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    return python


def test_the_wheel_holds_what_the_app_reads_and_nothing_beside_its_own_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"shape_explainer"}
    room = {name.removeprefix("shape_explainer/room/") for name in names if name.startswith("shape_explainer/room/")}
    folders = ("explainers", "pages", "rooms", "settings", "shell", "views", "workers")
    here = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    wanted = {str(path.relative_to(ROOT)) for path in here if "__pycache__" not in path.parts}
    assert wanted | {"app.py", ".streamlit/config.toml"} == room


def test_a_notebook_anywhere_explains_a_model(python: Path, tmp_path: Path) -> None:
    """In a folder that has a `settings.py` and a `views.py` of its own, as Django projects do."""
    (tmp_path / "settings.py").write_text("MINE = 1")
    (tmp_path / "views.py").write_text("MINE = 2")
    (tmp_path / "use.py").write_text(
        "import keras, settings\n"
        "from shape_explainer import explain\n"
        "model = keras.Sequential([keras.layers.Input((7, 3)), keras.layers.GRU(5, name='memory')])\n"
        "import views\n"
        "print(explain(model)); print(explain(model)._repr_html_()[:8], settings.MINE, views.MINE)\n"
        "import shape_explainer; print(shape_explainer.__file__)\n"
    )
    said = run(python, "use.py", cwd=tmp_path)
    assert "memory (GRU): (None, 5)  batch None, units 5" in said
    assert "<section 1 2" in said
    assert str(ROOT) not in said


def test_the_command_tells_what_it_does_and_runs_the_engine(python: Path, tmp_path: Path) -> None:
    command = python.with_name("shape-explainer")
    assert "starts the app" in run(command, "--help", cwd=tmp_path)
    assert "stacked_lstm:" in run(command, "list", cwd=tmp_path)


def test_the_command_starts_the_app_from_anywhere(python: Path, tmp_path: Path) -> None:
    """Its page is served, and its worker has a Keras that answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [python.with_name("shape-explainer"), f"--server.port={port}", "--server.headless=true"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as app:
        try:
            assert _answers(f"http://127.0.0.1:{port}/_stcore/health", app)
            assert _answers(f"http://127.0.0.1:{port}/health/ready", app)
        finally:
            os.killpg(app.pid, signal.SIGTERM)


def _answers(address: str, app: subprocess.Popen[bytes]) -> bool:
    """Whether an address says that all is well, within two minutes."""
    end = time.monotonic() + 120
    while time.monotonic() < end and app.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
        time.sleep(0.3)
    return False


def test_without_streamlit_the_command_says_what_is_missing(python: Path, tmp_path: Path) -> None:
    code = "import sys; sys.modules['plotly'] = None; from shape_explainer.command import main; sys.exit(main([]))"
    done = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install 'shape-explainer[app]'" in done.stderr


def test_the_ranges_hold_the_versions_that_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M))
    from packaging.requirements import Requirement

    asked = [Requirement(text) for text in (*project["dependencies"], *project["optional-dependencies"]["app"])]
    assert [str(need) for need in asked if not need.specifier.contains(pins[need.name])] == []
    assert {need.name for need in asked} == set(pins) - {"tensorflow-cpu", "psycopg-binary"} | {
        "tensorflow"
    }  # psycopg[binary]
